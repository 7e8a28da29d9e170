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
// Generations. Data is immutable, so an object refers only to objects older than itself. A minor collection copies what lives above
// high_water (and in fragments) into a fresh block and promotes what lives below it to the old space; the old space is not looked
// at. When the old space has no room for that, a major collection copies everything into one fresh block. Both copy breadth
// first (Cheney) with a forwarding word left in the moved object: the header of a boxed object becomes the new term, the head of
// a cons becomes the word Term::none() and its tail the new term.
//
// Fragments. C++ that builds terms never collects: when the room is used up, ProcessHeap::allocate goes on in a fragment. Received
// messages are fragments, too. The next collection moves what lives in them into the block and frees them. A process with more than
// `fragment_limit` words in fragments asks for a collection at its next safepoint (wants_collection).
//
// Foreign pointers. A pointer into none of the process's own spaces (a literal, a message still in the mailbox) is left alone: the
// collector tests membership by address.
//
// Off-heap parts. Shared binaries and resources of the young heap and of fragments are chained from TermHeap::off_heap, those of the
// old space from `old_off_heap`. After copying, the chains are walked, the dead are dropped.
//
// Only the thread that runs (or holds) the process may touch its heap.
#pragma once
#include <span>

#include "vm/term/heap_interface.hpp"

namespace phial {

/// A piece of heap outside of the block. A received message is one (its header is a prefix of Signal, vm/process/signal.hpp).
struct Fragment {
  Fragment* next;
  Word* data;
  uint32_t used;      // words
  uint32_t capacity;  // words
};

/// Ranges of terms outside the block that the collector reads and updates: x registers, dictionary, ...
struct RootSet {
  static constexpr size_t max_ranges = 12;
  std::span<Term> ranges[max_ranges];
  size_t count = 0;
  void add(Term* first, size_t n) {
    if (n) ranges[count++] = {first, n};
  }
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
  bool wants_collection() const { return fragment_words_ > fragment_limit_ || off_heap_bytes > off_heap_limit_; }

  /// Makes the room at least `need` words by collecting (and growing). hp and sp are read from and left in `saved_hp`, `saved_sp`.
  void collect(size_t need, const RootSet& roots, bool major = false);
  /// Shrinks to what is needed, without room, after a major collection: for hibernation.
  void collect_for_hibernation(const RootSet& roots);

  /// Takes over a fragment (a received message) with the chain of its off-heap objects.
  void attach(Fragment* fragment, Word* fragment_off_heap);

  size_t block_words() const { return static_cast<size_t>(block_end - block); }
  size_t old_words() const { return static_cast<size_t>(old_top_ - old_start_); }
  size_t old_capacity() const { return static_cast<size_t>(old_end_ - old_start_); }
  size_t stack_words() const { return static_cast<size_t>(block_end - reinterpret_cast<Word*>(saved_sp)); }
  size_t fragment_words() const { return fragment_words_; }
  /// All words held, used or not.
  size_t total_words() const { return block_words() + old_capacity() + fragment_words_; }
  uint32_t minor_collections() const { return minors_; }
  uint32_t major_collections() const { return majors_; }
  /// Bytes of off-heap data referred to.
  size_t binary_bytes() const { return off_heap_bytes + old_off_heap_bytes_; }
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
  struct Copier;
  friend struct Copier;
  Word* allocate_slow(size_t words) override;
  Word* start_of_current() const override { return main_top_ ? fragments_->data : block; }
  Word* leave_fragment();
  void minor(size_t need, const RootSet& roots);
  void major(size_t need, const RootSet& roots);
  void move_block(size_t words, const RootSet& roots);
  void free_fragments();
  void sweep_off_heap(Word* chain, const Word* old_from, const Word* old_to);

  Word* high_water_ = nullptr;
  Word* old_start_ = nullptr;
  Word* old_top_ = nullptr;
  Word* old_end_ = nullptr;
  Word* old_off_heap_ = nullptr;
  size_t old_off_heap_bytes_ = 0;
  Word* main_top_ = nullptr;  // hp while C++ builds in a fragment, else null
  Fragment* fragments_ = nullptr;
  size_t fragment_words_ = 0;
  size_t fragment_limit_ = 1024;
  size_t off_heap_limit_ = 256 * 1024;
  uint16_t minors_since_major_ = 0;
  uint32_t minors_ = 0;
  uint32_t majors_ = 0;
};

/// The smallest block size of the growth schedule with at least `words` words.
size_t next_heap_size(size_t words);
/// For PHIAL_GC_STRESS: every safepoint that may collect does.
extern bool gc_stress;

inline constexpr size_t default_first_block_words = 64;

/// Copies a term (of one process) into memory of another owner, fast for the small messages that processes send. `measure_message`
/// gives an upper bound of the words; `copy_message` writes at `to`, links off-heap objects to `off_heap`, and returns the copy.
size_t measure_message(Term term);
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
  if (scan(block, saved_hp) || scan(old_start_, old_top_)) return true;
  for (Fragment* f = fragments_; f; f = f->next)
    if (scan(f->data, f->data + f->used)) return true;
  return false;
}

template <class Visit>
void ProcessHeap::each_off_heap(Visit&& visit) const {
  auto link = [](const Word* object) { return reinterpret_cast<const Word*>(object[Header::size(*object)]); };
  for (const Word* at = off_heap; at; at = link(at)) visit(at);
  for (const Word* at = old_off_heap_; at; at = link(at)) visit(at);
}

}  // namespace phial
