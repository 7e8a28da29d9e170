// :persistent_term: values of the whole VM, read by copy. Each value lives in an arena of its own that readers share by count, so a
// replaced value goes when its last reader is done copying.
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "vm/native/native.hpp"
#include "vm/process/vm.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/map.hpp"

namespace phial {
namespace {

struct Entry {
  Arena arena{16};
  Term key, value;
};

struct PersistentTerms {
  std::shared_mutex mutex;
  std::unordered_multimap<uint32_t, std::shared_ptr<Entry>> entries;  // by hash of the key

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
};

Term get_default(Context& c, const Term* a) {
  auto entry = c.vm().state<PersistentTerms>().get(a[0]);
  return entry ? copy_term(c.heap(), entry->value) : a[1];
}
Term get(Context& c, const Term* a) {
  auto entry = c.vm().state<PersistentTerms>().get(a[0]);
  return entry ? copy_term(c.heap(), entry->value) : c.badarg();
}
Term get_all(Context& c, const Term*) {
  auto& terms = c.vm().state<PersistentTerms>();
  std::shared_lock lock(terms.mutex);
  std::vector<Term> pairs;
  for (auto& [hash, entry] : terms.entries)
    pairs.push_back(make_tuple(c.heap(), {copy_term(c.heap(), entry->key), copy_term(c.heap(), entry->value)}));
  return make_list(c.heap(), pairs);
}
Term put(Context& c, const Term* a) {
  auto entry = std::make_shared<Entry>();
  entry->key = copy_term(entry->arena, a[0]);
  entry->value = copy_term(entry->arena, a[1]);
  auto& terms = c.vm().state<PersistentTerms>();
  std::unique_lock lock(terms.mutex);
  auto found = terms.find(a[0]);
  if (found != terms.entries.end())
    found->second = std::move(entry);
  else
    terms.entries.emplace(hash_term(a[0]), std::move(entry));
  return atoms::ok;
}
Term erase(Context& c, const Term* a) {
  auto& terms = c.vm().state<PersistentTerms>();
  std::unique_lock lock(terms.mutex);
  auto found = terms.find(a[0]);
  if (found == terms.entries.end()) return atoms::false_;
  terms.entries.erase(found);
  return atoms::true_;
}
Term info(Context& c, const Term*) {
  auto& terms = c.vm().state<PersistentTerms>();
  std::shared_lock lock(terms.mutex);
  size_t words = 0;
  for (auto& [hash, entry] : terms.entries) words += entry->arena.used_words();
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
