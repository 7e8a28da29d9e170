#include "vm/native/ets_match.hpp"

#include <charconv>

#include "vm/native/native.hpp"
#include "vm/process/process.hpp"
#include "vm/process/vm.hpp"
#include "vm/base/work.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/map.hpp"

namespace phial::ets {
namespace {

constexpr int max_depth = 1000;

int parse_variable(Term term) {
  std::string_view text = atom_text(term);
  if (text.size() < 2 || text[0] != '$') return -1;
  int number;
  auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && number < 100'000 ? number : -1;
}

/// Number of the variable :"$N", or -1. Patterns ask for the same few atoms for every object of a table: half the time of a select
/// without this cache.
int variable_number(Term term) {
  if (!term.is_atom()) return -1;
  struct Known { Word atom; int number; };
  static thread_local Known known[64];
  Known& slot = known[(term.word ^ term.word >> 6 ^ term.word >> 12) % 64];
  if (slot.atom != term.word) slot = {term.word, parse_variable(term)};
  return slot.number;
}

bool is_wildcard(Term term) {
  static const Term wildcard = intern_atom("_");
  return term == wildcard;
}

bool has_variables(Term term, int depth = 0) {
  if (depth > max_depth) return true;
  if (is_wildcard(term) || variable_number(term) >= 0) return true;
  if (term.is_tuple()) {
    for (size_t i = 0; i < term.arity(); i++)
      if (has_variables(term.element(i), depth + 1)) return true;
    return false;
  }
  for (; term.is_cons(); term = term.tail())
    if (has_variables(term.head(), depth + 1)) return true;
  if (term.is_map())
    return !map_each(term, [&](Term, Term value) { return !has_variables(value, depth + 1); });
  return is_wildcard(term) || variable_number(term) >= 0;
}

bool match(Term pattern, Term object, std::vector<Term>& bindings, int depth) {
  if (depth > max_depth) return false;
  for (;;) {
    if (is_wildcard(pattern)) return true;
    if (int number = variable_number(pattern); number >= 0) {
      if (static_cast<size_t>(number) >= bindings.size()) bindings.resize(static_cast<size_t>(number) + 1, Term::none());
      Term& bound = bindings[static_cast<size_t>(number)];
      if (!bound.is_none()) return equal_exactly(bound, object);
      bound = object;
      return true;
    }
    if (pattern.is_cons()) {
      if (!object.is_cons() || !match(pattern.head(), object.head(), bindings, depth + 1)) return false;
      pattern = pattern.tail();
      object = object.tail();
      continue;
    }
    if (pattern.is_tuple()) {
      if (!object.is_tuple(pattern.arity())) return false;
      for (size_t i = 0; i < pattern.arity(); i++)
        if (!match(pattern.element(i), object.element(i), bindings, depth + 1)) return false;
      return true;
    }
    if (pattern.is_map() && has_variables(pattern)) {
      if (!object.is_map()) return false;
      return map_each(pattern, [&](Term key, Term value) {
        Term other = map_get(object, key);
        return !other.is_none() && match(value, other, bindings, depth + 1);
      });
    }
    return equal_exactly(pattern, object);
  }
}

/// Evaluates guards and bodies. none(): an error (a failing guard, :EXIT in a body).
class Evaluator {
 public:
  Evaluator(Context& context, Term object, const std::vector<Term>& bindings, const GuardFunctions& functions, MatchActions* actions)
      : c_(context), object_(object), bindings_(bindings), functions_(functions), actions_(actions) {}

  Term value(Term expression, int depth = 0) {
    if (depth > max_depth) return Term::none();
    if (expression.is_atom()) return atom_value(expression);
    if (expression.is_cons()) {
      std::vector<Term> items;
      Term at = expression;
      for (; at.is_cons(); at = at.tail()) {
        items.push_back(value(at.head(), depth + 1));
        if (items.back().is_none()) return Term::none();
      }
      Term tail = value(at, depth + 1);
      return tail.is_none() ? tail : make_list(c_.heap(), items, tail);
    }
    if (expression.is_map()) {
      std::vector<Term> pairs;
      bool fine = map_each(expression, [&](Term key, Term item) {
        pairs.push_back(value(key, depth + 1));
        pairs.push_back(value(item, depth + 1));
        return !pairs.back().is_none() && !pairs[pairs.size() - 2].is_none();
      });
      return fine ? make_map(c_.heap(), pairs) : Term::none();
    }
    if (!expression.is_tuple()) return expression;
    return tuple_value(expression, depth);
  }

 private:
  Term atom_value(Term atom) {
    std::string_view text = atom_text(atom);
    if (text.size() < 2 || text[0] != '$') return atom;
    if (text == "$_") return copy_term(c_.heap(), object_);
    if (text == "$$") {
      std::vector<Term> values;
      for (Term bound : bindings_)
        if (!bound.is_none()) values.push_back(copy_term(c_.heap(), bound));
      return make_list(c_.heap(), values);
    }
    int number = variable_number(atom);
    if (number < 0) return atom;
    if (static_cast<size_t>(number) >= bindings_.size() || bindings_[static_cast<size_t>(number)].is_none()) return atom;
    return copy_term(c_.heap(), bindings_[static_cast<size_t>(number)]);
  }

  Term tuple_value(Term expression, int depth) {
    static const Term constant = intern_atom("const"), and_also = intern_atom("andalso"), or_else = intern_atom("orelse"),
                      self = intern_atom("self");
    size_t arity = expression.arity();
    if (arity == 1 && expression.element(0).is_tuple()) {  // {{a, b}} builds a tuple
      Term inner = expression.element(0);
      std::vector<Term> items;
      for (size_t i = 0; i < inner.arity(); i++) {
        items.push_back(value(inner.element(i), depth + 1));
        if (items.back().is_none()) return Term::none();
      }
      return phial::make_tuple(c_.heap(), items);
    }
    if (arity == 0 || !expression.element(0).is_atom()) return Term::none();
    Term name = expression.element(0);
    if (name == constant && arity == 2) return expression.element(1);
    if (name == self && arity == 1) return c_.process() ? c_.process()->pid : Term::none();
    if (name == and_also || name == or_else) {
      bool stop_at = name == or_else;
      for (size_t i = 1; i < arity; i++) {
        Term item = value(expression.element(i), depth + 1);
        if (!(item == atoms::true_) && !(item == atoms::false_)) return Term::none();
        if ((item == atoms::true_) == stop_at) return item;
      }
      return boolean(!stop_at);
    }
    std::vector<Term> arguments;
    for (size_t i = 1; i < arity; i++) {
      arguments.push_back(value(expression.element(i), depth + 1));
      if (arguments.back().is_none()) return Term::none();
    }
    // `and` and `or` of more than two are folded.
    if ((name == atoms::and_ || name == atoms::or_) && arguments.size() > 2) {
      bool all = name == atoms::and_;
      for (Term item : arguments) {
        if (!(item == atoms::true_) && !(item == atoms::false_)) return Term::none();
        if ((item == atoms::false_) == all) return boolean(!all);
      }
      return boolean(all);
    }
    if (actions_ && MatchActions::known(name, arguments.size())) return actions_->perform(c_, name, arguments);
    GuardFunctions::Function function = functions_.find(name, arguments.size());
    return function ? function(c_, arguments.data()) : Term::none();
  }

  Context& c_;
  Term object_;
  const std::vector<Term>& bindings_;
  const GuardFunctions& functions_;
  MatchActions* actions_;
};

/// Marks the variables of a pattern.
void mark_variables(Term pattern, std::vector<bool>& bound, int depth = 0) {
  if (depth > max_depth) return;
  if (int number = variable_number(pattern); number >= 0) {
    if (static_cast<size_t>(number) >= bound.size()) bound.resize(static_cast<size_t>(number) + 1);
    bound[static_cast<size_t>(number)] = true;
  } else if (pattern.is_tuple()) {
    for (size_t i = 0; i < pattern.arity(); i++) mark_variables(pattern.element(i), bound, depth + 1);
  } else if (pattern.is_map()) {
    map_each(pattern, [&](Term, Term value) {
      mark_variables(value, bound, depth + 1);
      return true;
    });
  } else {
    for (; pattern.is_cons(); pattern = pattern.tail()) mark_variables(pattern.head(), bound, depth + 1);
    if (!pattern.is_nil()) mark_variables(pattern, bound, depth + 1);
  }
}

}  // namespace

bool matches(Term pattern, Term object, std::vector<Term>& bindings) { return match(pattern, object, bindings, 0); }

bool MatchSpec::check(Context& context, Term expression, const std::vector<bool>& bound, int depth, bool actions) {
  static const Term constant = intern_atom("const"), and_also = intern_atom("andalso"), or_else = intern_atom("orelse"),
                    self = intern_atom("self"), erlang = intern_atom("erlang");
  if (depth > max_depth) return false;
  if (int number = variable_number(expression); number >= 0) return static_cast<size_t>(number) < bound.size() && bound[static_cast<size_t>(number)];
  if (expression.is_cons()) {
    for (; expression.is_cons(); expression = expression.tail())
      if (!check(context, expression.head(), bound, depth + 1, actions)) return false;
    return expression.is_nil() || check(context, expression, bound, depth + 1, actions);
  }
  if (expression.is_map())
    return map_each(expression, [&](Term key, Term value) { return check(context, key, bound, depth + 1, actions) && check(context, value, bound, depth + 1, actions); });
  if (!expression.is_tuple()) return true;
  size_t arity = expression.arity();
  size_t first = 1;
  if (arity == 1 && expression.element(0).is_tuple()) {  // {{a, b}} builds a tuple
    expression = expression.element(0);
    arity = expression.arity();
    first = 0;
  } else {
    if (arity == 0 || !expression.element(0).is_atom()) return false;
    Term name = expression.element(0);
    if (name == constant) return arity == 2;
    if (name == self) return arity == 1;
    bool action = actions && MatchActions::known(name, arity - 1);
    bool connective = name == and_also || name == or_else || name == atoms::and_ || name == atoms::or_;
    if (connective && arity < 2) return false;
    if (!action && !(connective && arity != 3) && !(name == and_also || name == or_else) && !functions_.find(name, arity - 1)) {
      Export* function = context.vm().code.find_export(erlang, name, static_cast<uint8_t>(arity - 1));
      if (!function || !(function->native_flags & native_guard)) return false;
      functions_.entries.push_back({name, arity - 1, function->native.load(std::memory_order_relaxed)});
    }
  }
  for (size_t i = first; i < arity; i++)
    if (!check(context, expression.element(i), bound, depth + 1, actions)) return false;
  return true;
}

bool MatchActions::known(Term name, size_t arity) {
  struct Action { Term name; size_t least, most; };
  static const Action known[] = {
      {intern_atom("return_trace"), 0, 0}, {intern_atom("exception_trace"), 0, 0}, {intern_atom("message"), 1, 1}, {intern_atom("caller"), 0, 0},
      {intern_atom("caller_line"), 0, 0}, {intern_atom("current_stacktrace"), 0, 1}, {intern_atom("process_dump"), 0, 0},
      {intern_atom("enable_trace"), 1, 2}, {intern_atom("disable_trace"), 1, 2}, {intern_atom("trace"), 2, 3}, {intern_atom("silent"), 1, 1},
      {intern_atom("set_seq_token"), 2, 2}, {intern_atom("get_seq_token"), 0, 0}, {intern_atom("is_seq_trace"), 0, 0},
      {intern_atom("display"), 1, 1}, {intern_atom("set_tcw"), 1, 1}, {intern_atom("get_tcw"), 0, 0}};
  for (const Action& action : known)
    if (action.name == name) return arity >= action.least && arity <= action.most;
  return false;
}

bool MatchSpec::read(Context& context, Term term, MatchTarget target) {
  bool of_calls = target == MatchTarget::call;
  if (!term.is_cons()) return false;
  for (; term.is_cons(); term = term.tail()) {
    Term clause = term.head();
    if (!clause.is_tuple(3) || list_length(clause.element(1)) < 0 || list_length(clause.element(2)) < (of_calls ? 0 : 1)) return false;
    Term head = clause.element(0);
    if (!(of_calls ? head.is_list() : head.is_tuple()) && !is_wildcard(head) && variable_number(head) < 0) return false;
    std::vector<bool> bound;
    mark_variables(head, bound);
    for (Term guard : ListRange(clause.element(1)))
      if (!check(context, guard, bound, 0, false)) return false;
    for (Term expression : ListRange(clause.element(2)))
      if (!check(context, expression, bound, 0, of_calls)) return false;
    clauses_.push_back({head, clause.element(1), clause.element(2)});
  }
  return term.is_nil();
}

void MatchSpec::read_pattern(Term pattern, Term result) { clauses_.push_back({pattern, Term::nil(), result}); }

Term MatchSpec::run(Context& context, Term object, MatchActions* actions) const {
  std::vector<Term> bindings;
  note_work(static_cast<int64_t>(clauses_.size()));
  for (const Clause& clause : clauses_) {
    bindings.clear();
    if (!match(clause.head, object, bindings, 0)) continue;
    Evaluator evaluator(context, object, bindings, functions_, actions);
    bool holds = true;
    for (Term guard : ListRange(clause.guards))
      if (!(evaluator.value(guard) == atoms::true_)) {
        holds = false;
        break;
      }
    if (!holds) continue;
    if (!clause.body.is_list()) return evaluator.value(clause.body);
    Term result = clause.body.is_nil() ? atoms::true_ : Term::none();
    for (Term expression : ListRange(clause.body)) {
      result = evaluator.value(expression);
      if (result.is_none()) result = atoms::EXIT;
    }
    return result;
  }
  return Term::none();
}

Term MatchSpec::bound_key(size_t position) const {
  Term key = Term::none();
  for (const Clause& clause : clauses_) {
    if (!clause.head.is_tuple() || clause.head.arity() <= position) return Term::none();
    Term here = clause.head.element(position);
    if (has_variables(here) || (!key.is_none() && !equal_exactly(key, here))) return Term::none();
    key = here;
  }
  return key;
}

}  // namespace phial::ets
