// The face between the VM and the compiler of native code, which lives in a shared object of its own (libphial_jit) and is opened when the
// first function turns hot. Everything the compiled code and the compiler need of the VM comes through RuntimeCalls, so the
// shared object refers to no symbol of the program that opens it.
#pragma once
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "vm/code/module.hpp"
#include "vm/jit/dump.hpp"
#include "vm/process/machine.hpp"

namespace phial {

struct NativeObject;

/// C++ that compiled code calls. All but the pure ones need m->sp, m->hp and m->context.reductions to be stored before, and hp and reductions
/// to be loaded after (frame_abi.hpp, "C++ from compiled code").
enum ExecuteOutcome : Word { execute_done, execute_failed, execute_raised, execute_exited };

/// Words that no value has: a native function raised (the exception is complete), or left through its context (Machine::native_outcome).
inline constexpr Word native_raised = 15, native_left = 7;

/// Functions that the translator does in place: guards and others (intrinsics.cpp), and `send` (messages.cpp).
enum class Intrinsic : Word {
  none, hd, tl, element, tuple_size, map_size, byte_size, max, min, self, send, set_element, map_put, map_update, map_remove, map_merge, map_get, map_get_default, square_root
};

/// A term that C++ made without a bracket of building, and what is the top of the heap from now on.
struct Built {
  Word value;
  Word* hp;
};

struct RuntimeCalls {
  /// a op b for an arithmetic opcode; the word of none() where it fails, with the exception set if `raises`. Unary operations ignore b.
  Word (*arithmetic)(Machine* m, Word opcode, Word a, Word b, Word raises);
  /// Calls a native guard function; none() where it fails, with the exception set if `raises`.
  Word (*bif)(Machine* m, Export* function, const Word* arguments, Word count, Word raises);
  /// Calls a native function with its arguments in m->x[]: the value, native_raised or native_left. sp is to be loaded back, too.
  Word (*native)(Machine* m, Export* function);
  /// The word of a finite double, given by its bits.
  Word (*box_float)(Machine* m, Word bits);
  /// Carries out one instruction that has no compiled form, registers in m->x[] and the frame; an ExecuteOutcome.
  Word (*execute)(Machine* m, const Word* instruction);
  /// Makes room for `need` words; the first `live` of m->x[] are roots. 0: the process must end (jump to m->exit). sp is new.
  Word (*collect)(Machine* m, Word need, Word live);
  // pure
  Word (*equal_exactly)(Word a, Word b);
  Word (*equal)(Word a, Word b);
  int64_t (*compare)(Word a, Word b);
  /// The value of a key, or the word of none(): it is absent, or the first is no map.
  Word (*map_value)(Word map, Word key);
  /// The same for the get_map_value at `instruction`, whose inline cache learns the map's shape.
  Word (*map_value_cached)(Word map, const Word* instruction);
  // no bracket of building: takes its memory at `hp`
  /// What maps.put, maps.update, maps.remove and maps.merge give, made at `hp`; the value is 0 where they raise or what they make does not fit below `end`
  /// (of a merge: where its keys may take long to compare).
  Built (*map_put)(Word map, Word key, Word value, Word* hp, const Word* end);
  Built (*map_update)(Word map, Word key, Word value, Word* hp, const Word* end);
  Built (*map_remove)(Word map, Word key, Word* hp, const Word* end);
  Built (*map_merge)(Word left, Word right, Word* hp, const Word* end);
  /// `count` pairs of keys and values put one after the other.
  Built (*map_put_pairs)(Word map, const Word* pairs, Word count, Word* hp, const Word* end);
  Built (*map_update_pairs)(Word map, const Word* pairs, Word count, Word* hp, const Word* end);
  /// A copy of a tuple with another element `index` (a small integer, from 1). 0: it is none, or there is no such element, or no room.
  Word (*replace_element)(Word tuple, Word index, Word value, Word* hp, const Word* end);
  /// Where the native code of the function begins that module, name and arity name; null: there is none, or they name none.
  void* (*native_entry)(Machine* m, Word module, Word name, Word arity);
  /// While compiling: the Intrinsic that a function is.
  Word (*intrinsic)(const Export* function);
  /// The distance that the switch_value at `instruction` jumps by for a value; its last distance of none: that of its label.
  Word (*find_case)(const Word* instruction, Word value);
  // messages (messages.cpp)
  /// Sends a small message to a local process; 0: not done, the native function does it. Looks at no register of the process, and changes none.
  Word (*send)(Machine* m, Word destination, Word message);
  /// The next message of a receive (Process::direct is none()), the word native_left: there is none, or native_raised: the process ends (m->exit).
  /// May collect, so sp is to be loaded back, too.
  Word (*receive_next)(Machine* m);
  /// The message last looked at is accepted.
  void (*receive_remove)(Machine* m);
  /// The message last looked at stays in the mailbox.
  void (*receive_skip)(Machine* m);
  /// A receive waits for so many milliseconds: 0 it waits, 1 the time is over, native_raised: no time value.
  Word (*receive_timeout)(Machine* m, Word milliseconds);
};

/// Native code of one function.
struct CompiledCode {
  Dump dump = Dump::none;  // wanted by the caller
  CompiledFunction entry = nullptr;
  CompiledFunction closure_entry = nullptr;  // Function::closure_entry; null where there is none
  /// Where yielded loops and exception handlers go on: registers in m->x[].
  std::vector<std::pair<const Word*, CompiledFunction>> continuations;
  size_t instructions = 0, instructions_compiled = 0;  // of bytecode; compiled: counted in each version and segment
  int64_t nanoseconds = 0;
  void* handle = nullptr;  // for Backend::drop
};

struct BackendOptions {
  bool dump_ir = false;
  bool stress = false;  // collect at every chance
  std::string_view (*atom_text)(Term atom) = nullptr;
};

class Backend {
 public:
  virtual ~Backend() = default;
  /// Compiles a loaded function; false (with a reason) leaves it to the interpreter. One thread at a time.
  virtual bool compile(const Function& function, CompiledCode& code, std::string& reason) = 0;
  /// Compiles functions of one module to code that other VMs can run, too; those that cannot be are left out. `this_machine`: it need run on this
  /// processor only. False (with a reason): there is no such object. Any thread.
  virtual bool compile_object(std::span<const Function* const> functions, bool this_machine, NativeObject& object, std::string& reason) = 0;
  /// Frees native code that nothing runs or returns to any more.
  virtual void drop(void* handle) = 0;
};

/// The symbols of libphial_jit: a function, and as zero-terminated texts the version of Phial it belongs to and a hash of the structures that both look into
/// (cmake/InterfaceId.cmake), which differ between builds of one version.
using CreateBackend = Backend* (*)(const RuntimeCalls& calls, BackendOptions options);
inline constexpr const char* create_backend_symbol = "phial_jit_create_backend";
inline constexpr const char* backend_version_symbol = "phial_jit_version";
inline constexpr const char* backend_interface_symbol = "phial_jit_interface";

}  // namespace phial
