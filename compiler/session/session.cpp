#include "compiler/session/session.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>

#include "compiler/lower/lower.hpp"
#include "compiler/syntax/parser.hpp"
#include "vm/base/work.hpp"
#include "vm/process/budget.hpp"
#include "vm/term/print.hpp"

namespace phial::compiler {

SourceModules* source_modules = nullptr;

namespace {
const char session_tag = 0;

/// A VM's names for units that are no modules. A name comes back when its unit is gone, so that neither atoms nor exports grow with use.
class UnitNames {
 public:
  Term take() {
    std::lock_guard lock(mutex_);
    if (free_.empty()) return intern_atom("elixir_compiler_" + std::to_string(counter_++));
    Term name = free_.back();
    free_.pop_back();
    return name;
  }
  void give_back(Term name) {
    std::lock_guard lock(mutex_);
    free_.push_back(name);
  }

 private:
  std::mutex mutex_;
  std::vector<Term> free_;
  uint64_t counter_ = 0;
};

std::string relative_to_working_directory(const std::string& file) {
  std::error_code failed;
  std::string top = std::filesystem::current_path(failed).string() + "/";
  return !failed && file.size() > top.size() && file.starts_with(top) ? file.substr(top.size()) : file;
}

Term parallel_compiler() {
  static const Term name = intern_atom("Elixir.Kernel.ParallelCompiler");
  return name;
}

}  // namespace

Session::Session(Vm& v, ExpanderOptions options) : vm(v) {
  type = &session_tag;
  id = next_resource_id();
  release = [](Resource* resource) { delete static_cast<Session*>(resource); };
  expander = std::make_unique<Expander>(arena, *this, options);
}

Session::~Session() {
  if (fiber && !fiber->finished()) {
    abandoned = true;
    process = nullptr;  // it is gone
    enter();
  }
  if (!paid_by) return;
  paid_by->use(BudgetKind::memory, -charged_bytes);
  paid_by->drop();
}

void Session::enter() {
  WorkHold hold;
  fiber->resume();
}

void Session::charge_arena() {
  if (!paid_by) {
    paid_by = current_tree();
    if (!paid_by) return;
    paid_by->retain();
  }
  constexpr int64_t stack_bytes = 64 * 1024;  // what a session touches of its own stack, about
  auto bytes = static_cast<int64_t>(arena.used_words() * sizeof(Word)) + (fiber ? stack_bytes : 0);
  paid_by->use(BudgetKind::memory, bytes - charged_bytes);
  charged_bytes = bytes;
}

void Session::end_if_done() {
  if (!finished.empty() || !fiber->finished()) return;
  fiber.reset();
  expander.reset();
  defined_modules.clear();
  request_arguments.clear();
  arena.clear();
  if (paid_by) charge_arena();
}

Session* Session::of(Term term) { return static_cast<Session*>(resource_of(term, &session_tag)); }

void Session::run_job(JobState& state) {
  Failure outer = failure;
  failure = {};
  state.result = state.job(*this);
  flush_diagnostics();
  if (state.result.is_none() && !failure)
    failure = {atoms::error, text_term(arena, "the compilation was abandoned"), Term::nil()};
  state.failure = failure;
  failure = outer;
}

Term Session::start(Context& context, ExpanderOptions options, Job job) {
  auto* session = new Session(context.vm(), options);
  auto state = std::make_unique<JobState>();
  state->job = std::move(job);
  JobState* started = state.get();
  session->finished.push_back(std::move(state));
  session->fiber = std::make_unique<Fiber>(Fiber::Purpose::job, [session, started] {
    session->run_job(*started);
    session->request = Request::done;
  });
  if (!*session->fiber) {
    session->fiber.reset();
    delete session;
    return context.system_limit();
  }
  Term term = make_resource(context.heap(), session);
  return context.tail_call(atoms::phial_compiler_loop, intern_atom("run"), {term, atoms::ok});
}

Term Session::start_nested(Context& context, Session& session, Job job) {
  auto state = std::make_unique<JobState>();
  state->job = std::move(job);
  session.nested.push_back(state.get());
  session.finished.push_back(std::move(state));
  session.retain();
  Term term = make_resource(context.heap(), &session);
  return context.tail_call(atoms::phial_compiler_loop, intern_atom("run"), {term, atoms::ok});
}

/// On the fiber: hands the request to the process, works off nested jobs until the outcome is there.
Term Session::wait_for_reply() {
  Request wanted = request;
  while (true) {
    if (abandoned) return Term::none();
    fiber->suspend();
    if (abandoned) return Term::none();
    if (nested.empty()) break;
    JobState* state = nested.back();
    nested.pop_back();
    Term module = request_module, name = request_name, fun = request_fun;
    Terms arguments = request_arguments;
    run_job(*state);
    if (abandoned) return Term::none();
    request_module = module;
    request_name = name;
    request_fun = fun;
    request_arguments = arguments;
    request = Request::done;
  }
  request = wanted;
  if (wanted == Request::again) return atoms::ok;
  if (reply_failure) {
    failure = reply_failure;
    reply_failure = {};
    return Term::none();
  }
  return reply;
}

Term Session::call(Term module, Term name, std::span<const Term> arguments) {
  if (abandoned || failure) return Term::none();
  flush_diagnostics();
  Terms kept(arguments.begin(), arguments.end());
  for (int attempt = 0;; attempt++) {
    request = Request::call;
    request_module = module;
    request_name = name;
    request_arguments = kept;
    Term result = wait_for_reply();
    if (!result.is_none() || abandoned || !source_modules || attempt > 200) return result;
    // In the bootstrap a function of the library may be missing only because its file is not compiled yet.
    if (failure.exception_class != atoms::error || !failure.stacktrace.is_cons()) return result;
    bool undefined = failure.reason == atoms::undef ||
                     (failure.reason.is_map() && map_get(failure.reason, atoms::struct_) == intern_atom("Elixir.UndefinedFunctionError"));
    Term top = failure.stacktrace.head();
    if (!undefined || !top.is_tuple(4)) return result;
    auto known = source_modules->files.find(top.element(0).atom_index());
    if (known == source_modules->files.end() || source_modules->started.contains(known->second)) return result;
    failure = {};
    if (!source_modules->compile(*this, known->second)) return Term::none();
  }
}

Term Session::call_fun(Term fun, std::span<const Term> arguments) {
  if (abandoned || failure) return Term::none();
  request = Request::call_fun;
  request_fun = fun;
  request_arguments = Terms(arguments.begin(), arguments.end());
  return wait_for_reply();
}

bool Session::tick() {
  if (--budget > 0) return !abandoned;
  request = Request::again;
  Term module = request_module, name = request_name, fun = request_fun;
  wait_for_reply();
  request_module = module;
  request_name = name;
  request_fun = fun;
  return !abandoned;
}

Term Session::compile_unit(const ModuleDefinition& module, CodeUnit& unit) {
  std::vector<diagnostics::Diagnostic> found;
  bool ok = lower_module(module, unit, found);
  for (diagnostics::Diagnostic& diagnostic : found) diagnose(std::move(diagnostic));
  if (!ok) {
    flush_diagnostics();
    const Term pairs[] = {atoms::struct_, atoms::compile_error_module, atoms::exception_key, atoms::true_, atoms::file,
                          text_term(arena, module.file), atoms::line, atoms::nil, atoms::description,
                          text_term(arena, "cannot compile module " + print_atom(module.module) + " (errors have been logged)")};
    failure = {atoms::error, make_map(arena, pairs), Term::nil()};
    return Term::none();
  }
  for (std::string& file : unit.files) file = relative_to_working_directory(file);
  return atoms::ok;
}

Term Session::load_module(ModuleDefinition& module) {
  if (abandoned) return Term::none();
  if (!unrestricted(current_tree())) {
    Context context;  // stands for the caller's, which the compiler does not have
    context.vm_ = &vm;
    context.heap_ = &arena;
    context.pool_tree = current_tree();
    bool allowed = require(context, Capability::define);
    if (allowed && !may_define(context, module.module)) {
      deny(context, Capability::code);
      allowed = false;
    }
    if (!allowed) {
      failure = {atoms::error, context.exception_reason, Term::nil()};
      return Term::none();
    }
  }
  CodeUnit unit;
  if (compile_unit(module, unit).is_none()) return Term::none();
  flush_diagnostics();
  std::string bytes;
  // Clause heads are for code that comes from a file; the library and modules of scripts do without, as in Elixir.
  Term without_heads = make_list(*unit.literals, {[&] {
    for (Term item : ListRange(unit.debug))
      if (item.element(0) == intern_atom("typespecs")) return item;
    return pair(*unit.literals, intern_atom("typespecs"), Term::nil());
  }()});
  if (source_modules) unit.debug = without_heads;
  if (!write_code_unit(unit, bytes)) {
    failure = {atoms::error, text_term(arena, "a term in module " + print_atom(module.module) + " cannot be written"), Term::nil()};
    return Term::none();
  }
  if (!compiles_to_path()) unit.debug = without_heads;
  std::string error;
  Module* loaded = nullptr;
  for (int attempt = 0; !loaded && attempt < 100; attempt++) {  // another process may define it at the same time
    if (vm.code.find_old_module(module.module)) {
      const Term name[] = {module.module};
      if (call(intern_atom("phial_code"), intern_atom("make_room"), name).is_none()) return Term::none();
    }
    loaded = vm.code.load(unit, error, bytes);
    if (!loaded && error != "not_purged") break;
  }
  if (!loaded) {
    failure = {atoms::error, text_term(arena, "cannot load module " + print_atom(module.module) + ": " + error), Term::nil()};
    return Term::none();
  }
  if (source_modules && source_modules->compiled) source_modules->compiled(module.module, unit);
  Term binary = make_binary(arena, bytes);
  defined_modules.push_back(pair(arena, module.module, binary));
  return binary;
}

bool Session::run_on_load(Term module, Term function) {
  if (source_modules) return true;
  const Term arguments[] = {module, function};
  return !call(intern_atom("code"), intern_atom("run_on_load"), arguments).is_none();
}

Term Session::load_unit(ModuleDefinition& module) {
  Terms source;  // closures of the unit are shown with it
  for (unsigned char byte : module.file) source.push_back(Term::small(byte));
  module.compile_info = make_list(arena, {pair(arena, intern_atom("source"), make_list(arena, source))});
  CodeUnit unit;
  Term name = vm.state<UnitNames>().take();
  Term shown = module.module;
  module.module = name;
  size_t before = diagnostics_.size();
  Term ok = compile_unit(module, unit);
  // The unit's own name means nothing to people.
  for (size_t i = before; i < diagnostics_.size(); i++) diagnostics_[i].context = expander->place_of(atoms::nil);
  module.module = shown;
  if (ok.is_none()) {
    vm.state<UnitNames>().give_back(name);
    return ok;
  }
  bool has_lambdas = std::any_of(unit.functions.begin(), unit.functions.end(), [](const FunctionInfo& function) { return function.is_lambda; });
  if (has_lambdas) lasting_units_.insert(name.word);
  std::string error;
  if (!vm.code.load(unit, error)) {
    failure = {atoms::error, text_term(arena, "cannot load compiled code: " + error), Term::nil()};
    return Term::none();
  }
  return name;
}

/// The unit's function has returned. Without closures nobody can be in its code any more.
void Session::unload_unit(Term name) {
  if (lasting_units_.contains(name.word)) return;
  if (vm.code.remove(name) && vm.code.purge(name)) vm.state<UnitNames>().give_back(name);
}

bool Session::ensure_loaded(Term module) {
  if (!module.is_atom() || module == atoms::nil) return false;
  if (vm.code.find_module(module) || vm.code.has_natives(module)) {
    if (vm.code.find_module(module) || !source_modules || !source_modules->files.contains(module.atom_index())) {
      if (!vm.code.find_module(module)) vm.ensure_loaded(module);
      return true;
    }
  }
  if (find_draft(draft_owner(), module)) return false;
  if (source_modules) {
    auto known = source_modules->files.find(module.atom_index());
    if (known != source_modules->files.end() && !source_modules->started.contains(known->second)) {
      std::string path = known->second;
      if (!source_modules->compile(*this, path)) return false;
      return vm.code.find_module(module) != nullptr;
    }
    return vm.code.find_module(module) != nullptr;
  }
  if (vm.ensure_loaded(module)) return true;
  // Another file that is compiled at the same time may define it: Kernel.ParallelCompiler knows.
  if (failure || abandoned || !in_parallel()) return false;
  Term answer = call(parallel_compiler(), intern_atom("await_needed"), {&module, 1});
  if (answer == intern_atom("deadlock"))
    expander->compile_error(line_meta(arena, expander->env.line), "deadlocked waiting on module " + atom_name(module));
  return answer == atoms::true_ && vm.code.find_module(module);
}

bool Session::announce(Term module, Term binary) {
  if (!in_parallel()) return true;
  const Term arguments[] = {module, binary};
  return !call(parallel_compiler(), intern_atom("module_defined"), arguments).is_none();
}

bool Session::in_parallel() const {
  static const Term key = intern_atom("elixir_parallel_compiler");
  RareParts* rare = process ? process->rare_parts : nullptr;
  return rare && !rare->dictionary.get(key).is_none();
}

bool Session::compiles_to_path() const {
  static const Term key = intern_atom("elixir_compile_to_path");
  RareParts* rare = process ? process->rare_parts : nullptr;
  return rare && !rare->dictionary.get(key).is_none();
}

bool Session::collects_diagnostics() const {
  static const Term key = intern_atom("elixir_code_diagnostics");
  RareParts* rare = process ? process->rare_parts : nullptr;
  return rare && !rare->dictionary.get(key).is_none();
}

void Session::depends_on(Term module, DependencyKind kind) {
  if (source_modules || !module.is_atom()) return;
  auto [found, is_new] = dependencies_.try_emplace(module.atom_index(), kind);
  if (!is_new) found->second = std::max(found->second, kind);
}

Term Session::dependencies_list() {
  static const Term kinds[] = {intern_atom("runtime"), intern_atom("interface"), intern_atom("compile")};
  std::unordered_set<uint32_t> own;
  for (Term defined : defined_modules) own.insert(defined.element(0).atom_index());
  Terms list;
  for (auto [index, kind] : dependencies_) {
    Module* module = vm.code.find_module(Term::atom(index));
    if (!own.contains(index) && !(module && module->from_image)) list.push_back(pair(arena, Term::atom(index), kinds[static_cast<int>(kind)]));
  }
  return make_list(arena, list);
}

bool Session::is_coming(Term module) { return source_modules && source_modules->files.contains(module.atom_index()); }

bool Session::exports(Term module, Term name, unsigned arity) {
  if (arity > 255) return false;
  Export* found = vm.code.find_export(module, name, static_cast<uint8_t>(arity));
  return found && (found->function.load(std::memory_order_acquire) || found->native.load(std::memory_order_acquire));
}

bool Session::is_native(Term module, Term name, unsigned arity) {
  if (arity > 255) return false;
  Export* found = vm.code.find_export(module, name, static_cast<uint8_t>(arity));
  return found && found->native.load(std::memory_order_acquire);
}

Terms Session::exports_of(Term module) {
  Terms list;
  for (Export* item : vm.code.exports_of(module)) list.push_back(pair(arena, item->name, Term::small(item->arity)));
  return list;
}

std::string Session::redefines(Term module) {
  if (source_modules || !vm.ensure_loaded(module)) return {};
  const Term option[] = {intern_atom("ignore_module_conflict")};
  if (vm.ensure_loaded(intern_atom("Elixir.Code")) && call(intern_atom("Elixir.Code"), intern_atom("get_compiler_option"), option) == atoms::true_)
    return {};
  Module* loaded = vm.code.find_module(module);
  if (loaded->from_image) return "loaded from /phial/lib/" + std::string(atom_text(module)) + ".beam";
  return loaded->loaded_from.empty() ? "defined in memory" : "loaded from " + loaded->loaded_from;
}

std::string Session::shown_path(const std::string& path) { return relative_to_working_directory(path); }

Environment Session::base_environment(std::string_view file) {
  Environment env;
  env.file = make_binary(arena, file);
  Term application = intern_atom("Elixir.Application"), typespec = intern_atom("Elixir.Kernel.Typespec");
  env.required = make_list(arena, {application, atoms::kernel, typespec});
  if (!vm.code.find_module(atoms::kernel) && !ensure_loaded(atoms::kernel)) return env;
  const Term functions[] = {atoms::functions};
  const Term macros[] = {atoms::macros};
  // Literals of Kernel: shared, never copied.
  Term function_list = call(atoms::kernel, intern_atom("__info__"), functions);
  Term macro_list = call(atoms::kernel, intern_atom("__info__"), macros);
  if (function_list.is_none() || macro_list.is_none()) return env;
  env.functions = make_list(arena, {pair(arena, atoms::kernel, function_list)});
  env.macros = make_list(arena, {pair(arena, atoms::kernel, macro_list)});
  return env;
}

void Session::diagnose(diagnostics::Diagnostic diagnostic) {
  if (diagnostic.severity == diagnostics::Severity::error) errors_++;
  else if (quiet) return;
  diagnostics_.push_back(std::move(diagnostic));
}

void Session::flush_diagnostics() {
  if (abandoned) diagnostics_.clear();
  if (diagnostics_.empty()) return;
  auto list = std::move(diagnostics_);
  diagnostics_.clear();
  std::string text;
  for (const diagnostics::Diagnostic& diagnostic : list) {
    diagnostics::RenderOptions options;
    auto [found, is_new] = sources_.try_emplace(diagnostic.file);
    if (is_new) {
      std::ifstream stream;
      if (may(current_tree(), Capability::read, diagnostic.file)) stream.open(diagnostic.file, std::ios::binary);
      if (stream.is_open()) {
        std::stringstream content;
        content << stream.rdbuf();
        found->second = content.str();
      }
    }
    if ((in_parallel() || collects_diagnostics()) && !abandoned) {
      Term line = Term::small(diagnostic.place.line);
      Term position = diagnostic.place.column ? pair(arena, line, Term::small(diagnostic.place.column)) : line;
      Term file = make_binary(arena, diagnostic.file);
      const Term pairs[] = {intern_atom("severity"), intern_atom(diagnostic.severity == diagnostics::Severity::error ? "error" : "warning"),
                            atoms::message, make_binary(arena, diagnostic.message), atoms::file, file, intern_atom("source"), file,
                            intern_atom("position"), position, intern_atom("span"), atoms::nil, intern_atom("stacktrace"), Term::nil()};
      Term told = make_map(arena, pairs);
      Failure held = failure;
      failure = {};
      if (in_parallel()) call(parallel_compiler(), intern_atom("diagnosed"), {&told, 1});
      Term shown = atoms::true_;
      if (collects_diagnostics()) shown = call(intern_atom("Elixir.Code.Diagnostics"), intern_atom("collect"), {&told, 1});
      failure = held;
      if (shown == atoms::false_) continue;
    }
    options.source = found->second;
    options.colours = isatty(2) ? diagnostics::Colours::on : diagnostics::Colours::off;
    diagnostics::Diagnostic shown = diagnostic;
    shown.file = shown_path(diagnostic.file);
    text += diagnostics::render(shown, options) + "\n\n";
  }
  if (text.empty()) return;
  // Through the language's standard_error where it runs, so that it can be captured.
  Term device = intern_atom("standard_error");
  if (!source_modules && !abandoned && !vm.registry.find(device).is_none() && vm.ensure_loaded(intern_atom("io"))) {
    Failure held = failure;
    failure = {};
    const Term arguments[] = {device, make_binary(arena, text)};
    Term done = call(intern_atom("io"), intern_atom("put_chars"), arguments);
    failure = held;
    if (!done.is_none()) return;
  }
  vm.write_output(2, text);
}

Term parse_source(Session& session, std::string_view source, std::string_view file, uint32_t line, uint32_t column) {
  syntax::ParseOptions options;
  options.file = file;
  options.line = line;
  options.column = column;
  options.columns = true;
  syntax::ParseResult result = syntax::parse(session.arena, source, options);
  for (const syntax::SourceWarning& warning : result.warnings) {
    diagnostics::Diagnostic diagnostic;
    diagnostic.severity = diagnostics::Severity::warning;
    diagnostic.message = warning.message;
    diagnostic.file = file;
    diagnostic.place = {warning.line, warning.column};
    session.diagnose(std::move(diagnostic));
  }
  if (result.ok) return result.ast;
  TermHeap& heap = session.arena;
  const syntax::SourceError& error = result.error;
  // The exception's snippet begins with the line of the error.
  std::string_view snippet = source;
  for (uint32_t at = line; at < error.line && snippet.find('\n') != snippet.npos; at++) snippet.remove_prefix(snippet.find('\n') + 1);
  auto number = [](uint32_t value) { return Term::small(value); };
  Terms pairs = {atoms::struct_, intern_atom("Elixir." + std::string(syntax::exception_name(error.kind))),
                 atoms::exception_key, atoms::true_,
                 atoms::file, make_binary(heap, file),
                 atoms::line, number(error.line),
                 atoms::column, number(error.column),
                 atoms::description, make_binary(heap, syntax::readable_message(error)),
                 intern_atom("snippet"), make_binary(heap, snippet)};
  if (error.kind != syntax::SourceError::Kind::syntax) {
    pairs.insert(pairs.end(), {intern_atom("end_line"), number(error.end_line), intern_atom("end_column"), number(error.end_column),
                               intern_atom("opening_delimiter"), error.opening_delimiter.empty() ? atoms::nil : intern_atom(error.opening_delimiter),
                               intern_atom("expected_delimiter"), error.expected_delimiter.empty() ? atoms::nil : intern_atom(error.expected_delimiter)});
    if (error.kind == syntax::SourceError::Kind::mismatched_delimiter)
      pairs.insert(pairs.end(), {intern_atom("closing_delimiter"), intern_atom(error.closing_delimiter)});
  }
  session.failure = {atoms::error, make_map(heap, pairs), Term::nil()};
  return Term::none();
}

Term run_source(Session& session, std::string_view source, std::string_view file, uint32_t line, BodyKind kind, Term& bindings,
                bool keep_bindings) {
  Term quoted = TRY(parse_source(session, source, file, line));
  return run_body(*session.expander, kind, quoted, bindings, keep_bindings);
}

}  // namespace phial::compiler
