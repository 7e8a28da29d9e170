// ObjectMap: the hash table of one shard of an ETS table of type set, bag or duplicate_bag.
//
// Chained: a slot is the link to the first object of a list that goes on through Object::next. Objects carry the hash of their key, so looking up
// compares keys only where the hashes are equal, and growing reads no keys; links carry a part of it (Link). Objects of one key stand next to each other in the order of
// their insertion; a walk that goes on after a key (ets:next) therefore skips to the next group. An object is owned by the map from
// `add` until `unlink` hands it back. Slots are a power of two, doubled when there are half as many objects: then one search in twenty meets a second object.
//
// The shard's lock guards everything here.
#pragma once
#include <utility>

#include "vm/native/ets_object.hpp"

namespace phial::ets {

class ObjectMap {
  // What neighbours in the table refer to lies anywhere in memory: a walk fetches this many slots ahead.
  static constexpr size_t fetched_ahead = 8;

 public:
  explicit ObjectMap() = default;
  ~ObjectMap() { clear(); }
  ObjectMap(const ObjectMap&) = delete;

  bool empty() const { return count_ == 0; }

  /// Where the first object of the key hangs (`*link` is it), or null. `position` is the key's, from 0.
  Link* find(Term key, uint32_t hash, size_t position) {
    if (!slots_) return nullptr;
    Link* link = &slots_[slot_of(hash)];
    if (!*link) return nullptr;
    for (uint32_t tag = Link::tag_of(hash);;) {
      if (link->has_tag(tag) && has_key(**link, key, hash, position)) return link;
      if (!link->more()) return nullptr;
      link = &(*link)->next;
      if (!*link) return nullptr;
    }
  }
  static bool has_key(const Object& object, Term key, uint32_t hash, size_t position) {
    return object.hash == hash && equal_exactly(object.term().element(position), key);
  }

  /// Takes an object in, behind the others of its key. Its hash is set.
  void add(ObjectPtr object, size_t position) {
    if (2 * count_ >= slot_count_) grow();
    Term key = object->term().element(position);
    Link* before = nullptr;
    Link* link = find(key, object->hash, position);
    if (!link) link = &slots_[slot_of(object->hash)];
    else
      for (; *link && has_key(**link, key, object->hash, position); link = &(*before)->next) before = link;
    if (before) before->set_more();
    object->next = *link;
    uint32_t hash = object->hash;
    *link = Link(object.release(), hash, static_cast<bool>(*link));
    count_++;
  }
  /// Puts an object of the same key in the place of *link, which is handed back.
  static ObjectPtr replace(Link* link, ObjectPtr object) {
    ObjectPtr old(link->object());
    object->next = old->next;
    link->put(object.release());
    return old;
  }
  ObjectPtr unlink(Link* link) {
    ObjectPtr old(link->object());
    *link = old->next;
    count_--;
    return old;
  }
  void clear() {
    for (size_t i = 0; i < slot_count_; i++) {
      if (i + fetched_ahead < slot_count_) __builtin_prefetch(slots_[i + fetched_ahead].object(), 1);
      while (slots_[i]) unlink(&slots_[i]);
    }
    slots_.reset();
    slot_count_ = 0;
  }

  /// The first object at or after the slot, or null.
  Object* first_from(size_t slot) const {
    for (; slot < slot_count_; slot++)
      if (slots_[slot]) return slots_[slot].object();
    return nullptr;
  }
  /// The first object of the next key in the walk, or null.
  Object* after_key_of(const Object* object, size_t position) const {
    Term key = object->term().element(position);
    const Object* at = object;
    while (at && has_key(*at, key, object->hash, position)) at = at->next.object();
    return at ? const_cast<Object*>(at) : first_from(slot_of(object->hash) + 1);
  }
  /// A walk in parts, between which the map may change: what is there all the time is met once. Growing parts slot i into i and i + the old count, so
  /// the walk goes by the number of slots that it began with.
  struct Walk {
    size_t at = 0;
    size_t modulus = 0;
  };
  /// Goes on for about `objects` objects; true if there are more. visit(Link* link) gives the link to go on at.
  template <class Visit>
  bool walk_part(Walk& walk, size_t objects, Visit&& visit) {
    if (!walk.modulus) walk.modulus = slot_count_;
    for (size_t left = objects; walk.at < walk.modulus && slot_count_ >= walk.modulus; walk.at++) {
      if (!left) return true;
      if (walk.at + fetched_ahead < walk.modulus) __builtin_prefetch(slots_[walk.at + fetched_ahead].object());
      for (size_t slot = walk.at; slot < slot_count_; slot += walk.modulus)
        for (Link* link = &slots_[slot]; *link; left -= left > 0) link = visit(link);
    }
    return false;
  }

 private:
  // The low bits of a hash have chosen the shard.
  size_t slot_of(uint32_t hash) const { return (hash >> 4) & (slot_count_ - 1); }

  void grow() {
    size_t wider = slot_count_ ? 2 * slot_count_ : 4;
    auto old = std::exchange(slots_, std::make_unique<Link[]>(wider));
    size_t old_count = std::exchange(slot_count_, wider);
    for (size_t i = 0; i < old_count; i++) {
      if (i + fetched_ahead < old_count) __builtin_prefetch(old[i + fetched_ahead].object(), 1);
      // A chain parts into two, each in its old order: groups of one key stay together.
      struct { Link* last; Link* end; } parts[] = {{nullptr, &slots_[i]}, {nullptr, &slots_[i + old_count]}};
      for (Object* object = old[i].object(); object;) {
        Object* next = object->next.object();
        auto& part = parts[slot_of(object->hash) != i];
        if (part.last) part.last->set_more();
        *part.end = Link(object, object->hash, false);
        part.last = part.end;
        part.end = &object->next;
        object = next;
      }
      *parts[0].end = *parts[1].end = Link();
    }
  }

  std::unique_ptr<Link[]> slots_;
  size_t slot_count_ = 0;
  size_t count_ = 0;
};

}  // namespace phial::ets
