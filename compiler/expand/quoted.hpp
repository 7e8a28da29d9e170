// Helpers for building and reading quoted terms: {name, meta, arguments}.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "vm/term/build.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/map.hpp"

namespace phial::compiler {

/// Leaves the calling function with none() when the expression failed.
#define TRY(expression)                              \
  ({                                                 \
    ::phial::Term try_term_ = (expression);          \
    if (try_term_.is_none()) return Term::none();    \
    try_term_;                                       \
  })
#define TRY_BOOL(expression)            \
  do {                                  \
    if (!(expression)) return Term::none(); \
  } while (0)

using Terms = std::vector<Term>;

/// The value of `key` in a keyword list, or none().
inline Term keyword_get(Term list, Term key) {
  for (; list.is_cons(); list = list.tail()) {
    Term pair = list.head();
    if (pair.is_tuple(2) && pair.element(0) == key) return pair.element(1);
  }
  return Term::none();
}
inline bool keyword_has(Term list, Term key) { return !keyword_get(list, key).is_none(); }
/// The list without pairs of this key.
Term keyword_delete(TermHeap& heap, Term list, Term key);
/// The pair in front, an older pair of this key removed.
Term keyword_put(TermHeap& heap, Term list, Term key, Term value);
/// True for a proper list whose elements are all pairs with an atom first (also the empty list).
bool is_keyword(Term list);

inline Terms list_items(Term list) {
  Terms items;
  for (; list.is_cons(); list = list.tail()) items.push_back(list.head());
  return items;
}

/// {form, meta, arguments}
inline Term node(TermHeap& heap, Term form, Term meta, Term arguments) {
  return make_tuple(heap, {form, meta, arguments});
}
inline Term node(TermHeap& heap, Term form, Term meta, std::initializer_list<Term> arguments) {
  return node(heap, form, meta, make_list(heap, arguments));
}
/// module.name(arguments)
Term remote_call(TermHeap& heap, Term meta, Term module, Term name, Term arguments);

inline bool is_node(Term term) {
  return term.is_tuple(3) && (term.element(1).is_list());
}
/// {name, meta, context}: a variable (before expansion, also a call without parentheses).
inline bool is_variable(Term term) {
  return term.is_tuple(3) && term.element(0).is_atom() && term.element(1).is_list() && term.element(2).is_atom();
}
/// {name, meta, arguments} with this name and as many arguments.
bool is_call(Term term, Term name, ptrdiff_t arity);
inline bool is_call_of(Term term, Term name) {
  return term.is_tuple(3) && term.element(0) == name && term.element(1).is_list() && term.element(2).is_list();
}
inline Term form_of(Term node) { return node.element(0); }
inline Term meta_of(Term node) { return node.element(1); }
inline Term arguments_of(Term node) { return node.element(2); }

/// `line:` of a meta, or 0.
inline int64_t line_of(Term meta) {
  Term line = keyword_get(meta, atoms::line);
  return !line.is_none() && line.is_small() ? line.small_value() : 0;
}
inline int64_t column_of(Term meta) {
  Term column = keyword_get(meta, atoms::column);
  return !column.is_none() && column.is_small() ? column.small_value() : 0;
}
/// Meta of any quoted term; nil() where it has none.
inline Term meta_or_empty(Term term) { return is_node(term) ? meta_of(term) : Term::nil(); }
Term line_meta(TermHeap& heap, int64_t line);

/// The code that builds this term again: literals stand for themselves, tuples become {:{}, ...}, maps {:%{}, ...}.
/// Functions become captures where they are external; none() for what cannot be escaped.
Term escape_term(TermHeap& heap, Term term);
/// The term that a literal expression (already expanded) stands for, or none() if it is no literal.
Term literal_value(TermHeap& heap, Term expression);
bool is_literal_expression(Term expression);

/// Text of quoted code in a form short enough for messages.
std::string quoted_text(Term quoted);
/// An atom as inspect prints it: `:ok`, `Foo.Bar`.
std::string atom_name(Term atom);
/// An atom's text without the colon, `Elixir.` removed from module names.
std::string plain_name(Term atom);
/// `Foo.bar/2`
std::string mfa_text(Term module, Term name, int64_t arity);
std::string name_arity(Term name, int64_t arity);

Term text_term(TermHeap& heap, std::string_view text);
Term small(int64_t value);
inline Term pair(TermHeap& heap, Term a, Term b) { return make_tuple(heap, {a, b}); }

/// Concatenates the atoms' texts into an alias: Foo and Bar.Baz give Foo.Bar.Baz.
Term concat_aliases(std::initializer_list<Term> parts);
Term concat_alias_list(Term list);
/// Atoms whose text begins with "Elixir.".
bool is_alias_atom(Term atom);

}  // namespace phial::compiler
