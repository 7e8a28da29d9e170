// try: regions and handlers.
//
//   try do BODY rescue/catch HANDLERS else CLAUSES after AFTER end
//
// BODY lies in an inner region, whose handler tries HANDLERS and raises again what none of them takes. With AFTER all of
// that, and CLAUSES, lie in an outer region. AFTER stands once: its block gets (class, reason, trace) from the outer
// region's handler and (false, value, nil) from the normal way, and raises or goes on.
#include "compiler/lower/lowering.hpp"
#include "compiler/lower/match.hpp"

namespace phial::compiler::lowering {

FunctionLowering::Protected FunctionLowering::protect() {
  core::Function& function = b_.function();
  Protected opened{static_cast<core::RegionId>(function.regions.size()), b_.region, b_.new_block()};
  b_.function().blocks[opened.handler].is_handler = true;
  b_.function().regions.push_back({opened.outer, opened.handler});
  b_.region = opened.region;
  BlockId inside = b_.new_block();
  b_.jump(inside);
  b_.set_current(inside);
  return opened;
}

/// Closes the region and goes to its handler; returns class, reason and trace.
std::vector<ValueId> FunctionLowering::unprotect(const Protected& opened) {
  b_.region = opened.outer;
  std::vector<ValueId> parameters;
  for (int i = 0; i < 3; i++) parameters.push_back(b_.add_parameter(opened.handler));
  b_.function().values[parameters[0]].types = core::type_other_atom;
  b_.set_current(opened.handler);
  return parameters;
}

ValueId FunctionLowering::lower_try(Term form) {
  Term sections = nth(form.element(2), 0);
  Term after = option(sections, atoms::after);
  if (after.is_none()) return lower_guarded_body(sections);

  Protected all = protect();
  ValueId value = lower_guarded_body(sections);
  BlockId end_of_body = b_.current();
  std::vector<ValueId> exception = unprotect(all);
  BlockId after_block = b_.new_block(), join = b_.new_block(), raise_again = b_.new_block();
  ValueId kind = b_.add_parameter(after_block), second = b_.add_parameter(after_block), trace = b_.add_parameter(after_block);
  b_.jump(after_block, exception);
  b_.set_current(end_of_body);
  b_.jump(after_block, {b_.constant(atoms::false_), value, b_.constant(atoms::nil)});
  b_.set_current(after_block);
  lower(after);
  b_.test(Op::is_equal_exact, {kind, b_.constant(atoms::false_)}, raise_again);
  b_.jump(join);
  b_.set_current(raise_again);
  b_.terminate(Op::raise, {kind, second, trace});
  b_.set_current(join);
  return second;
}

/// The try without its `after`.
ValueId FunctionLowering::lower_guarded_body(Term sections) {
  Term body = option(sections, atoms::do_);
  Term else_clauses = option(sections, atoms::else_);
  bool handles = false;
  for (Term section : ListRange(sections))
    handles |= section.is_tuple(2) && (section.element(0) == atoms::rescue || section.element(0) == atoms::catch_);
  if (!handles && else_clauses.is_none()) return lower(body);

  BlockId join = b_.new_block();
  ValueId result = b_.add_parameter(join);
  ValueId value;
  BlockId end_of_body;
  if (handles) {
    Protected inner = protect();
    value = lower(body);
    end_of_body = b_.current();
    std::vector<ValueId> exception = unprotect(inner);
    VariableKey trace_key{names().stacktrace, 0};
    auto saved = environment_.find(trace_key);
    ValueId outer_trace = saved == environment_.end() ? none : saved->second;
    bind(trace_key, exception[2]);
    for (Term section : ListRange(sections)) {
      if (section.element(0) == atoms::rescue) {
        BlockId otherwise = b_.new_block();
        b_.test(Op::is_equal_exact, {exception[0], b_.constant(atoms::error)}, otherwise);
        lower_rescue(section.element(1), exception[1], exception[2], join, otherwise);
        b_.set_current(otherwise);
      } else if (section.element(0) == atoms::catch_) {
        std::vector<Clause> clauses;
        std::vector<Term> bodies;
        for (Term clause : ListRange(section.element(1))) {
          Term head = nth(clause.element(2), 0);
          // `catch value` is `catch :throw, value`.
          bool one = list_length(head) == 1 && !(is_quoted_call(head.head(), atoms::when) && list_length(head.head().element(2)) == 3);
          if (one && is_quoted_call(head.head(), atoms::when, 2)) {
            Term guarded = head.head();
            Term items = make_list(module_.module.terms, {atoms::throw_, nth(guarded.element(2), 0), nth(guarded.element(2), 1)});
            head = make_list(module_.module.terms, {make_tuple(module_.module.terms, {atoms::when, guarded.element(1), items})});
          } else if (one) {
            head = make_list(module_.module.terms, {atoms::throw_, head.head()});
          }
          clauses.push_back(parse_clause(head, clause.element(1), 2));
          bodies.push_back(nth(clause.element(2), 1));
        }
        BlockId otherwise = b_.new_block();
        match_clauses({{b_.current(), {exception[0], exception[1]}, otherwise}}, clauses,
                      [&](size_t i) { b_.jump(join, {lower(bodies[i])}); });
        b_.set_current(otherwise);
      }
    }
    b_.terminate(Op::raise, exception);
    if (outer_trace == none) environment_.erase(trace_key);
    else bind(trace_key, outer_trace);
  } else {
    value = lower(body);
    end_of_body = b_.current();
  }
  b_.set_current(end_of_body);
  BlockId after_body = b_.new_block();
  b_.jump(after_body);
  b_.set_current(after_body);
  if (else_clauses.is_none()) {
    b_.jump(join, {value});
  } else {
    BlockId fail = b_.new_block();
    match_quoted_clauses({{after_body, {value}, fail}}, else_clauses, join);
    b_.set_current(fail);
    b_.error(atoms::try_clause, value);
  }
  b_.set_current(join);
  return result;
}

/// The variable of a rescue head, or none, and its modules, or none.
struct RescueHead {
  Term variable = Term::none(), modules = Term::none();
  RescueHead(Term clause, const Names& names) {
    Term head = nth(clause.element(2), 0).head();
    if (is_quoted_call(head, names.in, 2)) {
      variable = nth(head.element(2), 0);
      modules = nth(head.element(2), 1);
    } else if (head.is_atom() || head.is_list()) {
      modules = head;
    } else {
      variable = head;
    }
    if (!variable.is_none() && (!is_quoted_variable(variable) || variable.element(0) == names.underscore)) variable = Term::none();
  }
};

/// Rescue clauses over an :error's reason. What Erlang raised becomes the exception that stands for it first.
void FunctionLowering::lower_rescue(Term clauses, ValueId reason, ValueId trace, BlockId done, BlockId otherwise) {
  const Names& n = names();
  static const Term erlang_error = intern_atom("Elixir.ErlangError");
  BlockId raw = b_.new_block(), normalized = b_.new_block();
  ValueId exception = b_.add_parameter(normalized), was_raw = b_.add_parameter(normalized);
  auto get = [&](ValueId map, Term key, BlockId fail) {
    core::Instruction* instruction = b_.emit(Op::get_map_value, {map, b_.constant(key)});
    instruction->target = fail;
    return instruction->result;
  };
  get(reason, atoms::struct_, raw);
  b_.test(Op::is_equal_exact, {get(reason, n.exception_key, raw), b_.constant(atoms::true_)}, raw);
  b_.jump(normalized, {reason, b_.constant(atoms::false_)});
  b_.set_current(raw);
  // The list of the stack trace takes longer than all else. It makes the exception's message, not its name; and a reason that says everything by
  // itself needs none.
  bool seen = false;
  for (Term clause : ListRange(clauses)) seen |= !RescueHead(clause, n).variable.is_none();
  ValueId list = b_.constant(Term::nil());
  if (seen) {
    BlockId other = b_.new_block(), ready = b_.new_block();
    ValueId none_needed = list;
    list = b_.add_parameter(ready);
    b_.test(Op::is_equal_exact, {reason, b_.constant(intern_atom("badarith"))}, other);
    b_.jump(ready, {none_needed});
    b_.set_current(other);
    for (const char* tag : {"badmatch", "case_clause"}) {
      BlockId different = b_.new_block();
      b_.test(Op::is_tagged_tuple, {reason}, different, 2, intern_atom(tag));
      b_.jump(ready, {none_needed});
      b_.set_current(different);
    }
    b_.jump(ready, {b_.emit(Op::build_stacktrace, {trace})->result});
    b_.set_current(ready);
  }
  ValueId made = b_.call_external(n.exception, n.normalize, {b_.constant(atoms::error), reason, list});
  b_.jump(normalized, {made, b_.constant(atoms::true_)});
  b_.set_current(normalized);
  ValueId name = none;

  for (Term clause : ListRange(clauses)) {
    set_position(clause.element(1));
    auto [variable, modules] = RescueHead(clause, n);
    BlockId body = b_.new_block(), next = b_.new_block();
    if (modules.is_none()) {
      b_.jump(body);
    } else {
      if (name == none) name = get(exception, atoms::struct_, otherwise);
      bool literal = modules.is_atom();
      if (modules.is_list()) {
        literal = true;
        for (Term module : ListRange(modules)) literal &= module.is_atom();
      }
      auto accept = [&](ValueId value, Term expected) {
        BlockId different = b_.new_block();
        b_.test(Op::is_equal_exact, {value, b_.constant(expected)}, different);
        b_.jump(body);
        b_.set_current(different);
      };
      auto accept_module = [&](Term module) {
        accept(name, module);
        if (module == erlang_error) accept(was_raw, atoms::true_);
      };
      if (!literal) {
        ValueId list_value = lower(modules);
        accept(b_.call_external(n.lists, n.member, {name, list_value}), atoms::true_);
      } else if (modules.is_atom()) {
        accept_module(modules);
      } else {
        for (Term module : ListRange(modules)) accept_module(module);
      }
      b_.jump(next);
    }
    b_.set_current(body);
    if (!variable.is_none()) bind(key_of(variable), exception);
    b_.jump(done, {lower(nth(clause.element(2), 1))});
    b_.set_current(next);
  }
  b_.jump(otherwise);
}

}  // namespace phial::compiler::lowering
