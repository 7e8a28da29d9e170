// When code that is run often is worth what compiling it costs. Templates cost microseconds, so a function gets them as soon as it is seen twice (Vm::hot_samples). The
// optimizing compiler takes some ten milliseconds for one, and forty for its own start, so it waits until the function has run for about as long: most scripts end
// before, and the others lose next to nothing. Reductions tell little of time (a loop over floats may need fifty times as long for one), so a function that is
// hot counts a sample for each five microseconds.
#pragma once
#include <time.h>

#include <algorithm>
#include <cstdint>

namespace phial {

/// Samples (10 ms) that make a function with template code worth optimizing. At each multiple of it the JIT is asked again.
inline constexpr uint32_t worth_optimizing_samples = 2000;
/// The first of them has to be worth the compiler's start, too.
inline constexpr uint32_t worth_starting_samples = 5 * worth_optimizing_samples;

/// The samples that the processor time since this thread was asked last counts for. What ran meanwhile without being asked about counts for little.
inline uint32_t samples_of_time() {
  constexpr int64_t sample_ns = 5000, most = 40;
  static thread_local int64_t before = 0;
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);  // 0.2 us, some thousand times for a function
  int64_t now = int64_t{time.tv_sec} * 1000000000 + time.tv_nsec, passed = now - before;
  if (passed < sample_ns) return 0;
  before = now;
  return static_cast<uint32_t>(std::min(passed / sample_ns, most));
}

}  // namespace phial
