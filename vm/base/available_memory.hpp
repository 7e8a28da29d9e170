// What the machine could still give.
#pragma once
#include <cstddef>

namespace phial {

/// Bytes that could be had now, as the system tells; of the whole machine where it does not.
size_t available_memory();

}  // namespace phial
