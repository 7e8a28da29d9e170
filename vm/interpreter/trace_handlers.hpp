// Where watched calls come by (vm/process/call_trace.hpp): breakpoints, stubs and return frames.
#pragma once
#include "vm/code/reserved_area.hpp"
#include "vm/interpreter/call_handlers.hpp"
#include "vm/process/call_trace.hpp"

namespace phial {

/// A call hook ends the process: its frames stand, and m->exit_reason is set.
#define CALLED(trace, through_stub)                                                      \
  do {                                                                                   \
    if (!m->vm->calls.hooks.called(*m, trace, through_stub)) GO(exit_path, 0, 0, 0, 0);  \
    RELOAD_ALL();                                                                        \
  } while (0)

PHIAL_PATH(internal_breakpoint) {
  SYNC();
  Function* function = module_at(PC)->function_at(PC);
  RareParts* rare = m->process->rare_parts;
  bool goes_on = rare && rare->receive_again == PC;  // in its receive: no call
  if (rare) rare->receive_again = nullptr;
  if (!goes_on) CALLED(*function->call_trace.load(std::memory_order_acquire), false);
  Word first = function->first_instruction.load(std::memory_order_acquire);
  PHIAL_TAIL handlers[first & 0xffff](m, sp, hp, reductions, x0, first, PHIAL_ANY, PHIAL_ANY, PHIAL_ANY, PHIAL_ANY);
}

PHIAL_PATH(internal_stub) {
  auto trace = reinterpret_cast<CallTrace*>(PC[1]);
  SYNC();
  m->pc = nullptr;
  CALLED(*trace, true);
  Function* function = trace->function;
  if (!function) GO(enter_export, &trace->target, 0, 0, 0);
  if (!function->code) GO(enter_export, trace->entry, 0, 0, 0);  // purged meanwhile
  if (void* native = function->native_entry.load(std::memory_order_acquire))
    PHIAL_TAIL reinterpret_cast<CompiledFunction>(native)(m, sp, hp, reductions, m->x[0].word, m->x[1].word, m->x[2].word, m->x[3].word,
                                                          m->x[4].word, m->x[5].word);
  DISPATCH(function->code);
}

inline PHIAL_PATH(trace_return_path) {  // x0: the value; the return frame is on top
  m->x[0] = Term::raw(x0);
  m->sp = sp;
  m->hp = hp;
  m->context.reductions = reductions;
  m->pc = nullptr;
  m->vm->calls.hooks.returned(*m);
  RELOAD();
  sp += frame_header_words + return_frame_slots;
  RETURN();
}
PHIAL_PATH(internal_trace_return) { GO(trace_return_path, m->x[0].word, 0, 0, 0); }

PHIAL_PATH(internal_trace_raise) {
  m->sp = sp;
  m->hp = hp;
  m->context.reductions = reductions;
  m->pc = nullptr;
  m->vm->calls.hooks.raised(*m);
  m->sp = sp + frame_header_words + return_frame_slots;
  m->context.raise_with_trace(m->x[0], m->x[1], m->x[2]);
  RELOAD();
  RAISE();
}

// -- a receive that begins a watched function
PHIAL_PATH(internal_receive_skip) {
  m->process->rare().receive_again = L(1);
  SLOW(op_receive_skip<0>);
}
PHIAL_PATH(internal_receive_wait) {
  m->process->rare().receive_again = L(1);
  SLOW(op_receive_wait<0>);
}
PHIAL_PATH(internal_receive_wait_timeout) {  // "LS"
  SYNC();
  bool bad = false;
  bool over = receive_timeout_over(*m, S(PC[2]), &bad);
  if (!over && !bad) m->process->rare().receive_again = L(1);
  SLOW(op_receive_wait_timeout<0>);
}

/// The pseudo-module of return frames: one for all VMs, never freed. A frame's position is its second instruction; an exception at
/// the one before goes to the third.
inline const Word* trace_return_position() {
  static const Word* const position = [] {
    static auto module = new Module;
    module->name = intern_atom("$trace");
    module->code_words = 3;
    module->code_bytes_reserved = code_area().round(3 * sizeof(Word));
    Word* code = code_area().allocate(module->code_bytes_reserved);
    code[0] = code[1] = internal_instruction(InternalOpcode::trace_return);
    code[2] = internal_instruction(InternalOpcode::trace_raise);
    module->code = code;
    module->frames.push_back({0, return_frame_slots});
    module->try_regions.push_back({0, 1, 2});
    set_code_owner(code, module->code_bytes_reserved, module);
    return code + 1;
  }();
  return position;
}

}  // namespace phial
