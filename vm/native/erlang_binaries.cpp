// :erlang's functions on binaries and iodata, the external term format and checksums.
#include <zlib.h>

#include <algorithm>
#include <vector>

#include "vm/base/work.hpp"
#include "vm/native/md5.hpp"
#include "vm/native/native.hpp"
#include "vm/native/zlib.hpp"
#include "vm/process/budget.hpp"
#include "vm/term/external.hpp"

namespace phial {
namespace {

Term list_of_bytes(TermHeap& heap, const uint8_t* bytes, size_t count, Term tail = Term::nil()) {
  if (!count) return tail;
  Word* cells = heap.allocate(2 * count);
  for (size_t i = 0; i < count; i++) {
    if (i % 4096 == 4095) note_work(256);
    cells[2 * i] = Term::small(bytes[i]).word;
    cells[2 * i + 1] = i + 1 < count ? Term::cons(cells + 2 * i + 2).word : tail.word;
  }
  return Term::cons(cells);
}

Term binary_to_list(Context& c, const Term* a) {
  if (!is_binary(a[0])) return c.badarg();
  std::string scratch;
  auto bytes = bytes_of(a[0], scratch);
  c.bump(static_cast<int64_t>(bytes.size() / 64));
  return list_of_bytes(c.heap(), reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
}
/// Bytes first..last, counted from 1.
Term binary_part_to_list(Context& c, const Term* a) {
  size_t first, last;
  if (!is_binary(a[0])) return c.badarg();
  std::string scratch;
  auto bytes = bytes_of(a[0], scratch);
  if (!native::read_index(a[1], bytes.size(), first) || !native::read_index(a[2], bytes.size(), last) || first == 0 || first > last)
    return c.badarg();
  return list_of_bytes(c.heap(), reinterpret_cast<const uint8_t*>(bytes.data()) + first - 1, last - first + 1);
}
Term bitstring_to_list(Context& c, const Term* a) {
  if (!a[0].is_bitstring()) return c.badarg();
  BitView view = bits_of(a[0]);
  std::vector<uint8_t> bytes(view.bits / 8 + 1);
  copy_bits(bytes.data(), 0, view.bytes, view.bit_offset, view.bits / 8 * 8);
  Term tail = Term::nil();
  if (view.bits % 8) tail = make_list(c.heap(), {make_slice(c.heap(), a[0], view.bits / 8 * 8, view.bits % 8)});
  return list_of_bytes(c.heap(), bytes.data(), view.bits / 8, tail);
}
Term iodata_to_binary(Context& c, const Term* a) {
  if (a[0].is_bitstring()) return bit_size(a[0]) % 8 ? c.badarg() : a[0];
  std::string bytes;
  if (!a[0].is_list() || !native::append_iodata(a[0], bytes)) return c.badarg();
  c.bump(static_cast<int64_t>(bytes.size() / 64));
  return native::binary_of(c.heap(), bytes);
}
Term list_to_binary(Context& c, const Term* a) { return a[0].is_list() ? iodata_to_binary(c, a) : c.badarg(); }
Term list_to_bitstring(Context& c, const Term* a) {
  if (!a[0].is_list()) return c.badarg();
  std::vector<uint8_t> bytes;
  size_t bits = 0;
  std::vector<Term> pending{a[0]};
  WorkCounter work;
  while (!pending.empty()) {
    work.step();
    Term at = pending.back();
    pending.pop_back();
    if (at.is_cons()) {
      pending.push_back(at.tail());
      pending.push_back(at.head());
    } else if (at.is_small() && at.small_value() >= 0 && at.small_value() < 256) {
      auto byte = static_cast<uint8_t>(at.small_value());
      bytes.resize((bits + 8 + 7) / 8);
      copy_bits(bytes.data(), bits, &byte, 0, 8);
      bits += 8;
    } else if (at.is_bitstring()) {
      BitView view = bits_of(at);
      bytes.resize((bits + view.bits + 7) / 8);
      copy_bits(bytes.data(), bits, view.bytes, view.bit_offset, view.bits);
      bits += view.bits;
    } else if (!at.is_nil()) {
      return c.badarg();
    }
  }
  bytes.resize((bits + 7) / 8 + 1);
  return make_bitstring(c.heap(), bytes.data(), bits);
}
Term iodata_length(Context& c, const Term* a) {
  ptrdiff_t size = native::iodata_size(a[0]);
  return size < 0 ? c.badarg() : Term::small(size);
}
Term iodata_to_vector(Context& c, const Term* a) {
  Term binary = iodata_to_binary(c, a);
  if (binary.is_none()) return binary;
  return bit_size(binary) ? make_list(c.heap(), {binary}) : Term::nil();
}

Term part(Context& c, Term binary, Term start, Term length) {
  if (!is_binary(binary) || !start.is_small() || !length.is_small()) return c.badarg();
  auto size = static_cast<int64_t>(bit_size(binary) / 8);
  int64_t from = start.small_value(), count = length.small_value();
  if (count < 0) {
    from += count;
    count = -count;
  }
  if (from < 0 || from > size || count > size - from) return c.badarg();
  return make_slice(c.heap(), binary, static_cast<size_t>(from) * 8, static_cast<size_t>(count) * 8);
}
Term binary_part(Context& c, const Term* a) { return part(c, a[0], a[1], a[2]); }
Term binary_part_pair(Context& c, const Term* a) {
  return a[1].is_tuple(2) ? part(c, a[0], a[1].element(0), a[1].element(1)) : c.badarg();
}
Term split_binary(Context& c, const Term* a) {
  size_t at;
  if (!a[0].is_bitstring() || !native::read_index(a[1], bit_size(a[0]) / 8, at)) return c.badarg();
  Term left = make_slice(c.heap(), a[0], 0, at * 8), right = make_slice(c.heap(), a[0], at * 8, bit_size(a[0]) - at * 8);
  return make_tuple(c.heap(), {left, right});
}

// -- external term format

Term term_to_binary(Context& c, const Term* a) {
  std::string bytes(1, '\x83');
  if (!encode_external(a[0], bytes)) return c.badarg();
  c.bump(static_cast<int64_t>(bytes.size() / 32));
  return make_binary(c.heap(), bytes);
}
/// `compressed` (or {compressed, level}) wraps the encoding in zlib's format.
Term term_to_binary_with(Context& c, const Term* a) {
  if (list_length(a[1]) < 0) return c.badarg();
  std::string bytes;
  if (!encode_external(a[0], bytes)) return c.badarg();
  Term compressed = native::option(a[1], intern_atom("compressed"));
  int level = compressed.is_none() ? 0 : compressed.is_small() ? static_cast<int>(compressed.small_value()) : 6;
  if (level < 0 || level > 9) return c.badarg();
  if (level > 0) {
    std::string packed = "\x83P";
    for (int i = 0; i < 4; i++) packed += static_cast<char>(bytes.size() >> (24 - 8 * i));
    if (native::deflate_whole(bytes, level, packed) && packed.size() < bytes.size() + 1) return make_binary(c.heap(), packed);
  }
  return make_binary(c.heap(), "\x83" + bytes);
}
/// A term could not be decoded: it is none, or it names one atom more than there is room for.
Term undecoded(Context& c, bool safe) {
  ProcessTree* tree = safe ? nullptr : c.tree();
  return tree && tree->over(BudgetKind::atoms, 1) ? c.system_limit() : c.badarg();
}

Term decode(Context& c, Term binary, bool safe, size_t* used) {
  if (!is_binary(binary)) return c.badarg();
  std::string scratch, unpacked;
  std::string_view bytes = bytes_of(binary, scratch);
  if (bytes.empty() || bytes[0] != '\x83') return c.badarg();
  std::string_view rest = bytes.substr(1);
  if (rest.size() > 5 && rest[0] == 'P') {
    size_t size = 0;
    for (size_t i = 1; i <= 4; i++) size = size << 8 | static_cast<uint8_t>(rest[i]);
    if (size > rest.size() * 1100 + 64) return c.badarg();  // beyond zlib's best ratio: corrupt
    if (!fits(c, size)) return c.system_limit();
    if (!native::inflate_whole(rest.substr(5), size, unpacked)) return c.badarg();
    rest = unpacked;
    Term term = decode_external(c.heap(), rest, safe);
    if (used) *used = bytes.size();
    return term.is_none() ? undecoded(c, safe) : term;
  }
  Term term = decode_external(c.heap(), rest, safe);
  if (used) *used = bytes.size() - rest.size();
  c.bump(static_cast<int64_t>(bytes.size() / 32));
  return term.is_none() ? undecoded(c, safe) : term;
}
Term binary_to_term(Context& c, const Term* a) { return decode(c, a[0], false, nullptr); }
Term binary_to_term_with(Context& c, const Term* a) {
  if (list_length(a[1]) < 0) return c.badarg();
  size_t used;
  Term term = decode(c, a[0], !native::option(a[1], intern_atom("safe")).is_none(), &used);
  if (term.is_none() || native::option(a[1], intern_atom("used")).is_none()) return term;
  return make_tuple(c.heap(), {term, Term::small(static_cast<int64_t>(used))});
}
Term external_size(Context& c, const Term* a) {
  std::string bytes;
  return encode_external(a[0], bytes) ? Term::small(static_cast<int64_t>(bytes.size() + 1)) : c.badarg();
}

// -- checksums

template <class Update>
Term checksum(Context& c, Term start, Term data, Update update) {
  std::string bytes;
  if (!start.is_small() || start.small_value() < 0 || start.small_value() > 0xffffffff || !native::append_iodata(data, bytes)) return c.badarg();
  auto sum = static_cast<uLong>(start.small_value());
  constexpr size_t part = 1 << 18;
  for (size_t at = 0; at < bytes.size(); at += part) {
    size_t size = std::min(part, bytes.size() - at);
    sum = update(sum, reinterpret_cast<const Bytef*>(bytes.data()) + at, static_cast<uInt>(size));
    tick(c, static_cast<int64_t>(size / 32));
  }
  return Term::small(static_cast<int64_t>(sum));
}
Term crc32_from(Context& c, const Term* a) { return checksum(c, a[0], a[1], crc32); }
Term crc32_of(Context& c, const Term* a) { return checksum(c, Term::small(0), a[0], crc32); }
Term adler32_from(Context& c, const Term* a) { return checksum(c, a[0], a[1], adler32); }
Term adler32_of(Context& c, const Term* a) { return checksum(c, Term::small(1), a[0], adler32); }
Term md5_of(Context& c, const Term* a) {
  std::string bytes;
  if (!native::append_iodata(a[0], bytes)) return c.badarg();
  uint8_t digest[16];
  md5(bytes, digest);
  return make_binary(c.heap(), {reinterpret_cast<char*>(digest), 16});
}

constexpr NativeEntry entries[] = {
    {"erlang", "binary_to_list", 1, binary_to_list, native_measured}, {"erlang", "binary_to_list", 3, binary_part_to_list, native_measured},
    {"erlang", "bitstring_to_list", 1, bitstring_to_list, native_measured}, {"erlang", "iolist_to_binary", 1, iodata_to_binary, native_measured},
    {"erlang", "list_to_binary", 1, list_to_binary, native_measured}, {"erlang", "list_to_bitstring", 1, list_to_bitstring, native_measured},
    {"erlang", "iolist_size", 1, iodata_length, native_measured}, {"erlang", "iolist_to_iovec", 1, iodata_to_vector, native_measured},
    {"erlang", "binary_part", 3, binary_part, native_guard}, {"erlang", "binary_part", 2, binary_part_pair, native_guard},
    {"erlang", "split_binary", 2, split_binary}, {"erlang", "term_to_binary", 1, term_to_binary, native_measured},
    {"erlang", "term_to_binary", 2, term_to_binary_with, native_measured}, {"erlang", "binary_to_term", 1, binary_to_term, native_measured},
    {"erlang", "binary_to_term", 2, binary_to_term_with, native_measured}, {"erlang", "external_size", 1, external_size, native_measured},
    {"erlang", "crc32", 1, crc32_of, native_measured}, {"erlang", "crc32", 2, crc32_from, native_measured}, {"erlang", "adler32", 1, adler32_of, native_measured},
    {"erlang", "adler32", 2, adler32_from, native_measured}, {"erlang", "md5", 1, md5_of, native_measured},
};

}  // namespace

extern const NativeTable erlang_binaries_natives = native::table_of(entries);

}  // namespace phial
