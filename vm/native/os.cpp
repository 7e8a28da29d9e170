// :os: environment and time of the operating system; and :phial_io, the standard streams under the I/O servers.
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <vector>

#include "vm/native/native.hpp"
#include "vm/io/posix.hpp"
#include "vm/process/capabilities.hpp"
#include "vm/process/vm.hpp"
#include "vm/term/number.hpp"

extern char** environ;

namespace phial {
namespace {

std::mutex environment_mutex;  // setenv and getenv are not safe together

bool read_text(Term term, std::string& out) {
  if (is_binary(term)) {
    std::string scratch;
    out = bytes_of(term, scratch);
    return out.find('\0') == std::string::npos;
  }
  return term.is_list() && native::read_charlist(term, out) && out.find('\0') == std::string::npos;
}

Term getenv_all(Context& c, const Term*) {
  std::lock_guard lock(environment_mutex);
  std::vector<Term> entries;
  for (char** at = environ; *at; at++) entries.push_back(native::make_charlist(c.heap(), *at));
  return make_list(c.heap(), entries);
}
Term env_pairs(Context& c, const Term*) {
  std::lock_guard lock(environment_mutex);
  std::vector<Term> pairs;
  for (char** at = environ; *at; at++) {
    std::string_view entry = *at;
    size_t equals = entry.find('=', 1);
    if (equals == entry.npos) continue;
    Term key = native::make_charlist(c.heap(), entry.substr(0, equals));
    Term value = native::make_charlist(c.heap(), entry.substr(equals + 1));
    pairs.push_back(make_tuple(c.heap(), {key, value}));
  }
  return make_list(c.heap(), pairs);
}
Term get_env(Context& c, const Term* a) {
  std::string name;
  if (!read_text(a[0], name)) return c.badarg();
  std::lock_guard lock(environment_mutex);
  const char* value = std::getenv(name.c_str());
  return value ? native::make_charlist(c.heap(), value) : atoms::false_;
}
Term get_env_default(Context& c, const Term* a) {
  Term value = get_env(c, a);
  return value == atoms::false_ ? a[1] : value;
}
Term put_env(Context& c, const Term* a) {
  std::string name, value;
  if (!read_text(a[0], name) || !read_text(a[1], value) || name.empty() || name.find('=') != std::string::npos) return c.badarg();
  std::lock_guard lock(environment_mutex);
  setenv(name.c_str(), value.c_str(), 1);
  return atoms::true_;
}
Term unset_env(Context& c, const Term* a) {
  std::string name;
  if (!read_text(a[0], name) || name.empty()) return c.badarg();
  std::lock_guard lock(environment_mutex);
  unsetenv(name.c_str());
  return atoms::true_;
}

/// The OS's time; in a deterministic schedule the virtual one.
int64_t now_ns(Context& c) {
  if (c.vm().config.deterministic) return seen_time(c, c.vm().monotonic_time() + c.vm().time_offset());
  return seen_time(c, std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count());
}
Term os_time(Context& c, const Term*) { return make_integer(c.heap(), now_ns(c)); }
Term os_time_in(Context& c, const Term* a) {
  int64_t per_second = 0;
  if (a[0].is_small()) per_second = a[0].small_value();
  if (a[0].is_atom()) {
    auto unit = atom_text(a[0]);
    per_second = unit == "second" || unit == "seconds" ? 1 : unit == "millisecond" || unit == "milli_seconds" ? 1000
                 : unit == "microsecond" || unit == "micro_seconds" ? 1'000'000
                 : unit == "nanosecond" || unit == "nano_seconds" || unit == "native" || unit == "perf_counter" ? 1'000'000'000 : 0;
  }
  if (per_second <= 0) return c.badarg();
  return make_integer(c.heap(), static_cast<int64_t>(static_cast<__int128>(now_ns(c)) * per_second / 1'000'000'000));
}
Term timestamp(Context& c, const Term*) {
  int64_t micro = now_ns(c) / 1000;
  return make_tuple(c.heap(), {Term::small(micro / 1'000'000'000'000), Term::small(micro / 1'000'000 % 1'000'000), Term::small(micro % 1'000'000)});
}
Term os_type(Context& c, const Term*) {
#ifdef __APPLE__
  return make_tuple(c.heap(), {intern_atom("unix"), intern_atom("darwin")});
#else
  return make_tuple(c.heap(), {intern_atom("unix"), intern_atom("linux")});
#endif
}
Term process_id(Context& c, const Term*) { return native::make_charlist(c.heap(), std::to_string(getpid())); }

// -- :phial_io

/// write(fd, iodata): everything, waiting while the other end is full.
Term io_write(Context& c, const Term* a) {
  std::string bytes;
  if (!a[0].is_small() || !native::append_iodata(a[1], bytes)) return c.badarg();
  auto fd = static_cast<int>(a[0].small_value());
  if ((fd == 1 || fd == 2) && c.vm().config.output) {
    c.vm().write_output(fd, bytes);
    return atoms::ok;
  }
  size_t done = 0;
  while (done < bytes.size()) {
    ssize_t wrote = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (wrote >= 0) {
      done += static_cast<size_t>(wrote);
    } else if (errno == EAGAIN) {
      pollfd wait{fd, POLLOUT, 0};
      ::poll(&wait, 1, 1000);
    } else if (errno != EINTR) {
      return make_tuple(c.heap(), {atoms::error, posix_atom(errno)});
    }
  }
  return atoms::ok;
}
/// serve(pid): the group leader of processes that the host starts.
Term io_serve(Context& c, const Term* a) {
  if (!a[0].is_local_pid()) return c.badarg();
  c.vm().default_group_leader.store(a[0].word, std::memory_order_release);
  return atoms::ok;
}
/// read(fd, max): what is there, waiting for the first byte.
Term io_read(Context& c, const Term* a) {
  size_t max;
  if (!a[0].is_small() || !native::read_index(a[1], size_t{1} << 30, max)) return c.badarg();
  auto fd = static_cast<int>(a[0].small_value());
  std::string buffer(max, '\0');
  for (;;) {
    ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got > 0) return make_binary(c.heap(), std::string_view(buffer.data(), static_cast<size_t>(got)));
    if (got == 0) return intern_atom("eof");
    if (errno == EAGAIN) {
      pollfd wait{fd, POLLIN, 0};
      ::poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      return make_tuple(c.heap(), {atoms::error, posix_atom(errno)});
    }
  }
}
Term io_is_terminal(Context& c, const Term* a) {
  return a[0].is_small() ? boolean(isatty(static_cast<int>(a[0].small_value()))) : c.badarg();
}
/// {columns, rows} of the terminal, or {:error, :enotsup}.
Term io_window(Context& c, const Term* a) {
  if (!a[0].is_small()) return c.badarg();
  winsize size{};
  if (ioctl(static_cast<int>(a[0].small_value()), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return make_tuple(c.heap(), {atoms::error, intern_atom("enotsup")});
  return make_tuple(c.heap(), {Term::small(size.ws_col), Term::small(size.ws_row)});
}

constexpr NativeEntry entries[] = {
    {"os", "getenv", 0, getenv_all}, {"os", "env", 0, env_pairs}, {"os", "getenv", 1, get_env}, {"os", "getenv", 2, get_env_default},
    {"os", "putenv", 2, put_env}, {"os", "unsetenv", 1, unset_env}, {"os", "system_time", 0, os_time}, {"os", "system_time", 1, os_time_in},
    {"os", "perf_counter", 0, os_time}, {"os", "timestamp", 0, timestamp}, {"os", "type", 0, os_type}, {"os", "getpid", 0, process_id},
    {"phial_io", "write", 2, io_write}, {"phial_io", "read", 2, io_read, native_blocking}, {"phial_io", "terminal?", 1, io_is_terminal},
    {"phial_io", "window", 1, io_window}, {"phial_io", "serve", 1, io_serve},
};

}  // namespace

extern const NativeTable os_natives = native::table_of(entries);

}  // namespace phial
