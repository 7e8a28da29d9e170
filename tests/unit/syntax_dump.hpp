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

inline void dump(Term term, std::string& out) {
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
    dump(term.head(), out);
    for (term = term.tail(); term.is_cons(); term = term.tail()) {
      out.push_back(' ');
      dump(term.head(), out);
    }
    if (!term.is_nil()) {
      out.push_back('|');
      dump(term, out);
    }
    out.push_back(']');
  } else if (term.is_tuple()) {
    out.push_back('{');
    for (size_t i = 0; i < term.arity(); i++) {
      if (i > 0) out.push_back(' ');
      dump(term.element(i), out);
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

/// The result of one parse in the recorded form: `ok TERM` or `error KIND LINE:COLUMN "message" "token"`.
inline std::string dump_result(const ParseResult& result) {
  std::string out;
  if (result.ok) {
    out = "ok ";
    dump(result.ast, out);
    return out;
  }
  out = "error " + std::to_string(result.error.line) + ":" + std::to_string(result.error.column) + " \"";
  escape(result.error.message, out);
  out += "\" \"";
  escape(result.error.token, out);
  out += "\"";
  return out;
}

}  // namespace phial::syntax::testing
