// Signals between processes, as the reference manual's chapter on processes defines them. An agent process runs steps that the test gives it and
// tells the host every other message it gets.
#include "tests/unit/vm_fixture.hpp"
#include "vm/native/native.hpp"

namespace phial::test {
namespace {

using A = Assembler;
using Step = std::function<Term(Context&)>;

std::mutex steps_mutex;
std::vector<Step> steps;

Term run_step(Context& c, const Term* a) {
  Step step;
  {
    std::lock_guard lock(steps_mutex);
    step = steps[static_cast<size_t>(a[0].small_value())];
  }
  Term number = a[0];
  Term result = step(c);
  // The step called a function that waits for an answer: the step as a whole runs again.
  if (result.is_none() && c.outcome == Context::Outcome::wait) return c.wait({number});
  return result;
}
constexpr NativeEntry entries[] = {{"t", "step", 1, run_step}};

/// Calls :erlang.name(arguments) from a step.
Term call(Context& c, const char* name, std::initializer_list<Term> arguments) {
  Export* e = c.vm().code.find_export(intern_atom("erlang"), intern_atom(name), static_cast<uint8_t>(arguments.size()));
  return e->native.load()(c, arguments.begin());
}
Term a(const char* text) { return intern_atom(text); }

class ProcessTest : public VmFixture {
 protected:
  ProcessTest() {
    for (const NativeTable& table : native_tables()) natives.push_back(table);
    natives.push_back({entries, std::size(entries)});
  }
  void start(unsigned schedulers = 1, bool deterministic = false) {
    create(schedulers, deterministic);
    Assembler m("agent");
    unsigned send = m.import("erlang", "send", 2), step = m.import("t", "step", 1);
    // agent(host)
    m.function("agent", 1);
    m.emit(Opcode::allocate, {1, 1, 0});
    m.emit(Opcode::move, {A::y(0), A::x(0)});
    m.label("receive");
    m.emit(Opcode::receive_next, {A::x(0)}, {A::to("wait")});
    m.emit(Opcode::is_tagged_tuple, {A::x(0), 2}, {A::to("forward"), A::atom("do")});
    m.emit(Opcode::receive_remove);
    m.emit(Opcode::get_element, {A::x(0), A::x(0), 1});
    m.emit(Opcode::call_external, {1}, {Word{step}});
    m.emit(Opcode::move, {A::x(1), A::x(0)});
    m.emit(Opcode::move, {A::x(0), A::y(0)});
    m.emit(Opcode::call_external, {2}, {Word{send}});
    m.emit(Opcode::loop, {0}, {A::to("receive")});
    m.label("forward");
    m.emit(Opcode::receive_remove);
    m.emit(Opcode::test_heap, {1}, {3});
    m.emit(Opcode::put_tuple, {A::x(1), 2}, {A::atom("got"), A::rx(0)});
    m.emit(Opcode::move, {A::x(0), A::y(0)});
    m.emit(Opcode::call_external, {2}, {Word{send}});
    m.emit(Opcode::loop, {0}, {A::to("receive")});
    m.label("wait");
    m.emit(Opcode::receive_wait, {}, {A::to("receive")});
    // after_ms(host, ms): tells :late unless a message comes first
    m.function("after_ms", 2);
    m.emit(Opcode::allocate, {2, 2, 0});
    m.emit(Opcode::move, {A::y(0), A::x(0)});
    m.emit(Opcode::move, {A::y(1), A::x(1)});
    m.label("after_receive");
    m.emit(Opcode::receive_next, {A::x(0)}, {A::to("after_wait")});
    m.emit(Opcode::is_equal_exact_constant, {A::x(0)}, {A::to("after_skip"), A::atom("stop")});
    m.emit(Opcode::receive_remove);
    m.emit(Opcode::move_constant, {A::x(1)}, {A::atom("early")});
    m.emit(Opcode::jump, {}, {A::to("after_tell")});
    m.label("after_skip");
    m.emit(Opcode::receive_skip, {}, {A::to("after_receive")});
    m.label("after_wait");
    m.emit(Opcode::receive_wait_timeout, {}, {A::to("after_receive"), A::ry(1)});
    m.emit(Opcode::receive_timeout);
    m.emit(Opcode::move_constant, {A::x(1)}, {A::atom("late")});
    m.label("after_tell");
    m.emit(Opcode::move, {A::x(0), A::y(0)});
    m.emit(Opcode::call_external_last, {2, 2}, {Word{send}});
    // crash(): an error nobody catches
    m.function("crash", 0);
    m.emit(Opcode::error, {}, {A::atom("oops")});
    m.function("quit", 1);
    m.emit(Opcode::call_external_only, {1}, {Word{m.import("erlang", "exit", 1)}});
    m.function("spin", 0);
    m.label("spin");
    m.emit(Opcode::loop, {0}, {A::to("spin")});
    // hoard(list): grows for ever
    m.function("hoard", 1);
    m.label("hoard");
    m.emit(Opcode::test_heap, {1}, {2});
    m.emit(Opcode::put_list_any, {A::x(0)}, {A::small(1), A::rx(0)});
    m.emit(Opcode::loop, {1}, {A::to("hoard")});
    load(m);
  }
  Term agent() { return spawn("agent", "agent", {host}); }
  void post(Term pid, Step step) {
    std::lock_guard lock(steps_mutex);
    steps.push_back(std::move(step));
    Arena arena(16);
    vm->send(pid, make_tuple(arena, {a("do"), Term::small(static_cast<int64_t>(steps.size()) - 1)}));
  }
  std::string run(Term pid, Step step) {
    post(pid, std::move(step));
    return next();
  }
  static Term spawn_agent_function(Context& c, const char* kind, const char* name, std::initializer_list<Term> arguments = {}) {
    return call(c, kind, {a("agent"), a(name), make_list(c.heap(), arguments)});
  }
};

TEST_F(ProcessTest, MonitorsTellTheReason) {
  start();
  Term p = agent();
  EXPECT_EQ(run(p, [](Context& c) {
              Term pid = spawn_agent_function(c, "spawn", "quit", {a("because")});
              call(c, "put", {a("pid"), pid});
              return call(c, "monitor", {a("process"), pid}).is_reference() ? a("monitoring") : a("no");
            }),
            ":monitoring");
  std::string down = next();
  EXPECT_EQ(down.find("{:got, {:DOWN, #Reference<"), 0u) << down;
  EXPECT_TRUE(down.find(", :because}}") != std::string::npos || down.find(", :noproc}}") != std::string::npos) << down;
  // A process that is gone.
  run(p, [](Context& c) { return call(c, "monitor", {a("process"), call(c, "get", {a("pid")})}).is_reference() ? atoms::ok : atoms::error; });
  EXPECT_NE(next().find(":noproc"), std::string::npos);
  // A name that nobody has.
  EXPECT_EQ(run(p, [](Context& c) { return boolean(call(c, "monitor", {a("process"), a("nobody")}).is_reference()); }), "true");
  EXPECT_NE(next().find("{:nobody, :nonode@nohost}, :noproc"), std::string::npos);
}

TEST_F(ProcessTest, DemonitorSilences) {
  start();
  Term p = agent();
  run(p, [](Context& c) {
    Term pid = spawn_agent_function(c, "spawn", "spin");
    Term reference = call(c, "monitor", {a("process"), pid});
    call(c, "demonitor", {reference});
    return call(c, "exit", {pid, a("kill")});
  });
  EXPECT_EQ(run(p, [](Context&) { return a("nothing"); }), ":nothing");
}

TEST_F(ProcessTest, LinksCarryExits) {
  start();
  Term p = agent(), q = agent();
  // q traps exits and links to p; p dies.
  EXPECT_EQ(run(q, [p](Context& c) {
              call(c, "process_flag", {a("trap_exit"), atoms::true_});
              return call(c, "link", {p});
            }),
            "true");
  post(p, [](Context& c) { return call(c, "exit", {a("gone")}); });
  EXPECT_EQ(next(), "{:got, {:EXIT, " + print_term(p) + ", :gone}}");
  // Without trapping, the exit takes the other with it; normal does not.
  Term r = agent(), s = agent();
  EXPECT_EQ(run(r, [s](Context& c) { return call(c, "link", {s}); }), "true");
  EXPECT_EQ(run(q, [r](Context& c) { return call(c, "link", {r}); }), "true");
  post(s, [](Context& c) { return call(c, "exit", {a("boom")}); });
  EXPECT_EQ(next(), "{:got, {:EXIT, " + print_term(r) + ", :boom}}");
}

TEST_F(ProcessTest, ExitSignals) {
  start();
  Term p = agent(), q = agent();
  run(q, [p](Context& c) { return call(c, "monitor", {a("process"), p}).is_reference() ? atoms::ok : atoms::error; });
  EXPECT_EQ(run(q, [p](Context& c) { return call(c, "exit", {p, a("normal")}); }), "true");
  EXPECT_EQ(run(p, [](Context& c) { return call(c, "process_flag", {a("trap_exit"), atoms::true_}); }), "false");
  EXPECT_EQ(run(q, [p](Context& c) { return call(c, "exit", {p, a("please")}); }), "true");
  EXPECT_EQ(next(), "{:got, {:EXIT, " + print_term(q) + ", :please}}");
  EXPECT_EQ(run(q, [p](Context& c) { return call(c, "exit", {p, a("kill")}); }), "true");
  EXPECT_NE(next().find(", :killed}}"), std::string::npos);
}

TEST_F(ProcessTest, CrashesReachLinksWithTheirStack) {
  start();
  Term p = agent();
  run(p, [](Context& c) {
    call(c, "process_flag", {a("trap_exit"), atoms::true_});
    return spawn_agent_function(c, "spawn_link", "crash").is_pid() ? atoms::ok : atoms::error;
  });
  std::string exit = next();
  EXPECT_NE(exit.find("{:oops, [{:agent, :crash, 0, []}]}"), std::string::npos) << exit;
}

TEST_F(ProcessTest, NamesAndSending) {
  start();
  Term p = agent();
  EXPECT_EQ(run(p, [](Context& c) { return call(c, "register", {a("me"), c.process()->pid}); }), "true");
  EXPECT_EQ(run(p, [](Context& c) { return boolean(call(c, "whereis", {a("me")}) == c.process()->pid); }), "true");
  EXPECT_EQ(run(p, [](Context& c) { return call(c, "send", {a("me"), Term::small(5)}); }), "5");
  EXPECT_EQ(next(), "{:got, 5}");
  post(p, [](Context& c) { return call(c, "exit", {atoms::normal}); });
  Term q = agent();
  for (int i = 0; i < 100; i++) {
    if (run(q, [](Context& c) { return call(c, "whereis", {a("me")}); }) == ":undefined") return;
  }
  FAIL() << "the name of a dead process is still registered";
}

TEST_F(ProcessTest, AliasesEnd) {
  start();
  Term p = agent(), q = agent();
  static Term alias;
  EXPECT_EQ(run(p, [](Context& c) {
              alias = call(c, "alias", {});
              return a("made");
            }),
            ":made");
  EXPECT_EQ(run(q, [](Context& c) { return call(c, "send", {alias, Term::small(1)}); }), "1");
  EXPECT_EQ(next(), "{:got, 1}");
  EXPECT_EQ(run(p, [](Context& c) { return call(c, "unalias", {alias}); }), "true");
  EXPECT_EQ(run(q, [](Context& c) { return call(c, "send", {alias, Term::small(2)}); }), "2");
  EXPECT_EQ(run(p, [](Context&) { return a("silent"); }), ":silent");
}

TEST_F(ProcessTest, TimersFireAndAreCancelled) {
  for (unsigned schedulers : {1u, 3u}) {
    start(schedulers);
    Term p = agent();
    auto before = std::chrono::steady_clock::now();
    run(p, [](Context& c) { return boolean(call(c, "send_after", {Term::small(30), c.process()->pid, a("tick")}).is_reference()); });
    EXPECT_EQ(next(), "{:got, :tick}");
    EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(30));
    run(p, [](Context& c) {
      Term reference = call(c, "start_timer", {Term::small(10000), c.process()->pid, a("never")});
      call(c, "put", {a("timer"), reference});
      return atoms::ok;
    });
    EXPECT_EQ(run(p, [](Context& c) {
                Term left = call(c, "cancel_timer", {call(c, "get", {a("timer")})});
                return boolean(left.is_small() && left.small_value() > 5000 && left.small_value() <= 10001);
              }),
              "true");
    EXPECT_EQ(run(p, [](Context& c) { return call(c, "cancel_timer", {call(c, "get", {a("timer")})}); }), "false");
    vm->shutdown();
    vm.reset();
  }
}

TEST_F(ProcessTest, ManyTimersFireInOrder) {
  start(2);
  Term p = agent();
  run(p, [](Context& c) {
    // Absolute times: however long this loop takes, the order is known.
    int64_t base = c.vm().scheduling->now() / 1000000 + 100;
    Term options = make_list(c.heap(), {make_tuple(c.heap(), {a("abs"), atoms::true_})});
    for (int64_t i = 0; i < 200; i++)
      call(c, "send_after", {Term::small(base + (i * 37) % 200), c.process()->pid, Term::small((i * 37) % 200), options});
    return atoms::ok;
  });
  for (int i = 0; i < 200; i++) {
    std::string got = next();
    EXPECT_EQ(got, "{:got, " + std::to_string(i) + "}");
    if (got == "(nothing came)") break;
  }
}

TEST_F(ProcessTest, ReceiveAfter) {
  start();
  spawn("agent", "after_ms", {host, Term::small(0)});
  EXPECT_EQ(next(), ":late");
  auto before = std::chrono::steady_clock::now();
  spawn("agent", "after_ms", {host, Term::small(50)});
  EXPECT_EQ(next(), ":late");
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(50));
  Term waiting = spawn("agent", "after_ms", {host, atoms::infinity});
  vm->send(waiting, a("noise"));
  vm->send(waiting, a("stop"));
  EXPECT_EQ(next(), ":early");
}

TEST_F(ProcessTest, TheVirtualClockDoesNotWait) {
  start(0, true);
  auto before = std::chrono::steady_clock::now();
  spawn("agent", "after_ms", {host, Term::small(3600 * 1000)});
  EXPECT_EQ(next(), ":late");
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5));
}

TEST_F(ProcessTest, EndlessLoopsDoNotHoldUpOthers) {
  start(2);
  for (int i = 0; i < 10; i++) spawn("agent", "spin", {});
  Term p = agent();
  for (int i = 0; i < 20; i++) EXPECT_EQ(run(p, [](Context&) { return a("here"); }), ":here");
}

TEST_F(ProcessTest, ProcessInfoOfOthers) {
  start(2);
  Term p = agent(), q = agent();
  EXPECT_EQ(run(p, [](Context& c) { return call(c, "put", {a("key"), Term::small(1)}); }), ":undefined");
  EXPECT_EQ(run(q, [p](Context& c) { return call(c, "process_info", {p, a("dictionary")}); }), "{:dictionary, [{:key, 1}]}");
  EXPECT_EQ(run(q, [p](Context& c) { return call(c, "process_info", {p, a("status")}); }), "{:status, :waiting}");
  EXPECT_EQ(run(q, [p](Context& c) { return call(c, "process_info", {p, a("current_function")}); }), "{:current_function, {:agent, :agent, 1}}");
  EXPECT_EQ(run(q, [](Context& c) { return call(c, "process_info", {c.process()->pid, a("message_queue_len")}); }), "{:message_queue_len, 0}");
}

TEST_F(ProcessTest, HeapLimitsKill) {
  start();
  Term p = agent();
  run(p, [](Context& c) {
    Term options = make_list(c.heap(), {a("monitor"), make_tuple(c.heap(), {a("max_heap_size"), Term::small(100000)})});
    Term hoard = make_list(c.heap(), {Term::nil()});
    return boolean(call(c, "spawn_opt", {a("agent"), a("hoard"), hoard, options}).is_tuple());
  });
  EXPECT_NE(next().find(", :killed}}"), std::string::npos);
}

TEST_F(ProcessTest, SuspendedProcessesWait) {
  start();
  Term p = agent(), q = agent();
  EXPECT_EQ(run(q, [p](Context& c) { return call(c, "suspend_process", {p}); }), "true");
  vm->send(p, a("hello"));
  EXPECT_EQ(run(q, [p](Context& c) { return call(c, "process_info", {p, a("status")}); }), "{:status, :suspended}");
  EXPECT_EQ(run(q, [p](Context& c) { return call(c, "resume_process", {p}); }), "true");
  EXPECT_EQ(next(), "{:got, :hello}");
}

TEST_F(ProcessTest, LargeBinariesAreSentWithoutACopy) {
  start();
  Term p = agent(), q = agent();
  static SharedBinary* shared;
  shared = SharedBinary::create(100 * 1000 * 1000);
  shared->retain();
  run(p, [q](Context& c) {
    Term binary = make_shared_binary(c.heap(), shared, shared->capacity * 8);
    call(c, "send", {q, make_tuple(c.heap(), {a("big"), binary})});
    return a("sent");
  });
  vm->close_host_process(host);
  vm->shutdown();
  EXPECT_EQ(shared->references.load(), 1u);
  shared->drop();
}

TEST_F(ProcessTest, RandomSignalsLoseNoDown) {
  start(4);
  Term noise = vm->open_host_process([](Term) {});
  uint64_t state = 99;
  auto random = [&](uint64_t n) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (state >> 33) % n;
  };
  for (int round = 0; round < 5; round++) {
    constexpr size_t count = 40;
    std::vector<Term> agents;
    for (size_t i = 0; i < count; i++) agents.push_back(spawn("agent", "agent", {noise}));
    Term watcher = agent();
    EXPECT_EQ(run(watcher, [agents](Context& c) {
                for (Term pid : agents) call(c, "monitor", {a("process"), pid});
                return a("watching");
              }),
              ":watching");
    for (int i = 0; i < 600; i++) {
      Term p = agents[random(count)], q = agents[random(count)];
      switch (random(8)) {
        case 0: post(p, [q](Context& c) { c.process()->trap_exit = true; return boolean(!call(c, "link", {q}).is_none()); }); break;
        case 1: post(p, [q](Context& c) { return call(c, "unlink", {q}); }); break;
        case 2: post(p, [q](Context& c) { return call(c, "monitor", {a("process"), q}); }); break;
        case 3: post(p, [](Context& c) { return call(c, "send_after", {Term::small(1), c.process()->pid, a("tick")}); }); break;
        case 4: post(p, [q](Context& c) { return call(c, "send", {q, make_binary(c.heap(), std::string(300, 'z'))}); }); break;
        case 5: post(p, [q](Context& c) {
            Term r = call(c, "monitor", {a("process"), q});
            return call(c, "demonitor", {r});
          }); break;
        case 6: post(p, [](Context& c) {
            Term alias = call(c, "alias", {});
            call(c, "send", {alias, a("hello")});
            return call(c, "unalias", {alias});
          }); break;
        default:
          if (random(20) == 0) vm->send_signal(p, make_signal(SignalKind::exit, a("boom"), q));
      }
    }
    for (Term pid : agents) vm->send_signal(pid, make_signal(SignalKind::exit, a("kill"), watcher));
    for (size_t i = 0; i < count; i++) {
      std::string got = next();
      EXPECT_EQ(got.find("{:got, {:DOWN, "), 0u) << got;
      if (got == "(nothing came)") return;
    }
    EXPECT_EQ(run(watcher, [](Context&) { return a("no_more"); }), ":no_more");
    vm->send_signal(watcher, make_signal(SignalKind::exit, a("kill"), watcher));
  }
}

TEST_F(ProcessTest, TwoVmsAreIndependent) {
  start(2);
  auto first = std::move(vm);
  Term first_host = host;
  start(2);
  Term p = agent();
  EXPECT_EQ(run(p, [](Context&) { return a("second"); }), ":second");
  for (int i = 0; i < 1000; i++) spawn("agent", "spin", {});
  first->shutdown();
  first.reset();
  EXPECT_EQ(run(p, [](Context&) { return a("still"); }), ":still");
  (void)first_host;
}

}  // namespace
}  // namespace phial::test
