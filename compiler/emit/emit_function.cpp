// From a function in core form to bytecode: place_frames, find_liveness, assign_registers, then block after block.
//
// A value's place follows from the block: in a block with the frame, values in the frame are in their y slots; all others are in x registers.
// Where a block makes the frame, the former are moved there. Jumps move their arguments to the parameters' places.
//
// Heap words are announced once for all allocations between two places that may collect. Every x register below the number of live ones that
// an announcement gives must hold a term: `valid_` knows which do, others are set to nil first.
#include "compiler/emit/emit_function.hpp"

#include <algorithm>
#include <array>

#include "compiler/emit/parallel_move.hpp"
#include "compiler/emit/registers.hpp"
#include "vm/term/compare.hpp"

namespace phial::compiler::emit {

using namespace core;

namespace {

class FunctionEmitter {
 public:
  FunctionEmitter(Module& module, Function& function, Assembler& a)
      : module_(module), function_(function), a_(a), uses_(function.values.size(), 0) {}
  bool emit(FunctionInfo& info);

 private:
  struct Place {
    bool is_constant;
    RegisterCode reg;
    Term constant;
  };

  Place place(ValueId value) const;
  RegisterCode destination(ValueId value) const;
  /// The register of a value; a constant is loaded into a register of its own first.
  RegisterCode in_register(ValueId value, unsigned scratch = 0);
  void operand(ValueId value);
  void operands(std::span<const ValueId> values) {
    for (ValueId value : values) operand(value);
  }
  void move(const std::vector<Move>& moves);
  void move_to_x(std::span<const ValueId> values, std::vector<Move> more = {});
  void store_call_result(const Instruction& instruction);

  void order_elements();
  void begin_block(size_t at);
  uint32_t heap_words(const Instruction& instruction) const;
  uint32_t words_until_collection(const Block& block, size_t from) const;
  void announce(const Block& block, size_t at);
  unsigned fill_holes(const std::vector<uint16_t>& live);
  void written(RegisterCode reg) {
    if (is_y(reg)) used_slots_[reg & 0x7fff] = true;
    else if (reg < valid_.size()) valid_[reg] = true;
  }
  void lose_registers() { std::fill(valid_.begin(), valid_.end(), false); }

  void emit_block(size_t at);
  void emit_instruction(const Block& block, size_t at);
  void emit_test(const Instruction& instruction);
  void emit_comparison(const Instruction& instruction);
  void emit_arithmetic(const Instruction& instruction);
  void emit_map(const Instruction& instruction);
  void emit_bits(const Instruction& instruction);
  void emit_call(const Instruction& instruction);
  void move_to_parameters(const Instruction& instruction);
  void emit_jump(const Instruction& instruction, size_t at);
  void emit_loop(const Instruction& instruction);
  void clear_dead_slots(BlockId receive);
  uint16_t slots() const { return static_cast<uint16_t>(registers_.slots); }
  void emit_switch(const Instruction& instruction);
  void emit_return(const Instruction& instruction);

  bool is_constant(ValueId value) const { return function_.values[value].kind == Value::Kind::constant; }
  Term constant_of(ValueId value) const { return function_.values[value].constant; }

  Module& module_;
  Function& function_;
  Assembler& a_;
  FramePlan frames_;
  Liveness liveness_;
  Registers registers_;
  std::vector<uint32_t> uses_;
  bool framed_ = false;              // at the place being emitted
  uint32_t announced_ = 0;           // heap words still announced
  std::vector<bool> valid_;          // x registers that hold a term
  std::vector<bool> used_slots_;     // y slots that code so far has written
  std::vector<TryRegion> regions_;   // handlers still block numbers
};

FunctionEmitter::Place FunctionEmitter::place(ValueId value) const {
  if (is_constant(value)) return {true, 0, constant_of(value)};
  if (framed_ && liveness_.in_frame[value]) return {false, y_register(registers_.y[value]), Term::none()};
  return {false, x_register(registers_.x[value]), Term::none()};
}

RegisterCode FunctionEmitter::destination(ValueId value) const { return place(value).reg; }

RegisterCode FunctionEmitter::in_register(ValueId value, unsigned scratch) {
  Place at = place(value);
  if (!at.is_constant) return at.reg;
  RegisterCode reg = x_register(registers_.x_used + scratch);
  a_.begin(Opcode::move_constant, reg);
  a_.constant(at.constant);
  return reg;
}

void FunctionEmitter::operand(ValueId value) {
  Place at = place(value);
  if (at.is_constant) a_.constant(at.constant);
  else a_.register_word(at.reg);
}

void FunctionEmitter::move(const std::vector<Move>& moves) {
  for (const MoveStep& step : sequence_moves(moves)) {
    if (step.is_swap) {
      a_.begin(Opcode::swap, step.move.to, step.move.from);
    } else if (step.move.is_constant) {
      a_.begin(Opcode::move_constant, step.move.to);
      a_.constant(step.move.constant);
    } else {
      a_.begin(Opcode::move, step.move.to, step.move.from);
    }
    written(step.move.to);
  }
}

void FunctionEmitter::move_to_x(std::span<const ValueId> values, std::vector<Move> moves) {
  for (size_t i = 0; i < values.size(); i++) {
    Place at = place(values[i]);
    moves.push_back({x_register(static_cast<unsigned>(i)), at.is_constant, at.reg, at.constant});
  }
  move(moves);
}

// -- blocks

/// The number of live registers to announce; registers below it that hold nothing are set to nil.
unsigned FunctionEmitter::fill_holes(const std::vector<uint16_t>& live) {
  unsigned count = 0;
  for (uint16_t reg : live) count = std::max<unsigned>(count, reg + 1u);
  for (unsigned reg = 0; reg < count; reg++) {
    if (valid_[reg]) continue;
    a_.begin(Opcode::move_constant, x_register(reg));
    a_.constant(Term::nil());
    valid_[reg] = true;
  }
  for (size_t reg = count; reg < valid_.size(); reg++) valid_[reg] = false;
  return count;
}

uint32_t FunctionEmitter::heap_words(const Instruction& instruction) const {
  switch (instruction.op) {
    case Op::cons: return 2;
    case Op::tuple: return static_cast<uint32_t>(instruction.operands.size()) + 1;
    case Op::make_fun: return static_cast<uint32_t>(instruction.operands.size()) + 2;
    case Op::bs_start: return 5;
    default: return 0;
  }
}

uint32_t FunctionEmitter::words_until_collection(const Block& block, size_t from) const {
  uint32_t words = 0;
  for (size_t i = from; i < block.code.size(); i++) {
    if (op_flags(block.code[i]->op) & clobbers) break;
    words += heap_words(*block.code[i]);
  }
  return words;
}

void FunctionEmitter::announce(const Block& block, size_t at) {
  uint32_t needed = heap_words(*block.code[at]);
  if (announced_ < needed) {
    uint32_t words = words_until_collection(block, at);
    unsigned live = fill_holes(registers_.live_before.at(block.code[at]));
    a_.begin(Opcode::test_heap, live);
    a_.word(words);
    announced_ = words;
  }
  announced_ -= needed;
}

void FunctionEmitter::begin_block(size_t at) {
  BlockId id = frames_.order[at];
  const Block& block = function_.blocks[id];
  a_.place(id);
  announced_ = 0;
  lose_registers();
  framed_ = frames_.framed[id] && !frames_.allocates[id];
  a_.frame(framed_ ? slots() : FrameEntry::no_frame);
  for (ValueId value : liveness_.live_in[id])
    if (Place p = place(value); !p.is_constant) written(p.reg);
  if (id == 0) {
    for (size_t i = 0; i < block.parameters.size(); i++) valid_[i] = true;
  } else if (block.is_handler) {
    for (size_t i = 0; i < 3; i++) valid_[i] = true;
  } else {
    for (ValueId parameter : block.parameters) written(place(parameter).reg);
  }
  std::vector<Move> moves;
  auto to_frame = [&](ValueId value) {
    if (!liveness_.in_frame[value]) return;
    moves.push_back({y_register(registers_.y[value]), false, x_register(registers_.x[value]), Term::none()});
  };
  if (block.is_handler) {
    for (ValueId parameter : block.parameters) to_frame(parameter);
  } else if (frames_.allocates[id]) {
    if (!block.code.empty() && block.code[0]->line) a_.line(block.code[0]->line, block.code[0]->file);
    uint32_t words = words_until_collection(block, 0);
    if (words > 0xffff) words = 0;
    unsigned live = fill_holes(registers_.live_at_start.at(id));
    a_.begin(Opcode::allocate, slots(), live, words);
    announced_ = words;
    framed_ = true;
    a_.frame(slots());
    for (ValueId value : liveness_.live_in[id]) to_frame(value);
    for (ValueId parameter : block.parameters) to_frame(parameter);
  }
  move(moves);
}

void FunctionEmitter::emit_block(size_t at) {
  BlockId id = frames_.order[at];
  const Block& block = function_.blocks[id];
  begin_block(at);
  uint32_t start = a_.here();  // behind the allocate: the handler has the frame
  for (size_t i = 0; i < block.code.size(); i++) {
    const Instruction& instruction = *block.code[i];
    if (instruction.op == Op::jump) {
      emit_jump(instruction, at);
      continue;
    }
    // Two that take a cons apart are one.
    if (i + 1 < block.code.size() && instruction.op == Op::head && block.code[i + 1]->op == Op::tail &&
        block.code[i + 1]->operands[0] == instruction.operands[0]) {
      RegisterCode list = in_register(instruction.operands[0]);
      RegisterCode head = destination(instruction.result), tail = destination(block.code[i + 1]->result);
      a_.begin(Opcode::get_list, head, tail, list);
      written(head);
      written(tail);
      i++;
      continue;
    }
    emit_instruction(block, i);
    if (instruction.result != none) written(destination(instruction.result));
  }
  if (block.region != none && a_.here() > start) regions_.push_back({start, a_.here(), function_.regions[block.region].handler});
}

// -- instructions

static Opcode type_test(Op op) {
  switch (op) {
    case Op::is_integer: return Opcode::is_integer;
    case Op::is_float: return Opcode::is_float;
    case Op::is_number: return Opcode::is_number;
    case Op::is_atom: return Opcode::is_atom;
    case Op::is_boolean: return Opcode::is_boolean;
    case Op::is_list: return Opcode::is_list;
    case Op::is_cons: return Opcode::is_cons;
    case Op::is_nil: return Opcode::is_nil;
    case Op::is_tuple: return Opcode::is_tuple;
    case Op::is_map: return Opcode::is_map;
    case Op::is_binary: return Opcode::is_binary;
    case Op::is_bitstring: return Opcode::is_bitstring;
    case Op::is_function: return Opcode::is_function;
    case Op::is_pid: return Opcode::is_pid;
    case Op::is_port: return Opcode::is_port;
    case Op::is_reference: return Opcode::is_reference;
    default: return Opcode::count;
  }
}

void FunctionEmitter::emit_test(const Instruction& instruction) {
  if (Opcode op = type_test(instruction.op); op != Opcode::count) {
    RegisterCode reg = in_register(instruction.operands[0]);
    a_.begin(op, reg);
    a_.label(instruction.target);
    return;
  }
  switch (instruction.op) {
    case Op::is_tuple_of: {
      RegisterCode reg = in_register(instruction.operands[0]);
      a_.begin(Opcode::is_tuple_of, reg, instruction.index);
      a_.label(instruction.target);
      break;
    }
    case Op::is_tagged_tuple: {
      RegisterCode reg = in_register(instruction.operands[0]);
      a_.begin(Opcode::is_tagged_tuple, reg, instruction.index);
      a_.label(instruction.target);
      a_.constant(instruction.constant);
      break;
    }
    case Op::is_function_of: case Op::has_map_key:
      a_.begin(instruction.op == Op::has_map_key ? Opcode::has_map_key : Opcode::is_function_of);
      a_.label(instruction.target);
      operands(instruction.operands);
      break;
    default: emit_comparison(instruction); break;
  }
}

void FunctionEmitter::emit_comparison(const Instruction& instruction) {
  ValueId left = instruction.operands[0], right = instruction.operands[1];
  bool left_constant = is_constant(left), right_constant = is_constant(right);
  auto with_registers = [&](Opcode op) {
    RegisterCode l = in_register(left, 0), r = in_register(right, 1);
    a_.begin(op, l, r);
    a_.label(instruction.target);
  };
  auto with_constant = [&](Opcode op, ValueId value, ValueId constant) {
    a_.begin(op, in_register(value));
    a_.label(instruction.target);
    a_.constant(constant_of(constant));
  };
  bool one_constant = left_constant != right_constant;
  ValueId value = left_constant ? right : left, constant = left_constant ? left : right;
  switch (instruction.op) {
    case Op::is_equal_exact: case Op::is_not_equal_exact: {
      bool equal = instruction.op == Op::is_equal_exact;
      if (one_constant && equal && constant_of(constant).is_nil()) {
        a_.begin(Opcode::is_nil, in_register(value));
        a_.label(instruction.target);
      } else if (one_constant) {
        with_constant(equal ? Opcode::is_equal_exact_constant : Opcode::is_not_equal_exact_constant, value, constant);
      } else {
        with_registers(equal ? Opcode::is_equal_exact : Opcode::is_not_equal_exact);
      }
      break;
    }
    case Op::is_equal: case Op::is_not_equal:
      a_.begin(instruction.op == Op::is_equal ? Opcode::is_equal : Opcode::is_not_equal);
      a_.label(instruction.target);
      operands(instruction.operands);
      break;
    case Op::is_less:
      if (!one_constant) with_registers(Opcode::is_less);
      else if (right_constant) with_constant(Opcode::is_less_constant, left, right);
      else with_constant(Opcode::is_greater_constant, right, left);
      break;
    default:  // is_at_least
      if (!one_constant) with_registers(Opcode::is_at_least);
      else if (right_constant) with_constant(Opcode::is_at_least_constant, left, right);
      else with_constant(Opcode::is_at_most_constant, right, left);
      break;
  }
}

void FunctionEmitter::emit_arithmetic(const Instruction& instruction) {
  RegisterCode d = destination(instruction.result);
  auto any = [&](Opcode op) {
    a_.begin(op, d);
    a_.label(instruction.target);
    operands(instruction.operands);
  };
  auto is_small = [&](ValueId value) { return is_constant(value) && constant_of(value).is_small(); };
  auto with_constant = [&](Opcode op, ValueId value, ValueId constant) {
    a_.begin(op, d, place(value).reg);
    a_.label(instruction.target);
    a_.constant(constant_of(constant));
  };
  auto plain = [&](Opcode registers, Opcode general) {
    ValueId left = instruction.operands[0], right = instruction.operands[1];
    if (is_constant(left) || is_constant(right)) return any(general);
    a_.begin(registers, d, place(left).reg, place(right).reg);
    a_.label(instruction.target);
  };
  switch (instruction.op) {
    case Op::add: {
      ValueId left = instruction.operands[0], right = instruction.operands[1];
      if (is_small(right) && !is_constant(left)) with_constant(Opcode::add_constant, left, right);
      else if (is_small(left) && !is_constant(right)) with_constant(Opcode::add_constant, right, left);
      else plain(Opcode::add, Opcode::add_any);
      break;
    }
    case Op::subtract:
      if (is_small(instruction.operands[1]) && !is_constant(instruction.operands[0]))
        with_constant(Opcode::subtract_constant, instruction.operands[0], instruction.operands[1]);
      else plain(Opcode::subtract, Opcode::subtract_any);
      break;
    case Op::multiply: plain(Opcode::multiply, Opcode::multiply_any); break;
    case Op::divide: any(Opcode::divide); break;
    case Op::quotient: any(Opcode::quotient); break;
    case Op::remainder: any(Opcode::remainder); break;
    case Op::negate: any(Opcode::negate); break;
    case Op::bit_and: any(Opcode::bit_and); break;
    case Op::bit_or: any(Opcode::bit_or); break;
    case Op::bit_xor: any(Opcode::bit_xor); break;
    case Op::bit_not: any(Opcode::bit_not); break;
    case Op::shift_left: any(Opcode::shift_left); break;
    default: any(Opcode::shift_right); break;
  }
}

void FunctionEmitter::emit_map(const Instruction& instruction) {
  std::span<ValueId> ops = instruction.operands;
  RegisterCode d = instruction.result == none ? 0 : destination(instruction.result);
  switch (instruction.op) {
    case Op::new_map: {
      // With constant keys, in the order of keys: the shape is a literal.
      std::vector<std::pair<Term, ValueId>> pairs;
      bool shape = !ops.empty();
      for (size_t i = 0; shape && i < ops.size(); i += 2) {
        shape = is_constant(ops[i]);
        if (!shape) break;
        auto at = std::lower_bound(pairs.begin(), pairs.end(), constant_of(ops[i]),
                                   [](const std::pair<Term, ValueId>& pair, Term key) { return compare_exactly(pair.first, key) < 0; });
        if (at != pairs.end() && compare_exactly(at->first, constant_of(ops[i])) == 0) at->second = ops[i + 1];
        else pairs.insert(at, {constant_of(ops[i]), ops[i + 1]});
        shape = pairs.size() <= 32;
      }
      if (shape) {
        std::vector<Term> keys;
        for (auto& pair : pairs) keys.push_back(pair.first);
        a_.begin(Opcode::new_map_of_shape, d, static_cast<unsigned>(pairs.size()));
        a_.constant(phial::make_tuple(module_.terms, std::span<const Term>(keys)));
        for (auto& pair : pairs) operand(pair.second);
      } else {
        a_.begin(Opcode::new_map, d, static_cast<unsigned>(ops.size() / 2));
        operands(ops);
      }
      break;
    }
    case Op::put_map: case Op::update_map:
      a_.begin(instruction.op == Op::put_map ? Opcode::put_map : Opcode::update_map, d, static_cast<unsigned>(ops.size() / 2));
      a_.label(instruction.target);
      operands(ops);
      break;
    default:  // get_map_value
      if (!uses_[instruction.result] && instruction.target != none) {
        a_.begin(Opcode::has_map_key);
        a_.label(instruction.target);
        operands(ops);
      } else if (is_constant(ops[1])) {
        RegisterCode map = in_register(ops[0]);
        a_.begin(Opcode::get_map_value, d, map);
        a_.label(instruction.target);
        a_.constant(constant_of(ops[1]));
        a_.word(0);
      } else {
        a_.begin(Opcode::get_map_value_any, d);
        a_.label(instruction.target);
        operands(ops);
      }
      break;
  }
}

void FunctionEmitter::emit_bits(const Instruction& instruction) {
  std::span<ValueId> ops = instruction.operands;
  RegisterCode d = instruction.result == none ? 0 : destination(instruction.result);
  auto get = [&](Opcode op, bool sized) {
    a_.begin(op, d, place(ops[0]).reg);
    a_.label(instruction.target);
    a_.word(instruction.descriptors[0]);
    if (sized) operand(ops[1]);
  };
  switch (instruction.op) {
    case Op::bs_build:
      a_.begin(Opcode::bs_build, d, static_cast<unsigned>(instruction.descriptors.size()));
      for (size_t i = 0; i < instruction.descriptors.size(); i++) {
        a_.word(instruction.descriptors[i]);
        operand(ops[2 * i]);
        operand(ops[2 * i + 1]);
      }
      break;
    case Op::bs_start: {
      RegisterCode subject = in_register(ops[0]);
      a_.begin(Opcode::bs_start, d, subject);
      a_.label(instruction.target);
      break;
    }
    case Op::bs_get_integer: get(Opcode::bs_get_integer, true); break;
    case Op::bs_get_float: get(Opcode::bs_get_float, true); break;
    case Op::bs_get_binary: get(Opcode::bs_get_binary, true); break;
    case Op::bs_get_utf8: get(Opcode::bs_get_utf8, false); break;
    case Op::bs_get_utf16: get(Opcode::bs_get_utf16, false); break;
    case Op::bs_get_utf32: get(Opcode::bs_get_utf32, false); break;
    case Op::bs_skip_bits:
      a_.begin(Opcode::bs_skip_bits, place(ops[0]).reg);
      a_.label(instruction.target);
      a_.word(instruction.descriptors[0]);
      operand(ops[1]);
      break;
    case Op::bs_match_literal:
      a_.begin(Opcode::bs_match_literal, place(ops[0]).reg);
      a_.label(instruction.target);
      a_.constant(instruction.constant);
      break;
    case Op::bs_test_tail: case Op::bs_test_unit:
      a_.begin(instruction.op == Op::bs_test_tail ? Opcode::bs_test_tail : Opcode::bs_test_unit, place(ops[0]).reg, instruction.index);
      a_.label(instruction.target);
      break;
    case Op::bs_get_tail: a_.begin(Opcode::bs_get_tail, d, place(ops[0]).reg); break;
    case Op::bs_get_position: a_.begin(Opcode::bs_get_position, d, place(ops[0]).reg); break;
    default: {
      RegisterCode position = in_register(ops[1]);
      a_.begin(Opcode::bs_set_position, place(ops[0]).reg, position);
      break;
    }
  }
}

void FunctionEmitter::store_call_result(const Instruction& instruction) {
  lose_registers();
  announced_ = 0;
  valid_[0] = true;
  if (instruction.result == none || !uses_[instruction.result]) return;
  RegisterCode d = destination(instruction.result);
  if (d == x_register(0)) return;
  a_.begin(Opcode::move, d, x_register(0));
  written(d);
}

void FunctionEmitter::emit_call(const Instruction& instruction) {
  std::span<ValueId> ops = instruction.operands;
  unsigned slots = this->slots();
  bool tail = instruction.tail;
  switch (instruction.op) {
    case Op::call: case Op::call_external: {
      move_to_x(ops);
      bool external = instruction.op == Op::call_external;
      unsigned arity = static_cast<unsigned>(ops.size());
      if (!tail) a_.begin(external ? Opcode::call_external : Opcode::call, arity);
      else if (framed_) a_.begin(external ? Opcode::call_external_last : Opcode::call_last, arity, slots);
      else a_.begin(external ? Opcode::call_external_only : Opcode::call_only, arity);
      a_.word(instruction.index);
      break;
    }
    case Op::call_fun: {
      unsigned arity = static_cast<unsigned>(ops.size()) - 1;
      Place fun = place(ops[0]);
      std::vector<Move> moves;
      // Arguments must not run over the function.
      if (fun.is_constant || (!is_y(fun.reg) && fun.reg < arity)) {
        moves.push_back({x_register(arity), fun.is_constant, fun.reg, fun.constant});
        fun.reg = x_register(arity);
      }
      move_to_x(ops.subspan(1), std::move(moves));
      if (!tail) a_.begin(Opcode::call_fun, arity, fun.reg);
      else if (framed_) a_.begin(Opcode::call_fun_last, arity, slots, fun.reg);
      else a_.begin(Opcode::call_fun_only, arity, fun.reg);
      break;
    }
    default: {  // apply
      unsigned arity = static_cast<unsigned>(ops.size()) - 2;
      std::vector<Move> moves;
      RegisterCode regs[2];
      for (unsigned i = 0; i < 2; i++) {
        Place at = place(ops[i]);
        regs[i] = at.reg;
        if (at.is_constant || !is_y(at.reg)) {
          regs[i] = x_register(arity + i);
          moves.push_back({regs[i], at.is_constant, at.reg, at.constant});
        }
      }
      move_to_x(ops.subspan(2), std::move(moves));
      a_.begin(tail ? Opcode::apply_last : Opcode::apply, arity, regs[0], regs[1]);
      if (tail) a_.word(framed_ ? slots : 0xffff);
      break;
    }
  }
  if (!tail) store_call_result(instruction);
}

/// Back to the function's start, or to the block of a loop inside it; without the frame, unless that block keeps it.
void FunctionEmitter::emit_loop(const Instruction& instruction) {
  bool to_start = instruction.target == none;
  unsigned live = static_cast<unsigned>(instruction.operands.size());
  if (to_start) {
    move_to_x(instruction.operands);
  } else {
    move_to_parameters(instruction);
    std::vector<uint16_t> registers;
    for (ValueId parameter : function_.blocks[instruction.target].parameters)
      if (registers_.x[parameter] != Registers::unassigned) registers.push_back(registers_.x[parameter]);
    live = fill_holes(registers);
  }
  bool keeps_frame = !to_start && frames_.framed[instruction.target] && !frames_.allocates[instruction.target];
  if (framed_ && !keeps_frame) {
    a_.begin(Opcode::deallocate, slots());
    a_.frame(FrameEntry::no_frame);
  }
  a_.begin(Opcode::loop, live);
  a_.label(to_start ? static_cast<uint32_t>(function_.blocks.size()) : instruction.target);
}

/// Arguments of a jump to the places of its target's parameters.
void FunctionEmitter::move_to_parameters(const Instruction& instruction) {
  std::vector<Move> moves;
  const Block& target = function_.blocks[instruction.target];
  bool to_frame = frames_.framed[instruction.target] && !frames_.allocates[instruction.target];
  for (size_t i = 0; i < instruction.operands.size(); i++) {
    ValueId parameter = target.parameters[i];
    if (registers_.x[parameter] == Registers::unassigned && registers_.y[parameter] == Registers::unassigned) continue;
    Place from = place(instruction.operands[i]);
    RegisterCode to = to_frame && liveness_.in_frame[parameter] ? y_register(registers_.y[parameter]) : x_register(registers_.x[parameter]);
    moves.push_back({to, from.is_constant, from.reg, from.constant});
  }
  move(moves);
}

/// Before a receive, which may wait for long: slots whose values are not needed any more let go of them.
void FunctionEmitter::clear_dead_slots(BlockId receive) {
  std::vector<bool> live(registers_.slots, false);
  for (ValueId value : liveness_.live_in[receive])
    if (liveness_.in_frame[value]) live[registers_.y[value]] = true;
  for (unsigned slot = 0; slot < registers_.slots; slot++) {
    if (live[slot] || !used_slots_[slot]) continue;
    a_.begin(Opcode::move_constant, y_register(slot));
    a_.constant(Term::nil());
  }
}

void FunctionEmitter::emit_jump(const Instruction& instruction, size_t at) {
  move_to_parameters(instruction);
  const Block& target = function_.blocks[instruction.target];
  if (framed_ && !target.code.empty() && target.code[0]->op == Op::receive_next) clear_dead_slots(instruction.target);
  if (at + 1 < frames_.order.size() && frames_.order[at + 1] == instruction.target) return;
  a_.begin(Opcode::jump);
  a_.label(instruction.target);
}

void FunctionEmitter::emit_switch(const Instruction& instruction) {
  RegisterCode reg = in_register(instruction.operands[0]);
  a_.begin(instruction.op == Op::switch_value ? Opcode::switch_value : Opcode::switch_arity, reg,
           static_cast<unsigned>(instruction.cases.size()));
  a_.label(instruction.target);
  for (const SwitchCase& item : instruction.cases) {
    a_.constant(item.key);
    a_.label(item.target);
  }
}

void FunctionEmitter::emit_return(const Instruction& instruction) {
  move_to_x(instruction.operands);
  if (framed_) a_.begin(Opcode::return_from_frame, slots());
  else a_.begin(Opcode::return_);
}

void FunctionEmitter::emit_instruction(const Block& block, size_t at) {
  const Instruction& instruction = *block.code[at];
  std::span<ValueId> ops = instruction.operands;
  uint8_t flags = op_flags(instruction.op);
  bool may_raise = (flags & (fallible | clobbers)) || instruction.op == Op::error || instruction.op == Op::raise ||
                   instruction.op == Op::function_clause;
  if (may_raise && instruction.line) a_.line(instruction.line, instruction.file);
  if (flags & core::allocates) announce(block, at);
  if (flags & test) {
    if (instruction.op >= Op::bs_build) emit_bits(instruction);
    else emit_test(instruction);
    return;
  }
  switch (instruction.op) {
    case Op::tuple:
      a_.begin(Opcode::put_tuple, destination(instruction.result), static_cast<unsigned>(ops.size()));
      operands(ops);
      break;
    case Op::cons: {
      Place head = place(ops[0]), tail = place(ops[1]);
      RegisterCode d = destination(instruction.result);
      if (!head.is_constant && !tail.is_constant) {
        a_.begin(Opcode::put_list, d, head.reg, tail.reg);
      } else {
        a_.begin(Opcode::put_list_any, d);
        operands(ops);
      }
      break;
    }
    case Op::make_fun:
      a_.begin(Opcode::put_fun, destination(instruction.result), static_cast<unsigned>(ops.size()));
      a_.word(instruction.index);
      operands(ops);
      break;
    case Op::head: case Op::tail: {
      RegisterCode list = in_register(ops[0]);
      a_.begin(instruction.op == Op::head ? Opcode::get_head : Opcode::get_tail, destination(instruction.result), list);
      break;
    }
    case Op::element: {
      RegisterCode tuple = in_register(ops[0]);
      a_.begin(Opcode::get_element, destination(instruction.result), tuple, instruction.index);
      break;
    }
    case Op::update_element:
      a_.begin(Opcode::update_element, destination(instruction.result), instruction.index);
      operands(ops);
      break;
    case Op::new_map: case Op::put_map: case Op::update_map: case Op::get_map_value: emit_map(instruction); break;
    case Op::bif:
      a_.begin(Opcode::bif, destination(instruction.result), static_cast<unsigned>(ops.size()));
      a_.label(instruction.target);
      a_.word(instruction.index);
      operands(ops);
      break;
    case Op::add: case Op::subtract: case Op::multiply: case Op::divide: case Op::quotient: case Op::remainder: case Op::negate:
    case Op::bit_and: case Op::bit_or: case Op::bit_xor: case Op::bit_not: case Op::shift_left: case Op::shift_right:
      emit_arithmetic(instruction);
      break;
    case Op::build_stacktrace: {
      RegisterCode trace = in_register(ops[0]);
      a_.begin(Opcode::build_stacktrace, destination(instruction.result), trace);
      break;
    }
    case Op::bs_build: case Op::bs_start: case Op::bs_get_integer: case Op::bs_get_float: case Op::bs_get_binary: case Op::bs_get_utf8:
    case Op::bs_get_utf16: case Op::bs_get_utf32: case Op::bs_get_tail: case Op::bs_get_position: case Op::bs_set_position:
      emit_bits(instruction);
      break;
    case Op::call: case Op::call_external: case Op::call_fun: case Op::apply: emit_call(instruction); break;
    case Op::receive_next:
      a_.begin(Opcode::receive_next, destination(instruction.result));
      a_.label(instruction.target);
      lose_registers();
      announced_ = 0;
      break;
    case Op::receive_remove: case Op::receive_timeout:
      a_.begin(instruction.op == Op::receive_remove ? Opcode::receive_remove : Opcode::receive_timeout);
      lose_registers();
      announced_ = 0;
      break;
    case Op::receive_wait_timeout:
      a_.begin(Opcode::receive_wait_timeout);
      a_.label(instruction.target);
      operand(ops[0]);
      lose_registers();
      announced_ = 0;
      break;
    case Op::receive_mark: a_.begin(Opcode::receive_mark, destination(instruction.result)); break;
    case Op::receive_use_mark: a_.begin(Opcode::receive_use_mark, in_register(ops[0])); break;
    case Op::receive_skip: case Op::receive_wait:
      a_.begin(instruction.op == Op::receive_skip ? Opcode::receive_skip : Opcode::receive_wait);
      a_.label(instruction.target);
      break;
    case Op::return_: emit_return(instruction); break;
    case Op::loop: emit_loop(instruction); break;
    case Op::switch_value: case Op::switch_arity: emit_switch(instruction); break;
    case Op::error:
      a_.begin(Opcode::error);
      operand(ops[0]);
      break;
    case Op::raise: {
      RegisterCode regs[3];
      for (unsigned i = 0; i < 3; i++) regs[i] = in_register(ops[i], i);
      a_.begin(Opcode::raise, regs[0], regs[1], regs[2]);
      break;
    }
    case Op::function_clause:
      move_to_x(ops);
      a_.begin(Opcode::function_clause, static_cast<unsigned>(ops.size()));
      break;
    default: break;
  }
}

/// Of several elements taken from a tuple, the one that becomes a call's first argument is taken last: then it can have the tuple's register.
void FunctionEmitter::order_elements() {
  for (BlockId id : frames_.order) {
    auto& code = function_.blocks[id].code;
    for (size_t start = 0; start < code.size(); start++) {
      size_t end = start;
      while (end < code.size() && code[end]->op == Op::element && code[end]->operands[0] == code[start]->operands[0]) end++;
      if (end - start < 2) continue;
      auto is_first_argument = [&](const Instruction* element) {
        for (size_t i = end; i < code.size(); i++) {
          if (!(op_flags(code[i]->op) & clobbers)) continue;
          size_t first = code[i]->op == Op::call_fun ? 1 : code[i]->op == Op::apply ? 2 : 0;
          return code[i]->operands.size() > first && code[i]->operands[first] == element->result;
        }
        return false;
      };
      for (size_t i = start; i + 1 < end; i++) {
        if (!is_first_argument(code[i])) continue;
        std::rotate(code.begin() + static_cast<ptrdiff_t>(i), code.begin() + static_cast<ptrdiff_t>(i) + 1, code.begin() + static_cast<ptrdiff_t>(end));
        break;
      }
      start = end;
    }
  }
}

bool FunctionEmitter::emit(FunctionInfo& info) {
  for (BlockId id : block_order(function_))
    for (Instruction* instruction : function_.blocks[id].code)
      for (ValueId operand : instruction->operands) uses_[operand]++;
  for (int attempt = 0; attempt < 2; attempt++) {
    frames_ = place_frames(module_, function_, attempt == 1);
    order_elements();
    liveness_ = find_liveness(function_, frames_.order);
    if (attempt == 1) std::fill(liveness_.in_frame.begin(), liveness_.in_frame.end(), true);
    registers_ = assign_registers(function_, frames_, liveness_);
    if (!registers_.overflow) break;
  }
  if (registers_.overflow || registers_.slots > FrameEntry::most_slots) return false;
  valid_.assign(1024, false);
  used_slots_.assign(registers_.slots, false);
  info.name = function_.name;
  info.arity = function_.arity;
  info.exported = function_.exported;
  info.is_lambda = function_.is_lambda;
  info.free = function_.free;
  info.line = function_.line;
  info.start = a_.here();
  a_.start_function(function_.blocks.size() + 1);
  a_.place(static_cast<uint32_t>(function_.blocks.size()));
  a_.line(function_.line, function_.file);
  for (size_t at = 0; at < frames_.order.size(); at++) emit_block(at);
  info.end = a_.here();
  for (const TryRegion& region : regions_) a_.try_region(region.start, region.end, a_.address(region.handler));
  a_.finish_function();
  return true;
}

}  // namespace

bool emit_function(Module& module, Function& function, Assembler& assembler, FunctionInfo& info) {
  return FunctionEmitter(module, function, assembler).emit(info);
}

}  // namespace phial::compiler::emit
