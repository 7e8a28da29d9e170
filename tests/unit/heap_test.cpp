// The collector, against a model: random terms are built, kept and dropped; after each collection what is kept must print the same.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "vm/base/memory.hpp"
#include "vm/heap/process_heap.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/map.hpp"
#include "vm/term/print.hpp"

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
    heap.collect(need, set, major);
    ASSERT_GE(static_cast<size_t>(reinterpret_cast<Word*>(heap.saved_sp) - heap.saved_hp), need);
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

RC_GTEST_PROP(Heap, CollectionsKeepWhatIsReachable, ()) {
  Holder h;
  int steps = *rc::gen::inRange(1, 60);
  for (int i = 0; i < steps; i++) {
    h.open();
    Term value = random_term(h, 4);
    if (print_term(value, 20000).size() > 10000) value = Term::nil();
    h.root(*rc::gen::inRange<size_t>(0, 16)) = value;
    h.close();
    if (*rc::gen::inRange(0, 3) == 0) {
      auto before = h.print();
      h.collect(*rc::gen::inRange<size_t>(0, 300), *rc::gen::inRange(0, 4) == 0);
      RC_ASSERT(h.print() == before);
    }
  }
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
