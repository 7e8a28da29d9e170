#include "compiler/emit/frames.hpp"

#include <map>

namespace phial::compiler::emit {

using namespace core;

static bool needs_frame(const Block& block) {
  if (block.region != none || block.is_handler) return true;
  for (const Instruction* instruction : block.code)
    if ((op_flags(instruction->op) & clobbers) && !instruction->tail) return true;
  return false;
}

/// Cuts blocks behind the last side exit before what needs the frame, so that the exits are taken without one.
static void split_blocks(Module& module, Function& function) {
  size_t count = function.blocks.size();
  for (BlockId id = 0; id < count; id++) {
    Block& block = function.blocks[id];
    if (block.region != none || block.is_handler) continue;
    size_t cut = 0;
    for (size_t i = 0; i < block.code.size(); i++) {
      const Instruction& instruction = *block.code[i];
      if ((op_flags(instruction.op) & clobbers) && !instruction.tail) break;
      if (i + 1 == block.code.size()) cut = 0;
      else if (instruction.target != none) cut = i + 1;
    }
    if (cut == 0 || !needs_frame(block)) continue;
    BlockId rest = static_cast<BlockId>(function.blocks.size());
    Block below;
    below.code.assign(block.code.begin() + static_cast<ptrdiff_t>(cut), block.code.end());
    block.code.resize(cut);
    Instruction* jump = module.instruction(Op::jump);
    jump->target = rest;
    block.code.push_back(jump);
    function.blocks.push_back(std::move(below));
  }
}

FramePlan place_frames(Module& module, Function& function, bool everywhere) {
  FramePlan plan;
  if (!everywhere) split_blocks(module, function);
  plan.order = block_order(function);
  plan.framed.assign(function.blocks.size(), false);
  std::vector<BlockId> work;
  auto add = [&](BlockId id) {
    if (plan.framed[id]) return;
    plan.framed[id] = true;
    work.push_back(id);
  };
  for (BlockId id : plan.order)
    if (everywhere || needs_frame(function.blocks[id])) add(id);
  while (!work.empty()) {
    BlockId id = work.back();
    work.pop_back();
    // A loop lets go of the frame.
    for (Instruction* instruction : function.blocks[id].code)
      if (instruction->op != Op::loop) each_target(*instruction, add);
  }

  std::vector<uint8_t> ways(function.blocks.size(), 0);  // 1: with a frame, 2: without
  for (BlockId id : plan.order)
    for (Instruction* instruction : function.blocks[id].code)
      each_target(*instruction, [&](BlockId target) {
        ways[target] |= plan.framed[id] && (instruction->op != Op::loop || everywhere) ? 1 : 2;
      });
  plan.allocates.assign(function.blocks.size(), false);
  plan.allocates[0] = plan.framed[0];
  std::map<BlockId, BlockId> landings;  // for ways without arguments
  for (BlockId id : plan.order) {
    if (plan.framed[id]) continue;
    std::vector<Instruction*> code = function.blocks[id].code;
    for (Instruction* instruction : code) {
      each_target(*instruction, [&](BlockId& target) {
        if (!plan.framed[target]) return;
        if (ways[target] == 2) {
          plan.allocates[target] = true;
          return;
        }
        bool arguments = instruction->op == Op::jump && !instruction->operands.empty();
        if (auto found = landings.find(target); found != landings.end() && !arguments) {
          target = found->second;
          return;
        }
        BlockId landing = static_cast<BlockId>(function.blocks.size());
        function.blocks.emplace_back();
        Instruction* jump = module.instruction(Op::jump);
        jump->target = target;
        if (arguments) {
          jump->operands = instruction->operands;
          instruction->operands = {};
        }
        function.blocks[landing].code.push_back(jump);
        plan.framed.push_back(true);
        plan.allocates.push_back(true);
        ways.push_back(2);
        if (!arguments) landings[target] = landing;
        target = landing;
      });
    }
  }
  plan.order = block_order(function);
  return plan;
}

}  // namespace phial::compiler::emit
