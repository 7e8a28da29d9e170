// Module bodies and top-level code.
//
// A body is a sequence of expressions. They are expanded in order; def, @ with a literal, defmodule at the top level of a body are
// done at once, by the compiler itself; all other code is gathered and run in the process as a function of a throw-away unit before
// the next such form (or the end). So a module of nothing but definitions needs no unit, and a script is one unit per stretch between its
// modules. Variables live in `bindings` between units.
//
// A definition inside other code (`if ... do def ... end`, `for`, definitions with unquote fragments) becomes a call of
// :phial_compiler.store_definition, which comes back into this session while the unit runs.
#include <algorithm>

#include "compiler/expand/module_draft.hpp"
#include "compiler/expand/type_check.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/print.hpp"

namespace phial::compiler {

namespace {

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

/// The name and arity that a spec or callback is about.
bool callback_head(Term quoted, Term& name, int64_t& arity) {
  if (is_call(quoted, atoms::when, 2)) quoted = arguments_of(quoted).head();
  if (is_call(quoted, atoms::double_colon, 2)) quoted = arguments_of(quoted).head();
  if (!is_node(quoted) || !form_of(quoted).is_atom()) return false;
  name = form_of(quoted);
  arity = arguments_of(quoted).is_list() ? list_length(arguments_of(quoted)) : 0;
  return true;
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
  Term position = pair(e.heap, draft.module, Term::small(line));
  put_attribute(draft, kind, phial::make_tuple(e.heap, {kind, quoted, position}), 0);
  if (kind == atoms::callback || kind == atoms::macrocallback)
    if (Attribute* notes = find_attribute(draft, atoms::doc_notes)) notes->value = Term::nil();
  return atoms::ok;
}

/// [{kind, quoted, {module, line}}] of all typespecs, in the order in which they stand.
Term typespecs_of(ModuleDraft& draft) {
  Terms all;
  for (Term kind : {atoms::type, atoms::typep, atoms::opaque, atoms::spec, atoms::callback, atoms::macrocallback}) {
    Term list = draft_attribute(draft, kind);
    if (list.is_none()) continue;
    Terms items = list_items(list);
    all.insert(all.end(), items.rbegin(), items.rend());
  }
  return make_list(draft.heap, all);
}

/// {name, arity} of the callbacks, macros as MACRO-name.
Terms callbacks_of(ModuleDraft& draft) {
  Terms found;
  for (Term kind : {atoms::callback, atoms::macrocallback}) {
    Term list = draft_attribute(draft, kind);
    if (list.is_none()) continue;
    Terms items = list_items(list);
    std::reverse(items.begin(), items.end());
    for (Term item : items) {
      Term name;
      int64_t arity;
      if (!item.is_tuple(3) || !callback_head(item.element(1), name, arity)) continue;
      if (kind == atoms::macrocallback) {
        name = intern_atom("MACRO-" + std::string(atom_text(name)));
        arity++;
      }
      Term entry = pair(draft.heap, name, Term::small(arity));
      bool known = std::any_of(found.begin(), found.end(), [&](Term other) { return equal_exactly(other, entry); });
      if (!known) found.push_back(entry);
    }
  }
  return found;
}

/// Sets an attribute, with what the language's own attributes mean. The value lives in the draft's heap.
Term set_attribute(Expander& e, ModuleDraft& draft, Term meta, Term name, Term value, int64_t line) {
  TermHeap& heap = e.heap;
  auto invalid = [&](const char* expected) {
    return e.raise_exception(intern_atom("Elixir.ArgumentError"), "expected @" + std::string(atom_text(name)) + " to be " + expected);
  };
  switch (name.atom_index()) {
    case atoms::index_doc:
    case atoms::index_typedoc:
      if (!value.is_bitstring() && !value.is_list() && value != atoms::false_ && value != atoms::nil)
        return e.raise_exception(intern_atom("Elixir.ArgumentError"), "@" + std::string(atom_text(name)) +
                                 " is a built-in module attribute for documentation. It should be either false, nil, a string, or a keyword list");
      if (name == atoms::doc) {
        Attribute& notes = attribute(draft, atoms::doc_notes);
        Terms all = notes.value.is_none() ? Terms() : list_items(notes.value);
        all.push_back(value);
        notes.value = make_list(heap, all);
        if (value.is_list()) return value;
      }
      break;
    case atoms::index_moduledoc: {
      if (!value.is_bitstring() && !value.is_list() && value != atoms::false_ && value != atoms::nil)
        return e.raise_exception(intern_atom("Elixir.ArgumentError"),
                                 "@moduledoc is a built-in module attribute for documentation. It should be either false, nil, a string, or a keyword list");
      Attribute& notes = attribute(draft, atoms::moduledoc_notes);
      Terms all = notes.value.is_none() ? Terms() : list_items(notes.value);
      all.push_back(value);
      notes.value = make_list(heap, all);
      break;
    }
    case atoms::index_behaviour:
      if (!value.is_atom()) return invalid("a module");
      break;
    case atoms::index_impl:
      if (!value.is_atom()) return invalid("a module or a boolean");
      break;
    case atoms::index_optional_callbacks:
      if (value.is_list()) {
        for (Term item : ListRange(value)) put_attribute(draft, name, item, 0);
        return value;
      }
      break;
    case atoms::index_on_load:
      if (value.is_atom()) value = pair(heap, value, Term::small(0));
      break;
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

}  // namespace

Term store_attribute(Expander& e, ModuleDraft& draft, Term name, Term value, int64_t line) {
  return set_attribute(e, draft, line_meta(e.heap, line), name, value, line);
}

Term store_quoted_typespec(Expander& e, ModuleDraft& draft, Term kind, Term quoted, int64_t line) {
  return store_typespec(e, draft, kind, quoted, line);
}

namespace {

/// @name or @name value, inside a function or in an expression of a body.
/// The line by which a set attribute is known when nobody reads it; 0 where a macro wrote it: nobody is told of that.
int64_t watched_line(Term argument, int64_t line) { return keyword_has(meta_of(argument), atoms::context) ? 0 : line; }

Term expand_attribute(Expander& e, Term meta, Term argument) {
  TermHeap& heap = e.heap;
  if (!is_node(argument) || !form_of(argument).is_atom())
    return e.compile_error(meta, "expected 0 or 1 argument for @, got: " + quoted_text(argument));
  Term name = form_of(argument), arguments = arguments_of(argument);
  if (!e.draft || !e.env.in_module())
    return e.raise_exception(intern_atom("Elixir.ArgumentError"), "cannot invoke @/1 outside module");
  if (e.draft->closing)
    return e.raise_exception(intern_atom("Elixir.ArgumentError"), "could not read or set @" + std::string(atom_text(name)) + ", the module is already compiled");
  ModuleDraft& draft = *e.draft;
  int64_t line = line_of(meta) ? line_of(meta) : e.env.line;
  bool reads = arguments.is_atom() || arguments.is_nil();
  if (reads) {
    if (e.env.in_function() || e.env.in_match()) {
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
    return e.compile_error(meta, "expected 0 or 1 argument for @" + std::string(atom_text(name)) + ", got: " + std::to_string(list_length(arguments)));
  if (e.env.in_match()) return e.compile_error(meta, "invalid write attribute syntax. If you want to define an attribute inside a pattern, don't");
  if (e.env.in_function())
    return e.raise_exception(intern_atom("Elixir.ArgumentError"), "cannot set attribute @" + std::string(atom_text(name)) + " inside function/macro");
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

Term expand_definition(Expander& e, Term kind, Term meta, Term arguments) {
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

}  // namespace

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

namespace {

struct Body {
  Expander& e;
  TermHeap& heap;
  BodyKind kind;
  Terms pending;
  Term value = atoms::nil;
  std::vector<Term> values;  // by version: the variables' values, none() while unset
  bool keep_bindings = true;

  Body(Expander& expander, BodyKind k) : e(expander), heap(expander.heap), kind(k) {}

  Term value_of(Term version) {
    size_t index = static_cast<size_t>(version.small_value());
    return index < values.size() ? values[index] : Term::none();
  }
  void set_value(Term version, Term term) {
    size_t index = static_cast<size_t>(version.small_value());
    if (index >= values.size()) values.resize(index + 1, Term::none());
    values[index] = term;
  }

  void collect(Term code, std::vector<Term>& used, std::unordered_set<Word>& seen) {
    for (; code.is_cons(); code = code.tail()) collect(code.head(), used, seen);
    if (!code.is_boxed() || !code.is_tuple()) return;
    if (is_variable(code)) {
      Term version = keyword_get(meta_of(code), atoms::version);
      if (!version.is_none() && version.is_small() && seen.insert(version.word).second && !value_of(version).is_none()) used.push_back(code);
      return;
    }
    for (size_t i = 0; i < code.arity(); i++) {
      if (code.arity() == 3 && i == 1) continue;
      collect(code.element(i), used, seen);
    }
  }

  Term plain_variable(Term name, Term context, Term version) {
    return node(heap, name, make_list(heap, {pair(heap, atoms::version, version), pair(heap, atoms::generated, atoms::true_)}), context);
  }

  /// Runs what is pending; `final`: nobody needs the bindings any more.
  bool flush(bool final) {
    if (pending.empty()) return true;
    if (pending.size() == 1 && is_literal_expression(pending[0])) {
      value = literal_value(heap, pending[0]);
      pending.clear();
      return true;
    }
    if (e.host.error_count() > errors_before) {
      pending.clear();
      return fail_with_errors();
    }
    std::vector<Term> used;
    std::unordered_set<Word> seen;
    for (Term code : pending) collect(code, used, seen);
    Terms parameters, arguments;
    for (Term variable : used) {
      Term version = keyword_get(meta_of(variable), atoms::version);
      parameters.push_back(plain_variable(form_of(variable), arguments_of(variable), version));
      arguments.push_back(value_of(version));
    }
    Terms results, versions;
    if (!final || keep_bindings) {
      map_each(e.scope.read, [&](Term key, Term version) {
        if (!value_of(version).is_none()) return true;
        versions.push_back(version);
        results.push_back(plain_variable(key.element(0), key.element(1).is_atom() ? key.element(1) : atoms::nil, version));
        return true;
      });
    }
    Term body = pending.size() == 1 ? pending[0] : node(heap, atoms::block, Term::nil(), make_list(heap, pending));
    bool plain = results.empty();
    if (!plain) {
      Term last = e.fresh_variable("value");
      Term bind = node(heap, atoms::match_operator, Term::nil(), {last, body});
      Term out = pair(heap, last, node(heap, atoms::tuple_form, Term::nil(), make_list(heap, results)));
      body = node(heap, atoms::block, Term::nil(), {bind, out});
      // {:{}, ...} of two elements is written as a pair.
      if (results.size() == 2) {
        out = pair(heap, last, pair(heap, results[0], results[1]));
        body = node(heap, atoms::block, Term::nil(), {bind, out});
      }
    }
    pending.clear();
    ModuleDefinition unit;
    unit.module = e.env.in_module() ? e.env.module : intern_atom("elixir_compiler");
    unit.file = e.file_text();
    FunctionDefinition function;
    function.name = kind == BodyKind::module ? intern_atom("__MODULE__") : intern_atom("__FILE__");
    function.arity = 1;
    function.exported = true;
    function.line = static_cast<uint32_t>(e.env.line);
    ClauseDefinition clause;
    clause.meta = line_meta(heap, e.env.line);
    clause.parameters.push_back(parameters.empty() ? node(heap, atoms::underscore, Term::nil(), atoms::nil)
                                : parameters.size() == 2
                                    ? pair(heap, parameters[0], parameters[1])
                                    : node(heap, atoms::tuple_form, Term::nil(), make_list(heap, parameters)));
    clause.body = body;
    function.clauses.push_back(std::move(clause));
    unit.functions.push_back(std::move(function));
    Term loaded = e.host.load_unit(unit);
    if (loaded.is_none()) return false;
    Term argument = phial::make_tuple(heap, std::span<const Term>(arguments));
    Term result = e.host.call(loaded, unit.functions[0].name, {&argument, 1});
    e.host.unload_unit(loaded);
    if (result.is_none()) return false;
    if (plain) {
      value = result;
    } else {
      value = result.element(0);
      Term tuple = result.element(1);
      for (size_t i = 0; i < versions.size(); i++) set_value(versions[i], tuple.element(i));
    }
    return true;
  }

  size_t errors_before = 0;

  void bind(Term key, Term held) {
    VariableInfo info;
    info.name = key.element(0);
    info.kind = key.element(1);
    info.silent = true;
    Term version = Term::small(static_cast<int64_t>(e.scope.infos.size()));
    e.scope.infos.push_back(info);
    e.scope.read = map_put(heap, e.scope.read, key, version);
    set_value(version, held);
  }

  /// Variables from outside: {name, context} => value.
  void take_bindings(Term bindings) {
    if (!bindings.is_map()) return;
    map_each(bindings, [&](Term key, Term held) {
      bind(key, held);
      return true;
    });
  }

  bool fail_with_errors() {
    e.errors_logged();
    return false;
  }

  bool general(Term statement) {
    Term expanded = e.expand(statement);
    if (expanded.is_none()) return false;
    pending.push_back(expanded);
    return true;
  }

  bool define(Builtin builtin, Term statement) {
    Term arguments = arguments_of(statement);
    Term call = arguments.head(), body = arguments.tail().is_cons() ? arguments.tail().head() : atoms::nil;
    if (!e.draft || !e.env.in_module() || has_unquotes(call) || has_unquotes(body)) return general(statement);
    if (!flush(false)) return false;
    int64_t line = e.env.line;
    value = store_definition(e, builtin_kind(builtin), meta_of(statement), call, body);
    e.env.line = line;
    return !value.is_none();
  }

  bool attribute_statement(Term statement) {
    Term argument = arguments_of(statement).head();
    if (!e.draft || !e.env.in_module() || !is_node(argument) || !form_of(argument).is_atom() || !arguments_of(argument).is_cons() ||
        !arguments_of(argument).tail().is_nil())
      return general(statement);
    Term name = form_of(argument), quoted = arguments_of(argument).head(), meta = meta_of(statement);
    int64_t line = line_of(meta) ? line_of(meta) : e.env.line;
    if (is_typespec_attribute(name)) {
      if (has_unquotes(quoted)) return general(statement);
      quoted = resolve_aliases(e, quoted);
      if (quoted.is_none()) return false;
      value = store_typespec(e, *e.draft, name, quoted, line);
      return true;
    }
    Term expanded = e.expand(quoted);
    if (expanded.is_none()) return false;
    Term literal = is_literal_expression(expanded) ? literal_value(heap, expanded) : Term::none();
    if (literal.is_none()) {
      pending.push_back(compiler_call(e, meta, atoms::put_attribute, {e.env.module, name, expanded, Term::small(watched_line(argument, line))}));
      return true;
    }
    if (!flush(false)) return false;
    value = set_attribute(e, *e.draft, meta, name, literal, watched_line(argument, line));
    return !value.is_none();
  }

  bool nested_module(Term statement) {
    Term meta = meta_of(statement), alias = arguments_of(statement).head();
    bool sets_alias = false;
    // Only a name that is known now can be defined now; others are defined when the code runs.
    if (!is_call_of(alias, atoms::aliases) && !alias.is_atom() && !(is_variable(alias) && form_of(alias) == atoms::module_form))
      return general(statement);
    if (!flush(false)) return false;
    Term name = module_name(e, meta, alias, sets_alias);
    if (name.is_none()) return false;
    if (!name.is_atom()) return general(statement);
    Term block = module_block(e, meta, arguments_of(statement).tail().head());
    if (block.is_none()) return false;
    if (sets_alias) set_module_alias(e, meta, alias, name);
    value = compile_nested(meta, name, block);
    if (value.is_none()) return false;
    e.env.context_modules = make_cons(heap, name, e.env.context_modules);
    if (sets_alias || kind != BodyKind::module) {
      // The new module is required, as Elixir does for nested ones.
      Terms requires_list = list_items(e.env.required);
      if (std::find(requires_list.begin(), requires_list.end(), name) == requires_list.end()) {
        requires_list.push_back(name);
        std::sort(requires_list.begin(), requires_list.end(), [](Term a, Term b) { return compare(a, b) < 0; });
        e.env.required = make_list(heap, requires_list);
      }
    }
    return true;
  }

  Term compile_nested(Term meta, Term name, Term block);

  bool statement(Term code) {
    // Macros at the head are expanded one by one until it shows what the statement is.
    while (true) {
      if (!e.host.tick()) return false;
      if (is_call_of(code, atoms::block)) {
        if (arguments_of(code).is_nil()) return general(code);
        return block(arguments_of(code));
      }
      Builtin builtin = e.builtin_of(code);
      switch (builtin) {
        case Builtin::def: case Builtin::defp: case Builtin::defmacro: case Builtin::defmacrop: return define(builtin, code);
        case Builtin::attribute: return attribute_statement(code);
        case Builtin::defmodule: return nested_module(code);
        case Builtin::defoverridable: {
          Term list = arguments_of(code).head();
          if (!e.draft) return general(code);
          Term expanded = e.expand(list);
          if (expanded.is_none()) return false;
          if (!is_literal_expression(expanded)) {
            pending.push_back(compiler_call(e, meta_of(code), intern_atom("make_overridable"), {e.env.module, expanded}));
            return true;
          }
          if (!flush(false)) return false;
          value = atoms::nil;
          return make_overridable(e, literal_value(heap, expanded));
        }
        case Builtin::none: break;
      }
      bool expanded = false;
      // Outside of modules only what a module or an import may hide in is worth opening: all macros.
      Term next = is_call_of(code, atoms::aliases) ? code : e.expand_top(code, expanded);
      if (next.is_none()) return false;
      if (!expanded) return general(code);
      code = next;
    }
  }

  bool block(Term statements) {
    for (Term rest = statements; rest.is_cons(); rest = rest.tail()) {
      Term code = rest.head();
      if (!rest.tail().is_nil() && (code.is_number() || (code.is_bitstring() && is_binary(code)))) {
        e.warn(Term::nil(), "code block contains unused literal " + print_term(code, 100) +
                                " (remove the literal or assign it to _ to avoid warnings)");
        continue;
      }
      if (!statement(code)) return false;
    }
    return true;
  }
};

}  // namespace

Term run_body(Expander& e, BodyKind kind, Term block, Term& bindings, bool keep_bindings) {
  Body body(e, kind);
  body.keep_bindings = keep_bindings;
  body.errors_before = e.host.error_count();
  body.take_bindings(bindings);
  e.evaluates = kind == BodyKind::evaluation;
  if (!body.statement(block)) return Term::none();
  if (!body.flush(true)) return Term::none();
  map_each(e.scope.read, [&](Term, Term version) {
    e.mark_used(version);
    return true;
  });
  e.warn_unused_variables();
  if (e.host.error_count() > body.errors_before) {
    body.fail_with_errors();
    return Term::none();
  }
  if (keep_bindings) {
    Term result = make_empty_map(e.heap);
    map_each(e.scope.read, [&](Term key, Term version) {
      Term value = body.value_of(version);
      if (!value.is_none()) result = map_put(e.heap, result, key, value);
      return true;
    });
    bindings = result;
  }
  return body.value;
}

namespace {

Term attribute_list(ModuleDraft& draft) {
  TermHeap& heap = draft.heap;
  Terms list;
  for (const Attribute& item : draft.attributes) {
    if (!item.persist || item.value.is_none()) continue;
    if (item.accumulate) {
      Terms values = list_items(item.value);
      std::reverse(values.begin(), values.end());
      for (Term value : values) list.push_back(pair(heap, item.name, make_list(heap, {value})));
    } else {
      list.push_back(pair(heap, item.name, item.value.is_list() ? item.value : make_list(heap, {item.value})));
    }
  }
  return make_list(heap, list);
}

Term exported_names(ModuleDraft& draft, Term kind) {
  Terms names;
  for (const auto& definition : draft.definitions)
    if (definition->kind == kind) names.push_back(pair(draft.heap, definition->name, Term::small(definition->arity)));
  std::sort(names.begin(), names.end(), [](Term a, Term b) { return compare(a, b) < 0; });
  return make_list(draft.heap, names);
}

void add_clause(TermHeap& heap, FunctionDefinition& function, Term parameter, Term body) {
  ClauseDefinition clause;
  clause.meta = make_list(heap, {pair(heap, atoms::line, Term::small(function.line)), pair(heap, atoms::generated, atoms::true_)});
  clause.parameters.push_back(parameter);
  clause.body = body;
  function.clauses.push_back(std::move(clause));
}

/// __info__/1
FunctionDefinition info_function(Expander& e, ModuleDraft& draft) {
  TermHeap& heap = e.heap;
  FunctionDefinition info;
  info.name = intern_atom("__info__");
  info.arity = 1;
  info.exported = true;
  info.line = static_cast<uint32_t>(draft.line);
  add_clause(heap, info, atoms::module, draft.module);
  add_clause(heap, info, atoms::functions, exported_names(draft, atoms::def));
  add_clause(heap, info, atoms::macros, exported_names(draft, atoms::defmacro));
  Term structure = draft_attribute(draft, atoms::struct_);
  Term fields = atoms::nil;
  // Kernel.Utils leaves the fields in the order of their definition, in which structs are shown.
  Term ordered = draft_attribute(draft, intern_atom("__struct_info__"));
  if (!ordered.is_none() && ordered.is_list()) {
    fields = escape_term(heap, ordered);
  } else if (!structure.is_none() && structure.is_map()) {
    Terms list;
    map_each(structure, [&](Term key, Term value) {
      if (key == atoms::struct_) return true;
      const Term pairs[] = {intern_atom("field"), key, intern_atom("default"), value};
      list.push_back(escape_term(heap, make_map(heap, pairs)));
      return true;
    });
    fields = make_list(heap, list);
  }
  add_clause(heap, info, intern_atom("struct"), fields);
  Terms deprecated;
  for (const DocEntry& entry : draft.docs) {
    Term reason = map_get(entry.meta, atoms::deprecated);
    if (!reason.is_none())
      deprecated.push_back(pair(heap, pair(heap, entry.name, Term::small(entry.arity)), reason));
  }
  add_clause(heap, info, atoms::deprecated, escape_term(heap, make_list(heap, deprecated)));
  for (const char* key : {"attributes", "compile", "md5"}) {
    Term name = intern_atom(key);
    add_clause(heap, info, name, remote_call(heap, Term::nil(), atoms::erlang, intern_atom("get_module_info"), make_list(heap, {draft.module, name})));
  }
  return info;
}

/// behaviour_info/1 for modules with @callback.
void add_behaviour_info(Expander& e, ModuleDraft& draft, ModuleDefinition& module) {
  Terms callbacks = callbacks_of(draft);
  if (callbacks.empty() || draft_defines(draft, intern_atom("behaviour_info"), 1)) return;
  TermHeap& heap = e.heap;
  FunctionDefinition info;
  info.name = intern_atom("behaviour_info");
  info.arity = 1;
  info.exported = true;
  info.line = static_cast<uint32_t>(draft.line);
  add_clause(heap, info, intern_atom("callbacks"), make_list(heap, callbacks));
  Term optional = draft_attribute(draft, atoms::optional_callbacks);
  Terms all;
  if (!optional.is_none())
    for (Term item : ListRange(optional)) {
      if (!item.is_tuple(2) || !item.element(0).is_atom() || !item.element(1).is_small()) continue;
      Term macro = pair(heap, intern_atom("MACRO-" + std::string(atom_text(item.element(0)))), Term::small(item.element(1).small_value() + 1));
      bool is_macro = std::any_of(callbacks.begin(), callbacks.end(), [&](Term known) { return equal_exactly(known, macro); });
      all.push_back(is_macro ? macro : item);
    }
  std::reverse(all.begin(), all.end());
  add_clause(heap, info, atoms::optional_callbacks, make_list(heap, all));
  module.functions.push_back(std::move(info));
}

/// [{{name, arity}, kind, [{name, parameters, guards}]}]: the clause heads as written, for Exception.blame.
Term heads_of(ModuleDraft& draft) {
  TermHeap& heap = draft.heap;
  Terms all;
  for (const auto& definition : draft.definitions) {
    Terms clauses;
    for (const Clause& clause : definition->clauses)
      if (!clause.head.is_none()) clauses.push_back(clause.head);
    if (!clauses.empty())
      all.push_back(phial::make_tuple(heap, {pair(heap, definition->name, Term::small(definition->arity)), definition->kind, make_list(heap, clauses)}));
  }
  return make_list(heap, all);
}

Term run_hooks(Expander& e, ModuleDraft& draft, Term attribute_name, std::string_view default_name, const Terms& arguments) {
  Term hooks = draft_attribute(draft, attribute_name);
  if (hooks.is_none()) return atoms::ok;
  Terms all = list_items(hooks);
  for (auto hook = all.rbegin(); hook != all.rend(); ++hook) {
    Term module = hook->is_tuple(2) ? hook->element(0) : *hook;
    Term name = hook->is_tuple(2) ? hook->element(1) : intern_atom(default_name);
    Term macro = intern_atom("MACRO-" + std::string(atom_text(name)));
    e.host.depends_on(module, DependencyKind::compile);
    if (e.host.ensure_loaded(module) && e.host.exports(module, macro, static_cast<unsigned>(arguments.size() + 1))) {
      Terms with_caller = {environment_to_map(draft.heap, e.env, make_empty_map(draft.heap))};
      with_caller.insert(with_caller.end(), arguments.begin(), arguments.end());
      Term code = TRY(e.host.call(module, macro, with_caller));
      Body body(e, BodyKind::module);
      body.errors_before = e.host.error_count();
      if (!body.statement(code) || !body.flush(true)) return Term::none();
    } else {
      TRY(e.host.call(module, name, arguments));
    }
  }
  return atoms::ok;
}

struct DraftScope {
  DraftScope(Expander& expander, ModuleDraft& draft)
      : e(expander), mine(draft), owner(expander.host.draft_owner()), outer(expander.draft), env(expander.env), scope(std::move(expander.scope)), definition(expander.definition) {
    e.draft = &mine;
    e.definition = nullptr;
    e.reset_scope();
    register_draft(owner, &mine);
  }
  ~DraftScope() {
    unregister_draft(owner, &mine);
    e.draft = outer;
    e.env = env;
    e.scope = std::move(scope);
    e.definition = definition;
  }
  Expander& e;
  ModuleDraft& mine;
  DraftOwner owner;  // as it was registered: an abandoned compilation unwinds elsewhere
  ModuleDraft* outer;
  Environment env;
  Scope scope;
  Definition* definition;
};

Term before_compile(Expander& e, Body& body, ModuleDraft& draft) {
  TermHeap& heap = e.heap;
  Term hooks = draft_attribute(draft, atoms::before_compile);
  if (hooks.is_none()) return atoms::ok;
  Terms all = list_items(hooks);
  for (auto hook = all.rbegin(); hook != all.rend(); ++hook) {
    Term module = hook->is_tuple(2) ? hook->element(0) : *hook;
    Term name = hook->is_tuple(2) ? hook->element(1) : intern_atom("__before_compile__");
    Term env = environment_to_map(heap, e.env, e.scope.read);
    Term macro = intern_atom("MACRO-" + std::string(atom_text(name)));
    if (module != draft.module) e.host.depends_on(module, DependencyKind::compile);
    if (module != draft.module && !e.host.ensure_loaded(module) && e.host.failure) return Term::none();
    const Term plain[] = {env};
    if (module == draft.module ? local_macro(draft, name, 1) : e.host.exports(module, macro, 2)) {
      const Term arguments[] = {env, env};
      Term code = module == draft.module ? call_local_macro(e, name, {env, env}) : e.host.call(module, macro, arguments);
      code = TRY(e.finish_macro(line_meta(heap, e.env.line), module, name, 1, TRY(code), false));
      if (!body.statement(code)) return Term::none();
      if (!body.flush(false)) return Term::none();
    } else {
      TRY(e.host.call(module, name, plain));
    }
  }
  return atoms::ok;
}

}  // namespace

Term compile_module(Expander& e, Term meta, Term module, Term block, Term bindings) {
  Body outer(e, BodyKind::file);
  outer.take_bindings(bindings);
  return outer.compile_nested(meta, module, block);
}

namespace {

Term Body::compile_nested(Term meta, Term module, Term block) {
  int64_t line = line_of(meta) ? line_of(meta) : e.env.line;
  if (find_draft(e.host.draft_owner(), module))
    return e.compile_error(meta, "cannot define module " + atom_name(module) + " because it is currently being defined in " + e.file_text() + ":" +
                                     std::to_string(line));
  if (module == atoms::elixir)
    return e.compile_error(meta, "cannot define module " + atom_name(module) + " because it is a reserved name");
  ModuleDraft draft(e, module, e.env.file, line);
  draft.session = e.host.session_key();
  std::string before = e.host.redefines(module);
  if (!before.empty()) e.warn(meta, "redefining module " + atom_name(module) + " (current version " + before + ")");
  // Variables around the module stay visible to unquote fragments.
  Term visible = e.scope.read;
  Terms names, outer_values;
  map_each(visible, [&](Term key, Term version) {
    Term held = value_of(version);
    if (!held.is_none()) {
      names.push_back(key);
      outer_values.push_back(held);
    }
    return true;
  });
  size_t lexical_from = e.lexical.size();
  DraftScope scope(e, draft);
  e.env.module = module;
  e.env.function = atoms::nil;
  e.env.line = line;
  e.env.context_modules = make_cons(heap, module, e.env.context_modules);
  Body body(e, BodyKind::module);
  body.errors_before = e.host.error_count();
  for (size_t i = 0; i < names.size(); i++) body.bind(names[i], outer_values[i]);
  if (!body.statement(block) || !body.flush(false)) return Term::none();
  Term last = body.value;
  e.warn_unused_variables();
  TRY(before_compile(e, body, draft));
  keep_overridable(draft);
  check_draft(e, draft);
  if (e.host.failure) return Term::none();
  if (e.host.error_count() > body.errors_before) {
    body.fail_with_errors();
    return Term::none();
  }
  check_types(e, draft);
  e.warn_unused_lexical(lexical_from);
  ModuleDefinition out;
  out.module = module;
  out.file = e.file_text();
  out.line = static_cast<uint32_t>(line);
  for (const auto& definition : draft.definitions) {
    if (definition->clauses.empty()) continue;
    FunctionDefinition function = function_definition(heap, *definition, draft.file);
    std::string scratch;
    if (!definition->file.is_none() && definition->file.is_bitstring()) {
      std::string file(bytes_of(definition->file, scratch));
      if (file != out.file) function.file = file;
    }
    out.functions.push_back(std::move(function));
  }
  out.functions.push_back(info_function(e, draft));
  add_behaviour_info(e, draft, out);
  out.attributes = attribute_list(draft);
  Terms source;
  for (unsigned char c : e.file_text()) source.push_back(Term::small(c));
  out.compile_info = make_list(heap, {pair(heap, intern_atom("version"), make_list(heap, {Term::small('0'), Term::small('.'), Term::small('1')})),
                                      pair(heap, intern_atom("options"), Term::nil()),
                                      pair(heap, intern_atom("source"), make_list(heap, source))});
  out.docs = docs_chunk(draft);
  Terms debug;
  debug.push_back(pair(heap, intern_atom("typespecs"), typespecs_of(draft)));
  debug.push_back(pair(heap, intern_atom("definitions"), heads_of(draft)));
  out.debug = make_list(heap, debug);
  Term binary = TRY(e.host.load_module(out));
  draft.closing = true;
  Term env = environment_to_map(heap, e.env, make_empty_map(heap));
  TRY(run_hooks(e, draft, atoms::after_compile, "__after_compile__", {env, binary}));
  Term verify = draft_attribute(draft, atoms::after_verify);
  if (!verify.is_none()) {
    Terms hooks = list_items(verify);
    for (auto hook = hooks.rbegin(); hook != hooks.rend(); ++hook)
      e.after_verify.push_back({hook->is_tuple(2) ? hook->element(0) : *hook, hook->is_tuple(2) ? hook->element(1) : intern_atom("__after_verify__"), module});
  }
  return make_tuple(heap, {atoms::module, module, binary, last});
}

}  // namespace

Term store_at_run_time(Expander& e, ModuleDraft& draft, Term kind, Term meta, Term call, Term body, int64_t environment) {
  Environment saved = e.env;
  ModuleDraft* outer = e.draft;
  e.env = draft.environments[static_cast<size_t>(environment)];
  e.draft = &draft;
  if (int64_t line = line_of(meta)) e.env.line = line;
  Term result = store_definition(e, kind, meta, call, body);
  e.env = saved;
  e.draft = outer;
  return result;
}

}  // namespace phial::compiler
