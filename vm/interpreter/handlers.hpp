// What all handlers share: their signature, register access, dispatch. Private to the interpreter.
//
// A handler has the prototype of all running code (vm/process/frame_abi.hpp): x0 is the position of its instruction, x1 the
// instruction's first word. `mask` says which packed operands are y registers. A handler ends in a tail call to the next one. Paths that
// call C++ are handlers of their own, reached by a tail call, so that the fast paths need no stack frame.
#pragma once
#include "vm/interpreter/runtime.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/map.hpp"

namespace phial {

extern const CompiledFunction handlers[];

#define PHIAL_HANDLER(name) template <unsigned mask> PHIAL_CODE void op_##name(PHIAL_CODE_PARAMETERS)
#define PHIAL_PATH(name) PHIAL_CODE void name([[maybe_unused]] PHIAL_CODE_PARAMETERS)
#define PHIAL_TAIL [[clang::musttail]] return

#define PC (reinterpret_cast<const Word*>(x0))
#define R(i) register_of<(mask >> i & 1) != 0>(m, sp, packed(x1, i))
#define N(i) packed(x1, i)
#define S(word) operand_value(*m, sp, word)
// An L word takes feedback while others read it.
#define L_WORD(word_index) __atomic_load_n(PC + (word_index), __ATOMIC_RELAXED)
#define L(word_index) jump_target(PC, L_WORD(word_index))
#define LABELED(word_index) (static_cast<uint32_t>(L_WORD(word_index)) != 0)

#define DISPATCH(position)                                                                                          \
  do {                                                                                                              \
    const Word* next_ = (position);                                                                                 \
    Word word_ = __atomic_load_n(next_, __ATOMIC_RELAXED);  /* tracing changes instructions */                         \
    PHIAL_TAIL handlers[word_ & 0xffff](m, sp, hp, reductions, reinterpret_cast<Word>(next_), word_, PHIAL_ANY, PHIAL_ANY, \
                                        PHIAL_ANY, PHIAL_ANY);                                                       \
  } while (0)
#define NEXT(words) DISPATCH(PC + (words))
#define GO(path, a, b, c, d) \
  PHIAL_TAIL path(m, sp, hp, reductions, (Word)(a), (Word)(b), (Word)(c), (Word)(d), PHIAL_ANY, PHIAL_ANY)
/// To another path with the same position and instruction word.
#define SLOW(path) PHIAL_TAIL path(m, sp, hp, reductions, x0, x1, x2, x3, x4, x5)

#define SYNC()                          \
  do {                                  \
    m->sp = sp;                         \
    m->hp = hp;                         \
    m->context.reductions = reductions; \
    m->pc = PC;                         \
  } while (0)
#define RELOAD()                        \
  do {                                  \
    hp = m->hp;                         \
    reductions = m->context.reductions; \
  } while (0)
#define RELOAD_ALL() \
  do {               \
    sp = m->sp;      \
    RELOAD();        \
  } while (0)
#define RAISE() GO(raise_path, 0, 0, 0, 0)

template <bool is_y_register>
inline Term& register_of(Machine* m, Term* sp, unsigned index) {
  if constexpr (is_y_register)
    return sp[2 + index];
  else
    return m->x[index];
}

inline bool both_small(Term a, Term b) { return ((a.word | b.word) & 7) == 0; }

inline void feedback(const Word* label_word, uint32_t bits) { note_feedback(label_word, bits); }

// Paths that several files use (calls.cpp).
PHIAL_PATH(raise_path);             // exception stands in m->context, sp/hp/reductions synced
PHIAL_PATH(enter_function);         // x0: Function*, arguments in x[]; counts a reduction
PHIAL_PATH(enter_export);           // x0: Export*
PHIAL_PATH(enter_fun);              // x0: fun, x1: arguments; m->pc for errors
PHIAL_PATH(interpreter_resume_path);
PHIAL_PATH(interpret_at_path);      // x0: pc
PHIAL_PATH(interpret_function_path);
PHIAL_PATH(yield_path);             // x0: pc, x1: live
PHIAL_PATH(wait_path);              // x0: pc
PHIAL_PATH(collect_path);           // x0: need, x1: live, x2: continuation
PHIAL_PATH(process_exit_path);
PHIAL_PATH(exit_path);              // m->exit_reason is set; synced
PHIAL_PATH(native_path);            // x0: pc of a call_external, x1: its word
PHIAL_PATH(native_last_path);
PHIAL_PATH(native_only_path);
PHIAL_PATH(internal_call_export);
PHIAL_PATH(internal_call_fun);
PHIAL_PATH(internal_exit);
PHIAL_PATH(internal_underflow);
PHIAL_PATH(internal_resume_native);
PHIAL_PATH(underflow_path);
// Of watched calls (trace_handlers.hpp).
PHIAL_PATH(internal_breakpoint);
PHIAL_PATH(internal_stub);
PHIAL_PATH(internal_trace_return);
PHIAL_PATH(internal_trace_raise);
PHIAL_PATH(internal_receive_skip);
PHIAL_PATH(internal_receive_wait);
PHIAL_PATH(internal_receive_wait_timeout);

}  // namespace phial
