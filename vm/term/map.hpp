// Maps: up to 32 keys flat and sorted in map-key order, above that a CHAMP trie (Steindorfer, Vinju: "Optimizing Hash-Array Mapped
// Tries"). Map-key order is term order with integers before floats, so 1 and 1.0 are different keys.
#pragma once
#include "vm/term/build.hpp"

namespace phial {

inline constexpr size_t max_flat_map_size = 32;

Term make_empty_map(TermHeap& heap);
/// From pairs in any order; of equal keys the last wins. `pairs` holds key, value, key, value.
Term make_map(TermHeap& heap, std::span<const Term> pairs);
size_t map_size(Term map);
/// The value, or none().
Term map_get(Term map, Term key);
Term map_put(TermHeap& heap, Term map, Term key, Term value);
/// The map with another value of a key that it has; none() if it has not.
Term map_replace(TermHeap& heap, Term map, Term key, Term value);
/// Map without the key; the same map if it is not there.
Term map_remove(TermHeap& heap, Term map, Term key);
/// All pairs of `right` put into `left`.
Term map_merge(TermHeap& heap, Term left, Term right);

/// Visits pairs; the order is the map's own (sorted for flat maps, by hash for large ones).
/// visit(key, value) returns false to stop.
template <class Visit>
bool map_each(Term map, Visit&& visit);
Term map_keys(TermHeap& heap, Term map);
Term map_values(TermHeap& heap, Term map);
Term map_to_list(TermHeap& heap, Term map);

namespace detail {
template <class Visit>
bool each_in_node(Term node, Visit& visit) {
  const Term* payload = node.payload();
  if (node.kind() == Kind::champ_collision) {
    for (size_t i = 0; i + 1 < node.size(); i += 2)
      if (!visit(payload[i], payload[i + 1])) return false;
    return true;
  }
  size_t pairs = static_cast<size_t>(std::popcount(Header::extra(node.header())));
  for (size_t i = 0; i < pairs; i++)
    if (!visit(payload[1 + 2 * i], payload[2 + 2 * i])) return false;
  for (size_t i = 1 + 2 * pairs; i < node.size(); i++)
    if (!each_in_node(payload[i], visit)) return false;
  return true;
}
}  // namespace detail

template <class Visit>
bool map_each(Term map, Visit&& visit) {
  const Term* payload = map.payload();
  if (map.kind() == Kind::flat_map) {
    for (size_t i = 1; i < map.size(); i++)
      if (!visit(payload[0].element(i - 1), payload[i])) return false;
    return true;
  }
  return detail::each_in_node(payload[1], visit);
}

}  // namespace phial
