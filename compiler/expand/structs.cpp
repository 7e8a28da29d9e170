// Maps and structs.
#include "compiler/expand/expander.hpp"

#include "compiler/expand/module_draft.hpp"
#include "compiler/expand/suggestions.hpp"
#include "vm/term/print.hpp"

namespace phial::compiler {

namespace {

bool is_key_pattern(Term key) {
  if (is_literal_expression(key) || is_call(key, atoms::pin, 1)) return true;
  if (key.is_cons()) {
    for (Term item : ListRange(key))
      if (!is_key_pattern(item)) return false;
    return true;
  }
  if (key.is_tuple(2)) return is_key_pattern(key.element(0)) && is_key_pattern(key.element(1));
  if (is_call_of(key, atoms::tuple_form) || is_call_of(key, atoms::map_form) || is_call_of(key, atoms::bits_form) ||
      is_call(key, atoms::double_colon, 2))
    return is_key_pattern(arguments_of(key)) || is_call_of(key, atoms::bits_form);
  return false;
}

Term check_pairs(Expander& e, Term meta, Term pairs) {
  Terms literal_keys;
  for (Term item : ListRange(pairs)) {
    if (!item.is_tuple(2))
      return e.compile_error(meta, "expected key-value pairs in a map, got: " + quoted_text(item));
    Term key = item.element(0);
    if (e.env.in_match() && !is_key_pattern(key)) {
      if (is_variable(key))
        return e.compile_error(meta, "cannot use variable " + std::string(atom_text(form_of(key))) +
                                         " as map key inside a pattern. If you are attempting to match on an existing variable, use the pin "
                                         "operator ^" );
      return e.compile_error(meta, "cannot use " + quoted_text(key) + " as map key inside a pattern");
    }
    if (key.is_atom() || key.is_number() || key.is_bitstring()) {
      for (Term known : literal_keys)
        if (equal_exactly(known, key)) {
          if (e.env.in_match()) return e.compile_error(meta, "key " + print_term(key, 100) + " will be overridden in map");
          e.warn(meta, "key " + print_term(key, 100) + " will be overridden in map");
          break;
        }
      literal_keys.push_back(key);
    }
  }
  return pairs;
}

}  // namespace

Term Expander::expand_map(Term meta, Term pairs) {
  if (list_length(pairs) == 1 && is_call(pairs.head(), atoms::pipe, 2)) {
    Term update = pairs.head();
    Term base = arguments_of(update).head(), changes = arguments_of(update).tail().head();
    if (env.in_match() || env.in_guard())
      return compile_error(meta, "cannot use map/struct update syntax in " + std::string(env.in_match() ? "match" : "guard") + ", got: " +
                                     quoted_text(node(heap, atoms::map_form, meta, pairs)));
    if (!changes.is_list()) return compile_error(meta, "expected key-value pairs in a map update, got: " + quoted_text(changes));
    Term expanded = TRY(expand_arguments(make_list(heap, {base, changes})));
    TRY(check_pairs(*this, meta, expanded.tail().head()));
    Term arguments = node(heap, atoms::pipe, meta_of(update), {expanded.head(), expanded.tail().head()});
    return node(heap, atoms::map_form, meta, {arguments});
  }
  Term expanded = Term::nil();
  if (env.in_match()) {
    // Variables in keys are no bindings: they stand for an error or, pinned, for a value.
    Terms items;
    for (Term item : ListRange(pairs)) {
      if (!item.is_tuple(2)) return compile_error(meta, "expected key-value pairs in a map, got: " + quoted_text(item));
      Term key = item.element(0);
      if (is_variable(key) && form_of(key) != atoms::module_form && !(atom_text(form_of(key)).starts_with("__"))) {
        return compile_error(meta, "cannot use variable " + std::string(atom_text(form_of(key))) +
                                       " as map key inside a pattern. If you are attempting to match on an existing variable, use the pin operator ^" +
                                       std::string(atom_text(form_of(key))));
      }
      key = TRY(expand(key));
      items.push_back(pair(heap, key, TRY(expand(item.element(1)))));
    }
    expanded = make_list(heap, items);
  } else {
    expanded = TRY(expand_arguments(pairs));
  }
  TRY(check_pairs(*this, meta, expanded));
  return node(heap, atoms::map_form, meta, expanded);
}

/// The struct's fields with their defaults as a map; `fields` are the keys given.
Term Expander::struct_of(Term meta, Term module, Term fields, bool pattern) {
  Term structure = Term::none(), enforced = Term::nil();
  ModuleDraft* own = find_draft(host.draft_owner(), module);
  if (own && !own->closing) {
    structure = draft_attribute(*own, atoms::struct_);
    if (structure.is_none() || !structure.is_map()) {
      if (env.module == module)
        return compile_error(meta, "cannot access struct " + atom_name(module) + ", the struct was not yet defined or the struct is being accessed "
                                   "in the same context that defines it");
      return compile_error(meta, "cannot access struct " + atom_name(module) + ", the struct was not yet defined or the struct is being accessed in "
                                 "the same context that defines it");
    }
    enforced = draft_attribute(*own, atoms::enforce_keys);
    if (enforced.is_none()) enforced = Term::nil();
    if (enforced.is_atom() && enforced != atoms::nil) enforced = make_list(heap, {enforced});
  } else {
    host.depends_on(module, DependencyKind::interface);
    if (!host.ensure_loaded(module)) {
      if (host.failure) return Term::none();
      return compile_error(meta, atom_name(module) + ".__struct__/" + (pattern ? "0" : "1") + " is undefined, cannot expand struct " +
                                     atom_name(module) + ". Make sure the struct name is correct. If the struct name exists and is correct but it "
                                     "still cannot be found, you likely have cyclic module usage in your code");
    }
    if (!host.exports(module, atoms::struct_, 0))
      return compile_error(meta, atom_name(module) + ".__struct__/" + (pattern ? "0" : "1") + " is undefined, cannot expand struct " +
                                     atom_name(module) + ". Make sure the struct name is correct. If the struct name exists and is correct but it "
                                     "still cannot be found, you likely have cyclic module usage in your code");
    structure = TRY(host.call(module, atoms::struct_, {}));
    if (!structure.is_map())
      return compile_error(meta, "expected " + atom_name(module) + ".__struct__/0 to return a map with a :__struct__ key that holds the name of the "
                                 "struct (atom), got: " + print_term(structure, 200));
    if (!pattern && host.exports(module, atoms::struct_, 1)) {
      // Asks for enforced keys the way Elixir does: by building the struct with the given keys.
      Terms given;
      for (Term key : ListRange(fields)) given.push_back(pair(heap, key, atoms::nil));
      Terms known;
      for (Term item : given)
        if (!map_get(structure, item.element(0)).is_none()) known.push_back(item);
      if (known.size() == given.size()) {
        const Term arguments[] = {make_list(heap, given)};
        Term built = host.call(module, atoms::struct_, arguments);
        if (built.is_none()) return built;
      }
    }
  }
  known_structs[module.word] = structure;
  for (Term key : ListRange(fields)) {
    if (map_get(structure, key).is_none())
      return compile_error(meta, "unknown key " + print_term(key, 100) + " for struct " + atom_name(module) + similar_key(structure, key));
  }
  if (!pattern) {
    std::string missing;
    for (Term key : ListRange(enforced)) {
      bool given = false;
      for (Term field : ListRange(fields)) given = given || field == key;
      if (!given) missing += (missing.empty() ? "" : ", ") + print_term(key, 100);
    }
    if (!missing.empty()) {
      return raise_exception(intern_atom("Elixir.ArgumentError"), "the following keys must also be given when building struct " +
                                                                      atom_name(module) + ": [" + missing + "]");
    }
  }
  return structure;
}

Term Expander::expand_struct(Term meta, Term name, Term map) {
  if (!is_call_of(map, atoms::map_form))
    return compile_error(meta, "expected struct to be followed by a map, got: " + quoted_text(map));
  Term pairs = arguments_of(map);
  if (env.in_match()) {
    Term module = TRY(expand(name));
    if (!module.is_atom() && !is_variable(module) && !is_call(module, atoms::pin, 1))
      return compile_error(meta, "expected struct name in a match to be a compile time atom, alias or a variable, got: " + quoted_text(name));
    Term expanded = TRY(expand_map(meta_of(map), pairs));
    Term inner = arguments_of(expanded);
    if (module.is_atom()) {
      Terms keys;
      for (Term item : ListRange(inner)) {
        if (!item.element(0).is_atom()) return compile_error(meta, "expected key for struct to be a compile-time atom");
        keys.push_back(item.element(0));
      }
      TRY(struct_of(meta, module, make_list(heap, keys), true));
    }
    return node(heap, atoms::map_form, meta, make_cons(heap, pair(heap, atoms::struct_, module), inner));
  }
  Term module = TRY(expand(name));
  if (!module.is_atom())
    return compile_error(meta, "expected struct name to be a compile time atom or alias, got: " + quoted_text(name));
  if (list_length(pairs) == 1 && is_call(pairs.head(), atoms::pipe, 2)) {
    Term expanded = TRY(expand_map(meta_of(map), pairs));
    Term parts = arguments_of(arguments_of(expanded).head());
    Term base = parts.head(), changes = parts.tail().head();
    Terms keys;
    for (Term item : ListRange(changes)) keys.push_back(item.element(0));
    TRY(struct_of(meta, module, make_list(heap, keys), true));
    // case base do %{__struct__: module} = s -> %{s | changes}; other -> error({:badstruct, module, other}) end
    Term generated = make_list(heap, {pair(heap, atoms::generated, atoms::true_), pair(heap, atoms::line, Term::small(line_of(meta)))});
    Term matched = fresh_variable("struct"), other = fresh_variable("other");
    Term pattern = node(heap, atoms::map_form, generated, {pair(heap, atoms::struct_, module)});
    Term head = node(heap, atoms::match_operator, generated, {pattern, matched});
    Term update = node(heap, atoms::map_form, meta, {node(heap, atoms::pipe, generated, {matched, changes})});
    Term reason = node(heap, atoms::tuple_form, generated, {atoms::badstruct, module, other});
    Term error = remote_call(heap, generated, atoms::erlang, atoms::error, make_list(heap, {reason}));
    Term clauses = make_list(heap, {node(heap, atoms::arrow, generated, {make_list(heap, {head}), update}),
                                    node(heap, atoms::arrow, generated, {make_list(heap, {other}), error})});
    return node(heap, atoms::case_, generated, {base, make_list(heap, {pair(heap, atoms::do_, clauses)})});
  }
  Term expanded = TRY(expand_map(meta_of(map), pairs));
  Term inner = arguments_of(expanded);
  Terms keys;
  for (Term item : ListRange(inner)) {
    if (!item.element(0).is_atom())
      return compile_error(meta, "expected key for struct to be a compile-time atom, got: " + quoted_text(item.element(0)));
    keys.push_back(item.element(0));
  }
  Term structure = TRY(struct_of(meta, module, make_list(heap, keys), false));
  Terms all;
  map_each(structure, [&](Term key, Term value) {
    bool given = false;
    for (Term known : keys) given = given || known == key;
    if (!given) all.push_back(pair(heap, key, key == atoms::struct_ ? module : escape_term(heap, value)));
    return true;
  });
  for (Term item : ListRange(inner)) all.push_back(item);
  // Messages show the fields that were given, no defaults.
  meta = make_cons(heap, pair(heap, intern_atom("given"), Term::small(list_length(inner))), meta);
  return node(heap, atoms::map_form, meta, make_list(heap, all));
}

}  // namespace phial::compiler
