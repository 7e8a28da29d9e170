// :binary. Searching: one pattern by memmem, several by a table of first bytes; of matches at one place the longest counts.
// A compiled pattern is {:bm, patterns} or {:ac, patterns}: the search needs no more preparation than reading it.
#include <algorithm>
#include <bitset>
#include <cstring>
#include <vector>

#include "vm/base/work.hpp"
#include "vm/native/native.hpp"
#include "vm/process/budget.hpp"
#include "vm/term/number.hpp"

namespace phial {
namespace {

struct Match { size_t at; size_t length; };

class Patterns {
 public:
  /// Reads a binary, a list of binaries or a compiled pattern; false where it is none (or an empty pattern).
  bool read(Term term) {
    if (term.is_tuple(2) && (term.element(0) == intern_atom("bm") || term.element(0) == intern_atom("ac"))) term = term.element(1);
    if (is_binary(term)) return add(term);
    if (!term.is_cons()) return false;
    for (; term.is_cons(); term = term.tail())
      if (!is_binary(term.head()) || !add(term.head())) return false;
    return term.is_nil();
  }
  size_t count() const { return texts_.size(); }

  /// The first match at or after `from` that ends by `end`.
  bool find(std::string_view in, size_t from, size_t end, Match& match) const {
    if (from >= end) return false;
    if (texts_.size() == 1) {
      const std::string& text = texts_[0];
      // In parts, each with what a match that begins in it may need beyond.
      constexpr size_t part = 1 << 18;
      for (;; from += part, note_work(part / 64)) {
        bool last = end - from <= part + text.size();
        auto found = static_cast<const char*>(memmem(in.data() + from, last ? end - from : part + text.size() - 1, text.data(), text.size()));
        if (!found && last) return false;
        if (!found) continue;
        match = {static_cast<size_t>(found - in.data()), text.size()};
        return true;
      }
    }
    size_t work = 0;
    for (size_t at = from; at < end; at++) {
      if (++work > 16384) {
        note_work(static_cast<int64_t>(work / 8));
        work = 0;
      }
      if (!first_[static_cast<uint8_t>(in[at])]) continue;
      size_t longest = 0;
      work += work_of_comparison_;
      for (const std::string& text : texts_)
        if (text.size() > longest && text.size() <= end - at && std::memcmp(in.data() + at, text.data(), text.size()) == 0)
          longest = text.size();
      if (longest) {
        match = {at, longest};
        return true;
      }
    }
    return false;
  }

 private:
  bool add(Term binary) {
    std::string scratch;
    texts_.emplace_back(bytes_of(binary, scratch));
    if (texts_.back().empty()) return false;
    first_[static_cast<uint8_t>(texts_.back()[0])] = true;
    work_of_comparison_ += 8 + texts_.back().size() / 8;
    return true;
  }
  std::vector<std::string> texts_;
  std::bitset<256> first_;
  size_t work_of_comparison_ = 0;  // with all of them, in steps over bytes
};

/// A subject and the part of it that {scope, {start, length}} names.
struct Subject {
  std::string scratch;
  std::string_view bytes;
  size_t start = 0, end = 0;
  bool read(Term binary) {
    if (!is_binary(binary)) return false;
    bytes = bytes_of(binary, scratch);
    end = bytes.size();
    return true;
  }
  bool scope(Term options) {
    Term part = native::option(options, intern_atom("scope"));
    if (part.is_none()) return true;
    if (!part.is_tuple(2) || !part.element(0).is_small() || !part.element(1).is_small()) return false;
    int64_t from = part.element(0).small_value(), length = part.element(1).small_value();
    if (length < 0) {
      from += length;
      length = -length;
    }
    auto size = static_cast<int64_t>(bytes.size());
    if (from < 0 || from > size || length > size - from) return false;
    start = static_cast<size_t>(from);
    end = start + static_cast<size_t>(length);
    return true;
  }
};

Term match_term(TermHeap& heap, Match match) {
  return make_tuple(heap, {Term::small(static_cast<int64_t>(match.at)), Term::small(static_cast<int64_t>(match.length))});
}

/// Subjects of more bytes are searched where the search can be left (native_long).
constexpr size_t long_subject = 256 * 1024;
/// Counts the search up to `at`, and the match found there.
void count_search(Context& c, size_t& counted, size_t at) {
  tick(c, static_cast<int64_t>((at - counted) / 1024 + 3));
  counted = at;
}

template <bool in_parts = false>
Term match_with(Context& c, Term binary, Term pattern, Term options) {
  Subject subject;
  Patterns patterns;
  if (!subject.read(binary) || !patterns.read(pattern) || list_length(options) < 0 || !subject.scope(options)) return c.badarg();
  if (!in_parts && subject.end - subject.start > long_subject) return native::go_long(c, "match", {binary, pattern, options});
  Match match;
  if (!in_parts) c.bump(static_cast<int64_t>((subject.end - subject.start) / 1024));
  return patterns.find(subject.bytes, subject.start, subject.end, match) ? match_term(c.heap(), match) : intern_atom("nomatch");
}
Term match_2(Context& c, const Term* a) { return match_with(c, a[0], a[1], Term::nil()); }
Term match_3(Context& c, const Term* a) { return match_with(c, a[0], a[1], a[2]); }
Term match_long(Context& c, const Term* a) { return match_with<true>(c, a[0], a[1], a[2]); }

template <bool in_parts>
Term matches_with(Context& c, Term binary, Term pattern, Term options) {
  Subject subject;
  Patterns patterns;
  if (!subject.read(binary) || !patterns.read(pattern) || list_length(options) < 0 || !subject.scope(options)) return c.badarg();
  if (!in_parts && subject.end - subject.start > long_subject) return native::go_long(c, "matches", {binary, pattern, options});
  std::vector<Term> found;
  Match match;
  size_t counted = subject.start;
  for (size_t at = subject.start; patterns.find(subject.bytes, at, subject.end, match); at = match.at + match.length) {
    found.push_back(match_term(c.heap(), match));
    count_search(c, counted, match.at);
  }
  c.bump(static_cast<int64_t>((subject.end - counted) / 1024));
  return make_list(c.heap(), found);
}
Term matches_2(Context& c, const Term* a) { return matches_with<false>(c, a[0], a[1], Term::nil()); }
Term matches_3(Context& c, const Term* a) { return matches_with<false>(c, a[0], a[1], a[2]); }
Term matches_long(Context& c, const Term* a) { return matches_with<true>(c, a[0], a[1], a[2]); }

bool has_option(Term options, const char* name) { return !native::option(options, intern_atom(name)).is_none(); }

template <bool in_parts>
Term split_with(Context& c, Term binary, Term pattern, Term options) {
  Subject subject;
  Patterns patterns;
  if (!subject.read(binary) || !patterns.read(pattern) || list_length(options) < 0 || !subject.scope(options)) return c.badarg();
  bool global = has_option(options, "global"), trim = has_option(options, "trim"), trim_all = has_option(options, "trim_all");
  if (!in_parts && subject.end - subject.start > long_subject) return native::go_long(c, "split", {binary, pattern, options});
  std::vector<Match> parts;
  size_t from = 0, counted = subject.start;
  Match match;
  for (size_t at = subject.start; patterns.find(subject.bytes, at, subject.end, match); at = match.at + match.length) {
    parts.push_back({from, match.at - from});
    from = match.at + match.length;
    count_search(c, counted, match.at);
    if (!global) break;
  }
  parts.push_back({from, subject.bytes.size() - from});
  if (trim_all) std::erase_if(parts, [](Match part) { return part.length == 0; });
  if (trim)
    while (!parts.empty() && parts.back().length == 0) parts.pop_back();
  std::vector<Term> terms;
  terms.reserve(parts.size());
  for (Match part : parts) {
    terms.push_back(make_slice(c.heap(), binary, part.at * 8, part.length * 8));
    if (terms.size() % 1024 == 0) tick(c, 1024);
  }
  c.bump(static_cast<int64_t>(parts.size() % 1024 / 16));
  return make_list(c.heap(), terms);
}
Term split_2(Context& c, const Term* a) { return split_with<false>(c, a[0], a[1], Term::nil()); }
Term split_3(Context& c, const Term* a) { return split_with<false>(c, a[0], a[1], a[2]); }
Term split_long(Context& c, const Term* a) { return split_with<true>(c, a[0], a[1], a[2]); }

/// Replacement by a binary, with {insert_replaced, positions}; one by a function is made of matches in stdlib/erlang/binary.ex.
template <bool in_parts>
Term replace_with(Context& c, Term binary, Term pattern, Term replacement, Term options) {
  Subject subject;
  Patterns patterns;
  if (list_length(options) < 0 || !subject.read(binary) || !patterns.read(pattern) || !subject.scope(options)) return c.badarg();
  bool global = has_option(options, "global");
  if (replacement.is_function()) {
    Term found = matches_with<true>(c, binary, pattern, options);
    if (!global && found.is_cons()) found = make_list(c.heap(), {found.head()});
    return c.tail_call(intern_atom("binary"), intern_atom("replace_matches"), {binary, found, replacement});
  }
  if (!is_binary(replacement)) return c.badarg();
  if (!in_parts && subject.end - subject.start > long_subject) return native::go_long(c, "replace", {binary, pattern, replacement, options});
  std::string scratch, out;
  std::string_view with = bytes_of(replacement, scratch);
  Term insert = native::option(options, intern_atom("insert_replaced"));
  std::vector<size_t> positions;
  if (!insert.is_none()) {
    Term list = insert.is_small() ? make_list(c.heap(), {insert}) : insert;
    for (Term item : ListRange(list)) {
      size_t position;
      if (!native::read_index(item, with.size(), position)) return c.badarg();
      positions.push_back(position);
    }
    std::sort(positions.begin(), positions.end());
  }
  size_t from = 0, counted = subject.start;
  constexpr size_t part = 1 << 20;
  size_t checked = part;
  Match match;
  for (size_t at = subject.start; patterns.find(subject.bytes, at, subject.end, match); at = match.at + match.length) {
    count_search(c, counted, match.at);
    // The result may be the product of what was given.
    if (out.size() + with.size() > checked) {
      note_work(static_cast<int64_t>((out.size() + with.size() - checked) / 256));
      checked = out.size() + with.size() + part;
      if (too_many_words((out.size() + with.size()) / sizeof(Word))) return c.system_limit();
    }
    out += subject.bytes.substr(from, match.at - from);
    size_t taken = 0;
    for (size_t position : positions) {
      out += with.substr(taken, position - taken);
      out += subject.bytes.substr(match.at, match.length);
      taken = position;
    }
    out += with.substr(taken);
    from = match.at + match.length;
    if (!global) break;
  }
  if (from == 0 && out.empty()) return binary;
  out += subject.bytes.substr(from);
  c.bump(static_cast<int64_t>(subject.bytes.size() / 512));
  return make_binary(c.heap(), out);
}
Term replace_3(Context& c, const Term* a) { return replace_with<false>(c, a[0], a[1], a[2], Term::nil()); }
Term replace_4(Context& c, const Term* a) { return replace_with<false>(c, a[0], a[1], a[2], a[3]); }
Term replace_long(Context& c, const Term* a) { return replace_with<true>(c, a[0], a[1], a[2], a[3]); }

Term compile_pattern(Context& c, const Term* a) {
  Patterns patterns;
  if (!patterns.read(a[0])) return c.badarg();
  return make_tuple(c.heap(), {intern_atom(patterns.count() == 1 ? "bm" : "ac"), a[0]});
}

Term part_of(Context& c, Term binary, Term start, Term length) {
  if (!is_binary(binary) || !start.is_small() || !length.is_small()) return c.badarg();
  auto size = static_cast<int64_t>(bit_size(binary) / 8);
  int64_t from = start.small_value(), count = length.small_value();
  if (count < 0) {
    from += count;
    count = -count;
  }
  if (from < 0 || from > size || count > size - from) return c.badarg();
  return make_slice(c.heap(), binary, static_cast<size_t>(from) * 8, static_cast<size_t>(count) * 8);
}
Term part_3(Context& c, const Term* a) { return part_of(c, a[0], a[1], a[2]); }
Term part_2(Context& c, const Term* a) { return a[1].is_tuple(2) ? part_of(c, a[0], a[1].element(0), a[1].element(1)) : c.badarg(); }

template <bool in_parts>
Term copy_times(Context& c, Term binary, size_t times) {
  if (!is_binary(binary)) return c.badarg();
  std::string scratch;
  std::string_view bytes = bytes_of(binary, scratch);
  if (bytes.size() && times > (size_t{1} << 40) / bytes.size()) return c.system_limit();
  if (!fits(c, bytes.size() * times)) return c.system_limit();
  if (!in_parts && bytes.size() * times > long_subject) return native::go_long(c, "copy", {binary, Term::small(static_cast<int64_t>(times))});
  uint8_t* to;
  Term copy = make_binary_buffer(c.heap(), bytes.size() * times, &to);
  // What is there is doubled, in parts between which the function may be left.
  size_t size = bytes.size() * times, done = std::min(size, bytes.size());
  constexpr size_t part = 1 << 20;
  for (size_t from = 0; from < done; from += part) {
    std::memcpy(to + from, bytes.data() + from, std::min(part, done - from));
    if (done > part) tick(c, part / 256);
  }
  while (done < size) {
    size_t more = std::min({done, size - done, std::max(part / bytes.size(), size_t{1}) * bytes.size()});
    std::memcpy(to + done, to, more);
    done += more;
    tick(c, static_cast<int64_t>(more / 256));
  }
  return copy;
}
Term copy(Context& c, const Term* a) { return copy_times<false>(c, a[0], 1); }
Term copy_long(Context& c, const Term* a) { return copy_times<true>(c, a[0], static_cast<size_t>(a[1].small_value())); }
Term copy_2(Context& c, const Term* a) {
  size_t times;
  return native::read_index(a[1], size_t{1} << 62, times) ? copy_times<false>(c, a[0], times) : c.badarg();
}

Term byte_at(Context& c, Term binary, size_t index) {
  if (!is_binary(binary)) return c.badarg();
  std::string scratch;
  std::string_view bytes = bytes_of(binary, scratch);
  return index < bytes.size() ? Term::small(static_cast<uint8_t>(bytes[index])) : c.badarg();
}
Term at(Context& c, const Term* a) {
  size_t index;
  return native::read_index(a[1], SIZE_MAX >> 4, index) ? byte_at(c, a[0], index) : c.badarg();
}
Term first(Context& c, const Term* a) { return byte_at(c, a[0], 0); }
Term last(Context& c, const Term* a) { return is_binary(a[0]) && bit_size(a[0]) ? byte_at(c, a[0], bit_size(a[0]) / 8 - 1) : c.badarg(); }

Term to_list(Context& c, Term binary) {
  std::string scratch;
  std::string_view bytes = bytes_of(binary, scratch);
  std::vector<Term> items;
  items.reserve(bytes.size());
  WorkCounter work;
  for (char byte : bytes) {
    work.step();
    items.push_back(Term::small(static_cast<uint8_t>(byte)));
  }
  return make_list(c.heap(), items);
}
Term bin_to_list(Context& c, const Term* a) { return is_binary(a[0]) ? to_list(c, a[0]) : c.badarg(); }
Term bin_to_list_2(Context& c, const Term* a) {
  Term part = part_2(c, a);
  return part.is_none() ? part : to_list(c, part);
}
Term bin_to_list_3(Context& c, const Term* a) {
  Term part = part_3(c, a);
  return part.is_none() ? part : to_list(c, part);
}
Term list_to_bin(Context& c, const Term* a) {
  std::string bytes;
  return a[0].is_list() && native::append_iodata(a[0], bytes) ? make_binary(c.heap(), bytes) : c.badarg();
}

template <bool from_end>
Term longest_common(Context& c, const Term* a) {
  std::vector<std::string> texts;
  for (Term item : ListRange(a[0])) {
    if (!is_binary(item)) return c.badarg();
    std::string scratch;
    texts.emplace_back(bytes_of(item, scratch));
  }
  if (texts.empty()) return c.badarg();
  size_t length = texts[0].size();
  for (const std::string& text : texts) {
    size_t common = 0, most = std::min(length, text.size());
    while (common < most && (from_end ? text[text.size() - 1 - common] == texts[0][texts[0].size() - 1 - common]
                                      : text[common] == texts[0][common]))
      common++;
    length = common;
  }
  return Term::small(static_cast<int64_t>(length));
}

bool read_endian(Term term, bool& big) {
  big = term == intern_atom("big");
  return big || term == intern_atom("little");
}
Term decode_as(Context& c, Term binary, bool big) {
  if (!is_binary(binary)) return c.badarg();
  std::string scratch;
  std::string_view bytes = bytes_of(binary, scratch);
  return integer_from_bytes(c.heap(), reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), big, false);
}
Term decode_unsigned(Context& c, const Term* a) { return decode_as(c, a[0], true); }
Term decode_unsigned_2(Context& c, const Term* a) {
  bool big;
  return read_endian(a[1], big) ? decode_as(c, a[0], big) : c.badarg();
}
Term encode_as(Context& c, Term integer, bool big) {
  if (!integer.is_integer() || (integer.is_small() ? integer.small_value() < 0 : integer.kind() == Kind::bignum_negative)) return c.badarg();
  size_t size = std::max<size_t>(1, (integer_bit_length(integer) + 7) / 8);
  uint8_t* to;
  Term binary = make_binary_buffer(c.heap(), size, &to);
  integer_to_bytes(integer, to, size, big);
  return binary;
}
Term encode_unsigned(Context& c, const Term* a) { return encode_as(c, a[0], true); }
Term encode_unsigned_2(Context& c, const Term* a) {
  bool big;
  return read_endian(a[1], big) ? encode_as(c, a[0], big) : c.badarg();
}

Term referenced_byte_size(Context& c, const Term* a) {
  if (!is_binary(a[0])) return c.badarg();
  Term whole = a[0].kind() == Kind::slice ? a[0].payload()[0] : a[0];
  if (whole.kind() == Kind::shared_binary) return Term::small(static_cast<int64_t>(reinterpret_cast<SharedBinary*>(whole.object()[2])->capacity));
  return Term::small(static_cast<int64_t>(bit_size(whole) / 8));
}

Term hex_of(Context& c, Term binary, bool upper) {
  if (!is_binary(binary)) return c.badarg();
  std::string scratch;
  std::string_view bytes = bytes_of(binary, scratch);
  const char* digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  uint8_t* to;
  Term text = make_binary_buffer(c.heap(), 2 * bytes.size(), &to);
  WorkCounter work;
  for (char byte : bytes) {
    work.step();
    *to++ = static_cast<uint8_t>(digits[static_cast<uint8_t>(byte) >> 4]);
    *to++ = static_cast<uint8_t>(digits[byte & 15]);
  }
  return text;
}
Term encode_hex(Context& c, const Term* a) { return hex_of(c, a[0], true); }
Term encode_hex_2(Context& c, const Term* a) {
  bool lower = a[1] == intern_atom("lowercase");
  return lower || a[1] == intern_atom("uppercase") ? hex_of(c, a[0], !lower) : c.badarg();
}
Term decode_hex(Context& c, const Term* a) {
  if (!is_binary(a[0])) return c.badarg();
  std::string scratch, out;
  std::string_view text = bytes_of(a[0], scratch);
  if (text.size() % 2) return c.badarg();
  auto digit = [](char d) { return d >= '0' && d <= '9' ? d - '0' : d >= 'a' && d <= 'f' ? d - 'a' + 10 : d >= 'A' && d <= 'F' ? d - 'A' + 10 : -1; };
  WorkCounter work;
  for (size_t i = 0; i < text.size(); i += 2) {
    work.step();
    int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return c.badarg();
    out += static_cast<char>(high << 4 | low);
  }
  return make_binary(c.heap(), out);
}

constexpr NativeEntry entries[] = {
    {"phial_long", "matches", 3, matches_long, native_long}, {"phial_long", "split", 3, split_long, native_long},
    {"phial_long", "replace", 4, replace_long, native_long}, {"phial_long", "copy", 2, copy_long, native_long},
    {"phial_long", "match", 3, match_long, native_long},
    {"binary", "match", 2, match_2}, {"binary", "match", 3, match_3}, {"binary", "matches", 2, matches_2}, {"binary", "matches", 3, matches_3},
    {"binary", "split", 2, split_2}, {"binary", "split", 3, split_3}, {"binary", "replace", 3, replace_3}, {"binary", "replace", 4, replace_4},
    {"binary", "compile_pattern", 1, compile_pattern}, {"binary", "part", 2, part_2}, {"binary", "part", 3, part_3},
    {"binary", "copy", 1, copy}, {"binary", "copy", 2, copy_2}, {"binary", "at", 2, at}, {"binary", "first", 1, first},
    {"binary", "last", 1, last}, {"binary", "bin_to_list", 1, bin_to_list, native_measured}, {"binary", "bin_to_list", 2, bin_to_list_2, native_measured},
    {"binary", "bin_to_list", 3, bin_to_list_3, native_measured}, {"binary", "list_to_bin", 1, list_to_bin, native_measured},
    {"binary", "longest_common_prefix", 1, longest_common<false>}, {"binary", "longest_common_suffix", 1, longest_common<true>},
    {"binary", "decode_unsigned", 1, decode_unsigned}, {"binary", "decode_unsigned", 2, decode_unsigned_2},
    {"binary", "encode_unsigned", 1, encode_unsigned}, {"binary", "encode_unsigned", 2, encode_unsigned_2},
    {"binary", "referenced_byte_size", 1, referenced_byte_size}, {"binary", "encode_hex", 1, encode_hex, native_measured},
    {"binary", "encode_hex", 2, encode_hex_2, native_measured}, {"binary", "decode_hex", 1, decode_hex, native_measured},
};

}  // namespace

extern const NativeTable binary_natives = native::table_of(entries);

}  // namespace phial
