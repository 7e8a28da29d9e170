// Terms: representation, arithmetic, order, maps, binaries, external format. Properties are checked with rapidcheck.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>

#include "vm/term/binary.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/external.hpp"
#include "vm/term/map.hpp"
#include "vm/term/number.hpp"
#include "vm/term/print.hpp"

namespace phial {
namespace {

Term text_integer(TermHeap& heap, const std::string& text) { return integer_from_text(heap, text); }

TEST(Term, SmallIntegersKeepTheirValueAtBothEnds) {
  for (int64_t value : {Term::min_small, Term::max_small, int64_t{0}, int64_t{-1}})
    EXPECT_EQ(Term::small(value).small_value(), value);
}

RC_GTEST_PROP(Term, FloatsRoundTripThroughWordsOrBoxes, (uint64_t bits)) {
  double value = std::bit_cast<double>(bits);
  RC_PRE(std::isfinite(value));
  Arena arena;
  Term term = make_float(arena, value);
  RC_ASSERT(term.is_float());
  RC_ASSERT(std::bit_cast<uint64_t>(term.float_value()) == bits);
}

TEST(Term, OrdinaryFloatsNeverAllocate) {
  for (double value : {0.0, 1.0, -1.0, 3.14159, 1e10, 1e-10, 1e70, -1e-70}) EXPECT_TRUE(Term::fits_float_word(value)) << value;
  EXPECT_FALSE(Term::fits_float_word(1e300));
}

TEST(Term, TagsAreDisjoint) {
  Arena arena;
  Term terms[] = {Term::small(5), Term::float_word(1.5), atoms::ok, Term::nil(), Term::pid(7), make_tuple(arena, {atoms::ok}),
                  make_cons(arena, atoms::ok, Term::nil())};
  for (Term term : terms) {
    int kinds = term.is_small() + term.is_float() + term.is_atom() + term.is_nil() + term.is_pid() + term.is_tuple() + term.is_cons();
    EXPECT_EQ(kinds, 1) << print_term(term);
  }
}

RC_GTEST_PROP(Integer, ArithmeticAgreesWith128BitArithmetic, (int64_t a, int64_t b)) {
  Arena arena;
  Term x = make_integer(arena, a), y = make_integer(arena, b);
  auto text = [](__int128 value) {
    bool negative = value < 0;
    std::string digits;
    auto rest = negative ? 0 - static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
    do digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10))); while (rest /= 10);
    return (negative ? "-" : "") + digits;
  };
  RC_ASSERT(integer_to_text(integer_add(arena, x, y)) == text(__int128{a} + b));
  RC_ASSERT(integer_to_text(integer_subtract(arena, x, y)) == text(__int128{a} - b));
  RC_ASSERT(integer_to_text(integer_multiply(arena, x, y)) == text(__int128{a} * b));
  RC_ASSERT(integer_to_text(integer_and(arena, x, y)) == text(a & b));
  RC_ASSERT(integer_to_text(integer_or(arena, x, y)) == text(a | b));
  RC_ASSERT(integer_to_text(integer_xor(arena, x, y)) == text(a ^ b));
}

RC_GTEST_PROP(Integer, QuotientTimesDivisorPlusRemainderIsTheDividend, ()) {
  Arena arena;
  auto digits = [&] {
    std::string text = std::to_string(*rc::gen::inRange(1, 10));
    int count = *rc::gen::inRange(0, 80);
    for (int i = 0; i < count; i++) text += std::to_string(*rc::gen::inRange(0, 10));
    return *rc::gen::arbitrary<bool>() ? "-" + text : text;
  };
  Term a = text_integer(arena, digits()), b = text_integer(arena, digits());
  Term quotient = integer_quotient(arena, a, b), remainder = integer_remainder(arena, a, b);
  RC_ASSERT(compare_numbers(integer_add(arena, integer_multiply(arena, quotient, b), remainder), a) == 0);
  RC_ASSERT(compare_numbers(number_absolute(arena, remainder), number_absolute(arena, b)) < 0);
}

RC_GTEST_PROP(Integer, ShiftingLeftThenRightIsTheSame, (int64_t a)) {
  Arena arena;
  int by = *rc::gen::inRange(0, 300);
  Term value = make_integer(arena, a);
  Term back = integer_shift_right(arena, integer_shift_left(arena, value, Term::small(by)), Term::small(by));
  RC_ASSERT(equal_exactly(back, value));
}

RC_GTEST_PROP(Integer, BytesRoundTrip, (int64_t a, bool big)) {
  Arena arena;
  Term value = integer_multiply(arena, make_integer(arena, a), make_integer(arena, a / 3));
  uint8_t bytes[24];
  integer_to_bytes(value, bytes, 24, big);
  RC_ASSERT(equal_exactly(integer_from_bytes(arena, bytes, 24, big, true), value));
}

TEST(Integer, ShiftsRightRoundTowardsMinusInfinity) {
  Arena arena;
  Term value = text_integer(arena, "-170141183460469231731687303715884105729");
  EXPECT_EQ(integer_to_text(integer_shift_right(arena, value, Term::small(1))), "-85070591730234615865843651857942052865");
}

TEST(Float, PrintsAsErlangDoes) {
  const std::pair<double, const char*> cases[] = {
      {1.0e10, "1.0e10"}, {123456789.123, "123456789.123"}, {0.001, "0.001"}, {0.0001, "0.0001"}, {1.0e-5, "1.0e-5"},
      {100000.0, "1.0e5"}, {9007199254740992.0, "9.007199254740992e15"}, {9007199254740991.0, "9007199254740991.0"},
      {-0.0, "-0.0"}, {1.2345678901234567e19, "1.2345678901234567e19"}, {12345.678e-8, "1.2345678e-4"}, {1.5, "1.5"}};
  for (auto [value, text] : cases) EXPECT_EQ(float_to_text(value), text);
}

TEST(Compare, FollowsTheOrderOfTypes) {
  Arena arena;
  Term ordered[] = {Term::small(3), atoms::ok, Term::reference(1), Term::port(1), Term::pid(1), make_tuple(arena, {atoms::ok}),
                    make_empty_map(arena), Term::nil(), make_list(arena, {atoms::ok}), make_binary(arena, "a")};
  for (size_t i = 0; i + 1 < std::size(ordered); i++) EXPECT_LT(compare(ordered[i], ordered[i + 1]), 0) << i;
}

TEST(Compare, NumbersByValueAndExactlyByType) {
  Arena arena;
  EXPECT_TRUE(equal(Term::small(1), Term::float_word(1.0)));
  EXPECT_FALSE(equal_exactly(Term::small(1), Term::float_word(1.0)));
  Term big = text_integer(arena, "9007199254740993");
  EXPECT_GT(compare(big, Term::float_word(9007199254740992.0)), 0);
  EXPECT_LT(compare_exactly(Term::small(5), Term::float_word(1.0)), 0);
}

TEST(Compare, DeepTermsDoNotUseTheNativeStack) {
  Arena arena;
  Term a = Term::nil(), b = Term::nil();
  for (int i = 0; i < 2'000'000; i++) {
    a = make_cons(arena, a, Term::nil());
    b = make_cons(arena, b, Term::nil());
  }
  EXPECT_TRUE(equal_exactly(a, b));
  EXPECT_EQ(compare(a, b), 0);
  EXPECT_EQ(hash_term(a), hash_term(b));
  Arena other;
  EXPECT_TRUE(equal_exactly(copy_term(other, a), a));
}

RC_GTEST_PROP(Map, BehavesAsAnOrderedDictionary, (std::vector<std::pair<int16_t, int>> puts, std::vector<int16_t> removes)) {
  Arena arena;
  Term map = make_empty_map(arena);
  std::map<int16_t, int> model;
  for (auto [key, value] : puts) {
    map = map_put(arena, map, Term::small(key), Term::small(value));
    model[key] = value;
  }
  for (int16_t key : removes) {
    map = map_remove(arena, map, Term::small(key));
    model.erase(key);
  }
  RC_ASSERT(map_size(map) == model.size());
  for (auto [key, value] : model) RC_ASSERT(map_get(map, Term::small(key)) == Term::small(value));
  std::vector<Term> pairs;
  for (auto [key, value] : model) pairs.insert(pairs.end(), {Term::small(key), Term::small(value)});
  Term built = make_map(arena, pairs);
  RC_ASSERT(equal_exactly(built, map));
  RC_ASSERT(hash_term(built) == hash_term(map));
  RC_ASSERT(compare(built, map) == 0);
}

TEST(Map, LargeMapsSurviveGrowthAndShrinking) {
  Arena arena;
  Term map = make_empty_map(arena);
  for (int i = 0; i < 5000; i++) map = map_put(arena, map, Term::small(i), Term::small(i * i));
  for (int i = 0; i < 4990; i++) map = map_remove(arena, map, Term::small(i));
  EXPECT_EQ(map.kind(), Kind::flat_map);
  for (int i = 4990; i < 5000; i++) EXPECT_EQ(map_get(map, Term::small(i)), Term::small(i * i));
}

TEST(Map, MergeTakesTheRightHandValue) {
  Arena arena;
  Term left[] = {Term::small(1), atoms::ok, Term::small(2), atoms::ok};
  Term right[] = {Term::small(2), atoms::error, Term::small(3), atoms::error};
  Term merged = map_merge(arena, make_map(arena, left), make_map(arena, right));
  EXPECT_EQ(print_term(merged), "%{1 => :ok, 2 => :error, 3 => :error}");
}

RC_GTEST_PROP(Binary, SlicesShowTheBitsOfTheOriginal, (std::vector<uint8_t> bytes)) {
  Arena arena;
  Term whole = make_binary(arena, {reinterpret_cast<char*>(bytes.data()), bytes.size()});
  size_t offset = *rc::gen::inRange<size_t>(0, bytes.size() * 8 + 1);
  size_t bits = *rc::gen::inRange<size_t>(0, bytes.size() * 8 - offset + 1);
  Term slice = make_slice(arena, whole, offset, bits);
  BitView view = bits_of(slice);
  RC_ASSERT(view.bits == bits);
  for (size_t i = 0; i < bits; i++) {
    unsigned expected = bytes[(offset + i) / 8] >> (7 - (offset + i) % 8) & 1;
    size_t at = view.bit_offset + i;
    RC_ASSERT((view.bytes[at / 8] >> (7 - at % 8) & 1u) == expected);
  }
}

TEST(Binary, SharedBytesAreFreedWithTheLastReference) {
  auto shared = SharedBinary::create(1000);
  shared->retain();
  {
    Arena a, b;
    Term term = make_shared_binary(a, shared, 8000);
    copy_term(b, term);
    EXPECT_EQ(shared->references.load(), 3u);
  }
  EXPECT_EQ(shared->references.load(), 1u);
  shared->drop();
}

TEST(External, RoundTripsEveryKindOfTerm) {
  Arena arena;
  Term terms[] = {Term::small(0), Term::small(-5), Term::small(1 << 30), text_integer(arena, "-123456789012345678901234567890"),
                  Term::float_word(1.5), make_float(arena, 1e300), atoms::ok, Term::nil(), make_list(arena, {Term::small(1), Term::small(2)}),
                  make_cons(arena, atoms::ok, atoms::error), make_tuple(arena, {atoms::ok, Term::small(1)}), make_binary(arena, "hello"),
                  make_bitstring(arena, reinterpret_cast<const uint8_t*>("\xff\xf0"), 13), Term::pid(0x123456789), Term::reference(99)};
  for (Term term : terms) {
    std::string bytes;
    ASSERT_TRUE(encode_external(term, bytes)) << print_term(term);
    std::string_view rest = bytes;
    Term back = decode_external(arena, rest);
    ASSERT_FALSE(back.is_none()) << print_term(term);
    EXPECT_TRUE(rest.empty());
    EXPECT_TRUE(equal_exactly(back, term)) << print_term(term) << " against " << print_term(back);
  }
}

RC_GTEST_PROP(External, RubbishIsRefusedWithoutHarm, (std::vector<uint8_t> bytes)) {
  Arena arena;
  std::string_view text(reinterpret_cast<char*>(bytes.data()), bytes.size());
  decode_external(arena, text, true);
}

TEST(Atom, TextOfAnInternedAtomIsKept) {
  Term atom = intern_atom("some_new_atom_of_this_test");
  EXPECT_EQ(atom_text(atom), "some_new_atom_of_this_test");
  EXPECT_EQ(intern_atom("some_new_atom_of_this_test"), atom);
  EXPECT_TRUE(existing_atom("never_seen_before_in_this_test").is_none());
  EXPECT_EQ(print_atom(intern_atom("Elixir.Foo.Bar")), "Foo.Bar");
  EXPECT_EQ(print_atom(intern_atom("with space")), ":\"with space\"");
}

}  // namespace
}  // namespace phial
