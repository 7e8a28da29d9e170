// The tokenizer: source text to a TokenStream, in one pass.
#pragma once
#include "compiler/syntax/source_error.hpp"
#include "compiler/syntax/token.hpp"

namespace phial::syntax {

struct TokenizeOptions {
  uint32_t line = 1;
  uint32_t column = 1;
  bool unescape = true;
  /// Go on after an error as well as possible and check no brackets: for highlighting of unfinished input.
  bool lenient = false;
  /// Collect the comments.
  bool comments = false;
  /// Interpolations inside each other deeper than this are refused: each level uses native stack.
  uint32_t max_nesting = 2000;
};

struct TokenizeResult {
  bool ok = true;
  SourceError error;
  std::vector<SourceWarning> warnings;
  std::vector<SourceComment> comments;
};

/// Tokenizes `source` into `stream`, which refers to the source's bytes.
TokenizeResult tokenize(std::string_view source, const TokenizeOptions& options, TokenStream& stream);

/// What follows `unexpected reserved word: do` and `unexpected keyword: do:` where a comma or a block is missing.
extern const char* const misplaced_do;

}  // namespace phial::syntax
