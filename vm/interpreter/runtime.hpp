// The runtime behind the instructions: C++ that the interpreter's handlers and compiled code call for everything but the fast paths.
//
// All take the Machine. Unless noted otherwise the caller has stored sp, hp, pc and reductions in it before (sync) and loads hp and
// reductions back after; sp changes only where noted. Functions that can fail return Term::none() with the exception standing in
// m.context (its trace captured), and the caller jumps to m.raise.
#pragma once
#include "vm/process/vm.hpp"

namespace phial {

enum class Arithmetic : uint8_t {
  add, subtract, multiply, divide, quotient, remainder, negate, bit_and, bit_or, bit_xor, bit_not, shift_left, shift_right
};

// -- arithmetic: the value, or none() without an exception; raise_arithmetic then makes one
Term runtime_arithmetic(Machine& m, Arithmetic operation, Term a, Term b);
void raise_arithmetic(Machine& m, Arithmetic operation, Term a, Term b);

// -- exceptions
/// {:"$trace", native function or nil, arguments or nil, positions...}
Term capture_trace(Machine& m, const Word* pc, Term native_mfa, Term first_arguments);
Term trace_to_list(TermHeap& heap, Term trace);
/// Sets the exception with a captured trace; `pc` is m.pc.
void raise_here(Machine& m, Term exception_class, Term reason);
/// Completes the exception a native function left in m.context: `arguments` are what it was called with.
void complete_native_exception(Machine& m, Term module, Term name, std::span<const Term> arguments);
void raise_function_clause(Machine& m, unsigned arity);
void raise_undefined(Machine& m, Term module, Term name, unsigned arity);
void raise_bad_function(Machine& m, Term fun, unsigned arity);
/// Finds the handler: m.sp is cut, x[0..2] set; the position to go on at, or null: the process ends with m.exit_reason.
const Word* unwind(Machine& m);

// -- memory and slices
/// Collects so that `need` words are free; x[0..live) are roots. m.sp and m.hp are new. False: the process is over its max_heap_size
/// and must end (m.exit_reason).
bool collect_garbage(Machine& m, size_t need, unsigned live);
/// The reductions are used up at `pc` with `live` x registers. True: go on (m.context.reductions is new). False: the process is saved
/// for its next slice; return to the scheduler.
/// Brings the newest part of a deep stack back: m.sp stands at the underflow frame, which is all that is left of the stack; x[0, live) are roots.
/// False: the process ends (as collect_garbage).
bool thaw_stack(Machine& m, unsigned live);
bool safepoint(Machine& m, const Word* pc, unsigned live);
/// Carries out m.collect_when_done; `value` is a root.
void collect_now(Machine& m, Term* value);
/// Drops the stack, shrinks the heap, and leaves the process waiting for a message to call `target` with x[0..count).
void hibernate_process(Machine& m, Export* target, unsigned count);
/// Compiled code of `function` met an operand at `pc` that it was not compiled for. When that happens often the function is compiled again.
/// Bits of `raw` name x registers that hold the bits of a finite double: they get their words.
void note_exit(Machine& m, const Word* pc, Function& function, Word raw);
/// Saves the process to go on at `pc` with x[0..live).
void save_process(Machine& m, const Word* pc, unsigned live);

// -- calls
/// The function of an export that has neither code nor native yet: loads its module. True: try again. False: an exception stands
/// ready, or (with *handler set) :error_handler takes the call, its arguments in x.
bool resolve_undefined(Machine& m, Export& e, Export** handler);

/// Runs the native function of `e` on x[]. none(): look at the outcome; exceptions are completed.
Term call_native(Machine* m, Export* e, NativeFunction native);
/// A native function marked blocking: hands it to the pool and waits (Context::wait); when it runs again, the answer is there.
Term run_blocking_native(Machine& m, Export& e, NativeFunction native);

// -- data
Term runtime_put_map(Machine& m, Term map, const Word* pairs, unsigned count, bool update, Term* bad);
Term runtime_new_map(Machine& m, const Word* pairs, unsigned count);
/// The value of an S operand.
inline Term operand_value(const Machine& m, const Term* sp, Word word) {
  if ((word & 0xff) != 0xff) [[likely]] return Term::raw(word);
  auto code = static_cast<RegisterCode>(word >> 32);
  return code & 0x8000 ? sp[2 + (code & 0x7fff)] : m.x[code];
}
bool map_value_cached(Term map, Term key, Word* cache, Term* value);

/// Feedback for the JIT: ORed into an L word, once.
inline void note_feedback(const Word* label_word, uint32_t bits) {
  auto at = reinterpret_cast<std::atomic<Word>*>(const_cast<Word*>(label_word));
  Word word = at->load(std::memory_order_relaxed);
  Word wanted = word | Word{bits} << 32;
  if (wanted != word) at->store(wanted, std::memory_order_relaxed);
}

// -- bits (context: a match_context term). none() / false: does not match
Term bits_start(Machine& m, Term bitstring);
Term bits_get_integer(Machine& m, Term context, Word descriptor, Term size);
Term bits_get_float(Machine& m, Term context, Word descriptor, Term size);
Term bits_get_binary(Machine& m, Term context, Word descriptor, Term size);
Term bits_get_utf(Machine& m, Term context, Word descriptor);
bool bits_skip(Machine& m, Term context, Word descriptor, Term size);
bool bits_match_literal(Machine& m, Term context, Term literal);
Term bits_get_tail(Machine& m, Term context);
/// Builds from n segments of three words (descriptor, value, size operands); none() for a bad value or size.
Term bits_build(Machine& m, const Word* segments, unsigned count);
/// Raises for a bits_build that returned none(): a badarg whose trace tells the segment at fault and what is wrong with it.
void raise_bits(Machine& m, const Word* segments, unsigned count);

// -- messages
enum class ReceiveStep : uint8_t { message, none, process_ends };
ReceiveStep receive_next(Machine& m, Term* message);
/// For receive_wait_timeout: true if the time is over; false: wait. `bad`: no time value.
bool receive_timeout_over(Machine& m, Term milliseconds, bool* bad);
Term receive_mark(Machine& m);
void receive_use_mark(Machine& m, Term mark);

/// Entries of the machine, positions of internal code and hooks of the VM (interpreter.cpp).
void initialize_machine(Machine& m);
void install_interpreter(Vm& vm);
/// Runs m.process for one slice. m.result says how it ended; the process is saved.
void run_process(Machine& m);

}  // namespace phial
