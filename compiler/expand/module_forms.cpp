#include "compiler/expand/module_forms.hpp"

#include <algorithm>

#include "vm/term/binary.hpp"
#include "vm/term/print.hpp"

namespace phial::compiler {

Term builtin_kind(Builtin builtin) {
  switch (builtin) {
    case Builtin::def: return atoms::def;
    case Builtin::defp: return atoms::defp;
    case Builtin::defmacro: return atoms::defmacro;
    default: return atoms::defmacrop;
  }
}

bool is_typespec_attribute(Term name) {
  switch (name.atom_index()) {
    case atoms::index_type: case atoms::index_typep: case atoms::index_opaque: case atoms::index_spec: case atoms::index_callback:
    case atoms::index_macrocallback:
      return true;
    default: return false;
  }
}

Term compiler_call(Expander& e, Term meta, Term name, std::initializer_list<Term> arguments) {
  return remote_call(e.heap, keyword_put(e.heap, line_meta(e.heap, line_of(meta)), atoms::generated, atoms::true_), atoms::phial_compiler,
                     name, make_list(e.heap, arguments));
}

/// The typespec with its aliases resolved, which counts as their use.
Term resolve_aliases(Expander& e, Term quoted) {
  TermHeap& heap = e.heap;
  if (quoted.is_cons()) {
    Terms items;
    Term rest = quoted;
    for (; rest.is_cons(); rest = rest.tail()) items.push_back(TRY(resolve_aliases(e, rest.head())));
    Term list = rest;
    for (size_t i = items.size(); i-- > 0;) list = make_cons(heap, items[i], list);
    return list;
  }
  if (is_call_of(quoted, atoms::aliases)) {
    for (Term part : ListRange(arguments_of(quoted)))
      if (!part.is_atom() && !(is_node(part) && form_of(part) == atoms::module_form)) return quoted;
    return e.expand_alias(quoted);
  }
  if (!quoted.is_tuple()) return quoted;
  if (is_node(quoted)) {
    Term form = TRY(resolve_aliases(e, form_of(quoted))), arguments = TRY(resolve_aliases(e, arguments_of(quoted)));
    return phial::make_tuple(heap, {form, meta_of(quoted), arguments});
  }
  Terms elements;
  for (size_t i = 0; i < quoted.arity(); i++) elements.push_back(TRY(resolve_aliases(e, quoted.element(i))));
  return phial::make_tuple(heap, std::span<const Term>(elements));
}

/// Typespecs are kept as data, in the attribute of their kind: {kind, quoted, {module, line}}.
Term store_typespec(Expander& e, ModuleDraft& draft, Term kind, Term quoted, int64_t line) {
  bool is_type = kind == atoms::type || kind == atoms::typep || kind == atoms::opaque;
  Term plain = !is_type && is_call(quoted, atoms::when, 2) ? arguments_of(quoted).head() : quoted;
  if (!is_call(plain, atoms::double_colon, 2)) {
    const char* problem = is_type || !is_node(plain) ? "invalid type specification: " : "type specification missing return type: ";
    return e.compile_error(line_meta(e.heap, line), problem + quoted_text(plain));
  }
  Term position = pair(e.heap, draft.module, Term::small(line));
  put_attribute(draft, kind, phial::make_tuple(e.heap, {kind, quoted, position}), 0);
  if (kind == atoms::callback || kind == atoms::macrocallback)
    if (Attribute* notes = find_attribute(draft, atoms::doc_notes)) notes->value = Term::nil();
  return atoms::ok;
}

/// Sets an attribute, with what the language's own attributes mean. The value lives in the draft's heap.
Term set_attribute(Expander& e, ModuleDraft& draft, Term meta, Term name, Term value, int64_t line) {
  TermHeap& heap = e.heap;
  // What the language's own attributes are for and may hold, as their errors tell it.
  auto invalid = [&](const char* purpose) {
    return e.raise_exception(intern_atom("Elixir.ArgumentError"), "@" + std::string(atom_text(name)) + " is a built-in module attribute " +
                                                                      purpose + ", got: " + print_term(value, 200));
  };
  switch (name.atom_index()) {
    case atoms::index_doc:
    case atoms::index_typedoc:
      if (!value.is_bitstring() && !value.is_list() && value != atoms::false_ && value != atoms::nil)
        return invalid("for documentation. It should be either false, nil, a string, or a keyword list");
      if (name == atoms::doc) {
        Attribute& notes = attribute(draft, atoms::doc_notes);
        Terms all = notes.value.is_none() ? Terms() : list_items(notes.value);
        bool documented = std::any_of(all.begin(), all.end(), [](Term note) { return note.is_bitstring(); });
        Attribute* before = find_attribute(draft, atoms::doc);
        if (documented && value.is_bitstring() && line && before && before->line)
          e.warn_at(line, 0, draft.file, atoms::nil, "redefining @doc attribute previously set at line " + std::to_string(before->line));
        all.push_back(value);
        notes.value = make_list(heap, all);
        if (value.is_list()) return value;
      }
      break;
    case atoms::index_moduledoc: {
      if (!value.is_bitstring() && !value.is_list() && value != atoms::false_ && value != atoms::nil)
        return invalid("for documentation. It should be either false, nil, a string, or a keyword list");
      Attribute& notes = attribute(draft, atoms::moduledoc_notes);
      Terms all = notes.value.is_none() ? Terms() : list_items(notes.value);
      all.push_back(value);
      notes.value = make_list(heap, all);
      break;
    }
    case atoms::index_behaviour:
      if (!value.is_atom())
        return e.raise_exception(intern_atom("Elixir.ArgumentError"), "@behaviour expects a module, got: " + print_term(value, 200));
      break;
    case atoms::index_impl:
      if (!value.is_atom()) return invalid("that marks the next definition as a callback implementation. It should be a module or a boolean");
      break;
    case atoms::index_deprecated:
      if (!value.is_bitstring())
        return invalid("that annotates a definition as deprecated. It should be a string with the reason for the deprecation");
      break;
    case atoms::index_external_resource:
      if (!value.is_bitstring()) return invalid("used for specifying file dependencies. It should be a string path to a file");
      break;
    case atoms::index_before_compile: case atoms::index_after_compile: case atoms::index_after_verify: case atoms::index_on_definition: {
      bool names_function = value.is_tuple(2) && value.element(0).is_atom() && value.element(1).is_atom();
      if (!value.is_atom() && !names_function) return invalid("for a hook. It should be a module or a {module, function} tuple");
      break;
    }
    case atoms::index_optional_callbacks:
      if (value.is_list()) {
        for (Term item : ListRange(value)) put_attribute(draft, name, item, 0);
        return value;
      }
      break;
    case atoms::index_on_load:
      if (value.is_atom()) value = pair(heap, value, Term::small(0));
      if (!value.is_tuple(2) || !value.element(0).is_atom() || value.element(1) != Term::small(0))
        return invalid("that annotates a function to be invoked when the module is loaded. It should be an atom or an {atom, 0} tuple");
      break;
    case atoms::index_file: {
      bool with_line = value.is_tuple(2) && is_binary(value.element(0)) && value.element(1).is_small();
      if (!is_binary(value) && !with_line)
        return invalid("that annotates the file and line the next definition comes from. It should be a string or {string, line} tuple as value");
      break;
    }
    case atoms::index_derive:
      if (value.is_list()) {
        for (Term item : ListRange(value)) put_attribute(draft, name, item, 0);
        return value;
      }
      break;
    default: break;
  }
  put_attribute(draft, name, value, line);
  return value;
}


Term store_attribute(Expander& e, ModuleDraft& draft, Term name, Term value, int64_t line) {
  return set_attribute(e, draft, line_meta(e.heap, line), name, value, line);
}

Term store_quoted_typespec(Expander& e, ModuleDraft& draft, Term kind, Term quoted, int64_t line) {
  return store_typespec(e, draft, kind, quoted, line);
}


/// The line by which a set attribute is known when nobody reads it; 0 where a macro wrote it: nobody is told of that.
int64_t watched_line(Term argument, int64_t line) { return keyword_has(meta_of(argument), atoms::context) ? 0 : line; }

/// @name or @name value, inside a function or in an expression of a body.
static Term expand_attribute(Expander& e, Term meta, Term argument) {
  TermHeap& heap = e.heap;
  if (!is_node(argument) || !form_of(argument).is_atom())
    return e.compile_error(meta, "expected 0 or 1 argument for @, got: " + quoted_text(argument));
  Term name = form_of(argument), arguments = arguments_of(argument);
  if (!e.draft || !e.env.in_module())
    return e.raise_exception(intern_atom("Elixir.ArgumentError"), "cannot invoke @/1 outside module");
  if (name == atoms::aliases)
    return e.raise_exception(intern_atom("Elixir.ArgumentError"), "module attributes set via @ cannot start with an uppercase letter");
  if (e.draft->closing)
    return e.raise_exception(intern_atom("Elixir.ArgumentError"), "could not read or set @" + std::string(atom_text(name)) + ", the module is already compiled");
  ModuleDraft& draft = *e.draft;
  int64_t line = line_of(meta) ? line_of(meta) : e.env.line;
  bool reads = arguments.is_atom() || arguments.is_nil();
  if (reads) {
    if (e.env.in_match() && !e.env.in_function())
      return e.raise_exception(intern_atom("Elixir.ArgumentError"),
                               "invalid write attribute syntax. If you want to define an attribute, don't do this:\n\n    @foo = :value\n\n"
                               "Instead, do this:\n\n    @foo :value\n");
    if (e.env.in_function()) {
      Term value = read_attribute(draft, name);
      if (value.is_none()) {
        if (line_of(meta))
          e.warn(meta, "undefined module attribute @" + std::string(atom_text(name)) + ", please remove access to @" +
                           std::string(atom_text(name)) + " or explicitly set it before access");
        value = atoms::nil;
      }
      return escape_term(heap, value);
    }
    return compiler_call(e, meta, atoms::read_attribute, {e.env.module, name, Term::small(line)});
  }
  if (list_length(arguments) != 1)
    return e.raise_exception(intern_atom("Elixir.ArgumentError"), "expected 0 or 1 argument for @" + std::string(atom_text(name)) +
                                                                      ", got: " + std::to_string(list_length(arguments)));
  if (e.env.in_match()) return e.compile_error(meta, "invalid write attribute syntax. If you want to define an attribute inside a pattern, don't");
  if (e.env.in_function())
    return e.raise_exception(intern_atom("Elixir.ArgumentError"), "cannot set attribute @" + std::string(atom_text(name)) + " inside function/macro");
  if (name == intern_atom("behavior"))
    return e.raise_exception(intern_atom("Elixir.ArgumentError"), "@behavior attribute is not supported, please use @behaviour instead");
  Term value = arguments.head();
  if (is_typespec_attribute(name)) {
    value = TRY(resolve_aliases(e, value));
    Term quoted = has_unquotes(value) ? e.escape_with_unquotes(value) : escape_term(heap, value);
    quoted = TRY(e.expand(quoted));
    return compiler_call(e, meta, intern_atom("store_typespec"), {e.env.module, name, quoted, Term::small(line)});
  }
  if (value.is_cons() && value.head().is_tuple(2) && value.head().element(0) == atoms::do_)
    return e.compile_error(meta, "expected 0 or 1 argument for @" + std::string(atom_text(name)) + ", got a do block");
  value = TRY(e.expand(value));
  return compiler_call(e, meta, atoms::put_attribute, {e.env.module, name, value, Term::small(watched_line(argument, line))});
}

static Term expand_definition(Expander& e, Term kind, Term meta, Term arguments) {
  if (e.env.in_match() || e.env.in_guard()) return e.compile_error(meta, "definitions are not allowed in matches and guards");
  if (!e.env.in_module())
    return e.raise_exception(intern_atom("Elixir.ArgumentError"), "cannot invoke " + std::string(atom_text(kind)) + "/2 outside module");
  if (e.env.in_function())
    return e.raise_exception(intern_atom("Elixir.ArgumentError"), "cannot invoke " + std::string(atom_text(kind)) + "/2 inside function/macro");
  if (!e.draft || e.draft->closing)
    return e.raise_exception(intern_atom("Elixir.ArgumentError"), "could not call " + std::string(atom_text(kind)) + "/2 because the module " +
                                                                      atom_name(e.env.module) + " is already compiled");
  TermHeap& heap = e.heap;
  Term call = arguments.head(), body = arguments.tail().is_cons() ? arguments.tail().head() : atoms::nil;
  Term quoted_call = has_unquotes(call) ? TRY(e.expand(TRY(e.escape_with_unquotes(call)))) : escape_term(heap, call);
  Term quoted_body = has_unquotes(body) ? TRY(e.expand(TRY(e.escape_with_unquotes(body)))) : escape_term(heap, body);
  e.draft->environments.push_back(e.env);
  Term index = Term::small(static_cast<int64_t>(e.draft->environments.size() - 1));
  // What is defined in a loop is not looked at for clauses that stand apart.
  if (has_unquotes(call) || has_unquotes(body)) meta = keyword_put(heap, meta, atoms::unquote, atoms::true_);
  return compiler_call(e, meta, atoms::store_definition,
                       {e.env.module, kind, escape_term(heap, meta), quoted_call, quoted_body, index});
}

/// The full name of a module defined here, and whether it makes an alias in a nested position. An expression where the name is known only
/// when the code runs.
Term module_name(Expander& e, Term meta, Term alias, bool& sets_alias) {
  sets_alias = false;
  Term expanded = TRY(e.expand(alias));
  if (is_node(expanded)) return expanded;  // known when the code runs
  if (!expanded.is_atom()) {
    if (is_node(expanded)) return expanded;
    return e.compile_error(meta, "invalid module name: " + quoted_text(alias));
  }
  if (expanded == atoms::nil || expanded == atoms::true_ || expanded == atoms::false_)
    return e.compile_error(meta, "invalid module name: " + atom_name(expanded));
  if (!is_call_of(alias, atoms::aliases) || !e.env.in_module()) return expanded;
  Term parts = arguments_of(alias);
  if (parts.head() == atoms::elixir || !parts.head().is_atom()) return expanded;
  Term frozen = keyword_get(meta_of(alias), atoms::alias);
  if (!frozen.is_none() && frozen != atoms::false_) return expanded;
  sets_alias = true;
  return concat_aliases({e.env.module, concat_alias_list(parts)});
}

void set_module_alias(Expander& e, Term meta, Term alias, Term full) {
  Term parts = arguments_of(alias);
  Term first = concat_aliases({parts.head()});
  Term target = concat_aliases({e.env.module, parts.head()});
  Term counter = keyword_get(meta_of(alias), atoms::counter);
  if (!counter.is_none()) {
    e.env.macro_aliases = make_cons(e.heap, pair(e.heap, first, pair(e.heap, counter, target)), e.env.macro_aliases);
  }
  e.env.aliases = make_cons(e.heap, pair(e.heap, first, target), keyword_delete(e.heap, e.env.aliases, first));
}

Term module_block(Expander& e, Term meta, Term options_list) {
  if (!is_keyword(options_list)) return e.compile_error(meta, "expected :do block in defmodule");
  Term block = keyword_get(options_list, atoms::do_);
  if (block.is_none()) return e.compile_error(meta, "missing :do option in \"defmodule\"");
  return block;
}


/// A native form of Kernel in the middle of an expression: it is done when the code around it runs.
Term Expander::expand_builtin(Builtin builtin, Term meta, Term arguments) {
  switch (builtin) {
    case Builtin::def: case Builtin::defp: case Builtin::defmacro: case Builtin::defmacrop:
      return expand_definition(*this, builtin_kind(builtin), meta, arguments);
    case Builtin::attribute: return expand_attribute(*this, meta, arguments.head());
    case Builtin::defoverridable: {
      if (!draft || env.in_function())
        return raise_exception(intern_atom("Elixir.ArgumentError"), "cannot invoke defoverridable/1 outside module");
      Term list = TRY(expand(arguments.head()));
      return compiler_call(*this, meta, intern_atom("make_overridable"), {env.module, list});
    }
    case Builtin::defmodule: {
      if (env.in_match() || env.in_guard()) return compile_error(meta, "defmodule is not allowed in matches and guards");
      bool sets_alias = false;
      Term name = module_name(*this, meta, arguments.head(), sets_alias);
      if (name.is_none()) return name;
      Term block = TRY(module_block(*this, meta, arguments.tail().head()));
      Environment inner = env;
      inner.function = atoms::nil;
      if (int64_t line = line_of(meta)) inner.line = line;
      if (sets_alias) set_module_alias(*this, meta, arguments.head(), name);
      inner.aliases = env.aliases;
      // Variables of the surroundings can be used in unquote fragments of the body.
      Terms bindings;
      map_each(scope.read, [&](Term key, Term version) {
        Term meta_term = make_list(heap, {pair(heap, atoms::version, version)});
        if (!version.is_small()) return true;
        mark_used(version);
        Term variable = node(heap, key.element(0), meta_term, key.element(1).is_atom() ? key.element(1) : atoms::nil);
        bindings.push_back(pair(heap, escape_term(heap, key), variable));
        return true;
      });
      Term map = environment_to_map(heap, inner, make_empty_map(heap));
      return compiler_call(*this, meta, intern_atom("define_module"),
                           {name, escape_term(heap, block), make_list(heap, bindings), escape_term(heap, map), escape_term(heap, meta)});
    }
    case Builtin::none: break;
  }
  return Term::none();
}

}  // namespace phial::compiler
