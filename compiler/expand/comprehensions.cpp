// with and for.
#include "compiler/expand/expander.hpp"

namespace phial::compiler {

namespace {

/// Takes the trailing keyword lists off the arguments: `for x <- xs, into: y do ... end` has two.
Term split_options(TermHeap& heap, Term arguments, Term& options_list) {
  Terms items = list_items(arguments);
  options_list = Term::nil();
  if (!items.empty() && items.back().is_list() && is_keyword(items.back())) {
    options_list = items.back();
    items.pop_back();
    if (!items.empty() && items.back().is_cons() && is_keyword(items.back())) {
      Terms all = list_items(items.back());
      for (Term item : ListRange(options_list)) all.push_back(item);
      options_list = make_list(heap, all);
      items.pop_back();
    }
  }
  return make_list(heap, items);
}

}  // namespace

Term Expander::expand_with(Term meta, Term arguments) {
  if (env.in_match() || env.in_guard()) return compile_error(meta, "with is not allowed in matches and guards");
  Term options_list = Term::nil();
  Term steps = split_options(heap, arguments, options_list);
  Term block = keyword_get(options_list, atoms::do_);
  if (block.is_none()) return compile_error(meta, "missing :do option in \"with\"");
  for (Term option : ListRange(options_list))
    if (option.element(0) != atoms::do_ && option.element(0) != atoms::else_)
      return compile_error(meta, "unexpected option :" + std::string(atom_text(option.element(0))) + " in \"with\"");
  Environment saved = env;
  Term before = scope.read;
  Terms expanded;
  for (Term step : ListRange(steps)) {
    if (is_call(step, atoms::left_arrow, 2)) {
      Term value = TRY(expand(arguments_of(step).tail().head()));
      Term left = arguments_of(step).head();
      Term head = TRY(expand_head(meta_of(step), make_list(heap, {left}), "with", 1));
      expanded.push_back(node(heap, atoms::left_arrow, meta_of(step), {head.head(), value}));
    } else {
      expanded.push_back(TRY(expand(step)));
    }
  }
  Terms parts;
  parts.push_back(pair(heap, atoms::do_, TRY(expand(block))));
  env = saved;
  scope.read = before;
  Term otherwise = keyword_get(options_list, atoms::else_);
  if (!otherwise.is_none()) {
    Term clauses = expand_clauses(atoms::with, otherwise, 1);
    if (clauses.is_none() && !host.failure) return clauses;
    parts.push_back(pair(heap, atoms::else_, TRY(clauses)));
  }
  env = saved;
  scope.read = before;
  expanded.push_back(make_list(heap, parts));
  return node(heap, atoms::with, meta, make_list(heap, expanded));
}

Term Expander::expand_for(Term meta, Term arguments) {
  if (env.in_match() || env.in_guard()) return compile_error(meta, "for is not allowed in matches and guards");
  Term options_list = Term::nil();
  Term steps = split_options(heap, arguments, options_list);
  Term block = keyword_get(options_list, atoms::do_);
  if (block.is_none()) return compile_error(meta, "missing :do option in \"for\"");
  Environment saved = env;
  Term before = scope.read;
  Terms parts;
  bool reduces = keyword_has(options_list, atoms::reduce);
  for (Term option : ListRange(options_list)) {
    Term key = option.element(0);
    if (key == atoms::do_) continue;
    if (key != atoms::into && key != atoms::uniq && key != atoms::reduce)
      return compile_error(meta, "unsupported option :" + std::string(atom_text(key)) + " given to for");
    if (reduces && key != atoms::reduce)
      return compile_error(meta, "cannot use :reduce alongside :into/:uniq in comprehension");
    if (key == atoms::uniq && option.element(1) != atoms::true_ && option.element(1) != atoms::false_)
      return compile_error(meta, ":uniq option for comprehensions only accepts a boolean, got: " + quoted_text(option.element(1)));
    parts.push_back(pair(heap, key, TRY(expand(option.element(1)))));
  }
  Term visible = merge_reads(before, scope.read);
  scope.read = visible;
  Terms expanded;
  bool first = true;
  for (Term step : ListRange(steps)) {
    bool generator = is_call(step, atoms::left_arrow, 2);
    bool bits = is_call_of(step, atoms::bits_form) && arguments_of(step).is_cons();
    if (bits) {
      Terms segments = list_items(arguments_of(step));
      Term last = segments.back();
      bits = is_call(last, atoms::left_arrow, 2);
      if (bits) {
        Term value = TRY(expand(arguments_of(last).tail().head()));
        segments.back() = arguments_of(last).head();
        Term pattern = TRY(expand_pattern(node(heap, atoms::bits_form, meta_of(step), make_list(heap, segments))));
        if (!is_call_of(pattern, atoms::bits_form) || !arguments_of(pattern).is_cons())
          return compile_error(meta_of(step), "bitstring fields without size are not allowed in bitstring generators");
        segments = list_items(arguments_of(pattern));
        segments.back() = node(heap, atoms::left_arrow, meta_of(last), {segments.back(), value});
        expanded.push_back(node(heap, atoms::bits_form, meta_of(step), make_list(heap, segments)));
      }
    }
    if (!bits && generator) {
      Term value = TRY(expand(arguments_of(step).tail().head()));
      Term head = TRY(expand_head(meta_of(step), make_list(heap, {arguments_of(step).head()}), "for", 1));
      expanded.push_back(node(heap, atoms::left_arrow, meta_of(step), {head.head(), value}));
    } else if (!bits) {
      if (first) return compile_error(meta, "for comprehensions must start with a generator");
      expanded.push_back(TRY(expand(step)));
    }
    first = false;
  }
  if (first) return compile_error(meta, "for comprehensions must start with a generator");
  Term body;
  if (reduces) {
    bool are_clauses = block.is_cons();
    for (Term clause : ListRange(block)) are_clauses = are_clauses && is_call(clause, atoms::arrow, 2);
    if (!are_clauses)
      return compile_error(meta, "when using :reduce with comprehensions, the do block must be written using acc -> expr clauses, where each "
                                 "clause expects the accumulator as a single argument");
    body = TRY(expand_clauses(atoms::for_, block, 1));
  } else {
    if (block.is_cons() && is_call(block.head(), atoms::arrow, 2))
      return compile_error(meta, "the do block was written using acc -> expr clauses but the :reduce option was not given");
    body = TRY(expand(block));
  }
  parts.push_back(pair(heap, atoms::do_, body));
  env = saved;
  scope.read = before;
  expanded.push_back(make_list(heap, parts));
  return node(heap, atoms::for_, meta, make_list(heap, expanded));
}

}  // namespace phial::compiler
