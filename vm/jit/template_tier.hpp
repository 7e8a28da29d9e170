// TemplateTier: compiles functions by templates (template_compiler.hpp) and keeps their code in memory.
//
// All template code of a VM stands in one range of addresses, which begins with the trampolines to C++ that it calls: so a word of memory tells
// whether a function's entry is template code (holds), and calls have short distances. Pages of the range are never writable and executable at once.
//
// Threads: any, also several at once; what place() gave is the caller's to publish.
#pragma once
#include <cstdint>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "vm/jit/template_compiler.hpp"

namespace phial {

class TemplateTier {
 public:
  TemplateTier();
  ~TemplateTier();
  TemplateTier(const TemplateTier&) = delete;
  TemplateTier& operator=(const TemplateTier&) = delete;

  /// False: the OS gives no memory for code.
  bool works() const { return area_ != nullptr; }
  bool holds(const void* code) const {
    auto at = static_cast<const uint8_t*>(code);
    return at >= area_ && at < area_ + area_bytes;
  }

  /// Compiles functions of one module, and those of it that they refer to, and what these refer to: what has no native code yet.
  void compile(std::span<Function* const> functions, TemplateCode& code, bool mark_instructions = false) const;

  /// Where the code begins; null: there is no room.
  struct Memory { uint8_t* text = nullptr; size_t bytes = 0; };
  Memory place(const TemplateCode& code);
  void release(Memory memory);

 private:
  static constexpr size_t area_bytes = size_t{64} << 20;
  bool write(uint8_t* to, size_t bytes, const X64Assembler& assembler);

  uint8_t* area_ = nullptr;
  uint32_t trampolines_[static_cast<size_t>(Trampoline::count)];  // offsets
  std::mutex mutex_;
  std::vector<std::pair<size_t, size_t>> free_;  // offset and size, whole pages, by offset
};

}  // namespace phial
