// Calls, returns, inlining.
#include "vm/jit/translator.hpp"

namespace phial {
namespace {

constexpr size_t inlined_instructions = 16, inlined_tail_instructions = 30;

}  // namespace

// -- frames

void Translator::set_continuation(const Word* after, FunctionFacts* facts, const Types& frame) {
  Value* top = sp();
  tagged(b_.CreateStore(segment(Start::resume, after, facts, frame), top), stack_tag_);
  tagged(b_.CreateStore(position(after), slot(top, 1)), stack_tag_);
}

void Translator::settle_owed() {
  if (!state_.owed) return;
  set_continuation(state_.owed->after, state_.owed->facts, state_.owed->frame);
}

Types Translator::frame_types(const Word* pc) const {
  Types kept;
  for (auto& [code, type] : state_.types)
    if (is_y(code) && facts_->is_live(pc, code)) kept[code] = type;
  return kept;
}

void Translator::pop_frame(unsigned slots) {
  b_.CreateStore(slot(sp(), static_cast<int64_t>(slots + frame_header_words)), sp_);
  std::erase_if(state_.types, [](auto& entry) { return is_y(entry.first); });
}

// -- functions of the module

bool Translator::worth_inlining(const Function* callee, bool tail) {
  if (crowded() || !callee->code || callee->module != function_.module) return false;
  FunctionFacts* facts = facts_of(callee);
  if (callee == &function_ && facts->has_quick_head()) return true;
  return facts->problem().empty() && !facts->has_frames() && facts->instructions() <= (tail ? inlined_tail_instructions : inlined_instructions);
}

void Translator::go_into(const Function* callee, unsigned arity) {
  facts_ = facts_of(callee);
  std::erase_if(state_.types, [&](auto& entry) { return is_y(entry.first) || entry.first >= arity; });
  state_.head = false;  // `arrive` tells
  check_reductions(callee->code, arity);
  go_to(callee->code);
}

void Translator::call_function(unsigned arity, Word word, bool tail) {
  auto callee = reinterpret_cast<Function*>(word);
  call_known(callee, arity, tail);
}

/// Calls `callee` with its arguments in x0..; where the call is no tail call, the caller's frame is on top.
void Translator::call_known(const Function* callee, unsigned arity, bool tail) {
  if (worth_inlining(callee, tail)) {
    if (!tail) state_.owed = &*all_owed_.insert({next_, facts_, frame_types(next_)}).first;
    go_into(callee, arity);
    return;
  }
  if (tail)
    settle_owed();
  else
    set_continuation(next_, facts_, frame_types(next_));
  enter_function(callee, arity);
}

void Translator::enter_function(const Function* callee, unsigned arity) {
  if (callee == &function_) {
    Types types;
    for (auto& [code, type] : state_.types)
      if (code < arity) types[code] = type;
    types = version_of_segment(Start::entry, callee->code, facts_of(callee), types);
    jump_with_arguments(segment(Start::entry, callee->code, facts_of(callee), types), arity, &types);
    return;
  }
  if (llvm::Function* entry = symbols_ ? symbols_->entry_of(*callee) : nullptr) {
    jump_with_arguments(entry, arity);
    return;
  }
  Value* entry = load_shared(field_of(function_address(callee), offsetof(Function, native_entry)), llvm::AtomicOrdering::Monotonic);
  auto native = new_block(), interpreted = new_block();
  branch(b_.CreateICmpNE(entry, null_pointer()), native, interpreted, 1);
  aside(interpreted, state_, [&] {
    store_x(arity);
    jump_to_entry_of_machine(offsetof(Machine, interpret_function), {as_word(function_address(callee))});
  });
  b_.SetInsertPoint(native);
  jump_with_arguments(entry, arity);
}

// -- functions of other modules

void Translator::call_export(const Word* pc, unsigned arity, Word word, bool tail, int pop) {
  auto callee = reinterpret_cast<Export*>(word);
  if (callee->native.load(std::memory_order_acquire) && !(callee->native_flags & native_blocking)) {
    if (is_send(callee, arity))
      send(pc, callee, tail, pop);
    else
      call_native(pc, callee, arity, tail, pop);
    return;
  }
  if (pop >= 0) pop_frame(static_cast<unsigned>(pop));
  if (tail)
    settle_owed();
  else
    set_continuation(next_, facts_, frame_types(next_));
  auto general = new_block(), has_function = new_block(), native = new_block();
  Value* function = load_shared(field_of(export_address(callee), offsetof(Export, function)), llvm::AtomicOrdering::Acquire);
  branch(b_.CreateICmpNE(function, null_pointer()), has_function, general, 1);
  b_.SetInsertPoint(has_function);
  Value* entry = load_shared(field_of(function, offsetof(Function, native_entry)), llvm::AtomicOrdering::Acquire);
  branch(b_.CreateICmpNE(entry, null_pointer()), native, general, 1);
  aside(general, state_, [&] {
    set_pc(pc);
    store_x(arity);
    jump_to_entry_of_machine(offsetof(Machine, call_export), {as_word(export_address(callee))});
  });
  b_.SetInsertPoint(native);
  jump_with_arguments(entry, arity);
}

/// A C++ function, called in place; what it does beside giving a value (waiting, calling on, raising) is left to the runtime.
Value* Translator::run_native(const Word* pc, const Export* callee, unsigned arity, bool tail, int pop) {
  store_x(arity);
  settle_owed();
  set_pc(pc);
  sync();
  Value* value = call_c(RUNTIME(native), i64_, {m_, export_address(callee)});
  reload();
  reload_sp();
  auto fine = new_block(), no_value = new_block(), raised = new_block(), other = new_block();
  // Words of headers are no values: native_raised and native_left.
  branch(has_tag(value, 7), no_value, fine, -1);
  aside(no_value, state_, [&] {
    branch(b_.CreateICmpEQ(value, b_.getInt64(native_raised)), raised, other);
    b_.SetInsertPoint(raised);
    jump_to_entry_of_machine(offsetof(Machine, raise), {});
    b_.SetInsertPoint(other);
    if (pop >= 0) pop_frame(static_cast<unsigned>(pop));
    if (!tail) {
      Value* top = sp();
      Value* resume = tagged(b_.CreateLoad(ptr_, machine_field(offsetof(Machine, interpreter_resume))), machine_tag_);
      tagged(b_.CreateStore(resume, top), stack_tag_);
      tagged(b_.CreateStore(position(next_), slot(top, 1)), stack_tag_);
    }
    jump_to_entry_of_machine(offsetof(Machine, native_outcome), {as_word(export_address(callee))});
  });
  b_.SetInsertPoint(fine);
  return value;
}

void Translator::call_native(const Word* pc, const Export* callee, unsigned arity, bool tail, int pop) {
  auto forget_x = [&] { std::erase_if(state_.types, [](auto& entry) { return !is_y(entry.first); }); };
  auto which = static_cast<Intrinsic>(calls_.intrinsic(callee));
  auto slow = new_block(), done = new_block();
  State before = state_;
  Type type;
  Value* usual = which == Intrinsic::none ? nullptr : native_in_place_value(which, callee, slow, type);
  if (!usual) {
    slow->eraseFromParent();
    done->eraseFromParent();
    Value* value = run_native(pc, callee, arity, tail, pop);
    forget_x();
    write(x_register(0), value);
  } else {
    b_.CreateStore(b_.CreateSub(b_.CreateLoad(i64_, reductions_), b_.getInt64(1)), reductions_);
    auto usual_end = b_.GetInsertBlock();
    b_.CreateBr(done);
    b_.SetInsertPoint(slow);
    state_ = before;
    worded_.clear();
    Value* value = run_native(pc, callee, arity, tail, pop);
    bool is_double = usual->getType()->isDoubleTy();
    if (is_double) {  // what the runtime gives is a float's word, or a boxed float
      auto word = new_block(), boxed = new_block(), number = new_block();
      branch(is_float_word(value), word, boxed, 1);
      b_.SetInsertPoint(word);
      Value* of_word = to_double(value);
      b_.CreateBr(number);
      b_.SetInsertPoint(boxed);
      Value* of_box = b_.CreateBitCast(heap_load(value, 6, 1), b_.getDoubleTy());
      b_.CreateBr(number);
      b_.SetInsertPoint(number);
      auto phi = b_.CreatePHI(b_.getDoubleTy(), 2);
      phi->addIncoming(of_word, word);
      phi->addIncoming(of_box, boxed);
      value = phi;
    }
    auto slow_end = b_.GetInsertBlock();
    b_.CreateBr(done);
    b_.SetInsertPoint(done);
    auto phi = b_.CreatePHI(usual->getType(), 2);
    phi->addIncoming(usual, usual_end);
    phi->addIncoming(value, slow_end);
    worded_.clear();
    forget_x();
    if (is_double)
      write_double(x_register(0), phi);
    else
      write(x_register(0), phi, type);
  }
  if (!tail) return;
  if (pop >= 0) pop_frame(static_cast<unsigned>(pop));
  return_value();
}

/// A function that is named at run time: native code is entered, all else is left to the interpreter.
void Translator::apply(const Word* pc, unsigned arity, bool tail, int pop) {
  Value* module = read(loaded_register(*pc, 1));
  Value* name = read(loaded_register(*pc, 2));
  Value* entry = call_c(RUNTIME(native_entry), ptr_, {m_, module, name, b_.getInt64(arity)});
  auto native = new_block(), general = new_block();
  branch(b_.CreateICmpNE(entry, null_pointer()), native, general, 1);
  aside(general, state_, [&] { continue_interpreted(pc); });
  b_.SetInsertPoint(native);
  if (pop >= 0) pop_frame(static_cast<unsigned>(pop));
  if (tail)
    settle_owed();
  else
    set_continuation(next_, facts_, frame_types(next_));
  jump_with_arguments(entry, arity);
}

// -- function values

void Translator::call_fun_value(const Word* pc, unsigned arity, RegisterCode code, bool tail, int pop) {
  Type type = type_of(code);
  Value* fun = read(code);
  if (pop >= 0) pop_frame(static_cast<unsigned>(pop));
  if (type.is(Type::closure)) {
    auto callee = reinterpret_cast<const Function*>(type.detail);
    if (callee->arity - callee->free == arity) {
      for (unsigned i = 0; i < callee->free; i++) write(x_register(arity + i), heap_load(fun, 6, 2 + i));
      call_known(callee, callee->arity, tail);
      return;
    }
  }
  if (tail)
    settle_owed();
  else
    set_continuation(next_, facts_, frame_types(next_));
  auto general = new_block();
  if (arity < register_arguments) {
    auto boxed = new_block(), right_kind = new_block(), native = new_block();
    branch(has_tag(fun, 6), boxed, general, 1);
    b_.SetInsertPoint(boxed);
    // A closure of this arity, with any number of free values.
    Value* header = b_.CreateAnd(heap_load(fun, 6, 0), b_.getInt64(0xffffffff000000ff));
    branch(b_.CreateICmpEQ(header, constant(Header::make(Kind::fun, 0, arity))), right_kind, general, 1);
    b_.SetInsertPoint(right_kind);
    Value* function = b_.CreateIntToPtr(heap_load(fun, 6, 1), ptr_);
    Value* entry = load_shared(field_of(function, offsetof(Function, closure_entry)), llvm::AtomicOrdering::Acquire);
    branch(b_.CreateICmpNE(entry, null_pointer()), native, general, 1);
    aside(native, state_, [&] {
      write(x_register(arity), fun);
      jump_with_arguments(entry, arity + 1);
    });
  } else {
    b_.CreateBr(general);
  }
  b_.SetInsertPoint(general);
  set_pc(pc);
  store_x(arity);
  jump_to_entry_of_machine(offsetof(Machine, call_fun), {fun, b_.getInt64(arity)});
}

// -- returns and the interpreter

void Translator::return_value() {
  if (state_.owed) {
    const Owed* owed = state_.owed;
    Type type = type_of(x_register(0));
    facts_ = owed->facts;
    state_.types = owed->frame;
    set_type(x_register(0), type);
    state_.owed = nullptr;
    state_.head = false;
    go_to(owed->after);
    return;
  }
  Value* value = read_x(0);
  Value* resume = tagged(b_.CreateLoad(ptr_, sp()), stack_tag_);
  jump_to(resume, {value});
}

void Translator::continue_interpreted(const Word* pc) {
  store_live(pc);
  settle_owed();
  jump_to_entry_of_machine(offsetof(Machine, interpret_at), {position_word(pc)});
}

}  // namespace phial
