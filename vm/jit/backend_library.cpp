#include "vm/jit/backend_library.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <vector>

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

}  // namespace

Backend* open_backend(const RuntimeCalls& calls, std::string& problem) {
  for (const std::string& path : library_candidates()) {
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
      problem = dlerror();
      continue;
    }
    auto create = reinterpret_cast<CreateBackend>(dlsym(library, create_backend_symbol));
    auto version = static_cast<const char*>(dlsym(library, backend_version_symbol));
    if (!create || !version || std::strcmp(version, PHIAL_VERSION) != 0) {
      problem = path + " is no JIT of Phial " PHIAL_VERSION;
      dlclose(library);
      continue;
    }
    BackendOptions options;
    options.dump_ir = std::getenv("PHIAL_JIT_DUMP_IR") != nullptr;
    options.stress = gc_stress;
    options.atom_text = atom_text;
    problem.clear();
    return create(calls, options);
  }
  return nullptr;
}

std::string backend_path() {
  for (const std::string& path : library_candidates())
    if (access(path.c_str(), R_OK) == 0) return path;
  return "";
}

}  // namespace phial
