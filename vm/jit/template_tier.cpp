#include "vm/jit/template_tier.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "vm/interpreter/runtime.hpp"
#include "vm/jit/template_runtime.hpp"

namespace phial {
namespace {

constexpr size_t unit_bytes = size_t{1} << 20;  // what is compiled together ends there

size_t whole_pages(size_t bytes) {
  static const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

/// Called (with a return address on the native stack, which aligns it for C++).
void emit_trampoline(X64Assembler& a, const TemplateRoutine& routine) {
  auto context = [](size_t field) { return static_cast<int32_t>(offsetof(Machine, context) + field); };
  const Memory saved_sp = machine_field(offsetof(Machine, sp)), saved_hp = machine_field(offsetof(Machine, hp)),
               saved_reductions{m_register, context(offsetof(Context, reductions))};
  for (unsigned i = 0; i < x_registers_count; i++) a.move(machine_field(offsetof(Machine, x) + 8 * i), x_registers[i]);
  a.move(saved_sp, sp_register);
  a.move(saved_hp, hp_register);
  a.move(saved_reductions, reductions_register);
  if (routine.takes_position) a.move(machine_field(offsetof(Machine, pc)), Reg::rax);
  a.move(Reg::rdi, m_register);
  a.move(Reg::rsi, Reg::rax);
  a.move(Reg::rdx, Reg::r10);
  a.move(Reg::rcx, Reg::r11);
  a.move_constant(Reg::rax, reinterpret_cast<Word>(routine.function));
  a.call(Reg::rax);
  if (routine.may_collect) a.move(sp_register, saved_sp);
  a.move(hp_register, saved_hp);
  a.move(reductions_register, saved_reductions);
  for (unsigned i = 0; i < x_registers_count; i++) a.move(x_registers[i], machine_field(offsetof(Machine, x) + 8 * i));
  if (routine.may_end_process) {
    X64Assembler::Label ends = a.new_label();
    a.test(Reg::rax, Reg::rax);
    a.jump(Condition::equal, ends);
    a.return_();
    a.bind(ends);
    a.alu(Alu::add, Reg::rsp, 8);
    a.jump(machine_field(offsetof(Machine, exit)));
  } else {
    a.return_();
  }
}

}  // namespace

TemplateTier::TemplateTier() {
  X64Assembler a;
  for (size_t i = 0; i < static_cast<size_t>(Trampoline::count); i++) {
    a.align(16, 0xcc);
    trampolines_[i] = a.position();
    emit_trampoline(a, template_routine(static_cast<Trampoline>(i)));
  }
  void* area = mmap(nullptr, area_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (area == MAP_FAILED) return;
  area_ = static_cast<uint8_t*>(area);
  size_t bytes = whole_pages(a.position());
  free_.push_back({bytes, area_bytes - bytes});
  if (write(area_, bytes, a)) return;
  munmap(area_, area_bytes);
  area_ = nullptr;
}

TemplateTier::~TemplateTier() {
  if (area_) munmap(area_, area_bytes);
}

void TemplateTier::compile(std::span<Function* const> functions, TemplateCode& code, bool mark_instructions) const {
  if (functions.empty()) return;
  const Module* module = functions[0]->module;
  TemplateCompiler compiler(code, gc_stress, mark_instructions);
  std::vector<Function*> waiting(functions.rbegin(), functions.rend());
  std::vector<bool> known(module->function_count);
  while (!waiting.empty() && code.assembler.position() < unit_bytes) {
    Function* next = waiting.back();
    waiting.pop_back();
    if (next->module != module || known[next->index] || next->native_entry.load(std::memory_order_relaxed)) continue;
    known[next->index] = true;
    if (compiler.add(*next)) waiting.insert(waiting.end(), compiler.references().begin(), compiler.references().end());
  }
}

bool TemplateTier::write(uint8_t* to, size_t bytes, const X64Assembler& assembler) {
  if (mprotect(to, bytes, PROT_READ | PROT_WRITE) != 0) return false;
  std::memcpy(to, assembler.code().data(), assembler.position());
  for (X64Assembler::OutsideCall call : assembler.outside_calls()) {
    auto distance = static_cast<int32_t>(area_ + trampolines_[call.target] - (to + call.at + 4));
    std::memcpy(to + call.at, &distance, sizeof distance);
  }
  return mprotect(to, bytes, PROT_READ | PROT_EXEC) == 0;
}

TemplateTier::Memory TemplateTier::place(const TemplateCode& code) {
  size_t bytes = whole_pages(std::max<size_t>(code.assembler.position(), 1));
  Memory memory;
  {
    std::lock_guard lock(mutex_);
    auto range = std::ranges::find_if(free_, [&](auto& r) { return r.second >= bytes; });
    if (range == free_.end()) return memory;
    memory = {area_ + range->first, bytes};
    range->first += bytes;
    range->second -= bytes;
    if (!range->second) free_.erase(range);
  }
  if (write(memory.text, bytes, code.assembler)) return memory;
  release(memory);
  return {};
}

void TemplateTier::release(Memory memory) {
  if (!memory.text) return;
  madvise(memory.text, memory.bytes, MADV_DONTNEED);
  mprotect(memory.text, memory.bytes, PROT_NONE);
  std::lock_guard lock(mutex_);
  std::pair<size_t, size_t> range(static_cast<size_t>(memory.text - area_), memory.bytes);
  auto at = free_.insert(std::ranges::lower_bound(free_, range), range);
  auto join = [&](auto first) {  // with the next
    auto next = first + 1;
    if (next == free_.end() || first->first + first->second != next->first) return;
    first->second += next->second;
    free_.erase(next);
  };
  auto index = at - free_.begin();
  join(free_.begin() + index);
  if (index > 0) join(free_.begin() + index - 1);
}

}  // namespace phial
