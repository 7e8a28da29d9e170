// Snippets: the source line a message is about, with a mark under the place, in the box style of Elixir 1.18.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace phial::diagnostics {

/// A place in a source. Lines and columns count from 1, columns in code points; 0: not known.
struct Place {
  uint32_t line = 0;
  uint32_t column = 0;
};

/// Something drawn under a source line.
struct Mark {
  Place place;
  uint32_t length = 1;  // in code points
  char symbol = '^';    // `^` for errors, `~` for warnings
  std::string label;    // text behind a `└`, which then takes the symbol's place
};

/// Whether text may hold colour codes.
enum class Colours : uint8_t { off, on };

/// The width of the column of line numbers, for messages that stand over a snippet: `    error: ...`.
size_t gutter_width(uint32_t largest_line);

/// The snippet's lines from the first `│` to the last, without the place under it. Marks are given in source order; several
/// on one line hang below each other, lines between marks are shown as far as they are few.
/// `first_line` is the number of the source's first line.
std::string render_snippet(std::string_view source, uint32_t first_line, const std::vector<Mark>& marks, Colours colours,
                           std::string_view colour_code);

/// The line of the source with this number, without its line end; empty if there is none.
std::string_view source_line(std::string_view source, uint32_t first_line, uint32_t line);

}  // namespace phial::diagnostics
