// Tracing of processes: what :erlang.trace asks for is sent to a tracer process as messages (Erlang's reference manual, erlang:trace/3).
//
// A process holds one byte of flags, looked at where it sends, takes messages in, spawns and ends, so what is not traced pays one load there. Who traces
// it stands in this table of the VM, which is only asked when a flag is set. Events are sent by the traced process's own thread in the
// order they happen; those of one process arrive in that order. The tracer itself is never traced.
#pragma once
#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

#include "vm/term/term.hpp"

namespace phial {

class Process;
class Vm;

enum TraceFlag : uint8_t { trace_send = 1, trace_receive = 2, trace_procs = 4, trace_set_on_spawn = 8 };
enum class TraceTime : uint8_t { none, timestamp, monotonic };

class Tracing {
 public:
  /// Sets (`on`) or clears flags of a live process. False: there is none, or another process traces it. Any thread.
  bool change(Vm& vm, Term pid, uint8_t flags, bool on, Term tracer, TraceTime time);
  /// The same for every process that will be spawned.
  void change_new(uint8_t flags, bool on, Term tracer, TraceTime time);
  /// The flags of a process and its tracer (none()).
  std::pair<uint8_t, Term> of(Vm& vm, Term pid);

  /// Sends {:trace, pid, what...} to the tracer of `process`, on whose thread this is.
  void event(Process& process, std::initializer_list<Term> what);
  /// A process was made: it inherits, and both sides tell.
  void spawned(Process* parent, Process& child);
  /// A traced process ends.
  void ended(Process& process, Term reason);
  bool traces_new() const { return new_flags_.load(std::memory_order_relaxed) != 0; }

 private:
  struct Tracer { Term pid; TraceTime time; };
  std::shared_mutex mutex_;
  std::unordered_map<Word, Tracer> tracers_;  // by the traced pid
  Tracer new_tracer_{};
  std::atomic<uint8_t> new_flags_{0};
};

}  // namespace phial
