// NativeImage: the library's native code, made when Phial is built and linked in as bytes; nothing of it is read but what a program uses.
//
//   head (64 bytes): "PHINAT01" module_count:u32 0:u32 text_at:u64 text_size:u64 table_size:u64 offsets in bytes from the start
//   module_count records (NativeImage::Record), ascending by name, then what they point to: names, slots, texts of atoms, entries, continuations
//   text (page-aligned): the code of the modules one after the other, each from a page of its own; its fixups are done
//   table (page-aligned): zeros, to be filled where a module is loaded
//
// Numbers are of this machine's byte order: an image is used where it was made, or on machines like that.
//
// A NativeRegion is the image's code as one VM runs it. The first VM of the OS process runs it where it stands: the text is made executable
// and the table private and writable, both by changing protections, so pages come from the file as they are touched. Further VMs, whose tables
// hold other addresses, copy each module they load.
//
// Threads: an image is immutable; install and purge of a region run under CodeServer's lock.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "vm/jit/native_object.hpp"

namespace phial {

class NativeImage {
 public:
  /// Over bytes that outlive it; null if they are no image (or empty). They must begin on a page boundary to be used in place.
  static std::unique_ptr<NativeImage> over(std::string_view bytes);

  struct Part { uint32_t at; uint32_t count; };  // offset in the image
  struct Record {
    Part name;
    uint64_t checksum;  // of the module's bytecode
    uint32_t text_at, text_size;  // from the start of the text
    uint32_t table_at;            // in words, from the start of the table
    Part slots, atoms, entries, continuations;
    uint32_t unused;
  };
  const Record* find(std::string_view name) const;
  template <class Item>
  const Item* items(Part part) const { return reinterpret_cast<const Item*>(bytes_.data() + part.at); }
  std::string_view atom(const Record& record, uint32_t index) const;
  std::string_view text(const Record& record) const { return bytes_.substr(text_at_ + record.text_at, record.text_size); }

  std::string_view bytes() const { return bytes_; }
  size_t text_at() const { return text_at_; }
  size_t text_size() const { return text_size_; }
  size_t table_size() const { return table_size_; }
  size_t count() const { return count_; }

 private:
  NativeImage() = default;
  std::string_view bytes_;
  size_t count_ = 0, text_at_ = 0, text_size_ = 0, table_size_ = 0;
};

struct NativeImageEntry {
  std::string name;
  uint64_t checksum;
  NativeObject object;
};
/// Writes an image beside `path` and moves it there. False and `error` where that fails.
bool write_native_image(const std::string& path, std::vector<NativeImageEntry> entries, std::string& error);

class NativeRegion {
 public:
  NativeRegion(const NativeImage& image, const RuntimeCalls& calls);
  ~NativeRegion();
  NativeRegion(const NativeRegion&) = delete;
  NativeRegion& operator=(const NativeRegion&) = delete;
  /// Gives a module that is being loaded the native code that was made of its bytecode. False: there is none.
  bool install(Module& module);

 private:
  const NativeImage& image_;
  const RuntimeCalls& calls_;
  uint8_t* base_ = nullptr;  // text, then the table; null: not there
  bool in_place_ = false;
  std::vector<bool> used_;   // modules whose part of the region is taken
  std::unordered_map<const Module*, std::unique_ptr<NativeContinuations>> installed_;
};

}  // namespace phial
