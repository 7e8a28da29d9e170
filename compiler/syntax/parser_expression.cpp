// Operators, primaries, dots and access.
#include "compiler/syntax/parser_impl.hpp"

namespace phial::syntax {

/// The table of binary operators; precedence 0: none.
Parser::Operator Parser::operator_of(Kind kind) {
  switch (kind) {
    case Kind::in_match_op: return {40, false};
    case Kind::when_op: return {50, true};
    case Kind::type_op: return {60, true};
    case Kind::pipe_op: return {70, true};
    case Kind::match_op: return {100, true};
    case Kind::or_op: return {120, false};
    case Kind::and_op: return {130, false};
    case Kind::comparison_op: return {140, false};
    case Kind::relational_op: return {150, false};
    case Kind::arrow_op: return {160, false};
    case Kind::in_op: return {170, false};
    case Kind::xor_op: return {180, false};
    case Kind::ternary_op: return {190, true};
    case Kind::concat_op:
    case Kind::range_op: return {200, true};
    case Kind::dual_op: return {210, false};
    case Kind::mult_op: return {220, false};
    case Kind::power_op: return {230, false};
    default: return {0, false};
  }
}

/// Precedence of operators in front of their operand.
constexpr unsigned capture_precedence = 90;
constexpr unsigned unary_precedence = 300;

/// Tokens that may follow a name as the first argument of a call without parentheses.
bool Parser::starts_argument(Kind kind) {
  switch (kind) {
    case Kind::identifier:
    case Kind::paren_identifier:
    case Kind::bracket_identifier:
    case Kind::op_identifier:
    case Kind::do_identifier:
    case Kind::keyword_key:
    case Kind::quoted_keyword_key:
    case Kind::alias:
    case Kind::atom:
    case Kind::quoted_atom:
    case Kind::integer:
    case Kind::floating:
    case Kind::character:
    case Kind::string:
    case Kind::charlist:
    case Kind::string_heredoc:
    case Kind::charlist_heredoc:
    case Kind::sigil:
    case Kind::literal_true:
    case Kind::literal_false:
    case Kind::literal_nil:
    case Kind::capture_integer:
    case Kind::open_paren:
    case Kind::open_bracket:
    case Kind::open_brace:
    case Kind::open_bits:
    case Kind::percent:
    case Kind::percent_map:
    case Kind::keyword_fn:
    case Kind::unary_op:
    case Kind::at_op:
    case Kind::capture_op:
    case Kind::ellipsis_op: return true;
    default: return false;
  }
}

bool Parser::starts_expression(Kind kind) {
  if (kind == Kind::keyword_key || kind == Kind::quoted_keyword_key) return false;
  return starts_argument(kind) || kind == Kind::dual_op || kind == Kind::ternary_op;
}

/// Expressions up to `end`, which is left standing.
Term Parser::parse_program(Kind end) {
  FlagScope block(do_allowed_, true);
  FlagScope plain(struct_name_, false);
  size_t first = stack_.size();
  const Token start = token();
  if (kind() == Kind::end_of_line || kind() == Kind::semicolon) {
    advance();
    if (kind() == end) return node(atoms::block, meta_of(start), Term::nil());
  }
  while (kind() != end) {
    Expression expression = parse_expression();
    if (failed_) return Term::none();
    stack_.push_back(expression.term);
    if (kind() == end) break;
    if (kind() != Kind::end_of_line && kind() != Kind::semicolon) {
      fail_here();
      return Term::none();
    }
    const Token& separator = token();
    advance();
    if (kind() == end) break;
    stack_.back() = annotate_end(stack_.back(), separator);
  }
  return block_of(first, stack_.size() - first, Term::nil());
}

Expression Parser::parse_expression(unsigned minimum, bool stop_at_pipe) {
  Nesting nesting(*this);
  if (nesting.too_deep()) return fail_too_deep();
  Expression left = parse_operand();
  if (failed_) return {};
  return parse_binary(left, minimum, stop_at_pipe);
}

Expression Parser::parse_binary(Expression left, unsigned minimum, bool stop_at_pipe) {
  for (;;) {
    Operator op = operator_of(kind());
    if (op.precedence == 0 || op.precedence < minimum) return left;
    if (stop_at_pipe && kind() == Kind::pipe_op) return left;
    if (left.category == Category::no_parens) return left;
    Token op_token = token();
    advance();
    if (kind() == Kind::end_of_line) {
      if (op_token.kind != Kind::match_op) op_token.newlines = token().newlines;
      advance();
    }
    Expression right;
    if (op_token.kind == Kind::when_op && (kind() == Kind::keyword_key || kind() == Kind::quoted_keyword_key)) {
      size_t first = stack_.size();
      if (!parse_keywords(/*no_parens=*/true, Kind::end_of_input, "call")) return {};
      right.term = pop_list(first);
      right.category = Category::no_parens;
    } else {
      right = parse_expression(op.right ? op.precedence : op.precedence + 1u);
    }
    if (failed_) return {};
    left = combine(left, op_token, right);
    if (failed_) return {};
  }
}

static bool is_rearranged(Term name) { return name == atoms::not_ || (name.is_atom() && atom_text(name) == "!"); }

static bool is_node(Term term, Term name, size_t arguments) {
  return term.is_tuple(3) && term.element(0) == name && term.element(1).is_list() &&
         list_length(term.element(2)) == static_cast<ptrdiff_t>(arguments);
}

Expression Parser::combine(Expression left, const Token& op, Expression right) {
  Expression result;
  result.line = op.line;
  result.column = op.column;
  if (left.category == Category::matched)
    result.category = right.category;
  else
    result.category = Category::unmatched;
  if (left.category == Category::unmatched && right.category == Category::no_parens) {
    warn(op.line, op.column,
         "missing parentheses on expression following operator \"" + std::string(op.view()) +
             "\", you must add parentheses to avoid ambiguities");
  }
  Term meta = meta_of(op);
  switch (op.kind) {
    case Kind::in_op:
      if (op.length == 6) {  // not in
        Term inner = node(atom_of("in"), meta, list2(left.term, right.term));
        Term outer_meta = options_.token_metadata ? with("operator", atom_of("not in"), meta) : meta;
        result.term = node(atoms::not_, outer_meta, list1(inner));
        return result;
      }
      if (left.term.is_tuple(3) && is_rearranged(left.term.element(0)) && left.term.element(1).is_list() &&
          list_length(left.term.element(2)) == 1 && !left.empty_parens) {
        Term inner = node(atom_of("in"), meta, list2(left.term.element(2).head(), right.term));
        warn(op.line, op.column, "\"not expr1 in expr2\" is deprecated, use \"expr1 not in expr2\" instead");
        result.term = node(left.term.element(0), meta, list1(inner));
        return result;
      }
      break;
    case Kind::ternary_op:
      if (is_node(left.term, atom_of(".."), 2)) {
        Term ends = left.term.element(2);
        result.term =
            node(atom_of("..//"), left.term.element(1), make_list(heap_, {ends.head(), ends.tail().head(), right.term}));
        return result;
      }
      return fail_at(op.line, op.column,
                     "the range step operator (//) must immediately follow the range definition operator (..), for example: "
                     "1..9//2. If you wanted to define a default argument, use (\\\\) instead. Syntax error before: ",
                     "'//'");
    case Kind::arrow_op:
      if (op.view() == "|>" && right.no_parens_call) {
        warn(op.line, op.column,
             "parentheses are required when piping into a function call. For example:\n\n    foo 1 |> bar 2 |> baz 3\n\nis "
             "ambiguous and should be written as\n\n    foo(1) |> bar(2) |> baz(3)\n\nAmbiguous pipe found at:");
      }
      break;
    default: break;
  }
  result.term = node(atom_of(op.view()), with_newlines(op.newlines, meta), list2(left.term, right.term));
  return result;
}

Expression Parser::parse_operand() {
  switch (kind()) {
    case Kind::unary_op:
    case Kind::dual_op:
    case Kind::ternary_op:
    case Kind::capture_op:
    case Kind::ellipsis_op: return parse_prefix();
    case Kind::at_op: {
      Expression at = parse_at();
      return failed_ ? Expression{} : parse_postfix(at);
    }
    default: {
      Expression base = parse_base();
      return failed_ ? Expression{} : parse_postfix(base);
    }
  }
}

Expression Parser::parse_prefix() {
  Token op = token();
  advance();
  Expression result;
  result.line = op.line;
  result.column = op.column;
  if (op.kind == Kind::ellipsis_op) {
    if (!starts_expression(kind())) {
      result.callable = true;
      result.term = node(atom_of("..."), meta_of(op), Term::nil());
      return result;
    }
  } else {
    uint32_t newlines = 0;
    if (kind() == Kind::end_of_line) newlines = token().newlines, advance();
    op.newlines = newlines;
  }
  bool low = op.kind == Kind::capture_op || op.kind == Kind::ellipsis_op;
  Expression operand = parse_expression(low ? capture_precedence + 1 : unary_precedence);
  if (failed_) return {};
  result.category = operand.category;
  Term meta = meta_of(op);
  if (op.kind == Kind::ternary_op) {
    // `&//2`: the operator `/` captured, its name written before the slash and the arity.
    Term inner = node(atom_of("/"), meta, atoms::nil);
    result.term = node(atom_of("/"), meta_at(op.line, op.column + 1), list2(inner, operand.term));
    return result;
  }
  result.term = node(atom_of(op.view()), meta, list1(operand.term));
  return result;
}

Expression Parser::parse_at() {
  Nesting nesting(*this);
  if (nesting.too_deep()) return fail_too_deep();
  Token op = token();
  advance();
  if (kind() == Kind::end_of_line) advance();
  Expression operand;
  switch (kind()) {
    case Kind::unary_op:
    case Kind::dual_op:
    case Kind::ternary_op:
    case Kind::capture_op:
    case Kind::ellipsis_op: operand = parse_prefix(); break;
    case Kind::at_op: operand = parse_at(); break;
    default: operand = parse_base();
  }
  if (failed_) return {};
  Expression result;
  result.line = op.line;
  result.column = op.column;
  result.category = operand.category;
  result.accessible = operand.accessible;
  result.term = node(atom_of("@"), meta_of(op), list1(operand.term));
  return result;
}

Expression Parser::parse_base() {
  const Token& at = token();
  switch (at.kind) {
    case Kind::identifier:
    case Kind::paren_identifier:
    case Kind::bracket_identifier:
    case Kind::op_identifier:
    case Kind::do_identifier: return parse_identifier();
    case Kind::alias: {
      Expression result;
      result.line = at.line;
      result.column = at.column;
      result.accessible = true;
      result.names_struct = true;
      Term name = atom_for(at);
      if (failed_) return {};
      Term meta = meta_of(at);
      if (options_.token_metadata) meta = with("last", meta, meta);
      result.term = node(atoms::aliases, meta, list1(name));
      advance();
      return result;
    }
    case Kind::atom: {
      Term value = atom_for(at);
      if (failed_) return {};
      Expression result = literal_expression(value, at, Term::nil());
      result.names_struct = true;
      return result;
    }
    case Kind::literal_true: return literal_expression(atoms::true_, at, Term::nil());
    case Kind::literal_false: return literal_expression(atoms::false_, at, Term::nil());
    case Kind::literal_nil: return literal_expression(atoms::nil, at, Term::nil());
    case Kind::integer:
    case Kind::floating:
    case Kind::character: return parse_number();
    case Kind::string:
    case Kind::charlist:
    case Kind::string_heredoc:
    case Kind::charlist_heredoc:
    case Kind::quoted_atom: return parse_quoted();
    case Kind::sigil: return parse_sigil();
    case Kind::open_paren: return parse_parens();
    case Kind::open_bracket: return parse_list();
    case Kind::open_brace: return parse_tuple();
    case Kind::open_bits: return parse_bits();
    case Kind::percent_map: advance(); return parse_map(Term::none(), Term::none());
    case Kind::percent: return parse_struct();
    case Kind::keyword_fn: return parse_fn();
    case Kind::range_op: {
      Expression result;
      result.line = at.line;
      result.column = at.column;
      result.accessible = true;
      result.term = node(atom_of(".."), meta_of(at), Term::nil());
      advance();
      return result;
    }
    case Kind::capture_integer: {
      Token op = at;
      advance();
      if (kind() != Kind::integer) return fail_here();
      // The number of `&1` is part of the operator, never encoded as a literal.
      Term number = integer_value(token().view(), token().base);
      advance();
      Expression result;
      result.line = op.line;
      result.column = op.column;
      result.accessible = true;
      result.term = node(atom_of("&"), meta_of(op), list1(number));
      return result;
    }
    default: return fail_here();
  }
}

Expression Parser::parse_postfix(Expression left) {
  while (left.category == Category::matched) {
    switch (kind()) {
      case Kind::open_bracket:
        if (!left.accessible) return left;
        left = parse_access(left);
        break;
      case Kind::dot:
      case Kind::dot_call: left = parse_dot(left); break;
      case Kind::keyword_key:
      case Kind::quoted_keyword_key: return left.accessible ? refuse_keyword() : left;
      default: return left;
    }
    if (failed_) return {};
  }
  return left;
}

/// A key directly behind an expression: a comma is missing, or the `do:` is meant as a block.
Expression Parser::refuse_keyword() {
  const Token& key = token();
  if (key.view() == "do") {
    fail_at(key.line, key.column, "unexpected keyword: ", "do:");
    result_.error.suffix = misplaced_do;
    result_.error.has_suffix = true;
    return {};
  }
  std::string name(key.view());
  if (key.kind == Kind::quoted_keyword_key) {
    const Quote& q = quote(key);
    name = q.part_count == 0 ? std::string() : std::string(stream_.parts[q.first_part].literal);
  }
  return fail_at(key.line, key.column, "syntax error before: ", "'" + name + ":'");
}

/// `left[...]`
Expression Parser::parse_access(Expression left) {
  Token open = token();
  advance();
  uint32_t newlines = 0;
  if (kind() == Kind::end_of_line) newlines = token().newlines, advance();
  FlagScope block(do_allowed_, true);
  FlagScope plain(struct_name_, false);
  Term key;
  if (kind() == Kind::keyword_key || kind() == Kind::quoted_keyword_key) {
    size_t first = stack_.size();
    if (!parse_keywords(/*no_parens=*/false, Kind::close_bracket, "container")) return {};
    key = pop_list(first);
  } else {
    Expression argument = parse_expression();
    if (failed_) return {};
    if (argument.category == Category::no_parens) return refuse_in_container(argument);
    key = argument.term;
    if (kind() == Kind::comma) {
      Token comma = token();
      advance();
      if (kind() != Kind::close_bracket)
        return fail_at(comma.line, comma.column,
                       "too many arguments when accessing a value. The value[key] notation in Elixir expects either a single "
                       "argument or a keyword list. The following examples are allowed:\n\n    value[one]\n    value[one: 1, "
                       "two: 2]\n    value[[one, two, three]]\n\nThese are invalid:\n\n    value[1, 2, 3]\n    value[one, "
                       "two, three]\n\nSyntax error after: ",
                       "','");
    }
  }
  skip_line_end();
  if (kind() != Kind::close_bracket) return fail_here();
  Term meta = with("from_brackets", atoms::true_, pair_meta(open, newlines, token(), meta_of(open)));
  advance();
  Expression result;
  result.line = open.line;
  result.column = open.column;
  result.accessible = true;
  Term function = node(atom_of("."), meta, list2(atom_of("Elixir.Access"), atom_of("get")));
  result.term = node(function, meta, list2(left.term, key));
  return result;
}

/// What follows a dot: a call, an alias, `(...)`, `{...}`.
Expression Parser::parse_dot(Expression left) {
  Token dot = token();
  advance();
  if (dot.kind == Kind::dot_call) return parse_anonymous_call(left, dot);
  skip_line_end();
  const Token name = token();
  switch (name.kind) {
    case Kind::identifier:
    case Kind::paren_identifier:
    case Kind::bracket_identifier:
    case Kind::op_identifier:
    case Kind::do_identifier:
    case Kind::quoted_identifier: {
      Term atom = atom_for(name);
      if (failed_) return {};
      Term target = node(atom_of("."), meta_of(dot), list2(left.term, atom));
      Kind as = name.kind == Kind::quoted_identifier ? name.call : name.kind;
      advance();
      return parse_call(name, target, Callee::remote, as);
    }
    case Kind::alias: {
      Term atom = atom_for(name);
      if (failed_) return {};
      advance();
      Expression result;
      result.line = dot.line;
      result.column = dot.column;
      result.accessible = true;
      result.names_struct = true;
      Term last = meta_of(name);
      if (left.term.is_tuple(3) && left.term.element(0) == atoms::aliases && left.term.element(1).is_list()) {
        Term meta = left.term.element(1);
        if (options_.token_metadata) meta = with_replaced("last", last, meta);
        result.term = node(atoms::aliases, meta, append(left.term.element(2), list1(atom)));
        result.line = left.line;
        result.column = left.column;
        return result;
      }
      if (left.term.is_atom())
        return fail_at(name.line, name.column,
                       "atom cannot be followed by an alias. If the '.' was meant to be part of the atom's name, the atom "
                       "name must be quoted. Syntax error before: ",
                       "'.'");
      Term meta = meta_of(dot);
      if (options_.token_metadata) meta = with("last", last, meta);
      result.term = node(atoms::aliases, meta, list2(left.term, atom));
      return result;
    }
    case Kind::open_brace: {
      Token open = name;
      advance();
      uint32_t newlines = 0;
      if (kind() == Kind::end_of_line) newlines = token().newlines, advance();
      FlagScope block(do_allowed_, true);
      FlagScope plain(struct_name_, false);
      size_t first = stack_.size();
      bool empty = kind() == Kind::close_brace;
      if (kind() == Kind::keyword_key || kind() == Kind::quoted_keyword_key) return fail_here();
      if (!parse_container_elements(Kind::close_brace)) return {};
      Term arguments = pop_list(first);
      Term target = node(atom_of("."), meta_of(dot), list2(left.term, atom_of("{}")));
      Expression result;
      result.line = dot.line;
      result.column = dot.column;
      result.accessible = true;
      result.term = node(target, empty ? meta_of(dot) : pair_meta(open, newlines, token(), meta_of(dot)), arguments);
      advance();
      return result;
    }
    default: return fail_here();
  }
}

}  // namespace phial::syntax
