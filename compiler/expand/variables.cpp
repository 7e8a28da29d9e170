// Variables: versions, visibility, and which of them were never read.
#include <algorithm>

#include "compiler/expand/expander.hpp"
#include "compiler/expand/module_draft.hpp"

namespace phial::compiler {

void Expander::reset_scope() {
  scope = Scope();
  scope.read = make_empty_map(heap);
  scope.prematch = scope.read;
  scope.bound = scope.read;
}

/// The second half of a variable's identity: the counter of the macro expansion that made it, else its context.
Term Expander::variable_kind(Term meta, Term context) {
  Term counter = keyword_get(meta, atoms::counter);
  return counter.is_none() ? context : counter;
}

Term Expander::variable_key(Term variable) {
  return pair(heap, form_of(variable), variable_kind(meta_of(variable), arguments_of(variable)));
}

namespace {

Term versioned(TermHeap& heap, Term variable, Term version) {
  return node(heap, form_of(variable), keyword_put(heap, meta_of(variable), atoms::version, version), arguments_of(variable));
}

}  // namespace

Term Expander::bind_variable(Term variable) {
  Term key = variable_key(variable);
  Term version = map_get(scope.bound, key);
  if (!version.is_none()) {
    mark_used(version);
    return versioned(heap, variable, version);
  }
  Term meta = meta_of(variable);
  VariableInfo info;
  info.name = form_of(variable);
  info.kind = key.element(1);
  info.line = line_of(meta);
  info.column = column_of(meta);
  // A variable that a quote brought along is its macro's affair.
  info.silent = info.kind != atoms::nil || keyword_has(meta, atoms::generated) || atom_text(info.name).starts_with("_") || line_of(meta) == 0;
  Term keep = keyword_get(meta, atoms::keep);
  info.file = keep.is_tuple(2) ? keep.element(0) : env.file;
  info.function = env.function;
  info.hides = !map_get(scope.read, key).is_none();
  version = Term::small(static_cast<int64_t>(scope.infos.size()));
  scope.infos.push_back(info);
  scope.bound = map_put(heap, scope.bound, key, version);
  scope.read = map_put(heap, scope.read, key, version);
  return versioned(heap, variable, version);
}

Term Expander::read_variable(Term variable, Term visible) {
  Term version = map_get(visible, variable_key(variable));
  if (version.is_none()) return version;
  mark_used(version);
  std::string_view text = atom_text(form_of(variable));
  if (text.size() > 1 && text[0] == '_' && !text.starts_with("__")) {
    VariableInfo& info = scope.infos[static_cast<size_t>(version.small_value())];
    Term meta = meta_of(variable);
    if (line_of(meta) != 0 && !keyword_has(meta, atoms::generated) && info.kind == atoms::nil && !keyword_has(meta, atoms::counter))
      warn(meta, "the underscored variable \"" + std::string(text) +
                     "\" is used after being set. A leading underscore indicates that the value of the variable should be ignored. If "
                     "this is intended please rename the variable to remove the underscore");
  }
  return versioned(heap, variable, version);
}

void Expander::mark_used(Term version) {
  size_t index = static_cast<size_t>(version.small_value());
  if (index < scope.infos.size()) scope.infos[index].used = true;
}

Term Expander::fresh_variable(std::string_view name) {
  VariableInfo info;
  info.name = intern_atom(name);
  info.kind = atoms::phial;
  info.silent = true;
  Term version = Term::small(static_cast<int64_t>(scope.infos.size()));
  scope.infos.push_back(info);
  return node(heap, info.name,
              make_list(heap, {pair(heap, atoms::version, version), pair(heap, atoms::generated, atoms::true_)}), atoms::phial);
}

/// What is visible after two parts that did not see each other: of each variable the newest version.
Term Expander::merge_reads(Term left, Term right) {
  if (left == right) return left;
  if (map_size(left) > map_size(right)) std::swap(left, right);
  Term merged = right;
  map_each(left, [&](Term key, Term version) {
    Term other = map_get(right, key);
    if (other.is_none() || other.small_value() < version.small_value()) merged = map_put(heap, merged, key, version);
    return true;
  });
  return merged;
}

void Expander::warn_unused_variables() {
  for (const VariableInfo& info : scope.infos) {
    if (info.used || info.silent) continue;
    warn_at(info.line, info.column, info.file, info.function,
            "variable \"" + std::string(atom_text(info.name)) + "\" is unused (" +
                (info.hides ? "there is a variable with the same name in the context, use the pin operator (^) to match on it or prefix this "
                              "variable with underscore if it is not meant to be used)"
                            : "if the variable is not meant to be used, prefix it with an underscore)"));
  }
}

}  // namespace phial::compiler
