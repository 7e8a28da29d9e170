// Patterns as data: what the quoted form of a pattern says, with pinned variables and map keys already turned into values.
#pragma once
#include <vector>

#include "compiler/lower/core.hpp"

namespace phial::compiler::lowering {

using core::ValueId;

/// A variable of a definition: two variables of one name differ in version.
struct VariableKey {
  Term name;
  int64_t version;
  bool operator==(const VariableKey&) const = default;
};
struct VariableHash {
  size_t operator()(const VariableKey& key) const {
    return key.name.word * 0x9e3779b97f4a7c15 ^ static_cast<size_t>(key.version) * 0xc2b2ae3d27d4eb4f;
  }
};

struct Pattern;

/// A segment of a binary pattern.
struct Segment {
  SegmentType type = SegmentType::integer;
  uint8_t unit = 1;
  uint8_t flags = 0;
  bool whole = false;            // binary without a size: takes the rest
  Term size = Term::none();      // a constant, else none()
  Term size_expression = Term::none();
  const Pattern* value = nullptr;
  uint32_t line = 0;

  Word descriptor() const { return segment_descriptor(type, unit, flags); }
  /// Number of bits when it is known, else -1.
  int64_t bits() const;
  /// Takes the same bits in the same way (values apart).
  bool same_extraction(const Segment& other) const;
};

struct Pattern {
  enum class Kind : uint8_t { any, variable, both, literal, equal, empty_list, cons, tuple, map, bits };
  Kind kind = Kind::any;
  VariableKey variable{};
  Term literal = Term::none();            // literal: no list, tuple or map
  ValueId value = core::none;             // equal: to this (a pinned variable)
  std::vector<const Pattern*> items;      // both: two; cons: head, tail; tuple: elements; map: values
  std::vector<ValueId> keys;              // map
  std::vector<Segment> segments;          // bits
};

/// Everything that `b` matches is matched by `a`.
bool subsumes(const Pattern& a, const Pattern& b);
/// The variables in order of first appearance.
void collect_variables(const Pattern& pattern, std::vector<VariableKey>& variables);

/// A growing bitstring, for literal segments.
class BitBuffer {
 public:
  void append_bytes(std::string_view bytes);
  /// The low `bits` bits of an integer; bits <= 64 for little endian.
  void append_integer(Term integer, size_t bits, bool little);
  bool empty() const { return bits_ == 0; }
  Term to_term(TermHeap& heap) const;
  void clear() { bytes_.clear(); bits_ = 0; }
  /// Whether a literal integer segment can be written as bits (its value fits, whole bytes when little endian).
  static bool accepts(Term integer, int64_t bits, unsigned flags);

 private:
  std::vector<uint8_t> bytes_;
  size_t bits_ = 0;
};

}  // namespace phial::compiler::lowering
