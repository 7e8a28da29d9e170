// Copying between owners: two passes over the term, one that counts and one that copies. Both keep their own stack of pending
// words, on the C++ stack for small terms.
#include <vector>

#include "vm/base/work.hpp"
#include "vm/heap/process_heap.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/literal.hpp"

namespace phial {
namespace {

/// A stack whose first entries need no allocation.
template <class T>
class SmallStack {
 public:
  void push(T value) {
    if (count_ < inline_count)
      first_[count_++] = value;
    else
      more_.push_back(value);
  }
  bool pop(T& value) {
    if (!more_.empty()) {
      value = more_.back();
      more_.pop_back();
      return true;
    }
    if (!count_) return false;
    value = first_[--count_];
    return true;
  }

 private:
  static constexpr size_t inline_count = 32;
  size_t count_ = 0;
  T first_[inline_count];
  std::vector<T> more_;
};

}  // namespace

size_t measure_message(Term term) {
  if (!term.is_pointer()) return 0;
  constexpr size_t part = size_t{1} << 16;
  size_t words = 0, checked = part;
  SmallStack<Term> pending;
  WorkCounter work;
  for (Term at = term;;) {
    work.step();
    while (at.is_cons() && !is_shared_literal(at)) {
      work.step();
      words += 2;
      if (words > checked) [[unlikely]] {
        checked = words + part;
        if (too_many_words(words)) return unsendable;
      }
      if (at.head().is_pointer()) pending.push(at.head());
      at = at.tail();
    }
    if (at.is_boxed() && !is_shared_literal(at)) {
      Word header = at.header();
      size_t size = Header::size(header);
      words += 1 + size;
      if (words > checked) [[unlikely]] {
        checked = words + part;
        if (too_many_words(words)) return unsendable;
      }
      if (!has_raw_payload(Header::kind(header)))
        for (size_t i = 0; i < size; i++)
          if (at.payload()[i].is_pointer()) pending.push(at.payload()[i]);
    }
    if (!pending.pop(at)) return words;
  }
}

Term copy_message(Term term, Word*& to, Word*& off_heap) {
  Word result = term.word;
  SmallStack<Word*> pending;
  WorkCounter work;
  for (Word* slot = &result;;) {
    for (;;) {
      work.step();
      Term source = Term::raw(*slot);
      if (!source.is_pointer() || is_shared_literal(source)) break;
      if (source.is_cons()) {
        Word* cell = to;
        to += 2;
        cell[0] = source.head().word;
        cell[1] = source.tail().word;
        *slot = Term::cons(cell).word;
        if (source.head().is_pointer()) pending.push(cell);
        slot = cell + 1;
        continue;
      }
      const Word* object = source.object();
      size_t words = 1 + Header::size(*object);
      Word* copy = to;
      to += words;
      std::memcpy(copy, object, words * sizeof(Word));
      *slot = Term::boxed(copy).word;
      Kind kind = Header::kind(*object);
      if (!has_raw_payload(kind)) {
        for (size_t i = 1; i < words; i++)
          if (Term::raw(copy[i]).is_pointer()) pending.push(copy + i);
      } else if (kind == Kind::shared_binary || kind == Kind::resource) {
        if (kind == Kind::shared_binary)
          reinterpret_cast<SharedBinary*>(object[2])->retain();
        else
          reinterpret_cast<Resource*>(object[2])->retain();
        off_heap_link(copy) = off_heap;
        off_heap = copy;
      }
      break;
    }
    if (!pending.pop(slot)) return Term::raw(result);
  }
}

}  // namespace phial
