// Documentation of a module being defined: what @doc, @moduledoc and their relatives collect, and the docs_v1 term made of it.
#include <algorithm>

#include "compiler/expand/module_draft.hpp"
#include "vm/term/binary.hpp"

namespace phial::compiler {

namespace {

/// A parameter's name for the signature: its own, or that of its type.
Term parameter_name(TermHeap& heap, Term parameter, size_t position) {
  if (is_call(parameter, atoms::default_operator, 2)) {
    Term name = parameter_name(heap, arguments_of(parameter).head(), position);
    std::string scratch;
    return text_term(heap, std::string(bytes_of(name, scratch)) + " \\\\ " + quoted_text(arguments_of(parameter).tail().head()));
  }
  if (is_call(parameter, atoms::match_operator, 2)) {
    Term left = arguments_of(parameter).head(), right = arguments_of(parameter).tail().head();
    if (is_variable(right)) return parameter_name(heap, right, position);
    return parameter_name(heap, left, position);
  }
  if (is_variable(parameter)) {
    std::string_view text = atom_text(form_of(parameter));
    while (text.starts_with("_") && text.size() > 1) text.remove_prefix(1);
    if (text != "_") return text_term(heap, text);
  }
  const char* type = "arg";
  if (parameter.is_list()) type = "list";
  else if (parameter.is_bitstring() || is_call_of(parameter, atoms::bits_form)) type = "binary";
  else if (parameter.is_integer()) type = "int";
  else if (parameter.is_float()) type = "float";
  else if (parameter == atoms::true_ || parameter == atoms::false_) type = "bool";
  else if (parameter.is_atom()) type = "atom";
  else if (parameter.is_tuple(2) || is_call_of(parameter, atoms::tuple_form)) type = "tuple";
  else if (is_call_of(parameter, atoms::map_form)) type = "map";
  else if (is_call_of(parameter, atoms::percent)) {
    Term name = arguments_of(parameter).head();
    if (is_call_of(name, atoms::aliases)) {
      Terms parts = list_items(arguments_of(name));
      if (parts.back().is_atom()) {
        std::string text(atom_text(parts.back())), out;
        for (size_t i = 0; i < text.size(); i++) {
          if (i && isupper(static_cast<unsigned char>(text[i])) && !isupper(static_cast<unsigned char>(text[i - 1]))) out += '_';
          out += static_cast<char>(tolower(static_cast<unsigned char>(text[i])));
        }
        return text_term(heap, out);
      }
    }
    type = "struct";
  }
  return text_term(heap, type + std::to_string(position));
}

Term signature_of(TermHeap& heap, const Definition& definition) {
  std::string text(atom_text(definition.name));
  text += "(";
  for (size_t i = 0; i < definition.signature.size(); i++) {
    std::string scratch;
    if (i) text += ", ";
    text += bytes_of(parameter_name(heap, definition.signature[i], i + 1), scratch);
  }
  return make_list(heap, {text_term(heap, text + ")")});
}

/// The text and metadata in an attribute like @doc: values are {line, text | false | nil} or keywords of metadata.
void read_doc(TermHeap& heap, Term value, Term& doc, Term& meta) {
  for (Term item : ListRange(value)) {
    if (item.is_list()) {
      for (Term pair_of : ListRange(item)) meta = map_put(heap, meta, pair_of.element(0), pair_of.element(1));
    } else if (item == atoms::false_) {
      doc = intern_atom("hidden");
    } else if (item.is_bitstring()) {
      doc = item;
    } else if (item == atoms::nil) {
      doc = atoms::none;
    }
  }
}

Term english(TermHeap& heap, Term doc) {
  if (doc.is_atom()) return doc;
  const Term pairs[] = {text_term(heap, "en"), doc};
  return make_map(heap, pairs);
}

}  // namespace

void note_documentation(Expander& e, ModuleDraft& draft, const Definition& definition, bool first) {
  TermHeap& heap = draft.heap;
  Attribute* held = find_attribute(draft, atoms::doc_notes);
  Term notes = held && !held->value.is_none() ? held->value : Term::nil();
  if (held) held->value = Term::nil();
  Term impl = draft_attribute(draft, atoms::impl);
  if (!impl.is_none()) {
    draft.impls.emplace_back(pair(heap, definition.name, Term::small(definition.arity)), impl);
    delete_attribute(draft, atoms::impl);
  }
  Term deprecated = draft_attribute(draft, atoms::deprecated);
  if (!deprecated.is_none()) delete_attribute(draft, atoms::deprecated);
  Term kind = definition.is_macro() ? intern_atom("macro") : atoms::function;
  DocEntry* entry = nullptr;
  for (DocEntry& known : draft.docs)
    if (known.name == definition.name && known.arity == definition.arity && known.kind == kind) entry = &known;
  if (!definition.is_public()) {
    Term doc = atoms::none, meta = make_empty_map(heap);
    read_doc(heap, notes, doc, meta);
    if (doc.is_bitstring() && !definition.generated)
      e.warn_at(definition.line, 0, definition.file, atoms::nil, std::string(atom_text(definition.kind)) + " " +
                                                                    name_arity(definition.name, definition.arity) +
                                                                    " is private, @doc attribute is always discarded for private functions/macros/types");
    return;
  }
  if (!entry) {
    Term doc = atoms::none;
    if (atom_text(definition.name).starts_with("_")) doc = intern_atom("hidden");
    if (!impl.is_none() && impl != atoms::false_) doc = intern_atom("hidden");
    draft.docs.push_back({kind, definition.name, definition.arity, definition.line, Term::nil(), doc, make_empty_map(heap)});
    entry = &draft.docs.back();
  }
  if (entry->signature.is_nil() || definition.defaults) entry->signature = signature_of(heap, definition);
  read_doc(heap, notes, entry->doc, entry->meta);
  if (definition.defaults) entry->meta = map_put(heap, entry->meta, intern_atom("defaults"), Term::small(definition.defaults));
  if (!deprecated.is_none()) entry->meta = map_put(heap, entry->meta, atoms::deprecated, deprecated);
}

Term docs_chunk(ModuleDraft& draft) {
  TermHeap& heap = draft.heap;
  auto order = [](const DocEntry& a, const DocEntry& b) {
    int by_name = compare(a.kind, b.kind);
    if (by_name == 0) by_name = compare(a.name, b.name);
    return by_name != 0 ? by_name < 0 : a.arity < b.arity;
  };
  std::sort(draft.docs.begin(), draft.docs.end(), order);
  Terms entries;
  for (const DocEntry& entry : draft.docs) {
    Term key = make_tuple(heap, {entry.kind, entry.name, Term::small(entry.arity)});
    entries.push_back(make_tuple(heap, {key, Term::small(entry.line), entry.signature, english(heap, entry.doc), entry.meta}));
  }
  Term doc = atoms::none, meta = make_empty_map(heap);
  Term notes = draft_attribute(draft, atoms::moduledoc_notes);
  if (!notes.is_none()) read_doc(heap, notes, doc, meta);
  return make_tuple(heap, {intern_atom("docs_v1"), Term::small(draft.line), intern_atom("elixir"), text_term(heap, "text/markdown"),
                           english(heap, doc), meta, make_list(heap, entries)});
}

}  // namespace phial::compiler
