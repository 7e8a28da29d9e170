// <<...>>: segments with all their options made explicit.
#include "compiler/expand/expander.hpp"

#include "vm/base/utf8.hpp"
#include "vm/term/binary.hpp"

namespace phial::compiler {

namespace {

struct Spec {
  Term type = Term::none();
  Term size = Term::none();  // expression, unexpanded
  Term unit = Term::none();
  Term sign = Term::none();
  Term endian = Term::none();
};

std::string specifier_text(Term specifier) { return specifier.is_atom() ? std::string(atom_text(specifier)) : quoted_text(specifier); }

Term conflicting(Expander& e, Term meta, const char* what, Term first, Term second) {
  return e.compile_error(meta, std::string("conflicting ") + what + " specification for bit field: \"" + specifier_text(first) + "\" and \"" +
                                   specifier_text(second) + "\"");
}

Term set_once(Expander& e, Term meta, Term& field, Term value, const char* what) {
  if (!field.is_none() && field != value) return conflicting(e, meta, what, value, field);
  field = value;
  return atoms::ok;
}

Term read_spec(Expander& e, Term meta, Term quoted, Spec& spec) {
  if (quoted.is_integer()) return set_once(e, meta, spec.size, quoted, "size");
  if (is_call(quoted, atoms::minus, 2)) {
    TRY(read_spec(e, meta, arguments_of(quoted).head(), spec));
    return read_spec(e, meta, arguments_of(quoted).tail().head(), spec);
  }
  if (is_call(quoted, atoms::times, 2)) {
    Term size = arguments_of(quoted).head();
    if (!(is_variable(size) && form_of(size) == atoms::underscore)) TRY(set_once(e, meta, spec.size, size, "size"));
    return set_once(e, meta, spec.unit, arguments_of(quoted).tail().head(), "unit");
  }
  if (!is_node(quoted) || !form_of(quoted).is_atom())
    return e.compile_error(meta, "unknown bitstring specifier: " + quoted_text(quoted));
  Term name = form_of(quoted), arguments = arguments_of(quoted);
  ptrdiff_t count = arguments.is_list() ? list_length(arguments) : 0;
  if (count == 1 && name == atoms::size) return set_once(e, meta, spec.size, arguments.head(), "size");
  if (count == 1 && name == atoms::unit) return set_once(e, meta, spec.unit, arguments.head(), "unit");
  if (count == 0) {
    switch (name.atom_index()) {
      case atoms::index_integer: case atoms::index_float_: case atoms::index_binary: case atoms::index_bitstring:
      case atoms::index_utf8: case atoms::index_utf16: case atoms::index_utf32:
        return set_once(e, meta, spec.type, name, "type");
      case atoms::index_bytes: return set_once(e, meta, spec.type, atoms::binary, "type");
      case atoms::index_bits: return set_once(e, meta, spec.type, atoms::bitstring, "type");
      case atoms::index_signed_: case atoms::index_unsigned_: return set_once(e, meta, spec.sign, name, "sign");
      case atoms::index_big: case atoms::index_little: case atoms::index_native: return set_once(e, meta, spec.endian, name, "endianness");
      default: break;
    }
  }
  // A macro may give the specification.
  Term call = arguments.is_list() ? quoted : node(e.heap, name, meta_of(quoted), Term::nil());
  bool changed = false;
  Term expanded = TRY(e.expand_top(call, changed));
  if (changed) return read_spec(e, meta, expanded, spec);
  if (count == 0 && arguments.is_atom()) {
    Term visible = map_get(e.scope.read, e.variable_key(quoted));
    if (!visible.is_none())
      return e.compile_error(meta, "unknown bitstring specifier: " + quoted_text(quoted) + "\n\nIf you want to use a variable as the size of a "
                                   "bitstring field, use size(" + quoted_text(quoted) + ")");
  }
  return e.compile_error(meta, "unknown bitstring specifier: " + quoted_text(quoted) + (count == 0 && arguments.is_atom() ? "()" : ""));
}

Term segment_node(TermHeap& heap, Term meta, Term value, Term type, Term size, int64_t unit, Term sign, Term endian) {
  Term spec = node(heap, atoms::segment, Term::nil(), make_list(heap, {type, size, Term::small(unit), sign, endian}));
  return node(heap, atoms::double_colon, meta, {value, spec});
}

/// A literal that can never be a segment of the type said is an error where it is written. `type` is what was said, or none.
Term check_literal(Expander& e, Term meta, Term literal, Term type, const Spec& spec) {
  if (literal.is_atom() || literal.is_list()) return e.compile_error(meta, "invalid literal " + quoted_text(literal) + " in <<>>");
  if (type.is_none()) type = literal.is_bitstring() ? atoms::binary : literal.is_float() ? atoms::float_ : atoms::integer;
  bool bytes = type == atoms::binary || type == atoms::bitstring;
  bool utf = type == atoms::utf8 || type == atoms::utf16 || type == atoms::utf32;
  if (literal.is_integer() && bytes) return conflicting(e, meta, "type", type, atoms::integer);
  if (literal.is_float() && type != atoms::float_) return conflicting(e, meta, "type", type, atoms::float_);
  if (!literal.is_bitstring()) return atoms::ok;
  if (!bytes && !utf) return conflicting(e, meta, "type", type, atoms::binary);
  if (!spec.size.is_none() || !spec.sign.is_none() || !spec.unit.is_none())
    return e.compile_error(meta, "literal string in bitstring supports only endianness and type specifiers, which must be one of: little, big, "
                                 "native, utf8, utf16, utf32, bits, bytes, binary or bitstring");
  return atoms::ok;
}

bool takes_rest(Term segment) {
  if (!is_call(segment, atoms::double_colon, 2)) return false;
  Term spec = arguments_of(arguments_of(segment).tail().head());
  Term type = spec.head(), size = spec.tail().head();
  return (type == atoms::binary || type == atoms::bitstring) && size == atoms::default_ &&
         !arguments_of(segment).head().is_bitstring();
}

}  // namespace

Term Expander::expand_bits(Term meta, Term segments) {
  Terms expanded;
  Term before = scope.read, merged = before;
  for (Term source : ListRange(segments)) {
    Term segment_meta = is_node(source) && line_of(meta_of(source)) ? meta_of(source) : meta;
    Term value = source;
    Spec spec;
    if (is_call(source, atoms::double_colon, 2)) {
      value = arguments_of(source).head();
      TRY(read_spec(*this, segment_meta, arguments_of(source).tail().head(), spec));
    }
    if (!env.in_match()) scope.read = before;
    Term expression = TRY(expand(value));
    if (!env.in_match()) merged = merge_reads(merged, scope.read);
    Term type = spec.type;
    if (!is_node(expression)) TRY(check_literal(*this, segment_meta, expression, type, spec));
    if (type.is_none()) {
      if (expression.is_bitstring()) type = atoms::binary;
      else if (is_call_of(expression, atoms::bits_form)) type = atoms::bitstring;
      else if (expression.is_float()) type = atoms::float_;
      else type = atoms::integer;
    }
    // Nested constructors without a size are part of this one.
    if (is_call_of(expression, atoms::bits_form) && (type == atoms::bitstring || type == atoms::binary) && spec.size.is_none() &&
        (type == atoms::bitstring || spec.type.is_none() || env.in_match())) {
      for (Term inner : ListRange(arguments_of(expression))) expanded.push_back(inner);
      continue;
    }
    if (env.in_match() && !is_variable(expression) && !expression.is_number() && !expression.is_bitstring() &&
        !is_call(expression, atoms::pin, 1)) {
      return compile_error(segment_meta, "unknown pattern in binary: " + quoted_text(value) + "\n\nOnly literals and variables are allowed "
                                         "as segments of a pattern");
    }
    if (expression.is_bitstring() && is_binary(expression) &&
        (type == atoms::utf8 || type == atoms::utf16 || type == atoms::utf32)) {
      if (type == atoms::utf8) {
        expanded.push_back(expression);
        continue;
      }
      std::string scratch;
      std::string_view text = bytes_of(expression, scratch);
      Term endian = spec.endian.is_none() ? atoms::big : spec.endian;
      size_t at = 0;
      while (at < text.size()) {
        unsigned char lead = static_cast<unsigned char>(text[at]);
        size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        uint32_t code = length == 1 ? lead : lead & (0xff >> (length + 1));
        for (size_t i = 1; i < length && at + i < text.size(); i++) code = code << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3f);
        expanded.push_back(segment_node(heap, segment_meta, Term::small(code), type, atoms::default_, 1, atoms::unsigned_, endian));
        at += length;
      }
      continue;
    }
    if (expression.is_bitstring() && spec.size.is_none() && (type == atoms::binary || type == atoms::bitstring)) {
      expanded.push_back(expression);
      continue;
    }
    if (expression.is_bitstring() && type == atoms::integer && spec.size.is_none()) {
      expanded.push_back(expression);
      continue;
    }
    Term size = atoms::default_;
    if (!spec.size.is_none()) {
      if (type == atoms::utf8 || type == atoms::utf16 || type == atoms::utf32)
        return compile_error(segment_meta, "size and unit are not supported on utf types");
      Term context = env.context;
      if (env.in_match()) env.context = atoms::guard;
      if (context == atoms::nil) scope.read = before;
      Term result = expand(spec.size);
      if (context == atoms::nil) merged = merge_reads(merged, scope.read);
      env.context = context;
      size = TRY(result);
      if (!size.is_integer() && !is_node(size))
        return compile_error(segment_meta, "size in bitstring expects an integer or a variable as argument, got: " + quoted_text(spec.size));
    }
    int64_t unit = type == atoms::binary ? 8 : 1;
    if (!spec.unit.is_none()) {
      Term given = TRY(expand(spec.unit));
      if (!given.is_small() || given.small_value() < 1 || given.small_value() > 256)
        return compile_error(segment_meta, "unit in bitstring expects an integer between 1 and 256, got: " + quoted_text(spec.unit));
      unit = given.small_value();
      if (spec.size.is_none() && type != atoms::binary && type != atoms::bitstring)
        return compile_error(segment_meta, "integer and float types require a size specifier if the unit specifier is given");
    }
    if (size == atoms::default_ && type == atoms::integer) { size = Term::small(8); }
    if (size == atoms::default_ && type == atoms::float_) { size = Term::small(64); }
    if (type == atoms::float_ && size.is_small()) {
      int64_t bits = size.small_value() * unit;
      if (bits != 16 && bits != 32 && bits != 64)
        return compile_error(segment_meta, "float requires size*unit to be 16, 32, or 64 (default), got: " + std::to_string(bits));
    }
    expanded.push_back(segment_node(heap, segment_meta, expression, type, size, unit, spec.sign.is_none() ? atoms::unsigned_ : spec.sign,
                                    spec.endian.is_none() ? atoms::big : spec.endian));
  }
  if (!env.in_match()) scope.read = merged;
  if (env.in_match()) {
    for (size_t i = 0; i + 1 < expanded.size(); i++) {
      if (takes_rest(expanded[i]))
        return compile_error(meta, "a binary field without size is only allowed at the end of a binary pattern, at the right side of binary "
                                   "concatenation and never allowed in binary generators. The following examples are invalid:\n\n"
                                   "    rest <> \"foo\"\n    <<rest::binary, \"foo\">>\n\nThey are invalid because there is a bits/bitstring component "
                                   "not at the end. However, the \"reverse\" would work:\n\n    \"foo\" <> rest\n    <<\"foo\", rest::binary>>\n");
    }
  }
  // A constructor of nothing but literal strings is a literal.
  bool literal = true;
  std::string text;
  for (Term segment : expanded) {
    if (!segment.is_bitstring() || !is_binary(segment)) {
      literal = false;
      break;
    }
    std::string scratch;
    text += bytes_of(segment, scratch);
  }
  if (literal && (!expanded.empty() || !env.in_match())) return make_binary(heap, text);
  if (expanded.empty()) return make_binary(heap, "");
  return node(heap, atoms::bits_form, meta, make_list(heap, expanded));
}

}  // namespace phial::compiler
