// A block that is entered in one way only knows what its predecessor had computed when it left it; where ways meet nothing is known. Each
// computation is found by its operation and operands; whether it lies on the way is asked along the chain of predecessors.
#include "compiler/lower/common_values.hpp"

#include <unordered_map>

namespace phial::compiler::core {

namespace {

class CommonValues {
 public:
  CommonValues(const Module& module, Function& function, const std::vector<BlockId>& order, std::vector<ValueId>& alias)
      : module_(module), function_(function), order_(order), alias_(alias), parents_(function.blocks.size()) {}

  bool run() {
    find_parents();
    bool changed = false;
    for (BlockId id : order_) {
      auto& code = function_.blocks[id].code;
      for (size_t i = 0; i < code.size(); i++) {
        Instruction& instruction = *code[i];
        for (ValueId& operand : instruction.operands) operand = resolve(operand);
        if (!is_repeatable(instruction)) continue;
        if (ValueId known = find(instruction, id, i); known != none) {
          alias_[instruction.result] = known;
          code[i] = nullptr;
          changed = true;
        } else {
          made_[hash(instruction)].push_back({&instruction, id, i});
        }
      }
    }
    for (BlockId id : order_) std::erase(function_.blocks[id].code, nullptr);
    return changed;
  }

 private:
  struct Parent { BlockId block = none; size_t exit = 0; uint32_t ways = 0; };
  struct Made { Instruction* instruction; BlockId block; size_t at; };
  static constexpr int max_chain = 48;

  ValueId resolve(ValueId value) const {
    while (alias_[value] != value) value = alias_[value];
    return value;
  }
  bool is_repeatable(const Instruction& instruction) const {
    if (instruction.result == none) return false;
    switch (instruction.op) {
      case Op::head: case Op::tail: case Op::element: case Op::get_map_value: return true;
      case Op::bif: {
        static const Term self = intern_atom("self");
        return module_.imports[instruction.index].arity > 0 || module_.imports[instruction.index].name == self;
      }
      default: return instruction.op >= Op::add && instruction.op <= Op::shift_right;
    }
  }
  static size_t hash(const Instruction& instruction) {
    size_t result = static_cast<size_t>(instruction.op) * 31 + instruction.index;
    for (ValueId operand : instruction.operands) result = result * 0x9e3779b1 + operand;
    return result;
  }
  ValueId find(const Instruction& instruction, BlockId id, size_t at) {
    auto found = made_.find(hash(instruction));
    if (found == made_.end()) return none;
    for (const Made& made : found->second) {
      const Instruction& other = *made.instruction;
      if (other.op != instruction.op || other.index != instruction.index || other.operands.size() != instruction.operands.size()) continue;
      bool same = true;
      for (size_t i = 0; i < other.operands.size(); i++) same &= other.operands[i] == instruction.operands[i];
      if (same && lies_before(made, id, at)) return resolve(other.result);
    }
    return none;
  }
  bool lies_before(const Made& made, BlockId id, size_t at) const {
    for (int steps = 0; steps < max_chain; steps++) {
      if (made.block == id) return made.at < at;
      const Parent& parent = parents_[id];
      if (parent.ways != 1) return false;
      at = parent.exit;
      id = parent.block;
    }
    return false;
  }
  void find_parents() {
    parents_[0].ways = 2;
    for (BlockId id : order_) {
      if (function_.blocks[id].is_handler) parents_[id].ways += 2;
      const auto& code = function_.blocks[id].code;
      for (size_t i = 0; i < code.size(); i++)
        each_target(*code[i], [&](BlockId target) {
          parents_[target].block = id;
          parents_[target].exit = i;
          parents_[target].ways++;
        });
    }
  }

  const Module& module_;
  Function& function_;
  const std::vector<BlockId>& order_;
  std::vector<ValueId>& alias_;
  std::vector<Parent> parents_;
  std::unordered_map<size_t, std::vector<Made>> made_;
};

}  // namespace

bool share_computations(const Module& module, Function& function, const std::vector<BlockId>& order, std::vector<ValueId>& alias) {
  return CommonValues(module, function, order, alias).run();
}

}  // namespace phial::compiler::core
