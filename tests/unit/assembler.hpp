// A tiny assembler for tests: builds a CodeUnit instruction by instruction, with labels by name.
//
//   Assembler a("m");
//   a.function("fib", 1);
//   a.emit(Opcode::is_less_constant, {x(0)}, {a.to("go_on"), small(2)});
//   a.emit(Opcode::return_);
//   a.label("go_on");
#pragma once
#include <map>
#include <string>

#include "vm/code/code_unit.hpp"

namespace phial::test {

class Assembler {
 public:
  static constexpr RegisterCode x(unsigned i) { return x_register(i); }
  static constexpr RegisterCode y(unsigned i) { return y_register(i); }
  static Word rx(unsigned i) { return register_operand(x_register(i)); }
  static Word ry(unsigned i) { return register_operand(y_register(i)); }
  static Word small(int64_t value) { return Term::small(value).word; }
  static Word atom(const char* text) { return intern_atom(text).word; }
  static Word nil() { return Term::nil().word; }

  explicit Assembler(const char* module) { unit.module = intern_atom(module); }

  /// Begins a function; the one before ends here.
  void function(const char* name, unsigned arity, bool exported = true, unsigned free = 0) {
    end_function();
    unit.functions.push_back({intern_atom(name), static_cast<uint8_t>(arity), exported, free > 0, static_cast<uint16_t>(free),
                              here(), here(), static_cast<uint32_t>(unit.functions.size() + 1)});
    frame(FrameEntry::no_frame);
  }
  void label(const std::string& name) { labels_[name] = here(); }
  /// A word that becomes the distance to the label.
  struct Argument {
    Word word;
    std::string label;
    Argument(Word w) : word(w) {}
    Argument(int w) : word(static_cast<Word>(w)) {}
  };
  static Argument to(const std::string& name) {
    Argument argument(Word{0});
    argument.label = name;
    return argument;
  }
  void emit(Opcode op, std::initializer_list<unsigned> packed = {}, std::initializer_list<Argument> words = {}) {
    uint16_t p[3] = {};
    size_t n = 0;
    for (unsigned value : packed) p[n++] = static_cast<uint16_t>(value);
    uint32_t at = here();
    unit.code.push_back(instruction_word(op, p[0], p[1], p[2]));
    for (const Argument& argument : words) {
      if (!argument.label.empty()) fixups_.push_back({here(), at, argument.label});
      unit.code.push_back(argument.word);
    }
    if (op == Opcode::allocate) frame(p[0]);
    if (op == Opcode::deallocate) frame(FrameEntry::no_frame);
  }
  /// From here on the frame has this many slots (after a return in the middle of a function).
  void frame(uint16_t slots) { unit.frames.push_back({here(), slots}); }
  unsigned import(const char* module, const char* name, unsigned arity) {
    for (size_t i = 0; i < unit.imports.size(); i++)
      if (unit.imports[i].module == intern_atom(module) && unit.imports[i].name == intern_atom(name) && unit.imports[i].arity == arity)
        return static_cast<unsigned>(i);
    unit.imports.push_back({intern_atom(module), intern_atom(name), static_cast<uint8_t>(arity)});
    return static_cast<unsigned>(unit.imports.size() - 1);
  }
  Arena& literals() { return *unit.literals; }
  void try_region(const std::string& from, const std::string& to, const std::string& handler) { tries_.push_back({from, to, handler}); }
  CodeUnit& finish() {
    end_function();
    for (auto& fixup : fixups_) unit.code[fixup.word] = static_cast<uint32_t>(static_cast<int32_t>(labels_.at(fixup.label)) - static_cast<int32_t>(fixup.instruction));
    for (auto& t : tries_) unit.try_regions.push_back({labels_.at(t.from), labels_.at(t.to), labels_.at(t.handler)});
    return unit;
  }
  uint32_t here() const { return static_cast<uint32_t>(unit.code.size()); }

  CodeUnit unit;

 private:
  void end_function() {
    if (!unit.functions.empty()) unit.functions.back().end = here();
  }
  struct Fixup { uint32_t word; uint32_t instruction; std::string label; };
  struct Try { std::string from, to, handler; };
  std::map<std::string, uint32_t> labels_;
  std::vector<Fixup> fixups_;
  std::vector<Try> tries_;
};

}  // namespace phial::test
