#include "vm/base/signal_stack.hpp"

#include <atomic>
#include <csignal>
#include <sys/mman.h>

namespace phial {
namespace {

constexpr size_t stack_bytes = 64 * 1024;
std::atomic<bool> faults_expected{false};

struct SignalStack {
  void* memory = nullptr;

  void use() {
    if (memory) return;
    void* mapped = mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) return;
    stack_t stack{};
    stack.ss_sp = mapped;
    stack.ss_size = stack_bytes;
    if (sigaltstack(&stack, nullptr) == 0) memory = mapped;
    else munmap(mapped, stack_bytes);
  }
  ~SignalStack() {
    if (!memory) return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
    munmap(memory, stack_bytes);
  }
};
thread_local SignalStack signal_stack;

}  // namespace

void use_signal_stack() {
  if (faults_expected.load(std::memory_order_relaxed)) signal_stack.use();
}
void expect_faults() { faults_expected.store(true, std::memory_order_relaxed); }

}  // namespace phial
