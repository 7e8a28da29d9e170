// Liveness of values, and which of them must live in the frame.
#pragma once
#include "compiler/lower/core.hpp"

namespace phial::compiler::emit {

struct Liveness {
  /// Values live at the start of each block (parameters are not among them).
  std::vector<std::vector<core::ValueId>> live_in;
  /// The value is live across something that x registers do not survive: where there is a frame, it is in a y slot.
  std::vector<bool> in_frame;
};

Liveness find_liveness(const core::Function& function, const std::vector<core::BlockId>& order);

/// Values live behind the last instruction of a block: what its successors and its handler need (arguments of its jump are not among them).
void live_out(const core::Function& function, const Liveness& liveness, core::BlockId block, std::vector<core::ValueId>& out);

/// A set of values that is emptied in constant time per member.
class ValueSet {
 public:
  explicit ValueSet(size_t values) : position_(values, core::none) {}
  bool has(core::ValueId value) const { return position_[value] != core::none; }
  void add(core::ValueId value) {
    if (has(value)) return;
    position_[value] = static_cast<uint32_t>(members_.size());
    members_.push_back(value);
  }
  void remove(core::ValueId value) {
    if (!has(value)) return;
    uint32_t at = position_[value];
    members_[at] = members_.back();
    position_[members_[at]] = at;
    members_.pop_back();
    position_[value] = core::none;
  }
  void clear() {
    for (core::ValueId value : members_) position_[value] = core::none;
    members_.clear();
  }
  const std::vector<core::ValueId>& members() const { return members_; }

 private:
  std::vector<uint32_t> position_;
  std::vector<core::ValueId> members_;
};

}  // namespace phial::compiler::emit
