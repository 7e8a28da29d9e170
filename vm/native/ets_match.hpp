// Match specifications (Erlang: "Match Specifications in Erlang"): [{head, guards, body}].
#pragma once
#include <vector>

#include "vm/process/context.hpp"

namespace phial::ets {

/// The functions that guards and bodies call, found once.
struct GuardFunctions {
  using Function = Term (*)(Context&, const Term*);
  struct Entry { Term name; size_t arity; Function function; };
  std::vector<Entry> entries;

  /// Null where there is no such guard function.
  Function find(Term name, size_t arity) const {
    for (const Entry& entry : entries)
      if (entry.name == name && entry.arity == arity) return entry.function;
    return nullptr;
  }
};

/// A specification that is well-formed. It refers to the terms it was made of, which must outlive it.
class MatchSpec {
 public:
  /// False where the term is no specification: a guard or body calls what no guard may, or names a variable that its head does not.
  bool read(Context& context, Term term);
  /// [{pattern, [], [result]}] for :ets.match (result `$$`) and friends.
  void read_pattern(Term pattern, Term result);
  /// The body's last value for the first clause that matches the object, built in the context's heap; none() if none does.
  Term run(Context& context, Term object) const;
  /// The key where every clause demands the same bound one at this position (from 0), else none(): then only that key need be looked at.
  Term bound_key(size_t position) const;

 private:
  struct Clause { Term head; Term guards; Term body; };
  bool check(Context& context, Term expression, const std::vector<bool>& bound, int depth);
  std::vector<Clause> clauses_;
  GuardFunctions functions_;
};

/// Does the pattern of :ets.match match? Variables are :"$N" and :_.
bool matches(Term pattern, Term object, std::vector<Term>& bindings);

}  // namespace phial::ets
