#include "vm/code/shapes.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "vm/code/reserved_area.hpp"
#include "vm/term/shape.hpp"

namespace phial {
namespace {

struct Shapes {
  std::mutex mutex;
  std::unordered_multimap<uint64_t, Word> by_hash;
  Word* room = nullptr;  // of a block that is not full
  size_t left = 0;
};
Shapes& shapes() {
  static auto all = new Shapes;  // VMs may outlive static destructors
  return *all;
}

constexpr size_t block_words = 4096;

Term find_or_make(std::span<const Term> keys, size_t most) {
  uint64_t hash = keys.size();
  for (Term key : keys) hash = (hash ^ key.word) * 0xD6E8FEB86659FD93ull, hash ^= hash >> 32;
  Shapes& all = shapes();
  std::lock_guard lock(all.mutex);
  auto [first, last] = all.by_hash.equal_range(hash);
  for (auto at = first; at != last; ++at) {
    Term found = Term::raw(at->second);
    if (found.arity() == keys.size() && std::equal(keys.begin(), keys.end(), found.payload())) return found;
  }
  if (all.by_hash.size() >= most) return Term::none();
  size_t words = 1 + keys.size();
  if (all.left < words) {
    all.room = literal_area().allocate(block_words * sizeof(Word));
    all.left = block_words;
  }
  Word* object = all.room;
  all.room += words;
  all.left -= words;
  object[0] = Header::make(Kind::tuple, keys.size());
  for (size_t i = 0; i < keys.size(); i++) object[1 + i] = keys[i].word;
  Term shape = Term::boxed(object);
  all.by_hash.emplace(hash, shape.word);
  return shape;
}

}  // namespace

Term shape_of(std::span<const Term> keys) { return find_or_make(keys, most_shapes); }

void share_shapes_of_maps() {
  intern_shape.store([](std::span<const Term> keys) { return find_or_make(keys, most_shapes_of_maps); }, std::memory_order_release);
}

Term share_shapes(Term literal) {
  auto shared = [](Term keys) {
    if (!is_shape(keys)) return keys;
    Term shape = shape_of({keys.payload(), keys.arity()});
    return shape.is_none() ? keys : shape;
  };
  if (literal.is_tuple()) literal = shared(literal);
  std::vector<Term> pending{literal};
  auto later = [&](Term term) {
    if (term.is_cons() || term.is_tuple() || term.is_map()) pending.push_back(term);
  };
  while (!pending.empty()) {
    Term at = pending.back();
    pending.pop_back();
    for (; at.is_cons(); at = at.tail()) later(at.head());
    if (!at.is_boxed()) continue;
    if (at.is_kind(Kind::flat_map)) at.object()[1] = shared(at.payload()[0]).word;
    if (at.is_tuple())
      for (size_t i = 0; i < at.arity(); i++) later(at.element(i));
    if (at.is_kind(Kind::flat_map))
      for (size_t i = 1; i < at.size(); i++) later(at.payload()[i]);
  }
  return literal;
}

}  // namespace phial
