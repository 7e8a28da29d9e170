// Building, reading and keeping terms.
#include <cmath>
#include <limits>

#include "support.hpp"

namespace {

using namespace test;

class Terms : public ::testing::Test {
 protected:
  phial_heap* heap = phial_heap_create();
  void TearDown() override { phial_heap_free(heap); }
  phial_term number(int64_t n) { return phial_integer(heap, n); }
};

TEST_F(Terms, integers_of_all_sizes_come_back) {
  for (int64_t n : {int64_t{0}, int64_t{-1}, int64_t{1} << 59, int64_t{1} << 60, -(int64_t{1} << 60) - 1, std::numeric_limits<int64_t>::max(),
                    std::numeric_limits<int64_t>::min()}) {
    int64_t back = 1;
    EXPECT_TRUE(phial_get_integer(number(n), &back));
    EXPECT_EQ(back, n);
    EXPECT_EQ(inspect(number(n)), std::to_string(n));
  }
  uint64_t large = 0;
  int64_t small = 5;
  phial_term most = phial_unsigned(heap, std::numeric_limits<uint64_t>::max());
  EXPECT_TRUE(phial_get_unsigned(most, &large));
  EXPECT_EQ(large, std::numeric_limits<uint64_t>::max());
  EXPECT_FALSE(phial_get_integer(most, &small));
  EXPECT_EQ(small, 5);
  EXPECT_FALSE(phial_get_unsigned(number(-1), &large));
  double converted = 0;
  EXPECT_TRUE(phial_get_float(most, &converted));
  EXPECT_EQ(converted, 18446744073709551615.0);
}

TEST_F(Terms, floats) {
  for (double x : {0.0, -0.0, 1.5, 1e300, 1e-300, std::numeric_limits<double>::denorm_min()}) {
    double back = 7;
    EXPECT_TRUE(phial_get_float(phial_float(heap, x), &back));
    EXPECT_EQ(std::memcmp(&back, &x, sizeof x), 0) << x;
  }
  EXPECT_EQ(inspect(phial_float(heap, std::nan(""))), ":undefined");
  EXPECT_EQ(inspect(phial_float(heap, INFINITY)), ":undefined");
}

TEST_F(Terms, atoms_and_booleans) {
  const char* text;
  size_t size;
  ASSERT_TRUE(phial_get_atom(phial_atom("hello"), &text, &size));
  EXPECT_EQ(std::strlen(text), size);  // as every string that a function gives it ends with a zero
  EXPECT_EQ(std::string(text, size), "hello");
  EXPECT_TRUE(phial_is_atom(phial_atom("hello"), "hello"));
  EXPECT_FALSE(phial_is_atom(phial_atom("hello"), "hell"));
  EXPECT_FALSE(phial_is_atom(number(1), "hello"));
  EXPECT_EQ(phial_atom("same").word, phial_atom("same").word);
  EXPECT_EQ(inspect(phial_atom("Elixir.Enum")), "Enum");
  bool value = false;
  EXPECT_TRUE(phial_get_boolean(phial_boolean(true), &value));
  EXPECT_TRUE(value);
  EXPECT_FALSE(phial_get_boolean(phial_nil(), &value));
  EXPECT_TRUE(phial_is_nil(phial_nil()));
}

TEST_F(Terms, binaries_are_read_where_they_stand) {
  std::string bytes(1000, 'x');
  phial_term large = phial_binary(heap, bytes.data(), bytes.size());
  const char *first, *second;
  size_t size;
  ASSERT_TRUE(phial_get_binary(large, &first, &size));
  EXPECT_EQ(size, 1000u);
  ASSERT_TRUE(phial_get_binary(phial_copy(heap, large), &second, &size));
  EXPECT_EQ(first, second);  // the bytes of large binaries are shared by copies
  char* room;
  phial_term made = phial_binary_buffer(heap, 3, &room);
  std::memcpy(room, "abc", 3);
  EXPECT_EQ(inspect(made), "\"abc\"");
  char copy[2];
  EXPECT_EQ(phial_copy_binary(made, copy, sizeof copy), 3);
  EXPECT_EQ(std::string(copy, 2), "ab");
  EXPECT_EQ(phial_copy_binary(number(1), copy, sizeof copy), -1);
}

TEST_F(Terms, external_binaries_are_lent_and_given_back_once) {
  static int given_back;
  given_back = 0;
  std::string bytes(100, 'y');
  phial_heap* own = phial_heap_create();
  auto release = [](void* user, const void* released) {
    EXPECT_EQ(static_cast<std::string*>(user)->data(), released);
    given_back++;
  };
  phial_term lent = phial_binary_external(own, bytes.data(), bytes.size(), release, &bytes);
  const char* at;
  size_t size;
  ASSERT_TRUE(phial_get_binary(lent, &at, &size));
  EXPECT_EQ(at, bytes.data());
  phial_term copied = phial_copy(heap, lent);
  phial_heap_free(own);
  EXPECT_EQ(given_back, 0);
  ASSERT_TRUE(phial_get_binary(copied, &at, &size));
  EXPECT_EQ(at, bytes.data());
  phial_heap_clear(heap);
  EXPECT_EQ(given_back, 1);
  phial_binary_external(heap, bytes.data(), 0, release, &bytes);
  EXPECT_EQ(given_back, 2);
}

TEST_F(Terms, tuples_lists_and_maps) {
  phial_term items[] = {number(1), phial_atom("two"), phial_string(heap, "three")};
  phial_term tuple = phial_tuple(heap, items, 3), list = phial_list(heap, items, 3);
  EXPECT_EQ(inspect(tuple), "{1, :two, \"three\"}");
  EXPECT_EQ(phial_tuple_size(tuple), 3u);
  EXPECT_TRUE(phial_equal(phial_tuple_element(tuple, 2), items[2]));
  EXPECT_TRUE(phial_is_nil(phial_tuple_element(tuple, 3)));
  EXPECT_EQ(phial_tuple_elements(tuple)[1].word, items[1].word);
  EXPECT_EQ(phial_tuple_elements(list), nullptr);
  EXPECT_EQ(phial_list_length(list), 3);
  EXPECT_EQ(phial_list_length(phial_empty_list()), 0);
  EXPECT_EQ(phial_list_length(phial_cons(heap, items[0], items[1])), -1);
  EXPECT_EQ(phial_list_length(tuple), -1);
  std::string seen;
  for (phial_term rest = list, head; phial_list_next(&rest, &head);) seen += inspect(head) + ";";
  EXPECT_EQ(seen, "1;:two;\"three\";");
  phial_term keys[] = {phial_atom("a"), phial_atom("b"), phial_atom("a")};
  phial_term map = phial_map(heap, keys, items, 3);
  EXPECT_EQ(inspect(map), "%{a: \"three\", b: :two}");
  phial_term value;
  EXPECT_TRUE(phial_map_get(map, phial_atom("b"), &value));
  EXPECT_FALSE(phial_map_get(map, number(1), &value));
  EXPECT_TRUE(phial_map_get_atom(map, "a", &value));
  EXPECT_EQ(inspect(value), "\"three\"");
  EXPECT_EQ(inspect(phial_map_put(heap, map, number(1), number(2))), "%{1 => 2, a: \"three\", b: :two}");
  EXPECT_EQ(phial_map_size(map), 2u);
}

TEST_F(Terms, large_maps_are_walked_whole) {
  std::vector<phial_term> keys, values;
  for (int64_t i = 0; i < 1000; i++) {
    keys.push_back(number(i));
    values.push_back(number(i * i));
  }
  phial_term map = phial_map(heap, keys.data(), values.data(), keys.size());
  std::vector<phial_term> k(1000), v(1000);
  ASSERT_EQ(phial_map_pairs(map, k.data(), v.data(), 1000), 1000u);
  int64_t sum = 0;
  for (size_t i = 0; i < 1000; i++) {
    int64_t key, value;
    ASSERT_TRUE(phial_get_integer(k[i], &key) && phial_get_integer(v[i], &value));
    EXPECT_EQ(value, key * key);
    sum += key;
  }
  EXPECT_EQ(sum, 499500);
  EXPECT_EQ(phial_map_pairs(map, k.data(), nullptr, 3), 1000u);
  int visited = 0;
  phial_map_each(map, [](void* user, phial_term, phial_term) { return ++*static_cast<int*>(user) < 10; }, &visited);
  EXPECT_EQ(visited, 10);
}

TEST_F(Terms, order_equality_and_hash) {
  EXPECT_EQ(phial_compare(number(1), phial_float(heap, 1.0)), 0);
  EXPECT_FALSE(phial_equal(number(1), phial_float(heap, 1.0)));
  EXPECT_LT(phial_compare(number(99), phial_atom("a")), 0);
  EXPECT_GT(phial_compare(phial_string(heap, "b"), phial_string(heap, "a")), 0);
  phial_term one[] = {phial_string(heap, "x")}, two[] = {phial_string(heap, "x")};
  EXPECT_EQ(phial_hash(phial_tuple(heap, one, 1)), phial_hash(phial_tuple(heap, two, 1)));
}

TEST_F(Terms, text_and_external_format) {
  phial_term items[] = {number(1), phial_atom("two")};
  phial_term tuple = phial_tuple(heap, items, 2);
  char text[5];
  EXPECT_EQ(phial_print(tuple, text, sizeof text), std::string("{1, :two}").size());
  EXPECT_STREQ(text, "{1, ");
  size_t size;
  char* bytes = phial_encode(tuple, &size);
  ASSERT_NE(bytes, nullptr);
  phial_term back;
  EXPECT_TRUE(phial_decode(heap, bytes, size, false, &back));
  EXPECT_TRUE(phial_equal(back, tuple));
  EXPECT_FALSE(phial_decode(heap, bytes, size - 1, false, &back));
  EXPECT_FALSE(phial_decode(heap, "x", 1, true, &back));
  std::free(bytes);
  const char unknown[] = "\x83w\x13never_seen_before_xyz";
  EXPECT_FALSE(phial_decode(heap, unknown, sizeof unknown - 1, false, &back));
}

class Kept : public Vm {};

TEST_F(Kept, handles_outlive_their_terms) {
  create();
  phial_result* result = phial_eval(vm, "%{list: Enum.to_list(1..3), text: String.duplicate(\"ab\", 100)}", "test");
  phial_handle handle = phial_keep(vm, phial_result_term(result));
  phial_result_free(result);
  phial_term term, list;
  ASSERT_TRUE(phial_handle_term(vm, handle, &term));
  ASSERT_TRUE(phial_map_get_atom(term, "list", &list));
  EXPECT_EQ(inspect(list), "[1, 2, 3]");
  phial_statistics statistics{};
  statistics.size = sizeof statistics;
  phial_get_statistics(vm, &statistics);
  EXPECT_EQ(statistics.handles, 1u);
  EXPECT_EQ(phial_handle_free(vm, handle), PHIAL_OK);
  EXPECT_TRUE(misuses.empty());
}

TEST_F(Kept, freed_and_foreign_handles_are_misuse) {
  create();
  phial_vm* other = phial_vm_create(&config);
  phial_handle handle = phial_keep(vm, phial_atom("x"));
  phial_term term = phial_nil();
  EXPECT_FALSE(phial_handle_term(other, handle, &term));
  EXPECT_EQ(phial_handle_free(other, handle), PHIAL_MISUSE);
  EXPECT_EQ(phial_handle_free(vm, handle), PHIAL_OK);
  phial_handle again = phial_keep(vm, phial_atom("y"));  // takes the same place
  EXPECT_FALSE(phial_handle_term(vm, handle, &term));
  EXPECT_EQ(phial_handle_free(vm, handle), PHIAL_MISUSE);
  EXPECT_FALSE(phial_handle_term(vm, phial_handle{0}, &term));
  EXPECT_TRUE(phial_is_nil(term));
  EXPECT_TRUE(phial_handle_term(vm, again, &term));
  EXPECT_EQ(misuses.size(), 5u);
  EXPECT_EQ(misuses[0], "phial_handle_term: the handle is of another VM, or was freed");
  phial_vm_destroy(other);
}

}  // namespace
