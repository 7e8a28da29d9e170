// Lowering and emission, by what compiled code does: modules that Elixir expanded (tests/unit/lower/*.record) are compiled, verified, loaded and
// run; their functions test_*/0 must give what they gave in Elixir. Run in the ordinary way and with a collection at every chance.
#include <fstream>

#include "compiler/lower/lower.hpp"
#include "tests/unit/lower/definition_reader.hpp"
#include "tests/unit/vm_fixture.hpp"
#include "vm/native/native.hpp"
#include "vm/term/compare.hpp"

namespace phial::compiler {
namespace {

using test::VmFixture;

Term native_send(Context& c, const Term* a) {
  c.vm().send(a[0], a[1]);
  return a[1];
}
Term native_self(Context& c, const Term*) { return c.process()->pid; }
Term native_make_ref(Context& c, const Term*) { return c.vm().make_reference(); }
Term native_spawn(Context& c, const Term* a) {
  Term call[] = {a[0]};
  Vm::SpawnOptions options;
  Process* p = c.vm().spawn(c.process(), c.vm().code.export_for(intern_atom("Elixir.Runner"), intern_atom("start"), 1), {call, 1}, options);
  if (!p) return c.system_limit();
  Term pid = p->pid;
  c.vm().scheduling->enqueue(p);
  return pid;
}
Term native_make_fun(Context& c, const Term* a) {
  Export* target = c.vm().code.export_for(a[0], a[1], static_cast<uint8_t>(a[2].small_value()));
  Word* object = c.heap().allocate(2);
  object[0] = Header::make(Kind::export_fun, 1, static_cast<uint32_t>(a[2].small_value()));
  object[1] = reinterpret_cast<Word>(target);
  return Term::boxed(object);
}
constexpr NativeEntry process_entries[] = {{"erlang", "send", 2, native_send},
                                           {"erlang", "self", 0, native_self, native_guard},
                                           {"erlang", "make_ref", 0, native_make_ref},
                                           {"erlang", "spawn", 1, native_spawn},
                                           {"erlang", "make_fun", 3, native_make_fun}};

std::string read_file(const std::string& name) {
  std::ifstream in(std::string(PHIAL_SOURCE_DIR) + "/tests/unit/lower/" + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

class LowerTest : public VmFixture, public ::testing::WithParamInterface<bool> {
 protected:
  /// Compiles, verifies and loads the modules of a record; gives the first one's results.
  Term load_record(const std::string& name, Term* module) {
    std::string text = read_file(name);
    Term results = Term::nil();
    size_t start = 0;
    bool first = true;
    while (start < text.size()) {
      size_t end = text.find('\n', start);
      Term expected = Term::nil();
      ModuleDefinition definition = read_definition(heap_, std::string_view(text).substr(start, end - start), name, &expected);
      EXPECT_FALSE(definition.module.is_none()) << name;
      load_definition(definition);
      if (first) {
        results = expected;
        *module = definition.module;
      }
      first = false;
      start = end + 1;
    }
    return results;
  }
  void load_definition(const ModuleDefinition& definition) {
    CodeUnit unit;
    std::vector<diagnostics::Diagnostic> found;
    ASSERT_TRUE(lower_module(definition, unit, found)) << (found.empty() ? "" : found[0].message);
    std::string error;
    ASSERT_TRUE(verify_code_unit(unit, error)) << error << "\n" << print_code(unit);
    ASSERT_NE(vm->code.load(unit, error), nullptr) << error;
  }
  void start_vm() {
    for (const NativeTable& table : native_tables()) natives.push_back(table);
    natives.push_back({process_entries, std::size(process_entries)});
    create(1, false, 1, GetParam());
    Term module;
    load_record("runner.record", &module);
  }
  void run_record(const std::string& name) {
    start_vm();
    Term module;
    Term results = load_record(name, &module);
    size_t count = 0;
    for (Term result : ListRange(results)) {
      std::string got = run(module, result.element(0));
      EXPECT_EQ(got, print_term(result.element(1))) << print_term(result.element(0));
      count++;
    }
    EXPECT_GT(count, 10u);
  }
  std::string run(Term module, Term name) {
    vm->spawn_from_host(intern_atom("Elixir.Runner"), intern_atom("run"), std::array{host, module, name});
    return next(10);
  }
  Arena heap_;
};

TEST_P(LowerTest, BasicsGiveWhatTheyGiveInElixir) { run_record("basics.record"); }
TEST_P(LowerTest, ControlFlowGivesWhatItGivesInElixir) { run_record("control.record"); }
TEST_P(LowerTest, BitstringsGiveWhatTheyGiveInElixir) { run_record("bits.record"); }

INSTANTIATE_TEST_SUITE_P(Collection, LowerTest, ::testing::Values(false, true),
                         [](const auto& info) { return info.param ? "AtEveryChance" : "Ordinary"; });

}  // namespace
}  // namespace phial::compiler
