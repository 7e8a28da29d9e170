#include "compiler/lower/erlang_operations.hpp"

#include <unordered_map>

namespace phial::compiler::lowering {

namespace {

using core::Op;
using Kind = ErlangOperation::Kind;

struct Table {
  std::unordered_map<Word, ErlangOperation> entries;

  static Word key(Term name, size_t arity) { return name.word << 3 | arity; }
  void add(const char* name, size_t arity, ErlangOperation operation) { entries[key(intern_atom(name), arity)] = operation; }

  Table() {
    auto test = [&](const char* name, size_t arity, Op op, bool swapped = false) { add(name, arity, {Kind::test, op, swapped, true}); };
    test("=:=", 2, Op::is_equal_exact);
    test("=/=", 2, Op::is_not_equal_exact);
    test("==", 2, Op::is_equal);
    test("/=", 2, Op::is_not_equal);
    test("<", 2, Op::is_less);
    test(">", 2, Op::is_less, true);
    test(">=", 2, Op::is_at_least);
    test("=<", 2, Op::is_at_least, true);
    test("is_integer", 1, Op::is_integer);
    test("is_float", 1, Op::is_float);
    test("is_number", 1, Op::is_number);
    test("is_atom", 1, Op::is_atom);
    test("is_boolean", 1, Op::is_boolean);
    test("is_list", 1, Op::is_list);
    test("is_tuple", 1, Op::is_tuple);
    test("is_map", 1, Op::is_map);
    test("is_binary", 1, Op::is_binary);
    test("is_bitstring", 1, Op::is_bitstring);
    test("is_function", 1, Op::is_function);
    test("is_pid", 1, Op::is_pid);
    test("is_port", 1, Op::is_port);
    test("is_reference", 1, Op::is_reference);
    auto arithmetic = [&](const char* name, size_t arity, Op op) { add(name, arity, {Kind::arithmetic, op}); };
    arithmetic("+", 2, Op::add);
    arithmetic("-", 2, Op::subtract);
    arithmetic("*", 2, Op::multiply);
    arithmetic("/", 2, Op::divide);
    arithmetic("div", 2, Op::quotient);
    arithmetic("rem", 2, Op::remainder);
    arithmetic("-", 1, Op::negate);
    arithmetic("band", 2, Op::bit_and);
    arithmetic("bor", 2, Op::bit_or);
    arithmetic("bxor", 2, Op::bit_xor);
    arithmetic("bnot", 1, Op::bit_not);
    arithmetic("bsl", 2, Op::shift_left);
    arithmetic("bsr", 2, Op::shift_right);
    struct Named { const char* name; size_t arity; };
    for (Named g : {Named{"abs", 1}, {"+", 1}, {"bit_size", 1}, {"byte_size", 1}, {"ceil", 1}, {"floor", 1}, {"element", 2}, {"float", 1},
                    {"hd", 1}, {"tl", 1}, {"length", 1}, {"map_get", 2}, {"map_size", 1}, {"node", 0}, {"node", 1}, {"round", 1}, {"self", 0},
                    {"size", 1}, {"trunc", 1}, {"tuple_size", 1}, {"max", 2}, {"min", 2}, {"binary_part", 2}, {"binary_part", 3}})
      add(g.name, g.arity, {Kind::guard});
    for (Named g : {Named{"and", 2}, {"or", 2}, {"xor", 2}, {"is_map_key", 2}, {"is_function", 2}})
      add(g.name, g.arity, {Kind::guard, Op::bif, false, true});
    add("andalso", 2, {Kind::andalso});
    add("orelse", 2, {Kind::orelse});
    add("not", 1, {Kind::not_, Op::bif, false, true});
    for (Named r : {Named{"error", 2}, {"error", 3}, {"exit", 1}, {"throw", 1}, {"raise", 3}, {"nif_error", 1}, {"nif_error", 2}})
      add(r.name, r.arity, {Kind::raises});
    add("error", 1, {Kind::error});
    add("apply", 2, {Kind::apply});
    add("apply", 3, {Kind::apply});
  }
};

}  // namespace

const ErlangOperation* find_erlang_operation(Term name, size_t arity) {
  static const Table table;
  if (arity > 3) return nullptr;
  auto found = table.entries.find(Table::key(name, arity));
  return found == table.entries.end() ? nullptr : &found->second;
}

}  // namespace phial::compiler::lowering
