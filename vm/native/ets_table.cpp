#include "vm/native/ets_table.hpp"

#include "vm/base/memory.hpp"
#include "vm/heap/process_heap.hpp"
#include "vm/term/compare.hpp"

namespace phial::ets {

ObjectPtr Object::make(Term tuple) {
  size_t words = measure_message(tuple);
  auto object = new (memory_allocate(sizeof(Object) + words * sizeof(Word))) Object;
  Word* to = object->data_;
  object->term_ = copy_message(tuple, to, object->off_heap_);
  object->words_ = words;
  return ObjectPtr(object);
}
Object::~Object() { drop_off_heap_list(off_heap_); }
void Object::operator delete(void* block) { memory_free(block); }

size_t KeyHash::operator()(Term key) const { return hash_term(key); }
bool KeyEqual::operator()(Term a, Term b) const { return equal_exactly(a, b); }

bool Table::TreeLess::operator()(const ObjectPtr& a, const ObjectPtr& b) const {
  return compare(table->key_of(a->term()), table->key_of(b->term())) < 0;
}
bool Table::TreeLess::operator()(const ObjectPtr& a, Term key) const { return compare(table->key_of(a->term()), key) < 0; }
bool Table::TreeLess::operator()(Term key, const ObjectPtr& a) const { return compare(key, table->key_of(a->term())) < 0; }

size_t Table::shard_of(Term key) const {
  return type == Type::ordered_set ? 0 : (hash_term(key) >> 7) % shard_count;
}

void Table::put_in_bucket(Shard& shard, ObjectPtr object) {
  Term key = key_of(object->term());
  auto words = static_cast<ptrdiff_t>(object->words());
  auto found = shard.map.find(key);
  if (found == shard.map.end()) {
    Bucket bucket;
    bucket.push_back(std::move(object));
    shard.map.emplace(key, std::move(bucket));
    count(1, words);
    return;
  }
  Bucket& bucket = found->second;
  if (type == Type::set) {
    count(0, words - static_cast<ptrdiff_t>(bucket[0]->words()));
    // The map's key points into the object that goes: put the entry in again under the new one's.
    auto node = shard.map.extract(found);
    node.key() = key;
    node.mapped()[0] = std::move(object);
    shard.map.insert(std::move(node));
    return;
  }
  if (type == Type::bag)
    for (const ObjectPtr& other : bucket)
      if (equal_exactly(other->term(), object->term())) return;
  bucket.push_back(std::move(object));
  count(1, words);
}

void Table::insert(ObjectPtr object) {
  if (type != Type::ordered_set) {
    Shard& shard = shards_[shard_of(key_of(object->term()))];
    std::unique_lock lock(shard.mutex);
    put_in_bucket(shard, std::move(object));
    return;
  }
  std::unique_lock lock(shards_[0].mutex);
  auto words = static_cast<ptrdiff_t>(object->words());
  auto found = tree_.find(key_of(object->term()));
  if (found != tree_.end()) {
    count(-1, -static_cast<ptrdiff_t>((*found)->words()));
    tree_.erase(found);
  }
  tree_.insert(std::move(object));
  count(1, words);
}

bool Table::insert_new(std::vector<ObjectPtr> objects) {
  // Whole-table locks in shard order: no two such calls can wait for each other.
  std::vector<std::unique_lock<std::shared_mutex>> locks;
  if (objects.size() == 1) {
    locks.emplace_back(shards_[shard_of(key_of(objects[0]->term()))].mutex);
  } else {
    for (size_t i = 0; i < shards(); i++) locks.emplace_back(shards_[i].mutex);
  }
  for (const ObjectPtr& object : objects) {
    Term key = key_of(object->term());
    if (type == Type::ordered_set ? tree_.contains(key) : shards_[shard_of(key)].map.contains(key)) return false;
  }
  for (ObjectPtr& object : objects) {
    if (type != Type::ordered_set) {
      put_in_bucket(shards_[shard_of(key_of(object->term()))], std::move(object));
      continue;
    }
    auto words = static_cast<ptrdiff_t>(object->words());
    auto found = tree_.find(key_of(object->term()));
    if (found != tree_.end()) {
      count(-1, -static_cast<ptrdiff_t>((*found)->words()));
      tree_.erase(found);
    }
    tree_.insert(std::move(object));
    count(1, words);
  }
  return true;
}

size_t Table::remove(Term key, const std::function<bool(Term)>& matches) {
  Shard& shard = shards_[shard_of(key)];
  std::unique_lock lock(shard.mutex);
  if (type == Type::ordered_set) {
    auto found = tree_.find(key);
    if (found == tree_.end() || !matches((*found)->term())) return 0;
    count(-1, -static_cast<ptrdiff_t>((*found)->words()));
    tree_.erase(found);
    return 1;
  }
  auto found = shard.map.find(key);
  if (found == shard.map.end()) return 0;
  Bucket kept;
  size_t removed = 0;
  std::vector<ObjectPtr> dead;  // until the map no longer names a key of theirs
  for (ObjectPtr& object : found->second) {
    if (matches(object->term())) {
      removed++;
      count(-1, -static_cast<ptrdiff_t>(object->words()));
      dead.push_back(std::move(object));
    } else {
      kept.push_back(std::move(object));
    }
  }
  if (kept.empty()) {
    shard.map.erase(found);
  } else {
    auto node = shard.map.extract(found);
    node.key() = key_of(kept[0]->term());
    node.mapped() = std::move(kept);
    shard.map.insert(std::move(node));
  }
  return removed;
}

bool Table::update(Term key, const std::function<ObjectPtr(Term)>& change) {
  Shard& shard = shards_[shard_of(key)];
  std::unique_lock lock(shard.mutex);
  if (type == Type::ordered_set) {
    auto found = tree_.find(key);
    if (found == tree_.end()) return false;
    if (ObjectPtr changed = change((*found)->term())) {
      count(0, static_cast<ptrdiff_t>(changed->words()) - static_cast<ptrdiff_t>((*found)->words()));
      auto node = tree_.extract(found);
      node.value() = std::move(changed);
      tree_.insert(std::move(node));
    }
    return true;
  }
  auto found = shard.map.find(key);
  if (found == shard.map.end()) return false;
  if (ObjectPtr changed = change(found->second[0]->term())) {
    count(0, static_cast<ptrdiff_t>(changed->words()) - static_cast<ptrdiff_t>(found->second[0]->words()));
    auto node = shard.map.extract(found);
    ObjectPtr old = std::move(node.mapped()[0]);
    node.key() = key_of(changed->term());
    node.mapped()[0] = std::move(changed);
    shard.map.insert(std::move(node));
  }
  return true;
}

void Table::clear() {
  for (size_t i = 0; i < shards(); i++) {
    std::unique_lock lock(shards_[i].mutex);
    size_t objects = 0, words = 0;
    auto tally = [&](const ObjectPtr& object) {
      objects++;
      words += object->words();
    };
    if (type == Type::ordered_set) {
      for (const ObjectPtr& object : tree_) tally(object);
      tree_.clear();
    } else {
      for (auto& [key, bucket] : shards_[i].map)
        for (const ObjectPtr& object : bucket) tally(object);
      shards_[i].map.clear();
    }
    count(-static_cast<ptrdiff_t>(objects), -static_cast<ptrdiff_t>(words));
  }
}

Term Table::ordered_first(TermHeap& heap, bool last) {
  std::shared_lock lock(shards_[0].mutex);
  if (tree_.empty()) return Term::none();
  return copy_term(heap, key_of((last ? *tree_.rbegin() : *tree_.begin())->term()));
}

Term Table::ordered_next(TermHeap& heap, Term key, bool backwards, bool& found_key) {
  found_key = true;  // an ordered_set knows the neighbours of keys that are not there, too
  std::shared_lock lock(shards_[0].mutex);
  if (!backwards) {
    auto next = tree_.upper_bound(key);
    return next == tree_.end() ? Term::none() : copy_term(heap, key_of((*next)->term()));
  }
  auto at = tree_.lower_bound(key);
  if (at == tree_.begin()) return Term::none();
  --at;
  return copy_term(heap, key_of((*at)->term()));
}

Term Table::hash_first(TermHeap& heap) {
  for (Shard& shard : shards_) {
    std::shared_lock lock(shard.mutex);
    if (!shard.map.empty()) return copy_term(heap, shard.map.begin()->first);
  }
  return Term::none();
}

Term Table::hash_next(TermHeap& heap, Term key, bool& found_key) {
  size_t index = shard_of(key);
  {
    std::shared_lock lock(shards_[index].mutex);
    auto at = shards_[index].map.find(key);
    found_key = at != shards_[index].map.end();
    if (!found_key) return Term::none();
    if (++at != shards_[index].map.end()) return copy_term(heap, at->first);
  }
  for (index++; index < shard_count; index++) {
    std::shared_lock lock(shards_[index].mutex);
    if (!shards_[index].map.empty()) return copy_term(heap, shards_[index].map.begin()->first);
  }
  return Term::none();
}

size_t Table::remove_in_shard(size_t index, const std::function<bool(Term)>& decide) {
  Shard& shard = shards_[index];
  std::unique_lock lock(shard.mutex);
  size_t removed = 0;
  if (type == Type::ordered_set) {
    for (auto at = tree_.begin(); at != tree_.end();) {
      if (decide((*at)->term())) {
        removed++;
        count(-1, -static_cast<ptrdiff_t>((*at)->words()));
        at = tree_.erase(at);
      } else {
        ++at;
      }
    }
    return removed;
  }
  std::vector<Bucket> rekeyed;
  for (auto at = shard.map.begin(); at != shard.map.end();) {
    Bucket kept, dead;
    for (ObjectPtr& object : at->second) (decide(object->term()) ? dead : kept).push_back(std::move(object));
    for (const ObjectPtr& object : dead) count(-1, -static_cast<ptrdiff_t>(object->words()));
    removed += dead.size();
    if (dead.empty()) {
      at->second = std::move(kept);
      ++at;
    } else {
      at = shard.map.erase(at);
      if (!kept.empty()) rekeyed.push_back(std::move(kept));
    }
  }
  for (Bucket& bucket : rekeyed) {
    Term key = key_of(bucket[0]->term());
    shard.map.emplace(key, std::move(bucket));
  }
  return removed;
}

}  // namespace phial::ets
