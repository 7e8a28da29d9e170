// Objects of the host as references of the language, and memory of the host as binaries. Both are counted like any resource or shared binary; who drops
// the last count calls the host.
#include "vm/api/internal.hpp"
#include "vm/base/work.hpp"
#include "vm/term/binary.hpp"

using namespace phial;
using namespace phial::api;

namespace {

struct HostObject : Resource {
  void* object;
};

void release_object(Resource* resource) {
  auto held = static_cast<HostObject*>(resource);
  auto type = static_cast<const phial_object_type*>(held->type);
  Restricted restricted("the function that destroys an object");
  WorkHold whole;  // perhaps in the middle of a long native function, which must not be left within a function of the host
  if (type->destroy) type->destroy(held->object);
  delete held;
}

struct HostBinary : SharedBinary {
  void (*host_release)(void* user, const void* bytes);
  void* user;
};

void release_binary(SharedBinary* binary) {
  auto held = static_cast<HostBinary*>(binary);
  Restricted restricted("the function that releases a binary");
  WorkHold whole;
  if (held->host_release) held->host_release(held->user, held->bytes);
  delete held;
}

}  // namespace

extern "C" {

phial_term phial_object(phial_heap* heap, const phial_object_type* type, void* object) {
  Use use(heap);
  if (!use) return out(atoms::nil);
  auto held = new HostObject;
  held->type = type;
  held->id = next_resource_id();
  held->release = release_object;
  held->object = object;
  return out(make_resource(*heap->heap, held));
}

void* phial_get_object(phial_term term, const phial_object_type* type) {
  auto held = static_cast<HostObject*>(resource_of(in(term), type));
  return held ? held->object : nullptr;
}

phial_term phial_binary_external(phial_heap* heap, const void* bytes, size_t size, void (*release)(void* user, const void* bytes),
                                 void* user) {
  Use use(heap);
  if (!use) return out(atoms::nil);
  if (size == 0) {
    if (release) release(user, bytes);
    return out(make_binary(*heap->heap, {}));
  }
  auto held = new HostBinary;
  held->references.store(1, std::memory_order_relaxed);
  held->used.store(size * 8, std::memory_order_relaxed);  // full: nobody appends in place
  held->capacity = size;
  held->release = release_binary;
  held->bytes = static_cast<uint8_t*>(const_cast<void*>(bytes));
  held->host_release = release;
  held->user = user;
  return out(make_shared_binary(*heap->heap, held, size * 8));
}

}  // extern "C"
