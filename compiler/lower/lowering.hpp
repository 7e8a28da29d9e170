// Lowering: expanded quoted code to core form. Private to this folder; lower.hpp is its face.
//
// ModuleLowering holds what the functions of a module share. One FunctionLowering makes one core function: a definition, a `fn`, or the loop
// of a comprehension. The latter two have a parent; a variable they do not know is looked up there and becomes a free value, one more
// parameter at the end (see lookup). Quoted forms are walked recursively where the language nests, and iterated where it lists (blocks, lists,
// arguments, clauses).
//
// Every expression is lowered for its value; that a call is in tail position is found later (optimize). Conditions are lowered for control:
// branch() and branch_truthy() make jumps and no booleans.
#pragma once
#include <functional>
#include <memory>
#include <unordered_map>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/lower/builder.hpp"
#include "compiler/lower/module_definition.hpp"
#include "compiler/lower/names.hpp"
#include "compiler/lower/patterns.hpp"
#include "compiler/lower/quoted_view.hpp"

namespace phial::compiler::lowering {

using core::BlockId;
using core::Builder;
using core::Op;
using core::none;

class ModuleLowering {
 public:
  ModuleLowering(const ModuleDefinition& definition, core::Module& module, std::vector<diagnostics::Diagnostic>& reports)
      : definition(definition), module(module), reports(reports) {}
  bool run();

  const ModuleDefinition& definition;
  core::Module& module;
  std::vector<diagnostics::Diagnostic>& reports;
  bool failed = false;
  /// The function being lowered and how many lambdas it has so far.
  const FunctionDefinition* current_definition = nullptr;
  uint32_t lambda_count = 0;

  uint32_t find_function(Term name, size_t arity) const;  // index, or none
  uint16_t file_index(std::string_view file);
  uint32_t new_function();
  /// `-outer/1-fun-0-`
  Term lambda_name(const char* kind);
  void warn(uint32_t line, std::string message);
  void error(uint32_t line, std::string message);
  /// Patterns live as long as the module is lowered.
  Pattern* new_pattern(Pattern::Kind kind);

 private:
  void report(diagnostics::Severity severity, uint32_t line, std::string message);
  struct FunctionKey { Term name; size_t arity; bool operator==(const FunctionKey&) const = default; };
  struct FunctionHash { size_t operator()(const FunctionKey& key) const { return key.name.word * 31 + key.arity; } };
  std::unordered_map<FunctionKey, uint32_t, FunctionHash> functions_;
  std::vector<std::unique_ptr<Pattern>> patterns_;
};

/// A clause of anything that matches: patterns for the subjects, guard alternatives, and where it stands.
struct Clause {
  std::vector<const Pattern*> patterns;
  std::vector<Term> guards;
  std::vector<VariableKey> variables;
  uint32_t line = 0;
  bool generated = false;
  bool repeats_variable = false;
};

class FunctionLowering {
 public:
  FunctionLowering(ModuleLowering& module, uint32_t function_index, FunctionLowering* parent);

  void lower_definition(const FunctionDefinition& definition);

 private:
  friend class MatchCompiler;

  // -- expressions.cpp
  ValueId lower(Term form);
  ValueId lower_call(Term form);
  ValueId lower_block(Term expressions);
  ValueId lower_list(Term list);
  std::vector<ValueId> lower_all(Term list);
  ValueId lower_local_call(Term form);
  ValueId lower_remote_call(Term form, Term module, Term name);
  ValueId lower_erlang_call(Term form, Term name, Term arguments, bool& handled);
  ValueId lower_field_access(Term form, Term module, Term name);
  ValueId lower_capture(Term form);
  ValueId lower_fn(Term form);
  ValueId lower_map(Term form);
  ValueId lower_match(Term form);
  /// Ends a FunctionLowering of a closure: completes loops and function clauses, and says which values of the parent it captured.
  std::vector<ValueId> finish();
  void set_position(Term meta);

  // -- variables
  ValueId lookup(VariableKey key);
  void bind(VariableKey key, ValueId value) { environment_[key] = value; }
  VariableKey key_of(Term variable) const;

  // -- conditions.cpp
  /// Goes to if_true or if_false; a value that is no boolean raises in a body (badbool for `operator_name`, where it is one) and
  /// goes to guard_fail in a guard.
  void branch(Term form, BlockId if_true, BlockId if_false);
  void branch_on_boolean(ValueId value, BlockId if_true, BlockId if_false, Term operator_name);
  void branch_truthy(Term form, BlockId if_true, BlockId if_false);
  void branch_operand(Term form, BlockId if_true, BlockId if_false, Term operator_name);
  /// True when the form can be nothing but a boolean (or raise).
  bool is_boolean_form(Term form) const;
  ValueId materialize_boolean(Term form);
  /// A guard's alternatives: goes to `matched` or `failed`.
  void guard(const std::vector<Term>& alternatives, BlockId matched, BlockId failed);

  // -- parse_pattern.cpp
  const Pattern* parse_pattern(Term form);
  const Pattern* parse_bits(Term form);
  Clause parse_clause(Term head, Term meta, size_t subjects);
  void finish_clause(Clause& clause);

  // -- branches.cpp
  ValueId lower_case(Term form);
  ValueId lower_cond(Term form);
  ValueId lower_with(Term form);
  /// Where matching begins, what is matched, and where it goes when nothing does.
  struct Entry {
    BlockId block;
    std::vector<ValueId> subjects;
    BlockId fail;
  };
  /// Matches, then builds the bodies: body(i) lowers the body of clause i with its variables bound, and ends its block.
  void match_clauses(const std::vector<Entry>& entries, std::vector<Clause>& clauses, const std::function<void(size_t)>& body,
                     const char* what = "clause");
  /// match_clauses over quoted clauses whose values go to `join`.
  void match_quoted_clauses(const std::vector<Entry>& entries, Term clauses, BlockId join);
  void warn_about_unreachable(const std::vector<Clause>& clauses, const char* what);

  // -- try.cpp, receive.cpp
  /// A region that is open: code built until unprotect() lies in it.
  struct Protected {
    core::RegionId region;
    core::RegionId outer;
    BlockId handler;
  };
  ValueId lower_try(Term form);
  ValueId lower_guarded_body(Term sections);
  Protected protect();
  std::vector<ValueId> unprotect(const Protected& what);
  void lower_rescue(Term clauses, ValueId reason, ValueId trace, BlockId done, BlockId otherwise);
  ValueId lower_receive(Term form);
  /// The marker for a receive whose clauses all wait for one reference that was made in this function, or none.
  ValueId mark_receive(const std::vector<Clause>& clauses);

  // -- comprehensions.cpp
  struct Comprehension;
  ValueId lower_for(Term form, bool discard);
  ValueId lower_source(Term step);
  ValueId lower_generators(Comprehension& what, size_t from, ValueId accumulator);
  ValueId generate_from_list(Comprehension& what, size_t index, ValueId source, ValueId accumulator);
  bool range_parts(ValueId source, ValueId (&parts)[3]);
  ValueId lower_reduce_step(uint32_t loop, std::span<const ValueId> free);
  ValueId generate_from_bits(Comprehension& what, size_t index, ValueId source, ValueId accumulator);
  ValueId collect(Comprehension& what, ValueId accumulator);
  ValueId collect_into(Comprehension& what, ValueId accumulator, ValueId value);
  ValueId lower_into_collectable(Comprehension& what, ValueId into);

  // -- bits.cpp
  struct BitsBuilder;
  void lower_segments(Term form, BitsBuilder& bits);
  ValueId lower_bits(Term form);

  ModuleLowering& module_;
  uint32_t index_;
  FunctionLowering* parent_;
  Builder b_;
  std::unordered_map<VariableKey, ValueId, VariableHash> environment_;
  struct Capture { ValueId outer; ValueId inner; };
  std::vector<Capture> captures_;
  std::vector<core::Instruction*> unfinished_;  // loops and function clauses of a closure, whose free values are yet to come
};

}  // namespace phial::compiler::lowering
