// The code path of a VM: directories in which compiled modules (NAME.beam) are looked for when they are first needed, wherever that is:
// a call, a capture, ensure_loaded, an import. The library comes first.
#pragma once
#include <mutex>
#include <string>
#include <vector>

#include "vm/process/vm.hpp"

namespace phial::compiler {

class CodePath {
 public:
  void set(std::vector<std::string> directories);
  /// Reads the module's file from the first directory that has it. Any thread.
  bool find(Term module, ModuleSource& source);

 private:
  std::mutex mutex_;
  std::vector<std::string> directories_;
};

}  // namespace phial::compiler
