// MD5 (RFC 1321), for :erlang.md5 and module checksums; other digests come from the crypto library.
#pragma once
#include <cstdint>
#include <string_view>

namespace phial {

void md5(std::string_view bytes, uint8_t digest[16]);

}  // namespace phial
