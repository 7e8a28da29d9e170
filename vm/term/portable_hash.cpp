// :erlang.phash2: the same number for the same term on every node, run and VM, so what programs shard or store by it agrees with what
// other BEAMs compute. The mixing step is Bob Jenkins' of 1996 ("Hash functions", Dr. Dobb's Journal, September 1997); each kind of
// term is mixed in under its own multiple of the golden ratio, in the order in which the term is written. The pairs of a map, which have no
// order, are hashed each alone and joined by exclusive or. An explicit stack takes the place of recursion, so depth costs heap.
#include <cstring>
#include <vector>

#include "vm/base/work.hpp"
#include "vm/term/atom.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/integer.hpp"
#include "vm/term/map.hpp"

namespace phial {
namespace {

/// A kind of term as the multiple of the golden ratio under which it is mixed in.
constexpr uint32_t golden(uint32_t times) { return 0x9e3779b9u * times; }
constexpr uint32_t number_salt = golden(1), nil_salt = golden(2), atom_salt = golden(3), string_salt = golden(4), pid_salt = golden(5),
                   port_salt = golden(6), reference_salt = golden(7), tuple_salt = golden(9), negative_salt = golden(10),
                   positive_salt = golden(11), float_salt = golden(12), binary_salt = golden(13), function_salt = golden(14),
                   bits_salt = golden(15), map_salt = golden(16), pairs_salt = golden(19);
/// What [] alone hashes to, and what it is mixed in as elsewhere.
constexpr uint32_t nil_alone = 3468870702, nil_within = 2;

void jenkins_mix(uint32_t& a, uint32_t& b, uint32_t& c) {
  a -= b; a -= c; a ^= c >> 13;
  b -= c; b -= a; b ^= a << 8;
  c -= a; c -= b; c ^= b >> 13;
  a -= b; a -= c; a ^= c >> 12;
  b -= c; b -= a; b ^= a << 16;
  c -= a; c -= b; c ^= b >> 5;
  a -= b; a -= c; a ^= c >> 3;
  b -= c; b -= a; b ^= a << 10;
  c -= a; c -= b; c ^= b >> 15;
}

uint32_t mix_two(uint32_t hash, uint32_t first, uint32_t second, uint32_t salt) {
  uint32_t a = salt + first, b = salt + second;
  jenkins_mix(a, b, hash);
  return hash;
}
uint32_t mix_one(uint32_t hash, uint32_t value, uint32_t salt) { return mix_two(hash, value, 0, salt); }

uint32_t little_endian(const uint8_t* bytes, size_t count) {
  uint32_t word = 0;
  for (size_t i = 0; i < count; i++) word |= uint32_t{bytes[i]} << 8 * i;
  return word;
}

uint32_t hash_block(const uint8_t* bytes, size_t size, uint32_t start) {
  uint32_t a = golden(1), b = golden(1), c = start;
  size_t left = size;
  constexpr size_t part = 12 << 12;
  for (; left >= 12; left -= 12, bytes += 12) {
    if (left != size && (size - left) % part == 0) note_work(part / 8);
    a += little_endian(bytes, 4);
    b += little_endian(bytes + 4, 4);
    c += little_endian(bytes + 8, 4);
    jenkins_mix(a, b, c);
  }
  uint8_t rest[12] = {};
  std::memcpy(rest, bytes, left);
  a += little_endian(rest, 4);
  b += little_endian(rest + 4, 4);
  c += static_cast<uint32_t>(size) + (little_endian(rest + 8, 3) << 8);  // the lowest byte is the length's
  jenkins_mix(a, b, c);
  return c;
}

/// P. J. Weinberger's hash of the atom's name. Characters below U+0100 count as one byte, as they did when names were Latin-1.
uint32_t hash_atom(Term atom) {
  std::string_view text = atom_text(atom);
  uint32_t hash = 0;
  for (size_t i = 0; i < text.size(); i++) {
    uint32_t value = static_cast<uint8_t>(text[i]);
    if (i + 1 < text.size() && (value & 0xfe) == 0xc2 && (static_cast<uint8_t>(text[i + 1]) & 0xc0) == 0x80)
      value = (value << 6 | (static_cast<uint8_t>(text[++i]) & 0x3f)) & 0xff;
    hash = (hash << 4) + value;
    if (uint32_t high = hash & 0xf0000000) hash ^= high >> 24 ^ high;
  }
  return hash;
}

uint32_t mix_integer(uint32_t hash, Term integer) {
  constexpr int64_t short_limit = 1 << 27;
  if (integer.is_small() && integer.small_value() >= -short_limit && integer.small_value() < short_limit) {
    auto value = static_cast<int32_t>(integer.small_value());
    if (value < 0) hash = mix_one(hash, static_cast<uint32_t>(-value), number_salt);
    return mix_one(hash, static_cast<uint32_t>(value), number_salt);
  }
  Magnitude magnitude(integer);
  for (size_t i = 0; i < magnitude.count(); i++) {
    uint64_t limb = magnitude.limbs()[i];
    hash = mix_two(hash, static_cast<uint32_t>(limb), static_cast<uint32_t>(limb >> 32), magnitude.negative() ? negative_salt : positive_salt);
  }
  return hash;
}

uint32_t mix_float(uint32_t hash, double value) {
  if (value == 0.0) value = 0.0;  // -0.0 hashes as 0.0
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return mix_two(hash, static_cast<uint32_t>(bits >> 32), static_cast<uint32_t>(bits), float_salt);
}

uint32_t mix_bits(uint32_t hash, Term bitstring) {
  BitView view = bits_of(bitstring);
  uint32_t start = binary_salt + hash;
  if (view.bits == 0) return start;
  size_t size = view.bits / 8, odd = view.bits % 8;
  const uint8_t* bytes = view.bytes;
  std::vector<uint8_t> copy;
  if (!view.byte_aligned()) {
    copy.resize(size + 1);
    copy_bits(copy.data(), 0, view.bytes, view.bit_offset, view.bits);
    bytes = copy.data();
  }
  hash = hash_block(bytes, size, start);
  return odd ? mix_two(hash, static_cast<uint32_t>(odd), bytes[size] >> (8 - odd), bits_salt) : hash;
}

class PortableHash {
 public:
  uint32_t of(Term start) {
    step(start);
    WorkCounter work;
    while (!pending_.empty()) {
      work.step();
      Pending next = pending_.back();
      pending_.pop_back();
      switch (next.what) {
        case What::term: step(next.term); break;
        case What::pair_end:
          pairs_ ^= hash_;
          hash_ = 0;
          break;
        case What::map_end:
          hash_ = mix_one(next.hash, pairs_, pairs_salt);
          pairs_ = next.pairs;
          break;
      }
    }
    return hash_;
  }

 private:
  enum class What : uint8_t { term, pair_end, map_end };
  struct Pending {
    What what;
    uint32_t hash, pairs;  // of the map around, at its end
    Term term;
  };

  void push(Term term) { pending_.push_back({What::term, 0, 0, term}); }

  /// Runs of bytes at the front of a list are mixed four at a time; then the head of what is left and, later, its tail.
  void step_list(Term list) {
    uint32_t word = 0;
    int count = 0;
    while (list.is_cons() && list.head().is_small() && list.head().small_value() >= 0 && list.head().small_value() < 256) {
      word = (word << 8) + static_cast<uint32_t>(list.head().small_value());
      if (++count == 4) {
        hash_ = mix_one(hash_, word, string_salt);
        word = 0;
        count = 0;
      }
      list = list.tail();
    }
    if (count > 0) hash_ = mix_one(hash_, word, string_salt);
    if (!list.is_cons()) return push(list);
    push(list.tail());
    push(list.head());
  }

  void step_map(Term map) {
    size_t size = map_size(map);
    hash_ = mix_one(hash_, static_cast<uint32_t>(size), map_salt);
    if (size == 0) return;
    pending_.push_back({What::map_end, hash_, pairs_, map});
    hash_ = pairs_ = 0;
    map_each(map, [&](Term key, Term value) {
      pending_.push_back({What::pair_end, 0, 0, map});
      push(value);
      push(key);
      return true;
    });
  }

  void step(Term term) {
    if (term.is_cons()) return step_list(term);
    if (term.is_atom()) {
      hash_ = hash_ == 0 ? hash_atom(term) : mix_one(hash_, hash_atom(term), atom_salt);
    } else if (term.is_nil()) {
      hash_ = hash_ == 0 ? nil_alone : mix_one(hash_, nil_within, nil_salt);
    } else if (term.is_integer()) {
      hash_ = mix_integer(hash_, term);
    } else if (term.is_float()) {
      hash_ = mix_float(hash_, term.float_value());
    } else if (!term.is_boxed()) {
      // Processes, ports and references: their numbers are this VM's own.
      uint32_t salt = term.is_pid() ? pid_salt : term.is_port() ? port_salt : reference_salt;
      hash_ = mix_two(hash_, static_cast<uint32_t>(term.word >> 6), static_cast<uint32_t>(term.word >> 32), salt);
    } else {
      step_boxed(term);
    }
  }

  void step_boxed(Term term) {
    size_t size = term.size();
    switch (term.kind()) {
      case Kind::tuple:
        hash_ = mix_one(hash_, static_cast<uint32_t>(size), tuple_salt);
        for (size_t i = size; i-- > 0;) push(term.element(i));
        return;
      case Kind::flat_map: case Kind::champ_map: return step_map(term);
      case Kind::heap_binary: case Kind::shared_binary: case Kind::slice: hash_ = mix_bits(hash_, term); return;
      default: {
        // Functions and what other nodes or this VM's natives made: equal ones alike.
        hash_ = mix_one(hash_, hash_term(term), function_salt);
        return;
      }
    }
  }

  uint32_t hash_ = 0;
  uint32_t pairs_ = 0;  // exclusive or of the hashes of the current map's pairs
  std::vector<Pending> pending_;
};

}  // namespace

uint32_t portable_hash(Term term) { return PortableHash().of(term); }

}  // namespace phial
