#include "vm/term/integer.hpp"

#include <algorithm>
#include <vector>

#include "vm/base/work.hpp"
#include "vm/term/number.hpp"

namespace phial {

Term finish_integer(TermHeap& heap, Word* object, size_t count, bool negative) {
  while (count > 0 && object[count] == 0) count--;
  if (count == 0) {
    heap.give_back(object);
    return Term::small(0);
  }
  if (count == 1 && object[1] <= Word{1} << 60) {
    auto value = static_cast<int64_t>(object[1]);
    if (negative) value = -value;
    if (Term::fits_small(value)) {
      heap.give_back(object);
      return Term::small(value);
    }
  }
  object[0] = Header::make(negative ? Kind::bignum_negative : Kind::bignum_positive, count);
  heap.give_back(object + 1 + count);
  return Term::boxed(object);
}

namespace {

// Hashes, checksums and generators of random numbers work on integers just past the small ones: those of up to 126 bits are calculated with
// in registers, without GMP.
using Wide = __int128;
constexpr unsigned wide_bits = 126;

/// False for no integer, or one that has more bits.
bool is_wide(Term term, Wide& value) {
  if (term.is_small()) {
    value = term.small_value();
    return true;
  }
  if (!term.is_bignum() || term.size() > 2) return false;
  const Word* limbs = term.object() + 1;
  Word high = term.size() == 2 ? limbs[1] : 0;
  if (high >> (wide_bits - 64)) return false;
  value = static_cast<Wide>(static_cast<unsigned __int128>(high) << 64 | limbs[0]);
  if (term.kind() == Kind::bignum_negative) value = -value;
  return true;
}
bool are_wide(Term a, Term b, Wide& x, Wide& y) { return is_wide(a, x) && is_wide(b, y); }
bool fits_64(Wide value) { return value == static_cast<int64_t>(value); }

Term make_wide(TermHeap& heap, Wide value) {
  if (fits_64(value) && Term::fits_small(static_cast<int64_t>(value))) return Term::small(static_cast<int64_t>(value));
  auto magnitude = static_cast<unsigned __int128>(value < 0 ? -value : value);
  auto high = static_cast<Word>(magnitude >> 64);
  size_t count = high ? 2 : 1;
  Word* object = heap.allocate(1 + count);
  object[0] = Header::make(value < 0 ? Kind::bignum_negative : Kind::bignum_positive, count);
  object[1] = static_cast<Word>(magnitude);
  if (high) object[2] = high;
  return Term::boxed(object);
}

/// Tells of an operation on so many limbs whose work grows with both: quadratic at first, then by transforms. At most some 10 ms
/// (max_bignum_limbs), so it need not be left.
void note_limbs(size_t longer, size_t shorter, double each) {
  if (shorter < 64) return;
  note_work(static_cast<int64_t>(static_cast<double>(longer) * std::min(static_cast<double>(shorter) * 0.04, 10.0) * each));
}

Term add_signed(TermHeap& heap, const Magnitude& a, const Magnitude& b, bool flip_b) {
  bool b_negative = b.negative() != flip_b;
  const Magnitude* x = &a;
  const Magnitude* y = &b;
  bool x_negative = a.negative(), y_negative = b_negative;
  if (x->count() < y->count()) {
    std::swap(x, y);
    std::swap(x_negative, y_negative);
  }
  size_t count = x->count();
  if (x_negative == y_negative) {
    Word* object = heap.allocate(2 + count);
    auto out = reinterpret_cast<mp_limb_t*>(object + 1);
    mp_limb_t carry = 0;
    if (y->count())
      carry = mpn_add(out, x->limbs(), static_cast<mp_size_t>(count), y->limbs(), static_cast<mp_size_t>(y->count()));
    else
      std::copy_n(x->limbs(), count, out);
    out[count] = carry;
    return finish_integer(heap, object, count + 1, x_negative);
  }
  if (count == y->count()) {
    int order = count ? mpn_cmp(x->limbs(), y->limbs(), static_cast<mp_size_t>(count)) : 0;
    if (order == 0) return Term::small(0);
    if (order < 0) {
      std::swap(x, y);
      std::swap(x_negative, y_negative);
    }
  }
  Word* object = heap.allocate(1 + count);
  auto out = reinterpret_cast<mp_limb_t*>(object + 1);
  if (y->count())
    mpn_sub(out, x->limbs(), static_cast<mp_size_t>(count), y->limbs(), static_cast<mp_size_t>(y->count()));
  else
    std::copy_n(x->limbs(), count, out);
  return finish_integer(heap, object, count, x_negative);
}

Term divide_integers(TermHeap& heap, Term a, Term b, bool want_remainder) {
  if (!a.is_integer() || !b.is_integer()) return Term::none();
  if (b == Term::small(0)) return Term::none();
  if (a.is_small() && b.is_small()) {
    int64_t x = a.small_value(), y = b.small_value();
    return want_remainder ? Term::small(x % y) : make_integer(heap, x / y);
  }
  if (Wide u, v; are_wide(a, b, u, v)) {
    if (fits_64(u) && fits_64(v)) {
      auto p = static_cast<int64_t>(u), q = static_cast<int64_t>(v);
      if (q != -1) return want_remainder ? make_integer(heap, p % q) : make_integer(heap, p / q);
    }
    return make_wide(heap, want_remainder ? u % v : u / v);
  }
  Magnitude x(a), y(b);
  if (x.count() < y.count()) return want_remainder ? a : Term::small(0);
  size_t quotient_count = x.count() - y.count() + 1;
  note_limbs(std::max(quotient_count, y.count()), std::min(quotient_count, y.count()), 3);
  if (want_remainder) {
    std::vector<mp_limb_t> quotient(quotient_count);
    Word* object = heap.allocate(1 + y.count());
    mpn_tdiv_qr(quotient.data(), reinterpret_cast<mp_limb_t*>(object + 1), 0, x.limbs(), static_cast<mp_size_t>(x.count()),
                y.limbs(), static_cast<mp_size_t>(y.count()));
    return finish_integer(heap, object, y.count(), x.negative());
  }
  std::vector<mp_limb_t> remainder(y.count());
  Word* object = heap.allocate(1 + quotient_count);
  mpn_tdiv_qr(reinterpret_cast<mp_limb_t*>(object + 1), remainder.data(), 0, x.limbs(), static_cast<mp_size_t>(x.count()),
              y.limbs(), static_cast<mp_size_t>(y.count()));
  return finish_integer(heap, object, quotient_count, x.negative() != y.negative());
}

/// Two's complement limbs of an integer, `count` of them.
std::vector<mp_limb_t> two_complement(Term integer, size_t count) {
  Magnitude magnitude(integer);
  std::vector<mp_limb_t> limbs(count, 0);
  std::copy_n(magnitude.limbs(), std::min(count, magnitude.count()), limbs.begin());
  if (magnitude.negative()) mpn_neg(limbs.data(), limbs.data(), static_cast<mp_size_t>(count));
  return limbs;
}

Term from_two_complement(TermHeap& heap, std::vector<mp_limb_t>& limbs) {
  bool negative = !limbs.empty() && limbs.back() >> 63;
  if (negative) mpn_neg(limbs.data(), limbs.data(), static_cast<mp_size_t>(limbs.size()));
  Word* object = heap.allocate(1 + limbs.size());
  std::copy(limbs.begin(), limbs.end(), object + 1);
  return finish_integer(heap, object, limbs.size(), negative);
}

template <class Operation>
Term bitwise(TermHeap& heap, Term a, Term b, Operation operation) {
  if (a.is_small() && b.is_small()) return Term::small(operation(a.small_value(), b.small_value()));
  if (!a.is_integer() || !b.is_integer()) return Term::none();
  if (Wide x, y; are_wide(a, b, x, y)) return make_wide(heap, operation(x, y));
  size_t count = std::max(Magnitude(a).count(), Magnitude(b).count()) + 1;
  auto x = two_complement(a, count), y = two_complement(b, count);
  for (size_t i = 0; i < count; i++) x[i] = operation(x[i], y[i]);
  return from_two_complement(heap, x);
}

Term shift_left(TermHeap& heap, Term a, uint64_t by) {
  if (a == Term::small(0)) return a;
  if (Wide x; by < 64 && is_wide(a, x) && fits_64(x) && x >> 62 == x >> 63) return make_wide(heap, x * (Wide{1} << by));
  Magnitude x(a);
  size_t limbs = by / 64;
  auto bits = static_cast<unsigned>(by % 64);
  if (limbs + x.count() + 1 > max_bignum_limbs) return Term::none();
  size_t count = x.count() + limbs + 1;
  Word* object = heap.allocate(1 + count);
  auto out = reinterpret_cast<mp_limb_t*>(object + 1);
  std::fill_n(out, limbs, 0);
  if (bits) {
    out[count - 1] = mpn_lshift(out + limbs, x.limbs(), static_cast<mp_size_t>(x.count()), bits);
  } else {
    std::copy_n(x.limbs(), x.count(), out + limbs);
    out[count - 1] = 0;
  }
  return finish_integer(heap, object, count, x.negative());
}

/// Arithmetic: rounds towards minus infinity.
Term shift_right(TermHeap& heap, Term a, uint64_t by) {
  if (a.is_small()) return Term::small(by > 62 ? (a.small_value() < 0 ? -1 : 0) : a.small_value() >> by);
  if (Wide x; is_wide(a, x)) return make_wide(heap, x >> std::min<uint64_t>(by, 127));
  Magnitude x(a);
  size_t limbs = by / 64;
  if (limbs >= x.count()) return Term::small(x.negative() ? -1 : 0);
  auto bits = static_cast<unsigned>(by % 64);
  size_t count = x.count() - limbs;
  bool lost = false;
  for (size_t i = 0; i < limbs; i++) lost |= x.limbs()[i] != 0;
  Word* object = heap.allocate(2 + count);
  auto out = reinterpret_cast<mp_limb_t*>(object + 1);
  if (bits)
    lost |= mpn_rshift(out, x.limbs() + limbs, static_cast<mp_size_t>(count), bits) != 0;
  else
    std::copy_n(x.limbs() + limbs, count, out);
  out[count] = 0;
  if (x.negative() && lost) mpn_add_1(out, out, static_cast<mp_size_t>(count + 1), 1);
  return finish_integer(heap, object, count + 1, x.negative());
}

Term shift(TermHeap& heap, Term a, Term b, bool left) {
  if (!a.is_integer() || !b.is_integer()) return Term::none();
  if (!b.is_small()) {
    if ((b.kind() == Kind::bignum_positive) == left) return a == Term::small(0) ? a : Term::none();
    return Term::small(Magnitude(a).negative() ? -1 : 0);
  }
  int64_t by = b.small_value();
  if (by < 0) {
    left = !left;
    by = -by;
  }
  return left ? shift_left(heap, a, static_cast<uint64_t>(by)) : shift_right(heap, a, static_cast<uint64_t>(by));
}

}  // namespace

Term integer_add(TermHeap& heap, Term a, Term b) {
  if (a.is_small() && b.is_small()) return make_integer(heap, a.small_value() + b.small_value());
  if (Wide x, y; are_wide(a, b, x, y)) return make_wide(heap, x + y);
  return add_signed(heap, Magnitude(a), Magnitude(b), false);
}

Term integer_subtract(TermHeap& heap, Term a, Term b) {
  if (a.is_small() && b.is_small()) return make_integer(heap, a.small_value() - b.small_value());
  if (Wide x, y; are_wide(a, b, x, y)) return make_wide(heap, x - y);
  return add_signed(heap, Magnitude(a), Magnitude(b), true);
}

Term integer_multiply(TermHeap& heap, Term a, Term b) {
  if (a.is_small() && b.is_small()) {
    int64_t product;
    if (!__builtin_mul_overflow(a.small_value(), b.small_value(), &product)) return make_integer(heap, product);
  }
  if (Wide x, y; are_wide(a, b, x, y) && fits_64(x) && fits_64(y)) return make_wide(heap, x * y);
  Magnitude left(a), right(b);
  const Magnitude* x = &left;
  const Magnitude* y = &right;
  if (x->count() < y->count()) std::swap(x, y);
  if (y->count() == 0) return Term::small(0);
  size_t count = x->count() + y->count();
  if (count > max_bignum_limbs) return Term::none();
  note_limbs(x->count(), y->count(), 1);
  Word* object = heap.allocate(1 + count);
  mpn_mul(reinterpret_cast<mp_limb_t*>(object + 1), x->limbs(), static_cast<mp_size_t>(x->count()), y->limbs(),
          static_cast<mp_size_t>(y->count()));
  return finish_integer(heap, object, count, left.negative() != right.negative());
}

Term integer_quotient(TermHeap& heap, Term a, Term b) { return divide_integers(heap, a, b, false); }
Term integer_remainder(TermHeap& heap, Term a, Term b) { return divide_integers(heap, a, b, true); }

Term integer_and(TermHeap& heap, Term a, Term b) {
  return bitwise(heap, a, b, [](auto x, auto y) { return x & y; });
}
Term integer_or(TermHeap& heap, Term a, Term b) {
  return bitwise(heap, a, b, [](auto x, auto y) { return x | y; });
}
Term integer_xor(TermHeap& heap, Term a, Term b) {
  return bitwise(heap, a, b, [](auto x, auto y) { return x ^ y; });
}
Term integer_not(TermHeap& heap, Term a) {
  if (!a.is_integer()) return Term::none();
  return integer_subtract(heap, Term::small(-1), a);
}
Term integer_shift_left(TermHeap& heap, Term a, Term b) { return shift(heap, a, b, true); }
Term integer_shift_right(TermHeap& heap, Term a, Term b) { return shift(heap, a, b, false); }

std::string integer_to_text(Term integer, int base) {
  Magnitude x(integer);
  if (x.count() == 0) return "0";
  std::string text;
  if (x.count() == 1) {
    mp_limb_t value = x.limbs()[0];
    char digits[72];
    size_t at = sizeof digits;
    while (value) {
      digits[--at] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[value % static_cast<unsigned>(base)];
      value /= static_cast<unsigned>(base);
    }
    if (x.negative()) digits[--at] = '-';
    return std::string(digits + at, sizeof digits - at);
  }
  note_limbs(x.count(), x.count(), 8);
  std::vector<mp_limb_t> limbs(x.limbs(), x.limbs() + x.count());
  std::vector<unsigned char> digits(mpn_sizeinbase(limbs.data(), static_cast<mp_size_t>(limbs.size()), base) + 2);
  size_t count = mpn_get_str(digits.data(), base, limbs.data(), static_cast<mp_size_t>(limbs.size()));
  size_t start = 0;
  while (start + 1 < count && digits[start] == 0) start++;
  if (x.negative()) text += '-';
  for (size_t i = start; i < count; i++) text += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digits[i]];
  return text;
}

Term integer_from_text(TermHeap& heap, std::string_view text, int base) {
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return Term::none();
  std::vector<unsigned char> digits;
  digits.reserve(text.size());
  for (char c : text) {
    int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'z' ? c - 'a' + 10 : c >= 'A' && c <= 'Z' ? c - 'A' + 10 : 99;
    if (digit >= base) return Term::none();
    if (digits.empty() && digit == 0) continue;
    digits.push_back(static_cast<unsigned char>(digit));
  }
  if (digits.empty()) return Term::small(0);
  if (digits.size() <= 11) {
    int64_t value = 0;
    for (unsigned char digit : digits) value = value * base + digit;
    return make_integer(heap, negative ? -value : value);
  }
  size_t count = digits.size() * 6 / 64 + 2;  // six bits hold a digit of any base
  if (count > 8 * max_bignum_limbs) return Term::none();
  note_limbs(count, count, 8);
  Word* object = heap.allocate(1 + count);
  auto used = static_cast<size_t>(mpn_set_str(reinterpret_cast<mp_limb_t*>(object + 1), digits.data(), digits.size(), base));
  return finish_integer(heap, object, used, negative);
}

Term integer_from_bytes(TermHeap& heap, const uint8_t* bytes, size_t count, bool big_endian, bool is_signed) {
  size_t limbs = (count + 7) / 8;
  Word* object = heap.allocate(1 + limbs + 1);
  auto out = reinterpret_cast<mp_limb_t*>(object + 1);
  std::fill_n(out, limbs + 1, 0);
  for (size_t i = 0; i < count; i++) {
    mp_limb_t byte = big_endian ? bytes[count - 1 - i] : bytes[i];
    out[i / 8] |= byte << (i % 8 * 8);
  }
  bool negative = is_signed && count && (bytes[big_endian ? 0 : count - 1] & 0x80);
  if (negative) {
    if (count % 8) out[limbs - 1] |= ~mp_limb_t{0} << (count % 8 * 8);
    mpn_neg(out, out, static_cast<mp_size_t>(limbs));
  }
  return finish_integer(heap, object, limbs, negative);
}

void integer_to_bytes(Term integer, uint8_t* bytes, size_t count, bool big_endian) {
  auto limbs = two_complement(integer, (count + 7) / 8 + 1);
  for (size_t i = 0; i < count; i++)
    bytes[big_endian ? count - 1 - i : i] = static_cast<uint8_t>(limbs[i / 8] >> (i % 8 * 8));
}

size_t integer_bit_length(Term integer) {
  Magnitude x(integer);
  return x.count() ? 64 * x.count() - static_cast<size_t>(std::countl_zero(static_cast<uint64_t>(x.limbs()[x.count() - 1]))) : 0;
}

}  // namespace phial
