// Names, modes and descriptions of files as terms: what the functions of :prim_file share, whatever files they are over.
#pragma once
#include <sys/stat.h>

#include <string>
#include <string_view>

#include "vm/term/heap_interface.hpp"

namespace phial::native {

/// A name as the language gives it: a binary, a charlist or an atom. False: it is none, or holds a zero.
bool read_file_name(Term term, std::string& name);
/// A charlist, or a binary where the name is no UTF-8.
Term file_name_term(TermHeap& heap, std::string_view name);
/// Flags of open(2) for a list of modes; -1 if one of them is unknown. `directory`: a directory may be opened.
int file_open_flags(Term modes, bool& directory);
/// {:file_info, ...}
Term file_info_term(TermHeap& heap, const struct stat& info, bool readable, bool writable);

}  // namespace phial::native
