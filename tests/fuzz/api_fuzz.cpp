// Random calls of the embedding API from several threads, over VMs that come and go: for the sanitizers to watch, and to see that nothing hangs or crashes.
//
//     api_fuzz SECONDS [SEED] [THREADS]
//
// With API_FUZZ_HOLD set, a run in which nothing goes on any more stays as it is, for a debugger to look at.
//
// The host keeps phial.h's rules (a VM's creation and end overlap with nothing, one thread at a time receives) except where breaking them must be harmless: handles that
// were freed or are another VM's, pids of the dead, bytes that are no terms, waiting inside the VM. A failure prints the seed; threads draw from generators of their own, so a
// seed repeats what each thread does, not how they interleave. VMs are of all kinds: with and without threads, deterministic with faults, restricted, with budgets, loaders and files.
//
// api_fuzz_terms.cpp makes and reads terms, api_fuzz_host.cpp is what VMs ask of their host, and here the threads call. Every function of phial.h is called: a test (covered.py) looks.
#include "api_fuzz.hpp"

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

namespace fuzz {

void fail(const char* what) {
  std::fprintf(stderr, "api_fuzz: %s\n", what);
  std::abort();
}

}  // namespace fuzz

namespace {

using namespace fuzz;

constexpr size_t slot_count = 3;
std::atomic<bool> over{false};
std::atomic<uint64_t> operations{0};

/// A kept term: who reads it holds `in_use` shared, who frees it alone.
struct Kept {
  std::shared_mutex in_use;
  phial_handle handle;
};

/// A VM that threads share, and what they made in it.
struct Slot {
  std::shared_mutex alive;  // exclusive: the VM comes or goes
  phial_vm* vm = nullptr;
  std::mutex mutex;
  std::vector<phial_host*> hosts;  // that nobody uses now
  std::vector<std::unique_ptr<OneShot>> shots;
  std::vector<std::shared_ptr<Kept>> handles;
  std::vector<phial_term> pids;
  std::vector<phial_callable*> callables;
  phial_memory_files* files = nullptr;
  phial_file_system faulty{};
  unsigned schedulers = 0;
  bool deterministic = false;
  bool loses = false;  // processes and timers, at random: what waits for one in it may wait for good
};
Slot slots[slot_count];

/// Sees that something goes on: that calls return or, while they do not, that VMs run. Endless processes run in some VMs, so that alone says little and is
/// believed for ten minutes, in which a loaded machine gets through with a sanitizer's slow VM that many such processes share.
class Watch {
 public:
  void look() {
    auto now = std::chrono::steady_clock::now();
    if (operations != operations_seen_) called_ = ran_ = now;
    operations_seen_ = operations;
    if (now - called_ > std::chrono::seconds(10) && vms_ran()) ran_ = now;
    if (now - ran_ > std::chrono::minutes(2)) stalled("nothing went on for two minutes");
    if (now - called_ > std::chrono::minutes(10)) stalled("no call returned for ten minutes");
  }

 private:
  bool vms_ran() {
    uint64_t reductions = 0;
    for (Slot& slot : slots) {
      std::shared_lock lock(slot.alive, std::try_to_lock);
      if (!lock || !slot.vm) continue;
      phial_statistics statistics{};
      statistics.size = sizeof statistics;
      phial_get_statistics(slot.vm, &statistics);
      reductions += statistics.reductions;
    }
    return std::exchange(reductions_seen_, reductions) != reductions;
  }
  [[noreturn]] static void stalled(const char* what) {
    if (std::getenv("API_FUZZ_HOLD")) {
      std::fprintf(stderr, "api_fuzz: %s; process %d waits for a debugger\n", what, getpid());
      pause();
    }
    fail(what);
  }

  std::chrono::steady_clock::time_point called_ = std::chrono::steady_clock::now(), ran_ = called_;
  uint64_t operations_seen_ = 0, reductions_seen_ = 0;
};

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
    "for _ <- 1..10, do: spawn(fn -> Host.count(100_000) end); Host.count(20_000)",
    "Host.nested()",
    "Host.nested_blocking()",
    "Host.again_in_vain()",
    "Host.busy({:x, [1, 2.0], \"text\"})",
    "Host.busy_blocking(%{a: 1})",
    "Host.another([1, 2, 3])",
    "Host.another_blocking({:a, \"b\"})",
    "try do Host.fails(:x) rescue e -> e end; Host.fails_yielding({:y, 1})",
    "o = Host.object(); send(self(), o); receive do x -> Host.is_object(x) end",
    "o = Host.object_blocking(); Task.async(fn -> Host.is_object(o) end) |> Task.await()",
    "1..5 |> Enum.map(fn n -> Task.async(fn -> Host.block(n) end) end) |> Enum.map(&Task.await/1)",
    "defmodule M do def f(x), do: x + 1 end; M.f(1)",
    "File.write(\"/f\", \"text\"); File.read(\"/f\")",
    "File.mkdir_p(\"/a/b\"); File.write(\"/a/b/c\", \"1\\n2\\n3\"); File.stream!(\"/a/b/c\") |> Enum.to_list()",
    "{:ok, f} = File.open(\"/g\", [:read, :write]); IO.write(f, \"abc\"); :file.position(f, 0); r = IO.read(f, :line); File.close(f); {r, File.ls(\"/\"), File.rm(\"/g\")}",
    "IO.puts(\"hello\"); IO.inspect(%{a: 1})",
    "IO.gets(\"? \")",
    "require Logger; Logger.error(\"logged\")",
    "Agent.start_link(fn -> 0 end) |> elem(1) |> Agent.get_and_update(&{&1, &1 + 1})",
    "Process.register(self(), :named); Process.sleep(3)",
    "pid = spawn(fn -> receive do {from, x} -> send(from, {:echo, x}) end end); pid",
    "f = fn x -> x * 2 end; f",
    ":erlang.garbage_collect(); :erlang.memory(:total) > 0",
    "Process.send_after(self(), :late, 2); receive do :late -> :ok end",
    "List.duplicate(0, 100_000) |> length()",
    "Enum.to_list(30_000..1//-1) |> Enum.sort() |> hd()",
    ":binary.copy(\"abcdefgh\", 20_000) |> :erlang.md5()",
    "m = Map.new(1..5000, &{&1, [&1]}); :erlang.term_to_binary(m) |> :erlang.binary_to_term() == m",
    "Integer.pow(7, 5000) |> Integer.to_string() |> String.length()",
    "Regex.run(~r/(a+)+b/, String.duplicate(\"a\", 24))",
    "x = Enum.to_list(1..20_000); pid = spawn(fn -> receive do m -> length(m) end end); send(pid, x); length(x)",
    "Loaded.f(1)",
    "Broken.f(1)",
    "System.argv()",
    "System.halt(3)",
    "Phial.Budget.run(fn -> Enum.to_list(1..1_000_000) end, memory: 3_000_000)",
    "Phial.Budget.run(fn -> Process.sleep(:infinity) end, time: 3)",
    "Phial.Budget.run(fn -> for n <- 1..30, do: spawn(fn -> Process.sleep(n) end) end, processes: 10)",
    "Phial.Budget.run(fn -> send(self(), Host.object()); Host.add(1, 2) end, capabilities: [\"module:Host\"])",
    "Process.flag(:trap_exit, true); for n <- 1..20, do: spawn_link(fn -> exit(n) end); for n <- 1..20, do: (receive do {:EXIT, _, ^n} -> n end)",
    "t = :ets.new(:shared, [:public, :ordered_set]); ts = for n <- 1..8, do: Task.async(fn -> for i <- 1..100, do: :ets.update_counter(t, rem(i, 7), n, {0, 0}) end); Task.await_many(ts); :ets.tab2list(t)",
    ":persistent_term.put(:p, {1, [2]}); :persistent_term.get(:p); :persistent_term.erase(:p)",
    "c = :counters.new(4, []); for _ <- 1..10, do: spawn(fn -> :counters.add(c, 1, 1) end); :counters.get(c, 1)",
    "p = spawn(fn -> for n <- 1..500, do: Enum.max([n, 3]) end); :erlang.trace(p, true, [:send, :receive, :procs]); :erlang.trace_pattern({Enum, :max, 1}, true, []); Process.sleep(1); :erlang.trace_pattern({Enum, :max, 1}, false, [])",
    "p = spawn(fn -> Process.sleep(2) end); {Process.info(p), Process.info(self(), :current_stacktrace), length(Process.list())}",
    "p = spawn(fn -> Enum.sum(1..10_000_000) end); :erlang.suspend_process(p); :erlang.resume_process(p); Process.exit(p, :kill)",
    "{:ok, l} = :gen_tcp.listen(0, [:binary, active: false]); {:ok, port} = :inet.port(l); t = Task.async(fn -> {:ok, s} = :gen_tcp.accept(l); :gen_tcp.recv(s, 0) end); {:ok, s} = :gen_tcp.connect(~c\"127.0.0.1\", port, [:binary, active: true]); :gen_tcp.send(s, String.duplicate(\"z\", 5000)); :gen_tcp.close(s); Task.await(t) |> elem(0)",
    "{:ok, u} = :gen_udp.open(0, [:binary, active: true]); {:ok, port} = :inet.port(u); :gen_udp.send(u, {127, 0, 0, 1}, port, \"hi\"); receive do {:udp, _, _, _, m} -> m after 20 -> :lost end",
    "System.cmd(\"true\", [])",
    "defmodule S do use GenServer; def init(x), do: {:ok, x}; def handle_call(:get, _, x), do: {:reply, x, x} end; {:ok, s} = Supervisor.start_link([%{id: 1, start: {GenServer, :start_link, [S, 5]}}], strategy: :one_for_one); [{_, p, _, _}] = Supervisor.which_children(s); r = GenServer.call(p, :get); Process.exit(p, :kill); r",
    "defmodule Old do def loop, do: receive do _ -> loop() end end; spawn(&Old.loop/0); :code.delete(Old); :code.purge(Old)",
    "if is_pid(x), do: (Process.link(x); send(x, {:from, self(), Host.object()})); Process.exit(self(), :linked)",
    "is_function(x) && x.(3)",
    "{x, byte_size(inspect(x))}",
};

phial_options options_for(int64_t timeout) {
  phial_options options{};
  options.size = sizeof options;
  options.timeout = timeout;
  return options;
}

class Worker {
 public:
  explicit Worker(uint64_t seed) : random_(seed) {}

  void run() {
    while (!over) {
      step();
      operations++;
    }
  }
  static void destroy_now(Slot& slot) {
    for (phial_host* host : slot.hosts) phial_host_close(host);
    for (auto& shot : slot.shots)
      if (phial_host* host = shot->host.exchange(nullptr)) phial_host_close(host);
    phial_vm_destroy(slot.vm);
    phial_memory_files_free(slot.files);
    slot.hosts.clear();
    slot.shots.clear();
    slot.handles.clear();
    slot.pids.clear();
    slot.callables.clear();
    slot.vm = nullptr;
  }

 private:
  size_t below(size_t limit) { return random_.below(limit); }
  bool chance(size_t of) { return random_.chance(of); }
  phial_term term(phial_heap* heap, int depth) { return random_term(random_, heap, depth); }

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

  // -- VMs

  phial_budget budget(bool small) {
    phial_budget limits;
    phial_budget_init(&limits);
    if (chance(2)) limits.reductions = small ? 100'000 : 200'000'000;
    if (chance(2)) limits.memory = small ? 20 << 20 : 300 << 20;
    if (chance(4)) limits.processes = small ? 10 : 500;
    if (chance(4)) limits.binaries = 4 << 20;
    if (chance(4)) limits.ets = 1 << 20;
    if (chance(4)) limits.atoms = 500;
    if (chance(4)) limits.mailbox = small ? 20 : 2000;
    if (chance(4)) limits.reductions_per_second = 20'000'000;
    if (chance(6)) limits.time = 5'000'000 + below(small ? 20'000'000 : 2'000'000'000);
    if (chance(3)) limits.crossed = raise_limit;
    return limits;
  }

  void create(Slot& slot) {
    static const char* const arguments[] = {"one", "two", nullptr};
    static const char* const some_grants[] = {"read:/", "write:/a", "module:Host", "define", "clock", "observe", "connect:*:*", "listen:127.0.0.1:*", "env:HOME", nullptr};
    static const char* const no_grants[] = {"read:/", "fly", nullptr};
    phial_config config = plain_config();
    if (chance(10)) phial_config_sandbox(&config);
    slot.schedulers = config.schedulers = static_cast<unsigned>(below(3));
    slot.deterministic = config.deterministic = slot.schedulers == 0 && chance(3);
    slot.loses = false;
    if (config.deterministic) {
      config.seed = random_.bits();
      config.schedule = static_cast<phial_schedule>(below(4));
      if (chance(2)) config.sim_delay = 0.1;
      if (chance(2)) config.sim_late = 0.1;
      if (chance(4)) config.sim_drop = 0.01;
      if (chance(4)) config.sim_kill = 0.001;
      config.sim_waits = chance(2);
      slot.loses = config.sim_drop > 0 || config.sim_kill > 0;
    }
    config.jit = plain_config().jit;
    config.interpret_library = plain_config().interpret_library;
#if !__has_feature(thread_sanitizer)
    config.interpret_library = chance(4);
    config.jit = chance(4) ? PHIAL_JIT_EAGER : chance(4) ? PHIAL_JIT_TEMPLATE : chance(4) ? PHIAL_JIT_OFF : PHIAL_JIT_AUTO;
#endif
    config.legacy = chance(8);
    if (chance(6)) config.max_processes = 200;
    if (chance(8)) config.memory_limit = 200 << 20;
    config.arguments = chance(2) ? arguments : nullptr;
    config.user = &slot;
    config.misuse = [](void*, const char*) { misuses++; };
    config.output = [](void*, int, const char*, size_t) {};
    config.halt = [](void*, int) {};
    if (chance(2)) config.log = [](void*, const char*, const char*, size_t, phial_term metadata) { phial_map_size(metadata); };
    config.input = [](void*, char* bytes, size_t size) -> size_t {
      if (any_below(2)) return 0;
      std::memset(bytes, '\n', std::min<size_t>(size, 3));
      return std::min<size_t>(size, 3);
    };
    if (chance(2)) config.module_loader = load_module;
    slot.files = phial_memory_files_create();
    config.files = chance(3) ? faulty_files(slot.files, &slot.faulty) : phial_memory_files_system(slot.files);
    phial_budget limits = budget(false);
    if (chance(3)) config.budget = &limits;
    if (chance(6)) config.restricted = true;
    if (config.restricted && chance(2)) config.grants = some_grants;
    if (chance(10)) {
      phial_config bad = config;
      bad.restricted = true;
      bad.grants = no_grants;
      require(!phial_vm_create(&bad) && std::strstr(phial_create_error(), "fly"), "a grant that says nothing was taken");
      require(phial_bad_grant(no_grants) == no_grants[1] && !phial_bad_grant(some_grants), "grants are misread");
    }
    slot.vm = phial_vm_create(&config);
    if (!slot.vm) fail(phial_create_error());
    require(phial_vm_user(slot.vm) == &slot, "the VM has another user");
    require(phial_register_all(slot.vm, "Host", functions, function_count), "functions were not registered");
  }
  void destroy(Slot& slot) {
    if (chance(3)) phial_vm_stop(slot.vm, 20'000'000);
    destroy_now(slot);
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
    if (chance(4)) {
      phial_heap_clear(heap);
      term(heap, 2);
    }
    phial_heap_free(heap);
  }

  void in_vm(Slot& slot, phial_vm* vm, phial_heap* heap) {
    switch (below(26)) {
      case 0:
      case 1:
      case 2:
      case 3: evaluate(slot, vm, heap); break;
      case 4: call(slot, vm, heap); break;
      case 5: spawn(slot, vm, heap); break;
      case 6:
      case 7:
      case 8: phial_send(vm, some_pid(slot), term(heap, 3)); break;
      case 9: {
        phial_term pid = some_pid(slot);
        if (phial_alive(vm, pid) && chance(2)) phial_exit(vm, pid, phial_atom(chance(2) ? "kill" : "normal"));
        phial_whereis(vm, "named", &pid);
        break;
      }
      case 10: open_host(slot, vm); break;
      case 11:
      case 12: receive(slot, vm, heap); break;
      case 13: {
        auto kept = std::make_shared<Kept>();
        kept->handle = phial_keep(vm, term(heap, 3));
        std::lock_guard lock(slot.mutex);
        slot.handles.push_back(kept);
        break;
      }
      case 14:
      case 15: read_kept(slot, vm, heap); break;
      case 16: define(vm); break;
      case 17:
      case 18: drive(slot, vm); break;
      case 19: {
        phial_statistics statistics{};
        statistics.size = chance(2) ? sizeof statistics : offsetof(phial_statistics, handles);
        phial_get_statistics(vm, &statistics);
        require(statistics.size <= sizeof statistics, "statistics of another size");
        break;
      }
      case 20: use_files(slot); break;
      case 21:
      case 22: change_budget(vm); break;
      case 23: foreign(slot, vm); break;
      case 24:
        if (chance(40)) phial_vm_stop(vm, static_cast<int64_t>(1 + below(30'000'000)));
        break;
      default: compile(vm);
    }
  }

  // -- what is done to a VM

  void evaluate(Slot& slot, phial_vm* vm, phial_heap* heap) {
    static const char* const grants[] = {"module:*", "define", "write:/", nullptr};
    phial_options options = options_for(1'000'000 + static_cast<int64_t>(below(30'000'000)));
    phial_budget limits = budget(true);
    if (chance(4)) options.budget = &limits;
    if (chance(8)) options.restricted = true;
    if (chance(2)) options.grants = grants;
    if (chance(4)) options.name = "fuzz.exs";
    if (chance(4)) options.line = static_cast<unsigned>(below(1000));
    phial_term name = phial_atom("x"), value = chance(2) ? some_pid(slot) : term(heap, 3), bindings = phial_map(heap, &name, &value, 1);
    options.bindings = &bindings;
    const char* source = sources[below(std::size(sources))];
    phial_result* result = phial_eval_with(vm, source, std::strlen(source), &options);
    check(result);
    value = phial_result_term(result);
    read_term(random_, heap, value);
    if (phial_kind_of(value) == PHIAL_PID) keep_pid(slot, value);
    if (phial_kind_of(value) == PHIAL_FUNCTION) {
      phial_term argument = phial_integer(heap, 21);
      phial_result* applied = phial_apply_fun(vm, value, &argument, 1, &options);
      check(applied);
      phial_result_free(applied);
    }
    phial_result_free(result);
  }

  void check(phial_result* result) {
    phial_code code = phial_result_code(result);
    require(code != PHIAL_MISUSE && code != PHIAL_BAD_ARGUMENT, phial_result_error(result));
    require(phial_result_ok(result) == (code == PHIAL_OK), "a result is fine and is not");
    std::string error = phial_result_error(result), message = phial_result_message(result), trace = phial_result_stacktrace(result);
    require(error.size() >= message.size() && error.size() >= trace.size(), "parts of an error are larger than the whole");
    require(std::strcmp(phial_code_name(code), "unknown") != 0, "a code without a name");
  }

  void call(Slot& slot, phial_vm* vm, phial_heap* heap) {
    phial_options options = options_for(200'000'000);
    if (!slot.loses && chance(3)) {  // without options nobody ends it
      phial_term arguments[] = {phial_integer(heap, 5), phial_integer(heap, 6)};
      phial_result* result = phial_apply(vm, chance(2) ? "Kernel" : ":erlang", chance(4) ? "nothing" : "max", arguments, 2);
      check(result);
      phial_result_free(result);
      return;
    }
    phial_callable* callable = nullptr;
    if (!pick(slot, slot.callables, callable, false) || chance(4)) {
      static const struct { const char *module, *function; } known[] = {{"Enum", "sort"}, {"String", "length"}, {"Host", "block"}, {"Host", "count"}, {"Nothing", "there"}};
      auto& chosen = known[below(std::size(known))];
      callable = phial_prepare(vm, chosen.module, chosen.function, 1);
      require(callable && phial_prepare(vm, chosen.module, chosen.function, 1) == callable, "one function has two callables");
      std::lock_guard lock(slot.mutex);
      if (slot.callables.size() < 50) slot.callables.push_back(callable);
    }
    phial_term list[] = {phial_integer(heap, 3), phial_integer(heap, 1)};
    phial_term argument = chance(2) ? phial_list(heap, list, 2) : term(heap, 2);
    phial_term pid;
    phial_budget limits = budget(true);
    if (chance(4)) options.budget = &limits;
    if (chance(3)) {
      if (chance(2)) options.restricted = true;
      if (chance(2) ? phial_spawn_with(callable, &argument, &options, &pid) : phial_spawn_function(callable, &argument, &pid)) keep_pid(slot, pid);
      return;
    }
    phial_result* result = phial_call_function(callable, &argument, &options);
    check(result);
    read_term(random_, heap, phial_result_term(result));
    phial_result_free(result);
  }

  void spawn(Slot& slot, phial_vm* vm, phial_heap* heap) {
    phial_term arguments[] = {phial_integer(heap, 1), phial_integer(heap, 2)}, pid;
    if (phial_spawn(vm, chance(2) ? "Kernel" : "NoSuch", "+", arguments, 2, &pid)) keep_pid(slot, pid);
    phial_term source = phial_string(heap, sources[below(std::size(sources) - 3)]);
    if (chance(4) && phial_spawn(vm, "Code", "eval_string", &source, 1, &pid)) {
      keep_pid(slot, pid);
      if (chance(2)) phial_exit(vm, pid, term(heap, 1));
    }
  }

  void open_host(Slot& slot, phial_vm* vm) {
    if (chance(4)) {
      auto shot = std::make_unique<OneShot>();
      OneShot* place = shot.get();
      std::lock_guard lock(slot.mutex);
      slot.shots.push_back(std::move(shot));
      phial_host* host = phial_host_open(vm, OneShot::on_message, place);
      if (!host) return;
      if (slot.pids.size() < 50) slot.pids.push_back(phial_host_pid(host));
      place->host = host;
      return;
    }
    phial_on_message callback = nullptr;
    if (chance(3)) callback = [](void* user, phial_term message) {
      phial_hash(message);
      // The sender's pid, where it sent one: an answer from within the callback.
      phial_term from = phial_tuple_element(message, 1);
      if (phial_kind_of(from) == PHIAL_PID) phial_send(static_cast<phial_vm*>(user), from, message);
      if (any_below(50) == 0) {
        phial_options options = options_for(200'000'000);
        phial_result* result = phial_eval_with(static_cast<phial_vm*>(user), "1", 1, &options);
        phial_result_free(result);
      }
    };
    phial_host* host = phial_host_open(vm, callback, vm);
    if (!host) return;
    keep_pid(slot, phial_host_pid(host));
    if (chance(2)) readable(phial_host_descriptor(host));
    std::lock_guard lock(slot.mutex);
    slot.hosts.push_back(host);
  }
  void readable(int descriptor) {
    pollfd one{descriptor, POLLIN, 0};
    if (descriptor >= 0) require(poll(&one, 1, 0) >= 0 && !(one.revents & POLLNVAL), "a descriptor is closed");
  }

  void receive(Slot& slot, phial_vm* vm, phial_heap* heap) {
    phial_host* host;
    if (!pick(slot, slot.hosts, host, true)) return;
    phial_send(vm, phial_host_pid(host), term(heap, 2));
    phial_term monitor = phial_host_monitor(host, some_pid(slot));
    require(phial_kind_of(monitor) == PHIAL_REFERENCE, "a monitor is no reference");
    phial_host_pending(host);
    if (chance(4)) readable(phial_host_descriptor(host));
    phial_term message;
    for (int i = 0; i < 5 && phial_host_receive(host, heap, static_cast<int64_t>(below(2)) * 100'000, &message); i++) read_term(random_, heap, message);
    if (chance(3)) {
      phial_host_close(host);
    } else {
      std::lock_guard lock(slot.mutex);
      slot.hosts.push_back(host);
    }
  }

  void read_kept(Slot& slot, phial_vm* vm, phial_heap* heap) {
    std::shared_ptr<Kept> kept;
    bool take = chance(2);
    if (!pick(slot, slot.handles, kept, take)) return;
    phial_term value;
    if (!take) {
      std::shared_lock lock(kept->in_use);
      if (!phial_handle_term(vm, kept->handle, &value)) return;  // somebody has freed it
      read_term(random_, heap, value);
      phial_send(vm, some_pid(slot), value);
      return;
    }
    std::unique_lock lock(kept->in_use);
    require(phial_handle_term(vm, kept->handle, &value), "a handle in use was not found");
    read_term(random_, heap, value);
    require(phial_handle_free(vm, kept->handle) == PHIAL_OK, "a handle could not be freed");
    require(phial_handle_free(vm, kept->handle) == PHIAL_MISUSE, "a handle was freed twice");
    require(!phial_handle_term(vm, phial_handle{random_.bits() & ~0xffffffffull}, &value), "a handle was made up");
  }

  /// A handle and a pid of another VM.
  void foreign(Slot& slot, phial_vm* vm) {
    Slot& other = slots[below(slot_count)];
    if (&other == &slot) return;
    std::shared_ptr<Kept> kept;
    phial_term value;
    {
      std::shared_lock lock(other.alive, std::try_to_lock);
      if (!lock || !other.vm || !pick(other, other.handles, kept, false)) return;
      phial_send(vm, some_pid(other), phial_nil());  // whoever has that number here, or nobody
    }
    uint64_t before = misuses;
    require(!phial_handle_term(vm, kept->handle, &value), "a handle of another VM was taken");
    require(phial_handle_free(vm, kept->handle) == PHIAL_MISUSE, "a handle of another VM was freed");
    require(misuses >= before + 2, "a handle of another VM was not told");
  }

  void define(phial_vm* vm) {
    const phial_function_entry& add = functions[0];
    require(!phial_register(vm, "Host", "add", 2, add.code, nullptr, PHIAL_BLOCKING | PHIAL_YIELDING), "contradicting flags were taken");
    require(!phial_register(vm, "Host", "add", 201, add.code, nullptr, PHIAL_PLAIN), "too many arguments were taken");
    if (chance(2)) require(phial_register(vm, "Host", "add", 2, add.code, nullptr, PHIAL_PLAIN), "a function was not registered");
    else phial_register_all(vm, chance(2) ? "Host" : "Other", functions, function_count);
  }

  void drive(Slot& slot, phial_vm* vm) {
    if (slot.deterministic && chance(8)) phial_sim_begin(vm, random_.bits());
    phial_progress progress = phial_run_for(vm, static_cast<int64_t>(below(20'000)), 1'000'000);
    require(progress.activity <= PHIAL_QUIET, "an activity that does not exist");
    if (slot.schedulers > 0) {
      require(!phial_sim_begin(vm, 1), "a VM with threads simulates");
      return;
    }
    if (chance(3)) phial_wait(vm, 100'000);
    if (chance(3)) {
      require(slot.deterministic || phial_descriptor(vm) >= 0, "no descriptor");
      readable(phial_descriptor(vm));
    }
  }

  void use_files(Slot& slot) {
    std::string path = "/d" + std::to_string(below(3)) + "/f";
    phial_memory_files_put(slot.files, path.c_str(), "text", 4);
    require(!phial_memory_files_put(slot.files, "no path", "", 0), "a path that is not absolute was taken");
    size_t size;
    std::free(phial_memory_files_get(slot.files, chance(2) ? path.c_str() : "/f", &size));
  }

  void change_budget(phial_vm* vm) {
    for (int kind = 0; kind <= PHIAL_BUDGET_TIME; kind++) phial_budget_used(vm, static_cast<phial_budget_kind>(kind));
    if (!chance(4)) return;
    phial_budget limits = budget(chance(8));
    limits.crossed = nullptr;
    phial_set_budget(vm, &limits);
  }

  void compile(phial_vm* vm) {
    const char* source = "defmodule Compiled do def f, do: 1 end";
    phial_options options = options_for(3'000'000'000);
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

  Random random_;
};

}  // namespace

int main(int argc, char** argv) {
  double seconds = argc > 1 ? std::atof(argv[1]) : 10;
  uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  int count = argc > 3 ? std::atoi(argv[3]) : 4;
  std::fprintf(stderr, "api_fuzz: Phial %s, seed %llu, %d threads, %g s\n", phial_version(), static_cast<unsigned long long>(seed), count, seconds);
  require(!phial_dump_crashes(std::string(10'000, 'x').c_str()), "a path that is too long was taken");
  if (seed % 2) require(set_counting_allocator(), "the allocator was refused");
  witness.open();
  require(!set_counting_allocator(), "an allocator was taken after the first VM");
  compile_for_loader();
  std::vector<std::thread> threads;
  for (int i = 0; i < count; i++) threads.emplace_back([=] { Worker(seed * 1000 + static_cast<uint64_t>(i)).run(); });
  auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  uint64_t notices = 0;
  Watch watch;
  while (std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    notices += witness.drain();
    watch.look();
  }
  over = true;
  for (std::thread& thread : threads) thread.join();
  for (Slot& slot : slots)
    if (slot.vm) Worker::destroy_now(slot);
  require(objects_alive == 0, "objects of the host were left");
  require(lent_alive == 0, "lent binaries were left");
  require(notices + witness.drain() == notices_due, "an object's word of its end was lost");
  witness.close();
  std::fprintf(stderr, "api_fuzz: %llu operations, %llu misuses found, %llu ends of objects told\n", static_cast<unsigned long long>(operations.load()),
               static_cast<unsigned long long>(misuses.load()), static_cast<unsigned long long>(notices_due.load()));
  return 0;
}
