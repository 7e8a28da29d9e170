#include "compiler/session/library.hpp"

#include "compiler/session/code_path.hpp"
#include "compiler/session/session.hpp"
#include "vm/api/extensions.hpp"
#include "vm/code/image.hpp"

// The image's bytes, linked in by image.S; a library of no size in phial_bootstrap, which makes the image.
extern "C" const char phial_library_start[];
extern "C" const char phial_library_end[];
extern "C" const char phial_native_library_start[];
extern "C" const char phial_native_library_end[];

namespace phial {
namespace compiler {
namespace {

const Image* library() {
  static const std::unique_ptr<Image> image = [] {
    std::string error;
    std::string_view bytes(phial_library_start, static_cast<size_t>(phial_library_end - phial_library_start));
    return bytes.empty() ? nullptr : Image::over(bytes, error);
  }();
  return image.get();
}

bool load_from_library(Vm& vm, Term module, ModuleSource& source) {
  Image::Module found;
  if (!library() || !library()->find(atom_text(module), found)) return vm.state<CodePath>().find(module, source);
  source.bytes = found.code;
  source.from_image = true;
  return true;
}

void install(VmConfig& config, const ExtensionOptions& options) {
  config.natives.push_back(compiler_natives);
  config.natives.push_back(module_natives);
  config.module_loader = load_from_library;
  config.native_library = {phial_native_library_start, static_cast<size_t>(phial_native_library_end - phial_native_library_start)};
  config.legacy = options.legacy;
}

}  // namespace

std::string library_docs(Term module) {
  Image::Module found;
  return library() && library()->find(atom_text(module), found) ? unpack(found.docs) : std::string();
}

std::string_view library_source(Term module) {
  Image::Module found;
  return library() && library()->find(atom_text(module), found) ? found.source : std::string_view();
}

std::vector<std::string_view> library_modules() {
  std::vector<std::string_view> names;
  for (size_t i = 0; library() && i < library()->count(); i++) names.push_back(library()->name_at(i));
  return names;
}

}  // namespace compiler

std::span<const VmExtension> vm_extensions() {
  static const VmExtension extensions[] = {compiler::install};
  return extensions;
}

}  // namespace phial
