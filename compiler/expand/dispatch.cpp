// Who a call without a module means, and running macros.
#include "compiler/expand/expander.hpp"

#include <algorithm>

#include "compiler/expand/module_draft.hpp"
#include "vm/term/binary.hpp"

namespace phial::compiler {

namespace {

uint64_t name_key(Term name, int64_t arity) { return uint64_t{name.atom_index()} << 16 | static_cast<uint64_t>(arity & 0xffff); }

Term macro_name(Term name) { return intern_atom("MACRO-" + std::string(atom_text(name))); }

Builtin builtin_named(Term name, int64_t arity) {
  switch (name.atom_index()) {
    case atoms::index_def: return arity == 1 || arity == 2 ? Builtin::def : Builtin::none;
    case atoms::index_defp: return arity == 1 || arity == 2 ? Builtin::defp : Builtin::none;
    case atoms::index_defmacro: return arity == 1 || arity == 2 ? Builtin::defmacro : Builtin::none;
    case atoms::index_defmacrop: return arity == 1 || arity == 2 ? Builtin::defmacrop : Builtin::none;
    case atoms::index_defmodule: return arity == 2 ? Builtin::defmodule : Builtin::none;
    case atoms::index_attribute_form: return arity == 1 ? Builtin::attribute : Builtin::none;
    case atoms::index_defoverridable: return arity == 1 ? Builtin::defoverridable : Builtin::none;
    default: return Builtin::none;
  }
}

}  // namespace

const Expander::ImportIndex& Expander::index_of(Term imports) {
  auto [found, is_new] = import_index_.try_emplace(imports.word);
  if (is_new) {
    for (Term entry : ListRange(imports))
      for (Term function : ListRange(entry.element(1)))
      {
        auto [at, is_first] = found->second.try_emplace(name_key(function.element(0), function.element(1).small_value()), Import{entry.element(0)});
        if (!is_first && at->second.rival.is_none() && at->second.module != entry.element(0)) at->second.rival = entry.element(0);
      }
  }
  return found->second;
}

Term Expander::ambiguous_import(Term meta, const Resolution& resolution, Term name, int64_t arity) {
  return compile_error(meta, "function " + name_arity(name, arity) + " imported from both " + atom_name(resolution.receiver) + " and " +
                                 atom_name(resolution.rival) + ", call is ambiguous");
}

/// [{arity, Module}] of the imports with this name, by arity; nil() when there are none.
Term Expander::imported_arities(Term name) {
  Terms found;
  const ImportIndex& functions = index_of(env.functions);
  const ImportIndex& macros = index_of(env.macros);
  bool kernel = options.bootstrap_kernel;
  for (int64_t arity = 0; arity <= 8; arity++) {
    Term module = Term::none();
    if (auto at = functions.find(name_key(name, arity)); at != functions.end()) module = at->second.module;
    if (auto at = macros.find(name_key(name, arity)); at != macros.end()) module = at->second.module;
    if (module.is_none() && kernel && builtin_named(name, arity) != Builtin::none) module = atoms::kernel;
    if (!module.is_none()) found.push_back(pair(heap, Term::small(arity), module));
  }
  return make_list(heap, found);
}

Resolution Expander::resolve(Term meta, Term name, int64_t arity) {
  Resolution result;
  auto settle = [&](Resolution::Kind kind, Term receiver) {
    if (receiver == atoms::kernel) {
      Builtin builtin = builtin_named(name, arity);
      if (builtin != Builtin::none) {
        result.kind = Resolution::Kind::builtin;
        result.builtin = builtin;
        result.receiver = receiver;
        return result;
      }
    }
    result.kind = kind;
    result.receiver = receiver;
    return result;
  };
  if (options.bootstrap_kernel) {
    Builtin builtin = builtin_named(name, arity);
    if (builtin != Builtin::none) return settle(Resolution::Kind::builtin, atoms::kernel);
  }
  // A call from a quote keeps the import it had there.
  Term imports = keyword_get(meta, atoms::imports);
  if (!imports.is_none() && imports.is_list() && keyword_has(meta, atoms::context)) {
    for (Term import : ListRange(imports)) {
      if (!import.is_tuple(2) || import.element(0) != Term::small(arity)) continue;
      Term receiver = import.element(1);
      if (receiver == env.module) break;
      Builtin builtin = receiver == atoms::kernel ? builtin_named(name, arity) : Builtin::none;
      if (builtin != Builtin::none) return settle(Resolution::Kind::builtin, receiver);
      if (!host.ensure_loaded(receiver)) break;
      bool macro = host.exports(receiver, macro_name(name), static_cast<unsigned>(arity + 1));
      if (!macro && !host.exports(receiver, name, static_cast<unsigned>(arity))) break;
      return settle(macro ? Resolution::Kind::macro : Resolution::Kind::function, receiver);
    }
  }
  if (draft && env.in_module() && local_macro(*draft, name, arity)) {
    result.kind = Resolution::Kind::local_macro;
    return result;
  }
  auto imported = [&](Term imports_list) {
    const ImportIndex& index = index_of(imports_list);
    auto found = index.find(name_key(name, arity));
    return found == index.end() ? Import() : found->second;
  };
  Import macro = imported(env.macros), function = imported(env.functions);
  if (!function.module.is_none() && !macro.module.is_none() && function.module != macro.module) {
    result.rival = macro.module;
    return settle(Resolution::Kind::function, function.module);
  }
  if (!macro.module.is_none()) {
    result.rival = macro.rival;
    return settle(Resolution::Kind::macro, macro.module);
  }
  if (!function.module.is_none()) {
    result.rival = function.rival;
    return settle(Resolution::Kind::function, function.module);
  }
  return result;
}

Builtin Expander::builtin_of(Term expression) {
  if (!is_node(expression) || !arguments_of(expression).is_list()) return Builtin::none;
  Term form = form_of(expression);
  int64_t arity = list_length(arguments_of(expression));
  if (form.is_atom()) {
    if (builtin_named(form, arity) == Builtin::none) return Builtin::none;
    Resolution resolution = resolve(meta_of(expression), form, arity);
    return resolution.kind == Resolution::Kind::builtin ? resolution.builtin : Builtin::none;
  }
  if (is_call(form, atoms::dot, 2) && arguments_of(form).tail().head().is_atom()) {
    Term receiver = arguments_of(form).head();
    if (is_call_of(receiver, atoms::aliases) && arguments_of(receiver).is_cons() &&
        arguments_of(receiver).head() == intern_atom("Kernel") && arguments_of(receiver).tail().is_nil())
      receiver = atoms::kernel;
    if (receiver == atoms::kernel) return builtin_named(arguments_of(form).tail().head(), arity);
  }
  return Builtin::none;
}

Term Expander::caller_map(Term meta) {
  Environment here = env;
  if (int64_t line = line_of(meta)) here.line = line;
  return environment_to_map(heap, here, scope.read);
}

namespace {

Term charlist(TermHeap& heap, std::string_view text) {
  Terms characters;
  for (unsigned char c : text) characters.push_back(Term::small(c));
  return make_list(heap, characters);
}

/// The trace of an exception in a macro: the macro's own frames, then "expanding macro", then the place of the call.
void trace_expansion(Expander& e, Term meta, Term receiver, Term name, int64_t arity) {
  TermHeap& heap = e.heap;
  Terms frames;
  Term function = macro_name(name);
  for (Term frame : ListRange(e.host.failure.stacktrace)) {
    if (frame.is_tuple(4) && frame.element(0) == receiver && frame.element(1) == function) break;
    if (frame.is_tuple(4) && frame.element(0) == atoms::phial_compiler_loop) break;
    frames.push_back(frame);
  }
  Term expanding = make_list(heap, {pair(heap, atoms::file, charlist(heap, "expanding macro"))});
  frames.push_back(make_tuple(heap, {receiver, name, Term::small(arity), expanding}));
  int64_t line = line_of(meta) ? line_of(meta) : e.env.line;
  Term location = make_list(heap, {pair(heap, atoms::file, charlist(heap, e.file_text())), pair(heap, atoms::line, Term::small(line))});
  if (e.env.function.is_tuple(2))
    frames.push_back(make_tuple(heap, {e.env.module, e.env.function.element(0), e.env.function.element(1), location}));
  else if (e.env.in_module())
    frames.push_back(make_tuple(heap, {e.env.module, intern_atom("__MODULE__"), Term::small(0), location}));
  else
    frames.push_back(make_tuple(heap, {intern_atom("elixir_compiler_0"), intern_atom("__FILE__"), Term::small(1), location}));
  e.host.failure.stacktrace = make_list(heap, frames);
}

/// Gives nodes without a line the line of the call, and the variables, aliases and quotes of `receiver` this expansion's counter.
struct Linify {
  TermHeap& heap;
  int64_t line;
  Term receiver;
  Term counter;

  Term meta_with_line(Term meta) {
    if (line == 0) return meta;
    Term own = keyword_get(meta, atoms::line);
    if (!own.is_none() && own != Term::small(0)) return meta;
    return make_cons(heap, pair(heap, atoms::line, Term::small(line)), keyword_delete(heap, meta, atoms::line));
  }
  Term meta_with_counter(Term meta) {
    if (keyword_has(meta, atoms::counter)) return meta;
    return make_cons(heap, pair(heap, atoms::counter, counter), meta);
  }

  Term walk(Term term) {
    if (term.is_cons()) {
      Terms items;
      bool changed = false;
      Term at = term;
      for (; at.is_cons(); at = at.tail()) {
        Term item = walk(at.head());
        changed = changed || item != at.head();
        items.push_back(item);
      }
      Term tail = at.is_nil() ? at : walk(at);
      if (!changed && tail == at) return term;
      return make_list(heap, items, tail);
    }
    if (!term.is_boxed() || !term.is_tuple()) return term;
    if (term.arity() == 2) {
      Term left = walk(term.element(0)), right = walk(term.element(1));
      return left == term.element(0) && right == term.element(1) ? term : pair(heap, left, right);
    }
    if (!is_node(term) || (meta_of(term).is_cons() && !is_keyword(meta_of(term)))) return term;
    Term form = form_of(term), meta = meta_of(term), arguments = arguments_of(term);
    if (arguments.is_atom() && form.is_atom()) {
      if (arguments == receiver && form != atoms::underscore) meta = meta_with_counter(meta);
      return node(heap, form, meta_with_line(meta), arguments);
    }
    if (form == atoms::quote && arguments.is_cons()) {
      if (keyword_get(meta, atoms::context) == receiver) meta = meta_with_counter(meta);
    } else if ((form == atoms::import || form == atoms::alias || form == atoms::require || form == atoms::aliases) && arguments.is_cons()) {
      meta = meta_with_counter(meta);
    }
    return node(heap, form.is_atom() ? form : walk(form), meta_with_line(meta), walk(arguments));
  }
};

}  // namespace

int64_t Expander::next_counter() {
  static std::atomic<int64_t> counter{1};
  return -counter.fetch_add(1, std::memory_order_relaxed);
}

/// What a macro returned, ready to be expanded in its place.
Term Expander::finish_macro(Term meta, Term receiver, Term, int64_t, Term result, bool) {
  Linify linify{heap, line_of(meta) ? line_of(meta) : env.line, receiver, Term::small(next_counter())};
  return linify.walk(result);
}

namespace {

Term run_macro(Expander& e, Term meta, Term receiver, Term name, Term arguments) {
  Terms all = {e.caller_map(meta)};
  for (Term item : ListRange(arguments)) all.push_back(item);
  e.host.depends_on(receiver, DependencyKind::compile);
  Term result = e.host.call(receiver, macro_name(name), all);
  int64_t arity = static_cast<int64_t>(all.size()) - 1;
  if (result.is_none()) {
    if (e.host.failure) trace_expansion(e, meta, receiver, name, arity);
    return result;
  }
  return e.finish_macro(meta, receiver, name, arity, result, false);
}

Term run_local_macro(Expander& e, Term meta, Term name, Term arguments) {
  Terms all = {e.caller_map(meta)};
  for (Term item : ListRange(arguments)) all.push_back(item);
  int64_t arity = static_cast<int64_t>(all.size()) - 1;
  Term result = call_local_macro(e, name, all);
  if (result.is_none()) {
    if (e.host.failure) trace_expansion(e, meta, e.env.module, name, arity);
    return result;
  }
  return e.finish_macro(meta, e.env.module, name, arity, result, true);
}

}  // namespace

Term Expander::expand_macro(Term meta, Term receiver, Term name, Term arguments) {
  Term result = TRY(run_macro(*this, meta, receiver, name, arguments));
  return expand(result);
}

Term Expander::expand_local_macro(Term meta, Term name, Term arguments) {
  Term result = TRY(run_local_macro(*this, meta, name, arguments));
  return expand(result);
}

Term Expander::expand_top(Term expression, bool& expanded) {
  expanded = false;
  if (!is_node(expression)) return expression;
  Term form = form_of(expression), meta = meta_of(expression), arguments = arguments_of(expression);
  if (is_call_of(expression, atoms::aliases)) {
    Term module = TRY(expand_alias(expression));
    expanded = true;
    return module;
  }
  if (form.is_atom()) {
    if (arguments.is_atom()) {
      if (form == atoms::module_form || form == atoms::dir_form || form == atoms::env_form) {
        expanded = true;
        return expand_variable(expression);
      }
      return expression;
    }
    int64_t arity = list_length(arguments);
    if (arity < 0 || is_special_form(form, arity)) return expression;
    Resolution resolution = resolve(meta, form, arity);
    if (!resolution.rival.is_none()) return ambiguous_import(meta, resolution, form, arity);
    if (resolution.kind == Resolution::Kind::builtin && resolution.builtin == Builtin::attribute && env.in_function()) {
      expanded = true;
      return expand_builtin(resolution.builtin, meta, arguments);
    }
    if (resolution.kind == Resolution::Kind::macro) {
      use_import(resolution.receiver, form, arity);
      expanded = true;
      return run_macro(*this, meta, resolution.receiver, form, arguments);
    }
    if (resolution.kind == Resolution::Kind::local_macro) {
      expanded = true;
      return run_local_macro(*this, meta, form, arguments);
    }
    return expression;
  }
  if (is_call(form, atoms::dot, 2) && arguments.is_list() && arguments_of(form).tail().head().is_atom()) {
    Term receiver = arguments_of(form).head(), name = arguments_of(form).tail().head();
    if (is_call_of(receiver, atoms::aliases)) receiver = TRY(expand_alias(receiver));
    if (is_variable(receiver) && form_of(receiver) == atoms::module_form) receiver = env.module;
    if (!receiver.is_atom() || !is_required(receiver) || receiver == env.module) return expression;
    int64_t arity = list_length(arguments);
    if (receiver == atoms::kernel && builtin_named(name, arity) != Builtin::none) return expression;
    if (host.ensure_loaded(receiver) && host.exports(receiver, macro_name(name), static_cast<unsigned>(arity + 1))) {
      expanded = true;
      return run_macro(*this, meta, receiver, name, arguments);
    }
    if (host.failure) return Term::none();
  }
  return expression;
}

/// String.Chars.to_string(x): strings, which are what is nearly always interpolated, need no protocol.
Term Expander::rewrite_call(Term meta, Term receiver, Term name, Term arguments) {
  Term value = arguments.head();
  if (value.is_bitstring() && is_binary(value)) return value;
  Term generated = keyword_put(heap, meta, atoms::generated, atoms::true_);
  Term text = fresh_variable("text"), other = fresh_variable("value");
  Term test = remote_call(heap, generated, atoms::erlang, intern_atom("is_binary"), make_list(heap, {text}));
  Term guarded = node(heap, atoms::when, generated, {text, test});
  Term call = remote_call(heap, meta, receiver, name, make_list(heap, {other}));
  Term clauses = make_list(heap, {node(heap, atoms::arrow, generated, {make_list(heap, {guarded}), text}),
                                  node(heap, atoms::arrow, generated, {make_list(heap, {other}), call})});
  return node(heap, atoms::case_, generated, {value, make_list(heap, {pair(heap, atoms::do_, clauses)})});
}

bool is_special_form(Term name, int64_t arity) {
  auto is = [&](int64_t wanted) { return arity < 0 || arity == wanted; };
  switch (name.atom_index()) {
    case atoms::index_match_operator: case atoms::index_double_colon: case atoms::index_case_: case atoms::index_percent:
    case atoms::index_dot: case atoms::index_arrow:
      return is(2);
    case atoms::index_tuple_form: case atoms::index_map_form: case atoms::index_bits_form: case atoms::index_block:
    case atoms::index_aliases: case atoms::index_fn: case atoms::index_for_: case atoms::index_with: case atoms::index_super:
      return true;
    case atoms::index_alias: case atoms::index_require: case atoms::index_import: case atoms::index_quote:
      return is(1) || is(2);
    case atoms::index_unquote: case atoms::index_unquote_splicing: case atoms::index_capture: case atoms::index_cond:
    case atoms::index_receive: case atoms::index_try_: case atoms::index_pin:
      return is(1);
    case atoms::index_module_form: case atoms::index_env_form: case atoms::index_dir_form: case atoms::index_caller_form:
    case atoms::index_stacktrace_form:
      return is(0);
    default: return false;
  }
}

}  // namespace phial::compiler
