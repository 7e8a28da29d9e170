#include "vm/term/number.hpp"

#include <cmath>
#include <vector>

#include "vm/term/integer.hpp"

namespace phial {
namespace {

Term float_or_none(TermHeap& heap, double value) { return std::isfinite(value) ? make_float(heap, value) : Term::none(); }

/// An integral double of any size as an integer.
Term integer_of_double(TermHeap& heap, double value) {
  if (std::fabs(value) < 1e18) return make_integer(heap, static_cast<int64_t>(value));
  int exponent;
  double fraction = std::frexp(std::fabs(value), &exponent);  // value = fraction * 2^exponent
  auto mantissa = static_cast<int64_t>(std::ldexp(fraction, 53));
  Term integer = make_integer(heap, value < 0 ? -mantissa : mantissa);
  return integer_shift_left(heap, integer, Term::small(exponent - 53));
}

template <class OnIntegers, class OnDoubles>
Term arithmetic(TermHeap& heap, Term a, Term b, OnIntegers on_integers, OnDoubles on_doubles) {
  if (a.is_integer() && b.is_integer()) return on_integers(heap, a, b);
  if (!a.is_number() || !b.is_number()) return Term::none();
  auto x = number_to_double(a), y = number_to_double(b);
  if (!x || !y) return Term::none();
  return float_or_none(heap, on_doubles(*x, *y));
}

}  // namespace

Term number_add(TermHeap& heap, Term a, Term b) {
  return arithmetic(heap, a, b, integer_add, [](double x, double y) { return x + y; });
}
Term number_subtract(TermHeap& heap, Term a, Term b) {
  return arithmetic(heap, a, b, integer_subtract, [](double x, double y) { return x - y; });
}
Term number_multiply(TermHeap& heap, Term a, Term b) {
  return arithmetic(heap, a, b, integer_multiply, [](double x, double y) { return x * y; });
}

Term number_divide(TermHeap& heap, Term a, Term b) {
  if (!a.is_number() || !b.is_number()) return Term::none();
  auto x = number_to_double(a), y = number_to_double(b);
  if (!x || !y || *y == 0.0) return Term::none();
  return float_or_none(heap, *x / *y);
}

Term number_negate(TermHeap& heap, Term a) {
  if (a.is_integer()) return integer_subtract(heap, Term::small(0), a);
  if (!a.is_float()) return Term::none();
  return make_float(heap, -a.float_value());
}

Term number_absolute(TermHeap& heap, Term a) {
  if (a.is_integer()) return Magnitude(a).negative() ? integer_subtract(heap, Term::small(0), a) : a;
  if (!a.is_float()) return Term::none();
  return make_float(heap, std::fabs(a.float_value()));
}

Term float_to_integer(TermHeap& heap, Term number, char how) {
  if (number.is_integer()) return number;
  if (!number.is_float()) return Term::none();
  double value = number.float_value();
  switch (how) {
    case 't': value = std::trunc(value); break;
    case 'r': value = std::round(value); break;
    case 'f': value = std::floor(value); break;
    default: value = std::ceil(value);
  }
  return integer_of_double(heap, value);
}

std::optional<double> number_to_double(Term number) {
  if (number.is_small()) return static_cast<double>(number.small_value());
  if (number.is_float()) return number.float_value();
  Magnitude x(number);
  size_t bits = integer_bit_length(number);
  if (bits > 1024) return std::nullopt;
  // Round to nearest, ties to even: take the top 64 bits, with a sticky bit for what is below.
  auto top = static_cast<int64_t>(bits) - 64;
  uint64_t mantissa;
  bool sticky = false;
  if (top <= 0) {
    mantissa = x.limbs()[0];
    top = 0;
  } else {
    auto limb = static_cast<size_t>(top / 64);
    auto shift = static_cast<unsigned>(top % 64);
    mantissa = x.limbs()[limb] >> shift;
    if (shift && limb + 1 < x.count()) mantissa |= x.limbs()[limb + 1] << (64 - shift);
    for (size_t i = 0; i < limb; i++) sticky |= x.limbs()[i] != 0;
    if (shift) sticky |= (x.limbs()[limb] & ((uint64_t{1} << shift) - 1)) != 0;
  }
  double value = std::ldexp(static_cast<double>(mantissa | sticky), static_cast<int>(top));
  if (!std::isfinite(value)) return std::nullopt;
  return x.negative() ? -value : value;
}

int compare_numbers(Term a, Term b) {
  if (a.is_small() && b.is_small()) return (a.small_value() > b.small_value()) - (a.small_value() < b.small_value());
  if (a.is_float() && b.is_float()) {
    double x = a.float_value(), y = b.float_value();
    return (x > y) - (x < y);
  }
  if (a.is_float()) return -compare_numbers(b, a);
  if (b.is_float()) {
    double y = b.float_value();
    constexpr double exact = 9007199254740992.0;  // 2^53: up to here a double is exact
    if (a.is_small() && std::fabs(static_cast<double>(a.small_value())) < exact) {
      auto x = static_cast<double>(a.small_value());
      return (x > y) - (x < y);
    }
    // Compare as integers: the double's integral part exactly, its fraction after.
    Arena arena(64);
    double whole = std::trunc(y);
    int order = compare_numbers(a, integer_of_double(arena, whole));
    if (order) return order;
    return (whole > y) - (whole < y);
  }
  Magnitude x(a), y(b);
  if (x.negative() != y.negative()) return x.negative() ? -1 : 1;
  int order = x.count() != y.count() ? (x.count() > y.count() ? 1 : -1)
              : x.count()            ? mpn_cmp(x.limbs(), y.limbs(), static_cast<mp_size_t>(x.count()))
                                     : 0;
  order = (order > 0) - (order < 0);
  return x.negative() ? -order : order;
}

}  // namespace phial
