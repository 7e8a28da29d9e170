#include "compiler/expand/module_body.hpp"

#include <algorithm>

#include "compiler/expand/module_forms.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/print.hpp"

namespace phial::compiler {

Term Body::value_of(Term version) {
  size_t index = static_cast<size_t>(version.small_value());
  return index < values.size() ? values[index] : Term::none();
}

void Body::set_value(Term version, Term term) {
  size_t index = static_cast<size_t>(version.small_value());
  if (index >= values.size()) values.resize(index + 1, Term::none());
  values[index] = term;
}

void Body::collect(Term code, std::vector<Term>& used, std::unordered_set<Word>& seen) {
  for (; code.is_cons(); code = code.tail()) collect(code.head(), used, seen);
  if (!code.is_boxed() || !code.is_tuple()) return;
  if (is_variable(code)) {
    Term version = keyword_get(meta_of(code), atoms::version);
    if (!version.is_none() && version.is_small() && seen.insert(version.word).second && !value_of(version).is_none()) used.push_back(code);
    return;
  }
  for (size_t i = 0; i < code.arity(); i++) {
    if (code.arity() == 3 && i == 1) continue;
    collect(code.element(i), used, seen);
  }
}

Term Body::plain_variable(Term name, Term context, Term version) {
  return node(heap, name, make_list(heap, {pair(heap, atoms::version, version), pair(heap, atoms::generated, atoms::true_)}), context);
}

bool Body::flush(bool final) {
  if (pending.empty()) return true;
  if (pending.size() == 1 && is_literal_expression(pending[0])) {
    value = literal_value(heap, pending[0]);
    pending.clear();
    return true;
  }
  if (e.host.error_count() > errors_before) {
    pending.clear();
    return fail_with_errors();
  }
  std::vector<Term> used;
  std::unordered_set<Word> seen;
  for (Term code : pending) collect(code, used, seen);
  Terms parameters, arguments;
  for (Term variable : used) {
    Term version = keyword_get(meta_of(variable), atoms::version);
    parameters.push_back(plain_variable(form_of(variable), arguments_of(variable), version));
    arguments.push_back(value_of(version));
  }
  Terms results, versions;
  if (!final || keep_bindings) {
    map_each(e.scope.read, [&](Term key, Term version) {
      if (!value_of(version).is_none()) return true;
      versions.push_back(version);
      results.push_back(plain_variable(key.element(0), key.element(1).is_atom() ? key.element(1) : atoms::nil, version));
      return true;
    });
  }
  Term body = pending.size() == 1 ? pending[0] : node(heap, atoms::block, Term::nil(), make_list(heap, pending));
  bool plain = results.empty();
  if (!plain) {
    Term last = e.fresh_variable("value");
    Term bind = node(heap, atoms::match_operator, Term::nil(), {last, body});
    Term out = pair(heap, last, node(heap, atoms::tuple_form, Term::nil(), make_list(heap, results)));
    body = node(heap, atoms::block, Term::nil(), {bind, out});
    // {:{}, ...} of two elements is written as a pair.
    if (results.size() == 2) {
      out = pair(heap, last, pair(heap, results[0], results[1]));
      body = node(heap, atoms::block, Term::nil(), {bind, out});
    }
  }
  pending.clear();
  ModuleDefinition unit;
  unit.module = e.env.in_module() ? e.env.module : intern_atom("elixir_compiler");
  unit.file = e.file_text();
  FunctionDefinition function;
  function.name = kind == BodyKind::module ? intern_atom("__MODULE__") : intern_atom("__FILE__");
  function.arity = 1;
  function.exported = true;
  function.line = static_cast<uint32_t>(e.env.line);
  ClauseDefinition clause;
  clause.meta = line_meta(heap, e.env.line);
  clause.parameters.push_back(parameters.empty() ? node(heap, atoms::underscore, Term::nil(), atoms::nil)
                              : parameters.size() == 2
                                  ? pair(heap, parameters[0], parameters[1])
                                  : node(heap, atoms::tuple_form, Term::nil(), make_list(heap, parameters)));
  clause.body = body;
  function.clauses.push_back(std::move(clause));
  unit.functions.push_back(std::move(function));
  Term loaded = e.host.load_unit(unit);
  if (loaded.is_none()) return false;
  Term argument = phial::make_tuple(heap, std::span<const Term>(arguments));
  Term result = e.host.call(loaded, unit.functions[0].name, {&argument, 1});
  e.host.unload_unit(loaded);
  if (result.is_none()) return false;
  if (plain) {
    value = result;
  } else {
    value = result.element(0);
    Term tuple = result.element(1);
    for (size_t i = 0; i < versions.size(); i++) set_value(versions[i], tuple.element(i));
  }
  return true;
}

void Body::bind(Term key, Term held) {
  VariableInfo info;
  info.name = key.element(0);
  info.kind = key.element(1);
  info.silent = true;
  Term version = Term::small(static_cast<int64_t>(e.scope.infos.size()));
  e.scope.infos.push_back(info);
  e.scope.read = map_put(heap, e.scope.read, key, version);
  set_value(version, held);
}

void Body::take_bindings(Term bindings) {
  if (!bindings.is_map()) return;
  map_each(bindings, [&](Term key, Term held) {
    bind(key, held);
    return true;
  });
}

bool Body::fail_with_errors() {
  e.errors_logged();
  return false;
}

bool Body::general(Term statement) {
  Term expanded = e.expand(statement);
  if (expanded.is_none()) return false;
  pending.push_back(expanded);
  return true;
}

bool Body::define(Builtin builtin, Term statement) {
  Term arguments = arguments_of(statement);
  Term call = arguments.head(), body = arguments.tail().is_cons() ? arguments.tail().head() : atoms::nil;
  if (!e.draft || !e.env.in_module() || has_unquotes(call) || has_unquotes(body)) return general(statement);
  if (!flush(false)) return false;
  int64_t line = e.env.line;
  value = store_definition(e, builtin_kind(builtin), meta_of(statement), call, body);
  e.env.line = line;
  return !value.is_none();
}

bool Body::attribute_statement(Term statement) {
  Term argument = arguments_of(statement).head();
  if (!e.draft || !e.env.in_module() || !is_node(argument) || !form_of(argument).is_atom() || !arguments_of(argument).is_cons() ||
      !arguments_of(argument).tail().is_nil())
    return general(statement);
  Term name = form_of(argument), quoted = arguments_of(argument).head(), meta = meta_of(statement);
  int64_t line = line_of(meta) ? line_of(meta) : e.env.line;
  if (name == intern_atom("behavior") || name == atoms::aliases) return general(statement);
  if (is_typespec_attribute(name)) {
    if (has_unquotes(quoted)) return general(statement);
    quoted = resolve_aliases(e, quoted);
    if (quoted.is_none()) return false;
    value = store_typespec(e, *e.draft, name, quoted, line);
    return !value.is_none();
  }
  Term expanded = e.expand(quoted);
  if (expanded.is_none()) return false;
  Term literal = is_literal_expression(expanded) ? literal_value(heap, expanded) : Term::none();
  if (literal.is_none()) {
    pending.push_back(compiler_call(e, meta, atoms::put_attribute, {e.env.module, name, expanded, Term::small(watched_line(argument, line))}));
    return true;
  }
  if (!flush(false)) return false;
  value = set_attribute(e, *e.draft, meta, name, literal, watched_line(argument, line));
  return !value.is_none();
}

bool Body::nested_module(Term statement) {
  Term meta = meta_of(statement), alias = arguments_of(statement).head();
  bool sets_alias = false;
  // Only a name that is known now can be defined now; others are defined when the code runs.
  if (!is_call_of(alias, atoms::aliases) && !alias.is_atom() && !(is_variable(alias) && form_of(alias) == atoms::module_form))
    return general(statement);
  if (!flush(false)) return false;
  Term name = module_name(e, meta, alias, sets_alias);
  if (name.is_none()) return false;
  if (!name.is_atom()) return general(statement);
  Term block = module_block(e, meta, arguments_of(statement).tail().head());
  if (block.is_none()) return false;
  if (sets_alias) set_module_alias(e, meta, alias, name);
  value = compile_nested(meta, name, block);
  if (value.is_none()) return false;
  e.env.context_modules = make_cons(heap, name, e.env.context_modules);
  if (sets_alias || kind != BodyKind::module) {
    // The new module is required, as Elixir does for nested ones.
    Terms requires_list = list_items(e.env.required);
    if (std::find(requires_list.begin(), requires_list.end(), name) == requires_list.end()) {
      requires_list.push_back(name);
      std::sort(requires_list.begin(), requires_list.end(), [](Term a, Term b) { return compare(a, b) < 0; });
      e.env.required = make_list(heap, requires_list);
    }
  }
  return true;
}

bool Body::statement(Term code) {
  // Macros at the head are expanded one by one until it shows what the statement is.
  while (true) {
    if (!e.host.tick()) return false;
    if (is_call_of(code, atoms::block)) {
      if (arguments_of(code).is_nil()) return general(code);
      return block(arguments_of(code));
    }
    Builtin builtin = e.builtin_of(code);
    switch (builtin) {
      case Builtin::def: case Builtin::defp: case Builtin::defmacro: case Builtin::defmacrop: return define(builtin, code);
      case Builtin::attribute: return attribute_statement(code);
      case Builtin::defmodule: return nested_module(code);
      case Builtin::defoverridable: {
        Term list = arguments_of(code).head();
        if (!e.draft) return general(code);
        Term expanded = e.expand(list);
        if (expanded.is_none()) return false;
        if (!is_literal_expression(expanded)) {
          pending.push_back(compiler_call(e, meta_of(code), intern_atom("make_overridable"), {e.env.module, expanded}));
          return true;
        }
        if (!flush(false)) return false;
        value = atoms::nil;
        return make_overridable(e, literal_value(heap, expanded));
      }
      case Builtin::none: break;
    }
    bool expanded = false;
    // Outside of modules only what a module or an import may hide in is worth opening: all macros.
    Term next = is_call_of(code, atoms::aliases) ? code : e.expand_top(code, expanded);
    if (next.is_none()) return false;
    if (!expanded) return general(code);
    code = next;
  }
}

bool Body::block(Term statements) {
  for (Term rest = statements; rest.is_cons(); rest = rest.tail()) {
    Term code = rest.head();
    if (!rest.tail().is_nil() && (code.is_number() || (code.is_bitstring() && is_binary(code)))) {
      e.warn(Term::nil(), "code block contains unused literal " + print_term(code, 100) +
                              " (remove the literal or assign it to _ to avoid warnings)");
      continue;
    }
    if (!statement(code)) return false;
  }
  return true;
}

Term run_body(Expander& e, BodyKind kind, Term block, Term& bindings, bool keep_bindings) {
  Body body(e, kind);
  body.keep_bindings = keep_bindings;
  body.errors_before = e.host.error_count();
  body.take_bindings(bindings);
  e.evaluates = kind == BodyKind::evaluation;
  if (!body.statement(block)) return Term::none();
  if (!body.flush(true)) return Term::none();
  map_each(e.scope.read, [&](Term, Term version) {
    e.mark_used(version);
    return true;
  });
  e.warn_unused_variables();
  if (e.host.error_count() > body.errors_before) {
    body.fail_with_errors();
    return Term::none();
  }
  if (keep_bindings) {
    Term result = make_empty_map(e.heap);
    map_each(e.scope.read, [&](Term key, Term version) {
      Term value = body.value_of(version);
      if (!value.is_none()) result = map_put(e.heap, result, key, value);
      return true;
    });
    bindings = result;
  }
  return body.value;
}

}  // namespace phial::compiler
