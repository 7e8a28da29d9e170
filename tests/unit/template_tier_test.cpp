// The templates without a VM: what is compiled together, where control may come in, and the memory that code stands in.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "tests/unit/assembler.hpp"
#include "vm/code/code_server.hpp"
#include "vm/jit/template_tier.hpp"

namespace phial::test {
namespace {

using A = Assembler;

/// count(n): a loop down to zero; twice(n): calls it and then itself on; other(): nobody's.
Module* load(CodeServer& server) {
  A a("counting");
  a.function("count", 1);
  a.label("again");
  a.emit(Opcode::is_equal_exact_constant, {A::x(0)}, {A::to("go_on"), A::small(0)});
  a.emit(Opcode::return_);
  a.label("go_on");
  a.emit(Opcode::subtract_constant, {A::x(0), A::x(0)}, {0, A::small(1)});
  a.emit(Opcode::loop, {1}, {A::to("again")});
  a.function("twice", 1);
  a.emit(Opcode::allocate, {1, 1, 0});
  a.emit(Opcode::move, {A::y(0), A::x(0)});
  a.emit(Opcode::call, {1}, {0});
  a.emit(Opcode::move, {A::x(0), A::y(0)});
  a.emit(Opcode::call_last, {1, 1}, {0});
  a.frame(FrameEntry::no_frame);
  a.function("other", 0);
  a.emit(Opcode::move_constant, {A::x(0)}, {A::nil()});
  a.emit(Opcode::return_);
  std::string error;
  Module* module = server.load(a.finish(), error);
  EXPECT_NE(module, nullptr) << error;
  return module;
}

TEST(Templates, AFunctionIsCompiledWithThoseItRefersTo) {
  CodeServer server;
  Module* module = load(server);
  TemplateTier tier;
  ASSERT_TRUE(tier.works());
  Function* twice = &module->functions[1];
  TemplateCode code;
  tier.compile({&twice, 1}, code);
  ASSERT_EQ(code.starts.size(), 2u);
  EXPECT_EQ(code.starts[0].function, twice);
  EXPECT_EQ(code.starts[1].function, &module->functions[0]);
  for (TemplateCode::Start start : code.starts) EXPECT_EQ(start.closure, TemplateCode::none);
  // The loop may be entered from outside.
  ASSERT_EQ(code.continuations.size(), 1u);
  EXPECT_EQ(code.continuations[0].pc, module->functions[0].code);

  // What has native code is left alone.
  module->functions[0].native_entry.store(&code);
  TemplateCode alone;
  tier.compile({&twice, 1}, alone);
  EXPECT_EQ(alone.starts.size(), 1u);
  module->functions[0].native_entry.store(nullptr);
}

TEST(Templates, CodeIsNeverWritableAndExecutable) {
  TemplateTier tier;
  TemplateCode code;
  code.assembler.move_constant(Reg::rax, 7);
  code.assembler.return_();
  TemplateTier::Memory memory = tier.place(code);
  ASSERT_NE(memory.text, nullptr);
  EXPECT_EQ(reinterpret_cast<int (*)()>(memory.text)(), 7);
  EXPECT_TRUE(tier.holds(memory.text));
  EXPECT_FALSE(tier.holds(nullptr));
  EXPECT_FALSE(tier.holds(&tier));
  std::ifstream maps("/proc/self/maps");
  bool found = false;
  for (std::string line; std::getline(maps, line);) {
    uintptr_t from = std::stoull(line, nullptr, 16), to = std::stoull(line.substr(line.find('-') + 1), nullptr, 16);
    auto at = reinterpret_cast<uintptr_t>(memory.text);
    if (at < from || at >= to) continue;
    found = true;
    EXPECT_EQ(line.substr(line.find(' ') + 1, 3), "r-x");
  }
  EXPECT_TRUE(found);
  tier.release(memory);
}

TEST(Templates, FreedMemoryJoinsAndIsUsedAgain) {
  TemplateTier tier;
  TemplateCode large, double_size;
  large.assembler.code().resize(size_t{8} << 20);
  double_size.assembler.code().resize(size_t{16} << 20);
  std::vector<TemplateTier::Memory> placed;
  for (TemplateTier::Memory memory = tier.place(large); memory.text; memory = tier.place(large)) placed.push_back(memory);
  ASSERT_EQ(placed.size(), 7u);  // the trampolines take a little of the eighth
  EXPECT_EQ(tier.place(double_size).text, nullptr);
  tier.release(placed[2]);
  EXPECT_EQ(tier.place(double_size).text, nullptr);
  tier.release(placed[4]);
  EXPECT_EQ(tier.place(double_size).text, nullptr);
  tier.release(placed[3]);
  TemplateTier::Memory joined = tier.place(double_size);
  EXPECT_EQ(joined.text, placed[2].text);
  EXPECT_EQ(tier.place(large).text, placed[4].text);
}

}  // namespace
}  // namespace phial::test
