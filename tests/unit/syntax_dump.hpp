// The canonical text form of quoted terms that the recorded syntax cases use; tests/syntax/record.exs writes the same.
//
//   atom 'text'   integer 12   float f3ff0000000000000 (bits)   binary "text"   list [a b|tail]   tuple {a b}
// Bytes outside of printable ASCII, and the characters ' " % and backslash, are written %HH.
#pragma once
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <string>

#include "compiler/syntax/parser.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/number.hpp"

namespace phial::syntax::testing {

inline void escape(std::string_view text, std::string& out) {
  for (unsigned char c : text) {
    if (c > 0x20 && c < 0x7F && c != '\'' && c != '"' && c != '%' && c != '\\') {
      out.push_back(static_cast<char>(c));
    } else {
      char buffer[4];
      std::snprintf(buffer, sizeof buffer, "%%%02X", c);
      out += buffer;
    }
  }
}

inline std::string unescape(std::string_view text) {
  std::string out;
  auto value = [](char c) { return c <= '9' ? c - '0' : c - 'A' + 10; };
  for (size_t i = 0; i < text.size(); i++) {
    if (text[i] == '%' && i + 2 < text.size() + 0) {
      out.push_back(static_cast<char>(value(text[i + 1]) * 16 + value(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

/// Metadata that only Elixir 1.18 has and that cannot be recorded with older ones: left out, tested in syntax_test.cpp.
inline bool is_newer_metadata(Term item) {
  if (!item.is_tuple(2) || !item.element(0).is_atom()) return false;
  std::string_view key = atom_text(item.element(0));
  return (key == "parens" && item.element(1).is_cons()) || (key == "operator" && item.element(1).is_atom());
}

inline void dump(Term term, std::string& out, bool with_newer = false) {
  while (!with_newer && term.is_cons() && is_newer_metadata(term.head())) term = term.tail();
  if (term.is_nil()) {
    out += "[]";
  } else if (term.is_atom()) {
    out.push_back('\'');
    escape(atom_text(term), out);
    out.push_back('\'');
  } else if (term.is_integer()) {
    out += integer_to_text(term);
  } else if (term.is_float()) {
    double value = term.float_value();
    uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    char buffer[24];
    std::snprintf(buffer, sizeof buffer, "f%016" PRIx64, bits);
    out += buffer;
  } else if (term.is_cons()) {
    out.push_back('[');
    dump(term.head(), out, with_newer);
    for (term = term.tail(); term.is_cons(); term = term.tail()) {
      out.push_back(' ');
      dump(term.head(), out, with_newer);
    }
    if (!term.is_nil()) {
      out.push_back('|');
      dump(term, out, with_newer);
    }
    out.push_back(']');
  } else if (term.is_tuple()) {
    out.push_back('{');
    for (size_t i = 0; i < term.arity(); i++) {
      if (i > 0) out.push_back(' ');
      dump(term.element(i), out, with_newer);
    }
    out.push_back('}');
  } else if (term.is_bitstring()) {
    std::string scratch;
    out.push_back('"');
    escape(bytes_of(term, scratch), out);
    out.push_back('"');
  } else {
    out += "?";
  }
}

/// The result of one parse in the recorded form: `ok TERM` or `error LINE:COLUMN "message"`. The place of an unclosed or wrongly
/// closed bracket is recorded as the place of what is wrong there (Elixir 1.18 keeps it as end_line and end_column), and
/// its message without the explanation in parentheses, which 1.18 moved into the snippet. Of long messages the first line counts.
inline std::string dump_result(const ParseResult& result) {
  std::string out;
  if (result.ok) {
    out = "ok ";
    dump(result.ast, out);
    return out;
  }
  const SourceError& error = result.error;
  bool at_end = !error.opening_delimiter.empty();
  out = "error " + std::to_string(at_end ? error.end_line : error.line) + ":" +
        std::to_string(at_end ? error.end_column : error.column) + " \"";
  std::string message = error.message;
  if (size_t explained = message.find(" (for "); explained != std::string::npos) message.resize(explained);
  if (size_t line_end = message.find('\n'); line_end != std::string::npos) message.resize(line_end);
  escape(message, out);
  out += "\" \"";
  escape(error.token, out);
  out += "\"";
  return out;
}

}  // namespace phial::syntax::testing
