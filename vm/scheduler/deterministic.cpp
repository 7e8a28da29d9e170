#include "vm/scheduler/deterministic.hpp"

#include <algorithm>
#include <cstdio>

namespace phial {
namespace {

constexpr int64_t microsecond = 1000, millisecond = 1000000;
constexpr int64_t slice_reductions = 100000;  // only long computations end by it
constexpr uint64_t clock_reductions = 4000;   // that many are 40 microseconds
constexpr uint64_t polling_steps = 1000;
constexpr uint64_t max_steps = 20'000'000;
constexpr uint64_t high_priorities = uint64_t{1} << 32;

}  // namespace

DeterministicScheduling::DeterministicScheduling(Vm& vm) : vm_(vm), options_(vm.config.simulation), scheduler_(std::make_unique<Scheduler>(vm, 0, 0)) {
  vm.slice_reductions = slice_reductions;
  interleave_natives(vm);
  if (!options_.waits) begin(vm.config.seed);
}

void DeterministicScheduling::begin(uint64_t seed) {
  seed_ = seed;
  // Seeds that differ in one bit give streams that have nothing in common (splitmix64).
  uint64_t mixed = seed + 0x9E3779B97F4A7C15ull;
  mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9ull;
  mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBull;
  state_ = (mixed ^ mixed >> 31) | 1;
  vm_.round_counters();
  scheduler_->machine.next_reference = scheduler_->machine.last_reference = 0;
  scheduler_->machine.sample_left = 0;
  constexpr int64_t round = 1000ll * 1000 * millisecond;
  clock_ = (now() / round + 1) * round + static_cast<int64_t>(below(1'000'000)) * microsecond;  // what is seeded by the time differs by seed, too
  bytes_state_ = random();
  first_pid_ = vm_.processes.next_number();
  steps_ = left_over_ = without_waiting_ = present_ = 0;
  rests_ = false;
  stopped_.clear();
  priorities_.clear();
  vm_.crash_reports.store(0, std::memory_order_relaxed);
  strategy_ = options_.strategy;
  if (strategy_ == Strategy::mixed) strategy_ = random() & 1 ? Strategy::priority : Strategy::random;
  stop_probability_ = 1.0 / static_cast<double>(uint64_t{1} << (1 + below(5)));
  change_points_.clear();
  uint64_t range = uint64_t{8} << below(8), changes = below(4);
  for (uint64_t i = 0; i < changes; i++) change_points_.push_back(1 + below(range));
  std::sort(change_points_.rbegin(), change_points_.rend());
  lowest_ = high_priorities;
  begun_ = true;
}

uint64_t DeterministicScheduling::random() {
  state_ ^= state_ << 13, state_ ^= state_ >> 7, state_ ^= state_ << 17;
  return state_ * 0x2545F4914F6CDD1Dull;
}

void DeterministicScheduling::random_bytes(uint8_t* bytes, size_t size) {
  // A stream of its own: what a program does with its random bytes leaves the schedule alone.
  for (size_t i = 0; i < size; i++) {
    bytes_state_ = bytes_state_ * 6364136223846793005ull + 1442695040888963407ull;
    bytes[i] = static_cast<uint8_t>(bytes_state_ >> 56);
  }
}

void DeterministicScheduling::stop() {
  for (Held& held : held_)
    for (Signal* signal : held.signals) free_signal(signal);
  held_.clear();
}

void DeterministicScheduling::add_runnable(Runnable runnable) {
  runnable_.push_back(runnable);
  length_.store(runnable_.size(), std::memory_order_relaxed);
}

void DeterministicScheduling::enqueue(Process* process) {
  if (current_machine == &scheduler_->machine) {
    uint64_t rest = rests_ && strategy_ == Strategy::random ? steps_ + below(uint64_t{1} << below(8)) : 0;
    rests_ = false;
    add_runnable({process, false, rest});
    return;
  }
  std::lock_guard lock(outside_mutex_);
  outside_.push_back(process);
  outside_arrived_.notify_one();
}

void DeterministicScheduling::take_outside() {
  std::lock_guard lock(outside_mutex_);
  for (Process* process : outside_) add_runnable({process, false, 0});
  outside_.clear();
}

bool DeterministicScheduling::wait_outside(int64_t nanoseconds) {
  if (!vm_.outside_work.load(std::memory_order_acquire)) return false;
  {
    std::unique_lock lock(outside_mutex_);
    if (outside_.empty() && !host_has_message_) outside_arrived_.wait_for(lock, std::chrono::nanoseconds(nanoseconds));
    host_has_message_ = false;
  }
  take_outside();
  return !runnable_.empty();
}

// -- choices

uint64_t& DeterministicScheduling::priority_of(Process* process) {
  auto [at, fresh] = priorities_.try_emplace(process->pid.word, 0);
  if (fresh) at->second = high_priorities + (random() >> 32);
  return at->second;
}

void DeterministicScheduling::fall(Term pid) { priorities_[pid.word] = --lowest_; }

bool DeterministicScheduling::preempts(Process& process) {
  if (!begun_) return false;
  if (stopped_.erase(process.pid.word)) return false;
  bool stops = decide(process);
  if (stops) stopped_.insert(process.pid.word);
  rests_ = stops;
  return stops;
}

bool DeterministicScheduling::decide(Process& process) {
  advance(microsecond);
  if (++steps_ == max_steps) {
    vm_.write_output(2, "phial: the simulated program does not end: 20,000,000 steps were not enough\n");
    vm_.halt(endless_status, true);
    return true;
  }
  if (present_ != process.pid.word) {
    present_ = process.pid.word;
    without_waiting_ = 0;
  }
  inject_kill(process);
  // The OS does something else for a while.
  bool stalls = chance(options_.late > 0 ? 0.02 : 0.004);
  if (stalls) advance(static_cast<int64_t>(below(options_.late > 0 ? 50 * millisecond : 2 * millisecond)));
  bool polls = ++without_waiting_ % polling_steps == 0;
  if (strategy_ != Strategy::priority) return (strategy_ == Strategy::random && chance(stop_probability_)) || stalls || polls;
  uint64_t own = priority_of(&process);
  if (polls || (!change_points_.empty() && change_points_.back() <= steps_)) {
    if (!polls) change_points_.pop_back();
    fall(process.pid);
    return true;
  }
  if (stalls) return true;
  for (const Runnable& other : runnable_)
    if (priority_of(other.process) > own) return true;
  return false;
}

void DeterministicScheduling::inject_kill(Process& present) {
  if (!chance(options_.kill)) return;
  std::vector<Process*> victims;
  vm_.processes.each([&](Process* process) {
    if (process != &present && !process->is_host && process->pid.immediate_value() >= first_pid_ && !spared_.contains(process->pid.word))
      victims.push_back(process);
  });
  if (victims.empty()) return;
  Process* victim = victims[below(victims.size())];
  vm_.send_signal(victim->pid, make_signal(SignalKind::exit, atoms::kill, victim->pid));
}

DeterministicScheduling::Runnable DeterministicScheduling::take_next() {
  size_t at = 0;
  if (strategy_ == Strategy::random && begun_) {
    // One of those that do not rest, or the one that rests shortest.
    size_t awake = 0, shortest = 0;
    for (size_t i = 0; i < runnable_.size(); i++) {
      if (runnable_[i].rests_until <= steps_ && below(++awake) == 0) at = i;
      if (runnable_[i].rests_until < runnable_[shortest].rests_until) shortest = i;
    }
    if (!awake) at = shortest;
  } else if (strategy_ == Strategy::priority && begun_) {
    uint64_t highest = 0;
    for (size_t i = 0; i < runnable_.size(); i++)
      if (uint64_t priority = priority_of(runnable_[i].process); priority > highest) {
        highest = priority;
        at = i;
      }
  }
  Runnable next = runnable_[at];
  runnable_.erase(runnable_.begin() + static_cast<ptrdiff_t>(at));
  length_.store(runnable_.size(), std::memory_order_relaxed);
  return next;
}

// -- ends, timers, signals

void DeterministicScheduling::end_process(Process* process, Term reason) {
  if (begun_ && decide(*process)) {
    // Others may act before this end is known. It is `running` meanwhile, so nobody queues it.
    process->exit_reason = reason;
    add_runnable({process, true, steps_ + below(uint64_t{1} << below(8))});
    return;
  }
  priorities_.erase(process->pid.word);
  vm_.finish_process(process, reason);
}

void DeterministicScheduling::start_timer(Timer* timer) {
  if (begun_ && chance(options_.late)) timer->deadline += 1 + static_cast<int64_t>(below(100));
  timers().start(timer);
}

bool DeterministicScheduling::loses_timer() { return begun_ && chance(options_.drop); }

bool DeterministicScheduling::hold_signal(Term pid, Signal* signal) {
  if (current_machine != &scheduler_->machine) return false;  // the host's own, perhaps on another thread
  if (!begun_ || releasing_ || (options_.delay <= 0 && held_.empty())) return false;
  Term from = signal->from;
  if (!from.is_local_pid() && scheduler_->machine.process) from = scheduler_->machine.process->pid;
  if (!from.is_local_pid() || signal->kind == SignalKind::timer || signal->kind == SignalKind::reply) return false;
  for (Held& held : held_)
    if (held.from == from && held.to == pid) {
      held.signals.push_back(signal);
      return true;
    }
  if (!chance(options_.delay)) return false;
  auto delay = static_cast<int64_t>(below(microsecond << below(14)));
  held_.push_back({from, pid, now() + delay, {signal}});
  holds_.store(true, std::memory_order_relaxed);
  return true;
}

void DeterministicScheduling::deliver_held() {
  for (size_t i = 0; i < held_.size();) {
    if (held_[i].due > now()) {
      i++;
      continue;
    }
    Held due = std::move(held_[i]);
    held_.erase(held_.begin() + static_cast<ptrdiff_t>(i));
    holds_.store(!held_.empty(), std::memory_order_relaxed);
    releasing_ = true;
    for (Signal* signal : due.signals) vm_.send_signal(due.to, signal);
    releasing_ = false;
  }
}

int DeterministicScheduling::final_status(int status) {
  halted_ = true;
  return status == 0 && begun_ && crashes_count_ && vm_.crash_reports.load(std::memory_order_relaxed) ? crashed_status : status;
}

// -- running

int64_t DeterministicScheduling::next_timer() {
  int64_t deadline = scheduler_->timers.next_deadline();
  int64_t next = deadline < 0 ? -1 : deadline * millisecond;
  for (Held& held : held_)
    if (next < 0 || held.due < next) next = held.due;
  return next;
}

void DeterministicScheduling::host_has_message() {
  if (drives_here(vm_)) return;
  std::lock_guard lock(outside_mutex_);
  host_has_message_ = true;
  outside_arrived_.notify_one();
}

bool DeterministicScheduling::wait(int64_t nanoseconds) {
  if (run_queue_length() || holds_.load(std::memory_order_relaxed) || scheduler_->timers.next_deadline() >= 0) return true;
  std::unique_lock lock(outside_mutex_);
  auto arrived = [&] { return !outside_.empty() || host_has_message_; };
  if (nanoseconds < 0)
    outside_arrived_.wait(lock, arrived);
  else
    outside_arrived_.wait_for(lock, std::chrono::nanoseconds(nanoseconds), arrived);
  host_has_message_ = false;
  return !outside_.empty();
}

/// Nobody can ever run again. True: a process has been started that says so.
bool DeterministicScheduling::report_idle() {
  if (!begun_ || !options_.trials || idling_ || reported_) return false;
  reported_ = true;
  return !vm_.spawn_from_host(intern_atom("phial_sim"), intern_atom("report_deadlock"), {}).is_nil();
}

bool DeterministicScheduling::run_for(int64_t reductions, int64_t nanoseconds) {
  Scheduler& scheduler = *scheduler_;
  scheduler.bind();
  uint64_t limit = reductions > 0 ? scheduler.reductions.load() + static_cast<uint64_t>(reductions) : ~uint64_t{0};
  int64_t end = nanoseconds >= 0 ? now() + nanoseconds : -1;
  bool more = false;
  while (!vm_.stopping.load(std::memory_order_relaxed) && !halted_) {
    vm_.epochs.quiescent(scheduler.epoch_record);
    scheduler.timers.fire(vm_, now() / millisecond);
    if (!held_.empty()) deliver_held();
    take_outside();
    if (runnable_.empty()) {
      // Time passes only when nobody can run.
      int64_t next = next_timer();
      if (wait_outside(next < 0 && end < 0 ? 1000 * millisecond : 2 * millisecond)) continue;
      if (next < 0 && report_idle()) continue;
      if (next < 0 || (end >= 0 && next > end)) {
        if (end > now()) clock_ = end;
        break;
      }
      clock_ = std::max(now(), next);
      continue;
    }
    Runnable next = take_next();
    if (next.ending) {
      priorities_.erase(next.process->pid.word);
      vm_.finish_process(next.process, next.process->exit_reason);
      continue;
    }
    uint64_t before = scheduler.reductions.load();
    rests_ = false;
    Term pid = next.process->pid;
    scheduler.run(next.process);
    // Who yields, or computes for long, lets the others run.
    if (begun_ && strategy_ == Strategy::priority && scheduler.machine.result == Machine::Result::yielded && !stopped_.contains(pid.word)) fall(pid);
    left_over_ += scheduler.reductions.load() - before;
    advance(static_cast<int64_t>(left_over_ / clock_reductions) * 40 * microsecond);
    left_over_ %= clock_reductions;
    if (scheduler.reductions.load() >= limit || (end >= 0 && now() >= end)) {
      more = !runnable_.empty();
      break;
    }
  }
  vm_.epochs.reclaim(scheduler.epoch_record);
  scheduler.unbind();
  return more;
}

void DeterministicScheduling::run_blocking(NativeFunction function, std::span<const Term> arguments, Term pid, Word reference) {
  // In place, so that the order of answers is always the same.
  Arena arena(256);
  Term storage[256];
  Context context;
  context.vm_ = &vm_;
  context.pool_tree = current_machine && current_machine->process ? current_machine->process->tree : nullptr;
  context.heap_ = &arena;
  context.reductions = 1 << 20;
  context.arguments = storage;
  std::vector<Term> present(arguments.begin(), arguments.end());
  Term value = function(context, present.data());
  while (value.is_none() && context.outcome == Context::Outcome::again) {
    present.assign(storage, storage + context.argument_count);
    context.reductions = 1 << 20;
    value = function(context, present.data());
  }
  Term answer = value.is_none() ? make_tuple(arena, {context.exception_class_, context.exception_reason}) : make_tuple(arena, {atoms::ok, value});
  vm_.send_signal(pid, make_signal(SignalKind::reply, answer, Term::nil(), reference));
}

}  // namespace phial
