// Process: one process of the language: its heap, mailbox, state, and what hangs off it.
//
// State machine (`state`):
//
//      waiting --wake--> queued --scheduler--> running --slice over--> queued
//         ^                                       | \--signal came meanwhile--> running_notified (then never goes to waiting unseen)
//         +------- nothing to do -----------------+ 
//                                                 +--exit--> exiting --> dead
//
// Only the scheduler that runs (state running*) a process touches its heap, mailbox and rare data. Other threads may: push to
// `inbox` and call Vm::wake (inside an epoch guard, or being a scheduler thread), read `state`, `pid`, `registered_name`,
// `priority`, and act on a waiting process that they have claimed (delivery.hpp). The memory of a dead Process is given back by epochs (vm/process/epoch.hpp) when no thread can still hold a pointer to it;
// its heap goes at once.
//
// x registers of a process that does not run stand on top of its stack: `live` of them, below (at higher addresses) its frames.
#pragma once
#include <atomic>

#include "vm/code/module.hpp"
#include "vm/process/frame_abi.hpp"
#include "vm/process/signal.hpp"
#include "vm/process/word_table.hpp"

namespace phial {

class Vm;
class ProcessTree;
struct Machine;
struct Timer;

enum class Priority : uint8_t { max, high, normal, low };

enum class ProcessState : uint32_t { waiting, queued, running, running_notified, exiting, dead };

struct LinkState { Word unlink_number; };  // 0: active; else unlinked here, waiting for the acknowledgement
struct MonitorState {
  Term target;  // pid, or port
  Term name;    // the registered name it was asked by, or nil
  Term tag;     // of the message (:DOWN, or the tag of the option; immediate or root in the dictionary's sense)
  uint8_t alias;  // AliasMode when the reference is an alias, too
};
enum class AliasMode : uint8_t { none, explicit_unalias, demonitor, reply_demonitor, reply };
struct WatcherState { Term watcher; Term name; };

/// Keys and values of the process dictionary: open addressing; terms are roots of the heap.
class Dictionary {
 public:
  ~Dictionary();
  Term get(Term key) const;                // none() if absent
  Term put(Term key, Term value);          // the previous value or none()
  Term erase(Term key);
  void clear() { count_ = 0; rebuild(0); }
  size_t size() const { return count_; }
  template <class Visit>
  void each(Visit&& visit) const {
    for (size_t i = 0; i < used_; i++)
      if (!entries_[2 * i].is_none()) visit(entries_[2 * i], entries_[2 * i + 1]);
  }
  Term* roots() { return entries_; }
  size_t root_count() const { return 2 * used_; }

 private:
  // Entries in order of insertion (erased: none), and an index of their places by hash.
  ptrdiff_t find(Term key, uint32_t hash) const;
  void rebuild(size_t capacity);
  Term* entries_ = nullptr;
  uint32_t* index_ = nullptr;
  size_t count_ = 0, used_ = 0, capacity_ = 0;
};

/// What a process of a tree with budgets holds.
struct BudgetCounts {
  std::atomic<int64_t> inbox_words{0};  // of signals sent and not yet handled
  std::atomic<uint32_t> inbox_length{0};
  size_t mailbox_words = 0;
  bool collected = false;               // because the memory was used up, since it last was not
  int64_t bytes = 0;                    // its part of the tree's memory
  std::atomic<int64_t> weight{0};       // the same with the binaries it refers to; others read it to find the largest
};

/// What few processes have.
struct RareParts {
  WordTable<LinkState> links;         // pid word -> state
  WordTable<MonitorState> monitors;   // reference word -> what this process monitors
  WordTable<WatcherState> watchers;   // reference word -> who monitors this process
  WordTable<AliasMode> aliases;       // reference word -> mode
  Dictionary dictionary;
  Term registered_name = Term::none();
  Timer* receive_timer = nullptr;
  bool receive_timer_running = false;  // a receive waits, until receive_deadline
  // It stands in a wheel, or its signal is on its way. It may be left there by a receive that is over, for the next one: most time limits are set
  // again and again and never reached.
  bool receive_timer_armed = false;
  int64_t receive_deadline = 0;        // monotonic milliseconds
  uint64_t receive_timer_generation = 0;
  // A native function that waits for an answer.
  Word expected_reply = 0;
  Signal* reply = nullptr;
  uint32_t suspend_count = 0;
  WordTable<uint32_t> suspending;  // pid word -> how often this process suspended it
  size_t max_heap_words = 0;       // 0: no limit
  bool max_heap_kill = true, max_heap_log = true, max_heap_binaries = false;
  bool sensitive = false;
  bool async_dist = false;
  bool off_heap_messages = false;
  bool save_calls = false;
  Term error_handler = atoms::nil;  // nil: :error_handler
  Term monitor_tags_keep = Term::nil();  // list [{reference, tag}] of tags that are no immediates
  Term label = Term::none();
  struct CollectionRequest { Term from; Word number; };
  std::vector<CollectionRequest> collection_requests;  // answered when `collection` is over
  // Of watched calls (call_trace.hpp): the one whose time runs, since when; where a receive that waits goes on, which is no call.
  CallTrace* timed_call = nullptr;
  int64_t timed_since = 0;
  const Word* receive_again = nullptr;
  int64_t long_queue = 0;  // the system monitor has told of its mailbox
  Term native_state = Term::none();  // a native function's term that must survive a wait

  /// Memory of the tables, with the places of aliases in the VM's.
  size_t bytes() const {
    constexpr size_t alias_bytes = 64;
    return links.bytes() + monitors.bytes() + watchers.bytes() + aliases.bytes() + aliases.size() * alias_bytes;
  }
};

class Process {
 public:
  Term pid = Term::nil();
  std::atomic<ProcessState> state{ProcessState::waiting};
  std::atomic<Priority> priority{Priority::normal};
  bool trap_exit = false;
  bool is_host = false;       // a pseudo-process: its messages go to the host
  bool system_task = false;
  bool suspended = false;
  bool exit_pending = false;  // an exit signal decided its end: `exit_reason`
  bool receive_timed_out = false;
  bool waits_in_native = false;  // in Context::wait
  bool waits_for_message = false;  // in a receive that has looked at all messages, with nothing in x registers
  bool message_is_copied = false;  // receive_next gave a copy of the message at `save`, not the message itself
  /// A full collection that is done in parts, between which others run: asked for by whom, and how far it is.
  enum class Collection : uint8_t { none, full, hibernation };
  enum class CollectionStage : uint8_t { begin, previous_cycle, cycle };
  Collection collection = Collection::none;
  CollectionStage collection_stage = CollectionStage::begin;
  enum class AwaitsCollection : uint8_t { no, yes, done };
  AwaitsCollection awaits_collection = AwaitsCollection::no;  // :erlang.garbage_collect, which is called again
  std::atomic<bool> owns_tables{false};      // of ETS: its end is told to Vm::exit_hook
  std::atomic<bool> has_foreign_name{false};  // another process registered a name for it
  std::atomic<uint16_t> trace_flags{0};  // TraceFlag (tracing.hpp)
  uint16_t code_epoch = 0;               // which changes of what is watched its frames know of (call_trace.hpp)
  uint16_t live = 0;           // x registers on top of the stack
  uint16_t queue_skips = 0;
  std::atomic<uint16_t> home{0};        // scheduler it last ran on
  uint8_t initial_arity = 0;

  /// Where it goes on.
  const Word* pc = nullptr;
  union {
    Export* saved_export = nullptr;  // when pc is the code that calls it
    CompiledFunction native_at;      // while it waits for a message: native code that goes on at `pc` while Vm::native_epoch is the same, or null
  };
  uint32_t native_epoch = 0;
  ProcessHeap heap;

  // -- mailbox
  std::atomic<Signal*> inbox{nullptr};  // newest first
  Signal* mailbox = nullptr;
  Signal** mailbox_tail = &mailbox;
  Signal** save = &mailbox;             // where the present receive looks next
  Signal** mark = nullptr;              // receive_mark's position
  uint32_t mark_number = 0;
  uint32_t mailbox_length = 0;
  Term direct = Term::none();           // a message behind those of the mailbox, in the heap already (delivery.hpp)

  Process* queue_next = nullptr;
  Vm* vm = nullptr;
  RareParts* rare_parts = nullptr;
  Term group_leader = Term::nil();
  Term parent = Term::nil();
  Term exit_reason = atoms::normal;
  uint64_t reductions = 0;
  size_t counted_words = 0;  // its part of Vm::heap_words
  ProcessTree* tree = nullptr;          // budgets (budget.hpp): holds a reference; null: no budget, no restriction
  BudgetCounts* counts = nullptr;       // with a tree

  RareParts& rare() {
    if (!rare_parts) make_rare();
    return *rare_parts;
  }
  ~Process();

  /// Handles what came to the inbox: messages go to the mailbox, other signals act. While it does not run code (between slices, in receive).
  /// True if anything came.
  bool handle_signals();
  /// The reason of an exit signal in the inbox that ends it whatever it does, or none(). By its own thread, which handles no signals meanwhile.
  Term unconditional_exit() const;
  /// Does a part of `collection`; true if there is more to do. While it does not run code.
  bool advance_collection();
  /// Roots beside stack and x registers.
  void add_roots(RootSet& roots);
  /// Delivers a message that this process (or the runtime on its behalf) made for itself; the term is copied.
  void deliver(Term message);
  /// Removes the oldest message for which `matches` holds from the mailbox. False: there is none.
  template <class Matches>
  bool remove_message(Matches&& matches);
  void unlink_message(Signal** at);
  /// Makes an ordinary message of `direct`, if there is one.
  void settle_direct();
  /// Leaves the message that the present receive looked at last in the mailbox.
  void skip_message();
  /// Takes the message at `save` out and gives its memory to the heap: its term stays valid. Ends the present receive.
  void accept_message();
  /// Takes the timer of receives out of its wheel.
  void cancel_receive_timer();
  /// Starts the timer for receive_deadline.
  void arm_receive_timer();
  /// Ends the present receive: the next one starts at the oldest message.
  void end_receive();
  /// What an exit signal does to this process.
  void receive_exit(Term from, Term reason, bool from_link, Signal* owner, bool forced = false);
  /// Takes all signals of the inbox and closes it for good.
  Signal* close_inbox();
  bool push_signal(Signal* signal);
  /// The function it began with.
  Term initial_module() const { return Term::atom(initial_module_); }
  Term initial_name() const { return Term::atom(initial_name_); }
  void set_initial_call(Term module, Term name, uint8_t arity) {
    initial_module_ = module.atom_index();
    initial_name_ = name.atom_index();
    initial_arity = arity;
  }
  bool waits_for_receive_timer() const { return rare_parts && rare_parts->receive_timer_running; }

 private:
  uint32_t initial_module_ = atoms::nil.atom_index(), initial_name_ = atoms::nil.atom_index();
  void make_rare();
  bool advance_collection_plainly();
  void act_on(Signal* signal);
  void append_message(Signal* signal);
};

template <class Matches>
bool Process::remove_message(Matches&& matches) {
  for (Signal** at = &mailbox; *at; at = reinterpret_cast<Signal**>(&(*at)->next)) {
    if (!matches((*at)->value)) continue;
    Signal* gone = *at;
    unlink_message(at);
    free_signal(gone);
    return true;
  }
  return false;
}

}  // namespace phial
