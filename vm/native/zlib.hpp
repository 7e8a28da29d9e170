// Whole data through zlib, in pieces between which a long native function may be left.
#pragma once
#include <string>
#include <string_view>

namespace phial::native {

/// In zlib's own format; false where the library refuses.
bool deflate_whole(std::string_view data, int level, std::string& out);
/// False if it is no such data or not of exactly `size` bytes.
bool inflate_whole(std::string_view data, size_t size, std::string& out);

}  // namespace phial::native
