// The instructions, one case each.
#include "vm/jit/translator.hpp"

namespace phial {

void Translator::execute(const Word* pc, Opcode op) {
  std::set<unsigned> sources;
  int destination = -1, written = -1;
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
        if (is_y(code))
          written = code;
        else
          destination = code;
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
  if (!static_cast<uint32_t>(label)) settle_owed();
  for (unsigned i : sources) store_machine_x(i, read_x(i));
  set_pc(pc);
  sync();
  Value* outcome = call_c(RUNTIME(execute), i64_, {m_, position(pc)});
  reload();
  auto fine = new_block(), otherwise = new_block();
  auto choice = b_.CreateSwitch(outcome, otherwise, 2);
  choice->addCase(b_.getInt64(execute_done), fine);
  if (has_label && static_cast<uint32_t>(label)) choice->addCase(b_.getInt64(execute_failed), edge(jump_target(pc, label)));
  b_.SetInsertPoint(otherwise);
  raise_at(pc);
  b_.SetInsertPoint(fine);
  if (destination >= 0) write(static_cast<RegisterCode>(destination), load_machine_x(static_cast<unsigned>(destination)));
  if (written >= 0) set_type(static_cast<RegisterCode>(written), {});
}

/// A native function that may stand in guards, called in place.
void Translator::call_bif(const Word* pc) {
  if (!intrinsic(pc)) write(loaded_register(*pc, 0), bif_value(pc));
}

Value* Translator::bif_value(const Word* pc) {
  unsigned count = packed(*pc, 1);
  if (!static_cast<uint32_t>(pc[1])) settle_owed();
  for (unsigned i = 0; i < count; i++)
    b_.CreateStore(operand(pc[3 + i]), value_slot(i));
  sync();
  set_pc(pc);
  Value* value = call_c(RUNTIME(bif), i64_, {m_, export_address(reinterpret_cast<const Export*>(pc[2])), values_, b_.getInt64(count),
                        b_.getInt64(static_cast<uint32_t>(pc[1]) == 0)});
  reload();
  auto failed = new_block(), fine = new_block();
  branch(b_.CreateICmpEQ(value, constant(Term::none().word)), failed, fine, -1);
  aside(failed, state_, [&] { fail(pc, pc[1]); });
  b_.SetInsertPoint(fine);
  return value;
}

bool Translator::instruction(Opcode op, const Word* pc) {
  Word word = *pc;
  auto reg = [&](unsigned i) { return loaded_register(word, i); };
  auto number = [&](unsigned i) { return static_cast<unsigned>(packed(word, i)); };
  switch (op) {
    case Opcode::move: copy_register(reg(0), reg(1)); return true;
    case Opcode::move_constant:
      write(reg(0), constant_term(pc[1]), type_of_constant(pc[1]));
      if (!is_y(reg(0)) && Term::raw(pc[1]).is_float_word()) refine_to_double(reg(0), constant_term(pc[1]));
      return true;
    case Opcode::swap: {
      Value* a = read(reg(0));
      Value* b = read(reg(1));
      Type type_a = type_of(reg(0)), type_b = type_of(reg(1));
      auto as_word = [](Type type) { return type.is(Type::float_raw) ? Type{Type::any} : type; };
      write(reg(0), b, as_word(type_b));
      write(reg(1), a, as_word(type_a));
      return true;
    }
    case Opcode::allocate: {
      if (state_.head) {
        jump_to_body(pc);
        return true;
      }
      settle_owed();  // the frame it stands in is no longer on top
      unsigned slots = number(0) + static_cast<unsigned>(frame_header_words);
      ensure_room(slots + number(2), number(1));
      Value* frame = slot(sp(), -static_cast<int64_t>(slots));
      b_.CreateStore(frame, sp_);
      std::erase_if(state_.types, [](auto& entry) { return is_y(entry.first); });
      state_.owed = nullptr;
      for (unsigned i = 0; i < slots; i++) tagged(b_.CreateStore(b_.getInt64(0), slot(frame, i)), stack_tag_);
      return true;
    }
    case Opcode::deallocate: pop_frame(number(0)); return true;
    case Opcode::test_heap: ensure_room(pc[1], number(0)); return true;

    case Opcode::call: call_function(number(0), pc[1], false); return true;
    case Opcode::call_last: pop_frame(number(1)); call_function(number(0), pc[1], true); return true;
    case Opcode::call_only: call_function(number(0), pc[1], true); return true;
    case Opcode::call_external: call_export(pc, number(0), pc[1], false, no_frame); return true;
    case Opcode::call_external_last: call_export(pc, number(0), pc[1], true, static_cast<int>(number(1))); return true;
    case Opcode::call_external_only: call_export(pc, number(0), pc[1], true, no_frame); return true;
    case Opcode::call_fun: call_fun_value(pc, number(0), reg(1), false, no_frame); return true;
    case Opcode::call_fun_last: call_fun_value(pc, number(0), reg(2), true, static_cast<int>(number(1))); return true;
    case Opcode::call_fun_only: call_fun_value(pc, number(0), reg(1), true, no_frame); return true;
    case Opcode::return_: return_value(); return true;
    case Opcode::return_from_frame: pop_frame(number(0)); return_value(); return true;
    case Opcode::loop: {
      const Word* label = jump_target(pc, pc[1]);
      check_reductions(label, number(0));
      go_to(label);
      return true;
    }
    case Opcode::jump: go_to(jump_target(pc, pc[1])); return true;
    case Opcode::bif: call_bif(pc); return true;

    case Opcode::add: arithmetic(op, Fast::add, pc, reg(0), register_of(reg(1)), register_of(reg(2)), pc[1]); return true;
    case Opcode::subtract: arithmetic(op, Fast::subtract, pc, reg(0), register_of(reg(1)), register_of(reg(2)), pc[1]); return true;
    case Opcode::multiply: arithmetic(op, Fast::multiply, pc, reg(0), register_of(reg(1)), register_of(reg(2)), pc[1]); return true;
    case Opcode::add_constant: arithmetic(op, Fast::add, pc, reg(0), register_of(reg(1)), constant_of(pc[2]), pc[1]); return true;
    case Opcode::subtract_constant: arithmetic(op, Fast::subtract, pc, reg(0), register_of(reg(1)), constant_of(pc[2]), pc[1]); return true;
    case Opcode::add_any: arithmetic(op, Fast::add, pc, reg(0), operand_of(pc[2]), operand_of(pc[3]), pc[1]); return true;
    case Opcode::subtract_any: arithmetic(op, Fast::subtract, pc, reg(0), operand_of(pc[2]), operand_of(pc[3]), pc[1]); return true;
    case Opcode::multiply_any: arithmetic(op, Fast::multiply, pc, reg(0), operand_of(pc[2]), operand_of(pc[3]), pc[1]); return true;
    case Opcode::divide: arithmetic(op, Fast::divide, pc, reg(0), operand_of(pc[2]), operand_of(pc[3]), pc[1]); return true;
    case Opcode::quotient: arithmetic(op, Fast::quotient, pc, reg(0), operand_of(pc[2]), operand_of(pc[3]), pc[1]); return true;
    case Opcode::remainder: arithmetic(op, Fast::remainder, pc, reg(0), operand_of(pc[2]), operand_of(pc[3]), pc[1]); return true;
    case Opcode::bit_and: arithmetic(op, Fast::bit_and, pc, reg(0), operand_of(pc[2]), operand_of(pc[3]), pc[1]); return true;
    case Opcode::bit_or: arithmetic(op, Fast::bit_or, pc, reg(0), operand_of(pc[2]), operand_of(pc[3]), pc[1]); return true;
    case Opcode::bit_xor: arithmetic(op, Fast::bit_xor, pc, reg(0), operand_of(pc[2]), operand_of(pc[3]), pc[1]); return true;
    case Opcode::shift_left: arithmetic(op, Fast::shift_left, pc, reg(0), operand_of(pc[2]), operand_of(pc[3]), pc[1]); return true;
    case Opcode::shift_right: arithmetic(op, Fast::shift_right, pc, reg(0), operand_of(pc[2]), operand_of(pc[3]), pc[1]); return true;
    case Opcode::negate: case Opcode::bit_not: unary_arithmetic(op, pc); return true;

    case Opcode::is_equal_exact: case Opcode::is_not_equal_exact:
      equality_exact(pc, register_of(reg(0)), register_of(reg(1)), pc[1], op == Opcode::is_equal_exact);
      return true;
    case Opcode::is_equal_exact_constant: case Opcode::is_not_equal_exact_constant:
      equality_exact(pc, register_of(reg(0)), constant_of(pc[2]), pc[1], op == Opcode::is_equal_exact_constant);
      return true;
    case Opcode::is_equal: case Opcode::is_not_equal: equality_by_value(pc, op == Opcode::is_equal); return true;
    case Opcode::is_less: compare(pc, register_of(reg(0)), register_of(reg(1)), Predicate::ICMP_SLT, pc[1]); return true;
    case Opcode::is_at_least: compare(pc, register_of(reg(0)), register_of(reg(1)), Predicate::ICMP_SGE, pc[1]); return true;
    case Opcode::is_less_constant: compare_constant(pc, Predicate::ICMP_SLT); return true;
    case Opcode::is_greater_constant: compare_constant(pc, Predicate::ICMP_SGT); return true;
    case Opcode::is_at_least_constant: compare_constant(pc, Predicate::ICMP_SGE); return true;
    case Opcode::is_at_most_constant: compare_constant(pc, Predicate::ICMP_SLE); return true;

    case Opcode::is_integer: is_integer(pc); return true;
    case Opcode::is_float: is_float(pc); return true;
    case Opcode::is_number: case Opcode::is_atom: case Opcode::is_boolean: case Opcode::is_list: case Opcode::is_cons: case Opcode::is_nil:
    case Opcode::is_tuple: case Opcode::is_map: case Opcode::is_bitstring: case Opcode::is_function: case Opcode::is_binary:
    case Opcode::is_pid: case Opcode::is_port: case Opcode::is_reference:
      test_type(op, pc);
      return true;
    case Opcode::is_function_of: is_function_of(pc); return true;
    case Opcode::is_tuple_of: test_tuple(pc, false); return true;
    case Opcode::is_tagged_tuple: test_tuple(pc, true); return true;
    case Opcode::switch_value: switch_value(pc); return true;
    case Opcode::switch_arity: switch_arity(pc); return true;

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
      write(reg(0), tag_pointer(cell, 2), {Type::cons});
      return true;
    }
    case Opcode::put_tuple: {
      unsigned count = number(1);
      std::vector<Value*> items;
      for (unsigned i = 0; i < count; i++) items.push_back(operand(pc[1 + i]));
      Value* object = take_heap(1 + count);
      heap_store(object, 0, constant(Header::make(Kind::tuple, count)));
      for (unsigned i = 0; i < count; i++) heap_store(object, 1 + i, items[i]);
      write(reg(0), tag_pointer(object, 6), {Type::tuple, count});
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
      write(reg(0), tag_pointer(object, 6), {Type::closure, pc[1]});
      return true;
    }

    case Opcode::apply: apply(pc, number(0), false, no_frame); return true;
    case Opcode::apply_last: apply(pc, number(0), true, pc[1] == FrameEntry::no_frame ? no_frame : static_cast<int>(pc[1])); return true;

    // Rare or ending in the runtime: the interpreter carries them out and goes on from there.
    case Opcode::error: case Opcode::function_clause: case Opcode::raise:
      continue_interpreted(pc);
      return true;
    case Opcode::receive_next: receive_next(pc); return true;
    case Opcode::receive_remove: receive_remove(); return true;
    case Opcode::receive_mark: receive_mark(pc); return true;
    case Opcode::receive_use_mark: receive_use_mark(pc); return true;
    case Opcode::receive_wait: receive_wait(pc); return true;
    case Opcode::receive_wait_timeout: receive_wait_timeout(pc); return true;
    case Opcode::receive_skip: receive_skip(pc); return true;
    case Opcode::bs_start: start_matching(pc); return true;
    case Opcode::bs_get_integer: match_integer(pc); return true;
    case Opcode::bs_get_utf8: match_utf8(pc); return true;
    case Opcode::bs_match_literal: match_literal(pc); return true;
    case Opcode::bs_get_tail: case Opcode::bs_get_binary: match_bitstring(pc, op); return true;
    case Opcode::bs_skip_bits: skip_bits(pc); return true;
    case Opcode::bs_test_tail: case Opcode::bs_test_unit: test_bits_left(pc, op); return true;
    case Opcode::bs_get_position: write(reg(0), match_position(read(reg(1))), {Type::small}); return true;
    case Opcode::bs_set_position:
      set_match_position(read(reg(0)), read(reg(1)));
      forget_whole_bytes();
      return true;
    case Opcode::bs_get_float: case Opcode::bs_get_utf16: case Opcode::bs_get_utf32:
      forget_whole_bytes();
      execute(pc, op);
      return true;
    case Opcode::get_map_value: get_map_value(pc); return true;
    case Opcode::get_map_value_any: get_map_value_any(pc); return true;
    case Opcode::has_map_key: has_map_key(pc); return true;
    case Opcode::put_map: case Opcode::update_map: update_map(pc, op); return true;
    case Opcode::new_map_of_shape: new_map_of_shape(pc); return true;
    default: execute(pc, op); return true;
  }
}

}  // namespace phial
