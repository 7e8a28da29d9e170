// Opens libphial_jit, the shared object that holds the compiler of native code.
#pragma once
#include <string>

#include "vm/jit/backend.hpp"

namespace phial {

/// A compiler of its own for the caller, or null with the reason. Options that the environment gives are set here.
Backend* open_backend(const RuntimeCalls& calls, std::string& problem);
/// The file that open_backend would open, or "".
std::string backend_path();

}  // namespace phial
