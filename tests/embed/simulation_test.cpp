// Deterministic VMs of the API: the same seed gives the same run, a search by the host finds an interleaving, and other threads may send.
#include <atomic>
#include <set>

#include "support.hpp"

namespace {

using namespace test;

/// Two processes add to a counter, each with a read and a write that another may come between; and what of a run must not differ.
const char* const race = R"(
  {:ok, counter} = Agent.start(fn -> 0 end)
  add = fn -> n = Agent.get(counter, & &1); Agent.update(counter, fn _ -> n + 1 end) end
  Task.await_many([Task.async(add), Task.async(add)])
  Process.sleep(3_600_000)
  names = Enum.sort([&Enum.map/2, &String.length/1, fn -> counter end])
  {Agent.get(counter, & &1), counter, make_ref(), System.system_time(), :rand.uniform(1_000_000), inspect(names)}
)";

class Simulated : public Vm {
 protected:
  void SetUp() override {
    config.schedulers = 0;
    config.deterministic = true;
    config.sim_waits = true;
  }
  void TearDown() override {}
  std::string run(uint64_t seed) {
    create();
    eval("Task.async(fn -> 1 end) |> Task.await()");  // the modules are there
    EXPECT_TRUE(phial_sim_begin(vm, seed));
    std::string outcome = eval(race);
    phial_vm_destroy(vm);
    return outcome;
  }
};

TEST_F(Simulated, a_seed_is_a_run_and_some_seed_loses_an_update) {
  std::set<std::string> outcomes, values;
  for (uint64_t seed = 1; seed <= 40; seed++) {
    std::string outcome = run(seed);
    ASSERT_EQ(outcome.substr(0, 5), "ok: {") << outcome;
    outcomes.insert(outcome);
    values.insert(outcome.substr(5, 1));
    if (seed % 10 == 0) {
      EXPECT_EQ(run(seed), outcome) << seed;
    }
  }
  EXPECT_GT(outcomes.size(), 30u);
  EXPECT_EQ(values, (std::set<std::string>{"1", "2"}));
}

TEST_F(Simulated, other_vms_have_no_seed) {
  config.deterministic = false;
  create();
  EXPECT_FALSE(phial_sim_begin(vm, 1));
  phial_vm_destroy(vm);
}

TEST_F(Simulated, begin_while_another_thread_drives_is_misuse) {
  create();
  static std::atomic<bool> inside, go;
  inside = go = false;
  auto waits = [](phial_call*, const phial_term*, void*) {
    inside = true;
    while (!go) std::this_thread::yield();
    return phial_nil();
  };
  phial_register(vm, "Host", "waits", 0, waits, nullptr, PHIAL_PLAIN);
  std::thread driver([&] { eval("Host.waits()"); });
  while (!inside) std::this_thread::yield();
  EXPECT_FALSE(phial_sim_begin(vm, 1));
  EXPECT_EQ(misuses.size(), 1u);
  go = true;
  driver.join();
  phial_vm_destroy(vm);
}

TEST_F(Simulated, other_threads_send_spawn_and_look_while_it_runs) {
  config.sim_delay = 0.5;  // some messages are always held back
  config.sim_waits = false;
  create();
  constexpr int senders = 3, messages = 400;
  std::atomic<bool> stop{false};
  std::atomic<int> refused{0};
  eval("Process.register(spawn(fn -> Process.sleep(:infinity) end), :sink)");
  EXPECT_EQ(eval(R"(
    counter = fn counter, n -> receive do :count -> counter.(counter, n + 1); {:total, to} -> send(to, {:total, n}) end end
    Process.register(spawn(fn -> counter.(counter, 0) end), :counter)
    # Somebody is always busy, so that messages meet a VM that runs.
    for _ <- 1..2, do: spawn(fn -> Stream.cycle([1]) |> Enum.each(fn _ -> send(:sink, :x); Process.sleep(1) end) end)
    :ok
  )"), "ok: :ok");
  std::vector<std::thread> threads;
  for (int i = 0; i < senders; i++)
    threads.emplace_back([&] {
      for (int n = 0; n < messages; n++) {
        if (!phial_send(vm, phial_atom("counter"), phial_atom("count"))) refused++;
        if (n % 50 == 0) phial_spawn(vm, "Process", "whereis", std::array{phial_atom("counter")}.data(), 1, nullptr);
        phial_statistics figures{};
        figures.size = sizeof figures;
        phial_get_statistics(vm, &figures);
      }
    });
  std::thread driver([&] {
    while (!stop) phial_run_for(vm, 20'000, 0);
  });
  for (std::thread& thread : threads) thread.join();
  stop = true;
  driver.join();
  EXPECT_EQ(refused, 0);
  phial_host* host = phial_host_open(vm, nullptr, nullptr);
  phial_heap* heap = phial_heap_create();
  phial_term ask[] = {phial_atom("total"), phial_host_pid(host)}, answer;
  phial_send(vm, phial_atom("counter"), phial_tuple(heap, ask, 2));
  ASSERT_TRUE(phial_host_receive(host, heap, 20'000'000'000, &answer));
  EXPECT_EQ(inspect(answer), "{:total, " + std::to_string(senders * messages) + "}");
  phial_host_close(host);
  phial_heap_free(heap);
  phial_vm_destroy(vm);
}

}  // namespace
