#include "compiler/lower/lower.hpp"

#include <algorithm>

#include "compiler/lower/lowering.hpp"
#include "compiler/lower/optimize.hpp"
#include "vm/term/print.hpp"

namespace phial::compiler {

namespace lowering {

uint32_t ModuleLowering::find_function(Term name, size_t arity) const {
  auto found = functions_.find({name, arity});
  return found == functions_.end() ? none : found->second;
}

uint16_t ModuleLowering::file_index(std::string_view file) {
  for (size_t i = 0; i < module.files.size(); i++)
    if (module.files[i] == file) return static_cast<uint16_t>(i);
  module.files.emplace_back(file);
  return static_cast<uint16_t>(module.files.size() - 1);
}

uint32_t ModuleLowering::new_function() {
  module.functions.push_back(new core::Function());
  return static_cast<uint32_t>(module.functions.size() - 1);
}

Term ModuleLowering::lambda_name(const char* kind) {
  std::string name = "-" + std::string(atom_text(current_definition->name)) + "/" + std::to_string(current_definition->arity) + "-" + kind +
                     "-" + std::to_string(lambda_count++) + "-";
  return intern_atom(name);
}

void ModuleLowering::report(diagnostics::Severity severity, uint32_t line, std::string message) {
  diagnostics::Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.message = std::move(message);
  diagnostic.file = current_definition && !current_definition->file.empty() ? current_definition->file : definition.file;
  diagnostic.place.line = line;
  if (current_definition)
    diagnostic.context = print_atom(definition.module) + "." + std::string(atom_text(current_definition->name)) + "/" +
                         std::to_string(current_definition->arity);
  reports.push_back(std::move(diagnostic));
}

void ModuleLowering::warn(uint32_t line, std::string message) {
  report(diagnostics::Severity::warning, line, std::move(message));
}

void ModuleLowering::error(uint32_t line, std::string message) {
  failed = true;
  report(diagnostics::Severity::error, line, std::move(message));
}

Pattern* ModuleLowering::new_pattern(Pattern::Kind kind) {
  patterns_.push_back(std::make_unique<Pattern>());
  patterns_.back()->kind = kind;
  return patterns_.back().get();
}

/// module_info/0 and /1, which every module has.
static void add_module_info(core::Module& module, uint8_t arity) {
  core::Function* function = new core::Function();
  module.functions.push_back(function);
  function->name = atoms::module_info;
  function->arity = arity;
  function->exported = true;
  Builder b(module, *function);
  b.set_current(b.new_block());
  std::vector<ValueId> arguments{b.constant(module.name)};
  if (arity) arguments.push_back(b.add_parameter(0));
  b.return_value(b.call_external(names().erlang, names().get_module_info, arguments));
}

bool ModuleLowering::run() {
  module.name = definition.module;
  module.files.push_back(definition.file);
  for (const FunctionDefinition& source : definition.functions) {
    uint32_t index = new_function();
    core::Function& function = *module.functions[index];
    function.name = source.name;
    function.arity = source.arity;
    function.exported = source.exported;
    function.line = source.line;
    function.file = source.file.empty() ? 0 : file_index(source.file);
    functions_.emplace(FunctionKey{source.name, source.arity}, index);
  }
  for (size_t i = 0; i < definition.functions.size(); i++) {
    current_definition = &definition.functions[i];
    lambda_count = 0;
    FunctionLowering function(*this, static_cast<uint32_t>(i), nullptr);
    function.lower_definition(definition.functions[i]);
    patterns_.clear();
  }
  current_definition = nullptr;
  for (uint8_t arity = 0; arity < 2; arity++)
    if (find_function(atoms::module_info, arity) == none) add_module_info(module, arity);
  return !failed;
}

}  // namespace lowering

bool lower_to_core(const ModuleDefinition& definition, core::Module& module, std::vector<diagnostics::Diagnostic>& diagnostics) {
  lowering::ModuleLowering lowering(definition, module, diagnostics);
  if (!lowering.run()) return false;
  for (uint32_t i = 0; i < module.functions.size(); i++) core::optimize(module, i);
  return true;
}

}  // namespace phial::compiler
