// Bytecode to LLVM IR.
//
// Segments. A function becomes several LLVM functions of one prototype (frame_abi.hpp):
//   entry          arguments in x0..x5, the rest in m->x[]
//   closure        the entry of a closure: arguments, and the closure itself behind them; spreads the free values and goes to entry
//   resume at pc   after each call that is not a tail call: the value in x0, everything else in the frame
//   loop at pc     the code of a loop, jumped to from the other segments: live registers in the arguments, what is beyond them in m->x[]
//   continue at pc for labels of loops and for exception handlers: all registers in m->x[]
// A segment holds all the bytecode that control reaches from its start up to the next calls and returns. Code that several segments
// reach is compiled into each of them, within a budget; a function that crosses it stays with the interpreter.
//
// Registers. x registers are allocas, so SSA construction turns them into values; y registers are loads and stores of the process's stack,
// where the collector and the other tier find them. sp, hp and reductions are allocas, too. Stack, heap and machine memory do not alias (TBAA).
//
// Versions (Chevalier-Boisvert, Feeley: "Simple and Effective Type Check Removal through Lazy Basic Block Versioning"). While it walks
// the code, the translator knows types of registers (types.hpp): a test or a fast path that succeeded tells them. A basic block is compiled
// once for each set of types it is reached with, up to a limit, so a check is made once on each path: a loop whose first round
// finds floats runs its next rounds on unboxed doubles. Resume segments know the types of their frame's slots in the same way.
//
// Exits. Where the interpreter's feedback never saw an operation leave its fast path, compiled code does not hold the slow one: it stores
// the live registers and hands the instruction to the interpreter (Machine::deoptimize), which goes on to the next call, return or pause.
// That notes the surprise in the feedback; a function that leaves often is compiled again and then holds the slow path, its result
// merged with the fast one's.
//
// Inlining. A call of a small function goes on in the callee's code with the caller's continuation owed (Owed): it is written to the
// frame only when something may look at the stack: a call, a frame of the callee, a yield, an exception. The callee's return then goes on
// in the caller directly. What is in registers is at every moment what it would be had the call been made, so slow paths
// need no translation back.
//
// Files: translator.cpp segments, versions and control flow; facts.cpp survey and live registers; emit.cpp memory, C++ calls, jumps;
// registers.cpp values and types of registers; arithmetic.cpp, intrinsics.cpp, comparisons.cpp, calls.cpp, messages.cpp, maps.cpp, bits.cpp; instructions.cpp one case each.
#pragma once
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>

#include <cstddef>
#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <set>

#include "vm/jit/backend.hpp"
#include "vm/jit/facts.hpp"
#include "vm/jit/symbols.hpp"
#include "vm/jit/types.hpp"

namespace phial {

using llvm::BasicBlock;
using llvm::Value;
using Predicate = llvm::CmpInst::Predicate;

inline constexpr unsigned register_arguments = 6, most_values = 256;

/// What a segment begins with.
enum class Start { entry, closure, resume, registers, loop };

/// The address of a C++ function of RuntimeCalls, inside of Translator.
#define RUNTIME(name) runtime_function(offsetof(RuntimeCalls, name))

class Translator {
 public:
  Translator(llvm::LLVMContext& context, llvm::Module& module, const Function& function, const RuntimeCalls& calls, bool stress,
             Symbols* symbols = nullptr);

  bool translate(std::string& reason);
  /// The entry before it has a body; translate() fills it.
  llvm::Function* declare_entry();
  /// Gives up: the entry, which others may jump to, becomes a jump to the interpreter. The other segments go.
  void become_interpreted();

  llvm::Function* entry() const { return entry_; }
  /// Of a closure's function (frame_abi.hpp); null for others.
  llvm::Function* closure_entry() const { return closure_entry_; }
  size_t instructions_of_function() const { return all_facts_.at(&function_)->instructions(); }
  size_t instructions_compiled() const { return instructions_; }
  /// Label or handler position to the segment that goes on there.
  std::map<const Word*, llvm::Function*> continuations() const;

 private:
  /// The continuation of an inlined call that the frame on top does not show yet.
  struct Owed {
    const Word* after;
    FunctionFacts* facts;
    Types frame;  // of the caller's slots
    auto operator<=>(const Owed&) const = default;
  };
  /// What is known where control stands.
  struct State {
    Types types;
    const Owed* owed = nullptr;
    bool head = false;  // in the head of the function: where it pushes its frame, its body goes on
    bool operator==(const State&) const = default;
  };
  struct Version { State state; BasicBlock* block; };
  struct Work { const Word* pc; FunctionFacts* facts; State state; BasicBlock* block; };
  struct Pending { Start start; const Word* pc; FunctionFacts* facts; Types types; llvm::Function* segment; };
  struct SegmentKey {
    Start start;
    const Word* pc;
    Types types;
    auto operator<=>(const SegmentKey&) const = default;
  };

  // -- segments and versions
  FunctionFacts* facts_of(const Function* function);
  /// Those of the types that a version of the segment is made for.
  Types version_of_segment(Start start, const Word* pc, FunctionFacts* facts, const Types& types);
  llvm::Function* segment(Start start, const Word* pc, FunctionFacts* facts, const Types& types);
  bool fill(const Pending& pending);
  bool straight_run(const Work& work);
  static std::vector<unsigned> first_registers(unsigned count);
  std::vector<unsigned> live_registers(const Word* pc) const;
  /// Jumps to the segment of a loop: code of other segments holds no copy of it.
  void jump_to_loop(const Word* pc);
  /// The block for `pc` in the present state; registers are brought into the form it expects by code at the insertion point.
  BasicBlock* arrive(const Word* pc);
  /// The same as a target of a branch: where registers must be changed first, a block of its own does so.
  BasicBlock* edge(const Word* pc);
  void go_to(const Word* pc) { b_.CreateBr(arrive(pc)); }
  bool crowded() const;

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
  Value* null_pointer() { return llvm::ConstantPointerNull::get(llvm::cast<llvm::PointerType>(ptr_)); }
  /// A pointer that other threads store.
  Value* load_shared(Value* address, llvm::AtomicOrdering order);
  Value* tagged(Value* access, llvm::MDNode* tag);
  Value* machine_field(size_t offset) { return field_of(m_, offset); }
  Value* load_machine_x(unsigned i) { return tagged(b_.CreateLoad(i64_, machine_field(offsetof(Machine, x) + 8 * i)), machine_tag_); }
  void store_machine_x(unsigned i, Value* value) { tagged(b_.CreateStore(value, machine_field(offsetof(Machine, x) + 8 * i)), machine_tag_); }
  Value* sp() { return b_.CreateLoad(ptr_, sp_); }
  Value* hp() { return b_.CreateLoad(ptr_, hp_); }
  Value* slot(Value* base, int64_t index) { return b_.CreateConstInBoundsGEP1_64(i64_, base, static_cast<uint64_t>(index)); }
  Value* y_address(unsigned i) { return slot(sp(), static_cast<int64_t>(frame_header_words + i)); }
  /// Word `index` of the object or cell that a tagged pointer names.
  Value* heap_load(Value* term, unsigned tag, size_t index);
  /// Takes `count` words from the heap (announced by test_heap) and gives their address.
  Value* take_heap(size_t count);
  void heap_store(Value* base, size_t index, Value* value);
  Value* tag_pointer(Value* address, unsigned tag) { return b_.CreateAdd(b_.CreatePtrToInt(address, i64_), b_.getInt64(tag)); }

  // -- registers
  Value* x_slot(unsigned i);
  Value* double_slot(unsigned i);
  Type type_of(RegisterCode code) const;
  void set_type(RegisterCode code, Type type);
  /// The value as a word; a raw float gets one.
  Value* read(RegisterCode code);
  void write(RegisterCode code, Value* value, Type type = {});
  void write_double(RegisterCode code, Value* value);
  void copy_register(RegisterCode to, RegisterCode from);
  Value* operand(Word word);
  Type operand_type(Word word) const;
  /// x register i as a word.
  Value* read_x(unsigned i) { return read(static_cast<RegisterCode>(i)); }
  Value* box(Value* number);
  /// A register is found to hold a float word: from now on its double is known.
  void refine_to_double(RegisterCode code, Value* word);

  // -- C++ calls and jumps
  void sync();
  void reload();
  void set_pc(const Word* pc) { tagged(b_.CreateStore(position(pc), machine_field(offsetof(Machine, pc))), machine_tag_); }
  Value* call_c(Value* function, llvm::Type* result, std::initializer_list<Value*> arguments);
  Value* call_pure(Value* function, llvm::Type* result, Value* a, Value* b);
  void jump_to(Value* target, std::initializer_list<Value*> registers);
  void jump_to_entry_of_machine(size_t offset, std::initializer_list<Value*> registers);
  /// Jumps to a target with the first `count` x registers as arguments, in the form that a version for `types` expects.
  void jump_with_arguments(Value* target, unsigned count, const Types* types = nullptr) { jump_with_registers(target, first_registers(count), types); }
  void jump_with_registers(Value* target, const std::vector<unsigned>& registers, const Types* types = nullptr);
  void finish_jump(Value* target, const std::vector<Value*>& arguments);
  void store_x(unsigned count);
  void load_x(unsigned count);
  /// Stores the registers that the code at `pc` reads.
  void store_live(const Word* pc);
  BasicBlock* new_block() { return BasicBlock::Create(context_, "", segment_); }
  void branch(Value* condition, BasicBlock* yes, BasicBlock* no, int likely = 0);
  /// Emits code into a block beside the path in work, beginning in `state`; the path goes on as if nothing had happened.
  template <class Emit>
  void aside(BasicBlock* block, const State& state, Emit emit) {
    auto here = b_.GetInsertBlock();
    State kept = state_;
    auto kept_words = worded_;
    bool kept_cold = cold_;
    b_.SetInsertPoint(block);
    state_ = state;
    worded_.clear();
    emit();
    state_ = std::move(kept);
    worded_ = std::move(kept_words);
    cold_ = kept_cold;
    b_.SetInsertPoint(here);
  }
  /// Fills a block: the instruction at `pc` leaves its expected path in `state`.
  void leave_at(BasicBlock* block, const State& state, const Word* pc);
  /// Counts a reduction; when the slice is over, stores live registers and yields to go on at `pc`.
  void check_reductions(const Word* pc, unsigned live);
  /// Raises the exception that C++ has set; the state is synced.
  void raise_at(const Word* pc);
  /// Where a failing instruction goes to: its label, or C++'s exception is raised. Ends the block.
  void fail(const Word* pc, Word label);
  void reload_sp() { b_.CreateStore(tagged(b_.CreateLoad(ptr_, machine_field(offsetof(Machine, sp))), machine_tag_), sp_); }
  /// The process is over a limit: m->exit_reason stands.
  void exit_process() { jump_to_entry_of_machine(offsetof(Machine, exit), {}); }
  void ensure_room(size_t words, unsigned live);
  /// True where `words` fit above what the run has announced: for objects that are not announced themselves.
  Value* has_spare_room(size_t words);

  // -- values
  Value* is_small(Value* term) { return has_tag(term, 0); }
  Value* has_tag(Value* term, unsigned tag) { return b_.CreateICmpEQ(b_.CreateAnd(term, b_.getInt64(7)), b_.getInt64(tag)); }
  Value* both_small(Value* a, Value* b) { return is_small(b_.CreateOr(a, b)); }
  Value* is_float_word(Value* term);
  Value* to_double(Value* term);
  Value* small_to_double(Value* term) { return b_.CreateSIToFP(b_.CreateAShr(term, b_.getInt64(3)), b_.getDoubleTy()); }
  /// The rotated bits of a double: the float word is this plus one, if `fits` of it.
  Value* rotate_double(Value* value);
  /// Tags 0, 3 and 4 of the rotated bits are the floats that words hold (term.hpp).
  Value* fits_word(Value* rotated);
  Value* is_finite(Value* number);
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
  Value* kind_between(Value* header, Kind first, Kind last);
  Value* is_boxed_kind(Value* term, Kind first, Kind last);
  Value* is_immediate(Value* term, Immediate which);
  Value* tuple_header_is(Value* header, size_t arity);

  // -- arithmetic
  enum class Fast { add, subtract, multiply, divide, bit_and, bit_or, bit_xor, quotient, remainder, shift_left, shift_right };
  /// An operand of arithmetic or of a comparison: a register, or a constant.
  struct Operand {
    bool is_register = false;
    RegisterCode code = 0;
    Word word = 0;
  };
  Operand operand_of(Word word);
  Operand register_of(RegisterCode code) { return {true, code, 0}; }
  Operand constant_of(Word word) { return {false, 0, word}; }
  Value* word_of(const Operand& operand) { return operand.is_register ? read(operand.code) : constant_term(operand.word); }
  Type type_of(const Operand& operand) const { return operand.is_register ? type_of(operand.code) : type_of_constant(operand.word); }
  /// The operand as a double; jumps to `slow` where it is no float word (nor small integer, if `mixed`). What is learnt of a register is kept.
  Value* double_of(const Operand& operand, BasicBlock* slow, bool mixed);
  /// Makes sure that both are small integers, else jumps to `slow`; keeps what is learnt.
  void require_small(const Operand& a, const Operand& b, BasicBlock* slow);
  /// Feedback says that C++ is needed, or tells nothing that helps.
  bool meets_others(Word label) const { return !observed() || (label >> 32 & (feedback_other | feedback_failed)) != 0; }
  /// The interpreter has run the code: its feedback tells something. (Not so when the library is compiled with the build.)
  bool observed() const { return !symbols_ || symbols_->observed; }
  Value* call_arithmetic(Opcode op, const Word* pc, Value* a, Value* b, Word label);
  void arithmetic(Opcode op, Fast fast, const Word* pc, RegisterCode d, Operand a, Operand b, Word label);
  void general_arithmetic(Opcode op, Fast fast, const Word* pc, RegisterCode d, const Operand& a, const Operand& b, Word label);
  /// The result of an operation on floats, or null: it is none.
  Value* float_arithmetic(Fast fast, const Operand& a, const Operand& b, BasicBlock* slow, bool mixed);
  Value* small_arithmetic(Fast fast, Value* a, Value* b, BasicBlock* slow);
  void unary_arithmetic(Opcode op, const Word* pc);

  // -- comparisons and tests
  void compare(const Word* pc, Operand a, Operand b, Predicate predicate, Word label);
  void compare_constant(const Word* pc, Predicate predicate);
  /// Goes on if the condition holds, else to the label.
  void test(Value* condition, const Word* pc, Word label);
  void test_type(Opcode op, const Word* pc);
  void equality_exact(const Word* pc, Operand a, Operand b, Word label, bool want);
  void equality_by_value(const Word* pc, bool want);
  Value* is_binary(Value* term);
  void is_function_of(const Word* pc);
  void is_integer(const Word* pc);
  void is_float(const Word* pc);
  void switch_value(const Word* pc);
  void switch_arity(const Word* pc);
  void test_tuple(const Word* pc, bool tagged_tuple);
  /// Settles a type test where the types tell its outcome (true: done); else the caller compiles it.
  bool settled(Opcode op, const Word* pc, Word label, Type type);

  // -- calls. `pop`: slots of the frame to pop before a tail call, or no_frame
  static constexpr int no_frame = -1;
  void set_continuation(const Word* after, FunctionFacts* facts, const Types& frame);
  /// Writes the continuation that an inlined call owes.
  void settle_owed();
  /// Types of the slots that are read at `pc` or later.
  Types frame_types(const Word* pc) const;
  void pop_frame(unsigned slots);
  bool worth_inlining(const Function* callee, bool tail);
  /// Goes on in the segment that begins where the function pushes its frame.
  void jump_to_body(const Word* pc);
  /// Goes on in the code of a callee, its arguments in x0...
  void go_into(const Function* callee, unsigned arity);
  void call_function(unsigned arity, Word word, bool tail);
  void call_known(const Function* callee, unsigned arity, bool tail);
  void enter_function(const Function* callee, unsigned arity);
  void call_export(const Word* pc, unsigned arity, Word word, bool tail, int pop);
  void call_native(const Word* pc, const Export* callee, unsigned arity, bool tail, int pop);
  /// Calls it in the runtime; its value.
  Value* run_native(const Word* pc, const Export* callee, unsigned arity, bool tail, int pop);
  /// The usual case of a native function in place, as intrinsic_value does it; null: it has none. A square root's value is a double.
  Value* native_in_place_value(Intrinsic which, const Export* callee, BasicBlock* slow, Type& type);
  void apply(const Word* pc, unsigned arity, bool tail, int pop);
  void call_fun_value(const Word* pc, unsigned arity, RegisterCode fun, bool tail, int pop);
  void return_value();
  /// Hands over to the interpreter at `pc` with all registers; it comes back at the next call or return.
  void continue_interpreted(const Word* pc);

  // -- messages
  bool is_send(const Export* callee, unsigned arity) { return arity == 2 && static_cast<Intrinsic>(calls_.intrinsic(callee)) == Intrinsic::send; }
  void send(const Word* pc, const Export* callee, bool tail, int pop);
  void receive_next(const Word* pc);
  Value* process() { return tagged(b_.CreateLoad(ptr_, machine_field(offsetof(Machine, process))), machine_tag_); }
  void receive_remove();
  void receive_mark(const Word* pc);
  void receive_use_mark(const Word* pc);
  void receive_skip(const Word* pc);
  void wait(const Word* pc, Word label);
  void receive_wait(const Word* pc) { wait(pc, pc[1]); }
  void receive_wait_timeout(const Word* pc);

  // -- maps
  void get_map_value(const Word* pc);
  void update_map(const Word* pc, Opcode op);
  void build_map(const Word* pc, Opcode op);
  llvm::Type* built_type() { return llvm::StructType::get(i64_, ptr_); }
  Value* built(Value* pair, BasicBlock* slow);
  void get_map_value_any(const Word* pc);
  void has_map_key(const Word* pc);
  void new_map_of_shape(const Word* pc);

  // -- bits
  Value* match_position(Value* context);
  void set_match_position(Value* context, Value* position);
  Value* require_bits(const Word* pc, Value* context, Value* position, Value* bits);
  void require_unit(const Word* pc, Value* bits, Word unit);
  Value* byte_at(Value* context, Value* position);
  Value* load_bytes(Value* address, unsigned count, bool little);
  void require_whole_byte(RegisterCode code, Value* position, BasicBlock* slow);
  void forget_whole_bytes();
  void finish_whole_byte(BasicBlock* slow, const State& before, const Word* pc, Opcode op);
  void join_executed(BasicBlock* slow, const State& before, const Word* pc, Opcode op);
  void start_matching(const Word* pc);
  void match_integer(const Word* pc);
  void match_utf8(const Word* pc);
  void match_literal(const Word* pc);
  void match_bitstring(const Word* pc, Opcode op);
  void skip_bits(const Word* pc);
  void test_bits_left(const Word* pc, Opcode op);

  // -- instructions
  /// An instruction without a compiled form, by C++ on stored registers.
  void execute(const Word* pc, Opcode op);
  Value* value_slot(size_t i) { return b_.CreateConstGEP2_64(llvm::ArrayType::get(i64_, most_values), values_, 0, i); }
  void call_bif(const Word* pc);
  /// The value of a guard function by C++.
  Value* bif_value(const Word* pc);
  /// False: the function has no form in place for these operands.
  bool intrinsic(const Word* pc);
  Value* intrinsic_value(Intrinsic which, const Word* pc, BasicBlock* slow, Type& type);
  bool instruction(Opcode op, const Word* pc);

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
  llvm::MDNode *position_tag_, *bytes_tag_, *shared_tag_;  // of match contexts, contents of binaries, SharedBinary
  std::string unique_prefix_ = "f" + std::to_string(reinterpret_cast<Word>(&function_)) + ".";

  size_t instructions_ = 0;
  std::string reason_;
  std::map<const Function*, std::unique_ptr<FunctionFacts>> all_facts_;
  std::set<Owed> all_owed_;
  std::map<SegmentKey, llvm::Function*> segments_;
  std::map<std::pair<Start, const Word*>, unsigned> segment_versions_;
  std::vector<Pending> pending_;
  llvm::Function *entry_ = nullptr, *closure_entry_ = nullptr;

  // of the segment in work
  llvm::Function* segment_ = nullptr;
  const Word* loop_of_segment_ = nullptr;     // the loop label of the function whose code is in this segment
  llvm::Instruction* allocas_end_ = nullptr;  // allocas are put before it
  Value *m_ = nullptr, *sp_ = nullptr, *hp_ = nullptr, *reductions_ = nullptr, *values_ = nullptr;  // values_: room for values that C++ is given by address
  std::map<unsigned, Value*> x_slots_, double_slots_;
  std::map<const Word*, std::vector<Version>> blocks_;
  std::vector<Work> work_;
  // of the straight run in work
  FunctionFacts* facts_ = nullptr;
  State state_;
  bool cold_ = false;              // code that should rather be small than fast
  std::set<RegisterCode> worded_;  // raw floats whose word is made already
  const Word* next_ = nullptr;
};

}  // namespace phial
