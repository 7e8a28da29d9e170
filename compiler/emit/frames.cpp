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

FramePlan place_frames(Module& module, Function& function, bool everywhere) {
  FramePlan plan;
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
    for (Instruction* instruction : function.blocks[id].code) each_target(*instruction, add);
  }

  std::vector<uint8_t> ways(function.blocks.size(), 0);  // 1: with a frame, 2: without
  for (BlockId id : plan.order)
    for (Instruction* instruction : function.blocks[id].code)
      each_target(*instruction, [&](BlockId target) { ways[target] |= plan.framed[id] ? 1 : 2; });
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
