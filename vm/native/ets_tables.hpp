// Tables: the ETS tables of a VM, by name and by reference, and how a function gets at one.
//
// A function that is done without being left works on a table that may be deleted meanwhile, and counts no references to it: those counts would be the one word
// that all processes of a busy table write to. It holds an epoch instead (vm/process/epoch.hpp), and what is deleted is freed when nobody is in that epoch any
// more: TableUse. Functions that can be left in the middle go on in another epoch and hold the table itself: KeptTable.
//
// Names are found without a lock: NameTable is an open-addressing table of atomics. Who changes it holds Tables::mutex.
#pragma once
#include <mutex>
#include <shared_mutex>

#include "vm/native/ets_table.hpp"
#include "vm/process/context.hpp"
#include "vm/process/epoch.hpp"
#include "vm/process/vm.hpp"

namespace phial::ets {

using TablePtr = std::shared_ptr<Table>;

class NameTable {
 public:
  NameTable() = default;
  ~NameTable() { delete slots_.load(std::memory_order_relaxed); }
  NameTable(const NameTable&) = delete;

  /// Null: there is none. The caller holds an epoch.
  Table* find(uint32_t atom) const;
  /// Makes the name stand for the table, or (null) for none. What is replaced is retired.
  void put(Vm& vm, uint32_t atom, Table* table);

 private:
  struct Slot {
    std::atomic<uint32_t> atom{0};  // + 1; stays when the name is given up
    std::atomic<Table*> table{nullptr};
  };
  struct Slots {
    explicit Slots(size_t count) : mask(count - 1), slots(std::make_unique<Slot[]>(count)) {}
    size_t mask;
    size_t used = 0;
    std::unique_ptr<Slot[]> slots;
    Slot& slot_of(uint32_t atom) const;
  };
  std::atomic<Slots*> slots_{nullptr};
};

/// What a table's reference holds. It names the table and does not keep it.
struct TableHandle : Resource {
  Vm* vm;
  std::atomic<Table*> table;  // null: deleted
};

class Tables {
 public:
  Tables() = default;
  ~Tables();
  Tables(const Tables&) = delete;

  std::shared_mutex mutex;
  std::vector<TablePtr> all;

  /// The table that a reference or name stands for, or null. The caller holds an epoch.
  Table* find(Vm& vm, Term term) const;
  /// Takes the table in; its reference is made in `heap`. None(): its name is taken.
  Term add(Vm& vm, const TablePtr& table, TermHeap& heap);
  /// False: the name is taken.
  bool rename(Vm& vm, Table& table, Term name);
  /// From now on nobody finds it.
  void remove(Vm& vm, Table& table);

 private:
  NameTable names_;
};

enum class Access : uint8_t { read, write };

/// The table an argument names, for as long as the function is not left. False where there is none that the caller may use so: a badarg stands then.
class TableUse {
 public:
  TableUse(Context& context, Term term, Access access);
  /// Without a look at what the caller may do; nothing stands where there is none.
  TableUse(Context& context, Term term) : guard_(context.vm().epochs), table_(context.vm().state<Tables>().find(context.vm(), term)) {}
  explicit operator bool() const { return table_; }
  Table* operator->() const { return table_; }
  Table& operator*() const { return *table_; }

 private:
  Epochs::Guard guard_;
  Table* table_;
};

/// The same for functions that may be left.
class KeptTable {
 public:
  KeptTable(Context& context, Term term, Access access) {
    TableUse use(context, term, access);
    if (use) table_ = use->weak_from_this().lock();
    if (use && !table_) context.badarg();
  }
  explicit operator bool() const { return table_ != nullptr; }
  Table* operator->() const { return table_.get(); }
  Table& operator*() const { return *table_; }

 private:
  TablePtr table_;
};

/// For templates whose one form is left in the middle and the other is not.
template <bool in_parts>
using TableFor = std::conditional_t<in_parts, KeptTable, TableUse>;

}  // namespace phial::ets
