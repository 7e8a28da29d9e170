// Leaking branches: before Elixir 1.3, a variable assigned in a branch of case, cond or receive (so also if and unless) kept its
// value after it. With the option `legacy`, a construct whose branches bind variables becomes
//
//     {result, x, y} = case ... do pattern -> result = body; {result, x_of_the_branch, y_of_the_branch} end; result
//
// where a branch that does not bind a variable passes on what was visible before, or nil.
#include "compiler/expand/expander.hpp"

namespace phial::compiler {

Term Expander::leak_branches(const Terms& clauses, const Terms& reads, Term before,
                             const std::function<Term(const Terms&)>& build) {
  Terms keys;
  for (Term read : reads) {
    map_each(read, [&](Term key, Term version) {
      if (!key.element(1).is_atom()) return true;  // a macro's own variable
      Term old = map_get(before, key);
      if (!old.is_none() && old == version) return true;
      if (old.is_none() && atom_text(key.element(0)).starts_with("_")) return true;
      for (Term known : keys)
        if (equal_exactly(known, key)) return true;
      keys.push_back(key);
      return true;
    });
  }
  if (keys.empty()) return build(clauses);
  auto variable = [&](Term key, Term version) {
    mark_used(version);
    return node(heap, key.element(0), make_list(heap, {pair(heap, atoms::version, version), pair(heap, atoms::generated, atoms::true_)}),
                key.element(1));
  };
  Terms wrapped;
  for (size_t i = 0; i < clauses.size(); i++) {
    Term arguments = arguments_of(clauses[i]);
    Term result = fresh_variable("result");
    Terms values = {result};
    for (Term key : keys) {
      Term version = map_get(reads[i], key);
      values.push_back(version.is_none() ? atoms::nil : variable(key, version));
    }
    Term body = node(heap, atoms::block, Term::nil(),
                     {node(heap, atoms::match_operator, Term::nil(), {result, arguments.tail().head()}),
                      node(heap, atoms::tuple_form, Term::nil(), make_list(heap, values))});
    wrapped.push_back(node(heap, atoms::arrow, meta_of(clauses[i]), {arguments.head(), body}));
  }
  Term result = fresh_variable("result");
  Terms pattern = {result};
  scope.read = before;
  for (Term key : keys) {
    VariableInfo info;
    info.name = key.element(0);
    info.kind = key.element(1);
    info.silent = true;
    Term version = Term::small(static_cast<int64_t>(scope.infos.size()));
    scope.infos.push_back(info);
    scope.read = map_put(heap, scope.read, key, version);
    pattern.push_back(variable(key, version));
  }
  Term left = pattern.size() == 2 ? pair(heap, pattern[0], pattern[1]) : node(heap, atoms::tuple_form, Term::nil(), make_list(heap, pattern));
  if (pattern.size() == 2) {
    for (Term& clause : wrapped) {
      Term body = arguments_of(clause).tail().head();
      Term statements = arguments_of(body);
      Term values = arguments_of(statements.tail().head());
      Term two = pair(heap, values.head(), values.tail().head());
      body = node(heap, atoms::block, Term::nil(), {statements.head(), two});
      clause = node(heap, atoms::arrow, meta_of(clause), {arguments_of(clause).head(), body});
    }
  }
  return node(heap, atoms::block, Term::nil(), {node(heap, atoms::match_operator, Term::nil(), {left, build(wrapped)}), result});
}

}  // namespace phial::compiler
