// The assembler of x86-64 under the templates: encodings as a disassembler reads them, labels, and code that runs.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <functional>
#include <string>

#include "vm/jit/x64_assembler.hpp"

namespace phial::test {
namespace {

std::string bytes_of(const std::function<void(X64Assembler&)>& emit) {
  X64Assembler a;
  emit(a);
  std::string text;
  for (uint8_t byte : a.code()) {
    constexpr char digits[] = "0123456789abcdef";
    text += {digits[byte >> 4], digits[byte & 15]};
  }
  return text;
}

constexpr Reg all[] = {Reg::rax, Reg::rcx, Reg::rdx, Reg::rbx, Reg::rsi, Reg::rdi, Reg::r8, Reg::r9, Reg::r10, Reg::r11, Reg::r12, Reg::r13, Reg::r14, Reg::r15};

/// Code in memory of its own.
class Made {
 public:
  explicit Made(const std::function<void(X64Assembler&)>& emit) {
    X64Assembler a;
    emit(a);
    memory_ = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    std::memcpy(memory_, a.code().data(), a.position());
    mprotect(memory_, size, PROT_READ | PROT_EXEC);
  }
  ~Made() { munmap(memory_, size); }
  int64_t operator()(int64_t x, int64_t y) const { return reinterpret_cast<int64_t (*)(int64_t, int64_t)>(memory_)(x, y); }  // in rdi, rsi

 private:
  static constexpr size_t size = 4096;
  void* memory_;
};

TEST(X64Assembler, EncodesWhatADisassemblerReads) {
  auto is = [](const char* bytes, const std::function<void(X64Assembler&)>& emit) { EXPECT_EQ(bytes_of(emit), bytes); };
  is("4c89c8", [](X64Assembler& a) { a.move(Reg::rax, Reg::r9); });  // mov rax,r9
  is("4989fc", [](X64Assembler& a) { a.move(Reg::r12, Reg::rdi); });  // mov r12,rdi
  is("498b7d00", [](X64Assembler& a) { a.move(Reg::rdi, Memory{Reg::r13, 0}); });  // mov rdi,QWORD PTR [r13+0x0]
  is("4d8b842480000000", [](X64Assembler& a) { a.move(Reg::r8, Memory{Reg::r12, 0x80}); });  // mov r8,QWORD PTR [r12+0x80]
  is("49897608", [](X64Assembler& a) { a.move(Memory{Reg::r14, 8}, Reg::rsi); });  // mov QWORD PTR [r14+0x8],rsi
  is("4b8b44d9fa", [](X64Assembler& a) { a.move(Reg::rax, Memory{Reg::r9, -6, true, Reg::r11}); });  // mov rax,QWORD PTR [r9+r11*8-0x6]
  is("498b4cdd00", [](X64Assembler& a) { a.move(Reg::rcx, Memory{Reg::r13, 0, true, Reg::rbx}); });  // mov rcx,QWORD PTR [r13+rbx*8+0x0]
  is("418b42fa", [](X64Assembler& a) { a.load_32(Reg::rax, Memory{Reg::r10, -6}); });  // mov eax,DWORD PTR [r10-0x6]
  is("498d5602", [](X64Assembler& a) { a.lea(Reg::rdx, Memory{Reg::r14, 2}); });  // lea rdx,[r14+0x2]
  is("8d47fa", [](X64Assembler& a) { a.lea_32(Reg::rax, Memory{Reg::rdi, -6}); });  // lea eax,[rdi-0x6]
  is("4c87cf", [](X64Assembler& a) { a.exchange(Reg::rdi, Reg::r9); });  // xchg rdi,r9
  is("4c01c0", [](X64Assembler& a) { a.alu(Alu::add, Reg::rax, Reg::r8); });  // add rax,r8
  is("483b4702", [](X64Assembler& a) { a.alu(Alu::cmp, Reg::rax, Memory{Reg::rdi, 2}); });  // cmp rax,QWORD PTR [rdi+0x2]
  is("4983ed20", [](X64Assembler& a) { a.alu(Alu::sub, Reg::r13, 0x20); });  // sub r13,0x20
  is("4983e5f8", [](X64Assembler& a) { a.alu(Alu::and_, Reg::r13, -8); });  // and r13,0xfffffffffffffff8
  is("4881f034120000", [](X64Assembler& a) { a.alu(Alu::xor_, Reg::rax, 0x1234); });  // xor rax,0x1234
  is("81e0f8000000", [](X64Assembler& a) { a.alu_32(Alu::and_, Reg::rax, 0xf8); });  // and eax,0xf8
  is("4183ca07", [](X64Assembler& a) { a.alu_32(Alu::or_, Reg::r10, 7); });  // or r10d,0x7
  is("49817a0243000000", [](X64Assembler& a) { a.compare(Memory{Reg::r10, 2}, 0x43); });  // cmp QWORD PTR [r10+0x2],0x43
  is("817ffa0f020000", [](X64Assembler& a) { a.compare_32(Memory{Reg::rdi, -6}, 0x20f); });  // cmp DWORD PTR [rdi-0x6],0x20f
  is("40f6c607", [](X64Assembler& a) { a.test_byte(Reg::rsi, 7); });  // test sil,0x7
  is("41f6c107", [](X64Assembler& a) { a.test_byte(Reg::r9, 7); });  // test r9b,0x7
  is("41f6421238", [](X64Assembler& a) { a.test_byte(Memory{Reg::r10, 18}, 0x38); });  // test BYTE PTR [r10+0x12],0x38
  is("4885c0", [](X64Assembler& a) { a.test(Reg::rax, Reg::rax); });  // test rax,rax
  is("4409c8", [](X64Assembler& a) { a.or_32(Reg::rax, Reg::r9); });  // or eax,r9d
  is("440fa3c0", [](X64Assembler& a) { a.bit_test_32(Reg::rax, Reg::r8); });  // bt eax,r8d
  is("49c1fb03", [](X64Assembler& a) { a.shift(Shift::sar, Reg::r11, 3); });  // sar r11,0x3
  is("48c1c804", [](X64Assembler& a) { a.shift(Shift::ror, Reg::rax, 4); });  // ror rax,0x4
  is("49c1c204", [](X64Assembler& a) { a.shift(Shift::rol, Reg::r10, 4); });  // rol r10,0x4
  is("490fafc1", [](X64Assembler& a) { a.multiply(Reg::rax, Reg::r9); });  // imul rax,r9
  is("4899", [](X64Assembler& a) { a.sign_extend_rax(); });  // cqo
  is("49f7fb", [](X64Assembler& a) { a.divide(Reg::r11); });  // idiv r11
  is("4983ef01", [](X64Assembler& a) { a.decrement(Reg::r15); });  // sub r15,0x1
  is("ffe0", [](X64Assembler& a) { a.jump(Reg::rax); });  // jmp rax
  is("41ff6500", [](X64Assembler& a) { a.jump(Memory{Reg::r13, 0}); });  // jmp QWORD PTR [r13+0x0]
  is("41ffa42400210000", [](X64Assembler& a) { a.jump(Memory{Reg::r12, 0x2100}); });  // jmp QWORD PTR [r12+0x2100]
  is("ffd0", [](X64Assembler& a) { a.call(Reg::rax); });  // call rax
  is("66480f6ec8", [](X64Assembler& a) { a.move(Xmm::xmm1, Reg::rax); });  // movq xmm1,rax
  is("66490f7ec2", [](X64Assembler& a) { a.move(Reg::r10, Xmm::xmm0); });  // movq r10,xmm0
  is("f2490f2ac1", [](X64Assembler& a) { a.convert(Xmm::xmm0, Reg::r9); });  // cvtsi2sd xmm0,r9
  is("f20f59c1", [](X64Assembler& a) { a.operate(FloatOperation::multiply, Xmm::xmm0, Xmm::xmm1); });  // mulsd xmm0,xmm1
  is("440fb75802", [](X64Assembler& a) { a.load_16(Reg::r11, Memory{Reg::rax, 2}); });  // movzx r11d,WORD PTR [rax+0x2]
  is("410fb61c24", [](X64Assembler& a) { a.load_8(Reg::rbx, Memory{Reg::r12, 0}); });  // movzx ebx,BYTE PTR [r12]
  is("410fcb", [](X64Assembler& a) { a.swap_bytes_32(Reg::r11); });  // bswap r11d
  is("660f2ec1", [](X64Assembler& a) { a.compare(Xmm::xmm0, Xmm::xmm1); });  // ucomisd xmm0,xmm1
}

TEST(X64Assembler, AddressesEveryBaseAtEveryDistance) {
  // A base whose encoding means something else must be told apart: r12 like rsp, r13 like rbp.
  alignas(8) int64_t words[64];
  for (int i = 0; i < 64; i++) words[i] = 1000 + i;
  for (Reg base : all) {
    for (Reg to : all) {
      for (int32_t at : {-256, -8, 0, 8, 120, 128, 248}) {
        Made code([&](X64Assembler& a) {
          Reg kept[] = {Reg::rbx, Reg::r12, Reg::r13, Reg::r14, Reg::r15};
          for (int i = 0; i < 5; i++) a.move(Memory{Reg::rsp, -8 * (i + 1)}, kept[i]);
          a.move(base, Reg::rdi);
          a.move(to, Memory{base, at});
          a.move(Reg::rax, to);
          for (int i = 0; i < 5; i++) a.move(kept[i], Memory{Reg::rsp, -8 * (i + 1)});
          a.return_();
        });
        EXPECT_EQ(code(reinterpret_cast<int64_t>(&words[32]), 0), 1000 + 32 + at / 8);
      }
    }
  }
}

TEST(X64Assembler, CompletesLabelsAheadAndBehind) {
  // The sum of 1..x, by a loop that is left and entered by jumps ahead.
  Made sum([](X64Assembler& a) {
    auto loop = a.new_label(), test = a.new_label(), done = a.new_label();
    a.move_constant(Reg::rax, 0);
    a.jump(test);
    a.bind(loop);
    a.alu(Alu::add, Reg::rax, Reg::rdi);
    a.decrement(Reg::rdi);
    a.bind(test);
    a.alu(Alu::cmp, Reg::rdi, 0);
    a.jump(Condition::equal, done);
    a.alu(Alu::cmp, Reg::rdi, Reg::rsi);
    a.jump(Condition::at_most, done);
    a.jump(loop);
    a.bind(done);
    a.return_();
  });
  EXPECT_EQ(sum(10, 0), 55);
  EXPECT_EQ(sum(0, 0), 0);
  EXPECT_EQ(sum(10, 7), 10 + 9 + 8);
}

TEST(X64Assembler, MovesConstantsOfEverySize) {
  for (uint64_t value : {uint64_t{0}, uint64_t{1}, uint64_t{0x7fffffff}, uint64_t{0x80000000}, uint64_t{0xffffffff}, uint64_t{0x100000000}, ~uint64_t{0},
                         static_cast<uint64_t>(-0x80000000ll), static_cast<uint64_t>(-0x80000001ll), uint64_t{0x123456789abcdef0}}) {
    for (Reg reg : {Reg::rax, Reg::rcx, Reg::rsi, Reg::r8, Reg::r11}) {
      Made code([&](X64Assembler& a) {
        a.move_constant(reg, value);
        a.move(Reg::rax, reg);
        a.return_();
      });
      EXPECT_EQ(static_cast<uint64_t>(code(0, 0)), value);
    }
    X64Assembler a;
    EXPECT_EQ(a.move_constant(Memory{Reg::rdi, 0}, value), static_cast<int64_t>(value) == static_cast<int32_t>(value));
  }
}

TEST(X64Assembler, CalculatesWithFloats) {
  Made code([](X64Assembler& a) {  // (x + y) / y as bits
    a.convert(Xmm::xmm0, Reg::rdi);
    a.convert(Xmm::xmm1, Reg::rsi);
    a.operate(FloatOperation::add, Xmm::xmm0, Xmm::xmm1);
    a.operate(FloatOperation::divide, Xmm::xmm0, Xmm::xmm1);
    a.move(Reg::rax, Xmm::xmm0);
    a.return_();
  });
  int64_t bits = code(3, 2);
  double value;
  std::memcpy(&value, &bits, sizeof value);
  EXPECT_EQ(value, 2.5);
}

}  // namespace
}  // namespace phial::test
