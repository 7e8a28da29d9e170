#include "compiler/emit/assembler.hpp"

#include "vm/term/build.hpp"
#include "vm/term/compare.hpp"

namespace phial::compiler::emit {

static constexpr uint32_t no_label = 0xffffffff;

void Assembler::begin(Opcode op, unsigned a, unsigned b, unsigned c) {
  instruction_ = here();
  word(instruction_word(op, static_cast<uint16_t>(a), static_cast<uint16_t>(b), static_cast<uint16_t>(c)));
}

void Assembler::label(uint32_t target) {
  if (target != no_label) fixups_.push_back({here(), instruction_, target});
  word(0);
}

void Assembler::start_function(size_t labels) {
  addresses_.assign(labels, no_label);
  fixups_.clear();
}

void Assembler::place(uint32_t label) { addresses_[label] = here(); }

void Assembler::finish_function() {
  for (const Fixup& fixup : fixups_) {
    int32_t distance = static_cast<int32_t>(addresses_[fixup.label]) - static_cast<int32_t>(fixup.instruction);
    unit_.code[fixup.word] = static_cast<uint32_t>(distance);
  }
  fixups_.clear();
}

void Assembler::line(uint32_t line, uint16_t file) {
  if (!unit_.lines.empty()) {
    LineEntry& last = unit_.lines.back();
    if (last.line == line && last.file == file) return;
    if (last.at == here()) {
      last.line = line;
      last.file = file;
      return;
    }
  }
  unit_.lines.push_back({here(), line, file});
}

void Assembler::frame(uint16_t slots) {
  if (!unit_.frames.empty()) {
    FrameEntry& last = unit_.frames.back();
    if (last.slots == slots) return;
    if (last.at == here()) {
      last.slots = slots;
      return;
    }
  }
  unit_.frames.push_back({here(), slots});
}

Term Assembler::literal(Term term) {
  if (!term.is_pointer()) return term;
  for (Term known : literals_[hash_term(term)])
    if (equal_exactly(known, term)) return known;
  Term copy = copy_term(*unit_.literals, term);
  literals_[hash_term(copy)].push_back(copy);
  return copy;
}

}  // namespace phial::compiler::emit
