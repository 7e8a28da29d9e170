// Trees of processes as terms; see budget_natives.cpp.
#pragma once
#include "vm/process/budget.hpp"

namespace phial {

/// The tree that a resource stands for, or null.
ProcessTree* tree_of(Term term);

}  // namespace phial
