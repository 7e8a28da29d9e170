// Core form: what lies between expanded code and bytecode.
//
// A module in core form is a list of functions. A function is a graph of blocks; values are in SSA form: each is a constant, a
// parameter of a block, or the result of one instruction, and is named by a number (ValueId) that is unique within its function.
// Nothing of the language's surface is left: patterns have become tests, closures take their free variables as last parameters,
// comprehensions are functions that call themselves, `try` is an attribute of blocks.
//
//   block 0(v0, v1)                       the entry: its parameters are the function's
//     is_cons v0 else 2                   a test goes on, or leaves the block to its target
//     v2 = head v0
//     v3 = tail v0
//     v4 = add v2, v1                     no target: raises
//     loop v3, v4
//   block 2
//     is_nil v0 else 3
//     return v1
//   block 3
//     function_clause
//
// Blocks are extended: an instruction in the middle may leave the block to `target` when it fails. Invariants:
//
//   * The last instruction of a block, and no other, is a terminator (see core.def).
//   * Only `jump` passes arguments. A block that is the target of anything but jumps has no parameters, with one exception:
//     the handler of a region, whose three parameters (class, reason, raw trace) come from the machine.
//   * A value is used only where its definition dominates. Blocks are numbered in no particular order; block 0 is the entry,
//     and no jump goes to it: a self tail call is `loop`, which passes the entry's parameters.
//   * An exception raised in a block of region r goes to the handler of r. A handler lies in the parent region of its own.
//   * Instructions that are neither pure nor fallible keep their order; those on match contexts (bs_*) keep their order per context.
//
// Who makes and changes it: lowering (Lowering in lowering.hpp) builds functions with a Builder, which folds constants and takes
// apart what it has just put together; optimize() rewrites a finished function; emit/ only reads. A module in core form is owned by
// the thread that compiles it and dies after emission; all of it but the vectors of blocks lives in one pool.
#pragma once
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <vector>

#include "vm/code/code_unit.hpp"
#include "vm/term/build.hpp"

namespace phial::compiler::core {

using ValueId = uint32_t;
using BlockId = uint32_t;
using RegionId = uint32_t;
inline constexpr uint32_t none = 0xffffffff;

enum class Op : uint8_t {
#define CORE(name, flags) name,
#include "compiler/lower/core.def"
#undef CORE
  count
};

/// What an instruction does besides computing its result; columns of core.def.
enum OpFlags : uint8_t {
  plain = 0,
  pure = 1,         // may be dropped when unused, moved, and repeated; never fails
  fallible = 2,     // fails to `target`; without a target it raises
  test = 4,         // has no result; goes on when true, else leaves to `target`
  terminator = 8,
  clobbers = 16,    // x registers do not survive it
  allocates = 32,   // needs heap words that are announced before
};
uint8_t op_flags(Op op);
const char* op_name(Op op);

/// Sets of types. `boolean` has two members so that a failed test for one value leaves the other.
using Types = uint32_t;
enum TypeBits : Types {
  type_integer = 1, type_float = 2, type_true = 4, type_false = 8, type_nil_atom = 16, type_other_atom = 32,
  type_empty_list = 64, type_cons = 128, type_tuple = 256, type_map = 512, type_binary = 1024,
  type_bits = 2048,  // a bitstring that is no binary
  type_function = 4096, type_pid = 8192, type_port = 16384, type_reference = 32768,
  type_boolean = type_true | type_false,
  type_atom = type_boolean | type_nil_atom | type_other_atom,
  type_list = type_empty_list | type_cons,
  type_number = type_integer | type_float,
  type_bitstring = type_binary | type_bits,
  type_any = 0xffff,
};
Types types_of_term(Term term);

struct Instruction;

struct Value {
  enum class Kind : uint8_t { constant, parameter, result };
  Kind kind;
  Types types = type_any;
  Term constant = Term::none();        // constant
  BlockId block = none;                // parameter: whose
  Instruction* definition = nullptr;   // result: by which
};

struct SwitchCase { Term key; BlockId target; };

/// One instruction. Which fields mean what is said in core.def beside each op.
struct Instruction {
  Op op = Op::copy;
  uint16_t file = 0;          // index into Module::files
  uint32_t line = 0;          // 0: unknown
  ValueId result = none;
  BlockId target = none;      // where it goes when it fails, or jumps to
  std::span<ValueId> operands;
  std::span<SwitchCase> cases;
  Term constant = Term::none();
  uint32_t index = 0;         // function, import, arity, element
  bool tail = false;          // a call that ends its function
  std::span<Word> descriptors;  // bit segments
};

struct Block {
  std::vector<ValueId> parameters;
  std::vector<Instruction*> code;
  RegionId region = none;
  bool is_handler = false;
};

/// What a `try` protects: blocks name their innermost region.
struct Region { RegionId parent; BlockId handler; };

struct Function {
  Term name;
  uint8_t arity = 0;  // free values included
  bool exported = false;
  bool is_lambda = false;
  uint16_t free = 0;
  uint32_t line = 0;
  uint16_t file = 0;
  std::vector<Block> blocks;
  std::vector<Value> values;
  std::vector<Region> regions;
};

struct Module {
  Term name;
  std::pmr::monotonic_buffer_resource pool;
  Arena terms;  // constants made here; the emitter copies what it uses
  std::vector<Function*> functions;
  std::vector<Import> imports;
  std::vector<std::string> files;

  Module() = default;
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  uint32_t import_index(Term module, Term name, uint8_t arity);
  std::span<ValueId> operand_array(std::span<const ValueId> values);
  template <class T>
  std::span<T> array(size_t count) {
    T* memory = static_cast<T*>(pool.allocate(count * sizeof(T), alignof(T)));
    for (size_t i = 0; i < count; i++) new (memory + i) T();
    return {memory, count};
  }
  Instruction* instruction(Op op) {
    Instruction* made = new (pool.allocate(sizeof(Instruction), alignof(Instruction))) Instruction();
    made->op = op;
    return made;
  }

 private:
  std::vector<uint32_t> import_table_;  // open addressing over imports
};

/// Calls visit(BlockId&) for every block that the instruction may go to (its handler not among them).
template <class Visit>
void each_target(Instruction& instruction, Visit&& visit) {
  if (instruction.target != none) visit(instruction.target);
  for (SwitchCase& item : instruction.cases) visit(item.target);
}

/// Blocks in reverse postorder from the entry (handlers of reachable regions among them): every block after its dominators. The target of a
/// final jump comes right behind where that is possible; blocks that only raise come last.
std::vector<BlockId> block_order(const Function& function);

/// Text of a function, as in the essay above: for tests and for people.
std::string print_function(const Module& module, const Function& function);

}  // namespace phial::compiler::core
