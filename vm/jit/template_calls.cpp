// Templates of frames, calls, returns and of what C++ carries out.
#include "vm/jit/template_compiler.hpp"

#include <cstring>

namespace phial {

// -- frames

void TemplateCompiler::allocate(const Word* pc) {
  unsigned words = packed(*pc, 0) + static_cast<unsigned>(frame_header_words);
  ensure_room(words + packed(*pc, 2), packed(*pc, 1));
  a_.alu(Alu::sub, sp_register, static_cast<int32_t>(8 * words));
  a_.move_constant(Reg::rax, 0);
  for (unsigned i = 0; i < words; i++) a_.move({sp_register, static_cast<int32_t>(8 * i)}, Reg::rax);
}

void TemplateCompiler::pop_frame(unsigned slots) { a_.alu(Alu::add, sp_register, static_cast<int32_t>(8 * (slots + frame_header_words))); }

TemplateCompiler::Label TemplateCompiler::set_continuation(const Word* after) {
  Label resume = a_.new_label();
  a_.lea(Reg::rax, resume);
  a_.move({sp_register, 0}, Reg::rax);
  a_.move_constant(Reg::rax, reinterpret_cast<Word>(after));
  a_.move({sp_register, 8}, Reg::rax);
  return resume;
}

void TemplateCompiler::bind_continuation(Label resume) {
  a_.align(8, 0xcc);
  a_.bind(resume);
}

void TemplateCompiler::return_value() { a_.jump(Memory{sp_register, 0}); }

/// Arguments, and the closure behind them: its free values take its place.
void TemplateCompiler::closure_entry() {
  auto arguments = static_cast<unsigned>(function_->arity - function_->free);
  a_.move(Reg::rax, x_registers[arguments]);
  for (unsigned i = 0; i < function_->free; i++) {
    auto code = x_register(arguments + i);
    Reg to = in_processor(code) ? x_registers[code] : Reg::r10;
    a_.move(to, {Reg::rax, static_cast<int32_t>(8 * (2 + i)) - 6});
    store(code, to);
  }
}

// -- calls

/// Through the function's present code: the optimizing compiler replaces it.
void TemplateCompiler::call_function(Function* callee, unsigned arity) {
  Label interpreted = a_.new_label();
  a_.move_constant(Reg::rax, reinterpret_cast<Word>(&callee->native_entry));
  a_.move(Reg::rax, {Reg::rax, 0});
  a_.test(Reg::rax, Reg::rax);
  a_.jump(Condition::equal, interpreted);
  a_.jump(Reg::rax);
  aside([=, this] {
    a_.bind(interpreted);
    spill(arity);
    a_.move_constant(Reg::rdi, reinterpret_cast<Word>(callee));
    jump_to_entry_of_machine(offsetof(Machine, call_function));
  });
}

void TemplateCompiler::call_export(const Word* pc, Export* callee, unsigned arity, bool tail, int pop) {
  if (callee->native.load(std::memory_order_acquire) && !(callee->native_flags & native_blocking)) {
    call_native(pc, callee, tail, pop);
    return;
  }
  if (pop >= 0) pop_frame(static_cast<unsigned>(pop));
  Label after = tail ? 0 : set_continuation(pc + 2), general = a_.new_label();
  a_.move_constant(Reg::rax, reinterpret_cast<Word>(&callee->function));
  a_.move(Reg::rax, {Reg::rax, 0});
  a_.test(Reg::rax, Reg::rax);
  a_.jump(Condition::equal, general);
  a_.move(Reg::rax, {Reg::rax, static_cast<int32_t>(offsetof(Function, native_entry))});
  a_.test(Reg::rax, Reg::rax);
  a_.jump(Condition::equal, general);
  a_.jump(Reg::rax);
  if (!tail) bind_continuation(after);
  aside([=, this] {
    a_.bind(general);
    set_pc(pc);
    spill(arity);
    a_.move_constant(Reg::rdi, reinterpret_cast<Word>(callee));
    jump_to_entry_of_machine(offsetof(Machine, call_export));
  });
}

/// A C++ function, called in place; what it does beside giving a value is left to the runtime.
void TemplateCompiler::call_native(const Word* pc, Export* callee, bool tail, int pop) {
  Label no_value = a_.new_label(), after = a_.new_label();
  a_.move_constant(Reg::r10, reinterpret_cast<Word>(callee));
  call(Trampoline::native, pc);
  a_.move(Reg::rdi, Reg::rax);
  // Words of headers are no values: native_raised and native_left.
  a_.alu_32(Alu::and_, Reg::rax, 7);
  a_.alu_32(Alu::cmp, Reg::rax, 7);
  a_.jump(Condition::equal, no_value);
  if (tail) {
    if (pop >= 0) pop_frame(static_cast<unsigned>(pop));
    return_value();
  } else {
    a_.bind(after);
  }
  aside([=, this] {
    Label left = a_.new_label(), resume = a_.new_label();
    a_.bind(no_value);
    a_.alu(Alu::cmp, Reg::rdi, static_cast<int32_t>(native_raised));
    a_.jump(Condition::not_equal, left);
    raise();
    a_.bind(left);
    if (pop >= 0) pop_frame(static_cast<unsigned>(pop));
    if (!tail) {
      a_.lea(Reg::rax, resume);
      a_.move({sp_register, 0}, Reg::rax);
      a_.move_constant(Reg::rax, reinterpret_cast<Word>(pc + 2));
      a_.move({sp_register, 8}, Reg::rax);
    }
    a_.move_constant(Reg::rdi, reinterpret_cast<Word>(callee));
    jump_to_entry_of_machine(offsetof(Machine, native_outcome));
    if (tail) return;
    bind_continuation(resume);
    a_.jump(after);
  });
}

void TemplateCompiler::call_fun(const Word* pc, unsigned arity, Value fun, bool tail, int pop) {
  load(Reg::r10, fun);
  if (pop >= 0) pop_frame(static_cast<unsigned>(pop));
  Label after = tail ? 0 : set_continuation(pc + 1), general = a_.new_label();
  if (arity < x_registers_count) {
    jump_unless_tag(Reg::r10, 6, general);
    // A closure of this arity, with any number of free values.
    a_.move(Reg::rax, {Reg::r10, -6});
    a_.move_constant(Reg::rbx, 0xffffffff000000ff);
    a_.alu(Alu::and_, Reg::rax, Reg::rbx);
    a_.move_constant(Reg::rbx, Header::make(Kind::fun, 0, arity));
    a_.alu(Alu::cmp, Reg::rax, Reg::rbx);
    a_.jump(Condition::not_equal, general);
    a_.move(Reg::rax, {Reg::r10, 8 - 6});
    a_.move(Reg::rax, {Reg::rax, static_cast<int32_t>(offsetof(Function, closure_entry))});
    a_.test(Reg::rax, Reg::rax);
    a_.jump(Condition::equal, general);
    a_.move(x_registers[arity], Reg::r10);
    a_.jump(Reg::rax);
  } else {
    a_.jump(general);
  }
  if (!tail) bind_continuation(after);
  aside([=, this] {
    a_.bind(general);
    if (pop >= 0)  // the frame of this position is gone
      a_.move_constant(machine_field(offsetof(Machine, pc)), 0);
    else
      set_pc(pc);
    spill(arity);
    a_.move(Reg::rdi, Reg::r10);
    a_.move_constant(Reg::rsi, arity);
    jump_to_entry_of_machine(offsetof(Machine, call_fun));
  });
}

void TemplateCompiler::apply(const Word* pc, bool tail) {
  Label no_atoms = a_.new_label();
  load(Reg::r10, reg(pc, 1));
  load(Reg::r11, reg(pc, 2));
  call(Trampoline::apply, pc);
  a_.test(Reg::rax, Reg::rax);
  a_.jump(Condition::equal, no_atoms);
  a_.move(Reg::rbx, Reg::rax);
  Label after = 0;
  if (!tail)
    after = set_continuation(pc + 1);
  else if (pc[1] != FrameEntry::no_frame)
    pop_frame(static_cast<unsigned>(pc[1]));
  // x registers are stored: the trampoline did.
  a_.move_constant(machine_field(offsetof(Machine, pc)), 0);
  a_.move(Reg::rdi, Reg::rbx);
  jump_to_entry_of_machine(offsetof(Machine, call_export));
  if (!tail) bind_continuation(after);
  aside([=, this] {
    a_.bind(no_atoms);
    interpret_from(pc);
  });
}

// -- what C++ carries out

void TemplateCompiler::execute(const Word* pc) {
  const char* format = opcode_info[static_cast<size_t>(loaded_opcode(*pc))].format;
  Word target = 0;
  size_t at = 1;
  for (const char* f = format; *f; f++) {
    if (*f == 'd' || *f == 'r' || *f == 'n') continue;
    if (*f == 'L') {
      target = pc[at];
      break;
    }
    at++;
  }
  Label otherwise = a_.new_label();
  call(Trampoline::execute, pc);
  static_assert(execute_done == 0);
  a_.test(Reg::rax, Reg::rax);
  a_.jump(Condition::not_equal, otherwise);
  aside([=, this] {
    a_.bind(otherwise);
    if (static_cast<uint32_t>(target)) {
      a_.alu_32(Alu::cmp, Reg::rax, execute_failed);
      a_.jump(Condition::equal, label(jump_target(pc, target)));
    }
    raise();
  });
}

/// The instructions that look at the mailbox.
void TemplateCompiler::receive(const Word* pc) {
  Label otherwise = a_.new_label();
  call(Trampoline::receive, pc);
  a_.test(Reg::rax, Reg::rax);
  a_.jump(Condition::not_equal, otherwise);
  aside([=, this] {
    a_.bind(otherwise);
    if (loaded_opcode(*pc) == Opcode::receive_next) {
      a_.alu_32(Alu::cmp, Reg::rax, execute_failed);
      a_.jump(Condition::equal, label(jump_target(pc, pc[1])));
    }
    jump_to_entry_of_machine(offsetof(Machine, exit));
  });
}

}  // namespace phial
