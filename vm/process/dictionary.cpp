#include "vm/process/process.hpp"
#include "vm/term/compare.hpp"

namespace phial {

// The index holds 1 + place of an entry, 0: empty. It exists from `first_indexed` entries on; below that entries are searched one by one.
namespace {
constexpr size_t first_indexed = 8;
}

Dictionary::~Dictionary() {
  memory_free(entries_);
  memory_free(index_);
}

ptrdiff_t Dictionary::find(Term key, uint32_t hash) const {
  if (!index_) {
    for (size_t i = 0; i < used_; i++)
      if (!entries_[2 * i].is_none() && equal_exactly(entries_[2 * i], key)) return static_cast<ptrdiff_t>(i);
    return -1;
  }
  size_t mask = 2 * capacity_ - 1;
  for (size_t i = hash & mask; index_[i]; i = (i + 1) & mask) {
    size_t at = index_[i] - 1;
    if (!entries_[2 * at].is_none() && equal_exactly(entries_[2 * at], key)) return static_cast<ptrdiff_t>(at);
  }
  return -1;
}

void Dictionary::rebuild(size_t capacity) {
  Term* before = entries_;
  size_t used = used_;
  memory_free(index_);
  index_ = nullptr;
  entries_ = nullptr;
  used_ = 0;
  capacity_ = capacity;
  if (capacity) entries_ = static_cast<Term*>(memory_allocate(2 * capacity * sizeof(Term)));
  if (capacity > first_indexed) {
    index_ = static_cast<uint32_t*>(memory_allocate(2 * capacity * sizeof(uint32_t)));
    std::memset(index_, 0, 2 * capacity * sizeof(uint32_t));
  }
  if (capacity) {
    for (size_t i = 0; i < used; i++) {
      if (before[2 * i].is_none()) continue;
      entries_[2 * used_] = before[2 * i];
      entries_[2 * used_ + 1] = before[2 * i + 1];
      used_++;
      if (index_) {
        size_t mask = 2 * capacity_ - 1, at = hash_term(before[2 * i]) & mask;
        while (index_[at]) at = (at + 1) & mask;
        index_[at] = static_cast<uint32_t>(used_);
      }
    }
  }
  memory_free(before);
}

Term Dictionary::get(Term key) const {
  if (!count_) return Term::none();
  ptrdiff_t at = find(key, index_ ? hash_term(key) : 0);
  return at < 0 ? Term::none() : entries_[2 * at + 1];
}

Term Dictionary::put(Term key, Term value) {
  uint32_t hash = capacity_ > first_indexed ? hash_term(key) : 0;
  ptrdiff_t at = count_ ? find(key, hash) : -1;
  if (at >= 0) {
    Term before = entries_[2 * at + 1];
    entries_[2 * at + 1] = value;
    return before;
  }
  if (used_ == capacity_) {
    size_t capacity = capacity_ ? capacity_ : 2;
    while (capacity < (count_ + 1) * 4 / 3 + 1) capacity *= 2;
    rebuild(capacity);
    hash = hash_term(key);
  }
  entries_[2 * used_] = key;
  entries_[2 * used_ + 1] = value;
  used_++;
  count_++;
  if (index_) {
    size_t mask = 2 * capacity_ - 1, i = hash & mask;
    while (index_[i]) i = (i + 1) & mask;
    index_[i] = static_cast<uint32_t>(used_);
  }
  return Term::none();
}

Term Dictionary::erase(Term key) {
  if (!count_) return Term::none();
  ptrdiff_t at = find(key, index_ ? hash_term(key) : 0);
  if (at < 0) return Term::none();
  Term before = entries_[2 * at + 1];
  entries_[2 * at] = Term::none();
  entries_[2 * at + 1] = Term::nil();
  count_--;
  if (static_cast<size_t>(at) + 1 == used_ && !index_) used_--;
  return before;
}

}  // namespace phial
