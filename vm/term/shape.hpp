// Shapes of maps that are made at run time. A flat map whose keys are atoms refers to the one key tuple of its list of keys (vm/code/shapes.hpp) where
// that exists or may be made, however the map came about: so maps take no memory for keys, and inline caches know them.
//
// What leads from one shape to another (a key more, a key less), and from a list of keys to its shape, is remembered in tables without locks. An entry
// is one word, the shape it leads to, and is checked by comparing the keys, which costs no more than copying them would. Shapes live as long as the
// OS process. Any thread.
#pragma once
#include <atomic>
#include <span>

#include "vm/term/term.hpp"

namespace phial {

/// Makes or finds the shape of atoms in the order of keys; none(): there are too many. Set by the loader (vm/code), null before.
extern std::atomic<Term (*)(std::span<const Term> keys)> intern_shape;

/// The shape of these keys (in their order), none(): they are not all atoms, or there are too many shapes.
Term shape_of_keys(std::span<const Term> keys);
/// The shape that has a key more than the key tuple `keys`, and where that key stands.
Term shape_with_key(Term keys, Term key, size_t& place);
/// The shape without the key at `place`.
Term shape_without_key(Term keys, size_t place);
/// A shape that may be that of the keys of both, if they were merged before: whoever takes it checks it as it goes through the keys. none(): it is not known.
Term shape_of_merge(Term left, Term right);
/// Tells the shape of the keys of both for shape_of_merge.
void remember_merge(Term left, Term right, Term shape);

}  // namespace phial
