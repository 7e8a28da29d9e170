// Budgets: what a VM, or a process with all its descendants, may use.
//
// A ProcessTree is what the descendants of one spawn share: limits, what they use of them, and capabilities (capabilities.hpp). Trees nest: a
// process belongs to the innermost one, and what it uses is charged to that one and to all around it, so a tree never gets more than what is
// left outside. The outermost is the VM's own (Vm::root_tree). Where neither the VM nor a spawn asked for anything there is no tree at all, and
// all the checks there are is one compare with null a slice.
//
// How use is measured:
//
//   memory      heaps (what their blocks hold, at collections and at the end of slices), messages not yet received, binaries and ETS
//   binaries    bytes off the heaps (SharedBinary), charged to the tree that made them until they are freed, whoever holds them
//   ets         words of tables, charged to the owner's tree
//   reductions  at the end of each slice; over the rate per second, processes of the tree wait before their next slice
//   processes   those that live
//   atoms       that this tree was the first to name; they are never given back
//   mailbox     messages of one process, those that are under way to it included
//   time        since the tree began, by the VM's clock: a timer
//
// What happens at a limit (`cross`): the host may raise it (BudgetLimits::crossed). Else a tree ends as a whole: every process in it gets an exit
// signal with the reason {:budget, kind}, which cannot be trapped. Of a VM the offender alone ends where there is one: the process with the largest memory;
// the one whose mailbox is full; of ETS the one that wants to put more in. Reductions and time of a VM end all its processes. Of processes and atoms the attempt to make one more raises SystemLimitError
// (for a tree: processes end it). Requests that are larger than all that is left are refused before anything is allocated
// (`fits`), with SystemLimitError, too.
//
// Threads: trees are used by all schedulers at once; everything in them is atomic or never changes. A tree lives as long as something of it:
// processes, binaries, timers, inner trees.
#pragma once
#include <mutex>

#include "vm/process/capabilities.hpp"
#include "vm/process/vm.hpp"
#include "vm/term/binary.hpp"

namespace phial {

class ProcessTree : public ByteAccount {
 public:
  /// Takes a reference to the parent (null: there is nothing around it).
  static ProcessTree* create_for_vm(Vm& vm, const BudgetLimits& limits, std::shared_ptr<const Capabilities> capabilities);
  static ProcessTree* create(Vm& vm, ProcessTree* parent, const BudgetLimits& limits, std::shared_ptr<const Capabilities> capabilities);

  const uint64_t id = next_resource_id();
  ProcessTree* outer() const { return static_cast<ProcessTree*>(parent); }
  bool is_vm() const { return is_vm_; }
  /// What is used now; of the mailbox 0 (it is each process's own).
  uint64_t used(BudgetKind kind) const;
  uint64_t limit(BudgetKind kind) const { return limits_[static_cast<size_t>(kind)].load(std::memory_order_relaxed); }
  uint64_t reductions_per_second() const { return rate_.load(std::memory_order_relaxed); }
  const Capabilities* capabilities() const { return capabilities_.get(); }
  /// The kind that ended it or a tree around it, as number from 1; 0: it lives.
  uint8_t ended() const {
    for (auto at = this; at; at = at->outer())
      if (uint8_t kind = at->ended_.load(std::memory_order_seq_cst)) return kind;
    return 0;
  }

  /// Adds to this tree and all around it.
  void use(BudgetKind kind, int64_t amount) {
    for (ProcessTree* at = this; at; at = at->outer()) at->used_[static_cast<size_t>(kind)].fetch_add(amount, std::memory_order_relaxed);
  }
  /// The innermost tree (this or one around it) whose limit is reached with `more`; null: none is.
  ProcessTree* over(BudgetKind kind, uint64_t more = 0);
  /// Persistent terms that it sees in place of the VM's (vm/native/persistent_term.cpp, under that table's lock), until its last process ends.
  std::shared_ptr<void> own_terms;
  /// Nanoseconds that a process has to wait before its next slice.
  int64_t delay(int64_t now);

  // -- of budget.cpp
  /// Other limits from now on; a VM that had used its budget up may have processes again. What was used stays used, but its time begins anew.
  void change_limits(const BudgetLimits& limits);
  /// The limit is reached: true if the host raised it, so that there is no harm.
  bool raised(BudgetKind kind);
  void end(Vm& vm, BudgetKind kind);
  /// Ends what is in it; nothing new begins in it.
  void finish(Vm& vm);
  void process_began() { use(BudgetKind::processes, 1); }
  void process_ended();
  void spend(uint64_t reductions, int64_t now);
  void start_clock(Vm& vm);

 private:
  ProcessTree() = default;
  static void time_is_up(Vm& vm, Timer& timer);
  void set_limits(const BudgetLimits& limits);
  void stop_clock();
  void end(Vm& vm, uint8_t how);
  static constexpr uint8_t finished = 0xff;
  std::atomic<uint64_t> limits_[budget_kinds] = {};
  std::atomic<int64_t> used_[budget_kinds] = {};
  std::atomic<uint64_t> rate_{0};
  std::atomic<int64_t> free_at_{0};  // when the reductions spent so far are paid for at `rate_`
  std::atomic<uint8_t> ended_{0};
  std::atomic<int64_t> began_{0};
  std::function<bool(BudgetKind, uint64_t, uint64_t&)> crossed_;
  std::shared_ptr<const Capabilities> capabilities_;
  Vm* vm_ = nullptr;
  bool is_vm_ = false;
  std::mutex clock_lock_;
  Timer* clock_ = nullptr;  // under clock_lock_
};

const char* budget_name(BudgetKind kind);
/// False if there is none of that name.
bool budget_kind(std::string_view name, BudgetKind& kind);
/// {:budget, kind}, a literal.
Term budget_reason(BudgetKind kind);
/// The exit reason of what is in a tree that has ended so (ProcessTree::ended).
Term end_reason(uint8_t ended);
/// [{kind, {used, limit}}] of the innermost tree with a budget, or nil.
Term budget_info(TermHeap& heap, const Process& process);

/// Brings the tree's memory up to date with what the process holds. By its scheduler.
void count_memory(Process& process);
/// After a slice (or a collection) of a process with a tree: false if it has to end, with m's or `reason`.
bool within_budget(Vm& vm, Process& process, Term& reason);
/// A process of a VM with a budget needs so many bytes more than are left: true if another one, which holds more than it would, is ended for them.
bool others_make_room(Vm& vm, Process& process, size_t bytes);
/// A signal was pushed to the inbox of a process with a tree. Any thread.
void count_signal(Vm& vm, Process& process, const Signal& signal);
/// Ends a process with this reason whatever it does. Any thread.
void force_exit(Vm& vm, Term pid, Term reason);

/// For native functions, before they allocate: false if so many bytes are more than what is left (or than the machine has). They raise system_limit then.
bool fits(Context& context, size_t bytes);
inline bool fits_items(Context& context, size_t count, size_t bytes_each) {
  size_t bytes;
  return !__builtin_mul_overflow(count, bytes_each, &bytes) && fits(context, bytes);
}
/// Whether the machine has so much memory left. Only asked of the system for large requests.
bool machine_has(size_t bytes);
/// The same for the runtime, on behalf of the process that runs.
bool fits(ProcessTree* tree, size_t bytes);
/// The atom of this text, within the quota; none() when that is used up: system_limit is to be raised.
Term make_atom(ProcessTree* tree, std::string_view text);

}  // namespace phial
