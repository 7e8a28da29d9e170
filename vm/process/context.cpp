#include "vm/process/context.hpp"

#include <algorithm>

#include "vm/process/vm.hpp"

namespace phial {

thread_local Machine* current_machine = nullptr;

namespace {

void set_arguments(Context& context, std::span<const Term> arguments) {
  // `arguments` may be the registers themselves.
  if (!arguments.empty()) std::memmove(context.arguments, arguments.data(), arguments.size() * sizeof(Term));
  context.argument_count = static_cast<uint8_t>(arguments.size());
}

}  // namespace

Term Context::again(std::span<const Term> next) {
  set_arguments(*this, next);
  outcome = Outcome::again;
  return Term::none();
}

Term Context::wait(std::initializer_list<Term> next) {
  set_arguments(*this, {next.begin(), next.size()});
  outcome = Outcome::wait;
  return Term::none();
}

Term Context::tail_apply(Term module, Term name, std::span<const Term> next) {
  if (next.size() > 255) return system_limit();
  target = vm_->code.export_for(module, name, static_cast<uint8_t>(next.size()));
  set_arguments(*this, next);
  outcome = Outcome::tail_call;
  return Term::none();
}

Term Context::tail_call_fun(Term called, std::span<const Term> next) {
  if (next.size() > 255) return system_limit();
  fun = called;
  set_arguments(*this, next);
  outcome = Outcome::tail_call_fun;
  return Term::none();
}

Term Context::exit_process(Term reason) {
  exception_reason = reason;
  outcome = Outcome::exit_process;
  return Term::none();
}

// Compiled code has stored sp and hp one by one a moment ago. A load of both at once (the compiler would make one) has to wait until the stores
// have reached the cache.
static Term* stored(Term*& pointer) { return __atomic_load_n(&pointer, __ATOMIC_RELAXED); }
static Word* stored(Word*& pointer) { return __atomic_load_n(&pointer, __ATOMIC_RELAXED); }

void Machine::begin_building() {
  size_t announced = vm->code.largest_announcement.load(std::memory_order_relaxed);
  Word* top = stored(hp);
  Word* end = reinterpret_cast<Word*>(stored(sp)) - announced;
  process->heap.enter(top, reinterpret_cast<Term*>(end > top ? end : top));
}

void Machine::begin_building_here() {
  Word* top = stored(hp);
  size_t announced = reserved_end > top ? static_cast<size_t>(reserved_end - top) : 0;
  auto end = reinterpret_cast<Word*>(stored(sp));
  end = announced < static_cast<size_t>(end - top) ? end - announced : top;
  process->heap.enter(top, reinterpret_cast<Term*>(end));
}

void Machine::begin_building_at_call() {
  reserved_end = nullptr;
  Word* top = stored(hp);
  process->heap.enter(top, stored(sp));
}

void Machine::end_building() {
  Word* before = hp;
  hp = process->heap.leave();
  if (reserved_end > before) reserved_end += hp - before;
  if (process->heap.wants_collection()) [[unlikely]] {
    // A safepoint soon: the rest of the slice is put aside.
    if (context.reductions > 0) {
      slice_left += context.reductions;
      context.reductions = 0;
    }
  }
}

}  // namespace phial
