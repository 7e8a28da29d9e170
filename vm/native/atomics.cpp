// :atomics and :counters: arrays of 64-bit integers that any process may change at once. A reference owns a share of the array.
#include <atomic>
#include <new>
#include <vector>

#include "vm/base/memory.hpp"
#include "vm/native/native.hpp"
#include "vm/process/budget.hpp"
#include "vm/term/map.hpp"

namespace phial {
namespace {

struct Atomics : Resource {
  ByteAccount* account;  // pays for it as for a binary
  size_t count;
  bool is_signed;
  std::atomic<int64_t> values[];
};
constexpr char atomics_type = 0;
constexpr char counters_type = 0;

size_t size_of(const Atomics& array) { return sizeof(Atomics) + array.count * sizeof(std::atomic<int64_t>); }
void release_atomics(Resource* resource) {
  auto array = static_cast<Atomics*>(resource);
  if (array->account) {
    array->account->charge(-static_cast<int64_t>(size_of(*array)));
    array->account->drop();
  }
  memory_free(array);
}

Term make_array(Context& c, const void* type, size_t count, bool is_signed) {
  if (!fits_items(c, count, sizeof(std::atomic<int64_t>))) return c.system_limit();
  auto array = static_cast<Atomics*>(memory_allocate(sizeof(Atomics) + count * sizeof(std::atomic<int64_t>)));
  new (array) Atomics;
  array->type = type;
  array->id = next_resource_id();
  array->release = release_atomics;
  array->count = count;
  array->account = byte_account;
  if (array->account) {
    array->account->retain();
    array->account->charge(static_cast<int64_t>(size_of(*array)));
  }
  array->is_signed = is_signed;
  for (size_t i = 0; i < count; i++) new (&array->values[i]) std::atomic<int64_t>(0);
  return make_resource(c.heap(), array);
}

/// An integer modulo 2^64, as OTP takes values: anything that fits signed or unsigned 64 bits.
bool read_word(Term term, int64_t& value) {
  if (term.is_small()) {
    value = term.small_value();
    return true;
  }
  if (!term.is_bignum() || term.size() != 1) return false;
  uint64_t magnitude = term.object()[1];
  bool negative = term.kind() == Kind::bignum_negative;
  if (negative && magnitude > uint64_t{1} << 63) return false;
  value = static_cast<int64_t>(negative ? 0 - magnitude : magnitude);
  return true;
}

Term word_term(Context& c, const Atomics& array, int64_t value) {
  return array.is_signed ? make_integer(c.heap(), value) : make_unsigned(c.heap(), static_cast<uint64_t>(value));
}

/// The cell that arguments (array, index from 1) name; null where they are bad.
std::atomic<int64_t>* cell(const void* type, const Term* a, Atomics*& array) {
  array = static_cast<Atomics*>(resource_of(a[0], type));
  size_t index;
  if (!array || !native::read_index(a[1], array->count, index) || index == 0) return nullptr;
  return &array->values[index - 1];
}

Term atomics_new(Context& c, const Term* a) {
  constexpr int64_t making = 50;  // with what freeing it takes
  c.bump(making);
  size_t count;
  if (!native::read_index(a[0], size_t{1} << 40, count) || count == 0 || list_length(a[1]) < 0) return c.badarg();
  Term is_signed = native::option(a[1], intern_atom("signed"));
  return make_array(c, &atomics_type, count, !(is_signed == atoms::false_));
}
Term counters_new(Context& c, const Term* a) {
  size_t count;
  if (!native::read_index(a[0], size_t{1} << 40, count) || count == 0 || list_length(a[1]) < 0) return c.badarg();
  return make_array(c, &counters_type, count, true);
}

template <const char* type>
Term get(Context& c, const Term* a) {
  Atomics* array;
  auto at = cell(type, a, array);
  return at ? word_term(c, *array, at->load()) : c.badarg();
}
template <const char* type>
Term put(Context& c, const Term* a) {
  Atomics* array;
  int64_t value;
  auto at = cell(type, a, array);
  if (!at || !read_word(a[2], value)) return c.badarg();
  at->store(value);
  return atoms::ok;
}
template <const char* type, int sign, bool gives_value>
Term add(Context& c, const Term* a) {
  Atomics* array;
  int64_t value;
  auto at = cell(type, a, array);
  if (!at || !read_word(a[2], value)) return c.badarg();
  auto change = sign > 0 ? static_cast<uint64_t>(value) : 0 - static_cast<uint64_t>(value);
  uint64_t after = static_cast<uint64_t>(at->fetch_add(static_cast<int64_t>(change))) + change;
  return gives_value ? word_term(c, *array, static_cast<int64_t>(after)) : atoms::ok;
}
Term exchange(Context& c, const Term* a) {
  Atomics* array;
  int64_t value;
  auto at = cell(&atomics_type, a, array);
  if (!at || !read_word(a[2], value)) return c.badarg();
  return word_term(c, *array, at->exchange(value));
}
Term compare_exchange(Context& c, const Term* a) {
  Atomics* array;
  int64_t expected, desired;
  auto at = cell(&atomics_type, a, array);
  if (!at || !read_word(a[2], expected) || !read_word(a[3], desired)) return c.badarg();
  return at->compare_exchange_strong(expected, desired) ? atoms::ok : word_term(c, *array, expected);
}

template <const char* type>
Term info(Context& c, const Term* a) {
  auto array = static_cast<Atomics*>(resource_of(a[0], type));
  if (!array) return c.badarg();
  TermHeap& heap = c.heap();
  Term size = Term::small(static_cast<int64_t>(array->count));
  Term memory = Term::small(static_cast<int64_t>(sizeof(Atomics) + 8 * array->count));
  std::vector<Term> pairs{intern_atom("size"), size, intern_atom("memory"), memory};
  if (type == &atomics_type) {
    Term max = array->is_signed ? make_integer(heap, INT64_MAX) : make_unsigned(heap, UINT64_MAX);
    Term min = array->is_signed ? make_integer(heap, INT64_MIN) : Term::small(0);
    pairs.insert(pairs.end(), {atoms::max_, max, intern_atom("min"), min});
  }
  return make_map(heap, pairs);
}

constexpr NativeEntry entries[] = {
    {"atomics", "new", 2, atomics_new}, {"atomics", "get", 2, get<&atomics_type>}, {"atomics", "put", 3, put<&atomics_type>},
    {"atomics", "add", 3, add<&atomics_type, 1, false>}, {"atomics", "add_get", 3, add<&atomics_type, 1, true>},
    {"atomics", "sub", 3, add<&atomics_type, -1, false>}, {"atomics", "sub_get", 3, add<&atomics_type, -1, true>},
    {"atomics", "exchange", 3, exchange}, {"atomics", "compare_exchange", 4, compare_exchange}, {"atomics", "info", 1, info<&atomics_type>},
    {"counters", "new", 2, counters_new}, {"counters", "get", 2, get<&counters_type>}, {"counters", "put", 3, put<&counters_type>},
    {"counters", "add", 3, add<&counters_type, 1, false>}, {"counters", "sub", 3, add<&counters_type, -1, false>},
    {"counters", "info", 1, info<&counters_type>},
};

}  // namespace

extern const NativeTable atomics_natives = native::table_of(entries);

}  // namespace phial
