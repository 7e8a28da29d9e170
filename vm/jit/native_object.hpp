// NativeObject: native code of functions of one module that does not depend on where it or the module stands.
//
// The code is one block of bytes (instructions and their constants, which refer to each other by distance) and a table of slots that
// stands at any place within 2 GB of it. What is known only in the VM that runs the code is read from the table: where the module's bytecode and
// functions stand, C++ of the runtime, terms and exports of the bytecode, atoms. Whoever puts the code in place resolves the fixups (32-bit distances
// from an instruction to a slot) and fills the slots; nothing else in the code needs to be touched.
//
// Objects come from Backend::compile_object, stand in files (the cache of scripts' code, object files of the build), and are packed into the
// library's native image (native_image.hpp). Reading one trusts nothing: counts, offsets and a checksum are verified.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vm/code/module.hpp"

namespace phial {

struct RuntimeCalls;

/// What a word of an object's table is.
struct NativeSlot {
  bool has_text() const { return kind == atom || kind == shape; }
  enum Kind : uint32_t {
    code,       // address of the module's bytecode
    functions,  // address of its functions
    runtime,    // member `index` of RuntimeCalls
    operand,    // word `index` of its bytecode: a term or an export
    atom,       // atom number `index` of the object's list of texts
    shape,      // the shape (vm/code/shapes.hpp) whose keys text number `index` lists
  };
  uint32_t kind;
  uint32_t index;
};

/// Offsets in the code, 32 bits each: what is written to files is these structures as they are.
struct NativeFixup { uint32_t at; int32_t addend; };             // the 32 bits at `at` are: table + addend - (code + at)
struct NativeStart {  // code of functions[function] of the module
  static constexpr uint32_t of_closure = 1u << 31;  // in `function`: its closure_entry
  uint32_t function;
  uint32_t at;
};
using NativeContinuation = ContinuationEntry;                    // code that goes on at a word of the bytecode

struct NativeObject {
  std::string text;
  std::vector<NativeSlot> slots;
  std::vector<std::string> atoms;
  std::vector<NativeFixup> fixups;
  std::vector<NativeStart> entries;
  std::vector<NativeContinuation> continuations;  // by position

  /// Adds the functions of another object of the same module.
  void append(const NativeObject& other);
};

/// As bytes, with `key` in the head; and back: false if anything is wrong with them, or the key is another one.
std::string write_native_object(const NativeObject& object, std::string_view key);
bool read_native_object(std::string_view bytes, std::string_view key, NativeObject& object);

/// The value of a slot for a loaded module; `text` is its text if it has one.
Word native_slot_value(const NativeSlot& slot, const Module& module, const RuntimeCalls& calls, std::string_view text);
/// The text of a shape: each key's length (four bytes) and name.
inline void append_key(std::string& text, std::string_view name) {
  auto size = static_cast<uint32_t>(name.size());
  text.append(reinterpret_cast<const char*>(&size), sizeof size).append(name);
}
/// False if a slot, an entry or a continuation lies outside of the module: the object belongs to other bytecode.
bool native_object_fits(const NativeObject& object, const Module& module);

/// Memory with an object's code and table in place.
struct NativeMemory {
  uint8_t* text = nullptr;  // executable
  size_t bytes = 0;         // of text and table, whole pages
  void release();
};
/// Puts the object in memory of its own and fills its table. text is null where the OS gives no memory.
NativeMemory place_native_object(const NativeObject& object, const Module& module, const RuntimeCalls& calls);

}  // namespace phial
