#include "compiler/expand/environment.hpp"

namespace phial::compiler {

Term environment_to_map(TermHeap& heap, const Environment& e, Term versioned_variables) {
  const Term pairs[] = {
      atoms::struct_,         atoms::macro_env,
      atoms::aliases_key,     e.aliases,
      atoms::context,         e.context,
      atoms::context_modules, e.context_modules,
      atoms::file,            e.file,
      atoms::function,        e.function,
      atoms::functions,       e.functions,
      atoms::lexical_tracker, e.lexical_tracker,
      atoms::line,            Term::small(e.line),
      atoms::macro_aliases,   e.macro_aliases,
      atoms::macros,          e.macros,
      atoms::module,          e.module,
      atoms::requires_key,    e.required,
      atoms::tracers,         e.tracers,
      atoms::versioned_vars,  versioned_variables,
  };
  return make_map(heap, pairs);
}

namespace {

template <class Each>
bool proper_list_of(Term list, Each each) {
  for (; list.is_cons(); list = list.tail())
    if (!each(list.head())) return false;
  return list.is_nil();
}
bool is_atom_list(Term list) {
  return proper_list_of(list, [](Term one) { return one.is_atom(); });
}
bool is_name_and_arity(Term term) {
  return term.is_tuple(2) && term.element(0).is_atom() && term.element(1).is_small() && term.element(1).small_value() >= 0 && term.element(1).small_value() <= 255;
}
bool is_import_list(Term list) {
  return proper_list_of(list, [](Term one) {
    return one.is_tuple(2) && one.element(0).is_atom() && proper_list_of(one.element(1), is_name_and_arity);
  });
}

}  // namespace

bool well_formed(const Environment& e) {
  auto is_alias = [](Term one) { return one.is_tuple(2) && one.element(0).is_atom() && one.element(1).is_atom(); };
  auto is_macro_alias = [](Term one) {
    return one.is_tuple(2) && one.element(0).is_atom() && one.element(1).is_tuple(2) && one.element(1).element(1).is_atom();
  };
  return e.module.is_atom() && e.file.is_bitstring() && e.context.is_atom() && (e.function == atoms::nil || is_name_and_arity(e.function)) &&
         proper_list_of(e.aliases, is_alias) && proper_list_of(e.macro_aliases, is_macro_alias) && is_atom_list(e.required) &&
         is_import_list(e.functions) && is_import_list(e.macros) && is_atom_list(e.tracers) && is_atom_list(e.context_modules);
}

bool environment_from_map(TermHeap&, Term map, Environment& e, Term& versioned_variables) {
  if (!map.is_map()) return false;
  bool complete = true;
  auto read = [&](Term key, Term& field) {
    Term value = map_get(map, key);
    if (value.is_none())
      complete = false;
    else
      field = value;
  };
  Term line = Term::small(1);
  read(atoms::aliases_key, e.aliases);
  read(atoms::context, e.context);
  read(atoms::context_modules, e.context_modules);
  read(atoms::file, e.file);
  read(atoms::function, e.function);
  read(atoms::functions, e.functions);
  read(atoms::lexical_tracker, e.lexical_tracker);
  read(atoms::line, line);
  read(atoms::macro_aliases, e.macro_aliases);
  read(atoms::macros, e.macros);
  read(atoms::module, e.module);
  read(atoms::requires_key, e.required);
  read(atoms::tracers, e.tracers);
  read(atoms::versioned_vars, versioned_variables);
  if (line.is_small()) e.line = line.small_value();
  return complete;
}

}  // namespace phial::compiler
