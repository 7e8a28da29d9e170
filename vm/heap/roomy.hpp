// Roomy blocks: a process that goes on collecting gets a young block of this size, however little survives, so that its collections become rare (a loop in
// a fresh process would collect each few hundred words otherwise). Only so many processes of the OS process have one at a time, so that many small processes
// stay small. No other block has this size: next_heap_size gives none such.
#pragma once
#include <cstddef>
#include <cstdint>

namespace phial {

inline constexpr size_t roomy_words = 8194;
inline constexpr uint32_t minors_before_roomy = 16;
inline constexpr int most_roomy_blocks = 128;

}  // namespace phial
