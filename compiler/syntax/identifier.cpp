#include "compiler/syntax/identifier.hpp"

#include <utf8proc.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace phial::syntax {
namespace {

/// XID_Start by general category, with what UAX 31 adds and removes that names can meet in practice.
bool is_start(uint32_t code_point) {
  if (code_point < 0x80) return (code_point | 32) - 'a' < 26u || code_point == '_';
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_NL: break;
    default: return code_point == 0x2118 || code_point == 0x212E;
  }
  // Letters whose compatibility forms are not names by themselves.
  if (code_point == 0x037A || code_point == 0x0E33 || code_point == 0x0EB3 || code_point == 0x2E2F) return false;
  if (code_point >= 0xFC5E && code_point <= 0xFC63) return false;
  if (code_point >= 0xFDFA && code_point <= 0xFDFB) return false;
  if ((code_point >= 0xFE70 && code_point <= 0xFE7E && code_point % 2 == 0) || code_point == 0xFE7E) return false;
  if (code_point == 0xFF9E || code_point == 0xFF9F) return false;
  if (code_point >= 0x3131 && code_point <= 0x318E) return false;    // Hangul compatibility letters
  if (code_point >= 0xFFA0 && code_point <= 0xFFDC) return false;    // half-width Hangul
  if (code_point >= 0x1D400 && code_point <= 0x1D7FF) return false;  // mathematical letters: compatibility forms
  if (code_point >= 0x2100 && code_point <= 0x214F && code_point != 0x2118 && code_point != 0x212E) return false;
  if (code_point >= 0x2160 && code_point <= 0x217F) return false;
  if (code_point >= 0xFF21 && code_point <= 0xFF5A) return false;  // full-width Latin
  return true;
}

bool is_continue(uint32_t code_point) {
  if (code_point < 0x80) return is_start(code_point) || (code_point >= '0' && code_point <= '9');
  if (is_start(code_point)) return true;
  if (code_point == 0x00B7 || code_point == 0x0387 || code_point == 0x19DA || (code_point >= 0x1369 && code_point <= 0x1371))
    return true;
  if (code_point >= 0xFF10 && code_point <= 0xFF19) return false;
  if (code_point >= 0x1D7CE && code_point <= 0x1D7FF) return false;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND: return true;
    default: return false;
  }
}

std::string normalize(std::string_view text, int options) {
  utf8proc_uint8_t* made = nullptr;
  utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()), &made,
                   static_cast<utf8proc_option_t>(options));
  if (size < 0) return std::string(text);
  std::string out(reinterpret_cast<char*>(made), static_cast<size_t>(size));
  std::free(made);
  return out;
}

struct ScriptRange {
  uint32_t first, last;
  const char* name;
};
// Blocks of the scripts that are confused with each other or common in names; what is not listed counts as common.
constexpr ScriptRange scripts[] = {
    {0x0041, 0x005A, "Latin"},    {0x0061, 0x007A, "Latin"},    {0x00AA, 0x00AA, "Latin"},     {0x00BA, 0x00BA, "Latin"},
    {0x00C0, 0x02B8, "Latin"},    {0x0370, 0x03FF, "Greek"},    {0x0400, 0x052F, "Cyrillic"},  {0x0531, 0x0587, "Armenian"},
    {0x05D0, 0x05F2, "Hebrew"},   {0x0620, 0x06FF, "Arabic"},   {0x0750, 0x077F, "Arabic"},    {0x0904, 0x097F, "Devanagari"},
    {0x0980, 0x09FF, "Bengali"},  {0x0A01, 0x0A7F, "Gurmukhi"}, {0x0A81, 0x0AFF, "Gujarati"},  {0x0B82, 0x0BFF, "Tamil"},
    {0x0C00, 0x0C7F, "Telugu"},   {0x0C80, 0x0CFF, "Kannada"},  {0x0D00, 0x0D7F, "Malayalam"}, {0x0E01, 0x0E5B, "Thai"},
    {0x0E81, 0x0EFF, "Lao"},      {0x10A0, 0x10FF, "Georgian"}, {0x1100, 0x11FF, "Hangul"},    {0x13A0, 0x13FF, "Cherokee"},
    {0x1E00, 0x1EFF, "Latin"},    {0x1F00, 0x1FFF, "Greek"},    {0x2C60, 0x2C7F, "Latin"},     {0x3041, 0x309F, "Hiragana"},
    {0x30A1, 0x30FF, "Katakana"}, {0x3105, 0x312F, "Bopomofo"}, {0x3400, 0x4DBF, "Han"},       {0x4E00, 0x9FFF, "Han"},
    {0xA720, 0xA7FF, "Latin"},    {0xAC00, 0xD7A3, "Hangul"},   {0xF900, 0xFAFF, "Han"},       {0x20000, 0x323AF, "Han"},
};
const char* script_of(uint32_t code_point) {
  for (const ScriptRange& range : scripts)
    if (code_point >= range.first && code_point <= range.last) return range.name;
  return nullptr;
}

/// Highly restrictive sets of UTS 39: one script, or Latin with the scripts of Japanese, Chinese or Korean.
bool may_stand_together(const std::vector<std::string_view>& used) {
  auto all_in = [&](std::initializer_list<std::string_view> set) {
    for (std::string_view script : used) {
      bool found = false;
      for (std::string_view allowed : set) found = found || allowed == script;
      if (!found) return false;
    }
    return true;
  };
  return used.size() <= 1 || all_in({"Latin", "Han", "Hiragana", "Katakana"}) || all_in({"Latin", "Han", "Bopomofo"}) ||
         all_in({"Latin", "Han", "Hangul"});
}

}  // namespace

uint32_t decode_utf8(std::string_view text, size_t& bytes) {
  bytes = 0;
  if (text.empty()) return 0;
  utf8proc_int32_t code_point = -1;
  utf8proc_ssize_t taken = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                            static_cast<utf8proc_ssize_t>(text.size() < 4 ? text.size() : 4), &code_point);
  if (taken <= 0 || code_point < 0) return 0;
  bytes = static_cast<size_t>(taken);
  return static_cast<uint32_t>(code_point);
}

void append_utf8(std::string& out, uint32_t code_point) {
  utf8proc_uint8_t buffer[4];
  utf8proc_ssize_t size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code_point), buffer);
  out.append(reinterpret_cast<char*>(buffer), static_cast<size_t>(size));
}

std::string normalize_nfc(std::string_view text) { return normalize(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE); }
std::string normalize_nfkc(std::string_view text) {
  return normalize(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
}

NameScan scan_name(std::string_view text) {
  NameScan scan;
  size_t bytes = 0;
  uint32_t first = decode_utf8(text, bytes);
  if (bytes == 0 || !is_start(first)) return scan;
  utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(first));
  bool upper = category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT;
  if (first < 0x80 && upper)
    scan.kind = NameKind::alias;
  else
    scan.kind = upper ? NameKind::atom : NameKind::identifier;
  bool not_ascii = first >= 0x80;
  scan.bytes = bytes;
  scan.code_points = 1;
  while (scan.bytes < text.size()) {
    uint32_t code_point = decode_utf8(text.substr(scan.bytes), bytes);
    if (bytes == 0) break;
    if (code_point == '@')
      scan.special = true;
    else if (!is_continue(code_point))
      break;
    not_ascii = not_ascii || code_point >= 0x80;
    scan.bytes += bytes;
    scan.code_points++;
  }
  if (scan.bytes < text.size() && (text[scan.bytes] == '?' || text[scan.bytes] == '!')) {
    scan.bytes++;
    scan.code_points++;
  }
  scan.ascii = !not_ascii;
  if (not_ascii) {
    std::string_view name = text.substr(0, scan.bytes);
    scan.not_normalized = normalize_nfc(name) != name;
  }
  return scan;
}

std::string mixed_scripts(std::string_view name) {
  std::vector<std::string_view> used;
  std::string parts;
  // Chunks between underscores are judged alone: `foo_привет` is readable, `fооbar` is a trap.
  bool bad = false;
  std::string_view rest = name;
  while (!rest.empty()) {
    size_t bytes = 0;
    uint32_t code_point = decode_utf8(rest, bytes);
    if (bytes == 0) break;
    const char* script = script_of(code_point);
    char line[80];
    if (script != nullptr) {
      bool known = false;
      for (std::string_view seen : used) known = known || seen == script;
      if (!known) used.push_back(script);
    }
    if (code_point != '_') {
      std::snprintf(line, sizeof line, "  \\u%04X ", code_point);
      parts += line;
      parts += rest.substr(0, bytes);
      parts += script != nullptr ? std::string(" {") + script + "}\n" : std::string("\n");
    }
    rest.remove_prefix(bytes);
    if (code_point == '_' || rest.empty()) {
      bad = bad || !may_stand_together(used);
      if (code_point == '_') used.clear();
    }
  }
  return bad ? parts : std::string();
}

}  // namespace phial::syntax
