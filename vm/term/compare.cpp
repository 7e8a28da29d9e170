// Comparison and hashing walk terms with an explicit stack of ranges still to compare, so depth costs heap, not native stack.
#include "vm/term/compare.hpp"

#include <algorithm>
#include <vector>

#include "vm/base/work.hpp"
#include "vm/base/work_stack.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/map.hpp"
#include "vm/term/number.hpp"

namespace phial {
namespace {

enum class Rank : uint8_t { number, atom, reference, function, port, pid, tuple, map, nil, cons, bits };

Rank rank_of(Term term) {
  if (term.is_small() || term.is_float_word()) return Rank::number;
  if (term.is_cons()) return Rank::cons;
  if (term.is_boxed()) {
    switch (term.kind()) {
      case Kind::tuple: return Rank::tuple;
      case Kind::bignum_positive: case Kind::bignum_negative: case Kind::boxed_float: return Rank::number;
      case Kind::fun: case Kind::export_fun: return Rank::function;
      case Kind::flat_map: case Kind::champ_map: return Rank::map;
      case Kind::resource: case Kind::external_reference: return Rank::reference;
      case Kind::external_pid: return Rank::pid;
      case Kind::external_port: return Rank::port;
      default: return Rank::bits;
    }
  }
  if (term.is_atom()) return Rank::atom;
  if (term.is_local_pid()) return Rank::pid;
  if (term.is_local_reference()) return Rank::reference;
  if (term.is_local_port()) return Rank::port;
  return Rank::nil;
}

int sign(int64_t value) { return (value > 0) - (value < 0); }
template <class T>
int three_way(T a, T b) { return (a > b) - (a < b); }

/// memcmp that tells its work.
int compare_bytes(const uint8_t* a, const uint8_t* b, size_t size) {
  constexpr size_t part = 1 << 20;
  for (; size > part; a += part, b += part, size -= part) {
    if (int order = std::memcmp(a, b, part)) return order;
    note_work(part / 256);
  }
  return size ? std::memcmp(a, b, size) : 0;
}

int compare_bits(Term a, Term b) {
  BitView left = bits_of(a), right = bits_of(b);
  size_t common = std::min(left.bits, right.bits);
  if (left.byte_aligned() && right.byte_aligned()) {
    if (int order = compare_bytes(left.bytes, right.bytes, common / 8)) return sign(order);
    if (size_t rest = common % 8) {
      unsigned mask = 0xff00u >> rest & 0xff;
      if (int order = int(left.bytes[common / 8] & mask) - int(right.bytes[common / 8] & mask)) return sign(order);
    }
  } else {
    for (size_t at = 0; at < common; at += 8) {
      size_t bits = std::min<size_t>(8, common - at);
      uint8_t x = 0, y = 0;
      copy_bits(&x, 0, left.bytes, left.bit_offset + at, bits);
      copy_bits(&y, 0, right.bytes, right.bit_offset + at, bits);
      if (x != y) return x < y ? -1 : 1;
    }
  }
  return three_way(left.bits, right.bits);
}

bool equal_bits(Term a, Term b) {
  BitView left = bits_of(a), right = bits_of(b);
  if (left.bits != right.bits) return false;
  if (left.byte_aligned() && right.byte_aligned() && left.whole_bytes()) return compare_bytes(left.bytes, right.bytes, left.bits / 8) == 0;
  return compare_bits(a, b) == 0;
}

int compare_raw(Term a, Term b) {
  if (int order = three_way(a.size(), b.size())) return order;
  return sign(std::memcmp(a.payload(), b.payload(), a.size() * sizeof(Word)));
}

int compare_references(Term a, Term b) {
  if (a.is_local_reference() != b.is_local_reference()) return a.is_local_reference() ? -1 : 1;
  if (a.is_local_reference()) return three_way(a.immediate_value(), b.immediate_value());
  if (a.kind() != b.kind()) return three_way(a.kind(), b.kind());
  if (a.kind() == Kind::resource) return three_way(a.object()[1], b.object()[1]);
  return compare_raw(a, b);
}

struct Range {
  const Term* a;
  const Term* b;
  size_t count;
  bool exact;
};

/// The pairs of a large map in key order: keys first, then values.
std::vector<Term> sorted_contents(Term map) {
  std::vector<std::pair<Term, Term>> pairs;
  WorkCounter work;
  map_each(map, [&](Term key, Term value) {
    work.step();
    pairs.emplace_back(key, value);
    return true;
  });
  std::sort(pairs.begin(), pairs.end(), [&](auto& x, auto& y) {
    work.step();
    return compare_exactly(x.first, y.first) < 0;
  });
  std::vector<Term> contents;
  for (auto& pair : pairs) contents.push_back(pair.first);
  for (auto& pair : pairs) contents.push_back(pair.second);
  return contents;
}

/// Order of two terms that are no containers, or -2 where both are containers of the same shape, pushed for comparison.
int compare_shallow(Term a, Term b, bool exact, WorkStack<Range>& ranges, std::vector<std::vector<Term>>& contents) {
  if (a == b) return 0;
  if (a.is_small() && b.is_small()) return three_way(a.small_value(), b.small_value());
  Rank left = rank_of(a), right = rank_of(b);
  if (left != right) return left < right ? -1 : 1;
  switch (left) {
    case Rank::number:
      if (exact && a.is_float() != b.is_float()) return a.is_float() ? 1 : -1;
      return compare_numbers(a, b);
    case Rank::atom: return sign(atom_text(a).compare(atom_text(b)));
    case Rank::reference: return compare_references(a, b);
    case Rank::port:
    case Rank::pid:
      if (a.is_boxed() != b.is_boxed()) return a.is_boxed() ? 1 : -1;
      if (a.is_boxed()) return compare_raw(a, b);
      return three_way(a.immediate_value(), b.immediate_value());
    case Rank::function:
      if (a.kind() != b.kind()) return a.kind() == Kind::fun ? -1 : 1;
      if (a.object()[1] != b.object()[1]) {
        int order = order_functions ? order_functions(a, b) : 0;
        return order ? order : three_way(a.object()[1], b.object()[1]);
      }
      if (int order = three_way(a.size(), b.size())) return order;
      ranges.push_back({a.payload() + 1, b.payload() + 1, a.size() - 1, exact});
      return -2;
    case Rank::tuple:
      if (int order = three_way(a.arity(), b.arity())) return order;
      ranges.push_back({a.payload(), b.payload(), a.arity(), exact});
      return -2;
    case Rank::map: {
      size_t size = map_size(a);
      if (int order = three_way(size, map_size(b))) return order;
      if (a.kind() == Kind::flat_map) {
        ranges.push_back({a.payload() + 1, b.payload() + 1, size, exact});
        if (!(a.payload()[0] == b.payload()[0]))
          ranges.push_back({a.payload()[0].payload(), b.payload()[0].payload(), size, true});
        return -2;
      }
      contents.push_back(sorted_contents(a));
      contents.push_back(sorted_contents(b));
      const Term* x = contents[contents.size() - 2].data();
      const Term* y = contents.back().data();
      ranges.push_back({x + size, y + size, size, exact});
      ranges.push_back({x, y, size, true});
      return -2;
    }
    case Rank::cons:
      ranges.push_back({a.cell() + 1, b.cell() + 1, 1, exact});
      ranges.push_back({a.cell(), b.cell(), 1, exact});
      return -2;
    case Rank::bits: return compare_bits(a, b);
    case Rank::nil: return 0;
  }
  return 0;
}

int compare_terms(Term a, Term b, bool exact) {
  if (a == b) return 0;
  if (a.is_small() && b.is_small()) return three_way(a.small_value(), b.small_value());
  if (a.is_bitstring() && b.is_bitstring()) return compare_bits(a, b);
  WorkStack<Range> ranges;
  std::vector<std::vector<Term>> contents;
  int order = compare_shallow(a, b, exact, ranges, contents);
  if (order != -2) return order;
  WorkCounter work;
  while (!ranges.empty()) {
    work.step();
    Range& range = ranges.back();
    if (range.count == 0) {  // of empty tuples and maps
      ranges.pop_back();
      continue;
    }
    Term x = *range.a, y = *range.b;
    bool by = range.exact;
    if (--range.count == 0) {
      ranges.pop_back();
    } else {
      range.a++;
      range.b++;
    }
    order = compare_shallow(x, y, by, ranges, contents);
    if (order != 0 && order != -2) return order;
  }
  return 0;
}

/// Equality differs from order in speed only: no text order of atoms, no sorting of maps.
bool equal_terms(Term a, Term b, bool exact) {
  struct Pair { const Term* a; const Term* b; size_t count; };
  WorkStack<Pair> pairs;
  WorkCounter work;
  auto step = [&](Term x, Term y) {
    for (;;) {
      work.step();
      if (x == y) return true;
      if (x.is_cons()) {
        if (!y.is_cons()) return false;
        if (!(x.head() == y.head())) {
          if (!x.head().is_pointer() && !y.head().is_pointer() && (exact || x.head().is_atom())) return false;
          pairs.push_back({x.cell(), y.cell(), 1});
        }
        x = x.tail();
        y = y.tail();
        continue;
      }
      if (!x.is_boxed() || !y.is_boxed()) {
        if (exact) return false;
        return x.is_number() && y.is_number() && compare_numbers(x, y) == 0;
      }
      Kind kind = x.kind();
      if (x.is_number()) return y.is_number() && (!exact || x.is_float() == y.is_float()) && compare_numbers(x, y) == 0;
      if (x.is_bitstring()) return y.is_bitstring() && equal_bits(x, y);
      if (kind != y.kind()) return false;
      switch (kind) {
        case Kind::tuple:
          if (x.arity() != y.arity()) return false;
          if (x.arity()) pairs.push_back({x.payload(), y.payload(), x.arity()});
          return true;
        case Kind::flat_map:
          if (x.size() != y.size()) return false;
          if (!(x.payload()[0] == y.payload()[0])) {
            if (!equal_terms(x.payload()[0], y.payload()[0], true)) return false;
          }
          if (x.size() > 1) pairs.push_back({x.payload() + 1, y.payload() + 1, x.size() - 1});
          return true;
        case Kind::champ_map: {
          if (map_size(x) != map_size(y)) return false;
          return map_each(x, [&](Term key, Term value) {
            work.step();
            Term other = map_get(y, key);
            return !other.is_none() && equal_terms(value, other, exact);
          });
        }
        case Kind::resource: return x.object()[1] == y.object()[1];
        case Kind::fun: case Kind::export_fun:
          if (x.object()[1] != y.object()[1] || x.size() != y.size()) return false;
          if (x.size() > 1) pairs.push_back({x.payload() + 1, y.payload() + 1, x.size() - 1});
          return true;
        default: return compare_raw(x, y) == 0;
      }
    }
  };
  if (!step(a, b)) return false;
  while (!pairs.empty()) {
    Pair& pair = pairs.back();
    Term x = *pair.a, y = *pair.b;
    if (--pair.count == 0) {
      pairs.pop_back();
    } else {
      pair.a++;
      pair.b++;
    }
    if (!step(x, y)) return false;
  }
  return true;
}

constexpr uint64_t multiplier = 0x9e3779b97f4a7c15;

uint64_t mix(uint64_t hash, uint64_t value) {
  auto product = static_cast<unsigned __int128>(hash ^ value ^ multiplier) * 0xd6e8feb86659fd93;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

uint64_t hash_bytes(uint64_t hash, const uint8_t* bytes, size_t size) {
  while (size >= 8) {
    if (size % (1 << 16) < 8) note_work(1 << 11);
    uint64_t word;
    std::memcpy(&word, bytes, 8);
    hash = mix(hash, word);
    bytes += 8;
    size -= 8;
  }
  uint64_t rest = size;
  for (size_t i = 0; i < size; i++) rest = rest << 8 | bytes[i];
  return mix(hash, rest);
}

uint64_t hash_walk(Term start) {
  if (!start.is_pointer()) return mix(1, start.word);
  struct Pending { const Term* at; size_t count; };
  WorkStack<Pending> pending;
  uint64_t hash = 1;
  WorkCounter work;
  auto step = [&](Term term) {
    work.step();
    while (term.is_cons()) {
      work.step();
      hash = mix(hash, 2);
      if (term.head().is_pointer()) {
        pending.push_back({term.cell() + 1, 1});
        term = term.head();
        continue;
      }
      hash = mix(hash, term.head().word);
      term = term.tail();
    }
    if (!term.is_boxed()) {
      hash = mix(hash, term.word);
      return;
    }
    size_t size = term.size();
    switch (term.kind()) {
      case Kind::tuple:
        hash = mix(hash, 3 + (size << 8));
        if (size) pending.push_back({term.payload(), size});
        return;
      case Kind::flat_map:
        hash = mix(hash, 4 + (size << 8));
        if (size > 1) {
          pending.push_back({term.payload() + 1, size - 1});
          pending.push_back({term.payload()[0].payload(), size - 1});
        }
        return;
      case Kind::champ_map: {
        uint64_t sum = 0;
        map_each(term, [&](Term key, Term value) {
          work.step();
          sum += mix(hash_walk(key), hash_walk(value));
          return true;
        });
        hash = mix(hash, sum);
        return;
      }
      case Kind::heap_binary: case Kind::shared_binary: case Kind::slice: {
        BitView view = bits_of(term);
        hash = mix(hash, view.bits);
        if (view.byte_aligned() && view.whole_bytes()) {
          hash = hash_bytes(hash, view.bytes, view.bits / 8);
        } else {
          std::vector<uint8_t> copy((view.bits + 7) / 8);
          copy_bits(copy.data(), 0, view.bytes, view.bit_offset, view.bits);
          hash = hash_bytes(hash, copy.data(), copy.size());
        }
        return;
      }
      case Kind::resource: hash = mix(hash, term.object()[1]); return;
      case Kind::fun: case Kind::export_fun:
        hash = mix(hash, hash_function ? hash_function(term) : term.object()[1]);
        if (size > 1) pending.push_back({term.payload() + 1, size - 1});
        return;
      default:
        hash = mix(hash, static_cast<uint64_t>(term.kind()));
        hash = hash_bytes(hash, reinterpret_cast<const uint8_t*>(term.payload()), size * 8);
        return;
    }
  };
  step(start);
  while (!pending.empty()) {
    Pending& next = pending.back();
    Term term = *next.at;
    if (--next.count == 0)
      pending.pop_back();
    else
      next.at++;
    step(term);
  }
  return hash;
}

/// As hash_walk, for a small tuple whose elements are no pointers. False: it is something else.
bool hash_flat_tuple(Term term, uint64_t& hash) {
  if (!term.is_boxed() || term.kind() != Kind::tuple) return false;
  size_t arity = term.arity();
  if (arity > 8) return false;
  hash = mix(1, 3 + (static_cast<uint64_t>(arity) << 8));
  for (size_t i = 0; i < arity; i++) {
    if (term.element(i).is_pointer()) return false;
    hash = mix(hash, term.element(i).word);
  }
  return true;
}

}  // namespace

uint64_t (*hash_function)(Term fun) = nullptr;
int (*order_functions)(Term a, Term b) = nullptr;

bool equal_exactly_slow(Term a, Term b) {
  // Most often it is two short texts, keys of a map, which need none of the walk.
  if (a.is_boxed() && b.is_boxed()) {
    if (a.kind() == Kind::heap_binary && b.kind() == Kind::heap_binary && a.object()[1] % 8 == 0)
      return a.object()[1] == b.object()[1] && std::memcmp(a.object() + 2, b.object() + 2, a.object()[1] / 8) == 0;
    if (a.is_bitstring()) return b.is_bitstring() && equal_bits(a, b);
    // Or two small tuples, keys of tables: what is no pointer is compared here, and the first pointers that differ need the walk.
    if (a.kind() == Kind::tuple && b.kind() == Kind::tuple) {
      size_t arity = a.arity();
      if (arity != b.arity()) return false;
      for (size_t i = 0; arity <= 8 && i < arity; i++) {
        Term left = a.element(i), right = b.element(i);
        if (left == right) {
          if (i + 1 == arity) return true;
          continue;
        }
        if (!left.is_pointer() || !right.is_pointer()) return false;
        break;
      }
    }
  } else {
    if (!a.is_cons() || !b.is_cons()) return false;
  }
  return equal_terms(a, b, true);
}

bool equal(Term a, Term b) {
  if (a == b) return true;
  if (a.is_small() && b.is_small()) return false;
  return equal_terms(a, b, false);
}

int compare(Term a, Term b) { return compare_terms(a, b, false); }
int compare_exactly(Term a, Term b) { return compare_terms(a, b, true); }

uint32_t hash_term(Term term) {
  uint64_t hash;
  if (!term.is_pointer()) {
    hash = mix(1, term.word);
  } else if (BitView view; term.is_bitstring() && (view = bits_of(term), view.byte_aligned() && view.whole_bytes())) {
    hash = hash_bytes(mix(1, view.bits), view.bytes, view.bits / 8);  // as hash_walk, without the walk
  } else if (!hash_flat_tuple(term, hash)) {
    hash = hash_walk(term);
  }
  return static_cast<uint32_t>(hash ^ hash >> 32);
}

}  // namespace phial
