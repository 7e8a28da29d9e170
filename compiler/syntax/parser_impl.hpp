// The parser's state and its parts; private to compiler/syntax.
#pragma once
#include <array>
#include <initializer_list>

#include "compiler/syntax/parser.hpp"
#include "compiler/syntax/tokenizer.hpp"

namespace phial::syntax {

/// How the grammar classes an expression; decides where it may stand.
enum class Category : uint8_t {
  matched,    // may stand anywhere
  unmatched,  // ends in a do-block: no argument of a call without parentheses
  no_parens,  // a call without parentheses that takes several arguments: greedy to the right, so no element of a container
};

/// A parsed expression. A none() term means that parsing failed and the error is recorded.
struct Expression {
  Term term = Term::none();
  Category category = Category::matched;
  bool names_struct = false;    // an alias or an atom
  bool accessible = false;      // `[` behind it reads from it
  bool callable = false;        // a variable or a call: may stand alone in a map
  bool no_parens_call = false;  // a call without parentheses, by itself
  bool empty_parens = false;    // `()`
  bool many = false;            // `(a, b)` or `(a: 1)`, only valid before `->` or `when`: `term` is the list of arguments
  uint32_t line = 0, column = 0;
  bool ok() const { return !term.is_none(); }
};

class Parser {
 public:
  Parser(TermHeap& heap, const ParseOptions& options, TokenStream& stream, ParseResult& result)
      : heap_(heap), options_(options), stream_(stream), result_(result) {}
  /// The whole source; none() on failure.
  Term parse_source();

 private:
  using Kind = TokenKind;
  struct StabItem {
    bool clause = false;
    Term term = Term::none();  // a plain expression, or the clause's list of arguments
    Term meta = Term::nil();   // of the clause
    bool many = false;         // arguments only, in parentheses: pushed
  };
  struct StabResult {
    Term term = Term::none();
    bool clauses = false;  // term is the list of clauses
    bool single = false;   // one expression, not wrapped in a block
    bool many = false;     // term is a list of arguments
  };
  struct Operator {
    uint8_t precedence;
    bool right;
  };
  enum class Callee : uint8_t { local, remote };  // `name` or `left.name`
  class Nesting;

  // Tokens.
  const Token& token() const { return stream_.tokens[position_]; }
  Kind kind() const { return stream_.tokens[position_].kind; }
  const Token& following() const { return stream_.tokens[next_index(position_)]; }
  uint32_t next_index(uint32_t index) const;
  void advance() {
    previous_ = position_;
    position_ = next_index(position_);
  }
  bool accept(Kind wanted);
  void skip_line_end();
  const Quote& quote(const Token& token) const { return stream_.quotes[token.extra]; }

  // Failure.
  Expression fail_here();
  Expression fail_too_deep();
  Expression fail_at(uint32_t line, uint32_t column, std::string message, std::string token_text);
  void syntax_error_before(const Token& token);
  std::string token_text(const Token& token) const;
  void warn(uint32_t line, uint32_t column, std::string message);

  // Expressions (parser_expression.cpp).
  Term parse_program(Kind end);
  Expression parse_expression(unsigned minimum = 0, bool stop_at_pipe = false);
  Expression parse_binary(Expression left, unsigned minimum, bool stop_at_pipe);
  Expression parse_operand();
  Expression parse_prefix();
  Expression parse_at();
  Expression parse_base();
  Expression parse_postfix(Expression left);
  Expression parse_dot(Expression left);
  Expression parse_access(Expression left);
  Expression parse_anonymous_call(Expression left, const Token& dot);
  Expression refuse_keyword();
  Expression refuse_in_container(const Expression& expression);
  Expression refuse_in_arguments(const Expression& expression);
  Term integer_value(std::string_view digits, int base);
  Expression combine(Expression left, const Token& op, Expression right);
  static Operator operator_of(Kind kind);
  static bool starts_expression(Kind kind);
  static bool starts_argument(Kind kind);

  // Calls (parser_call.cpp).
  Expression parse_identifier();
  Expression parse_call(const Token& name, Term target, Callee callee, Kind kind);
  Expression parse_parens_call(const Token& name, Term target);
  Expression parse_no_parens_call(const Token& name, Term target, bool ambiguous);
  Expression parse_do_call(const Token& name, Term target);
  bool parse_parens_arguments(Term& call_meta);
  bool parse_do_block(Term& call_meta, Term& block);
  Term call_node(const Token& name, Term target, Term prefix_meta, Term arguments);
  bool parse_no_parens_arguments(Category& category);
  bool parse_keywords(bool no_parens, Kind close, std::string_view context);
  bool parse_keyword_pair(bool no_parens);
  Term keyword_key_term();

  // Containers and literals (parser_container.cpp).
  Expression parse_list();
  Expression parse_tuple();
  Expression parse_bits();
  Expression parse_map(Term struct_meta, Term struct_name);
  Expression parse_struct();
  Expression parse_struct_name();
  bool parse_container_elements(Kind close);
  bool parse_map_entries(Term& entries);
  bool parse_map_entry(Expression& first);
  Expression parse_quoted();
  Expression parse_sigil();
  Term string_parts(const Quote& quote, bool charlist);
  Expression parse_number();
  Expression literal_expression(Term value, const Token& token, Term extra_meta, bool accessible = true);

  // Blocks (parser_block.cpp).
  Expression parse_parens();
  Expression parse_fn();
  bool parse_stab(StabResult& result, const Token* open);
  bool parse_stab_item(StabItem& item, bool in_parens);
  bool finish_clause(StabItem& item, size_t first_argument, const Expression* parens);
  bool at_stab_end_after_line() const;
  bool is_when(Term term) const;
  bool at_stab_end() const;
  Term block_of(size_t first, size_t count, Term meta);
  Term annotate_end(Term expression, const Token& end);

  // Terms (parser_build.cpp).
  Term atom_of(std::string_view text);
  Term atom_for(const Token& token);
  Term encode_atom(std::string_view text, const Token& token);
  Term tuple2(Term a, Term b);
  Term tuple3(Term a, Term b, Term c);
  Term node(Term name, Term meta, Term arguments) { return tuple3(name, meta, arguments); }
  Term list1(Term a) { return make_cons(heap_, a, Term::nil()); }
  Term list2(Term a, Term b) { return make_cons(heap_, a, list1(b)); }
  Term meta_at(uint32_t line, uint32_t column);
  Term meta_of(const Token& token) { return meta_at(token.line, token.column); }
  Term with(std::string_view key, Term value, Term meta) { return make_cons(heap_, tuple2(atom_of(key), value), meta); }
  Term with_replaced(std::string_view key, Term value, Term meta);
  Term with_newlines(uint32_t newlines, Term meta);
  Term pair_meta(const Token& open, uint32_t newlines, const Token& close, Term meta);
  Term append(Term list, Term tail);
  Term literal(Term value, const Token& token, Term extra_meta);
  bool literals_encoded() const { return static_cast<bool>(options_.literal_encoder); }
  Term binary(std::string_view text) { return make_binary(heap_, text); }

  // Collecting lists without an allocation each: terms pile up on stack_, and pop_list takes them off.
  Term pop_list(size_t from, Term tail = Term::nil());

  TermHeap& heap_;
  const ParseOptions& options_;
  TokenStream& stream_;
  ParseResult& result_;
  uint32_t position_ = 0;
  uint32_t previous_ = 0;
  uint32_t depth_ = 0;
  uint32_t item_line_ = 0, item_column_ = 0;  // of the last arrow
  bool failed_ = false;
  bool do_allowed_ = true;                // a `do` here belongs to the call being parsed, not to one around it
  bool struct_name_ = false;              // the name of a struct is being parsed: `{` behind a name is no argument
  bool parens_may_be_arguments_ = false;  // at the start of a clause: `(a, b)` may be its arguments
  bool paren_is_argument_ = false;        // the parenthesis here starts an argument of a call without parentheses
  std::vector<Term> stack_;
  uint32_t cached_line_ = 0;
  Term cached_meta_ = Term::nil();
  struct CachedAtom {
    Term atom = Term::none();
    std::string_view text;
  };
  std::array<CachedAtom, 1024> atom_cache_{};
};

/// Counts nesting for the time of a recursion.
class Parser::Nesting {
 public:
  explicit Nesting(Parser& parser) : parser_(parser) { parser_.depth_++; }
  ~Nesting() { parser_.depth_--; }
  bool too_deep() const { return parser_.depth_ > parser_.options_.max_nesting; }

 private:
  Parser& parser_;
};

/// Sets a flag for a scope.
class FlagScope {
 public:
  FlagScope(bool& flag, bool value) : flag_(flag), before_(flag) { flag_ = value; }
  ~FlagScope() { flag_ = before_; }
  FlagScope(const FlagScope&) = delete;
  FlagScope& operator=(const FlagScope&) = delete;
  bool before() const { return before_; }

 private:
  bool& flag_;
  bool before_;
};

}  // namespace phial::syntax
