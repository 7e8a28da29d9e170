// The two representations of maps (see map.hpp). Trie nodes follow CHAMP: pairs before children, two bitmaps, canonical after deletion
// (a child with one pair is pulled up), five bits of the hash a level, collisions below the last.
#include "vm/term/map.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "vm/base/work.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/shape.hpp"

namespace phial {
namespace {

constexpr unsigned bits_per_level = 5;
constexpr unsigned hash_bits = 32;

Term flat_keys(Term map) { return map.payload()[0]; }

/// Equality of a key that stands in a map with one that is looked for and is a pointer. Keys of one map are of many shapes: most are told apart by
/// their headers.
bool same_key(Term key, Term wanted) {
  if (key == wanted) return true;
  if (!key.is_pointer()) return false;
  if (key.is_boxed() && wanted.is_boxed() && key.header() != wanted.header() && !key.is_bitstring()) {
    if (key.kind() != wanted.kind()) return false;
    if (key.kind() == Kind::tuple && key.size() != wanted.size()) return false;
  }
  return equal_exactly_slow(key, wanted);
}

/// Index of a key among the keys of a flat map, or -1.
ptrdiff_t flat_find(const Term* keys, size_t count, Term key) {
  for (size_t i = 0; i < count; i++)
    if (keys[i] == key) return static_cast<ptrdiff_t>(i);
  if (!key.is_pointer()) return -1;
  for (size_t i = 0; i < count; i++)
    if (same_key(keys[i], key)) return static_cast<ptrdiff_t>(i);
  return -1;
}
ptrdiff_t flat_find(Term map, Term key) { return flat_find(flat_keys(map).payload(), map.size() - 1, key); }

Term make_flat(TermHeap& heap, Term keys, std::span<const Term> values) {
  Word* object = heap.allocate(2 + values.size());
  object[0] = Header::make(Kind::flat_map, 1 + values.size());
  object[1] = keys.word;
  if (!values.empty()) std::memcpy(object + 2, values.data(), values.size() * sizeof(Word));
  return Term::boxed(object);
}

/// The same for keys that may have a shape.
Term make_flat_of_keys(TermHeap& heap, std::span<const Term> keys, std::span<const Term> values) {
  Term shape = shape_of_keys(keys);
  return make_flat(heap, shape.is_none() ? make_tuple(heap, keys) : shape, values);
}

// -- the trie

uint32_t datamap(Term node) { return Header::extra(node.header()); }
uint32_t nodemap(Term node) { return static_cast<uint32_t>(node.payload()[0].small_value()); }
uint32_t bit_at(uint32_t hash, unsigned shift) { return 1u << (hash >> shift & 31); }
size_t index_of(uint32_t map, uint32_t bit) { return static_cast<size_t>(std::popcount(map & (bit - 1))); }

Term make_node(TermHeap& heap, uint32_t data, uint32_t nodes, std::span<const Term> contents) {
  Word* object = heap.allocate(2 + contents.size());
  object[0] = Header::make(Kind::champ_node, 1 + contents.size(), data);
  object[1] = Term::small(nodes).word;
  if (!contents.empty()) std::memcpy(object + 2, contents.data(), contents.size() * sizeof(Word));
  return Term::boxed(object);
}

Term make_collision(TermHeap& heap, uint32_t hash, std::span<const Term> pairs) {
  Word* object = heap.allocate(1 + pairs.size());
  object[0] = Header::make(Kind::champ_collision, pairs.size(), hash);
  std::memcpy(object + 1, pairs.data(), pairs.size() * sizeof(Word));
  return Term::boxed(object);
}

Term make_champ(TermHeap& heap, size_t count, Term root) {
  Word* object = heap.allocate(3);
  object[0] = Header::make(Kind::champ_map, 2);
  object[1] = Term::small(static_cast<int64_t>(count)).word;
  object[2] = root.word;
  return Term::boxed(object);
}

Term node_get(Term node, Term key, uint32_t hash) {
  for (unsigned shift = 0;; shift += bits_per_level) {
    const Term* payload = node.payload();
    if (node.kind() == Kind::champ_collision) {
      for (size_t i = 0; i < node.size(); i += 2)
        if (equal_exactly(payload[i], key)) return payload[i + 1];
      return Term::none();
    }
    uint32_t data = datamap(node), bit = bit_at(hash, shift);
    if (data & bit) {
      size_t at = 1 + 2 * index_of(data, bit);
      return equal_exactly(payload[at], key) ? payload[at + 1] : Term::none();
    }
    uint32_t nodes = nodemap(node);
    if (!(nodes & bit)) return Term::none();
    node = payload[1 + 2 * static_cast<size_t>(std::popcount(data)) + index_of(nodes, bit)];
  }
}

/// Contents of a node after the nodemap word, to edit.
struct Contents {
  Term items[2 * 32 + 32];
  size_t size;
  explicit Contents(Term node) : size(node.size() - 1) { std::memcpy(items, node.payload() + 1, size * sizeof(Term)); }
  void insert(size_t at, Term item) {
    std::memmove(items + at + 1, items + at, (size - at) * sizeof(Term));
    items[at] = item;
    size++;
  }
  void erase(size_t at) {
    std::memmove(items + at, items + at + 1, (size - at - 1) * sizeof(Term));
    size--;
  }
  std::span<const Term> span() const { return {items, size}; }
};

Term two_pairs(TermHeap& heap, Term key1, Term value1, uint32_t hash1, Term key2, Term value2, uint32_t hash2, unsigned shift) {
  if (shift >= hash_bits) {
    Term pairs[] = {key1, value1, key2, value2};
    return make_collision(heap, hash1, pairs);
  }
  uint32_t bit1 = bit_at(hash1, shift), bit2 = bit_at(hash2, shift);
  if (bit1 == bit2) {
    Term child[] = {two_pairs(heap, key1, value1, hash1, key2, value2, hash2, shift + bits_per_level)};
    return make_node(heap, 0, bit1, child);
  }
  if (bit1 < bit2) {
    Term pairs[] = {key1, value1, key2, value2};
    return make_node(heap, bit1 | bit2, 0, pairs);
  }
  Term pairs[] = {key2, value2, key1, value1};
  return make_node(heap, bit1 | bit2, 0, pairs);
}

/// The node with another term at `at` of its contents.
Term with_item(TermHeap& heap, Term node, size_t at, Term item) {
  size_t words = 1 + node.size();
  Word* object = heap.allocate(words);
  std::memcpy(object, node.object(), words * sizeof(Word));
  object[2 + at] = item.word;
  return Term::boxed(object);
}

/// The way from the root of a trie to the pair of a key, or to where it belongs.
struct Path {
  enum class End { key, other_key, nothing };
  static constexpr unsigned max_nodes = (hash_bits + bits_per_level - 1) / bits_per_level + 1;  // the last: a collision
  Term nodes[max_nodes];
  size_t at[max_nodes];  // in the node's payload: the child that comes next; in the last node the pair, or its place
  unsigned count = 0;
  End end;

  Path(Term node, Term key, uint32_t hash) {
    for (unsigned shift = 0;; shift += bits_per_level) {
      const Term* payload = node.payload();
      nodes[count] = node;
      size_t& place = at[count++];
      if (node.kind() == Kind::champ_collision) {
        place = 0;
        while (place < node.size() && !equal_exactly(payload[place], key)) place += 2;
        end = place < node.size() ? End::key : End::nothing;
        return;
      }
      uint32_t data = datamap(node), bit = bit_at(hash, shift);
      if (!(nodemap(node) & bit)) {
        place = 1 + 2 * index_of(data, bit);
        end = !(data & bit) ? End::nothing : equal_exactly(payload[place], key) ? End::key : End::other_key;
        return;
      }
      place = 1 + 2 * static_cast<size_t>(std::popcount(data)) + index_of(nodemap(node), bit);
      node = payload[place];
    }
  }
  Term last() const { return nodes[count - 1]; }
  size_t place() const { return at[count - 1]; }
  unsigned shift() const { return (count - 1) * bits_per_level; }
};

/// A copy at `object` of a node, with another term at `at` of its payload. `object` then stands behind it.
Term copy_with(Word*& object, Term node, size_t at, Term item) {
  size_t words = 1 + node.size();
  std::memcpy(object, node.object(), words * sizeof(Word));
  object[1 + at] = item.word;
  Word* copy = std::exchange(object, object + words);
  return Term::boxed(copy);
}

/// A map of `size` pairs: copies of the first `copied` nodes of the path, all in one piece of memory, of which the last has `item` in its place.
Term rebuild(TermHeap& heap, const Path& path, unsigned copied, Term item, size_t size) {
  size_t words = 3;
  for (unsigned i = 0; i < copied; i++) words += 1 + path.nodes[i].size();
  Word* object = heap.allocate(words);
  for (unsigned i = copied; i-- > 0;) item = copy_with(object, path.nodes[i], path.at[i], item);
  object[0] = Header::make(Kind::champ_map, 2);
  object[1] = Term::small(static_cast<int64_t>(size)).word;
  object[2] = item.word;
  return Term::boxed(object);
}

/// The map with another value of a key that the path has found.
Term champ_replace(TermHeap& heap, Term map, Path& path, Term value) {
  size_t& place = path.at[path.count - 1];
  if (path.last().payload()[++place] == value) return map;
  return rebuild(heap, path, path.count, value, map_size(map));
}

/// The last node of the path with a pair more.
Term node_insert(TermHeap& heap, const Path& path, Term key, Term value, uint32_t hash) {
  Term node = path.last();
  const Term* payload = node.payload();
  size_t at = path.place();
  if (node.kind() == Kind::champ_collision) {
    std::vector<Term> pairs(payload, payload + node.size());
    pairs.push_back(key);
    pairs.push_back(value);
    return make_collision(heap, hash, pairs);
  }
  uint32_t data = datamap(node), nodes = nodemap(node), bit = bit_at(hash, path.shift());
  if (path.end == Path::End::other_key) {
    Term old_key = payload[at], old_value = payload[at + 1];
    Term child = two_pairs(heap, old_key, old_value, hash_term(old_key), key, value, hash, path.shift() + bits_per_level);
    Contents contents(node);
    contents.erase(at - 1);
    contents.erase(at - 1);
    contents.insert(2 * (static_cast<size_t>(std::popcount(data)) - 1) + index_of(nodes, bit), child);
    return make_node(heap, data & ~bit, nodes | bit, contents.span());
  }
  size_t size = node.size();
  Word* object = heap.allocate(3 + size);
  object[0] = Header::make(Kind::champ_node, 2 + size, data | bit);
  std::memcpy(object + 1, payload, at * sizeof(Word));
  object[1 + at] = key.word;
  object[2 + at] = value.word;
  std::memcpy(object + 3 + at, payload + at, (size - at) * sizeof(Word));
  return Term::boxed(object);
}

Term champ_put(TermHeap& heap, Term map, Term key, Term value) {
  uint32_t hash = hash_term(key);
  Path path(map.payload()[1], key, hash);
  if (path.end == Path::End::key) return champ_replace(heap, map, path, value);
  Term changed = node_insert(heap, path, key, value, hash);
  return rebuild(heap, path, path.count - 1, changed, map_size(map) + 1);
}

/// True for a node that holds a single pair and no child: its parent takes the pair in.
bool single_pair(Term node) {
  if (node.kind() == Kind::champ_collision) return node.size() == 2;
  return node.size() == 3 && std::popcount(datamap(node)) == 1;
}
const Term* pair_of_single(Term node) { return node.payload() + (node.kind() == Kind::champ_collision ? 0 : 1); }

Term node_remove(TermHeap& heap, Term node, Term key, uint32_t hash, unsigned shift, bool& removed) {
  const Term* payload = node.payload();
  if (node.kind() == Kind::champ_collision) {
    for (size_t i = 0; i < node.size(); i += 2) {
      if (!equal_exactly(payload[i], key)) continue;
      removed = true;
      std::vector<Term> pairs(payload, payload + node.size());
      pairs.erase(pairs.begin() + static_cast<ptrdiff_t>(i), pairs.begin() + static_cast<ptrdiff_t>(i) + 2);
      return make_collision(heap, hash, pairs);
    }
    return node;
  }
  uint32_t data = datamap(node), nodes = nodemap(node), bit = bit_at(hash, shift);
  if (data & bit) {
    size_t at = 2 * index_of(data, bit);
    if (!equal_exactly(payload[1 + at], key)) return node;
    removed = true;
    size_t count = node.size() - 1;
    Word* object = heap.allocate(count);
    object[0] = Header::make(Kind::champ_node, count - 1, data & ~bit);
    object[1] = payload[0].word;
    std::memcpy(object + 2, payload + 1, at * sizeof(Word));
    std::memcpy(object + 2 + at, payload + 3 + at, (count - 2 - at) * sizeof(Word));
    return Term::boxed(object);
  }
  if (!(nodes & bit)) return node;
  auto pairs = static_cast<size_t>(std::popcount(data));
  size_t at = 2 * pairs + index_of(nodes, bit);
  Term child = node_remove(heap, payload[1 + at], key, hash, shift + bits_per_level, removed);
  if (!removed) return node;
  if (single_pair(child)) {
    Contents contents(node);
    const Term* pair = pair_of_single(child);
    contents.erase(at);
    size_t to = 2 * index_of(data, bit);
    contents.insert(to, pair[1]);
    contents.insert(to, pair[0]);
    return make_node(heap, data | bit, nodes & ~bit, contents.span());
  }
  return with_item(heap, node, at, child);
}

struct Entry { uint32_t hash; Term key; Term value; };

/// A trie of distinct keys, built at once.
Term build_node(TermHeap& heap, std::span<Entry> entries, unsigned shift) {
  if (shift >= hash_bits) {
    std::vector<Term> pairs;
    for (Entry& entry : entries) pairs.insert(pairs.end(), {entry.key, entry.value});
    return make_collision(heap, entries[0].hash, pairs);
  }
  note_work(static_cast<int64_t>(entries.size()));
  std::sort(entries.begin(), entries.end(),
            [shift](const Entry& a, const Entry& b) { return (a.hash >> shift & 31) < (b.hash >> shift & 31); });
  uint32_t data = 0, nodes = 0;
  Term contents[96];
  size_t pairs = 0, children = 0;
  Term child_terms[32];
  for (size_t i = 0; i < entries.size();) {
    uint32_t bit = bit_at(entries[i].hash, shift);
    size_t j = i + 1;
    while (j < entries.size() && bit_at(entries[j].hash, shift) == bit) j++;
    if (j == i + 1) {
      data |= bit;
      contents[pairs++] = entries[i].key;
      contents[pairs++] = entries[i].value;
    } else {
      nodes |= bit;
      child_terms[children++] = build_node(heap, entries.subspan(i, j - i), shift + bits_per_level);
    }
    i = j;
  }
  std::memcpy(contents + pairs, child_terms, children * sizeof(Term));
  return make_node(heap, data, nodes, {contents, pairs + children});
}

size_t pairs_in(Term node) {
  const Term* payload = node.payload();
  if (node.kind() == Kind::champ_collision) return node.size() / 2;
  note_work(1);
  auto count = static_cast<size_t>(std::popcount(datamap(node)));
  for (size_t i = 1 + 2 * count; i < node.size(); i++) count += pairs_in(payload[i]);
  return count;
}

/// A node with one pair, for the level of `shift`.
Term node_of_pair(TermHeap& heap, const Term* pair, unsigned shift) {
  uint32_t hash = hash_term(pair[0]);
  return shift >= hash_bits ? make_collision(heap, hash, {pair, 2}) : make_node(heap, bit_at(hash, shift), 0, {pair, 2});
}

/// The pairs of both nodes, which stand at the same place of their tries; of keys in both the pair of `b`. Counts those in `common`. What only one of them has is
/// shared with it, and a node without anything new is that node.
Term node_merge(TermHeap& heap, Term a, Term b, unsigned shift, size_t& common) {
  if (a == b) {
    common += pairs_in(a);
    return a;
  }
  const Term *of_a = a.payload(), *of_b = b.payload();
  if (a.kind() == Kind::champ_collision) {
    std::vector<Term> pairs(of_a, of_a + a.size());
    for (size_t i = 0; i < b.size(); i += 2) {
      size_t at = 0;
      while (at < a.size() && !equal_exactly(of_a[at], of_b[i])) at += 2;
      if (at < a.size()) {
        pairs[at + 1] = of_b[i + 1];
        common++;
      } else {
        pairs.insert(pairs.end(), {of_b[i], of_b[i + 1]});
      }
    }
    return make_collision(heap, Header::extra(a.header()), pairs);
  }
  note_work(8);
  uint32_t data_a = datamap(a), data_b = datamap(b), nodes_a = nodemap(a), nodes_b = nodemap(b), data = 0, nodes = 0;
  const Term *pair_a = of_a + 1, *pair_b = of_b + 1, *child_a = pair_a + 2 * std::popcount(data_a), *child_b = pair_b + 2 * std::popcount(data_b);
  Term contents[2 * 32 + 32], children[32];
  size_t pairs = 0, child_count = 0;
  bool is_a = true, is_b = true;
  for (uint32_t left = data_a | data_b | nodes_a | nodes_b; left; left &= left - 1) {
    uint32_t bit = left & -left;
    bool in_a = (data_a | nodes_a) & bit, in_b = (data_b | nodes_b) & bit;
    const Term *own_pair_a = data_a & bit ? std::exchange(pair_a, pair_a + 2) : nullptr, *own_pair_b = data_b & bit ? std::exchange(pair_b, pair_b + 2) : nullptr;
    Term own_child_a = nodes_a & bit ? *child_a++ : Term::none(), own_child_b = nodes_b & bit ? *child_b++ : Term::none(), child;
    bool one_key = own_pair_a && own_pair_b && equal_exactly(own_pair_a[0], own_pair_b[0]);
    if (one_key || (own_pair_a && !in_b) || (own_pair_b && !in_a)) {
      const Term* pair = own_pair_b ? own_pair_b : own_pair_a;
      common += one_key;
      data |= bit;
      contents[pairs++] = one_key ? own_pair_a[0] : pair[0];
      contents[pairs++] = pair[1];
      is_a = is_a && own_pair_a && own_pair_a[1] == pair[1];
      is_b = is_b && own_pair_b;
      continue;
    }
    if (!in_a || !in_b) {
      child = in_a ? own_child_a : own_child_b;
    } else if (own_pair_a && own_pair_b) {
      child = two_pairs(heap, own_pair_a[0], own_pair_a[1], hash_term(own_pair_a[0]), own_pair_b[0], own_pair_b[1], hash_term(own_pair_b[0]), shift + bits_per_level);
    } else {
      unsigned below = shift + bits_per_level;
      Term from_a = own_pair_a ? node_of_pair(heap, own_pair_a, below) : own_child_a, from_b = own_pair_b ? node_of_pair(heap, own_pair_b, below) : own_child_b;
      child = node_merge(heap, from_a, from_b, below, common);
    }
    nodes |= bit;
    children[child_count++] = child;
    is_a = is_a && child == own_child_a;
    is_b = is_b && child == own_child_b;
  }
  if (is_a) return a;
  if (is_b) return b;
  std::memcpy(contents + pairs, children, child_count * sizeof(Term));
  return make_node(heap, data, nodes, {contents, pairs + child_count});
}

Term champ_from_pairs(TermHeap& heap, std::span<const std::pair<Term, Term>> pairs) {
  std::vector<Entry> entries;
  entries.reserve(pairs.size());
  WorkCounter work;
  for (auto& pair : pairs) {
    work.step();
    entries.push_back({hash_term(pair.first), pair.first, pair.second});
  }
  return make_champ(heap, entries.size(), build_node(heap, entries, 0));
}

/// A map of distinct keys in key order.
Term map_of_sorted(TermHeap& heap, std::span<const std::pair<Term, Term>> pairs) {
  if (pairs.size() > max_flat_map_size) return champ_from_pairs(heap, pairs);
  Term keys[max_flat_map_size], values[max_flat_map_size];
  for (size_t i = 0; i < pairs.size(); i++) {
    keys[i] = pairs[i].first;
    values[i] = pairs[i].second;
  }
  return make_flat_of_keys(heap, {keys, pairs.size()}, {values, pairs.size()});
}

std::vector<std::pair<Term, Term>> pairs_of(Term map) {
  std::vector<std::pair<Term, Term>> pairs;
  pairs.reserve(map_size(map));
  WorkCounter work;
  map_each(map, [&](Term key, Term value) {
    work.step();
    pairs.emplace_back(key, value);
    return true;
  });
  return pairs;
}

void sort_by_key(std::vector<std::pair<Term, Term>>& pairs) {
  WorkCounter work;
  std::stable_sort(pairs.begin(), pairs.end(), [&](auto& a, auto& b) {
    work.step();
    return compare_exactly(a.first, b.first) < 0;
  });
}

}  // namespace

Term make_empty_map(TermHeap& heap) { return make_flat(heap, make_tuple(heap, std::span<const Term>{}), {}); }

/// Few pairs: sorted where they stand, without memory of their own.
static Term make_small_map(TermHeap& heap, std::span<const Term> terms) {
  Term keys[max_flat_map_size], values[max_flat_map_size];
  size_t count = 0;
  for (size_t i = 0; i + 1 < terms.size(); i += 2) {
    size_t at = count;
    int order = -1;
    while (at && (order = compare_exactly(keys[at - 1], terms[i])) > 0) at--;
    if (at && order == 0) {  // of equal keys the last wins
      keys[at - 1] = terms[i];
      values[at - 1] = terms[i + 1];
      continue;
    }
    std::memmove(static_cast<void*>(keys + at + 1), keys + at, (count - at) * sizeof(Term));
    std::memmove(static_cast<void*>(values + at + 1), values + at, (count - at) * sizeof(Term));
    keys[at] = terms[i];
    values[at] = terms[i + 1];
    count++;
  }
  return make_flat_of_keys(heap, {keys, count}, {values, count});
}

Term make_map(TermHeap& heap, std::span<const Term> terms) {
  if (terms.size() / 2 <= max_flat_map_size) return make_small_map(heap, terms);
  std::vector<std::pair<Term, Term>> pairs;
  pairs.reserve(terms.size() / 2);
  for (size_t i = 0; i + 1 < terms.size(); i += 2) pairs.emplace_back(terms[i], terms[i + 1]);
  sort_by_key(pairs);
  size_t kept = 0;
  for (size_t i = 0; i < pairs.size(); i++) {  // of equal keys the last wins
    if (i + 1 < pairs.size() && equal_exactly(pairs[i].first, pairs[i + 1].first)) continue;
    pairs[kept++] = pairs[i];
  }
  pairs.resize(kept);
  return map_of_sorted(heap, pairs);
}

size_t map_size(Term map) {
  return map.kind() == Kind::flat_map ? map.size() - 1 : static_cast<size_t>(map.payload()[0].small_value());
}

Term map_get(Term map, Term key) {
  if (map.kind() == Kind::flat_map) {
    ptrdiff_t at = flat_find(map, key);
    return at < 0 ? Term::none() : map.payload()[at + 1];
  }
  return node_get(map.payload()[1], key, hash_term(key));
}

static Term flat_replace(TermHeap& heap, Term map, ptrdiff_t at, Term value) {
  if (map.payload()[at + 1] == value) return map;
  size_t words = 1 + map.size();
  Word* object = heap.allocate(words);
  std::memcpy(object, map.object(), words * sizeof(Word));
  object[at + 2] = value.word;
  return Term::boxed(object);
}

Term map_replace(TermHeap& heap, Term map, Term key, Term value) {
  if (map.kind() == Kind::champ_map) {
    Path path(map.payload()[1], key, hash_term(key));
    return path.end == Path::End::key ? champ_replace(heap, map, path, value) : Term::none();
  }
  ptrdiff_t at = flat_find(map, key);
  return at >= 0 ? flat_replace(heap, map, at, value) : Term::none();
}

Term map_put(TermHeap& heap, Term map, Term key, Term value) {
  if (map.kind() == Kind::champ_map) return champ_put(heap, map, key, value);
  size_t count = map.size() - 1;
  const Term* payload = map.payload();
  ptrdiff_t at = flat_find(map, key);
  if (at >= 0) return flat_replace(heap, map, at, value);
  size_t place = 0;
  if (Term shape = shape_with_key(payload[0], key, place); !shape.is_none()) {
    Word* object = heap.allocate(3 + count);
    object[0] = Header::make(Kind::flat_map, count + 2);
    object[1] = shape.word;
    for (size_t i = 0; i < place; i++) object[2 + i] = payload[1 + i].word;
    object[2 + place] = value.word;
    for (size_t i = place; i < count; i++) object[3 + i] = payload[1 + i].word;
    return Term::boxed(object);
  }
  const Term* keys = payload[0].payload();
  {
    size_t low = 0, high = count;
    while (low < high) {
      size_t middle = (low + high) / 2;
      if (compare_exactly(keys[middle], key) < 0)
        low = middle + 1;
      else
        high = middle;
    }
    place = low;
  }
  if (count == max_flat_map_size) {
    auto pairs = pairs_of(map);
    pairs.insert(pairs.begin() + static_cast<ptrdiff_t>(place), {key, value});
    return champ_from_pairs(heap, pairs);
  }
  Word* tuple = heap.allocate(2 + count + 2 + count + 1);
  Word* object = tuple + 2 + count;
  tuple[0] = Header::make(Kind::tuple, count + 1);
  object[0] = Header::make(Kind::flat_map, count + 2);
  object[1] = Term::boxed(tuple).word;
  for (size_t i = 0, j = 0; i <= count; i++) {
    bool here = i == place;
    tuple[1 + i] = here ? key.word : keys[j].word;
    object[2 + i] = here ? value.word : payload[1 + j].word;
    if (!here) j++;
  }
  return Term::boxed(object);
}

Term map_remove(TermHeap& heap, Term map, Term key) {
  if (map.kind() == Kind::champ_map) {
    bool removed = false;
    Term root = node_remove(heap, map.payload()[1], key, hash_term(key), 0, removed);
    if (!removed) return map;
    size_t count = map_size(map) - 1;
    Term smaller = make_champ(heap, count, root);
    if (count > max_flat_map_size) return smaller;
    auto pairs = pairs_of(smaller);
    sort_by_key(pairs);
    return map_of_sorted(heap, pairs);
  }
  ptrdiff_t at = flat_find(map, key);
  if (at < 0) return map;
  size_t count = map.size() - 1, before = static_cast<size_t>(at);
  if (Term shape = shape_without_key(flat_keys(map), before); !shape.is_none()) {
    Word* object = heap.allocate(1 + count);
    object[0] = Header::make(Kind::flat_map, count);
    object[1] = shape.word;
    for (size_t i = 0, j = 2; i < count; i++)
      if (i != before) object[j++] = map.payload()[1 + i].word;
    return Term::boxed(object);
  }
  Word* tuple = heap.allocate(count + 1 + count);
  Word* object = tuple + count;
  const Word *from_keys = flat_keys(map).object() + 1, *from_values = map.object() + 2;
  tuple[0] = Header::make(Kind::tuple, count - 1);
  object[0] = Header::make(Kind::flat_map, count);
  object[1] = Term::boxed(tuple).word;
  for (size_t i = 0, j = 0; i < count; i++) {
    if (i == before) continue;
    tuple[1 + j] = from_keys[i];
    object[2 + j++] = from_values[i];
  }
  return Term::boxed(object);
}

Term map_merge(TermHeap& heap, Term left, Term right) {
  if (map_size(right) == 0) return left;
  if (map_size(left) == 0) return right;
  if (left.kind() == Kind::champ_map && right.kind() == Kind::champ_map) {
    if (left.payload()[1] == right.payload()[1]) return left;
    size_t common = 0;
    Term root = node_merge(heap, left.payload()[1], right.payload()[1], 0, common);
    if (root == left.payload()[1]) return left;
    return root == right.payload()[1] ? right : make_champ(heap, map_size(left) + map_size(right) - common, root);
  }
  if (left.kind() == Kind::champ_map) {
    Term merged = left;
    map_each(right, [&](Term key, Term value) {
      note_work(16);
      merged = map_put(heap, merged, key, value);
      return true;
    });
    return merged;
  }
  if (right.kind() == Kind::champ_map) {  // few on the left: put those that the right lacks
    Term merged = right;
    map_each(left, [&](Term key, Term value) {
      if (map_get(right, key).is_none()) merged = map_put(heap, merged, key, value);
      return true;
    });
    return merged;
  }
  if (flat_keys(left) == flat_keys(right)) return right;
  const Term *left_keys = flat_keys(left).payload(), *right_keys = flat_keys(right).payload();
  size_t left_count = left.size() - 1, right_count = right.size() - 1;
  const Term *left_values = left.payload() + 1, *right_values = right.payload() + 1;
  if (Term shape = shape_of_merge(flat_keys(left), flat_keys(right)); !shape.is_none()) {
    // Its keys are theirs if both come to their ends.
    size_t wanted = shape.arity(), at = 0, l = 0, r = 0;
    const Term* wanted_keys = shape.payload();
    Term merged[max_flat_map_size];
    for (; at < wanted; at++) {
      bool of_left = l < left_count && left_keys[l] == wanted_keys[at], of_right = r < right_count && right_keys[r] == wanted_keys[at];
      if (!of_left && !of_right) break;
      merged[at] = of_right ? right_values[r] : left_values[l];
      l += of_left;
      r += of_right;
    }
    if (at == wanted && l == left_count && r == right_count) return make_flat(heap, shape, {merged, wanted});
  }
  Term keys[2 * max_flat_map_size], values[2 * max_flat_map_size];
  size_t count = 0, i = 0, j = 0;
  while (i < left_count && j < right_count) {
    int order = left_keys[i] == right_keys[j] ? 0 : compare_exactly(left_keys[i], right_keys[j]);
    if (order < 0) {
      keys[count] = left_keys[i];
      values[count++] = left_values[i++];
    } else {
      keys[count] = right_keys[j];
      values[count++] = right_values[j++];
      i += order == 0;
    }
  }
  for (; i < left_count; i++, count++) keys[count] = left_keys[i], values[count] = left_values[i];
  for (; j < right_count; j++, count++) keys[count] = right_keys[j], values[count] = right_values[j];
  // A map that gains no key keeps its shape.
  Term shape = Term::none();
  if (count == left_count) shape = flat_keys(left);
  else if (count == right_count) shape = flat_keys(right);
  else if (count <= max_flat_map_size) shape = shape_of_keys({keys, count});
  if (!shape.is_none()) {
    remember_merge(flat_keys(left), flat_keys(right), shape);
    return make_flat(heap, shape, {values, count});
  }
  if (count <= max_flat_map_size) return make_flat(heap, make_tuple(heap, {keys, count}), {values, count});
  std::vector<std::pair<Term, Term>> merged;
  merged.reserve(count);
  for (size_t at = 0; at < count; at++) merged.emplace_back(keys[at], values[at]);
  return champ_from_pairs(heap, merged);
}

namespace {
/// A list with an item for each pair, in the map's order; `put(words, key, value)` gives the item, whose `item_words` words may stand behind its cell.
template <size_t item_words, class Put>
Term list_of_pairs(TermHeap& heap, Term map, Put&& put) {
  size_t count = map_size(map);
  if (!count) return Term::nil();
  constexpr size_t step = 2 + item_words;
  Word* cells = heap.allocate(step * count);
  Word* cell = cells;
  WorkCounter work;
  map_each(map, [&](Term key, Term value) {
    work.step();
    cell[0] = put(cell + 2, key, value).word;
    cell[1] = Term::cons(cell + step).word;
    cell += step;
    return true;
  });
  cell[1 - static_cast<ptrdiff_t>(step)] = Term::nil().word;
  return Term::cons(cells);
}
}  // namespace

Term map_keys(TermHeap& heap, Term map) {
  return list_of_pairs<0>(heap, map, [](Word*, Term key, Term) { return key; });
}

Term map_values(TermHeap& heap, Term map) {
  return list_of_pairs<0>(heap, map, [](Word*, Term, Term value) { return value; });
}

Term map_to_list(TermHeap& heap, Term map) {
  return list_of_pairs<3>(heap, map, [](Word* words, Term key, Term value) {
    words[0] = Header::make(Kind::tuple, 2);
    words[1] = key.word;
    words[2] = value.word;
    return Term::boxed(words);
  });
}

}  // namespace phial
