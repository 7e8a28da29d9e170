// Memory, calls of C++, jumps, tests of words.
#include "vm/jit/translator.hpp"

namespace phial {

Value* Translator::tagged(Value* access, llvm::MDNode* tag) {
  llvm::cast<llvm::Instruction>(access)->setMetadata(llvm::LLVMContext::MD_tbaa, tag);
  return access;
}

Value* Translator::function_address(const Function* function) {
  if (!symbols_) return pointer(function);
  if (function->module != function_.module) symbols_->problem = "it calls into another module's code";
  return field_of(symbols_->functions(b_), function->index * sizeof(Function));
}

Value* Translator::export_address(const Export* entry) {
  return symbols_ ? symbols_->word(b_, ptr_, reinterpret_cast<Word>(entry)) : pointer(entry);
}

Value* Translator::position(const Word* pc) {
  if (!symbols_) return pointer(pc);
  size_t offset = function_.module->offset_of(pc);
  if (offset >= function_.module->code_words) symbols_->problem = "it goes on in another module's code";
  return field_of(symbols_->code(b_), offset * sizeof(Word));
}

Value* Translator::constant_term(Word word) {
  return symbols_ && !Symbols::is_fixed(word) ? symbols_->word(b_, i64_, word) : constant(word);
}

Value* Translator::runtime_function(size_t offset) {
  if (symbols_) return symbols_->runtime(b_, offset / sizeof(void*));
  return pointer(*reinterpret_cast<const void* const*>(reinterpret_cast<const char*>(&calls_) + offset));
}

Value* Translator::read(RegisterCode code) {
  if (is_y(code)) return tagged(b_.CreateLoad(i64_, y_address(code & 0x7fff)), stack_tag_);
  return b_.CreateLoad(i64_, x_[code]);
}

void Translator::write(RegisterCode code, Value* value) {
  if (is_y(code))
    tagged(b_.CreateStore(value, y_address(code & 0x7fff)), stack_tag_);
  else
    b_.CreateStore(value, x_[code]);
}

Value* Translator::operand(Word word) {
  if (is_register_operand(word)) return read(static_cast<RegisterCode>(Header::extra(word)));
  return constant_term(word);
}

Value* Translator::heap_load(Value* term, unsigned tag, size_t index) {
  Value* address = b_.CreateAdd(term, b_.getInt64(8 * index - tag));
  return tagged(b_.CreateLoad(i64_, b_.CreateIntToPtr(address, ptr_)), heap_tag_);
}

Value* Translator::take_heap(size_t count) {
  Value* at = hp();
  b_.CreateStore(slot(at, static_cast<int64_t>(count)), hp_);
  return at;
}

void Translator::heap_store(Value* base, size_t index, Value* value) {
  tagged(b_.CreateStore(value, slot(base, static_cast<int64_t>(index))), heap_tag_);
}

void Translator::sync() {
  tagged(b_.CreateStore(sp(), machine_field(offsetof(Machine, sp))), machine_tag_);
  tagged(b_.CreateStore(hp(), machine_field(offsetof(Machine, hp))), machine_tag_);
  tagged(b_.CreateStore(b_.CreateLoad(i64_, reductions_), machine_field(offsetof(Machine, context) + offsetof(Context, reductions))),
         machine_tag_);
}

void Translator::reload() {
  b_.CreateStore(tagged(b_.CreateLoad(ptr_, machine_field(offsetof(Machine, hp))), machine_tag_), hp_);
  b_.CreateStore(
      tagged(b_.CreateLoad(i64_, machine_field(offsetof(Machine, context) + offsetof(Context, reductions))), machine_tag_),
      reductions_);
}

Value* Translator::call_c(Value* function, llvm::Type* result, std::initializer_list<Value*> arguments) {
  std::vector<llvm::Type*> types;
  for (Value* argument : arguments) types.push_back(argument->getType());
  auto call = b_.CreateCall(llvm::FunctionType::get(result, types, false), function, std::vector<Value*>(arguments));
  call->setDoesNotThrow();
  return call;
}

Value* Translator::call_pure(Value* function, llvm::Type* result, Value* a, Value* b) {
  auto call = llvm::cast<llvm::CallInst>(call_c(function, result, {a, b}));
  call->setOnlyReadsMemory();
  return call;
}

void Translator::jump_to(Value* target, std::initializer_list<Value*> registers) {
  std::vector<Value*> arguments{m_, sp(), hp(), b_.CreateLoad(i64_, reductions_)};
  arguments.insert(arguments.end(), registers.begin(), registers.end());
  while (arguments.size() < 4 + register_arguments) arguments.push_back(llvm::PoisonValue::get(i64_));
  auto call = b_.CreateCall(type_, target, arguments);
  call->setCallingConv(llvm::CallingConv::PreserveNone);
  call->setTailCallKind(llvm::CallInst::TCK_MustTail);
  b_.CreateRetVoid();
}

void Translator::jump_to_entry_of_machine(size_t offset, std::initializer_list<Value*> registers) {
  jump_to(tagged(b_.CreateLoad(ptr_, machine_field(offset)), machine_tag_), registers);
}

void Translator::jump_with_arguments(Value* target, unsigned count) {
  std::vector<Value*> arguments{m_, sp(), hp(), b_.CreateLoad(i64_, reductions_)};
  for (unsigned i = 0; i < register_arguments; i++)
    arguments.push_back(i < count ? static_cast<Value*>(b_.CreateLoad(i64_, x_[i])) : llvm::PoisonValue::get(i64_));
  for (unsigned i = register_arguments; i < count; i++) store_machine_x(i, b_.CreateLoad(i64_, x_[i]));
  auto call = b_.CreateCall(type_, target, arguments);
  call->setCallingConv(llvm::CallingConv::PreserveNone);
  call->setTailCallKind(llvm::CallInst::TCK_MustTail);
  b_.CreateRetVoid();
}

void Translator::store_x(unsigned count) {
  for (unsigned i = 0; i < count; i++) store_machine_x(i, b_.CreateLoad(i64_, x_[i]));
}

void Translator::load_x(unsigned count) {
  for (unsigned i = 0; i < count; i++) b_.CreateStore(load_machine_x(i), x_[i]);
}

void Translator::branch(Value* condition, BasicBlock* yes, BasicBlock* no, int likely) {
  auto instruction = b_.CreateCondBr(condition, yes, no);
  if (likely) instruction->setMetadata(llvm::LLVMContext::MD_prof, md_.createBranchWeights(likely > 0 ? 2000 : 1, likely > 0 ? 1 : 2000));
}

void Translator::check_reductions(const Word* pc, unsigned live) {
  Value* left = b_.CreateSub(b_.CreateLoad(i64_, reductions_), b_.getInt64(1));
  b_.CreateStore(left, reductions_);
  auto over = new_block(), go_on = new_block();
  branch(b_.CreateICmpSLE(left, b_.getInt64(0)), over, go_on, -1);
  b_.SetInsertPoint(over);
  store_x(live);
  jump_to_entry_of_machine(offsetof(Machine, yield), {position_word(pc), b_.getInt64(live)});
  b_.SetInsertPoint(go_on);
}

void Translator::raise_at(const Word* pc) {
  set_pc(pc);
  jump_to_entry_of_machine(offsetof(Machine, raise), {});
}

BasicBlock* Translator::failure(const Word* pc, Word label) {
  if (static_cast<uint32_t>(label)) return block_at(jump_target(pc, label));
  auto here = b_.GetInsertBlock();
  auto block = new_block();
  b_.SetInsertPoint(block);
  raise_at(pc);
  b_.SetInsertPoint(here);
  return block;
}

void Translator::ensure_room(size_t words, unsigned live) {
  Value* room = b_.CreateSub(b_.CreatePtrToInt(sp(), i64_), b_.CreatePtrToInt(hp(), i64_));
  auto full = new_block(), enough = new_block();
  Value* short_of_room = stress_ ? static_cast<Value*>(b_.getTrue()) : b_.CreateICmpSLT(room, b_.getInt64(8 * words));
  branch(short_of_room, full, enough, -1);
  b_.SetInsertPoint(full);
  store_x(live);
  sync();
  Value* kept = call_c(RUNTIME(collect), i64_, {m_, b_.getInt64(words), b_.getInt64(live)});
  reload();
  reload_sp();
  auto lives = new_block(), ends = new_block();
  branch(b_.CreateICmpNE(kept, b_.getInt64(0)), lives, ends, 1);
  b_.SetInsertPoint(ends);
  exit_process();
  b_.SetInsertPoint(lives);
  load_x(live);
  b_.CreateBr(enough);
  b_.SetInsertPoint(enough);
}

Value* Translator::is_float_word(Value* term) {
  Value* bit = b_.CreateLShr(b_.getInt64(0x3232323232323232), b_.CreateAnd(term, b_.getInt64(63)));
  return b_.CreateTrunc(bit, b_.getInt1Ty());
}

Value* Translator::to_double(Value* term) {
  Value* bits = b_.CreateSub(term, b_.getInt64(1));
  Value* rotated = b_.CreateIntrinsic(llvm::Intrinsic::fshr, {i64_}, {bits, bits, b_.getInt64(4)});
  return b_.CreateBitCast(rotated, b_.getDoubleTy());
}

Value* Translator::rotate_double(Value* value) {
  Value* bits = b_.CreateBitCast(value, i64_);
  return b_.CreateIntrinsic(llvm::Intrinsic::fshl, {i64_}, {bits, bits, b_.getInt64(4)});
}

Value* Translator::fits_word(Value* rotated) {
  Value* bit = b_.CreateLShr(b_.getInt64(0x1919191919191919), b_.CreateAnd(rotated, b_.getInt64(63)));
  return b_.CreateTrunc(bit, b_.getInt1Ty());
}

}  // namespace phial
