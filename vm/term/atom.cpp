// The atom table: open addressing over indices, texts in blocks that never move. Looking up what is there takes no lock: slots are filled once, with an
// index whose text stands already, and an array that became too small stays for those who are still looking into it (together they are as large as
// the one in use). Who finds nothing looks again under the lock before he adds. The text of an atom is read through a two-level table of atomic pointers.
#include "vm/term/atom.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "vm/base/memory.hpp"
#include "vm/term/binary.hpp"

namespace phial {
namespace {

struct Text {
  uint32_t length;
  uint32_t hash;
  char bytes[];
};

constexpr size_t block_bits = 12;
constexpr size_t block_size = size_t{1} << block_bits;
constexpr size_t max_blocks = size_t{1} << 14;  // 64 M atoms

uint32_t hash_text(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char byte : text) hash = (hash ^ static_cast<uint8_t>(byte)) * 0x100000001b3;
  return static_cast<uint32_t>(hash ^ hash >> 32);
}

class AtomTable {
 public:
  AtomTable() {
    use(std::make_unique<Slots>(8192));
    static constexpr std::string_view predefined[] = {
#define PHIAL_ATOM(name, text) text,
#include "vm/term/atoms.def"
#undef PHIAL_ATOM
    };
    for (std::string_view text : predefined) intern(text);
  }

  uint32_t intern(std::string_view text) {
    uint32_t hash = hash_text(text);
    uint32_t found = find(text, hash);
    if (found != empty) return found;
    std::lock_guard lock(mutex_);
    found = find(text, hash);
    return found != empty ? found : insert(text, hash);
  }

  uint32_t existing(std::string_view text) {
    uint32_t hash = hash_text(text);
    uint32_t found = find(text, hash);
    if (found != empty) return found;
    std::lock_guard lock(mutex_);  // it may have come while the slots were changed for more
    return find(text, hash);
  }

  const Text* text(uint32_t index) const {
    return blocks_[index >> block_bits].load(std::memory_order_acquire)[index & (block_size - 1)];
  }

  size_t count() const { return count_.load(std::memory_order_relaxed); }

  static constexpr uint32_t empty = 0xffffffff;

 private:
  struct Slots {
    explicit Slots(size_t count) : mask(count - 1), at(new std::atomic<uint32_t>[count]) {
      for (size_t i = 0; i < count; i++) at[i].store(empty, std::memory_order_relaxed);
    }
    size_t mask;
    std::unique_ptr<std::atomic<uint32_t>[]> at;
  };

  void use(std::unique_ptr<Slots> slots) {
    slots_.store(slots.get(), std::memory_order_release);
    all_slots_.push_back(std::move(slots));
  }

  uint32_t find(std::string_view text, uint32_t hash) const {
    const Slots& slots = *slots_.load(std::memory_order_acquire);
    for (size_t at = hash & slots.mask;; at = (at + 1) & slots.mask) {
      uint32_t index = slots.at[at].load(std::memory_order_acquire);
      if (index == empty) return empty;
      const Text* candidate = this->text(index);
      if (candidate->hash == hash && std::string_view(candidate->bytes, candidate->length) == text) return index;
    }
  }

  uint32_t insert(std::string_view text, uint32_t hash) {
    size_t index = count_.load(std::memory_order_relaxed);
    if (index >= block_size * max_blocks) std::abort();
    auto entry = static_cast<Text*>(memory_allocate(sizeof(Text) + text.size() + 1));
    entry->length = static_cast<uint32_t>(text.size());
    entry->hash = hash;
    std::memcpy(entry->bytes, text.data(), text.size());
    entry->bytes[text.size()] = '\0';  // hosts may read it as a string
    const Text** block = blocks_[index >> block_bits].load(std::memory_order_relaxed);
    if (!block) {
      block = static_cast<const Text**>(memory_allocate(block_size * sizeof(Text*)));
      blocks_[index >> block_bits].store(block, std::memory_order_release);
    }
    block[index & (block_size - 1)] = entry;
    count_.store(index + 1, std::memory_order_release);
    Slots& slots = *slots_.load(std::memory_order_relaxed);
    if ((index + 1) * 2 > slots.mask + 1) grow(slots, index);
    place(*slots_.load(std::memory_order_relaxed), static_cast<uint32_t>(index), hash);
    return static_cast<uint32_t>(index);
  }

  static void place(Slots& slots, uint32_t index, uint32_t hash) {
    size_t at = hash & slots.mask;
    while (slots.at[at].load(std::memory_order_relaxed) != empty) at = (at + 1) & slots.mask;
    slots.at[at].store(index, std::memory_order_release);
  }

  /// Twice the slots, with the atoms before `count`.
  void grow(const Slots& old, size_t count) {
    auto larger = std::make_unique<Slots>((old.mask + 1) * 2);
    for (uint32_t index = 0; index < count; index++) place(*larger, index, text(index)->hash);
    use(std::move(larger));
  }

  std::mutex mutex_;
  std::atomic<Slots*> slots_{nullptr};
  std::vector<std::unique_ptr<Slots>> all_slots_;
  std::atomic<size_t> count_{0};
  std::atomic<const Text**> blocks_[max_blocks]{};
};

AtomTable& table() {
  static AtomTable* instance = new AtomTable;  // lives as long as the OS process: atoms are for ever
  return *instance;
}

}  // namespace

Term intern_atom(std::string_view text) { return Term::atom(table().intern(text)); }

Term intern_within_quota(std::string_view text) {
  return byte_account && byte_account->make_atom ? byte_account->make_atom(byte_account, text) : intern_atom(text);
}

Term existing_atom(std::string_view text) {
  uint32_t index = table().existing(text);
  return index == AtomTable::empty ? Term::none() : Term::atom(index);
}

std::string_view atom_text(Term atom) {
  const Text* text = table().text(atom.atom_index());
  return {text->bytes, text->length};
}

size_t atom_count() { return table().count(); }

}  // namespace phial
