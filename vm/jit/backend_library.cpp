#include "vm/jit/backend_library.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <vector>

#include "interface_id.hpp"
#include "vm/heap/process_heap.hpp"

namespace phial {
namespace {

/// Where libphial_jit may be: named by the environment, beside the code that asks (in a build), in the folder phial beside it (where libphial is
/// installed), in the lib folder next to it, where it was to be installed (for programs that link libphial.a), on the loader's path.
std::vector<std::string> library_candidates() {
  std::vector<std::string> paths;
  if (const char* named = std::getenv("PHIAL_JIT_LIBRARY")) paths.push_back(named);
  Dl_info here{};
  if (dladdr(reinterpret_cast<void*>(&library_candidates), &here) && here.dli_fname) {
    char* absolute = realpath(here.dli_fname, nullptr);
    std::string folder = absolute ? absolute : here.dli_fname;
    std::free(absolute);
    folder.resize(folder.find_last_of('/') == std::string::npos ? 0 : folder.find_last_of('/') + 1);
    for (const char* place : {"", "phial/", "../lib/", "../lib/phial/", "../../lib/"}) paths.push_back(folder + place + "libphial_jit.so");
  }
  paths.push_back(PHIAL_JIT_FOLDER "/libphial_jit.so");
  paths.push_back("libphial_jit.so");
  return paths;
}

/// "", or why the library at this path is not the one that belongs to this code.
std::string mismatch(void* library, const std::string& path) {
  auto version = static_cast<const char*>(dlsym(library, backend_version_symbol));
  auto interface = static_cast<const char*>(dlsym(library, backend_interface_symbol));
  if (!version || !dlsym(library, create_backend_symbol) || std::strcmp(version, PHIAL_VERSION) != 0) return path + " is no JIT of Phial " PHIAL_VERSION;
  if (!interface || std::strcmp(interface, PHIAL_JIT_INTERFACE) != 0) return path + " is of another build of Phial " PHIAL_VERSION;
  return "";
}

/// A library of another version or build is a mistake of who installed it, which would else only show as slowness.
void warn_once(const std::string& problem) {
  static std::once_flag warned;
  std::call_once(warned, [&] { std::fprintf(stderr, "phial: %s: not used, code stays interpreted\n", problem.c_str()); });
}

}  // namespace

Backend* open_backend(const RuntimeCalls& calls, std::string& problem) {
  std::string wrong;
  for (const std::string& path : library_candidates()) {
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
      problem = dlerror();
      continue;
    }
    if (std::string other = mismatch(library, path); !other.empty()) {
      if (wrong.empty()) wrong = other;
      dlclose(library);
      continue;
    }
    auto create = reinterpret_cast<CreateBackend>(dlsym(library, create_backend_symbol));
    BackendOptions options;
    options.dump_ir = std::getenv("PHIAL_JIT_DUMP_IR") != nullptr;
    options.stress = gc_stress;
    options.atom_text = atom_text;
    problem.clear();
    return create(calls, options);
  }
  if (!wrong.empty()) {
    problem = wrong;
    warn_once(wrong);
  }
  return nullptr;
}

std::string backend_path() {
  for (const std::string& path : library_candidates())
    if (access(path.c_str(), R_OK) == 0) return path;
  return "";
}

}  // namespace phial
