#include "vm/process/long_native.hpp"

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include <unwind.h>

#include "vm/base/available_memory.hpp"
#include "vm/base/work.hpp"
#include "vm/process/budget.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/map.hpp"

namespace phial {

void (*held_up_hook)(Machine& machine) = nullptr;

NativeFiber::NativeFiber()
    : fiber(Fiber::Purpose::native, [this] {
        // One function after the other: between two of them the fiber stands in suspend() with nothing of its own on the stack.
        for (;;) {
          try {
            result = native(context, arguments);
          } catch (const NativeCancelled&) {
            result = Term::none();
            context.outcome = Context::Outcome::exit_process;
          }
          done = true;
          fiber.suspend();
        }
      }) {}

/// On the pool nobody waits for a turn; but nobody needs the answer when the VM stops or the process is gone.
static bool leave_on_pool(Context& context) {
  context.reductions = 1 << 20;
  Vm& vm = context.vm();
  if (vm.stopping.load(std::memory_order_relaxed)) return false;
  Epochs::Guard guard(vm.epochs);
  return vm.processes.find(context.pool_pid) != nullptr;
}

namespace {

/// The function that runs on this thread's fiber.
thread_local NativeFiber* running_fiber = nullptr;

// -- in place

/// Called for each frame that is unwound, from the inside out. Code that has no tables for unwinding (compiled code) looks like the end of the stack.
_Unwind_Reason_Code stop_at_slice(int, _Unwind_Action actions, _Unwind_Exception_Class, _Unwind_Exception*, _Unwind_Context* frame, void* place) {
  if (actions & _UA_END_OF_STACK || _Unwind_GetCFA(frame) >= reinterpret_cast<Word>(place)) std::longjmp(*static_cast<std::jmp_buf*>(place), 1);
  return _URC_NO_REASON;
}

/// The process ends where it stands, in C++ that compiled code called.
[[noreturn]] void end_in_place(Machine& m, Term reason) {
  m.exit_reason = reason;
  m.exit_is_crash = false;
  thread_local _Unwind_Exception unwinding;
  unwinding = {};
  _Unwind_ForcedUnwind(&unwinding, stop_at_slice, m.slice_place);
  std::longjmp(*static_cast<std::jmp_buf*>(m.slice_place), 1);  // nothing could be unwound
}

/// Why the process that runs has to end at once; none(): it goes on.
Term reason_to_end(Machine& m) {
  Process& process = *m.process;
  if (m.vm->stopping.load(std::memory_order_relaxed)) return atoms::killed;
  if (Term reason = process.unconditional_exit(); !reason.is_none()) return reason;
  if (!process.tree) return Term::none();
  if (uint8_t ended = process.tree->ended()) return end_reason(ended);
  auto spent = static_cast<uint64_t>(m.work_in_place);
  for (auto [kind, more] : {std::pair{BudgetKind::reductions, spent}, std::pair{BudgetKind::time, uint64_t{1}}})
    while (ProcessTree* over = process.tree->over(kind, more)) {
      if (over->raised(kind)) continue;
      over->end(*m.vm, kind);
      return budget_reason(kind);
    }
  return Term::none();
}

void note_work_in_place(int64_t units) {
  constexpr int64_t look_every = 1 << 16;
  Machine* m = current_machine;
  if (!m || !m->slice_place) return;
  m->slice_left -= units;
  m->work_in_place += units;
  if (m->work_in_place < m->work_looked_at || work_is_fixed()) return;
  m->work_looked_at = m->work_in_place + look_every;
  Term reason;
  {
    WorkHold hold;  // the host is asked, perhaps
    if (held_up_hook) held_up_hook(*m);
    reason = reason_to_end(*m);
  }
  if (!reason.is_none()) end_in_place(*m, reason);
}

/// Looked up anew at each call: a fiber goes on on other threads.
[[gnu::noinline]] void note_work_of_slice(int64_t units) {
  NativeFiber* fiber = running_fiber;
  if (!fiber) return note_work_in_place(units);
  if (work_is_held())
    fiber->context.reductions -= units;  // it is left later
  else
    tick(fiber->context, units);
}

[[gnu::noinline]] bool note_work_of_slice_gently(int64_t units) {
  NativeFiber* fiber = running_fiber;
  if (!fiber) return true;
  fiber->context.reductions -= units;
  return fiber->context.reductions >= 0 || work_is_held() || !fiber->context.can_be_left || leave_native_gently(fiber->context);
}

Term reason_of(GivenUp why, Machine& m) {
  ProcessTree* tree = m.process->tree;
  if (!tree) return atoms::system_limit;
  BudgetKind kind = why == GivenUp::table ? BudgetKind::ets : BudgetKind::memory;
  if (!tree->is_vm()) tree->end(*m.vm, kind);
  return budget_reason(kind);
}

[[gnu::noinline]] void give_up_slice(GivenUp why) {
  Machine* m = current_machine;
  if (!m || !m->slice_place || work_is_fixed()) {
    walk_given_up = why;
    return;
  }
  Term reason = reason_of(why, *m);
  NativeFiber* fiber = running_fiber;
  if (!fiber) end_in_place(*m, reason);
  fiber->context.exception_reason = reason;
  throw NativeCancelled();
}

/// The system refuses memory to the process that runs here: it ends after its slice, as if a walk of it had been given up.
void end_who_asks() {
  if (current_machine && current_machine->process) walk_given_up = GivenUp::words;
}

[[maybe_unused]] const bool hooked = (memory_short_hook = end_who_asks, work_hook = note_work_of_slice, gentle_work_hook = note_work_of_slice_gently, give_up_hook = give_up_slice, true);

constexpr size_t much_bytes = 64 * 1024, much_limbs = 512;
constexpr size_t much_terms = 128;  // to look at so many takes as long as to change stacks and back

bool is_much_itself(Term term, size_t& budget) {
  for (; term.is_cons(); term = term.tail())
    if (!budget--) return true;
  if (!term.is_boxed()) return false;
  if (term.is_bitstring()) return bit_size(term) / 8 > much_bytes;
  if (term.is_bignum()) return term.size() > much_limbs;
  return (term.is_map() ? map_size(term) : term.size()) > budget;
}

/// Looks at no more than `budget` words of a term; true if there are more, or much behind one of them.
bool is_much(Term term, size_t& budget, unsigned depth) {
  for (; term.is_cons(); term = term.tail()) {
    if (!budget) return true;
    budget--;
    if (term.head().is_kind(Kind::heap_binary)) continue;  // short: most often it is one
    if (term.head().is_pointer() && (depth > 8 || is_much(term.head(), budget, depth + 1))) return true;
  }
  if (!term.is_boxed()) return false;
  if (term.is_bitstring()) return bit_size(term) / 8 > much_bytes;
  if (term.is_bignum()) return term.size() > much_limbs;
  if (term.is_map() && map_size(term) > budget) return true;
  size_t size = term.size();
  if (size > budget || (depth > 8 && !has_raw_payload(term.kind()))) return true;
  budget -= size;
  if (has_raw_payload(term.kind())) return false;
  for (size_t i = 0; i < size; i++)
    if (term.payload()[i].is_pointer() && is_much(term.payload()[i], budget, depth + 1)) return true;
  return false;
}

}  // namespace

bool is_much(const Term* arguments, unsigned count, bool shallow) {
  size_t budget = much_terms;
  for (unsigned i = 0; i < count; i++)
    if (arguments[i].is_pointer() && (shallow ? is_much_itself(arguments[i], budget) : is_much(arguments[i], budget, 0))) return true;
  return false;
}

void leave_native(Context& context) {
  if (!leave_native_gently(context)) throw NativeCancelled();
}

bool leave_native_gently(Context& context) {
  if (!context.process_) return leave_on_pool(context);
  auto owner = reinterpret_cast<NativeFiber*>(&context);  // whose first member it is
  if (context.machine->slice_left > 0) {  // only a sample is over
    int64_t part = std::min(context.machine->slice_left, context.machine->vm->sample_reductions.load(std::memory_order_relaxed));
    context.machine->slice_left -= part;
    context.reductions += part;
    if (context.reductions > 0) return true;
  }
  owner->fiber.suspend();
  return !owner->cancelled;
}

NativeFiber* take_native(Machine& m) {
  auto fiber = static_cast<NativeFiber*>(m.vm->take_native_fiber());
  if (fiber) return fiber;
  fiber = new NativeFiber;
  if (reinterpret_cast<NativeFiber*>(&fiber->context) != fiber) std::abort();  // leave_native relies on it
  if (fiber->fiber) return fiber;
  delete fiber;
  return nullptr;
}

bool start_native(Machine& m, Export& function, NativeFunction native, NativeFiber* fiber) {
  fiber->function = &function;
  fiber->native = native;
  fiber->done = false;
  fiber->cancelled = false;
  fiber->context = m.context;
  fiber->context.can_be_left = true;
  fiber->context.arguments = fiber->next_arguments;
  for (unsigned i = 0; i < function.arity; i++) fiber->arguments[i] = m.x[i];
  return resume_native(m, *fiber);
}

[[gnu::noinline]] NativeFiber* exchange_running(NativeFiber* other) { return std::exchange(running_fiber, other); }

bool resume_native(Machine& m, NativeFiber& fiber) {
  fiber.context.machine = &m;
  fiber.context.reductions = m.context.reductions;
  exchange_running(&fiber);
  fiber.fiber.resume();
  exchange_running(nullptr);
  m.context.reductions = fiber.context.reductions;
  return fiber.done;
}

Term finish_native(Machine& m, NativeFiber* fiber) {
  Term* arguments = m.context.arguments;
  m.context = fiber->context;
  m.context.can_be_left = false;
  m.context.arguments = arguments;
  if (m.context.outcome == Context::Outcome::exception) {
    // The stack trace shows what it was called with; the machine has run other processes meanwhile.
    for (unsigned i = 0; i < fiber->function->arity; i++) arguments[i] = fiber->arguments[i];
  } else {
    for (unsigned i = 0; i < fiber->context.argument_count; i++) arguments[i] = fiber->next_arguments[i];
  }
  Term result = fiber->result;
  if (Fiber::many())
    delete fiber;
  else
    m.vm->keep_native_fiber(fiber, [](void* unused) { delete static_cast<NativeFiber*>(unused); });
  return result;
}

void run_slice(Machine& m, CompiledFunction code, Term* sp, Word* hp, int64_t reductions, Word x0) {
  std::jmp_buf place;
  m.work_in_place = 0;
  m.work_looked_at = 0;
  m.slice_place = &place;
  if (_setjmp(place) == 0) {
    code(&m, sp, hp, reductions, x0, 0, 0, 0, 0, 0);
    m.slice_place = nullptr;
    return;
  }
  // The process ended in the middle. What its registers held is lost, and nobody looks at its heap any more.
  ProcessHeap& heap = m.process->heap;
  heap.leave();
  heap.saved_sp = m.sp;
  heap.saved_hp = m.hp;
  m.slice_place = nullptr;
  m.result = Machine::Result::exited;
}

void drop_native(Process& process) {
  auto fiber = reinterpret_cast<NativeFiber*>(process.saved_export);
  fiber->cancelled = true;
  while (!fiber->done) fiber->fiber.resume();
  process.pc = nullptr;
  process.heap.saved_hp = process.heap.leave();
  delete fiber;
}

}  // namespace phial
