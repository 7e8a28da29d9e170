// What trace patterns make of watched calls: messages to tracers, counts and times (erlang:trace_pattern/3). How calls are seen:
// vm/process/call_trace.hpp.
#pragma once
#include "vm/native/ets_match.hpp"
#include "vm/process/vm.hpp"

namespace phial {

/// The flag of this name (erlang:trace/3), or 0.
uint16_t trace_flag_named(std::string_view name);

/// A match specification of calls with the terms it is made of.
struct TracePattern {
  Arena arena{64};
  Term source = Term::nil();  // as it was given; []: every call
  ets::MatchSpec spec;
  Tracing::Tracer meta;
};

/// Functions that a {module, name, arity} with :_ as wildcards names.
struct FunctionNames { Term module, name, arity; };

struct PatternFlags {
  bool local = false, global = false, meta = false, count = false, time = false;
  Term meta_tracer;
};

/// The patterns of one VM.
class TracePatterns {
 public:
  ~TracePatterns();
  /// Puts the hooks in place; calling it again does nothing.
  void attach(Vm& vm);
  enum class Change : uint8_t { off, on, restart, pause };
  /// Changes what is done at calls of these functions; how many there are. `source`: a list, with Change::on. -1: no specification.
  int64_t change(Context& c, FunctionNames names, Change change, Term source, const PatternFlags& flags);
  /// The same for the functions of modules that are loaded later.
  bool change_on_load(Context& c, Change change, Term source, const PatternFlags& flags);
  /// What is watched of a function; null: nothing. `found` tells if there is such a function.
  CallTrace* find(Vm& vm, Term module, Term name, int64_t arity, bool& found);

 private:
  struct Wanted { Change change; Term source; PatternFlags flags; };
  bool apply(Context& c, CallTrace& trace, const Wanted& wanted);
  std::unique_ptr<TracePattern> pattern(Context& c, Term source);
  void loaded(Vm& vm, Module& module);

  std::atomic<Vm*> vm_{nullptr};
  // Of modules to come; under CallTracing::mutex.
  bool on_load_ = false;
  Arena on_load_arena_{64};
  Wanted on_load_wanted_{};
};

}  // namespace phial
