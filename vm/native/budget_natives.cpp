// :phial_budget, under Phial.Budget: trees of processes as resources, and what they use.
#include "vm/native/budget_natives.hpp"

#include "vm/base/memory.hpp"
#include "vm/native/native.hpp"
#include "vm/term/map.hpp"

namespace phial {
namespace {

constexpr char tree_type = 0;

struct TreeResource : Resource {
  ProcessTree* tree;  // holds a reference
};

void release_tree(Resource* resource) {
  static_cast<TreeResource*>(resource)->tree->drop();
  memory_free(resource);
}

bool read_limit(std::string_view name, uint64_t value, BudgetLimits& limits) {
  if (name == "reductions_per_second") {
    limits.reductions_per_second = value;
    return true;
  }
  BudgetKind kind;
  if (!budget_kind(name, kind)) return false;
  constexpr uint64_t ms = 1'000'000;
  limits.limit[static_cast<size_t>(kind)] = kind == BudgetKind::time ? std::min(value, UINT64_MAX / 4 / ms) * ms : value;
  return true;
}

Term argument_error(Context& c, std::string_view message) {
  Term pairs[] = {intern_atom("__exception__"), atoms::true_, atoms::struct_, intern_atom("Elixir.ArgumentError"), atoms::message,
                  make_binary(c.heap(), message)};
  return c.error(make_map(c.heap(), pairs));
}

/// tree([{kind, limit}], nil | [grant]): the innermost tree is the caller's.
Term tree(Context& c, const Term* a) {
  BudgetLimits limits;
  for (Term item : ListRange(a[0])) {
    if (!item.is_tuple(2) || !item.element(0).is_atom() || !item.element(1).is_integer()) return c.badarg();
    Term value = item.element(1);
    if (value.is_small() ? value.small_value() < 0 : value.kind() == Kind::bignum_negative) return c.badarg();
    uint64_t limit = value.is_small() ? static_cast<uint64_t>(value.small_value()) : UINT64_MAX / 4;  // more than there can be
    if (!read_limit(atom_text(item.element(0)), limit, limits)) return c.badarg();
  }
  std::shared_ptr<const Capabilities> capabilities;
  if (!(a[1] == atoms::nil)) {
    std::vector<std::string> grants;
    for (Term item : ListRange(a[1])) {
      std::string text;
      if (!native::append_iodata(item, text)) return c.badarg();
      grants.push_back(std::move(text));
    }
    std::string bad;
    capabilities = Capabilities::of(grants, &bad);
    if (!bad.empty()) return argument_error(c, "the grant \"" + bad + "\" says nothing known");
  }
  auto resource = new (memory_allocate(sizeof(TreeResource))) TreeResource;
  resource->type = &tree_type;
  resource->id = next_resource_id();
  resource->release = release_tree;
  resource->tree = ProcessTree::create(c.vm(), c.tree(), limits, std::move(capabilities));
  return make_resource(c.heap(), resource);
}

/// finish(tree): ends what is in it. {:budget, kind} if it had ended so before, else :ok.
Term finish(Context& c, const Term* a) {
  ProcessTree* tree = tree_of(a[0]);
  if (!tree) return c.badarg();
  tree->finish(c.vm());
  Term reason = end_reason(tree->ended());
  return reason == atoms::killed ? atoms::ok : reason;
}

constexpr NativeEntry entries[] = {{"phial_budget", "tree", 2, tree}, {"phial_budget", "finish", 1, finish}};

}  // namespace

ProcessTree* tree_of(Term term) {
  auto resource = static_cast<TreeResource*>(resource_of(term, &tree_type));
  return resource ? resource->tree : nullptr;
}

extern const NativeTable budget_natives = native::table_of(entries);

}  // namespace phial
