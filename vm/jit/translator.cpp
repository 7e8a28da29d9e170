// Segments and control flow.
#include "vm/jit/translator.hpp"

namespace phial {
namespace {

constexpr size_t instruction_budget = 12000;
constexpr size_t function_words_limit = 12000;

}  // namespace

bool Translator::translate(std::string& reason) {
  entry_ = segment(Start::entry, function_.code);
  if (static_cast<size_t>(function_.code_end - function_.code) > function_words_limit) {
    reason = "the function is too long";
    return false;
  }
  if (!survey(reason)) return false;
  for (const Word* handler : handlers_) segment(Start::registers, handler);
  for (const Word* label : loop_labels_) segment(Start::registers, label);
  while (!pending_.empty()) {
    Pending next = pending_.back();
    pending_.pop_back();
    if (!fill(next)) {
      reason = reason_;
      return false;
    }
  }
  return true;
}

void Translator::become_interpreted() {
  pending_.clear();
  for (auto& [key, segment] : segments_) segment->deleteBody();
  for (auto& [key, segment] : segments_)
    if (segment != entry_) segment->eraseFromParent();
  entry_->setLinkage(llvm::GlobalValue::ExternalLinkage);
  segments_.clear();
  segment_ = entry_;
  b_.SetInsertPoint(BasicBlock::Create(context_, "", segment_));
  m_ = segment_->getArg(0);
  for (unsigned i = 0; i < function_.arity && i < register_arguments; i++) store_machine_x(i, segment_->getArg(4 + i));
  auto target = tagged(b_.CreateLoad(ptr_, machine_field(offsetof(Machine, interpret_function))), machine_tag_);
  std::vector<Value*> arguments;
  for (auto& argument : segment_->args()) arguments.push_back(&argument);
  arguments[4] = as_word(function_address(&function_));
  auto call = b_.CreateCall(type_, target, arguments);
  call->setCallingConv(llvm::CallingConv::PreserveNone);
  call->setTailCallKind(llvm::CallInst::TCK_MustTail);
  b_.CreateRetVoid();
}

std::map<const Word*, llvm::Function*> Translator::continuations() const {
  std::map<const Word*, llvm::Function*> found;
  for (auto& [key, segment] : segments_)
    if (key.first == Start::registers) found[key.second] = segment;
  return found;
}

bool Translator::survey(std::string& reason) {
  max_x_ = function_.arity;
  for (const Word* pc = function_.code; pc < function_.code_end;) {
    size_t words = length_of(pc);
    if (!words) {
      reason = "unknown instruction";
      return false;
    }
    auto op = loaded_opcode(*pc);
    const char* format = opcode_info[static_cast<size_t>(op)].format;
    unsigned packed_at = 0;
    size_t word_at = 1;
    for (const char* f = format; *f; f++) {
      if (*f == 'd' || *f == 'r') {
        note_register(loaded_register(*pc, packed_at++));
      } else if (*f == 'n') {
        packed_at++;
      } else if (*f == 'L') {
        if (static_cast<uint32_t>(pc[word_at])) leaders_.insert(jump_target(pc, pc[word_at]));
        word_at++;
      } else if (*f == 'T') {
        size_t count = packed(*pc, packed_at - 1);
        for (size_t i = 0; i < count; i++) leaders_.insert(jump_target(pc, pc[word_at + 2 * i + 1]));
        word_at += 2 * count;
      } else if (*f == 'S') {
        note_operand(pc[word_at++]);
      } else if (*f == '*' || *f == 'P') {
        size_t count = packed(*pc, packed_at - 1) * (*f == 'P' ? 2u : 1u);
        for (size_t i = 0; i < count; i++) note_operand(pc[word_at++]);
      } else if (*f == 'G') {
        size_t count = packed(*pc, packed_at - 1);
        for (size_t i = 0; i < count; i++) {
          note_operand(pc[word_at + 1]);
          note_operand(pc[word_at + 2]);
          word_at += 3;
        }
      } else {
        word_at++;
      }
    }
    switch (op) {
      case Opcode::loop: loop_labels_.insert(jump_target(pc, pc[1])); break;
      case Opcode::receive_wait: case Opcode::receive_skip: loop_labels_.insert(jump_target(pc, pc[1])); break;
      case Opcode::receive_wait_timeout:
        loop_labels_.insert(jump_target(pc, pc[1]));
        loop_labels_.insert(pc + words);
        break;
      case Opcode::call: case Opcode::call_external: case Opcode::call_last: case Opcode::call_only: case Opcode::call_external_last:
      case Opcode::call_external_only: case Opcode::call_fun: case Opcode::call_fun_last: case Opcode::call_fun_only: case Opcode::apply:
      case Opcode::apply_last:
        max_x_ = std::max<unsigned>(max_x_, packed(*pc, 0) + 2u);
        break;
      default: break;
    }
    pc += words;
  }
  const Module& module = *function_.module;
  auto start = static_cast<uint32_t>(module.offset_of(function_.code)), end = static_cast<uint32_t>(module.offset_of(function_.code_end));
  for (const TryRegion& region : module.try_regions)
    if (region.start >= start && region.start < end) {
      handlers_.insert(module.code + region.handler);
      leaders_.insert(module.code + region.handler);
    }
  if (!handlers_.empty()) max_x_ = std::max(max_x_, 3u);
  max_x_ = std::max(max_x_, 1u);
  return true;
}

size_t Translator::length_of(const Word* pc) {
  auto op = loaded_opcode(*pc);
  if (op >= Opcode::count) return 0;
  size_t words = 1;
  unsigned packed_at = 0;
  for (const char* f = opcode_info[static_cast<size_t>(op)].format; *f; f++) {
    switch (*f) {
      case 'd': case 'r': case 'n': packed_at++; break;
      case '*': words += packed(*pc, packed_at - 1); break;
      case 'P': case 'T': words += 2 * size_t{packed(*pc, packed_at - 1)}; break;
      case 'G': words += 3 * size_t{packed(*pc, packed_at - 1)}; break;
      default: words++;
    }
  }
  return words;
}

void Translator::note_register(RegisterCode code) {
  if (!is_y(code)) max_x_ = std::max(max_x_, code + 1u);
}

void Translator::note_operand(Word word) {
  if (is_register_operand(word)) note_register(static_cast<RegisterCode>(Header::extra(word)));
}

llvm::Function* Translator::segment(Start start, const Word* pc) {
  auto& found = segments_[{start, pc}];
  if (found) return found;
  static const char* const names[] = {"entry", "resume", "continue"};
  std::string name = std::string(names[static_cast<int>(start)]) + "." + std::to_string(pc - function_.code);
  found = llvm::Function::Create(type_, start == Start::resume ? llvm::GlobalValue::InternalLinkage : llvm::GlobalValue::ExternalLinkage,
                                 unique_prefix_ + name, module_);
  found->setCallingConv(llvm::CallingConv::PreserveNone);
  found->setAlignment(llvm::Align(16));
  found->addFnAttr(llvm::Attribute::NoUnwind);
  pending_.push_back({start, pc, found});
  return found;
}

bool Translator::fill(const Pending& pending) {
  segment_ = pending.segment;
  blocks_.clear();
  work_.clear();
  auto entry = BasicBlock::Create(context_, "", segment_);
  b_.SetInsertPoint(entry);
  m_ = segment_->getArg(0);
  sp_ = b_.CreateAlloca(ptr_);
  hp_ = b_.CreateAlloca(ptr_);
  reductions_ = b_.CreateAlloca(i64_);
  x_.clear();
  for (unsigned i = 0; i < max_x_; i++) x_.push_back(b_.CreateAlloca(i64_));
  bif_arguments_ = b_.CreateAlloca(llvm::ArrayType::get(i64_, 256));
  b_.CreateStore(segment_->getArg(1), sp_);
  b_.CreateStore(segment_->getArg(2), hp_);
  b_.CreateStore(segment_->getArg(3), reductions_);
  if (pending.start == Start::resume) {
    b_.CreateStore(segment_->getArg(4), x_[0]);
  } else if (pending.start == Start::entry) {
    for (unsigned i = 0; i < function_.arity; i++)
      b_.CreateStore(i < register_arguments ? static_cast<Value*>(segment_->getArg(4 + i)) : load_machine_x(i), x_[i]);
    check_reductions(function_.code, function_.arity);
  } else {
    for (unsigned i = 0; i < max_x_; i++) b_.CreateStore(load_machine_x(i), x_[i]);
  }
  b_.CreateBr(block_at(pending.pc));
  while (!work_.empty()) {
    const Word* pc = work_.back();
    work_.pop_back();
    b_.SetInsertPoint(blocks_.at(pc));
    if (!straight_run(pc)) return false;
  }
  return true;
}

BasicBlock* Translator::block_at(const Word* pc) {
  auto& block = blocks_[pc];
  if (!block) {
    block = BasicBlock::Create(context_, "", segment_);
    work_.push_back(pc);
  }
  return block;
}

bool Translator::straight_run(const Word* pc) {
  for (;;) {
    if (++instructions_ > instruction_budget) {
      reason_ = "the function is too large once its paths are told apart";
      return false;
    }
    size_t words = length_of(pc);
    next_ = pc + words;
    auto op = loaded_opcode(*pc);
    if (!instruction(op, pc)) return false;
    if (opcode_info[static_cast<size_t>(op)].ends_block) return true;
    if (b_.GetInsertBlock()->getTerminator()) return true;  // a call: its continuation is a segment of its own
    pc = next_;
    if (leaders_.contains(pc) || blocks_.contains(pc)) {
      b_.CreateBr(block_at(pc));
      return true;
    }
  }
}

}  // namespace phial
