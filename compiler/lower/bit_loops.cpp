// From
//
//   entry(b, acc)                               entry(b, acc)
//     c = bs_start b else F                       c = bs_start b else F
//     x = bs_get_integer c ...                    jump H(acc, c)
//     ...                             to        H(acc', c')
//     rest = bs_get_tail c                        x = bs_get_integer c' ...
//     loop rest, acc2                             ...
//                                                 loop acc2, c' to H
//
// A block behind the bs_start that still wants `b` itself takes it from the context: back to where the turn began, and the tail from there. That
// moves the context, so such a block must not lead to further matching, and loops behind it go to the entry as before. Blocks that are reached both
// from F and from H (an error for all clauses, mostly) are copied, as they would need either `b` or the context.
#include "compiler/lower/bit_loops.hpp"

#include <algorithm>
#include <unordered_map>

namespace phial::compiler::core {

namespace {

class BitLoop {
 public:
  BitLoop(Module& module, Function& function) : module_(module), function_(function) {}
  bool run();

 private:
  static constexpr size_t max_copied = 60;  // instructions

  std::vector<bool> reachable(std::vector<BlockId> work) const;
  bool uses(const Instruction& instruction, ValueId value) const {
    return std::find(instruction.operands.begin(), instruction.operands.end(), value) != instruction.operands.end();
  }
  bool find_loops();
  bool stays_behind(BlockId block, size_t at, const Instruction* tail) const;
  bool copy_shared(const std::vector<bool>& shared);
  bool plan_subject_uses();
  ValueId new_parameter(BlockId block, Types types);
  Instruction* insert(std::vector<Instruction*>& code, size_t at, Op op, std::initializer_list<ValueId> operands, bool has_result);
  void rewrite();

  Module& module_;
  Function& function_;
  ValueId subject_ = none, context_ = none;
  size_t subject_index_ = 0;
  std::vector<std::pair<BlockId, Instruction*>> loops_;  // that pass the tail of the context
  std::vector<BlockId> inside_;                          // blocks behind the bs_start, without the entry
  std::vector<BlockId> wants_subject_;
};

std::vector<bool> BitLoop::reachable(std::vector<BlockId> work) const {
  std::vector<bool> seen(function_.blocks.size(), false);
  for (BlockId id : work) seen[id] = true;
  while (!work.empty()) {
    BlockId id = work.back();
    work.pop_back();
    auto add = [&](BlockId next) {
      if (seen[next]) return;
      seen[next] = true;
      work.push_back(next);
    };
    const Block& block = function_.blocks[id];
    if (block.region != none) add(function_.regions[block.region].handler);
    for (Instruction* instruction : block.code) each_target(*instruction, add);
  }
  return seen;
}

/// No instruction between the making of the tail and the loop moves the context.
bool BitLoop::stays_behind(BlockId block, size_t at, const Instruction* tail) const {
  std::vector<std::vector<BlockId>> predecessors(function_.blocks.size());
  for (BlockId id = 0; id < function_.blocks.size(); id++)
    for (Instruction* instruction : function_.blocks[id].code) each_target(*instruction, [&](BlockId target) { predecessors[target].push_back(id); });
  std::vector<BlockId> work;
  std::vector<bool> seen(function_.blocks.size(), false);
  auto scan = [&](BlockId id, size_t end) {
    const auto& code = function_.blocks[id].code;
    for (size_t i = end; i-- > 0;) {
      if (code[i] == tail) return true;
      if (uses(*code[i], context_) && code[i]->op != Op::bs_get_tail && code[i]->op != Op::bs_get_position) return false;
    }
    if (id == 0) return false;
    for (BlockId predecessor : predecessors[id]) {
      if (seen[predecessor]) continue;
      seen[predecessor] = true;
      work.push_back(predecessor);
    }
    return true;
  };
  if (!scan(block, at)) return false;
  while (!work.empty()) {
    BlockId id = work.back();
    work.pop_back();
    // Left by a side exit or at its end: all of it is looked at, which may refuse more than it must.
    if (!scan(id, function_.blocks[id].code.size())) return false;
  }
  return true;
}

bool BitLoop::find_loops() {
  for (BlockId id : inside_) {
    const auto& code = function_.blocks[id].code;
    if (code.empty() || code.back()->op != Op::loop || code.back()->target != none) continue;
    ValueId passed = code.back()->operands[subject_index_];
    const Instruction* made = function_.values[passed].definition;
    if (!made || made->op != Op::bs_get_tail || made->operands[0] != context_) continue;
    if (stays_behind(id, code.size() - 1, made)) loops_.emplace_back(id, code.back());
  }
  return !loops_.empty();
}

bool BitLoop::copy_shared(const std::vector<bool>& shared) {
  std::unordered_map<BlockId, BlockId> copies;
  std::unordered_map<ValueId, ValueId> values;
  size_t instructions = 0;
  std::vector<BlockId> originals;
  for (BlockId id = 1; id < shared.size(); id++) {
    if (!shared[id]) continue;
    instructions += function_.blocks[id].code.size();
    if (instructions > max_copied || function_.blocks[id].region != none || function_.blocks[id].is_handler) return false;
    originals.push_back(id);
  }
  for (BlockId id : originals) {
    copies[id] = static_cast<BlockId>(function_.blocks.size());
    function_.blocks.emplace_back();
  }
  auto copy_value = [&](ValueId value, BlockId block, Instruction* definition) {
    Value copied = function_.values[value];
    copied.block = block;
    copied.definition = definition;
    function_.values.push_back(copied);
    return values[value] = static_cast<ValueId>(function_.values.size() - 1);
  };
  for (BlockId id : originals) {
    for (ValueId parameter : function_.blocks[id].parameters) function_.blocks[copies[id]].parameters.push_back(copy_value(parameter, copies[id], nullptr));
    for (Instruction* instruction : function_.blocks[id].code) {
      Instruction* copy = module_.instruction(instruction->op);
      *copy = *instruction;
      copy->operands = module_.operand_array(instruction->operands);
      copy->cases = module_.array<SwitchCase>(instruction->cases.size());
      std::copy(instruction->cases.begin(), instruction->cases.end(), copy->cases.begin());
      if (instruction->result != none) copy->result = copy_value(instruction->result, none, copy);
      each_target(*copy, [&](BlockId& target) { target = copies.at(target); });
      function_.blocks[copies[id]].code.push_back(copy);
    }
  }
  for (BlockId id : originals)
    for (Instruction* instruction : function_.blocks[copies[id]].code)
      for (ValueId& operand : instruction->operands)
        if (auto found = values.find(operand); found != values.end()) operand = found->second;
  std::erase_if(inside_, [&](BlockId id) { return shared[id]; });
  auto lead_to_copies = [&](Instruction* instruction) {
    each_target(*instruction, [&](BlockId& target) {
      if (auto found = copies.find(target); found != copies.end()) target = found->second;
    });
  };
  for (BlockId id : inside_) std::for_each(function_.blocks[id].code.begin(), function_.blocks[id].code.end(), lead_to_copies);
  std::for_each(function_.blocks[0].code.begin() + 1, function_.blocks[0].code.end(), lead_to_copies);
  for (BlockId id : originals) inside_.push_back(copies[id]);
  return true;
}

/// Finds the blocks that want the subject, and gives up loops behind them. False when one of them leads to further matching.
bool BitLoop::plan_subject_uses() {
  for (BlockId id : inside_) {
    const auto& code = function_.blocks[id].code;
    auto first = std::find_if(code.begin(), code.end(), [&](Instruction* instruction) { return uses(*instruction, subject_); });
    if (first == code.end()) continue;
    wants_subject_.push_back(id);
    if (std::any_of(first, code.end(), [&](Instruction* instruction) { return uses(*instruction, context_); })) return false;
    std::vector<BlockId> next;
    for (auto at = first; at != code.end(); ++at) each_target(**at, [&](BlockId target) { next.push_back(target); });
    if (function_.blocks[id].region != none) next.push_back(function_.regions[function_.blocks[id].region].handler);
    std::vector<bool> behind = reachable(next);
    behind[id] = true;
    for (BlockId other : inside_) {
      if (!behind[other] || other == id) continue;
      for (Instruction* instruction : function_.blocks[other].code)
        if (uses(*instruction, context_)) return false;
    }
    std::erase_if(loops_, [&](auto& loop) { return behind[loop.first]; });
  }
  return !loops_.empty();
}

ValueId BitLoop::new_parameter(BlockId block, Types types) {
  Value value{Value::Kind::parameter};
  value.block = block;
  value.types = types;
  function_.values.push_back(value);
  ValueId id = static_cast<ValueId>(function_.values.size() - 1);
  function_.blocks[block].parameters.push_back(id);
  return id;
}

Instruction* BitLoop::insert(std::vector<Instruction*>& code, size_t at, Op op, std::initializer_list<ValueId> operands, bool has_result) {
  Instruction* instruction = module_.instruction(op);
  instruction->operands = module_.operand_array(std::span(operands.begin(), operands.size()));
  if (has_result) {
    Value value{Value::Kind::result};
    value.definition = instruction;
    function_.values.push_back(value);
    instruction->result = static_cast<ValueId>(function_.values.size() - 1);
  }
  code.insert(code.begin() + static_cast<ptrdiff_t>(at), instruction);
  return instruction;
}

void BitLoop::rewrite() {
  BlockId header = static_cast<BlockId>(function_.blocks.size());
  function_.blocks.emplace_back();
  auto& entry_code = function_.blocks[0].code;
  auto& header_code = function_.blocks[header].code;
  header_code.assign(entry_code.begin() + 1, entry_code.end());
  entry_code.resize(1);
  inside_.push_back(header);

  std::unordered_map<ValueId, ValueId> renamed;
  std::vector<ValueId> passed;
  for (size_t i = 0; i < function_.blocks[0].parameters.size(); i++) {
    ValueId parameter = function_.blocks[0].parameters[i];
    if (i == subject_index_) continue;
    passed.push_back(parameter);
    renamed[parameter] = new_parameter(header, type_any);
  }
  passed.push_back(context_);
  ValueId context = renamed[context_] = new_parameter(header, type_any);
  Instruction* jump = module_.instruction(Op::jump);
  jump->target = header;
  jump->operands = module_.operand_array(passed);
  function_.blocks[0].code.push_back(jump);

  for (auto& [block, loop] : loops_) {
    std::vector<ValueId> operands(loop->operands.begin(), loop->operands.end());
    operands.erase(operands.begin() + static_cast<ptrdiff_t>(subject_index_));
    operands.push_back(context_);
    loop->operands = module_.operand_array(operands);
    loop->target = header;
  }
  for (BlockId id : inside_)
    for (Instruction* instruction : function_.blocks[id].code)
      for (ValueId& operand : instruction->operands)
        if (auto found = renamed.find(operand); found != renamed.end()) operand = found->second;

  if (wants_subject_.empty()) return;
  Instruction* first = function_.blocks[header].code[0];
  if (first->op != Op::bs_get_position) first = insert(function_.blocks[header].code, 0, Op::bs_get_position, {context}, true);
  ValueId start = first->result;
  for (BlockId id : wants_subject_) {
    auto& code = function_.blocks[id].code;
    size_t at = 0;
    while (!uses(*code[at], subject_)) at++;
    insert(code, at, Op::bs_set_position, {context, start}, false);
    Instruction* whole = insert(code, at + 1, Op::bs_get_tail, {context}, true);
    function_.values[whole->result].types = type_bitstring;
    for (Instruction* instruction : code)
      for (ValueId& operand : instruction->operands)
        if (operand == subject_) operand = whole->result;
  }
}

bool BitLoop::run() {
  Block& entry = function_.blocks[0];
  if (entry.region != none || entry.code.size() < 2 || entry.code[0]->op != Op::bs_start) return false;
  subject_ = entry.code[0]->operands[0];
  context_ = entry.code[0]->result;
  auto parameter = std::find(entry.parameters.begin(), entry.parameters.end(), subject_);
  if (parameter == entry.parameters.end()) return false;
  subject_index_ = static_cast<size_t>(parameter - entry.parameters.begin());
  // The entry must not want the subject itself.
  for (size_t i = 1; i < entry.code.size(); i++)
    if (uses(*entry.code[i], subject_)) return false;

  std::vector<BlockId> behind;
  for (size_t i = 1; i < entry.code.size(); i++) each_target(*entry.code[i], [&](BlockId target) { behind.push_back(target); });
  std::vector<bool> inside = reachable(behind), outside = reachable({entry.code[0]->target});
  std::vector<bool> shared(inside.size(), false);
  for (BlockId id = 1; id < inside.size(); id++) {
    if (inside[id]) inside_.push_back(id);
    shared[id] = inside[id] && outside[id];
  }
  // A loop that is all in the entry block.
  if (entry.code.back()->op == Op::loop) {
    ValueId passed = entry.code.back()->operands[subject_index_];
    const Instruction* made = function_.values[passed].definition;
    if (made && made->op == Op::bs_get_tail && made->operands[0] == context_ && stays_behind(0, entry.code.size() - 1, made))
      loops_.emplace_back(0, entry.code.back());
  }
  bool found = find_loops();
  if (loops_.empty() && !found) return false;
  if (!copy_shared(shared)) return false;
  if (!plan_subject_uses()) return false;
  rewrite();
  return true;
}

}  // namespace

bool keep_match_contexts(Module& module, Function& function) { return BitLoop(module, function).run(); }

}  // namespace phial::compiler::core
