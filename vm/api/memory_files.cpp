// Files in memory, as a phial_file_system. One map from path to node, sorted, so that what is in a directory stands together; files that are open stay
// readable when they are removed. The map has one lock, each file another.
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "vm/api/phial.h"

namespace {

struct Contents {
  std::mutex mutex;
  std::string bytes;
};
struct Node {
  std::shared_ptr<Contents> contents;  // null: a directory
  int64_t modified = 0;
};
struct OpenFile {
  std::shared_ptr<Contents> contents;
};

std::string parent_of(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}
/// What the paths of everything in a directory begin with.
std::string prefix_of(const std::string& path) { return path == "/" ? path : path + "/"; }
int64_t now() { return static_cast<int64_t>(::time(nullptr)); }

}  // namespace

struct phial_memory_files {
  phial_file_system system{};
  std::mutex mutex;
  std::map<std::string, Node> nodes{{"/", Node{nullptr, now()}}};

  Node* find(const std::string& path) {
    auto found = nodes.find(path);
    return found == nodes.end() ? nullptr : &found->second;
  }
  /// 0 where something new may be made at this path.
  int may_make(const std::string& path) {
    Node* parent = find(parent_of(path));
    return !parent ? ENOENT : parent->contents ? ENOTDIR : 0;
  }
  bool has_entries(const std::string& path) {
    std::string prefix = prefix_of(path);
    auto next = nodes.upper_bound(prefix);
    if (path != "/" || next == nodes.end()) return next != nodes.end() && next->first.compare(0, prefix.size(), prefix) == 0;
    return true;
  }
};

namespace {

phial_memory_files& files_of(void* user) { return *static_cast<phial_memory_files*>(user); }

int stat_path(void* user, const char* path, phial_file_info* info) {
  phial_memory_files& files = files_of(user);
  std::lock_guard lock(files.mutex);
  Node* node = files.find(path);
  if (!node) return ENOENT;
  info->kind = node->contents ? PHIAL_FILE_REGULAR : PHIAL_FILE_DIRECTORY;
  info->readable = info->writable = true;
  info->modified = node->modified;
  info->size = 0;
  if (node->contents) {
    std::lock_guard inner(node->contents->mutex);
    info->size = node->contents->bytes.size();
  }
  return 0;
}

int list_path(void* user, const char* path, void (*add)(void* list, const char* name), void* list) {
  phial_memory_files& files = files_of(user);
  std::lock_guard lock(files.mutex);
  Node* node = files.find(path);
  if (!node) return ENOENT;
  if (node->contents) return ENOTDIR;
  std::string prefix = prefix_of(path);
  for (auto it = files.nodes.upper_bound(prefix); it != files.nodes.end() && it->first.compare(0, prefix.size(), prefix) == 0; ++it)
    if (it->first.find('/', prefix.size()) == std::string::npos) add(list, it->first.c_str() + prefix.size());
  return 0;
}

int open_path(void* user, const char* path, int flags, void** file) {
  phial_memory_files& files = files_of(user);
  std::lock_guard lock(files.mutex);
  Node* node = files.find(path);
  if (node && (flags & PHIAL_OPEN_CREATE) && (flags & PHIAL_OPEN_EXCLUSIVE)) return EEXIST;
  if (node && !node->contents) return EISDIR;
  if (!node) {
    if (!(flags & PHIAL_OPEN_CREATE)) return ENOENT;
    if (int error = files.may_make(path)) return error;
    node = &files.nodes[path];
    node->contents = std::make_shared<Contents>();
    node->modified = now();
  } else if (flags & PHIAL_OPEN_TRUNCATE) {
    std::lock_guard inner(node->contents->mutex);
    node->contents->bytes.clear();
    node->modified = now();
  }
  if (flags & PHIAL_OPEN_WRITE) node->modified = now();
  *file = new OpenFile{node->contents};
  return 0;
}

Contents& contents_of(void* file) { return *static_cast<OpenFile*>(file)->contents; }

void close_file(void*, void* file) { delete static_cast<OpenFile*>(file); }

int read_file(void*, void* file, uint64_t offset, char* bytes, size_t size, size_t* got) {
  Contents& contents = contents_of(file);
  std::lock_guard lock(contents.mutex);
  *got = offset < contents.bytes.size() ? contents.bytes.copy(bytes, size, offset) : 0;
  return 0;
}

int write_file(void*, void* file, uint64_t offset, const char* bytes, size_t size) {
  Contents& contents = contents_of(file);
  std::lock_guard lock(contents.mutex);
  if (offset > contents.bytes.max_size() - size) return EFBIG;
  if (offset + size > contents.bytes.size()) contents.bytes.resize(offset + size);
  if (size) std::memcpy(contents.bytes.data() + offset, bytes, size);
  return 0;
}

int truncate_file(void*, void* file, uint64_t size) {
  Contents& contents = contents_of(file);
  std::lock_guard lock(contents.mutex);
  if (size > contents.bytes.max_size()) return EFBIG;
  contents.bytes.resize(size);
  return 0;
}

int size_of_file(void*, void* file, uint64_t* size) {
  Contents& contents = contents_of(file);
  std::lock_guard lock(contents.mutex);
  *size = contents.bytes.size();
  return 0;
}

int remove_path(void* user, const char* path) {
  phial_memory_files& files = files_of(user);
  std::lock_guard lock(files.mutex);
  Node* node = files.find(path);
  if (!node) return ENOENT;
  if (!node->contents) return EISDIR;
  files.nodes.erase(path);
  return 0;
}

int make_directory(void* user, const char* path) {
  phial_memory_files& files = files_of(user);
  std::lock_guard lock(files.mutex);
  if (files.find(path)) return EEXIST;
  if (int error = files.may_make(path)) return error;
  files.nodes[path].modified = now();
  return 0;
}

int remove_directory(void* user, const char* path) {
  phial_memory_files& files = files_of(user);
  std::lock_guard lock(files.mutex);
  Node* node = files.find(path);
  if (!node) return ENOENT;
  if (node->contents) return ENOTDIR;
  if (!std::strcmp(path, "/")) return EBUSY;
  if (files.has_entries(path)) return ENOTEMPTY;
  files.nodes.erase(path);
  return 0;
}

int rename_path(void* user, const char* from_path, const char* to_path) {
  phial_memory_files& files = files_of(user);
  std::lock_guard lock(files.mutex);
  std::string from = from_path, to = to_path, prefix = prefix_of(from);
  Node *source = files.find(from), *target = files.find(to);
  if (!source) return ENOENT;
  if (from == to) return 0;
  if (from == "/" || to.compare(0, prefix.size(), prefix) == 0) return EINVAL;
  if (int error = files.may_make(to)) return error;
  if (target && source->contents && !target->contents) return EISDIR;
  if (target && !source->contents && target->contents) return ENOTDIR;
  if (target && files.has_entries(to)) return ENOTEMPTY;
  std::map<std::string, Node> moved;
  moved[to] = *source;
  auto it = files.nodes.upper_bound(prefix);
  for (; it != files.nodes.end() && it->first.compare(0, prefix.size(), prefix) == 0; it = files.nodes.erase(it))
    moved[prefix_of(to) + it->first.substr(prefix.size())] = it->second;
  files.nodes.erase(from);
  for (auto& [path, node] : moved) files.nodes[path] = node;
  return 0;
}

int set_modified(void* user, const char* path, int64_t seconds) {
  phial_memory_files& files = files_of(user);
  std::lock_guard lock(files.mutex);
  Node* node = files.find(path);
  if (!node) return ENOENT;
  node->modified = seconds;
  return 0;
}

}  // namespace

extern "C" {

phial_memory_files* phial_memory_files_create(void) {
  auto files = new phial_memory_files;
  files->system = {sizeof(phial_file_system), files, stat_path, list_path, open_path, close_file, read_file, write_file, truncate_file,
                   size_of_file, remove_path, make_directory, remove_directory, rename_path, set_modified};
  return files;
}
void phial_memory_files_free(phial_memory_files* files) { delete files; }
const phial_file_system* phial_memory_files_system(phial_memory_files* files) { return &files->system; }

bool phial_memory_files_put(phial_memory_files* files, const char* path, const void* bytes, size_t size) {
  if (path[0] != '/' || !path[1]) return false;
  {
    std::lock_guard lock(files->mutex);
    std::string whole = path;
    for (size_t slash = whole.find('/', 1); slash != std::string::npos; slash = whole.find('/', slash + 1)) {
      Node& directory = files->nodes[whole.substr(0, slash)];
      if (directory.contents) return false;
      if (!directory.modified) directory.modified = now();
    }
    Node& node = files->nodes[whole];
    if (!node.contents && node.modified) return false;  // a directory
    auto contents = std::make_shared<Contents>();
    contents->bytes.assign(static_cast<const char*>(bytes), size);
    node = {contents, now()};
  }
  return true;
}

char* phial_memory_files_get(phial_memory_files* files, const char* path, size_t* size) {
  std::shared_ptr<Contents> contents;
  {
    std::lock_guard lock(files->mutex);
    Node* node = files->find(path);
    if (!node || !node->contents) return nullptr;
    contents = node->contents;
  }
  std::lock_guard lock(contents->mutex);
  auto copy = static_cast<char*>(std::malloc(contents->bytes.size() + 1));
  if (!copy) return nullptr;
  std::memcpy(copy, contents->bytes.data(), contents->bytes.size());
  copy[contents->bytes.size()] = '\0';
  *size = contents->bytes.size();
  return copy;
}

}  // extern "C"
