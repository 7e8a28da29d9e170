// The parser's face: source text to quoted terms, the AST of the whole compiler.
//
// A quoted term is what Elixir documents: calls and variables as {name, metadata, arguments}, with literals (numbers, atoms,
// strings, lists, two-element tuples) standing for themselves. Metadata is `[line: n]` unless the options ask for more.
// Thread rule: a call uses only its own state, the heap it is given, and the atom table.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "compiler/syntax/source_error.hpp"
#include "compiler/syntax/token.hpp"
#include "vm/term/build.hpp"

namespace phial::syntax {

/// A function of the language or of the host that the parser calls for literals or for atoms. `call` gives the term to put in
/// place, or none() after writing the reason to `error`. It may switch fibers; the parser keeps terms only in `heap`, so
/// that heap must not move objects meanwhile (an Arena).
struct Encoder {
  Term (*call)(void* context, TermHeap& heap, Term value, Term metadata, std::string& error) = nullptr;
  void* context = nullptr;
  explicit operator bool() const { return call != nullptr; }
};

/// The options of Code.string_to_quoted/2, same names and defaults.
struct ParseOptions {
  std::string_view file = "nofile";
  uint32_t line = 1;
  uint32_t column = 1;
  bool columns = false;
  bool token_metadata = false;
  bool existing_atoms_only = false;
  bool unescape = true;
  bool emit_warnings = true;
  bool comments = false;         // collect ParseResult::comments
  Encoder literal_encoder;       // (literal, metadata)
  Encoder static_atoms_encoder;  // (text as a binary, metadata with file, line and column)
  /// Brackets, blocks and operators nested deeper than this are refused, so that no source can exhaust the native stack.
  /// A level takes at most 1.4 KB of stack (a third of it for operators): the default needs 2.8 MB.
  uint32_t max_nesting = 2000;
};

struct ParseResult {
  Term ast = Term::none();
  bool ok = false;
  SourceError error;
  std::vector<SourceWarning> warnings;
  std::vector<SourceComment> comments;  // in source order, texts within the source
};

/// Parses a whole source. With ok == false, `error` says why and `ast` is none().
ParseResult parse(TermHeap& heap, std::string_view source, const ParseOptions& options = {});

/// Whether more input could turn the failed source into a valid one: what a shell asks before it prints an error.
bool is_incomplete(const ParseResult& result);

/// The error as text for people: `invalid syntax found on nofile:1:4:` and a snippet of the source, as Exception.message gives
/// it. `exception_name` names the exception: SyntaxError, TokenMissingError or MismatchedDelimiterError.
std::string render_error(const SourceError& error, std::string_view source, std::string_view file, uint32_t first_line = 1);
std::string_view exception_name(SourceError::Kind kind);

}  // namespace phial::syntax
