// Order, equality and hash of terms, as Erlang's reference manual defines term comparison:
// number < atom < reference < fun < port < pid < tuple < map < list < bitstring.
#pragma once
#include "vm/term/term.hpp"

namespace phial {

/// Equality of the language's == (1 == 1.0) and === (exact).
bool equal(Term a, Term b);
bool equal_exactly_slow(Term a, Term b);
inline bool equal_exactly(Term a, Term b) {
  if (a == b) return true;
  if (!a.is_pointer() || !b.is_pointer()) return false;
  return equal_exactly_slow(a, b);
}
/// <0, 0, >0 in term order; numbers compare by value.
int compare(Term a, Term b);
/// Like compare, but an integer is less than any float: the order of keys in maps, and equality is exact.
int compare_exactly(Term a, Term b);
/// Consistent with equal_exactly. Not stable between runs for atoms.
uint32_t hash_term(Term term);
/// :erlang.phash2's hash in 32 bits: on every BEAM the same for the same term (portable_hash.cpp).
uint32_t portable_hash(Term term);
/// What a function's hash_term begins with: by what it is called and not by where it stands, so that it is the same on every run. vm/code sets it, which
/// knows what functions are.
extern uint64_t (*hash_function)(Term fun);
/// The order of the functions behind two funs of one kind (0: it cannot tell), by what they are called: addresses differ from run to run. Set like the above.
extern int (*order_functions)(Term a, Term b);

}  // namespace phial
