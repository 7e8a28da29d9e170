// Options of sockets: those that the operating system keeps, and those of sockets.hpp.
#include <netinet/ip.h>
#include <netinet/tcp.h>

#include <cerrno>

#include "vm/io/posix.hpp"
#include "vm/io/sockets.hpp"
#include "vm/term/binary.hpp"

namespace phial {
namespace {

/// A switch or a number that the operating system keeps.
struct SystemOption {
  std::string_view name;
  int level, number;
  bool is_switch;
};
constexpr SystemOption system_options[] = {
    {"reuseaddr", SOL_SOCKET, SO_REUSEADDR, true},
    {"reuseport", SOL_SOCKET, SO_REUSEPORT, true},
    {"keepalive", SOL_SOCKET, SO_KEEPALIVE, true},
    {"dontroute", SOL_SOCKET, SO_DONTROUTE, true},
    {"broadcast", SOL_SOCKET, SO_BROADCAST, true},
    {"sndbuf", SOL_SOCKET, SO_SNDBUF, false},
    {"recbuf", SOL_SOCKET, SO_RCVBUF, false},
    {"nodelay", IPPROTO_TCP, TCP_NODELAY, true},
    {"tos", IPPROTO_IP, IP_TOS, false},
    {"ttl", IPPROTO_IP, IP_TTL, false},
    {"multicast_ttl", IPPROTO_IP, IP_MULTICAST_TTL, false},
    {"multicast_loop", IPPROTO_IP, IP_MULTICAST_LOOP, true},
    {"ipv6_v6only", IPPROTO_IPV6, IPV6_V6ONLY, true},
#ifdef TCP_CORK
    {"nopush", IPPROTO_TCP, TCP_CORK, true},
#endif
#ifdef SO_PRIORITY
    {"priority", SOL_SOCKET, SO_PRIORITY, false},
#endif
#ifdef IPV6_TCLASS
    {"tclass", IPPROTO_IPV6, IPV6_TCLASS, false},
#endif
};

const SystemOption* find_system_option(std::string_view name) {
  for (const SystemOption& option : system_options)
    if (option.name == name) return &option;
  return nullptr;
}

bool read_switch(Term value, bool& out) {
  if (value != atoms::true_ && value != atoms::false_) return false;
  out = value == atoms::true_;
  return true;
}

bool read_size(Term value, size_t& out, size_t largest = size_t{1} << 30) {
  if (!value.is_small() || value.small_value() < 0 || static_cast<size_t>(value.small_value()) > largest) return false;
  out = static_cast<size_t>(value.small_value());
  return true;
}

bool is_named(Term term, std::string_view name) { return term.is_atom() && atom_text(term) == name; }

int set_system_option(int fd, const SystemOption& option, Term value) {
  int number;
  bool on;
  if (option.is_switch) {
    if (!read_switch(value, on)) return EINVAL;
    number = on;
  } else {
    if (!value.is_small()) return EINVAL;
    number = static_cast<int>(value.small_value());
  }
  return setsockopt(fd, option.level, option.number, &number, sizeof number) == 0 ? 0 : errno;
}

int set_linger(int fd, Term value) {
  bool on;
  size_t seconds;
  if (!value.is_tuple(2) || !read_switch(value.element(0), on) || !read_size(value.element(1), seconds)) return EINVAL;
  linger how{on, static_cast<int>(seconds)};
  return setsockopt(fd, SOL_SOCKET, SO_LINGER, &how, sizeof how) == 0 ? 0 : errno;
}

int set_membership(int fd, bool add, Term value) {
  SocketAddress group, interface;
  if (!value.is_tuple(2) || !read_address(value.element(0), 0, AF_INET, group) || !read_address(value.element(1), 0, AF_INET, interface))
    return EINVAL;
  ip_mreq request{group.v4.sin_addr, interface.v4.sin_addr};
  return setsockopt(fd, IPPROTO_IP, add ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &request, sizeof request) == 0 ? 0 : errno;
}

/// {:raw, level, number, bytes}
int set_raw(int fd, Term option) {
  std::string scratch;
  if (!option.element(1).is_small() || !option.element(2).is_small() || !is_binary(option.element(3))) return EINVAL;
  std::string_view bytes = bytes_of(option.element(3), scratch);
  return setsockopt(fd, static_cast<int>(option.element(1).small_value()), static_cast<int>(option.element(2).small_value()), bytes.data(),
                    static_cast<socklen_t>(bytes.size())) == 0
             ? 0
             : errno;
}

}  // namespace

int Socket::set_active(Term value) {
  using Active = SocketOptions::Active;
  if (value == atoms::true_) options_.active = Active::always;
  else if (value == atoms::false_) options_.active = Active::passive;
  else if (is_named(value, "once")) options_.active = Active::once;
  else if (value.is_small()) {
    // A number is added to what is left of the one before.
    int64_t count = value.small_value() + (options_.active == Active::counted ? options_.active_count : 0);
    if (value.small_value() < -32768 || count > 32767) return EINVAL;
    options_.active = Active::counted;
    options_.active_count = static_cast<int16_t>(count > 0 ? count : 1);
    if (count <= 0) {
      options_.active_count = 1;
      count_down();
    }
  } else {
    return EINVAL;
  }
  return 0;
}

int Socket::set_option(Term option) {
  if (option.is_atom()) {
    if (is_named(option, "binary")) options_.binary = true;
    else if (is_named(option, "list")) options_.binary = false;
    else return EINVAL;
    return 0;
  }
  if (option.is_tuple(4) && is_named(option.element(0), "raw")) return set_raw(fd_, option);
  if (!option.is_tuple(2) || !option.element(0).is_atom()) return EINVAL;
  std::string_view name = atom_text(option.element(0));
  Term value = option.element(1);
  auto read = [](bool good) { return good ? 0 : EINVAL; };
  if (name == "active") return set_active(value);
  if (name == "mode") {
    if (!is_named(value, "binary") && !is_named(value, "list")) return EINVAL;
    options_.binary = is_named(value, "binary");
    return 0;
  }
  if (name == "packet") {
    in_headers_ = false;
    return read(read_packet_kind(value, options_.packet.kind));
  }
  if (name == "packet_size") return read(read_size(value, options_.packet.largest));
  if (name == "line_delimiter") {
    size_t character;
    if (!read_size(value, character, 255)) return EINVAL;
    options_.packet.delimiter = static_cast<char>(character);
    return 0;
  }
  if (name == "header") return read(read_size(value, options_.header));
  if (name == "buffer") return read(read_size(value, options_.buffer) && options_.buffer > 0);
  if (name == "high_watermark") return read(read_size(value, options_.high_watermark));
  if (name == "low_watermark") return read(read_size(value, options_.low_watermark));
  if (name == "high_msgq_watermark" || name == "low_msgq_watermark") return read(value.is_small());
  if (name == "read_packets") return read(read_size(value, options_.read_packets) && options_.read_packets > 0);
  if (name == "exit_on_close") return read(read_switch(value, options_.exit_on_close));
  if (name == "send_timeout_close") return read(read_switch(value, options_.send_timeout_close));
  if (name == "delay_send") return read(read_switch(value, options_.delay_send));
  if (name == "show_econnreset") return read(read_switch(value, options_.show_econnreset));
  if (name == "send_timeout") {
    size_t milliseconds;
    if (value == atoms::infinity) options_.send_timeout = -1;
    else if (!read_size(value, milliseconds)) return EINVAL;
    else options_.send_timeout = static_cast<int64_t>(milliseconds);
    return 0;
  }
  if (name == "deliver") {
    if (!is_named(value, "term") && !is_named(value, "port")) return EINVAL;
    options_.term_messages = is_named(value, "term");
    return 0;
  }
  if (name == "linger") return set_linger(fd_, value);
  if (name == "add_membership" || name == "drop_membership") return set_membership(fd_, name == "add_membership", value);
  if (name == "multicast_if") {
    SocketAddress interface;
    if (!read_address(value, 0, AF_INET, interface)) return EINVAL;
    return setsockopt(fd_, IPPROTO_IP, IP_MULTICAST_IF, &interface.v4.sin_addr, sizeof(in_addr)) == 0 ? 0 : errno;
  }
  const SystemOption* known = find_system_option(name);
  if (!known) return EINVAL;
  // Buffers of a Unix socket, delays of one that has none: what makes no sense for a socket is no error of the program.
  if (known->level == IPPROTO_TCP && (type_ != SOCK_STREAM || family_ == AF_UNIX)) return 0;
  int error = set_system_option(fd_, *known, value);
  if (!error && name == "recbuf") {
    size_t size;
    if (read_size(value, size) && size > options_.buffer) options_.buffer = size;
  }
  return error;
}

Term Socket::set_options(TermHeap& heap, Term list) {
  std::lock_guard lock(mutex);
  Term invalid = make_tuple(heap, {atoms::error, posix_atom(EINVAL)});
  if (closed || fd_ < 0 || list_length(list) < 0) return invalid;
  for (Term option : ListRange(list)) {
    int error = set_option(option);
    if (error) return make_tuple(heap, {atoms::error, posix_atom(error)});
  }
  if (type_ == SOCK_STREAM) progress();
  if (!closed) update_soon();
  return atoms::ok;
}

Term Socket::get_option(TermHeap& heap, Term option) {
  if (option.is_tuple(4) && is_named(option.element(0), "raw")) {
    if (!option.element(1).is_small() || !option.element(2).is_small()) return Term::none();
    std::string scratch, room;
    if (is_binary(option.element(3))) room = bytes_of(option.element(3), scratch);
    else if (size_t size; read_size(option.element(3), size, 65536)) room.resize(size);
    else return Term::none();
    auto size = static_cast<socklen_t>(room.size());
    if (getsockopt(fd_, static_cast<int>(option.element(1).small_value()), static_cast<int>(option.element(2).small_value()), room.data(), &size) != 0)
      return Term::nil();
    return make_tuple(heap, {option.element(0), option.element(1), option.element(2), make_binary(heap, {room.data(), size})});
  }
  if (!option.is_atom()) return Term::none();
  std::string_view name = atom_text(option);
  auto pair = [&](Term value) { return make_tuple(heap, {option, value}); };
  auto number = [&](size_t value) { return pair(make_unsigned(heap, value)); };
  if (name == "active") {
    using Active = SocketOptions::Active;
    switch (options_.active) {
      case Active::passive: return pair(atoms::false_);
      case Active::always: return pair(atoms::true_);
      case Active::once: return pair(intern_atom("once"));
      case Active::counted: return pair(Term::small(options_.active_count));
    }
  }
  if (name == "mode") return pair(intern_atom(options_.binary ? "binary" : "list"));
  if (name == "packet") return pair(packet_kind_term(options_.packet.kind));
  if (name == "packet_size") return number(options_.packet.largest);
  if (name == "line_delimiter") return number(static_cast<uint8_t>(options_.packet.delimiter));
  if (name == "header") return number(options_.header);
  if (name == "buffer") return number(options_.buffer);
  if (name == "high_watermark") return number(options_.high_watermark);
  if (name == "low_watermark") return number(options_.low_watermark);
  if (name == "high_msgq_watermark") return number(8192);
  if (name == "low_msgq_watermark") return number(4096);
  if (name == "read_packets") return number(options_.read_packets);
  if (name == "exit_on_close") return pair(boolean(options_.exit_on_close));
  if (name == "send_timeout_close") return pair(boolean(options_.send_timeout_close));
  if (name == "delay_send") return pair(boolean(options_.delay_send));
  if (name == "show_econnreset") return pair(boolean(options_.show_econnreset));
  if (name == "send_timeout") return pair(options_.send_timeout < 0 ? atoms::infinity : make_integer(heap, options_.send_timeout));
  if (name == "deliver") return pair(intern_atom(options_.term_messages ? "term" : "port"));
  if (name == "linger") {
    linger how{};
    socklen_t size = sizeof how;
    if (getsockopt(fd_, SOL_SOCKET, SO_LINGER, &how, &size) != 0) return Term::nil();
    return pair(make_tuple(heap, {boolean(how.l_onoff != 0), Term::small(how.l_linger)}));
  }
  const SystemOption* known = find_system_option(name);
  if (!known) return Term::none();
  int value = 0;
  socklen_t size = sizeof value;
  if (getsockopt(fd_, known->level, known->number, &value, &size) != 0) return Term::nil();
  return pair(known->is_switch ? boolean(value != 0) : make_integer(heap, value));
}

Term Socket::get_options(TermHeap& heap, Term list) {
  std::lock_guard lock(mutex);
  Term invalid = make_tuple(heap, {atoms::error, posix_atom(EINVAL)});
  if (closed || fd_ < 0 || list_length(list) < 0) return invalid;
  std::vector<Term> values;
  for (Term name : ListRange(list)) {
    Term value = get_option(heap, name);
    if (value.is_none()) return invalid;
    if (!value.is_nil()) values.push_back(value);  // an option that this socket does not have is left out
  }
  return make_tuple(heap, {atoms::ok, make_list(heap, values)});
}

}  // namespace phial
