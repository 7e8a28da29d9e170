// Signals: everything that one process sends to another. A signal is one block of memory: this header, then the words of the terms it
// carries. It is pushed to the receiver's inbox and handled by the receiver when it is scheduled, so signals from one sender to one receiver
// arrive in the order they were sent. A received message becomes a fragment of the receiver's heap without a copy.
#pragma once
#include "vm/heap/process_heap.hpp"

namespace phial {

enum class SignalKind : uint8_t {
  message,         // value
  alias_message,   // value, to the alias `reference`
  link,            // from
  unlink,          // from, number (acknowledged by unlink_ack with the same number)
  unlink_ack,      // from, number
  link_exit,       // from, value = reason: a linked process ended
  exit,            // from, value = reason: exit/2
  monitor,         // from, reference, value = name it was asked by or nil
  demonitor,       // from, reference
  down,            // from (the pid monitored), reference, value = reason
  reply,           // reference, value: the answer to a request of a native function that waits
  process_info,    // from, reference, value = list of items
  group_leader,    // value = pid
  garbage_collect, // from, reference, value = :major | :minor
  suspend,         // from, reference
  resume,          // from
  check_code,      // from, reference, value = module
  timer,           // wakes only: a receive timeout has passed; number = its generation
};

/// `number` of an exit signal that ends its receiver whatever it does, with the reason as it is.
inline constexpr Word forced_exit = 1;

struct Signal : Fragment {
  SignalKind kind;
  Term value;
  Word* off_heap;  // chain of off-heap objects among its words
  Term from;
  Word number;     // reference's word or a number
};

/// A signal without a value and with room for so many words.
Signal* allocate_signal(SignalKind kind, size_t words);
/// A signal with a copy of `value`.
Signal* make_signal(SignalKind kind, Term value, Term from = Term::nil(), Word number = 0);
/// A message that is a tuple of copies of these terms.
Signal* make_tuple_message(std::span<const Term> elements);
/// Frees a signal that was not attached to a heap.
void free_signal(Signal* signal);

}  // namespace phial
