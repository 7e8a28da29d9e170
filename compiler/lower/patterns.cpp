#include "compiler/lower/patterns.hpp"

#include <algorithm>

#include "vm/term/binary.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/number.hpp"

namespace phial::compiler::lowering {

int64_t Segment::bits() const {
  if (size.is_none() || !size.is_small() || size.small_value() < 0 || size.small_value() > 1 << 24) return -1;
  return size.small_value() * unit;
}

bool Segment::same_extraction(const Segment& other) const {
  if (type != other.type || unit != other.unit || flags != other.flags || whole != other.whole) return false;
  if (type == SegmentType::utf8 || type == SegmentType::utf16 || type == SegmentType::utf32) return true;
  return whole || (!size.is_none() && size == other.size);
}

bool subsumes(const Pattern& a, const Pattern& b) {
  if (b.kind == Pattern::Kind::both && a.kind != Pattern::Kind::both) return subsumes(a, *b.items[0]) || subsumes(a, *b.items[1]);
  switch (a.kind) {
    case Pattern::Kind::any: case Pattern::Kind::variable: return true;
    case Pattern::Kind::both: return subsumes(*a.items[0], b) && subsumes(*a.items[1], b);
    case Pattern::Kind::literal: return b.kind == a.kind && equal_exactly(a.literal, b.literal);
    case Pattern::Kind::equal: return b.kind == a.kind && a.value == b.value;
    case Pattern::Kind::empty_list: return b.kind == a.kind;
    case Pattern::Kind::cons: {
      // Along the tails without recursion: list patterns may be long.
      const Pattern* x = &a;
      const Pattern* y = &b;
      for (; x->kind == Pattern::Kind::cons; x = x->items[1], y = y->items[1])
        if (y->kind != Pattern::Kind::cons || !subsumes(*x->items[0], *y->items[0])) return false;
      return subsumes(*x, *y);
    }
    case Pattern::Kind::tuple:
      if (b.kind != a.kind || a.items.size() != b.items.size()) return false;
      for (size_t i = 0; i < a.items.size(); i++)
        if (!subsumes(*a.items[i], *b.items[i])) return false;
      return true;
    case Pattern::Kind::map:
      if (b.kind != a.kind) return false;
      for (size_t i = 0; i < a.keys.size(); i++) {
        auto found = std::find(b.keys.begin(), b.keys.end(), a.keys[i]);
        if (found == b.keys.end() || !subsumes(*a.items[i], *b.items[static_cast<size_t>(found - b.keys.begin())])) return false;
      }
      return true;
    case Pattern::Kind::bits: return false;
  }
  return false;
}

void collect_variables(const Pattern& pattern, std::vector<VariableKey>& variables) {
  auto add = [&](VariableKey key) {
    if (std::find(variables.begin(), variables.end(), key) == variables.end()) variables.push_back(key);
  };
  const Pattern* at = &pattern;
  while (at->kind == Pattern::Kind::cons) {
    collect_variables(*at->items[0], variables);
    at = at->items[1];
  }
  if (at->kind == Pattern::Kind::variable) add(at->variable);
  for (const Pattern* item : at->items) collect_variables(*item, variables);
  for (const Segment& segment : at->segments) collect_variables(*segment.value, variables);
}

void BitBuffer::append_bytes(std::string_view bytes) {
  size_t offset = bits_;
  bits_ += bytes.size() * 8;
  bytes_.resize((bits_ + 7) / 8);
  copy_bits(bytes_.data(), offset, reinterpret_cast<const uint8_t*>(bytes.data()), 0, bytes.size() * 8);
}

bool BitBuffer::accepts(Term integer, int64_t bits, unsigned flags) {
  if (!integer.is_small() || bits <= 0 || bits > 64 || (flags & segment_native)) return false;
  if ((flags & segment_little) && bits % 8) return false;
  int64_t value = integer.small_value();
  if (bits >= 62) return value >= 0 || (flags & segment_signed);
  if (flags & segment_signed) return value >= -(int64_t{1} << (bits - 1)) && value < int64_t{1} << (bits - 1);
  return value >= 0 && value < int64_t{1} << bits;
}

void BitBuffer::append_integer(Term integer, size_t bits, bool little) {
  uint64_t value = static_cast<uint64_t>(integer.small_value());
  uint8_t big_endian[16] = {};
  size_t bytes = (bits + 7) / 8;
  // Left-aligned big-endian bits.
  unsigned __int128 aligned = static_cast<unsigned __int128>(bits < 64 ? value & ((uint64_t{1} << bits) - 1) : value) << (bytes * 8 - bits);
  for (size_t i = 0; i < bytes; i++) big_endian[i] = static_cast<uint8_t>(aligned >> (8 * (bytes - 1 - i)));
  if (little) std::reverse(big_endian, big_endian + bytes);
  size_t offset = bits_;
  bits_ += bits;
  bytes_.resize((bits_ + 7) / 8);
  copy_bits(bytes_.data(), offset, big_endian, 0, bits);
}

Term BitBuffer::to_term(TermHeap& heap) const { return make_bitstring(heap, bytes_.data(), bits_); }

}  // namespace phial::compiler::lowering
