// :persistent_term: values of the whole VM.
//
// A small value lives in an arena of its own and is copied to its reader, who shares it by count, so a replaced value goes when its last
// reader is done. A large one is put among the literals, which no one copies: reading it costs nothing however large it is. Who holds
// it cannot be told, so what replaces it retires it, and its memory stays until the VM ends. A program that keeps replacing large
// values gets them copied again once as much has been retired as `most_retired` says.
//
// A tree of processes that may not change them (no capability `persistent`) still runs code of the library that keeps things here: which module implements
// a protocol, what a program runs at its end. Such changes are the tree's own (ProcessTree::own_terms): it sees them, nobody outside does, they are charged to it and
// go when its last process ends. So nothing that code in a tree puts here is ever called or believed by code outside.
#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "vm/code/reserved_area.hpp"
#include "vm/heap/process_heap.hpp"
#include "vm/native/native.hpp"
#include "vm/process/budget.hpp"
#include "vm/process/capabilities.hpp"
#include "vm/process/vm.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/map.hpp"

namespace phial {
namespace {

constexpr size_t large = 32;                       // words from which a value is a literal
constexpr size_t most_retired = (64 << 20) / sizeof(Word);  // words

/// An entry of a tree of processes (vm/process/budget.hpp) is charged to it and always copied.
struct Entry {
  Arena arena{16};
  Term key, value;            // none(): it is erased for this tree
  size_t literal_words = 0;   // 0: the value is in the arena
  ByteAccount* account = nullptr;
  int64_t charged = 0;

  Entry() = default;
  Entry(const Entry&) = delete;
  ~Entry() {
    if (!account) return;
    arena.clear();  // what it holds may be charged to the same account
    account->charge_table(-charged);
    account->drop();
  }
  Term read(TermHeap& heap) const { return literal_words ? value : copy_term(heap, value); }
  size_t words() const { return literal_words + arena.used_words(); }
  void charge_to(ByteAccount* payer) {
    account = payer;
    account->retain();
    charged = static_cast<int64_t>(sizeof(Entry) + arena.used_words() * sizeof(Word));
    account->charge_table(charged);
  }
};
using EntryPtr = std::shared_ptr<Entry>;

/// Entries by the hash of their keys.
class Entries : public std::unordered_multimap<uint32_t, EntryPtr> {
 public:
  iterator find_key(Term key) {
    auto [from, to] = equal_range(hash_term(key));
    for (auto at = from; at != to; ++at)
      if (equal_exactly(at->second->key, key)) return at;
    return end();
  }
  void set(EntryPtr entry) {
    auto found = find_key(entry->key);
    if (found != end())
      found->second = std::move(entry);
    else
      emplace(hash_term(entry->key), std::move(entry));
  }
};

// Values that are immediates of keys that are atoms or small tuples of atoms (which module implements a protocol for a type) are asked for at every
// call of a protocol's function. Each has a record beside that never changes and never goes, found without a lock. Records are made while
// the terms are locked for reading, and taken away while they are locked for writing. They are for processes of the VM's own tree.
struct Remembered {
  static constexpr size_t most_atoms = 3, slots = 512, most = 8 * slots;
  struct Record { Word key[most_atoms]; Word value; };

  std::atomic<const Record*> table[slots]{};
  std::mutex mutex;  // of what follows
  std::vector<std::unique_ptr<const Record>> records;

  /// Fills `words`; false for keys of another kind.
  static bool words_of(Term key, Word (&words)[most_atoms]) {
    std::fill_n(words, most_atoms, Word{0});
    if (key.is_atom()) {
      words[0] = key.word;
      return true;
    }
    if (!key.is_tuple() || key.arity() < 2 || key.arity() > most_atoms) return false;
    for (size_t i = 0; i < key.arity(); i++) {
      if (!key.element(i).is_atom()) return false;
      words[i] = key.element(i).word;
    }
    return true;
  }
  static size_t slot_of(const Word (&words)[most_atoms]) {
    Word hash = words[0];
    for (size_t i = 1; i < most_atoms; i++) hash = (hash ^ hash >> 29) * 0xD6E8FEB86659FD93ull + words[i];
    return (hash * 0x9E3779B97F4A7C15ull) >> 32 & (slots - 1);
  }
  Term find(const Word (&words)[most_atoms]) const {
    const Record* record = table[slot_of(words)].load(std::memory_order_acquire);
    return record && std::equal(words, words + most_atoms, record->key) ? Term::raw(record->value) : Term::none();
  }
  void keep(const Word (&words)[most_atoms], Term value) {
    std::lock_guard lock(mutex);
    if (records.size() >= most) return;
    auto record = std::make_unique<Record>();
    std::copy_n(words, most_atoms, record->key);
    record->value = value.word;
    table[slot_of(words)].store(record.get(), std::memory_order_release);
    records.push_back(std::move(record));
  }
  void forget(Term key) {
    Word words[most_atoms];
    if (words_of(key, words)) table[slot_of(words)].store(nullptr, std::memory_order_release);
  }
};

struct PersistentTerms {
  Remembered remembered;
  struct Block { Word* start; size_t words; Word* off_heap; };

  std::shared_mutex mutex;  // of the entries of trees, too
  Entries entries;
  std::vector<Block> blocks;  // of literals, the retired ones too
  size_t retired = 0;         // words

  // The VM ends: no process is left that could hold a literal.
  ~PersistentTerms() {
    for (const Block& block : blocks) {
      drop_off_heap_list(block.off_heap);
      literal_area().free(block.start, block.words * sizeof(Word));
    }
  }

  /// What this tree sees for the key; null: nothing. The caller holds the mutex.
  EntryPtr seen(ProcessTree* tree, Term key) {
    for (; tree; tree = tree->outer()) {
      auto own = static_cast<Entries*>(tree->own_terms.get());
      if (!own) continue;
      if (auto found = own->find_key(key); found != own->end()) return found->second->value.is_none() ? nullptr : found->second;
    }
    auto found = entries.find_key(key);
    return found == entries.end() ? nullptr : found->second;
  }
  /// A copy of the value for its reader; none() if there is none.
  Term get(Context& c, Term key) {
    ProcessTree* tree = c.tree();
    Word words[Remembered::most_atoms];
    bool may_be_remembered = (!tree || tree->is_vm()) && Remembered::words_of(key, words);
    if (may_be_remembered)
      if (Term value = remembered.find(words); !value.is_none()) return value;
    EntryPtr entry;
    {
      std::shared_lock lock(mutex);
      entry = seen(tree, key);
      if (!entry) return Term::none();
      if (may_be_remembered && !entry->value.is_pointer()) remembered.keep(words, entry->value);
    }
    return entry->read(c.heap());
  }
  std::vector<EntryPtr> all(ProcessTree* tree) {
    std::shared_lock lock(mutex);
    std::vector<EntryPtr> found;
    bool overlaid = false;
    for (ProcessTree* at = tree; at; at = at->outer()) overlaid |= at->own_terms != nullptr;
    auto add = [&](Entries& some) {
      for (auto& [hash, entry] : some)
        if (!overlaid || seen(tree, entry->key) == entry) found.push_back(entry);
    };
    for (ProcessTree* at = tree; at; at = at->outer())
      if (at->own_terms) add(*static_cast<Entries*>(at->own_terms.get()));
    add(entries);
    return found;
  }
  /// The caller holds the mutex.
  EntryPtr make(Term key, Term value, ProcessTree* tree) {
    auto entry = std::make_shared<Entry>();
    entry->key = copy_term(entry->arena, key);
    size_t words = value.is_pointer() ? measure_message(value) : 0;
    if (words < large || retired + words > most_retired || tree) {
      entry->value = value.is_none() ? value : copy_term(entry->arena, value);
      if (tree) entry->charge_to(tree);
      return entry;
    }
    Block block{literal_area().allocate(words * sizeof(Word)), words, nullptr};
    Word* to = block.start;
    entry->value = copy_message(value, to, block.off_heap);
    entry->literal_words = words;
    blocks.push_back(block);
    return entry;
  }
  /// Where this caller's changes go: a tree that may not change the VM's terms has its own in their place.
  Entries& changed_by(ProcessTree* tree) {
    for (; tree; tree = tree->outer()) {
      if (tree->is_vm() || !tree->capabilities() || tree->capabilities()->allows(Capability::persistent, "")) continue;
      if (!tree->own_terms) tree->own_terms = std::make_shared<Entries>();
      return *static_cast<Entries*>(tree->own_terms.get());
    }
    return entries;
  }
};

Term get_default(Context& c, const Term* a) {
  Term value = c.vm().state<PersistentTerms>().get(c, a[0]);
  return value.is_none() ? a[1] : value;
}
Term get(Context& c, const Term* a) {
  Term value = c.vm().state<PersistentTerms>().get(c, a[0]);
  return value.is_none() ? c.badarg() : value;
}
Term get_all(Context& c, const Term*) {
  std::vector<Term> pairs;
  for (auto& entry : c.vm().state<PersistentTerms>().all(c.tree()))
    pairs.push_back(make_tuple(c.heap(), {copy_term(c.heap(), entry->key), entry->read(c.heap())}));
  return make_list(c.heap(), pairs);
}
Term put(Context& c, const Term* a) {
  size_t words = measure_message(a[0]), value_words = measure_message(a[1]);
  if (words >= unsendable || value_words >= unsendable || !fits_items(c, words + value_words, sizeof(Word))) return c.system_limit();
  auto& terms = c.vm().state<PersistentTerms>();
  std::unique_lock lock(terms.mutex);
  EntryPtr before = terms.seen(c.tree(), a[0]);
  if (before && equal_exactly(before->value, a[1])) return atoms::ok;
  Entries& changed = terms.changed_by(c.tree());
  if (&changed == &terms.entries && before) terms.retired += before->literal_words;
  changed.set(terms.make(a[0], a[1], c.tree()));
  terms.remembered.forget(a[0]);
  return atoms::ok;
}
Term erase(Context& c, const Term* a) {
  auto& terms = c.vm().state<PersistentTerms>();
  std::unique_lock lock(terms.mutex);
  EntryPtr before = terms.seen(c.tree(), a[0]);
  if (!before) return atoms::false_;
  Entries& changed = terms.changed_by(c.tree());
  if (&changed != &terms.entries) {
    changed.set(terms.make(a[0], Term::none(), c.tree()));
  } else {
    terms.retired += before->literal_words;
    terms.entries.erase(terms.entries.find_key(a[0]));
    terms.remembered.forget(a[0]);
  }
  return atoms::true_;
}
Term info(Context& c, const Term*) {
  auto all = c.vm().state<PersistentTerms>().all(c.tree());
  size_t words = 0;
  for (auto& entry : all) words += entry->words();
  Term count = Term::small(static_cast<int64_t>(all.size())), memory = Term::small(static_cast<int64_t>(words * sizeof(Word)));
  Term pairs[] = {intern_atom("count"), count, intern_atom("memory"), memory};
  return make_map(c.heap(), pairs);
}

constexpr NativeEntry entries[] = {
    {"persistent_term", "get", 0, get_all}, {"persistent_term", "get", 1, get}, {"persistent_term", "get", 2, get_default},
    {"persistent_term", "put", 2, put}, {"persistent_term", "erase", 1, erase}, {"persistent_term", "info", 0, info},
};

}  // namespace

extern const NativeTable persistent_term_natives = native::table_of(entries);

}  // namespace phial
