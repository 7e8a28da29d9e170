#include "vm/code/image_units.hpp"

#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "vm/code/code_server.hpp"
#include "vm/code/reserved_area.hpp"
#include "vm/code/shapes.hpp"
#include "vm/heap/process_heap.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/literal.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/lsan_interface.h>
#define PHIAL_LEAK_CHECKER 1
#endif
#endif

namespace phial {
namespace {

struct Entry {
  bool asked = false;
  std::unique_ptr<ImageUnit> kept;
};
struct Units {
  std::mutex mutex;
  std::unordered_map<const char*, Entry> by_bytes;
  std::vector<Word*> off_heap;  // chains of off-heap objects of the literals
};
Units& units() {
  static auto all = new Units;  // VMs may outlive static destructors
  return *all;
}

/// Moves the unit's literals to the area of literals, where every VM finds them.
void place_literals(CodeUnit& unit, Units& all) {
  std::unordered_map<Word, Word> moved;
  std::vector<Term*> roots{&unit.attributes, &unit.compile_info, &unit.docs, &unit.debug};
  for (const CodeFixup& fixup : unit.fixups)
    if (fixup.kind == 'T') roots.push_back(reinterpret_cast<Term*>(&unit.code[fixup.at]));
  size_t words = 0;
  for (Term* root : roots)
    if (root->is_pointer() && moved.emplace(root->word, 0).second) words += measure_message(*root);
  if (!words) return;
  Word* const start = literal_area().allocate(words * sizeof(Word));
  Word* to = start;
  Word* off_heap = nullptr;
  for (size_t i = 0; Term* root : roots) {
    bool operand = i++ >= 4;  // not what the module tells of itself
    if (!root->is_pointer()) continue;
    Word& copy = moved[root->word];
    if (!copy) {
      Term placed = copy_message(*root, to, off_heap);
      copy = (operand ? share_shapes(placed) : placed).word;
    }
    *root = Term::raw(copy);
  }
  if (off_heap) {
    all.off_heap.push_back(off_heap);
#ifdef PHIAL_LEAK_CHECKER
    __lsan_register_root_region(start, words * sizeof(Word));  // it does not look into the area of literals by itself
#endif
  }
  unit.literals.reset();
}

}  // namespace

const ImageUnit* image_unit(std::string_view bytes) {
  Units& all = units();
  std::lock_guard lock(all.mutex);
  Entry& entry = all.by_bytes[bytes.data()];
  if (entry.kept) return entry.kept.get();
  if (!std::exchange(entry.asked, true)) return nullptr;
  auto unit = std::make_unique<ImageUnit>();
  std::string error;
  if (!read_code_unit(bytes, unit->unit, error, true) || unit->unit.fixups.empty()) return nullptr;
  place_literals(unit->unit, all);
  CodeServer::digest(unit->unit, bytes, unit->digest);
  entry.kept = std::move(unit);
  return entry.kept.get();
}

const ImageUnit* kept_image_unit(std::string_view bytes) {
  Units& all = units();
  std::lock_guard lock(all.mutex);
  auto found = all.by_bytes.find(bytes.data());
  return found == all.by_bytes.end() ? nullptr : found->second.kept.get();
}

}  // namespace phial
