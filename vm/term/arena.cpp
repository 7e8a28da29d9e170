#include "vm/base/memory.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/heap_interface.hpp"

namespace phial {

Arena::~Arena() { clear(); }

Word* Arena::allocate_slow(size_t words) {
  if (chunks_) used_before_ += static_cast<size_t>(top_ - chunks_->data);
  size_t size = words > next_chunk_words_ ? words : next_chunk_words_;
  auto chunk = static_cast<Chunk*>(memory_allocate(sizeof(Chunk) + size * sizeof(Word)));
  chunk->next = chunks_;
  chunk->words = size;
  chunks_ = chunk;
  if (next_chunk_words_ < 128 * 1024) next_chunk_words_ *= 2;
  top_ = chunk->data + words;
  end_ = chunk->data + size;
  return chunk->data;
}

size_t Arena::used_words() const {
  return used_before_ + (chunks_ ? static_cast<size_t>(top_ - chunks_->data) : 0);
}

void Arena::clear() {
  drop_off_heap_list(off_heap);
  off_heap = nullptr;
  off_heap_bytes = 0;
  while (chunks_) {
    Chunk* next = chunks_->next;
    memory_free(chunks_);
    chunks_ = next;
  }
  top_ = end_ = nullptr;
  used_before_ = 0;
}

}  // namespace phial
