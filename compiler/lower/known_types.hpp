// What is known about values at each place, and the tests that it decides.
#pragma once
#include "compiler/lower/core.hpp"

namespace phial::compiler::core {

/// Removes tests whose outcome earlier tests or the making of the value decide, and leads jumps into blocks that only test what is known at the
/// jump straight to where they end. `order` is block_order(function). True when it changed something.
bool use_known_types(Module& module, Function& function, const std::vector<BlockId>& order);

}  // namespace phial::compiler::core
