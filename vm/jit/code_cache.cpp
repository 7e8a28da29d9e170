#include "vm/jit/code_cache.hpp"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "vm/term/external.hpp"

namespace phial {
namespace {

/// Two hashes side by side: 128 bits, since code that is taken for other code's is worse than none.
struct Digest {
  uint64_t a = 0x243F6A8885A308D3ull, b = 0x13198A2E03707344ull;
  void number(uint64_t value) {
    a = (a ^ value) * 0x9E3779B97F4A7C15ull;
    a ^= a >> 32;
    b = (b + value) * 0xD6E8FEB86659FD93ull;
    b ^= b >> 29;
  }
  void text(std::string_view value) {
    number(value.size());
    for (; value.size() >= 8; value.remove_prefix(8)) {
      uint64_t word;
      std::memcpy(&word, value.data(), 8);
      number(word);
    }
    uint64_t rest = 0;
    std::memcpy(&rest, value.data(), value.size());
    number(rest);
  }
  std::string hex() const {
    char out[40];
    std::snprintf(out, sizeof out, "%016llx%016llx", static_cast<unsigned long long>(a), static_cast<unsigned long long>(b));
    return out;
  }
};

bool put_term(Digest& digest, Word word, std::string& scratch) {
  Term term = Term::raw(word);
  if (Header::is(word) || term.is_small() || term.is_nil()) {
    digest.number(word);
  } else if (term.is_atom()) {
    digest.text(atom_text(term));
  } else {
    scratch.clear();
    if (!encode_external(term, scratch)) return false;
    digest.text(scratch);
  }
  return true;
}

/// What this processor can do.
std::string processor() {
  Digest digest;
#if defined(__x86_64__)
  unsigned a, b, c, d;
  for (unsigned leaf : {0u, 1u, 7u, 0xdu, 0x80000001u, 0x80000002u, 0x80000003u, 0x80000004u}) {
    if (!__get_cpuid_count(leaf, leaf == 0xd ? 1 : 0, &a, &b, &c, &d)) continue;
    if (leaf == 1) b = 0;  // the number of this core
    if (leaf == 0xd) b = c = d = 0;
    for (unsigned value : {a, b, c, d}) digest.number(value);
  }
#else
  utsname names{};
  uname(&names);
  digest.text(names.machine);
  if (FILE* file = fopen("/proc/cpuinfo", "r")) {
    char line[512];
    while (fgets(line, sizeof line, file))
      if (!strncmp(line, "Features", 8) || !strncmp(line, "CPU ", 4)) digest.text(line);
    fclose(file);
  }
#endif
  return digest.hex();
}

/// Identity of a file of this build: a build writes its libraries anew.
std::string identity(const std::string& path) {
  struct stat status;
  if (path.empty() || stat(path.c_str(), &status) != 0) return "none";
  return std::to_string(status.st_size) + "." + std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
}

bool make_folder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return true;
  size_t slash = path.find_last_of('/');
  return errno == ENOENT && slash != std::string::npos && slash > 0 && make_folder(path.substr(0, slash)) && mkdir(path.c_str(), 0700) == 0;
}

/// Nobody else may have put code there.
bool mine(const struct stat& status) { return status.st_uid == geteuid() && !(status.st_mode & (S_IWGRP | S_IWOTH)); }

}  // namespace

std::string module_digest(const Module& module) {
  Digest digest;
  std::string scratch;
  std::vector<Operand> operands;
  digest.text(atom_text(module.name));
  digest.number(module.function_count);
  for (size_t i = 0; i < module.function_count; i++) {
    const Function& f = module.functions[i];
    digest.text(atom_text(f.name));
    digest.number(uint64_t{f.arity} << 32 | uint64_t{f.free} << 8 | f.exported << 1 | f.is_lambda);
    digest.number(module.offset_of(f.code));
    digest.number(module.offset_of(f.code_end));
  }
  for (const TryRegion& region : module.try_regions) {
    digest.number(uint64_t{region.start} << 32 | region.end);
    digest.number(region.handler);
  }
  // The code runs meanwhile: caches and feedback in it change.
  auto read = [](const Word& word) { return __atomic_load_n(&word, __ATOMIC_RELAXED); };
  for (const Word *pc = module.code, *end = module.code + module.code_words; pc < end;) {
    size_t words = decode_loaded_operands(pc, operands);
    digest.number(read(*pc));
    // The cases of a switch stand in the order of this run's atoms: they count as a set.
    uint64_t cases_a = 0, cases_b = 0;
    for (size_t i = 0; i < operands.size(); i++) {
      const Operand& o = operands[i];
      if (o.packed < 3 || o.kind == 'C') continue;
      Word word = read(pc[o.word]);
      if (o.kind == 'K' && i + 1 < operands.size() && operands[i + 1].kind == 'T') {
        Digest one;
        if (!put_term(one, word, scratch)) return "";
        one.number(pc[operands[++i].word]);
        cases_a += one.a;
        cases_b += one.b;
        continue;
      }
      switch (o.kind) {
        case 'K': case 'S':
          if (!put_term(digest, word, scratch)) return "";
          break;
        case 'L': digest.number(static_cast<uint32_t>(word)); break;
        case 'F': digest.number(reinterpret_cast<const Function*>(word)->index); break;
        case 'E': {
          auto e = reinterpret_cast<const Export*>(word);
          digest.text(atom_text(e->module));
          digest.text(atom_text(e->name));
          digest.number(e->arity);
          break;
        }
        default: digest.number(word);
      }
    }
    digest.number(cases_a);
    digest.number(cases_b);
    pc += words;
  }
  return digest.hex();
}

CodeCache::CodeCache(const std::string& backend) {
  const char* setting = std::getenv("PHIAL_CACHE");
  if ((setting && !strcmp(setting, "off")) || backend.empty()) return;
  const char* base = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  if (base && *base == '/') folder_ = std::string(base) + "/phial";
  else if (home && *home == '/') folder_ = std::string(home) + "/.cache/phial";
  else return;
  Dl_info here{};
  std::string self = dladdr(reinterpret_cast<void*>(&module_digest), &here) && here.dli_fname ? here.dli_fname : "";
  build_ = identity(self) + "/" + identity(backend) + "/" + processor();
}

std::string CodeCache::path_of(const std::string& digest) const {
  Digest name;
  name.text(key_of(digest));
  return folder_ + "/" + name.hex() + ".native";
}

bool CodeCache::read(const std::string& digest, NativeObject& object) {
  if (!enabled() || digest.empty()) return false;
  std::string path = path_of(digest);
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return false;
  struct stat status;
  std::string bytes;
  bool ok = fstat(file, &status) == 0 && S_ISREG(status.st_mode) && mine(status) && static_cast<uint64_t>(status.st_size) <= limit_;
  if (ok) {
    bytes.resize(static_cast<size_t>(status.st_size));
    size_t got = 0;
    while (got < bytes.size()) {
      ssize_t n = ::read(file, bytes.data() + got, bytes.size() - got);
      if (n <= 0) break;
      got += static_cast<size_t>(n);
    }
    ok = got == bytes.size() && read_native_object(bytes, key_of(digest), object);
  }
  if (ok) futimens(file, nullptr);  // used now
  close(file);
  if (!ok) unlink(path.c_str());
  return ok;
}

void CodeCache::write(const std::string& digest, const NativeObject& object) {
  if (!enabled() || digest.empty()) return;
  struct stat status;
  if (!make_folder(folder_) || lstat(folder_.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || !mine(status)) {
    folder_.clear();
    return;
  }
  std::string path = path_of(digest), temporary = path + "." + std::to_string(getpid()), bytes = write_native_object(object, key_of(digest));
  int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    folder_.clear();
    return;
  }
  size_t done = 0;
  while (done < bytes.size()) {
    ssize_t n = ::write(file, bytes.data() + done, bytes.size() - done);
    if (n <= 0) break;
    done += static_cast<size_t>(n);
  }
  bool ok = done == bytes.size();
  if (close(file) != 0) ok = false;
  if (!ok || rename(temporary.c_str(), path.c_str()) != 0) unlink(temporary.c_str());
  make_room();
}

void CodeCache::make_room() {
  struct Item { int64_t used; uint64_t bytes; std::string path; };
  std::vector<Item> items;
  uint64_t total = 0;
  DIR* folder = opendir(folder_.c_str());
  if (!folder) return;
  while (dirent* entry = readdir(folder)) {
    std::string path = folder_ + "/" + entry->d_name;
    struct stat status;
    if (!strstr(entry->d_name, ".native") || lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    total += static_cast<uint64_t>(status.st_size);
    items.push_back({int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec, static_cast<uint64_t>(status.st_size), path});
  }
  closedir(folder);
  if (total <= limit_) return;
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.used < b.used; });
  for (const Item& item : items) {
    if (total <= limit_ / 4 * 3) break;
    if (unlink(item.path.c_str()) == 0) total -= item.bytes;
  }
}

}  // namespace phial
