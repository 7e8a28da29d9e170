// Handlers of moves, lists, tuples, functions, maps and bits.
#pragma once
#include "vm/interpreter/handlers.hpp"

namespace phial {

PHIAL_HANDLER(move) {
  R(0) = R(1);
  NEXT(1);
}
PHIAL_HANDLER(move_constant) {
  R(0) = Term::raw(PC[1]);
  NEXT(2);
}
PHIAL_HANDLER(swap) {
  Term a = R(0);
  R(0) = R(1);
  R(1) = a;
  NEXT(1);
}

// -- lists and tuples
PHIAL_HANDLER(get_list) {
  Term list = R(2);
  Term head = list.head(), tail = list.tail();
  R(0) = head;
  R(1) = tail;
  NEXT(1);
}
PHIAL_HANDLER(get_head) {
  R(0) = R(1).head();
  NEXT(1);
}
PHIAL_HANDLER(get_tail) {
  R(0) = R(1).tail();
  NEXT(1);
}
PHIAL_HANDLER(get_element) {
  R(0) = R(1).element(N(2));
  NEXT(1);
}
PHIAL_HANDLER(put_list) {
  hp[0] = R(1).word;
  hp[1] = R(2).word;
  R(0) = Term::cons(hp);
  hp += 2;
  NEXT(1);
}
PHIAL_HANDLER(put_list_any) {
  hp[0] = S(PC[1]).word;
  hp[1] = S(PC[2]).word;
  R(0) = Term::cons(hp);
  hp += 2;
  NEXT(3);
}
PHIAL_HANDLER(put_tuple) {
  unsigned n = N(1);
  hp[0] = Header::make(Kind::tuple, n);
  for (unsigned i = 0; i < n; i++) hp[1 + i] = S(PC[1 + i]).word;
  R(0) = Term::boxed(hp);
  hp += 1 + n;
  NEXT(1 + n);
}
PHIAL_HANDLER(update_element) {
  Term tuple = S(PC[1]), value = S(PC[2]);
  SYNC();
  m->begin_building_here();
  size_t words = 1 + tuple.arity();
  Word* copy = m->process->heap.allocate(words);
  std::memcpy(copy, tuple.object(), words * sizeof(Word));
  copy[1 + N(1)] = value.word;
  m->end_building();
  RELOAD();
  R(0) = Term::boxed(copy);
  NEXT(3);
}
PHIAL_HANDLER(put_fun) {
  unsigned n = N(1);
  auto function = reinterpret_cast<Function*>(PC[1]);
  hp[0] = Header::make(Kind::fun, 1 + n, function->arity - n);
  hp[1] = PC[1];
  for (unsigned i = 0; i < n; i++) hp[2 + i] = S(PC[2 + i]).word;
  R(0) = Term::boxed(hp);
  hp += 2 + n;
  NEXT(2 + n);
}

// -- maps
PHIAL_HANDLER(new_map) {  // "dnP"
  SYNC();
  m->begin_building_here();
  Term map = runtime_new_map(*m, PC + 1, N(1));
  m->end_building();
  RELOAD();
  R(0) = map;
  NEXT(1 + 2 * N(1));
}
PHIAL_HANDLER(new_map_of_shape) {  // "dnK*"
  unsigned n = N(1);
  SYNC();
  m->begin_building_here();
  Word* map = m->process->heap.allocate(2 + n);
  m->end_building();
  RELOAD();
  map[0] = Header::make(Kind::flat_map, 1 + n);
  map[1] = PC[1];
  for (unsigned i = 0; i < n; i++) map[2 + i] = S(PC[2 + i]).word;
  R(0) = Term::boxed(map);
  NEXT(2 + n);
}
template <unsigned mask, bool update>
PHIAL_CODE void change_map(PHIAL_CODE_PARAMETERS) {  // "dnLSP"
  Term map = S(PC[2]);
  SYNC();
  m->begin_building_here();
  Term bad = Term::none();
  Term result = map.is_map() ? runtime_put_map(*m, map, PC + 3, N(1), update, &bad) : Term::none();
  if (result.is_none()) {
    if (LABELED(1)) {
      m->end_building();
      RELOAD();
      DISPATCH(L(1));
    }
    ProcessHeap& heap = m->process->heap;
    raise_here(*m, atoms::error, map.is_map() ? make_tuple(heap, {atoms::badkey, bad}) : make_tuple(heap, {atoms::badmap, map}));
    m->end_building();
    RELOAD();
    RAISE();
  }
  m->end_building();
  RELOAD();
  R(0) = result;
  NEXT(3 + 2 * N(1));
}
PHIAL_HANDLER(put_map) { SLOW((change_map<mask, false>)); }
PHIAL_HANDLER(update_map) { SLOW((change_map<mask, true>)); }

// The cache word of get_map_value: address of a shape (a literal key tuple) in the low 48 bits, place of the value above.
template <unsigned mask>
PHIAL_CODE void map_value_slow(PHIAL_CODE_PARAMETERS) {
  Term value;
  Word before = __atomic_load_n(PC + 3, __ATOMIC_RELAXED);
  if (map_value_cached(R(1), Term::raw(PC[2]), const_cast<Word*>(PC + 3), &value)) {
    if (before) feedback(PC + 1, feedback_changed);
    R(0) = value;
    NEXT(4);
  }
  feedback(PC + 1, feedback_failed);
  DISPATCH(L(1));
}
PHIAL_HANDLER(get_map_value) {  // "drLKC"
  Term map = R(1);
  if (map.is_kind(Kind::flat_map)) [[likely]] {
    Word cache = reinterpret_cast<const std::atomic<Word>*>(PC + 3)->load(std::memory_order_relaxed);
    if ((cache & 0xffffffffffff) == map.payload()[0].word) [[likely]] {
      R(0) = map.payload()[cache >> 48];
      NEXT(4);
    }
  }
  SLOW(map_value_slow<mask>);
}
PHIAL_HANDLER(get_map_value_any) {  // "dLSS"
  Term map = S(PC[2]);
  Term value = map.is_map() ? map_get(map, S(PC[3])) : Term::none();
  if (value.is_none()) DISPATCH(L(1));
  R(0) = value;
  NEXT(4);
}
PHIAL_HANDLER(has_map_key) {  // "LSS"
  Term map = S(PC[2]);
  if (!map.is_map() || map_get(map, S(PC[3])).is_none()) DISPATCH(L(1));
  NEXT(4);
}

// -- bits
PHIAL_HANDLER(bs_build) {  // "dnG"
  SYNC();
  m->begin_building_here();
  Term result = bits_build(*m, PC + 1, N(1));
  if (result.is_none()) {
    raise_bits(*m, PC + 1, N(1));
    m->end_building();
    RELOAD();
    RAISE();
  }
  m->end_building();
  RELOAD();
  R(0) = result;
  NEXT(1 + 3 * N(1));
}
PHIAL_HANDLER(bs_start) {  // "drL"
  Term source = R(1);
  if (!source.is_bitstring()) DISPATCH(L(1));
  SYNC();
  m->begin_building_here();
  Term context = bits_start(*m, source);
  m->end_building();
  RELOAD();
  R(0) = context;
  NEXT(2);
}

/// Integers of at most 56 bits of a whole number of bytes, big-endian, unsigned: the usual case.
template <unsigned mask>
PHIAL_CODE void bits_integer_slow(PHIAL_CODE_PARAMETERS) {
  SYNC();
  m->begin_building_here();
  Term value = bits_get_integer(*m, R(1), PC[2], S(PC[3]));
  m->end_building();
  RELOAD();
  if (value.is_none()) DISPATCH(L(1));
  R(0) = value;
  NEXT(4);
}
PHIAL_HANDLER(bs_get_integer) {  // "drLIS"
  Term size = S(PC[3]);
  Word descriptor = PC[2];
  if (size.is_small() && !(descriptor >> 16 & 0xff)) [[likely]] {
    Word* context = R(1).object();
    Word bits = static_cast<Word>(size.small_value()) * (descriptor >> 8 & 0xff);
    auto position = static_cast<Word>(Term::raw(context[2]).small_value());
    auto end = static_cast<Word>(Term::raw(context[3]).small_value());
    if (!((bits | position) & 7) && bits <= 56 && size.small_value() >= 0) [[likely]] {
      if (bits > end - position) DISPATCH(L(1));
      const Word* binary = Term::raw(context[1]).object();
      const uint8_t* bytes = (Header::kind(*binary) == Kind::heap_binary ? reinterpret_cast<const uint8_t*>(binary + 2)
                                                                         : reinterpret_cast<SharedBinary*>(binary[2])->bytes) +
                             position / 8;
      Word value = 0;
      for (Word i = 0; i < bits / 8; i++) value = value << 8 | bytes[i];
      context[2] = Term::small(static_cast<int64_t>(position + bits)).word;
      R(0) = Term::small(static_cast<int64_t>(value));
      NEXT(4);
    }
  }
  SLOW(bits_integer_slow<mask>);
}
#define BITS_GET(name, call, words)   \
  PHIAL_HANDLER(name) {               \
    SYNC();                           \
    m->begin_building_here();              \
    Term value = call;                \
    m->end_building();                \
    RELOAD();                         \
    if (value.is_none()) DISPATCH(L(1)); \
    R(0) = value;                     \
    NEXT(words);                      \
  }
BITS_GET(bs_get_float, bits_get_float(*m, R(1), PC[2], S(PC[3])), 4)
BITS_GET(bs_get_binary, bits_get_binary(*m, R(1), PC[2], S(PC[3])), 4)
BITS_GET(bs_get_utf8, bits_get_utf(*m, R(1), PC[2]), 3)
BITS_GET(bs_get_utf16, bits_get_utf(*m, R(1), PC[2]), 3)
BITS_GET(bs_get_utf32, bits_get_utf(*m, R(1), PC[2]), 3)
#undef BITS_GET
PHIAL_HANDLER(bs_skip_bits) {  // "rLIS"
  if (!bits_skip(*m, R(0), PC[2], S(PC[3]))) DISPATCH(L(1));
  NEXT(4);
}
PHIAL_HANDLER(bs_match_literal) {  // "rLK"
  if (!bits_match_literal(*m, R(0), Term::raw(PC[2]))) DISPATCH(L(1));
  NEXT(3);
}
inline Word bits_left(Term context) {
  return static_cast<Word>(Term::raw(context.object()[3]).small_value() - Term::raw(context.object()[2]).small_value());
}
PHIAL_HANDLER(bs_test_tail) {  // "rnL"
  if (bits_left(R(0)) != N(1)) DISPATCH(L(1));
  NEXT(2);
}
PHIAL_HANDLER(bs_test_unit) {
  if (bits_left(R(0)) % N(1)) DISPATCH(L(1));
  NEXT(2);
}
PHIAL_HANDLER(bs_get_tail) {  // "dr"
  SYNC();
  m->begin_building_here();
  Term tail = bits_get_tail(*m, R(1));
  m->end_building();
  RELOAD();
  R(0) = tail;
  NEXT(1);
}
PHIAL_HANDLER(bs_get_position) {
  R(0) = Term::raw(R(1).object()[2]);
  NEXT(1);
}
PHIAL_HANDLER(bs_set_position) {
  R(0).object()[2] = R(1).word;
  NEXT(1);
}

}  // namespace phial
