// What the bytecode of one function contains: labels, handlers, registers, and which registers are live where.
#pragma once
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "vm/code/module.hpp"

namespace phial {

/// Words of the instruction; 0 for one that is unknown.
size_t instruction_length(const Word* pc);

inline bool is_register_operand(Word word) { return Header::is(word) && Header::kind(word) == Kind::operand_register; }
inline RegisterCode operand_register(Word word) { return static_cast<RegisterCode>(Header::extra(word)); }

class FunctionFacts {
 public:
  explicit FunctionFacts(const Function& function);

  const Function& function() const { return function_; }
  /// Empty if the code can be compiled.
  const std::string& problem() const { return problem_; }
  /// A jump, a switch or an exception goes there.
  bool is_label(const Word* pc) const { return labels_.contains(pc); }
  bool is_loop_label(const Word* pc) const { return loop_labels_.contains(pc); }
  const std::set<const Word*>& loop_labels() const { return loop_labels_; }
  const std::set<const Word*>& handlers() const { return handlers_; }
  /// x registers that any instruction names.
  unsigned x_count() const { return x_count_; }
  /// True if the instruction at `pc`, or one after it, reads the register before it is written. A register that a collection at an instruction
  /// takes for a root counts as read.
  bool is_live(const Word* pc, RegisterCode code) const;
  bool has_frames() const { return has_frames_; }
  /// Of a function that calls itself: the few instructions before it pushes a frame, some ways through which return at once (as the base case of
  /// a recursion does).
  bool has_quick_head() const { return has_quick_head_; }
  size_t instructions() const { return instructions_; }
  /// The most heap words that one instruction announces.
  size_t largest_announcement() const { return largest_announcement_; }

 private:
  struct Effects { std::vector<unsigned> reads, writes; bool kills_x = false; };
  using Bits = std::vector<uint64_t>;
  unsigned index_of(RegisterCode code) const { return is_y(code) ? x_count_ + (code & 0x7fffu) : code; }
  void survey();
  void find_live_registers();
  bool find_quick_head() const;
  Effects effects_of(const Word* pc) const;

  const Function& function_;
  std::string problem_;
  std::set<const Word*> labels_, loop_labels_, handlers_;
  unsigned x_count_ = 1, y_count_ = 0;
  size_t instructions_ = 0, largest_announcement_ = 0;
  bool has_frames_ = false, calls_itself_ = false, has_quick_head_ = false;
  std::unordered_map<const Word*, Bits> live_;
};

}  // namespace phial
