// for: comprehensions.
//
// Each generator becomes a function that calls itself (a loop) with an accumulator; what follows the generator, down to the body, is
// lowered inside it. Over lists and ranges:
//
//   loop([x | rest], last, step, acc)  ->  loop(rest, last, step, inner(x, acc))
//   loop(first, last, step, acc)       ->  loop(first + step, last, step, inner(first, acc))     while first has not passed last
//   loop([], _, _, acc)                ->  acc
//
// (step is 0 for a list). Any other enumerable goes through Enumerable.reduce/3 with a function that runs the loop over a list of one
// element, so the body stands once. A binary generator's loop takes the rest of the binary.
//
// The accumulator is the reversed list, the binary, the map or whatever :into and :reduce say; with :uniq a pair of it and a map of what has
// been seen.
#include <array>

#include "compiler/lower/lowering.hpp"
#include "compiler/lower/match.hpp"
#include "vm/term/map.hpp"

namespace phial::compiler::lowering {

using core::Instruction;

struct FunctionLowering::Comprehension {
  enum class Into : uint8_t { list, nothing, bits, map, collectable, reduce };
  std::vector<Term> steps;  // generators and filters
  Term body;
  Into into = Into::list;
  bool unique = false;
  ValueId first_source = none;  // of the first generator, where that is lowered already
  VariableKey collector{};  // collectable: the collecting function
  uint32_t line = 0;
};

static bool is_bit_generator(Term step) {
  if (!is_quoted_call(step, names().bits)) return false;
  Term last = step.element(2);
  while (last.is_cons() && last.tail().is_cons()) last = last.tail();
  return last.is_cons() && is_quoted_call(last.head(), names().left_arrow, 2);
}

ValueId FunctionLowering::lower_for(Term form, bool discard) {
  const Names& n = names();
  Comprehension what;
  what.line = b_.line;
  for (Term item : ListRange(form.element(2))) what.steps.push_back(item);
  Term options = Term::nil();
  if (!what.steps.empty() && what.steps.back().is_list()) {
    options = what.steps.back();
    what.steps.pop_back();
  }
  what.body = option(options, atoms::do_);
  Term into = option(options, n.into), uniq = option(options, n.uniq), reduce = option(options, n.reduce);
  what.unique = uniq == atoms::true_;
  using Into = Comprehension::Into;

  ValueId start, into_value = none;
  if (!reduce.is_none()) {
    what.into = Into::reduce;
    // What the first generator goes through is there before the accumulator is.
    what.first_source = lower_source(what.steps.front());
    start = lower(reduce);
  } else if (into.is_none()) {
    what.into = discard && !what.unique ? Into::nothing : Into::list;
    start = b_.constant(discard && !what.unique ? atoms::nil : Term::nil());
  } else {
    into_value = start = lower(into);
    bool constant = b_.is_constant(start);
    if (b_.is_constant(start, Term::nil())) what.into = Into::list;
    else if (constant && b_.constant_of(start).is_bitstring()) what.into = Into::bits;
    else if (constant && b_.constant_of(start).is_map() && map_size(b_.constant_of(start)) == 0) what.into = Into::map;
    else what.into = Into::collectable;
  }
  if (what.into == Into::collectable) return lower_into_collectable(what, into_value);
  if (what.unique) start = b_.tuple({start, b_.new_map({})});
  ValueId result = lower_generators(what, 0, start);
  if (what.unique) result = b_.element(result, 0);
  if (what.into == Into::list) result = b_.call_external(n.lists, n.reverse, {result});
  return result;
}

ValueId FunctionLowering::lower_into_collectable(Comprehension& what, ValueId into) {
  const Names& n = names();
  ValueId pair = b_.call_external(n.collectable, n.into, {into});
  auto part = [&](int64_t index) { return b_.bif(n.erlang, n.element, std::array{b_.constant(Term::small(index)), pair}); };
  ValueId start = part(1), collector = part(2);
  what.collector = {n.into, -static_cast<int64_t>(collector) - 1000};
  bind(what.collector, collector);
  Protected region = protect();
  ValueId accumulator = what.unique ? b_.tuple({start, b_.new_map({})}) : start;
  ValueId result = lower_generators(what, 0, accumulator);
  if (what.unique) result = b_.element(result, 0);
  BlockId end = b_.current();
  std::vector<ValueId> exception = unprotect(region);
  b_.call_fun(collector, {start, b_.constant(n.halt)});
  b_.terminate(Op::raise, exception);
  b_.set_current(end);
  BlockId done = b_.new_block();
  b_.jump(done);
  b_.set_current(done);
  return b_.call_fun(collector, {result, b_.constant(n.done)});
}

/// What a generator goes through; none: the step is a filter.
ValueId FunctionLowering::lower_source(Term step) {
  if (is_quoted_call(step, names().left_arrow, 2)) return lower(nth(step.element(2), 1));
  if (!is_bit_generator(step)) return none;
  Term last = step.element(2);
  while (last.tail().is_cons()) last = last.tail();
  return lower(nth(last.head().element(2), 1));
}

ValueId FunctionLowering::lower_generators(Comprehension& what, size_t from, ValueId accumulator) {
  if (from == what.steps.size()) return collect(what, accumulator);
  Term step = what.steps[from];
  ValueId source = from == 0 && what.first_source != none ? what.first_source : lower_source(step);
  if (source != none) {
    set_position(step.element(1));
    return is_bit_generator(step) ? generate_from_bits(what, from, source, accumulator) : generate_from_list(what, from, source, accumulator);
  }
  BlockId join = b_.new_block(), keep = b_.new_block(), drop = b_.new_block();
  ValueId value = b_.add_parameter(join);
  branch_truthy(step, keep, drop);
  b_.set_current(drop);
  b_.jump(join, {accumulator});
  b_.set_current(keep);
  b_.jump(join, {lower_generators(what, from + 1, accumulator)});
  b_.set_current(join);
  return value;
}

/// first, last and step of a range that is built right here.
bool FunctionLowering::range_parts(ValueId source, ValueId (&parts)[3]) {
  const Names& n = names();
  Term keys[3] = {n.first, n.last, n.step};
  if (b_.is_constant(source)) {
    Term map = b_.constant_of(source);
    if (!map.is_map() || map_get(map, atoms::struct_) != n.range) return false;
    for (int i = 0; i < 3; i++) {
      Term value = map_get(map, keys[i]);
      if (value.is_none()) return false;
      parts[i] = b_.constant(value);
    }
    return true;
  }
  Instruction* made = b_.definition(source);
  if (!made || made->op != Op::new_map) return false;
  bool is_range = false;
  int found = 0;
  for (size_t i = 0; i + 1 < made->operands.size(); i += 2) {
    if (b_.is_constant(made->operands[i], atoms::struct_)) is_range = b_.is_constant(made->operands[i + 1], n.range);
    for (int part = 0; part < 3; part++) {
      if (!b_.is_constant(made->operands[i], keys[part])) continue;
      parts[part] = made->operands[i + 1];
      found++;
    }
  }
  return is_range && found == 3;
}

ValueId FunctionLowering::generate_from_list(Comprehension& what, size_t index, ValueId source, ValueId accumulator) {
  const Names& n = names();
  Term step_form = what.steps[index];
  bool only_list = !(b_.types_of(source) & ~core::type_list);
  ValueId parts[3];
  bool only_range = !only_list && range_parts(source, parts);

  // The loop's function.
  uint32_t function_index = module_.new_function();
  FunctionLowering loop(module_, function_index, this);
  Builder& b = loop.b_;
  b.function().is_lambda = true;
  ValueId cursor = b.add_parameter(0);
  ValueId last = only_list ? none : b.add_parameter(0), step = only_list ? none : b.add_parameter(0);
  ValueId acc = b.add_parameter(0);
  BlockId body = b.new_block();
  ValueId item = b.add_parameter(body), next = b.add_parameter(body);
  if (!only_range) {
    BlockId no_cons = b.new_block();
    b.test(Op::is_cons, {cursor}, no_cons);
    ValueId head = b.head(cursor), tail = b.tail(cursor);
    b.jump(body, {head, tail});
    b.set_current(no_cons);
  }
  if (!only_list) {
    BlockId downwards = b.new_block(), advance = b.new_block(), finished = b.new_block();
    b.test(Op::is_less, {b.constant(Term::small(0)), step}, downwards);
    b.test(Op::is_at_least, {last, cursor}, finished);
    b.jump(advance);
    b.set_current(downwards);
    BlockId no_range = b.new_block();
    b.test(Op::is_less, {step, b.constant(Term::small(0))}, no_range);
    b.test(Op::is_at_least, {cursor, last}, finished);
    b.jump(advance);
    b.set_current(finished);
    b.return_value(acc);
    b.set_current(advance);
    ValueId following = b.arithmetic(Op::add, cursor, step);
    b.jump(body, {cursor, following});
    b.set_current(no_range);
  }
  if (only_range) {
    b.return_value(acc);
  } else {
    BlockId improper = b.new_block();
    b.test(Op::is_nil, {cursor}, improper);
    b.return_value(acc);
    b.set_current(improper);
    if (only_list) b.terminate(Op::function_clause, {cursor, acc});
    else b.terminate(Op::function_clause, {cursor, last, step, acc});
    loop.unfinished_.push_back(b.function().blocks[improper].code.back());
  }
  auto repeat = [&](ValueId result) {
    BlockId at = b.current();
    if (only_list) b.terminate(Op::loop, {next, result});
    else b.terminate(Op::loop, {next, last, step, result});
    loop.unfinished_.push_back(b.function().blocks[at].code.back());
  };
  b.set_current(body);
  BlockId skip = b.new_block();
  std::vector<Clause> clauses{
      loop.parse_clause(make_list(module_.module.terms, {nth(step_form.element(2), 0)}), step_form.element(1), 1)};
  loop.match_clauses({{body, {item}, skip}}, clauses, [&](size_t) { repeat(loop.lower_generators(what, index + 1, acc)); });
  b.set_current(skip);
  repeat(acc);
  std::vector<ValueId> free = loop.finish();
  loop.b_.function().name = module_.lambda_name("lc$^0/1");

  auto call = [&](std::initializer_list<ValueId> arguments) {
    std::vector<ValueId> operands(arguments);
    operands.insert(operands.end(), free.begin(), free.end());
    Instruction* instruction = b_.emit(Op::call, operands);
    instruction->index = function_index;
    return instruction->result;
  };
  if (only_list) return call({source, accumulator});
  if (only_range) return call({parts[0], parts[1], parts[2], accumulator});

  ValueId zero = b_.constant(Term::small(0));
  BlockId join = b_.new_block(), no_list = b_.new_block(), no_struct = b_.new_block(), other = b_.new_block();
  ValueId value = b_.add_parameter(join);
  b_.test(Op::is_list, {source}, no_list);
  b_.jump(join, {call({source, zero, zero, accumulator})});
  b_.set_current(no_list);
  auto get = [&](Term key, BlockId fail) {
    Instruction* instruction = b_.emit(Op::get_map_value, {source, b_.constant(key)});
    instruction->target = fail;
    return instruction->result;
  };
  b_.test(Op::is_equal_exact, {get(atoms::struct_, no_struct), b_.constant(n.range)}, other);
  ValueId first = get(n.first, other), final = get(n.last, other), stride = get(n.step, other);
  b_.jump(join, {call({first, final, stride, accumulator})});
  b_.set_current(no_struct);
  b_.test(Op::is_map, {source}, other);
  ValueId list = b_.call_external(n.maps, n.to_list, {source});
  b_.jump(join, {call({list, zero, zero, accumulator})});
  b_.set_current(other);
  ValueId command = b_.tuple({b_.constant(n.cont), accumulator});
  ValueId function = lower_reduce_step(function_index, free);
  ValueId reduced = b_.call_external(n.enumerable, n.reduce, {source, command, function});
  b_.jump(join, {b_.bif(n.erlang, n.element, std::array{b_.constant(Term::small(2)), reduced})});
  b_.set_current(join);
  return value;
}

/// fn x, acc -> {:cont, loop([x], 0, 0, acc)} end
ValueId FunctionLowering::lower_reduce_step(uint32_t loop, std::span<const ValueId> free) {
  uint32_t index = module_.new_function();
  core::Function& function = *module_.module.functions[index];
  Builder b(module_.module, function);
  b.set_current(b.new_block());
  b.line = function.line = b_.line;
  b.file = function.file = b_.file;
  ValueId item = b.add_parameter(0), accumulator = b.add_parameter(0);
  ValueId zero = b.constant(Term::small(0));
  std::vector<ValueId> operands{b.cons(item, b.constant(Term::nil())), zero, zero, accumulator};
  for (size_t i = 0; i < free.size(); i++) operands.push_back(b.add_parameter(0));
  Instruction* call = b.emit(Op::call, operands);
  call->index = loop;
  b.return_value(b.tuple({b.constant(names().cont), call->result}));
  function.is_lambda = true;
  function.arity = static_cast<uint8_t>(2 + free.size());
  function.free = static_cast<uint16_t>(free.size());
  function.name = module_.lambda_name("fun");
  return b_.make_fun(index, free);
}

ValueId FunctionLowering::generate_from_bits(Comprehension& what, size_t index, ValueId source, ValueId accumulator) {
  const Names& n = names();
  Term step_form = what.steps[index];
  uint32_t function_index = module_.new_function();
  FunctionLowering loop(module_, function_index, this);
  Builder& b = loop.b_;
  b.function().is_lambda = true;
  ValueId subject = b.add_parameter(0), acc = b.add_parameter(0);

  // The segments, the last one taken out of its arrow, and the rest behind them.
  std::vector<Term> segments;
  for (Term item : ListRange(step_form.element(2))) {
    Term segment = is_quoted_call(item, n.left_arrow, 2) ? nth(item.element(2), 0) : item;
    // The left side may also be all segments at once, as a bitstring of its own.
    if (is_quoted_call(segment, n.bits) && segments.empty())
      for (Term inner : ListRange(segment.element(2))) segments.push_back(inner);
    else segments.push_back(segment);
  }
  Term head = make_tuple(module_.module.terms, {n.bits, step_form.element(1), make_list(module_.module.terms, segments)});
  auto with_rest = [&](const Pattern* bits) {
    Pattern* whole = module_.new_pattern(Pattern::Kind::bits);
    whole->segments = bits->segments;
    Segment rest;
    rest.type = SegmentType::binary;
    rest.unit = 1;
    rest.whole = true;
    Pattern* variable = module_.new_pattern(Pattern::Kind::variable);
    variable->variable = {n.bits, -1};
    rest.value = variable;
    whole->segments.push_back(rest);
    return whole;
  };
  std::vector<Clause> clauses(1);
  Pattern* taken = with_rest(loop.parse_pattern(head));
  clauses[0].patterns = {taken};
  clauses[0].generated = true;
  loop.finish_clause(clauses[0]);
  bool refutable = false;
  Pattern* skipped = module_.new_pattern(Pattern::Kind::bits);
  skipped->segments = taken->segments;
  for (Segment& segment : skipped->segments) {
    if (segment.value->kind == Pattern::Kind::variable || segment.value->kind == Pattern::Kind::any) continue;
    refutable = true;
    segment.value = module_.new_pattern(Pattern::Kind::any);
  }
  if (refutable) {
    clauses.emplace_back();
    clauses[1].patterns = {skipped};
    clauses[1].generated = true;
    loop.finish_clause(clauses[1]);
  }
  auto repeat = [&](ValueId result) {
    ValueId rest = loop.lookup({n.bits, -1});
    BlockId at = b.current();
    b.terminate(Op::loop, {rest, result});
    loop.unfinished_.push_back(b.function().blocks[at].code.back());
  };
  BlockId fail = b.new_block(), wrong = b.new_block();
  loop.match_clauses({{b.current(), {subject}, fail}}, clauses, [&](size_t i) {
    if (i == 1) return repeat(acc);
    // An inner binary generator has a rest of its own.
    ValueId rest = loop.lookup({n.bits, -1});
    ValueId result = loop.lower_generators(what, index + 1, acc);
    loop.bind({n.bits, -1}, rest);
    repeat(result);
  });
  b.set_current(fail);
  b.test(Op::is_bitstring, {subject}, wrong);
  b.return_value(acc);
  b.set_current(wrong);
  b.error(n.bad_generator, subject);
  std::vector<ValueId> operands{source, accumulator};
  std::vector<ValueId> free = loop.finish();
  loop.b_.function().name = module_.lambda_name("lbc$^0/1");
  operands.insert(operands.end(), free.begin(), free.end());
  Instruction* call = b_.emit(Op::call, operands);
  call->index = function_index;
  return call->result;
}

/// The accumulator with the body's value in it.
ValueId FunctionLowering::collect(Comprehension& what, ValueId accumulator) {
  if (what.into == Comprehension::Into::reduce) {
    BlockId join = b_.new_block(), fail = b_.new_block();
    ValueId value = b_.add_parameter(join);
    match_quoted_clauses({{b_.current(), {accumulator}, fail}}, what.body, join);
    b_.set_current(fail);
    b_.line = what.line;
    b_.error(atoms::case_clause, accumulator);
    b_.set_current(join);
    return value;
  }
  ValueId value = lower(what.body);
  if (!what.unique) return collect_into(what, accumulator, value);
  BlockId join = b_.new_block(), absent = b_.new_block();
  ValueId result = b_.add_parameter(join);
  ValueId collected = b_.element(accumulator, 0), seen = b_.element(accumulator, 1);
  b_.test(Op::has_map_key, {seen, value}, absent);
  b_.jump(join, {accumulator});
  b_.set_current(absent);
  collected = collect_into(what, collected, value);
  seen = b_.emit(Op::put_map, {seen, value, b_.constant(atoms::true_)})->result;
  ValueId pair = b_.tuple({collected, seen});
  b_.jump(join, {pair});
  b_.set_current(join);
  return result;
}

ValueId FunctionLowering::collect_into(Comprehension& what, ValueId accumulator, ValueId value) {
  const Names& n = names();
  using Into = Comprehension::Into;
  switch (what.into) {
    case Into::nothing: return accumulator;
    case Into::bits: {
      ValueId all = b_.constant(n.all);
      std::vector<ValueId> operands{accumulator, all, value, all};
      std::vector<Word> descriptors{segment_descriptor(SegmentType::binary, 1, segment_collected), segment_descriptor(SegmentType::binary, 1, 0)};
      // A <<>> at the end of the body is built at its place.
      auto& code = b_.function().blocks[b_.current()].code;
      Instruction* made = b_.definition(value);
      uint32_t line = 0;
      if (made && made->op == Op::bs_build && !code.empty() && code.back() == made) {
        operands.resize(2);
        operands.insert(operands.end(), made->operands.begin(), made->operands.end());
        descriptors.resize(1);
        descriptors.insert(descriptors.end(), made->descriptors.begin(), made->descriptors.end());
        line = made->line;
        code.pop_back();
      }
      Instruction* build = b_.emit(Op::bs_build, operands);
      if (line) build->line = line;
      build->descriptors = module_.module.array<Word>(descriptors.size());
      std::copy(descriptors.begin(), descriptors.end(), build->descriptors.begin());
      return build->result;
    }
    case Into::collectable: return b_.call_fun(lookup(what.collector), {accumulator, b_.tuple({b_.constant(n.cont), value})});
    case Into::map: {
      BlockId wrong = b_.new_block();
      b_.test(Op::is_tuple_of, {value}, wrong, 2);
      ValueId key = b_.element(value, 0), item = b_.element(value, 1);
      ValueId map = b_.emit(Op::put_map, {accumulator, key, item})->result;
      BlockId done = b_.new_block();
      b_.jump(done);
      // Collectable says what is wrong with an element that is no pair.
      b_.set_current(wrong);
      ValueId pair = b_.call_external(n.collectable, n.into, {accumulator});
      ValueId collector = b_.bif(n.erlang, n.element, std::array{b_.constant(Term::small(2)), pair});
      b_.call_fun(collector, {accumulator, b_.tuple({b_.constant(n.cont), value})});
      b_.error(b_.constant(atoms::badarg));
      b_.set_current(done);
      return map;
    }
    default: return b_.cons(value, accumulator);
  }
}

}  // namespace phial::compiler::lowering
