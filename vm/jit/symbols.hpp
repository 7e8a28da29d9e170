// Symbols: how a translation that is to run in other VMs than this one (native_object.hpp) names things of this run.
//
// Where code for this VM alone has an address or an atom's number as a constant, code for an object has a load from the object's table, which
// stands beside the code: `phial_table` in IR and in the ELF file that LLVM makes, resolved by whoever puts the object in place. The loads
// are marked invariant, so LLVM keeps, repeats or folds them as it likes.
//
// Positions of bytecode and functions are counted from one slot each, so that a table is short and quickly filled. Terms and exports are
// found by the word of the bytecode that holds them.
#pragma once
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <map>
#include <span>
#include <string>
#include <unordered_map>

#include "vm/jit/native_object.hpp"

namespace phial {

class Symbols {
 public:
  /// For an object of these functions, all of one module, in `out`.
  Symbols(llvm::Module& out, std::span<const Function* const> functions, std::string_view (*atom_text)(Term));

  llvm::Value* code(llvm::IRBuilder<>& b) { return load(b, b.getPtrTy(), NativeSlot::code, 0); }
  llvm::Value* functions(llvm::IRBuilder<>& b) { return load(b, b.getPtrTy(), NativeSlot::functions, 0); }
  llvm::Value* runtime(llvm::IRBuilder<>& b, size_t member) { return load(b, b.getPtrTy(), NativeSlot::runtime, static_cast<uint32_t>(member)); }
  /// The word that an operand of the bytecode holds, or an atom. Null (and `problem`): no such operand is there.
  llvm::Value* word(llvm::IRBuilder<>& b, llvm::Type* type, Word word);

  /// Is it an operand of the bytecode, or can it be told by its contents?
  bool names(Word word) const { return operands_.contains(word) || is_shape_of_atoms(word); }
  /// Is this term the same word in every VM of this build?
  static bool is_fixed(Word word);
  /// The LLVM function that `function` begins with, if it is one of the object's; else null.
  llvm::Function* entry_of(const Function& function) const;
  void set_entry(const Function& function, llvm::Function* entry) { entries_[&function] = entry; }

  const phial::Module& module() const { return *module_; }
  const std::vector<NativeSlot>& slots() const { return slots_; }
  const std::vector<std::string>& atoms() const { return atoms_; }
  /// The interpreter has run the functions: their feedback tells something.
  bool observed = true;
  /// Why the code cannot be an object; empty: it can.
  std::string problem;

 private:
  static bool is_shape_of_atoms(Word word);
  llvm::Value* load(llvm::IRBuilder<>& b, llvm::Type* type, NativeSlot::Kind kind, uint32_t index);

  const phial::Module* module_;
  std::string_view (*atom_text_)(Term);
  llvm::GlobalVariable* table_;
  std::vector<NativeSlot> slots_;
  std::vector<std::string> atoms_;
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> numbers_;
  std::unordered_map<Word, uint32_t> operands_, atom_numbers_;
  std::unordered_map<const Function*, llvm::Function*> entries_;
};

}  // namespace phial
