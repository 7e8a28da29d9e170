// SystemWatch: what is looked at when slices begin and end and when heaps are collected, while somebody asked for it: running processes that are traced,
// the system monitor (erlang:system_monitor/2), the busy time of schedulers, and the frames of processes after breakpoints were set (call_trace.hpp).
//
// Nothing of it is tested where it is off: Vm::run_process leads to another function while it is on (`update` sees to that). The collector,
// whose every run costs more than a test, looks at `wants_collections`.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "vm/term/heap_interface.hpp"

namespace phial {

class Vm;
class Process;
struct Machine;
struct Function;

/// Limits of the system monitor; 0 (or false): not watched.
struct MonitorLimits {
  Term pid = Term::none();
  int64_t long_gc = 0, long_schedule = 0;  // milliseconds
  int64_t large_heap = 0;                  // words
  int64_t long_queue_low = 0, long_queue = 0;
  bool busy_port = false, busy_dist_port = false;
};

class SystemWatch {
 public:
  /// Any thread. Changes what is on; `update` makes it so.
  void update(Vm& vm);
  /// Breakpoints came or went: processes are to look at their frames.
  void code_changed(Vm& vm);
  std::atomic<bool> running{false};  // some process is (or was) traced for running
  /// Counts those who want the busy time of schedulers; how many they were.
  int wall_time(Vm& vm, bool on);
  bool wall_time_on() const { return wall_timers_.load(std::memory_order_relaxed) > 0; }

  /// Sets the system monitor; the limits before.
  MonitorLimits set_monitor(Vm& vm, MonitorLimits limits);
  MonitorLimits monitor();
  /// Sends {:monitor, pid, what, info} to the monitor, or takes it away if it has ended.
  void tell_monitor(Vm& vm, Term pid, const char* what, Term info);
  bool watches_ports() const { return busy_port_.load(std::memory_order_relaxed); }

  bool wants_collections() const { return collections_.load(std::memory_order_relaxed); }
  /// Collects the heap of a process by `collect`, and tells who wants to know. On its thread.
  void collect_watched(Process& process, const std::function<void()>& collect);
  /// [{:old_heap_block_size, words}, ...]
  static Term figures_of(TermHeap& heap, Process& process);

  // -- a sampling profile of all that runs
  /// The functions on a stack, from the outermost on, and how many periods of time were spent there.
  using Samples = std::map<std::vector<const Function*>, int64_t>;
  /// Samples every `period` nanoseconds of a scheduler's work, of one process or (none()) all. Any thread.
  void start_sampling(Vm& vm, int64_t period, Term pid);
  Samples stop_sampling(Vm& vm);
  bool samples() const { return period_.load(std::memory_order_relaxed) != 0; }
  /// The running process is at a safepoint.
  void sample(Machine& m, const Word* pc);

  /// Runs one slice by Vm::run_process_plainly, and does all of the above around it.
  void run_slice(Machine& m);

 private:
  std::atomic<uint32_t> code_epoch_{0};
  std::atomic<int> wall_timers_{0};
  std::atomic<bool> collections_{false}, busy_port_{false};
  std::atomic<int64_t> long_schedule_{0}, long_queue_{0}, long_queue_low_{0};
  std::mutex mutex_;
  MonitorLimits limits_;
  std::atomic<int64_t> period_{0};  // 0: no profile
  std::atomic<uint32_t> sampling_{0};  // counts profiles
  std::atomic<Word> sampled_pid_{Term::none().word};
  std::mutex samples_mutex_;
  Samples samples_;
};

}  // namespace phial
