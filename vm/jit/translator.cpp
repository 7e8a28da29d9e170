// Segments, versions of blocks, control flow.
#include "vm/jit/translator.hpp"

namespace phial {
namespace {

constexpr size_t instruction_budget = 20000;
constexpr unsigned versions_of_label = 2, versions_of_loop = 3, versions_of_segment = 3;

}  // namespace

Translator::Translator(llvm::LLVMContext& context, llvm::Module& module, const Function& function, const RuntimeCalls& calls, bool stress,
                       Symbols* symbols)
    : context_(context), module_(module), b_(context), function_(function), calls_(calls), stress_(stress), symbols_(symbols), md_(context) {
  i64_ = b_.getInt64Ty();
  ptr_ = b_.getPtrTy();
  std::vector<llvm::Type*> parameters{ptr_, ptr_, ptr_, i64_};
  parameters.insert(parameters.end(), register_arguments, i64_);
  type_ = llvm::FunctionType::get(b_.getVoidTy(), parameters, false);
  auto root = md_.createTBAARoot("phial");
  auto tag = [&](const char* name) {
    auto scalar = md_.createTBAAScalarTypeNode(name, root);
    return md_.createTBAAStructTagNode(scalar, scalar, 0);
  };
  stack_tag_ = tag("stack");
  heap_tag_ = tag("heap");
  machine_tag_ = tag("machine");
  position_tag_ = tag("position");
  bytes_tag_ = tag("bytes");
  shared_tag_ = tag("shared");
}

bool Translator::translate(std::string& reason) {
  FunctionFacts* facts = facts_of(&function_);
  declare_entry();
  if (!facts->problem().empty()) {
    reason = facts->problem();
    return false;
  }
  if (function_.is_lambda && function_.arity - function_.free < register_arguments)
    closure_entry_ = segment(Start::closure, function_.code, facts, {});
  for (const Word* handler : facts->handlers()) segment(Start::registers, handler, facts, {});
  for (const Word* label : facts->loop_labels()) segment(Start::registers, label, facts, {});
  while (!pending_.empty()) {
    Pending next = pending_.back();
    pending_.pop_back();
    if (!fill(next)) {
      reason = reason_;
      return false;
    }
  }
  return true;
}

llvm::Function* Translator::declare_entry() {
  entry_ = segment(Start::entry, function_.code, facts_of(&function_), {});
  return entry_;
}

void Translator::become_interpreted() {
  pending_.clear();
  for (auto& [key, segment] : segments_) segment->deleteBody();
  for (auto& [key, segment] : segments_)
    if (segment != entry_) segment->eraseFromParent();
  closure_entry_ = nullptr;
  entry_->setLinkage(llvm::GlobalValue::ExternalLinkage);
  segments_.clear();
  segment_ = entry_;
  b_.SetInsertPoint(BasicBlock::Create(context_, "", segment_));
  m_ = segment_->getArg(0);
  for (unsigned i = 0; i < function_.arity && i < register_arguments; i++) store_machine_x(i, segment_->getArg(4 + i));
  auto target = tagged(b_.CreateLoad(ptr_, machine_field(offsetof(Machine, interpret_function))), machine_tag_);
  std::vector<Value*> arguments;
  for (auto& argument : segment_->args()) arguments.push_back(&argument);
  arguments[4] = as_word(function_address(&function_));
  finish_jump(target, arguments);
}

std::map<const Word*, llvm::Function*> Translator::continuations() const {
  std::map<const Word*, llvm::Function*> found;
  for (auto& [key, segment] : segments_)
    if (key.start == Start::registers) found[key.pc] = segment;
  return found;
}

FunctionFacts* Translator::facts_of(const Function* function) {
  auto& facts = all_facts_[function];
  if (!facts) facts = std::make_unique<FunctionFacts>(*function);
  return facts.get();
}

/// A type that is worth another version of a segment: more than a test of a tag depends on it.
static bool spares_work(Type type) {
  return type.is_float() || type.is(Type::closure) || ((type.is(Type::map) || type.is(Type::matching)) && type.detail);
}

/// A type that is worth another version of a block.
static bool spares_tests(Type type) { return !type.is(Type::any) && !type.is(Type::immediate) && !type.is(Type::boxed); }

/// Too much code already: no more versions, nothing inlined.
bool Translator::crowded() const { return instructions_ > 80 + 2 * all_facts_.at(&function_)->instructions(); }

Types Translator::version_of_segment(Start start, const Word* pc, FunctionFacts* facts, const Types& types) {
  Types kept;
  for (auto& [code, type] : types)
    if (spares_work(type) && facts->is_live(pc, code)) kept[code] = type;
  if (!kept.empty() && !segments_.contains({start, pc, kept}) && (crowded() || segment_versions_[{start, pc}] >= versions_of_segment))
    kept.clear();
  return kept;
}

llvm::Function* Translator::segment(Start start, const Word* pc, FunctionFacts* facts, const Types& types) {
  Types kept = version_of_segment(start, pc, facts, types);
  auto& found = segments_[{start, pc, kept}];
  if (found) return found;
  unsigned version = segment_versions_[{start, pc}]++;
  static const char* const names[] = {"entry", "closure", "resume", "continue", "loop"};
  std::string name = std::string(names[static_cast<int>(start)]) + "." + std::to_string(pc - function_.code) + "." + std::to_string(version);
  bool reached_from_outside = start != Start::resume && start != Start::loop && kept.empty();
  found = llvm::Function::Create(type_, reached_from_outside ? llvm::GlobalValue::ExternalLinkage : llvm::GlobalValue::InternalLinkage,
                                 unique_prefix_ + name, module_);
  found->setCallingConv(llvm::CallingConv::PreserveNone);
  found->setAlignment(llvm::Align(16));
  found->addFnAttr(llvm::Attribute::NoUnwind);
  pending_.push_back({start, pc, facts, kept, found});
  return found;
}

bool Translator::fill(const Pending& pending) {
  segment_ = pending.segment;
  loop_of_segment_ = pending.start == Start::entry || pending.start == Start::loop ? pending.pc : nullptr;
  facts_ = pending.facts;
  blocks_.clear();
  work_.clear();
  x_slots_.clear();
  double_slots_.clear();
  worded_.clear();
  state_ = {pending.types, nullptr, pending.start == Start::entry && facts_->has_quick_head()};
  cold_ = false;
  auto entry = BasicBlock::Create(context_, "", segment_), start = BasicBlock::Create(context_, "", segment_);
  b_.SetInsertPoint(entry);
  m_ = segment_->getArg(0);
  sp_ = b_.CreateAlloca(ptr_);
  hp_ = b_.CreateAlloca(ptr_);
  reductions_ = b_.CreateAlloca(i64_);
  values_ = b_.CreateAlloca(llvm::ArrayType::get(i64_, most_values));
  allocas_end_ = b_.CreateBr(start);
  b_.SetInsertPoint(start);
  b_.CreateStore(segment_->getArg(1), sp_);
  b_.CreateStore(segment_->getArg(2), hp_);
  b_.CreateStore(segment_->getArg(3), reductions_);
  const Function& function = facts_->function();
  auto take_arguments = [&](const std::vector<unsigned>& registers) {
    for (unsigned i = 0; i < registers.size(); i++) {
      Value* value = i < register_arguments ? static_cast<Value*>(segment_->getArg(4 + i)) : load_machine_x(registers[i]);
      if (type_of(x_register(registers[i])).is(Type::float_raw))
        b_.CreateStore(b_.CreateBitCast(value, b_.getDoubleTy()), double_slot(registers[i]));
      else
        b_.CreateStore(value, x_slot(registers[i]));
    }
  };
  if (pending.start == Start::closure) {
    unsigned arguments = function.arity - function.free;
    for (unsigned i = 0; i < arguments; i++) b_.CreateStore(segment_->getArg(4 + i), x_slot(i));
    Value* fun = segment_->getArg(4 + arguments);
    for (unsigned i = 0; i < function.free; i++) b_.CreateStore(heap_load(fun, 6, 2 + i), x_slot(arguments + i));
    jump_with_arguments(entry_, function.arity);
    return true;
  }
  if (pending.start == Start::resume) {
    b_.CreateStore(segment_->getArg(4), x_slot(0));
  } else if (pending.start == Start::entry) {
    take_arguments(first_registers(function.arity));
    check_reductions(function.code, function.arity);
  } else if (pending.start == Start::loop) {
    take_arguments(live_registers(pending.pc));
  } else {
    for (unsigned i : live_registers(pending.pc)) b_.CreateStore(load_machine_x(i), x_slot(i));
  }
  go_to(pending.pc);
  while (!work_.empty()) {
    Work work = std::move(work_.back());
    work_.pop_back();
    b_.SetInsertPoint(work.block);
    if (!straight_run(work)) return false;
  }
  return true;
}

std::vector<unsigned> Translator::first_registers(unsigned count) {
  std::vector<unsigned> registers(count);
  for (unsigned i = 0; i < count; i++) registers[i] = i;
  return registers;
}

std::vector<unsigned> Translator::live_registers(const Word* pc) const {
  std::vector<unsigned> registers;
  for (unsigned i = 0; i < facts_->x_count(); i++)
    if (facts_->is_live(pc, x_register(i))) registers.push_back(i);
  return registers;
}

void Translator::jump_to_loop(const Word* pc) {
  if (pc == function_.code) {
    enter_function(&function_, function_.arity);
    return;
  }
  Types types = version_of_segment(Start::loop, pc, facts_, state_.types);
  jump_with_registers(segment(Start::loop, pc, facts_, types), live_registers(pc), &types);
}

void Translator::jump_to_body(const Word* pc) {
  settle_owed();
  Types types = version_of_segment(Start::loop, pc, facts_, state_.types);
  jump_with_registers(segment(Start::loop, pc, facts_, types), live_registers(pc), &types);
}

BasicBlock* Translator::arrive(const Word* pc) {
  State wanted{{}, state_.owed, state_.head};
  bool own_head = pc == function_.code && facts_->has_quick_head();
  if (own_head) wanted.head = true;
  if (pc != loop_of_segment_ && !state_.owed && !own_head && facts_->is_loop_label(pc) && &facts_->function() == &function_) {
    auto block = new_block();
    aside(block, state_, [&] { jump_to_loop(pc); });
    return block;
  }
  for (auto& [code, type] : state_.types)
    if (spares_tests(type) && facts_->is_live(pc, code)) wanted.types[code] = type;
  auto& versions = blocks_[pc];
  auto find = [&]() -> BasicBlock* {
    for (Version& version : versions)
      if (version.state == wanted) return version.block;
    return nullptr;
  };
  BasicBlock* block = find();
  if (!block && !wanted.types.empty()) {
    unsigned typed = 0;
    for (Version& version : versions) typed += version.state.owed == wanted.owed && version.state.head == wanted.head && !version.state.types.empty();
    if (crowded() || typed >= (facts_->is_loop_label(pc) || pc == facts_->function().code ? versions_of_loop : versions_of_label)) {
      wanted.types.clear();
      block = find();
    }
  }
  if (!block) {
    block = new_block();
    versions.push_back({wanted, block});
    work_.push_back({pc, facts_, wanted, block});
  }
  auto types = state_.types;  // reading notes nothing here, but a copy is safe against changes
  for (auto& [code, type] : types) {
    if (!type.is(Type::float_raw) || !facts_->is_live(pc, code)) continue;
    auto there = wanted.types.find(code);
    if (there == wanted.types.end() || !there->second.is(Type::float_raw)) read(code);
  }
  return block;
}

BasicBlock* Translator::edge(const Word* pc) {
  auto block = new_block();
  aside(block, state_, [&] { go_to(pc); });
  return block;
}

bool Translator::straight_run(const Work& work) {
  const Word* pc = work.pc;
  facts_ = work.facts;
  state_ = work.state;
  worded_.clear();
  for (;;) {
    if (++instructions_ > instruction_budget) {
      reason_ = "the function is too large once its paths are told apart";
      return false;
    }
    next_ = pc + instruction_length(pc);
    auto op = loaded_opcode(*pc);
    if (!instruction(op, pc)) return false;
    if (b_.GetInsertBlock()->getTerminator()) return true;
    pc = next_;
    if (facts_->is_label(pc)) {
      go_to(pc);
      return true;
    }
  }
}

}  // namespace phial
