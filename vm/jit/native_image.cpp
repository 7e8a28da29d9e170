#include "vm/jit/native_image.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "vm/jit/backend.hpp"
#include "vm/jit/perf_map.hpp"

namespace phial {
namespace {

constexpr std::string_view magic = "PHINAT01";
constexpr size_t page = 4096;

struct Head {
  char magic[8];
  uint32_t count, unused;
  uint64_t text_at, text_size, table_size;
  char rest[24];
};
static_assert(sizeof(Head) == 64);

size_t whole_pages(size_t bytes) { return (bytes + page - 1) / page * page; }

// One VM of the OS process at a time runs the linked-in code in place.
std::atomic<bool> place_taken{false};

}  // namespace

std::unique_ptr<NativeImage> NativeImage::over(std::string_view bytes) {
  Head head;
  if (bytes.size() < sizeof head || bytes.substr(0, 8) != magic) return nullptr;
  std::memcpy(&head, bytes.data(), sizeof head);
  if (head.text_at + head.text_size + head.table_size != bytes.size()) return nullptr;
  std::unique_ptr<NativeImage> image(new NativeImage());
  image->bytes_ = bytes;
  image->count_ = head.count;
  image->text_at_ = head.text_at;
  image->text_size_ = head.text_size;
  image->table_size_ = head.table_size;
  return image;
}

const NativeImage::Record* NativeImage::find(std::string_view name) const {
  auto records = reinterpret_cast<const Record*>(bytes_.data() + sizeof(Head));
  auto name_of = [&](const Record& record) { return bytes_.substr(record.name.at, record.name.count); };
  auto found = std::lower_bound(records, records + count_, name, [&](const Record& record, std::string_view value) { return name_of(record) < value; });
  return found != records + count_ && name_of(*found) == name ? found : nullptr;
}

std::string_view NativeImage::atom(const Record& record, uint32_t index) const {
  const Part& part = items<Part>(record.atoms)[index];
  return bytes_.substr(part.at, part.count);
}

bool write_native_image(const std::string& path, std::vector<NativeImageEntry> entries, std::string& error) {
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  std::vector<NativeImage::Record> records(entries.size());
  size_t data_at = sizeof(Head) + records.size() * sizeof(NativeImage::Record);
  std::string data;
  auto put = [&](const void* bytes, size_t size, size_t count) {
    data.resize((data.size() + 7) / 8 * 8);
    NativeImage::Part part{static_cast<uint32_t>(data_at + data.size()), static_cast<uint32_t>(count)};
    data.append(static_cast<const char*>(bytes), size);
    return part;
  };
  auto put_items = [&](const auto& items) { return put(items.data(), items.size() * sizeof(items[0]), items.size()); };
  std::string text;
  size_t table = 0;
  for (size_t i = 0; i < entries.size(); i++) {
    NativeImage::Record& record = records[i];
    const NativeObject& object = entries[i].object;
    record = {};
    record.name = put(entries[i].name.data(), entries[i].name.size(), entries[i].name.size());
    record.checksum = entries[i].checksum;
    record.text_at = static_cast<uint32_t>(text.size());
    record.text_size = static_cast<uint32_t>(object.text.size());
    record.table_at = static_cast<uint32_t>(table);
    text += object.text;
    text.resize(whole_pages(text.size()), static_cast<char>(0xcc));
    table += object.slots.size();
    record.slots = put_items(object.slots);
    std::vector<NativeImage::Part> atoms;
    for (const std::string& atom : object.atoms) atoms.push_back(put(atom.data(), atom.size(), atom.size()));
    record.atoms = put_items(atoms);
    record.entries = put_items(object.entries);
    record.continuations = put_items(object.continuations);
  }
  for (size_t i = 0; i < entries.size(); i++)
    for (const NativeFixup& fixup : entries[i].object.fixups) {
      size_t at = records[i].text_at + fixup.at;
      int64_t distance = static_cast<int64_t>(text.size() + records[i].table_at * sizeof(Word)) + fixup.addend - static_cast<int64_t>(at);
      if (distance != static_cast<int32_t>(distance)) {
        error = "the code is too large";
        return false;
      }
      auto near = static_cast<int32_t>(distance);
      std::memcpy(text.data() + at, &near, sizeof near);
    }
  Head head{};
  std::memcpy(head.magic, magic.data(), sizeof head.magic);
  head.count = static_cast<uint32_t>(entries.size());
  head.text_at = whole_pages(data_at + data.size());
  head.text_size = text.size();
  head.table_size = whole_pages(table * sizeof(Word));
  std::string all(reinterpret_cast<const char*>(&head), sizeof head);
  all.append(reinterpret_cast<const char*>(records.data()), records.size() * sizeof(records[0]));
  all += data;
  all.resize(head.text_at);
  all += text;
  all.resize(all.size() + head.table_size);
  std::string temporary = path + ".new";
  FILE* file = fopen(temporary.c_str(), "wb");
  bool ok = file && fwrite(all.data(), 1, all.size(), file) == all.size();
  if (file && fclose(file) != 0) ok = false;
  if (!ok || rename(temporary.c_str(), path.c_str()) != 0) {
    error = "cannot write " + path + ": " + strerror(errno);
    return false;
  }
  return true;
}

NativeRegion::NativeRegion(const NativeImage& image, const RuntimeCalls& calls) : image_(image), calls_(calls), used_(image.count()) {
  auto start = const_cast<char*>(image.bytes().data()) + image.text_at();
  bool aligned = reinterpret_cast<Word>(start) % static_cast<Word>(sysconf(_SC_PAGESIZE)) == 0;
  if (aligned && !place_taken.exchange(true)) {
    if (mprotect(start, image.text_size(), PROT_READ | PROT_EXEC) == 0 &&
        mprotect(start + image.text_size(), image.table_size(), PROT_READ | PROT_WRITE) == 0) {
      in_place_ = true;
      base_ = reinterpret_cast<uint8_t*>(start);
      return;
    }
    place_taken.store(false);
  }
  void* area = mmap(nullptr, image.text_size() + image.table_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (area != MAP_FAILED) base_ = static_cast<uint8_t*>(area);
}

NativeRegion::~NativeRegion() {
  if (!base_) return;
  if (in_place_)
    place_taken.store(false);
  else
    munmap(base_, image_.text_size() + image_.table_size());
}

bool NativeRegion::install(Module& module) {
  const NativeImage::Record* record = base_ && module.checksum ? image_.find(atom_text(module.name)) : nullptr;
  if (!record || record->checksum != module.checksum) return false;
  auto first = reinterpret_cast<const NativeImage::Record*>(image_.bytes().data() + sizeof(Head));
  // A module is loaded again where its code was purged: processes may still be in the native code of before.
  auto number = static_cast<size_t>(record - first);
  if (used_[number]) return false;
  used_[number] = true;
  uint8_t* text = base_ + record->text_at;
  auto table = reinterpret_cast<Word*>(base_ + image_.text_size()) + record->table_at;
  if (!in_place_) {
    std::string_view code = image_.text(*record);
    std::memcpy(text, code.data(), code.size());
    __builtin___clear_cache(reinterpret_cast<char*>(text), reinterpret_cast<char*>(text) + code.size());
    if (mprotect(text, whole_pages(code.size()), PROT_READ | PROT_EXEC) != 0) return false;
  }
  auto slots = image_.items<NativeSlot>(record->slots);
  for (uint32_t i = 0; i < record->slots.count; i++)
    table[i] = native_slot_value(slots[i], module, calls_, slots[i].has_text() ? image_.atom(*record, slots[i].index) : "");
  auto continuations = std::make_unique<NativeContinuations>();
  *continuations = {text, image_.items<NativeContinuation>(record->continuations), record->continuations.count};
  module.native.store(continuations.get(), std::memory_order_release);
  installed_[&module] = std::move(continuations);
  auto entries = image_.items<NativeStart>(record->entries);
  if (PerfMap::enabled()) {
    PerfMap names(module);
    for (uint32_t i = 0; i < record->entries.count; i++) names.entry(module.functions[entries[i].function & ~NativeStart::of_closure], text + entries[i].at);
    auto places = image_.items<NativeContinuation>(record->continuations);
    for (uint32_t i = 0; i < record->continuations.count; i++) names.continuation(module.code + places[i].position, text + places[i].at);
    names.write(text + image_.text(*record).size());
  }
  for (uint32_t i = 0; i < record->entries.count; i++)
    if (entries[i].function & NativeStart::of_closure)
      module.functions[entries[i].function & ~NativeStart::of_closure].closure_entry.store(text + entries[i].at, std::memory_order_release);
    else
      module.functions[entries[i].function].native_entry.store(text + entries[i].at, std::memory_order_release);
  return true;
}

}  // namespace phial
