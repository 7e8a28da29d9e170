// The instructions, one case each.
#include "vm/jit/translator.hpp"

namespace phial {

void Translator::execute(const Word* pc, Opcode op) {
  std::set<unsigned> sources;
  int destination = -1;
  Word label = 0;
  bool has_label = false;
  const char* format = opcode_info[static_cast<size_t>(op)].format;
  unsigned packed_at = 0;
  size_t word_at = 1;
  auto source_word = [&](Word word) {
    if (is_register_operand(word) && !is_y(static_cast<RegisterCode>(Header::extra(word)))) sources.insert(Header::extra(word));
  };
  for (const char* f = format; *f; f++) {
    switch (*f) {
      case 'd': {
        RegisterCode code = loaded_register(*pc, packed_at++);
        if (!is_y(code)) destination = code;
        break;
      }
      case 'r': {
        RegisterCode code = loaded_register(*pc, packed_at++);
        if (!is_y(code)) sources.insert(code);
        break;
      }
      case 'n': packed_at++; break;
      case 'L': label = pc[word_at++]; has_label = true; break;
      case 'S': source_word(pc[word_at++]); break;
      case '*': case 'P':
        for (size_t i = 0, count = packed(*pc, packed_at - 1) * (*f == 'P' ? 2u : 1u); i < count; i++) source_word(pc[word_at++]);
        break;
      case 'G':
        for (size_t i = 0, count = packed(*pc, packed_at - 1); i < count; i++, word_at += 3) {
          source_word(pc[word_at + 1]);
          source_word(pc[word_at + 2]);
        }
        break;
      default: word_at++;
    }
  }
  for (unsigned i : sources) store_machine_x(i, b_.CreateLoad(i64_, x_[i]));
  set_pc(pc);
  sync();
  bool looks_at_mailbox = op == Opcode::receive_next || op == Opcode::receive_mark;
  Value* outcome = call_c(looks_at_mailbox ? RUNTIME(receive) : RUNTIME(execute), i64_, {m_, position(pc)});
  reload();
  if (looks_at_mailbox) reload_sp();
  auto fine = new_block(), otherwise = new_block();
  auto choice = b_.CreateSwitch(outcome, otherwise, 2);
  choice->addCase(b_.getInt64(execute_done), fine);
  if (has_label && static_cast<uint32_t>(label)) choice->addCase(b_.getInt64(execute_failed), block_at(jump_target(pc, label)));
  b_.SetInsertPoint(otherwise);
  if (looks_at_mailbox)
    exit_process();
  else
    raise_at(pc);
  b_.SetInsertPoint(fine);
  if (destination >= 0) b_.CreateStore(load_machine_x(static_cast<unsigned>(destination)), x_[static_cast<unsigned>(destination)]);
}

bool Translator::instruction(Opcode op, const Word* pc) {
  Word word = *pc;
  auto reg = [&](unsigned i) { return loaded_register(word, i); };
  auto number = [&](unsigned i) { return static_cast<unsigned>(packed(word, i)); };
  switch (op) {
    case Opcode::move: write(reg(0), read(reg(1))); return true;
    case Opcode::move_constant: write(reg(0), constant_term(pc[1])); return true;
    case Opcode::swap: {
      Value* a = read(reg(0));
      Value* b = read(reg(1));
      write(reg(0), b);
      write(reg(1), a);
      return true;
    }
    case Opcode::allocate: {
      unsigned slots = number(0) + static_cast<unsigned>(frame_header_words);
      ensure_room(slots + number(2), number(1));
      Value* frame = slot(sp(), -static_cast<int64_t>(slots));
      b_.CreateStore(frame, sp_);
      for (unsigned i = 0; i < slots; i++) tagged(b_.CreateStore(b_.getInt64(0), slot(frame, i)), stack_tag_);
      return true;
    }
    case Opcode::deallocate: pop_frame(number(0)); return true;
    case Opcode::test_heap: ensure_room(pc[1], number(0)); return true;

    case Opcode::call: set_continuation(next_); call_function(pc, number(0), pc[1]); return true;
    case Opcode::call_last: pop_frame(number(1)); call_function(pc, number(0), pc[1]); return true;
    case Opcode::call_only: call_function(pc, number(0), pc[1]); return true;
    case Opcode::call_external: set_continuation(next_); call_export(pc, number(0), pc[1]); return true;
    case Opcode::call_external_last: pop_frame(number(1)); call_export(pc, number(0), pc[1]); return true;
    case Opcode::call_external_only: call_export(pc, number(0), pc[1]); return true;
    case Opcode::call_fun: {
      Value* fun = read(reg(1));
      set_continuation(next_);
      call_fun_value(pc, number(0), fun);
      return true;
    }
    case Opcode::call_fun_last: {
      Value* fun = read(reg(2));
      pop_frame(number(1));
      call_fun_value(pc, number(0), fun);
      return true;
    }
    case Opcode::call_fun_only: call_fun_value(pc, number(0), read(reg(1))); return true;
    case Opcode::return_: return_value(); return true;
    case Opcode::return_from_frame: pop_frame(number(0)); return_value(); return true;
    case Opcode::loop: {
      const Word* label = jump_target(pc, pc[1]);
      check_reductions(label, number(0));
      b_.CreateBr(block_at(label));
      return true;
    }
    case Opcode::jump: b_.CreateBr(block_at(jump_target(pc, pc[1]))); return true;
    case Opcode::bif: {
      unsigned count = number(1);
      for (unsigned i = 0; i < count; i++)
        b_.CreateStore(operand(pc[3 + i]), b_.CreateConstInBoundsGEP2_64(llvm::ArrayType::get(i64_, 256), bif_arguments_, 0, i));
      sync();
      set_pc(pc);
      Value* value = call_c(RUNTIME(bif), i64_, {m_, export_address(reinterpret_cast<const Export*>(pc[2])), bif_arguments_, b_.getInt64(count),
                            b_.getInt64(static_cast<uint32_t>(pc[1]) == 0)});
      reload();
      auto fine = new_block();
      branch(b_.CreateICmpEQ(value, constant(Term::none().word)), failure(pc, pc[1]), fine, -1);
      b_.SetInsertPoint(fine);
      write(reg(0), value);
      return true;
    }

    case Opcode::add: arithmetic(op, Fast::add, pc, reg(0), read(reg(1)), read(reg(2)), pc[1], false); return true;
    case Opcode::subtract: arithmetic(op, Fast::subtract, pc, reg(0), read(reg(1)), read(reg(2)), pc[1], false); return true;
    case Opcode::multiply: arithmetic(op, Fast::multiply, pc, reg(0), read(reg(1)), read(reg(2)), pc[1], false); return true;
    case Opcode::add_constant: arithmetic(op, Fast::add, pc, reg(0), read(reg(1)), constant_term(pc[2]), pc[1], true); return true;
    case Opcode::subtract_constant: arithmetic(op, Fast::subtract, pc, reg(0), read(reg(1)), constant_term(pc[2]), pc[1], true); return true;
    case Opcode::add_any: arithmetic(op, Fast::add, pc, reg(0), operand(pc[2]), operand(pc[3]), pc[1], false); return true;
    case Opcode::subtract_any: arithmetic(op, Fast::subtract, pc, reg(0), operand(pc[2]), operand(pc[3]), pc[1], false); return true;
    case Opcode::multiply_any: arithmetic(op, Fast::multiply, pc, reg(0), operand(pc[2]), operand(pc[3]), pc[1], false); return true;
    case Opcode::bit_and: arithmetic(op, Fast::bit_and, pc, reg(0), operand(pc[2]), operand(pc[3]), pc[1], false); return true;
    case Opcode::bit_or: arithmetic(op, Fast::bit_or, pc, reg(0), operand(pc[2]), operand(pc[3]), pc[1], false); return true;
    case Opcode::bit_xor: arithmetic(op, Fast::bit_xor, pc, reg(0), operand(pc[2]), operand(pc[3]), pc[1], false); return true;
    case Opcode::quotient: case Opcode::remainder: small_division(op, pc, reg(0), operand(pc[2]), operand(pc[3])); return true;
    case Opcode::divide: case Opcode::shift_left: case Opcode::shift_right:
      arithmetic(op, Fast::none, pc, reg(0), operand(pc[2]), operand(pc[3]), pc[1], false);
      return true;
    case Opcode::negate: case Opcode::bit_not:
      arithmetic(op, Fast::none, pc, reg(0), operand(pc[2]), b_.getInt64(0), pc[1], false);
      return true;

    case Opcode::is_equal_exact: case Opcode::is_not_equal_exact:
      test_equality(pc, read(reg(0)), read(reg(1)), pc[1], op == Opcode::is_equal_exact, RUNTIME(equal_exactly), true);
      return true;
    case Opcode::is_equal_exact_constant: test_equality_constant(pc, read(reg(0)), pc[2], pc[1], true); return true;
    case Opcode::is_not_equal_exact_constant: test_equality_constant(pc, read(reg(0)), pc[2], pc[1], false); return true;
    case Opcode::is_equal: case Opcode::is_not_equal: equality_by_value(pc, op == Opcode::is_equal); return true;
    case Opcode::is_less: compare(pc, read(reg(0)), read(reg(1)), llvm::CmpInst::ICMP_SLT, pc[1], false); return true;
    case Opcode::is_at_least: compare(pc, read(reg(0)), read(reg(1)), llvm::CmpInst::ICMP_SGE, pc[1], false); return true;
    case Opcode::is_less_constant: compare_constant(pc, llvm::CmpInst::ICMP_SLT); return true;
    case Opcode::is_greater_constant: compare_constant(pc, llvm::CmpInst::ICMP_SGT); return true;
    case Opcode::is_at_least_constant: compare_constant(pc, llvm::CmpInst::ICMP_SGE); return true;
    case Opcode::is_at_most_constant: compare_constant(pc, llvm::CmpInst::ICMP_SLE); return true;

    case Opcode::is_integer: {
      Value* term = read(reg(0));
      Value* big = is_boxed_kind(term, Kind::bignum_positive, Kind::bignum_negative);
      test(b_.CreateOr(is_small(term), big), pc, pc[1]);
      return true;
    }
    case Opcode::is_float: {
      Value* term = read(reg(0));
      Value* boxed = is_boxed_kind(term, Kind::boxed_float, Kind::boxed_float);
      test(b_.CreateOr(is_float_word(term), boxed), pc, pc[1]);
      return true;
    }
    case Opcode::is_number: {
      Value* term = read(reg(0));
      Value* boxed = is_boxed_kind(term, Kind::bignum_positive, Kind::boxed_float);
      test(b_.CreateOr(b_.CreateOr(is_small(term), is_float_word(term)), boxed), pc, pc[1]);
      return true;
    }
    case Opcode::is_atom: test(is_immediate(read(reg(0)), Immediate::atom), pc, pc[1]); return true;
    case Opcode::is_boolean: {
      Value* term = read(reg(0));
      test(b_.CreateOr(b_.CreateICmpEQ(term, constant_term(atoms::true_.word)), b_.CreateICmpEQ(term, constant_term(atoms::false_.word))), pc, pc[1]);
      return true;
    }
    case Opcode::is_list: {
      Value* term = read(reg(0));
      test(b_.CreateOr(has_tag(term, 2), b_.CreateICmpEQ(term, constant(Term::nil().word))), pc, pc[1]);
      return true;
    }
    case Opcode::is_cons: test(has_tag(read(reg(0)), 2), pc, pc[1]); return true;
    case Opcode::is_nil: test(b_.CreateICmpEQ(read(reg(0)), constant(Term::nil().word)), pc, pc[1]); return true;
    case Opcode::is_tuple: test(is_boxed_kind(read(reg(0)), Kind::tuple, Kind::tuple), pc, pc[1]); return true;
    case Opcode::is_tuple_of:
      test(boxed_and(read(reg(0)), [&](Value* header) { return tuple_header_is(header, number(1)); }), pc, pc[1]);
      return true;
    case Opcode::is_tagged_tuple: {
      Value* term = read(reg(0));
      test(boxed_and(term, [&](Value* header) { return tuple_header_is(header, number(1)); }), pc, pc[1]);
      test(b_.CreateICmpEQ(heap_load(term, 6, 1), constant_term(pc[2])), pc, pc[1]);
      return true;
    }
    case Opcode::is_map: test(is_boxed_kind(read(reg(0)), Kind::flat_map, Kind::champ_map), pc, pc[1]); return true;
    case Opcode::is_bitstring: test(is_boxed_kind(read(reg(0)), Kind::heap_binary, Kind::slice), pc, pc[1]); return true;
    case Opcode::is_function: test(is_boxed_kind(read(reg(0)), Kind::fun, Kind::export_fun), pc, pc[1]); return true;
    case Opcode::switch_value: switch_value(pc); return true;
    case Opcode::switch_arity: {
      Value* term = read(reg(0));
      auto otherwise = block_at(jump_target(pc, pc[1]));
      auto boxed = new_block();
      branch(has_tag(term, 6), boxed, otherwise);
      b_.SetInsertPoint(boxed);
      size_t count = number(1);
      Value* header = b_.CreateAnd(heap_load(term, 6, 0), b_.getInt64(0xffffffff));
      auto choice = b_.CreateSwitch(header, otherwise, static_cast<unsigned>(count));
      for (size_t i = 0; i < count; i++) {
        auto arity = static_cast<size_t>(Term::raw(pc[2 + 2 * i]).small_value());
        choice->addCase(b_.getInt64(Header::make(Kind::tuple, arity) & 0xffffffff), block_at(jump_target(pc, pc[3 + 2 * i])));
      }
      return true;
    }

    case Opcode::get_list: {
      Value* list = read(reg(2));
      Value* head = heap_load(list, 2, 0);
      Value* tail = heap_load(list, 2, 1);
      write(reg(0), head);
      write(reg(1), tail);
      return true;
    }
    case Opcode::get_head: write(reg(0), heap_load(read(reg(1)), 2, 0)); return true;
    case Opcode::get_tail: write(reg(0), heap_load(read(reg(1)), 2, 1)); return true;
    case Opcode::get_element: write(reg(0), heap_load(read(reg(1)), 6, 1 + number(2))); return true;
    case Opcode::put_list: case Opcode::put_list_any: {
      Value* head = op == Opcode::put_list ? read(reg(1)) : operand(pc[1]);
      Value* tail = op == Opcode::put_list ? read(reg(2)) : operand(pc[2]);
      Value* cell = take_heap(2);
      heap_store(cell, 0, head);
      heap_store(cell, 1, tail);
      write(reg(0), tag_pointer(cell, 2));
      return true;
    }
    case Opcode::put_tuple: {
      unsigned count = number(1);
      std::vector<Value*> items;
      for (unsigned i = 0; i < count; i++) items.push_back(operand(pc[1 + i]));
      Value* object = take_heap(1 + count);
      heap_store(object, 0, constant(Header::make(Kind::tuple, count)));
      for (unsigned i = 0; i < count; i++) heap_store(object, 1 + i, items[i]);
      write(reg(0), tag_pointer(object, 6));
      return true;
    }
    case Opcode::put_fun: {
      unsigned count = number(1);
      auto target = reinterpret_cast<Function*>(pc[1]);
      std::vector<Value*> items;
      for (unsigned i = 0; i < count; i++) items.push_back(operand(pc[2 + i]));
      Value* object = take_heap(2 + count);
      heap_store(object, 0, constant(Header::make(Kind::fun, 1 + count, static_cast<uint32_t>(target->arity - count))));
      heap_store(object, 1, as_word(function_address(target)));
      for (unsigned i = 0; i < count; i++) heap_store(object, 2 + i, items[i]);
      write(reg(0), tag_pointer(object, 6));
      return true;
    }

    // Rare or ending in the runtime: the interpreter carries them out and goes on from there.
    case Opcode::apply: case Opcode::apply_last: case Opcode::error: case Opcode::function_clause: case Opcode::raise:
    case Opcode::receive_wait: case Opcode::receive_wait_timeout:
      continue_interpreted(pc);
      return true;
    case Opcode::receive_skip: {
      execute(pc, op);
      b_.CreateBr(block_at(jump_target(pc, pc[1])));
      return true;
    }
    default: execute(pc, op); return true;
  }
}

void Translator::switch_value(const Word* pc) {
  size_t count = packed(*pc, 1);
  Value* value = read(loaded_register(*pc, 0));
  auto otherwise = block_at(jump_target(pc, pc[1]));
  size_t variable = 0;  // cases whose words are known in the VM that runs the code only
  for (size_t i = 0; i < count; i++) variable += symbols_ && !Symbols::is_fixed(pc[2 + 2 * i]);
  if (variable > 6) {
    // The table of the bytecode is in the order of its VM's words: the runtime searches it for the distance to jump.
    Value* distance = call_pure(RUNTIME(find_case), i64_, position(pc), value);
    auto choice = b_.CreateSwitch(distance, otherwise, static_cast<unsigned>(count));
    std::set<Word> distances;
    for (size_t i = 0; i < count; i++)
      if (distances.insert(pc[3 + 2 * i]).second) choice->addCase(b_.getInt64(pc[3 + 2 * i]), block_at(jump_target(pc, pc[3 + 2 * i])));
    return;
  }
  auto rest = variable ? new_block() : otherwise;
  auto choice = b_.CreateSwitch(value, rest, static_cast<unsigned>(count));
  for (size_t i = 0; i < count; i++)
    if (!symbols_ || Symbols::is_fixed(pc[2 + 2 * i])) choice->addCase(b_.getInt64(pc[2 + 2 * i]), block_at(jump_target(pc, pc[3 + 2 * i])));
  for (size_t i = 0; i < count; i++) {
    if (!symbols_ || Symbols::is_fixed(pc[2 + 2 * i])) continue;
    b_.SetInsertPoint(rest);
    rest = --variable ? new_block() : otherwise;
    branch(b_.CreateICmpEQ(value, constant_term(pc[2 + 2 * i])), block_at(jump_target(pc, pc[3 + 2 * i])), rest);
  }
}

}  // namespace phial
