// Expansion: quoted code in, the expanded form of compiler/lower/module_definition.hpp out.
//
// An Expander walks a quoted expression once. It resolves aliases, imports and local macros, runs macros (through the host, which
// lets the process that asked for the compilation run them), numbers variables, and rewrites what special forms leave implicit.
//
//   env      the lexical environment; saved and restored around every construct that opens a scope
//   scope    the variables of the definition (or top-level unit) being expanded: `read` maps {name, context} to the version that
//            is visible now, `infos` remembers for every version where it was bound and whether it was read
//   draft    the module being defined around the expression, if any
//
// Errors: a function that fails returns none() and leaves the exception in host.failure. What Elixir reports without stopping
// (undefined variables and functions) goes to host.diagnose as an error, expansion goes on, and the unit's owner raises at the end.
//
// Invariants: terms live in the session's arena and never move, so Terms may be kept across calls into the process. The expander runs
// on the session's fiber only. Patterns bind through `bind_variable` while env.context is :match; guards read only.
#pragma once
#include <functional>
#include <unordered_map>
#include <unordered_set>

#include "compiler/expand/environment.hpp"
#include "compiler/expand/host.hpp"

namespace phial::compiler {

struct ModuleDraft;
struct Definition;

struct VariableInfo {
  Term name;
  Term kind;
  int64_t line = 0;
  int64_t column = 0;
  bool used = false;
  bool hides = false;   // one of this name was visible where it was bound
  bool silent = false;  // made by the compiler or by generated code: no warnings
  Term file = Term::none();
  Term function = atoms::nil;
};

struct Scope {
  std::vector<VariableInfo> infos;  // by version
  Term read = Term::none();         // map {name, kind} => version
  Term prematch = Term::none();     // in patterns: `read` before the pattern
  Term bound = Term::none();        // in patterns: what this pattern has bound so far
  bool stacktrace = false;          // __STACKTRACE__ is allowed
  bool caller = false;              // __CALLER__ is allowed
  Term caller_version = Term::none();
};

/// Names and arity of a local call, kept until the module is complete.
struct LocalCall {
  Term name;
  int64_t arity;
  int64_t line;
  int64_t column;
  Term function;       // {name, arity} around
  Term file;
  bool was_variable;   // written without parentheses
  std::string similar_variable = {};  // of the scope it was written in: a hint
};

struct RemoteCall {
  Term module;
  Term name;
  int64_t arity;
  int64_t line;
  int64_t column;
  Term function;
  Term in_module;
  Term file;
};

/// An alias or import whose use is watched.
struct LexicalEntry {
  enum class Kind : uint8_t { alias, import } kind = Kind::alias;
  Term name = atoms::nil;  // alias or module
  int64_t line = 0;
  int64_t column = 0;
  Term file = Term::none();
  bool used = false;
  std::vector<std::pair<Term, int64_t>> unused_names;  // of those that `only:` lists
};

enum class Builtin : uint8_t { none, def, defp, defmacro, defmacrop, defmodule, attribute, defoverridable };

struct Resolution {
  enum class Kind : uint8_t { none, function, macro, local_macro, builtin } kind = Kind::none;
  Term receiver = Term::none();
  Builtin builtin = Builtin::none;
  Term rival = Term::none();  // another module from which the name is imported: the call is ambiguous
};

struct ExpanderOptions {
  bool bootstrap_kernel = false;  // Kernel does not exist yet: its native forms are built in
  bool legacy = false;            // variables assigned in branches leak
};

class Expander {
 public:
  Expander(TermHeap& heap, ExpansionHost& host, ExpanderOptions options);

  TermHeap& heap;
  ExpansionHost& host;
  ExpanderOptions options;
  Environment env;
  Scope scope;
  ModuleDraft* draft = nullptr;
  Definition* definition = nullptr;  // the one being expanded
  bool evaluates = false;            // code of Code.eval_string, the shell or the command line, no file
  std::vector<LexicalEntry> lexical;
  std::vector<RemoteCall> remote_calls;
  std::unordered_map<Word, Term> known_structs;  // by module: its fields with their defaults, of structs that were met
  std::vector<std::pair<Term, Term>> may_be_undefined;  // {module, what its `@compile {:no_warn_undefined, ...}` names}
  struct VerifyHook { Term module; Term name; Term argument; };
  std::vector<VerifyHook> after_verify;  // of the modules defined so far; run when the file is done

  // -- expander.cpp
  Term expand(Term expression);
  Term expand_arguments(Term list);
  Term expand_block(Term meta, Term expressions);
  void warn_unused_result(Term source, Term result);
  Term expand_nested(Term expression);  // env and variables restored afterwards
  Term expand_local(Term meta, Term name, Term arguments);
  Term expand_remote(Term receiver, Term dot_meta, Term name, Term meta, Term arguments);
  Term expand_variable(Term variable);
  Term expand_list(Term list);
  Term expand_alias(Term node);

  // -- variables.cpp
  void reset_scope();
  Term bind_variable(Term variable);
  Term read_variable(Term variable, Term visible);
  Term variable_key(Term variable);
  Term fresh_variable(std::string_view name);  // a variable of the compiler, not in `read`
  Term merge_reads(Term left, Term right);
  void warn_unused_variables();
  void mark_used(Term version);

  // -- patterns.cpp
  Term expand_pattern(Term pattern);
  Term expand_patterns(Term list);  // several parameters: one pattern
  Term expand_guard(Term guard);
  Term expand_match(Term meta, Term left, Term right);
  Term expand_pin(Term meta, Term argument);

  // -- clauses.cpp
  Term expand_head(Term meta, Term head, const char* construct, int64_t arity);
  Term expand_clauses(Term construct, Term clauses, int64_t arity);
  Term expand_clause(Term clause, const char* construct, int64_t arity);
  Term expand_case(Term meta, Term subject, Term options_list);
  Term expand_cond(Term meta, Term options_list);
  Term expand_receive(Term meta, Term options_list);
  Term expand_try(Term meta, Term options_list);
  Term expand_fn(Term meta, Term clauses);

  // -- comprehensions.cpp
  Term expand_with(Term meta, Term arguments);
  Term expand_for(Term meta, Term arguments);

  // -- captures.cpp
  Term expand_capture(Term meta, Term argument);

  // -- bitstrings.cpp
  Term expand_bits(Term meta, Term segments);
  Term expand_segment(Term segment, bool last, bool generator);

  // -- structs.cpp
  Term expand_map(Term meta, Term pairs);
  Term expand_struct(Term meta, Term name, Term map);
  Term struct_of(Term meta, Term module, Term fields, bool pattern);

  // -- quote.cpp
  Term expand_quote(Term meta, Term options_list, Term block);
  Term escape_with_unquotes(Term quoted);

  // -- lexical.cpp
  Term expand_alias_form(Term meta, Term target, Term options_list);
  Term expand_require(Term meta, Term target, Term options_list);
  Term expand_import(Term meta, Term target, Term options_list);
  Term expand_multi_alias(Term form, Term meta, Term base, Term targets, Term options_list);
  Term lookup_alias(Term meta, Term first);
  bool is_required(Term module);
  bool add_import(Term meta, Term module, Term options_list);
  void warn_unused_lexical(size_t from = 0);
  void use_import(Term module, Term name, int64_t arity);

  // -- dispatch.cpp
  Resolution resolve(Term meta, Term name, int64_t arity);
  Term ambiguous_import(Term meta, const Resolution& resolution, Term name, int64_t arity);
  Term imported_arities(Term name);
  Term expand_macro(Term meta, Term receiver, Term name, Term arguments);
  Term expand_local_macro(Term meta, Term name, Term arguments);
  Term finish_macro(Term meta, Term receiver, Term name, int64_t arity, Term result, bool local);
  /// One step at the top of an expression: macros, aliases, __MODULE__; `expanded` tells whether anything changed.
  Term expand_top(Term expression, bool& expanded);
  /// Like expand_top, but leaves the native forms of Kernel alone and names them.
  Builtin builtin_of(Term expression);
  Term remote_builtin(Term receiver, Term name, int64_t arity);
  Term caller_map(Term meta);
  Term rewrite_call(Term meta, Term receiver, Term name, Term arguments);

  // -- legacy.cpp: variables assigned in branches flow out, as before Elixir 1.3
  Term leak_branches(const Terms& clauses, const Terms& reads, Term before, const std::function<Term(const Terms&)>& build);

  // -- module forms met inside expressions, in module_compiler.cpp
  Term expand_builtin(Builtin builtin, Term meta, Term arguments);

  // -- problems.cpp
  Term compile_error(Term meta, std::string_view description);
  Term errors_logged();
  Term raise_exception(Term module, std::string_view message);
  void report_error(Term meta, std::string_view message);
  void warn(Term meta, std::string_view message);
  void warn_at(int64_t line, int64_t column, Term file, Term function, std::string_view message);
  std::string place_of(Term function) const;
  std::string file_text() const;
  Term nesting_error();

  Term variable_kind(Term meta, Term context);
  int64_t next_counter();
  Term module_term() const { return env.module; }

 private:
  Term expand_node(Term node);
  Term expand_special(Term node, bool& handled);
  Term expand_dotted(Term node);

  /// From where a name is imported, latest first.
  struct Import {
    Term module = Term::none();
    Term rival = Term::none();
  };
  using ImportIndex = std::unordered_map<uint64_t, Import>;
  const ImportIndex& index_of(Term imports);
  std::unordered_map<Word, ImportIndex> import_index_;  // by identity of the import list
  int depth_ = 0;
};

/// Kernel's and others' functions that are calls of :erlang in disguise; `arguments` may be reordered. none(): not inlined.
Term inline_function(TermHeap& heap, Term meta, Term module, Term name, Term arguments);
/// The same for captures: {module, name} with unchanged argument order, or none().
Term inline_target(TermHeap& heap, Term module, Term name, int64_t arity);
/// Functions of :erlang that guards may call.
bool is_guard_function(Term module, Term name, int64_t arity);
/// Names of special forms with their arities.
bool is_special_form(Term name, int64_t arity);

}  // namespace phial::compiler
