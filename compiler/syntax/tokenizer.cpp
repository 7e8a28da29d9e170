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

#include <array>
#include <cstring>

#include "compiler/syntax/escape.hpp"
#include "compiler/syntax/identifier.hpp"

namespace phial::syntax {
namespace {

using Kind = TokenKind;

constexpr bool is_digit(int c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(int c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(int c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_hex(int c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
constexpr bool is_horizontal_space(int c) { return c == ' ' || c == '\t'; }
constexpr bool is_space(int c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
constexpr bool is_word(unsigned char c) { return is_lower(c) || is_upper(c) || is_digit(c) || c == '_'; }

/// An operator at the start of a text.
struct OperatorMatch {
  uint32_t length = 0;
  Kind kind = Kind::end_of_input;
};

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

/// Operators and bracket pairs that may follow the colon of an atom, precede the colon of a key, or follow a dot.
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

struct Opener {
  Kind kind;          // open_paren, ..., keyword_do, keyword_fn; interpolation_end for `#{`
  uint32_t line, column;
  uint32_t indentation;  // of its line, in code points from 1
};

std::string_view opener_text(Kind kind) {
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
std::string_view closer_text(Kind opener) {
  switch (opener) {
    case Kind::open_paren: return ")";
    case Kind::open_bracket: return "]";
    case Kind::open_brace: return "}";
    case Kind::open_bits: return ">>";
    case Kind::keyword_do: case Kind::keyword_fn: return "end";
    default: return "}";
  }
}

class Tokenizer {
 public:
  Tokenizer(std::string_view source, const TokenizeOptions& options, TokenStream& stream, TokenizeResult& result)
      : options_(options), stream_(stream), result_(result), source_(source), p_(source.data()),
        end_(source.data() + source.size()), line_(options.line), line_start_(p_), column_base_(options.column) {
    stream_.tokens.reserve(source.size() / 4 + 16);
  }

  void run() {
    tokenize_until_end(/*interpolation=*/false);
    if (!failed_ && !openers_.empty() && !options_.lenient) fail_unclosed();
    push(Kind::end_of_input, p_, 0, line_, column());
  }

 private:
  // --- Characters and places ---------------------------------------------------------------------------------------

  int peek(size_t n = 0) const { return static_cast<size_t>(end_ - p_) > n ? static_cast<unsigned char>(p_[n]) : 0; }
  size_t left() const { return static_cast<size_t>(end_ - p_); }
  bool at_end() const { return p_ >= end_; }
  uint32_t column_of(const char* at) const {
    return static_cast<uint32_t>(at - line_start_) - continuation_bytes_ + column_base_;
  }
  uint32_t column() const { return column_of(p_); }
  bool starts_with(std::string_view text) const {
    return left() >= text.size() && std::memcmp(p_, text.data(), text.size()) == 0;
  }
  /// p_ stands behind a line feed.
  void begin_line() {
    line_++;
    comment_column_ = 0;
    line_start_ = p_;
    continuation_bytes_ = 0;
    column_base_ = 1;
    indentation_known_ = false;
  }
  /// Steps over one code point that is no line end.
  void step() {
    p_++;
    while (p_ < end_ && (static_cast<unsigned char>(*p_) & 0xC0) == 0x80) {
      p_++;
      continuation_bytes_++;
    }
  }
  /// Columns of the first character that is no space on this line.
  uint32_t indentation() {
    if (!indentation_known_) {
      const char* at = line_start_;
      while (at < end_ && is_horizontal_space(*at)) at++;
      indentation_ = static_cast<uint32_t>(at - line_start_);
      indentation_known_ = true;
    }
    return indentation_;
  }

  // --- Tokens ------------------------------------------------------------------------------------------------------

  Token& push(Kind kind, const char* text, size_t length, uint32_t line, uint32_t column) {
    Token& token = stream_.tokens.emplace_back();
    token.kind = kind;
    token.text = text;
    token.length = static_cast<uint32_t>(length);
    token.line = line;
    token.column = column;
    return token;
  }
  /// A token of `length` ASCII bytes at p_; steps over it.
  Token& take(Kind kind, size_t length) {
    Token& token = push(kind, p_, length, line_, column());
    p_ += length;
    return token;
  }
  bool has_last() const { return stream_.tokens.size() > floor_; }
  Token& last() { return stream_.tokens.back(); }
  Kind last_kind() const { return has_last() ? stream_.tokens.back().kind : Kind::end_of_input; }
  /// Drops a line end that stands last and gives its count of lines.
  uint32_t drop_line_end() {
    if (last_kind() != Kind::end_of_line) return 0;
    uint32_t count = last().newlines;
    stream_.tokens.pop_back();
    return count;
  }
  uint32_t newlines_before() const {
    return last_kind() == Kind::end_of_line ? stream_.tokens.back().newlines : 0;
  }
  /// A token that may start a line and continue the expression before it.
  Token& take_continuing(Kind kind, size_t length) {
    uint32_t newlines = drop_line_end();
    Token& token = take(kind, length);
    token.newlines = newlines;
    return token;
  }

  void warn(uint32_t line, uint32_t column, std::string message) {
    result_.warnings.push_back({line, column, std::move(message)});
  }
  bool fail(uint32_t line, uint32_t column, std::string message, std::string token = {}) {
    if (failed_) return false;
    result_.error.kind = SourceError::Kind::syntax;
    result_.error.line = line;
    result_.error.column = column;
    result_.error.message = std::move(message);
    result_.error.token = std::move(token);
    result_.ok = false;
    failed_ = true;
    return false;
  }
  bool fail_with_suffix(uint32_t line, uint32_t column, std::string message, std::string token, std::string suffix) {
    if (failed_) return false;
    fail(line, column, std::move(message), std::move(token));
    result_.error.suffix = std::move(suffix);
    result_.error.has_suffix = true;
    return false;
  }

  static std::string code_point_text(uint32_t code_point, const char* format) {
    char buffer[48];
    std::snprintf(buffer, sizeof buffer, format, code_point);
    return buffer;
  }
  bool fail_unexpected() {
    size_t bytes = 0;
    uint32_t code_point = decode_utf8({p_, left()}, bytes);
    if (bytes == 0)
      return fail(line_, column(), "invalid encoding starting at ", code_point_text(static_cast<unsigned char>(*p_), "<<%u>>"));
    std::string shown = code_point == '\r' ? "carriage return" : "\"" + std::string(p_, bytes) + "\"";
    return fail(line_, column(), "unexpected token: ",
                shown + " (column " + std::to_string(column()) + ", code point " + code_point_text(code_point, "U+%04X") + ")");
  }

  // --- The main loop -----------------------------------------------------------------------------------------------

  /// Tokens up to the end of the source, or for an interpolation up to its closing brace, which is left standing.
  void tokenize_until_end(bool interpolation) {
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

  bool next_token() {
    int c = static_cast<unsigned char>(*p_);
    switch (c) {
      case ' ': case '\t': return spaces();
      case '\n': line_end(1); return true;
      case '\r':
        if (peek(1) == '\n') { line_end(2); return true; }
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
      case '"': case '\'':
        if (last_kind() == Kind::dot) return quoted_call(c);
        return string_like(c);
      case ':': return colon();
      case '?': return character();
      case '~':
        if (starts_sigil()) return sigil();
        return operator_token();
      case '\\': return backslash();
      case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9': return number();
      default:
        if (is_lower(c) || c == '_' || is_upper(c) || c >= 0x80) return name();
        return operator_token();
    }
  }

  bool spaces() {
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

  void line_end(size_t length) {
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

  bool semicolon() {
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

  bool comment() {
    uint32_t line = line_, start = column();
    comment_column_ = start;
    if (last_kind() == Kind::end_of_line) last().newlines = 0;  // only lines behind the comment count as empty
    while (!at_end() && *p_ != '\n') {
      unsigned char c = static_cast<unsigned char>(*p_);
      if (c >= 0x80 || c == 0x0B || c == 0x0C) {
        size_t bytes = 0;
        uint32_t code_point = decode_utf8({p_, left()}, bytes);
        if (bytes == 0) return fail_unexpected();
        if (is_bidirectional_control(code_point))
          return fail(line, start, "invalid bidirectional formatting character in comment: ",
                      code_point_text(code_point, "\\u%04X"));
        if (is_foreign_line_break(code_point))
          return fail(line, start, "invalid line break character in comment: ", code_point_text(code_point, "\\u%04X"));
        continuation_bytes_ += static_cast<uint32_t>(bytes) - 1;
        p_ += bytes;
        continue;
      }
      if (c == '\r' && peek(1) == '\n') break;
      p_++;
    }
    return true;
  }

  bool backslash() {
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

  // --- Brackets ----------------------------------------------------------------------------------------------------

  void push_opener(Kind kind, uint32_t line, uint32_t column) { openers_.push_back({kind, line, column, indentation()}); }

  bool open(Kind kind, size_t length) {
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

  bool close(Kind kind, Kind opener, size_t length) {
    if (!options_.lenient && !check_closer(opener, std::string_view(p_, length))) return false;
    if (options_.lenient && !openers_.empty() && openers_.back().kind == opener) openers_.pop_back();
    take(kind, length);
    return true;
  }

  /// Whether the closer at p_ matches the innermost opener, which is removed.
  bool check_closer(Kind opener, std::string_view closer) {
    if (openers_.empty() || openers_.back().kind == Kind::interpolation_end) {
      if (closer == "end")
        return fail_with_suffix(line_, column(), "unexpected reserved word: ", "end", unopened_end_hint());
      return fail(line_, column(), "unexpected token: ", std::string(closer));
    }
    Opener top = openers_.back();
    bool matches = top.kind == opener || (closer == "end" && (top.kind == Kind::keyword_fn || top.kind == Kind::keyword_do));
    if (!matches) return fail_mismatched(top, closer);
    if (closer == "end" && top.line != line_ && indentation() < top.indentation) remember_suspect(top);
    openers_.pop_back();
    return true;
  }

  /// An `end` that stands further left than the line of its `do` probably belongs to an earlier `do`.
  void remember_suspect(const Opener& opener) {
    if (suspect_line_ == 0) suspect_ = opener, suspect_line_ = opener.line;
  }
  std::string unopened_end_hint() const { return ""; }
  std::string unclosed_hint(const Opener& opener) const {
    if (suspect_line_ == 0 || suspect_line_ <= opener.line) return "";
    return "\n\n    hint: it looks like the \"" + std::string(opener_text(suspect_.kind)) + "\" on line " +
           std::to_string(suspect_line_) + " does not have a matching \"" + std::string(closer_text(suspect_.kind)) + "\"";
  }

  bool fail_mismatched(const Opener& opener, std::string_view closer) {
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
  void fail_unclosed() {
    const Opener& opener = openers_.back();
    fail_missing(opener_text(opener.kind), closer_text(opener.kind), opener.line, opener.column,
                 "missing terminator: " + std::string(closer_text(opener.kind)) + unclosed_hint(opener));
  }
  bool fail_missing(std::string_view opening, std::string_view expected, uint32_t line, uint32_t column_of_opening,
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

  bool percent() {
    if (is_key_colon(1)) return operator_key(1);
    if (peek(1) == '{') {
      if (peek(2) == '}' && is_key_colon(3)) return operator_key(3);
      take(Kind::percent_map, 1);
      return open(Kind::open_brace, 1);
    }
    if (peek(1) == '[' || peek(1) == '(')
      return fail(line_, column(), "expected %{ to define a map, got: ", std::string(p_, 2));
    take(Kind::percent, 1);
    return true;
  }

  // --- Operators ---------------------------------------------------------------------------------------------------

  /// A colon at p_[at] that makes what stands before it a key: followed by space.
  bool is_key_colon(size_t at) const { return peek(at) == ':' && is_space(peek(at + 1)); }

  bool operator_key(size_t length) {
    take(Kind::keyword_key, length);
    p_++;
    return true;
  }

  bool operator_token() {
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
      case Kind::at_op: case Kind::unary_op: case Kind::dual_op: case Kind::ellipsis_op: return unary_operator(op);
      default:
        if (names_operator(p_ + op.length, op.kind)) take(Kind::identifier, op.length);
        else take_continuing(op.kind, op.length);
        return true;
    }
  }

  /// Whether an operator that ends at `after` stands for its function: a slash and an arity follow (`&+/2`).
  bool names_operator(const char* after, Kind kind) const {
    if (kind == Kind::assoc_op || kind == Kind::ternary_op) return false;
    while (after < end_ && is_horizontal_space(*after)) after++;
    bool before_double = kind == Kind::range_op || kind == Kind::capture_op;
    return after < end_ && *after == '/' && !(before_double && after + 1 < end_ && after[1] == '/');
  }

  /// Operators that may start an expression keep the line end before them.
  bool unary_operator(OperatorMatch op) {
    take(names_operator(p_ + op.length, op.kind) ? Kind::identifier : op.kind, op.length);
    return true;
  }

  /// `..//` is no operator of its own, only a name: `&..///3`.
  bool range_step_name() {
    const char* after = p_ + 4;
    while (after < end_ && is_horizontal_space(*after)) after++;
    if (after >= end_ || *after != '/') return fail_unexpected();
    take(Kind::identifier, 4);
    return true;
  }

  bool dot() {
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
  bool dotted_operator() {
    OperatorMatch op = match_operator(p_, left());
    if (op.length == 0 || op.kind == Kind::open_bits || op.kind == Kind::close_bits || op.kind == Kind::dot ||
        op.kind == Kind::assoc_op)
      return true;
    if (op.kind == Kind::stab_op || op.kind == Kind::ternary_op) op.length = 1;
    Token& token = take(Kind::identifier, op.length);
    token.kind = call_kind();
    return true;
  }

  /// The kind of an identifier that ends at p_.
  Kind call_kind() const {
    switch (peek()) {
      case '(': return Kind::paren_identifier;
      case '[': return Kind::bracket_identifier;
      default: return Kind::identifier;
    }
  }

  // --- Names -------------------------------------------------------------------------------------------------------

  bool name() {
    const char* start = p_;
    uint32_t start_column = column();
    NameScan scan;
    // Plain ASCII names, nearly all of them, need no table.
    const char* at = p_;
    while (at < end_ && is_word(static_cast<unsigned char>(*at))) at++;
    if (at >= end_ || (static_cast<unsigned char>(*at) < 0x80 && *at != '@')) {
      if (at < end_ && (*at == '?' || *at == '!')) at++;
      scan.kind = is_upper(*start) ? NameKind::alias : NameKind::identifier;
      scan.bytes = static_cast<size_t>(at - start);
      scan.code_points = scan.bytes;
    } else {
      scan = scan_name({start, left()});
      if (scan.kind == NameKind::none) return fail_unexpected();
      if (!check_unicode(start, scan)) return false;
    }
    p_ += scan.bytes;
    continuation_bytes_ += static_cast<uint32_t>(scan.bytes - scan.code_points);
    std::string_view text(start, scan.bytes);
    bool after_dot = last_kind() == Kind::dot;
    if (text.size() > 255 && scan.code_points > 255)
      return fail(line_, start_column, "atom length must be less than system limit: ", std::string(text));

    if (peek() == ':' && peek(1) != ':') {
      if (is_space(peek(1))) {
        push(Kind::keyword_key, start, scan.bytes, line_, start_column);
        if (scan.not_normalized) normalize_last();
        p_++;
        return true;
      } else if (peek(1) != 0) {
        return fail(line_, start_column, "keyword argument must be followed by space after: ", std::string(text) + ":");
      }
    }
    if (scan.kind == NameKind::atom || scan.special) return fail_atom_only(start_column, text);
    if (scan.kind == NameKind::alias) {
      char ending = text.back();
      if (ending == '?' || ending == '!' || !scan.ascii) return fail_bad_alias(start_column, text);
      push(Kind::alias, start, scan.bytes, line_, start_column);
      return true;
    }
    if (!after_dot && scan.ascii && keyword(text, start_column)) return !failed_;
    if (failed_) return false;
    if (text.back() == '!' && peek() == '=' && peek(1) != '=' && peek(1) != '~' && peek(1) != '>') warn_bang(text, start_column);
    if (text.back() == '?' && peek() == '=' && peek(1) != '=' && peek(1) != '~' && peek(1) != '>') warn_bang(text, start_column);
    push(call_kind(), start, scan.bytes, line_, start_column);
    if (scan.not_normalized) normalize_last();
    return true;
  }

  void normalize_last() {
    stream_.texts.push_back(normalize_nfc(last().view()));
    last().text = stream_.texts.back().data();
    last().length = static_cast<uint32_t>(stream_.texts.back().size());
  }

  void warn_bang(std::string_view text, uint32_t start_column) {
    std::string base(text.substr(0, text.size() - 1));
    char mark = text.back();
    warn(line_, start_column,
         "found identifier \"" + std::string(text) + "\", ending with \"" + mark +
             "\", followed by =. It is unclear if you mean \"" + base + " " + mark + "=\" or \"" + std::string(text) +
             " =\". Please add a space before or after " + mark + " to remove the ambiguity");
  }

  bool check_unicode(const char* start, const NameScan& scan) {
    std::string_view text(start, scan.bytes);
    // A name that goes on with a code point that only compatibility forms allow.
    if (scan.bytes < left() && static_cast<unsigned char>(start[scan.bytes]) >= 0x80) {
      size_t bytes = 0;
      uint32_t code_point = decode_utf8({start + scan.bytes, left() - scan.bytes}, bytes);
      if (bytes > 0 && !is_bidirectional_control(code_point)) {
        std::string whole(start, scan.bytes + bytes);
        std::string compatible = normalize_nfkc(whole);
        NameScan again = scan_name(compatible);
        if (compatible != whole && again.bytes == compatible.size())
          return fail(line_, column() + static_cast<uint32_t>(scan.code_points), "unexpected token: ",
                      compatibility_message(whole, compatible));
      }
    }
    if (scan.ascii) return true;
    std::string scripts = mixed_scripts(text);
    if (!scripts.empty())
      return fail_with_suffix(line_, column(), "invalid mixed-script identifier found: ", std::string(text),
                              "\n\nMixed-script identifiers are not supported for security reasons. '" + std::string(text) +
                                  "' is made of the following scripts:\n\n" + scripts +
                                  "\nAll characters in the identifier should resolve to a single script, or use a highly "
                                  "restrictive set of scripts.");
    return true;
  }
  static std::string code_points_of(std::string_view text) {
    std::string out;
    while (!text.empty()) {
      size_t bytes = 0;
      uint32_t code_point = decode_utf8(text, bytes);
      if (bytes == 0) break;
      out += (out.empty() ? "" : " ") + code_point_text(code_point, "0x%05X");
      text.remove_prefix(bytes);
    }
    return out;
  }
  static std::string compatibility_message(const std::string& got, const std::string& accepted) {
    return "Elixir expects unquoted Unicode atoms, variables, and calls to use allowed codepoints and to be in NFC form.\n\n"
           "Got:\n\n    \"" + got + "\" (code points " + code_points_of(got) +
           ")\n\nHint: You could write the above in a compatible format that is accepted by Elixir:\n\n    \"" + accepted +
           "\" (code points " + code_points_of(accepted) + ")\n\nSee https://hexdocs.pm/elixir/unicode-syntax.html for more "
           "information.";
  }

  bool fail_atom_only(uint32_t start_column, std::string_view text) {
    for (std::string_view rest = text; !rest.empty();) {
      size_t bytes = 0;
      uint32_t code_point = decode_utf8(rest, bytes);
      if (bytes == 0) break;
      if (code_point == '@')
        return fail(line_, start_column, "invalid character \"@\" (code point U+0040) in " +
                                             std::string(is_upper(text[0]) ? "alias: " : "identifier: "),
                    std::string(text));
      rest.remove_prefix(bytes);
    }
    p_ -= text.size();
    continuation_bytes_ = 0;
    for (const char* at = line_start_; at < p_; at++)
      if ((static_cast<unsigned char>(*at) & 0xC0) == 0x80) continuation_bytes_++;
    return fail_unexpected();
  }
  bool fail_bad_alias(uint32_t start_column, std::string_view text) {
    std::string_view rest = text;
    uint32_t bad = 0;
    std::string shown;
    while (!rest.empty()) {
      size_t bytes = 0;
      bad = decode_utf8(rest, bytes);
      if (bytes == 0) break;
      shown.assign(rest.substr(0, bytes));
      if (bad >= 0x80 || bad == '?' || bad == '!') break;
      rest.remove_prefix(bytes);
    }
    return fail(line_, start_column,
                "invalid character \"" + shown + "\" (code point " + code_point_text(bad, "U+%04X") +
                    ") in alias (only ASCII characters, without punctuation, are allowed): ",
                std::string(text));
  }

  /// Reserved words; false if `text` is none.
  bool keyword(std::string_view text, uint32_t start_column) {
    if (text.size() > 6) return false;
    if ((text == "and" || text == "or" || text == "in" || text == "not" || text == "when") && names_operator(p_, Kind::unary_op))
      return false;
    auto emit = [&](Kind kind) -> Token& { return push(kind, text.data(), text.size(), line_, start_column); };
    auto emit_operator = [&](Kind kind) {
      uint32_t newlines = drop_line_end();
      emit(kind).newlines = newlines;
      return true;
    };
    switch (text[0]) {
      case 'a':
        if (text == "and") return emit_operator(Kind::and_op);
        if (text == "after") return block_keyword(text, start_column);
        return false;
      case 'c':
        if (text == "catch") return block_keyword(text, start_column);
        return false;
      case 'd':
        if (text == "do") return keyword_do(text, start_column);
        return false;
      case 'e':
        if (text == "end") {
          const char* here = p_;
          p_ = text.data();
          bool ok = options_.lenient || check_closer(Kind::keyword_do, "end");
          if (options_.lenient && !openers_.empty()) openers_.pop_back();
          p_ = here;
          if (ok) emit(Kind::keyword_end);
          return true;
        }
        if (text == "else") return block_keyword(text, start_column);
        return false;
      case 'f':
        if (text == "fn") {
          push_opener(Kind::keyword_fn, line_, start_column);
          emit(Kind::keyword_fn);
          return true;
        }
        if (text == "false") { emit(Kind::literal_false); return true; }
        return false;
      case 'i':
        if (text == "in") {
          if (last_kind() == Kind::unary_op && last().view() == "not") {
            // `not in`: one operator, at the place of the `not`.
            Token not_token = last();
            stream_.tokens.pop_back();
            not_token.newlines = drop_line_end();
            not_token.kind = Kind::in_op;
            not_token.text = "not in";
            not_token.length = 6;
            stream_.tokens.push_back(not_token);
            return true;
          }
          return emit_operator(Kind::in_op);
        }
        return false;
      case 'n':
        if (text == "nil") { emit(Kind::literal_nil); return true; }
        if (text == "not") { emit(Kind::unary_op); return true; }
        return false;
      case 'o':
        if (text == "or") return emit_operator(Kind::or_op);
        return false;
      case 'r':
        if (text == "rescue") return block_keyword(text, start_column);
        return false;
      case 't':
        if (text == "true") { emit(Kind::literal_true); return true; }
        return false;
      case 'w':
        if (text == "when") return emit_operator(Kind::when_op);
        return false;
      default: return false;
    }
  }

  /// after, else, rescue and catch are words of a do-block only; elsewhere they are identifiers that nothing accepts.
  bool block_keyword(std::string_view text, uint32_t start_column) {
    if (!openers_.empty() && openers_.back().kind == Kind::keyword_do) {
      push(Kind::block_keyword, text.data(), text.size(), line_, start_column);
      return true;
    }
    push(Kind::block_keyword, text.data(), text.size(), line_, start_column);
    return true;
  }

  bool keyword_do(std::string_view text, uint32_t start_column) {
    Kind before = last_kind();
    if (before == Kind::keyword_fn)
      return fail_with_suffix(line_, start_column, "unexpected reserved word: ", "do",
                              ". Anonymous functions are written as:\n\n    fn pattern -> expression end");
    if (before == Kind::comma || before == Kind::semicolon)
      return fail_with_suffix(line_, start_column, "unexpected reserved word: ", "do", std::string(misplaced_do));
    if (before == Kind::identifier) last().kind = Kind::do_identifier;
    uint32_t newlines = drop_line_end();
    if (before == Kind::quoted_identifier && last().call == Kind::identifier) last().call = Kind::do_identifier;
    push_opener(Kind::keyword_do, line_, start_column);
    push(Kind::keyword_do, text.data(), text.size(), line_, start_column).newlines = newlines;
    return true;
  }

  // --- Atoms -------------------------------------------------------------------------------------------------------

  bool colon() {
    uint32_t start_column = column();
    int c = peek(1);
    if (c == ':' && !(peek(2) == ':')) {
      if (is_key_colon(2)) return operator_key(2);
      if (names_operator(p_ + 2, Kind::type_op)) take(Kind::identifier, 2);
      else take_continuing(Kind::type_op, 2);
      return true;
    }
    if (c == '"' || c == '\'') {
      const char* start = p_;
      p_++;
      return quoted(Kind::quoted_atom, start, line_, start_column, "atom");
    }
    if (is_lower(c) || is_upper(c) || c == '_' || c >= 0x80) {
      NameScan scan = scan_name({p_ + 1, left() - 1});
      if (scan.kind == NameKind::none) {
        p_++;
        return fail_unexpected();
      }
      p_++;
      if (!check_unicode(p_, scan)) return false;
      const char* text = p_;
      p_ += scan.bytes;
      continuation_bytes_ += static_cast<uint32_t>(scan.bytes - scan.code_points);
      if (scan.code_points > 255)
        return fail(line_, start_column, "atom length must be less than system limit: ", std::string(text, scan.bytes));
      push(Kind::atom, text, scan.bytes, line_, start_column);
      if (scan.not_normalized) normalize_last();
      return true;
    }
    if (c != 0) {
      uint32_t length = c == ':' && peek(2) == ':' ? 2 : match_operator_name(p_ + 1, left() - 1, false);
      if (length != 0 && !(c == '<' && length == 1 && peek(2) == '<')) {
        push(Kind::atom, p_ + 1, length, line_, start_column);
        p_ += 1 + length;
        return true;
      }
      if (length != 0) {
        push(Kind::atom, p_ + 1, length, line_, start_column);
        p_ += 1 + length;
        return true;
      }
    }
    return fail_unexpected();
  }

  // --- Numbers and characters --------------------------------------------------------------------------------------

  bool number() {
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

  bool character() {
    const char* start = p_;
    uint32_t start_column = column(), start_line = line_;
    if (left() < 2) return fail_unexpected();
    uint32_t code_point;
    if (p_[1] == '\\' && left() >= 3) {
      size_t bytes = 0;
      uint32_t escaped = decode_utf8({p_ + 2, left() - 2}, bytes);
      if (bytes == 0) return fail_unexpected();
      code_point = simple_escape(escaped);
      if (code_point == escaped && (is_lower(static_cast<int>(escaped)) || is_upper(static_cast<int>(escaped)) ||
                                    (escaped >= '1' && escaped <= '9')))
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
        static constexpr std::pair<uint32_t, const char*> names[] = {
            {0, "null byte"}, {7, "alert"}, {8, "backspace"}, {9, "tab"}, {10, "newline"}, {11, "vertical tab"},
            {12, "form feed"}, {13, "carriage return"}, {27, "escape"}, {32, "space"}, {127, "delete"}};
        for (auto [code, text] : names)
          if (code == code_point)
            warn(line_, start_column, "found ? followed by code point " + code_point_text(code_point, "0x%X") + " (" + text +
                                          "), please use ?" + escape + " instead");
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
  static const char* escape_for(uint32_t code_point) {
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

  // --- Strings and everything quoted ---------------------------------------------------------------------------------

  struct QuoteRules {
    std::string_view terminator;
    char terminator_text[4] = {0, 0, 0, 0};
    bool heredoc = false;
    bool interpolates = true;
    bool unescapes = true;
    bool is_sigil = false;
    std::string_view what;        // "string", "heredoc", "sigil ~s(" ...: for messages
    std::string_view opening;
    uint32_t line = 0, column = 0;
  };

  bool string_like(int quote) {
    const char* start = p_;
    uint32_t start_column = column();
    bool is_string = quote == '"';
    if (starts_with(is_string ? "\"\"\"" : "'''"))
      return heredoc(is_string ? Kind::string_heredoc : Kind::charlist_heredoc, start_column);
    return quoted(is_string ? Kind::string : Kind::charlist, start, line_, start_column, is_string ? "string" : "charlist");
  }

  bool quoted_call(int quote) {
    const char* start = p_;
    uint32_t start_column = column();
    size_t index = stream_.tokens.size();
    (void)quote;
    if (!quoted(Kind::quoted_identifier, start, line_, start_column, "function name")) return false;
    const Quote& made = stream_.quotes[stream_.tokens[index].extra];
    for (uint32_t i = 0; i < made.part_count; i++)
      if (stream_.parts[made.first_part + i].interpolation)
        return fail(line_, start_column,
                    "interpolation is not allowed when calling function/macro. Found interpolation in a call starting with: ",
                    std::string(1, static_cast<char>(quote)));
    stream_.tokens[index].call = call_kind();
    if (made.part_count == 1 && is_plain_name(stream_.parts[made.first_part].literal))
      warn(line_, start_column,
           "found quoted call \"" + std::string(stream_.parts[made.first_part].literal) +
               "\" but the quotes are not required. Calls made exclusively of Unicode letters, numbers, and underscores and not "
               "beginning with a number do not require quotes");
    return true;
  }
  /// A name that needs no quotes.
  static bool is_plain_name(std::string_view text) {
    if (text.empty() || !(is_lower(text[0]) || text[0] == '_')) return false;
    for (size_t i = 0; i < text.size(); i++) {
      unsigned char c = static_cast<unsigned char>(text[i]);
      if (is_word(c)) continue;
      if ((c == '?' || c == '!') && i + 1 == text.size() && i > 0) continue;
      return false;
    }
    return true;
  }

  /// A quoted token whose opening quote stands at p_; `start` is the token's first byte (the colon of an atom).
  bool quoted(Kind kind, const char* start, uint32_t start_line, uint32_t start_column, std::string_view what) {
    QuoteRules rules;
    rules.terminator_text[0] = *p_;
    rules.terminator = {p_, 1};
    rules.opening = {p_, 1};
    rules.unescapes = options_.unescape;
    rules.what = what;
    rules.line = start_line;
    rules.column = start_column;
    size_t token_index = begin_quote(kind, start, start_line, start_column, rules.opening);
    p_++;
    if (!quote_content(rules, token_index)) return false;
    bool may_be_key = kind == Kind::string || kind == Kind::charlist;
    if (may_be_key && is_key_colon(0)) {
      p_++;
      stream_.tokens[token_index].kind = Kind::quoted_keyword_key;
      warn_needless_quotes(token_index, "keyword",
                           ". Note that keywords are always atoms, even when quoted. Similar to atoms, keywords made exclusively "
                           "of ASCII letters, numbers, and underscores and not beginning with a number do not require quotes");
    } else if (kind == Kind::charlist) {
      warn(start_line, start_column,
           "using single-quoted strings to represent charlists is deprecated.\nUse ~c\"\" if you indeed want a charlist or use "
           "\"\" instead.\nYou may run \"mix format --migrate\" to change all single-quoted\nstrings to use the ~c sigil and fix "
           "this warning.");
    } else if (kind == Kind::quoted_atom) {
      warn_needless_quotes(token_index, "atom",
                           ". Atoms made exclusively of ASCII letters, numbers, underscores, beginning with a letter or "
                           "underscore, and optionally ending with ! or ? do not require quotes");
    }
    end_quote(token_index);
    return true;
  }
  void warn_needless_quotes(size_t token_index, std::string_view what, std::string_view why) {
    const Token& token = stream_.tokens[token_index];
    const Quote& quote = stream_.quotes[token.extra];
    if (quote.part_count != 1 || stream_.parts[quote.first_part].interpolation) return;
    std::string_view text = stream_.parts[quote.first_part].literal;
    bool plain = is_plain_name(text);
    if (!plain && what == "atom") return;
    if (!plain) return;
    warn(token.line, token.column,
         "found quoted " + std::string(what) + " \"" + std::string(text) + "\" but the quotes are not required" + std::string(why));
  }

  size_t begin_quote(Kind kind, const char* start, uint32_t line, uint32_t column, std::string_view delimiter) {
    size_t index = stream_.tokens.size();
    Token& token = push(kind, start, 0, line, column);
    token.extra = static_cast<uint32_t>(stream_.quotes.size());
    Quote& quote = stream_.quotes.emplace_back();
    quote.delimiter = delimiter;
    return index;
  }
  void end_quote(size_t token_index) {
    Token& token = stream_.tokens[token_index];
    token.length = static_cast<uint32_t>(p_ - token.text);
    Quote& quote = stream_.quotes[token.extra];
    quote.next_token = static_cast<uint32_t>(stream_.tokens.size());
    quote.end_line = line_;
    quote.end_column = column();
    // Interpolated tokens follow the token; what asks for the last token must see the quote itself.
    if (quote.next_token != token_index + 1) {
      Token marker = token;
      (void)marker;
    }
  }

  bool heredoc(Kind kind, uint32_t start_column) {
    QuoteRules rules;
    rules.heredoc = true;
    rules.unescapes = options_.unescape;
    rules.what = "heredoc";
    rules.line = line_;
    rules.column = start_column;
    rules.terminator = {p_, 3};
    rules.opening = {p_, 3};
    size_t token_index = begin_quote(kind, p_, line_, start_column, rules.opening);
    p_ += 3;
    if (!heredoc_header(rules)) return false;
    if (!quote_content(rules, token_index)) return false;
    end_quote(token_index);
    return true;
  }
  bool heredoc_header(const QuoteRules& rules) {
    const char* at = p_;
    while (at < end_ && is_horizontal_space(*at)) at++;
    if (at < end_ && *at == '\r' && at + 1 < end_ && at[1] == '\n') at++;
    if (at >= end_) {
      p_ = at;
      return fail_missing(rules.opening, rules.terminator, rules.line, rules.column,
                          "missing terminator: " + std::string(rules.terminator) + place_of(rules));
    }
    if (*at != '\n')
      return fail(rules.line, rules.column,
                  "heredoc allows only zero or more whitespace characters followed by a new line after ", std::string(rules.opening));
    p_ = at + 1;
    begin_line();
    return true;
  }
  static std::string place_of(const QuoteRules& rules) {
    return " (for " + std::string(rules.what) + " starting at line " + std::to_string(rules.line) + ")";
  }

  bool starts_sigil() const {
    int c = peek(1);
    return is_lower(c) || is_upper(c);
  }

  bool sigil() {
    const char* start = p_;
    uint32_t start_column = column();
    size_t length = 1;
    if (is_upper(peek(1)))
      while (is_upper(peek(1 + length)) || is_digit(peek(1 + length))) length++;
    else
      while (is_lower(peek(1 + length)) || is_upper(peek(1 + length)) || is_digit(peek(1 + length))) length++;
    std::string_view name(p_ + 1, length);
    if (is_lower(name[0]) && length > 1)
      return fail(line_, start_column,
                  "invalid sigil name, it should be either a one-letter lowercase letter or an uppercase letter optionally "
                  "followed by uppercase letters and digits, got: ",
                  "~" + std::string(name));
    p_ += 1 + length;
    int open = peek();
    if (open == 0) {
      p_ = start;
      return fail_unexpected();
    }
    QuoteRules rules;
    rules.is_sigil = true;
    rules.unescapes = false;
    rules.interpolates = is_lower(name[0]);
    rules.line = line_;
    rules.column = start_column;
    std::string what;
    if (starts_with("\"\"\"") || starts_with("'''")) {
      rules.heredoc = true;
      rules.terminator = {p_, 3};
      rules.opening = {p_, 3};
      rules.what = "heredoc";
    } else {
      static constexpr std::string_view opening = "([{</|\"'", closing = ")]}>/|\"'";
      size_t which = opening.find(static_cast<char>(open));
      if (open >= 0x80 || which == std::string_view::npos) {
        size_t bytes = 0;
        uint32_t code_point = decode_utf8({p_, left()}, bytes);
        return fail(line_, start_column, "invalid sigil delimiter: ",
                    "\"" + std::string(p_, bytes ? bytes : 1) + "\" (column " + std::to_string(column()) + ", code point " +
                        code_point_text(code_point, "U+%04X") +
                        "). The available delimiters are: //, ||, \"\", '', (), [], {}, <>");
      }
      rules.terminator = closing.substr(which, 1);
      rules.opening = {p_, 1};
      what = "sigil ~" + std::string(name) + static_cast<char>(open);
      rules.what = what;
    }
    size_t token_index = begin_quote(Kind::sigil, start, line_, start_column, rules.opening);
    stream_.quotes[stream_.tokens[token_index].extra].name = name;
    p_ += rules.opening.size();
    if (rules.heredoc && !heredoc_header(rules)) return false;
    if (!quote_content(rules, token_index)) return false;
    const char* modifiers = p_;
    while (is_lower(peek()) || is_upper(peek()) || is_digit(peek())) p_++;
    stream_.quotes[stream_.tokens[token_index].extra].modifiers = {modifiers, static_cast<size_t>(p_ - modifiers)};
    end_quote(token_index);
    return true;
  }

  /// The content of a quote up to and over its terminator. Fills the Quote's parts.
  bool quote_content(const QuoteRules& rules, size_t token_index) {
    // Nested quotes append to stream_.parts while this one runs, so its own parts are collected here first.
    std::vector<QuotePart> parts;
    const char* segment = p_;
    bool needs_work = false;  // the segment holds an escape or a carriage return
    bool line_begins = rules.heredoc;
    char terminator = rules.terminator[0];
    auto add_literal = [&](const char* to) {
      QuotePart part;
      part.literal = {segment, static_cast<size_t>(to - segment)};
      part.line = needs_work;
      parts.push_back(part);
      needs_work = false;
    };
    for (;;) {
      if (line_begins) {
        line_begins = false;
        const char* at = p_;
        while (at < end_ && is_horizontal_space(*at)) at++;
        if (static_cast<size_t>(end_ - at) >= 3 && std::memcmp(at, rules.terminator.data(), 3) == 0) {
          int32_t indentation = static_cast<int32_t>(at - p_);
          add_literal(p_);
          p_ = at + 3;
          return finish_quote(rules, token_index, parts, indentation);
        }
      }
      if (at_end()) {
        std::string message = "missing terminator: " + std::string(rules.terminator) + place_of(rules);
        return fail_missing(rules.opening, rules.terminator, rules.line, rules.column, std::move(message));
      }
      unsigned char c = static_cast<unsigned char>(*p_);
      if (c == static_cast<unsigned char>(terminator) && !rules.heredoc) {
        add_literal(p_);
        p_++;
        return finish_quote(rules, token_index, parts, -1);
      }
      if (c == '\n') {
        p_++;
        begin_line();
        line_begins = rules.heredoc;
        continue;
      }
      if (c == '\\') {
        needs_work = true;
        p_++;
        if (at_end()) continue;
        if (*p_ == '\n') {
          p_++;
          begin_line();
          line_begins = rules.heredoc;
        } else if (*p_ == '\r' && peek(1) == '\n') {
          p_ += 2;
          begin_line();
          line_begins = rules.heredoc;
        } else if (rules.heredoc && static_cast<size_t>(end_ - p_) >= 3 && std::memcmp(p_, rules.terminator.data(), 3) == 0) {
          p_ += 3;
        } else {
          step();
        }
        continue;
      }
      if (c == '#' && rules.interpolates && peek(1) == '{') {
        add_literal(p_);
        if (!interpolation(parts)) return false;
        segment = p_;
        continue;
      }
      if (c >= 0x80) {
        size_t bytes = 0;
        uint32_t code_point = decode_utf8({p_, left()}, bytes);
        if (bytes == 0) return fail_unexpected();
        if (is_bidirectional_control(code_point))
          return fail_with_suffix(line_, column(), "invalid bidirectional formatting character in string: ",
                                  code_point_text(code_point, "\\u%04X"),
                                  ". If you want to use such character, use it in its escaped " +
                                      code_point_text(code_point, "\\u%04X") + " form instead");
        p_ += bytes;
        continuation_bytes_ += static_cast<uint32_t>(bytes) - 1;
        continue;
      }
      if (c == '\r' && peek(1) == '\n' && rules.heredoc) needs_work = true;
      p_++;
    }
  }

  bool interpolation(std::vector<QuotePart>& parts) {
    QuotePart part;
    part.interpolation = true;
    part.line = line_;
    part.column = column();
    part.first_token = static_cast<uint32_t>(stream_.tokens.size());
    if (++interpolation_depth_ > options_.max_nesting)
      return fail(line_, column(), "interpolations are nested too deeply, before: ", "#{");
    push_opener(Kind::interpolation_end, line_, column());
    size_t outer_floor = floor_;
    floor_ = stream_.tokens.size();
    p_ += 2;
    size_t depth = openers_.size();
    tokenize_until_end(/*interpolation=*/true);
    floor_ = outer_floor;
    interpolation_depth_--;
    if (failed_) return false;
    if (at_end()) {
      if (openers_.size() > depth && !options_.lenient) return fail_unclosed(), false;
      return fail_missing("#{", "}", part.line, part.column, "missing interpolation terminator: \"}\" (for interpolation starting at line " +
                                                                  std::to_string(part.line) + ")");
    }
    openers_.pop_back();
    part.end_line = line_;
    part.end_column = column();
    push(Kind::interpolation_end, p_, 1, line_, column());
    p_++;
    parts.push_back(part);
    return true;
  }

  /// Makes the literal parts final: indentation stripped, escapes resolved.
  bool finish_quote(const QuoteRules& rules, size_t token_index, std::vector<QuotePart>& parts, int32_t indentation) {
    uint32_t quote_index = stream_.tokens[token_index].extra;
    uint32_t first = static_cast<uint32_t>(stream_.parts.size());
    bool line_begins = rules.heredoc;
    bool warned = false;
    uint32_t part_line = rules.line + (rules.heredoc ? 1 : 0), part_column = rules.column + static_cast<uint32_t>(rules.opening.size());
    for (QuotePart& part : parts) {
      if (part.interpolation) {
        stream_.parts.push_back(part);
        line_begins = false;
        part_line = part.end_line;
        part_column = part.end_column + 1;
        continue;
      }
      bool needs_work = part.line != 0;
      part.line = part_line;
      part.column = part_column;
      if (rules.heredoc && (indentation > 0 || needs_work)) {
        std::string text;
        strip_indentation(part.literal, static_cast<size_t>(indentation), line_begins, text, warned, part_line);
        part.literal = own(std::move(text));
      }
      if (needs_work && !resolve_escapes(rules, part)) return false;
      // A heredoc that starts with an interpolation keeps the empty text before it.
      bool keeps_empty = rules.heredoc && &part == &parts.front() && parts.size() > 1;
      if (!part.literal.empty() || keeps_empty) stream_.parts.push_back(part);
    }
    Quote& quote = stream_.quotes[quote_index];
    quote.first_part = first;
    quote.part_count = static_cast<uint32_t>(stream_.parts.size()) - first;
    quote.indentation = rules.heredoc ? indentation : -1;
    return true;
  }

  std::string_view own(std::string text) {
    stream_.texts.push_back(std::move(text));
    return stream_.texts.back();
  }

  void strip_indentation(std::string_view text, size_t indentation, bool line_begins, std::string& out, bool& warned,
                         uint32_t line) {
    out.reserve(text.size());
    size_t i = 0;
    while (i < text.size()) {
      if (line_begins) {
        size_t removed = 0;
        while (removed < indentation && i < text.size() && is_horizontal_space(text[i])) i++, removed++;
        if (removed < indentation && i < text.size() && text[i] != '\n' && text[i] != '\r' && !warned) {
          warned = true;
          warn(line, static_cast<uint32_t>(removed) + 1,
               "outdented heredoc line. The contents inside the heredoc should be indented at the same level as the closing "
               "\"\"\". The following is forbidden:\n\n    def text do\n      \"\"\"\n    contents\n      \"\"\"\n    end\n\n"
               "Instead make sure the contents are indented as much as the heredoc closing:\n\n    def text do\n      "
               "\"\"\"\n      contents\n      \"\"\"\n    end\n\nThe current heredoc line is indented too little");
        }
        line_begins = false;
        if (i >= text.size()) break;
      }
      char c = text[i++];
      out.push_back(c);
      if (c == '\n') {
        line_begins = true;
        line++;
      }
    }
  }

  bool resolve_escapes(const QuoteRules& rules, QuotePart& part) {
    if (!rules.is_sigil && !rules.unescapes) return true;
    std::string out;
    if (rules.is_sigil) {
      // Sigils keep their escapes, except the one that lets them hold their own terminator.
      std::string_view text = part.literal;
      out.reserve(text.size());
      for (size_t i = 0; i < text.size(); i++) {
        if (text[i] == '\\' && i + 1 < text.size()) {
          if (text.substr(i + 1).starts_with(rules.terminator)) {
            out += rules.terminator;
            i += rules.terminator.size();
            continue;
          }
          out.push_back('\\');
          out.push_back(text[++i]);
          continue;
        }
        out.push_back(text[i]);
      }
    } else {
      EscapeError error = unescape(part.literal, out);
      if (!error.ok()) {
        bool inside = rules.what == "string" || rules.what == "charlist";
        fail(rules.line, rules.column + (inside ? 1 : 0), error.message, error.escape);
        return false;
      }
    }
    part.literal = own(std::move(out));
    return true;
  }

  const TokenizeOptions& options_;
  TokenStream& stream_;
  TokenizeResult& result_;
  std::string_view source_;
  const char* p_;
  const char* end_;
  uint32_t line_;
  const char* line_start_;
  uint32_t column_base_;
  uint32_t continuation_bytes_ = 0;  // UTF-8 continuation bytes between line_start_ and p_
  uint32_t comment_column_ = 0;      // of the comment on this line: an expression's line ends there
  uint32_t indentation_ = 0;
  bool indentation_known_ = false;
  bool failed_ = false;
  uint32_t interpolation_depth_ = 0;
  size_t floor_ = 0;  // tokens below belong to the text outside the current interpolation
  std::vector<Opener> openers_;
  Opener suspect_{};
  uint32_t suspect_line_ = 0;
};

}  // namespace

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
