#include "vm/code/module.hpp"
#include "vm/term/print.hpp"

namespace phial {
namespace {

std::string register_name(RegisterCode code) { return (is_y(code) ? "y" : "x") + std::to_string(code & 0x7fff); }

std::string function_name(Term module, Term name, unsigned arity) {
  return (module.is_none() ? "" : print_atom(module) + ".") + std::string(atom_text(name)) + "/" + std::to_string(arity);
}

}  // namespace

std::string print_code(const CodeUnit& unit, Term name) {
  std::string out;
  std::vector<Operand> operands;
  for (const FunctionInfo& f : unit.functions) {
    if (!name.is_none() && f.name != name) continue;
    out += function_name(Term::none(), f.name, f.arity) + (f.exported ? "" : " (private)") + ":\n";
    for (size_t at = f.start; at < f.end;) {
      size_t words = decode_operands(unit.code.data(), at, unit.code.size(), operands);
      if (!words) return out + "  ?\n";
      Word instruction = unit.code[at];
      std::string line = "  " + std::to_string(at) + ":";
      line.resize(line.size() < 8 ? 8 : line.size(), ' ');
      line += opcode_info[instruction & 0xffff].name;
      for (const Operand& o : operands) {
        line += ' ';
        Word word = unit.code[at + o.word];
        if (o.packed < 3) {
          uint16_t value = packed(instruction, o.packed);
          line += o.kind == 'n' ? std::to_string(value) : register_name(value);
          continue;
        }
        switch (o.kind) {
          case 'S':
            if ((word & 0xff) == 0xff) {
              line += register_name(static_cast<RegisterCode>(word >> 32));
              break;
            }
            [[fallthrough]];
          case 'K': line += print_term(Term::raw(word), 200); break;
          case 'L': case 'T': {
            auto distance = static_cast<int32_t>(static_cast<uint32_t>(word));
            line += distance || o.kind == 'T' ? "@" + std::to_string(static_cast<int64_t>(at) + distance) : "@raise";
            break;
          }
          case 'F': line += function_name(Term::none(), unit.functions[word].name, unit.functions[word].arity); break;
          case 'E': line += function_name(unit.imports[word].module, unit.imports[word].name, unit.imports[word].arity); break;
          case 'C': line.pop_back(); break;
          default: line += std::to_string(word);
        }
      }
      out += line + "\n";
      at += words;
    }
  }
  return out;
}

std::string print_function(const Function& function) {
  std::string out;
  if (!function.code) return out;
  std::vector<Operand> operands;
  const std::string* file = nullptr;
  uint32_t last_line = 0;
  for (const Word* pc = function.code; pc < function.code_end;) {
    // A breakpoint hides the instruction (with its packed operands) that stands there.
    Word instruction = instruction_at(*function.module, pc);
    size_t words = decode_loaded_operands(instruction, operands);
    if (!words) break;
    if (uint32_t line = function.module->line_at(pc, &file); line && line != last_line) {
      out += (file ? *file : std::string("nofile")) + ":" + std::to_string(line) + "\n";
      last_line = line;
    }
    std::string text = "  " + std::to_string(pc - function.code) + ":";
    text.resize(text.size() < 8 ? 8 : text.size(), ' ');
    text += opcode_info[static_cast<size_t>(loaded_opcode(instruction))].name;
    for (const Operand& o : operands) {
      text += ' ';
      if (o.packed < 3) {
        text += o.kind == 'n' ? std::to_string(packed(instruction, o.packed)) : register_name(loaded_register(instruction, o.packed));
        continue;
      }
      Word word = pc[o.word];
      switch (o.kind) {
        case 'S':
          if ((word & 0xff) == 0xff) {
            text += register_name(static_cast<RegisterCode>(word >> 32));
            break;
          }
          [[fallthrough]];
        case 'K': text += print_term(Term::raw(word), 200); break;
        case 'L': case 'T': {
          auto distance = static_cast<int32_t>(static_cast<uint32_t>(word));
          text += distance || o.kind == 'T' ? "@" + std::to_string(pc - function.code + distance) : "@raise";
          break;
        }
        case 'F': {
          auto callee = reinterpret_cast<const Function*>(word);
          text += function_name(Term::none(), callee->name, callee->arity);
          break;
        }
        case 'E': {
          auto callee = reinterpret_cast<const Export*>(word);
          text += function_name(callee->module, callee->name, callee->arity);
          break;
        }
        case 'C': text.pop_back(); break;
        default: text += std::to_string(word);
      }
    }
    out += text + "\n";
    pc += words;
  }
  return out;
}

}  // namespace phial
