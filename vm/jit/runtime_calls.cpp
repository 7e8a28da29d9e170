#include "vm/jit/runtime_calls.hpp"

#include <memory>
#include <vector>

#include "vm/interpreter/runtime.hpp"
#include "vm/process/delivery.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/literal.hpp"
#include "vm/term/map.hpp"

namespace phial {
namespace {

Arithmetic arithmetic_of(Opcode op) {
  switch (op) {
    case Opcode::add: case Opcode::add_constant: case Opcode::add_any: return Arithmetic::add;
    case Opcode::subtract: case Opcode::subtract_constant: case Opcode::subtract_any: return Arithmetic::subtract;
    case Opcode::multiply: case Opcode::multiply_any: return Arithmetic::multiply;
    case Opcode::divide: return Arithmetic::divide;
    case Opcode::quotient: return Arithmetic::quotient;
    case Opcode::remainder: return Arithmetic::remainder;
    case Opcode::negate: return Arithmetic::negate;
    case Opcode::bit_and: return Arithmetic::bit_and;
    case Opcode::bit_or: return Arithmetic::bit_or;
    case Opcode::bit_xor: return Arithmetic::bit_xor;
    case Opcode::bit_not: return Arithmetic::bit_not;
    case Opcode::shift_left: return Arithmetic::shift_left;
    default: return Arithmetic::shift_right;
  }
}

/// Brackets C++ that builds terms for compiled code.
struct Building {
  Machine* m;
  explicit Building(Machine* machine) : m(machine) { m->begin_building(); }
  ~Building() { m->end_building(); }
};

Word call_arithmetic(Machine* m, Word opcode, Word a, Word b, Word raises) {
  Building building(m);
  Arithmetic operation = arithmetic_of(static_cast<Opcode>(opcode));
  Term result = runtime_arithmetic(*m, operation, Term::raw(a), Term::raw(b));
  if (result.is_none() && raises) raise_arithmetic(*m, operation, Term::raw(a), Term::raw(b));
  return result.word;
}

Word call_bif(Machine* m, Export* function, const Word* words, Word count, Word raises) {
  Building building(m);
  auto arguments = reinterpret_cast<const Term*>(words);
  Term result = function->native.load(std::memory_order_relaxed)(m->context, arguments);
  if (result.is_none() && raises) complete_native_exception(*m, function->module, function->name, {arguments, count});
  return result.word;
}

Word call_native_function(Machine* m, Export* function) {
  Term result = call_native(m, function, function->native.load(std::memory_order_relaxed));
  if (!result.is_none()) return result.word;
  return m->context.outcome == Context::Outcome::exception ? native_raised : native_left;
}

Word call_box_float(Machine* m, Word bits) {
  Building building(m);
  return make_float(m->context.heap(), std::bit_cast<double>(bits)).word;
}

Word call_collect(Machine* m, Word need, Word live) { return collect_garbage(*m, need, static_cast<unsigned>(live)); }

Word call_equal_exactly(Word a, Word b) { return equal_exactly(Term::raw(a), Term::raw(b)); }
Word call_equal(Word a, Word b) { return equal(Term::raw(a), Term::raw(b)); }
int64_t call_compare(Word a, Word b) { return compare(Term::raw(a), Term::raw(b)); }

Word call_map_value(Word map, Word key) { return (Term::raw(map).is_map() ? map_get(Term::raw(map), Term::raw(key)) : Term::none()).word; }

Word call_map_value_cached(Word map, const Word* pc) {
  Term value;
  return map_value_cached(Term::raw(map), Term::raw(pc[2]), const_cast<Word*>(pc + 3), &value) ? value.word : Term::none().word;
}

/// Word by word: the object was often made a moment ago, and wider loads have to wait until its stores have reached the cache.
void copy_words(Word* to, const Word* from, size_t count) {
  for (size_t i = 0; i < count; i++) __atomic_store_n(to + i, from[i], __ATOMIC_RELAXED);
}

/// The room between a heap's top and `end`. What does not fit is built beside, and lost: the call is made again with a bracket of building.
class Room final : public TermHeap {
 public:
  Room(Word* hp, const Word* end) : start_(hp) {
    top_ = hp;
    end_ = const_cast<Word*>(end > hp ? end : hp);
  }
  Built built(Term term) const { return beside_.empty() && !term.is_none() ? Built{term.word, top_} : Built{0, start_}; }

 private:
  Word* allocate_slow(size_t words) override {
    beside_.push_back(std::make_unique<Word[]>(words));
    return beside_.back().get();
  }
  Word* start_of_current() const override { return start_; }
  Word* start_;
  std::vector<std::unique_ptr<Word[]>> beside_;
};

/// Another value of a key that is no pointer; value 0: it is not there, or there is no room.
Built replace_in_flat_map(Word map, Word key, Word value, Word* hp, const Word* end) {
  const Word* object = Term::raw(map).object();
  size_t words = 1 + Header::size(object[0]);
  const Word* keys = Term::raw(object[1]).object() + 1;
  size_t i = 2;
  while (i < words && keys[i - 2] != key) i++;
  if (i == words || end - hp < static_cast<ptrdiff_t>(words)) return {0, hp};
  if (object[i] == value) return {map, hp};
  copy_words(hp, object, words);
  hp[i] = value;
  return {Term::boxed(hp).word, hp + words};
}

Built call_map_put(Word word, Word key, Word value, Word* hp, const Word* end) {
  Term map = Term::raw(word);
  if (map.is_kind(Kind::flat_map) && !Term::raw(key).is_pointer())
    if (Built replaced = replace_in_flat_map(word, key, value, hp, end); replaced.value) return replaced;
  if (!map.is_map()) return {0, hp};
  Room room(hp, end);
  return room.built(map_put(room, map, Term::raw(key), Term::raw(value)));
}

Built call_map_update(Word word, Word key, Word value, Word* hp, const Word* end) {
  Term map = Term::raw(word);
  if (map.is_kind(Kind::flat_map) && !Term::raw(key).is_pointer()) return replace_in_flat_map(word, key, value, hp, end);
  if (!map.is_map()) return {0, hp};
  Room room(hp, end);
  return room.built(map_replace(room, map, Term::raw(key), Term::raw(value)));
}

Built call_map_remove(Word word, Word key, Word* hp, const Word* end) {
  Term map = Term::raw(word);
  if (!map.is_map()) return {0, hp};
  Room room(hp, end);
  return room.built(map_remove(room, map, Term::raw(key)));
}

/// Comparing them takes a few steps each, whatever they are compared with.
bool has_quick_keys(Term map) {
  constexpr size_t long_text_bits = 8 * 256;
  if (!map.is_kind(Kind::flat_map)) return false;
  Term keys = map.payload()[0];
  if (is_shared_literal(keys)) return true;
  for (size_t i = 0; i < keys.arity(); i++) {
    Term key = keys.element(i);
    if (key.is_cons() || (key.is_pointer() && !(key.is_bitstring() && bit_size(key) <= long_text_bits) && !key.is_tuple())) return false;
    if (!key.is_pointer() || !key.is_tuple()) continue;
    if (key.arity() > 4) return false;
    for (size_t at = 0; at < key.arity(); at++)
      if (key.element(at).is_pointer()) return false;
  }
  return true;
}

Built call_map_merge(Word left, Word right, Word* hp, const Word* end) {
  Term a = Term::raw(left), b = Term::raw(right);
  if (!has_quick_keys(a) || !has_quick_keys(b)) return {0, hp};
  Room room(hp, end);
  return room.built(map_merge(room, a, b));
}

Built call_map_update_pairs(Word word, const Word* pairs, Word count, Word* hp, const Word* end) {
  Term map = Term::raw(word);
  if (!map.is_kind(Kind::flat_map)) return {0, hp};
  const Word* object = map.object();
  size_t words = 1 + Header::size(object[0]);
  if (end - hp < static_cast<ptrdiff_t>(words)) return {0, hp};
  const Word* keys = Term::raw(object[1]).object() + 1;
  copy_words(hp, object, words);
  for (size_t pair = 0; pair < count; pair++) {
    size_t i = 2;
    while (i < words && keys[i - 2] != pairs[2 * pair]) i++;
    if (i == words) return {0, hp};
    hp[i] = pairs[2 * pair + 1];
  }
  return {Term::boxed(hp).word, hp + words};
}

Built call_map_put_pairs(Word word, const Word* pairs, Word count, Word* hp, const Word* end) {
  Term map = Term::raw(word);
  if (!map.is_map()) return {0, hp};
  if (Built updated = call_map_update_pairs(word, pairs, count, hp, end); updated.value) return updated;
  Room room(hp, end);
  for (size_t pair = 0; pair < count; pair++) map = map_put(room, map, Term::raw(pairs[2 * pair]), Term::raw(pairs[2 * pair + 1]));
  return room.built(map);
}

Word call_replace_element(Word word, Word index, Word value, Word* hp, const Word* end) {
  Term tuple = Term::raw(word);
  if (!tuple.is_tuple() || !Term::raw(index).is_small()) return 0;
  const Word* object = tuple.object();
  size_t words = 1 + Header::size(object[0]), at = index >> 3;
  if (at - 1 >= words - 1 || end - hp < static_cast<ptrdiff_t>(words)) return 0;
  copy_words(hp, object, words);
  hp[at] = value;
  return Term::boxed(hp).word;
}

void* call_native_entry(Machine* m, Word module, Word name, Word arity) {
  if (!Term::raw(module).is_atom() || !Term::raw(name).is_atom()) return nullptr;
  Export* e = m->vm->code.export_for(Term::raw(module), Term::raw(name), static_cast<uint8_t>(arity));
  Function* function = e->function.load(std::memory_order_acquire);
  return function ? function->native_entry.load(std::memory_order_acquire) : nullptr;
}

Intrinsic intrinsic_of_maps(std::string_view name, unsigned arity) {
  if (name == "get") return arity == 2 ? Intrinsic::map_get : Intrinsic::map_get_default;
  if (name == "put") return Intrinsic::map_put;
  if (name == "update") return Intrinsic::map_update;
  return name == "remove" ? Intrinsic::map_remove : Intrinsic::map_merge;
}

Word call_intrinsic(const Export* function) {
  struct Known { const char* name; uint8_t arity; Intrinsic which; };
  bool in_place = function->native_flags & native_in_place;
  if (in_place && atom_text(function->module) == "maps")
    return static_cast<Word>(intrinsic_of_maps(atom_text(function->name), function->arity));
  if (in_place && atom_text(function->module) == "math") return static_cast<Word>(Intrinsic::square_root);
  static constexpr Known known[] = {{"setelement", 3, Intrinsic::set_element}, {"hd", 1, Intrinsic::hd},
                                    {"tl", 1, Intrinsic::tl},
                                    {"element", 2, Intrinsic::element},
                                    {"tuple_size", 1, Intrinsic::tuple_size},
                                    {"map_size", 1, Intrinsic::map_size},
                                    {"byte_size", 1, Intrinsic::byte_size},
                                    {"max", 2, Intrinsic::max},
                                    {"min", 2, Intrinsic::min},
                                    {"self", 0, Intrinsic::self},
                                    {"send", 2, Intrinsic::send},
                                    {"!", 2, Intrinsic::send}};
  if (atom_text(function->module) != "erlang") return static_cast<Word>(Intrinsic::none);
  for (const Known& k : known)
    if (function->arity == k.arity && atom_text(function->name) == k.name) return static_cast<Word>(k.which);
  return static_cast<Word>(Intrinsic::none);
}

Word call_find_case(const Word* pc, Word value) {
  size_t low = 0, high = packed(*pc, 1);
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (pc[2 + 2 * middle] == value) return pc[3 + 2 * middle];
    if (pc[2 + 2 * middle] < value) low = middle + 1;
    else high = middle;
  }
  return static_cast<uint32_t>(pc[1]);
}

/// Reads and writes the operands of the instruction at `pc` in m->x[] and the frame.
struct Instruction {
  Machine* m;
  const Word* pc;
  Term& reg(unsigned i) const {
    RegisterCode code = loaded_register(*pc, i);
    return is_y(code) ? m->sp[frame_header_words + (code & 0x7fff)] : m->x[code];
  }
  unsigned number(unsigned i) const { return packed(*pc, i); }
  Term operand(size_t word) const { return operand_value(*m, m->sp, pc[word]); }
};

Word call_execute(Machine* m, const Word* pc) {
  Instruction i{m, pc};
  Building building(m);
  auto value = [&](Term result) -> Word {
    if (result.is_none()) return execute_failed;
    i.reg(0) = result;
    return execute_done;
  };
  auto holds = [](bool condition) -> Word { return condition ? execute_done : execute_failed; };
  switch (loaded_opcode(*pc)) {
    case Opcode::update_element: {
      Term tuple = i.operand(1);
      Term copy = make_tuple(m->context.heap(), std::span(tuple.payload(), tuple.arity()));
      copy.object()[1 + i.number(1)] = i.operand(2).word;
      return value(copy);
    }
    case Opcode::is_function_of: {
      Term fun = i.operand(2), arity = i.operand(3);
      return holds(fun.is_function() && arity.is_small() && Header::extra(fun.header()) == static_cast<uint64_t>(arity.small_value()));
    }

    case Opcode::new_map: return value(runtime_new_map(*m, pc + 1, i.number(1)));
    case Opcode::new_map_of_shape: {
      unsigned count = i.number(1);
      Word* map = m->context.heap().allocate(2 + count);
      map[0] = Header::make(Kind::flat_map, 1 + count);
      map[1] = pc[1];
      for (unsigned k = 0; k < count; k++) map[2 + k] = i.operand(2 + k).word;
      return value(Term::boxed(map));
    }
    case Opcode::put_map: case Opcode::update_map: {
      Term map = i.operand(2), bad = Term::none();
      bool update = loaded_opcode(*pc) == Opcode::update_map;
      Term result = map.is_map() ? runtime_put_map(*m, map, pc + 3, i.number(1), update, &bad) : Term::none();
      if (!result.is_none() || static_cast<uint32_t>(pc[1])) return value(result);
      TermHeap& heap = m->context.heap();
      raise_here(*m, atoms::error, map.is_map() ? make_tuple(heap, {atoms::badkey, bad}) : make_tuple(heap, {atoms::badmap, map}));
      return execute_raised;
    }

    case Opcode::bs_build: {
      Term result = bits_build(*m, pc + 1, i.number(1));
      if (!result.is_none()) return value(result);
      raise_bits(*m, pc + 1, i.number(1));
      return execute_raised;
    }
    case Opcode::bs_start: return i.reg(1).is_bitstring() ? value(bits_start(*m, i.reg(1))) : Word{execute_failed};
    case Opcode::bs_get_integer: return value(bits_get_integer(*m, i.reg(1), pc[2], i.operand(3)));
    case Opcode::bs_get_float: return value(bits_get_float(*m, i.reg(1), pc[2], i.operand(3)));
    case Opcode::bs_get_binary: return value(bits_get_binary(*m, i.reg(1), pc[2], i.operand(3)));
    case Opcode::bs_get_utf8: case Opcode::bs_get_utf16: case Opcode::bs_get_utf32: return value(bits_get_utf(*m, i.reg(1), pc[2]));
    case Opcode::bs_skip_bits: return holds(bits_skip(*m, i.reg(0), pc[2], i.operand(3)));
    case Opcode::bs_match_literal: return holds(bits_match_literal(*m, i.reg(0), Term::raw(pc[2])));
    case Opcode::bs_test_tail: case Opcode::bs_test_unit: {
      const Word* context = i.reg(0).object();
      auto left = static_cast<uint64_t>(Term::raw(context[3]).small_value() - Term::raw(context[2]).small_value());
      return holds(loaded_opcode(*pc) == Opcode::bs_test_tail ? left == i.number(1) : left % i.number(1) == 0);
    }
    case Opcode::bs_get_tail: return value(bits_get_tail(*m, i.reg(1)));
    case Opcode::bs_get_position: return value(Term::raw(i.reg(1).object()[2]));
    case Opcode::bs_set_position: i.reg(0).object()[2] = i.reg(1).word; return execute_done;

    case Opcode::build_stacktrace: return value(trace_to_list(m->context.heap(), i.reg(1)));

    case Opcode::receive_timeout: m->process->end_receive(); return execute_done;
    default: __builtin_unreachable();  // the translator has a form for every other instruction
  }
}

/// Handles signals, so it may collect: it runs outside of building.
Word call_receive_next(Machine* m) {
  Term message;
  switch (receive_next(*m, &message)) {
    case ReceiveStep::message: return message.word;
    case ReceiveStep::none: return native_left;
    default: return native_raised;
  }
}

void call_receive_remove(Machine* m) {
  m->process->accept_message();
  // A collection is due soon: the rest of the slice is put aside.
  if (m->process->heap.wants_collection() && m->context.reductions > 0) [[unlikely]] {
    m->slice_left += m->context.reductions;
    m->context.reductions = 0;
  }
}

Word call_receive_timeout(Machine* m, Word milliseconds) {
  bool bad = false;
  bool over = receive_timeout_over(*m, Term::raw(milliseconds), &bad);
  if (!bad) return over;
  Building building(m);
  raise_here(*m, atoms::error, atoms::timeout_value);
  return native_raised;
}

Word call_send(Machine* m, Word destination, Word message) { return send_quickly(*m, Term::raw(destination), Term::raw(message)); }

}  // namespace

RuntimeCalls runtime_calls() {
  RuntimeCalls calls;
  calls.arithmetic = call_arithmetic;
  calls.bif = call_bif;
  calls.native = call_native_function;
  calls.box_float = call_box_float;
  calls.execute = call_execute;
  calls.collect = call_collect;
  calls.equal_exactly = call_equal_exactly;
  calls.equal = call_equal;
  calls.compare = call_compare;
  calls.map_value = call_map_value;
  calls.map_value_cached = call_map_value_cached;
  calls.map_put = call_map_put;
  calls.map_update = call_map_update;
  calls.map_remove = call_map_remove;
  calls.map_merge = call_map_merge;
  calls.map_put_pairs = call_map_put_pairs;
  calls.map_update_pairs = call_map_update_pairs;
  calls.replace_element = call_replace_element;
  calls.native_entry = call_native_entry;
  calls.intrinsic = call_intrinsic;
  calls.find_case = call_find_case;
  calls.send = call_send;
  calls.receive_next = call_receive_next;
  calls.receive_remove = call_receive_remove;
  calls.receive_skip = [](Machine* m) { m->process->skip_message(); };
  calls.receive_timeout = call_receive_timeout;
  return calls;
}

}  // namespace phial
