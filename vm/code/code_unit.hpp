// CodeUnit: a compiled module before it is loaded. The emitter makes it, or read_code_unit from a file; load_module takes it.
//
// Words are laid out as opcodes.def says, with indices where a loaded module has pointers. Constants (K, S) are terms that live in
// `literals`, an arena that becomes the loaded module's literal area.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "vm/term/atom.hpp"
#include "vm/term/heap_interface.hpp"

namespace phial {

enum class Opcode : uint16_t {
#define OP(name, format, ends) name,
#include "vm/code/opcodes.def"
#undef OP
  count
};

struct OpcodeInfo { const char* name; const char* format; bool ends_block; };
inline constexpr OpcodeInfo opcode_info[] = {
#define OP(name, format, ends) {#name, format, ends != 0},
#include "vm/code/opcodes.def"
#undef OP
};

using RegisterCode = uint16_t;
constexpr RegisterCode x_register(unsigned i) { return static_cast<RegisterCode>(i); }
constexpr RegisterCode y_register(unsigned i) { return static_cast<RegisterCode>(0x8000 + i); }
constexpr bool is_y(RegisterCode r) { return r & 0x8000; }
constexpr Word instruction_word(Opcode op, uint16_t a = 0, uint16_t b = 0, uint16_t c = 0) {
  return Word{static_cast<uint16_t>(op)} | Word{a} << 16 | Word{b} << 32 | Word{c} << 48;
}
constexpr Word register_operand(RegisterCode r) { return Header::make(Kind::operand_register, 0, r); }

/// Bit-segment descriptors (operand I of bs_ instructions).
enum class SegmentType : uint8_t { integer, float_, binary, utf8, utf16, utf32, literal };
enum SegmentFlags : uint8_t {
  segment_signed = 1, segment_little = 2, segment_native = 4,
  segment_collected = 8,  // what a comprehension has so far: errors do not count it
};
constexpr Word segment_descriptor(SegmentType type, unsigned unit, unsigned flags) {
  return Word{static_cast<uint8_t>(type)} | Word{unit} << 8 | Word{flags} << 16;
}
// In bs_build: integer, float: value S, size S in units. binary: value a bitstring, size S in units or the atom :all.
// utf8/16/32: value a code point, size ignored (nil). literal: value a constant bitstring, size ignored.

struct FunctionInfo {
  Term name;
  uint8_t arity;         // parameters, free values of a closure included
  bool exported;
  bool is_lambda;        // made by put_fun; `free` of its last parameters are free values
  uint16_t free = 0;
  uint32_t start;        // first word
  uint32_t end;          // one past its last word
  uint32_t line;         // of its definition
};
struct Import { Term module; Term name; uint8_t arity; };
/// From word `at` on (until the next entry) a call or an error is on this line of files[file].
struct LineEntry { uint32_t at; uint32_t line; uint16_t file; };
/// Words of a frame on the stack before its slots: where its caller goes on, natively and in bytecode (vm/process/frame_abi.hpp).
inline constexpr size_t frame_header_words = 2;
/// From word `at` on (until the next entry) the running function's frame has `slots` slots; no_frame: it has none. Sorted.
struct FrameEntry {
  static constexpr uint16_t no_frame = 0xffff;
  static constexpr uint16_t most_slots = 0x7ffe;  // as a FramePoint (module.hpp) holds them
  uint32_t at;
  uint16_t slots;
};
/// Exceptions raised at words [start, end), by the instruction or by a call it made, go to `handler`. Innermost first.
struct TryRegion { uint32_t start; uint32_t end; uint32_t handler; };

/// What the loader changes in a word: 'i' the first of an instruction (`mask` as in module.hpp), 'T' a term (K or S that is no register), 'F', 'E'.
struct CodeFixup { uint32_t at; uint16_t mask; char kind; };

struct CodeUnit {
  Term module;
  std::unique_ptr<Arena> literals = std::make_unique<Arena>();
  std::vector<Word> code;
  std::vector<FunctionInfo> functions;
  std::vector<Import> imports;
  std::vector<LineEntry> lines;
  std::vector<std::string> files;
  std::vector<FrameEntry> frames;
  std::vector<TryRegion> try_regions;
  /// What the loader has to do, if the reader has noted it; empty: the loader looks for itself.
  std::vector<CodeFixup> fixups;
  /// Terms in `literals`: [{attribute, [values]}], the docs_v1 tuple or nil, and whatever else module_info and tools show.
  Term attributes = Term::nil();
  Term compile_info = Term::nil();
  Term docs = atoms::nil;
  /// Abstract data for tools: typespecs, struct fields, deprecations: [{key, term}].
  Term debug = Term::nil();
};

/// The unit as bytes (format in docs/architecture/bytecode.md): compact, checksummed. False where a literal cannot be encoded.
bool write_code_unit(const CodeUnit& unit, std::string& out);
/// Reads and verifies; on failure the unit is empty and `error` says what is wrong.
/// `trusted` bytes, which are part of the program itself, are not verified.
bool read_code_unit(std::string_view bytes, CodeUnit& unit, std::string& error, bool trusted = false);
/// The checksum in the head of a bytecode file, 0 if that is too short to be one.
uint64_t code_unit_checksum(std::string_view bytes);
/// Checks that every operand is in range, labels hit instructions, frames balance, registers stay in bounds.
bool verify_code_unit(const CodeUnit& unit, std::string& error);
/// Readable listing of one function or, with name none(), of all.
std::string print_code(const CodeUnit& unit, Term name = Term::none());

}  // namespace phial
