#include "vm/jit/passes.hpp"

#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/BasicAliasAnalysis.h>
#include <llvm/Analysis/BlockFrequencyInfo.h>
#include <llvm/Analysis/BranchProbabilityInfo.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/MemoryDependenceAnalysis.h>
#include <llvm/Analysis/MemorySSA.h>
#include <llvm/Analysis/OptimizationRemarkEmitter.h>
#include <llvm/Analysis/PostDominators.h>
#include <llvm/Analysis/ProfileSummaryInfo.h>
#include <llvm/Analysis/ScopedNoAliasAA.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/Analysis/TypeBasedAliasAnalysis.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/PassInstrumentation.h>
#include <llvm/IR/PassManager.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/DCE.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/GVN.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

namespace phial {

// llvm::PassBuilder would register every analysis there is, and so link every pass of LLVM into the shared object.
void optimize(llvm::Module& module, llvm::TargetMachine* target) {
  llvm::FunctionAnalysisManager functions;
  llvm::ModuleAnalysisManager modules;
  auto on_functions = [&](auto make) { functions.registerPass(make); };
  on_functions([] { return llvm::PassInstrumentationAnalysis(); });
  on_functions([] { return llvm::AssumptionAnalysis(); });
  on_functions([] { return llvm::DominatorTreeAnalysis(); });
  on_functions([] { return llvm::PostDominatorTreeAnalysis(); });
  on_functions([] { return llvm::LoopAnalysis(); });
  on_functions([] { return llvm::BranchProbabilityAnalysis(); });
  on_functions([] { return llvm::BlockFrequencyAnalysis(); });
  on_functions([] { return llvm::MemoryDependenceAnalysis(); });
  on_functions([] { return llvm::MemorySSAAnalysis(); });
  on_functions([] { return llvm::OptimizationRemarkEmitterAnalysis(); });
  on_functions([&] { return llvm::TargetLibraryAnalysis(llvm::TargetLibraryInfoImpl(target->getTargetTriple())); });
  on_functions([&] { return target->getTargetIRAnalysis(); });
  on_functions([] { return llvm::BasicAA(); });
  on_functions([] { return llvm::ScopedNoAliasAA(); });
  on_functions([] { return llvm::TypeBasedAA(); });
  on_functions([] {
    llvm::AAManager aliases;
    aliases.registerFunctionAnalysis<llvm::BasicAA>();
    aliases.registerFunctionAnalysis<llvm::ScopedNoAliasAA>();
    aliases.registerFunctionAnalysis<llvm::TypeBasedAA>();
    return aliases;
  });
  on_functions([&] { return llvm::ModuleAnalysisManagerFunctionProxy(modules); });
  modules.registerPass([] { return llvm::PassInstrumentationAnalysis(); });
  modules.registerPass([] { return llvm::ProfileSummaryAnalysis(); });
  modules.registerPass([&] { return llvm::FunctionAnalysisManagerModuleProxy(functions); });

  llvm::FunctionPassManager passes;
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  passes.addPass(llvm::EarlyCSEPass(true));
  passes.addPass(llvm::SimplifyCFGPass());
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::GVNPass());
  passes.addPass(llvm::SimplifyCFGPass());
  passes.addPass(llvm::InstCombinePass());
  passes.addPass(llvm::DCEPass());
  llvm::ModulePassManager manager;
  manager.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(passes)));
  manager.run(module, modules);
}

}  // namespace phial
