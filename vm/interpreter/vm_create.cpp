#include "vm/interpreter/vm_create.hpp"

#include <cstdlib>

#include "vm/interpreter/runtime.hpp"
#include "vm/scheduler/deterministic.hpp"

namespace phial {

std::unique_ptr<Vm> create_vm(VmConfig config) {
  if (const char* stress = std::getenv("PHIAL_GC_STRESS"); stress && *stress == '1') config.gc_stress = true;
  bool deterministic = config.deterministic;
  unsigned threads = config.schedulers;
  auto vm = std::make_unique<Vm>(std::move(config));
  install_interpreter(*vm);
  if (deterministic)
    vm->scheduling = std::make_unique<DeterministicScheduling>(*vm);
  else
    vm->scheduling = std::make_unique<ThreadedScheduling>(*vm, threads);
  return vm;
}

}  // namespace phial
