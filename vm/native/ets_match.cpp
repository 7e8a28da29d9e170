#include "vm/native/ets_match.hpp"

#include <algorithm>
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

}  // namespace

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

// -- compiling

class MatchSpec::Compiler {
 public:
  Compiler(MatchSpec& spec, Context* context) : spec_(spec), context_(context) {}
  bool with_actions = false;  // may expressions call the functions of tracing?

  void begin_clause() { variables_.clear(); }
  std::vector<Variable> sorted_variables() {
    std::sort(variables_.begin(), variables_.end(), [](const Variable& a, const Variable& b) { return a.name < b.name; });
    return variables_;
  }
  uint32_t reserve(size_t count) {
    auto first = static_cast<uint32_t>(spec_.nodes_.size());
    spec_.nodes_.resize(first + count);
    return first;
  }

  /// A head, at a place that was reserved.
  void pattern(uint32_t at, Term term, int depth = 0) {
    if (depth > max_depth) return set(at, {.op = Op::never});
    if (is_wildcard(term)) return set(at, {.op = Op::anything});
    if (int number = variable_number(term); number >= 0) {
      if (const Variable* known = find(number)) return set(at, {.op = Op::same, .first = known->slot});
      auto slot = static_cast<uint32_t>(variables_.size());
      variables_.push_back({static_cast<uint32_t>(number), slot});
      spec_.slots_ = std::max(spec_.slots_, variables_.size());
      return set(at, {.op = Op::bind, .first = slot});
    }
    if (!term.is_pointer()) return set(at, {.op = Op::immediate, .term = term});
    auto child = [&](uint32_t place, Term part) { pattern(place, part, depth + 1); };
    if (term.is_tuple()) {
      std::span<const Term> items(term.payload(), term.arity());
      return children(at, Op::tuple, term, items.size(), [&](uint32_t first) {
        for (size_t i = 0; i < items.size(); i++) child(first + static_cast<uint32_t>(i), items[i]);
      });
    }
    if (term.is_cons()) return list(at, term, child);
    if (term.is_map())
      return children(at, Op::map, term, 2 * map_size(term), [&](uint32_t first) {
        map_each(term, [&](Term key, Term value) {
          set(first, {.op = Op::constant, .term = key});
          child(first + 1, value);
          first += 2;
          return true;
        });
      });
    set(at, {.op = Op::constant, .term = term});
  }

  /// A guard or an expression of a body. False: it is none.
  bool expression(uint32_t at, Term term, int depth = 0) {
    if (depth > max_depth) return false;
    bool fine = true;
    auto child = [&](uint32_t place, Term part) { fine = fine && expression(place, part, depth + 1); };
    if (term.is_atom()) {
      set(at, {.op = Op::immediate, .term = term});
      std::string_view text = atom_text(term);
      if (text == "$_") set(at, {.op = Op::object});
      if (text == "$$") set(at, {.op = Op::bindings});
      if (int number = variable_number(term); number >= 0) {
        const Variable* known = find(number);
        if (!known) return false;
        set(at, {.op = Op::variable, .first = known->slot});
      }
    } else if (!term.is_pointer()) {
      set(at, {.op = Op::immediate, .term = term});
    } else if (term.is_cons()) {
      list(at, term, child);
    } else if (term.is_map()) {
      children(at, Op::map, term, 2 * map_size(term), [&](uint32_t first) {
        map_each(term, [&](Term key, Term value) {
          child(first, key);
          child(first + 1, value);
          first += 2;
          return fine;
        });
      });
    } else if (term.is_tuple()) {
      return tuple(at, term, depth);
    } else {
      set(at, {.op = Op::constant, .term = term});
    }
    return fine;
  }

 private:
  void set(uint32_t at, Node node) { spec_.nodes_[at] = node; }
  const Variable* find(int name) const {
    for (const Variable& variable : variables_)
      if (variable.name == static_cast<uint32_t>(name)) return &variable;
    return nullptr;
  }

  /// A constant that is written otherwise than it looks: what it stands in is none.
  static Node built(Term term) { return {.op = Op::constant, .count = 1, .term = term}; }
  static bool as_written(const Node& node) { return node.op == Op::immediate || (node.op == Op::constant && !node.count); }

  /// A tuple, list or map. One whose children are all constants is a constant itself.
  template <class Fill>
  void children(uint32_t at, Op op, Term term, size_t count, Fill&& fill) {
    uint32_t first = reserve(count);
    fill(first);
    auto begin = spec_.nodes_.begin() + first;
    if (std::all_of(begin, begin + static_cast<ptrdiff_t>(count), as_written)) {
      spec_.nodes_.resize(first);
      set(at, {.op = Op::constant, .term = term});
    } else {
      set(at, {.op = op, .first = first, .count = static_cast<uint32_t>(count)});
    }
  }
  template <class Child>
  void list(uint32_t at, Term term, Child&& child) {
    size_t count = 1;
    for (Term tail = term; tail.is_cons(); tail = tail.tail()) count++;
    children(at, Op::list, term, count, [&](uint32_t first) {
      Term rest = term;
      for (; rest.is_cons(); rest = rest.tail()) child(first++, rest.head());
      child(first, rest);
    });
  }

  bool tuple(uint32_t at, Term term, int depth) {
    static const Term constant = intern_atom("const"), and_also = intern_atom("andalso"), or_else = intern_atom("orelse"), self = intern_atom("self");
    size_t arity = term.arity();
    bool fine = true;
    auto parts = [&](uint32_t first, std::span<const Term> items) {
      for (Term item : items) fine = fine && expression(first++, item, depth + 1);
    };
    if (arity == 1 && term.element(0).is_tuple()) {  // {{a, b}} builds a tuple
      Term inner = term.element(0);
      std::span<const Term> items(inner.payload(), inner.arity());
      children(at, Op::tuple, inner, items.size(), [&](uint32_t first) { parts(first, items); });
      if (as_written(spec_.nodes_[at])) set(at, built(inner));
      return fine;
    }
    if (arity == 0 || !term.element(0).is_atom()) return false;
    Term name = term.element(0);
    std::span<const Term> arguments(term.payload() + 1, arity - 1);
    if (name == constant) {
      if (arity != 2) return false;
      set(at, built(term.element(1)));
      return true;
    }
    if (name == self) {
      set(at, {.op = Op::self});
      return arity == 1;
    }
    Node node{.count = static_cast<uint32_t>(arguments.size()), .term = name};
    bool connective = name == and_also || name == or_else || name == atoms::and_ || name == atoms::or_;
    if (connective && arguments.empty()) return false;
    if (name == and_also) {
      node.op = Op::and_also;
    } else if (name == or_else) {
      node.op = Op::or_else;
    } else if (with_actions && MatchActions::known(name, arguments.size())) {
      node.op = Op::action;
    } else if (connective && arguments.size() != 2) {
      node.op = name == atoms::and_ ? Op::all_of : Op::any_of;
    } else if (!find_function(node, name, arguments.size())) {
      return false;
    }
    node.first = reserve(arguments.size());
    parts(node.first, arguments);
    set(at, node);
    return fine;
  }

  bool find_function(Node& node, Term name, size_t arity) {
    static const Term erlang = intern_atom("erlang");
    struct Comparison { Term name; Op op; };
    static const Comparison comparisons[] = {
        {intern_atom("<"), Op::less}, {intern_atom("=<"), Op::less_or_equal}, {intern_atom(">"), Op::greater}, {intern_atom(">="), Op::greater_or_equal},
        {intern_atom("=="), Op::equal}, {intern_atom("/="), Op::not_equal}, {intern_atom("=:="), Op::equal_exactly}, {intern_atom("=/="), Op::not_equal_exactly}};
    if (arity == 2)
      for (const Comparison& comparison : comparisons)
        if (comparison.name == name) {
          node.op = comparison.op;
          return true;
        }
    Export* function = context_ && arity < 256 ? context_->vm().code.find_export(erlang, name, static_cast<uint8_t>(arity)) : nullptr;
    if (!function || !(function->native_flags & native_guard)) return false;
    node.op = Op::call;
    node.function = function->native.load(std::memory_order_relaxed);
    return true;
  }

  MatchSpec& spec_;
  Context* context_;
  std::vector<Variable> variables_;
};

bool MatchSpec::read(Context& context, Term term, MatchTarget target) {
  bool of_calls = target == MatchTarget::call;
  if (!term.is_cons()) return false;
  Compiler compiler(*this, &context);
  nodes_.reserve(16);
  for (; term.is_cons(); term = term.tail()) {
    Term clause = term.head();
    if (!clause.is_tuple(3)) return false;
    ptrdiff_t guards = list_length(clause.element(1)), body = list_length(clause.element(2));
    if (guards < 0 || body < (of_calls ? 0 : 1)) return false;
    Term head = clause.element(0);
    if (of_calls && !head.is_list() && !is_wildcard(head) && variable_number(head) < 0) return false;
    compiler.begin_clause();
    Clause made;
    made.head = compiler.reserve(1);
    compiler.pattern(made.head, head);
    made.variables = compiler.sorted_variables();
    auto expressions = [&](Term list, ptrdiff_t count, uint32_t& first, uint32_t& size) {
      first = compiler.reserve(static_cast<size_t>(count));
      size = static_cast<uint32_t>(count);
      uint32_t at = first;
      for (Term expression : ListRange(list))
        if (!compiler.expression(at++, expression)) return false;
      return true;
    };
    if (!expressions(clause.element(1), guards, made.first_guard, made.guards)) return false;
    compiler.with_actions = of_calls;
    if (!expressions(clause.element(2), body, made.first_body, made.body)) return false;
    compiler.with_actions = false;
    clauses_.push_back(std::move(made));
  }
  return term.is_nil();
}

void MatchSpec::read_pattern(Term pattern, Term result) {
  Compiler compiler(*this, nullptr);
  nodes_.reserve(8);
  Clause made{};
  made.head = compiler.reserve(1);
  compiler.pattern(made.head, pattern);
  made.variables = compiler.sorted_variables();
  made.first_body = compiler.reserve(1);
  made.body = 1;
  compiler.expression(made.first_body, result);
  clauses_.push_back(std::move(made));
}

// -- running

bool MatchSpec::match(const Node& node, Term object, Term* slots) const {
  const Node* child = nodes_.data() + node.first;
  switch (node.op) {
    case Op::anything: return true;
    case Op::bind: slots[node.first] = object; return true;
    case Op::same: return equal_exactly(slots[node.first], object);
    case Op::immediate: return object == node.term;
    case Op::constant: return equal_exactly(node.term, object);
    case Op::tuple:
      if (!object.is_tuple(node.count)) return false;
      for (size_t i = 0; i < node.count; i++)
        if (!match(child[i], object.element(i), slots)) return false;
      return true;
    case Op::list:
      for (size_t i = 0; i + 1 < node.count; i++, object = object.tail())
        if (!object.is_cons() || !match(child[i], object.head(), slots)) return false;
      return match(child[node.count - 1], object, slots);
    case Op::map:
      if (!object.is_map()) return false;
      for (size_t i = 0; i < node.count; i += 2) {
        Term value = map_get(object, child[i].term);
        if (value.is_none() || !match(child[i + 1], value, slots)) return false;
      }
      return true;
    default: return false;
  }
}

/// Evaluates guards and bodies. none(): an error (a failing guard, :EXIT in a body).
class MatchSpec::Evaluator {
 public:
  Evaluator(const MatchSpec& spec, const Clause& clause, Context& context, Term object, const Term* slots, MatchActions* actions)
      : spec_(spec), clause_(clause), c_(context), object_(object), slots_(slots), actions_(actions) {}

  bool holds(const Node& node) { return value(node) == atoms::true_; }

  /// A value that the result may hold: what belongs to the object is copied.
  Term value(const Node& node) {
    switch (node.op) {
      case Op::immediate: case Op::constant: return node.term;
      case Op::variable: return copied(slots_[node.first]);
      case Op::object: return copied(object_);
      case Op::bindings: {
        Term list = Term::nil();
        for (size_t i = clause_.variables.size(); i-- > 0;) list = make_cons(c_.heap(), copied(slots_[clause_.variables[i].slot]), list);
        return list;
      }
      case Op::self: return c_.process() ? c_.process()->pid : Term::none();
      case Op::tuple: return with_values(node, [&](std::span<const Term> items) { return phial::make_tuple(c_.heap(), items); });
      case Op::map: return with_values(node, [&](std::span<const Term> items) { return make_map(c_.heap(), items); });
      case Op::list:
        return with_values(node, [&](std::span<const Term> items) { return make_list(c_.heap(), items.first(items.size() - 1), items.back()); });
      case Op::and_also: return until(node, atoms::false_);
      case Op::or_else: return until(node, atoms::true_);
      case Op::all_of: case Op::any_of:
        return with_values(node, [&](std::span<const Term> items) {
          Term decisive = node.op == Op::all_of ? atoms::false_ : atoms::true_, result = boolean(node.op == Op::all_of);
          for (Term item : items) {
            if (!(item == atoms::true_) && !(item == atoms::false_)) return Term::none();
            if (item == decisive) result = decisive;
          }
          return result;
        });
      case Op::call: return with_values(node, [&](std::span<const Term> arguments) { return node.function(c_, arguments.data()); });
      case Op::action:
        return with_values(node, [&](std::span<const Term> arguments) { return actions_ ? actions_->perform(c_, node.term, arguments) : Term::none(); });
      default: return comparison(node);
    }
  }

 private:
  Term copied(Term term) { return term.is_pointer() ? copy_term(c_.heap(), term) : term; }
  const Node* children(const Node& node) const { return spec_.nodes_.data() + node.first; }

  /// A value that is only looked at.
  Term seen(const Node& node) {
    if (node.op == Op::variable) return slots_[node.first];
    return node.op == Op::object ? object_ : value(node);
  }

  template <class Use>
  Term with_values(const Node& node, Use&& use) {
    constexpr size_t most_in_place = 8;
    Term in_place[most_in_place];
    std::vector<Term> beside;
    Term* items = in_place;
    if (node.count > most_in_place) {
      beside.resize(node.count);
      items = beside.data();
    }
    const Node* child = children(node);
    for (size_t i = 0; i < node.count; i++)
      if ((items[i] = value(child[i])).is_none()) return Term::none();
    return use(std::span<const Term>(items, node.count));
  }

  /// The first operand that is `decisive`, else the other truth value; what comes after it is not evaluated.
  Term until(const Node& node, Term decisive) {
    const Node* child = children(node);
    for (size_t i = 0; i < node.count; i++) {
      Term item = value(child[i]);
      if (!(item == atoms::true_) && !(item == atoms::false_)) return Term::none();
      if (item == decisive) return item;
    }
    return boolean(decisive == atoms::false_);
  }

  Term comparison(const Node& node) {
    Term a = seen(children(node)[0]), b = seen(children(node)[1]);
    if (a.is_none() || b.is_none()) return Term::none();
    switch (node.op) {
      case Op::less: return boolean(compare(a, b) < 0);
      case Op::less_or_equal: return boolean(compare(a, b) <= 0);
      case Op::greater: return boolean(compare(a, b) > 0);
      case Op::greater_or_equal: return boolean(compare(a, b) >= 0);
      case Op::equal: return boolean(equal(a, b));
      case Op::not_equal: return boolean(!equal(a, b));
      case Op::equal_exactly: return boolean(phial::equal_exactly(a, b));
      case Op::not_equal_exactly: return boolean(!phial::equal_exactly(a, b));
      default: return Term::none();
    }
  }

  const MatchSpec& spec_;
  const Clause& clause_;
  Context& c_;
  Term object_;
  const Term* slots_;
  MatchActions* actions_;
};

Term MatchSpec::run(Context& context, Term object, MatchActions* actions) const {
  constexpr size_t most_in_place = 16;
  Term in_place[most_in_place];
  std::vector<Term> beside;
  Term* slots = in_place;
  if (slots_ > most_in_place) {
    beside.resize(slots_);
    slots = beside.data();
  }
  note_work(static_cast<int64_t>(clauses_.size()));
  const Node* nodes = nodes_.data();
  for (const Clause& clause : clauses_) {
    if (!match(nodes[clause.head], object, slots)) continue;
    Evaluator evaluator(*this, clause, context, object, slots, actions);
    bool holds = true;
    for (size_t i = 0; holds && i < clause.guards; i++) holds = evaluator.holds(nodes[clause.first_guard + i]);
    if (!holds) continue;
    Term result = clause.body ? Term::none() : atoms::true_;
    for (size_t i = 0; i < clause.body; i++) {
      result = evaluator.value(nodes[clause.first_body + i]);
      if (result.is_none()) result = atoms::EXIT;
    }
    return result;
  }
  return Term::none();
}

Term MatchSpec::bound_key(size_t position) const {
  Term key = Term::none();
  for (const Clause& clause : clauses_) {
    const Node& head = nodes_[clause.head];
    Term here = Term::none();
    if (head.op == Op::constant && head.term.is_tuple() && position < head.term.arity()) here = head.term.element(position);
    if (head.op == Op::tuple && position < head.count) {
      const Node& part = nodes_[head.first + position];
      if (part.op == Op::immediate || part.op == Op::constant) here = part.term;
    }
    if (here.is_none() || (!key.is_none() && !phial::equal_exactly(key, here))) return Term::none();
    key = here;
  }
  return key;
}

}  // namespace phial::ets
