// VMs without threads of their own: phial_run_for, what it answers, and descriptors for event loops.
#include <poll.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "support.hpp"

namespace {

using namespace test;
using namespace std::chrono_literals;

class Driving : public Vm {
 protected:
  phial_heap* heap = phial_heap_create();
  void SetUp() override {
    config.schedulers = 0;
    create();
    eval("1");  // what every VM starts is started
    while (phial_run_for(vm, 0, 0).activity == PHIAL_MORE) {
    }
  }
  void TearDown() override {
    phial_heap_free(heap);
    Vm::TearDown();
  }
  static int64_t now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }
  /// Starts a process that evaluates the source.
  void start(const char* source) {
    phial_term text = phial_string(heap, source);
    ASSERT_TRUE(phial_spawn(vm, "Code", "eval_string", &text, 1, nullptr));
  }
  bool readable(int milliseconds) {
    pollfd wait{phial_descriptor(vm), POLLIN, 0};
    return poll(&wait, 1, milliseconds) == 1;
  }
};

TEST_F(Driving, quiet_where_nothing_comes_but_from_the_host) {
  phial_progress progress = phial_run_for(vm, 0, 0);
  EXPECT_EQ(progress.activity, PHIAL_QUIET);
  EXPECT_EQ(progress.next_timer, -1);
  EXPECT_EQ(progress.reductions, 0u);
  EXPECT_EQ(progress.outside, 0u);
}

TEST_F(Driving, more_until_the_work_is_done_in_steps_of_the_limit) {
  start("Enum.each(1..300_000, fn _ -> :ok end)");
  int steps = 0;
  uint64_t reductions = 0;
  phial_progress progress;
  do {
    progress = phial_run_for(vm, 20'000, 0);
    EXPECT_LT(progress.reductions, 30'000u);
    reductions += progress.reductions;
    steps++;
  } while (progress.activity == PHIAL_MORE && steps < 100'000);
  EXPECT_GT(steps, 10);
  EXPECT_GT(reductions, 300'000u);
  EXPECT_EQ(progress.activity, PHIAL_QUIET);
}

TEST_F(Driving, time_limits_hold_and_idle_returns_at_once) {
  start("loop = fn loop -> loop.(loop) end; loop.(loop)");
  int64_t begin = now();
  phial_progress progress = phial_run_for(vm, 0, 20'000'000);
  EXPECT_EQ(progress.activity, PHIAL_MORE);
  EXPECT_GE(now() - begin, 20'000'000);
  EXPECT_LT(now() - begin, 20'000'000'000);
  phial_vm* idle = phial_vm_create(&config);
  begin = now();
  phial_run_for(idle, 0, 10'000'000'000);
  EXPECT_LT(now() - begin, 5'000'000'000);
  phial_vm_destroy(idle);
}

TEST_F(Driving, timers_say_when) {
  int64_t begin = now();
  start("Process.sleep(50); Process.register(self(), :woke); Process.sleep(:infinity)");
  phial_progress progress;
  while ((progress = phial_run_for(vm, 0, 0)).activity == PHIAL_MORE) {
  }
  ASSERT_EQ(progress.activity, PHIAL_TIMER);
  EXPECT_GT(progress.next_timer, begin);
  EXPECT_LT(progress.next_timer, now() + 60'000'000);
  phial_term pid;
  // Neither a loop that polls the descriptor nor one that waits misses it.
  while (!phial_whereis(vm, "woke", &pid) && now() - begin < 10'000'000'000) {
    EXPECT_TRUE(readable(5000));
    phial_run_for(vm, 0, 0);
  }
  EXPECT_TRUE(phial_whereis(vm, "woke", &pid));
  EXPECT_GE(now() - begin, 50'000'000);
  EXPECT_FALSE(readable(0));
}

TEST_F(Driving, waiting_ends_with_a_timer) {
  start("Process.sleep(30); Process.register(self(), :woke); Process.sleep(:infinity)");
  int64_t begin = now();
  phial_term pid;
  phial_run_for(vm, 0, 0);
  while (!phial_whereis(vm, "woke", &pid) && now() - begin < 10'000'000'000) {
    EXPECT_TRUE(phial_wait(vm, 5'000'000'000));
    phial_run_for(vm, 0, 0);
  }
  EXPECT_TRUE(phial_whereis(vm, "woke", &pid));
  EXPECT_FALSE(phial_wait(vm, 1'000'000));
}

TEST_F(Driving, blocking_work_is_outside_until_its_answer_is_there) {
  static std::atomic<bool> go;
  go = false;
  auto blocks = [](phial_call*, const phial_term*, void*) {
    while (!go) std::this_thread::sleep_for(1ms);
    return phial_atom("done");
  };
  phial_register(vm, "Host", "block", 0, blocks, nullptr, PHIAL_BLOCKING);
  start("Process.register(self(), :blocked); :done = Host.block(); Process.register(spawn(fn -> Process.sleep(:infinity) end), :answered)");
  phial_progress progress;
  while ((progress = phial_run_for(vm, 0, 0)).activity == PHIAL_MORE) {
  }
  EXPECT_EQ(progress.activity, PHIAL_OUTSIDE);
  EXPECT_EQ(progress.outside, 1u);
  EXPECT_FALSE(readable(0));
  go = true;
  EXPECT_TRUE(readable(5000));
  phial_term pid;
  for (int i = 0; i < 1000 && !phial_whereis(vm, "answered", &pid); i++)
    if (phial_run_for(vm, 0, 0).activity == PHIAL_OUTSIDE) phial_wait(vm, 10'000'000);
  EXPECT_TRUE(phial_whereis(vm, "answered", &pid));
  while ((progress = phial_run_for(vm, 0, 0)).activity == PHIAL_MORE || progress.activity == PHIAL_OUTSIDE) phial_wait(vm, 1'000'000);
  EXPECT_EQ(progress.activity, PHIAL_QUIET);
}

TEST_F(Driving, listening_sockets_are_outside) {
  EXPECT_EQ(eval(R"(
    spawn(fn ->
      {:ok, socket} = :gen_tcp.listen(0, [:binary, active: false])
      Process.register(self(), :listener)
      :gen_tcp.accept(socket)
    end)
    Process.sleep(50)
  )"), "ok: :ok");
  phial_progress progress;
  while ((progress = phial_run_for(vm, 0, 0)).activity == PHIAL_MORE) {
  }
  EXPECT_EQ(progress.activity, PHIAL_OUTSIDE);
}

TEST_F(Driving, messages_of_other_threads_make_the_descriptor_readable) {
  phial_result* result = phial_eval(vm, "spawn(fn -> receive do {from, x} -> send(from, x) end end)", "test");
  phial_term pid = phial_result_term(result);
  while (phial_run_for(vm, 0, 0).activity == PHIAL_MORE) {
  }
  EXPECT_FALSE(readable(0));
  phial_host* host = phial_host_open(vm, nullptr, nullptr);
  std::thread sender([&] {
    phial_heap* own = phial_heap_create();
    phial_term pair[] = {phial_host_pid(host), phial_atom("x")};
    phial_send(vm, pid, phial_tuple(own, pair, 2));
    phial_heap_free(own);
  });
  EXPECT_TRUE(readable(5000));
  sender.join();
  phial_term message;
  EXPECT_FALSE(phial_host_receive(host, heap, 0, &message));
  while (phial_run_for(vm, 0, 0).activity == PHIAL_MORE) {
  }
  EXPECT_TRUE(phial_host_receive(host, heap, 0, &message));
  EXPECT_FALSE(readable(0));
  phial_host_close(host);
  phial_result_free(result);
}

TEST_F(Driving, one_thread_drives_while_others_evaluate) {
  std::atomic<bool> done{false};
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; t++)
    threads.emplace_back([&] {
      for (int i = 0; i < 5; i++)
        if (told(phial_eval(vm, "Enum.sum(1..1000)", "test")) == "ok: 500500") right++;
    });
  std::thread waits([&] {
    for (std::thread& thread : threads) thread.join();
    done = true;
  });
  while (!done) {
    phial_run_for(vm, 0, 1'000'000);
    phial_wait(vm, 1'000'000);
  }
  waits.join();
  EXPECT_EQ(right, 15);
}

TEST_F(Driving, two_drivers_are_misuse_and_so_is_driving_inside) {
  auto inside = [](phial_call* call, const phial_term*, void*) {
    phial_run_for(phial_call_vm(call), 0, 0);
    phial_wait(phial_call_vm(call), 0);
    return phial_nil();
  };
  phial_register(vm, "Host", "drive", 0, inside, nullptr, PHIAL_PLAIN);
  EXPECT_EQ(eval("Host.drive()"), "ok: nil");
  {
    std::lock_guard lock(mutex);
    EXPECT_EQ(misuses.size(), 2u);
    misuses.clear();
  }
  static std::atomic<int> stage;
  stage = 0;
  auto holds = [](phial_call*, const phial_term*, void*) {
    stage = 1;
    while (stage != 2) std::this_thread::sleep_for(1ms);
    return phial_nil();
  };
  phial_register(vm, "Host", "hold", 0, holds, nullptr, PHIAL_PLAIN);
  start("Host.hold()");
  std::thread driver([&] { phial_run_for(vm, 0, 0); });
  while (stage != 1) std::this_thread::sleep_for(1ms);
  phial_run_for(vm, 0, 0);
  stage = 2;
  driver.join();
  ASSERT_EQ(misuses.size(), 1u);
  EXPECT_EQ(misuses[0], "phial_run_for was called while another thread is in it");
}

/// Processor time of this thread, which others on the machine do not lengthen.
double processor_ms() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

TEST_F(Driving, a_busy_vm_gives_the_thread_back_in_time) {
  start("(fn loop, n -> loop.(loop, rem(n * 7 + 1, 1_000_003)) end) |> then(fn loop -> loop.(loop, 1) end)");
  std::vector<double> took;
  for (int i = 0; i < 60; i++) {
    double before = processor_ms();
    EXPECT_EQ(phial_run_for(vm, 0, 2'000'000).activity, PHIAL_MORE);
    took.push_back(processor_ms() - before);
  }
  std::sort(took.begin(), took.end());
  EXPECT_LT(took[took.size() / 2], 2.1);
}

TEST(Threads, a_vm_with_threads_tells_how_it_stands) {
  phial_config config;
  phial_config_init(&config);
  config.schedulers = 1;
  phial_vm* vm = phial_vm_create(&config);
  EXPECT_EQ(phial_descriptor(vm), -1);
  EXPECT_EQ(phial_run_for(vm, 0, 0).reductions, 0u);
  phial_vm_destroy(vm);
}

TEST_F(Driving, a_message_from_another_thread_ends_the_wait_for_it) {
  phial_host* host = phial_host_open(vm, nullptr, nullptr);
  for (int i = 0; i < 20; i++) {
    std::thread sender([&] {
      std::this_thread::sleep_for(5ms);
      phial_send(vm, phial_host_pid(host), phial_atom("come"));
    });
    phial_term message;
    auto before = std::chrono::steady_clock::now();
    EXPECT_TRUE(phial_host_receive(host, heap, 20'000'000'000, &message));
    EXPECT_LT(std::chrono::steady_clock::now() - before, 10s);
    sender.join();
  }
  phial_host_close(host);
}

}  // namespace
