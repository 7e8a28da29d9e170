// Compiles functions to a NativeObject. Any thread, each with a target machine of its own.
#pragma once
#include <memory>
#include <span>
#include <string>

#include "vm/jit/backend.hpp"
#include "vm/jit/native_object.hpp"

namespace llvm {
class TargetMachine;
}

namespace phial {

/// Code for this very processor, or for every one of its architecture.
std::unique_ptr<llvm::TargetMachine> object_target(bool this_machine, std::string& reason);
/// `observed`: the interpreter has run the functions, so their feedback tells something. Functions that cannot be compiled are left out (`reason` says why of the last); false if none is left, or the object is none.
bool compile_native_object(llvm::TargetMachine& target, std::span<const Function* const> functions, const RuntimeCalls& calls,
                           const BackendOptions& options, bool observed, NativeObject& object, std::string& reason);

}  // namespace phial
