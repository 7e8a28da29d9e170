#include "compiler/emit/emit_function.hpp"
#include "compiler/lower/lower.hpp"

namespace phial::compiler {

bool lower_module(const ModuleDefinition& definition, CodeUnit& unit, std::vector<diagnostics::Diagnostic>& diagnostics) {
  core::Module module;
  if (!lower_to_core(definition, module, diagnostics)) return false;
  emit::Assembler assembler(unit);
  unit.module = definition.module;
  unit.functions.resize(module.functions.size());
  for (size_t i = 0; i < module.functions.size(); i++)
    emit::emit_function(module, *module.functions[i], assembler, unit.functions[i]);
  unit.imports = module.imports;
  unit.files = module.files;
  unit.attributes = assembler.literal(definition.attributes);
  unit.compile_info = assembler.literal(definition.compile_info);
  unit.docs = assembler.literal(definition.docs);
  unit.debug = assembler.literal(definition.debug);
  return true;
}

}  // namespace phial::compiler
