// The parser: a hand-written operator-precedence parser over the TokenStream.
//
// It follows Elixir's own grammar in what it accepts. Three things make that grammar more than operators and brackets, and
// each has one mechanism here:
// - Calls without parentheses are greedy. An Expression carries a Category (matched, unmatched, no_parens) which says where
//   it may stand: `[f a, b]` is refused because `f a, b` is no_parens, `g f(a) do ... end` gives the block to g.
// - A `do` belongs to the outermost call without parentheses on its left. do_allowed_ is false while the arguments of such a call
//   are parsed and true again inside every bracket.
// - `->` turns what was parsed as expressions into a clause's arguments. parse_stab_item parses a list of arguments and
//   looks whether an arrow follows; `(a, b)` at its start is kept as a list until that is known.
//
// Terms are built straight into the caller's heap, bottom up. Lists are collected on stack_. Nothing is thrown: a failing
// function records the first error, sets failed_ and returns an Expression without a term, which its callers pass on.
//
// Files: parser_expression (operators, primaries, dots), parser_call (calls, arguments, keywords), parser_container (lists, maps,
// strings, numbers), parser_block (parentheses, fn, clauses, do-blocks), parser_build (terms and metadata).
#include "compiler/syntax/parser.hpp"

#include "compiler/syntax/parser_impl.hpp"

namespace phial::syntax {

uint32_t Parser::next_index(uint32_t index) const {
  const Token& at = stream_.tokens[index];
  if (at.kind == Kind::end_of_input) return index;
  return is_quoted(at.kind) ? stream_.quotes[at.extra].next_token : index + 1;
}

bool Parser::accept(Kind wanted) {
  if (kind() != wanted) return false;
  advance();
  return true;
}

void Parser::skip_line_end() {
  if (kind() == Kind::end_of_line) advance();
}

Expression Parser::fail_at(uint32_t line, uint32_t column, std::string message, std::string token_text) {
  if (!failed_) {
    failed_ = true;
    result_.error.line = line;
    result_.error.column = column;
    result_.error.message = std::move(message);
    result_.error.token = std::move(token_text);
  }
  return {};
}

Expression Parser::fail_here() {
  syntax_error_before(token());
  return {};
}

Expression Parser::fail_too_deep() {
  return fail_at(token().line, token().column,
                 "expressions are nested too deeply (more than " + std::to_string(options_.max_nesting) + " levels), before: ",
                 token_text(token()));
}

void Parser::syntax_error_before(const Token& at) {
  if (failed_) return;
  if (at.kind == Kind::end_of_input || at.kind == Kind::interpolation_end) {
    const Token& last = stream_.tokens[previous_];
    fail_at(last.line, last.column, "syntax error before: ", "");
    result_.error.kind = SourceError::Kind::token_missing;
    result_.error.end_line = at.line;
    result_.error.end_column = at.column;
    return;
  }
  fail_at(at.line, at.column, "syntax error before: ", token_text(at));
}

void Parser::warn(uint32_t line, uint32_t column, std::string message) {
  result_.warnings.push_back({line, column, std::move(message)});
}

namespace {

/// An atom as Erlang writes it, which is how error messages name tokens.
std::string erlang_atom(std::string_view text) {
  static constexpr std::string_view reserved[] = {
      "after", "begin", "case", "try", "cond", "catch", "andalso", "orelse", "end",  "fun", "if",  "let", "of", "receive",
      "when",  "bnot",  "not",  "div", "rem",  "band",  "and",     "bor",    "bxor", "bsl", "bsr", "or",  "xor"};
  bool plain = !text.empty() && text[0] >= 'a' && text[0] <= 'z';
  for (char c : text)
    plain = plain && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '@' ||
                      static_cast<unsigned char>(c) >= 0xC3);
  for (std::string_view word : reserved) plain = plain && word != text;
  if (plain) return std::string(text);
  std::string out = "'";
  for (char c : text) {
    if (c == '\\' || c == '\'') out.push_back('\\');
    out.push_back(c);
  }
  return out + "'";
}

}  // namespace

std::string Parser::token_text(const Token& at) const {
  switch (at.kind) {
    case Kind::integer:
    case Kind::floating: return "\"" + std::string(at.view()) + "\"";
    case Kind::character: return "$" + std::string(at.view().substr(1));
    case Kind::end_of_line: return "eol";
    case Kind::string:
    case Kind::charlist:
    case Kind::string_heredoc:
    case Kind::charlist_heredoc: {
      const Quote& q = quote(at);
      if (q.part_count == 0) return "[<<>>]";
      const QuotePart& part = stream_.parts[q.first_part];
      if (part.interpolation) return "[]";
      return "[<<\"" + std::string(part.literal) + "\">>]";
    }
    case Kind::quoted_atom:
    case Kind::quoted_keyword_key:
    case Kind::quoted_identifier: {
      const Quote& q = quote(at);
      if (q.part_count != 1 || stream_.parts[q.first_part].interpolation) return "'" + std::string(at.view()) + "'";
      return erlang_atom(stream_.parts[q.first_part].literal);
    }
    case Kind::sigil: {
      const Quote& q = quote(at);
      std::string content;
      if (q.part_count > 0 && !stream_.parts[q.first_part].interpolation) content = stream_.parts[q.first_part].literal;
      return "sigil ~" + std::string(q.name) + " starting with content '" + content + "'";
    }
    case Kind::percent_map: return "'%{}'";
    default: return erlang_atom(at.view());
  }
}

Term Parser::parse_source() {
  stack_.reserve(64);
  Term ast = parse_program(Kind::end_of_input);
  return failed_ ? Term::none() : ast;
}

ParseResult parse(TermHeap& heap, std::string_view source, const ParseOptions& options) {
  ParseResult result;
  TokenStream stream;
  TokenizeOptions tokenize_options{.line = options.line,
                                   .column = options.column,
                                   .unescape = options.unescape,
                                   .comments = options.comments,
                                   .max_nesting = options.max_nesting};
  TokenizeResult tokens = tokenize(source, tokenize_options, stream);
  result.warnings = std::move(tokens.warnings);
  result.comments = std::move(tokens.comments);
  if (!tokens.ok) {
    result.error = std::move(tokens.error);
  } else {
    result.ast = Parser(heap, options, stream, result).parse_source();
    result.ok = !result.ast.is_none();
  }
  if (!options.emit_warnings) result.warnings.clear();
  return result;
}

bool is_incomplete(const ParseResult& result) { return !result.ok && result.error.kind == SourceError::Kind::token_missing; }

std::string_view exception_name(SourceError::Kind kind) {
  switch (kind) {
    case SourceError::Kind::token_missing: return "TokenMissingError";
    case SourceError::Kind::mismatched_delimiter: return "MismatchedDelimiterError";
    case SourceError::Kind::syntax: break;
  }
  return "SyntaxError";
}

}  // namespace phial::syntax
