#include "vm/process/timer.hpp"

#include <algorithm>
#include <bit>
#include <mutex>

#include "vm/process/vm.hpp"
#include "vm/term/binary.hpp"

namespace phial {

Timer* make_timer(Timer::Kind kind, int64_t deadline) {
  auto timer = static_cast<Timer*>(memory_allocate(sizeof(Timer)));
  *timer = Timer{nullptr, nullptr, nullptr, deadline, kind, Term::nil(), Term::nil(), nullptr, 0, nullptr, nullptr, nullptr, nullptr, 0};
  return timer;
}

void free_timer(Timer* timer) {
  if (timer->signal) free_signal(timer->signal);
  if (timer->account) {
    timer->account->charge_other(-timer->bytes);
    timer->account->drop();
  }
  memory_free(timer);
}

TimerWheel::~TimerWheel() {
  auto free_list = [](Timer* list) {
    while (list) {
      Timer* next = list->next;
      if (list->kind == Timer::Kind::action) {
        if (list->release) list->release(list->data);
        free_timer(list);
      } else if (list->kind == Timer::Kind::message) {
        free_timer(list);
      }
      list = next;
    }
  };
  for (auto& level : wheel_)
    for (Timer* list : level) free_list(list);
  free_list(beyond_);
}

// A timer stands on the lowest level whose slots reach to its deadline from the present turn; it moves down when its slot comes up.
void TimerWheel::insert(Timer* timer) {
  int64_t deadline = timer->deadline > current_ ? timer->deadline : current_ + 1;
  Timer** list = &beyond_;
  for (int level = 0; level < levels; level++) {
    int shift = bits * level;
    if ((deadline >> shift) - (current_ >> shift) < slots) {
      auto slot = static_cast<size_t>(deadline >> shift) & (slots - 1);
      list = &wheel_[level][slot];
      occupied_[level] |= uint64_t{1} << slot;
      break;
    }
  }
  timer->next = *list;
  if (timer->next) timer->next->previous = &timer->next;
  timer->previous = list;
  *list = timer;
}

void TimerWheel::start(Timer* timer) {
  std::lock_guard guard(lock_);
  timer->wheel = this;
  insert(timer);
  count_.fetch_add(1, std::memory_order_relaxed);
}

bool TimerWheel::cancel(Timer* timer) {
  std::lock_guard guard(lock_);
  if (!timer->previous) return false;
  *timer->previous = timer->next;
  if (timer->next) timer->next->previous = timer->previous;
  timer->previous = nullptr;
  count_.fetch_sub(1, std::memory_order_relaxed);
  return true;
}

int64_t TimerWheel::next_deadline() {
  if (!count_.load(std::memory_order_relaxed)) return -1;
  std::lock_guard guard(lock_);
  int64_t best = -1;
  for (int level = 0; level < levels; level++) {
    int shift = bits * level;
    auto here = static_cast<int>(current_ >> shift & (slots - 1));
    for (;;) {
      uint64_t turned = std::rotr(occupied_[level], (here + 1) & (slots - 1));
      if (!turned) break;
      int distance = std::countr_zero(turned) + 1;
      size_t slot = static_cast<size_t>(here + distance) & (slots - 1);
      if (!wheel_[level][slot]) {  // emptied by cancels
        occupied_[level] &= ~(uint64_t{1} << slot);
        continue;
      }
      int64_t at = ((current_ >> shift) + distance) << shift;
      if (best < 0 || at < best) best = at;
      break;
    }
  }
  if (best < 0 && beyond_) best = ((current_ >> (bits * (levels - 1))) + 1) << (bits * (levels - 1));
  return best;
}

void TimerWheel::fire(Vm& vm, int64_t now_ms) {
  if (!count_.load(std::memory_order_relaxed)) {
    std::lock_guard guard(lock_);
    if (now_ms > current_) current_ = now_ms;
    return;
  }
  // Those due are collected in a list under the lock and delivered outside it.
  struct Due { Timer* timer; Timer::Kind kind; Term destination; Term reference; uint64_t generation; };
  std::vector<Due> due;
  {
    std::lock_guard guard(lock_);
    while (current_ < now_ms) {
      // Skip to the next occupied place at once.
      int64_t next = now_ms;
      if (!occupied_[0]) {
        int64_t turn_end = (current_ | (slots - 1)) + 1;
        next = turn_end < now_ms ? turn_end : now_ms;
      } else {
        next = current_ + 1;
      }
      current_ = next;
      for (int level = 1; level < levels; level++) {
        int shift = bits * level;
        if (current_ & ((int64_t{1} << shift) - 1)) break;
        size_t slot = static_cast<size_t>(current_ >> shift) & (slots - 1);
        Timer* list = wheel_[level][slot];
        wheel_[level][slot] = nullptr;
        occupied_[level] &= ~(uint64_t{1} << slot);
        if (level == levels - 1 && beyond_) {
          Timer* far = beyond_;
          beyond_ = nullptr;
          while (far) {
            Timer* after = far->next;
            insert(far);
            far = after;
          }
        }
        while (list) {
          Timer* after = list->next;
          if (list->deadline <= current_) {
            size_t now_slot = static_cast<size_t>(current_) & (slots - 1);
            list->next = wheel_[0][now_slot];
            if (list->next) list->next->previous = &list->next;
            list->previous = &wheel_[0][now_slot];
            wheel_[0][now_slot] = list;
          } else {
            insert(list);
          }
          list = after;
        }
      }
      size_t slot = static_cast<size_t>(current_) & (slots - 1);
      Timer* list = wheel_[0][slot];
      wheel_[0][slot] = nullptr;
      occupied_[0] &= ~(uint64_t{1} << slot);
      size_t tick = due.size();
      while (list) {
        Timer* after = list->next;
        list->previous = nullptr;
        count_.fetch_sub(1, std::memory_order_relaxed);
        due.push_back({list, list->kind, list->destination, list->reference, list->generation});
        list = after;
      }
      // A slot's list is newest first.
      std::reverse(due.begin() + static_cast<ptrdiff_t>(tick), due.end());
    }
  }
  for (Due& d : due) {
    if (d.kind == Timer::Kind::receive) {
      Signal* signal = make_signal(SignalKind::timer, Term::nil(), Term::nil(), d.generation);
      vm.send_signal(d.destination, signal);
    } else if (d.kind == Timer::Kind::action) {
      d.timer->action(vm, *d.timer);
    } else if (Timer* owned = vm.references.take_timer(d.reference)) {
      deliver_timer(vm, owned);
    }
  }
}

void deliver_timer(Vm& vm, Timer* timer) {
  if (vm.scheduling->loses_timer()) return free_timer(timer);
  Term destination = timer->destination;
  if (destination.is_atom()) destination = vm.registry.find(destination);
  if (!destination.is_none()) {
    Signal* signal = timer->signal;
    timer->signal = nullptr;
    vm.send_signal(destination, signal);
  }
  free_timer(timer);
}

}  // namespace phial
