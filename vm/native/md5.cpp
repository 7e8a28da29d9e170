#include "vm/native/md5.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <string>

#include "vm/base/work.hpp"

namespace phial {

void md5(std::string_view bytes, uint8_t digest[16]) {
  static constexpr uint8_t shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  static const auto sines = [] {
    struct Table { uint32_t at[64]; } table;
    for (int i = 0; i < 64; i++) table.at[i] = static_cast<uint32_t>(std::floor(std::fabs(std::sin(i + 1)) * 4294967296.0));
    return table;
  }();
  uint64_t bits = bytes.size() * 8;
  uint32_t state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  auto take = [&](const char* block) {
    uint32_t words[16];
    std::memcpy(words, block, 64);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    for (unsigned i = 0; i < 64; i++) {
      uint32_t f;
      unsigned g;
      switch (i / 16) {
        case 0: f = (b & c) | (~b & d); g = i; break;
        case 1: f = (d & b) | (~d & c); g = (5 * i + 1) % 16; break;
        case 2: f = b ^ c ^ d; g = (3 * i + 5) % 16; break;
        default: f = c ^ (b | ~d); g = 7 * i % 16;
      }
      uint32_t rotated = std::rotl(a + f + sines.at[i] + words[g], shifts[i / 16][i % 4]);
      a = d;
      d = c;
      c = b;
      b += rotated;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
  };
  constexpr size_t part = size_t{1} << 16, bytes_per_unit = 4;
  size_t whole = bytes.size() / 64 * 64;
  for (size_t at = 0; at < whole; at += 64) {
    take(bytes.data() + at);
    if (at % part == part - 64) note_work(part / bytes_per_unit);
  }
  std::string rest(bytes.substr(whole));
  rest += '\x80';
  rest.resize((rest.size() + 8 + 63) / 64 * 64 - 8, '\0');
  for (int i = 0; i < 8; i++) rest += static_cast<char>(bits >> (8 * i));
  for (size_t at = 0; at < rest.size(); at += 64) take(rest.data() + at);
  std::memcpy(digest, state, 16);
}

}  // namespace phial
