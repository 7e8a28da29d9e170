// LLVM's passes over the code of one translation.
#pragma once

namespace llvm {
class Module;
class TargetMachine;
}  // namespace llvm

namespace phial {

void optimize(llvm::Module& module, llvm::TargetMachine* target);

}  // namespace phial
