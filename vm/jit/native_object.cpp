#include "vm/jit/native_object.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "vm/code/shapes.hpp"
#include "vm/jit/backend.hpp"
#include "vm/term/map.hpp"

namespace phial {
namespace {

constexpr std::string_view magic = "PHIOBJ02";
constexpr size_t runtime_members = sizeof(RuntimeCalls) / sizeof(void*);

uint64_t checksum(std::string_view bytes) {
  uint64_t hash = 0x9E3779B97F4A7C15ull;
  while (bytes.size() >= 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data(), 8);
    hash = (hash ^ word) * 0xD6E8FEB86659FD93ull;
    hash ^= hash >> 32;
    bytes.remove_prefix(8);
  }
  for (char c : bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3ull;
  return hash ^ hash >> 29;
}

void put(std::string& out, const void* data, size_t size) { out.append(static_cast<const char*>(data), size); }
void put_number(std::string& out, uint64_t value) { put(out, &value, sizeof value); }
void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out += text;
}
template <class Item>
void put_items(std::string& out, const std::vector<Item>& items) {
  put_number(out, items.size());
  put(out, items.data(), items.size() * sizeof(Item));
}

struct Reader {
  std::string_view bytes;
  bool ok = true;
  uint64_t number() {
    uint64_t value = 0;
    if (bytes.size() < sizeof value) {
      ok = false;
      return 0;
    }
    std::memcpy(&value, bytes.data(), sizeof value);
    bytes.remove_prefix(sizeof value);
    return value;
  }
  std::string_view text() {
    uint64_t size = number();
    if (!ok || size > bytes.size()) {
      ok = false;
      return {};
    }
    std::string_view result = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return result;
  }
  template <class Item>
  void items(std::vector<Item>& out) {
    uint64_t count = number();
    if (!ok || count > bytes.size() / sizeof(Item)) {
      ok = false;
      return;
    }
    out.resize(count);
    if (count) std::memcpy(out.data(), bytes.data(), count * sizeof(Item));
    bytes.remove_prefix(count * sizeof(Item));
  }
};

size_t whole_pages(size_t bytes) {
  static const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

}  // namespace

void NativeObject::append(const NativeObject& other) {
  // Objects begin at pages when they are made, and their constants are aligned from there: for the widest vectors, to 64 bytes.
  text.resize((text.size() + 63) / 64 * 64, static_cast<char>(0xcc));
  auto base = static_cast<uint32_t>(text.size());
  // Words that both tables hold are kept twice: objects that are appended are single functions.
  auto table = static_cast<int32_t>(slots.size() * sizeof(Word));
  auto first_atom = static_cast<uint32_t>(atoms.size());
  text += other.text;
  for (NativeSlot slot : other.slots) {
    if (slot.has_text()) slot.index += first_atom;
    slots.push_back(slot);
  }
  atoms.insert(atoms.end(), other.atoms.begin(), other.atoms.end());
  for (NativeFixup fixup : other.fixups) fixups.push_back({fixup.at + base, fixup.addend + table});
  for (NativeStart entry : other.entries) entries.push_back({entry.function, entry.at + base});
  for (NativeContinuation continuation : other.continuations) continuations.push_back({continuation.position, continuation.at + base});
  std::stable_sort(continuations.begin(), continuations.end(), [](auto& a, auto& b) { return a.position < b.position; });
}

std::string write_native_object(const NativeObject& object, std::string_view key) {
  std::string body;
  put_text(body, key);
  put_text(body, object.text);
  put_items(body, object.slots);
  put_number(body, object.atoms.size());
  for (const std::string& atom : object.atoms) put_text(body, atom);
  put_items(body, object.fixups);
  put_items(body, object.entries);
  put_items(body, object.continuations);
  std::string out(magic);
  put_number(out, checksum(body));
  return out + body;
}

bool read_native_object(std::string_view bytes, std::string_view key, NativeObject& object) {
  object = NativeObject();
  if (bytes.size() < magic.size() + 8 || bytes.substr(0, magic.size()) != magic) return false;
  bytes.remove_prefix(magic.size());
  Reader r{bytes};
  uint64_t sum = r.number();
  if (checksum(r.bytes) != sum || r.text() != key) return false;
  object.text = r.text();
  r.items(object.slots);
  for (uint64_t i = 0, n = r.number(); i < n && r.ok; i++) object.atoms.emplace_back(r.text());
  r.items(object.fixups);
  r.items(object.entries);
  r.items(object.continuations);
  size_t size = object.text.size();
  bool ok = r.ok && r.bytes.empty() && size < (size_t{1} << 30) && object.slots.size() < (size_t{1} << 26);
  auto table = static_cast<int64_t>(object.slots.size() * sizeof(Word));
  for (const NativeSlot& slot : object.slots)
    ok = ok && slot.kind <= NativeSlot::shape && (!slot.has_text() || slot.index < object.atoms.size()) &&
         (slot.kind != NativeSlot::runtime || slot.index < runtime_members);
  for (const NativeFixup& fixup : object.fixups)
    ok = ok && size >= 4 && fixup.at <= size - 4 && fixup.addend >= -16 && fixup.addend < table;
  for (const NativeStart& entry : object.entries) ok = ok && entry.at < size;
  for (size_t i = 0; ok && i < object.continuations.size(); i++)
    ok = object.continuations[i].at < size && (i == 0 || object.continuations[i - 1].position < object.continuations[i].position);
  if (!ok) object = NativeObject();
  return ok;
}

/// 0, which no map has for keys, where the text is damaged or there are too many shapes.
static Word shape_value(std::string_view text) {
  std::vector<Term> keys;
  while (!text.empty()) {
    uint32_t size;
    if (text.size() < sizeof size) return 0;
    std::memcpy(&size, text.data(), sizeof size);
    text.remove_prefix(sizeof size);
    if (size > text.size()) return 0;
    keys.push_back(intern_atom(text.substr(0, size)));
    text.remove_prefix(size);
  }
  if (keys.empty() || keys.size() > max_flat_map_size) return 0;
  Term shape = shape_of(keys);
  return shape.is_none() ? 0 : shape.word;
}

Word native_slot_value(const NativeSlot& slot, const Module& module, const RuntimeCalls& calls, std::string_view text) {
  switch (slot.kind) {
    case NativeSlot::code: return reinterpret_cast<Word>(module.code);
    case NativeSlot::functions: return reinterpret_cast<Word>(module.functions.get());
    case NativeSlot::runtime: return reinterpret_cast<const Word*>(&calls)[slot.index];
    case NativeSlot::operand: return module.code[slot.index];
    case NativeSlot::shape: return shape_value(text);
    default: return intern_atom(text).word;
  }
}

bool native_object_fits(const NativeObject& object, const Module& module) {
  for (const NativeSlot& slot : object.slots)
    if (slot.kind == NativeSlot::operand && slot.index >= module.code_words) return false;
  for (const NativeStart& entry : object.entries)
    if ((entry.function & ~NativeStart::of_closure) >= module.function_count) return false;
  return object.continuations.empty() || object.continuations.back().position < module.code_words;
}

void NativeMemory::release() {
  if (text) munmap(text, bytes);
  text = nullptr;
}

NativeMemory place_native_object(const NativeObject& object, const Module& module, const RuntimeCalls& calls) {
  NativeMemory memory;
  size_t text_bytes = whole_pages(std::max<size_t>(object.text.size(), 1)), table_bytes = whole_pages(object.slots.size() * sizeof(Word) + 1);
  void* area = mmap(nullptr, text_bytes + table_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (area == MAP_FAILED) return memory;
  auto text = static_cast<uint8_t*>(area);
  auto table = reinterpret_cast<Word*>(text + text_bytes);
  std::memcpy(text, object.text.data(), object.text.size());
  for (const NativeFixup& fixup : object.fixups) {
    auto distance = static_cast<int32_t>(static_cast<int64_t>(text_bytes) + fixup.addend - fixup.at);
    std::memcpy(text + fixup.at, &distance, sizeof distance);
  }
  for (size_t i = 0; i < object.slots.size(); i++) {
    const NativeSlot& slot = object.slots[i];
    table[i] = native_slot_value(slot, module, calls, slot.has_text() ? std::string_view(object.atoms[slot.index]) : "");
  }
  __builtin___clear_cache(reinterpret_cast<char*>(text), reinterpret_cast<char*>(text) + object.text.size());
  if (mprotect(text, text_bytes, PROT_READ | PROT_EXEC) != 0 || mprotect(table, table_bytes, PROT_READ) != 0) {
    munmap(area, text_bytes + table_bytes);
    return memory;
  }
  memory.text = text;
  memory.bytes = text_bytes + table_bytes;
  return memory;
}

}  // namespace phial
