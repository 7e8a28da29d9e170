// Register allocation.
#pragma once
#include <unordered_map>

#include "compiler/emit/frames.hpp"
#include "compiler/emit/liveness.hpp"

namespace phial::compiler::emit {

struct Registers {
  std::vector<uint16_t> x;  // per value: its x register, where it has no frame or is not in it
  std::vector<uint16_t> y;  // per value in the frame: its slot
  size_t slots = 0;         // perhaps more than a frame can have
  uint16_t x_used = 0;      // registers from here on are free in the whole function
  /// x registers that hold live values before the instruction, for instructions that allocate; and at the start of blocks that make the frame.
  std::unordered_map<const core::Instruction*, std::vector<uint16_t>> live_before;
  std::unordered_map<core::BlockId, std::vector<uint16_t>> live_at_start;
  /// Too many values at once for x registers: try again with everything in the frame.
  bool overflow = false;

  static constexpr uint16_t unassigned = 0xffff;
};

Registers assign_registers(const core::Function& function, const FramePlan& frames, const Liveness& liveness);

}  // namespace phial::compiler::emit
