// Expressions: literals, variables, blocks, matches, calls, closures, maps.
#include "compiler/lower/erlang_operations.hpp"
#include "compiler/lower/lowering.hpp"
#include "compiler/lower/match.hpp"

#include "vm/term/binary.hpp"
#include "vm/term/print.hpp"

namespace phial::compiler::lowering {

FunctionLowering::FunctionLowering(ModuleLowering& module, uint32_t function_index, FunctionLowering* parent)
    : module_(module), index_(function_index), parent_(parent), b_(module.module, *module.module.functions[function_index]) {
  b_.set_current(b_.new_block());
  if (parent) {
    b_.line = parent->b_.line;
    b_.file = parent->b_.file;
    b_.function().line = b_.line;
    b_.function().file = b_.file;
  }
}

void FunctionLowering::set_position(Term meta) {
  Term keep = option(meta, names().keep);
  if (!keep.is_none() && keep.is_tuple(2) && keep.element(1).is_small()) {
    b_.line = static_cast<uint32_t>(keep.element(1).small_value());
    std::string_view text;
    std::string scratch;
    if (keep.element(0).is_bitstring()) text = bytes_of(keep.element(0), scratch);
    b_.file = text.empty() ? b_.function().file : module_.file_index(text);
    return;
  }
  if (uint32_t line = quoted_line(meta)) {
    b_.line = line;
    b_.file = b_.function().file;
  }
}

ValueId FunctionLowering::lookup(VariableKey key) {
  if (auto found = environment_.find(key); found != environment_.end()) return found->second;
  if (!parent_) {
    module_.error(b_.line, "undefined variable \"" + std::string(atom_text(key.name)) + "\"");
    return b_.constant(atoms::nil);
  }
  ValueId outer = parent_->lookup(key);
  if (parent_->b_.is_constant(outer)) {
    ValueId value = b_.constant(parent_->b_.constant_of(outer));
    bind(key, value);
    return value;
  }
  for (const Capture& capture : captures_) {
    if (capture.outer != outer) continue;
    bind(key, capture.inner);
    return capture.inner;
  }
  ValueId inner = b_.add_parameter(0);
  b_.function().values[inner].types = parent_->b_.types_of(outer);
  captures_.push_back({outer, inner});
  bind(key, inner);
  return inner;
}

std::vector<ValueId> FunctionLowering::finish() {
  std::vector<ValueId> outer, inner;
  for (const Capture& capture : captures_) {
    outer.push_back(capture.outer);
    inner.push_back(capture.inner);
  }
  core::Function& function = b_.function();
  for (core::Instruction* instruction : unfinished_) {
    std::vector<ValueId> operands(instruction->operands.begin(), instruction->operands.end());
    operands.insert(operands.end(), inner.begin(), inner.end());
    instruction->operands = module_.module.operand_array(operands);
  }
  if (function.blocks[0].parameters.size() > 255) module_.error(function.line, "too many arguments and free variables in a function");
  function.arity = static_cast<uint8_t>(function.blocks[0].parameters.size());
  function.free = static_cast<uint16_t>(captures_.size());
  return outer;
}

void FunctionLowering::lower_definition(const FunctionDefinition& definition) {
  std::vector<ValueId> parameters;
  for (unsigned i = 0; i < definition.arity; i++) parameters.push_back(b_.add_parameter(0));
  std::vector<Clause> clauses;
  for (const ClauseDefinition& source : definition.clauses) {
    set_position(source.meta);
    Clause clause;
    clause.line = quoted_line(source.meta);
    clause.generated = option(source.meta, names().generated) == atoms::true_;
    for (Term parameter : source.parameters) clause.patterns.push_back(parse_pattern(parameter));
    clause.guards = source.guards;
    finish_clause(clause);
    clauses.push_back(std::move(clause));
  }
  BlockId fail = b_.new_block();
  std::string what = "clause for " + std::string(atom_text(definition.name)) + "/" + std::to_string(definition.arity);
  match_clauses({{b_.current(), parameters, fail}}, clauses, [&](size_t i) {
    set_position(definition.clauses[i].meta);
    b_.return_value(lower(definition.clauses[i].body));
  }, what.c_str());
  b_.set_current(fail);
  b_.line = definition.line;
  b_.file = b_.function().file;
  b_.terminate(Op::function_clause, parameters);
}

ValueId FunctionLowering::lower(Term form) {
  if (form.is_cons()) return lower_list(form);
  if (form.is_tuple()) {
    if (form.is_tuple(2)) {
      ValueId left = lower(form.element(0));
      ValueId right = lower(form.element(1));
      return b_.tuple({left, right});
    }
    if (is_quoted_variable(form)) {
      if (form.element(0) == names().stacktrace) {
        ValueId trace = lookup({names().stacktrace, 0});
        return b_.emit(Op::build_stacktrace, {trace})->result;
      }
      return lookup(key_of(form));
    }
    if (is_quoted_call(form)) return lower_call(form);
  }
  return b_.constant(form);
}

ValueId FunctionLowering::lower_call(Term form) {
  const Names& n = names();
  Term head = form.element(0), arguments = form.element(2);
  if (head.is_atom()) {
    if (head == atoms::block) return lower_block(arguments);
    set_position(form.element(1));
    if (head == n.match) return lower_match(form);
    if (head == n.braces) return b_.tuple(lower_all(arguments));
    if (head == n.map) return lower_map(form);
    if (head == n.bits) return lower_bits(form);
    if (head == n.case_) return lower_case(form);
    if (head == n.cond) return lower_cond(form);
    if (head == n.with) return lower_with(form);
    if (head == n.for_) return lower_for(form, false);
    if (head == n.try_) return lower_try(form);
    if (head == n.receive) return lower_receive(form);
    if (head == atoms::fn) return lower_fn(form);
    if (head == n.capture) return lower_capture(form);
    if (head == n.pin) return lower(arguments.head());
    if (head == n.stacktrace) return b_.emit(Op::build_stacktrace, {lookup({n.stacktrace, 0})})->result;
    return lower_local_call(form);
  }
  Term module, name;
  if (is_remote_callee(head, module, name)) return lower_remote_call(form, module, name);
  // fun.(arguments)
  Term callee = is_quoted_call(head, n.dot, 1) ? head.element(2).head() : head;
  std::vector<ValueId> operands{lower(callee)};
  for (Term item : ListRange(arguments)) operands.push_back(lower(item));
  set_position(form.element(1));
  return b_.emit(Op::call_fun, operands)->result;
}

ValueId FunctionLowering::lower_block(Term expressions) {
  ValueId value = core::none;
  for (; expressions.is_cons(); expressions = expressions.tail()) {
    Term form = expressions.head();
    if (expressions.tail().is_cons() && is_quoted_call(form, names().for_)) {
      set_position(form.element(1));
      lower_for(form, true);
      continue;
    }
    value = lower(form);
  }
  return value == core::none ? b_.constant(atoms::nil) : value;
}

std::vector<ValueId> FunctionLowering::lower_all(Term list) {
  std::vector<ValueId> values;
  for (; list.is_cons(); list = list.tail()) values.push_back(lower(list.head()));
  return values;
}

ValueId FunctionLowering::lower_list(Term list) {
  std::vector<ValueId> items;
  ValueId tail = b_.constant(Term::nil());
  for (; list.is_cons(); list = list.tail()) {
    if (list.tail().is_nil() && is_quoted_call(list.head(), names().bar, 2)) {
      items.push_back(lower(nth(list.head().element(2), 0)));
      tail = lower(nth(list.head().element(2), 1));
      break;
    }
    items.push_back(lower(list.head()));
  }
  for (size_t i = items.size(); i-- > 0;) tail = b_.cons(items[i], tail);
  return tail;
}

ValueId FunctionLowering::lower_match(Term form) {
  Term pattern_form = nth(form.element(2), 0);
  ValueId subject = lower(nth(form.element(2), 1));
  const Pattern* pattern = parse_pattern(pattern_form);
  if (pattern->kind == Pattern::Kind::any) return subject;
  if (pattern->kind == Pattern::Kind::variable) {
    bind(pattern->variable, subject);
    return subject;
  }
  std::vector<Clause> clauses(1);
  clauses[0].patterns = {pattern};
  clauses[0].line = b_.line;
  finish_clause(clauses[0]);
  BlockId fail = b_.new_block();
  uint32_t line = quoted_line(form.element(1));
  MatchCompiler match(*this, clauses);
  match.run({subject}, fail);
  b_.set_current(fail);
  if (line) b_.line = line;
  b_.error(atoms::badmatch, subject);
  BlockId body = match.bodies()[0];
  if (body == none) {
    // Never matches: what follows is built, and dropped.
    for (VariableKey variable : clauses[0].variables) bind(variable, b_.constant(atoms::nil));
    return subject;
  }
  b_.set_current(body);
  for (size_t i = 0; i < clauses[0].variables.size(); i++) bind(clauses[0].variables[i], match.body_values(0)[i]);
  return subject;
}

ValueId FunctionLowering::lower_local_call(Term form) {
  std::vector<ValueId> arguments = lower_all(form.element(2));
  set_position(form.element(1));
  uint32_t function = module_.find_function(form.element(0), arguments.size());
  if (function == none) {
    module_.error(b_.line, "undefined function " + std::string(atom_text(form.element(0))) + "/" + std::to_string(arguments.size()) +
                               " (expected " + print_atom(module_.definition.module) +
                               " to define such a function or for it to be imported from another module, but none are available)");
    return b_.constant(atoms::nil);
  }
  core::Instruction* call = b_.emit(Op::call, arguments);
  call->index = function;
  return call->result;
}

ValueId FunctionLowering::lower_remote_call(Term form, Term module, Term name) {
  Term arguments = form.element(2), meta = form.element(1);
  if (module == names().erlang) {
    bool handled = true;
    ValueId value = lower_erlang_call(form, name, arguments, handled);
    if (handled) return value;
  }
  if (arguments.is_nil() && option(meta, names().no_parens) == atoms::true_ && !module.is_atom())
    return lower_field_access(form, module, name);
  ValueId target = lower(module);
  std::vector<ValueId> values;
  if (module == names().maps && name == names().put && list_length(arguments) == 3) {
    // The map first, as Map.put/3 has it, which expansion makes this call of.
    ValueId map = lower(nth(arguments, 2));
    ValueId key = lower(nth(arguments, 0));
    values = {key, lower(nth(arguments, 1)), map};
  } else {
    values = lower_all(arguments);
  }
  set_position(meta);
  if (b_.is_constant(target) && b_.constant_of(target).is_atom()) return b_.call_external(b_.constant_of(target), name, values);
  std::vector<ValueId> operands{target, b_.constant(name)};
  operands.insert(operands.end(), values.begin(), values.end());
  return b_.emit(Op::apply, operands)->result;
}

/// subject.name: a map's field; a call without arguments where the subject is a module. Anything else has no such key.
ValueId FunctionLowering::lower_field_access(Term form, Term subject_form, Term name) {
  ValueId subject = lower(subject_form);
  set_position(form.element(1));
  ValueId key = b_.constant(name);
  BlockId join = b_.new_block(), absent = b_.new_block(), no_module = b_.new_block();
  ValueId value = b_.add_parameter(join);
  core::Instruction* get = b_.emit(Op::get_map_value, {subject, key});
  get->target = absent;
  b_.jump(join, {get->result});
  b_.set_current(absent);
  if (b_.guard_fail != none) {
    b_.jump(b_.guard_fail);
  } else {
    b_.test(Op::is_atom, {subject}, no_module);
    for (Term no_name : {atoms::nil, atoms::true_, atoms::false_})
      b_.test(Op::is_not_equal_exact, {subject, b_.constant(no_name)}, no_module);
    ValueId called = b_.emit(Op::apply, {subject, key})->result;
    b_.jump(join, {called});
    b_.set_current(no_module);
    b_.error(b_.tuple({b_.constant(atoms::badkey), key, subject}));
  }
  b_.set_current(join);
  return value;
}

ValueId FunctionLowering::lower_erlang_call(Term form, Term name, Term arguments, bool& handled) {
  using Kind = ErlangOperation::Kind;
  ptrdiff_t arity = list_length(arguments);
  const ErlangOperation* operation = arity < 0 ? nullptr : find_erlang_operation(name, static_cast<size_t>(arity));
  if (!operation) {
    handled = false;
    return none;
  }
  Term meta = form.element(1);
  switch (operation->kind) {
    case Kind::test: case Kind::andalso: case Kind::orelse: return materialize_boolean(form);
    case Kind::not_:
      if (b_.guard_fail != none || is_boolean_form(arguments.head())) return materialize_boolean(form);
      break;
    case Kind::arithmetic: {
      std::vector<ValueId> operands = lower_all(arguments);
      set_position(meta);
      if (operation->op == Op::negate) return b_.negate(operands[0]);
      if (arity == 1) return b_.fallible(operation->op, operands);
      return b_.arithmetic(operation->op, operands[0], operands[1]);
    }
    case Kind::error: {
      ValueId reason = lower(arguments.head());
      set_position(meta);
      b_.error(reason);
      return b_.constant(atoms::nil);
    }
    case Kind::raises: {
      std::vector<ValueId> operands = lower_all(arguments);
      set_position(meta);
      b_.return_value(b_.call_external(names().erlang, name, operands));
      return b_.constant(atoms::nil);
    }
    case Kind::apply: {
      Term list = nth(arguments, static_cast<unsigned>(arity) - 1);
      bool is_literal_list = list_length(list) >= 0;
      for (Term item : ListRange(list)) is_literal_list &= !is_quoted_call(item, names().bar);
      if (!is_literal_list || list_length(list) > 200) break;
      std::vector<ValueId> operands{lower(arguments.head())};
      if (arity == 3) operands.push_back(lower(nth(arguments, 1)));
      for (Term item : ListRange(list)) operands.push_back(lower(item));
      set_position(meta);
      if (arity == 2) return b_.emit(Op::call_fun, operands)->result;
      if (b_.is_constant(operands[0]) && b_.is_constant(operands[1]) && b_.constant_of(operands[0]).is_atom() &&
          b_.constant_of(operands[1]).is_atom())
        return b_.call_external(b_.constant_of(operands[0]), b_.constant_of(operands[1]), std::span(operands).subspan(2));
      return b_.emit(Op::apply, operands)->result;
    }
    case Kind::guard: break;
  }
  std::vector<ValueId> operands = lower_all(arguments);
  set_position(meta);
  if (operation->kind == Kind::apply) return b_.call_external(names().erlang, name, operands);
  ValueId value = b_.bif(names().erlang, name, operands);
  if (operation->is_boolean) b_.function().values[value].types = core::type_boolean;
  return value;
}

ValueId FunctionLowering::lower_capture(Term form) {
  const Names& n = names();
  Term slash = form.element(2).head();
  if (!is_quoted_call(slash, n.slash, 2)) return b_.constant(atoms::nil);
  Term callee = nth(slash.element(2), 0);
  Term arity = nth(slash.element(2), 1);
  Term module, name;
  if (is_quoted_call(callee) && is_remote_callee(callee.element(0), module, name)) {
    ValueId target = lower(module);
    return b_.call_external(n.erlang, n.make_fun, {target, b_.constant(name), b_.constant(arity)});
  }
  uint32_t function = module_.find_function(callee.element(0), static_cast<size_t>(arity.small_value()));
  if (function == none) {
    module_.error(b_.line, "undefined function " + std::string(atom_text(callee.element(0))) + "/" + std::to_string(arity.small_value()) +
                               " (expected " + print_atom(module_.definition.module) +
                               " to define such a function or for it to be imported from another module, but none are available)");
    return b_.constant(atoms::nil);
  }
  return b_.make_fun(function, {});
}

ValueId FunctionLowering::lower_fn(Term form) {
  Term clauses_form = form.element(2);
  if (!clauses_form.is_cons()) return b_.constant(atoms::nil);
  Term first_head = nth(clauses_form.head().element(2), 0);
  size_t arity = static_cast<size_t>(list_length(first_head));
  if (arity == 1 && is_quoted_call(first_head.head(), atoms::when)) arity = static_cast<size_t>(list_length(first_head.head().element(2))) - 1;

  uint32_t index = module_.new_function();
  FunctionLowering lambda(module_, index, this);
  core::Function& function = lambda.b_.function();
  function.is_lambda = true;
  std::vector<ValueId> parameters;
  for (size_t i = 0; i < arity; i++) parameters.push_back(lambda.b_.add_parameter(0));
  std::vector<Clause> clauses;
  std::vector<Term> bodies;
  for (Term clause : ListRange(clauses_form)) {
    lambda.set_position(clause.element(1));
    clauses.push_back(lambda.parse_clause(nth(clause.element(2), 0), clause.element(1), arity));
    bodies.push_back(nth(clause.element(2), 1));
  }
  BlockId fail = lambda.b_.new_block();
  uint32_t line = lambda.b_.line;
  lambda.match_clauses({{lambda.b_.current(), parameters, fail}}, clauses, [&](size_t i) { lambda.b_.return_value(lambda.lower(bodies[i])); });
  lambda.b_.set_current(fail);
  lambda.b_.line = line;
  lambda.b_.terminate(Op::function_clause, parameters);
  lambda.unfinished_.push_back(lambda.b_.function().blocks[fail].code.back());
  std::vector<ValueId> free = lambda.finish();
  function.name = module_.lambda_name("fun");
  return b_.make_fun(index, free);
}

ValueId FunctionLowering::lower_map(Term form) {
  Term arguments = form.element(2);
  auto pairs_of = [&](std::vector<ValueId>& operands, Term pairs) {
    for (Term pair : ListRange(pairs)) {
      operands.push_back(lower(pair.element(0)));
      operands.push_back(lower(pair.element(1)));
    }
  };
  if (arguments.is_cons() && is_quoted_call(arguments.head(), names().bar, 2)) {
    Term update = arguments.head().element(2);
    std::vector<ValueId> operands{lower(nth(update, 0))};
    pairs_of(operands, nth(update, 1));
    set_position(form.element(1));
    return b_.fallible(Op::update_map, operands);
  }
  std::vector<ValueId> operands;
  pairs_of(operands, arguments);
  set_position(form.element(1));
  return b_.new_map(operands);
}

}  // namespace phial::compiler::lowering
