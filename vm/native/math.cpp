// :math, over the C library.
#include <cmath>

#include "vm/native/native.hpp"
#include "vm/term/number.hpp"

namespace phial {
namespace {

Term result(Context& c, double value) { return std::isfinite(value) ? make_float(c.heap(), value) : c.badarith(); }

template <double (*function)(double)>
Term unary(Context& c, const Term* a) {
  if (!a[0].is_number()) return c.badarg();
  auto x = number_to_double(a[0]);
  return x ? result(c, function(*x)) : c.badarith();
}
template <double (*function)(double, double)>
Term binary(Context& c, const Term* a) {
  if (!a[0].is_number() || !a[1].is_number()) return c.badarg();
  auto x = number_to_double(a[0]), y = number_to_double(a[1]);
  return x && y ? result(c, function(*x, *y)) : c.badarith();
}
Term pi(Context& c, const Term*) { return make_float(c.heap(), M_PI); }
Term tau(Context& c, const Term*) { return make_float(c.heap(), 2 * M_PI); }

constexpr NativeEntry entries[] = {
    {"math", "pi", 0, pi}, {"math", "tau", 0, tau}, {"math", "sin", 1, unary<std::sin>}, {"math", "cos", 1, unary<std::cos>},
    {"math", "tan", 1, unary<std::tan>}, {"math", "asin", 1, unary<std::asin>}, {"math", "acos", 1, unary<std::acos>},
    {"math", "atan", 1, unary<std::atan>}, {"math", "atan2", 2, binary<std::atan2>}, {"math", "sinh", 1, unary<std::sinh>},
    {"math", "cosh", 1, unary<std::cosh>}, {"math", "tanh", 1, unary<std::tanh>}, {"math", "asinh", 1, unary<std::asinh>},
    {"math", "acosh", 1, unary<std::acosh>}, {"math", "atanh", 1, unary<std::atanh>}, {"math", "exp", 1, unary<std::exp>},
    {"math", "log", 1, unary<std::log>}, {"math", "log2", 1, unary<std::log2>}, {"math", "log10", 1, unary<std::log10>},
    {"math", "pow", 2, binary<std::pow>}, {"math", "sqrt", 1, unary<std::sqrt>, native_in_place}, {"math", "erf", 1, unary<std::erf>},
    {"math", "erfc", 1, unary<std::erfc>}, {"math", "floor", 1, unary<std::floor>}, {"math", "ceil", 1, unary<std::ceil>},
    {"math", "fmod", 2, binary<std::fmod>},
};

}  // namespace

extern const NativeTable math_natives = native::table_of(entries);

}  // namespace phial
