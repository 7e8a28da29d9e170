// Functions of a module as a NativeObject: translated with symbols, run through LLVM's passes, written as an ELF file in memory, and its sections
// laid out as one block of code with its constants. Only distances within the block and to the table may be left to resolve;
// anything else makes the object fail.
#include "vm/jit/object_compiler.hpp"

#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/SmallVectorMemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>

#include <algorithm>

#include "vm/jit/passes.hpp"
#include "vm/jit/symbols.hpp"
#include "vm/jit/translator.hpp"

namespace phial {
namespace {

/// Relocations of x86-64 that the block can do without a linker.
enum class Distance { none, bits32, bits64 };
Distance distance_of(uint64_t type) {
  switch (type) {
    case llvm::ELF::R_X86_64_PC32: case llvm::ELF::R_X86_64_PLT32: return Distance::bits32;
    case llvm::ELF::R_X86_64_PC64: return Distance::bits64;
    default: return Distance::none;
  }
}

/// Takes the ELF file apart. `addresses` gets the offsets of named functions.
bool lay_out(llvm::MemoryBufferRef bytes, NativeObject& object, std::map<std::string, uint32_t>& addresses, std::string& reason) {
  auto fail = [&](std::string why) {
    reason = std::move(why);
    return false;
  };
  auto parsed = llvm::object::ObjectFile::createELFObjectFile(bytes);
  if (!parsed) return fail(llvm::toString(parsed.takeError()));
  auto file = llvm::dyn_cast<llvm::object::ELF64LEObjectFile>(parsed->get());
  if (!file || file->getArch() != llvm::Triple::x86_64) return fail("objects are made for x86-64 only");
  std::map<uint64_t, uint32_t> placed;  // section number to offset
  auto place = [&](bool code) {
    for (llvm::object::ELFSectionRef section : file->sections()) {
      uint64_t flags = section.getFlags();
      if (!(flags & llvm::ELF::SHF_ALLOC) || section.isText() != code || section.getSize() == 0) continue;
      auto name = section.getName();
      if (!name) return fail(llvm::toString(name.takeError()));
      if (name->starts_with(".eh_frame")) continue;
      if (flags & llvm::ELF::SHF_WRITE) return fail("the code has data that is written to");
      auto contents = section.getContents();
      if (!contents) return fail(llvm::toString(contents.takeError()));
      uint64_t alignment = std::max<uint64_t>(16, section.getAlignment().value());
      object.text.resize((object.text.size() + alignment - 1) / alignment * alignment, static_cast<char>(code ? 0xcc : 0));
      placed[section.getIndex()] = static_cast<uint32_t>(object.text.size());
      object.text.append(contents->data(), contents->size());
    }
    return true;
  };
  if (!place(true) || !place(false)) return false;
  for (llvm::object::ELFSymbolRef symbol : file->symbols()) {
    auto type = symbol.getType();
    if (!type) return fail(llvm::toString(type.takeError()));
    if (*type != llvm::object::SymbolRef::ST_Function) continue;
    auto name = symbol.getName();
    auto section = symbol.getSection();
    auto value = symbol.getValue();
    if (!name || !section || !value) return fail("bad symbol");
    if (*section == file->section_end()) continue;
    auto base = placed.find((*section)->getIndex());
    if (base != placed.end()) addresses[name->str()] = static_cast<uint32_t>(base->second + *value);
  }
  for (llvm::object::SectionRef section : file->sections()) {
    auto target = section.getRelocatedSection();
    if (!target) return fail(llvm::toString(target.takeError()));
    if (*target == file->section_end()) continue;
    auto base = placed.find((*target)->getIndex());
    if (base == placed.end()) continue;
    for (llvm::object::ELFRelocationRef relocation : section.relocations()) {
      Distance kind = distance_of(relocation.getType());
      auto symbol = llvm::object::ELFSymbolRef(*relocation.getSymbol());
      auto name = symbol.getName();
      auto addend = relocation.getAddend();
      if (!name || !addend) return fail("bad relocation");
      auto at = static_cast<uint32_t>(base->second + relocation.getOffset());
      if (kind == Distance::none) return fail("relocation " + std::to_string(relocation.getType()) + " to " + name->str());
      if (*name == "phial_table" && kind == Distance::bits32) {
        object.fixups.push_back({at, static_cast<int32_t>(*addend)});
        continue;
      }
      auto home = symbol.getSection();
      auto value = symbol.getValue();
      if (!home || !value || *home == file->section_end()) return fail("the code calls " + name->str());
      auto to = placed.find((*home)->getIndex());
      if (to == placed.end()) return fail("the code refers to a section of data");
      int64_t distance = static_cast<int64_t>(to->second + *value) + *addend - at;
      std::memcpy(object.text.data() + at, &distance, kind == Distance::bits32 ? 4 : 8);
    }
  }
  return true;
}

}  // namespace

std::unique_ptr<llvm::TargetMachine> object_target(bool this_machine, std::string& reason) {
  std::string triple = llvm::sys::getProcessTriple();
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, reason);
  if (!target) return nullptr;
  std::string features;
  if (this_machine)
    for (auto& feature : llvm::sys::getHostCPUFeatures()) features += (features.empty() ? "" : ",") + std::string(feature.second ? "+" : "-") + feature.first().str();
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(triple, this_machine ? llvm::sys::getHostCPUName() : "x86-64", features, {},
                                                                          llvm::Reloc::PIC_, llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default));
}

bool compile_native_object(llvm::TargetMachine& target, std::span<const Function* const> functions, const RuntimeCalls& calls,
                           const BackendOptions& options, bool observed, NativeObject& object, std::string& reason) {
  llvm::LLVMContext context;
  llvm::Module module("phial", context);
  module.setDataLayout(target.createDataLayout());
  module.setTargetTriple(target.getTargetTriple().str());
  module.setPICLevel(llvm::PICLevel::SmallPIC);
  Symbols symbols(module, functions, options.atom_text);
  symbols.observed = observed;
  // Functions of the object jump to each other directly. All entries stand before the first is filled.
  std::vector<std::unique_ptr<Translator>> translators;
  for (const Function* function : functions) {
    translators.push_back(std::make_unique<Translator>(context, module, *function, calls, options.stress, &symbols));
    symbols.set_entry(*function, translators.back()->declare_entry());
  }
  struct Done { const Function* function; std::string entry, closure; std::vector<std::pair<const Word*, std::string>> continuations; };
  std::vector<Done> done;
  for (size_t i = 0; i < functions.size(); i++) {
    Translator& translator = *translators[i];
    symbols.problem.clear();
    bool fine = translator.translate(reason);
    if (fine && !symbols.problem.empty()) {
      fine = false;
      reason = symbols.problem;
    }
    if (!fine) {
      translator.become_interpreted();
      continue;
    }
    Done record{functions[i], translator.entry()->getName().str(), "", {}};
    if (translator.closure_entry()) record.closure = translator.closure_entry()->getName().str();
    for (auto& [pc, segment] : translator.continuations()) record.continuations.push_back({pc, segment->getName().str()});
    done.push_back(std::move(record));
  }
  if (done.empty()) {
    if (reason.empty()) reason = "nothing could be compiled";
    return false;
  }
  for (llvm::Function& function : module) {
    if (!function.hasExternalLinkage() || function.isDeclaration()) continue;
    function.setVisibility(llvm::GlobalValue::HiddenVisibility);
    function.setDSOLocal(true);
  }
  std::string problem;
  llvm::raw_string_ostream problem_stream(problem);
  if (llvm::verifyModule(module, &problem_stream)) {
    reason = "invalid IR: " + problem;
    return false;
  }
  optimize(module, &target);
  if (options.dump_ir) module.print(llvm::errs(), nullptr);
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager emission;
  if (target.addPassesToEmitFile(emission, stream, nullptr, llvm::CodeGenFileType::ObjectFile)) {
    reason = "the target writes no object files";
    return false;
  }
  emission.run(module);
  std::map<std::string, uint32_t> addresses;
  if (!lay_out(llvm::MemoryBufferRef(llvm::StringRef(bytes.data(), bytes.size()), "phial"), object, addresses, reason)) return false;
  object.slots = symbols.slots();
  object.atoms = symbols.atoms();
  for (const Done& record : done) {
    object.entries.push_back({record.function->index, addresses.at(record.entry)});
    if (!record.closure.empty()) object.entries.push_back({record.function->index | NativeStart::of_closure, addresses.at(record.closure)});
    for (auto& [pc, name] : record.continuations)
      object.continuations.push_back({static_cast<uint32_t>(symbols.module().offset_of(pc)), addresses.at(name)});
  }
  std::sort(object.continuations.begin(), object.continuations.end(), [](auto& a, auto& b) { return a.position < b.position; });
  return true;
}

}  // namespace phial
