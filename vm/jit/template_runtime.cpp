#include "vm/jit/template_runtime.hpp"

#include "vm/interpreter/runtime.hpp"
#include "vm/jit/runtime_calls.hpp"
#include "vm/term/compare.hpp"

namespace phial {
namespace {

const RuntimeCalls calls = runtime_calls();

Word collect(Machine* m, Word words, Word live) { return calls.collect(m, words, live); }

Word execute(Machine* m, const Word* pc) { return calls.execute(m, pc); }

/// The instructions that look at the mailbox. Two of them handle signals, so they may collect: they run outside of building.
Word receive(Machine* m, const Word* pc) {
  RegisterCode code = loaded_register(*pc, 0);
  auto operand = [&]() -> Term& { return is_y(code) ? m->sp[frame_header_words + (code & 0x7fff)] : m->x[code]; };
  switch (loaded_opcode(*pc)) {
    case Opcode::receive_next: {
      Word message = calls.receive_next(m);
      if (message == native_left) return execute_failed;
      if (message == native_raised) return execute_exited;
      operand() = Term::raw(message);
      return execute_done;
    }
    case Opcode::receive_mark: {
      Term mark = receive_mark(*m);
      operand() = mark;
      return execute_done;
    }
    case Opcode::receive_use_mark: receive_use_mark(*m, operand()); return execute_done;
    case Opcode::receive_skip: calls.receive_skip(m); return execute_done;
    default: calls.receive_remove(m); return execute_done;
  }
}

double double_of(Term term) { return term.is_float_word() ? term.float_word_value() : static_cast<double>(term.small_value()); }

Word arithmetic(Machine* m, const Word* pc, Word x, Word y) {
  Term a = Term::raw(x), b = Term::raw(y);
  bool float_a = a.is_float_word(), float_b = b.is_float_word();
  if ((float_a || a.is_small()) && (float_b || b.is_small()) && (float_a || float_b)) {
    double p = double_of(a), q = double_of(b), result;
    bool known = true;
    switch (loaded_opcode(*pc)) {
      case Opcode::add: case Opcode::add_constant: case Opcode::add_any: result = p + q; break;
      case Opcode::subtract: case Opcode::subtract_constant: case Opcode::subtract_any: result = p - q; break;
      case Opcode::multiply: case Opcode::multiply_any: result = p * q; break;
      default: known = false; result = 0;
    }
    if (known && Term::fits_float_word(result)) {
      note_feedback(pc + 1, float_a && float_b ? feedback_float : feedback_float | feedback_mixed);
      return Term::float_word(result).word;
    }
  }
  bool raises = static_cast<uint32_t>(pc[1]) == 0;
  Term result = Term::raw(calls.arithmetic(m, static_cast<Word>(loaded_opcode(*pc)), x, y, raises));
  // A quotient is a float whatever its operands are.
  bool both_plain = loaded_opcode(*pc) == Opcode::divide && (float_a || a.is_small()) && (float_b || b.is_small()) && result.is_float_word();
  if (!both_plain) note_feedback(pc + 1, result.is_none() ? feedback_failed : result.is_float_word() ? feedback_float : feedback_other);
  return result.word;
}

Word compare_operands(Machine*, const Word* pc, Word x, Word y) {
  Term a = Term::raw(x), b = Term::raw(y);
  if (a.is_float_word() && b.is_float_word()) {
    note_feedback(pc + 1, feedback_float);
    double p = a.float_word_value(), q = b.float_word_value();
    return static_cast<Word>(p < q ? -1 : p > q);
  }
  note_feedback(pc + 1, a.is_float_word() || b.is_float_word() ? feedback_float | feedback_other : feedback_other);
  return static_cast<Word>(int64_t{compare(a, b)});
}

Word equal_exactly_operands(Machine*, const Word*, Word a, Word b) { return equal_exactly(Term::raw(a), Term::raw(b)); }
Word equal_operands(Machine*, const Word*, Word a, Word b) { return equal(Term::raw(a), Term::raw(b)); }
Word map_get_operands(Machine*, const Word*, Word map, Word key) { return calls.map_value(map, key); }

Word map_value(Machine*, const Word* pc, Word map) {
  Term value;
  Word before = __atomic_load_n(pc + 3, __ATOMIC_RELAXED);
  if (!map_value_cached(Term::raw(map), Term::raw(pc[2]), const_cast<Word*>(pc + 3), &value)) {
    note_feedback(pc + 1, feedback_failed);
    return Term::none().word;
  }
  if (before) note_feedback(pc + 1, feedback_changed);
  return value.word;
}

Word bif(Machine* m, const Word* pc) {
  unsigned count = packed(*pc, 1);
  Word arguments[8];
  for (unsigned i = 0; i < count; i++) arguments[i] = operand_value(*m, m->sp, pc[3 + i]).word;
  return calls.bif(m, reinterpret_cast<Export*>(pc[2]), arguments, count, static_cast<uint32_t>(pc[1]) == 0);
}

Word native(Machine* m, const Word*, Export* function) { return calls.native(m, function); }

Word apply(Machine* m, const Word* pc, Word module, Word name) {
  Term a = Term::raw(module), b = Term::raw(name);
  if (!a.is_atom() || !b.is_atom()) return 0;
  return reinterpret_cast<Word>(m->vm->code.export_for(a, b, static_cast<uint8_t>(packed(*pc, 0))));
}

}  // namespace

TemplateRoutine template_routine(Trampoline which) {
  auto of = [](auto function, bool takes_position, bool may_collect, bool may_end_process = false) {
    return TemplateRoutine{reinterpret_cast<const void*>(function), takes_position, may_collect, may_end_process};
  };
  switch (which) {
    case Trampoline::collect: return of(collect, false, true, true);
    case Trampoline::execute: return of(execute, true, false);
    case Trampoline::receive: return of(receive, true, true);
    case Trampoline::arithmetic: return of(arithmetic, true, false);
    case Trampoline::compare: return of(compare_operands, true, false);
    case Trampoline::equal_exactly: return of(equal_exactly_operands, true, false);
    case Trampoline::equal: return of(equal_operands, true, false);
    case Trampoline::map_get: return of(map_get_operands, true, false);
    case Trampoline::map_value: return of(map_value, true, false);
    case Trampoline::bif: return of(bif, true, false);
    case Trampoline::native: return of(native, true, true);
    default: return of(apply, true, false);
  }
}

}  // namespace phial
