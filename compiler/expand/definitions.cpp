// Definitions: clauses of functions and macros, default arguments, overriding, and local macros.
#include <algorithm>

#include "compiler/expand/module_draft.hpp"

namespace phial::compiler {

namespace {

Term macro_function_name(Term name) { return intern_atom("MACRO-" + std::string(atom_text(name))); }

bool is_macro_kind(Term kind) { return kind == atoms::defmacro || kind == atoms::defmacrop; }

struct Head {
  Term name = Term::none();
  Term meta = Term::nil();
  Terms parameters;   // without defaults
  Terms defaults;     // one a parameter, none() where there is none
  Terms guards;
};

Term split_guards(Terms& guards, Term guard) {
  while (is_call(guard, atoms::when, 2)) {
    guards.push_back(arguments_of(guard).head());
    guard = arguments_of(guard).tail().head();
  }
  guards.push_back(guard);
  return atoms::ok;
}

Term read_head(Expander& e, Term kind, Term meta, Term call, Head& head) {
  if (is_call(call, atoms::when, 2)) {
    split_guards(head.guards, arguments_of(call).tail().head());
    call = arguments_of(call).head();
  }
  if (is_call(call, atoms::block, 1)) call = arguments_of(call).head();
  if (!is_node(call) || !form_of(call).is_atom() || (!arguments_of(call).is_list() && !arguments_of(call).is_atom()))
    return e.compile_error(meta, "invalid syntax in " + std::string(atom_text(kind)) + " " + quoted_text(call));
  head.name = form_of(call);
  head.meta = line_of(meta_of(call)) ? meta_of(call) : meta;
  if (head.name == atoms::unquote && arguments_of(call).is_list() && list_length(arguments_of(call)) == 1) {
    Term value = arguments_of(call).head();
    if (value.is_atom()) head.name = value;
  }
  if (arguments_of(call).is_list()) {
    for (Term parameter : ListRange(arguments_of(call))) {
      if (is_call(parameter, atoms::default_operator, 2)) {
        head.parameters.push_back(arguments_of(parameter).head());
        head.defaults.push_back(arguments_of(parameter).tail().head());
      } else {
        head.parameters.push_back(parameter);
        head.defaults.push_back(Term::none());
      }
    }
  }
  return atoms::ok;
}

/// What expansion of one definition changes in the expander, put back at the end.
struct DefinitionState {
  DefinitionState(Expander& expander, Definition* target, Term name, int64_t arity)
      : e(expander), env(expander.env), scope(std::move(expander.scope)), definition(expander.definition) {
    e.reset_scope();
    e.env.function = pair(e.heap, name, Term::small(arity));
    e.env.context = atoms::nil;
    e.definition = target;
  }
  ~DefinitionState() {
    e.env = env;
    e.scope = std::move(scope);
    e.definition = definition;
  }
  void restart() { e.reset_scope(); }
  Expander& e;
  Environment env;
  Scope scope;
  Definition* definition;
};

Term caller_parameter(Expander& e) {
  Term variable = e.fresh_variable("__CALLER__");
  e.scope.caller = true;
  e.scope.caller_version = keyword_get(meta_of(variable), atoms::version);
  return variable;
}

/// [do: body] or [do: body, rescue: ...]
Term body_expression(Expander& e, Term meta, Term body) {
  if (list_length(body) == 1) return keyword_get(body, atoms::do_);
  return node(e.heap, atoms::try_, line_meta(e.heap, line_of(meta)), {body});
}

bool later_defaults(const Head& head) {
  return std::any_of(head.defaults.begin(), head.defaults.end(), [](Term item) { return !item.is_none(); });
}

Definition* new_definition(ModuleDraft& draft, Term kind, Term name, int64_t arity, Term meta, Term file) {
  auto definition = std::make_unique<Definition>();
  definition->kind = kind;
  definition->name = name;
  definition->arity = arity;
  definition->meta = meta;
  definition->line = line_of(meta);
  definition->column = column_of(meta);
  definition->file = file;
  definition->generated = keyword_has(meta, atoms::generated);
  Definition* result = definition.get();
  draft.by_name[definition_key(name, arity)] = result;
  draft.definitions.push_back(std::move(definition));
  return result;
}

/// The file of a definition: what `@file` says, for one definition, or that of the module.
Term definition_file(Expander& e, ModuleDraft& draft) {
  Attribute* given = find_attribute(draft, atoms::file);
  if (!given || given->value.is_none()) return e.env.file;
  Term value = given->value;
  if (value.is_tuple(2)) value = value.element(0);
  delete_attribute(draft, atoms::file);
  return value.is_bitstring() ? value : e.env.file;
}

/// Defaults stand once, in the first clause or, when there are several, in a header without body.
Term check_defaults(Expander& e, Term meta, const Definition& definition, bool defaults) {
  std::string what = std::string(atom_text(definition.kind)) + " " + name_arity(definition.name, definition.arity);
  std::string mixed = " has multiple clauses and also declares default values. In such cases, the default values should be "
                      "defined in a header. Instead of:\n\n    def foo(:first_clause, b \\\\ :default) do ... end\n    def "
                      "foo(:second_clause, b) do ... end\n\none should write:\n\n    def foo(a, b \\\\ :default)\n    def "
                      "foo(:first_clause, b) do ... end\n    def foo(:second_clause, b) do ... end\n";
  if (defaults && definition.defaults)
    return e.compile_error(meta, what + " defines defaults multiple times. Elixir allows defaults to be declared once per definition. Instead "
                                        "of:\n\n    def foo(:first_clause, b \\\\ :default) do ... end\n    def foo(:second_clause, b \\\\ "
                                        ":default) do ... end\n\none should write:\n\n    def foo(a, b \\\\ :default)\n    def foo(:first_clause, b) "
                                        "do ... end\n    def foo(:second_clause, b) do ... end\n");
  if (defaults && !definition.clauses.empty() && !definition.bodiless) return e.compile_error(meta, what + mixed);
  if (definition.defaults && definition.clauses.size() == 1 && !definition.has_header) e.warn(meta, what + mixed);
  return atoms::ok;
}

/// Definitions with fewer parameters that call `target` with the defaults.
Term store_default_variants(Expander& e, Definition& target, const Terms& defaults) {
  ModuleDraft& draft = *e.draft;
  TermHeap& heap = e.heap;
  int64_t arity = static_cast<int64_t>(defaults.size());
  int64_t optional = std::count_if(defaults.begin(), defaults.end(), [](Term item) { return !item.is_none(); });
  for (int64_t given = 0; given < optional; given++) {
    int64_t variant_arity = arity - optional + given;
    // A definition of that arity that stands before keeps its clauses and gets one more.
    Definition* variant = find_definition(draft, target.name, variant_arity);
    bool is_new = variant == nullptr;
    if (!is_new && (variant->kind != target.kind || !variant->default_of.is_none() || variant->defaults > 0)) {
      return e.compile_error(target.meta, std::string(atom_text(target.kind)) + " " + name_arity(target.name, arity) + " defaults conflicts with " +
                                              name_arity(target.name, variant_arity));
    }
    if (is_new) variant = new_definition(draft, target.kind, target.name, variant_arity, target.meta, target.file);
    if (is_new) variant->default_of = Term::small(arity);
    DefinitionState state(e, variant, target.name, variant_arity);
    Clause clause;
    clause.meta = target.meta;
    Terms call_arguments;
    if (target.is_macro()) {
      Term caller = caller_parameter(e);
      clause.parameters.push_back(caller);
      call_arguments.push_back(caller);
    }
    int64_t used = 0;
    for (Term value : defaults) {
      if (!value.is_none() && used >= given) {
        call_arguments.push_back(TRY(e.expand(value)));
        continue;
      }
      if (!value.is_none()) used++;
      Term parameter = e.fresh_variable("x" + std::to_string(clause.parameters.size()));
      clause.parameters.push_back(parameter);
      call_arguments.push_back(parameter);
    }
    Term name = target.is_macro() ? macro_function_name(target.name) : target.name;
    clause.body = node(heap, name, target.meta, make_list(heap, call_arguments));
    variant->calls.emplace_back(target.name, arity);
    variant->clauses.push_back(std::move(clause));
    e.warn_unused_variables();
  }
  return atoms::ok;
}

Term run_definition_hooks(Expander& e, Term kind, const Head& head, Term body) {
  Term hooks = draft_attribute(*e.draft, atoms::on_definition);
  if (hooks.is_none() || hooks.is_nil()) return atoms::ok;
  Terms all = list_items(hooks);
  for (auto hook = all.rbegin(); hook != all.rend(); ++hook) {
    Term module = hook->is_tuple(2) ? hook->element(0) : *hook;
    Term name = hook->is_tuple(2) ? hook->element(1) : intern_atom("__on_definition__");
    Environment env = e.env;
    env.line = line_of(head.meta) ? line_of(head.meta) : env.line;
    const Term arguments[] = {environment_to_map(e.heap, env, e.scope.read), kind, head.name, make_list(e.heap, head.parameters),
                              make_list(e.heap, head.guards), body.is_none() ? atoms::nil : body};
    TRY(e.host.call(module, name, arguments));
  }
  return atoms::ok;
}

}  // namespace

Term store_definition(Expander& e, Term kind, Term meta, Term call, Term body) {
  if (!e.draft) return e.compile_error(meta, "cannot invoke " + std::string(atom_text(kind)) + "/2 outside module");
  if (e.draft->closing)
    return e.compile_error(meta, "cannot define " + std::string(atom_text(kind)) + ", the module is already compiled");
  ModuleDraft& draft = *e.draft;
  TermHeap& heap = e.heap;
  Head head;
  TRY(read_head(e, kind, meta, call, head));
  int64_t arity = static_cast<int64_t>(head.parameters.size());
  if (arity > 255) return e.compile_error(meta, "functions have at most 255 parameters");
  bool has_body = !(body == atoms::nil);
  if (has_body && (!is_keyword(body) || body.is_nil() || !keyword_has(body, atoms::do_))) {
    if (is_keyword(body) && !body.is_nil())
      return e.compile_error(meta, "unexpected option :" + std::string(atom_text(body.head().element(0))) + " in \"" + std::string(atom_text(kind)) + "\"");
    return e.compile_error(meta, "missing :do option in \"" + std::string(atom_text(kind)) + "\"");
  }
  Definition* definition = find_definition(draft, head.name, arity);
  if (auto overridden = draft.overridable.find(definition_key(head.name, arity));
      overridden != draft.overridable.end() && !definition) {
    if (is_macro_kind(overridden->second.definition.kind) != is_macro_kind(kind))
      return e.compile_error(meta, "cannot override " + std::string(atom_text(overridden->second.definition.kind)) + " " +
                                       name_arity(head.name, arity) + " as " + std::string(atom_text(kind)));
  }
  bool first = definition == nullptr;
  bool defaults = later_defaults(head);
  if (definition) {
    if (!definition->default_of.is_none()) {
      return e.compile_error(meta, std::string(atom_text(kind)) + " " + name_arity(head.name, arity) + " conflicts with defaults from " +
                                       name_arity(head.name, definition->default_of.small_value()));
    }
    if (definition->kind != kind)
      return e.compile_error(meta, std::string(atom_text(kind)) + " " + name_arity(head.name, arity) + " already defined as " +
                                       std::string(atom_text(definition->kind)) + " in " + e.host.shown_path(e.file_text()) + ":" +
                                       std::to_string(definition->line));
    TRY(check_defaults(e, meta, *definition, defaults));
    Term here = pair(heap, head.name, Term::small(arity));
    if (!draft.last_defined.is_none() && !equal_exactly(draft.last_defined, here) && !definition->generated &&
        !keyword_has(meta, atoms::generated) && !keyword_has(meta, atoms::context) && !keyword_has(meta, atoms::unquote) && !definition->unquoted &&
        !definition->clauses.empty()) {
      e.warn(meta, "clauses with the same name and arity (number of arguments) should be grouped together, \"" +
                       std::string(atom_text(kind)) + " " + name_arity(head.name, arity) + "\" was previously defined (" +
                       e.host.shown_path(e.file_text()) + ":" + std::to_string(definition->line) + ")");
    }
  } else {
    if (head.name == atoms::module_info && arity < 2)
      return e.compile_error(meta, "cannot define def " + name_arity(head.name, arity) + " as it is automatically defined by Erlang");
    if (arity == 1 && head.name == intern_atom("__info__"))
      return e.compile_error(meta, "cannot define def __info__/1 as it is automatically defined by Elixir");
    for (const auto& other : draft.definitions) {
      if (other->name == head.name && other->default_of.is_none() && other->defaults > 0 && other->arity > arity &&
          arity >= other->arity - other->defaults)
        return e.compile_error(meta, std::string(atom_text(kind)) + " " + name_arity(head.name, arity) + " conflicts with defaults from " +
                                         name_arity(head.name, other->arity));
    }
    definition = new_definition(draft, kind, head.name, arity, head.meta, definition_file(e, draft));
    definition->bodiless = definition->has_header = !has_body;
  }
  definition->unquoted = keyword_has(meta, atoms::unquote);
  draft.last_defined = pair(heap, head.name, Term::small(arity));
  if (definition->signature.empty()) definition->signature = head.parameters;
  Terms documented = head.parameters;
  if (defaults) {
    for (size_t i = 0; i < documented.size(); i++)
      if (!head.defaults[i].is_none())
        documented[i] = node(heap, atoms::default_operator, Term::nil(), {head.parameters[i], head.defaults[i]});
    definition->signature = documented;
    definition->defaults = std::count_if(head.defaults.begin(), head.defaults.end(), [](Term item) { return !item.is_none(); });
  }
  if (!first && !definition->bodiless && !has_body) {
    if (!defaults) note_documentation(e, draft, *definition, false);
    return draft.last_defined;
  }
  if (has_body) {
    DefinitionState state(e, definition, head.name, arity);
    if (int64_t line = line_of(head.meta)) e.env.line = line;
    Clause clause;
    clause.meta = meta;
    if (is_macro_kind(kind)) clause.parameters.push_back(caller_parameter(e));
    Term parameters = TRY(e.expand_patterns(make_list(heap, head.parameters)));
    for (Term parameter : ListRange(parameters)) clause.parameters.push_back(parameter);
    for (Term guard : head.guards) clause.guards.push_back(TRY(e.expand_guard(guard)));
    clause.body = TRY(e.expand(body_expression(e, meta, body)));
    e.warn_unused_variables();
    clause.head = phial::make_tuple(heap, {head.name, make_list(heap, head.parameters), make_list(heap, head.guards)});
    definition->clauses.push_back(std::move(clause));
    definition->bodiless = false;
    TRY(run_definition_hooks(e, kind, head, body));
  }
  if (defaults) TRY(store_default_variants(e, *definition, head.defaults));
  note_documentation(e, draft, *definition, first);
  return draft.last_defined;
}

void record_local_call(Expander& e, Term meta, Term name, int64_t arity, bool was_variable) {
  if (!e.draft) return;
  e.draft->local_calls.push_back({name, arity, line_of(meta) ? line_of(meta) : e.env.line, column_of(meta), e.env.function, e.env.file, was_variable});
  if (e.definition) e.definition->calls.emplace_back(name, arity);
}

void record_import_use(Expander& e, Term name, int64_t arity, Term receiver, Term meta) {
  if (!e.draft || !e.env.in_function() || keyword_has(meta, atoms::imports)) return;
  e.draft->import_uses.push_back({name, arity, receiver, line_of(meta), column_of(meta)});
}

bool make_overridable(Expander& e, Term list) {
  ModuleDraft& draft = *e.draft;
  if (list.is_atom() && list != atoms::nil) {  // a behaviour: all its callbacks that are defined
    if (!e.host.ensure_loaded(list)) return false;
    const Term arguments[] = {intern_atom("callbacks")};
    Term callbacks = e.host.call(list, intern_atom("behaviour_info"), arguments);
    if (callbacks.is_none()) return false;
    Terms kept;
    for (Term item : ListRange(callbacks)) {
      std::string_view text = atom_text(item.element(0));
      Term name = item.element(0);
      int64_t arity = item.element(1).small_value();
      if (text.starts_with("MACRO-")) {
        name = intern_atom(text.substr(6));
        arity--;
      }
      if (find_definition(draft, name, arity)) kept.push_back(pair(e.heap, name, Term::small(arity)));
    }
    list = make_list(e.heap, kept);
  }
  if (!is_keyword(list)) {
    e.raise_exception(intern_atom("Elixir.ArgumentError"), "each element in tuple list has to be a {function_name :: atom, arity :: 0..255} tuple");
    return false;
  }
  for (Term item : ListRange(list)) {
    Term name = item.element(0);
    int64_t arity = item.element(1).small_value();
    Definition* definition = find_definition(draft, name, arity);
    if (!definition) {
      if (draft.overridable.contains(definition_key(name, arity))) continue;
      e.raise_exception(intern_atom("Elixir.ArgumentError"), "cannot make function " + name_arity(name, arity) +
                                                                 " overridable because it was not defined");
      return false;
    }
    Overridden& entry = draft.overridable[definition_key(name, arity)];
    entry.count++;
    entry.definition = std::move(*definition);
    entry.called = false;
    entry.private_name = Term::none();
    draft.by_name.erase(definition_key(name, arity));
    std::erase_if(draft.definitions, [&](const auto& held) { return held.get() == definition; });
  }
  return true;
}

void keep_overridable(ModuleDraft& draft) {
  for (auto& [key, entry] : draft.overridable) {
    if (draft.by_name.contains(key)) continue;
    auto definition = std::make_unique<Definition>(entry.definition);
    definition->used = true;
    draft.by_name[key] = definition.get();
    draft.definitions.push_back(std::move(definition));
  }
}

Term super_target(Expander& e, Term meta, int64_t arity) {
  ModuleDraft& draft = *e.draft;
  Term name = e.definition->name;
  auto found = draft.overridable.find(definition_key(name, e.definition->arity));
  if (found == draft.overridable.end())
    return e.compile_error(meta, "no super defined for " + name_arity(name, e.definition->arity) + " in module " + atom_name(draft.module) +
                                     ". Overridable functions available are: ");
  if (arity != e.definition->arity)
    return e.compile_error(meta, "super must be called with the same number of arguments as the current definition");
  Overridden& entry = found->second;
  if (!entry.called) {
    entry.called = true;
    Term private_name = intern_atom(std::string(atom_text(name)) + " (overridable " + std::to_string(entry.count) + ")");
    entry.private_name = private_name;
    auto definition = std::make_unique<Definition>(entry.definition);
    definition->kind = definition->is_macro() ? atoms::defmacrop : atoms::defp;
    definition->name = private_name;
    definition->super_target = true;
    definition->used = true;
    draft.by_name[definition_key(private_name, arity)] = definition.get();
    draft.definitions.push_back(std::move(definition));
  }
  e.definition->calls.emplace_back(entry.private_name, arity);
  return is_macro_kind(entry.definition.kind) ? macro_function_name(entry.private_name) : entry.private_name;
}

FunctionDefinition function_definition(TermHeap& heap, const Definition& definition, Term module_file) {
  FunctionDefinition function;
  bool macro = definition.is_macro();
  function.name = macro ? macro_function_name(definition.name) : definition.name;
  function.arity = static_cast<uint8_t>(definition.arity + (macro ? 1 : 0));
  function.exported = definition.is_public();
  function.line = static_cast<uint32_t>(definition.line);
  for (const Clause& clause : definition.clauses) {
    ClauseDefinition out;
    out.meta = clause.meta;
    out.parameters = clause.parameters;
    out.guards = clause.guards;
    out.body = clause.body;
    function.clauses.push_back(std::move(out));
  }
  return function;
}

bool has_unquotes(Term quoted, int level) {
  if (quoted.is_cons()) {
    for (; quoted.is_cons(); quoted = quoted.tail())
      if (has_unquotes(quoted.head(), level)) return true;
    return has_unquotes(quoted, level);
  }
  if (!quoted.is_boxed() || !quoted.is_tuple()) return false;
  if (quoted.is_tuple(3) && quoted.element(0) == atoms::quote && quoted.element(2).is_cons()) {
    Term arguments = quoted.element(2);
    if (arguments.tail().is_nil()) return has_unquotes(arguments.head(), level + 1);
    if (is_keyword(arguments.head()) && keyword_get(arguments.head(), atoms::unquote) == atoms::false_) return false;
    return has_unquotes(arguments.head(), level) || has_unquotes(arguments.tail().head(), level + 1);
  }
  if (quoted.is_tuple(3) && (quoted.element(0) == atoms::unquote || quoted.element(0) == atoms::unquote_splicing) &&
      quoted.element(2).is_cons() && quoted.element(2).tail().is_nil()) {
    if (level == 0) return true;
    return has_unquotes(quoted.element(2).head(), level - 1);
  }
  if (is_call(quoted, atoms::dot, 2) && arguments_of(quoted).tail().head() == atoms::unquote) return level == 0;
  for (size_t i = 0; i < quoted.arity(); i++)
    if (has_unquotes(quoted.element(i), level)) return true;
  return false;
}

/// Calls a macro of the module being defined: it and all it calls become a unit of their own.
Term call_local_macro(Expander& e, Term name, const Terms& arguments) {
  ModuleDraft& draft = *e.draft;
  int64_t arity = static_cast<int64_t>(arguments.size()) - 1;
  std::vector<Definition*> reachable;
  std::vector<std::pair<Term, int64_t>> queue = {{name, arity}};
  std::unordered_set<uint64_t> seen;
  size_t clauses = 0;
  while (!queue.empty()) {
    auto [at, count] = queue.back();
    queue.pop_back();
    if (!seen.insert(definition_key(at, count)).second) continue;
    Definition* definition = find_definition(draft, at, count);
    if (!definition) continue;
    reachable.push_back(definition);
    clauses += definition->clauses.size();
    for (auto& call : definition->calls) queue.push_back(call);
  }
  Definition* macro = find_definition(draft, name, arity);
  macro->used = true;
  uint64_t key = definition_key(name, arity);
  auto cached = draft.macro_units.find(key);
  Term unit = Term::none();
  if (cached != draft.macro_units.end() && cached->second.first == clauses) {
    unit = cached->second.second;
  } else {
    ModuleDefinition module;
    module.module = draft.module;
    module.file = e.file_text();
    for (Definition* definition : reachable) {
      FunctionDefinition function = function_definition(e.heap, *definition, draft.file);
      function.exported = definition == macro;
      module.functions.push_back(std::move(function));
    }
    unit = TRY(e.host.load_unit(module));
    draft.macro_units[key] = {clauses, unit};
  }
  return e.host.call(unit, macro_function_name(name), arguments);
}

}  // namespace phial::compiler
