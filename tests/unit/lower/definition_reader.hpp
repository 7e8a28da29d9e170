// Reads modules in expanded form from text: `{Module, [{name, arity, exported, [{meta, parameters, guards, body}]}], results}` a line, as
// record.exs writes them.
#pragma once
#include <string>
#include <vector>

#include "compiler/lower/module_definition.hpp"
#include "compiler/syntax/parser.hpp"
#include "vm/term/map.hpp"
#include "vm/term/number.hpp"

namespace phial::compiler {

/// The term that a quoted literal stands for.
inline Term literal_term(TermHeap& heap, Term quoted) {
  auto all = [&](Term list) {
    std::vector<Term> items;
    for (Term item : ListRange(list)) items.push_back(literal_term(heap, item));
    return items;
  };
  if (quoted.is_cons()) {
    std::vector<Term> items;
    Term tail = Term::nil();
    for (Term item : ListRange(quoted)) {
      if (item.is_tuple(3) && item.element(0) == intern_atom("|")) {
        items.push_back(literal_term(heap, item.element(2).head()));
        tail = literal_term(heap, item.element(2).tail().head());
      } else {
        items.push_back(literal_term(heap, item));
      }
    }
    return make_list(heap, items, tail);
  }
  if (quoted.is_tuple(2)) return make_tuple(heap, {literal_term(heap, quoted.element(0)), literal_term(heap, quoted.element(1))});
  if (!quoted.is_tuple(3)) return quoted;
  Term head = quoted.element(0), arguments = quoted.element(2);
  if (head == intern_atom("{}")) return phial::make_tuple(heap, std::span<const Term>(all(arguments)));
  if (head == intern_atom("-")) return number_negate(heap, arguments.head());
  if (head == intern_atom("<<>>")) {
    // Bytes, and at the end perhaps bits::size(n).
    std::vector<uint8_t> bytes;
    size_t bits = 0;
    for (Term item : ListRange(arguments)) {
      size_t size = 8;
      if (item.is_tuple(3)) {
        size = static_cast<size_t>(item.element(2).tail().head().element(2).head().small_value());
        item = item.element(2).head();
      }
      bytes.push_back(static_cast<uint8_t>(item.small_value() << (8 - size)));
      bits += size;
    }
    return make_bitstring(heap, bytes.data(), bits);
  }
  if (head == intern_atom("%{}")) {
    std::vector<Term> pairs;
    for (Term pair : ListRange(arguments)) {
      pairs.push_back(literal_term(heap, pair.element(0)));
      pairs.push_back(literal_term(heap, pair.element(1)));
    }
    return make_map(heap, pairs);
  }
  if (head == intern_atom("%")) {
    Term fields = literal_term(heap, arguments.tail().head());
    return map_put(heap, fields, atoms::struct_, literal_term(heap, arguments.head()));
  }
  if (head == atoms::aliases) {
    std::string name = "Elixir";
    for (Term part : ListRange(arguments)) name += "." + std::string(atom_text(part));
    return intern_atom(name);
  }
  return Term::none();
}

/// A module definition from one line of a record, and what its tests give; terms live in `heap`.
inline ModuleDefinition read_definition(TermHeap& heap, std::string_view line, std::string file = "record.ex", Term* results = nullptr) {
  ModuleDefinition definition;
  syntax::ParseOptions options;
  options.max_nesting = 100000;
  syntax::ParseResult parsed = syntax::parse(heap, line, options);
  definition.file = std::move(file);
  definition.module = Term::none();
  if (!parsed.ok) return definition;
  Term record = literal_term(heap, parsed.ast);
  definition.module = record.element(0);
  constexpr std::string_view stub = "Elixir.Stub.";
  if (std::string_view name = atom_text(definition.module); name.starts_with(stub))
    definition.module = intern_atom("Elixir." + std::string(name.substr(stub.size())));
  if (results && record.size() > 2) *results = record.element(2);
  for (Term item : ListRange(record.element(1))) {
    FunctionDefinition function;
    function.name = item.element(0);
    function.arity = static_cast<uint8_t>(item.element(1).small_value());
    function.exported = item.element(2) == atoms::true_;
    for (Term source : ListRange(item.element(3))) {
      ClauseDefinition clause{source.element(0), {}, {}, source.element(3)};
      for (Term parameter : ListRange(source.element(1))) clause.parameters.push_back(parameter);
      for (Term guard : ListRange(source.element(2))) clause.guards.push_back(guard);
      function.clauses.push_back(clause);
    }
    if (!function.clauses.empty() && function.clauses[0].meta.is_cons())
      for (Term pair : ListRange(function.clauses[0].meta))
        if (pair.element(0) == atoms::line) function.line = static_cast<uint32_t>(pair.element(1).small_value());
    definition.functions.push_back(std::move(function));
  }
  return definition;
}

}  // namespace phial::compiler
