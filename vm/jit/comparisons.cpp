// Comparisons, equality, type tests, switches.
#include "vm/jit/translator.hpp"

namespace phial {

void Translator::compare(const Word* pc, Operand a, Operand b, Predicate predicate, Word label) {
  auto feedback = static_cast<uint32_t>(label >> 32);
  Type ta = type_of(a), tb = type_of(b);
  State before = state_;
  auto slow = new_block();
  auto usable = [](Type type) { return type.is(Type::any) || type.is_number(); };
  bool floats = ta.is_float() || tb.is_float() || (feedback & feedback_float && !ta.is(Type::small) && !tb.is(Type::small));
  bool others = meets_others(label);
  Value* condition = nullptr;
  // A small constant is exact as a double; other integers are compared with floats in C++.
  auto is_small_constant = [](const Operand& operand) {
    Term term = Term::raw(operand.word);
    return !operand.is_register && term.is_small() && term.small_value() < int64_t{1} << 53 && term.small_value() > -(int64_t{1} << 53);
  };
  auto compare_floats = [&](BasicBlock* otherwise) -> Value* {
    Value* x = double_of(a, otherwise, is_small_constant(a));
    Value* y = x ? double_of(b, otherwise, is_small_constant(b)) : nullptr;
    if (!y) return nullptr;
    Predicate floating = predicate == Predicate::ICMP_SLT   ? Predicate::FCMP_OLT
                         : predicate == Predicate::ICMP_SGE ? Predicate::FCMP_OGE
                         : predicate == Predicate::ICMP_SGT ? Predicate::FCMP_OGT
                                                            : Predicate::FCMP_OLE;
    return b_.CreateFCmp(floating, x, y);
  };
  if (usable(ta) && usable(tb) && !(others && !ta.is_number() && !tb.is_number())) {
    if (floats) {
      condition = compare_floats(slow);
    } else {
      require_small(a, b, slow);
      condition = b_.CreateICmp(predicate, word_of(a), word_of(b));
    }
    if (condition) {
      test(condition, pc, label);
      if (!others) {
        leave_at(slow, before, pc);
        return;
      }
      // What comes beside is compared in C++ and goes the same ways, knowing less.
      if (slow->hasNPredecessors(0)) {
        slow->eraseFromParent();
        return;
      }
      aside(slow, before, [&] {
        Value* order = call_pure(RUNTIME(compare), i64_, word_of(a), word_of(b));
        test(b_.CreateICmp(predicate, order, b_.getInt64(0)), pc, label);
        go_to(next_);
      });
      return;
    }
    b_.CreateBr(slow);
    b_.SetInsertPoint(slow);
    state_ = before;
    worded_.clear();
    test(b_.CreateICmp(predicate, call_pure(RUNTIME(compare), i64_, word_of(a), word_of(b)), b_.getInt64(0)), pc, label);
    return;
  }
  // Operands of all kinds: the outcomes meet before the branch.
  auto done = new_block();
  std::vector<std::pair<Value*, BasicBlock*>> results;
  auto finish = [&](Value* holds) {
    results.push_back({holds, b_.GetInsertBlock()});
    b_.CreateBr(done);
  };
  if (usable(ta) && usable(tb)) {
    auto no_integers = new_block();
    require_small(a, b, no_integers);
    finish(b_.CreateICmp(predicate, word_of(a), word_of(b)));
    state_ = before;
    b_.SetInsertPoint(no_integers);
    if (feedback & feedback_float) {
      if (Value* holds = compare_floats(slow))
        finish(holds);
      else
        b_.CreateBr(slow);
    } else {
      b_.CreateBr(slow);
    }
    state_ = before;
    worded_.clear();
  } else {
    b_.CreateBr(slow);
  }
  b_.SetInsertPoint(slow);
  finish(b_.CreateICmp(predicate, call_pure(RUNTIME(compare), i64_, word_of(a), word_of(b)), b_.getInt64(0)));
  b_.SetInsertPoint(done);
  auto phi = b_.CreatePHI(b_.getInt1Ty(), static_cast<unsigned>(results.size()));
  for (auto& [holds, block] : results) phi->addIncoming(holds, block);
  test(phi, pc, label);
}

void Translator::compare_constant(const Word* pc, Predicate predicate) {
  compare(pc, register_of(loaded_register(*pc, 0)), constant_of(pc[2]), predicate, pc[1]);
}

void Translator::test(Value* condition, const Word* pc, Word label) {
  auto yes = new_block();
  branch(condition, yes, edge(jump_target(pc, label)));
  b_.SetInsertPoint(yes);
}

/// Equality that is identity for immediates and needs C++ for two pointers.
void Translator::equality_exact(const Word* pc, Operand a, Operand b, Word label, bool want) {
  const Word* target = jump_target(pc, label);
  Type ta = type_of(a), tb = type_of(b);
  Value* x = word_of(a);
  Value* y = word_of(b);
  auto yes = new_block();
  Value* same = b_.CreateICmpEQ(x, y);
  auto plain = [](Type type) { return type.kind == Type::small || type.kind == Type::float_word || type.kind == Type::immediate; };
  auto learn = [&] {
    if (plain(tb) && a.is_register && !type_of(a).is(Type::float_raw)) set_type(a.code, tb);
    else if (plain(ta) && b.is_register && !type_of(b).is(Type::float_raw)) set_type(b.code, ta);
  };
  if (plain(ta) || plain(tb)) {
    State before = state_;
    learn();
    State equal = state_;
    state_ = before;
    auto to_target = new_block();
    aside(to_target, want ? before : equal, [&] { go_to(target); });
    branch(same, want ? yes : to_target, want ? to_target : yes);
    b_.SetInsertPoint(yes);
    if (want) state_ = equal;
    return;
  }
  auto different = new_block(), pointers = new_block(), no = edge(target);
  auto if_same = want ? yes : no, if_other = want ? no : yes;
  branch(same, if_same, different);
  b_.SetInsertPoint(different);
  auto is_pointer = [&](Value* word, Type type) -> Value* {
    if (type.is_pointer()) return b_.getTrue();
    return b_.CreateICmpEQ(b_.CreateAnd(word, b_.getInt64(3)), b_.getInt64(2));
  };
  branch(b_.CreateAnd(is_pointer(x, ta), is_pointer(y, tb)), pointers, if_other);
  b_.SetInsertPoint(pointers);
  Value* equal = call_pure(RUNTIME(equal_exactly), i64_, x, y);
  branch(b_.CreateICmpNE(equal, b_.getInt64(0)), if_same, if_other);
  b_.SetInsertPoint(yes);
}

void Translator::equality_by_value(const Word* pc, bool want) {
  Operand a = operand_of(pc[2]), b = operand_of(pc[3]);
  Type ta = type_of(a), tb = type_of(b);
  const Word* target = jump_target(pc, pc[1]);
  auto yes = new_block(), no = edge(target);
  auto same = want ? yes : no, other = want ? no : yes;
  auto not_float = new_block();
  State before = state_;  // what is learnt on the way of floats does not hold on the other
  if (ta.is_float() || tb.is_float()) {
    Value* x = double_of(a, not_float, false);
    Value* y = x ? double_of(b, not_float, false) : nullptr;
    if (y)
      branch(b_.CreateFCmpOEQ(x, y), same, other);
    else
      b_.CreateBr(not_float);
    b_.SetInsertPoint(not_float);
    state_ = before;
    worded_.clear();
  } else {
    b_.CreateBr(not_float);
    b_.SetInsertPoint(not_float);
  }
  Value* x = word_of(a);
  Value* y = word_of(b);
  auto different = new_block(), slow = new_block();
  branch(b_.CreateICmpEQ(x, y), same, different);
  b_.SetInsertPoint(different);
  // Different words of which one is an atom, or both small, are different values.
  Value* settled = b_.CreateOr(both_small(x, y), b_.CreateOr(is_immediate(x, Immediate::atom), is_immediate(y, Immediate::atom)));
  branch(settled, other, slow);
  b_.SetInsertPoint(slow);
  Value* equal = call_pure(RUNTIME(equal), i64_, x, y);
  branch(b_.CreateICmpNE(equal, b_.getInt64(0)), same, other);
  b_.SetInsertPoint(yes);
}

// -- type tests

bool Translator::settled(Opcode op, const Word* pc, Word label, Type type) {
  enum { no, yes, unknown } truth = unknown;
  bool number = type.is_number();
  auto is_kind = [&](Type::Kind kind) { truth = type.is(kind) ? yes : type.is(Type::boxed) ? unknown : no; };
  if (type.is(Type::any)) return false;
  switch (op) {
    case Opcode::is_integer: truth = type.is(Type::small) ? yes : type.is(Type::boxed) ? unknown : no; break;
    case Opcode::is_float: truth = type.is_float() ? yes : type.is(Type::boxed) ? unknown : no; break;
    case Opcode::is_number: truth = number ? yes : type.is(Type::boxed) ? unknown : no; break;
    case Opcode::is_cons: truth = type.is(Type::cons) ? yes : no; break;
    case Opcode::is_list: truth = type.is(Type::cons) ? yes : type.is(Type::immediate) ? unknown : no; break;
    case Opcode::is_nil: case Opcode::is_atom: case Opcode::is_boolean: truth = type.is(Type::immediate) ? unknown : no; break;
    case Opcode::is_tuple: is_kind(Type::tuple); break;
    case Opcode::is_tuple_of: case Opcode::is_tagged_tuple:
      is_kind(Type::tuple);
      if (truth == yes) truth = type.detail != packed(*pc, 1) ? no : op == Opcode::is_tagged_tuple ? unknown : yes;
      break;
    case Opcode::is_map: is_kind(Type::map); break;
    case Opcode::is_function: is_kind(Type::closure); break;
    case Opcode::is_binary: case Opcode::is_bitstring: truth = type.is(Type::boxed) ? unknown : no; break;
    default: break;
  }
  if (truth == unknown) return false;
  if (truth == no) go_to(jump_target(pc, label));
  return true;
}

void Translator::test_type(Opcode op, const Word* pc) {
  RegisterCode code = loaded_register(*pc, 0);
  Word label = pc[1];
  if (settled(op, pc, label, type_of(code))) return;
  Value* term = read(code);
  Type learnt;
  Value* condition = nullptr;
  switch (op) {
    case Opcode::is_number:
      condition = b_.CreateOr(b_.CreateOr(is_small(term), is_float_word(term)), is_boxed_kind(term, Kind::bignum_positive, Kind::boxed_float));
      break;
    case Opcode::is_atom:
      condition = is_immediate(term, Immediate::atom);
      learnt = {Type::immediate};
      break;
    case Opcode::is_boolean:
      condition = b_.CreateOr(b_.CreateICmpEQ(term, constant_term(atoms::true_.word)), b_.CreateICmpEQ(term, constant_term(atoms::false_.word)));
      learnt = {Type::immediate};
      break;
    case Opcode::is_list: condition = b_.CreateOr(has_tag(term, 2), b_.CreateICmpEQ(term, constant(Term::nil().word))); break;
    case Opcode::is_cons:
      condition = has_tag(term, 2);
      learnt = {Type::cons};
      break;
    case Opcode::is_nil:
      condition = b_.CreateICmpEQ(term, constant(Term::nil().word));
      learnt = {Type::immediate};
      break;
    case Opcode::is_tuple:
      condition = is_boxed_kind(term, Kind::tuple, Kind::tuple);
      learnt = {Type::boxed};
      break;
    case Opcode::is_map:
      condition = is_boxed_kind(term, Kind::flat_map, Kind::champ_map);
      learnt = {Type::map, 0};
      break;
    case Opcode::is_bitstring:
      condition = is_boxed_kind(term, Kind::heap_binary, Kind::slice);
      learnt = {Type::boxed};
      break;
    case Opcode::is_binary:
      condition = is_binary(term);
      learnt = {Type::boxed};
      break;
    case Opcode::is_pid:
      condition = b_.CreateOr(is_immediate(term, Immediate::pid), is_boxed_kind(term, Kind::external_pid, Kind::external_pid));
      break;
    case Opcode::is_port:
      condition = b_.CreateOr(is_immediate(term, Immediate::port), is_boxed_kind(term, Kind::external_port, Kind::external_port));
      break;
    case Opcode::is_reference:
      condition = b_.CreateOr(is_immediate(term, Immediate::reference),
                              b_.CreateOr(is_boxed_kind(term, Kind::resource, Kind::resource),
                                          is_boxed_kind(term, Kind::external_reference, Kind::external_reference)));
      break;
    default:
      condition = is_boxed_kind(term, Kind::fun, Kind::export_fun);
      learnt = {Type::boxed};
  }
  test(condition, pc, label);
  if (!learnt.is(Type::any) && type_of(code).is(Type::any)) set_type(code, learnt);
  if (learnt.is(Type::map) && type_of(code).is(Type::boxed)) set_type(code, learnt);
}

/// A bitstring of whole bytes: word 1 counts the bits of a binary, word 3 (a small integer) those of a slice.
Value* Translator::is_binary(Value* term) {
  return boxed_and(term, [&](Value* header) {
    Value* bits = kind_between(header, Kind::heap_binary, Kind::slice);
    Value* slice = b_.CreateICmpEQ(kind_of(header), b_.getInt64(static_cast<Word>(Kind::slice)));
    Value* offset = b_.CreateSelect(bits, b_.CreateSelect(slice, b_.getInt64(24), b_.getInt64(8)), b_.getInt64(0));
    Value* address = b_.CreateAdd(b_.CreateSub(term, b_.getInt64(6)), offset);
    Value* count = tagged(b_.CreateLoad(i64_, b_.CreateIntToPtr(address, ptr_)), heap_tag_);
    Value* odd = b_.CreateAnd(count, b_.CreateSelect(slice, b_.getInt64(56), b_.getInt64(7)));
    return b_.CreateAnd(bits, b_.CreateICmpEQ(odd, b_.getInt64(0)));
  });
}

void Translator::is_function_of(const Word* pc) {
  Operand fun = operand_of(pc[2]), arity = operand_of(pc[3]);
  if (arity.is_register) {
    execute(pc, Opcode::is_function_of);
    return;
  }
  Term wanted = Term::raw(arity.word);
  Word count = wanted.is_small() && wanted.small_value() >= 0 ? static_cast<Word>(wanted.small_value()) : ~Word{0};  // none has so many
  Value* condition = boxed_and(word_of(fun), [&](Value* header) {
    return b_.CreateAnd(kind_between(header, Kind::fun, Kind::export_fun), b_.CreateICmpEQ(b_.CreateLShr(header, b_.getInt64(32)), b_.getInt64(count)));
  });
  test(condition, pc, pc[1]);
}

void Translator::is_integer(const Word* pc) {
  RegisterCode code = loaded_register(*pc, 0);
  if (settled(Opcode::is_integer, pc, pc[1], type_of(code))) return;
  Value* term = read(code);
  if (meets_others(pc[1]) || !type_of(code).is(Type::any)) {
    test(b_.CreateOr(is_small(term), is_boxed_kind(term, Kind::bignum_positive, Kind::bignum_negative)), pc, pc[1]);
    return;
  }
  auto small = new_block(), other = new_block(), slow = new_block();
  State before = state_;
  branch(is_small(term), small, other);
  aside(other, before, [&] { branch(is_boxed_kind(term, Kind::bignum_positive, Kind::bignum_negative), slow, edge(jump_target(pc, pc[1])), -1); });
  b_.SetInsertPoint(small);
  set_type(code, {Type::small});
  leave_at(slow, before, pc);
}

void Translator::is_float(const Word* pc) {
  RegisterCode code = loaded_register(*pc, 0);
  if (settled(Opcode::is_float, pc, pc[1], type_of(code))) return;
  Value* term = read(code);
  if (meets_others(pc[1]) || !type_of(code).is(Type::any)) {
    test(b_.CreateOr(is_float_word(term), is_boxed_kind(term, Kind::boxed_float, Kind::boxed_float)), pc, pc[1]);
    return;
  }
  auto plain = new_block(), other = new_block(), slow = new_block();
  State before = state_;
  branch(is_float_word(term), plain, other);
  aside(other, before, [&] { branch(is_boxed_kind(term, Kind::boxed_float, Kind::boxed_float), slow, edge(jump_target(pc, pc[1])), -1); });
  b_.SetInsertPoint(plain);
  refine_to_double(code, term);
  leave_at(slow, before, pc);
}

void Translator::test_tuple(const Word* pc, bool tagged_tuple) {
  RegisterCode code = loaded_register(*pc, 0);
  size_t arity = packed(*pc, 1);
  if (settled(loaded_opcode(*pc), pc, pc[1], type_of(code))) return;
  Value* term = read(code);
  if (type_of(code) != Type{Type::tuple, arity}) {
    bool boxed = type_of(code).is_boxed_pointer();
    test(boxed ? tuple_header_is(heap_load(term, 6, 0), arity)
               : boxed_and(term, [&](Value* header) { return tuple_header_is(header, arity); }),
         pc, pc[1]);
    set_type(code, {Type::tuple, arity});
  }
  if (tagged_tuple) test(b_.CreateICmpEQ(heap_load(term, 6, 1), constant_term(pc[2])), pc, pc[1]);
}

void Translator::switch_value(const Word* pc) {
  RegisterCode code = loaded_register(*pc, 0);
  size_t count = packed(*pc, 1);
  Type type = type_of(code);
  if (type.is_pointer()) {
    go_to(jump_target(pc, pc[1]));
    return;
  }
  Value* value = read(code);
  auto otherwise = edge(jump_target(pc, pc[1]));
  size_t variable = 0;  // cases whose words are known in the VM that runs the code only
  for (size_t i = 0; i < count; i++) variable += symbols_ && !Symbols::is_fixed(pc[2 + 2 * i]);
  if (variable > 6) {
    // The table of the bytecode is in the order of its VM's words: the runtime searches it for the distance to jump.
    Value* distance = call_pure(RUNTIME(find_case), i64_, position(pc), value);
    auto choice = b_.CreateSwitch(distance, otherwise, static_cast<unsigned>(count));
    std::set<Word> distances;
    for (size_t i = 0; i < count; i++)
      if (distances.insert(pc[3 + 2 * i]).second) choice->addCase(b_.getInt64(pc[3 + 2 * i]), edge(jump_target(pc, pc[3 + 2 * i])));
    return;
  }
  auto rest = variable ? new_block() : otherwise;
  auto choice = b_.CreateSwitch(value, rest, static_cast<unsigned>(count));
  State before = state_;
  auto target_of = [&](size_t i) {
    if (type.is(Type::any)) set_type(code, type_of_constant(pc[2 + 2 * i]));
    auto target = edge(jump_target(pc, pc[3 + 2 * i]));
    state_ = before;
    return target;
  };
  for (size_t i = 0; i < count; i++)
    if (!symbols_ || Symbols::is_fixed(pc[2 + 2 * i])) choice->addCase(b_.getInt64(pc[2 + 2 * i]), target_of(i));
  for (size_t i = 0; i < count; i++) {
    if (!symbols_ || Symbols::is_fixed(pc[2 + 2 * i])) continue;
    b_.SetInsertPoint(rest);
    rest = --variable ? new_block() : otherwise;
    branch(b_.CreateICmpEQ(value, constant_term(pc[2 + 2 * i])), target_of(i), rest);
  }
}

void Translator::switch_arity(const Word* pc) {
  RegisterCode code = loaded_register(*pc, 0);
  size_t count = packed(*pc, 1);
  Type type = type_of(code);
  if (!type.is(Type::any) && !type.is_boxed_pointer()) {
    go_to(jump_target(pc, pc[1]));
    return;
  }
  Value* term = read(code);
  auto otherwise = edge(jump_target(pc, pc[1]));
  if (!type.is_boxed_pointer()) {
    auto boxed = new_block();
    branch(has_tag(term, 6), boxed, otherwise);
    b_.SetInsertPoint(boxed);
  }
  Value* header = b_.CreateAnd(heap_load(term, 6, 0), b_.getInt64(0xffffffff));
  auto choice = b_.CreateSwitch(header, otherwise, static_cast<unsigned>(count));
  State before = state_;
  for (size_t i = 0; i < count; i++) {
    auto arity = static_cast<size_t>(Term::raw(pc[2 + 2 * i]).small_value());
    set_type(code, {Type::tuple, arity});
    choice->addCase(b_.getInt64(Header::make(Kind::tuple, arity) & 0xffffffff), edge(jump_target(pc, pc[3 + 2 * i])));
    state_ = before;
  }
}

}  // namespace phial
