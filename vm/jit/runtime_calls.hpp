// The C++ side of RuntimeCalls (backend.hpp).
#pragma once
#include "vm/jit/backend.hpp"

namespace phial {

RuntimeCalls runtime_calls();

}  // namespace phial
