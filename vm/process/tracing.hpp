// Tracing of processes: what :erlang.trace asks for is sent to a tracer process as messages (Erlang's reference manual, erlang:trace/3).
//
// A process holds a word of flags, looked at where it sends, takes messages in, spawns, links, collects and ends, so what is not traced pays one load there. Who
// traces it stands in this table of the VM, which is only asked when a flag is set. Events are sent by the traced process's own thread in the
// order they happen; those of one process arrive in that order. The tracer itself is never traced. Calls: vm/process/call_trace.hpp.
#pragma once
#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <shared_mutex>
#include <span>
#include <unordered_map>
#include <utility>

#include "vm/term/term.hpp"

namespace phial {

class Process;
class Vm;

enum TraceFlag : uint16_t {
  trace_send = 1, trace_receive = 2, trace_procs = 4, trace_set_on_spawn = 8, trace_call = 16, trace_arity = 32, trace_return_to = 64,
  trace_silent = 128, trace_running = 256, trace_garbage_collection = 512, trace_set_on_first_spawn = 1024, trace_set_on_link = 2048,
  trace_set_on_first_link = 4096, trace_exiting = 8192, trace_all = 16383
};
enum class TraceTime : uint8_t { none, timestamp, cpu, monotonic, strict_monotonic };

class Tracing {
 public:
  /// Who is told. A `pid` that is none(): nobody.
  struct Tracer { Term pid = Term::none(); TraceTime time = TraceTime::none; };

  /// Sets (`on`) or clears flags of a live process. False: there is none, or another process traces it. Any thread.
  bool change(Vm& vm, Term pid, uint16_t flags, bool on, Tracer tracer);
  /// The same for every process that will be spawned.
  void change_new(uint16_t flags, bool on, Tracer tracer);
  /// The flags of a process and its tracer.
  std::pair<uint16_t, Tracer> of(Vm& vm, Term pid);
  std::pair<uint16_t, Tracer> of_new();

  /// Sends {:trace, pid, what...} to the tracer of `process`, on whose thread this is; `at`: monotonic time of the event, if not now.
  void event(Process& process, std::initializer_list<Term> what, int64_t at = -1) { event(process, {what.begin(), what.size()}, at); }
  void event(Process& process, std::span<const Term> what, int64_t at = -1);
  /// The same to this tracer, whatever the process's is. False: it has ended.
  static bool tell(Process& process, Tracer tracer, std::span<const Term> what, int64_t at = -1);
  /// A process was made: it inherits, and both sides tell.
  void spawned(Process* parent, Process& child);
  /// `process` was linked to another: that one inherits if the flags say so.
  void linked(Process& process, Term other);
  /// A traced process ends.
  void ended(Process& process, Term reason);
  bool traces_new() const { return new_flags_.load(std::memory_order_relaxed) != 0; }

 private:
  std::shared_mutex mutex_;
  std::unordered_map<Word, Tracer> tracers_;  // by the traced pid
  Tracer new_tracer_{};
  std::atomic<uint16_t> new_flags_{0};
};

}  // namespace phial
