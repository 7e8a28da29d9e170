// Errors and warnings of expansion.
#include "compiler/expand/expander.hpp"

#include "compiler/expand/module_draft.hpp"
#include "vm/term/binary.hpp"

namespace phial::compiler {

std::string Expander::file_text() const {
  std::string scratch;
  if (env.file.is_none() || !env.file.is_bitstring()) return "nofile";
  return std::string(bytes_of(env.file, scratch));
}

std::string Expander::place_of(Term function) const {
  if (!env.in_module()) return {};
  if (function.is_tuple(2)) return mfa_text(env.module, function.element(0), function.element(1).small_value());
  return atom_name(env.module) + " (module)";
}

/// Reports the error and raises the CompileError that ends the unit being compiled.
Term Expander::compile_error(Term meta, std::string_view description) {
  if (host.failure) return Term::none();
  report_error(meta, description);
  return errors_logged();
}

/// CompileError: what was reported as errors keeps the module, file or code around from being compiled.
Term Expander::errors_logged() {
  Term file = env.file.is_none() ? text_term(heap, "nofile") : env.file;
  std::string what = env.in_module() ? "module " + atom_name(env.module) : evaluates ? "code" : "file";
  if (!env.in_module() && evaluates) file = atoms::nil;
  const Term pairs[] = {atoms::struct_, atoms::compile_error_module, atoms::exception_key, atoms::true_, atoms::file, file,
                        atoms::line, atoms::nil, atoms::description,
                        text_term(heap, "cannot compile " + what + " (errors have been logged)")};
  host.failure = {atoms::error, make_map(heap, pairs), Term::nil()};
  return Term::none();
}

Term Expander::raise_exception(Term module, std::string_view message) {
  const Term pairs[] = {atoms::struct_, module, atoms::exception_key, atoms::true_, atoms::message, text_term(heap, message)};
  host.failure = {atoms::error, make_map(heap, pairs), Term::nil()};
  return Term::none();
}

Term Expander::nesting_error() { return compile_error(Term::nil(), "the code is nested too deeply"); }

namespace {

diagnostics::Diagnostic make_diagnostic(const Expander& expander, diagnostics::Severity severity, int64_t line, int64_t column, Term file,
                                        Term function, std::string_view message) {
  diagnostics::Diagnostic diagnostic;
  diagnostic.severity = severity;
  std::string scratch;
  diagnostic.file = file.is_none() || !file.is_bitstring() ? "nofile" : std::string(bytes_of(file, scratch));
  diagnostic.place = {static_cast<uint32_t>(line), static_cast<uint32_t>(column)};
  diagnostic.message = message;
  diagnostic.context = expander.place_of(function);
  return diagnostic;
}

}  // namespace

void Expander::report_error(Term meta, std::string_view message) {
  int64_t line = line_of(meta);
  Term file = env.file;
  Term keep = keyword_get(meta, atoms::keep);
  if (keep.is_tuple(2)) {
    file = keep.element(0);
    if (keep.element(1).is_small()) line = keep.element(1).small_value();
  }
  host.diagnose(make_diagnostic(*this, diagnostics::Severity::error, line ? line : env.line, column_of(meta), file, env.function, message));
}

void Expander::warn(Term meta, std::string_view message) {
  if (keyword_has(meta, atoms::generated)) return;
  int64_t line = line_of(meta);
  warn_at(line ? line : env.line, column_of(meta), env.file, env.function, message);
}

void Expander::warn_at(int64_t line, int64_t column, Term file, Term function, std::string_view message) {
  host.diagnose(make_diagnostic(*this, diagnostics::Severity::warning, line, column, file, function, message));
}

}  // namespace phial::compiler
