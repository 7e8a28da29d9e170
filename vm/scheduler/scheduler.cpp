#include "vm/scheduler/scheduler.hpp"

#include "vm/base/available_memory.hpp"
#include "vm/base/signal_stack.hpp"
#include "vm/process/budget.hpp"
#include "vm/process/delivery.hpp"
#include "vm/process/long_native.hpp"

#include <algorithm>
#include <chrono>

namespace phial {
namespace {

int64_t steady_nanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// How often the sentinel looks at the queues of others.
constexpr int64_t sentinel_ns = 1000000;
constexpr unsigned idle_spins = 60;
/// Work after which a scheduler looks at its timers, lets go of what it may hold of others, and gives memory back; a switch counts as this many
/// reductions.
constexpr uint64_t chores_after = 1000, switch_reductions = 60;
/// How long an idle scheduler sleeps while there is memory of ended heaps that goes back to the OS when it has not been wanted for a while.
constexpr int64_t trim_wait_ns = 100000000;

}  // namespace

// -- run queues

void RunQueue::List::append(Process* process) {
  process->queue_next = nullptr;
  if (tail)
    tail->queue_next = process;
  else
    head = process;
  tail = process;
  count++;
}

Process* RunQueue::List::take() {
  Process* process = head;
  head = process->queue_next;
  if (!head) tail = nullptr;
  count--;
  return process;
}

void RunQueue::push(Process* process) {
  Priority priority = process->priority.load(std::memory_order_relaxed);
  std::lock_guard guard(lock_);
  lists_[std::min(static_cast<size_t>(priority), size_t{2})].append(process);
  process->queue_skips = priority == Priority::low ? low_skips : 0;
  if (priority < Priority::normal) urgent_.store(true, std::memory_order_relaxed);
  length_.store(length_.load(std::memory_order_relaxed) + 1, std::memory_order_seq_cst);
}

Process* RunQueue::pop() {
  if (!length_.load(std::memory_order_seq_cst)) return nullptr;
  std::lock_guard guard(lock_);
  for (List& list : lists_) {
    for (size_t tries = list.count; tries > 0; tries--) {
      Process* process = list.take();
      if (process->queue_skips && list.count) {
        process->queue_skips--;
        list.append(process);
        continue;
      }
      removed(1);
      return process;
    }
    // Only low ones that are to be skipped: the first of them after all.
    if (list.head) {
      Process* process = list.take();
      removed(1);
      return process;
    }
  }
  return nullptr;
}

Process* RunQueue::steal_into(RunQueue& to, bool even_one) {
  size_t length = length_.load(std::memory_order_relaxed);
  if (!length || (length == 1 && !even_one)) return nullptr;
  List taken;
  {
    if (!lock_.try_lock()) return nullptr;
    size_t wanted = (length_.load(std::memory_order_relaxed) + 1) / 2;
    size_t got = 0;
    for (List& list : lists_)
      while (got < wanted && list.head) {
        taken.append(list.take());
        got++;
      }
    removed(got);
    lock_.unlock();
  }
  if (!taken.head) return nullptr;
  Process* first = taken.take();
  while (taken.head) to.push(taken.take());
  return first;
}

// -- one scheduler

Scheduler::Scheduler(Vm& owner, unsigned i, int64_t now_ms) : vm(owner), index(i), timers(now_ms) {
  machine.vm = &owner;
  machine.index = i;
  machine.scheduler = this;
  machine.random += i * 0x9E3779B97F4A7C15ull;
  for (Term& x : machine.x) x = Term::nil();
  owner.initialize_machine(machine);
}

void Scheduler::bind() {
  if (!epoch_record) epoch_record = vm.epochs.acquire();
  outer_ = {current_machine, current_epoch_record, current_epochs, byte_account, walk_given_up, exchange_holds({}), exchange_running(nullptr)};
  byte_account = nullptr;
  walk_given_up = GivenUp::no;
  current_machine = &machine;
  current_epoch_record = epoch_record;
  current_epochs = &vm.epochs;
  account_ = &byte_account;
  given_up_ = &walk_given_up;
  vm.epochs.online(epoch_record);
}

void Scheduler::unbind() {
  vm.epochs.offline(epoch_record);
  current_machine = outer_.machine;
  current_epoch_record = outer_.epoch_record;
  current_epochs = outer_.epochs;
  byte_account = outer_.account;
  walk_given_up = outer_.given_up;
  exchange_holds(outer_.holds);
  exchange_running(outer_.native);
}

bool drives_here(const Vm& vm) {
  for (Machine* machine = current_machine; machine; machine = machine->scheduler->outer())
    if (machine->vm == &vm) return true;
  return false;
}
bool runs_here(const Vm& vm) { return drives_here(vm) || BlockingPool::current == &vm; }

/// A process whose tree is ahead of its rate waits; nobody else has it meanwhile, for its state is `queued`.
bool Scheduler::delay(Process* process) {
  int64_t now = vm.monotonic_time(), wait = process->tree->delay(now);
  if (wait <= 0) return false;
  process->state.store(ProcessState::queued, std::memory_order_seq_cst);
  Timer* timer = make_timer(Timer::Kind::action, (now + wait) / 1'000'000 + 1);
  timer->data = process;
  timer->action = [](Vm& owner, Timer& due) {
    owner.scheduling->enqueue(static_cast<Process*>(due.data));
    free_timer(&due);
  };
  vm.scheduling->timers().start(timer);
  return true;
}

/// After a slice: false if the process ends, for this reason.
bool Scheduler::keeps_budget(Process* process, uint64_t spent, Term& reason) {
  ProcessTree* tree = process->tree;
  if (tree) tree->spend(spent, vm.monotonic_time());
  if (walk_given_up != GivenUp::no) {
    if (!tree) {
      reason = atoms::system_limit;
      return false;
    }
    BudgetKind kind = walk_given_up == GivenUp::table ? BudgetKind::ets : BudgetKind::memory;
    if (!tree->is_vm()) tree->end(vm, kind);
    reason = budget_reason(kind);
    return false;
  }
  return within_budget(vm, *process, reason);
}

namespace {

/// While a process ends, its tree pays for the copies of its exit reason that others get. Afterwards nobody pays, and a copy that was
/// given up is nobody's fault.
class PaidEnd {
 public:
  explicit PaidEnd(ProcessTree* tree) : tree_(tree) {
    if (tree_) tree_->retain();
  }
  ~PaidEnd() {
    byte_account = nullptr;
    walk_given_up = GivenUp::no;
    if (tree_) tree_->drop();
  }
  PaidEnd(const PaidEnd&) = delete;

 private:
  ProcessTree* tree_;
};

}  // namespace

void Scheduler::run(Process* process) {
  // A signal that comes before this store is seen finds it queued; it is looked for again when the process goes to wait.
  process->state.store(ProcessState::running, std::memory_order_release);
  process->home.store(static_cast<uint16_t>(index), std::memory_order_relaxed);
  switches.store(switches.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  *account_ = process->tree;
  *given_up_ = GivenUp::no;
  if (memory_reserve_gone.load(std::memory_order_relaxed)) [[unlikely]] renew_memory_reserve();
  if (process->inbox.load(std::memory_order_relaxed)) process->handle_signals();
  Machine::Result result;
  bool in_native = in_long_native(*process);  // it is unwound first
  if (process->exit_pending && in_native) reinterpret_cast<NativeFiber*>(process->saved_export)->cancelled = true;
  if (process->exit_pending && !in_native) {
    // What its end makes of its exit reason is its own, too; it must not keep a tree that ends with it from being freed.
    PaidEnd end(process->tree);
    vm.finish_process(process, process->exit_reason);
    return;
  }
  if (process->collection != Process::Collection::none && !in_native) [[unlikely]] {
    bool hibernates = process->collection == Process::Collection::hibernation;
    bool more = process->advance_collection();
    result = hibernates && !more && !process->mailbox ? Machine::Result::waiting : Machine::Result::yielded;
  } else if (process->tree && !process->exit_pending && delay(process)) {
    *account_ = nullptr;
    return;
  } else if (process->suspended && !process->exit_pending) {
    result = Machine::Result::waiting;
    Term reason;
    if (process->tree && !keeps_budget(process, 0, reason)) {  // its mailbox may be full
      process->exit_pending = true;
      process->exit_reason = reason;
      result = Machine::Result::yielded;
    }
  } else {
    machine.process = process;
    uint64_t before = process->reductions;
    vm.run_process.load(std::memory_order_acquire)(machine);
    machine.process = nullptr;
    reductions.store(reductions.load(std::memory_order_relaxed) + process->reductions - before, std::memory_order_relaxed);
    result = machine.result;
    if (result != Machine::Result::exited && (process->tree || *given_up_ != GivenUp::no)) [[unlikely]] {
      Term reason;
      if (!keeps_budget(process, process->reductions - before, reason)) {
        process->exit_pending = true;  // at its next turn, when nothing of it is in registers
        process->exit_reason = reason;
        result = Machine::Result::yielded;
      } else if (process->collection != Process::Collection::none && result == Machine::Result::waiting) {
        result = Machine::Result::yielded;
      }
    }
    *given_up_ = GivenUp::no;
  }
  if (result == Machine::Result::exited) {
    PaidEnd end(process->tree);
    vm.scheduling->end_process(process, machine.exit_reason);
    return;
  }
  *account_ = nullptr;
  switch (result) {
    case Machine::Result::exited: break;
    case Machine::Result::waiting: {
      ProcessState expected = ProcessState::running;
      if (process->state.compare_exchange_strong(expected, ProcessState::waiting, std::memory_order_seq_cst)) {
        // From here on it may run elsewhere, and end; its memory stays until this thread is done with it.
        if (process->inbox.load(std::memory_order_seq_cst) && claim(*process)) vm.scheduling->enqueue_here(machine, process);
        break;
      }
      [[fallthrough]];  // a signal came
    }
    case Machine::Result::yielded:
      process->state.store(ProcessState::queued, std::memory_order_release);
      vm.scheduling->enqueue_here(machine, process);
      break;
  }
}

// -- threads

ThreadedScheduling::ThreadedScheduling(Vm& vm, unsigned threads) : vm_(vm), own_threads_(threads > 0), pool_(vm) {
  int64_t now_ms = steady_nanoseconds() / 1000000;
  for (unsigned i = 0; i < std::max(threads, 1u); i++) schedulers_.push_back(std::make_unique<Scheduler>(vm, i, now_ms));
}

int64_t ThreadedScheduling::now() const { return steady_nanoseconds(); }

int64_t ThreadedScheduling::now_coarse() const {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &time);  // of the last tick of the kernel, of which there are a hundred each second at least
  return int64_t{time.tv_sec} * 1000000000 + time.tv_nsec;
}

TimerWheel& ThreadedScheduling::timers() {
  if (current_machine && current_machine->vm == &vm_) return current_machine->scheduler->timers;
  return schedulers_[0]->timers;
}

void ThreadedScheduling::enqueue(Process* process) {
  if (current_machine && current_machine->vm == &vm_) return enqueue_here(*current_machine, process);
  Scheduler& home = *schedulers_[process->home.load(std::memory_order_relaxed) % schedulers_.size()];
  home.queue.push(process);
  if (!own_threads_) return waker_.wake();
  bool expected = true;
  if (home.asleep.compare_exchange_strong(expected, false, std::memory_order_seq_cst))
    home.wake.release();
  else if (sleepers_.load(std::memory_order_seq_cst))
    wake_one(home.index);  // in case home is held up by a long native function
}

void ThreadedScheduling::enqueue_here(Machine& machine, Process* process) {
  Scheduler& home = *machine.scheduler;
  if (!home.next.load(std::memory_order_relaxed) && !home.queue.length() && process->priority.load(std::memory_order_relaxed) == Priority::normal)
    home.next.store(process, std::memory_order_release);
  else
    home.queue.push(process);
  // One process waiting here is next in line; more are work for others. Who goes to sleep at the same time becomes the sentinel if there is
  // none, and looks here; the queue's length has been stored for all to see where there are more.
  if (own_threads_ && sleepers_.load(std::memory_order_seq_cst) && (home.waiting() > 1 || !sentinel_.load(std::memory_order_relaxed)))
    wake_one(home.index);
}

Process* Scheduler::take() {
  if (next.load(std::memory_order_relaxed) && !queue.urgent()) [[likely]]
    if (Process* process = next.exchange(nullptr, std::memory_order_acquire)) return process;
  if (Process* process = queue.pop()) return process;
  return next.load(std::memory_order_relaxed) ? next.exchange(nullptr, std::memory_order_acquire) : nullptr;
}

void ThreadedScheduling::held_up(Machine& machine) {
  Vm& vm = *machine.vm;
  if (vm.config.deterministic) return;
  Scheduler& scheduler = *machine.scheduler;
  if (scheduler.timers.size()) scheduler.timers.fire(vm, vm.scheduling->now() / 1000000);
  auto& all = static_cast<ThreadedScheduling&>(*vm.scheduling);
  if (scheduler.queue.length() && all.sleepers_.load(std::memory_order_relaxed)) all.wake_one(scheduler.index);
}
const bool ThreadedScheduling::sees_held_up = (held_up_hook = held_up, true);

void ThreadedScheduling::wake_one(unsigned except) {
  for (auto& scheduler : schedulers_) {
    if (scheduler->index == except) continue;
    bool expected = true;
    if (scheduler->asleep.compare_exchange_strong(expected, false, std::memory_order_seq_cst)) {
      scheduler->wake.release();
      return;
    }
  }
}

void ThreadedScheduling::start() {
  if (!own_threads_) return;
  for (auto& scheduler : schedulers_)
    if (!scheduler->thread.joinable()) scheduler->thread = std::thread([this, s = scheduler.get()] { thread_main(*s); });
}

void ThreadedScheduling::stop() {
  stopping_.store(true, std::memory_order_seq_cst);
  for (auto& scheduler : schedulers_) scheduler->wake.release();
  for (auto& scheduler : schedulers_)
    if (scheduler->thread.joinable()) scheduler->thread.join();
  pool_.stop();
}

Process* ThreadedScheduling::find_work(Scheduler& scheduler, bool looks_hard) {
  if (Process* process = scheduler.take()) return process;
  size_t count = schedulers_.size();
  if (count == 1) return nullptr;
  uint64_t& r = scheduler.machine.random;
  r ^= r << 13, r ^= r >> 7, r ^= r << 17;
  size_t from = r % count;
  for (size_t i = 0; i < count; i++) {
    Scheduler& victim = *schedulers_[(from + i) % count];
    if (&victim == &scheduler || !victim.waiting()) continue;
    bool stuck = looks_hard && victim.seen_switches.load(std::memory_order_relaxed) == victim.switches.load(std::memory_order_relaxed);
    bool even_one = stuck || victim.asleep.load(std::memory_order_relaxed);
    if (Process* process = victim.queue.steal_into(scheduler.queue, even_one || victim.next.load(std::memory_order_relaxed))) return process;
    if (even_one)
      if (Process* process = victim.next.exchange(nullptr, std::memory_order_acquire)) return process;
  }
  return nullptr;
}

bool ThreadedScheduling::sleep(Scheduler& scheduler) {
  bool woken = true;
  vm_.epochs.reclaim(scheduler.epoch_record);
  while (!scheduler.waiting() && trim_blocks(2 << 20)) {
  }
  while (!scheduler.queue.length() && prepare_blocks()) {
  }
  scheduler.asleep.store(true, std::memory_order_seq_cst);
  sleepers_.fetch_add(1, std::memory_order_seq_cst);
  bool work = stopping_.load(std::memory_order_seq_cst) || scheduler.waiting();
  for (size_t i = 0; i < schedulers_.size() && !work; i++) work = schedulers_[i]->waiting() > 1;
  if (!work) {
    vm_.epochs.offline(scheduler.epoch_record);
    int64_t deadline = scheduler.timers.next_deadline();
    int64_t nanoseconds = -1;
    if (deadline >= 0) nanoseconds = std::max<int64_t>(deadline * 1000000 - now(), 0);
    bool sentinel = false;
    if (sleepers_.load(std::memory_order_seq_cst) < schedulers_.size() && !sentinel_.exchange(true, std::memory_order_relaxed)) {
      sentinel = true;
      for (auto& other : schedulers_) other->seen_switches.store(other->switches.load(std::memory_order_relaxed), std::memory_order_relaxed);
      if (nanoseconds < 0 || nanoseconds > sentinel_ns) nanoseconds = sentinel_ns;
    }
    if (trims_later() && (nanoseconds < 0 || nanoseconds > trim_wait_ns)) nanoseconds = trim_wait_ns;
    if (nanoseconds < 0)
      scheduler.wake.acquire();
    else
      woken = scheduler.wake.try_acquire_for(std::chrono::nanoseconds(nanoseconds));
    if (sentinel) sentinel_.store(false, std::memory_order_relaxed);
    vm_.epochs.online(scheduler.epoch_record);
  }
  sleepers_.fetch_sub(1, std::memory_order_seq_cst);
  scheduler.asleep.store(false, std::memory_order_seq_cst);
  // A release that came after all is taken now, so that releases do not pile up.
  while (scheduler.wake.try_acquire()) {
  }
  return woken;
}

void ThreadedScheduling::thread_main(Scheduler& scheduler) {
  scheduler.bind();
  use_signal_stack();
  unsigned idle = 0;
  uint64_t chores_at = 0, work = 0;
  while (!stopping_.load(std::memory_order_relaxed)) {
    if (idle || work >= chores_at) {
      chores_at = work + chores_after;
      vm_.epochs.quiescent(scheduler.epoch_record);
      trim_blocks(2 << 20);  // of heaps that shrank or ended; usually nothing
      if (scheduler.timers.size()) scheduler.timers.fire(vm_, now() / 1000000);
    }
    Process* process = find_work(scheduler, idle > 0);
    if (!process) {
      if (++idle < idle_spins && schedulers_.size() > 1) {
        for (int i = 0; i < 20; i++) __builtin_ia32_pause();
        continue;
      }
      // Nobody called: a look, and back to sleep. Spinning at each look of the sentinel took a tenth of a processor beside a busy process.
      idle = sleep(scheduler) ? 0 : idle_spins - 1;
      continue;
    }
    idle = 0;
    uint64_t before = scheduler.reductions.load(std::memory_order_relaxed);
    scheduler.run(process);
    work += scheduler.reductions.load(std::memory_order_relaxed) - before + switch_reductions;
    // Somebody but the process that used up its slice waits.
    if (scheduler.waiting() > 1 && scheduler.machine.result == Machine::Result::yielded && sleepers_.load(std::memory_order_relaxed))
      wake_one(scheduler.index);
  }
  scheduler.unbind();
}

namespace {

/// How many reductions fit into the time that is left, by the slowest slices so far: whoever drives the VM by the clock (a game, for a part of each frame) gets it back
/// some microseconds late, not a slice of an interpreted loop late (50 us, cold 200 us).
class TimedSlices {
 public:
  TimedSlices(int64_t now, int64_t end) : before_(now), end_(end) {}
  uint64_t fitting() const { return static_cast<uint64_t>(std::max(static_cast<double>(end_ - before_) / cost_, least)); }
  /// After a slice of so many reductions; false: the time is used up.
  bool go_on(int64_t now, uint64_t reductions) {
    if (reductions > 0) cost_ = std::max(0.9 * cost_, static_cast<double>(now - before_) / static_cast<double>(std::max<uint64_t>(reductions, 100)));
    before_ = now;
    return now < end_;
  }

 private:
  static constexpr double least = 100;  // reductions
  double cost_ = 10;                    // nanoseconds of a reduction
  int64_t before_;
  const int64_t end_;
};

}  // namespace

bool ThreadedScheduling::run_for(int64_t reductions, int64_t nanoseconds) {
  if (own_threads_) return run_queue_length() > 0;
  Scheduler& scheduler = *schedulers_[0];
  scheduler.bind();
  waker_.clear();
  int64_t start = nanoseconds >= 0 ? now() : 0;
  TimedSlices timed(start, start + nanoseconds);
  uint64_t limit = reductions >= 0 ? scheduler.reductions.load() + static_cast<uint64_t>(reductions) : ~uint64_t{0};
  int64_t usual_slice = vm_.slice_reductions;
  while (!stopping_.load(std::memory_order_relaxed)) {
    vm_.epochs.quiescent(scheduler.epoch_record);
    if (scheduler.timers.size()) scheduler.timers.fire(vm_, now() / 1000000);
    Process* process = scheduler.take();
    if (!process) break;
    // The last slice is no longer than what is left.
    uint64_t before = scheduler.reductions.load(std::memory_order_relaxed), left = limit - before;
    if (nanoseconds >= 0) left = std::min(left, timed.fitting());
    vm_.slice_reductions = static_cast<int64_t>(std::clamp<uint64_t>(left, 1, static_cast<uint64_t>(usual_slice)));
    scheduler.run(process);
    uint64_t after = scheduler.reductions.load(std::memory_order_relaxed);
    if (after >= limit || (nanoseconds >= 0 && !timed.go_on(now(), after - before))) break;
  }
  vm_.slice_reductions = usual_slice;
  vm_.epochs.reclaim(scheduler.epoch_record);
  trim_blocks(2 << 20);
  scheduler.unbind();
  bool more = scheduler.waiting() > 0;
  if (more) waker_.wake();
  waker_.set_time(more ? -1 : next_timer());
  return more;
}

int64_t ThreadedScheduling::next_timer() {
  int64_t first = -1;
  for (auto& scheduler : schedulers_) {
    int64_t deadline = scheduler->timers.next_deadline();
    if (deadline >= 0 && (first < 0 || deadline < first)) first = deadline;
  }
  return first < 0 ? -1 : first * 1000000;
}

void ThreadedScheduling::host_has_message() {
  if (!own_threads_ && !drives_here(vm_)) waker_.wake();
}

bool ThreadedScheduling::wait(int64_t nanoseconds) {
  if (own_threads_) {
    std::this_thread::sleep_for(std::chrono::nanoseconds(std::max<int64_t>(nanoseconds, 0)));
    return run_queue_length() > 0;
  }
  int64_t timer = next_timer();
  if (timer < 0) return waker_.wait(nanoseconds);
  int64_t left = std::max<int64_t>(timer - now(), 0);
  if (nanoseconds >= 0 && nanoseconds < left) return waker_.wait(nanoseconds);
  waker_.wait(left);
  return true;
}

int ThreadedScheduling::descriptor() {
  if (own_threads_) return -1;
  int descriptor = waker_.descriptor();
  waker_.set_time(next_timer());
  return descriptor;
}

size_t ThreadedScheduling::run_queue_length() const {
  size_t sum = 0;
  for (auto& scheduler : schedulers_) sum += scheduler->waiting();
  return sum;
}

uint64_t ThreadedScheduling::total_reductions() const {
  uint64_t sum = 0;
  for (auto& scheduler : schedulers_) sum += scheduler->reductions.load(std::memory_order_relaxed);
  return sum;
}

uint64_t ThreadedScheduling::context_switches() const {
  uint64_t sum = 0;
  for (auto& scheduler : schedulers_) sum += scheduler->switches.load(std::memory_order_relaxed);
  return sum;
}

std::vector<Scheduling::Figures> ThreadedScheduling::figures() const {
  std::vector<Figures> all;
  for (auto& scheduler : schedulers_)
    all.push_back({scheduler->waiting(), !scheduler->asleep.load(std::memory_order_relaxed),
                   scheduler->machine.busy_nanoseconds.load(std::memory_order_relaxed)});
  return all;
}

}  // namespace phial
