#include "compiler/expand/quoted.hpp"

#include "vm/code/module.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/print.hpp"

namespace phial::compiler {

Term keyword_delete(TermHeap& heap, Term list, Term key) {
  if (keyword_get(list, key).is_none()) return list;
  Terms kept;
  for (Term item : ListRange(list))
    if (!(item.is_tuple(2) && item.element(0) == key)) kept.push_back(item);
  return make_list(heap, kept);
}

Term keyword_put(TermHeap& heap, Term list, Term key, Term value) {
  return make_cons(heap, make_tuple(heap, {key, value}), keyword_delete(heap, list, key));
}

bool is_keyword(Term list) {
  for (; list.is_cons(); list = list.tail()) {
    Term item = list.head();
    if (!item.is_tuple(2) || !item.element(0).is_atom()) return false;
  }
  return list.is_nil();
}

Term remote_call(TermHeap& heap, Term meta, Term module, Term name, Term arguments) {
  Term dot = node(heap, atoms::dot, meta, {module, name});
  return node(heap, dot, meta, arguments);
}

bool is_call(Term term, Term name, ptrdiff_t arity) {
  return is_call_of(term, name) && list_length(term.element(2)) == arity;
}

Term line_meta(TermHeap& heap, int64_t line) {
  if (line == 0) return Term::nil();
  return make_list(heap, {make_tuple(heap, {atoms::line, Term::small(line)})});
}

namespace {

Term escape_list(TermHeap& heap, Term list) {
  Terms items;
  Term at = list;
  for (; at.is_cons(); at = at.tail()) {
    Term item = escape_term(heap, at.head());
    if (item.is_none()) return item;
    items.push_back(item);
  }
  if (at.is_nil()) return make_list(heap, items);
  Term tail = escape_term(heap, at);
  if (tail.is_none()) return tail;
  Term last = items.back();
  items.back() = node(heap, atoms::pipe, Term::nil(), {last, tail});
  return make_list(heap, items);
}

}  // namespace

Term escape_term(TermHeap& heap, Term term) {
  if (term.is_atom() || term.is_number() || term.is_nil()) return term;
  if (term.is_cons()) return escape_list(heap, term);
  if (term.is_tuple()) {
    if (term.arity() == 2) {
      Term left = escape_term(heap, term.element(0));
      Term right = escape_term(heap, term.element(1));
      if (left.is_none() || right.is_none()) return Term::none();
      return left == term.element(0) && right == term.element(1) ? term : pair(heap, left, right);
    }
    Terms items;
    for (size_t i = 0; i < term.arity(); i++) {
      Term item = escape_term(heap, term.element(i));
      if (item.is_none()) return item;
      items.push_back(item);
    }
    return node(heap, atoms::tuple_form, Term::nil(), make_list(heap, items));
  }
  if (term.is_map()) {
    Terms pairs;
    Term list = map_to_list(heap, term);
    for (Term item : ListRange(list)) {
      Term escaped = escape_term(heap, item);
      if (escaped.is_none()) return escaped;
      pairs.push_back(escaped);
    }
    return node(heap, atoms::map_form, Term::nil(), make_list(heap, pairs));
  }
  if (term.is_bitstring()) {
    if (is_binary(term)) return term;
    Terms segments;
    BitView view = bits_of(term);
    for (size_t at = 0; at < view.bits; at += 8) {
      size_t bits = std::min<size_t>(8, view.bits - at);
      uint8_t byte = 0;
      copy_bits(&byte, 8 - bits, view.bytes, view.bit_offset + at, bits);
      Term segment = make_list(heap, {atoms::integer, Term::small(static_cast<int64_t>(bits)), Term::small(1),
                                      atoms::unsigned_, atoms::big});
      segments.push_back(node(heap, atoms::double_colon, Term::nil(),
                              {Term::small(byte), node(heap, atoms::segment, Term::nil(), segment)}));
    }
    return node(heap, atoms::bits_form, Term::nil(), make_list(heap, segments));
  }
  if (term.is_kind(Kind::export_fun)) {
    const Export* target = reinterpret_cast<const Export*>(term.payload()[0].word);
    Term call = node(heap, node(heap, atoms::dot, Term::nil(), {target->module, target->name}),
                     make_list(heap, {pair(heap, atoms::no_parens, atoms::true_)}), Term::nil());
    return node(heap, atoms::capture, Term::nil(), {node(heap, atoms::divide, Term::nil(), {call, Term::small(target->arity)})});
  }
  return term;  // closures, pids, references: constants of the unit
}

bool is_literal_expression(Term term) {
  if (term.is_atom() || term.is_number() || term.is_nil()) return true;
  if (term.is_bitstring()) return true;
  if (term.is_cons()) {
    for (; term.is_cons(); term = term.tail()) {
      Term item = term.head();
      if (is_call(item, atoms::pipe, 2)) {
        for (Term part : ListRange(arguments_of(item)))
          if (!is_literal_expression(part)) return false;
        continue;
      }
      if (!is_literal_expression(item)) return false;
    }
    return term.is_nil();
  }
  if (term.is_tuple(2)) return is_literal_expression(term.element(0)) && is_literal_expression(term.element(1));
  if (is_call_of(term, atoms::tuple_form) || is_call_of(term, atoms::map_form))
    return is_literal_expression(arguments_of(term)) &&
           !(arguments_of(term).is_cons() && is_call(arguments_of(term).head(), atoms::pipe, 2));
  return false;
}

Term literal_value(TermHeap& heap, Term term) {
  if (term.is_atom() || term.is_number() || term.is_nil() || term.is_bitstring()) return term;
  if (term.is_cons()) {
    Terms items;
    Term at = term;
    for (; at.is_cons(); at = at.tail()) {
      Term item = at.head();
      if (is_call(item, atoms::pipe, 2)) {
        Term head = literal_value(heap, arguments_of(item).head());
        Term tail = literal_value(heap, arguments_of(item).tail().head());
        if (head.is_none() || tail.is_none()) return Term::none();
        items.push_back(head);
        return make_list(heap, items, tail);
      }
      item = literal_value(heap, item);
      if (item.is_none()) return item;
      items.push_back(item);
    }
    return make_list(heap, items);
  }
  if (term.is_tuple(2)) {
    Term left = literal_value(heap, term.element(0));
    Term right = literal_value(heap, term.element(1));
    if (left.is_none() || right.is_none()) return Term::none();
    return pair(heap, left, right);
  }
  if (is_call_of(term, atoms::tuple_form)) {
    Term items = literal_value(heap, arguments_of(term));
    return items.is_none() ? items : phial::make_tuple(heap, std::span<const Term>(list_items(items)));
  }
  if (is_call_of(term, atoms::map_form)) {
    if (arguments_of(term).is_cons() && is_call(arguments_of(term).head(), atoms::pipe, 2)) return Term::none();
    Term pairs = literal_value(heap, arguments_of(term));
    if (pairs.is_none()) return pairs;
    Terms flat;
    for (Term item : ListRange(pairs)) {
      flat.push_back(item.element(0));
      flat.push_back(item.element(1));
    }
    return make_map(heap, flat);
  }
  return Term::none();
}

std::string atom_name(Term atom) { return print_atom(atom); }

std::string plain_name(Term atom) {
  std::string_view text = atom_text(atom);
  if (text.starts_with("Elixir.")) text.remove_prefix(7);
  return std::string(text);
}

std::string name_arity(Term name, int64_t arity) {
  std::string_view text = atom_text(name);
  if (text.starts_with("MACRO-")) {
    text.remove_prefix(6);
    arity -= 1;
  }
  std::string printed = print_atom(intern_atom(text));
  if (printed.starts_with(":")) printed.erase(0, 1);
  return printed + "/" + std::to_string(arity);
}

std::string mfa_text(Term module, Term name, int64_t arity) {
  return print_atom(module) + "." + name_arity(name, arity);
}

namespace {

bool is_operator_text(std::string_view text) {
  return !text.empty() && std::string_view("+-*/<>=!&|^~.@").find(text[0]) != std::string_view::npos;
}

std::string join(Term list, std::string_view separator) {
  std::string out;
  for (Term item : ListRange(list)) {
    if (!out.empty()) out += separator;
    out += quoted_text(item);
  }
  return out;
}

std::string keyword_text(Term list) {
  std::string out;
  for (Term item : ListRange(list)) {
    if (!out.empty()) out += ", ";
    std::string key = print_atom(item.element(0));
    out += (key.starts_with(":") ? key.substr(1) : key) + ": " + quoted_text(item.element(1));
  }
  return out;
}

std::string call_arguments_text(Term arguments) {
  std::string out;
  for (Term rest = arguments; rest.is_cons(); rest = rest.tail()) {
    if (!out.empty()) out += ", ";
    bool last = rest.tail().is_nil();
    if (last && rest.head().is_cons() && is_keyword(rest.head()))
      out += keyword_text(rest.head());
    else
      out += quoted_text(rest.head());
  }
  return out;
}

std::string name_text(Term name) {
  std::string text = print_atom(name);
  return text.starts_with(":") ? text.substr(1) : text;
}

std::string map_inner_text(Term pairs) {
  if (pairs.is_cons() && is_call(pairs.head(), atoms::pipe, 2)) {
    Term arguments = arguments_of(pairs.head());
    return quoted_text(arguments.head()) + " | " + map_inner_text(arguments.tail().head());
  }
  if (is_keyword(pairs)) return keyword_text(pairs);
  std::string out;
  for (Term item : ListRange(pairs)) {
    if (!out.empty()) out += ", ";
    out += item.is_tuple(2) ? quoted_text(item.element(0)) + " => " + quoted_text(item.element(1)) : quoted_text(item);
  }
  return out;
}

}  // namespace

std::string quoted_text(Term quoted) {
  if (quoted.is_cons()) {
    if (is_keyword(quoted)) return "[" + keyword_text(quoted) + "]";
    return "[" + join(quoted, ", ") + "]";
  }
  if (quoted.is_tuple(2)) return "{" + quoted_text(quoted.element(0)) + ", " + quoted_text(quoted.element(1)) + "}";
  if (!is_node(quoted)) return print_term(quoted, 400);
  Term form = form_of(quoted), arguments = arguments_of(quoted);
  if (arguments.is_atom() && form.is_atom()) return std::string(atom_text(form));
  ptrdiff_t count = list_length(arguments);
  if (count < 0) return print_term(quoted, 400);
  if (form.is_tuple(3) && form.element(0) == atoms::dot) {
    Term dot = arguments_of(form);
    if (list_length(dot) == 1) return quoted_text(dot.head()) + ".(" + call_arguments_text(arguments) + ")";
    std::string target = quoted_text(dot.head()) + "." + name_text(dot.tail().head());
    return keyword_has(meta_of(quoted), atoms::no_parens) ? target : target + "(" + call_arguments_text(arguments) + ")";
  }
  if (!form.is_atom()) return quoted_text(form) + "(" + call_arguments_text(arguments) + ")";
  if (form == atoms::aliases) {
    std::string out;
    for (Term part : ListRange(arguments)) {
      if (!out.empty()) out += ".";
      out += part.is_atom() ? plain_name(part) : quoted_text(part);
    }
    return out;
  }
  if (form == atoms::tuple_form) return "{" + join(arguments, ", ") + "}";
  if (form == atoms::map_form) return "%{" + map_inner_text(arguments) + "}";
  if (form == atoms::bits_form) return "<<" + join(arguments, ", ") + ">>";
  if (form == atoms::percent && count == 2)
    return "%" + quoted_text(arguments.head()) + "{" + map_inner_text(arguments_of(arguments.tail().head())) + "}";
  if (form == atoms::block) return count == 1 ? quoted_text(arguments.head()) : "(" + join(arguments, "; ") + ")";
  if (form == atoms::arrow && count == 2)
    return join(arguments.head(), ", ") + " -> " + quoted_text(arguments.tail().head());
  if (form == atoms::fn) return "fn " + join(arguments, "; ") + " end";
  std::string_view text = atom_text(form);
  if (count == 1 && (is_operator_text(text) || form == atoms::not_))
    return std::string(text) + (form == atoms::not_ ? " " : "") + quoted_text(arguments.head());
  if (count == 2 && (is_operator_text(text) || form == atoms::double_colon || form == atoms::and_ ||
                     form == atoms::or_ || form == atoms::in || form == atoms::when)) {
    std::string separator = form == atoms::double_colon || form == atoms::range ? std::string(text) : " " + std::string(text) + " ";
    return quoted_text(arguments.head()) + separator + quoted_text(arguments.tail().head());
  }
  return name_text(form) + "(" + call_arguments_text(arguments) + ")";
}

Term text_term(TermHeap& heap, std::string_view text) { return make_binary(heap, text); }
Term small(int64_t value) { return Term::small(value); }

bool is_alias_atom(Term atom) { return atom.is_atom() && atom_text(atom).starts_with("Elixir."); }

namespace {
void append_alias(std::string& out, Term part) {
  std::string_view text = atom_text(part);
  if (part == atoms::nil || text == "Elixir") return;
  if (text.starts_with("Elixir.")) text.remove_prefix(7);
  out += '.';
  out += text;
}
/// With the quota of atoms used up, nil.
Term alias_atom(const std::string& text) {
  Term made = intern_within_quota(text);
  return made.is_none() ? atoms::nil : made;
}
}  // namespace

Term concat_aliases(std::initializer_list<Term> parts) {
  std::string text = "Elixir";
  for (Term part : parts) append_alias(text, part);
  return alias_atom(text);
}

Term concat_alias_list(Term list) {
  std::string text = "Elixir";
  for (Term part : ListRange(list)) append_alias(text, part);
  return alias_atom(text);
}

}  // namespace phial::compiler
