#include "vm/base/fiber.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "vm/base/available_memory.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PHIAL_ASAN_FIBERS 1
#include <sanitizer/common_interface_defs.h>
#endif
#if __has_feature(thread_sanitizer)
#define PHIAL_TSAN_FIBERS 1
#include <sanitizer/tsan_interface.h>
#endif
#endif

namespace phial {

namespace {

// Address space, not memory: pages come when they are touched.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PHIAL_LARGE_FRAMES 1
#endif
#endif
#if defined(PHIAL_LARGE_FRAMES) || !defined(NDEBUG)
constexpr size_t stack_bytes = size_t{256} << 20;  // the same nesting takes several times as much without optimization, or checked
#else
constexpr size_t stack_bytes = size_t{64} << 20;
#endif
constexpr size_t guard_bytes = 4096;
// What a kept stack may hold on to.
[[maybe_unused]] constexpr size_t kept_bytes = size_t{256} << 10;
[[maybe_unused]] constexpr size_t kept_stacks = 4;

std::mutex pool_mutex;
std::vector<void*>& pool() {
  static auto* stacks = new std::vector<void*>();
  return *stacks;
}

/// A stack is two mappings of the 65,530 that Linux lets a program have, and address space, which may be limited.
size_t most_stacks() {
  static const size_t most = std::clamp<size_t>(available_address_space() / 2 / stack_bytes, 2, 12'000);
  return most;
}
std::atomic<size_t> stacks{0};

/// Null: there are enough of them, or the system has no more.
void* take_stack(Fiber::Purpose purpose) {
  size_t most = purpose == Fiber::Purpose::job ? most_stacks() / 4 * 3 : most_stacks();
  if (stacks.fetch_add(1, std::memory_order_relaxed) >= most) {
    stacks.fetch_sub(1, std::memory_order_relaxed);
    return nullptr;
  }
  {
    std::lock_guard lock(pool_mutex);
    if (!pool().empty()) {
      void* stack = pool().back();
      pool().pop_back();
      return stack;
    }
  }
  void* stack = mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (stack == MAP_FAILED) {
    stacks.fetch_sub(1, std::memory_order_relaxed);
    return nullptr;
  }
  mprotect(stack, guard_bytes, PROT_NONE);
  return stack;
}

void return_stack(void* stack) {
  stacks.fetch_sub(1, std::memory_order_relaxed);
#ifdef PHIAL_ASAN_FIBERS
  // Frames that were left without being returned from are poisoned. Mapping a stack anew clears that; doing so byte by byte takes 0.1 s.
  munmap(stack, stack_bytes);
#else
  madvise(static_cast<char*>(stack) + guard_bytes, stack_bytes - guard_bytes - kept_bytes, MADV_DONTNEED);
  {
    std::lock_guard lock(pool_mutex);
    if (pool().size() < kept_stacks) {
      pool().push_back(stack);
      return;
    }
  }
  munmap(stack, stack_bytes);
#endif
}

#ifdef PHIAL_TSAN_FIBERS
/// The states that ThreadSanitizer has given to fibers and not got back. It finishes a state twice without a word, and crashes much later.
struct States {
  std::mutex mutex;
  std::unordered_set<void*> alive;
  void add(void* state) {
    std::lock_guard lock(mutex);
    if (!alive.insert(state).second) abort();
  }
  void remove(void* state) {
    std::lock_guard lock(mutex);
    if (state == __tsan_get_current_fiber() || !alive.erase(state)) abort();
  }
  bool has(void* state) {
    std::lock_guard lock(mutex);
    return alive.contains(state);
  }
};
States& states() {
  static auto* all = new States;
  return *all;
}
/// Looks whether a thread ends as itself, not as a fiber.
struct ThreadState {
  void* own = __tsan_get_current_fiber();
  ~ThreadState() {
    if (__tsan_get_current_fiber() != own) abort();
  }
};
thread_local ThreadState thread_state;
#endif

}  // namespace

bool Fiber::many() { return stacks.load(std::memory_order_relaxed) > most_stacks() / 4; }

Fiber::Fiber(Purpose purpose, std::function<void()> body) : body_(std::move(body)), stack_(take_stack(purpose)) {
  if (!stack_) return;
  inside_ = boost::context::detail::make_fcontext(static_cast<char*>(stack_) + stack_bytes, stack_bytes - guard_bytes, enter);
#ifdef PHIAL_TSAN_FIBERS
  tsan_inside_ = __tsan_create_fiber(0);
  states().add(tsan_inside_);
#endif
}

Fiber::~Fiber() {
  if (!stack_) return;
#ifdef PHIAL_TSAN_FIBERS
  states().remove(tsan_inside_);
  __tsan_destroy_fiber(tsan_inside_);
#endif
  return_stack(stack_);
}

void Fiber::enter(boost::context::detail::transfer_t transfer) {
  Fiber* fiber = static_cast<Fiber*>(transfer.data);
  fiber->outside_ = transfer.fctx;
#ifdef PHIAL_ASAN_FIBERS
  __sanitizer_finish_switch_fiber(nullptr, &fiber->outside_stack_, &fiber->outside_stack_size_);
#endif
  fiber->body_();
  fiber->finished_ = true;
#ifdef PHIAL_ASAN_FIBERS
  __sanitizer_start_switch_fiber(nullptr, fiber->outside_stack_, fiber->outside_stack_size_);
#endif
#ifdef PHIAL_TSAN_FIBERS
  __tsan_switch_to_fiber(fiber->tsan_outside_, 0);
#endif
  boost::context::detail::jump_fcontext(fiber->outside_, nullptr);
}

void Fiber::resume() {
#ifdef PHIAL_ASAN_FIBERS
  void* fake = nullptr;
  __sanitizer_start_switch_fiber(&fake, static_cast<char*>(stack_) + guard_bytes, stack_bytes - guard_bytes);
#endif
#ifdef PHIAL_TSAN_FIBERS
  tsan_outside_ = __tsan_get_current_fiber();
  if (!states().has(tsan_outside_) && tsan_outside_ != thread_state.own) abort();
  if (!states().has(tsan_inside_)) abort();
  __tsan_switch_to_fiber(tsan_inside_, 0);
#endif
  boost::context::detail::transfer_t back = boost::context::detail::jump_fcontext(inside_, this);
#ifdef PHIAL_ASAN_FIBERS
  __sanitizer_finish_switch_fiber(fake, nullptr, nullptr);
#endif
#ifdef PHIAL_TSAN_FIBERS
  if (__tsan_get_current_fiber() != tsan_outside_) abort();  // somebody has left a fiber without a word
#endif
  inside_ = back.fctx;
}

void Fiber::suspend() {
#ifdef PHIAL_ASAN_FIBERS
  __sanitizer_start_switch_fiber(&fake_stack_, outside_stack_, outside_stack_size_);
#endif
#ifdef PHIAL_TSAN_FIBERS
  __tsan_switch_to_fiber(tsan_outside_, 0);
#endif
  boost::context::detail::transfer_t back = boost::context::detail::jump_fcontext(outside_, nullptr);
#ifdef PHIAL_ASAN_FIBERS
  __sanitizer_finish_switch_fiber(fake_stack_, &outside_stack_, &outside_stack_size_);
#endif
  outside_ = back.fctx;
}

}  // namespace phial
