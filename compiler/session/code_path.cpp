#include "compiler/session/code_path.hpp"

#include <fstream>
#include <sstream>

namespace phial::compiler {

void CodePath::set(std::vector<std::string> directories) {
  std::lock_guard lock(mutex_);
  directories_ = std::move(directories);
}

bool CodePath::find(Term module, ModuleSource& source) {
  std::vector<std::string> directories;
  {
    std::lock_guard lock(mutex_);
    directories = directories_;
  }
  std::string_view name = atom_text(module);
  if (name.empty() || name.find('/') != name.npos || name.find('\0') != name.npos) return false;
  for (const std::string& directory : directories) {
    std::string path = directory + "/" + std::string(name) + ".beam";
    std::ifstream stream(path, std::ios::binary);
    if (!stream) continue;
    std::stringstream content;
    content << stream.rdbuf();
    source.owned_bytes = content.str();
    if (source.owned_bytes.empty()) continue;
    source.file = path;
    return true;
  }
  return false;
}

}  // namespace phial::compiler
