// Deep copy between heaps: one explicit stack, no recursion, so that terms of any depth are copied. Lists are copied cell by cell in a
// loop. Terms for which `is_shared_literal` holds are not copied: their module keeps them.
#include <vector>

#include "vm/base/work.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/literal.hpp"

namespace phial {
namespace {

/// A word in the copy that still points into the source.
struct Pending {
  Word* slot;
};

Word* copy_object(TermHeap& heap, const Word* object) {
  size_t words = 1 + Header::size(*object);
  Word* to = heap.allocate(words);
  std::memcpy(to, object, words * sizeof(Word));
  Kind kind = Header::kind(*object);
  if (kind == Kind::shared_binary) {
    auto binary = reinterpret_cast<SharedBinary*>(object[2]);
    binary->retain();
    off_heap_link(to) = heap.off_heap;
    heap.off_heap = to;
    heap.off_heap_bytes += binary->capacity;
  } else if (kind == Kind::resource) {
    reinterpret_cast<Resource*>(object[2])->retain();
    off_heap_link(to) = heap.off_heap;
    heap.off_heap = to;
  }
  return to;
}

}  // namespace

Term copy_term(TermHeap& heap, Term term) {
  if (!term.is_pointer()) return term;
  constexpr size_t part = size_t{1} << 16;
  size_t words = 0, checked = part;
  Word result = term.word;
  std::vector<Pending> pending;
  pending.push_back({&result});
  while (!pending.empty()) {
    Word* slot = pending.back().slot;
    pending.pop_back();
    for (;;) {
      Term source = Term::raw(*slot);
      if (!source.is_pointer() || is_shared_literal(source)) break;
      if (words > checked) [[unlikely]] {
        checked = words + part;
        if (too_many_words(words)) words = checked = SIZE_MAX - part;
      }
      if (checked == SIZE_MAX - part) [[unlikely]] {  // given up: what is left is cut off
        *slot = atoms::system_limit.word;
        break;
      }
      words += source.is_cons() ? 2 : 1 + source.size();
      if (source.is_cons()) {
        Word* cell = heap.allocate(2);
        cell[0] = source.head().word;
        cell[1] = source.tail().word;
        *slot = Term::cons(cell).word;
        if (source.head().is_pointer()) pending.push_back({cell});
        slot = cell + 1;
        continue;
      }
      // A slice of a heap_binary is copied as the bits it shows, so that it does not drag the rest along.
      if (source.kind() == Kind::slice && Term::raw(source.object()[1]).kind() == Kind::heap_binary) {
        BitView view = bits_of(source);
        uint8_t* to;
        Term copy = make_binary_buffer(heap, (view.bits + 7) / 8, &to);
        if (view.bits) copy_bits(to, 0, view.bytes, view.bit_offset, view.bits);
        copy.object()[1] = view.bits;
        *slot = copy.word;
        break;
      }
      Word* to = copy_object(heap, source.object());
      *slot = Term::boxed(to).word;
      if (has_raw_payload(Header::kind(*to))) break;
      for (size_t i = 1, size = Header::size(*to); i <= size; i++)
        if (Term::raw(to[i]).is_pointer()) pending.push_back({to + i});
      break;
    }
  }
  return Term::raw(result);
}

size_t term_words(Term term) {
  size_t words = 0;
  WorkCounter work;
  std::vector<Term> pending{term};
  while (!pending.empty()) {
    Term at = pending.back();
    pending.pop_back();
    work.step();
    while (at.is_cons() && !is_shared_literal(at)) {
      work.step();
      words += 2;
      if (at.head().is_pointer()) pending.push_back(at.head());
      at = at.tail();
    }
    if (!at.is_boxed() || is_shared_literal(at)) continue;
    size_t size = at.size();
    words += 1 + size;
    if (has_raw_payload(at.kind())) continue;
    for (size_t i = 0; i < size; i++)
      if (at.payload()[i].is_pointer()) pending.push_back(at.payload()[i]);
  }
  return words;
}

}  // namespace phial
