// Waker: how a thread of the host that drives a VM, or its event loop, learns that there is something to do again.
//
// wake() marks that there is; it costs one exchange while the mark stands. clear() takes the mark away, before the queues are looked at, so that what
// comes after that look is marked. The descriptor, made when it is first asked for, is an epoll of an eventfd (the mark) and a timerfd (the next timer),
// and so readable when either is.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace phial {

class Waker {
 public:
  Waker() = default;
  ~Waker();
  Waker(const Waker&) = delete;
  /// Any thread.
  void wake();
  // -- the driving thread
  void clear();
  /// Waits for a mark up to so many nanoseconds (-1: no limit); whether there is one.
  bool wait(int64_t nanoseconds);
  /// When (monotonic nanoseconds; -1: never) the descriptor turns readable without a mark.
  void set_time(int64_t nanoseconds);
  /// -1: the system has none left. Any thread.
  int descriptor();

 private:
  std::atomic<bool> marked_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  int event_ = -1, timer_ = -1, poll_ = -1;
};

}  // namespace phial
