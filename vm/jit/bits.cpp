// Matching of bitstrings in place. A match context is {binary, position, end}; position and end are small integers that count bits from the
// binary's start (vm/interpreter/bits.cpp). Whole bytes at whole positions, and up to eight bits anywhere, are read here; the rest is C++.
// Nearly all contexts stay at whole bytes: once a position was found to be at one, its type says so (Type::matching, detail 1), and reads of whole
// bytes test nothing but the end. What is elsewhere leaves (Exits in translator.hpp).
#include "vm/jit/translator.hpp"
#include "vm/term/binary.hpp"

namespace phial {
namespace {

constexpr unsigned context_binary = 1, context_position = 2, context_end = 3;
constexpr Type at_whole_byte{Type::matching, 1};
constexpr size_t inline_literal_bytes = 32;
constexpr int64_t longest_copied_bits = 8 * 24;  // of make_slice

/// Bits that a segment of constant size takes, or -1.
int64_t constant_bits(Word descriptor, Word size) {
  if (is_register_operand(size) || !Term::raw(size).is_small()) return -1;
  int64_t count = Term::raw(size).small_value();
  int64_t unit = static_cast<int64_t>(descriptor >> 8 & 0xff);
  return count < 0 || count > 1024 ? -1 : count * (unit ? unit : 256);
}

}  // namespace

Value* Translator::match_position(Value* context) {
  return tagged(b_.CreateLoad(i64_, b_.CreateIntToPtr(b_.CreateAdd(context, b_.getInt64(8 * context_position - 6)), ptr_)), position_tag_);
}

void Translator::set_match_position(Value* context, Value* position) {
  tagged(b_.CreateStore(position, b_.CreateIntToPtr(b_.CreateAdd(context, b_.getInt64(8 * context_position - 6)), ptr_)), position_tag_);
}

/// Jumps to the label of `pc` where fewer than `bits` (a small integer's word) are left; the position behind them.
Value* Translator::require_bits(const Word* pc, Value* context, Value* position, Value* bits) {
  Value* behind = b_.CreateAdd(position, bits);
  auto inside = new_block();
  branch(b_.CreateICmpSLE(behind, heap_load(context, 6, context_end)), inside, edge(jump_target(pc, pc[1])));
  b_.SetInsertPoint(inside);
  return behind;
}

/// Address of the byte that `position` lies in.
Value* Translator::byte_at(Value* context, Value* position) {
  Value* binary = heap_load(context, 6, context_binary);
  auto on_heap = new_block(), shared = new_block(), done = new_block();
  branch(b_.CreateICmpEQ(kind_of(heap_load(binary, 6, 0)), b_.getInt64(static_cast<Word>(Kind::heap_binary))), on_heap, shared);
  b_.SetInsertPoint(on_heap);
  Value* within = b_.CreateAdd(binary, b_.getInt64(16 - 6));
  b_.CreateBr(done);
  b_.SetInsertPoint(shared);
  Value* object = b_.CreateIntToPtr(heap_load(binary, 6, 2), ptr_);
  Value* beside = tagged(b_.CreateLoad(i64_, field_of(object, offsetof(SharedBinary, bytes))), shared_tag_);
  b_.CreateBr(done);
  b_.SetInsertPoint(done);
  auto phi = b_.CreatePHI(i64_, 2);
  phi->addIncoming(within, on_heap);
  phi->addIncoming(beside, shared);
  return b_.CreateIntToPtr(b_.CreateAdd(phi, b_.CreateLShr(position, b_.getInt64(6))), ptr_);
}

/// Up to eight bytes as an unsigned number.
Value* Translator::load_bytes(Value* address, unsigned count, bool little) {
  Value* value = b_.getInt64(0);
  for (unsigned at = 0; at < count;) {
    unsigned take = 8;
    while (take > count - at) take /= 2;
    auto type = b_.getIntNTy(8 * take);
    auto load = b_.CreateLoad(type, b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), address, at));
    load->setAlignment(llvm::Align(1));
    Value* part = tagged(load, bytes_tag_);
    if (!little && take > 1) part = b_.CreateUnaryIntrinsic(llvm::Intrinsic::bswap, part);
    part = b_.CreateZExt(part, i64_);
    if (little)
      value = b_.CreateOr(value, b_.CreateShl(part, b_.getInt64(8 * at)));
    else
      value = take == 8 ? part : b_.CreateOr(b_.CreateShl(value, b_.getInt64(8 * take)), part);
    at += take;
  }
  return value;
}

/// Makes sure that the context in `code` is at a whole byte, or jumps to `slow`; keeps what is learnt.
void Translator::require_whole_byte(RegisterCode code, Value* position, BasicBlock* slow) {
  if (type_of(code) == at_whole_byte) return;
  auto fine = new_block();
  branch(b_.CreateICmpEQ(b_.CreateAnd(position, b_.getInt64(56)), b_.getInt64(0)), fine, slow, 1);
  b_.SetInsertPoint(fine);
  set_type(code, at_whole_byte);
}

/// Some context moved by bits: several registers may hold it.
void Translator::forget_whole_bytes() {
  for (auto& [code, type] : state_.types)
    if (type == at_whole_byte) type.detail = 0;
}

/// The way of an instruction that needs a whole byte and found none: it leaves, if that never happened; else C++ does it, and the ways join.
void Translator::finish_whole_byte(BasicBlock* slow, const State& before, const Word* pc, Opcode op) {
  if (!meets_others(pc[1])) {
    leave_at(slow, before, pc);
    return;
  }
  forget_whole_bytes();
  join_executed(slow, before, pc, op);
}

/// Joins the way of C++ at `slow` with the present one.
void Translator::join_executed(BasicBlock* slow, const State& before, const Word* pc, Opcode op) {
  worded_.clear();
  if (slow->hasNPredecessors(0)) {
    slow->eraseFromParent();
    return;
  }
  auto done = new_block();
  b_.CreateBr(done);
  aside(slow, before, [&] {
    execute(pc, op);
    b_.CreateBr(done);
  });
  b_.SetInsertPoint(done);
}

void Translator::start_matching(const Word* pc) {
  RegisterCode d = loaded_register(*pc, 0), r = loaded_register(*pc, 1);
  Type type = type_of(r);
  State before = state_;
  bool leaves = !meets_others(pc[1]);
  BasicBlock* no_bits = edge(jump_target(pc, pc[1]));
  if (!type.is(Type::any) && !type.is(Type::boxed)) {
    b_.CreateBr(no_bits);
    return;
  }
  auto require = [&](Value* condition) {
    auto fine = new_block();
    branch(condition, fine, no_bits);
    b_.SetInsertPoint(fine);
  };
  Value* term = read(r);
  if (!type.is_boxed_pointer()) require(has_tag(term, 6));
  Value* header = heap_load(term, 6, 0);
  require(kind_between(header, Kind::heap_binary, Kind::slice));
  auto whole = new_block(), slice = new_block(), done = new_block();
  branch(b_.CreateICmpEQ(kind_of(header), b_.getInt64(static_cast<Word>(Kind::slice))), slice, whole);
  b_.SetInsertPoint(slice);
  Value* of = heap_load(term, 6, 1);
  Value* from = heap_load(term, 6, 2);
  Value* until = b_.CreateAdd(from, heap_load(term, 6, 3));
  if (leaves) {
    auto within_byte = new_block();
    branch(b_.CreateICmpEQ(b_.CreateAnd(from, b_.getInt64(56)), b_.getInt64(0)), done, within_byte, 1);
    leave_at(within_byte, before, pc);
  } else {
    b_.CreateBr(done);
  }
  b_.SetInsertPoint(whole);
  Value* bits = b_.CreateShl(heap_load(term, 6, 1), b_.getInt64(3));
  b_.CreateBr(done);
  b_.SetInsertPoint(done);
  auto choose = [&](Value* of_slice, Value* of_whole) {
    auto phi = b_.CreatePHI(i64_, 2);
    phi->addIncoming(of_slice, slice);
    phi->addIncoming(of_whole, whole);
    return phi;
  };
  Value* binary = choose(of, term);
  Value* position = choose(from, b_.getInt64(0));
  Value* end = choose(until, bits);
  Value* object = take_heap(4);
  heap_store(object, 0, constant(Header::make(Kind::match_context, 3)));
  heap_store(object, context_binary, binary);
  heap_store(object, context_end, end);
  Value* context = tag_pointer(object, 6);
  set_match_position(context, position);
  write(d, context, leaves ? at_whole_byte : Type{Type::matching});
}

void Translator::match_integer(const Word* pc) {
  Word descriptor = pc[2];
  int64_t bits = constant_bits(descriptor, pc[3]);
  Word flags = descriptor >> 16;
  bool is_signed = flags & segment_signed, little = flags & (segment_little | segment_native);
  bool whole = bits % 8 == 0;
  if (bits < 1 || bits > 64 || (!whole && bits > 8)) {
    forget_whole_bytes();
    execute(pc, Opcode::bs_get_integer);
    return;
  }
  auto count = static_cast<unsigned>(bits);
  State before = state_;
  auto slow = new_block();
  RegisterCode code = loaded_register(*pc, 1);
  Value* context = read(code);
  Value* position = match_position(context);
  Value* behind = require_bits(pc, context, position, b_.getInt64(8 * count));
  Value* value;
  if (whole) {
    require_whole_byte(code, position, slow);
    value = load_bytes(byte_at(context, position), count / 8, little);
  } else {
    // The byte that it begins in and the one that it ends in, often the same: the last bit lies `shift` above the end of the latter.
    Value* first = load_bytes(byte_at(context, position), 1, false);
    Value* last = load_bytes(byte_at(context, b_.CreateSub(behind, b_.getInt64(8))), 1, false);
    Value* shift = b_.CreateAnd(b_.CreateSub(b_.getInt64(0), b_.CreateLShr(behind, b_.getInt64(3))), b_.getInt64(7));
    value = b_.CreateLShr(b_.CreateOr(b_.CreateShl(first, b_.getInt64(8)), last), shift);
    value = b_.CreateAnd(value, b_.getInt64((1u << count) - 1));
    forget_whole_bytes();
  }
  if (is_signed && count < 64) {
    Value* high = b_.CreateShl(value, b_.getInt64(64 - count));
    value = b_.CreateAShr(high, b_.getInt64(64 - count));
  }
  Value* word = b_.CreateShl(value, b_.getInt64(3));
  bool always_small = count <= 60;
  if (!always_small) {
    auto small = new_block();
    branch(is_signed ? b_.CreateICmpEQ(b_.CreateAShr(word, b_.getInt64(3)), value) : b_.CreateICmpULT(value, b_.getInt64(Word{1} << 60)), small, slow);
    b_.SetInsertPoint(small);
  }
  set_match_position(context, behind);
  write(loaded_register(*pc, 0), word);
  if (whole && always_small)
    finish_whole_byte(slow, before, pc, Opcode::bs_get_integer);
  else
    join_executed(slow, before, pc, Opcode::bs_get_integer);
  if (!always_small) forget_whole_bytes();  // the other way may have come without
  set_type(loaded_register(*pc, 0), always_small ? Type{Type::small} : Type{});
}

/// A code point of one byte in place.
void Translator::match_utf8(const Word* pc) {
  State before = state_;
  auto slow = new_block(), plain = new_block();
  RegisterCode code = loaded_register(*pc, 1);
  bool known = type_of(code) == at_whole_byte;
  Value* context = read(code);
  Value* position = match_position(context);
  Value* behind = require_bits(pc, context, position, b_.getInt64(64));
  require_whole_byte(code, position, slow);
  Value* byte = load_bytes(byte_at(context, position), 1, false);
  branch(b_.CreateICmpULT(byte, b_.getInt64(0x80)), plain, slow);
  b_.SetInsertPoint(plain);
  set_match_position(context, behind);
  write(loaded_register(*pc, 0), b_.CreateShl(byte, b_.getInt64(3)));
  if (!known) forget_whole_bytes();
  join_executed(slow, before, pc, Opcode::bs_get_utf8);
  set_type(loaded_register(*pc, 0), {Type::small});
}

void Translator::skip_bits(const Word* pc) {
  auto type = static_cast<SegmentType>(pc[2] & 0xff);
  bool utf = type == SegmentType::utf8 || type == SegmentType::utf16 || type == SegmentType::utf32;
  int64_t bits = constant_bits(pc[2], pc[3]);
  bool all = !is_register_operand(pc[3]) && Term::raw(pc[3]).is_atom();
  if (utf || (bits < 0 && !all)) {
    if (!utf) forget_whole_bytes();
    execute(pc, Opcode::bs_skip_bits);
    return;
  }
  Value* context = read(loaded_register(*pc, 0));
  Value* position = match_position(context);
  if (all) {
    Value* end = heap_load(context, 6, context_end);
    Word unit = pc[2] >> 8 & 0xff;
    require_unit(pc, b_.CreateSub(end, position), unit ? unit : 256);
    set_match_position(context, end);
    forget_whole_bytes();
    return;
  }
  set_match_position(context, require_bits(pc, context, position, b_.getInt64(8 * static_cast<Word>(bits))));
  if (bits % 8) forget_whole_bytes();
}

/// Jumps to the label where the number of bits (a small integer's word) is no multiple of `unit`.
void Translator::require_unit(const Word* pc, Value* bits, Word unit) {
  if (unit == 1) return;
  Value* rest = b_.CreateURem(bits, b_.getInt64(8 * unit));
  auto fine = new_block();
  branch(b_.CreateICmpEQ(rest, b_.getInt64(0)), fine, edge(jump_target(pc, pc[1])));
  b_.SetInsertPoint(fine);
}

void Translator::test_bits_left(const Word* pc, Opcode op) {
  Value* context = read(loaded_register(*pc, 0));
  Value* left = b_.CreateSub(heap_load(context, 6, context_end), match_position(context));
  Word number = packed(*pc, 1);
  if (op == Opcode::bs_test_unit) {
    require_unit(pc, left, number);
    return;
  }
  auto fine = new_block();
  branch(b_.CreateICmpEQ(left, b_.getInt64(8 * number)), fine, edge(jump_target(pc, pc[1])));
  b_.SetInsertPoint(fine);
}

void Translator::match_literal(const Word* pc) {
  BitView literal = bits_of(Term::raw(pc[2]));
  if (!literal.byte_aligned() || !literal.whole_bytes() || literal.bits > 8 * inline_literal_bytes) {
    forget_whole_bytes();
    execute(pc, Opcode::bs_match_literal);
    return;
  }
  State before = state_;
  auto slow = new_block(), same = new_block();
  RegisterCode code = loaded_register(*pc, 0);
  Value* context = read(code);
  Value* position = match_position(context);
  Value* behind = require_bits(pc, context, position, b_.getInt64(8 * literal.bits));
  require_whole_byte(code, position, slow);
  Value* address = byte_at(context, position);
  Value* difference = b_.getInt64(0);
  auto bytes = static_cast<unsigned>(literal.bits / 8);
  for (unsigned at = 0; at < bytes; at += 8) {
    unsigned count = std::min(8u, bytes - at);
    Word expected = 0;
    for (unsigned i = 0; i < count; i++) expected |= Word{literal.bytes[at + i]} << 8 * i;
    Value* there = load_bytes(b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), address, at), count, true);
    difference = b_.CreateOr(difference, b_.CreateXor(there, b_.getInt64(expected)));
  }
  branch(b_.CreateICmpEQ(difference, b_.getInt64(0)), same, edge(jump_target(pc, pc[1])));
  b_.SetInsertPoint(same);
  set_match_position(context, behind);
  finish_whole_byte(slow, before, pc, Opcode::bs_match_literal);
}

/// The rest of the bits, or those that a segment of binaries takes, as a slice that is made in place; short ones are copied, in C++.
void Translator::match_bitstring(const Word* pc, Opcode op) {
  bool tail = op == Opcode::bs_get_tail;
  bool all = tail || (!is_register_operand(pc[3]) && Term::raw(pc[3]).is_atom());
  int64_t constant_size = tail ? -1 : constant_bits(pc[2], pc[3]);
  if (!all && constant_size <= longest_copied_bits) {
    if (constant_size < 0 || constant_size % 8) forget_whole_bytes();
    execute(pc, op);
    return;
  }
  State before = state_;
  auto slow = new_block(), long_enough = new_block(), room = new_block();
  Value* context = read(loaded_register(*pc, 1));
  Value* position = match_position(context);
  Value *behind, *bits;
  if (all) {
    behind = heap_load(context, 6, context_end);
    bits = b_.CreateSub(behind, position);
    if (!tail) require_unit(pc, bits, (pc[2] >> 8 & 0xff) ? (pc[2] >> 8 & 0xff) : 256);
  } else {
    bits = b_.getInt64(8 * static_cast<Word>(constant_size));
    behind = require_bits(pc, context, position, bits);
  }
  // From the very start it may be the whole binary, which is taken itself.
  Value* plain = b_.CreateAnd(b_.CreateICmpSGT(bits, b_.getInt64(8 * longest_copied_bits)), b_.CreateICmpNE(position, b_.getInt64(0)));
  branch(plain, long_enough, slow);
  b_.SetInsertPoint(long_enough);
  branch(has_spare_room(4), room, slow, 1);
  b_.SetInsertPoint(room);
  Value* binary = heap_load(context, 6, context_binary);
  Value* object = take_heap(4);
  heap_store(object, 0, constant(Header::make(Kind::slice, 3)));
  heap_store(object, 1, binary);
  heap_store(object, 2, position);
  heap_store(object, 3, bits);
  if (!tail) set_match_position(context, behind);
  write(loaded_register(*pc, 0), tag_pointer(object, 6));
  if (!tail) forget_whole_bytes();
  join_executed(slow, before, pc, op);
  set_type(loaded_register(*pc, 0), {Type::boxed});
}

}  // namespace phial
