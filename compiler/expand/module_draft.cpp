#include "compiler/expand/module_draft.hpp"

#include <algorithm>
#include <map>
#include <mutex>

namespace phial::compiler {

namespace {

std::mutex registry_mutex;
std::map<std::pair<DraftOwner, uint32_t>, ModuleDraft*>& registry() {
  static auto* map = new std::map<std::pair<DraftOwner, uint32_t>, ModuleDraft*>();
  return *map;
}

bool accumulates_by_default(Term name) {
  switch (name.atom_index()) {
    case atoms::index_behaviour: case atoms::index_before_compile: case atoms::index_after_compile: case atoms::index_after_verify:
    case atoms::index_on_definition: case atoms::index_external_resource: case atoms::index_compile: case atoms::index_derive:
    case atoms::index_dialyzer: case atoms::index_spec: case atoms::index_type: case atoms::index_typep: case atoms::index_opaque:
    case atoms::index_callback: case atoms::index_macrocallback: case atoms::index_optional_callbacks:
      return true;
    default: return false;
  }
}

bool persists_by_default(Term name) {
  return name == atoms::behaviour || name == atoms::external_resource || name == atoms::dialyzer || name == atoms::vsn ||
         name == atoms::on_load;
}

}  // namespace

void register_draft(DraftOwner owner, ModuleDraft* draft) {
  std::lock_guard lock(registry_mutex);
  registry()[{owner, draft->module.atom_index()}] = draft;
}

void unregister_draft(DraftOwner owner, ModuleDraft* draft) {
  std::lock_guard lock(registry_mutex);
  auto found = registry().find({owner, draft->module.atom_index()});
  if (found != registry().end() && found->second == draft) registry().erase(found);
}

ModuleDraft* find_draft(DraftOwner owner, Term module) {
  if (!module.is_atom()) return nullptr;
  std::lock_guard lock(registry_mutex);
  auto found = registry().find({owner, module.atom_index()});
  return found == registry().end() ? nullptr : found->second;
}

Terms open_modules(DraftOwner owner) {
  Terms names;
  std::lock_guard lock(registry_mutex);
  for (auto at = registry().lower_bound({owner, 0}); at != registry().end() && at->first.first == owner; ++at)
    if (!at->second->closing) names.push_back(at->second->module);
  return names;
}

uint64_t definition_key(Term name, int64_t arity) { return uint64_t{name.atom_index()} << 16 | static_cast<uint64_t>(arity & 0xffff); }

Definition* find_definition(ModuleDraft& draft, Term name, int64_t arity) {
  auto found = draft.by_name.find(definition_key(name, arity));
  return found == draft.by_name.end() ? nullptr : found->second;
}

bool draft_defines(ModuleDraft& draft, Term name, int64_t arity) { return find_definition(draft, name, arity) != nullptr; }

bool local_macro(ModuleDraft& draft, Term name, int64_t arity) {
  Definition* definition = find_definition(draft, name, arity);
  return definition && definition->is_macro();
}

Attribute* find_attribute(ModuleDraft& draft, Term name) {
  for (Attribute& item : draft.attributes)
    if (item.name == name) return &item;
  return nullptr;
}

Attribute& attribute(ModuleDraft& draft, Term name) {
  if (Attribute* found = find_attribute(draft, name)) return *found;
  Attribute fresh;
  fresh.name = name;
  fresh.accumulate = accumulates_by_default(name);
  fresh.persist = persists_by_default(name);
  if (fresh.accumulate) fresh.value = Term::nil();
  draft.attributes.push_back(fresh);
  return draft.attributes.back();
}

Term draft_attribute(ModuleDraft& draft, Term name) {
  Attribute* found = find_attribute(draft, name);
  return found ? found->value : Term::none();
}

void put_attribute(ModuleDraft& draft, Term name, Term value, int64_t line) {
  Attribute& item = attribute(draft, name);
  if (item.accumulate)
    item.value = make_cons(draft.heap, value, item.value);
  else
    item.value = value;
  item.line = line;
  item.watched = line != 0;
  item.read = false;
}

Term read_attribute(ModuleDraft& draft, Term name) {
  Attribute* found = find_attribute(draft, name);
  if (!found) return Term::none();
  found->read = true;
  return found->value;
}

void delete_attribute(ModuleDraft& draft, Term name) {
  Attribute* found = find_attribute(draft, name);
  if (!found) return;
  if (found->accumulate) found->value = Term::nil();
  else draft.attributes.erase(draft.attributes.begin() + (found - draft.attributes.data()));
}

}  // namespace phial::compiler
