// What the translator knows of the value in a register, on one path.
#pragma once
#include <map>

#include "vm/code/module.hpp"

namespace phial {

struct Type {
  enum Kind : uint8_t {
    any,
    small,       // a small integer
    float_word,  // a float that the word holds
    float_raw,   // x registers only: the value is a finite double beside; a word is made when one is asked for
    immediate,   // an atom, local pid, reference, port or the empty list
    cons,
    boxed,       // points to some boxed object
    tuple,       // detail: number of elements
    map,         // detail: the key tuple of a flat map, or 0: any map
    closure,     // detail: Function*
    matching,    // a match context. detail: 1 if its position is known to be at a whole byte
    kinds
  };
  Kind kind = any;
  Word detail = 0;

  bool is(Kind wanted) const { return kind == wanted; }
  bool is_boxed_pointer() const { return kind >= boxed; }
  bool is_pointer() const { return kind >= cons; }
  bool is_float() const { return kind == float_word || kind == float_raw; }
  bool is_number() const { return kind == small || is_float(); }
  auto operator<=>(const Type&) const = default;
};

/// Types of registers by code; what is not here is `any`.
using Types = std::map<RegisterCode, Type>;

inline Type type_of_constant(Word word) {
  Term term = Term::raw(word);
  if (term.is_small()) return {Type::small};
  if (term.is_float_word()) return {Type::float_word};
  if (!term.is_pointer()) return {Type::immediate};
  if (term.is_cons()) return {Type::cons};
  if (term.is_tuple()) return {Type::tuple, term.arity()};
  if (term.is_kind(Kind::flat_map)) return {Type::map, term.payload()[0].word};
  return {Type::boxed};
}

}  // namespace phial
