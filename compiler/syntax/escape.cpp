#include "compiler/syntax/escape.hpp"

#include "compiler/syntax/identifier.hpp"

namespace phial::syntax {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

EscapeError reserved_code_point(std::string_view digits) {
  return {"invalid or reserved Unicode code point \\u{" + std::string(digits) + "}. Syntax error after: ", "\\u"};
}

/// `\uHHHH` or `\u{H...}`; `at` stands behind the `u` and moves behind the escape.
EscapeError unescape_unicode(std::string_view text, size_t& at, std::string& out) {
  static constexpr const char* expected =
      "invalid Unicode escape character, expected \\uHHHH or \\u{H*} where H is a hexadecimal digit. Syntax error after: ";
  uint32_t code_point = 0;
  std::string_view digits;
  if (at < text.size() && text[at] == '{') {
    size_t close = at + 1;
    while (close < text.size() && close - at <= 6 && hex_value(text[close]) >= 0) close++;
    if (close >= text.size() || text[close] != '}' || close == at + 1) return {expected, "\\u"};
    digits = text.substr(at + 1, close - at - 1);
    at = close + 1;
  } else {
    if (text.size() - at < 4) return {expected, "\\u"};
    digits = text.substr(at, 4);
    at += 4;
  }
  for (char c : digits) {
    int value = hex_value(c);
    if (value < 0) return {expected, "\\u"};
    code_point = code_point * 16 + static_cast<uint32_t>(value);
  }
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) return reserved_code_point(digits);
  append_utf8(out, code_point);
  return {};
}

}  // namespace

uint32_t simple_escape(uint32_t code_point) {
  switch (code_point) {
    case '0': return 0;
    case 'a': return 7;
    case 'b': return 8;
    case 'd': return 127;
    case 'e': return 27;
    case 'f': return 12;
    case 'n': return 10;
    case 'r': return 13;
    case 's': return 32;
    case 't': return 9;
    case 'v': return 11;
    default: return code_point;
  }
}

EscapeError unescape(std::string_view text, std::string& out) {
  out.reserve(out.size() + text.size());
  size_t at = 0;
  while (at < text.size()) {
    char c = text[at++];
    if (c != '\\' || at >= text.size()) {
      out.push_back(c);
      continue;
    }
    char escaped = text[at++];
    switch (escaped) {
      case '\n': break;
      case '\r':
        if (at < text.size() && text[at] == '\n')
          at++;
        else
          out.push_back('\r');
        break;
      case 'x': {
        int high = at < text.size() ? hex_value(text[at]) : -1;
        int low = at + 1 < text.size() ? hex_value(text[at + 1]) : -1;
        if (high < 0 || low < 0)
          return {"invalid hex escape character, expected \\xHH where H is a hexadecimal digit. Syntax error after: ", "\\x"};
        out.push_back(static_cast<char>(high * 16 + low));
        at += 2;
        break;
      }
      case 'u':
        if (EscapeError error = unescape_unicode(text, at, out); !error.ok()) return error;
        break;
      default:
        if (static_cast<unsigned char>(escaped) < 0x80)
          out.push_back(static_cast<char>(simple_escape(static_cast<unsigned char>(escaped))));
        else
          out.push_back(escaped);
    }
  }
  return {};
}

}  // namespace phial::syntax
