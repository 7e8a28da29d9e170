// Reading terms.
#include <cstdlib>
#include <cstring>

#include "vm/api/internal.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/external.hpp"
#include "vm/term/map.hpp"
#include "vm/term/number.hpp"
#include "vm/term/print.hpp"

using namespace phial;
using namespace phial::api;

namespace {

/// The magnitude of an integer of at most 64 bits and its sign.
bool read_magnitude(Term term, uint64_t& magnitude, bool& negative) {
  if (term.is_small()) {
    negative = term.small_value() < 0;
    magnitude = negative ? 0 - static_cast<uint64_t>(term.small_value()) : static_cast<uint64_t>(term.small_value());
    return true;
  }
  if (!term.is_bignum() || term.size() != 1) return false;
  negative = term.kind() == Kind::bignum_negative;
  magnitude = term.object()[1];
  return true;
}

}  // namespace

extern "C" {

phial_kind phial_kind_of(phial_term word) {
  Term term = in(word);
  if (term.is_integer()) return PHIAL_INTEGER;
  if (term.is_float()) return PHIAL_FLOAT;
  if (term.is_atom()) return PHIAL_ATOM;
  if (term.is_list()) return PHIAL_LIST;
  if (term.is_tuple()) return PHIAL_TUPLE;
  if (term.is_map()) return PHIAL_MAP;
  if (term.is_bitstring()) return is_binary(term) ? PHIAL_BINARY : PHIAL_BITSTRING;
  if (term.is_function()) return PHIAL_FUNCTION;
  if (term.is_pid()) return PHIAL_PID;
  if (term.is_port()) return PHIAL_PORT;
  return PHIAL_REFERENCE;
}

bool phial_get_integer(phial_term word, int64_t* value) {
  uint64_t magnitude;
  bool negative;
  if (!read_magnitude(in(word), magnitude, negative) || magnitude > (uint64_t{1} << 63) - !negative) return false;
  *value = negative ? static_cast<int64_t>(0 - magnitude) : static_cast<int64_t>(magnitude);
  return true;
}
bool phial_get_unsigned(phial_term word, uint64_t* value) {
  uint64_t magnitude;
  bool negative;
  if (!read_magnitude(in(word), magnitude, negative) || negative) return false;
  *value = magnitude;
  return true;
}
bool phial_get_float(phial_term word, double* value) {
  if (!in(word).is_number()) return false;
  std::optional<double> number = number_to_double(in(word));
  if (number) *value = *number;
  return number.has_value();
}
bool phial_get_boolean(phial_term word, bool* value) {
  Term term = in(word);
  if (!(term == atoms::true_) && !(term == atoms::false_)) return false;
  *value = term == atoms::true_;
  return true;
}
bool phial_get_atom(phial_term word, const char** text, size_t* size) {
  if (!in(word).is_atom()) return false;
  std::string_view view = atom_text(in(word));
  *text = view.data();
  *size = view.size();
  return true;
}
bool phial_get_binary(phial_term word, const char** bytes, size_t* size) {
  Term term = in(word);
  if (!is_binary(term)) return false;
  BitView view = bits_of(term);
  if (!view.byte_aligned()) return false;
  *bytes = reinterpret_cast<const char*>(view.bytes);
  *size = view.bits / 8;
  return true;
}
ptrdiff_t phial_copy_binary(phial_term word, char* bytes, size_t size) {
  Term term = in(word);
  if (!is_binary(term)) return -1;
  BitView view = bits_of(term);
  size_t all = view.bits / 8;
  copy_bits(reinterpret_cast<uint8_t*>(bytes), 0, view.bytes, view.bit_offset, 8 * std::min(all, size));
  return static_cast<ptrdiff_t>(all);
}
bool phial_is_nil(phial_term word) { return in(word) == atoms::nil; }
bool phial_is_atom(phial_term word, const char* text) { return in(word).is_atom() && atom_text(in(word)) == text; }

size_t phial_tuple_size(phial_term word) { return in(word).is_tuple() ? in(word).arity() : 0; }
phial_term phial_tuple_element(phial_term word, size_t index) {
  return index < phial_tuple_size(word) ? out(in(word).element(index)) : out(atoms::nil);
}
const phial_term* phial_tuple_elements(phial_term word) {
  return in(word).is_tuple() ? reinterpret_cast<const phial_term*>(in(word).payload()) : nullptr;
}

bool phial_list_next(phial_term* list, phial_term* head) {
  Term at = in(*list);
  if (!at.is_cons()) return false;
  *head = out(at.head());
  *list = out(at.tail());
  return true;
}
ptrdiff_t phial_list_length(phial_term list) { return in(list).is_list() ? list_length(in(list)) : -1; }

size_t phial_map_size(phial_term word) { return in(word).is_map() ? map_size(in(word)) : 0; }
bool phial_map_get(phial_term map, phial_term key, phial_term* value) {
  if (!in(map).is_map()) return false;
  Term found = map_get(in(map), in(key));
  if (found.is_none()) return false;
  *value = out(found);
  return true;
}
bool phial_map_get_atom(phial_term map, const char* key, phial_term* value) {
  Term atom = existing_atom(key);
  return !atom.is_none() && phial_map_get(map, out(atom), value);
}
void phial_map_each(phial_term map, bool (*visit)(void* user, phial_term key, phial_term value), void* user) {
  if (in(map).is_map()) map_each(in(map), [&](Term key, Term value) { return visit(user, out(key), out(value)); });
}
size_t phial_map_pairs(phial_term map, phial_term* keys, phial_term* values, size_t limit) {
  if (!in(map).is_map()) return 0;
  size_t at = 0;
  map_each(in(map), [&](Term key, Term value) {
    if (at >= limit) return false;
    if (keys) keys[at] = out(key);
    if (values) values[at] = out(value);
    at++;
    return true;
  });
  return map_size(in(map));
}

bool phial_equal(phial_term a, phial_term b) { return equal_exactly(in(a), in(b)); }
int phial_compare(phial_term a, phial_term b) { return compare(in(a), in(b)); }
uint64_t phial_hash(phial_term term) { return hash_term(in(term)); }

char* phial_inspect(phial_term word) {
  Term term = in(word);
  return strdup(functions_belong(nullptr, {&term, 1}) ? print_term(term).c_str() : "");
}
size_t phial_print(phial_term word, char* text, size_t size) {
  Term term = in(word);
  std::string all = functions_belong(nullptr, {&term, 1}) ? print_term(term) : "";
  if (size) {
    size_t taken = std::min(all.size(), size - 1);
    std::memcpy(text, all.data(), taken);
    text[taken] = '\0';
  }
  return all.size();
}
char* phial_encode(phial_term term, size_t* size) {
  std::string bytes(1, static_cast<char>(131));
  if (!encode_external(in(term), bytes)) return nullptr;
  auto copy = static_cast<char*>(std::malloc(bytes.size()));
  if (!copy) return nullptr;
  std::memcpy(copy, bytes.data(), bytes.size());
  *size = bytes.size();
  return copy;
}

}  // extern "C"
