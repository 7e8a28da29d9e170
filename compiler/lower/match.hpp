// MatchCompiler: clauses to decision trees.
//
// Input is a matrix: a row a clause, a column a subject. A row is a list of constraints (a value and the pattern it must match) that have
// still to be tested, the variables bound so far, and the clause to go to. In each step the first row decides: of its constraints one is
// chosen, the one that most rows have a say about, and one test is emitted for it and for all rows that constrain the same value
// in the same way (switch_value for atoms and small integers, switch_arity for tuples, one test for the rest). Each outcome goes on
// with the rows that are still possible, less what is known now. A row without constraints is a match: its guard is
// lowered, and its clause entered; where the guard fails the rest of the rows goes on, with all that is known.
//
// So no test is made twice on a path, and clauses are tried in their order. A row that says nothing about a tested value goes on in
// every outcome; copying rows may grow code exponentially. When the copies exceed a budget that is linear in the number of
// clauses, the matrix is cut above such a row instead: the rows above are compiled alone, failing to the rows from there on, which then
// test anew what they need.
//
// Each clause's body stands once, in a block with the clause's variables as parameters.
//
// Binaries: a context (bs_start) is a moving position, so a row that is in the middle of a binary names the position it stands at; going
// back to one emits bs_set_position. Rows whose next segments take the same bits share the extraction; runs of literal segments
// that no other row takes apart are compared at once.
//
// Work is a stack of states, not recursion: thousands of clauses are fine.
#pragma once
#include "compiler/lower/lowering.hpp"

namespace phial::compiler::lowering {

class MatchCompiler {
 public:
  MatchCompiler(FunctionLowering& function, std::vector<Clause>& clauses);
  /// Compiles from the current block on, to `fail` where nothing matches. Afterwards bodies()[i] is the block of clause i, none if
  /// nothing leads there. May run more than once, from different blocks over different subjects: the bodies are shared.
  void run(const std::vector<ValueId>& subjects, BlockId fail);
  const std::vector<BlockId>& bodies() const { return bodies_; }
  /// Parameters of a body's block: the values of clauses[i].variables.
  const std::vector<ValueId>& body_values(size_t clause) const { return body_values_[clause]; }

 private:
  struct Constraint {
    enum class Kind : uint8_t { literal, equal, empty_list, cons, tuple, map, map_key, bits, bits_at };
    Kind kind;
    ValueId subject;          // bits_at: the context
    const Pattern* pattern;   // map_key: the pattern of the value
    ValueId key = none;       // map_key: the key. equal: the other value
    uint32_t segment = 0;     // bits_at: next segment
    uint32_t position = 0;    // bits_at: where the row stands
  };
  struct Binding { VariableKey variable; ValueId value; };
  struct Row {
    size_t clause;
    std::vector<Constraint> pending;
    std::vector<Binding> bindings;
  };
  struct ContextPosition { ValueId context; uint32_t position; };
  struct Context { ValueId subject; ValueId context; uint32_t start; };
  struct State {
    BlockId block;
    std::vector<Row> rows;
    std::vector<Context> contexts;
    std::vector<ContextPosition> at;
    BlockId fail;
  };

  void process(State state);
  void leaf(State& state);
  size_t choose(const State& state) const;
  /// False when the row can not match any more.
  bool add(Row& row, ValueId subject, const Pattern* pattern);
  void push(State& from, BlockId block, std::vector<Row> rows);
  bool cut(State& state, const Constraint& chosen);

  void test_values(State& state, Constraint chosen);
  void test_tuples(State& state, Constraint chosen);
  void test_cons(State& state, Constraint chosen);
  void test_one(State& state, Constraint chosen);
  void test_map_key(State& state, Constraint chosen);
  const Pattern* literal_as_bits(Term literal);
  void start_bits(State& state, Constraint chosen);
  bool many_texts(const State& state, const Constraint& chosen) const;
  void test_bits(State& state, Constraint chosen);
  void match_literal_run(State& state, const Constraint& chosen, size_t count);
  void extract_segment(State& state, const Constraint& chosen);
  void end_of_bits(State& state, const Constraint& chosen);
  void restore_position(State& state, const Constraint& chosen);
  uint32_t new_position(ValueId context);
  void bind_row(const Row& row);

  FunctionLowering& function_;
  Builder& b_;
  std::vector<Clause>& clauses_;
  std::vector<State> work_;
  std::vector<BlockId> bodies_;
  std::vector<std::vector<ValueId>> body_values_;
  std::vector<ValueId> positions_;  // saved position of each position number
  size_t copies_left_;
};

}  // namespace phial::compiler::lowering
