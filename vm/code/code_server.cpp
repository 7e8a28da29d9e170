#include "vm/code/code_server.hpp"

#include "vm/term/compare.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "vm/base/memory.hpp"
#include "vm/code/image_units.hpp"
#include "vm/code/reserved_area.hpp"
#include "vm/code/shapes.hpp"
#include "vm/heap/process_heap.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/literal.hpp"

namespace phial {

// An open-addressed set of pointers: readers probe without a lock; the writer (under CodeServer::mutex) fills empty slots, or publishes
// a larger table.
template <class Entry>
struct CodeServer::Table {
  size_t mask;
  size_t count;
  std::atomic<Entry*>* slots;

  static Table* make(size_t size) {
    auto table = static_cast<Table*>(memory_allocate(sizeof(Table)));
    table->mask = size - 1;
    table->count = 0;
    table->slots = static_cast<std::atomic<Entry*>*>(memory_allocate(size * sizeof(std::atomic<Entry*>)));
    for (size_t i = 0; i < size; i++) new (&table->slots[i]) std::atomic<Entry*>(nullptr);
    return table;
  }
  template <class Matches>
  Entry* find(size_t hash, Matches&& matches) const {
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
      Entry* entry = slots[i].load(std::memory_order_acquire);
      if (!entry || matches(*entry)) return entry;
    }
  }
  void place(size_t hash, Entry* entry) {
    size_t i = hash & mask;
    while (slots[i].load(std::memory_order_relaxed)) i = (i + 1) & mask;
    slots[i].store(entry, std::memory_order_release);
    count++;
  }
};

namespace {

size_t export_hash(Term module, Term name, unsigned arity) {
  Word h = module.word * 0x9E3779B97F4A7C15ull ^ name.word * 0xC2B2AE3D27D4EB4Full ^ arity * 0x165667B19E3779F9ull;
  return static_cast<size_t>(h ^ h >> 29 ^ h >> 43);
}
size_t module_hash(Term name) { return static_cast<size_t>(name.word * 0x9E3779B97F4A7C15ull >> 32); }

/// What the loader changes in a unit that was not read from bytes. False: it is no code.
bool find_fixups(const CodeUnit& unit, std::vector<CodeFixup>& fixups) {
  std::vector<Operand> operands;
  for (size_t at = 0; at < unit.code.size();) {
    size_t words = decode_operands(unit.code.data(), at, unit.code.size(), operands);
    if (!words) return false;
    CodeFixup first{static_cast<uint32_t>(at), 0, 'i'};
    for (const Operand& o : operands) {
      auto place = static_cast<uint32_t>(at + o.word);
      if (o.packed < 3) {
        if (o.kind != 'n' && is_y(packed(unit.code[at], o.packed))) first.mask |= static_cast<uint16_t>(1 << o.packed);
        continue;
      }
      Word word = unit.code[place];
      if (o.kind == 'K' || (o.kind == 'S' && !(Header::is(word) && Header::kind(word) == Kind::operand_register))) fixups.push_back({place, 0, 'T'});
      if (o.kind == 'F' || o.kind == 'E') fixups.push_back({place, 0, o.kind});
    }
    fixups.push_back(first);
    at += words;
  }
  return true;
}

}  // namespace

void CodeServer::digest(const CodeUnit& unit, std::string_view bytes, uint8_t* out) {
  // Identity of code, not security: two 64-bit multiplicative hashes.
  Word a = 0x243F6A8885A308D3ull, b = 0x13198A2E03707344ull;
  auto mix = [&](Word word) {
    a = (a ^ word) * 0x9E3779B97F4A7C15ull;
    a ^= a >> 32;
    b = (b + word) * 0xD6E8FEB86659FD93ull;
    b ^= b >> 29;
  };
  if (!bytes.empty()) {
    for (char c : bytes) mix(static_cast<uint8_t>(c));
  } else {
    for (char c : atom_text(unit.module)) mix(static_cast<uint8_t>(c));
    for (Word word : unit.code)
      if (!Term::raw(word).is_pointer()) mix(word);
  }
  std::memcpy(out, &a, 8);
  std::memcpy(out + 8, &b, 8);
}

static uint64_t hash_fun(Term fun) {
  Term module, name;
  uint64_t arity;
  if (fun.kind() == Kind::fun) {
    auto function = reinterpret_cast<const Function*>(fun.object()[1]);
    module = function->module->name, name = function->name, arity = function->arity;
  } else {
    auto e = reinterpret_cast<const Export*>(fun.object()[1]);
    module = e->module, name = e->name, arity = e->arity;
  }
  return (uint64_t{hash_term(module)} * 31 + hash_term(name)) * 31 + arity;
}

/// By module, then as they stand in it; a module's older code before its newer.
static int order_funs(Term a, Term b) {
  auto order = [](auto x, auto y) { return (x > y) - (x < y); };
  auto names = [&](Term x, Term y) { return x == y ? 0 : order(atom_text(x).compare(atom_text(y)), 0); };
  if (a.kind() == Kind::fun) {
    auto x = reinterpret_cast<const Function*>(a.object()[1]), y = reinterpret_cast<const Function*>(b.object()[1]);
    if (int by_module = names(x->module->name, y->module->name)) return by_module;
    if (int by_index = order(x->index, y->index)) return by_index;
    return order(x->module->generation, y->module->generation);
  }
  auto x = reinterpret_cast<const Export*>(a.object()[1]), y = reinterpret_cast<const Export*>(b.object()[1]);
  if (int by_module = names(x->module, y->module)) return by_module;
  if (int by_name = names(x->name, y->name)) return by_name;
  return order(x->arity, y->arity);
}

CodeServer::CodeServer() {
  // VMs are created by several threads.
  [[maybe_unused]] static const bool set_once = (hash_function = hash_fun, order_functions = order_funs, true);
  literal_area();
  share_shapes_of_maps();
  exports_.store(Table<Export>::make(4096), std::memory_order_release);
  modules_.store(Table<ModuleSlot>::make(256), std::memory_order_release);
}

CodeServer::~CodeServer() {
  for (auto& module : all_modules_)
    if (module->code) {
      set_code_owner(module->code, module->code_bytes_reserved, nullptr);
      code_area().free(const_cast<Word*>(module->code), module->code_bytes_reserved);
    }
  for (Word* chain : literal_off_heap_) drop_off_heap_list(chain);
  for (LiteralBlock& block : literal_blocks_) literal_area().free(block.start, block.words * sizeof(Word));
  auto free_table = [](auto* table) {
    memory_free(table->slots);
    memory_free(table);
  };
  free_table(exports_.load());
  free_table(modules_.load());
  for (void* old : old_tables_) memory_free(old);
}

Export* CodeServer::find_export(Term module, Term name, uint8_t arity) const {
  return exports_.load(std::memory_order_acquire)->find(export_hash(module, name, arity), [&](const Export& e) {
    return e.module == module && e.name == name && e.arity == arity;
  });
}

Export* CodeServer::export_for(Term module, Term name, uint8_t arity) {
  if (Export* found = find_export(module, name, arity)) return found;
  std::lock_guard lock(mutex);
  return insert_export(module, name, arity);
}

Export* CodeServer::insert_export(Term module, Term name, uint8_t arity) {
  if (Export* found = find_export(module, name, arity)) return found;
  auto entry = std::make_unique<Export>();
  entry->module = module;
  entry->name = name;
  entry->arity = arity;
  Table<Export>* table = exports_.load(std::memory_order_relaxed);
  if (table->count * 2 > table->mask) {
    auto larger = Table<Export>::make((table->mask + 1) * 2);
    for (auto& e : all_exports_) larger->place(export_hash(e->module, e->name, e->arity), e.get());
    old_tables_.push_back(table->slots);
    old_tables_.push_back(table);
    exports_.store(larger, std::memory_order_release);
    table = larger;
  }
  table->place(export_hash(module, name, arity), entry.get());
  all_exports_.push_back(std::move(entry));
  return all_exports_.back().get();
}

CodeServer::ModuleSlot* CodeServer::find_slot(Term name) const {
  return modules_.load(std::memory_order_acquire)->find(module_hash(name), [&](const ModuleSlot& s) { return s.name == name; });
}

CodeServer::ModuleSlot* CodeServer::slot_for(Term name) {
  if (ModuleSlot* found = find_slot(name)) return found;
  auto slot = std::make_unique<ModuleSlot>();
  slot->name = name;
  Table<ModuleSlot>* table = modules_.load(std::memory_order_relaxed);
  if (table->count * 2 > table->mask) {
    auto larger = Table<ModuleSlot>::make((table->mask + 1) * 2);
    for (auto& s : all_slots_) larger->place(module_hash(s->name), s.get());
    old_tables_.push_back(table->slots);
    old_tables_.push_back(table);
    modules_.store(larger, std::memory_order_release);
    table = larger;
  }
  table->place(module_hash(name), slot.get());
  all_slots_.push_back(std::move(slot));
  return all_slots_.back().get();
}

namespace {

/// The atoms of a native table. Those of the VM's own tables are kept, as every VM of the program puts them in place.
class NativeNames {
 public:
  struct Name {
    const char *module_text, *name_text;
    Term module, name;
  };
  static std::vector<Name> of(const NativeTable& table) {
    if (table.count < smallest_kept) return read(table);
    static auto all = new NativeNames;
    std::lock_guard lock(all->mutex_);
    std::vector<Name>& names = all->tables_[table.entries];
    if (!fits(names, table)) names = read(table);
    return names;
  }

 private:
  static constexpr size_t smallest_kept = 8;
  static bool fits(const std::vector<Name>& names, const NativeTable& table) {
    if (names.size() != table.count) return false;
    for (size_t i = 0; i < table.count; i++)
      if (names[i].module_text != table.entries[i].module || names[i].name_text != table.entries[i].name) return false;
    return true;
  }
  static std::vector<Name> read(const NativeTable& table) {
    std::vector<Name> names;
    names.reserve(table.count);
    for (size_t i = 0; i < table.count; i++) {
      const NativeEntry& entry = table.entries[i];
      names.push_back({entry.module, entry.name, intern_atom(entry.module), intern_atom(entry.name)});
    }
    return names;
  }
  std::mutex mutex_;
  std::unordered_map<const NativeEntry*, std::vector<Name>> tables_;
};

}  // namespace

void CodeServer::add_natives(const NativeTable& table) {
  std::vector<NativeNames::Name> names = NativeNames::of(table);
  std::lock_guard lock(mutex);
  for (size_t i = 0; i < table.count; i++) {
    const NativeEntry& entry = table.entries[i];
    Term module = names[i].module;
    Export* e = insert_export(module, names[i].name, entry.arity);
    e->native_flags = entry.flags;
    e->data.store(entry.data, std::memory_order_release);
    e->native.store(entry.function, std::memory_order_release);
    e->function.store(nullptr, std::memory_order_release);
    slot_for(module)->natives = true;
  }
}

Module* CodeServer::find_module(Term name) const {
  ModuleSlot* slot = find_slot(name);
  return slot ? slot->current.load(std::memory_order_acquire) : nullptr;
}

Module* CodeServer::find_old_module(Term name) const {
  ModuleSlot* slot = find_slot(name);
  return slot ? slot->old.load(std::memory_order_acquire) : nullptr;
}

bool CodeServer::has_natives(Term module) const {
  ModuleSlot* slot = find_slot(module);
  return slot && slot->natives;
}

Module* CodeServer::load(const CodeUnit& unit, std::string& error, std::string_view bytes, bool from_image, std::string_view file) {
#ifndef NDEBUG
  if (bytes.empty() && !verify_code_unit(unit, error)) return nullptr;
#endif
  std::lock_guard lock(mutex);
  ModuleSlot* slot = slot_for(unit.module);
  Module* before = slot->current.load(std::memory_order_relaxed);
  if (before && slot->old.load(std::memory_order_relaxed)) {
    error = "not_purged";
    return nullptr;
  }

  auto owned = std::make_unique<Module>();
  Module* module = owned.get();
  module->name = unit.module;
  module->from_image = from_image;
  module->loaded_from = file;
  module->generation = before ? before->generation + 1 : 1;
  module->older = before;
  module->lines = unit.lines;
  module->files = unit.files;
  module->frames = unit.frames;
  module->try_regions = unit.try_regions;
  const ImageUnit* shared = from_image ? kept_image_unit(bytes) : nullptr;
  if (shared)
    std::memcpy(module->md5, shared->digest, sizeof module->md5);
  else
    digest(unit, bytes, module->md5);
  module->checksum = code_unit_checksum(bytes);

  // Literals: measured, then copied to one block; a term that several instructions share is copied once.
  std::vector<CodeFixup> found;
  if (unit.fixups.empty() && !find_fixups(unit, found)) {
    error = "bad instruction";
    return nullptr;
  }
  const std::vector<CodeFixup>& fixups = unit.fixups.empty() ? found : unit.fixups;
  std::unordered_map<Word, Word> copied;
  size_t literal_words = 0;
  auto needs_copy = [](Term term) { return term.is_pointer() && !is_shared_literal(term); };
  auto measure = [&](Term term) {
    if (needs_copy(term) && copied.emplace(term.word, 0).second) literal_words += measure_message(term);
  };
  for (const CodeFixup& fixup : fixups)
    if (fixup.kind == 'T') measure(Term::raw(unit.code[fixup.at]));
  for (Term term : {unit.attributes, unit.compile_info, unit.docs, unit.debug}) measure(term);
  Word* to = nullptr;
  if (literal_words) {
    to = literal_area().allocate(literal_words * sizeof(Word));
    literal_blocks_.push_back({to, literal_words});
    literal_words_.fetch_add(literal_words, std::memory_order_relaxed);
  }
  Word* off_heap = nullptr;
  auto literal = [&](Term term) {
    if (!needs_copy(term)) return term;
    Word& copy = copied[term.word];
    if (!copy) copy = copy_message(term, to, off_heap).word;
    return Term::raw(copy);
  };
  auto operand = [&](Term term) {
    if (!needs_copy(term)) return term;
    Word& copy = copied[term.word];
    if (!copy) copy = share_shapes(copy_message(term, to, off_heap)).word;
    return Term::raw(copy);
  };

  module->code_words = unit.code.size();
  module->code_bytes_reserved = code_area().round(std::max<size_t>(unit.code.size(), 1) * sizeof(Word));
  Word* code = code_area().allocate(module->code_bytes_reserved);
  module->code = code;
  module->function_count = unit.functions.size();
  module->functions = std::make_unique<Function[]>(unit.functions.size());
  for (size_t i = 0; i < unit.functions.size(); i++) {
    const FunctionInfo& info = unit.functions[i];
    Function& f = module->functions[i];
    f.code = code + info.start;
    f.code_end = code + info.end;
    f.module = module;
    f.name = info.name;
    f.arity = info.arity;
    f.exported = info.exported;
    f.is_lambda = info.is_lambda;
    f.free = info.free;
    f.index = static_cast<uint32_t>(i);
    f.line = info.line;
  }
  std::memcpy(code, unit.code.data(), unit.code.size() * sizeof(Word));
  size_t most = 0;  // words announced
  for (const CodeFixup& fixup : fixups) {
    Word& word = code[fixup.at];
    switch (fixup.kind) {
      case 'T': word = operand(Term::raw(word)).word; break;
      case 'F': word = reinterpret_cast<Word>(&module->functions[word]); break;
      case 'E': {
        const Import& import = unit.imports[word];
        word = reinterpret_cast<Word>(insert_export(import.module, import.name, import.arity));
        break;
      }
      default: {
        Word instruction = word;
        if (static_cast<Opcode>(instruction & 0xffff) == Opcode::test_heap) most = std::max<size_t>(most, unit.code[fixup.at + 1]);
        if (static_cast<Opcode>(instruction & 0xffff) == Opcode::allocate) most = std::max<size_t>(most, packed(instruction, 2));
        for (unsigned i = 0; i < 3; i++)
          if (fixup.mask >> i & 1) instruction &= ~(Word{0x8000} << (16 + 16 * i));
        word = (instruction & ~Word{0xffff}) | (instruction & 0xffff) << 3 | fixup.mask;
      }
    }
  }
  if (most > largest_announcement.load(std::memory_order_relaxed)) largest_announcement.store(most, std::memory_order_relaxed);
  module->attributes = literal(unit.attributes);
  module->compile_info = literal(unit.compile_info);
  module->docs = literal(unit.docs);
  module->debug = literal(unit.debug);
  if (off_heap) literal_off_heap_.push_back(off_heap);
  set_code_owner(code, module->code_bytes_reserved, module);
  code_bytes_.fetch_add(module->code_bytes_reserved, std::memory_order_relaxed);

  if (on_load) on_load(*module);

  // Publish: exports of the new code first, then those that only the old code had go away.
  all_modules_.push_back(std::move(owned));
  if (before) {
    for (size_t i = 0; i < before->function_count; i++) {
      Function& f = before->functions[i];
      if (!f.exported) continue;
      bool still = false;
      for (size_t j = 0; j < module->function_count && !still; j++)
        still = module->functions[j].exported && module->functions[j].name == f.name && module->functions[j].arity == f.arity;
      if (!still) insert_export(unit.module, f.name, f.arity)->function.store(nullptr, std::memory_order_release);
    }
    slot->old.store(before, std::memory_order_release);
  }
  for (size_t i = 0; i < module->function_count; i++) {
    Function& f = module->functions[i];
    if (!f.exported) continue;
    Export* e = insert_export(unit.module, f.name, f.arity);
    if (!e->native.load(std::memory_order_relaxed)) e->function.store(&f, std::memory_order_release);
  }
  slot->current.store(module, std::memory_order_release);
  if (after_load) after_load(*module);
  return module;
}

bool CodeServer::remove(Term name) {
  std::lock_guard lock(mutex);
  ModuleSlot* slot = find_slot(name);
  if (!slot) return false;
  Module* current = slot->current.load(std::memory_order_relaxed);
  if (!current || slot->old.load(std::memory_order_relaxed)) return false;
  for (size_t i = 0; i < current->function_count; i++) {
    Function& f = current->functions[i];
    if (f.exported) insert_export(name, f.name, f.arity)->function.store(nullptr, std::memory_order_release);
  }
  slot->current.store(nullptr, std::memory_order_release);
  slot->old.store(current, std::memory_order_release);
  return true;
}

void CodeServer::shelve_old(Term name, const Module* which) {
  std::lock_guard lock(mutex);
  ModuleSlot* slot = find_slot(name);
  if (slot && (!which || slot->old.load(std::memory_order_relaxed) == which)) slot->old.store(nullptr, std::memory_order_release);
}

bool CodeServer::purge(Term name, const Module* which) {
  std::lock_guard lock(mutex);
  ModuleSlot* slot = find_slot(name);
  if (!slot) return false;
  Module* old = slot->old.load(std::memory_order_relaxed);
  if (!old || (which && old != which)) return false;
  slot->old.store(nullptr, std::memory_order_release);
  if (on_purge) on_purge(*old);
  set_code_owner(old->code, old->code_bytes_reserved, nullptr);
  for (size_t i = 0; i < old->function_count; i++) {
    old->functions[i].native_entry.store(nullptr, std::memory_order_release);
    old->functions[i].closure_entry.store(nullptr, std::memory_order_release);
    old->functions[i].code = nullptr;
    old->functions[i].code_end = nullptr;
  }
  code_area().free(const_cast<Word*>(old->code), old->code_bytes_reserved);
  code_bytes_.fetch_sub(old->code_bytes_reserved, std::memory_order_relaxed);
  __atomic_store_n(&old->code, nullptr, __ATOMIC_RELAXED);  // another process may ask whether it uses it (uses_code)
  return true;
}

std::vector<Module*> CodeServer::loaded_modules() const {
  std::vector<Module*> result;
  auto table = modules_.load(std::memory_order_acquire);
  for (size_t i = 0; i <= table->mask; i++)
    if (ModuleSlot* slot = table->slots[i].load(std::memory_order_acquire))
      if (Module* module = slot->current.load(std::memory_order_acquire)) result.push_back(module);
  return result;
}

std::vector<Export*> CodeServer::natives_of(Term module) const {
  std::vector<Export*> result;
  if (!module.is_none() && !has_natives(module)) return result;
  auto table = exports_.load(std::memory_order_acquire);
  for (size_t i = 0; i <= table->mask; i++)
    if (Export* e = table->slots[i].load(std::memory_order_acquire))
      if ((module.is_none() || e->module == module) && e->native.load(std::memory_order_acquire)) result.push_back(e);
  return result;
}

std::vector<Export*> CodeServer::exports_of(Term module) const {
  std::vector<Export*> result;
  auto add_defined = [&](Export* e) {
    if (e->native.load(std::memory_order_acquire) || e->function.load(std::memory_order_acquire)) result.push_back(e);
  };
  ModuleSlot* slot = find_slot(module);
  if (!slot) return result;
  if (!slot->natives) {  // all exports are the code's own
    Module* code = slot->current.load(std::memory_order_acquire);
    for (size_t i = 0; code && i < code->function_count; i++)
      if (const Function& f = code->functions[i]; f.exported)
        if (Export* e = find_export(module, f.name, f.arity)) add_defined(e);
    return result;
  }
  auto table = exports_.load(std::memory_order_acquire);
  for (size_t i = 0; i <= table->mask; i++)
    if (Export* e = table->slots[i].load(std::memory_order_acquire); e && e->module == module) add_defined(e);
  return result;
}

}  // namespace phial
