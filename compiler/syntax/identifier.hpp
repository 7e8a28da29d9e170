// Which names the language allows: Unicode identifiers by UAX 31 with Elixir's additions.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace phial::syntax {

enum class NameKind : uint8_t { none, identifier, alias, atom };  // atom: neither of the others, e.g. `:Été` or `a@b`

struct NameScan {
  NameKind kind = NameKind::none;
  size_t bytes = 0;
  size_t code_points = 0;
  bool ascii = true;
  bool special = false;         // holds `@` or starts with an upper-case letter that aliases do not allow: only an atom
  bool not_normalized = false;  // the text is not in Unicode normalization form C
};

/// Scans the longest name at the start of `text`, with a trailing `?` or `!`.
NameScan scan_name(std::string_view text);

/// Decodes the code point at the start of `text`; `bytes` becomes its length, or 0 where the UTF-8 is invalid.
uint32_t decode_utf8(std::string_view text, size_t& bytes);
void append_utf8(std::string& out, uint32_t code_point);

/// The text in normalization form C (NFC) and NFKC.
std::string normalize_nfc(std::string_view text);
std::string normalize_nfkc(std::string_view text);

/// True for the code points that reorder displayed text (bidirectional formatting), which source must not hold raw.
constexpr bool is_bidirectional_control(uint32_t code_point) {
  return (code_point >= 0x202A && code_point <= 0x202E) || (code_point >= 0x2066 && code_point <= 0x2069);
}
/// Line breaks of Unicode that the language does not count as such.
constexpr bool is_foreign_line_break(uint32_t code_point) {
  return code_point == 0x0B || code_point == 0x0C || code_point == 0x85 || code_point == 0x2028 || code_point == 0x2029;
}

/// When a name mixes scripts that look alike (Latin with Cyrillic, ...), a description of its parts by script; else empty.
std::string mixed_scripts(std::string_view name);

}  // namespace phial::syntax
