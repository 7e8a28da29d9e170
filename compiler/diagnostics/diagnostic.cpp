#include "compiler/diagnostics/diagnostic.hpp"

#include <algorithm>

namespace phial::diagnostics {
namespace {

std::string_view colour_of(Severity severity) {
  switch (severity) {
    case Severity::error: return "\x1b[31m";
    case Severity::warning: return "\x1b[33m";
    case Severity::information: return "\x1b[34m";
    case Severity::hint: return "\x1b[36m";
  }
  return "";
}

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::error: return "error";
    case Severity::warning: return "warning";
    case Severity::information: return "info";
    case Severity::hint: return "hint";
  }
  return "";
}

std::string full_message(const Diagnostic& diagnostic) {
  std::string message = diagnostic.message;
  for (const std::string& note : diagnostic.notes) message += "\n\n" + note;
  if (!diagnostic.hint.empty()) message += "\n\nhint: " + diagnostic.hint;
  return message;
}

void append_place(std::string& out, const Diagnostic& diagnostic) {
  out += "\u2514\u2500 ";
  out += place_text(diagnostic.file, diagnostic.place);
  if (!diagnostic.context.empty()) out += ": " + diagnostic.context;
}

/// How many code points a line of text holds before its first that is no space, and in all.
std::pair<uint32_t, uint32_t> text_extent(std::string_view line) {
  uint32_t start = 0, count = 0;
  bool leading = true;
  for (unsigned char c : line) {
    if ((c & 0xC0) == 0x80) continue;
    if (leading && (c == ' ' || c == '\t'))
      start++;
    else
      leading = false;
    count++;
  }
  return {start, count};
}

Mark mark_for(const Diagnostic& diagnostic, const RenderOptions& options) {
  Mark mark;
  mark.place = diagnostic.place;
  mark.symbol = diagnostic.severity == Severity::error ? '^' : '~';
  mark.length = std::max<uint32_t>(diagnostic.span, 1);
  if (diagnostic.place.column == 0) {
    // Only the line is known: all of its text is marked.
    auto [start, end] = text_extent(source_line(options.source, options.first_line, diagnostic.place.line));
    mark.place.column = start + 1;
    mark.length = end > start ? end - start : 1;
  }
  return mark;
}

bool same_message(const Diagnostic& a, const Diagnostic& b) {
  return a.severity == b.severity && a.message == b.message && a.hint == b.hint && a.notes == b.notes && a.file == b.file;
}

std::string render_at(const Diagnostic& diagnostic, const std::vector<const Diagnostic*>& others, const RenderOptions& options) {
  std::string out;
  bool with_snippet = !options.source.empty() && diagnostic.place.line != 0 &&
                      !source_line(options.source, options.first_line, diagnostic.place.line).empty();
  size_t width = with_snippet ? gutter_width(diagnostic.place.line) : 0;
  std::string message = full_message(diagnostic);
  out.append(width, ' ');
  out += severity_label(diagnostic.severity, options.colours) + ": ";
  out += indent_rest(message, width);
  out += "\n";
  if (with_snippet)
    out += render_snippet(options.source, options.first_line, {mark_for(diagnostic, options)}, options.colours,
                          colour_of(diagnostic.severity));
  out.append(width, ' ');
  append_place(out, diagnostic);
  for (const Diagnostic* other : others) {
    out += "\n";
    out.append(width, ' ');
    append_place(out, *other);
  }
  return out;
}

}  // namespace

std::string severity_label(Severity severity, Colours colours) {
  std::string name(name_of(severity));
  if (colours == Colours::off) return name;
  return std::string(colour_of(severity)) + name + "\x1b[0m";
}

std::string place_text(std::string_view file, Place place) {
  std::string out(file);
  if (place.line != 0) {
    out += ":" + std::to_string(place.line);
    if (place.column != 0) out += ":" + std::to_string(place.column);
  }
  return out;
}

std::string indent_rest(std::string_view text, size_t width) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); i++) {
    out.push_back(text[i]);
    if (text[i] == '\n' && i + 1 < text.size() && text[i + 1] != '\n') out.append(width, ' ');
  }
  return out;
}

std::string render(const Diagnostic& diagnostic, const RenderOptions& options) { return render_at(diagnostic, {}, options); }

std::string render_all(const std::vector<Diagnostic>& diagnostics, const RenderOptions& options) {
  std::string out;
  std::vector<bool> done(diagnostics.size(), false);
  for (size_t i = 0; i < diagnostics.size(); i++) {
    if (done[i]) continue;
    std::vector<const Diagnostic*> same;
    for (size_t j = i + 1; j < diagnostics.size() && diagnostics[i].severity == Severity::warning; j++) {
      if (done[j] || !same_message(diagnostics[i], diagnostics[j])) continue;
      same.push_back(&diagnostics[j]);
      done[j] = true;
    }
    if (!out.empty()) out += "\n\n";
    out += render_at(diagnostics[i], same, options);
  }
  return out;
}

}  // namespace phial::diagnostics
