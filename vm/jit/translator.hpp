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
//
// Files: translator.cpp segments and control flow; emit.cpp memory, C++ calls, jumps; arithmetic.cpp numbers and comparisons; calls.cpp;
// instructions.cpp one case an instruction.
#pragma once
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>

#include <cstddef>
#include <map>
#include <set>

#include "vm/jit/backend.hpp"
#include "vm/jit/symbols.hpp"

namespace phial {

using llvm::BasicBlock;
using llvm::Value;

inline constexpr unsigned register_arguments = 6;

/// What a segment begins with.
enum class Start { entry, resume, registers };

/// The address of a C++ function of RuntimeCalls, inside of Translator.
#define RUNTIME(name) runtime_function(offsetof(RuntimeCalls, name))

class Translator {
 public:
  Translator(llvm::LLVMContext& context, llvm::Module& module, const Function& function, const RuntimeCalls& calls, bool stress,
             Symbols* symbols = nullptr)
      : context_(context), module_(module), b_(context), function_(function), calls_(calls), stress_(stress), symbols_(symbols),
        md_(context) {
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
  bool translate(std::string& reason);
  llvm::Function* entry() const { return entry_; }
  /// The entry before it has a body; translate() fills it.
  llvm::Function* declare_entry() { return segment(Start::entry, function_.code); }
  /// Gives up: the entry, which others may jump to, becomes a jump to the interpreter. The other segments go.
  void become_interpreted();
  /// Label or handler position to the segment that goes on there.
  std::map<const Word*, llvm::Function*> continuations() const;

 private:
  struct Pending { Start start; const Word* pc; llvm::Function* segment; };

  // -- survey: what the function contains
  bool survey(std::string& reason);
  static size_t length_of(const Word* pc);
  void note_register(RegisterCode code);
  static bool is_register_operand(Word word) { return Header::is(word) && Header::kind(word) == Kind::operand_register; }
  void note_operand(Word word);

  // -- segments
  llvm::Function* segment(Start start, const Word* pc);
  bool fill(const Pending& pending);
  BasicBlock* block_at(const Word* pc);
  bool straight_run(const Word* pc);

  // -- memory
  Value* constant(Word word) { return b_.getInt64(word); }

  // What names a thing of this run of the program (an address, a number of an atom) comes through these, and nothing else does: with
  // symbols_ set the code is for an object (symbols.hpp), and they are loads from its table.
  Value* pointer(const void* address) { return b_.CreateIntToPtr(b_.getInt64(reinterpret_cast<Word>(address)), ptr_); }
  Value* function_address(const Function* function);
  Value* export_address(const Export* entry);
  /// A position in the bytecode of this module.
  Value* position(const Word* pc);
  Value* position_word(const Word* pc) { return as_word(position(pc)); }
  /// A term of the bytecode: small integer, atom or literal.
  Value* constant_term(Word word);
  /// C++ of the runtime: member `offset` of RuntimeCalls.
  Value* runtime_function(size_t offset);
  Value* as_word(Value* address) { return b_.CreatePtrToInt(address, i64_); }
  Value* field_of(Value* object, size_t offset) { return b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), object, offset); }
  Value* tagged(Value* access, llvm::MDNode* tag);
  Value* machine_field(size_t offset) { return b_.CreateConstInBoundsGEP1_64(b_.getInt8Ty(), m_, offset); }
  Value* load_machine_x(unsigned i) { return tagged(b_.CreateLoad(i64_, machine_field(offsetof(Machine, x) + 8 * i)), machine_tag_); }
  void store_machine_x(unsigned i, Value* value) { tagged(b_.CreateStore(value, machine_field(offsetof(Machine, x) + 8 * i)), machine_tag_); }
  Value* sp() { return b_.CreateLoad(ptr_, sp_); }
  Value* hp() { return b_.CreateLoad(ptr_, hp_); }
  Value* slot(Value* base, int64_t index) { return b_.CreateConstInBoundsGEP1_64(i64_, base, static_cast<uint64_t>(index)); }
  Value* y_address(unsigned i) { return slot(sp(), static_cast<int64_t>(frame_header_words + i)); }
  Value* read(RegisterCode code);
  void write(RegisterCode code, Value* value);
  Value* operand(Word word);
  /// Word `index` of the object or cell that a tagged pointer names.
  Value* heap_load(Value* term, unsigned tag, size_t index);
  /// Takes `count` words from the heap (announced by test_heap) and gives their address.
  Value* take_heap(size_t count);
  void heap_store(Value* base, size_t index, Value* value);
  Value* tag_pointer(Value* address, unsigned tag) { return b_.CreateAdd(b_.CreatePtrToInt(address, i64_), b_.getInt64(tag)); }

  // -- C++ calls and jumps
  void sync();
  void reload();
  void set_pc(const Word* pc) { tagged(b_.CreateStore(position(pc), machine_field(offsetof(Machine, pc))), machine_tag_); }
  Value* call_c(Value* function, llvm::Type* result, std::initializer_list<Value*> arguments);
  Value* call_pure(Value* function, llvm::Type* result, Value* a, Value* b);
  void jump_to(Value* target, std::initializer_list<Value*> registers);
  void jump_to_entry_of_machine(size_t offset, std::initializer_list<Value*> registers);
  /// Jumps to a target with the first `count` x registers as arguments.
  void jump_with_arguments(Value* target, unsigned count);
  void store_x(unsigned count);
  void load_x(unsigned count);
  BasicBlock* new_block() { return BasicBlock::Create(context_, "", segment_); }
  void branch(Value* condition, BasicBlock* yes, BasicBlock* no, int likely = 0);

  /// Counts a reduction; when the slice is over, stores live registers and yields to go on at `pc`.
  void check_reductions(const Word* pc, unsigned live);

  /// Raises the exception that C++ has set; the state is synced.
  void raise_at(const Word* pc);
  /// The block that a failing instruction goes to: its label, or one that raises.
  BasicBlock* failure(const Word* pc, Word label);
  void reload_sp() { b_.CreateStore(tagged(b_.CreateLoad(ptr_, machine_field(offsetof(Machine, sp))), machine_tag_), sp_); }
  /// The process is over a limit: m->exit_reason stands.
  void exit_process() { jump_to_entry_of_machine(offsetof(Machine, exit), {}); }
  void ensure_room(size_t words, unsigned live);

  // -- values
  Value* is_small(Value* term) { return b_.CreateICmpEQ(b_.CreateAnd(term, b_.getInt64(7)), b_.getInt64(0)); }
  Value* has_tag(Value* term, unsigned tag) { return b_.CreateICmpEQ(b_.CreateAnd(term, b_.getInt64(7)), b_.getInt64(tag)); }
  Value* both_small(Value* a, Value* b) { return is_small(b_.CreateOr(a, b)); }
  Value* is_float_word(Value* term);
  Value* to_double(Value* term);
  /// The rotated bits of a double: the float word is this plus one, if `fits` of it.
  Value* rotate_double(Value* value);
  /// Tags 0, 3 and 4 of the rotated bits are the floats that words hold (term.hpp).
  Value* fits_word(Value* rotated);

  // -- arithmetic
  Value* call_arithmetic(Opcode op, const Word* pc, Value* a, Value* b, Word label);

  enum class Fast { add, subtract, multiply, bit_and, bit_or, bit_xor, none };

  /// d = a op b: small integers in place, floats in place where feedback saw them, the rest in C++.
  void arithmetic(Opcode op, Fast fast, const Word* pc, RegisterCode d, Value* a, Value* b, Word label, bool b_is_small_constant);

  /// Jumps on a comparison: small integers in place.
  void compare(const Word* pc, Value* a, Value* b, llvm::CmpInst::Predicate predicate, Word label, bool b_constant);
  void test(Value* condition, const Word* pc, Word label);

  /// Equality that is identity for immediates and needs C++ for two pointers.
  void test_equality(const Word* pc, Value* a, Value* b, Word label, bool want, Value* function, bool exact);
  void test_equality_constant(const Word* pc, Value* a, Word k, Word label, bool want);

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
  Value* is_boxed_kind(Value* term, Kind first, Kind last);
  Value* is_immediate(Value* term, Immediate which);
  Value* tuple_header_is(Value* header, size_t arity);

  // -- calls
  void set_continuation(const Word* after);
  void pop_frame(unsigned slots) { b_.CreateStore(slot(sp(), static_cast<int64_t>(slots + frame_header_words)), sp_); }
  void call_function(const Word* pc, unsigned arity, Word word);
  void call_export(const Word* pc, unsigned arity, Word word);
  void call_fun_value(const Word* pc, unsigned arity, Value* fun);
  void return_value();

  /// Hands over to the interpreter at `pc` with all registers; it comes back at the next call or return.
  void continue_interpreted(const Word* pc);

  /// An instruction without a compiled form, by C++ on stored registers.
  void execute(const Word* pc, Opcode op);
  bool instruction(Opcode op, const Word* pc);
  void small_division(Opcode op, const Word* pc, RegisterCode d, Value* a, Value* b);
  void equality_by_value(const Word* pc, bool want);
  void compare_constant(const Word* pc, llvm::CmpInst::Predicate predicate);
  void switch_value(const Word* pc);

  llvm::LLVMContext& context_;
  llvm::Module& module_;
  llvm::IRBuilder<> b_;
  const Function& function_;
  const RuntimeCalls& calls_;
  bool stress_;
  Symbols* symbols_;
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

}  // namespace phial
