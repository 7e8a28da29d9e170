// The native half of :maps; the functions that call functions are in stdlib/erlang/maps.ex.
//
// Iterators: :maps.iterator gives [0 | map] (or, ordered, a chain of {key, value, iterator} made by
// stdlib/erlang/maps.ex); :maps.next walks by position, which for large maps costs the depth of the trie a
// step: the position is the path, five bits a level, packed in a small integer.
#include <algorithm>
#include <vector>

#include "vm/native/native.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/map.hpp"

namespace phial {
namespace {

Term bad_map(Context& c, Term map) { return c.error(make_tuple(c.heap(), {atoms::badmap, map})); }
Term bad_key(Context& c, Term key) { return c.error(make_tuple(c.heap(), {atoms::badkey, key})); }

Term get(Context& c, const Term* a) {
  if (!a[1].is_map()) return bad_map(c, a[1]);
  Term value = map_get(a[1], a[0]);
  return value.is_none() ? bad_key(c, a[0]) : value;
}
Term get_default(Context& c, const Term* a) {
  if (!a[1].is_map()) return bad_map(c, a[1]);
  Term value = map_get(a[1], a[0]);
  return value.is_none() ? a[2] : value;
}
Term find(Context& c, const Term* a) {
  if (!a[1].is_map()) return bad_map(c, a[1]);
  Term value = map_get(a[1], a[0]);
  return value.is_none() ? atoms::error : make_tuple(c.heap(), {atoms::ok, value});
}
Term is_key(Context& c, const Term* a) { return a[1].is_map() ? boolean(!map_get(a[1], a[0]).is_none()) : bad_map(c, a[1]); }
Term put(Context& c, const Term* a) { return a[2].is_map() ? map_put(c.heap(), a[2], a[0], a[1]) : bad_map(c, a[2]); }
Term update(Context& c, const Term* a) {
  if (!a[2].is_map()) return bad_map(c, a[2]);
  Term map = map_replace(c.heap(), a[2], a[0], a[1]);
  return map.is_none() ? bad_key(c, a[0]) : map;
}
Term remove(Context& c, const Term* a) { return a[1].is_map() ? map_remove(c.heap(), a[1], a[0]) : bad_map(c, a[1]); }
Term take(Context& c, const Term* a) {
  if (!a[1].is_map()) return bad_map(c, a[1]);
  Term value = map_get(a[1], a[0]);
  if (value.is_none()) return atoms::error;
  return make_tuple(c.heap(), {value, map_remove(c.heap(), a[1], a[0])});
}
Term merge(Context& c, const Term* a) {
  if (!a[0].is_map()) return bad_map(c, a[0]);
  if (!a[1].is_map()) return bad_map(c, a[1]);
  c.bump(static_cast<int64_t>(map_size(a[1])) / 4);
  return map_merge(c.heap(), a[0], a[1]);
}
Term keys(Context& c, const Term* a) {
  if (!a[0].is_map()) return bad_map(c, a[0]);
  c.bump(static_cast<int64_t>(map_size(a[0])) / 16);
  return map_keys(c.heap(), a[0]);
}
Term values(Context& c, const Term* a) {
  if (!a[0].is_map()) return bad_map(c, a[0]);
  c.bump(static_cast<int64_t>(map_size(a[0])) / 16);
  return map_values(c.heap(), a[0]);
}
Term from_list(Context& c, const Term* a) {
  std::vector<Term> pairs;
  Term list = a[0];
  for (; list.is_cons(); list = list.tail()) {
    if (pairs.size() % 4096 == 4094) tick(c, 256);
    Term pair = list.head();
    if (!pair.is_tuple(2)) return c.badarg();
    pairs.push_back(pair.element(0));
    pairs.push_back(pair.element(1));
  }
  if (!list.is_nil()) return c.badarg();
  c.bump(static_cast<int64_t>(pairs.size()) / 4);
  return make_map(c.heap(), pairs);
}
Term from_keys(Context& c, const Term* a) {
  if (list_length(a[0]) < 0) return c.badarg();
  std::vector<Term> pairs;
  for (Term key : ListRange(a[0])) pairs.insert(pairs.end(), {key, a[1]});
  c.bump(static_cast<int64_t>(pairs.size()) / 4);
  return make_map(c.heap(), pairs);
}

// -- iteration

/// The pair at a position of a trie path and the position after it; false at the end. A position counts pairs and then children in each
/// node on the way, 6 bits a level, lowest level of the path in the low bits.
struct PathStep {
  Term key, value;
  uint64_t next;
  bool found;
};
PathStep step_node(Term node, uint64_t path) {
  size_t at = path & 63;
  const Term* payload = node.payload();
  bool collision = node.kind() == Kind::champ_collision;
  size_t pairs = collision ? node.size() / 2 : static_cast<size_t>(std::popcount(Header::extra(node.header())));
  if (at < pairs) {
    size_t base = (collision ? 0 : 1) + 2 * at;
    return {payload[base], payload[base + 1], at + 1, true};
  }
  size_t children = collision ? 0 : node.size() - 1 - 2 * pairs;
  uint64_t inner = path >> 6;
  for (; at < pairs + children; at++, inner = 0) {
    PathStep step = step_node(payload[1 + 2 * pairs + at - pairs], inner);
    if (step.found) return {step.key, step.value, step.next << 6 | at, true};
  }
  return {Term::none(), Term::none(), 0, false};
}

Term next_of(Context& c, Term map, uint64_t position) {
  Term key, value;
  uint64_t next;
  if (map.kind() == Kind::flat_map) {
    size_t count = map.size() - 1;
    if (position >= count) return atoms::none;
    key = map.payload()[0].element(position);
    value = map.payload()[1 + position];
    next = position + 1;
  } else {
    PathStep step = step_node(map.payload()[1], position);
    if (!step.found) return atoms::none;
    key = step.key;
    value = step.value;
    next = step.next;
  }
  Term iterator = make_cons(c.heap(), Term::small(static_cast<int64_t>(next)), map);
  return make_tuple(c.heap(), {key, value, iterator});
}
Term iterator(Context& c, const Term* a) { return a[0].is_map() ? make_cons(c.heap(), Term::small(0), a[0]) : bad_map(c, a[0]); }
Term next(Context& c, const Term* a) {
  Term at = a[0];
  if (at == atoms::none) return at;
  if (at.is_cons() && at.head().is_small() && at.tail().is_map()) return next_of(c, at.tail(), static_cast<uint64_t>(at.head().small_value()));
  if (at.is_tuple(3)) return at;  // {key, value, iterator} is an iterator, too
  return c.badarg();
}
Term to_list(Context& c, const Term* a) {
  if (a[0].is_map()) {
    c.bump(static_cast<int64_t>(map_size(a[0])) / 8);
    return map_to_list(c.heap(), a[0]);
  }
  if (a[0].is_cons() && a[0].head() == Term::small(0) && a[0].tail().is_map()) return map_to_list(c.heap(), a[0].tail());
  // An ordered iterator is a chain of {key, value, iterator} that ends in none.
  std::vector<Term> chain;
  Term at = a[0];
  for (; at.is_tuple(3); at = at.element(2)) chain.push_back(at);
  if (chain.empty() || at != atoms::none) return bad_map(c, a[0]);
  Term list = Term::nil();
  for (size_t i = chain.size(); i-- > 0;)
    list = make_cons(c.heap(), make_tuple(c.heap(), {chain[i].element(0), chain[i].element(1)}), list);
  return list;
}

constexpr NativeEntry entries[] = {
    {"maps", "get", 2, get, native_in_place}, {"maps", "get", 3, get_default, native_in_place}, {"maps", "find", 2, find}, {"maps", "is_key", 2, is_key},
    {"maps", "put", 3, put, native_in_place}, {"maps", "update", 3, update, native_in_place}, {"maps", "remove", 2, remove, native_in_place}, {"maps", "take", 2, take},
    {"maps", "merge", 2, merge, native_measured | native_shallow | native_in_place}, {"maps", "keys", 1, keys, native_measured | native_shallow}, {"maps", "values", 1, values, native_measured | native_shallow}, {"maps", "from_list", 1, from_list, native_measured | native_shallow},
    {"maps", "from_keys", 2, from_keys, native_measured | native_shallow}, {"maps", "iterator", 1, iterator}, {"maps", "next", 1, next}, {"maps", "to_list", 1, to_list, native_measured | native_shallow},
};

}  // namespace

extern const NativeTable maps_natives = native::table_of(entries);

}  // namespace phial
