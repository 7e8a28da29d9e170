// Templates of lists, tuples, closures and maps.
#include "vm/jit/template_compiler.hpp"

namespace phial {

void TemplateCompiler::get_word(RegisterCode d, Value object, int32_t at) {
  Reg from = in(object, Reg::r10), to = in_processor(d) ? x_registers[d] : Reg::rax;
  a_.move(to, {from, at});
  if (!in_processor(d)) store(d, to);
}

void TemplateCompiler::get_list(const Word* pc) {
  RegisterCode head = loaded_register(*pc, 0), tail = loaded_register(*pc, 1);
  Reg list = in(reg(pc, 2), Reg::r10);
  a_.move(Reg::rax, {list, -2});
  a_.move(Reg::r11, {list, 6});
  store(head, Reg::rax);
  store(tail, Reg::r11);
}

void TemplateCompiler::put_list(RegisterCode d, Value head, Value tail) {
  store_value({hp_register, 0}, head);
  store_value({hp_register, 8}, tail);
  Reg to = in_processor(d) ? x_registers[d] : Reg::rax;
  a_.lea(to, {hp_register, 2});
  if (!in_processor(d)) store(d, to);
  a_.alu(Alu::add, hp_register, 16);
}

/// The object at hp, of so many words, is the value of d.
void TemplateCompiler::take_object(RegisterCode d, unsigned words) {
  Reg to = in_processor(d) ? x_registers[d] : Reg::rax;
  a_.lea(to, {hp_register, 6});
  if (!in_processor(d)) store(d, to);
  a_.alu(Alu::add, hp_register, static_cast<int32_t>(8 * words));
}

/// Words beyond what the straight run has announced.
void TemplateCompiler::jump_unless_spare_room(size_t words, Label otherwise) {
  if (words + largest_announcement_ > (size_t{1} << 24)) {
    a_.jump(otherwise);
    return;
  }
  a_.lea(Reg::rax, {hp_register, static_cast<int32_t>(8 * (words + largest_announcement_))});
  a_.alu(Alu::cmp, Reg::rax, sp_register);
  a_.jump(Condition::above, otherwise);
}

void TemplateCompiler::put_tuple(const Word* pc) {
  RegisterCode d = loaded_register(*pc, 0);
  unsigned count = packed(*pc, 1);
  store_constant({hp_register, 0}, Header::make(Kind::tuple, count));
  for (unsigned i = 0; i < count; i++) store_value({hp_register, static_cast<int32_t>(8 * (1 + i))}, value_of_operand(pc[1 + i]));
  take_object(d, 1 + count);
}

void TemplateCompiler::put_fun(const Word* pc) {
  RegisterCode d = loaded_register(*pc, 0);
  unsigned count = packed(*pc, 1);
  auto function = reinterpret_cast<const Function*>(pc[1]);
  store_constant({hp_register, 0}, Header::make(Kind::fun, 1 + count, static_cast<uint32_t>(function->arity - count)));
  store_constant({hp_register, 8}, pc[1]);
  for (unsigned i = 0; i < count; i++) store_value({hp_register, static_cast<int32_t>(8 * (2 + i))}, value_of_operand(pc[2 + i]));
  take_object(d, 2 + count);
}

/// "dnK*": in place where there is room beyond what was announced.
void TemplateCompiler::new_map_of_shape(const Word* pc) {
  unsigned count = packed(*pc, 1);
  Label slow = a_.new_label(), after = a_.new_label();
  jump_unless_spare_room(2 + count, slow);
  store_constant({hp_register, 0}, Header::make(Kind::flat_map, 1 + count));
  store_constant({hp_register, 8}, pc[1]);
  for (unsigned i = 0; i < count; i++) store_value({hp_register, static_cast<int32_t>(8 * (2 + i))}, value_of_operand(pc[2 + i]));
  take_object(loaded_register(*pc, 0), 2 + count);
  a_.bind(after);
  execute_aside(pc, slow, after);
}

/// "drLKC": what the inline cache holds when this is compiled is in the code; while it is empty, the code looks into it.
void TemplateCompiler::get_map_value(const Word* pc) {
  RegisterCode d = loaded_register(*pc, 0);
  Value map = reg(pc, 1);
  Label slow = a_.new_label(), after = a_.new_label();
  Reg object = in(map, Reg::r10), to = in_processor(d) ? x_registers[d] : Reg::rax;
  Word cache = __atomic_load_n(pc + 3, __ATOMIC_RELAXED);
  jump_unless_kind(object, Kind::flat_map, Kind::flat_map, slow);
  if (cache) {
    a_.move_constant(Reg::rax, cache & 0xffffffffffff);
    a_.alu(Alu::cmp, Reg::rax, Memory{object, 8 - 6});
    a_.jump(Condition::not_equal, slow);
    a_.move(to, {object, static_cast<int32_t>(8 * (1 + (cache >> 48))) - 6});
  } else {
    a_.move_constant(Reg::r11, reinterpret_cast<Word>(pc + 3));
    a_.move(Reg::r11, {Reg::r11, 0});
    a_.move(Reg::rax, Reg::r11);
    a_.shift(Shift::shl, Reg::rax, 16);
    a_.shift(Shift::shr, Reg::rax, 16);
    a_.alu(Alu::cmp, Reg::rax, Memory{object, 8 - 6});
    a_.jump(Condition::not_equal, slow);
    a_.shift(Shift::shr, Reg::r11, 48);
    a_.move(to, {object, 8 - 6, true, Reg::r11});
  }
  if (!in_processor(d)) store(d, to);
  a_.bind(after);
  aside([=, this] {
    a_.bind(slow);
    load(Reg::r10, map);
    call(Trampoline::map_value, pc);
    a_.alu(Alu::cmp, Reg::rax, static_cast<int32_t>(Term::none().word));
    a_.jump(Condition::equal, label(jump_target(pc, pc[1])));
    store(d, Reg::rax);
    a_.jump(after);
  });
}

/// "dLSS", or "LSS" for the test alone.
void TemplateCompiler::get_map_value_any(const Word* pc, bool wants_value) {
  load(Reg::r10, value_of_operand(pc[2]));
  load(Reg::r11, value_of_operand(pc[3]));
  call(Trampoline::map_get, pc);
  a_.alu(Alu::cmp, Reg::rax, static_cast<int32_t>(Term::none().word));
  a_.jump(Condition::equal, label(jump_target(pc, pc[1])));
  if (wants_value) store(loaded_register(*pc, 0), Reg::rax);
}

}  // namespace phial
