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
