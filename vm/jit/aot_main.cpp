// phial_aot IMAGE OUT FOLDER THREADS INTERPRETED FILES...: compiles the library's image to a native image (native_image.hpp) when Phial is built.
//
// All modules of the image are loaded into a VM that runs nothing; threads compile them, a module an object. Objects are kept in FOLDER
// under a name made of the module's checksum and of the contents of FILES, the sources that decide what the code looks like, so that
// a build after a change of a few modules compiles those alone. FOLDER may be shared by several build trees; what was not used for a
// month is removed.
//
// INTERPRETED is a file that names the modules to leave out, one a line.
//
// Where LLVM is not to be had the image is empty: programs then start with the interpreter and compile what turns hot, as they do for their own code.
#include <sys/stat.h>
#include <utime.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "vm/code/image.hpp"
#include "vm/interpreter/vm_create.hpp"
#include "vm/jit/backend_library.hpp"
#include "vm/jit/native_image.hpp"
#include "vm/jit/runtime_calls.hpp"

namespace {

using namespace phial;

std::string read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::stringstream content;
  content << stream.rdbuf();
  return content.str();
}

uint64_t mix(uint64_t hash, std::string_view text) {
  for (char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3ull;
  return (hash ^ hash >> 29) * 0xD6E8FEB86659FD93ull;
}

struct Work {
  Module* module;
  NativeImageEntry entry;
  bool made = false, compiled = false;
};

void compile(Backend& backend, Work& work, const std::filesystem::path& folder, const std::string& key) {
  char name[64];
  std::snprintf(name, sizeof name, "%016llx%016llx.object", static_cast<unsigned long long>(mix(work.entry.checksum, key)),
                static_cast<unsigned long long>(mix(mix(~work.entry.checksum, work.entry.name), key)));
  std::filesystem::path path = folder / name;
  std::string full_key = key + ":" + std::to_string(work.entry.checksum) + ":" + work.entry.name;
  if (std::filesystem::exists(path) && read_native_object(read_file(path), full_key, work.entry.object) &&
      native_object_fits(work.entry.object, *work.module)) {
    utime(path.c_str(), nullptr);
    work.made = true;
    return;
  }
  std::vector<const Function*> functions;
  for (size_t i = 0; i < work.module->function_count; i++) functions.push_back(&work.module->functions[i]);
  std::string reason;
  work.compiled = true;
  work.entry.object = NativeObject();
  if (functions.empty()) return;
  if (!backend.compile_object(functions, false, work.entry.object, reason)) {
    std::fprintf(stderr, "phial_aot: %s stays interpreted: %s\n", work.entry.name.c_str(), reason.c_str());
    return;
  }
  work.made = true;
  std::string bytes = write_native_object(work.entry.object, full_key);
  std::string temporary = path.string() + "." + std::to_string(getpid());
  std::ofstream stream(temporary, std::ios::binary);
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  std::error_code error;
  if (stream) std::filesystem::rename(temporary, path, error);
}

/// The names in the file of modules that are left out.
std::vector<std::string> read_names(const std::string& path) {
  std::vector<std::string> names;
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line);)
    if (!line.empty() && line[0] != '#') names.push_back(line);
  return names;
}

bool is_named(std::string_view module, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return name.ends_with('*') ? module.starts_with(std::string_view(name).substr(0, name.size() - 1)) : module == name;
  });
}

void remove_old(const std::filesystem::path& folder) {
  std::error_code error;
  auto limit = std::filesystem::file_time_type::clock::now() - std::chrono::hours(24 * 30);
  for (const auto& item : std::filesystem::directory_iterator(folder, error))
    if (item.last_write_time(error) < limit) std::filesystem::remove(item.path(), error);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::fprintf(stderr, "usage: phial_aot IMAGE OUT FOLDER THREADS INTERPRETED FILES...\n");
    return 2;
  }
  std::string error;
  std::unique_ptr<Image> image = Image::open(argv[1], error);
  if (!image) {
    std::fprintf(stderr, "phial_aot: %s\n", error.c_str());
    return 1;
  }
  std::filesystem::path folder = argv[3];
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  uint64_t first = 0x243F6A8885A308D3ull, second = 0x13198A2E03707344ull;
  for (int i = 6; i < argc; i++) {
    std::string content = read_file(argv[i]);
    first = mix(first, content);
    second = mix(second ^ content.size(), content);
  }
  char key[40];
  std::snprintf(key, sizeof key, "%016llx%016llx", static_cast<unsigned long long>(first), static_cast<unsigned long long>(second));

  VmConfig config;
  config.schedulers = 0;
  std::unique_ptr<Vm> vm = create_vm(std::move(config));
  std::vector<std::string> left_out = read_names(argv[5]);
  std::vector<Work> works;
  for (size_t i = 0; i < image->count(); i++) {
    Image::Module source = image->at(i);
    Module* module = vm->load_bytes(source.code, "", error, true);
    if (!module) {
      std::fprintf(stderr, "phial_aot: %.*s: %s\n", static_cast<int>(source.name.size()), source.name.data(), error.c_str());
      return 1;
    }
    if (!is_named(source.name, left_out)) works.push_back({module, {std::string(source.name), module->checksum, {}}});
  }
  RuntimeCalls calls = runtime_calls();
  std::unique_ptr<Backend> backend(open_backend(calls, error));
  if (!backend) {
    std::fprintf(stderr, "phial_aot: the library stays interpreted: %s\n", error.c_str());
    works.clear();
  }
  // The largest first, so that no thread is left with one at the end.
  std::sort(works.begin(), works.end(), [](const Work& a, const Work& b) { return a.module->code_words > b.module->code_words; });
  std::atomic<size_t> next{0};
  std::vector<std::thread> threads;
  for (int i = 0, n = std::max(1, atoi(argv[4])); i < n; i++)
    threads.emplace_back([&] {
      for (size_t at; (at = next.fetch_add(1)) < works.size();) compile(*backend, works[at], folder, key);
    });
  for (std::thread& thread : threads) thread.join();
  std::vector<NativeImageEntry> entries;
  size_t compiled = 0, functions = 0, bytes = 0;
  for (Work& work : works) {
    compiled += work.compiled;
    if (!work.made) continue;
    functions += work.entry.object.entries.size();
    bytes += work.entry.object.text.size();
    entries.push_back(std::move(work.entry));
  }
  std::fprintf(stderr, "phial_aot: %zu functions of %zu modules, %zu KB of code; %zu modules compiled anew\n", functions, entries.size(), bytes / 1024,
               compiled);
  remove_old(folder);
  if (!write_native_image(argv[2], std::move(entries), error)) {
    std::fprintf(stderr, "phial_aot: %s\n", error.c_str());
    return 1;
  }
  return 0;
}
