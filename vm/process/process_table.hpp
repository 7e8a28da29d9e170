// ProcessTable: pid -> Process, without locks.
//
// A pid's value is a number that only grows. A process stands in slot (number mod M) of one large array that the OS gives page by page. M is a power
// of two that doubles when the table is half full; a process that stands at an older M stays there, and a lookup that misses at M tries
// M/2, M/4, ... A number whose slot is taken is skipped.
#pragma once
#include <atomic>
#include <vector>

#include "vm/term/term.hpp"

namespace phial {

class Process;

class ProcessTable {
 public:
  explicit ProcessTable(size_t limit);
  ~ProcessTable();
  /// Gives the process a pid and makes it visible. False when `limit` processes exist.
  bool insert(Process* process);
  void remove(Process* process);
  /// The process, or null. The caller is a scheduler thread or holds an epoch guard.
  Process* find(Term pid) const;
  size_t size() const { return count_.load(std::memory_order_relaxed); }
  size_t limit() const { return limit_; }
  /// The number that the next pid has, if its slot is free.
  uint64_t next_number() const { return next_.load(std::memory_order_relaxed); }
  /// The next pids begin at a round number whose slots only very many processes reach. While nobody inserts.
  void round_numbers() { next_.store((next_number() / first_modulus + 1) * first_modulus + first_modulus / 2, std::memory_order_relaxed); }
  /// Calls visit(Process*) for all; same thread rule.
  template <class Visit>
  void each(Visit&& visit) const {
    size_t size = modulus_.load(std::memory_order_acquire);
    for (size_t i = 0; i < size; i++)
      if (Process* process = slots_[i].load(std::memory_order_acquire)) visit(process);
  }

 private:
  static constexpr size_t first_modulus = 1 << 15;
  static constexpr size_t max_slots = 1 << 25;
  std::atomic<Process*>* slots_;
  std::atomic<size_t> modulus_{first_modulus};
  std::atomic<uint64_t> next_{100};
  std::atomic<size_t> count_{0};
  size_t limit_;
};

}  // namespace phial
