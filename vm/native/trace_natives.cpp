// :erlang.trace/3 and :erlang.trace_info/2: messages and life of processes. Calls of functions are not traced.
#include "vm/native/native.hpp"
#include "vm/process/tracing.hpp"
#include "vm/process/vm.hpp"
#include "vm/term/build.hpp"

namespace phial {
namespace {

using namespace native;

struct Wanted {
  uint8_t flags = 0;
  TraceTime time = TraceTime::none;
  Term tracer;
};

bool read_flags(Context& c, Term list, Wanted& wanted) {
  wanted.tracer = c.process()->pid;
  if (list_length(list) < 0) return false;
  for (Term flag : ListRange(list)) {
    if (flag.is_tuple(2) && flag.element(0) == intern_atom("tracer") && flag.element(1).is_local_pid()) {
      wanted.tracer = flag.element(1);
      continue;
    }
    if (!flag.is_atom()) return false;
    std::string_view name = atom_text(flag);
    if (name == "send") wanted.flags |= trace_send;
    else if (name == "receive") wanted.flags |= trace_receive;
    else if (name == "procs") wanted.flags |= trace_procs;
    else if (name == "set_on_spawn") wanted.flags |= trace_set_on_spawn;
    else if (name == "all") wanted.flags |= trace_send | trace_receive | trace_procs;
    else if (name == "timestamp") wanted.time = TraceTime::timestamp;
    else if (name == "monotonic_timestamp" || name == "strict_monotonic_timestamp") wanted.time = TraceTime::monotonic;
    else return false;
  }
  return true;
}

Term trace(Context& c, const Term* a) {
  Vm& vm = c.vm();
  Wanted wanted;
  bool on = a[1] == atoms::true_;
  if ((!on && a[1] != atoms::false_) || !read_flags(c, a[2], wanted)) return c.badarg();
  if (a[0].is_local_pid()) return vm.tracing.change(vm, a[0], wanted.flags, on, wanted.tracer, wanted.time) ? Term::small(1) : c.badarg();
  if (!a[0].is_atom()) return c.badarg();
  std::string_view which = atom_text(a[0]);
  bool existing = which == "all" || which == "processes" || which == "existing" || which == "existing_processes";
  bool later = which == "all" || which == "processes" || which == "new" || which == "new_processes";
  if (!existing && !later) return c.badarg();
  int64_t count = 0;
  if (later) vm.tracing.change_new(wanted.flags, on, wanted.tracer, wanted.time);
  if (existing) {
    std::vector<Term> pids;
    vm.processes.each([&](Process* process) { pids.push_back(process->pid); });
    for (Term pid : pids) count += vm.tracing.change(vm, pid, wanted.flags, on, wanted.tracer, wanted.time);
  }
  return Term::small(count);
}

Term trace_info(Context& c, const Term* a) {
  if (!a[0].is_local_pid()) return c.badarg();
  auto [flags, tracer] = c.vm().tracing.of(c.vm(), a[0]);
  if (a[1] == intern_atom("tracer")) return make_tuple(c.heap(), {a[1], flags ? tracer : Term::nil()});
  if (a[1] != intern_atom("flags")) return c.badarg();
  std::vector<Term> names;
  if (flags & trace_send) names.push_back(intern_atom("send"));
  if (flags & trace_receive) names.push_back(intern_atom("receive"));
  if (flags & trace_procs) names.push_back(intern_atom("procs"));
  if (flags & trace_set_on_spawn) names.push_back(intern_atom("set_on_spawn"));
  return make_tuple(c.heap(), {a[1], make_list(c.heap(), names)});
}

constexpr NativeEntry entries[] = {{"erlang", "trace", 3, trace}, {"erlang", "trace_info", 2, trace_info}};

}  // namespace

extern const NativeTable trace_natives;
constexpr NativeTable trace_natives = native::table_of(entries);

}  // namespace phial
