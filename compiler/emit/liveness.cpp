// Every use is followed up to the definition (Boissinot and others, "Computing Liveness Sets for SSA-Form Programs"): the blocks on the way
// have the value live at their start. A block of a region may go to its handler at any instruction, so what the handler needs is live
// throughout, and in the frame.
#include "compiler/emit/liveness.hpp"

namespace phial::compiler::emit {

using namespace core;

void live_out(const Function& function, const Liveness& liveness, BlockId id, std::vector<ValueId>& out) {
  out.clear();
  const Block& block = function.blocks[id];
  auto add = [&](BlockId target) { out.insert(out.end(), liveness.live_in[target].begin(), liveness.live_in[target].end()); };
  if (block.region != none) add(function.regions[block.region].handler);
  Instruction& last = *block.code.back();
  each_target(last, add);
}

Liveness find_liveness(const Function& function, const std::vector<BlockId>& order) {
  Liveness result;
  size_t blocks = function.blocks.size(), values = function.values.size();
  result.live_in.resize(blocks);
  result.in_frame.assign(values, false);

  std::vector<std::vector<BlockId>> predecessors(blocks);
  std::vector<BlockId> home(values, none);
  for (BlockId id : order) {
    const Block& block = function.blocks[id];
    for (ValueId parameter : block.parameters) home[parameter] = id;
    if (block.region != none) predecessors[function.regions[block.region].handler].push_back(id);
    for (Instruction* instruction : block.code) {
      if (instruction->result != none) home[instruction->result] = id;
      each_target(*instruction, [&](BlockId target) { predecessors[target].push_back(id); });
    }
  }

  std::vector<std::vector<BlockId>> uses(values);
  for (BlockId id : order)
    for (Instruction* instruction : function.blocks[id].code)
      for (ValueId operand : instruction->operands)
        if (home[operand] != none && home[operand] != id && (uses[operand].empty() || uses[operand].back() != id)) uses[operand].push_back(id);
  std::vector<ValueId> seen(blocks, none);
  std::vector<BlockId> work;
  for (ValueId value = 0; value < values; value++) {
    for (BlockId use : uses[value]) {
      if (seen[use] == value) continue;
      seen[use] = value;
      work.push_back(use);
    }
    while (!work.empty()) {
      BlockId id = work.back();
      work.pop_back();
      result.live_in[id].push_back(value);
      for (BlockId predecessor : predecessors[id]) {
        if (predecessor == home[value] || seen[predecessor] == value) continue;
        seen[predecessor] = value;
        work.push_back(predecessor);
      }
    }
  }

  ValueSet live(values);
  std::vector<ValueId> out;
  for (BlockId id : order) {
    const Block& block = function.blocks[id];
    if (block.is_handler)
      for (ValueId value : result.live_in[id]) result.in_frame[value] = true;
    live.clear();
    live_out(function, result, id, out);
    for (ValueId value : out) live.add(value);
    for (size_t i = block.code.size(); i-- > 0;) {
      Instruction& instruction = *block.code[i];
      if (instruction.result != none) live.remove(instruction.result);
      if ((op_flags(instruction.op) & clobbers) && !instruction.tail)
        for (ValueId value : live.members()) result.in_frame[value] = true;
      for (ValueId operand : instruction.operands)
        if (home[operand] != none) live.add(operand);
      each_target(instruction, [&](BlockId target) {
        for (ValueId value : result.live_in[target]) live.add(value);
      });
      // Where it leaves the block after x registers are lost, what is needed there must be in the frame, too.
      if ((op_flags(instruction.op) & clobbers) && !instruction.tail)
        each_target(instruction, [&](BlockId target) {
          for (ValueId value : result.live_in[target]) result.in_frame[value] = true;
        });
    }
  }
  return result;
}

}  // namespace phial::compiler::emit
