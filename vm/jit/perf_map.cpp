#include "vm/jit/perf_map.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace phial {
namespace {

std::mutex file_mutex;

FILE* file() {
  static FILE* opened = [] {
    std::string path = "/tmp/perf-" + std::to_string(getpid()) + ".map";
    return std::fopen(path.c_str(), "we");
  }();
  return opened;
}

std::string name_of(const Module& module, const Function& function) {
  return std::string(atom_text(module.name)) + "." + std::string(atom_text(function.name)) + "/" + std::to_string(function.arity);
}

}  // namespace

bool PerfMap::enabled() {
  static const bool asked = std::getenv("PHIAL_PERF_MAP") != nullptr;
  return asked;
}

void PerfMap::entry(const Function& function, const void* code) {
  starts_.emplace_back(reinterpret_cast<uintptr_t>(code), name_of(module_, function));
}

void PerfMap::continuation(const Word* pc, const void* code) {
  if (const Function* function = module_.function_at(pc)) starts_.emplace_back(reinterpret_cast<uintptr_t>(code), name_of(module_, *function) + "+");
}

void PerfMap::write(const void* end) {
  std::sort(starts_.begin(), starts_.end());
  std::lock_guard lock(file_mutex);
  if (!file()) return;
  for (size_t i = 0; i < starts_.size(); i++) {
    uintptr_t next = i + 1 < starts_.size() ? starts_[i + 1].first : std::max(reinterpret_cast<uintptr_t>(end), starts_[i].first + 1);
    std::fprintf(file(), "%zx %zx %s\n", starts_[i].first, next - starts_[i].first, starts_[i].second.c_str());
  }
  std::fflush(file());
}

}  // namespace phial
