// Names: identifiers, aliases, keys, reserved words, atoms.
#include "compiler/syntax/tokenizer_impl.hpp"

namespace phial::syntax {

using Kind = TokenKind;

bool Tokenizer::name() {
  const char* start = p_;
  uint32_t start_column = column();
  NameScan scan;
  // Plain ASCII names, nearly all of them, need no table.
  const char* at = p_;
  while (at < end_ && is_word(static_cast<unsigned char>(*at))) at++;
  if (at >= end_ || (static_cast<unsigned char>(*at) < 0x80 && *at != '@')) {
    if (at < end_ && (*at == '?' || *at == '!')) at++;
    scan.kind = is_upper(*start) ? NameKind::alias : NameKind::identifier;
    scan.bytes = static_cast<size_t>(at - start);
    scan.code_points = scan.bytes;
  } else {
    scan = scan_name({start, left()});
    if (scan.kind == NameKind::none) return fail_unexpected();
    if (!check_unicode(start, scan)) return false;
  }
  p_ += scan.bytes;
  continuation_bytes_ += static_cast<uint32_t>(scan.bytes - scan.code_points);
  std::string_view text(start, scan.bytes);
  bool after_dot = last_kind() == Kind::dot;
  if (text.size() > 255 && scan.code_points > 255)
    return fail(line_, start_column, "atom length must be less than system limit: ", std::string(text));

  if (peek() == ':' && peek(1) != ':') {
    if (is_space(peek(1))) {
      push(Kind::keyword_key, start, scan.bytes, line_, start_column);
      if (scan.not_normalized) normalize_last();
      p_++;
      return true;
    } else if (peek(1) != 0) {
      return fail(line_, start_column, "keyword argument must be followed by space after: ", std::string(text) + ":");
    }
  }
  if (peek() == ':' && peek(1) == 0) return fail_unexpected();
  if (scan.kind == NameKind::atom || scan.special) return fail_atom_only(start_column, text);
  if (scan.kind == NameKind::alias) {
    char ending = text.back();
    if (ending == '?' || ending == '!' || !scan.ascii) return fail_bad_alias(start_column, text);
    push(Kind::alias, start, scan.bytes, line_, start_column);
    return true;
  }
  if (!after_dot && scan.ascii && keyword(text, start_column)) return !failed_;
  if (failed_) return false;
  if (text.back() == '!' && peek() == '=' && peek(1) != '=' && peek(1) != '~' && peek(1) != '>') warn_bang(text, start_column);
  if (text.back() == '?' && peek() == '=' && peek(1) != '=' && peek(1) != '~' && peek(1) != '>') warn_bang(text, start_column);
  push(call_kind(), start, scan.bytes, line_, start_column);
  if (scan.not_normalized) normalize_last();
  return true;
}

void Tokenizer::normalize_last() {
  stream_.texts.push_back(normalize_nfc(last().view()));
  last().text = stream_.texts.back().data();
  last().length = static_cast<uint32_t>(stream_.texts.back().size());
}

void Tokenizer::warn_bang(std::string_view text, uint32_t start_column) {
  std::string base(text.substr(0, text.size() - 1));
  char mark = text.back();
  warn(line_, start_column,
       "found identifier \"" + std::string(text) + "\", ending with \"" + mark +
           "\", followed by =. It is unclear if you mean \"" + base + " " + mark + "=\" or \"" + std::string(text) +
           " =\". Please add a space before or after " + mark + " to remove the ambiguity");
}

bool Tokenizer::check_unicode(const char* start, const NameScan& scan) {
  std::string_view text(start, scan.bytes);
  // A name that goes on with a code point that only compatibility forms allow.
  if (scan.bytes < left() && static_cast<unsigned char>(start[scan.bytes]) >= 0x80) {
    size_t bytes = 0;
    uint32_t code_point = decode_utf8({start + scan.bytes, left() - scan.bytes}, bytes);
    if (bytes > 0 && !is_bidirectional_control(code_point)) {
      std::string whole(start, scan.bytes + bytes);
      std::string compatible = normalize_nfkc(whole);
      NameScan again = scan_name(compatible);
      if (compatible != whole && again.bytes == compatible.size())
        return fail(line_, column() + static_cast<uint32_t>(scan.code_points),
                    "unexpected token: ", compatibility_message(whole, compatible));
    }
  }
  if (scan.ascii) return true;
  std::string scripts = mixed_scripts(text);
  if (!scripts.empty())
    return fail_with_suffix(line_, column(), "invalid mixed-script identifier found: ", std::string(text),
                            "\n\nMixed-script identifiers are not supported for security reasons. '" + std::string(text) +
                                "' is made of the following scripts:\n\n" + scripts +
                                "\nAll characters in the identifier should resolve to a single script, or use a highly "
                                "restrictive set of scripts.");
  return true;
}

std::string Tokenizer::code_points_of(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    size_t bytes = 0;
    uint32_t code_point = decode_utf8(text, bytes);
    if (bytes == 0) break;
    out += (out.empty() ? "" : " ") + code_point_text(code_point, "0x%05X");
    text.remove_prefix(bytes);
  }
  return out;
}

std::string Tokenizer::compatibility_message(const std::string& got, const std::string& accepted) {
  return "Elixir expects unquoted Unicode atoms, variables, and calls to use allowed codepoints and to be in NFC form.\n\n"
         "Got:\n\n    \"" +
         got + "\" (code points " + code_points_of(got) +
         ")\n\nHint: You could write the above in a compatible format that is accepted by Elixir:\n\n    \"" + accepted +
         "\" (code points " + code_points_of(accepted) +
         ")\n\nSee https://hexdocs.pm/elixir/unicode-syntax.html for more "
         "information.";
}

bool Tokenizer::fail_atom_only(uint32_t start_column, std::string_view text) {
  for (std::string_view rest = text; !rest.empty();) {
    size_t bytes = 0;
    uint32_t code_point = decode_utf8(rest, bytes);
    if (bytes == 0) break;
    if (code_point == '@')
      return fail(line_, start_column,
                  "invalid character \"@\" (code point U+0040) in " + std::string(is_upper(text[0]) ? "alias: " : "identifier: "),
                  std::string(text));
    rest.remove_prefix(bytes);
  }
  p_ -= text.size();
  continuation_bytes_ = 0;
  for (const char* at = line_start_; at < p_; at++)
    if ((static_cast<unsigned char>(*at) & 0xC0) == 0x80) continuation_bytes_++;
  return fail_unexpected();
}

bool Tokenizer::fail_bad_alias(uint32_t start_column, std::string_view text) {
  std::string_view rest = text;
  uint32_t bad = 0;
  std::string shown;
  while (!rest.empty()) {
    size_t bytes = 0;
    bad = decode_utf8(rest, bytes);
    if (bytes == 0) break;
    shown.assign(rest.substr(0, bytes));
    if (bad >= 0x80 || bad == '?' || bad == '!') break;
    rest.remove_prefix(bytes);
  }
  return fail(line_, start_column,
              "invalid character \"" + shown + "\" (code point " + code_point_text(bad, "U+%04X") +
                  ") in alias (only ASCII characters, without punctuation, are allowed): ",
              std::string(text));
}

bool Tokenizer::keyword(std::string_view text, uint32_t start_column) {
  if (text.size() > 6) return false;
  if ((text == "and" || text == "or" || text == "in" || text == "not" || text == "when") && names_operator(p_, Kind::unary_op))
    return false;
  auto emit = [&](Kind kind) -> Token& { return push(kind, text.data(), text.size(), line_, start_column); };
  auto emit_operator = [&](Kind kind) {
    uint32_t newlines = drop_line_end();
    emit(kind).newlines = newlines;
    return true;
  };
  switch (text[0]) {
    case 'a':
      if (text == "and") return emit_operator(Kind::and_op);
      if (text == "after") return block_keyword(text, start_column);
      return false;
    case 'c':
      if (text == "catch") return block_keyword(text, start_column);
      return false;
    case 'd':
      if (text == "do") return keyword_do(text, start_column);
      return false;
    case 'e':
      if (text == "end") {
        const char* here = p_;
        p_ = text.data();
        bool ok = options_.lenient || check_closer(Kind::keyword_do, "end");
        if (options_.lenient && !openers_.empty()) openers_.pop_back();
        p_ = here;
        if (ok) emit(Kind::keyword_end);
        return true;
      }
      if (text == "else") return block_keyword(text, start_column);
      return false;
    case 'f':
      if (text == "fn") {
        push_opener(Kind::keyword_fn, line_, start_column);
        emit(Kind::keyword_fn);
        return true;
      }
      if (text == "false") {
        emit(Kind::literal_false);
        return true;
      }
      return false;
    case 'i':
      if (text == "in") {
        if (last_kind() == Kind::unary_op && last().view() == "not") {
          // `not in`: one operator, at the place of the `not`.
          Token not_token = last();
          stream_.tokens.pop_back();
          not_token.newlines = drop_line_end();
          not_token.kind = Kind::in_op;
          not_token.text = "not in";
          not_token.length = 6;
          stream_.tokens.push_back(not_token);
          return true;
        }
        return emit_operator(Kind::in_op);
      }
      return false;
    case 'n':
      if (text == "nil") {
        emit(Kind::literal_nil);
        return true;
      }
      if (text == "not") {
        emit(Kind::unary_op);
        return true;
      }
      return false;
    case 'o':
      if (text == "or") return emit_operator(Kind::or_op);
      return false;
    case 'r':
      if (text == "rescue") return block_keyword(text, start_column);
      return false;
    case 't':
      if (text == "true") {
        emit(Kind::literal_true);
        return true;
      }
      return false;
    case 'w':
      if (text == "when") return emit_operator(Kind::when_op);
      return false;
    default: return false;
  }
}

bool Tokenizer::block_keyword(std::string_view text, uint32_t start_column) {
  push(Kind::block_keyword, text.data(), text.size(), line_, start_column);
  return true;
}

bool Tokenizer::keyword_do(std::string_view text, uint32_t start_column) {
  Kind before = last_kind();
  if (before == Kind::keyword_fn)
    return fail_with_suffix(line_, start_column, "unexpected reserved word: ", "do",
                            ". Anonymous functions are written as:\n\n    fn pattern -> expression end");
  if (before == Kind::comma || before == Kind::semicolon)
    return fail_with_suffix(line_, start_column, "unexpected reserved word: ", "do", std::string(misplaced_do));
  if (before == Kind::identifier) last().kind = Kind::do_identifier;
  uint32_t newlines = drop_line_end();
  if (before == Kind::quoted_identifier && last().call == Kind::identifier) last().call = Kind::do_identifier;
  push_opener(Kind::keyword_do, line_, start_column);
  push(Kind::keyword_do, text.data(), text.size(), line_, start_column).newlines = newlines;
  return true;
}

bool Tokenizer::colon() {
  uint32_t start_column = column();
  int c = peek(1);
  if (c == ':' && !(peek(2) == ':')) {
    if (is_key_colon(2)) return operator_key(2);
    if (names_operator(p_ + 2, Kind::type_op))
      take(Kind::identifier, 2);
    else
      take_continuing(Kind::type_op, 2);
    return true;
  }
  if (c == '"' || c == '\'') {
    const char* start = p_;
    p_++;
    return quoted(Kind::quoted_atom, start, line_, start_column, "atom");
  }
  if (is_lower(c) || is_upper(c) || c == '_' || c >= 0x80) {
    NameScan scan = scan_name({p_ + 1, left() - 1});
    if (scan.kind == NameKind::none) {
      p_++;
      return fail_unexpected();
    }
    p_++;
    if (!check_unicode(p_, scan)) return false;
    const char* text = p_;
    p_ += scan.bytes;
    continuation_bytes_ += static_cast<uint32_t>(scan.bytes - scan.code_points);
    if (scan.code_points > 255)
      return fail(line_, start_column, "atom length must be less than system limit: ", std::string(text, scan.bytes));
    push(Kind::atom, text, scan.bytes, line_, start_column);
    if (scan.not_normalized) normalize_last();
    return true;
  }
  if (c != 0) {
    uint32_t length = c == ':' && peek(2) == ':' ? 2 : match_operator_name(p_ + 1, left() - 1, false);
    if (length != 0) {
      if (c == ':') warn(line_, start_column, "atom ::: must be written between quotes, as in :\"::\", to avoid ambiguity");
      push(Kind::atom, p_ + 1, length, line_, start_column);
      p_ += 1 + length;
      return true;
    }
  }
  return fail_unexpected();
}

}  // namespace phial::syntax
