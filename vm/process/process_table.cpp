#include "vm/process/process_table.hpp"

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>

#include "vm/process/process.hpp"

namespace phial {

ProcessTable::ProcessTable(size_t limit) : limit_(limit < max_slots / 2 ? limit : max_slots / 2) {
  void* memory = mmap(nullptr, max_slots * sizeof(std::atomic<Process*>), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    std::fprintf(stderr, "phial: no memory for the process table\n");
    std::abort();
  }
  slots_ = static_cast<std::atomic<Process*>*>(memory);
}

ProcessTable::~ProcessTable() { munmap(static_cast<void*>(slots_), max_slots * sizeof(std::atomic<Process*>)); }

bool ProcessTable::insert(Process* process) {
  size_t count = count_.fetch_add(1, std::memory_order_relaxed) + 1;
  if (count > limit_) {
    count_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  size_t modulus = modulus_.load(std::memory_order_relaxed);
  if (count > modulus / 2 && modulus < max_slots) modulus_.compare_exchange_strong(modulus, modulus * 2, std::memory_order_acq_rel);
  for (;;) {
    uint64_t number = next_.fetch_add(1, std::memory_order_relaxed);
    process->pid = Term::pid(number);
    Process* empty = nullptr;
    auto& slot = slots_[number & (modulus_.load(std::memory_order_acquire) - 1)];
    if (slot.compare_exchange_strong(empty, process, std::memory_order_acq_rel)) return true;
  }
}

void ProcessTable::remove(Process* process) {
  uint64_t number = process->pid.immediate_value();
  for (size_t modulus = modulus_.load(std::memory_order_acquire); modulus >= first_modulus; modulus /= 2) {
    auto& slot = slots_[number & (modulus - 1)];
    if (slot.load(std::memory_order_relaxed) == process) {
      slot.store(nullptr, std::memory_order_release);
      break;
    }
  }
  count_.fetch_sub(1, std::memory_order_relaxed);
}

Process* ProcessTable::find(Term pid) const {
  if (!pid.is_local_pid()) return nullptr;
  uint64_t number = pid.immediate_value();
  for (size_t modulus = modulus_.load(std::memory_order_acquire); modulus >= first_modulus; modulus /= 2) {
    Process* process = slots_[number & (modulus - 1)].load(std::memory_order_acquire);
    if (process && process->pid == pid) return process;
  }
  return nullptr;
}

}  // namespace phial
