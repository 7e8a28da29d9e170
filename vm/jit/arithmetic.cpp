// Numbers and comparisons.
#include "vm/jit/translator.hpp"

namespace phial {

Value* Translator::call_arithmetic(Opcode op, const Word* pc, Value* a, Value* b, Word label) {
  sync();
  set_pc(pc);
  Value* value = call_c(RUNTIME(arithmetic), i64_,
                        {m_, b_.getInt64(static_cast<Word>(op)), a, b, b_.getInt64(static_cast<uint32_t>(label) == 0)});
  reload();
  return value;
}

void Translator::arithmetic(Opcode op, Fast fast, const Word* pc, RegisterCode d, Value* a, Value* b, Word label, bool b_is_small_constant) {
  auto slow = new_block(), done = new_block();
  std::vector<std::pair<Value*, BasicBlock*>> results;
  bool floats = (label >> 32 & feedback_float) && (fast == Fast::add || fast == Fast::subtract || fast == Fast::multiply);
  auto not_small = floats ? new_block() : slow;
  if (fast != Fast::none) {
    auto small = new_block();
    branch(b_is_small_constant ? is_small(a) : both_small(a, b), small, not_small, floats ? 0 : 1);
    b_.SetInsertPoint(small);
    Value* value = nullptr;
    Value* overflow = nullptr;
    auto with_overflow = [&](llvm::Intrinsic::ID id, Value* x, Value* y) {
      Value* pair = b_.CreateBinaryIntrinsic(id, x, y);
      value = b_.CreateExtractValue(pair, 0);
      overflow = b_.CreateExtractValue(pair, 1);
    };
    switch (fast) {
      case Fast::add: with_overflow(llvm::Intrinsic::sadd_with_overflow, a, b); break;
      case Fast::subtract: with_overflow(llvm::Intrinsic::ssub_with_overflow, a, b); break;
      case Fast::multiply: with_overflow(llvm::Intrinsic::smul_with_overflow, b_.CreateAShr(a, b_.getInt64(3)), b); break;
      case Fast::bit_and: value = b_.CreateAnd(a, b); break;
      case Fast::bit_or: value = b_.CreateOr(a, b); break;
      default: value = b_.CreateXor(a, b);
    }
    results.push_back({value, b_.GetInsertBlock()});
    if (overflow)
      branch(overflow, slow, done, -1);
    else
      b_.CreateBr(done);
  } else {
    b_.CreateBr(slow);
  }
  if (floats) {
    b_.SetInsertPoint(not_small);
    auto first = new_block(), both = new_block();
    branch(is_float_word(a), first, slow, 1);
    b_.SetInsertPoint(first);
    branch(is_float_word(b), both, slow, 1);
    b_.SetInsertPoint(both);
    Value* x = to_double(a);
    Value* y = to_double(b);
    Value* result = fast == Fast::add ? b_.CreateFAdd(x, y) : fast == Fast::subtract ? b_.CreateFSub(x, y) : b_.CreateFMul(x, y);
    Value* rotated = rotate_double(result);
    results.push_back({b_.CreateAdd(rotated, b_.getInt64(1)), b_.GetInsertBlock()});
    branch(fits_word(rotated), done, slow, 1);
  }
  b_.SetInsertPoint(slow);
  Value* value = call_arithmetic(op, pc, a, b, label);
  auto succeeded = new_block();
  branch(b_.CreateICmpEQ(value, constant(Term::none().word)), failure(pc, label), succeeded, -1);
  b_.SetInsertPoint(succeeded);
  results.push_back({value, succeeded});
  b_.CreateBr(done);
  b_.SetInsertPoint(done);
  auto phi = b_.CreatePHI(i64_, static_cast<unsigned>(results.size()));
  for (auto& [result, block] : results) phi->addIncoming(result, block);
  write(d, phi);
}

void Translator::compare(const Word* pc, Value* a, Value* b, llvm::CmpInst::Predicate predicate, Word label, bool b_constant) {
  auto small = new_block(), slow = new_block(), yes = new_block();
  auto no = block_at(jump_target(pc, label));
  branch(b_constant ? is_small(a) : both_small(a, b), small, slow, (label >> 32 & feedback_float) ? 0 : 1);
  b_.SetInsertPoint(small);
  branch(b_.CreateICmp(predicate, a, b), yes, no);
  b_.SetInsertPoint(slow);
  if (label >> 32 & feedback_float) {
    auto first = new_block(), both = new_block(), general = new_block();
    branch(is_float_word(a), first, general, 1);
    b_.SetInsertPoint(first);
    branch(is_float_word(b), both, general, 1);
    b_.SetInsertPoint(both);
    llvm::CmpInst::Predicate floating = predicate == llvm::CmpInst::ICMP_SLT   ? llvm::CmpInst::FCMP_OLT
                                        : predicate == llvm::CmpInst::ICMP_SGE ? llvm::CmpInst::FCMP_OGE
                                        : predicate == llvm::CmpInst::ICMP_SGT ? llvm::CmpInst::FCMP_OGT
                                                                               : llvm::CmpInst::FCMP_OLE;
    branch(b_.CreateFCmp(floating, to_double(a), to_double(b)), yes, no);
    b_.SetInsertPoint(general);
  }
  Value* order = call_pure(RUNTIME(compare), i64_, a, b);
  branch(b_.CreateICmp(predicate, order, b_.getInt64(0)), yes, no);
  b_.SetInsertPoint(yes);
}

void Translator::test(Value* condition, const Word* pc, Word label) {
  auto yes = new_block();
  branch(condition, yes, block_at(jump_target(pc, label)));
  b_.SetInsertPoint(yes);
}

void Translator::test_equality(const Word* pc, Value* a, Value* b, Word label, bool want, Value* function, bool exact) {
  auto yes = new_block(), different = new_block();
  auto no = block_at(jump_target(pc, label));
  auto same = want ? yes : no, other = want ? no : yes;
  branch(b_.CreateICmpEQ(a, b), same, different);
  b_.SetInsertPoint(different);
  if (exact) {  // only two pointers can be equal without being the same word
    auto pointers = new_block();
    Value* both = b_.CreateAnd(b_.CreateICmpEQ(b_.CreateAnd(a, b_.getInt64(3)), b_.getInt64(2)),
                               b_.CreateICmpEQ(b_.CreateAnd(b, b_.getInt64(3)), b_.getInt64(2)));
    branch(both, pointers, other);
    b_.SetInsertPoint(pointers);
  }
  Value* equal = call_pure(function, i64_, a, b);
  branch(b_.CreateICmpNE(equal, b_.getInt64(0)), same, other);
  b_.SetInsertPoint(yes);
}

void Translator::test_equality_constant(const Word* pc, Value* a, Word k, Word label, bool want) {
  Term term = Term::raw(k);
  if (!term.is_pointer()) {
    Value* same = b_.CreateICmpEQ(a, constant_term(k));
    test(want ? same : b_.CreateNot(same), pc, label);
  } else {
    test_equality(pc, a, constant_term(k), label, want, RUNTIME(equal_exactly), true);
  }
}

Value* Translator::is_boxed_kind(Value* term, Kind first, Kind last) {
  return boxed_and(term, [&](Value* header) {
    Value* kind = kind_of(header);
    Value* from_first = b_.CreateSub(kind, b_.getInt64(static_cast<Word>(first)));
    return b_.CreateICmpULE(from_first, b_.getInt64(static_cast<Word>(last) - static_cast<Word>(first)));
  });
}

Value* Translator::is_immediate(Value* term, Immediate which) {
  return b_.CreateICmpEQ(b_.CreateAnd(term, b_.getInt64(63)), b_.getInt64(Word{static_cast<uint8_t>(which)} << 3 | 3));
}

Value* Translator::tuple_header_is(Value* header, size_t arity) {
  return b_.CreateICmpEQ(b_.CreateAnd(header, b_.getInt64(0xffffffff)), constant(Header::make(Kind::tuple, arity) & 0xffffffff));
}

void Translator::small_division(Opcode op, const Word* pc, RegisterCode d, Value* a, Value* b) {
  auto fast = new_block(), slow = new_block(), done = new_block();
  Value* usable = b_.CreateAnd(both_small(a, b), b_.CreateAnd(b_.CreateICmpNE(b, b_.getInt64(0)), b_.CreateICmpNE(b, constant(Term::small(-1).word))));
  branch(usable, fast, slow, 1);
  b_.SetInsertPoint(fast);
  Value* result = op == Opcode::remainder ? b_.CreateSRem(a, b) : b_.CreateShl(b_.CreateSDiv(a, b), b_.getInt64(3));
  b_.CreateBr(done);
  b_.SetInsertPoint(slow);
  Value* value = call_arithmetic(op, pc, a, b, pc[1]);
  auto succeeded = new_block();
  branch(b_.CreateICmpEQ(value, constant(Term::none().word)), failure(pc, pc[1]), succeeded, -1);
  b_.SetInsertPoint(succeeded);
  b_.CreateBr(done);
  b_.SetInsertPoint(done);
  auto phi = b_.CreatePHI(i64_, 2);
  phi->addIncoming(result, fast);
  phi->addIncoming(value, succeeded);
  write(d, phi);
}

void Translator::equality_by_value(const Word* pc, bool want) {
  Value* a = operand(pc[2]);
  Value* b = operand(pc[3]);
  auto yes = new_block(), different = new_block(), slow = new_block();
  auto no = block_at(jump_target(pc, pc[1]));
  auto same = want ? yes : no, other = want ? no : yes;
  branch(b_.CreateICmpEQ(a, b), same, different);
  b_.SetInsertPoint(different);
  // Different words of which one is an atom, or both small, are different values.
  Value* settled = b_.CreateOr(both_small(a, b), b_.CreateOr(is_immediate(a, Immediate::atom), is_immediate(b, Immediate::atom)));
  branch(settled, other, slow);
  b_.SetInsertPoint(slow);
  Value* equal = call_pure(RUNTIME(equal), i64_, a, b);
  branch(b_.CreateICmpNE(equal, b_.getInt64(0)), same, other);
  b_.SetInsertPoint(yes);
}

void Translator::compare_constant(const Word* pc, llvm::CmpInst::Predicate predicate) {
  Value* a = read(loaded_register(*pc, 0));
  compare(pc, a, constant_term(pc[2]), predicate, pc[1], Term::raw(pc[2]).is_small());
}

}  // namespace phial
