#include "vm/heap/old_space.hpp"

#include <algorithm>
#include <utility>

#include "vm/base/memory.hpp"
#include "vm/heap/process_heap.hpp"
#include "vm/term/binary.hpp"

namespace phial {
namespace {

/// Blocks with fewer free lines than this are left alone until the next sweep.
constexpr size_t few_free_lines = 64;
/// Below this many live words (half a megabyte) a heap is copied into one piece again.
constexpr size_t sparse_words = 64 * 1024;
constexpr size_t least_promotion = 256 * 1024;  // words promoted before the next cycle

size_t shared_bytes(const Word* object) {
  return Header::kind(*object) == Kind::shared_binary ? reinterpret_cast<const SharedBinary*>(object[2])->capacity : 0;
}

}  // namespace

OldSpace::OldSpace() : cycle_after_(gc_stress ? 0 : least_promotion) {}

OldSpace::~OldSpace() {
  for (size_t i = 0; i < blocks_.size(); i++) {
    if (!blocks_[i]) continue;
    drop_off_heap_list(infos_[i]->off_heap);
    block_range.infos[block_number(blocks_[i])] = nullptr;
    free_blocks(blocks_[i], 1);
    memory_free(infos_[i]);
  }
}

// -- promotion

void OldSpace::own_blocks(Word* first, size_t count, bool keep) {
  for (size_t i = 0; i < count; i++) {
    auto info = static_cast<BlockInfo*>(memory_allocate(sizeof(BlockInfo)));
    std::memset(static_cast<void*>(info), 0, sizeof(BlockInfo));
    info->owner = this;
    info->index = static_cast<uint32_t>(blocks_.size());
    info->keep = keep;
    Word* block = first + i * words_per_block;
    block_range.infos[block_number(block)] = info;
    blocks_.push_back(block);
    infos_.push_back(info);
  }
}

Word* OldSpace::add_blocks(size_t count, bool keep) {
  Word* first = allocate_blocks(count);
  own_blocks(first, count, keep);
  return first;
}

void OldSpace::close_piece() {
  if (top_ > piece_start_) pieces_.push_back({piece_start_, top_});
  piece_start_ = top_;
}

bool OldSpace::next_hole(size_t words) {
  // Only small objects look for holes: for others most are too short.
  if (words > 4 * words_per_line) return false;
  size_t wanted = (words + words_per_line - 1) / words_per_line;
  for (;;) {
    while (info_ && hole_line_ < lines_per_block) {
      auto used = [&](size_t line) { return info_->lines[line / 64] >> line % 64 & 1; };
      if (used(hole_line_)) {
        hole_line_++;
        continue;
      }
      size_t from = hole_line_;
      while (hole_line_ < lines_per_block && !used(hole_line_)) hole_line_++;
      if (hole_line_ - from < wanted) continue;
      Word* block = blocks_[info_->index];
      top_ = block + from * words_per_line;
      limit_ = block + hole_line_ * words_per_line;
      piece_start_ = top_;
      return true;
    }
    if (recycled_.empty()) return false;
    info_ = infos_[recycled_.back()];
    recycled_.pop_back();
    hole_line_ = 0;
  }
}

Word* OldSpace::allocate_slow(size_t words) {
  close_piece();
  if (words > words_per_block / 4) {  // blocks of its own
    Word* room = add_blocks(blocks_for(words), phase_ != Phase::idle);
    pieces_.push_back({room, room + words});
    note(block_info(room), room, words);
    return room;
  }
  if (!next_hole(words)) {
    top_ = piece_start_ = add_blocks(1, phase_ == Phase::sweeping);
    limit_ = top_ + words_per_block;
    info_ = infos_.back();
    hole_line_ = lines_per_block;
  }
  Word* room = top_;
  top_ += words;
  note(info_, room, words);
  return room;
}

bool OldSpace::next_unscanned(Word*& from, Word*& to) {
  for (;;) {
    bool closed = piece_ < pieces_.size();
    Word* start = closed ? pieces_[piece_].from : piece_start_;
    Word* end = closed ? pieces_[piece_].to : top_;
    if (!scan_) scan_ = start;
    if (scan_ < end) {
      from = scan_;
      to = scan_ = end;
      return true;
    }
    if (!closed) {
      if (start == end) scan_ = nullptr;  // an empty piece is never closed: the next one begins elsewhere
      return false;
    }
    // A piece that was scanned while it was open is closed now and may have grown: scan_ stands in it, so the loop above saw to the rest.
    piece_++;
    scan_ = nullptr;
  }
}

void OldSpace::adopt(Word* first, size_t used, bool self_contained) {
  own_blocks(first, blocks_for(used), phase_ != Phase::idle);
  promoted_words_ += used;
  if (self_contained) linear_.push_back({first, first + used});
}

void OldSpace::link_off_heap(Word* object) {
  BlockInfo* info = block_info(object);
  off_heap_link(object) = info->off_heap;
  info->off_heap = object;
  info->owner->off_heap_bytes += shared_bytes(object);
}

void OldSpace::cover(const Word* object, size_t words) {
  // Every line from the second to the last; the line after an object's start counts as used anyway.
  size_t first_line = reinterpret_cast<Word>(object) / sizeof(Word) / words_per_line + 1;
  size_t last_line = (reinterpret_cast<Word>(object) / sizeof(Word) + words - 1) / words_per_line;
  for (size_t line = first_line; line <= last_line;) {
    auto at = reinterpret_cast<const Word*>(line * words_per_line * sizeof(Word));
    BlockInfo* info = block_info(at);
    size_t in_block = line % lines_per_block;
    size_t end = std::min(lines_per_block, in_block + (last_line - line + 1));
    line += end - in_block;
    for (; in_block < end; in_block++) set_bit(info->covered, in_block);
  }
}

// -- cycles

OldSpace::SpanStack::~SpanStack() {
  while (count_) pop();
  shrink();
}

void OldSpace::SpanStack::add_piece() {
  Piece* piece = spare_ ? std::exchange(spare_, nullptr) : static_cast<Piece*>(memory_allocate(sizeof(Piece)));
  piece->before = last_;
  last_ = piece;
}

void OldSpace::SpanStack::drop_piece() {
  shrink();
  spare_ = std::exchange(last_, last_->before);
}

void OldSpace::SpanStack::shrink() { memory_free(std::exchange(spare_, nullptr)); }

void OldSpace::start_cycle() {
  phase_ = Phase::marking;
  marked_words_ = 0;
  promoted_words_ = 0;
  debt = 0;
  linear_before_cycle_ = linear_.size();
}

void OldSpace::mark_object(Term pointer, const Word* object) {
  BlockInfo* info = block_info(object);
  if (!info) return;  // a message in the mailbox
  size_t i = word_index(object);
  uint64_t bit = uint64_t{1} << i % 64;
  if (info->marks[i / 64] & bit) return;
  info->marks[i / 64] |= bit;
  auto payload = reinterpret_cast<const Term*>(object);
  if (pointer.is_cons()) {
    marked_words_ += 2;
    if (leaves_block(i, 2)) [[unlikely]] cover(object, 2);
    pending_.push({payload, payload + 2});
    return;
  }
  size_t size = Header::size(*object);
  marked_words_ += 1 + size;
  if (size + 1 >= words_per_line || leaves_block(i, size + 1)) cover(object, size + 1);
  if (size && !has_raw_payload(Header::kind(*object))) pending_.push({payload + 1, payload + 1 + size});
}

/// Marks what the pending spans refer to. Nearly every object is a cache miss, and so is its mark: a pointer that is found waits in a short queue, while
/// both are fetched, before anybody looks at them.
void OldSpace::mark_pending(size_t effort) {
  constexpr size_t queue_size = 32, queue_least = 16;
  Word queue[queue_size];
  size_t first = 0, last = 0;
  size_t words = 0, marked_before = marked_words_;
  Span span{nullptr, nullptr};
  for (;;) {
    if (last - first < queue_least && words < effort) {
      if (span.at == span.end && !pending_.empty()) span = pending_.pop();
      // From the end: the rest of a list waits until its head is done, and not the heads of the whole list until its end is reached.
      const Term* end = span.end;
      while (span.at < span.end && last - first < queue_size) {
        Term term = *--span.end;
        if (!term.is_pointer()) continue;
        auto object = reinterpret_cast<const Word*>(term.word & ~Word{7});
        if (!in_blocks(object)) continue;
        const BlockInfo* info = block_info(object);
        if (!info) continue;  // a message in the mailbox
        __builtin_prefetch(object);
        __builtin_prefetch(&info->marks[word_index(object) / 64], 1);
        queue[last++ % queue_size] = term.word;
      }
      words += static_cast<size_t>(end - span.end);
      if (span.end < end) continue;
    }
    if (first == last) break;
    Term term = Term::raw(queue[first++ % queue_size]);
    mark_object(term, reinterpret_cast<const Word*>(term.word & ~Word{7}));
  }
  if (span.at < span.end) pending_.push(span);
  debt -= static_cast<int64_t>(marked_words_ - marked_before);
}

void OldSpace::work(size_t effort, bool last_roots) {
  if (phase_ == Phase::marking) {
    mark_pending(effort);
    if (pending_.empty() && last_roots) {
      phase_ = Phase::sweeping;
      sweep_at_ = 0;
      // The present hole ends: the sweep finds it anew.
      top_ = limit_ = nullptr;
      info_ = nullptr;
      recycled_.clear();
      // What they hold is marked by now, and blocks of theirs may be given back.
      linear_.erase(linear_.begin(), linear_.begin() + static_cast<ptrdiff_t>(linear_before_cycle_));
      linear_before_cycle_ = 0;
    }
    return;
  }
  if (phase_ != Phase::sweeping) return;
  for (constexpr size_t one = 128;; effort -= one) {
    if (sweep_at_ == blocks_.size()) return end_cycle();
    BlockInfo& info = *infos_[sweep_at_];
    if (!info.keep && !drop_dead(info, effort)) return;
    sweep_block(sweep_at_++);
    if (effort <= one) return;
  }
}

/// Drops the off-heap objects of a block that are not marked. False: the effort is used up, and some may be left.
bool OldSpace::drop_dead(BlockInfo& info, size_t& effort) {
  if (!sweep_link_) sweep_link_ = &info.off_heap;
  constexpr size_t looked = 2, dropped = 16;
  while (Word* object = *sweep_link_) {
    size_t i = word_index(object);
    bool lives = info.marks[i / 64] >> i % 64 & 1;
    if (lives) {
      sweep_link_ = &off_heap_link(object);
    } else {
      *sweep_link_ = off_heap_link(object);
      off_heap_bytes -= shared_bytes(object);
      drop_off_heap(object);
    }
    size_t cost = lives ? looked : dropped;
    if (effort <= cost) {
      effort = 0;
      return false;
    }
    effort -= cost;
  }
  sweep_link_ = nullptr;
  return true;
}

void OldSpace::sweep_block(size_t at) {
  BlockInfo& info = *infos_[at];
  if (info.keep) {  // came after marking began
    info.keep = false;
    std::memset(info.marks, 0, sizeof info.marks);
    std::memset(info.covered, 0, sizeof info.covered);
    std::memset(info.lines, 0xff, sizeof info.lines);
    return;
  }
  bool any = false;
  for (uint64_t word : info.marks) any |= word != 0;
  for (uint64_t word : info.covered) any |= word != 0;
  if (!any) {
    block_range.infos[block_number(blocks_[at])] = nullptr;
    free_blocks(blocks_[at], 1);
    memory_free(infos_[at]);
    blocks_[at] = nullptr;
    infos_[at] = nullptr;
    return;
  }
  std::memcpy(info.starts, info.marks, sizeof info.starts);
  std::memset(info.marks, 0, sizeof info.marks);
  size_t used = 0;
  uint64_t carry = 0;
  for (size_t i = 0; i < lines_per_block / 64; i++) {
    uint64_t lines = 0;
    for (size_t line = 0; line < 64; line++) {
      uint64_t two = info.starts[(i * 64 + line) / 2];
      if (static_cast<uint32_t>(line % 2 ? two >> 32 : two)) lines |= uint64_t{1} << line;
    }
    uint64_t spread = lines | lines << 1 | carry;
    carry = lines >> 63;
    info.lines[i] = spread | info.covered[i];
    info.covered[i] = 0;
    used += static_cast<size_t>(__builtin_popcountll(info.lines[i]));
  }
  if (lines_per_block - used >= few_free_lines) recycled_.push_back(static_cast<uint32_t>(at));
}

void OldSpace::end_cycle() {
  // Close the gaps of blocks that were given back.
  size_t kept = 0;
  std::vector<uint32_t> moved(blocks_.size());
  for (size_t i = 0; i < blocks_.size(); i++) {
    if (!blocks_[i]) continue;
    moved[i] = static_cast<uint32_t>(kept);
    blocks_[kept] = blocks_[i];
    infos_[kept] = infos_[i];
    infos_[kept]->index = static_cast<uint32_t>(kept);
    kept++;
  }
  blocks_.resize(kept);
  infos_.resize(kept);
  for (uint32_t& index : recycled_) index = moved[index];
  phase_ = Phase::idle;
  cycles++;
  pending_.shrink();
  live_words_ = marked_words_;
  cycle_after_ = gc_stress ? 0 : std::max(least_promotion, (live_words_ + promoted_words_) / 2 * 3);
  sparse = live_words_ + promoted_words_ <= sparse_words;
  debt = 0;
}

}  // namespace phial
