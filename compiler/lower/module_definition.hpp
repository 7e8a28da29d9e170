// What expansion hands to lowering: a module whose functions are in expanded quoted form.
//
// Expanded form is Elixir's own, with everything resolved (kernel special forms are all that is left):
//   literals          integers, floats, atoms, binaries, lists (improper ones end in {:|, _, [head, tail]}), two-tuples, {:{}, _, elements}
//   variable          {name, meta, context} with `version: n` in meta: n names the variable within its definition (two variables
//                     of one name have different versions; a pattern binds the version, `{:^, _, [variable]}` pins it)
//   match             {:=, _, [pattern, expression]}     block   {:__block__, _, expressions}
//   calls             {{:., _, [module, name]}, meta, args}   local {name, meta, args}   anonymous {{:., _, [fun]}, meta, args}
//                     (Kernel's inlined functions are already calls of :erlang; :erlang.andalso/orelse are the lazy and/or)
//   captures          {:&, _, [{:/, _, [{name, _, context}, arity]}]}, {:&, _, [{:/, _, [{{:., _, [module, name]}, _, []}, arity]}]}; others are fn
//   fn                {:fn, _, clauses}; a clause is {:->, meta, [head, body]}, head [args...] or [{:when, _, args ++ [guard]}]
//                     (guard {:when, _, [a, b]}: alternatives)
//   case              {:case, _, [expression, [do: clauses]]}     cond {:cond, _, [[do: clauses]]}
//   receive           {:receive, _, [[do: clauses, after: [{:->, _, [[timeout], body]}]]]}
//   try               {:try, _, [[do: body, rescue: clauses, catch: clauses, else: clauses, after: body]]}; a rescue head is
//                     [{:in, _, [variable or {:_, _, _}, modules]}], modules a list of atoms or an expression, or one variable;
//                     a catch head is [kind, pattern] (kind a pattern) or [{:when, _, [kind, pattern, guard]}]
//   with, for         as in the source, sub-expressions expanded; for's options are a last keyword list with do:
//                     (into:, uniq:, reduce:); with reduce:, do: holds clauses. Bit generators stay {:<<>>, _, [..., {:<-, _, [segment, expression]}]}
//   maps              {:%{}, _, pairs} and {:%{}, _, [{:|, _, [map, pairs]}]}; structs are maps here (defaults filled in; patterns with
//                     their __struct__ key; an update checks the struct first in a case)
//   bits              {:<<>>, _, segments}, a segment {:"::", meta, [value, {:segment, [], [type, size, unit, sign, endian]}]}: type one of
//                     :integer :float :binary :bitstring :utf8 :utf16 :utf32, size an expression or :default, unit an integer, sign :signed | :unsigned,
//                     endian :big | :little | :native; a literal binary with type :binary stands for itself
//   __STACKTRACE__    {:__STACKTRACE__, _, context} inside rescue/catch
// meta holds at least `line:`; `generated: true` silences warnings; `file:` via `keep: {file, line}` for quoted code of other files.
#pragma once
#include <string>
#include <vector>

#include "vm/term/build.hpp"

namespace phial::compiler {

struct ClauseDefinition {
  Term meta;
  std::vector<Term> parameters;  // patterns
  std::vector<Term> guards;      // alternatives (when a when b)
  Term body;
};

struct FunctionDefinition {
  Term name;  // of a macro: MACRO-name, with the caller's environment as first parameter
  uint8_t arity;
  bool exported;
  uint32_t line;
  std::string file;  // where it differs from the module's
  std::vector<ClauseDefinition> clauses;
};

struct ModuleDefinition {
  Term module;
  std::string file;
  uint32_t line = 1;
  std::vector<FunctionDefinition> functions;
  Term attributes = Term::nil();
  Term compile_info = Term::nil();
  Term docs = Term::atom(atoms::index_nil);
  Term debug = Term::nil();
};

}  // namespace phial::compiler
