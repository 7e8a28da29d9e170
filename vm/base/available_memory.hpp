// What the machine could still give, and what is done when it gives nothing any more.
#pragma once
#include <atomic>
#include <cstddef>

namespace phial {

/// Bytes that could be had now: what the system has available, within the limits of this program (its control group, $PHIAL_MEMORY, its address space and data). Of the whole
/// machine where the system does not tell. Some 30 microseconds.
size_t available_memory();

/// Bytes of address space that a limit leaves; SIZE_MAX: there is none.
size_t available_address_space();

/// Called by the thread whose request the system refused, before it asks again: whoever asks is to end soon. May allocate nothing. Set by the layer that knows
/// processes.
extern void (*memory_short_hook)();

/// True after the reserve (memory.cpp) was given up, until it could be taken again.
extern std::atomic<bool> memory_reserve_gone;
/// Takes the reserve again if that is possible now. Any thread.
void renew_memory_reserve();

}  // namespace phial
