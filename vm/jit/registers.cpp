// Values and types of registers.
#include "vm/jit/translator.hpp"

namespace phial {

Value* Translator::x_slot(unsigned i) {
  auto& slot = x_slots_[i];
  if (!slot) slot = new llvm::AllocaInst(i64_, 0, "", allocas_end_->getIterator());
  return slot;
}

Value* Translator::double_slot(unsigned i) {
  auto& slot = double_slots_[i];
  if (!slot) slot = new llvm::AllocaInst(b_.getDoubleTy(), 0, "", allocas_end_->getIterator());
  return slot;
}

Type Translator::type_of(RegisterCode code) const {
  auto found = state_.types.find(code);
  return found == state_.types.end() ? Type{} : found->second;
}

void Translator::set_type(RegisterCode code, Type type) {
  if (type.is(Type::any))
    state_.types.erase(code);
  else
    state_.types[code] = type;
}

Value* Translator::read(RegisterCode code) {
  if (is_y(code)) return tagged(b_.CreateLoad(i64_, y_address(code & 0x7fff)), stack_tag_);
  if (type_of(code).is(Type::float_raw) && !worded_.contains(code)) {
    Value* word = box(b_.CreateLoad(b_.getDoubleTy(), double_slot(code)));
    b_.CreateStore(word, x_slot(code));
    worded_.insert(code);
    return word;
  }
  return b_.CreateLoad(i64_, x_slot(code));
}

void Translator::write(RegisterCode code, Value* value, Type type) {
  set_type(code, type);
  worded_.erase(code);
  if (is_y(code))
    tagged(b_.CreateStore(value, y_address(code & 0x7fff)), stack_tag_);
  else
    b_.CreateStore(value, x_slot(code));
}

void Translator::write_double(RegisterCode code, Value* value) {
  if (is_y(code)) {
    write(code, box(value));
    return;
  }
  b_.CreateStore(value, double_slot(code));
  set_type(code, {Type::float_raw});
  worded_.erase(code);
}

void Translator::refine_to_double(RegisterCode code, Value* word) {
  if (is_y(code)) {
    set_type(code, {Type::float_word});
    return;
  }
  b_.CreateStore(to_double(word), double_slot(code));
  set_type(code, {Type::float_raw});
  worded_.insert(code);
}

void Translator::copy_register(RegisterCode to, RegisterCode from) {
  Type type = type_of(from);
  if (type.is(Type::float_raw) && !is_y(to)) {
    Value* number = b_.CreateLoad(b_.getDoubleTy(), double_slot(from));
    bool has_word = worded_.contains(from);
    if (has_word) b_.CreateStore(b_.CreateLoad(i64_, x_slot(from)), x_slot(to));
    b_.CreateStore(number, double_slot(to));
    set_type(to, type);
    if (has_word)
      worded_.insert(to);
    else
      worded_.erase(to);
    return;
  }
  write(to, read(from), type.is(Type::float_raw) ? Type{} : type);
}

Value* Translator::operand(Word word) {
  if (is_register_operand(word)) return read(operand_register(word));
  return constant_term(word);
}

Type Translator::operand_type(Word word) const {
  return is_register_operand(word) ? type_of(operand_register(word)) : type_of_constant(word);
}

Translator::Operand Translator::operand_of(Word word) {
  return is_register_operand(word) ? register_of(operand_register(word)) : constant_of(word);
}

/// The word of a finite double: nearly always it holds the number; extreme exponents take memory, in C++.
Value* Translator::box(Value* number) {
  if (cold_) {
    sync();
    Value* boxed = call_c(RUNTIME(box_float), i64_, {m_, b_.CreateBitCast(number, i64_)});
    reload();
    return boxed;
  }
  Value* rotated = rotate_double(number);
  auto extreme = new_block(), done = new_block();
  Value* word = b_.CreateAdd(rotated, b_.getInt64(1));
  auto here = b_.GetInsertBlock();
  branch(fits_word(rotated), done, extreme, 1);
  b_.SetInsertPoint(extreme);
  sync();
  Value* boxed = call_c(RUNTIME(box_float), i64_, {m_, b_.CreateBitCast(number, i64_)});
  reload();
  auto from = b_.GetInsertBlock();
  b_.CreateBr(done);
  b_.SetInsertPoint(done);
  auto phi = b_.CreatePHI(i64_, 2);
  phi->addIncoming(word, here);
  phi->addIncoming(boxed, from);
  return phi;
}

}  // namespace phial
