#include "vm/native/ets_tables.hpp"

#include <algorithm>

#include "vm/process/process.hpp"

namespace phial::ets {
namespace {

const char table_type = 0;

template <class T>
void retire(Vm& vm, T* memory) {
  auto free = [](void* retired) { delete static_cast<T*>(retired); };
  bool own = current_epoch_record && current_epochs == &vm.epochs;
  Epochs::Record* record = own ? current_epoch_record : vm.epochs.acquire();
  vm.epochs.retire(record, memory, free);
  if (!own) vm.epochs.release(record);
}

}  // namespace

NameTable::Slot& NameTable::Slots::slot_of(uint32_t atom) const {
  for (size_t i = atom * 0x9E3779B1u & mask;; i = (i + 1) & mask) {
    uint32_t found = slots[i].atom.load(std::memory_order_acquire);
    if (found == atom + 1 || found == 0) return slots[i];
  }
}

Table* NameTable::find(uint32_t atom) const {
  Slots* slots = slots_.load(std::memory_order_acquire);
  return slots ? slots->slot_of(atom).table.load(std::memory_order_acquire) : nullptr;
}

void NameTable::put(Vm& vm, uint32_t atom, Table* table) {
  Slots* slots = slots_.load(std::memory_order_relaxed);
  if (slots) {
    Slot& slot = slots->slot_of(atom);
    bool known = slot.atom.load(std::memory_order_relaxed) != 0;
    if (known || (table && (slots->used + 1) * 4 < (slots->mask + 1) * 3)) {
      slot.table.store(table, std::memory_order_release);
      slots->used += !known;
      slot.atom.store(atom + 1, std::memory_order_release);
      return;
    }
  }
  if (!table) return;
  // Only what still stands for something goes into the new one.
  size_t live = 1;
  for (size_t i = 0; slots && i <= slots->mask; i++) live += slots->slots[i].table.load(std::memory_order_relaxed) != nullptr;
  auto wider = new Slots(std::max<size_t>(16, std::bit_ceil(live * 2)));
  auto take = [&](uint32_t name, Table* named) {
    Slot& slot = wider->slot_of(name);
    slot.atom.store(name + 1, std::memory_order_relaxed);
    slot.table.store(named, std::memory_order_relaxed);
    wider->used++;
  };
  for (size_t i = 0; slots && i <= slots->mask; i++)
    if (Table* named = slots->slots[i].table.load(std::memory_order_relaxed)) take(slots->slots[i].atom.load(std::memory_order_relaxed) - 1, named);
  take(atom, table);
  slots_.store(wider, std::memory_order_release);
  if (slots) retire(vm, slots);
}

Tables::~Tables() {
  // References may be held by another VM, which finds nothing behind them.
  for (const TablePtr& table : all)
    if (auto handle = static_cast<TableHandle*>(resource_of(table->id, &table_type))) handle->table.store(nullptr, std::memory_order_relaxed);
}

Table* Tables::find(Vm& vm, Term term) const {
  if (term.is_atom()) return names_.find(term.atom_index());
  auto handle = static_cast<TableHandle*>(resource_of(term, &table_type));
  return handle && handle->vm == &vm ? handle->table.load(std::memory_order_acquire) : nullptr;
}

Term Tables::add(Vm& vm, const TablePtr& table, TermHeap& heap) {
  auto handle = new TableHandle;
  handle->type = &table_type;
  handle->id = next_resource_id();
  handle->release = [](Resource* resource) { delete static_cast<TableHandle*>(resource); };
  handle->vm = &vm;
  handle->table.store(table.get(), std::memory_order_relaxed);
  Term reference = make_resource(heap, handle);
  table->id = copy_term(table->heir_arena, reference);
  std::unique_lock lock(mutex);
  if (table->named) {
    if (names_.find(table->name.atom_index())) {
      handle->table.store(nullptr, std::memory_order_relaxed);
      return Term::none();
    }
    names_.put(vm, table->name.atom_index(), table.get());
  }
  all.push_back(table);
  return reference;
}

bool Tables::rename(Vm& vm, Table& table, Term name) {
  std::unique_lock lock(mutex);
  if (table.named) {
    if (names_.find(name.atom_index())) return false;
    names_.put(vm, name.atom_index(), &table);
    names_.put(vm, table.name.atom_index(), nullptr);
  }
  table.name = name;
  return true;
}

void Tables::remove(Vm& vm, Table& table) {
  std::unique_lock lock(mutex);
  if (table.deleted.exchange(true)) return;
  if (table.named) names_.put(vm, table.name.atom_index(), nullptr);
  static_cast<TableHandle*>(resource_of(table.id, &table_type))->table.store(nullptr, std::memory_order_release);
  table.stop_paying();
  auto found = std::find_if(all.begin(), all.end(), [&](const TablePtr& other) { return other.get() == &table; });
  auto retired = new TablePtr(std::move(*found));
  all.erase(found);
  retire(vm, retired);
}

TableUse::TableUse(Context& context, Term term, Access access) : TableUse(context, term) {
  if (table_ && !table_->deleted.load(std::memory_order_relaxed)) {
    Word caller = context.process() ? context.process()->pid.word : 0;
    if (table_->protection == Protection::is_public || table_->owner.load(std::memory_order_relaxed) == caller ||
        (table_->protection == Protection::is_protected && access == Access::read))
      return;
  }
  table_ = nullptr;
  context.badarg();
}

}  // namespace phial::ets
