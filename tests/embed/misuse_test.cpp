// Every misuse that phial.h names, and what it says. What release builds find is in the first part; the second is of debug builds alone: where a VM with a `misuse`
// callback is left it hears of it, else the program ends with the message.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "support.hpp"

using namespace std::chrono_literals;

namespace {

class Misuse : public test::Vm {
 protected:
  phial_heap* heap = phial_heap_create();
  void SetUp() override { create(); }
  void TearDown() override {
    phial_heap_free(heap);
    test::Vm::TearDown();
  }
  /// The one thing that was told since the last time.
  std::string told_once() {
    std::lock_guard lock(mutex);
    std::string all = misuses.empty() ? "nothing was told" : misuses[0];
    for (size_t i = 1; i < misuses.size(); i++) all += " | " + misuses[i];
    misuses.clear();
    return all;
  }
  /// Runs it within a host function of this VM.
  void within(std::function<void(phial_call*)> body, int flags = PHIAL_PLAIN) {
    static std::function<void(phial_call*)> current;
    current = std::move(body);
    auto code = [](phial_call* call, const phial_term*, void*) {
      current(call);
      return phial_nil();
    };
    ASSERT_TRUE(phial_register(vm, "Host", "within", 0, code, nullptr, flags));
    EXPECT_EQ(eval("Host.within()"), "ok: nil");
  }
};

constexpr const char* waits = "a function that waits for the VM was called on a thread of the VM, by a host function or a callback";

TEST_F(Misuse, what_waits_on_a_thread_of_the_vm) {
  for (int flags : {PHIAL_PLAIN, PHIAL_BLOCKING}) {
    within([&](phial_call*) {
      phial_result* result = phial_eval(vm, "1", "nested");
      EXPECT_EQ(phial_result_code(result), PHIAL_MISUSE);
      phial_result_free(result);
    }, flags);
    EXPECT_EQ(told_once(), waits);
    within([&](phial_call*) { EXPECT_EQ(phial_vm_stop(vm, 0), PHIAL_MISUSE); }, flags);
    EXPECT_EQ(told_once(), waits);
    within([&](phial_call*) { phial_vm_destroy(vm); }, flags);
    EXPECT_EQ(told_once(), "phial_vm_destroy was called on a thread of its VM, by a host function or a callback");
    within([&](phial_call*) { EXPECT_FALSE(phial_wait(vm, 0)); }, flags);
    EXPECT_EQ(told_once(), "phial_wait was called on a thread of its VM, by a host function or a callback");
    within([&](phial_call*) {
      phial_host* host = phial_host_open(vm, nullptr, nullptr);
      phial_term message;
      EXPECT_FALSE(phial_host_receive(host, heap, 1000, &message));
      phial_host_close(host);
    }, flags);
    EXPECT_EQ(told_once(), "phial_host_receive would wait on a thread of its VM, in a host function or a callback");
  }
}

TEST_F(Misuse, receiving_what_goes_to_a_callback) {
  phial_host* host = phial_host_open(vm, [](void*, phial_term) {}, nullptr);
  phial_term message;
  EXPECT_FALSE(phial_host_receive(host, heap, 0, &message));
  EXPECT_EQ(told_once(), "phial_host_receive: messages of this host go to its callback");
  phial_host_close(host);
}

TEST_F(Misuse, phial_again_where_nobody_yields) {
  auto again = [](phial_call* call, const phial_term*, void*) { return phial_again(call, phial_nil()); };
  phial_register(vm, "Host", "again", 0, again, nullptr, PHIAL_PLAIN);
  EXPECT_EQ(eval("Host.again()").rfind("error: ", 0), 0u);
  EXPECT_EQ(told_once(), "phial_again in a function that is not PHIAL_YIELDING");
}

TEST_F(Misuse, handles_that_are_freed_of_another_vm_or_none) {
  phial_vm* other = phial_vm_create(&config);
  phial_handle handle = phial_keep(vm, phial_atom("x"));
  phial_term term;
  EXPECT_FALSE(phial_handle_term(other, handle, &term));
  EXPECT_EQ(told_once(), "phial_handle_term: the handle is of another VM, or was freed");
  EXPECT_EQ(phial_handle_free(other, handle), PHIAL_MISUSE);
  EXPECT_EQ(told_once(), "phial_handle_free: the handle is of another VM, or was freed before");
  EXPECT_EQ(phial_handle_free(vm, handle), PHIAL_OK);
  EXPECT_EQ(phial_handle_free(vm, handle), PHIAL_MISUSE);
  EXPECT_EQ(told_once(), "phial_handle_free: the handle is of another VM, or was freed before");
  EXPECT_FALSE(phial_handle_term(vm, phial_handle{0}, &term));
  EXPECT_EQ(told_once(), "phial_handle_term: the handle is of another VM, or was freed");
  phial_vm_destroy(other);
}

TEST_F(Misuse, the_heap_of_a_call_is_not_the_hosts_to_clear_or_free) {
#ifndef NDEBUG
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(within([](phial_call* call) { phial_heap_clear(phial_call_heap(call)); }), "phial_heap_clear: the heap is that of a call");
  EXPECT_DEATH(within([](phial_call* call) { phial_heap_free(phial_call_heap(call)); }), "phial_heap_free: the heap is that of a call");
#else
  within([](phial_call* call) {
    phial_heap_clear(phial_call_heap(call));
    phial_heap_free(phial_call_heap(call));
  });
#endif
}

class Undriven : public Misuse {
 protected:
  Undriven() { config.schedulers = 0; }
};

TEST_F(Undriven, two_drivers_and_a_driver_within_itself) {
  within([&](phial_call*) { phial_run_for(vm, 0, 0); });
  EXPECT_EQ(told_once(), "phial_run_for was called within itself, by a host function or a callback");
  within([&](phial_call*) {
    std::thread([&] { phial_run_for(vm, 0, 0); }).join();
    EXPECT_EQ(told_once(), "phial_run_for was called while another thread is in it");
    std::thread([&] { phial_vm_destroy(vm); }).join();
    EXPECT_EQ(told_once(), "phial_vm_destroy was called while another thread is in phial_run_for");
  });
  EXPECT_EQ(eval("1 + 1"), "ok: 2");
}

#ifndef NDEBUG

TEST_F(Misuse, objects_that_are_gone_while_their_vm_is_there) {
  phial_host* host = phial_host_open(vm, nullptr, nullptr);
  phial_result* result = phial_eval(vm, "1", "test");
  phial_host_close(host);
  phial_result_free(result);
  phial_term message;
  EXPECT_EQ(phial_host_pending(host), 0u);
  EXPECT_EQ(told_once(), "phial_host_pending: the host process was closed before");
  EXPECT_EQ(phial_host_descriptor(host), -1);
  EXPECT_EQ(told_once(), "phial_host_descriptor: the host process was closed before");
  EXPECT_TRUE(phial_is_nil(phial_host_pid(host)));
  EXPECT_EQ(told_once(), "phial_host_pid: the host process was closed before");
  EXPECT_TRUE(phial_is_nil(phial_host_monitor(host, phial_nil())));
  EXPECT_EQ(told_once(), "phial_host_monitor: the host process was closed before");
  EXPECT_FALSE(phial_host_receive(host, heap, 0, &message));
  EXPECT_EQ(told_once(), "phial_host_receive: the host process was closed before");
  phial_host_close(host);
  EXPECT_EQ(told_once(), "phial_host_close: the host process was closed before");
  EXPECT_EQ(phial_result_code(result), PHIAL_MISUSE);
  EXPECT_EQ(told_once(), "phial_result_code: the result was freed before");
  EXPECT_FALSE(phial_result_ok(result));
  EXPECT_EQ(told_once(), "phial_result_ok: the result was freed before");
  EXPECT_TRUE(phial_is_nil(phial_result_term(result)));
  EXPECT_EQ(told_once(), "phial_result_term: the result was freed before");
  EXPECT_STREQ(phial_result_error(result), "");
  EXPECT_EQ(told_once(), "phial_result_error: the result was freed before");
  EXPECT_STREQ(phial_result_message(result), "");
  EXPECT_EQ(told_once(), "phial_result_message: the result was freed before");
  EXPECT_STREQ(phial_result_stacktrace(result), "");
  EXPECT_EQ(told_once(), "phial_result_stacktrace: the result was freed before");
  phial_result_free(result);
  EXPECT_EQ(told_once(), "phial_result_free: the result was freed before");
}

TEST_F(Misuse, a_call_that_was_kept) {
  static phial_call* kept;
  static phial_heap* kept_heap;
  within([](phial_call* call) {
    kept = call;
    kept_heap = phial_call_heap(call);
  });
  within([](phial_call*) {});  // another one does not take its place
  EXPECT_EQ(phial_call_vm(kept), nullptr);
  EXPECT_EQ(told_once(), "phial_call_vm: the call has ended: a phial_call is there until its function returns");
  phial_raise(kept, "late");
  EXPECT_EQ(told_once(), "phial_raise: the call has ended: a phial_call is there until its function returns");
  phial_string(kept_heap, "late");
  EXPECT_EQ(told_once(), "phial_string: the heap of a call is used after the call has ended");
}

TEST_F(Misuse, a_call_on_another_thread) {
  within([&](phial_call* call) {
    phial_heap* place = phial_call_heap(call);
    std::thread([&] {
      phial_raise(call, "x");
      EXPECT_EQ(told_once(), "phial_raise: the call is used by another thread, which is in the function of this call");
      phial_integer(place, INT64_MAX);
      EXPECT_EQ(told_once(), "phial_integer: the heap of a call is used by another thread, which is in the function of this call");
    }).join();
  });
}

TEST_F(Misuse, two_threads_that_receive) {
  phial_host* host = phial_host_open(vm, nullptr, nullptr);
  phial_heap* own = phial_heap_create();
  phial_term message;
  std::thread waiting([&] {
    phial_term got;
    EXPECT_TRUE(phial_host_receive(host, own, -1, &got));
  });
  std::string told = "nothing was told";
  while (told == "nothing was told") {
    EXPECT_FALSE(phial_host_receive(host, heap, 0, &message));
    told = told_once();
  }
  EXPECT_EQ(told, "phial_host_receive: the host process is used by another thread, which is in phial_host_receive");
  phial_host_close(host);  // not while somebody waits there
  EXPECT_EQ(told_once(), "phial_host_close: the host process is used by another thread, which is in phial_host_receive");
  phial_vm_destroy(vm);
  EXPECT_EQ(told_once(), "phial_vm_destroy: the host process is in use: a thread is in phial_host_receive");
  EXPECT_TRUE(phial_send(vm, phial_host_pid(host), phial_nil()));
  waiting.join();
  phial_host_close(host);
  phial_heap_free(own);
}

TEST_F(Misuse, what_any_thread_may_do_beside_one_that_receives) {
  phial_host* host = phial_host_open(vm, nullptr, nullptr);
  std::atomic<bool> done{false};
  std::thread asks([&] {
    while (!done) phial_host_pending(host), phial_host_pid(host);
  });
  phial_term message;
  for (int i = 0; i < 2000; i++) EXPECT_FALSE(phial_host_receive(host, heap, 0, &message));
  done = true;
  asks.join();
  EXPECT_EQ(told_once(), "nothing was told");
  phial_host_close(host);
}

TEST_F(Misuse, destroying_what_is_in_use) {
  std::atomic<bool> done{false};
  std::thread evaluates([&] {
    EXPECT_EQ(eval("receive do\n after 300 -> :late\n end"), "ok: :late");
    done = true;
  });
  std::string told;
  while (!done && told.empty()) {
    std::this_thread::sleep_for(50ms);
    phial_vm_destroy(vm);
    told = told_once();
  }
  evaluates.join();
  EXPECT_EQ(told, "phial_vm_destroy: the VM is in use: a thread is in phial_eval_with");
}

TEST_F(Misuse, a_function_of_another_vm) {
  phial_vm* other = phial_vm_create(&config);
  phial_result* result = phial_eval(other, "[fn -> 1 end, &Enum.map/2, %{key: {1, fn x -> x end}}]", "test");
  ASSERT_TRUE(phial_result_ok(result));
  phial_term list = phial_result_term(result), head;
  std::string foreign = ": a function is of another VM, or of one that was destroyed";
  while (phial_list_next(&list, &head)) {
    EXPECT_FALSE(phial_send(vm, phial_nil(), head));
    EXPECT_EQ(told_once(), "phial_send" + foreign);
    EXPECT_EQ(phial_keep(vm, head).id, 0u);
    EXPECT_EQ(told_once(), "phial_keep" + foreign);
    phial_result* refused = phial_apply_fun(vm, head, nullptr, 0, nullptr);
    EXPECT_EQ(phial_result_code(refused), PHIAL_MISUSE);
    EXPECT_EQ(told_once(), "phial_apply_fun" + foreign);
    phial_result_free(refused);
    EXPECT_FALSE(phial_spawn(vm, "IO", "inspect", &head, 1, nullptr));
    EXPECT_EQ(told_once(), "phial_spawn_with" + foreign);
    EXPECT_EQ(test::inspect(head).empty(), false);  // its own VM is there
  }
  EXPECT_EQ(told_once(), "nothing was told");
  phial_result_free(result);
  phial_vm_destroy(other);
}

TEST_F(Misuse, calling_the_vm_where_an_object_is_destroyed) {
  static phial_vm* machine;
  machine = vm;
  static const phial_object_type type{"thing", [](void*) {
                                        phial_heap* own = phial_heap_create();  // this is allowed
                                        phial_send(machine, phial_atom("nobody"), phial_string(own, "gone"));
                                        phial_heap_free(own);
                                        phial_term pid;
                                        EXPECT_FALSE(phial_whereis(machine, "logger", &pid));
                                      }};
  phial_object(heap, &type, nullptr);
  phial_heap_clear(heap);
  EXPECT_EQ(told_once(), "phial_whereis: called by the function that destroys an object");
}

TEST_F(Misuse, a_vm_that_is_destroyed_before_what_is_of_it) {
  phial_vm* other = phial_vm_create(&config);
  phial_host* host = phial_host_open(other, nullptr, nullptr);
  phial_result* result = phial_eval(other, "1", "test");
  phial_vm_destroy(other);
  EXPECT_EQ(told_once(), "phial_vm_destroy: 1 host processes are not closed, 1 results are not freed");
  EXPECT_DEATH(phial_host_close(host), "phial: misuse: phial_host_close: the host process is of a VM that was destroyed");
  EXPECT_DEATH(phial_result_term(result), "phial: misuse: phial_result_term: the result is of a VM that was destroyed");
}

/// No VM is left that could be told.
class MisuseDeathTest : public ::testing::Test {
 protected:
  phial_config config;
  MisuseDeathTest() {
    phial_config_init(&config);
    config.schedulers = 0;
  }
};

TEST_F(MisuseDeathTest, nobody_listens) {
  phial_vm* vm = phial_vm_create(&config);
  EXPECT_DEATH(phial_handle_free(vm, phial_handle{77}), "phial: misuse: phial_handle_free: the handle is of another VM, or was freed before");
  phial_vm_destroy(vm);
}

TEST_F(MisuseDeathTest, a_vm_that_was_destroyed) {
  phial_vm* vm = phial_vm_create(&config);
  phial_callable* callable = phial_prepare(vm, "Enum", "sum", 1);
  phial_vm_destroy(vm);
  phial_term term = phial_nil();
  phial_statistics statistics{};
  phial_budget budget;
  phial_budget_init(&budget);
  phial_function_entry entry{"f", 0, [](phial_call*, const phial_term*, void*) { return phial_nil(); }, 0, nullptr};
  auto gone = [](const char* function) { return std::string("phial: misuse: ") + function + ": the VM was destroyed before"; };
  EXPECT_DEATH(phial_eval(vm, "1", "x"), gone("phial_eval_with"));
  EXPECT_DEATH(phial_eval_with(vm, "1", 1, nullptr), gone("phial_eval_with"));
  EXPECT_DEATH(phial_apply(vm, "Enum", "sum", &term, 1), gone("phial_apply"));
  EXPECT_DEATH(phial_apply_fun(vm, term, nullptr, 0, nullptr), gone("phial_apply_fun"));
  EXPECT_DEATH(phial_prepare(vm, "Enum", "sum", 1), gone("phial_prepare"));
  EXPECT_DEATH(phial_compile(vm, "1", 1, nullptr), gone("phial_compile"));
  EXPECT_DEATH(phial_load(vm, "1", 1, nullptr), gone("phial_load"));
  EXPECT_DEATH(phial_spawn(vm, "Enum", "sum", &term, 1, nullptr), gone("phial_prepare"));
  EXPECT_DEATH(phial_send(vm, term, term), gone("phial_send"));
  EXPECT_DEATH(phial_exit(vm, term, term), gone("phial_exit"));
  EXPECT_DEATH(phial_alive(vm, term), gone("phial_alive"));
  EXPECT_DEATH(phial_whereis(vm, "x", &term), gone("phial_whereis"));
  EXPECT_DEATH(phial_run_for(vm, 0, 0), gone("phial_run_for"));
  EXPECT_DEATH(phial_wait(vm, 0), gone("phial_wait"));
  EXPECT_DEATH(phial_descriptor(vm), gone("phial_descriptor"));
  EXPECT_DEATH(phial_host_open(vm, nullptr, nullptr), gone("phial_host_open"));
  EXPECT_DEATH(phial_register(vm, "M", "f", 0, entry.code, nullptr, 0), gone("phial_register_all"));
  EXPECT_DEATH(phial_register_all(vm, "M", &entry, 1), gone("phial_register_all"));
  EXPECT_DEATH(phial_keep(vm, term), gone("phial_keep"));
  EXPECT_DEATH(phial_handle_term(vm, phial_handle{1}, &term), gone("phial_handle_term"));
  EXPECT_DEATH(phial_handle_free(vm, phial_handle{1}), gone("phial_handle_free"));
  EXPECT_DEATH(phial_set_budget(vm, &budget), gone("phial_set_budget"));
  EXPECT_DEATH(phial_budget_used(vm, PHIAL_BUDGET_MEMORY), gone("phial_budget_used"));
  EXPECT_DEATH(phial_sim_begin(vm, 1), gone("phial_sim_begin"));
  EXPECT_DEATH(phial_get_statistics(vm, &statistics), gone("phial_get_statistics"));
  EXPECT_DEATH(phial_vm_user(vm), gone("phial_vm_user"));
  EXPECT_DEATH(phial_vm_stop(vm, 0), gone("phial_vm_stop"));
  EXPECT_DEATH(phial_vm_destroy(vm), gone("phial_vm_destroy"));
  std::string of_gone = ": the callable is of a VM that was destroyed";
  EXPECT_DEATH(phial_call_function(callable, &term, nullptr), "phial_call_function" + of_gone);
  EXPECT_DEATH(phial_spawn_function(callable, &term, nullptr), "phial_spawn_with" + of_gone);
  EXPECT_DEATH(phial_spawn_with(callable, &term, nullptr, nullptr), "phial_spawn_with" + of_gone);
}

TEST_F(MisuseDeathTest, functions_of_a_vm_that_was_destroyed) {
  phial_vm* vm = phial_vm_create(&config);
  phial_heap* heap = phial_heap_create();
  phial_result* result = phial_eval(vm, "fn -> 1 end", "test");
  phial_term function = phial_copy(heap, phial_result_term(result));
  phial_result_free(result);
  phial_vm_destroy(vm);
  vm = phial_vm_create(&config);
  EXPECT_DEATH(phial_inspect(function), "phial_inspect: a function is of a VM that was destroyed");
  EXPECT_DEATH(phial_apply_fun(vm, function, nullptr, 0, nullptr), "phial_apply_fun: a function is of another VM, or of one that was destroyed");
  phial_heap_free(heap);
  phial_vm_destroy(vm);
}

TEST_F(MisuseDeathTest, heaps_that_were_freed_and_what_was_in_them) {
  phial_heap* heap = phial_heap_create();
  phial_term text = phial_string(heap, "a text that is longer than a word"), list = phial_list(heap, &text, 1), head, item = list;
  ASSERT_TRUE(phial_list_next(&item, &head));
  phial_heap_clear(heap);
  std::string old = ": a term is of a heap, result or handle that was freed or cleared";
  EXPECT_DEATH(phial_inspect(text), "phial_inspect" + old);
  EXPECT_DEATH(phial_list_next(&list, &head), "phial_list_next" + old);
  EXPECT_DEATH(phial_tuple(heap, &text, 1), "phial_tuple" + old);
  phial_heap_free(heap);
  EXPECT_DEATH(phial_string(heap, "x"), "phial: misuse: phial_string: the heap was freed before");
  EXPECT_DEATH(phial_integer(heap, INT64_MAX), "phial: misuse: phial_integer: the heap was freed before");
  EXPECT_DEATH(phial_heap_clear(heap), "phial: misuse: phial_heap_clear: the heap was freed before");
  EXPECT_DEATH(phial_heap_free(heap), "phial: misuse: phial_heap_free: the heap was freed before");
  phial_vm* vm = phial_vm_create(&config);
  phial_result* result = phial_eval(vm, "%{a: 1}", "test");
  phial_term map = phial_result_term(result);
  phial_handle handle = phial_keep(vm, map);
  phial_term kept;
  ASSERT_TRUE(phial_handle_term(vm, handle, &kept));
  phial_result_free(result);
  phial_handle_free(vm, handle);
  EXPECT_DEATH(phial_map_size(map), "phial_map_size" + old);
  EXPECT_DEATH(phial_map_size(kept), "phial_map_size" + old);
  phial_vm_destroy(vm);
}

TEST_F(MisuseDeathTest, no_object_at_all) {
  EXPECT_DEATH(phial_eval(nullptr, "1", "x"), "phial_eval_with: an argument that must not be NULL is");
  EXPECT_DEATH(phial_string(nullptr, "x"), "phial_string: an argument that must not be NULL is");
  char memory[256] = {};
  EXPECT_DEATH(phial_host_pending(reinterpret_cast<phial_host*>(memory)), "phial_host_pending: an argument is no object of this library, or was freed long ago");
}

TEST_F(MisuseDeathTest, two_threads_at_one_heap) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        phial_vm* vm = phial_vm_create(&config);
        phial_host* host = phial_host_open(vm, nullptr, nullptr);
        phial_heap* heap = phial_heap_create();
        std::thread([&] {
          phial_term message;
          phial_host_receive(host, heap, -1, &message);
        }).detach();
        for (;;) phial_string(heap, "x");
      },
      "the heap is used by another thread, which is in phial_(host_receive|string)");
}

#endif

}  // namespace
