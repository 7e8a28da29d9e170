// A module from its body to loaded code: the draft while the body runs, then what is made of it: __info__/1, behaviour_info/1, attributes,
// documentation, debug data; and the hooks around that.
#include <algorithm>

#include "compiler/expand/module_body.hpp"
#include "compiler/expand/module_forms.hpp"
#include "compiler/expand/type_check.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/print.hpp"

namespace phial::compiler {

namespace {

/// The name and arity that a spec or callback is about.
bool callback_head(Term quoted, Term& name, int64_t& arity) {
  if (is_call(quoted, atoms::when, 2)) quoted = arguments_of(quoted).head();
  if (is_call(quoted, atoms::double_colon, 2)) quoted = arguments_of(quoted).head();
  if (!is_node(quoted) || !form_of(quoted).is_atom()) return false;
  name = form_of(quoted);
  arity = arguments_of(quoted).is_list() ? list_length(arguments_of(quoted)) : 0;
  return true;
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
  Term on_load = draft_attribute(draft, atoms::on_load);
  if (!on_load.is_none() && on_load.is_tuple(2)) TRY_BOOL(e.host.run_on_load(module, on_load.element(0)));
  TRY_BOOL(e.host.announce(module, binary));
  Term compile_options = draft_attribute(draft, atoms::compile);
  if (!compile_options.is_none())
    for (Term option : ListRange(compile_options))
      for (Term item : option.is_cons() ? list_items(option) : Terms{option})
        if (item.is_tuple(2) && item.element(0) == intern_atom("no_warn_undefined")) e.may_be_undefined.push_back({module, item.element(1)});
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

Term store_at_run_time(Expander& e, ModuleDraft& draft, Term kind, Term meta, Term call, Term body, int64_t environment) {
  if (environment < 0 || static_cast<size_t>(environment) >= draft.environments.size()) return atoms::nil;
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
