// Handlers of frames, calls, exceptions and messages.
#pragma once
#include "vm/interpreter/handlers.hpp"

namespace phial {

inline size_t room(const Term* sp, const Word* hp) {
  return static_cast<size_t>(reinterpret_cast<const Word*>(sp) - hp);
}

// -- frames
inline Term* push_frame(Term* sp, unsigned slots) {
  sp -= frame_header_words + slots;
  for (unsigned i = 0; i < frame_header_words + slots; i++) sp[i] = Term::raw(0);
  return sp;
}
template <unsigned mask>
PHIAL_CODE void allocate_slow(PHIAL_CODE_PARAMETERS) {
  SYNC();
  if (!collect_garbage(*m, N(0) + frame_header_words + N(2), N(1))) GO(exit_path, 0, 0, 0, 0);
  RELOAD_ALL();
  sp = push_frame(sp, N(0));
  m->reserved_end = hp + N(2);
  NEXT(1);
}
PHIAL_HANDLER(allocate) {  // "nnn"
  if (room(sp, hp) < N(0) + frame_header_words + N(2) + m->stress_words) [[unlikely]]
    SLOW(allocate_slow<mask>);
  sp = push_frame(sp, N(0));
  m->reserved_end = hp + N(2);
  NEXT(1);
}
PHIAL_HANDLER(deallocate) {
  sp += frame_header_words + N(0);
  NEXT(1);
}
template <unsigned mask>
PHIAL_CODE void test_heap_slow(PHIAL_CODE_PARAMETERS) {
  SYNC();
  if (!collect_garbage(*m, PC[1], N(0))) GO(exit_path, 0, 0, 0, 0);
  RELOAD_ALL();
  m->reserved_end = hp + PC[1];
  NEXT(2);
}
PHIAL_HANDLER(test_heap) {  // "nI"
  if (room(sp, hp) < PC[1] + m->stress_words) [[unlikely]]
    SLOW(test_heap_slow<mask>);
  m->reserved_end = hp + PC[1];
  NEXT(2);
}

// -- calls
#define SET_RESUME(position)                                                             \
  do {                                                                                   \
    sp[0] = Term::raw(reinterpret_cast<Word>(&interpreter_resume_path));                 \
    sp[1] = Term::raw(reinterpret_cast<Word>(position));                                 \
  } while (0)
/// Goes into a function with its arguments in x[]: counts a reduction, prefers native code.
#define ENTER(function)                                                                              \
  do {                                                                                               \
    Function* f_ = (function);                                                                       \
    if (--reductions <= 0) [[unlikely]] GO(yield_path, f_->code, f_->arity, 0, 0);                   \
    if (void* native_ = f_->native_entry.load(std::memory_order_acquire)) [[unlikely]] {             \
      PHIAL_TAIL reinterpret_cast<CompiledFunction>(native_)(m, sp, hp, reductions, m->x[0].word, m->x[1].word, \
                                                             m->x[2].word, m->x[3].word, m->x[4].word, m->x[5].word); \
    }                                                                                                \
    DISPATCH(f_->code);                                                                              \
  } while (0)
/// Returns the value x[0] to the frame on top.
#define RETURN()                                                                                     \
  do {                                                                                               \
    if (sp[0].word == reinterpret_cast<Word>(&interpreter_resume_path)) [[likely]]                   \
      DISPATCH(reinterpret_cast<const Word*>(sp[1].word));                                           \
    GO(reinterpret_cast<CompiledFunction>(sp[0].word), m->x[0].word, 0, 0, 0);                       \
  } while (0)

PHIAL_HANDLER(call) {
  SET_RESUME(PC + 2);
  ENTER(reinterpret_cast<Function*>(PC[1]));
}
PHIAL_HANDLER(call_last) {  // "nnF"
  sp += frame_header_words + N(1);
  ENTER(reinterpret_cast<Function*>(PC[1]));
}
PHIAL_HANDLER(call_only) { ENTER(reinterpret_cast<Function*>(PC[1])); }

PHIAL_HANDLER(call_external) {
  auto e = reinterpret_cast<Export*>(PC[1]);
  Function* f = e->function.load(std::memory_order_acquire);
  if (!f) SLOW(native_path);
  SET_RESUME(PC + 2);
  ENTER(f);
}
PHIAL_HANDLER(call_external_last) {  // "nnE"
  auto e = reinterpret_cast<Export*>(PC[1]);
  Function* f = e->function.load(std::memory_order_acquire);
  if (!f) SLOW(native_last_path);
  sp += frame_header_words + N(1);
  ENTER(f);
}
PHIAL_HANDLER(call_external_only) {
  auto e = reinterpret_cast<Export*>(PC[1]);
  Function* f = e->function.load(std::memory_order_acquire);
  if (!f) SLOW(native_only_path);
  ENTER(f);
}

/// The function of a closure of this arity, its free values put behind the arguments; null for everything else.
inline Function* unpack_closure(Machine* m, Term fun, unsigned arity) {
  if (!fun.is_kind(Kind::fun)) return nullptr;
  const Word* object = fun.object();
  if (Header::extra(object[0]) != arity) return nullptr;
  auto f = reinterpret_cast<Function*>(object[1]);
  if (!f->code) [[unlikely]]
    return nullptr;
  size_t free = Header::size(object[0]) - 1;
  for (size_t i = 0; i < free; i++) m->x[arity + i] = Term::raw(object[2 + i]);
  return f;
}
PHIAL_HANDLER(call_fun) {  // "nr"
  Term fun = R(1);
  Function* f = unpack_closure(m, fun, N(0));
  m->pc = PC;
  SET_RESUME(PC + 1);
  if (!f) GO(enter_fun, fun.word, N(0), 0, 0);
  ENTER(f);
}
PHIAL_HANDLER(call_fun_last) {  // "nnr"
  Term fun = R(2);
  Function* f = unpack_closure(m, fun, N(0));
  if (!f) {
    m->pc = nullptr;
    sp += frame_header_words + N(1);
    GO(enter_fun, fun.word, N(0), 0, 0);
  }
  sp += frame_header_words + N(1);
  ENTER(f);
}
PHIAL_HANDLER(call_fun_only) {
  Term fun = R(1);
  Function* f = unpack_closure(m, fun, N(0));
  m->pc = PC;
  if (!f) GO(enter_fun, fun.word, N(0), 0, 0);
  ENTER(f);
}

template <unsigned mask>
PHIAL_CODE void apply_bad(PHIAL_CODE_PARAMETERS) {
  SYNC();
  m->begin_building_here();
  std::span<const Term> arguments(m->x, N(0));
  Term list = make_list(m->process->heap, arguments);
  Term shown[] = {R(1), R(2), list};
  m->context.badarg();
  complete_native_exception(*m, intern_atom("erlang"), intern_atom("apply"), shown);
  m->end_building();
  RELOAD();
  RAISE();
}
PHIAL_HANDLER(apply) {  // "nrr"
  Term module = R(1), name = R(2);
  if (!module.is_atom() || !name.is_atom()) SLOW(apply_bad<mask>);
  Export* e = m->vm->code.export_for(module, name, static_cast<uint8_t>(N(0)));
  SET_RESUME(PC + 1);
  Function* f = e->function.load(std::memory_order_acquire);
  if (!f) GO(enter_export, e, 0, 0, 0);
  ENTER(f);
}
PHIAL_HANDLER(apply_last) {  // "nrrI"
  Term module = R(1), name = R(2);
  if (!module.is_atom() || !name.is_atom()) SLOW(apply_bad<mask>);
  Export* e = m->vm->code.export_for(module, name, static_cast<uint8_t>(N(0)));
  if (PC[1] != FrameEntry::no_frame) sp += frame_header_words + PC[1];
  Function* f = e->function.load(std::memory_order_acquire);
  if (!f) GO(enter_export, e, 0, 0, 0);
  ENTER(f);
}
PHIAL_HANDLER(return_) { RETURN(); }
PHIAL_HANDLER(return_from_frame) {
  sp += frame_header_words + N(0);
  RETURN();
}
PHIAL_HANDLER(loop) {  // "nL"
  const Word* target = L(1);
  if (--reductions <= 0) [[unlikely]]
    GO(yield_path, target, N(0), 0, 0);
  DISPATCH(target);
}
PHIAL_HANDLER(jump) { DISPATCH(L(1)); }

PHIAL_HANDLER(bif) {  // "dnLE*": L at 1, E at 2
  auto e = reinterpret_cast<Export*>(PC[2]);
  unsigned n = N(1);
  Term arguments[8];
  for (unsigned i = 0; i < n; i++) arguments[i] = S(PC[3 + i]);
  SYNC();
  m->begin_building_here();
  Term result = e->native.load(std::memory_order_relaxed)(m->context, arguments);
  if (result.is_none()) {
    if (!LABELED(1)) complete_native_exception(*m, e->module, e->name, {arguments, n});
    m->end_building();
    RELOAD();
    if (LABELED(1)) DISPATCH(L(1));
    GO(raise_path, 0, 0, 0, 0);
  }
  m->end_building();
  RELOAD();
  R(0) = result;
  NEXT(3 + n);
}

// -- exceptions
PHIAL_HANDLER(error) {
  Term reason = S(PC[1]);
  SYNC();
  m->begin_building_here();
  raise_here(*m, atoms::error, reason);
  m->end_building();
  RELOAD();
  RAISE();
}
PHIAL_HANDLER(function_clause) {
  SYNC();
  m->begin_building_here();
  raise_function_clause(*m, N(0));
  m->end_building();
  RELOAD();
  RAISE();
}
PHIAL_HANDLER(raise) {  // class, reason, trace
  SYNC();
  m->context.raise_with_trace(R(0), R(1), R(2));
  RAISE();
}
PHIAL_HANDLER(build_stacktrace) {
  SYNC();
  m->begin_building_here();
  Term list = trace_to_list(m->process->heap, R(1));
  m->end_building();
  RELOAD();
  R(0) = list;
  NEXT(1);
}

// -- messages
PHIAL_HANDLER(receive_next) {  // "dL"
  SYNC();
  Term message;
  ReceiveStep step = receive_next(*m, &message);
  RELOAD_ALL();
  if (step == ReceiveStep::process_ends) GO(exit_path, 0, 0, 0, 0);
  if (step == ReceiveStep::none) DISPATCH(L(1));
  R(0) = message;
  NEXT(2);
}
PHIAL_HANDLER(receive_remove) {
  m->process->accept_message();
  // A large message is adopted at the next call, as Machine::end_building does it for native code: a process whose slices all end in a receive comes to
  // no other safepoint.
  if (m->process->heap.wants_collection() && reductions > 0) [[unlikely]] {
    m->slice_left += reductions;
    reductions = 0;
  }
  NEXT(1);
}
PHIAL_HANDLER(receive_skip) {
  m->process->skip_message();
  if (--reductions <= 0) GO(yield_path, L(1), 0, 0, 0);  // mailboxes may be long
  DISPATCH(L(1));
}
PHIAL_HANDLER(receive_wait) { GO(wait_path, L(1), 0, 0, 0); }  // no native code is known to go on there
PHIAL_HANDLER(receive_wait_timeout) {  // "LS"
  SYNC();
  bool bad = false;
  bool over = receive_timeout_over(*m, S(PC[2]), &bad);
  if (bad) {
    m->begin_building_here();
    raise_here(*m, atoms::error, atoms::timeout_value);
    m->end_building();
    RELOAD();
    RAISE();
  }
  if (over) NEXT(3);
  GO(wait_path, L(1), 0, 0, 0);
}
PHIAL_HANDLER(receive_timeout) {
  m->process->end_receive();
  NEXT(1);
}
PHIAL_HANDLER(receive_mark) {
  SYNC();
  Term mark = receive_mark(*m);
  RELOAD_ALL();
  R(0) = mark;
  NEXT(1);
}
PHIAL_HANDLER(receive_use_mark) {
  receive_use_mark(*m, R(0));
  NEXT(1);
}

}  // namespace phial
