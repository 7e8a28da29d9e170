// Bytes as digits of 4, 5 or 6 bits and back, for Base: the alphabets come as binaries, so every base and every case of letters goes one way.
#include "vm/native/native.hpp"

namespace phial {
namespace {

/// A binary and a number of bits that a digit may have.
bool read_arguments(const Term* a, unsigned& bits) {
  size_t number;
  if (!is_binary(a[0]) || !native::read_index(a[1], 6, number) || number < 4 || !is_binary(a[2])) return false;
  bits = static_cast<unsigned>(number);
  return true;
}

/// Digits of whole groups: the bytes that make a whole number of digits (1, 5 or 3).
template <unsigned bits>
uint8_t* encode_groups(const uint8_t* from, size_t groups, const uint8_t* alphabet, uint8_t* to) {
  constexpr unsigned bytes = bits == 4 ? 1 : bits == 5 ? 5 : 3, digits = bytes * 8 / bits;
  for (size_t i = 0; i < groups; i++) {
    uint64_t group = 0;
    for (unsigned k = 0; k < bytes; k++) group = group << 8 | *from++;
    for (unsigned k = digits; k-- > 0;) *to++ = alphabet[group >> k * bits & ((1u << bits) - 1)];
  }
  return to;
}

/// encode(bytes, bits of a digit, alphabet, pad?): what is left of the last group is filled up with zeros, and with `=` where it shall be padded.
Term encode(Context& c, const Term* a) {
  unsigned bits;
  std::string scratch, alphabet_scratch;
  if (!read_arguments(a, bits)) return c.badarg();
  std::string_view bytes = bytes_of(a[0], scratch), alphabet = bytes_of(a[2], alphabet_scratch);
  if (alphabet.size() != size_t{1} << bits) return c.badarg();
  size_t group_bytes = bits == 4 ? 1 : bits == 5 ? 5 : 3, group_digits = group_bytes * 8 / bits;
  size_t rest = bytes.size() % group_bytes, digits = (bytes.size() * 8 + bits - 1) / bits;
  size_t size = a[3] == atoms::true_ && rest ? digits + group_digits - (rest * 8 + bits - 1) / bits : digits;
  uint8_t* to;
  Term text = make_binary_buffer(c.heap(), size, &to);
  uint8_t* end = to + size;
  auto from = reinterpret_cast<const uint8_t*>(bytes.data()), letters = reinterpret_cast<const uint8_t*>(alphabet.data());
  native::in_parts(bytes.size() / group_bytes, 8, [&](size_t, size_t groups) {
    to = bits == 4 ? encode_groups<4>(from, groups, letters, to) : bits == 5 ? encode_groups<5>(from, groups, letters, to) : encode_groups<6>(from, groups, letters, to);
    from += groups * group_bytes;
    return true;
  });
  uint64_t last = 0;
  for (size_t i = 0; i < group_bytes; i++) last = last << 8 | (i < rest ? *from++ : 0);
  for (size_t i = 0; i < (rest * 8 + bits - 1) / bits; i++) *to++ = letters[last >> (group_digits - 1 - i) * bits & ((size_t{1} << bits) - 1)];
  while (to < end) *to++ = '=';
  return text;
}

/// decode(text, bits of a digit, values of the 256 bytes): the bytes, without what is left of the last digit; or the first byte that is no digit, as a number.
Term decode(Context& c, const Term* a) {
  unsigned bits;
  std::string scratch, values_scratch;
  if (!read_arguments(a, bits)) return c.badarg();
  std::string_view text = bytes_of(a[0], scratch), values = bytes_of(a[2], values_scratch);
  if (values.size() != 256) return c.badarg();
  auto value = reinterpret_cast<const uint8_t*>(values.data());
  size_t size = text.size() * bits / 8;
  uint8_t* to;
  Term result = make_binary_buffer(c.heap(), size, &to);
  uint8_t* end = to + size;
  uint64_t held = 0;
  unsigned count = 0;
  Term bad = Term::none();
  native::in_parts(text.size(), 8, [&](size_t at, size_t part) {
    for (char digit : text.substr(at, part)) {
      uint8_t digit_value = value[static_cast<uint8_t>(digit)];
      if (digit_value >> bits) {
        bad = Term::small(static_cast<uint8_t>(digit));
        return false;
      }
      held = held << bits | digit_value;
      count += bits;
      if (count < 8) continue;
      count -= 8;
      *to++ = static_cast<uint8_t>(held >> count);
    }
    return true;
  });
  if (bad.is_none()) return result;
  while (to < end) *to++ = 0;  // nobody sees it, but memory of the heap has no holes of chance
  return bad;
}

constexpr NativeEntry entries[] = {
    {"phial_base", "encode", 4, encode, native_measured},
    {"phial_base", "decode", 3, decode, native_measured},
};

}  // namespace

extern const NativeTable base_codec_natives = native::table_of(entries);

}  // namespace phial
