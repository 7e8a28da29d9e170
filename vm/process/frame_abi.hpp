// The calling convention between the interpreter, compiled code and the runtime.
//
// Registers. All code that runs processes has ONE prototype, CompiledFunction (LLVM's musttail demands equal prototypes), in the
// preserve_none convention (LLVM: preserve_nonecc, number 21), and is left only by musttail jumps to another function of that prototype, or
// by a plain return, which goes to the scheduler (see "Leaving"):
//
//   m           the Machine of this scheduler thread
//   sp          the process's stack pointer: sp[0] is the resume word of the frame on top
//   hp          its heap pointer; sp - hp is the room, in words
//   reductions  what is left of the slice (or of the sample, see below); a call or loop decrements it
//   x0..x5      arguments of a call. Arguments 6 and up are in m->x[6..]. Who takes fewer leaves the rest undefined
//
// A resume has the same prototype: x0 is the value, x1..x5 are undefined.
//
// Frames.  sp[0] resume word: address of the code (CompiledFunction) that goes on in this frame with a value;
//          sp[1] bytecode position (const Word*) of that same continuation: the instruction after the call. Always set before a
//                call, by both tiers: stack traces, exception handlers, deoptimization and hot code replacement read it;
//          sp[2 + i] = y_i.
// allocate n pushes n + 2 words, all 0; deallocate pops them. Both code words are 8-aligned, so they look like small integers to the
// collector. At a call that is not a tail call the caller's own frame stands on top; it stores sp[0] and sp[1] and jumps. A return is a
// jump to sp[0] with the value; the frame stays (the continuation owns it). The bottom frame (2 words) resumes at machine->process_exit.
//
// Calls. To call Function f: `void* e = f->native_entry` (acquire); if not null jump there with the arguments in x0..x5; else store
// x0..x5 to m->x[0..arity) and jump to m->interpret_function with x0 = (Word) f. m->call_function does that test and both. To call a
// closure of up to five parameters: if its function's closure_entry is not null jump there with the arguments, then the closure; it spreads
// the free values; else m->call_fun. For an
// Export e: m->call_export with the arguments in m->x[0..arity) and x0 = (Word) e does everything (natives, autoload, undefined function);
// compiled code may look at e->native and e->function itself first.
// m->interpret_at continues interpretation: x0 = (Word) pc, registers from m->x[].
// The interpreter's resume word is m->interpreter_resume: stores the value to m->x[0] and goes on at sp[1].
//
// Reductions and preemption. A callee does not check; the caller (or callee at its head, one of the two: here the callee side is the rule
// for compiled code, the interpreter checks at the call) checks `--reductions <= 0` and then stores the live x to m->x[0..n), and jumps
// to m->yield with x0 = (Word) pc of a bytecode position where interpretation may go on (a function's first instruction; a loop's label), x1 = n.
// When the process runs again it goes on there: at a function's first instruction through its native_entry, else interpreted, or at
// native code that the hook Vm::native_continuation finds for the position. yield may return at once to the same place (sampling, see
// Vm::sample_reductions), it costs then about 20 ns.
// Memory: when sp - hp is too small, store live x to m->x[0..n) and jump to m->collect with x0 = need (words), x1 = n, x2 = address of a
// CompiledFunction to go on at (its x0.. are undefined, live x are in m->x[]); or call phial_collect(m, need, n) as a C function between sync and
// reload (below).
// C++ that builds terms in the middle of a straight run leaves alone what the run announced (Machine::begin_building).
//
// C++ from compiled code. Ordinary C functions (extern "C", m first). Those that may allocate, raise or look at the process need
// m->sp, m->hp, m->context.reductions to be stored before (sync) and hp and reductions (never sp, but after phial_collect) to be loaded back.
//
// Exceptions. Raise: sync, m->pc = position of the instruction that raises, set m->context.exception_* (Context::raise does), and jump to
// m->raise. It finds the handler by the frames' bytecode positions, cuts the stack and goes on at the handler: in the interpreter, or at
// native code that Vm::native_continuation finds (x0 class, x1 reason, x2 raw trace are in m->x[0..2]).
//
// Leaving. A plain return ends the slice. Only the runtime's entries (yield, wait, process_exit) do that, after saving sp, hp and
// what continues the process in the Process.
#pragma once
#include <cstdint>

#include "vm/term/term.hpp"

namespace phial {

struct Machine;

#define PHIAL_CODE __attribute__((preserve_none))
#define PHIAL_CODE_PARAMETERS                                                                                     \
  ::phial::Machine *m, ::phial::Term *sp, ::phial::Word *hp, int64_t reductions, ::phial::Word x0, ::phial::Word x1, \
      ::phial::Word x2, ::phial::Word x3, ::phial::Word x4, ::phial::Word x5

using CompiledFunction = void(PHIAL_CODE*)(PHIAL_CODE_PARAMETERS);

/// Any word: what an argument that the callee does not read is passed as. Costs no instruction.
#define PHIAL_ANY __builtin_nondeterministic_value(::phial::Word{0})

}  // namespace phial
