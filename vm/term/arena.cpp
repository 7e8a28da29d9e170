#include "vm/base/memory.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/heap_interface.hpp"

#ifndef NDEBUG
#include <algorithm>
#include <deque>
#include <mutex>

#include "vm/term/poison.hpp"
#endif

namespace phial {

namespace {

#ifdef NDEBUG
void free_chunk(void* chunk, Word*, size_t) { memory_free(chunk); }
#else
/// Freed chunks stay readable for a while, full of poison_word, the smaller ones of the last so many bytes.
constexpr size_t kept_chunk_bytes = size_t{16} << 20, largest_kept_bytes = size_t{256} << 10;
struct KeptChunk {
  void* chunk;
  size_t bytes;
};
struct KeptChunks {
  std::mutex mutex;
  std::deque<KeptChunk> all;
  size_t bytes = 0;
};
void free_chunk(void* chunk, Word* data, size_t words) {
  static auto kept = new KeptChunks;
  std::fill_n(data, words, poison_word);
  size_t bytes = words * sizeof(Word);
  if (bytes > largest_kept_bytes) return memory_free(chunk);
  std::lock_guard lock(kept->mutex);
  kept->all.push_back({chunk, bytes});
  kept->bytes += bytes;
  while (kept->bytes > kept_chunk_bytes) {
    memory_free(kept->all.front().chunk);
    kept->bytes -= kept->all.front().bytes;
    kept->all.pop_front();
  }
}
#endif

}  // namespace

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
    free_chunk(chunks_, chunks_->data, chunks_->words);
    chunks_ = next;
  }
  top_ = end_ = nullptr;
  used_before_ = 0;
}

}  // namespace phial
