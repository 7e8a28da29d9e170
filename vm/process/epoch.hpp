// Epochs: when memory that other threads may still look at can be given back (quiescent-state based reclamation).
//
// Each scheduler thread has a record and announces a quiescent state between slices (`quiescent`): it holds no pointer to a Process that it
// got from the table. A thread that sleeps or blocks is offline. Host threads hold a Guard while they touch processes. Retired
// memory is freed when every record that is online has announced an epoch later than the retirement.
#pragma once
#include <atomic>
#include <mutex>
#include <vector>

#include "vm/term/term.hpp"

namespace phial {

class Epochs {
 public:
  struct Record {
    alignas(64) std::atomic<uint64_t> epoch{0};  // 0: offline
    std::atomic<bool> used{false};
    Record* next = nullptr;
    struct Retired { uint64_t epoch; void (*free)(void*); void* memory; };
    std::vector<Retired> retired;  // owner only
    size_t retired_done = 0;
  };
  ~Epochs();
  Record* acquire();
  void release(Record* record);
  void online(Record* record) { quiescent(record); }
  void offline(Record* record) { record->epoch.store(0, std::memory_order_release); }
  void quiescent(Record* record) {
    record->epoch.store(global_.load(std::memory_order_relaxed), std::memory_order_seq_cst);
    if (record->retired.size() > record->retired_done + 63) [[unlikely]] reclaim(record);
  }
  /// Frees `memory` later, through `free`.
  void retire(Record* record, void* memory, void (*free)(void*));
  /// Frees what can be freed.
  void reclaim(Record* record);
  /// For threads without a record of their own.
  class Guard {
   public:
    explicit Guard(Epochs& epochs);
    ~Guard();
   private:
    Epochs& epochs_;
    Record* record_;
  };

 private:
  std::atomic<uint64_t> global_{2};
  std::atomic<Record*> records_{nullptr};
  std::mutex orphans_mutex_;
  std::vector<Record::Retired> orphans_;
};

/// The calling scheduler thread's record; null elsewhere.
extern thread_local Epochs::Record* current_epoch_record;
extern thread_local Epochs* current_epochs;

}  // namespace phial
