// Bytecode to LLVM IR.
//
// A function becomes several LLVM functions of one prototype (frame_abi.hpp), its segments:
//   entry          arguments in x0..x5, the rest in m->x[]
//   resume at pc   after each call that is not a tail call: the value in x0, everything else in the frame
//   continue at pc for labels of loops and for exception handlers: all registers in m->x[]
// A segment holds all the bytecode that control reaches from its start up to the next calls and returns. Code that several segments
// reach is compiled into each of them, within a budget; a function that crosses it stays with the interpreter.
//
// x registers are allocas, so SSA construction turns them into values; y registers are loads and stores of the process's stack, where the
// collector and the other tier find them. sp, hp and reductions are allocas, too. Stack, heap and machine memory do not alias (TBAA).
//
// Instructions with a compiled form: moves, frames, calls, small-integer and float arithmetic, tests, switches, lists, tuples, closures.
// The others (maps, bits, receive) are carried out by RuntimeCalls::execute on registers stored to m->x[].
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/ThreadSafeModule.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/DCE.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/GVN.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

#include <cstddef>
#include <map>
#include <set>

#include "vm/jit/backend.hpp"

namespace phial {
namespace {

using llvm::BasicBlock;
using llvm::Value;

constexpr unsigned register_arguments = 6;
constexpr size_t instruction_budget = 12000;
constexpr size_t function_words_limit = 12000;

/// What a segment begins with.
enum class Start { entry, resume, registers };

class Translator {
 public:
  Translator(llvm::LLVMContext& context, llvm::Module& module, const Function& function, const RuntimeCalls& calls, bool stress)
      : context_(context), module_(module), b_(context), function_(function), calls_(calls), stress_(stress), md_(context) {
    i64_ = b_.getInt64Ty();
    ptr_ = b_.getPtrTy();
    std::vector<llvm::Type*> parameters{ptr_, ptr_, ptr_, i64_};
    parameters.insert(parameters.end(), register_arguments, i64_);
    type_ = llvm::FunctionType::get(b_.getVoidTy(), parameters, false);
    auto root = md_.createTBAARoot("phial");
    auto tag = [&](const char* name) {
      auto scalar = md_.createTBAAScalarTypeNode(name, root);
      return md_.createTBAAStructTagNode(scalar, scalar, 0);
    };
    stack_tag_ = tag("stack");
    heap_tag_ = tag("heap");
    machine_tag_ = tag("machine");
  }

  bool translate(std::string& reason) {
    if (static_cast<size_t>(function_.code_end - function_.code) > function_words_limit) {
      reason = "the function is too long";
      return false;
    }
    if (!survey(reason)) return false;
    entry_ = segment(Start::entry, function_.code);
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

  llvm::Function* entry() const { return entry_; }
  /// Label or handler position to the segment that goes on there.
  std::map<const Word*, llvm::Function*> continuations() const {
    std::map<const Word*, llvm::Function*> found;
    for (auto& [key, segment] : segments_)
      if (key.first == Start::registers) found[key.second] = segment;
    return found;
  }

 private:
  struct Pending { Start start; const Word* pc; llvm::Function* segment; };

  // -- survey: what the function contains

  bool survey(std::string& reason) {
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

  static size_t length_of(const Word* pc) {
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

  void note_register(RegisterCode code) {
    if (!is_y(code)) max_x_ = std::max(max_x_, code + 1u);
  }
  static bool is_register_operand(Word word) { return Header::is(word) && Header::kind(word) == Kind::operand_register; }
  void note_operand(Word word) {
    if (is_register_operand(word)) note_register(static_cast<RegisterCode>(Header::extra(word)));
  }

  // -- segments

  llvm::Function* segment(Start start, const Word* pc) {
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

  bool fill(const Pending& pending) {
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

  BasicBlock* block_at(const Word* pc) {
    auto& block = blocks_[pc];
    if (!block) {
      block = BasicBlock::Create(context_, "", segment_);
      work_.push_back(pc);
    }
    return block;
  }

  bool straight_run(const Word* pc) {
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
      pc = next_;
      if (leaders_.contains(pc) || blocks_.contains(pc)) {
        b_.CreateBr(block_at(pc));
        return true;
      }
      if (b_.GetInsertBlock()->getTerminator()) return true;
    }
  }

  // -- memory

  Value* constant(Word word) { return b_.getInt64(word); }
  Value* pointer(const void* address) { return b_.CreateIntToPtr(b_.getInt64(reinterpret_cast<Word>(address)), ptr_); }
  Value* tagged(Value* access, llvm::MDNode* tag) {
    llvm::cast<llvm::Instruction>(access)->setMetadata(llvm::LLVMContext::MD_tbaa, tag);
    return access;
  }
  Value* machine_field(size_t offset) { return b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), m_, offset); }
  Value* load_machine_x(unsigned i) { return tagged(b_.CreateLoad(i64_, machine_field(offsetof(Machine, x) + 8 * i)), machine_tag_); }
  void store_machine_x(unsigned i, Value* value) { tagged(b_.CreateStore(value, machine_field(offsetof(Machine, x) + 8 * i)), machine_tag_); }
  Value* sp() { return b_.CreateLoad(ptr_, sp_); }
  Value* hp() { return b_.CreateLoad(ptr_, hp_); }
  Value* slot(Value* base, int64_t index) { return b_.CreateConstInBoundsGEP1_64(i64_, base, static_cast<uint64_t>(index)); }
  Value* y_address(unsigned i) { return slot(sp(), static_cast<int64_t>(frame_header_words + i)); }

  Value* read(RegisterCode code) {
    if (is_y(code)) return tagged(b_.CreateLoad(i64_, y_address(code & 0x7fff)), stack_tag_);
    return b_.CreateLoad(i64_, x_[code]);
  }
  void write(RegisterCode code, Value* value) {
    if (is_y(code))
      tagged(b_.CreateStore(value, y_address(code & 0x7fff)), stack_tag_);
    else
      b_.CreateStore(value, x_[code]);
  }
  Value* operand(Word word) {
    if (is_register_operand(word)) return read(static_cast<RegisterCode>(Header::extra(word)));
    return constant(word);
  }
  /// Word `index` of the object or cell that a tagged pointer names.
  Value* heap_load(Value* term, unsigned tag, size_t index) {
    Value* address = b_.CreateAdd(term, b_.getInt64(8 * index - tag));
    return tagged(b_.CreateLoad(i64_, b_.CreateIntToPtr(address, ptr_)), heap_tag_);
  }
  /// Takes `count` words from the heap (announced by test_heap) and gives their address.
  Value* take_heap(size_t count) {
    Value* at = hp();
    b_.CreateStore(slot(at, static_cast<int64_t>(count)), hp_);
    return at;
  }
  void heap_store(Value* base, size_t index, Value* value) {
    tagged(b_.CreateStore(value, slot(base, static_cast<int64_t>(index))), heap_tag_);
  }
  Value* tag_pointer(Value* address, unsigned tag) { return b_.CreateAdd(b_.CreatePtrToInt(address, i64_), b_.getInt64(tag)); }

  // -- C++ calls and jumps

  void sync() {
    tagged(b_.CreateStore(sp(), machine_field(offsetof(Machine, sp))), machine_tag_);
    tagged(b_.CreateStore(hp(), machine_field(offsetof(Machine, hp))), machine_tag_);
    tagged(b_.CreateStore(b_.CreateLoad(i64_, reductions_), machine_field(offsetof(Machine, context) + offsetof(Context, reductions))),
           machine_tag_);
  }
  void reload() {
    b_.CreateStore(tagged(b_.CreateLoad(ptr_, machine_field(offsetof(Machine, hp))), machine_tag_), hp_);
    b_.CreateStore(
        tagged(b_.CreateLoad(i64_, machine_field(offsetof(Machine, context) + offsetof(Context, reductions))), machine_tag_),
        reductions_);
  }
  void set_pc(const Word* pc) { tagged(b_.CreateStore(pointer(pc), machine_field(offsetof(Machine, pc))), machine_tag_); }

  Value* call_c(const void* function, llvm::Type* result, std::initializer_list<Value*> arguments) {
    std::vector<llvm::Type*> types;
    for (Value* argument : arguments) types.push_back(argument->getType());
    auto call = b_.CreateCall(llvm::FunctionType::get(result, types, false), pointer(function), std::vector<Value*>(arguments));
    call->setDoesNotThrow();
    return call;
  }
  Value* call_pure(const void* function, llvm::Type* result, Value* a, Value* b) {
    auto call = llvm::cast<llvm::CallInst>(call_c(function, result, {a, b}));
    call->setOnlyReadsMemory();
    return call;
  }

  void jump_to(Value* target, std::initializer_list<Value*> registers) {
    std::vector<Value*> arguments{m_, sp(), hp(), b_.CreateLoad(i64_, reductions_)};
    arguments.insert(arguments.end(), registers.begin(), registers.end());
    while (arguments.size() < 4 + register_arguments) arguments.push_back(llvm::PoisonValue::get(i64_));
    auto call = b_.CreateCall(type_, target, arguments);
    call->setCallingConv(llvm::CallingConv::PreserveNone);
    call->setTailCallKind(llvm::CallInst::TCK_MustTail);
    b_.CreateRetVoid();
  }
  void jump_to_entry_of_machine(size_t offset, std::initializer_list<Value*> registers) {
    jump_to(tagged(b_.CreateLoad(ptr_, machine_field(offset)), machine_tag_), registers);
  }
  /// Jumps to a target with the first `count` x registers as arguments.
  void jump_with_arguments(Value* target, unsigned count) {
    std::vector<Value*> arguments{m_, sp(), hp(), b_.CreateLoad(i64_, reductions_)};
    for (unsigned i = 0; i < register_arguments; i++)
      arguments.push_back(i < count ? static_cast<Value*>(b_.CreateLoad(i64_, x_[i])) : llvm::PoisonValue::get(i64_));
    for (unsigned i = register_arguments; i < count; i++) store_machine_x(i, b_.CreateLoad(i64_, x_[i]));
    auto call = b_.CreateCall(type_, target, arguments);
    call->setCallingConv(llvm::CallingConv::PreserveNone);
    call->setTailCallKind(llvm::CallInst::TCK_MustTail);
    b_.CreateRetVoid();
  }
  void store_x(unsigned count) {
    for (unsigned i = 0; i < count; i++) store_machine_x(i, b_.CreateLoad(i64_, x_[i]));
  }
  void load_x(unsigned count) {
    for (unsigned i = 0; i < count; i++) b_.CreateStore(load_machine_x(i), x_[i]);
  }

  BasicBlock* new_block() { return BasicBlock::Create(context_, "", segment_); }
  void branch(Value* condition, BasicBlock* yes, BasicBlock* no, int likely = 0) {
    auto instruction = b_.CreateCondBr(condition, yes, no);
    if (likely) instruction->setMetadata(llvm::LLVMContext::MD_prof, md_.createBranchWeights(likely > 0 ? 2000 : 1, likely > 0 ? 1 : 2000));
  }

  /// Counts a reduction; when the slice is over, stores live registers and yields to go on at `pc`.
  void check_reductions(const Word* pc, unsigned live) {
    Value* left = b_.CreateSub(b_.CreateLoad(i64_, reductions_), b_.getInt64(1));
    b_.CreateStore(left, reductions_);
    auto over = new_block(), go_on = new_block();
    branch(b_.CreateICmpSLE(left, b_.getInt64(0)), over, go_on, -1);
    b_.SetInsertPoint(over);
    store_x(live);
    jump_to_entry_of_machine(offsetof(Machine, yield), {constant(reinterpret_cast<Word>(pc)), b_.getInt64(live)});
    b_.SetInsertPoint(go_on);
  }

  /// Raises the exception that C++ has set; the state is synced.
  void raise_at(const Word* pc) {
    set_pc(pc);
    jump_to_entry_of_machine(offsetof(Machine, raise), {});
  }
  /// The block that a failing instruction goes to: its label, or one that raises.
  BasicBlock* failure(const Word* pc, Word label) {
    if (static_cast<uint32_t>(label)) return block_at(jump_target(pc, label));
    auto here = b_.GetInsertBlock();
    auto block = new_block();
    b_.SetInsertPoint(block);
    raise_at(pc);
    b_.SetInsertPoint(here);
    return block;
  }

  void reload_sp() { b_.CreateStore(tagged(b_.CreateLoad(ptr_, machine_field(offsetof(Machine, sp))), machine_tag_), sp_); }
  /// The process is over a limit: m->exit_reason stands.
  void exit_process() { jump_to_entry_of_machine(offsetof(Machine, exit), {}); }

  void ensure_room(size_t words, unsigned live) {
    Value* room = b_.CreateSub(b_.CreatePtrToInt(sp(), i64_), b_.CreatePtrToInt(hp(), i64_));
    auto full = new_block(), enough = new_block();
    Value* short_of_room = stress_ ? static_cast<Value*>(b_.getTrue()) : b_.CreateICmpSLT(room, b_.getInt64(8 * words));
    branch(short_of_room, full, enough, -1);
    b_.SetInsertPoint(full);
    store_x(live);
    sync();
    Value* kept = call_c(reinterpret_cast<const void*>(calls_.collect), i64_, {m_, b_.getInt64(words), b_.getInt64(live)});
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

  // -- values

  Value* is_small(Value* term) { return b_.CreateICmpEQ(b_.CreateAnd(term, b_.getInt64(7)), b_.getInt64(0)); }
  Value* has_tag(Value* term, unsigned tag) { return b_.CreateICmpEQ(b_.CreateAnd(term, b_.getInt64(7)), b_.getInt64(tag)); }
  Value* both_small(Value* a, Value* b) { return is_small(b_.CreateOr(a, b)); }
  Value* is_float_word(Value* term) {
    Value* bit = b_.CreateLShr(b_.getInt64(0x3232323232323232), b_.CreateAnd(term, b_.getInt64(63)));
    return b_.CreateTrunc(bit, b_.getInt1Ty());
  }
  Value* to_double(Value* term) {
    Value* bits = b_.CreateSub(term, b_.getInt64(1));
    Value* rotated = b_.CreateIntrinsic(llvm::Intrinsic::fshr, {i64_}, {bits, bits, b_.getInt64(4)});
    return b_.CreateBitCast(rotated, b_.getDoubleTy());
  }
  /// The rotated bits of a double: the float word is this plus one, if `fits` of it.
  Value* rotate_double(Value* value) {
    Value* bits = b_.CreateBitCast(value, i64_);
    return b_.CreateIntrinsic(llvm::Intrinsic::fshl, {i64_}, {bits, bits, b_.getInt64(4)});
  }
  /// Tags 0, 3 and 4 of the rotated bits are the floats that words hold (term.hpp).
  Value* fits_word(Value* rotated) {
    Value* bit = b_.CreateLShr(b_.getInt64(0x1919191919191919), b_.CreateAnd(rotated, b_.getInt64(63)));
    return b_.CreateTrunc(bit, b_.getInt1Ty());
  }

  // -- arithmetic

  Value* call_arithmetic(Opcode op, const Word* pc, Value* a, Value* b, Word label) {
    sync();
    set_pc(pc);
    Value* value = call_c(reinterpret_cast<const void*>(calls_.arithmetic), i64_,
                          {m_, b_.getInt64(static_cast<Word>(op)), a, b, b_.getInt64(static_cast<uint32_t>(label) == 0)});
    reload();
    return value;
  }

  enum class Fast { add, subtract, multiply, bit_and, bit_or, bit_xor, none };

  /// d = a op b: small integers in place, floats in place where feedback saw them, the rest in C++.
  void arithmetic(Opcode op, Fast fast, const Word* pc, RegisterCode d, Value* a, Value* b, Word label, bool b_is_small_constant) {
    auto slow = new_block(), done = new_block();
    std::vector<std::pair<Value*, BasicBlock*>> results;
    bool floats = (label >> 32 & feedback_float) && (fast == Fast::add || fast == Fast::subtract || fast == Fast::multiply);
    auto not_small = floats ? new_block() : slow;
    if (fast != Fast::none) {
      auto small = new_block();
      branch(b_is_small_constant ? is_small(a) : both_small(a, b), small, not_small, floats ? 0 : 1);
      b_.SetInsertPoint(small);
      Value* value = nullptr;
      Value* overflow = nullptr;
      auto with_overflow = [&](llvm::Intrinsic::ID id, Value* x, Value* y) {
        Value* pair = b_.CreateBinaryIntrinsic(id, x, y);
        value = b_.CreateExtractValue(pair, 0);
        overflow = b_.CreateExtractValue(pair, 1);
      };
      switch (fast) {
        case Fast::add: with_overflow(llvm::Intrinsic::sadd_with_overflow, a, b); break;
        case Fast::subtract: with_overflow(llvm::Intrinsic::ssub_with_overflow, a, b); break;
        case Fast::multiply: with_overflow(llvm::Intrinsic::smul_with_overflow, b_.CreateAShr(a, b_.getInt64(3)), b); break;
        case Fast::bit_and: value = b_.CreateAnd(a, b); break;
        case Fast::bit_or: value = b_.CreateOr(a, b); break;
        default: value = b_.CreateXor(a, b);
      }
      results.push_back({value, b_.GetInsertBlock()});
      if (overflow)
        branch(overflow, slow, done, -1);
      else
        b_.CreateBr(done);
    } else {
      b_.CreateBr(slow);
    }
    if (floats) {
      b_.SetInsertPoint(not_small);
      auto first = new_block(), both = new_block();
      branch(is_float_word(a), first, slow, 1);
      b_.SetInsertPoint(first);
      branch(is_float_word(b), both, slow, 1);
      b_.SetInsertPoint(both);
      Value* x = to_double(a);
      Value* y = to_double(b);
      Value* result = fast == Fast::add ? b_.CreateFAdd(x, y) : fast == Fast::subtract ? b_.CreateFSub(x, y) : b_.CreateFMul(x, y);
      Value* rotated = rotate_double(result);
      results.push_back({b_.CreateAdd(rotated, b_.getInt64(1)), b_.GetInsertBlock()});
      branch(fits_word(rotated), done, slow, 1);
    }
    b_.SetInsertPoint(slow);
    Value* value = call_arithmetic(op, pc, a, b, label);
    auto succeeded = new_block();
    branch(b_.CreateICmpEQ(value, constant(Term::none().word)), failure(pc, label), succeeded, -1);
    b_.SetInsertPoint(succeeded);
    results.push_back({value, succeeded});
    b_.CreateBr(done);
    b_.SetInsertPoint(done);
    auto phi = b_.CreatePHI(i64_, static_cast<unsigned>(results.size()));
    for (auto& [result, block] : results) phi->addIncoming(result, block);
    write(d, phi);
  }

  /// Jumps on a comparison: small integers in place.
  void compare(const Word* pc, Value* a, Value* b, llvm::CmpInst::Predicate predicate, Word label, bool b_constant) {
    auto small = new_block(), slow = new_block(), yes = new_block();
    auto no = block_at(jump_target(pc, label));
    branch(b_constant ? is_small(a) : both_small(a, b), small, slow, (label >> 32 & feedback_float) ? 0 : 1);
    b_.SetInsertPoint(small);
    branch(b_.CreateICmp(predicate, a, b), yes, no);
    b_.SetInsertPoint(slow);
    if (label >> 32 & feedback_float) {
      auto first = new_block(), both = new_block(), general = new_block();
      branch(is_float_word(a), first, general, 1);
      b_.SetInsertPoint(first);
      branch(is_float_word(b), both, general, 1);
      b_.SetInsertPoint(both);
      llvm::CmpInst::Predicate floating = predicate == llvm::CmpInst::ICMP_SLT   ? llvm::CmpInst::FCMP_OLT
                                          : predicate == llvm::CmpInst::ICMP_SGE ? llvm::CmpInst::FCMP_OGE
                                          : predicate == llvm::CmpInst::ICMP_SGT ? llvm::CmpInst::FCMP_OGT
                                                                                 : llvm::CmpInst::FCMP_OLE;
      branch(b_.CreateFCmp(floating, to_double(a), to_double(b)), yes, no);
      b_.SetInsertPoint(general);
    }
    Value* order = call_pure(reinterpret_cast<const void*>(calls_.compare), i64_, a, b);
    branch(b_.CreateICmp(predicate, order, b_.getInt64(0)), yes, no);
    b_.SetInsertPoint(yes);
  }

  void test(Value* condition, const Word* pc, Word label) {
    auto yes = new_block();
    branch(condition, yes, block_at(jump_target(pc, label)));
    b_.SetInsertPoint(yes);
  }

  /// Equality that is identity for immediates and needs C++ for two pointers.
  void test_equality(const Word* pc, Value* a, Value* b, Word label, bool want, const void* function, bool exact) {
    auto yes = new_block(), different = new_block();
    auto no = block_at(jump_target(pc, label));
    auto same = want ? yes : no, other = want ? no : yes;
    branch(b_.CreateICmpEQ(a, b), same, different);
    b_.SetInsertPoint(different);
    if (exact) {  // only two pointers can be equal without being the same word
      auto pointers = new_block();
      Value* both = b_.CreateAnd(b_.CreateICmpEQ(b_.CreateAnd(a, b_.getInt64(3)), b_.getInt64(2)),
                                 b_.CreateICmpEQ(b_.CreateAnd(b, b_.getInt64(3)), b_.getInt64(2)));
      branch(both, pointers, other);
      b_.SetInsertPoint(pointers);
    }
    Value* equal = call_pure(function, i64_, a, b);
    branch(b_.CreateICmpNE(equal, b_.getInt64(0)), same, other);
    b_.SetInsertPoint(yes);
  }
  void test_equality_constant(const Word* pc, Value* a, Word k, Word label, bool want) {
    Term term = Term::raw(k);
    if (!term.is_pointer()) {
      Value* same = b_.CreateICmpEQ(a, constant(k));
      test(want ? same : b_.CreateNot(same), pc, label);
    } else {
      test_equality(pc, a, constant(k), label, want, reinterpret_cast<const void*>(calls_.equal_exactly), true);
    }
  }

  /// True if `term` is boxed and `check` of its header holds.
  template <class Check>
  Value* boxed_and(Value* term, Check check) {
    auto boxed = new_block(), done = new_block();
    auto from = b_.GetInsertBlock();
    b_.CreateCondBr(has_tag(term, 6), boxed, done);
    b_.SetInsertPoint(boxed);
    Value* holds = check(heap_load(term, 6, 0));
    auto boxed_end = b_.GetInsertBlock();
    b_.CreateBr(done);
    b_.SetInsertPoint(done);
    auto phi = b_.CreatePHI(b_.getInt1Ty(), 2);
    phi->addIncoming(b_.getFalse(), from);
    phi->addIncoming(holds, boxed_end);
    return phi;
  }
  Value* kind_of(Value* header) { return b_.CreateAnd(b_.CreateLShr(header, b_.getInt64(3)), b_.getInt64(31)); }
  Value* kind_is(Value* header, Kind kind) { return b_.CreateICmpEQ(kind_of(header), b_.getInt64(static_cast<Word>(kind))); }
  Value* is_boxed_kind(Value* term, Kind first, Kind last) {
    return boxed_and(term, [&](Value* header) {
      Value* kind = kind_of(header);
      Value* from_first = b_.CreateSub(kind, b_.getInt64(static_cast<Word>(first)));
      return b_.CreateICmpULE(from_first, b_.getInt64(static_cast<Word>(last) - static_cast<Word>(first)));
    });
  }
  Value* is_immediate(Value* term, Immediate which) {
    return b_.CreateICmpEQ(b_.CreateAnd(term, b_.getInt64(63)), b_.getInt64(Word{static_cast<uint8_t>(which)} << 3 | 3));
  }
  Value* tuple_header_is(Value* header, size_t arity) {
    return b_.CreateICmpEQ(b_.CreateAnd(header, b_.getInt64(0xffffffff)), constant(Header::make(Kind::tuple, arity) & 0xffffffff));
  }

  // -- calls

  void set_continuation(const Word* after) {
    Value* frame = sp();
    tagged(b_.CreateStore(segment(Start::resume, after), frame), stack_tag_);
    tagged(b_.CreateStore(pointer(after), slot(frame, 1)), stack_tag_);
  }
  void pop_frame(unsigned slots) { b_.CreateStore(slot(sp(), static_cast<int64_t>(slots + frame_header_words)), sp_); }

  void call_function(const Word* pc, unsigned arity, Word word) {
    auto callee = reinterpret_cast<Function*>(word);
    if (callee == &function_) {
      jump_with_arguments(entry_, arity);
      return;
    }
    auto load = b_.CreateLoad(ptr_, pointer(&callee->native_entry));
    load->setAtomic(llvm::AtomicOrdering::Monotonic);
    load->setAlignment(llvm::Align(8));
    auto native = new_block(), interpreted = new_block();
    branch(b_.CreateICmpNE(load, llvm::ConstantPointerNull::get(llvm::cast<llvm::PointerType>(ptr_))), native, interpreted, 1);
    b_.SetInsertPoint(interpreted);
    store_x(arity);
    jump_to_entry_of_machine(offsetof(Machine, interpret_function), {constant(word)});
    b_.SetInsertPoint(native);
    jump_with_arguments(load, arity);
  }

  void call_export(const Word* pc, unsigned arity, Word word) {
    auto callee = reinterpret_cast<Export*>(word);
    auto general = new_block(), has_function = new_block(), native = new_block();
    auto null = llvm::ConstantPointerNull::get(llvm::cast<llvm::PointerType>(ptr_));
    auto native_function = b_.CreateLoad(ptr_, pointer(&callee->native));
    native_function->setAtomic(llvm::AtomicOrdering::Monotonic);
    native_function->setAlignment(llvm::Align(8));
    auto not_native = new_block();
    branch(b_.CreateICmpEQ(native_function, null), not_native, general);
    b_.SetInsertPoint(not_native);
    auto function = b_.CreateLoad(ptr_, pointer(&callee->function));
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
    jump_to_entry_of_machine(offsetof(Machine, call_export), {constant(word)});
  }

  void call_fun_value(const Word* pc, unsigned arity, Value* fun) {
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

  void return_value() {
    Value* frame = sp();
    Value* resume = tagged(b_.CreateLoad(ptr_, frame), stack_tag_);
    jump_to(resume, {b_.CreateLoad(i64_, x_[0])});
  }

  /// Hands over to the interpreter at `pc` with all registers; it comes back at the next call or return.
  void continue_interpreted(const Word* pc) {
    store_x(max_x_);
    jump_to_entry_of_machine(offsetof(Machine, interpret_at), {constant(reinterpret_cast<Word>(pc))});
  }

  /// An instruction without a compiled form, by C++ on stored registers.
  void execute(const Word* pc, Opcode op) {
    std::set<unsigned> sources;
    int destination = -1;
    Word label = 0;
    bool has_label = false;
    const char* format = opcode_info[static_cast<size_t>(op)].format;
    unsigned packed_at = 0;
    size_t word_at = 1;
    auto source_word = [&](Word word) {
      if (is_register_operand(word) && !is_y(static_cast<RegisterCode>(Header::extra(word)))) sources.insert(Header::extra(word));
    };
    for (const char* f = format; *f; f++) {
      switch (*f) {
        case 'd': {
          RegisterCode code = loaded_register(*pc, packed_at++);
          if (!is_y(code)) destination = code;
          break;
        }
        case 'r': {
          RegisterCode code = loaded_register(*pc, packed_at++);
          if (!is_y(code)) sources.insert(code);
          break;
        }
        case 'n': packed_at++; break;
        case 'L': label = pc[word_at++]; has_label = true; break;
        case 'S': source_word(pc[word_at++]); break;
        case '*': case 'P':
          for (size_t i = 0, count = packed(*pc, packed_at - 1) * (*f == 'P' ? 2u : 1u); i < count; i++) source_word(pc[word_at++]);
          break;
        case 'G':
          for (size_t i = 0, count = packed(*pc, packed_at - 1); i < count; i++, word_at += 3) {
            source_word(pc[word_at + 1]);
            source_word(pc[word_at + 2]);
          }
          break;
        default: word_at++;
      }
    }
    for (unsigned i : sources) store_machine_x(i, b_.CreateLoad(i64_, x_[i]));
    set_pc(pc);
    sync();
    bool looks_at_mailbox = op == Opcode::receive_next || op == Opcode::receive_mark;
    auto function = looks_at_mailbox ? calls_.receive : calls_.execute;
    Value* outcome = call_c(reinterpret_cast<const void*>(function), i64_, {m_, pointer(pc)});
    reload();
    if (looks_at_mailbox) reload_sp();
    auto fine = new_block(), otherwise = new_block();
    auto choice = b_.CreateSwitch(outcome, otherwise, 2);
    choice->addCase(b_.getInt64(execute_done), fine);
    if (has_label && static_cast<uint32_t>(label)) choice->addCase(b_.getInt64(execute_failed), block_at(jump_target(pc, label)));
    b_.SetInsertPoint(otherwise);
    if (looks_at_mailbox)
      exit_process();
    else
      raise_at(pc);
    b_.SetInsertPoint(fine);
    if (destination >= 0) b_.CreateStore(load_machine_x(static_cast<unsigned>(destination)), x_[static_cast<unsigned>(destination)]);
  }

  bool instruction(Opcode op, const Word* pc) {
    Word word = *pc;
    auto reg = [&](unsigned i) { return loaded_register(word, i); };
    auto number = [&](unsigned i) { return static_cast<unsigned>(packed(word, i)); };
    switch (op) {
      case Opcode::move: write(reg(0), read(reg(1))); return true;
      case Opcode::move_constant: write(reg(0), constant(pc[1])); return true;
      case Opcode::swap: {
        Value* a = read(reg(0));
        Value* b = read(reg(1));
        write(reg(0), b);
        write(reg(1), a);
        return true;
      }
      case Opcode::allocate: {
        unsigned slots = number(0) + static_cast<unsigned>(frame_header_words);
        ensure_room(slots + number(2), number(1));
        Value* frame = slot(sp(), -static_cast<int64_t>(slots));
        b_.CreateStore(frame, sp_);
        for (unsigned i = 0; i < slots; i++) tagged(b_.CreateStore(b_.getInt64(0), slot(frame, i)), stack_tag_);
        return true;
      }
      case Opcode::deallocate: pop_frame(number(0)); return true;
      case Opcode::test_heap: ensure_room(pc[1], number(0)); return true;

      case Opcode::call: set_continuation(next_); call_function(pc, number(0), pc[1]); return true;
      case Opcode::call_last: pop_frame(number(1)); call_function(pc, number(0), pc[1]); return true;
      case Opcode::call_only: call_function(pc, number(0), pc[1]); return true;
      case Opcode::call_external: set_continuation(next_); call_export(pc, number(0), pc[1]); return true;
      case Opcode::call_external_last: pop_frame(number(1)); call_export(pc, number(0), pc[1]); return true;
      case Opcode::call_external_only: call_export(pc, number(0), pc[1]); return true;
      case Opcode::call_fun: {
        Value* fun = read(reg(1));
        set_continuation(next_);
        call_fun_value(pc, number(0), fun);
        return true;
      }
      case Opcode::call_fun_last: {
        Value* fun = read(reg(2));
        pop_frame(number(1));
        call_fun_value(pc, number(0), fun);
        return true;
      }
      case Opcode::call_fun_only: call_fun_value(pc, number(0), read(reg(1))); return true;
      case Opcode::return_: return_value(); return true;
      case Opcode::return_from_frame: pop_frame(number(0)); return_value(); return true;
      case Opcode::loop: {
        const Word* label = jump_target(pc, pc[1]);
        check_reductions(label, number(0));
        b_.CreateBr(block_at(label));
        return true;
      }
      case Opcode::jump: b_.CreateBr(block_at(jump_target(pc, pc[1]))); return true;
      case Opcode::bif: {
        unsigned count = number(1);
        for (unsigned i = 0; i < count; i++)
          b_.CreateStore(operand(pc[3 + i]), b_.CreateConstInBoundsGEP2_64(llvm::ArrayType::get(i64_, 256), bif_arguments_, 0, i));
        sync();
        set_pc(pc);
        Value* value = call_c(reinterpret_cast<const void*>(calls_.bif), i64_, {m_, pointer(reinterpret_cast<void*>(pc[2])), bif_arguments_, b_.getInt64(count),
                              b_.getInt64(static_cast<uint32_t>(pc[1]) == 0)});
        reload();
        auto fine = new_block();
        branch(b_.CreateICmpEQ(value, constant(Term::none().word)), failure(pc, pc[1]), fine, -1);
        b_.SetInsertPoint(fine);
        write(reg(0), value);
        return true;
      }

      case Opcode::add: arithmetic(op, Fast::add, pc, reg(0), read(reg(1)), read(reg(2)), pc[1], false); return true;
      case Opcode::subtract: arithmetic(op, Fast::subtract, pc, reg(0), read(reg(1)), read(reg(2)), pc[1], false); return true;
      case Opcode::multiply: arithmetic(op, Fast::multiply, pc, reg(0), read(reg(1)), read(reg(2)), pc[1], false); return true;
      case Opcode::add_constant: arithmetic(op, Fast::add, pc, reg(0), read(reg(1)), constant(pc[2]), pc[1], true); return true;
      case Opcode::subtract_constant: arithmetic(op, Fast::subtract, pc, reg(0), read(reg(1)), constant(pc[2]), pc[1], true); return true;
      case Opcode::add_any: arithmetic(op, Fast::add, pc, reg(0), operand(pc[2]), operand(pc[3]), pc[1], false); return true;
      case Opcode::subtract_any: arithmetic(op, Fast::subtract, pc, reg(0), operand(pc[2]), operand(pc[3]), pc[1], false); return true;
      case Opcode::multiply_any: arithmetic(op, Fast::multiply, pc, reg(0), operand(pc[2]), operand(pc[3]), pc[1], false); return true;
      case Opcode::bit_and: arithmetic(op, Fast::bit_and, pc, reg(0), operand(pc[2]), operand(pc[3]), pc[1], false); return true;
      case Opcode::bit_or: arithmetic(op, Fast::bit_or, pc, reg(0), operand(pc[2]), operand(pc[3]), pc[1], false); return true;
      case Opcode::bit_xor: arithmetic(op, Fast::bit_xor, pc, reg(0), operand(pc[2]), operand(pc[3]), pc[1], false); return true;
      case Opcode::quotient: case Opcode::remainder: small_division(op, pc, reg(0), operand(pc[2]), operand(pc[3])); return true;
      case Opcode::divide: case Opcode::shift_left: case Opcode::shift_right:
        arithmetic(op, Fast::none, pc, reg(0), operand(pc[2]), operand(pc[3]), pc[1], false);
        return true;
      case Opcode::negate: case Opcode::bit_not:
        arithmetic(op, Fast::none, pc, reg(0), operand(pc[2]), b_.getInt64(0), pc[1], false);
        return true;

      case Opcode::is_equal_exact: case Opcode::is_not_equal_exact:
        test_equality(pc, read(reg(0)), read(reg(1)), pc[1], op == Opcode::is_equal_exact, reinterpret_cast<const void*>(calls_.equal_exactly), true);
        return true;
      case Opcode::is_equal_exact_constant: test_equality_constant(pc, read(reg(0)), pc[2], pc[1], true); return true;
      case Opcode::is_not_equal_exact_constant: test_equality_constant(pc, read(reg(0)), pc[2], pc[1], false); return true;
      case Opcode::is_equal: case Opcode::is_not_equal: equality_by_value(pc, op == Opcode::is_equal); return true;
      case Opcode::is_less: compare(pc, read(reg(0)), read(reg(1)), llvm::CmpInst::ICMP_SLT, pc[1], false); return true;
      case Opcode::is_at_least: compare(pc, read(reg(0)), read(reg(1)), llvm::CmpInst::ICMP_SGE, pc[1], false); return true;
      case Opcode::is_less_constant: compare_constant(pc, llvm::CmpInst::ICMP_SLT); return true;
      case Opcode::is_greater_constant: compare_constant(pc, llvm::CmpInst::ICMP_SGT); return true;
      case Opcode::is_at_least_constant: compare_constant(pc, llvm::CmpInst::ICMP_SGE); return true;
      case Opcode::is_at_most_constant: compare_constant(pc, llvm::CmpInst::ICMP_SLE); return true;

      case Opcode::is_integer: {
        Value* term = read(reg(0));
        Value* big = is_boxed_kind(term, Kind::bignum_positive, Kind::bignum_negative);
        test(b_.CreateOr(is_small(term), big), pc, pc[1]);
        return true;
      }
      case Opcode::is_float: {
        Value* term = read(reg(0));
        Value* boxed = is_boxed_kind(term, Kind::boxed_float, Kind::boxed_float);
        test(b_.CreateOr(is_float_word(term), boxed), pc, pc[1]);
        return true;
      }
      case Opcode::is_number: {
        Value* term = read(reg(0));
        Value* boxed = is_boxed_kind(term, Kind::bignum_positive, Kind::boxed_float);
        test(b_.CreateOr(b_.CreateOr(is_small(term), is_float_word(term)), boxed), pc, pc[1]);
        return true;
      }
      case Opcode::is_atom: test(is_immediate(read(reg(0)), Immediate::atom), pc, pc[1]); return true;
      case Opcode::is_boolean: {
        Value* term = read(reg(0));
        test(b_.CreateOr(b_.CreateICmpEQ(term, constant(atoms::true_.word)), b_.CreateICmpEQ(term, constant(atoms::false_.word))), pc, pc[1]);
        return true;
      }
      case Opcode::is_list: {
        Value* term = read(reg(0));
        test(b_.CreateOr(has_tag(term, 2), b_.CreateICmpEQ(term, constant(Term::nil().word))), pc, pc[1]);
        return true;
      }
      case Opcode::is_cons: test(has_tag(read(reg(0)), 2), pc, pc[1]); return true;
      case Opcode::is_nil: test(b_.CreateICmpEQ(read(reg(0)), constant(Term::nil().word)), pc, pc[1]); return true;
      case Opcode::is_tuple: test(is_boxed_kind(read(reg(0)), Kind::tuple, Kind::tuple), pc, pc[1]); return true;
      case Opcode::is_tuple_of:
        test(boxed_and(read(reg(0)), [&](Value* header) { return tuple_header_is(header, number(1)); }), pc, pc[1]);
        return true;
      case Opcode::is_tagged_tuple: {
        Value* term = read(reg(0));
        test(boxed_and(term, [&](Value* header) { return tuple_header_is(header, number(1)); }), pc, pc[1]);
        test(b_.CreateICmpEQ(heap_load(term, 6, 1), constant(pc[2])), pc, pc[1]);
        return true;
      }
      case Opcode::is_map: test(is_boxed_kind(read(reg(0)), Kind::flat_map, Kind::champ_map), pc, pc[1]); return true;
      case Opcode::is_bitstring: test(is_boxed_kind(read(reg(0)), Kind::heap_binary, Kind::slice), pc, pc[1]); return true;
      case Opcode::is_function: test(is_boxed_kind(read(reg(0)), Kind::fun, Kind::export_fun), pc, pc[1]); return true;
      case Opcode::switch_value: {
        size_t count = number(1);
        auto choice = b_.CreateSwitch(read(reg(0)), block_at(jump_target(pc, pc[1])), static_cast<unsigned>(count));
        for (size_t i = 0; i < count; i++)
          choice->addCase(b_.getInt64(pc[2 + 2 * i]), block_at(jump_target(pc, pc[3 + 2 * i])));
        return true;
      }
      case Opcode::switch_arity: {
        Value* term = read(reg(0));
        auto otherwise = block_at(jump_target(pc, pc[1]));
        auto boxed = new_block();
        branch(has_tag(term, 6), boxed, otherwise);
        b_.SetInsertPoint(boxed);
        size_t count = number(1);
        Value* header = b_.CreateAnd(heap_load(term, 6, 0), b_.getInt64(0xffffffff));
        auto choice = b_.CreateSwitch(header, otherwise, static_cast<unsigned>(count));
        for (size_t i = 0; i < count; i++) {
          auto arity = static_cast<size_t>(Term::raw(pc[2 + 2 * i]).small_value());
          choice->addCase(b_.getInt64(Header::make(Kind::tuple, arity) & 0xffffffff), block_at(jump_target(pc, pc[3 + 2 * i])));
        }
        return true;
      }

      case Opcode::get_list: {
        Value* list = read(reg(2));
        Value* head = heap_load(list, 2, 0);
        Value* tail = heap_load(list, 2, 1);
        write(reg(0), head);
        write(reg(1), tail);
        return true;
      }
      case Opcode::get_head: write(reg(0), heap_load(read(reg(1)), 2, 0)); return true;
      case Opcode::get_tail: write(reg(0), heap_load(read(reg(1)), 2, 1)); return true;
      case Opcode::get_element: write(reg(0), heap_load(read(reg(1)), 6, 1 + number(2))); return true;
      case Opcode::put_list: case Opcode::put_list_any: {
        Value* head = op == Opcode::put_list ? read(reg(1)) : operand(pc[1]);
        Value* tail = op == Opcode::put_list ? read(reg(2)) : operand(pc[2]);
        Value* cell = take_heap(2);
        heap_store(cell, 0, head);
        heap_store(cell, 1, tail);
        write(reg(0), tag_pointer(cell, 2));
        return true;
      }
      case Opcode::put_tuple: {
        unsigned count = number(1);
        std::vector<Value*> items;
        for (unsigned i = 0; i < count; i++) items.push_back(operand(pc[1 + i]));
        Value* object = take_heap(1 + count);
        heap_store(object, 0, constant(Header::make(Kind::tuple, count)));
        for (unsigned i = 0; i < count; i++) heap_store(object, 1 + i, items[i]);
        write(reg(0), tag_pointer(object, 6));
        return true;
      }
      case Opcode::put_fun: {
        unsigned count = number(1);
        auto target = reinterpret_cast<Function*>(pc[1]);
        std::vector<Value*> items;
        for (unsigned i = 0; i < count; i++) items.push_back(operand(pc[2 + i]));
        Value* object = take_heap(2 + count);
        heap_store(object, 0, constant(Header::make(Kind::fun, 1 + count, static_cast<uint32_t>(target->arity - count))));
        heap_store(object, 1, constant(pc[1]));
        for (unsigned i = 0; i < count; i++) heap_store(object, 2 + i, items[i]);
        write(reg(0), tag_pointer(object, 6));
        return true;
      }

      // Rare or ending in the runtime: the interpreter carries them out and goes on from there.
      case Opcode::apply: case Opcode::apply_last: case Opcode::error: case Opcode::function_clause: case Opcode::raise:
      case Opcode::receive_wait: case Opcode::receive_wait_timeout:
        continue_interpreted(pc);
        return true;
      case Opcode::receive_skip: {
        execute(pc, op);
        b_.CreateBr(block_at(jump_target(pc, pc[1])));
        return true;
      }
      default: execute(pc, op); return true;
    }
  }

  void small_division(Opcode op, const Word* pc, RegisterCode d, Value* a, Value* b) {
    auto fast = new_block(), slow = new_block(), done = new_block();
    Value* usable = b_.CreateAnd(both_small(a, b), b_.CreateAnd(b_.CreateICmpNE(b, b_.getInt64(0)), b_.CreateICmpNE(b, constant(Term::small(-1).word))));
    branch(usable, fast, slow, 1);
    b_.SetInsertPoint(fast);
    Value* result = op == Opcode::remainder ? b_.CreateSRem(a, b) : b_.CreateShl(b_.CreateSDiv(a, b), b_.getInt64(3));
    b_.CreateBr(done);
    b_.SetInsertPoint(slow);
    Value* value = call_arithmetic(op, pc, a, b, pc[1]);
    auto succeeded = new_block();
    branch(b_.CreateICmpEQ(value, constant(Term::none().word)), failure(pc, pc[1]), succeeded, -1);
    b_.SetInsertPoint(succeeded);
    b_.CreateBr(done);
    b_.SetInsertPoint(done);
    auto phi = b_.CreatePHI(i64_, 2);
    phi->addIncoming(result, fast);
    phi->addIncoming(value, succeeded);
    write(d, phi);
  }

  void equality_by_value(const Word* pc, bool want) {
    Value* a = operand(pc[2]);
    Value* b = operand(pc[3]);
    auto yes = new_block(), different = new_block(), slow = new_block();
    auto no = block_at(jump_target(pc, pc[1]));
    auto same = want ? yes : no, other = want ? no : yes;
    branch(b_.CreateICmpEQ(a, b), same, different);
    b_.SetInsertPoint(different);
    // Different words of which one is an atom, or both small, are different values.
    Value* settled = b_.CreateOr(both_small(a, b), b_.CreateOr(is_immediate(a, Immediate::atom), is_immediate(b, Immediate::atom)));
    branch(settled, other, slow);
    b_.SetInsertPoint(slow);
    Value* equal = call_pure(reinterpret_cast<const void*>(calls_.equal), i64_, a, b);
    branch(b_.CreateICmpNE(equal, b_.getInt64(0)), same, other);
    b_.SetInsertPoint(yes);
  }

  void compare_constant(const Word* pc, llvm::CmpInst::Predicate predicate) {
    Value* a = read(loaded_register(*pc, 0));
    compare(pc, a, constant(pc[2]), predicate, pc[1], Term::raw(pc[2]).is_small());
  }

  llvm::LLVMContext& context_;
  llvm::Module& module_;
  llvm::IRBuilder<> b_;
  const Function& function_;
  const RuntimeCalls& calls_;
  bool stress_;
  llvm::MDBuilder md_;
  llvm::Type* i64_;
  llvm::Type* ptr_;
  llvm::FunctionType* type_;
  llvm::MDNode *stack_tag_, *heap_tag_, *machine_tag_;
  std::string unique_prefix_ = "f" + std::to_string(reinterpret_cast<Word>(&function_)) + ".";

  std::set<const Word*> leaders_, loop_labels_, handlers_;
  unsigned max_x_ = 1;
  size_t instructions_ = 0;
  std::string reason_;
  std::map<std::pair<Start, const Word*>, llvm::Function*> segments_;
  std::vector<Pending> pending_;
  llvm::Function* entry_ = nullptr;

  // of the segment in work
  llvm::Function* segment_ = nullptr;
  Value *m_ = nullptr, *sp_ = nullptr, *hp_ = nullptr, *reductions_ = nullptr, *bif_arguments_ = nullptr;
  std::vector<Value*> x_;
  std::map<const Word*, BasicBlock*> blocks_;
  std::vector<const Word*> work_;
  const Word* next_ = nullptr;
};

class OrcBackend final : public Backend {
 public:
  OrcBackend(const RuntimeCalls& calls, BackendOptions options) : calls_(calls), options_(options) {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    auto machine = llvm::orc::JITTargetMachineBuilder::detectHost();
    if (!machine) {
      error_ = llvm::toString(machine.takeError());
      return;
    }
    machine->setCodeGenOptLevel(llvm::CodeGenOptLevel::Default);
    auto target = machine->createTargetMachine();
    if (target) target_ = std::move(*target);
    auto jit = llvm::orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(*machine)).create();
    if (!jit) {
      error_ = llvm::toString(jit.takeError());
      return;
    }
    jit_ = std::move(*jit);
  }

  bool compile(const Function& function, CompiledCode& code, std::string& reason) override {
    if (!jit_) {
      reason = error_;
      return false;
    }
    auto context = std::make_unique<llvm::LLVMContext>();
    auto module = std::make_unique<llvm::Module>("phial", *context);
    module->setDataLayout(jit_->getDataLayout());
    module->setTargetTriple(jit_->getTargetTriple().str());
    Translator translator(*context, *module, function, calls_, options_.stress);
    if (!translator.translate(reason)) return false;
    // Names are unique per compilation: a function may be compiled again.
    std::string suffix = "." + std::to_string(++compilations_);
    std::vector<std::pair<const Word*, std::string>> names;
    translator.entry()->setName(translator.entry()->getName() + suffix);
    std::string entry_name = translator.entry()->getName().str();
    for (auto& [pc, segment] : translator.continuations()) {
      segment->setName(segment->getName() + suffix);
      names.push_back({pc, segment->getName().str()});
    }
    std::string problem;
    llvm::raw_string_ostream problem_stream(problem);
    if (llvm::verifyModule(*module, &problem_stream)) {
      reason = "invalid IR: " + problem;
      return false;
    }
    optimize(*module);
    if (options_.dump_ir) module->print(llvm::errs(), nullptr);
    auto tracker = jit_->getMainJITDylib().createResourceTracker();
    if (auto fault = jit_->addIRModule(tracker, llvm::orc::ThreadSafeModule(std::move(module), std::move(context)))) {
      reason = llvm::toString(std::move(fault));
      return false;
    }
    auto address = [&](const std::string& name) -> CompiledFunction {
      auto found = jit_->lookup(name);
      if (!found) {
        reason = llvm::toString(found.takeError());
        return nullptr;
      }
      return found->toPtr<CompiledFunction>();
    };
    code.entry = address(entry_name);
    if (!code.entry) return false;
    for (auto& [pc, name] : names) {
      auto continuation = address(name);
      if (!continuation) return false;
      code.continuations.push_back({pc, continuation});
    }
    code.handle = new llvm::orc::ResourceTrackerSP(tracker);
    return true;
  }

  void drop(void* handle) override {
    auto tracker = static_cast<llvm::orc::ResourceTrackerSP*>(handle);
    llvm::cantFail((*tracker)->remove());
    delete tracker;
  }

 private:
  void optimize(llvm::Module& module) {
    llvm::PassBuilder builder(target_.get());
    llvm::LoopAnalysisManager loops;
    llvm::FunctionAnalysisManager functions;
    llvm::CGSCCAnalysisManager components;
    llvm::ModuleAnalysisManager modules;
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(components);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, components, modules);
    llvm::FunctionPassManager passes;
    passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
    passes.addPass(llvm::EarlyCSEPass(true));
    passes.addPass(llvm::SimplifyCFGPass());
    passes.addPass(llvm::InstCombinePass());
    passes.addPass(llvm::GVNPass());
    passes.addPass(llvm::SimplifyCFGPass());
    passes.addPass(llvm::InstCombinePass());
    passes.addPass(llvm::DCEPass());
    llvm::ModulePassManager manager;
    manager.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(passes)));
    manager.run(module, modules);
  }

  RuntimeCalls calls_;
  BackendOptions options_;
  std::string error_;
  std::unique_ptr<llvm::TargetMachine> target_;
  std::unique_ptr<llvm::orc::LLJIT> jit_;
  uint64_t compilations_ = 0;
};

}  // namespace
}  // namespace phial

extern "C" __attribute__((visibility("default"))) phial::Backend* phial_jit_create_backend(const phial::RuntimeCalls& calls,
                                                                                           phial::BackendOptions options) {
  return new phial::OrcBackend(calls, options);
}
