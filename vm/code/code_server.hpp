// CodeServer: the modules and exports of one VM: loading, lookup, hot replacement.
//
// Lookup (find_export, export_for, find_module) takes no lock: tables are open-addressed arrays of atomic pointers that only grow; an
// outgrown table is kept until the VM ends. Loading and purging take `mutex`.
//
// A name has up to two codes: current and old. Loading makes the current code old (and fails when an old one stands already: purge
// first). Exports point to the current code; old code is reached only by frames and funs that began in it.
#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <vector>

#include "vm/code/module.hpp"

namespace phial {

class CodeServer {
 public:
  CodeServer();
  ~CodeServer();

  /// Puts the functions of a native table in place, over functions of the same name. Any thread.
  void add_natives(const NativeTable& table);
  /// The entry for module:name/arity, made if it was not there.
  Export* export_for(Term module, Term name, uint8_t arity);
  Export* find_export(Term module, Term name, uint8_t arity) const;
  Module* find_module(Term name) const;
  /// The code before the current one, if not purged.
  Module* find_old_module(Term name) const;

  /// Loads a unit (verified already, or by this in debug builds). On failure null and `error`: "not_purged", or what the verifier says. `file` is where it comes from.
  Module* load(const CodeUnit& unit, std::string& error, std::string_view bytes = {}, bool from_image = false,
               std::string_view file = {});
  /// Makes the current code old, without a new one. False if an old one stands already.
  bool remove(Term name);
  /// Puts the old code aside for good: it stays in memory for those who still run it, and there is room for another load. With `which` only if that is it.
  void shelve_old(Term name, const Module* which = nullptr);
  /// Frees the old code's memory. The caller has seen to it that no process runs it (or has killed those). With `which` only if that is it.
  bool purge(Term name, const Module* which = nullptr);

  /// 16 bytes that identify a unit (or, if given, its bytes).
  static void digest(const CodeUnit& unit, std::string_view bytes, uint8_t* out);
  std::vector<Module*> loaded_modules() const;
  /// Exports of a module: those of its current code and natives.
  std::vector<Export*> exports_of(Term module) const;
  /// Exports that are native functions, of this module or (none()) of all.
  std::vector<Export*> natives_of(Term module) const;
  bool has_natives(Term module) const;
  size_t code_bytes() const { return code_bytes_.load(std::memory_order_relaxed); }
  size_t literal_words() const { return literal_words_.load(std::memory_order_relaxed); }

  /// Hook of the JIT, set before the VM runs: called before a new module can be reached, and before old code
  /// is freed. Both under `mutex`.
  std::function<void(Module&)> on_load, on_purge;
  /// ... and called to have no native code of a module run from now on but what runs already (false), or to allow it again (true).
  std::function<void(Module&, bool)> allow_native;
  /// Called when a module has been loaded and can be reached, under `mutex`. Set before the VM runs, or under `mutex`.
  std::function<void(Module&)> after_load;
  /// The most heap words that any allocate or test_heap of loaded code announces.
  std::atomic<size_t> largest_announcement{16};
  std::mutex mutex;

 private:
  template <class Entry>
  struct Table;
  struct ModuleSlot {
    Term name;
    std::atomic<Module*> current{nullptr};
    std::atomic<Module*> old{nullptr};
    bool natives = false;
  };
  ModuleSlot* slot_for(Term name);
  ModuleSlot* find_slot(Term name) const;
  Export* insert_export(Term module, Term name, uint8_t arity);

  std::atomic<Table<Export>*> exports_;
  std::atomic<Table<ModuleSlot>*> modules_;
  std::vector<void*> old_tables_;
  std::vector<std::unique_ptr<Export>> all_exports_;
  std::vector<std::unique_ptr<ModuleSlot>> all_slots_;
  std::vector<std::unique_ptr<Module>> all_modules_;
  struct LiteralBlock { Word* start; size_t words; };
  std::vector<LiteralBlock> literal_blocks_;
  std::vector<Word*> literal_off_heap_;
  std::atomic<size_t> code_bytes_{0};
  std::atomic<size_t> literal_words_{0};  // written under `mutex`
};

}  // namespace phial
