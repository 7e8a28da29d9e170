// Timers: a hierarchical wheel per scheduler (Varghese and Lauck), millisecond ticks, constant-time start and cancel.
//
// A timer belongs to the wheel it was started on; any thread may cancel it (the wheel's lock is held for a few instructions). A timer's memory
// is owned by whoever takes it out of the wheel: the scheduler that fires it, or the one that cancels it.
#pragma once
#include "vm/process/signal.hpp"
#include "vm/process/spin_lock.hpp"

namespace phial {

class Vm;
struct ByteAccount;
class TimerWheel;

struct Timer {
  enum class Kind : uint8_t { receive, message, action };
  Timer* next;
  Timer** previous;  // null: in no list
  TimerWheel* wheel;
  int64_t deadline;  // monotonic milliseconds
  Kind kind;
  Term destination;  // pid or registered name
  Term reference;    // of send_after / start_timer
  Signal* signal;    // message to deliver
  uint64_t generation;  // receive timers
  // Of an action: called by the thread that fires it, and owns the timer and `data` then; and what to do with `data` when it never fires.
  void (*action)(Vm& vm, Timer& timer);
  void (*release)(void* data);
  void* data;
  ByteAccount* account;  // pays for it and its message; holds a reference; null: nobody does
  int64_t bytes;         // ... so much
};

class TimerWheel {
 public:
  explicit TimerWheel(int64_t now_ms) : current_(now_ms) {}
  ~TimerWheel();
  void start(Timer* timer);
  /// True if it was taken out here; false if it fired (or fires) already.
  bool cancel(Timer* timer);
  /// Milliseconds (monotonic) of the next time something may be due, or -1. Never later than the next deadline.
  int64_t next_deadline();
  /// Calls vm's delivery for all that are due at `now_ms`.
  void fire(Vm& vm, int64_t now_ms);
  size_t size() const { return count_; }

 private:
  static constexpr int levels = 6, bits = 6, slots = 1 << bits;
  void insert(Timer* timer);
  SpinLock lock_;
  int64_t current_;
  std::atomic<size_t> count_{0};
  Timer* wheel_[levels][slots] = {};
  uint64_t occupied_[levels] = {};
  Timer* beyond_ = nullptr;
};

Timer* make_timer(Timer::Kind kind, int64_t deadline);
void free_timer(Timer* timer);
/// Delivers a timer that is due (scheduler thread).
void deliver_timer(Vm& vm, Timer* timer);

}  // namespace phial
