// Functions, objects and processes of the host.
#include <poll.h>

#include <array>
#include <atomic>



#include "support.hpp"

namespace {

using namespace test;
using namespace std::chrono_literals;

class Host : public Vm {
 protected:
  phial_heap* heap = phial_heap_create();
  void SetUp() override {
    config.schedulers = GetParam();
    create();
  }
  void TearDown() override {
    phial_heap_free(heap);
    Vm::TearDown();
  }
  /// Lets the VM run until it holds, or for some seconds.
  template <class Holds>
  void run_until(Holds holds) {
    for (int i = 0; i < 2000 && !holds(); i++) eval("Process.sleep(1)");
  }
};
INSTANTIATE_TEST_SUITE_P(Threads, Host, ::testing::Values(0u, 1u, 2u), schedulers_name);

phial_term add(phial_call* call, const phial_term* arguments, void* user) {
  int64_t a, b;
  if (!phial_get_integer(arguments[0], &a) || !phial_get_integer(arguments[1], &b)) return phial_raise(call, "two integers, please");
  return phial_integer(phial_call_heap(call), a + b + *static_cast<int*>(user));
}
phial_term pair_with_pid(phial_call* call, const phial_term* arguments, void*) {
  phial_term pair[] = {arguments[0], phial_call_pid(call)};
  return phial_tuple(phial_call_heap(call), pair, 2);
}
phial_term fail_as(phial_call* call, const phial_term*, void*) { return phial_raise_as(call, "RuntimeError", "broken"); }
phial_term fail_with(phial_call* call, const phial_term* arguments, void*) { return phial_raise_term(call, arguments[0]); }
phial_term slow(phial_call* call, const phial_term* arguments, void*) {
  std::this_thread::sleep_for(20ms);
  return pair_with_pid(call, arguments, nullptr);
}

TEST_P(Host, functions_have_data_results_and_errors) {
  int one = 1, ten = 10;
  ASSERT_TRUE(phial_register(vm, "Host", "add", 2, add, &one, PHIAL_PLAIN));
  ASSERT_TRUE(phial_register(vm, "Host", "add_more", 2, add, &ten, PHIAL_PLAIN));
  EXPECT_EQ(eval("Host.add(1, 2)"), "ok: 4");
  EXPECT_EQ(eval("Host.add_more(1, 2)"), "ok: 13");
  EXPECT_EQ(eval("Enum.map(1..3, &Host.add(&1, &1))"), "ok: [3, 5, 7]");
  EXPECT_EQ(eval("Host.add(1, :x)"), "error: ** (ArgumentError) two integers, please");
  EXPECT_EQ(eval("function_exported?(Host, :add, 2)"), "ok: true");
  ASSERT_TRUE(phial_register(vm, "Host", "add", 2, add, &ten, PHIAL_PLAIN));
  EXPECT_EQ(eval("Host.add(1, 2)"), "ok: 13");
}

TEST_P(Host, functions_know_their_caller_and_raise_what_they_want) {
  phial_function_entry entries[] = {{"who", 1, pair_with_pid, PHIAL_PLAIN, nullptr},
                                    {"slow", 1, slow, PHIAL_BLOCKING, nullptr},
                                    {"broken", 0, fail_as, PHIAL_BLOCKING, nullptr},
                                    {"raises", 1, fail_with, PHIAL_PLAIN, nullptr}};
  ASSERT_TRUE(phial_register_all(vm, ":host", entries, 4));
  EXPECT_EQ(eval(":host.who(:x) == {:x, self()}"), "ok: true");
  EXPECT_EQ(eval(":host.slow(:x) == {:x, self()}"), "ok: true");
  EXPECT_EQ(eval(":host.broken()"), "error: ** (RuntimeError) broken");
  EXPECT_EQ(eval("try do :host.raises(%KeyError{key: 1, term: %{}}) rescue e in KeyError -> e.key end"), "ok: 1");
  EXPECT_EQ(eval(":host.raises(:some_reason)"), "error: ** (ErlangError) Erlang error: :some_reason");
}

TEST_P(Host, blocking_functions_run_side_by_side) {
  // Each waits for the others.
  static std::atomic<int> there;
  there = 0;
  auto meet = [](phial_call*, const phial_term*, void*) {
    there++;
    for (int i = 0; i < 20000 && there < 8; i++) std::this_thread::sleep_for(1ms);
    return phial_boolean(there >= 8);
  };
  phial_register(vm, "Host", "meet", 0, meet, nullptr, PHIAL_BLOCKING);
  EXPECT_EQ(eval("1..8 |> Enum.map(fn _ -> Task.async(&Host.meet/0) end) |> Task.await_many(60_000) |> Enum.all?()"), "ok: true");
}

TEST_P(Host, there_is_no_limit_to_functions) {
  std::vector<std::string> names;
  std::vector<phial_function_entry> entries;
  static int zero = 0;
  for (int i = 0; i < 5000; i++) names.push_back("f" + std::to_string(i));
  for (const std::string& name : names) entries.push_back({name.c_str(), 2, add, PHIAL_PLAIN, &zero});
  ASSERT_TRUE(phial_register_all(vm, "Many", entries.data(), entries.size()));
  EXPECT_EQ(eval("{Many.f0(1, 1), Many.f4999(2, 2)}"), "ok: {2, 4}");
}

TEST_P(Host, bad_registrations_define_nothing) {
  phial_function_entry entries[] = {{"fine", 0, fail_as, PHIAL_PLAIN, nullptr}, {"too_many", 201, fail_as, PHIAL_PLAIN, nullptr}};
  EXPECT_FALSE(phial_register_all(vm, "Bad", entries, 2));
  EXPECT_FALSE(phial_register(vm, "Bad", "both", 0, fail_as, nullptr, PHIAL_BLOCKING | PHIAL_YIELDING));
  EXPECT_FALSE(phial_register(vm, "Bad", "unknown", 0, fail_as, nullptr, 64));
  EXPECT_EQ(eval("function_exported?(Bad, :fine, 0)"), "ok: false");
}

TEST_P(Host, functions_replace_code_that_was_loaded) {
  EXPECT_EQ(eval("defmodule Mine do def f(a, b), do: {a, b}; def g, do: f(1, 2) end; Mine.f(1, 2)"), "ok: {1, 2}");
  static int zero = 0;
  ASSERT_TRUE(phial_register(vm, "Mine", "f", 2, add, &zero, PHIAL_PLAIN));
  EXPECT_EQ(eval("Mine.f(1, 2)"), "ok: 3");
}

// Counts to its argument, a thousand at a time.
phial_term count(phial_call* call, const phial_term* arguments, void* user) {
  int64_t limit, at = 0;
  phial_term state;
  phial_get_integer(arguments[0], &limit);
  if (phial_call_state(call, &state)) phial_get_integer(state, &at);
  static_cast<std::atomic<int>*>(user)->fetch_add(1);
  for (int i = 0; i < 1000 && at < limit; i++) at++;
  phial_heap* heap = phial_call_heap(call);
  return at < limit ? phial_again(call, phial_integer(heap, at)) : phial_integer(heap, at);
}

TEST_P(Host, yielding_functions_share_the_time) {
  std::atomic<int> calls{0};
  phial_register(vm, "Host", "count", 1, count, &calls, PHIAL_YIELDING);
  EXPECT_EQ(eval("Host.count(10)"), "ok: 10");
  EXPECT_EQ(calls, 1);
  // Another process gets many turns before the count is done.
  EXPECT_EQ(eval(R"(
    me = self()
    counter = spawn(fn -> send(me, {:done, Host.count(300_000)}) end)
    turns = Stream.repeatedly(fn -> :erlang.yield(); receive do {:done, n} -> n after 0 -> :waiting end end) |> Enum.take_while(& &1 == :waiting) |> length()
    {turns > 5, Process.alive?(counter)}
  )"), "ok: {true, false}");
  EXPECT_EQ(calls, 301);
}

TEST_P(Host, phial_again_elsewhere_is_misuse) {
  auto wrong = [](phial_call* call, const phial_term*, void*) { return phial_again(call, phial_nil()); };
  phial_register(vm, "Host", "wrong", 0, wrong, nullptr, PHIAL_PLAIN);
  EXPECT_EQ(eval("Host.wrong()"), "error: ** (ArgumentError) the host function gave phial_again, and is not registered as yielding");
  EXPECT_EQ(misuses.size(), 1u);
}

// -- objects

std::atomic<int> destroyed{0};
const phial_object_type counter_type{"counter", [](void* object) {
                                       delete static_cast<int*>(object);
                                       destroyed++;
                                     }};
const phial_object_type other_type{"other", nullptr};

phial_term new_counter(phial_call* call, const phial_term*, void*) { return phial_object(phial_call_heap(call), &counter_type, new int(0)); }
phial_term bump(phial_call* call, const phial_term* arguments, void*) {
  auto counter = static_cast<int*>(phial_get_object(arguments[0], &counter_type));
  if (!counter) return phial_raise(call, "no counter");
  return phial_integer(phial_call_heap(call), ++*counter);
}

TEST_P(Host, objects_live_as_long_as_they_can_be_reached) {
  destroyed = 0;
  phial_function_entry entries[] = {{"new", 0, new_counter, 0, nullptr}, {"bump", 1, bump, 0, nullptr}};
  phial_register_all(vm, "Counter", entries, 2);
  EXPECT_EQ(eval("c = Counter.new(); Counter.bump(c); {is_reference(c), Counter.bump(c)}"), "ok: {true, 2}");
  run_until([] { return destroyed == 1; });
  EXPECT_EQ(destroyed, 1);
  EXPECT_EQ(eval("Counter.bump(make_ref())"), "error: ** (ArgumentError) no counter");
  // Through messages and tables.
  EXPECT_EQ(eval(R"(
    holder = spawn(fn ->
      t = :ets.new(:kept, [:public, :named_table])
      receive do c -> :ets.insert(t, {:c, c}) end
      receive do :stop -> :ok end
    end)
    Process.register(holder, :holder)
    send(holder, Counter.new())
    Stream.repeatedly(fn -> Process.sleep(1); :ets.whereis(:kept) != :undefined and :ets.member(:kept, :c) end) |> Enum.find(& &1)
  )"), "ok: true");
  EXPECT_EQ(eval("[{:c, c}] = :ets.lookup(:kept, :c); Counter.bump(c); Counter.bump(c)"), "ok: 2");
  EXPECT_EQ(destroyed, 1);
  EXPECT_EQ(eval("send(:holder, :stop)"), "ok: :stop");
  run_until([] { return destroyed == 2; });
  EXPECT_EQ(destroyed, 2);
}

TEST_P(Host, objects_are_checked_by_type_and_kept_by_handles) {
  destroyed = 0;
  phial_term object = phial_object(heap, &counter_type, new int(5));
  EXPECT_EQ(*static_cast<int*>(phial_get_object(object, &counter_type)), 5);
  EXPECT_EQ(phial_get_object(object, &other_type), nullptr);
  EXPECT_EQ(phial_get_object(phial_nil(), &counter_type), nullptr);
  EXPECT_EQ(phial_kind_of(object), PHIAL_REFERENCE);
  phial_handle handle = phial_keep(vm, object);
  phial_heap_clear(heap);
  EXPECT_EQ(destroyed, 0);
  phial_handle_free(vm, handle);
  EXPECT_EQ(destroyed, 1);
}

TEST_P(Host, objects_go_with_the_vm) {
  destroyed = 0;
  phial_register(vm, "Counter", "new", 0, new_counter, nullptr, 0);
  eval("c = Counter.new(); Process.register(spawn(fn -> Process.sleep(:infinity); c end), :keeps); Process.sleep(5)");
  EXPECT_EQ(destroyed, 0);
  phial_vm_destroy(vm);
  vm = nullptr;
  EXPECT_EQ(destroyed, 1);
}

// -- messages

TEST_P(Host, processes_of_the_host_receive_in_order) {
  phial_host* host = phial_host_open(vm, nullptr, nullptr);
  phial_term pid = phial_host_pid(host), message;
  EXPECT_FALSE(phial_host_receive(host, heap, 0, &message));
  phial_register(vm, "Host", "pid", 0, [](phial_call*, const phial_term*, void* user) { return *static_cast<phial_term*>(user); }, &pid, 0);
  EXPECT_EQ(eval("for n <- 1..100, do: send(Host.pid(), {n, String.duplicate(\"x\", n)}); :sent"), "ok: :sent");
  EXPECT_EQ(phial_host_pending(host), 100u);
  for (int64_t n = 1; n <= 100; n++) {
    ASSERT_TRUE(phial_host_receive(host, heap, 5'000'000'000, &message));
    int64_t number;
    phial_get_integer(phial_tuple_element(message, 0), &number);
    EXPECT_EQ(number, n);
  }
  EXPECT_FALSE(phial_host_receive(host, heap, 1'000'000, &message));
  phial_host_close(host);
  EXPECT_FALSE(phial_send(vm, pid, phial_nil()));
}

TEST_P(Host, a_descriptor_tells_of_messages) {
  phial_host* host = phial_host_open(vm, nullptr, nullptr);
  int fd = phial_host_descriptor(host);
  ASSERT_GE(fd, 0);
  EXPECT_EQ(phial_host_descriptor(host), fd);
  pollfd wait{fd, POLLIN, 0};
  EXPECT_EQ(poll(&wait, 1, 0), 0);
  phial_send(vm, phial_host_pid(host), phial_atom("a"));
  phial_send(vm, phial_host_pid(host), phial_atom("b"));
  EXPECT_EQ(poll(&wait, 1, 1000), 1);
  phial_term message;
  EXPECT_TRUE(phial_host_receive(host, heap, 0, &message));
  EXPECT_EQ(poll(&wait, 1, 0), 1);
  EXPECT_TRUE(phial_host_receive(host, heap, 0, &message));
  EXPECT_EQ(inspect(message), ":b");
  EXPECT_EQ(poll(&wait, 1, 0), 0);
  phial_host_close(host);
}

TEST_P(Host, callbacks_get_messages_and_end_with_the_host) {
  struct Seen {
    std::mutex mutex;
    std::vector<std::string> messages;
  } seen;
  phial_host* host = phial_host_open(
      vm,
      [](void* user, phial_term message) {
        auto seen = static_cast<Seen*>(user);
        std::lock_guard lock(seen->mutex);
        seen->messages.push_back(inspect(message));
      },
      &seen);
  phial_term pid = phial_host_pid(host), bindings = phial_map(heap, std::array{phial_atom("host")}.data(), &pid, 1);
  phial_options options{};
  options.size = sizeof options;
  options.bindings = &bindings;
  const char* source = "send(host, {:from, :language}); :ok";
  EXPECT_EQ(told(phial_eval_with(vm, source, std::strlen(source), &options)), "ok: :ok");
  phial_host_close(host);
  EXPECT_EQ(seen.messages, std::vector<std::string>{"{:from, :language}"});
}

TEST_P(Host, monitors_tell_of_ends) {
  phial_host* host = phial_host_open(vm, nullptr, nullptr);
  phial_term pid, message;
  phial_result* result = phial_eval(vm, "spawn(fn -> receive do reason -> exit(reason) end end)", "test");
  pid = phial_result_term(result);
  phial_term reference = phial_host_monitor(host, pid);
  EXPECT_TRUE(phial_alive(vm, pid));
  EXPECT_TRUE(phial_send(vm, pid, phial_atom("enough")));
  ASSERT_TRUE(phial_host_receive(host, heap, 5'000'000'000, &message));
  EXPECT_EQ(phial_tuple_size(message), 5u);
  EXPECT_TRUE(phial_is_atom(phial_tuple_element(message, 0), "DOWN"));
  EXPECT_TRUE(phial_equal(phial_tuple_element(message, 1), reference));
  EXPECT_TRUE(phial_equal(phial_tuple_element(message, 3), pid));
  EXPECT_TRUE(phial_is_atom(phial_tuple_element(message, 4), "enough"));
  phial_host_monitor(host, pid);
  ASSERT_TRUE(phial_host_receive(host, heap, 5'000'000'000, &message));
  EXPECT_TRUE(phial_is_atom(phial_tuple_element(message, 4), "noproc"));
  EXPECT_FALSE(phial_alive(vm, pid));
  phial_result_free(result);
  phial_host_close(host);
}

TEST_P(Host, the_language_monitors_and_links_hosts_that_never_end) {
  phial_host* host = phial_host_open(vm, nullptr, nullptr);
  phial_term pid = phial_host_pid(host);
  phial_register(vm, "Host", "pid", 0, [](phial_call*, const phial_term*, void* user) { return *static_cast<phial_term*>(user); }, &pid, 0);
  EXPECT_EQ(eval("Process.link(Host.pid()); r = Process.monitor(Host.pid()); Process.demonitor(r); Process.unlink(Host.pid()); "
                 "Process.exit(Host.pid(), :kill); Process.alive?(Host.pid())"),
            "ok: true");
  phial_host_close(host);
}

TEST_P(Host, spawns_sends_and_exits) {
  eval("defmodule Echo do def run(to) do receive do m -> send(to, {:echo, m}); run(to) end end end");
  phial_host* host = phial_host_open(vm, nullptr, nullptr);
  phial_term to = phial_host_pid(host), pid, message;
  ASSERT_TRUE(phial_spawn(vm, "Echo", "run", &to, 1, &pid));
  EXPECT_TRUE(phial_send(vm, pid, phial_integer(heap, 7)));
  ASSERT_TRUE(phial_host_receive(host, heap, 5'000'000'000, &message));
  EXPECT_EQ(inspect(message), "{:echo, 7}");
  phial_host_monitor(host, pid);
  EXPECT_TRUE(phial_exit(vm, pid, phial_atom("kill")));
  ASSERT_TRUE(phial_host_receive(host, heap, 5'000'000'000, &message));
  EXPECT_TRUE(phial_is_atom(phial_tuple_element(message, 4), "killed"));
  EXPECT_FALSE(phial_exit(vm, pid, phial_atom("kill")));
  EXPECT_FALSE(phial_send(vm, pid, phial_nil()));
  EXPECT_FALSE(phial_send(vm, phial_atom("nobody_has_this_name"), phial_nil()));
  EXPECT_FALSE(phial_whereis(vm, "nobody_has_this_name", &pid));
  eval("Process.register(spawn(fn -> Process.sleep(:infinity) end), :sleeper)");
  EXPECT_TRUE(phial_whereis(vm, "sleeper", &pid));
  EXPECT_TRUE(phial_send(vm, phial_atom("sleeper"), phial_nil()));
  phial_host_close(host);
}

TEST_P(Host, a_spawned_process_prints_before_any_evaluation) {
  phial_term text = phial_string(heap, "hello");
  phial_term pid;
  ASSERT_TRUE(phial_spawn(vm, "IO", "puts", &text, 1, &pid));
  phial_host* host = phial_host_open(vm, nullptr, nullptr);
  phial_host_monitor(host, pid);
  phial_term message;
  ASSERT_TRUE(phial_host_receive(host, heap, 10'000'000'000, &message));
  EXPECT_EQ(output, "hello\n");
  phial_host_close(host);
}

TEST_P(Host, sends_from_many_threads_arrive) {
  phial_result* result = phial_eval(vm, R"(
    spawn(fn ->
      total = Enum.reduce(1..4000, 0, fn _, sum -> receive do {:n, n} -> sum + n end end)
      receive do {:report, to} -> send(to, total) end
    end)
  )", "test");
  phial_term pid = phial_result_term(result);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++)
    threads.emplace_back([&] {
      phial_heap* own = phial_heap_create();
      for (int i = 0; i < 1000; i++) {
        phial_term pair[] = {phial_atom("n"), phial_integer(own, i)};
        EXPECT_TRUE(phial_send(vm, pid, phial_tuple(own, pair, 2)));
      }
      phial_heap_free(own);
    });
  for (std::thread& thread : threads) thread.join();
  phial_host* host = phial_host_open(vm, nullptr, nullptr);
  phial_term report[] = {phial_atom("report"), phial_host_pid(host)}, message;
  phial_send(vm, pid, phial_tuple(heap, report, 2));
  ASSERT_TRUE(phial_host_receive(host, heap, 10'000'000'000, &message));
  EXPECT_EQ(inspect(message), std::to_string(4 * 499500));
  phial_host_close(host);
  phial_result_free(result);
}

// The socket's goodbye to its owner is answered while the socket is at work.
TEST_P(Host, a_socket_may_be_the_hosts) {
  phial_host* host = phial_host_open(vm, nullptr, nullptr);
  phial_term name = phial_atom("host"), pid = phial_host_pid(host), bindings = phial_map(heap, &name, &pid, 1), message;
  phial_options options{};
  options.size = sizeof options;
  options.bindings = &bindings;
  std::string source = R"(
    {:ok, listener} = :gen_tcp.listen(0, [:binary, active: false])
    {:ok, port} = :inet.port(listener)
    {:ok, here} = :gen_tcp.connect(~c"127.0.0.1", port, [:binary, active: true])
    {:ok, there} = :gen_tcp.accept(listener)
    :ok = :gen_tcp.controlling_process(here, host)
    :ok = :gen_tcp.send(there, "bytes")
    :gen_tcp.close(there)
  )";
  EXPECT_EQ(told(phial_eval_with(vm, source.data(), source.size(), &options)), "ok: :ok");
  ASSERT_TRUE(phial_host_receive(host, heap, 10'000'000'000, &message));
  EXPECT_EQ(inspect(phial_tuple_element(message, 0)) + inspect(phial_tuple_element(message, 2)), ":tcp\"bytes\"");
  ASSERT_TRUE(phial_host_receive(host, heap, 10'000'000'000, &message));
  EXPECT_EQ(inspect(phial_tuple_element(message, 0)), ":tcp_closed");
  EXPECT_EQ(eval("{:ok, other} = :gen_tcp.listen(0, []); :gen_tcp.close(other)"), "ok: :ok");
  phial_host_close(host);
}

}  // namespace
