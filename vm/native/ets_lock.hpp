// TableLock: the reader-writer lock of one shard of an ETS table. One word; taken and given back with one exchange each when nobody else wants it.
//
// What is done under it takes some hundred nanoseconds mostly, so who finds it taken spins first: a lock that sleeps at once costs two context switches for each
// meeting, which is more than all the work that it guards (`ets_concurrent` needed twice the time with std::shared_mutex). Walks hold it for some
// microseconds, and a holder may lose its processor, so spinning ends in a futex.
//
// Readers that come while somebody sleeps wait a while before they pass it by: a writer is not kept out by readers that follow each other.
#pragma once
#include <sched.h>

#include <atomic>
#include <cstdint>

namespace phial::ets {

class TableLock {
 public:
  void lock() {
    uint32_t free = 0;
    if (!state_.compare_exchange_weak(free, writer, std::memory_order_acquire, std::memory_order_relaxed)) [[unlikely]] wait<true>();
  }
  void unlock() {
    if (state_.exchange(0, std::memory_order_release) & sleepers) [[unlikely]] state_.notify_all();
  }
  void lock_shared() {
    uint32_t state = state_.load(std::memory_order_relaxed);
    if (state & (writer | sleepers) || !state_.compare_exchange_weak(state, state + reader, std::memory_order_acquire, std::memory_order_relaxed))
      [[unlikely]] wait<false>();
  }
  void unlock_shared() {
    uint32_t left = state_.fetch_sub(reader, std::memory_order_release) - reader;
    if (left != sleepers) [[likely]] return;
    if (state_.compare_exchange_strong(left, 0, std::memory_order_relaxed)) state_.notify_all();
  }

 private:
  // The state: one has it for writing; somebody sleeps until it is free; above that, how many have it for reading.
  static constexpr uint32_t writer = 1, sleepers = 2, reader = 4;
  static constexpr unsigned spins = 200, patient_spins = 100, yields = 8;

  template <bool to_write>
  [[gnu::noinline]] void wait() {
    for (unsigned tries = 0;; tries++) {
      uint32_t state = state_.load(std::memory_order_relaxed);
      bool free = to_write ? (state & ~sleepers) == 0 : !(state & writer) && (!(state & sleepers) || tries > patient_spins);
      if (free) {
        if (state_.compare_exchange_weak(state, state + (to_write ? writer : reader), std::memory_order_acquire, std::memory_order_relaxed)) return;
      } else if (tries < spins) {
        __builtin_ia32_pause();
      } else if (tries < spins + yields) {
        sched_yield();
      } else if (state & sleepers || state_.compare_exchange_weak(state, state | sleepers, std::memory_order_relaxed)) {
        state_.wait(state | sleepers, std::memory_order_relaxed);
      }
    }
  }

  std::atomic<uint32_t> state_{0};
};

}  // namespace phial::ets
