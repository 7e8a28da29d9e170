#include "vm/io/ports.hpp"

#include <algorithm>
#include <utility>

#include "vm/process/capabilities.hpp"
#include "vm/process/machine.hpp"
#include "vm/term/binary.hpp"

namespace phial {
namespace {

bool append_bytes(Term iodata, std::string& out) {
  std::vector<Term> pending{iodata};
  std::string scratch;
  while (!pending.empty()) {
    Term at = pending.back();
    pending.pop_back();
    if (at.is_cons()) {
      pending.push_back(at.tail());
      pending.push_back(at.head());
    } else if (at.is_small() && at.small_value() >= 0 && at.small_value() < 256) {
      out += static_cast<char>(at.small_value());
    } else if (is_binary(at)) {
      out += bytes_of(at, scratch);
    } else if (!at.is_nil()) {
      return false;
    }
  }
  return true;
}

/// A message of the port protocol. False: a bad one. `linked`: a process to link when the mutex is released.
bool take_message(Port& port, Term message, Term& linked) {
  if (!message.is_tuple(2) || !message.element(0).is_local_pid()) return false;
  Term from = message.element(0), what = message.element(1);
  if (from != port.owner) return false;
  Arena arena(64);
  if (what.is_atom() && atom_text(what) == "close") {
    port.finish(atoms::normal);
    port.send(from, make_tuple(arena, {port.term, intern_atom("closed")}));
    return true;
  }
  if (!what.is_tuple(2) || !what.element(0).is_atom()) return false;
  std::string_view name = atom_text(what.element(0));
  if (name == "command") {
    std::string bytes;
    return append_bytes(what.element(1), bytes) &&
           port.command(bytes, Port::WhenBusy::enqueue, Term::none(), 0) != Port::Command::refused;
  }
  if (name == "connect" && what.element(1).is_local_pid()) {
    linked = port.owner = what.element(1);
    port.add_link(linked);
    port.send(from, make_tuple(arena, {port.term, intern_atom("connected")}));
    return true;
  }
  return false;
}

}  // namespace

void Port::add_link(Term pid) {
  if (std::find(links.begin(), links.end(), pid) == links.end()) links.push_back(pid);
}

void Port::finish(Term reason) {
  if (closed) return;
  closed = true;
  vm.state<PortTable>().remove(*this);
  let_go();
  if (vm.stopping.load(std::memory_order_relaxed)) return;
  for (Term link : links) vm.send_signal(link, make_signal(SignalKind::link_exit, reason, term));
  for (auto& [watcher, reference] : watchers) vm.send_signal(watcher, make_signal(SignalKind::down, reason, term, reference));
  links.clear();
  watchers.clear();
}

Term PortTable::add(Vm& vm, PortPtr port, Term owner) {
  vm.port_hook.store([](Vm& of, Term term, Signal* signal) { return of.state<PortTable>().take_signal(of, term, signal); },
                     std::memory_order_release);
  vm.io_stop_hook.store([](Vm& of) { event_loop(of).stop(); }, std::memory_order_release);
  port->owner = owner;
  port->add_link(owner);
  std::unique_lock lock(mutex_);
  Term term = port->term = Term::port(next_number_++);
  ports_.emplace(term.word, std::move(port));
  return term;
}

PortPtr PortTable::find(Term term) {
  std::shared_lock lock(mutex_);
  auto found = ports_.find(term.word);
  return found == ports_.end() ? nullptr : found->second;
}

void PortTable::remove(const Port& port) {
  PortPtr gone;  // let go of after the lock
  std::unique_lock lock(mutex_);
  auto found = ports_.find(port.term.word);
  if (found == ports_.end()) return;
  past_input_ += port.input;
  past_output_ += port.output;
  gone = std::move(found->second);
  ports_.erase(found);
  lock.unlock();
}

std::vector<Term> PortTable::all() {
  std::shared_lock lock(mutex_);
  std::vector<Term> terms;
  for (auto& [word, port] : ports_) terms.push_back(port->term);
  std::sort(terms.begin(), terms.end(), [](Term a, Term b) { return a.immediate_value() < b.immediate_value(); });
  return terms;
}

size_t PortTable::count() {
  std::shared_lock lock(mutex_);
  return ports_.size();
}

std::pair<uint64_t, uint64_t> PortTable::transferred() {
  std::vector<PortPtr> open;
  std::shared_lock lock(mutex_);
  std::pair<uint64_t, uint64_t> total{past_input_, past_output_};
  for (auto& [word, port] : ports_) open.push_back(port);
  lock.unlock();
  for (const PortPtr& port : open) {
    std::lock_guard guard(port->mutex);
    if (port->closed) continue;  // counted with the past ones by the next question at the latest
    total.first += port->input;
    total.second += port->output;
  }
  return total;
}

namespace {
/// Sends a signal to a port from the loop's thread. Where the VM stops before that, nobody is left to take it.
void send_later(Vm& vm, Term port, Signal* signal) {
  struct Late {
    Signal* signal;
    ~Late() {
      if (signal) free_signal(signal);
    }
  };
  std::shared_ptr<Late> late(new Late{signal});
  event_loop(vm).post([&vm, port, late] { vm.send_signal(port, std::exchange(late->signal, nullptr)); });
}
}  // namespace

bool PortTable::take_signal(Vm& vm, Term term, Signal* signal) {
  PortPtr port = find(term);
  if (!port) return false;
  if (PortMutex::held_here()) {
    send_later(vm, term, signal);
    return true;
  }
  std::unique_lock lock(port->mutex);
  if (port->closed) return false;
  Term linked = Term::none(), bad_sender = Term::none();
  switch (signal->kind) {
    case SignalKind::message:
      // The thread is the sender's; whom the message says it is from, anybody can write.
      if (current_machine && current_machine->process && !may_reach(current_machine->context, Capability::control, port->owner)) break;
      if (!take_message(*port, signal->value, linked) && signal->from.is_local_pid()) bad_sender = signal->from;
      break;
    case SignalKind::link: port->add_link(signal->from); break;
    case SignalKind::unlink:
      std::erase(port->links, signal->from);
      vm.send_signal(signal->from, make_signal(SignalKind::unlink_ack, Term::nil(), term, signal->number));
      break;
    case SignalKind::link_exit:
      std::erase(port->links, signal->from);
      if (signal->value != atoms::normal || signal->from == port->owner) port->finish(signal->value);
      break;
    case SignalKind::exit:
      if (signal->value != atoms::normal || signal->from == port->owner) port->finish(signal->value);
      break;
    case SignalKind::monitor: port->watchers.emplace_back(signal->from, signal->number); break;
    case SignalKind::demonitor:
      std::erase_if(port->watchers, [&](auto& watcher) { return watcher.second == signal->number; });
      break;
    default: return false;
  }
  lock.unlock();
  free_signal(signal);
  if (!linked.is_none()) vm.send_signal(linked, make_signal(SignalKind::link, Term::nil(), term));
  if (!bad_sender.is_none()) vm.send_signal(bad_sender, make_signal(SignalKind::exit, intern_atom("badsig"), term));
  return true;
}

bool PortTable::close(Term term, Term reason) {
  PortPtr port = find(term);
  if (!port) return false;
  std::lock_guard lock(port->mutex);
  if (port->closed) return false;
  port->finish(reason);
  return true;
}

bool PortTable::connect(Term term, Term new_owner) {
  PortPtr port = find(term);
  if (!port) return false;
  {
    std::lock_guard lock(port->mutex);
    if (port->closed) return false;
    port->owner = new_owner;
    port->add_link(new_owner);
  }
  port->vm.send_signal(new_owner, make_signal(SignalKind::link, Term::nil(), term));
  return true;
}

bool PortTable::info(Term term, Info& info) {
  PortPtr port = find(term);
  if (!port) return false;
  std::lock_guard lock(port->mutex);
  if (port->closed) return false;
  info = {port->name(), port->owner, port->links, {}, port->input, port->output, port->queued(), port->os_pid()};
  for (auto& [watcher, reference] : port->watchers) info.watchers.push_back(watcher);
  return true;
}

}  // namespace phial
