// Native functions that are left in the middle and resumed.
//
// A function that is marked native_long runs on a fiber: a native stack of its own. Wherever it calls tick() and the slice of its process is used up, the fiber
// is left, the process goes back to the run queue with all that the function holds on its stack, and when it has its turn again the function goes
// on. Meanwhile nothing of the process is collected, so the terms it holds stay where they are; signals wait. An exit signal has the
// function unwound where it ticked: its destructors run, and the process ends. The function may go on on another thread, so it must hold no lock at a tick and keep no address of a thread's own.
//
// What is not on a fiber cannot be left: operators of compiled code (==, <, maps with terms as keys) and functions that are called in place because
// what they are given looked small. A term whose parts are shared can make any of them endless. So what they do is counted as well (note_work), as
// reductions of the slice, and every now and then it is looked whether the process has to end: its budget is used up, its tree or the VM has ended, it has
// been killed. Then it ends there and then, so that nobody ever sees a wrong answer: all C++ functions on the stack are unwound (their destructors
// run, as for a NativeCancelled), compiled code and the interpreter, which hold nothing, are jumped over (slice_place), and the slice is over. The same is done
// where a walk would take more memory than there is (too_many_words). Who holds what is not given back by a destructor, or was called by code of others, has a WorkHold.
//
// The state of a process that was left: `pc` is Vm::resume_native_code, `saved_export` stands for the NativeFiber, the heap is open for building.
#pragma once
#include "vm/base/fiber.hpp"
#include "vm/process/tick.hpp"
#include "vm/process/vm.hpp"

namespace phial {

struct NativeFiber {
  NativeFiber();
  Context context;  // what the function is given
  Export* function = nullptr;
  NativeFunction native = nullptr;
  Term result = Term::none();
  bool done = false;
  bool cancelled = false;  // it is to be unwound when it has its turn
  Term arguments[255];
  Term next_arguments[255];  // of again() and tail calls
  Fiber fiber;
};

inline bool in_long_native(const Process& process) { return process.pc && process.pc == process.vm->resume_native_code; }

/// True if the arguments of a function that is native_measured may be long work; `shallow`: of one that is native_shallow, too.
bool is_much(const Term* arguments, unsigned count, bool shallow);
/// A fiber for a native function; null: as many as can be are in use, and one of their functions will be done first.
NativeFiber* take_native(Machine& machine);
/// Runs a native function on it until it is done or its slice is. The heap is open for building. False: it is to be resumed.
bool start_native(Machine& machine, Export& function, NativeFunction native, NativeFiber* fiber);
bool resume_native(Machine& machine, NativeFiber& fiber);
/// The function is done: its outcome and its value (or none()) for the machine; the fiber is kept for the next one.
Term finish_native(Machine& machine, NativeFiber* fiber);
/// Runs compiled code or the interpreter with the process's registers until the slice is over.
void run_slice(Machine& machine, CompiledFunction code, Term* sp, Word* hp, int64_t reductions, Word x0);
/// Called now and then while a process is in the middle of work that cannot be left; set by the scheduler, which sees to what waits meanwhile.
extern void (*held_up_hook)(Machine& machine);
/// The function on whose fiber the calling thread is, or null; it is on that of `other` from now on (see exchange_holds).
NativeFiber* exchange_running(NativeFiber* other);
/// Unwinds the function, so that it frees what it holds; its process does not run any more.
void drop_native(Process& process);

}  // namespace phial
