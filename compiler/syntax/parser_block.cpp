// Parentheses, fn, clauses and blocks of expressions.
#include "compiler/syntax/parser_impl.hpp"

namespace phial::syntax {

bool Parser::at_stab_end() const {
  switch (kind()) {
    case Kind::close_paren:
    case Kind::keyword_end:
    case Kind::block_keyword:
    case Kind::end_of_input:
    case Kind::interpolation_end: return true;
    default: return false;
  }
}

/// The expressions stack_[first, first + count) as one term; takes them off. `meta` is for a block that parentheses made.
Term Parser::block_of(size_t first, size_t count, Term meta) {
  if (count == 1) {
    Term only = stack_[first];
    bool wrap = false;
    if (only.is_tuple(3) && only.element(0).is_atom() && only.element(1).is_list() && list_length(only.element(2)) == 1) {
      Term name = only.element(0);
      wrap = name == atoms::unquote_splicing || name == atoms::not_ || atom_text(name) == "!";
    }
    if (!wrap) {
      stack_.pop_back();
      return only;
    }
  }
  return node(atoms::block, meta, pop_list(first));
}

/// Notes on an expression where it ends, when token metadata is asked for.
Term Parser::annotate_end(Term expression, const Token& end) {
  if (!options_.token_metadata || !expression.is_tuple(3) || !expression.element(1).is_list()) return expression;
  Term place = with("newlines", Term::small(end.newlines), meta_of(end));
  auto annotated = [&](Term target) {
    return tuple3(target.element(0), with("end_of_expression", place, target.element(1)), target.element(2));
  };
  if (expression.element(0).is_atom() && atom_text(expression.element(0)) == "->") {
    Term sides = expression.element(2);
    Term body = sides.tail().head();
    if (body.is_tuple(3) && body.element(1).is_list())
      return tuple3(expression.element(0), expression.element(1), list2(sides.head(), annotated(body)));
  }
  return annotated(expression);
}

/// Expressions or clauses up to the closing token, which is left standing. `open` is the parenthesis around them, if one is.
bool Parser::parse_stab(StabResult& result, const Token* open) {
  FlagScope inner(do_allowed_, true);
  FlagScope plain(struct_name_, false);
  // Clauses and expressions in source order; an expression behind a clause belongs to its body.
  size_t first = stack_.size();
  size_t made = 0;   // finished clauses, at stack_[first ...]
  StabItem current;  // the clause being collected; its body follows the finished clauses on stack_
  bool in_clause = false;
  size_t body_first = first;
  auto finish = [&] {
    Term body = block_of(body_first, stack_.size() - body_first, Term::nil());
    Term clause = node(atom_of("->"), current.meta, list2(current.term, body));
    stack_.push_back(clause);
    made++;
    body_first = stack_.size();
  };
  for (;;) {
    StabItem item;
    size_t before = stack_.size();
    if (!parse_stab_item(item, open != nullptr && before == first)) return false;
    if (item.many) {
      result.many = true;
      result.term = pop_list(first);
      return true;
    }
    if (item.clause) {
      if (!in_clause && before != first) {
        fail_at(item_line_, item_column_,
                "unexpected operator ->. If you want to define multiple clauses, the first expression must use ->. Syntax error "
                "before: ",
                "'->'");
        return false;
      }
      // parse_stab_item left the body's expression on the stack, above the body of the clause before.
      Term body = stack_.back();
      stack_.pop_back();
      if (in_clause) finish();
      in_clause = true;
      current = item;
      stack_.push_back(body);
    }
    if (at_stab_end()) break;
    if (kind() != Kind::end_of_line && kind() != Kind::semicolon) return fail_here().ok();
    const Token& separator = token();
    advance();
    if (at_stab_end()) break;
    if (in_clause && item.clause && options_.token_metadata && !stack_.back().is_tuple(3)) {
      // The end of a clause whose body is a literal is noted on the arrow.
      Term place = with("newlines", Term::small(separator.newlines), meta_of(separator));
      current.meta = with("end_of_expression", place, current.meta);
    } else {
      stack_.back() = annotate_end(stack_.back(), separator);
    }
  }
  if (in_clause) {
    finish();
    result.clauses = true;
    result.term = pop_list(first);
    return true;
  }
  Term meta = Term::nil();
  if (open != nullptr) {
    meta = meta_of(*open);
    if (options_.token_metadata) meta = with("closing", meta_of(token()), meta);
  }
  Term alone = stack_.back();
  bool one = stack_.size() - first == 1;
  result.term = block_of(first, stack_.size() - first, meta);
  result.single = one && result.term == alone;
  return true;
}

/// A clause or an expression. Pushes one term: the expression, or the body of the clause. With `in_parens` it may also be the
/// arguments of a clause whose arrow stands outside (`(a, b) -> c`): item.many, the arguments pushed.
bool Parser::parse_stab_item(StabItem& item, bool in_parens) {
  size_t first = stack_.size();
  if (kind() == Kind::stab_op) return finish_clause(item, first, nullptr);

  Expression head;
  bool first_is_keyword = kind() == Kind::keyword_key || kind() == Kind::quoted_keyword_key;
  if (!first_is_keyword) {
    if (kind() == Kind::open_paren) {
      parens_may_be_arguments_ = true;
      Expression parens = parse_parens();
      if (failed_) return false;
      if (parens.many || (parens.empty_parens && (kind() == Kind::stab_op || kind() == Kind::when_op)))
        return finish_clause(item, first, &parens);
      Nesting nesting(*this);
      head = parse_postfix(parens);
      if (failed_) return false;
      head = parse_binary(head, 0, false);
    } else {
      head = parse_expression();
    }
    if (failed_) return false;
    stack_.push_back(head.term);
    if (kind() == Kind::stab_op) return finish_clause(item, first, nullptr);
    if (kind() != Kind::comma) return true;
  }
  // More than one argument: this can only be a clause.
  for (bool keyword = first_is_keyword;;) {
    if (!keyword) {
      if (kind() != Kind::comma) break;
      advance();
    }
    if (kind() == Kind::keyword_key || kind() == Kind::quoted_keyword_key) {
      size_t start = stack_.size();
      if (!parse_keywords(/*no_parens=*/true, Kind::end_of_input, "call")) return false;
      Term keywords = pop_list(start);
      stack_.push_back(keywords);
      break;
    }
    keyword = false;
    Expression argument = parse_expression();
    if (failed_) return false;
    if (argument.category == Category::no_parens && !is_when(argument.term)) return refuse_in_arguments(argument).ok();
    stack_.push_back(argument.term);
  }
  if (kind() == Kind::stab_op) return finish_clause(item, first, nullptr);
  if (in_parens) {
    skip_line_end();
    item.many = kind() == Kind::close_paren;
    if (item.many) return true;
  }
  return fail_here().ok();
}

bool Parser::is_when(Term term) const { return term.is_tuple(3) && term.element(0) == atoms::when; }

/// The arrow stands at the current token (or a guard, behind `(a, b)`). Takes the arguments off stack_, pushes the body.
bool Parser::finish_clause(StabItem& item, size_t first_argument, const Expression* parens) {
  Term arguments;
  if (parens != nullptr) {
    arguments = parens->empty_parens ? Term::nil() : parens->term;
    if (kind() == Kind::when_op) {
      Token when = token();
      advance();
      if (kind() == Kind::end_of_line) when.newlines = token().newlines, advance();
      Expression guard = parse_expression();
      if (failed_) return false;
      if (kind() != Kind::stab_op) return fail_here().ok();
      Term meta = with_newlines(when.newlines, meta_of(when));
      arguments = list1(node(atoms::when, meta, append(arguments, list1(guard.term))));
    }
  } else {
    // `a, b when guard`: the guard is the last argument's so far; it belongs to all of them.
    if (stack_.size() > first_argument) {
      Term last = stack_.back();
      if (is_when(last) && last.element(1).is_list() && list_length(last.element(2)) == 2) {
        stack_.pop_back();
        stack_.push_back(last.element(2).head());
        stack_.push_back(last.element(2).tail().head());
        Term all = pop_list(first_argument);
        stack_.push_back(node(atoms::when, last.element(1), all));
      }
    }
    arguments = pop_list(first_argument);
  }
  Token arrow = token();
  item_line_ = arrow.line;
  item_column_ = arrow.column;
  advance();
  if (kind() == Kind::end_of_line) {
    arrow.newlines = token().newlines;
    if (!at_stab_end_after_line()) advance();
  }
  item.clause = true;
  item.term = arguments;
  item.meta = with_newlines(arrow.newlines, meta_of(arrow));
  if (at_stab_end() || kind() == Kind::end_of_line || kind() == Kind::semicolon) {
    warn(arrow.line, arrow.column, "an expression is always required on the right side of ->. Please provide a value after ->");
    if (kind() == Kind::end_of_line) advance();
    Term nothing = literal(atoms::nil, arrow, Term::nil());
    if (failed_) return false;
    stack_.push_back(nothing);
    return true;
  }
  FlagScope inner(do_allowed_, true);
  Expression body = parse_expression();
  if (failed_) return false;
  item_line_ = arrow.line;
  item_column_ = arrow.column;
  stack_.push_back(body.term);
  return true;
}

bool Parser::at_stab_end_after_line() const {
  switch (following().kind) {
    case Kind::close_paren:
    case Kind::keyword_end:
    case Kind::block_keyword:
    case Kind::end_of_input:
    case Kind::interpolation_end: return true;
    default: return false;
  }
}

/// `(...)`: an expression, a block, clauses, or at the start of a clause its arguments.
Expression Parser::parse_parens() {
  bool may_be_arguments = parens_may_be_arguments_;
  parens_may_be_arguments_ = false;
  bool is_argument = paren_is_argument_;
  paren_is_argument_ = false;
  Nesting nesting(*this);
  if (nesting.too_deep()) return fail_too_deep();
  FlagScope inner(do_allowed_, true);
  FlagScope plain(struct_name_, false);
  Token open = token();
  advance();
  Expression result;
  result.line = open.line;
  result.column = open.column;
  result.accessible = true;
  skip_line_end();
  if (kind() == Kind::close_paren) {
    advance();
    result.empty_parens = true;
    if (!(may_be_arguments && (kind() == Kind::stab_op || kind() == Kind::when_op))) {
      warn(open.line, open.column,
           "invalid expression (). If you want to invoke or define a function, make sure there are no spaces between the "
           "function name and its arguments. If you wanted to pass an empty block or code, pass a value instead, such as a nil "
           "or an atom");
    }
    result.term = node(atoms::block, Term::nil(), Term::nil());
    return result;
  }
  if (kind() == Kind::semicolon) {
    advance();
    if (kind() == Kind::close_paren) {
      Term meta = options_.token_metadata ? with("closing", meta_of(token()), meta_of(open)) : meta_of(open);
      result.term = node(atoms::block, meta, Term::nil());
      advance();
      return result;
    }
  }
  StabResult content;
  if (!parse_stab(content, &open)) return {};
  if (kind() != Kind::close_paren) return fail_here();
  const Token close = token();
  advance();
  if (content.many) {
    if (may_be_arguments && kind() != Kind::stab_op && kind() != Kind::when_op) return fail_here();
    if (!may_be_arguments && !is_argument) return syntax_error_before(close), Expression{};
    if (!may_be_arguments)
      return fail_at(open.line, open.column,
                     "unexpected parentheses. If you are making a function call, do not insert spaces between the function "
                     "name and the opening parentheses. Syntax error before: ",
                     "'('");
    result.many = true;
    result.term = content.term;
    return result;
  }
  result.term = content.term;
  if (content.single && options_.token_metadata && content.term.is_tuple(3) && content.term.element(1).is_list()) {
    Term place = append(meta_of(open), with("closing", meta_of(close), Term::nil()));
    result.term = tuple3(content.term.element(0), with("parens", place, content.term.element(1)), content.term.element(2));
  }
  return result;
}

/// `fn clauses end`
Expression Parser::parse_fn() {
  Nesting nesting(*this);
  if (nesting.too_deep()) return fail_too_deep();
  Token open = token();
  advance();
  uint32_t newlines = 0;
  if (kind() == Kind::end_of_line)
    newlines = token().newlines, advance();
  else if (kind() == Kind::semicolon)
    advance();
  StabResult content;
  if (kind() == Kind::keyword_end) return fail_here();
  if (!parse_stab(content, nullptr)) return {};
  if (kind() != Kind::keyword_end) return fail_here();
  if (!content.clauses)
    return fail_at(open.line, open.column, "expected anonymous functions to be defined with -> inside: ", "'fn'");
  Expression result;
  result.line = open.line;
  result.column = open.column;
  result.accessible = true;
  Term meta = meta_of(open);
  if (options_.token_metadata) meta = with_newlines(newlines, with("closing", meta_of(token()), meta));
  result.term = node(atoms::fn, meta, content.term);
  advance();
  return result;
}

}  // namespace phial::syntax
