// Computations made twice.
#pragma once
#include "compiler/lower/core.hpp"

namespace phial::compiler::core {

/// Gives the results of computations that were already made on the way (arithmetic, elements, map reads, guard functions of the same operands) the
/// values made then, in `alias`: a guard and the body behind it often compute the same. True when it changed something.
bool share_computations(const Module& module, Function& function, const std::vector<BlockId>& order, std::vector<ValueId>& alias);

}  // namespace phial::compiler::core
