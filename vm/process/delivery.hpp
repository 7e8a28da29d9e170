// Delivery: how a small message gets from the process that runs to a receiver that waits, without a signal.
//
// A signal (signal.hpp) costs an allocation, two exchanges of the receiver's inbox and a second copy. Most messages go to a process that waits in a
// receive, has looked at all its messages, and has room in its heap. Such a receiver cannot run while its state is `waiting`, and
// whoever changes that to `queued` is the only one who may put it into a run queue: until then it is the sender's (`claim`). So the sender writes
// the message into the receiver's heap, notes it in `Process::direct`, and queues the receiver.
//
// In the same way monitors of a waiting process are set and removed at once (`act_directly`), and the reply to a call through an alias does all that its
// arrival has to do: the alias and the monitor are removed by the replying process, which is the monitored one most of the time.
//
// `direct` is the newest message of its process, at most one, and the next one that its receive looks at. It is there only until the receive has
// taken it; what else may look at the mailbox before (a signal that came meanwhile, a receive that leaves it) makes an ordinary message of it
// first (Process::settle_direct).
//
// Order. A claimed receiver whose inbox is not empty gets a signal behind what is there. A signal that arrives while it is claimed comes from a
// sender whose earlier signals are all handled, or stand before it in the inbox; it finds the state `queued` and wakes nobody.
//
// No lost wake-ups. A process that goes to wait changes its state first and looks at its inbox afterwards (Scheduler::run, release_claim);
// who sends a signal pushes first and looks at the state afterwards. Both sides use sequentially consistent operations, so one of
// them sees the other.
//
// A deterministic schedule, processes with a budget, traced ones and the host's take the usual way (Vm::send), which everything here may fall back to.
#pragma once
#include "vm/process/vm.hpp"

namespace phial {

/// Sends a small message from the process that runs on `m` to a local pid or alias. False: nothing has happened, send it the usual way.
bool send_quickly(Machine& m, Term destination, Term message);

/// Takes a process that waits away from everybody else: it is queued, and in no queue. Calls for enqueue or release_claim.
inline bool claim(Process& process) {
  ProcessState expected = ProcessState::waiting;
  return process.state.load(std::memory_order_relaxed) == ProcessState::waiting &&
         process.state.compare_exchange_strong(expected, ProcessState::queued, std::memory_order_seq_cst);
}
/// Lets it wait again, or queues it if a signal has come.
void release_claim(Vm& vm, Process& process);

/// Acts at once on a process that waits and has handled all its signals, in place of sending it one: act(Process&). False: nothing has happened. By
/// a scheduler thread.
template <class Act>
bool act_directly(Vm& vm, Term pid, Act&& act) {
  if (vm.config.deterministic) return false;
  Process* process = vm.processes.find(pid);
  if (!process || process->is_host || process->tree || !claim(*process)) return false;
  bool clear = !process->inbox.load(std::memory_order_acquire);
  if (clear) act(*process);
  release_claim(vm, *process);
  return clear;
}
/// The process `watcher` monitors `target` no longer.
void stop_watching(Vm& vm, Term target, Term watcher, Word reference);

/// Words behind the reason of a `down` signal, which becomes the message {tag, reference, type, {name, node}, reason} in its own memory.
inline constexpr size_t down_message_words = 6 + 3;

/// Copies a small term to `to`, below `end`; none(): it is too large, or refers to what is off the heap.
Term copy_small(Term term, Word*& to, const Word* end);

}  // namespace phial
