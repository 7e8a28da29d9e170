// x registers: in SSA form, values interfere only where one is live at the definition of the other, so that walking the blocks in an order
// that puts dominators first and taking any free register is a colouring (Hack, Grund, Goos: "Register Allocation for Programs in
// SSA-Form"). Blocks without a frame are closed under predecessors, so this holds for the part of a value's life that is in x registers, too.
// A value prefers the register where its first use wants it: its place among a call's arguments, x0 for a returned value.
//
// y slots: linear scan over the layout. A slot is taken from the first place in the layout where the value is in the frame to the last.
#include "compiler/emit/registers.hpp"

#include <algorithm>

namespace phial::compiler::emit {

using namespace core;

namespace {

/// A head followed by the tail of the same list: one get_list.
bool takes_apart(const Block& block, size_t at) {
  return block.code[at]->op == Op::head && at + 1 < block.code.size() && block.code[at + 1]->op == Op::tail &&
         block.code[at + 1]->operands[0] == block.code[at]->operands[0];
}

class Assigner {
 public:
  Assigner(const Function& function, const FramePlan& frames, const Liveness& liveness)
      : function_(function), frames_(frames), liveness_(liveness), hints_(function.values.size(), Registers::unassigned),
        owner_(max_x, none) {
    result_.x.assign(function.values.size(), Registers::unassigned);
    result_.y.assign(function.values.size(), Registers::unassigned);
  }
  Registers run();

 private:
  static constexpr uint16_t max_x = 1000;

  bool is_constant(ValueId value) const { return function_.values[value].kind == Value::Kind::constant; }
  void find_hints();
  void assign_x(BlockId id);
  void assign_slots();
  void take(ValueId value, uint16_t preferred);
  void occupy(ValueId value);
  void release(ValueId value) {
    if (result_.x[value] != Registers::unassigned && owner_[result_.x[value]] == value) owner_[result_.x[value]] = none;
  }
  std::vector<uint16_t> occupied() const {
    std::vector<uint16_t> registers;
    for (uint16_t r = 0; r < result_.x_used; r++)
      if (owner_[r] != none) registers.push_back(r);
    return registers;
  }

  const Function& function_;
  const FramePlan& frames_;
  const Liveness& liveness_;
  Registers result_;
  std::vector<uint16_t> hints_;
  ValueSet* live_ = nullptr;
  std::vector<ValueId> owner_;  // of each x register, at the place being looked at
};

void Assigner::find_hints() {
  for (size_t o = frames_.order.size(); o-- > 0;) {
    const auto& code = function_.blocks[frames_.order[o]].code;
    for (size_t i = code.size(); i-- > 0;) {
      const Instruction& instruction = *code[i];
      size_t first = 0;
      switch (instruction.op) {
        case Op::call_fun: first = 1; break;
        case Op::apply: first = 2; break;
        case Op::call: case Op::call_external: case Op::return_: case Op::function_clause: break;
        case Op::jump: case Op::loop:
          if (instruction.target == none) break;
          for (size_t a = 0; a < instruction.operands.size(); a++) {
            ValueId parameter = function_.blocks[instruction.target].parameters[a];
            if (hints_[parameter] != Registers::unassigned) hints_[instruction.operands[a]] = hints_[parameter];
          }
          continue;
        default: continue;
      }
      for (size_t a = first; a < instruction.operands.size(); a++) hints_[instruction.operands[a]] = static_cast<uint16_t>(a - first);
    }
  }
}

void Assigner::take(ValueId value, uint16_t preferred) {
  uint16_t at = preferred;
  if (at >= max_x || owner_[at] != none) {
    at = 0;
    while (at < max_x && owner_[at] != none) at++;
    if (at == max_x) {
      result_.overflow = true;
      return;
    }
  }
  result_.x[value] = at;
  owner_[at] = value;
  result_.x_used = std::max<uint16_t>(result_.x_used, at + 1);
}

void Assigner::occupy(ValueId value) {
  if (result_.x[value] != Registers::unassigned) owner_[result_.x[value]] = value;
}

void Assigner::assign_x(BlockId id) {
  const Block& block = function_.blocks[id];
  bool framed = frames_.framed[id], allocates = frames_.allocates[id];
  std::fill(owner_.begin(), owner_.begin() + result_.x_used, none);
  auto in_y = [&](ValueId value) { return framed && liveness_.in_frame[value]; };
  for (ValueId value : liveness_.live_in[id])
    if (!in_y(value) || allocates) occupy(value);
  for (size_t i = 0; i < block.parameters.size(); i++) {
    ValueId parameter = block.parameters[i];
    if (id == 0 || block.is_handler) {
      take(parameter, static_cast<uint16_t>(i));  // where it arrives
    } else if (!in_y(parameter) || allocates) {
      take(parameter, hints_[parameter]);
    }
  }
  if (allocates || block.is_handler) result_.live_at_start[id] = occupied();
  if (framed) {
    for (ValueId value : liveness_.live_in[id])
      if (in_y(value)) release(value);
    for (ValueId parameter : block.parameters)
      if (in_y(parameter)) release(parameter);
  }

  // Where each value is used last: what is live behind the block never dies in it.
  std::vector<std::pair<size_t, ValueId>> deaths;  // descending
  std::vector<ValueId> out;
  live_out(function_, liveness_, id, out);
  ValueSet& live = *live_;
  live.clear();
  for (ValueId value : out) live.add(value);
  for (size_t i = block.code.size(); i-- > 0;) {
    Instruction& instruction = *block.code[i];
    if (instruction.result != none) {
      if (!live.has(instruction.result)) deaths.emplace_back(i, instruction.result);
      live.remove(instruction.result);
    }
    auto use = [&](ValueId value) {
      if (is_constant(value) || live.has(value)) return;
      live.add(value);
      deaths.emplace_back(i, value);
    };
    for (ValueId operand : instruction.operands) use(operand);
    if (i + 1 < block.code.size())
      each_target(instruction, [&](BlockId target) {
        for (ValueId value : liveness_.live_in[target]) use(value);
      });
  }
  // Parameters and values at the start that nobody uses (arguments of the function).
  for (ValueId parameter : block.parameters)
    if (!live.has(parameter)) release(parameter);

  for (size_t i = 0; i < block.code.size() && !result_.overflow; i++) {
    const Instruction& instruction = *block.code[i];
    uint8_t flags = op_flags(instruction.op);
    if (flags & core::allocates) result_.live_before[&instruction] = occupied();
    bool result_dies = false;
    while (!deaths.empty() && deaths.back().first == i) {
      if (deaths.back().second == instruction.result) result_dies = true;
      else release(deaths.back().second);
      deaths.pop_back();
    }
    // Head and tail are taken at once (get_list reads before it writes), so that the head may take the register of a list that ends here.
    if (takes_apart(block, i))
      for (size_t d = deaths.size(); d-- > 0 && deaths[d].first == i + 1;)
        if (deaths[d].second == instruction.operands[0]) release(deaths[d].second);
    if ((flags & clobbers) && !instruction.tail) std::fill(owner_.begin(), owner_.begin() + result_.x_used, none);
    if (instruction.result == none) continue;
    if (!in_y(instruction.result)) {
      bool call = instruction.op == Op::call || instruction.op == Op::call_external || instruction.op == Op::call_fun || instruction.op == Op::apply;
      take(instruction.result, call ? 0 : hints_[instruction.result]);
    }
    if (result_dies) release(instruction.result);
  }
}

void Assigner::assign_slots() {
  struct Interval { uint32_t start; uint32_t end; ValueId value; };
  std::vector<uint32_t> first(function_.values.size(), none), last(function_.values.size(), 0);
  uint32_t position = 0;
  std::vector<ValueId> out;
  for (BlockId id : frames_.order) {
    const Block& block = function_.blocks[id];
    if (!frames_.framed[id]) {
      position += static_cast<uint32_t>(block.code.size()) + 2;
      continue;
    }
    auto touch = [&](ValueId value) {
      if (is_constant(value) || !liveness_.in_frame[value]) return;
      if (first[value] == none) first[value] = position;
      last[value] = std::max(last[value], position);
    };
    for (ValueId value : liveness_.live_in[id]) touch(value);
    for (ValueId parameter : block.parameters) touch(parameter);
    position++;
    for (Instruction* instruction : block.code) {
      for (ValueId operand : instruction->operands) touch(operand);
      each_target(*instruction, [&](BlockId target) {
        for (ValueId value : liveness_.live_in[target]) touch(value);
      });
      position++;
      // A result is written after its operands have been read, and may take the slot of one that ends here.
      if (instruction->result != none) touch(instruction->result);
    }
    live_out(function_, liveness_, id, out);
    for (ValueId value : out) touch(value);
    position++;
  }
  std::vector<Interval> intervals;
  for (ValueId value = 0; value < first.size(); value++)
    if (first[value] != none) intervals.push_back({first[value], last[value], value});
  std::sort(intervals.begin(), intervals.end(), [](const Interval& a, const Interval& b) {
    return a.start != b.start ? a.start < b.start : a.value < b.value;
  });
  // Parameters prefer the slot of an argument.
  std::vector<ValueId> argument_of(function_.values.size(), none);
  for (BlockId id : frames_.order)
    for (Instruction* instruction : function_.blocks[id].code)
      if (instruction->op == Op::jump)
        for (size_t a = 0; a < instruction->operands.size(); a++)
          if (!is_constant(instruction->operands[a])) argument_of[function_.blocks[instruction->target].parameters[a]] = instruction->operands[a];
  std::vector<Interval> active;
  std::vector<bool> taken;
  for (const Interval& interval : intervals) {
    std::erase_if(active, [&](const Interval& other) {
      if (other.end >= interval.start) return false;
      taken[result_.y[other.value]] = false;
      return true;
    });
    size_t slot = 0;
    ValueId argument = argument_of[interval.value];
    uint16_t wish = argument == none ? Registers::unassigned : result_.y[argument];
    if (wish != Registers::unassigned && !taken[wish]) slot = wish;
    else while (slot < taken.size() && taken[slot]) slot++;
    if (slot == taken.size()) taken.push_back(false);
    taken[slot] = true;
    result_.y[interval.value] = static_cast<uint16_t>(slot);
    active.push_back(interval);
  }
  result_.slots = taken.size();
}

Registers Assigner::run() {
  ValueSet live(function_.values.size());
  live_ = &live;
  find_hints();
  for (BlockId id : frames_.order) {
    assign_x(id);
    if (result_.overflow) return std::move(result_);
  }
  assign_slots();
  return std::move(result_);
}

}  // namespace

Registers assign_registers(const Function& function, const FramePlan& frames, const Liveness& liveness) {
  return Assigner(function, frames, liveness).run();
}

}  // namespace phial::compiler::emit
