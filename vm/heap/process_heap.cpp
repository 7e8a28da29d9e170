#include "vm/heap/process_heap.hpp"

#include "vm/heap/roomy.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>
#include <vector>

#include "vm/base/memory.hpp"
#include "vm/term/binary.hpp"

namespace phial {

bool gc_stress = false;

namespace {

constexpr size_t minimum_fragment_words = 128;
/// The least young block of a large heap: a quarter of the second-level cache.
constexpr size_t nursery_words = words_per_block;
/// The larger the young block, the more has died in it when it is full. So it grows while little survives, up to two megabytes and a quarter of what is old.
constexpr size_t most_nursery_blocks = 8, old_blocks_for_each = 4;
constexpr size_t little_copied_words = 28 * 1024, much_copied_words = 56 * 1024;
/// A collection that has copied so much (0.7 ms, page faults among them) leaves the rest where it stands.
constexpr size_t most_copied_words = 80 * 1024;
/// Once nearly everything survives, so many collections at most leave all of the young block where it is before one copies, to see whether that still holds.
constexpr uint8_t most_in_place = 8;
/// What one collection copies at most, about.
constexpr size_t copy_limit_words = 96 * 1024;
/// Room that a young block has at least beside what has survived in it. All of the block may have to be copied the next time, so it is not much.
constexpr size_t least_room_words = 24 * 1024;

// With PHIAL_GC_STRESS every way through the collector is taken by small heaps, too.
size_t nursery() { return gc_stress ? 512 : nursery_words; }
size_t most_copied() { return gc_stress ? 200 : most_copied_words; }
size_t copy_limit() { return gc_stress ? 2048 : copy_limit_words; }

/// Of the young block of a large heap, for `used` words at least, the stack and what is needed at once among them.
size_t young_block_words(const OldSpace& old, size_t used, size_t minimum) {
  // Some are whole blocks under stress, too: only those can become old where they stand.
  if (gc_stress && old.cycles % 4 != 3) return next_heap_size(std::max(used + nursery(), minimum));
  return blocks_for(std::max({nursery_words * old.pace.nursery_blocks, used + least_room_words, minimum})) * words_per_block;
}

std::atomic<int> roomy_blocks{0};

bool whole_blocks(size_t words) { return words && words % words_per_block == 0; }
Word* allocate_words(size_t words) {
  if (whole_blocks(words)) return allocate_blocks(words / words_per_block);
  if (words == roomy_words) roomy_blocks.fetch_add(1, std::memory_order_relaxed);
  return static_cast<Word*>(memory_allocate(words * sizeof(Word)));
}
void free_words(Word* block, size_t words) {
  if (in_blocks(block)) return free_blocks(block, words / words_per_block);
  if (words == roomy_words) roomy_blocks.fetch_sub(1, std::memory_order_relaxed);
  memory_free_sized(block, words * sizeof(Word));
}

/// Most objects are small: a call would cost more than the copy.
inline void copy_words(Word* to, const Word* from, size_t words) {
  if (words > 16) {
    std::memcpy(to, from, words * sizeof(Word));
    return;
  }
  if (words & 1) *to++ = *from++;
  for (const Word* end = from + (words & ~size_t{1}); from < end; from += 2, to += 2) __builtin_memcpy(to, from, 2 * sizeof(Word));
}

/// What a moved boxed object has in place of its header. Nothing else looks like it, so a block that was left in the middle of a collection can be walked.
constexpr Word moved_mark = 30 << 3 | 7;
inline Word moved_header(const Word* to) { return reinterpret_cast<Word>(to) << 8 | moved_mark; }
constexpr bool is_moved(Word header) { return static_cast<uint8_t>(header) == moved_mark; }
inline Word* moved_to(Word header) { return reinterpret_cast<Word*>(header >> 8); }

struct Range {
  const Word* from;
  const Word* to;
  bool holds(const Word* p) const { return p >= from && p < to; }
};

/// Of terms that stand in a copy of `from` that lies `distance` bytes further on: what refers into `from` now refers into the copy.
void relocate_terms(Term* at, Term* end, Range from, ptrdiff_t distance) {
  for (; at < end; at++)
    if (at->is_pointer() && from.holds(reinterpret_cast<const Word*>(at->word & ~Word{7}))) at->word += static_cast<Word>(distance);
}
void relocate_objects(Word* at, Word* end, Range from, ptrdiff_t distance) {
  while (at < end) {
    if (!Header::is(*at)) {
      relocate_terms(reinterpret_cast<Term*>(at), reinterpret_cast<Term*>(at + 2), from, distance);
      at += 2;
      continue;
    }
    size_t size = Header::size(*at);
    if (!has_raw_payload(Header::kind(*at))) relocate_terms(reinterpret_cast<Term*>(at + 1), reinterpret_cast<Term*>(at + 1 + size), from, distance);
    at += 1 + size;
  }
}

}  // namespace

Term copy_fragment(const Fragment& fragment, Term value, Word*& to) {
  std::memcpy(to, fragment.data, fragment.used * sizeof(Word));
  Range from{fragment.data, fragment.data + fragment.used};
  ptrdiff_t distance = reinterpret_cast<char*>(to) - reinterpret_cast<char*>(fragment.data);
  relocate_objects(to, to + fragment.used, from, distance);
  relocate_terms(&value, &value + 1, from, distance);
  to += fragment.used;
  return value;
}

const ProcessHeap::OldParts ProcessHeap::no_old_parts;

ProcessHeap::OldParts& ProcessHeap::own_old() {
  if (old_ == &no_old_parts) old_ = new (memory_allocate(sizeof(OldParts))) OldParts;
  return *old_;
}

void ProcessHeap::free_small_old() {
  if (!old_->start) return;
  free_words(old_->start, static_cast<size_t>(old_->end - old_->start));
  old_->start = old_->top = old_->end = nullptr;
}

size_t next_heap_size(size_t words) {
  size_t previous = 20, size = default_first_block_words;
  while (size < words) {
    // Fibonacci up to a million words, then a fifth more each time.
    size_t next = size < (size_t{1} << 20) ? size + previous + 8 : size + size / 5;
    previous = size;
    size = next & ~size_t{1};
  }
  return size < words_per_block ? size : blocks_for(size) * words_per_block;
}

void ProcessHeap::create(size_t words) {
  block = allocate_words(words);
  block_end = block + words;
  saved_hp = block;
  saved_sp = reinterpret_cast<Term*>(block_end);
  high_water_ = block;
  top_ = block;
  end_ = block_end;
}

void ProcessHeap::release() {
  if (!block) return;
  drop_off_heap_list(off_heap);
  drop_off_heap_list(old_->off_heap);
  off_heap = nullptr;
  off_heap_bytes = 0;
  free_fragments();
  drop_segments();
  if (OldSpace* space = old_->space) {
    space->~OldSpace();
    memory_free(space);
  }
  free_words(block, block_words());
  if (old_->start) free_words(old_->start, static_cast<size_t>(old_->end - old_->start));
  if (old_ != &no_old_parts) memory_free(old_);
  old_ = const_cast<OldParts*>(&no_old_parts);
  block = block_end = saved_hp = high_water_ = nullptr;
  saved_sp = nullptr;
}

void free_fragment_words(Fragment* fragment) {
  if (in_blocks(fragment->data)) free_blocks(fragment->data, blocks_for(fragment->capacity & ~Fragment::self_contained));
}

void ProcessHeap::free_fragments() {
  while (fragments_) {
    Fragment* next = fragments_->next;
    free_fragment_words(fragments_);
    memory_free(fragments_);
    fragments_ = next;
  }
  fragment_words_ = 0;
}

Word* ProcessHeap::allocate_slow(size_t words) {
  // What a native function builds at once is counted after its slice; a result that is larger than all there is must not be waited for.
  constexpr size_t counted_later = 1 << 18;
  if (fragment_words_ + words > counted_later) [[unlikely]] too_many_words(fragment_words_ + words);
  if (!main_top_) {
    main_top_ = top_;
    if (fragments_ && !(fragments_->capacity & Fragment::self_contained) && fragments_->capacity - fragments_->used >= words) {
      top_ = fragments_->data + fragments_->used + words;
      end_ = fragments_->data + fragments_->capacity;
      return top_ - words;
    }
  } else {
    auto used = static_cast<uint32_t>(top_ - fragments_->data);
    fragment_words_ += used - fragments_->used;
    fragments_->used = used;
  }
  // Fragments double with what has been built, so that a long list costs few of them.
  size_t capacity = std::max({words, minimum_fragment_words, std::min<size_t>(fragment_words_, block_fragment_words)});
  Fragment* fragment;
  if (capacity >= block_fragment_words) {
    capacity = blocks_for(capacity) * words_per_block;
    fragment = static_cast<Fragment*>(memory_allocate(sizeof(Fragment)));
    fragment->data = allocate_blocks(capacity / words_per_block);
  } else {
    fragment = static_cast<Fragment*>(memory_allocate(sizeof(Fragment) + capacity * sizeof(Word)));
    fragment->data = reinterpret_cast<Word*>(fragment + 1);
  }
  fragment->next = fragments_;
  fragment->used = 0;
  fragment->capacity = static_cast<uint32_t>(capacity);
  fragments_ = fragment;
  top_ = fragment->data + words;
  end_ = fragment->data + capacity;
  return fragment->data;
}

Word* ProcessHeap::leave_fragment() {
  auto used = static_cast<uint32_t>(top_ - fragments_->data);
  fragment_words_ += used - fragments_->used;
  fragments_->used = used;
  Word* hp = main_top_;
  main_top_ = nullptr;
  top_ = hp;
  return hp;
}

void ProcessHeap::attach(Fragment* fragment, Word* fragment_off_heap) {
  if (fragment_off_heap) {
    Word* last = fragment_off_heap;
    for (;; last = off_heap_link(last)) {
      if (Header::kind(*last) == Kind::shared_binary)
        off_heap_bytes += reinterpret_cast<SharedBinary*>(last[2])->capacity;
      if (!off_heap_link(last)) break;
    }
    off_heap_link(last) = off_heap;
    off_heap = fragment_off_heap;
  }
  // The newest fragment may be open for more: a message is full, so it goes behind it.
  if (fragments_ && main_top_) {
    fragment->next = fragments_->next;
    fragments_->next = fragment;
  } else {
    fragment->next = fragments_;
    fragments_ = fragment;
  }
  if (in_blocks(fragment->data)) {
    size_t has = blocks_for(fragment->capacity), keeps = blocks_for(fragment->used);
    if (has > keeps) free_blocks(fragment->data + keeps * words_per_block, has - keeps);
  }
  fragment->capacity = fragment->used | Fragment::self_contained;
  fragment_words_ += fragment->used;
}

bool ProcessHeap::owns(const Word* object) const {
  if (object >= block && object < block_end) return true;
  if (object >= old_->start && object < old_->top) return true;
  if (old_->space && old_->space->owns(object)) return true;
  for (Fragment* f = fragments_; f; f = f->next)
    if (object >= f->data && object < f->data + (f->capacity & ~Fragment::self_contained)) return true;
  return false;
}

// Copier: one collection. From-space is the young block up to hp, the fragments, and, in a major collection, the old space. With into_blocks
// the old to-space is the heap's blocks.
template <bool into_blocks>
struct ProcessHeap::Copier {
  Range young;        // the block
  Word* high_water;   // what lies below is promoted (minor); block start in a major collection
  Range old;          // small old space in from-space, else empty
  Word* to;           // young to-space
  Word* old_to;       // old to-space (minor)
  OldSpace* blocks;   // with into_blocks: old to-space; else in from-space, if any
  bool promote_all;
  std::vector<Range> fragments;
  Range bounds{nullptr, nullptr};  // of the fragments
  bool in_place = false;           // what still stands in the young block stays there
  size_t most = SIZE_MAX;          // words to be copied before that
  Word* first = nullptr;           // the first word copied to young to-space
  size_t promoted_before = 0;

  enum class Place { leave, young_to, old_to };
  Place place_of(const Word* p) const {
    if (young.holds(p)) [[likely]] return p < high_water ? Place::old_to : Place::young_to;
    if (old.holds(p)) return into_blocks ? Place::old_to : Place::young_to;
    if (!into_blocks && blocks && in_blocks(p) && block_info(p)) return Place::young_to;
    if (!bounds.holds(p)) return Place::leave;
    auto after = std::upper_bound(fragments.begin(), fragments.end(), p,
                                  [](const Word* value, const Range& range) { return value < range.from; });
    if (after == fragments.begin() || !std::prev(after)->holds(p)) return Place::leave;
    return into_blocks && promote_all ? Place::old_to : Place::young_to;
  }

  void find_fragments(Fragment* first) {
    for (Fragment* f = first; f; f = f->next)
      if (f->used) fragments.push_back({f->data, f->data + f->used});
    if (fragments.empty()) return;
    std::sort(fragments.begin(), fragments.end(), [](const Range& a, const Range& b) { return a.from < b.from; });
    bounds = {fragments.front().from, fragments.back().to};
  }

  Word* allocate(Place place, size_t words) {
    if (into_blocks && place == Place::old_to) return blocks->allocate(words);
    Word*& top = place == Place::young_to ? to : old_to;
    Word* room = top;
    top += words;
    return room;
  }

  /// `from_old`: the term stands in an old object, so what it refers to has to be old, too.
  Term forward(Term term, bool from_old = false) {
    if (term.is_cons()) {
      Word* cell = reinterpret_cast<Word*>(term.word - 2);
      Place place = place_of(cell);
      if (place == Place::leave) return term;
      if (cell[0] == Term::none().word) return Term::raw(cell[1]);
      if (into_blocks && in_place && young.holds(cell)) return term;
      Word* room = allocate(from_old ? Place::old_to : place, 2);
      room[0] = cell[0];
      room[1] = cell[1];
      Term moved = Term::cons(room);
      cell[0] = Term::none().word;
      cell[1] = moved.word;
      return moved;
    }
    Word* object = term.object();
    Place place = place_of(object);
    if (place == Place::leave) return term;
    Word header = *object;
    if (is_moved(header)) return Term::boxed(moved_to(header));
    if (into_blocks && in_place && young.holds(object)) return term;
    size_t words = 1 + Header::size(header);
    Word* room = allocate(from_old ? Place::old_to : place, words);
    copy_words(room, object, words);
    *object = moved_header(room);
    return Term::boxed(room);
  }

  void forward_range(Term* from, Term* end, bool from_old = false) {
    for (; from < end; from++)
      if (from->is_pointer()) *from = forward(*from, from_old);
  }
  void forward_roots(const RootSet& roots) {
    for (size_t i = 0; i < roots.count; i++)
      forward_range(roots.ranges[i].data(), roots.ranges[i].data() + roots.ranges[i].size());
  }

  /// Scans copied objects until both to-spaces have no unscanned ones.
  void scan(Word* young_scan, Word* old_scan) {
    for (;;) {
      while (young_scan < to) {
        young_scan = scan_object(young_scan);
        if constexpr (into_blocks) note_copied();
      }
      if constexpr (into_blocks) {
        if (!scan_blocks()) return;
      } else {
        if (old_scan >= old_to) return;
        while (old_scan < old_to) old_scan = scan_object(old_scan);
      }
    }
  }
  // Into blocks: from when more than `most` words have been copied, what has not been stays.
  void begin(size_t most_words) {
    most = most_words;
    first = to;
    promoted_before = blocks->promoted_words();
  }
  void note_copied() {
    if (copied() > most) in_place = true;
  }
  size_t copied() const { return static_cast<size_t>(to - first) + blocks->promoted_words() - promoted_before; }
  void forward_stack(Term* from, Term* end) {
    constexpr ptrdiff_t part = 1024;
    for (; from < end; from += std::min(part, end - from)) {
      forward_range(from, from + std::min(part, end - from));
      note_copied();
    }
  }
  /// Scans what was promoted into blocks; true if there was anything.
  bool scan_blocks() {
    bool any = false;
    Word *at, *end;
    while (blocks->next_unscanned(at, end)) {
      any = true;
      while (at < end) {
        at = scan_object(at, true);
        note_copied();
      }
    }
    return any;
  }
  /// Makes the objects of a run that has become old as it stands part of the old space: `scanned` tells whether what they refer to is in its place.
  void keep_run(Word* at, const Word* end, bool scanned = false) {
    while (at < end) {
      if (*at == Term::none().word) {  // a moved cons
        at += 2;
      } else if (is_moved(*at)) {
        at += 1 + Header::size(*moved_to(*at));
      } else {
        Word* next = scanned ? at + object_words(*at) : scan_object(at, true);
        blocks->note_object(at, static_cast<size_t>(next - at));
        at = next;
      }
    }
  }
  static size_t object_words(Word first) { return Header::is(first) ? 1 + Header::size(first) : 2; }
  Word* scan_object(Word* at, bool from_old = false) {
    // Copies lie one after the other; a header is told from the head of a cons by its tag.
    if (!Header::is(*at)) {
      forward_range(reinterpret_cast<Term*>(at), reinterpret_cast<Term*>(at + 2), from_old);
      return at + 2;
    }
    size_t size = Header::size(*at);
    if (!has_raw_payload(Header::kind(*at)))
      forward_range(reinterpret_cast<Term*>(at + 1), reinterpret_cast<Term*>(at + 1 + size), from_old);
    return at + 1 + size;
  }
};

void ProcessHeap::sweep_off_heap(Word* chain, const Word* old_from, const Word* old_to) {
  while (chain) {
    Word* next = reinterpret_cast<Word*>(chain[3]);
    Word* moved = nullptr;
    if (is_moved(*chain))
      moved = moved_to(*chain);
    else if (old_->space && old_->space->owns(chain))
      moved = chain;  // adopted where it stood
    if (!moved) {
      drop_off_heap(chain);
    } else if (old_->space && old_->space->owns(moved)) {
      OldSpace::link_off_heap(moved);
    } else {
      size_t bytes = Header::kind(*moved) == Kind::shared_binary ? reinterpret_cast<SharedBinary*>(moved[2])->capacity : 0;
      bool is_old = moved >= old_from && moved < old_to;
      Word*& list = is_old ? old_->off_heap : off_heap;
      (is_old ? old_->off_heap_bytes : off_heap_bytes) += bytes;
      off_heap_link(moved) = list;
      list = moved;
    }
    chain = next;
  }
}

void ProcessHeap::collect(size_t need, const RootSet& roots, bool want_major) {
  size_t young = static_cast<size_t>(saved_hp - block) + fragment_words_;
  bool major_now = want_major || minors_since_major_ >= fullsweep_after || old_binary_bytes() > old_->binary_limit;
  if (old_->space && old_->space->sparse && !old_->segments && !old_->space->active() && old_->space->live_words() + young <= copy_limit()) {
    major(need, roots);  // everything into one piece
  } else if (old_->space) {
    collect_into_blocks(need, roots, major_now);
  } else {
    size_t promoted = static_cast<size_t>(high_water_ - block);
    bool no_room = !major_now && old_->start && static_cast<size_t>(old_->end - old_->top) < promoted;
    if (old_->segments || young + (major_now || no_room ? small_old_words() : 0) > copy_limit()) {
      own_old().space = new (memory_allocate(sizeof(OldSpace))) OldSpace;
      collect_into_blocks(need, roots, want_major);
    } else if (major_now || no_room) {
      major(need, roots);
    } else {
      if (promoted && !old_->start) {
        size_t words = next_heap_size(promoted + promoted / 2);
        OldParts& old = own_old();
        old.start = old.top = allocate_words(words);
        old.end = old.start + words;
      }
      minor(need, roots);
    }
  }
  top_ = saved_hp;
  end_ = reinterpret_cast<Word*>(saved_sp);
  main_top_ = nullptr;
  size_t live = static_cast<size_t>(saved_hp - block) + old_words();
  fragment_limit_ = static_cast<uint32_t>(std::clamp<size_t>(live, 1024, nursery()));
  size_t off_heap_limit = std::max<size_t>(256 * 1024, 2 * off_heap_bytes);
  if (off_heap_limit != old_->young_off_heap_limit) own_old().young_off_heap_limit = off_heap_limit;
}

void ProcessHeap::install(Word* fresh, size_t words, Word* top, Term* sp) {
  free_fragments();
  if (block) free_words(block, block_words());
  block = fresh;
  block_end = fresh + words;
  saved_hp = high_water_ = top;
  saved_sp = sp;
}

void ProcessHeap::minor(size_t need, const RootSet& roots) {
  minors_++;
  minors_since_major_++;
  size_t stack = stack_words();
  size_t survivors = static_cast<size_t>(saved_hp - high_water_) + fragment_words_;  // at most
  size_t words = std::max(block_words(), next_heap_size(std::max<size_t>(survivors + stack + need, minimum_words)));
  Word* fresh = allocate_words(words);
  Word* old_before = old_->top;
  Copier<false> copier{.young = {block, saved_hp}, .high_water = high_water_, .old = {nullptr, nullptr}, .to = fresh, .old_to = old_->top,
                       .blocks = nullptr, .promote_all = false, .fragments = {}};
  copier.find_fragments(fragments_);
  Term* fresh_sp = reinterpret_cast<Term*>(fresh + words - stack);
  std::memcpy(fresh_sp, saved_sp, stack * sizeof(Word));
  copier.forward_range(fresh_sp, fresh_sp + stack);
  copier.forward_roots(roots);
  copier.scan(fresh, old_before);
  if (copier.old_to != old_before) old_->top = copier.old_to;
  Word* chain = off_heap;
  off_heap = nullptr;
  off_heap_bytes = 0;
  sweep_off_heap(chain, old_->start, old_->end);
  install(fresh, words, copier.to, fresh_sp);
  // Grow when the survivors leave little room, so that collections stay rare.
  size_t used = static_cast<size_t>(saved_hp - block) + stack + need;
  if (minors_ >= minors_before_roomy && words < roomy_words && used < roomy_words / 2 && !gc_stress &&
      roomy_blocks.load(std::memory_order_relaxed) < most_roomy_blocks) {
    move_block(roomy_words, roots);
  } else if (used > words / 4 * 3) {
    move_block(next_heap_size(std::max(words + 1, used + used / 2)), roots);
  } else if (used < words / 8 && words > 4096 && words != roomy_words) {
    move_block(next_heap_size(std::max<size_t>(used * 3, minimum_words)), roots);
  }
}

void ProcessHeap::major(size_t need, const RootSet& roots) {
  majors_++;
  minors_since_major_ = 0;
  size_t stack = stack_words();
  size_t survivors = static_cast<size_t>(saved_hp - block) + old_words() + fragment_words_;
  size_t words = next_heap_size(std::max<size_t>(survivors + stack + need, minimum_words));
  Word* fresh = allocate_words(words);
  Copier<false> copier{.young = {block, saved_hp}, .high_water = block, .old = {old_->start, old_->top}, .to = fresh, .old_to = nullptr,
                       .blocks = old_->space, .promote_all = false, .fragments = {}};
  copier.find_fragments(fragments_);
  Term* fresh_sp = reinterpret_cast<Term*>(fresh + words - stack);
  std::memcpy(fresh_sp, saved_sp, stack * sizeof(Word));
  copier.forward_range(fresh_sp, fresh_sp + stack);
  copier.forward_roots(roots);
  copier.scan(fresh, nullptr);
  std::vector<Word*> chains{off_heap, old_->off_heap};
  if (old_->space) old_->space->take_off_heap(chains);
  off_heap = nullptr;
  off_heap_bytes = 0;
  if (old_->off_heap) {
    old_->off_heap = nullptr;
    old_->off_heap_bytes = 0;
  }
  if (old_->space) {
    // Its objects were moved out; what was not moved is dead: nothing of it is adopted any more.
    OldSpace* left = old_->space;
    old_->space = nullptr;
    majors_ += left->cycles;
    for (Word* chain : chains) sweep_off_heap(chain, nullptr, nullptr);
    left->~OldSpace();
    memory_free(left);
  } else {
    for (Word* chain : chains) sweep_off_heap(chain, nullptr, nullptr);
  }
  free_small_old();
  size_t old_binary_limit = std::max<size_t>(16 << 20, 2 * off_heap_bytes);
  if (old_binary_limit != old_->binary_limit) own_old().binary_limit = old_binary_limit;
  promote_all_ = false;
  install(fresh, words, copier.to, fresh_sp);
  // Twice the live data for small heaps, half as much again for large ones; never far from it.
  size_t used = static_cast<size_t>(saved_hp - block) + stack + need;
  size_t wanted = next_heap_size(std::max<size_t>(used < 65536 ? used * 2 : used + used / 2, minimum_words));
  if (wanted > words || wanted < words / 2) move_block(wanted, roots);
}

/// Fragments that are blocks become part of the old space as they are until what is left is little enough to be copied.
template <bool into_blocks>
void ProcessHeap::adopt_fragments(Copier<into_blocks>& copier) {
  size_t left = fragment_words_;
  std::vector<OldSpace::Range> walked;
  for (Fragment* f = fragments_; f && left > nursery(); f = f->next) {
    if (!in_blocks(f->data)) continue;
    bool message = f->capacity & Fragment::self_contained;
    size_t has = blocks_for(f->capacity & ~Fragment::self_contained), keeps = blocks_for(f->used);
    if (has > keeps) free_blocks(f->data + keeps * words_per_block, has - keeps);
    if (keeps) old_->space->adopt(f->data, f->used, message);
    if (!message) walked.push_back({f->data, f->data + f->used});
    left -= f->used;
    f->data = nullptr;
    f->used = 0;
  }
  copier.find_fragments(fragments_);
  for (const OldSpace::Range& range : walked) copier.keep_run(range.from, range.to);
}

/// Takes whole blocks of `words` words, of which `used` are, over into the old space as they are.
void ProcessHeap::adopt_blocks(Word* first, size_t words, size_t used) {
  size_t has = words / words_per_block, keeps = blocks_for(used);
  if (has > keeps) free_blocks(first + keeps * words_per_block, has - keeps);
  if (keeps) old_->space->adopt(first, used, false);
}

/// After a collection that has copied `copied` words, of `new_words` new ones `used`: how large the young block is from now on, and whether it stays where it stands.
void ProcessHeap::note_pace(size_t copied, size_t used, size_t new_words, bool left_in_place) {
  OldSpace::Pace& pace = old_->space->pace;
  size_t most = std::clamp<size_t>(old_->space->block_count() / old_blocks_for_each, 1, most_nursery_blocks);
  if (copied > much_copied_words || left_in_place)
    pace.nursery_blocks = static_cast<uint8_t>(std::max<size_t>(pace.nursery_blocks / 2, 1));
  else if (copied < little_copied_words && pace.nursery_blocks < most)
    pace.nursery_blocks = static_cast<uint8_t>(std::min<size_t>(pace.nursery_blocks * 2, most));
  if (promote_all_) return;
  bool nearly_all = !left_in_place && new_words > nursery() / 2 && used > new_words / 8 * 7;
  pace.in_place_run = nearly_all ? std::min<uint8_t>(static_cast<uint8_t>(pace.in_place_run * 2 + 1), most_in_place) : 0;
  pace.in_place_left = pace.in_place_run;
}

void ProcessHeap::collect_into_blocks(size_t need, const RootSet& roots, bool want_cycle) {
  minors_++;
  minors_since_major_++;
  OldSpace& space = *old_->space;
  size_t stack = stack_words();
  size_t new_words = static_cast<size_t>(saved_hp - high_water_) + fragment_words_;
  // The rest of its last block would be lost until the next cycle.
  size_t young_words = static_cast<size_t>(saved_hp - block), young_room = blocks_for(young_words) * words_per_block;
  bool full = young_words > young_room / (gc_stress ? 16 : 4) * (gc_stress ? 1 : 3);
  bool may_stay = whole_blocks(block_words()) && !old_->start && (full || !gc_stress);
  bool stays = may_stay && full && !want_cycle && space.pace.in_place_left > 0;
  size_t survivors = stays || promote_all_ ? 0 : new_words;  // at most
  size_t words = young_block_words(space, survivors + stack + need, minimum_words);
  Word* fresh = allocate_words(words);
  space.begin_promotion();
  size_t promoted_before = space.promoted_words();
  Copier<true> copier{.young = {block, saved_hp}, .high_water = promote_all_ ? saved_hp : high_water_, .old = {old_->start, old_->top}, .to = fresh,
                      .old_to = nullptr, .blocks = &space, .promote_all = promote_all_ || stays, .fragments = {}, .in_place = stays};
  adopt_fragments(copier);
  copier.scan_blocks();  // what adopted objects refer to is old before anybody else refers to it
  copier.begin(may_stay && whole_blocks(words) ? most_copied() : SIZE_MAX);
  scan_segments(copier);
  copier.forward_stack(saved_sp, saved_sp + stack);
  copier.forward_roots(roots);
  copier.scan(fresh, nullptr);
  size_t copied = copier.copied();
  bool in_place = copier.in_place;
  if (in_place) {
    // All that is young becomes old where it stands: what has been copied, in the new block, and what has not, in the old one.
    copier.promote_all = true;
    if (copier.to > fresh) {
      size_t filled_words = std::exchange(words, young_block_words(space, stack + need, minimum_words));
      adopt_blocks(fresh, filled_words, static_cast<size_t>(copier.to - fresh));
      copier.keep_run(fresh, copier.to, true);
      copier.to = fresh = allocate_words(words);
    }
    std::memcpy(fresh + words - stack, saved_sp, stack * sizeof(Word));
    Word* left = std::exchange(block, nullptr);
    adopt_blocks(left, static_cast<size_t>(block_end - left), static_cast<size_t>(saved_hp - left));
    copier.keep_run(left, saved_hp, !copied && copier.fragments.empty());
    copier.scan_blocks();
  }
  Word* chain = off_heap;
  Word* old_chain = old_->off_heap;
  off_heap = old_->off_heap = nullptr;
  off_heap_bytes = old_->off_heap_bytes = 0;
  sweep_off_heap(chain, nullptr, nullptr);
  sweep_off_heap(old_chain, nullptr, nullptr);
  free_small_old();
  size_t used = static_cast<size_t>(copier.to - fresh);
  if (stays)
    space.pace.in_place_left--;
  else
    note_pace(copied, used, new_words, in_place);
  size_t wanted = young_block_words(space, used + stack + need, minimum_words);
  Term* fresh_sp = reinterpret_cast<Term*>(fresh + words - stack);
  if (block) {
    if (wanted < words && whole_blocks(words) && whole_blocks(wanted)) {  // what so few survivors do not need was not touched
      free_blocks(fresh + wanted, (words - wanted) / words_per_block);
      words = wanted;
      fresh_sp = reinterpret_cast<Term*>(fresh + words - stack);
    }
    std::memcpy(fresh_sp, saved_sp, stack * sizeof(Word));
  }
  install(fresh, words, copier.to, fresh_sp);
  promote_all_ = used > new_words / 2 && used > nursery() / 2;
  if (words > 2 * wanted) move_block(wanted, roots);
  // Three words are marked for each that is promoted: a cycle ends before the heap has grown by a third of it.
  if (space.active())
    space.debt += 3 * static_cast<int64_t>(space.promoted_words() - promoted_before);
  else if (want_cycle || space.wants_cycle())
    start_cycle(roots);
}

void ProcessHeap::start_cycle(const RootSet& roots) {
  minors_since_major_ = 0;
  old_->space->start_cycle();
  for (Word* at = block; at < saved_hp;) {
    if (!Header::is(*at)) {
      old_->space->mark_range(reinterpret_cast<Term*>(at), reinterpret_cast<Term*>(at + 2));
      at += 2;
      continue;
    }
    size_t size = Header::size(*at);
    if (!has_raw_payload(Header::kind(*at))) old_->space->mark_range(reinterpret_cast<Term*>(at + 1), reinterpret_cast<Term*>(at + 1 + size));
    at += 1 + size;
  }
  old_->space->mark_range(saved_sp, reinterpret_cast<Term*>(block_end));
  old_->mark_segment = old_->segments;
  for (size_t i = 0; i < roots.count; i++)
    old_->space->mark_range(roots.ranges[i].data(), roots.ranges[i].data() + roots.ranges[i].size());
}

void ProcessHeap::work(size_t effort) {
  if (old_->space->wants_more_roots() && old_->mark_segment) {
    old_->space->mark_range(old_->mark_segment->data, old_->mark_segment->data + old_->mark_segment->words);
    old_->mark_segment = old_->mark_segment->below;
  }
  old_->space->work(effort, !old_->mark_segment);
  finish_work();
}

/// What the new segments refer to becomes old with all that it refers to.
void ProcessHeap::scan_segments(Copier<true>& copier) {
  for (StackSegment* at = old_->segments; at && at->young; at = at->below) {
    copier.forward_range(at->data, at->data + at->words, true);
    at->young = false;
  }
  old_->young_segment_words = 0;
  copier.scan_blocks();
}

Term* ProcessHeap::freeze_stack(Term* sp, Term* cut, Word entry, Word code) {
  own_old();
  auto end = reinterpret_cast<Term*>(block_end);
  if (old_->segments) end -= 2;  // the underflow frame
  auto words = static_cast<size_t>(end - cut);
  auto segment = static_cast<StackSegment*>(memory_allocate(sizeof(StackSegment) + words * sizeof(Word)));
  segment->below = old_->segments;
  segment->words = static_cast<uint32_t>(words);
  segment->young = true;
  std::memcpy(static_cast<void*>(segment->data), cut, words * sizeof(Word));
  old_->segments = segment;
  old_->segment_words += words;
  old_->young_segment_words += words;
  auto kept = static_cast<size_t>(cut - sp);
  end = reinterpret_cast<Term*>(block_end) - 2;
  std::memmove(static_cast<void*>(end - kept), sp, kept * sizeof(Word));
  end[0] = Term::raw(entry);
  end[1] = Term::raw(code);
  return end - kept;
}

Term* ProcessHeap::thaw_stack() {
  StackSegment* segment = old_->segments;
  if (segment == old_->mark_segment && cycle_active()) {  // the cycle has not seen it
    old_->space->mark_range(segment->data, segment->data + segment->words);
    old_->mark_segment = segment->below;
  }
  auto end = reinterpret_cast<Term*>(block_end);
  if (segment->below) {
    // The underflow frame stays, below the frames that come back.
    end -= 2;
  }
  Term* sp = end - segment->words;
  std::memcpy(static_cast<void*>(sp), segment->data, segment->words * sizeof(Word));
  old_->segments = segment->below;
  old_->segment_words -= segment->words;
  if (segment->young) old_->young_segment_words -= segment->words;
  memory_free(segment);
  return sp;
}

void ProcessHeap::drop_segments() {
  if (!old_->segments) return;
  while (old_->segments) {
    StackSegment* below = old_->segments->below;
    memory_free(old_->segments);
    old_->segments = below;
  }
  old_->mark_segment = nullptr;
  old_->segment_words = old_->young_segment_words = 0;
}

void ProcessHeap::work_for(int64_t nanoseconds, bool timed) {
  using Clock = std::chrono::steady_clock;
  constexpr size_t part = 2048;  // marked in 8 to 150 microseconds
  if (gc_stress) return work(100);
  if (!timed) return work(static_cast<size_t>(nanoseconds / 10));
  auto end = Clock::now() + std::chrono::nanoseconds(nanoseconds);
  do work(part);
  while (cycle_active() && Clock::now() < end);
}

void ProcessHeap::finish_work() {
  if (old_->space->active()) return;
  old_->binary_limit = std::max<size_t>(16 << 20, 2 * old_->space->off_heap_bytes);
}

void ProcessHeap::move_block(size_t words, const RootSet& roots) {
  size_t stack = stack_words();
  size_t used = static_cast<size_t>(saved_hp - block);
  Word* fresh = allocate_words(words);
  Range from{block, saved_hp};
  ptrdiff_t distance = reinterpret_cast<char*>(fresh) - reinterpret_cast<char*>(block);
  auto relocate = [&](Term* at, Term* end) { relocate_terms(at, end, from, distance); };
  std::memcpy(fresh, block, used * sizeof(Word));
  Term* fresh_sp = reinterpret_cast<Term*>(fresh + words - stack);
  std::memcpy(fresh_sp, saved_sp, stack * sizeof(Word));
  relocate_objects(fresh, fresh + used, from, distance);
  relocate(fresh_sp, fresh_sp + stack);
  for (StackSegment* at = old_->segments; at && at->young; at = at->below) relocate(at->data, at->data + at->words);
  for (size_t i = 0; i < roots.count; i++)
    relocate(roots.ranges[i].data(), roots.ranges[i].data() + roots.ranges[i].size());
  // Old objects never point here. The chain of off-heap objects does.
  auto shift = [&](Word*& link) {
    if (from.holds(link)) link = reinterpret_cast<Word*>(reinterpret_cast<char*>(link) + distance);
  };
  shift(off_heap);
  for (Word* at = off_heap; at; at = off_heap_link(at)) shift(off_heap_link(at));
  free_words(block, block_words());
  high_water_ = fresh + (high_water_ - block);
  block = fresh;
  block_end = fresh + words;
  saved_hp = fresh + used;
  saved_sp = fresh_sp;
}

void ProcessHeap::collect_for_hibernation(const RootSet& roots) {
  promote_all_ = true;
  if (old_->space) old_->space->pace.in_place_left = 0;
  collect(0, roots, !old_->space);
  size_t used = static_cast<size_t>(saved_hp - block) + stack_words();
  move_block(std::max<size_t>(used, 8), roots);
  top_ = saved_hp;
  end_ = reinterpret_cast<Word*>(saved_sp);
}

}  // namespace phial
