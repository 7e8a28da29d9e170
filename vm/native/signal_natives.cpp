// :erlang's functions that send: messages, links, monitors, aliases, names, timers.
#include "vm/base/work.hpp"
#include "vm/native/native.hpp"
#include "vm/process/capabilities.hpp"
#include "vm/process/delivery.hpp"
#include "vm/process/vm.hpp"
#include "vm/term/compare.hpp"

namespace phial {
namespace {

using namespace native;

Term atom(const char* text) { return intern_atom(text); }
bool is_this_node(Term node) {
  static const Term here = intern_atom("nonode@nohost");
  return node == here;
}

// -- messages

/// Whether the caller may; sending is what the guards of vm/native/guards.cpp would be too slow for.
bool sendable(Context& c, Term destination, Term message) {
  return !c.process()->tree || require_message(c, destination, message);
}

/// False if the destination is none or no such name exists.
bool send_to(Context& c, Term destination, Term message) {
  Vm& vm = c.vm();
  if (!c.can_be_left && send_quickly(*c.machine, destination, message)) return true;
  if (c.process()->trace_flags.load(std::memory_order_relaxed) & trace_send) [[unlikely]] {
    WorkHold hold;
    vm.tracing.event(*c.process(), {atom("send"), message, destination});
  }
  if (destination.is_tuple(2) && destination.element(0).is_atom() && destination.element(1).is_atom()) {
    if (!is_this_node(destination.element(1))) return true;  // to a node that is not connected: lost
    Term pid = vm.registry.find(destination.element(0));
    if (!pid.is_none()) vm.send(pid, message, c.process()->pid);
    return true;
  }
  if (destination.is_atom()) {
    destination = vm.registry.find(destination);
    if (destination.is_none()) return false;
  }
  if (!destination.is_local_pid() && !destination.is_reference() && !destination.is_port() && !destination.is_pid()) return false;
  vm.send(destination, message, c.process()->pid);
  return true;
}
Term send_2(Context& c, const Term* a) {
  c.bump(4);
  if (!sendable(c, a[0], a[1])) [[unlikely]] return Term::none();
  return send_to(c, a[0], a[1]) ? a[1] : c.badarg();
}
Term send_3(Context& c, const Term* a) {
  static const Term noconnect = intern_atom("noconnect"), nosuspend = intern_atom("nosuspend"), here = intern_atom("nonode@nohost");
  c.bump(4);
  if (!sendable(c, a[0], a[1])) [[unlikely]] return Term::none();
  bool connects = true;
  Term options = a[2];
  for (; options.is_cons(); options = options.tail()) {
    if (options.head() != noconnect && options.head() != nosuspend) return c.badarg();
    if (options.head() == noconnect) connects = false;
  }
  if (!options.is_nil()) return c.badarg();
  // A name on another node, to which there is no connection.
  if (!connects && a[0].is_tuple(2) && a[0].element(0).is_atom() && a[0].element(1).is_atom() && a[0].element(1) != here) return noconnect;
  return send_to(c, a[0], a[1]) ? atoms::ok : c.badarg();
}
Term send_nosuspend(Context& c, const Term* a) {
  c.bump(4);
  if (!sendable(c, a[0], a[1])) [[unlikely]] return Term::none();
  return send_to(c, a[0], a[1]) ? atoms::true_ : c.badarg();
}

/// Tells the tracer of the calling process, if it wants to know about its life.
void tell_life(Context& c, const char* what, std::initializer_list<Term> terms) {
  Process& self = *c.process();
  if (!(self.trace_flags.load(std::memory_order_relaxed) & trace_procs)) [[likely]] return;
  std::vector<Term> event{atom(what)};
  event.insert(event.end(), terms);
  c.vm().tracing.event(self, std::span<const Term>(event));
}

// -- names

Term register_2(Context& c, const Term* a) {
  Term name = a[0], pid = a[1];
  if (!name.is_atom() || name == atoms::undefined || name == atoms::nil || name == atoms::true_ || name == atoms::false_) return c.badarg();
  if (!pid.is_local_pid()) return c.badarg();
  Process* process = c.vm().processes.find(pid);
  if (!process || process->state.load(std::memory_order_relaxed) >= ProcessState::exiting) return c.badarg();
  if (pid == c.process()->pid) {
    if (!process->rare().registered_name.is_none() || !c.vm().registry.add(name, pid)) return c.badarg();
    process->rare().registered_name = name;
    tell_life(c, "register", {name});
    return atoms::true_;
  }
  // Another process's own record is not ours to touch: names of others are found again by pid when they end.
  for (Term other : c.vm().registry.names())
    if (c.vm().registry.find(other) == pid) return c.badarg();
  if (!c.vm().registry.add(name, pid)) return c.badarg();
  process->has_foreign_name.store(true, std::memory_order_seq_cst);
  if (process->state.load(std::memory_order_seq_cst) >= ProcessState::exiting) {
    c.vm().registry.remove(name, pid);
    return c.badarg();
  }
  return atoms::true_;
}
Term unregister(Context& c, const Term* a) {
  if (!a[0].is_atom()) return c.badarg();
  Term pid = c.vm().registry.find(a[0]);
  if (pid.is_none() || !c.vm().registry.remove(a[0], pid)) return c.badarg();
  if (pid == c.process()->pid && c.process()->rare_parts) {
    c.process()->rare_parts->registered_name = Term::none();
    tell_life(c, "unregister", {a[0]});
  }
  return atoms::true_;
}
Term whereis(Context& c, const Term* a) {
  if (!a[0].is_atom()) return c.badarg();
  Term pid = c.vm().registry.find(a[0]);
  return pid.is_none() ? atoms::undefined : pid;
}
Term registered(Context& c, const Term*) { return make_list(c.heap(), c.vm().registry.names()); }

// -- links

Term link_1(Context& c, const Term* a) {
  Process& self = *c.process();
  if (!a[0].is_local_pid() && !a[0].is_local_port()) return c.badarg();
  if (a[0] == self.pid) return atoms::true_;
  LinkState& state = self.rare().links.insert(a[0].word, LinkState{~Word{0}});
  if (state.unlink_number == 0) return atoms::true_;
  if (a[0].is_local_pid() && !c.vm().processes.find(a[0])) {
    self.rare().links.remove(a[0].word);
    if (!self.trap_exit) return c.error(atoms::noproc);
    Term message = make_tuple(c.heap(), {atoms::EXIT, a[0], atoms::noproc});
    c.vm().send(self.pid, message);
    return atoms::true_;
  }
  state.unlink_number = 0;
  c.vm().send_signal(a[0], make_signal(SignalKind::link, Term::nil(), self.pid));
  tell_life(c, "link", {a[0]});
  if (self.trace_flags.load(std::memory_order_relaxed)) [[unlikely]] c.vm().tracing.linked(self, a[0]);
  return atoms::true_;
}
Term unlink_1(Context& c, const Term* a) {
  if (!a[0].is_local_pid() && !a[0].is_local_port()) return c.badarg();
  Process& self = *c.process();
  LinkState* state = self.rare_parts ? self.rare_parts->links.find(a[0].word) : nullptr;
  if (!state || state->unlink_number) return atoms::true_;
  Word number = c.vm().make_reference().word;
  state->unlink_number = number;
  c.vm().send_signal(a[0], make_signal(SignalKind::unlink, Term::nil(), self.pid, number));
  tell_life(c, "unlink", {a[0]});
  return atoms::true_;
}

// -- monitors and aliases

bool read_alias_mode(Term term, AliasMode* out) {
  static const Term explicit_unalias = atom("explicit_unalias"), demonitor = atom("demonitor"), reply_demonitor = atom("reply_demonitor");
  if (term == reply_demonitor) *out = AliasMode::reply_demonitor;
  else if (term == demonitor) *out = AliasMode::demonitor;
  else if (term == explicit_unalias) *out = AliasMode::explicit_unalias;
  else return false;
  return true;
}

Term monitor_with(Context& c, Term type, Term target, Term options) {
  Process& self = *c.process();
  Vm& vm = c.vm();
  static const Term alias_option = atom("alias"), tag_option = atom("tag"), time_offset = atom("time_offset"), clock = atom("clock_service"), port = atom("port");
  AliasMode alias = AliasMode::none;
  Term tag = atoms::DOWN;
  for (Term item : ListRange(options)) {
    if (!item.is_tuple(2)) return c.badarg();
    if (item.element(0) == alias_option) {
      if (!read_alias_mode(item.element(1), &alias)) return c.badarg();
    } else if (item.element(0) == tag_option) {
      tag = item.element(1);
    } else {
      return c.badarg();
    }
  }
  Term reference = vm.make_reference();
  if (type == time_offset) return target == clock ? reference : c.badarg();
  if (type != atoms::process && type != port) return c.badarg();
  Term pid = target, name = atoms::nil;
  if (target.is_tuple(2) && target.element(0).is_atom() && target.element(1).is_atom()) {
    name = target.element(0);
    pid = is_this_node(target.element(1)) ? vm.registry.find(name) : Term::none();
  } else if (target.is_atom()) {
    name = target;
    pid = vm.registry.find(name);
  } else if (!target.is_local_pid() && !target.is_local_port()) {
    return c.badarg();
  }
  Term kept = tag;
  if (tag.is_pointer()) {
    RareParts& rare = self.rare();
    rare.monitor_tags_keep = make_cons(c.heap(), make_tuple(c.heap(), {reference, tag}), rare.monitor_tags_keep);
    kept = Term::none();
  }
  Term name_shown = name == atoms::nil ? Term::nil() : name;
  if (pid == self.pid) return reference;  // a process does not monitor itself
  self.rare().monitors.insert(reference.word, MonitorState{pid.is_none() ? Term::nil() : pid, name_shown, kept, static_cast<uint8_t>(alias)});
  if (alias != AliasMode::none) {
    self.rare().aliases.insert(reference.word, alias);
    vm.references.add(reference, {self.pid, nullptr});
  }
  if (pid.is_none())
    vm.send_signal(self.pid, make_signal(SignalKind::down, atoms::noproc, self.pid, reference.word));
  else if (!act_directly(vm, pid, [&](Process& target) { target.rare().watchers.insert(reference.word, WatcherState{self.pid, name_shown}); }))
    vm.send_signal(pid, make_signal(SignalKind::monitor, name_shown, self.pid, reference.word));
  return reference;
}
Term monitor_2(Context& c, const Term* a) { return monitor_with(c, a[0], a[1], Term::nil()); }
Term monitor_3(Context& c, const Term* a) { return monitor_with(c, a[0], a[1], a[2]); }

void drop_tag(RareParts& rare, TermHeap& heap, Term reference) {
  if (rare.monitor_tags_keep.is_nil()) return;
  std::vector<Term> rest;
  for (Term entry : ListRange(rare.monitor_tags_keep))
    if (entry.element(0) != reference) rest.push_back(entry);
  rare.monitor_tags_keep = make_list(heap, rest);
}

Term demonitor_with(Context& c, Term reference, bool flush, bool info) {
  if (!reference.is_reference()) return c.badarg();
  Process& self = *c.process();
  RareParts* rare = self.rare_parts;
  MonitorState* state = rare ? rare->monitors.find(reference.word) : nullptr;
  if (state) {
    bool drops_alias = state->alias == static_cast<uint8_t>(AliasMode::demonitor) || state->alias == static_cast<uint8_t>(AliasMode::reply_demonitor);
    if (state->target.is_local_pid() || state->target.is_local_port()) stop_watching(c.vm(), state->target, self.pid, reference.word);
    rare->monitors.remove(reference.word);
    if (drops_alias && rare->aliases.remove(reference.word)) c.vm().references.remove(reference);
    drop_tag(*rare, c.heap(), reference);
    return atoms::true_;
  }
  bool flushed = flush && self.remove_message([&](Term message) { return message.is_tuple(5) && message.element(1) == reference; });
  // There was no monitor any more. info tells so; with flush it tells whether no message had to be flushed.
  return info ? boolean(flush && !flushed) : atoms::true_;
}
Term demonitor_1(Context& c, const Term* a) { return demonitor_with(c, a[0], false, false); }
Term demonitor_2(Context& c, const Term* a) {
  bool flush = false, info = false;
  static const Term flush_option = atom("flush"), info_option = atom("info");
  Term options = a[1];
  for (; options.is_cons(); options = options.tail()) {
    if (options.head() == flush_option) flush = true;
    else if (options.head() == info_option) info = true;
    else return c.badarg();
  }
  if (!options.is_nil()) return c.badarg();
  return demonitor_with(c, a[0], flush, info);
}
Term alias_with(Context& c, AliasMode mode) {
  Term reference = c.vm().make_reference();
  c.process()->rare().aliases.insert(reference.word, mode);
  c.vm().references.add(reference, {c.process()->pid, nullptr});
  return reference;
}
Term alias_0(Context& c, const Term*) { return alias_with(c, AliasMode::explicit_unalias); }
Term alias_1(Context& c, const Term* a) {
  AliasMode mode = AliasMode::explicit_unalias;
  for (Term item : ListRange(a[0])) {
    if (item == atom("reply")) mode = AliasMode::reply;
    else if (item == atom("explicit_unalias")) mode = AliasMode::explicit_unalias;
    else return c.badarg();
  }
  return alias_with(c, mode);
}
Term unalias(Context& c, const Term* a) {
  if (!a[0].is_reference()) return c.badarg();
  RareParts* rare = c.process()->rare_parts;
  if (!rare || !rare->aliases.remove(a[0].word)) return atoms::false_;
  c.vm().references.remove(a[0]);
  return atoms::true_;
}

// -- timers

int64_t now_ms(Context& c) { return c.vm().scheduling->now() / 1000000; }

Term start_timer_with(Context& c, Term time, Term destination, Term message, Term options, bool wrapped) {
  if (!time.is_small() || (!destination.is_local_pid() && !destination.is_atom())) return c.badarg();
  if (!wrapped && !sendable(c, destination, message)) return Term::none();
  bool absolute = false;
  for (Term item : ListRange(options)) {
    if (!item.is_tuple(2) || item.element(0) != atom("abs")) return c.badarg();
    absolute = item.element(1) == atoms::true_;
  }
  if (!absolute && time.small_value() < 0) return c.badarg();
  int64_t deadline = absolute ? time.small_value() : now_ms(c) + time.small_value() + 1;
  Term reference = c.vm().make_reference();
  Term parts[] = {atoms::timeout, reference, message};
  Signal* signal = wrapped ? make_tuple_message(parts) : make_signal(SignalKind::message, message);
  Timer* timer = make_timer(Timer::Kind::message, deadline);
  timer->destination = destination;
  timer->reference = reference;
  timer->signal = signal;
  if (byte_account) [[unlikely]] {
    constexpr int64_t places = 96;  // in the wheel and among the references
    timer->account = byte_account;
    timer->account->retain();
    timer->bytes = static_cast<int64_t>(sizeof(Timer) + sizeof(Signal) + signal->used * sizeof(Word)) + places;
    timer->account->charge_other(timer->bytes);
  }
  c.vm().references.add(reference, {Term::none(), timer});
  c.vm().scheduling->start_timer(timer);
  return reference;
}
Term send_after_3(Context& c, const Term* a) { return start_timer_with(c, a[0], a[1], a[2], Term::nil(), false); }
Term send_after_4(Context& c, const Term* a) { return start_timer_with(c, a[0], a[1], a[2], a[3], false); }
Term start_timer_3(Context& c, const Term* a) { return start_timer_with(c, a[0], a[1], a[2], Term::nil(), true); }
Term start_timer_4(Context& c, const Term* a) { return start_timer_with(c, a[0], a[1], a[2], a[3], true); }

Term answer_timer(Context& c, const char* tag, Term reference, Term result, Term options) {
  bool async = false, info = true;
  for (Term item : ListRange(options)) {
    if (!item.is_tuple(2)) return c.badarg();
    if (item.element(0) == atom("async")) async = item.element(1) == atoms::true_;
    else if (item.element(0) == atom("info")) info = item.element(1) == atoms::true_;
    else return c.badarg();
  }
  if (!info) return atoms::ok;
  if (!async) return result;
  Term parts[] = {atom(tag), reference, result};
  c.vm().send_signal(c.process()->pid, make_tuple_message(parts));
  return atoms::ok;
}
Term cancel_timer_2(Context& c, Term reference, Term options) {
  if (!reference.is_reference()) return c.badarg();
  Term result = atoms::false_;
  if (Timer* timer = c.vm().references.take_timer(reference)) {
    timer->wheel->cancel(timer);
    result = Term::small(std::max<int64_t>(timer->deadline - now_ms(c), 0));
    free_timer(timer);
  }
  return answer_timer(c, "cancel_timer", reference, result, options);
}
Term cancel_timer_1n(Context& c, const Term* a) { return cancel_timer_2(c, a[0], Term::nil()); }
Term cancel_timer_2n(Context& c, const Term* a) { return cancel_timer_2(c, a[0], a[1]); }
Term read_timer_with(Context& c, Term reference, Term options) {
  if (!reference.is_reference()) return c.badarg();
  Term result = atoms::false_;
  int64_t now = now_ms(c);
  c.vm().references.with(reference, [&](ReferenceTable::Entry& entry) {
    if (entry.timer) result = Term::small(std::max<int64_t>(entry.timer->deadline - now, 0));
  });
  return answer_timer(c, "read_timer", reference, result, options);
}
Term read_timer_1(Context& c, const Term* a) { return read_timer_with(c, a[0], Term::nil()); }
Term read_timer_2(Context& c, const Term* a) { return read_timer_with(c, a[0], a[1]); }

Term make_ref(Context& c, const Term*) { return c.vm().make_reference(); }

constexpr NativeEntry entries[] = {
    {"erlang", "send", 2, send_2, native_measured}, {"erlang", "send", 3, send_3, native_measured}, {"erlang", "!", 2, send_2, native_measured},
    {"erlang", "send_nosuspend", 2, send_nosuspend, native_measured}, {"erlang", "send_nosuspend", 3, send_nosuspend, native_measured},
    {"erlang", "register", 2, register_2}, {"erlang", "unregister", 1, unregister}, {"erlang", "whereis", 1, whereis, native_small},
    {"erlang", "registered", 0, registered},
    {"erlang", "link", 1, link_1}, {"erlang", "unlink", 1, unlink_1},
    {"erlang", "monitor", 2, monitor_2}, {"erlang", "monitor", 3, monitor_3},
    {"erlang", "demonitor", 1, demonitor_1}, {"erlang", "demonitor", 2, demonitor_2},
    {"erlang", "alias", 0, alias_0}, {"erlang", "alias", 1, alias_1}, {"erlang", "unalias", 1, unalias},
    {"erlang", "send_after", 3, send_after_3}, {"erlang", "send_after", 4, send_after_4},
    {"erlang", "start_timer", 3, start_timer_3}, {"erlang", "start_timer", 4, start_timer_4},
    {"erlang", "cancel_timer", 1, cancel_timer_1n}, {"erlang", "cancel_timer", 2, cancel_timer_2n},
    {"erlang", "read_timer", 1, read_timer_1}, {"erlang", "read_timer", 2, read_timer_2},
    {"erlang", "make_ref", 0, make_ref},
};

}  // namespace

extern const NativeTable signal_natives;
constexpr NativeTable signal_natives = native::table_of(entries);

}  // namespace phial
