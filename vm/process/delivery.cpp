#include "vm/process/delivery.hpp"

#include "vm/term/literal.hpp"

namespace phial {
namespace {

constexpr size_t most_words = 32;
/// Room that is left for what the receiver does first.
constexpr ptrdiff_t spare_words = 8;

/// Words that a copy takes, or more than `most_words`: it is no small one.
size_t measure_small(Term term, size_t words) {
  while (term.is_pointer() && !is_shared_literal(term)) {
    if (term.is_cons()) {
      words += 2;
      if (words > most_words) return words;
      if (term.head().is_pointer()) words = measure_small(term.head(), words);
      term = term.tail();
      continue;
    }
    Word header = term.header();
    size_t size = Header::size(header);
    words += 1 + size;
    if (words > most_words) return words;
    Kind kind = Header::kind(header);
    if (kind == Kind::shared_binary || kind == Kind::resource) return most_words + 1;
    if (has_raw_payload(kind)) return words;
    const Term* payload = term.payload();
    if (!size) return words;
    for (size_t i = 0; i + 1 < size && words <= most_words; i++)
      if (payload[i].is_pointer()) words = measure_small(payload[i], words);
    term = payload[size - 1];
  }
  return words;
}

bool takes_direct(const Process& receiver) {
  return receiver.waits_for_message && !receiver.inbox.load(std::memory_order_relaxed) && receiver.direct.is_none() && !*receiver.save &&
         !receiver.exit_pending && !receiver.suspended && !receiver.trace_flags.load(std::memory_order_relaxed);
}

/// Writes the message into the heap of a claimed receiver. False: it must be a signal.
bool place(Process& receiver, Term message) {
  if (!takes_direct(receiver)) return false;
  Word* to = receiver.heap.saved_hp;
  Word* end = reinterpret_cast<Word*>(receiver.heap.saved_sp) - spare_words;
  if (end - to > static_cast<ptrdiff_t>(most_words)) end = to + most_words;
  Term copy = copy_small(message, to, end);
  if (copy.is_none()) return false;
  receiver.heap.saved_hp = to;
  receiver.direct = copy;
  return true;
}

bool is_alias(const Process& receiver, Term reference) { return receiver.rare_parts && receiver.rare_parts->aliases.find(reference.word); }

/// A message through an alias has been placed: what happens to an alias for one reply, and to the monitor it may be.
void use_alias(Process& self, Process& receiver, Term reference) {
  RareParts& rare = *receiver.rare_parts;
  AliasMode mode = *rare.aliases.find(reference.word);
  if (mode != AliasMode::reply_demonitor && mode != AliasMode::reply) return;
  receiver.vm->references.remove(reference);
  rare.aliases.remove(reference.word);
  MonitorState* monitor = mode == AliasMode::reply_demonitor ? rare.monitors.find(reference.word) : nullptr;
  if (!monitor) return;
  Term target = monitor->target;
  rare.monitors.remove(reference.word);
  // Where the monitor has not come yet, its end goes after it.
  bool removed = target == self.pid && self.rare_parts && self.rare_parts->watchers.remove(reference.word);
  if (!removed) stop_watching(*receiver.vm, target, receiver.pid, reference.word);
}

}  // namespace

Term copy_small(Term term, Word*& to, const Word* end) {
  if (!term.is_pointer() || is_shared_literal(term)) return term;
  Word* top = to;
  // What is copied is scanned in the order it was copied in (Cheney).
  auto take = [&](Word& slot) {
    Term source = Term::raw(slot);
    if (!source.is_pointer() || is_shared_literal(source)) return true;
    if (source.is_cons()) {
      if (end - top < 2) return false;
      top[0] = source.head().word;
      top[1] = source.tail().word;
      slot = Term::cons(top).word;
      top += 2;
      return true;
    }
    const Word* object = source.object();
    auto words = static_cast<ptrdiff_t>(1 + Header::size(*object));
    Kind kind = Header::kind(*object);
    if (end - top < words || kind == Kind::shared_binary || kind == Kind::resource) return false;
    for (ptrdiff_t i = 0; i < words; i++) top[i] = object[i];
    slot = Term::boxed(top).word;
    top += words;
    return true;
  };
  Word root = term.word;
  if (!take(root)) return Term::none();
  for (Word* at = to; at < top;) {
    if (!Header::is(*at)) {
      if (!take(at[0]) || !take(at[1])) return Term::none();
      at += 2;
      continue;
    }
    size_t size = Header::size(*at);
    if (!has_raw_payload(Header::kind(*at)))
      for (size_t i = 1; i <= size; i++)
        if (!take(at[i])) return Term::none();
    at += 1 + size;
  }
  to = top;
  return Term::raw(root);
}

void release_claim(Vm& vm, Process& process) {
  process.state.store(ProcessState::waiting, std::memory_order_seq_cst);
  if (process.inbox.load(std::memory_order_seq_cst) && claim(process)) vm.scheduling->enqueue(&process);
}

void stop_watching(Vm& vm, Term target, Term watcher, Word reference) {
  auto remove = [&](Process& watched) {
    if (watched.rare_parts) watched.rare_parts->watchers.remove(reference);
  };
  if (!act_directly(vm, target, remove)) vm.send_signal(target, make_signal(SignalKind::demonitor, Term::nil(), watcher, reference));
}

bool send_quickly(Machine& m, Term destination, Term message) {
  Vm& vm = *m.vm;
  Process& self = *m.process;
  if (vm.config.deterministic || self.tree || self.trace_flags.load(std::memory_order_relaxed)) [[unlikely]] return false;
  Term pid = destination;
  bool to_alias = destination.is_local_reference();
  if (to_alias) pid = vm.references.find(destination).alias_of;
  if (pid.is_none()) return false;
  Process* receiver = vm.processes.find(pid);
  if (!receiver || receiver->is_host || receiver->tree) return false;
  if (claim(*receiver)) {
    bool placed = !to_alias || is_alias(*receiver, destination) ? place(*receiver, message) : false;
    if (!placed) {
      release_claim(vm, *receiver);
      return false;
    }
    if (to_alias) use_alias(self, *receiver, destination);
    vm.scheduling->enqueue_here(m, receiver);
    return true;
  }
  size_t words = measure_small(message, 0);
  if (words > most_words) return false;
  Signal* signal = allocate_signal(to_alias ? SignalKind::alias_message : SignalKind::message, words);
  signal->from = self.pid;
  if (to_alias) signal->number = destination.word;
  Word* to = signal->data;
  signal->value = copy_small(message, to, to + words);
  if (!receiver->push_signal(signal)) {
    free_signal(signal);  // it has ended
    return true;
  }
  if (claim(*receiver)) vm.scheduling->enqueue_here(m, receiver);
  return true;
}

}  // namespace phial
