// ReservedArea: a range of addresses reserved at first use, from which blocks are handed out and taken back. There are two for the OS
// process: one for code, one for literals, so that "is this address code / a literal?" is one compare. Any thread.
#pragma once
#include <atomic>
#include <map>
#include <mutex>

#include "vm/term/term.hpp"

namespace phial {

struct Module;

class ReservedArea {
 public:
  /// Reserves `bytes` (less if the OS refuses, or limits the address space); blocks are multiples of `unit` bytes.
  ReservedArea(size_t bytes, size_t unit);
  /// A zeroed block; ends the program if the area is full.
  Word* allocate(size_t bytes);
  void free(Word* block, size_t bytes);
  Word start() const { return start_; }
  size_t bytes() const { return bytes_; }
  size_t round(size_t bytes) const { return (bytes + unit_ - 1) / unit_ * unit_; }

 private:
  std::mutex mutex_;
  Word start_ = 0;
  size_t bytes_ = 0;
  size_t unit_;
  Word next_ = 0;
  std::map<Word, size_t> free_;
};

/// Blocks of literals; sets literal_range (vm/term/literal.hpp).
ReservedArea& literal_area();
inline constexpr size_t code_unit_bytes = 512;
/// Blocks of code; sets code_range.
ReservedArea& code_area();
/// Where code stands, and whose each unit is; empty until there is code.
struct CodeRange {
  Word start = 0;
  Word bytes = 0;
  std::atomic<Module*>* modules = nullptr;
};
extern CodeRange code_range;
/// Tells module_at which module stands in a block of code; null: none.
void set_code_owner(const Word* code, size_t bytes, Module* module);

}  // namespace phial
