// WordTable: a small hash table from non-zero words to values, for what few processes have few of (links, monitors, aliases).
#pragma once
#include <utility>

#include "vm/base/memory.hpp"
#include "vm/term/term.hpp"

namespace phial {

template <class Value>
class WordTable {
 public:
  struct Entry { Word key; Value value; };
  WordTable() = default;
  ~WordTable() { memory_free(entries_); }
  WordTable(const WordTable&) = delete;
  WordTable& operator=(const WordTable&) = delete;

  size_t size() const { return count_; }
  size_t bytes() const { return capacity_ * sizeof(Entry); }
  Value* find(Word key) {
    if (!count_) return nullptr;
    for (size_t i = home(key);; i = (i + 1) & (capacity_ - 1)) {
      if (entries_[i].key == key) return &entries_[i].value;
      if (!entries_[i].key) return nullptr;
    }
  }
  /// The value of `key`, made with `value` if it was not there.
  Value& insert(Word key, Value value) {
    if (Value* found = find(key)) return *found;
    if ((count_ + 1) * 4 > capacity_ * 3) grow();
    count_++;
    return place(key, value);
  }
  bool remove(Word key) {
    Value* found = find(key);
    if (!found) return false;
    auto hole = static_cast<size_t>(reinterpret_cast<Entry*>(reinterpret_cast<char*>(found) - offsetof(Entry, value)) - entries_);
    for (size_t i = (hole + 1) & (capacity_ - 1); entries_[i].key; i = (i + 1) & (capacity_ - 1)) {
      size_t distance_home = (i - home(entries_[i].key)) & (capacity_ - 1);
      size_t distance_hole = (i - hole) & (capacity_ - 1);
      if (distance_home >= distance_hole) {
        entries_[hole] = entries_[i];
        hole = i;
      }
    }
    entries_[hole].key = 0;
    if (!--count_ && capacity_ > most_kept) clear();
    return true;
  }
  template <class Visit>
  void each(Visit&& visit) {
    for (size_t i = 0; i < capacity_; i++)
      if (entries_[i].key) visit(entries_[i].key, entries_[i].value);
  }
  void clear() {
    memory_free(entries_);
    entries_ = nullptr;
    capacity_ = count_ = 0;
  }

 private:
  static constexpr uint32_t most_kept = 1024;  // entries of an empty table
  size_t home(Word key) const { return static_cast<size_t>((key * 0x9E3779B97F4A7C15ull) >> 40) & (capacity_ - 1); }
  Value& place(Word key, Value value) {
    size_t i = home(key);
    while (entries_[i].key) i = (i + 1) & (capacity_ - 1);
    entries_[i].key = key;
    entries_[i].value = value;
    return entries_[i].value;
  }
  void grow() {
    Entry* before = entries_;
    uint32_t size = capacity_;
    capacity_ = size ? size * 2 : 4;
    entries_ = static_cast<Entry*>(memory_allocate(capacity_ * sizeof(Entry)));
    for (size_t i = 0; i < capacity_; i++) entries_[i].key = 0;
    for (size_t i = 0; i < size; i++)
      if (before[i].key) place(before[i].key, before[i].value);
    memory_free(before);
  }
  Entry* entries_ = nullptr;
  uint32_t capacity_ = 0;
  uint32_t count_ = 0;
};

}  // namespace phial
