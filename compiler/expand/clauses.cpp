// Clauses and the forms made of them: case, cond, receive, try, fn.
//
// Every clause is a scope: what it binds, aliases and imports is gone after it. With the option `legacy`, variables that were
// visible before (or are bound in a branch) leave the branches of case, cond and receive through leak_branches (legacy.cpp).
#include "compiler/expand/expander.hpp"

namespace phial::compiler {

namespace {

std::string count_text(int64_t count) { return std::to_string(count); }

Term single_do(Expander& e, Term meta, Term options_list, const char* construct) {
  if (!is_keyword(options_list))
    return e.compile_error(meta, std::string("invalid arguments for \"") + construct + "\"");
  Term block = keyword_get(options_list, atoms::do_);
  if (block.is_none()) return e.compile_error(meta, std::string("missing :do option in \"") + construct + "\"");
  for (Term option : ListRange(options_list))
    if (option.element(0) != atoms::do_)
      return e.compile_error(meta, std::string("unexpected option :") + std::string(atom_text(option.element(0))) + " in \"" + construct + "\"");
  return block;
}

bool are_clauses(Term clauses) {
  if (!clauses.is_cons()) return false;
  for (Term clause : ListRange(clauses))
    if (!is_call(clause, atoms::arrow, 2)) return false;
  return true;
}

}  // namespace

/// Patterns of a clause head `[patterns...]` or `[{:when, _, patterns ++ [guard]}]`.
Term Expander::expand_head(Term meta, Term head, const char* construct, int64_t arity) {
  Terms patterns;
  Term guard = Term::none(), guard_meta = meta;
  if (list_length(head) == 1 && is_call_of(head.head(), atoms::when)) {
    patterns = list_items(arguments_of(head.head()));
    guard_meta = meta_of(head.head());
    guard = patterns.back();
    patterns.pop_back();
  } else {
    patterns = list_items(head);
  }
  if (arity >= 0 && static_cast<int64_t>(patterns.size()) != arity)
    return compile_error(meta, "expected " + count_text(arity) + (arity == 1 ? " argument" : " arguments") + " for " + construct + " clauses (->)");
  Term expanded = TRY(expand_patterns(make_list(heap, patterns)));
  if (guard.is_none()) return expanded;
  Term expanded_guard = TRY(expand_guard(guard));
  Terms all = list_items(expanded);
  all.push_back(expanded_guard);
  return make_list(heap, {node(heap, atoms::when, guard_meta, make_list(heap, all))});
}

Term Expander::expand_clause(Term clause, const char* construct, int64_t arity) {
  if (!is_call(clause, atoms::arrow, 2))
    return compile_error(meta_or_empty(clause), std::string("expected -> clauses for :do in \"") + construct + "\"");
  Term meta = meta_of(clause);
  Term head = TRY(expand_head(meta, arguments_of(clause).head(), construct, arity));
  Term body = TRY(expand(arguments_of(clause).tail().head()));
  return node(heap, atoms::arrow, meta, {head, body});
}

Term Expander::expand_clauses(Term construct, Term clauses, int64_t arity) {
  std::string name(atom_text(construct));
  if (is_call(clauses, atoms::block, 0)) clauses = Term::nil();
  if (!are_clauses(clauses)) return compile_error(Term::nil(), "expected -> clauses for :do in \"" + name + "\"");
  Environment saved = env;
  Term before = scope.read;
  Terms expanded;
  for (Term clause : ListRange(clauses)) {
    scope.read = before;
    expanded.push_back(TRY(expand_clause(clause, name.c_str(), arity)));
    env = saved;
  }
  scope.read = before;
  return make_list(heap, expanded);
}

Term Expander::expand_case(Term meta, Term subject, Term options_list) {
  if (env.in_match() || env.in_guard())
    return compile_error(meta, std::string("invalid expression in ") + (env.in_match() ? "match" : "guard") + ", case is not allowed in " +
                                   (env.in_match() ? "patterns such as function clauses, case clauses or on the left side of the = operator" : "guards"));
  Term block = TRY(single_do(*this, meta, options_list, "case"));
  Term value = TRY(expand(subject));
  if (!are_clauses(block)) return compile_error(meta, "expected -> clauses for :do in \"case\"");
  Environment saved = env;
  Term before = scope.read;
  Terms clauses, reads;
  for (Term clause : ListRange(block)) {
    scope.read = before;
    clauses.push_back(TRY(expand_clause(clause, "case", 1)));
    reads.push_back(scope.read);
    env = saved;
  }
  scope.read = before;
  auto build = [&](const Terms& list) {
    Term pairs = make_list(heap, {pair(heap, atoms::do_, make_list(heap, list))});
    return node(heap, atoms::case_, meta, {value, pairs});
  };
  if (!options.legacy) return build(clauses);
  return leak_branches(clauses, reads, before, build);
}

Term Expander::expand_cond(Term meta, Term options_list) {
  if (env.in_match() || env.in_guard())
    return compile_error(meta, std::string("invalid expression in ") + (env.in_match() ? "match" : "guard") + ", cond is not allowed there");
  Term block = TRY(single_do(*this, meta, options_list, "cond"));
  if (!are_clauses(block)) return compile_error(meta, "expected -> clauses for :do in \"cond\"");
  Environment saved = env;
  Term before = scope.read;
  Terms clauses, reads;
  for (Term clause : ListRange(block)) {
    scope.read = before;
    Term head = arguments_of(clause).head();
    if (list_length(head) != 1)
      return compile_error(meta_of(clause), "expected 1 argument for cond clauses (->)");
    if (is_variable(head.head()) && form_of(head.head()) == atoms::underscore)
      return compile_error(meta_of(clause), "invalid use of _ inside \"cond\". If you want the last clause to always match, you probably meant to use: true ->");
    Term condition = TRY(expand(head.head()));
    Term body = TRY(expand(arguments_of(clause).tail().head()));
    clauses.push_back(node(heap, atoms::arrow, meta_of(clause), {make_list(heap, {condition}), body}));
    reads.push_back(scope.read);
    env = saved;
  }
  scope.read = before;
  auto build = [&](const Terms& list) {
    return node(heap, atoms::cond, meta, {make_list(heap, {pair(heap, atoms::do_, make_list(heap, list))})});
  };
  if (!options.legacy) return build(clauses);
  return leak_branches(clauses, reads, before, build);
}

Term Expander::expand_receive(Term meta, Term options_list) {
  if (env.in_match() || env.in_guard()) return compile_error(meta, "receive is not allowed in matches and guards");
  if (!is_keyword(options_list)) return compile_error(meta, "invalid arguments for \"receive\"");
  Term block = keyword_get(options_list, atoms::do_), after = keyword_get(options_list, atoms::after);
  for (Term option : ListRange(options_list))
    if (option.element(0) != atoms::do_ && option.element(0) != atoms::after)
      return compile_error(meta, "unexpected option :" + std::string(atom_text(option.element(0))) + " in \"receive\"");
  if (block.is_none() && after.is_none()) return compile_error(meta, "missing :do/:after option in \"receive\"");
  Environment saved = env;
  Term before = scope.read;
  Terms clauses, reads;
  bool has_do = !block.is_none() && !is_call(block, atoms::block, 0) && block != atoms::nil;
  if (has_do) {
    if (!are_clauses(block)) return compile_error(meta, "expected -> clauses for :do in \"receive\"");
    for (Term clause : ListRange(block)) {
      scope.read = before;
      clauses.push_back(TRY(expand_clause(clause, "receive", 1)));
      reads.push_back(scope.read);
      env = saved;
    }
  }
  size_t messages = clauses.size();
  if (!after.is_none()) {
    if (!are_clauses(after) || list_length(after) != 1)
      return compile_error(meta, "expected a single -> clause for :after in \"receive\"");
    scope.read = before;
    Term clause = after.head();
    Term head = arguments_of(clause).head();
    if (list_length(head) != 1) return compile_error(meta_of(clause), "expected 1 argument for :after clause in \"receive\"");
    Term timeout = TRY(expand(head.head()));
    Term body = TRY(expand(arguments_of(clause).tail().head()));
    clauses.push_back(node(heap, atoms::arrow, meta_of(clause), {make_list(heap, {timeout}), body}));
    reads.push_back(scope.read);
    env = saved;
  }
  scope.read = before;
  auto build = [&](const Terms& list) {
    Terms parts;
    Terms body(list.begin(), list.begin() + static_cast<ptrdiff_t>(messages));
    parts.push_back(pair(heap, atoms::do_, make_list(heap, body)));
    if (list.size() > messages) parts.push_back(pair(heap, atoms::after, make_list(heap, {list.back()})));
    return node(heap, atoms::receive, meta, {make_list(heap, parts)});
  };
  if (!options.legacy) return build(clauses);
  return leak_branches(clauses, reads, before, build);
}

namespace {

/// A rescue head as [{:in, meta, [variable or _, modules]}] or one variable.
Term expand_rescue_head(Expander& e, Term meta, Term head) {
  TermHeap& heap = e.heap;
  if (list_length(head) != 1)
    return e.compile_error(meta, "expected 1 argument for :rescue clauses (->) in \"try\"");
  Term expression = head.head();
  Term invalid_meta = meta;
  auto invalid = [&] {
    return e.compile_error(invalid_meta, "invalid \"rescue\" clause. The clause should match on an alias, a variable or be in the "
                                         "\"var in [alias]\" format");
  };
  Term variable = Term::none(), modules = Term::none(), in_meta = meta;
  if (is_call(expression, atoms::in, 2)) {
    variable = arguments_of(expression).head();
    modules = arguments_of(expression).tail().head();
    in_meta = meta_of(expression);
    if (is_variable(modules) && form_of(modules) == atoms::underscore) {
      expression = variable;
      modules = Term::none();
    } else if (!is_variable(variable)) {
      return invalid();
    }
  }
  if (modules.is_none()) {
    if (is_variable(expression) && form_of(expression) != atoms::module_form) return e.expand_patterns(make_list(heap, {expression}));
    modules = expression;
    variable = node(heap, atoms::underscore, meta, atoms::nil);
  }
  if (is_variable(modules) && form_of(modules) != atoms::module_form) return invalid();
  if (is_node(modules) && !is_call_of(modules, atoms::aliases) && !is_variable(modules)) {
    // A macro may give the modules.
    bool changed = true;
    while (changed) {
      modules = TRY(e.expand_top(modules, changed));
    }
  }
  Terms list;
  if (modules.is_list()) {
    for (Term item : ListRange(modules)) list.push_back(TRY(e.expand(item)));
  } else {
    list.push_back(TRY(e.expand(modules)));
  }
  for (Term item : list)
    if (!item.is_atom()) return invalid();
  Term pattern = TRY(e.expand_patterns(make_list(heap, {variable})));
  return make_list(heap, {node(heap, atoms::in, in_meta, {pattern.head(), make_list(heap, list)})});
}

}  // namespace

Term Expander::expand_try(Term meta, Term options_list) {
  if (env.in_match() || env.in_guard()) return compile_error(meta, "try is not allowed in matches and guards");
  if (!is_keyword(options_list)) return compile_error(meta, "invalid arguments for \"try\"");
  if (!keyword_has(options_list, atoms::do_)) return compile_error(meta, "missing :do option in \"try\"");
  if (list_length(options_list) == 1)
    return compile_error(meta, "missing :catch/:rescue/:after option in \"try\"");
  if (list_length(options_list) == 2 && keyword_has(options_list, atoms::else_))
    warn(meta, "\"else\" shouldn't be used as the only clause in \"try\", use \"case\" instead");
  Environment saved = env;
  Term before = scope.read;
  Terms parts;
  for (Term option : ListRange(options_list)) {
    Term key = option.element(0), value = option.element(1);
    scope.read = before;
    env = saved;
    if (key == atoms::do_ || key == atoms::after) {
      parts.push_back(pair(heap, key, TRY(expand(value))));
    } else if (key == atoms::else_) {
      if (!are_clauses(value)) return compile_error(meta, "expected -> clauses for :else in \"try\"");
      Terms clauses;
      for (Term clause : ListRange(value)) {
        scope.read = before;
        clauses.push_back(TRY(expand_clause(clause, "try", 1)));
        env = saved;
      }
      parts.push_back(pair(heap, key, make_list(heap, clauses)));
    } else if (key == atoms::rescue || key == atoms::catch_) {
      if (!are_clauses(value))
        return compile_error(meta, "expected -> clauses for :" + std::string(atom_text(key)) + " in \"try\"");
      Terms clauses;
      bool stacktrace = scope.stacktrace;
      for (Term clause : ListRange(value)) {
        scope.read = before;
        Term clause_meta = meta_of(clause), head = arguments_of(clause).head();
        Term expanded_head;
        if (key == atoms::rescue) {
          expanded_head = TRY(expand_rescue_head(*this, clause_meta, head));
        } else {
          // `pattern ->` catches throws, `kind, pattern ->` says what.
          Term first = head.is_cons() ? head.head() : Term::nil();
          bool guarded = list_length(head) == 1 && is_call_of(first, atoms::when);
          ptrdiff_t patterns = guarded ? list_length(arguments_of(first)) - 1 : list_length(head);
          if (patterns == 1) {
            if (guarded)
              head = make_list(heap, {node(heap, atoms::when, meta_of(first), make_cons(heap, atoms::throw_, arguments_of(first)))});
            else
              head = make_cons(heap, atoms::throw_, head);
          } else if (patterns != 2) {
            return compile_error(clause_meta, "expected 1 or 2 arguments for :catch clauses (->) in \"try\"");
          }
          expanded_head = TRY(expand_head(clause_meta, head, "catch", 2));
        }
        scope.stacktrace = true;
        Term body = expand(arguments_of(clause).tail().head());
        scope.stacktrace = stacktrace;
        clauses.push_back(node(heap, atoms::arrow, clause_meta, {expanded_head, TRY(body)}));
        env = saved;
      }
      parts.push_back(pair(heap, key, make_list(heap, clauses)));
    } else {
      return compile_error(meta, "unexpected option :" + std::string(atom_text(key)) + " in \"try\"");
    }
  }
  scope.read = before;
  env = saved;
  return node(heap, atoms::try_, meta, {make_list(heap, parts)});
}

Term Expander::expand_fn(Term meta, Term clauses) {
  if (env.in_match() || env.in_guard())
    return compile_error(meta, std::string("invalid expression in ") + (env.in_match() ? "match" : "guard") + ", fn is not allowed there");
  if (!are_clauses(clauses)) return compile_error(meta, "expected clauses to be defined with -> inside fn");
  Environment saved = env;
  Term before = scope.read;
  Terms expanded;
  int64_t arity = -1;
  for (Term clause : ListRange(clauses)) {
    scope.read = before;
    Term head = arguments_of(clause).head();
    int64_t count = list_length(head);
    if (count == 1 && is_call_of(head.head(), atoms::when)) count = list_length(arguments_of(head.head())) - 1;
    if (arity >= 0 && count != arity)
      return compile_error(meta, "cannot mix clauses with different arities in anonymous functions");
    arity = count;
    expanded.push_back(TRY(expand_clause(clause, "fn", -1)));
    env = saved;
  }
  scope.read = before;
  return node(heap, atoms::fn, meta, make_list(heap, expanded));
}

}  // namespace phial::compiler
