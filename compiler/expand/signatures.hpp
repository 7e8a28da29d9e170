// What functions of :erlang take and give, as far as the type checker knows.
#pragma once
#include <span>

#include "compiler/expand/types.hpp"

namespace phial::compiler {

/// One way to call a function; parameters and result are unions of Type's kinds.
struct Signature {
  const char* name;
  const char* shown;  // the Elixir function it is called by
  std::initializer_list<uint16_t> parameters;
  uint16_t result;
  bool gives_boolean = false;
};

/// The same for functions of the library that are such a function in disguise but were not replaced by it.
std::vector<const Signature*> library_signatures_of(Term module, Term name, size_t arity);
/// All ways to call :erlang.name/arity; empty: unknown.
std::vector<const Signature*> signatures_of(Term name, size_t arity);

}  // namespace phial::compiler
