// The tokenizer's state and its parts; private to compiler/syntax. The essay is in tokenizer.cpp.
#pragma once
#include <cstdio>
#include <cstring>

#include "compiler/syntax/identifier.hpp"
#include "compiler/syntax/tokenizer.hpp"

namespace phial::syntax {

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
  TokenKind kind = TokenKind::end_of_input;
};

/// The operator, dot or bits bracket at the start of the text.
OperatorMatch match_operator(const char* at, size_t left);
/// The length of an operator or bracket pair that may follow the colon of an atom, or with `as_key` precede the colon of a key.
uint32_t match_operator_name(const char* at, size_t left, bool as_key);

/// An open bracket, or the word that opened a block.
struct Opener {
  TokenKind kind;  // open_paren, ..., keyword_do, keyword_fn; interpolation_end for `#{`
  uint32_t line, column;
  uint32_t indentation;  // of its line, in code points from 1
};
std::string_view opener_text(TokenKind kind);
std::string_view closer_text(TokenKind opener);

/// One pass over a source; see the essay in tokenizer.cpp.
class Tokenizer {
 public:
  Tokenizer(std::string_view source, const TokenizeOptions& options, TokenStream& stream, TokenizeResult& result)
      : options_(options),
        stream_(stream),
        result_(result),
        source_(source),
        p_(source.data()),
        end_(source.data() + source.size()),
        line_(options.line),
        line_start_(p_),
        column_base_(options.column) {
    stream_.tokens.reserve(source.size() / 4 + 16);
  }

  void run() {
    tokenize_until_end(/*interpolation=*/false);
    if (!failed_ && !openers_.empty() && !options_.lenient) fail_unclosed();
    push(Kind::end_of_input, p_, 0, line_, column());
  }

 private:
  using Kind = TokenKind;

  // Characters and places.

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

  // Tokens.

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
  uint32_t newlines_before() const { return last_kind() == Kind::end_of_line ? stream_.tokens.back().newlines : 0; }
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
  /// The name of a control character, for messages; null for others.
  static const char* control_name(uint32_t code_point) {
    switch (code_point) {
      case 0: return "null byte";
      case 7: return "alert";
      case 8: return "backspace";
      case 9: return "tab";
      case 10: return "newline";
      case 11: return "vertical tab";
      case 12: return "form feed";
      case 13: return "carriage return";
      case 27: return "escape";
      case 127: return "delete";
      default: return nullptr;
    }
  }
  bool fail_unexpected() {
    size_t bytes = 0;
    uint32_t code_point = decode_utf8({p_, left()}, bytes);
    if (bytes == 0)
      return fail(line_, column(), "invalid encoding starting at ", code_point_text(static_cast<unsigned char>(*p_), "<<%u>>"));
    const char* name = control_name(code_point);
    std::string shown = name != nullptr ? name : "\"" + std::string(p_, bytes) + "\"";
    return fail(line_, column(), "unexpected token: ",
                shown + " (column " + std::to_string(column()) + ", code point " + code_point_text(code_point, "U+%04X") + ")");
  }

  // The main loop.

  /// Tokens up to the end of the source, or for an interpolation up to its closing brace, which is left standing.
  void tokenize_until_end(bool interpolation);
  bool next_token();
  bool spaces();
  void line_end(size_t length);
  bool semicolon();
  bool comment();
  bool backslash();

  // Brackets.

  void push_opener(Kind kind, uint32_t line, uint32_t column) { openers_.push_back({kind, line, column, indentation()}); }
  bool open(Kind kind, size_t length);
  bool close(Kind kind, Kind opener, size_t length);

  /// Whether the closer at p_ matches the innermost opener, which is removed.
  bool check_closer(Kind opener, std::string_view closer);

  /// An `end` that stands further left than the line of its `do` probably belongs to an earlier `do`.
  void remember_suspect(const Opener& opener);
  std::string unclosed_hint(const Opener& opener) const;
  bool fail_mismatched(const Opener& opener, std::string_view closer);
  void fail_unclosed();
  bool fail_missing(std::string_view opening, std::string_view expected, uint32_t line, uint32_t column_of_opening,
                    std::string message);
  bool percent();

  // Operators.

  /// A colon at p_[at] that makes what stands before it a key: followed by space.
  bool is_key_colon(size_t at) const { return peek(at) == ':' && is_space(peek(at + 1)); }
  bool operator_key(size_t length);
  bool operator_token();

  /// Whether an operator that ends at `after` stands for its function: a slash and an arity follow (`&+/2`).
  bool names_operator(const char* after, Kind kind) const;

  /// Operators that may start an expression keep the line end before them.
  bool unary_operator(OperatorMatch op);
  void warn_deprecated(OperatorMatch op);

  /// `..//` is no operator of its own, only a name: `&..///3`.
  bool range_step_name();
  bool dot();
  bool dotted_operator();

  /// The kind of an identifier that ends at p_.
  Kind call_kind() const;

  // Names.
  bool name();
  void normalize_last();
  void warn_bang(std::string_view text, uint32_t start_column);
  bool check_unicode(const char* start, const NameScan& scan);
  static std::string code_points_of(std::string_view text);
  static std::string compatibility_message(const std::string& got, const std::string& accepted);
  bool fail_atom_only(uint32_t start_column, std::string_view text);
  bool fail_bad_alias(uint32_t start_column, std::string_view text);

  /// Reserved words; false if `text` is none.
  bool keyword(std::string_view text, uint32_t start_column);

  /// after, else, rescue and catch: the parser accepts them in a do-block only.
  bool block_keyword(std::string_view text, uint32_t start_column);
  bool keyword_do(std::string_view text, uint32_t start_column);

  // Atoms.
  bool colon();

  // Numbers and characters.
  bool number();
  bool character();
  static const char* escape_for(uint32_t code_point);

  // Strings and everything quoted.

  struct QuoteRules {
    std::string_view terminator;
    bool heredoc = false;
    bool interpolates = true;
    bool unescapes = true;
    bool is_sigil = false;
    std::string_view what;  // "string", "heredoc", "sigil ~s(" ...: for messages
    std::string_view opening;
    uint32_t line = 0, column = 0;
  };
  bool string_like(int quote);
  bool quoted_call(int quote);
  /// A name that needs no quotes.
  static bool is_plain_name(std::string_view text);

  /// A quoted token whose opening quote stands at p_; `start` is the token's first byte (the colon of an atom).
  bool quoted(Kind kind, const char* start, uint32_t start_line, uint32_t start_column, std::string_view what);
  void warn_needless_quotes(size_t token_index, std::string_view what, std::string_view why);

  size_t begin_quote(Kind kind, const char* start, uint32_t line, uint32_t column, std::string_view delimiter);
  void end_quote(size_t token_index);
  bool heredoc(Kind kind, uint32_t start_column);
  bool heredoc_header(const QuoteRules& rules);
  static std::string place_of(const QuoteRules& rules);
  bool starts_sigil() const;
  bool sigil();

  /// The content of a quote up to and over its terminator. Fills the Quote's parts.
  bool quote_content(const QuoteRules& rules, size_t token_index);
  bool interpolation(std::vector<QuotePart>& parts);

  /// Makes the literal parts final: indentation stripped, escapes resolved.
  bool finish_quote(const QuoteRules& rules, size_t token_index, std::vector<QuotePart>& parts, int32_t indentation);
  std::string_view own(std::string text);

  void strip_indentation(std::string_view text, size_t indentation, bool line_begins, std::string& out, bool& warned,
                         uint32_t line);
  bool resolve_escapes(const QuoteRules& rules, QuotePart& part);

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

}  // namespace phial::syntax
