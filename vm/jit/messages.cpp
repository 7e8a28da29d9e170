// Messages in place: sending a small one to a process, and the instructions of a receive.
//
// A message that its sender wrote into the heap of this process (Process::direct, delivery.hpp) is taken without a call of C++. A receive that waits
// leaves with the address of the native code that goes on at its label, so that nothing has to be looked up when a message comes.
#include "vm/jit/translator.hpp"
#include "vm/process/process.hpp"

namespace phial {

void Translator::send(const Word* pc, const Export* callee, bool tail, int pop) {
  constexpr int64_t reductions = 4;  // as the native function counts
  Value* message = read_x(1);
  Value* sent = call_c(RUNTIME(send), i64_, {m_, read_x(0), message});
  auto quick = new_block(), usual = new_block();
  branch(b_.CreateICmpNE(sent, b_.getInt64(0)), quick, usual, 1);
  aside(usual, state_, [&] {
    call_native(pc, callee, 2, tail, pop);
    if (!tail) go_to(next_);
  });
  b_.SetInsertPoint(quick);
  b_.CreateStore(b_.CreateSub(b_.CreateLoad(i64_, reductions_), b_.getInt64(reductions)), reductions_);
  std::erase_if(state_.types, [](auto& entry) { return !is_y(entry.first); });
  write(x_register(0), message);
  if (!tail) {
    go_to(next_);
    return;
  }
  if (pop >= 0) pop_frame(static_cast<unsigned>(pop));
  return_value();
}

void Translator::receive_next(const Word* pc) {
  settle_owed();
  Value* process = this->process();
  Value* direct = b_.CreateLoad(i64_, field_of(process, offsetof(Process, direct)));
  auto look = new_block(), found = new_block(), none = new_block(), nothing = new_block(), ends = new_block();
  auto from = b_.GetInsertBlock();
  branch(b_.CreateICmpNE(direct, b_.getInt64(Term::none().word)), found, look, 1);
  // A message in the middle of the mailbox is looked at where it stands.
  b_.SetInsertPoint(look);
  Value* save = b_.CreateLoad(ptr_, field_of(process, offsetof(Process, save)));
  Value* next = b_.CreateLoad(ptr_, save);
  Value* is_first = b_.CreateOr(b_.CreateICmpEQ(save, field_of(process, offsetof(Process, mailbox))),
                                b_.CreateICmpEQ(save, b_.CreateLoad(ptr_, field_of(process, offsetof(Process, mark)))));
  auto middle = new_block(), general = new_block();
  branch(b_.CreateAnd(b_.CreateICmpNE(next, null_pointer()), b_.CreateNot(is_first)), middle, general);
  b_.SetInsertPoint(middle);
  b_.CreateStore(b_.getInt8(0), field_of(process, offsetof(Process, message_is_copied)));
  Value* standing = b_.CreateLoad(i64_, field_of(next, offsetof(Signal, value)));
  b_.CreateBr(found);
  b_.SetInsertPoint(general);
  set_pc(pc);
  sync();
  Value* other = call_c(RUNTIME(receive_next), i64_, {m_});
  reload();
  reload_sp();
  auto looked = b_.GetInsertBlock();
  branch(has_tag(other, 7), none, found);
  b_.SetInsertPoint(none);
  branch(b_.CreateICmpEQ(other, b_.getInt64(native_left)), nothing, ends, 1);
  aside(nothing, state_, [&] { go_to(jump_target(pc, pc[1])); });
  aside(ends, state_, [&] { exit_process(); });
  b_.SetInsertPoint(found);
  auto message = b_.CreatePHI(i64_, 3);
  message->addIncoming(direct, from);
  message->addIncoming(standing, middle);
  message->addIncoming(other, looked);
  write(loaded_register(*pc, 0), message);
}

void Translator::receive_remove() {
  Value* process = this->process();
  auto field = [&](size_t offset) { return field_of(process, offset); };
  Value* is_direct = b_.CreateICmpNE(b_.CreateLoad(i64_, field(offsetof(Process, direct))), b_.getInt64(Term::none().word));
  auto direct = new_block(), has_rare = new_block(), quick = new_block(), usual = new_block(), done = new_block();
  branch(is_direct, direct, usual, 1);
  // A timer of this receive may run.
  b_.SetInsertPoint(direct);
  Value* rare = b_.CreateLoad(ptr_, field(offsetof(Process, rare_parts)));
  b_.CreateCondBr(b_.CreateICmpEQ(rare, null_pointer()), quick, has_rare);
  b_.SetInsertPoint(has_rare);
  Value* timed = b_.CreateLoad(b_.getInt8Ty(), field_of(rare, offsetof(RareParts, receive_timer_running)));
  b_.CreateCondBr(b_.CreateICmpEQ(timed, b_.getInt8(0)), quick, usual);
  b_.SetInsertPoint(quick);
  b_.CreateStore(b_.getInt64(Term::none().word), field(offsetof(Process, direct)));
  b_.CreateStore(field(offsetof(Process, mailbox)), field(offsetof(Process, save)));
  b_.CreateStore(b_.getInt8(0), field(offsetof(Process, receive_timed_out)));
  b_.CreateBr(done);
  b_.SetInsertPoint(usual);
  sync();
  call_c(RUNTIME(receive_remove), b_.getVoidTy(), {m_});
  reload();
  b_.CreateBr(done);
  b_.SetInsertPoint(done);
}

void Translator::receive_mark(const Word* pc) {
  Value* process = this->process();
  b_.CreateStore(b_.CreateLoad(ptr_, field_of(process, offsetof(Process, mailbox_tail))), field_of(process, offsetof(Process, mark)));
  Value* number = field_of(process, offsetof(Process, mark_number));
  Value* next = b_.CreateAdd(b_.CreateLoad(b_.getInt32Ty(), number), b_.getInt32(1));
  b_.CreateStore(next, number);
  write(loaded_register(*pc, 0), b_.CreateShl(b_.CreateZExt(next, i64_), b_.getInt64(3)), {Type::small});
}

void Translator::receive_use_mark(const Word* pc) {
  Value* process = this->process();
  Value* given = read(loaded_register(*pc, 0));
  Value* mark = b_.CreateLoad(ptr_, field_of(process, offsetof(Process, mark)));
  Value* number = b_.CreateZExt(b_.CreateLoad(b_.getInt32Ty(), field_of(process, offsetof(Process, mark_number))), i64_);
  Value* valid = b_.CreateAnd(b_.CreateICmpEQ(given, b_.CreateShl(number, b_.getInt64(3))), b_.CreateICmpNE(mark, null_pointer()));
  Value* save = field_of(process, offsetof(Process, save));
  b_.CreateStore(b_.CreateSelect(valid, mark, b_.CreateLoad(ptr_, save)), save);
}

void Translator::receive_skip(const Word* pc) {
  Value* process = this->process();
  Value* is_direct = b_.CreateICmpNE(b_.CreateLoad(i64_, field_of(process, offsetof(Process, direct))), b_.getInt64(Term::none().word));
  auto direct = new_block(), standing = new_block(), done = new_block();
  branch(is_direct, direct, standing);
  b_.SetInsertPoint(direct);
  call_c(RUNTIME(receive_skip), b_.getVoidTy(), {m_});
  b_.CreateBr(done);
  b_.SetInsertPoint(standing);
  Value* save = field_of(process, offsetof(Process, save));
  Value* message = b_.CreateLoad(ptr_, b_.CreateLoad(ptr_, save));
  b_.CreateStore(field_of(message, offsetof(Signal, next)), save);
  b_.CreateBr(done);
  b_.SetInsertPoint(done);
  const Word* again = jump_target(pc, pc[1]);
  check_reductions(again, 0);  // mailboxes may be long
  go_to(again);
}

/// Leaves to the scheduler; the receive goes on at the label, where no x register is read.
void Translator::wait(const Word* pc, Word label) {
  const Word* again = jump_target(pc, label);
  settle_owed();
  llvm::Function* goes_on = segment(Start::registers, again, facts_, {});
  jump_to_entry_of_machine(offsetof(Machine, wait), {position_word(again), as_word(goes_on)});
}

void Translator::receive_wait_timeout(const Word* pc) {
  Word time = pc[2];
  if (time == atoms::infinity.word) return wait(pc, pc[1]);
  settle_owed();
  set_pc(pc);
  Value* milliseconds = operand(time);
  sync();
  Value* outcome = call_c(RUNTIME(receive_timeout), i64_, {m_, milliseconds});
  reload();
  auto waits = new_block(), ends = new_block(), over = new_block(), raises = new_block();
  branch(b_.CreateICmpEQ(outcome, b_.getInt64(0)), waits, ends);
  b_.SetInsertPoint(ends);
  branch(b_.CreateICmpEQ(outcome, b_.getInt64(1)), over, raises, 1);
  aside(waits, state_, [&] { wait(pc, pc[1]); });
  aside(raises, state_, [&] { raise_at(pc); });
  b_.SetInsertPoint(over);
}

}  // namespace phial
