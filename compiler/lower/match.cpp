#include "compiler/lower/match.hpp"

#include <algorithm>
#include <array>

#include "vm/term/binary.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/map.hpp"

namespace phial::compiler::lowering {

using namespace core;
using Kind = Pattern::Kind;

namespace {

bool switchable(Term literal) { return literal.is_atom() || literal.is_small(); }

/// Types that a value may have that satisfies the constraint.
template <class Constraint>
Types accepted_types(const Constraint& constraint) {
  using C = typename Constraint::Kind;
  switch (constraint.kind) {
    case C::literal: return types_of_term(constraint.pattern->literal);
    case C::equal: case C::bits_at: return type_any;
    case C::empty_list: return type_empty_list;
    case C::cons: return type_cons;
    case C::tuple: return type_tuple;
    case C::map: case C::map_key: return type_map;
    case C::bits: return type_bitstring;
  }
  return type_any;
}

}  // namespace

MatchCompiler::MatchCompiler(FunctionLowering& function, std::vector<Clause>& clauses)
    : function_(function), b_(function.b_), clauses_(clauses), bodies_(clauses.size(), none),
      body_values_(clauses.size()), copies_left_(64 + 8 * clauses.size()) {}

void MatchCompiler::run(const std::vector<ValueId>& subjects, BlockId fail) {
  State start{b_.current(), {}, {}, {}, fail};
  for (size_t i = 0; i < clauses_.size(); i++) {
    Row row{i, {}, {}};
    bool possible = true;
    for (size_t column = 0; possible && column < subjects.size(); column++)
      possible = add(row, subjects[column], clauses_[i].patterns[column]);
    if (possible) start.rows.push_back(std::move(row));
  }
  work_.push_back(std::move(start));
  while (!work_.empty()) {
    State state = std::move(work_.back());
    work_.pop_back();
    process(std::move(state));
  }
}

bool MatchCompiler::add(Row& row, ValueId first_subject, const Pattern* first_pattern) {
  using C = Constraint::Kind;
  std::vector<std::pair<ValueId, const Pattern*>> todo{{first_subject, first_pattern}};
  while (!todo.empty()) {
    ValueId subject = todo.back().first;
    const Pattern* pattern = todo.back().second;
    todo.pop_back();
    Types types = b_.types_of(subject);
    Instruction* made = b_.definition(subject);
    switch (pattern->kind) {
      case Kind::any: break;
      case Kind::variable: {
        auto same = [&](const Binding& binding) { return binding.variable == pattern->variable; };
        auto bound = std::find_if(row.bindings.begin(), row.bindings.end(), same);
        if (bound == row.bindings.end()) row.bindings.push_back({pattern->variable, subject});
        else if (bound->value != subject) row.pending.push_back({C::equal, subject, pattern, bound->value});
        break;
      }
      case Kind::both:
        todo.emplace_back(subject, pattern->items[1]);
        todo.emplace_back(subject, pattern->items[0]);
        break;
      case Kind::literal:
        if (b_.is_constant(subject)) {
          if (!equal_exactly(b_.constant_of(subject), pattern->literal)) return false;
        } else if (!(types & types_of_term(pattern->literal))) {
          return false;
        } else {
          row.pending.push_back({C::literal, subject, pattern});
        }
        break;
      case Kind::equal:
        if (pattern->value != subject) row.pending.push_back({C::equal, subject, pattern, pattern->value});
        break;
      case Kind::empty_list:
        if (!(types & type_empty_list)) return false;
        if (types != type_empty_list) row.pending.push_back({C::empty_list, subject, pattern});
        break;
      case Kind::cons:
        if (!(types & type_cons)) return false;
        if (b_.is_constant(subject) || (made && made->op == Op::cons)) {
          todo.emplace_back(b_.tail(subject), pattern->items[1]);
          todo.emplace_back(b_.head(subject), pattern->items[0]);
        } else {
          row.pending.push_back({C::cons, subject, pattern});
        }
        break;
      case Kind::tuple:
        if (!(types & type_tuple)) return false;
        if (b_.is_constant(subject) || (made && made->op == Op::tuple)) {
          size_t size = made ? made->operands.size() : b_.constant_of(subject).size();
          if (size != pattern->items.size()) return false;
          for (size_t i = size; i-- > 0;) todo.emplace_back(b_.element(subject, static_cast<uint32_t>(i)), pattern->items[i]);
        } else {
          row.pending.push_back({C::tuple, subject, pattern});
        }
        break;
      case Kind::map:
        if (!(types & type_map)) return false;
        if (pattern->keys.empty() && types != type_map) row.pending.push_back({C::map, subject, pattern});
        for (size_t i = 0; i < pattern->keys.size(); i++)
          row.pending.push_back({C::map_key, subject, pattern->items[i], pattern->keys[i]});
        break;
      case Kind::bits:
        if (!(types & type_bitstring)) return false;
        row.pending.push_back({C::bits, subject, pattern});
        break;
    }
  }
  return true;
}

void MatchCompiler::push(State& from, BlockId block, std::vector<Row> rows) {
  if (rows.empty()) {
    // Nothing to try: the block only leads on.
    b_.set_current(block);
    b_.jump(from.fail);
    return;
  }
  work_.push_back({block, std::move(rows), from.contexts, from.at, from.fail});
}

void MatchCompiler::process(State state) {
  b_.set_current(state.block);
  if (state.rows.empty()) {
    b_.jump(state.fail);
    return;
  }
  if (state.rows[0].pending.empty()) return leaf(state);
  Constraint chosen = state.rows[0].pending[choose(state)];
  if (cut(state, chosen)) return;
  switch (chosen.kind) {
    case Constraint::Kind::literal:
      if (switchable(chosen.pattern->literal)) test_values(state, chosen);
      else if (many_texts(state, chosen)) start_bits(state, chosen);
      else test_one(state, chosen);
      break;
    case Constraint::Kind::tuple: test_tuples(state, chosen); break;
    case Constraint::Kind::cons: test_cons(state, chosen); break;
    case Constraint::Kind::map_key: test_map_key(state, chosen); break;
    case Constraint::Kind::bits: start_bits(state, chosen); break;
    case Constraint::Kind::bits_at: test_bits(state, chosen); break;
    default: test_one(state, chosen); break;
  }
}

void MatchCompiler::bind_row(const Row& row) {
  for (const Binding& binding : row.bindings) function_.bind(binding.variable, binding.value);
}

void MatchCompiler::leaf(State& state) {
  const Row row = std::move(state.rows[0]);
  const Clause& clause = clauses_[row.clause];
  bind_row(row);
  if (bodies_[row.clause] == none) {
    bodies_[row.clause] = b_.new_block();
    for (size_t i = 0; i < clause.variables.size(); i++) body_values_[row.clause].push_back(b_.add_parameter(bodies_[row.clause]));
  }
  std::vector<ValueId> arguments;
  for (VariableKey variable : clause.variables) {
    auto bound = std::find_if(row.bindings.begin(), row.bindings.end(), [&](const Binding& b) { return b.variable == variable; });
    arguments.push_back(bound != row.bindings.end() ? bound->value : b_.constant(atoms::nil));
  }
  if (clause.guards.empty()) {
    b_.jump(bodies_[row.clause], arguments);
    return;
  }
  BlockId matched = b_.new_block();
  BlockId failed = b_.new_block();
  function_.guard(clause.guards, matched, failed);
  b_.set_current(matched);
  b_.jump(bodies_[row.clause], arguments);
  state.rows.erase(state.rows.begin());
  push(state, failed, std::move(state.rows));
}

/// Prefers what most rows test; then what is cheap; then what stands first.
size_t MatchCompiler::choose(const State& state) const {
  using C = Constraint::Kind;
  const Row& first = state.rows[0];
  size_t best = 0;
  int best_score = -1;
  size_t considered = std::min<size_t>(state.rows.size(), 32);
  for (size_t i = 0; i < std::min<size_t>(first.pending.size(), 16); i++) {
    const Constraint& constraint = first.pending[i];
    bool cheap = constraint.kind == C::cons || constraint.kind == C::tuple || constraint.kind == C::empty_list ||
                 (constraint.kind == C::literal && switchable(constraint.pattern->literal));
    bool late = constraint.kind == C::equal || constraint.kind == C::bits || constraint.kind == C::bits_at;
    int score = late ? 0 : 1;
    for (size_t r = 1; r < considered && !late; r++)
      for (const Constraint& other : state.rows[r].pending)
        if (other.subject == constraint.subject && (constraint.kind != C::map_key || other.key == constraint.key)) {
          score += 4;
          break;
        }
    score = score * 2 + (cheap ? 1 : 0);
    if (score > best_score) {
      best_score = score;
      best = i;
    }
  }
  return best;
}

/// Cuts the matrix above the first row that says nothing about the chosen subject, when rows may not be copied any more.
bool MatchCompiler::cut(State& state, const Constraint& chosen) {
  size_t silent = 0, first_silent = 0;
  for (size_t r = 1; r < state.rows.size(); r++) {
    bool says = false;
    for (const Constraint& other : state.rows[r].pending) says |= other.subject == chosen.subject;
    if (!says && !silent++) first_silent = r;
  }
  if (silent <= copies_left_) {
    if (silent) copies_left_ -= silent;
    return false;
  }
  BlockId rest = b_.new_block();
  std::vector<Row> below(std::make_move_iterator(state.rows.begin() + static_cast<ptrdiff_t>(first_silent)),
                         std::make_move_iterator(state.rows.end()));
  state.rows.erase(state.rows.begin() + static_cast<ptrdiff_t>(first_silent), state.rows.end());
  State lower{rest, std::move(below), state.contexts, {}, state.fail};
  state.fail = rest;
  work_.push_back(std::move(lower));
  work_.push_back(std::move(state));
  return true;
}

/// Atoms and small integers: all values that rows compare this subject with, at once.
void MatchCompiler::test_values(State& state, Constraint chosen) {
  using C = Constraint::Kind;
  auto value_of = [&](const Row& row) -> const Constraint* {
    for (const Constraint& c : row.pending)
      if (c.kind == C::literal && c.subject == chosen.subject && switchable(c.pattern->literal)) return &c;
    return nullptr;
  };
  std::vector<Term> keys;
  std::unordered_map<Word, size_t> index_of;
  for (const Row& row : state.rows)
    if (const Constraint* c = value_of(row))
      if (index_of.emplace(c->pattern->literal.word, keys.size()).second) keys.push_back(c->pattern->literal);
  std::vector<std::vector<Row>> outcomes(keys.size());
  std::vector<Row> others;
  for (const Row& row : state.rows) {
    auto take = [&](size_t outcome) {
      // What else the row says about the subject is decided, too.
      Row copy{row.clause, {}, row.bindings};
      Types type = types_of_term(keys[outcome]);
      for (const Constraint& c : row.pending) {
        if (c.subject == chosen.subject && c.kind != C::bits_at) {
          if (c.kind == C::literal) {
            if (!equal_exactly(c.pattern->literal, keys[outcome])) return;
            continue;
          }
          if (!(accepted_types(c) & type)) return;
        }
        copy.pending.push_back(c);
      }
      outcomes[outcome].push_back(std::move(copy));
    };
    if (const Constraint* c = value_of(row)) {
      take(index_of[c->pattern->literal.word]);
    } else {
      for (size_t i = 0; i < keys.size(); i++) take(i);
      others.push_back(row);
    }
  }
  if (keys.size() == 1) {
    BlockId otherwise = b_.new_block();
    b_.test(Op::is_equal_exact, {chosen.subject, b_.constant(keys[0])}, otherwise);
    BlockId block = b_.current();
    push(state, otherwise, std::move(others));
    push(state, block, std::move(outcomes[0]));
    return;
  }
  BlockId otherwise = b_.new_block();
  Instruction* jump = b_.emit(Op::switch_value, {chosen.subject}, false);
  jump->target = otherwise;
  jump->cases = b_.module().array<SwitchCase>(keys.size());
  for (size_t i = 0; i < keys.size(); i++) jump->cases[i] = {keys[i], b_.new_block()};
  std::span<SwitchCase> cases = jump->cases;
  push(state, otherwise, std::move(others));
  for (size_t i = keys.size(); i-- > 0;) push(state, cases[i].target, std::move(outcomes[i]));
  std::sort(cases.begin(), cases.end(), [](const SwitchCase& a, const SwitchCase& c) { return a.key.word < c.key.word; });
}

void MatchCompiler::test_tuples(State& state, Constraint chosen) {
  using C = Constraint::Kind;
  auto tuple_of = [&](const Row& row) -> const Constraint* {
    for (const Constraint& c : row.pending)
      if (c.kind == C::tuple && c.subject == chosen.subject) return &c;
    return nullptr;
  };
  std::vector<size_t> sizes;
  for (const Row& row : state.rows)
    if (const Constraint* c = tuple_of(row))
      if (std::find(sizes.begin(), sizes.end(), c->pattern->items.size()) == sizes.end()) sizes.push_back(c->pattern->items.size());
  BlockId otherwise = b_.new_block();
  std::vector<BlockId> blocks;
  if (sizes.size() == 1) {
    b_.test(Op::is_tuple_of, {chosen.subject}, otherwise, static_cast<uint32_t>(sizes[0]));
    blocks.push_back(b_.current());
  } else {
    Instruction* jump = b_.emit(Op::switch_arity, {chosen.subject}, false);
    jump->target = otherwise;
    jump->cases = b_.module().array<SwitchCase>(sizes.size());
    for (size_t i = 0; i < sizes.size(); i++) {
      blocks.push_back(b_.new_block());
      jump->cases[i] = {Term::small(static_cast<int64_t>(sizes[i])), blocks[i]};
    }
    std::span<SwitchCase> cases = jump->cases;
    std::sort(cases.begin(), cases.end(), [](const SwitchCase& a, const SwitchCase& c) { return a.key.word < c.key.word; });
  }
  std::vector<Row> others;
  for (const Row& row : state.rows)
    if (!tuple_of(row)) others.push_back(row);
  push(state, otherwise, std::move(others));
  for (size_t i = blocks.size(); i-- > 0;) {
    b_.set_current(blocks[i]);
    std::vector<ValueId> elements(sizes[i], none);
    auto element = [&](size_t at) {
      if (elements[at] == none) elements[at] = b_.element(chosen.subject, static_cast<uint32_t>(at));
      return elements[at];
    };
    std::vector<Row> rows;
    for (const Row& row : state.rows) {
      Row copy{row.clause, {}, row.bindings};
      bool possible = true;
      std::vector<const Pattern*> opened;
      for (const Constraint& c : row.pending) {
        if (c.subject == chosen.subject && c.kind == C::tuple) {
          possible &= c.pattern->items.size() == sizes[i];
          opened.push_back(c.pattern);
          continue;
        }
        if (c.subject == chosen.subject && c.kind != C::bits_at && !(accepted_types(c) & type_tuple)) possible = false;
        copy.pending.push_back(c);
      }
      for (size_t p = 0; possible && p < opened.size(); p++)
        for (size_t at = 0; possible && at < sizes[i]; at++)
          if (opened[p]->items[at]->kind != Kind::any) possible = add(copy, element(at), opened[p]->items[at]);
      if (possible) rows.push_back(std::move(copy));
    }
    push(state, blocks[i], std::move(rows));
  }
}

void MatchCompiler::test_cons(State& state, Constraint chosen) {
  using C = Constraint::Kind;
  BlockId otherwise = b_.new_block();
  b_.test(Op::is_cons, {chosen.subject}, otherwise);
  BlockId block = b_.current();
  ValueId head = none, tail = none;
  std::vector<Row> rows, others;
  for (const Row& row : state.rows) {
    Row copy{row.clause, {}, row.bindings};
    bool possible = true, tests = false;
    std::vector<const Pattern*> opened;
    for (const Constraint& c : row.pending) {
      if (c.subject == chosen.subject && c.kind == C::cons) {
        opened.push_back(c.pattern);
        tests = true;
        continue;
      }
      if (c.subject == chosen.subject && c.kind != C::bits_at && !(accepted_types(c) & type_cons)) possible = false;
      copy.pending.push_back(c);
    }
    if (!tests) others.push_back(row);
    for (const Pattern* pattern : opened) {
      if (possible && pattern->items[0]->kind != Kind::any) {
        if (head == none) head = b_.head(chosen.subject);
        possible = add(copy, head, pattern->items[0]);
      }
      if (possible && pattern->items[1]->kind != Kind::any) {
        if (tail == none) tail = b_.tail(chosen.subject);
        possible = add(copy, tail, pattern->items[1]);
      }
    }
    if (possible) rows.push_back(std::move(copy));
  }
  push(state, otherwise, std::move(others));
  push(state, block, std::move(rows));
}

/// A test with two outcomes and nothing to take apart: [], is_map, equality with a constant or a value.
void MatchCompiler::test_one(State& state, Constraint chosen) {
  using C = Constraint::Kind;
  BlockId otherwise = b_.new_block();
  Types type = accepted_types(chosen);
  switch (chosen.kind) {
    case C::empty_list: b_.test(Op::is_nil, {chosen.subject}, otherwise); break;
    case C::map: b_.test(Op::is_map, {chosen.subject}, otherwise); break;
    case C::equal:
      b_.test(Op::is_equal_exact, {chosen.subject, chosen.key}, otherwise);
      type = type_any;
      break;
    default: b_.test(Op::is_equal_exact, {chosen.subject, b_.constant(chosen.pattern->literal)}, otherwise); break;
  }
  auto same = [&](const Constraint& c) {
    if (c.subject != chosen.subject || c.kind != chosen.kind) return false;
    if (c.kind == C::equal) return c.key == chosen.key;
    return c.kind != C::literal || equal_exactly(c.pattern->literal, chosen.pattern->literal);
  };
  std::vector<Row> rows, others;
  for (const Row& row : state.rows) {
    Row copy{row.clause, {}, row.bindings};
    bool possible = true, tests = false;
    for (const Constraint& c : row.pending) {
      if (same(c)) {
        tests = true;
        continue;
      }
      if (c.subject == chosen.subject && c.kind != C::bits_at) {
        if (!(accepted_types(c) & type)) possible = false;
        if (c.kind == C::literal && chosen.kind == C::literal) possible = false;
        if (chosen.kind == C::map && c.kind == C::map_key) tests = true;
      }
      copy.pending.push_back(c);
    }
    if (!tests) others.push_back(row);
    if (possible) rows.push_back(std::move(copy));
  }
  BlockId block = b_.current();
  push(state, otherwise, std::move(others));
  push(state, block, std::move(rows));
}

void MatchCompiler::test_map_key(State& state, Constraint chosen) {
  using C = Constraint::Kind;
  BlockId otherwise = b_.new_block();
  Instruction* get = b_.emit(Op::get_map_value, {chosen.subject, chosen.key});
  get->target = otherwise;
  BlockId block = b_.current();
  std::vector<Row> rows, others;
  for (const Row& row : state.rows) {
    Row copy{row.clause, {}, row.bindings};
    bool possible = true, tests = false;
    std::vector<const Pattern*> opened;
    for (const Constraint& c : row.pending) {
      if (c.subject == chosen.subject && c.kind == C::map_key && c.key == chosen.key) {
        opened.push_back(c.pattern);
        tests = true;
        continue;
      }
      if (c.subject == chosen.subject && c.kind == C::map) continue;
      if (c.subject == chosen.subject && c.kind != C::bits_at && !(accepted_types(c) & type_map)) possible = false;
      copy.pending.push_back(c);
    }
    if (!tests) others.push_back(row);
    for (const Pattern* pattern : opened) possible = possible && add(copy, get->result, pattern);
    if (possible) rows.push_back(std::move(copy));
  }
  push(state, otherwise, std::move(others));
  push(state, block, std::move(rows));
}

// -- binaries

uint32_t MatchCompiler::new_position(ValueId context) {
  positions_.push_back(b_.emit(Op::bs_get_position, {context})->result);
  return static_cast<uint32_t>(positions_.size() - 1);
}

/// A literal binary as a pattern of bytes, so that it shares tests with other patterns of the same context.
const Pattern* MatchCompiler::literal_as_bits(Term literal) {
  Pattern* pattern = function_.module_.new_pattern(Kind::bits);
  std::string scratch;
  for (char byte : bytes_of(literal, scratch)) {
    Segment segment;
    segment.size = Term::small(8);
    Pattern* value = function_.module_.new_pattern(Kind::literal);
    value->literal = Term::small(static_cast<uint8_t>(byte));
    segment.value = value;
    pattern->segments.push_back(segment);
  }
  return pattern;
}

/// Whether rows compare the subject with so many literal binaries that looking at its bytes one by one takes fewer tests.
bool MatchCompiler::many_texts(const State& state, const Constraint& chosen) const {
  using C = Constraint::Kind;
  constexpr size_t worth_it = 4, longest = 64;
  std::vector<Term> texts;
  for (const Row& row : state.rows)
    for (const Constraint& c : row.pending) {
      if (c.kind != C::literal || c.subject != chosen.subject) continue;
      Term text = c.pattern->literal;
      if (!text.is_bitstring() || !is_binary(text) || bits_of(text).bits > 8 * longest) continue;
      if (std::none_of(texts.begin(), texts.end(), [&](Term other) { return equal_exactly(other, text); })) texts.push_back(text);
      if (texts.size() == worth_it) return true;
    }
  return false;
}

/// The rows of a subject that is matched as bits. Literal binaries are, too, then.
void MatchCompiler::start_bits(State& state, Constraint chosen) {
  using C = Constraint::Kind;
  for (Row& row : state.rows)
    for (Constraint& c : row.pending)
      if (c.kind == C::literal && c.subject == chosen.subject && c.pattern->literal.is_bitstring() && is_binary(c.pattern->literal))
        c = {C::bits, c.subject, literal_as_bits(c.pattern->literal)};
  auto known = std::find_if(state.contexts.begin(), state.contexts.end(), [&](const Context& c) { return c.subject == chosen.subject; });
  Context context;
  BlockId otherwise = none;
  if (known != state.contexts.end()) {
    context = *known;
  } else {
    otherwise = b_.new_block();
    Instruction* start = b_.emit(Op::bs_start, {chosen.subject});
    start->target = otherwise;
    context = {chosen.subject, start->result, new_position(start->result)};
    State before = state;
    std::vector<Row> others;
    for (const Row& row : state.rows) {
      bool tests = false;
      for (const Constraint& c : row.pending) tests |= c.subject == chosen.subject && c.kind == C::bits;
      if (!tests) others.push_back(row);
    }
    BlockId block = b_.current();
    push(before, otherwise, std::move(others));
    b_.set_current(block);
    state.contexts.push_back(context);
    state.at.push_back({context.context, context.start});
  }
  std::vector<Row> rows;
  for (const Row& row : state.rows) {
    Row copy{row.clause, {}, row.bindings};
    bool possible = true;
    for (const Constraint& c : row.pending) {
      if (c.subject == chosen.subject && c.kind == C::bits) {
        copy.pending.push_back({C::bits_at, context.context, c.pattern, none, 0, context.start});
        continue;
      }
      if (c.subject == chosen.subject && !(accepted_types(c) & type_bitstring)) possible = false;
      copy.pending.push_back(c);
    }
    if (possible) rows.push_back(std::move(copy));
  }
  push(state, b_.current(), std::move(rows));
}

void MatchCompiler::restore_position(State& state, const Constraint& chosen) {
  auto at = std::find_if(state.at.begin(), state.at.end(), [&](const ContextPosition& p) { return p.context == chosen.subject; });
  if (at != state.at.end() && at->position == chosen.position) return;
  b_.emit(Op::bs_set_position, {chosen.subject, positions_[chosen.position]}, false);
  if (at == state.at.end()) state.at.push_back({chosen.subject, chosen.position});
  else at->position = chosen.position;
}

void MatchCompiler::test_bits(State& state, Constraint chosen) {
  using C = Constraint::Kind;
  restore_position(state, chosen);
  const auto& segments = chosen.pattern->segments;
  if (chosen.segment == segments.size() || segments[chosen.segment].whole) return end_of_bits(state, chosen);
  // How many literal segments from here on are the same in every row that takes these bits in the same way?
  auto literal = [](const Segment& s) {
    return s.type == SegmentType::integer && s.value->kind == Kind::literal && s.bits() > 0 &&
           BitBuffer::accepts(s.value->literal, s.bits(), s.flags);
  };
  size_t run = 0;
  while (chosen.segment + run < segments.size() && literal(segments[chosen.segment + run])) run++;
  for (const Row& row : state.rows) {
    for (const Constraint& c : row.pending) {
      if (!run) break;
      if (c.kind != C::bits_at || c.subject != chosen.subject || c.position != chosen.position) continue;
      const auto& other = c.pattern->segments;
      if (c.segment >= other.size() || !other[c.segment].same_extraction(segments[chosen.segment])) continue;
      size_t same = 0;
      while (same < run && c.segment + same < other.size() && other[c.segment + same].same_extraction(segments[chosen.segment + same]) &&
             other[c.segment + same].value->kind == Kind::literal &&
             equal_exactly(other[c.segment + same].value->literal, segments[chosen.segment + same].value->literal))
        same++;
      run = std::min(run, same);
    }
  }
  if (run) match_literal_run(state, chosen, run);
  else extract_segment(state, chosen);
}

void MatchCompiler::match_literal_run(State& state, const Constraint& chosen, size_t count) {
  using C = Constraint::Kind;
  BitBuffer bits;
  for (size_t i = 0; i < count; i++) {
    const Segment& segment = chosen.pattern->segments[chosen.segment + i];
    bits.append_integer(segment.value->literal, static_cast<size_t>(segment.bits()), segment.flags & segment_little);
  }
  BlockId otherwise = b_.new_block();
  b_.test(Op::bs_match_literal, {chosen.subject}, otherwise, 0, bits.to_term(b_.module().terms));
  State before = state;
  uint32_t position = new_position(chosen.subject);
  BlockId block = b_.current();
  const Segment& first = chosen.pattern->segments[chosen.segment];
  std::vector<Row> rows, others;
  for (const Row& row : state.rows) {
    Row copy = row;
    bool shares = false;
    for (Constraint& c : copy.pending) {
      if (c.kind != C::bits_at || c.subject != chosen.subject || c.position != chosen.position) continue;
      if (c.segment >= c.pattern->segments.size() || !c.pattern->segments[c.segment].same_extraction(first)) continue;
      c.segment += static_cast<uint32_t>(count);
      c.position = position;
      shares = true;
    }
    if (!shares) others.push_back(row);
    rows.push_back(std::move(copy));
  }
  push(before, otherwise, std::move(others));
  for (ContextPosition& at : state.at)
    if (at.context == chosen.subject) at.position = position;
  push(state, block, std::move(rows));
}

void MatchCompiler::extract_segment(State& state, const Constraint& chosen) {
  using C = Constraint::Kind;
  const Segment& segment = chosen.pattern->segments[chosen.segment];
  BlockId otherwise = b_.new_block();
  auto shares = [&](const Constraint& c) {
    if (c.kind != C::bits_at || c.subject != chosen.subject || c.position != chosen.position) return false;
    if (c.pattern == chosen.pattern && c.segment == chosen.segment) return true;
    return c.segment < c.pattern->segments.size() && c.pattern->segments[c.segment].same_extraction(segment);
  };
  bool wanted = false;
  for (const Row& row : state.rows)
    for (const Constraint& c : row.pending)
      if (shares(c)) wanted |= c.pattern->segments[c.segment].value->kind != Kind::any;

  bool is_utf = segment.type == SegmentType::utf8 || segment.type == SegmentType::utf16 || segment.type == SegmentType::utf32;
  ValueId value = none;
  ValueId size = none;
  if (!is_utf) {
    if (segment.size_expression.is_none()) {
      size = b_.constant(segment.size);
    } else {
      // The size may use variables of earlier segments; where it fails the pattern does not match.
      bind_row(state.rows[0]);
      BlockId outer = b_.guard_fail;
      b_.guard_fail = otherwise;
      size = function_.lower(segment.size_expression);
      b_.guard_fail = outer;
    }
  }
  Instruction* get;
  if (is_utf) {
    Op op = segment.type == SegmentType::utf8 ? Op::bs_get_utf8 : segment.type == SegmentType::utf16 ? Op::bs_get_utf16 : Op::bs_get_utf32;
    get = b_.emit(op, {chosen.subject});
    value = get->result;
  } else if (!wanted && segment.type != SegmentType::float_) {
    get = b_.emit(Op::bs_skip_bits, {chosen.subject, size}, false);
  } else {
    Op op = segment.type == SegmentType::integer ? Op::bs_get_integer
            : segment.type == SegmentType::float_ ? Op::bs_get_float : Op::bs_get_binary;
    get = b_.emit(op, {chosen.subject, size});
    value = get->result;
  }
  get->target = otherwise;
  get->descriptors = b_.module().array<Word>(1);
  get->descriptors[0] = segment.descriptor();
  State before = state;
  uint32_t position = new_position(chosen.subject);
  BlockId block = b_.current();
  std::vector<Row> rows, others;
  for (const Row& row : state.rows) {
    Row copy{row.clause, {}, row.bindings};
    bool possible = true, tests = false;
    std::vector<const Pattern*> values;
    for (Constraint c : row.pending) {
      if (shares(c)) {
        tests = true;
        values.push_back(c.pattern->segments[c.segment].value);
        c.segment++;
        c.position = position;
      }
      copy.pending.push_back(c);
    }
    if (!tests) others.push_back(row);
    // In front: a value is tested before the segments behind it.
    std::vector<Constraint> later = std::move(copy.pending);
    copy.pending.clear();
    for (const Pattern* pattern : values)
      if (pattern->kind != Kind::any) possible = possible && add(copy, value, pattern);
    copy.pending.insert(copy.pending.end(), later.begin(), later.end());
    if (possible) rows.push_back(std::move(copy));
  }
  push(before, otherwise, std::move(others));
  for (ContextPosition& at : state.at)
    if (at.context == chosen.subject) at.position = position;
  push(state, block, std::move(rows));
}

/// The row is at its end, or its last segment takes the rest.
void MatchCompiler::end_of_bits(State& state, const Constraint& chosen) {
  using C = Constraint::Kind;
  BlockId otherwise = b_.new_block();
  bool at_end = chosen.segment == chosen.pattern->segments.size();
  auto same = [&](const Constraint& c) {
    if (c.kind != C::bits_at || c.subject != chosen.subject || c.position != chosen.position) return false;
    if (at_end) return c.segment == c.pattern->segments.size();
    return c.segment < c.pattern->segments.size() && c.pattern->segments[c.segment].whole &&
           c.pattern->segments[c.segment].unit == chosen.pattern->segments[chosen.segment].unit;
  };
  ValueId rest = none;
  if (at_end) {
    b_.test(Op::bs_test_tail, {chosen.subject}, otherwise, 0);
  } else if (uint32_t unit = chosen.pattern->segments[chosen.segment].unit; unit != 1) {
    b_.test(Op::bs_test_unit, {chosen.subject}, otherwise, unit);
  }
  std::vector<Row> rows, others;
  for (const Row& row : state.rows) {
    Row copy{row.clause, {}, row.bindings};
    bool possible = true, tests = false;
    std::vector<const Pattern*> values;
    for (const Constraint& c : row.pending) {
      if (!same(c)) {
        copy.pending.push_back(c);
        continue;
      }
      tests = true;
      if (!at_end) values.push_back(c.pattern->segments[c.segment].value);
    }
    for (const Pattern* pattern : values) {
      if (pattern->kind == Kind::any) continue;
      if (rest == none) {
        rest = b_.emit(Op::bs_get_tail, {chosen.subject})->result;
        if (chosen.pattern->segments[chosen.segment].unit % 8 == 0) b_.function().values[rest].types = type_binary;
      }
      possible = possible && add(copy, rest, pattern);
    }
    if (!tests) others.push_back(row);
    if (possible) rows.push_back(std::move(copy));
  }
  BlockId block = b_.current();
  push(state, otherwise, std::move(others));
  push(state, block, std::move(rows));
}

}  // namespace phial::compiler::lowering
