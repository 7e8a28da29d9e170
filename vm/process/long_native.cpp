#include "vm/process/long_native.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>

namespace phial {

NativeFiber::NativeFiber()
    : fiber([this] {
        // One function after the other: between two of them the fiber stands in suspend() with nothing of its own on the stack.
        for (;;) {
          result = native(context, arguments);
          done = true;
          fiber.suspend();
        }
      }) {}

static_assert(offsetof(Machine, x) == 0);  // tick() relies on it

void leave_native(Context& context) {
  auto owner = reinterpret_cast<NativeFiber*>(&context);  // whose first member it is
  if (context.machine->slice_left > 0) {  // only a sample is over
    int64_t part = std::min(context.machine->slice_left, context.machine->vm->sample_reductions);
    context.machine->slice_left -= part;
    context.reductions += part;
    if (context.reductions > 0) return;
  }
  owner->fiber.suspend();
}

bool start_native(Machine& m, Export& function, NativeFunction native, NativeFiber*& fiber) {
  fiber = static_cast<NativeFiber*>(m.vm->take_native_fiber());
  if (!fiber) {
    fiber = new NativeFiber;
    if (reinterpret_cast<NativeFiber*>(&fiber->context) != fiber) std::abort();  // leave_native relies on it
  }
  fiber->function = &function;
  fiber->native = native;
  fiber->done = false;
  fiber->context = m.context;
  fiber->context.arguments = fiber->next_arguments;
  for (unsigned i = 0; i < function.arity; i++) fiber->arguments[i] = m.x[i];
  return resume_native(m, *fiber);
}

bool resume_native(Machine& m, NativeFiber& fiber) {
  fiber.context.machine = &m;
  fiber.context.reductions = m.context.reductions;
  fiber.fiber.resume();
  m.context.reductions = fiber.context.reductions;
  return fiber.done;
}

Term finish_native(Machine& m, NativeFiber* fiber) {
  Term* arguments = m.context.arguments;
  m.context = fiber->context;
  m.context.arguments = arguments;
  for (unsigned i = 0; i < fiber->context.argument_count; i++) arguments[i] = fiber->next_arguments[i];
  Term result = fiber->result;
  m.vm->keep_native_fiber(fiber, [](void* unused) { delete static_cast<NativeFiber*>(unused); });
  return result;
}

void drop_native(Process& process) {
  auto fiber = reinterpret_cast<NativeFiber*>(process.saved_export);
  fiber->context.machine = nullptr;  // tick() leaves it alone
  while (!fiber->done) fiber->fiber.resume();
  process.pc = nullptr;
  process.heap.saved_hp = process.heap.leave();
  delete fiber;
}

}  // namespace phial
