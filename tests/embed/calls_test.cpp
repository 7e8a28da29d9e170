// Creating VMs, evaluating, calling, compiling, loading, stopping; on the VM's threads and on the host's.
#include <atomic>
#include <set>

#include "support.hpp"

namespace {

using namespace test;
using namespace std::chrono_literals;

class Calls : public Vm {
 protected:
  void SetUp() override {
    config.schedulers = GetParam();
    create();
  }
};
INSTANTIATE_TEST_SUITE_P(Threads, Calls, ::testing::Values(0u, 1u, 2u), schedulers_name);

TEST_P(Calls, evaluates) {
  EXPECT_EQ(eval("1 + 1"), "ok: 2");
  EXPECT_EQ(eval("defmodule Kept do def f, do: :still_here end; :ok"), "ok: :ok");
  EXPECT_EQ(eval("Kept.f()"), "ok: :still_here");
}

TEST_P(Calls, tells_how_it_failed) {
  EXPECT_EQ(eval("raise \"no\""), "error: ** (RuntimeError) no");
  EXPECT_EQ(eval("throw(:ball)"), "throw: ** (throw) :ball");
  EXPECT_EQ(eval("exit(:tired)"), "exit: ** (exit) :tired");
  EXPECT_EQ(eval("Process.exit(self(), :kill)"), "exit: ** (exit) :killed");
  EXPECT_EQ(eval("1 +").substr(0, 54), "error: ** (TokenMissingError) token missing on test:1:");
}

TEST_P(Calls, separates_message_and_stack_trace) {
  const char* source = "defmodule Deep do\n  def f(x), do: 1 + g(x)\n  def g(x), do: 1 + h(x)\n  def h(x), do: 1 / x\nend\nDeep.f(0)";
  phial_result* result = phial_eval(vm, source, "deep.exs");
  EXPECT_STREQ(phial_result_message(result), "** (ArithmeticError) bad argument in arithmetic expression");
  std::string trace = phial_result_stacktrace(result);
  size_t h = trace.find("deep.exs:4: Deep.h/1"), g = trace.find("deep.exs:3: Deep.g/1"), f = trace.find("deep.exs:2: Deep.f/1");
  EXPECT_TRUE(h < g && g < f && f != std::string::npos) << trace;
  EXPECT_EQ(std::string(phial_result_error(result)), std::string(phial_result_message(result)) + "\n" + trace);
  phial_term module;
  EXPECT_TRUE(phial_map_get_atom(phial_result_term(result), "__struct__", &module));
  EXPECT_EQ(inspect(module), "ArithmeticError");
  phial_result_free(result);
}

TEST_P(Calls, kills_what_takes_too_long) {
  phial_options options{};
  options.size = sizeof options;
  options.timeout = 50'000'000;
  const char* source = "Process.register(self(), :endless); loop = fn loop -> loop.(loop) end; loop.(loop)";
  auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(told(phial_eval_with(vm, source, std::strlen(source), &options)), "timeout: the time for it was used up");
  EXPECT_LT(std::chrono::steady_clock::now() - start, 20s);
  EXPECT_EQ(eval("Stream.repeatedly(fn -> Process.sleep(1); Process.whereis(:endless) end) |> Enum.find(&is_nil/1)"), "ok: nil");
  const char* waits = "receive do :never -> 1 end";
  EXPECT_EQ(told(phial_eval_with(vm, waits, std::strlen(waits), &options)), "timeout: the time for it was used up");
}

TEST_P(Calls, takes_bindings_name_and_line) {
  phial_heap* heap = phial_heap_create();
  phial_term keys[] = {phial_atom("a"), phial_atom("b")}, values[] = {phial_integer(heap, 40), phial_integer(heap, 2)};
  phial_term map = phial_map(heap, keys, values, 2);
  phial_options options{};
  options.size = sizeof options;
  options.name = "rules.exs";
  options.line = 70;
  options.bindings = &map;
  const char* source = "{a + b, __ENV__.file |> Path.basename(), __ENV__.line}";
  EXPECT_EQ(told(phial_eval_with(vm, source, std::strlen(source), &options)), "ok: {42, \"rules.exs\", 70}");
  options.bindings = &keys[0];
  EXPECT_EQ(told(phial_eval_with(vm, "1", 1, &options)), "bad argument: the bindings are no map");
  phial_heap_free(heap);
}

TEST_P(Calls, calls_by_name_handle_and_function_value) {
  phial_heap* heap = phial_heap_create();
  phial_term items[] = {phial_integer(heap, 3), phial_integer(heap, 1), phial_integer(heap, 2)};
  phial_term list = phial_list(heap, items, 3);
  EXPECT_EQ(told(phial_apply(vm, "Enum", "sort", &list, 1)), "ok: [1, 2, 3]");
  EXPECT_EQ(told(phial_apply(vm, ":lists", "reverse", &list, 1)), "ok: [2, 1, 3]");
  phial_callable* max = phial_prepare(vm, "Enum", "max", 1);
  EXPECT_EQ(phial_prepare(vm, "Enum", "max", 1), max);
  for (int i = 0; i < 3; i++) EXPECT_EQ(told(phial_call_function(max, &list, nullptr)), "ok: 3");
  EXPECT_EQ(told(phial_call_function(max, &items[0], nullptr)).substr(0, 38), "error: ** (Protocol.UndefinedError) pr");
  phial_result* function = phial_eval(vm, "k = 10; fn a, b -> a * k + b end", "test");
  EXPECT_EQ(told(phial_apply_fun(vm, phial_result_term(function), items, 2, nullptr)), "ok: 31");
  EXPECT_EQ(told(phial_apply_fun(vm, items[0], items, 2, nullptr)), "bad argument: what is to be called is no function");
  phial_result_free(function);
  EXPECT_EQ(told(phial_apply(vm, "NoSuch", "thing", &list, 1)).substr(0, 73),
            "error: ** (UndefinedFunctionError) function NoSuch.thing/1 is undefined (");
  phial_heap_free(heap);
}

TEST_P(Calls, a_prepared_function_is_always_the_newest) {
  phial_callable* f = phial_prepare(vm, "Later", "f", 0);
  EXPECT_EQ(told(phial_call_function(f, nullptr, nullptr)).substr(0, 36), "error: ** (UndefinedFunctionError) f");
  eval("defmodule Later do def f, do: 1 end");
  EXPECT_EQ(told(phial_call_function(f, nullptr, nullptr)), "ok: 1");
  eval("Code.compiler_options(ignore_module_conflict: true); defmodule Later do def f, do: 2 end");
  EXPECT_EQ(told(phial_call_function(f, nullptr, nullptr)), "ok: 2");
}

TEST_P(Calls, compiles_to_bytecode_that_other_vms_load) {
  const char* source = "defmodule Made do def twice(x), do: 2 * x end";
  phial_result* compiled = phial_compile(vm, source, std::strlen(source), nullptr);
  ASSERT_TRUE(phial_result_ok(compiled)) << phial_result_error(compiled);
  phial_term list = phial_result_term(compiled), pair;
  ASSERT_TRUE(phial_list_next(&list, &pair));
  EXPECT_EQ(inspect(phial_tuple_element(pair, 0)), "Made");
  const char* bytes;
  size_t size;
  ASSERT_TRUE(phial_get_binary(phial_tuple_element(pair, 1), &bytes, &size));
  phial_vm* other = phial_vm_create(&config);
  EXPECT_EQ(told(phial_load(other, bytes, size, nullptr)), "ok: Made");
  EXPECT_EQ(told(phial_eval(other, "Made.twice(21)", "test")), "ok: 42");
  std::string damaged(bytes, size / 2);
  EXPECT_EQ(told(phial_load(other, damaged.data(), damaged.size(), nullptr)).substr(0, 43), "bad argument: this is no bytecode of a modu");
  phial_vm_destroy(other);
  phial_result_free(compiled);
}

// Whoever finds the process that waits for an answer may send to it, but not answer.
TEST_P(Calls, messages_to_who_waits_are_no_answers) {
  EXPECT_EQ(eval(R"(
    {:monitored_by, [host]} = Process.info(self(), :monitored_by)
    for message <- [:x, {}, {:ok, :forged}, {1, {:ok, :forged}}, {:error, 1, "forged", ""}, {:DOWN, make_ref(), :process, self(), :forged}, nil], do: send(host, message)
    :true_answer
  )"), "ok: :true_answer");
}

TEST_P(Calls, many_threads_evaluate_at_once) {
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; i++) {
        std::string source = "Enum.sum(1.." + std::to_string(100 * t + i + 1) + ")";
        int64_t n = 100 * t + i + 1, sum = 0;
        phial_result* result = phial_eval(vm, source.c_str(), "test");
        if (phial_get_integer(phial_result_term(result), &sum) && sum == n * (n + 1) / 2) right++;
        phial_result_free(result);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 40);
}

TEST_P(Calls, stops_applications_in_order_and_refuses_work_afterwards) {
  ASSERT_EQ(eval(R"(
    defmodule App do
      use Application
      def start(_, name) do
        {:ok, pid} = Supervisor.start_link([{Agent, fn -> name end}], strategy: :one_for_one)
        {:ok, pid, name}
      end
      def stop(name), do: IO.puts("stopped #{name}")
    end
    for name <- [:first, :second] do
      :ok = :application.load({:application, name, [mod: {App, name}, applications: [:kernel, :stdlib], modules: [], registered: []]})
      :ok = Application.start(name)
    end
  )"), "ok: [:ok, :ok]");
  EXPECT_EQ(phial_vm_stop(vm, 10'000'000'000), PHIAL_OK);
  EXPECT_EQ(output, "stopped second\nstopped first\n");
  EXPECT_EQ(eval("1"), "stopped: the VM is stopped");
  EXPECT_FALSE(phial_spawn(vm, ":erlang", "self", nullptr, 0, nullptr));
}

TEST_P(Calls, stopping_takes_no_longer_than_it_may) {
  ASSERT_EQ(eval(R"(
    defmodule Slow do
      use Application
      def start(_, _), do: Supervisor.start_link([], strategy: :one_for_one)
      def prep_stop(_), do: Process.sleep(:infinity)
    end
    :ok = :application.load({:application, :slow, [mod: {Slow, []}, applications: [:kernel], modules: [], registered: []]})
    Application.start(:slow)
  )"), "ok: :ok");
  EXPECT_EQ(phial_vm_stop(vm, 50'000'000), PHIAL_TIMEOUT);
}

class Creating : public Vm {};

TEST_F(Creating, refuses_configurations_that_make_no_sense) {
  config.size = 12;
  EXPECT_EQ(phial_vm_create(&config), nullptr);
  EXPECT_STRNE(phial_create_error(), "");
  phial_config_init(&config);
  config.deterministic = true;
  config.schedulers = 2;
  EXPECT_EQ(phial_vm_create(&config), nullptr);
  EXPECT_STREQ(phial_create_error(), "a deterministic schedule has no threads: schedulers must be 0");
  EXPECT_EQ(phial_vm_create(nullptr), nullptr);
}

TEST_F(Creating, a_deterministic_vm_that_halts_answers_nobody) {
  config.schedulers = 0;
  config.deterministic = true;
  config.halt = [](void*, int) {};
  create();
  EXPECT_EQ(eval("1 + 1"), "ok: 2");
  phial_result* result = phial_eval(vm, "System.halt(3); Process.sleep(:infinity)", "halts");
  EXPECT_EQ(phial_result_code(result), PHIAL_EXIT);
  phial_result_free(result);
  result = phial_apply(vm, "Kernel", "self", nullptr, 0);
  EXPECT_EQ(phial_result_code(result), PHIAL_STOPPED);
  phial_result_free(result);
}

TEST_F(Creating, an_older_hosts_configuration_has_the_defaults_of_what_came_later) {
  config.size = offsetof(phial_config, input);
  config.misuse = reinterpret_cast<phial_misuse>(1);  // not there in the older struct
  create();
  EXPECT_EQ(eval("1 + 1"), "ok: 2");
}

TEST_F(Creating, many_vms_on_many_threads) {
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++)
    threads.emplace_back([&] {
      for (int i = 0; i < 5; i++) {
        phial_config own = config;
        own.schedulers = static_cast<unsigned>(i % 3);
        phial_vm* mine = phial_vm_create(&own);
        if (told(phial_eval(mine, "Enum.map(1..3, & &1 * 2)", "test")) == "ok: [2, 4, 6]") right++;
        phial_vm_destroy(mine);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 20);
}

TEST_F(Creating, vms_share_nothing) {
  create();
  phial_vm* other = phial_vm_create(&config);
  eval("defmodule Only do def here, do: true end; :persistent_term.put(:key, 1); Process.register(self(), :me)");
  EXPECT_EQ(told(phial_eval(other, "{Code.ensure_loaded?(Only), :persistent_term.get(:key, :none), Process.whereis(:me)}", "test")),
            "ok: {false, :none, nil}");
  phial_vm_destroy(other);
}

TEST_F(Creating, loads_modules_through_the_host) {
  create();
  const char* source = "defmodule FromHost do def f, do: :loaded end";
  phial_result* compiled = phial_compile(vm, source, std::strlen(source), nullptr);
  phial_term list = phial_result_term(compiled), pair;
  phial_list_next(&list, &pair);
  const char* bytes;
  size_t size;
  ASSERT_TRUE(phial_get_binary(phial_tuple_element(pair, 1), &bytes, &size));
  struct Loader {
    std::string bytes;
    std::mutex mutex;
    std::set<std::string> asked;
  } loader{std::string(bytes, size), {}, {}};
  phial_result_free(compiled);
  phial_config second = config;
  second.user = &loader;
  second.misuse = nullptr;
  second.output = nullptr;
  second.module_loader = [](void* user, const char* module, const char** code, size_t* length) {
    auto loader = static_cast<Loader*>(user);
    std::lock_guard lock(loader->mutex);
    loader->asked.insert(module);
    if (std::strcmp(module, "FromHost") != 0) return false;
    *code = loader->bytes.data();
    *length = loader->bytes.size();
    return true;
  };
  phial_vm* other = phial_vm_create(&second);
  EXPECT_EQ(told(phial_eval(other, "{FromHost.f(), Enum.count([1])}", "test")), "ok: {:loaded, 1}");
  EXPECT_TRUE(loader.asked.contains("FromHost"));
  phial_vm_destroy(other);
}

TEST_F(Creating, counts_what_it_does) {
  create();
  eval("Enum.each(1..100, fn _ -> spawn(fn -> :ok end) end)");
  phial_statistics statistics{};
  statistics.size = sizeof statistics;
  phial_get_statistics(vm, &statistics);
  EXPECT_GE(statistics.spawned, 101u);
  EXPECT_GT(statistics.reductions, 1000u);
  EXPECT_GT(statistics.code_bytes, 1000u);
  EXPECT_GT(statistics.atoms, 100u);
  EXPECT_GT(statistics.modules, 1u);
  EXPECT_EQ(statistics.size, sizeof statistics);
  phial_statistics small{};
  small.size = offsetof(phial_statistics, spawned);
  small.reductions = 77;
  phial_get_statistics(vm, &small);
  EXPECT_EQ(small.reductions, 77u);
}

}  // namespace
