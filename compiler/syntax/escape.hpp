// Escape sequences of strings: `\n`, `\x41`, `\u{1F600}` and the rest.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace phial::syntax {

struct EscapeError {
  std::string message;  // empty: no error
  std::string escape;   // the escape it is about, as `\u`
  bool ok() const { return message.empty(); }
};

/// Appends `text` with its escapes resolved. `\xHH` gives the byte HH, `\u...` the code point in UTF-8.
EscapeError unescape(std::string_view text, std::string& out);

/// What a backslash before this character means, for escapes of one character; the character itself where nothing special.
uint32_t simple_escape(uint32_t code_point);

}  // namespace phial::syntax
