// Everything quoted: strings, charlists, heredocs, sigils, quoted atoms and calls, and the interpolations in them.
#include "compiler/syntax/escape.hpp"
#include "compiler/syntax/tokenizer_impl.hpp"

namespace phial::syntax {

using Kind = TokenKind;

bool Tokenizer::string_like(int quote) {
  const char* start = p_;
  uint32_t start_column = column();
  bool is_string = quote == '"';
  if (starts_with(is_string ? "\"\"\"" : "'''"))
    return heredoc(is_string ? Kind::string_heredoc : Kind::charlist_heredoc, start_column);
  return quoted(is_string ? Kind::string : Kind::charlist, start, line_, start_column, is_string ? "string" : "charlist");
}

bool Tokenizer::quoted_call(int quote) {
  const char* start = p_;
  uint32_t start_column = column();
  size_t index = stream_.tokens.size();
  if (!quoted(Kind::quoted_identifier, start, line_, start_column, "function name")) return false;
  const Quote& made = stream_.quotes[stream_.tokens[index].extra];
  for (uint32_t i = 0; i < made.part_count; i++)
    if (stream_.parts[made.first_part + i].interpolation)
      return fail(line_, start_column,
                  "interpolation is not allowed when calling function/macro. Found interpolation in a call starting with: ",
                  std::string(1, static_cast<char>(quote)));
  stream_.tokens[index].call = call_kind();
  if (made.part_count == 1 && is_plain_name(stream_.parts[made.first_part].literal))
    warn(line_, start_column,
         "found quoted call \"" + std::string(stream_.parts[made.first_part].literal) +
             "\" but the quotes are not required. Calls made exclusively of Unicode letters, numbers, and underscores and not "
             "beginning with a number do not require quotes");
  return true;
}

bool Tokenizer::is_plain_name(std::string_view text) {
  if (text.empty() || !(is_lower(text[0]) || text[0] == '_')) return false;
  for (size_t i = 0; i < text.size(); i++) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    if (is_word(c)) continue;
    if ((c == '?' || c == '!') && i + 1 == text.size() && i > 0) continue;
    return false;
  }
  return true;
}

bool Tokenizer::quoted(Kind kind, const char* start, uint32_t start_line, uint32_t start_column, std::string_view what) {
  QuoteRules rules;
  rules.terminator = {p_, 1};
  rules.opening = {p_, 1};
  rules.unescapes = options_.unescape;
  rules.what = what;
  rules.line = start_line;
  rules.column = start_column;
  size_t token_index = begin_quote(kind, start, start_line, start_column, rules.opening);
  p_++;
  if (!quote_content(rules, token_index)) return end_quote(token_index), false;
  bool may_be_key = kind == Kind::string || kind == Kind::charlist;
  if (may_be_key && is_key_colon(0)) {
    p_++;
    stream_.tokens[token_index].kind = Kind::quoted_keyword_key;
    warn_needless_quotes(token_index, "keyword",
                         ". Note that keywords are always atoms, even when quoted. Similar to atoms, keywords made exclusively "
                         "of ASCII letters, numbers, and underscores and not beginning with a number do not require quotes");
  } else if (kind == Kind::charlist) {
    warn(start_line, start_column,
         "using single-quoted strings to represent charlists is deprecated.\nUse ~c\"\" if you indeed want a charlist or use "
         "\"\" instead.\nYou may run \"mix format --migrate\" to change all single-quoted\nstrings to use the ~c sigil and fix "
         "this warning.");
  } else if (kind == Kind::quoted_atom) {
    warn_needless_quotes(token_index, "atom",
                         ". Atoms made exclusively of ASCII letters, numbers, underscores, beginning with a letter or "
                         "underscore, and optionally ending with ! or ? do not require quotes");
  }
  end_quote(token_index);
  return true;
}

void Tokenizer::warn_needless_quotes(size_t token_index, std::string_view what, std::string_view why) {
  const Token& token = stream_.tokens[token_index];
  const Quote& quote = stream_.quotes[token.extra];
  if (quote.part_count != 1 || stream_.parts[quote.first_part].interpolation) return;
  std::string_view text = stream_.parts[quote.first_part].literal;
  if (!is_plain_name(text)) return;
  warn(token.line, token.column + (token.kind == Kind::quoted_keyword_key ? 1 : 0),
       "found quoted " + std::string(what) + " \"" + std::string(text) + "\" but the quotes are not required" + std::string(why));
}

size_t Tokenizer::begin_quote(Kind kind, const char* start, uint32_t line, uint32_t column, std::string_view delimiter) {
  size_t index = stream_.tokens.size();
  Token& token = push(kind, start, 0, line, column);
  token.extra = static_cast<uint32_t>(stream_.quotes.size());
  Quote& quote = stream_.quotes.emplace_back();
  quote.delimiter = delimiter;
  return index;
}

void Tokenizer::end_quote(size_t token_index) {
  Token& token = stream_.tokens[token_index];
  token.length = static_cast<uint32_t>(p_ - token.text);
  Quote& quote = stream_.quotes[token.extra];
  quote.next_token = static_cast<uint32_t>(stream_.tokens.size());
  quote.end_line = line_;
  quote.end_column = column();
}

bool Tokenizer::heredoc(Kind kind, uint32_t start_column) {
  QuoteRules rules;
  rules.heredoc = true;
  rules.unescapes = options_.unescape;
  rules.what = "heredoc";
  rules.line = line_;
  rules.column = start_column;
  rules.terminator = {p_, 3};
  rules.opening = {p_, 3};
  size_t token_index = begin_quote(kind, p_, line_, start_column, rules.opening);
  p_ += 3;
  if (!heredoc_header(rules)) return false;
  if (!quote_content(rules, token_index)) return end_quote(token_index), false;
  end_quote(token_index);
  return true;
}

bool Tokenizer::heredoc_header(const QuoteRules& rules) {
  const char* at = p_;
  while (at < end_ && is_horizontal_space(*at)) at++;
  if (at < end_ && *at == '\r' && at + 1 < end_ && at[1] == '\n') at++;
  if (at >= end_) {
    p_ = at;
    return fail_missing(rules.opening, rules.terminator, rules.line, rules.column,
                        "missing terminator: " + std::string(rules.terminator) + place_of(rules));
  }
  if (*at != '\n')
    return fail(rules.line, rules.column, "heredoc allows only zero or more whitespace characters followed by a new line after ",
                std::string(rules.opening));
  p_ = at + 1;
  begin_line();
  return true;
}

std::string Tokenizer::place_of(const QuoteRules& rules) {
  return " (for " + std::string(rules.what) + " starting at line " + std::to_string(rules.line) + ")";
}

bool Tokenizer::starts_sigil() const {
  int c = peek(1);
  return is_lower(c) || is_upper(c);
}

bool Tokenizer::sigil() {
  const char* start = p_;
  uint32_t start_column = column();
  size_t length = 1;
  if (is_upper(peek(1)))
    while (is_upper(peek(1 + length)) || is_digit(peek(1 + length))) length++;
  else
    while (is_lower(peek(1 + length)) || is_upper(peek(1 + length)) || is_digit(peek(1 + length))) length++;
  std::string_view name(p_ + 1, length);
  if (is_lower(name[0]) && length > 1)
    return fail(line_, start_column,
                "invalid sigil name, it should be either a one-letter lowercase letter or an uppercase letter optionally "
                "followed by uppercase letters and digits, got: ",
                "~" + std::string(name));
  p_ += 1 + length;
  int open = peek();
  if (open == 0) {
    p_ = start;
    return fail_unexpected();
  }
  QuoteRules rules;
  rules.is_sigil = true;
  rules.unescapes = false;
  rules.interpolates = is_lower(name[0]);
  rules.line = line_;
  rules.column = start_column;
  std::string what;
  if (starts_with("\"\"\"") || starts_with("'''")) {
    rules.heredoc = true;
    rules.terminator = {p_, 3};
    rules.opening = {p_, 3};
    rules.what = "heredoc";
  } else {
    static constexpr std::string_view opening = "([{</|\"'", closing = ")]}>/|\"'";
    size_t which = opening.find(static_cast<char>(open));
    if (open >= 0x80 || which == std::string_view::npos) {
      size_t bytes = 0;
      uint32_t code_point = decode_utf8({p_, left()}, bytes);
      return fail(line_, start_column, "invalid sigil delimiter: ",
                  "\"" + std::string(p_, bytes ? bytes : 1) + "\" (column " + std::to_string(column()) + ", code point " +
                      code_point_text(code_point, "U+%04X") +
                      "). The available delimiters are: //, ||, \"\", '', (), [], {}, <>");
    }
    rules.terminator = closing.substr(which, 1);
    rules.opening = {p_, 1};
    what = "sigil ~" + std::string(name) + static_cast<char>(open);
    rules.what = what;
  }
  size_t token_index = begin_quote(Kind::sigil, start, line_, start_column, rules.opening);
  stream_.quotes[stream_.tokens[token_index].extra].name = name;
  p_ += rules.opening.size();
  if (rules.heredoc && !heredoc_header(rules)) return false;
  if (!quote_content(rules, token_index)) return end_quote(token_index), false;
  const char* modifiers = p_;
  while (is_lower(peek()) || is_upper(peek()) || is_digit(peek())) p_++;
  stream_.quotes[stream_.tokens[token_index].extra].modifiers = {modifiers, static_cast<size_t>(p_ - modifiers)};
  end_quote(token_index);
  return true;
}

bool Tokenizer::quote_content(const QuoteRules& rules, size_t token_index) {
  // Nested quotes append to stream_.parts while this one runs, so its own parts are collected here first.
  std::vector<QuotePart> parts;
  const char* segment = p_;
  bool needs_work = false;  // the segment holds an escape or a carriage return
  bool line_begins = rules.heredoc;
  char terminator = rules.terminator[0];
  auto add_literal = [&](const char* to) {
    QuotePart part;
    part.literal = {segment, static_cast<size_t>(to - segment)};
    part.line = needs_work;
    parts.push_back(part);
    needs_work = false;
  };
  for (;;) {
    if (line_begins) {
      line_begins = false;
      const char* at = p_;
      while (at < end_ && is_horizontal_space(*at)) at++;
      if (static_cast<size_t>(end_ - at) >= 3 && std::memcmp(at, rules.terminator.data(), 3) == 0) {
        int32_t indentation = static_cast<int32_t>(at - p_);
        add_literal(p_);
        p_ = at + 3;
        return finish_quote(rules, token_index, parts, indentation);
      }
    }
    if (at_end()) {
      std::string message = "missing terminator: " + std::string(rules.terminator) + place_of(rules);
      return fail_missing(rules.opening, rules.terminator, rules.line, rules.column, std::move(message));
    }
    unsigned char c = static_cast<unsigned char>(*p_);
    if (c == static_cast<unsigned char>(terminator) && !rules.heredoc) {
      add_literal(p_);
      p_++;
      return finish_quote(rules, token_index, parts, -1);
    }
    if (c == '\n') {
      p_++;
      begin_line();
      line_begins = rules.heredoc;
      continue;
    }
    if (c == '\\') {
      needs_work = true;
      p_++;
      if (at_end()) continue;
      if (*p_ == '\n') {
        p_++;
        begin_line();
        line_begins = rules.heredoc;
      } else if (*p_ == '\r' && peek(1) == '\n') {
        p_ += 2;
        begin_line();
        line_begins = rules.heredoc;
      } else if (rules.heredoc && static_cast<size_t>(end_ - p_) >= 3 && std::memcmp(p_, rules.terminator.data(), 3) == 0) {
        p_ += 3;
      } else {
        step();
      }
      continue;
    }
    if (c == '#' && rules.interpolates && peek(1) == '{') {
      add_literal(p_);
      if (!interpolation(parts)) return false;
      segment = p_;
      continue;
    }
    if (c >= 0x80) {
      size_t bytes = 0;
      uint32_t code_point = decode_utf8({p_, left()}, bytes);
      if (bytes == 0) return fail_unexpected();
      if (is_bidirectional_control(code_point))
        return fail_with_suffix(line_, column(),
                                "invalid bidirectional formatting character in string: ", code_point_text(code_point, "\\u%04X"),
                                ". If you want to use such character, use it in its escaped " +
                                    code_point_text(code_point, "\\u%04X") + " form instead");
      p_ += bytes;
      continuation_bytes_ += static_cast<uint32_t>(bytes) - 1;
      continue;
    }
    if (c == '\r' && peek(1) == '\n' && rules.heredoc) needs_work = true;
    p_++;
  }
}

bool Tokenizer::interpolation(std::vector<QuotePart>& parts) {
  QuotePart part;
  part.interpolation = true;
  part.line = line_;
  part.column = column();
  part.first_token = static_cast<uint32_t>(stream_.tokens.size());
  if (++interpolation_depth_ > options_.max_nesting)
    return fail(line_, column(), "interpolations are nested too deeply, before: ", "#{");
  push_opener(Kind::interpolation_end, line_, column());
  size_t outer_floor = floor_;
  floor_ = stream_.tokens.size();
  p_ += 2;
  size_t depth = openers_.size();
  tokenize_until_end(/*interpolation=*/true);
  floor_ = outer_floor;
  interpolation_depth_--;
  if (failed_) return false;
  if (at_end()) {
    if (openers_.size() > depth && !options_.lenient) return fail_unclosed(), false;
    return fail_missing(
        "#{", "}", part.line, part.column,
        "missing interpolation terminator: \"}\" (for interpolation starting at line " + std::to_string(part.line) + ")");
  }
  openers_.pop_back();
  part.end_line = line_;
  part.end_column = column();
  push(Kind::interpolation_end, p_, 1, line_, column());
  p_++;
  parts.push_back(part);
  return true;
}

bool Tokenizer::finish_quote(const QuoteRules& rules, size_t token_index, std::vector<QuotePart>& parts, int32_t indentation) {
  uint32_t quote_index = stream_.tokens[token_index].extra;
  uint32_t first = static_cast<uint32_t>(stream_.parts.size());
  bool line_begins = rules.heredoc;
  bool warned = false;
  uint32_t part_line = rules.line + (rules.heredoc ? 1 : 0),
           part_column = rules.column + static_cast<uint32_t>(rules.opening.size());
  for (QuotePart& part : parts) {
    if (part.interpolation) {
      stream_.parts.push_back(part);
      line_begins = false;
      part_line = part.end_line;
      part_column = part.end_column + 1;
      continue;
    }
    bool needs_work = part.line != 0;
    bool was_empty = part.literal.empty();  // text that only its escapes make empty stays a part
    part.line = part_line;
    part.column = part_column;
    if (rules.heredoc && (indentation > 0 || needs_work)) {
      std::string text;
      strip_indentation(part.literal, static_cast<size_t>(indentation), line_begins, text, warned, part_line);
      part.literal = own(std::move(text));
    }
    if (needs_work && !resolve_escapes(rules, part)) return false;
    // A heredoc that starts with an interpolation keeps the empty text before it.
    bool keeps_empty = rules.heredoc && &part == &parts.front() && parts.size() > 1;
    if (!was_empty || keeps_empty) stream_.parts.push_back(part);
  }
  Quote& quote = stream_.quotes[quote_index];
  quote.first_part = first;
  quote.part_count = static_cast<uint32_t>(stream_.parts.size()) - first;
  quote.indentation = rules.heredoc ? indentation : -1;
  return true;
}

std::string_view Tokenizer::own(std::string text) {
  stream_.texts.push_back(std::move(text));
  return stream_.texts.back();
}

void Tokenizer::strip_indentation(std::string_view text, size_t indentation, bool line_begins, std::string& out, bool& warned,
                                  uint32_t line) {
  out.reserve(text.size());
  size_t i = 0;
  while (i < text.size()) {
    if (line_begins) {
      size_t removed = 0;
      while (removed < indentation && i < text.size() && is_horizontal_space(text[i])) i++, removed++;
      if (removed < indentation && i < text.size() && text[i] != '\n' && text[i] != '\r' && !warned) {
        warned = true;
        warn(line, 1,
             "outdented heredoc line. The contents inside the heredoc should be indented at the same level as the closing "
             "\"\"\". The following is forbidden:\n\n    def text do\n      \"\"\"\n    contents\n      \"\"\"\n    end\n\n"
             "Instead make sure the contents are indented as much as the heredoc closing:\n\n    def text do\n      "
             "\"\"\"\n      contents\n      \"\"\"\n    end\n\nThe current heredoc line is indented too little");
      }
      line_begins = false;
      if (i >= text.size()) break;
    }
    char c = text[i++];
    out.push_back(c);
    if (c == '\n') {
      line_begins = true;
      line++;
    }
  }
}

bool Tokenizer::resolve_escapes(const QuoteRules& rules, QuotePart& part) {
  if (!rules.is_sigil && !rules.unescapes) return true;
  std::string out;
  if (rules.is_sigil) {
    // Sigils keep their escapes, except the one that lets them hold their own terminator.
    std::string_view text = part.literal;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size(); i++) {
      if (text[i] == '\\' && i + 1 < text.size()) {
        if (text.substr(i + 1).starts_with(rules.terminator)) {
          out += rules.terminator;
          i += rules.terminator.size();
          continue;
        }
        out.push_back('\\');
        out.push_back(text[++i]);
        continue;
      }
      out.push_back(text[i]);
    }
  } else {
    EscapeError error = unescape(part.literal, out);
    if (!error.ok()) {
      bool inside = rules.what == "string" || rules.what == "charlist";
      fail(rules.line, rules.column + (inside ? 1 : 0), error.message, error.escape);
      return false;
    }
  }
  part.literal = own(std::move(out));
  return true;
}

}  // namespace phial::syntax
