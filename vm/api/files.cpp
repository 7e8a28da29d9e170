// The functions of :prim_file over files that the host gives (phial.h, "files"), in place of those over the operating system's. They answer as
// vm/native/prim_file.cpp does, and like those run on the pool.
//
// The host knows no places in open files and no appending: HostFile keeps them. Names are made absolute here, from the VM's current directory.
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <mutex>

#include "vm/api/internal.hpp"
#include "vm/io/posix.hpp"
#include "vm/native/file_terms.hpp"
#include "vm/native/native.hpp"
#include "vm/term/binary.hpp"

using namespace phial;
using namespace phial::api;
using namespace phial::native;

namespace {

constexpr size_t block_bytes = 65536;
constexpr size_t max_read_bytes = size_t{1} << 40;
constexpr char open_file_type = 0;

struct HostFile : Resource {
  phial_file_system system;  // may be closed after the VM's end
  std::string path;
  std::mutex mutex;
  void* file = nullptr;
  bool open = true, appends = false, reads = false, writes = false;
  uint64_t place = 0;
};

void close_host_file(HostFile& file) {
  if (file.open && file.system.close) file.system.close(file.system.user, file.file);
  file.open = false;
}
void release_file(Resource* resource) {
  auto file = static_cast<HostFile*>(resource);
  close_host_file(*file);
  delete file;
}

Term failure(Context& c, int error) {
  // One number with EOPNOTSUPP, which is a matter of sockets.
  return make_tuple(c.heap(), {atoms::error, error == ENOTSUP ? intern_atom("enotsup") : posix_atom(error)});
}
Term success(Context& c, Term value) { return make_tuple(c.heap(), {atoms::ok, value}); }
Term bad_argument(Context& c) { return make_tuple(c.heap(), {atoms::error, atoms::badarg}); }
Term done(Context& c, int error) { return error ? failure(c, error) : atoms::ok; }
Term eof() { return intern_atom("eof"); }

/// A callback of the host, or the error that stands for its absence.
template <class Callback, class... Arguments>
int ask(int absent, Callback callback, Arguments... arguments) {
  return callback ? callback(arguments...) : absent;
}

/// Absolute, without "." and "..".
std::string absolute(const std::string& base, const std::string& name) {
  std::string whole = !name.empty() && name[0] == '/' ? name : base + "/" + name, path;
  for (size_t at = 0; at < whole.size();) {
    size_t end = std::min(whole.find('/', at), whole.size());
    std::string part = whole.substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (part == "..")
      path.erase(path.empty() ? 0 : path.rfind('/'));
    else
      path += "/" + part;
  }
  return path.empty() ? "/" : path;
}

std::string current_directory(phial_vm* vm) {
  std::lock_guard lock(vm->directory_mutex);
  return vm->current_directory;
}

bool read_path(Context& c, Term term, std::string& path) {
  std::string name;
  if (!read_file_name(term, name)) return false;
  phial_vm* vm = vm_of(c);
  path = absolute(current_directory(vm), name);
  return true;
}

const phial_file_system& files_of(Context& c) { return vm_of(c)->files; }

int stat_of(const phial_file_system& files, const char* path, phial_file_info& info) {
  info = {};
  info.size = sizeof info;
  return ask(ENOTSUP, files.stat, files.user, path, &info);
}

/// open(2)'s flags as the host's.
int host_flags(int flags) {
  int access = flags & O_ACCMODE, result = 0;
  if (access != O_WRONLY) result |= PHIAL_OPEN_READ;
  if (access != O_RDONLY) result |= PHIAL_OPEN_WRITE;
  if (flags & O_CREAT) result |= PHIAL_OPEN_CREATE;
  if (flags & O_EXCL) result |= PHIAL_OPEN_EXCLUSIVE;
  if (flags & O_TRUNC) result |= PHIAL_OPEN_TRUNCATE;
  return result;
}

int read_all(const phial_file_system& files, void* file, uint64_t at, size_t limit, std::string& bytes) {
  while (bytes.size() < limit) {
    size_t before = bytes.size(), step = std::min(limit - before, std::max(block_bytes, before)), got = 0;
    bytes.resize(before + step);
    int error = ask(ENOTSUP, files.read, files.user, file, at + before, bytes.data() + before, step, &got);
    bytes.resize(before + (error ? 0 : std::min(got, step)));
    if (error || got == 0) return error;
  }
  return 0;
}

int read_whole(const phial_file_system& files, const std::string& path, std::string& bytes) {
  phial_file_info info;
  if (int error = stat_of(files, path.c_str(), info)) return error;
  if (info.kind == PHIAL_FILE_DIRECTORY) return EISDIR;
  void* file;
  if (int error = ask(ENOTSUP, files.open, files.user, path.c_str(), PHIAL_OPEN_READ, &file)) return error;
  int error = read_all(files, file, 0, max_read_bytes, bytes);
  if (files.close) files.close(files.user, file);
  return error;
}

int write_whole(const phial_file_system& files, const std::string& path, int flags, std::string_view bytes) {
  void* file;
  if (int error = ask(EROFS, files.open, files.user, path.c_str(), host_flags(flags), &file)) return error;
  uint64_t at = 0;
  int error = flags & O_APPEND ? ask(ENOTSUP, files.file_size, files.user, file, &at) : 0;
  if (!error) error = ask(EROFS, files.write, files.user, file, at, bytes.data(), bytes.size());
  if (files.close) files.close(files.user, file);
  return error;
}

// -- whole files

Term read_file(Context& c, const Term* a) {
  std::string path, bytes;
  if (!read_path(c, a[0], path)) return bad_argument(c);
  int error = read_whole(files_of(c), path, bytes);
  return error ? failure(c, error) : success(c, make_binary(c.heap(), bytes));
}

Term write_file_modes(Context& c, const Term* a) {
  std::string path, bytes;
  bool directory = false;
  if (!read_path(c, a[0], path) || !append_iodata(a[1], bytes) || !a[2].is_list()) return bad_argument(c);
  int flags = file_open_flags(make_cons(c.heap(), intern_atom("write"), a[2]), directory);
  return flags < 0 ? bad_argument(c) : done(c, write_whole(files_of(c), path, flags, bytes));
}
Term write_file(Context& c, const Term* a) {
  const Term arguments[] = {a[0], a[1], Term::nil()};
  return write_file_modes(c, arguments);
}

Term copy_file(Context& c, const Term* a) {
  std::string from, to, bytes;
  if (!read_path(c, a[0], from) || !read_path(c, a[1], to)) return bad_argument(c);
  int error = read_whole(files_of(c), from, bytes);
  if (!error) error = write_whole(files_of(c), to, O_WRONLY | O_CREAT | O_TRUNC, bytes);
  return error ? failure(c, error) : success(c, make_integer(c.heap(), static_cast<int64_t>(bytes.size())));
}

// -- open files

Term open_file(Context& c, const Term* a) {
  std::string path;
  bool directory = false;
  int flags = a[1].is_list() ? file_open_flags(a[1], directory) : -1;
  if (flags < 0 || !read_path(c, a[0], path)) return bad_argument(c);
  const phial_file_system& files = files_of(c);
  phial_file_info info;
  if (stat_of(files, path.c_str(), info) == 0 && info.kind == PHIAL_FILE_DIRECTORY) return failure(c, EISDIR);
  void* opened;
  int absent = flags & O_CREAT ? EROFS : ENOTSUP;
  if (int error = ask(absent, files.open, files.user, path.c_str(), host_flags(flags), &opened)) return failure(c, error);
  auto file = new HostFile;
  file->type = &open_file_type;
  file->id = next_resource_id();
  file->release = release_file;
  file->system = files;
  file->path = path;
  file->file = opened;
  file->appends = flags & O_APPEND;
  file->reads = (flags & O_ACCMODE) != O_WRONLY;
  file->writes = (flags & O_ACCMODE) != O_RDONLY;
  return success(c, make_resource(c.heap(), file));
}

HostFile* file_of(Term term) { return static_cast<HostFile*>(resource_of(term, &open_file_type)); }

/// Runs an operation on an open file; {:error, :einval} where it is closed, {:error, :badarg} where it is none.
template <class Operation>
Term with_file(Context& c, Term term, Operation operation) {
  HostFile* file = file_of(term);
  if (!file) return bad_argument(c);
  std::lock_guard lock(file->mutex);
  return file->open ? operation(*file) : failure(c, EINVAL);
}

int size_of(HostFile& file, uint64_t& size) { return ask(ENOTSUP, file.system.file_size, file.system.user, file.file, &size); }

Term close_file(Context& c, const Term* a) {
  return with_file(c, a[0], [&](HostFile& file) {
    close_host_file(file);
    return atoms::ok;
  });
}

Term read_at(Context& c, HostFile& file, uint64_t at, size_t count, size_t& got) {
  std::string bytes;
  if (!file.reads) return failure(c, EBADF);
  if (int error = read_all(file.system, file.file, at, count, bytes)) return failure(c, error);
  got = bytes.size();
  return bytes.empty() && count ? eof() : success(c, make_binary(c.heap(), bytes));
}

Term read(Context& c, const Term* a) {
  size_t count;
  if (!read_index(a[1], max_read_bytes, count)) return bad_argument(c);
  return with_file(c, a[0], [&](HostFile& file) {
    size_t got = 0;
    Term result = read_at(c, file, file.place, count, got);
    file.place += got;
    return result;
  });
}

Term read_line(Context& c, const Term* a) {
  return with_file(c, a[0], [&](HostFile& file) {
    std::string line;
    for (size_t end = std::string::npos; end == std::string::npos;) {
      size_t before = line.size();
      if (!file.reads) return failure(c, EBADF);
      if (int error = read_all(file.system, file.file, file.place + before, before + 4096, line)) return failure(c, error);
      if (line.size() == before) break;
      end = line.find('\n', before);
      if (end != std::string::npos) line.resize(end + 1);
    }
    file.place += line.size();
    return line.empty() ? eof() : success(c, make_binary(c.heap(), line));
  });
}

Term write_at(Context& c, HostFile& file, uint64_t at, std::string_view bytes) {
  if (!file.writes) return failure(c, EBADF);
  return done(c, ask(EROFS, file.system.write, file.system.user, file.file, at, bytes.data(), bytes.size()));
}

Term write(Context& c, const Term* a) {
  std::string bytes;
  if (!append_iodata(a[1], bytes)) return bad_argument(c);
  return with_file(c, a[0], [&](HostFile& file) {
    if (file.appends)
      if (int error = size_of(file, file.place)) return failure(c, error);
    Term result = write_at(c, file, file.place, bytes);
    if (result == atoms::ok) file.place += bytes.size();
    return result;
  });
}

Term pread(Context& c, const Term* a) {
  size_t at, count;
  if (a[1].is_small() && a[1].small_value() < 0) return failure(c, EINVAL);
  if (!read_index(a[1], INT64_MAX >> 4, at) || !read_index(a[2], max_read_bytes, count)) return bad_argument(c);
  return with_file(c, a[0], [&](HostFile& file) {
    size_t got;
    return read_at(c, file, at, count, got);
  });
}
Term pwrite(Context& c, const Term* a) {
  size_t at;
  std::string bytes;
  if (a[1].is_small() && a[1].small_value() < 0) return failure(c, EINVAL);
  if (!read_index(a[1], INT64_MAX >> 4, at) || !append_iodata(a[2], bytes)) return bad_argument(c);
  return with_file(c, a[0], [&](HostFile& file) { return write_at(c, file, at, bytes); });
}

Term position(Context& c, const Term* a) {
  Term offset = a[1];
  std::string_view base = "bof";
  if (offset.is_tuple(2)) {
    base = offset.element(0).is_atom() ? atom_text(offset.element(0)) : "";
    offset = offset.element(1);
  }
  if (!offset.is_small() || (base != "bof" && base != "cur" && base != "eof")) return bad_argument(c);
  return with_file(c, a[0], [&](HostFile& file) {
    uint64_t from = base == "cur" ? file.place : 0;
    if (base == "eof")
      if (int error = size_of(file, from)) return failure(c, error);
    int64_t place = static_cast<int64_t>(from) + offset.small_value();
    if (place < 0) return failure(c, EINVAL);
    file.place = static_cast<uint64_t>(place);
    return success(c, make_integer(c.heap(), place));
  });
}
Term truncate_file(Context& c, const Term* a) {
  return with_file(c, a[0], [&](HostFile& file) {
    if (!file.writes) return failure(c, EINVAL);
    return done(c, ask(EROFS, file.system.truncate, file.system.user, file.file, file.place));
  });
}
Term sync(Context& c, const Term* a) {
  return with_file(c, a[0], [](HostFile&) { return atoms::ok; });
}

// -- names and directories

template <class Operation>
Term on_path(Context& c, Term name, Operation operation) {
  std::string path;
  if (!read_path(c, name, path)) return bad_argument(c);
  return done(c, operation(files_of(c), path.c_str()));
}

Term delete_file(Context& c, const Term* a) {
  return on_path(c, a[0], [](const phial_file_system& files, const char* path) {
    phial_file_info info;
    if (stat_of(files, path, info) == 0 && info.kind == PHIAL_FILE_DIRECTORY) return EPERM;
    return ask(EROFS, files.remove, files.user, path);
  });
}
Term rename_file(Context& c, const Term* a) {
  std::string from, to;
  if (!read_path(c, a[0], from) || !read_path(c, a[1], to)) return bad_argument(c);
  const phial_file_system& files = files_of(c);
  int error = ask(EROFS, files.rename, files.user, from.c_str(), to.c_str());
  return done(c, error == ENOTEMPTY ? EEXIST : error);
}
Term make_dir(Context& c, const Term* a) {
  return on_path(c, a[0], [](const phial_file_system& files, const char* path) { return ask(EROFS, files.make_directory, files.user, path); });
}
Term del_dir(Context& c, const Term* a) {
  return on_path(c, a[0], [](const phial_file_system& files, const char* path) {
    int error = ask(EROFS, files.remove_directory, files.user, path);
    return error == ENOTEMPTY ? EEXIST : error;
  });
}
Term no_links(Context& c, const Term*) { return failure(c, ENOTSUP); }
Term read_link(Context& c, const Term* a) {
  return on_path(c, a[0], [](const phial_file_system& files, const char* path) {
    phial_file_info info;
    int error = stat_of(files, path, info);
    return error ? error : EINVAL;  // it is no link: there are none
  });
}

Term list_dir(Context& c, const Term* a) {
  std::string path;
  if (!read_path(c, a[0], path)) return bad_argument(c);
  std::vector<std::string> names;
  const phial_file_system& files = files_of(c);
  auto add = [](void* list, const char* name) { static_cast<std::vector<std::string>*>(list)->emplace_back(name); };
  if (int error = ask(ENOTSUP, files.list, files.user, path.c_str(), +add, static_cast<void*>(&names))) return failure(c, error);
  std::vector<Term> terms;
  for (const std::string& name : names) terms.push_back(file_name_term(c.heap(), name));
  return success(c, make_list(c.heap(), terms));
}

Term set_cwd(Context& c, const Term* a) {
  return on_path(c, a[0], [&](const phial_file_system& files, const char* path) {
    phial_file_info info;
    if (int error = stat_of(files, path, info)) return error;
    if (info.kind != PHIAL_FILE_DIRECTORY) return ENOTDIR;
    phial_vm* vm = vm_of(c);
    std::lock_guard lock(vm->directory_mutex);
    vm->current_directory = path;
    return 0;
  });
}
Term get_cwd(Context& c, const Term*) { return success(c, file_name_term(c.heap(), current_directory(vm_of(c)))); }

// -- what a file is

Term read_file_info(Context& c, const Term* a) {
  std::string path;
  if (HostFile* file = file_of(a[0]))
    path = file->path;
  else if (!read_path(c, a[0], path))
    return bad_argument(c);
  phial_file_info info;
  if (int error = stat_of(files_of(c), path.c_str(), info)) return failure(c, error);
  struct stat filled {};
  filled.st_size = static_cast<off_t>(info.size);
  filled.st_mode = info.kind == PHIAL_FILE_REGULAR ? S_IFREG : info.kind == PHIAL_FILE_DIRECTORY ? S_IFDIR : S_IFIFO;
  if (info.readable) filled.st_mode |= info.kind == PHIAL_FILE_DIRECTORY ? 0555 : 0444;
  if (info.writable) filled.st_mode |= 0200;
  filled.st_atime = filled.st_mtime = filled.st_ctime = info.modified;
  filled.st_nlink = 1;
  return success(c, file_info_term(c.heap(), filled, info.readable, info.writable));
}

Term set_modified(Context& c, Term name, Term seconds) {
  return on_path(c, name, [&](const phial_file_system& files, const char* path) {
    if (!seconds.is_small()) return 0;
    return ask(ENOTSUP, files.set_modified, files.user, path, seconds.small_value());
  });
}
Term write_file_info(Context& c, const Term* a) {
  if (!a[1].is_tuple(14)) return bad_argument(c);
  for (size_t unknown : {7, 12, 13})  // mode, owner, group
    if (a[1].element(unknown).is_small()) return failure(c, ENOTSUP);
  return set_modified(c, a[0], a[1].element(5));
}
Term set_time(Context& c, const Term* a) { return set_modified(c, a[0], a[2]); }

constexpr NativeEntry blocking(const char* name, uint8_t arity, NativeFunction function) {
  return {"prim_file", name, arity, function, native_blocking};
}

constexpr NativeEntry entries[] = {
    blocking("read_file", 1, read_file),
    blocking("write_file", 2, write_file),
    blocking("write_file", 3, write_file_modes),
    blocking("copy_file", 2, copy_file),
    blocking("open", 2, open_file),
    blocking("close", 1, close_file),
    blocking("read", 2, read),
    blocking("read_line", 1, read_line),
    blocking("write", 2, write),
    blocking("pread", 3, pread),
    blocking("pwrite", 3, pwrite),
    blocking("position", 2, position),
    blocking("truncate", 1, truncate_file),
    blocking("sync", 1, sync),
    blocking("datasync", 1, sync),
    blocking("delete", 1, delete_file),
    blocking("rename", 2, rename_file),
    blocking("make_dir", 1, make_dir),
    blocking("del_dir", 1, del_dir),
    blocking("make_link", 2, no_links),
    blocking("make_symlink", 2, no_links),
    blocking("read_link", 1, read_link),
    blocking("list_dir", 1, list_dir),
    blocking("set_cwd", 1, set_cwd),
    {"prim_file", "get_cwd", 0, get_cwd},
    blocking("read_file_info", 1, read_file_info),
    blocking("read_link_info", 1, read_file_info),
    blocking("write_file_info", 2, write_file_info),
    blocking("set_permissions", 2, no_links),
    blocking("set_owner", 3, no_links),
    blocking("set_time", 4, set_time),
};

}  // namespace

namespace phial::api {

const NativeTable host_file_natives = table_of(entries);

}  // namespace phial::api
