// The standard library's image as it is linked into a program: where modules that nobody defined yet come from.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "vm/term/term.hpp"

namespace phial::compiler {

/// The documentation of a library module in the external term format; empty if there is none (or no library: the bootstrap).
std::string library_docs(Term module);

/// The text of the file that a library module was compiled from, compressed by zlib; empty if there is none.
std::string_view library_source(Term module);

/// The names of all modules of the library, ascending.
std::vector<std::string_view> library_modules();

}  // namespace phial::compiler
