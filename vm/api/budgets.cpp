// The sections "budgets" and "capabilities" of phial.h.
#include "vm/api/budgets.hpp"

#include "vm/api/internal.hpp"

#include <algorithm>
#include <cstddef>

namespace phial {

BudgetLimits limits_of(const phial_budget* budget) {
  BudgetLimits limits;
  if (!budget) return limits;
  // A host with an older header has a shorter struct.
  phial_budget own{};
  std::memcpy(&own, budget, std::min(budget->size, sizeof own));
  const uint64_t given[budget_kinds] = {own.memory, own.binaries, own.ets, own.reductions, own.processes, own.atoms, own.mailbox, own.time};
  std::copy(std::begin(given), std::end(given), limits.limit);
  limits.reductions_per_second = own.reductions_per_second;
  if (own.crossed)
    limits.crossed = [crossed = own.crossed, user = own.user](BudgetKind kind, uint64_t used, uint64_t& limit) {
      api::Restricted restricted("the `crossed` callback of a budget");
      return crossed(user, static_cast<phial_budget_kind>(kind), used, &limit);
    };
  return limits;
}

std::vector<std::string> grants_of(const char* const* grants) {
  std::vector<std::string> list;
  for (; grants && *grants; grants++) list.emplace_back(*grants);
  return list;
}

std::string read_confines(const phial_config& from, VmConfig& config) {
  config.budget = limits_of(from.budget);
  uint64_t& memory = config.budget.limit[static_cast<size_t>(BudgetKind::memory)];
  if (!memory) memory = from.memory_limit;
  config.restricted = from.restricted;
  config.grants = grants_of(from.grants);
  std::string bad;
  Capabilities::of(config.grants, &bad);
  return bad.empty() ? "" : "the grant \"" + bad + "\" says nothing known";
}

/// Whether the host's header has budgets and grants.
static bool has_confines(const phial_options* options) {
  return options && options->size >= offsetof(phial_options, grants) + sizeof options->grants;
}

bool grants_known(const phial_options* options) {
  return !has_confines(options) || !options->restricted || !phial_bad_grant(options->grants);
}

ProcessTree* tree_for(Vm& vm, const phial_options* options) {
  if (!has_confines(options)) return nullptr;
  if (!options->budget && !options->restricted) return nullptr;
  std::shared_ptr<const Capabilities> capabilities;
  if (options->restricted) capabilities = Capabilities::of(grants_of(options->grants));
  return ProcessTree::create(vm, vm.root_tree, limits_of(options->budget), std::move(capabilities));
}

}  // namespace phial

using namespace phial;

extern "C" {

void phial_budget_init(phial_budget* budget) {
  *budget = phial_budget{};
  budget->size = sizeof *budget;
}

void phial_config_sandbox(phial_config* config) {
  static const phial_budget budget = [] {
    phial_budget small;
    phial_budget_init(&small);
    small.memory = uint64_t{64} << 20;
    small.processes = 100;
    small.atoms = 10'000;
    small.mailbox = 10'000;
    small.reductions = 100'000'000;
    return small;
  }();
  config->restricted = true;
  config->grants = nullptr;
  config->budget = &budget;
}

const char* phial_bad_grant(const char* const* grants) {
  for (; grants && *grants; grants++) {
    std::string bad;
    Capabilities::of({*grants}, &bad);
    if (!bad.empty()) return *grants;
  }
  return nullptr;
}

bool phial_set_budget(phial_vm* vm, const phial_budget* budget) {
  api::Use use(vm);
  if (!use || !vm->vm->root_tree) return false;
  vm->vm->root_tree->change_limits(limits_of(budget));
  return true;
}
uint64_t phial_budget_used(phial_vm* vm, phial_budget_kind kind) {
  api::Use use(vm);
  if (!use) return 0;
  ProcessTree* tree = vm->vm->root_tree;
  return tree && static_cast<size_t>(kind) < budget_kinds ? tree->used(static_cast<BudgetKind>(kind)) : 0;
}

}  // extern "C"
