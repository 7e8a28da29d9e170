// Functions of the library that are functions of :erlang in disguise. Calls of them go straight to :erlang, so that they are inlined by
// the emitter and allowed in guards.
#include <unordered_map>

#include "compiler/expand/expander.hpp"
#include "vm/term/number.hpp"

namespace phial::compiler {

namespace {

struct Rename {
  const char* module;
  const char* name;
  int arity;
  const char* target_module;
  const char* target_name;
};

// Same arguments in the same order.
constexpr Rename renames[] = {
    {"Kernel", "!=", 2, "erlang", "/="}, {"Kernel", "!==", 2, "erlang", "=/="}, {"Kernel", "*", 2, "erlang", "*"},
    {"Kernel", "+", 1, "erlang", "+"}, {"Kernel", "+", 2, "erlang", "+"}, {"Kernel", "++", 2, "erlang", "++"},
    {"Kernel", "-", 1, "erlang", "-"}, {"Kernel", "-", 2, "erlang", "-"}, {"Kernel", "--", 2, "erlang", "--"},
    {"Kernel", "/", 2, "erlang", "/"}, {"Kernel", "<", 2, "erlang", "<"}, {"Kernel", "<=", 2, "erlang", "=<"},
    {"Kernel", "==", 2, "erlang", "=="}, {"Kernel", "===", 2, "erlang", "=:="}, {"Kernel", ">", 2, "erlang", ">"},
    {"Kernel", ">=", 2, "erlang", ">="}, {"Kernel", "abs", 1, "erlang", "abs"}, {"Kernel", "apply", 2, "erlang", "apply"},
    {"Kernel", "apply", 3, "erlang", "apply"}, {"Kernel", "binary_part", 3, "erlang", "binary_part"},
    {"Kernel", "bit_size", 1, "erlang", "bit_size"}, {"Kernel", "byte_size", 1, "erlang", "byte_size"},
    {"Kernel", "ceil", 1, "erlang", "ceil"}, {"Kernel", "div", 2, "erlang", "div"}, {"Kernel", "exit", 1, "erlang", "exit"},
    {"Kernel", "floor", 1, "erlang", "floor"}, {"Kernel", "hd", 1, "erlang", "hd"}, {"Kernel", "is_atom", 1, "erlang", "is_atom"},
    {"Kernel", "is_binary", 1, "erlang", "is_binary"}, {"Kernel", "is_bitstring", 1, "erlang", "is_bitstring"},
    {"Kernel", "is_boolean", 1, "erlang", "is_boolean"}, {"Kernel", "is_float", 1, "erlang", "is_float"},
    {"Kernel", "is_function", 1, "erlang", "is_function"}, {"Kernel", "is_function", 2, "erlang", "is_function"},
    {"Kernel", "is_integer", 1, "erlang", "is_integer"}, {"Kernel", "is_list", 1, "erlang", "is_list"},
    {"Kernel", "is_map", 1, "erlang", "is_map"}, {"Kernel", "is_number", 1, "erlang", "is_number"},
    {"Kernel", "is_pid", 1, "erlang", "is_pid"}, {"Kernel", "is_port", 1, "erlang", "is_port"},
    {"Kernel", "is_reference", 1, "erlang", "is_reference"}, {"Kernel", "is_tuple", 1, "erlang", "is_tuple"},
    {"Kernel", "length", 1, "erlang", "length"}, {"Kernel", "make_ref", 0, "erlang", "make_ref"},
    {"Kernel", "map_size", 1, "erlang", "map_size"}, {"Kernel", "max", 2, "erlang", "max"}, {"Kernel", "min", 2, "erlang", "min"},
    {"Kernel", "node", 0, "erlang", "node"}, {"Kernel", "node", 1, "erlang", "node"}, {"Kernel", "not", 1, "erlang", "not"},
    {"Kernel", "rem", 2, "erlang", "rem"}, {"Kernel", "round", 1, "erlang", "round"}, {"Kernel", "self", 0, "erlang", "self"},
    {"Kernel", "send", 2, "erlang", "send"}, {"Kernel", "spawn", 1, "erlang", "spawn"}, {"Kernel", "spawn", 3, "erlang", "spawn"},
    {"Kernel", "spawn_link", 1, "erlang", "spawn_link"}, {"Kernel", "spawn_link", 3, "erlang", "spawn_link"},
    {"Kernel", "spawn_monitor", 1, "erlang", "spawn_monitor"}, {"Kernel", "spawn_monitor", 3, "erlang", "spawn_monitor"},
    {"Kernel", "throw", 1, "erlang", "throw"}, {"Kernel", "tl", 1, "erlang", "tl"}, {"Kernel", "trunc", 1, "erlang", "trunc"},
    {"Kernel", "tuple_size", 1, "erlang", "tuple_size"},
    {"Atom", "to_string", 1, "erlang", "atom_to_binary"}, {"Atom", "to_charlist", 1, "erlang", "atom_to_list"},
    {"Bitwise", "band", 2, "erlang", "band"}, {"Bitwise", "bor", 2, "erlang", "bor"}, {"Bitwise", "bxor", 2, "erlang", "bxor"},
    {"Bitwise", "bnot", 1, "erlang", "bnot"}, {"Bitwise", "bsl", 2, "erlang", "bsl"}, {"Bitwise", "bsr", 2, "erlang", "bsr"},
    {"Bitwise", "&&&", 2, "erlang", "band"}, {"Bitwise", "|||", 2, "erlang", "bor"}, {"Bitwise", "~~~", 1, "erlang", "bnot"},
    {"Bitwise", "<<<", 2, "erlang", "bsl"}, {"Bitwise", ">>>", 2, "erlang", "bsr"},
    {"Integer", "to_string", 1, "erlang", "integer_to_binary"}, {"Integer", "to_string", 2, "erlang", "integer_to_binary"},
    {"Integer", "to_charlist", 1, "erlang", "integer_to_list"}, {"Integer", "to_charlist", 2, "erlang", "integer_to_list"},
    {"List", "to_atom", 1, "erlang", "list_to_atom"}, {"List", "to_existing_atom", 1, "erlang", "list_to_existing_atom"},
    {"List", "to_float", 1, "erlang", "list_to_float"}, {"List", "to_integer", 1, "erlang", "list_to_integer"},
    {"List", "to_integer", 2, "erlang", "list_to_integer"}, {"List", "to_tuple", 1, "erlang", "list_to_tuple"},
    {"Map", "keys", 1, "maps", "keys"}, {"Map", "merge", 2, "maps", "merge"},
    {"Map", "to_list", 1, "maps", "to_list"}, {"Map", "values", 1, "maps", "values"},
    {"Node", "list", 0, "erlang", "nodes"}, {"Node", "list", 1, "erlang", "nodes"}, {"Node", "spawn", 2, "erlang", "spawn"},
    {"Node", "spawn", 4, "erlang", "spawn"}, {"Node", "spawn_link", 2, "erlang", "spawn_link"},
    {"Node", "spawn_link", 4, "erlang", "spawn_link"},
    {"Process", "exit", 2, "erlang", "exit"}, {"Process", "flag", 2, "erlang", "process_flag"},
    {"Process", "get_keys", 0, "erlang", "get_keys"}, {"Process", "get_keys", 1, "erlang", "get_keys"},
    {"Process", "hibernate", 3, "erlang", "hibernate"}, {"Process", "link", 1, "erlang", "link"},
    {"Process", "list", 0, "erlang", "processes"}, {"Process", "spawn", 2, "erlang", "spawn_opt"},
    {"Process", "spawn", 4, "erlang", "spawn_opt"}, {"Process", "unlink", 1, "erlang", "unlink"},
    {"Port", "close", 1, "erlang", "port_close"}, {"Port", "command", 2, "erlang", "port_command"}, {"Port", "list", 0, "erlang", "ports"},
    {"String", "to_atom", 1, "erlang", "binary_to_atom"}, {"String", "to_existing_atom", 1, "erlang", "binary_to_existing_atom"},
    {"String", "to_float", 1, "erlang", "binary_to_float"}, {"String", "to_integer", 1, "erlang", "binary_to_integer"},
    {"String", "to_integer", 2, "erlang", "binary_to_integer"},
    {"System", "monotonic_time", 0, "erlang", "monotonic_time"}, {"System", "os_time", 0, "os", "system_time"},
    {"System", "system_time", 0, "erlang", "system_time"}, {"System", "time_offset", 0, "erlang", "time_offset"},
    {"System", "unique_integer", 0, "erlang", "unique_integer"}, {"System", "unique_integer", 1, "erlang", "unique_integer"},
    {"Tuple", "to_list", 1, "erlang", "tuple_to_list"},
};

uint64_t key_of(Term module, Term name, int64_t arity) {
  return uint64_t{module.atom_index()} << 40 ^ uint64_t{name.atom_index()} << 8 ^ static_cast<uint64_t>(arity);
}

struct Target { Term module; Term name; };

const std::unordered_map<uint64_t, Target>& rename_table() {
  static const auto* table = [] {
    auto* map = new std::unordered_map<uint64_t, Target>();
    for (const Rename& rename : renames) {
      Term module = intern_atom("Elixir." + std::string(rename.module));
      map->emplace(key_of(module, intern_atom(rename.name), rename.arity),
                   Target{intern_atom(rename.target_module), intern_atom(rename.target_name)});
    }
    return map;
  }();
  return *table;
}

Term nth(Term list, int index) {
  while (index--) list = list.tail();
  return list.head();
}

/// A zero-based position as the one-based one of :erlang.
Term one_based(TermHeap& heap, Term meta, Term index) {
  if (index.is_small()) return Term::small(index.small_value() + 1);
  return remote_call(heap, meta, atoms::erlang, atoms::plus, make_list(heap, {index, Term::small(1)}));
}

}  // namespace

Term inline_target(TermHeap& heap, Term module, Term name, int64_t arity) {
  auto found = rename_table().find(key_of(module, name, arity));
  if (found == rename_table().end()) return Term::none();
  return pair(heap, found->second.module, found->second.name);
}

Term inline_function(TermHeap& heap, Term meta, Term module, Term name, Term arguments) {
  int64_t arity = list_length(arguments);
  auto found = rename_table().find(key_of(module, name, arity));
  if (found != rename_table().end()) {
    if (module == atoms::kernel && arity == 1 && (name == atoms::plus || name == atoms::minus) && arguments.head().is_number()) {
      Term value = arguments.head();
      return name == atoms::plus ? value : number_negate(heap, value);
    }
    return remote_call(heap, meta, found->second.module, found->second.name, arguments);
  }
  auto call = [&](std::string_view target_module, std::string_view target, std::initializer_list<Term> reordered) {
    return remote_call(heap, meta, intern_atom(target_module), intern_atom(target), make_list(heap, reordered));
  };
  if (module == atoms::kernel) {
    if (name == atoms::elem && arity == 2) return call("erlang", "element", {one_based(heap, meta, nth(arguments, 1)), nth(arguments, 0)});
    if (name == atoms::put_elem && arity == 3)
      return call("erlang", "setelement", {one_based(heap, meta, nth(arguments, 1)), nth(arguments, 0), nth(arguments, 2)});
    if (name == atoms::is_map_key && arity == 2) return call("erlang", "is_map_key", {nth(arguments, 1), nth(arguments, 0)});
    return Term::none();
  }
  if (module == atoms::map_module) {
    std::string_view text = atom_text(name);
    if (text == "fetch" && arity == 2) return call("maps", "find", {nth(arguments, 1), nth(arguments, 0)});
    if (text == "delete" && arity == 2) return call("maps", "remove", {nth(arguments, 1), nth(arguments, 0)});
    if (text == "has_key?" && arity == 2) return call("maps", "is_key", {nth(arguments, 1), nth(arguments, 0)});
    if (text == "put" && arity == 3) return call("maps", "put", {nth(arguments, 1), nth(arguments, 2), nth(arguments, 0)});
    return Term::none();
  }
  if (module == atoms::process_module && atom_text(name) == "group_leader" && arity == 0) return call("erlang", "group_leader", {});
  if (module == atoms::tuple_module && arity == 2 && atom_text(name) == "append")
    return call("erlang", "append_element", {nth(arguments, 0), nth(arguments, 1)});
  return Term::none();
}

bool is_guard_function(Term module, Term name, int64_t arity) {
  if (module != atoms::erlang) return false;
  static const auto* table = [] {
    struct Guard { const char* name; int arity; };
    constexpr Guard guards[] = {
        {"+", 1}, {"+", 2}, {"-", 1}, {"-", 2}, {"*", 2}, {"/", 2}, {"==", 2}, {"/=", 2}, {"=:=", 2}, {"=/=", 2}, {"<", 2}, {">", 2},
        {"=<", 2}, {">=", 2}, {"and", 2}, {"or", 2}, {"xor", 2}, {"not", 1}, {"andalso", 2}, {"orelse", 2}, {"abs", 1}, {"band", 2},
        {"bor", 2}, {"bxor", 2}, {"bnot", 1}, {"bsl", 2}, {"bsr", 2}, {"div", 2}, {"rem", 2}, {"binary_part", 2}, {"binary_part", 3},
        {"bit_size", 1}, {"byte_size", 1}, {"ceil", 1}, {"element", 2}, {"float", 1}, {"floor", 1}, {"hd", 1}, {"is_atom", 1},
        {"is_binary", 1}, {"is_bitstring", 1}, {"is_boolean", 1}, {"is_float", 1}, {"is_function", 1}, {"is_function", 2},
        {"is_integer", 1}, {"is_list", 1}, {"is_map", 1}, {"is_map_key", 2}, {"is_number", 1}, {"is_pid", 1}, {"is_port", 1},
        {"is_record", 2}, {"is_record", 3}, {"is_reference", 1}, {"is_tuple", 1}, {"length", 1}, {"map_get", 2}, {"map_size", 1},
        {"max", 2}, {"min", 2}, {"node", 0}, {"node", 1}, {"round", 1}, {"self", 0}, {"size", 1}, {"tl", 1}, {"trunc", 1}, {"tuple_size", 1}};
    auto* set = new std::unordered_set<uint64_t>();
    for (const Guard& guard : guards) set->insert(key_of(atoms::erlang, intern_atom(guard.name), guard.arity));
    return set;
  }();
  return table->contains(key_of(module, name, arity));
}

}  // namespace phial::compiler
