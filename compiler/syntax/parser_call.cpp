// Calls and their arguments.
#include "compiler/syntax/parser_impl.hpp"

namespace phial::syntax {

Expression Parser::parse_identifier() {
  const Token name = token();
  Term atom = atom_for(name);
  if (failed_) return {};
  advance();
  return parse_call(name, atom, Callee::local, name.kind);
}

/// A variable or a call. `target` is the name's atom or the node of `left.name`; the name itself is already consumed.
Expression Parser::parse_call(const Token& name, Term target, Callee callee, Kind as) {
  switch (as) {
    case Kind::paren_identifier: return parse_parens_call(name, target);
    case Kind::do_identifier:
      if (do_allowed_) return parse_do_call(name, target);
      break;
    case Kind::op_identifier: return parse_no_parens_call(name, target, /*ambiguous=*/callee == Callee::local);
    case Kind::identifier:
      if (!struct_name_ && starts_argument(kind())) return parse_no_parens_call(name, target, /*ambiguous=*/false);
      break;
    default: break;
  }
  Expression result;
  result.line = name.line;
  result.column = name.column;
  result.callable = true;
  result.accessible = as == Kind::bracket_identifier;
  if (callee == Callee::local) {
    result.term = node(target, meta_of(name), atoms::nil);
  } else {
    result.term = node(target, with("no_parens", atoms::true_, meta_of(name)), Term::nil());
  }
  return result;
}

Expression Parser::parse_parens_call(const Token& name, Term target) {
  Expression result;
  result.line = name.line;
  result.column = name.column;
  result.accessible = true;
  result.callable = true;
  size_t first = stack_.size();
  Term meta = meta_of(name);
  if (!parse_parens_arguments(meta)) return {};
  // `name(...)(...)` calls what the first call gives.
  if (kind() == Kind::open_paren) {
    target = node(target, meta, pop_list(first));
    if (!parse_parens_arguments(meta)) return {};
  }
  if (kind() == Kind::keyword_do && do_allowed_) {
    Term block;
    if (!parse_do_block(meta, block)) return {};
    stack_.push_back(block);
    result.category = Category::unmatched;
    result.accessible = false;
  }
  result.term = node(target, meta, pop_list(first));
  return result;
}

/// `left.(...)`
Expression Parser::parse_anonymous_call(Expression left, const Token& dot) {
  Term target = node(atom_of("."), meta_of(dot), list1(left.term));
  return parse_parens_call(dot, target);
}

Expression Parser::parse_do_call(const Token& name, Term target) {
  Expression result;
  result.line = name.line;
  result.column = name.column;
  result.category = Category::unmatched;
  Term meta = meta_of(name), block;
  if (!parse_do_block(meta, block)) return {};
  result.term = node(target, meta, list1(block));
  return result;
}

Expression Parser::parse_no_parens_call(const Token& name, Term target, bool ambiguous) {
  Expression result;
  result.line = name.line;
  result.column = name.column;
  result.callable = true;
  result.no_parens_call = true;
  size_t first = stack_.size();
  Category category;
  bool do_is_mine = do_allowed_;
  {
    FlagScope inner(do_allowed_, false);
    if (!parse_no_parens_arguments(category)) return {};
  }
  Term meta = meta_of(name);
  if (ambiguous && stack_.size() - first == 1) meta = with("ambiguous_op", atoms::nil, meta);
  result.category = category;
  if (kind() == Kind::keyword_do && do_is_mine) {
    Term block;
    meta = meta_of(name);
    if (!parse_do_block(meta, block)) return {};
    stack_.push_back(block);
    result.category = Category::unmatched;
    result.no_parens_call = false;
    result.callable = false;
  }
  result.term = node(target, meta, pop_list(first));
  return result;
}

/// The arguments of a call without parentheses, pushed on stack_.
bool Parser::parse_no_parens_arguments(Category& category) {
  category = Category::matched;
  for (size_t count = 0;; count++) {
    if (kind() == Kind::keyword_key || kind() == Kind::quoted_keyword_key) {
      size_t first = stack_.size();
      if (!parse_keywords(/*no_parens=*/true, Kind::end_of_input, "call")) return false;
      Term keywords = pop_list(first);
      stack_.push_back(keywords);
      if (count > 0) category = Category::no_parens;
      return true;
    }
    paren_is_argument_ = kind() == Kind::open_paren;
    Expression argument = parse_expression();
    if (failed_) return false;
    if (argument.category == Category::no_parens) {
      // The only argument may itself be greedy (`f g a, b`); beside others nobody could tell whose argument is whose.
      if (count > 0) return refuse_in_arguments(argument).ok();
      stack_.push_back(argument.term);
      category = Category::no_parens;
      return true;
    }
    stack_.push_back(argument.term);
    if (count > 0) category = Category::no_parens;
    if (kind() != Kind::comma) return true;
    // `(a, f b)` inside a clause's arguments is judged by the caller; a comma here is ours.
    advance();
    category = Category::no_parens;
  }
}

/// The arguments in parentheses, pushed on stack_. Adds the place of the closing parenthesis to `call_meta`.
bool Parser::parse_parens_arguments(Term& call_meta) {
  FlagScope block(do_allowed_, true);
  FlagScope plain(struct_name_, false);
  if (kind() != Kind::open_paren) return fail_here().ok();
  Token open = token();
  advance();
  uint32_t newlines = 0;
  if (kind() == Kind::end_of_line) newlines = token().newlines, advance();
  if (kind() != Kind::close_paren) {
    for (size_t count = 0;; count++) {
      if (kind() == Kind::keyword_key || kind() == Kind::quoted_keyword_key) {
        size_t first = stack_.size();
        if (!parse_keywords(/*no_parens=*/false, Kind::close_paren, "call")) return false;
        Term keywords = pop_list(first);
        stack_.push_back(keywords);
        break;
      }
      Expression argument = parse_expression();
      if (failed_) return false;
      if (argument.category == Category::no_parens && (count > 0 || kind() == Kind::comma)) {
        refuse_in_arguments(argument);
        return false;
      }
      stack_.push_back(argument.term);
      if (kind() != Kind::comma) break;
      advance();
      if (kind() == Kind::close_paren) return fail_here().ok();
    }
    skip_line_end();
    if (kind() != Kind::close_paren) return fail_here().ok();
  }
  call_meta = pair_meta(open, newlines, token(), call_meta);
  advance();
  return true;
}

Expression Parser::refuse_in_arguments(const Expression& expression) {
  return fail_at(
      expression.line, expression.column,
      "unexpected comma. Parentheses are required to solve ambiguity in nested calls.\n\nThis error happens when "
      "you have nested function calls without parentheses. For example:\n\n    parent_call a, nested_call b, c, d\n\nIn the "
      "example above, we don't know if the parameters \"c\" and \"d\" apply to the function \"parent_call\" or "
      "\"nested_call\". You can solve this by explicitly adding parentheses:\n\n    parent_call a, nested_call(b, c, d)\n\n"
      "Or by adding commas (in case a nested call is not intended):\n\n    parent_call, a, nested_call, b, c, d\n\nElixir "
      "cannot compile otherwise. Syntax error before: ",
      "','");
}

Expression Parser::refuse_in_container(const Expression& expression) {
  // What cannot follow any expression is the more telling error.
  switch (kind()) {
    case Kind::comma:
    case Kind::end_of_line:
    case Kind::close_bracket:
    case Kind::close_brace:
    case Kind::close_bits:
    case Kind::close_paren:
    case Kind::keyword_end: break;
    default: return fail_here();
  }
  return fail_at(expression.line, expression.column,
                 "unexpected comma. Parentheses are required to solve ambiguity inside containers.\n\nThis error may happen "
                 "when you forget a comma in a list or other container:\n\n    [a, b c, d]\n\nOr when you have ambiguous "
                 "calls:\n\n    [function a, b, c]\n\nIn the example above, we don't know if the values \"b\" and \"c\" belongs "
                 "to the list or the function \"function\". You can solve this by explicitly adding parentheses:\n\n    "
                 "[one, function(a, b, c)]\n\nElixir cannot compile otherwise. Syntax error before: ",
                 "','");
}

/// The key of a keyword pair as a term; consumes it.
Term Parser::keyword_key_term() {
  const Token key = token();
  Term value;
  if (key.kind == Kind::keyword_key) {
    value = atom_for(key);
    if (failed_) return Term::none();
  } else {
    const Quote& q = quote(key);
    bool plain = q.part_count == 0 || (q.part_count == 1 && !stream_.parts[q.first_part].interpolation);
    if (!plain) {
      Term parts = string_parts(q, /*charlist=*/false);
      if (failed_) return Term::none();
      Term meta = meta_of(key);
      Term bits = node(atom_of("<<>>"), meta, parts);
      Term function =
          node(atom_of("."), meta,
               list2(atom_of("erlang"), atom_of(options_.existing_atoms_only ? "binary_to_existing_atom" : "binary_to_atom")));
      Term call_meta = options_.token_metadata ? with("format", atom_of("keyword"), meta) : meta;
      advance();
      return node(function, call_meta, list2(bits, atom_of("utf8")));
    }
    value = encode_atom(q.part_count == 0 ? std::string_view("") : stream_.parts[q.first_part].literal, key);
    if (failed_) return Term::none();
  }
  advance();
  if (!literals_encoded()) return value;
  return literal(value, key, list1(tuple2(atom_of("format"), atom_of("keyword"))));
}

/// One `key: value`, pushed as a pair.
bool Parser::parse_keyword_pair(bool no_parens) {
  const Token key_token = token();
  Term key = keyword_key_term();
  if (failed_) return false;
  skip_line_end();
  Expression value = parse_expression();
  if (failed_) return false;
  if (value.category == Category::no_parens) {
    if (!no_parens) {
      refuse_in_container(value);
      return false;
    }
    warn(
        value.line, value.column,
        "missing parentheses for expression following \"" + std::string(key_token.view()) +
            ":\" keyword. Parentheses are required to solve ambiguity inside keywords.\n\n"
            "This error happens when you have function calls without parentheses inside keywords. For example:\n\n    "
            "function(arg, one: nested_call a, b, c)\n    function(arg, one: if expr, do: :this, else: :that)\n\nIn the "
            "examples above, we don't know if the arguments \"b\" and \"c\" apply to the function \"function\" or "
            "\"nested_call\". Or if the keywords \"do\" and \"else\" apply to the function \"function\" or \"if\". You can solve "
            "this by explicitly adding parentheses:\n\n    function(arg, one: if(expr, do: :this, else: :that))\n    "
            "function(arg, one: nested_call(a, b, c))");
  }
  stack_.push_back(tuple2(key, value.term));
  return true;
}

/// `a: 1, b: 2`, pairs pushed on stack_. In containers and parentheses a comma may stand before `close`.
bool Parser::parse_keywords(bool no_parens, Kind close, std::string_view context) {
  for (;;) {
    if (!parse_keyword_pair(no_parens)) return false;
    if (kind() != Kind::comma) return true;
    Token comma = token();
    advance();
    if (kind() == Kind::keyword_key || kind() == Kind::quoted_keyword_key) continue;
    skip_line_end();
    if (kind() == close && close != Kind::end_of_input) {
      if (context == "call")
        warn(comma.line, comma.column, "trailing commas are not allowed inside function/macro call arguments");
      return true;
    }
    if (!starts_expression(kind()) && kind() != Kind::keyword_key) return fail_here().ok();
    if (context == "call") {
      fail_at(comma.line, comma.column,
              "unexpected expression after keyword list. Keyword lists must always come as the last argument. Therefore, this "
              "is not allowed:\n\n    function_call(1, some: :option, 2)\n\nInstead, wrap the keyword in brackets:\n\n    "
              "function_call(1, [some: :option], 2)\n\nSyntax error after: ",
              "','");
    } else {
      fail_at(comma.line, comma.column,
              "unexpected expression after keyword list. Keyword lists must always come last in lists and maps. Therefore, this "
              "is not allowed:\n\n    [some: :value, :another]\n    %{some: :value, another => value}\n\nInstead, reorder it "
              "to be the last entry:\n\n    [:another, some: :value]\n    %{another => value, some: :value}\n\nSyntax error "
              "after: ",
              "','");
    }
    return false;
  }
}

/// `do ... end` with its blocks, as a keyword list. Adds the places of `do` and `end` to `call_meta`.
bool Parser::parse_do_block(Term& call_meta, Term& block) {
  FlagScope inner(do_allowed_, true);
  FlagScope plain(struct_name_, false);
  Token key = token();
  Token do_token = key;
  advance();
  size_t first = stack_.size();
  for (;;) {
    // Here stands the content of the block that `key` names.
    if (kind() == Kind::end_of_line || kind() == Kind::semicolon) advance();
    Term name =
        key.kind == Kind::keyword_do ? literal(atoms::do_, key, Term::nil()) : literal(atom_of(key.view()), key, Term::nil());
    if (failed_) return false;
    Term content;
    if (kind() == Kind::keyword_end || kind() == Kind::block_keyword) {
      content = node(atoms::block, Term::nil(), Term::nil());
    } else {
      StabResult made;
      if (!parse_stab(made, nullptr)) return false;
      content = made.term;
    }
    stack_.push_back(tuple2(name, content));
    if (kind() == Kind::keyword_end) break;
    if (kind() != Kind::block_keyword) return fail_here().ok();
    key = token();
    advance();
  }
  if (options_.token_metadata) {
    Term end_meta = with("end", meta_of(token()), call_meta);
    call_meta = with("do", meta_of(do_token), end_meta);
  }
  advance();
  block = pop_list(first);
  return true;
}

}  // namespace phial::syntax
