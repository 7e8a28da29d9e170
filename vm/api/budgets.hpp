// What of phial.h's budgets and capabilities goes into a VM.
#pragma once
#include "vm/api/phial.h"
#include "vm/process/budget.hpp"

namespace phial {

BudgetLimits limits_of(const phial_budget* budget);
std::vector<std::string> grants_of(const char* const* grants);
/// The budget, restrictions and grants of a configuration; the message of what is wrong with them, or "".
std::string read_confines(const phial_config& from, VmConfig& config);
/// False: a grant of the options says nothing known. `options` may be null.
bool grants_known(const phial_options* options);
/// The tree that phial_options ask for (one reference), or null: they ask for none.
ProcessTree* tree_for(Vm& vm, const phial_options* options);

}  // namespace phial
