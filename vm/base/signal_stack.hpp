// A stack for the handlers of faults, so that they can run when the thread's own, or that of a fiber, is used up.
#pragma once

namespace phial {

/// Gives the calling thread such a stack, until the thread ends. Nothing happens in a program that handles no faults (see expect_faults).
void use_signal_stack();
/// From now on threads get one.
void expect_faults();

}  // namespace phial
