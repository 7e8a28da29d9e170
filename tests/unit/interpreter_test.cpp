#include "tests/unit/vm_fixture.hpp"
#include "vm/process/frame_abi.hpp"

namespace phial::test {
namespace {

using A = Assembler;

Term native_send(Context& c, const Term* a) {
  c.vm().send(a[0], a[1]);
  return a[1];
}
Term native_spawn(Context& c, const Term* a) {
  std::vector<Term> arguments;
  for (Term item : ListRange(a[2])) arguments.push_back(item);
  Vm::SpawnOptions options;
  Process* p = c.vm().spawn(c.process(), c.vm().code.export_for(a[0], a[1], static_cast<uint8_t>(arguments.size())), arguments, options);
  if (!p) return c.system_limit();
  Term pid = p->pid;
  c.vm().scheduling->enqueue(p);
  return pid;
}
Term native_self(Context& c, const Term*) { return c.process()->pid; }
Term native_fail(Context& c, const Term*) { return c.badarg(); }
constexpr NativeEntry entries[] = {
    {"t", "send", 2, native_send}, {"t", "spawn", 3, native_spawn}, {"t", "self", 0, native_self, native_guard}, {"t", "fail", 1, native_fail, native_guard}};

class InterpreterTest : public VmFixture {
 protected:
  InterpreterTest() { natives.push_back({entries, std::size(entries)}); }
  /// m.run(host, ...) that sends the value of m.name(arguments) to the host.
  void runner(Assembler& a, const char* name, unsigned arity) {
    a.function("run", arity + 1);
    a.emit(Opcode::allocate, {1, arity + 1, 0});
    a.emit(Opcode::move, {A::y(0), A::x(arity)});
    a.emit(Opcode::call, {arity}, {Word{function_index(a, name)}});
    a.emit(Opcode::move, {A::x(1), A::x(0)});
    a.emit(Opcode::move, {A::x(0), A::y(0)});
    a.emit(Opcode::call_external_last, {2, 1}, {Word{a.import("t", "send", 2)}});
  }
  static unsigned function_index(Assembler& a, const char* name) {
    for (size_t i = 0; i < a.unit.functions.size(); i++)
      if (a.unit.functions[i].name == intern_atom(name)) return static_cast<unsigned>(i);
    return 0;
  }
  static void fib(Assembler& a) {
    a.function("fib", 1);
    a.emit(Opcode::is_less_constant, {A::x(0)}, {A::to("more"), A::small(2)});
    a.emit(Opcode::return_);
    a.label("more");
    a.emit(Opcode::allocate, {2, 1, 0});
    a.emit(Opcode::move, {A::y(0), A::x(0)});
    a.emit(Opcode::subtract_constant, {A::x(0), A::x(0)}, {0, A::small(1)});
    a.emit(Opcode::call, {1}, {0});
    a.emit(Opcode::move, {A::y(1), A::x(0)});
    a.emit(Opcode::subtract_constant, {A::x(0), A::y(0)}, {0, A::small(2)});
    a.emit(Opcode::call, {1}, {0});
    a.emit(Opcode::add, {A::x(0), A::y(1), A::x(0)}, {0});
    a.emit(Opcode::return_from_frame, {2});
  }
};

TEST_F(InterpreterTest, FibRunsOnOneScheduler) {
  create(1);
  Assembler a("m");
  fib(a);
  runner(a, "fib", 1);
  load(a);
  spawn("m", "run", {Term::small(20), host});
  EXPECT_EQ(next(), "6765");
}

TEST_F(InterpreterTest, FibRunsOnTheHostsThread) {
  create(0);
  Assembler a("m");
  fib(a);
  runner(a, "fib", 1);
  load(a);
  spawn("m", "run", {Term::small(20), host});
  EXPECT_EQ(next(), "6765");
}

TEST_F(InterpreterTest, BodyRecursionGrowsTheStackAndCollects) {
  for (bool stress : {false, true}) {
    create(1, false, 1, stress);
    Assembler a("m");
    a.function("list", 1);  // list(0) -> []; list(n) -> [n | list(n - 1)]
    a.emit(Opcode::is_equal_exact_constant, {A::x(0)}, {A::to("more"), A::small(0)});
    a.emit(Opcode::move_constant, {A::x(0)}, {A::nil()});
    a.emit(Opcode::return_);
    a.label("more");
    a.emit(Opcode::allocate, {1, 1, 0});
    a.emit(Opcode::move, {A::y(0), A::x(0)});
    a.emit(Opcode::subtract_constant, {A::x(0), A::x(0)}, {0, A::small(1)});
    a.emit(Opcode::call, {1}, {0});
    a.emit(Opcode::test_heap, {1}, {2});
    a.emit(Opcode::put_list, {A::x(0), A::y(0), A::x(0)});
    a.emit(Opcode::return_from_frame, {1});
    a.function("sum", 2);
    a.label("sum");
    a.emit(Opcode::is_cons, {A::x(0)}, {A::to("end")});
    a.emit(Opcode::get_list, {A::x(2), A::x(0), A::x(0)});
    a.emit(Opcode::add, {A::x(1), A::x(1), A::x(2)}, {0});
    a.emit(Opcode::loop, {2}, {A::to("sum")});
    a.label("end");
    a.emit(Opcode::move, {A::x(0), A::x(1)});
    a.emit(Opcode::return_);
    a.function("both", 1);
    a.emit(Opcode::allocate, {0, 1, 0});
    a.emit(Opcode::call, {1}, {0});
    a.emit(Opcode::move_constant, {A::x(1)}, {A::small(0)});
    a.emit(Opcode::call_last, {2, 0}, {1});
    runner(a, "both", 1);
    load(a);
    int64_t n = stress ? 300 : 1000000;
    spawn("m", "run", {Term::small(n), host});
    EXPECT_EQ(next(), std::to_string(n * (n + 1) / 2));
    vm->shutdown();
    vm.reset();
    gc_stress = false;
  }
}

TEST_F(InterpreterTest, ArithmeticGrowsIntoBignumsAndFloats) {
  create(1);
  Assembler a("m");
  a.function("power", 2);  // power(n, acc): 2 ^ n
  a.label("power");
  a.emit(Opcode::is_greater_constant, {A::x(0)}, {A::to("end"), A::small(0)});
  a.emit(Opcode::multiply_any, {A::x(1)}, {0, A::rx(1), A::small(2)});
  a.emit(Opcode::subtract_constant, {A::x(0), A::x(0)}, {0, A::small(1)});
  a.emit(Opcode::loop, {2}, {A::to("power")});
  a.label("end");
  a.emit(Opcode::move, {A::x(0), A::x(1)});
  a.emit(Opcode::return_);
  runner(a, "power", 2);
  load(a);
  spawn("m", "run", {Term::small(70), Term::small(1), host});
  EXPECT_EQ(next(), "1180591620717411303424");
  spawn("m", "run", {Term::small(3), Term::float_word(0.5), host});
  EXPECT_EQ(next(), "4.0");
}

TEST_F(InterpreterTest, HandlersCatchErrorsOfCallees) {
  create(1);
  Assembler a("m");
  a.function("boom", 1);
  a.emit(Opcode::add_constant, {A::x(0), A::x(0)}, {0, A::small(1)});
  a.emit(Opcode::return_);
  a.function("guarded", 1);
  a.emit(Opcode::allocate, {1, 1, 0});
  a.label("try");
  a.emit(Opcode::call, {1}, {0});
  a.label("tried");
  a.emit(Opcode::return_from_frame, {1});
  a.frame(1);
  a.label("handler");
  a.emit(Opcode::build_stacktrace, {A::x(2), A::x(2)});
  a.emit(Opcode::test_heap, {3}, {4});
  a.emit(Opcode::put_tuple, {A::x(0), 3}, {A::rx(0), A::rx(1), A::rx(2)});
  a.emit(Opcode::return_from_frame, {1});
  a.try_region("try", "tried", "handler");
  runner(a, "guarded", 1);
  a.unit.files.push_back("m.ex");
  a.unit.lines.push_back({0, 7, 0});
  load(a);
  spawn("m", "run", {Term::small(1), host});
  EXPECT_EQ(next(), "2");
  spawn("m", "run", {intern_atom("a"), host});
  EXPECT_EQ(next(),
            "{:error, :badarith, [{:erlang, :+, [:a, 1], []}, {:m, :boom, 1, [{:file, [109, 46, 101, 120]}, {:line, 7}]}, "
            "{:m, :guarded, 1, [{:file, [109, 46, 101, 120]}, {:line, 7}]}, {:m, :run, 2, [{:file, [109, 46, 101, 120]}, {:line, 7}]}]}");
}

TEST_F(InterpreterTest, UncaughtErrorsAreReported) {
  create(1);
  Assembler a("m");
  a.function("boom", 2);
  a.emit(Opcode::error, {}, {A::atom("oops")});
  runner(a, "boom", 2);
  load(a);
  spawn("m", "run", {Term::small(1), Term::small(2), host});
  for (int i = 0; i < 200 && vm->live_processes.load(); i++) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(vm->live_processes.load(), 0u);
  std::lock_guard lock(printed_mutex);
  EXPECT_NE(printed.find(":oops"), std::string::npos) << printed;
}

TEST_F(InterpreterTest, PingPongBetweenProcesses) {
  for (unsigned schedulers : {1u, 2u, 8u}) {
    create(schedulers);
    Assembler a("m");
    a.function("pong", 0);
    a.emit(Opcode::allocate, {0, 0, 0});
    a.label("pong");
    a.emit(Opcode::receive_next, {A::x(0)}, {A::to("pong_wait")});
    a.emit(Opcode::receive_remove);
    a.emit(Opcode::test_heap, {1}, {0});
    a.emit(Opcode::get_element, {A::x(1), A::x(0), 1});
    a.emit(Opcode::get_element, {A::x(0), A::x(0), 0});
    a.emit(Opcode::call_external, {2}, {Word{a.import("t", "send", 2)}});
    a.emit(Opcode::loop, {0}, {A::to("pong")});
    a.label("pong_wait");
    a.emit(Opcode::receive_wait, {}, {A::to("pong")});
    a.function("ping", 2);  // ping(n, pong)
    a.emit(Opcode::allocate, {2, 2, 0});
    a.emit(Opcode::move, {A::y(0), A::x(0)});
    a.emit(Opcode::move, {A::y(1), A::x(1)});
    a.label("again");
    a.emit(Opcode::is_greater_constant, {A::y(0)}, {A::to("done"), A::small(0)});
    a.emit(Opcode::call_external, {0}, {Word{a.import("t", "self", 0)}});
    a.emit(Opcode::test_heap, {1}, {3});
    a.emit(Opcode::put_tuple, {A::x(1), 2}, {A::rx(0), A::ry(0)});
    a.emit(Opcode::move, {A::x(0), A::y(1)});
    a.emit(Opcode::call_external, {2}, {Word{a.import("t", "send", 2)}});
    a.label("ping_receive");
    a.emit(Opcode::receive_next, {A::x(0)}, {A::to("ping_wait")});
    a.emit(Opcode::is_equal_exact, {A::x(0), A::y(0)}, {A::to("ping_skip")});
    a.emit(Opcode::receive_remove);
    a.emit(Opcode::subtract_constant, {A::y(0), A::y(0)}, {0, A::small(1)});
    a.emit(Opcode::loop, {0}, {A::to("again")});
    a.label("ping_skip");
    a.emit(Opcode::receive_skip, {}, {A::to("ping_receive")});
    a.label("ping_wait");
    a.emit(Opcode::receive_wait, {}, {A::to("ping_receive")});
    a.label("done");
    a.emit(Opcode::move_constant, {A::x(0)}, {A::atom("done")});
    a.emit(Opcode::return_from_frame, {2});
    a.function("start", 1);
    a.emit(Opcode::allocate, {1, 1, 0});
    a.emit(Opcode::move, {A::y(0), A::x(0)});
    a.emit(Opcode::move_constant, {A::x(0)}, {A::atom("m")});
    a.emit(Opcode::move_constant, {A::x(1)}, {A::atom("pong")});
    a.emit(Opcode::move_constant, {A::x(2)}, {A::nil()});
    a.emit(Opcode::call_external, {3}, {Word{a.import("t", "spawn", 3)}});
    a.emit(Opcode::move, {A::x(1), A::x(0)});
    a.emit(Opcode::move, {A::x(0), A::y(0)});
    a.emit(Opcode::call_last, {2, 1}, {1});
    runner(a, "start", 1);
    load(a);
    auto before = std::chrono::steady_clock::now();
    spawn("m", "run", {Term::small(20000), host});
    EXPECT_EQ(next(), ":done");
    std::chrono::duration<double> took = std::chrono::steady_clock::now() - before;
    RecordProperty("seconds", std::to_string(took.count()));
    vm->shutdown();
    vm.reset();
  }
}

// A function in C++ with the convention of compiled code: double(n) calls twice(n) -> n + n in the interpreter, twice.
Function* twice_function;
PHIAL_CODE void native_double_resume(PHIAL_CODE_PARAMETERS) {
  x0 += sp[2].word;
  sp += frame_header_words + 1;
  auto resume = reinterpret_cast<CompiledFunction>(sp[0].word);
  [[clang::musttail]] return resume(m, sp, hp, reductions, x0, x1, x2, x3, x4, x5);
}
PHIAL_CODE void native_double(PHIAL_CODE_PARAMETERS) {
  sp -= frame_header_words + 1;
  sp[0] = Term::raw(reinterpret_cast<Word>(&native_double_resume));
  sp[1] = Term::raw(reinterpret_cast<Word>(m->vm->exit_code));
  sp[2] = Term::raw(x0);
  m->x[0] = Term::raw(x0);
  x0 = reinterpret_cast<Word>(twice_function);
  CompiledFunction call = m->call_function;
  [[clang::musttail]] return call(m, sp, hp, reductions, x0, x1, x2, x3, x4, x5);
}

TEST_F(InterpreterTest, CompiledAndInterpretedFramesMix) {
  create(1);
  Assembler a("m");
  a.function("twice", 1);
  a.emit(Opcode::add, {A::x(0), A::x(0), A::x(0)}, {0});
  a.emit(Opcode::return_);
  a.function("double", 1);
  a.emit(Opcode::error, {}, {A::atom("interpreted")});
  runner(a, "double", 1);
  load(a);
  Module* module = vm->code.find_module(intern_atom("m"));
  twice_function = &module->functions[0];
  module->functions[1].native_entry.store(reinterpret_cast<void*>(&native_double), std::memory_order_release);
  spawn("m", "run", {Term::small(7), host});
  EXPECT_EQ(next(), "21");
}

TEST_F(InterpreterTest, DeterministicSchedulesRepeat) {
  std::vector<std::string> runs;
  for (uint64_t seed : {5u, 5u}) {
    create(0, true, seed);
    Assembler a("m");
    a.function("say", 2);
    a.emit(Opcode::call_external_only, {2}, {Word{a.import("t", "send", 2)}});
    load(a);
    for (int i = 0; i < 20; i++) spawn("m", "say", {host, Term::small(i)});
    std::string all;
    for (int i = 0; i < 20; i++) all += next() + " ";
    runs.push_back(all);
    vm->shutdown();
    vm.reset();
  }
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_NE(runs[0], "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 ");
}

}  // namespace
}  // namespace phial::test
