#include "compiler/emit/parallel_move.hpp"

#include <algorithm>

namespace phial::compiler::emit {

std::vector<MoveStep> sequence_moves(std::vector<Move> moves) {
  std::vector<MoveStep> steps;
  std::vector<Move> constants;
  std::erase_if(moves, [&](const Move& move) {
    if (move.is_constant) constants.push_back(move);
    return move.is_constant || move.to == move.from;
  });
  while (!moves.empty()) {
    // A destination that nobody has still to read can be written.
    auto free = std::find_if(moves.begin(), moves.end(), [&](const Move& move) {
      return std::none_of(moves.begin(), moves.end(), [&](const Move& other) { return other.from == move.to; });
    });
    if (free != moves.end()) {
      steps.push_back({false, *free});
      moves.erase(free);
      continue;
    }
    // Only cycles are left: an exchange puts one value in place and moves the other's source.
    Move move = moves.front();
    moves.erase(moves.begin());
    steps.push_back({true, move});
    for (Move& other : moves) {
      if (other.from == move.to) other.from = move.from;
      else if (other.from == move.from) other.from = move.to;
    }
    std::erase_if(moves, [](const Move& other) { return other.to == other.from; });
  }
  for (const Move& move : constants) steps.push_back({false, move});
  return steps;
}

}  // namespace phial::compiler::emit
