// Listings of one function, for people: PHIAL_DUMP="WHAT Module.function/arity", where WHAT is bytecode (as its module is loaded), ir (LLVM's,
// optimized) or asm (machine code), the latter two each time the function is compiled. To standard error.
#pragma once
#include <string>

#include "vm/code/module.hpp"

namespace phial {

enum class Dump : uint8_t { none, bytecode, ir, assembly };

struct DumpRequest {
  Dump what = Dump::none;
  std::string function;  // Module.function/arity, with or without "Elixir."

  static DumpRequest from_environment();
  bool concerns(const Function& function) const;
};

void print_loaded_code(const Function& function);

}  // namespace phial
