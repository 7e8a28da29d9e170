#include "vm/base/available_memory.hpp"
#include "vm/base/memory.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PHIAL_SYSTEM_MALLOC 1
#endif
#endif

namespace phial {
namespace {

using Allocate = void* (*)(size_t);
using Reallocate = void* (*)(void*, size_t);
using Free = void (*)(void*);
using GoodSize = size_t (*)(size_t);

void* first_allocate(size_t bytes);
void* first_reallocate(void* block, size_t bytes);
void first_free(void* block);
size_t first_good_size(size_t bytes);
size_t same_size(size_t bytes) { return bytes; }

// What is called; at first functions that find the allocator.
constinit std::atomic<Allocate> allocate_now{first_allocate};
constinit std::atomic<Reallocate> reallocate_now{first_reallocate};
constinit std::atomic<Free> free_now{first_free};
constinit std::atomic<GoodSize> good_size_now{first_good_size};
std::once_flag found;

void use(Allocate allocate, Reallocate reallocate, Free free, GoodSize good_size) {
  allocate_now.store(allocate, std::memory_order_relaxed);
  reallocate_now.store(reallocate, std::memory_order_relaxed);
  free_now.store(free, std::memory_order_relaxed);
  good_size_now.store(good_size, std::memory_order_relaxed);
}

[[maybe_unused]] bool use_mimalloc(void* library) {
  auto allocate = reinterpret_cast<Allocate>(dlsym(library, "mi_malloc"));
  auto reallocate = reinterpret_cast<Reallocate>(dlsym(library, "mi_realloc"));
  auto free = reinterpret_cast<Free>(dlsym(library, "mi_free"));
  auto good_size = reinterpret_cast<GoodSize>(dlsym(library, "mi_good_size"));
  if (!allocate || !reallocate || !free || !good_size) return false;
  use(allocate, reallocate, free, good_size);
  return true;
}

void find_allocator() {
#ifndef PHIAL_SYSTEM_MALLOC
  if (use_mimalloc(RTLD_DEFAULT)) return;
  for (const char* name : {PHIAL_MIMALLOC, "libmimalloc.so.2", "libmimalloc.so.3", "libmimalloc.so"})
    if (void* library = dlopen(name, RTLD_NOW | RTLD_LOCAL); library && use_mimalloc(library)) return;
#endif
  use(std::malloc, std::realloc, std::free, same_size);
}

void* first_allocate(size_t bytes) {
  std::call_once(found, find_allocator);
  return allocate_now.load(std::memory_order_relaxed)(bytes);
}
void* first_reallocate(void* block, size_t bytes) {
  std::call_once(found, find_allocator);
  return reallocate_now.load(std::memory_order_relaxed)(block, bytes);
}
void first_free(void* block) {
  if (!block) return;
  std::call_once(found, find_allocator);
  free_now.load(std::memory_order_relaxed)(block);
}
size_t first_good_size(size_t bytes) {
  std::call_once(found, find_allocator);
  return good_size_now.load(std::memory_order_relaxed)(bytes);
}

/// The system has no memory. Requests that are too large by themselves are refused before they come here (vm/process/budget.hpp), so others hold it all: what
/// they free is waited for. Only when nothing comes for long is there nothing left to do.
template <class Again>
void* insist(size_t bytes, Again&& again) {
  for (int tries = 0; tries < 500; tries++) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (void* block = again()) return block;
  }
  std::fprintf(stderr, "phial: out of memory asking for %zu bytes\n", bytes);
  std::abort();
}

}  // namespace

size_t machine_memory() {
  static const size_t bytes = static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGE_SIZE));
  return bytes;
}

size_t available_memory() {
  size_t kilobytes = 0;
  if (std::FILE* file = std::fopen("/proc/meminfo", "re")) {
    char line[128];
    while (std::fgets(line, sizeof line, file))
      if (std::sscanf(line, "MemAvailable: %zu", &kilobytes) == 1) break;
    std::fclose(file);
  }
  return kilobytes ? kilobytes * 1024 : machine_memory();
}

void* memory_allocate(size_t bytes) {
  auto allocate = [&] { return allocate_now.load(std::memory_order_relaxed)(bytes); };
  void* block = allocate();
  return block || !bytes ? block : insist(bytes, allocate);
}
void* memory_reallocate(void* block, size_t bytes) {
  auto reallocate = [&] { return reallocate_now.load(std::memory_order_relaxed)(block, bytes); };
  void* grown = reallocate();
  return grown || !bytes ? grown : insist(bytes, reallocate);
}
void memory_free(void* block) { free_now.load(std::memory_order_relaxed)(block); }
void memory_free_sized(void* block, size_t) { free_now.load(std::memory_order_relaxed)(block); }
size_t memory_good_size(size_t bytes) { return good_size_now.load(std::memory_order_relaxed)(bytes); }

bool set_memory_functions(const MemoryFunctions& functions) {
  if (!functions.allocate || !functions.reallocate || !functions.free) return false;
  bool ours = false;
  std::call_once(found, [&] {
    use(functions.allocate, functions.reallocate, functions.free, same_size);
    ours = true;
  });
  return ours;
}

}  // namespace phial
