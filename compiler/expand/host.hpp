// What expansion needs from the process and VM that it works for. Implemented by compiler/session.
#pragma once
#include <span>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/expand/quoted.hpp"
#include "compiler/lower/module_definition.hpp"

namespace phial::compiler {

/// An exception of the language on its way to the process that asked for the compilation.
struct Failure {
  Term exception_class = Term::none();
  Term reason = Term::none();
  Term stacktrace = Term::nil();
  explicit operator bool() const { return !exception_class.is_none(); }
};

/// Drafts of modules are seen by the process that compiles them alone: files that are compiled side by side know nothing of each other's
/// unfinished modules. `process` is the pid's word.
struct DraftOwner {
  const void* vm = nullptr;
  Word process = 0;
  auto operator<=>(const DraftOwner&) const = default;
};

/// Why a module matters to the one that mentions it, weakest first.
enum class DependencyKind : uint8_t {
  runtime,    // its functions are called when the program runs
  interface,  // its exports, struct or callbacks were looked at
  compile,    // its code ran during the compilation
};

class ExpansionHost {
 public:
  virtual ~ExpansionHost() = default;
  /// Runs module.name(arguments) in the process as ordinary code. The value is a term of the session's arena; none() with
  /// `failure` set where it raised.
  virtual Term call(Term module, Term name, std::span<const Term> arguments) = 0;
  virtual Term call_fun(Term fun, std::span<const Term> arguments) = 0;
  /// Lowers and loads a named module; its bytes as a binary.
  virtual Term load_module(ModuleDefinition& module) = 0;
  /// Tells those who wait for the module, in other processes, that it is there. False with `failure`.
  virtual bool announce(Term module, Term binary) = 0;
  /// Runs the function that `@on_load` names; the module goes again unless it returns :ok. False with `failure` where it cannot be run.
  virtual bool run_on_load(Term module, Term function) = 0;
  /// True when the module is loaded or could be loaded (or, in the bootstrap, compiled first). May run code.
  virtual bool ensure_loaded(Term module) = 0;
  /// True for a module whose file is being compiled around this one (only while the library is built).
  virtual bool is_coming(Term module) = 0;
  /// Whether a loaded module exports the function.
  virtual bool exports(Term module, Term name, unsigned arity) = 0;
  /// Whether the function is native: the module then needs no more than its head, for the documentation.
  virtual bool is_native(Term module, Term name, unsigned arity) = 0;
  /// [{name, arity}] of a loaded module, macros as MACRO-name.
  virtual Terms exports_of(Term module) = 0;
  /// Counts work; lets other processes run from time to time. False when the compilation has been abandoned.
  virtual bool tick() = 0;
  virtual void diagnose(diagnostics::Diagnostic diagnostic) = 0;
  /// Where the loaded module came from, "defined in memory" or "loaded from PATH", if defining it anew deserves a warning; else empty.
  virtual std::string redefines(Term module) = 0;
  /// The path of a source as messages show it.
  virtual std::string shown_path(const std::string& path) = 0;
  /// Whose drafts this compilation sees: its own process's.
  virtual DraftOwner draft_owner() const = 0;
  /// Identity of the session, for code that comes back into it.
  virtual void* session_key() = 0;
  /// Loads a unit under a name of its own; the name of the module it became, or none().
  virtual Term load_unit(ModuleDefinition& module) = 0;
  /// The unit will not be called again; its code goes if nothing can still refer to it.
  virtual void unload_unit(Term name) = 0;
  /// The code being compiled depends on the module; the strongest kind counts.
  virtual void depends_on(Term module, DependencyKind kind) = 0;
  /// Errors reported through diagnose so far.
  virtual size_t error_count() const = 0;

  Failure failure;
};

}  // namespace phial::compiler
