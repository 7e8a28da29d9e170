// Misuse of the API (phial.h, "Misuse"): how it is told, and what debug builds find that release builds do not look for.
//
// Debug builds keep a registry of all objects that the host holds: by their address, what they are, of which VM, and whether they are alive. A function of the API begins
// with a Use of the objects that it was given, which asks the registry, never the object: so what was freed, what is of a VM that was destroyed and what is no such object at
// all are told without a read of memory that is not there. The memory of a freed object is kept for a while, so that another object does not take its address at once.
// A Use lasts as long as the call: so the registry also knows who is using a VM that is being destroyed, and which thread uses a heap.
//
// In release builds (NDEBUG) everything here but misuse() is empty.
#pragma once
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <utility>

#include "vm/api/phial.h"
#include "vm/term/term.hpp"

namespace phial::api {

/// Tells the host what it did wrong. `vm` may be null: then a debug build writes it to standard error and aborts.
void misuse(const phial_vm* vm, const char* message);

/// What phial.h hands out.
enum class Face : uint8_t { vm, heap, result, host, callable, call, call_heap };

#ifdef NDEBUG

/// The base of every structure that the host holds.
struct Checked {
  explicit Checked(Face, const phial_vm* = nullptr) {}
};
inline void belongs_to(const void*, const phial_vm*) {}
inline void is_whole(const phial_vm*) {}

/// For the length of a call: false, and misuse, where it cannot be done with this object.
class Use {
 public:
  explicit Use(const void*, const char* = nullptr) {}
  static Use in_release(const void* object) { return Use(object); }
  explicit operator bool() const { return true; }
};
class UseAlone : public Use {
 public:
  using Use::Use;
};

inline void check_terms(std::span<const Term>, const char* = nullptr) {}
inline bool functions_belong(const phial_vm*, std::span<const Term>) { return true; }
inline bool may_destroy(const phial_vm*) { return true; }
template <class Value>
void keep_a_while(Value&) {}

/// A function of the host runs that must not call most others: see phial_object_type.destroy and phial_budget_crossed.
class Restricted {
 public:
  explicit Restricted(const char*) {}
  ~Restricted() {}
};

template <class Object>
void dispose(Object* object) {
  delete object;
}

/// An object on the stack that the host gets to see.
template <class Object>
class Local : public Object {
 public:
  using Object::Object;
  Object& operator*() { return *this; }
};

#else

struct Checked {
  explicit Checked(Face face, const phial_vm* vm = nullptr);
  ~Checked();
  Checked(const Checked&) = delete;
  Checked& operator=(const Checked&) = delete;
};
void belongs_to(const void* object, const phial_vm* vm);
/// The VM is created: threads that know nothing of it may look at its code.
void is_whole(const phial_vm* vm);

/// For the length of a call: false, and misuse, where it cannot be done with this object.
class Use {
 public:
  explicit Use(const void* object, const char* function = __builtin_FUNCTION());
  /// Of a function that phial_object_type.destroy may call.
  static Use in_release(const void* object, const char* function = __builtin_FUNCTION()) { return Use(object, function, may_be_in_release); }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  ~Use();
  explicit operator bool() const { return object_ != nullptr; }

 protected:
  enum Manner { plain, may_be_in_release, alone };
  Use(const void* object, const char* function, Manner manner);
  const void* object_ = nullptr;
  bool alone_ = false;
};
/// ... which one thread at a time may do.
class UseAlone : public Use {
 public:
  explicit UseAlone(const void* object, const char* function = __builtin_FUNCTION()) : Use(object, function, alone) {}
};

/// Misuse where one of them points into a heap, result or handle that was freed.
void check_terms(std::span<const Term> terms, const char* function = __builtin_FUNCTION());
/// False, and misuse, where a function in these terms is not of this VM (null: of none that is alive).
bool functions_belong(const phial_vm* vm, std::span<const Term> terms, const char* function = __builtin_FUNCTION());
/// Keeps what is moved from here for a while after its owner has gone.
template <class Value>
void keep_a_while(Value& value);
/// Whether nobody uses the VM. What the host still holds of it is misuse, too, but no reason against it.
bool may_destroy(const phial_vm* vm);

class Restricted {
 public:
  explicit Restricted(const char* what);
  ~Restricted();
  Restricted(const Restricted&) = delete;

 private:
  const char* before_;
};

/// Keeps the memory of a freed object, and frees what was kept before.
void keep_shell(void* memory, void (*free)(void*));
/// Its address may be that of anything from now on.
void forget(const void* object);

template <class Object>
void dispose(Object* object) {
  object->~Object();
  keep_shell(object, [](void* memory) {
    forget(memory);
    ::operator delete(memory);
  });
}

template <class Value>
void keep_a_while(Value& value) {
  keep_shell(new Value(std::move(value)), [](void* kept) { delete static_cast<Value*>(kept); });
}

/// An object for the length of a function, that the host gets to see: apart from the stack, so that one that the host kept is told from the next.
template <class Object>
class Local {
 public:
  template <class... Arguments>
  explicit Local(Arguments&&... arguments) : object_(new Object(std::forward<Arguments>(arguments)...)) {}
  ~Local() { dispose(object_); }
  Local(const Local&) = delete;
  Object& operator*() { return *object_; }
  Object* operator->() { return object_; }

 private:
  Object* object_;
};

#endif

}  // namespace phial::api
