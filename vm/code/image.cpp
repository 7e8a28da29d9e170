#include "vm/code/image.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>

namespace phial {

namespace {

constexpr char magic[] = "PHIMG003";
constexpr size_t header_bytes = 16;
constexpr size_t entry_bytes = 64;

uint64_t read_u64(const char* at) {
  uint64_t value = 0;
  for (int i = 7; i >= 0; i--) value = value << 8 | static_cast<unsigned char>(at[i]);
  return value;
}

void write_u64(std::string& out, uint64_t value) {
  for (int i = 0; i < 8; i++) out += static_cast<char>(value >> 8 * i);
}

}  // namespace

bool Image::check(std::string& error) {
  if (bytes_.size() < header_bytes || bytes_.substr(0, 8) != std::string_view(magic, 8)) {
    error = "not an image";
    return false;
  }
  count_ = read_u64(bytes_.data() + 8) & 0xffffffff;
  packed_ = read_u64(bytes_.data() + 8) >> 32 & 1;
  if (packed_) unpacked_.resize(count_);
  if (count_ > (bytes_.size() - header_bytes) / entry_bytes) {
    error = "corrupt image";
    return false;
  }
  for (size_t i = 0; i < count_; i++) {
    const char* entry = bytes_.data() + header_bytes + i * entry_bytes;
    for (int part = 0; part < 4; part++) {
      uint64_t offset = read_u64(entry + 16 * part), size = read_u64(entry + 16 * part + 8);
      if (offset > bytes_.size() || size > bytes_.size() - offset) {
        error = "corrupt image";
        return false;
      }
    }
  }
  return true;
}

std::unique_ptr<Image> Image::over(std::string_view bytes, std::string& error) {
  std::unique_ptr<Image> image(new Image());
  image->bytes_ = bytes;
  if (!image->check(error)) return nullptr;
  return image;
}

std::unique_ptr<Image> Image::open(const std::string& path, std::string& error) {
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0 || status.st_size == 0) {
    error = "cannot read " + path + ": " + strerror(errno);
    if (file >= 0) close(file);
    return nullptr;
  }
  void* address = mmap(nullptr, static_cast<size_t>(status.st_size), PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (address == MAP_FAILED) {
    error = "cannot map " + path + ": " + strerror(errno);
    return nullptr;
  }
  std::unique_ptr<Image> image(new Image());
  image->bytes_ = {static_cast<const char*>(address), static_cast<size_t>(status.st_size)};
  image->mapped_ = true;
  if (!image->check(error)) return nullptr;
  return image;
}

Image::~Image() {
  if (mapped_) munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

std::string_view Image::part(size_t index, int which) const {
  const char* entry = bytes_.data() + header_bytes + index * entry_bytes + 16 * which;
  return bytes_.substr(read_u64(entry), read_u64(entry + 8));
}

std::string_view Image::unpacked_code(size_t index) const {
  std::lock_guard lock(unpacked_mutex_);
  if (!unpacked_[index]) unpacked_[index] = std::make_unique<const std::string>(unpack(part(index, 1)));
  return *unpacked_[index];
}

Image::Module Image::at(size_t index) const {
  return {part(index, 0), packed_ ? unpacked_code(index) : part(index, 1), part(index, 2), part(index, 3)};
}

bool Image::find(std::string_view name, Module& module) const {
  size_t low = 0, high = count_;
  while (low < high) {
    size_t middle = (low + high) / 2;
    std::string_view candidate = name_at(middle);
    if (candidate == name) {
      module = at(middle);
      return true;
    }
    if (candidate < name) low = middle + 1;
    else high = middle;
  }
  return false;
}

std::string pack(std::string_view bytes) {
  if (bytes.empty()) return "";
  std::string out(4 + compressBound(bytes.size()), '\0');
  for (int i = 0; i < 4; i++) out[static_cast<size_t>(i)] = static_cast<char>(bytes.size() >> 8 * i);
  uLongf size = out.size() - 4;
  compress2(reinterpret_cast<Bytef*>(out.data() + 4), &size, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), Z_BEST_COMPRESSION);
  out.resize(4 + size);
  return out;
}

std::string unpack(std::string_view packed) {
  if (packed.size() < 4) return "";
  uLongf size = 0;
  for (size_t i = 0; i < 4; i++) size |= static_cast<uLongf>(static_cast<unsigned char>(packed[i])) << 8 * i;
  std::string out(size, '\0');
  int result = uncompress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(packed.data() + 4), packed.size() - 4);
  return result == Z_OK && size == out.size() ? out : "";
}

bool write_image(const std::string& path, std::vector<ImageEntry> entries, bool small, std::string& error) {
  for (ImageEntry& entry : entries) {
    entry.docs = pack(entry.docs);
    if (!small) continue;
    entry.code = pack(entry.code);
    entry.source = nullptr;
  }
  std::sort(entries.begin(), entries.end(), [](const ImageEntry& a, const ImageEntry& b) { return a.name < b.name; });
  std::string head(magic, 8), names, body;
  write_u64(head, entries.size() | uint64_t{small} << 32);
  uint64_t names_at = header_bytes + entries.size() * entry_bytes;
  uint64_t names_size = 0;
  for (const ImageEntry& entry : entries) names_size += entry.name.size();
  uint64_t body_at = (names_at + names_size + 7) / 8 * 8;
  std::string docs;
  uint64_t code_size = 0;
  for (const ImageEntry& entry : entries) code_size += (entry.code.size() + 7) / 8 * 8;
  uint64_t docs_at = body_at + code_size, sources_at = docs_at;
  for (const ImageEntry& entry : entries) sources_at += entry.docs.size();
  std::string sources;
  std::map<const std::string*, size_t> places;
  for (const ImageEntry& entry : entries) {
    write_u64(head, names_at + names.size());
    write_u64(head, entry.name.size());
    write_u64(head, body_at + body.size());
    write_u64(head, entry.code.size());
    write_u64(head, docs_at + docs.size());
    write_u64(head, entry.docs.size());
    auto [place, is_new] = places.try_emplace(entry.source.get(), sources.size());
    write_u64(head, sources_at + place->second);
    write_u64(head, entry.source ? entry.source->size() : 0);
    if (is_new && entry.source) sources += *entry.source;
    names += entry.name;
    body += entry.code;
    body.resize((body.size() + 7) / 8 * 8);
    docs += entry.docs;
  }
  head += names;
  head.resize(body_at);
  std::string temporary = path + ".new";
  FILE* file = fopen(temporary.c_str(), "wb");
  bool ok = file && fwrite(head.data(), 1, head.size(), file) == head.size() && fwrite(body.data(), 1, body.size(), file) == body.size() &&
            fwrite(docs.data(), 1, docs.size(), file) == docs.size() &&
            fwrite(sources.data(), 1, sources.size(), file) == sources.size();
  if (file && fclose(file) != 0) ok = false;
  if (!ok || rename(temporary.c_str(), path.c_str()) != 0) {
    error = "cannot write " + path + ": " + strerror(errno);
    return false;
  }
  return true;
}

}  // namespace phial
