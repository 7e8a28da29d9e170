// Budgets and capabilities, of VMs and of what one call or spawn starts, as hosts set them.
#include <atomic>
#include <functional>

#include "phial.hpp"
#include "support.hpp"

namespace {

using namespace test;
using namespace std::chrono_literals;

class Confined : public Vm {
 protected:
  phial_budget budget;
  Confined() { phial_budget_init(&budget); }
  void create_with_budget() {
    config.schedulers = GetParam();
    config.budget = &budget;
    create();
  }
  /// Evaluates within the budget, or the grants, of options.
  std::string eval_in(const char* source, const char* const* grants = nullptr, const phial_budget* within = nullptr) {
    phial_options options{};
    options.size = sizeof options;
    options.timeout = 60'000'000'000;
    options.budget = within;
    options.restricted = grants != nullptr;
    options.grants = grants;
    return told(phial_eval_with(vm, source, std::strlen(source), &options));
  }
};
INSTANTIATE_TEST_SUITE_P(Vms, Confined, ::testing::Values(0, 1, 4), schedulers_name);

struct Offence {
  const char* source;
  std::function<void(phial_budget&)> limit;
  const char* in_vm;    // what the evaluation is told when its VM has this limit
  const char* in_tree;  // ... when it has it itself
};
const char* const no_atom = "error: ** (SystemLimitError) a system limit has been reached due to errors were found at the given arguments:\n\n  * 1st argument: no more atoms are allowed\n";
const Offence offences[] = {
    {"Enum.reduce(Stream.iterate(1, & &1 + 1), [], &[&1 | &2])", [](auto& b) { b.memory = 30 << 20; }, "budget: ** (exit) {:budget, :memory}", nullptr},
    {"Stream.iterate([], &[String.duplicate(\"x\", 1000) | &1]) |> Enum.at(1_000_000)", [](auto& b) { b.binaries = 4 << 20; }, "budget: ** (exit) {:budget, :binaries}", nullptr},
    {"t = :ets.new(:t, []); Enum.each(Stream.iterate(1, & &1 + 1), &:ets.insert(t, {&1}))", [](auto& b) { b.ets = 4 << 20; }, "budget: ** (exit) {:budget, :ets}", nullptr},
    {"Stream.cycle([1]) |> Stream.run()", [](auto& b) { b.reductions = 5'000'000; }, "budget: ** (exit) {:budget, :reductions}", nullptr},
    {"Stream.cycle([1]) |> Stream.run()", [](auto& b) { b.time = 200'000'000; }, "budget: ** (exit) {:budget, :time}", nullptr},
    {"for _ <- 1..1000, do: spawn(fn -> Process.sleep(:infinity) end)", [](auto& b) { b.processes = 50; }, "error: ** (SystemLimitError) a system limit has been reached", "budget: ** (exit) {:budget, :processes}"},
    {"for n <- 1..100_000, do: String.to_atom(\"confined#{n}\")", [](auto& b) { b.atoms = 3000; }, no_atom, no_atom},
    {"me = self(); Enum.each(1..1_000_000, fn n -> send(me, n) end)", [](auto& b) { b.mailbox = 1000; }, "budget: ** (exit) {:budget, :mailbox}", nullptr},
};

TEST_P(Confined, each_budget_of_a_vm_ends_the_offender_with_its_reason) {
  for (const Offence& offence : offences) {
    phial_budget_init(&budget);
    offence.limit(budget);
    create_with_budget();
    EXPECT_EQ(eval(offence.source), offence.in_vm) << offence.source;
    phial_vm_destroy(vm);
  }
  create_with_budget();
}

/// An operator of which nothing comes, in one call of C++: both sides are one small term each, shared 2^60 times over.
const char* const endless = "x = fn -> Enum.reduce(1..60, 0, fn _, a -> [a | a] end) end; x.() == x.()";

TEST_P(Confined, a_vm_driven_in_a_call_of_another_keeps_its_budget_within_c_plus_plus) {
  config.schedulers = GetParam();
  create();
  auto evaluate = [](phial_call* call, const phial_term*, void*) {
    phial_budget within;
    phial_budget_init(&within);
    within.time = 200'000'000;
    phial_config inner;
    phial_config_init(&inner);
    inner.schedulers = 0;
    inner.budget = &within;
    phial_vm* vm = phial_vm_create(&inner);
    std::string answer = told(phial_eval(vm, endless, "inner"));
    phial_vm_destroy(vm);
    return phial_string(phial_call_heap(call), answer.c_str());
  };
  phial_register(vm, "Host", "evaluate", 0, evaluate, nullptr, PHIAL_PLAIN);
  EXPECT_EQ(eval("Host.evaluate()"), "ok: \"budget: ** (exit) {:budget, :time}\"");
}

TEST_P(Confined, each_budget_of_a_call_ends_it_and_nothing_else) {
  config.schedulers = GetParam();
  create();
  // Also where it is the first thing that the VM does.
  EXPECT_EQ(eval_in("IO.puts(\"first\")", nullptr, &budget), "ok: :ok");
  eval("Process.register(spawn(fn -> Process.sleep(:infinity) end), :bystander)");
  for (const Offence& offence : offences) {
    phial_budget within;
    phial_budget_init(&within);
    offence.limit(within);
    EXPECT_EQ(eval_in(offence.source, nullptr, &within), offence.in_tree ? offence.in_tree : offence.in_vm) << offence.source;
  }
  EXPECT_EQ(eval("IO.puts(\"last\"); Process.alive?(Process.whereis(:bystander))"), "ok: true");
  EXPECT_EQ(output, "first\nlast\n");
}

TEST_P(Confined, reductions_per_second_slow_down) {
  budget.reductions_per_second = 2'000'000;
  create_with_budget();
  auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(eval("Enum.reduce(1..600_000, 0, fn _, n -> n + 1 end)"), "ok: 600000");
  EXPECT_GT(std::chrono::steady_clock::now() - begin, 200ms);
}

TEST_P(Confined, the_host_is_asked_first_and_may_give_more) {
  struct Asked { std::atomic<int> times{0}; std::atomic<uint64_t> used{0}; } asked;
  budget.reductions = 1'000'000;
  budget.user = &asked;
  budget.crossed = [](void* user, phial_budget_kind kind, uint64_t used, uint64_t* limit) {
    auto told = static_cast<Asked*>(user);
    if (kind != PHIAL_BUDGET_REDUCTIONS || told->times++ > 2) return false;
    told->used = used;
    *limit *= 2;
    return true;
  };
  create_with_budget();
  EXPECT_EQ(eval("Enum.reduce(1..1_000_000, 0, fn _, n -> n + 1 end)"), "ok: 1000000");
  EXPECT_GE(asked.times, 1);
  EXPECT_GE(asked.used, 1'000'000u);
  EXPECT_EQ(eval("Stream.cycle([1]) |> Stream.run()"), "budget: ** (exit) {:budget, :reductions}");
}

TEST_P(Confined, a_vm_that_is_used_up_goes_on_with_another_budget) {
  budget.reductions = 3'000'000;
  create_with_budget();
  EXPECT_EQ(eval("Stream.cycle([1]) |> Stream.run()"), "budget: ** (exit) {:budget, :reductions}");
  EXPECT_EQ(eval("1"), "system limit: ** (SystemLimitError) no room for one more process");
  EXPECT_GE(phial_budget_used(vm, PHIAL_BUDGET_REDUCTIONS), 3'000'000u);
  budget.reductions = 0;
  EXPECT_TRUE(phial_set_budget(vm, &budget));
  EXPECT_EQ(eval("1"), "ok: 1");
}

TEST_P(Confined, use_is_told_and_given_back) {
  budget.memory = 200 << 20;
  create_with_budget();
  eval("1");
  uint64_t before = phial_budget_used(vm, PHIAL_BUDGET_BINARIES);
  EXPECT_EQ(eval("Process.register(spawn(fn -> b = String.duplicate(\"x\", 10_000_000); receive do :end -> byte_size(b) end end), :holder); Process.sleep(50)"), "ok: :ok");
  EXPECT_GE(phial_budget_used(vm, PHIAL_BUDGET_BINARIES), before + 10'000'000);
  EXPECT_GE(phial_budget_used(vm, PHIAL_BUDGET_MEMORY), 10'000'000u);
  eval("Process.exit(Process.whereis(:holder), :kill); Process.sleep(50)");
  EXPECT_LT(phial_budget_used(vm, PHIAL_BUDGET_BINARIES), before + 1'000'000);
  EXPECT_EQ(phial_budget_used(vm, PHIAL_BUDGET_MAILBOX), 0u);
  EXPECT_EQ(phial_budget_used(vm, static_cast<phial_budget_kind>(99)), 0u);
}

TEST_P(Confined, other_vms_feel_nothing) {
  budget.memory = 20 << 20;
  create_with_budget();
  phial_config free;
  phial_config_init(&free);
  free.schedulers = 1;
  phial_vm* other = phial_vm_create(&free);
  EXPECT_FALSE(phial_set_budget(other, &budget));
  EXPECT_EQ(phial_budget_used(other, PHIAL_BUDGET_MEMORY), 0u);
  EXPECT_EQ(eval("Enum.reduce(Stream.iterate(1, & &1 + 1), [], &[&1 | &2])"), "budget: ** (exit) {:budget, :memory}");
  EXPECT_EQ(told(phial_eval(other, "Enum.count(Enum.to_list(1..3_000_000))", "other")), "ok: 3000000");
  phial_vm_destroy(other);
}

TEST_P(Confined, spawned_trees_have_their_own_budget_and_grants) {
  config.schedulers = GetParam();
  create();
  phial_heap* heap = phial_heap_create();
  phial_host* host = phial_host_open(vm, nullptr, nullptr);
  phial_callable* code = phial_prepare(vm, "Code", "eval_string", 2);
  phial_budget within;
  phial_budget_init(&within);
  within.reductions = 3'000'000;
  const char* none[] = {nullptr};
  phial_options options{};
  options.size = sizeof options;
  options.budget = &within;
  options.restricted = true;
  options.grants = none;
  auto outcome = [&](const char* source) {
    phial_term key = phial_atom("host"), pid = phial_host_pid(host), pair[] = {key, pid}, binding = phial_tuple(heap, pair, 2);
    phial_term arguments[] = {phial_string(heap, source), phial_list(heap, &binding, 1)}, started, message;
    if (!phial_spawn_with(code, arguments, &options, &started)) return std::string("not started");
    phial_host_monitor(host, started);
    if (!phial_host_receive(host, heap, 60'000'000'000, &message)) return std::string("no end");
    return inspect(phial_is_atom(phial_tuple_element(message, 0), "DOWN") ? phial_tuple_element(message, 4) : message);
  };
  // The very first code of the VM; its children belong to it.
  EXPECT_EQ(outcome("spawn(fn -> Stream.cycle([1]) |> Stream.run() end); Process.sleep(:infinity)"), "{:budget, :reductions}");
  EXPECT_EQ(outcome("try do File.read(\"/etc/hosts\") rescue e in Phial.CapabilityError -> exit(e.capability) end"), ":read");
  const char* bad[] = {"fly", nullptr};
  options.grants = bad;
  EXPECT_EQ(outcome("1"), "not started");
  phial_result* refused = phial_call_function(code, std::array<phial_term, 2>{phial_nil(), phial_empty_list()}.data(), &options);
  EXPECT_EQ(phial_result_code(refused), PHIAL_BAD_ARGUMENT);
  phial_result_free(refused);
  EXPECT_EQ(eval("IO.puts(\"free\"); File.exists?(\"/\")"), "ok: true");
  EXPECT_EQ(output, "free\n");
  phial_host_close(host);
  phial_heap_free(heap);
}

// -- capabilities

phial_term answer(phial_call*, const phial_term*, void*) { return phial_atom("answered"); }
/// Gives its state after one pause.
phial_term pausing(phial_call* call, const phial_term*, void*) {
  phial_term state;
  return phial_call_state(call, &state) ? state : phial_again(call, phial_atom("of_the_host"));
}

TEST_P(Confined, functions_of_the_host_are_granted_by_module) {
  phial_config_sandbox(&config);
  const char* grants[] = {"module:Open", "module::open", nullptr};
  config.grants = grants;
  config.schedulers = GetParam();
  create();
  for (const char* module : {"Open", ":open", "Shut"}) {
    phial_register(vm, module, "plain", 0, answer, nullptr, PHIAL_PLAIN);
    phial_register(vm, module, "blocking", 0, answer, nullptr, PHIAL_BLOCKING);
    phial_register(vm, module, "pausing", 0, pausing, nullptr, PHIAL_YIELDING);
  }
  EXPECT_EQ(eval("[Open.plain(), Open.blocking(), Open.pausing()]"), "ok: [:answered, :answered, :of_the_host]");
  EXPECT_EQ(eval(":open.plain()"), "ok: :answered");
  for (const char* name : {"plain", "blocking", "pausing"})
    EXPECT_EQ(eval(("try do Shut." + std::string(name) + "() rescue e in Phial.CapabilityError -> {e.capability, e.target} end").c_str()), "ok: {:module, \"Shut\"}");
  // Nothing that the language can name goes on where a function paused, with a state of the caller's making.
  EXPECT_EQ(eval("for m <- [Open, Shut, :phial_host_function], f <- [:pausing, :\"Elixir.Shut.pausing/0\", :\"Elixir.Open.pausing/0\"], function_exported?(m, f, 1), do: {m, f}"), "ok: []");
  EXPECT_EQ(eval("Open.pausing(:forged)").substr(0, 35), "error: ** (UndefinedFunctionError) ");
}

TEST_P(Confined, what_is_denied_names_the_capability) {
  phial_config_sandbox(&config);
  config.schedulers = GetParam();
  create();
  const char* const probes[][2] = {
      {"File.read(\"/etc/hosts\")", "{:read, \"/etc/hosts\"}"},
      {"File.write(\"/etc/phial\", \"\")", "{:write, \"/etc/phial\"}"},
      {":gen_tcp.connect({127, 0, 0, 1}, 9, [])", "{:connect, \"127.0.0.1:9\"}"},
      {":gen_tcp.connect(~c\"localhost\", 9, [])", "{:dns, nil}"},
      {":gen_tcp.listen(0, [])", "{:listen, \"0.0.0.0:0\"}"},
      {":inet.gethostbyname(~c\"localhost\")", "{:dns, nil}"},
      {"System.cmd(\"/bin/true\", [])", "{:run, nil}"},
      {"System.get_env(\"HOME\")", "{:env, \"HOME\"}"},
      {"System.put_env(\"A\", \"b\")", "{:env, \"A\"}"},
      {"defmodule Sneaky do end", "{:define, nil}"},
      {":code.load_binary(Enum, ~c\"x\", \"\")", "{:code, nil}"},
      {":code.purge(Enum)", "{:code, nil}"},
      {":erlang.trace(self(), true, [:call])", "{:observe, nil}"},
      {"System.halt(0)", "{:halt, nil}"},
      {":os.set_signal(:sigusr1, :handle)", "{:signals, nil}"},
      {":persistent_term.put(:mine, 1)", "{:persistent, nil}"},
      {":erlang.set_cookie(:x)", "{:node, nil}"},
      {"File.cd(\"/\")", "{:cwd, nil}"},
  };
  for (auto [source, denied] : probes)
    EXPECT_EQ(eval(("try do " + std::string(source) + " rescue e in Phial.CapabilityError -> {e.capability, e.target} end").c_str()), "ok: " + std::string(denied)) << source;
  EXPECT_EQ(eval("rem(System.monotonic_time(:nanosecond), 10_000_000)"), "ok: 0");
  EXPECT_EQ(phial_vm_stop(vm, 20'000'000'000), PHIAL_OK);
}

TEST(Grants, that_say_nothing_known_are_told) {
  const char* good[] = {"read:/tmp", "connect:example.org:443", "dns", "env:HOME", "module:Game", "module:*", nullptr};
  EXPECT_EQ(phial_bad_grant(good), nullptr);
  EXPECT_EQ(phial_bad_grant(nullptr), nullptr);
  for (const char* wrong : {"", "read", "read:", "fly", "dns:x", "halt:now", "module", "write:"}) {
    const char* grants[] = {"dns", wrong, nullptr};
    EXPECT_STREQ(phial_bad_grant(grants), wrong);
    phial_config config;
    phial_config_init(&config);
    config.restricted = true;
    config.grants = grants;
    EXPECT_EQ(phial_vm_create(&config), nullptr) << wrong;
    EXPECT_NE(std::string(phial_create_error()).find(wrong), std::string::npos);
  }
}

TEST(Cpp, sandboxes_budgets_and_grants) {
  auto config = phial_api::Config::sandbox();
  config.allow = {{"env:PHIAL_CONFINES", "define"}};
  phial_api::Budget budget;
  budget.reductions = 50'000'000;
  config.budget = &budget;
  config.schedulers = 1;
  phial_api::Vm vm(std::move(config));
  EXPECT_TRUE(vm.eval("System.get_env(\"PHIAL_CONFINES\")"));
  EXPECT_FALSE(vm.eval("System.get_env(\"HOME\")"));
  EXPECT_FALSE(vm.eval("System.get_env(\"PHIAL_CONFINES\")", {.allow = {{"define"}}}));
  phial_api::Budget small;
  small.reductions = 1'000'000;
  EXPECT_EQ(vm.eval("Stream.cycle([1]) |> Stream.run()", {.budget = &small}).code(), PHIAL_BUDGET);
  EXPECT_GE(vm.used(PHIAL_BUDGET_REDUCTIONS), 1'000'000u);
  EXPECT_TRUE(vm.set_budget(budget));
  phial_api::Mailbox mailbox(vm.get());
  phial_api::Heap heap;
  auto spinning = vm.spawn_with({.budget = &small}, "Enum", "each", std::vector<int>(3), 7);
  ASSERT_TRUE(spinning);
  mailbox.monitor(*spinning);
  EXPECT_TRUE(mailbox.receive(heap, 20s));
  vm.function("Host", "throws", []() -> int { throw 42; });
  EXPECT_FALSE(vm.eval("Host.throws()"));
}

}  // namespace
