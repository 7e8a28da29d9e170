// Building of quoted terms: atoms, metadata, literals.
#include <cstring>

#include "compiler/syntax/parser_impl.hpp"

namespace phial::syntax {

Term Parser::atom_of(std::string_view text) {
  size_t hash = text.size() * 31;
  for (size_t i = 0; i < text.size(); i++) hash = hash * 33 ^ static_cast<unsigned char>(text[i]);
  CachedAtom& entry = atom_cache_[hash % atom_cache_.size()];
  if (entry.text == text && !entry.atom.is_none()) return entry.atom;
  entry.atom = intern_within_quota(text);
  if (entry.atom.is_none()) {
    fail_at(token().line, token().column, "the quota of atoms is used up: there is no room for ", std::string(text));
    return atoms::nil;
  }
  entry.text = atom_text(entry.atom);
  return entry.atom;
}

Term Parser::encode_atom(std::string_view text, const Token& token) {
  if (options_.static_atoms_encoder) {
    Term place = make_list(heap_, {tuple2(atom_of("file"), binary(options_.file)), tuple2(atoms::line, Term::small(token.line)),
                                   tuple2(atoms::column, Term::small(token.column))});
    std::string reason;
    Term made = options_.static_atoms_encoder.call(options_.static_atoms_encoder.context, heap_, binary(text), place, reason);
    if (made.is_none()) fail_at(token.line, token.column, reason + ": ", std::string(text));
    return made;
  }
  if (options_.existing_atoms_only) {
    Term made = existing_atom(text);
    if (made.is_none()) fail_at(token.line, token.column, "unsafe atom does not exist: ", std::string(text));
    return made;
  }
  return atom_of(text);
}

/// The atom that a name token stands for.
Term Parser::atom_for(const Token& token) {
  if (token.kind == Kind::quoted_identifier) {
    const Quote& q = quote(token);
    return encode_atom(q.part_count == 0 ? std::string_view("") : stream_.parts[q.first_part].literal, token);
  }
  if (!options_.static_atoms_encoder && !options_.existing_atoms_only) [[likely]]
    return atom_of(token.view());
  return encode_atom(token.view(), token);
}

Term Parser::tuple2(Term a, Term b) {
  Word* object = heap_.allocate(3);
  object[0] = Header::make(phial::Kind::tuple, 2);
  object[1] = a.word;
  object[2] = b.word;
  return Term::boxed(object);
}

Term Parser::tuple3(Term a, Term b, Term c) {
  Word* object = heap_.allocate(4);
  object[0] = Header::make(phial::Kind::tuple, 3);
  object[1] = a.word;
  object[2] = b.word;
  object[3] = c.word;
  return Term::boxed(object);
}

/// `[line: l]`, one list for all nodes of a line, or `[line: l, column: c]`.
Term Parser::meta_at(uint32_t line, uint32_t column) {
  if (options_.columns) {
    return make_cons(heap_, tuple2(atoms::line, Term::small(line)),
                     make_cons(heap_, tuple2(atoms::column, Term::small(column)), Term::nil()));
  }
  if (line != cached_line_) {
    cached_meta_ = list1(tuple2(atoms::line, Term::small(line)));
    cached_line_ = line;
  }
  return cached_meta_;
}

/// The metadata with the value of a key replaced where the key stands.
Term Parser::with_replaced(std::string_view key, Term value, Term meta) {
  Term name = atom_of(key);
  size_t from = stack_.size();
  for (Term item : ListRange(meta)) stack_.push_back(item.is_tuple(2) && item.element(0) == name ? tuple2(name, value) : item);
  return pop_list(from);
}

Term Parser::with_newlines(uint32_t newlines, Term meta) {
  if (!options_.token_metadata || newlines == 0) return meta;
  return with("newlines", Term::small(newlines), meta);
}

/// Adds `newlines: n, closing: [...]` of a bracket pair, where token metadata is asked for.
Term Parser::pair_meta(const Token&, uint32_t newlines, const Token& close, Term meta) {
  if (!options_.token_metadata) return meta;
  return with_newlines(newlines, with("closing", meta_of(close), meta));
}

Term Parser::append(Term list, Term tail) {
  if (list.is_nil()) return tail;
  size_t from = stack_.size();
  for (Term item : ListRange(list)) stack_.push_back(item);
  return pop_list(from, tail);
}

Term Parser::pop_list(size_t from, Term tail) {
  for (size_t i = stack_.size(); i > from; i--) tail = make_cons(heap_, stack_[i - 1], tail);
  stack_.resize(from);
  return tail;
}

Term Parser::literal(Term value, const Token& token, Term extra_meta) {
  if (!literals_encoded()) return value;
  std::string reason;
  Term made =
      options_.literal_encoder.call(options_.literal_encoder.context, heap_, value, append(extra_meta, meta_of(token)), reason);
  if (made.is_none()) fail_at(token.line, token.column, reason, "");
  return made;
}

}  // namespace phial::syntax
