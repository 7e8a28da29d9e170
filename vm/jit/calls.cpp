// Calls and returns.
#include "vm/jit/translator.hpp"

namespace phial {

void Translator::set_continuation(const Word* after) {
  Value* frame = sp();
  tagged(b_.CreateStore(segment(Start::resume, after), frame), stack_tag_);
  tagged(b_.CreateStore(position(after), slot(frame, 1)), stack_tag_);
}

void Translator::call_function(const Word* pc, unsigned arity, Word word) {
  auto callee = reinterpret_cast<Function*>(word);
  if (callee == &function_) {
    jump_with_arguments(entry_, arity);
    return;
  }
  if (llvm::Function* entry = symbols_ ? symbols_->entry_of(*callee) : nullptr) {
    jump_with_arguments(entry, arity);
    return;
  }
  auto load = b_.CreateLoad(ptr_, field_of(function_address(callee), offsetof(Function, native_entry)));
  load->setAtomic(llvm::AtomicOrdering::Monotonic);
  load->setAlignment(llvm::Align(8));
  auto native = new_block(), interpreted = new_block();
  branch(b_.CreateICmpNE(load, llvm::ConstantPointerNull::get(llvm::cast<llvm::PointerType>(ptr_))), native, interpreted, 1);
  b_.SetInsertPoint(interpreted);
  store_x(arity);
  jump_to_entry_of_machine(offsetof(Machine, interpret_function), {as_word(function_address(callee))});
  b_.SetInsertPoint(native);
  jump_with_arguments(load, arity);
}

void Translator::call_export(const Word* pc, unsigned arity, Word word) {
  auto callee = reinterpret_cast<Export*>(word);
  auto general = new_block(), has_function = new_block(), native = new_block();
  auto null = llvm::ConstantPointerNull::get(llvm::cast<llvm::PointerType>(ptr_));
  auto native_function = b_.CreateLoad(ptr_, field_of(export_address(callee), offsetof(Export, native)));
  native_function->setAtomic(llvm::AtomicOrdering::Monotonic);
  native_function->setAlignment(llvm::Align(8));
  auto not_native = new_block();
  branch(b_.CreateICmpEQ(native_function, null), not_native, general);
  b_.SetInsertPoint(not_native);
  auto function = b_.CreateLoad(ptr_, field_of(export_address(callee), offsetof(Export, function)));
  function->setAtomic(llvm::AtomicOrdering::Acquire);
  function->setAlignment(llvm::Align(8));
  branch(b_.CreateICmpNE(function, null), has_function, general, 1);
  b_.SetInsertPoint(has_function);
  auto entry = b_.CreateLoad(ptr_, b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), function, offsetof(Function, native_entry)));
  entry->setAtomic(llvm::AtomicOrdering::Acquire);
  entry->setAlignment(llvm::Align(8));
  branch(b_.CreateICmpNE(entry, null), native, general, 1);
  b_.SetInsertPoint(native);
  jump_with_arguments(entry, arity);
  b_.SetInsertPoint(general);
  set_pc(pc);
  store_x(arity);
  jump_to_entry_of_machine(offsetof(Machine, call_export), {as_word(export_address(callee))});
}

void Translator::call_fun_value(const Word* pc, unsigned arity, Value* fun) {
  auto general = new_block(), boxed = new_block(), right_kind = new_block(), native = new_block();
  auto null = llvm::ConstantPointerNull::get(llvm::cast<llvm::PointerType>(ptr_));
  branch(has_tag(fun, 6), boxed, general, 1);
  b_.SetInsertPoint(boxed);
  Value* header = heap_load(fun, 6, 0);
  // A closure of this arity; how many free values it has is in the size: they are spread by the general path unless there are none.
  Value* wanted = constant(Header::make(Kind::fun, 1, arity));
  branch(b_.CreateICmpEQ(header, wanted), right_kind, general);
  b_.SetInsertPoint(right_kind);
  Value* function = b_.CreateIntToPtr(heap_load(fun, 6, 1), ptr_);
  auto entry = b_.CreateLoad(ptr_, b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), function, offsetof(Function, native_entry)));
  entry->setAtomic(llvm::AtomicOrdering::Acquire);
  entry->setAlignment(llvm::Align(8));
  branch(b_.CreateICmpNE(entry, null), native, general, 1);
  b_.SetInsertPoint(native);
  jump_with_arguments(entry, arity);
  b_.SetInsertPoint(general);
  set_pc(pc);
  store_x(arity);
  jump_to_entry_of_machine(offsetof(Machine, call_fun), {fun, b_.getInt64(arity)});
}

void Translator::return_value() {
  Value* frame = sp();
  Value* resume = tagged(b_.CreateLoad(ptr_, frame), stack_tag_);
  jump_to(resume, {b_.CreateLoad(i64_, x_[0])});
}

void Translator::continue_interpreted(const Word* pc) {
  store_x(max_x_);
  jump_to_entry_of_machine(offsetof(Machine, interpret_at), {position_word(pc)});
}

}  // namespace phial
