// Image: the library's compiled modules in one file, mapped and read where a module is asked for.
//
//   "PHIMG002"  count:u32  0:u32
//   count entries, ascending by name: name_offset:u64 name_size:u64 code_offset:u64 code_size:u64 docs_offset:u64 docs_size:u64
//     source_offset:u64 source_size:u64
//   the bytes they point to: names, code units (write_code_unit, without docs), docs (external term format without version byte),
//   sources (the text of the file, compressed by zlib; modules of one file share it)
//
// Offsets count from the start of the file, numbers are little-endian. An Image is immutable: any thread may read it; views into it
// live as long as it does.
#pragma once
#include <cstdint>
#include <memory>
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
    std::string_view docs;
    std::string_view source;
  };
  /// False if the image has no such module.
  bool find(std::string_view name, Module& module) const;
  size_t count() const { return count_; }
  Module at(size_t index) const;

 private:
  Image() = default;
  bool check(std::string& error);
  std::string_view bytes_;
  size_t count_ = 0;
  bool mapped_ = false;
};

struct ImageEntry {
  std::string name;
  std::string code;
  std::string docs;
  std::shared_ptr<const std::string> source;  // or null
};
/// Writes an image beside `path` and moves it there. False and `error` where that fails.
bool write_image(const std::string& path, std::vector<ImageEntry> entries, std::string& error);

}  // namespace phial
