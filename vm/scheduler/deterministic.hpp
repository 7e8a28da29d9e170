// The deterministic schedule: one thread, a virtual clock, and every choice drawn from a seed. Same program, same seed, same run.
//
// What makes runs differ on real schedulers is when one process is stopped and another goes on. Between two effects that others can see (a send, a
// table read, a name registered, an exit) that does not matter; so the schedule decides exactly there. Each native function with such an effect is
// wrapped (interleaving.cpp), and the wrapper asks `preempts` before the effect. Reductions alone stop a process only when it computes for long.
// So a schedule does not depend on how code is compiled, and neither does the clock, which moves a microsecond at each such step, with long
// computations, and straight to the next timer when nobody can run: a sleep costs nothing.
//
// Two strategies; `mixed` takes one of them by the seed:
// - random: at a step the process is stopped with a probability that the seed chose for the whole run, for a random number of steps, and any other runnable process goes on;
// - priority: Burckhardt, Kothari, Musuvathi, Nagarakatti, "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs" (ASPLOS 2010). Each
//   process has a random priority, the highest runs; at d - 1 random steps the running process falls below all. A bug that needs d ordering
//   constraints is found with a probability of at least 1/(n k^(d-1)) for n processes and k steps. d and the range of the steps come from the seed. A
//   process that runs on and on without waiting falls, too, or a polling loop would starve what it polls for.
//
// Faults are injected on demand: messages are held back for a while (all signals of that sender to that receiver after them too, since
// their order is guaranteed), timers are late or lost, processes are killed.
//
// Before `begin` (if so configured) processes run in turn, no step counts and no fault happens: a program boots the same for every seed. `begin` also
// moves the counters of pids, references, unique integers and the clock to round figures, so that what ran before hardly shows.
//
// Threads: run_for and everything that processes do is the calling thread's. Other threads may send and spawn (a host, input and output): what
// they do is taken in between slices, and is of course in no seed's hands; no fault touches it. They may read the clock and the figures.
#pragma once
#include <deque>
#include <mutex>
#include <condition_variable>
#include <unordered_map>
#include <unordered_set>

#include "vm/scheduler/scheduler.hpp"

namespace phial {

class DeterministicScheduling final : public Scheduling {
 public:
  explicit DeterministicScheduling(Vm& vm);
  ~DeterministicScheduling() override { stop(); }
  void enqueue(Process* process) override;
  void enqueue_here(Machine&, Process* process) override { enqueue(process); }
  TimerWheel& timers() override { return scheduler_->timers; }
  void start() override {}
  void stop() override;
  bool run_for(int64_t reductions, int64_t nanoseconds) override;
  /// On the virtual clock: a timer, or a signal that is held back.
  int64_t next_timer() override;
  bool wait(int64_t nanoseconds) override;
  void host_has_message() override;
  unsigned count() const override { return 1; }
  unsigned online() const override { return 1; }
  size_t run_queue_length() const override { return length_.load(std::memory_order_relaxed); }
  void run_blocking(NativeFunction function, std::span<const Term> arguments, Term pid, Word reference) override;
  int64_t now() const override { return clock_.load(std::memory_order_relaxed); }
  uint64_t total_reductions() const override { return scheduler_->reductions.load(std::memory_order_relaxed); }
  uint64_t context_switches() const override { return scheduler_->switches.load(std::memory_order_relaxed); }
  std::vector<Figures> figures() const override {
    return {{run_queue_length(), true, scheduler_->machine.busy_nanoseconds.load(std::memory_order_relaxed)}};
  }

  void start_timer(Timer* timer) override;
  bool loses_timer() override;
  bool hold_signal(Term pid, Signal* signal) override;
  void end_process(Process* process, Term reason) override;
  int final_status(int status) override;

  /// The seed's schedule starts here. On the thread of run_for, or while nobody runs.
  void begin(uint64_t seed);
  bool begun() const { return begun_; }
  /// System.halt was called: nothing runs any more. On the driver's thread.
  bool halted() const { return halted_; }
  uint64_t seed() const { return seed_; }
  uint64_t steps() const { return steps_; }
  /// A step: `process` is about to have an effect. True: it is stopped before, and asked no more when it goes on.
  bool preempts(Process& process);
  /// No fault kills this process.
  void spare(Term pid) { spared_.insert(pid.word); }
  /// Endless waiting is no deadlock.
  void allow_idling() { idling_ = true; }
  /// Reports of crashes make the exit status of a run crashed_status.
  void crashes_count() { crashes_count_ = true; }
  /// Random bytes of the seed's, for who would ask the OS for them.
  void random_bytes(uint8_t* bytes, size_t size);

  // Exit statuses of simulated programs, beside their own.
  static constexpr int endless_status = 96, deadlock_status = 97, crashed_status = 98;

 private:
  using Strategy = Simulation::Strategy;
  struct Runnable { Process* process; bool ending; uint64_t rests_until; };  // a step
  struct Held { Term from, to; int64_t due; std::deque<Signal*> signals; };

  uint64_t random();
  bool chance(double probability) { return probability > 0 && static_cast<double>(random() >> 11) * 0x1p-53 < probability; }
  uint64_t below(uint64_t limit) { return random() % limit; }
  uint64_t& priority_of(Process* process);
  void fall(Term pid);
  bool decide(Process& process);
  void advance(int64_t nanoseconds) { clock_.store(now() + nanoseconds, std::memory_order_relaxed); }
  void add_runnable(Runnable runnable);
  void inject_kill(Process& present);
  Runnable take_next();
  void take_outside();
  bool wait_outside(int64_t nanoseconds);
  void deliver_held();
  bool report_idle();

  Vm& vm_;
  Simulation options_;
  std::unique_ptr<Scheduler> scheduler_;
  uint64_t seed_ = 1, state_ = 1, bytes_state_ = 1;
  std::atomic<int64_t> clock_{0};  // written by the driving thread alone
  std::vector<Runnable> runnable_;  // in order of arrival
  std::atomic<size_t> length_{0};   // of runnable_, for other threads
  bool begun_ = false, halted_ = false, idling_ = false, crashes_count_ = false, reported_ = false;
  uint64_t steps_ = 0, first_pid_ = 0;
  uint64_t left_over_ = 0;  // reductions that have not moved the clock yet
  // random
  Strategy strategy_ = Strategy::in_turn;
  double stop_probability_ = 0;
  bool rests_ = false;  // the present process was stopped at a step: it may rest for a while
  // priority
  std::unordered_map<Word, uint64_t> priorities_;
  std::vector<uint64_t> change_points_;  // steps, descending
  uint64_t lowest_ = 0;                  // the next priority below all
  uint64_t without_waiting_ = 0;         // steps of the present process since another one ran
  Word present_ = 0;

  std::unordered_set<Word> stopped_;  // before an effect: they go on without being asked
  std::unordered_set<Word> spared_;
  std::vector<Held> held_;
  std::atomic<bool> holds_{false};  // held_ has some, for other threads
  bool releasing_ = false;

  std::mutex outside_mutex_;
  std::condition_variable outside_arrived_;
  std::vector<Process*> outside_;
  bool host_has_message_ = false;  // from outside, and nobody has looked
};

/// The schedule of a deterministic VM; null with any other.
inline DeterministicScheduling* simulation_of(Vm& vm) {
  return vm.config.deterministic ? static_cast<DeterministicScheduling*>(vm.scheduling.get()) : nullptr;
}

/// Wraps the native functions of a deterministic VM that have effects others can see.
void interleave_natives(Vm& vm);

}  // namespace phial
