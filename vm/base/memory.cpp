#include "vm/base/memory.hpp"

#include <cstdio>
#include <cstdlib>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PHIAL_SYSTEM_MALLOC 1
#endif
#endif
#ifndef PHIAL_SYSTEM_MALLOC
#include <mimalloc.h>
#endif

namespace phial {
namespace {

void* checked(void* block, size_t bytes) {
  if (!block && bytes) [[unlikely]] {
    std::fprintf(stderr, "phial: out of memory asking for %zu bytes\n", bytes);
    std::abort();
  }
  return block;
}

}  // namespace

#ifdef PHIAL_SYSTEM_MALLOC
void* memory_allocate(size_t bytes) { return checked(std::malloc(bytes), bytes); }
void* memory_reallocate(void* block, size_t bytes) { return checked(std::realloc(block, bytes), bytes); }
void memory_free(void* block) { std::free(block); }
void memory_free_sized(void* block, size_t) { std::free(block); }
size_t memory_good_size(size_t bytes) { return bytes; }
#else
void* memory_allocate(size_t bytes) { return checked(mi_malloc(bytes), bytes); }
void* memory_reallocate(void* block, size_t bytes) { return checked(mi_realloc(block, bytes), bytes); }
void memory_free(void* block) { mi_free(block); }
void memory_free_sized(void* block, size_t) { mi_free(block); }
size_t memory_good_size(size_t bytes) { return mi_good_size(bytes); }
#endif

}  // namespace phial
