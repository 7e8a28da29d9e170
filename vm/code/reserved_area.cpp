#include "vm/code/reserved_area.hpp"

#include <sys/mman.h>

#include <atomic>
#include <cstdio>
#include <cstring>

#include "vm/base/available_memory.hpp"
#include "vm/code/module.hpp"
#include "vm/term/literal.hpp"

namespace phial {

ReservedArea::ReservedArea(size_t bytes, size_t unit) : unit_(unit) {
  for (size_t share = available_address_space() / 16; bytes > share && bytes > size_t{1} << 26;) bytes /= 2;
  for (; bytes >= size_t{1} << 26; bytes /= 2) {
    void* area = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (area == MAP_FAILED) continue;
    start_ = next_ = reinterpret_cast<Word>(area);
    bytes_ = bytes;
    return;
  }
  std::fprintf(stderr, "phial: the system gives no address space for code\n");
  std::abort();
}

Word* ReservedArea::allocate(size_t bytes) {
  bytes = round(bytes);
  std::lock_guard lock(mutex_);
  for (auto it = free_.begin(); it != free_.end(); ++it) {
    if (it->second < bytes) continue;
    Word at = it->first;
    size_t rest = it->second - bytes;
    free_.erase(it);
    if (rest) free_.emplace(at + bytes, rest);
    auto block = reinterpret_cast<Word*>(at);
    std::memset(block, 0, bytes);
    return block;
  }
  if (bytes > start_ + bytes_ - next_) {
    std::fprintf(stderr, "phial: no room for more code\n");
    std::abort();
  }
  Word at = next_;
  next_ += bytes;
  return reinterpret_cast<Word*>(at);
}

void ReservedArea::free(Word* block, size_t bytes) {
  bytes = round(bytes);
  std::lock_guard lock(mutex_);
  auto after = free_.emplace(reinterpret_cast<Word>(block), bytes).first;
  if (auto next = std::next(after); next != free_.end() && after->first + after->second == next->first) {
    after->second += next->second;
    free_.erase(next);
  }
  if (after != free_.begin()) {
    auto before = std::prev(after);
    if (before->first + before->second == after->first) {
      before->second += after->second;
      free_.erase(after);
    }
  }
}

ReservedArea& literal_area() {
  static ReservedArea* area = [] {
    auto made = new ReservedArea(size_t{1} << 35, 64);
    literal_range = {made->start(), made->bytes()};
    return made;
  }();
  return *area;
}

CodeRange code_range;

namespace {

// One pointer for each unit of the code area; the OS gives pages of it as they are used.
std::atomic<Module*>* map_code_directory(size_t entries) {
  void* memory =
      mmap(nullptr, entries * sizeof(std::atomic<Module*>), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    std::fprintf(stderr, "phial: the system gives no address space for code\n");
    std::abort();
  }
  return static_cast<std::atomic<Module*>*>(memory);
}

}  // namespace

ReservedArea& code_area() {
  static ReservedArea* area = [] {
    auto made = new ReservedArea(size_t{1} << 34, code_unit_bytes);
    code_range = {made->start(), made->bytes(), map_code_directory(made->bytes() / code_unit_bytes)};
    return made;
  }();
  return *area;
}

void set_code_owner(const Word* code, size_t bytes, Module* module) {
  size_t first = (reinterpret_cast<Word>(code) - code_area().start()) / code_unit_bytes;
  size_t count = (bytes + code_unit_bytes - 1) / code_unit_bytes;
  for (size_t i = 0; i < count; i++) code_range.modules[first + i].store(module, std::memory_order_release);
}

}  // namespace phial
