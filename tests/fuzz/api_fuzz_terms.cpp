// Random terms, and reading terms in all ways.
#include <cstdlib>
#include <cstring>

#include "api_fuzz.hpp"

namespace fuzz {

namespace {

std::vector<phial_term> random_terms(Random& random, phial_heap* heap, int depth, size_t count) {
  std::vector<phial_term> terms;
  for (; count > 0; count--) terms.push_back(random_term(random, heap, depth));
  return terms;
}

phial_term random_map(Random& random, phial_heap* heap, int depth) {
  std::vector<phial_term> keys, values;
  for (size_t i = random.below(random.chance(8) ? 60 : 6); i > 0; i--) {
    keys.push_back(random.chance(2) ? phial_integer(heap, static_cast<int64_t>(i)) : random_term(random, heap, depth));
    values.push_back(random_term(random, heap, depth));
  }
  phial_term map = phial_map(heap, keys.data(), values.data(), keys.size()), value;
  if (random.chance(3)) {
    phial_term key = random_term(random, heap, 0), put = phial_map_put(heap, map, key, phial_nil());
    require(phial_map_get(put, key, &value) && phial_is_nil(value), "a map lacks what was put into it");
    return put;
  }
  return map;
}

phial_term random_text(Random& random, phial_heap* heap) {
  std::string text(random.below(random.chance(10) ? 5000 : 100), 'x');
  if (random.chance(3)) return phial_string(heap, text.c_str());
  if (random.chance(2)) return phial_binary(heap, text.data(), text.size());
  char* bytes;
  phial_term binary = phial_binary_buffer(heap, text.size(), &bytes);
  std::memset(bytes, 'y', text.size());
  return binary;
}

void read_number(phial_term value) {
  int64_t integer;
  uint64_t natural;
  double number;
  bool boolean, small = phial_get_integer(value, &integer), fits = phial_get_unsigned(value, &natural);
  if (small && fits) require(static_cast<uint64_t>(integer) == natural, "an integer is two numbers");
  if (small) require(phial_get_float(value, &number), "an integer is no number");
  if (phial_get_boolean(value, &boolean)) require(phial_equal(value, phial_boolean(boolean)), "a boolean is not itself");
}

void read_bytes(phial_heap* heap, phial_term value) {
  const char* bytes;
  size_t size;
  if (phial_get_atom(value, &bytes, &size)) {
    if (std::memchr(bytes, 0, size)) return;
    require(bytes[size] == 0 && phial_is_atom(value, bytes) && phial_equal(phial_atom(bytes), value), "an atom is not the atom of its text");
    require(phial_is_nil(value) == (std::string_view(bytes, size) == "nil"), "nil is something else");
  }
  char few[16];
  ptrdiff_t copied = phial_copy_binary(value, few, sizeof few);
  if (!phial_get_binary(value, &bytes, &size)) return;
  require(copied == static_cast<ptrdiff_t>(size) && std::memcmp(few, bytes, std::min(size, sizeof few)) == 0, "a binary was copied wrongly");
  require(phial_equal(phial_binary(heap, bytes, size), value), "a binary is not equal to its bytes");
}

void read_parts(phial_term value) {
  size_t count = phial_tuple_size(value);
  const phial_term* elements = phial_tuple_elements(value);
  for (size_t i = 0; i < count; i++) require(elements[i].word == phial_tuple_element(value, i).word, "a tuple has two elements in one place");
  require(phial_is_nil(phial_tuple_element(value, count)), "an element behind a tuple");
  ptrdiff_t length = phial_list_length(value), steps = 0;
  phial_term rest = value, head;
  for (; phial_list_next(&rest, &head); steps++) phial_kind_of(head);
  if (length >= 0) require(steps == length, "a list has two lengths");
  std::vector<phial_term> keys(8), values(8);
  size_t pairs = phial_map_pairs(value, keys.data(), values.data(), 8), visited = 0;
  require(pairs == phial_map_size(value), "a map has two sizes");
  for (size_t i = 0; i < std::min<size_t>(pairs, 8); i++)
    require(phial_map_get(value, keys[i], &head) && phial_equal(head, values[i]), "a map lacks one of its pairs");
  phial_map_get_atom(value, "__struct__", &head);
  phial_map_each(
      value,
      [](void* user, phial_term key, phial_term item) {
        phial_compare(key, item);
        return ++*static_cast<size_t*>(user) < 10;
      },
      &visited);
  require(visited == std::min<size_t>(pairs, 10), "not all pairs of a map were visited");
}

}  // namespace

phial_term random_term(Random& random, phial_heap* heap, int depth) {
  switch (random.below(depth > 0 ? 14 : 9)) {
    case 0: return phial_integer(heap, static_cast<int64_t>(random.bits()) >> random.below(60));
    case 1: return phial_unsigned(heap, random.bits());
    case 2: return phial_float(heap, static_cast<double>(random.bits()) / static_cast<double>(random.below(1000)));
    case 3: return phial_atom(std::array{"a", "ok", "named", "Elixir.Enum", "true"}[random.below(5)]);
    case 4: return random.chance(2) ? phial_nil() : phial_boolean(random.chance(2));
    case 5: return random_text(random, heap);
    case 6: {
      size_t size = random.below(200);
      void* bytes = std::calloc(1, size + 1);
      lent_alive++;
      return phial_binary_external(heap, bytes, size, give_back_lent, nullptr);
    }
    case 7: return make_object(heap, random.chance(8));
    case 8: return phial_empty_list();
    case 9:
    case 10:
    case 11: {
      std::vector<phial_term> items = random_terms(random, heap, depth - 1, random.below(5));
      return random.chance(2) ? phial_tuple(heap, items.data(), items.size()) : phial_list(heap, items.data(), items.size());
    }
    case 12: {
      phial_term tail = random_term(random, heap, depth - 1);
      return phial_cons(heap, random_term(random, heap, depth - 1), tail);
    }
    default: return random_map(random, heap, depth - 1);
  }
}

void read_term(Random& random, phial_heap* heap, phial_term value) {
  char text[64];
  size_t length = phial_print(value, text, sizeof text);
  if (random.chance(4)) {
    char* whole = phial_inspect(value);
    require(std::strlen(whole) == length && std::strncmp(whole, text, std::min(length, sizeof text - 1)) == 0, "a term was printed in two ways");
    std::free(whole);
  }
  phial_term copy = phial_copy(heap, value);
  require(phial_equal(copy, value) && phial_compare(copy, value) == 0 && phial_hash(copy) == phial_hash(value), "a copy is another term");
  require(phial_kind_of(copy) == phial_kind_of(value), "a copy is of another kind");
  size_t size;
  if (char* bytes = phial_encode(value, &size)) {
    phial_term back;
    require(phial_decode(heap, bytes, size, true, &back) && phial_equal(back, value), "a term came back changed from its external format");
    if (size > 2) bytes[1 + random.below(size - 1)] ^= static_cast<char>(1 << random.below(8));
    if (phial_decode(heap, bytes, size, false, &back)) phial_compare(back, value);
    std::free(bytes);
  }
  read_number(value);
  read_bytes(heap, value);
  read_parts(value);
  void* object = phial_get_object(value, &object_type);
  if (object) require(*static_cast<int*>(object) == 7, "an object was overwritten");
}

}  // namespace fuzz
