// :erlang.system_monitor/0,1,2, the busy time of schedulers, and what profilers read: counts and times of calls, and samples of stacks.
#include "vm/native/call_tracing.hpp"
#include "vm/native/native.hpp"

namespace phial {
namespace {

using namespace native;

Term atom(const char* text) { return intern_atom(text); }

// -- the system monitor

/// {pid, options} as system_monitor/0 shows them, or :undefined.
Term settings(TermHeap& heap, const MonitorLimits& limits) {
  if (limits.pid.is_none()) return atoms::undefined;
  std::vector<Term> options;
  auto limit = [&](const char* name, int64_t value) {
    if (value) options.push_back(make_tuple(heap, {atom(name), make_integer(heap, value)}));
  };
  if (limits.busy_port) options.push_back(atom("busy_port"));
  if (limits.busy_dist_port) options.push_back(atom("busy_dist_port"));
  limit("large_heap", limits.large_heap);
  limit("long_gc", limits.long_gc);
  limit("long_schedule", limits.long_schedule);
  if (limits.long_queue) {
    Term both = make_tuple(heap, {Term::small(limits.long_queue_low), Term::small(limits.long_queue)});
    options.push_back(make_tuple(heap, {atom("long_message_queue"), both}));
  }
  return make_tuple(heap, {limits.pid, make_list(heap, options)});
}

bool read_limits(Term list, MonitorLimits& limits) {
  if (list_length(list) < 0) return false;
  auto number = [](Term term, int64_t& out) {
    if (!term.is_small() || term.small_value() < 0) return false;
    out = std::max<int64_t>(term.small_value(), 1);
    return true;
  };
  for (Term option : ListRange(list)) {
    if (option == atom("busy_port")) {
      limits.busy_port = true;
    } else if (option == atom("busy_dist_port")) {
      limits.busy_dist_port = true;
    } else if (option.is_tuple(2) && option.element(0).is_atom()) {
      std::string_view name = atom_text(option.element(0));
      Term value = option.element(1);
      if (name == "long_message_queue") {
        if (!value.is_tuple(2) || !value.element(0).is_small() || value.element(0).small_value() < 0 || !number(value.element(1), limits.long_queue)) return false;
        limits.long_queue_low = value.element(0).small_value();
        if (limits.long_queue_low >= limits.long_queue) return false;
      } else if (!(name == "long_gc" ? number(value, limits.long_gc) : name == "long_schedule" ? number(value, limits.long_schedule)
                   : name == "large_heap" && number(value, limits.large_heap))) {
        return false;
      }
    } else {
      return false;
    }
  }
  return true;
}

Term system_monitor_0(Context& c, const Term*) { return settings(c.heap(), c.vm().watch.monitor()); }
Term set_monitor(Context& c, Term pid, Term options) {
  MonitorLimits limits;
  if (pid != atoms::undefined) {
    if (!pid.is_local_pid() || !c.vm().processes.find(pid) || !read_limits(options, limits)) return c.badarg();
    if (options.is_cons()) limits.pid = pid;
  }
  return settings(c.heap(), c.vm().watch.set_monitor(c.vm(), limits));
}
Term system_monitor_1(Context& c, const Term* a) {
  if (a[0] == atoms::undefined) return set_monitor(c, a[0], Term::nil());
  return a[0].is_tuple(2) ? set_monitor(c, a[0].element(0), a[0].element(1)) : c.badarg();
}
Term system_monitor_2(Context& c, const Term* a) { return set_monitor(c, a[0], a[1]); }

// -- profiles

/// [{module, name, arity, calls, [{pid, calls, nanoseconds}]}] of the functions that are counted or timed and were called. Native to profilers.
Term measured(Context& c, const Term*) {
  TermHeap& heap = c.heap();
  std::vector<Term> rows;
  std::lock_guard lock(c.vm().code.mutex);
  for (CallTrace& trace : c.vm().calls.all()) {
    bool counts = trace.counts.load() != CallTrace::Measure::off, times = trace.times.load() != CallTrace::Measure::off;
    if ((!counts && !times) || (trace.function && !trace.function->code)) continue;
    std::vector<Term> spent;
    {
      std::lock_guard spent_lock(trace.spent_lock);
      for (auto& [pid, part] : trace.spent)
        spent.push_back(make_tuple(heap, {Term::raw(pid), make_integer(heap, part.count), make_integer(heap, part.nanoseconds)}));
    }
    int64_t count = trace.count.load(std::memory_order_relaxed);
    if (!count && spent.empty()) continue;
    rows.push_back(make_tuple(heap, {trace.module, trace.name, Term::small(trace.arity), make_integer(heap, count), make_list(heap, spent)}));
  }
  return make_list(heap, rows);
}

/// start_sampling(microseconds between samples, pid | :all): :ok, or :busy while somebody else samples.
Term start_sampling(Context& c, const Term* a) {
  if (!a[0].is_small() || a[0].small_value() < 10 || (a[1] != atom("all") && !a[1].is_local_pid())) return c.badarg();
  if (c.vm().watch.samples()) return atom("busy");
  c.vm().watch.start_sampling(c.vm(), a[0].small_value() * 1000, a[1].is_local_pid() ? a[1] : Term::none());
  return atoms::ok;
}

/// [{[{module, name, arity}, ...], samples}]: stacks from the outermost function on.
Term stop_sampling(Context& c, const Term*) {
  TermHeap& heap = c.heap();
  std::unordered_map<const Function*, Term> named;
  std::vector<Term> rows;
  for (auto& [stack, samples] : c.vm().watch.stop_sampling(c.vm())) {
    std::vector<Term> names;
    for (const Function* function : stack) {
      Term& name = named.try_emplace(function, Term::none()).first->second;
      if (name.is_none()) name = make_tuple(heap, {function->module->name, function->name, Term::small(function->arity - function->free)});
      names.push_back(name);
    }
    rows.push_back(make_tuple(heap, {make_list(heap, names), make_integer(heap, samples)}));
  }
  return make_list(heap, rows);
}

constexpr NativeEntry entries[] = {
    {"erlang", "system_monitor", 0, system_monitor_0}, {"erlang", "system_monitor", 1, system_monitor_1},
    {"erlang", "system_monitor", 2, system_monitor_2}, {"phial_trace", "measured", 0, measured},
    {"phial_trace", "start_sampling", 2, start_sampling}, {"phial_trace", "stop_sampling", 0, stop_sampling},
};

}  // namespace

extern const NativeTable watch_natives;
constexpr NativeTable watch_natives = native::table_of(entries);

}  // namespace phial
