// Diagnostics: what the compiler says to people, and how it is printed.
//
// A Diagnostic is one error or warning with its place. The compiler collects them; whoever compiles prints them with render(),
// in the form of Elixir 1.18:
//
//     error: undefined variable "foo"            <- message, under it the hint
//     │
//   1 │ foo + 1
//     │ ^^^
//     │
//     └─ lib/a.ex:1:1: A.run/0                   <- place and context
//
// Without the source, message and place stand alone. Nothing here keeps state; any thread may call it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/snippet.hpp"

namespace phial::diagnostics {

enum class Severity : uint8_t { error, warning, information, hint };

struct Diagnostic {
  Severity severity = Severity::error;
  std::string message;
  std::string file = "nofile";
  Place place;
  uint32_t span = 0;               // code points to mark from place.column; 0: one where the column is known
  std::string hint;                // printed under the message as `hint: ...`
  std::vector<std::string> notes;  // further paragraphs under the message
  std::string context;             // `Module`, `Module.function/1` or `Module (module)`, printed behind the place
};

/// `source` is the text of the whole file, empty where it is not at hand; `first_line` the number of its first line.
struct RenderOptions {
  std::string_view source;
  uint32_t first_line = 1;
  Colours colours = Colours::off;
};

/// The diagnostic as printed on a terminal, without a line end at its end.
std::string render(const Diagnostic& diagnostic, const RenderOptions& options = {});

/// Several diagnostics, an empty line between them. Warnings that say the same at several places are printed once with all
/// places.
std::string render_all(const std::vector<Diagnostic>& diagnostics, const RenderOptions& options = {});

/// `error` or `warning`, with colours.
std::string severity_label(Severity severity, Colours colours);

/// `file:line:column`, leaving out what is not known.
std::string place_text(std::string_view file, Place place);

/// Every line but the first indented by `width` spaces (empty lines stay empty), as messages over snippets are printed.
std::string indent_rest(std::string_view text, size_t width);

}  // namespace phial::diagnostics
