// alias, require and import: what they do to the environment, and the warnings for those that were never used.
#include <algorithm>

#include "compiler/expand/expander.hpp"
#include "compiler/expand/module_draft.hpp"
#include "vm/term/print.hpp"

namespace phial::compiler {

/// The module that an alias's first part stands for, or none(). Aliases in expansions of quotes keep the meaning they had there.
Term Expander::lookup_alias(Term meta, Term first) {
  Term key = concat_aliases({first});
  Term counter = keyword_get(meta, atoms::counter);
  if (!counter.is_none()) {
    for (Term entry : ListRange(env.macro_aliases)) {
      if (entry.element(0) != key || !entry.element(1).is_tuple(2)) continue;
      if (equal_exactly(entry.element(1).element(0), counter)) return entry.element(1).element(1);
    }
  }
  Term frozen = keyword_get(meta, atoms::alias);
  if (!frozen.is_none() && frozen.is_atom()) return frozen == atoms::false_ ? Term::none() : frozen;
  Term target = keyword_get(env.aliases, key);
  if (!target.is_none()) {
    for (auto entry = lexical.rbegin(); entry != lexical.rend(); ++entry) {
      if (entry->kind == LexicalEntry::Kind::alias && entry->name == key) {
        entry->used = true;
        break;
      }
    }
  }
  return target;
}

bool Expander::is_required(Term module) {
  if (module == atoms::kernel) return true;
  for (Term item : ListRange(env.required))
    if (item == module) return true;
  return false;
}

namespace {

Term add_sorted(TermHeap& heap, Term list, Term module) {
  Terms items = list_items(list);
  for (Term item : items)
    if (item == module) return list;
  auto at = std::lower_bound(items.begin(), items.end(), module, [](Term a, Term b) { return compare(a, b) < 0; });
  items.insert(at, module);
  return make_list(heap, items);
}

std::string only_text(Term quoted) { return quoted_text(quoted); }

bool warns(Term meta, Term options_list) {
  Term option = keyword_get(options_list, atoms::warn);
  if (!option.is_none()) return option == atoms::true_;
  return !keyword_has(meta, atoms::context) && !keyword_has(meta, atoms::generated) && line_of(meta) != 0 &&
         !keyword_has(meta, atoms::counter);
}

/// Adds `as => module`, for code from a quote also to the table of its expansion: what comes from the same quote sees that one first.
Term put_alias(Expander& e, Term meta, Term as, Term module) {
  Term counter = keyword_get(meta, atoms::counter);
  if (!counter.is_none()) {
    e.env.macro_aliases = make_cons(e.heap, pair(e.heap, as, pair(e.heap, counter, module)), e.env.macro_aliases);
  }
  Term rest = keyword_delete(e.heap, e.env.aliases, as);
  if (as == module)
    e.env.aliases = rest;
  else
    e.env.aliases = make_cons(e.heap, pair(e.heap, as, module), rest);
  return module;
}

Term last_part(Term module) {
  std::string_view text = atom_text(module);
  size_t dot = text.rfind('.');
  return concat_aliases({intern_atom(text.substr(dot + 1))});
}

/// Handles `as:`; `fallback` is what a missing `as:` means: the last part for alias, nothing for require.
Term apply_as(Expander& e, Term meta, Term module, Term options_list, bool fallback, std::string_view form) {
  Term as = keyword_get(options_list, atoms::as);
  if (as.is_none()) {
    if (!fallback) return module;
    if (!is_alias_atom(module)) {
      return e.compile_error(meta, "invalid argument for alias, expected a compile time atom or alias, got: " + atom_name(module) +
                                       ". Erlang modules need the :as option");
    }
    as = last_part(module);
  } else {
    if (is_call_of(as, atoms::aliases)) {
      Term parts = arguments_of(as);
      if (list_length(parts) != 1)
        return e.compile_error(meta, "invalid value for option :as, expected a simple alias, got nested alias: " + only_text(as));
      as = concat_alias_list(parts);
    }
    if (as == atoms::false_) return module;
    if (!as.is_atom() || !is_alias_atom(as))
      return e.compile_error(meta, "invalid value for option :as, expected an alias, got: " + only_text(as));
  }
  put_alias(e, meta, as, module);
  if (form == "alias" && as != module)
    e.lexical.push_back({LexicalEntry::Kind::alias, as, line_of(meta), column_of(meta), e.env.file, !warns(meta, options_list), {}});
  return module;
}

Term expand_target(Expander& e, Term meta, Term target, std::string_view form) {
  Term module = TRY(e.expand_nested(target));
  if (!module.is_atom())
    return e.compile_error(meta, "invalid argument for " + std::string(form) + ", expected a compile time atom or alias, got: " +
                                     quoted_text(target));
  return module;
}

Term expand_options(Expander& e, Term meta, Term options_list, std::initializer_list<Term> allowed, std::string_view form) {
  // Aliases in `as:` stay as they are; other values are expanded.
  if (!is_keyword(options_list)) return e.compile_error(meta, "invalid options for " + std::string(form) + ", expected a keyword list");
  Terms expanded;
  for (Term option : ListRange(options_list)) {
    if (std::find(allowed.begin(), allowed.end(), option.element(0)) == allowed.end())
      return e.compile_error(meta, "unsupported option :" + std::string(atom_text(option.element(0))) + " given to " + std::string(form));
    Term value = option.element(0) == atoms::as ? option.element(1) : e.expand_nested(option.element(1));
    expanded.push_back(pair(e.heap, option.element(0), TRY(value)));
  }
  return make_list(e.heap, expanded);
}

Term require_module(Expander& e, Term meta, Term module) {
  e.host.depends_on(module, DependencyKind::interface);
  if (!e.host.ensure_loaded(module)) {
    if (e.host.failure) return Term::none();
    if (module == e.env.module || find_draft(e.host.draft_owner(), module))
      return e.compile_error(meta, "you are trying to use/import/require the module " + atom_name(module) + " which is currently being defined.\n\n"
                                   "This may happen if you accidentally override the module you want to use. For example:\n\n"
                                   "    defmodule MyApp do\n      defmodule Supervisor do\n        use Supervisor\n      end\n    end\n\n"
                                   "In the example above, the new Supervisor conflicts with Elixir's Supervisor. This may be fixed by using the "
                                   "fully qualified name in the definition:\n\n    defmodule MyApp.Supervisor do\n      use Supervisor\n    end\n");
    return e.compile_error(meta, "module " + atom_name(module) + " is not loaded and could not be found");
  }
  e.env.required = add_sorted(e.heap, e.env.required, module);
  return module;
}

}  // namespace

Term Expander::expand_alias_form(Term meta, Term target, Term options_list) {
  options_list = TRY(expand_options(*this, meta, options_list, {atoms::as, atoms::warn}, "alias"));
  if (is_variable(target) && form_of(target) == atoms::module_form && keyword_get(options_list, atoms::as).is_none() && !env.in_module())
    return atoms::nil;
  Term module = TRY(expand_target(*this, meta, target, "alias"));
  if (keyword_has(options_list, atoms::as) || is_alias_atom(module))
    return apply_as(*this, meta, module, options_list, true, "alias");
  return compile_error(meta, "alias cannot be inferred automatically for module: " + atom_name(module) +
                                 ", please use the :as option. Implicit aliasing is only supported with Elixir modules");
}

Term Expander::expand_require(Term meta, Term target, Term options_list) {
  options_list = TRY(expand_options(*this, meta, options_list, {atoms::as, atoms::warn}, "require"));
  Term module = TRY(expand_target(*this, meta, target, "require"));
  if (keyword_get(meta, atoms::defined).is_none()) TRY(require_module(*this, meta, module));
  else env.required = add_sorted(heap, env.required, module);
  return apply_as(*this, meta, module, options_list, false, "require");
}

Term Expander::expand_import(Term meta, Term target, Term options_list) {
  options_list = TRY(expand_options(*this, meta, options_list, {atoms::only, atoms::except, atoms::warn}, "import"));
  Term module = TRY(expand_target(*this, meta, target, "import"));
  TRY(require_module(*this, meta, module));
  TRY_BOOL(add_import(meta, module, options_list));
  // Every definition uses Kernel's import.
  bool silent = module == atoms::kernel || !warns(meta, options_list);
  LexicalEntry entry{LexicalEntry::Kind::import, module, line_of(meta), column_of(meta), env.file, silent, {}};
  Term only = keyword_get(options_list, atoms::only);
  if (!entry.used && !only.is_none())
    for (Term item : ListRange(only))
      if (item.is_tuple(2) && item.element(1).is_small()) entry.unused_names.push_back({item.element(0), item.element(1).small_value()});
  lexical.push_back(std::move(entry));
  return module;
}

Term Expander::expand_multi_alias(Term form, Term meta, Term base, Term targets, Term options_list) {
  Term module = TRY(expand_nested(base));
  if (!module.is_atom())
    return compile_error(meta, "invalid argument for " + std::string(atom_text(form)) + ", expected a compile time atom or alias, got: " + quoted_text(base));
  if (keyword_has(options_list, atoms::as))
    return compile_error(meta, ":as option is not supported by multi-alias call");
  Terms results;
  for (Term target : ListRange(targets)) {
    Term suffix = Term::none();
    if (is_call_of(target, atoms::aliases)) {
      suffix = concat_alias_list(arguments_of(target));
    } else if (target.is_atom()) {
      suffix = target;
    } else {
      return compile_error(meta, "invalid multi-alias call, expected a compile time atom or alias, got: " + quoted_text(target));
    }
    Term full = concat_aliases({module, suffix});
    Term result;
    if (form == atoms::alias) result = expand_alias_form(meta, full, options_list);
    else if (form == atoms::require) result = expand_require(meta, full, options_list);
    else result = expand_import(meta, full, options_list);
    results.push_back(TRY(result));
  }
  return make_list(heap, results);
}

namespace {

struct Importable {
  Terms functions, macros;  // {name, arity}
};

bool underscored(Term name) { return atom_text(name).starts_with("_"); }

Importable importable_of(Expander& e, Term module) {
  Importable result;
  for (Term export_pair : e.host.exports_of(module)) {
    std::string_view text = atom_text(export_pair.element(0));
    int64_t arity = export_pair.element(1).small_value();
    if (text.starts_with("MACRO-")) {
      result.macros.push_back(pair(e.heap, intern_atom(text.substr(6)), Term::small(arity - 1)));
    } else if (text != "__info__" && text != "module_info") {
      result.functions.push_back(export_pair);
    }
  }
  auto order = [](Term a, Term b) { return compare(a, b) < 0; };
  std::sort(result.functions.begin(), result.functions.end(), order);
  std::sort(result.macros.begin(), result.macros.end(), order);
  return result;
}

bool contains(const Terms& list, Term item) {
  return std::any_of(list.begin(), list.end(), [&](Term other) { return equal_exactly(other, item); });
}

Term without_key(TermHeap& heap, Term list, Term key) { return keyword_delete(heap, list, key); }

Terms names_of(Terms all) {
  Terms kept;
  for (Term item : all)
    if (!underscored(item.element(0))) kept.push_back(item);
  return kept;
}

/// What an earlier import of the same module left visible: `except:` without `only:` narrows it.
Terms earlier(Term imports, Term module, Terms otherwise) {
  Term list = keyword_get(imports, module);
  return list.is_none() ? otherwise : list_items(list);
}

void put_imports(TermHeap& heap, Term& table, Term module, const Terms& chosen) {
  table = without_key(heap, table, module);
  if (!chosen.empty()) table = make_cons(heap, pair(heap, module, make_list(heap, chosen)), table);
}

}  // namespace

bool Expander::add_import(Term meta, Term module, Term options_list) {
  Importable all = importable_of(*this, module);
  Term only = keyword_get(options_list, atoms::only), except = keyword_get(options_list, atoms::except);
  if (host.failure) return false;
  if (!only.is_none() && !except.is_none() && only.is_list()) {
    compile_error(meta, ":only and :except can only be given together to import when :only is :functions, :macros, or :sigils");
    return false;
  }
  Terms functions = names_of(all.functions), macros = names_of(all.macros);
  if (!only.is_none() && only.is_list()) {
    if (!is_keyword(only)) {
      compile_error(meta, "invalid :only option for import, expected value to be an atom :functions, :macros, or a literal keyword list of "
                          "function names with arity as values, got: " + quoted_text(only));
      return false;
    }
    Terms chosen_functions, chosen_macros;
    for (Term item : ListRange(only)) {
      bool found = false;
      if (contains(all.functions, item)) chosen_functions.push_back(item), found = true;
      if (contains(all.macros, item)) chosen_macros.push_back(item), found = true;
      if (!found) {
        compile_error(meta, "cannot import " + atom_name(module) + "." + name_arity(item.element(0), item.element(1).small_value()) +
                                " because it is undefined or private");
        return false;
      }
    }
    put_imports(heap, env.functions, module, chosen_functions);
    put_imports(heap, env.macros, module, chosen_macros);
    return true;
  }
  bool want_functions = true, want_macros = true;
  if (!only.is_none()) {
    if (only == atoms::functions) {
      want_macros = false;
    } else if (only == atoms::macros) {
      want_functions = false;
    } else if (only == atoms::sigils) {
      auto keep_sigils = [](Terms& list) {
        Terms kept;
        for (Term item : list)
          if (atom_text(item.element(0)).starts_with("sigil_")) kept.push_back(item);
        list = kept;
      };
      keep_sigils(functions);
      keep_sigils(macros);
    } else {
      compile_error(meta, "invalid :only option for import, expected value to be an atom :functions, :macros, or a literal keyword list of "
                          "function names with arity as values, got: " + quoted_text(only));
      return false;
    }
  }
  if (!except.is_none()) {
    if (!except.is_list() || !is_keyword(except)) {
      compile_error(meta, "invalid :except option for import, expected value to be a literal keyword list of function names with arity as "
                          "values, got: " + quoted_text(except));
      return false;
    }
    if (only.is_none()) {
      functions = earlier(env.functions, module, functions);
      macros = earlier(env.macros, module, macros);
    }
    auto drop = [&](Terms& list) {
      Terms kept, dropped = list_items(except);
      for (Term item : list)
        if (!contains(dropped, item)) kept.push_back(item);
      list = kept;
    };
    drop(functions);
    drop(macros);
  }
  put_imports(heap, env.functions, module, want_functions ? functions : Terms());
  put_imports(heap, env.macros, module, want_macros ? macros : Terms());
  return true;
}

void Expander::use_import(Term module, Term name, int64_t arity) {
  for (auto entry = lexical.rbegin(); entry != lexical.rend(); ++entry) {
    if (entry->kind == LexicalEntry::Kind::import && entry->name == module) {
      entry->used = true;
      std::erase(entry->unused_names, std::pair(name, arity));
      return;
    }
  }
}

/// Warns about the entries from this one on and forgets them.
void Expander::warn_unused_lexical(size_t from) {
  Term module = env.module;
  env.module = atoms::nil;  // these belong to the file
  for (size_t i = from; i < lexical.size(); i++) {
    const LexicalEntry& entry = lexical[i];
    std::string name = atom_name(entry.name);
    if (entry.used) {
      for (auto& [function, arity] : entry.unused_names)
        warn_at(entry.line, entry.column, entry.file, atoms::nil, "unused import " + mfa_text(entry.name, function, arity));
      continue;
    }
    std::string what = entry.kind == LexicalEntry::Kind::alias ? "unused alias " + name.substr(name.rfind('.') + 1) : "unused import " + name;
    warn_at(entry.line, entry.column, entry.file, atoms::nil, what);
  }
  env.module = module;
  lexical.resize(std::min(from, lexical.size()));
}

}  // namespace phial::compiler
