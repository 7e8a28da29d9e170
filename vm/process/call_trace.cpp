#include "vm/process/call_trace.hpp"

#include <array>
#include <cstring>
#include <utility>

#include "vm/process/process_info.hpp"
#include "vm/process/vm.hpp"

namespace phial {
namespace {

void store_code(const Word* at, Word word) {
  std::atomic_ref(*const_cast<Word*>(at)).store(word, std::memory_order_release);
}

constexpr InternalOpcode stand_in(Opcode opcode) {
  switch (opcode) {
    case Opcode::receive_skip: return InternalOpcode::receive_skip;
    case Opcode::receive_wait: return InternalOpcode::receive_wait;
    case Opcode::receive_wait_timeout: return InternalOpcode::receive_wait_timeout;
    default: return InternalOpcode::count;
  }
}

/// Calls visit(const Word* pc, Opcode) for the instructions that go back to the receive a function begins with.
template <class Visit>
void each_way_back(const Function& function, Visit&& visit) {
  std::vector<Operand> operands;
  Word first = function.first_instruction.load(std::memory_order_relaxed);
  if (loaded_opcode(first) != Opcode::receive_next) return;
  for (const Word* pc = function.code; pc < function.code_end;) {
    Word word = instruction_at(*function.module, pc);
    Opcode opcode = loaded_opcode(word);
    size_t words = decode_loaded_operands(word, operands);
    if (!words) return;
    if (stand_in(opcode) != InternalOpcode::count && jump_target(pc, pc[1]) == function.code) visit(pc, opcode);
    pc += words;
  }
}

// -- natives that stand for watched ones

constexpr size_t native_stand_ins = 1024;
std::atomic<CallTrace*> stood_for[native_stand_ins];
std::atomic<size_t> stand_ins_used{0};

template <size_t index>
Term stand_in_for_native(Context& c, const Term* arguments) {
  CallTrace* trace = stood_for[index].load(std::memory_order_acquire);
  if (trace->arity) std::memmove(c.arguments, arguments, trace->arity * sizeof(Term));
  c.argument_count = trace->arity;
  c.target = &trace->stub_entry;
  c.outcome = Context::Outcome::tail_call;
  return Term::none();
}

template <size_t... indices>
constexpr std::array<NativeFunction, sizeof...(indices)> stand_ins_of(std::index_sequence<indices...>) {
  return {&stand_in_for_native<indices>...};
}
constexpr auto stand_ins = stand_ins_of(std::make_index_sequence<native_stand_ins>());

void name_export(Export& e, Term module, Term name, uint8_t arity) {
  e.module = module;
  e.name = name;
  e.arity = arity;
}

}  // namespace

NativeFunction native_in_place_of(CallTrace& trace) {
  size_t index = stand_ins_used.fetch_add(1, std::memory_order_relaxed);
  if (index >= native_stand_ins) {
    stand_ins_used.store(native_stand_ins, std::memory_order_relaxed);
    return nullptr;
  }
  stood_for[index].store(&trace, std::memory_order_release);
  return stand_ins[index];
}

// -- records

static void make_stub(CallTrace& trace, Module* module) {
  trace.stub_code[0] = internal_instruction(InternalOpcode::stub);
  trace.stub_code[1] = reinterpret_cast<Word>(&trace);
  trace.stub.code = trace.stub_code;
  trace.stub.code_end = trace.stub_code + 2;
  trace.stub.module = module;
  trace.stub.name = trace.name;
  trace.stub.arity = trace.live;
}

CallTrace& CallTracing::of(Vm& vm, Function& function) {
  if (CallTrace* known = function.call_trace.load(std::memory_order_relaxed)) return *known;
  CallTrace& trace = all_.emplace_back();
  trace.module = function.module->name;
  trace.name = function.name;
  trace.live = function.arity;
  trace.arity = static_cast<uint8_t>(function.arity - function.free);
  trace.function = &function;
  if (function.exported) trace.entry = vm.code.find_export(trace.module, trace.name, trace.arity);
  make_stub(trace, function.module);
  function.call_trace.store(&trace, std::memory_order_release);
  return trace;
}

CallTrace* CallTracing::of_native(Export& entry) {
  auto known = natives_.find(&entry);
  if (known != natives_.end()) return known->second;
  NativeFunction native = entry.native.load(std::memory_order_acquire);
  if (!native || entry.native_flags & native_guard) return nullptr;
  CallTrace& trace = all_.emplace_back();
  trace.replaced = native_in_place_of(trace);
  if (!trace.replaced) {
    all_.pop_back();
    return nullptr;
  }
  trace.module = entry.module;
  trace.name = entry.name;
  trace.arity = trace.live = entry.arity;
  trace.entry = &entry;
  name_export(trace.target, entry.module, entry.name, entry.arity);
  trace.target.native_flags = entry.native_flags.load();
  trace.target.native = native;
  name_export(trace.stub_entry, entry.module, entry.name, entry.arity);
  make_stub(trace, nullptr);
  trace.stub_entry.function.store(&trace.stub, std::memory_order_release);
  natives_[&entry] = &trace;
  return &trace;
}

// -- breakpoints

void CallTracing::break_at_start(Function& function) {
  Word breakpoint = internal_instruction(InternalOpcode::breakpoint);
  if ((*function.code & 0xffff) == breakpoint) return;
  function.first_instruction.store(*function.code, std::memory_order_release);
  each_way_back(function, [](const Word* pc, Opcode opcode) { store_code(pc, internal_instruction(stand_in(opcode))); });
  store_code(function.code, breakpoint);
}

void CallTracing::restore_start(Function& function) {
  if ((*function.code & 0xffff) != internal_instruction(InternalOpcode::breakpoint)) return;
  store_code(function.code, function.first_instruction.load(std::memory_order_relaxed));
  each_way_back(function, [](const Word* pc, Opcode opcode) { store_code(pc, instruction_word(opcode) << 3); });
}

void CallTracing::update(CallTrace& trace) {
  if (!trace.function) {
    Export& entry = *trace.entry;
    NativeFunction now = entry.native.load(std::memory_order_relaxed), own = trace.target.native.load(std::memory_order_relaxed);
    // Who sees the other function sees flags that go with it.
    if (trace.wants_stub() && now == own) {
      entry.native_flags.store(native_plain, std::memory_order_release);
      entry.native.store(trace.replaced, std::memory_order_release);
    } else if (!trace.wants_stub() && now == trace.replaced) {
      entry.native.store(own, std::memory_order_release);
      entry.native_flags.store(trace.target.native_flags.load(), std::memory_order_release);
    }
    return;
  }
  Function& function = *trace.function;
  if (function.code) trace.wants_breakpoint() ? break_at_start(function) : restore_start(function);
  if (!trace.entry) return;
  Function* now = trace.entry->function.load(std::memory_order_relaxed);
  if (trace.wants_stub() && now == &function) trace.entry->function.store(&trace.stub, std::memory_order_release);
  if (!trace.wants_stub() && now == &trace.stub) trace.entry->function.store(&function, std::memory_order_release);
}

void CallTracing::update_module(Vm& vm, Module& module) {
  bool watched = false;
  for (size_t i = 0; i < module.function_count && !watched && module.code; i++)
    watched = (*module.functions[i].code & 0xffff) == internal_instruction(InternalOpcode::breakpoint);
  if (watched == module.watched.load(std::memory_order_relaxed)) return;
  module.watched.store(watched, std::memory_order_release);
  if (vm.code.allow_native) vm.code.allow_native(module, !watched);
}

void CallTracing::refresh_frames(Process& process, Term* sp, const Word* pc, CompiledFunction interpreter_resume) {
  if (Module* module = pc ? module_at(pc) : nullptr) sp += module->frame_at(pc).words();
  Word resume_word = reinterpret_cast<Word>(interpreter_resume);
  auto end = reinterpret_cast<Term*>(process.heap.block_end);
  auto below = const_cast<StackSegment*>(process.heap.segments());
  for (;;) {
    if (sp == end || sp[1].word == reinterpret_cast<Word>(process.vm->underflow_code)) {
      if (!below) return;
      sp = below->data;
      end = sp + below->words;
      below = below->below;
      continue;
    }
    auto resume = reinterpret_cast<const Word*>(sp[1].word);
    Module* module = module_at(resume);
    if (!module) return;  // the bottom frame
    if (module->watched.load(std::memory_order_acquire)) sp[0] = Term::raw(resume_word);
    FramePoint frame = module->frame_at(resume - 1);
    if (!frame.framed()) return;
    sp += frame.words();
  }
}

}  // namespace phial
