// WorkStack: what is left to do of a walk over something nested. Its first entries lie in the object itself, so that the shallow walks, which are
// almost all, allocate nothing.
#pragma once
#include <cstddef>
#include <cstring>
#include <type_traits>

#include "vm/base/memory.hpp"

namespace phial {

template <class Entry, size_t inline_count = 16>
class WorkStack {
  static_assert(std::is_trivially_copyable_v<Entry> && std::is_trivially_destructible_v<Entry>);

 public:
  WorkStack() = default;
  ~WorkStack() {
    if (entries_ != own()) memory_free(entries_);
  }
  WorkStack(const WorkStack&) = delete;
  WorkStack& operator=(const WorkStack&) = delete;

  bool empty() const { return size_ == 0; }
  Entry& back() { return entries_[size_ - 1]; }
  void pop_back() { size_--; }
  void push_back(Entry entry) {
    if (size_ == capacity_) [[unlikely]] grow();
    entries_[size_++] = entry;
  }

 private:
  Entry* own() { return reinterpret_cast<Entry*>(room_); }
  void grow() {
    size_t wider = 2 * capacity_;
    void* room = memory_allocate(wider * sizeof(Entry));
    std::memcpy(room, entries_, size_ * sizeof(Entry));
    if (entries_ != own()) memory_free(entries_);
    entries_ = static_cast<Entry*>(room);
    capacity_ = wider;
  }

  alignas(Entry) unsigned char room_[inline_count * sizeof(Entry)];
  Entry* entries_ = own();
  size_t size_ = 0;
  size_t capacity_ = inline_count;
};

}  // namespace phial
