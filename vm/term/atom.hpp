// Atoms: interned once for the OS process. Interning locks; reading text by index does not.
#pragma once
#include <string_view>

#include "vm/term/term.hpp"

namespace phial {

/// The atom with this UTF-8 text (at most 255 code points is the language's rule; the caller checks it). Any thread.
Term intern_atom(std::string_view text);
/// The same within the atom quota of whom the calling thread works for; none() when that is used up. For text that comes from programs.
Term intern_within_quota(std::string_view text);
/// The atom if it exists already, else none().
Term existing_atom(std::string_view text);
/// The UTF-8 text of an atom; valid for the whole life of the OS process. Any thread, without a lock.
std::string_view atom_text(Term atom);
/// How many atoms exist.
size_t atom_count();

/// Atoms the VM and the compiler name, fixed at start: atoms::ok and so on. The list is vm/term/atoms.def.
namespace atoms {
enum Index : uint32_t {
#define PHIAL_ATOM(name, text) index_##name,
#include "vm/term/atoms.def"
#undef PHIAL_ATOM
  predefined_count
};
#define PHIAL_ATOM(name, text) inline constexpr Term name = Term::atom(index_##name);
#include "vm/term/atoms.def"
#undef PHIAL_ATOM
}  // namespace atoms

inline constexpr Term boolean(bool value) { return value ? atoms::true_ : atoms::false_; }

}  // namespace phial
