#include "vm/process/vm.hpp"

#include "vm/process/budget.hpp"
#include "vm/process/long_native.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <utility>

#include "vm/base/memory.hpp"
#include "vm/code/image_units.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/map.hpp"
#include "vm/term/print.hpp"

namespace phial {

/// What stands behind a pid of the host. Its Process never runs; `saved_export` stands for this. Senders reach it under an epoch guard, and it
/// is retired with its Process.
struct Vm::HostProcess {
  std::function<void(Term)> on_message;
  std::mutex mutex;
  std::condition_variable changed;  // a message came, a callback ended, it was closed
  std::deque<Signal*> messages;
  bool closed = false;
  unsigned callbacks = 0;  // that run now
  int event = -1;          // eventfd, readable while messages stand in the queue
  ~HostProcess() {
    for (Signal* signal : messages) free_signal(signal);
    if (event >= 0) ::close(event);
  }
  static HostProcess* of(const Process* process) { return reinterpret_cast<HostProcess*>(process->saved_export); }
  static void destroy(void* memory) {
    auto process = static_cast<Process*>(memory);
    delete of(process);
    process->~Process();
    memory_free(process);
  }
};

namespace {
/// The host process whose callback the calling thread runs.
thread_local const void* host_in_callback = nullptr;
}  // namespace

Vm::Vm(VmConfig given) : config(std::move(given)), processes(config.max_processes) {
  auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  auto steady = std::chrono::steady_clock::now().time_since_epoch();
  start_time_ = config.deterministic ? 0 : std::chrono::duration_cast<std::chrono::nanoseconds>(steady).count();
  // A virtual clock begins with the year 2025.
  time_offset_ = config.deterministic ? int64_t{1735689600} * 1000000000
                                      : std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count() - start_time_;
  if (config.gc_stress) gc_stress = true;
  if (config.budget.any() || config.restricted) {
    std::shared_ptr<const Capabilities> capabilities;
    if (config.restricted) capabilities = Capabilities::of(config.grants);
    root_tree = ProcessTree::create_for_vm(*this, config.budget, std::move(capabilities));
  }
  for (const NativeTable& table : config.natives) code.add_natives(table);
}

Vm::~Vm() {
  shutdown();
  if (root_tree) root_tree->drop();
  for (void* fiber : native_fibers_) free_native_fiber_(fiber);
}

void Vm::start() {
  if (root_tree) root_tree->start_clock(*this);
  scheduling->start();
}

void Vm::shutdown() {
  bool before = stopping.exchange(true);
  if (scheduling) scheduling->stop();
  if (before) return;
  if (auto stop_io = io_stop_hook.load(std::memory_order_acquire)) stop_io(*this);
  // No thread runs processes any more: what is left is taken apart here.
  std::vector<Process*> left;
  processes.each([&](Process* process) { left.push_back(process); });
  for (Process* process : left) {
    processes.remove(process);
    auto free_list = [](Signal* signal) {
      while (signal) {
        auto next = static_cast<Signal*>(signal->next);
        free_signal(signal);
        signal = next;
      }
    };
    free_list(process->close_inbox());
    free_list(process->mailbox);
    process->mailbox = nullptr;
    process->cancel_receive_timer();
    if (process->is_host) {
      HostProcess::destroy(process);
      continue;
    }
    if (in_long_native(*process)) drop_native(*process);
    for (ProcessTree* tree = process->tree; tree; tree = tree->outer()) tree->own_terms.reset();
    process->~Process();
    memory_free(process);
  }
  scheduling.reset();
}

void Vm::wake(Process* process) {
  if (process->is_host) return;
  ProcessState state = process->state.load(std::memory_order_seq_cst);
  for (;;) {
    if (state == ProcessState::waiting) {
      if (process->state.compare_exchange_weak(state, ProcessState::queued, std::memory_order_acq_rel)) {
        scheduling->enqueue(process);
        return;
      }
    } else if (state == ProcessState::running) {
      if (process->state.compare_exchange_weak(state, ProcessState::running_notified, std::memory_order_acq_rel)) return;
    } else {
      return;
    }
  }
}

namespace {
Term process_atom() {
  static const Term atom = intern_atom("process");
  return atom;
}
void set_event(int event) {
  uint64_t one = 1;
  [[maybe_unused]] ssize_t wrote = ::write(event, &one, sizeof one);
}
}  // namespace

// A signal to a process that does not exist is answered as the reference manual's signal chapter says.
static void answer_for_dead(Vm& vm, Term pid, Signal* signal) {
  switch (signal->kind) {
    case SignalKind::link: vm.send_signal(signal->from, make_signal(SignalKind::link_exit, atoms::noproc, pid)); break;
    case SignalKind::monitor: vm.send_signal(signal->from, make_signal(SignalKind::down, atoms::noproc, pid, signal->number)); break;
    case SignalKind::unlink: vm.send_signal(signal->from, make_signal(SignalKind::unlink_ack, Term::nil(), pid, signal->number)); break;
    case SignalKind::process_info:
    case SignalKind::garbage_collect:
    case SignalKind::suspend:
    case SignalKind::check_code:
      vm.send_signal(signal->from, make_signal(SignalKind::reply, atoms::undefined, Term::nil(), signal->number));
      break;
    default: break;
  }
  free_signal(signal);
}

bool Vm::send_signal(Term pid, Signal* signal) {
  if (config.deterministic && scheduling->hold_signal(pid, signal)) [[unlikely]] return true;
  if (pid.is_local_port()) {
    auto take = port_hook.load(std::memory_order_acquire);
    if (take && take(*this, pid, signal)) return true;
    answer_for_dead(*this, pid, signal);
    return false;
  }
  Epochs::Guard guard(epochs);
  Process* process = processes.find(pid);
  if (process && process->is_host) return signal_to_host(process, signal);
  if (process && process->tree) [[unlikely]] count_signal(*this, *process, *signal);
  if (!process || !process->push_signal(signal)) {
    answer_for_dead(*this, pid, signal);
    return false;
  }
  wake(process);
  return true;
}

bool Vm::signal_to_host(Process* process, Signal* signal) {
  switch (signal->kind) {
    case SignalKind::message:
    case SignalKind::alias_message: break;
    case SignalKind::down: {
      Term elements[] = {atoms::DOWN, Term::raw(signal->number), process_atom(), signal->from, signal->value};
      Signal* message = make_tuple_message(elements);
      free_signal(signal);
      signal = message;
      break;
    }
    case SignalKind::unlink:
      send_signal(signal->from, make_signal(SignalKind::unlink_ack, Term::nil(), process->pid, signal->number));
      [[fallthrough]];
    case SignalKind::monitor:  // the host never ends as a process does
    case SignalKind::link:
    case SignalKind::demonitor:
    case SignalKind::exit: free_signal(signal); return true;
    default: answer_for_dead(*this, process->pid, signal); return true;
  }
  HostProcess& host = *HostProcess::of(process);
  std::unique_lock lock(host.mutex);
  if (host.closed) {
    lock.unlock();
    free_signal(signal);
    return false;
  }
  if (!host.on_message) {
    host.messages.push_back(signal);
    if (host.event >= 0 && host.messages.size() == 1) set_event(host.event);
    host.changed.notify_one();
    lock.unlock();
    scheduling->host_has_message();
    return true;
  }
  host.callbacks++;
  lock.unlock();
  const void* outer = std::exchange(host_in_callback, &host);
  host.on_message(signal->value);
  host_in_callback = outer;
  free_signal(signal);
  lock.lock();
  if (--host.callbacks == 0) host.changed.notify_all();
  return true;
}

bool Vm::send(Term destination, Term message, Term from) {
  if (destination.is_local_pid()) {
    {
      // Do not copy for the dead. No guard while copying: a long copy may be left in the middle.
      Epochs::Guard guard(epochs);
      if (!processes.find(destination)) return false;
    }
    return send_signal(destination, make_signal(SignalKind::message, message, from));
  }
  if (destination.is_local_port()) return send_signal(destination, make_signal(SignalKind::message, message, from));
  if (destination.is_local_reference()) {
    Term pid = references.find(destination).alias_of;
    if (pid.is_none()) return false;
    return send_signal(pid, make_signal(SignalKind::alias_message, message, from, destination.word));
  }
  return false;
}

Term Vm::make_reference() {
  // Each thread takes numbers in blocks, so that references cost no shared write.
  constexpr uint64_t block_size = 1024;
  if (!current_machine || current_machine->vm != this) return Term::reference(reference_.fetch_add(1, std::memory_order_relaxed));
  Machine& m = *current_machine;
  if (m.next_reference == m.last_reference) {
    m.next_reference = reference_.fetch_add(block_size, std::memory_order_relaxed);
    m.last_reference = m.next_reference + block_size;
  }
  return Term::reference(m.next_reference++);
}

Process* Vm::new_process(Process* parent, SpawnOptions& options, size_t words) {
  if (stopping.load(std::memory_order_relaxed)) return nullptr;
  ProcessTree* tree = options.tree ? options.tree : parent ? parent->tree : root_tree;
  if (tree) [[unlikely]] {
    if (tree->ended()) return nullptr;
    while (ProcessTree* over = tree->over(BudgetKind::processes, 1)) {
      if (over->raised(BudgetKind::processes)) continue;
      if (!over->is_vm()) over->end(*this, BudgetKind::processes);
      return nullptr;
    }
  }
  if (!fits(tree, (words + options.min_heap_words) * sizeof(Word))) return nullptr;
  auto process = new (memory_allocate(sizeof(Process))) Process;
  process->vm = this;
  process->tree = tree;
  if (tree) {
    tree->retain();
    process->counts = new (memory_allocate(sizeof(BudgetCounts))) BudgetCounts;
  }
  size_t needed = words + 2 + 8;
  size_t first = options.min_heap_words > default_first_block_words ? next_heap_size(options.min_heap_words) : default_first_block_words;
  process->heap.create(needed > first ? next_heap_size(needed) : first);
  process->heap.minimum_words = options.min_heap_words;
  process->heap.fullsweep_after = static_cast<uint16_t>(options.fullsweep_after > 65535 ? 65535 : options.fullsweep_after);
  process->priority.store(options.priority, std::memory_order_relaxed);
  process->trap_exit = options.trap_exit;
  process->parent = parent ? parent->pid : Term::nil();
  process->group_leader = !options.group_leader.is_nil() ? options.group_leader
                          : parent                      ? parent->group_leader
                                                        : Term::raw(default_group_leader.load(std::memory_order_relaxed));
  if (options.max_heap_set) {
    process->rare().max_heap_words = options.max_heap_words;
    process->rare().max_heap_kill = options.max_heap_kill;
    process->rare().max_heap_log = options.max_heap_log;
    process->rare().max_heap_binaries = options.max_heap_binaries;
  }
  if (options.off_heap_messages) process->rare().off_heap_messages = true;
  // The bottom frame.
  process->heap.saved_sp -= 2;
  process->heap.saved_sp[0] = Term::raw(reinterpret_cast<Word>(process_exit_entry));
  process->heap.saved_sp[1] = Term::raw(reinterpret_cast<Word>(exit_code));
  return process;
}

void Vm::start_process(Process* parent, Process* process, SpawnOptions& options) {
  if (process->group_leader == atoms::nil) process->group_leader = process->pid;
  if (options.link) {
    parent->rare().links.insert(process->pid.word, LinkState{0});
    process->rare().links.insert(parent->pid.word, LinkState{0});
  }
  if (options.monitor) {
    Term reference = options.monitor_reference.is_nil() ? make_reference() : options.monitor_reference;
    options.monitor_reference = reference;
    parent->rare().monitors.insert(reference.word, MonitorState{process->pid, Term::nil(), options.monitor_tag, static_cast<uint8_t>(options.alias)});
    process->rare().watchers.insert(reference.word, WatcherState{parent->pid, Term::nil()});
    if (options.alias != AliasMode::none) {
      parent->rare().aliases.insert(reference.word, options.alias);
      references.add(reference, {parent->pid, nullptr});
    }
  }
  if (ProcessTree* tree = process->tree) [[unlikely]] {
    tree->use(BudgetKind::processes, 1);
    count_memory(*process);
    if (options.tree) tree->start_clock(*this);
    // A tree that ends has looked for its members already, or sees this one.
    if (uint8_t ended = tree->ended()) force_exit(*this, process->pid, end_reason(ended));
  }
  process->counted_words = process->heap.total_words();
  heap_words.fetch_add(static_cast<int64_t>(process->counted_words), std::memory_order_relaxed);
  live_processes.fetch_add(1, std::memory_order_relaxed);
  spawned_processes.fetch_add(1, std::memory_order_relaxed);
  if (tracing.traces_new() || (parent && parent->trace_flags.load(std::memory_order_relaxed))) [[unlikely]]
    tracing.spawned(parent, *process);
}

Process* Vm::spawn(Process* parent, Export* function, std::span<const Term> arguments, SpawnOptions& options) {
  size_t words = arguments.size();
  for (Term argument : arguments) words += measure_message(argument);
  if (words >= unsendable) return nullptr;
  Process* process = new_process(parent, options, words);
  if (!process) return nullptr;
  ProcessHeap& heap = process->heap;
  for (size_t i = 0; i < arguments.size(); i++)
    heap.saved_sp[static_cast<ptrdiff_t>(i) - static_cast<ptrdiff_t>(arguments.size())] = copy_message(arguments[i], heap.saved_hp, heap.off_heap);
  heap.saved_sp -= arguments.size();
  process->live = static_cast<uint16_t>(arguments.size());
  process->saved_export = function;
  process->pc = call_export_code;
  process->set_initial_call(function->module, function->name, function->arity);
  process->state.store(ProcessState::queued, std::memory_order_relaxed);
  if (!processes.insert(process)) {
    process->~Process();
    memory_free(process);
    return nullptr;
  }
  start_process(parent, process, options);
  return process;
}

Process* Vm::spawn_fun(Process* parent, Term fun, std::span<const Term> arguments, SpawnOptions& options) {
  size_t words = arguments.size() + 1 + measure_message(fun);
  for (Term argument : arguments) words += measure_message(argument);
  if (words >= unsendable) return nullptr;
  Process* process = new_process(parent, options, words);
  if (!process) return nullptr;
  ProcessHeap& heap = process->heap;
  size_t live = arguments.size() + 1;
  Term* registers = heap.saved_sp - live;
  for (size_t i = 0; i < arguments.size(); i++) registers[i] = copy_message(arguments[i], heap.saved_hp, heap.off_heap);
  registers[live - 1] = copy_message(fun, heap.saved_hp, heap.off_heap);
  heap.saved_sp = registers;
  process->live = static_cast<uint16_t>(live);
  process->pc = call_fun_code;
  if (fun.kind() == Kind::fun) {
    auto function = reinterpret_cast<const Function*>(fun.object()[1]);
    process->set_initial_call(function->module->name, function->name, function->arity);
  } else {
    auto e = reinterpret_cast<const Export*>(fun.object()[1]);
    process->set_initial_call(e->module, e->name, e->arity);
  }
  process->state.store(ProcessState::queued, std::memory_order_relaxed);
  if (!processes.insert(process)) {
    process->~Process();
    memory_free(process);
    return nullptr;
  }
  start_process(parent, process, options);
  return process;
}

Term Vm::spawn_from_host(Term module, Term name, std::span<const Term> arguments) {
  SpawnOptions options;
  return spawn_from_host(code.export_for(module, name, static_cast<uint8_t>(arguments.size())), arguments, options);
}

Term Vm::spawn_from_host(Export* function, std::span<const Term> arguments, SpawnOptions& options) {
  Epochs::Guard guard(epochs);
  Process* process = spawn(nullptr, function, arguments, options);
  if (!process) return Term::nil();
  Term pid = process->pid;
  scheduling->enqueue(process);
  return pid;
}

void Vm::account(Process& process) {
  size_t words = process.heap.total_words();
  int64_t growth = static_cast<int64_t>(words) - static_cast<int64_t>(process.counted_words);
  process.counted_words = words;
  heap_words.fetch_add(growth, std::memory_order_relaxed);
}

bool Vm::mark_table_owner(Term pid) {
  Epochs::Guard guard(epochs);
  Process* process = processes.find(pid);
  if (!process) return false;
  process->owns_tables = true;
  return true;
}

void Vm::finish_process(Process* process, Term reason) {
  process->state.store(ProcessState::exiting, std::memory_order_seq_cst);
  process->cancel_receive_timer();
  process->end_receive();
  if (process->owns_tables)
    if (auto hook = exit_hook.load(std::memory_order_acquire)) hook(*this, process->pid);
  RareParts* rare = process->rare_parts;
  if (rare && !rare->registered_name.is_none()) {
    registry.remove(rare->registered_name, process->pid);
    rare->registered_name = Term::none();
  }
  if (process->has_foreign_name.load(std::memory_order_seq_cst)) {
    for (Term name : registry.names()) registry.remove(name, process->pid);
  }
  // Whoever looks the pid up from now on finds nobody; who found it before meets the closed inbox.
  if (process->trace_flags.load(std::memory_order_relaxed)) [[unlikely]]
    tracing.ended(*process, reason);
  processes.remove(process);
  Signal* late = process->close_inbox();
  Signal* exits = nullptr;  // the reason may stand in one of them (Process::unconditional_exit)
  while (late) {
    auto next = static_cast<Signal*>(late->next);
    switch (late->kind) {
      case SignalKind::exit:
        late->next = exits;
        exits = late;
        break;
      // What came before the end counts: a demonitor, an unlink or its acknowledgement; the rest is answered as by the dead, but with the true
      // reason for links and monitors that arrived in time.
      case SignalKind::link:
        send_signal(late->from, make_signal(SignalKind::link_exit, atoms::noproc, process->pid));
        free_signal(late);
        break;
      case SignalKind::demonitor:
        if (rare) rare->watchers.remove(late->number);
        free_signal(late);
        break;
      case SignalKind::link_exit:
        if (rare) rare->links.remove(late->from.word);
        free_signal(late);
        break;
      case SignalKind::unlink:
        if (rare) rare->links.remove(late->from.word);
        answer_for_dead(*this, process->pid, late);
        break;
      default: answer_for_dead(*this, process->pid, late);
    }
    late = next;
  }
  if (rare) {
    rare->links.each([&](Word key, LinkState& state) {
      if (!state.unlink_number) send_signal(Term::raw(key), make_signal(SignalKind::link_exit, reason, process->pid));
    });
    rare->watchers.each([&](Word reference, WatcherState& state) {
      send_signal(state.watcher, make_signal(SignalKind::down, reason, process->pid, reference));
    });
    rare->monitors.each([&](Word reference, MonitorState& state) {
      send_signal(state.target, make_signal(SignalKind::demonitor, Term::nil(), process->pid, reference));
    });
    for (auto& request : rare->collection_requests)
      send_signal(request.from, make_signal(SignalKind::reply, atoms::undefined, Term::nil(), request.number));
    rare->aliases.each([&](Word reference, AliasMode&) { references.remove(Term::raw(reference)); });
    rare->suspending.each([&](Word key, uint32_t& times) {
      for (uint32_t i = 0; i < times; i++) send_signal(Term::raw(key), make_signal(SignalKind::resume, Term::nil(), process->pid));
    });
  }
  for (Signal* at = process->mailbox; at;) {
    auto next = static_cast<Signal*>(at->next);
    free_signal(at);
    at = next;
  }
  process->mailbox = nullptr;
  while (exits) free_signal(std::exchange(exits, static_cast<Signal*>(exits->next)));
  process->heap.release();
  heap_words.fetch_sub(static_cast<int64_t>(process->counted_words), std::memory_order_relaxed);
  if (process->tree) [[unlikely]] {
    process->tree->use(BudgetKind::memory, -process->counts->bytes);
    process->tree->process_ended();
  }
  live_processes.fetch_sub(1, std::memory_order_relaxed);
  process->state.store(ProcessState::dead, std::memory_order_release);
  epochs.retire(current_epoch_record, process, [](void* memory) {
    static_cast<Process*>(memory)->~Process();
    memory_free(memory);
  });
}

Term Vm::open_host_process(std::function<void(Term)> on_message) {
  auto process = new (memory_allocate(sizeof(Process))) Process;
  process->vm = this;
  process->is_host = true;
  auto host = new HostProcess;
  host->on_message = std::move(on_message);
  process->saved_export = reinterpret_cast<Export*>(host);
  if (!stopping.load(std::memory_order_relaxed) && processes.insert(process)) return process->pid;
  HostProcess::destroy(process);
  return Term::nil();
}

void Vm::close_host_process(Term pid) {
  Process* process;
  {
    Epochs::Guard guard(epochs);
    process = processes.find(pid);
    if (!process || !process->is_host) return;
    HostProcess& host = *HostProcess::of(process);
    std::unique_lock lock(host.mutex);
    if (host.closed) return;
    host.closed = true;
    processes.remove(process);
    host.changed.notify_all();
  }
  // Who found it before may still be in its callback; it is retired below, so it stays for us.
  HostProcess& host = *HostProcess::of(process);
  if (host_in_callback != &host) {
    std::unique_lock lock(host.mutex);
    host.changed.wait(lock, [&] { return host.callbacks == 0; });
  }
  bool own = current_epoch_record && current_epochs == &epochs;
  Epochs::Record* record = own ? current_epoch_record : epochs.acquire();
  epochs.retire(record, process, HostProcess::destroy);
  if (!own) epochs.release(record);
}

/// The caller is the host's owner, who does not close it meanwhile.
Vm::HostProcess* Vm::host_of(Term pid) {
  Epochs::Guard guard(epochs);
  Process* process = processes.find(pid);
  return process && process->is_host ? HostProcess::of(process) : nullptr;
}

Term Vm::poll_host(Term pid, TermHeap& heap, int64_t nanoseconds) {
  HostProcess* host = host_of(pid);
  if (!host) return Term::none();
  std::unique_lock lock(host->mutex);
  auto something = [&] { return host->closed || !host->messages.empty(); };
  if (nanoseconds < 0)
    host->changed.wait(lock, something);
  else if (nanoseconds > 0)
    host->changed.wait_for(lock, std::chrono::nanoseconds(nanoseconds), something);
  if (host->messages.empty()) return Term::none();
  Signal* signal = host->messages.front();
  host->messages.pop_front();
  if (host->event >= 0 && host->messages.empty()) {
    uint64_t count;
    [[maybe_unused]] ssize_t got = ::read(host->event, &count, sizeof count);
  }
  lock.unlock();
  Term message = copy_term(heap, signal->value);
  free_signal(signal);
  return message;
}

size_t Vm::host_pending(Term pid) {
  HostProcess* host = host_of(pid);
  if (!host) return 0;
  std::lock_guard lock(host->mutex);
  return host->messages.size();
}

int Vm::host_descriptor(Term pid) {
  HostProcess* host = host_of(pid);
  if (!host || host->on_message) return -1;
  std::lock_guard lock(host->mutex);
  if (host->event < 0) {
    host->event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (host->event >= 0 && !host->messages.empty()) set_event(host->event);
  }
  return host->event;
}

Term Vm::monitor_from_host(Term host, Term pid) {
  Term reference = make_reference();
  send_signal(pid, make_signal(SignalKind::monitor, Term::nil(), host, reference.word));
  return reference;
}

Term Vm::spawn_for_host(Term host, Export* function, std::span<const Term> arguments, SpawnOptions& options, Term* reference) {
  Epochs::Guard guard(epochs);
  Process* process = spawn(nullptr, function, arguments, options);
  if (!process) return Term::nil();
  *reference = make_reference();
  process->rare().watchers.insert(reference->word, WatcherState{host, Term::nil()});
  Term pid = process->pid;
  scheduling->enqueue(process);
  return pid;
}

void Vm::write_output(int stream, std::string_view bytes) {
  if (config.output) return config.output(stream, bytes);
  while (!bytes.empty()) {
    ssize_t n = ::write(stream, bytes.data(), bytes.size());
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

void Vm::halt(int status, bool flush) {
  status = scheduling->final_status(status);
  if (config.halt) return config.halt(*this, status, flush);
  if (flush) std::fflush(nullptr);
  ::_exit(status);
}

namespace {
/// Code is charged to nobody: it is the VM's, whoever needed it first.
class FreeOfCharge {
 public:
  FreeOfCharge() : paid_by_(std::exchange(byte_account, nullptr)) {}
  ~FreeOfCharge() { byte_account = paid_by_; }

 private:
  ByteAccount* paid_by_;
};
}  // namespace

Module* Vm::load_bytes(std::string_view bytes, std::string_view file, std::string& error, bool from_image) {
  FreeOfCharge free;
  if (const ImageUnit* shared = from_image ? image_unit(bytes) : nullptr) return code.load(shared->unit, error, bytes, true, file);
  CodeUnit unit;
  if (!read_code_unit(bytes, unit, error, from_image)) return nullptr;
  return code.load(unit, error, bytes, from_image, file);
}

Module* Vm::define_module(const CodeUnit& unit, std::string_view file, std::string& error) {
  code.shelve_old(unit.module);
  return code.load(unit, error, {}, false, file);
}

bool Vm::ensure_loaded(Term name) {
  if (code.find_module(name)) return true;
  if (!config.module_loader) return false;
  ModuleSource source;
  if (!config.module_loader(*this, name, source)) return code.find_module(name) != nullptr;
  std::string error;
  Module* module = nullptr;
  if (source.unit) {
    module = code.load(*source.unit, error, {}, false, source.file);
  } else {
    module = load_bytes(source.owned_bytes.empty() ? source.bytes : source.owned_bytes, source.file, error, source.from_image);
  }
  if (!module && !code.find_module(name)) {
    write_output(2, "phial: cannot load " + print_atom(name) + ": " + error + "\n");
    return false;
  }
  return true;
}

void Vm::report_crash(Process* process, Term reason, Term stacktrace) {
  crash_reports.fetch_add(1, std::memory_order_relaxed);
  static const Term logger = intern_atom("phial_logger");
  static const Term crashed = intern_atom("process_crashed");
  if (stopping.load(std::memory_order_relaxed)) return;
  // A reporter that crashes itself is told plainly, or there would be no end of reporters.
  if (process->initial_module() != logger && ensure_loaded(logger)) {
    Arena arena(64);
    RareParts* rare = process->rare_parts;
    Term meta = make_empty_map(arena);
    auto put = [&](const char* key, Term value) { meta = map_put(arena, meta, intern_atom(key), value); };
    put("initial_call", make_tuple(arena, {process->initial_module(), process->initial_name(), Term::small(process->initial_arity)}));
    put("registered_name", rare && !rare->registered_name.is_none() ? rare->registered_name : atoms::nil);
    put("group_leader", process->group_leader);
    put("dictionary", [&] {
      std::vector<Term> pairs;
      if (rare)
        rare->dictionary.each([&](Term key, Term value) { pairs.push_back(make_tuple(arena, {key, value})); });
      return make_list(arena, pairs);
    }());
    if (rare && !rare->label.is_none()) put("label", rare->label);
    Term arguments[] = {process->pid, reason, stacktrace, meta};
    SpawnOptions options;
    options.group_leader = Term::raw(default_group_leader.load(std::memory_order_relaxed));
    if (Process* reporter = spawn(nullptr, code.export_for(logger, crashed, 4), arguments, options)) {
      scheduling->enqueue(reporter);
      return;
    }
  }
  write_output(2, "Process " + print_term(process->pid) + " ended: " + print_term(reason, 2000) + " " + print_term(stacktrace, 2000) + "\n");
}

}  // namespace phial
