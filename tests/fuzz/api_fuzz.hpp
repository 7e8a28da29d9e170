// What the files of the API fuzzer share: see api_fuzz.cpp.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "phial.h"

namespace fuzz {

[[noreturn]] void fail(const char* what);
/// A configuration to begin with. The thread sanitizer does not see what compiled code loads, and so takes what C++ finds behind it for unpublished.
inline phial_config plain_config() {
  phial_config config;
  phial_config_init(&config);
#if __has_feature(thread_sanitizer)
  config.jit = PHIAL_JIT_OFF;
  config.interpret_library = true;
#endif
  return config;
}

inline void require(bool holds, const char* what) {
  if (!holds) fail(what);
}

class Random {
 public:
  explicit Random(uint64_t seed) : bits_(seed) {}
  uint64_t bits() { return bits_(); }
  size_t below(size_t limit) { return bits_() % limit; }
  bool chance(size_t of) { return below(of) == 0; }

 private:
  std::mt19937_64 bits_;
};
/// For callbacks, which run on threads of VMs: numbers that nobody can repeat.
size_t any_below(size_t limit);

// -- terms (api_fuzz_terms.cpp)

phial_term random_term(Random& random, phial_heap* heap, int depth);
/// Reads it in all ways there are, and checks that they agree.
void read_term(Random& random, phial_heap* heap, phial_term value);

// -- what VMs ask of their host (api_fuzz_host.cpp)

extern std::atomic<uint64_t> misuses, objects_alive, lent_alive, notices_due;
extern const phial_object_type object_type, notifying_type;
/// An object, most of them plain, some that send word to the witness and free a handle there when they end.
phial_term make_object(phial_heap* heap, bool notifying);
void give_back_lent(void* user, const void* bytes);

/// A VM that is there from beginning to end, and a host process in it.
struct Witness {
  phial_vm* vm = nullptr;
  phial_host* host = nullptr;
  void open();
  /// Receives what came; how many messages.
  size_t drain();
  void close();
};
extern Witness witness;

extern const phial_function_entry functions[];
extern const size_t function_count;
/// The bytecode of a module, by whichever VM.
void compile_for_loader();
bool load_module(void* user, const char* module, const char** code, size_t* size);
bool raise_limit(void* user, phial_budget_kind kind, uint64_t used, uint64_t* limit);
/// Memory files whose every function fails now and then, some of them always.
const phial_file_system* faulty_files(phial_memory_files* files, phial_file_system* system);
bool set_counting_allocator();

/// A host process that closes itself in its callback.
struct OneShot {
  std::atomic<phial_host*> host{nullptr};
  static void on_message(void* user, phial_term message);
};

}  // namespace fuzz
