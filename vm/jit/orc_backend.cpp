// The compiler of native code: translation, LLVM's passes, ORC.
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/ThreadSafeModule.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/DCE.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/GVN.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

#include "vm/jit/translator.hpp"

namespace phial {
namespace {

class OrcBackend final : public Backend {
 public:
  OrcBackend(const RuntimeCalls& calls, BackendOptions options) : calls_(calls), options_(options) {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    auto machine = llvm::orc::JITTargetMachineBuilder::detectHost();
    if (!machine) {
      error_ = llvm::toString(machine.takeError());
      return;
    }
    machine->setCodeGenOptLevel(llvm::CodeGenOptLevel::Default);
    auto target = machine->createTargetMachine();
    if (target) target_ = std::move(*target);
    auto jit = llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(*machine)).create();
    if (!jit) {
      error_ = llvm::toString(jit.takeError());
      return;
    }
    jit_ = std::move(*jit);
  }

  bool compile(const Function& function, CompiledCode& code, std::string& reason) override {
    if (!jit_) {
      reason = error_;
      return false;
    }
    auto context = std::make_unique<llvm::LLVMContext>();
    auto module = std::make_unique<llvm::Module>("phial", *context);
    module->setDataLayout(jit_->getDataLayout());
    module->setTargetTriple(jit_->getTargetTriple().str());
    Translator translator(*context, *module, function, calls_, options_.stress);
    if (!translator.translate(reason)) return false;
    // Names are unique per compilation: a function may be compiled again.
    std::string suffix = "." + std::to_string(++compilations_);
    std::vector<std::pair<const Word*, std::string>> names;
    translator.entry()->setName(translator.entry()->getName() + suffix);
    std::string entry_name = translator.entry()->getName().str();
    for (auto& [pc, segment] : translator.continuations()) {
      segment->setName(segment->getName() + suffix);
      names.push_back({pc, segment->getName().str()});
    }
    std::string problem;
    llvm::raw_string_ostream problem_stream(problem);
    if (llvm::verifyModule(*module, &problem_stream)) {
      reason = "invalid IR: " + problem;
      return false;
    }
    optimize(*module);
    if (options_.dump_ir) module->print(llvm::errs(), nullptr);
    auto tracker = jit_->getMainJITDylib().createResourceTracker();
    if (auto fault = jit_->addIRModule(tracker, llvm::orc::ThreadSafeModule(std::move(module), std::move(context)))) {
      reason = llvm::toString(std::move(fault));
      return false;
    }
    auto address = [&](const std::string& name) -> CompiledFunction {
      auto found = jit_->lookup(name);
      if (!found) {
        reason = llvm::toString(found.takeError());
        return nullptr;
      }
      return found->toPtr<CompiledFunction>();
    };
    code.entry = address(entry_name);
    if (!code.entry) return false;
    for (auto& [pc, name] : names) {
      auto continuation = address(name);
      if (!continuation) return false;
      code.continuations.push_back({pc, continuation});
    }
    code.handle = new llvm::orc::ResourceTrackerSP(tracker);
    return true;
  }

  void drop(void* handle) override {
    auto tracker = static_cast<llvm::orc::ResourceTrackerSP*>(handle);
    llvm::cantFail((*tracker)->remove());
    delete tracker;
  }

 private:
  void optimize(llvm::Module& module) {
    llvm::PassBuilder builder(target_.get());
    llvm::LoopAnalysisManager loops;
    llvm::FunctionAnalysisManager functions;
    llvm::CGSCCAnalysisManager components;
    llvm::ModuleAnalysisManager modules;
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(components);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, components, modules);
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

  RuntimeCalls calls_;
  BackendOptions options_;
  std::string error_;
  std::unique_ptr<llvm::TargetMachine> target_;
  std::unique_ptr<llvm::orc::LLJIT> jit_;
  uint64_t compilations_ = 0;
};

}  // namespace
}  // namespace phial

extern "C" __attribute__((visibility("default"))) phial::Backend* phial_jit_create_backend(const phial::RuntimeCalls& calls,
                                                                                           phial::BackendOptions options) {
  return new phial::OrcBackend(calls, options);
}
