// Random calls of the embedding API from several threads, over VMs that come and go: for the sanitizers to watch, and to see that nothing hangs or crashes.
//
//     api_fuzz SECONDS [SEED] [THREADS]
//
// The host keeps phial.h's rules (a VM's creation and end overlap with nothing, one thread at a time receives) except where breaking them must be harmless: handles that
// were freed or are another VM's, pids of the dead, bytes that are no terms, waiting inside the VM. A failure prints the seed; threads draw from generators of their own, so a
// seed repeats what each thread does, not how they interleave.
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "phial.h"

namespace {

constexpr size_t slot_count = 3;
std::atomic<bool> over{false};
std::atomic<uint64_t> operations{0}, misuses{0}, objects_alive{0}, lent_alive{0};

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "api_fuzz: %s\n", what);
  std::abort();
}
void require(bool holds, const char* what) {
  if (!holds) fail(what);
}

const phial_object_type object_type{"fuzzed", [](void* object) {
                                      delete static_cast<int*>(object);
                                      objects_alive--;
                                    }};
void give_back(void*, const void* bytes) {
  std::free(const_cast<void*>(bytes));
  lent_alive--;
}

/// A VM that threads share, and what they made in it.
struct Slot {
  std::shared_mutex alive;  // exclusive: the VM comes or goes
  phial_vm* vm = nullptr;
  std::mutex mutex;
  std::vector<phial_host*> hosts;  // that nobody uses now
  std::vector<phial_handle> handles;
  std::vector<phial_term> pids;
  std::vector<phial_callable*> callables;
  phial_memory_files* files = nullptr;
  unsigned schedulers = 0;
};
Slot slots[slot_count];

const char* const sources[] = {
    "1 + 1",
    "Enum.map(1..50, & &1 * 2) |> Enum.sum()",
    "raise \"no\"",
    "throw {:a, [1, 2]}",
    "exit(:tired)",
    "Process.exit(self(), :kill)",
    "1 +",
    "loop = fn loop -> loop.(loop) end; loop.(loop)",
    "receive do :never -> 1 end",
    "Process.sleep(5); :slept",
    "for _ <- 1..20, do: spawn(fn -> Process.sleep(1) end); :ok",
    "{_, ref} = spawn_monitor(fn -> exit(:x) end); receive do {:DOWN, ^ref, _, _, r} -> r end",
    "t = :ets.new(:t, [:public]); for n <- 1..50, do: :ets.insert(t, {n, Host.object()}); :ets.info(t, :size)",
    "String.duplicate(\"abc\", 10_000) |> byte_size()",
    "Host.add(1, 2)",
    "Host.add(:x, 2)",
    "Host.block(1)",
    "Host.count(3000)",
    "Host.nested()",
    "o = Host.object(); send(self(), o); receive do x -> Host.is_object(x) end",
    "1..5 |> Enum.map(fn n -> Task.async(fn -> Host.block(n) end) end) |> Enum.map(&Task.await/1)",
    "defmodule M do def f(x), do: x + 1 end; M.f(1)",
    "File.write(\"/f\", \"text\"); File.read(\"/f\")",
    "IO.puts(\"hello\"); IO.inspect(%{a: 1})",
    "require Logger; Logger.error(\"logged\")",
    "Agent.start_link(fn -> 0 end) |> elem(1) |> Agent.get_and_update(&{&1, &1 + 1})",
    "Process.register(self(), :named); Process.sleep(3)",
    "pid = spawn(fn -> receive do {from, x} -> send(from, {:echo, x}) end end); pid",
    "f = fn x -> x * 2 end; f",
    ":erlang.garbage_collect(); :erlang.memory(:total) > 0",
    "Process.send_after(self(), :late, 2); receive do :late -> :ok end",
    "List.duplicate(0, 100_000) |> length()",
};

// -- functions of the host

phial_term add(phial_call* call, const phial_term* arguments, void*) {
  int64_t a, b;
  if (!phial_get_integer(arguments[0], &a) || !phial_get_integer(arguments[1], &b)) return phial_raise(call, "integers");
  return phial_integer(phial_call_heap(call), a + b);
}
phial_term block(phial_call* call, const phial_term* arguments, void*) {
  std::this_thread::sleep_for(std::chrono::microseconds(300));
  phial_term pair[] = {arguments[0], phial_call_pid(call)};
  return phial_tuple(phial_call_heap(call), pair, 2);
}
phial_term count(phial_call* call, const phial_term* arguments, void*) {
  int64_t limit = 0, at = 0;
  phial_term state;
  phial_get_integer(arguments[0], &limit);
  if (phial_call_state(call, &state)) phial_get_integer(phial_tuple_element(state, 0), &at);
  at += 100;
  phial_term next = phial_integer(phial_call_heap(call), at);
  return at < limit ? phial_again(call, phial_tuple(phial_call_heap(call), &next, 1)) : next;
}
phial_term nested(phial_call* call, const phial_term*, void*) {
  phial_result* result = phial_eval(phial_call_vm(call), "1", "nested");
  require(phial_result_code(result) == PHIAL_MISUSE, "an evaluation inside the VM was not refused");
  phial_result_free(result);
  phial_run_for(phial_call_vm(call), 100, 0);
  return phial_atom("refused");
}
phial_term make_object(phial_call* call, const phial_term*, void*) {
  objects_alive++;
  return phial_object(phial_call_heap(call), &object_type, new int(7));
}
phial_term is_object(phial_call*, const phial_term* arguments, void*) {
  auto object = static_cast<int*>(phial_get_object(arguments[0], &object_type));
  return phial_boolean(object && *object == 7);
}
const phial_function_entry functions[] = {
    {"add", 2, add, PHIAL_PLAIN, nullptr},           {"block", 1, block, PHIAL_BLOCKING, nullptr}, {"count", 1, count, PHIAL_YIELDING, nullptr},
    {"nested", 0, nested, PHIAL_PLAIN, nullptr},     {"object", 0, make_object, PHIAL_PLAIN, nullptr},
    {"is_object", 1, is_object, PHIAL_PLAIN, nullptr}};

class Worker {
 public:
  explicit Worker(uint64_t seed) : random_(seed) {}

  void run() {
    while (!over) {
      step();
      operations++;
    }
  }

 private:
  size_t below(size_t limit) { return random_() % limit; }
  bool chance(size_t of) { return below(of) == 0; }

  phial_term term(phial_heap* heap, int depth) {
    switch (below(depth > 0 ? 14 : 9)) {
      case 0: return phial_integer(heap, static_cast<int64_t>(random_()) >> below(60));
      case 1: return phial_unsigned(heap, random_());
      case 2: return phial_float(heap, static_cast<double>(random_()) / static_cast<double>(below(1000)));
      case 3: return phial_atom(std::array{"a", "ok", "named", "Elixir.Enum", "true"}[below(5)]);
      case 4: return phial_nil();
      case 5: {
        std::string text(below(chance(10) ? 5000 : 100), 'x');
        return phial_binary(heap, text.data(), text.size());
      }
      case 6: {
        size_t size = below(200);
        void* bytes = std::calloc(1, size + 1);
        lent_alive++;
        return phial_binary_external(heap, bytes, size, give_back, nullptr);
      }
      case 7: objects_alive++; return phial_object(heap, &object_type, new int(7));
      case 8: return phial_empty_list();
      case 9:
      case 10:
      case 11: {
        std::vector<phial_term> items;
        for (size_t i = below(5); i > 0; i--) items.push_back(term(heap, depth - 1));
        return chance(2) ? phial_tuple(heap, items.data(), items.size()) : phial_list(heap, items.data(), items.size());
      }
      case 12: return phial_cons(heap, term(heap, depth - 1), term(heap, depth - 1));
      default: {
        std::vector<phial_term> keys, values;
        for (size_t i = below(chance(8) ? 60 : 6); i > 0; i--) {
          keys.push_back(chance(2) ? phial_integer(heap, static_cast<int64_t>(i)) : term(heap, depth - 1));
          values.push_back(term(heap, depth - 1));
        }
        return phial_map(heap, keys.data(), values.data(), keys.size());
      }
    }
  }

  template <class Item>
  bool pick(Slot& slot, std::vector<Item>& from, Item& item, bool take) {
    std::lock_guard lock(slot.mutex);
    if (from.empty()) return false;
    size_t at = below(from.size());
    item = from[at];
    if (take) {
      from[at] = from.back();
      from.pop_back();
    }
    return true;
  }
  phial_term some_pid(Slot& slot) {
    phial_term pid = phial_atom("named");
    pick(slot, slot.pids, pid, false);
    return pid;
  }
  void keep_pid(Slot& slot, phial_term pid) {
    std::lock_guard lock(slot.mutex);
    if (slot.pids.size() < 50)
      slot.pids.push_back(pid);
    else
      slot.pids[below(50)] = pid;
  }

  void create(Slot& slot) {
    phial_config config;
    phial_config_init(&config);
    slot.schedulers = config.schedulers = static_cast<unsigned>(below(3));
    config.jit = chance(4) ? PHIAL_JIT_EAGER : chance(4) ? PHIAL_JIT_TEMPLATE : PHIAL_JIT_AUTO;
    config.misuse = [](void*, const char*) { misuses++; };
    config.output = [](void*, int, const char*, size_t) {};
    config.halt = [](void*, int) {};
    config.log = [](void*, const char*, const char*, size_t, phial_term metadata) { phial_map_size(metadata); };
    config.input = [](void*, char*, size_t) -> size_t { return 0; };
    slot.files = phial_memory_files_create();
    config.files = phial_memory_files_system(slot.files);
    phial_budget budget;
    phial_budget_init(&budget);
    budget.memory = 300 << 20;
    budget.processes = 500;
    if (chance(3)) config.budget = &budget;
    slot.vm = phial_vm_create(&config);
    if (!slot.vm) fail(phial_create_error());
    require(phial_register_all(slot.vm, "Host", functions, std::size(functions)), "functions were not registered");
  }
  void destroy(Slot& slot) {
    if (chance(3)) phial_vm_stop(slot.vm, 20'000'000);
    for (phial_host* host : slot.hosts) phial_host_close(host);
    phial_vm_destroy(slot.vm);
    phial_memory_files_free(slot.files);
    slot.hosts.clear();
    slot.handles.clear();
    slot.pids.clear();
    slot.callables.clear();
    slot.vm = nullptr;
  }

  void step() {
    Slot& slot = slots[below(slot_count)];
    if (chance(150)) {
      std::unique_lock lock(slot.alive);
      if (slot.vm) destroy(slot);
      if (!chance(4)) create(slot);
      return;
    }
    std::shared_lock lock(slot.alive);
    if (!slot.vm) {
      lock.unlock();
      std::unique_lock exclusive(slot.alive);
      if (!slot.vm) create(slot);
      return;
    }
    phial_heap* heap = phial_heap_create();
    in_vm(slot, slot.vm, heap);
    phial_heap_free(heap);
  }

  void read(phial_heap* heap, phial_term value) {
    char text[64];
    phial_print(value, text, sizeof text);
    phial_hash(value);
    phial_copy(heap, value);
    size_t size;
    if (char* bytes = phial_encode(value, &size)) {
      phial_term back;
      require(phial_decode(heap, bytes, size, true, &back) && phial_equal(back, value), "a term came back changed from its external format");
      if (size > 2) bytes[1 + below(size - 1)] ^= static_cast<char>(1 << below(8));
      if (phial_decode(heap, bytes, size, false, &back)) phial_compare(back, value);
      std::free(bytes);
    }
    phial_map_each(value, [](void*, phial_term key, phial_term item) { return phial_compare(key, item) != 0; }, nullptr);
    for (phial_term rest = value, head; phial_list_next(&rest, &head);) phial_kind_of(head);
  }

  void in_vm(Slot& slot, phial_vm* vm, phial_heap* heap) {
    switch (below(20)) {
      case 0:
      case 1:
      case 2: {
        phial_options options{};
        options.size = sizeof options;
        options.timeout = 1'000'000 + static_cast<int64_t>(below(30'000'000));
        phial_budget budget;
        phial_budget_init(&budget);
        budget.reductions = 100'000;
        budget.memory = 20 << 20;
        if (chance(4)) options.budget = &budget;
        if (chance(8)) options.restricted = true;
        const char* source = sources[below(std::size(sources))];
        phial_result* result = phial_eval_with(vm, source, std::strlen(source), &options);
        phial_code code = phial_result_code(result);
        require(code != PHIAL_MISUSE && code != PHIAL_BAD_ARGUMENT, phial_result_error(result));
        phial_term value = phial_result_term(result);
        read(heap, value);
        if (phial_kind_of(value) == PHIAL_PID) keep_pid(slot, value);
        if (phial_kind_of(value) == PHIAL_FUNCTION) {
          phial_term argument = phial_integer(heap, 21);
          phial_result_free(phial_apply_fun(vm, value, &argument, 1, &options));
        }
        phial_result_free(result);
        break;
      }
      case 3: {
        phial_term list[] = {phial_integer(heap, 3), phial_integer(heap, 1)}, argument = phial_list(heap, list, 2);
        phial_callable* callable = phial_prepare(vm, "Enum", "sort", 1);
        phial_options options{};
        options.size = sizeof options;
        options.timeout = 2'000'000'000;
        phial_result* result = phial_call_function(callable, &argument, &options);
        phial_result_free(result);
        break;
      }
      case 4: {
        phial_term arguments[] = {phial_integer(heap, 1), phial_integer(heap, 2)}, pid;
        if (phial_spawn(vm, chance(2) ? "Kernel" : "NoSuch", "+", arguments, 2, &pid)) keep_pid(slot, pid);
        break;
      }
      case 5:
      case 6:
      case 7: phial_send(vm, some_pid(slot), term(heap, 3)); break;
      case 8: {
        phial_term pid = some_pid(slot);
        if (phial_alive(vm, pid) && chance(2)) phial_exit(vm, pid, phial_atom(chance(2) ? "kill" : "normal"));
        phial_whereis(vm, "named", &pid);
        break;
      }
      case 9: {
        phial_host* host =
            phial_host_open(vm, chance(3) ? [](void*, phial_term message) { phial_hash(message); } : static_cast<phial_on_message>(nullptr), nullptr);
        if (!host) break;
        keep_pid(slot, phial_host_pid(host));
        if (chance(2)) phial_host_descriptor(host);
        std::lock_guard lock(slot.mutex);
        slot.hosts.push_back(host);
        break;
      }
      case 10:
      case 11: {
        phial_host* host;
        if (!pick(slot, slot.hosts, host, true)) break;
        phial_send(vm, phial_host_pid(host), term(heap, 2));
        phial_host_monitor(host, some_pid(slot));
        phial_term message;
        for (int i = 0; i < 5 && phial_host_receive(host, heap, static_cast<int64_t>(below(2)) * 100'000, &message); i++) read(heap, message);
        if (chance(3)) {
          phial_host_close(host);
        } else {
          std::lock_guard lock(slot.mutex);
          slot.hosts.push_back(host);
        }
        break;
      }
      case 12: {
        phial_handle handle = phial_keep(vm, term(heap, 3));
        std::lock_guard lock(slot.mutex);
        slot.handles.push_back(handle);
        break;
      }
      case 13: {
        phial_handle handle;
        if (!pick(slot, slot.handles, handle, true)) break;
        phial_term kept;
        require(phial_handle_term(vm, handle, &kept), "a handle in use was not found");
        read(heap, kept);
        require(phial_handle_free(vm, handle) == PHIAL_OK, "a handle could not be freed");
        require(phial_handle_free(vm, handle) == PHIAL_MISUSE, "a handle was freed twice");
        require(!phial_handle_term(vm, phial_handle{random_() | 0xffffull << 48}, &kept), "a handle was made up");
        break;
      }
      case 14: phial_register_all(vm, chance(2) ? "Host" : "Other", functions, std::size(functions)); break;
      case 15:
      case 16: {
        if (slot.schedulers > 0) break;
        phial_progress progress = phial_run_for(vm, static_cast<int64_t>(below(20'000)), 1'000'000);
        require(progress.activity <= PHIAL_QUIET, "an activity that does not exist");
        if (chance(3)) phial_wait(vm, 100'000);
        if (chance(3)) require(phial_descriptor(vm) >= 0, "no descriptor");
        break;
      }
      case 17: {
        phial_statistics statistics{};
        statistics.size = sizeof statistics;
        phial_get_statistics(vm, &statistics);
        break;
      }
      case 18: {
        std::string path = "/d" + std::to_string(below(3)) + "/f";
        phial_memory_files_put(slot.files, path.c_str(), "text", 4);
        size_t size;
        std::free(phial_memory_files_get(slot.files, path.c_str(), &size));
        break;
      }
      default: {
        const char* source = "defmodule Compiled do def f, do: 1 end";
        phial_options options{};
        options.size = sizeof options;
        options.timeout = 3'000'000'000;
        phial_result* result = phial_compile(vm, source, std::strlen(source), &options);
        const char* bytes;
        size_t size;
        phial_term list = phial_result_term(result), pair;
        if (phial_result_ok(result) && phial_list_next(&list, &pair) && phial_get_binary(phial_tuple_element(pair, 1), &bytes, &size)) {
          std::string copy(bytes, size);
          if (chance(2)) copy[below(size)] ^= static_cast<char>(1 << below(8));
          phial_result_free(phial_load(vm, copy.data(), copy.size(), &options));
        }
        phial_result_free(result);
      }
    }
  }

  std::mt19937_64 random_;
};

}  // namespace

int main(int argc, char** argv) {
  double seconds = argc > 1 ? std::atof(argv[1]) : 10;
  uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  int count = argc > 3 ? std::atoi(argv[3]) : 4;
  std::fprintf(stderr, "api_fuzz: seed %llu, %d threads, %g s\n", static_cast<unsigned long long>(seed), count, seconds);
  std::vector<std::thread> threads;
  for (int i = 0; i < count; i++) threads.emplace_back([=] { Worker(seed * 1000 + static_cast<uint64_t>(i)).run(); });
  auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  uint64_t before = 0;
  auto progress = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (operations != before) progress = std::chrono::steady_clock::now();
    before = operations;
    if (std::chrono::steady_clock::now() - progress > std::chrono::seconds(120)) fail("nothing went on for two minutes");
  }
  over = true;
  for (std::thread& thread : threads) thread.join();
  for (Slot& slot : slots) {
    if (!slot.vm) continue;
    for (phial_host* host : slot.hosts) phial_host_close(host);
    phial_vm_destroy(slot.vm);
    phial_memory_files_free(slot.files);
  }
  require(objects_alive == 0, "objects of the host were left");
  require(lent_alive == 0, "lent binaries were left");
  std::fprintf(stderr, "api_fuzz: %llu operations, %llu misuses found\n", static_cast<unsigned long long>(operations.load()),
               static_cast<unsigned long long>(misuses.load()));
  return 0;
}
