// Which terms are literals of loaded modules: they live as long as the VM and are shared by all processes, never copied or moved.
// Loaded literals stand in one reserved range of addresses, so the test is one compare.
#pragma once
#include "vm/term/term.hpp"

namespace phial {

struct LiteralRange {
  Word start = 0;
  Word bytes = 0;
};
/// Set once by the loader (vm/code) before the first module is loaded.
extern LiteralRange literal_range;

inline bool is_shared_literal(Term pointer) { return pointer.word - literal_range.start < literal_range.bytes; }

}  // namespace phial
