#include "vm/heap/block_pool.hpp"

#include <sys/mman.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <vector>

namespace phial {
namespace {

constexpr size_t reserve_blocks = 16;  // free blocks whose memory is kept

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
};
Pool& pool() {
  static Pool& pool = *new Pool;  // heaps may outlive static objects
  return pool;
}

}  // namespace

const BlockRange block_range = reserve_range();

Word* allocate_blocks(size_t count) {
  Pool& p = pool();
  std::lock_guard lock(p.mutex);
  p.in_use.fetch_add(count, std::memory_order_relaxed);
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
  if (p.dirty_free.load(std::memory_order_relaxed) <= reserve_blocks) return false;
  std::lock_guard lock(p.mutex);
  size_t wanted = bytes >> block_shift;
  // The highest first: low addresses are used again first.
  for (auto run = p.free.rbegin(); run != p.free.rend(); ++run) {
    for (size_t i = run->first + run->second; i-- > run->first;) {
      if (!p.dirty[i]) continue;
      if (p.dirty_free.load(std::memory_order_relaxed) <= reserve_blocks) return false;
      if (!wanted--) return true;
      madvise(block_address(i), block_bytes, MADV_DONTNEED);
      p.dirty[i] = false;
      p.dirty_free.fetch_sub(1, std::memory_order_relaxed);
    }
  }
  return false;
}

size_t block_bytes_in_use() { return pool().in_use.load(std::memory_order_relaxed) << block_shift; }

}  // namespace phial
