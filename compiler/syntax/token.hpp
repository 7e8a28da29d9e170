// Tokens of the language: what the tokenizer produces, what the parser and the shell's highlighting read.
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace phial::syntax {

/// Kinds of tokens. Operators are grouped by precedence class, as the language's operator table does.
enum class TokenKind : uint8_t {
  end_of_input,
  end_of_line,
  semicolon,
  comma,
  dot,
  dot_call,
  identifier,
  paren_identifier,
  bracket_identifier,
  op_identifier,
  do_identifier,
  keyword_key,         // `key:`
  quoted_keyword_key,  // `"key": ` (may hold interpolations)
  alias,
  atom,
  quoted_atom,
  integer,
  floating,
  character,
  string,
  charlist,
  string_heredoc,
  charlist_heredoc,
  sigil,
  quoted_identifier,  // the "name" of `a."name"`; `call` says which identifier kind it acts as
  literal_true,
  literal_false,
  literal_nil,
  capture_integer,
  open_paren,
  close_paren,
  open_bracket,
  close_bracket,
  open_brace,
  close_brace,
  open_bits,
  close_bits,
  percent,
  percent_map,  // `%` and the `%` of `%{`
  keyword_fn,
  keyword_do,
  keyword_end,
  block_keyword,  // block_keyword: after, else, rescue, catch
  interpolation_end,
  // Operators, from the loosest to the tightest binding.
  stab_op,
  in_match_op,
  when_op,
  type_op,
  pipe_op,
  assoc_op,
  capture_op,
  ellipsis_op,
  match_op,
  or_op,
  and_op,
  comparison_op,
  relational_op,
  arrow_op,
  in_op,
  xor_op,
  ternary_op,
  concat_op,
  range_op,
  dual_op,
  mult_op,
  power_op,
  unary_op,
  at_op,
};

constexpr bool is_operator(TokenKind kind) { return kind >= TokenKind::stab_op; }

/// One token. `text` is the source text, except where said otherwise; it lives as long as the source (or the TokenStream).
struct Token {
  TokenKind kind;
  TokenKind call = TokenKind::identifier;  // of quoted_identifier: paren_, bracket_, op_, do_identifier or identifier
  uint16_t base = 10;                      // of integer: 2, 8, 10, 16
  uint32_t line = 0;
  uint32_t column = 0;    // in code points, from 1
  uint32_t newlines = 0;  // line ends before an operator or the count of an end_of_line
  const char* text = nullptr;
  uint32_t length = 0;
  uint32_t extra = 0;  // strings and the like: index into TokenStream::quotes; character: the code point
  std::string_view view() const { return {text, length}; }
};

/// A piece of a quoted token: literal text, or the tokens of an interpolation.
struct QuotePart {
  std::string_view literal;  // already unescaped where the token unescapes
  bool interpolation = false;
  uint32_t line = 0, column = 0;          // of the `#{`
  uint32_t end_line = 0, end_column = 0;  // of the `}`
  uint32_t first_token = 0;               // index of the first token inside; ends at an interpolation_end
};

/// What a quoted token holds: strings, charlists, heredocs, sigils, quoted atoms, keys and identifiers.
struct Quote {
  uint32_t first_part = 0, part_count = 0;
  uint32_t next_token = 0;  // index of the token after this one and its interpolations
  uint32_t end_line = 0, end_column = 0;
  int32_t indentation = -1;    // heredocs only
  std::string_view name;       // sigils: the letters
  std::string_view modifiers;  // sigils
  std::string_view delimiter;  // the opening delimiter
};

/// The tokens of one source. Interpolated tokens stand right after the token that holds them.
struct TokenStream {
  std::vector<Token> tokens;
  std::vector<Quote> quotes;
  std::vector<QuotePart> parts;
  std::deque<std::string> texts;  // owns texts that are not in the source (unescaped, without indentation)
  std::string source;             // owns the source when it had to be copied, else empty
};

constexpr bool is_quoted(TokenKind kind) {
  switch (kind) {
    case TokenKind::string:
    case TokenKind::charlist:
    case TokenKind::string_heredoc:
    case TokenKind::charlist_heredoc:
    case TokenKind::sigil:
    case TokenKind::quoted_atom:
    case TokenKind::quoted_keyword_key:
    case TokenKind::quoted_identifier: return true;
    default: return false;
  }
}

}  // namespace phial::syntax
