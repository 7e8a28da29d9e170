// The face of lowering.
#pragma once
#include <vector>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/lower/core.hpp"
#include "compiler/lower/module_definition.hpp"

namespace phial::compiler {

/// Makes the core form of a module, optimized. False when something in it cannot be compiled; `diagnostics` says what, and has the warnings
/// about clauses that cannot match. Terms of the definition must live as long as `module`. Any thread.
bool lower_to_core(const ModuleDefinition& definition, core::Module& module, std::vector<diagnostics::Diagnostic>& diagnostics);

/// Compiles a module from its expanded definition to a unit that can be loaded or written (lower_to_core, then emit; defined in
/// compiler/emit). On failure the unit is useless. Any thread; deep only where the source nests deeply.
bool lower_module(const ModuleDefinition& definition, CodeUnit& unit, std::vector<diagnostics::Diagnostic>& diagnostics);

}  // namespace phial::compiler
