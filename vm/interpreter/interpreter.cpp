// The interpreter: one handler per instruction and mix of register kinds, each ending in a tail call of the next one's.
//
// x registers stand in m->x, y registers in the frame on top of the process's stack; sp, hp and the reductions are in CPU registers all the
// time (the calling convention of vm/process/frame_abi.hpp, which compiled code shares). Handlers stand in handlers.hpp's family of files;
// this file holds the table, the paths between interpreted code, compiled code and the scheduler, and run_process.
//
// A slice: run_process loads the live x registers and jumps into code. The reductions register holds a part of the slice (a sample);
// when it runs out, yield_path asks `safepoint`, which collects if the heap wants it, takes a sample for the JIT, and goes on with the
// next part or saves the process and returns to the scheduler. Every return from a handler is a return to run_process.
#include "vm/interpreter/arithmetic_handlers.hpp"
#include "vm/interpreter/call_handlers.hpp"
#include "vm/interpreter/data_handlers.hpp"
#include "vm/code/internal_code.hpp"
#include "vm/interpreter/trace_handlers.hpp"
#include "vm/process/long_native.hpp"
#include "vm/term/map.hpp"

namespace phial {
namespace {

/// Bit i: packed operand i names a register.
constexpr unsigned register_operands(const char* format) {
  unsigned mask = 0, next = 0;
  for (const char* f = format; *f; f++) {
    if (*f == 'd' || *f == 'r') mask |= 1u << next++;
    if (*f == 'n') next++;
  }
  return mask;
}

alignas(64) const Word internal_code[] = {
    internal_instruction(InternalOpcode::call_export), internal_instruction(InternalOpcode::call_fun), internal_instruction(InternalOpcode::exit),
    internal_instruction(InternalOpcode::underflow), internal_instruction(InternalOpcode::resume_native)};
const Word* internal_position(InternalOpcode code) { return &internal_code[static_cast<size_t>(code)]; }

}  // namespace

#define MASKED(name, format, k) &op_##name<(k) & register_operands(format)>
const CompiledFunction handlers[] = {
#define OP(name, format, ends)                                                                               \
  MASKED(name, format, 0), MASKED(name, format, 1), MASKED(name, format, 2), MASKED(name, format, 3),        \
      MASKED(name, format, 4), MASKED(name, format, 5), MASKED(name, format, 6), MASKED(name, format, 7),
#include "vm/code/opcodes.def"
#undef OP
#define INTERNAL(path) path, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
    INTERNAL(internal_call_export)
    INTERNAL(internal_call_fun)
    INTERNAL(internal_exit)
    INTERNAL(internal_underflow)
    INTERNAL(internal_resume_native)
    INTERNAL(internal_breakpoint)
    INTERNAL(internal_stub)
    INTERNAL(internal_trace_return)
    INTERNAL(internal_trace_raise)
    INTERNAL(internal_receive_skip)
    INTERNAL(internal_receive_wait)
    INTERNAL(internal_receive_wait_timeout)
#undef INTERNAL
};

// -- between tiers
PHIAL_PATH(interpreter_resume_path) {
  m->x[0] = Term::raw(x0);
  DISPATCH(reinterpret_cast<const Word*>(sp[1].word));
}
PHIAL_PATH(interpret_at_path) { DISPATCH(PC); }
static PHIAL_PATH(deoptimize_path) {
  SYNC();
  note_exit(*m, PC, *reinterpret_cast<Function*>(x1), x2);
  RELOAD();
  DISPATCH(PC);
}
PHIAL_PATH(interpret_function_path) { DISPATCH(reinterpret_cast<Function*>(x0)->code); }
PHIAL_PATH(enter_function) { ENTER(reinterpret_cast<Function*>(x0)); }

/// Goes on at position x0 after a pause: at native code if there is some.
static PHIAL_PATH(continue_path) {
  Module* module = module_at(PC);
  if (module) {
    Function* f = module->function_at(PC);
    if (f && f->code == PC) {
      if (void* native = f->native_entry.load(std::memory_order_acquire)) {
        PHIAL_TAIL reinterpret_cast<CompiledFunction>(native)(m, sp, hp, reductions, m->x[0].word, m->x[1].word, m->x[2].word,
                                                              m->x[3].word, m->x[4].word, m->x[5].word);
      }
    } else if (auto hook = m->vm->native_continuation.load(std::memory_order_acquire)) {
      if (CompiledFunction native = hook(*m->vm, PC)) GO(native, 0, 0, 0, 0);
    }
  }
  DISPATCH(PC);
}

PHIAL_PATH(yield_path) {
  m->sp = sp;
  m->hp = hp;
  m->context.reductions = reductions;
  m->pc = PC;
  if (!safepoint(*m, PC, static_cast<unsigned>(x1))) return;
  RELOAD_ALL();
  GO(continue_path, x0, 0, 0, 0);
}

PHIAL_PATH(wait_path) {
  m->sp = sp;
  m->hp = hp;
  m->context.reductions = reductions;
  Process& process = *m->process;
  process.heap.saved_sp = sp;
  process.heap.saved_hp = hp;
  process.live = 0;
  process.pc = PC;
  process.native_at = reinterpret_cast<CompiledFunction>(x1);
  process.native_epoch = m->vm->native_epoch.load(std::memory_order_relaxed);
  process.waits_for_message = true;
  m->result = Machine::Result::waiting;
}

PHIAL_PATH(collect_path) {
  m->sp = sp;
  m->hp = hp;
  m->context.reductions = reductions;
  if (!collect_garbage(*m, x0, static_cast<unsigned>(x1))) GO(exit_path, 0, 0, 0, 0);
  RELOAD_ALL();
  GO(reinterpret_cast<CompiledFunction>(x2), 0, 0, 0, 0);
}

PHIAL_PATH(raise_path) {
  const Word* handler = unwind(*m);
  if (!handler) GO(exit_path, 0, 0, 0, 0);
  RELOAD_ALL();
  GO(continue_path, handler, 0, 0, 0);
}

PHIAL_PATH(process_exit_path) {
  m->sp = sp;
  m->hp = hp;
  m->context.reductions = reductions;
  m->exit_reason = atoms::normal;
  m->exit_is_crash = false;
  GO(exit_path, 0, 0, 0, 0);
}

PHIAL_PATH(exit_path) {
  m->process->heap.saved_sp = m->sp;
  m->process->heap.saved_hp = m->hp;
  m->result = Machine::Result::exited;
}

/// A value is returned to a frame that was put aside.
PHIAL_PATH(underflow_path) {
  m->sp = sp;
  m->hp = hp;
  m->context.reductions = reductions;
  m->x[0] = Term::raw(x0);
  if (!thaw_stack(*m, 1)) GO(exit_path, 0, 0, 0, 0);
  RELOAD_ALL();
  RETURN();
}
PHIAL_PATH(internal_underflow) { GO(underflow_path, m->x[0].word, 0, 0, 0); }

PHIAL_PATH(internal_exit) { GO(process_exit_path, 0, 0, 0, 0); }
PHIAL_PATH(internal_call_export) { GO(enter_export, m->process->saved_export, 0, 0, 0); }
PHIAL_PATH(internal_call_fun) {
  unsigned arity = m->entered_live - 1u;
  m->pc = nullptr;
  GO(enter_fun, m->x[arity].word, arity, 0, 0);
}

// -- natives
/// What follows a native function that returned none(): its continuation stands on the stack (the frame on top is the caller's continuation).
static PHIAL_PATH(native_outcome) {  // x0: Export* that ran
  auto e = reinterpret_cast<Export*>(x0);
  Context& c = m->context;
  switch (c.outcome) {
    case Context::Outcome::value:  // left in the middle: saved_export is its fiber
      m->sp = sp;
      m->hp = hp;
      save_process(*m, m->vm->resume_native_code, 0);
      m->result = Machine::Result::yielded;
      return;
    case Context::Outcome::again:
      m->process->saved_export = e;
      // It may go on at once where nobody waits for a turn; safepoint decides.
      if (reductions > 0) GO(enter_export, e, 0, 0, 0);
      m->sp = sp;
      m->hp = hp;
      if (!safepoint(*m, m->vm->call_export_code, c.argument_count)) return;
      RELOAD_ALL();
      GO(enter_export, e, 0, 0, 0);
    case Context::Outcome::wait:
      m->process->saved_export = e;
      m->sp = sp;
      m->hp = hp;
      save_process(*m, m->vm->call_export_code, c.argument_count);
      m->process->waits_in_native = true;
      m->result = Machine::Result::waiting;
      return;
    case Context::Outcome::tail_call:
      if (c.hibernates) {
        c.hibernates = false;
        m->sp = sp;
        m->hp = hp;
        hibernate_process(*m, c.target, c.argument_count);
        return;
      }
      GO(enter_export, c.target, 0, 0, 0);
    case Context::Outcome::tail_call_fun:
      m->pc = nullptr;
      GO(enter_fun, c.fun.word, c.argument_count, 0, 0);
    case Context::Outcome::exit_process:
      m->sp = sp;
      m->hp = hp;
      m->exit_reason = c.exception_reason;
      m->exit_is_crash = false;
      GO(exit_path, 0, 0, 0, 0);
    default: break;
  }
  __builtin_unreachable();
}

/// A long native function was left; its process is saved by native_outcome.
static Term leave_native_call(Machine* m, NativeFiber* fiber) {
  m->process->saved_export = reinterpret_cast<Export*>(fiber);
  m->context.outcome = Context::Outcome::value;
  return Term::none();
}

/// Others have their turn first.
static Term try_again_later(Machine* m, Export* e) {
  Context& c = m->context;
  if (c.reductions > 0) c.bump(c.reductions);
  return c.again({m->x, e->arity});
}

Term call_native(Machine* m, Export* e, NativeFunction native) {
  if (e->native_flags & native_small) {
    Term result = native(m->context, m->x);
    if (!result.is_none() || m->context.outcome != Context::Outcome::exception) [[likely]] {
      m->context.reductions--;
      return result;
    }
    // It raises: once more, where the exception may take memory.
  }
  m->begin_building_at_call();
  Term result;
  if (!(e->native_flags & (native_long | native_measured | native_blocking | native_host))) [[likely]] {
    result = native(m->context, m->x);
  } else if (e->native_flags & native_long || (e->native_flags & native_measured && is_much(m->x, e->arity, e->native_flags & native_shallow))) {
    NativeFiber* fiber = take_native(*m);
    if (!fiber) {
      result = try_again_later(m, e);
    } else {
      if (!start_native(*m, *e, native, fiber)) return leave_native_call(m, fiber);
      result = finish_native(*m, fiber);
    }
  } else if (e->native_flags & native_blocking) {
    result = run_blocking_native(*m, *e, native);
  } else {
    m->context.target = e;
    result = native(m->context, m->x);
  }
  if (result.is_none() && m->context.outcome == Context::Outcome::exception)
    complete_native_exception(*m, e->module, e->name, {m->x, e->arity});
  m->end_building();
  m->context.reductions--;
  if (m->collect_when_done != Machine::Collect::none) [[unlikely]] {
    collect_now(*m, &result);
  }
  return result;
}

#define NATIVE_OR_RESOLVE(retry)                                                             \
  auto e = reinterpret_cast<Export*>(PC[1]);                                                 \
  SYNC();                                                                                    \
  NativeFunction native = e->native.load(std::memory_order_acquire);                         \
  if (!native) {                                                                             \
    Export* handler = nullptr;                                                               \
    if (resolve_undefined(*m, *e, &handler)) {                                               \
      RELOAD();                                                                              \
      DISPATCH(PC);                                                                          \
    }                                                                                        \
    RELOAD();                                                                                \
    if (!handler) RAISE();                                                                   \
    POP();                                                                                   \
    GO(enter_export, handler, 0, 0, 0);                                                      \
  }                                                                                          \
  Term result = call_native(m, e, native);                                                   \
  RELOAD_ALL();                                                                                \
  if (result.is_none()) [[unlikely]] {                                                       \
    if (m->context.outcome == Context::Outcome::exception) RAISE();                          \
    POP();                                                                                   \
    GO(native_outcome, e, 0, 0, 0);                                                          \
  }                                                                                          \
  m->x[0] = result;

PHIAL_PATH(native_path) {
#define POP() SET_RESUME(PC + 2)
  NATIVE_OR_RESOLVE(call)
#undef POP
  NEXT(2);
}
PHIAL_PATH(native_last_path) {
#define POP() sp += frame_header_words + N(1)
  NATIVE_OR_RESOLVE(call)
  POP();
#undef POP
  RETURN();
}
PHIAL_PATH(native_only_path) {
#define POP() (void)0
  NATIVE_OR_RESOLVE(call)
#undef POP
  RETURN();
}

PHIAL_PATH(enter_export) {  // the continuation stands on the stack; x1: position of the tail call that led here, for stack traces, or 0
  auto e = reinterpret_cast<Export*>(x0);
  if (Function* f = e->function.load(std::memory_order_acquire)) ENTER(f);
  m->sp = sp;
  m->hp = hp;
  m->context.reductions = reductions;
  m->pc = reinterpret_cast<const Word*>(x1);
  NativeFunction native = e->native.load(std::memory_order_acquire);
  if (!native) {
    Export* handler = nullptr;
    if (resolve_undefined(*m, *e, &handler)) {
      RELOAD();
      GO(enter_export, e, x1, 0, 0);
    }
    RELOAD();
    if (!handler) RAISE();
    GO(enter_export, handler, 0, 0, 0);
  }
  Term result = call_native(m, e, native);
  RELOAD_ALL();
  if (result.is_none()) {
    if (m->context.outcome == Context::Outcome::exception) RAISE();
    GO(native_outcome, e, 0, 0, 0);
  }
  m->x[0] = result;
  RETURN();
}

/// The same from compiled code, which has stored the position of its call, and has left its frame before a tail call: a position whose
/// instruction has a frame would have the unwinder look for one.
PHIAL_PATH(enter_export_from_code) {
  const Word* pc = m->pc;
  bool frameless = pc && loaded_opcode(*pc) == Opcode::call_external_only;
  GO(enter_export, x0, frameless ? reinterpret_cast<Word>(pc) : Word{0}, 0, 0);
}

/// What &+/2, &-/2 and &*/2 give for small integers and for floats that need no memory; none(): anything else.
static inline Term usual_arithmetic(const Export& e, Term a, Term b) {
  if (!(e.native_flags & native_in_place) || e.module != atoms::erlang) return Term::none();
  if (both_small(a, b)) {
    if (e.name == atoms::plus) return small_arithmetic<Arithmetic::add>(a, b);
    if (e.name == atoms::minus) return small_arithmetic<Arithmetic::subtract>(a, b);
    return e.name == atoms::times ? small_arithmetic<Arithmetic::multiply>(a, b) : Term::none();
  }
  if (!a.is_float_word() || !b.is_float_word()) return Term::none();
  double p = a.float_word_value(), q = b.float_word_value(), result;
  if (e.name == atoms::plus) result = p + q;
  else if (e.name == atoms::minus) result = p - q;
  else if (e.name == atoms::times) result = p * q;
  else return Term::none();
  return Term::fits_float_word(result) ? Term::float_word(result) : Term::none();
}

PHIAL_PATH(enter_fun) {  // x0: fun, x1: number of arguments
  Term fun = Term::raw(x0);
  auto arity = static_cast<unsigned>(x1);
  if (Function* f = unpack_closure(m, fun, arity)) ENTER(f);
  if (fun.is_kind(Kind::export_fun) && Header::extra(fun.header()) == arity) {
    if (arity == 2) {
      Term result = usual_arithmetic(*reinterpret_cast<Export*>(fun.object()[1]), m->x[0], m->x[1]);
      if (!result.is_none()) {
        reductions--;
        m->x[0] = result;
        RETURN();
      }
    }
    GO(enter_export, fun.object()[1], 0, 0, 0);
  }
  m->sp = sp;
  m->hp = hp;
  m->context.reductions = reductions;
  m->begin_building_at_call();
  raise_bad_function(*m, fun, arity);
  m->end_building();
  RELOAD();
  RAISE();
}

PHIAL_PATH(internal_resume_native) {  // the continuation stands on the stack
  auto fiber = reinterpret_cast<NativeFiber*>(m->process->saved_export);
  Export* e = fiber->function;
  m->sp = sp;
  m->hp = hp;
  m->context.reductions = reductions;
  m->pc = nullptr;
  if (!resume_native(*m, *fiber)) {
    m->process->saved_export = reinterpret_cast<Export*>(fiber);
    save_process(*m, m->vm->resume_native_code, 0);
    m->result = Machine::Result::yielded;
    return;
  }
  std::span<const Term> arguments(fiber->arguments, e->arity);
  Term result = finish_native(*m, fiber);
  if (result.is_none() && m->context.outcome == Context::Outcome::exception) complete_native_exception(*m, e->module, e->name, arguments);
  m->end_building();
  RELOAD_ALL();
  if (m->process->exit_pending) {
    m->exit_reason = m->process->exit_reason;
    m->exit_is_crash = false;
    GO(exit_path, 0, 0, 0, 0);
  }
  if (result.is_none()) {
    if (m->context.outcome == Context::Outcome::exception) RAISE();
    GO(native_outcome, e, 0, 0, 0);
  }
  m->x[0] = result;
  RETURN();
}

void initialize_machine(Machine& m) {
  m.interpret_function = interpret_function_path;
  m.call_function = enter_function;
  m.call_export = enter_export_from_code;
  m.call_fun = enter_fun;
  m.interpret_at = interpret_at_path;
  m.interpreter_resume = interpreter_resume_path;
  m.native_outcome = native_outcome;
  m.deoptimize = deoptimize_path;
  m.yield = yield_path;
  m.wait = wait_path;
  m.collect = collect_path;
  m.raise = raise_path;
  m.process_exit = process_exit_path;
  m.exit = exit_path;
  m.context.machine = &m;
  m.context.vm_ = m.vm;
  m.context.arguments = m.x;
  m.stress_words = gc_stress ? size_t{1} << 40 : 0;
}

void install_interpreter(Vm& vm) {
  vm.run_process_plainly = run_process;
  vm.run_process_watched = [](Machine& m) { m.vm->watch.run_slice(m); };
  vm.run_process = run_process;
  vm.calls.return_entry = trace_return_path;
  vm.calls.return_code = trace_return_position();
  vm.initialize_machine = initialize_machine;
  vm.call_export_code = internal_position(InternalOpcode::call_export);
  vm.call_fun_code = internal_position(InternalOpcode::call_fun);
  vm.exit_code = internal_position(InternalOpcode::exit);
  vm.resume_native_code = internal_position(InternalOpcode::resume_native);
  vm.underflow_code = internal_position(InternalOpcode::underflow);
  vm.underflow_entry = reinterpret_cast<void*>(&underflow_path);
  vm.process_exit_entry = reinterpret_cast<void*>(&process_exit_path);
}

void run_process(Machine& machine) {
  Machine* m = &machine;
  Process& process = *m->process;
  m->context.process_ = &process;
  m->context.heap_ = &process.heap;
  Term* sp = process.heap.saved_sp;
  for (unsigned i = 0; i < process.live; i++) m->x[i] = sp[i];
  m->entered_live = process.live;
  m->reserved_end = nullptr;
  sp += process.live;
  process.live = 0;
  process.waits_in_native = false;
  CompiledFunction native = process.waits_for_message ? process.native_at : nullptr;
  process.waits_for_message = false;
  int64_t slice = m->vm->slice_reductions;
  int64_t sample = m->vm->sample_reductions.load(std::memory_order_relaxed);
  if (m->sample_left > 0 && m->sample_left < sample) sample = m->sample_left;
  sample = std::min(sample, slice);
  m->slice_left = slice - sample;
  m->context.reductions = sample;
  bool goes_on_natively = native && process.native_epoch == m->vm->native_epoch.load(std::memory_order_acquire);
  run_slice(*m, goes_on_natively ? native : continue_path, sp, process.heap.saved_hp, sample, reinterpret_cast<Word>(process.pc));
  m->sample_left = m->context.reductions;
  int64_t left = m->slice_left + m->context.reductions;
  process.reductions += static_cast<uint64_t>(slice - left > 0 ? slice - left : 1);
}

}  // namespace phial
