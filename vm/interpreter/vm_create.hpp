// Puts a Vm together: schedulers, interpreter, natives of the table in its configuration.
#pragma once
#include "vm/process/vm.hpp"

namespace phial {

/// A Vm that is ready: `start` starts its threads (with config.schedulers > 0), or the host calls run_for.
std::unique_ptr<Vm> create_vm(VmConfig config);

}  // namespace phial
