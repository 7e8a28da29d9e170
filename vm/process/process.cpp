#include "vm/process/process.hpp"

#include "vm/process/budget.hpp"
#include "vm/process/delivery.hpp"
#include "vm/process/long_native.hpp"
#include "vm/process/process_info.hpp"
#include "vm/process/vm.hpp"
#include "vm/term/compare.hpp"

namespace phial {
namespace {

// What stands in the inbox of a process that takes no more signals.
Signal* const closed_inbox = reinterpret_cast<Signal*>(8);

Signal* next_of(Signal* signal) { return static_cast<Signal*>(signal->next); }

size_t words_of(const Signal& signal) { return signal.used + sizeof(Signal) / sizeof(Word); }

Signal* reversed(Signal* newest) {
  Signal* oldest = nullptr;
  while (newest) {
    Signal* next = next_of(newest);
    newest->next = oldest;
    oldest = newest;
    newest = next;
  }
  return oldest;
}

}  // namespace

Process::~Process() {
  if (counts) memory_free(counts);
  if (tree) tree->drop();
  if (rare_parts) {
    if (rare_parts->reply) free_signal(rare_parts->reply);
    if (rare_parts->receive_timer) free_timer(rare_parts->receive_timer);
    rare_parts->~RareParts();
    memory_free(rare_parts);
  }
}

void Process::make_rare() { rare_parts = new (memory_allocate(sizeof(RareParts))) RareParts; }

bool Process::push_signal(Signal* signal) {
  Signal* head = inbox.load(std::memory_order_relaxed);
  do {
    if (head == closed_inbox) return false;
    signal->next = head;
  } while (!inbox.compare_exchange_weak(head, signal, std::memory_order_acq_rel, std::memory_order_relaxed));
  return true;
}

Signal* Process::close_inbox() { return reversed(inbox.exchange(closed_inbox, std::memory_order_acq_rel)); }

bool Process::handle_signals() {
  if (!inbox.load(std::memory_order_relaxed)) return false;
  settle_direct();  // it came before
  Signal* at = reversed(inbox.exchange(nullptr, std::memory_order_acquire));
  if (tree) [[unlikely]] {
    // What was counted when it was sent is the mailbox's from now on, or gone.
    int64_t words = 0;
    uint32_t count = 0;
    for (Signal* signal = at; signal; signal = next_of(signal), count++) words += static_cast<int64_t>(words_of(*signal));
    counts->inbox_words.fetch_sub(words, std::memory_order_relaxed);
    counts->inbox_length.fetch_sub(count, std::memory_order_relaxed);
  }
  bool traced = trace_flags.load(std::memory_order_relaxed) & trace_receive;
  while (at) {
    Signal* next = next_of(at);
    Signal** end = mailbox_tail;
    if (at->kind == SignalKind::message && !at->value.is_none()) [[likely]]
      append_message(at);
    else
      act_on(at);
    // What other signals became messages (answers to aliases, ends of others) is seen, too.
    if (traced && mailbox_tail != end) [[unlikely]]
      vm->tracing.event(*this, {intern_atom("receive"), (*end)->value});
    at = next;
  }
  return true;
}

Term Process::unconditional_exit() const {
  constexpr int most_looked_at = 4096;
  int left = most_looked_at;
  for (Signal* at = inbox.load(std::memory_order_acquire); at && at != closed_inbox && left--; at = next_of(at)) {
    if (at->kind != SignalKind::exit) continue;
    if (at->number == forced_exit) return at->value;
    if (at->value == atoms::kill) return atoms::killed;
  }
  return Term::none();
}

void Process::append_message(Signal* signal) {
  signal->next = nullptr;
  *mailbox_tail = signal;
  mailbox_tail = reinterpret_cast<Signal**>(&signal->next);
  mailbox_length++;
  if (tree) [[unlikely]] counts->mailbox_words += words_of(*signal);
}

void Process::unlink_message(Signal** at) {
  Signal* message = *at;
  auto next_field = reinterpret_cast<Signal**>(&message->next);
  *at = next_of(message);
  if (mailbox_tail == next_field) mailbox_tail = at;
  if (mark == next_field) mark = at;
  if (save == next_field) save = at;
  mailbox_length--;
  if (tree) [[unlikely]] counts->mailbox_words -= words_of(*message);
}

void Process::settle_direct() {
  if (direct.is_none()) return;
  Term message = direct;
  direct = Term::none();
  append_message(make_signal(SignalKind::message, message));
}

void Process::skip_message() {
  settle_direct();
  save = reinterpret_cast<Signal**>(&(*save)->next);
}

void Process::accept_message() {
  if (!direct.is_none()) {
    direct = Term::none();
    end_receive();
    return;
  }
  Signal* message = *save;
  unlink_message(save);
  end_receive();
  if (message->used && !message_is_copied)
    heap.attach(message, message->off_heap);
  else
    free_signal(message);
}

void Process::end_receive() {
  save = &mailbox;
  receive_timed_out = false;
  if (rare_parts && rare_parts->receive_timer_running) {
    rare_parts->receive_timer_running = false;
    // Who drives the VM itself, or looks at its clock, is not to wait for a timer that nobody wants any more.
    if (!vm->config.schedulers || vm->config.deterministic) cancel_receive_timer();
  }
}

void Process::cancel_receive_timer() {
  if (!rare_parts || !rare_parts->receive_timer_armed) return;
  rare_parts->receive_timer_armed = false;
  rare_parts->receive_timer_generation++;
  rare_parts->receive_timer->wheel->cancel(rare_parts->receive_timer);
}

void Process::arm_receive_timer() {
  RareParts& rare = *rare_parts;
  if (rare.receive_timer_armed) {
    if (rare.receive_timer->deadline <= rare.receive_deadline) return;  // it is armed again when it fires
    cancel_receive_timer();
  }
  if (!rare.receive_timer) rare.receive_timer = make_timer(Timer::Kind::receive, 0);
  Timer* timer = rare.receive_timer;
  timer->deadline = rare.receive_deadline;
  timer->destination = pid;
  timer->generation = ++rare.receive_timer_generation;
  rare.receive_timer_armed = true;
  vm->scheduling->start_timer(timer);
}

void Process::deliver(Term message) {
  settle_direct();
  append_message(make_signal(SignalKind::message, message));
}

void Process::add_roots(RootSet& roots) {
  roots.add(&exit_reason, 1);
  if (!direct.is_none()) roots.add(&direct, 1);
  if (!rare_parts) return;
  roots.add(rare_parts->dictionary.roots(), rare_parts->dictionary.root_count());
  roots.add(&rare_parts->monitor_tags_keep, 1);
  roots.add(&rare_parts->label, 1);
  roots.add(&rare_parts->native_state, 1);
}

bool Process::advance_collection() {
  if (!(trace_flags.load(std::memory_order_relaxed) & trace_garbage_collection) && !vm->watch.wants_collections()) return advance_collection_plainly();
  bool more = false;
  vm->watch.collect_watched(*this, [&] { more = advance_collection_plainly(); });
  return more;
}

bool Process::advance_collection_plainly() {
  constexpr int64_t part_ns = 700000;
  RootSet roots;
  add_roots(roots);
  bool over = false;
  vm->timed_stop(heap, [&] {
    if (collection_stage == CollectionStage::begin) {
      if (collection == Collection::hibernation && !heap.old_space()) {
        over = true;
      } else if (heap.cycle_active()) {
        collection_stage = CollectionStage::previous_cycle;
      } else {
        heap.collect(0, roots, true);
        over = !heap.cycle_active();
        collection_stage = CollectionStage::cycle;
      }
      return;
    }
    if (heap.cycle_active()) return heap.work_for(part_ns, !vm->config.deterministic);
    if (collection_stage == CollectionStage::previous_cycle) {
      heap.collect(0, roots, true);
      collection_stage = CollectionStage::cycle;
      return;
    }
    if (heap.old_space() && heap.old_space()->sparse) heap.collect(0, roots, false);
    over = true;
  });
  if (!over) return true;
  if (collection == Collection::hibernation) vm->timed_stop(heap, [&] { heap.collect_for_hibernation(roots); });
  collection = Collection::none;
  collection_stage = CollectionStage::begin;
  if (awaits_collection == AwaitsCollection::yes) awaits_collection = AwaitsCollection::done;
  vm->account(*this);
  if (!rare_parts) return false;
  for (auto& request : rare_parts->collection_requests)
    vm->send_signal(request.from, make_signal(SignalKind::reply, atoms::true_, Term::nil(), request.number));
  rare_parts->collection_requests.clear();
  return false;
}

void Process::receive_exit(Term from, Term reason, bool from_link, Signal* owner, bool forced) {
  bool kill = !from_link && !forced && reason == atoms::kill;
  if (exit_pending) {
    free_signal(owner);
    return;
  }
  if (!kill && !forced && trap_exit) {
    Term elements[] = {atoms::EXIT, from, reason};
    append_message(make_tuple_message(elements));
    free_signal(owner);
    return;
  }
  if (reason == atoms::normal && from != pid) {
    free_signal(owner);
    return;
  }
  exit_pending = true;
  exit_reason = kill ? atoms::killed : reason;
  if (!kill && owner->used)
    heap.attach(owner, owner->off_heap);
  else
    free_signal(owner);
}

void Process::act_on(Signal* signal) {
  switch (signal->kind) {
    case SignalKind::message: append_message(signal); return;
    case SignalKind::alias_message: {
      AliasMode* mode = rare_parts ? rare_parts->aliases.find(signal->number) : nullptr;
      if (!mode) break;
      if (*mode == AliasMode::reply_demonitor || *mode == AliasMode::reply) {
        Term reference = Term::raw(signal->number);
        bool demonitor = *mode == AliasMode::reply_demonitor;
        vm->references.remove(reference);
        rare_parts->aliases.remove(signal->number);
        if (MonitorState* monitor = demonitor ? rare_parts->monitors.find(signal->number) : nullptr) {
          stop_watching(*vm, monitor->target, pid, signal->number);
          rare_parts->monitors.remove(signal->number);
        }
      }
      signal->kind = SignalKind::message;
      append_message(signal);
      return;
    }
    case SignalKind::link: rare().links.insert(signal->from.word, LinkState{0}); break;
    case SignalKind::unlink: {
      LinkState* link = rare().links.find(signal->from.word);
      if (link && !link->unlink_number) rare().links.remove(signal->from.word);
      vm->send_signal(signal->from, make_signal(SignalKind::unlink_ack, Term::nil(), pid, signal->number));
      break;
    }
    case SignalKind::unlink_ack: {
      LinkState* link = rare().links.find(signal->from.word);
      if (link && link->unlink_number == signal->number) rare().links.remove(signal->from.word);
      break;
    }
    case SignalKind::link_exit: {
      LinkState* link = rare_parts ? rare_parts->links.find(signal->from.word) : nullptr;
      if (!link) break;
      bool active = !link->unlink_number;
      rare_parts->links.remove(signal->from.word);
      if (!active) break;
      receive_exit(signal->from, signal->value, true, signal);
      return;
    }
    case SignalKind::exit: receive_exit(signal->from, signal->value, false, signal, signal->number == forced_exit); return;
    case SignalKind::monitor: rare().watchers.insert(signal->number, WatcherState{signal->from, signal->value}); break;
    case SignalKind::demonitor:
      if (rare_parts) rare_parts->watchers.remove(signal->number);
      break;
    case SignalKind::down: {
      MonitorState* monitor = rare_parts ? rare_parts->monitors.find(signal->number) : nullptr;
      if (!monitor) break;
      MonitorState state = *monitor;
      rare_parts->monitors.remove(signal->number);
      Term reference = Term::raw(signal->number);
      if (state.alias == static_cast<uint8_t>(AliasMode::demonitor) || state.alias == static_cast<uint8_t>(AliasMode::reply_demonitor)) {
        rare_parts->aliases.remove(signal->number);
        vm->references.remove(reference);
      }
      Term tag = state.tag;
      if (tag.is_none()) {  // a compound tag, kept in a list of {reference, tag}
        for (Term entry : ListRange(rare_parts->monitor_tags_keep))
          if (entry.element(0) == reference) tag = entry.element(1);
      }
      static const Term port = intern_atom("port"), here = intern_atom("nonode@nohost");
      Word* at = signal->data + signal->used;
      Term object = signal->from;
      if (!state.name.is_nil()) {
        at[0] = Header::make(Kind::tuple, 2);
        at[1] = state.name.word;
        at[2] = here.word;
        object = Term::boxed(at);
        at += 3;
      }
      Term elements[] = {tag, reference, state.target.is_local_port() ? port : atoms::process, object, signal->value};
      if (tag.is_pointer()) {  // of this heap: it is copied
        append_message(make_tuple_message(elements));
        break;
      }
      at[0] = Header::make(Kind::tuple, std::size(elements));
      for (size_t i = 0; i < std::size(elements); i++) at[1 + i] = elements[i].word;
      signal->used = static_cast<uint32_t>(at + 1 + std::size(elements) - signal->data);
      signal->kind = SignalKind::message;
      signal->value = Term::boxed(at);
      append_message(signal);
      return;
    }
    case SignalKind::reply:
      if (rare_parts && rare_parts->expected_reply == signal->number && !rare_parts->reply) {
        rare_parts->reply = signal;
        return;
      }
      break;
    case SignalKind::process_info: {
      Arena arena(256);
      Term info = process_info(arena, *this, signal->value, false);
      vm->send_signal(signal->from, make_signal(SignalKind::reply, info, Term::nil(), signal->number));
      break;
    }
    case SignalKind::group_leader: group_leader = signal->value; break;
    case SignalKind::garbage_collect: {
      if (signal->value != atoms::low) {
        if (collection == Collection::none) collection = Collection::full;
        rare().collection_requests.push_back({signal->from, signal->number});
        break;
      }
      RootSet roots;
      add_roots(roots);
      if (!in_long_native(*this)) vm->timed_stop(heap, [&] { heap.collect(0, roots, false); });
      vm->send_signal(signal->from, make_signal(SignalKind::reply, atoms::true_, Term::nil(), signal->number));
      break;
    }
    case SignalKind::suspend:
      rare().suspend_count++;
      suspended = true;
      vm->send_signal(signal->from, make_signal(SignalKind::reply, atoms::true_, Term::nil(), signal->number));
      break;
    case SignalKind::resume:
      if (rare().suspend_count && --rare().suspend_count == 0) suspended = false;
      break;
    case SignalKind::check_code: {
      Module* old = vm->code.find_old_module(signal->value);
      bool uses = old && uses_code(*this, *old);
      vm->send_signal(signal->from, make_signal(SignalKind::reply, boolean(uses), Term::nil(), signal->number));
      break;
    }
    case SignalKind::timer:
      if (!rare_parts || !rare_parts->receive_timer_armed || rare_parts->receive_timer_generation != signal->number) break;
      rare_parts->receive_timer_armed = false;
      if (!rare_parts->receive_timer_running) break;
      if (rare_parts->receive_timer->deadline >= rare_parts->receive_deadline)
        receive_timed_out = true;
      else
        arm_receive_timer();  // it was left by an earlier receive
      break;
  }
  free_signal(signal);
}

}  // namespace phial
