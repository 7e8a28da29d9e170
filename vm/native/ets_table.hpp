// ETS tables: storage and locking. Objects are tuples copied out of the processes that put them in.
//
// A table of type set, bag or duplicate_bag is a hash table in shards, each with a reader-writer lock of its own, chosen by the hash
// of the key; an ordered_set is one search tree behind one lock. So work on different keys of a hash table seldom meets. Functions
// that see the whole table (select, first, next) take one shard after the other: each object is seen as it is at that moment, which is what
// ETS promises.
//
// A shard's hash table is an ObjectMap (ets_object_map.hpp); objects are in ets_object.hpp, locks in ets_lock.hpp.
//
// A table belongs to the VM's Tables (ets_tables.hpp), which tells who may work on one that is deleted meanwhile. What every call would write to stands in the
// shards (how many objects there are, too): a word that all processes change is a cache miss for each of them.
//
// Objects are read under the lock. Large ones are shared (Object::share) and copied after it, by a function that may be left; while they are, they do not change.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>  // shared_lock
#include <vector>

#include "vm/base/work.hpp"
#include "vm/native/ets_lock.hpp"
#include "vm/native/ets_object_map.hpp"

namespace phial::ets {

enum class Type : uint8_t { set, ordered_set, bag, duplicate_bag };
enum class Protection : uint8_t { is_public, is_protected, is_private };

class Table : public std::enable_shared_from_this<Table> {
 public:
  static constexpr size_t shard_count = 16;

  Table(Type type, size_t key_position) : type(type), key_position(key_position), account_(byte_account) {
    if (!account_) return;
    account_->retain();
    account_->charge_table(static_cast<int64_t>(sizeof(Table)));
  }
  ~Table() { stop_paying(); }
  /// It is deleted: from now on nobody pays for the empty table. Called once at a time.
  void stop_paying() {
    if (!account_) return;
    account_->charge_table(-static_cast<int64_t>(sizeof(Table)));
    std::exchange(account_, nullptr)->drop();
  }
  Table(const Table&) = delete;

  const Type type;
  const size_t key_position;  // from 1
  Protection protection = Protection::is_protected;
  Term name;
  bool named = false;
  Term id = Term::nil();  // reference that names the table (its resource id)
  std::atomic<Word> owner{0};
  Term heir = atoms::none;
  Arena heir_arena{16};
  Term heir_data = Term::nil();
  bool read_concurrency = false, write_concurrency = false, compressed = false;
  std::atomic<bool> deleted{false};
  std::atomic<int> fixes{0};

  Term key_of(Term tuple) const { return tuple.element(key_position - 1); }
  size_t size() const {
    size_t all = 0;
    for (const Shard& shard : shards_) all += shard.objects.load(std::memory_order_relaxed);
    return all;
  }
  size_t words() const {
    size_t all = 0;
    for (const Shard& shard : shards_) all += shard.words.load(std::memory_order_relaxed);
    return all;
  }
  /// There is one object of a key at most.
  bool is_set() const { return type == Type::set || type == Type::ordered_set; }

  /// Calls visit(const Object&) for the objects of a key, in insertion order, under the shard's lock for reading.
  template <class Visit>
  void each_of_key(Term key, Visit&& visit);
  /// Puts an object in. For sets it replaces; for a bag an equal object stays alone.
  void insert(ObjectPtr object);
  /// All or nothing: false if one of the keys is there already.
  bool insert_new(std::vector<ObjectPtr> objects);
  /// Removes all objects of the key that `matches` holds for; how many.
  size_t remove(Term key, const std::function<bool(Term)>& matches);
  /// Changes the one object of a key (sets): `change` gives the new tuple, or none() to leave it. False: no such key.
  bool update(Term key, const std::function<ObjectPtr(Term)>& change);
  /// Adds to the small integer at an index of the one object of a key (sets), in place. None(): there is no such object or element, or the sum is not small.
  Term add_in_place(Term key, size_t index, int64_t increment);
  void clear();
  /// Objects that are looked at under one lock.
  static constexpr size_t part_objects = 1024;
  /// Visits all objects.
  template <class Visit>
  void each(Visit&& visit);

  /// Neighbours in an ordered_set; none() at the end. Copied to `heap` under the lock.
  Term ordered_first(TermHeap& heap, bool last);
  Term ordered_next(TermHeap& heap, Term key, bool backwards, bool& found_key);

  // Hash tables are walked shard by shard, in each as its map is laid out at the moment.
  Term hash_first(TermHeap& heap);
  Term hash_next(TermHeap& heap, Term key, bool& found_key);
  size_t shards() const { return type == Type::ordered_set ? 1 : shard_count; }
  // From the last one down: walks then meet keys in the order that the examples of Registry show.
  static size_t shard_of_hash(uint32_t hash) { return shard_count - 1 - hash % shard_count; }
  /// Visits every object of one shard, in parts under its reading lock; between them a long native function may be left.
  template <class Visit>
  void each_in_shard(size_t shard, Visit&& visit);
  /// Visits the objects of an ordered_set behind a key (none(): all), in order, while `visit` gives true. The key that it stopped at, copied to `heap`; none(): it came to the end.
  template <class Visit>
  Term each_after(TermHeap& heap, Term after, Visit&& visit);
  /// Removes every object of one shard for which `decide` gives true.
  size_t remove_in_shard(size_t shard, const std::function<bool(Term)>& decide);

 private:
  ByteAccount* account_;  // pays for the empty table; holds a reference
  struct alignas(64) Shard {
    TableLock mutex;
    ObjectMap map;
    // Who changes them has the lock for writing.
    std::atomic<size_t> objects{0};
    std::atomic<size_t> words{0};
    void count(ptrdiff_t more_objects, ptrdiff_t more_words) {
      objects.store(objects.load(std::memory_order_relaxed) + static_cast<size_t>(more_objects), std::memory_order_relaxed);
      words.store(words.load(std::memory_order_relaxed) + static_cast<size_t>(more_words), std::memory_order_relaxed);
    }
  };
  struct TreeLess {
    using is_transparent = void;
    const Table* table;
    bool operator()(const ObjectPtr& a, const ObjectPtr& b) const;
    bool operator()(const ObjectPtr& a, Term key) const;
    bool operator()(Term key, const ObjectPtr& a) const;
  };
  size_t position() const { return key_position - 1; }
  Shard& shard_of(const Object& object) { return shards_[shard_of_hash(object.hash)]; }
  Term first_from_shard(TermHeap& heap, size_t index);
  void put_in_map(Shard& shard, ObjectPtr object);
  void put_in_tree(ObjectPtr object);
  Shard shards_[shard_count];
  std::set<ObjectPtr, TreeLess> tree_{TreeLess{this}};
};

template <class Visit>
void Table::each_of_key(Term key, Visit&& visit) {
  if (type == Type::ordered_set) {
    std::shared_lock lock(shards_[0].mutex);
    auto found = tree_.find(key);
    if (found != tree_.end()) visit(static_cast<const Object&>(**found));
    return;
  }
  uint32_t hash = hash_term(key);
  Shard& shard = shards_[shard_of_hash(hash)];
  std::shared_lock lock(shard.mutex);
  Link* link = shard.map.find(key, hash, position());
  if (!link) return;
  visit(static_cast<const Object&>(**link));
  if (type == Type::set) return;
  for (const Object* object = (*link)->next.object(); object && ObjectMap::has_key(*object, key, hash, position()); object = object->next.object())
    visit(*object);
}

template <class Visit>
void Table::each_in_shard(size_t index, Visit&& visit) {
  Shard& shard = shards_[index];
  ObjectMap::Walk walk;
  Arena place(16);
  Term after = Term::none();  // in the tree: the last key visited
  for (bool more = true; more; note_work(part_objects * 8)) {
    std::shared_lock lock(shard.mutex);
    LockHold hold;
    if (type != Type::ordered_set) {
      more = shard.map.walk_part(walk, part_objects, [&](Link* link) {
        visit((*link)->term());
        return &(*link)->next;
      });
      continue;
    }
    auto at = after.is_none() ? tree_.begin() : tree_.upper_bound(after);
    for (size_t left = part_objects; left && at != tree_.end(); left--, ++at) visit((*at)->term());
    more = at != tree_.end();
    if (!more) break;
    place.clear();
    after = copy_term(place, key_of((*std::prev(at))->term()));
  }
}

template <class Visit>
Term Table::each_after(TermHeap& heap, Term after, Visit&& visit) {
  Arena place(16);
  for (;; note_work(part_objects * 8)) {
    std::shared_lock lock(shards_[0].mutex);
    LockHold hold;
    auto at = after.is_none() ? tree_.begin() : tree_.upper_bound(after);
    for (size_t left = part_objects; at != tree_.end(); ++at) {
      bool more = visit((*at)->term());
      if (more && --left) continue;
      after = key_of((*at)->term());
      if (++at == tree_.end()) return Term::none();
      if (!more) return copy_term(heap, after);
      place.clear();
      after = copy_term(place, after);
      break;
    }
    if (at == tree_.end()) return Term::none();
  }
}

template <class Visit>
void Table::each(Visit&& visit) {
  for (size_t i = 0; i < shards(); i++) each_in_shard(i, visit);
}

}  // namespace phial::ets
