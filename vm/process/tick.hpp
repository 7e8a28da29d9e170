// How a long native function counts its work: vm/process/long_native.hpp.
#pragma once
#include "vm/process/context.hpp"

namespace phial {

/// Counts work of a long native function; one reduction is some 10 ns. Leaves the function when the slice is used up.
void leave_native(Context& context);
inline void tick(Context& context, int64_t reductions) {
  context.reductions -= reductions;
  // On a fiber the arguments of a next call do not go to the machine's x registers, which stand first in it.
  if (context.reductions < 0 && context.machine && context.arguments != reinterpret_cast<Term*>(context.machine)) [[unlikely]] leave_native(context);
}

}  // namespace phial
