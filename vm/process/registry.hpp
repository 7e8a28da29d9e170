// Registry: registered names, and references that stand for something (aliases, timers). Both are hash tables in shards with a lock each.
#pragma once
#include <mutex>
#include <unordered_map>
#include <vector>

#include "vm/process/spin_lock.hpp"
#include "vm/process/word_table.hpp"
#include "vm/term/term.hpp"

namespace phial {

class Registry {
 public:
  /// False if the name is taken.
  bool add(Term name, Term pid);
  /// False if the name does not belong to `pid` (or, with nil, to anyone).
  bool remove(Term name, Term pid);
  /// The pid or port, or none().
  Term find(Term name) const;
  std::vector<Term> names() const;

 private:
  static constexpr size_t shard_count = 64;
  struct alignas(64) Shard {
    mutable SpinLock lock;
    std::unordered_map<Word, Term> names;
  };
  Shard& shard(Term name) const { return shards_[name.atom_index() % shard_count]; }
  mutable Shard shards_[shard_count];
};

struct Timer;

class ReferenceTable {
 public:
  struct Entry {
    Term alias_of = Term::none();  // pid whose alias it is
    Timer* timer = nullptr;
  };
  void add(Term reference, Entry entry);
  void remove(Term reference);
  Entry find(Term reference) const;
  /// Takes the entry's timer out if it has one and it is still there; the caller owns what it got.
  Timer* take_timer(Term reference);
  /// Calls visit(reference, entry) for each entry, a part of the table at a time under its lock. What visit is given lives until it returns.
  template <class Visit>
  void each(Visit&& visit) const {
    for (Shard& s : shards_) {
      std::lock_guard guard(s.lock);
      s.entries.each([&](Word word, const Entry& entry) { visit(Term::raw(word), entry); });
    }
  }
  /// Calls visit(entry) under the lock.
  template <class Visit>
  bool with(Term reference, Visit&& visit) {
    Shard& s = shard(reference);
    std::lock_guard guard(s.lock);
    Entry* found = s.entries.find(reference.word);
    if (!found) return false;
    visit(*found);
    return true;
  }

 private:
  static constexpr size_t shard_count = 64;
  struct alignas(64) Shard {
    mutable SpinLock lock;
    WordTable<Entry> entries;
  };
  Shard& shard(Term reference) const { return shards_[reference.immediate_value() % shard_count]; }
  mutable Shard shards_[shard_count];
};

}  // namespace phial
