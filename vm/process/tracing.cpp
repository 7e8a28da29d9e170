#include "vm/process/tracing.hpp"

#include <chrono>
#include <mutex>
#include <vector>

#include "vm/process/vm.hpp"

namespace phial {

bool Tracing::change(Vm& vm, Term pid, uint8_t flags, bool on, Term tracer, TraceTime time) {
  Epochs::Guard guard(vm.epochs);
  Process* process = vm.processes.find(pid);
  if (!process || process->is_host || pid == tracer) return false;
  std::unique_lock lock(mutex_);
  auto known = tracers_.find(pid.word);
  uint8_t now = process->trace_flags.load(std::memory_order_relaxed);
  // A tracer that has ended traces no more.
  if (on && known != tracers_.end() && known->second.pid != tracer && now && vm.processes.find(known->second.pid)) return false;
  now = static_cast<uint8_t>(on ? now | flags : now & ~flags);
  if (on)
    tracers_[pid.word] = {tracer, time};
  else if (!now && known != tracers_.end())
    tracers_.erase(known);
  process->trace_flags.store(now, std::memory_order_relaxed);
  return true;
}

void Tracing::change_new(uint8_t flags, bool on, Term tracer, TraceTime time) {
  std::unique_lock lock(mutex_);
  uint8_t now = new_flags_.load(std::memory_order_relaxed);
  new_flags_.store(static_cast<uint8_t>(on ? now | flags : now & ~flags), std::memory_order_relaxed);
  if (on) new_tracer_ = {tracer, time};
}

std::pair<uint8_t, Term> Tracing::of(Vm& vm, Term pid) {
  Epochs::Guard guard(vm.epochs);
  Process* process = vm.processes.find(pid);
  std::shared_lock lock(mutex_);
  auto known = tracers_.find(pid.word);
  if (!process || known == tracers_.end()) return {0, Term::none()};
  return {process->trace_flags.load(std::memory_order_relaxed), known->second.pid};
}

void Tracing::event(Process& process, std::initializer_list<Term> what) {
  static const Term trace = intern_atom("trace"), trace_ts = intern_atom("trace_ts");
  Tracer tracer;
  {
    std::shared_lock lock(mutex_);
    auto known = tracers_.find(process.pid.word);
    if (known == tracers_.end()) return;
    tracer = known->second;
  }
  std::vector<Term> elements{tracer.time == TraceTime::none ? trace : trace_ts, process.pid};
  elements.insert(elements.end(), what);
  Word time[4];
  if (tracer.time == TraceTime::timestamp) {
    int64_t now = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    time[0] = Header::make(Kind::tuple, 3);
    time[1] = Term::small(now / 1'000'000'000'000).word;
    time[2] = Term::small(now / 1'000'000 % 1'000'000).word;
    time[3] = Term::small(now % 1'000'000).word;
    elements.push_back(Term::boxed(time));
  } else if (tracer.time == TraceTime::monotonic) {
    elements.push_back(Term::small(process.vm->monotonic_time()));
  }
  // Nobody listens any more: the process is traced no longer.
  if (!process.vm->send_signal(tracer.pid, make_tuple_message(elements))) {
    process.trace_flags.store(0, std::memory_order_relaxed);
    std::unique_lock lock(mutex_);
    tracers_.erase(process.pid.word);
  }
}

void Tracing::spawned(Process* parent, Process& child) {
  static const Term spawn = intern_atom("spawn"), was_spawned = intern_atom("spawned");
  uint8_t of_parent = parent ? parent->trace_flags.load(std::memory_order_relaxed) : 0;
  {
    std::unique_lock lock(mutex_);
    uint8_t flags = new_flags_.load(std::memory_order_relaxed);
    if (flags) tracers_[child.pid.word] = new_tracer_;
    if (of_parent & trace_set_on_spawn) {
      flags = of_parent;
      tracers_[child.pid.word] = tracers_[parent->pid.word];
    }
    child.trace_flags.store(flags, std::memory_order_relaxed);
  }
  // The arguments stay the child's: what it was called with is told as Erlang's pids tell it, by arity.
  Word call[4] = {Header::make(Kind::tuple, 3), child.initial_module().word, child.initial_name().word, Term::small(child.initial_arity).word};
  if (of_parent & trace_procs) event(*parent, {spawn, child.pid, Term::boxed(call)});
  if (child.trace_flags.load(std::memory_order_relaxed) & trace_procs) event(child, {was_spawned, parent ? parent->pid : atoms::undefined, Term::boxed(call)});
}

void Tracing::ended(Process& process, Term reason) {
  if (process.trace_flags.load(std::memory_order_relaxed) & trace_procs) event(process, {intern_atom("exit"), reason});
  std::unique_lock lock(mutex_);
  tracers_.erase(process.pid.word);
}

}  // namespace phial
