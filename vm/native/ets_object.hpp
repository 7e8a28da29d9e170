// Object: a tuple stored in an ETS table, in one block of memory: the tuple's words follow the header, so that reading copies them straight
// into a process. Objects do not change; to update is to replace.
#pragma once
#include <memory>

#include "vm/term/binary.hpp"
#include "vm/term/build.hpp"
#include "vm/term/compare.hpp"

namespace phial::ets {

/// A stored tuple. Freed with its off-heap parts.
class Object {
 public:
  static std::unique_ptr<Object> make(Term tuple);
  ~Object();
  Object(const Object&) = delete;
  Term term() const { return term_; }
  size_t words() const { return words_; }
  void operator delete(void* block);

  /// For ObjectMap: the next in the chain, and the hash of the key.
  Object* next = nullptr;
  uint32_t hash = 0;

 private:
  Object() = default;
  /// With its place in a table.
  int64_t bytes() const { return static_cast<int64_t>(sizeof(Object) + (words_ + 4) * sizeof(Word)); }
  Term term_;
  size_t words_ = 0;
  ByteAccount* account_ = nullptr;  // pays for it; holds a reference
  Word* off_heap_ = nullptr;
  Word data_[];
};
using ObjectPtr = std::unique_ptr<Object>;

}  // namespace phial::ets
