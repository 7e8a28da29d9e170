#include "vm/heap/block_pool.hpp"

#include <sys/mman.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <vector>

#include "vm/base/available_memory.hpp"

namespace phial {
namespace {

// Heaps that are larger than what the processor keeps addresses for run a fifth faster in huge pages, and memory costs one page fault in 512. But such a
// fault takes up to some milliseconds, which no collection may wait for. So the lower half of the range has small pages and is there for all who ask, while
// blocks of the upper half, of huge pages, are handed out only when they have memory already: prepare_blocks, in a thread without work, sees to some.
constexpr size_t huge_page_bytes = size_t{2} << 20;
constexpr size_t blocks_per_huge_page = huge_page_bytes / block_bytes;
/// From so many free blocks on the rest of a huge page is not worth keeping it.
constexpr size_t most_kept_of_huge_page = 3;
/// From so many blocks in use on there are huge pages.
constexpr size_t least_for_huge_pages = 16;
/// Free blocks that have memory, at most.
constexpr size_t most_prepared = 24;
constexpr size_t reserve_blocks = 32;  // free blocks whose memory is kept
/// Memory that was in use within about this time is kept, too: heaps that come and go would fault it in again and again (a third of the time of a
/// benchmark that sends large messages).
constexpr int64_t kept_ns = 250'000'000;

int64_t now_ns() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  return int64_t{time.tv_sec} * 1000000000 + time.tv_nsec;
}

void* reserve(size_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

BlockRange reserve_range() {
  size_t bytes = size_t{1} << 38;
  for (size_t share = available_address_space() / 2; bytes > share;) bytes >>= 1;
  for (; bytes >= size_t{1} << 28; bytes >>= 1) {
    void* memory = reserve(bytes + huge_page_bytes);
    if (!memory) continue;
    void* infos = reserve((bytes >> block_shift) * sizeof(BlockInfo*));
    if (!infos) {
      munmap(memory, bytes + huge_page_bytes);
      continue;
    }
    Word start = (reinterpret_cast<Word>(memory) + huge_page_bytes - 1) & ~(Word{huge_page_bytes} - 1);
    madvise(reinterpret_cast<void*>(start + bytes / 2), bytes / 2, MADV_HUGEPAGE);
    return {start, bytes, static_cast<BlockInfo**>(infos)};
  }
  std::fprintf(stderr, "phial: no addresses for large heaps\n");
  std::abort();
}

struct Pool {
  std::mutex mutex;
  std::map<size_t, size_t> free;      // number of the first block -> how many; neighbours are joined
  std::vector<bool> dirty;            // by number: free, but with memory
  size_t frontier = 0;                // numbers from here on were never used, in the half of small pages
  size_t huge_frontier = block_range.bytes >> block_shift >> 1;  // ... and in the other
  std::atomic<size_t> dirty_free{0};
  std::atomic<size_t> in_use{0};
  // The most that was in use in the present period and in the one before.
  size_t peak = 0, peak_before = 0;
  std::atomic<int64_t> period_end{0};
  std::atomic<size_t> keep{reserve_blocks};  // as of the last look
};

/// Free blocks beyond this many give their memory back. Under the lock.
size_t blocks_to_keep(Pool& p) {
  size_t in_use = p.in_use.load(std::memory_order_relaxed);
  int64_t now = now_ns(), end = p.period_end.load(std::memory_order_relaxed);
  if (now >= end) {
    p.peak_before = now < end + kept_ns ? p.peak : in_use;
    p.peak = in_use;
    p.period_end.store(now + kept_ns, std::memory_order_relaxed);
  }
  size_t keep = reserve_blocks + std::max(p.peak, p.peak_before) - in_use;
  p.keep.store(keep, std::memory_order_relaxed);
  return keep;
}

Pool& pool() {
  static Pool& pool = *new Pool;  // heaps may outlive static objects
  return pool;
}

/// Under the lock: `count` blocks of a free run are no longer free.
void take(Pool& p, std::map<size_t, size_t>::iterator run, size_t first, size_t count) {
  auto [run_first, length] = *run;
  p.free.erase(run);
  if (first > run_first) p.free.emplace(run_first, first - run_first);
  if (first + count < run_first + length) p.free.emplace(first + count, run_first + length - first - count);
  for (size_t i = first; i < first + count; i++) {
    if (!p.dirty[i]) continue;
    p.dirty[i] = false;
    p.dirty_free.fetch_sub(1, std::memory_order_relaxed);
  }
}

void give(Pool& p, size_t first, size_t count) {
  p.dirty_free.fetch_add(count, std::memory_order_relaxed);
  for (size_t i = first; i < first + count; i++) p.dirty[i] = true;
  auto next = p.free.lower_bound(first);
  if (next != p.free.end() && next->first == first + count) {
    count += next->second;
    next = p.free.erase(next);
  }
  if (next != p.free.begin()) {
    auto before = std::prev(next);
    if (before->first + before->second == first) {
      before->second += count;
      return;
    }
  }
  p.free.emplace(first, count);
}

}  // namespace

const BlockRange block_range = reserve_range();

Word* allocate_blocks(size_t count) {
  Pool& p = pool();
  std::lock_guard lock(p.mutex);
  size_t used = p.in_use.fetch_add(count, std::memory_order_relaxed) + count, half = block_range.bytes >> block_shift >> 1;
  p.peak = std::max(p.peak, used);
  // Only where the address space is limited: elsewhere memory is short long before. Who asks has room for a copy of all, and ends.
  if (used > half - half / 8 && memory_short_hook) [[unlikely]] memory_short_hook();
  for (auto run = p.free.lower_bound(half); run != p.free.end(); ++run) {
    size_t end = run->first + run->second, ready = 0;
    for (size_t i = run->first; i < end; i++) {
      ready = p.dirty[i] ? ready + 1 : 0;
      if (ready < count) continue;
      take(p, run, i + 1 - count, count);
      return block_address(i + 1 - count);
    }
  }
  for (auto run = p.free.begin(); run != p.free.end() && run->first < half; ++run) {
    auto [first, length] = *run;
    if (length < count) continue;
    take(p, run, first, count);
    return block_address(first);
  }
  size_t& frontier = p.frontier + count <= half ? p.frontier : p.huge_frontier;
  size_t first = frontier;
  if ((first + count) << block_shift > block_range.bytes) {
    std::fprintf(stderr, "phial: out of memory asking for %zu bytes\n", count << block_shift);
    std::abort();
  }
  frontier += count;
  p.dirty.resize(std::max(p.dirty.size(), frontier));
  return block_address(first);
}

void free_blocks(Word* address, size_t count) {
  Pool& p = pool();
  std::lock_guard lock(p.mutex);
  p.in_use.fetch_sub(count, std::memory_order_relaxed);
  give(p, block_number(address), count);
}

bool prepare_blocks() {
#ifdef MADV_POPULATE_WRITE
  static std::atomic<bool> possible{true};
  Pool& p = pool();
  if (p.in_use.load(std::memory_order_relaxed) < least_for_huge_pages || p.dirty_free.load(std::memory_order_relaxed) >= most_prepared ||
      !possible.load(std::memory_order_relaxed))
    return false;
  size_t first = 0, count = 0, half = block_range.bytes >> block_shift >> 1;
  {
    std::lock_guard lock(p.mutex);
    // Free blocks without memory, to the end of their huge page.
    for (auto run = p.free.lower_bound(half); run != p.free.end() && !count; ++run) {
      size_t end = run->first + run->second;
      first = run->first;
      while (first < end && p.dirty[first]) first++;
      if (first == end) continue;
      count = std::min(end, (first / blocks_per_huge_page + 1) * blocks_per_huge_page) - first;
      take(p, run, first, count);
      break;
    }
    if (!count) {
      first = p.huge_frontier;
      count = blocks_per_huge_page - first % blocks_per_huge_page;
      if ((first + count) << block_shift > block_range.bytes) return false;
      p.huge_frontier += count;
      p.dirty.resize(p.huge_frontier);
    }
  }
  bool done = madvise(block_address(first), count << block_shift, MADV_POPULATE_WRITE) == 0;
  if (!done) possible.store(false, std::memory_order_relaxed);  // an old kernel, or no memory
  std::lock_guard lock(p.mutex);
  give(p, first, count);
  return done;
#else
  return false;
#endif
}

bool trim_blocks(size_t bytes) {
  Pool& p = pool();
  size_t dirty = p.dirty_free.load(std::memory_order_relaxed);
  if (dirty <= reserve_blocks || (dirty <= p.keep.load(std::memory_order_relaxed) && now_ns() < p.period_end.load(std::memory_order_relaxed))) return false;
  std::lock_guard lock(p.mutex);
  size_t keep = blocks_to_keep(p);
  size_t wanted = bytes >> block_shift;
  // The highest first: low addresses are used again first.
  for (auto run = p.free.rbegin(); run != p.free.rend(); ++run) {
    size_t end = run->first + run->second;
    while (end > run->first) {
      size_t first = std::max(run->first, (end - 1) / blocks_per_huge_page * blocks_per_huge_page), count = 0;
      for (size_t i = first; i < end; i++) count += p.dirty[i];
      if (count && end - first > most_kept_of_huge_page) {
        if (p.dirty_free.load(std::memory_order_relaxed) < keep + count) return false;
        if (!wanted) return true;
        wanted -= std::min(wanted, count);
        madvise(block_address(first), (end - first) << block_shift, MADV_DONTNEED);
        for (size_t i = first; i < end; i++) p.dirty[i] = false;
        p.dirty_free.fetch_sub(count, std::memory_order_relaxed);
      }
      end = first;
    }
  }
  return false;
}

bool trims_later() { return pool().dirty_free.load(std::memory_order_relaxed) > reserve_blocks; }

size_t block_bytes_in_use() { return pool().in_use.load(std::memory_order_relaxed) << block_shift; }

}  // namespace phial
