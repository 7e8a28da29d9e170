// Guard functions that are a few instructions: done in place for the usual operand, in C++ for the rest.
#include "vm/jit/translator.hpp"
#include "vm/process/process.hpp"

namespace phial {

/// Emits the fast path: the value, at the end of the block it leaves the insertion point in; jumps to `slow` where it does not hold. Null:
/// the function has none.
Value* Translator::intrinsic_value(Intrinsic which, const Word* pc, BasicBlock* slow, Type& type) {
  auto require = [&](Value* condition) {
    auto fine = new_block();
    branch(condition, fine, slow, 1);
    b_.SetInsertPoint(fine);
  };
  auto boxed_header = [&](Value* term, Type known) {
    if (!known.is_boxed_pointer()) require(has_tag(term, 6));
    return heap_load(term, 6, 0);
  };
  auto size_of = [&](Value* header) { return b_.CreateAnd(b_.CreateLShr(header, b_.getInt64(8)), b_.getInt64(Header::max_size)); };
  auto impossible = [](Type known) { return known.is(Type::small) || known.is(Type::immediate) || known.is_float(); };
  if (which == Intrinsic::self) {
    Value* process = tagged(b_.CreateLoad(ptr_, machine_field(offsetof(Machine, process))), machine_tag_);
    type = {Type::immediate};
    return b_.CreateLoad(i64_, field_of(process, offsetof(Process, pid)));
  }
  Operand first = operand_of(pc[3]);
  Type known = type_of(first);
  switch (which) {
    case Intrinsic::hd: case Intrinsic::tl: {
      if (impossible(known) || known.is_boxed_pointer()) return nullptr;
      Value* list = word_of(first);
      if (!known.is(Type::cons)) require(has_tag(list, 2));
      if (first.is_register) set_type(first.code, {Type::cons});
      return heap_load(list, 2, which == Intrinsic::tl);
    }
    case Intrinsic::tuple_size: {
      if (impossible(known) || known.is(Type::cons)) return nullptr;
      type = {Type::small};
      if (known.is(Type::tuple)) return constant(Term::small(static_cast<int64_t>(known.detail)).word);
      Value* header = boxed_header(word_of(first), known);
      require(kind_between(header, Kind::tuple, Kind::tuple));
      return b_.CreateShl(size_of(header), b_.getInt64(3));
    }
    case Intrinsic::map_size: {
      if (impossible(known) || known.is(Type::cons)) return nullptr;
      type = {Type::small};
      Value* header = boxed_header(word_of(first), known);
      require(kind_between(header, Kind::flat_map, Kind::flat_map));
      return b_.CreateShl(b_.CreateSub(size_of(header), b_.getInt64(1)), b_.getInt64(3));
    }
    case Intrinsic::byte_size: {
      if (impossible(known) || known.is(Type::cons)) return nullptr;
      type = {Type::small};
      Value* binary = word_of(first);
      Value* header = boxed_header(binary, known);
      require(kind_between(header, Kind::heap_binary, Kind::shared_binary));
      Value* bits = heap_load(binary, 6, 1);
      return b_.CreateAnd(b_.CreateAdd(bits, b_.getInt64(7)), b_.getInt64(~Word{7}));
    }
    case Intrinsic::element: {
      Operand second = operand_of(pc[4]);
      Type tuple_type = type_of(second);
      if (!(known.is(Type::any) || known.is(Type::small)) || impossible(tuple_type) || tuple_type.is(Type::cons)) return nullptr;
      Value* tuple = word_of(second);
      if (!first.is_register && tuple_type.is(Type::tuple)) {
        int64_t index = Term::raw(first.word).small_value();
        if (index < 1 || static_cast<Word>(index) > tuple_type.detail) return nullptr;
        return heap_load(tuple, 6, static_cast<size_t>(index));
      }
      Value* index = word_of(first);
      if (!known.is(Type::small)) require(is_small(index));
      Value* header = boxed_header(tuple, tuple_type);
      require(kind_between(header, Kind::tuple, Kind::tuple));
      // From 1 to the size, both times 8: 0 wraps around.
      Value* from_zero = b_.CreateSub(index, b_.getInt64(8));
      require(b_.CreateICmpULT(from_zero, b_.CreateShl(size_of(header), b_.getInt64(3))));
      Value* address = b_.CreateAdd(b_.CreateSub(tuple, b_.getInt64(6)), index);
      return tagged(b_.CreateLoad(i64_, b_.CreateIntToPtr(address, ptr_)), heap_tag_);
    }
    case Intrinsic::max: case Intrinsic::min: {
      Operand second = operand_of(pc[4]);
      auto numeric = [](Type t) { return t.is(Type::any) || t.is(Type::small); };
      if (!numeric(known) || !numeric(type_of(second))) return nullptr;
      require_small(first, second, slow);
      type = {Type::small};
      return b_.CreateBinaryIntrinsic(which == Intrinsic::max ? llvm::Intrinsic::smax : llvm::Intrinsic::smin, word_of(first), word_of(second));
    }
    default: return nullptr;
  }
}

Value* Translator::native_in_place_value(Intrinsic which, const Export* callee, BasicBlock* slow, Type& type) {
  auto require = [&](Value* condition) {
    auto fine = new_block();
    branch(condition, fine, slow, 1);
    b_.SetInsertPoint(fine);
  };
  // Who watches calls of the function takes the flag away.
  auto require_flag = [&] {
    auto flags = b_.CreateLoad(b_.getInt8Ty(), field_of(export_address(callee), offsetof(Export, native_flags)));
    flags->setAtomic(llvm::AtomicOrdering::Monotonic);
    flags->setAlignment(llvm::Align(1));
    require(b_.CreateICmpNE(b_.CreateAnd(flags, b_.getInt8(native_in_place)), b_.getInt8(0)));
  };
  // A copy at the heap's top, or the object itself, or 0.
  auto copied = [&](Value* made, Value* object, Value* at) {
    require(b_.CreateICmpNE(made, b_.getInt64(0)));
    Value* is_new = b_.CreateICmpEQ(made, tag_pointer(at, 6));
    Value* words = b_.CreateAdd(b_.CreateAnd(b_.CreateLShr(heap_load(object, 6, 0), b_.getInt64(8)), b_.getInt64(Header::max_size)), b_.getInt64(1));
    b_.CreateStore(b_.CreateSelect(is_new, b_.CreateInBoundsGEP(i64_, at, words), at), hp_);
    return made;
  };
  switch (which) {
    case Intrinsic::set_element: {
      type = type_of(x_register(1));
      if (!type.is(Type::tuple)) type = {};
      require_flag();
      Value* index = read_x(0);
      Value* tuple = read_x(1);
      Value* value = read_x(2);
      Value* at = hp();
      return copied(call_c(RUNTIME(replace_element), i64_, {tuple, index, value, at, sp()}), tuple, at);
    }
    case Intrinsic::map_put: case Intrinsic::map_update: {
      require_flag();
      Value* function = which == Intrinsic::map_put ? RUNTIME(map_put) : RUNTIME(map_update);
      return built(call_c(function, built_type(), {read_x(2), read_x(0), read_x(1), hp(), sp()}), slow);
    }
    case Intrinsic::map_remove: {
      require_flag();
      return built(call_c(RUNTIME(map_remove), built_type(), {read_x(1), read_x(0), hp(), sp()}), slow);
    }
    case Intrinsic::map_merge: {
      require_flag();
      return built(call_c(RUNTIME(map_merge), built_type(), {read_x(0), read_x(1), hp(), sp()}), slow);
    }
    case Intrinsic::map_get: case Intrinsic::map_get_default: {
      require_flag();
      Value* value = call_pure(RUNTIME(map_value), i64_, read_x(1), read_x(0));
      require(b_.CreateICmpNE(value, constant(Term::none().word)));
      return value;
    }
    case Intrinsic::square_root: {
      Type known = type_of(x_register(0));
      if (!known.is(Type::any) && !known.is_number()) return nullptr;
      require_flag();
      Value* number = double_of(register_of(x_register(0)), slow, true);
      require(b_.CreateFCmpOGE(number, llvm::ConstantFP::get(b_.getDoubleTy(), 0.0)));
      return b_.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, number);
    }
    default: return nullptr;
  }
}

bool Translator::intrinsic(const Word* pc) {
  auto which = static_cast<Intrinsic>(calls_.intrinsic(reinterpret_cast<const Export*>(pc[2])));
  if (which == Intrinsic::none) return false;
  RegisterCode d = loaded_register(*pc, 0);
  State before = state_;
  auto words_before = worded_;
  auto slow = new_block(), done = new_block();
  Type type;
  Value* value = intrinsic_value(which, pc, slow, type);
  if (!value) {
    state_ = before;
    worded_ = words_before;
    if (!slow->hasNPredecessors(0)) {
      b_.CreateBr(slow);
      b_.SetInsertPoint(slow);
      worded_.clear();
    } else {
      slow->eraseFromParent();
    }
    done->eraseFromParent();
    return false;
  }
  if (slow->hasNPredecessors(0)) {
    slow->eraseFromParent();
    done->eraseFromParent();
    write(d, value, type);
    return true;
  }
  // Both ways meet: what the fast one learnt does not hold for the other, but for a value that can be of one kind only.
  state_ = before;
  auto fast = b_.GetInsertBlock();
  b_.CreateBr(done);
  b_.SetInsertPoint(slow);
  worded_.clear();
  Value* other = bif_value(pc);
  auto from = b_.GetInsertBlock();
  b_.CreateBr(done);
  b_.SetInsertPoint(done);
  auto phi = b_.CreatePHI(i64_, 2);
  phi->addIncoming(value, fast);
  phi->addIncoming(other, from);
  worded_.clear();
  bool sizes = which == Intrinsic::tuple_size || which == Intrinsic::map_size || which == Intrinsic::byte_size;
  write(d, phi, sizes ? Type{Type::small} : Type{});
  return true;
}

}  // namespace phial
