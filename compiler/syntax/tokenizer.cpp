// The tokenizer turns source text into a flat vector of tokens in one pass, without allocating per token.
//
// It decides everything that depends on spacing and line ends, so that the grammar never looks at text:
// - an identifier is a paren_identifier before `(`, a bracket_identifier before `[`, a do_identifier before `do`, and an
//   op_identifier before ` -x` or ` +x` (space before, none after: an argument, not a subtraction);
// - a line end before a binary operator, a dot, `do`, `->` disappears, so lines may start with an operator;
// - `key:` followed by space is a keyword_key, whatever `key` is; after a dot every word and operator is a name;
// - brackets and do/fn ... end must match; the error names both places.
//
// Interpolated text is a Quote: parts of literal text (unescaped here) and of tokens; the tokens of an interpolation stand in
// the same vector after the token they belong to and end with interpolation_end. Columns count code points.
//
// Errors stop the tokenizer at once, since the first one is what the user can act on; in lenient mode (highlighting) the
// offending byte is skipped. Any thread; all state is in the Tokenizer object.
#include "compiler/syntax/tokenizer.hpp"

#include "compiler/syntax/tokenizer_impl.hpp"

namespace phial::syntax {

using Kind = TokenKind;

std::string_view opener_text(TokenKind kind) {
  switch (kind) {
    case Kind::open_paren: return "(";
    case Kind::open_bracket: return "[";
    case Kind::open_brace: return "{";
    case Kind::open_bits: return "<<";
    case Kind::keyword_do: return "do";
    case Kind::keyword_fn: return "fn";
    default: return "#{";
  }
}
std::string_view closer_text(TokenKind opener) {
  switch (opener) {
    case Kind::open_paren: return ")";
    case Kind::open_bracket: return "]";
    case Kind::open_brace: return "}";
    case Kind::open_bits: return ">>";
    case Kind::keyword_do:
    case Kind::keyword_fn: return "end";
    default: return "}";
  }
}

void Tokenizer::tokenize_until_end(bool interpolation) {
  while (!failed_) {
    if (at_end()) return;
    if (interpolation && *p_ == '}' && (openers_.empty() || openers_.back().kind == Kind::interpolation_end)) return;
    if (!next_token()) {
      if (!options_.lenient) return;
      failed_ = false;
      if (!at_end()) {
        if (*p_ == '\n') {
          p_++;
          begin_line();
        } else {
          step();
        }
      }
    }
  }
}

bool Tokenizer::next_token() {
  int c = static_cast<unsigned char>(*p_);
  switch (c) {
    case ' ':
    case '\t': return spaces();
    case '\n': line_end(1); return true;
    case '\r':
      if (peek(1) == '\n') {
        line_end(2);
        return true;
      }
      return fail_unexpected();
    case ';': return semicolon();
    case '#': return comment();
    case ',': take(Kind::comma, 1); return true;
    case '(':
      if (last_kind() == Kind::dot) last().kind = Kind::dot_call;
      return open(Kind::open_paren, 1);
    case '[': return open(Kind::open_bracket, 1);
    case '{':
      if (peek(1) == '}' && is_key_colon(2)) return operator_key(2);
      return open(Kind::open_brace, 1);
    case ')': return close(Kind::close_paren, Kind::open_paren, 1);
    case ']': return close(Kind::close_bracket, Kind::open_bracket, 1);
    case '}': return close(Kind::close_brace, Kind::open_brace, 1);
    case '%': return percent();
    case '"':
    case '\'':
      if (last_kind() == Kind::dot) return quoted_call(c);
      return string_like(c);
    case ':': return colon();
    case '?': return character();
    case '~':
      if (starts_sigil()) return sigil();
      return operator_token();
    case '\\': return backslash();
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9': return number();
    default:
      if (is_lower(c) || c == '_' || is_upper(c) || c >= 0x80) return name();
      return operator_token();
  }
}

bool Tokenizer::spaces() {
  while (is_horizontal_space(peek())) p_++;
  // `foo -1`: space before the sign and none after makes it the sign of an argument.
  int sign = peek();
  if ((sign == '+' || sign == '-') && last_kind() == Kind::identifier) {
    int next = peek(1);
    bool excluded = next == 0 || is_space(next) || std::strchr("([<{%+-/>:", next) != nullptr;
    if (!excluded) {
      last().kind = Kind::op_identifier;
      take(Kind::dual_op, 1);
    }
  }
  return true;
}

void Tokenizer::line_end(size_t length) {
  Kind before = last_kind();
  if (before == Kind::dot) {  // the name may stand on the next line
    p_ += length;
    begin_line();
    return;
  }
  if (before == Kind::end_of_line || before == Kind::semicolon || before == Kind::comma) {
    if (last().extra == 0) last().newlines++;
    p_ += length;
  } else {
    Token& token = take(Kind::end_of_line, length);
    token.newlines = 1;
    if (comment_column_ != 0) token.column = comment_column_;
  }
  begin_line();
}

bool Tokenizer::semicolon() {
  Kind before = last_kind();
  if (before == Kind::semicolon) return fail_unexpected();
  if (before == Kind::end_of_line) {
    // The line end turns into the semicolon, with the line end's place and count (extra: which stays).
    last().kind = Kind::semicolon;
    last().text = p_;
    last().length = 1;
    last().extra = 1;
    p_++;
    return true;
  }
  take(Kind::semicolon, 1);
  return true;
}

bool Tokenizer::comment() {
  uint32_t line = line_, start = column();
  comment_column_ = start;
  const char* text = p_;
  uint32_t previous_eol_count = has_last() ? 0 : 1;
  if (Kind before = last_kind(); before == Kind::end_of_line || before == Kind::comma || before == Kind::semicolon)
    previous_eol_count = last().extra == 0 ? last().newlines : 0;
  if (last_kind() == Kind::end_of_line) last().newlines = 0;  // only lines behind the comment count as empty
  while (!at_end() && *p_ != '\n') {
    unsigned char c = static_cast<unsigned char>(*p_);
    if (c >= 0x80 || c == 0x0B || c == 0x0C) {
      size_t bytes = 0;
      uint32_t code_point = decode_utf8({p_, left()}, bytes);
      if (bytes == 0) return fail_unexpected();
      if (is_bidirectional_control(code_point))
        return fail(line, start,
                    "invalid bidirectional formatting character in comment: ", code_point_text(code_point, "\\u%04X"));
      if (is_foreign_line_break(code_point))
        return fail(line, start, "invalid line break character in comment: ", code_point_text(code_point, "\\u%04X"));
      continuation_bytes_ += static_cast<uint32_t>(bytes) - 1;
      p_ += bytes;
      continue;
    }
    if (c == '\r' && peek(1) == '\n') break;
    p_++;
  }
  if (options_.comments) {
    uint32_t next_eol_count = 0;
    for (const char* at = p_; at < end_ && is_space(*at); at++) next_eol_count += *at == '\n';
    result_.comments.push_back({line, start, previous_eol_count, next_eol_count, {text, static_cast<size_t>(p_ - text)}});
  }
  return true;
}

bool Tokenizer::backslash() {
  if (peek(1) == '\n') {
    p_ += 2;
    begin_line();
    return true;
  }
  if (peek(1) == '\r' && peek(2) == '\n') {
    p_ += 3;
    begin_line();
    return true;
  }
  if (peek(1) == '\\') return operator_token();
  return fail_unexpected();
}

bool Tokenizer::open(Kind kind, size_t length) {
  if (kind == Kind::open_paren && last_kind() == Kind::alias) {
    std::string alias(last().view());
    return fail(line_, column(),
                "unexpected ( after alias " + alias +
                    ". Function names and identifiers in Elixir start with lowercase characters or underscore. For "
                    "example:\n\n    hello_world()\n    _starting_with_underscore()\n    numb3rs_are_allowed()\n    "
                    "may_finish_with_question_mark?()\n    may_finish_with_exclamation_mark!()\n\nUnexpected token: ",
                "(");
  }
  push_opener(kind, line_, column());
  take(kind, length);
  return true;
}

bool Tokenizer::close(Kind kind, Kind opener, size_t length) {
  if (!options_.lenient && !check_closer(opener, std::string_view(p_, length))) return false;
  if (options_.lenient && !openers_.empty() && openers_.back().kind == opener) openers_.pop_back();
  take(kind, length);
  return true;
}

bool Tokenizer::check_closer(Kind opener, std::string_view closer) {
  if (openers_.empty() || openers_.back().kind == Kind::interpolation_end) {
    if (closer == "end") return fail_with_suffix(line_, column(), "unexpected reserved word: ", "end", "");
    return fail(line_, column(), "unexpected token: ", std::string(closer));
  }
  Opener top = openers_.back();
  bool matches = top.kind == opener || (closer == "end" && (top.kind == Kind::keyword_fn || top.kind == Kind::keyword_do));
  if (!matches) return fail_mismatched(top, closer);
  if (closer == "end" && top.line != line_ && indentation() < top.indentation) remember_suspect(top);
  openers_.pop_back();
  return true;
}

void Tokenizer::remember_suspect(const Opener& opener) {
  if (suspect_line_ == 0) suspect_ = opener, suspect_line_ = opener.line;
}

std::string Tokenizer::unclosed_hint(const Opener& opener) const {
  if (suspect_line_ == 0 || suspect_line_ <= opener.line) return "";
  return "\n\nhint: it looks like the \"" + std::string(opener_text(suspect_.kind)) + "\" on line " +
         std::to_string(suspect_line_) + " does not have a matching \"" + std::string(closer_text(suspect_.kind)) + "\"";
}

bool Tokenizer::fail_mismatched(const Opener& opener, std::string_view closer) {
  std::string prefix = closer == "end" ? "unexpected reserved word: " : "unexpected token: ";
  fail_with_suffix(opener.line, opener.column, prefix, std::string(closer), unclosed_hint(opener));
  SourceError& error = result_.error;
  error.kind = SourceError::Kind::mismatched_delimiter;
  error.end_line = line_;
  error.end_column = column();
  error.opening_delimiter = opener_text(opener.kind);
  error.expected_delimiter = closer_text(opener.kind);
  error.closing_delimiter = closer;
  return false;
}

void Tokenizer::fail_unclosed() {
  const Opener& opener = openers_.back();
  fail_missing(opener_text(opener.kind), closer_text(opener.kind), opener.line, opener.column,
               "missing terminator: " + std::string(closer_text(opener.kind)) + unclosed_hint(opener));
  if (comment_column_ != 0) result_.error.end_column = comment_column_;
}

bool Tokenizer::fail_missing(std::string_view opening, std::string_view expected, uint32_t line, uint32_t column_of_opening,
                             std::string message) {
  if (failed_) return false;
  fail(line, column_of_opening, std::move(message));
  SourceError& error = result_.error;
  error.kind = SourceError::Kind::token_missing;
  error.opening_delimiter = opening;
  error.expected_delimiter = expected;
  error.end_line = line_;
  error.end_column = column();
  return false;
}

bool Tokenizer::percent() {
  if (is_key_colon(1)) return operator_key(1);
  if (peek(1) == '{') {
    if (peek(2) == '}' && is_key_colon(3)) return operator_key(3);
    take(Kind::percent_map, 1);
    return open(Kind::open_brace, 1);
  }
  if (peek(1) == '[' || peek(1) == '(') return fail(line_, column(), "expected %{ to define a map, got: ", std::string(p_, 2));
  take(Kind::percent, 1);
  return true;
}

const char* const misplaced_do =
    ". In case you wanted to write a \"do\" expression, you must either use do-blocks or separate the keyword argument with "
    "comma. For example, you should either write:\n\n    if some_condition? do\n      :this\n    else\n      :that\n    "
    "end\n\nor the equivalent construct:\n\n    if(some_condition?, do: :this, else: :that)\n\nwhere "
    "\"some_condition?\" is the first argument and the second argument is a keyword list.\n\nYou may see this error if you "
    "forget a trailing comma before the \"do\" in a \"do\" block";

TokenizeResult tokenize(std::string_view source, const TokenizeOptions& options, TokenStream& stream) {
  TokenizeResult result;
  Tokenizer(source, options, stream, result).run();
  return result;
}

}  // namespace phial::syntax
