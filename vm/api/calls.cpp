// Evaluating, calling, compiling and loading: all of them a process of :phial_host and its answer.
#include <atomic>
#include <cstring>
#include <random>

#include "vm/api/budgets.hpp"
#include "vm/api/internal.hpp"
#include "vm/code/code_unit.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/map.hpp"
#include "vm/term/print.hpp"

using namespace phial;
using namespace phial::api;

namespace {

constexpr const char* no_use = "the VM, the callable or a function cannot be used";

phial_result* failed(phial_code code, const char* reason, const char* text) {
  auto result = new phial_result;
  result->code = code;
  result->term = intern_atom(reason);
  result->message = result->error = text;
  return result;
}

std::string text_of(Term term) {
  std::string scratch;
  return is_binary(term) ? std::string(bytes_of(term, scratch)) : std::string();
}

/// What an answer begins with: nobody else may answer in place of the process that was asked.
Term new_key() {
  static std::atomic<uint64_t> next{[] {
    std::random_device device;
    return uint64_t{device()} << 32 | device();
  }()};
  uint64_t mixed = next.fetch_add(0x9E3779B97F4A7C15ull, std::memory_order_relaxed);
  mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9ull;
  mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBull;
  return Term::small(static_cast<int64_t>(mixed >> 4 & Term::max_small));
}

/// The answer in a message, or none() if it is none: any process of the VM may send something there. {key, answer} of :phial_host, or the
/// {:DOWN, monitor, ...} of a process that was ended from outside.
Term answer_in(Term message, Term key, Term monitor) {
  if (message.is_tuple(5)) return message.element(1) == monitor ? message : Term::none();
  if (!message.is_tuple(2) || message.element(0) != key) return Term::none();
  Term answer = message.element(1);
  return answer.is_tuple(2) || answer.is_tuple(4) ? answer : Term::none();
}

/// {:ok, value}, {class, reason, message, stack trace}, or {:DOWN, _, _, _, reason}.
void read_answer(phial_result& result, Term answer) {
  if (answer.is_tuple(2)) {
    result.code = PHIAL_OK;
    result.term = answer.element(1);
    return;
  }
  if (answer.is_tuple(5)) {
    static const Term budget = intern_atom("budget");
    result.term = answer.element(4);
    result.code = result.term.is_tuple(2) && result.term.element(0) == budget ? PHIAL_BUDGET : PHIAL_EXIT;
    result.message = result.error = "** (exit) " + print_term(result.term);
    return;
  }
  Term kind = answer.element(0);
  result.code = kind == atoms::error ? PHIAL_ERROR : kind == intern_atom("throw") ? PHIAL_THROW : PHIAL_EXIT;
  result.term = answer.element(1);
  result.message = text_of(answer.element(2));
  result.stacktrace = text_of(answer.element(3));
  result.error = result.stacktrace.empty() ? result.message : result.message + "\n" + result.stacktrace;
}

Export* host_export(phial_vm* vm, const char* name, uint8_t arity) {
  static const Term module = intern_atom("phial_host");
  return vm->vm->code.export_for(module, intern_atom(name), arity);
}

/// Whether the servers of the standard streams run.
bool booted(phial_vm* vm) { return Term::raw(vm->vm->default_group_leader.load(std::memory_order_acquire)) != atoms::nil; }

phial_options options_of(const phial_options* given) {
  phial_options options{};
  read_struct(options, given);
  if (!options.name) options.name = "nofile";
  if (!options.line) options.line = 1;
  return options;
}

}  // namespace

namespace phial::api {

phial_result* run(phial_vm* vm, Export* function, std::span<const Term> arguments, const phial_options* given) {
  if (inside(vm)) {
    misuse(vm, "a function that waits for the VM was called on a thread of the VM, by a host function or a callback");
    return failed(PHIAL_MISUSE, "misuse", "a function that waits for the VM was called on a thread of the VM");
  }
  if (vm->stopped.load(std::memory_order_acquire)) return failed(PHIAL_STOPPED, "stopped", "the VM is stopped");
  if (!grants_known(given)) return failed(PHIAL_BAD_ARGUMENT, "badarg", "a grant says nothing known: phial_bad_grant tells which");
  int64_t timeout = options_of(given).timeout;
  int64_t deadline = timeout > 0 ? steady_now() + timeout : -1;
  Term host = vm->vm->open_host_process(nullptr);
  if (host.is_nil()) return failed(PHIAL_SYSTEM_LIMIT, "system_limit", "** (SystemLimitError) no room for one more process");
  Arena arena(64);
  Term key = new_key();
  std::vector<Term> all{make_tuple(arena, {host, key})};
  all.insert(all.end(), arguments.begin(), arguments.end());
  Term monitor;
  Vm::SpawnOptions options;
  options.tree = tree_for(*vm->vm, given);
  if (options.tree && !booted(vm)) {  // the servers belong to no tree
    Arena arena(64);
    Term boot[] = {function->module, intern_atom("boot"), Term::nil()};
    phial_result_free(run(vm, host_export(vm, "apply", 4), boot, nullptr));
  }
  Term pid = vm->vm->spawn_for_host(host, function, all, options, &monitor);
  if (options.tree) options.tree->drop();  // the process holds it
  if (pid.is_nil()) {
    vm->vm->close_host_process(host);
    return failed(PHIAL_SYSTEM_LIMIT, "system_limit", "** (SystemLimitError) no room for one more process");
  }
  auto result = new phial_result;
  belongs_to(result, vm);
  Term answer = Term::none();
  for (Term message; answer.is_none();) {
    message = await_message(vm, host, result->heap, deadline);
    if (message.is_none()) break;
    answer = answer_in(message, key, monitor);
    if (answer.is_none()) result->heap.clear();
  }
  if (answer.is_none() && vm->stopped.load(std::memory_order_acquire) && (deadline < 0 || steady_now() < deadline)) {
    result->code = PHIAL_STOPPED;
    result->term = intern_atom("stopped");
    result->message = result->error = "the VM is halted";
  } else if (answer.is_none()) {
    vm->vm->send_signal(pid, make_signal(SignalKind::exit, atoms::kill, host));
    result->code = PHIAL_TIMEOUT;
    result->term = intern_atom("timeout");
    result->message = result->error = "the time for it was used up";
  } else {
    read_answer(*result, answer);
  }
  vm->vm->close_host_process(host);
  return result;
}

}  // namespace phial::api

extern "C" {

phial_result* phial_eval_with(phial_vm* vm, const char* source, size_t size, const phial_options* given) {
  Use use(vm);
  if (!use) return failed(PHIAL_MISUSE, "misuse", no_use);
  phial_options options = options_of(given);
  Arena arena(64);
  Term bindings = options.bindings ? in(*options.bindings) : make_empty_map(arena);
  if (!functions_belong(vm, {&bindings, 1})) return failed(PHIAL_MISUSE, "misuse", no_use);
  if (!bindings.is_map()) return failed(PHIAL_BAD_ARGUMENT, "badarg", "the bindings are no map");
  Term arguments[] = {make_binary(arena, {source, size}), make_binary(arena, options.name), Term::small(options.line), bindings};
  return run(vm, host_export(vm, "eval", 5), arguments, given);
}

phial_result* phial_eval(phial_vm* vm, const char* source, const char* name) {
  phial_options options{};
  options.size = sizeof options;
  options.name = name;
  return phial_eval_with(vm, source, std::strlen(source), &options);
}

phial_result* phial_apply(phial_vm* vm, const char* module, const char* function, const phial_term* arguments, size_t count) {
  Use use(vm);
  if (!use || !functions_belong(vm, in(arguments, count))) return failed(PHIAL_MISUSE, "misuse", no_use);
  Arena arena(64);
  Term all[] = {module_atom(module), intern_atom(function), make_list(arena, in(arguments, count))};
  return run(vm, host_export(vm, "apply", 4), all, nullptr);
}

phial_result* phial_apply_fun(phial_vm* vm, phial_term function, const phial_term* arguments, size_t count, const phial_options* given) {
  Use use(vm);
  Term called = in(function);
  if (!use || !functions_belong(vm, {&called, 1}) || !functions_belong(vm, in(arguments, count))) return failed(PHIAL_MISUSE, "misuse", no_use);
  if (!called.is_function()) return failed(PHIAL_BAD_ARGUMENT, "badarg", "what is to be called is no function");
  Arena arena(64);
  Term all[] = {called, make_list(arena, in(arguments, count))};
  return run(vm, host_export(vm, "apply", 3), all, given);
}

phial_callable* phial_prepare(phial_vm* vm, const char* module, const char* function, unsigned arity) {
  Use use(vm);
  if (!use || arity > 255) return nullptr;
  Export* entry = vm->vm->code.export_for(module_atom(module), intern_atom(function), static_cast<uint8_t>(arity));
  std::lock_guard lock(vm->callables_mutex);
  return &vm->callables.try_emplace(entry, vm, entry).first->second;
}

phial_result* phial_call_function(phial_callable* callable, const phial_term* arguments, const phial_options* given) {
  Use use(callable);
  if (!use || !functions_belong(callable->vm, in(arguments, callable->function->arity))) return failed(PHIAL_MISUSE, "misuse", no_use);
  Arena arena(64);
  Export& function = *callable->function;
  Term all[] = {function.module, function.name, make_list(arena, in(arguments, function.arity))};
  return run(callable->vm, host_export(callable->vm, "apply", 4), all, given);
}

bool phial_result_ok(const phial_result* result) {
  Use use(result);
  return use && result->code == PHIAL_OK;
}
phial_code phial_result_code(const phial_result* result) {
  Use use(result);
  return use ? result->code : PHIAL_MISUSE;
}
phial_term phial_result_term(const phial_result* result) {
  Use use(result);
  return out(use ? result->term : atoms::nil);
}
const char* phial_result_error(const phial_result* result) {
  Use use(result);
  return use ? result->error.c_str() : "";
}
const char* phial_result_message(const phial_result* result) {
  Use use(result);
  return use ? result->message.c_str() : "";
}
const char* phial_result_stacktrace(const phial_result* result) {
  Use use(result);
  return use ? result->stacktrace.c_str() : "";
}
void phial_result_free(phial_result* result) {
  if (!result) return;
  Use use(result);
  if (use) dispose(result);
}

phial_result* phial_compile(phial_vm* vm, const char* source, size_t size, const phial_options* given) {
  Use use(vm);
  if (!use) return failed(PHIAL_MISUSE, "misuse", no_use);
  phial_options options = options_of(given);
  Arena arena(64);
  Term arguments[] = {make_binary(arena, {source, size}), make_binary(arena, options.name)};
  return run(vm, host_export(vm, "compile", 3), arguments, given);
}

phial_result* phial_load(phial_vm* vm, const void* bytecode, size_t size, const phial_options* given) {
  Use use(vm);
  if (!use) return failed(PHIAL_MISUSE, "misuse", no_use);
  phial_options options = options_of(given);
  CodeUnit unit;
  std::string error;
  std::string_view bytes(static_cast<const char*>(bytecode), size);
  if (!read_code_unit(bytes, unit, error)) {
    phial_result* result = failed(PHIAL_BAD_ARGUMENT, "badfile", "");
    result->message = result->error = "this is no bytecode of a module: " + error;
    return result;
  }
  Arena arena(64);
  Term arguments[] = {unit.module, make_binary(arena, options.name), make_binary(arena, bytes)};
  return run(vm, host_export(vm, "load", 4), arguments, given);
}

bool phial_spawn_function(phial_callable* callable, const phial_term* arguments, phial_term* pid) {
  return phial_spawn_with(callable, arguments, nullptr, pid);
}

bool phial_spawn_with(phial_callable* callable, const phial_term* arguments, const phial_options* options, phial_term* pid) {
  Use use(callable);
  if (!use) return false;
  phial_vm* vm = callable->vm;
  if (!functions_belong(vm, in(arguments, callable->function->arity)) || !grants_known(options)) return false;
  if (vm->stopped.load(std::memory_order_acquire)) return false;
  Arena arena(64);
  std::span<const Term> passed = in(arguments, callable->function->arity);
  Export* function = callable->function;
  Term all[] = {function->module, function->name, Term::nil()};
  Vm::SpawnOptions spawning;
  spawning.tree = tree_for(*vm->vm, options);
  if (!booted(vm)) {
    all[2] = make_list(arena, passed);
    passed = all;
    function = host_export(vm, spawning.tree ? "start_confined" : "start", 3);
    if (spawning.tree) vm->vm->spawn_from_host(function->module, intern_atom("boot"), {});
  }
  Term started = vm->vm->spawn_from_host(function, passed, spawning);
  if (spawning.tree) spawning.tree->drop();  // the process holds it
  if (started.is_nil()) return false;
  if (pid) *pid = out(started);
  return true;
}

bool phial_spawn(phial_vm* vm, const char* module, const char* function, const phial_term* arguments, size_t count, phial_term* pid) {
  phial_callable* callable = count <= 255 ? phial_prepare(vm, module, function, static_cast<unsigned>(count)) : nullptr;
  return callable && phial_spawn_function(callable, arguments, pid);
}

}  // extern "C"
