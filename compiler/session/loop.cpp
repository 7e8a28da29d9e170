// The module :phial_compiler_loop, which drives sessions (see session.hpp). It is compiled from the text below without any macro, so it can
// be there before Kernel is.
#include "compiler/lower/lower.hpp"
#include "compiler/session/session.hpp"
#include "compiler/syntax/parser.hpp"

namespace phial::compiler {

namespace {

struct LoopFunction {
  const char* name;
  int arity;
  bool exported;
  const char* source;
};

constexpr LoopFunction loop_functions[] = {
    {"run", 2, true,
     "fn session, input ->\n"
     "  case :phial_compiler.session_step(session, input) do\n"
     "    :call -> run(session, attempt(session))\n"
     "    :done -> :phial_compiler.session_finish(session)\n"
     "  end\n"
     "end"},
    {"attempt", 1, false,
     "fn session ->\n"
     "  try do\n"
     "    {:ok, :phial_compiler.session_call(session)}\n"
     "  catch\n"
     "    kind, reason -> {:error, kind, reason, __STACKTRACE__}\n"
     "  end\n"
     "end"},
};

}  // namespace

bool load_compiler_loop(Vm& vm, std::string& bytes, std::string& error) {
  Session session(vm, {});
  session.budget = 1 << 30;
  Arena& arena = session.arena;
  Expander& e = *session.expander;
  ModuleDefinition module;
  module.module = atoms::phial_compiler_loop;
  module.file = "phial_compiler_loop";
  e.env.file = make_binary(arena, module.file);
  e.env.module = module.module;
  for (const LoopFunction& source : loop_functions) {
    syntax::ParseResult parsed = syntax::parse(arena, source.source);
    if (!parsed.ok) {
      error = parsed.error.description();
      return false;
    }
    e.reset_scope();
    Term name = intern_atom(source.name);
    e.env.function = pair(arena, name, Term::small(source.arity));
    Term expanded = e.expand(parsed.ast);
    if (expanded.is_none()) {
      error = "the compiler's loop cannot be expanded";
      return false;
    }
    FunctionDefinition function;
    function.name = name;
    function.arity = static_cast<uint8_t>(source.arity);
    function.exported = source.exported;
    function.line = 1;
    for (Term clause : ListRange(arguments_of(expanded))) {
      ClauseDefinition out;
      out.meta = meta_of(clause);
      out.parameters = list_items(arguments_of(clause).head());
      out.body = arguments_of(clause).tail().head();
      function.clauses.push_back(std::move(out));
    }
    module.functions.push_back(std::move(function));
  }
  CodeUnit unit;
  std::vector<diagnostics::Diagnostic> found;
  if (!lower_module(module, unit, found)) {
    error = "the compiler's loop cannot be compiled";
    return false;
  }
  if (!write_code_unit(unit, bytes)) {
    error = "the compiler's loop cannot be written";
    return false;
  }
  return vm.code.load(unit, error, bytes) != nullptr;
}

}  // namespace phial::compiler
