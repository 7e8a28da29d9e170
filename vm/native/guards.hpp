// Capabilities of native functions; see guards.cpp.
#pragma once
#include <vector>

#include "vm/code/native_function.hpp"

namespace phial {

/// Puts guards before the functions of these tables that need them. Any thread.
void guard_natives(std::vector<NativeTable>& tables);
/// True if the function asks for a capability.
bool is_guarded(const NativeEntry& entry);

}  // namespace phial
