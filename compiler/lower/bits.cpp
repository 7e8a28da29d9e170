// Construction of bitstrings: runs of literal segments become one constant segment, a nested <<>> is built in place.
#include "compiler/lower/lowering.hpp"

#include "vm/base/utf8.hpp"
#include "vm/term/binary.hpp"

namespace phial::compiler::lowering {

struct FunctionLowering::BitsBuilder {
  BitBuffer literal;
  std::vector<Word> descriptors;
  std::vector<ValueId> operands;  // value, size, ...

  void flush(Builder& b) {
    if (literal.empty()) return;
    descriptors.push_back(segment_descriptor(SegmentType::literal, 1, 0));
    operands.push_back(b.constant(literal.to_term(b.module().terms)));
    operands.push_back(b.constant(Term::nil()));
    literal.clear();
  }
};

ValueId FunctionLowering::lower_bits(Term form) {
  BitsBuilder bits;
  lower_segments(form, bits);
  if (bits.operands.empty()) return b_.constant(bits.literal.to_term(module_.module.terms));
  bits.flush(b_);
  set_position(form.element(1));
  core::Instruction* build = b_.emit(Op::bs_build, bits.operands);
  build->descriptors = module_.module.array<Word>(bits.descriptors.size());
  std::copy(bits.descriptors.begin(), bits.descriptors.end(), build->descriptors.begin());
  bool bytes = true;
  for (size_t i = 0; i < bits.descriptors.size(); i++) {
    Word descriptor = bits.descriptors[i];
    auto type = static_cast<SegmentType>(descriptor & 0xff);
    unsigned unit = descriptor >> 8 & 0xff;
    ValueId size = bits.operands[2 * i + 1];
    if (type == SegmentType::literal) bytes &= bit_size(b_.constant_of(bits.operands[2 * i])) % 8 == 0;
    else if (type == SegmentType::integer || type == SegmentType::binary || type == SegmentType::float_)
      bytes &= unit % 8 == 0 || (b_.is_constant(size) && b_.constant_of(size).is_small() && b_.constant_of(size).small_value() * unit % 8 == 0);
  }
  if (bytes) b_.function().values[build->result].types = core::type_binary;
  return build->result;
}

void FunctionLowering::lower_segments(Term form, BitsBuilder& bits) {
  const Names& n = names();
  for (Term item : ListRange(form.element(2))) {
    Term value = item, type = n.integer, size = n.default_, unit_term = Term::small(1), sign = atoms::nil, endian = atoms::nil;
    if (is_quoted_call(item, n.type, 2)) {
      value = nth(item.element(2), 0);
      Term specification = nth(item.element(2), 1).element(2);
      type = nth(specification, 0);
      size = nth(specification, 1);
      unit_term = nth(specification, 2);
      sign = nth(specification, 3);
      endian = nth(specification, 4);
    } else if (value.is_bitstring()) {
      type = atoms::binary;
    }
    int64_t unit = unit_term.is_small() ? unit_term.small_value() : 1;
    unsigned flags = (sign == n.signed_ ? segment_signed : 0u) | (endian == n.little ? segment_little : 0u) |
                     (endian == n.native ? segment_native : 0u);
    bool default_size = size == n.default_ || size.is_none();
    bool is_utf = type == n.utf8 || type == n.utf16 || type == n.utf32;
    bool is_bytes = type == atoms::binary || type == n.bitstring;

    if (value.is_bitstring() && (type == n.utf8 || type == n.integer || (is_bytes && default_size)) && is_binary(value)) {
      std::string scratch;
      bits.literal.append_bytes(bytes_of(value, scratch));
      continue;
    }
    if (is_bytes && default_size && is_quoted_call(value, n.bits) && (type == n.bitstring)) {
      lower_segments(value, bits);
      continue;
    }
    if (is_bytes && default_size && is_quoted_call(value, n.bits)) {
      // Whole bytes are demanded of it: built in place only where each of its segments is.
      bool whole = true;
      for (Term inner : ListRange(value.element(2))) {
        if (!is_quoted_call(inner, n.type, 2)) continue;
        Term specification = nth(inner.element(2), 1).element(2);
        Term inner_type = nth(specification, 0), inner_size = nth(specification, 1);
        whole &= inner_type != n.bitstring && inner_size == n.default_;
      }
      if (whole) {
        lower_segments(value, bits);
        continue;
      }
    }
    if (type == n.utf8 && value.is_small() && is_code_point(static_cast<uint64_t>(value.small_value()))) {
      std::string encoded;
      utf8_append(encoded, static_cast<uint32_t>(value.small_value()));
      bits.literal.append_bytes(encoded);
      continue;
    }
    if (type == n.integer && value.is_small() && (default_size || size.is_small()) && !(flags & segment_native)) {
      int64_t count = default_size ? 8 : size.small_value() * unit;
      if (count >= 0 && count <= 60 && (!(flags & segment_little) || count % 8 == 0)) {
        if (count) bits.literal.append_integer(value, static_cast<size_t>(count), flags & segment_little);
        continue;
      }
    }
    if ((type == n.utf16 || type == n.utf32) && value.is_bitstring()) {
      // Each code point by itself.
      std::string scratch;
      std::string_view text = bytes_of(value, scratch);
      const uint8_t* at = reinterpret_cast<const uint8_t*>(text.data());
      const uint8_t* end = at + text.size();
      bits.flush(b_);
      for (Utf8Step step; at < end && (step = utf8_decode(at, end)).length; at += step.length) {
        bits.descriptors.push_back(segment_descriptor(type == n.utf16 ? SegmentType::utf16 : SegmentType::utf32, 1, flags));
        bits.operands.push_back(b_.constant(Term::small(step.code_point)));
        bits.operands.push_back(b_.constant(Term::nil()));
      }
      continue;
    }

    bits.flush(b_);
    ValueId operand = lower(value);
    if (b_.is_constant(operand) && is_bytes && default_size && b_.constant_of(operand).is_bitstring() && is_binary(b_.constant_of(operand))) {
      std::string scratch;
      bits.literal.append_bytes(bytes_of(b_.constant_of(operand), scratch));
      continue;
    }
    ValueId size_value;
    SegmentType segment;
    if (is_utf) {
      segment = type == n.utf8 ? SegmentType::utf8 : type == n.utf16 ? SegmentType::utf16 : SegmentType::utf32;
      size_value = b_.constant(Term::nil());
    } else if (is_bytes) {
      segment = SegmentType::binary;
      if (default_size) unit = type == n.bitstring ? 1 : unit == 1 ? 8 : unit;
      size_value = default_size ? b_.constant(n.all) : lower(size);
    } else {
      segment = type == n.float_ ? SegmentType::float_ : SegmentType::integer;
      if (default_size) unit = 1;
      size_value = default_size ? b_.constant(Term::small(type == n.float_ ? 64 : 8)) : lower(size);
    }
    bits.descriptors.push_back(segment_descriptor(segment, static_cast<unsigned>(unit), flags));
    bits.operands.push_back(operand);
    bits.operands.push_back(size_value);
  }
}

}  // namespace phial::compiler::lowering
