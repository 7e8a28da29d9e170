// Templates of arithmetic, comparisons, type tests, switches and guard functions.
#include "vm/jit/runtime_calls.hpp"
#include "vm/jit/template_compiler.hpp"

#include <algorithm>

#include "vm/process/process.hpp"

namespace phial {
namespace {

constexpr uint32_t kind_bits(Kind kind) { return uint32_t{static_cast<uint8_t>(kind)} << 3; }
constexpr uint32_t immediate_tag(Immediate which) { return uint32_t{static_cast<uint8_t>(which)} << 3 | 3; }

bool has_floats(Opcode op) {
  switch (op) {
    case Opcode::add: case Opcode::add_constant: case Opcode::add_any: case Opcode::subtract: case Opcode::subtract_constant:
    case Opcode::subtract_any: case Opcode::multiply: case Opcode::multiply_any: case Opcode::divide: return true;
    default: return false;
  }
}

FloatOperation float_operation(Opcode op) {
  switch (op) {
    case Opcode::add: case Opcode::add_constant: case Opcode::add_any: return FloatOperation::add;
    case Opcode::subtract: case Opcode::subtract_constant: case Opcode::subtract_any: return FloatOperation::subtract;
    case Opcode::divide: return FloatOperation::divide;
    default: return FloatOperation::multiply;
  }
}

}  // namespace

// -- tags. All use rax

void TemplateCompiler::jump_unless_tag(Reg reg, unsigned tag, Label otherwise) {
  if (tag == 0) {
    a_.test_byte(reg, 7);
  } else {
    a_.lea_32(Reg::rax, {reg, -static_cast<int32_t>(tag)});
    a_.test_byte(Reg::rax, 7);
  }
  a_.jump(Condition::not_equal, otherwise);
}

void TemplateCompiler::jump_unless_kind(Reg reg, Kind first, Kind last, Label otherwise) {
  jump_unless_tag(reg, 6, otherwise);
  a_.load_32(Reg::rax, {reg, -6});
  a_.alu_32(Alu::and_, Reg::rax, 0xf8);
  if (first == last) {
    a_.alu_32(Alu::cmp, Reg::rax, kind_bits(first));
    a_.jump(Condition::not_equal, otherwise);
  } else {
    a_.alu_32(Alu::sub, Reg::rax, kind_bits(first));
    a_.alu_32(Alu::cmp, Reg::rax, kind_bits(last) - kind_bits(first));
    a_.jump(Condition::above, otherwise);
  }
}

/// Constants are small.
void TemplateCompiler::jump_unless_small(Value a, Value b, Reg in_a, Reg in_b, Label otherwise) {
  if (a.is_register && b.is_register && in_a != in_b) {
    a_.move(Reg::rax, in_a);
    a_.or_32(Reg::rax, in_b);
    a_.test_byte(Reg::rax, 7);
  } else if (a.is_register || b.is_register) {
    a_.test_byte(a.is_register ? in_a : in_b, 7);
  } else {
    return;
  }
  a_.jump(Condition::not_equal, otherwise);
}

void TemplateCompiler::jump_unless_float_word(Reg reg, Label otherwise) {
  a_.move_constant(Reg::rax, 0x32323232);
  a_.bit_test_32(Reg::rax, reg);
  a_.jump(Condition::above_equal, otherwise);
}

/// What the optimizing compiler must know has to be noted, once: by C++ at `otherwise`.
void TemplateCompiler::jump_unless_noted(const Word* pc, uint8_t feedback, Label otherwise) {
  a_.move_constant(Reg::rax, reinterpret_cast<Word>(pc + 1) + 4);
  a_.test_byte(Memory{Reg::rax, 0}, feedback);
  a_.jump(Condition::equal, otherwise);
}

void TemplateCompiler::to_double(Xmm to, Value value, Reg in_value) {
  if (value.is_register) {
    a_.lea(Reg::rax, {in_value, -1});
    a_.shift(Shift::ror, Reg::rax, 4);
  } else {
    Term term = Term::raw(value.word);
    double number = term.is_small() ? static_cast<double>(term.small_value()) : term.float_word_value();
    a_.move_constant(Reg::rax, std::bit_cast<Word>(number));
  }
  a_.move(to, Reg::rax);
}

void TemplateCompiler::load_doubles(Value a, Value b, Label otherwise) {
  Reg in_a = a.is_register ? in(a, Reg::r10) : Reg::r10, in_b = b.is_register ? in(b, Reg::r11) : Reg::r11;
  if (a.is_register) jump_unless_float_word(in_a, otherwise);
  if (b.is_register && !(a.is_register && a.code == b.code)) jump_unless_float_word(in_b, otherwise);
  to_double(Xmm::xmm0, a, in_a);
  to_double(Xmm::xmm1, b, in_b);
}

// -- arithmetic

/// d = a op b for small integers; to `slow` where that does not hold, with the operands in their registers. False: nothing was emitted.
bool TemplateCompiler::small_arithmetic(Opcode op, RegisterCode d, Value a, Value b, Label slow) {
  if (!(a.is_register || a.is_small()) || !(b.is_register || b.is_small())) return false;
  int64_t constant = b.is_register ? 0 : Term::raw(b.word).small_value();
  bool shifts = op == Opcode::shift_left || op == Opcode::shift_right, divides = op == Opcode::quotient || op == Opcode::remainder;
  if (op == Opcode::divide || (shifts && (b.is_register || constant < 0 || constant > 60))) return false;
  if (divides && !b.is_register && (constant == 0 || constant == -1)) return false;
  Reg in_a = in(a, Reg::r10), in_b = b.is_register ? in(b, Reg::r11) : Reg::r11;
  jump_unless_small(a, b, in_a, in_b, slow);
  auto with_b = [&](Alu operation) {
    auto word = static_cast<int64_t>(b.word);
    if (b.is_register) {
      a_.alu(operation, Reg::rax, in_b);
    } else if (word == static_cast<int32_t>(word)) {
      a_.alu(operation, Reg::rax, static_cast<int32_t>(word));
    } else {
      a_.move_constant(Reg::r11, b.word);
      a_.alu(operation, Reg::rax, Reg::r11);
    }
  };
  a_.move(Reg::rax, in_a);
  switch (op) {
    case Opcode::add: case Opcode::add_constant: case Opcode::add_any:
      with_b(Alu::add);
      a_.jump(Condition::overflow, slow);
      break;
    case Opcode::subtract: case Opcode::subtract_constant: case Opcode::subtract_any:
      with_b(Alu::sub);
      a_.jump(Condition::overflow, slow);
      break;
    case Opcode::multiply: case Opcode::multiply_any:
      if (!b.is_register) a_.move_constant(Reg::r11, b.word);
      a_.shift(Shift::sar, Reg::rax, 3);
      a_.multiply(Reg::rax, in_b);
      a_.jump(Condition::overflow, slow);
      break;
    case Opcode::quotient: case Opcode::remainder: {
      if (b.is_register) {
        a_.test(in_b, in_b);
        a_.jump(Condition::equal, slow);
        a_.alu(Alu::cmp, in_b, -8);  // the least integer by -1 is none that a word holds
        a_.jump(Condition::equal, slow);
        a_.move(Reg::r11, in_b);
        a_.shift(Shift::sar, Reg::r11, 3);
      } else {
        a_.move_constant(Reg::r11, static_cast<Word>(constant));
      }
      a_.shift(Shift::sar, Reg::rax, 3);
      a_.move(Reg::rbx, Reg::rdx);
      a_.sign_extend_rax();
      a_.divide(Reg::r11);
      if (op == Opcode::remainder) a_.move(Reg::rax, Reg::rdx);
      a_.move(Reg::rdx, Reg::rbx);
      a_.shift(Shift::shl, Reg::rax, 3);
      break;
    }
    case Opcode::bit_and: with_b(Alu::and_); break;
    case Opcode::bit_or: with_b(Alu::or_); break;
    case Opcode::bit_xor: with_b(Alu::xor_); break;
    case Opcode::shift_left:
      if (constant) {
        a_.shift(Shift::shl, Reg::rax, static_cast<uint8_t>(constant));
        a_.move(Reg::r11, Reg::rax);
        a_.shift(Shift::sar, Reg::r11, static_cast<uint8_t>(constant));
        a_.alu(Alu::cmp, Reg::r11, in_a);
        a_.jump(Condition::not_equal, slow);
      }
      break;
    case Opcode::shift_right:
      if (constant) {
        a_.shift(Shift::sar, Reg::rax, static_cast<uint8_t>(constant));
        a_.alu(Alu::and_, Reg::rax, -8);
      }
      break;
    case Opcode::negate:
      a_.move_constant(Reg::rax, 0);
      a_.alu(Alu::sub, Reg::rax, in_a);
      a_.jump(Condition::overflow, slow);
      break;
    default:  // bit_not
      a_.alu(Alu::xor_, Reg::rax, -8);
      break;
  }
  store(d, Reg::rax);
  return true;
}

/// d = a op b for floats that words hold; to `slow` where an operand or the result is none.
void TemplateCompiler::float_arithmetic(Opcode op, RegisterCode d, Value a, Value b, Label slow) {
  load_doubles(a, b, slow);
  if (op == Opcode::divide) {
    if (b.is_register) {  // the words of 0.0 and -0.0
      a_.move(Reg::rax, in(b, Reg::r11));
      a_.alu(Alu::or_, Reg::rax, 8);
      a_.alu(Alu::cmp, Reg::rax, 9);
      a_.jump(Condition::equal, slow);
    }
  }
  a_.operate(float_operation(op), Xmm::xmm0, Xmm::xmm1);
  a_.move(Reg::r10, Xmm::xmm0);
  a_.shift(Shift::rol, Reg::r10, 4);
  a_.move_constant(Reg::rax, 0x19191919);  // tags that fit: Term::fits_float_word
  a_.bit_test_32(Reg::rax, Reg::r10);
  a_.jump(Condition::above_equal, slow);
  a_.alu(Alu::add, Reg::r10, 1);
  store(d, Reg::r10);
}

void TemplateCompiler::arithmetic(const Word* pc, Opcode op, Value a, Value b) {
  RegisterCode d = loaded_register(*pc, 0);
  Word target = __atomic_load_n(pc + 1, __ATOMIC_RELAXED);
  auto number = [](Value value) { return value.is_register || value.is_float_word() || value.is_small(); };
  auto is_zero = [](Value value) {
    return !value.is_register && (value.is_small() ? value.word == 0 : value.is_float_word() && Term::raw(value.word).float_word_value() == 0);
  };
  // A small constant beside a float is exact as a double if it is not large.
  auto exact = [](Value value) {
    return !value.is_small() || (Term::raw(value.word).small_value() < (int64_t{1} << 53) && Term::raw(value.word).small_value() > -(int64_t{1} << 53));
  };
  bool floats = has_floats(op) && number(a) && number(b) && (a.is_register || b.is_register) && exact(a) && exact(b) &&
                !(op == Opcode::divide && is_zero(b));
  // With a constant that is an integer, feedback says so: the two were mixed.
  auto noted = static_cast<uint8_t>(feedback_float | (a.is_small() || b.is_small() ? feedback_mixed : 0));
  bool floats_first = floats && (op == Opcode::divide || (target >> 32 & noted) == noted);
  Label general = a_.new_label(), after = a_.new_label(), second = a_.new_label();
  bool has_second = false;
  if (floats_first) {
    float_arithmetic(op, d, a, b, second);
    has_second = true;
  } else if (small_arithmetic(op, d, a, b, floats ? second : general)) {
    has_second = floats;
  } else {
    a_.jump(floats ? second : general);
    has_second = floats;
  }
  a_.bind(after);
  aside([=, this] {
    if (has_second) {
      a_.bind(second);
      if (floats_first) {
        if (small_arithmetic(op, d, a, b, general)) a_.jump(after);
      } else {
        if (noted & feedback_mixed) {  // both bits: one test each
          jump_unless_noted(pc, feedback_mixed, general);
        }
        jump_unless_noted(pc, feedback_float, general);
        float_arithmetic(op, d, a, b, general);
        a_.jump(after);
      }
    }
    a_.bind(general);
    load(Reg::r10, a);
    load(Reg::r11, b);
    call(Trampoline::arithmetic, pc);
    Label failed = a_.new_label();
    a_.alu(Alu::cmp, Reg::rax, static_cast<int32_t>(Term::none().word));
    a_.jump(Condition::equal, failed);
    store(d, Reg::rax);
    a_.jump(after);
    a_.bind(failed);
    fail(pc, target);
  });
}

// -- comparisons

void TemplateCompiler::compare(const Word* pc, Order order, Value a, Value b) {
  Word target = __atomic_load_n(pc + 1, __ATOMIC_RELAXED);
  const Word* otherwise = jump_target(pc, target);
  Condition holds = order == Order::less       ? Condition::less
                    : order == Order::at_least ? Condition::at_least
                    : order == Order::greater  ? Condition::greater
                                               : Condition::at_most;
  Label second = a_.new_label(), general = a_.new_label(), after = a_.new_label();
  if (b.is_register || b.is_small()) {
    Reg in_a = in(a, Reg::r10), in_b = b.is_register ? in(b, Reg::r11) : Reg::r11;
    jump_unless_small(a, b, in_a, in_b, second);
    if (b.is_register)
      a_.alu(Alu::cmp, in_a, in_b);
    else
      compare_with(in_a, b.word);
    a_.jump(negated(holds), label(otherwise));
  } else {
    a_.jump(second);
  }
  a_.bind(after);
  bool floats = b.is_register || b.is_float_word();
  aside([=, this] {
    a_.bind(second);
    if (floats) {
      jump_unless_noted(pc, feedback_float, general);
      load_doubles(a, b, general);
      // Floats of the language are numbers: the conditions of unsigned integers tell all.
      a_.compare(Xmm::xmm0, Xmm::xmm1);
      Condition floats_hold = order == Order::less       ? Condition::below
                              : order == Order::at_least ? Condition::above_equal
                              : order == Order::greater  ? Condition::above
                                                         : Condition::below_equal;
      a_.jump(negated(floats_hold), label(otherwise));
      a_.jump(after);
    }
    a_.bind(general);
    load(Reg::r10, a);
    load(Reg::r11, b);
    call(Trampoline::compare, pc);
    a_.test(Reg::rax, Reg::rax);
    a_.jump(negated(holds), label(otherwise));
    a_.jump(after);
  });
}

void TemplateCompiler::equality_exact(const Word* pc, Value a, Value b, bool want) {
  Label otherwise = label(jump_target(pc, pc[1])), different = a_.new_label(), after = a_.new_label();
  Reg in_a = in(a, Reg::r10);
  if (!b.is_register) {
    compare_with(in_a, b.word);
    if (!Term::raw(b.word).is_pointer()) {
      a_.jump(want ? Condition::not_equal : Condition::equal, otherwise);
      return;
    }
  } else {
    a_.alu(Alu::cmp, in_a, in(b, Reg::r11));
  }
  if (want)
    a_.jump(Condition::not_equal, different);
  else
    a_.jump(Condition::equal, otherwise), a_.jump(different);
  a_.bind(after);
  aside([=, this] {
    a_.bind(different);
    Label settled = want ? otherwise : after;
    load(Reg::r10, a);
    load(Reg::r11, b);
    for (Reg r : {Reg::r10, Reg::r11}) {  // two pointers alone may be equal all the same
      a_.lea_32(Reg::rax, {r, -2});
      a_.test_byte(Reg::rax, 3);
      a_.jump(Condition::not_equal, settled);
    }
    call(Trampoline::equal_exactly, pc);
    a_.test(Reg::rax, Reg::rax);
    a_.jump(want ? Condition::equal : Condition::not_equal, otherwise);
    a_.jump(after);
  });
}

void TemplateCompiler::equality(const Word* pc, bool want) {
  Value a = value_of_operand(pc[2]), b = value_of_operand(pc[3]);
  Label otherwise = label(jump_target(pc, pc[1])), general = a_.new_label(), after = a_.new_label(), settled = want ? otherwise : after;
  load(Reg::r10, a);
  load(Reg::r11, b);
  a_.alu(Alu::cmp, Reg::r10, Reg::r11);
  if (want) {
    a_.jump(Condition::not_equal, general);
  } else {
    a_.jump(Condition::equal, otherwise);
    a_.jump(general);
  }
  a_.bind(after);
  aside([=, this] {
    a_.bind(general);
    // Different words that are both small integers, or of which one is an atom, are different values.
    a_.move(Reg::rax, Reg::r10);
    a_.or_32(Reg::rax, Reg::r11);
    a_.test_byte(Reg::rax, 7);
    a_.jump(Condition::equal, settled);
    for (Reg r : {Reg::r10, Reg::r11}) {
      a_.move(Reg::rax, r);
      a_.alu_32(Alu::and_, Reg::rax, 63);
      a_.alu_32(Alu::cmp, Reg::rax, immediate_tag(Immediate::atom));
      a_.jump(Condition::equal, settled);
    }
    call(Trampoline::equal, pc);
    a_.test(Reg::rax, Reg::rax);
    a_.jump(want ? Condition::equal : Condition::not_equal, otherwise);
    a_.jump(after);
  });
}

// -- type tests

void TemplateCompiler::test_type(const Word* pc, Opcode op) {
  Label otherwise = label(jump_target(pc, pc[1]));
  Reg value = in(reg(pc, 0), Reg::r10);
  auto immediate = [&](Immediate which) {  // flags: equal
    a_.move(Reg::rax, value);
    a_.alu_32(Alu::and_, Reg::rax, 63);
    a_.alu_32(Alu::cmp, Reg::rax, immediate_tag(which));
  };
  auto kind = [&](Kind first, Kind last) { jump_unless_kind(value, first, last, otherwise); };
  Label after = a_.new_label();
  switch (op) {
    case Opcode::is_integer:
    case Opcode::is_float: {
      Label boxed = a_.new_label();
      bool integer = op == Opcode::is_integer;
      if (integer)
        jump_unless_tag(value, 0, boxed);
      else
        jump_unless_float_word(value, boxed);
      a_.bind(after);
      aside([=, this] {
        a_.bind(boxed);
        Reg again = in(reg(pc, 0), Reg::r10);
        if (integer)
          jump_unless_kind(again, Kind::bignum_positive, Kind::bignum_negative, otherwise);
        else
          jump_unless_kind(again, Kind::boxed_float, Kind::boxed_float, otherwise);
        a_.jump(after);
      });
      return;
    }
    case Opcode::is_number: {
      Label no_integer = a_.new_label(), no_float = a_.new_label();
      jump_unless_tag(value, 0, no_integer);
      a_.jump(after);
      a_.bind(no_integer);
      jump_unless_float_word(value, no_float);
      a_.jump(after);
      a_.bind(no_float);
      kind(Kind::bignum_positive, Kind::boxed_float);
      break;
    }
    case Opcode::is_atom:
      immediate(Immediate::atom);
      a_.jump(Condition::not_equal, otherwise);
      break;
    case Opcode::is_boolean:
      compare_with(value, atoms::true_.word);
      a_.jump(Condition::equal, after);
      compare_with(value, atoms::false_.word);
      a_.jump(Condition::not_equal, otherwise);
      break;
    case Opcode::is_list:
      compare_with(value, Term::nil().word);
      a_.jump(Condition::equal, after);
      jump_unless_tag(value, 2, otherwise);
      break;
    case Opcode::is_cons: jump_unless_tag(value, 2, otherwise); break;
    case Opcode::is_nil:
      compare_with(value, Term::nil().word);
      a_.jump(Condition::not_equal, otherwise);
      break;
    case Opcode::is_tuple: kind(Kind::tuple, Kind::tuple); break;
    case Opcode::is_map: kind(Kind::flat_map, Kind::champ_map); break;
    case Opcode::is_bitstring: kind(Kind::heap_binary, Kind::slice); break;
    case Opcode::is_binary: {
      // Word 1 counts the bits of a binary, word 3 (a small integer) those of a slice.
      Label slice = a_.new_label();
      kind(Kind::heap_binary, Kind::slice);
      a_.alu_32(Alu::cmp, Reg::rax, kind_bits(Kind::slice) - kind_bits(Kind::heap_binary));
      a_.jump(Condition::equal, slice);
      a_.test_byte(Memory{value, 8 - 6}, 7);
      a_.jump(Condition::not_equal, otherwise);
      a_.jump(after);
      a_.bind(slice);
      a_.test_byte(Memory{value, 24 - 6}, 7 << 3);
      a_.jump(Condition::not_equal, otherwise);
      break;
    }
    case Opcode::is_function: kind(Kind::fun, Kind::export_fun); break;
    case Opcode::is_pid:
      immediate(Immediate::pid);
      a_.jump(Condition::equal, after);
      kind(Kind::external_pid, Kind::external_pid);
      break;
    case Opcode::is_port:
      immediate(Immediate::port);
      a_.jump(Condition::equal, after);
      kind(Kind::external_port, Kind::external_port);
      break;
    default: {  // is_reference
      Label no_resource = a_.new_label();
      immediate(Immediate::reference);
      a_.jump(Condition::equal, after);
      jump_unless_kind(value, Kind::resource, Kind::resource, no_resource);
      a_.jump(after);
      a_.bind(no_resource);
      kind(Kind::external_reference, Kind::external_reference);
    }
  }
  a_.bind(after);
}

void TemplateCompiler::test_tuple(const Word* pc, bool tagged) {
  Label otherwise = label(jump_target(pc, pc[1]));
  Reg value = in(reg(pc, 0), Reg::r10);
  jump_unless_tag(value, 6, otherwise);
  a_.compare_32({value, -6}, static_cast<uint32_t>(Header::make(Kind::tuple, packed(*pc, 1))));
  a_.jump(Condition::not_equal, otherwise);
  if (!tagged) return;
  auto atom = static_cast<int64_t>(pc[2]);
  if (atom == static_cast<int32_t>(atom)) {
    a_.compare({value, 2}, static_cast<int32_t>(atom));
  } else {
    a_.move_constant(Reg::rax, pc[2]);
    a_.alu(Alu::cmp, Reg::rax, Memory{value, 2});
  }
  a_.jump(Condition::not_equal, otherwise);
}

void TemplateCompiler::is_function_of(const Word* pc) {  // "LSS"
  Value fun = value_of_operand(pc[2]), arity = value_of_operand(pc[3]);
  if (!arity.is_small() || Term::raw(arity.word).small_value() < 0 || Term::raw(arity.word).small_value() > 255) {
    execute(pc);
    return;
  }
  Label otherwise = label(jump_target(pc, pc[1]));
  Reg value = in(fun, Reg::r10);
  jump_unless_kind(value, Kind::fun, Kind::export_fun, otherwise);
  a_.compare_32({value, 4 - 6}, static_cast<uint32_t>(Term::raw(arity.word).small_value()));
  a_.jump(Condition::not_equal, otherwise);
}

// -- switches

/// Among cases [first, last): words that ascend.
void TemplateCompiler::search_case(const Word* pc, Reg value, unsigned first, unsigned last) {
  const Word* cases = pc + 2;
  if (last - first <= 4) {
    for (unsigned i = first; i < last; i++) {
      compare_with(value, cases[2 * i]);
      a_.jump(Condition::equal, label(jump_target(pc, cases[2 * i + 1])));
    }
    a_.jump(label(jump_target(pc, pc[1])));
    return;
  }
  unsigned middle = (first + last) / 2;
  Label upper = a_.new_label();
  compare_with(value, cases[2 * middle]);
  a_.jump(Condition::above_equal, upper);
  search_case(pc, value, first, middle);
  a_.bind(upper);
  search_case(pc, value, middle, last);
}

void TemplateCompiler::switch_value(const Word* pc) { search_case(pc, in(reg(pc, 0), Reg::r10), 0, packed(*pc, 1)); }

void TemplateCompiler::switch_arity(const Word* pc) {
  Label otherwise = label(jump_target(pc, pc[1]));
  Reg value = in(reg(pc, 0), Reg::r10);
  jump_unless_kind(value, Kind::tuple, Kind::tuple, otherwise);
  // The number of elements as a small integer.
  a_.load_32(Reg::r11, {value, -6});
  a_.shift(Shift::shr, Reg::r11, 8);
  a_.shift(Shift::shl, Reg::r11, 3);
  search_case(pc, Reg::r11, 0, packed(*pc, 1));
}

// -- guard functions

/// In place where the operand is the usual one. False: nothing was emitted.
bool TemplateCompiler::intrinsic(const Word* pc, Label slow) {
  static const RuntimeCalls calls = runtime_calls();
  auto which = static_cast<Intrinsic>(calls.intrinsic(reinterpret_cast<const Export*>(pc[2])));
  RegisterCode d = loaded_register(*pc, 0);
  Reg to = in_processor(d) ? x_registers[d] : Reg::rax;
  auto first = [&] { return in(value_of_operand(pc[3]), Reg::r10); };
  switch (which) {
    case Intrinsic::hd: case Intrinsic::tl: {
      Reg list = first();
      jump_unless_tag(list, 2, slow);
      a_.move(to, {list, which == Intrinsic::hd ? -2 : 6});
      break;
    }
    case Intrinsic::tuple_size: case Intrinsic::map_size: {
      Reg object = first();
      bool tuple = which == Intrinsic::tuple_size;
      jump_unless_kind(object, tuple ? Kind::tuple : Kind::flat_map, tuple ? Kind::tuple : Kind::flat_map, slow);
      a_.load_32(to, {object, -6});
      a_.shift(Shift::shr, to, 8);
      a_.shift(Shift::shl, to, 3);
      if (!tuple) a_.alu(Alu::sub, to, 8);  // the keys
      break;
    }
    case Intrinsic::byte_size: {
      Reg object = first();
      jump_unless_kind(object, Kind::heap_binary, Kind::shared_binary, slow);
      a_.move(to, {object, 8 - 6});  // bits
      a_.alu(Alu::add, to, 7);
      a_.alu(Alu::and_, to, -8);
      break;
    }
    case Intrinsic::element: {
      Reg index = first(), tuple = in(value_of_operand(pc[4]), Reg::r11);
      jump_unless_tag(index, 0, slow);
      jump_unless_kind(tuple, Kind::tuple, Kind::tuple, slow);
      a_.load_32(Reg::rax, {tuple, -6});
      a_.shift(Shift::shr, Reg::rax, 8);
      a_.move(Reg::rbx, index);
      a_.shift(Shift::sar, Reg::rbx, 3);
      a_.lea(Reg::r10, {Reg::rbx, -1});  // from 0: what is below 1 wraps around
      a_.alu(Alu::cmp, Reg::r10, Reg::rax);
      a_.jump(Condition::above_equal, slow);
      a_.move(to, {tuple, -6, true, Reg::rbx});
      break;
    }
    case Intrinsic::max: case Intrinsic::min: {
      Value a = value_of_operand(pc[3]), b = value_of_operand(pc[4]);
      if (!(a.is_register || a.is_small()) || !(b.is_register || b.is_small())) return false;
      Label chosen = a_.new_label();
      Reg x = in(a, Reg::r10), y = in(b, Reg::r11);
      jump_unless_small(a, b, x, y, slow);
      a_.move(Reg::rax, x);
      a_.alu(Alu::cmp, x, y);
      a_.jump(which == Intrinsic::max ? Condition::at_least : Condition::at_most, chosen);
      a_.move(Reg::rax, y);
      a_.bind(chosen);
      store(d, Reg::rax);
      return true;
    }
    case Intrinsic::self:
      a_.move(Reg::rax, machine_field(offsetof(Machine, process)));
      a_.move(to, {Reg::rax, static_cast<int32_t>(offsetof(Process, pid))});
      break;
    default: return false;
  }
  if (!in_processor(d)) store(d, to);
  return true;
}

void TemplateCompiler::call_bif(const Word* pc) {
  Label slow = a_.new_label(), after = a_.new_label();
  auto general = [=, this] {
    Label failed = a_.new_label();
    call(Trampoline::bif, pc);
    a_.alu(Alu::cmp, Reg::rax, static_cast<int32_t>(Term::none().word));
    a_.jump(Condition::equal, failed);
    store(loaded_register(*pc, 0), Reg::rax);
    return failed;
  };
  if (intrinsic(pc, slow)) {
    a_.bind(after);
    aside([=, this] {
      a_.bind(slow);
      Label failed = general();
      a_.jump(after);
      a_.bind(failed);
      fail(pc, pc[1]);
    });
  } else {
    Label failed = general();
    aside([=, this] {
      a_.bind(failed);
      fail(pc, pc[1]);
    });
  }
}

}  // namespace phial
