// phial_bootstrap [--small] IMAGE FOLDER...: compiles the library's sources into one image; --small: its code compressed, without sources.
//
// A VM with nothing but native functions is created; one session compiles all files on its fiber. Kernel comes first; a file whose module is
// needed by another one (an import, a struct, a macro, a function that a macro calls) is compiled at that moment. All errors are shown; a file
// that fails leaves its modules out.
#include <zlib.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <fstream>
#include <sstream>
#include <thread>

#include "compiler/session/session.hpp"
#include "compiler/syntax/parser.hpp"
#include "vm/code/image.hpp"
#include "vm/interpreter/vm_create.hpp"
#include "vm/native/native.hpp"
#include "vm/term/external.hpp"
#include "vm/term/print.hpp"

namespace {

using namespace phial;
using namespace phial::compiler;

std::vector<std::string> files;
std::vector<ImageEntry> entries;
std::vector<std::string> failed;
bool finished = false;

std::string describe(Term reason) {
  if (reason.is_map()) {
    Term structure = map_get(reason, atoms::struct_), message = map_get(reason, atoms::message), text = map_get(reason, atoms::description);
    Term line = map_get(reason, atoms::line);
    std::string scratch, out = structure.is_none() ? "" : print_atom(structure) + ": ";
    if (!line.is_none() && line.is_small()) out += "line " + std::to_string(line.small_value()) + ": ";
    if (!message.is_none() && message.is_bitstring()) return out + std::string(bytes_of(message, scratch));
    if (!text.is_none() && text.is_bitstring()) return out + std::string(bytes_of(text, scratch));
  }
  return print_term(reason, 2000);
}

/// The text of a file as the image keeps it.
std::shared_ptr<const std::string> compressed_source(const std::string& path) {
  static std::map<std::string, std::shared_ptr<const std::string>> known;
  auto& source = known[path];
  if (source) return source;
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  std::string text = content.str(), out(compressBound(text.size()), '\0');
  uLongf size = out.size();
  if (compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size(), Z_BEST_COMPRESSION) != Z_OK)
    return nullptr;
  out.resize(size);
  return source = std::make_shared<const std::string>(std::move(out));
}

Term compile_everything(Session& session) {
  source_modules->session = &session;
  for (const std::string& path : files) {
    if (source_modules->started.contains(path)) continue;
    if (source_modules->compile(session, path)) continue;
    failed.push_back(path);
    fprintf(stderr, "%s: %s\n", path.c_str(), describe(session.failure.reason).c_str());
    for (Term frame : ListRange(session.failure.stacktrace)) fprintf(stderr, "    %s\n", print_term(frame, 300).c_str());
    session.failure = {};
    if (session.abandoned) break;
  }
  check_remote_calls(*session.expander);
  session.flush_diagnostics();
  finished = true;
  return atoms::ok;
}

Term bootstrap_main(Context& context, const Term*) { return Session::start(context, {}, compile_everything); }

constexpr NativeEntry bootstrap_entries[] = {{"phial_bootstrap", "main", 0, bootstrap_main}};
constexpr NativeTable bootstrap_natives = {bootstrap_entries, 1};

/// Names of the modules and protocols that stand at the top level of a source or directly in other modules.
void find_modules(Term code, const std::string& prefix, std::vector<std::string>& names) {
  if (is_call_of(code, atoms::block)) {
    for (Term item : ListRange(arguments_of(code))) find_modules(item, prefix, names);
    return;
  }
  if (!is_node(code) || !form_of(code).is_atom() || !arguments_of(code).is_cons()) return;
  std::string_view form = atom_text(form_of(code));
  if (form != "defmodule" && form != "defprotocol") return;
  Term alias = arguments_of(code).head();
  std::string name;
  if (alias.is_atom()) {
    name = atom_text(alias);
  } else if (is_call_of(alias, atoms::aliases)) {
    name = prefix.empty() ? "Elixir" : prefix;
    for (Term part : ListRange(arguments_of(alias))) {
      if (!part.is_atom()) return;
      name += "." + std::string(atom_text(part));
    }
  } else {
    return;
  }
  names.push_back(name);
  Term rest = arguments_of(code).tail();
  if (!rest.is_cons()) return;
  Term block = keyword_get(rest.head(), atoms::do_);
  if (!block.is_none()) find_modules(block, name, names);
}

void index_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::stringstream content;
  content << stream.rdbuf();
  Arena arena;
  syntax::ParseOptions options;
  options.file = path;
  syntax::ParseResult parsed = syntax::parse(arena, content.str(), options);
  if (!parsed.ok) return;  // reported when it is compiled
  std::vector<std::string> names;
  find_modules(parsed.ast, "", names);
  for (const std::string& name : names) source_modules->files[intern_atom(name).atom_index()] = path;
}

}  // namespace

int main(int argc, char** argv) {
  bool small = argc > 1 && !std::strcmp(argv[1], "--small");
  if (small) argc--, argv++;
  if (argc < 3) {
    fprintf(stderr, "usage: phial_bootstrap [--small] IMAGE FOLDER...\n");
    return 2;
  }
  source_modules = new SourceModules();
  const std::string image = std::filesystem::absolute(argv[1]).string();
  for (int i = 2; i < argc; i++) {
    if (std::filesystem::is_regular_file(argv[i])) {
      files.push_back(std::filesystem::absolute(argv[i]).string());
      continue;
    }
    for (const auto& item : std::filesystem::recursive_directory_iterator(std::filesystem::absolute(argv[i])))
      if (item.is_regular_file() && item.path().extension() == ".ex") files.push_back(item.path().string());
  }
  auto rank = [](const std::string& path) {
    // Kernel, then what its macros call.
    if (path.ends_with("elixir/kernel.ex")) return 0;
    if (path.find("elixir/kernel/") != std::string::npos) return path.ends_with("utils.ex") ? 1 : 2;
    return 3;
  };
  std::sort(files.begin(), files.end(), [&](const std::string& a, const std::string& b) {
    return rank(a) != rank(b) ? rank(a) < rank(b) : a < b;
  });
  if (std::filesystem::is_directory(argv[2])) {
    // stdlib/elixir/enum.ex, wherever the tree stands.
    std::string folder = std::filesystem::absolute(argv[2]).lexically_normal().string();
    while (folder.ends_with('/')) folder.pop_back();
    source_modules->root = folder.substr(0, folder.rfind('/') + 1);
    std::filesystem::current_path(source_modules->root);  // what modules read while they are compiled is named as they are
  }
  for (const std::string& path : files) index_file(path);
  source_modules->compiled = [](Term module, CodeUnit& unit) {
    // Documentation stands apart: it is read only when asked for.
    ImageEntry entry;
    entry.name = atom_text(module);
    if (unit.docs != atoms::nil) encode_external(unit.docs, entry.docs);
    unit.docs = atoms::nil;
    if (auto file = source_modules->files.find(module.atom_index()); file != source_modules->files.end()) entry.source = compressed_source(file->second);
    if (!write_code_unit(unit, entry.code)) return;
    std::erase_if(entries, [&](const ImageEntry& known) { return known.name == entry.name; });
    entries.push_back(std::move(entry));
  };
  VmConfig config;
  config.schedulers = 0;
  for (const NativeTable& table : native_tables()) config.natives.push_back(table);
  config.natives.push_back(compiler_natives);
  config.natives.push_back(module_natives);
  config.natives.push_back(bootstrap_natives);
  std::unique_ptr<Vm> vm = create_vm(std::move(config));
  std::string error;
  ImageEntry loop;
  loop.name = atom_text(atoms::phial_compiler_loop);
  if (!load_compiler_loop(*vm, loop.code, error)) {
    fprintf(stderr, "phial_bootstrap: %s\n", error.c_str());
    return 1;
  }
  entries.push_back(std::move(loop));
  vm->spawn_from_host(intern_atom("phial_bootstrap"), intern_atom("main"), {});
  // A module's body may wait for a file to be read, which another thread does.
  constexpr int longest_idle_ms = 10'000;
  for (int idle = 0; !finished && idle < longest_idle_ms;) {
    if (vm->run_for(1 << 20)) {
      idle = 0;
    } else if (!finished) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      idle++;
    }
  }
  if (!finished) fprintf(stderr, "phial_bootstrap: the compilation stopped\n");
  fprintf(stderr, "phial_bootstrap: %zu modules, %zu of %zu files failed\n", entries.size(), failed.size(), files.size());
  if (!write_image(image, std::move(entries), small, error)) {
    fprintf(stderr, "phial_bootstrap: %s\n", error.c_str());
    return 1;
  }
  // A file that fails leaves its modules out; a library without Kernel is none.
  bool usable = std::any_of(failed.begin(), failed.end(), [](const std::string& path) { return path.ends_with("elixir/kernel.ex"); }) == false;
  return finished && usable ? 0 : 1;
}
