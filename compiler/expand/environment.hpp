// The lexical environment of an expression: what `__ENV__` shows (module, file, line, function, context, aliases, requires,
// imports). All parts are immutable terms, so an environment is saved and restored by copying it.
#pragma once
#include "compiler/expand/quoted.hpp"

namespace phial::compiler {

struct Environment {
  Term module = atoms::nil;
  Term file = Term::none();  // a binary
  int64_t line = 1;
  Term function = atoms::nil;  // {name, arity} inside a definition
  Term context = atoms::nil;   // :match in patterns, :guard in guards
  Term aliases = Term::nil();        // [{Alias, Module}]
  Term macro_aliases = Term::nil();  // [{Alias, {counter, Module}}]: aliases made by expansions
  Term required = Term::nil();       // [Module]
  Term functions = Term::nil();      // [{Module, [{name, arity}]}]: imported functions
  Term macros = Term::nil();         // [{Module, [{name, arity}]}]: imported macros
  Term lexical_tracker = atoms::nil;
  Term tracers = Term::nil();
  Term context_modules = Term::nil();  // modules defined or being defined around

  bool in_match() const { return context == atoms::match; }
  bool in_guard() const { return context == atoms::guard; }
  bool in_module() const { return module != atoms::nil; }
  bool in_function() const { return function != atoms::nil; }
};

/// %Macro.Env{} with the visible variables {name, context} => version.
Term environment_to_map(TermHeap& heap, const Environment& environment, Term versioned_variables);
/// Whether everything in it has the shape that stands behind it above: programs make environments, too.
bool well_formed(const Environment& environment);
/// Reads a %Macro.Env{}; false where it is none.
bool environment_from_map(TermHeap& heap, Term map, Environment& environment, Term& versioned_variables);

}  // namespace phial::compiler
