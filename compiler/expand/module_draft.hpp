// Module drafts: what is known of a module while its body runs. Its attributes, definitions, documentation and the calls that are
// checked when it is complete.
//
// A draft is made when a module's body begins and is gone when the module is loaded or has failed. It is registered by VM, process and
// module name, so that native functions (`:phial_module`) find it. Its terms live in the arena of the session that compiles it. It belongs to
// the process that runs that session: the session's fiber and the code of the module's body run in turns, never at the same time.
#pragma once
#include <memory>
#include <unordered_map>

#include "compiler/expand/expander.hpp"

namespace phial::compiler {

struct Clause {
  Term meta;
  Terms parameters;
  Terms guards;
  Term body;
  Term head = Term::none();  // {name, parameters, guards} as written; none() for clauses of the compiler
};

struct Definition {
  Term kind;  // :def, :defp, :defmacro, :defmacrop
  Term name;
  int64_t arity = 0;
  Term meta = Term::nil();
  int64_t line = 0, column = 0;
  Term file = Term::none();
  std::vector<Clause> clauses;
  int64_t defaults = 0;        // optional parameters
  Terms default_expressions;   // of a head without a body, to be used by the clause that follows
  Term default_of = Term::none();  // arity of the definition that this one calls with defaults
  Terms signature;             // parameters for the documentation, unexpanded
  bool bodiless = false;       // only a head so far
  bool has_header = false;     // its first clause was only a head
  bool generated = false;
  bool unquoted = false;       // its last clause was made from unquote fragments
  bool super_target = false;   // an overridden definition that `super` calls
  bool used = false;
  std::vector<std::pair<Term, int64_t>> calls;  // local calls in its clauses

  bool is_macro() const { return kind == atoms::defmacro || kind == atoms::defmacrop; }
  bool is_public() const { return kind == atoms::def || kind == atoms::defmacro; }
};

struct Attribute {
  Term name;
  Term value = Term::none();  // accumulating: a list, newest first
  bool accumulate = false;
  bool persist = false;
  bool read = false;
  int64_t line = 0;
  bool watched = false;  // set by code of the module: warn when never read
};

struct DocEntry {
  Term kind;
  Term name;
  int64_t arity;
  int64_t line;
  Term signature;  // list of strings
  Term doc;        // binary, :none, :hidden
  Term meta;       // map
};

struct ImportUse {
  Term name;
  int64_t arity;
  Term receiver;
  int64_t line, column;
};

struct Overridden {
  int count = 0;
  Definition definition;
  bool called = false;   // super was used
  Term private_name = Term::none();
};

struct ModuleDraft {
  ModuleDraft(Expander& e, Term m, Term f, int64_t l) : expander(e), heap(e.heap), module(m), file(f), line(l) {}

  Expander& expander;
  TermHeap& heap;
  Term module;
  Term file;
  int64_t line;
  bool closing = false;  // the module is loaded, hooks still run
  void* session = nullptr;
  std::vector<Attribute> attributes;
  std::vector<std::unique_ptr<Definition>> definitions;
  std::unordered_map<uint64_t, Definition*> by_name;
  std::unordered_map<uint64_t, Overridden> overridable;
  std::vector<LocalCall> local_calls;
  std::vector<ImportUse> import_uses;
  std::vector<DocEntry> docs;
  std::vector<Environment> environments;  // of definitions that the body makes when it runs
  Term last_defined = Term::none();  // {name, arity}: for clauses that are not grouped
  std::vector<std::pair<Term, Term>> impls;  // {name, arity} => value of @impl
  std::unordered_map<uint64_t, std::pair<size_t, Term>> macro_units;  // compiled local macros: clauses then, module of the unit
};

uint64_t definition_key(Term name, int64_t arity);
Definition* find_definition(ModuleDraft& draft, Term name, int64_t arity);
bool draft_defines(ModuleDraft& draft, Term name, int64_t arity);
bool local_macro(ModuleDraft& draft, Term name, int64_t arity);

// -- registry
void register_draft(DraftOwner owner, ModuleDraft* draft);
void unregister_draft(DraftOwner owner, ModuleDraft* draft);
ModuleDraft* find_draft(DraftOwner owner, Term module);
/// The modules whose bodies run now.
Terms open_modules(DraftOwner owner);

// -- attributes
Attribute* find_attribute(ModuleDraft& draft, Term name);
Attribute& attribute(ModuleDraft& draft, Term name);
/// The value or none().
Term draft_attribute(ModuleDraft& draft, Term name);
/// Sets (or adds to) an attribute; `line` 0 for calls of Module.put_attribute. The value must live in the draft's heap.
void put_attribute(ModuleDraft& draft, Term name, Term value, int64_t line);
Term read_attribute(ModuleDraft& draft, Term name);
void delete_attribute(ModuleDraft& draft, Term name);

// -- definitions.cpp
/// Stores one clause (or a head) of a definition; {name, arity} or none().
Term store_definition(Expander& e, Term kind, Term meta, Term call, Term body);
void record_local_call(Expander& e, Term meta, Term name, int64_t arity, bool was_variable);
void record_import_use(Expander& e, Term name, int64_t arity, Term receiver, Term meta);
/// The name of the definition that `super` calls, or none() with an error.
Term super_target(Expander& e, Term meta, int64_t arity);
bool make_overridable(Expander& e, Term list);
/// Puts back the overridable definitions that nothing has replaced; when the body is done.
void keep_overridable(ModuleDraft& draft);
Term call_local_macro(Expander& e, Term name, const Terms& arguments);
/// True when the code has unquote fragments outside of quotes.
bool has_unquotes(Term quoted, int level = 0);
FunctionDefinition function_definition(TermHeap& heap, const Definition& definition, Term module_file);

// -- module_checks.cpp
void check_draft(Expander& e, ModuleDraft& draft);
/// When all of a file's modules are there: warns about calls of modules and functions that do not exist, and runs @after_verify.
void check_remote_calls(Expander& e);

// -- module_docs.cpp
void note_documentation(Expander& e, ModuleDraft& draft, const Definition& definition, bool first);
Term docs_chunk(ModuleDraft& draft);

// -- module_compiler.cpp, module_body.cpp, module_forms.cpp
/// Compiles a module; {:module, name, binary, value} or none().
Term compile_module(Expander& e, Term meta, Term module, Term block, Term bindings);
/// Runs top-level code: its value, or none(). `bindings` maps {name, context} to values and is replaced by those afterwards.
enum class BodyKind : uint8_t { module, file, evaluation };
Term run_body(Expander& e, BodyKind kind, Term block, Term& bindings, bool keep_bindings);
/// A definition met while the module's body runs (not at its top level).
Term store_at_run_time(Expander& e, ModuleDraft& draft, Term kind, Term meta, Term call, Term body, int64_t environment);
/// What `@name value` does with a value that is known, with what the language's own attributes mean.
Term store_attribute(Expander& e, ModuleDraft& draft, Term name, Term value, int64_t line);
Term store_quoted_typespec(Expander& e, ModuleDraft& draft, Term kind, Term quoted, int64_t line);

}  // namespace phial::compiler
