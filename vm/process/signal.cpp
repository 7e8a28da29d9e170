#include "vm/process/signal.hpp"

#include <algorithm>
#include <utility>

#include "vm/base/memory.hpp"
#include "vm/process/delivery.hpp"
#include "vm/term/binary.hpp"

namespace phial {

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

namespace {

/// Copying may be cancelled (vm/process/long_native.hpp); what is there of the message goes then.
class Unfinished {
 public:
  explicit Unfinished(Signal* signal) : signal_(signal) {}
  Unfinished(const Unfinished&) = delete;
  ~Unfinished() {
    if (signal_) free_signal(signal_);
  }
  Signal* finished() { return std::exchange(signal_, nullptr); }

 private:
  Signal* signal_;
};

}  // namespace

Signal* make_signal(SignalKind kind, Term value, Term from, Word number) {
  size_t words = measure_message(value);
  if (words >= unsendable) [[unlikely]] {
    value = atoms::system_limit;
    words = 0;
  }
  // The receiver makes a message of it in its own memory (Process::act_on).
  size_t spare = kind == SignalKind::down ? down_message_words : 0;
  Signal* signal = allocate_signal(kind, words + spare);
  Unfinished unfinished(signal);
  Word* to = signal->data;
  signal->value = copy_message(value, to, signal->off_heap);
  signal->used = static_cast<uint32_t>(to - signal->data);
  signal->from = from;
  signal->number = number;
  return unfinished.finished();
}

Signal* make_tuple_message(std::span<const Term> elements) {
  size_t words = 1 + elements.size();
  Term kept[8];
  for (size_t i = 0; i < elements.size(); i++) {
    size_t more = measure_message(elements[i]);
    if (more < unsendable) [[likely]] {
      words += more;
      continue;
    }
    // Messages of the runtime have few elements.
    std::copy(elements.begin(), elements.end(), kept);
    kept[i] = atoms::system_limit;
    return make_tuple_message({kept, elements.size()});
  }
  Signal* signal = allocate_signal(SignalKind::message, words);
  Unfinished unfinished(signal);
  Word* tuple = signal->data;
  tuple[0] = Header::make(Kind::tuple, elements.size());
  Word* to = tuple + 1 + elements.size();
  for (size_t i = 0; i < elements.size(); i++) tuple[1 + i] = copy_message(elements[i], to, signal->off_heap).word;
  signal->used = static_cast<uint32_t>(to - signal->data);
  signal->value = Term::boxed(tuple);
  return unfinished.finished();
}

void free_signal(Signal* signal) {
  drop_off_heap_list(signal->off_heap);
  free_fragment_words(signal);
  memory_free(signal);
}

}  // namespace phial
