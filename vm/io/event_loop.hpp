// EventLoop: the one thread of a VM that waits for the operating system. See io.md under docs/architecture.
//
// It is libuv's loop; it starts with the first task. Ports ask it to watch descriptors: `Watch` tells when one can be read or
// written. Everything that changes a watch happens on the loop's thread; other threads hand it tasks with post(), which are run
// in their order. A task or a callback may take a port's mutex; nobody may wait for the loop while holding one.
#pragma once
#include <uv.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "vm/process/vm.hpp"

namespace phial {

class EventLoop {
 public:
  EventLoop() = default;
  ~EventLoop() { stop(); }
  EventLoop(const EventLoop&) = delete;

  /// Runs the task on the loop's thread. False: the loop has stopped, or the OS has no room for a thread. Any thread.
  bool post(std::function<void()> task);
  /// Ends the thread; what was posted is dropped. Any other thread; idempotent.
  void stop();
  /// The loop's thread alone.
  uv_loop_t* uv() { return &loop_; }
  /// Counts what may bring work from outside: tasks that are not done, descriptors that are watched.
  void count_in(std::atomic<int64_t>& outside_work) { outside_work_.store(&outside_work, std::memory_order_relaxed); }
  void count(int64_t difference) {
    if (auto work = outside_work_.load(std::memory_order_relaxed)) work->fetch_add(difference, std::memory_order_acq_rel);
  }

 private:
  void work();
  void run_tasks();
  std::mutex mutex_;
  std::vector<std::function<void()>> tasks_;
  bool started_ = false, stopping_ = false;
  std::thread thread_;
  uv_loop_t loop_;
  uv_async_t wake_;
  std::atomic<std::atomic<int64_t>*> outside_work_{nullptr};
};

/// The loop of a VM.
inline EventLoop& event_loop(Vm& vm) {
  auto& loop = vm.state<EventLoop>();
  loop.count_in(vm.outside_work);
  return loop;
}

/// Who is told of descriptors: a port.
class Watched : public std::enable_shared_from_this<Watched> {
 public:
  virtual ~Watched() = default;
  /// What is ready of this descriptor: UV_READABLE, UV_WRITABLE. The loop's thread.
  virtual void ready(int fd, int events) = 0;
};

/// Watches one descriptor, which stays its user's, and keeps its user alive. All members: the loop's thread alone; after the loop
/// has stopped, any.
class Watch {
 public:
  Watch(EventLoop& loop, int fd, std::shared_ptr<Watched> user);
  ~Watch();
  Watch(const Watch&) = delete;
  /// Which of UV_READABLE and UV_WRITABLE to wait for; 0: none.
  void want(int events);
  /// What is watched for now: nothing after an error.
  int wanted() const { return wanted_; }

 private:
  friend class EventLoop;
  struct Handle {
    uv_poll_t poll;
    std::shared_ptr<Watched> user;
    int fd;
    Watch* watch;
  };
  EventLoop& loop_;
  Handle* handle_;  // libuv needs it until it has told that it is closed; null: the loop has stopped
  int wanted_ = 0;
};

}  // namespace phial
