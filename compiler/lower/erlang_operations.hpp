// Which functions of :erlang become instructions, and which may stand in guards.
#pragma once
#include "compiler/lower/core.hpp"

namespace phial::compiler::lowering {

struct ErlangOperation {
  enum class Kind : uint8_t {
    test,        // a boolean: core test `op`, operands exchanged when `swapped`
    arithmetic,  // core operation `op` of one or two operands
    guard,       // called in place (bif)
    andalso, orelse, not_,
    raises,      // never returns
    error,       // error/1
    apply,       // apply/2, apply/3
  };
  Kind kind;
  core::Op op = core::Op::copy;
  bool swapped = false;
  bool is_boolean = false;  // guard: yields a boolean
};

/// The operation behind erlang:name/arity, or null for an ordinary function.
const ErlangOperation* find_erlang_operation(Term name, size_t arity);

}  // namespace phial::compiler::lowering
