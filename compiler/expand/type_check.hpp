// The type checker: warns about expressions of a complete module that can only fail, or whose outcome never varies.
//
// It follows values through expanded clauses. Variables are bound once (by version), so one walk in the order of evaluation suffices; what
// comes from parameters, other modules or joins that say nothing counts as any term, and a warning is given only where two types have
// nothing in common: comparisons, matches and clauses that never match, fields that a map or struct lacks, operands and arguments that the
// functions of :erlang refuse, calls of this module's functions that no clause takes. Only code that stands in the source is judged (it has
// columns), not what macros made.
#pragma once
#include "compiler/expand/expander.hpp"

namespace phial::compiler {

struct ModuleDraft;

void check_types(Expander& e, ModuleDraft& draft);

}  // namespace phial::compiler
