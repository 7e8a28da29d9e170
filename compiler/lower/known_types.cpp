// Facts are kept per way into a block: a set of types for a value, and for tuples the number of elements. Passing a test adds to them, failing it
// too. Where ways meet only what all of them know is left; a way that has not been seen yet (back to a receive's loop) knows nothing.
#include "compiler/lower/known_types.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

#include "compiler/lower/builder.hpp"
#include "vm/term/compare.hpp"

namespace phial::compiler::core {

namespace {

struct Fact {
  ValueId value;
  Types types;
  int32_t arity;  // -1: unknown
};

class Facts {
 public:
  const Fact* find(ValueId value) const {
    for (const Fact& fact : facts_)
      if (fact.value == value) return &fact;
    return nullptr;
  }
  void set(ValueId value, Types types, int32_t arity = -1) {
    for (Fact& fact : facts_) {
      if (fact.value != value) continue;
      fact.types = types;
      if (arity >= 0) fact.arity = arity;
      return;
    }
    // Old facts make room: what is tested again was mostly tested lately.
    if (facts_.size() == limit) facts_.erase(facts_.begin());
    facts_.push_back({value, types, arity});
  }
  void meet(const Facts& other) {
    std::erase_if(facts_, [&](Fact& fact) {
      const Fact* match = other.find(fact.value);
      if (!match) return true;
      fact.types |= match->types;
      if (fact.arity != match->arity) fact.arity = -1;
      return false;
    });
  }

 private:
  static constexpr size_t limit = 24;
  std::vector<Fact> facts_;
};

class KnownTypes {
 public:
  KnownTypes(Module& module, Function& function, const std::vector<BlockId>& order)
      : module_(module), function_(function), order_(order), arrived_(function.blocks.size()), ways_(function.blocks.size(), 0),
        incoming_types_(function.blocks.size()) {}
  bool run();

 private:
  Types types_of(const Facts& facts, ValueId value) const {
    Types types = function_.values[value].types;
    if (const Fact* fact = facts.find(value)) types &= fact->types;
    return types;
  }
  bool is_constant(ValueId value) const { return function_.values[value].kind == Value::Kind::constant; }
  Term constant(ValueId value) const { return function_.values[value].constant; }
  /// 1 holds, 0 fails, -1 unknown.
  int decide(const Facts& facts, const Instruction& test, std::span<const ValueId> operands) const;
  void learn(Facts& facts, const Instruction& test, bool passed) const;
  void arrive(BlockId block, const Facts& facts);
  bool visit(BlockId id);
  bool needs_parameters(BlockId id, BlockId target) const;
  using Substitution = std::vector<std::pair<ValueId, ValueId>>;
  bool follow(BlockId id, const Facts& facts, const Substitution& values, BlockId& target, std::vector<ValueId>& arguments) const;
  bool thread_jump(Instruction& jump, const Facts& facts);

  Module& module_;
  Function& function_;
  const std::vector<BlockId>& order_;
  std::vector<std::optional<Facts>> arrived_;
  std::vector<uint32_t> ways_;  // ways into a block that have not been seen yet
  std::unordered_map<ValueId, std::vector<BlockId>> used_outside_;  // blocks other than its own that use a parameter
  std::vector<std::vector<Types>> incoming_types_;  // of a block's parameters, over the jumps seen
};

int KnownTypes::decide(const Facts& facts, const Instruction& test, std::span<const ValueId> operands) const {
  bool constants = true;
  for (ValueId operand : operands) constants &= is_constant(operand);
  if (constants && test.op < Op::bs_build) {
    Term terms[2];
    for (size_t i = 0; i < operands.size(); i++) terms[i] = constant(operands[i]);
    return fold_test(test.op, std::span(terms, operands.size()), test.index);
  }
  Types types = types_of(facts, operands[0]);
  bool whole;
  if (Types accepted = tested_types(test.op, whole)) {
    if (!(types & accepted)) return 0;
    if (whole) return types & ~accepted ? -1 : 1;
    const Fact* fact = facts.find(operands[0]);
    if (fact && fact->arity >= 0 && !(types & ~accepted)) {
      if (test.op == Op::is_tuple_of) return fact->arity == static_cast<int32_t>(test.index);
      if (test.op == Op::is_tagged_tuple && fact->arity != static_cast<int32_t>(test.index)) return 0;
    }
    return -1;
  }
  if (test.op == Op::is_equal_exact || test.op == Op::is_not_equal_exact) {
    if (operands[0] == operands[1]) return test.op == Op::is_equal_exact;
    Types other = types_of(facts, operands[1]);
    int equal = -1;
    if (!(types & other)) equal = 0;
    else if (types == other && (types == type_true || types == type_false || types == type_nil_atom || types == type_empty_list)) equal = 1;
    if (equal < 0) return -1;
    return test.op == Op::is_equal_exact ? equal : !equal;
  }
  return -1;
}

void KnownTypes::learn(Facts& facts, const Instruction& test, bool passed) const {
  ValueId value = test.operands[0];
  if (is_constant(value)) return;
  Types types = types_of(facts, value);
  bool whole;
  if (Types accepted = tested_types(test.op, whole)) {
    if (passed) {
      bool sized = test.op == Op::is_tuple_of || test.op == Op::is_tagged_tuple;
      facts.set(value, types & accepted, sized ? static_cast<int32_t>(test.index) : -1);
    } else if (whole) {
      facts.set(value, types & ~accepted);
    }
    return;
  }
  bool equality = test.op == Op::is_equal_exact || test.op == Op::is_not_equal_exact;
  if (equality && is_constant(test.operands[1])) {
    Types other = function_.values[test.operands[1]].types;
    bool single = other == type_true || other == type_false || other == type_nil_atom || other == type_empty_list;
    if (passed == (test.op == Op::is_equal_exact)) facts.set(value, types & other);
    else if (single) facts.set(value, types & ~other);
    return;
  }
  if (test.op == Op::get_map_value && passed) facts.set(value, types & type_map);
  if (test.op == Op::bs_start && passed) facts.set(value, types & type_bitstring);
}

void KnownTypes::arrive(BlockId block, const Facts& facts) {
  if (ways_[block]) ways_[block]--;
  if (!arrived_[block]) arrived_[block] = facts;
  else arrived_[block]->meet(facts);
}

/// Whether code that can be reached from `target` uses parameters of block `id`, without coming through that block again.
bool KnownTypes::needs_parameters(BlockId id, BlockId target) const {
  std::vector<BlockId> users;
  for (ValueId parameter : function_.blocks[id].parameters)
    if (auto found = used_outside_.find(parameter); found != used_outside_.end())
      users.insert(users.end(), found->second.begin(), found->second.end());
  if (users.empty()) return false;
  std::vector<BlockId> seen{target};
  for (size_t i = 0; i < seen.size(); i++) {
    if (std::find(users.begin(), users.end(), seen[i]) != users.end() || seen.size() > 64) return true;
    const Block& block = function_.blocks[seen[i]];
    auto reach = [&](BlockId next) {
      if (next != id && std::find(seen.begin(), seen.end(), next) == seen.end()) seen.push_back(next);
    };
    if (block.region != none) reach(function_.regions[block.region].handler);
    for (Instruction* instruction : block.code)
      if (instruction) each_target(*instruction, reach);
  }
  return false;
}

/// Where a block that only tests leads, given what its values stand for; false where it does more, or the facts do not decide.
bool KnownTypes::follow(BlockId id, const Facts& facts, const Substitution& values, BlockId& target, std::vector<ValueId>& arguments) const {
  const Block& block = function_.blocks[id];
  if (id == 0 || block.is_handler || block.code.size() > 8) return false;
  auto substitute = [&](ValueId value) {
    for (auto& [from, to] : values)
      if (from == value) return to;
    return value;
  };
  for (const Instruction* instruction : block.code) {
    if (!instruction) continue;
    arguments.clear();
    target = instruction->target;
    if (op_flags(instruction->op) & test) {
      if (instruction->op >= Op::bs_build || instruction->operands.size() > 2) return false;
      for (ValueId operand : instruction->operands) arguments.push_back(substitute(operand));
      int known = decide(facts, *instruction, arguments);
      if (known < 0) return false;
      if (known == 1) continue;
      arguments.clear();
      return true;
    }
    if (instruction->op == Op::jump) {
      for (ValueId operand : instruction->operands) arguments.push_back(substitute(operand));
      return true;
    }
    if (instruction->op == Op::switch_value) {
      ValueId value = substitute(instruction->operands[0]);
      if (!is_constant(value)) return false;
      for (const SwitchCase& item : instruction->cases)
        if (item.key == constant(value)) target = item.target;
      return true;
    }
    return false;
  }
  return false;
}

/// A jump to a block that only tests what is known: it goes to where that block would go, and on from there while the way depends on the
/// parameters that the jump would have passed.
bool KnownTypes::thread_jump(Instruction& jump, const Facts& facts) {
  Substitution values;
  std::vector<BlockId> passed;
  BlockId at = jump.target, target = none;
  std::vector<ValueId> incoming(jump.operands.begin(), jump.operands.end()), outgoing;
  for (int steps = 0; steps < 6; steps++) {
    const Block& block = function_.blocks[at];
    if (steps == 0 && block.parameters.empty()) return false;
    if (block.parameters.size() != incoming.size()) return false;
    for (size_t i = 0; i < incoming.size(); i++) values.emplace_back(block.parameters[i], incoming[i]);
    if (!follow(at, facts, values, target, outgoing)) return false;
    passed.push_back(at);
    if (std::find(passed.begin(), passed.end(), target) != passed.end() || function_.blocks[target].is_handler) return false;
    bool free = true;
    for (BlockId id : passed) free &= !needs_parameters(id, target);
    if (free) {
      if (ways_[jump.target]) ways_[jump.target]--;
      ways_[target]++;
      jump.target = target;
      jump.operands = module_.operand_array(outgoing);
      return true;
    }
    at = target;
    incoming = outgoing;
  }
  return false;
}

bool KnownTypes::visit(BlockId id) {
  Block& block = function_.blocks[id];
  Facts facts;
  if (arrived_[id] && !ways_[id] && !block.is_handler) {
    facts = std::move(*arrived_[id]);
    // Parameters are at most what the jumps brought.
    for (size_t i = 0; id != 0 && i < block.parameters.size() && i < incoming_types_[id].size(); i++)
      function_.values[block.parameters[i]].types &= incoming_types_[id][i];
  }
  bool changed = false;
  for (size_t i = 0; i < block.code.size(); i++) {
    Instruction& instruction = *block.code[i];
    uint8_t flags = op_flags(instruction.op);
    if (flags & test) {
      int known = instruction.operands.size() <= 2 ? decide(facts, instruction, instruction.operands) : -1;
      if (known == 1) {
        block.code[i] = nullptr;
        changed = true;
        continue;
      }
      if (known == 0) {
        Instruction* jump = module_.instruction(Op::jump);
        jump->target = instruction.target;
        jump->line = instruction.line;
        jump->file = instruction.file;
        block.code.resize(i);
        block.code.push_back(jump);
        arrive(jump->target, facts);
        std::erase(block.code, nullptr);
        return true;
      }
    }
    if (instruction.op == Op::jump) {
      for (int steps = 0; steps < 8 && thread_jump(instruction, facts); steps++) changed = true;
      auto& incoming = incoming_types_[instruction.target];
      if (incoming.empty()) incoming.assign(instruction.operands.size(), 0);
      for (size_t a = 0; a < instruction.operands.size(); a++) incoming[a] |= types_of(facts, instruction.operands[a]);
      arrive(instruction.target, facts);
      continue;
    }
    if (instruction.op == Op::switch_value) {
      ValueId value = instruction.operands[0];
      Types rest = types_of(facts, value);
      for (const SwitchCase& item : instruction.cases) {
        Facts copy = facts;
        Types type = types_of_term(item.key);
        if (!is_constant(value)) copy.set(value, types_of(facts, value) & type);
        if (type == type_true || type == type_false || type == type_nil_atom) rest &= ~type;
        arrive(item.target, copy);
      }
      if (!is_constant(value)) facts.set(value, rest);
      arrive(instruction.target, facts);
      continue;
    }
    if (instruction.op == Op::switch_arity) {
      ValueId value = instruction.operands[0];
      for (const SwitchCase& item : instruction.cases) {
        Facts copy = facts;
        copy.set(value, types_of(facts, value) & type_tuple, static_cast<int32_t>(item.key.small_value()));
        arrive(item.target, copy);
      }
      arrive(instruction.target, facts);
      continue;
    }
    if (instruction.target != none) {
      Facts failed = facts;
      if (!instruction.operands.empty()) learn(failed, instruction, false);
      arrive(instruction.target, failed);
    }
    if (!instruction.operands.empty()) learn(facts, instruction, true);
  }
  std::erase(block.code, nullptr);
  return changed;
}

bool KnownTypes::run() {
  for (BlockId id : order_) {
    Block& block = function_.blocks[id];
    for (Instruction* instruction : block.code) {
      each_target(*instruction, [&](BlockId target) { ways_[target]++; });
      for (ValueId operand : instruction->operands) {
        const Value& value = function_.values[operand];
        if (value.kind != Value::Kind::parameter || value.block == id) continue;
        auto& blocks = used_outside_[operand];
        if (blocks.empty() || blocks.back() != id) blocks.push_back(id);
      }
    }
  }
  bool changed = false;
  for (BlockId id : order_) changed |= visit(id);
  return changed;
}

}  // namespace

bool use_known_types(Module& module, Function& function, const std::vector<BlockId>& order) {
  return KnownTypes(module, function, order).run();
}

}  // namespace phial::compiler::core
