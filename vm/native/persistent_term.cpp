// :persistent_term: values of the whole VM.
//
// A small value lives in an arena of its own and is copied to its reader, who shares it by count, so a replaced value goes when its last
// reader is done. A large one is put among the literals, which no one copies: reading it costs nothing however large it is. Who holds
// it cannot be told, so what replaces it retires it, and its memory stays until the VM ends. A program that keeps replacing large
// values gets them copied again once as much has been retired as `most_retired` says.
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "vm/code/reserved_area.hpp"
#include "vm/heap/process_heap.hpp"
#include "vm/native/native.hpp"
#include "vm/process/vm.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/map.hpp"

namespace phial {
namespace {

constexpr size_t large = 32;                       // words from which a value is a literal
constexpr size_t most_retired = (64 << 20) / sizeof(Word);  // words

struct Entry {
  Arena arena{16};
  Term key, value;
  size_t literal_words = 0;  // 0: the value is in the arena

  Term read(TermHeap& heap) const { return literal_words ? value : copy_term(heap, value); }
  size_t words() const { return literal_words + arena.used_words(); }
};

struct PersistentTerms {
  struct Block { Word* start; size_t words; Word* off_heap; };

  std::shared_mutex mutex;
  std::unordered_multimap<uint32_t, std::shared_ptr<Entry>> entries;  // by hash of the key
  std::vector<Block> blocks;  // of literals, the retired ones too
  size_t retired = 0;         // words

  // The VM ends: no process is left that could hold a literal.
  ~PersistentTerms() {
    for (const Block& block : blocks) {
      drop_off_heap_list(block.off_heap);
      literal_area().free(block.start, block.words * sizeof(Word));
    }
  }

  auto find(Term key) {
    auto [from, to] = entries.equal_range(hash_term(key));
    for (auto at = from; at != to; ++at)
      if (equal_exactly(at->second->key, key)) return at;
    return entries.end();
  }
  std::shared_ptr<Entry> get(Term key) {
    std::shared_lock lock(mutex);
    auto found = find(key);
    return found == entries.end() ? nullptr : found->second;
  }
  /// The caller holds the mutex.
  std::shared_ptr<Entry> make(Term key, Term value) {
    auto entry = std::make_shared<Entry>();
    entry->key = copy_term(entry->arena, key);
    size_t words = value.is_pointer() ? measure_message(value) : 0;
    if (words < large || retired + words > most_retired) {
      entry->value = copy_term(entry->arena, value);
      return entry;
    }
    Block block{literal_area().allocate(words * sizeof(Word)), words, nullptr};
    Word* to = block.start;
    entry->value = copy_message(value, to, block.off_heap);
    entry->literal_words = words;
    blocks.push_back(block);
    return entry;
  }
};

Term get_default(Context& c, const Term* a) {
  auto entry = c.vm().state<PersistentTerms>().get(a[0]);
  return entry ? entry->read(c.heap()) : a[1];
}
Term get(Context& c, const Term* a) {
  auto entry = c.vm().state<PersistentTerms>().get(a[0]);
  return entry ? entry->read(c.heap()) : c.badarg();
}
Term get_all(Context& c, const Term*) {
  auto& terms = c.vm().state<PersistentTerms>();
  std::shared_lock lock(terms.mutex);
  std::vector<Term> pairs;
  for (auto& [hash, entry] : terms.entries)
    pairs.push_back(make_tuple(c.heap(), {copy_term(c.heap(), entry->key), entry->read(c.heap())}));
  return make_list(c.heap(), pairs);
}
Term put(Context& c, const Term* a) {
  if (measure_message(a[0]) >= unsendable || measure_message(a[1]) >= unsendable) return c.system_limit();
  auto& terms = c.vm().state<PersistentTerms>();
  std::unique_lock lock(terms.mutex);
  auto found = terms.find(a[0]);
  if (found == terms.entries.end()) {
    terms.entries.emplace(hash_term(a[0]), terms.make(a[0], a[1]));
  } else if (!equal_exactly(found->second->value, a[1])) {
    terms.retired += found->second->literal_words;
    found->second = terms.make(a[0], a[1]);
  }
  return atoms::ok;
}
Term erase(Context& c, const Term* a) {
  auto& terms = c.vm().state<PersistentTerms>();
  std::unique_lock lock(terms.mutex);
  auto found = terms.find(a[0]);
  if (found == terms.entries.end()) return atoms::false_;
  terms.retired += found->second->literal_words;
  terms.entries.erase(found);
  return atoms::true_;
}
Term info(Context& c, const Term*) {
  auto& terms = c.vm().state<PersistentTerms>();
  std::shared_lock lock(terms.mutex);
  size_t words = 0;
  for (auto& [hash, entry] : terms.entries) words += entry->words();
  Term count = Term::small(static_cast<int64_t>(terms.entries.size())), memory = Term::small(static_cast<int64_t>(words * sizeof(Word)));
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
