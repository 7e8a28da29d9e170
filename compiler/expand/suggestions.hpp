// Names that may have been meant where one is not known.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "vm/term/term.hpp"

namespace phial::compiler {

class Expander;

/// From which on two names are taken for slips of one another.
constexpr double similar_names = 0.77;

/// Similarity of two names between 0 and 1 (Jaro's measure).
double name_similarity(std::string_view a, std::string_view b);

struct Suggestion {
  double score;
  std::string text;
};
/// The best five, a line each.
std::string suggestions_text(std::vector<Suggestion> found);

/// `. Did you mean "name"?` for a variable that is not there, if one in scope has a similar name; else empty.
std::string similar_variable(const Expander& expander, Term name);
/// The same for a key that a struct has not.
std::string similar_key(Term structure, Term key);
/// The same for a function that no import gives.
std::string similar_import(const Expander& expander, Term name);

}  // namespace phial::compiler
