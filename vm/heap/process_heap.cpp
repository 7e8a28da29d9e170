#include "vm/heap/process_heap.hpp"

#include <algorithm>
#include <vector>

#include "vm/base/memory.hpp"
#include "vm/term/binary.hpp"

namespace phial {

bool gc_stress = false;

namespace {

constexpr size_t minimum_fragment_words = 128;

Word* allocate_words(size_t words) { return static_cast<Word*>(memory_allocate(words * sizeof(Word))); }
void free_words(Word* block, size_t words) { memory_free_sized(block, words * sizeof(Word)); }

struct Range {
  const Word* from;
  const Word* to;
  bool holds(const Word* p) const { return p >= from && p < to; }
};

}  // namespace

size_t next_heap_size(size_t words) {
  size_t previous = 40, size = default_first_block_words;
  while (size < words) {
    // Fibonacci up to a million words, then a fifth more each time.
    size_t next = size < (size_t{1} << 20) ? size + previous + 8 : size + size / 5;
    previous = size;
    size = next & ~size_t{1};
  }
  return size;
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
  drop_off_heap_list(old_off_heap_);
  off_heap = old_off_heap_ = nullptr;
  off_heap_bytes = old_off_heap_bytes_ = 0;
  free_fragments();
  free_words(block, block_words());
  if (old_start_) free_words(old_start_, old_capacity());
  block = block_end = saved_hp = high_water_ = old_start_ = old_top_ = old_end_ = nullptr;
  saved_sp = nullptr;
}

void ProcessHeap::free_fragments() {
  while (fragments_) {
    Fragment* next = fragments_->next;
    memory_free(fragments_);
    fragments_ = next;
  }
  fragment_words_ = 0;
}

Word* ProcessHeap::allocate_slow(size_t words) {
  if (!main_top_) {
    main_top_ = top_;
    if (fragments_ && fragments_->capacity - fragments_->used >= words) {
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
  size_t capacity = std::max({words, minimum_fragment_words, std::min<size_t>(fragment_words_, 1 << 17)});
  auto fragment = static_cast<Fragment*>(memory_allocate(sizeof(Fragment) + capacity * sizeof(Word)));
  fragment->next = fragments_;
  fragment->data = reinterpret_cast<Word*>(fragment + 1);
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
  fragment->capacity = fragment->used;
  fragment_words_ += fragment->used;
}

bool ProcessHeap::owns(const Word* object) const {
  if (object >= block && object < block_end) return true;
  if (object >= old_start_ && object < old_top_) return true;
  for (Fragment* f = fragments_; f; f = f->next)
    if (object >= f->data && object < f->data + f->capacity) return true;
  return false;
}

// Copier: one collection. From-space is the young block up to hp, the fragments, and, in a major collection, the old space.
struct ProcessHeap::Copier {
  Range young;        // the block
  Word* high_water;   // what lies below is promoted (minor); block start in a major collection
  Range old;          // from-space in a major collection, else empty
  Word* to;           // young to-space
  Word* old_to;       // old to-space (minor)
  std::vector<Range> fragments;
  Range bounds{nullptr, nullptr};  // of the fragments

  enum class Place { leave, young_to, old_to };
  Place place_of(const Word* p) const {
    if (young.holds(p)) [[likely]] return p < high_water ? Place::old_to : Place::young_to;
    if (old.holds(p)) return Place::young_to;
    if (!bounds.holds(p)) return Place::leave;
    auto after = std::upper_bound(fragments.begin(), fragments.end(), p,
                                  [](const Word* value, const Range& range) { return value < range.from; });
    return after != fragments.begin() && std::prev(after)->holds(p) ? Place::young_to : Place::leave;
  }

  void find_fragments(Fragment* first) {
    for (Fragment* f = first; f; f = f->next)
      if (f->used) fragments.push_back({f->data, f->data + f->used});
    if (fragments.empty()) return;
    std::sort(fragments.begin(), fragments.end(), [](const Range& a, const Range& b) { return a.from < b.from; });
    bounds = {fragments.front().from, fragments.back().to};
  }

  Term forward(Term term) {
    if (term.is_cons()) {
      Word* cell = reinterpret_cast<Word*>(term.word - 2);
      Place place = place_of(cell);
      if (place == Place::leave) return term;
      if (cell[0] == Term::none().word) return Term::raw(cell[1]);
      Word*& top = place == Place::young_to ? to : old_to;
      top[0] = cell[0];
      top[1] = cell[1];
      Term moved = Term::cons(top);
      top += 2;
      cell[0] = Term::none().word;
      cell[1] = moved.word;
      return moved;
    }
    Word* object = term.object();
    Place place = place_of(object);
    if (place == Place::leave) return term;
    Word header = *object;
    if (!Header::is(header)) return Term::raw(header);
    Word*& top = place == Place::young_to ? to : old_to;
    size_t words = 1 + Header::size(header);
    std::memcpy(top, object, words * sizeof(Word));
    Term moved = Term::boxed(top);
    top += words;
    *object = moved.word;
    return moved;
  }

  void forward_range(Term* from, Term* end) {
    for (; from < end; from++)
      if (from->is_pointer()) *from = forward(*from);
  }

  /// Scans copied objects until both to-spaces have no unscanned ones.
  void scan(Word* young_scan, Word* old_scan) {
    while (young_scan < to || old_scan < old_to) {
      while (young_scan < to) young_scan = scan_object(young_scan);
      while (old_scan < old_to) old_scan = scan_object(old_scan);
    }
  }
  Word* scan_object(Word* at) {
    // Copies lie one after the other; a header is told from the head of a cons by its tag.
    if (!Header::is(*at)) {
      forward_range(reinterpret_cast<Term*>(at), reinterpret_cast<Term*>(at + 2));
      return at + 2;
    }
    size_t size = Header::size(*at);
    if (!has_raw_payload(Header::kind(*at)))
      forward_range(reinterpret_cast<Term*>(at + 1), reinterpret_cast<Term*>(at + 1 + size));
    return at + 1 + size;
  }
};

void ProcessHeap::sweep_off_heap(Word* chain, const Word* old_from, const Word* old_to) {
  while (chain) {
    Word* next = reinterpret_cast<Word*>(chain[3]);
    if (Header::is(*chain)) {
      drop_off_heap(chain);
    } else {
      Word* moved = Term::raw(*chain).object();
      size_t bytes = Header::kind(*moved) == Kind::shared_binary ? reinterpret_cast<SharedBinary*>(moved[2])->capacity : 0;
      bool is_old = moved >= old_from && moved < old_to;
      Word*& list = is_old ? old_off_heap_ : off_heap;
      (is_old ? old_off_heap_bytes_ : off_heap_bytes) += bytes;
      off_heap_link(moved) = list;
      list = moved;
    }
    chain = next;
  }
}

void ProcessHeap::collect(size_t need, const RootSet& roots, bool want_major) {
  size_t promoted = static_cast<size_t>(high_water_ - block);
  bool major_now = want_major || minors_since_major_ >= fullsweep_after;
  if (!major_now && promoted) {
    if (!old_start_) {
      size_t words = next_heap_size(promoted + promoted / 2);
      old_start_ = old_top_ = allocate_words(words);
      old_end_ = old_start_ + words;
    } else if (static_cast<size_t>(old_end_ - old_top_) < promoted) {
      major_now = true;
    }
  }
  if (major_now)
    major(need, roots);
  else
    minor(need, roots);
  top_ = saved_hp;
  end_ = reinterpret_cast<Word*>(saved_sp);
  main_top_ = nullptr;
  size_t live = static_cast<size_t>(saved_hp - block) + old_words();
  fragment_limit_ = std::max<size_t>(1024, live);
  off_heap_limit_ = std::max<size_t>(256 * 1024, 2 * off_heap_bytes);
}

void ProcessHeap::minor(size_t need, const RootSet& roots) {
  minors_++;
  minors_since_major_++;
  size_t stack = stack_words();
  size_t survivors = static_cast<size_t>(saved_hp - high_water_) + fragment_words_;  // at most
  size_t words = std::max(block_words(), next_heap_size(std::max<size_t>(survivors + stack + need, minimum_words)));
  Word* fresh = allocate_words(words);
  Word* old_before = old_top_;
  Copier copier{.young = {block, saved_hp}, .high_water = high_water_, .old = {nullptr, nullptr}, .to = fresh, .old_to = old_top_, .fragments = {}};
  copier.find_fragments(fragments_);
  Term* fresh_sp = reinterpret_cast<Term*>(fresh + words - stack);
  std::memcpy(fresh_sp, saved_sp, stack * sizeof(Word));
  copier.forward_range(fresh_sp, fresh_sp + stack);
  for (size_t i = 0; i < roots.count; i++)
    copier.forward_range(roots.ranges[i].data(), roots.ranges[i].data() + roots.ranges[i].size());
  copier.scan(fresh, old_before);
  old_top_ = copier.old_to;
  Word* chain = off_heap;
  off_heap = nullptr;
  off_heap_bytes = 0;
  sweep_off_heap(chain, old_start_, old_end_);
  free_fragments();
  free_words(block, block_words());
  block = fresh;
  block_end = fresh + words;
  saved_hp = high_water_ = copier.to;
  saved_sp = fresh_sp;
  // Grow when the survivors leave little room, so that collections stay rare.
  size_t used = static_cast<size_t>(saved_hp - block) + stack + need;
  if (used > words / 4 * 3) {
    move_block(next_heap_size(std::max(words + 1, used + used / 2)), roots);
  } else if (used < words / 8 && words > 4096) {
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
  Copier copier{.young = {block, saved_hp}, .high_water = block, .old = {old_start_, old_top_}, .to = fresh, .old_to = nullptr, .fragments = {}};
  copier.find_fragments(fragments_);
  Term* fresh_sp = reinterpret_cast<Term*>(fresh + words - stack);
  std::memcpy(fresh_sp, saved_sp, stack * sizeof(Word));
  copier.forward_range(fresh_sp, fresh_sp + stack);
  for (size_t i = 0; i < roots.count; i++)
    copier.forward_range(roots.ranges[i].data(), roots.ranges[i].data() + roots.ranges[i].size());
  copier.scan(fresh, nullptr);
  Word* chain = off_heap;
  Word* old_chain = old_off_heap_;
  off_heap = old_off_heap_ = nullptr;
  off_heap_bytes = old_off_heap_bytes_ = 0;
  sweep_off_heap(chain, nullptr, nullptr);
  sweep_off_heap(old_chain, nullptr, nullptr);
  free_fragments();
  free_words(block, block_words());
  if (old_start_) free_words(old_start_, old_capacity());
  old_start_ = old_top_ = old_end_ = nullptr;
  block = fresh;
  block_end = fresh + words;
  saved_hp = high_water_ = copier.to;
  saved_sp = fresh_sp;
  // Twice the live data for small heaps, half as much again for large ones; never far from it.
  size_t used = static_cast<size_t>(saved_hp - block) + stack + need;
  size_t wanted = next_heap_size(std::max<size_t>(used < 65536 ? used * 2 : used + used / 2, minimum_words));
  if (wanted > words || wanted < words / 2) move_block(wanted, roots);
}

void ProcessHeap::move_block(size_t words, const RootSet& roots) {
  size_t stack = stack_words();
  size_t used = static_cast<size_t>(saved_hp - block);
  Word* fresh = allocate_words(words);
  Range from{block, saved_hp};
  ptrdiff_t distance = reinterpret_cast<char*>(fresh) - reinterpret_cast<char*>(block);
  auto relocate = [&](Term* at, Term* end) {
    for (; at < end; at++)
      if (at->is_pointer() && from.holds(reinterpret_cast<const Word*>(at->word & ~Word{7})))
        at->word += static_cast<Word>(distance);
  };
  std::memcpy(fresh, block, used * sizeof(Word));
  Term* fresh_sp = reinterpret_cast<Term*>(fresh + words - stack);
  std::memcpy(fresh_sp, saved_sp, stack * sizeof(Word));
  for (Word* at = fresh; at < fresh + used;) {
    if (!Header::is(*at)) {
      relocate(reinterpret_cast<Term*>(at), reinterpret_cast<Term*>(at + 2));
      at += 2;
    } else {
      size_t size = Header::size(*at);
      if (!has_raw_payload(Header::kind(*at)))
        relocate(reinterpret_cast<Term*>(at + 1), reinterpret_cast<Term*>(at + 1 + size));
      at += 1 + size;
    }
  }
  relocate(fresh_sp, fresh_sp + stack);
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
  collect(0, roots, true);
  size_t used = static_cast<size_t>(saved_hp - block) + stack_words();
  move_block(std::max<size_t>(used, 8), roots);
  top_ = saved_hp;
  end_ = reinterpret_cast<Word*>(saved_sp);
}

}  // namespace phial
