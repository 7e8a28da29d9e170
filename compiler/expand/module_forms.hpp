// Kernel's native forms that make modules: def and its kin, @, defmodule. What they do at the top level of a body (module_body.cpp) and
// in the middle of expressions, where they become calls of the compiler.
#pragma once
#include "compiler/expand/module_draft.hpp"

namespace phial::compiler {

Term builtin_kind(Builtin builtin);
bool is_typespec_attribute(Term name);
/// A call of :phial_compiler in the code.
Term compiler_call(Expander& e, Term meta, Term name, std::initializer_list<Term> arguments);
/// The typespec with its aliases resolved, which counts as their use.
Term resolve_aliases(Expander& e, Term quoted);
Term store_typespec(Expander& e, ModuleDraft& draft, Term kind, Term quoted, int64_t line);
/// Sets an attribute, with what the language's own attributes mean. The value lives in the draft's heap.
Term set_attribute(Expander& e, ModuleDraft& draft, Term meta, Term name, Term value, int64_t line);
/// The line by which a set attribute is known when nobody reads it; 0 where a macro wrote it: nobody is told of that.
int64_t watched_line(Term argument, int64_t line);
/// The full name of a module defined here, and whether it makes an alias; an expression where the name is known only when the code runs.
Term module_name(Expander& e, Term meta, Term alias, bool& sets_alias);
void set_module_alias(Expander& e, Term meta, Term alias, Term full);
Term module_block(Expander& e, Term meta, Term options_list);

}  // namespace phial::compiler
