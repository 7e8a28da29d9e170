// Image: the library's compiled modules in one file, mapped and read where a module is asked for.
//
//   "PHIMG003"  count:u32  flags:u32
//   count entries, ascending by name: name_offset:u64 name_size:u64 code_offset:u64 code_size:u64 docs_offset:u64 docs_size:u64
//     source_offset:u64 source_size:u64
//   the bytes they point to: names, code units (write_code_unit, without docs), docs (external term format without version byte, packed),
//   sources (the text of the file, compressed by zlib; modules of one file share it)
//
// Packed: size:u32, then as much compressed by zlib. With the flag 1 code units are packed, too, and sources are left out: less than half as
// large, for builds without the JIT, which are meant to be small. A module then costs some 100 microseconds when it is first asked for.
//
// Offsets count from the start of the file, numbers are little-endian. An Image is immutable: any thread may read it; views into it
// live as long as it does.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace phial {

class Image {
 public:
  /// Maps the file; null and `error` where it is missing or no image.
  static std::unique_ptr<Image> open(const std::string& path, std::string& error);
  /// Reads an image that stands in memory, which must outlive it.
  static std::unique_ptr<Image> over(std::string_view bytes, std::string& error);
  ~Image();

  struct Module {
    std::string_view name;  // the atom's text
    std::string_view code;
    std::string_view docs;  // packed
    std::string_view source;
  };
  /// False if the image has no such module.
  bool find(std::string_view name, Module& module) const;
  size_t count() const { return count_; }
  Module at(size_t index) const;
  std::string_view name_at(size_t index) const { return part(index, 0); }

 private:
  Image() = default;
  std::string_view part(size_t index, int which) const;
  std::string_view unpacked_code(size_t index) const;
  bool check(std::string& error);
  std::string_view bytes_;
  size_t count_ = 0;
  bool mapped_ = false;
  bool packed_ = false;
  mutable std::mutex unpacked_mutex_;
  mutable std::vector<std::unique_ptr<const std::string>> unpacked_;  // by index; never dropped, views point into them
};

/// Compresses, and brings back; "" stays "", and what is damaged turns to it.
std::string pack(std::string_view bytes);
std::string unpack(std::string_view packed);

struct ImageEntry {
  std::string name;
  std::string code;
  std::string docs;
  std::shared_ptr<const std::string> source;  // or null
};
/// Writes an image beside `path` and moves it there; `small`: with the flag. False and `error` where that fails.
bool write_image(const std::string& path, std::vector<ImageEntry> entries, bool small, std::string& error);

}  // namespace phial
