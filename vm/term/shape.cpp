#include "vm/term/shape.hpp"

#include <algorithm>

#include "vm/term/compare.hpp"
#include "vm/term/literal.hpp"
#include "vm/term/map.hpp"

namespace phial {

std::atomic<Term (*)(std::span<const Term> keys)> intern_shape{nullptr};

namespace {

constexpr size_t entries = 2048;
using Table = std::atomic<Word>[entries];
Table by_keys, by_added, by_removed, by_merged;
std::atomic<bool> too_many{false};

uint64_t mix(uint64_t hash, Word word) {
  hash = (hash ^ word) * 0xD6E8FEB86659FD93ull;
  return hash ^ hash >> 32;
}

Term entry(const std::atomic<Word>& slot) { return Term::raw(slot.load(std::memory_order_acquire)); }

Term remember(std::atomic<Word>& slot, Term shape) {
  if (!shape.is_none()) slot.store(shape.word, std::memory_order_release);
  return shape;
}

bool all_atoms(std::span<const Term> keys) {
  return std::all_of(keys.begin(), keys.end(), [](Term key) { return key.is_atom(); });
}

}  // namespace

Term shape_of_keys(std::span<const Term> keys) {
  if (keys.empty() || keys.size() > max_flat_map_size) return Term::none();
  uint64_t hash = keys.size();
  for (Term key : keys) {
    if (!key.is_atom()) return Term::none();
    hash = mix(hash, key.word);
  }
  auto& slot = by_keys[hash % entries];
  Term known = entry(slot);
  if (known.word && known.arity() == keys.size() && std::equal(keys.begin(), keys.end(), known.payload())) return known;
  auto intern = intern_shape.load(std::memory_order_acquire);
  if (!intern || too_many.load(std::memory_order_relaxed)) return Term::none();
  Term shape = intern(keys);
  if (shape.is_none()) too_many.store(true, std::memory_order_relaxed);
  return remember(slot, shape);
}

Term shape_with_key(Term keys, Term key, size_t& place) {
  size_t count = keys.arity();
  if (!key.is_atom() || count >= max_flat_map_size) return Term::none();
  const Term* old = keys.payload();
  bool fixed = is_shared_literal(keys);
  auto& slot = by_added[mix(keys.word, key.word) % entries];
  if (Term known = entry(slot); fixed && known.word && known.arity() == count + 1) {
    const Term* now = known.payload();
    size_t i = 0;
    while (i < count && now[i] == old[i]) i++;
    if (now[i] == key && std::equal(old + i, old + count, now + i + 1)) {
      place = i;
      return known;
    }
  }
  if (too_many.load(std::memory_order_relaxed) || !all_atoms({old, count})) return Term::none();
  place = 0;
  while (place < count && compare_exactly(old[place], key) < 0) place++;
  Term wanted[max_flat_map_size];
  std::copy(old, old + place, wanted);
  wanted[place] = key;
  std::copy(old + place, old + count, wanted + place + 1);
  Term shape = shape_of_keys({wanted, count + 1});
  return fixed ? remember(slot, shape) : shape;
}

Term shape_without_key(Term keys, size_t place) {
  size_t count = keys.arity();
  if (count < 2) return Term::none();
  const Term* old = keys.payload();
  bool fixed = is_shared_literal(keys);
  auto& slot = by_removed[mix(keys.word, place) % entries];
  if (Term known = entry(slot); fixed && known.word && known.arity() == count - 1) {
    const Term* now = known.payload();
    if (std::equal(old, old + place, now) && std::equal(old + place + 1, old + count, now + place)) return known;
  }
  if (too_many.load(std::memory_order_relaxed) || !all_atoms({old, count})) return Term::none();
  Term wanted[max_flat_map_size];
  std::copy(old, old + place, wanted);
  std::copy(old + place + 1, old + count, wanted + place);
  Term shape = shape_of_keys({wanted, count - 1});
  return fixed ? remember(slot, shape) : shape;
}

static std::atomic<Word>& merged_slot(Term left, Term right) { return by_merged[mix(mix(1, left.word), right.word) % entries]; }

Term shape_of_merge(Term left, Term right) {
  Term known = entry(merged_slot(left, right));
  return known.word ? known : Term::none();
}

void remember_merge(Term left, Term right, Term shape) {
  if (!is_shared_literal(left) || !is_shared_literal(right)) return;
  // A literal of a module may go away, a shape does not.
  if (shape_of_keys({shape.payload(), shape.arity()}) == shape) remember(merged_slot(left, right), shape);
}

}  // namespace phial
