// Building and taking apart lists, tuples, integers, floats and binaries. All building functions take the heap to build in.
#pragma once
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "vm/term/atom.hpp"
#include "vm/term/heap_interface.hpp"

namespace phial {

inline Term make_cons(TermHeap& heap, Term head, Term tail) {
  Word* cell = heap.allocate(2);
  cell[0] = head.word;
  cell[1] = tail.word;
  return Term::cons(cell);
}
Term make_tuple(TermHeap& heap, std::span<const Term> elements);
inline Term make_tuple(TermHeap& heap, std::initializer_list<Term> elements) {
  return make_tuple(heap, std::span(elements.begin(), elements.size()));
}
/// A list of the elements, ending in `tail`.
Term make_list(TermHeap& heap, std::span<const Term> elements, Term tail = Term::nil());
inline Term make_list(TermHeap& heap, std::initializer_list<Term> elements) {
  return make_list(heap, std::span(elements.begin(), elements.size()));
}

/// The integer as a small or a bignum.
Term make_integer(TermHeap& heap, int64_t value);
Term make_unsigned(TermHeap& heap, uint64_t value);
/// The double as a word, or boxed where its exponent is extreme. NaN and infinity must not come here.
inline Term make_float(TermHeap& heap, double value) {
  if (Term::fits_float_word(value)) [[likely]] return Term::float_word(value);
  Word* object = heap.allocate(2);
  object[0] = Header::make(Kind::boxed_float, 1);
  std::memcpy(object + 1, &value, sizeof value);
  return Term::boxed(object);
}

/// A binary with a copy of these bytes (heap_binary up to 64 bytes, else shared_binary).
Term make_binary(TermHeap& heap, std::string_view bytes);
/// A bitstring of `bits` bits from the first bits of `bytes`.
Term make_bitstring(TermHeap& heap, const uint8_t* bytes, size_t bits);
/// A new binary of `size` bytes and where to write them, before anyone else sees it.
Term make_binary_buffer(TermHeap& heap, size_t size, uint8_t** bytes);

/// Number of elements of a proper list, or -1 (improper or no list).
ptrdiff_t list_length(Term list);

/// Iterates a list: for (Term item : ListRange(list)). Stops at what is not a cons.
struct ListRange {
  Term list;
  struct Iterator {
    Term at;
    Term operator*() const { return at.head(); }
    Iterator& operator++() { at = at.tail(); return *this; }
    bool operator!=(int) const { return at.is_cons(); }
  };
  explicit ListRange(Term l) : list(l) {}
  Iterator begin() const { return {list}; }
  int end() const { return 0; }
};

/// A deep copy of `term` into `heap`; sharing inside a term is kept only for literals (see is_literal in heap.hpp) and shared binaries.
Term copy_term(TermHeap& heap, Term term);
/// Words that copy_term would allocate.
size_t term_words(Term term);

}  // namespace phial
