// What is built on top of the VM and comes with every VM that the API creates: the compiler, the standard library. They are above
// vm/api, so they are not named here: whoever links a program defines vm_extensions() (compiler/session does for libphial).
#pragma once
#include <span>

#include "vm/process/vm.hpp"

namespace phial {

struct ExtensionOptions {
  bool legacy = false;
};
/// Adds natives, loaders and the like to the configuration of a VM that is about to be created.
using VmExtension = void (*)(VmConfig& config, const ExtensionOptions& options);
std::span<const VmExtension> vm_extensions();

}  // namespace phial
