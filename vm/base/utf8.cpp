#include "vm/base/utf8.hpp"

#include <cstring>

namespace phial {

Utf8Step utf8_decode(const uint8_t* at, const uint8_t* end) {
  if (at >= end) return {0, 0};
  uint8_t lead = *at;
  if (lead < 0x80) return {lead, 1};
  auto continuation = [&](unsigned i) { return at + i < end && (at[i] & 0xc0) == 0x80; };
  if (lead >= 0xc2 && lead <= 0xdf) {
    if (!continuation(1)) return {0, 0};
    return {uint32_t(lead & 0x1f) << 6 | (at[1] & 0x3fu), 2};
  }
  if ((lead & 0xf0) == 0xe0) {
    if (!continuation(1) || !continuation(2)) return {0, 0};
    uint32_t point = uint32_t(lead & 0x0f) << 12 | uint32_t(at[1] & 0x3f) << 6 | (at[2] & 0x3fu);
    if (point < 0x800 || !is_code_point(point)) return {0, 0};
    return {point, 3};
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    if (!continuation(1) || !continuation(2) || !continuation(3)) return {0, 0};
    uint32_t point =
        uint32_t(lead & 0x07) << 18 | uint32_t(at[1] & 0x3f) << 12 | uint32_t(at[2] & 0x3f) << 6 | (at[3] & 0x3fu);
    if (point < 0x10000 || !is_code_point(point)) return {0, 0};
    return {point, 4};
  }
  return {0, 0};
}

unsigned utf8_encode(uint32_t point, uint8_t* out) {
  if (!is_code_point(point)) return 0;
  if (point < 0x80) {
    out[0] = static_cast<uint8_t>(point);
    return 1;
  }
  if (point < 0x800) {
    out[0] = static_cast<uint8_t>(0xc0 | point >> 6);
    out[1] = static_cast<uint8_t>(0x80 | (point & 0x3f));
    return 2;
  }
  if (point < 0x10000) {
    out[0] = static_cast<uint8_t>(0xe0 | point >> 12);
    out[1] = static_cast<uint8_t>(0x80 | (point >> 6 & 0x3f));
    out[2] = static_cast<uint8_t>(0x80 | (point & 0x3f));
    return 3;
  }
  out[0] = static_cast<uint8_t>(0xf0 | point >> 18);
  out[1] = static_cast<uint8_t>(0x80 | (point >> 12 & 0x3f));
  out[2] = static_cast<uint8_t>(0x80 | (point >> 6 & 0x3f));
  out[3] = static_cast<uint8_t>(0x80 | (point & 0x3f));
  return 4;
}

bool utf8_append(std::string& out, uint32_t point) {
  uint8_t bytes[4];
  unsigned length = utf8_encode(point, bytes);
  out.append(reinterpret_cast<char*>(bytes), length);
  return length != 0;
}

bool utf8_valid(std::string_view text) {
  auto at = reinterpret_cast<const uint8_t*>(text.data());
  auto end = at + text.size();
  auto follows = [&](unsigned i) { return (at[i] & 0xc0) == 0x80; };
  while (at < end) {
    uint8_t lead = *at;
    if (lead < 0x80) {
      uint64_t word;
      while (end - at >= 8 && (std::memcpy(&word, at, 8), !(word & 0x8080808080808080))) at += 8;
      while (at < end && *at < 0x80) at++;
      continue;
    }
    // Most of what is not ASCII has two or three bytes.
    if (end - at >= 3 && lead >= 0xc2 && lead <= 0xdf && follows(1)) {
      at += 2;
      continue;
    }
    if (end - at >= 3 && lead >= 0xe1 && lead <= 0xec && follows(1) && follows(2)) {
      at += 3;
      continue;
    }
    unsigned length = utf8_decode(at, end).length;
    if (!length) return false;
    at += length;
  }
  return true;
}

size_t utf8_count(std::string_view text) {
  size_t count = 0;
  for (char byte : text) count += (byte & 0xc0) != 0x80;
  return count;
}

}  // namespace phial
