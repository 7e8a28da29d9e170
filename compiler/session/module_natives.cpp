// Module :phial_module: what Module and Protocol of the library ask of a module that is being compiled. Only the process that compiles it
// sees it: its session's fiber is suspended while these functions run, so they may touch the draft.
#include <algorithm>

#include "compiler/session/session.hpp"
#include "vm/term/print.hpp"

namespace phial::compiler {

namespace {

DraftOwner owner_of(Context& context) { return {&context.vm(), context.process()->pid.word}; }

ModuleDraft* draft_of(Context& context, Term module) { return find_draft(owner_of(context), module); }

Term not_open(Context& context, Term module) {
  std::string message = "could not call a function of Module because the module " + print_atom(module) + " is already compiled";
  const Term pairs[] = {atoms::struct_, intern_atom("Elixir.ArgumentError"), atoms::exception_key, atoms::true_, atoms::message,
                        make_binary(context.heap(), message)};
  return context.error(make_map(context.heap(), pairs));
}

#define DRAFT(name)                                              \
  ModuleDraft* name = draft_of(context, a[0]);                   \
  if (!name) return not_open(context, a[0])

Term get_attribute(Context& context, const Term* a) {
  DRAFT(draft);
  Term value = read_attribute(*draft, a[1]);
  return value.is_none() ? atoms::nil : copy_term(context.heap(), value);
}

Term get_attribute_default(Context& context, const Term* a) {
  DRAFT(draft);
  Term value = read_attribute(*draft, a[1]);
  return value.is_none() ? a[2] : copy_term(context.heap(), value);
}

Term put_attribute_plain(Context& context, const Term* a) {
  DRAFT(draft);
  if (draft->closing) return not_open(context, a[0]);
  Session* session = static_cast<Session*>(draft->session);
  Failure outer = session->failure;
  session->failure = {};
  Term value = store_attribute(draft->expander, *draft, a[1], copy_term(draft->heap, a[2]), 0);
  Failure failure = session->failure;
  session->failure = outer;
  if (value.is_none()) return context.raise(failure.exception_class, copy_term(context.heap(), failure.reason));
  return atoms::ok;
}

Term delete_attribute_native(Context& context, const Term* a) {
  DRAFT(draft);
  Term value = read_attribute(*draft, a[1]);
  Term result = value.is_none() ? atoms::nil : copy_term(context.heap(), value);
  delete_attribute(*draft, a[1]);
  return result;
}

Term register_attribute(Context& context, const Term* a) {
  DRAFT(draft);
  Attribute& item = attribute(*draft, a[1]);
  for (Term option : ListRange(a[2])) {
    if (!option.is_tuple(2)) continue;
    if (option.element(0) == intern_atom("accumulate") && option.element(1) == atoms::true_) {
      if (!item.accumulate) item.value = item.value.is_none() ? Term::nil() : make_list(draft->heap, {item.value});
      item.accumulate = true;
    }
    if (option.element(0) == intern_atom("persist")) item.persist = option.element(1) == atoms::true_;
  }
  return atoms::ok;
}

Term has_attribute(Context& context, const Term* a) {
  DRAFT(draft);
  Attribute* found = find_attribute(*draft, a[1]);
  return boolean(found && !found->value.is_none());
}

Term attributes_in(Context& context, const Term* a) {
  DRAFT(draft);
  Terms names;
  for (const Attribute& item : draft->attributes)
    if (item.name != atoms::doc_notes && item.name != atoms::moduledoc_notes) names.push_back(item.name);
  return make_list(context.heap(), names);
}

Term list_definitions(Context& context, ModuleDraft& draft, Term kind) {
  Terms names;
  for (const auto& definition : draft.definitions)
    if (kind.is_none() || definition->kind == kind)
      if (!definition->super_target) names.push_back(make_tuple(context.heap(), {definition->name, Term::small(definition->arity)}));
  std::sort(names.begin(), names.end(), [](Term x, Term y) { return compare(x, y) < 0; });
  return make_list(context.heap(), names);
}

Term definitions_in(Context& context, const Term* a) {
  DRAFT(draft);
  return list_definitions(context, *draft, Term::none());
}

Term definitions_in_kind(Context& context, const Term* a) {
  DRAFT(draft);
  return list_definitions(context, *draft, a[1]);
}

Definition* definition_of(ModuleDraft& draft, Term key) {
  if (!key.is_tuple(2) || !key.element(0).is_atom() || !key.element(1).is_small()) return nullptr;
  return find_definition(draft, key.element(0), key.element(1).small_value());
}

Term defines(Context& context, const Term* a) {
  DRAFT(draft);
  return boolean(definition_of(*draft, a[1]) != nullptr);
}

Term defines_kind(Context& context, const Term* a) {
  DRAFT(draft);
  Definition* definition = definition_of(*draft, a[1]);
  return boolean(definition && definition->kind == a[2]);
}

/// {:v1, kind, meta, [{meta, parameters, guards, body}]} or nil
Term get_definition(Context& context, const Term* a) {
  DRAFT(draft);
  Definition* definition = definition_of(*draft, a[1]);
  if (!definition) return atoms::nil;
  TermHeap& heap = context.heap();
  Terms clauses;
  for (const Clause& clause : definition->clauses) {
    Terms parameters, guards;
    for (size_t i = definition->is_macro() ? 1 : 0; i < clause.parameters.size(); i++) parameters.push_back(copy_term(heap, clause.parameters[i]));
    for (Term guard : clause.guards) guards.push_back(copy_term(heap, guard));
    clauses.push_back(make_tuple(heap, {copy_term(heap, clause.meta), make_list(heap, parameters), make_list(heap, guards), copy_term(heap, clause.body)}));
  }
  return make_tuple(heap, {intern_atom("v1"), definition->kind, copy_term(heap, definition->meta), make_list(heap, clauses)});
}

Term delete_definition(Context& context, const Term* a) {
  DRAFT(draft);
  Definition* definition = definition_of(*draft, a[1]);
  if (!definition) return atoms::false_;
  draft->by_name.erase(definition_key(definition->name, definition->arity));
  std::erase_if(draft->definitions, [&](const auto& held) { return held.get() == definition; });
  return atoms::true_;
}

Term overridables_in(Context& context, const Term* a) {
  DRAFT(draft);
  Terms names;
  for (const auto& [key, entry] : draft->overridable)
    names.push_back(make_tuple(context.heap(), {entry.definition.name, Term::small(entry.definition.arity)}));
  std::sort(names.begin(), names.end(), [](Term x, Term y) { return compare(x, y) < 0; });
  return make_list(context.heap(), names);
}

Term overridable(Context& context, const Term* a) {
  DRAFT(draft);
  if (!a[1].is_tuple(2)) return context.badarg();
  return boolean(draft->overridable.contains(definition_key(a[1].element(0), a[1].element(1).small_value())));
}

/// open_modules(): those that the process is compiling.
Term open_modules_native(Context& context, const Term*) {
  return make_list(context.heap(), open_modules(owner_of(context)));
}

Term open(Context& context, const Term* a) {
  ModuleDraft* draft = draft_of(context, a[0]);
  return boolean(draft && !draft->closing);
}

constexpr NativeEntry entries[] = {
    {"phial_module", "get_attribute", 2, get_attribute},
    {"phial_module", "get_attribute", 3, get_attribute_default},
    {"phial_module", "put_attribute", 3, put_attribute_plain},
    {"phial_module", "delete_attribute", 2, delete_attribute_native},
    {"phial_module", "register_attribute", 3, register_attribute},
    {"phial_module", "has_attribute", 2, has_attribute},
    {"phial_module", "attributes_in", 1, attributes_in},
    {"phial_module", "definitions_in", 1, definitions_in},
    {"phial_module", "definitions_in", 2, definitions_in_kind},
    {"phial_module", "defines", 2, defines},
    {"phial_module", "defines", 3, defines_kind},
    {"phial_module", "get_definition", 2, get_definition},
    {"phial_module", "delete_definition", 2, delete_definition},
    {"phial_module", "overridables_in", 1, overridables_in},
    {"phial_module", "overridable", 2, overridable},
    {"phial_module", "open", 1, open},
    {"phial_module", "open_modules", 0, open_modules_native},
};

}  // namespace

const NativeTable module_natives = {entries, std::size(entries)};

}  // namespace phial::compiler
