// Moves that happen at once: arguments into place, whatever the order.
#pragma once
#include <vector>

#include "vm/code/code_unit.hpp"

namespace phial::compiler::emit {

struct Move {
  RegisterCode to;
  bool is_constant;
  RegisterCode from;  // where it is no constant
  Term constant;
};

/// A step of the sequence: a move, or an exchange of two registers.
struct MoveStep {
  bool is_swap;
  Move move;
};

/// A sequence with the same effect as all `moves` at once. No two moves have one destination.
std::vector<MoveStep> sequence_moves(std::vector<Move> moves);

}  // namespace phial::compiler::emit
