#include "vm/native/ets_table.hpp"

#include "vm/base/memory.hpp"
#include "vm/heap/process_heap.hpp"
#include "vm/term/compare.hpp"

namespace phial::ets {

ObjectPtr Object::make(Term tuple) {
  size_t words = measure_message(tuple);
  Arena cut(16);
  if (words >= unsendable) [[unlikely]] {
    // Larger than there is room for: who stores it ends, and a tuple of its arity stands for it.
    tuple = phial::make_tuple(cut, std::vector<Term>(tuple.arity(), atoms::system_limit));
    words = measure_message(tuple);
  }
  if (byte_account) expect_table_bytes(sizeof(Object) + words * sizeof(Word));
  ObjectPtr object(new (memory_allocate(sizeof(Object) + words * sizeof(Word))) Object);
  object->words_ = words;
  object->account_ = byte_account;
  if (object->account_) [[unlikely]] {
    object->account_->retain();
    object->account_->charge_table(object->bytes());
  }
  Word* to = object->data_;
  object->term_ = copy_message(tuple, to, object->off_heap_);
  return object;
}
Object::~Object() {
  drop_off_heap_list(off_heap_);
  if (!account_) [[likely]] return;
  account_->charge_table(-bytes());
  account_->drop();
}
Term Object::copy_to(TermHeap& heap) const { return copy_part(heap, term_); }
Term Object::copy_part(TermHeap& heap, Term part) const {
  if (off_heap_) return copy_term(heap, part);
  // What it refers to is in its block, or a literal: words_ are enough.
  size_t words = part == term_ || words_ <= 64 ? words_ : measure_message(part);
  Word* at = heap.allocate(words);
  Word* end = at;
  Word* none = nullptr;
  Term copy = copy_message(part, end, none);
  if (end != at + words) heap.give_back(end);
  return copy;
}
void Object::operator delete(void* block) { memory_free(block); }

static bool key_less(Term a, Term b) {
  if (a.is_small() && b.is_small()) return a.small_value() < b.small_value();
  return compare(a, b) < 0;
}
bool Table::TreeLess::operator()(const ObjectPtr& a, const ObjectPtr& b) const { return key_less(table->key_of(a->term()), table->key_of(b->term())); }
bool Table::TreeLess::operator()(const ObjectPtr& a, Term key) const { return key_less(table->key_of(a->term()), key); }
bool Table::TreeLess::operator()(Term key, const ObjectPtr& a) const { return key_less(key, table->key_of(a->term())); }

void Table::put_in_map(Shard& shard, ObjectPtr object) {
  auto words = static_cast<ptrdiff_t>(object->words());
  if (type == Type::set) {
    if (Link* link = shard.map.find(key_of(object->term()), object->hash, position())) {
      ObjectPtr old = ObjectMap::replace(link, std::move(object));
      shard.count(0, words - static_cast<ptrdiff_t>(old->words()));
      return;
    }
  } else if (type == Type::bag) {
    Term key = key_of(object->term());
    if (Link* link = shard.map.find(key, object->hash, position()))
      for (Object* other = link->object(); other && ObjectMap::has_key(*other, key, object->hash, position()); other = other->next.object())
        if (equal_exactly(other->term(), object->term())) return;
  }
  shard.map.add(std::move(object), position());
  shard.count(1, words);
}

void Table::put_in_tree(ObjectPtr object) {
  auto words = static_cast<ptrdiff_t>(object->words());
  auto at = tree_.lower_bound(key_of(object->term()));
  if (at == tree_.end() || TreeLess{this}(key_of(object->term()), *at)) {
    tree_.insert(at, std::move(object));
    shards_[0].count(1, words);
    return;
  }
  shards_[0].count(0, words - static_cast<ptrdiff_t>((*at)->words()));
  // Equal keys order alike, so the node may stay where it is; 1 and 1.0 are one key here.
  const_cast<ObjectPtr&>(*at) = std::move(object);
}

void Table::insert(ObjectPtr object) {
  if (type == Type::ordered_set) {
    std::unique_lock lock(shards_[0].mutex);
    put_in_tree(std::move(object));
    return;
  }
  object->hash = hash_term(key_of(object->term()));
  Shard& shard = shard_of(*object);
  std::unique_lock lock(shard.mutex);
  put_in_map(shard, std::move(object));
}

bool Table::insert_new(std::vector<ObjectPtr> objects) {
  if (type != Type::ordered_set)
    for (ObjectPtr& object : objects) object->hash = hash_term(key_of(object->term()));
  // Whole-table locks in shard order: no two such calls can wait for each other.
  std::vector<std::unique_lock<TableLock>> locks;
  if (objects.size() == 1) {
    locks.emplace_back(type == Type::ordered_set ? shards_[0].mutex : shard_of(*objects[0]).mutex);
  } else {
    for (size_t i = 0; i < shards(); i++) locks.emplace_back(shards_[i].mutex);
  }
  for (const ObjectPtr& object : objects) {
    Term key = key_of(object->term());
    if (type == Type::ordered_set ? tree_.contains(key) : shard_of(*object).map.find(key, object->hash, position()) != nullptr) return false;
  }
  for (ObjectPtr& object : objects) {
    if (type == Type::ordered_set) {
      put_in_tree(std::move(object));
    } else {
      Shard& shard = shard_of(*object);
      put_in_map(shard, std::move(object));
    }
  }
  return true;
}

size_t Table::remove(Term key, const std::function<bool(Term)>& matches) {
  if (type == Type::ordered_set) {
    std::unique_lock lock(shards_[0].mutex);
    auto found = tree_.find(key);
    if (found == tree_.end() || !matches((*found)->term())) return 0;
    shards_[0].count(-1, -static_cast<ptrdiff_t>((*found)->words()));
    tree_.erase(found);
    return 1;
  }
  uint32_t hash = hash_term(key);
  Shard& shard = shards_[shard_of_hash(hash)];
  std::unique_lock lock(shard.mutex);
  size_t removed = 0;
  Link* link = shard.map.find(key, hash, position());
  while (link && *link && ObjectMap::has_key(**link, key, hash, position())) {
    if (!matches((*link)->term())) {
      link = &(*link)->next;
      continue;
    }
    ObjectPtr old = shard.map.unlink(link);
    shard.count(-1, -static_cast<ptrdiff_t>(old->words()));
    removed++;
  }
  return removed;
}

bool Table::update(Term key, const std::function<ObjectPtr(Term)>& change) {
  if (type == Type::ordered_set) {
    std::unique_lock lock(shards_[0].mutex);
    auto found = tree_.find(key);
    if (found == tree_.end()) return false;
    if (ObjectPtr changed = change((*found)->term())) {
      shards_[0].count(0, static_cast<ptrdiff_t>(changed->words()) - static_cast<ptrdiff_t>((*found)->words()));
      auto node = tree_.extract(found);
      node.value() = std::move(changed);
      tree_.insert(std::move(node));
    }
    return true;
  }
  uint32_t hash = hash_term(key);
  Shard& shard = shards_[shard_of_hash(hash)];
  std::unique_lock lock(shard.mutex);
  Link* link = shard.map.find(key, hash, position());
  if (!link) return false;
  if (ObjectPtr changed = change((*link)->term())) {
    changed->hash = hash;
    ptrdiff_t words = static_cast<ptrdiff_t>(changed->words());
    ObjectPtr old = ObjectMap::replace(link, std::move(changed));
    shard.count(0, words - static_cast<ptrdiff_t>(old->words()));
  }
  return true;
}

Term Table::add_in_place(Term key, size_t index, int64_t increment) {
  auto add = [&](const Object& object) {
    Term tuple = object.term();
    if (!object.owns_tuple() || object.is_shared() || index >= tuple.arity() || !tuple.element(index).is_small()) return Term::none();
    int64_t sum;
    if (__builtin_add_overflow(tuple.element(index).small_value(), increment, &sum) || !Term::fits_small(sum)) return Term::none();
    tuple.object()[1 + index] = Term::small(sum).word;
    return Term::small(sum);
  };
  if (type == Type::ordered_set) {
    std::unique_lock lock(shards_[0].mutex);
    auto found = tree_.find(key);
    return found == tree_.end() ? Term::none() : add(**found);
  }
  uint32_t hash = hash_term(key);
  Shard& shard = shards_[shard_of_hash(hash)];
  std::unique_lock lock(shard.mutex);
  Link* link = shard.map.find(key, hash, position());
  return link ? add(**link) : Term::none();
}

void Table::clear() {
  for (size_t i = 0; i < shards(); i++) {
    remove_in_shard(i, [](Term) { return true; });
    std::unique_lock lock(shards_[i].mutex);
    if (shards_[i].map.empty()) shards_[i].map.clear();  // its slots, too
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

Term Table::hash_first(TermHeap& heap) { return first_from_shard(heap, 0); }

Term Table::first_from_shard(TermHeap& heap, size_t index) {
  for (; index < shard_count; index++) {
    std::shared_lock lock(shards_[index].mutex);
    if (Object* first = shards_[index].map.first_from(0)) return copy_term(heap, key_of(first->term()));
  }
  return Term::none();
}

Term Table::hash_next(TermHeap& heap, Term key, bool& found_key) {
  uint32_t hash = hash_term(key);
  size_t index = shard_of_hash(hash);
  {
    std::shared_lock lock(shards_[index].mutex);
    Link* link = shards_[index].map.find(key, hash, position());
    found_key = link != nullptr;
    if (!found_key) return Term::none();
    if (Object* next = shards_[index].map.after_key_of(link->object(), position())) return copy_term(heap, key_of(next->term()));
  }
  return first_from_shard(heap, index + 1);
}

size_t Table::remove_in_shard(size_t index, const std::function<bool(Term)>& decide) {
  Shard& shard = shards_[index];
  size_t removed = 0;
  auto drop = [&](const Object& object) {
    removed++;
    shard.count(-1, -static_cast<ptrdiff_t>(object.words()));
  };
  ObjectMap::Walk walk;
  Arena place(16);
  Term after = Term::none();
  for (bool more = true; more; note_work(part_objects * 8)) {
    std::unique_lock lock(shard.mutex);
    LockHold hold;
    if (type != Type::ordered_set) {
      more = shard.map.walk_part(walk, part_objects, [&](Link* link) {
        if (!decide((*link)->term())) return &(*link)->next;
        drop(*shard.map.unlink(link));
        return link;
      });
      continue;
    }
    auto at = after.is_none() ? tree_.begin() : tree_.upper_bound(after);
    ObjectPtr last;  // keeps the key
    for (size_t left = part_objects; left && at != tree_.end(); left--) {
      after = key_of((*at)->term());
      if (!decide((*at)->term())) {
        ++at;
        continue;
      }
      drop(**at);
      last = std::move(tree_.extract(at++).value());
    }
    more = at != tree_.end();
    place.clear();
    if (more) after = copy_term(place, after);
  }
  return removed;
}

}  // namespace phial::ets
