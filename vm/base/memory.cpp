#include "vm/base/memory.hpp"

#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <string>
#include <thread>

#include "vm/base/available_memory.hpp"

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

void take_reserve();
void wait_for_memory();

void find_allocator() {
  take_reserve();
#ifndef PHIAL_SYSTEM_MALLOC
  if (use_mimalloc(RTLD_DEFAULT)) {
    // It is the program's operator new as well, which ends the program where nobody else helps.
    if (!std::get_new_handler()) std::set_new_handler(wait_for_memory);
    return;
  }
  for (const char* name : {PHIAL_MIMALLOC, "libmimalloc.so.2", "libmimalloc.so.3", "libmimalloc.so"})
    if (void* library = dlopen(name, RTLD_NOW | RTLD_LOCAL); library && use_mimalloc(library)) return;
#endif
  use(std::malloc, std::realloc, std::free, same_size);
}

/// Address space that nobody uses. It is given back to the system when that refuses a request, so that the process that asked can go on to where it is ended.
constexpr size_t reserve_bytes = size_t{96} << 20;
std::atomic<void*> reserve{nullptr};

void take_reserve() {
  void* taken = mmap(nullptr, reserve_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  void* none = nullptr;
  if (taken == MAP_FAILED) return;
  if (!reserve.compare_exchange_strong(none, taken, std::memory_order_relaxed)) munmap(taken, reserve_bytes);
  memory_reserve_gone.store(false, std::memory_order_relaxed);
}

bool give_reserve_back() {
  void* held = reserve.exchange(nullptr, std::memory_order_relaxed);
  if (!held) return false;
  munmap(held, reserve_bytes);
  memory_reserve_gone.store(true, std::memory_order_relaxed);
  return true;
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

constexpr int most_tries = 500;
constexpr auto between_tries = std::chrono::milliseconds(10);

/// The system has no memory. Requests that are too large by themselves are refused before they come here (vm/process/budget.hpp). So the process that asks is to end, and
/// has the reserve until it does; what it and others free then is waited for. Only when nothing comes for long is there nothing left to do.
template <class Again>
void* insist(size_t bytes, Again&& again) {
  if (memory_short_hook) memory_short_hook();
  if (give_reserve_back())
    if (void* block = again()) return block;
  for (int tries = 0; tries < most_tries; tries++) {
    std::this_thread::sleep_for(between_tries);
    if (void* block = again()) return block;
  }
  std::fprintf(stderr, "phial: out of memory asking for %zu bytes\n", bytes);
  std::abort();
}

/// The same for operator new, which asks again when its handler returns.
void wait_for_memory() {
  using Clock = std::chrono::steady_clock;
  thread_local int tries = 0;
  thread_local Clock::time_point last;
  Clock::time_point now = Clock::now();
  if (now - last > std::chrono::seconds(1)) tries = 0;
  last = now;
  if (memory_short_hook) memory_short_hook();
  if (give_reserve_back()) return;
  if (++tries > most_tries) {
    std::fputs("phial: out of memory\n", stderr);
    std::abort();
  }
  std::this_thread::sleep_for(between_tries);
}

/// A number in a file of the system, or `none`. "max" is none, too.
size_t number_in(const std::string& path, size_t none) {
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (!file) return none;
  size_t value = none;
  if (std::fscanf(file, "%zu", &value) != 1) value = none;
  std::fclose(file);
  return value;
}

/// The value of a line "name value" in a file of the system, or 0.
size_t value_of(const char* path, const char* name) {
  std::FILE* file = std::fopen(path, "re");
  if (!file) return 0;
  char line[256], word[128];
  size_t value = 0, found = 0;
  while (std::fgets(line, sizeof line, file))
    if (std::sscanf(line, "%127s %zu", word, &value) == 2 && std::strcmp(word, name) == 0) found = value;
  std::fclose(file);
  return found;
}

constexpr size_t unlimited = SIZE_MAX;
/// What an allocator may ask for beyond what it is asked for, to place it well.
constexpr size_t lost_addresses = size_t{64} << 20;

/// The folder of this program's control group (version 2), or "".
std::string control_group() {
  std::FILE* file = std::fopen("/proc/self/cgroup", "re");
  if (!file) return "";
  char line[4096];
  std::string folder;
  while (std::fgets(line, sizeof line, file))
    if (std::strncmp(line, "0::", 3) == 0) folder = std::string("/sys/fs/cgroup") + (line + 3);
  std::fclose(file);
  while (!folder.empty() && (folder.back() == '\n' || folder.back() == '/')) folder.pop_back();
  return folder;
}

/// What the control group and those around it leave: pages of files in the cache count as free.
size_t room_of_control_group() {
  static const std::string own = control_group();
  size_t room = unlimited;
  for (std::string folder = own; folder.size() >= std::strlen("/sys/fs/cgroup"); folder.resize(folder.rfind('/'))) {
    size_t limit = number_in(folder + "/memory.max", unlimited);
    if (limit == unlimited) continue;
    size_t used = number_in(folder + "/memory.current", 0);
    used -= std::min(used, value_of((folder + "/memory.stat").c_str(), "inactive_file"));
    room = std::min(room, limit > used ? limit - used : 0);
  }
  return room;
}

/// $PHIAL_MEMORY: bytes, or a number with K, M or G behind it.
size_t memory_of_environment() {
  const char* text = std::getenv("PHIAL_MEMORY");
  char* end = nullptr;
  double number = text ? std::strtod(text, &end) : 0;
  if (number <= 0) return unlimited;
  int shift = *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
  return static_cast<size_t>(std::min(number, 1e12) * static_cast<double>(size_t{1} << shift));
}
size_t given_memory() {
  static const size_t bytes = memory_of_environment();
  return bytes;
}

/// What a limit of the program leaves; `used`: the line of its status that tells what is used of it.
size_t room_of_limit(decltype(RLIMIT_AS) resource, const char* used) {
  rlimit limit;
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return unlimited;
  size_t bytes = value_of("/proc/self/status", used) * 1024;
  return limit.rlim_cur > bytes ? limit.rlim_cur - bytes : 0;
}

/// What $PHIAL_MEMORY and the limits of the program's address space and data leave.
size_t room_of_limits() {
  size_t room = unlimited;
  if (given_memory() != unlimited) {
    size_t bytes = value_of("/proc/self/status", "VmRSS:") * 1024;
    room = given_memory() > bytes ? given_memory() - bytes : 0;
  }
  size_t addresses = room_of_limit(RLIMIT_AS, "VmSize:");
  if (addresses != unlimited) addresses -= std::min(addresses, lost_addresses);
  return std::min({room, addresses, room_of_limit(RLIMIT_DATA, "VmData:")});
}

}  // namespace

void (*memory_short_hook)() = nullptr;
std::atomic<bool> memory_reserve_gone{false};
void renew_memory_reserve() { take_reserve(); }

size_t available_address_space() { return room_of_limit(RLIMIT_AS, "VmSize:"); }

size_t machine_memory() {
  static const size_t bytes = static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGE_SIZE));
  return std::min(bytes, given_memory());
}

size_t available_memory() {
  size_t kilobytes = value_of("/proc/meminfo", "MemAvailable:");
  return std::min({kilobytes ? kilobytes * 1024 : machine_memory(), room_of_control_group(), room_of_limits()});
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
