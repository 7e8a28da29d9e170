// Match specifications (Erlang: "Match Specifications in Erlang"): [{head, guards, body}]. For objects of tables, and for calls: there the object is
// the list of arguments, heads are lists, bodies may be empty, and may call the functions of tracing (`MatchActions`).
#pragma once
#include <span>
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

/// What the functions do that bodies for calls may call beside guard functions: return_trace, message, ...
class MatchActions {
 public:
  virtual ~MatchActions() = default;
  /// The value of name(arguments...), one of those that `known` tells; none(): an error.
  virtual Term perform(Context& context, Term name, std::span<const Term> arguments) = 0;
  static bool known(Term name, size_t arity);
};

enum class MatchTarget : uint8_t { object, call };

/// A specification that is well-formed. It refers to the terms it was made of, which must outlive it.
class MatchSpec {
 public:
  /// False where the term is no specification: a guard or body calls what no guard may, or names a variable that its head does not.
  bool read(Context& context, Term term, MatchTarget target = MatchTarget::object);
  /// [{pattern, [], [result]}] for :ets.match (result `$$`) and friends.
  void read_pattern(Term pattern, Term result);
  /// The body's last value (true where it is empty) for the first clause that matches the object, built in the context's heap; none() if none does.
  Term run(Context& context, Term object, MatchActions* actions = nullptr) const;
  /// The key where every clause demands the same bound one at this position (from 0), else none(): then only that key need be looked at.
  Term bound_key(size_t position) const;

 private:
  struct Clause { Term head; Term guards; Term body; };
  bool check(Context& context, Term expression, const std::vector<bool>& bound, int depth, bool actions);
  std::vector<Clause> clauses_;
  GuardFunctions functions_;
};

/// Does the pattern of :ets.match match? Variables are :"$N" and :_.
bool matches(Term pattern, Term object, std::vector<Term>& bindings);

}  // namespace phial::ets
