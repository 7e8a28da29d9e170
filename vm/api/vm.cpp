// Creating, configuring and ending VMs, and what they say of themselves.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "vm/api/budgets.hpp"
#include "vm/api/extensions.hpp"
#include "vm/api/internal.hpp"
#include "vm/base/memory.hpp"
#include "vm/interpreter/vm_create.hpp"
#include "vm/native/guards.hpp"
#include "vm/native/native.hpp"
#include "vm/process/crash_dump.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/print.hpp"

using namespace phial;
using namespace phial::api;

namespace {

thread_local std::string create_error;
std::atomic<uint64_t> vm_numbers{1};

VmConfig vm_config(phial_vm* vm) {
  const phial_config& from = vm->config;
  VmConfig config;
  config.schedulers = from.schedulers;
  config.max_processes = from.max_processes;
  create_error = read_confines(from, config);
  config.deterministic = from.deterministic;
  config.seed = from.seed;
  config.simulation.strategy = static_cast<Simulation::Strategy>(from.schedule);
  config.simulation.delay = from.sim_delay;
  config.simulation.late = from.sim_late;
  config.simulation.drop = from.sim_drop;
  config.simulation.kill = from.sim_kill;
  config.simulation.waits = from.sim_waits;
  config.simulation.trials = from.sim_trials;
  if (const char* stress = std::getenv("PHIAL_GC_STRESS")) config.gc_stress = *stress == '1';
  for (const NativeTable& table : native_tables()) config.natives.push_back(table);
  config.user = vm;
  if (from.output)
    config.output = [vm](int stream, std::string_view bytes) { vm->config.output(vm->config.user, stream, bytes.data(), bytes.size()); };
  if (from.halt) config.halt = [vm](Vm&, int status, bool) { vm->config.halt(vm->config.user, status); };
  for (const char* const* argument = from.arguments; argument && *argument; argument++) config.arguments.push_back(*argument);
  for (VmExtension extension : vm_extensions()) extension(config, {from.legacy});
  // Later tables replace functions of earlier ones.
  if (from.files) config.natives.push_back(host_file_natives);
  if (from.input) config.natives.push_back(host_input_natives);
  if (from.log) config.natives.push_back(host_log_natives);
  guard_natives(config.natives);
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

bool valid(const phial_config* config) {
  if (!config) {
    create_error = "there is no configuration";
  } else if (config->size < offsetof(phial_config, input) || config->size > sizeof *config) {
    create_error = "phial_config has another size than this library's: was phial_config_init called, and the header of this version used?";
  } else if (config->schedulers > 1024) {
    create_error = "more than 1,024 schedulers";
  } else if (config->deterministic && config->schedulers) {
    create_error = "a deterministic schedule has no threads: schedulers must be 0";
  } else {
    return true;
  }
  return false;
}

}  // namespace

namespace phial::api {

Term module_atom(const char* name) {
  if (name[0] == ':') return intern_atom(name + 1);
  return intern_atom(std::strncmp(name, "Elixir.", 7) == 0 ? std::string(name) : "Elixir." + std::string(name));
}

}  // namespace phial::api

phial_vm::phial_vm() : Checked(Face::vm), number(vm_numbers.fetch_add(1, std::memory_order_relaxed)), handles(number) { belongs_to(this, this); }

extern "C" {

const char* phial_code_name(phial_code code) {
  switch (code) {
    case PHIAL_OK: return "ok";
    case PHIAL_ERROR: return "error";
    case PHIAL_THROW: return "throw";
    case PHIAL_EXIT: return "exit";
    case PHIAL_TIMEOUT: return "timeout";
    case PHIAL_SYSTEM_LIMIT: return "system limit";
    case PHIAL_STOPPED: return "stopped";
    case PHIAL_BAD_ARGUMENT: return "bad argument";
    case PHIAL_MISUSE: return "misuse";
    case PHIAL_BUDGET: return "budget";
  }
  return "unknown";
}

void phial_config_init(phial_config* config) {
  *config = phial_config{};
  config->size = sizeof *config;
  config->schedulers = std::max(1u, std::thread::hardware_concurrency());
  config->jit = PHIAL_JIT_AUTO;
  config->max_processes = size_t{1} << 20;
  config->seed = 1;
}

phial_vm* phial_vm_create(const phial_config* given) {
  create_error.clear();
  if (!valid(given)) return nullptr;
  auto vm = std::make_unique<phial_vm>();
  phial_config* config = &vm->config;
  phial_config_init(config);
  read_struct(*config, given);
  if (config->files) {
    read_struct(vm->files, config->files);
    config->files = &vm->files;
  }
  VmConfig machine = vm_config(vm.get());
  if (!create_error.empty()) return nullptr;
  vm->vm = create_vm(std::move(machine));
  if (!vm->vm) {
    create_error = "the VM could not be created";
    return nullptr;
  }
  JitMode mode = config->jit == PHIAL_JIT_OFF        ? JitMode::off
                 : config->jit == PHIAL_JIT_EAGER    ? JitMode::eager
                 : config->jit == PHIAL_JIT_TEMPLATE ? JitMode::templates
                                                     : JitMode::automatic;
#ifndef PHIAL_JIT
  mode = JitMode::off;
#endif
  // Hot functions are compiled at moments that no seed decides; and a schedule is to be the same in builds with and without native code.
  if (config->deterministic) mode = JitMode::off;
  vm->jit = std::make_unique<Jit>(*vm->vm, JitOptions{mode, !config->interpret_library && !config->deterministic});
  if ((mode == JitMode::eager || mode == JitMode::templates) && !vm->jit->problem().empty()) {
    create_error = "everything is to be compiled, but the JIT is not there: " + vm->jit->problem();
    return nullptr;
  }
  remember_for_crashes(*vm->vm);
  vm->vm->start();
  is_whole(vm.get());
  return vm.release();
}

const char* phial_create_error(void) { return create_error.c_str(); }

phial_code phial_vm_stop(phial_vm* vm, int64_t nanoseconds) {
  Use use(vm);
  if (!use) return PHIAL_MISUSE;
  if (!inside(vm) && vm->stopped.load(std::memory_order_acquire)) return PHIAL_OK;
  static const Term stop = intern_atom("stop");
  phial_options options{};
  options.size = sizeof options;
  options.timeout = nanoseconds;
  phial_result* result = run(vm, vm->vm->code.export_for(intern_atom("phial_host"), stop, 1), {}, &options);
  phial_code code = result->code;
  phial_result_free(result);
  if (code == PHIAL_MISUSE) return code;
  vm->stopped.store(true, std::memory_order_release);
  return code;
}

void phial_vm_destroy(phial_vm* vm) {
  if (!vm) return;
  Use use(vm);
  if (!use) return;
  if (inside(vm)) return misuse(vm, "phial_vm_destroy was called on a thread of its VM, by a host function or a callback");
  if (vm->driven.load(std::memory_order_acquire)) return misuse(vm, "phial_vm_destroy was called while another thread is in phial_run_for");
  if (!may_destroy(vm)) return;
  vm->vm->shutdown();
  forget_for_crashes(*vm->vm);
  vm->jit.reset();
  keep_a_while(vm->callables);
  dispose(vm);
}

void* phial_vm_user(const phial_vm* vm) {
  Use use = Use::in_release(vm);
  return use ? vm->config.user : nullptr;
}
bool phial_dump_crashes(const char* path) { return path && dump_crashes(path); }

const char* phial_version(void) { return PHIAL_VERSION; }

bool phial_set_allocator(const phial_allocator* allocator) {
  if (!allocator || allocator->size < sizeof *allocator) return false;
  return set_memory_functions({allocator->allocate, allocator->reallocate, allocator->free});
}

void phial_get_statistics(phial_vm* vm, phial_statistics* statistics) {
  Use use(vm);
  if (!use) return;
  Vm& machine = *vm->vm;
  phial_statistics all{};
  all.processes = machine.live_processes.load(std::memory_order_relaxed);
  all.spawned = machine.spawned_processes.load(std::memory_order_relaxed);
  all.reductions = machine.scheduling->total_reductions();
  all.heap_bytes = static_cast<uint64_t>(std::max<int64_t>(machine.heap_words.load(std::memory_order_relaxed), 0)) * sizeof(Word);
  all.code_bytes = machine.code.code_bytes();
  all.literal_bytes = machine.code.literal_words() * sizeof(Word);
  all.binary_bytes = shared_binary_bytes();
  all.handles = vm->handles.count();
  all.atoms = atom_count();
  all.modules = machine.code.loaded_modules().size();
  all.collections = machine.collections.load(std::memory_order_relaxed);
  all.reclaimed_bytes = machine.reclaimed_words.load(std::memory_order_relaxed) * sizeof(Word);
  all.longest_stop = static_cast<uint64_t>(machine.longest_stop.load(std::memory_order_relaxed));
  all.context_switches = machine.scheduling->context_switches();
  all.run_queue = machine.scheduling->run_queue_length();
  all.outside = static_cast<uint64_t>(std::max<int64_t>(machine.outside_work.load(std::memory_order_relaxed), 0));
  all.size = std::min(statistics->size, sizeof all);
  std::memcpy(statistics, &all, all.size);
}

}  // extern "C"
