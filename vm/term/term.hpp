// Terms: the values of the language, each one tagged 64-bit word.
//
//   low three bits   what
//   000              small integer, 61 bits, two's complement, value << 3
//   001 100 101      float, self-tagged: rotl(bits, 4) + 1. Covers 0.0, the denormals and the magnitudes
//                    2^-255 .. 2^257; other doubles are boxed (Melançon, Serrano, Feeley, "Float Self-Tagging")
//   010              cons: pointer + 2 to [head, tail]
//   110              boxed: pointer + 6 to a header word and its payload
//   011              immediate: bits 3..5 say which (atom, pid, reference, nil, port), bits 6..63 its value
//   111              header word of a boxed object; never the value of a variable
//
// So `(word & 3) == 2` is "points into a heap", and one bit test on a constant decides "float".
//
// A header is  extra:32 | size:24 | kind:5 | 111  where size is the number of words that follow. Every payload is either all
// terms (words whose tags can be trusted; raw values in them are stored as small integers or as 8-aligned pointers, which look
// like small integers) or all raw; has_raw_payload(kind) says which, and the collector needs no more.
//
//   kind             payload
//   tuple            elements
//   bignum_positive/negative   limbs, least significant first (64-bit, GMP's order), top limb not zero, magnitude only
//   boxed_float      the double
//   fun              FunEntry*, free variables...        (extra = arity)
//   export_fun       Export*                             (extra = arity)
//   flat_map         keys (a tuple in term order, shared between maps of one shape), values...   (size = count + 1)
//   champ_map        count (small), hash-trie root node  (more than 32 keys)
//   champ_node       nodemap (small), key,value pairs..., child nodes...   (extra = datamap)
//   champ_collision  key,value pairs... of one hash      (extra = hash)
//   heap_binary      size in bits (raw), bytes...        (up to 64 bytes)
//   shared_binary    size in bits (raw), SharedBinary*, next object with an off-heap part of the same heap
//   slice            the heap_binary or shared_binary it shows, offset in bits (small), size in bits (small)
//   match_context    the binary (heap or shared), position, end (small integers, bits): only inside a function that matches
//   resource         unique id (raw), Resource*, next object with an off-heap part; a reference of the language
//   external_*       raw bytes of another node's pid, port, reference
//
// Terms are immutable; any thread may read a term as long as the heap that holds it lives.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace phial {

using Word = uint64_t;

enum class Kind : uint8_t {
  forwarded = 0,  // the collector's mark on a moved cons
  tuple, bignum_positive, bignum_negative, boxed_float, fun, export_fun, flat_map, champ_map, champ_node,
  champ_collision, heap_binary, shared_binary, slice, match_context, resource, external_pid, external_port,
  external_reference,
  operand_register = 31,  // in bytecode only: an operand word that names a register
};

constexpr bool has_raw_payload(Kind kind) {
  switch (kind) {
    case Kind::bignum_positive: case Kind::bignum_negative: case Kind::boxed_float: case Kind::heap_binary:
    case Kind::shared_binary: case Kind::resource: case Kind::external_pid: case Kind::external_port:
    case Kind::external_reference: return true;
    default: return false;
  }
}

/// The first word of a boxed object.
struct Header {
  static constexpr Word max_size = (Word{1} << 24) - 1;
  static constexpr Word make(Kind kind, size_t size, uint32_t extra = 0) {
    return Word{extra} << 32 | Word{size} << 8 | Word{static_cast<uint8_t>(kind)} << 3 | 7;
  }
  static constexpr Kind kind(Word header) { return static_cast<Kind>(header >> 3 & 31); }
  static constexpr size_t size(Word header) { return header >> 8 & max_size; }
  static constexpr uint32_t extra(Word header) { return static_cast<uint32_t>(header >> 32); }
  static constexpr bool is(Word word) { return (word & 7) == 7; }
};

enum class Tag : uint8_t { small = 0, cons = 2, immediate = 3, boxed = 6, header = 7 };
enum class Immediate : uint8_t { atom = 0, pid = 1, reference = 2, nil = 3, port = 4 };

struct Term {
  Word word;

  static constexpr int64_t min_small = -(int64_t{1} << 60);
  static constexpr int64_t max_small = (int64_t{1} << 60) - 1;
  static constexpr bool fits_small(int64_t value) { return value >= min_small && value <= max_small; }

  static constexpr Term raw(Word word) { return Term{word}; }
  /// No value: a native function returns it when the outcome stands in its context (exception, yield, trap).
  static constexpr Term none() { return Term{7}; }
  static constexpr Term small(int64_t value) { return Term{static_cast<Word>(value) << 3}; }
  static constexpr Term immediate(Immediate which, Word value) {
    return Term{value << 6 | Word{static_cast<uint8_t>(which)} << 3 | 3};
  }
  static constexpr Term nil() { return immediate(Immediate::nil, 0); }
  static constexpr Term atom(uint32_t index) { return immediate(Immediate::atom, index); }
  static constexpr Term pid(Word id) { return immediate(Immediate::pid, id); }
  static constexpr Term reference(Word id) { return immediate(Immediate::reference, id); }
  static constexpr Term port(Word id) { return immediate(Immediate::port, id); }
  static Term cons(const Word* cell) { return Term{reinterpret_cast<Word>(cell) + 2}; }
  static Term boxed(const Word* object) { return Term{reinterpret_cast<Word>(object) + 6}; }

  /// True when the double fits the word; else it must be boxed (make_float in build.hpp does either).
  static constexpr bool fits_float_word(double value) {
    Word tag = std::rotl(std::bit_cast<Word>(value), 4) & 7;
    return tag == 0 || tag == 3 || tag == 4;
  }
  static constexpr Term float_word(double value) { return Term{std::rotl(std::bit_cast<Word>(value), 4) + 1}; }

  constexpr bool is_none() const { return word == 7; }
  constexpr bool is_small() const { return (word & 7) == 0; }
  constexpr bool is_cons() const { return (word & 7) == 2; }
  constexpr bool is_boxed() const { return (word & 7) == 6; }
  constexpr bool is_pointer() const { return (word & 3) == 2; }
  constexpr bool is_immediate(Immediate which) const { return (word & 63) == (Word{static_cast<uint8_t>(which)} << 3 | 3); }
  constexpr bool is_atom() const { return is_immediate(Immediate::atom); }
  constexpr bool is_local_pid() const { return is_immediate(Immediate::pid); }
  constexpr bool is_local_reference() const { return is_immediate(Immediate::reference); }
  constexpr bool is_local_port() const { return is_immediate(Immediate::port); }
  constexpr bool is_nil() const { return word == (Word{3} << 3 | 3); }
  constexpr bool is_list() const { return is_cons() || is_nil(); }
  constexpr bool is_float_word() const { return Word{0x3232323232323232} >> (word & 63) & 1; }

  bool is_kind(Kind kind) const { return is_boxed() && Header::kind(header()) == kind; }
  bool is_tuple() const { return is_kind(Kind::tuple); }
  bool is_tuple(size_t arity) const { return is_boxed() && (header() & 0xffffffff) == (Header::make(Kind::tuple, arity) & 0xffffffff); }
  bool is_float() const { return is_float_word() || is_kind(Kind::boxed_float); }
  bool is_bignum() const {
    return is_boxed() && (Header::kind(header()) == Kind::bignum_positive || Header::kind(header()) == Kind::bignum_negative);
  }
  bool is_integer() const { return is_small() || is_bignum(); }
  bool is_number() const { return is_integer() || is_float(); }
  bool is_map() const {
    return is_boxed() && (Header::kind(header()) == Kind::flat_map || Header::kind(header()) == Kind::champ_map);
  }
  /// A binary or a bitstring.
  bool is_bitstring() const {
    if (!is_boxed()) return false;
    Kind kind = Header::kind(header());
    return kind == Kind::heap_binary || kind == Kind::shared_binary || kind == Kind::slice;
  }
  bool is_function() const {
    return is_boxed() && (Header::kind(header()) == Kind::fun || Header::kind(header()) == Kind::export_fun);
  }
  bool is_pid() const { return is_local_pid() || is_kind(Kind::external_pid); }
  bool is_port() const { return is_local_port() || is_kind(Kind::external_port); }
  bool is_reference() const { return is_local_reference() || is_kind(Kind::resource) || is_kind(Kind::external_reference); }

  constexpr int64_t small_value() const { return static_cast<int64_t>(word) >> 3; }
  constexpr uint32_t atom_index() const { return static_cast<uint32_t>(word >> 6); }
  constexpr Word immediate_value() const { return word >> 6; }
  constexpr double float_word_value() const { return std::bit_cast<double>(std::rotr(word - 1, 4)); }
  double float_value() const {
    if (is_float_word()) return float_word_value();
    double value;
    std::memcpy(&value, object() + 1, sizeof value);
    return value;
  }
  /// The cell of a cons: [0] head, [1] tail.
  const Term* cell() const { return reinterpret_cast<const Term*>(word - 2); }
  Term head() const { return cell()[0]; }
  Term tail() const { return cell()[1]; }
  /// The object of a boxed term: [0] the header, payload from [1].
  Word* object() const { return reinterpret_cast<Word*>(word - 6); }
  Word header() const { return *object(); }
  const Term* payload() const { return reinterpret_cast<const Term*>(object() + 1); }
  Kind kind() const { return Header::kind(header()); }
  size_t size() const { return Header::size(header()); }
  size_t arity() const { return size(); }
  Term element(size_t index) const { return payload()[index]; }  // from 0, of a tuple

  /// The same word: equality of immediates and identity of objects, not equality of the language.
  friend constexpr bool operator==(Term a, Term b) { return a.word == b.word; }
};

static_assert(sizeof(Term) == 8);

}  // namespace phial
