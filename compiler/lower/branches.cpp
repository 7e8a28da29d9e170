// case, cond, with, and what all that matches shares.
#include "compiler/lower/lowering.hpp"
#include "compiler/lower/match.hpp"

namespace phial::compiler::lowering {

void FunctionLowering::warn_about_unreachable(const std::vector<Clause>& clauses, const char* what) {
  // Each clause against the earlier ones without guards; in matches with very many clauses only against the last few.
  for (size_t i = 1; i < clauses.size(); i++) {
    if (clauses[i].generated) continue;
    for (size_t j = i > 200 ? i - 200 : 0; j < i; j++) {
      const Clause& earlier = clauses[j];
      if (!earlier.guards.empty() || earlier.repeats_variable) continue;
      bool covers = true;
      for (size_t p = 0; covers && p < earlier.patterns.size(); p++) covers = subsumes(*earlier.patterns[p], *clauses[i].patterns[p]);
      if (!covers) continue;
      module_.warn(clauses[i].line, std::string("this ") + what + " cannot match because a previous clause at line " +
                                        std::to_string(earlier.line) + " always matches");
      break;
    }
  }
}

void FunctionLowering::match_clauses(const std::vector<Entry>& entries, std::vector<Clause>& clauses,
                                     const std::function<void(size_t)>& body, const char* what) {
  uint32_t line = b_.line;
  uint16_t file = b_.file;
  MatchCompiler match(*this, clauses);
  for (const Entry& entry : entries) {
    b_.set_current(entry.block);
    match.run(entry.subjects, entry.fail);
  }
  warn_about_unreachable(clauses, what);
  for (size_t i = 0; i < clauses.size(); i++) {
    if (match.bodies()[i] == none) continue;
    b_.set_current(match.bodies()[i]);
    if (clauses[i].line) b_.line = clauses[i].line;
    for (size_t v = 0; v < clauses[i].variables.size(); v++) bind(clauses[i].variables[v], match.body_values(i)[v]);
    body(i);
  }
  b_.line = line;
  b_.file = file;
}

void FunctionLowering::match_quoted_clauses(const std::vector<Entry>& entries, Term forms, BlockId join) {
  std::vector<Clause> clauses;
  std::vector<Term> bodies;
  for (Term form : ListRange(forms)) {
    if (!is_quoted_call(form, names().arrow, 2)) continue;
    clauses.push_back(parse_clause(nth(form.element(2), 0), form.element(1), entries[0].subjects.size()));
    bodies.push_back(nth(form.element(2), 1));
  }
  match_clauses(entries, clauses, [&](size_t i) { b_.jump(join, {lower(bodies[i])}); });
}

ValueId FunctionLowering::lower_case(Term form) {
  Term subject_form = nth(form.element(2), 0);
  Term clauses = option(nth(form.element(2), 1), atoms::do_);
  BlockId join = b_.new_block();
  ValueId value = b_.add_parameter(join);
  std::vector<Entry> entries;
  if (is_boolean_form(subject_form)) {
    // The subject never becomes a value: each of its two outcomes meets the clauses as a constant.
    BlockId if_true = b_.new_block(), if_false = b_.new_block();
    branch(subject_form, if_true, if_false);
    entries.push_back({if_true, {b_.constant(atoms::true_)}, b_.new_block()});
    entries.push_back({if_false, {b_.constant(atoms::false_)}, b_.new_block()});
  } else {
    ValueId subject = lower(subject_form);
    entries.push_back({b_.current(), {subject}, b_.new_block()});
  }
  set_position(form.element(1));
  uint32_t line = b_.line;
  match_quoted_clauses(entries, clauses, join);
  for (const Entry& entry : entries) {
    b_.set_current(entry.fail);
    b_.line = line;
    if (b_.guard_fail != none) b_.jump(b_.guard_fail);
    else b_.error(atoms::case_clause, entry.subjects[0]);
  }
  b_.set_current(join);
  return value;
}

ValueId FunctionLowering::lower_cond(Term form) {
  Term clauses = option(nth(form.element(2), 0), atoms::do_);
  uint32_t line = b_.line;
  BlockId join = b_.new_block();
  ValueId value = b_.add_parameter(join);
  for (Term clause : ListRange(clauses)) {
    BlockId body = b_.new_block(), next = b_.new_block();
    set_position(clause.element(1));
    branch_truthy(nth(clause.element(2), 0).head(), body, next);
    b_.set_current(body);
    b_.jump(join, {lower(nth(clause.element(2), 1))});
    b_.set_current(next);
  }
  b_.line = line;
  b_.error(b_.constant(atoms::cond_clause));
  b_.set_current(join);
  return value;
}

ValueId FunctionLowering::lower_with(Term form) {
  Term sections = Term::nil();
  std::vector<Term> steps;
  for (Term item : ListRange(form.element(2))) steps.push_back(item);
  if (!steps.empty() && steps.back().is_list()) {
    sections = steps.back();
    steps.pop_back();
  }
  uint32_t line = b_.line;
  Term else_clauses = option(sections, atoms::else_);
  BlockId join = b_.new_block();
  ValueId value = b_.add_parameter(join);
  BlockId otherwise = join;
  ValueId unmatched = core::none;
  if (!else_clauses.is_none()) {
    otherwise = b_.new_block();
    unmatched = b_.add_parameter(otherwise);
  }
  for (Term step : steps) {
    if (!is_quoted_call(step, names().left_arrow, 2)) {
      lower(step);
      continue;
    }
    ValueId subject = lower(nth(step.element(2), 1));
    std::vector<Clause> clauses{parse_clause(make_list(module_.module.terms, {nth(step.element(2), 0)}), step.element(1), 1)};
    BlockId next = none, fail = b_.new_block();
    match_clauses({{b_.current(), {subject}, fail}}, clauses, [&](size_t) { next = b_.current(); });
    b_.set_current(fail);
    b_.jump(otherwise, {subject});
    // A step that never matches still binds its variables, for code that is never reached.
    if (next == none)
      for (VariableKey variable : clauses[0].variables) bind(variable, b_.constant(atoms::nil));
    b_.set_current(next == none ? b_.new_block() : next);
  }
  Term body = option(sections, atoms::do_);
  b_.jump(join, {body.is_none() ? b_.constant(atoms::nil) : lower(body)});
  if (!else_clauses.is_none()) {
    BlockId fail = b_.new_block();
    match_quoted_clauses({{otherwise, {unmatched}, fail}}, else_clauses, join);
    b_.set_current(fail);
    b_.line = line;
    b_.error(atoms::with_clause, unmatched);
  }
  b_.set_current(join);
  return value;
}

}  // namespace phial::compiler::lowering
