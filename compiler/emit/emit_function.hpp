#pragma once
#include "compiler/emit/assembler.hpp"
#include "compiler/lower/core.hpp"

namespace phial::compiler::emit {

/// Appends the code of a function (frames, registers, instructions, tables) and fills in its FunctionInfo. False, and nothing is appended: it keeps more
/// values at once than a frame has slots (FrameEntry::most_slots).
[[nodiscard]] bool emit_function(core::Module& module, core::Function& function, Assembler& assembler, FunctionInfo& info);

}  // namespace phial::compiler::emit
