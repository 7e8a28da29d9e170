// ProcessHeap: the memory of one process, and its collector.
//
// One block holds the young heap, which grows up from `block`, and the stack, which grows down from `block_end`; what lies
// between hp and sp is the room, and one compare checks both. While the process runs, hp and sp live in the registers of the code
// that runs it; `enter` and `leave` bracket every stretch of C++ that builds terms.
//
//   block          high_water            hp        (room)        sp                 block_end
//     | survived once  |  new since the    |  ................    |  frames: terms      |
//     |                |  last collection  |                      |  and code addresses |
//
// Small heaps. Data is immutable, so an object refers only to objects older than itself. A minor collection copies what lives above
// high_water (and in fragments) into a fresh block and promotes what lives below it to the old space; the old space is not looked
// at. When the old space has no room for that, a major collection copies everything into one fresh block. Both copy breadth
// first (Cheney) with a forwarding word left in the moved object: the header of a boxed object becomes the new term, the head of
// a cons becomes the word Term::none() and its tail the new term.
//
// Large heaps. Once a collection would have to copy more than `copy_limit` words (a megabyte, about a millisecond), the heap gets an OldSpace
// (old_space.hpp): blocks of objects that are not moved. From then on the young block is a few blocks at most, a collection copies only
// the young, and what died among the old is found by cycles of marking and sweeping, in slices that the owner calls for between
// collections (`cycle_active`, `work`). A young collection after which most survived makes the next one promote everything at once, so that
// what is built up is copied once.
//   In place. Where nearly everything survives, the next collections copy nothing: the young block becomes old as it stands (OldSpace::adopt). A collection that
// turns out to copy too much does the same in the middle: what has been copied is where it is, what has not stays, both blocks become old, and a walk through the
// young one mends the references to what has moved. Everything being old then, nothing old refers to anything younger. When a cycle leaves little, the whole heap is copied into one piece again, and is small.
// So no stop is in proportion to the heap: a collection copies at most about copy_limit words, and a slice takes what it is given.
//
// Fragments. C++ that builds terms never collects: when the room is used up, ProcessHeap::allocate goes on in a fragment. Received
// messages are fragments, too. The next collection moves what lives in them into the block and frees them. A process with more than
// `fragment_limit` words in fragments asks for a collection at its next safepoint (wants_collection). Fragments of 256 KB and more (a large
// message, a large tuple) are blocks from the beginning. If there is more in fragments than a collection may copy, these become part of the old space
// as they are: a message as it stands, others are walked and what they refer to is promoted with them.
//
// Deep stacks. Moving and scanning a stack of a million frames at every collection would be a long stop, too. So at a safepoint (where the runtime can tell
// where frames begin) a stack of more than `stack_limit()` words is cut: the deep part is moved to a segment of its own (`freeze_stack`), and
// the stack ends in an underflow frame whose code brings the newest segment back (`thaw_stack`). A segment does not change: the next
// collection makes old what it refers to, and later ones do not look at it any more, but for once in each cycle. While there are segments, the heap
// counts as large: its old objects do not move.
//
//   segments -> newest -> ... -> oldest (it ends in the bottom frame)       block: | heap ... room ... frames | underflow frame |
//
// Foreign pointers. A pointer into none of the process's own spaces (a literal, a message still in the mailbox) is left alone: the
// collector tests membership by address.
//
// Off-heap parts. Shared binaries and resources of the young heap and of fragments are chained from TermHeap::off_heap, those of the
// old space from `old_off_heap`, those in blocks from their block. After copying, the chains are walked, the dead are dropped.
//
// Only the thread that runs (or holds) the process may touch its heap.
#pragma once
#include <span>

#include "vm/heap/old_space.hpp"
#include "vm/term/heap_interface.hpp"

namespace phial {

/// A piece of heap outside of the block. A received message is one (its header is a prefix of Signal, vm/process/signal.hpp).
struct Fragment {
  Fragment* next;
  Word* data;
  uint32_t used;      // words
  uint32_t capacity;  // words; with self_contained
  /// Bit of `capacity`: its terms refer to nothing outside of it (a message).
  static constexpr uint32_t self_contained = 1u << 31;
};
/// From this many words on the memory of a fragment is whole blocks.
inline constexpr size_t block_fragment_words = words_per_block;
/// Frees the words of a fragment that are not part of its own memory.
void free_fragment_words(Fragment* fragment);

/// Ranges of terms outside the block that the collector reads and updates: x registers, dictionary, ...
struct RootSet {
  static constexpr size_t max_ranges = 12;
  std::span<Term> ranges[max_ranges];
  size_t count = 0;
  void add(Term* first, size_t n) {
    if (n) ranges[count++] = {first, n};
  }
};

/// A part of a deep stack that was put aside.
struct StackSegment {
  StackSegment* below;
  uint32_t words;
  bool young;  // no collection has looked at it
  Term data[];
};

class ProcessHeap final : public TermHeap {
 public:
  ProcessHeap() = default;
  ~ProcessHeap() { release(); }

  /// First block; `words` counts heap and stack.
  void create(size_t words);
  /// Gives everything back, off-heap parts too.
  void release();

  /// C++ takes over from running code: build terms at hp, up to sp.
  void enter(Word* hp, Term* sp) {
    top_ = hp;
    end_ = reinterpret_cast<Word*>(sp);
  }
  /// The heap pointer after C++ has built terms.
  Word* leave() {
    if (main_top_) [[unlikely]] return leave_fragment();
    return top_;
  }
  /// True when fragments or off-heap bytes ask for a collection at the next safepoint.
  bool wants_collection() const { return fragment_words_ > fragment_limit_ || off_heap_bytes > old_->young_off_heap_limit || old_->young_segment_words > most_young_segment_words; }
  /// True while old objects are being marked or swept; `work` does a part of that, about so many objects. Between safepoints of the process,
  /// as `collect` is.
  bool cycle_active() const { return old_->space && old_->space->active(); }
  /// Of a large heap, else null.
  OldSpace* old_space() const { return old_->space; }
  void work(size_t effort);
  /// Works for about so many nanoseconds, or (where time must not count: `timed` false) for what that usually gets done.
  void work_for(int64_t nanoseconds, bool timed);

  /// Makes the room at least `need` words by collecting (and growing). hp and sp are read from and left in `saved_hp`, `saved_sp`.
  /// `major` of a large heap begins a cycle (unless one is under way), which `work` finishes.
  void collect(size_t need, const RootSet& roots, bool major = false);
  /// Shrinks to what is needed, without room, after a major collection: for hibernation.
  void collect_for_hibernation(const RootSet& roots);

  /// Puts the frames from `cut` down aside; two words for the underflow frame are put in their place (`entry`, `code`). In the block are the stack
  /// [sp, block_end) and, below hp, the heap. The new sp is the result.
  Term* freeze_stack(Term* sp, Term* cut, Word entry, Word code);
  /// Words of room that thaw_stack needs.
  size_t thaw_words() const { return old_->segments->words + 2; }
  /// The stack holds nothing but the underflow frame, which the newest segment replaces. The new sp is the result.
  Term* thaw_stack();
  void drop_segments();
  const StackSegment* segments() const { return old_->segments; }
  size_t segment_words() const { return old_->segment_words; }

  /// Takes over a fragment (a received message) with the chain of its off-heap objects.
  void attach(Fragment* fragment, Word* fragment_off_heap);

  size_t block_words() const { return static_cast<size_t>(block_end - block); }
  size_t old_words() const { return small_old_words() + (old_->space ? old_->space->live_words() : 0); }
  size_t old_capacity() const { return static_cast<size_t>(old_->end - old_->start) + (old_->space ? old_->space->capacity_words() : 0); }
  /// Of the part that stands in the block.
  size_t stack_words() const { return static_cast<size_t>(block_end - reinterpret_cast<Word*>(saved_sp)); }
  size_t fragment_words() const { return fragment_words_; }
  /// All words held, used or not.
  size_t total_words() const { return block_words() + old_capacity() + fragment_words_ + old_->segment_words; }
  uint32_t minor_collections() const { return minors_; }
  uint32_t major_collections() const { return majors_ + (old_->space ? old_->space->cycles : 0); }
  /// Bytes of off-heap data referred to.
  size_t binary_bytes() const { return off_heap_bytes + old_binary_bytes(); }
  /// True if the object lies in this heap (not a literal, not foreign).
  bool owns(const Word* object) const;
  /// True if `test(const Word* object)` holds for any boxed object of the heap, dead ones included. Between safepoints of the process.
  template <class Test>
  bool any_object(Test&& test) const;
  /// Visits every off-heap object of this heap: visit(const Word* object).
  template <class Visit>
  void each_off_heap(Visit&& visit) const;

  Word* block = nullptr;
  Word* block_end = nullptr;
  Word* saved_hp = nullptr;  // valid while the process does not run
  Term* saved_sp = nullptr;
  uint32_t minimum_words = 0;         // min_heap_size
  uint16_t fullsweep_after = 65535;   // minor collections before a major one

 private:
  template <bool into_blocks>
  struct Copier;
  /// What only heaps have that have grown old, off-heap or deep: it hangs off the heap, so that small processes stay small.
  struct OldParts {
    Word* start = nullptr;  // the old space of a small heap
    Word* top = nullptr;
    Word* end = nullptr;
    Word* off_heap = nullptr;
    size_t off_heap_bytes = 0;
    OldSpace* space = nullptr;              // of a large heap
    StackSegment* segments = nullptr;       // newest first
    StackSegment* mark_segment = nullptr;   // the next one that the cycle under way has to mark; those above it are done
    size_t segment_words = 0;
    size_t young_segment_words = 0;         // of those that collections have to look at
    size_t young_off_heap_limit = 256 * 1024;
    size_t binary_limit = 16 << 20;         // bytes of off-heap data of the old before a major collection
  };
  static const OldParts no_old_parts;  // what a heap without them reads
  OldParts& own_old();
  void free_small_old();
  Word* allocate_slow(size_t words) override;
  Word* start_of_current() const override { return main_top_ ? fragments_->data : block; }
  Word* leave_fragment();
  size_t small_old_words() const { return static_cast<size_t>(old_->top - old_->start); }
  size_t old_binary_bytes() const { return old_->off_heap_bytes + (old_->space ? old_->space->off_heap_bytes : 0); }
  void minor(size_t need, const RootSet& roots);
  void major(size_t need, const RootSet& roots);
  void collect_into_blocks(size_t need, const RootSet& roots, bool want_cycle);
  void scan_segments(Copier<true>& copier);
  void start_cycle(const RootSet& roots);
  void finish_work();
  template <bool into_blocks>
  void adopt_fragments(Copier<into_blocks>& copier);
  void note_pace(size_t copied, size_t used, size_t new_words, bool left_in_place);
  void adopt_blocks(Word* first, size_t words, size_t used);
  void install(Word* fresh, size_t words, Word* top, Term* sp);
  void move_block(size_t words, const RootSet& roots);
  void free_fragments();
  void sweep_off_heap(Word* chain, const Word* old_from, const Word* old_to);

  Word* high_water_ = nullptr;
  OldParts* old_ = const_cast<OldParts*>(&no_old_parts);
  Word* main_top_ = nullptr;  // hp while C++ builds in a fragment, else null
  Fragment* fragments_ = nullptr;
  static constexpr size_t most_young_segment_words = 128 * 1024;
  size_t fragment_words_ = 0;
  uint32_t fragment_limit_ = 1024;
  uint16_t minors_since_major_ = 0;
  bool promote_all_ = false;  // the next young collection promotes whatever lives
  uint32_t minors_ = 0;
  uint32_t majors_ = 0;
};

/// The smallest block size of the growth schedule with at least `words` words.
size_t next_heap_size(size_t words);
/// Copies the words of a self-contained fragment without off-heap objects to `to`; gives the copy of `value`, which refers to it.
Term copy_fragment(const Fragment& fragment, Term value, Word*& to);
/// For PHIAL_GC_STRESS: every safepoint that may collect does.
extern bool gc_stress;

inline constexpr size_t default_first_block_words = 32;
/// Stacks of more words are cut, so many of them are left in the block.
inline size_t stack_limit() { return gc_stress ? 200 : 64 * 1024; }
inline size_t stack_kept() { return gc_stress ? 60 : 6 * 1024; }

/// Copies a term (of one process) into memory of another owner, fast for the small messages that processes send. `measure_message`
/// gives an upper bound of the words; `copy_message` writes at `to`, links off-heap objects to `off_heap`, and returns the copy.
size_t measure_message(Term term);
/// What measure_message gives for a term that is too large to be copied (too_many_words): the atom system_limit goes in its place, and who sends it ends.
inline constexpr size_t unsendable = SIZE_MAX / 64;
Term copy_message(Term term, Word*& to, Word*& off_heap);

template <class Test>
bool ProcessHeap::any_object(Test&& test) const {
  auto scan = [&](const Word* at, const Word* end) {
    while (at < end) {
      if (!Header::is(*at)) {
        at += 2;
        continue;
      }
      if (test(at)) return true;
      at += 1 + Header::size(*at);
    }
    return false;
  };
  if (scan(block, saved_hp) || scan(old_->start, old_->top) || (old_->space && old_->space->any_object(test))) return true;
  for (Fragment* f = fragments_; f; f = f->next)
    if (scan(f->data, f->data + f->used)) return true;
  return false;
}

template <class Visit>
void ProcessHeap::each_off_heap(Visit&& visit) const {
  auto link = [](const Word* object) { return reinterpret_cast<const Word*>(object[Header::size(*object)]); };
  for (const Word* at = off_heap; at; at = link(at)) visit(at);
  for (const Word* at = old_->off_heap; at; at = link(at)) visit(at);
  if (old_->space) old_->space->each_off_heap(visit);
}

}  // namespace phial
