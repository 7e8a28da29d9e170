// How a long native function counts its work: vm/process/long_native.hpp.
#pragma once
#include "vm/process/context.hpp"

namespace phial {

/// Counts work of a long native function; one reduction is some 10 ns. Leaves the function when the slice is used up; does not come back
/// when the process has ended meanwhile: the function is unwound (NativeCancelled).
void leave_native(Context& context);
/// The same where nothing may be thrown: false in place of it.
bool leave_native_gently(Context& context);
inline void tick(Context& context, int64_t reductions) {
  context.reductions -= reductions;
  if (context.reductions < 0 && context.can_be_left) [[unlikely]] leave_native(context);
}

/// What unwinds a native function whose process has ended: the only thing that is ever thrown in the VM. Whoever runs native functions that tick catches
/// it; they themselves only have destructors to offer, and vm/native is compiled so that these run.
struct NativeCancelled {};

}  // namespace phial
