// receive: a loop over the mailbox.
//
//   LOOP: message = receive_next else WAIT     each message not yet looked at
//         clauses; a body begins with receive_remove; no match: receive_skip LOOP
//   WAIT: receive_wait LOOP                    or receive_wait_timeout, receive_timeout and the body of `after`
#include <algorithm>

#include "compiler/lower/lowering.hpp"
#include "compiler/lower/match.hpp"

namespace phial::compiler::lowering {

ValueId FunctionLowering::lower_receive(Term form) {
  Term sections = nth(form.element(2), 0);
  Term after = option(sections, atoms::after);
  ValueId timeout = none;
  if (!after.is_none()) timeout = lower(nth(after.head().element(2), 0).head());
  set_position(form.element(1));

  std::vector<Clause> clauses;
  std::vector<Term> bodies;
  Term clause_forms = option(sections, atoms::do_);
  if (!clause_forms.is_none() && clause_forms.is_cons()) {
    for (Term clause : ListRange(clause_forms)) {
      clauses.push_back(parse_clause(nth(clause.element(2), 0), clause.element(1), 1));
      bodies.push_back(nth(clause.element(2), 1));
    }
  }
  if (ValueId marker = mark_receive(clauses); marker != none) b_.emit(Op::receive_use_mark, {marker}, false);

  BlockId join = b_.new_block();
  ValueId value = b_.add_parameter(join);
  BlockId loop = b_.new_block(), wait = b_.new_block(), skip = b_.new_block();
  b_.jump(loop);
  b_.set_current(loop);
  core::Instruction* next = b_.emit(Op::receive_next, {});
  next->target = wait;
  match_clauses({{loop, {next->result}, skip}}, clauses, [&](size_t i) {
    b_.emit(Op::receive_remove, {}, false);
    b_.jump(join, {lower(bodies[i])});
  });
  auto end_with = [&](Op op, BlockId target) {
    core::Instruction* instruction = b_.emit(op, {}, false);
    instruction->target = target;
  };
  b_.set_current(skip);
  end_with(Op::receive_skip, loop);
  b_.set_current(wait);
  if (after.is_none()) {
    end_with(Op::receive_wait, loop);
  } else {
    core::Instruction* sleep = b_.emit(Op::receive_wait_timeout, {timeout}, false);
    sleep->target = loop;
    b_.emit(Op::receive_timeout, {}, false);
    b_.jump(join, {lower(nth(after.head().element(2), 1))});
  }
  b_.set_current(join);
  return value;
}

static void collect_pins(const Pattern& pattern, std::vector<ValueId>& pins) {
  if (pattern.kind == Pattern::Kind::equal) pins.push_back(pattern.value);
  for (const Pattern* item : pattern.items) collect_pins(*item, pins);
}

ValueId FunctionLowering::mark_receive(const std::vector<Clause>& clauses) {
  const Names& n = names();
  static const Term process = intern_atom("Elixir.Process");
  std::vector<ValueId> common;
  for (size_t i = 0; i < clauses.size(); i++) {
    std::vector<ValueId> pins;
    collect_pins(*clauses[i].patterns[0], pins);
    if (i == 0) common = pins;
    std::erase_if(common, [&](ValueId value) { return std::find(pins.begin(), pins.end(), value) == pins.end(); });
  }
  for (ValueId reference : common) {
    core::Instruction* made = b_.definition(reference);
    if (!made || made->op != Op::call_external) continue;
    const Import& import = module_.module.imports[made->index];
    if (!(import.module == n.erlang && (import.name == n.make_ref || import.name == n.monitor)) &&
        !(import.module == process && import.name == n.monitor))
      continue;
    for (core::Block& block : b_.function().blocks) {
      auto at = std::find(block.code.begin(), block.code.end(), made);
      if (at == block.code.end()) continue;
      size_t position = static_cast<size_t>(at - block.code.begin());
      BlockId current = b_.current(), here = static_cast<BlockId>(&block - b_.function().blocks.data());
      b_.set_current(here);
      core::Instruction* mark = b_.emit(Op::receive_mark, {});
      b_.set_current(current);
      auto& code = b_.function().blocks[here].code;
      std::rotate(code.begin() + static_cast<ptrdiff_t>(position), code.end() - 1, code.end());
      return mark->result;
    }
  }
  return none;
}

}  // namespace phial::compiler::lowering
