// Patterns, pins and guards.
//
// A pattern is expanded with env.context = :match. `scope.prematch` is what was visible before it (pins and, together with what the
// pattern binds, sizes of bit segments read from there), `scope.bound` what the pattern itself binds.
#include "compiler/expand/expander.hpp"

namespace phial::compiler {

namespace {

struct PatternState {
  explicit PatternState(Expander& e) : expander(e), context(e.env.context), prematch(e.scope.prematch), bound(e.scope.bound) {
    e.env.context = atoms::match;
    if (context != atoms::match) {
      e.scope.prematch = e.scope.read;
      e.scope.bound = make_empty_map(e.heap);
    }
  }
  ~PatternState() {
    expander.env.context = context;
    expander.scope.prematch = prematch;
    if (context != atoms::match) expander.scope.bound = bound;
  }
  Expander& expander;
  Term context, prematch, bound;
};

}  // namespace

Term Expander::expand_pattern(Term pattern) {
  PatternState state(*this);
  return expand(pattern);
}

Term Expander::expand_patterns(Term list) {
  PatternState state(*this);
  Terms expanded;
  for (Term item : ListRange(list)) expanded.push_back(TRY(expand(item)));
  return make_list(heap, expanded);
}

Term Expander::expand_guard(Term guard) {
  if (is_call(guard, atoms::when, 2)) {
    Term left = TRY(expand_guard(arguments_of(guard).head()));
    Term right = TRY(expand_guard(arguments_of(guard).tail().head()));
    return node(heap, atoms::when, meta_of(guard), {left, right});
  }
  Term context = env.context;
  env.context = atoms::guard;
  Term result = expand(guard);
  env.context = context;
  return result;
}

Term Expander::expand_match(Term meta, Term left, Term right) {
  if (env.in_guard()) return compile_error(meta, "invalid expression in guard, = is not allowed in guards");
  if (env.in_match()) {
    Term a = TRY(expand(left));
    Term b = TRY(expand(right));
    return node(heap, atoms::match_operator, meta, {a, b});
  }
  Term value = TRY(expand(right));
  Term pattern = TRY(expand_pattern(left));
  return node(heap, atoms::match_operator, meta, {pattern, value});
}

Term Expander::expand_pin(Term meta, Term argument) {
  if (!env.in_match())
    return compile_error(meta, "misplaced operator ^" + quoted_text(argument) +
                                   "\n\nThe pin operator ^ is supported only inside matches or inside custom macros. Make sure you are inside "
                                   "a match or all necessary macros have been required");
  if (!is_variable(argument))
    return compile_error(meta, "invalid argument for unary operator ^, expected an existing variable, got: ^" + quoted_text(argument));
  Term variable = read_variable(argument, scope.prematch);
  if (variable.is_none()) {
    report_error(meta_of(argument), "undefined variable ^" + std::string(atom_text(form_of(argument))) + ". No variable \"" +
                                        std::string(atom_text(form_of(argument))) + "\" has been defined before the current pattern");
    return node(heap, atoms::underscore, meta, atoms::nil);
  }
  return node(heap, atoms::pin, meta, {variable});
}

}  // namespace phial::compiler
