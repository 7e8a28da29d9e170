#include "vm/process/watch.hpp"

#include <algorithm>
#include <utility>

#include "vm/process/long_native.hpp"
#include "vm/process/process_info.hpp"
#include "vm/process/vm.hpp"

namespace phial {

void SystemWatch::update(Vm& vm) {
  bool watched_code = false;
  for (Module* module : vm.code.loaded_modules()) watched_code |= module->watched.load(std::memory_order_relaxed);
  std::lock_guard lock(mutex_);
  bool on = watched_code || running.load(std::memory_order_relaxed) || wall_time_on() || limits_.long_schedule || limits_.long_queue || samples();
  vm.run_process.store(on ? vm.run_process_watched : vm.run_process_plainly, std::memory_order_release);
}

void SystemWatch::code_changed(Vm& vm) {
  code_epoch_.fetch_add(1, std::memory_order_release);
  update(vm);
}

int SystemWatch::wall_time(Vm& vm, bool on) {
  int before = wall_timers_.load(std::memory_order_relaxed);
  while (!wall_timers_.compare_exchange_weak(before, on ? before + 1 : std::max(before - 1, 0))) {
  }
  update(vm);
  return before;
}

MonitorLimits SystemWatch::set_monitor(Vm& vm, MonitorLimits limits) {
  MonitorLimits before;
  {
    std::lock_guard lock(mutex_);
    before = limits_;
    limits_ = limits;
    collections_.store(limits.long_gc || limits.large_heap, std::memory_order_relaxed);
    busy_port_.store(limits.busy_port, std::memory_order_relaxed);
    long_schedule_.store(limits.long_schedule, std::memory_order_relaxed);
    long_queue_low_.store(limits.long_queue_low, std::memory_order_relaxed);
    long_queue_.store(limits.long_queue, std::memory_order_relaxed);
  }
  update(vm);
  return before;
}

MonitorLimits SystemWatch::monitor() {
  std::lock_guard lock(mutex_);
  return limits_;
}

void SystemWatch::tell_monitor(Vm& vm, Term pid, const char* what, Term info) {
  Term to = monitor().pid;
  if (to.is_none()) return;
  Term parts[] = {intern_atom("monitor"), pid, intern_atom(what), info};
  if (!vm.send_signal(to, make_tuple_message(parts))) set_monitor(vm, {});
}

Term SystemWatch::figures_of(TermHeap& heap, Process& process) {
  return process_info(heap, process, intern_atom("garbage_collection_info"), false).element(1);
}

void SystemWatch::collect_watched(Process& process, const std::function<void()>& collect) {
  Vm& vm = *process.vm;
  Arena arena(256);
  Term figures = figures_of(arena, process);
  uint32_t majors = process.heap.major_collections();
  int64_t start = vm.monotonic_time();
  collect();
  int64_t now = vm.monotonic_time();
  bool major = process.heap.major_collections() != majors;
  Term after = figures_of(arena, process);
  if (process.trace_flags.load(std::memory_order_relaxed) & trace_garbage_collection) {
    vm.tracing.event(process, {intern_atom(major ? "gc_major_start" : "gc_minor_start"), figures}, start);
    vm.tracing.event(process, {intern_atom(major ? "gc_major_end" : "gc_minor_end"), after}, now);
  }
  if (!wants_collections()) return;
  MonitorLimits limits = monitor();
  if (limits.pid == process.pid) return;
  int64_t milliseconds = (now - start) / 1'000'000;
  if (limits.long_gc && milliseconds >= limits.long_gc)
    tell_monitor(vm, process.pid, "long_gc", make_cons(arena, make_tuple(arena, {intern_atom("timeout"), Term::small(milliseconds)}), after));
  if (limits.large_heap && static_cast<int64_t>(process.heap.total_words()) >= limits.large_heap)
    tell_monitor(vm, process.pid, "large_heap", after);
}

/// {module, function, arity} of where a process stands that does not run.
static Term place_of(TermHeap& heap, Process& process) {
  Term place = process_info(heap, process, intern_atom("current_function"), false).element(1);
  if (place != atoms::undefined) return place;
  return make_tuple(heap, {process.initial_module(), process.initial_name(), Term::small(process.initial_arity)});
}

void SystemWatch::start_sampling(Vm& vm, int64_t period, Term pid) {
  sampled_pid_.store(pid.word, std::memory_order_relaxed);
  sampling_.fetch_add(1, std::memory_order_relaxed);
  period_.store(period, std::memory_order_relaxed);
  update(vm);
}

SystemWatch::Samples SystemWatch::stop_sampling(Vm& vm) {
  period_.store(0, std::memory_order_relaxed);
  vm.sample_reductions.store(Vm::usual_sample_reductions, std::memory_order_relaxed);
  update(vm);
  std::lock_guard lock(samples_mutex_);
  return std::exchange(samples_, {});
}

void SystemWatch::sample(Machine& m, const Word* pc) {
  int64_t period = period_.load(std::memory_order_relaxed);
  uint32_t number = sampling_.load(std::memory_order_relaxed);
  int64_t now = m.vm->monotonic_time();
  if (!period || (m.sampling == number && now < m.next_sample)) return;
  // The thread's own time: what the OS gives to others does not count, and neither does waiting.
  int64_t time = Vm::thread_time();
  m.next_sample = now + period;
  int64_t spent = m.sampling == number ? time - m.sampled_until : 0;
  if (m.sampling != number) m.sampled_until = time;
  m.sampling = number;
  if (spent < period) return;
  m.sampled_until += spent / period * period;
  Word wanted = sampled_pid_.load(std::memory_order_relaxed);
  if (wanted != Term::none().word && wanted != m.process->pid.word) return;
  constexpr size_t deepest = 200;
  std::vector<const Function*> stack;
  each_frame(*m.process, m.sp, pc, [&](const Word* at) {
    Module* module = module_at(at);
    if (const Function* function = module ? module->function_at(at) : nullptr) stack.push_back(function);
    return stack.size() < deepest;
  });
  if (stack.empty()) return;
  std::reverse(stack.begin(), stack.end());
  std::lock_guard lock(samples_mutex_);
  samples_[std::move(stack)] += spent / period;
}

void SystemWatch::run_slice(Machine& m) {
  Process& process = *m.process;
  Vm& vm = *m.vm;
  auto epoch = static_cast<uint16_t>(code_epoch_.load(std::memory_order_acquire));
  if (process.code_epoch != epoch && !in_long_native(process)) {
    process.code_epoch = epoch;
    vm.calls.refresh_frames(process, process.heap.saved_sp + process.live, process.pc, m.interpreter_resume);
    // It may wait in a receive that begins a function which is watched now.
    if (Module* module = process.pc && !process.live ? module_at(process.pc) : nullptr)
      if (Function* function = module->function_at(process.pc);
          function && function->code == process.pc && *process.pc != instruction_at(*module, process.pc) && loaded_opcode(instruction_at(*module, process.pc)) == Opcode::receive_next)
        process.rare().receive_again = process.pc;
  }
  int64_t start = vm.monotonic_time();
  int64_t most = long_schedule_.load(std::memory_order_relaxed);
  Arena arena(64);
  Term in = Term::none();
  bool traced = process.trace_flags.load(std::memory_order_relaxed) & trace_running;
  if (most || traced) in = place_of(arena, process);
  if (traced) vm.tracing.event(process, {intern_atom("in"), in}, start);
  if (process.rare_parts && process.rare_parts->timed_call) process.rare_parts->timed_since = start;

  if (samples()) {
    // What works for a short time only must come by a safepoint, too, at any place in it: some slices have one soon.
    uint64_t& random = m.random;
    random ^= random << 13, random ^= random >> 7, random ^= random << 17;
    vm.sample_reductions.store(random >> 60 < 4 ? static_cast<int64_t>(1 + (random >> 20) % 40) : 100, std::memory_order_relaxed);
  }
  vm.run_process_plainly(m);

  int64_t end = vm.monotonic_time();
  if (RareParts* rare = process.rare_parts; rare && rare->timed_call) {
    CallTrace& timed = *rare->timed_call;
    std::lock_guard lock(timed.spent_lock);
    timed.spent[process.pid.word].nanoseconds += end - rare->timed_since;
    rare->timed_since = end;
  }
  m.busy_nanoseconds.store(m.busy_nanoseconds.load(std::memory_order_relaxed) + end - start, std::memory_order_relaxed);
  if (m.result == Machine::Result::exited) return;
  if (process.trace_flags.load(std::memory_order_relaxed) & trace_running)
    vm.tracing.event(process, {intern_atom("out"), place_of(arena, process)}, end);
  if (most && (end - start) / 1'000'000 >= most) {
    auto part = [&](const char* name, Term value) { return make_tuple(arena, {intern_atom(name), value}); };
    tell_monitor(vm, process.pid, "long_schedule",
                 make_list(arena, {part("timeout", Term::small((end - start) / 1'000'000)), part("in", in), part("out", place_of(arena, process))}));
  }
  if (int64_t limit = long_queue_.load(std::memory_order_relaxed)) {
    bool told = process.rare_parts && process.rare_parts->long_queue;
    if (!told && process.mailbox_length > limit) {
      process.rare().long_queue = 1;
      tell_monitor(vm, process.pid, "long_message_queue", atoms::true_);
    } else if (told && process.mailbox_length <= long_queue_low_.load(std::memory_order_relaxed)) {
      process.rare_parts->long_queue = 0;
      tell_monitor(vm, process.pid, "long_message_queue", atoms::false_);
    }
  }
}

}  // namespace phial
