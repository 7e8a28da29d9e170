// Context: what a native function sees of the process and VM it runs in. One per scheduler thread (and per pool thread).
#pragma once
#include <initializer_list>

#include "vm/code/native_function.hpp"
#include "vm/term/build.hpp"

namespace phial {

class Vm;
class Process;

struct Context {
  /// The heap results are built in: the process's main heap while there is room, then a fragment.
  TermHeap& heap();
  /// The calling process; null on the pool.
  Process* process();
  Vm& vm();

  // Exceptions. All return none().
  Term raise(Term exception_class, Term reason);  // class: :error, :exit, :throw
  Term error(Term reason) { return raise(atoms::error, reason); }
  Term badarg() { return error(atoms::badarg); }
  Term badarith() { return error(atoms::badarith); }
  Term system_limit() { return error(atoms::system_limit); }

  /// Counts work; one reduction is about a function call (some 10 ns).
  void bump(int64_t reductions);
  /// True when the slice is used up.
  bool exhausted() const;
  /// Runs this same native function again with these arguments, after others had their turn.
  Term again(std::initializer_list<Term> arguments);
  /// Continues with a call of module.name(arguments) whose value becomes this call's value.
  Term tail_call(Term module, Term name, std::initializer_list<Term> arguments);
  Term tail_apply(Term module, Term name, std::span<const Term> arguments);
  /// Continues with fun.(arguments).
  Term tail_call_fun(Term fun, std::span<const Term> arguments);
};

}  // namespace phial
