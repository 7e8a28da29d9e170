// The compiler of native code: translation, LLVM's passes, ORC.
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/ThreadSafeModule.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include <chrono>

#include "vm/jit/object_compiler.hpp"
#include "vm/jit/passes.hpp"
#include "vm/jit/translator.hpp"
#include "interface_id.hpp"

namespace phial {
namespace {

/// Instruction scheduling takes an eighth of the time of a compilation, and these processors do it again. Moving values from general registers to
/// those of vector masks is worth nothing to this code, and looks for it in time that grows with the square of a function's length.
void leave_out_passes() {
  auto& options = llvm::cl::getRegisteredOptions();
  for (auto [name, value] : {std::pair{"enable-misched", "false"}, {"disable-post-ra", "true"}, {"disable-x86-domain-reassignment", "true"}})
    if (auto found = options.find(name); found != options.end()) found->second->addOccurrence(0, name, value);
}

class OrcBackend final : public Backend {
 public:
  OrcBackend(const RuntimeCalls& calls, BackendOptions options) : calls_(calls), options_(options) {
    leave_out_passes();
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
    auto start = std::chrono::steady_clock::now();
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
    std::string closure_name;
    if (translator.closure_entry()) {
      translator.closure_entry()->setName(translator.closure_entry()->getName() + suffix);
      closure_name = translator.closure_entry()->getName().str();
    }
    std::string problem;
    llvm::raw_string_ostream problem_stream(problem);
    if (llvm::verifyModule(*module, &problem_stream)) {
      reason = "invalid IR: " + problem;
      return false;
    }
    optimize(*module, target_.get());
    if (options_.dump_ir || code.dump == Dump::ir) module->print(llvm::errs(), nullptr);
    if (code.dump == Dump::assembly) print_assembly(*module);
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
    if (!closure_name.empty() && !(code.closure_entry = address(closure_name))) return false;
    for (auto& [pc, name] : names) {
      auto continuation = address(name);
      if (!continuation) return false;
      code.continuations.push_back({pc, continuation});
    }
    code.instructions = translator.instructions_of_function();
    code.instructions_compiled = translator.instructions_compiled();
    code.nanoseconds = (std::chrono::steady_clock::now() - start).count();
    code.handle = new llvm::orc::ResourceTrackerSP(tracker);
    return true;
  }

  bool compile_object(std::span<const Function* const> functions, bool this_machine, NativeObject& object, std::string& reason) override {
    auto target = object_target(this_machine, reason);
    return target && compile_native_object(*target, functions, calls_, options_, this_machine, object, reason);
  }

  void drop(void* handle) override {
    auto tracker = static_cast<llvm::orc::ResourceTrackerSP*>(handle);
    llvm::cantFail((*tracker)->remove());
    delete tracker;
  }

 private:
  /// Of a copy: making code changes the module.
  void print_assembly(const llvm::Module& module) {
    auto copy = llvm::CloneModule(module);
    llvm::SmallVector<char, 0> text;
    llvm::raw_svector_ostream stream(text);
    llvm::legacy::PassManager emission;
    if (target_->addPassesToEmitFile(emission, stream, nullptr, llvm::CodeGenFileType::AssemblyFile)) return;
    emission.run(*copy);
    llvm::errs() << llvm::StringRef(text.data(), text.size());
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

extern "C" __attribute__((visibility("default"))) const char phial_jit_version[] = PHIAL_VERSION;
extern "C" __attribute__((visibility("default"))) const char phial_jit_interface[] = PHIAL_JIT_INTERFACE;
extern "C" __attribute__((visibility("default"))) phial::Backend* phial_jit_create_backend(const phial::RuntimeCalls& calls,
                                                                                           phial::BackendOptions options) {
  return new phial::OrcBackend(calls, options);
}
