#include "vm/scheduler/waker.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <chrono>

namespace phial {
namespace {

void set_event(int event) {
  uint64_t one = 1;
  [[maybe_unused]] ssize_t wrote = ::write(event, &one, sizeof one);
}

}  // namespace

Waker::~Waker() {
  for (int fd : {poll_, timer_, event_})
    if (fd >= 0) ::close(fd);
}

void Waker::wake() {
  if (marked_.load(std::memory_order_seq_cst) || marked_.exchange(true, std::memory_order_seq_cst)) return;
  std::lock_guard lock(mutex_);
  // Cleared already, the driver looks at the queues; a descriptor set now would never be reset.
  if (event_ >= 0 && marked_.load(std::memory_order_relaxed)) set_event(event_);
  changed_.notify_all();
}

void Waker::clear() {
  if (!marked_.load(std::memory_order_relaxed)) return;
  std::lock_guard lock(mutex_);
  uint64_t count;
  if (event_ >= 0) [[maybe_unused]] ssize_t got = ::read(event_, &count, sizeof count);
  marked_.store(false, std::memory_order_seq_cst);
}

bool Waker::wait(int64_t nanoseconds) {
  auto marked = [this] { return marked_.load(std::memory_order_seq_cst); };
  if (marked()) return true;
  std::unique_lock lock(mutex_);
  if (nanoseconds < 0)
    changed_.wait(lock, marked);
  else
    changed_.wait_for(lock, std::chrono::nanoseconds(nanoseconds), marked);
  return marked();
}

void Waker::set_time(int64_t nanoseconds) {
  std::lock_guard lock(mutex_);
  if (timer_ < 0) return;
  itimerspec time{};  // all zero: never
  if (nanoseconds >= 0) {
    if (nanoseconds == 0) nanoseconds = 1;
    time.it_value = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  }
  timerfd_settime(timer_, TFD_TIMER_ABSTIME, &time, nullptr);
}

int Waker::descriptor() {
  std::lock_guard lock(mutex_);
  if (poll_ >= 0) return poll_;
  event_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  poll_ = ::epoll_create1(EPOLL_CLOEXEC);
  epoll_event interest{};
  interest.events = EPOLLIN;
  bool made = event_ >= 0 && timer_ >= 0 && poll_ >= 0;
  for (int fd : {event_, timer_}) made = made && ::epoll_ctl(poll_, EPOLL_CTL_ADD, fd, &interest) == 0;
  if (!made) {
    for (int* fd : {&poll_, &timer_, &event_}) {
      if (*fd >= 0) ::close(*fd);
      *fd = -1;
    }
    return -1;
  }
  if (marked_.load(std::memory_order_seq_cst)) set_event(event_);
  return poll_;
}

}  // namespace phial
