// ETS tables: storage and locking. Objects are tuples copied out of the processes that put them in.
//
// A table of type set, bag or duplicate_bag is a hash table in shards, each with a reader-writer lock of its own, chosen by the hash
// of the key; an ordered_set is one search tree behind one lock. So work on different keys of a hash table seldom meets. Functions
// that see the whole table (select, first, next) take one shard after the other: each object is seen as it is at that moment, which is what
// ETS promises.
//
// Object is one block: the tuple's words follow the header, so that reading copies them straight into a process.
//
// A table belongs to the VM's Tables and dies by delete, or with its owner. Whoever works on it holds a shared_ptr.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "vm/term/binary.hpp"
#include "vm/term/build.hpp"

namespace phial::ets {

enum class Type : uint8_t { set, ordered_set, bag, duplicate_bag };
enum class Protection : uint8_t { is_public, is_protected, is_private };

/// A stored tuple. Freed with its off-heap parts.
class Object {
 public:
  static std::unique_ptr<Object> make(Term tuple);
  ~Object();
  Object(const Object&) = delete;
  Term term() const { return term_; }
  size_t words() const { return words_; }
  void operator delete(void* block);

 private:
  Object() = default;
  Term term_;
  size_t words_ = 0;
  Word* off_heap_ = nullptr;
  Word data_[];
};
using ObjectPtr = std::unique_ptr<Object>;

struct KeyHash {
  size_t operator()(Term key) const;
};
struct KeyEqual {
  bool operator()(Term a, Term b) const;
};

class Table {
 public:
  static constexpr size_t shard_count = 16;

  Table(Type type, size_t key_position) : type(type), key_position(key_position) {}

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
  size_t size() const { return size_.load(std::memory_order_relaxed); }
  size_t words() const { return words_.load(std::memory_order_relaxed); }

  /// Visits the objects of a key, in insertion order, under the shard's lock for reading.
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
  void clear();
  /// Visits all objects until visit gives false.
  template <class Visit>
  bool each(Visit&& visit);

  /// Neighbours in an ordered_set; none() at the end. Copied to `heap` under the lock.
  Term ordered_first(TermHeap& heap, bool last);
  Term ordered_next(TermHeap& heap, Term key, bool backwards, bool& found_key);

  // Hash tables are walked shard by shard, in each as its map is laid out at the moment.
  Term hash_first(TermHeap& heap);
  Term hash_next(TermHeap& heap, Term key, bool& found_key);
  size_t shards() const { return type == Type::ordered_set ? 1 : shard_count; }
  size_t shard_of(Term key) const;
  /// Visits every object of one shard under its reading lock.
  template <class Visit>
  bool each_in_shard(size_t shard, Visit&& visit);
  /// Removes every object of one shard for which `decide` gives true.
  size_t remove_in_shard(size_t shard, const std::function<bool(Term)>& decide);

 private:
  using Bucket = std::vector<ObjectPtr>;
  struct Shard {
    std::shared_mutex mutex;
    std::unordered_map<Term, Bucket, KeyHash, KeyEqual> map;  // the key belongs to the bucket's first object
  };
  struct TreeLess {
    using is_transparent = void;
    const Table* table;
    bool operator()(const ObjectPtr& a, const ObjectPtr& b) const;
    bool operator()(const ObjectPtr& a, Term key) const;
    bool operator()(Term key, const ObjectPtr& a) const;
  };
  void put_in_bucket(Shard& shard, ObjectPtr object);
  void count(ptrdiff_t objects, ptrdiff_t words) {
    size_.fetch_add(static_cast<size_t>(objects), std::memory_order_relaxed);
    words_.fetch_add(static_cast<size_t>(words), std::memory_order_relaxed);
  }

  Shard shards_[shard_count];
  std::set<ObjectPtr, TreeLess> tree_{TreeLess{this}};
  std::atomic<size_t> size_{0};
  std::atomic<size_t> words_{0};
};

template <class Visit>
void Table::each_of_key(Term key, Visit&& visit) {
  if (type == Type::ordered_set) {
    std::shared_lock lock(shards_[0].mutex);
    auto found = tree_.find(key);
    if (found != tree_.end()) visit((*found)->term());
    return;
  }
  Shard& shard = shards_[shard_of(key)];
  std::shared_lock lock(shard.mutex);
  auto found = shard.map.find(key);
  if (found == shard.map.end()) return;
  for (const ObjectPtr& object : found->second) visit(object->term());
}

template <class Visit>
bool Table::each_in_shard(size_t index, Visit&& visit) {
  Shard& shard = shards_[index];
  std::shared_lock lock(shard.mutex);
  if (type == Type::ordered_set) {
    for (const ObjectPtr& object : tree_)
      if (!visit(object->term())) return false;
    return true;
  }
  for (auto& [key, bucket] : shard.map)
    for (const ObjectPtr& object : bucket)
      if (!visit(object->term())) return false;
  return true;
}

template <class Visit>
bool Table::each(Visit&& visit) {
  for (size_t i = 0; i < shards(); i++)
    if (!each_in_shard(i, visit)) return false;
  return true;
}

}  // namespace phial::ets
