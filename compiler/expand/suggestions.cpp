#include "compiler/expand/suggestions.hpp"

#include <algorithm>

#include "compiler/expand/expander.hpp"
#include "vm/term/map.hpp"
#include "vm/term/print.hpp"

namespace phial::compiler {

double name_similarity(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a == b ? 1.0 : 0.0;
  size_t longest = std::max(a.size(), b.size());
  size_t window = longest / 2 > 0 ? longest / 2 - 1 : 0;
  std::vector<bool> a_matched(a.size()), b_matched(b.size());
  double matches = 0;
  for (size_t i = 0; i < a.size(); i++) {
    size_t from = i > window ? i - window : 0, to = std::min(b.size(), i + window + 1);
    for (size_t j = from; j < to; j++) {
      if (b_matched[j] || a[i] != b[j]) continue;
      a_matched[i] = b_matched[j] = true;
      matches++;
      break;
    }
  }
  if (matches == 0) return 0.0;
  double transposed = 0;
  size_t j = 0;
  for (size_t i = 0; i < a.size(); i++) {
    if (!a_matched[i]) continue;
    while (!b_matched[j]) j++;
    if (a[i] != b[j]) transposed++;
    j++;
  }
  return (matches / static_cast<double>(a.size()) + matches / static_cast<double>(b.size()) + (matches - transposed / 2) / matches) / 3;
}

std::string suggestions_text(std::vector<Suggestion> found) {
  std::sort(found.begin(), found.end(), [](const Suggestion& a, const Suggestion& b) {
    return a.score != b.score ? a.score > b.score : a.text < b.text;
  });
  if (found.size() > 5) found.resize(5);
  std::sort(found.begin(), found.end(), [](const Suggestion& a, const Suggestion& b) { return a.text < b.text; });
  std::string out;
  for (const Suggestion& item : found) out += "\n      * " + item.text;
  return out;
}

namespace {

// Two letters are like any two others.
constexpr size_t shortest_name = 3;
constexpr size_t most_imports = 3;

/// Short names resemble many longer ones: the lengths have to be near, too.
bool near_in_length(std::string_view a, std::string_view b) {
  size_t shorter = std::min(a.size(), b.size());
  return shorter >= shortest_name && std::max(a.size(), b.size()) - shorter <= std::max<size_t>(1, shorter / 4);
}

}  // namespace

std::string similar_variable(const Expander& expander, Term name) {
  std::string_view wanted = atom_text(name), best;
  double best_score = similar_names;
  map_each(expander.scope.read, [&](Term key, Term) {
    // {name, kind}: those of macros have a kind
    if (!key.is_tuple(2) || key.element(1) != atoms::nil) return true;
    std::string_view text = atom_text(key.element(0));
    double score = name_similarity(wanted, text);
    if (!near_in_length(wanted, text)) return true;
    if (score > best_score || (score == best_score && text < best)) best = text, best_score = score;
    return true;
  });
  if (best.empty()) return "";
  return ". Did you mean \"" + std::string(best) + "\"?";
}

std::string similar_key(Term structure, Term key) {
  if (!key.is_atom()) return "";
  std::string_view best;
  double best_score = similar_names;
  map_each(structure, [&](Term known, Term) {
    double score = known.is_atom() && known != atoms::struct_ ? name_similarity(atom_text(key), atom_text(known)) : 0;
    if (score > best_score) best = atom_text(known), best_score = score;
    return true;
  });
  return best.empty() ? "" : ". Did you mean " + print_term(intern_atom(best), 100) + "?";
}

std::string similar_import(const Expander& expander, Term name) {
  std::string_view wanted = atom_text(name);
  std::vector<Suggestion> found;
  for (Term imports : {expander.env.functions, expander.env.macros})
    for (Term item : ListRange(imports))
      for (Term entry : ListRange(item.element(1))) {
        std::string_view text = atom_text(entry.element(0));
        double score = name_similarity(wanted, text);
        if ((score > similar_names && near_in_length(wanted, text)) || text == wanted) found.push_back({score, name_arity(entry.element(0), entry.element(1).small_value())});
      }
  if (found.empty()) return "";
  std::sort(found.begin(), found.end(), [](const Suggestion& a, const Suggestion& b) {
    return a.score != b.score ? a.score > b.score : a.text < b.text;
  });
  std::string out = ". Did you mean ";
  for (size_t i = 0; i < std::min(found.size(), most_imports); i++) out += (i ? ", " : "") + found[i].text;
  return out + "?";
}

}  // namespace phial::compiler
