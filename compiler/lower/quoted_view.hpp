// Reading expanded quoted forms.
#pragma once
#include "vm/term/build.hpp"

namespace phial::compiler::lowering {

/// {name, meta, context}
inline bool is_quoted_variable(Term form) { return form.is_tuple(3) && form.element(0).is_atom() && form.element(2).is_atom(); }
/// {name, meta, [arguments]}
inline bool is_quoted_call(Term form) { return form.is_tuple(3) && form.element(2).is_list(); }
inline bool is_quoted_call(Term form, Term name) { return is_quoted_call(form) && form.element(0) == name; }
inline bool is_quoted_call(Term form, Term name, ptrdiff_t arity) {
  return is_quoted_call(form, name) && list_length(form.element(2)) == arity;
}
/// The nth element of a list (which has that many).
inline Term nth(Term list, unsigned n) {
  while (n--) list = list.tail();
  return list.head();
}
/// The value of a key in a keyword list, or none().
inline Term option(Term keywords, Term key) {
  for (; keywords.is_cons(); keywords = keywords.tail()) {
    Term pair = keywords.head();
    if (pair.is_tuple(2) && pair.element(0) == key) return pair.element(1);
  }
  return Term::none();
}
inline uint32_t quoted_line(Term meta) {
  Term line = option(meta, atoms::line);
  return !line.is_none() && line.is_small() ? static_cast<uint32_t>(line.small_value()) : 0;
}
/// {:., _, [module, name]} as the callee of a call: its module and name.
inline bool is_remote_callee(Term callee, Term& module, Term& name) {
  if (!callee.is_tuple(3) || list_length(callee.element(2)) != 2) return false;
  module = callee.element(2).head();
  name = callee.element(2).tail().head();
  return name.is_atom();
}

}  // namespace phial::compiler::lowering
