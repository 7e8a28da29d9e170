// UTF-8 (RFC 3629): strict, surrogates and overlong forms are refused.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace phial {

struct Utf8Step {
  uint32_t code_point;
  unsigned length;  // bytes; 0: no valid sequence starts here
};
/// Decodes the code point at the start of [at, end).
Utf8Step utf8_decode(const uint8_t* at, const uint8_t* end);
/// Appends the encoding of a code point; false if it is none (surrogate, beyond 10FFFF).
bool utf8_append(std::string& out, uint32_t code_point);
/// Writes up to 4 bytes; 0 if the code point is none.
unsigned utf8_encode(uint32_t code_point, uint8_t* out);
bool utf8_valid(std::string_view text);
/// Code points in valid text.
size_t utf8_count(std::string_view text);
constexpr bool is_code_point(uint64_t value) { return value <= 0x10ffff && (value < 0xd800 || value > 0xdfff); }

}  // namespace phial
