// Handlers of arithmetic and tests.
#pragma once
#include "vm/interpreter/handlers.hpp"
#include "vm/term/compare.hpp"

namespace phial {

// -- arithmetic
// Slow paths by shape of the instruction: where d, the operands, L and the next instruction are.
template <unsigned mask, Arithmetic operation, class Shape>
PHIAL_CODE void arithmetic_slow(PHIAL_CODE_PARAMETERS) {
  Term a = Shape::template a<mask>(m, sp, PC, x1), b = Shape::template b<mask>(m, sp, PC, x1);
  if constexpr (operation == Arithmetic::add || operation == Arithmetic::subtract || operation == Arithmetic::multiply) {
    // Two floats, or a float with a small integer, need no memory unless the exponent is extreme.
    bool fa = a.is_float_word(), fb = b.is_float_word();
    if ((fa || a.is_small()) && (fb || b.is_small()) && (fa || fb)) {
      double p = fa ? a.float_word_value() : static_cast<double>(a.small_value());
      double q = fb ? b.float_word_value() : static_cast<double>(b.small_value());
      double r = operation == Arithmetic::add ? p + q : operation == Arithmetic::subtract ? p - q : p * q;
      if (Term::fits_float_word(r)) {
        feedback(PC + Shape::label, fa && fb ? feedback_float : feedback_float | feedback_mixed);
        R(0) = Term::float_word(r);
        NEXT(Shape::words);
      }
    }
  }
  SYNC();
  m->begin_building_here();
  Term result = runtime_arithmetic(*m, operation, a, b);
  m->end_building();
  if (!result.is_none()) [[likely]] {
    RELOAD();
    feedback(PC + Shape::label, result.is_float_word() ? feedback_float : feedback_other);
    R(0) = result;
    NEXT(Shape::words);
  }
  feedback(PC + Shape::label, feedback_failed);
  if (LABELED(Shape::label)) {
    RELOAD();
    DISPATCH(L(Shape::label));
  }
  m->begin_building_here();
  raise_arithmetic(*m, operation, a, b);
  m->end_building();
  RELOAD();
  RAISE();
}

struct ShapeRegisters {  // "drrL"
  static constexpr int label = 1, words = 2;
  template <unsigned mask> static Term a(Machine* m, Term* sp, const Word*, Word x1) { return R(1); }
  template <unsigned mask> static Term b(Machine* m, Term* sp, const Word*, Word x1) { return R(2); }
};
struct ShapeConstant {  // "drLK"
  static constexpr int label = 1, words = 3;
  template <unsigned mask> static Term a(Machine* m, Term* sp, const Word*, Word x1) { return R(1); }
  template <unsigned mask> static Term b(Machine*, Term*, const Word* pc, Word) { return Term::raw(pc[2]); }
};
struct ShapeAny {  // "dLSS"
  static constexpr int label = 1, words = 4;
  template <unsigned mask> static Term a(Machine* m, Term* sp, const Word* pc, Word) { return S(pc[2]); }
  template <unsigned mask> static Term b(Machine* m, Term* sp, const Word* pc, Word) { return S(pc[3]); }
};
struct ShapeUnary {  // "dLS"
  static constexpr int label = 1, words = 3;
  template <unsigned mask> static Term a(Machine* m, Term* sp, const Word* pc, Word) { return S(pc[2]); }
  template <unsigned mask> static Term b(Machine*, Term*, const Word*, Word) { return Term::small(0); }
};

/// The result of two small integers, or none() if it does not fit or does not exist.
template <Arithmetic operation>
inline Term small_arithmetic(Term a, Term b) {
  auto p = static_cast<int64_t>(a.word), q = static_cast<int64_t>(b.word);
  int64_t r;
  if constexpr (operation == Arithmetic::add) {
    if (__builtin_add_overflow(p, q, &r)) return Term::none();
    return Term::raw(static_cast<Word>(r));
  } else if constexpr (operation == Arithmetic::subtract) {
    if (__builtin_sub_overflow(p, q, &r)) return Term::none();
    return Term::raw(static_cast<Word>(r));
  } else if constexpr (operation == Arithmetic::multiply) {
    if (__builtin_mul_overflow(p >> 3, q, &r)) return Term::none();
    return Term::raw(static_cast<Word>(r));
  } else if constexpr (operation == Arithmetic::quotient) {
    if (!q) return Term::none();
    r = (p >> 3) / (q >> 3);
    return Term::fits_small(r) ? Term::small(r) : Term::none();
  } else if constexpr (operation == Arithmetic::remainder) {
    if (!q) return Term::none();
    return Term::small((p >> 3) % (q >> 3));
  } else if constexpr (operation == Arithmetic::bit_and) {
    return Term::raw(a.word & b.word);
  } else if constexpr (operation == Arithmetic::bit_or) {
    return Term::raw(a.word | b.word);
  } else if constexpr (operation == Arithmetic::bit_xor) {
    return Term::raw(a.word ^ b.word);
  } else if constexpr (operation == Arithmetic::shift_right) {
    int64_t by = q >> 3;
    if (by < 0) return Term::none();
    return Term::small((p >> 3) >> (by > 63 ? 63 : by));
  } else if constexpr (operation == Arithmetic::shift_left) {
    int64_t by = q >> 3, value = p >> 3;
    if (by < 0 || by > 60) return Term::none();
    r = static_cast<int64_t>(static_cast<Word>(value) << by);
    if ((r >> by) != value || !Term::fits_small(r)) return Term::none();
    return Term::small(r);
  } else {
    return Term::none();
  }
}

#define ARITHMETIC(name, operation, Shape)                                              \
  PHIAL_HANDLER(name) {                                                                 \
    Term a = Shape::a<mask>(m, sp, PC, x1), b = Shape::b<mask>(m, sp, PC, x1);          \
    if (both_small(a, b)) [[likely]] {                                                  \
      Term r = small_arithmetic<Arithmetic::operation>(a, b);                           \
      if (!r.is_none()) [[likely]] {                                                    \
        R(0) = r;                                                                       \
        NEXT(Shape::words);                                                             \
      }                                                                                 \
    }                                                                                   \
    SLOW((arithmetic_slow<mask, Arithmetic::operation, Shape>));                        \
  }
ARITHMETIC(add, add, ShapeRegisters)
ARITHMETIC(add_constant, add, ShapeConstant)
ARITHMETIC(subtract, subtract, ShapeRegisters)
ARITHMETIC(subtract_constant, subtract, ShapeConstant)
ARITHMETIC(multiply, multiply, ShapeRegisters)
ARITHMETIC(add_any, add, ShapeAny)
ARITHMETIC(subtract_any, subtract, ShapeAny)
ARITHMETIC(multiply_any, multiply, ShapeAny)
ARITHMETIC(quotient, quotient, ShapeAny)
ARITHMETIC(remainder, remainder, ShapeAny)
ARITHMETIC(bit_and, bit_and, ShapeAny)
ARITHMETIC(bit_or, bit_or, ShapeAny)
ARITHMETIC(bit_xor, bit_xor, ShapeAny)
ARITHMETIC(shift_left, shift_left, ShapeAny)
ARITHMETIC(shift_right, shift_right, ShapeAny)
#undef ARITHMETIC

PHIAL_HANDLER(divide) {
  Term a = S(PC[2]), b = S(PC[3]);
  bool fa = a.is_float_word(), fb = b.is_float_word();
  if ((fa || a.is_small()) && (fb || (b.is_small() && b.word))) [[likely]] {
    double p = fa ? a.float_word_value() : static_cast<double>(a.small_value());
    double q = fb ? b.float_word_value() : static_cast<double>(b.small_value());
    double r = p / q;
    if (q != 0 && Term::fits_float_word(r)) {
      R(0) = Term::float_word(r);
      NEXT(4);
    }
  }
  SLOW((arithmetic_slow<mask, Arithmetic::divide, ShapeAny>));
}
PHIAL_HANDLER(negate) {
  Term a = S(PC[2]);
  int64_t r;
  if (a.is_small() && !__builtin_sub_overflow(int64_t{0}, static_cast<int64_t>(a.word), &r)) [[likely]] {
    R(0) = Term::raw(static_cast<Word>(r));
    NEXT(3);
  }
  SLOW((arithmetic_slow<mask, Arithmetic::negate, ShapeUnary>));
}
PHIAL_HANDLER(bit_not) {
  Term a = S(PC[2]);
  if (a.is_small()) [[likely]] {
    R(0) = Term::small(~a.small_value());
    NEXT(3);
  }
  SLOW((arithmetic_slow<mask, Arithmetic::bit_not, ShapeUnary>));
}

// -- comparisons
enum class Comparison : uint8_t { less, at_least, greater, at_most };

template <Comparison comparison, class T>
inline bool holds(T a, T b) {
  if constexpr (comparison == Comparison::less) return a < b;
  if constexpr (comparison == Comparison::at_least) return a >= b;
  if constexpr (comparison == Comparison::greater) return a > b;
  if constexpr (comparison == Comparison::at_most) return a <= b;
}
template <unsigned mask, Comparison comparison, bool constant>
PHIAL_CODE void comparison_slow(PHIAL_CODE_PARAMETERS) {
  Term a = R(0), b = constant ? Term::raw(PC[2]) : R(1);
  bool result;
  if (a.is_float_word() && b.is_float_word()) {
    feedback(PC + 1, feedback_float);
    result = holds<comparison>(a.float_word_value(), b.float_word_value());
  } else {
    feedback(PC + 1, a.is_float_word() || b.is_float_word() ? feedback_float | feedback_other : feedback_other);
    result = holds<comparison>(compare(a, b), 0);
  }
  if (result) NEXT(constant ? 3 : 2);
  DISPATCH(L(1));
}
#define COMPARISON(name, comparison, constant)                                                                   \
  PHIAL_HANDLER(name) {                                                                                          \
    Term a = R(0), b = constant ? Term::raw(PC[2]) : R(1);                                                       \
    if (both_small(a, b)) [[likely]] {                                                                           \
      if (holds<Comparison::comparison>(static_cast<int64_t>(a.word), static_cast<int64_t>(b.word))) NEXT(constant ? 3 : 2); \
      DISPATCH(L(1));                                                                                            \
    }                                                                                                            \
    SLOW((comparison_slow<mask, Comparison::comparison, constant>));                                             \
  }
COMPARISON(is_less, less, false)
COMPARISON(is_at_least, at_least, false)
COMPARISON(is_less_constant, less, true)
COMPARISON(is_greater_constant, greater, true)
COMPARISON(is_at_least_constant, at_least, true)
COMPARISON(is_at_most_constant, at_most, true)
#undef COMPARISON

/// Exact equality that needs a look into memory; x2: jump when this is the result.
template <unsigned mask, bool constant, bool wanted>
PHIAL_CODE void equality_slow(PHIAL_CODE_PARAMETERS) {
  Term a = R(0), b = constant ? Term::raw(PC[2]) : R(1);
  if (equal_exactly_slow(a, b) == wanted) NEXT(constant ? 3 : 2);
  DISPATCH(L(1));
}
#define EQUALITY(name, constant, wanted)                                \
  PHIAL_HANDLER(name) {                                                 \
    Term a = R(0), b = constant ? Term::raw(PC[2]) : R(1);              \
    if (a == b) {                                                       \
      if (wanted) NEXT(constant ? 3 : 2);                               \
      DISPATCH(L(1));                                                   \
    }                                                                   \
    if (!a.is_pointer() || !b.is_pointer()) {                           \
      if (!wanted) NEXT(constant ? 3 : 2);                              \
      DISPATCH(L(1));                                                   \
    }                                                                   \
    SLOW((equality_slow<mask, constant, wanted>));                      \
  }
EQUALITY(is_equal_exact, false, true)
EQUALITY(is_equal_exact_constant, true, true)
EQUALITY(is_not_equal_exact, false, false)
EQUALITY(is_not_equal_exact_constant, true, false)
#undef EQUALITY

template <bool wanted>
PHIAL_CODE void loose_equality_slow(PHIAL_CODE_PARAMETERS) {
  if (equal(S(PC[2]), S(PC[3])) == wanted) NEXT(4);
  DISPATCH(L(1));
}
#define LOOSE_EQUALITY(name, wanted)                                              \
  PHIAL_HANDLER(name) {                                                           \
    Term a = S(PC[2]), b = S(PC[3]);                                              \
    if (a == b || both_small(a, b) || (a.is_atom() && b.is_atom())) [[likely]] {  \
      if ((a == b) == wanted) NEXT(4);                                            \
      DISPATCH(L(1));                                                             \
    }                                                                             \
    SLOW(loose_equality_slow<wanted>);                                            \
  }
LOOSE_EQUALITY(is_equal, true)
LOOSE_EQUALITY(is_not_equal, false)
#undef LOOSE_EQUALITY

// -- type tests: "rL"
#define TYPE_TEST(name, test)    \
  PHIAL_HANDLER(name) {          \
    Term value = R(0);           \
    if (test) NEXT(2);           \
    DISPATCH(L(1));              \
  }
TYPE_TEST(is_integer, value.is_integer())
TYPE_TEST(is_float, value.is_float())
TYPE_TEST(is_number, value.is_number())
TYPE_TEST(is_atom, value.is_atom())
TYPE_TEST(is_boolean, value == atoms::true_ || value == atoms::false_)
TYPE_TEST(is_list, value.is_list())
TYPE_TEST(is_cons, value.is_cons())
TYPE_TEST(is_nil, value.is_nil())
TYPE_TEST(is_tuple, value.is_tuple())
TYPE_TEST(is_map, value.is_map())
TYPE_TEST(is_binary, is_binary(value))
TYPE_TEST(is_bitstring, value.is_bitstring())
TYPE_TEST(is_function, value.is_function())
TYPE_TEST(is_pid, value.is_pid())
TYPE_TEST(is_port, value.is_port())
TYPE_TEST(is_reference, value.is_reference())
#undef TYPE_TEST

PHIAL_HANDLER(is_tuple_of) {  // "rnL"
  if (R(0).is_tuple(N(1))) NEXT(2);
  DISPATCH(L(1));
}
PHIAL_HANDLER(is_tagged_tuple) {  // "rnLK"
  Term value = R(0);
  if (value.is_tuple(N(1)) && value.element(0).word == PC[2]) NEXT(3);
  DISPATCH(L(1));
}
PHIAL_HANDLER(is_function_of) {  // "LSS"
  Term value = S(PC[2]), arity = S(PC[3]);
  if (value.is_function() && arity.is_small() && Header::extra(value.header()) == static_cast<uint64_t>(arity.small_value())) NEXT(4);
  DISPATCH(L(1));
}

// -- switches: cases from PC[2]: value, distance
inline const Word* find_case(const Word* pc, unsigned count, Word value) {
  const Word* cases = pc + 2;
  if (count <= 8) {
    for (unsigned i = 0; i < count; i++)
      if (cases[2 * i] == value) return pc + static_cast<int32_t>(cases[2 * i + 1]);
  } else {
    unsigned low = 0, high = count;
    while (low < high) {
      unsigned middle = (low + high) / 2;
      if (cases[2 * middle] < value)
        low = middle + 1;
      else
        high = middle;
    }
    if (low < count && cases[2 * low] == value) return pc + static_cast<int32_t>(cases[2 * low + 1]);
  }
  return jump_target(pc, pc[1]);
}
PHIAL_HANDLER(switch_value) {  // "rnLT"
  DISPATCH(find_case(PC, N(1), R(0).word));
}
PHIAL_HANDLER(switch_arity) {
  Term value = R(0);
  if (!value.is_tuple()) DISPATCH(L(1));
  DISPATCH(find_case(PC, N(1), Term::small(static_cast<int64_t>(value.arity())).word));
}

}  // namespace phial
