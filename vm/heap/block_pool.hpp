// The blocks that large old spaces and the young blocks of large heaps are made of: 256 KB each, aligned, cut from one reserved range of addresses that all heaps of the OS process
// share. So "points into a block" is one compare, and what the collector knows of a block (BlockInfo) is found by its number.
//
// Taking and giving back runs of blocks is guarded by a lock; it happens once for each 256 KB that a heap grows. Memory of free blocks beyond
// a small reserve and what was in use lately goes back to the OS in pieces (trim_blocks), because handing back hundreds of megabytes at once would be a
// stop of its own.
#pragma once
#include "vm/term/term.hpp"

namespace phial {

class OldSpace;

inline constexpr size_t block_shift = 18;
inline constexpr size_t block_bytes = size_t{1} << block_shift;
inline constexpr size_t words_per_block = block_bytes / sizeof(Word);
/// Free memory inside of blocks is found by lines.
inline constexpr size_t words_per_line = 32;
inline constexpr size_t lines_per_block = words_per_block / words_per_line;

/// What the collector knows of a block in use. Bits by word: of the first word of each object.
struct BlockInfo {
  uint64_t starts[words_per_block / 64];  // objects that were there after the last sweep, or were promoted since
  uint64_t marks[words_per_block / 64];   // found alive by the cycle under way; all 0 outside of one
  uint64_t covered[lines_per_block / 64]; // lines that marked objects of more than a line cover beyond their first
  uint64_t lines[lines_per_block / 64];   // lines not free, as of the last sweep
  Word* off_heap;                         // chain of the off-heap objects of this block
  OldSpace* owner;
  uint32_t index;  // in the owner's list
  bool keep;       // adopted since marking began: all of it counts as alive
};

struct BlockRange {
  Word start = 0;
  Word bytes = 0;
  BlockInfo** infos = nullptr;  // by block number; null: not part of an old space
};
extern const BlockRange block_range;

inline bool in_blocks(const void* p) { return reinterpret_cast<Word>(p) - block_range.start < block_range.bytes; }
inline size_t block_number(const void* p) { return (reinterpret_cast<Word>(p) - block_range.start) >> block_shift; }
/// Of a pointer into the blocks. Null: the block belongs to no old space (yet).
inline BlockInfo* block_info(const void* p) { return block_range.infos[block_number(p)]; }
inline Word* block_address(size_t number) { return reinterpret_cast<Word*>(block_range.start + (number << block_shift)); }
inline size_t blocks_for(size_t words) { return (words + words_per_block - 1) / words_per_block; }

/// `count` blocks side by side, without infos. Any thread.
Word* allocate_blocks(size_t count);
void free_blocks(Word* first, size_t count);
/// Gives free memory beyond the reserve back to the OS, about `bytes` of it. True if there is more. Any thread; cheap when there is nothing.
bool trim_blocks(size_t bytes);
/// While heaps grow: has memory ready for some of the blocks that will be asked for next, so that collections need not wait for page faults. Called by
/// threads without work. True if there is more to do.
bool prepare_blocks();
/// True if there is free memory that trim_blocks will give back in a quarter of a second or two.
bool trims_later();
/// Bytes of blocks in use.
size_t block_bytes_in_use();

}  // namespace phial
