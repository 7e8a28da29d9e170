#include "compiler/lower/core.hpp"

#include <algorithm>

#include "vm/term/print.hpp"

namespace phial::compiler::core {

static constexpr uint8_t flags_table[] = {
#define CORE(name, flags) flags,
#include "compiler/lower/core.def"
#undef CORE
};
static constexpr const char* name_table[] = {
#define CORE(name, flags) #name,
#include "compiler/lower/core.def"
#undef CORE
};

uint8_t op_flags(Op op) { return flags_table[static_cast<size_t>(op)]; }
const char* op_name(Op op) { return name_table[static_cast<size_t>(op)]; }

Types types_of_term(Term term) {
  if (term.is_atom()) {
    if (term == atoms::true_) return type_true;
    if (term == atoms::false_) return type_false;
    return term == atoms::nil ? type_nil_atom : type_other_atom;
  }
  if (term.is_integer()) return type_integer;
  if (term.is_float()) return type_float;
  if (term.is_nil()) return type_empty_list;
  if (term.is_cons()) return type_cons;
  if (term.is_tuple()) return type_tuple;
  if (term.is_map()) return type_map;
  if (term.is_bitstring()) return type_bitstring;
  if (term.is_function()) return type_function;
  if (term.is_pid()) return type_pid;
  if (term.is_port()) return type_port;
  if (term.is_reference()) return type_reference;
  return type_any;
}

Module::~Module() {
  for (Function* function : functions) delete function;
}

static size_t import_hash(Term module, Term name, uint8_t arity) {
  size_t hash = module.word * 0x9e3779b97f4a7c15 ^ name.word * 0xc2b2ae3d27d4eb4f ^ arity * size_t{0x165667b19e3779f9};
  return hash ^ hash >> 29;
}

uint32_t Module::import_index(Term module, Term name, uint8_t arity) {
  if (imports.size() * 2 >= import_table_.size()) {
    import_table_.assign(std::max<size_t>(64, import_table_.size() * 2), none);
    for (uint32_t i = 0; i < imports.size(); i++) {
      size_t at = import_hash(imports[i].module, imports[i].name, imports[i].arity) & (import_table_.size() - 1);
      while (import_table_[at] != none) at = (at + 1) & (import_table_.size() - 1);
      import_table_[at] = i;
    }
  }
  size_t at = import_hash(module, name, arity) & (import_table_.size() - 1);
  for (; import_table_[at] != none; at = (at + 1) & (import_table_.size() - 1)) {
    const Import& item = imports[import_table_[at]];
    if (item.module == module && item.name == name && item.arity == arity) return import_table_[at];
  }
  import_table_[at] = static_cast<uint32_t>(imports.size());
  imports.push_back({module, name, arity});
  return import_table_[at];
}

std::span<ValueId> Module::operand_array(std::span<const ValueId> values) {
  if (values.empty()) return {};
  std::span<ValueId> copy = array<ValueId>(values.size());
  std::copy(values.begin(), values.end(), copy.begin());
  return copy;
}

static bool only_raises(const Block& block) {
  if (block.code.empty()) return false;
  Op op = block.code.back()->op;
  return op == Op::error || op == Op::raise || op == Op::function_clause;
}

std::vector<BlockId> block_order(const Function& function) {
  std::vector<BlockId> postorder;
  std::vector<uint8_t> seen(function.blocks.size(), 0);
  struct Visit { BlockId block; std::vector<BlockId> successors; size_t next; };
  std::vector<Visit> stack;
  auto open = [&](BlockId id) {
    if (seen[id]) return;
    seen[id] = 1;
    Visit visit{id, {}, 0};
    // Visited first means laid out last: handlers, then side exits from the last to the first, the final jump at the end.
    for (RegionId r = function.blocks[id].region; r != none; r = none) visit.successors.push_back(function.regions[r].handler);
    const auto& code = function.blocks[id].code;
    if (!code.empty()) {
      for (size_t i = 0; i + 1 < code.size(); i++)
        each_target(*code[i], [&](BlockId target) { visit.successors.push_back(target); });
      Instruction& last = *code.back();
      if (last.target != none) visit.successors.push_back(last.target);
      for (size_t i = last.cases.size(); i-- > 0;) visit.successors.push_back(last.cases[i].target);
    }
    stack.push_back(std::move(visit));
  };
  open(0);
  while (!stack.empty()) {
    Visit& top = stack.back();
    if (top.next < top.successors.size()) {
      BlockId next = top.successors[top.next++];
      open(next);
    } else {
      postorder.push_back(top.block);
      stack.pop_back();
    }
  }
  std::reverse(postorder.begin(), postorder.end());
  std::stable_partition(postorder.begin() + 1, postorder.end(), [&](BlockId id) { return !only_raises(function.blocks[id]); });
  return postorder;
}

static void print_value(std::string& out, const Function& function, ValueId id) {
  if (id == none) {
    out += "none";
  } else if (function.values[id].kind == Value::Kind::constant) {
    out += print_term(function.values[id].constant, 80);
  } else {
    out += "v" + std::to_string(id);
  }
}

static void print_instruction(std::string& out, const Module& module, const Function& function, const Instruction& instruction) {
  out += "    ";
  if (instruction.result != none) {
    print_value(out, function, instruction.result);
    out += " = ";
  }
  if (instruction.tail) out += "tail ";
  out += op_name(instruction.op);
  switch (instruction.op) {
    case Op::call: case Op::make_fun: out += " " + print_term(module.functions[instruction.index]->name); break;
    case Op::call_external: case Op::bif: {
      const Import& import = module.imports[instruction.index];
      out += " " + print_term(import.module) + "." + std::string(atom_text(import.name));
      break;
    }
    case Op::element: case Op::update_element: case Op::is_tuple_of: case Op::is_tagged_tuple: case Op::bs_test_tail:
    case Op::bs_test_unit: out += " #" + std::to_string(instruction.index); break;
    default: break;
  }
  if (!instruction.constant.is_none()) out += " " + print_term(instruction.constant, 80);
  for (size_t i = 0; i < instruction.operands.size(); i++) {
    out += i ? ", " : " ";
    print_value(out, function, instruction.operands[i]);
  }
  for (const SwitchCase& item : instruction.cases) out += " [" + print_term(item.key) + " -> " + std::to_string(item.target) + "]";
  if (instruction.target != none) out += (instruction.op == Op::jump || instruction.op == Op::loop ? " to " : " else ") + std::to_string(instruction.target);
  out += "\n";
}

std::string print_function(const Module& module, const Function& function) {
  std::string out = print_term(function.name) + "/" + std::to_string(function.arity) + "\n";
  for (BlockId id : block_order(function)) {
    const Block& block = function.blocks[id];
    out += "  block " + std::to_string(id) + "(";
    for (size_t i = 0; i < block.parameters.size(); i++) {
      if (i) out += ", ";
      print_value(out, function, block.parameters[i]);
    }
    out += ")";
    if (block.region != none) out += " in region " + std::to_string(block.region);
    if (block.is_handler) out += " handler";
    out += "\n";
    for (const Instruction* instruction : block.code) print_instruction(out, module, function, *instruction);
  }
  return out;
}

}  // namespace phial::compiler::core
