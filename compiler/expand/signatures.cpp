#include "compiler/expand/signatures.hpp"

#include <unordered_map>

namespace phial::compiler {

namespace {

constexpr uint16_t integer = Type::integer, float_ = Type::float_, number = Type::number, binary = Type::binary, bitstring = Type::bitstring,
                   atom = Type::atom, tuple = Type::tuple, list = Type::list, cons = Type::cons, map = Type::map, any = Type::all;

const Signature table[] = {
    {"+", "Kernel.+/2", {integer, integer}, integer}, {"+", "Kernel.+/2", {integer, float_}, float_},
    {"+", "Kernel.+/2", {float_, integer}, float_}, {"+", "Kernel.+/2", {float_, float_}, float_},
    {"-", "Kernel.-/2", {integer, integer}, integer}, {"-", "Kernel.-/2", {integer, float_}, float_},
    {"-", "Kernel.-/2", {float_, integer}, float_}, {"-", "Kernel.-/2", {float_, float_}, float_},
    {"*", "Kernel.*/2", {integer, integer}, integer}, {"*", "Kernel.*/2", {integer, float_}, float_},
    {"*", "Kernel.*/2", {float_, integer}, float_}, {"*", "Kernel.*/2", {float_, float_}, float_},
    {"/", "Kernel.//2", {number, number}, float_},
    {"+", "Kernel.+/1", {integer}, integer}, {"+", "Kernel.+/1", {float_}, float_},
    {"-", "Kernel.-/1", {integer}, integer}, {"-", "Kernel.-/1", {float_}, float_},
    {"div", "Kernel.div/2", {integer, integer}, integer}, {"rem", "Kernel.rem/2", {integer, integer}, integer},
    {"band", "Bitwise.band/2", {integer, integer}, integer}, {"bor", "Bitwise.bor/2", {integer, integer}, integer},
    {"bxor", "Bitwise.bxor/2", {integer, integer}, integer}, {"bsl", "Bitwise.bsl/2", {integer, integer}, integer},
    {"bsr", "Bitwise.bsr/2", {integer, integer}, integer}, {"bnot", "Bitwise.bnot/1", {integer}, integer},
    {"abs", "Kernel.abs/1", {integer}, integer}, {"abs", "Kernel.abs/1", {float_}, float_},
    {"trunc", "Kernel.trunc/1", {number}, integer}, {"round", "Kernel.round/1", {number}, integer},
    {"floor", "Kernel.floor/1", {number}, integer}, {"ceil", "Kernel.ceil/1", {number}, integer},
    {"++", "Kernel.++/2", {list, any}, any}, {"--", "Kernel.--/2", {list, list}, list},
    {"hd", "Kernel.hd/1", {cons}, any}, {"tl", "Kernel.tl/1", {cons}, any}, {"length", "Kernel.length/1", {list}, integer},
    {"byte_size", "Kernel.byte_size/1", {bitstring}, integer}, {"bit_size", "Kernel.bit_size/1", {bitstring}, integer},
    {"binary_part", "Kernel.binary_part/3", {binary, integer, integer}, binary},
    {"tuple_size", "Kernel.tuple_size/1", {tuple}, integer}, {"map_size", "Kernel.map_size/1", {map}, integer},
    {"element", "Kernel.elem/2", {integer, tuple}, any}, {"setelement", "Kernel.put_elem/3", {integer, tuple, any}, tuple},
    {"tuple_to_list", "Tuple.to_list/1", {tuple}, list}, {"list_to_tuple", "List.to_tuple/1", {list}, tuple},
    {"atom_to_binary", "Atom.to_string/1", {atom}, binary}, {"atom_to_list", "Atom.to_charlist/1", {atom}, list},
    {"integer_to_binary", "Integer.to_string/1", {integer}, binary}, {"integer_to_binary", "Integer.to_string/2", {integer, integer}, binary},
    {"integer_to_list", "Integer.to_charlist/1", {integer}, list}, {"integer_to_list", "Integer.to_charlist/2", {integer, integer}, list},
    {"list_to_atom", "List.to_atom/1", {list}, atom}, {"list_to_existing_atom", "List.to_existing_atom/1", {list}, atom},
    {"list_to_float", "List.to_float/1", {cons}, float_}, {"list_to_integer", "List.to_integer/1", {cons}, integer},
    {"binary_to_atom", "String.to_atom/1", {binary}, atom}, {"binary_to_existing_atom", "String.to_existing_atom/1", {binary}, atom},
    {"binary_to_integer", "String.to_integer/1", {binary}, integer}, {"binary_to_integer", "String.to_integer/2", {binary, integer}, integer},
    {"binary_to_float", "String.to_float/1", {binary}, float_},
    {"self", "Kernel.self/0", {}, Type::pid}, {"make_ref", "Kernel.make_ref/0", {}, Type::reference},
    {"node", "Kernel.node/0", {}, atom},
    {"not", "Kernel.not/1", {atom}, atom, true},
    {"is_atom", "Kernel.is_atom/1", {any}, atom, true}, {"is_binary", "Kernel.is_binary/1", {any}, atom, true},
    {"is_bitstring", "Kernel.is_bitstring/1", {any}, atom, true}, {"is_boolean", "Kernel.is_boolean/1", {any}, atom, true},
    {"is_float", "Kernel.is_float/1", {any}, atom, true}, {"is_function", "Kernel.is_function/1", {any}, atom, true},
    {"is_function", "Kernel.is_function/2", {any, integer}, atom, true}, {"is_integer", "Kernel.is_integer/1", {any}, atom, true},
    {"is_list", "Kernel.is_list/1", {any}, atom, true}, {"is_map", "Kernel.is_map/1", {any}, atom, true},
    {"is_map_key", "Kernel.is_map_key/2", {any, map}, atom, true}, {"is_number", "Kernel.is_number/1", {any}, atom, true},
    {"is_pid", "Kernel.is_pid/1", {any}, atom, true}, {"is_tuple", "Kernel.is_tuple/1", {any}, atom, true},
};

}  // namespace

std::vector<const Signature*> library_signatures_of(Term module, Term name, size_t arity) {
  static const auto index = [] {
    std::unordered_map<std::string, std::vector<const Signature*>> built;
    for (const Signature& signature : table)
      if (std::string_view(signature.name) != "element" && std::string_view(signature.name) != "setelement")
        built["Elixir." + std::string(signature.shown)].push_back(&signature);
    return built;
  }();
  if (!is_alias_atom(module)) return {};
  auto found = index.find(std::string(atom_text(module)) + "." + name_arity(name, static_cast<int64_t>(arity)));
  return found == index.end() ? std::vector<const Signature*>() : found->second;
}

std::vector<const Signature*> signatures_of(Term name, size_t arity) {
  static const auto index = [] {
    std::unordered_map<uint64_t, std::vector<const Signature*>> built;
    for (const Signature& signature : table)
      built[uint64_t{intern_atom(signature.name).atom_index()} << 8 | signature.parameters.size()].push_back(&signature);
    return built;
  }();
  auto found = index.find(uint64_t{name.atom_index()} << 8 | arity);
  return found == index.end() ? std::vector<const Signature*>() : found->second;
}

}  // namespace phial::compiler
