// Module bodies and top-level code.
//
// A body is a sequence of expressions. They are expanded in order; def, @ with a literal, defmodule at the top level of a body are
// done at once, by the compiler itself; all other code is gathered and run in the process as a function of a throw-away unit before
// the next such form (or the end). So a module of nothing but definitions needs no unit, and a script is one unit per stretch between its
// modules. Variables live in `bindings` between units.
//
// A definition inside other code (`if ... do def ... end`, `for`, definitions with unquote fragments) becomes a call of
// :phial_compiler.store_definition, which comes back into this session while the unit runs.
#pragma once
#include <unordered_set>

#include "compiler/expand/module_draft.hpp"

namespace phial::compiler {

/// The statements of a body as they are worked off.
struct Body {
  Expander& e;
  TermHeap& heap;
  BodyKind kind;
  Terms pending;
  Term value = atoms::nil;
  std::vector<Term> values;  // by version: the variables' values, none() while unset
  bool keep_bindings = true;

  Body(Expander& expander, BodyKind k) : e(expander), heap(expander.heap), kind(k) {}

  Term value_of(Term version);
  void set_value(Term version, Term term);

  void collect(Term code, std::vector<Term>& used, std::unordered_set<Word>& seen);

  Term plain_variable(Term name, Term context, Term version);

  /// Runs what is pending; `final`: nobody needs the bindings any more.
  bool flush(bool final);

  size_t errors_before = 0;

  void bind(Term key, Term held);

  /// Variables from outside: {name, context} => value.
  void take_bindings(Term bindings);

  bool fail_with_errors();

  bool general(Term statement);

  bool define(Builtin builtin, Term statement);

  bool attribute_statement(Term statement);

  bool nested_module(Term statement);

  Term compile_nested(Term meta, Term name, Term block);

  bool statement(Term code);

  bool block(Term statements);
};

}  // namespace phial::compiler
