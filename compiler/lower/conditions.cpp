// Conditions: booleans as control flow.
#include "compiler/lower/erlang_operations.hpp"
#include "compiler/lower/lowering.hpp"

namespace phial::compiler::lowering {

using Kind = ErlangOperation::Kind;

/// The operation of a call of :erlang, or null.
static const ErlangOperation* operation_of(Term form) {
  Term module, name;
  if (!is_quoted_call(form) || !is_remote_callee(form.element(0), module, name) || module != names().erlang) return nullptr;
  return find_erlang_operation(name, static_cast<size_t>(list_length(form.element(2))));
}

bool FunctionLowering::is_boolean_form(Term form) const {
  if (form == atoms::true_ || form == atoms::false_) return true;
  if (is_quoted_call(form, atoms::block, 1)) return is_boolean_form(form.element(2).head());
  const ErlangOperation* operation = operation_of(form);
  if (!operation) return false;
  if (operation->kind == Kind::andalso || operation->kind == Kind::orelse) return is_boolean_form(nth(form.element(2), 1));
  return operation->is_boolean;
}

void FunctionLowering::branch(Term form, BlockId if_true, BlockId if_false) {
  if (form == atoms::true_) return b_.jump(if_true);
  if (form == atoms::false_) return b_.jump(if_false);
  if (is_quoted_call(form, atoms::block, 1)) return branch(form.element(2).head(), if_true, if_false);
  const ErlangOperation* operation = operation_of(form);
  if (operation) {
    Term arguments = form.element(2);
    switch (operation->kind) {
      case Kind::test: {
        std::vector<ValueId> operands = lower_all(arguments);
        set_position(form.element(1));
        if (operation->swapped) std::swap(operands[0], operands[1]);
        b_.test(operation->op, operands, if_false);
        return b_.jump(if_true);
      }
      case Kind::andalso: case Kind::orelse: {
        bool both = operation->kind == Kind::andalso;
        BlockId second = b_.new_block();
        branch_operand(nth(arguments, 0), both ? second : if_true, both ? if_false : second, both ? atoms::and_ : atoms::or_);
        b_.set_current(second);
        return branch(nth(arguments, 1), if_true, if_false);
      }
      case Kind::not_:
        if (b_.guard_fail == none && !is_boolean_form(arguments.head())) break;
        return branch(arguments.head(), if_false, if_true);
      case Kind::guard: {
        Term name = nth(form.element(0).element(2), 1);
        if (name == names().is_map_key && if_false == b_.guard_fail && if_false != none) {
          std::vector<ValueId> operands = lower_all(arguments);
          b_.test(Op::has_map_key, {operands[1], operands[0]}, if_false);
          return b_.jump(if_true);
        }
        if (name == names().is_function && nth(arguments, 1).is_small() && nth(arguments, 1).small_value() >= 0) {
          std::vector<ValueId> operands = lower_all(arguments);
          b_.test(Op::is_function_of, operands, if_false);
          return b_.jump(if_true);
        }
        break;
      }
      default: break;
    }
  }
  branch_on_boolean(lower(form), if_true, if_false, Term::none());
}

/// The left operand of and/or.
void FunctionLowering::branch_operand(Term form, BlockId if_true, BlockId if_false, Term operator_name) {
  if (is_boolean_form(form)) return branch(form, if_true, if_false);
  if (b_.guard_fail != none) return branch(form, if_true, if_false);
  branch_on_boolean(lower(form), if_true, if_false, operator_name);
}

void FunctionLowering::branch_on_boolean(ValueId value, BlockId if_true, BlockId if_false, Term operator_name) {
  BlockId other = b_.new_block();
  b_.test(Op::is_equal_exact, {value, b_.constant(atoms::true_)}, other);
  b_.jump(if_true);
  b_.set_current(other);
  bool guard = b_.guard_fail != none;
  if (guard && if_false == b_.guard_fail) return b_.jump(if_false);
  if (!guard && operator_name.is_none()) return b_.jump(if_false);  // known to be a boolean
  BlockId wrong = guard ? b_.guard_fail : b_.new_block();
  b_.test(Op::is_equal_exact, {value, b_.constant(atoms::false_)}, wrong);
  b_.jump(if_false);
  if (guard) return;
  b_.set_current(wrong);
  b_.error(b_.tuple({b_.constant(names().badbool), b_.constant(operator_name), value}));
}

void FunctionLowering::branch_truthy(Term form, BlockId if_true, BlockId if_false) {
  if (is_boolean_form(form)) return branch(form, if_true, if_false);
  ValueId value = lower(form);
  b_.test(Op::is_not_equal_exact, {value, b_.constant(atoms::false_)}, if_false);
  b_.test(Op::is_not_equal_exact, {value, b_.constant(atoms::nil)}, if_false);
  b_.jump(if_true);
}

ValueId FunctionLowering::materialize_boolean(Term form) {
  BlockId join = b_.new_block();
  ValueId value = b_.add_parameter(join);
  BlockId if_true = b_.new_block(), if_false = b_.new_block();
  const ErlangOperation* operation = operation_of(form);
  bool lazy = operation && (operation->kind == Kind::andalso || operation->kind == Kind::orelse);
  if (lazy && !is_boolean_form(nth(form.element(2), 1))) {
    // The right operand is the value, whatever it is.
    bool both = operation->kind == Kind::andalso;
    BlockId second = b_.new_block();
    branch_operand(nth(form.element(2), 0), both ? second : if_true, both ? if_false : second, both ? atoms::and_ : atoms::or_);
    b_.set_current(second);
    ValueId right = lower(nth(form.element(2), 1));
    b_.jump(join, {right});
  } else {
    branch(form, if_true, if_false);
    b_.function().values[value].types = core::type_boolean;
  }
  b_.set_current(if_true);
  b_.jump(join, {b_.constant(atoms::true_)});
  b_.set_current(if_false);
  b_.jump(join, {b_.constant(atoms::false_)});
  b_.set_current(join);
  return value;
}

void FunctionLowering::guard(const std::vector<Term>& alternatives, BlockId matched, BlockId failed) {
  BlockId outer = b_.guard_fail;
  for (size_t i = 0; i < alternatives.size(); i++) {
    BlockId next = i + 1 < alternatives.size() ? b_.new_block() : failed;
    b_.guard_fail = next;
    branch(alternatives[i], matched, next);
    b_.set_current(next);
  }
  b_.guard_fail = outer;
}

}  // namespace phial::compiler::lowering
