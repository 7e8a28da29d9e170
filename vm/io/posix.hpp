// POSIX errors as the atoms that Erlang names them by: :enoent, :eacces...
#pragma once
#include "vm/term/atom.hpp"

namespace phial {

Term posix_atom(int error);

}  // namespace phial
