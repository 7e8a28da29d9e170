// The schedulers: N threads, each with run queues by priority; work stealing; sleeping when idle. Also the pool for blocking work.
//
// A process that is woken goes to the queue of the scheduler that wakes it (from outside: to the one it last ran on), so that processes that talk to
// each other stay on one core. A scheduler that finds nothing to do steals from the others, half of what they have. It does not take the only
// process from a queue right away: that one usually runs next when the present process waits. A scheduler whose slice ends while others wait in its queue, or
// whose queue grows, wakes a sleeper.
//
// Two processes that talk to each other have an empty queue most of the time: what is woken then goes to the scheduler's `next`, one word that its owner
// fills and whoever runs the process takes out with one exchange. It is filled only while the queue is empty, so it stands before all in
// the queue (but for those of high priority).
//
// A queue is protected by a spin lock, held for a few instructions. Priorities: max and high first; a process of low priority is passed over
// `low_skips` times while there are normal ones.
//
// Who looks after a process that stands alone in the queue of a scheduler that does not come back (a native function that takes long)? While any
// scheduler is awake, one of the others does not sleep for good: the sentinel looks every millisecond and takes a process that it has seen standing alone
// since its last look. When all are idle there is none. A process that is queued alone while nobody is on the look-out wakes one.
//
// Sleeping: a scheduler that finds nothing spins briefly, then marks itself asleep, looks once more, and waits on its semaphore until the next
// timer of its wheel. Whoever enqueues looks at the number of sleepers after publishing the process. Both sides use
// sequentially consistent operations, so no wake-up is lost.
#pragma once
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <semaphore>
#include <thread>
#include <vector>

#include "vm/base/work.hpp"
#include "vm/process/vm.hpp"
#include "vm/scheduler/waker.hpp"
#include "vm/term/binary.hpp"

namespace phial {

struct NativeFiber;

class RunQueue {
 public:
  void push(Process* process);
  Process* pop();
  size_t length() const { return length_.load(std::memory_order_relaxed); }
  /// Processes of high priority are waiting.
  bool urgent() const { return urgent_.load(std::memory_order_relaxed); }
  /// Moves up to half of the processes (at least one if `even_one`) to `to`; returns one of them to run now.
  Process* steal_into(RunQueue& to, bool even_one);

 private:
  static constexpr unsigned low_skips = 8;
  struct List {
    Process* head = nullptr;
    Process* tail = nullptr;
    size_t count = 0;
    void append(Process* process);
    Process* take();
  };
  SpinLock lock_;
  List lists_[3];  // max, high, normal and low
  unsigned skipped_ = 0;
  void removed(size_t count) {
    length_.store(length_.load(std::memory_order_relaxed) - count, std::memory_order_relaxed);
    urgent_.store(lists_[0].head || lists_[1].head, std::memory_order_relaxed);
  }
  std::atomic<size_t> length_{0};
  std::atomic<bool> urgent_{false};
};

class Scheduler {
 public:
  Scheduler(Vm& vm, unsigned index, int64_t now_ms);
  Vm& vm;
  unsigned index;
  Machine machine;
  RunQueue queue;
  std::atomic<Process*> next{nullptr};  // stands before the queue; filled by this thread only
  TimerWheel timers;
  Epochs::Record* epoch_record = nullptr;
  std::thread thread;
  std::counting_semaphore<1 << 20> wake{0};
  std::atomic<bool> asleep{false};
  std::atomic<uint64_t> reductions{0};
  std::atomic<uint64_t> switches{0};
  std::atomic<uint64_t> seen_switches{~uint64_t{0}};  // what the sentinel saw last: if it is still so, the present process has not come back

  /// The calling thread runs this VM until unbind. It may be running another VM meanwhile, whose host function drives this one.
  void bind();
  void unbind();
  /// Processes that wait for their turn here.
  size_t waiting() const { return queue.length() + (next.load(std::memory_order_relaxed) ? 1 : 0); }
  /// The process whose turn it is, or null.
  Process* take();
  Machine* outer() const { return outer_.machine; }
  /// Runs one process for a slice.
  void run(Process* process);

 private:
  // Of this thread: looking such variables up costs a call each time.
  ByteAccount** account_ = nullptr;
  GivenUp* given_up_ = nullptr;
  bool delay(Process* process);
  bool keeps_budget(Process* process, uint64_t spent, Term& reason);
  /// What the calling thread was before bind.
  struct {
    Machine* machine = nullptr;
    Epochs::Record* epoch_record = nullptr;
    Epochs* epochs = nullptr;
    ByteAccount* account = nullptr;
    GivenUp given_up = GivenUp::no;
    Holds holds;
    NativeFiber* native = nullptr;
  } outer_;
};

/// True on the threads of this VM: those that run its processes now, and those of its pool.
bool runs_here(const Vm& vm);
/// Whether it runs processes of this VM.
bool drives_here(const Vm& vm);

/// Threads that run native functions marked as blocking.
class BlockingPool {
 public:
  explicit BlockingPool(Vm& vm) : vm_(vm) {}
  ~BlockingPool() { stop(); }
  void submit(NativeFunction function, std::span<const Term> arguments, Term pid, Word reference);
  void stop();
  /// The VM that the calling thread works for, where it is one of a pool.
  static thread_local const Vm* current;

 private:
  struct Job {
    NativeFunction function;
    Arena arena{64};
    ProcessTree* tree = nullptr;  // holds a reference
    ~Job();
    std::vector<Term> arguments;
    Term pid;
    Word reference;
  };
  void work();
  static constexpr size_t max_threads = 16;
  Vm& vm_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::unique_ptr<Job>> jobs_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool stopping_ = false;
};

class ThreadedScheduling final : public Scheduling {
 public:
  ThreadedScheduling(Vm& vm, unsigned threads);
  ~ThreadedScheduling() override { stop(); }
  void enqueue(Process* process) override;
  void enqueue_here(Machine& machine, Process* process) override;
  TimerWheel& timers() override;
  void start() override;
  void stop() override;
  bool run_for(int64_t reductions, int64_t nanoseconds) override;
  int64_t next_timer() override;
  bool wait(int64_t nanoseconds) override;
  void host_has_message() override;
  int descriptor() override;
  void end_process(Process* process, Term reason) override { vm_.finish_process(process, reason); }
  unsigned count() const override { return static_cast<unsigned>(schedulers_.size()); }
  unsigned online() const override { return count(); }
  size_t run_queue_length() const override;
  void run_blocking(NativeFunction function, std::span<const Term> arguments, Term pid, Word reference) override {
    pool_.submit(function, arguments, pid, reference);
  }
  int64_t now() const override;
  int64_t now_coarse() const override;
  uint64_t total_reductions() const override;
  uint64_t context_switches() const override;
  std::vector<Figures> figures() const override;

 private:
  void thread_main(Scheduler& scheduler);
  Process* find_work(Scheduler& scheduler, bool even_one);
  /// True if somebody woke it, false if only the time was up.
  bool sleep(Scheduler& scheduler);
  void wake_one(unsigned except);
  /// Work that cannot be left holds a scheduler up: its timers fire nevertheless, and others take its processes.
  static void held_up(Machine& machine);
  static const bool sees_held_up;
  Vm& vm_;
  bool own_threads_;
  std::vector<std::unique_ptr<Scheduler>> schedulers_;
  std::atomic<unsigned> sleepers_{0};
  std::atomic<bool> sentinel_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<unsigned> next_home_{0};
  BlockingPool pool_;
  Waker waker_;  // of the host's thread that calls run_for
};

}  // namespace phial
