// Numbers and characters.
#include "compiler/syntax/escape.hpp"
#include "compiler/syntax/tokenizer_impl.hpp"

namespace phial::syntax {

using Kind = TokenKind;

bool Tokenizer::number() {
  const char* start = p_;
  uint32_t start_column = column();
  auto finish_based = [&](int base, auto accepts) {
    p_ += 2;
    while (accepts(peek()) || (peek() == '_' && accepts(peek(1)))) p_++;
    Token& token = push(Kind::integer, start, static_cast<size_t>(p_ - start), line_, start_column);
    token.base = static_cast<uint16_t>(base);
    return true;
  };
  if (*p_ == '0') {
    if (peek(1) == 'x' && is_hex(peek(2))) return finish_based(16, is_hex);
    if (peek(1) == 'b' && (peek(2) == '0' || peek(2) == '1')) return finish_based(2, [](int c) { return c == '0' || c == '1'; });
    if (peek(1) == 'o' && peek(2) >= '0' && peek(2) <= '7') return finish_based(8, [](int c) { return c >= '0' && c <= '7'; });
  }
  auto digits = [&] {
    while (is_digit(peek()) || (peek() == '_' && is_digit(peek(1)))) p_++;
  };
  digits();
  Kind kind = Kind::integer;
  if (peek() == '.' && is_digit(peek(1))) {
    kind = Kind::floating;
    if (last_kind() == Kind::capture_integer) last().kind = Kind::capture_op;
    p_++;
    digits();
    if (peek() == 'e' || peek() == 'E') {
      size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
      if (is_digit(peek(1 + sign))) {
        p_ += 1 + sign;
        digits();
      }
    }
  }
  int c = peek();
  if (is_lower(c) || is_upper(c) || c == '_' || c >= 0x80) {
    size_t bytes = 1;
    if (c >= 0x80 && scan_name({p_, left()}).kind == NameKind::none) {
      push(kind, start, static_cast<size_t>(p_ - start), line_, start_column);
      return true;
    }
    decode_utf8({p_, left()}, bytes);
    std::string shown(p_, bytes ? bytes : 1);
    return fail(line_, start_column,
                "invalid character \"" + shown + "\" after number " + std::string(start, static_cast<size_t>(p_ - start)) +
                    ". If you intended to write a number, make sure to separate the number from the character (using comma, "
                    "space, etc). If you meant to write a function name or a variable, note that identifiers in Elixir cannot "
                    "start with numbers. Unexpected token: ",
                shown);
  }
  push(kind, start, static_cast<size_t>(p_ - start), line_, start_column);
  return true;
}

bool Tokenizer::character() {
  const char* start = p_;
  uint32_t start_column = column(), start_line = line_;
  if (left() < 2) return fail_unexpected();
  uint32_t code_point;
  if (p_[1] == '\\' && left() >= 3) {
    size_t bytes = 0;
    uint32_t escaped = decode_utf8({p_ + 2, left() - 2}, bytes);
    if (bytes == 0) return fail_unexpected();
    code_point = simple_escape(escaped);
    if (code_point == escaped &&
        (is_lower(static_cast<int>(escaped)) || is_upper(static_cast<int>(escaped)) || (escaped >= '1' && escaped <= '9')))
      warn(line_, start_column,
           "unknown escape sequence ?\\" + std::string(p_ + 2, bytes) + ", use ?" + std::string(p_ + 2, bytes) + " instead");
    p_ += 2 + bytes;
    continuation_bytes_ += static_cast<uint32_t>(bytes) - 1;
    if (escaped == '\n') begin_line();
  } else {
    size_t bytes = 0;
    code_point = decode_utf8({p_ + 1, left() - 1}, bytes);
    if (bytes == 0) return fail_unexpected();
    if (const char* escape = escape_for(code_point)) {
      const char* name = code_point == ' ' ? "space" : control_name(code_point);
      warn(line_, start_column,
           "found ? followed by code point " + code_point_text(code_point, "0x%X") + " (" + name + "), please use ?" + escape +
               " instead");
    }
    if (is_bidirectional_control(code_point)) return p_++, fail_unexpected();
    p_ += 1 + bytes;
    continuation_bytes_ += static_cast<uint32_t>(bytes) - 1;
    if (code_point == '\n') begin_line();
  }
  Token& token = push(Kind::character, start, static_cast<size_t>(p_ - start), start_line, start_column);
  token.extra = code_point;
  return true;
}

const char* Tokenizer::escape_for(uint32_t code_point) {
  switch (code_point) {
    case 0: return "\\0";
    case 7: return "\\a";
    case 8: return "\\b";
    case 9: return "\\t";
    case 10: return "\\n";
    case 11: return "\\v";
    case 12: return "\\f";
    case 13: return "\\r";
    case 27: return "\\e";
    case 32: return "\\s";
    case 127: return "\\d";
    default: return nullptr;
  }
}

}  // namespace phial::syntax
