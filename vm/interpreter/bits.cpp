#include <utility>
// Matching and construction of bitstrings. A match context is {binary, position, end}: a heap_binary or shared_binary, and two small
// integers that count bits from its start.
#include <cmath>

#include "vm/process/budget.hpp"
#include "vm/interpreter/runtime.hpp"
#include "vm/term/map.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/number.hpp"

namespace phial {
namespace {

struct Descriptor {
  SegmentType type;
  unsigned unit;
  bool is_signed, little;
  explicit Descriptor(Word word)
      : type(static_cast<SegmentType>(word & 0xff)), unit(static_cast<unsigned>(word >> 8 & 0xff)),
        is_signed(word >> 16 & segment_signed), little(word >> 16 & (segment_little | segment_native)) {}
};

// A unit of 256 does not fit the descriptor's byte; 0 stands for it.
size_t unit_of(const Descriptor& d) { return d.unit ? d.unit : 256; }

struct MatchContext {
  Word* object;
  explicit MatchContext(Term context) : object(context.object()) {}
  size_t position() const { return static_cast<size_t>(Term::raw(object[2]).small_value()); }
  size_t left() const { return static_cast<size_t>(Term::raw(object[3]).small_value()) - position(); }
  void advance(size_t bits) { object[2] = Term::small(static_cast<int64_t>(position() + bits)).word; }
  const uint8_t* bytes() const { return bits_of(Term::raw(object[1])).bytes; }
  Term binary() const { return Term::raw(object[1]); }
};

/// Size in bits, or -1 if `size` is none.
ptrdiff_t size_in_bits(const Descriptor& d, Term size) {
  constexpr int64_t most = int64_t{1} << 40;  // more than there is of anything
  if (size.is_kind(Kind::bignum_positive)) return most * static_cast<ptrdiff_t>(unit_of(d));
  if (!size.is_small() || size.small_value() < 0) return -1;
  return std::min(size.small_value(), most) * static_cast<ptrdiff_t>(unit_of(d));
}

/// Up to 64 bits, big-endian order of bits.
uint64_t read_bits(const uint8_t* bytes, size_t offset, size_t bits) {
  uint64_t value = 0;
  for (size_t i = 0; i < bits;) {
    size_t in_byte = (offset + i) % 8;
    size_t take = std::min(8 - in_byte, bits - i);
    unsigned byte = bytes[(offset + i) / 8];
    value = value << take | (byte >> (8 - in_byte - take) & ((1u << take) - 1));
    i += take;
  }
  return value;
}

double half_to_double(uint16_t half) {
  int exponent = half >> 10 & 31;
  double fraction = half & 1023;
  double value = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  return half & 0x8000 ? -value : value;
}
/// What is too large becomes an infinity, which no pattern matches: so does Erlang.
uint16_t double_to_half(double value) {
  auto f = static_cast<float>(value);
  uint32_t bits = std::bit_cast<uint32_t>(f);
  auto sign = static_cast<uint16_t>(bits >> 16 & 0x8000);
  double magnitude = std::fabs(value);
  if (magnitude >= 65520) return sign | 0x7c00;
  if (magnitude < std::ldexp(1, -25)) return sign;
  int exponent;
  std::frexp(magnitude, &exponent);
  int scale = std::max(exponent - 11, -24);
  auto mantissa = static_cast<uint32_t>(std::nearbyint(std::ldexp(magnitude, -scale)));
  if (mantissa >= 2048) {
    mantissa /= 2;
    scale++;
  }
  uint32_t biased = mantissa < 1024 ? 0 : static_cast<uint32_t>(scale + 25);
  return static_cast<uint16_t>(sign | biased << 10 | (mantissa & 1023));
}

/// Code point at a position; its length in bits, 0 if there is none.
size_t decode_utf8(const uint8_t* bytes, size_t offset, size_t left, uint32_t* point) {
  if (left < 8) return 0;
  auto byte = [&](size_t i) { return static_cast<uint32_t>(read_bits(bytes, offset + 8 * i, 8)); };
  uint32_t first = byte(0);
  size_t length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (!length || left < 8 * length) return 0;
  uint32_t value = length == 1 ? first : first & (0x7f >> length);
  for (size_t i = 1; i < length; i++) {
    uint32_t next = byte(i);
    if ((next & 0xc0) != 0x80) return 0;
    value = value << 6 | (next & 0x3f);
  }
  constexpr uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return 0;
  *point = value;
  return 8 * length;
}

bool valid_point(Term value) {
  if (!value.is_small()) return false;
  int64_t point = value.small_value();
  return point >= 0 && point <= 0x10ffff && !(point >= 0xd800 && point < 0xe000);
}

size_t utf_bits(SegmentType type, uint32_t point) {
  if (type == SegmentType::utf8) return point < 0x80 ? 8 : point < 0x800 ? 16 : point < 0x10000 ? 24 : 32;
  if (type == SegmentType::utf16) return point < 0x10000 ? 16 : 32;
  return 32;
}

size_t encode_utf(SegmentType type, bool little, uint32_t point, uint8_t* out) {
  auto unit = [&](uint32_t value, unsigned bytes, uint8_t* to) {
    for (unsigned i = 0; i < bytes; i++) to[i] = static_cast<uint8_t>(value >> 8 * (little ? i : bytes - 1 - i));
  };
  switch (type) {
    case SegmentType::utf8: {
      size_t n = utf_bits(type, point) / 8;
      if (n == 1) {
        out[0] = static_cast<uint8_t>(point);
        return 1;
      }
      for (size_t i = n - 1; i > 0; i--, point >>= 6) out[i] = static_cast<uint8_t>(0x80 | (point & 0x3f));
      out[0] = static_cast<uint8_t>((0xf00 >> n & 0xff) | point);
      return n;
    }
    case SegmentType::utf16:
      if (point < 0x10000) {
        unit(point, 2, out);
        return 2;
      }
      point -= 0x10000;
      unit(0xd800 | point >> 10, 2, out);
      unit(0xdc00 | (point & 0x3ff), 2, out + 2);
      return 4;
    default: unit(point, 4, out); return 4;
  }
}

/// Writes the low `bits` bits of an integer at a bit offset.
void put_integer(uint8_t* bytes, size_t offset, Term value, size_t bits, bool little) {
  size_t count = (bits + 7) / 8;
  if (value.is_small() && bits <= 64 && !((bits | offset) & 7)) {
    auto number = static_cast<uint64_t>(value.small_value());
    for (size_t i = 0; i < count; i++) bytes[offset / 8 + i] = static_cast<uint8_t>(number >> 8 * (little ? i : count - 1 - i));
    return;
  }
  if (value.is_small() && bits <= 64 && !little) {  // in odd places: from the highest bit on, byte by byte
    uint64_t number = static_cast<uint64_t>(value.small_value()) << (64 - bits);
    size_t used = offset % 8;
    for (uint8_t* at = bytes + offset / 8; bits; at++, used = 0) {
      size_t n = std::min(8 - used, bits);
      unsigned mask = (0xffu >> used) & ~(0xffu >> (used + n));
      *at = static_cast<uint8_t>((*at & ~mask) | (static_cast<unsigned>(number >> 56) >> used & mask));
      number <<= n;
      bits -= n;
    }
    return;
  }
  uint8_t fixed[32];
  std::string large;
  uint8_t* buffer = fixed;
  if (count > sizeof fixed) {
    large.resize(count);
    buffer = reinterpret_cast<uint8_t*>(large.data());
  }
  integer_to_bytes(value, buffer, count, !little);
  size_t extra = count * 8 - bits;
  if (!extra) {
    copy_bits(bytes, offset, buffer, 0, bits);
  } else if (!little) {
    copy_bits(bytes, offset, buffer, extra, bits);
  } else {  // whole bytes, least significant first, then the high bits that are left
    copy_bits(bytes, offset, buffer, 0, bits / 8 * 8);
    copy_bits(bytes, offset + bits / 8 * 8, buffer + count - 1, extra, 8 - extra);
  }
}

}  // namespace

Term bits_start(Machine& m, Term bitstring) {
  Term binary = bitstring;
  size_t from = 0, bits = bit_size(bitstring);
  if (bitstring.kind() == Kind::slice) {
    binary = Term::raw(bitstring.object()[1]);
    from = static_cast<size_t>(Term::raw(bitstring.object()[2]).small_value());
  }
  Word* context = m.process->heap.allocate(4);
  context[0] = Header::make(Kind::match_context, 3);
  context[1] = binary.word;
  context[2] = Term::small(static_cast<int64_t>(from)).word;
  context[3] = Term::small(static_cast<int64_t>(from + bits)).word;
  return Term::boxed(context);
}

Term bits_get_integer(Machine& m, Term term, Word word, Term size) {
  Descriptor d(word);
  MatchContext context(term);
  ptrdiff_t bits = size_in_bits(d, size);
  if (bits < 0 || static_cast<size_t>(bits) > context.left()) return Term::none();
  auto count = static_cast<size_t>(bits);
  size_t position = context.position();
  context.advance(count);
  if (!count) return Term::small(0);
  TermHeap& heap = m.process->heap;
  if (count <= 64 && (!d.little || count <= 8)) {
    uint64_t value = read_bits(context.bytes(), position, count);
    if (d.is_signed) return make_integer(heap, static_cast<int64_t>(value << (64 - count)) >> (64 - count));
    return make_unsigned(heap, value);
  }
  size_t bytes = (count + 7) / 8, extra = bytes * 8 - count;
  std::string buffer(bytes, '\0');
  auto to = reinterpret_cast<uint8_t*>(buffer.data());
  if (d.little) {
    copy_bits(to, 0, context.bytes(), position, count / 8 * 8);
    if (extra) to[bytes - 1] = static_cast<uint8_t>(read_bits(context.bytes(), position + count / 8 * 8, 8 - extra));
    if (d.is_signed && extra && to[bytes - 1] >> (7 - extra) & 1) to[bytes - 1] |= static_cast<uint8_t>(0xff << (8 - extra));
  } else {
    copy_bits(to, extra, context.bytes(), position, count);
    if (d.is_signed && extra && to[0] >> (7 - extra) & 1) to[0] |= static_cast<uint8_t>(0xff << (8 - extra));
  }
  return integer_from_bytes(heap, to, bytes, !d.little, d.is_signed);
}

Term bits_get_float(Machine& m, Term term, Word word, Term size) {
  Descriptor d(word);
  MatchContext context(term);
  ptrdiff_t bits = size_in_bits(d, size);
  if (bits != 16 && bits != 32 && bits != 64) return Term::none();
  if (static_cast<size_t>(bits) > context.left()) return Term::none();
  uint64_t raw = read_bits(context.bytes(), context.position(), static_cast<size_t>(bits));
  if (d.little) raw = __builtin_bswap64(raw) >> (64 - bits);
  double value = bits == 64   ? std::bit_cast<double>(raw)
                 : bits == 32 ? static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(raw)))
                              : half_to_double(static_cast<uint16_t>(raw));
  if (!std::isfinite(value) || (bits == 16 && (raw >> 10 & 31) == 31)) return Term::none();
  context.advance(static_cast<size_t>(bits));
  return make_float(m.process->heap, value);
}

Term bits_get_binary(Machine& m, Term term, Word word, Term size) {
  Descriptor d(word);
  MatchContext context(term);
  size_t bits;
  if (size.is_atom()) {  // :all
    bits = context.left();
    if (bits % unit_of(d)) return Term::none();
  } else {
    ptrdiff_t wanted = size_in_bits(d, size);
    if (wanted < 0 || static_cast<size_t>(wanted) > context.left()) return Term::none();
    bits = static_cast<size_t>(wanted);
  }
  Term part = make_slice(m.process->heap, context.binary(), context.position(), bits);
  context.advance(bits);
  return part;
}

Term bits_get_utf(Machine& m, Term term, Word word) {
  Descriptor d(word);
  MatchContext context(term);
  uint32_t point = 0;
  size_t bits = 0, left = context.left(), position = context.position();
  const uint8_t* bytes = context.bytes();
  if (d.type == SegmentType::utf8) {
    bits = decode_utf8(bytes, position, left, &point);
  } else if (d.type == SegmentType::utf16) {
    auto unit = [&](size_t at) {
      auto raw = static_cast<uint32_t>(read_bits(bytes, at, 16));
      return d.little ? (raw >> 8 | (raw & 0xff) << 8) : raw;
    };
    if (left >= 16) {
      point = unit(position);
      bits = 16;
      if (point >= 0xd800 && point < 0xdc00) {
        bits = 0;
        if (left >= 32) {
          uint32_t low = unit(position + 16);
          if (low >= 0xdc00 && low < 0xe000) {
            point = 0x10000 + ((point & 0x3ff) << 10 | (low & 0x3ff));
            bits = 32;
          }
        }
      } else if (point >= 0xdc00 && point < 0xe000) {
        bits = 0;
      }
    }
  } else if (left >= 32) {
    point = static_cast<uint32_t>(read_bits(bytes, position, 32));
    if (d.little) point = __builtin_bswap32(point);
    if (point <= 0x10ffff && !(point >= 0xd800 && point < 0xe000)) bits = 32;
  }
  if (!bits) return Term::none();
  context.advance(bits);
  return Term::small(point);
}

bool bits_skip(Machine& m, Term term, Word word, Term size) {
  Descriptor d(word);
  MatchContext context(term);
  if (d.type == SegmentType::utf8 || d.type == SegmentType::utf16 || d.type == SegmentType::utf32)
    return !bits_get_utf(m, term, word).is_none();
  if (size.is_atom()) {
    if (context.left() % unit_of(d)) return false;
    context.advance(context.left());
    return true;
  }
  ptrdiff_t bits = size_in_bits(d, size);
  if (bits < 0 || static_cast<size_t>(bits) > context.left()) return false;
  context.advance(static_cast<size_t>(bits));
  return true;
}

bool bits_match_literal(Machine&, Term term, Term literal) {
  MatchContext context(term);
  BitView view = bits_of(literal);
  if (view.bits > context.left()) return false;
  const uint8_t* bytes = context.bytes();
  size_t position = context.position();
  if (view.byte_aligned() && position % 8 == 0 && view.bits % 8 == 0) {
    if (std::memcmp(bytes + position / 8, view.bytes, view.bits / 8) != 0) return false;
  } else {
    for (size_t i = 0; i < view.bits;) {
      size_t n = std::min<size_t>(64, view.bits - i);
      if (read_bits(bytes, position + i, n) != read_bits(view.bytes, view.bit_offset + i, n)) return false;
      i += n;
    }
  }
  context.advance(view.bits);
  return true;
}

Term bits_get_tail(Machine& m, Term term) {
  MatchContext context(term);
  return make_slice(m.process->heap, context.binary(), context.position(), context.left());
}

namespace {

/// Grows a shared binary in place when `start` shows its end: the new term, or none(); `bytes` is where it begins. A binary that grows is a
/// slice of one term for the whole capacity, whose end nobody sees: an append costs a slice, and no reference that has to be counted.
Term try_append(TermHeap& heap, Term start, size_t more_bits, uint8_t** bytes) {
  BitView view = bits_of(start);
  if (!view.byte_aligned()) return Term::none();
  Term base = start.kind() == Kind::slice ? Term::raw(start.object()[1]) : start;
  if (base.kind() != Kind::shared_binary) return Term::none();
  auto shared = reinterpret_cast<SharedBinary*>(base.object()[2]);
  auto begin = static_cast<uint64_t>(view.bytes - shared->bytes);
  uint64_t end = begin * 8 + view.bits, after = end + more_bits;
  // A binary made with its whole capacity handed out has no room; one grown here has.
  if (after > shared->capacity * 8) return Term::none();
  if (!shared->used.compare_exchange_strong(end, after, std::memory_order_acq_rel)) return Term::none();
  *bytes = shared->bytes + begin;
  if (bit_size(base) < after) {
    shared->retain();
    base = make_shared_binary(heap, shared, shared->capacity * 8);
    heap.off_heap_bytes -= shared->capacity;  // counted for the term it grew from
  }
  return slice_of(heap, base, begin * 8, view.bits + more_bits);
}

/// More than there is room for, and a sum that cannot overflow.
constexpr size_t most_bits = size_t{1} << 62;
/// bits_build failed for want of room: raise_bits, which follows, tells so.
thread_local bool too_large = false;

}  // namespace

Term bits_build(Machine& m, const Word* segments, unsigned count) {
  TermHeap& heap = m.process->heap;
  struct Segment { Descriptor d; Term value; size_t bits; };
  // First sizes, then bits.
  size_t total = 0;
  alignas(Segment) std::byte few[16 * sizeof(Segment)];  // nothing is stored there ahead: most constructions have two segments
  std::vector<Segment> many;
  auto parts = reinterpret_cast<Segment*>(few);
  if (count > 16) {
    many.assign(count, Segment{Descriptor(0), Term::nil(), 0});
    parts = many.data();
  }
  for (unsigned i = 0; i < count; i++) {
    Segment& s = parts[i];
    s.d = Descriptor(segments[3 * i]);
    s.value = operand_value(m, m.sp, segments[3 * i + 1]);
    Term size = operand_value(m, m.sp, segments[3 * i + 2]);
    switch (s.d.type) {
      case SegmentType::integer: {
        ptrdiff_t bits = size_in_bits(s.d, size);
        if (bits < 0 || !s.value.is_integer()) return Term::none();
        s.bits = static_cast<size_t>(bits);
        break;
      }
      case SegmentType::float_: {
        ptrdiff_t bits = size_in_bits(s.d, size);
        if ((bits != 16 && bits != 32 && bits != 64) || !s.value.is_number()) return Term::none();
        s.bits = static_cast<size_t>(bits);
        break;
      }
      case SegmentType::binary: {
        if (!s.value.is_bitstring()) return Term::none();
        size_t have = bit_size(s.value);
        if (size.is_atom()) {
          if (have % unit_of(s.d)) return Term::none();
          s.bits = have;
        } else {
          ptrdiff_t bits = size_in_bits(s.d, size);
          if (bits < 0 || static_cast<size_t>(bits) > have) return Term::none();
          s.bits = static_cast<size_t>(bits);
        }
        break;
      }
      case SegmentType::literal: s.bits = bit_size(s.value); break;
      default:
        if (!valid_point(s.value)) return Term::none();
        s.bits = utf_bits(s.d.type, static_cast<uint32_t>(s.value.small_value()));
    }
    total = s.bits > most_bits - total ? most_bits : total + s.bits;
  }
  if (total > 1024 * 1024 && (total == most_bits || !fits(m.process->tree, total / 8))) {
    too_large = true;
    return Term::none();
  }
  uint8_t* bytes = nullptr;
  size_t at = 0;
  Term result = Term::none();
  unsigned first = 0;
  if (count > 1 && parts[0].d.type == SegmentType::binary && parts[0].bits >= 256 && parts[0].bits == bit_size(parts[0].value)) {
    result = try_append(heap, parts[0].value, total - parts[0].bits, &bytes);
    if (!result.is_none()) {
      first = 1;
      at = parts[0].bits;
    } else {
      // A copy with room to grow: the next append finds its place.
      size_t needed = (total + 7) / 8;
      SharedBinary* shared = SharedBinary::create(machine_has(2 * needed) ? 2 * needed : needed);
      shared->used.store(total, std::memory_order_relaxed);
      bytes = shared->bytes;
      result = slice_of(heap, make_shared_binary(heap, shared, shared->capacity * 8), 0, total);
    }
  }
  if (result.is_none()) {
    result = make_binary_buffer(heap, (total + 7) / 8, &bytes);
    if (total % 8) {
      result.object()[1] = total;
      bytes[total / 8] = 0;
    }
  }
  for (unsigned i = first; i < count; i++) {
    Segment& s = parts[i];
    switch (s.d.type) {
      case SegmentType::integer:
        if (s.bits == 8 && at % 8 == 0 && s.value.is_small())
          bytes[at / 8] = static_cast<uint8_t>(s.value.small_value());
        else if (s.bits)
          put_integer(bytes, at, s.value, s.bits, s.d.little);
        break;
      case SegmentType::float_: {
        std::optional<double> number = number_to_double(s.value);
        if (!number) return Term::none();
        uint64_t raw;
        if (s.bits == 64)
          raw = std::bit_cast<uint64_t>(*number);
        else if (s.bits == 32)
          raw = std::bit_cast<uint32_t>(static_cast<float>(*number));
        else
          raw = double_to_half(*number);
        uint8_t out[8];
        for (size_t k = 0; k < s.bits / 8; k++) out[k] = static_cast<uint8_t>(raw >> 8 * (s.d.little ? k : s.bits / 8 - 1 - k));
        copy_bits(bytes, at, out, 0, s.bits);
        break;
      }
      case SegmentType::binary:
      case SegmentType::literal: {
        BitView view = bits_of(s.value);
        if (s.bits) copy_bits(bytes, at, view.bytes, view.bit_offset, s.bits);
        break;
      }
      default: {
        uint8_t out[4];
        encode_utf(s.d.type, s.d.little, static_cast<uint32_t>(s.value.small_value()), out);
        copy_bits(bytes, at, out, 0, s.bits);
      }
    }
    at += s.bits;
  }
  m.context.bump(static_cast<int64_t>((total - (first ? parts[0].bits : 0)) / 8192));  // what was written: an append moves nothing
  return result;
}

namespace {

/// What is wrong with a segment, as erl_erts_errors:format_bs_fail explains it: {kind, value}; none() where nothing is.
struct SegmentFault { const char* kind; Term value; };

SegmentFault fault_of(Descriptor d, Term value, Term size) {
  auto bad_size = [&] { return size.is_small() && size.small_value() >= 0 ? SegmentFault{"invalid", size} : SegmentFault{"size", size}; };
  switch (d.type) {
    case SegmentType::integer:
      if (!value.is_integer()) return {"type", value};
      return size_in_bits(d, size) < 0 ? bad_size() : SegmentFault{nullptr, value};
    case SegmentType::float_: {
      if (!value.is_number()) return {"type", value};
      ptrdiff_t bits = size_in_bits(d, size);
      return bits != 16 && bits != 32 && bits != 64 ? bad_size() : SegmentFault{nullptr, value};
    }
    case SegmentType::binary: {
      if (!value.is_bitstring()) return {"type", value};
      if (size == intern_atom("all")) return bit_size(value) % unit_of(d) ? SegmentFault{"unit", value} : SegmentFault{nullptr, value};
      ptrdiff_t bits = size_in_bits(d, size);
      if (bits < 0) return bad_size();
      return static_cast<size_t>(bits) > bit_size(value) ? SegmentFault{"short", value} : SegmentFault{nullptr, value};
    }
    case SegmentType::literal: return {nullptr, value};
    default: return valid_point(value) ? SegmentFault{nullptr, value} : SegmentFault{"type", value};
  }
}

const char* type_name(SegmentType type) {
  switch (type) {
    case SegmentType::integer: return "integer";
    case SegmentType::float_: return "float";
    case SegmentType::utf8: return "utf8";
    case SegmentType::utf16: return "utf16";
    case SegmentType::utf32: return "utf32";
    default: return "binary";
  }
}

}  // namespace

void raise_bits(Machine& m, const Word* segments, unsigned count) {
  TermHeap& heap = m.process->heap;
  Term arguments = atoms::nil;
  unsigned counted = segments[0] >> 16 & segment_collected ? 0 : 1;
  for (unsigned i = 0; i < count; i++) {
    Descriptor d(segments[3 * i]);
    SegmentFault fault = fault_of(d, operand_value(m, m.sp, segments[3 * i + 1]), operand_value(m, m.sp, segments[3 * i + 2]));
    // Of several values of a wrong kind the first is told; a value whose bits cannot be made (a float out of range) is the only one left.
    if (!fault.kind && (i + 1 < count || d.type != SegmentType::float_)) continue;
    Term cause = phial::make_tuple(heap, {Term::small(i + counted), intern_atom(type_name(d.type)), intern_atom(fault.kind ? fault.kind : "no_float"), fault.value});
    Term info = map_put(heap, make_empty_map(heap), intern_atom("cause"), cause);
    info = map_put(heap, info, intern_atom("function"), intern_atom("format_bs_fail"));
    info = map_put(heap, info, intern_atom("module"), intern_atom("erl_erts_errors"));
    arguments = phial::make_tuple(heap, {atoms::nil, info});
    break;
  }
  m.context.raise(atoms::error, std::exchange(too_large, false) ? atoms::system_limit : atoms::badarg);
  m.context.exception_trace = capture_trace(m, m.pc, atoms::nil, arguments);
}

}  // namespace phial
