// The external term format (Erlang: "External Term Format", erl_ext_dist). Used for binaries on disk, bytecode literals and
// term_to_binary.
#pragma once
#include <string>
#include <string_view>

#include "vm/term/build.hpp"

namespace phial {

/// Appends the encoding of `term` without the version byte 131. Functions and resources are not encodable: false.
bool encode_external(Term term, std::string& out);
/// Decodes one term at the start of `bytes` (without the version byte); moves `bytes` past it. none() where it is corrupt or,
/// with `existing_atoms_only`, names an unknown atom.
Term decode_external(TermHeap& heap, std::string_view& bytes, bool existing_atoms_only = false);

}  // namespace phial
