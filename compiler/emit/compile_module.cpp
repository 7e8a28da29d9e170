#include "compiler/emit/emit_function.hpp"
#include "compiler/lower/lower.hpp"

namespace phial::compiler {

bool lower_module(const ModuleDefinition& definition, CodeUnit& unit, std::vector<diagnostics::Diagnostic>& diagnostics) {
  core::Module module;
  if (!lower_to_core(definition, module, diagnostics)) return false;
  emit::Assembler assembler(unit);
  unit.module = definition.module;
  unit.functions.resize(module.functions.size());
  for (size_t i = 0; i < module.functions.size(); i++) {
    core::Function& function = *module.functions[i];
    if (emit::emit_function(module, function, assembler, unit.functions[i])) continue;
    diagnostics::Diagnostic fault;
    fault.message = "the function " + std::string(atom_text(function.name)) + "/" + std::to_string(function.arity) + " needs more than " +
                    std::to_string(FrameEntry::most_slots) + " values at once: split it into smaller ones";
    if (function.file < module.files.size()) fault.file = module.files[function.file];
    fault.place.line = function.line;
    diagnostics.push_back(std::move(fault));
    return false;
  }
  unit.imports = module.imports;
  unit.files = module.files;
  unit.attributes = assembler.literal(definition.attributes);
  unit.compile_info = assembler.literal(definition.compile_info);
  unit.docs = assembler.literal(definition.docs);
  unit.debug = assembler.literal(definition.debug);
  return true;
}

}  // namespace phial::compiler
