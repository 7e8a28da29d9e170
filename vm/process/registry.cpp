#include "vm/process/registry.hpp"

namespace phial {

bool Registry::add(Term name, Term pid) {
  Shard& s = shard(name);
  std::lock_guard guard(s.lock);
  return s.names.emplace(name.word, pid).second;
}

bool Registry::remove(Term name, Term pid) {
  Shard& s = shard(name);
  std::lock_guard guard(s.lock);
  auto found = s.names.find(name.word);
  if (found == s.names.end() || (!pid.is_nil() && found->second != pid)) return false;
  s.names.erase(found);
  return true;
}

Term Registry::find(Term name) const {
  Shard& s = shard(name);
  std::lock_guard guard(s.lock);
  auto found = s.names.find(name.word);
  return found == s.names.end() ? Term::none() : found->second;
}

std::vector<Term> Registry::names() const {
  std::vector<Term> result;
  for (Shard& s : shards_) {
    std::lock_guard guard(s.lock);
    for (auto& [name, pid] : s.names) result.push_back(Term::raw(name));
  }
  return result;
}

void ReferenceTable::add(Term reference, Entry entry) {
  Shard& s = shard(reference);
  std::lock_guard guard(s.lock);
  s.entries.insert(reference.word, entry);
}

void ReferenceTable::remove(Term reference) {
  Shard& s = shard(reference);
  std::lock_guard guard(s.lock);
  s.entries.remove(reference.word);
}

ReferenceTable::Entry ReferenceTable::find(Term reference) const {
  Shard& s = shard(reference);
  std::lock_guard guard(s.lock);
  Entry* found = s.entries.find(reference.word);
  return found ? *found : Entry{};
}

Timer* ReferenceTable::take_timer(Term reference) {
  Shard& s = shard(reference);
  std::lock_guard guard(s.lock);
  Entry* found = s.entries.find(reference.word);
  if (!found || !found->timer) return nullptr;
  Timer* timer = found->timer;
  s.entries.remove(reference.word);
  return timer;
}

}  // namespace phial
