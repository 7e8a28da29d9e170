// Context: what a native function sees of the process and VM it runs in. One per scheduler thread (and per pool thread).
#pragma once
#include <initializer_list>
#include <span>

#include "vm/code/native_function.hpp"
#include "vm/term/build.hpp"

namespace phial {

class Vm;
class Process;
class ProcessTree;
struct Machine;
struct Export;

struct Context {
  /// How a native function that returned none() ended.
  enum class Outcome : uint8_t { value, exception, again, wait, tail_call, tail_call_fun, exit_process };

  /// The heap results are built in: the process's main heap while there is room, then a fragment.
  TermHeap& heap() { return *heap_; }
  /// The calling process; null on the pool.
  Process* process() { return process_; }
  Vm& vm() { return *vm_; }
  /// What the caller's budget and capabilities hang off; null: it is free to do anything. On the pool, too.
  ProcessTree* tree();

  // Exceptions. All return none().
  Term raise(Term exception_class, Term reason) {  // class: :error, :exit, :throw
    outcome = Outcome::exception;
    exception_class_ = exception_class;
    exception_reason = reason;
    exception_trace = Term::nil();
    return Term::none();
  }
  Term error(Term reason) { return raise(atoms::error, reason); }
  Term badarg() { return error(atoms::badarg); }
  Term badarith() { return error(atoms::badarith); }
  Term system_limit() { return error(atoms::system_limit); }
  /// Raises with this stack trace (raw or list).
  Term raise_with_trace(Term exception_class, Term reason, Term trace) {
    raise(exception_class, reason);
    exception_trace = trace;
    return Term::none();
  }
  /// Raises on behalf of the caller: the trace begins with it, not with this native function. `arguments` (a list, {list, error_info}, or nil: none
  /// given) are shown in place of its arity, as :erlang.error/2 does.
  Term raise_for_caller(Term exception_class, Term reason, Term arguments = atoms::nil) {
    raise(exception_class, reason);
    exception_trace = Term::none();
    caller_arguments = arguments;
    return Term::none();
  }

  /// Counts work; one reduction is about a function call (some 10 ns).
  void bump(int64_t count) { reductions -= count; }
  /// True when the slice is used up.
  bool exhausted() const { return reductions <= 0; }
  /// Runs this same native function again with these arguments, after others had their turn.
  Term again(std::initializer_list<Term> arguments) { return again({arguments.begin(), arguments.size()}); }
  Term again(std::span<const Term> arguments);
  /// Like again, but the process sleeps first until a signal comes (a reply from the pool or from another process).
  Term wait(std::initializer_list<Term> arguments);
  /// Continues with a call of module.name(arguments) whose value becomes this call's value.
  Term tail_call(Term module, Term name, std::initializer_list<Term> arguments) {
    return tail_apply(module, name, {arguments.begin(), arguments.size()});
  }
  Term tail_apply(Term module, Term name, std::span<const Term> arguments);
  /// Continues with fun.(arguments).
  Term tail_call_fun(Term fun, std::span<const Term> arguments);
  /// Ends the calling process at once with this reason (as an untrappable exit of its own).
  Term exit_process(Term reason);

  // -- the machine's side
  Machine* machine = nullptr;  // null on the pool
  Process* process_ = nullptr;
  ProcessTree* pool_tree = nullptr;  // of the process that the pool works for
  Term pool_pid = Term::nil();       // ... and its pid
  bool can_be_left = false;          // on a fiber or on the pool: tick() may leave or unwind it
  Vm* vm_ = nullptr;
  TermHeap* heap_ = nullptr;
  int64_t reductions = 0;  // valid while C++ runs
  Outcome outcome = Outcome::value;
  uint8_t argument_count = 0;
  /// With a tail call: the stack is dropped first, and the process sleeps with the smallest heap until a message comes.
  bool hibernates = false;
  Term exception_class_ = atoms::error;
  Term exception_reason = atoms::nil;
  Term exception_trace = Term::nil();  // nil: to be captured; none(): captured without the native function itself
  Term caller_arguments = atoms::nil;
  Export* target = nullptr;
  Term fun = atoms::nil;
  Term* arguments = nullptr;  // where arguments of the next call go: the machine's x registers
};

}  // namespace phial
