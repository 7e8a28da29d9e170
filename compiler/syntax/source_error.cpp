// How source errors read for people.
#include "compiler/syntax/source_error.hpp"

#include <algorithm>
#include <iterator>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/syntax/parser.hpp"

namespace phial::syntax {

namespace {

using diagnostics::Mark;
using diagnostics::Place;

/// The word, where the token is one of the language's; those of Erlang's grammar too stand in single quotes in the parser's messages.
std::string_view reserved_word(std::string_view token) {
  static constexpr std::string_view words[] = {"and",   "or",   "not",    "in",    "when", "fn",    "do", "end",
                                               "after", "else", "rescue", "catch", "true", "false", "nil"};
  if (token.size() > 2 && token.starts_with('\'') && token.ends_with('\'')) token = token.substr(1, token.size() - 2);
  return std::find(std::begin(words), std::end(words), token) != std::end(words) ? token : std::string_view();
}

std::string_view introduction(SourceError::Kind kind) {
  switch (kind) {
    case SourceError::Kind::token_missing: return "token missing on ";
    case SourceError::Kind::mismatched_delimiter: return "mismatched delimiter found on ";
    case SourceError::Kind::syntax: break;
  }
  return "invalid syntax found on ";
}

}  // namespace

std::string readable_message(const SourceError& error) {
  if (error.message == "syntax error before: ") {
    const std::string& token = error.token;
    if (token.empty()) return "syntax error: expression is incomplete";
    if (token[0] == '$') return error.message + "?" + token.substr(1);
    if (token.starts_with("[<<") && token.ends_with(">>]")) return error.message + token.substr(3, token.size() - 6);
    if (token[0] == '[') return error.message + "\"";
    if (std::string word(reserved_word(token)); !word.empty()) {
      return error.message + word + ". \"" + word + "\" is a reserved word in Elixir and therefore its usage is limited. For instance, "
             "it can't be used as a variable or be defined nor invoked as a regular function";
    }
  }
  return error.description();
}

std::string render_error(const SourceError& error, std::string_view source, std::string_view file, uint32_t first_line) {
  Place place{error.line, error.column};
  std::vector<Mark> marks;
  std::string expected = "(expected \"" + error.expected_delimiter + "\")";
  if (error.kind == SourceError::Kind::mismatched_delimiter) {
    place = {error.end_line, error.end_column};
    marks.push_back({{error.line, error.column}, 1, '^', "unclosed delimiter"});
    marks.push_back({place, 1, '^', "mismatched closing delimiter " + expected});
  } else if (error.kind == SourceError::Kind::token_missing && !error.opening_delimiter.empty()) {
    // The end of the source is shown on its last line that holds text.
    Place end{error.end_line, error.end_column};
    while (end.line > error.line && diagnostics::source_line(source, first_line, end.line).empty()) {
      end.line--;
      end.column = 1;
      for (unsigned char c : diagnostics::source_line(source, first_line, end.line)) end.column += (c & 0xC0) != 0x80;
    }
    place = end;
    marks.push_back({{error.line, error.column}, 1, '^', "unclosed delimiter"});
    marks.push_back({end, 1, '^', "missing closing delimiter " + expected});
  } else {
    marks.push_back({place, 1, '^', ""});
  }
  size_t width = diagnostics::gutter_width(place.line);
  std::string padding(width, ' ');
  std::string out(introduction(error.kind));
  out += diagnostics::place_text(file, place);
  out += ":\n" + padding + "error: " + diagnostics::indent_rest(readable_message(error), width) + "\n";
  out += diagnostics::render_snippet(source, first_line, marks, diagnostics::Colours::off, "");
  out += padding + "\u2514\u2500 " + diagnostics::place_text(file, place);
  return out;
}

}  // namespace phial::syntax
