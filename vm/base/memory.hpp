// Memory from the system: mimalloc, or what the host has given instead (set_memory_functions); under sanitizers malloc, whose checks find more faults.
//
// mimalloc's shared library also defines malloc and operator new, and would take them over for the whole program if libphial were linked with it. So it is
// opened at the first allocation, away from the program's own symbols; a program that is linked with it (phial is) keeps the one it has. Where there is none, malloc serves.
//
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
/// Bytes of the machine, or of $PHIAL_MEMORY where that is less.
size_t machine_memory();

struct MemoryFunctions {
  void* (*allocate)(size_t bytes);
  void* (*reallocate)(void* block, size_t bytes);
  void (*free)(void* block);
};
/// False: memory has been allocated already.
bool set_memory_functions(const MemoryFunctions& functions);

}  // namespace phial
