#include "vm/io/posix.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace phial {

Term posix_atom(int error) {
  const char* name = strerrorname_np(error);
  if (!name) return intern_atom("eunknown");
  std::string text(name);
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return intern_atom(text);
}

}  // namespace phial
