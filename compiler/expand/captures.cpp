// The capture operator: &Module.name/arity, &name/arity and &(expression with &1).
#include <algorithm>
#include <map>

#include "compiler/expand/expander.hpp"
#include "compiler/expand/module_draft.hpp"
#include "compiler/expand/suggestions.hpp"

namespace phial::compiler {

namespace {

/// {:&, meta, [{:/, [], [target, arity]}]}
Term capture_of(TermHeap& heap, Term meta, Term target, int64_t arity) {
  return node(heap, atoms::capture, meta, {node(heap, atoms::divide, Term::nil(), {target, Term::small(arity)})});
}

Term remote_capture(Expander& e, Term meta, Term module, Term name, int64_t arity) {
  TermHeap& heap = e.heap;
  Term target = module.is_atom() ? inline_target(heap, module, name, arity) : Term::none();
  if (!target.is_none()) {
    module = target.element(0);
    name = target.element(1);
  } else if (module.is_atom() && module != atoms::erlang && e.env.in_function()) {
    e.host.depends_on(module, DependencyKind::runtime);
    e.remote_calls.push_back({module, name, arity, line_of(meta), column_of(meta), e.env.function, e.env.module, e.env.file});
  }
  return capture_of(heap, meta, node(heap, node(heap, atoms::dot, Term::nil(), {module, name}), Term::nil(), Term::nil()), arity);
}

/// fn x1, ..., xn -> call.(x1, ..., xn) end over unexpanded code; for macros and inlined functions with other argument orders.
Term capture_as_fn(Expander& e, Term meta, int64_t arity, const std::function<Term(Term)>& call) {
  TermHeap& heap = e.heap;
  int64_t counter = e.next_counter();
  Terms variables;
  for (int64_t i = 1; i <= arity; i++)
    variables.push_back(node(heap, intern_atom("&" + std::to_string(i)),
                             make_list(heap, {pair(heap, atoms::counter, Term::small(counter)), pair(heap, atoms::line, Term::small(line_of(meta)))}),
                             atoms::nil));
  Term arguments = make_list(heap, variables);
  Term clause = node(heap, atoms::arrow, meta, {arguments, call(arguments)});
  return e.expand_fn(meta, make_list(heap, {clause}));
}

struct Placeholders {
  Expander& e;
  int64_t counter;
  std::map<int64_t, Term> variables;
  Term failed = Term::nil();

  Term replace(Term term) {
    TermHeap& heap = e.heap;
    if (term.is_cons()) {
      Terms items;
      Term at = term;
      for (; at.is_cons(); at = at.tail()) items.push_back(replace(at.head()));
      return make_list(heap, items, at.is_nil() ? at : replace(at));
    }
    if (term.is_tuple(2)) return pair(heap, replace(term.element(0)), replace(term.element(1)));
    if (!is_node(term)) return term;
    if (is_call(term, atoms::capture, 1)) {
      Term position = arguments_of(term).head();
      if (position.is_small()) {
        int64_t index = position.small_value();
        if (index <= 0) {
          if (failed.is_nil())
            failed = e.compile_error(meta_of(term), "capture argument &" + std::to_string(index) + " must be numbered between 1 and 255");
          return term;
        }
        auto found = variables.find(index);
        if (found != variables.end()) return found->second;
        Term meta = keyword_put(heap, meta_of(term), atoms::counter, Term::small(counter));
        Term variable = node(heap, intern_atom("&" + std::to_string(index)), meta, atoms::nil);
        return variables[index] = variable;
      }
      if (is_call(position, atoms::divide, 2) && arguments_of(position).tail().head().is_small() && is_node(arguments_of(position).head()) &&
          (arguments_of(arguments_of(position).head()).is_atom() || arguments_of(arguments_of(position).head()).is_nil()))
        return term;
      if (failed.is_nil())
        failed = e.compile_error(meta_of(term), "nested captures are not allowed. You cannot define a function using the capture operator & inside "
                                                "another function defined via &. Got invalid nested capture: " + quoted_text(term));
      return term;
    }
    return node(heap, replace(form_of(term)), meta_of(term), replace(arguments_of(term)));
  }
};

/// arguments are exactly &1, &2, ..., in order
bool sequential(Term arguments) {
  int64_t next = 1;
  for (Term item : ListRange(arguments)) {
    if (!is_call(item, atoms::capture, 1) || arguments_of(item).head() != Term::small(next)) return false;
    next++;
  }
  return next > 1;
}

Term capture_local(Expander& e, Term meta, Term name_meta, Term name, int64_t arity) {
  TermHeap& heap = e.heap;
  Resolution resolution = e.resolve(name_meta, name, arity);
  if (resolution.kind == Resolution::Kind::none && keyword_has(meta, atoms::imports)) resolution = e.resolve(meta, name, arity);
  if (!resolution.rival.is_none()) return e.ambiguous_import(meta, resolution, name, arity);
  switch (resolution.kind) {
    case Resolution::Kind::function: {
      e.use_import(resolution.receiver, name, arity);
      Term probe = Term::nil();
      for (int64_t i = 0; i < arity; i++) probe = make_cons(heap, atoms::nil, probe);
      bool reordered = !inline_function(heap, meta, resolution.receiver, name, probe).is_none() &&
                       inline_target(heap, resolution.receiver, name, arity).is_none();
      if (reordered)
        return capture_as_fn(e, meta, arity, [&](Term arguments) { return node(heap, name, name_meta, arguments); });
      return remote_capture(e, meta, resolution.receiver, name, arity);
    }
    case Resolution::Kind::macro:
    case Resolution::Kind::local_macro:
    case Resolution::Kind::builtin:
      return capture_as_fn(e, meta, arity, [&](Term arguments) { return node(heap, name, name_meta, arguments); });
    case Resolution::Kind::none: break;
  }
  if (is_special_form(name, arity))
    return capture_as_fn(e, meta, arity, [&](Term arguments) { return node(heap, name, name_meta, arguments); });
  if (!e.env.in_function()) {
    e.report_error(meta, "undefined function " + name_arity(name, arity) + " (there is no such import)" + similar_import(e, name));
    return atoms::nil;
  }
  record_local_call(e, meta, name, arity, false);
  return capture_of(heap, meta, node(heap, name, name_meta, atoms::nil), arity);
}

}  // namespace

Term Expander::expand_capture(Term meta, Term argument) {
  if (env.in_match() || env.in_guard()) return compile_error(meta, "the capture operator & is not allowed in matches and guards");
  if (is_call(argument, atoms::block, 1)) argument = arguments_of(argument).head();
  if (argument.is_small())
    return compile_error(meta, "capture argument &" + std::to_string(argument.small_value()) + " must be used within the capture operator &");
  if (is_call(argument, atoms::divide, 2) && arguments_of(argument).tail().head().is_small()) {
    Term target = arguments_of(argument).head();
    int64_t arity = arguments_of(argument).tail().head().small_value();
    if (is_node(target) && is_call(form_of(target), atoms::dot, 2) && arguments_of(target).is_nil()) {
      Term parts = arguments_of(form_of(target));
      Term name = parts.tail().head();
      if (name.is_atom()) {
        Term module = TRY(expand(parts.head()));
        if (module.is_atom() && is_required(module) && module != env.module && host.ensure_loaded(module) &&
            host.exports(module, intern_atom("MACRO-" + std::string(atom_text(name))), static_cast<unsigned>(arity + 1)))
          return capture_as_fn(*this, meta, arity, [&](Term arguments) { return remote_call(heap, meta, module, name, arguments); });
        if (host.failure) return Term::none();
        if (module.is_atom() && module != atoms::erlang) {
          Term probe = Term::nil();
          for (int64_t i = 0; i < arity; i++) probe = make_cons(heap, atoms::nil, probe);
          if (!inline_function(heap, meta, module, name, probe).is_none() && inline_target(heap, module, name, arity).is_none())
            return capture_as_fn(*this, meta, arity, [&](Term arguments) { return remote_call(heap, meta, module, name, arguments); });
        }
        return remote_capture(*this, meta, module, name, arity);
      }
    }
    if (is_variable(target)) return capture_local(*this, meta, meta_of(target), form_of(target), arity);
  }
  // &name(&1, &2) is &name/2
  if (is_node(argument) && arguments_of(argument).is_cons() && sequential(arguments_of(argument))) {
    Term form = form_of(argument);
    int64_t arity = list_length(arguments_of(argument));
    if (form.is_atom() && !is_special_form(form, arity)) {
      Resolution resolution = resolve(meta_of(argument), form, arity);
      if (resolution.kind == Resolution::Kind::function || (resolution.kind == Resolution::Kind::none && env.in_function()))
        return capture_local(*this, meta, meta_of(argument), form, arity);
    } else if (is_call(form, atoms::dot, 2) && arguments_of(form).tail().head().is_atom() &&
               is_call_of(arguments_of(form).head(), atoms::aliases)) {
      Term target = node(heap, form, meta_of(argument), Term::nil());
      return expand_capture(meta, node(heap, atoms::divide, meta, {target, Term::small(arity)}));
    }
  }
  Placeholders placeholders{*this, next_counter(), {}, Term::nil()};
  Term body = placeholders.replace(argument);
  if (placeholders.failed.is_none()) return Term::none();
  if (placeholders.variables.empty()) {
    return compile_error(meta, "invalid args for &, expected one of:\n\n  * &Mod.fun/arity to capture a remote function, such as &Enum.map/2\n"
                               "  * &fun/arity to capture a local or imported function, such as &is_atom/1\n"
                               "  * &some_code(&1, ...) containing at least one argument as &1, such as &List.flatten(&1)\n\nGot: " + quoted_text(argument));
  }
  if (is_call_of(argument, atoms::block) )
    return compile_error(meta, "block expressions are not allowed inside the capture operator &, got: " + quoted_text(argument));
  Terms parameters;
  int64_t expected = 1;
  for (auto& [index, variable] : placeholders.variables) {
    while (expected < index) {
      return compile_error(meta, "capture argument &" + std::to_string(index) + " cannot be defined without &" + std::to_string(expected) +
                                     " (you cannot skip arguments)");
    }
    parameters.push_back(variable);
    expected++;
  }
  Term clause = node(heap, atoms::arrow, meta, {make_list(heap, parameters), body});
  return expand_fn(meta, make_list(heap, {clause}));
}

}  // namespace phial::compiler
