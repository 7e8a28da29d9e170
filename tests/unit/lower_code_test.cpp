// What compiled code looks like: frames only where they are needed, nothing built that nobody sees, and the warnings of lowering.
#include <gtest/gtest.h>

#include <fstream>

#include "compiler/lower/lower.hpp"
#include "tests/unit/lower/definition_reader.hpp"
#include "vm/code/module.hpp"

namespace phial::compiler {
namespace {

class LowerCodeTest : public ::testing::Test {
 protected:
  void compile(const std::string& record) {
    std::ifstream in(std::string(PHIAL_SOURCE_DIR) + "/tests/unit/lower/" + record);
    std::string line;
    ASSERT_TRUE(std::getline(in, line));
    ModuleDefinition definition = read_definition(heap_, line, "source.ex");
    ASSERT_TRUE(lower_module(definition, unit_, diagnostics_));
  }
  /// Names of the function's instructions in order, `+` in front where the frame stands.
  std::vector<std::string> code_of(const char* name, unsigned arity) {
    std::vector<std::string> code;
    for (const FunctionInfo& f : unit_.functions) {
      if (f.name != intern_atom(name) || f.arity != arity) continue;
      std::vector<Operand> operands;
      for (size_t at = f.start; at < f.end;) {
        uint16_t slots = FrameEntry::no_frame;
        for (const FrameEntry& entry : unit_.frames)
          if (entry.at <= at) slots = entry.slots;
        code.push_back(std::string(slots == FrameEntry::no_frame ? "" : "+") + opcode_info[unit_.code[at] & 0xffff].name);
        at += decode_operands(unit_.code.data(), at, f.end, operands);
      }
    }
    return code;
  }
  static size_t count(const std::vector<std::string>& code, const std::string& name) {
    size_t found = 0;
    for (const std::string& item : code) found += item == name || item == "+" + name;
    return found;
  }
  Arena heap_;
  CodeUnit unit_;
  std::vector<diagnostics::Diagnostic> diagnostics_;
};

using Code = std::vector<std::string>;

TEST_F(LowerCodeTest, TheEndOfARecursionHasNoFrame) {
  compile("basics.record");
  EXPECT_EQ(code_of("fib", 1),
            (Code{"is_less_constant", "return_", "allocate", "+move", "+subtract_constant", "+call", "+move", "+subtract_constant", "+call",
                  "+add", "+return_from_frame"}));
}

TEST_F(LowerCodeTest, ASelfTailCallIsALoopWithoutFrame) {
  compile("basics.record");
  EXPECT_EQ(code_of("loop", 2), (Code{"is_equal_exact_constant", "move", "return_", "add", "subtract_constant", "loop"}));
}

TEST_F(LowerCodeTest, MatchingATupleThatIsBuiltThereBuildsItOnlyWhereItIsWanted) {
  compile("basics.record");
  Code code = code_of("pair", 2);
  EXPECT_EQ(count(code, "is_tuple_of"), 0u);
  EXPECT_EQ(count(code, "get_element"), 0u);
  EXPECT_EQ(code.back(), "return_");
}

TEST_F(LowerCodeTest, ConditionsMakeNoBooleans) {
  compile("basics.record");
  Code code = code_of("truthy", 2);
  EXPECT_EQ(count(code, "is_boolean"), 0u);
  EXPECT_EQ(count(code, "switch_value"), 0u);
  EXPECT_LE(count(code, "move_constant"), 6u);
}

TEST_F(LowerCodeTest, ALoopOverABinaryKeepsItsContext) {
  compile("bits.record");
  Code code = code_of("count", 2);
  EXPECT_EQ(count(code, "bs_start"), 1u);
  auto start = std::find(code.begin(), code.end(), "bs_start"), loop = std::find(code.begin(), code.end(), "loop");
  ASSERT_NE(loop, code.end());
  EXPECT_EQ(std::count(start, loop, "bs_get_tail"), 0);
}

TEST_F(LowerCodeTest, ClausesThatCannotMatchAreWarnedAbout) {
  compile("warnings.record");
  ASSERT_EQ(diagnostics_.size(), 2u);
  EXPECT_EQ(diagnostics_[0].message, "this clause for always/1 cannot match because a previous clause at line 3 always matches");
  EXPECT_EQ(diagnostics_[0].place.line, 4u);
  EXPECT_EQ(diagnostics_[0].context, "Warnings.always/1");
  EXPECT_EQ(diagnostics_[1].message, "this clause cannot match because a previous clause at line 7 always matches");
  EXPECT_EQ(diagnostics_[1].place.line, 8u);
}

TEST_F(LowerCodeTest, TenThousandElementsAreOneConstant) {
  std::string elements;
  for (int i = 0; i < 10000; i++) elements += (i ? ", " : "") + std::to_string(i);
  ModuleDefinition definition =
      read_definition(heap_, "{Big, [{:list, 0, true, [{[line: 1], [], [], [" + elements + "]}]}], []}", "source.ex");
  ASSERT_TRUE(lower_module(definition, unit_, diagnostics_));
  EXPECT_EQ(code_of("list", 0), (Code{"move_constant", "return_"}));
}

}  // namespace
}  // namespace phial::compiler
