#include "vm/process/signal.hpp"

#include "vm/base/memory.hpp"
#include "vm/term/binary.hpp"

namespace phial {
namespace {

Signal* allocate_signal(SignalKind kind, size_t words) {
  bool large = words >= block_fragment_words;
  auto signal = static_cast<Signal*>(memory_allocate(sizeof(Signal) + (large ? 0 : words * sizeof(Word))));
  signal->next = nullptr;
  signal->data = large ? allocate_blocks(blocks_for(words)) : reinterpret_cast<Word*>(signal + 1);
  signal->used = signal->capacity = static_cast<uint32_t>(words);
  signal->kind = kind;
  signal->off_heap = nullptr;
  signal->from = Term::nil();
  signal->number = 0;
  return signal;
}

}  // namespace

Signal* make_signal(SignalKind kind, Term value, Term from, Word number) {
  Signal* signal = allocate_signal(kind, measure_message(value));
  Word* to = signal->data;
  signal->value = copy_message(value, to, signal->off_heap);
  signal->used = static_cast<uint32_t>(to - signal->data);
  signal->from = from;
  signal->number = number;
  return signal;
}

Signal* make_tuple_message(std::span<const Term> elements) {
  size_t words = 1 + elements.size();
  for (Term element : elements) words += measure_message(element);
  Signal* signal = allocate_signal(SignalKind::message, words);
  Word* tuple = signal->data;
  tuple[0] = Header::make(Kind::tuple, elements.size());
  Word* to = tuple + 1 + elements.size();
  for (size_t i = 0; i < elements.size(); i++) tuple[1 + i] = copy_message(elements[i], to, signal->off_heap).word;
  signal->used = static_cast<uint32_t>(to - signal->data);
  signal->value = Term::boxed(tuple);
  return signal;
}

void free_signal(Signal* signal) {
  drop_off_heap_list(signal->off_heap);
  free_fragment_words(signal);
  memory_free(signal);
}

}  // namespace phial
