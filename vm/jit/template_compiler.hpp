// The template compiler: machine code of x86-64 for bytecode, an instruction at a time, in microseconds a function.
//
// Registers. m, sp, hp, reductions and x0..x5 stay in the processor's registers that the calling convention (frame_abi.hpp) passes them in, all
// the time; other x registers are in m->x, y registers in the frame. So every instruction finds its operands in a known place, a call has its
// arguments where they belong, and what a path knows of types is forgotten at once: there is nothing to merge. rax, rbx, r10 and r11 hold what an
// instruction works on.
//
// What an instruction does for its usual operands is in place. The rest is out of line, behind the function: C++ that notes in the
// bytecode what it met, as the interpreter does, so that the optimizing compiler, which comes later, knows what to compile for. C++ is called
// through trampolines (template_tier.hpp) that store x0..x5 and the machine's registers before and load them after. Instructions that
// end a block in the runtime (raising, waiting with a time) are handed to the interpreter.
//
// Frames, continuations, yields, exceptions and calls are as the ABI says: code of all three tiers stands on one stack.
#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "vm/jit/backend.hpp"
#include "vm/jit/x64_assembler.hpp"

namespace phial {

/// C++ that template code calls, with x0..x5 and the machine's registers stored before and loaded after. In: rax the position of the instruction,
/// r10 and r11 two words (what they are stands beside). Out: rax.
enum class Trampoline : uint32_t {
  collect,        // rax words, r10 live registers; the process ends where there is no room
  execute,        // an ExecuteOutcome
  receive,        // the same; sp is new
  arithmetic,     // r10, r11 operands: the result or none()
  compare,        // r10, r11 operands: below, 0, above 0
  equal_exactly,  // r10, r11 operands
  equal,
  map_get,        // r10 map, r11 key: the value or none()
  map_value,      // r10 map: the value or none(), by the inline cache of the instruction
  bif,            // the value or none()
  native,         // r10 Export*: the value, native_raised or native_left; x registers are lost, sp is new
  apply,          // r10 module, r11 name: the Export*, or 0: no atoms
  count
};

/// Functions of one module, not yet in place.
struct TemplateCode {
  static constexpr uint32_t none = ~uint32_t{0};
  struct Start { Function* function; uint32_t entry; uint32_t closure; };  // closure: Function::closure_entry, or none
  struct Mark { const Word* pc; uint32_t at; };
  X64Assembler assembler;
  std::vector<Start> starts;
  std::vector<Mark> continuations;  // loops, handlers and waits: registers in m->x[]
  std::vector<Mark> instructions;   // where each begins, if asked for
};

class TemplateCompiler {
 public:
  /// `stress`: collect at every chance.
  TemplateCompiler(TemplateCode& code, bool stress, bool mark_instructions) : code_(code), a_(code.assembler), stress_(stress), marks_(mark_instructions) {}

  /// Adds a function. False: it is purged, or watched just now; nothing was added.
  bool add(Function& function);
  /// The functions of its module that the last one added refers to.
  const std::vector<Function*>& references() const { return references_; }

 private:
  using Label = X64Assembler::Label;
  struct Value {
    bool is_register;
    RegisterCode code;
    Word word;
    bool is_small() const { return !is_register && Term::raw(word).is_small(); }
    bool is_float_word() const { return !is_register && Term::raw(word).is_float_word(); }
  };
  enum class Order : uint8_t { less, at_least, greater, at_most };

  // -- the walk (template_compiler.cpp)
  bool survey();
  void instruction(const Word* pc);
  Label label(const Word* pc);
  void continuation(const Word* pc);
  template <class Emit>
  void aside(Emit emit) { cold_.emplace_back(std::move(emit)); }

  // -- operands
  static Value value_of(RegisterCode code) { return {true, code, 0}; }
  static Value value_of_constant(Word word) { return {false, 0, word}; }
  static Value value_of_operand(Word word);
  Value reg(const Word* pc, unsigned i) const { return value_of(loaded_register(*pc, i)); }
  static bool in_processor(RegisterCode code);
  static Memory home(RegisterCode code);
  /// The processor's register that holds the value: its own, or `scratch` after a load.
  Reg in(Value value, Reg scratch);
  void load(Reg to, Value value);
  void store(RegisterCode to, Reg from);
  void store_constant(Memory to, Word word);
  void store_value(Memory to, Value value);
  void compare_with(Reg reg, Word word);

  // -- the machine
  void spill(unsigned count);
  void reload(unsigned count);
  void call(Trampoline which) { a_.call_outside(static_cast<uint32_t>(which)); }
  void call(Trampoline which, const Word* pc) {
    a_.move_constant(Reg::rax, reinterpret_cast<Word>(pc));
    call(which);
  }
  void jump_to_entry_of_machine(size_t offset);
  void raise() { jump_to_entry_of_machine(offsetof(Machine, raise)); }
  void set_pc(const Word* pc);
  /// Where an instruction goes that fails: to its label, or C++ has raised.
  void fail(const Word* pc, Word label);
  void count_reduction(const Word* pc, unsigned live);
  void ensure_room(size_t words, unsigned live);
  void interpret_from(const Word* pc);

  // -- frames and calls (template_calls.cpp)
  void allocate(const Word* pc);
  void pop_frame(unsigned slots);
  /// Writes the continuation behind a call; bind_continuation puts it in place after the jump.
  Label set_continuation(const Word* after);
  void bind_continuation(Label label);
  void call_function(Function* callee, unsigned arity);
  void call_export(const Word* pc, Export* callee, unsigned arity, bool tail, int pop);
  void call_native(const Word* pc, Export* callee, bool tail, int pop);
  void call_fun(const Word* pc, unsigned arity, Value fun, bool tail, int pop);
  void apply(const Word* pc, bool tail);
  void return_value();
  void closure_entry();
  void execute(const Word* pc);
  void receive(const Word* pc);

  // -- tests and arithmetic (template_arithmetic.cpp)
  void jump_unless_tag(Reg reg, unsigned tag, Label otherwise);
  void jump_unless_kind(Reg reg, Kind first, Kind last, Label otherwise);
  void jump_unless_small(Value a, Value b, Reg in_a, Reg in_b, Label otherwise);
  void jump_unless_float_word(Reg reg, Label otherwise);
  void jump_unless_noted(const Word* pc, uint8_t feedback, Label otherwise);
  void to_double(Xmm to, Value value, Reg in_value);
  /// Both operands as doubles in xmm0 and xmm1.
  void load_doubles(Value a, Value b, Label otherwise);
  void arithmetic(const Word* pc, Opcode op, Value a, Value b);
  bool small_arithmetic(Opcode op, RegisterCode d, Value a, Value b, Label slow);
  void float_arithmetic(Opcode op, RegisterCode d, Value a, Value b, Label slow);
  void compare(const Word* pc, Order order, Value a, Value b);
  void equality_exact(const Word* pc, Value a, Value b, bool want);
  void equality(const Word* pc, bool want);
  void test_type(const Word* pc, Opcode op);
  void test_tuple(const Word* pc, bool tagged);
  void switch_value(const Word* pc);
  void switch_arity(const Word* pc);
  void is_function_of(const Word* pc);
  void search_case(const Word* pc, Reg value, unsigned first, unsigned last);
  bool intrinsic(const Word* pc, Label slow);
  void call_bif(const Word* pc);

  // -- data (template_data.cpp)
  void get_list(const Word* pc);
  void get_word(RegisterCode d, Value object, int32_t at);
  void put_list(RegisterCode d, Value head, Value tail);
  void put_tuple(const Word* pc);
  void put_fun(const Word* pc);
  void get_map_value(const Word* pc);
  void get_map_value_any(const Word* pc, bool wants_value);
  void new_map_of_shape(const Word* pc);
  void take_object(RegisterCode d, unsigned words);
  void jump_unless_spare_room(size_t words, Label otherwise);

  // -- bitstrings (template_bits.cpp)
  void execute_aside(const Word* pc, Label slow, Label after);
  static int64_t constant_bits(Word descriptor, Word size);
  void byte_address(Reg context);
  void require_bits(const Word* pc, Reg context, int64_t bits);
  void require_unit(const Word* pc, int64_t unit);
  void load_bytes(unsigned count, bool little);
  void start_matching(const Word* pc);
  void match_integer(const Word* pc);
  void match_utf8(const Word* pc);
  void match_literal(const Word* pc);
  void match_bitstring(const Word* pc, Opcode op);
  void skip_bits(const Word* pc);
  void test_bits_left(const Word* pc, Opcode op);
  void set_position(const Word* pc);

  TemplateCode& code_;
  X64Assembler& a_;
  bool stress_, marks_;
  Function* function_ = nullptr;
  size_t largest_announcement_ = 0;       // heap words, of one instruction
  std::vector<Function*> references_;
  std::vector<Label> labels_;             // by position in the function, + 1; 0: none yet
  std::vector<const Word*> continuing_;   // positions that need a continuation
  std::vector<std::function<void()>> cold_;
  std::vector<Operand> operands_;
};

// Where the calling convention keeps things.
inline constexpr Reg m_register = Reg::r12, sp_register = Reg::r13, hp_register = Reg::r14, reductions_register = Reg::r15;
inline constexpr Reg x_registers[] = {Reg::rdi, Reg::rsi, Reg::rdx, Reg::rcx, Reg::r8, Reg::r9};
inline constexpr unsigned x_registers_count = 6;
inline constexpr int32_t x_offset(unsigned i) { return static_cast<int32_t>(offsetof(Machine, x) + 8 * i); }
inline constexpr Memory machine_field(size_t offset) { return {m_register, static_cast<int32_t>(offset)}; }

}  // namespace phial
