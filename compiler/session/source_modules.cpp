// The library's sources while it is built: which file defines a module, and compiling it when it is first needed.
#include <fstream>
#include <sstream>

#include "compiler/session/session.hpp"
#include "compiler/syntax/parser.hpp"

namespace phial::compiler {

bool SourceModules::compile(Session& session, const std::string& path) {
  started.insert(path);
  std::ifstream stream(path, std::ios::binary);
  std::stringstream content;
  content << stream.rdbuf();
  if (!stream) {
    session.failure = {atoms::error, text_term(session.arena, "cannot read " + path), Term::nil()};
    return false;
  }
  ExpanderOptions options;
  options.bootstrap_kernel = session.vm.code.find_module(atoms::kernel) == nullptr;
  std::unique_ptr<Expander> outer = std::move(session.expander);
  session.expander = std::make_unique<Expander>(session.arena, session, options);
  Expander& e = *session.expander;
  // Stack traces name the file as it stands in the source tree.
  std::string shown = path.substr(std::min(path.size(), root.size()));
  session.know_source(shown, content.str());
  if (options.bootstrap_kernel) {
    e.env.file = make_binary(session.arena, shown);
    e.env.required = make_list(session.arena, {atoms::kernel});
  } else {
    e.env = session.base_environment(shown);
  }
  bool ok = !session.failure;
  if (ok) {
    Term bindings = Term::none();
    ok = !run_source(session, content.str(), shown, 1, BodyKind::file, bindings, false).is_none();
  }
  if (ok) e.warn_unused_lexical();
  session.flush_diagnostics();
  if (outer) outer->remote_calls.insert(outer->remote_calls.end(), e.remote_calls.begin(), e.remote_calls.end());
  session.expander = std::move(outer);
  return ok;
}

}  // namespace phial::compiler
