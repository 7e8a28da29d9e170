// :unicode and the Unicode services of String (:phial_unicode), over utf8proc (Unicode 14: UAX 15 normalization, UAX 29 graphemes).
#include <utf8proc.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "vm/base/utf8.hpp"
#include "vm/base/work.hpp"
#include "vm/base/work_stack.hpp"
#include "vm/native/native.hpp"

namespace phial {
namespace {

enum class Encoding { latin1, utf8, utf16_big, utf16_little, utf32_big, utf32_little, bad };

Encoding read_encoding(Term term) {
  auto named = [](Term atom) {
    auto text = atom_text(atom);
    if (text == "latin1") return Encoding::latin1;
    if (text == "utf8" || text == "unicode") return Encoding::utf8;
    if (text == "utf16") return Encoding::utf16_big;
    if (text == "utf32") return Encoding::utf32_big;
    return Encoding::bad;
  };
  if (term.is_atom()) return named(term);
  if (term.is_tuple(2) && term.element(0).is_atom() && term.element(1).is_atom()) {
    Encoding encoding = named(term.element(0));
    bool little = atom_text(term.element(1)) == "little";
    if (encoding == Encoding::utf16_big) return little ? Encoding::utf16_little : encoding;
    if (encoding == Encoding::utf32_big) return little ? Encoding::utf32_little : encoding;
  }
  return Encoding::bad;
}

bool append_encoded(std::string& out, uint32_t point, Encoding encoding) {
  if (!is_code_point(point)) return false;
  auto put16 = [&](unsigned unit) {
    char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit);
    if (encoding == Encoding::utf16_big) {
      out += high;
      out += low;
    } else {
      out += low;
      out += high;
    }
  };
  switch (encoding) {
    case Encoding::latin1:
      if (point > 255) return false;
      out += static_cast<char>(point);
      return true;
    case Encoding::utf8: return utf8_append(out, point);
    case Encoding::utf16_big: case Encoding::utf16_little:
      if (point >= 0x10000) {
        put16(0xd800 + ((point - 0x10000) >> 10));
        put16(0xdc00 + ((point - 0x10000) & 0x3ff));
      } else {
        put16(point);
      }
      return true;
    case Encoding::utf32_big:
      for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(point >> shift);
      return true;
    case Encoding::utf32_little:
      for (int shift = 0; shift <= 24; shift += 8) out += static_cast<char>(point >> shift);
      return true;
    default: return false;
  }
}

struct Decoded { uint32_t point; unsigned length; bool incomplete; };  // length 0: invalid here

Decoded decode_one(const uint8_t* at, const uint8_t* end, Encoding encoding) {
  auto left = static_cast<size_t>(end - at);
  switch (encoding) {
    case Encoding::latin1: return {*at, 1, false};
    case Encoding::utf8: {
      Utf8Step step = utf8_decode(at, end);
      if (step.length) return {step.code_point, step.length, false};
      // Incomplete: a proper prefix of a valid sequence that ends the input.
      unsigned want = (*at & 0xe0) == 0xc0 && *at >= 0xc2 ? 2 : (*at & 0xf0) == 0xe0 ? 3 : *at >= 0xf0 && *at <= 0xf4 ? 4 : 0;
      if (want <= left) return {0, 0, false};
      for (size_t i = 1; i < left; i++)
        if ((at[i] & 0xc0) != 0x80) return {0, 0, false};
      if (left > 1 && ((*at == 0xe0 && at[1] < 0xa0) || (*at == 0xed && at[1] > 0x9f) || (*at == 0xf0 && at[1] < 0x90) ||
                       (*at == 0xf4 && at[1] > 0x8f)))
        return {0, 0, false};
      return {0, 0, true};
    }
    case Encoding::utf16_big: case Encoding::utf16_little: {
      auto unit = [&](size_t i) { return encoding == Encoding::utf16_big ? at[i] << 8 | at[i + 1] : at[i + 1] << 8 | at[i]; };
      if (left < 2) return {0, 0, true};
      auto first = static_cast<uint32_t>(unit(0));
      if (first < 0xd800 || first > 0xdfff) return {first, 2, false};
      if (first > 0xdbff) return {0, 0, false};
      if (left < 4) return {0, 0, true};
      auto second = static_cast<uint32_t>(unit(2));
      if (second < 0xdc00 || second > 0xdfff) return {0, 0, false};
      return {0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00), 4, false};
    }
    default: {
      if (left < 4) return {0, 0, true};
      uint32_t point = 0;
      for (int i = 0; i < 4; i++) point = point << 8 | at[encoding == Encoding::utf32_big ? i : 3 - i];
      return is_code_point(point) ? Decoded{point, 4, false} : Decoded{0, 0, false};
    }
  }
}

enum class Outcome { complete, error, incomplete, badarg };

/// Walks characters: lists of code points and binaries in `in`, nested. Stops at the first fault; `rest` is then what remains.
Outcome walk_characters(TermHeap& heap, Term data, Encoding in, std::vector<uint32_t>& points, Term& rest,
                        Encoding out) {
  std::vector<Term> pending{data};
  WorkCounter work;
  auto remaining = [&](Term first) {
    Term list = Term::nil();
    for (Term item : pending) list = list.is_nil() && item.is_nil() ? list : make_cons(heap, item, list);
    return list.is_nil() ? first : make_cons(heap, first, list);
  };
  while (!pending.empty()) {
    work.step();
    Term at = pending.back();
    pending.pop_back();
    if (at.is_nil()) continue;
    if (at.is_cons()) {
      if (!at.tail().is_nil()) pending.push_back(at.tail());
      Term head = at.head();
      if (head.is_cons() || head.is_nil() || head.is_bitstring()) {
        pending.push_back(head);
        continue;
      }
      if (!head.is_integer()) return Outcome::badarg;
      int64_t point = head.is_small() ? head.small_value() : -1;
      bool fits = point >= 0 && is_code_point(static_cast<uint64_t>(point)) && (out != Encoding::latin1 || point <= 255);
      if (!fits) {
        rest = remaining(make_cons(heap, head, Term::nil()));
        return Outcome::error;
      }
      points.push_back(static_cast<uint32_t>(point));
      if (points.size() % (1 << 18) == 0 && too_many_words(points.size() / 2)) return Outcome::badarg;
      continue;
    }
    if (!is_binary(at)) return Outcome::badarg;
    std::string scratch;
    std::string_view bytes = bytes_of(at, scratch);
    auto start = reinterpret_cast<const uint8_t*>(bytes.data());
    auto end = start + bytes.size();
    for (auto p = start; p < end;) {
      work.step();
      Decoded step = decode_one(p, end, in);
      if (step.length == 0 || (out == Encoding::latin1 && step.point > 255)) {
        Term part = make_slice(heap, at, static_cast<size_t>(p - start) * 8, static_cast<size_t>(end - p) * 8);
        bool incomplete = step.length == 0 && step.incomplete && pending.empty();
        rest = remaining(part);
        return incomplete ? Outcome::incomplete : Outcome::error;
      }
      points.push_back(step.point);
      if (points.size() % (1 << 18) == 0 && too_many_words(points.size() / 2)) return Outcome::badarg;
      p += step.length;
    }
  }
  return Outcome::complete;
}

// Most texts are short, in UTF-8, and one binary or one flat list: those are converted straight into the heap.
constexpr size_t short_text = 64 * 1024;

/// The code points of a short valid text, or none().
Term short_to_list(Context& c, std::string_view text) {
  if (text.size() > short_text || !utf8_valid(text)) return Term::none();
  size_t count = utf8_count(text);
  c.bump(static_cast<int64_t>(text.size() / 256));
  if (!count) return Term::nil();
  Word* cells = c.heap().allocate(2 * count);
  auto at = reinterpret_cast<const uint8_t*>(text.data()), end = at + text.size();
  for (Word* cell = cells; at < end; cell += 2) {
    Utf8Step step = *at < 0x80 ? Utf8Step{*at, 1} : utf8_decode(at, end);
    cell[0] = Term::small(step.code_point).word;
    cell[1] = Term::cons(cell + 2).word;
    at += step.length;
  }
  cells[2 * count - 1] = Term::nil().word;
  return Term::cons(cells);
}

/// The text of a short flat list of code points, or none().
Term short_to_binary(Context& c, Term list) {
  size_t size = 0;
  Term at = list;
  for (; at.is_cons() && size < short_text; at = at.tail()) {
    Term head = at.head();
    if (!head.is_small() || head.small_value() < 0 || !is_code_point(static_cast<uint64_t>(head.small_value()))) return Term::none();
    int64_t point = head.small_value();
    size += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  if (!at.is_nil()) return Term::none();
  uint8_t* bytes;
  Term text = make_binary_buffer(c.heap(), size, &bytes);
  for (at = list; at.is_cons(); at = at.tail()) {
    auto point = static_cast<uint32_t>(at.head().small_value());
    if (point < 0x80) *bytes++ = static_cast<uint8_t>(point);
    else bytes += utf8_encode(point, bytes);
  }
  c.bump(static_cast<int64_t>(size / 256));
  return text;
}

/// The text of short chardata of any form, or none() where it is long or anything is wrong with it.
Term short_chardata(Context& c, Term data) {
  std::string text, scratch;
  text.reserve(512);
  WorkStack<Term> pending;
  Term at = data;
  for (size_t steps = 0; steps < short_text && text.size() < short_text; steps++) {
    Term part = at.is_cons() ? at.head() : at;
    if (part.is_cons()) {
      pending.push_back(at.tail());
      at = part;
      continue;
    }
    if (at.is_cons() && part.is_small()) {
      int64_t point = part.small_value();
      if (point < 0 || !is_code_point(static_cast<uint64_t>(point)) || !utf8_append(text, static_cast<uint32_t>(point))) return Term::none();
    } else if (part.is_bitstring()) {
      if (!is_binary(part)) return Term::none();
      std::string_view bytes = bytes_of(part, scratch);
      if (bytes.size() > short_text || !utf8_valid(bytes)) return Term::none();
      text += bytes;
    } else if (!part.is_nil()) {
      return Term::none();
    }
    if (at.is_cons()) {
      at = at.tail();
    } else if (pending.empty()) {
      c.bump(static_cast<int64_t>((steps + text.size() / 16) / 16));
      return make_binary(c.heap(), text);
    } else {
      at = pending.back();
      pending.pop_back();
    }
  }
  return Term::none();
}

Term convert(Context& c, Term data, Term in_term, Term out_term, bool to_list) {
  Encoding in = read_encoding(in_term), out = to_list ? Encoding::utf8 : read_encoding(out_term);
  if (in == Encoding::bad || out == Encoding::bad) return c.badarg();
  if (in == Encoding::utf8 && out == Encoding::utf8) {
    std::string scratch;
    Term result = Term::none();
    if (!is_binary(data)) {
      if (!to_list) result = short_to_binary(c, data);
      if (!to_list && result.is_none()) result = short_chardata(c, data);
    } else {
      std::string_view text = bytes_of(data, scratch);
      if (to_list) result = short_to_list(c, text);
      else if (native::valid_text(c, text)) result = data;
    }
    if (!result.is_none()) return result;
  }
  std::vector<uint32_t> points;
  Term rest = Term::nil();
  Outcome outcome = walk_characters(c.heap(), data, in, points, rest, out);
  if (outcome == Outcome::badarg) return c.badarg();
  c.bump(static_cast<int64_t>(points.size() / 256));
  Term result;
  if (to_list) {
    std::vector<Term> items;
    items.reserve(points.size());
    WorkCounter work;
    for (uint32_t point : points) {
      work.step();
      items.push_back(Term::small(point));
    }
    result = make_list(c.heap(), items);
  } else {
    std::string text;
    WorkCounter work;
    for (uint32_t point : points) {
      work.step();
      append_encoded(text, point, out);
    }
    result = make_binary(c.heap(), text);
  }
  if (outcome == Outcome::complete) return result;
  return make_tuple(c.heap(), {outcome == Outcome::error ? atoms::error : intern_atom("incomplete"), result, rest});
}

Term utf8_atom() {
  static const Term atom = intern_atom("utf8");
  return atom;
}
Term characters_to_binary(Context& c, const Term* a) { return convert(c, a[0], utf8_atom(), utf8_atom(), false); }
Term characters_to_binary_2(Context& c, const Term* a) { return convert(c, a[0], a[1], utf8_atom(), false); }
Term characters_to_binary_3(Context& c, const Term* a) { return convert(c, a[0], a[1], a[2], false); }
Term characters_to_list(Context& c, const Term* a) { return convert(c, a[0], utf8_atom(), utf8_atom(), true); }
Term characters_to_list_2(Context& c, const Term* a) { return convert(c, a[0], a[1], utf8_atom(), true); }

// -- normalization

uint8_t combining_class(int32_t point) { return static_cast<uint8_t>(utf8proc_get_property(point)->combining_class); }

/// Canonical ordering: marks between two starters by their class, those of one class as they came. utf8proc's own is quadratic in the length of such a run.
void order_marks(std::vector<int32_t>& points) {
  WorkCounter work;
  auto by_class = [&](int32_t a, int32_t b) {
    work.step();
    return combining_class(a) < combining_class(b);
  };
  for (auto at = points.begin(); at != points.end();) {
    work.step();
    if (!combining_class(*at)) {
      ++at;
      continue;
    }
    auto end = std::find_if(at, points.end(), [&](int32_t point) {
      work.step();
      return !combining_class(point);
    });
    if (end - at > 1 && !std::is_sorted(at, end, by_class)) std::stable_sort(at, end, by_class);
    at = end;
  }
}

/// Appends one piece of text, normalized; false if it is no valid text.
bool append_normalized_piece(std::string& out, std::string_view text, utf8proc_option_t options) {
  constexpr int longest_decomposition = 32;
  std::vector<int32_t> points;
  points.reserve(text.size());
  WorkCounter work;
  auto at = reinterpret_cast<const uint8_t*>(text.data()), end = at + text.size();
  int boundary = UTF8PROC_BOUNDCLASS_START;
  while (at < end) {
    work.step();
    Utf8Step step = utf8_decode(at, end);
    if (!step.length) return false;
    at += step.length;
    if (step.code_point < 0x80) {
      points.push_back(static_cast<int32_t>(step.code_point));
      continue;
    }
    int32_t parts[longest_decomposition];
    auto count = utf8proc_decompose_char(static_cast<int32_t>(step.code_point), parts, longest_decomposition, options, &boundary);
    if (count < 0 || count > longest_decomposition) return false;
    points.insert(points.end(), parts, parts + count);
  }
  order_marks(points);
  note_work(static_cast<int64_t>(points.size()));
  auto count = static_cast<utf8proc_ssize_t>(points.size());
  if (options & UTF8PROC_COMPOSE) count = utf8proc_normalize_utf32(points.data(), count, options);
  if (count < 0) return false;
  for (utf8proc_ssize_t i = 0; i < count; i++) {
    work.step();
    utf8_append(out, static_cast<uint32_t>(points[static_cast<size_t>(i)]));
  }
  return true;
}

/// Appends valid text, normalized; false if it is none. In pieces that end between two ASCII characters, which never compose.
bool append_normalized(std::string& out, std::string_view text, utf8proc_option_t options) {
  constexpr size_t piece_size = 1 << 16;
  while (!text.empty()) {
    size_t cut = std::min(piece_size, text.size());
    while (cut < text.size() && (static_cast<uint8_t>(text[cut - 1] | text[cut]) & 0x80)) cut++;
    if (!append_normalized_piece(out, text.substr(0, cut), static_cast<utf8proc_option_t>(options | UTF8PROC_STABLE))) return false;
    text.remove_prefix(cut);
  }
  return true;
}

Term normalized_binary(Context& c, std::string_view text, utf8proc_option_t options) {
  std::string out;
  return append_normalized(out, text, options) ? make_binary(c.heap(), out) : Term::none();
}
constexpr utf8proc_option_t nfc = UTF8PROC_COMPOSE, nfd = UTF8PROC_DECOMPOSE;
constexpr auto nfkc = static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
constexpr auto nfkd = static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT);

/// :unicode.characters_to_nfX_binary: valid characters normalized; {error, so far, rest} at the first fault.
template <utf8proc_option_t options, bool to_list>
Term characters_to_normal(Context& c, const Term* a) {
  std::vector<uint32_t> points;
  Term rest = Term::nil();
  Outcome outcome = walk_characters(c.heap(), a[0], Encoding::utf8, points, rest, Encoding::utf8);
  if (outcome == Outcome::badarg) return c.badarg();
  std::string text;
  for (uint32_t point : points) utf8_append(text, point);
  Term binary = normalized_binary(c, text, options);
  if (binary.is_none()) return c.badarg();
  if (to_list) {
    std::string scratch;
    binary = native::make_charlist(c.heap(), bytes_of(binary, scratch));
  }
  return outcome == Outcome::complete ? binary : make_tuple(c.heap(), {atoms::error, binary, rest});
}

Term normalize(Context& c, const Term* a) {
  if (!is_binary(a[0]) || !a[1].is_atom()) return c.badarg();
  auto form = atom_text(a[1]);
  auto options = form == "nfc" ? nfc : form == "nfd" ? nfd : form == "nfkc" ? nfkc : form == "nfkd" ? nfkd : UTF8PROC_NULLTERM;
  if (options == UTF8PROC_NULLTERM) return c.badarg();
  std::string scratch;
  std::string_view text = bytes_of(a[0], scratch);
  // Invalid bytes are kept as they are: only the valid stretches are normalized.
  std::string out;
  auto at = reinterpret_cast<const uint8_t*>(text.data()), end = at + text.size(), from = at;
  auto flush = [&](const uint8_t* to) {
    append_normalized(out, {reinterpret_cast<const char*>(from), static_cast<size_t>(to - from)}, options);
  };
  WorkCounter work;
  while (at < end) {
    work.step();
    unsigned length = utf8_decode(at, end).length;
    if (length) {
      at += length;
      continue;
    }
    flush(at);
    out += static_cast<char>(*at++);
    from = at;
  }
  flush(end);
  return make_binary(c.heap(), out);
}

// -- graphemes (UAX 29, extended grapheme clusters)

/// Bytes of the grapheme cluster at the start; an invalid byte is one of its own.
size_t grapheme_length(const uint8_t* at, const uint8_t* end) {
  if (*at < 0x80) {  // most text: no combining mark may follow an ASCII character that another one follows
    if (at + 1 == end) return 1;
    if (at[1] < 0x80) return *at == '\r' && at[1] == '\n' ? 2 : 1;
  }
  Utf8Step step = utf8_decode(at, end);
  if (!step.length) return 1;
  size_t length = step.length;
  auto previous = static_cast<utf8proc_int32_t>(step.code_point);
  utf8proc_int32_t state = 0;
  WorkCounter work;  // a cluster may be all there is
  while (at + length < end) {
    work.step();
    Utf8Step next = utf8_decode(at + length, end);
    if (!next.length || utf8proc_grapheme_break_stateful(previous, static_cast<utf8proc_int32_t>(next.code_point), &state)) break;
    previous = static_cast<utf8proc_int32_t>(next.code_point);
    length += next.length;
  }
  return length;
}

/// Bytes at the start that are ASCII, a multiple of eight.
size_t ascii_run(const uint8_t* at, const uint8_t* end) {
  auto start = at;
  for (; end - at >= 8; at += 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    if (word & 0x8080808080808080) break;
  }
  return static_cast<size_t>(at - start);
}

/// Calls visit(offset, length) for every grapheme of a binary.
template <class Visit>
void each_grapheme(std::string_view text, Visit visit) {
  auto start = reinterpret_cast<const uint8_t*>(text.data()), end = start + text.size();
  WorkCounter work;
  for (auto at = start; at < end;) {
    work.step();
    size_t length = grapheme_length(at, end);
    visit(static_cast<size_t>(at - start), length);
    at += length;
  }
}

Term next_grapheme(Context& c, const Term* a) {
  if (!is_binary(a[0])) return c.badarg();
  std::string scratch;
  std::string_view text = bytes_of(a[0], scratch);
  if (text.empty()) return atoms::nil;
  auto at = reinterpret_cast<const uint8_t*>(text.data());
  size_t length = grapheme_length(at, at + text.size());
  Term first = make_slice(c.heap(), a[0], 0, length * 8);
  return make_tuple(c.heap(), {first, make_slice(c.heap(), a[0], length * 8, (text.size() - length) * 8)});
}
Term graphemes(Context& c, const Term* a) {
  if (!is_binary(a[0])) return c.badarg();
  std::string scratch;
  std::string_view text = bytes_of(a[0], scratch);
  std::vector<Term> items;
  each_grapheme(text, [&](size_t at, size_t length) { items.push_back(make_slice(c.heap(), a[0], at * 8, length * 8)); });
  c.bump(static_cast<int64_t>(items.size() / 8));
  return make_list(c.heap(), items);
}
Term grapheme_count(Context& c, const Term* a) {
  if (!is_binary(a[0])) return c.badarg();
  std::string scratch;
  std::string_view text = bytes_of(a[0], scratch);
  int64_t count = 0;
  // Each ASCII character that another one follows is a grapheme, but for \r\n. Eight at a time: ten times as fast as one by one.
  auto at = reinterpret_cast<const uint8_t*>(text.data()), end = at + text.size();
  WorkCounter work;
  while (at < end) {
    work.step();
    uint64_t word = ~uint64_t{0};
    if (end - at > 8 && at[8] < 0x80) std::memcpy(&word, at, 8);
    uint64_t returns = word ^ 0x0d0d0d0d0d0d0d0d;
    returns = (returns - 0x0101010101010101) & ~returns;
    size_t length = 8;
    if ((word | returns) & 0x8080808080808080) {
      length = grapheme_length(at, end);
      count++;
    } else {
      count += 8;
    }
    at += length;
  }
  c.bump(count / 64);
  return Term::small(count);
}
Term reverse(Context& c, const Term* a) {
  if (!is_binary(a[0])) return c.badarg();
  std::string scratch;
  std::string_view text = bytes_of(a[0], scratch);
  std::string out(text.size(), '\0');
  each_grapheme(text, [&](size_t at, size_t length) { text.copy(out.data() + text.size() - at - length, length, at); });
  c.bump(static_cast<int64_t>(text.size() / 128));
  return make_binary(c.heap(), out);
}
Term to_code_points(Context& c, const Term* a) {
  if (!is_binary(a[0])) return c.badarg();
  std::string scratch;
  std::string_view text = bytes_of(a[0], scratch);
  std::vector<Term> items;
  auto start = reinterpret_cast<const uint8_t*>(text.data()), end = start + text.size();
  WorkCounter work;
  for (auto at = start; at < end;) {
    work.step();
    unsigned length = utf8_decode(at, end).length;
    if (!length) length = 1;
    items.push_back(make_slice(c.heap(), a[0], static_cast<size_t>(at - start) * 8, length * 8));
    at += length;
  }
  return make_list(c.heap(), items);
}

// -- case. Special cases of Unicode's SpecialCasing that change the length are in the tables below

struct SpecialCase { uint32_t point; const char* upper; const char* title; };
constexpr SpecialCase special_cases[] = {
    {0x00df, "SS", "Ss"}, {0xfb00, "FF", "Ff"}, {0xfb01, "FI", "Fi"}, {0xfb02, "FL", "Fl"}, {0xfb03, "FFI", "Ffi"},
    {0xfb04, "FFL", "Ffl"}, {0xfb05, "ST", "St"}, {0xfb06, "ST", "St"}, {0x0149, "\u02bcN", "\u02bcN"}, {0x01f0, "J\u030c", "J\u030c"},
    {0x0390, "\u0399\u0308\u0301", "\u0399\u0308\u0301"}, {0x03b0, "\u03a5\u0308\u0301", "\u03a5\u0308\u0301"},
    {0x0587, "\u0535\u0552", "\u0535\u0582"}, {0x1e96, "H\u0331", "H\u0331"}, {0x1e97, "T\u0308", "T\u0308"},
    {0x1e98, "W\u030a", "W\u030a"}, {0x1e99, "Y\u030a", "Y\u030a"}, {0x1e9a, "A\u02be", "A\u02be"},
    {0xfb13, "\u0544\u0546", "\u0544\u0576"}, {0xfb14, "\u0544\u0535", "\u0544\u0565"}, {0xfb15, "\u0544\u053b", "\u0544\u056b"},
    {0xfb16, "\u054e\u0546", "\u054e\u0576"}, {0xfb17, "\u0544\u053d", "\u0544\u056d"},
};
const SpecialCase* special_case(uint32_t point) {
  for (const SpecialCase& special : special_cases)
    if (special.point == point) return &special;
  return nullptr;
}

enum class CaseMode { standard, ascii, greek, turkic, bad };
CaseMode read_mode(Term term) {
  if (!term.is_atom()) return CaseMode::bad;
  auto text = atom_text(term);
  return text == "default" ? CaseMode::standard : text == "ascii" ? CaseMode::ascii : text == "greek" ? CaseMode::greek
         : text == "turkic" ? CaseMode::turkic : CaseMode::bad;
}

/// Maps characters by `map`; with ascii_runs, runs of ASCII by `ascii` (a loop over bytes, which the compiler makes vector instructions of).
template <bool ascii_runs, class Ascii, class Map>
Term map_text(Context& c, Term binary, Ascii ascii, Map map) {
  std::string scratch, out;
  std::string_view text = bytes_of(binary, scratch);
  out.reserve(text.size());
  auto start = reinterpret_cast<const uint8_t*>(text.data()), end = start + text.size();
  WorkCounter work;
  for (auto at = start; at < end;) {
    work.step();
    if (size_t run = ascii_runs ? ascii_run(at, at + std::min<ptrdiff_t>(end - at, 4096)) : 0) {
      note_work(static_cast<int64_t>(run / 64));
      size_t from = out.size();
      out.append(reinterpret_cast<const char*>(at), run);
      for (char *byte = out.data() + from, *last = byte + run; byte < last; byte++) *byte = ascii(*byte);
      at += run;
      continue;
    }
    Utf8Step step = utf8_decode(at, end);
    if (step.length)
      map(out, step.code_point, at + step.length, end);
    else
      out += static_cast<char>(*at);
    at += step.length ? step.length : 1;
  }
  c.bump(static_cast<int64_t>(text.size() / 256));
  return make_binary(c.heap(), out);
}

void append_upper(std::string& out, uint32_t point) {
  if (auto special = special_case(point))
    out += special->upper;
  else
    utf8_append(out, static_cast<uint32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(point))));
}

bool is_letter(uint32_t point) {
  auto category = utf8proc_category(static_cast<utf8proc_int32_t>(point));
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

Term upcase(Context& c, const Term* a) {
  CaseMode mode = read_mode(a[1]);
  if (!is_binary(a[0]) || mode == CaseMode::bad) return c.badarg();
  auto ascii = [](char byte) { return static_cast<char>(byte - (byte >= 'a' && byte <= 'z' ? 32 : 0)); };
  auto whole = [mode](std::string& out, uint32_t point, const uint8_t*, const uint8_t*) {
    if (point < 0x80) {
      if (mode == CaseMode::turkic && point == 'i')
        utf8_append(out, 0x130);
      else
        out += static_cast<char>(point >= 'a' && point <= 'z' ? point - 32 : point);
    } else if (mode == CaseMode::ascii) {
      utf8_append(out, point);
    } else {
      append_upper(out, point);
    }
  };
  return mode == CaseMode::turkic ? map_text<false>(c, a[0], ascii, whole) : map_text<true>(c, a[0], ascii, whole);
}
Term downcase(Context& c, const Term* a) {
  CaseMode mode = read_mode(a[1]);
  if (!is_binary(a[0]) || mode == CaseMode::bad) return c.badarg();
  auto ascii = [](char byte) { return static_cast<char>(byte + (byte >= 'A' && byte <= 'Z' ? 32 : 0)); };
  auto whole = [mode](std::string& out, uint32_t point, const uint8_t* next, const uint8_t* end) {
    if (point < 0x80) {
      if (mode == CaseMode::turkic && point == 'I')
        utf8_append(out, 0x131);
      else
        out += static_cast<char>(point >= 'A' && point <= 'Z' ? point + 32 : point);
    } else if (mode == CaseMode::ascii) {
      utf8_append(out, point);
    } else if (point == 0x130) {
      out += mode == CaseMode::turkic ? "i" : "i\u0307";
    } else if (point == 0x3a3 && mode == CaseMode::greek) {  // sigma at the end of a word
      Utf8Step after = utf8_decode(next, end);
      utf8_append(out, !out.empty() && (!after.length || !is_letter(after.code_point)) ? 0x3c2 : 0x3c3);
    } else {
      utf8_append(out, static_cast<uint32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(point))));
    }
  };
  return mode == CaseMode::turkic ? map_text<false>(c, a[0], ascii, whole) : map_text<true>(c, a[0], ascii, whole);
}
Term titlecase_first(Context& c, const Term* a) {
  if (!is_binary(a[0])) return c.badarg();
  std::string scratch, out;
  std::string_view text = bytes_of(a[0], scratch);
  auto at = reinterpret_cast<const uint8_t*>(text.data());
  Utf8Step step = utf8_decode(at, at + text.size());
  size_t used = step.length ? step.length : text.empty() ? 0 : 1;
  if (!step.length)
    out = std::string(text.substr(0, used));
  else if (auto special = special_case(step.code_point))
    out = special->title;
  else
    utf8_append(out, static_cast<uint32_t>(utf8proc_totitle(static_cast<utf8proc_int32_t>(step.code_point))));
  Term first = make_binary(c.heap(), out);
  return make_tuple(c.heap(), {first, make_slice(c.heap(), a[0], used * 8, (text.size() - used) * 8)});
}

// -- properties

bool read_point(Term term, uint32_t& point) {
  if (!term.is_small() || term.small_value() < 0 || term.small_value() > 0x10ffff) return false;
  point = static_cast<uint32_t>(term.small_value());
  return true;
}
Term category(Context& c, const Term* a) {
  uint32_t point;
  if (!read_point(a[0], point)) return c.badarg();
  return intern_atom(utf8proc_category_string(static_cast<utf8proc_int32_t>(point)));
}
/// The White_Space property.
bool is_white_space(uint32_t point) {
  return (point >= 9 && point <= 13) || point == 0x20 || point == 0x85 || point == 0xa0 || point == 0x1680 ||
         (point >= 0x2000 && point <= 0x200a) || point == 0x2028 || point == 0x2029 || point == 0x202f || point == 0x205f || point == 0x3000;
}
Term white_space(Context& c, const Term* a) {
  uint32_t point;
  return read_point(a[0], point) ? boolean(is_white_space(point)) : c.badarg();
}
/// What String.printable? calls printable: everything but the control characters other than \a \b \t \n \v \f \r \e \d, and what is no character.
bool is_printable(uint32_t point) {
  if (point < 0x20) return (point >= 7 && point <= 13) || point == 27;
  if (point < 0x80) return true;
  return point >= 0xa0 && is_code_point(point) && point != 0xfffe && point != 0xffff;
}
Term printable(Context& c, const Term* a) {
  if (!is_binary(a[0])) return c.badarg();
  int64_t limit = a[1].is_small() ? a[1].small_value() : INT64_MAX;
  std::string scratch;
  std::string_view text = bytes_of(a[0], scratch);
  auto at = reinterpret_cast<const uint8_t*>(text.data()), end = at + text.size();
  WorkCounter work;
  while (at < end && limit-- > 0) {
    work.step();
    Utf8Step step = utf8_decode(at, end);
    if (!step.length || !is_printable(step.code_point)) return atoms::false_;
    at += step.length;
  }
  return atoms::true_;
}
/// Columns that a code point takes on a terminal.
Term width(Context& c, const Term* a) {
  uint32_t point;
  return read_point(a[0], point) ? Term::small(utf8proc_charwidth(static_cast<utf8proc_int32_t>(point))) : c.badarg();
}

Term valid(Context& c, const Term* a) {
  if (!is_binary(a[0])) return c.badarg();
  std::string scratch;
  return boolean(native::valid_text(c, bytes_of(a[0], scratch)));
}

// -- words

/// Bytes of the white space that words end at, 0: there is none. Spaces that do not break (U+00A0, U+2007, U+202F) are none.
unsigned breaking_space(const uint8_t* at, const uint8_t* end) {
  if (*at < 0x80) return *at == ' ' || (*at >= '\t' && *at <= '\r');
  if (*at == 0xc2) return end - at > 1 && at[1] == 0x85 ? 2 : 0;
  if (end - at < 3) return 0;
  bool is_space = false;
  if (*at == 0xe1) is_space = at[1] == 0x9a && at[2] == 0x80;
  if (*at == 0xe2 && at[1] == 0x80) is_space = (at[2] >= 0x80 && at[2] <= 0x8a && at[2] != 0x87) || at[2] == 0xa8 || at[2] == 0xa9;
  if (*at == 0xe2 && at[1] == 0x81) is_space = at[2] == 0x9f;
  if (*at == 0xe3) is_space = at[1] == 0x80 && at[2] == 0x80;
  return is_space ? 3 : 0;
}
/// What stands between white space.
Term words(Context& c, const Term* a) {
  if (!is_binary(a[0])) return c.badarg();
  std::string scratch;
  std::string_view text = bytes_of(a[0], scratch);
  auto start = reinterpret_cast<const uint8_t*>(text.data()), end = start + text.size(), word = start, at = start;
  constexpr size_t copied = 24;  // a slice takes more
  std::vector<Term> items;
  auto finish = [&] {
    auto from = static_cast<size_t>(word - start), size = static_cast<size_t>(at - word);
    if (size) items.push_back(size <= copied ? make_binary(c.heap(), text.substr(from, size)) : make_slice(c.heap(), a[0], from * 8, size * 8));
  };
  WorkCounter work;
  while (at < end) {
    work.step();
    unsigned space = breaking_space(at, end);
    if (!space) {
      at++;
      continue;
    }
    finish();
    at += space;
    word = at;
  }
  finish();
  return make_list(c.heap(), items);
}

/// The strings of binaries, small integers and atoms with a joiner between them; false where there is anything else among them, or much.
Term join(Context& c, const Term* a) {
  constexpr size_t much = size_t{1} << 20;
  if (!is_binary(a[1])) return c.badarg();
  std::string out, scratch, joiner_scratch;
  std::string_view joiner = bytes_of(a[1], joiner_scratch);
  out.reserve(1024);
  WorkCounter work;
  Term list = a[0];
  for (; list.is_cons(); list = list.tail()) {
    work.step();
    Term item = list.head();
    if (item.is_small()) {
      char digits[24];
      out.append(digits, std::to_chars(digits, std::end(digits), item.small_value()).ptr);
    } else if (item.is_atom()) {
      if (item != atoms::nil) out += atom_text(item);
    } else if (item.is_bitstring() && is_binary(item)) {
      out += bytes_of(item, scratch);
    } else {
      return atoms::false_;
    }
    if (out.size() > much) return atoms::false_;
    if (!list.tail().is_nil()) out += joiner;
  }
  return list.is_nil() ? make_binary(c.heap(), out) : atoms::false_;
}

constexpr NativeEntry entries[] = {
    {"unicode", "characters_to_binary", 1, characters_to_binary, native_measured}, {"unicode", "characters_to_binary", 2, characters_to_binary_2, native_measured},
    {"unicode", "characters_to_binary", 3, characters_to_binary_3, native_measured}, {"unicode", "characters_to_list", 1, characters_to_list, native_measured},
    {"unicode", "characters_to_list", 2, characters_to_list_2, native_measured},
    {"unicode", "characters_to_nfc_binary", 1, characters_to_normal<nfc, false>, native_measured},
    {"unicode", "characters_to_nfd_binary", 1, characters_to_normal<nfd, false>, native_measured},
    {"unicode", "characters_to_nfkc_binary", 1, characters_to_normal<nfkc, false>, native_measured},
    {"unicode", "characters_to_nfkd_binary", 1, characters_to_normal<nfkd, false>, native_measured},
    {"unicode", "characters_to_nfc_list", 1, characters_to_normal<nfc, true>, native_measured},
    {"unicode", "characters_to_nfd_list", 1, characters_to_normal<nfd, true>, native_measured},
    {"unicode", "characters_to_nfkc_list", 1, characters_to_normal<nfkc, true>, native_measured},
    {"unicode", "characters_to_nfkd_list", 1, characters_to_normal<nfkd, true>, native_measured},
    {"phial_unicode", "next_grapheme", 1, next_grapheme}, {"phial_unicode", "graphemes", 1, graphemes, native_measured},
    {"phial_unicode", "length", 1, grapheme_count, native_measured}, {"phial_unicode", "reverse", 1, reverse, native_measured},
    {"phial_unicode", "to_codepoints", 1, to_code_points, native_measured}, {"phial_unicode", "upcase", 2, upcase, native_measured}, {"phial_unicode", "downcase", 2, downcase, native_measured},
    {"phial_unicode", "titlecase_first", 1, titlecase_first}, {"phial_unicode", "normalize", 2, normalize, native_measured},
    {"phial_unicode", "category", 1, category}, {"phial_unicode", "white_space?", 1, white_space},
    {"phial_unicode", "printable?", 2, printable, native_measured}, {"phial_unicode", "valid?", 1, valid, native_measured},
    {"phial_unicode", "words", 1, words, native_measured}, {"phial_unicode", "join", 2, join, native_measured}, {"phial_unicode", "width", 1, width},
};

}  // namespace

extern const NativeTable unicode_natives = native::table_of(entries);

}  // namespace phial
