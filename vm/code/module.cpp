#include "vm/code/module.hpp"

#include "vm/code/internal_code.hpp"

#include <algorithm>

namespace phial {
namespace {

/// The last entry whose `at` is not beyond `offset`, in a vector sorted by `at`; null if there is none.
template <class Entry>
const Entry* entry_at(const std::vector<Entry>& entries, size_t offset) {
  // Without branches that depend on the data: unwinding and stack traces come here for every frame.
  const Entry* at = entries.data();
  size_t count = entries.size();
  if (!count || offset < at->at) return nullptr;
  while (count > 1) {
    size_t half = count / 2;
    at = at[half].at <= offset ? at + half : at;
    count -= half;
  }
  return at;
}

size_t decode_format(const char* format, Word instruction, size_t room, std::vector<Operand>& operands) {
  operands.clear();
  unsigned next_packed = 0;
  uint32_t word = 1;
  size_t count = 0;  // the packed n before a rest list
  for (const char* f = format; *f; f++) {
    switch (*f) {
      case 'd': case 'r': case 'n':
        if (*f == 'n') count = packed(instruction, next_packed);
        operands.push_back({*f, static_cast<uint8_t>(next_packed++), 0});
        break;
      case 'K': case 'S': case 'L': case 'F': case 'E': case 'I': case 'C':
        operands.push_back({*f, 3, word++});
        break;
      case '*':
        for (size_t i = 0; i < count; i++) operands.push_back({'S', 3, word++});
        break;
      case 'P':
        for (size_t i = 0; i < 2 * count; i++) operands.push_back({'S', 3, word++});
        break;
      case 'T':
        for (size_t i = 0; i < count; i++) {
          operands.push_back({'K', 3, word++});
          operands.push_back({'T', 3, word++});  // a distance in a whole word
        }
        break;
      case 'G':
        for (size_t i = 0; i < count; i++) {
          operands.push_back({'I', 3, word++});
          operands.push_back({'S', 3, word++});
          operands.push_back({'S', 3, word++});
        }
        break;
    }
    if (word > room) return 0;
  }
  return word;
}

}  // namespace

Function* Module::function_at(const Word* pc) const {
  // Functions stand in the order of their code in units that our emitter makes, but a unit need not keep to that.
  Function* after = std::upper_bound(functions.get(), functions.get() + function_count, pc,
                                     [](const Word* value, const Function& f) { return value < f.code; });
  if (after != functions.get() && pc >= after[-1].code && pc < after[-1].code_end) return after - 1;
  for (size_t i = 0; i < function_count; i++)
    if (pc >= functions[i].code && pc < functions[i].code_end) return &functions[i];
  return nullptr;
}

const FramePoint* Module::make_frame_table() const {
  auto points = std::make_unique<FramePoint[]>(code_words);
  for (size_t i = 0, at = 0; at < code_words; i++) {
    size_t end = i < frames.size() ? frames[i].at : code_words;
    for (FramePoint above(i ? frames[i - 1].slots : FrameEntry::no_frame); at < end; at++) points[at] = above;
  }
  for (const TryRegion& region : try_regions)
    for (size_t at = region.start; at < region.end; at++) points[at].handle();
  return frame_table.keep(std::move(points));
}

uint32_t Module::line_at(const Word* pc, const std::string** file) const {
  const LineEntry* entry = entry_at(lines, offset_of(pc));
  *file = nullptr;
  if (!entry || !entry->line) return 0;
  if (entry->file < files.size()) *file = &files[entry->file];
  return entry->line;
}

const Word* Module::handler_at(const Word* pc) const {
  size_t offset = offset_of(pc);
  for (const TryRegion& region : try_regions)
    if (offset >= region.start && offset < region.end) return code + region.handler;
  return nullptr;
}

size_t decode_operands(const Word* code, size_t at, size_t limit, std::vector<Operand>& operands) {
  if (at >= limit) return 0;
  auto opcode = static_cast<size_t>(code[at] & 0xffff);
  if (opcode >= static_cast<size_t>(Opcode::count)) return 0;
  return decode_format(opcode_info[opcode].format, code[at], limit - at, operands);
}

size_t decode_loaded_operands(const Word* instruction, std::vector<Operand>& operands) {
  return decode_loaded_operands(*instruction, operands);
}

size_t decode_loaded_operands(Word instruction, std::vector<Operand>& operands) {
  return decode_format(opcode_info[static_cast<size_t>(loaded_opcode(instruction))].format, instruction, ~size_t{0}, operands);
}

Word instruction_at(const Module& module, const Word* pc) {
  Word word = std::atomic_ref(*const_cast<Word*>(pc)).load(std::memory_order_relaxed);
  switch (word & 0xffff) {
    case internal_instruction(InternalOpcode::breakpoint): {
      const Function* function = module.function_at(pc);
      return function ? function->first_instruction.load(std::memory_order_acquire) : word;
    }
    case internal_instruction(InternalOpcode::receive_skip): return instruction_word(Opcode::receive_skip) << 3;
    case internal_instruction(InternalOpcode::receive_wait): return instruction_word(Opcode::receive_wait) << 3;
    case internal_instruction(InternalOpcode::receive_wait_timeout): return instruction_word(Opcode::receive_wait_timeout) << 3;
    default: return word;
  }
}

}  // namespace phial
