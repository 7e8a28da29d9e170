#include "compiler/expand/types.hpp"

#include <algorithm>

#include "vm/term/print.hpp"

namespace phial::compiler {

Type Type::atom_value(Term value) {
  Type type = of(atom);
  type.atoms = std::make_shared<Terms>(Terms{value});
  return type;
}

Type Type::boolean() {
  Type type = of(atom);
  type.atoms = std::make_shared<Terms>(Terms{atoms::false_, atoms::true_});
  return type;
}

const Type* MapShape::find(Term key) const {
  for (const auto& [name, type] : fields)
    if (name == key) return &type;
  return nullptr;
}

Term MapShape::structure() const {
  const Type* type = find(atoms::struct_);
  return type && type->kinds == Type::atom && type->atoms && type->atoms->size() == 1 ? type->atoms->front() : Term::none();
}

namespace {

std::shared_ptr<const TupleShape> join_tuples(const std::shared_ptr<const TupleShape>& a, const std::shared_ptr<const TupleShape>& b) {
  if (!a || !b || a->elements.size() != b->elements.size()) return nullptr;
  auto shape = std::make_shared<TupleShape>();
  for (size_t i = 0; i < a->elements.size(); i++) shape->elements.push_back(join(a->elements[i], b->elements[i]));
  return shape;
}

std::shared_ptr<const MapShape> join_maps(const std::shared_ptr<const MapShape>& a, const std::shared_ptr<const MapShape>& b) {
  if (!a || !b) return nullptr;
  auto shape = std::make_shared<MapShape>();
  shape->open = a->open || b->open || a->fields.size() != b->fields.size();
  for (const auto& [key, type] : a->fields) {
    const Type* other = b->find(key);
    if (other) shape->fields.push_back({key, join(type, *other)});
    else shape->open = true;
  }
  return shape;
}

}  // namespace

Type join(const Type& a, const Type& b) {
  if (!a.kinds) return b;
  if (!b.kinds) return a;
  Type type = Type::of(a.kinds | b.kinds);
  type.dynamic = a.dynamic || b.dynamic;
  auto pick = [&](uint16_t kind, const auto& left, const auto& right, auto both) {
    if (!(a.kinds & kind)) return right;
    if (!(b.kinds & kind)) return left;
    return both(left, right);
  };
  type.atoms = pick(Type::atom, a.atoms, b.atoms, [](auto& left, auto& right) -> std::shared_ptr<const Terms> {
    if (!left || !right) return nullptr;
    auto all = std::make_shared<Terms>(*left);
    for (Term item : *right)
      if (std::find(all->begin(), all->end(), item) == all->end()) all->push_back(item);
    return all->size() > 12 ? nullptr : all;
  });
  type.element = pick(Type::cons, a.element, b.element, [](auto& left, auto& right) -> std::shared_ptr<const Type> {
    return left && right ? std::make_shared<const Type>(join(*left, *right)) : nullptr;
  });
  type.elements = pick(Type::tuple, a.elements, b.elements, [](auto& left, auto& right) { return join_tuples(left, right); });
  type.fields = pick(Type::map, a.fields, b.fields, [](auto& left, auto& right) { return join_maps(left, right); });
  return type;
}

bool disjoint(const Type& a, const Type& b) {
  uint16_t common = a.kinds & b.kinds;
  if (!common) return true;
  if (common & ~(Type::atom | Type::tuple | Type::map | Type::cons)) return false;
  if (common & Type::cons)
    if (!a.element || !b.element || !disjoint(*a.element, *b.element)) return false;
  if (common & Type::atom) {
    if (!a.atoms || !b.atoms) return false;
    for (Term item : *a.atoms)
      if (std::find(b.atoms->begin(), b.atoms->end(), item) != b.atoms->end()) return false;
  }
  if (common & Type::tuple) {
    if (!a.elements || !b.elements) return false;
    if (a.elements->elements.size() == b.elements->elements.size()) {
      bool apart = false;
      for (size_t i = 0; i < a.elements->elements.size(); i++) apart = apart || disjoint(a.elements->elements[i], b.elements->elements[i]);
      if (!apart) return false;
    }
  }
  if (common & Type::map) {
    if (!a.fields || !b.fields) return false;
    bool apart = false;
    auto compare = [&](const MapShape& left, const MapShape& right) {
      for (const auto& [key, type] : left.fields) {
        const Type* other = right.find(key);
        if (other ? disjoint(type, *other) : !right.open) apart = true;
      }
    };
    compare(*a.fields, *b.fields);
    compare(*b.fields, *a.fields);
    if (!apart) return false;
  }
  return true;
}

namespace {

std::string fields_text(const MapShape& shape, bool skip_struct) {
  std::string out = shape.open && !skip_struct ? "..." : "";
  for (const auto& [key, type] : shape.fields) {
    if (skip_struct && key == atoms::struct_) continue;
    if (!out.empty()) out += ", ";
    std::string name = print_atom(key);
    out += (name.starts_with(":") ? name.substr(1) : name) + ": " + type_text(type);
  }
  return out;
}

}  // namespace

std::string type_text(const Type& type) {
  if (type.dynamic) {
    Type plain = type;
    plain.dynamic = false;
    return type.is_any() ? "dynamic()" : "dynamic(" + type_text(plain) + ")";
  }
  if (type.is_any()) return "term()";
  if (!type.kinds) return "none()";
  std::vector<std::string> parts;
  auto add = [&](unsigned kind, const char* text) {
    if ((type.kinds & kind) == kind) parts.push_back(text);
  };
  if (type.kinds & Type::atom) {
    bool both = type.atoms && type.atoms->size() == 2 && std::find(type.atoms->begin(), type.atoms->end(), atoms::true_) != type.atoms->end() &&
                std::find(type.atoms->begin(), type.atoms->end(), atoms::false_) != type.atoms->end();
    if (!type.atoms) parts.push_back("atom()");
    else if (both) parts.push_back("boolean()");
    else
      for (Term item : *type.atoms) parts.push_back(atom_name(item));
  }
  if ((type.kinds & Type::bitstring) == Type::bitstring) add(Type::bits, "bitstring()");
  else {
    add(Type::binary, "binary()");
    add(Type::bits, "bitstring()");
  }
  std::string element = type.element ? type_text(*type.element) : "term()";
  if ((type.kinds & Type::list) == Type::list) parts.push_back("list(" + element + ")");
  else {
    add(Type::empty_list, "empty_list()");
    if (type.kinds & Type::cons) parts.push_back("non_empty_list(" + element + ")");
  }
  add(Type::float_, "float()");
  add(Type::function, "fun()");
  add(Type::integer, "integer()");
  if (type.kinds & Type::map) {
    if (!type.fields) parts.push_back("map()");
    else if (Term module = type.fields->structure(); !module.is_none())
      parts.push_back("%" + atom_name(module) + "{" + fields_text(*type.fields, true) + "}");
    else if (type.fields->fields.empty() && !type.fields->open) parts.push_back("empty_map()");
    else parts.push_back("%{" + fields_text(*type.fields, false) + "}");
  }
  add(Type::pid, "pid()");
  add(Type::port, "port()");
  add(Type::reference, "reference()");
  if (type.kinds & Type::tuple) {
    if (!type.elements) parts.push_back("tuple()");
    else {
      std::string out;
      for (const Type& item : type.elements->elements) out += (out.empty() ? "" : ", ") + type_text(item);
      parts.push_back("{" + out + "}");
    }
  }
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : " or ") + part;
  return out;
}

}  // namespace phial::compiler
