// The walk over a function's instructions, operands, and what touches the machine.
#include "vm/jit/template_compiler.hpp"

#include <algorithm>

namespace phial {
namespace {

constexpr size_t function_words_limit = 60000;

}  // namespace

// -- operands

TemplateCompiler::Value TemplateCompiler::value_of_operand(Word word) {
  if (Header::is(word) && Header::kind(word) == Kind::operand_register) return value_of(static_cast<RegisterCode>(Header::extra(word)));
  return value_of_constant(word);
}

bool TemplateCompiler::in_processor(RegisterCode code) { return !is_y(code) && code < x_registers_count; }

Memory TemplateCompiler::home(RegisterCode code) {
  if (is_y(code)) return {sp_register, static_cast<int32_t>(8 * (frame_header_words + (code & 0x7fffu)))};
  return {m_register, x_offset(code)};
}

Reg TemplateCompiler::in(Value value, Reg scratch) {
  if (value.is_register && in_processor(value.code)) return x_registers[value.code];
  load(scratch, value);
  return scratch;
}

void TemplateCompiler::load(Reg to, Value value) {
  if (!value.is_register)
    a_.move_constant(to, value.word);
  else if (in_processor(value.code))
    a_.move(to, x_registers[value.code]);
  else
    a_.move(to, home(value.code));
}

void TemplateCompiler::store(RegisterCode to, Reg from) {
  if (in_processor(to))
    a_.move(x_registers[to], from);
  else
    a_.move(home(to), from);
}

void TemplateCompiler::store_constant(Memory to, Word word) {
  if (a_.move_constant(to, word)) return;
  a_.move_constant(Reg::rax, word);
  a_.move(to, Reg::rax);
}

void TemplateCompiler::store_value(Memory to, Value value) {
  if (value.is_register)
    a_.move(to, in(value, Reg::rax));
  else
    store_constant(to, value.word);
}

/// Flags of a register against a constant. Uses rax.
void TemplateCompiler::compare_with(Reg reg, Word word) {
  auto number = static_cast<int64_t>(word);
  if (number == static_cast<int32_t>(number)) {
    a_.alu(Alu::cmp, reg, static_cast<int32_t>(number));
  } else {
    a_.move_constant(Reg::rax, word);
    a_.alu(Alu::cmp, reg, Reg::rax);
  }
}

// -- the machine

void TemplateCompiler::spill(unsigned count) {
  for (unsigned i = 0; i < std::min(count, x_registers_count); i++) a_.move(machine_field(offsetof(Machine, x) + 8 * i), x_registers[i]);
}

void TemplateCompiler::reload(unsigned count) {
  for (unsigned i = 0; i < std::min(count, x_registers_count); i++) a_.move(x_registers[i], machine_field(offsetof(Machine, x) + 8 * i));
}

void TemplateCompiler::jump_to_entry_of_machine(size_t offset) { a_.jump(machine_field(offset)); }

void TemplateCompiler::set_pc(const Word* pc) {
  a_.move_constant(Reg::rax, reinterpret_cast<Word>(pc));
  a_.move(machine_field(offsetof(Machine, pc)), Reg::rax);
}

void TemplateCompiler::fail(const Word* pc, Word word) {
  if (static_cast<uint32_t>(word))
    a_.jump(label(jump_target(pc, word)));
  else
    raise();
}

/// When the slice is over the process goes on at `pc` later.
void TemplateCompiler::count_reduction(const Word* pc, unsigned live) {
  Label over = a_.new_label();
  a_.decrement(reductions_register);
  a_.jump(Condition::at_most, over);
  aside([=, this] {
    a_.bind(over);
    spill(live);
    a_.move_constant(Reg::rdi, reinterpret_cast<Word>(pc));
    a_.move_constant(Reg::rsi, live);
    jump_to_entry_of_machine(offsetof(Machine, yield));
  });
}

void TemplateCompiler::ensure_room(size_t words, unsigned live) {
  Label full = a_.new_label(), enough = a_.new_label();
  if (stress_ || words > (size_t{1} << 24)) {
    a_.jump(full);
  } else {
    a_.lea(Reg::rax, {hp_register, static_cast<int32_t>(8 * words)});
    a_.alu(Alu::cmp, Reg::rax, sp_register);
    a_.jump(Condition::above, full);
  }
  a_.bind(enough);
  aside([=, this] {
    a_.bind(full);
    a_.move_constant(Reg::rax, words);
    a_.move_constant(Reg::r10, live);
    call(Trampoline::collect);
    a_.jump(enough);
  });
}

void TemplateCompiler::interpret_from(const Word* pc) {
  spill(x_registers_count);
  a_.move_constant(Reg::rdi, reinterpret_cast<Word>(pc));
  jump_to_entry_of_machine(offsetof(Machine, interpret_at));
}

// -- the walk

TemplateCompiler::Label TemplateCompiler::label(const Word* pc) {
  Label& at = labels_[static_cast<size_t>(pc - function_->code)];
  if (!at) at = a_.new_label() + 1;
  return at - 1;
}

void TemplateCompiler::continuation(const Word* pc) {
  if (std::find(continuing_.begin(), continuing_.end(), pc) == continuing_.end()) continuing_.push_back(pc);
}

/// Looks the function over before anything is emitted: all its instructions must be known, which those of a watched function are not.
bool TemplateCompiler::survey() {
  const Function& f = *function_;
  if (!f.code || static_cast<size_t>(f.code_end - f.code) > function_words_limit) return false;
  for (const Word* pc = f.code; pc < f.code_end;) {
    Word word = __atomic_load_n(pc, __ATOMIC_RELAXED);
    if (loaded_opcode(word) >= Opcode::count) return false;
    size_t words = decode_loaded_operands(word, operands_);
    if (!words) return false;
    switch (loaded_opcode(word)) {
      case Opcode::allocate: largest_announcement_ = std::max<size_t>(largest_announcement_, packed(word, 2)); break;
      case Opcode::test_heap: largest_announcement_ = std::max<size_t>(largest_announcement_, pc[1]); break;
      case Opcode::loop: case Opcode::receive_wait: continuation(jump_target(pc, pc[1])); break;
      case Opcode::receive_wait_timeout:
        continuation(jump_target(pc, pc[1]));
        continuation(pc + words);
        break;
      case Opcode::call: case Opcode::call_only: case Opcode::put_fun: case Opcode::call_last: references_.push_back(reinterpret_cast<Function*>(pc[1])); break;
      default: break;
    }
    pc += words;
  }
  const Module& module = *f.module;
  auto start = static_cast<uint32_t>(module.offset_of(f.code)), end = static_cast<uint32_t>(module.offset_of(f.code_end));
  for (const TryRegion& region : module.try_regions)
    if (region.start >= start && region.start < end) continuation(module.code + region.handler);
  return true;
}

bool TemplateCompiler::add(Function& function) {
  function_ = &function;
  references_.clear();
  continuing_.clear();
  cold_.clear();
  largest_announcement_ = 0;
  if (!survey()) return false;
  labels_.assign(static_cast<size_t>(function.code_end - function.code) + 1, 0);
  a_.align(16, 0xcc);
  TemplateCode::Start start{&function, TemplateCode::none, TemplateCode::none};
  if (function.is_lambda && function.arity - function.free < static_cast<int>(x_registers_count)) {
    start.closure = a_.position();
    closure_entry();
    a_.align(16, 0x90);
  }
  start.entry = a_.position();
  count_reduction(function.code, function.arity);
  for (const Word* pc = function.code; pc < function.code_end;) {
    a_.bind(label(pc));
    if (marks_) code_.instructions.push_back({pc, a_.position()});
    size_t words = decode_loaded_operands(*pc, operands_);
    instruction(pc);
    pc += words;
  }
  if (marks_) code_.instructions.push_back({nullptr, a_.position()});
  for (size_t i = 0; i < cold_.size(); i++) {
    auto emit = std::move(cold_[i]);  // it may add more
    emit();
  }
  for (const Word* pc : continuing_) {
    code_.continuations.push_back({pc, a_.position()});
    reload(x_registers_count);
    a_.jump(label(pc));
  }
  code_.starts.push_back(start);
  return true;
}

void TemplateCompiler::instruction(const Word* pc) {
  Word word = *pc;
  auto op = loaded_opcode(word);
  auto code = [&](unsigned i) { return loaded_register(word, i); };
  auto number = [&](unsigned i) { return static_cast<unsigned>(packed(word, i)); };
  auto function = [&] { return reinterpret_cast<Function*>(pc[1]); };
  auto external = [&] { return reinterpret_cast<Export*>(pc[1]); };
  constexpr int no_frame = -1;
  switch (op) {
    case Opcode::move:
      if (in_processor(code(0)))
        load(x_registers[code(0)], reg(pc, 1));
      else
        store_value(home(code(0)), reg(pc, 1));
      return;
    case Opcode::move_constant:
      if (in_processor(code(0)))
        a_.move_constant(x_registers[code(0)], pc[1]);
      else
        store_constant(home(code(0)), pc[1]);
      return;
    case Opcode::swap: {
      Reg first = in(reg(pc, 0), Reg::r10), second = in(reg(pc, 1), Reg::r11);
      if (in_processor(code(0)) && in_processor(code(1))) {
        a_.exchange(first, second);
      } else {
        a_.move(Reg::rax, first);
        store(code(0), second);
        store(code(1), Reg::rax);
      }
      return;
    }
    case Opcode::allocate: allocate(pc); return;
    case Opcode::deallocate: pop_frame(number(0)); return;
    case Opcode::test_heap: ensure_room(pc[1], number(0)); return;

    case Opcode::call: {
      Label after = set_continuation(pc + 2);
      call_function(function(), number(0));
      bind_continuation(after);
      return;
    }
    case Opcode::call_last:
      pop_frame(number(1));
      call_function(function(), number(0));
      return;
    case Opcode::call_only: call_function(function(), number(0)); return;
    case Opcode::call_external: call_export(pc, external(), number(0), false, no_frame); return;
    case Opcode::call_external_last: call_export(pc, external(), number(0), true, static_cast<int>(number(1))); return;
    case Opcode::call_external_only: call_export(pc, external(), number(0), true, no_frame); return;
    case Opcode::call_fun: call_fun(pc, number(0), reg(pc, 1), false, no_frame); return;
    case Opcode::call_fun_last: call_fun(pc, number(0), reg(pc, 2), true, static_cast<int>(number(1))); return;
    case Opcode::call_fun_only: call_fun(pc, number(0), reg(pc, 1), true, no_frame); return;
    case Opcode::apply: apply(pc, false); return;
    case Opcode::apply_last: apply(pc, true); return;
    case Opcode::return_: return_value(); return;
    case Opcode::return_from_frame:
      pop_frame(number(0));
      return_value();
      return;
    case Opcode::loop:
      count_reduction(jump_target(pc, pc[1]), number(0));
      a_.jump(label(jump_target(pc, pc[1])));
      return;
    case Opcode::jump: a_.jump(label(jump_target(pc, pc[1]))); return;
    case Opcode::bif: call_bif(pc); return;

    case Opcode::add: case Opcode::subtract: case Opcode::multiply: arithmetic(pc, op, reg(pc, 1), reg(pc, 2)); return;
    case Opcode::add_constant: case Opcode::subtract_constant: arithmetic(pc, op, reg(pc, 1), value_of_constant(pc[2])); return;
    case Opcode::add_any: case Opcode::subtract_any: case Opcode::multiply_any: case Opcode::divide: case Opcode::quotient: case Opcode::remainder:
    case Opcode::bit_and: case Opcode::bit_or: case Opcode::bit_xor: case Opcode::shift_left: case Opcode::shift_right:
      arithmetic(pc, op, value_of_operand(pc[2]), value_of_operand(pc[3]));
      return;
    case Opcode::negate: case Opcode::bit_not: arithmetic(pc, op, value_of_operand(pc[2]), value_of_constant(Term::small(0).word)); return;

    case Opcode::is_equal_exact: case Opcode::is_not_equal_exact: equality_exact(pc, reg(pc, 0), reg(pc, 1), op == Opcode::is_equal_exact); return;
    case Opcode::is_equal_exact_constant: case Opcode::is_not_equal_exact_constant:
      equality_exact(pc, reg(pc, 0), value_of_constant(pc[2]), op == Opcode::is_equal_exact_constant);
      return;
    case Opcode::is_equal: case Opcode::is_not_equal: equality(pc, op == Opcode::is_equal); return;
    case Opcode::is_less: compare(pc, Order::less, reg(pc, 0), reg(pc, 1)); return;
    case Opcode::is_at_least: compare(pc, Order::at_least, reg(pc, 0), reg(pc, 1)); return;
    case Opcode::is_less_constant: compare(pc, Order::less, reg(pc, 0), value_of_constant(pc[2])); return;
    case Opcode::is_greater_constant: compare(pc, Order::greater, reg(pc, 0), value_of_constant(pc[2])); return;
    case Opcode::is_at_least_constant: compare(pc, Order::at_least, reg(pc, 0), value_of_constant(pc[2])); return;
    case Opcode::is_at_most_constant: compare(pc, Order::at_most, reg(pc, 0), value_of_constant(pc[2])); return;

    case Opcode::is_integer: case Opcode::is_float: case Opcode::is_number: case Opcode::is_atom: case Opcode::is_boolean: case Opcode::is_list:
    case Opcode::is_cons: case Opcode::is_nil: case Opcode::is_tuple: case Opcode::is_map: case Opcode::is_binary: case Opcode::is_bitstring:
    case Opcode::is_function: case Opcode::is_pid: case Opcode::is_port: case Opcode::is_reference:
      test_type(pc, op);
      return;
    case Opcode::is_tuple_of: test_tuple(pc, false); return;
    case Opcode::is_tagged_tuple: test_tuple(pc, true); return;
    case Opcode::switch_value: switch_value(pc); return;
    case Opcode::switch_arity: switch_arity(pc); return;

    case Opcode::get_list: get_list(pc); return;
    case Opcode::get_head: get_word(code(0), reg(pc, 1), -2); return;
    case Opcode::get_tail: get_word(code(0), reg(pc, 1), 6); return;
    case Opcode::get_element: get_word(code(0), reg(pc, 1), static_cast<int32_t>(2 + 8 * number(2))); return;
    case Opcode::put_list: put_list(code(0), reg(pc, 1), reg(pc, 2)); return;
    case Opcode::put_list_any: put_list(code(0), value_of_operand(pc[1]), value_of_operand(pc[2])); return;
    case Opcode::put_tuple: put_tuple(pc); return;
    case Opcode::put_fun: put_fun(pc); return;
    case Opcode::get_map_value: get_map_value(pc); return;
    case Opcode::get_map_value_any: get_map_value_any(pc, true); return;
    case Opcode::has_map_key: get_map_value_any(pc, false); return;
    case Opcode::new_map_of_shape: new_map_of_shape(pc); return;
    case Opcode::is_function_of: is_function_of(pc); return;
    case Opcode::bs_start: start_matching(pc); return;
    case Opcode::bs_get_integer: match_integer(pc); return;
    case Opcode::bs_get_utf8: match_utf8(pc); return;
    case Opcode::bs_match_literal: match_literal(pc); return;
    case Opcode::bs_get_tail: case Opcode::bs_get_binary: match_bitstring(pc, op); return;
    case Opcode::bs_skip_bits: skip_bits(pc); return;
    case Opcode::bs_test_tail: case Opcode::bs_test_unit: test_bits_left(pc, op); return;
    case Opcode::bs_set_position: set_position(pc); return;
    case Opcode::bs_get_position: get_word(code(0), reg(pc, 1), 10); return;

    case Opcode::error: case Opcode::function_clause: case Opcode::raise: case Opcode::receive_wait_timeout: interpret_from(pc); return;
    case Opcode::receive_wait:
      a_.move_constant(Reg::rdi, reinterpret_cast<Word>(jump_target(pc, pc[1])));
      a_.move_constant(Reg::rsi, 0);  // native code is looked for when the process goes on
      jump_to_entry_of_machine(offsetof(Machine, wait));
      return;
    case Opcode::receive_next: case Opcode::receive_mark: case Opcode::receive_use_mark: case Opcode::receive_remove: receive(pc); return;
    case Opcode::receive_skip:
      receive(pc);
      count_reduction(jump_target(pc, pc[1]), 0);  // mailboxes may be long
      a_.jump(label(jump_target(pc, pc[1])));
      return;
    default: execute(pc); return;
  }
}

}  // namespace phial
