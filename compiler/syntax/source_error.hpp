// Errors and warnings of reading source text, in the parts in which the language hands them to programs.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace phial::syntax {

/// Why a source could not be read.
struct SourceError {
  enum class Kind : uint8_t {
    syntax,                // SyntaxError
    token_missing,         // TokenMissingError: more input could mend it
    mismatched_delimiter,  // MismatchedDelimiterError
  };
  Kind kind = Kind::syntax;
  uint32_t line = 0, column = 0;          // from 1, columns in code points
  uint32_t end_line = 0, end_column = 0;  // token_missing: where the source ended; mismatched: the wrong closer
  /// The message is `message + token + suffix`; string_to_quoted returns the parts apart.
  std::string message;
  std::string token;
  std::string suffix;
  bool has_suffix = false;        // message and suffix form a pair, even if the suffix is empty
  std::string opening_delimiter;  // token_missing and mismatched_delimiter, as `(`, `do`, `"""`
  std::string expected_delimiter;
  std::string closing_delimiter;  // mismatched_delimiter: what stands there instead
  /// The whole text without place and snippet.
  std::string description() const { return message + token + suffix; }
};

/// The message without place, as exceptions give it. Tokens stand in it as the language writes them, not as the grammar names them.
std::string readable_message(const SourceError& error);

struct SourceWarning {
  uint32_t line = 0, column = 0;
  std::string message;
};

/// A comment, for the formatter.
struct SourceComment {
  uint32_t line = 0, column = 0;
  uint32_t previous_eol_count = 0;  // line ends between what stands before and the comment; 0: behind code
  uint32_t next_eol_count = 0;      // line ends behind the comment
  std::string_view text;            // with the `#`; part of the source
};

}  // namespace phial::syntax
