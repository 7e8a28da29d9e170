// Floats as text. std::to_chars gives the shortest digits that read back the same; the layout (when to use an exponent) is Erlang's.
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "vm/term/number.hpp"

namespace phial {

std::string float_to_text(double value) {
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  char buffer[64];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  std::string_view text(buffer, static_cast<size_t>(end - buffer));
  std::string out;
  if (text[0] == '-') {
    out += '-';
    text.remove_prefix(1);
  }
  size_t e = text.find('e');
  std::string digits(1, text[0]);
  if (e > 2) digits += text.substr(2, e - 2);
  int exponent = std::atoi(std::string(text.substr(e + 1)).c_str());
  auto count = static_cast<int>(digits.size());
  // Plain where that is no longer than the scientific form, as Erlang's shortest printing does; integers beyond 2^53 are scientific.
  int point = exponent + 1;  // digits before the decimal point
  auto plain_length = point <= 0 ? 2 - point + count : point >= count ? point + 2 : count + 1;
  auto exponent_text = std::to_string(exponent);
  auto scientific_length = (count == 1 ? 3 : count + 1) + 1 + static_cast<int>(exponent_text.size());
  if (plain_length <= scientific_length && std::fabs(value) < 9007199254740992.0) {
    if (point <= 0) {
      out += "0.";
      out.append(static_cast<size_t>(-point), '0');
      out += digits;
    } else if (point >= count) {
      out += digits;
      out.append(static_cast<size_t>(point - count), '0');
      out += ".0";
    } else {
      out += digits.substr(0, static_cast<size_t>(point)) + "." + digits.substr(static_cast<size_t>(point));
    }
    return out;
  }
  out += digits[0];
  out += '.';
  out += count == 1 ? "0" : digits.substr(1);
  return out + "e" + exponent_text;
}

std::optional<double> float_from_text(std::string_view text) {
  // digits '.' digits [e [sign] digits], with an optional sign in front
  std::string_view rest = text;
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) rest.remove_prefix(1);
  auto take_digits = [&] {
    size_t n = 0;
    while (n < rest.size() && rest[n] >= '0' && rest[n] <= '9') n++;
    rest.remove_prefix(n);
    return n > 0;
  };
  if (!take_digits() || rest.empty() || rest[0] != '.') return std::nullopt;
  rest.remove_prefix(1);
  if (!take_digits()) return std::nullopt;
  if (!rest.empty()) {
    if (rest[0] != 'e' && rest[0] != 'E') return std::nullopt;
    rest.remove_prefix(1);
    if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) rest.remove_prefix(1);
    if (!take_digits() || !rest.empty()) return std::nullopt;
  }
  double value = std::strtod(std::string(text).c_str(), nullptr);
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace phial
