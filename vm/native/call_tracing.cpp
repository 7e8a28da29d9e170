#include "vm/native/call_tracing.hpp"

#include "vm/interpreter/runtime.hpp"
#include "vm/native/native.hpp"
#include "vm/process/process_info.hpp"
#include "vm/term/print.hpp"

namespace phial {
namespace {

Term atom(const char* text) { return intern_atom(text); }

Term mfa(TermHeap& heap, const CallTrace& trace) { return make_tuple(heap, {trace.module, trace.name, Term::small(trace.arity)}); }

/// {module, name, arity} of the function that the frame from `sp` on returns to, or :undefined.
Term place_returned_to(TermHeap& heap, const Process& process, const Term* sp) {
  Term place = atoms::undefined;
  each_frame(process, sp, nullptr, [&](const Word* pc) {
    Module* module = module_at(pc);
    Function* f = module ? module->function_at(pc) : nullptr;
    if (!f) return true;  // another return frame
    place = make_tuple(heap, {module->name, f->name, Term::small(f->arity)});
    return false;
  });
  return place;
}

/// The function below `sp` that catches an exception; none() if another return frame comes before, or nobody does.
Term place_caught_at(TermHeap& heap, const Process& process, const Term* sp) {
  Term place = Term::none();
  each_frame(process, sp, nullptr, [&](const Word* pc) {
    Module* module = module_at(pc);
    Function* f = module ? module->function_at(pc) : nullptr;
    if (f && !module->handler_at(pc)) return true;
    if (f) place = make_tuple(heap, {module->name, f->name, Term::small(f->arity)});
    return false;
  });
  return place;
}

Term line_returned_to(TermHeap& heap, const Process& process, const Term* sp) {
  Term place = atoms::undefined;
  each_frame(process, sp, nullptr, [&](const Word* pc) {
    Module* module = module_at(pc);
    Function* f = module ? module->function_at(pc) : nullptr;
    if (!f) return true;
    const std::string* file;
    uint32_t line = module->line_at(pc, &file);
    Term where = line && file ? make_tuple(heap, {native::make_charlist(heap, *file), Term::small(line)}) : atoms::undefined;
    place = make_tuple(heap, {module->name, f->name, Term::small(f->arity), where});
    return false;
  });
  return place;
}

bool read_process_flags(Term list, uint16_t& flags) {
  for (Term flag : ListRange(list)) {
    if (!flag.is_atom() || !trace_flag_named(atom_text(flag))) return false;
    flags |= trace_flag_named(atom_text(flag));
  }
  return true;
}

/// What a match specification's body does at one call.
class CallActions final : public ets::MatchActions {
 public:
  explicit CallActions(Machine& m) : m_(m) {}

  Term perform(Context& c, Term name, std::span<const Term> arguments) override {
    std::string_view what = atom_text(name);
    Process& process = *m_.process;
    if (what == "return_trace") return frame |= sees_value, atoms::true_;
    if (what == "exception_trace") return frame |= sees_value | sees_exception, atoms::true_;
    if (what == "message") {
      sends = arguments[0] != atoms::false_;
      message = sends && arguments[0] != atoms::true_ ? arguments[0] : Term::none();
      return atoms::true_;
    }
    if (what == "caller") return place_returned_to(c.heap(), process, m_.sp);
    if (what == "caller_line") return line_returned_to(c.heap(), process, m_.sp);
    if (what == "current_stacktrace") return stack(c.heap(), arguments.empty() ? 8 : arguments[0].is_small() ? arguments[0].small_value() : 8);
    if (what == "process_dump") return process_info(c.heap(), process, atom("backtrace"), true).element(1);
    if (what == "silent") {
      if (arguments[0] == atoms::true_) process.trace_flags.fetch_or(trace_silent);
      if (arguments[0] == atoms::false_) process.trace_flags.fetch_and(static_cast<uint16_t>(~trace_silent));
      return atoms::true_;
    }
    if (what == "enable_trace" || what == "disable_trace") {
      bool on = what == "enable_trace";
      Term list = make_cons(c.heap(), arguments.back(), Term::nil());
      return change(arguments.size() == 2 ? arguments[0] : process.pid, on ? Term::nil() : list, on ? list : Term::nil());
    }
    if (what == "trace") {
      bool other = arguments.size() == 3;
      return change(other ? arguments[0] : process.pid, arguments[other], arguments[other + 1]);
    }
    if (what == "display") {
      m_.vm->write_output(1, print_term(arguments[0]) + "\n");
      return atoms::true_;
    }
    if (what == "get_seq_token") return Term::nil();
    if (what == "set_tcw") return arguments[0].is_small() ? Term::small(m_.vm->state<ControlWord>().value.exchange(arguments[0].small_value())) : Term::none();
    if (what == "get_tcw") return Term::small(m_.vm->state<ControlWord>().value.load());
    return atoms::false_;  // set_seq_token, is_seq_trace: no message carries a token
  }

  int64_t frame = 0;      // ReturnFrameFlag
  bool sends = true;
  Term message = Term::none();

 private:
  struct ControlWord { std::atomic<int64_t> value{0}; };

  Term stack(TermHeap& heap, int64_t depth) {
    std::vector<Term> entries;
    FileCharlists files;
    each_frame(*m_.process, m_.sp, nullptr, [&](const Word* pc) {
      Term entry = location_entry(heap, pc, atoms::nil, files);
      if (!entry.is_none()) entries.push_back(entry);
      return static_cast<int64_t>(entries.size()) < depth;
    });
    return make_list(heap, entries);
  }

  Term change(Term who, Term off, Term on) {
    Vm& vm = *m_.vm;
    if (who.is_atom()) who = vm.registry.find(who);
    uint16_t taken = 0, given = 0;
    if (!who.is_local_pid() || list_length(off) < 0 || list_length(on) < 0 || !read_process_flags(off, taken) || !read_process_flags(on, given)) return Term::none();
    auto [known, tracer] = vm.tracing.of(vm, who);
    // Whoever is not traced is traced for the one that traces this process.
    if (tracer.pid.is_none()) tracer = vm.tracing.of(vm, m_.process->pid).second;
    if (tracer.pid.is_none() || who == tracer.pid) return atoms::false_;
    if (taken) vm.tracing.change(vm, who, taken, false, tracer);
    if (given) vm.tracing.change(vm, who, given, true, tracer);
    return atoms::true_;
  }

  Machine& m_;
};

// -- calls

constexpr int64_t no_match = -1;

/// Tells one tracer of a call if the pattern matches; the flags of the return frame it wants, or no_match.
int64_t tell_call(Machine& m, const CallTrace& trace, const TracePattern& pattern, const Tracing::Tracer* meta) {
  static const Term call = intern_atom("call");
  Process& process = *m.process;
  Arena arena(128);
  std::span<const Term> arguments(m.x, trace.arity);
  Term list = make_list(arena, arguments);
  CallActions actions(m);
  if (!pattern.source.is_nil()) {
    Context context;
    context.process_ = &process;
    context.vm_ = m.vm;
    context.heap_ = &arena;
    context.reductions = 1 << 20;
    if (pattern.spec.run(context, list, &actions).is_none()) return no_match;
  }
  // The body may have changed the flags.
  uint16_t flags = meta ? 0 : process.trace_flags.load(std::memory_order_relaxed);
  if (!meta && (!(flags & trace_call) || flags & trace_silent)) return 0;
  if (actions.sends) {
    Term third = flags & trace_arity ? Term::small(trace.arity) : list;
    Term what[] = {call, make_tuple(arena, {trace.module, trace.name, third}), actions.message};
    std::span<const Term> sent(what, actions.message.is_none() ? 2 : 3);
    if (!meta)
      m.vm->tracing.event(process, sent);
    else if (!Tracing::tell(process, *meta, sent))
      return 0;
  }
  return actions.frame;
}

bool is_return_frame(const Machine& m, const Term* sp) { return sp[1].word == reinterpret_cast<Word>(m.vm->calls.return_code); }
Term* slot(Term* sp, ReturnFrame index) { return sp + frame_header_words + index; }

void spend(CallTrace& trace, Term pid, int64_t nanoseconds, int64_t calls) {
  if (trace.times.load(std::memory_order_relaxed) != CallTrace::Measure::running) return;
  std::lock_guard lock(trace.spent_lock);
  CallTrace::Spent& spent = trace.spent[pid.word];
  spent.nanoseconds += nanoseconds;
  spent.count += calls;
}

/// The time of `next` (or nobody) runs from now on; the one whose time ran.
CallTrace* switch_timed(Machine& m, CallTrace* next) {
  RareParts& rare = m.process->rare();
  int64_t now = m.vm->monotonic_time();
  CallTrace* before = rare.timed_call;
  if (before) spend(*before, m.process->pid, now - rare.timed_since, 0);
  rare.timed_call = next;
  rare.timed_since = now;
  return before;
}

bool call_seen(Machine& m, CallTrace& trace, bool through_stub) {
  Process& process = *m.process;
  uint16_t flags = process.trace_flags.load(std::memory_order_relaxed);
  bool all_at_stub = !trace.function;  // native functions have no other place
  int64_t frame = 0;
  if (!through_stub || all_at_stub) {
    if (trace.counts.load(std::memory_order_relaxed) == CallTrace::Measure::running) trace.count.fetch_add(1, std::memory_order_relaxed);
    if (const TracePattern* pattern = trace.meta.load(std::memory_order_acquire); pattern && pattern->meta.pid != process.pid) {
      int64_t wanted = tell_call(m, trace, *pattern, &pattern->meta);
      if (wanted == no_match) wanted = 0;
      if (wanted & sees_value) frame |= sees_meta;
      if (wanted & sees_exception) frame |= meta_exception;
    }
  }
  if (flags & trace_call) {
    const TracePattern* pattern = trace.local.load(std::memory_order_acquire);
    bool local = pattern && (!through_stub || all_at_stub);
    if (!local) pattern = through_stub ? trace.global.load(std::memory_order_acquire) : nullptr;
    if (pattern) {
      int64_t wanted = tell_call(m, trace, *pattern, nullptr);
      if (wanted != no_match) frame |= wanted;
      if (wanted != no_match && local && process.trace_flags.load(std::memory_order_relaxed) & trace_return_to) frame |= sees_place;
    }
    if ((!through_stub || all_at_stub) && trace.times.load(std::memory_order_relaxed) == CallTrace::Measure::running) {
      frame |= sees_time;
      spend(trace, process.pid, 0, 1);
    }
  }
  if (!frame) return true;
  // A tail call in a function whose return is waited for already: nothing new is to be seen when it returns.
  if (is_return_frame(m, m.sp)) {
    auto known = slot(m.sp, return_flags_slot)->small_value();
    if (frame & sees_place && known & sees_place) frame &= ~int64_t{sees_place};
    if (frame & sees_time && known & sees_time) {
      switch_timed(m, &trace);
      frame &= ~int64_t{sees_time};
    }
    if (!frame) return true;
  }
  constexpr size_t words = frame_header_words + return_frame_slots;
  if (static_cast<size_t>(reinterpret_cast<Word*>(m.sp) - m.hp) < words && !collect_garbage(m, words, trace.live)) return false;
  m.sp -= words;
  m.sp[0] = Term::raw(reinterpret_cast<Word>(m.vm->calls.return_entry));
  m.sp[1] = Term::raw(reinterpret_cast<Word>(m.vm->calls.return_code));
  *slot(m.sp, return_trace_slot) = Term::raw(reinterpret_cast<Word>(&trace));
  *slot(m.sp, return_flags_slot) = Term::small(frame);
  *slot(m.sp, return_timed_slot) = Term::raw(reinterpret_cast<Word>(frame & sees_time ? switch_timed(m, &trace) : nullptr));
  return true;
}

// -- returns

/// `what`: of the value or the exception. `flag`, `meta_flag`: who wants to see it.
void return_seen(Machine& m, Term what, Term value, int64_t flag, int64_t meta_flag) {
  Process& process = *m.process;
  Vm& vm = *m.vm;
  auto& trace = *reinterpret_cast<CallTrace*>(slot(m.sp, return_trace_slot)->word);
  int64_t frame = slot(m.sp, return_flags_slot)->small_value();
  if (frame & sees_time) switch_timed(m, reinterpret_cast<CallTrace*>(slot(m.sp, return_timed_slot)->word));
  Arena arena(64);
  if (frame & meta_flag)
    if (const TracePattern* pattern = trace.meta.load(std::memory_order_acquire)) {
      Term told[] = {what, mfa(arena, trace), value};
      Tracing::tell(process, pattern->meta, told);
    }
  uint16_t flags = process.trace_flags.load(std::memory_order_relaxed);
  if (!(flags & trace_call) || flags & trace_silent) return;
  if (frame & flag) vm.tracing.event(process, {what, mfa(arena, trace), value});
  if (!(frame & sees_place) || !(flags & trace_return_to)) return;
  // Of a chain of tail calls, and of calls that an exception leaves, the last one tells where to.
  Term* caller = m.sp + frame_header_words + return_frame_slots;
  Term place = flag == sees_exception ? place_caught_at(arena, process, caller) : is_return_frame(m, caller) ? Term::none() : place_returned_to(arena, process, caller);
  if (!place.is_none()) vm.tracing.event(process, {intern_atom("return_to"), place});
}

void value_returned(Machine& m) { return_seen(m, intern_atom("return_from"), m.x[0], sees_value, sees_meta); }

void exception_raised(Machine& m) {
  Arena arena(16);
  return_seen(m, intern_atom("exception_from"), make_tuple(arena, {m.x[0], m.x[1]}), sees_exception, meta_exception);
}

void retire_pattern(Vm& vm, const TracePattern* pattern) {
  if (!pattern) return;
  vm.epochs.retire(current_epoch_record, const_cast<TracePattern*>(pattern), [](void* old) { delete static_cast<TracePattern*>(old); });
}

bool names(Term wanted, Term given) { return wanted == intern_atom("_") || wanted == given; }

}  // namespace

uint16_t trace_flag_named(std::string_view name) {
  struct Named { std::string_view name; uint16_t flag; };
  static constexpr Named flags[] = {
      {"send", trace_send}, {"receive", trace_receive}, {"procs", trace_procs}, {"set_on_spawn", trace_set_on_spawn}, {"call", trace_call},
      {"arity", trace_arity}, {"return_to", trace_return_to}, {"silent", trace_silent}, {"running", trace_running}, {"running_procs", trace_running},
      {"garbage_collection", trace_garbage_collection}, {"set_on_first_spawn", trace_set_on_first_spawn}, {"set_on_link", trace_set_on_link},
      {"set_on_first_link", trace_set_on_first_link}, {"exiting", trace_exiting}, {"all", trace_all}};
  for (const Named& flag : flags)
    if (flag.name == name) return flag.flag;
  return 0;
}

TracePatterns::~TracePatterns() {
  if (!vm_) return;
  for (CallTrace& trace : vm_.load()->calls.all())
    for (auto* place : {&trace.local, &trace.global, &trace.meta}) delete place->load();
}

void TracePatterns::attach(Vm& vm) {
  if (vm_.exchange(&vm)) return;
  vm.calls.hooks = {call_seen, value_returned, exception_raised};
  std::lock_guard lock(vm.code.mutex);
  vm.code.after_load = [this, &vm](Module& module) { loaded(vm, module); };
}

std::unique_ptr<TracePattern> TracePatterns::pattern(Context& c, Term source) {
  auto made = std::make_unique<TracePattern>();
  made->source = copy_term(made->arena, source);
  if (!source.is_nil() && !made->spec.read(c, made->source, ets::MatchTarget::call)) return nullptr;
  return made;
}

/// Changes one record; false: no specification.
bool TracePatterns::apply(Context& c, CallTrace& trace, const Wanted& wanted) {
  Vm& vm = c.vm();
  const PatternFlags& flags = wanted.flags;
  auto replace = [&](std::atomic<const TracePattern*>& place, bool is_meta) {
    std::unique_ptr<TracePattern> made;
    if (wanted.change == Change::on) {
      made = pattern(c, wanted.source);
      if (!made) return false;
      if (is_meta) made->meta = {flags.meta_tracer, TraceTime::timestamp};
    }
    retire_pattern(vm, place.exchange(made.release(), std::memory_order_acq_rel));
    return true;
  };
  auto measure = [&](std::atomic<CallTrace::Measure>& place, auto&& reset) {
    using Measure = CallTrace::Measure;
    bool runs = place.load() != Measure::off;
    switch (wanted.change) {
      case Change::off: place = Measure::off; reset(); break;
      case Change::on: if (!runs) reset(); place = Measure::running; break;
      case Change::restart: if (runs) { reset(); place = Measure::running; } break;
      case Change::pause: if (runs) place = Measure::paused; break;
    }
  };
  if (flags.local) {
    if (!replace(trace.local, false)) return false;
    if (wanted.change == Change::on) retire_pattern(vm, trace.global.exchange(nullptr));
  }
  if (flags.global) {
    if (!replace(trace.global, false)) return false;
    if (wanted.change == Change::on) retire_pattern(vm, trace.local.exchange(nullptr));
  }
  if (flags.meta && !replace(trace.meta, true)) return false;
  if (flags.count) measure(trace.counts, [&] { trace.count = 0; });
  auto clear = [&] {
    std::lock_guard lock(trace.spent_lock);
    trace.spent.clear();
  };
  if (flags.time) measure(trace.times, clear);
  return true;
}

int64_t TracePatterns::change(Context& c, FunctionNames wanted, Change change, Term source, const PatternFlags& flags) {
  Vm& vm = c.vm();
  attach(vm);
  if (change == Change::on && !source.is_nil() && !pattern(c, source)) return -1;
  CallTracing& calls = vm.calls;
  if (wanted.module != atom("_")) vm.ensure_loaded(wanted.module);
  std::lock_guard lock(vm.code.mutex);
  int64_t count = 0;
  Wanted what{change, source, flags};
  auto arity_fits = [&](uint8_t arity) { return names(wanted.arity, Term::small(arity)); };
  bool takes = change == Change::off || change == Change::pause || change == Change::restart;
  for (Module* module : vm.code.loaded_modules()) {
    if (!names(wanted.module, module->name) || !module->code) continue;
    for (size_t i = 0; i < module->function_count; i++) {
      Function& function = module->functions[i];
      if (!names(wanted.name, function.name) || !arity_fits(static_cast<uint8_t>(function.arity - function.free))) continue;
      bool global_only = flags.global && !flags.local && !flags.meta && !flags.count && !flags.time;
      if (global_only && !function.exported) continue;
      // A native function of this name goes first.
      Export* entry = function.exported ? vm.code.find_export(module->name, function.name, function.arity) : nullptr;
      if (entry && entry->native.load(std::memory_order_relaxed)) continue;
      count++;
      if (takes && !function.call_trace.load(std::memory_order_relaxed)) continue;
      CallTrace& trace = calls.of(vm, function);
      if (!apply(c, trace, what)) return -1;
      calls.update(trace);
    }
    calls.update_module(vm, *module);
  }
  for (Export* entry : vm.code.natives_of(wanted.module == atom("_") ? Term::none() : wanted.module)) {
    if (!names(wanted.name, entry->name) || !arity_fits(entry->arity)) continue;
    CallTrace* trace = takes ? calls.known_native(*entry) : calls.of_native(*entry);
    if (!trace) continue;
    count++;
    if (!apply(c, *trace, what)) return -1;
    calls.update(*trace);
  }
  vm.watch.code_changed(vm);
  return count;
}

bool TracePatterns::change_on_load(Context& c, Change change, Term source, const PatternFlags& flags) {
  attach(c.vm());
  if (change == Change::on && !pattern(c, source)) return false;
  std::lock_guard lock(c.vm().code.mutex);
  on_load_ = change == Change::on;
  on_load_wanted_ = {change, copy_term(on_load_arena_, source), flags};
  return true;
}

/// Under CodeServer::mutex.
void TracePatterns::loaded(Vm& vm, Module& module) {
  if (!on_load_ || !current_machine) return;
  Context context;
  context.vm_ = &vm;
  Arena arena(64);
  context.heap_ = &arena;
  for (size_t i = 0; i < module.function_count; i++) {
    Function& function = module.functions[i];
    bool global = on_load_wanted_.flags.global;
    if (global && !function.exported) continue;
    CallTrace& trace = vm.calls.of(vm, function);
    if (!apply(context, trace, on_load_wanted_)) return;
    vm.calls.update(trace);
  }
  vm.calls.update_module(vm, module);
  vm.watch.code_changed(vm);
}

CallTrace* TracePatterns::find(Vm& vm, Term module_name, Term name, int64_t arity, bool& found) {
  found = false;
  if (arity < 0 || arity > 255) return nullptr;
  std::lock_guard lock(vm.code.mutex);
  Export* entry = vm.code.find_export(module_name, name, static_cast<uint8_t>(arity));
  if (entry && entry->native.load(std::memory_order_acquire)) {
    found = true;
    return vm.calls.known_native(*entry);
  }
  Module* module = vm.code.find_module(module_name);
  for (size_t i = 0; module && module->code && i < module->function_count; i++) {
    Function& function = module->functions[i];
    if (function.name != name || function.arity - function.free != arity) continue;
    found = true;
    return function.call_trace.load(std::memory_order_acquire);
  }
  return nullptr;
}

}  // namespace phial
