// Running VMs that have no threads of their own, on whatever thread the host does it; and waiting for answers in either kind of VM.
#include <algorithm>
#include <chrono>

#include "vm/api/internal.hpp"
#include "vm/scheduler/deterministic.hpp"

using namespace phial;
using namespace phial::api;

namespace {

/// After so many reductions whoever waits for an answer looks whether it is there.
constexpr int64_t look_after = 32000;
/// While another thread drives the VM, a waiting one looks this often whether it has stopped doing so.
constexpr int64_t driver_check_ns = 1000000;

/// The right to run processes of a VM without threads: one thread at a time.
class Driving {
 public:
  explicit Driving(phial_vm* vm) : vm_(vm), ours_(!vm->driven.exchange(true, std::memory_order_acquire)) {}
  ~Driving() {
    if (ours_) vm_->driven.store(false, std::memory_order_release);
  }
  Driving(const Driving&) = delete;
  explicit operator bool() const { return ours_; }

 private:
  phial_vm* vm_;
  bool ours_;
};

bool has_threads(const phial_vm* vm) { return vm->vm->config.schedulers > 0; }

phial_progress progress(phial_vm* vm, bool more, uint64_t reductions) {
  // The work outside is counted first: when its answer stands in a queue, it is counted no more.
  auto outside = static_cast<uint64_t>(std::max<int64_t>(vm->vm->outside_work.load(std::memory_order_acquire), 0));
  more = more || vm->vm->scheduling->run_queue_length() > 0;
  int64_t timer = has_threads(vm) ? -1 : vm->vm->scheduling->next_timer();
  return {more ? PHIAL_MORE : outside ? PHIAL_OUTSIDE : timer >= 0 ? PHIAL_TIMER : PHIAL_QUIET, timer, reductions, outside};
}

}  // namespace

namespace phial::api {

int64_t steady_now() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Term await_message(phial_vm* vm, Term host, TermHeap& heap, int64_t deadline) {
  for (;;) {
    int64_t left = deadline < 0 ? -1 : std::max<int64_t>(deadline - steady_now(), 0);
    if (has_threads(vm)) return vm->vm->poll_host(host, heap, left);
    Term message = vm->vm->poll_host(host, heap, 0);
    if (!message.is_none() || left == 0) return message;
    if (Driving driving(vm); driving) {
      bool more = vm->vm->run_for(look_after, vm->vm->config.deterministic ? -1 : left);
      if (more || vm->vm->host_pending(host)) continue;
      if (DeterministicScheduling* simulation = simulation_of(*vm->vm); simulation && simulation->halted()) {
        vm->stopped.store(true, std::memory_order_release);
        return Term::none();
      }
      vm->vm->scheduling->wait(left);
    } else {
      message = vm->vm->poll_host(host, heap, left < 0 ? driver_check_ns : std::min(left, driver_check_ns));
      if (!message.is_none()) return message;
    }
  }
}

}  // namespace phial::api

extern "C" {

phial_progress phial_run_for(phial_vm* vm, int64_t reductions, int64_t nanoseconds) {
  Use use(vm);
  if (!use) return {PHIAL_QUIET, -1, 0, 0};
  if (has_threads(vm)) return progress(vm, false, 0);
  if (inside(vm)) {
    misuse(vm, "phial_run_for was called within itself, by a host function or a callback");
    return {PHIAL_QUIET, -1, 0, 0};
  }
  Driving driving(vm);
  if (!driving) {
    misuse(vm, "phial_run_for was called while another thread is in it");
    return {PHIAL_OUTSIDE, -1, 0, 0};
  }
  uint64_t before = vm->vm->scheduling->total_reductions();
  bool more = vm->vm->run_for(reductions > 0 ? reductions : -1, nanoseconds > 0 ? nanoseconds : -1);
  return progress(vm, more, vm->vm->scheduling->total_reductions() - before);
}

bool phial_sim_begin(phial_vm* vm, uint64_t seed) {
  Use use(vm);
  if (!use) return false;
  DeterministicScheduling* simulation = simulation_of(*vm->vm);
  if (!simulation) return false;
  Driving driving(vm);
  if (!driving) {
    misuse(vm, "phial_sim_begin was called while the VM runs");
    return false;
  }
  simulation->begin(seed);
  return true;
}

bool phial_wait(phial_vm* vm, int64_t nanoseconds) {
  Use use(vm);
  if (!use) return false;
  if (inside(vm)) {
    misuse(vm, "phial_wait was called on a thread of its VM, by a host function or a callback");
    return false;
  }
  if (!vm->vm->config.deterministic) return vm->vm->scheduling->wait(nanoseconds);
  Driving driving(vm);  // its queues are the driver's alone
  if (!driving) {
    misuse(vm, "phial_wait was called while another thread runs a deterministic VM");
    return false;
  }
  return vm->vm->scheduling->wait(nanoseconds);
}

int phial_descriptor(phial_vm* vm) {
  Use use(vm);
  return use ? vm->vm->scheduling->descriptor() : -1;
}

}  // extern "C"
