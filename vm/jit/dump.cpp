#include "vm/jit/dump.hpp"

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "vm/term/print.hpp"

namespace phial {
namespace {

std::string register_name(RegisterCode code) { return (is_y(code) ? "y" : "x") + std::to_string(code & 0x7fff); }

std::string operand_text(const Function& function, const Word* pc, const Operand& operand) {
  if (operand.packed != 3)
    return operand.kind == 'n' ? std::to_string(packed(*pc, operand.packed)) : register_name(loaded_register(*pc, operand.packed));
  Word word = pc[operand.word];
  switch (operand.kind) {
    case 'L': {
      if (!static_cast<uint32_t>(word)) return "-";
      std::string text = "@" + std::to_string(jump_target(pc, word) - function.code);
      // What the interpreter noted: see Feedback.
      if (word >> 32) text += " {" + std::to_string(word >> 32) + "}";
      return text;
    }
    case 'T': return "@" + std::to_string(jump_target(pc, word) - function.code);
    case 'F': {
      auto callee = reinterpret_cast<const Function*>(word);
      return std::string(atom_text(callee->name)) + "/" + std::to_string(callee->arity);
    }
    case 'E': {
      auto callee = reinterpret_cast<const Export*>(word);
      return std::string(atom_text(callee->module)) + "." + std::string(atom_text(callee->name)) + "/" + std::to_string(callee->arity);
    }
    case 'I': return "#" + std::to_string(word);
    case 'C': return "";
    default:
      if (Header::is(word) && Header::kind(word) == Kind::operand_register) return register_name(static_cast<RegisterCode>(Header::extra(word)));
      return Header::is(word) ? "nil" : print_term(Term::raw(word));
  }
}

}  // namespace

DumpRequest DumpRequest::from_environment() {
  DumpRequest request;
  const char* text = std::getenv("PHIAL_DUMP");
  if (!text) return request;
  std::string_view all(text);
  size_t space = all.find(' ');
  std::string_view what = all.substr(0, space);
  request.what = what == "bytecode" ? Dump::bytecode : what == "ir" ? Dump::ir : what == "asm" ? Dump::assembly : Dump::none;
  if (space != std::string_view::npos) request.function = all.substr(space + 1);
  return request;
}

bool DumpRequest::concerns(const Function& function) const {
  if (what == Dump::none) return false;
  std::string name = std::string(atom_text(function.module->name)) + "." + std::string(atom_text(function.name)) + "/" + std::to_string(function.arity);
  return name == this->function || name == "Elixir." + this->function;
}

void print_loaded_code(const Function& function) {
  std::vector<Operand> operands;
  for (const Word* pc = function.code; pc < function.code_end;) {
    size_t words = decode_loaded_operands(pc, operands);
    if (!words) return;
    std::string line = std::to_string(pc - function.code);
    line.resize(std::max<size_t>(6, line.size()), ' ');
    line += opcode_info[static_cast<size_t>(loaded_opcode(*pc))].name;
    for (const Operand& operand : operands) line += " " + operand_text(function, pc, operand);
    std::fprintf(stderr, "%s\n", line.c_str());
    pc += words;
  }
}

}  // namespace phial
