// Compile sessions: one compilation on a fiber inside the process that asked for it.
//
// A session is a Resource that holds a fiber, an arena and an Expander. The process drives it with the module :phial_compiler_loop:
//
//     run(session, input):  session_step(session, input)  ->  :call  ->  session_call(session), caught  ->  run again with its outcome
//                                                         ->  :done  ->  session_finish(session): the value, or the exception
//
// session_step enters the fiber, which runs until it needs the process. Three things make it suspend: a call (a macro, a module's body, a
// hook), which the process runs as ordinary code; the end of a slice (session_step asks to be run again); the end of the job. So the
// compilation is preempted like any code, and an endless macro is an endless function that can be killed.
//
// Jobs nest: code that runs for a session may come back into it (a `def` inside `if` calls store_definition while the module's body
// runs). The fiber is then suspended inside a call; it is entered with the nested job, works it off on top of its stack, and goes on waiting
// for the call's outcome. The process mirrors this: the nested run is a frame above the outer one.
//
// Abandoned sessions (the process died) are released with their last reference: the fiber is entered with `abandoned` set, every call
// fails at once, and the stack unwinds by returning.
//
// Sessions of different processes know nothing of each other: the drafts of their modules are kept apart by process, and what they share
// (the code server, the atoms, the free names of units) has its own locks. When files are compiled side by side, each by a process of
// its own, Kernel.ParallelCompiler brings them together: a session that needs a module that is not there calls await_module, which blocks its
// process until another file has defined it; it tells of each module that it has loaded; and before it checks the calls of other modules
// it waits until all files are compiled, since those modules may come later.
//
// Terms of a session live in its arena. Arguments of calls are copied to the process, their values back; literals are shared.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/expand/expander.hpp"
#include "compiler/expand/host.hpp"
#include "compiler/expand/module_draft.hpp"
#include "vm/base/fiber.hpp"
#include "vm/process/context.hpp"
#include "vm/process/vm.hpp"
#include "vm/term/binary.hpp"

namespace phial::compiler {

struct Session;
using Job = std::function<Term(Session&)>;

/// A job in progress, with what came of it.
struct JobState {
  Job job;
  Term result = Term::none();
  Failure failure;
};

struct Session final : Resource, ExpansionHost {
  Session(Vm& vm, ExpanderOptions options);
  ~Session() override;

  /// Any native function: begins a job in a new session and goes on in the loop.
  static Term start(Context& context, ExpanderOptions options, Job job);
  /// Continues a session that waits in a call with a nested job.
  static Term start_nested(Context& context, Session& session, Job job);
  static Session* of(Term term);

  /// Gives the memory back when the outermost job is done: the collector may find the session only much later.
  void end_if_done();

  // -- ExpansionHost
  Term call(Term module, Term name, std::span<const Term> arguments) override;
  Term call_fun(Term fun, std::span<const Term> arguments) override;
  Term load_module(ModuleDefinition& module) override;
  bool announce(Term module, Term binary) override;
  bool run_on_load(Term module, Term function) override;
  Term load_unit(ModuleDefinition& module) override;
  void unload_unit(Term name) override;
  bool ensure_loaded(Term module) override;
  bool is_coming(Term module) override;
  bool exports(Term module, Term name, unsigned arity) override;
  bool is_native(Term module, Term name, unsigned arity) override;
  Terms exports_of(Term module) override;
  bool tick() override;
  void diagnose(diagnostics::Diagnostic diagnostic) override;
  std::string redefines(Term module) override;
  std::string shown_path(const std::string& path) override;
  DraftOwner draft_owner() const override { return {&vm, process ? process->pid.word : 0}; }
  void* session_key() override { return this; }
  size_t error_count() const override { return errors_; }
  void depends_on(Term module, DependencyKind kind) override;
  /// [{module, kind}] of the modules, outside of the library and not defined by this session, that its code depends on.
  Term dependencies_list();
  /// Whether Kernel.ParallelCompiler runs the process: other files are compiled at the same time.
  bool in_parallel() const;
  /// True where Kernel.ParallelCompiler writes what it compiles to files.
  bool compiles_to_path() const;
  /// True inside Code.with_diagnostics/2.
  bool collects_diagnostics() const;

  /// The environment that code outside of modules starts with: Kernel imported.
  Environment base_environment(std::string_view file);
  /// The text of a file that diagnostics quote, where it is not at that path.
  void know_source(const std::string& file, std::string text) { sources_[file] = std::move(text); }
  /// Prints what has been collected.
  void flush_diagnostics();

  Vm& vm;
  /// Brings what the process's tree pays for up to date with the arena; the tree is the calling thread's at the first call.
  void charge_arena();

  ProcessTree* paid_by = nullptr;  // holds a reference
  int64_t charged_bytes = 0;
  Arena arena{4096};
  std::unique_ptr<Expander> expander;
  std::vector<Term> defined_modules;  // {Module, binary}, in order
  bool quiet = false;                 // no warnings printed

  // -- between fiber and process
  /// Runs the fiber until it suspends. A process that has to end does so after that: what is on the fiber's stack belongs to the session, which
  /// unwinds it when it is released.
  void enter();
  enum class Request : uint8_t { none, call, call_fun, again, done };
  Request request = Request::none;
  Term request_module = Term::none(), request_name = Term::none(), request_fun = Term::none();
  Terms request_arguments;
  Term reply = Term::none();
  Failure reply_failure;
  std::vector<JobState*> nested;  // to be started
  std::vector<std::unique_ptr<JobState>> finished;  // the results of jobs, innermost last
  bool abandoned = false;
  Process* process = nullptr;  // the one that drives it now
  int64_t budget = 0;
  std::unique_ptr<Fiber> fiber;

 private:
  Term wait_for_reply();
  void run_job(JobState& state);
  Term compile_unit(const ModuleDefinition& module, CodeUnit& unit);
  std::vector<diagnostics::Diagnostic> diagnostics_;
  size_t errors_ = 0;
  std::unordered_map<uint32_t, DependencyKind> dependencies_;  // by atom index
  std::unordered_map<std::string, std::string> sources_;
  std::unordered_set<Word> lasting_units_;  // with closures, which may live on
};

/// Modules that can be compiled when they are needed: the library while it is being built. None outside of the bootstrap.
struct SourceModules {
  std::unordered_map<uint32_t, std::string> files;  // atom index of a module -> path
  std::unordered_set<std::string> started;
  std::string root;  // prefix of the paths that is not shown
  Session* session = nullptr;  // the one that compiles them
  std::function<void(Term module, CodeUnit& unit)> compiled;
  /// Compiles a file on the session's fiber. False where it failed: session.failure.
  bool compile(Session& session, const std::string& path);
};
extern SourceModules* source_modules;

/// Parses and runs a whole source text as a file; its value, or none().
Term run_source(Session& session, std::string_view source, std::string_view file, uint32_t line, BodyKind kind, Term& bindings,
                bool keep_bindings);
/// Parses; none() with session.failure set.
Term parse_source(Session& session, std::string_view source, std::string_view file, uint32_t line, uint32_t column = 1);

extern const NativeTable compiler_natives;
extern const NativeTable module_natives;

/// Compiles and loads :phial_compiler_loop; `bytes` for the image. Only the bootstrap needs it: elsewhere the image has the module.
bool load_compiler_loop(Vm& vm, std::string& bytes, std::string& error);

}  // namespace phial::compiler
