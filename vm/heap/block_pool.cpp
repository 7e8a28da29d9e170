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

namespace phial {
namespace {

constexpr size_t reserve_blocks = 16;  // free blocks whose memory is kept
/// Memory that was in use within about this time is kept, too: heaps that come and go would fault it in again and again (a third of the time of a
/// benchmark that sends large messages).
constexpr int64_t kept_ns = 100'000'000;

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
  for (size_t bytes = size_t{1} << 38; bytes >= size_t{1} << 30; bytes >>= 1) {
    void* memory = reserve(bytes + block_bytes);
    if (!memory) continue;
    void* infos = reserve((bytes >> block_shift) * sizeof(BlockInfo*));
    if (!infos) {
      munmap(memory, bytes + block_bytes);
      continue;
    }
    Word start = (reinterpret_cast<Word>(memory) + block_bytes - 1) & ~(Word{block_bytes} - 1);
    return {start, bytes, static_cast<BlockInfo**>(infos)};
  }
  std::fprintf(stderr, "phial: no addresses for large heaps\n");
  std::abort();
}

struct Pool {
  std::mutex mutex;
  std::map<size_t, size_t> free;      // number of the first block -> how many; neighbours are joined
  std::vector<bool> dirty;            // by number: free, but with memory
  size_t frontier = 0;                // numbers from here on were never used
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

}  // namespace

const BlockRange block_range = reserve_range();

Word* allocate_blocks(size_t count) {
  Pool& p = pool();
  std::lock_guard lock(p.mutex);
  p.peak = std::max(p.peak, p.in_use.fetch_add(count, std::memory_order_relaxed) + count);
  for (auto run = p.free.begin(); run != p.free.end(); ++run) {
    auto [first, length] = *run;
    if (length < count) continue;
    p.free.erase(run);
    if (length > count) p.free.emplace(first + count, length - count);
    for (size_t i = first; i < first + count; i++) {
      if (!p.dirty[i]) continue;
      p.dirty[i] = false;
      p.dirty_free.fetch_sub(1, std::memory_order_relaxed);
    }
    return block_address(first);
  }
  size_t first = p.frontier;
  if ((first + count) << block_shift > block_range.bytes) {
    std::fprintf(stderr, "phial: out of memory asking for %zu bytes\n", count << block_shift);
    std::abort();
  }
  p.frontier += count;
  p.dirty.resize(p.frontier);
  return block_address(first);
}

void free_blocks(Word* address, size_t count) {
  Pool& p = pool();
  size_t first = block_number(address);
  std::lock_guard lock(p.mutex);
  p.in_use.fetch_sub(count, std::memory_order_relaxed);
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

bool trim_blocks(size_t bytes) {
  Pool& p = pool();
  size_t dirty = p.dirty_free.load(std::memory_order_relaxed);
  if (dirty <= reserve_blocks || (dirty <= p.keep.load(std::memory_order_relaxed) && now_ns() < p.period_end.load(std::memory_order_relaxed))) return false;
  std::lock_guard lock(p.mutex);
  size_t keep = blocks_to_keep(p);
  size_t wanted = bytes >> block_shift;
  // The highest first: low addresses are used again first.
  for (auto run = p.free.rbegin(); run != p.free.rend(); ++run) {
    for (size_t i = run->first + run->second; i-- > run->first;) {
      if (!p.dirty[i]) continue;
      if (p.dirty_free.load(std::memory_order_relaxed) <= keep) return false;
      if (!wanted--) return true;
      madvise(block_address(i), block_bytes, MADV_DONTNEED);
      p.dirty[i] = false;
      p.dirty_free.fetch_sub(1, std::memory_order_relaxed);
    }
  }
  return false;
}

bool trims_later() { return pool().dirty_free.load(std::memory_order_relaxed) > reserve_blocks; }

size_t block_bytes_in_use() { return pool().in_use.load(std::memory_order_relaxed) << block_shift; }

}  // namespace phial
