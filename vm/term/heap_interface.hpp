// TermHeap: where terms are built. A bump allocator with a slow path that its owner defines: a process (main heap, then a
// fragment), an Arena (chunks that never move: the compiler's, a message's, a module's literals).
//
// Building never collects and never fails: a TermHeap that cannot grow ends the program; limits are checked by its owner
// at safepoints. One thread at a time.
#pragma once
#include <cstdlib>

#include "vm/term/term.hpp"

namespace phial {

class TermHeap {
 public:
  /// Room for `words` words, uninitialized; every word must be written before the next safepoint of the owner.
  Word* allocate(size_t words) {
    Word* room = top_;
    if (words <= static_cast<size_t>(end_ - room)) [[likely]] {
      top_ += words;
      return room;
    }
    return allocate_slow(words);
  }
  /// Gives back the tail of the last allocation.
  void give_back(Word* from) {
    if (from >= start_of_current() && from <= top_) top_ = from;
  }
  /// The newest object with an off-heap part (shared_binary, resource); they are chained through their last word.
  Word* off_heap = nullptr;
  /// Bytes of off-heap data that this heap keeps alive, for the collector's decisions.
  size_t off_heap_bytes = 0;

 protected:
  TermHeap() = default;
  ~TermHeap() = default;
  TermHeap(const TermHeap&) = delete;
  TermHeap& operator=(const TermHeap&) = delete;
  virtual Word* allocate_slow(size_t words) = 0;
  virtual Word* start_of_current() const = 0;
  Word* top_ = nullptr;
  Word* end_ = nullptr;
};

/// A heap of chunks that never move and are freed together. Releases the off-heap parts of its objects when it dies.
class Arena final : public TermHeap {
 public:
  explicit Arena(size_t first_chunk_words = 1024) : next_chunk_words_(first_chunk_words) {}
  ~Arena();
  /// Words allocated so far in all chunks.
  size_t used_words() const;
  /// Frees everything.
  void clear();

 private:
  struct Chunk { Chunk* next; size_t words; Word data[]; };
  Word* allocate_slow(size_t words) override;
  Word* start_of_current() const override { return chunks_ ? chunks_->data : nullptr; }
  Chunk* chunks_ = nullptr;
  size_t next_chunk_words_;
  size_t used_before_ = 0;
};

}  // namespace phial
