// Loaded code: modules, their functions, and exports (the entries that remote calls go through).
//
// Loaded code is the code of a CodeUnit with pointers for indices (F: Function*, E: Export*, K: terms in the literal area), and with
// another opcode field: handler = opcode * 8 + mask, where bit i of the mask says that packed operand i (a, b, c) is a y
// register; the operand's 0x8000 bit is taken off. So the interpreter has a handler for each mix of register kinds and needs no test;
// other readers use loaded_opcode() and loaded_register().
//
// Life. A Module and its Functions live as long as the VM (they are small, and funs and stack traces may name them); its code and
// native code can go at a purge. Code stands in one reserved range of addresses, in units of 512 bytes, with a directory from unit
// to module, so that module_at(pc) is one load. Literals stand in another reserved range (vm/term/literal.hpp).
//
// Threads: everything here is read without locks by running code; it is written under CodeServer's lock and published with release
// stores.
#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "vm/code/code_unit.hpp"
#include "vm/code/native_function.hpp"
#include "vm/code/reserved_area.hpp"

namespace phial {

struct Module;
struct CallTrace;

/// A function of a loaded module. Funs point at it, too.
struct Function {
  /// Native code (CompiledFunction, vm/interpreter/frame_abi.hpp), or null: interpret from `code`.
  std::atomic<void*> native_entry{nullptr};
  /// Of a lambda: native code that takes the arguments of the closure, then the closure itself, and spreads the free values. Or null.
  std::atomic<void*> closure_entry{nullptr};
  /// First instruction; null after a purge.
  const Word* code = nullptr;
  const Word* code_end = nullptr;
  Module* module = nullptr;
  Term name = atoms::nil;
  uint8_t arity = 0;
  bool exported = false;
  bool is_lambda = false;
  uint16_t free = 0;
  uint32_t index = 0;  // in its module
  uint32_t line = 0;
  /// How often a sample (taken each `sample_reductions` reductions of a scheduler) found this function on top of the stack.
  std::atomic<uint32_t> samples{0};
  /// How often its native code left at an operand it was not compiled for, since it was compiled last.
  static constexpr uint32_t exits_to_recompile = 20;
  std::atomic<uint32_t> exits{0};
  /// The JIT's state: 0 not asked for, then its own values.
  std::atomic<uint32_t> jit_state{0};
  /// What watches its calls (vm/process/call_trace.hpp): null until that is asked for the first time.
  std::atomic<CallTrace*> call_trace{nullptr};
  /// Its first instruction, since a breakpoint stood in its place for the first time; 0 before.
  std::atomic<Word> first_instruction{0};
};
using FunEntry = Function;

/// What module:name/arity is now. Created at the first reference, lives as long as the VM. Both null: undefined so far.
struct Export {
  Term module;
  Term name;
  uint8_t arity;
  std::atomic<uint8_t> native_flags{native_plain};
  std::atomic<NativeFunction> native{nullptr};  // if set, `function` stays null
  std::atomic<Function*> function{nullptr};
  std::atomic<const void*> data{nullptr};  // of a native function with native_host
};

/// Where native code goes on at a word of a module's bytecode: loop labels and handlers.
struct ContinuationEntry { uint32_t position; uint32_t at; };
struct NativeContinuations {
  const uint8_t* text = nullptr;
  const ContinuationEntry* entries = nullptr;  // by position
  size_t count = 0;
};

/// What a walk through frames has to know of a word of code: the slots of its frame, and whether an exception there has a handler in its function.
class FramePoint {
 public:
  FramePoint() = default;
  explicit FramePoint(uint16_t slots) : word_(slots & ~handled_bit) {}  // FrameEntry::no_frame: there is none
  void handle() { word_ |= handled_bit; }
  bool framed() const { return (word_ & ~handled_bit) != (FrameEntry::no_frame & ~handled_bit); }
  uint16_t slots() const { return word_ & ~handled_bit; }
  bool handled() const { return word_ & handled_bit; }
  /// Words that the frame takes on the stack.
  size_t words() const { return framed() ? frame_header_words + slots() : 0; }

 private:
  static constexpr uint16_t handled_bit = 0x8000;
  uint16_t word_ = 0;
};
static_assert(FrameEntry::most_slots < 0x7fff);

/// The points of a module's code: made at the first walk through its frames, which then need no search.
class FrameTable {
 public:
  ~FrameTable() { delete[] points_.load(std::memory_order_relaxed); }
  const FramePoint* get() const { return points_.load(std::memory_order_acquire); }
  /// Keeps the first of the tables that threads bring, and gives it.
  const FramePoint* keep(std::unique_ptr<FramePoint[]> made) {
    FramePoint* kept = nullptr;
    return points_.compare_exchange_strong(kept, made.get(), std::memory_order_acq_rel) ? made.release() : kept;
  }

 private:
  std::atomic<FramePoint*> points_{nullptr};
};

struct Module {
  Term name;
  const Word* code = nullptr;  // null after a purge
  size_t code_words = 0;
  size_t code_bytes_reserved = 0;
  std::unique_ptr<Function[]> functions;
  size_t function_count = 0;
  std::vector<LineEntry> lines;
  std::vector<std::string> files;
  std::vector<FrameEntry> frames;
  mutable FrameTable frame_table;
  std::vector<TryRegion> try_regions;
  Term attributes = Term::nil();
  Term compile_info = Term::nil();
  Term docs = atoms::nil;
  Term debug = Term::nil();
  uint8_t md5[16] = {};
  uint64_t checksum = 0;  // of the bytecode file that it was read from; 0: of none
  /// Native code that came with the module; null if there is none.
  std::atomic<const NativeContinuations*> native{nullptr};
  std::string loaded_from;  // file name, or empty
  bool from_image = false;  // of the standard library
  std::atomic<bool> watched{false};  // calls of its functions are (vm/process/call_trace.hpp)
  uint32_t generation = 0;  // counts the loads of this name
  Module* older = nullptr;  // previous modules of this name, purged ones too

  size_t offset_of(const Word* pc) const { return static_cast<size_t>(pc - code); }
  /// The function whose code holds this position, or null.
  Function* function_at(const Word* pc) const;
  FramePoint frame_at(const Word* pc) const {
    const FramePoint* table = frame_table.get();
    if (!table) [[unlikely]] table = make_frame_table();
    return table[offset_of(pc)];
  }
  /// Line and file (null: unknown) at this position.
  uint32_t line_at(const Word* pc, const std::string** file) const;
  /// The handler for an exception at this position, or null.
  const Word* handler_at(const Word* pc) const;

 private:
  const FramePoint* make_frame_table() const;
};

/// The module whose code holds `pc`, or null. Any thread, no lock.
inline Module* module_at(const Word* pc) {
  Word offset = reinterpret_cast<Word>(pc) - code_range.start;
  return offset < code_range.bytes ? code_range.modules[offset / code_unit_bytes].load(std::memory_order_acquire) : nullptr;
}

// -- reading loaded code
constexpr Opcode loaded_opcode(Word instruction) { return static_cast<Opcode>((instruction & 0xffff) >> 3); }
/// Packed operand `i` (0..2) as a number.
constexpr uint16_t packed(Word instruction, unsigned i) { return static_cast<uint16_t>(instruction >> (16 + 16 * i)); }
/// Packed operand `i` as a register code with its y bit.
constexpr RegisterCode loaded_register(Word instruction, unsigned i) {
  return static_cast<RegisterCode>(packed(instruction, i) | (instruction >> i & 1 ? 0x8000 : 0));
}
/// The instruction at `pc`, a position of this module, whatever stands in its place because its calls are watched.
Word instruction_at(const Module& module, const Word* pc);
inline const Word* jump_target(const Word* instruction, Word label) {
  return instruction + static_cast<int32_t>(static_cast<uint32_t>(label));
}
/// Feedback bits in the high half of an L word, written by the interpreter off the fast path.
enum Feedback : uint32_t {
  feedback_float = 1,    // an operand was a float
  feedback_other = 2,    // a bignum came in or out, or another slow case
  feedback_failed = 4,   // jumped or raised
  feedback_changed = 8,  // an inline cache met more than one shape
  feedback_mixed = 16,   // one operand was a float, the other a small integer
};

/// Operands of the instruction at code[at], of an unloaded unit. Returns its words, 0 if it does not fit before `limit` or has no such opcode.
struct Operand {
  char kind;       // as in opcodes.def; S for the rest list, K and I alternating for T, I S S for G
  uint8_t packed;  // 0..2: packed operand; 3: a word
  uint32_t word;   // offset from the instruction's first word
};
size_t decode_operands(const Word* code, size_t at, size_t limit, std::vector<Operand>& operands);
/// The same of loaded code (opcode field differs).
size_t decode_loaded_operands(const Word* instruction, std::vector<Operand>& operands);
/// ... given its first word, which may not be what stands there (instruction_at).
size_t decode_loaded_operands(Word instruction, std::vector<Operand>& operands);
/// Readable listing of a loaded function; empty after a purge.
std::string print_function(const Function& function);

}  // namespace phial
