// Where a function has a frame.
#pragma once
#include "compiler/lower/core.hpp"

namespace phial::compiler::emit {

/// Frames are made as late as possible: a block has one when it needs one (a call that is not in tail position, a receive, a try) or comes
/// after one that has. So the ways through a function that call nothing, the ends of recursions above all, never make one.
struct FramePlan {
  std::vector<core::BlockId> order;  // layout
  std::vector<bool> framed;          // the block runs with the frame
  std::vector<bool> allocates;       // ... and makes it at its start: all ways into it come without
};

/// Splits edges of the function so that no block is reached both with and without a frame. `everywhere`: make it at the entry.
FramePlan place_frames(core::Module& module, core::Function& function, bool everywhere);

}  // namespace phial::compiler::emit
