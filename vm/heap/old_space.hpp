// OldSpace: the old objects of a process whose heap is large. They stand in blocks and are not moved; what died among them is found by marking in
// slices, between which the process runs.
//
// A cycle.  idle --start--> marking --nothing left to scan--> sweeping --last block--> idle
//
//   start      right after a young collection, in the same stop: everything that the young space, the stack and the other roots refer to in
//              the blocks is marked and put on the list of what is to be scanned. This is the snapshot.
//   marking    slices take from that list. Data is immutable, so an object never comes to refer to anything it did not refer to at the start:
//              whatever was alive at the start is found without a write barrier. What young collections promote meanwhile is marked at
//              once (it refers only to what was promoted with it, or was in the snapshot). So the marked are: all that is alive,
//              and what died during the cycle, which the next one frees.
//   sweeping   block by block: off-heap objects that are not marked are dropped (a block may have thousands, so a slice may end among them), blocks without a mark are given back, in the others the lines
//              (32 words) without a mark may be filled by later promotions, hole by hole (Blackburn and McKinley, "Immix", without moving).
//
// Where objects begin. `BlockInfo::starts` has a bit for each object that may be alive, so that blocks can be walked although they have holes.
// A line after one in which an object starts counts as used, so that only objects longer than a line, and those that go on in the next block, need to be
// covered expressly.
//
// Adopted runs. A large message or a large object stands in blocks of its own from the beginning. A young collection takes such blocks over as they are.
// A message refers to nothing outside of itself, so it is not even looked at: it stands in `linear_` until it has been marked once.
#pragma once
#include <vector>

#include "vm/heap/block_pool.hpp"

namespace phial {

class OldSpace {
 public:
  OldSpace();
  ~OldSpace();
  OldSpace(const OldSpace&) = delete;
  OldSpace& operator=(const OldSpace&) = delete;

  struct Range {
    Word* from;
    Word* to;
  };

  // -- promotion, in a young collection
  /// What is allocated from now on is seen by next_unscanned.
  void begin_promotion() {
    pieces_.clear();
    piece_start_ = top_;
    piece_ = 0;
    scan_ = nullptr;
  }
  /// Room for one object that is promoted.
  Word* allocate(size_t words) {
    promoted_words_ += words;
    if (words <= static_cast<size_t>(limit_ - top_)) [[likely]] {
      Word* room = top_;
      top_ += words;
      note(info_, room, words);
      return room;
    }
    return allocate_slow(words);
  }
  /// The next promoted objects that have not been scanned yet; false: there are none.
  bool next_unscanned(Word*& from, Word*& to);
  /// Takes over `used` words in blocks of their own. `self_contained`: they refer to nothing outside; else the caller walks them.
  void adopt(Word* first, size_t used, bool self_contained);
  /// Notes an object in an adopted run that is walked.
  void note_object(Word* object, size_t words) { note(block_info(object), object, words); }
  /// Takes over an off-heap object that lies in the blocks.
  static void link_off_heap(Word* object);

  // -- cycles
  bool active() const { return phase_ != Phase::idle; }
  /// Begins a cycle; the caller then gives all roots to mark_range before anything else happens.
  void start_cycle();
  void mark_range(const Term* from, const Term* to) {
    for (; from < to; from++)
      if (from->is_pointer()) mark(*from);
  }
  /// True when all that was marked has been scanned: time for roots that were put off.
  bool wants_more_roots() const { return phase_ == Phase::marking && pending_.empty(); }
  /// Marks or sweeps; `effort` is about so many objects. The cycle is over when active() turns false. Marking does not end before `last_roots`.
  void work(size_t effort, bool last_roots = true);
  /// True when enough was promoted since the last cycle for the next one.
  bool wants_cycle() const { return promoted_words_ > cycle_after_; }
  /// Words that work() should get through because of what was promoted meanwhile.
  int64_t debt = 0;

  /// Words alive at the end of the last cycle, and all that came since.
  size_t live_words() const { return live_words_ + promoted_words_; }
  size_t promoted_words() const { return promoted_words_; }
  size_t capacity_words() const { return blocks_.size() * words_per_block; }
  size_t block_count() const { return blocks_.size(); }
  /// What the owner has learnt about its young block.
  struct Pace {
    uint8_t nursery_blocks = 1;  // its size
    uint8_t in_place_left = 0;   // collections to come that leave the young block where it is
    uint8_t in_place_run = 0;    // of which there were so many in this row
  };
  Pace pace;
  /// True after a cycle that left so little that the heap had better be copied into one piece.
  bool sparse = false;
  /// Bytes of off-heap data that objects in the blocks refer to.
  size_t off_heap_bytes = 0;
  uint32_t cycles = 0;

  bool owns(const Word* object) const { return in_blocks(object) && block_info(object) && block_info(object)->owner == this; }
  /// Hands over the chains of off-heap objects.
  void take_off_heap(std::vector<Word*>& chains) {
    for (BlockInfo* info : infos_) {
      if (info && info->off_heap) chains.push_back(info->off_heap);
      if (info) info->off_heap = nullptr;
    }
  }
  template <class Visit>
  void each_off_heap(Visit&& visit) const {
    for (const BlockInfo* info : infos_)
      if (info) for (const Word* at = info->off_heap; at; at = reinterpret_cast<const Word*>(at[Header::size(*at)])) visit(at);
  }
  /// True if test(const Word* object) holds for a boxed object.
  template <class Test>
  bool any_object(Test&& test) const;

 private:
  enum class Phase : uint8_t { idle, marking, sweeping };
  struct Span {
    const Term* at;
    const Term* end;
  };
  /// What is to be scanned, the newest first, in pieces: a vector that doubles would copy a hundred megabytes in one stop.
  class SpanStack {
   public:
    SpanStack() = default;
    ~SpanStack();
    SpanStack(const SpanStack&) = delete;
    bool empty() const { return !count_; }
    void push(Span span) {
      if (count_ % piece_spans == 0) [[unlikely]] add_piece();
      last_->spans[count_++ % piece_spans] = span;
    }
    Span pop() {
      Span span = last_->spans[--count_ % piece_spans];
      if (count_ % piece_spans == 0) [[unlikely]] drop_piece();
      return span;
    }
    /// Gives back the piece that is kept for the next time.
    void shrink();

   private:
    static constexpr size_t piece_spans = 2048;
    struct Piece {
      Piece* before;
      Span spans[piece_spans];
    };
    void add_piece();
    void drop_piece();
    Piece* last_ = nullptr;
    Piece* spare_ = nullptr;
    size_t count_ = 0;
  };

  static void set_bit(uint64_t* bits, size_t i) { bits[i / 64] |= uint64_t{1} << i % 64; }
  static size_t word_index(const Word* object) { return (reinterpret_cast<Word>(object) & (block_bytes - 1)) / sizeof(Word); }
  void note(BlockInfo* info, Word* object, size_t words) {
    size_t i = word_index(object);
    set_bit(info->starts, i);
    if (phase_ == Phase::marking) {
      set_bit(info->marks, i);
      if (words >= words_per_line || leaves_block(i, words)) cover(object, words);
    }
  }
  static void cover(const Word* object, size_t words);
  /// In runs of blocks that were adopted an object may begin in one block and end in the next, whose first line is used then.
  static bool leaves_block(size_t index, size_t words) { return index + words > words_per_block; }
  Word* allocate_slow(size_t words);
  bool next_hole(size_t words);
  void own_blocks(Word* first, size_t count, bool keep);
  Word* add_blocks(size_t count, bool keep);
  void close_piece();
  void mark(Term pointer) {
    auto object = reinterpret_cast<const Word*>(pointer.word & ~Word{7});
    if (in_blocks(object)) mark_object(pointer, object);
  }
  void mark_object(Term pointer, const Word* object);
  void mark_pending(size_t effort);
  bool drop_dead(BlockInfo& info, size_t& effort);
  void sweep_block(size_t at);
  void end_cycle();

  std::vector<Word*> blocks_;      // address of each; null while sweeping: given back
  std::vector<BlockInfo*> infos_;  // beside them
  // Where promoted objects go: a hole of a block, or a fresh block.
  Word* top_ = nullptr;
  Word* limit_ = nullptr;
  BlockInfo* info_ = nullptr;
  size_t hole_line_ = 0;           // where to look for the next hole in info_'s block
  std::vector<uint32_t> recycled_; // blocks with holes that have not been filled yet
  // Pieces of memory filled by the present young collection, and where its scan stands.
  std::vector<Range> pieces_;
  Word* piece_start_ = nullptr;
  Word* scan_ = nullptr;
  size_t piece_ = 0;

  Phase phase_ = Phase::idle;
  SpanStack pending_;
  size_t sweep_at_ = 0;
  Word** sweep_link_ = nullptr;    // in the off-heap chain of that block: where the sweep goes on
  std::vector<Range> linear_;      // adopted messages, walked from end to end
  size_t linear_before_cycle_ = 0;
  size_t live_words_ = 0;
  size_t marked_words_ = 0;
  size_t promoted_words_ = 0;      // since the cycle began (or since the last one ended)
  size_t cycle_after_;
};

template <class Test>
bool OldSpace::any_object(Test&& test) const {
  for (const Range& range : linear_)
    for (const Word* at = range.from; at < range.to;) {
      if (!Header::is(*at)) {
        at += 2;
        continue;
      }
      if (test(at)) return true;
      at += 1 + Header::size(*at);
    }
  for (size_t b = 0; b < blocks_.size(); b++) {
    if (!infos_[b]) continue;
    bool unswept = phase_ == Phase::sweeping && b >= sweep_at_;  // messages of this cycle have marks only
    for (size_t i = 0; i < words_per_block / 64; i++)
      for (uint64_t bits = infos_[b]->starts[i] | (unswept ? infos_[b]->marks[i] : 0); bits; bits &= bits - 1) {
        const Word* object = blocks_[b] + i * 64 + static_cast<size_t>(__builtin_ctzll(bits));
        if (Header::is(*object) && test(object)) return true;
      }
  }
  return false;
}

}  // namespace phial
