// Quoted patterns to Pattern.
#include "compiler/lower/lowering.hpp"

#include "vm/base/utf8.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/map.hpp"
#include "vm/term/number.hpp"

namespace phial::compiler::lowering {

VariableKey FunctionLowering::key_of(Term variable) const {
  Term version = option(variable.element(1), atoms::version);
  if (!version.is_none() && version.is_small()) return {variable.element(0), version.small_value()};
  // Without a version the context tells variables of one name apart.
  return {variable.element(0), -1 - static_cast<int64_t>(variable.element(2).word)};
}

static const Pattern* constant_pattern(ModuleLowering& module, Term term) {
  // Constants that have structure are taken apart, so that rows can share their tests.
  if (term.is_nil()) return module.new_pattern(Pattern::Kind::empty_list);
  if (term.is_cons()) {
    std::vector<Term> items;
    for (; term.is_cons(); term = term.tail()) items.push_back(term.head());
    const Pattern* list = constant_pattern(module, term);
    for (size_t i = items.size(); i-- > 0;) {
      Pattern* cell = module.new_pattern(Pattern::Kind::cons);
      cell->items = {constant_pattern(module, items[i]), list};
      list = cell;
    }
    return list;
  }
  if (term.is_tuple()) {
    Pattern* tuple = module.new_pattern(Pattern::Kind::tuple);
    for (size_t i = 0; i < term.size(); i++) tuple->items.push_back(constant_pattern(module, term.element(i)));
    return tuple;
  }
  Pattern* literal = module.new_pattern(Pattern::Kind::literal);
  literal->literal = term;
  return literal;
}

const Pattern* FunctionLowering::parse_pattern(Term form) {
  const Names& n = names();
  auto make = [&](Pattern::Kind kind) { return module_.new_pattern(kind); };
  if (form.is_cons()) {
    std::vector<const Pattern*> items;
    const Pattern* list = nullptr;
    for (; form.is_cons(); form = form.tail()) {
      if (form.tail().is_nil() && is_quoted_call(form.head(), n.bar, 2)) {
        items.push_back(parse_pattern(nth(form.head().element(2), 0)));
        list = parse_pattern(nth(form.head().element(2), 1));
        break;
      }
      items.push_back(parse_pattern(form.head()));
    }
    if (!list) list = make(Pattern::Kind::empty_list);
    for (size_t i = items.size(); i-- > 0;) {
      Pattern* cell = make(Pattern::Kind::cons);
      cell->items = {items[i], list};
      list = cell;
    }
    return list;
  }
  if (form.is_tuple(2)) {
    Pattern* tuple = make(Pattern::Kind::tuple);
    tuple->items = {parse_pattern(form.element(0)), parse_pattern(form.element(1))};
    return tuple;
  }
  if (is_quoted_variable(form)) {
    if (form.element(0) == n.underscore) return make(Pattern::Kind::any);
    Pattern* variable = make(Pattern::Kind::variable);
    variable->variable = key_of(form);
    return variable;
  }
  if (is_quoted_call(form)) {
    Term head = form.element(0), arguments = form.element(2);
    if (head == n.braces) {
      Pattern* tuple = make(Pattern::Kind::tuple);
      for (Term item : ListRange(arguments)) tuple->items.push_back(parse_pattern(item));
      return tuple;
    }
    if (head == n.match) {
      Pattern* both = make(Pattern::Kind::both);
      both->items = {parse_pattern(nth(arguments, 0)), parse_pattern(nth(arguments, 1))};
      return both;
    }
    if (head == n.pin) {
      ValueId value = lower(arguments.head());
      if (b_.is_constant(value)) return constant_pattern(module_, b_.constant_of(value));
      Pattern* equal = make(Pattern::Kind::equal);
      equal->value = value;
      return equal;
    }
    if (head == n.map) {
      Pattern* map = make(Pattern::Kind::map);
      for (Term pair : ListRange(arguments)) {
        ValueId key = lower(pair.element(0));
        const Pattern* value = parse_pattern(pair.element(1));
        // The struct's name first: it tells most.
        bool first = b_.is_constant(key, atoms::struct_);
        map->keys.insert(first ? map->keys.begin() : map->keys.end(), key);
        map->items.insert(first ? map->items.begin() : map->items.end(), value);
      }
      return map;
    }
    if (head == n.bits) return parse_bits(form);
    if (head == atoms::block && list_length(arguments) == 1) return parse_pattern(arguments.head());
    Term module, name;
    if (is_remote_callee(head, module, name) && module == n.erlang && name == n.append && list_length(arguments) == 2) {
      // literal ++ rest
      std::vector<const Pattern*> items;
      for (Term item : ListRange(arguments.head())) items.push_back(parse_pattern(item));
      const Pattern* list = parse_pattern(nth(arguments, 1));
      for (size_t i = items.size(); i-- > 0;) {
        Pattern* cell = make(Pattern::Kind::cons);
        cell->items = {items[i], list};
        list = cell;
      }
      return list;
    }
    // What is left are constant expressions, like -1.
    ValueId value = lower(form);
    if (b_.is_constant(value)) return constant_pattern(module_, b_.constant_of(value));
    Pattern* equal = make(Pattern::Kind::equal);
    equal->value = value;
    return equal;
  }
  if (form.is_map()) {
    Pattern* map = make(Pattern::Kind::map);
    map_each(form, [&](Term key, Term value) {
      map->keys.push_back(b_.constant(key));
      map->items.push_back(constant_pattern(module_, value));
      return true;
    });
    return map;
  }
  return constant_pattern(module_, form);
}

static SegmentType segment_type(Term type) {
  const Names& n = names();
  if (type == n.float_) return SegmentType::float_;
  if (type == atoms::binary || type == n.bitstring) return SegmentType::binary;
  if (type == n.utf8) return SegmentType::utf8;
  if (type == n.utf16) return SegmentType::utf16;
  if (type == n.utf32) return SegmentType::utf32;
  return SegmentType::integer;
}

static std::string encode_utf(uint32_t code, SegmentType type, bool little) {
  std::string out;
  auto unit16 = [&](uint32_t unit) {
    char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit);
    out += little ? low : high;
    out += little ? high : low;
  };
  if (type == SegmentType::utf8) {
    utf8_append(out, code);
  } else if (type == SegmentType::utf16) {
    if (code >= 0x10000) {
      unit16(0xd800 + ((code - 0x10000) >> 10));
      unit16(0xdc00 + ((code - 0x10000) & 0x3ff));
    } else {
      unit16(code);
    }
  } else {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(code >> (little ? 24 - shift : shift));
  }
  return out;
}

const Pattern* FunctionLowering::parse_bits(Term form) {
  const Names& n = names();
  Pattern* bits = module_.new_pattern(Pattern::Kind::bits);
  auto add_byte = [&](uint8_t byte) {
    Segment segment;
    segment.size = Term::small(8);
    Pattern* literal = module_.new_pattern(Pattern::Kind::literal);
    literal->literal = Term::small(byte);
    segment.value = literal;
    bits->segments.push_back(segment);
  };
  for (Term item : ListRange(form.element(2))) {
    Term value = item, type = n.integer, size = n.default_, unit = Term::small(1), sign = atoms::nil, endian = atoms::nil;
    if (is_quoted_call(item, n.type, 2)) {
      value = nth(item.element(2), 0);
      Term specification = nth(item.element(2), 1).element(2);
      type = nth(specification, 0);
      size = nth(specification, 1);
      unit = nth(specification, 2);
      sign = nth(specification, 3);
      endian = nth(specification, 4);
    } else if (value.is_bitstring()) {
      type = atoms::binary;
    }
    Segment segment;
    segment.line = is_quoted_call(item) ? quoted_line(item.element(1)) : 0;
    segment.type = segment_type(type);
    segment.unit = unit.is_small() ? static_cast<uint8_t>(unit.small_value()) : 1;
    segment.flags = static_cast<uint8_t>((sign == n.signed_ ? segment_signed : 0) | (endian == n.little ? segment_little : 0) |
                                         (endian == n.native ? segment_native : 0));
    bool is_utf = segment.type == SegmentType::utf8 || segment.type == SegmentType::utf16 || segment.type == SegmentType::utf32;
    if (value.is_bitstring() && (segment.type == SegmentType::binary || segment.type == SegmentType::integer || is_utf)) {
      std::string scratch;
      std::string_view bytes = bytes_of(value, scratch);
      if (segment.type == SegmentType::utf16 || segment.type == SegmentType::utf32) {
        std::string encoded;
        const uint8_t* at = reinterpret_cast<const uint8_t*>(bytes.data());
        const uint8_t* end = at + bytes.size();
        for (Utf8Step step; at < end && (step = utf8_decode(at, end)).length; at += step.length)
          encoded += encode_utf(step.code_point, segment.type, segment.flags & segment_little);
        for (char byte : encoded) add_byte(static_cast<uint8_t>(byte));
      } else {
        for (char byte : bytes) add_byte(static_cast<uint8_t>(byte));
      }
      continue;
    }
    if (is_utf && value.is_small()) {
      for (char byte : encode_utf(static_cast<uint32_t>(value.small_value()), segment.type, segment.flags & segment_little))
        add_byte(static_cast<uint8_t>(byte));
      continue;
    }
    segment.value = parse_pattern(value);
    if (segment.type == SegmentType::float_ && segment.value->kind == Pattern::Kind::literal && segment.value->literal.is_integer()) {
      // <<1::float>> matches 1.0.
      Pattern* literal = module_.new_pattern(Pattern::Kind::literal);
      literal->literal = number_multiply(module_.module.terms, segment.value->literal, Term::float_word(1.0));
      segment.value = literal;
    }
    if (is_utf) {
      // no size
    } else if (size == n.default_ || size.is_none()) {
      if (segment.type == SegmentType::binary) {
        segment.whole = true;
        segment.unit = type == n.bitstring ? 1 : segment.unit == 1 ? 8 : segment.unit;
      } else {
        int64_t bits_wanted = segment.type == SegmentType::float_ ? 64 : 8;
        segment.size = Term::small(bits_wanted / (bits_wanted % segment.unit == 0 ? segment.unit : 1));
        if (bits_wanted % segment.unit != 0) segment.unit = 1;
      }
    } else if (size.is_small()) {
      segment.size = size;
    } else {
      segment.size_expression = size;
    }
    bits->segments.push_back(segment);
  }
  return bits;
}

/// Splits [a, b] or [{:when, _, [a, b, guard]}] into patterns and guard alternatives.
Clause FunctionLowering::parse_clause(Term head, Term meta, size_t subjects) {
  const Names& n = names();
  Clause clause;
  clause.line = quoted_line(meta);
  clause.generated = option(meta, n.generated) == atoms::true_;
  std::vector<Term> patterns;
  for (Term item : ListRange(head)) patterns.push_back(item);
  Term guard = Term::none();
  if (patterns.size() == 1 && is_quoted_call(patterns[0], atoms::when) && static_cast<size_t>(list_length(patterns[0].element(2))) == subjects + 1) {
    Term arguments = patterns[0].element(2);
    patterns.clear();
    for (; arguments.tail().is_cons(); arguments = arguments.tail()) patterns.push_back(arguments.head());
    guard = arguments.head();
  }
  for (Term pattern : patterns) clause.patterns.push_back(parse_pattern(pattern));
  while (!guard.is_none() && is_quoted_call(guard, atoms::when, 2)) {
    clause.guards.push_back(nth(guard.element(2), 0));
    guard = nth(guard.element(2), 1);
  }
  if (!guard.is_none()) clause.guards.push_back(guard);
  finish_clause(clause);
  return clause;
}

static size_t count_variables(const Pattern& pattern) {
  size_t count = 0;
  const Pattern* at = &pattern;
  for (; at->kind == Pattern::Kind::cons; at = at->items[1]) count += count_variables(*at->items[0]);
  if (at->kind == Pattern::Kind::variable) count++;
  for (const Pattern* item : at->items) count += count_variables(*item);
  for (const Segment& segment : at->segments) count += count_variables(*segment.value);
  return count;
}

void FunctionLowering::finish_clause(Clause& clause) {
  size_t mentions = 0;
  for (const Pattern* pattern : clause.patterns) {
    collect_variables(*pattern, clause.variables);
    mentions += count_variables(*pattern);
  }
  clause.repeats_variable = mentions != clause.variables.size();
}

}  // namespace phial::compiler::lowering
