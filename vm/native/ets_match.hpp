// Match specifications (Erlang: "Match Specifications in Erlang"): [{head, guards, body}]. For objects of tables, and for calls: there the object is
// the list of arguments, heads are lists, bodies may be empty, and may call the functions of tracing (`MatchActions`).
#pragma once
#include <span>
#include <vector>

#include "vm/process/context.hpp"

namespace phial::ets {

/// What the functions do that bodies for calls may call beside guard functions: return_trace, message, ...
class MatchActions {
 public:
  virtual ~MatchActions() = default;
  /// The value of name(arguments...), one of those that `known` tells; none(): an error.
  virtual Term perform(Context& context, Term name, std::span<const Term> arguments) = 0;
  static bool known(Term name, size_t arity);
};

enum class MatchTarget : uint8_t { object, call };

/// A specification that is well-formed, compiled to nodes: heads, guards and bodies are trees of them whose variables are numbered from 0 as the head first
/// meets them, so that an object is matched without a look at the specification's terms. Constants stay terms of the specification, which must outlive it.
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
  using Function = Term (*)(Context&, const Term*);
  enum class Op : uint8_t {
    // of heads
    anything, bind, same, never,
    // of heads and expressions; `constant` compares exactly, `immediate` its word
    immediate, constant, tuple, list, map,
    // of expressions
    variable, object, bindings, self, and_also, or_else, all_of, any_of, call, action,
    less, less_or_equal, greater, greater_or_equal, equal, not_equal, equal_exactly, not_equal_exactly,
  };
  struct Node {
    Op op = Op::never;
    uint32_t first = 0;  // of its children, which stand side by side; of a variable: its number. A list's last child is its tail, a map's are keys and values in turn
    uint32_t count = 0;
    Term term = Term::none();
    Function function = nullptr;
  };
  struct Variable { uint32_t name, slot; };  // by name: `$1` before `$2`
  struct Clause {
    uint32_t head, first_guard, guards, first_body, body;
    std::vector<Variable> variables;
  };
  class Compiler;
  class Evaluator;

  bool match(const Node& node, Term object, Term* slots) const;
  std::vector<Node> nodes_;
  std::vector<Clause> clauses_;
  size_t slots_ = 0;  // of the clause with most variables
};

}  // namespace phial::ets
