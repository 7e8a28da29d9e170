// Terms as text, for messages of the VM itself and tests (Elixir's syntax, as inspect prints it without protocols).
#pragma once
#include <string>

#include "vm/term/term.hpp"

namespace phial {

/// Text of a term; beyond `limit` bytes it ends in "...".
std::string print_term(Term term, size_t limit = 100000);
/// An atom as source text: `:ok`, `Foo.Bar`, `:"with space"`, nil.
std::string print_atom(Term atom);

}  // namespace phial
