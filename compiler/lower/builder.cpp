#include "compiler/lower/builder.hpp"

#include <array>
#include <cstdlib>

#include "vm/term/binary.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/map.hpp"
#include "vm/term/number.hpp"

namespace phial::compiler::core {

BlockId Builder::new_block() {
  function_.blocks.emplace_back();
  function_.blocks.back().region = region;
  return static_cast<BlockId>(function_.blocks.size() - 1);
}

ValueId Builder::add_parameter(BlockId block) {
  Value value{Value::Kind::parameter};
  value.block = block;
  function_.values.push_back(value);
  ValueId id = static_cast<ValueId>(function_.values.size() - 1);
  function_.blocks[block].parameters.push_back(id);
  return id;
}

ValueId Builder::constant(Term term) {
  bool immediate = !term.is_pointer();
  if (immediate)
    if (auto found = immediates_.find(term.word); found != immediates_.end()) return found->second;
  Value value{Value::Kind::constant};
  value.constant = term;
  value.types = types_of_term(term);
  function_.values.push_back(value);
  ValueId id = static_cast<ValueId>(function_.values.size() - 1);
  if (immediate) immediates_.emplace(term.word, id);
  return id;
}

ValueId Builder::new_result(Instruction* instruction, Types types) {
  Value value{Value::Kind::result};
  value.definition = instruction;
  value.types = types;
  function_.values.push_back(value);
  return instruction->result = static_cast<ValueId>(function_.values.size() - 1);
}

static Types result_types(Op op) {
  switch (op) {
    case Op::tuple: case Op::update_element: return type_tuple;
    case Op::cons: return type_cons;
    case Op::make_fun: return type_function;
    case Op::new_map: case Op::put_map: case Op::update_map: return type_map;
    case Op::add: case Op::subtract: case Op::multiply: case Op::negate: return type_number;
    case Op::divide: case Op::bs_get_float: return type_float;
    case Op::quotient: case Op::remainder: case Op::bit_and: case Op::bit_or: case Op::bit_xor: case Op::bit_not: case Op::shift_left:
    case Op::shift_right: case Op::bs_get_integer: case Op::bs_get_utf8: case Op::bs_get_utf16: case Op::bs_get_utf32: return type_integer;
    case Op::build_stacktrace: return type_list;
    case Op::bs_build: case Op::bs_get_binary: case Op::bs_get_tail: return type_bitstring;
    default: return type_any;
  }
}

Instruction* Builder::emit(Op op, std::span<const ValueId> operands, bool has_result) {
  Instruction* instruction = module_.instruction(op);
  instruction->operands = module_.operand_array(operands);
  instruction->line = line;
  instruction->file = file;
  if (has_result) new_result(instruction, result_types(op));
  function_.blocks[current_].code.push_back(instruction);
  return instruction;
}

ValueId Builder::tuple(std::span<const ValueId> elements) {
  bool constants = true;
  for (ValueId element : elements) constants &= is_constant(element);
  if (!constants) return emit(Op::tuple, elements)->result;
  std::vector<Term> terms;
  for (ValueId element : elements) terms.push_back(constant_of(element));
  return constant(phial::make_tuple(module_.terms, std::span<const Term>(terms)));
}

ValueId Builder::cons(ValueId head, ValueId tail) {
  if (is_constant(head) && is_constant(tail)) return constant(make_cons(module_.terms, constant_of(head), constant_of(tail)));
  return emit(Op::cons, {head, tail})->result;
}

ValueId Builder::head(ValueId list) {
  if (is_constant(list)) return constant(constant_of(list).head());
  if (Instruction* made = definition(list); made && made->op == Op::cons) return made->operands[0];
  return emit(Op::head, {list})->result;
}

ValueId Builder::tail(ValueId list) {
  if (is_constant(list)) return constant(constant_of(list).tail());
  if (Instruction* made = definition(list); made && made->op == Op::cons) return made->operands[1];
  return emit(Op::tail, {list})->result;
}

ValueId Builder::element(ValueId tuple, uint32_t index) {
  if (is_constant(tuple)) return constant(constant_of(tuple).element(index));
  if (Instruction* made = definition(tuple); made && made->op == Op::tuple) return made->operands[index];
  Instruction* instruction = emit(Op::element, {tuple});
  instruction->index = index;
  return instruction->result;
}

ValueId Builder::new_map(std::span<const ValueId> pairs) {
  bool constants = true;
  for (ValueId item : pairs) constants &= is_constant(item);
  if (!constants) return emit(Op::new_map, pairs)->result;
  std::vector<Term> terms;
  for (ValueId item : pairs) terms.push_back(constant_of(item));
  return constant(make_map(module_.terms, terms));
}

ValueId Builder::fallible(Op op, std::span<const ValueId> operands) {
  Instruction* instruction = emit(op, operands);
  instruction->target = guard_fail;
  return instruction->result;
}

ValueId Builder::arithmetic(Op op, ValueId a, ValueId b) {
  if (is_constant(a) && is_constant(b)) {
    Term x = constant_of(a), y = constant_of(b), result = Term::none();
    TermHeap& heap = module_.terms;
    bool integers = x.is_integer() && y.is_integer();
    bool numbers = x.is_number() && y.is_number();
    switch (op) {
      case Op::add: if (numbers) result = number_add(heap, x, y); break;
      case Op::subtract: if (numbers) result = number_subtract(heap, x, y); break;
      case Op::multiply: if (numbers) result = number_multiply(heap, x, y); break;
      case Op::divide: if (numbers) result = number_divide(heap, x, y); break;
      case Op::quotient: if (integers && y != Term::small(0)) result = integer_quotient(heap, x, y); break;
      case Op::remainder: if (integers && y != Term::small(0)) result = integer_remainder(heap, x, y); break;
      case Op::bit_and: if (integers) result = integer_and(heap, x, y); break;
      case Op::bit_or: if (integers) result = integer_or(heap, x, y); break;
      case Op::bit_xor: if (integers) result = integer_xor(heap, x, y); break;
      case Op::shift_left: if (integers && y.is_small() && std::abs(y.small_value()) <= 4096) result = integer_shift_left(heap, x, y); break;
      case Op::shift_right: if (integers && y.is_small() && std::abs(y.small_value()) <= 4096) result = integer_shift_right(heap, x, y); break;
      default: break;
    }
    if (!result.is_none()) return constant(result);
  }
  ValueId result = fallible(op, std::array{a, b});
  // A float operand of an operation that succeeded makes a float; two integers make an integer.
  if (op == Op::add || op == Op::subtract || op == Op::multiply) {
    Types x = types_of(a), y = types_of(b);
    if (x == type_float || y == type_float) function_.values[result].types = type_float;
    else if (x == type_integer && y == type_integer) function_.values[result].types = type_integer;
  }
  return result;
}

ValueId Builder::negate(ValueId a) {
  if (is_constant(a) && constant_of(a).is_number())
    if (Term result = number_negate(module_.terms, constant_of(a)); !result.is_none()) return constant(result);
  return fallible(Op::negate, std::array{a});
}

ValueId Builder::bif(Term module, Term name, std::span<const ValueId> arguments) {
  ValueId result = fallible(Op::bif, arguments);
  definition(result)->index = module_.import_index(module, name, static_cast<uint8_t>(arguments.size()));
  return result;
}

ValueId Builder::call_external(Term module, Term name, std::span<const ValueId> arguments) {
  Instruction* instruction = emit(Op::call_external, arguments);
  instruction->index = module_.import_index(module, name, static_cast<uint8_t>(arguments.size()));
  return instruction->result;
}

ValueId Builder::call_fun(ValueId fun, std::initializer_list<ValueId> arguments) {
  std::vector<ValueId> operands{fun};
  operands.insert(operands.end(), arguments.begin(), arguments.end());
  return emit(Op::call_fun, operands)->result;
}

ValueId Builder::make_fun(uint32_t function_index, std::span<const ValueId> free) {
  Instruction* instruction = emit(Op::make_fun, free);
  instruction->index = function_index;
  return instruction->result;
}

Types tested_types(Op op, bool& whole) {
  whole = true;
  switch (op) {
    case Op::is_integer: return type_integer;
    case Op::is_float: return type_float;
    case Op::is_number: return type_number;
    case Op::is_atom: return type_atom;
    case Op::is_boolean: return type_boolean;
    case Op::is_list: return type_list;
    case Op::is_cons: return type_cons;
    case Op::is_nil: return type_empty_list;
    case Op::is_tuple: return type_tuple;
    case Op::is_map: return type_map;
    case Op::is_binary: return type_binary;
    case Op::is_bitstring: return type_bitstring;
    case Op::is_function: return type_function;
    case Op::is_pid: return type_pid;
    case Op::is_port: return type_port;
    case Op::is_reference: return type_reference;
    case Op::is_tuple_of: case Op::is_tagged_tuple: whole = false; return type_tuple;
    case Op::is_function_of: whole = false; return type_function;
    default: return 0;
  }
}

int fold_test(Op op, std::span<const Term> operands, uint32_t index) {
  Term a = operands[0];
  switch (op) {
    case Op::is_equal_exact: return equal_exactly(a, operands[1]);
    case Op::is_not_equal_exact: return !equal_exactly(a, operands[1]);
    case Op::is_equal: return equal(a, operands[1]);
    case Op::is_not_equal: return !equal(a, operands[1]);
    case Op::is_less: return compare(a, operands[1]) < 0;
    case Op::is_at_least: return compare(a, operands[1]) >= 0;
    case Op::is_binary: return a.is_bitstring() && is_binary(a);
    case Op::is_tuple_of: return a.is_tuple(index);
    case Op::is_function_of: case Op::is_tagged_tuple: return -1;
    case Op::has_map_key: return a.is_map() ? !map_get(a, operands[1]).is_none() : -1;
    default: break;
  }
  bool whole;
  Types accepted = tested_types(op, whole);
  if (!accepted) return -1;
  return (types_of_term(a) & accepted) != 0;
}

void Builder::test(Op op, std::span<const ValueId> operands, BlockId otherwise, uint32_t index, Term constant) {
  bool constants = true;
  for (ValueId operand : operands) constants &= is_constant(operand);
  int known = -1;
  if (constants && op < Op::bs_build) {
    Term terms[2];
    for (size_t i = 0; i < operands.size(); i++) terms[i] = constant_of(operands[i]);
    known = fold_test(op, std::span(terms, operands.size()), index);
  }
  bool whole;
  if (Types accepted = tested_types(op, whole); known < 0 && accepted) {
    Types types = types_of(operands[0]);
    if (!(types & accepted)) known = 0;
    else if (whole && !(types & ~accepted)) known = 1;
    else if (Instruction* made = definition(operands[0]); op == Op::is_tuple_of && made && made->op == Op::tuple)
      known = made->operands.size() == index;
  }
  if (known == 1) return;
  if (known == 0) {
    jump(otherwise);
    return;
  }
  Instruction* instruction = emit(op, operands, false);
  instruction->target = otherwise;
  instruction->index = index;
  instruction->constant = constant;
}

void Builder::jump(BlockId target, std::span<const ValueId> arguments) {
  Instruction* instruction = emit(Op::jump, arguments, false);
  instruction->target = target;
  current_ = new_block();
}

void Builder::terminate(Op op, std::span<const ValueId> operands) {
  emit(op, operands, false);
  current_ = new_block();
}

}  // namespace phial::compiler::core
