// Tags are those of Erlang's "External Term Format" document, in its order of sections. Encoding keeps its own stack;
// decoding recurses on elements with a depth limit (corrupt input must not exhaust the native stack); lists are loops.
#include "vm/term/external.hpp"

#include <bit>
#include <deque>
#include <vector>

#include "vm/base/utf8.hpp"
#include "vm/base/work.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/integer.hpp"
#include "vm/term/map.hpp"
#include "vm/term/number.hpp"

namespace phial {
namespace {

enum ExternalTag : uint8_t {
  new_float_ext = 70, bit_binary_ext = 77, new_pid_ext = 88, newer_reference_ext = 90, small_integer_ext = 97, integer_ext = 98,
  small_tuple_ext = 104, large_tuple_ext = 105, nil_ext = 106, string_ext = 107, list_ext = 108, binary_ext = 109,
  small_big_ext = 110, large_big_ext = 111, export_ext = 113, map_ext = 116, atom_utf8_ext = 118, small_atom_utf8_ext = 119,
  atom_ext = 100, small_atom_ext = 115,
};
constexpr int max_decode_depth = 20000;
constexpr std::string_view local_node = "nonode@nohost";

void put_byte(std::string& out, unsigned value) { out += static_cast<char>(value); }
void put_u16(std::string& out, unsigned value) {
  put_byte(out, value >> 8 & 255);
  put_byte(out, value & 255);
}
void put_u32(std::string& out, uint64_t value) {
  put_u16(out, static_cast<unsigned>(value >> 16 & 0xffff));
  put_u16(out, static_cast<unsigned>(value & 0xffff));
}

void encode_atom_text(std::string_view text, std::string& out) {
  if (text.size() < 256) {
    put_byte(out, small_atom_utf8_ext);
    put_byte(out, static_cast<unsigned>(text.size()));
  } else {
    put_byte(out, atom_utf8_ext);
    put_u16(out, static_cast<unsigned>(text.size()));
  }
  out += text;
}

void encode_integer(Term term, std::string& out) {
  if (term.is_small()) {
    int64_t value = term.small_value();
    if (value >= 0 && value < 256) {
      put_byte(out, small_integer_ext);
      put_byte(out, static_cast<unsigned>(value));
      return;
    }
    if (value >= INT32_MIN && value <= INT32_MAX) {
      put_byte(out, integer_ext);
      put_u32(out, static_cast<uint32_t>(value));
      return;
    }
  }
  Magnitude magnitude(term);
  size_t bytes = (integer_bit_length(term) + 7) / 8;
  put_byte(out, bytes < 256 ? small_big_ext : large_big_ext);
  if (bytes < 256)
    put_byte(out, static_cast<unsigned>(bytes));
  else
    put_u32(out, bytes);
  put_byte(out, magnitude.negative());
  for (size_t i = 0; i < bytes; i++) put_byte(out, static_cast<unsigned>(magnitude.limbs()[i / 8] >> (i % 8 * 8) & 255));
}

/// What is still to be encoded: terms one after the other, or a list from here on.
struct Pending {
  const Term* at;
  size_t count;
  Term list;         // count 0
  bool map = false;  // the newest of the kept MapPairs
};

/// A list of bytes, or the head of one of terms, which are then pending.
void begin_list(Term list, std::string& out, std::vector<Pending>& pending) {
  WorkCounter work;
  size_t bytes = 0;
  Term at = list;
  for (; at.is_cons() && at.head().is_small() && at.head().small_value() >= 0 && at.head().small_value() < 256; at = at.tail(), bytes++) work.step();
  if (at.is_nil() && bytes < 65536) {
    put_byte(out, string_ext);
    put_u16(out, static_cast<unsigned>(bytes));
    for (Term item : ListRange(list)) put_byte(out, static_cast<unsigned>(item.small_value()));
    return;
  }
  size_t count = 0;
  for (at = list; at.is_cons(); at = at.tail(), count++) work.step();
  put_byte(out, list_ext);
  put_u32(out, count);
  pending.push_back({.at = nullptr, .count = 0, .list = list});
}

/// Keys and values of the maps that are pending, interleaved.
using MapPairs = std::deque<std::vector<Term>>;

/// Encodes a term, what it contains is pending then. False: it has no encoding.
bool encode_one(Term term, std::string& out, std::vector<Pending>& pending, MapPairs& pairs) {
  if (term.is_integer()) {
    encode_integer(term, out);
  } else if (term.is_float()) {
    put_byte(out, new_float_ext);
    auto bits = std::bit_cast<uint64_t>(term.float_value());
    put_u32(out, bits >> 32);
    put_u32(out, bits & 0xffffffff);
  } else if (term.is_atom()) {
    encode_atom_text(atom_text(term), out);
  } else if (term.is_nil()) {
    put_byte(out, nil_ext);
  } else if (term.is_cons()) {
    begin_list(term, out, pending);
  } else if (term.is_tuple()) {
    put_byte(out, term.arity() < 256 ? small_tuple_ext : large_tuple_ext);
    if (term.arity() < 256)
      put_byte(out, static_cast<unsigned>(term.arity()));
    else
      put_u32(out, term.arity());
    if (term.arity()) pending.push_back({.at = term.payload(), .count = term.arity(), .list = Term::nil()});
  } else if (term.is_map()) {
    put_byte(out, map_ext);
    put_u32(out, map_size(term));
    if (!map_size(term)) return true;
    std::vector<Term>& contents = pairs.emplace_back();
    contents.reserve(2 * map_size(term));
    map_each(term, [&](Term key, Term value) {
      contents.push_back(key);
      contents.push_back(value);
      return true;
    });
    pending.push_back({.at = contents.data(), .count = contents.size(), .list = Term::nil(), .map = true});
  } else if (term.is_bitstring()) {
    BitView view = bits_of(term);
    size_t bytes = (view.bits + 7) / 8;
    put_byte(out, view.whole_bytes() ? binary_ext : bit_binary_ext);
    put_u32(out, bytes);
    if (!view.whole_bytes()) put_byte(out, static_cast<unsigned>(view.bits % 8));
    size_t at = out.size();
    out.resize(at + bytes);
    if (view.bits) copy_bits(reinterpret_cast<uint8_t*>(out.data() + at), 0, view.bytes, view.bit_offset, view.bits);
    note_work(static_cast<int64_t>(bytes / 256));
  } else if (term.is_local_pid()) {
    put_byte(out, new_pid_ext);
    encode_atom_text(local_node, out);
    put_u32(out, term.immediate_value() & 0xfffffff);
    put_u32(out, term.immediate_value() >> 28);
    put_u32(out, 0);
  } else if (term.is_local_reference()) {
    put_byte(out, newer_reference_ext);
    put_u16(out, 2);
    encode_atom_text(local_node, out);
    put_u32(out, 0);
    put_u32(out, term.immediate_value() >> 32);
    put_u32(out, term.immediate_value() & 0xffffffff);
  } else {
    return false;
  }
  return true;
}

class Decoder {
 public:
  Decoder(TermHeap& heap, std::string_view bytes, bool existing) : heap_(heap), bytes_(bytes), existing_(existing) {}
  std::string_view rest() const { return bytes_; }

  Term decode(int depth) {
    if (depth > max_decode_depth || bytes_.empty()) return Term::none();
    work_.step();
    auto tag = static_cast<uint8_t>(take(1)[0]);
    switch (tag) {
      case small_integer_ext: return has(1) ? Term::small(u8()) : Term::none();
      case integer_ext: return has(4) ? Term::small(static_cast<int32_t>(u32())) : Term::none();
      case new_float_ext: {
        if (!has(8)) return Term::none();
        uint64_t high = u32(), low = u32();
        auto value = std::bit_cast<double>(high << 32 | low);
        return value - value == 0 ? make_float(heap_, value) : Term::none();
      }
      case small_big_ext: return has(1) ? big(u8()) : Term::none();
      case large_big_ext: return has(4) ? big(u32()) : Term::none();
      case atom_utf8_ext: case atom_ext: return has(2) ? atom(u16(), tag == atom_ext) : Term::none();
      case small_atom_utf8_ext: case small_atom_ext: return has(1) ? atom(u8(), tag == small_atom_ext) : Term::none();
      case nil_ext: return Term::nil();
      case string_ext: {
        if (!has(2)) return Term::none();
        size_t count = u16();
        if (!has(count)) return Term::none();
        std::vector<Term> items;
        for (char c : take(count)) items.push_back(Term::small(static_cast<uint8_t>(c)));
        return make_list(heap_, items);
      }
      case list_ext: {
        if (!has(4)) return Term::none();
        std::vector<Term> items;
        if (!items_into(items, u32(), depth)) return Term::none();
        Term tail = decode(depth + 1);
        return tail.is_none() ? tail : make_list(heap_, items, tail);
      }
      case small_tuple_ext: return has(1) ? tuple(u8(), depth) : Term::none();
      case large_tuple_ext: return has(4) ? tuple(u32(), depth) : Term::none();
      case map_ext: {
        if (!has(4)) return Term::none();
        std::vector<Term> items;
        if (!items_into(items, 2 * size_t{u32()}, depth)) return Term::none();
        return make_map(heap_, items);
      }
      case binary_ext: {
        if (!has(4)) return Term::none();
        size_t count = u32();
        return has(count) ? make_binary(heap_, take(count)) : Term::none();
      }
      case bit_binary_ext: {
        if (!has(5)) return Term::none();
        size_t count = u32();
        unsigned last = u8();
        if (!has(count) || last > 8 || (count == 0 && last)) return Term::none();
        auto text = take(count);
        return make_bitstring(heap_, reinterpret_cast<const uint8_t*>(text.data()), count ? count * 8 - 8 + last : 0);
      }
      case new_pid_ext: {
        if (decode(depth + 1).is_none() || !has(12)) return Term::none();
        Word number = u32(), serial = u32();
        u32();
        return Term::pid(serial << 28 | number);
      }
      case newer_reference_ext: {
        if (!has(2) || u16() != 2 || decode(depth + 1).is_none() || !has(12)) return Term::none();
        u32();
        Word high = u32(), low = u32();
        return Term::reference(high << 32 | low);
      }
      default: return Term::none();
    }
  }

 private:
  bool has(size_t count) const { return bytes_.size() >= count; }
  std::string_view take(size_t count) {
    auto part = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return part;
  }
  uint8_t u8() { return static_cast<uint8_t>(take(1)[0]); }
  unsigned u16() { unsigned high = u8(); return high << 8 | u8(); }
  uint32_t u32() { uint32_t high = u16(); return high << 16 | u16(); }

  Term big(size_t count) {
    if (!has(count + 1) || count > max_bignum_limbs * 8) return Term::none();
    bool negative = u8() != 0;
    auto text = take(count);
    Term value = integer_from_bytes(heap_, reinterpret_cast<const uint8_t*>(text.data()), count, false, false);
    return negative ? number_negate(heap_, value) : value;
  }

  Term atom(size_t count, bool latin1) {
    if (!has(count)) return Term::none();
    auto text = take(count);
    std::string converted;
    if (latin1) {
      for (char c : text) utf8_append(converted, static_cast<uint8_t>(c));
      text = converted;
    }
    if (!utf8_valid(text) || utf8_count(text) > 255) return Term::none();
    return existing_ ? existing_atom(text) : intern_within_quota(text);
  }

  bool items_into(std::vector<Term>& items, size_t count, int depth) {
    if (count > bytes_.size()) return false;  // every item takes a byte at least
    items.reserve(count);
    for (size_t i = 0; i < count; i++) {
      Term item = decode(depth + 1);
      if (item.is_none()) return false;
      items.push_back(item);
    }
    return true;
  }

  Term tuple(size_t count, int depth) {
    std::vector<Term> items;
    if (count > Header::max_size || !items_into(items, count, depth)) return Term::none();
    return make_tuple(heap_, items);
  }

  TermHeap& heap_;
  std::string_view bytes_;
  bool existing_;
  WorkCounter work_;
};

}  // namespace

bool encode_external(Term term, std::string& out) {
  // With a stack of its own, so that depth costs memory only.
  std::vector<Pending> pending;
  MapPairs pairs;
  WorkCounter work;
  constexpr size_t part = size_t{1} << 20;
  size_t checked = out.size() + part;
  if (!encode_one(term, out, pending, pairs)) return false;
  while (!pending.empty()) {
    work.step();
    if (out.size() > checked) [[unlikely]] {
      checked = out.size() + part;
      if (too_many_words(out.size() / sizeof(Word))) return false;
    }
    Pending& next = pending.back();
    Term item;
    if (next.count) {
      item = *next.at++;
      if (--next.count == 0) {
        if (next.map) pairs.pop_back();
        pending.pop_back();
      }
    } else if (next.list.is_cons()) {
      item = next.list.head();
      next.list = next.list.tail();
    } else {
      item = next.list;  // the tail: what closes the list
      pending.pop_back();
    }
    if (!encode_one(item, out, pending, pairs)) return false;
  }
  return true;
}

Term decode_external(TermHeap& heap, std::string_view& bytes, bool existing_atoms_only) {
  Decoder decoder(heap, bytes, existing_atoms_only);
  Term term = decoder.decode(0);
  bytes = decoder.rest();
  return term;
}

}  // namespace phial
