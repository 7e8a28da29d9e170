// The collector, against a model: random terms are built, kept and dropped; after each collection what is kept must print the same.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "vm/base/memory.hpp"
#include "vm/heap/process_heap.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/map.hpp"
#include "vm/term/print.hpp"

// Collections of large heaps: vm/heap/old_space.hpp.

namespace phial::test {
namespace {

class Holder {
 public:
  Holder() {
    heap.create(64);
    heap.saved_sp -= 2;
    heap.saved_sp[0] = heap.saved_sp[1] = Term::raw(0);
    roots_.resize(16, Term::nil());
  }
  void open() { heap.enter(heap.saved_hp, heap.saved_sp); }
  void close() { heap.saved_hp = heap.leave(); }
  void collect(size_t need, bool major) {
    RootSet set;
    set.add(roots_.data(), roots_.size());
    // What died during a cycle goes with the next one.
    while (major && heap.cycle_active()) heap.work(100);
    heap.collect(need, set, major);
    if (major && heap.old_space()) {  // a full collection of a large heap: the cycle, then the one that moves what little is left
      while (heap.cycle_active()) heap.work(100);
      heap.collect(need, set, false);
    }
    ASSERT_GE(static_cast<size_t>(reinterpret_cast<Word*>(heap.saved_sp) - heap.saved_hp), need);
  }
  void begin_major() {
    RootSet set;
    set.add(roots_.data(), roots_.size());
    heap.collect(0, set, true);
  }
  Term& root(size_t i) { return roots_[i % roots_.size()]; }
  std::vector<std::string> print() const {
    std::vector<std::string> all;
    for (Term root : roots_) all.push_back(print_term(root));
    return all;
  }
  ProcessHeap heap;

 private:
  std::vector<Term> roots_;
};

Term random_term(Holder& h, unsigned depth) {
  switch (*rc::gen::inRange(0, depth ? 8 : 3)) {
    case 0: return Term::small(*rc::gen::inRange<int64_t>(-1000, 1000));
    case 1: return make_binary(h.heap, std::string(*rc::gen::inRange<size_t>(0, 200), 'x'));
    case 2: return h.root(*rc::gen::inRange<size_t>(0, 16));
    case 3: return make_cons(h.heap, random_term(h, depth - 1), random_term(h, depth - 1));
    case 4: return make_tuple(h.heap, {random_term(h, depth - 1), random_term(h, depth - 1), random_term(h, depth - 1)});
    case 5: return map_put(h.heap, make_empty_map(h.heap), random_term(h, 0), random_term(h, depth - 1));
    case 6: return make_float(h.heap, 1e300);
    default: return make_integer(h.heap, *rc::gen::arbitrary<int64_t>());
  }
}

/// PHIAL_GC_STRESS for one scope: small heaps take the ways of large ones.
struct Stress {
  bool before = gc_stress;
  explicit Stress(bool on) { gc_stress = on; }
  ~Stress() { gc_stress = before; }
};

void collections_keep_what_is_reachable(bool stress) {
  Stress scope(stress);
  Holder h;
  int steps = *rc::gen::inRange(1, 60);
  for (int i = 0; i < steps; i++) {
    h.open();
    Term value = random_term(h, 4);
    if (print_term(value, 20000).size() > 10000) value = Term::nil();
    h.root(*rc::gen::inRange<size_t>(0, 16)) = value;
    h.close();
    if (h.heap.cycle_active() && *rc::gen::inRange(0, 2) == 0) h.heap.work(*rc::gen::inRange<size_t>(1, 200));
    if (*rc::gen::inRange(0, 3) == 0) {
      auto before = h.print();
      h.collect(*rc::gen::inRange<size_t>(0, 300), *rc::gen::inRange(0, 4) == 0);
      RC_ASSERT(h.print() == before);
    }
  }
}
RC_GTEST_PROP(Heap, CollectionsKeepWhatIsReachable, ()) { collections_keep_what_is_reachable(false); }
RC_GTEST_PROP(Heap, CollectionsKeepWhatIsReachableUnderStress, ()) { collections_keep_what_is_reachable(true); }

/// A list of {i, binary of 80 bytes} tuples, made in pieces with a collection after each, as running code would.
Term grow(Holder& h, size_t root, int count, SharedBinary* shared) {
  for (int i = 0; i < count; i++) {
    h.open();
    shared->retain();
    Term item = make_tuple(h.heap, {Term::small(i), make_shared_binary(h.heap, shared, 640), make_cons(h.heap, Term::small(-i), Term::nil())});
    h.root(root) = make_cons(h.heap, item, h.root(root));
    h.close();
    if (i % 500 == 499) {
      h.collect(0, false);
      if (h.heap.cycle_active()) h.heap.work(300);
    }
  }
  return h.root(root);
}
void check_grown(Term list, int count) {
  for (int i = count - 1; i >= 0; i--, list = list.tail()) {
    ASSERT_TRUE(list.is_cons());
    Term item = list.head();
    ASSERT_TRUE(item.is_tuple(3));
    ASSERT_EQ(item.element(0), Term::small(i));
    ASSERT_EQ(item.element(2).head(), Term::small(-i));
    ASSERT_EQ(bit_size(item.element(1)), 640u);
  }
  ASSERT_TRUE(list.is_nil());
}

void large_heaps_keep_and_free(bool stress) {
  Stress scope(stress);
  SharedBinary* shared = SharedBinary::create(80);
  {
    Holder h;
    int count = stress ? 3000 : 60000;
    grow(h, 0, count, shared);
    ASSERT_TRUE(h.heap.old_space() != nullptr || stress);
    check_grown(h.root(0), count);
    // Half as much again, dropped now and then, while cycles are under way.
    for (int round = 0; round < 6; round++) {
      h.root(1) = Term::nil();
      grow(h, 1, count / 2, shared);
      check_grown(h.root(1), count / 2);
      if (round % 2) h.root(1) = Term::nil();
      h.collect(10, round == 3);
      check_grown(h.root(0), count);
    }
    h.root(1) = Term::nil();
    h.collect(0, true);
    check_grown(h.root(0), count);
    EXPECT_EQ(shared->references.load(), 1u + static_cast<uint64_t>(count));
    // Every other piece goes: what is left stands in blocks with holes, which later promotions fill.
    h.open();
    Term kept = Term::nil();
    int i = 0;
    for (Term item : ListRange(h.root(0)))
      if (i++ / 500 % 2) kept = make_cons(h.heap, item, kept);
    h.root(0) = kept;
    h.close();
    h.collect(0, true);
    EXPECT_EQ(shared->references.load(), 1u + static_cast<uint64_t>(count) / 2);
    size_t before = h.heap.total_words();
    grow(h, 2, count / 4, shared);
    check_grown(h.root(2), count / 4);
    EXPECT_EQ(list_length(h.root(0)), count / 2);
    if (!stress) {
      EXPECT_LT(h.heap.total_words(), before + static_cast<size_t>(count) / 4 * 12);
    }
    h.root(0) = h.root(2) = Term::nil();
    h.collect(0, true);
    EXPECT_EQ(h.heap.old_space(), nullptr);
    EXPECT_LT(h.heap.total_words(), 200u);
    EXPECT_EQ(shared->references.load(), 1u);
    grow(h, 0, 100, shared);
  }
  EXPECT_EQ(shared->references.load(), 1u);
  shared->drop();
}
TEST(Heap, LargeHeapsKeepAndFree) { large_heaps_keep_and_free(false); }
TEST(Heap, LargeHeapsKeepAndFreeUnderStress) { large_heaps_keep_and_free(true); }

TEST(Heap, LargeTuplesReferToWhatIsPromotedWithThem) {
  Holder h;
  h.open();
  std::vector<Term> items;
  for (int i = 0; i < 200000; i++) items.push_back(make_cons(h.heap, Term::small(i), Term::nil()));
  h.root(0) = phial::make_tuple(h.heap, items);
  h.close();
  h.collect(0, false);
  ASSERT_NE(h.heap.old_space(), nullptr);
  EXPECT_TRUE(h.heap.old_space()->owns(h.root(0).object()));
  for (int round = 0; round < 3; round++) {
    h.collect(0, true);
    for (int i = 0; i < 200000; i += 7) ASSERT_EQ(h.root(0).element(static_cast<size_t>(i)).head(), Term::small(i));
  }
  h.open();
  h.root(1) = h.root(0).element(5);
  h.close();
  h.root(0) = Term::nil();
  h.collect(0, true);
  EXPECT_EQ(h.root(1).head(), Term::small(5));
  EXPECT_EQ(h.heap.old_space(), nullptr);
}

/// Builds {i, i + 1, i + 2} until the room is used up, in a list where `kept` says so, and collects. The number after the last i is the result.
int fill_room(Holder& h, size_t root, int i, int kept_of_100) {
  h.open();
  for (;; i++) {
    Word* hp = h.heap.leave();
    if (static_cast<size_t>(reinterpret_cast<Word*>(h.heap.saved_sp) - hp) < 16) break;
    h.heap.enter(hp, h.heap.saved_sp);
    Term item = make_tuple(h.heap, {Term::small(i), Term::small(i + 1), Term::small(i + 2)});
    if (i % 100 < kept_of_100) h.root(root) = make_cons(h.heap, item, h.root(root));
  }
  h.close();
  h.collect(16, false);
  if (h.heap.cycle_active()) h.heap.work(3000);
  return i;
}
void check_filled(Term list, int end, int kept_of_100) {
  int i = end;
  for (Term item : ListRange(list)) {
    do i--;
    while (i % 100 >= kept_of_100);
    ASSERT_TRUE(item.is_tuple(3));
    for (int k = 0; k < 3; k++) ASSERT_EQ(item.element(static_cast<size_t>(k)), Term::small(i + k));
  }
  while (i > 0 && (i - 1) % 100 >= kept_of_100) i--;
  ASSERT_EQ(i, 0);
}

TEST(Heap, WhatNearlyAllSurvivesBecomesOldWhereItStands) {
  Holder h;
  int end = 0;
  uint8_t longest = 0;
  for (int round = 0; round < 60; round++) {
    end = fill_room(h, 0, end, 100);
    if (h.heap.old_space()) longest = std::max(longest, h.heap.old_space()->pace.in_place_run);
  }
  EXPECT_GT(longest, 3);
  check_filled(h.root(0), end, 100);
  for (int round = 0; round < 3; round++) {
    h.collect(0, true);
    check_filled(h.root(0), end, 100);
  }
  // Nine of ten die: the lines between the rest are filled with others.
  h.open();
  Term kept = Term::nil();
  for (Term item : ListRange(h.root(0)))
    if (item.element(0).small_value() % 100 < 10) kept = make_cons(h.heap, item, kept);
  h.root(1) = kept;
  h.root(0) = Term::nil();
  h.close();
  h.collect(0, true);
  int others = 0;
  for (int round = 0; round < 30; round++) others = fill_room(h, 0, others, 40);
  check_filled(h.root(0), others, 40);
  int i = 0;
  for (Term item : ListRange(h.root(1))) {
    for (int k = 0; k < 3; k++) ASSERT_EQ(item.element(static_cast<size_t>(k)), Term::small(i + k));
    i += i % 100 == 9 ? 91 : 1;
  }
  h.root(0) = h.root(1) = Term::nil();
  h.collect(0, true);
  EXPECT_EQ(h.heap.old_space(), nullptr);
}

TEST(Heap, CollectionsThatCopyTooMuchLeaveTheRestInPlace) {
  SharedBinary* shared = SharedBinary::create(80);
  {
    Holder h;
    grow(h, 1, 60000, shared);
    for (int round = 0; round < 3; round++) {
      int churned = 0;
      h.root(0) = Term::nil();
      for (int i = 0; i < 40; i++) churned = fill_room(h, 0, churned, 0);
      ASSERT_GE(h.heap.old_space()->pace.nursery_blocks, 4);
      size_t young = h.heap.block_words();
      size_t stood = h.heap.old_space()->block_count();
      int end = fill_room(h, 0, 0, 100);
      EXPECT_GE(h.heap.old_space()->block_count(), stood + young / words_per_block);
      EXPECT_EQ(h.heap.saved_hp, h.heap.block);
      check_filled(h.root(0), end, 100);
      check_grown(h.root(1), 60000);
      h.collect(0, true);
      check_filled(h.root(0), end, 100);
      for (int i = 0; i < 20; i++) end = fill_room(h, 0, end, 100);
      check_filled(h.root(0), end, 100);
    }
    check_grown(h.root(1), 60000);
    h.root(0) = Term::nil();
    h.collect(0, true);
    EXPECT_EQ(shared->references.load(), 60001u);
  }
  EXPECT_EQ(shared->references.load(), 1u);
  shared->drop();
}

TEST(Heap, ObjectsThatReachIntoTheNextBlockAreKeptWhole) {
  Holder h;
  Arena arena;
  std::vector<Term> items;
  for (int i = 0; i < 100000; i++) items.push_back(make_tuple(arena, {Term::small(i), Term::small(i + 1), Term::small(i + 2), Term::small(i + 3), Term::small(i + 4)}));
  Term message = make_list(arena, items);
  size_t words = measure_message(message);
  auto fragment = static_cast<Fragment*>(memory_allocate(sizeof(Fragment)));
  *fragment = Fragment{nullptr, allocate_blocks(blocks_for(words)), static_cast<uint32_t>(words), static_cast<uint32_t>(words)};
  Word* to = fragment->data;
  Word* off_heap = nullptr;
  h.root(0) = copy_message(message, to, off_heap);
  h.heap.attach(fragment, off_heap);
  h.collect(0, false);
  // Of the message only the tuples that stand on the border of two blocks live on.
  h.open();
  h.root(1) = Term::nil();
  size_t borders = 0;
  for (Term item : ListRange(h.root(0))) {
    if (block_number(item.object()) == block_number(item.object() + 5)) continue;
    h.root(1) = make_cons(h.heap, item, h.root(1));
    borders++;
  }
  h.root(0) = Term::nil();
  h.close();
  ASSERT_GT(borders, 5u);
  int end = 0;
  for (int round = 0; round < 20; round++) end = fill_room(h, 2, end, 100);
  h.collect(0, true);
  for (int round = 0; round < 40; round++) end = fill_room(h, 2, end, 100);
  check_filled(h.root(2), end, 100);
  size_t found = 0;
  for (Term item : ListRange(h.root(1))) {
    for (int k = 0; k < 5; k++) ASSERT_EQ(item.element(static_cast<size_t>(k)), Term::small(item.element(0).small_value() + k));
    found++;
  }
  EXPECT_EQ(found, borders);
}

TEST(Heap, CyclesAreDoneInSlices) {
  Holder h;
  SharedBinary* shared = SharedBinary::create(80);
  grow(h, 0, 100000, shared);
  for (int i = 0; i < 4; i++) h.collect(0, false);
  h.collect(0, true);
  size_t steps = 0;
  h.begin_major();
  while (h.heap.cycle_active()) {
    h.heap.work(1000);
    steps++;
  }
  EXPECT_GT(steps, 4u);
  shared->drop();
}

/// What a block's thousands of dead binaries cost is taken apart: no slice frees more than its effort pays for.
TEST(Heap, DeadBinariesAreDroppedInSlices) {
  Stress stress(true);  // large heaps from the start
  Holder h;
  std::string bytes(100, 'b');
  for (int round = 0; round < 40; round++) {
    h.open();
    Term list = h.root(0);
    for (int i = 0; i < 200; i++) list = make_cons(h.heap, make_binary(h.heap, bytes), list);
    h.root(0) = list;
    h.close();
    h.collect(100, false);
  }
  h.collect(100, true);
  ASSERT_NE(h.heap.old_space(), nullptr);
  size_t before = shared_binary_bytes();
  ASSERT_GE(before, 40 * 200 * bytes.size());
  h.root(0) = Term::nil();
  h.begin_major();
  size_t slices = 0, largest = 0;
  while (h.heap.cycle_active()) {
    size_t held = shared_binary_bytes();
    h.heap.work(1600);
    largest = std::max(largest, held - shared_binary_bytes());
    slices++;
  }
  EXPECT_LE(largest, (1600 / 16 + 1) * bytes.size());
  EXPECT_GE(slices, 40 * 200 / 110);
  EXPECT_LE(shared_binary_bytes(), before - 39 * 200 * bytes.size());
}

TEST(Heap, SharedBinariesGoWithTheirLastReference) {
  SharedBinary* shared = SharedBinary::create(1000);
  shared->retain();
  {
    Holder h;
    h.open();
    h.root(0) = make_shared_binary(h.heap, shared, 8000);
    h.close();
    for (int i = 0; i < 3; i++) h.collect(10, false);
    EXPECT_EQ(shared->references.load(), 2u);
    h.root(0) = Term::nil();
    h.collect(0, true);
    EXPECT_EQ(shared->references.load(), 1u);
    h.open();
    shared->retain();
    h.root(0) = make_shared_binary(h.heap, shared, 8000);
    h.close();
  }
  EXPECT_EQ(shared->references.load(), 1u);
  shared->drop();
}

TEST(Heap, ShrinksAfterAPeak) {
  Holder h;
  h.open();
  Term list = Term::nil();
  for (int i = 0; i < 200000; i++) list = make_cons(h.heap, Term::small(i), list);
  h.root(0) = list;
  h.close();
  h.collect(0, false);
  h.collect(0, true);
  size_t peak = h.heap.total_words();
  EXPECT_EQ(list_length(h.root(0)), 200000);
  h.root(0) = Term::nil();
  h.collect(0, true);
  EXPECT_LT(h.heap.total_words(), 200u);
  EXPECT_GT(peak, 400000u);
}

TEST(Heap, ForeignTermsAreLeftAlone) {
  Arena arena;
  Term foreign = make_tuple(arena, {Term::small(1), make_binary(arena, "abc")});
  Holder h;
  h.open();
  h.root(0) = make_cons(h.heap, foreign, Term::nil());
  h.close();
  h.collect(0, false);
  h.collect(0, true);
  EXPECT_EQ(h.root(0).head(), foreign);
  EXPECT_EQ(print_term(foreign), "{1, \"abc\"}");
}

TEST(Heap, LargeMessagesAreTakenOverAsTheyStand) {
  Holder h;
  Arena arena;
  std::vector<Term> items;
  for (int i = 0; i < 100000; i++) items.push_back(make_tuple(arena, {Term::small(i), make_binary(arena, std::string(i % 100 ? 3 : 100, 'y'))}));
  Term message = make_list(arena, items);
  size_t words = measure_message(message);
  auto fragment = static_cast<Fragment*>(memory_allocate(sizeof(Fragment)));
  *fragment = Fragment{nullptr, allocate_blocks(blocks_for(words)), static_cast<uint32_t>(words), static_cast<uint32_t>(words)};
  Word* to = fragment->data;
  Word* off_heap = nullptr;
  h.root(0) = copy_message(message, to, off_heap);
  const Word* stood = h.root(0).cell() ? reinterpret_cast<const Word*>(h.root(0).cell()) : nullptr;
  h.heap.attach(fragment, off_heap);
  auto check = [&] {
    int i = 0;
    for (Term item : ListRange(h.root(0))) {
      ASSERT_EQ(item.element(0), Term::small(i));
      ASSERT_EQ(bit_size(item.element(1)), i % 100 ? 24u : 800u);
      i++;
    }
    ASSERT_EQ(i, 100000);
  };
  h.collect(0, false);
  EXPECT_EQ(reinterpret_cast<const Word*>(h.root(0).cell()), stood);
  EXPECT_EQ(h.heap.fragment_words(), 0u);
  check();
  EXPECT_TRUE(h.heap.any_object([](const Word* object) { return Header::kind(*object) == Kind::shared_binary; }));
  h.collect(0, true);
  check();
  EXPECT_TRUE(h.heap.any_object([](const Word* object) { return Header::kind(*object) == Kind::shared_binary; }));
  h.collect(0, true);
  check();
  h.root(0) = Term::nil();
  h.collect(0, true);
  EXPECT_EQ(h.heap.old_space(), nullptr);
}

TEST(Heap, AttachedMessagesMoveIn) {
  Holder h;
  Arena arena;
  Term message = make_list(arena, {Term::small(1), make_binary(arena, std::string(100, 'y'))});
  size_t words = measure_message(message);
  auto fragment = static_cast<Fragment*>(memory_allocate(sizeof(Fragment) + words * sizeof(Word)));
  *fragment = Fragment{nullptr, reinterpret_cast<Word*>(fragment + 1), static_cast<uint32_t>(words), static_cast<uint32_t>(words)};
  Word* to = fragment->data;
  Word* off_heap = nullptr;
  h.root(0) = copy_message(message, to, off_heap);
  h.heap.attach(fragment, off_heap);
  EXPECT_EQ(h.heap.fragment_words(), words);
  std::string before = print_term(h.root(0));
  h.collect(0, false);
  EXPECT_EQ(h.heap.fragment_words(), 0u);
  EXPECT_EQ(print_term(h.root(0)), before);
  EXPECT_TRUE(h.heap.owns(reinterpret_cast<Word*>(h.root(0).word - 2)));
}

TEST(BlockPool, PreparedBlocksAreHandedOutAndEachOnlyOnce) {
  // Enough in use for memory to be made ready in advance.
  std::vector<Word*> held;
  for (int i = 0; i < 40; i++) held.push_back(allocate_blocks(1));
  while (prepare_blocks()) {
  }
  for (int i = 0; i < 40; i++) held.push_back(allocate_blocks(1 + i % 3 * 4));
  for (size_t i = 0; i < held.size(); i++) {
    size_t words = (i < 40 ? 1 : 1 + (i - 40) % 3 * 4) * words_per_block;
    for (size_t at = 0; at < words; at += words_per_line) held[i][at] = i;
    held[i][words - 1] = i;
  }
  while (prepare_blocks()) {
  }
  size_t in_use = block_bytes_in_use();
  for (size_t i = 0; i < held.size(); i++) {
    size_t count = i < 40 ? 1 : 1 + (i - 40) % 3 * 4;
    for (size_t at = 0; at < count * words_per_block; at += words_per_line) ASSERT_EQ(held[i][at], i);
    ASSERT_EQ(held[i][count * words_per_block - 1], i);
    free_blocks(held[i], count);
    in_use -= count * block_bytes;
    ASSERT_EQ(block_bytes_in_use(), in_use);
    if (i % 16 == 0) trim_blocks(2 << 20);
  }
}

RC_GTEST_PROP(Heap, MessageCopiesEqualTheirSource, ()) {
  Holder h;
  h.open();
  Term value = random_term(h, 4);
  h.close();
  size_t words = measure_message(value);
  std::vector<Word> memory(words + 1);
  Word* to = memory.data();
  Word* off_heap = nullptr;
  Term copy = copy_message(value, to, off_heap);
  RC_ASSERT(static_cast<size_t>(to - memory.data()) <= words);
  RC_ASSERT(print_term(copy) == print_term(value));
  drop_off_heap_list(off_heap);
}

}  // namespace
}  // namespace phial::test
