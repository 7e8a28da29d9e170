// What the Jit does with templates: when there are none for this processor, nothing.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "vm/jit/jit.hpp"

#ifdef PHIAL_TEMPLATES
#include <chrono>

#include "vm/jit/perf_map.hpp"
#include "vm/jit/template_tier.hpp"
#endif

namespace phial {

#ifdef PHIAL_TEMPLATES

namespace {

/// The code of one function: for each instruction of the bytecode its address, and its bytes.
void print_listing(const Function& function, const TemplateCode& code, const uint8_t* text) {
  for (size_t i = 0; i + 1 < code.instructions.size(); i++) {
    const TemplateCode::Mark& mark = code.instructions[i];
    if (!mark.pc || mark.pc < function.code || mark.pc >= function.code_end) continue;
    std::fprintf(stderr, "%p  @%-4zd %-24s", static_cast<const void*>(text + mark.at), mark.pc - function.code,
                 opcode_info[static_cast<size_t>(loaded_opcode(*mark.pc))].name);
    for (uint32_t at = mark.at; at < code.instructions[i + 1].at; at++) std::fprintf(stderr, " %02x", text[at]);
    std::fputc('\n', stderr);
  }
}

}  // namespace

void Jit::open_templates() {
  if (const char* wanted = std::getenv("PHIAL_TEMPLATES"); mode_ != JitMode::templates && wanted && !std::strcmp(wanted, "off")) return;
  templates_ = new TemplateTier;
  if (templates_->works()) return;
  problem_ = "there is no memory for code";
  close_templates();
}

void Jit::close_templates() {
  delete templates_;
  templates_ = nullptr;
}

bool Jit::is_template(const void* entry) const { return templates_ && templates_->holds(entry); }

void Jit::compile_by_templates(std::span<Function* const> functions) {
  auto start = std::chrono::steady_clock::now();
  TemplateCode code;
  templates_->compile(functions, code, dump_.what == Dump::assembly);
  if (code.starts.empty()) return;
  TemplateTier::Memory memory = templates_->place(code);
  if (!memory.text) return;
  Module& module = *code.starts[0].function->module;
  {
    std::unique_lock table(table_mutex_);
    // Purged, or to be interpreted, meanwhile?
    if (withheld_.contains(&module) || !module.code) {
      templates_->release(memory);
      return;
    }
    Code record{&module, nullptr, {memory.text, memory.bytes}, {}};
    for (TemplateCode::Mark mark : code.continuations) {
      // Code of the optimizing compiler that goes on there is the better.
      continuations_.try_emplace(mark.pc, reinterpret_cast<CompiledFunction>(memory.text + mark.at));
      record.positions.push_back(mark.pc);
    }
    codes_.push_back(std::move(record));
    for (TemplateCode::Start made : code.starts) {
      void* none = nullptr;
      if (made.closure != TemplateCode::none)
        made.function->closure_entry.compare_exchange_strong(none, memory.text + made.closure, std::memory_order_acq_rel);
      none = nullptr;
      made.function->native_entry.compare_exchange_strong(none, memory.text + made.entry, std::memory_order_acq_rel);
    }
  }
  for (TemplateCode::Start made : code.starts)
    if (dump_.what == Dump::assembly && dump_.concerns(*made.function)) print_listing(*made.function, code, memory.text);
  if (PerfMap::enabled()) {
    PerfMap names(module);
    for (TemplateCode::Start made : code.starts) names.entry(*made.function, memory.text + made.entry);
    for (TemplateCode::Mark mark : code.continuations) names.continuation(mark.pc, memory.text + mark.at);
    names.write(memory.text + code.assembler.position());
  }
  if (log_) {
    std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - start;
    std::string names;
    for (TemplateCode::Start made : code.starts)
      names += (names.empty() ? "" : ", ") + std::string(atom_text(made.function->name)) + "/" + std::to_string(made.function->arity);
    std::fprintf(stderr, "jit: %s: by templates: %s (%u bytes, %.0f us)\n", std::string(atom_text(module.name)).c_str(), names.c_str(),
                 code.assembler.position(), spent.count());
  }
}

void Jit::release(Code& code) {
  if (code.handle) backend_->drop(code.handle);
  if (is_template(code.memory.text))
    templates_->release({code.memory.text, code.memory.bytes});
  else
    code.memory.release();
}

#else

void Jit::open_templates() {
  if (mode_ == JitMode::templates) problem_ = "there are no templates for this processor";
}
void Jit::close_templates() {}
bool Jit::is_template(const void*) const { return false; }
void Jit::compile_by_templates(std::span<Function* const>) {}
void Jit::release(Code& code) {
  if (code.handle) backend_->drop(code.handle);
  code.memory.release();
}

#endif

}  // namespace phial
