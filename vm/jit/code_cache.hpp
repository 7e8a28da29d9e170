// CodeCache: native code of scripts from one run to the next, a file a module in the user's cache folder ($XDG_CACHE_HOME/phial, or
// ~/.cache/phial).
//
// A file is a NativeObject under a name made of its key: the module's bytecode (module_digest), the processor, and the build of Phial. So a
// file that is found is right; one that is damaged, or of someone else, is ignored and removed. Files are written beside and moved into
// place, so two programs may write the same one. When the folder holds more than the limit, what was used longest ago goes. PHIAL_CACHE=off
// turns the cache off, and so does, silently, a folder that cannot be written.
//
// Threads: an object is used by one thread at a time (the JIT's, under its lock).
#pragma once
#include <cstdint>
#include <string>

#include "vm/jit/native_object.hpp"

namespace phial {

/// What the bytecode of a loaded module is, whatever addresses and numbers of atoms it was loaded with; "" if a literal cannot be told apart from
/// others (a process identifier, a function without a name).
std::string module_digest(const Module& module);

class CodeCache {
 public:
  static constexpr uint64_t default_limit = uint64_t{64} << 20;  // bytes of all files

  /// As the environment says; `backend` is the file of the compiler, part of the key.
  explicit CodeCache(const std::string& backend);
  CodeCache(std::string folder, std::string build, uint64_t limit) : folder_(std::move(folder)), build_(std::move(build)), limit_(limit) {}

  bool enabled() const { return !folder_.empty(); }
  bool read(const std::string& digest, NativeObject& object);
  void write(const std::string& digest, const NativeObject& object);
  std::string path_of(const std::string& digest) const;

 private:
  std::string key_of(const std::string& digest) const { return build_ + "/" + digest; }
  void make_room();
  std::string folder_;  // empty: off
  std::string build_;
  uint64_t limit_ = default_limit;
};

}  // namespace phial
