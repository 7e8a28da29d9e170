// Maps of known shape: a flat map's key tuple is its shape. The shape that the interpreter met last is the one expected; once a map was
// found to have it, further reads of its keys and updates need no check.
#include "vm/jit/translator.hpp"

namespace phial {
namespace {

/// Index of a key (an immediate) in a shape, or -1.
int index_in_shape(Word shape, Word key) {
  Term keys = Term::raw(shape);
  for (size_t i = 0; i < keys.arity(); i++)
    if (keys.element(i).word == key) return static_cast<int>(i);
  return -1;
}

/// The shape (low 48 bits) and index that the interpreter met last; 0: none.
Word shape_cache(const Word* pc) { return reinterpret_cast<const std::atomic<Word>*>(pc + 3)->load(std::memory_order_relaxed); }

}  // namespace

void Translator::get_map_value(const Word* pc) {
  RegisterCode d = loaded_register(*pc, 0), code = loaded_register(*pc, 1);
  Word key = pc[2];
  Type type = type_of(code);
  if (type.is(Type::map) && type.detail && !Term::raw(key).is_pointer()) {
    int index = index_in_shape(type.detail, key);
    if (index < 0) {
      go_to(jump_target(pc, pc[1]));
      return;
    }
    write(d, heap_load(read(code), 6, 2 + static_cast<unsigned>(index)));
    return;
  }
  if (!type.is(Type::any) && !type.is(Type::boxed) && !type.is(Type::map)) {
    go_to(jump_target(pc, pc[1]));
    return;
  }
  State before = state_;
  auto slow = new_block(), flat = new_block(), hit = new_block();
  Value* map = read(code);
  Value* is_flat = type.is_boxed_pointer() ? b_.CreateICmpEQ(kind_of(heap_load(map, 6, 0)), b_.getInt64(static_cast<Word>(Kind::flat_map)))
                                           : is_boxed_kind(map, Kind::flat_map, Kind::flat_map);
  branch(is_flat, flat, slow, 1);
  b_.SetInsertPoint(flat);
  Value* shape = heap_load(map, 6, 1);
  Word cache = shape_cache(pc);
  Word expected = cache & 0xffffffffffff;
  // An object knows the shapes that its module's bytecode names.
  if (cache && (!symbols_ || symbols_->names(expected)) && !(pc[1] >> 32 & (feedback_changed | feedback_other | feedback_failed))) {
    branch(b_.CreateICmpEQ(shape, constant_term(expected)), hit, slow, 1);
    b_.SetInsertPoint(hit);
    set_type(code, {Type::map, expected});
    write(d, heap_load(map, 6, 1 + static_cast<unsigned>(cache >> 48)));
    leave_at(slow, before, pc);
    return;
  }
  auto done = new_block();
  auto load = b_.CreateLoad(i64_, position(pc + 3));
  load->setAtomic(llvm::AtomicOrdering::Monotonic);
  load->setAlignment(llvm::Align(8));
  branch(b_.CreateICmpEQ(b_.CreateAnd(load, b_.getInt64(0xffffffffffff)), shape), hit, slow, 1);
  b_.SetInsertPoint(hit);
  Value* offset = b_.CreateShl(b_.CreateLShr(load, b_.getInt64(48)), b_.getInt64(3));
  Value* address = b_.CreateAdd(b_.CreateAdd(map, offset), b_.getInt64(8 - 6));
  write(d, tagged(b_.CreateLoad(i64_, b_.CreateIntToPtr(address, ptr_)), heap_tag_));
  b_.CreateBr(done);
  aside(slow, before, [&] {
    Value* value = call_c(RUNTIME(map_value_cached), i64_, {map, position(pc)});
    auto found = new_block();
    branch(b_.CreateICmpNE(value, constant(Term::none().word)), found, edge(jump_target(pc, pc[1])));
    b_.SetInsertPoint(found);
    write(d, value);
    b_.CreateBr(done);
  });
  b_.SetInsertPoint(done);
  worded_.clear();
  if (d != code && !type.is(Type::map)) set_type(code, {Type::map, 0});
}

/// %{map | key: value}: a map of known shape is copied in place.
void Translator::update_map(const Word* pc, Opcode op) {
  size_t count = packed(*pc, 1);
  Type type = operand_type(pc[2]);
  bool known = type.is(Type::map) && type.detail;
  std::vector<int> replaced;
  for (size_t i = 0; known && i < count; i++) {
    Word key = pc[3 + 2 * i];
    int index = is_register_operand(key) || Term::raw(key).is_pointer() ? -1 : index_in_shape(type.detail, key);
    known = index >= 0;
    replaced.push_back(index);
  }
  if (!known) {
    build_map(pc, op);
    set_type(loaded_register(*pc, 0), {Type::map, 0});
    return;
  }
  State before = state_;
  auto slow = new_block(), room = new_block();
  size_t size = Term::raw(type.detail).arity();
  Value* map = operand(pc[2]);
  std::vector<Value*> values(size, nullptr);  // read first: making the word of a float may take memory
  for (size_t i = 0; i < count; i++) values[static_cast<size_t>(replaced[i])] = operand(pc[4 + 2 * i]);
  branch(has_spare_room(2 + size), room, slow, 1);
  b_.SetInsertPoint(room);
  for (size_t i = 0; i < size; i++)
    if (!values[i]) values[i] = heap_load(map, 6, 2 + i);
  Value* object = take_heap(2 + size);
  heap_store(object, 0, constant(Header::make(Kind::flat_map, 1 + size)));
  heap_store(object, 1, constant_term(type.detail));
  for (size_t i = 0; i < size; i++) heap_store(object, 2 + i, values[i]);
  write(loaded_register(*pc, 0), tag_pointer(object, 6), type);
  auto done = new_block();
  b_.CreateBr(done);
  aside(slow, before, [&] {
    execute(pc, op);
    b_.CreateBr(done);
  });
  b_.SetInsertPoint(done);
  worded_.clear();
}

/// Keys of a map of any shape.
void Translator::build_map(const Word* pc, Opcode op) {
  size_t count = packed(*pc, 1);
  bool update = op == Opcode::update_map;
  if (2 * count > most_values) {
    execute(pc, op);
    return;
  }
  Value* map = operand(pc[2]);
  Value* result;
  State before = state_;
  auto slow = new_block();
  auto end = [&] { return slot(sp(), -static_cast<int64_t>(facts_->largest_announcement())); };
  if (count == 1) {
    Value* key = operand(pc[3]);
    Value* value = operand(pc[4]);
    Value* function = update ? RUNTIME(map_update) : RUNTIME(map_put);
    result = built(call_c(function, built_type(), {map, key, value, hp(), end()}), slow);
  } else {
    for (size_t i = 0; i < 2 * count; i++) b_.CreateStore(operand(pc[3 + i]), value_slot(i));
    Value* function = update ? RUNTIME(map_update_pairs) : RUNTIME(map_put_pairs);
    result = built(call_c(function, built_type(), {map, values_, b_.getInt64(count), hp(), end()}), slow);
  }
  write(loaded_register(*pc, 0), result);
  join_executed(slow, before, pc, op);
}

/// What C++ has built at the heap's top; goes to `slow` where it could not.
Value* Translator::built(Value* pair, BasicBlock* slow) {
  auto made = new_block();
  Value* value = b_.CreateExtractValue(pair, 0);
  branch(b_.CreateICmpNE(value, b_.getInt64(0)), made, slow, 1);
  b_.SetInsertPoint(made);
  b_.CreateStore(b_.CreateExtractValue(pair, 1), hp_);
  return value;
}

void Translator::get_map_value_any(const Word* pc) {
  Value* value = call_pure(RUNTIME(map_value), i64_, operand(pc[2]), operand(pc[3]));
  auto found = new_block();
  branch(b_.CreateICmpNE(value, constant(Term::none().word)), found, edge(jump_target(pc, pc[1])));
  b_.SetInsertPoint(found);
  write(loaded_register(*pc, 0), value);
}

void Translator::has_map_key(const Word* pc) {
  Value* value = call_pure(RUNTIME(map_value), i64_, operand(pc[2]), operand(pc[3]));
  test(b_.CreateICmpNE(value, constant(Term::none().word)), pc, pc[1]);
}

void Translator::new_map_of_shape(const Word* pc) {
  size_t size = packed(*pc, 1);
  State before = state_;
  auto slow = new_block(), room = new_block();
  std::vector<Value*> values;
  for (size_t i = 0; i < size; i++) values.push_back(operand(pc[2 + i]));
  branch(has_spare_room(2 + size), room, slow, 1);
  b_.SetInsertPoint(room);
  Value* object = take_heap(2 + size);
  heap_store(object, 0, constant(Header::make(Kind::flat_map, 1 + size)));
  heap_store(object, 1, constant_term(pc[1]));
  for (size_t i = 0; i < size; i++) heap_store(object, 2 + i, values[i]);
  write(loaded_register(*pc, 0), tag_pointer(object, 6), {Type::map, pc[1]});
  auto done = new_block();
  b_.CreateBr(done);
  aside(slow, before, [&] {
    execute(pc, Opcode::new_map_of_shape);
    b_.CreateBr(done);
  });
  b_.SetInsertPoint(done);
  worded_.clear();
}

}  // namespace phial
