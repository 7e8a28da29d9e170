// X64Assembler: the instructions of x86-64 that the templates need, as bytes.
//
// Operands are 64 bits wide unless a name says otherwise. Jumps and calls have 32-bit distances. Labels are bound once; what refers to a label that
// is not bound yet is completed when it is. Calls of code outside (call_outside) are completed by who puts the code in place.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace phial {

enum class Reg : uint8_t { rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15 };
enum class Xmm : uint8_t { xmm0, xmm1 };

/// The processor's numbers of conditions: the lowest bit negates.
enum class Condition : uint8_t {
  overflow, no_overflow, below, above_equal, equal, not_equal, below_equal, above,
  sign, no_sign, parity, no_parity, less, at_least, at_most, greater
};
constexpr Condition negated(Condition c) { return static_cast<Condition>(static_cast<uint8_t>(c) ^ 1); }

/// [base + at], or [base + index * 8 + at].
struct Memory {
  Reg base;
  int32_t at;
  bool indexed = false;
  Reg index = Reg::rax;
};

/// A two-operand operation of integers: its number in the encodings with a constant.
enum class Alu : uint8_t { add = 0, or_ = 1, and_ = 4, sub = 5, xor_ = 6, cmp = 7 };
enum class Shift : uint8_t { rol = 0, ror = 1, shl = 4, shr = 5, sar = 7 };
enum class FloatOperation : uint8_t { add = 0x58, multiply = 0x59, subtract = 0x5c, divide = 0x5e };

class X64Assembler {
 public:
  using Label = uint32_t;
  struct OutsideCall { uint32_t at; uint32_t target; };  // the 32 bits at `at` are: address of `target` - (address of `at` + 4)

  const std::vector<uint8_t>& code() const { return code_; }
  std::vector<uint8_t>& code() { return code_; }
  uint32_t position() const { return static_cast<uint32_t>(code_.size()); }
  const std::vector<OutsideCall>& outside_calls() const { return outside_; }

  Label new_label();
  void bind(Label label);
  bool is_bound(Label label) const { return labels_[label].position != unbound; }
  uint32_t position_of(Label label) const { return labels_[label].position; }
  /// Fills up with `filler` to a multiple of `bytes`.
  void align(uint32_t bytes, uint8_t filler);

  void move(Reg to, Reg from);
  void move(Reg to, Memory from) { memory(0x8b, to, from); }
  void move(Memory to, Reg from) { memory(0x89, from, to); }
  void move_constant(Reg to, uint64_t value);
  /// False (and nothing is emitted) if the value is no sign-extended 32-bit number.
  bool move_constant(Memory to, uint64_t value);
  void load_32(Reg to, Memory from) { memory(0x8b, to, from, false); }
  void load_16(Reg to, Memory from) { extended_load(0xb7, to, from); }
  void load_8(Reg to, Memory from) { extended_load(0xb6, to, from); }
  void swap_bytes_32(Reg reg);
  void exchange(Reg a, Reg b) { registers(0x87, b, a); }
  void lea(Reg to, Memory from) { memory(0x8d, to, from); }
  void lea_32(Reg to, Memory from) { memory(0x8d, to, from, false); }
  void lea(Reg to, Label label);

  void alu(Alu operation, Reg to, Reg from) { registers(static_cast<uint8_t>(static_cast<uint8_t>(operation) * 8 + 1), from, to); }
  void alu(Alu operation, Reg to, Memory from) { memory(static_cast<uint8_t>(static_cast<uint8_t>(operation) * 8 + 3), to, from); }
  void alu(Alu operation, Reg to, int32_t constant);
  void alu_32(Alu operation, Reg to, uint32_t constant);
  void compare(Memory a, int32_t constant);
  void compare_32(Memory a, uint32_t constant);
  /// Flags of the low byte & bits.
  void test_byte(Reg reg, uint8_t bits);
  void test_byte(Memory at, uint8_t bits);
  void test(Reg a, Reg b) { registers(0x85, b, a); }
  void or_32(Reg to, Reg from) { registers(0x09, from, to, false); }
  /// The carry (Condition::below) becomes bit `index & 31` of `bits`.
  void bit_test_32(Reg bits, Reg index);
  void shift(Shift operation, Reg reg, uint8_t count);
  void multiply(Reg to, Reg from);
  void sign_extend_rax() { bytes({0x48, 0x99}); }  // to rdx:rax
  void divide(Reg by);                             // rdx:rax: quotient to rax, remainder to rdx
  void decrement(Reg reg) { alu(Alu::sub, reg, 1); }

  void jump(Label label);
  void jump(Condition condition, Label label);
  void jump(Reg target);
  void jump(Memory target);
  void call(Reg target);
  void call_outside(uint32_t target);
  void return_() { bytes({0xc3}); }

  void move(Xmm to, Reg from) { float_registers(0x66, 0x6e, static_cast<uint8_t>(to), static_cast<uint8_t>(from), true); }
  void move(Reg to, Xmm from) { float_registers(0x66, 0x7e, static_cast<uint8_t>(from), static_cast<uint8_t>(to), true); }
  void convert(Xmm to, Reg from) { float_registers(0xf2, 0x2a, static_cast<uint8_t>(to), static_cast<uint8_t>(from), true); }
  void operate(FloatOperation operation, Xmm to, Xmm from) {
    float_registers(0xf2, static_cast<uint8_t>(operation), static_cast<uint8_t>(to), static_cast<uint8_t>(from), false);
  }
  void compare(Xmm a, Xmm b) { float_registers(0x66, 0x2e, static_cast<uint8_t>(a), static_cast<uint8_t>(b), false); }  // conditions: above, below, equal

 private:
  static constexpr uint32_t unbound = ~uint32_t{0};
  struct LabelState { uint32_t position = unbound; uint32_t last_reference = unbound; };

  void bytes(std::initializer_list<uint8_t> more) { code_.insert(code_.end(), more); }
  void number_32(uint32_t value);
  void refer(Label label);
  void rex(bool wide, uint8_t reg, uint8_t index, uint8_t base, bool always = false);
  void registers(uint8_t opcode, Reg reg, Reg rm, bool wide = true);
  void memory(uint8_t opcode, Reg reg, Memory at, bool wide = true);
  void extended_load(uint8_t opcode, Reg to, Memory from);
  void address(uint8_t reg, Memory at);
  void float_registers(uint8_t prefix, uint8_t opcode, uint8_t reg, uint8_t rm, bool wide);

  std::vector<uint8_t> code_;
  std::vector<LabelState> labels_;
  std::vector<OutsideCall> outside_;
};

}  // namespace phial
