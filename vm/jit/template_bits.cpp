// Templates of matching bitstrings. A match context is {binary, position, end}; position and end are small integers that count bits
// (vm/interpreter/bits.cpp). Whole bytes at whole positions are read in place, and what needs no bytes; the rest is C++.
#include "vm/jit/template_compiler.hpp"
#include "vm/term/binary.hpp"

namespace phial {
namespace {

constexpr int32_t context_binary = 8 - 6, context_position = 16 - 6, context_end = 24 - 6;
constexpr uint8_t within_byte = 7 << 3;         // of a position's word
constexpr size_t inline_literal_bytes = 32;
constexpr int64_t longest_copied_bits = 8 * 24;  // of make_slice

int64_t unit_of(Word descriptor) {
  auto unit = static_cast<int64_t>(descriptor >> 8 & 0xff);
  return unit ? unit : 256;
}

bool is_power_of_two(int64_t value) { return value > 0 && !(value & (value - 1)); }

}  // namespace

/// What the fast path does not do.
void TemplateCompiler::execute_aside(const Word* pc, Label slow, Label after) {
  aside([=, this] {
    a_.bind(slow);
    execute(pc);
    a_.jump(after);
  });
}

/// Bits that a segment of constant size takes; -1: its size is no constant.
int64_t TemplateCompiler::constant_bits(Word descriptor, Word size) {
  Value value = value_of_operand(size);
  if (!value.is_small()) return -1;
  int64_t count = Term::raw(size).small_value();
  return count < 0 || count > 1024 ? -1 : count * unit_of(descriptor);
}

/// rax = address of the byte at the position in r11, which is at a whole byte. Uses rbx.
void TemplateCompiler::byte_address(Reg context) {
  Label on_heap = a_.new_label(), found = a_.new_label();
  a_.move(Reg::rax, {context, context_binary});
  a_.load_32(Reg::rbx, {Reg::rax, -6});
  a_.alu_32(Alu::and_, Reg::rbx, 0xf8);
  a_.alu_32(Alu::cmp, Reg::rbx, uint32_t{static_cast<uint8_t>(Kind::heap_binary)} << 3);
  a_.jump(Condition::equal, on_heap);
  a_.move(Reg::rax, {Reg::rax, 16 - 6});
  a_.move(Reg::rax, {Reg::rax, static_cast<int32_t>(offsetof(SharedBinary, bytes))});
  a_.jump(found);
  a_.bind(on_heap);
  a_.alu(Alu::add, Reg::rax, 16 - 6);
  a_.bind(found);
  a_.move(Reg::rbx, Reg::r11);
  a_.shift(Shift::shr, Reg::rbx, 6);
  a_.alu(Alu::add, Reg::rax, Reg::rbx);
}

/// The position to r11; to the instruction's label where fewer than `bits` are left. Uses rax.
void TemplateCompiler::require_bits(const Word* pc, Reg context, int64_t bits) {
  a_.move(Reg::r11, {context, context_position});
  a_.lea(Reg::rax, {Reg::r11, static_cast<int32_t>(8 * bits)});
  a_.alu(Alu::cmp, Reg::rax, Memory{context, context_end});
  a_.jump(Condition::greater, label(jump_target(pc, pc[1])));
}

void TemplateCompiler::start_matching(const Word* pc) {
  RegisterCode d = loaded_register(*pc, 0);
  Reg source = in(reg(pc, 1), Reg::r10);
  Label slice = a_.new_label(), done = a_.new_label();
  jump_unless_kind(source, Kind::heap_binary, Kind::slice, label(jump_target(pc, pc[1])));
  a_.alu_32(Alu::cmp, Reg::rax, (uint32_t{static_cast<uint8_t>(Kind::slice)} - uint32_t{static_cast<uint8_t>(Kind::heap_binary)}) << 3);
  a_.jump(Condition::equal, slice);
  a_.move(Reg::rbx, source);
  a_.move(Reg::r11, {source, 8 - 6});
  a_.shift(Shift::shl, Reg::r11, 3);
  a_.move_constant(Reg::rax, 0);
  a_.jump(done);
  a_.bind(slice);
  a_.move(Reg::rbx, {source, 8 - 6});
  a_.move(Reg::rax, {source, 16 - 6});
  a_.move(Reg::r11, {source, 24 - 6});
  a_.alu(Alu::add, Reg::r11, Reg::rax);
  a_.bind(done);
  a_.move_constant(Memory{hp_register, 0}, Header::make(Kind::match_context, 3));
  a_.move({hp_register, 8}, Reg::rbx);
  a_.move({hp_register, 16}, Reg::rax);
  a_.move({hp_register, 24}, Reg::r11);
  take_object(d, 4);
}

/// Unsigned number of `count` bytes at [rax] to rbx. Uses r11.
void TemplateCompiler::load_bytes(unsigned count, bool little) {
  for (unsigned at = 0; at < count;) {
    unsigned take = count - at >= 4 ? 4 : count - at >= 2 ? 2 : 1;
    Reg to = at ? Reg::r11 : Reg::rbx;
    Memory from{Reg::rax, static_cast<int32_t>(at)};
    if (take == 4)
      a_.load_32(to, from);
    else if (take == 2)
      a_.load_16(to, from);
    else
      a_.load_8(to, from);
    if (!little && take > 1) {
      a_.swap_bytes_32(to);
      if (take == 2) a_.shift(Shift::shr, to, 16);
    }
    if (at && little) {
      a_.shift(Shift::shl, Reg::r11, static_cast<uint8_t>(8 * at));
    } else if (at) {
      a_.shift(Shift::shl, Reg::rbx, static_cast<uint8_t>(8 * take));
    }
    if (at) a_.alu(Alu::or_, Reg::rbx, Reg::r11);
    at += take;
  }
}

void TemplateCompiler::match_integer(const Word* pc) {
  Word descriptor = pc[2], flags = descriptor >> 16;
  int64_t bits = constant_bits(descriptor, pc[3]);
  if (bits < 8 || bits > 56 || bits % 8) {
    execute(pc);
    return;
  }
  Label slow = a_.new_label(), after = a_.new_label();
  Reg context = in(reg(pc, 1), Reg::r10);
  require_bits(pc, context, bits);
  a_.test_byte(Reg::r11, within_byte);
  a_.jump(Condition::not_equal, slow);
  byte_address(context);
  a_.alu(Alu::add, Reg::r11, static_cast<int32_t>(8 * bits));
  a_.move({context, context_position}, Reg::r11);
  load_bytes(static_cast<unsigned>(bits / 8), flags & (segment_little | segment_native));
  if (flags & segment_signed) {
    a_.shift(Shift::shl, Reg::rbx, static_cast<uint8_t>(64 - bits));
    a_.shift(Shift::sar, Reg::rbx, static_cast<uint8_t>(64 - bits));
  }
  a_.shift(Shift::shl, Reg::rbx, 3);
  store(loaded_register(*pc, 0), Reg::rbx);
  a_.bind(after);
  execute_aside(pc, slow, after);
}

/// A code point of one byte in place.
void TemplateCompiler::match_utf8(const Word* pc) {
  Label slow = a_.new_label(), after = a_.new_label();
  Reg context = in(reg(pc, 1), Reg::r10);
  require_bits(pc, context, 8);
  a_.test_byte(Reg::r11, within_byte);
  a_.jump(Condition::not_equal, slow);
  byte_address(context);
  a_.load_8(Reg::rbx, {Reg::rax, 0});
  a_.test_byte(Reg::rbx, 0x80);
  a_.jump(Condition::not_equal, slow);
  a_.alu(Alu::add, Reg::r11, 64);
  a_.move({context, context_position}, Reg::r11);
  a_.shift(Shift::shl, Reg::rbx, 3);
  store(loaded_register(*pc, 0), Reg::rbx);
  a_.bind(after);
  execute_aside(pc, slow, after);
}

void TemplateCompiler::match_literal(const Word* pc) {
  BitView literal = bits_of(Term::raw(pc[2]));
  if (!literal.byte_aligned() || !literal.whole_bytes() || literal.bits > 8 * inline_literal_bytes) {
    execute(pc);
    return;
  }
  Label slow = a_.new_label(), after = a_.new_label(), differs = label(jump_target(pc, pc[1]));
  Reg context = in(reg(pc, 0), Reg::r10);
  require_bits(pc, context, static_cast<int64_t>(literal.bits));
  a_.test_byte(Reg::r11, within_byte);
  a_.jump(Condition::not_equal, slow);
  byte_address(context);
  auto count = static_cast<unsigned>(literal.bits / 8);
  for (unsigned at = 0; at < count;) {
    unsigned take = count - at >= 4 ? 4 : count - at >= 2 ? 2 : 1;
    uint32_t expected = 0;
    std::memcpy(&expected, literal.bytes + at, take);
    Memory from{Reg::rax, static_cast<int32_t>(at)};
    if (take == 4) {
      a_.compare_32(from, expected);
    } else {
      if (take == 2)
        a_.load_16(Reg::rbx, from);
      else
        a_.load_8(Reg::rbx, from);
      a_.alu_32(Alu::cmp, Reg::rbx, expected);
    }
    a_.jump(Condition::not_equal, differs);
    at += take;
  }
  a_.alu(Alu::add, Reg::r11, static_cast<int32_t>(8 * literal.bits));
  a_.move({context, context_position}, Reg::r11);
  a_.bind(after);
  execute_aside(pc, slow, after);
}

void TemplateCompiler::skip_bits(const Word* pc) {
  auto type = static_cast<SegmentType>(pc[2] & 0xff);
  bool utf = type == SegmentType::utf8 || type == SegmentType::utf16 || type == SegmentType::utf32;
  int64_t bits = constant_bits(pc[2], pc[3]);
  Value size = value_of_operand(pc[3]);
  bool all = !size.is_register && Term::raw(size.word).is_atom();
  if (utf || (all ? !is_power_of_two(unit_of(pc[2])) : bits < 0)) {
    execute(pc);
    return;
  }
  Reg context = in(reg(pc, 0), Reg::r10);
  if (all) {
    a_.move(Reg::r11, {context, context_end});
    a_.move(Reg::rax, Reg::r11);
    a_.alu(Alu::sub, Reg::rax, Memory{context, context_position});
    require_unit(pc, unit_of(pc[2]));
  } else {
    require_bits(pc, context, bits);
    a_.alu(Alu::add, Reg::r11, static_cast<int32_t>(8 * bits));
  }
  a_.move({context, context_position}, Reg::r11);
}

/// To the instruction's label where the number of bits (a small integer's word) in rax is no multiple of a power of two.
void TemplateCompiler::require_unit(const Word* pc, int64_t unit) {
  if (unit == 1) return;
  a_.alu(Alu::and_, Reg::rax, static_cast<int32_t>(8 * unit - 1));
  a_.jump(Condition::not_equal, label(jump_target(pc, pc[1])));
}

void TemplateCompiler::test_bits_left(const Word* pc, Opcode op) {
  int64_t number = packed(*pc, 1);
  if (op == Opcode::bs_test_unit && !is_power_of_two(number)) {
    execute(pc);
    return;
  }
  Reg context = in(reg(pc, 0), Reg::r10);
  a_.move(Reg::rax, {context, context_end});
  a_.alu(Alu::sub, Reg::rax, Memory{context, context_position});
  if (op == Opcode::bs_test_unit) {
    require_unit(pc, number);
    return;
  }
  a_.alu(Alu::cmp, Reg::rax, static_cast<int32_t>(8 * number));
  a_.jump(Condition::not_equal, label(jump_target(pc, pc[1])));
}

/// The rest of the bits, or those that a segment of binaries takes: a slice that is made in place; short ones are copied, in C++.
void TemplateCompiler::match_bitstring(const Word* pc, Opcode op) {
  bool tail = op == Opcode::bs_get_tail;
  Value size = tail ? value_of_constant(0) : value_of_operand(pc[3]);
  bool all = tail || (!size.is_register && Term::raw(size.word).is_atom());
  int64_t bits = all ? -1 : constant_bits(pc[2], pc[3]), unit = tail ? 1 : unit_of(pc[2]);
  if (all ? !is_power_of_two(unit) : bits <= longest_copied_bits) {
    execute(pc);
    return;
  }
  Label slow = a_.new_label(), after = a_.new_label();
  Reg context = in(reg(pc, 1), Reg::r10);
  if (all) {
    a_.move(Reg::rbx, {context, context_end});
    a_.alu(Alu::sub, Reg::rbx, Memory{context, context_position});
    if (unit > 1) {
      a_.move(Reg::rax, Reg::rbx);
      require_unit(pc, unit);
    }
    a_.alu(Alu::cmp, Reg::rbx, static_cast<int32_t>(8 * longest_copied_bits));
    a_.jump(Condition::at_most, slow);
    a_.move(Reg::r11, {context, context_position});
  } else {
    require_bits(pc, context, bits);
    a_.move_constant(Reg::rbx, static_cast<Word>(8 * bits));
  }
  // From the very start it may be the whole binary, which is taken itself.
  a_.test(Reg::r11, Reg::r11);
  a_.jump(Condition::equal, slow);
  jump_unless_spare_room(4, slow);
  a_.move_constant(Memory{hp_register, 0}, Header::make(Kind::slice, 3));
  a_.move(Reg::rax, {context, context_binary});
  a_.move({hp_register, 8}, Reg::rax);
  a_.move({hp_register, 16}, Reg::r11);
  a_.move({hp_register, 24}, Reg::rbx);
  if (!tail) {
    a_.alu(Alu::add, Reg::r11, Reg::rbx);
    a_.move({context, context_position}, Reg::r11);
  }
  take_object(loaded_register(*pc, 0), 4);
  a_.bind(after);
  execute_aside(pc, slow, after);
}

void TemplateCompiler::set_position(const Word* pc) {
  Reg context = in(reg(pc, 0), Reg::r10);
  a_.move({context, context_position}, in(reg(pc, 1), Reg::r11));
}

}  // namespace phial
