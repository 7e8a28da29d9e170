// Shapes: the key tuples of flat maps whose keys are atoms, one for each list of keys in the OS process. Literals of loaded modules refer to
// them, so the maps that a struct's literal or a map's constructor makes have the same key tuple in every module, and compiled code tells with one
// compare where each key's value stands. A shape stands in the area of literals and is never freed; there are `most_shapes` at most, what comes
// later keeps its own tuple. Any thread.
#pragma once
#include <span>

#include "vm/term/map.hpp"

namespace phial {

inline constexpr size_t most_shapes = size_t{1} << 15;
/// Maps made at run time get no new ones beyond these: the rest is for literals.
inline constexpr size_t most_shapes_of_maps = most_shapes / 2;

/// A tuple of atoms, not too many for a flat map's keys.
inline bool is_shape(Term term) {
  if (!term.is_tuple() || term.arity() == 0 || term.arity() > max_flat_map_size) return false;
  for (size_t i = 0; i < term.arity(); i++)
    if (!term.element(i).is_atom()) return false;
  return true;
}
/// The shape of these atoms, which stand in the order of keys; none() where there are too many shapes already.
Term shape_of(std::span<const Term> keys);
/// Lets every map and key tuple of a literal refer to shapes: what is a shape itself becomes the one of its keys. The literal was copied just now;
/// nobody else sees it.
Term share_shapes(Term literal);
/// From now on maps made at run time have shapes, too (vm/term/shape.hpp).
void share_shapes_of_maps();

}  // namespace phial
