// :erlang.trace/3, trace_pattern/2,3, trace_info/2 and trace_delivered/1.
#include "vm/native/call_tracing.hpp"
#include "vm/native/native.hpp"

namespace phial {
namespace {

using namespace native;

Term atom(const char* text) { return intern_atom(text); }

struct Wanted {
  uint16_t flags = 0;
  Tracing::Tracer tracer;
};

bool read_flags(Context& c, Term list, Wanted& wanted) {
  wanted.tracer.pid = c.process()->pid;
  if (list_length(list) < 0) return false;
  for (Term flag : ListRange(list)) {
    if (flag.is_tuple(2) && flag.element(0) == atom("tracer") && flag.element(1).is_local_pid()) {
      wanted.tracer.pid = flag.element(1);
      continue;
    }
    if (!flag.is_atom()) return false;
    std::string_view name = atom_text(flag);
    if (uint16_t known = trace_flag_named(name)) wanted.flags |= known;
    else if (name == "timestamp") wanted.tracer.time = TraceTime::timestamp;
    else if (name == "cpu_timestamp") wanted.tracer.time = TraceTime::cpu;
    else if (name == "monotonic_timestamp") wanted.tracer.time = TraceTime::monotonic;
    else if (name == "strict_monotonic_timestamp") wanted.tracer.time = TraceTime::strict_monotonic;
    else if (name != "ports" && name != "running_ports" && name != "scheduler_id") return false;
  }
  return true;
}

Term trace(Context& c, const Term* a) {
  Vm& vm = c.vm();
  Wanted wanted;
  bool on = a[1] == atoms::true_;
  if ((!on && a[1] != atoms::false_) || !read_flags(c, a[2], wanted)) return c.badarg();
  if (on && wanted.flags & trace_running) {
    vm.watch.running = true;
    vm.watch.update(vm);
  }
  if (a[0].is_local_pid()) return vm.tracing.change(vm, a[0], wanted.flags, on, wanted.tracer) ? Term::small(1) : c.badarg();
  if (!a[0].is_atom()) return c.badarg();
  std::string_view which = atom_text(a[0]);
  if (which == "ports" || which == "existing_ports" || which == "new_ports") return Term::small(0);
  bool existing = which == "all" || which == "processes" || which == "existing" || which == "existing_processes";
  bool later = which == "all" || which == "processes" || which == "new" || which == "new_processes";
  if (!existing && !later) return c.badarg();
  int64_t count = 0;
  if (later) vm.tracing.change_new(wanted.flags, on, wanted.tracer);
  if (existing) {
    std::vector<Term> pids;
    vm.processes.each([&](Process* process) { pids.push_back(process->pid); });
    for (Term pid : pids) count += vm.tracing.change(vm, pid, wanted.flags, on, wanted.tracer);
  }
  return Term::small(count);
}

// -- patterns

bool read_pattern_flags(Context& c, Term list, PatternFlags& flags) {
  if (list_length(list) < 0) return false;
  flags.meta_tracer = c.process()->pid;
  for (Term flag : ListRange(list)) {
    if (flag == atom("local")) flags.local = true;
    else if (flag == atom("global")) flags.global = true;
    else if (flag == atom("meta")) flags.meta = true;
    else if (flag == atom("call_count")) flags.count = true;
    else if (flag == atom("call_time")) flags.time = true;
    else if (flag.is_tuple(2) && flag.element(0) == atom("meta") && flag.element(1).is_local_pid()) {
      flags.meta = true;
      flags.meta_tracer = flag.element(1);
    } else {
      return false;
    }
  }
  bool measured = flags.meta || flags.count || flags.time;
  if (flags.global && (flags.local || measured)) return false;
  if (!flags.local && !measured) flags.global = true;
  return true;
}

bool is_name_or_any(Term term) { return term.is_atom(); }

/// What a native function does in the end that has changed breakpoints: its caller goes on in the interpreter where it must.
Term go_on_watched(Context& c, Term value) { return c.tail_call(atom("phial_trace"), atom("refreshed"), {value}); }

Term trace_pattern_with(Context& c, Term who, Term spec, Term list) {
  auto& patterns = c.vm().state<TracePatterns>();
  PatternFlags flags;
  if (!read_pattern_flags(c, list, flags)) return c.badarg();
  TracePatterns::Change change = TracePatterns::Change::on;
  Term source = spec;
  if (spec == atoms::true_) source = Term::nil();
  else if (spec == atoms::false_) change = TracePatterns::Change::off;
  else if (spec == atom("restart")) change = TracePatterns::Change::restart;
  else if (spec == atom("pause")) change = TracePatterns::Change::pause;
  else if (list_length(spec) < 0) return c.badarg();
  bool measures = flags.count || flags.time;
  if ((change == TracePatterns::Change::restart || change == TracePatterns::Change::pause) && !measures) return c.badarg();
  if (measures && change == TracePatterns::Change::on && !source.is_nil()) return c.badarg();
  if (change != TracePatterns::Change::on) source = Term::nil();
  if (who == atom("on_load")) return patterns.change_on_load(c, change, source, flags) ? Term::small(0) : c.badarg();
  if (!who.is_tuple(3) || !is_name_or_any(who.element(0)) || !is_name_or_any(who.element(1))) return c.badarg();
  Term any = atom("_"), arity = who.element(2);
  if (arity != any && !(arity.is_small() && arity.small_value() >= 0 && arity.small_value() < 256)) return c.badarg();
  if (who.element(0) == any && who.element(1) != any) return c.badarg();
  if (who.element(1) == any && arity != any) return c.badarg();
  int64_t count = patterns.change(c, {who.element(0), who.element(1), arity}, change, source, flags);
  return count < 0 ? c.badarg() : go_on_watched(c, Term::small(count));
}
Term trace_pattern_2(Context& c, const Term* a) { return trace_pattern_with(c, a[0], a[1], Term::nil()); }
Term trace_pattern_3(Context& c, const Term* a) { return trace_pattern_with(c, a[0], a[1], a[2]); }

Term refreshed(Context& c, const Term* a) {
  Process& process = *c.process();
  c.vm().calls.refresh_frames(process, c.machine->sp, nullptr, c.machine->interpreter_resume);
  return a[0];
}

// -- questions

Term flag_names(TermHeap& heap, uint16_t flags, TraceTime time) {
  static constexpr const char* names[] = {"send", "receive", "procs", "set_on_spawn", "call", "arity", "return_to", "silent", "running",
                                          "garbage_collection", "set_on_first_spawn", "set_on_link", "set_on_first_link", "exiting"};
  std::vector<Term> list;
  for (size_t i = 0; i < std::size(names); i++)
    if (flags >> i & 1) list.push_back(intern_atom(names[i]));
  if (flags) {
    if (time == TraceTime::timestamp) list.push_back(atom("timestamp"));
    if (time == TraceTime::cpu) list.push_back(atom("cpu_timestamp"));
    if (time == TraceTime::monotonic) list.push_back(atom("monotonic_timestamp"));
    if (time == TraceTime::strict_monotonic) list.push_back(atom("strict_monotonic_timestamp"));
  }
  return make_list(heap, list);
}

Term process_trace_info(Context& c, Term who, Term item) {
  TermHeap& heap = c.heap();
  Vm& vm = c.vm();
  bool of_new = who.is_atom();
  if (!of_new && !vm.processes.find(who)) return atoms::undefined;
  auto [flags, tracer] = of_new ? vm.tracing.of_new() : vm.tracing.of(vm, who);
  if (item == atom("tracer")) return make_tuple(heap, {item, flags ? tracer.pid : Term::nil()});
  if (item != atom("flags")) return c.badarg();
  return make_tuple(heap, {item, flag_names(heap, flags, tracer.time)});
}

Term times_of(TermHeap& heap, CallTrace& trace) {
  if (trace.times.load() == CallTrace::Measure::off) return atoms::false_;
  std::vector<Term> rows;
  std::lock_guard lock(trace.spent_lock);
  for (auto& [pid, spent] : trace.spent) {
    int64_t microseconds = spent.nanoseconds / 1000;
    rows.push_back(make_tuple(heap, {Term::raw(pid), Term::small(spent.count), Term::small(microseconds / 1'000'000), Term::small(microseconds % 1'000'000)}));
  }
  return make_list(heap, rows);
}

/// The value of one item; none(): there is no such item. `trace` null: nothing is watched.
Term call_item(Context& c, CallTrace* trace, std::string_view item) {
  TermHeap& heap = c.heap();
  const TracePattern* local = trace ? trace->local.load(std::memory_order_acquire) : nullptr;
  const TracePattern* global = trace ? trace->global.load(std::memory_order_acquire) : nullptr;
  const TracePattern* meta = trace ? trace->meta.load(std::memory_order_acquire) : nullptr;
  auto source = [&](const TracePattern* pattern) { return pattern ? copy_term(heap, pattern->source) : atoms::false_; };
  if (item == "traced") return local ? atom("local") : global ? atom("global") : atoms::false_;
  if (item == "match_spec") return source(local ? local : global);
  if (item == "meta") return meta ? meta->meta.pid : atoms::false_;
  if (item == "meta_match_spec") return source(meta);
  if (item == "call_count")
    return !trace || trace->counts.load() == CallTrace::Measure::off ? atoms::false_ : make_integer(heap, trace->count.load(std::memory_order_relaxed));
  if (item == "call_time") return trace ? times_of(heap, *trace) : atoms::false_;
  return Term::none();
}

Term call_trace_info(Context& c, Term who, Term item) {
  if (!who.element(0).is_atom() || !who.element(1).is_atom() || !who.element(2).is_small() || !item.is_atom()) return c.badarg();
  TermHeap& heap = c.heap();
  bool found;
  c.vm().ensure_loaded(who.element(0));
  CallTrace* trace = c.vm().state<TracePatterns>().find(c.vm(), who.element(0), who.element(1), who.element(2).small_value(), found);
  if (item == atom("all")) {
    if (!found) return make_tuple(heap, {item, atoms::undefined});
    bool nothing = !trace || (!trace->wants_breakpoint() && !trace->wants_stub());
    if (nothing) return make_tuple(heap, {item, atoms::false_});
    std::vector<Term> items;
    for (const char* name : {"traced", "match_spec", "meta", "meta_match_spec", "call_time", "call_count"})
      items.push_back(make_tuple(heap, {atom(name), call_item(c, trace, name)}));
    return make_tuple(heap, {item, make_list(heap, items)});
  }
  Term value = call_item(c, trace, atom_text(item));
  if (value.is_none()) return c.badarg();
  return make_tuple(heap, {item, found ? value : atoms::undefined});
}

Term trace_info(Context& c, const Term* a) {
  if (a[0].is_local_pid() || a[0] == atom("new") || a[0] == atom("new_processes")) return process_trace_info(c, a[0], a[1]);
  if (a[0].is_tuple(3)) return call_trace_info(c, a[0], a[1]);
  return c.badarg();
}

/// Events are in the tracer's mailbox when they have happened, so the message that tells so can follow at once.
Term trace_delivered(Context& c, const Term* a) {
  if (!a[0].is_local_pid() && a[0] != atom("all")) return c.badarg();
  Term reference = c.vm().make_reference();
  Term parts[] = {atom("trace_delivered"), a[0], reference};
  c.vm().send_signal(c.process()->pid, make_tuple_message(parts));
  return reference;
}

constexpr NativeEntry entries[] = {
    {"erlang", "trace", 3, trace}, {"erlang", "trace_info", 2, trace_info}, {"erlang", "trace_pattern", 2, trace_pattern_2},
    {"erlang", "trace_pattern", 3, trace_pattern_3}, {"erlang", "trace_delivered", 1, trace_delivered}, {"phial_trace", "refreshed", 1, refreshed},
};

}  // namespace

extern const NativeTable trace_natives;
constexpr NativeTable trace_natives = native::table_of(entries);

}  // namespace phial
