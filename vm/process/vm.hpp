// Vm: one virtual machine. Several may live in one OS process; they share the atom table, the allocators, and nothing else.
//
// A Vm is made of: CodeServer (modules, exports), ProcessTable, Registry (names), ReferenceTable (aliases and timers by reference), Epochs, and
// a Scheduling (threads and run queues; vm/scheduler implements it). Vm::create in vm/scheduler/vm_create.hpp puts them together.
//
// Threads: functions marked "any thread" may be called by host threads; the others only by scheduler threads or before start.
#pragma once
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "vm/code/code_server.hpp"
#include "vm/process/epoch.hpp"
#include "vm/process/machine.hpp"
#include "vm/process/process.hpp"
#include "vm/process/process_table.hpp"
#include "vm/process/registry.hpp"
#include "vm/process/call_trace.hpp"
#include "vm/process/timer.hpp"
#include "vm/process/tracing.hpp"
#include "vm/process/watch.hpp"

namespace phial {

class Vm;

/// Where code of a module comes from: bytes of a bytecode file, or a unit.
struct ModuleSource {
  std::string_view bytes;            // valid during the load
  std::string owned_bytes;           // or this
  std::unique_ptr<CodeUnit> unit;    // or this
  std::string file;                  // for :code.which
  bool from_image = false;           // a module of the standard library
};

/// Budgets: limits of use, 0: none. `crossed` may raise a limit (vm/process/budget.hpp).
enum class BudgetKind : uint8_t { memory, binaries, ets, reductions, processes, atoms, mailbox, time };
inline constexpr size_t budget_kinds = 8;
struct BudgetLimits {
  uint64_t limit[budget_kinds] = {};  // bytes, bytes, bytes, reductions, processes, atoms, messages, nanoseconds
  uint64_t reductions_per_second = 0;
  /// True: go on, with the limit that was written to `limit`. Any scheduler thread.
  std::function<bool(BudgetKind kind, uint64_t used, uint64_t& limit)> crossed;
  bool any() const {
    for (uint64_t value : limit)
      if (value) return true;
    return reductions_per_second != 0;
  }
};

/// How a deterministic schedule explores (vm/scheduler/deterministic.hpp). Probabilities are of one chance each.
struct Simulation {
  enum class Strategy : uint8_t { mixed, random, priority, in_turn };
  Strategy strategy = Strategy::mixed;
  double delay = 0;  // a message is held back for up to some milliseconds
  double late = 0;   // a timer fires up to 100 ms late, and the machine stalls now and then
  double drop = 0;   // a timer of send_after or start_timer never fires
  double kill = 0;   // at a step a process is killed
  bool waits = false;   // runs in turn and without faults until begin
  bool trials = false;  // a program of its own: it may fork for each seed, and says when it is deadlocked
};

struct VmConfig {
  unsigned schedulers = 1;  // threads; 0: none, the host calls run_for
  size_t max_processes = 1u << 20;
  size_t max_atoms = 1u << 20;
  BudgetLimits budget;      // of all processes together
  bool restricted = false;  // only what `grants` says is allowed (vm/process/capabilities.hpp)
  std::vector<std::string> grants;
  bool deterministic = false;  // one thread's schedule from `seed`, with a virtual clock (with schedulers = 0)
  uint64_t seed = 1;
  Simulation simulation;
  bool gc_stress = false;
  bool legacy = false;  // the compiler's: variables leak out of branches, as before Elixir 1.3
  std::vector<NativeTable> natives;
  /// Finds code for a module that is not loaded. False: there is none. On a scheduler thread; may be called by several at once.
  std::function<bool(Vm&, Term module, ModuleSource& source)> module_loader;
  /// Bytes that the language writes: stream 1 standard output, 2 standard error. Null: the OS streams. Any scheduler thread.
  std::function<void(int stream, std::string_view bytes)> output;
  /// :erlang.halt. Null: exit of the OS process. Status as the language gave it.
  std::function<void(Vm&, int status, bool flush)> halt;
  /// JIT: a function turned hot (many samples). Any scheduler thread.
  std::function<void(Vm&, Function&)> hot_function;
  /// The library's native code (vm/jit/native_image.hpp), bytes that outlive the VM; empty: there is none.
  std::string_view native_library;
  std::vector<std::string> arguments;  // System.argv
  void* user = nullptr;
};

/// What a scheduler does for the processes of a Vm. All decisions are behind this one face.
class Scheduling {
 public:
  virtual ~Scheduling() = default;
  /// A process turned runnable (its state is `queued`). Any thread.
  virtual void enqueue(Process* process) = 0;
  /// The same by the scheduler thread of `machine`.
  virtual void enqueue_here(Machine& machine, Process* process) = 0;
  /// The wheel that timers of the calling thread go to.
  virtual TimerWheel& timers() = 0;
  virtual void start() = 0;
  /// Stops the threads; no process runs afterwards.
  virtual void stop() = 0;
  /// Runs processes on the calling thread until nothing is runnable, or so many reductions or nanoseconds are used up. True: more to do.
  virtual bool run_for(int64_t reductions, int64_t nanoseconds) = 0;
  /// Monotonic nanoseconds of the next time a timer may be due, or -1. With schedulers = 0; not while run_for runs.
  virtual int64_t next_timer() { return -1; }
  /// Waits until there is something for run_for, or so many nanoseconds (-1: no limit) have passed. True: there is.
  virtual bool wait(int64_t nanoseconds) = 0;
  /// A process of the host has a message: where that did not come from a process that the driving thread runs, its wait ends. Any thread.
  virtual void host_has_message() = 0;
  /// A descriptor that is readable while there is something for run_for; -1: none.
  virtual int descriptor() { return -1; }
  virtual unsigned count() const = 0;
  virtual unsigned online() const = 0;
  /// Processes in run queues.
  virtual size_t run_queue_length() const = 0;
  /// Runs a blocking native function on the pool: `arguments` are copied; the answer comes as a reply signal with `reference`.
  virtual void run_blocking(NativeFunction function, std::span<const Term> arguments, Term pid, Word reference) = 0;
  /// Monotonic nanoseconds; of the virtual clock in a deterministic schedule.
  virtual int64_t now() const = 0;
  /// The same, up to `coarse_ns` behind and much cheaper.
  virtual int64_t now_coarse() const { return now(); }
  static constexpr int64_t coarse_ns = 10'000'000;
  virtual uint64_t total_reductions() const = 0;
  virtual uint64_t context_switches() const = 0;
  /// What each scheduler has done and holds.
  struct Figures {
    size_t queue;
    bool active;               // runs a process now
    int64_t busy_nanoseconds;  // in slices, while somebody wants to know (SystemWatch::wall_time)
  };
  virtual std::vector<Figures> figures() const = 0;

  // What a deterministic schedule may change.
  /// A timer of the calling thread starts.
  virtual void start_timer(Timer* timer) { timers().start(timer); }
  /// A message's timer is due: true drops it.
  virtual bool loses_timer() { return false; }
  /// Takes a signal to deliver it later. Asked where VmConfig::deterministic is set only.
  virtual bool hold_signal(Term, Signal*) { return false; }
  /// The process has run to its end, for this reason: sees to it that Vm::finish_process is called.
  virtual void end_process(Process* process, Term reason) = 0;
  /// The status that the program halts with, given the one that the language asked for.
  virtual int final_status(int status) { return status; }
};

class Vm {
 public:
  Vm(VmConfig config);
  ~Vm();

  VmConfig config;
  CodeServer code;
  Epochs epochs;
  ProcessTable processes;
  Registry registry;
  ReferenceTable references;
  Tracing tracing;
  CallTracing calls;
  SystemWatch watch;
  std::unique_ptr<Scheduling> scheduling;

  // -- hooks of higher layers
  /// Runs a process for one slice (the interpreter).
  std::atomic<void (*)(Machine& machine)> run_process{nullptr};
  /// The same with all that Tracing and SystemWatch do at the ends of a slice; in place of run_process while they are asked to.
  void (*run_process_plainly)(Machine& machine) = nullptr;
  void (*run_process_watched)(Machine& machine) = nullptr;
  /// Prepares a machine's entries.
  void (*initialize_machine)(Machine& machine) = nullptr;
  /// Native code that goes on at a bytecode position with its registers in x[], or null (the JIT).
  std::atomic<CompiledFunction (*)(Vm&, const Word* pc)> native_continuation{nullptr};
  void* jit = nullptr;  // the Jit of this VM, if it has one
  /// Counts when native code goes or must not be run: what was noted of it before holds no more.
  std::atomic<uint32_t> native_epoch{1};
  const Word* call_export_code = nullptr;  // bytecode position that calls process->saved_export with the live x registers
  const Word* call_fun_code = nullptr;     // ... that calls the fun in the last live x register with the others
  const Word* exit_code = nullptr;         // of the bottom frame
  void* process_exit_entry = nullptr;      // resume word of the bottom frame
  // Of the frame that brings back a part of a deep stack that was put aside (ProcessHeap::freeze_stack).
  const Word* underflow_code = nullptr;
  void* underflow_entry = nullptr;
  const Word* resume_native_code = nullptr;  // where a process stands whose native function was left (long_native.hpp)
  /// Fibers of native functions that are not in use. Any thread.
  void* take_native_fiber() {
    std::lock_guard lock(native_fibers_lock_);
    if (native_fibers_.empty()) return nullptr;
    void* fiber = native_fibers_.back();
    native_fibers_.pop_back();
    return fiber;
  }
  void keep_native_fiber(void* fiber, void (*free)(void*)) {
    {
      std::lock_guard lock(native_fibers_lock_);
      free_native_fiber_ = free;
      if (native_fibers_.size() < 16) {
        native_fibers_.push_back(fiber);
        return;
      }
    }
    free(fiber);
  }
  std::atomic<Word> default_group_leader{atoms::nil.word};
  int64_t slice_reductions = 4000;
  std::atomic<int64_t> sample_reductions{usual_sample_reductions};
  static constexpr int64_t usual_sample_reductions = 1000;
  uint32_t hot_samples = 2;

  // -- processes
  struct SpawnOptions {
    bool link = false, monitor = false;
    Priority priority = Priority::normal;
    uint32_t min_heap_words = 0;
    uint32_t fullsweep_after = 65535;
    size_t max_heap_words = 0;
    bool max_heap_kill = true, max_heap_log = true, max_heap_binaries = false, max_heap_set = false;
    bool off_heap_messages = false;
    bool trap_exit = false;
    Term monitor_tag = atoms::DOWN;
    AliasMode alias = AliasMode::none;
    Term group_leader = Term::nil();  // nil: the parent's
    Term monitor_reference = Term::nil();  // out
    ProcessTree* tree = nullptr;  // that the process is the root of; null: the parent's
  };
  /// A new process that calls the export / fun with these arguments. `parent` may be null (host). None when the table is full. Arguments are
  /// copied. The process is not queued yet when `start` is false.
  Process* spawn(Process* parent, Export* function, std::span<const Term> arguments, SpawnOptions& options);
  Process* spawn_fun(Process* parent, Term fun, std::span<const Term> arguments, SpawnOptions& options);
  /// Any thread: spawns module:name(arguments); nil if there is no room.
  Term spawn_from_host(Term module, Term name, std::span<const Term> arguments);
  Term spawn_from_host(Export* function, std::span<const Term> arguments, SpawnOptions& options);
  /// Sends a signal and wakes the receiver; frees the signal and gives false if there is none. Any thread.
  bool send_signal(Term pid, Signal* signal);
  /// Sends a copy of the term. Any thread. `destination`: pid, alias reference, port of the host.
  bool send(Term destination, Term message, Term from = Term::nil());
  /// Makes a process runnable that may wait. Any thread that may hold a Process* (see process.hpp).
  void wake(Process* process);
  /// Ends a process that is not running any more (called by its scheduler): signals to links and monitors, memory back.
  void finish_process(Process* process, Term reason);

  /// A pseudo-process of the host: messages to it go to `on_message` (any thread may call it; the term is valid during the call), or with null
  /// stand in a queue that poll_host reads.
  Term open_host_process(std::function<void(Term message)> on_message);
  void close_host_process(Term pid);
  /// Takes the next message of a host process: copied to `heap`, or none(). Waits up to `nanoseconds` (-1: no limit).
  Term poll_host(Term pid, TermHeap& heap, int64_t nanoseconds);
  /// Messages that stand in the queue of a host process.
  size_t host_pending(Term pid);
  /// A descriptor that is readable while messages stand in the queue; -1: none.
  int host_descriptor(Term pid);
  /// A `down` signal, with the reference, comes to the host process when the process ends or if it is not there: as {:DOWN, ...}. Any thread.
  Term monitor_from_host(Term host, Term pid);
  /// Spawns like spawn_from_host, monitored by a host process from the beginning. `reference`: the monitor's.
  Term spawn_for_host(Term host, Export* function, std::span<const Term> arguments, SpawnOptions& options, Term* reference);

  Term make_reference();
  /// Moves the counters of pids, references and unique integers to round figures above all that were given out. While nobody runs.
  void round_counters() {
    auto round = [](std::atomic<uint64_t>& counter) { counter.store((counter.load() | 0xfffffff) + 1); };
    round(reference_);
    round(unique_);
    processes.round_numbers();
  }
  uint64_t unique_integer() { return unique_.fetch_add(1, std::memory_order_relaxed); }
  int64_t monotonic_time() const { return scheduling->now(); }
  int64_t time_offset() const { return time_offset_; }
  int64_t start_time() const { return start_time_; }

  void start();
  /// Ends all processes and threads. Idempotent; the destructor does it, too.
  void shutdown();
  /// Runs on the caller's thread (schedulers = 0).
  bool run_for(int64_t reductions, int64_t nanoseconds = -1) { return scheduling->run_for(reductions, nanoseconds); }
  void write_output(int stream, std::string_view bytes);
  void halt(int status, bool flush);

  /// Loads a module through the loader hook if it is not there yet. True if it is there afterwards.
  bool ensure_loaded(Term module);
  /// Loads a module, also over one that is there (whose older code is put aside, not purged): what a compiler session does.
  Module* define_module(const CodeUnit& unit, std::string_view file, std::string& error);
  /// Loads bytecode; `error` says why not.
  Module* load_bytes(std::string_view bytes, std::string_view file, std::string& error, bool from_image = false);

  /// Reports a crash: by the language's logger if it can be loaded, else a line on standard error.
  void report_crash(Process* process, Term reason, Term stacktrace);

  /// The one T of this VM, made at the first call: state of native modules. Any thread; T guards itself.
  template <class T>
  T& state() {
    static const size_t index = state_kinds_.fetch_add(1, std::memory_order_relaxed);
    if (index >= states_limit) std::abort();  // more kinds of state than the program has classes for them
    if (void* found = states_[index].load(std::memory_order_acquire)) return *static_cast<T*>(found);
    std::lock_guard lock(states_mutex_);
    if (void* found = states_[index].load(std::memory_order_relaxed)) return *static_cast<T*>(found);
    auto made = std::make_shared<T>();
    states_[index].store(made.get(), std::memory_order_release);
    owned_states_.push_back(made);
    return *made;
  }
  /// Sees to it that exit_hook hears of this process's end. False: it is gone. Any thread.
  bool mark_table_owner(Term pid);
  /// Called when a process ends that owns something (Process::owns_tables): ETS sets it with its first table.
  std::atomic<void (*)(Vm& vm, Term pid)> exit_hook{nullptr};
  /// Takes a signal to a port (vm/io sets it with its first port), which is its own then. False: there is no such port. Any thread.
  std::atomic<bool (*)(Vm& vm, Term port, Signal* signal)> port_hook{nullptr};

  /// Stops what vm/io runs on threads of its own, before the processes are taken apart.
  std::atomic<void (*)(Vm& vm)> io_stop_hook{nullptr};

  /// Words of all process heaps, for the memory budget and :erlang.memory. Off by what a process has grown since its last collection.
  std::atomic<int64_t> heap_words{0};
  /// Brings heap_words up to date with what the process holds.
  void account(Process& process);
  /// The longest stop of a process for its collector, nanoseconds: ever, and since somebody last asked.
  std::atomic<int64_t> longest_stop{0}, longest_stop_since{0};
  /// Runs a part of a collection of `heap` and measures it: the thread's own time, so that what the OS gives to others does not count. Small
  /// heaps are not measured, their collections take microseconds.
  template <class Part>
  void timed_stop(const ProcessHeap& heap, Part&& part) {
    bool large = heap.total_words() > 32 * 1024 && !gc_stress;
    int64_t start = large ? thread_time() : 0;
    part();
    if (large) note_stop(thread_time() - start);
  }
  static int64_t thread_time() {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return int64_t{time.tv_sec} * 1000000000 + time.tv_nsec;
  }
  void note_stop(int64_t nanoseconds) {
    if (nanoseconds <= longest_stop_since.load(std::memory_order_relaxed)) return;
    for (std::atomic<int64_t>* longest : {&longest_stop, &longest_stop_since}) {
      int64_t before = longest->load(std::memory_order_relaxed);
      while (before < nanoseconds && !longest->compare_exchange_weak(before, nanoseconds, std::memory_order_relaxed)) {
      }
    }
  }
  std::atomic<uint64_t> collections{0};
  std::atomic<uint64_t> reclaimed_words{0};
  /// Work under way outside that may make a process runnable: jobs of the pool, watched descriptors.
  std::atomic<int64_t> outside_work{0};
  std::atomic<size_t> live_processes{0};
  std::atomic<uint64_t> spawned_processes{0};
  std::atomic<uint64_t> crash_reports{0};  // of processes that ended with an error
  std::atomic<bool> stopping{false};
  /// Of the whole VM; null: it has neither a budget nor restrictions.
  ProcessTree* root_tree = nullptr;

 private:
  friend class Process;
  Process* new_process(Process* parent, SpawnOptions& options, size_t words);
  void start_process(Process* parent, Process* process, SpawnOptions& options);
  std::atomic<uint64_t> reference_{1};
  std::atomic<uint64_t> unique_{1};
  int64_t time_offset_ = 0;
  int64_t start_time_ = 0;
  struct HostProcess;
  HostProcess* host_of(Term pid);
  bool signal_to_host(Process* process, Signal* signal);
  static constexpr size_t states_limit = 128;
  inline static std::atomic<size_t> state_kinds_{0};
  std::atomic<void*> states_[states_limit]{};  // by kind: read without the lock
  std::mutex states_mutex_;
  SpinLock native_fibers_lock_;
  std::vector<void*> native_fibers_;
  void (*free_native_fiber_)(void*) = nullptr;
  std::vector<std::shared_ptr<void>> owned_states_;
};

}  // namespace phial
