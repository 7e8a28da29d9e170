// Loops over binaries.
#pragma once
#include "compiler/lower/core.hpp"

namespace phial::compiler::core {

/// In a function that begins by matching a binary argument and calls itself with what the match left over, the match context goes from one
/// turn to the next, and the rest of the binary is never made. After tail calls have become loops. True when it changed something.
bool keep_match_contexts(Module& module, Function& function);

}  // namespace phial::compiler::core
