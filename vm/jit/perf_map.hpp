// Names of native code for Linux's perf: where the environment has PHIAL_PERF_MAP, every piece of code that is installed is written to
// /tmp/perf-PID.map, and `perf report` shows functions of the language beside those of C++. A part behind the entry of a function (where a
// call returns to, a loop, a handler) has the function's name with a +. Any thread may note.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "vm/code/module.hpp"

namespace phial {

/// Starts of code of one module that lies in one piece up to `end`.
class PerfMap {
 public:
  static bool enabled();
  explicit PerfMap(const Module& module) : module_(module) {}
  void entry(const Function& function, const void* code);
  void continuation(const Word* pc, const void* code);
  /// Appends all to the file.
  void write(const void* end);

 private:
  const Module& module_;
  std::vector<std::pair<uintptr_t, std::string>> starts_;
};

}  // namespace phial
