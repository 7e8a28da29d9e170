// Optimizer: each pass is a member function that walks the function once. They are cheap, and are repeated while they change something,
// at most a few times. Values that turn out to be other values are aliased (`alias_`); apply_aliases() rewrites all operands.
#include "compiler/lower/optimize.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "compiler/lower/bit_loops.hpp"
#include "compiler/lower/builder.hpp"
#include "compiler/lower/common_values.hpp"
#include "compiler/lower/known_types.hpp"

namespace phial::compiler::core {

namespace {

class Optimizer {
 public:
  Optimizer(Module& module, uint32_t index) : module_(module), index_(index), function_(*module.functions[index]) {}
  void run();

 private:
  ValueId resolve(ValueId value) {
    while (alias_[value] != value) value = alias_[value] = alias_[alias_[value]];
    return value;
  }
  bool is_constant(ValueId value) const { return function_.values[value].kind == Value::Kind::constant; }

  void refresh();
  void apply_aliases();
  bool forward_jumps();
  bool merge_blocks();
  bool simplify_parameters();
  bool remove_unused();
  bool propagate_returns();
  void simplify_switches();
  void fuse_tests();
  void sink_allocations();
  bool context_rests(BlockId home, size_t at, BlockId user, const Instruction* tail) const;
  void sink_tails();
  void find_tail_calls();
  void delay_updates();
  void remove_unreachable();

  Module& module_;
  uint32_t index_;
  Function& function_;
  std::vector<ValueId> alias_;
  std::vector<BlockId> order_;
  std::vector<uint32_t> entries_;  // ways into each block: jumps, exits, and the machine's way into handlers
};

void Optimizer::refresh() {
  order_ = block_order(function_);
  entries_.assign(function_.blocks.size(), 0);
  entries_[0] = 2;
  for (BlockId id : order_) {
    Block& block = function_.blocks[id];
    if (block.is_handler) entries_[id] += 2;
    for (Instruction* instruction : block.code) each_target(*instruction, [&](BlockId target) { entries_[target]++; });
  }
}

void Optimizer::apply_aliases() {
  for (BlockId id : order_)
    for (Instruction* instruction : function_.blocks[id].code)
      for (ValueId& operand : instruction->operands) operand = resolve(operand);
}

void Optimizer::remove_unreachable() {
  std::vector<uint8_t> reachable(function_.blocks.size(), 0);
  for (BlockId id : order_) reachable[id] = 1;
  for (size_t id = 0; id < function_.blocks.size(); id++) {
    if (reachable[id]) continue;
    function_.blocks[id].code.clear();
    function_.blocks[id].parameters.clear();
  }
}

/// Ways to a block that only jumps go where it jumps; blocks that make the same jump become one.
bool Optimizer::forward_jumps() {
  bool changed = false;
  std::unordered_map<size_t, std::vector<BlockId>> by_hash;
  std::vector<BlockId> same(function_.blocks.size());
  for (BlockId id = 0; id < same.size(); id++) same[id] = id;
  for (BlockId id : order_) {
    Block& block = function_.blocks[id];
    if (id == 0 || block.is_handler || block.code.size() != 1 || block.code[0]->op != Op::jump || !block.parameters.empty()) continue;
    Instruction& jump = *block.code[0];
    if (jump.operands.empty()) {
      if (jump.target != id) same[id] = jump.target;
      continue;
    }
    size_t hash = jump.target;
    for (ValueId operand : jump.operands) hash = hash * 31 + operand;
    bool found = false;
    for (BlockId other : by_hash[hash]) {
      Instruction& candidate = *function_.blocks[other].code[0];
      if (candidate.target != jump.target || !std::equal(candidate.operands.begin(), candidate.operands.end(), jump.operands.begin(), jump.operands.end())) continue;
      same[id] = other;
      found = true;
      break;
    }
    if (!found) by_hash[hash].push_back(id);
  }
  auto final_target = [&](BlockId id) {
    for (int steps = 0; same[id] != id && steps < 64; steps++) id = same[id];
    return id;
  };
  for (BlockId id : order_) {
    auto& code = function_.blocks[id].code;
    for (size_t i = 0; i < code.size(); i++) {
      Instruction* instruction = code[i];
      each_target(*instruction, [&](BlockId& target) {
        BlockId to = final_target(target);
        if (to != target) changed = true;
        target = to;
      });
      // A jump without arguments to a block that only jumps with some.
      if (instruction->op == Op::jump && instruction->operands.empty() && instruction->target != id) {
        Block& target = function_.blocks[instruction->target];
        if (!target.is_handler && target.parameters.empty() && target.code.size() == 1 && target.code[0]->op == Op::jump) {
          instruction->operands = module_.operand_array(target.code[0]->operands);
          instruction->target = target.code[0]->target;
          changed = true;
        }
      }
    }
  }
  return changed;
}

/// A block that is entered only by a jump from the end of another becomes part of it.
bool Optimizer::merge_blocks() {
  bool changed = false;
  for (BlockId id : order_) {
    for (;;) {
      Block& block = function_.blocks[id];
      if (block.code.empty() || block.code.back()->op != Op::jump) break;
      Instruction& jump = *block.code.back();
      BlockId next = jump.target;
      if (next == id || next == 0 || entries_[next] != 1) break;
      Block& target = function_.blocks[next];
      if (target.is_handler || target.region != block.region || (!target.code.empty() && target.code[0]->op == Op::receive_next)) break;
      for (size_t i = 0; i < target.parameters.size(); i++) alias_[target.parameters[i]] = resolve(jump.operands[i]);
      block.code.pop_back();
      block.code.insert(block.code.end(), target.code.begin(), target.code.end());
      target.code.clear();
      target.parameters.clear();
      entries_[next] = 0;
      changed = true;
    }
  }
  return changed;
}

/// A parameter that is always the same value is that value; one that nobody uses goes.
bool Optimizer::simplify_parameters() {
  std::vector<std::vector<Instruction*>> jumps(function_.blocks.size());
  std::vector<uint32_t> uses(function_.values.size(), 0);
  for (BlockId id : order_)
    for (Instruction* instruction : function_.blocks[id].code) {
      if (instruction->op == Op::jump && !instruction->operands.empty()) jumps[instruction->target].push_back(instruction);
      for (ValueId operand : instruction->operands) uses[operand]++;
    }
  bool changed = false;
  for (BlockId id : order_) {
    Block& block = function_.blocks[id];
    if (id == 0 || block.is_handler || block.parameters.empty()) continue;
    std::vector<bool> drop(block.parameters.size(), false);
    bool any = false;
    for (size_t i = 0; i < block.parameters.size(); i++) {
      ValueId only = none;
      bool same = true;
      for (Instruction* jump : jumps[id]) {
        ValueId argument = resolve(jump->operands[i]);
        if (argument == block.parameters[i]) continue;
        if (only == none) only = argument;
        else if (only != argument && !(is_constant(only) && is_constant(argument) && function_.values[only].constant == function_.values[argument].constant)) same = false;
      }
      if (same && only != none) {
        alias_[block.parameters[i]] = only;
        drop[i] = any = true;
      } else if (!uses[block.parameters[i]]) {
        drop[i] = any = true;
      }
    }
    if (!any) continue;
    changed = true;
    auto keep = [&](auto& list) {
      std::vector<ValueId> kept;
      for (size_t i = 0; i < drop.size(); i++)
        if (!drop[i]) kept.push_back(list[i]);
      return kept;
    };
    for (Instruction* jump : jumps[id]) jump->operands = module_.operand_array(keep(jump->operands));
    block.parameters = keep(block.parameters);
  }
  return changed;
}

bool Optimizer::remove_unused() {
  std::vector<uint32_t> uses(function_.values.size(), 0);
  for (BlockId id : order_)
    for (Instruction* instruction : function_.blocks[id].code)
      for (ValueId operand : instruction->operands) uses[operand]++;
  bool changed = false;
  for (size_t o = order_.size(); o-- > 0;) {
    auto& code = function_.blocks[order_[o]].code;
    bool here = false;
    for (size_t i = code.size(); i-- > 0;) {
      Instruction* instruction = code[i];
      bool removable = (op_flags(instruction->op) & pure) || instruction->op == Op::build_stacktrace;
      if (!removable || instruction->result == none || uses[instruction->result]) continue;
      for (ValueId operand : instruction->operands) uses[operand]--;
      code[i] = nullptr;
      here = true;
    }
    if (here) {
      std::erase(code, nullptr);
      changed = true;
    }
  }
  return changed;
}

/// A jump to a block that only returns is a return.
bool Optimizer::propagate_returns() {
  bool changed = false;
  for (BlockId id : order_) {
    auto& code = function_.blocks[id].code;
    if (code.empty() || code.back()->op != Op::jump) continue;
    Block& target = function_.blocks[code.back()->target];
    if (target.code.size() != 1 || target.code[0]->op != Op::return_ || target.is_handler) continue;
    Instruction* jump = code.back();
    ValueId value = target.code[0]->operands[0];
    for (size_t i = 0; i < target.parameters.size(); i++)
      if (target.parameters[i] == value) {
        value = jump->operands[i];
        break;
      }
    Instruction* leave = module_.instruction(Op::return_);
    leave->operands = module_.operand_array(std::array{value});
    leave->line = jump->line;
    leave->file = jump->file;
    code.back() = leave;
    changed = true;
  }
  return changed;
}

/// Cases that go where all others go are none; a switch with one case is a test.
void Optimizer::simplify_switches() {
  for (BlockId id : order_) {
    auto& code = function_.blocks[id].code;
    if (code.empty()) continue;
    Instruction* last = code.back();
    if (last->op != Op::switch_value && last->op != Op::switch_arity) continue;
    size_t kept = 0;
    for (const SwitchCase& item : last->cases)
      if (item.target != last->target) last->cases[kept++] = item;
    last->cases = last->cases.first(kept);
    if (kept > 1) continue;
    Instruction* jump = module_.instruction(Op::jump);
    jump->line = last->line;
    jump->file = last->file;
    jump->target = kept ? last->cases[0].target : last->target;
    if (kept && last->op == Op::switch_value) {
      Value value{Value::Kind::constant};
      value.constant = last->cases[0].key;
      value.types = types_of_term(value.constant);
      function_.values.push_back(value);
      alias_.push_back(static_cast<ValueId>(alias_.size()));
      last->op = Op::is_equal_exact;
      last->operands = module_.operand_array(std::array{last->operands[0], alias_.back()});
    } else if (kept) {
      last->op = Op::is_tuple_of;
      last->index = static_cast<uint32_t>(last->cases[0].key.small_value());
    } else {
      code.pop_back();
    }
    last->cases = {};
    code.push_back(jump);
  }
}

/// is_tuple_of and a test of the first element for an atom become is_tagged_tuple.
void Optimizer::fuse_tests() {
  for (BlockId id : order_) {
    auto& code = function_.blocks[id].code;
    for (size_t i = 0; i + 2 < code.size(); i++) {
      Instruction *first = code[i], *second = code[i + 1];
      if (first->op != Op::is_tuple_of || second->op != Op::element || second->index != 0 || second->operands[0] != first->operands[0]) continue;
      size_t at = i + 2;
      while (at < code.size() && code[at]->op == Op::element) at++;
      if (at == code.size()) continue;
      Instruction* third = code[at];
      if (third->op != Op::is_equal_exact || third->operands[0] != second->result || third->target != first->target) continue;
      const Value& tag = function_.values[third->operands[1]];
      if (tag.kind != Value::Kind::constant || !tag.constant.is_atom()) continue;
      first->op = Op::is_tagged_tuple;
      first->constant = tag.constant;
      alias_[second->result] = third->operands[1];
      code.erase(code.begin() + static_cast<ptrdiff_t>(at));
    }
  }
  apply_aliases();
}

/// What is only needed elsewhere (on the way to an error, mostly) is built there.
void Optimizer::sink_allocations() {
  std::vector<std::vector<std::pair<BlockId, Instruction*>>> uses(function_.values.size());
  for (BlockId id : order_)
    for (Instruction* instruction : function_.blocks[id].code)
      for (ValueId operand : instruction->operands)
        if (!is_constant(operand)) uses[operand].emplace_back(id, instruction);
  for (size_t o = order_.size(); o-- > 0;) {
    BlockId home = order_[o];
    auto& code = function_.blocks[home].code;
    for (size_t i = code.size(); i-- > 0;) {
      Instruction* made = code[i];
      if (made->op != Op::tuple && made->op != Op::cons && made->op != Op::new_map && made->op != Op::make_fun) continue;
      std::vector<BlockId> users;
      for (auto& [block, user] : uses[made->result])
        if (std::find(users.begin(), users.end(), block) == users.end()) users.push_back(block);
      size_t warm = 0;
      bool local = users.empty();
      for (BlockId user : users) {
        local |= user == home;
        Op last = function_.blocks[user].code.back()->op;
        warm += last != Op::error && last != Op::raise;
      }
      if (local || warm > 1 || users.size() > 4) continue;
      for (size_t u = 0; u < users.size(); u++) {
        Instruction* copy = made;
        if (u > 0) {
          copy = module_.instruction(made->op);
          *copy = *made;
          copy->operands = module_.operand_array(made->operands);
          Value value = function_.values[made->result];
          value.definition = copy;
          function_.values.push_back(value);
          alias_.push_back(static_cast<ValueId>(function_.values.size() - 1));
          copy->result = alias_.back();
          uses.emplace_back();
          for (auto& [block, user] : uses[made->result]) {
            if (block != users[u]) continue;
            for (ValueId& operand : user->operands)
              if (operand == made->result) operand = copy->result;
            uses.back().emplace_back(block, user);
          }
          for (ValueId operand : copy->operands)
            if (!is_constant(operand)) uses[operand].emplace_back(users[u], copy);
        } else {
          for (ValueId operand : made->operands)
            for (auto& use : uses[operand])
              if (use.second == made) use.first = users[u];
        }
        auto& into = function_.blocks[users[u]].code;
        auto before = std::find_if(into.begin(), into.end(), [&](Instruction* candidate) {
          return std::find(candidate->operands.begin(), candidate->operands.end(), copy->result) != candidate->operands.end();
        });
        into.insert(before, copy);
      }
      code.erase(code.begin() + static_cast<ptrdiff_t>(i));
    }
  }
}

/// The context of `tail`, which stands at `at` of its block, is not moved on any way from there to the start of `user`.
bool Optimizer::context_rests(BlockId home, size_t at, BlockId user, const Instruction* tail) const {
  ValueId context = tail->operands[0];
  auto rests = [&](BlockId id, size_t from) {
    const auto& code = function_.blocks[id].code;
    return std::none_of(code.begin() + static_cast<ptrdiff_t>(from), code.end(), [&](const Instruction* instruction) {
      // What a loop leads to has to come by `tail` again.
      bool looks = instruction->op == Op::bs_get_tail || instruction->op == Op::bs_get_position || instruction->op == Op::loop;
      return !looks && std::find(instruction->operands.begin(), instruction->operands.end(), context) != instruction->operands.end();
    });
  };
  if (!rests(home, at + 1)) return false;
  std::vector<BlockId> work{user};
  std::vector<uint8_t> seen(function_.blocks.size(), 0);
  seen[user] = seen[home] = 1;  // the definition is on every way to its uses
  while (!work.empty()) {
    BlockId to = work.back();
    work.pop_back();
    if (function_.blocks[to].is_handler || function_.blocks[to].region != function_.blocks[home].region) return false;
    for (BlockId id : order_) {
      if (seen[id] && id != user) continue;
      bool leads = false;
      for (Instruction* instruction : function_.blocks[id].code) each_target(*instruction, [&](BlockId target) { leads |= target == to; });
      if (!leads) continue;
      if (id == user || !rests(id, 0)) return false;  // the user in a loop of its own
      seen[id] = 1;
      work.push_back(id);
    }
  }
  return true;
}

/// A tail that only one of the ways from its match needs is made there: the others go through the binary without one.
void Optimizer::sink_tails() {
  for (BlockId home : order_) {
    auto& code = function_.blocks[home].code;
    for (size_t i = code.size(); i-- > 0;) {
      Instruction* tail = code[i];
      if (tail->op != Op::bs_get_tail) continue;
      BlockId user = none;
      bool elsewhere = true;
      for (BlockId id : order_)
        for (Instruction* instruction : function_.blocks[id].code) {
          if (std::find(instruction->operands.begin(), instruction->operands.end(), tail->result) == instruction->operands.end()) continue;
          elsewhere = elsewhere && id != home && id != 0 && (user == none || user == id);
          user = id;
        }
      if (!elsewhere || user == none || !context_rests(home, i, user, tail)) continue;
      auto& into = function_.blocks[user].code;
      into.insert(into.begin(), tail);
      code.erase(code.begin() + static_cast<ptrdiff_t>(i));
    }
  }
}

void Optimizer::find_tail_calls() {
  for (BlockId id : order_) {
    Block& block = function_.blocks[id];
    if (block.region != none || block.code.size() < 2) continue;
    Instruction* call = block.code[block.code.size() - 2];
    Instruction* leave = block.code.back();
    if (leave->op != Op::return_ || call->result == none || leave->operands[0] != call->result) continue;
    if (call->op != Op::call && call->op != Op::call_external && call->op != Op::call_fun && call->op != Op::apply) continue;
    if (call->op == Op::call_external) {
      // Functions that raise stay on the stack trace of their caller.
      static const Term erlang = intern_atom("erlang"), nif_error = intern_atom("nif_error");
      static const Term raise = intern_atom("raise");
      const Import& import = module_.imports[call->index];
      if (import.module == erlang && (import.name == atoms::error || import.name == atoms::exit_ || import.name == atoms::throw_ ||
                                      import.name == raise || import.name == nif_error))
        continue;
    }
    block.code.pop_back();
    call->result = none;
    if (call->op == Op::call && call->index == index_) call->op = Op::loop;
    else call->tail = true;
  }
}

/// In a loop's last block, what makes the next turn's value of a parameter from its present one is moved behind the other uses of the latter:
/// then it can be made in place. Only past what has no effect, or fails in the same way.
void Optimizer::delay_updates() {
  auto is_arithmetic = [](const Instruction& instruction) {
    return instruction.op >= Op::add && instruction.op <= Op::shift_right && instruction.target == none;
  };
  for (BlockId id : order_) {
    auto& code = function_.blocks[id].code;
    if (code.size() < 3 || code.back()->op != Op::loop) continue;
    const Instruction& loop = *code.back();
    const Block& start = function_.blocks[loop.target == none ? 0 : loop.target];
    for (size_t i = code.size() - 1; i-- > 0;) {
      Instruction* update = code[i];
      if (!is_arithmetic(*update)) continue;
      size_t last_use = 0;
      for (size_t a = 0; a < loop.operands.size(); a++) {
        ValueId parameter = start.parameters[a];
        if (loop.operands[a] != update->result) continue;
        if (std::find(update->operands.begin(), update->operands.end(), parameter) == update->operands.end()) continue;
        for (size_t later = i + 1; later + 1 < code.size(); later++) {
          const Instruction& other = *code[later];
          if (!is_arithmetic(other) && !(op_flags(other.op) & pure)) break;
          if (std::find(other.operands.begin(), other.operands.end(), update->result) != other.operands.end()) break;
          if (std::find(other.operands.begin(), other.operands.end(), parameter) != other.operands.end()) last_use = later;
        }
      }
      if (last_use) std::rotate(code.begin() + static_cast<ptrdiff_t>(i), code.begin() + static_cast<ptrdiff_t>(i) + 1, code.begin() + static_cast<ptrdiff_t>(last_use) + 1);
    }
  }
}

void Optimizer::run() {
  alias_.resize(function_.values.size());
  for (ValueId id = 0; id < alias_.size(); id++) alias_[id] = id;
  refresh();
  remove_unreachable();
  for (int round = 0; round < 6; round++) {
    bool changed = forward_jumps();
    simplify_switches();
    refresh();
    changed |= merge_blocks();
    refresh();
    apply_aliases();
    changed |= simplify_parameters();
    apply_aliases();
    changed |= use_known_types(module_, function_, order_);
    refresh();
    if (share_computations(module_, function_, order_, alias_)) {
      apply_aliases();
      changed = true;
    }
    changed |= remove_unused();
    changed |= propagate_returns();
    refresh();
    if (!changed) break;
  }
  remove_unreachable();
  sink_allocations();
  fuse_tests();
  remove_unused();
  find_tail_calls();
  if (keep_match_contexts(module_, function_)) {
    alias_.resize(function_.values.size());
    for (ValueId id = 0; id < alias_.size(); id++) alias_[id] = id;
    refresh();
    remove_unused();
  }
  refresh();
  sink_tails();
  delay_updates();
}

}  // namespace

void optimize(Module& module, uint32_t function) { Optimizer(module, function).run(); }

}  // namespace phial::compiler::core
