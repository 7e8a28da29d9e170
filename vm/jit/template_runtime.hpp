// The C++ behind the templates' trampolines. What leaves the fast path of a template is noted in the bytecode, as the interpreter notes it.
#pragma once
#include "vm/jit/template_compiler.hpp"

namespace phial {

/// `function` gets the machine and the three words that the trampoline is called with, and gives a word.
struct TemplateRoutine {
  const void* function;
  bool takes_position;   // the first word is a position: m->pc
  bool may_collect;      // sp may be new
  bool may_end_process;  // where it gives 0: m->exit
};
TemplateRoutine template_routine(Trampoline which);

}  // namespace phial
