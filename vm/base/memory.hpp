// Memory from the system: mimalloc, except under sanitizers, whose own allocator finds more faults.
// Any thread; what one thread allocates another may free. Exhaustion ends the program (budgets are checked long before).
#pragma once
#include <cstddef>

namespace phial {

void* memory_allocate(size_t bytes);
void* memory_reallocate(void* block, size_t bytes);
void memory_free(void* block);
/// Frees a block whose size is known, which is faster.
void memory_free_sized(void* block, size_t bytes);
/// Bytes the allocator really gives for a request of this size.
size_t memory_good_size(size_t bytes);

}  // namespace phial
