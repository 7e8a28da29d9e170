// What is checked when a module is complete: calls of its own functions, what is defined and never used, behaviours; and, when all
// modules of a file are there, calls of other modules.
#include <algorithm>

#include "compiler/expand/module_draft.hpp"
#include "compiler/expand/suggestions.hpp"
#include "vm/term/binary.hpp"

namespace phial::compiler {

namespace {

void check_local_calls(Expander& e, ModuleDraft& draft) {
  std::unordered_set<uint64_t> reported;
  for (const LocalCall& call : draft.local_calls) {
    Definition* definition = find_definition(draft, call.name, call.arity);
    if (definition && !definition->is_macro()) continue;
    Environment saved = e.env;
    e.env.function = call.function;
    e.env.file = call.file;
    Term meta = make_list(e.heap, {pair(e.heap, atoms::line, Term::small(call.line)), pair(e.heap, atoms::column, Term::small(call.column))});
    if (!call.column) meta = line_meta(e.heap, call.line);
    std::string name = name_arity(call.name, call.arity);
    if (definition) {
      e.report_error(meta, "macro " + name + " is defined after it is used: a macro must be defined before its first use");
    } else if (call.was_variable) {
      e.report_error(meta, "undefined variable \"" + std::string(atom_text(call.name)) + "\"" + call.similar_variable);
    } else if (reported.insert(definition_key(call.name, call.arity) ^ static_cast<uint64_t>(call.line) << 48).second) {
      std::vector<Suggestion> found;
      for (const auto& other : draft.definitions) {
        if (other->super_target) continue;
        double score = name_similarity(atom_text(call.name), atom_text(other->name));
        if (score > 0.77 || other->name == call.name) found.push_back({score, name_arity(other->name, other->arity)});
      }
      std::string message = "undefined function " + name + " (expected " + atom_name(draft.module) +
                            " to define such a function or for it to be imported, but none are available)";
      std::string hints = suggestions_text(found);
      if (!hints.empty()) message += "\n\n    Did you mean:\n" + hints;
      e.report_error(meta, message);
    }
    e.env = saved;
  }
}

void check_import_conflicts(Expander& e, ModuleDraft& draft) {
  for (const ImportUse& use : draft.import_uses) {
    Definition* definition = find_definition(draft, use.name, use.arity);
    if (!definition) continue;
    Term meta = line_meta(e.heap, definition->line);
    e.compile_error(meta, "imported " + mfa_text(use.receiver, use.name, use.arity) + " conflicts with local function");
    return;
  }
}

void check_unused_definitions(Expander& e, ModuleDraft& draft) {
  // What public functions and overridden ones reach is used.
  std::vector<Definition*> queue;
  for (const auto& definition : draft.definitions)
    if (definition->is_public() || definition->used) queue.push_back(definition.get());
  std::unordered_set<Definition*> reached(queue.begin(), queue.end());
  while (!queue.empty()) {
    Definition* definition = queue.back();
    queue.pop_back();
    for (auto& [name, arity] : definition->calls) {
      Definition* target = find_definition(draft, name, arity);
      if (target && reached.insert(target).second) queue.push_back(target);
    }
  }
  for (const auto& definition : draft.definitions) {
    if (reached.contains(definition.get()) || definition->generated || definition->super_target) continue;
    if (!definition->default_of.is_none() || definition->bodiless) continue;
    if (keyword_has(definition->meta, atoms::context)) continue;
    // A variant with defaults that is used stands for its target.
    e.warn_at(definition->line, definition->column, definition->file, atoms::nil,
              std::string(definition->is_macro() ? "macro " : "function ") + name_arity(definition->name, definition->arity) + " is unused");
  }
  // Defaults that no call leaves to the function: a call with k of the optional arguments gives the first k.
  for (const auto& definition : draft.definitions) {
    if (definition->is_public() || !definition->defaults || !reached.contains(definition.get()) || definition->generated) continue;
    int64_t given = definition->defaults;
    for (int64_t k = definition->defaults - 1; k >= 0; k--) {
      Definition* variant = find_definition(draft, definition->name, definition->arity - definition->defaults + k);
      if (variant && reached.contains(variant)) given = k;
    }
    if (!given || keyword_has(definition->meta, atoms::context)) continue;
    std::string name = name_arity(definition->name, definition->arity);
    std::string what = given == definition->defaults ? "default values for the optional arguments in " + name + " are never used"
                       : given == 1                  ? "the default value for the first optional argument in " + name + " is never used"
                                                     : "the default values for the first " + std::to_string(given) + " optional arguments in " +
                                                           name + " are never used";
    e.warn_at(definition->line, definition->column, definition->file, atoms::nil, what);
  }
}

void check_attributes(Expander& e, ModuleDraft& draft) {
  static const Term nifs = intern_atom("nifs");
  for (const Attribute& item : draft.attributes) {
    if (!item.watched || item.read || item.accumulate || item.persist || item.name == nifs) continue;
    switch (item.name.atom_index()) {
      case atoms::index_doc: case atoms::index_moduledoc: case atoms::index_typedoc: case atoms::index_struct_: case atoms::index_enforce_keys:
      case atoms::index_impl: case atoms::index_deprecated: case atoms::index_file: case atoms::index_doc_notes: case atoms::index_moduledoc_notes:
      case atoms::index_derive: case atoms::index_on_load: case atoms::index_vsn: case atoms::index_compile: case atoms::index_behaviour:
      case atoms::index_for_: case atoms::index_protocol: case atoms::index_fallback_to_any: case atoms::index_undefined_impl_description: case atoms::index_since:
        continue;
      default: break;
    }
    e.warn_at(item.line, 0, draft.file, atoms::nil, "module attribute @" + std::string(atom_text(item.name)) + " was set but never used");
  }
}

struct Callback {
  Term name;
  int64_t arity;
  Term behaviour;
  bool optional;
};

/// What an @impl could have named, as the end of its warning.
std::string known_callbacks(const std::vector<Callback>& callbacks) {
  if (callbacks.empty())
    return ". There are no known callbacks, please specify the proper @behaviour and make sure it defines callbacks";
  std::vector<std::string> lines;
  for (const Callback& callback : callbacks) {
    std::string_view name = atom_text(callback.name);
    bool macro = name.starts_with("MACRO-");
    Term shown = macro ? intern_atom(name.substr(6)) : callback.name;
    lines.push_back("\n  * " + atom_name(callback.behaviour) + "." + name_arity(shown, callback.arity - (macro ? 1 : 0)) +
                    (macro ? " (macro)" : " (function)"));
  }
  std::sort(lines.begin(), lines.end());
  std::string text = ". The known callbacks are:\n";
  for (const std::string& line : lines) text += line;
  return text + "\n";
}

/// A module that marks one callback with @impl marks all of them.
void warn_missing_impls(Expander& e, ModuleDraft& draft, const std::vector<Callback>& callbacks) {
  auto marked = [&](const Definition& definition) {
    return std::any_of(draft.impls.begin(), draft.impls.end(), [&](auto& impl) {
      return impl.first.element(0) == definition.name && impl.first.element(1).small_value() == definition.arity;
    });
  };
  // Definitions that a macro made (`use GenServer`) have no columns.
  auto written = [](const Definition& definition) { return !definition.generated && definition.column != 0; };
  bool any = std::any_of(draft.impls.begin(), draft.impls.end(), [&](auto& impl) {
    Definition* definition = find_definition(draft, impl.first.element(0), impl.first.element(1).small_value());
    return definition && written(*definition);
  });
  if (!any) return;
  for (const Callback& callback : callbacks) {
    std::string_view text = atom_text(callback.name);
    bool macro = text.starts_with("MACRO-");
    Term name = macro ? intern_atom(text.substr(6)) : callback.name;
    int64_t arity = callback.arity - macro;
    Definition* definition = find_definition(draft, name, arity);
    if (!definition || definition->is_macro() != macro || !definition->is_public() || !written(*definition)) continue;
    if (marked(*definition) || !definition->default_of.is_none()) continue;
    e.warn_at(definition->line, definition->column, definition->file, atoms::nil,
              "module attribute @impl was not set for " + std::string(macro ? "macro " : "function ") + name_arity(name, arity) +
                  " callback (specified in " + atom_name(callback.behaviour) +
                  "). This either means you forgot to add the \"@impl true\" annotation before the definition or that you are "
                  "accidentally overriding this callback");
  }
}

void check_behaviours(Expander& e, ModuleDraft& draft) {
  Term behaviours = draft_attribute(draft, atoms::behaviour);
  if (behaviours.is_none()) behaviours = Term::nil();
  std::vector<Callback> callbacks;
  Term callbacks_atom = intern_atom("callbacks"), optional_atom = atoms::optional_callbacks, info = intern_atom("behaviour_info");
  Terms all = list_items(behaviours);
  std::reverse(all.begin(), all.end());
  for (Term behaviour : all) {
    if (!behaviour.is_atom()) continue;
    e.host.depends_on(behaviour, DependencyKind::interface);
    if (!e.host.ensure_loaded(behaviour)) {
      if (e.host.failure) return;
      if (e.host.is_coming(behaviour)) continue;
      e.warn_at(draft.line, 0, draft.file, atoms::nil, "@behaviour " + atom_name(behaviour) + " does not exist (in module " + atom_name(draft.module) + ")");
      continue;
    }
    if (!e.host.exports(behaviour, info, 1)) {
      e.warn_at(draft.line, 0, draft.file, atoms::nil, "module " + atom_name(behaviour) + " is not a behaviour (in module " + atom_name(draft.module) + ")");
      continue;
    }
    const Term ask[] = {callbacks_atom};
    const Term ask_optional[] = {optional_atom};
    Term list = e.host.call(behaviour, info, ask);
    Term optional = e.host.call(behaviour, info, ask_optional);
    if (list.is_none() || optional.is_none()) {
      e.host.failure = {};
      continue;
    }
    for (Term item : ListRange(list)) {
      bool is_optional = false;
      for (Term other : ListRange(optional)) is_optional = is_optional || equal_exactly(other, item);
      callbacks.push_back({item.element(0), item.element(1).small_value(), behaviour, is_optional});
    }
  }
  auto defined = [&](const Callback& callback) {
    std::string_view text = atom_text(callback.name);
    if (text.starts_with("MACRO-")) {
      Definition* macro = find_definition(draft, intern_atom(text.substr(6)), callback.arity - 1);
      return macro && macro->kind == atoms::defmacro;
    }
    Definition* function = find_definition(draft, callback.name, callback.arity);
    return function && function->kind == atoms::def;
  };
  for (const Callback& callback : callbacks) {
    if (callback.optional || defined(callback)) continue;
    bool macro = atom_text(callback.name).starts_with("MACRO-");
    e.warn_at(draft.line, 0, draft.file, atoms::nil, std::string(macro ? "macro " : "function ") + name_arity(callback.name, callback.arity) +
                                                        " required by behaviour " + atom_name(callback.behaviour) + " is not implemented (in module " +
                                                        atom_name(draft.module) + ")");
  }
  // @impl must name a callback; with one @impl, all callbacks want it.
  for (auto& [name, value] : draft.impls) {
    if (value == atoms::false_) continue;
    Definition* definition = find_definition(draft, name.element(0), name.element(1).small_value());
    if (!definition) continue;
    Term wanted = definition->is_macro() ? intern_atom("MACRO-" + std::string(atom_text(definition->name))) : definition->name;
    int64_t arity = definition->arity + (definition->is_macro() ? 1 : 0);
    bool found = false;
    for (const Callback& callback : callbacks) {
      bool fits = callback.name == wanted && (callback.arity == arity || (definition->defaults && callback.arity <= arity && callback.arity >= arity - definition->defaults));
      if (fits && (value == atoms::true_ || value == callback.behaviour)) found = true;
    }
    if (found) continue;
    std::string subject = "\"@impl " + (value == atoms::true_ ? std::string("true") : atom_name(value)) + "\" for " +
                          (definition->is_macro() ? "macro " : "function ") + name_arity(definition->name, definition->arity);
    std::string problem = "got " + subject;
    if (all.empty())
      problem += " but no behaviour was declared";
    else if (value != atoms::true_ && std::find(all.begin(), all.end(), value) == all.end())
      problem += " but this behaviour was not declared with @behaviour";
    else
      problem += (value == atoms::true_ ? " but no behaviour specifies such callback" : " but this behaviour does not specify such callback") +
                 known_callbacks(callbacks);
    e.warn_at(definition->line, 0, definition->file, atoms::nil, problem);
  }
  warn_missing_impls(e, draft, callbacks);
}

std::string suggestions_for(Expander& e, Term module, Term name, int64_t arity) {
  std::vector<Suggestion> found;
  for (Term item : e.host.exports_of(module)) {
    std::string_view text = atom_text(item.element(0));
    if (text.starts_with("MACRO-") || text.starts_with("__") || text == "module_info") continue;
    double score = name_similarity(atom_text(name), text);
    if (score > 0.77) found.push_back({score, name_arity(item.element(0), item.element(1).small_value())});
  }
  std::string hints = suggestions_text(found);
  return hints.empty() ? hints : ". Did you mean:\n" + hints + "\n";
}

}  // namespace

namespace {

/// Counts the types that quoted code mentions by name and arity.
void count_types(Term quoted, std::unordered_set<uint64_t>& mentioned) {
  for (; quoted.is_cons(); quoted = quoted.tail()) count_types(quoted.head(), mentioned);
  if (quoted.is_tuple(2)) {
    count_types(quoted.element(0), mentioned);
    count_types(quoted.element(1), mentioned);
  }
  if (!quoted.is_tuple(3) || !quoted.element(1).is_list()) return;
  Term form = form_of(quoted), arguments = arguments_of(quoted);
  if (form.is_atom()) mentioned.insert(definition_key(form, arguments.is_list() ? list_length(arguments) : 0));
  else count_types(form, mentioned);
  if (arguments.is_list()) count_types(arguments, mentioned);
}

/// The name and arity at the head of a typespec, behind `when` and before `::`.
bool typespec_head(Term quoted, Term& name, int64_t& arity) {
  if (is_call(quoted, atoms::when, 2)) quoted = arguments_of(quoted).head();
  if (is_call(quoted, atoms::double_colon, 2)) quoted = arguments_of(quoted).head();
  if (!is_node(quoted) || !form_of(quoted).is_atom()) return false;
  name = form_of(quoted);
  arity = arguments_of(quoted).is_list() ? list_length(arguments_of(quoted)) : 0;
  return true;
}

void check_typespecs(Expander& e, ModuleDraft& draft) {
  auto items = [&](Term kind) {
    Term list = draft_attribute(draft, kind);
    Terms all = list.is_none() ? Terms() : list_items(list);
    std::reverse(all.begin(), all.end());
    return all;
  };
  auto line_of_item = [](Term item) { return item.element(2).is_tuple(2) && item.element(2).element(1).is_small() ? item.element(2).element(1).small_value() : 0; };
  Term name;
  int64_t arity;
  for (Term item : items(atoms::spec))
    if (item.is_tuple(3) && typespec_head(item.element(1), name, arity) && !draft_defines(draft, name, arity))
      e.report_error(line_meta(e.heap, line_of_item(item)), "spec for undefined function " + name_arity(name, arity));
  std::unordered_set<uint64_t> mentioned;
  for (Term kind : {atoms::type, atoms::typep, atoms::opaque, atoms::spec, atoms::callback, atoms::macrocallback})
    for (Term item : items(kind)) {
      if (!item.is_tuple(3)) continue;
      Term quoted = item.element(1);
      bool defines = kind == atoms::type || kind == atoms::typep || kind == atoms::opaque;
      count_types(defines && is_call(quoted, atoms::double_colon, 2) ? arguments_of(quoted).tail() : quoted, mentioned);
    }
  for (Term item : items(atoms::typep))
    if (item.is_tuple(3) && typespec_head(item.element(1), name, arity) && column_of(meta_or_empty(item.element(1))) &&
        !mentioned.contains(definition_key(name, arity)))
      e.warn_at(line_of_item(item), 0, draft.file, atoms::nil, "type " + name_arity(name, arity) + " is unused");
}

}  // namespace

void check_draft(Expander& e, ModuleDraft& draft) {
  for (const auto& definition : draft.definitions) {
    if (!definition->bodiless || e.host.is_native(draft.module, definition->name, static_cast<unsigned>(definition->arity))) continue;
    // A head alone is allowed for a function that an override replaces or that is native, nothing else.
    e.report_error(definition->meta, "implementation not provided for predefined " + std::string(atom_text(definition->kind)) + " " +
                                         name_arity(definition->name, definition->arity));
  }
  check_local_calls(e, draft);
  check_import_conflicts(e, draft);
  if (e.host.failure) return;
  check_unused_definitions(e, draft);
  check_attributes(e, draft);
  check_typespecs(e, draft);
  check_behaviours(e, draft);
}

namespace {

/// Why a function is deprecated, or none(). `known` holds what modules have said before.
Term deprecation(Expander& e, const RemoteCall& call, std::unordered_map<uint32_t, Term>& known) {
  auto [found, is_new] = known.try_emplace(call.module.atom_index(), Term::nil());
  if (is_new && e.host.exports(call.module, intern_atom("__info__"), 1)) {
    const Term arguments[] = {atoms::deprecated};
    Term list = e.host.call(call.module, intern_atom("__info__"), arguments);
    e.host.failure = {};
    if (!list.is_none() && list.is_list()) found->second = list;
  }
  for (Term item : ListRange(found->second)) {
    Term key = item.element(0);
    if (key.is_tuple(2) && key.element(0) == call.name && key.element(1) == Term::small(call.arity)) return item.element(1);
  }
  return Term::none();
}

}  // namespace

namespace {

/// Whether the calling module says that the function, or its module, may be missing.
bool may_be_undefined(Expander& e, const RemoteCall& call) {
  auto names = [&](Term item) {
    if (item == call.module || item == intern_atom("all")) return true;
    return item.is_tuple(3) && item.element(0) == call.module && item.element(1) == call.name && item.element(2) == Term::small(call.arity);
  };
  for (auto& [module, named] : e.may_be_undefined) {
    if (module != call.in_module) continue;
    if (names(named)) return true;
    if (named.is_list())
      for (Term item : ListRange(named))
        if (names(item)) return true;
  }
  return false;
}

}  // namespace

void check_remote_calls(Expander& e) {
  std::unordered_map<uint32_t, Term> deprecations;
  std::unordered_map<uint64_t, bool> known;
  for (const RemoteCall& call : e.remote_calls) {
    if (!is_alias_atom(call.module) && e.host.ensure_loaded(call.module) == false) {
      if (e.host.failure) e.host.failure = {};
    }
    uint64_t key = (uint64_t{call.module.atom_index()} * 1000003 + call.name.atom_index()) * 257 + static_cast<uint64_t>(call.arity);
    auto [found, is_new] = known.try_emplace(key, true);
    if (is_new) {
      bool loaded = e.host.ensure_loaded(call.module);
      if (e.host.failure) {
        e.host.failure = {};
        continue;
      }
      std::string_view name = atom_text(call.name);
      found->second = loaded && (e.host.exports(call.module, call.name, static_cast<unsigned>(call.arity)) || name == "module_info" ||
                                 name == "__info__" || name == "behaviour_info" || e.host.exports(call.module, intern_atom("$handle_undefined_function"), 2));
      if (!loaded && find_draft(e.host.draft_owner(), call.module)) found->second = true;
    }
    if (!found->second && may_be_undefined(e, call)) continue;
    if (found->second) {
      Term reason = is_alias_atom(call.module) && call.module != call.in_module ? deprecation(e, call, deprecations) : Term::none();
      if (!reason.is_none() && reason.is_bitstring()) {
        Environment saved = e.env;
        std::string scratch;
        e.env.module = call.in_module;
        e.warn_at(call.line, call.column, call.file, call.function,
                  mfa_text(call.module, call.name, call.arity) + " is deprecated. " + std::string(bytes_of(reason, scratch)));
        e.env = saved;
      }
      continue;
    }
    Environment saved = e.env;
    e.env.module = call.in_module;
    e.env.function = call.function;
    std::string text = mfa_text(call.module, call.name, call.arity);
    std::string message;
    if (!e.host.ensure_loaded(call.module)) {
      e.host.failure = {};
      message = text + " is undefined (module " + atom_name(call.module) +
                " is not available or is yet to be defined). Make sure the module name is correct and has been specified in full (or that an "
                "alias has been defined)";
    } else if (e.host.exports(call.module, intern_atom("MACRO-" + std::string(atom_text(call.name))), static_cast<unsigned>(call.arity + 1))) {
      message = text + " is undefined or private. However, there is a macro with the same name and arity. Be sure to require " +
                atom_name(call.module) + " if you intend to invoke this macro";
    } else {
      message = text + " is undefined or private" + suggestions_for(e, call.module, call.name, call.arity);
    }
    e.warn_at(call.line, call.column, call.file, call.function, message);
    e.env = saved;
  }
  e.remote_calls.clear();
  auto hooks = std::move(e.after_verify);
  e.after_verify.clear();
  for (const Expander::VerifyHook& hook : hooks) {
    if (e.host.failure) return;
    e.host.call(hook.module, hook.name, {&hook.argument, 1});
  }
}

}  // namespace phial::compiler
