// :prim_file: the file operations of the operating system, under the library's :file.
//
// Everything here but write_now may block and therefore runs on the pool, over copies of its arguments; answers are {:ok, ...}, :ok, :eof or
// {:error, posix}. Names are binaries, charlists or atoms. An open file is a resource (OpenFile): it may be shared by processes,
// guards itself with its mutex, and is closed when nothing refers to it any more.
//
// The only state of an OpenFile beside the descriptor is what read_line read too much (`ahead`): the place that the language
// sees is the descriptor's minus the bytes in `ahead`. Every operation but reading gives these bytes back first.
#include <dirent.h>
#include <fcntl.h>
#ifdef __linux__
#include <linux/magic.h>
#include <sys/statfs.h>
#endif
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <mutex>
#include <vector>

#include "vm/base/utf8.hpp"
#include "vm/native/file_terms.hpp"
#include "vm/native/native.hpp"
#include "vm/io/posix.hpp"
#include "vm/process/capabilities.hpp"

namespace phial {

namespace native {

bool read_file_name(Term term, std::string& name) {
  if (term.is_atom())
    name = atom_text(term);
  else if (!(term.is_list() && read_charlist(term, name))) {
    name.clear();
    if (!append_iodata(term, name)) return false;
  }
  return name.find('\0') == std::string::npos;
}

Term file_name_term(TermHeap& heap, std::string_view name) {
  auto at = reinterpret_cast<const uint8_t*>(name.data());
  for (auto end = at + name.size(); at < end;) {
    Utf8Step step = utf8_decode(at, end);
    if (!step.length) return make_binary(heap, name);
    at += step.length;
  }
  return make_charlist(heap, name);
}

int file_open_flags(Term modes, bool& directory) {
  bool read = false, write = false, append = false, exclusive = false;
  int flags = O_CLOEXEC;
  for (Term mode : ListRange(modes)) {
    if (!mode.is_atom()) continue;  // sizes and encodings: the library's business
    std::string_view name = atom_text(mode);
    if (name == "read") read = true;
    else if (name == "write") write = true;
    else if (name == "append") append = true;
    else if (name == "exclusive") exclusive = true;
    else if (name == "sync") flags |= O_SYNC;
    else if (name == "directory") directory = true;
    else if (name != "raw" && name != "binary" && name != "read_ahead" && name != "delayed_write" && name != "skip_type_check") return -1;
  }
  if (exclusive) write = write || !append;
  if (append) flags |= O_APPEND | O_CREAT | (read ? O_RDWR : O_WRONLY);
  else if (write) flags |= O_CREAT | (read ? O_RDWR : O_WRONLY | (exclusive ? 0 : O_TRUNC));
  else flags |= O_RDONLY;
  if (exclusive) flags |= O_EXCL;
  return flags;
}

Term file_info_term(TermHeap& heap, const struct stat& info, bool readable, bool writable) {
  mode_t mode = info.st_mode;
  const char* type = S_ISREG(mode) ? "regular" : S_ISDIR(mode) ? "directory" : S_ISLNK(mode) ? "symlink"
                     : S_ISCHR(mode) || S_ISBLK(mode) ? "device" : "other";
  const char* access = readable ? (writable ? "read_write" : "read") : writable ? "write" : "none";
  auto number = [&](auto value) { return make_integer(heap, static_cast<int64_t>(value)); };
  return make_tuple(heap, {intern_atom("file_info"), number(info.st_size), intern_atom(type), intern_atom(access),
                               number(info.st_atime), number(info.st_mtime), number(info.st_ctime), number(mode), number(info.st_nlink),
                               number(info.st_dev), number(info.st_rdev), make_unsigned(heap, info.st_ino), number(info.st_uid),
                               number(info.st_gid)});
}

}  // namespace native

namespace {

using namespace native;

constexpr size_t block_bytes = 65536;
constexpr size_t max_read_bytes = size_t{1} << 40;
constexpr char open_file_type = 0;

struct OpenFile : Resource {
  std::mutex mutex;
  int fd = -1;  // -1: closed
  bool quick = false;  // a small write is a copy into the system's cache
  std::string ahead;
};

/// Regular files of this machine's own, without O_SYNC. What lies behind a network or a program may make a write wait.
bool writes_quickly(int fd, int flags, const struct stat& info) {
  if (!S_ISREG(info.st_mode) || (flags & O_SYNC) == O_SYNC || (flags & O_ACCMODE) == O_RDONLY) return false;
#ifdef __linux__
  struct statfs system;
  if (fstatfs(fd, &system) != 0) return false;
  constexpr int64_t far[] = {NFS_SUPER_MAGIC, SMB_SUPER_MAGIC,  SMB2_SUPER_MAGIC, CIFS_SUPER_MAGIC,
                             FUSE_SUPER_MAGIC, V9FS_MAGIC, CODA_SUPER_MAGIC, AFS_SUPER_MAGIC};
  for (int64_t kind : far)
    if (static_cast<uint32_t>(system.f_type) == static_cast<uint32_t>(kind)) return false;
  return true;
#else
  return false;
#endif
}

void release_file(Resource* resource) {
  auto file = static_cast<OpenFile*>(resource);
  if (file->fd >= 0) ::close(file->fd);
  delete file;
}

Term failure(Context& c, int error) { return make_tuple(c.heap(), {atoms::error, posix_atom(error)}); }
Term success(Context& c, Term value) { return make_tuple(c.heap(), {atoms::ok, value}); }
Term bad_argument(Context& c) { return make_tuple(c.heap(), {atoms::error, atoms::badarg}); }
/// :ok, or the error of a system call that answers -1.
Term done(Context& c, int result) { return result < 0 ? failure(c, errno) : atoms::ok; }

/// A file that the caller may not have, because a link changed since the guard looked (guards.cpp), is as one that is forbidden.
int open_retrying(Context& c, const char* name, int flags) {
  int fd;
  do fd = ::open(name, flags, 0666);
  while (fd < 0 && errno == EINTR);
  if (fd < 0 || unrestricted(c.tree())) return fd;
  bool reads = (flags & O_ACCMODE) != O_WRONLY, writes = (flags & O_ACCMODE) != O_RDONLY;
  if ((!reads || may_descriptor(c.tree(), Capability::read, fd)) && (!writes || may_descriptor(c.tree(), Capability::write, fd))) return fd;
  ::close(fd);
  errno = EACCES;
  return -1;
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(wrote));
  }
  return true;
}

/// Reads until `size` bytes have come or the file ends; a device or pipe gives what it has. -1: an error.
ssize_t read_up_to(int fd, char* to, size_t size, bool regular) {
  size_t got = 0;
  while (got < size) {
    ssize_t step = ::read(fd, to + got, size - got);
    if (step < 0 && errno == EINTR) continue;
    if (step < 0) return got ? static_cast<ssize_t>(got) : -1;
    got += static_cast<size_t>(step);
    if (step == 0 || !regular) break;
  }
  return static_cast<ssize_t>(got);
}

// -- whole files

Term read_file(Context& c, const Term* a) {
  std::string name;
  if (!read_file_name(a[0], name)) return bad_argument(c);
  int fd = open_retrying(c, name.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failure(c, errno);
  struct stat info;
  Term result = Term::none();
  if (fstat(fd, &info) != 0) {
    result = failure(c, errno);
  } else if (S_ISDIR(info.st_mode)) {
    result = failure(c, EISDIR);
  } else if (S_ISREG(info.st_mode) && info.st_size > 0) {
    // The usual case, straight into the binary; a file that grows meanwhile is read as long as it was.
    uint8_t* bytes;
    Term binary = make_binary_buffer(c.heap(), static_cast<size_t>(info.st_size), &bytes);
    ssize_t got = read_up_to(fd, reinterpret_cast<char*>(bytes), static_cast<size_t>(info.st_size), true);
    if (got < 0) result = failure(c, errno);
    else result = success(c, make_slice(c.heap(), binary, 0, static_cast<size_t>(got) * 8));
  } else {  // devices, pipes and the kernel's own files, which do not tell their size
    std::string all;
    ssize_t got;
    do {
      size_t before = all.size();
      all.resize(before + block_bytes);
      got = read_up_to(fd, all.data() + before, block_bytes, false);
      all.resize(before + static_cast<size_t>(std::max<ssize_t>(got, 0)));
    } while (got > 0);
    result = got < 0 ? failure(c, errno) : success(c, make_binary(c.heap(), all));
  }
  ::close(fd);
  return result;
}

Term write_file_modes(Context& c, const Term* a) {
  std::string name, scratch, bytes;
  if (!read_file_name(a[0], name)) return bad_argument(c);
  std::string_view data;
  if (is_binary(a[1])) {
    data = bytes_of(a[1], scratch);
  } else {
    if (!native::append_iodata(a[1], bytes)) return bad_argument(c);
    data = bytes;
  }
  bool directory = false;
  Term modes = make_cons(c.heap(), intern_atom("write"), a[2]);
  int flags = file_open_flags(modes, directory);
  if (flags < 0) return bad_argument(c);
  int fd = open_retrying(c, name.c_str(), flags);
  if (fd < 0) return failure(c, errno);
  bool written = write_all(fd, data);
  int error = errno;
  if (::close(fd) != 0 && written) return failure(c, errno);
  return written ? atoms::ok : failure(c, error);
}
Term write_file(Context& c, const Term* a) {
  const Term arguments[] = {a[0], a[1], Term::nil()};
  return write_file_modes(c, arguments);
}

// Copies bytes and permissions; answers how many bytes.
Term copy_file(Context& c, const Term* a) {
  std::string from, to;
  if (!read_file_name(a[0], from) || !read_file_name(a[1], to)) return bad_argument(c);
  int source = open_retrying(c, from.c_str(), O_RDONLY | O_CLOEXEC);
  if (source < 0) return failure(c, errno);
  struct stat info;
  int target = -1;
  int error = 0;
  if (fstat(source, &info) != 0) error = errno;
  else if (S_ISDIR(info.st_mode)) error = EISDIR;
  else if ((target = open_retrying(c, to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC)) < 0) error = errno;
  int64_t copied = 0;
  std::string buffer(error ? 0 : block_bytes, '\0');
  while (!error) {
    ssize_t got = read_up_to(source, buffer.data(), buffer.size(), true);
    if (got == 0) break;
    if (got < 0 || !write_all(target, {buffer.data(), static_cast<size_t>(got)})) error = errno;
    else copied += got;
  }
  if (!error && fchmod(target, info.st_mode & 07777) != 0) error = errno;
  ::close(source);
  if (target >= 0 && ::close(target) != 0 && !error) error = errno;
  return error ? failure(c, error) : success(c, make_integer(c.heap(), copied));
}

// -- open files

Term open_file(Context& c, const Term* a) {
  std::string name;
  bool directory = false;
  int flags = file_open_flags(a[1], directory);
  if (!read_file_name(a[0], name) || !a[1].is_list() || flags < 0) return bad_argument(c);
  int fd = open_retrying(c, name.c_str(), flags);
  if (fd < 0) return failure(c, errno);
  struct stat info;
  bool known = fstat(fd, &info) == 0;
  if (!directory && known && S_ISDIR(info.st_mode)) {
    ::close(fd);
    return failure(c, EISDIR);
  }
  auto file = new OpenFile;
  file->type = &open_file_type;
  file->id = next_resource_id();
  file->release = release_file;
  file->fd = fd;
  file->quick = known && writes_quickly(fd, flags, info);
  return success(c, make_resource(c.heap(), file));
}

/// Runs an operation on an open file; {:error, :einval} where it is closed, {:error, :badarg} where it is none.
template <class Operation>
Term with_file(Context& c, Term descriptor, Operation operation) {
  auto file = static_cast<OpenFile*>(resource_of(descriptor, &open_file_type));
  if (!file) return bad_argument(c);
  std::lock_guard lock(file->mutex);
  if (file->fd < 0) return failure(c, EINVAL);
  return operation(*file);
}

void give_back_ahead(OpenFile& file) {
  if (file.ahead.empty()) return;
  ::lseek(file.fd, -static_cast<off_t>(file.ahead.size()), SEEK_CUR);
  file.ahead.clear();
}

/// Bytes worth reserving for a read of `count` bytes; `regular`: whether reading must go on until they came.
size_t useful_bytes(OpenFile& file, size_t count, off_t from, bool& regular) {
  struct stat info;
  regular = fstat(file.fd, &info) == 0 && S_ISREG(info.st_mode);
  if (count <= block_bytes) return count;
  if (!regular) return std::min(count, size_t{1} << 20);
  off_t left = from >= 0 && info.st_size > from ? info.st_size - from : 0;
  return std::min(count, std::max(static_cast<size_t>(left), block_bytes));
}

Term close_file(Context& c, const Term* a) {
  return with_file(c, a[0], [&](OpenFile& file) {
    int result = ::close(file.fd);
    file.fd = -1;
    file.ahead.clear();
    return done(c, result);
  });
}

Term read(Context& c, const Term* a) {
  size_t count;
  if (!native::read_index(a[1], max_read_bytes, count)) return bad_argument(c);
  return with_file(c, a[0], [&](OpenFile& file) {
    if (!file.ahead.empty() || count == 0) {
      size_t take = std::min(count, file.ahead.size());
      Term bytes = make_binary(c.heap(), std::string_view(file.ahead).substr(0, take));
      file.ahead.erase(0, take);
      return success(c, bytes);
    }
    bool regular;
    size_t size = useful_bytes(file, count, ::lseek(file.fd, 0, SEEK_CUR), regular);
    uint8_t* bytes;
    Term binary = make_binary_buffer(c.heap(), size, &bytes);
    ssize_t got = read_up_to(file.fd, reinterpret_cast<char*>(bytes), size, regular);
    if (got < 0) return failure(c, errno);
    if (got == 0) return intern_atom("eof");
    return success(c, make_slice(c.heap(), binary, 0, static_cast<size_t>(got) * 8));
  });
}

Term read_line(Context& c, const Term* a) {
  return with_file(c, a[0], [&](OpenFile& file) {
    size_t searched = 0;
    for (;;) {
      size_t end = file.ahead.find('\n', searched);
      if (end != std::string::npos) {
        Term line = make_binary(c.heap(), std::string_view(file.ahead).substr(0, end + 1));
        file.ahead.erase(0, end + 1);
        return success(c, line);
      }
      searched = file.ahead.size();
      file.ahead.resize(searched + block_bytes);
      ssize_t got = read_up_to(file.fd, file.ahead.data() + searched, block_bytes, false);
      int error = errno;
      file.ahead.resize(searched + static_cast<size_t>(std::max<ssize_t>(got, 0)));
      if (got < 0) return failure(c, error);
      if (got > 0) continue;
      if (file.ahead.empty()) return intern_atom("eof");
      Term line = make_binary(c.heap(), file.ahead);
      file.ahead.clear();
      return success(c, line);
    }
  });
}

Term write(Context& c, const Term* a) {
  std::string scratch, bytes;
  std::string_view data;
  if (is_binary(a[1])) {
    data = bytes_of(a[1], scratch);
  } else {
    if (!native::append_iodata(a[1], bytes)) return bad_argument(c);
    data = bytes;
  }
  return with_file(c, a[0], [&](OpenFile& file) {
    give_back_ahead(file);
    return write_all(file.fd, data) ? atoms::ok : failure(c, errno);
  });
}

/// Most writes are short and to regular files: a microsecond where the way through the pool takes thirty. :later where it might have to wait: for
/// another operation on the file, or for what is behind it.
Term write_now(Context& c, const Term* a) {
  auto file = static_cast<OpenFile*>(resource_of(a[0], &open_file_type));
  std::string scratch;
  std::string_view bytes;
  if (!file || !is_binary(a[1]) || (bytes = bytes_of(a[1], scratch)).size() > block_bytes) return intern_atom("later");
  std::unique_lock lock(file->mutex, std::try_to_lock);
  if (!lock || file->fd < 0 || !file->quick) return intern_atom("later");
  give_back_ahead(*file);
  return write_all(file->fd, bytes) ? atoms::ok : failure(c, errno);
}

Term pread(Context& c, const Term* a) {
  size_t at, count;
  if (a[1].is_small() && a[1].small_value() < 0) return failure(c, EINVAL);
  if (!native::read_index(a[1], INT64_MAX >> 4, at) || !native::read_index(a[2], max_read_bytes, count)) return bad_argument(c);
  return with_file(c, a[0], [&](OpenFile& file) {
    bool regular;
    size_t size = useful_bytes(file, count, static_cast<off_t>(at), regular), got = 0;
    uint8_t* bytes;
    Term binary = make_binary_buffer(c.heap(), size, &bytes);
    while (got < size) {
      ssize_t step = ::pread(file.fd, bytes + got, size - got, static_cast<off_t>(at + got));
      if (step < 0 && errno == EINTR) continue;
      if (step < 0) return failure(c, errno);
      if (step == 0) break;
      got += static_cast<size_t>(step);
    }
    if (got == 0 && count) return intern_atom("eof");
    return success(c, make_slice(c.heap(), binary, 0, got * 8));
  });
}

Term pwrite(Context& c, const Term* a) {
  size_t at;
  std::string bytes;
  if (a[1].is_small() && a[1].small_value() < 0) return failure(c, EINVAL);
  if (!native::read_index(a[1], INT64_MAX >> 4, at) || !native::append_iodata(a[2], bytes)) return bad_argument(c);
  return with_file(c, a[0], [&](OpenFile& file) {
    size_t done_bytes = 0;
    while (done_bytes < bytes.size()) {
      ssize_t step = ::pwrite(file.fd, bytes.data() + done_bytes, bytes.size() - done_bytes, static_cast<off_t>(at + done_bytes));
      if (step < 0 && errno == EINTR) continue;
      if (step < 0) return failure(c, errno);
      done_bytes += static_cast<size_t>(step);
    }
    return atoms::ok;
  });
}

Term position(Context& c, const Term* a) {
  int from = SEEK_SET;
  Term offset = a[1];
  if (offset.is_tuple(2)) {
    Term base = offset.element(0);
    offset = offset.element(1);
    std::string_view name = base.is_atom() ? atom_text(base) : "";
    if (name == "cur") from = SEEK_CUR;
    else if (name == "eof") from = SEEK_END;
    else if (name != "bof") return bad_argument(c);
  }
  if (!offset.is_small()) return bad_argument(c);
  return with_file(c, a[0], [&](OpenFile& file) {
    give_back_ahead(file);
    off_t now = ::lseek(file.fd, offset.small_value(), from);
    return now < 0 ? failure(c, errno) : success(c, make_integer(c.heap(), now));
  });
}

Term truncate_file(Context& c, const Term* a) {
  return with_file(c, a[0], [&](OpenFile& file) {
    give_back_ahead(file);
    off_t now = ::lseek(file.fd, 0, SEEK_CUR);
    return now < 0 ? failure(c, errno) : done(c, ::ftruncate(file.fd, now));
  });
}
Term sync(Context& c, const Term* a) {
  return with_file(c, a[0], [&](OpenFile& file) { return done(c, ::fsync(file.fd)); });
}
Term datasync(Context& c, const Term* a) {
  return with_file(c, a[0], [&](OpenFile& file) { return done(c, ::fdatasync(file.fd)); });
}

// -- names and directories

/// Runs an operation that takes a name and answers -1 with errno.
template <class Operation>
Term on_name(Context& c, Term term, Operation operation) {
  std::string name;
  if (!read_file_name(term, name)) return bad_argument(c);
  return done(c, operation(name.c_str()));
}
template <class Operation>
Term on_names(Context& c, const Term* a, Operation operation) {
  std::string first, second;
  if (!read_file_name(a[0], first) || !read_file_name(a[1], second)) return bad_argument(c);
  return done(c, operation(first.c_str(), second.c_str()));
}

/// OTP says :eexist of a directory that is not empty.
int not_empty_as_exists(int result) {
  if (result < 0 && errno == ENOTEMPTY) errno = EEXIST;
  return result;
}

// A directory is refused with :eperm, as POSIX and OTP say; Linux itself says EISDIR.
Term delete_file(Context& c, const Term* a) {
  return on_name(c, a[0], [](const char* name) {
    int result = ::unlink(name);
    if (result < 0 && errno == EISDIR) errno = EPERM;
    return result;
  });
}
Term rename_file(Context& c, const Term* a) {
  return on_names(c, a, [](const char* from, const char* to) { return not_empty_as_exists(::rename(from, to)); });
}
Term make_dir(Context& c, const Term* a) {
  return on_name(c, a[0], [](const char* name) { return ::mkdir(name, 0777); });
}
Term del_dir(Context& c, const Term* a) {
  return on_name(c, a[0], [](const char* name) { return not_empty_as_exists(::rmdir(name)); });
}
Term make_hard_link(Context& c, const Term* a) { return on_names(c, a, ::link); }
Term make_symlink(Context& c, const Term* a) { return on_names(c, a, ::symlink); }
Term set_cwd(Context& c, const Term* a) { return on_name(c, a[0], ::chdir); }

Term get_cwd(Context& c, const Term*) {
  std::string buffer(4096, '\0');
  while (!::getcwd(buffer.data(), buffer.size())) {
    if (errno != ERANGE) return failure(c, errno);
    buffer.resize(buffer.size() * 2);
  }
  return success(c, file_name_term(c.heap(), buffer.c_str()));
}

Term read_link(Context& c, const Term* a) {
  std::string name;
  if (!read_file_name(a[0], name)) return bad_argument(c);
  std::string target(4096, '\0');
  ssize_t size;
  while ((size = ::readlink(name.c_str(), target.data(), target.size())) == static_cast<ssize_t>(target.size()))
    target.resize(target.size() * 2);
  if (size < 0) return failure(c, errno);
  return success(c, file_name_term(c.heap(), std::string_view(target).substr(0, static_cast<size_t>(size))));
}

Term list_dir(Context& c, const Term* a) {
  std::string name;
  if (!read_file_name(a[0], name)) return bad_argument(c);
  DIR* directory = ::opendir(name.c_str());
  if (!directory) return failure(c, errno);
  std::vector<Term> names;
  errno = 0;
  while (dirent* entry = ::readdir(directory)) {
    std::string_view text = entry->d_name;
    if (text != "." && text != "..") names.push_back(file_name_term(c.heap(), text));
    errno = 0;
  }
  int error = errno;
  ::closedir(directory);
  return error ? failure(c, error) : success(c, make_list(c.heap(), names));
}

// -- what a file is

template <class Stat>
Term info_of(Context& c, Term term, Stat read_info) {
  if (auto file = static_cast<OpenFile*>(resource_of(term, &open_file_type))) {
    std::lock_guard lock(file->mutex);
    struct stat info;
    if (file->fd < 0) return failure(c, EINVAL);
    if (::fstat(file->fd, &info) != 0) return failure(c, errno);
    int flags = ::fcntl(file->fd, F_GETFL) & O_ACCMODE;
    return success(c, file_info_term(c.heap(), info, flags != O_WRONLY, flags != O_RDONLY));
  }
  std::string name;
  if (!read_file_name(term, name)) return bad_argument(c);
  struct stat info;
  if (read_info(name.c_str(), &info) != 0) return failure(c, errno);
  return success(c, file_info_term(c.heap(), info, ::access(name.c_str(), R_OK) == 0, ::access(name.c_str(), W_OK) == 0));
}
Term read_file_info(Context& c, const Term* a) {
  return info_of(c, a[0], [](const char* name, struct stat* info) { return ::stat(name, info); });
}
Term read_link_info(Context& c, const Term* a) {
  return info_of(c, a[0], [](const char* name, struct stat* info) { return ::lstat(name, info); });
}

int change_times(const char* name, Term accessed, Term modified) {
  timespec times[2] = {{0, UTIME_OMIT}, {0, UTIME_OMIT}};
  if (accessed.is_small()) times[0] = {accessed.small_value(), 0};
  if (modified.is_small()) times[1] = {modified.small_value(), 0};
  return ::utimensat(AT_FDCWD, name, times, 0);
}
int change_owner(const char* name, Term user, Term group) {
  return ::chown(name, user.is_small() ? static_cast<uid_t>(user.small_value()) : static_cast<uid_t>(-1),
                 group.is_small() ? static_cast<gid_t>(group.small_value()) : static_cast<gid_t>(-1));
}

// write_file_info(name, {:file_info, ...}): what is an integer in the tuple is set.
Term write_file_info(Context& c, const Term* a) {
  if (!a[1].is_tuple(14)) return bad_argument(c);
  Term mode = a[1].element(7), user = a[1].element(12), group = a[1].element(13);
  return on_name(c, a[0], [&](const char* name) {
    if (mode.is_small() && ::chmod(name, static_cast<mode_t>(mode.small_value()) & 07777) != 0) return -1;
    if ((user.is_small() || group.is_small()) && change_owner(name, user, group) != 0) return -1;
    return change_times(name, a[1].element(4), a[1].element(5));
  });
}
Term set_permissions(Context& c, const Term* a) {
  if (!a[1].is_small()) return bad_argument(c);
  return on_name(c, a[0], [&](const char* name) { return ::chmod(name, static_cast<mode_t>(a[1].small_value()) & 07777); });
}
Term set_owner(Context& c, const Term* a) {
  return on_name(c, a[0], [&](const char* name) { return change_owner(name, a[1], a[2]); });
}
// set_time(name, accessed, modified, changed) in unix seconds; the time of the last change of the entry itself cannot be set.
Term set_time(Context& c, const Term* a) {
  return on_name(c, a[0], [&](const char* name) { return change_times(name, a[1], a[2]); });
}

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
    blocking("datasync", 1, datasync),
    blocking("delete", 1, delete_file),
    blocking("rename", 2, rename_file),
    blocking("make_dir", 1, make_dir),
    blocking("del_dir", 1, del_dir),
    blocking("make_link", 2, make_hard_link),
    blocking("make_symlink", 2, make_symlink),
    blocking("read_link", 1, read_link),
    blocking("list_dir", 1, list_dir),
    blocking("set_cwd", 1, set_cwd),
    {"prim_file", "get_cwd", 0, get_cwd}, {"prim_file", "write_now", 2, write_now},
    blocking("read_file_info", 1, read_file_info),
    blocking("read_link_info", 1, read_link_info),
    blocking("write_file_info", 2, write_file_info),
    blocking("set_permissions", 2, set_permissions),
    blocking("set_owner", 3, set_owner),
    blocking("set_time", 4, set_time),
};

}  // namespace

extern const NativeTable prim_file_natives = native::table_of(entries);

}  // namespace phial
