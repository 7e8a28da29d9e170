// Arithmetic: small integers and floats in place, the rest in C++.
#include "vm/jit/translator.hpp"

namespace phial {

// -- operands

Value* Translator::double_of(const Operand& operand, BasicBlock* slow, bool mixed) {
  if (!operand.is_register) {
    Term term = Term::raw(operand.word);
    if (term.is_float()) return llvm::ConstantFP::get(b_.getDoubleTy(), term.float_value());
    if (term.is_small() && mixed) return llvm::ConstantFP::get(b_.getDoubleTy(), static_cast<double>(term.small_value()));
    return nullptr;
  }
  Type type = type_of(operand.code);
  switch (type.kind) {
    case Type::float_raw: return b_.CreateLoad(b_.getDoubleTy(), double_slot(operand.code));
    case Type::float_word: return to_double(read(operand.code));
    case Type::small: return mixed ? small_to_double(read(operand.code)) : nullptr;
    case Type::any: break;
    default: return nullptr;
  }
  Value* word = read(operand.code);
  if (!mixed) {
    auto is_float = new_block();
    branch(is_float_word(word), is_float, slow, 1);
    b_.SetInsertPoint(is_float);
    refine_to_double(operand.code, word);
    return to_double(word);
  }
  auto is_float = new_block(), no_float = new_block(), is_integer = new_block(), done = new_block();
  branch(is_float_word(word), is_float, no_float);
  b_.SetInsertPoint(is_float);
  Value* number = to_double(word);
  b_.CreateBr(done);
  b_.SetInsertPoint(no_float);
  branch(is_small(word), is_integer, slow, 1);
  b_.SetInsertPoint(is_integer);
  Value* converted = small_to_double(word);
  b_.CreateBr(done);
  b_.SetInsertPoint(done);
  auto phi = b_.CreatePHI(b_.getDoubleTy(), 2);
  phi->addIncoming(number, is_float);
  phi->addIncoming(converted, is_integer);
  return phi;
}

void Translator::require_small(const Operand& a, const Operand& b, BasicBlock* slow) {
  bool a_known = type_of(a).is(Type::small), b_known = type_of(b).is(Type::small);
  if (!a_known || !b_known) {
    Value* condition = a_known ? is_small(word_of(b)) : b_known ? is_small(word_of(a)) : both_small(word_of(a), word_of(b));
    auto small = new_block();
    branch(condition, small, slow, 1);
    b_.SetInsertPoint(small);
  }
  if (a.is_register) set_type(a.code, {Type::small});
  if (b.is_register) set_type(b.code, {Type::small});
}

// -- paths

Value* Translator::call_arithmetic(Opcode op, const Word* pc, Value* a, Value* b, Word label) {
  if (!static_cast<uint32_t>(label)) settle_owed();  // it captures the stack trace where it raises
  sync();
  set_pc(pc);
  Value* value = call_c(RUNTIME(arithmetic), i64_,
                        {m_, b_.getInt64(static_cast<Word>(op)), a, b, b_.getInt64(static_cast<uint32_t>(label) == 0)});
  reload();
  return value;
}

Value* Translator::float_arithmetic(Fast fast, const Operand& a, const Operand& b, BasicBlock* slow, bool mixed) {
  Value* x = double_of(a, slow, mixed);
  Value* y = x ? double_of(b, slow, mixed) : nullptr;
  if (!y) return nullptr;
  bool has_float = type_of(a).is_float() || type_of(b).is_float();
  if (mixed && !has_float && fast != Fast::divide) {
    // One of them must be a float: two small integers are added as such.
    bool a_any = type_of(a).is(Type::any), b_any = type_of(b).is(Type::any);
    Value* integers = a_any && b_any ? both_small(word_of(a), word_of(b)) : is_small(word_of(a_any ? a : b));
    auto floats = new_block();
    branch(integers, slow, floats, -1);
    b_.SetInsertPoint(floats);
  }
  Value* result;
  switch (fast) {
    case Fast::add: result = b_.CreateFAdd(x, y); break;
    case Fast::subtract: result = b_.CreateFSub(x, y); break;
    case Fast::multiply: result = b_.CreateFMul(x, y); break;
    default: {
      auto usable = new_block();
      branch(b_.CreateFCmpOEQ(y, llvm::ConstantFP::get(b_.getDoubleTy(), 0.0)), slow, usable, -1);
      b_.SetInsertPoint(usable);
      result = b_.CreateFDiv(x, y);
    }
  }
  auto finite = new_block();
  branch(is_finite(result), finite, slow, 1);
  b_.SetInsertPoint(finite);
  return result;
}

/// Two small integers; jumps to `slow` where the result is none.
Value* Translator::small_arithmetic(Fast fast, Value* a, Value* b, BasicBlock* slow) {
  auto require = [&](Value* condition) {
    auto fine = new_block();
    branch(condition, fine, slow, 1);
    b_.SetInsertPoint(fine);
  };
  auto checked = [&](llvm::Intrinsic::ID id, Value* x, Value* y) {
    Value* pair = b_.CreateBinaryIntrinsic(id, x, y);
    Value* value = b_.CreateExtractValue(pair, 0);
    require(b_.CreateNot(b_.CreateExtractValue(pair, 1)));
    return value;
  };
  switch (fast) {
    case Fast::add: return checked(llvm::Intrinsic::sadd_with_overflow, a, b);
    case Fast::subtract: return checked(llvm::Intrinsic::ssub_with_overflow, a, b);
    case Fast::multiply: return checked(llvm::Intrinsic::smul_with_overflow, b_.CreateAShr(a, b_.getInt64(3)), b);
    case Fast::bit_and: return b_.CreateAnd(a, b);
    case Fast::bit_or: return b_.CreateOr(a, b);
    case Fast::bit_xor: return b_.CreateXor(a, b);
    case Fast::quotient: case Fast::remainder:
      // The least integer divided by -1 is no small integer.
      require(b_.CreateAnd(b_.CreateICmpNE(b, b_.getInt64(0)), b_.CreateICmpNE(b, constant(Term::small(-1).word))));
      return fast == Fast::remainder ? b_.CreateSRem(a, b) : b_.CreateShl(b_.CreateSDiv(a, b), b_.getInt64(3));
    case Fast::shift_left: {
      Value* by = b_.CreateAShr(b, b_.getInt64(3));
      require(b_.CreateICmpULE(by, b_.getInt64(60)));
      Value* shifted = b_.CreateShl(a, by);
      require(b_.CreateICmpEQ(b_.CreateAShr(shifted, by), a));
      return shifted;
    }
    default: {
      Value* by = b_.CreateAShr(b, b_.getInt64(3));
      require(b_.CreateICmpSGE(by, b_.getInt64(0)));
      Value* least = b_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, by, b_.getInt64(63));
      return b_.CreateAnd(b_.CreateAShr(a, least), b_.getInt64(~Word{7}));
    }
  }
}

/// d = a op b where operands of all kinds came by: small integers, floats if feedback saw some, C++; the result is merged.
void Translator::general_arithmetic(Opcode op, Fast fast, const Word* pc, RegisterCode d, const Operand& a, const Operand& b, Word label) {
  auto slow = new_block(), done = new_block(), no_integers = new_block();
  std::vector<std::pair<Value*, BasicBlock*>> results;
  State before = state_;
  auto finish = [&](Value* word) {
    results.push_back({word, b_.GetInsertBlock()});
    b_.CreateBr(done);
  };
  Type ta = type_of(a), tb = type_of(b);
  bool floats = fast == Fast::divide || ((fast == Fast::add || fast == Fast::subtract || fast == Fast::multiply) && (label >> 32 & feedback_float));
  auto usable = [](Type type) { return type.is(Type::any) || type.is_number(); };
  if (fast != Fast::divide && (ta.is(Type::any) || ta.is(Type::small)) && (tb.is(Type::any) || tb.is(Type::small))) {
    require_small(a, b, floats ? no_integers : slow);
    finish(small_arithmetic(fast, word_of(a), word_of(b), slow));
  } else {
    b_.CreateBr(floats ? no_integers : slow);
  }
  state_ = before;
  if (floats) {
    b_.SetInsertPoint(no_integers);
    Value* result = usable(ta) && usable(tb) ? float_arithmetic(fast, a, b, slow, true) : nullptr;
    if (result)
      finish(box(result));
    else
      b_.CreateBr(slow);
    state_ = before;
  } else {
    no_integers->eraseFromParent();
  }
  worded_.clear();
  b_.SetInsertPoint(slow);
  cold_ = true;
  Value* x = word_of(a);
  Value* y = word_of(b);
  cold_ = false;
  Value* value = call_arithmetic(op, pc, x, y, label);
  auto failed = new_block(), succeeded = new_block();
  branch(b_.CreateICmpEQ(value, constant(Term::none().word)), failed, succeeded, -1);
  aside(failed, state_, [&] { fail(pc, label); });
  b_.SetInsertPoint(succeeded);
  finish(value);
  b_.SetInsertPoint(done);
  auto phi = b_.CreatePHI(i64_, static_cast<unsigned>(results.size()));
  for (auto& [result, block] : results) phi->addIncoming(result, block);
  worded_.clear();
  write(d, phi);
}

/// d = a op b. Floats where the types or the interpreter's feedback say so, else small integers.
void Translator::arithmetic(Opcode op, Fast fast, const Word* pc, RegisterCode d, Operand a, Operand b, Word label) {
  auto feedback = static_cast<uint32_t>(label >> 32);
  Type ta = type_of(a), tb = type_of(b);
  bool integers = ta.is(Type::small) && tb.is(Type::small), one_is_float = ta.is_float() || tb.is_float();
  auto usable = [](Type type) { return type.is(Type::any) || type.is_number(); };
  if (!usable(ta) || !usable(tb) || (meets_others(label) && !one_is_float)) {
    general_arithmetic(op, fast, pc, d, a, b, label);
    return;
  }
  State before = state_;
  auto slow = new_block();
  bool has_floats = fast == Fast::add || fast == Fast::subtract || fast == Fast::multiply;
  if (fast == Fast::divide || (has_floats && (one_is_float || (feedback & feedback_float && !integers)))) {
    if (Value* result = float_arithmetic(fast, a, b, slow, fast == Fast::divide || one_is_float || (feedback & feedback_mixed)))
      write_double(d, result);
    else
      b_.CreateBr(slow);
  } else if (!one_is_float) {
    require_small(a, b, slow);
    Value* result = small_arithmetic(fast, word_of(a), word_of(b), slow);
    write(d, result, {Type::small});
  } else {
    b_.CreateBr(slow);
  }
  leave_at(slow, before, pc);
}

void Translator::unary_arithmetic(Opcode op, const Word* pc) {
  RegisterCode d = loaded_register(*pc, 0);
  Operand a = operand_of(pc[2]), zero = constant_of(Term::small(0).word);
  Type type = type_of(a);
  bool floats = op == Opcode::negate && (type.is_float() || (type.is(Type::any) && (pc[1] >> 32 & feedback_float)));
  if (meets_others(pc[1]) || !(type.is(Type::any) || type.is(Type::small) || floats)) {
    Value* value = call_arithmetic(op, pc, word_of(a), constant(0), pc[1]);
    auto failed = new_block(), succeeded = new_block();
    branch(b_.CreateICmpEQ(value, constant(Term::none().word)), failed, succeeded, -1);
    aside(failed, state_, [&] { fail(pc, pc[1]); });
    b_.SetInsertPoint(succeeded);
    write(d, value);
    return;
  }
  State before = state_;
  auto slow = new_block();
  if (floats) {
    write_double(d, b_.CreateFNeg(double_of(a, slow, false)));
  } else {
    require_small(a, zero, slow);
    Value* word = word_of(a);
    write(d, op == Opcode::negate ? small_arithmetic(Fast::subtract, b_.getInt64(0), word, slow) : b_.CreateXor(word, b_.getInt64(~Word{7})),
          {Type::small});
  }
  leave_at(slow, before, pc);
}

}  // namespace phial
