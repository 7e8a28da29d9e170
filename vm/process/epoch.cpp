#include "vm/process/epoch.hpp"

namespace phial {

thread_local Epochs::Record* current_epoch_record = nullptr;
thread_local Epochs* current_epochs = nullptr;

Epochs::~Epochs() {
  auto free_all = [](std::vector<Record::Retired>& list) {
    for (auto& r : list) r.free(r.memory);
  };
  free_all(orphans_);
  for (Record* record = records_.load(); record;) {
    Record* next = record->next;
    free_all(record->retired);
    delete record;
    record = next;
  }
}

Epochs::Record* Epochs::acquire() {
  for (Record* record = records_.load(std::memory_order_acquire); record; record = record->next)
    if (!record->used.exchange(true, std::memory_order_acquire)) return record;
  auto record = new Record;
  record->used.store(true, std::memory_order_relaxed);
  record->next = records_.load(std::memory_order_relaxed);
  while (!records_.compare_exchange_weak(record->next, record, std::memory_order_acq_rel)) {
  }
  return record;
}

void Epochs::release(Record* record) {
  offline(record);
  if (!record->retired.empty()) {  // most only looked at something
    reclaim(record);
    std::lock_guard lock(orphans_mutex_);
    orphans_.insert(orphans_.end(), record->retired.begin(), record->retired.end());
    record->retired.clear();
  }
  record->retired_done = 0;
  record->used.store(false, std::memory_order_release);
}

void Epochs::retire(Record* record, void* memory, void (*free)(void*)) {
  record->retired.push_back({global_.load(std::memory_order_relaxed), free, memory});
}

void Epochs::reclaim(Record* record) {
  // Everybody who announces an epoch greater than this has passed a quiescent state after it.
  uint64_t oldest = global_.fetch_add(1, std::memory_order_seq_cst) + 1;
  for (Record* r = records_.load(std::memory_order_acquire); r; r = r->next) {
    if (r == record) continue;
    uint64_t epoch = r->epoch.load(std::memory_order_seq_cst);
    if (epoch && epoch < oldest) oldest = epoch;
  }
  auto& list = record->retired;
  size_t kept = 0;
  for (auto& r : list) {
    if (r.epoch < oldest)
      r.free(r.memory);
    else
      list[kept++] = r;
  }
  list.resize(kept);
  record->retired_done = kept;
  if (orphans_mutex_.try_lock()) {
    size_t left = 0;
    for (auto& r : orphans_) {
      if (r.epoch < oldest)
        r.free(r.memory);
      else
        orphans_[left++] = r;
    }
    orphans_.resize(left);
    orphans_mutex_.unlock();
  }
}

Epochs::Guard::Guard(Epochs& epochs) : epochs_(epochs), record_(nullptr) {
  if (current_epoch_record && current_epochs == &epochs) return;
  record_ = epochs.acquire();
  epochs.online(record_);
}

Epochs::Guard::~Guard() {
  if (record_) epochs_.release(record_);
}

}  // namespace phial
