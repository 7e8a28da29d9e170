// Builder: writes instructions into a function in core form, folding constants and taking apart what it has just put together.
//
// It has a current block; emit() appends to it. After a terminator the current block is a fresh one that nothing reaches, so that
// code behind a `raise` can be built like any other (optimize() drops it).
#pragma once
#include <initializer_list>
#include <unordered_map>

#include "compiler/lower/core.hpp"

namespace phial::compiler::core {

class Builder {
 public:
  Builder(Module& module, Function& function) : module_(module), function_(function) {}

  Module& module() { return module_; }
  Function& function() { return function_; }

  // -- blocks
  BlockId new_block();
  BlockId current() const { return current_; }
  void set_current(BlockId block) { current_ = block; }
  ValueId add_parameter(BlockId block);
  /// Region that new blocks lie in.
  RegionId region = none;
  /// Where fallible instructions go in a guard; none: they raise.
  BlockId guard_fail = none;
  uint32_t line = 0;
  uint16_t file = 0;

  // -- values
  ValueId constant(Term term);
  bool is_constant(ValueId value) const { return function_.values[value].kind == Value::Kind::constant; }
  bool is_constant(ValueId value, Term term) const { return is_constant(value) && function_.values[value].constant == term; }
  Term constant_of(ValueId value) const { return function_.values[value].constant; }
  Types types_of(ValueId value) const { return function_.values[value].types; }
  /// The instruction that makes the value, or null.
  Instruction* definition(ValueId value) const { return function_.values[value].definition; }

  // -- instructions
  Instruction* emit(Op op, std::span<const ValueId> operands, bool has_result = true);
  Instruction* emit(Op op, std::initializer_list<ValueId> operands, bool has_result = true) {
    return emit(op, std::span(operands.begin(), operands.size()), has_result);
  }
  ValueId tuple(std::span<const ValueId> elements);
  ValueId tuple(std::initializer_list<ValueId> elements) { return tuple(std::span(elements.begin(), elements.size())); }
  ValueId cons(ValueId head, ValueId tail);
  ValueId head(ValueId list);
  ValueId tail(ValueId list);
  ValueId element(ValueId tuple, uint32_t index);
  ValueId new_map(std::span<const ValueId> pairs);
  /// Arithmetic and the like; goes to guard_fail, or raises.
  ValueId arithmetic(Op op, ValueId a, ValueId b);
  ValueId negate(ValueId a);
  ValueId fallible(Op op, std::span<const ValueId> operands);
  ValueId bif(Term module, Term name, std::span<const ValueId> arguments);
  ValueId call_external(Term module, Term name, std::span<const ValueId> arguments);
  ValueId call_external(Term module, Term name, std::initializer_list<ValueId> arguments) {
    return call_external(module, name, std::span(arguments.begin(), arguments.size()));
  }
  ValueId call_fun(ValueId fun, std::initializer_list<ValueId> arguments);
  ValueId make_fun(uint32_t function_index, std::span<const ValueId> free);

  /// A test with operands: goes on when it holds, else to `otherwise`. Folded where the answer is known.
  void test(Op op, std::span<const ValueId> operands, BlockId otherwise, uint32_t index = 0, Term constant = Term::none());
  void test(Op op, std::initializer_list<ValueId> operands, BlockId otherwise, uint32_t index = 0, Term constant = Term::none()) {
    test(op, std::span(operands.begin(), operands.size()), otherwise, index, constant);
  }
  void jump(BlockId target, std::span<const ValueId> arguments);
  void jump(BlockId target, std::initializer_list<ValueId> arguments = {}) {
    jump(target, std::span(arguments.begin(), arguments.size()));
  }
  void terminate(Op op, std::span<const ValueId> operands);
  void terminate(Op op, std::initializer_list<ValueId> operands) { terminate(op, std::span(operands.begin(), operands.size())); }
  void error(ValueId reason) { terminate(Op::error, {reason}); }
  /// Raises {tag, value}.
  void error(Term tag, ValueId value) { error(tuple({constant(tag), value})); }
  void return_value(ValueId value) { terminate(Op::return_, {value}); }

 private:
  ValueId new_result(Instruction* instruction, Types types);
  Module& module_;
  Function& function_;
  BlockId current_ = none;
  std::unordered_map<Word, ValueId> immediates_;
};

/// What a test of constants yields: 1 true, 0 false, -1 unknown.
int fold_test(Op op, std::span<const Term> operands, uint32_t index);
/// What a type test accepts, and whether it accepts all of it (is_tuple_of does not). Zero: no type test.
Types tested_types(Op op, bool& whole);

}  // namespace phial::compiler::core
