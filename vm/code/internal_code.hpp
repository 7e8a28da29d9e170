// Instructions beyond opcodes.def, which no compiler emits: the interpreter's own positions, and what tracing puts in place of an instruction.
#pragma once
#include "vm/code/code_unit.hpp"

namespace phial {

enum class InternalOpcode : uint16_t {
  call_export, call_fun, exit, underflow, resume_native,
  breakpoint,                // in place of the first instruction of a function whose calls are watched (vm/process/call_trace.hpp)
  stub,                      // of a watched export: the next word is its CallTrace
  trace_return, trace_raise, // a watched call returns, or is left by an exception
  // In place of the instruction of that name, in a watched function that begins with the receive they jump to.
  receive_skip, receive_wait, receive_wait_timeout,
  count
};

constexpr Word internal_instruction(InternalOpcode code) { return (static_cast<Word>(Opcode::count) + static_cast<Word>(code)) << 3; }

}  // namespace phial
