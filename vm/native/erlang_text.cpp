// :erlang's conversions between terms and text: atoms, integers, floats, process identifiers.
#include <charconv>
#include <cmath>

#include "vm/base/utf8.hpp"
#include "vm/native/native.hpp"
#include "vm/process/budget.hpp"
#include "vm/term/number.hpp"
#include "vm/term/print.hpp"

namespace phial {
namespace {

constexpr size_t max_atom_code_points = 255;

Term latin1_charlist(TermHeap& heap, std::string_view text) {
  Term list = Term::nil();
  Word* cells = text.empty() ? nullptr : heap.allocate(2 * text.size());
  for (size_t i = text.size(); i-- > 0;) {
    cells[2 * i] = Term::small(static_cast<uint8_t>(text[i])).word;
    cells[2 * i + 1] = list.word;
    list = Term::cons(cells + 2 * i);
  }
  return list;
}

/// Bytes of a list of characters 0..255.
bool read_latin1(Term list, std::string& out) {
  for (; list.is_cons(); list = list.tail()) {
    Term item = list.head();
    if (!item.is_small() || item.small_value() < 0 || item.small_value() > 255) return false;
    out += static_cast<char>(item.small_value());
  }
  return list.is_nil();
}

std::string latin1_to_utf8(std::string_view bytes) {
  std::string text;
  for (char byte : bytes) utf8_append(text, static_cast<uint8_t>(byte));
  return text;
}

// -- atoms

Term atom_of(Context& c, std::string_view text, bool existing) {
  if (!utf8_valid(text)) return c.badarg();
  if (utf8_count(text) > max_atom_code_points) return c.system_limit();
  if (!existing) {
    Term made = make_atom(c.tree(), text);
    return made.is_none() ? c.system_limit() : made;
  }
  Term atom = existing_atom(text);
  return atom.is_none() ? c.badarg() : atom;
}
template <bool existing, bool latin1 = false>
Term binary_to_atom(Context& c, const Term* a) {
  if (!is_binary(a[0])) return c.badarg();
  std::string scratch;
  std::string_view bytes = bytes_of(a[0], scratch);
  return atom_of(c, bytes, existing);
}
template <bool existing>
Term binary_to_atom_in(Context& c, const Term* a) {
  if (!is_binary(a[0]) || !a[1].is_atom()) return c.badarg();
  std::string_view encoding = atom_text(a[1]);
  if (encoding != "latin1" && encoding != "utf8" && encoding != "unicode") return c.badarg();
  std::string scratch;
  std::string_view bytes = bytes_of(a[0], scratch);
  return encoding == "latin1" ? atom_of(c, latin1_to_utf8(bytes), existing) : atom_of(c, bytes, existing);
}
template <bool existing>
Term list_to_atom(Context& c, const Term* a) {
  std::string text;
  return native::read_charlist(a[0], text) ? atom_of(c, text, existing) : c.badarg();
}
Term atom_to_binary(Context& c, const Term* a) { return a[0].is_atom() ? make_binary(c.heap(), atom_text(a[0])) : c.badarg(); }
Term atom_to_binary_in(Context& c, const Term* a) {
  if (!a[0].is_atom() || !a[1].is_atom()) return c.badarg();
  std::string_view encoding = atom_text(a[1]);
  if (encoding != "latin1" && encoding != "utf8" && encoding != "unicode") return c.badarg();
  if (encoding != "latin1") return make_binary(c.heap(), atom_text(a[0]));
  std::string bytes;
  auto text = atom_text(a[0]);
  for (auto at = reinterpret_cast<const uint8_t*>(text.data()), end = at + text.size(); at < end;) {
    Utf8Step step = utf8_decode(at, end);
    if (step.code_point > 255) return c.badarg();
    bytes += static_cast<char>(step.code_point);
    at += step.length;
  }
  return make_binary(c.heap(), bytes);
}
Term atom_to_list(Context& c, const Term* a) {
  return a[0].is_atom() ? native::make_charlist(c.heap(), atom_text(a[0])) : c.badarg();
}

// -- integers

bool read_base(Term term, int& base) {
  size_t value;
  if (!native::read_index(term, 36, value) || value < 2) return false;
  base = static_cast<int>(value);
  return true;
}
Term integer_to_binary(Context& c, const Term* a) {
  if (!a[0].is_integer()) return c.badarg();
  return make_binary(c.heap(), integer_to_text(a[0]));
}
Term integer_to_binary_in(Context& c, const Term* a) {
  int base;
  if (!a[0].is_integer() || !read_base(a[1], base)) return c.badarg();
  return make_binary(c.heap(), integer_to_text(a[0], base));
}
Term integer_to_list(Context& c, const Term* a) {
  return a[0].is_integer() ? latin1_charlist(c.heap(), integer_to_text(a[0])) : c.badarg();
}
Term integer_to_list_in(Context& c, const Term* a) {
  int base;
  if (!a[0].is_integer() || !read_base(a[1], base)) return c.badarg();
  return latin1_charlist(c.heap(), integer_to_text(a[0], base));
}
Term parse_integer(Context& c, std::string_view text, int base) {
  Term value = integer_from_text(c.heap(), text, base);
  return value.is_none() ? c.badarg() : value;
}
Term binary_to_integer(Context& c, const Term* a) {
  if (!is_binary(a[0])) return c.badarg();
  std::string scratch;
  return parse_integer(c, bytes_of(a[0], scratch), 10);
}
Term binary_to_integer_in(Context& c, const Term* a) {
  int base;
  if (!is_binary(a[0]) || !read_base(a[1], base)) return c.badarg();
  std::string scratch;
  return parse_integer(c, bytes_of(a[0], scratch), base);
}
Term list_to_integer(Context& c, const Term* a) {
  std::string text;
  return read_latin1(a[0], text) ? parse_integer(c, text, 10) : c.badarg();
}
Term list_to_integer_in(Context& c, const Term* a) {
  int base;
  std::string text;
  return read_latin1(a[0], text) && read_base(a[1], base) ? parse_integer(c, text, base) : c.badarg();
}

// -- floats

/// The exact value, rounded as printf does, but several times faster. Longest is a sign, 309 digits, the point and 253 decimals.
std::string exact_text(double value, std::chars_format format, int decimals) {
  char text[576];
  return std::string(text, std::to_chars(text, text + sizeof text, value, format, decimals).ptr);
}
/// Fixed notation with up to 18 decimals as OTP rounds it: the fraction is scaled in floating point, and halves go away from zero.
std::string rounded_text(double value, int decimals) {
  uint64_t unit = 1;
  for (int i = 0; i < decimals; i++) unit *= 10;
  double whole, scaled = std::modf(std::fabs(value), &whole) * static_cast<double>(unit);
  auto digits = static_cast<uint64_t>(scaled), integer = static_cast<uint64_t>(whole);
  if (scaled - static_cast<double>(digits) >= 0.5) digits++;
  if (digits >= unit) {
    integer++;
    digits -= unit;
  }
  std::string text = (std::signbit(value) ? "-" : "") + std::to_string(integer);
  if (decimals == 0) return text;
  std::string fraction = std::to_string(digits);
  return text + '.' + std::string(static_cast<size_t>(decimals) - fraction.size(), '0') + fraction;
}
std::string fixed_text(double value, int decimals, bool compact) {
  std::string text = decimals <= 18 && std::fabs(value) < 0x1p53 ? rounded_text(value, decimals) : exact_text(value, std::chars_format::fixed, decimals);
  if (compact && decimals > 0) {
    while (text.ends_with('0') && text[text.size() - 2] != '.') text.pop_back();
  }
  return text;
}
/// :io_lib.fixed(float, decimals): the exact value, halves away from zero. It lies in the middle of two texts if it is an odd number of halves of the last
/// binary place that so many decimals can tell; the next larger float is rounded to the outer one.
Term io_lib_fixed(Context& c, const Term* a) {
  size_t decimals;
  if (!a[0].is_float() || !native::read_index(a[1], 253, decimals)) return c.badarg();
  double value = a[0].float_value(), halves = std::ldexp(value, static_cast<int>(decimals) + 1);
  if (std::fabs(std::fmod(halves, 2)) == 1) value = std::nextafter(value, std::copysign(HUGE_VAL, value));
  return latin1_charlist(c.heap(), exact_text(value, std::chars_format::fixed, static_cast<int>(decimals)));
}
std::string scientific_text(double value, int decimals) { return exact_text(value, std::chars_format::scientific, decimals); }
/// Text of a float by OTP's options; empty where the options are bad.
std::string float_text(double value, Term options) {
  int decimals = -1, scientific = -1;
  bool compact = false, shortest = false;
  for (Term item : ListRange(options)) {
    size_t number;
    if (item.is_atom() && atom_text(item) == "compact") {
      compact = true;
    } else if (item.is_atom() && atom_text(item) == "short") {
      shortest = true;
    } else if (item.is_tuple(2) && item.element(0).is_atom() && native::read_index(item.element(1), 253, number)) {
      auto key = atom_text(item.element(0));
      if (key == "decimals") {
        decimals = static_cast<int>(number);
        shortest = false;
      } else if (key == "scientific") {
        scientific = static_cast<int>(std::min<size_t>(number, 249));
        decimals = -1;
        shortest = false;
      } else {
        return "";
      }
    } else {
      return "";
    }
  }
  if (shortest) return float_to_text(value);
  if (decimals >= 0) return fixed_text(value, decimals, compact);
  return scientific_text(value, scientific >= 0 ? scientific : 20);
}
Term float_to_binary(Context& c, const Term* a) {
  return a[0].is_float() ? make_binary(c.heap(), scientific_text(a[0].float_value(), 20)) : c.badarg();
}
Term float_to_binary_with(Context& c, const Term* a) {
  if (!a[0].is_float() || list_length(a[1]) < 0) return c.badarg();
  std::string text = float_text(a[0].float_value(), a[1]);
  return text.empty() ? c.badarg() : make_binary(c.heap(), text);
}
Term float_to_list(Context& c, const Term* a) {
  return a[0].is_float() ? latin1_charlist(c.heap(), scientific_text(a[0].float_value(), 20)) : c.badarg();
}
Term float_to_list_with(Context& c, const Term* a) {
  if (!a[0].is_float() || list_length(a[1]) < 0) return c.badarg();
  std::string text = float_text(a[0].float_value(), a[1]);
  return text.empty() ? c.badarg() : latin1_charlist(c.heap(), text);
}
Term parse_float(Context& c, std::string_view text) {
  auto value = float_from_text(text);
  return value ? make_float(c.heap(), *value) : c.badarg();
}
Term binary_to_float(Context& c, const Term* a) {
  if (!is_binary(a[0])) return c.badarg();
  std::string scratch;
  return parse_float(c, bytes_of(a[0], scratch));
}
Term list_to_float(Context& c, const Term* a) {
  std::string text;
  return read_latin1(a[0], text) ? parse_float(c, text) : c.badarg();
}

// -- identifiers

/// "#PID<0.1.2>" without "#PID", as Erlang writes it; likewise "#Ref<...>", "#Port<...>".
std::string erlang_style(Term term) {
  std::string text = print_term(term);
  if (text.starts_with("#PID")) return text.substr(4);
  if (text.starts_with("#Reference")) return "#Ref" + text.substr(10);
  return text;
}
Term pid_to_list(Context& c, const Term* a) { return a[0].is_pid() ? latin1_charlist(c.heap(), erlang_style(a[0])) : c.badarg(); }
Term ref_to_list(Context& c, const Term* a) { return a[0].is_reference() ? latin1_charlist(c.heap(), erlang_style(a[0])) : c.badarg(); }
Term port_to_list(Context& c, const Term* a) { return a[0].is_port() ? latin1_charlist(c.heap(), erlang_style(a[0])) : c.badarg(); }

/// Numbers between dots of "<0.1.2>"; false where the text is another.
bool read_dotted(std::string_view text, std::string_view prefix, Word* numbers, size_t count) {
  if (!text.starts_with(prefix) || !text.ends_with('>')) return false;
  text.remove_prefix(prefix.size());
  for (size_t i = 0; i < count; i++) {
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), numbers[i]);
    if (error != std::errc{} || *end != (i + 1 < count ? '.' : '>')) return false;
    text.remove_prefix(static_cast<size_t>(end - text.data()) + 1);
  }
  return text.empty();
}
Term list_to_pid(Context& c, const Term* a) {
  std::string text;
  Word n[3];
  if (!read_latin1(a[0], text) || !read_dotted(text, "<", n, 3) || n[0] != 0 || n[1] > 0xfffffff || n[2] > 0x3fffffff) return c.badarg();
  return Term::pid(n[2] << 28 | n[1]);
}
Term list_to_ref(Context& c, const Term* a) {
  std::string text;
  Word n[4];
  if (!read_latin1(a[0], text) || !read_dotted(text, "#Ref<", n, 4) || n[0] != 0) return c.badarg();
  return Term::reference(n[1] << 36 | n[2] << 18 | n[3]);
}
Term list_to_port(Context& c, const Term* a) {
  std::string text;
  Word n[2];
  if (!read_latin1(a[0], text) || !read_dotted(text, "#Port<", n, 2)) return c.badarg();
  return Term::port(n[1]);
}

constexpr NativeEntry entries[] = {
    {"erlang", "atom_to_binary", 1, atom_to_binary}, {"erlang", "atom_to_binary", 2, atom_to_binary_in},
    {"erlang", "atom_to_list", 1, atom_to_list}, {"erlang", "binary_to_atom", 1, binary_to_atom<false>},
    {"erlang", "binary_to_atom", 2, binary_to_atom_in<false>}, {"erlang", "binary_to_existing_atom", 1, binary_to_atom<true>},
    {"erlang", "binary_to_existing_atom", 2, binary_to_atom_in<true>}, {"erlang", "list_to_atom", 1, list_to_atom<false>},
    {"erlang", "list_to_existing_atom", 1, list_to_atom<true>}, {"erlang", "integer_to_binary", 1, integer_to_binary, native_measured},
    {"erlang", "integer_to_binary", 2, integer_to_binary_in, native_measured}, {"erlang", "integer_to_list", 1, integer_to_list, native_measured},
    {"erlang", "integer_to_list", 2, integer_to_list_in, native_measured}, {"erlang", "binary_to_integer", 1, binary_to_integer, native_measured},
    {"erlang", "binary_to_integer", 2, binary_to_integer_in, native_measured}, {"erlang", "list_to_integer", 1, list_to_integer, native_measured},
    {"erlang", "list_to_integer", 2, list_to_integer_in, native_measured}, {"erlang", "float_to_binary", 1, float_to_binary},
    {"erlang", "float_to_binary", 2, float_to_binary_with}, {"erlang", "float_to_list", 1, float_to_list},
    {"erlang", "float_to_list", 2, float_to_list_with}, {"io_lib", "fixed", 2, io_lib_fixed}, {"erlang", "binary_to_float", 1, binary_to_float},
    {"erlang", "list_to_float", 1, list_to_float}, {"erlang", "pid_to_list", 1, pid_to_list}, {"erlang", "ref_to_list", 1, ref_to_list},
    {"erlang", "port_to_list", 1, port_to_list}, {"erlang", "list_to_pid", 1, list_to_pid}, {"erlang", "list_to_ref", 1, list_to_ref},
    {"erlang", "list_to_port", 1, list_to_port},
};

}  // namespace

extern const NativeTable erlang_text_natives = native::table_of(entries);

}  // namespace phial
