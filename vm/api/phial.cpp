// The embedding API over Vm. Evaluations and calls run as processes of the module :phial_host, which sends the outcome to a host process that
// is opened for the call; so the API needs nothing of the compiler but what the language has.
#include "vm/api/phial.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "vm/api/budgets.hpp"
#include "vm/api/extensions.hpp"
#include "vm/interpreter/vm_create.hpp"
#include "vm/jit/jit.hpp"
#include "vm/native/native.hpp"
#include "vm/process/crash_dump.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/map.hpp"
#include "vm/term/print.hpp"

using namespace phial;

struct phial_heap {
  Arena own{64};
  TermHeap* heap = &own;  // the process's heap in a call of a host function
};

struct phial_result {
  phial_heap heap;
  bool ok = false;
  Term term = atoms::nil;
  std::string error;
};

struct phial_host {
  phial_vm* vm;
  Term pid;
};

namespace {

constexpr size_t max_host_functions = 1024;
constexpr unsigned max_host_arity = 16;

struct HostFunction {
  phial_function code = nullptr;
  void* user = nullptr;
};

}  // namespace

struct phial_vm {
  phial_config config{};
  std::unique_ptr<Vm> vm;
  std::unique_ptr<Jit> jit;
  std::mutex functions_mutex;
  std::array<HostFunction, max_host_functions> functions;
  size_t function_count = 0;
};

struct phial_call {
  phial_call(Context* caller, phial_vm* machine) : context(caller), vm(machine) {}
  Context* context;
  phial_vm* vm;
  phial_heap heap;
  bool raised = false;
};

namespace {

thread_local std::string create_error;

phial_term out(Term term) { return {term.word}; }
Term in(phial_term term) { return Term::raw(term.word); }

phial_vm* vm_of(Context& context) { return static_cast<phial_vm*>(context.vm().config.user); }

Term call_host_function(Context& context, const Term* arguments, size_t slot) {
  phial_vm* vm = vm_of(context);
  HostFunction function = vm->functions[slot];
  phial_call call{&context, vm};
  call.heap.heap = &context.heap();
  phial_term result = function.code(&call, reinterpret_cast<const phial_term*>(arguments), function.user);
  return call.raised ? Term::none() : in(result);
}

// A native function has no data of its own, so each slot of the table of host functions has an entry of its own.
template <size_t slot>
Term host_function_entry(Context& context, const Term* arguments) {
  return call_host_function(context, arguments, slot);
}
template <size_t... slots>
constexpr std::array<NativeFunction, sizeof...(slots)> host_function_entries(std::index_sequence<slots...>) {
  return {host_function_entry<slots>...};
}
constexpr auto entries = host_function_entries(std::make_index_sequence<max_host_functions>{});

/// A module as source text names it: "Enum" or ":lists".
Term module_atom(const char* name) {
  if (name[0] == ':') return intern_atom(name + 1);
  return intern_atom(std::strncmp(name, "Elixir.", 7) == 0 ? std::string(name) : "Elixir." + std::string(name));
}

/// Starts :phial_host.function(host, arguments...) and waits for its answer.
phial_result* run(phial_vm* vm, const char* function, std::initializer_list<Term> arguments) {
  auto result = new phial_result;
  Term host = vm->vm->open_host_process(nullptr);
  std::vector<Term> all{host};
  all.insert(all.end(), arguments.begin(), arguments.end());
  Term pid = vm->vm->spawn_from_host(intern_atom("phial_host"), intern_atom(function), all);
  Term answer = Term::none();
  if (host.is_nil() || pid.is_nil()) {
    result->error = "** (SystemLimitError) no room for one more process";
  } else if (vm->vm->config.schedulers == 0) {
    for (;;) {
      bool more = vm->vm->run_for(0, 0);
      answer = vm->vm->poll_host(host, result->heap.own, more ? 0 : 1'000'000);
      if (!answer.is_none()) break;
    }
  } else {
    answer = vm->vm->poll_host(host, result->heap.own, -1);
  }
  if (!host.is_nil()) vm->vm->close_host_process(host);
  if (answer.is_none()) return result;
  // {:ok, value} or {:error, reason, text}
  result->ok = answer.element(0) == atoms::ok;
  result->term = answer.element(1);
  if (!result->ok && answer.is_tuple(3) && is_binary(answer.element(2))) {
    std::string scratch;
    result->error = bytes_of(answer.element(2), scratch);
  }
  return result;
}

VmConfig vm_config(phial_vm* vm) {
  const phial_config& from = vm->config;
  VmConfig config;
  config.schedulers = from.schedulers;
  config.max_processes = from.max_processes;
  create_error = read_confines(from, config);
  config.deterministic = from.deterministic;
  config.seed = from.seed;
  if (const char* stress = std::getenv("PHIAL_GC_STRESS")) config.gc_stress = *stress == '1';
  for (const NativeTable& table : native_tables()) config.natives.push_back(table);
  config.user = vm;
  if (from.output)
    config.output = [vm](int stream, std::string_view bytes) { vm->config.output(vm->config.user, stream, bytes.data(), bytes.size()); };
  if (from.halt) config.halt = [vm](Vm&, int status, bool) { vm->config.halt(vm->config.user, status); };
  for (const char* const* argument = from.arguments; argument && *argument; argument++) config.arguments.push_back(*argument);
  for (VmExtension extension : vm_extensions()) extension(config, {from.legacy});
  if (from.module_loader) {
    auto library = std::move(config.module_loader);
    config.module_loader = [vm, library](Vm& machine, Term module, ModuleSource& source) {
      const char* code;
      size_t size;
      std::string name = print_atom(module);
      if (!vm->config.module_loader(vm->config.user, name.c_str(), &code, &size)) return library && library(machine, module, source);
      source.owned_bytes.assign(code, size);
      source.file = name;
      return true;
    };
  }
  return config;
}

}  // namespace

extern "C" {

void phial_config_init(phial_config* config) {
  *config = phial_config{};
  config->size = sizeof *config;
  config->schedulers = std::max(1u, std::thread::hardware_concurrency());
  config->jit = PHIAL_JIT_AUTO;
  config->max_processes = size_t{1} << 20;
  config->seed = 1;
}

phial_vm* phial_vm_create(const phial_config* config) {
  create_error.clear();
  if (config->size != sizeof *config) {
    create_error = "phial_config has another size than this library's: was phial_config_init called, and the header of this version used?";
    return nullptr;
  }
  auto vm = std::make_unique<phial_vm>();
  vm->config = *config;
  VmConfig machine = vm_config(vm.get());
  if (!create_error.empty()) return nullptr;
  vm->vm = create_vm(std::move(machine));
  if (!vm->vm) {
    create_error = "the VM could not be created";
    return nullptr;
  }
  JitMode mode = config->jit == PHIAL_JIT_OFF ? JitMode::off : config->jit == PHIAL_JIT_EAGER ? JitMode::eager : JitMode::automatic;
#ifndef PHIAL_JIT
  mode = JitMode::off;
#endif
  vm->jit = std::make_unique<Jit>(*vm->vm, JitOptions{mode, !config->interpret_library});
  remember_for_crashes(*vm->vm);
  vm->vm->start();
  return vm.release();
}

const char* phial_create_error(void) { return create_error.c_str(); }

void phial_vm_destroy(phial_vm* vm) {
  if (!vm) return;
  vm->vm->shutdown();
  forget_for_crashes(*vm->vm);
  vm->jit.reset();
  delete vm;
}

bool phial_dump_crashes(const char* path) { return path && dump_crashes(path); }

const char* phial_version(void) { return PHIAL_VERSION; }

phial_result* phial_eval(phial_vm* vm, const char* source, const char* name) {
  Arena arena;
  return run(vm, "eval", {make_binary(arena, source), make_binary(arena, name ? name : "nofile")});
}

phial_result* phial_apply(phial_vm* vm, const char* module, const char* function, const phial_term* arguments, size_t count) {
  Arena arena;
  Term list = make_list(arena, std::span(reinterpret_cast<const Term*>(arguments), count));
  return run(vm, "apply", {module_atom(module), intern_atom(function), list});
}

bool phial_result_ok(const phial_result* result) { return result->ok; }
phial_term phial_result_term(const phial_result* result) { return out(result->term); }
const char* phial_result_error(const phial_result* result) { return result->error.c_str(); }
void phial_result_free(phial_result* result) { delete result; }

bool phial_spawn(phial_vm* vm, const char* module, const char* function, const phial_term* arguments, size_t count, phial_term* pid) {
  Term started =
      vm->vm->spawn_from_host(module_atom(module), intern_atom(function), std::span(reinterpret_cast<const Term*>(arguments), count));
  if (started.is_nil()) return false;
  *pid = out(started);
  return true;
}

bool phial_send(phial_vm* vm, phial_term destination, phial_term message) {
  Term to = in(destination);
  if (to.is_atom()) {
    to = vm->vm->registry.find(to);
    if (to.is_none()) return false;
  }
  return vm->vm->send(to, in(message));
}

phial_progress phial_run_for(phial_vm* vm, int64_t reductions, int64_t nanoseconds) {
  uint64_t before = vm->vm->scheduling->total_reductions();
  bool more = vm->vm->run_for(reductions > 0 ? reductions : -1, nanoseconds > 0 ? nanoseconds : -1);
  return {more ? PHIAL_MORE : PHIAL_QUIET, -1, vm->vm->scheduling->total_reductions() - before, 0};
}

phial_host* phial_host_open(phial_vm* vm, phial_on_message callback, void* user) {
  Term pid = vm->vm->open_host_process(callback ? std::function<void(Term)>([=](Term message) { callback(user, out(message)); }) : nullptr);
  return pid.is_nil() ? nullptr : new phial_host{vm, pid};
}
phial_term phial_host_pid(const phial_host* host) { return out(host->pid); }
bool phial_host_receive(phial_host* host, phial_heap* heap, int64_t nanoseconds, phial_term* message) {
  Term got = host->vm->vm->poll_host(host->pid, *heap->heap, nanoseconds);
  if (got.is_none()) return false;
  *message = out(got);
  return true;
}
void phial_host_close(phial_host* host) {
  if (!host) return;
  host->vm->vm->close_host_process(host->pid);
  delete host;
}

bool phial_register(phial_vm* vm, const char* module, const char* function, unsigned arity, phial_function code, void* user, int flags) {
  if (arity > max_host_arity) return false;
  std::lock_guard lock(vm->functions_mutex);
  if (vm->function_count == max_host_functions) return false;
  size_t slot = vm->function_count++;
  vm->functions[slot] = {code, user};
  std::string name(atom_text(module_atom(module)));
  NativeEntry entry{name.c_str(), function, static_cast<uint8_t>(arity), entries[slot],
                    static_cast<uint8_t>(flags & PHIAL_BLOCKING ? native_blocking : native_plain)};
  vm->vm->code.add_natives({&entry, 1});
  return true;
}

phial_heap* phial_call_heap(phial_call* call) { return &call->heap; }
phial_vm* phial_call_vm(phial_call* call) { return call->vm; }
phial_term phial_raise(phial_call* call, const char* message) {
  TermHeap& heap = call->context->heap();
  Term pairs[] = {intern_atom("__exception__"), atoms::true_, atoms::struct_, intern_atom("Elixir.ArgumentError"), intern_atom("message"),
                  make_binary(heap, message)};
  return phial_raise_term(call, out(make_map(heap, pairs)));
}
phial_term phial_raise_term(phial_call* call, phial_term reason) {
  call->raised = true;
  call->context->error(in(reason));
  return {0};
}

phial_heap* phial_heap_create(void) { return new phial_heap; }
void phial_heap_free(phial_heap* heap) { delete heap; }

phial_term phial_integer(phial_heap* heap, int64_t value) { return out(make_integer(*heap->heap, value)); }
phial_term phial_float(phial_heap* heap, double value) {
  return out(std::isfinite(value) ? make_float(*heap->heap, value) : atoms::undefined);
}
phial_term phial_atom(const char* text) { return out(intern_atom(text)); }
phial_term phial_boolean(bool value) { return out(boolean(value)); }
phial_term phial_nil(void) { return out(atoms::nil); }
phial_term phial_string(phial_heap* heap, const char* text) { return out(make_binary(*heap->heap, text)); }
phial_term phial_binary(phial_heap* heap, const void* bytes, size_t size) {
  return out(make_binary(*heap->heap, {static_cast<const char*>(bytes), size}));
}
phial_term phial_tuple(phial_heap* heap, const phial_term* elements, size_t count) {
  return out(make_tuple(*heap->heap, std::span(reinterpret_cast<const Term*>(elements), count)));
}
phial_term phial_list(phial_heap* heap, const phial_term* elements, size_t count) {
  return out(make_list(*heap->heap, std::span(reinterpret_cast<const Term*>(elements), count)));
}
phial_term phial_cons(phial_heap* heap, phial_term head, phial_term tail) { return out(make_cons(*heap->heap, in(head), in(tail))); }
phial_term phial_empty_list(void) { return out(Term::nil()); }
phial_term phial_map(phial_heap* heap, const phial_term* keys, const phial_term* values, size_t count) {
  std::vector<Term> pairs;
  for (size_t i = 0; i < count; i++) pairs.insert(pairs.end(), {in(keys[i]), in(values[i])});
  return out(make_map(*heap->heap, pairs));
}
phial_term phial_copy(phial_heap* heap, phial_term term) { return out(copy_term(*heap->heap, in(term))); }

phial_kind phial_kind_of(phial_term word) {
  Term term = in(word);
  if (term.is_integer()) return PHIAL_INTEGER;
  if (term.is_float()) return PHIAL_FLOAT;
  if (term.is_atom()) return PHIAL_ATOM;
  if (term.is_list()) return PHIAL_LIST;
  if (term.is_tuple()) return PHIAL_TUPLE;
  if (term.is_map()) return PHIAL_MAP;
  if (term.is_bitstring()) return is_binary(term) ? PHIAL_BINARY : PHIAL_BITSTRING;
  if (term.is_function()) return PHIAL_FUNCTION;
  if (term.is_pid()) return PHIAL_PID;
  if (term.is_port()) return PHIAL_PORT;
  return PHIAL_REFERENCE;
}
bool phial_get_integer(phial_term word, int64_t* value) {
  Term term = in(word);
  if (term.is_small()) {
    *value = term.small_value();
    return true;
  }
  if (!term.is_bignum() || term.size() != 1) return false;
  uint64_t magnitude = term.object()[1];
  bool negative = term.kind() == Kind::bignum_negative;
  if (magnitude > (uint64_t{1} << 63) - !negative) return false;
  *value = negative ? static_cast<int64_t>(0 - magnitude) : static_cast<int64_t>(magnitude);
  return true;
}
bool phial_get_float(phial_term word, double* value) {
  Term term = in(word);
  if (term.is_float()) {
    *value = term.float_value();
    return true;
  }
  if (!term.is_small()) return false;
  *value = static_cast<double>(term.small_value());
  return true;
}
bool phial_get_boolean(phial_term word, bool* value) {
  Term term = in(word);
  if (!(term == atoms::true_) && !(term == atoms::false_)) return false;
  *value = term == atoms::true_;
  return true;
}
bool phial_get_atom(phial_term word, const char** text, size_t* size) {
  if (!in(word).is_atom()) return false;
  std::string_view view = atom_text(in(word));
  *text = view.data();
  *size = view.size();
  return true;
}
bool phial_get_binary(phial_term word, const char** bytes, size_t* size) {
  Term term = in(word);
  if (!is_binary(term)) return false;
  BitView view = bits_of(term);
  if (!view.byte_aligned()) return false;
  *bytes = reinterpret_cast<const char*>(view.bytes);
  *size = view.bits / 8;
  return true;
}
bool phial_is_nil(phial_term word) { return in(word) == atoms::nil; }
size_t phial_tuple_size(phial_term word) { return in(word).is_tuple() ? in(word).arity() : 0; }
phial_term phial_tuple_element(phial_term word, size_t index) { return out(in(word).element(index)); }
bool phial_list_next(phial_term* list, phial_term* head) {
  Term at = in(*list);
  if (!at.is_cons()) return false;
  *head = out(at.head());
  *list = out(at.tail());
  return true;
}
size_t phial_map_size(phial_term word) { return in(word).is_map() ? map_size(in(word)) : 0; }
bool phial_map_get(phial_term map, phial_term key, phial_term* value) {
  if (!in(map).is_map()) return false;
  Term found = map_get(in(map), in(key));
  if (found.is_none()) return false;
  *value = out(found);
  return true;
}
void phial_map_each(phial_term map, bool (*visit)(void* user, phial_term key, phial_term value), void* user) {
  if (in(map).is_map()) map_each(in(map), [&](Term key, Term value) { return visit(user, out(key), out(value)); });
}
bool phial_equal(phial_term a, phial_term b) { return equal_exactly(in(a), in(b)); }
char* phial_inspect(phial_term term) { return strdup(print_term(in(term)).c_str()); }

bool phial_set_budget(phial_vm* vm, const phial_budget* budget) {
  if (!vm->vm->root_tree) return false;
  vm->vm->root_tree->change_limits(limits_of(budget));
  return true;
}
uint64_t phial_budget_used(phial_vm* vm, phial_budget_kind kind) {
  ProcessTree* tree = vm->vm->root_tree;
  return tree && static_cast<size_t>(kind) < budget_kinds ? tree->used(static_cast<BudgetKind>(kind)) : 0;
}

void phial_get_statistics(phial_vm* vm, phial_statistics* statistics) {
  statistics->processes = vm->vm->live_processes.load(std::memory_order_relaxed);
  statistics->spawned = vm->vm->spawned_processes.load(std::memory_order_relaxed);
  statistics->reductions = vm->vm->scheduling->total_reductions();
}

}  // extern "C"
