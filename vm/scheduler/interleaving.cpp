// Where a deterministic schedule may stop a process: before native functions whose effects other processes can see, or that see theirs.
//
// A native function has no data of its own, so each of them gets a slot with an entry of its own, for all VMs alike. Machines with threads run the
// functions themselves and pay nothing.
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "vm/scheduler/deterministic.hpp"

namespace phial {
namespace {

constexpr size_t max_slots = 256;

struct Slot { NativeFunction function; uint8_t arity; };
std::mutex slots_mutex;
std::array<Slot, max_slots> slots;
size_t slot_count = 0;

template <size_t slot>
Term interleaved(Context& context, const Term* arguments) {
  auto& scheduling = static_cast<DeterministicScheduling&>(*context.vm().scheduling);
  if (context.process() && context.machine && scheduling.preempts(*context.process())) {
    // The slice ends here; the call is made again when the process goes on.
    context.reductions = 0;
    context.machine->slice_left = 0;
    return context.again({arguments, slots[slot].arity});
  }
  return slots[slot].function(context, arguments);
}
template <size_t... numbers>
constexpr std::array<NativeFunction, sizeof...(numbers)> interleaved_entries(std::index_sequence<numbers...>) {
  return {interleaved<numbers>...};
}
constexpr auto entries = interleaved_entries(std::make_index_sequence<max_slots>{});

bool has_shared_effect(const NativeEntry& entry) {
  uint8_t kind = entry.flags & ~native_small;
  if (kind != native_plain && kind != native_measured) return false;
  std::string_view module = entry.module, name = entry.name;
  if (module == "ets" || module == "atomics" || module == "counters" || module == "persistent_term") return name != "match_spec_compile" && name != "new";
  if (module != "erlang") return false;
  if (name.starts_with("spawn") || name.starts_with("send")) return true;
  if (name == "exit") return entry.arity == 2;
  if (name == "group_leader") return entry.arity == 2;
  for (std::string_view one :
       {"!", "register", "unregister", "whereis", "registered", "link", "unlink", "monitor", "demonitor", "alias", "unalias", "start_timer",
        "cancel_timer", "read_timer", "process_info", "processes", "is_process_alive", "suspend_process", "resume_process", "process_flag", "halt"})
    if (name == one) return true;
  return false;
}

}  // namespace

void interleave_natives(Vm& vm) {
  std::lock_guard lock(slots_mutex);
  for (const NativeTable& table : vm.config.natives)
    for (size_t i = 0; i < table.count; i++) {
      NativeEntry entry = table.entries[i];
      if (!has_shared_effect(entry)) continue;
      size_t slot = 0;
      while (slot < slot_count && (slots[slot].function != entry.function || slots[slot].arity != entry.arity)) slot++;
      if (slot == max_slots) continue;
      if (slot == slot_count) slots[slot_count++] = {entry.function, entry.arity};
      entry.function = entries[slot];
      entry.flags &= static_cast<uint8_t>(~native_small);  // it may be called again
      vm.code.add_natives({&entry, 1});
    }
}

}  // namespace phial
