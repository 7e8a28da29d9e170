#include "compiler/diagnostics/snippet.hpp"

#include <algorithm>

namespace phial::diagnostics {
namespace {

constexpr std::string_view bar = "\u2502";
constexpr uint32_t max_lines_between = 3;  // between two marks; more are folded into `...`

void append_spaces(std::string& out, size_t count) { out.append(count, ' '); }

void append_colour(std::string& out, Colours colours, std::string_view code) {
  if (colours == Colours::on) out += code;
}

void append_numbered(std::string& out, size_t width, uint32_t line, std::string_view text) {
  std::string number = std::to_string(line);
  append_spaces(out, width - 1 - number.size());
  out += number;
  out += " ";
  out += bar;
  if (!text.empty()) {
    out += " ";
    out += text;
  }
  out += "\n";
}

void append_bar(std::string& out, size_t width) {
  append_spaces(out, width);
  out += bar;
}

/// The marks of one line: labels hang below each other, the rightmost first.
void append_marks(std::string& out, size_t width, const std::vector<const Mark*>& marks, Colours colours,
                  std::string_view colour_code) {
  for (size_t shown = marks.size(); shown > 0; shown--) {
    append_bar(out, width);
    out += " ";
    size_t at = 1;
    for (size_t i = 0; i < shown; i++) {
      const Mark& mark = *marks[i];
      size_t column = std::max<size_t>(mark.place.column, 1);
      if (column > at) append_spaces(out, column - at);
      append_colour(out, colours, colour_code);
      if (i + 1 < shown) {
        out += bar;
        at = column + 1;
      } else if (!mark.label.empty()) {
        out += "\u2514 ";
        out += mark.label;
      } else {
        out.append(std::max<uint32_t>(mark.length, 1), mark.symbol);
      }
      append_colour(out, colours, "\x1b[0m");
    }
    out += "\n";
  }
}

}  // namespace

size_t gutter_width(uint32_t largest_line) { return std::max<size_t>(std::to_string(largest_line).size() + 1, 3) + 1; }

std::string_view source_line(std::string_view source, uint32_t first_line, uint32_t line) {
  if (line < first_line) return {};
  for (uint32_t at = first_line;; at++) {
    size_t end = source.find('\n');
    std::string_view text = source.substr(0, end);
    if (at == line) {
      if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
      return text;
    }
    if (end == std::string_view::npos) return {};
    source.remove_prefix(end + 1);
  }
}

std::string render_snippet(std::string_view source, uint32_t first_line, const std::vector<Mark>& marks, Colours colours,
                           std::string_view colour_code) {
  std::string out;
  if (marks.empty()) return out;
  size_t width = gutter_width(marks.back().place.line);
  append_bar(out, width);
  out += "\n";
  uint32_t shown_line = 0;
  for (size_t i = 0; i < marks.size();) {
    uint32_t line = marks[i].place.line;
    if (shown_line != 0 && line > shown_line + 1) {
      if (line - shown_line - 1 <= max_lines_between) {
        for (uint32_t between = shown_line + 1; between < line; between++)
          append_numbered(out, width, between, source_line(source, first_line, between));
      } else {
        out += " ...\n";
      }
    }
    append_numbered(out, width, line, source_line(source, first_line, line));
    std::vector<const Mark*> here;
    while (i < marks.size() && marks[i].place.line == line) here.push_back(&marks[i++]);
    append_marks(out, width, here, colours, colour_code);
    shown_line = line;
  }
  append_bar(out, width);
  out += "\n";
  return out;
}

}  // namespace phial::diagnostics
