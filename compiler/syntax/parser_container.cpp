// Lists, tuples, maps, structs, bitstrings, strings, sigils and numbers.
#include <algorithm>

#include "compiler/syntax/identifier.hpp"
#include "compiler/syntax/parser_impl.hpp"
#include "vm/term/number.hpp"

namespace phial::syntax {

Expression Parser::literal_expression(Term value, const Token& at, Term extra_meta, bool accessible) {
  Expression result;
  result.line = at.line;
  result.column = at.column;
  result.accessible = accessible;
  result.term = literal(value, at, extra_meta);
  if (failed_) return {};
  if (&at == &token()) advance();
  return result;
}

/// Elements up to `close` (left standing), pushed on stack_: expressions, then keywords as pairs.
bool Parser::parse_container_elements(Kind close) {
  if (kind() == close) return true;
  for (;;) {
    if (kind() == Kind::keyword_key || kind() == Kind::quoted_keyword_key) {
      size_t first = stack_.size();
      if (!parse_keywords(/*no_parens=*/false, close, "container")) return false;
      if (close != Kind::close_bracket) {
        Term keywords = pop_list(first);
        stack_.push_back(keywords);
      }
      break;
    }
    Expression element = parse_expression();
    if (failed_) return false;
    if (element.category == Category::no_parens) return refuse_in_container(element).ok();
    stack_.push_back(element.term);
    if (kind() != Kind::comma) break;
    advance();
    if (kind() == close) return true;
  }
  skip_line_end();
  return kind() == close || fail_here().ok();
}

Expression Parser::parse_list() {
  Token open = token();
  advance();
  uint32_t newlines = 0;
  if (kind() == Kind::end_of_line) newlines = token().newlines, advance();
  FlagScope block(do_allowed_, true);
  FlagScope plain(struct_name_, false);
  size_t first = stack_.size();
  if (!parse_container_elements(Kind::close_bracket)) return {};
  Term elements = pop_list(first);
  Term extra = literals_encoded() ? pair_meta(open, newlines, token(), Term::nil()) : Term::nil();
  Expression result = literal_expression(elements, open, extra);
  if (failed_) return {};
  advance();
  return result;
}

Expression Parser::parse_tuple() {
  Token open = token();
  advance();
  uint32_t newlines = 0;
  if (kind() == Kind::end_of_line) newlines = token().newlines, advance();
  FlagScope block(do_allowed_, true);
  FlagScope plain(struct_name_, false);
  if (kind() == Kind::keyword_key || kind() == Kind::quoted_keyword_key)
    return fail_at(open.line, open.column,
                   "unexpected keyword list inside tuple. Did you mean to write a map (using %{...}) or a list (using [...]) "
                   "instead? Syntax error after: ",
                   "'{'");
  size_t first = stack_.size();
  if (!parse_container_elements(Kind::close_brace)) return {};
  if (stack_.size() - first == 2) {
    Term right = stack_.back();
    stack_.pop_back();
    Term left = stack_.back();
    stack_.pop_back();
    Term extra = literals_encoded() ? pair_meta(open, newlines, token(), Term::nil()) : Term::nil();
    Expression result = literal_expression(tuple2(left, right), open, extra);
    if (failed_) return {};
    advance();
    return result;
  }
  Expression result;
  result.line = open.line;
  result.column = open.column;
  result.accessible = true;
  Term meta = pair_meta(open, newlines, token(), meta_of(open));
  result.term = node(atom_of("{}"), meta, pop_list(first));
  advance();
  return result;
}

Expression Parser::parse_bits() {
  Token open = token();
  advance();
  uint32_t newlines = 0;
  if (kind() == Kind::end_of_line) newlines = token().newlines, advance();
  FlagScope block(do_allowed_, true);
  FlagScope plain(struct_name_, false);
  if (kind() == Kind::keyword_key || kind() == Kind::quoted_keyword_key)
    return fail_at(open.line, open.column,
                   "unexpected keyword list inside bitstring. Did you mean to write a map (using %{...}) or a list (using [...]) "
                   "instead? Syntax error after: ",
                   "'<<'");
  size_t first = stack_.size();
  if (!parse_container_elements(Kind::close_bits)) return {};
  Expression result;
  result.line = open.line;
  result.column = open.column;
  result.accessible = true;
  Term meta = pair_meta(open, newlines, token(), meta_of(open));
  result.term = node(atom_of("<<>>"), meta, pop_list(first));
  advance();
  return result;
}

/// `%name{...}`
Expression Parser::parse_struct() {
  Token percent = token();
  advance();
  Expression name;
  {
    FlagScope only_name(struct_name_, true);
    name = parse_struct_name();
  }
  if (failed_) return {};
  if (kind() != Kind::open_brace) return fail_here();
  return parse_map(meta_of(percent), name.term);
}

/// What may name a struct: an alias, a variable, `__MODULE__`, `^pinned`, `@attribute`, a call.
Expression Parser::parse_struct_name() {
  Nesting nesting(*this);
  if (nesting.too_deep()) return fail_too_deep();
  switch (kind()) {
    case Kind::at_op:
    case Kind::unary_op:
    case Kind::dual_op:
    case Kind::ellipsis_op: {
      Token op = token();
      advance();
      Expression operand = parse_struct_name();
      if (failed_) return {};
      operand.term = node(atom_of(op.view()), meta_of(op), list1(operand.term));
      return operand;
    }
    default: {
      Expression base = parse_base();
      if (failed_) return {};
      Expression name = parse_postfix(base);
      if (failed_) return {};
      return name.callable || name.names_struct ? name : fail_here();
    }
  }
}

/// `{...}` of a map; with a struct name, the struct around it.
Expression Parser::parse_map(Term struct_meta, Term struct_name) {
  Token open = token();
  advance();
  uint32_t newlines = 0;
  if (kind() == Kind::end_of_line) newlines = token().newlines, advance();
  FlagScope block(do_allowed_, true);
  FlagScope plain(struct_name_, false);
  Term entries;
  if (!parse_map_entries(entries)) return {};
  Expression result;
  result.line = open.line;
  result.column = open.column;
  result.accessible = true;
  Term meta = pair_meta(open, newlines, token(), meta_of(open));
  result.term = node(atom_of("%{}"), meta, entries);
  if (!struct_name.is_none()) result.term = node(atom_of("%"), struct_meta, list2(struct_name, result.term));
  advance();
  return result;
}

/// Everything between the braces of a map, as the list of arguments of `%{}`.
bool Parser::parse_map_entries(Term& entries) {
  entries = Term::nil();
  if (kind() == Kind::close_brace) return true;
  size_t first = stack_.size();
  bool update = false;
  Term updated = Term::none();
  Token bar;
  if (kind() != Kind::keyword_key && kind() != Kind::quoted_keyword_key) {
    Expression key = parse_expression(0, /*stop_at_pipe=*/true);
    if (failed_) return false;
    if (kind() == Kind::pipe_op) {
      bar = token();
      advance();
      if (kind() == Kind::end_of_line) bar.newlines = token().newlines, advance();
      update = true;
      updated = key.term;
      if (key.category == Category::no_parens) return fail_here().ok();
    } else {
      if (!parse_map_entry(key)) return false;
      if (kind() == Kind::comma) {
        advance();
      } else {
        skip_line_end();
        if (kind() != Kind::close_brace) return fail_here().ok();
      }
    }
  }
  while (kind() != Kind::close_brace) {
    if (kind() == Kind::keyword_key || kind() == Kind::quoted_keyword_key) {
      if (!parse_keywords(/*no_parens=*/false, Kind::close_brace, "container")) return false;
      skip_line_end();
      if (kind() != Kind::close_brace) return fail_here().ok();
      break;
    }
    Expression key = parse_expression();
    if (failed_) return false;
    if (!parse_map_entry(key)) return false;
    if (kind() == Kind::comma) {
      advance();
      continue;
    }
    skip_line_end();
    if (kind() != Kind::close_brace) return fail_here().ok();
  }
  if (update) {
    if (stack_.size() == first) return fail_here().ok();
    Term changes = pop_list(first);
    Term meta = with_newlines(bar.newlines, meta_of(bar));
    entries = list1(node(atom_of("|"), meta, list2(updated, changes)));
    return true;
  }
  entries = pop_list(first);
  return true;
}

/// `=> value` behind a key, or a bare call that a macro will replace.
bool Parser::parse_map_entry(Expression& key) {
  if (key.category == Category::no_parens) return fail_here().ok();
  if (kind() == Kind::assoc_op) {
    advance();
    skip_line_end();
    Expression value = parse_expression();
    if (failed_) return false;
    if (value.category == Category::no_parens) return fail_here().ok();
    stack_.push_back(tuple2(key.term, value.term));
    return true;
  }
  if (!key.callable) return fail_here().ok();
  stack_.push_back(key.term);
  return true;
}

// --- Numbers -----------------------------------------------------------------------------------------------------------

Term Parser::integer_value(std::string_view digits, int base) {
  if (base != 10) digits.remove_prefix(2);
  uint64_t value = 0;
  bool small = digits.size() <= 14;
  if (small) {
    for (char c : digits) {
      if (c == '_') continue;
      int digit = c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
      value = value * static_cast<uint64_t>(base) + static_cast<uint64_t>(digit);
    }
    return Term::small(static_cast<int64_t>(value));
  }
  std::string plain;
  plain.reserve(digits.size());
  for (char c : digits)
    if (c != '_') plain.push_back(c);
  return integer_from_text(heap_, plain, base);
}

Expression Parser::parse_number() {
  const Token& at = token();
  Term value;
  if (at.kind == Kind::integer) {
    value = integer_value(at.view(), at.base);
  } else if (at.kind == Kind::character) {
    value = Term::small(at.extra);
  } else {
    std::string plain;
    for (char c : at.view())
      if (c != '_') plain.push_back(c == 'E' ? 'e' : c);
    std::optional<double> number = float_from_text(plain);
    if (!number) return fail_at(at.line, at.column, "invalid float number ", std::string(at.view()));
    value = make_float(heap_, *number);
  }
  Term extra = literals_encoded() ? list1(tuple2(atom_of("token"), binary(at.view()))) : Term::nil();
  return literal_expression(value, at, extra);
}

// --- Quoted text ---------------------------------------------------------------------------------------------------------

static Term charlist_of(TermHeap& heap, std::string_view text) {
  std::vector<Term> points;
  while (!text.empty()) {
    size_t bytes = 0;
    uint32_t code_point = decode_utf8(text, bytes);
    if (bytes == 0) return Term::none();
    points.push_back(Term::small(code_point));
    text.remove_prefix(bytes);
  }
  return make_list(heap, points);
}

/// The parts of a quote as the arguments of `<<>>`, or of a charlist's to_charlist.
Term Parser::string_parts(const Quote& of, bool charlist) {
  Quote q = of;
  size_t first = stack_.size();
  uint32_t outer_position = position_, outer_previous = previous_;
  for (uint32_t i = 0; i < q.part_count; i++) {
    const QuotePart part = stream_.parts[q.first_part + i];
    if (!part.interpolation) {
      stack_.push_back(binary(part.literal));
      continue;
    }
    position_ = part.first_token;
    previous_ = part.first_token;
    Nesting nesting(*this);
    if (nesting.too_deep()) return fail_too_deep().term;
    Term content = parse_program(Kind::interpolation_end);
    if (failed_) return Term::none();
    Term meta = meta_at(part.line, part.column);
    Term call_meta = options_.token_metadata ? with("closing", meta_at(part.end_line, part.end_column), meta) : meta;
    call_meta = with("from_interpolation", atoms::true_, call_meta);
    Term function = node(atom_of("."), meta, list2(atoms::kernel, atom_of("to_string")));
    Term text = node(function, call_meta, list1(content));
    stack_.push_back(charlist ? text : node(atom_of("::"), meta, list2(text, node(atoms::binary, meta, atoms::nil))));
  }
  position_ = outer_position;
  previous_ = outer_previous;
  return pop_list(first);
}

Expression Parser::parse_quoted() {
  const Token at = token();
  const Quote q = quote(at);
  Expression result;
  result.line = at.line;
  result.column = at.column;
  result.accessible = true;
  result.names_struct = at.kind == Kind::quoted_atom;
  Term extra = Term::nil();
  if (options_.token_metadata) {
    if (q.indentation >= 0) extra = list1(tuple2(atom_of("indentation"), Term::small(q.indentation)));
    extra = with("delimiter", binary(q.delimiter), extra);
  }
  bool charlist = at.kind == Kind::charlist || at.kind == Kind::charlist_heredoc;
  bool plain = q.part_count == 0 || (q.part_count == 1 && !stream_.parts[q.first_part].interpolation);
  if (plain) {
    std::string_view text = q.part_count == 0 ? std::string_view("") : stream_.parts[q.first_part].literal;
    Term value;
    if (at.kind == Kind::quoted_atom) {
      value = encode_atom(text, at);
      if (failed_) return {};
    } else if (charlist) {
      value = charlist_of(heap_, text);
      if (value.is_none()) return fail_at(at.line, at.column, "invalid encoding in charlist: ", std::string(at.view()));
    } else {
      value = binary(text);
    }
    result.term = literal(value, at, extra);
  } else {
    Term parts = string_parts(q, charlist);
    if (failed_) return {};
    Term meta = meta_of(at);
    if (charlist) {
      Term function = node(atom_of("."), meta, list2(atom_of("Elixir.List"), atom_of("to_charlist")));
      result.term = node(function, append(extra, meta), list1(parts));
    } else if (at.kind == Kind::quoted_atom) {
      Term bits = node(atom_of("<<>>"), meta, parts);
      Term function =
          node(atom_of("."), meta,
               list2(atom_of("erlang"), atom_of(options_.existing_atoms_only ? "binary_to_existing_atom" : "binary_to_atom")));
      result.term = node(function, append(extra, meta), list2(bits, atom_of("utf8")));
    } else {
      result.term = node(atom_of("<<>>"), append(extra, meta), parts);
    }
  }
  if (failed_) return {};
  advance();
  return result;
}

Expression Parser::parse_sigil() {
  const Token at = token();
  const Quote q = quote(at);
  Expression result;
  result.line = at.line;
  result.column = at.column;
  result.accessible = true;
  Term name = encode_atom("sigil_" + std::string(q.name), at);
  if (failed_) return {};
  Term parts = string_parts(q, /*charlist=*/false);
  if (failed_) return {};
  if (parts.is_nil()) parts = list1(binary(""));
  Term meta = meta_of(at);
  Term text_meta = meta;
  if (q.indentation >= 0) text_meta = with("indentation", Term::small(q.indentation), text_meta);
  Term text = node(atom_of("<<>>"), text_meta, parts);
  Term call_meta = with("delimiter", binary(q.delimiter), meta);
  result.term = node(name, call_meta, list2(text, charlist_of(heap_, q.modifiers)));
  advance();
  return result;
}

}  // namespace phial::syntax
