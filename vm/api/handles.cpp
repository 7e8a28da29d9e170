// Terms that the host keeps: each copied to an arena of its own. A handle is the number of its VM (16 bits), a generation that each freeing counts (16), and
// the slot's index plus 1 (32), so that one of another VM or a freed one is told from one in use.
#include "vm/api/internal.hpp"

using namespace phial;
using namespace phial::api;

namespace phial::api {

phial_handle Handles::keep(Term term) {
  auto arena = std::make_unique<Arena>(16);
  Term copy = copy_term(*arena, term);
  std::lock_guard lock(mutex_);
  uint32_t index;
  if (free_.empty()) {
    index = static_cast<uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  Slot& slot = slots_[index];
  slot.arena = std::move(arena);
  slot.term = copy;
  slot.used = true;
  count_++;
  return {vm_number_ << 48 | uint64_t{slot.generation} << 32 | (index + 1)};
}

Handles::Slot* Handles::slot_of(phial_handle handle) {
  auto index = static_cast<uint32_t>(handle.id);
  if (handle.id >> 48 != vm_number_ || index == 0 || index > slots_.size()) return nullptr;
  Slot& slot = slots_[index - 1];
  return slot.used && slot.generation == (handle.id >> 32 & 0xffff) ? &slot : nullptr;
}

bool Handles::find(phial_handle handle, Term& term) {
  std::lock_guard lock(mutex_);
  Slot* slot = slot_of(handle);
  if (slot) term = slot->term;
  return slot != nullptr;
}

bool Handles::free(phial_handle handle) {
  std::unique_ptr<Arena> arena;  // objects of the host in it may be destroyed, who may free handles
  std::lock_guard lock(mutex_);
  Slot* slot = slot_of(handle);
  if (!slot) return false;
  arena = std::move(slot->arena);
  slot->used = false;
  slot->generation++;
  free_.push_back(static_cast<uint32_t>(handle.id) - 1);
  count_--;
  return true;
}

size_t Handles::count() {
  std::lock_guard lock(mutex_);
  return count_;
}

}  // namespace phial::api

extern "C" {

phial_handle phial_keep(phial_vm* vm, phial_term term) {
  Use use(vm);
  Term kept = in(term);
  if (!use || !functions_belong(vm, {&kept, 1})) return {0};
  return vm->handles.keep(kept);
}

bool phial_handle_term(phial_vm* vm, phial_handle handle, phial_term* term) {
  Use use(vm);
  if (!use) return false;
  Term found;
  if (!vm->handles.find(handle, found)) {
    misuse(vm, "phial_handle_term: the handle is of another VM, or was freed");
    return false;
  }
  *term = out(found);
  return true;
}

phial_code phial_handle_free(phial_vm* vm, phial_handle handle) {
  Use use = Use::in_release(vm);
  if (!use) return PHIAL_MISUSE;
  if (vm->handles.free(handle)) return PHIAL_OK;
  misuse(vm, "phial_handle_free: the handle is of another VM, or was freed before");
  return PHIAL_MISUSE;
}

}  // extern "C"
