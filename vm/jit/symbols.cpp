#include "vm/jit/symbols.hpp"

#include "vm/code/shapes.hpp"

namespace phial {

Symbols::Symbols(llvm::Module& out, std::span<const Function* const> functions, std::string_view (*atom_text)(Term))
    : module_(functions[0]->module), atom_text_(atom_text) {
  auto word = llvm::Type::getInt64Ty(out.getContext());
  table_ = new llvm::GlobalVariable(out, llvm::ArrayType::get(word, 1 << 24), false, llvm::GlobalValue::ExternalLinkage, nullptr, "phial_table");
  table_->setVisibility(llvm::GlobalValue::HiddenVisibility);
  table_->setDSOLocal(true);
  table_->setAlignment(llvm::Align(8));
  std::vector<Operand> operands;
  for (size_t i = 0; i < module_->function_count; i++)  // what is inlined counts, too
    for (const Word* pc = module_->functions[i].code; pc && pc < module_->functions[i].code_end;) {
      size_t words = decode_loaded_operands(pc, operands);
      bool table_of_cases = loaded_opcode(*pc) == Opcode::switch_value;  // stands in the order of this run's atoms
      for (const Operand& o : operands)
        if (o.packed == 3 && (o.kind == 'K' || o.kind == 'S' || o.kind == 'E') && !table_of_cases)
          operands_.emplace(pc[o.word], static_cast<uint32_t>(module_->offset_of(pc) + o.word));
      pc += words;
    }
}

bool Symbols::is_fixed(Word word) {
  Term term = Term::raw(word);
  return !term.is_pointer() && (!term.is_atom() || term.atom_index() < atoms::predefined_count);
}

bool Symbols::is_shape_of_atoms(Word word) {
  Term keys = Term::raw(word);
  return keys.is_pointer() && is_shape(keys);
}

llvm::Function* Symbols::entry_of(const Function& function) const {
  auto found = entries_.find(&function);
  return found == entries_.end() ? nullptr : found->second;
}

llvm::Value* Symbols::load(llvm::IRBuilder<>& b, llvm::Type* type, NativeSlot::Kind kind, uint32_t index) {
  auto [number, fresh] = numbers_.emplace(std::pair{static_cast<uint32_t>(kind), index}, static_cast<uint32_t>(slots_.size()));
  if (fresh) slots_.push_back({kind, index});
  auto value = b.CreateLoad(type, b.CreateConstInBoundsGEP1_64(b.getInt64Ty(), table_, number->second));
  value->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(b.getContext(), {}));
  return value;
}

llvm::Value* Symbols::word(llvm::IRBuilder<>& b, llvm::Type* type, Word word) {
  if (auto found = operands_.find(word); found != operands_.end()) return load(b, type, NativeSlot::operand, found->second);
  if (Term term = Term::raw(word); term.is_atom()) {
    auto [number, fresh] = atom_numbers_.emplace(word, static_cast<uint32_t>(atoms_.size()));
    if (fresh) atoms_.emplace_back(atom_text_(term));
    return load(b, type, NativeSlot::atom, number->second);
  }
  if (is_shape_of_atoms(word)) {
    auto [number, fresh] = atom_numbers_.emplace(word, static_cast<uint32_t>(atoms_.size()));
    if (fresh) {
      std::string text;
      Term keys = Term::raw(word);
      for (size_t i = 0; i < keys.arity(); i++) append_key(text, atom_text_(keys.element(i)));
      atoms_.push_back(std::move(text));
    }
    return load(b, type, NativeSlot::shape, number->second);
  }
  if (problem.empty()) problem = "it names something outside of its module's bytecode";
  return llvm::PoisonValue::get(type);
}

}  // namespace phial
