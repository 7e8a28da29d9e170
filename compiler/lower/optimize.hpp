// The passes over a function in core form.
#pragma once
#include "compiler/lower/core.hpp"

namespace phial::compiler::core {

/// Rewrites a function until nothing changes: unreachable blocks, jumps through small blocks whose tests are decided, tests that
/// known types decide, blocks with one way in, unused and repeated computations; then sinks allocations to where they are used and
/// finds tail calls.
void optimize(Module& module, uint32_t function);

}  // namespace phial::compiler::core
