// Building terms.
#include <cmath>
#include <cstring>

#include "vm/api/internal.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/external.hpp"
#include "vm/term/map.hpp"

using namespace phial;
using namespace phial::api;

namespace {

/// The heap to build in, in use until the term stands. What is built in one that cannot be used (misuse) goes to a place of its own.
class Place {
 public:
  explicit Place(phial_heap* heap, const char* function = __builtin_FUNCTION()) : use_(heap, function), heap_(heap) {}
  TermHeap& operator*() const {
    if (use_) return *heap_->heap;
    static auto nowhere = new Arena(64);
    return *nowhere;
  }

 private:
  Use use_;
  phial_heap* heap_;
};

}  // namespace

extern "C" {

phial_heap* phial_heap_create(void) { return new HostHeap; }
void phial_heap_free(phial_heap* heap) {
  if (!heap) return;
  Use use(heap);
  if (!use) return;
  auto own = static_cast<HostHeap*>(heap);
  if (heap->heap != &own->own) return misuse(nullptr, "phial_heap_free: the heap is that of a call");
  dispose(own);
}
void phial_heap_clear(phial_heap* heap) {
  Use use(heap);
  if (!use) return;
  auto own = static_cast<HostHeap*>(heap);
  if (heap->heap != &own->own) return misuse(nullptr, "phial_heap_clear: the heap is that of a call");
  own->own.clear();
}

phial_term phial_integer(phial_heap* heap, int64_t value) {
  return out(Term::fits_small(value) ? Term::small(value) : make_integer(*Place(heap), value));
}
phial_term phial_unsigned(phial_heap* heap, uint64_t value) { return out(make_unsigned(*Place(heap), value)); }
phial_term phial_float(phial_heap* heap, double value) {
  return out(std::isfinite(value) ? make_float(*Place(heap), value) : atoms::undefined);
}
phial_term phial_atom(const char* text) { return out(intern_atom(text)); }
phial_term phial_boolean(bool value) { return out(boolean(value)); }
phial_term phial_nil(void) { return out(atoms::nil); }
phial_term phial_string(phial_heap* heap, const char* text) { return out(make_binary(*Place(heap), text)); }
phial_term phial_binary(phial_heap* heap, const void* bytes, size_t size) {
  return out(make_binary(*Place(heap), {static_cast<const char*>(bytes), size}));
}
phial_term phial_binary_buffer(phial_heap* heap, size_t size, char** bytes) {
  uint8_t* room;
  Term binary = make_binary_buffer(*Place(heap), size, &room);
  *bytes = reinterpret_cast<char*>(room);
  return out(binary);
}
phial_term phial_tuple(phial_heap* heap, const phial_term* elements, size_t count) {
  return out(make_tuple(*Place(heap), in(elements, count)));
}
phial_term phial_list(phial_heap* heap, const phial_term* elements, size_t count) {
  return out(make_list(*Place(heap), in(elements, count)));
}
phial_term phial_cons(phial_heap* heap, phial_term head, phial_term tail) { return out(make_cons(*Place(heap), in(head), in(tail))); }
phial_term phial_empty_list(void) { return out(Term::nil()); }
phial_term phial_map(phial_heap* heap, const phial_term* keys, const phial_term* values, size_t count) {
  std::vector<Term> pairs;
  pairs.reserve(2 * count);
  for (size_t i = 0; i < count; i++) pairs.insert(pairs.end(), {in(keys[i]), in(values[i])});
  return out(make_map(*Place(heap), pairs));
}
phial_term phial_map_put(phial_heap* heap, phial_term map, phial_term key, phial_term value) {
  if (in(map).is_map()) return out(map_put(*Place(heap), in(map), in(key), in(value)));
  Term pair[] = {in(key), in(value)};
  return out(make_map(*Place(heap), pair));
}
phial_term phial_copy(phial_heap* heap, phial_term term) { return out(copy_term(*Place(heap), in(term))); }

bool phial_decode(phial_heap* heap, const void* bytes, size_t size, bool new_atoms, phial_term* term) {
  std::string_view rest(static_cast<const char*>(bytes), size);
  constexpr char version = static_cast<char>(131);
  if (rest.empty() || rest[0] != version) return false;
  rest.remove_prefix(1);
  Term decoded = decode_external(*Place(heap), rest, !new_atoms);
  if (decoded.is_none() || !rest.empty()) return false;
  *term = out(decoded);
  return true;
}

}  // extern "C"
