#include "vm/process/tracing.hpp"

#include <chrono>
#include <ctime>
#include <mutex>
#include <vector>

#include "vm/process/vm.hpp"

namespace phial {

bool Tracing::change(Vm& vm, Term pid, uint16_t flags, bool on, Tracer tracer) {
  Epochs::Guard guard(vm.epochs);
  Process* process = vm.processes.find(pid);
  if (!process || process->is_host || (on && pid == tracer.pid)) return false;
  std::unique_lock lock(mutex_);
  auto known = tracers_.find(pid.word);
  uint16_t now = process->trace_flags.load(std::memory_order_relaxed);
  // A tracer that has ended traces no more.
  if (on && known != tracers_.end() && known->second.pid != tracer.pid && now && vm.processes.find(known->second.pid)) return false;
  now = static_cast<uint16_t>(on ? now | flags : now & ~flags);
  if (on && now)
    tracers_[pid.word] = tracer;
  else if (!now && known != tracers_.end())
    tracers_.erase(known);
  process->trace_flags.store(now, std::memory_order_relaxed);
  return true;
}

void Tracing::change_new(uint16_t flags, bool on, Tracer tracer) {
  std::unique_lock lock(mutex_);
  uint16_t now = new_flags_.load(std::memory_order_relaxed);
  new_flags_.store(static_cast<uint16_t>(on ? now | flags : now & ~flags), std::memory_order_relaxed);
  if (on) new_tracer_ = tracer;
}

std::pair<uint16_t, Tracing::Tracer> Tracing::of(Vm& vm, Term pid) {
  Epochs::Guard guard(vm.epochs);
  Process* process = vm.processes.find(pid);
  std::shared_lock lock(mutex_);
  auto known = tracers_.find(pid.word);
  if (!process || known == tracers_.end()) return {0, {}};
  return {process->trace_flags.load(std::memory_order_relaxed), known->second};
}

std::pair<uint16_t, Tracing::Tracer> Tracing::of_new() {
  std::shared_lock lock(mutex_);
  return {new_flags_.load(std::memory_order_relaxed), new_tracer_};
}

bool Tracing::tell(Process& process, Tracer tracer, std::span<const Term> what, int64_t at) {
  static const Term trace = intern_atom("trace"), trace_ts = intern_atom("trace_ts");
  Vm& vm = *process.vm;
  if (at < 0) at = vm.monotonic_time();
  std::vector<Term> elements{tracer.time == TraceTime::none ? trace : trace_ts, process.pid};
  elements.insert(elements.end(), what.begin(), what.end());
  Word time[4];
  auto three_parts = [&](int64_t microseconds) {
    time[0] = Header::make(Kind::tuple, 3);
    time[1] = Term::small(microseconds / 1'000'000'000'000).word;
    time[2] = Term::small(microseconds / 1'000'000 % 1'000'000).word;
    time[3] = Term::small(microseconds % 1'000'000).word;
    elements.push_back(Term::boxed(time));
  };
  switch (tracer.time) {
    case TraceTime::none: break;
    case TraceTime::timestamp: three_parts((at + vm.time_offset()) / 1000); break;
    case TraceTime::cpu: three_parts(static_cast<int64_t>(std::clock()) * (1'000'000 / CLOCKS_PER_SEC)); break;
    case TraceTime::monotonic: elements.push_back(Term::small(at)); break;
    case TraceTime::strict_monotonic:
      time[0] = Header::make(Kind::tuple, 2);
      time[1] = Term::small(at).word;
      time[2] = Term::small(static_cast<int64_t>(vm.unique_integer())).word;
      elements.push_back(Term::boxed(time));
      break;
  }
  return vm.send_signal(tracer.pid, make_tuple_message(elements));
}

void Tracing::event(Process& process, std::span<const Term> what, int64_t at) {
  Tracer tracer;
  {
    std::shared_lock lock(mutex_);
    auto known = tracers_.find(process.pid.word);
    if (known == tracers_.end()) return;
    tracer = known->second;
  }
  if (tell(process, tracer, what, at)) return;
  // Nobody listens any more: the process is traced no longer.
  std::unique_lock lock(mutex_);
  process.trace_flags.store(0, std::memory_order_relaxed);
  tracers_.erase(process.pid.word);
}

void Tracing::spawned(Process* parent, Process& child) {
  static const Term spawn = intern_atom("spawn"), was_spawned = intern_atom("spawned");
  uint16_t of_parent = parent ? parent->trace_flags.load(std::memory_order_relaxed) : 0;
  {
    std::unique_lock lock(mutex_);
    uint16_t flags = new_flags_.load(std::memory_order_relaxed);
    if (flags) tracers_[child.pid.word] = new_tracer_;
    if (of_parent & (trace_set_on_spawn | trace_set_on_first_spawn)) {
      flags = static_cast<uint16_t>(of_parent & ~trace_set_on_first_spawn);
      tracers_[child.pid.word] = tracers_[parent->pid.word];
      parent->trace_flags.store(flags, std::memory_order_relaxed);
    }
    child.trace_flags.store(flags, std::memory_order_relaxed);
  }
  // The arguments stay the child's: what it was called with is told as Erlang's pids tell it, by arity.
  Word call[4] = {Header::make(Kind::tuple, 3), child.initial_module().word, child.initial_name().word, Term::small(child.initial_arity).word};
  if (of_parent & trace_procs) event(*parent, {spawn, child.pid, Term::boxed(call)});
  if (child.trace_flags.load(std::memory_order_relaxed) & trace_procs) event(child, {was_spawned, parent ? parent->pid : atoms::undefined, Term::boxed(call)});
}

void Tracing::linked(Process& process, Term other) {
  uint16_t flags = process.trace_flags.load(std::memory_order_relaxed);
  if (!(flags & (trace_set_on_link | trace_set_on_first_link)) || !other.is_local_pid()) return;
  flags = static_cast<uint16_t>(flags & ~trace_set_on_first_link);
  Tracer tracer = of(*process.vm, process.pid).second;
  process.trace_flags.store(flags, std::memory_order_relaxed);
  change(*process.vm, other, flags, true, tracer);
}

void Tracing::ended(Process& process, Term reason) {
  uint16_t flags = process.trace_flags.load(std::memory_order_relaxed);
  if (flags & trace_exiting) event(process, {intern_atom("out_exited"), Term::small(0)});
  if (flags & trace_procs) event(process, {intern_atom("exit"), reason});
  std::unique_lock lock(mutex_);
  tracers_.erase(process.pid.word);
}

}  // namespace phial
