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

void Translator::jump_to_entry_of_machine(size_t offset, std::initializer_list<Value*> registers) {
  jump_to(tagged(b_.CreateLoad(ptr_, machine_field(offset)), machine_tag_), registers);
}

void Translator::branch(Value* condition, BasicBlock* yes, BasicBlock* no, int likely) {
  auto instruction = b_.CreateCondBr(condition, yes, no);
  if (likely) instruction->setMetadata(llvm::LLVMContext::MD_prof, md_.createBranchWeights(likely > 0 ? 2000 : 1, likely > 0 ? 1 : 2000));
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

void Translator::finish_jump(Value* target, const std::vector<Value*>& arguments) {
  auto call = b_.CreateCall(type_, target, arguments);
  call->setCallingConv(llvm::CallingConv::PreserveNone);
  call->setTailCallKind(llvm::CallInst::TCK_MustTail);
  b_.CreateRetVoid();
}

void Translator::jump_to(Value* target, std::initializer_list<Value*> registers) {
  std::vector<Value*> arguments{m_, sp(), hp(), b_.CreateLoad(i64_, reductions_)};
  arguments.insert(arguments.end(), registers.begin(), registers.end());
  while (arguments.size() < 4 + register_arguments) arguments.push_back(llvm::PoisonValue::get(i64_));
  finish_jump(target, arguments);
}

void Translator::jump_with_registers(Value* target, const std::vector<unsigned>& registers, const Types* types) {
  std::vector<Value*> values;
  for (unsigned i : registers) {
    auto wanted = types ? types->find(x_register(i)) : Types::const_iterator{};
    if (types && wanted != types->end() && wanted->second.is(Type::float_raw))
      values.push_back(b_.CreateBitCast(b_.CreateLoad(b_.getDoubleTy(), double_slot(i)), i64_));
    else
      values.push_back(read_x(i));
  }
  std::vector<Value*> arguments{m_, sp(), hp(), b_.CreateLoad(i64_, reductions_)};
  for (unsigned i = 0; i < register_arguments; i++)
    arguments.push_back(i < values.size() ? values[i] : static_cast<Value*>(llvm::PoisonValue::get(i64_)));
  for (unsigned i = register_arguments; i < values.size(); i++) store_machine_x(registers[i], values[i]);
  finish_jump(target, arguments);
}

void Translator::store_x(unsigned count) {
  for (unsigned i = 0; i < count; i++) store_machine_x(i, read_x(i));
}

void Translator::load_x(unsigned count) {
  for (unsigned i = 0; i < count; i++) b_.CreateStore(load_machine_x(i), x_slot(i));
}

void Translator::store_live(const Word* pc) {
  for (unsigned i = 0; i < facts_->x_count(); i++)
    if (facts_->is_live(pc, static_cast<RegisterCode>(i))) store_machine_x(i, read_x(i));
}

void Translator::check_reductions(const Word* pc, unsigned live) {
  Value* left = b_.CreateSub(b_.CreateLoad(i64_, reductions_), b_.getInt64(1));
  b_.CreateStore(left, reductions_);
  auto over = new_block(), go_on = new_block();
  branch(b_.CreateICmpSLE(left, b_.getInt64(0)), over, go_on, -1);
  aside(over, state_, [&] {
    cold_ = true;
    store_x(live);
    settle_owed();
    jump_to_entry_of_machine(offsetof(Machine, yield), {position_word(pc), b_.getInt64(live)});
  });
  b_.SetInsertPoint(go_on);
}

void Translator::leave_at(BasicBlock* block, const State& state, const Word* pc) {
  if (block->hasNPredecessors(0)) {
    block->eraseFromParent();
    return;
  }
  aside(block, state, [&] {
    cold_ = true;
    Word raw = 0;  // registers that are stored as the bits of doubles: the runtime makes their words
    for (unsigned i = 0; i < facts_->x_count(); i++) {
      if (!facts_->is_live(pc, x_register(i))) continue;
      if (i < 64 && type_of(x_register(i)).is(Type::float_raw)) {
        raw |= Word{1} << i;
        store_machine_x(i, b_.CreateBitCast(b_.CreateLoad(b_.getDoubleTy(), double_slot(i)), i64_));
      } else {
        store_machine_x(i, read_x(i));
      }
    }
    settle_owed();
    jump_to_entry_of_machine(offsetof(Machine, deoptimize), {position_word(pc), as_word(function_address(&function_)), b_.getInt64(raw)});
  });
}

void Translator::raise_at(const Word* pc) {
  set_pc(pc);
  jump_to_entry_of_machine(offsetof(Machine, raise), {});
}

void Translator::fail(const Word* pc, Word label) {
  if (static_cast<uint32_t>(label))
    go_to(jump_target(pc, label));
  else
    raise_at(pc);
}

void Translator::ensure_room(size_t words, unsigned live) {
  Value* room = b_.CreateSub(b_.CreatePtrToInt(sp(), i64_), b_.CreatePtrToInt(hp(), i64_));
  auto full = new_block(), enough = new_block();
  Value* short_of_room = stress_ ? static_cast<Value*>(b_.getTrue()) : b_.CreateICmpSLT(room, b_.getInt64(8 * words));
  branch(short_of_room, full, enough, -1);
  // What the types tell stays true: objects move, but keep their kinds. Raw floats keep their doubles.
  aside(full, state_, [&] {
    cold_ = true;
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
  });
  b_.SetInsertPoint(enough);
}

Value* Translator::has_spare_room(size_t words) {
  Value* room = b_.CreateSub(b_.CreatePtrToInt(sp(), i64_), b_.CreatePtrToInt(hp(), i64_));
  return b_.CreateICmpSGE(room, b_.getInt64(8 * (words + facts_->largest_announcement())));
}

Value* Translator::load_shared(Value* address, llvm::AtomicOrdering order) {
  auto load = b_.CreateLoad(ptr_, address);
  load->setAtomic(order);
  load->setAlignment(llvm::Align(8));
  return load;
}

Value* Translator::is_finite(Value* number) {
  Value* magnitude = b_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, number);
  return b_.CreateFCmpOLT(magnitude, llvm::ConstantFP::getInfinity(b_.getDoubleTy()));
}

Value* Translator::is_immediate(Value* term, Immediate which) {
  return b_.CreateICmpEQ(b_.CreateAnd(term, b_.getInt64(63)), b_.getInt64(Word{static_cast<uint8_t>(which)} << 3 | 3));
}

Value* Translator::tuple_header_is(Value* header, size_t arity) {
  return b_.CreateICmpEQ(b_.CreateAnd(header, b_.getInt64(0xffffffff)), constant(Header::make(Kind::tuple, arity) & 0xffffffff));
}

Value* Translator::kind_between(Value* header, Kind first, Kind last) {
  Value* from_first = b_.CreateSub(kind_of(header), b_.getInt64(static_cast<Word>(first)));
  return b_.CreateICmpULE(from_first, b_.getInt64(static_cast<Word>(last) - static_cast<Word>(first)));
}

Value* Translator::is_boxed_kind(Value* term, Kind first, Kind last) {
  return boxed_and(term, [&](Value* header) { return kind_between(header, first, last); });
}

}  // namespace phial
