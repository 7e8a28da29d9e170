#include "vm/jit/x64_assembler.hpp"

namespace phial {
namespace {

constexpr uint8_t number(Reg reg) { return static_cast<uint8_t>(reg); }
constexpr bool fits_8(int32_t value) { return value >= -128 && value < 128; }
constexpr bool fits_32(uint64_t value) { return static_cast<int64_t>(value) == static_cast<int32_t>(static_cast<uint32_t>(value)); }

}  // namespace

X64Assembler::Label X64Assembler::new_label() {
  labels_.push_back({});
  return static_cast<Label>(labels_.size() - 1);
}

// References to a label that is not bound make a list: each place of 32 bits holds the position of the one before.
void X64Assembler::refer(Label label) {
  LabelState& state = labels_[label];
  uint32_t at = position();
  if (state.position != unbound) {
    number_32(state.position - (at + 4));
  } else {
    number_32(state.last_reference);
    state.last_reference = at;
  }
}

void X64Assembler::bind(Label label) {
  LabelState& state = labels_[label];
  state.position = position();
  for (uint32_t at = state.last_reference; at != unbound;) {
    uint32_t before, distance = state.position - (at + 4);
    std::memcpy(&before, &code_[at], 4);
    std::memcpy(&code_[at], &distance, 4);
    at = before;
  }
}

void X64Assembler::align(uint32_t bytes, uint8_t filler) {
  while (position() % bytes) code_.push_back(filler);
}

void X64Assembler::number_32(uint32_t value) {
  size_t at = code_.size();
  code_.resize(at + 4);
  std::memcpy(&code_[at], &value, 4);
}

void X64Assembler::rex(bool wide, uint8_t reg, uint8_t index, uint8_t base, bool always) {
  auto byte = static_cast<uint8_t>(0x40 | (wide ? 8 : 0) | (reg >> 3) << 2 | (index >> 3) << 1 | base >> 3);
  if (byte != 0x40 || always) code_.push_back(byte);
}

void X64Assembler::registers(uint8_t opcode, Reg reg, Reg rm, bool wide) {
  rex(wide, number(reg), 0, number(rm));
  bytes({opcode, static_cast<uint8_t>(0xc0 | (number(reg) & 7) << 3 | (number(rm) & 7))});
}

void X64Assembler::address(uint8_t reg, Memory at) {
  uint8_t base = number(at.base) & 7, field = static_cast<uint8_t>((reg & 7) << 3);
  bool needs_distance = at.at != 0 || base == 5;
  auto mode = static_cast<uint8_t>(!needs_distance ? 0 : fits_8(at.at) ? 0x40 : 0x80);
  if (at.indexed)
    bytes({static_cast<uint8_t>(mode | field | 4), static_cast<uint8_t>(0xc0 | (number(at.index) & 7) << 3 | base)});
  else if (base == 4)
    bytes({static_cast<uint8_t>(mode | field | 4), 0x24});
  else
    bytes({static_cast<uint8_t>(mode | field | base)});
  if (mode == 0x40) code_.push_back(static_cast<uint8_t>(at.at));
  if (mode == 0x80) number_32(static_cast<uint32_t>(at.at));
}

void X64Assembler::memory(uint8_t opcode, Reg reg, Memory at, bool wide) {
  rex(wide, number(reg), at.indexed ? number(at.index) : 0, number(at.base));
  code_.push_back(opcode);
  address(number(reg), at);
}

void X64Assembler::extended_load(uint8_t opcode, Reg to, Memory from) {
  rex(false, number(to), from.indexed ? number(from.index) : 0, number(from.base));
  bytes({0x0f, opcode});
  address(number(to), from);
}

void X64Assembler::swap_bytes_32(Reg reg) {
  rex(false, 0, 0, number(reg));
  bytes({0x0f, static_cast<uint8_t>(0xc8 | (number(reg) & 7))});
}

void X64Assembler::move(Reg to, Reg from) {
  if (to != from) registers(0x89, from, to);
}

void X64Assembler::move_constant(Reg to, uint64_t value) {
  if (value <= 0xffffffff) {
    rex(false, 0, 0, number(to));
    code_.push_back(static_cast<uint8_t>(0xb8 | (number(to) & 7)));
    number_32(static_cast<uint32_t>(value));
  } else if (fits_32(value)) {
    rex(true, 0, 0, number(to));
    bytes({0xc7, static_cast<uint8_t>(0xc0 | (number(to) & 7))});
    number_32(static_cast<uint32_t>(value));
  } else {
    rex(true, 0, 0, number(to));
    code_.push_back(static_cast<uint8_t>(0xb8 | (number(to) & 7)));
    number_32(static_cast<uint32_t>(value));
    number_32(static_cast<uint32_t>(value >> 32));
  }
}

bool X64Assembler::move_constant(Memory to, uint64_t value) {
  if (!fits_32(value)) return false;
  memory(0xc7, Reg::rax, to);
  number_32(static_cast<uint32_t>(value));
  return true;
}

void X64Assembler::lea(Reg to, Label label) {
  rex(true, number(to), 0, 0);
  bytes({0x8d, static_cast<uint8_t>((number(to) & 7) << 3 | 5)});
  refer(label);
}

void X64Assembler::alu(Alu operation, Reg to, int32_t constant) {
  rex(true, 0, 0, number(to));
  auto operand = static_cast<uint8_t>(0xc0 | static_cast<uint8_t>(operation) << 3 | (number(to) & 7));
  if (fits_8(constant)) {
    bytes({0x83, operand, static_cast<uint8_t>(constant)});
  } else {
    bytes({0x81, operand});
    number_32(static_cast<uint32_t>(constant));
  }
}

void X64Assembler::alu_32(Alu operation, Reg to, uint32_t constant) {
  rex(false, 0, 0, number(to));
  auto operand = static_cast<uint8_t>(0xc0 | static_cast<uint8_t>(operation) << 3 | (number(to) & 7));
  if (fits_8(static_cast<int32_t>(constant))) {
    bytes({0x83, operand, static_cast<uint8_t>(constant)});
  } else {
    bytes({0x81, operand});
    number_32(constant);
  }
}

void X64Assembler::compare(Memory a, int32_t constant) {
  memory(0x81, static_cast<Reg>(Alu::cmp), a);
  number_32(static_cast<uint32_t>(constant));
}

void X64Assembler::compare_32(Memory a, uint32_t constant) {
  memory(0x81, static_cast<Reg>(Alu::cmp), a, false);
  number_32(constant);
}

void X64Assembler::test_byte(Reg reg, uint8_t bits) {
  rex(false, 0, 0, number(reg), true);
  bytes({0xf6, static_cast<uint8_t>(0xc0 | (number(reg) & 7)), bits});
}

void X64Assembler::test_byte(Memory at, uint8_t bits) {
  memory(0xf6, Reg::rax, at, false);
  code_.push_back(bits);
}

void X64Assembler::bit_test_32(Reg bits, Reg index) {
  rex(false, number(index), 0, number(bits));
  bytes({0x0f, 0xa3, static_cast<uint8_t>(0xc0 | (number(index) & 7) << 3 | (number(bits) & 7))});
}

void X64Assembler::shift(Shift operation, Reg reg, uint8_t count) {
  rex(true, 0, 0, number(reg));
  bytes({0xc1, static_cast<uint8_t>(0xc0 | static_cast<uint8_t>(operation) << 3 | (number(reg) & 7)), count});
}

void X64Assembler::multiply(Reg to, Reg from) {
  rex(true, number(to), 0, number(from));
  bytes({0x0f, 0xaf, static_cast<uint8_t>(0xc0 | (number(to) & 7) << 3 | (number(from) & 7))});
}

void X64Assembler::divide(Reg by) {
  rex(true, 0, 0, number(by));
  bytes({0xf7, static_cast<uint8_t>(0xf8 | (number(by) & 7))});
}

void X64Assembler::jump(Label label) {
  code_.push_back(0xe9);
  refer(label);
}

void X64Assembler::jump(Condition condition, Label label) {
  bytes({0x0f, static_cast<uint8_t>(0x80 | static_cast<uint8_t>(condition))});
  refer(label);
}

void X64Assembler::jump(Reg target) {
  rex(false, 0, 0, number(target));
  bytes({0xff, static_cast<uint8_t>(0xe0 | (number(target) & 7))});
}

void X64Assembler::jump(Memory target) { memory(0xff, static_cast<Reg>(4), target, false); }

void X64Assembler::call(Reg target) {
  rex(false, 0, 0, number(target));
  bytes({0xff, static_cast<uint8_t>(0xd0 | (number(target) & 7))});
}

void X64Assembler::call_outside(uint32_t target) {
  code_.push_back(0xe8);
  outside_.push_back({position(), target});
  number_32(0);
}

void X64Assembler::float_registers(uint8_t prefix, uint8_t opcode, uint8_t reg, uint8_t rm, bool wide) {
  code_.push_back(prefix);
  rex(wide, reg, 0, rm);
  bytes({0x0f, opcode, static_cast<uint8_t>(0xc0 | (reg & 7) << 3 | (rm & 7))});
}

}  // namespace phial
