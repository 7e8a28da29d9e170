// Assembler: words of bytecode, labels, and the tables beside the code.
#pragma once
#include <unordered_map>

#include "vm/code/code_unit.hpp"

namespace phial::compiler::emit {

class Assembler {
 public:
  explicit Assembler(CodeUnit& unit) : unit_(unit) {}

  // -- instructions
  /// Starts an instruction; its further words follow.
  void begin(Opcode op, unsigned a = 0, unsigned b = 0, unsigned c = 0);
  void word(Word value) { unit_.code.push_back(value); }
  void constant(Term term) { word(literal(term).word); }
  void register_word(RegisterCode reg) { word(register_operand(reg)); }
  /// A jump distance from the instruction begun last; none: 0.
  void label(uint32_t target);
  uint32_t here() const { return static_cast<uint32_t>(unit_.code.size()); }

  // -- labels: numbers below what start_function was given
  void start_function(size_t labels);
  void place(uint32_t label);
  uint32_t address(uint32_t label) const { return addresses_[label]; }
  /// Fills in the distances. After the function's last instruction.
  void finish_function();

  // -- tables
  void line(uint32_t line, uint16_t file);
  /// From here on the frame has `slots` slots (FrameEntry::no_frame: there is none).
  void frame(uint16_t slots);
  void try_region(uint32_t start, uint32_t end, uint32_t handler) { unit_.try_regions.push_back({start, end, handler}); }
  /// The term copied into the unit's literals, each once.
  Term literal(Term term);

 private:
  struct Fixup { uint32_t word; uint32_t instruction; uint32_t label; };
  CodeUnit& unit_;
  uint32_t instruction_ = 0;
  std::vector<uint32_t> addresses_;
  std::vector<Fixup> fixups_;
  std::unordered_map<uint32_t, std::vector<Term>> literals_;  // by hash
};

}  // namespace phial::compiler::emit
