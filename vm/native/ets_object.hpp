// Object: a tuple stored in an ETS table, in one block of memory: the tuple's words follow the header, so that reading copies them straight
// into a process. Objects do not change, but for small integers that are counted in place under the shard's lock for writing; any other update replaces the object.
#pragma once
#include <atomic>
#include <memory>

#include "vm/term/binary.hpp"
#include "vm/term/build.hpp"
#include "vm/term/compare.hpp"

namespace phial::ets {

class Object;

/// What a chain of objects goes on with: an object, or none. Beside its address (addresses of user space have 47 bits) stand 15 bits of its hash and whether there is
/// another one behind it, so that a search mostly ends without a look at objects that are not the one it wants: each look is a cache miss.
class Link {
 public:
  Link() = default;
  Link(Object* object, uint32_t hash, bool more)
      : word_(reinterpret_cast<Word>(object) | static_cast<Word>(tag_of(hash)) << tag_shift | static_cast<Word>(more) << more_shift) {}
  static uint32_t tag_of(uint32_t hash) { return hash >> 17; }

  explicit operator bool() const { return word_ != 0; }
  Object* object() const { return reinterpret_cast<Object*>(word_ & ((Word{1} << tag_shift) - 1)); }
  Object* operator->() const { return object(); }
  Object& operator*() const { return *object(); }
  bool has_tag(uint32_t tag) const { return (word_ >> tag_shift & 0x7fff) == tag; }
  /// False: there is no object behind this one. True: there may be.
  bool more() const { return word_ >> more_shift; }
  void set_more() { word_ |= Word{1} << more_shift; }
  /// Another object of the same hash.
  void put(Object* object) { word_ = (word_ & ~((Word{1} << tag_shift) - 1)) | reinterpret_cast<Word>(object); }

 private:
  static constexpr unsigned tag_shift = 48, more_shift = 63;
  Word word_ = 0;
};

/// A stored tuple. Freed with its off-heap parts.
class Object {
 public:
  /// The table's reference. Who copies a large object holds another one and no lock.
  struct Drop {
    void operator()(Object* object) const {
      // The last one knows that it is: more are made under the lock of the table only, by who finds the object there.
      if (object->references_.load(std::memory_order_acquire) == 1 || object->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete object;
    }
  };
  static std::unique_ptr<Object, Drop> make(Term tuple);
  ~Object();
  Object(const Object&) = delete;
  Term term() const { return term_; }
  size_t words() const { return words_; }
  /// False: the tuple is a literal, which stands in its module.
  bool owns_tuple() const { return term_.object() == data_; }
  /// The tuple, or a part of it, as a term of this heap.
  Term copy_to(TermHeap& heap) const;
  Term copy_element(TermHeap& heap, size_t index) const {
    Term element = term_.element(index);
    return element.is_pointer() ? copy_part(heap, element) : element;
  }
  /// Another reference. The caller holds the table's lock.
  std::unique_ptr<Object, Drop> share() const {
    references_.fetch_add(1, std::memory_order_relaxed);
    return std::unique_ptr<Object, Drop>(const_cast<Object*>(this));
  }
  /// Somebody may be copying it without a lock. The caller holds the table's lock.
  bool is_shared() const { return references_.load(std::memory_order_acquire) != 1; }
  void operator delete(void* block);

  /// For ObjectMap: the next in the chain, and the hash of the key.
  Link next;
  uint32_t hash = 0;

 private:
  mutable std::atomic<uint32_t> references_{1};
  Object() = default;
  Term copy_part(TermHeap& heap, Term part) const;
  /// With its place in a table.
  int64_t bytes() const { return static_cast<int64_t>(sizeof(Object) + (words_ + 4) * sizeof(Word)); }
  Term term_;
  size_t words_ = 0;
  ByteAccount* account_ = nullptr;  // pays for it; holds a reference
  Word* off_heap_ = nullptr;
  Word data_[];
};
using ObjectPtr = std::unique_ptr<Object, Object::Drop>;

}  // namespace phial::ets
