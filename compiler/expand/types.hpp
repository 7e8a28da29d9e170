// Types as the checker of expanded code uses them: which terms an expression may give. A type is a union of kinds; atoms, tuples, lists and
// maps may be narrowed further. It always holds at least what can come, so types that have nothing in common tell a mistake.
#pragma once
#include <memory>
#include <string>

#include "compiler/expand/quoted.hpp"

namespace phial::compiler {

struct TupleShape;
struct MapShape;

struct Type {
  enum Kind : uint16_t {
    integer = 1, float_ = 2, binary = 4, bits = 8, atom = 16, tuple = 32, empty_list = 64, cons = 128, map = 256, pid = 512,
    reference = 1024, port = 2048, function = 4096,
    number = integer | float_, list = empty_list | cons, bitstring = binary | bits, all = 8191,
  };
  uint16_t kinds = all;
  bool dynamic = false;  // known from a pattern of a parameter only
  // Of the kind in question; null: all of it.
  std::shared_ptr<const Terms> atoms;
  std::shared_ptr<const Type> element;  // of lists
  std::shared_ptr<const TupleShape> elements;
  std::shared_ptr<const MapShape> fields;

  static Type any() { return {}; }
  static Type of(unsigned kinds) {
    Type type;
    type.kinds = static_cast<uint16_t>(kinds);
    return type;
  }
  static Type atom_value(Term value);
  static Type boolean();
  bool is_any() const { return kinds == all; }
};

struct TupleShape {
  std::vector<Type> elements;
};

/// Maps that have these keys (atoms, ascending by index) and, unless `open`, no others.
struct MapShape {
  std::vector<std::pair<Term, Type>> fields;
  bool open = false;

  const Type* find(Term key) const;
  /// The module of a struct, or none().
  Term structure() const;
};

Type join(const Type& left, const Type& right);
/// No term is of both types.
bool disjoint(const Type& left, const Type& right);
/// `integer() or :ok`, `{:ok, binary()}`, `%Point{x: integer()}`
std::string type_text(const Type& type);

}  // namespace phial::compiler
