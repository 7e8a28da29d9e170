// What :erlang.process_info/1,2 tells about a process, and scans of its stack. For the process itself or one that does not run.
#pragma once
#include "vm/process/vm.hpp"

namespace phial {

/// `items`: an atom, {:dictionary, key}, or a list of those; nil: the default items. The shapes are those of :erlang.process_info.
/// none() if an item is unknown. `running`: the process asks about itself.
Term process_info(TermHeap& heap, Process& process, Term items, bool running);

/// Calls visit(const Word* pc) for the return address of each frame, from the top; false stops. `sp` is the top.
template <class Visit>
void each_frame(const Process& process, const Term* sp, const Word* pc, Visit&& visit);

/// True if a frame or a fun of the process refers to code of this module.
bool uses_code(Process& process, const Module& module);

/// Charlists of file names that one stack trace has built so far: its frames share them.
struct FileCharlists {
  const std::string* file = nullptr;
  Term characters;
};

/// [{module, name, arity | arguments, [file: charlist, line: n]}] of one position.
Term location_entry(TermHeap& heap, const Word* pc, Term arguments, FileCharlists& files);

template <class Visit>
void each_frame(const Process& process, const Term* sp, const Word* pc, Visit&& visit) {
  auto end = reinterpret_cast<const Term*>(process.heap.block_end);
  const StackSegment* below = process.heap.segments();
  Module* module = pc ? module_at(pc) : nullptr;
  if (module) {
    if (!visit(pc)) return;
    sp += module->frame_at(pc).words();
  }
  for (;;) {
    if (sp == end || sp[1].word == reinterpret_cast<Word>(process.vm->underflow_code)) {  // what was put aside
      if (!below) return;
      sp = below->data;
      end = sp + below->words;
      below = below->below;
    }
    auto resume = reinterpret_cast<const Word*>(sp[1].word);
    Module* at = module_at(resume);
    if (!at) return;  // the bottom frame
    if (!visit(resume - 1)) return;
    FramePoint frame = at->frame_at(resume - 1);
    if (!frame.framed()) return;
    sp += frame.words();
  }
}

}  // namespace phial
