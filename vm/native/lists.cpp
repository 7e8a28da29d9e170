// The functions of :lists that must be fast; the rest of the module is stdlib/erlang/lists.ex.
#include <algorithm>
#include <bit>
#include <vector>

#include "vm/native/native.hpp"
#include "vm/term/compare.hpp"

namespace phial {
namespace {

template <bool in_parts>
Term reverse_onto(Context& c, Term list, Term tail) {
  int64_t count = 0;
  for (; list.is_cons(); list = list.tail(), count++) {
    tail = make_cons(c.heap(), list.head(), tail);
    if (count % 65536 != 65535) continue;
    if (!in_parts) return native::go_long(c, "reverse", {list.tail(), tail});
    tick(c, 2048);
  }
  c.bump(count % 65536 / 32);
  return list.is_nil() ? tail : c.badarg();
}
Term reverse(Context& c, const Term* a) { return reverse_onto<false>(c, a[0], Term::nil()); }
Term reverse_2(Context& c, const Term* a) { return reverse_onto<false>(c, a[0], a[1]); }
Term reverse_long(Context& c, const Term* a) { return reverse_onto<true>(c, a[0], a[1]); }

/// Searches in place look at so many items; what is behind them is searched on a stack that can be left.
constexpr int64_t short_search = 1024;

template <bool in_parts>
Term member(Context& c, const Term* a) {
  Term list = a[1];
  int64_t count = 0;
  for (; list.is_cons(); list = list.tail(), count++) {
    if (in_parts && count % 4096 == 4095) tick(c, 128);
    if (!in_parts && count == short_search) return native::go_long(c, "member", {a[0], list});
    if (equal_exactly(list.head(), a[0])) {
      c.bump(count % 4096 / 32);
      return atoms::true_;
    }
  }
  c.bump(count % 4096 / 32);
  return list.is_nil() ? atoms::false_ : c.badarg();
}

/// The first tuple whose element `position` equals the key (==), as `Found` gives it, or false.
template <bool in_parts, typename Found>
Term key_find(Context& c, const Term* a, const char* name, Found&& found) {
  size_t position;
  if (!native::read_index(a[1], Header::max_size, position) || position == 0) return c.badarg();
  Term list = a[2], key = a[0];
  bool by_word = key.is_atom();  // nothing else equals an atom
  int64_t count = 0;
  for (; list.is_cons(); list = list.tail(), count++) {
    if (in_parts && count % 4096 == 4095) tick(c, 256);
    if (!in_parts && count == short_search) return native::go_long(c, name, {key, a[1], list});
    Term item = list.head();
    if (!item.is_tuple() || item.arity() < position) continue;
    Term at = item.element(position - 1);
    if (at == key || (!by_word && !(at.is_small() && key.is_small()) && equal(at, key))) {
      c.bump(count % 4096 / 16);
      return found(item);
    }
  }
  c.bump(count % 4096 / 16);
  return list.is_nil() ? atoms::false_ : c.badarg();
}
template <bool in_parts>
Term keyfind(Context& c, const Term* a) {
  return key_find<in_parts>(c, a, "keyfind", [](Term item) { return item; });
}
template <bool in_parts>
Term keymember(Context& c, const Term* a) {
  return key_find<in_parts>(c, a, "keymember", [](Term) { return atoms::true_; });
}
template <bool in_parts>
Term keysearch(Context& c, const Term* a) {
  return key_find<in_parts>(c, a, "keysearch", [&](Term item) { return make_tuple(c.heap(), {intern_atom("value"), item}); });
}

/// Whether the items are in order already; looks until the first that is not.
template <typename Item, typename Less>
bool in_order(Context& c, const std::vector<Item>& items, Less less) {
  for (size_t i = 1; i < items.size(); i++) {
    if (less(items[i], items[i - 1])) return false;
    if (i % 8192 == 0) tick(c, 1024);
  }
  return true;
}

/// A stable sort that ticks: runs of a few thousand, then merges.
template <typename Item, typename Less>
void sort_in_parts(Context& c, std::vector<Item>& items, Less less) {
  constexpr size_t run = 8192;
  size_t count = items.size();
  if (in_order(c, items, less)) return;
  if (in_order(c, items, [&](const Item& x, const Item& y) { return !less(y, x); })) {  // each is less than the one before it
    std::reverse(items.begin(), items.end());
    return;
  }
  for (size_t i = 0; i < count; i += run) {
    size_t end = std::min(i + run, count);
    std::stable_sort(items.begin() + static_cast<ptrdiff_t>(i), items.begin() + static_cast<ptrdiff_t>(end), less);
    tick(c, static_cast<int64_t>(end - i) * 2);
  }
  std::vector<Item> merged(count > run ? count : 0);
  for (size_t width = run; width < count; width *= 2) {
    for (size_t i = 0; i < count; i += 2 * width) {
      size_t left = i, middle = std::min(i + width, count), right = middle, end = std::min(i + 2 * width, count);
      for (size_t out = i; out < end;) {
        size_t part = std::min(end, out + run);
        int64_t words = static_cast<int64_t>(part - out);
        for (; out < part; out++) merged[out] = left < middle && (right == end || !less(items[right], items[left])) ? items[left++] : items[right++];
        tick(c, words / 2);
      }
    }
    items.swap(merged);
  }
}

// Sorting looks at numbers beside the terms: where they differ they tell the order of the terms, so that most comparisons touch neighbouring
// memory and follow no pointer. 300,000 tuples of two took 1.5 s with the general comparison and 0.15 s so.

/// What a term is sorted by first: itself, or the first element of tuples of one size.
enum class Leading : uint8_t { nothing, small, floating, binary, atom };

Leading leading_of(Term term) {
  if (term.is_small()) return Leading::small;
  if (term.is_float()) return Leading::floating;
  if (term.is_atom()) return Leading::atom;
  return is_binary(term) && bits_of(term).byte_aligned() ? Leading::binary : Leading::nothing;
}

/// The first eight bytes as a number that orders as they do; missing ones are least.
uint64_t prefix_of(const uint8_t* bytes, size_t size) {
  uint64_t prefix = 0;
  std::memcpy(&prefix, bytes, std::min<size_t>(size, 8));
  return __builtin_bswap64(prefix);
}

/// Unsigned numbers in the order of the terms; terms with equal numbers may still differ.
uint64_t leading_number(Leading kind, Term term) {
  constexpr uint64_t top = uint64_t{1} << 63;
  switch (kind) {
    case Leading::small: return static_cast<uint64_t>(term.small_value()) ^ top;
    case Leading::floating: {
      auto bits = std::bit_cast<uint64_t>(term.float_value() + 0.0);  // -0.0 equals 0.0
      return bits & top ? ~bits : bits | top;
    }
    case Leading::binary: {
      BitView view = bits_of(term);
      return prefix_of(view.bytes, view.bits / 8);
    }
    case Leading::atom: {
      std::string_view text = atom_text(term);
      return prefix_of(reinterpret_cast<const uint8_t*>(text.data()), text.size());
    }
    case Leading::nothing: break;
  }
  return 0;
}

void sort_terms(Context& c, std::vector<Term>& items) {
  struct Keyed {
    uint64_t number;
    Term term;
  };
  if (items.size() < 2) return;
  bool tuples = items[0].is_tuple() && items[0].size() > 0;
  auto subject = [&](Term item) { return tuples ? item.element(0) : item; };
  Leading kind = leading_of(subject(items[0]));
  for (Term item : items) {
    if (tuples && !item.is_tuple(items[0].size())) tuples = false, kind = Leading::nothing;
    if (kind == Leading::nothing || leading_of(subject(item)) != kind) {
      kind = Leading::nothing;
      break;
    }
  }
  std::vector<Keyed> keyed;
  keyed.reserve(items.size());
  for (Term item : items) keyed.push_back({kind == Leading::nothing ? 0 : leading_number(kind, subject(item)), item});
  sort_in_parts(c, keyed, [](const Keyed& x, const Keyed& y) { return x.number != y.number ? x.number < y.number : compare(x.term, y.term) < 0; });
  for (size_t i = 0; i < items.size(); i++) items[i] = keyed[i].term;
}

template <bool in_parts>
Term sort(Context& c, const Term* a) {
  if (!a[0].is_list()) return c.error(atoms::function_clause);
  std::vector<Term> items;
  Term list = a[0];
  bool all_small = true;
  for (; list.is_cons(); list = list.tail()) {
    all_small &= list.head().is_small();
    items.push_back(list.head());
  }
  if (!list.is_nil()) return c.error(atoms::function_clause);
  if (!in_parts && items.size() > 8192) return native::go_long(c, "sort", {a[0]});
  if (all_small)
    sort_in_parts(c, items, [](Term x, Term y) { return static_cast<int64_t>(x.word) < static_cast<int64_t>(y.word); });
  else
    sort_terms(c, items);
  c.bump(static_cast<int64_t>(items.size()) / 16);
  return make_list(c.heap(), items);
}

constexpr NativeEntry entries[] = {
    {"lists", "reverse", 1, reverse}, {"lists", "reverse", 2, reverse_2}, {"phial_long", "reverse", 2, reverse_long, native_long},
    {"lists", "member", 2, member<false>, native_small}, {"phial_long", "member", 2, member<true>, native_long},
    {"lists", "keyfind", 3, keyfind<false>, native_small}, {"phial_long", "keyfind", 3, keyfind<true>, native_long},
    {"lists", "keymember", 3, keymember<false>, native_small}, {"phial_long", "keymember", 3, keymember<true>, native_long},
    {"lists", "keysearch", 3, keysearch<false>}, {"phial_long", "keysearch", 3, keysearch<true>, native_long},
    {"lists", "sort", 1, sort<false>}, {"phial_long", "sort", 1, sort<true>, native_long},
};

}  // namespace

extern const NativeTable lists_natives = native::table_of(entries);

}  // namespace phial
