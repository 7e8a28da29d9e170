// What debug builds write over the chunks of an arena that was freed, before they keep them for a while: a header of a kind that no object has. Who holds a term into
// such a chunk finds it in the first word that the term points to.
#pragma once
#include "vm/term/term.hpp"

namespace phial {

constexpr Word poison_word = Header::make(Kind{30}, 0, 0xdeadf4ee);

/// Whether a term points into freed memory of an arena. Debug builds.
inline bool is_poisoned(Term term) {
  if (term.is_cons()) return term.head().word == poison_word;
  return term.is_boxed() && term.object()[0] == poison_word;
}

}  // namespace phial
