// A survey of a function's bytecode, and the live registers: sweeps backwards over the code until nothing changes.
#include "vm/jit/facts.hpp"

#include <algorithm>

namespace phial {
namespace {

constexpr size_t function_words_limit = 12000, quick_head_instructions = 14;

/// Visits the operands: visit(kind, packed index or -1, word index).
template <class Visit>
void each_operand(const Word* pc, Visit visit) {
  int packed_at = 0;
  size_t word_at = 1;
  for (const char* f = opcode_info[static_cast<size_t>(loaded_opcode(*pc))].format; *f; f++) {
    switch (*f) {
      case 'd': case 'r': case 'n': visit(*f, packed_at++, size_t{0}); break;
      case '*': case 'P': {
        size_t count = packed(*pc, static_cast<unsigned>(packed_at - 1)) * (*f == 'P' ? 2u : 1u);
        for (size_t i = 0; i < count; i++) visit('S', -1, word_at++);
        break;
      }
      case 'G': {
        size_t count = packed(*pc, static_cast<unsigned>(packed_at - 1));
        for (size_t i = 0; i < count; i++, word_at += 3) {
          visit('S', -1, word_at + 1);
          visit('S', -1, word_at + 2);
        }
        break;
      }
      case 'T': {
        size_t count = packed(*pc, static_cast<unsigned>(packed_at - 1));
        for (size_t i = 0; i < count; i++, word_at += 2) visit('T', -1, word_at + 1);
        break;
      }
      default: visit(*f, -1, word_at++);
    }
  }
}

}  // namespace

size_t instruction_length(const Word* pc) {
  auto op = loaded_opcode(*pc);
  if (op >= Opcode::count) return 0;
  size_t words = 1;
  unsigned packed_at = 0;
  for (const char* f = opcode_info[static_cast<size_t>(op)].format; *f; f++) {
    switch (*f) {
      case 'd': case 'r': case 'n': packed_at++; break;
      case '*': words += packed(*pc, packed_at - 1); break;
      case 'P': case 'T': words += 2 * size_t{packed(*pc, packed_at - 1)}; break;
      case 'G': words += 3 * size_t{packed(*pc, packed_at - 1)}; break;
      default: words++;
    }
  }
  return words;
}

FunctionFacts::FunctionFacts(const Function& function) : function_(function) {
  if (!function.code) {
    problem_ = "its module is purged";
    return;
  }
  if (static_cast<size_t>(function.code_end - function.code) > function_words_limit) {
    problem_ = "the function is too long";
    return;
  }
  survey();
  if (!problem_.empty()) return;
  find_live_registers();
  has_quick_head_ = has_frames_ && calls_itself_ && find_quick_head();
}

bool FunctionFacts::find_quick_head() const {
  std::set<const Word*> seen;
  std::vector<const Word*> pending{function_.code};
  bool returns = false;
  while (!pending.empty()) {
    const Word* pc = pending.back();
    pending.pop_back();
    if (!seen.insert(pc).second) continue;
    if (seen.size() > quick_head_instructions) return false;
    auto op = loaded_opcode(*pc);
    switch (op) {
      case Opcode::allocate: continue;
      case Opcode::return_: returns = true; continue;
      case Opcode::loop: case Opcode::function_clause: case Opcode::error: continue;
      case Opcode::call_only: case Opcode::call_external_only: case Opcode::call_fun_only: case Opcode::apply_last: continue;
      default: break;
    }
    each_operand(pc, [&](char kind, int, size_t word) {
      if ((kind == 'L' && static_cast<uint32_t>(pc[word])) || kind == 'T') pending.push_back(jump_target(pc, pc[word]));
    });
    if (!opcode_info[static_cast<size_t>(op)].ends_block) pending.push_back(pc + instruction_length(pc));
  }
  return returns;
}

void FunctionFacts::survey() {
  x_count_ = std::max<unsigned>(function_.arity, 1);
  auto note = [&](RegisterCode code) {
    if (is_y(code))
      y_count_ = std::max(y_count_, (code & 0x7fffu) + 1);
    else
      x_count_ = std::max(x_count_, code + 1u);
  };
  for (const Word* pc = function_.code; pc < function_.code_end;) {
    size_t words = instruction_length(pc);
    if (!words) {
      problem_ = "unknown instruction";
      return;
    }
    instructions_++;
    each_operand(pc, [&](char kind, int packed_at, size_t word) {
      if (kind == 'd' || kind == 'r') note(loaded_register(*pc, static_cast<unsigned>(packed_at)));
      if (kind == 'S' && is_register_operand(pc[word])) note(operand_register(pc[word]));
      if ((kind == 'L' && static_cast<uint32_t>(pc[word])) || kind == 'T') labels_.insert(jump_target(pc, pc[word]));
    });
    switch (loaded_opcode(*pc)) {
      case Opcode::loop:
        x_count_ = std::max<unsigned>(x_count_, packed(*pc, 0));
        loop_labels_.insert(jump_target(pc, pc[1]));
        break;
      case Opcode::receive_wait: case Opcode::receive_skip: loop_labels_.insert(jump_target(pc, pc[1])); break;
      case Opcode::receive_wait_timeout:
        loop_labels_.insert(jump_target(pc, pc[1]));
        loop_labels_.insert(pc + words);
        labels_.insert(pc + words);
        break;
      case Opcode::call:
        calls_itself_ |= reinterpret_cast<const Function*>(pc[1]) == &function_;
        [[fallthrough]];
      case Opcode::call_external: case Opcode::call_last: case Opcode::call_only: case Opcode::call_external_last:
      case Opcode::call_external_only: case Opcode::call_fun: case Opcode::call_fun_last: case Opcode::call_fun_only: case Opcode::apply:
      case Opcode::apply_last: case Opcode::function_clause:
        x_count_ = std::max<unsigned>(x_count_, packed(*pc, 0));
        break;
      case Opcode::allocate:
        has_frames_ = true;
        x_count_ = std::max<unsigned>(x_count_, packed(*pc, 1));
        largest_announcement_ = std::max<size_t>(largest_announcement_, packed(*pc, 2));
        break;
      case Opcode::test_heap:
        x_count_ = std::max<unsigned>(x_count_, packed(*pc, 0));
        largest_announcement_ = std::max<size_t>(largest_announcement_, pc[1]);
        break;
      default: break;
    }
    pc += words;
  }
  const Module& module = *function_.module;
  auto start = static_cast<uint32_t>(module.offset_of(function_.code)), end = static_cast<uint32_t>(module.offset_of(function_.code_end));
  for (const TryRegion& region : module.try_regions)
    if (region.start >= start && region.start < end) {
      handlers_.insert(module.code + region.handler);
      labels_.insert(module.code + region.handler);
    }
  if (!handlers_.empty()) x_count_ = std::max(x_count_, 3u);
}

FunctionFacts::Effects FunctionFacts::effects_of(const Word* pc) const {
  Effects effects;
  each_operand(pc, [&](char kind, int packed_at, size_t word) {
    if (kind == 'd') effects.writes.push_back(index_of(loaded_register(*pc, static_cast<unsigned>(packed_at))));
    if (kind == 'r') effects.reads.push_back(index_of(loaded_register(*pc, static_cast<unsigned>(packed_at))));
    if (kind == 'S' && is_register_operand(pc[word])) effects.reads.push_back(index_of(operand_register(pc[word])));
  });
  auto first_x = [&](unsigned count) {
    for (unsigned i = 0; i < count; i++) effects.reads.push_back(i);
  };
  switch (loaded_opcode(*pc)) {
    case Opcode::allocate: first_x(packed(*pc, 1)); break;
    case Opcode::test_heap: case Opcode::loop: case Opcode::function_clause: first_x(packed(*pc, 0)); break;
    case Opcode::call: case Opcode::call_external: case Opcode::call_fun: case Opcode::apply: case Opcode::call_last: case Opcode::call_only:
    case Opcode::call_external_last: case Opcode::call_external_only: case Opcode::call_fun_last: case Opcode::call_fun_only:
    case Opcode::apply_last:
      first_x(packed(*pc, 0));
      effects.kills_x = true;
      break;
    case Opcode::return_: case Opcode::return_from_frame: first_x(1); break;
    default: break;
  }
  return effects;
}

void FunctionFacts::find_live_registers() {
  size_t words = (x_count_ + y_count_ + 63) / 64;
  std::vector<const Word*> order;
  std::vector<Effects> effects;
  for (const Word* pc = function_.code; pc < function_.code_end; pc += instruction_length(pc)) {
    order.push_back(pc);
    effects.push_back(effects_of(pc));
    live_[pc].assign(words, 0);
  }
  Bits now(words);
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = order.size(); i-- > 0;) {
      const Word* pc = order[i];
      std::fill(now.begin(), now.end(), 0);
      auto join = [&](const Word* successor) {
        auto found = live_.find(successor);
        if (found == live_.end()) return;
        for (size_t w = 0; w < words; w++) now[w] |= found->second[w];
      };
      each_operand(pc, [&](char kind, int, size_t word) {
        if ((kind == 'L' && static_cast<uint32_t>(pc[word])) || kind == 'T') join(jump_target(pc, pc[word]));
      });
      // A jump reads its registers before it writes any: what a failing instruction leaves unwritten stays live.
      Bits at_failure = now;
      if (!opcode_info[static_cast<size_t>(loaded_opcode(*pc))].ends_block && i + 1 < order.size()) {
        std::fill(now.begin(), now.end(), 0);
        join(order[i + 1]);
        for (unsigned r : effects[i].writes) now[r / 64] &= ~(uint64_t{1} << r % 64);
        if (effects[i].kills_x)
          for (unsigned r = 0; r < x_count_; r++) now[r / 64] &= ~(uint64_t{1} << r % 64);
        for (size_t w = 0; w < words; w++) now[w] |= at_failure[w];
      }
      for (unsigned r : effects[i].reads) now[r / 64] |= uint64_t{1} << r % 64;
      if (now != live_[pc]) {
        live_[pc] = now;
        changed = true;
      }
    }
  }
}

bool FunctionFacts::is_live(const Word* pc, RegisterCode code) const {
  unsigned index = index_of(code);
  if (!is_y(code) && code >= x_count_) return false;
  if (is_y(code) && (code & 0x7fffu) >= y_count_) return false;
  auto found = live_.find(pc);
  return found == live_.end() || (found->second[index / 64] >> index % 64 & 1);
}

}  // namespace phial
