// Operators and dots.
#include "compiler/syntax/tokenizer_impl.hpp"

namespace phial::syntax {

using Kind = TokenKind;

OperatorMatch match_operator(const char* at, size_t left) {
  auto is = [&](std::string_view op) { return left >= op.size() && std::memcmp(at, op.data(), op.size()) == 0; };
  switch (at[0]) {
    case '~':
      if (is("~~~")) return {3, Kind::unary_op};
      if (is("~>>")) return {3, Kind::arrow_op};
      if (is("~>")) return {2, Kind::arrow_op};
      return {};
    case '.':
      if (is("...")) return {3, Kind::ellipsis_op};
      if (is("..")) return {2, Kind::range_op};
      return {1, Kind::dot};
    case '=':
      if (is("===")) return {3, Kind::comparison_op};
      if (is("==") || is("=~")) return {2, Kind::comparison_op};
      if (is("=>")) return {2, Kind::assoc_op};
      return {1, Kind::match_op};
    case '!':
      if (is("!==")) return {3, Kind::comparison_op};
      if (is("!=")) return {2, Kind::comparison_op};
      return {1, Kind::unary_op};
    case '&':
      if (is("&&&")) return {3, Kind::and_op};
      if (is("&&")) return {2, Kind::and_op};
      return {1, Kind::capture_op};
    case '|':
      if (is("|||")) return {3, Kind::or_op};
      if (is("||")) return {2, Kind::or_op};
      if (is("|>")) return {2, Kind::arrow_op};
      return {1, Kind::pipe_op};
    case '<':
      if (is("<<<") || is("<<~") || is("<|>") || is("<~>")) return {3, Kind::arrow_op};
      if (is("<<")) return {2, Kind::open_bits};
      if (is("<~")) return {2, Kind::arrow_op};
      if (is("<-")) return {2, Kind::in_match_op};
      if (is("<>")) return {2, Kind::concat_op};
      if (is("<=")) return {2, Kind::relational_op};
      return {1, Kind::relational_op};
    case '>':
      if (is(">>>")) return {3, Kind::arrow_op};
      if (is(">>")) return {2, Kind::close_bits};
      if (is(">=")) return {2, Kind::relational_op};
      return {1, Kind::relational_op};
    case '^':
      if (is("^^^")) return {3, Kind::xor_op};
      return {1, Kind::unary_op};
    case '+':
      if (is("+++")) return {3, Kind::concat_op};
      if (is("++")) return {2, Kind::concat_op};
      return {1, Kind::dual_op};
    case '-':
      if (is("---")) return {3, Kind::concat_op};
      if (is("--")) return {2, Kind::concat_op};
      if (is("->")) return {2, Kind::stab_op};
      return {1, Kind::dual_op};
    case '*':
      if (is("**")) return {2, Kind::power_op};
      return {1, Kind::mult_op};
    case '/':
      if (is("//")) return {2, Kind::ternary_op};
      return {1, Kind::mult_op};
    case ':':
      if (is("::")) return {2, Kind::type_op};
      return {};
    case '\\':
      if (is("\\\\")) return {2, Kind::in_match_op};
      return {};
    case '@': return {1, Kind::at_op};
    default: return {};
  }
}

uint32_t match_operator_name(const char* at, size_t left, bool as_key) {
  auto is = [&](std::string_view op) { return left >= op.size() && std::memcmp(at, op.data(), op.size()) == 0; };
  for (std::string_view name : {"..//", "<<>>", "%{}", "{}"})
    if (is(name)) return static_cast<uint32_t>(name.size());
  if (at[0] == '%') return 1;
  OperatorMatch op = match_operator(at, left);
  if (op.kind == Kind::open_bits || op.kind == Kind::close_bits) return 1;  // `:<` before `<`, as the table has it
  if (op.kind == Kind::assoc_op) return as_key ? 0 : 1;
  if (op.kind == Kind::ternary_op) return 1;
  return op.length;
}

bool Tokenizer::operator_key(size_t length) {
  take(Kind::keyword_key, length);
  p_++;
  return true;
}

bool Tokenizer::operator_token() {
  if (last_kind() == Kind::dot) {
    size_t before = stream_.tokens.size();
    dotted_operator();
    if (stream_.tokens.size() != before) return true;
  }
  if (uint32_t name = match_operator_name(p_, left(), true); name != 0) {
    if (is_key_colon(name)) return operator_key(name);
  }
  if (starts_with("..//")) return range_step_name();
  OperatorMatch op = match_operator(p_, left());
  switch (op.kind) {
    case Kind::end_of_input: return fail_unexpected();
    case Kind::open_bits: return open(Kind::open_bits, 2);
    case Kind::close_bits: return close(Kind::close_bits, Kind::open_bits, 2);
    case Kind::dot: return dot();
    case Kind::capture_op:
      if (is_digit(peek(1))) {
        take(Kind::capture_integer, 1);
        return true;
      }
      [[fallthrough]];
    case Kind::at_op:
    case Kind::unary_op:
    case Kind::dual_op:
    case Kind::ellipsis_op: return unary_operator(op);
    default:
      if (names_operator(p_ + op.length, op.kind)) {
        take(Kind::identifier, op.length);
      } else {
        warn_deprecated(op);
        take_continuing(op.kind, op.length);
      }
      return true;
  }
}

bool Tokenizer::names_operator(const char* after, Kind kind) const {
  if (kind == Kind::assoc_op || kind == Kind::ternary_op) return false;
  while (after < end_ && is_horizontal_space(*after)) after++;
  bool before_double = kind == Kind::range_op || kind == Kind::capture_op;
  return after < end_ && *after == '/' && !(before_double && after + 1 < end_ && after[1] == '/');
}

bool Tokenizer::unary_operator(OperatorMatch op) {
  warn_deprecated(op);
  take(names_operator(p_ + op.length, op.kind) ? Kind::identifier : op.kind, op.length);
  return true;
}

void Tokenizer::warn_deprecated(OperatorMatch op) {
  if (op.length != 3) return;
  if (starts_with("^^^"))
    warn(line_, column(),
         "^^^ is deprecated. It is typically used as xor but it has the wrong precedence, use Bitwise.bxor/2 instead");
  else if (starts_with("~~~"))
    warn(line_, column(), "~~~ is deprecated. Use Bitwise.bnot/1 instead for clarity");
  else if (starts_with("<|>"))
    warn(line_, column(), "<|> is deprecated. Use another pipe-like operator");
}

bool Tokenizer::range_step_name() {
  const char* after = p_ + 4;
  while (after < end_ && is_horizontal_space(*after)) after++;
  if (after >= end_ || *after != '/') return fail_unexpected();
  take(Kind::identifier, 4);
  return true;
}

bool Tokenizer::dot() {
  uint32_t newlines = drop_line_end();
  Token& token = take(Kind::dot, 1);
  token.newlines = newlines;
  size_t index = stream_.tokens.size() - 1;
  while (is_horizontal_space(peek())) p_++;
  int c = peek();
  if (c == '(') {
    stream_.tokens[index].kind = Kind::dot_call;
    return true;
  }
  if (c == '"' || c == '\'') return quoted_call(c);
  // Operators become names after a dot; words do in name().
  if (c == 0 || is_word(static_cast<unsigned char>(c)) || c >= 0x80 || c == '.' || c == '~' || c == '\\') {
    if (c == '.' || (c == '~' && !starts_sigil()) || (c == '\\' && peek(1) == '\\')) return dotted_operator();
    return true;
  }
  return dotted_operator();
}

bool Tokenizer::dotted_operator() {
  OperatorMatch op = match_operator(p_, left());
  if (op.length == 0 || op.kind == Kind::open_bits || op.kind == Kind::close_bits || op.kind == Kind::dot ||
      op.kind == Kind::assoc_op)
    return true;
  if (op.kind == Kind::stab_op || op.kind == Kind::ternary_op) op.length = 1;
  Token& token = take(Kind::identifier, op.length);
  token.kind = call_kind();
  return true;
}

TokenKind Tokenizer::call_kind() const {
  switch (peek()) {
    case '(': return Kind::paren_identifier;
    case '[': return Kind::bracket_identifier;
    default: return Kind::identifier;
  }
}

}  // namespace phial::syntax
