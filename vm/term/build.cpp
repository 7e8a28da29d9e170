#include "vm/term/build.hpp"

#include "vm/base/work.hpp"
#include "vm/term/binary.hpp"

namespace phial {

Term make_tuple(TermHeap& heap, std::span<const Term> elements) {
  Word* object = heap.allocate(1 + elements.size());
  object[0] = Header::make(Kind::tuple, elements.size());
  if (!elements.empty()) std::memcpy(object + 1, elements.data(), elements.size() * sizeof(Word));
  return Term::boxed(object);
}

Term make_list(TermHeap& heap, std::span<const Term> elements, Term tail) {
  if (elements.empty()) return tail;
  Word* cells = heap.allocate(2 * elements.size());
  for (size_t i = 0; i < elements.size(); i++) {
    if (i % 4096 == 4095) note_work(512);
    cells[2 * i] = elements[i].word;
    cells[2 * i + 1] = i + 1 < elements.size() ? Term::cons(cells + 2 * i + 2).word : tail.word;
  }
  return Term::cons(cells);
}

Term make_integer(TermHeap& heap, int64_t value) {
  if (Term::fits_small(value)) return Term::small(value);
  Word* object = heap.allocate(2);
  object[0] = Header::make(value < 0 ? Kind::bignum_negative : Kind::bignum_positive, 1);
  object[1] = value < 0 ? 0 - static_cast<Word>(value) : static_cast<Word>(value);
  return Term::boxed(object);
}

Term make_unsigned(TermHeap& heap, uint64_t value) {
  if (value <= static_cast<uint64_t>(Term::max_small)) return Term::small(static_cast<int64_t>(value));
  Word* object = heap.allocate(2);
  object[0] = Header::make(Kind::bignum_positive, 1);
  object[1] = value;
  return Term::boxed(object);
}

ptrdiff_t list_length(Term list) {
  ptrdiff_t length = 0;
  while (list.is_cons()) {
    if (++length % 4096 == 0) note_work(512);
    list = list.tail();
  }
  return list.is_nil() ? length : -1;
}

}  // namespace phial
