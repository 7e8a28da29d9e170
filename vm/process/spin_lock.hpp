// SpinLock: for critical sections of a few dozen instructions. Yields to the OS when it takes long.
#pragma once
#include <sched.h>

#include <atomic>

namespace phial {

class SpinLock {
 public:
  void lock() {
    for (unsigned spins = 0; flag_.exchange(true, std::memory_order_acquire);) {
      do {
        if (++spins % 64 == 0)
          sched_yield();
        else
          __builtin_ia32_pause();
      } while (flag_.load(std::memory_order_relaxed));
    }
  }
  bool try_lock() { return !flag_.load(std::memory_order_relaxed) && !flag_.exchange(true, std::memory_order_acquire); }
  void unlock() { flag_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> flag_{false};
};

}  // namespace phial
