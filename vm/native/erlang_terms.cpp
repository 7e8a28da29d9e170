// :erlang's functions on terms: type tests, operators as functions, tuples, lists, maps. All are guard functions where Erlang's are.
#include <algorithm>
#include <vector>

#include "vm/native/native.hpp"
#include "vm/process/budget.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/map.hpp"
#include "vm/term/number.hpp"

namespace phial {
namespace {

using native::read_index;

Term number_or_badarith(Context& c, Term result) { return result.is_none() ? c.badarith() : result; }
/// Like the above, for integer operations whose result may be too large.
Term integer_or_error(Context& c, Term a, Term b, Term result) {
  if (!result.is_none()) return result;
  return a.is_integer() && b.is_integer() ? c.system_limit() : c.badarith();
}

#define ARITHMETIC(name, call) \
  Term name(Context& c, const Term* a) { return number_or_badarith(c, call(c.heap(), a[0], a[1])); }
ARITHMETIC(add, number_add)
ARITHMETIC(subtract, number_subtract)
ARITHMETIC(divide, number_divide)
ARITHMETIC(quotient, integer_quotient)
ARITHMETIC(remainder, integer_remainder)
ARITHMETIC(bit_and, integer_and)
ARITHMETIC(bit_or, integer_or)
ARITHMETIC(bit_xor, integer_xor)
#undef ARITHMETIC
Term multiply(Context& c, const Term* a) { return integer_or_error(c, a[0], a[1], number_multiply(c.heap(), a[0], a[1])); }
Term shift_left(Context& c, const Term* a) { return integer_or_error(c, a[0], a[1], integer_shift_left(c.heap(), a[0], a[1])); }
Term shift_right(Context& c, const Term* a) { return integer_or_error(c, a[0], a[1], integer_shift_right(c.heap(), a[0], a[1])); }
Term negate(Context& c, const Term* a) { return number_or_badarith(c, number_negate(c.heap(), a[0])); }
Term plus(Context& c, const Term* a) { return a[0].is_number() ? a[0] : c.badarith(); }
Term bit_not(Context& c, const Term* a) { return number_or_badarith(c, integer_not(c.heap(), a[0])); }

Term absolute(Context& c, const Term* a) { return a[0].is_number() ? number_absolute(c.heap(), a[0]) : c.badarg(); }
template <char how>
Term to_integer(Context& c, const Term* a) {
  Term value = float_to_integer(c.heap(), a[0], how);
  return value.is_none() ? c.badarg() : value;
}
Term to_float(Context& c, const Term* a) {
  if (a[0].is_float()) return a[0];
  if (!a[0].is_integer()) return c.badarg();
  auto value = number_to_double(a[0]);
  return value ? make_float(c.heap(), *value) : c.badarg();
}

Term equals(Context&, const Term* a) { return boolean(equal(a[0], a[1])); }
Term not_equals(Context&, const Term* a) { return boolean(!equal(a[0], a[1])); }
Term equals_exactly(Context&, const Term* a) { return boolean(equal_exactly(a[0], a[1])); }
Term not_equals_exactly(Context&, const Term* a) { return boolean(!equal_exactly(a[0], a[1])); }
Term less(Context&, const Term* a) { return boolean(compare(a[0], a[1]) < 0); }
Term at_most(Context&, const Term* a) { return boolean(compare(a[0], a[1]) <= 0); }
Term greater(Context&, const Term* a) { return boolean(compare(a[0], a[1]) > 0); }
Term at_least(Context&, const Term* a) { return boolean(compare(a[0], a[1]) >= 0); }
Term maximum(Context&, const Term* a) { return compare(a[0], a[1]) >= 0 ? a[0] : a[1]; }
Term minimum(Context&, const Term* a) { return compare(a[0], a[1]) <= 0 ? a[0] : a[1]; }

bool is_boolean(Term term) { return term == atoms::true_ || term == atoms::false_; }
Term logical_not(Context& c, const Term* a) { return is_boolean(a[0]) ? boolean(a[0] == atoms::false_) : c.badarg(); }
template <int operation>
Term logical(Context& c, const Term* a) {
  if (!is_boolean(a[0]) || !is_boolean(a[1])) return c.badarg();
  bool x = a[0] == atoms::true_, y = a[1] == atoms::true_;
  return boolean(operation == '&' ? x && y : operation == '|' ? x || y : x != y);
}

#define TYPE_TEST(name, expression) \
  Term name(Context&, const Term* a) { return boolean(expression); }
TYPE_TEST(test_atom, a[0].is_atom())
TYPE_TEST(test_binary, is_binary(a[0]))
TYPE_TEST(test_bitstring, a[0].is_bitstring())
TYPE_TEST(test_boolean, is_boolean(a[0]))
TYPE_TEST(test_float, a[0].is_float())
TYPE_TEST(test_function, a[0].is_function())
TYPE_TEST(test_integer, a[0].is_integer())
TYPE_TEST(test_list, a[0].is_list())
TYPE_TEST(test_map, a[0].is_map())
TYPE_TEST(test_number, a[0].is_number())
TYPE_TEST(test_pid, a[0].is_pid())
TYPE_TEST(test_port, a[0].is_port())
TYPE_TEST(test_reference, a[0].is_reference())
TYPE_TEST(test_tuple, a[0].is_tuple())
#undef TYPE_TEST
Term test_function_of(Context& c, const Term* a) {
  if (!a[1].is_integer() || (a[1].is_small() && a[1].small_value() < 0)) return c.badarg();
  return boolean(a[0].is_function() && a[1].is_small() && Header::extra(a[0].header()) == static_cast<uint64_t>(a[1].small_value()));
}
/// A record: a tuple tagged with the atom.
Term test_record(Context& c, const Term* a) {
  if (!a[1].is_atom()) return c.badarg();
  return boolean(a[0].is_tuple() && a[0].arity() > 0 && a[0].element(0) == a[1]);
}
Term test_record_of(Context& c, const Term* a) {
  if (!a[1].is_atom() || !a[2].is_small()) return c.badarg();
  return boolean(a[0].is_tuple() && static_cast<int64_t>(a[0].arity()) == a[2].small_value() && a[0].arity() > 0 &&
                 a[0].element(0) == a[1]);
}

Term head(Context& c, const Term* a) { return a[0].is_cons() ? a[0].head() : c.badarg(); }
Term tail(Context& c, const Term* a) { return a[0].is_cons() ? a[0].tail() : c.badarg(); }
Term length(Context& c, const Term* a) {
  ptrdiff_t count = list_length(a[0]);
  if (count < 0) return c.badarg();
  c.bump(count / 64);
  return Term::small(count);
}
template <bool in_parts>
Term append(Context& c, const Term* a) {
  if (a[0].is_nil()) return a[1];
  ptrdiff_t count = list_length(a[0]);
  if (count < 0) return c.badarg();
  if (!in_parts && count > 2000) return native::go_long(c, "append", {a[0], a[1]});
  Word* cells = c.heap().allocate(2 * static_cast<size_t>(count));
  Term list = a[0];
  for (ptrdiff_t i = 0; i < count; i++, list = list.tail()) {
    if (in_parts && i % 4096 == 4095) tick(c, 128);
    cells[2 * i] = list.head().word;
    cells[2 * i + 1] = Term::cons(cells + 2 * i + 2).word;
  }
  c.bump((in_parts ? count % 4096 : count) / 32);
  cells[2 * count - 1] = a[1].word;
  return Term::cons(cells);
}

/// `--`: for each element on the right, the first equal one on the left goes. Long right sides are looked up by sorting.
template <bool in_parts>
Term list_subtract(Context& c, const Term* a) {
  ptrdiff_t left = list_length(a[0]), right = list_length(a[1]);
  if (left < 0 || right < 0) return c.badarg();
  if (right == 0 || left == 0) return a[0];
  if (!in_parts && left + right > 2000) return native::go_long(c, "subtract", {a[0], a[1]});
  std::vector<Term> removed;
  for (Term item : ListRange(a[1])) removed.push_back(item);
  std::vector<Term> kept;
  Term rest = Term::nil();  // what is left when nothing more is to go
  if (removed.size() <= 16) {
    size_t done = 0;
    for (Term list = a[0]; list.is_cons(); list = list.tail()) {
      if (removed.empty()) {
        rest = list;
        break;
      }
      Term item = list.head();
      bool found = false;
      for (size_t i = 0; i < removed.size(); i++) {
        if (!equal_exactly(removed[i], item)) continue;
        removed.erase(removed.begin() + static_cast<ptrdiff_t>(i));
        found = true;
        break;
      }
      if (!found) kept.push_back(item);
      if (++done % 512 == 0) tick(c, 512);
    }
  } else {
    std::sort(removed.begin(), removed.end(), [](Term x, Term y) { return compare_exactly(x, y) < 0; });
    std::vector<size_t> next(removed.size());
    for (size_t i = 0; i < next.size(); i++) next[i] = i;
    size_t done = 0;
    tick(c, right);
    for (Term item : ListRange(a[0])) {
      auto at = static_cast<size_t>(std::lower_bound(removed.begin(), removed.end(), item,
                                                     [](Term x, Term y) { return compare_exactly(x, y) < 0; }) - removed.begin());
      if (at < removed.size() && equal_exactly(removed[at], item)) {
        size_t slot = next[at];
        if (slot < removed.size() && equal_exactly(removed[slot], item)) {
          next[at] = slot + 1;
          continue;
        }
      }
      kept.push_back(item);
      if (++done % 512 == 0) tick(c, 512);
    }
  }
  c.bump((left + right) / 32);
  return make_list(c.heap(), kept, rest);
}

Term tuple_size(Context& c, const Term* a) { return a[0].is_tuple() ? Term::small(static_cast<int64_t>(a[0].arity())) : c.badarg(); }
Term element(Context& c, const Term* a) {
  size_t index;
  if (!a[1].is_tuple() || !read_index(a[0], a[1].arity(), index) || index == 0) return c.badarg();
  return a[1].element(index - 1);
}
Term set_element(Context& c, const Term* a) {
  size_t index;
  if (!a[1].is_tuple() || !read_index(a[0], a[1].arity(), index) || index == 0) return c.badarg();
  Term copy = make_tuple(c.heap(), std::span(a[1].payload(), a[1].arity()));
  copy.object()[index] = a[2].word;
  return copy;
}
Term append_element(Context& c, const Term* a) {
  if (!a[0].is_tuple()) return c.badarg();
  std::vector<Term> items(a[0].payload(), a[0].payload() + a[0].arity());
  items.push_back(a[1]);
  return phial::make_tuple(c.heap(), items);
}
Term insert_element(Context& c, const Term* a) {
  size_t index;
  if (!a[1].is_tuple() || !read_index(a[0], a[1].arity() + 1, index) || index == 0) return c.badarg();
  std::vector<Term> items(a[1].payload(), a[1].payload() + a[1].arity());
  items.insert(items.begin() + static_cast<ptrdiff_t>(index) - 1, a[2]);
  return phial::make_tuple(c.heap(), items);
}
Term delete_element(Context& c, const Term* a) {
  size_t index;
  if (!a[1].is_tuple() || !read_index(a[0], a[1].arity(), index) || index == 0) return c.badarg();
  std::vector<Term> items(a[1].payload(), a[1].payload() + a[1].arity());
  items.erase(items.begin() + static_cast<ptrdiff_t>(index) - 1);
  return phial::make_tuple(c.heap(), items);
}
Term make_tuple_2(Context& c, const Term* a) {
  size_t size;
  if (!read_index(a[0], Header::max_size, size)) return c.badarg();
  if (!fits_items(c, size, 2 * sizeof(Word))) return c.system_limit();
  return phial::make_tuple(c.heap(), std::vector<Term>(size, a[1]));
}
Term make_tuple_3(Context& c, const Term* a) {
  size_t size;
  if (!read_index(a[0], Header::max_size, size)) return c.badarg();
  if (!fits_items(c, size, 2 * sizeof(Word))) return c.system_limit();
  std::vector<Term> items(size, a[1]);
  Term list = a[2];
  for (; list.is_cons(); list = list.tail()) {
    size_t index;
    Term pair = list.head();
    if (!pair.is_tuple(2) || !read_index(pair.element(0), size, index) || index == 0) return c.badarg();
    items[index - 1] = pair.element(1);
  }
  return list.is_nil() ? phial::make_tuple(c.heap(), items) : c.badarg();
}
Term tuple_to_list(Context& c, const Term* a) {
  return a[0].is_tuple() ? make_list(c.heap(), std::span(a[0].payload(), a[0].arity())) : c.badarg();
}
Term list_to_tuple(Context& c, const Term* a) {
  ptrdiff_t size = list_length(a[0]);
  if (size < 0 || static_cast<size_t>(size) > Header::max_size) return c.badarg();
  Word* object = c.heap().allocate(1 + static_cast<size_t>(size));
  object[0] = Header::make(Kind::tuple, static_cast<size_t>(size));
  size_t i = 1;
  for (Term item : ListRange(a[0])) {
    if (i % 4096 == 0) tick(c, 256);
    object[i++] = item.word;
  }
  return Term::boxed(object);
}

Term size(Context& c, const Term* a) {
  if (a[0].is_tuple()) return tuple_size(c, a);
  if (a[0].is_bitstring()) return Term::small(static_cast<int64_t>(bit_size(a[0]) / 8));
  return c.badarg();
}
Term bits(Context& c, const Term* a) { return a[0].is_bitstring() ? Term::small(static_cast<int64_t>(bit_size(a[0]))) : c.badarg(); }
Term bytes(Context& c, const Term* a) {
  return a[0].is_bitstring() ? Term::small(static_cast<int64_t>((bit_size(a[0]) + 7) / 8)) : c.badarg();
}

Term bad_map(Context& c, Term map) { return c.error(make_tuple(c.heap(), {atoms::badmap, map})); }
Term size_of_map(Context& c, const Term* a) { return a[0].is_map() ? Term::small(static_cast<int64_t>(map_size(a[0]))) : bad_map(c, a[0]); }
Term get_of_map(Context& c, const Term* a) {
  if (!a[1].is_map()) return bad_map(c, a[1]);
  Term value = map_get(a[1], a[0]);
  return value.is_none() ? c.error(make_tuple(c.heap(), {atoms::badkey, a[0]})) : value;
}
Term has_key(Context& c, const Term* a) { return a[1].is_map() ? boolean(!map_get(a[1], a[0]).is_none()) : bad_map(c, a[1]); }

Term hash_portably(Context&, const Term* a) { return Term::small(portable_hash(a[0]) & 0x7ffffff); }
Term hash_within(Context& c, const Term* a) {
  if (!a[1].is_integer() || (a[1].is_small() && a[1].small_value() <= 0)) return c.badarg();
  if (!a[1].is_small() || a[1].small_value() > int64_t{1} << 32) return c.badarg();
  return Term::small(static_cast<int64_t>(portable_hash(a[0]) % static_cast<uint64_t>(a[1].small_value())));
}

constexpr uint8_t guard = native_guard, small = native_guard | native_small, in_place = native_guard | native_in_place;
constexpr NativeEntry entries[] = {
    {"erlang", "+", 2, add, in_place}, {"erlang", "-", 2, subtract, in_place}, {"erlang", "*", 2, multiply, in_place},
    {"erlang", "/", 2, divide, guard}, {"erlang", "div", 2, quotient, guard}, {"erlang", "rem", 2, remainder, guard},
    {"erlang", "-", 1, negate, guard}, {"erlang", "+", 1, plus, small},
    {"erlang", "band", 2, bit_and, guard}, {"erlang", "bor", 2, bit_or, guard}, {"erlang", "bxor", 2, bit_xor, guard},
    {"erlang", "bnot", 1, bit_not, guard}, {"erlang", "bsl", 2, shift_left, guard}, {"erlang", "bsr", 2, shift_right, guard},
    {"erlang", "abs", 1, absolute, guard}, {"erlang", "trunc", 1, to_integer<'t'>, guard}, {"erlang", "round", 1, to_integer<'r'>, guard},
    {"erlang", "floor", 1, to_integer<'f'>, guard}, {"erlang", "ceil", 1, to_integer<'c'>, guard}, {"erlang", "float", 1, to_float, guard},
    {"erlang", "==", 2, equals, small}, {"erlang", "/=", 2, not_equals, small}, {"erlang", "=:=", 2, equals_exactly, small},
    {"erlang", "=/=", 2, not_equals_exactly, small}, {"erlang", "<", 2, less, small}, {"erlang", "=<", 2, at_most, small},
    {"erlang", ">", 2, greater, small}, {"erlang", ">=", 2, at_least, small}, {"erlang", "max", 2, maximum, small},
    {"erlang", "min", 2, minimum, small}, {"erlang", "not", 1, logical_not, small}, {"erlang", "and", 2, logical<'&'>, small},
    {"erlang", "or", 2, logical<'|'>, small}, {"erlang", "xor", 2, logical<'^'>, small},
    {"erlang", "is_atom", 1, test_atom, small}, {"erlang", "is_binary", 1, test_binary, small},
    {"erlang", "is_bitstring", 1, test_bitstring, small}, {"erlang", "is_boolean", 1, test_boolean, small},
    {"erlang", "is_float", 1, test_float, small}, {"erlang", "is_function", 1, test_function, small},
    {"erlang", "is_function", 2, test_function_of, small}, {"erlang", "is_integer", 1, test_integer, small},
    {"erlang", "is_list", 1, test_list, small}, {"erlang", "is_map", 1, test_map, small}, {"erlang", "is_number", 1, test_number, small},
    {"erlang", "is_pid", 1, test_pid, small}, {"erlang", "is_port", 1, test_port, small},
    {"erlang", "is_reference", 1, test_reference, small}, {"erlang", "is_tuple", 1, test_tuple, small},
    {"erlang", "is_record", 2, test_record, guard}, {"erlang", "is_record", 3, test_record_of, guard},
    {"erlang", "is_map_key", 2, has_key, guard}, {"erlang", "map_get", 2, get_of_map, guard}, {"erlang", "map_size", 1, size_of_map, guard},
    {"erlang", "hd", 1, head, small}, {"erlang", "tl", 1, tail, small}, {"erlang", "length", 1, length, guard},
    {"erlang", "tuple_size", 1, tuple_size, small}, {"erlang", "element", 2, element, small}, {"erlang", "size", 1, size, guard},
    {"erlang", "bit_size", 1, bits, guard}, {"erlang", "byte_size", 1, bytes, guard},
    {"erlang", "++", 2, append<false>}, {"erlang", "--", 2, list_subtract<false>}, {"phial_long", "subtract", 2, list_subtract<true>, native_long}, {"erlang", "append", 2, append<false>}, {"phial_long", "append", 2, append<true>, native_long}, {"erlang", "subtract", 2, list_subtract<false>},
    {"erlang", "setelement", 3, set_element, native_in_place}, {"erlang", "append_element", 2, append_element},
    {"erlang", "insert_element", 3, insert_element}, {"erlang", "delete_element", 2, delete_element},
    {"erlang", "make_tuple", 2, make_tuple_2}, {"erlang", "make_tuple", 3, make_tuple_3},
    {"erlang", "tuple_to_list", 1, tuple_to_list, native_measured | native_shallow}, {"erlang", "list_to_tuple", 1, list_to_tuple, native_measured | native_shallow},
    {"erlang", "phash2", 1, hash_portably, native_measured}, {"erlang", "phash2", 2, hash_within, native_measured},
};

}  // namespace

extern const NativeTable erlang_terms_natives = native::table_of(entries);

}  // namespace phial
