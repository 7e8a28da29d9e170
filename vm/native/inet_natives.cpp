// :prim_inet, the sockets under :gen_tcp, :gen_udp and :inet (vm/io/sockets.hpp), the host's names and interfaces, and
// :erlang.decode_packet.
//
// A function that cannot answer at once gives :wait; the answer follows as a message {reference, answer} with the reference it got.
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <unistd.h>
#ifdef __linux__
#include <netpacket/packet.h>
#endif

#include <algorithm>
#include <cerrno>

#include "vm/io/os_signals.hpp"
#include "vm/io/posix.hpp"
#include "vm/io/sockets.hpp"
#include "vm/native/native.hpp"

namespace phial {
namespace {

Term failure(Context& c, int error) { return make_tuple(c.heap(), {atoms::error, posix_atom(error)}); }
Term closed(Context& c) { return make_tuple(c.heap(), {atoms::error, intern_atom("closed")}); }
Term done(Context& c, int error) { return error ? failure(c, error) : atoms::ok; }
Term success(Context& c, Term value) { return make_tuple(c.heap(), {atoms::ok, value}); }

int family_of(Term term) {
  if (!term.is_atom()) return -1;
  std::string_view name = atom_text(term);
  return name == "inet" ? AF_INET : name == "inet6" ? AF_INET6 : name == "local" ? AF_UNIX : -1;
}

std::shared_ptr<Socket> socket_of(Context& c, Term term) { return term.is_local_port() ? find_socket(c.vm(), term) : nullptr; }
Socket::Request request(Context& c, Term reference) { return {c.process()->pid, reference}; }
void link_own(Context& c, Term port) { c.process()->rare().links.insert(port.word, LinkState{0}); }

// open(:stream | :dgram, family)
Term open(Context& c, const Term* a) {
  int family = family_of(a[1]), error = 0;
  if (family < 0 || !a[0].is_atom()) return c.badarg();
  Term socket = open_socket(c.vm(), family, atom_text(a[0]) == "stream" ? SOCK_STREAM : SOCK_DGRAM, c.process()->pid, error);
  c.bump(200);
  if (socket.is_none()) return failure(c, error);
  link_own(c, socket);
  return success(c, socket);
}

bool read_port(Term term, int& port) {
  if (!term.is_small() || term.small_value() < 0 || term.small_value() > 65535) return false;
  port = static_cast<int>(term.small_value());
  return true;
}

// bind(socket, ip, port)
Term bind(Context& c, const Term* a) {
  auto socket = socket_of(c, a[0]);
  SocketAddress address;
  int port;
  if (!socket) return failure(c, EINVAL);
  if (!read_port(a[2], port) || !read_address(a[1], port, socket->family(), address)) return failure(c, EINVAL);
  return done(c, socket->bind(address));
}
Term listen(Context& c, const Term* a) {
  auto socket = socket_of(c, a[0]);
  if (!socket || !a[1].is_small()) return failure(c, EINVAL);
  return done(c, socket->listen(static_cast<int>(a[1].small_value())));
}
// connect(socket, ip, port, reference)
Term connect(Context& c, const Term* a) {
  auto socket = socket_of(c, a[0]);
  SocketAddress address;
  int port;
  if (!socket) return closed(c);
  if (!read_port(a[2], port) || !read_address(a[1], port, socket->family(), address)) return failure(c, EAFNOSUPPORT);
  c.bump(200);
  return socket->connect(c.heap(), request(c, a[3]), address);
}
Term accept(Context& c, const Term* a) {
  auto socket = socket_of(c, a[0]);
  if (!socket) return closed(c);
  c.bump(100);
  Term result = socket->accept(c.heap(), request(c, a[1]));
  if (result.is_tuple(2) && result.element(0) == atoms::ok) link_own(c, result.element(1));
  return result;
}
Term receive(Context& c, const Term* a) {
  size_t length;
  if (!native::read_index(a[1], size_t{1} << 40, length)) return c.badarg();
  auto socket = socket_of(c, a[0]);
  if (!socket) return closed(c);
  if (length > (size_t{1} << 26)) return failure(c, ENOMEM);
  c.bump(20);
  return socket->receive(c.heap(), request(c, a[2]), length);
}

/// The bytes of data that is sent: those of a binary where they stand. False: it is no iodata.
bool read_data(Term data, std::string& scratch, std::string_view& bytes) {
  if (is_binary(data)) {
    bytes = bytes_of(data, scratch);
    return true;
  }
  if (!native::append_iodata(data, scratch)) return false;
  bytes = scratch;
  return true;
}

Term send(Context& c, const Term* a) {
  auto socket = socket_of(c, a[0]);
  std::string scratch;
  std::string_view bytes;
  if (!read_data(a[1], scratch, bytes)) return failure(c, EINVAL);
  if (!socket) return closed(c);
  c.bump(static_cast<int64_t>(50 + bytes.size() / 64));
  if (socket->type() == SOCK_DGRAM) return socket->send_datagram(c.heap(), bytes, nullptr);
  return socket->send_stream(c.heap(), request(c, a[2]), bytes);
}
// send_to(socket, ip, port, data)
Term send_to(Context& c, const Term* a) {
  auto socket = socket_of(c, a[0]);
  std::string scratch;
  std::string_view bytes;
  SocketAddress address;
  int port;
  if (!read_data(a[3], scratch, bytes)) return failure(c, EINVAL);
  if (!socket) return closed(c);
  if (!read_port(a[2], port) || !read_address(a[1], port, socket->family(), address)) return failure(c, EAFNOSUPPORT);
  c.bump(static_cast<int64_t>(50 + bytes.size() / 64));
  return socket->send_datagram(c.heap(), bytes, &address);
}
Term cancel(Context& c, const Term* a) {
  auto socket = socket_of(c, a[0]);
  return boolean(socket && socket->cancel(a[1]));
}
// Who closes a socket does not hear of its end through its own link.
Term close(Context& c, const Term* a) {
  auto socket = socket_of(c, a[0]);
  if (!socket) return atoms::ok;
  if (RareParts* rare = c.process()->rare_parts) rare->links.remove(a[0].word);
  c.bump(50);
  return socket->close(request(c, a[1]));
}
Term shutdown(Context& c, const Term* a) {
  auto socket = socket_of(c, a[0]);
  if (!a[1].is_atom()) return c.badarg();
  std::string_view how = atom_text(a[1]);
  if (how != "read" && how != "write" && how != "read_write") return c.badarg();
  if (!socket) return closed(c);
  return done(c, socket->shutdown(how == "read" ? SHUT_RD : how == "write" ? SHUT_WR : SHUT_RDWR));
}
Term address_of(Context& c, Term term, int (Socket::*which)(SocketAddress&)) {
  auto socket = socket_of(c, term);
  SocketAddress address;
  if (!socket) return failure(c, EINVAL);
  int error = (*socket.*which)(address);
  return error ? failure(c, error) : success(c, address_term(c.heap(), address));
}
Term sockname(Context& c, const Term* a) { return address_of(c, a[0], &Socket::local_address); }
Term peername(Context& c, const Term* a) { return address_of(c, a[0], &Socket::peer_address); }
Term setopts(Context& c, const Term* a) {
  auto socket = socket_of(c, a[0]);
  return socket ? socket->set_options(c.heap(), a[1]) : failure(c, EINVAL);
}
Term getopts(Context& c, const Term* a) {
  auto socket = socket_of(c, a[0]);
  return socket ? socket->get_options(c.heap(), a[1]) : failure(c, EINVAL);
}
Term getstat(Context& c, const Term* a) {
  auto socket = socket_of(c, a[0]);
  if (!socket) return failure(c, EINVAL);
  SocketCounters received, sent;
  size_t pending;
  socket->counters(received, sent, pending);
  auto item = [&](const char* name, uint64_t value) { return make_tuple(c.heap(), {intern_atom(name), make_unsigned(c.heap(), value)}); };
  return success(c, make_list(c.heap(), {item("recv_oct", received.bytes), item("recv_cnt", received.count), item("recv_max", received.largest),
                                         item("recv_avg", received.average()), item("recv_dvi", static_cast<uint64_t>(received.deviation)),
                                         item("send_oct", sent.bytes), item("send_cnt", sent.count), item("send_max", sent.largest),
                                         item("send_avg", sent.average()), item("send_pend", pending)}));
}
// kind(socket): {:stream | :dgram, family, state}, or false
Term kind(Context& c, const Term* a) {
  auto socket = socket_of(c, a[0]);
  if (!socket) return atoms::false_;
  static constexpr const char* states[] = {"open", "connecting", "connected", "listening", "shut"};
  const char* family = socket->family() == AF_INET ? "inet" : socket->family() == AF_INET6 ? "inet6" : "local";
  return make_tuple(c.heap(), {intern_atom(socket->type() == SOCK_STREAM ? "stream" : "dgram"), intern_atom(family),
                               intern_atom(states[static_cast<int>(socket->state())])});
}

// -- names

const char* resolver_error(int code) { return code == EAI_AGAIN ? "try_again" : code == EAI_MEMORY ? "enomem" : "nxdomain"; }

// resolve(name, family): {:ok, canonical name, [ip]}, {:error, reason}
Term resolve(Context& c, const Term* a) {
  std::string name;
  int family = family_of(a[1]);
  if (!native::append_iodata(a[0], name) || family < 0 || family == AF_UNIX || name.find('\0') != std::string::npos) return failure(c, EINVAL);
  addrinfo hints{}, *found = nullptr;
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_CANONNAME;
  int code = getaddrinfo(name.c_str(), nullptr, &hints, &found);
  if (code) return make_tuple(c.heap(), {atoms::error, intern_atom(resolver_error(code))});
  std::vector<Term> addresses;
  std::string canonical = found->ai_canonname ? found->ai_canonname : name;
  for (addrinfo* at = found; at; at = at->ai_next) {
    SocketAddress address;
    std::memcpy(&address.storage, at->ai_addr, at->ai_addrlen);
    address.size = at->ai_addrlen;
    addresses.push_back(ip_term(c.heap(), address));
  }
  freeaddrinfo(found);
  return make_tuple(c.heap(), {atoms::ok, native::make_charlist(c.heap(), canonical), make_list(c.heap(), addresses)});
}
// reverse(ip): {:ok, name}
Term reverse(Context& c, const Term* a) {
  SocketAddress address;
  if (!read_address(a[0], 0, a[0].is_tuple(4) ? AF_INET : AF_INET6, address)) return failure(c, EINVAL);
  char name[NI_MAXHOST];
  int code = getnameinfo(&address.any, address.size, name, sizeof name, nullptr, 0, NI_NAMEREQD);
  if (code) return make_tuple(c.heap(), {atoms::error, intern_atom(resolver_error(code))});
  return success(c, native::make_charlist(c.heap(), name));
}
Term hostname(Context& c, const Term*) {
  char name[256] = {};
  if (gethostname(name, sizeof name - 1) != 0) return failure(c, errno);
  std::string_view text(name);
  return native::make_charlist(c.heap(), text.substr(0, text.find('.')));
}
// parse(text, :v4 | :v4strict | :v6): ip or false
Term parse(Context& c, const Term* a) {
  std::string text;
  if (!a[1].is_atom() || !native::append_iodata(a[0], text) || text.empty()) return atoms::false_;
  std::string_view how = atom_text(a[1]);
  if (text.find_first_of(" \t\r\n\f\v") != std::string::npos || text.find('\0') != std::string::npos) return atoms::false_;
  SocketAddress address;
  if (how == "v6") {
    address.v6.sin6_family = AF_INET6;
    if (size_t scope = text.find('%'); scope != std::string::npos) text.resize(scope);
    if (inet_pton(AF_INET6, text.c_str(), &address.v6.sin6_addr) != 1) return atoms::false_;
  } else {
    address.v4.sin_family = AF_INET;
    if (how == "v4strict" && std::count(text.begin(), text.end(), '.') != 3) return atoms::false_;
    if (inet_aton(text.c_str(), &address.v4.sin_addr) == 0) return atoms::false_;
  }
  return ip_term(c.heap(), address);
}
// text(ip): a charlist or false
Term text(Context& c, const Term* a) {
  SocketAddress address;
  char out[INET6_ADDRSTRLEN];
  if (a[0].is_tuple(4) && read_address(a[0], 0, AF_INET, address))
    return native::make_charlist(c.heap(), inet_ntop(AF_INET, &address.v4.sin_addr, out, sizeof out));
  if (a[0].is_tuple(8) && read_address(a[0], 0, AF_INET6, address))
    return native::make_charlist(c.heap(), inet_ntop(AF_INET6, &address.v6.sin6_addr, out, sizeof out));
  return atoms::false_;
}

// -- interfaces

void add_ip(Context& c, std::vector<Term>& items, const char* name, const sockaddr* from) {
  if (!from || (from->sa_family != AF_INET && from->sa_family != AF_INET6)) return;
  SocketAddress address;
  std::memcpy(&address.storage, from, from->sa_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
  items.push_back(make_tuple(c.heap(), {intern_atom(name), ip_term(c.heap(), address)}));
}

Term interface_flags(Context& c, unsigned flags) {
  constexpr std::pair<unsigned, const char*> known[] = {{IFF_UP, "up"},           {IFF_BROADCAST, "broadcast"}, {IFF_LOOPBACK, "loopback"},
                                                        {IFF_POINTOPOINT, "pointtopoint"}, {IFF_RUNNING, "running"},     {IFF_MULTICAST, "multicast"}};
  std::vector<Term> names;
  for (auto& [bit, name] : known)
    if (flags & bit) names.push_back(intern_atom(name));
  return make_tuple(c.heap(), {intern_atom("flags"), make_list(c.heap(), names)});
}

Term hardware_address(Context& c, const sockaddr* address) {
#ifdef __linux__
  if (address && address->sa_family == AF_PACKET) {
    auto link = reinterpret_cast<const sockaddr_ll*>(address);
    std::vector<Term> bytes;
    for (int i = 0; i < link->sll_halen; i++) bytes.push_back(Term::small(link->sll_addr[i]));
    if (!bytes.empty()) return make_tuple(c.heap(), {intern_atom("hwaddr"), make_list(c.heap(), bytes)});
  }
#endif
  return Term::none();
}

// interfaces(): [{name, [flags: [...], addr: ip, netmask: ip, broadaddr: ip, dstaddr: ip, hwaddr: bytes]}]
Term interfaces(Context& c, const Term*) {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return failure(c, errno);
  struct Interface {
    std::string name;
    unsigned flags;
    std::vector<Term> items;
    Term hardware = Term::none();
  };
  std::vector<Interface> all;
  for (ifaddrs* at = list; at; at = at->ifa_next) {
    auto found = std::find_if(all.begin(), all.end(), [&](Interface& known) { return known.name == at->ifa_name; });
    if (found == all.end()) found = all.insert(all.end(), {at->ifa_name, at->ifa_flags, {}, Term::none()});
    if (Term address = hardware_address(c, at->ifa_addr); !address.is_none()) found->hardware = address;
    if (!at->ifa_addr || (at->ifa_addr->sa_family != AF_INET && at->ifa_addr->sa_family != AF_INET6)) continue;
    add_ip(c, found->items, "addr", at->ifa_addr);
    add_ip(c, found->items, "netmask", at->ifa_netmask);
    if (at->ifa_flags & IFF_BROADCAST) add_ip(c, found->items, "broadaddr", at->ifa_broadaddr);
    else if (at->ifa_flags & IFF_POINTOPOINT) add_ip(c, found->items, "dstaddr", at->ifa_dstaddr);
  }
  freeifaddrs(list);
  std::vector<Term> terms;
  for (Interface& each : all) {
    std::vector<Term> items{interface_flags(c, each.flags)};
    items.insert(items.end(), each.items.begin(), each.items.end());
    if (!each.hardware.is_none()) items.push_back(each.hardware);
    terms.push_back(make_tuple(c.heap(), {native::make_charlist(c.heap(), each.name), make_list(c.heap(), items)}));
  }
  return success(c, make_list(c.heap(), terms));
}

// -- packets

// decode_packet(type, binary, options)
Term decode_packet(Context& c, const Term* a) {
  PacketOptions options;
  if (!read_packet_kind(a[0], options.kind) || !is_binary(a[1]) || list_length(a[2]) < 0) return c.badarg();
  for (Term option : ListRange(a[2])) {
    size_t value;
    if (!option.is_tuple(2) || !option.element(0).is_atom() || !native::read_index(option.element(1), size_t{1} << 31, value)) return c.badarg();
    std::string_view name = atom_text(option.element(0));
    if (name == "packet_size") options.largest = value;
    else if (name == "line_length") options.line_length = value;
    else if (name == "line_delimiter") options.delimiter = static_cast<char>(value);
    else return c.badarg();
  }
  std::string scratch;
  std::string_view bytes = bytes_of(a[1], scratch);
  Packet packet = options.kind == PacketKind::raw && bytes.empty() ? Packet{Packet::Status::whole, 0, bytes} : next_packet(options, bytes);
  c.bump(static_cast<int64_t>(bytes.size() / 64));
  if (packet.status == Packet::Status::invalid) return make_tuple(c.heap(), {atoms::error, intern_atom("invalid")});
  if (packet.status == Packet::Status::more)
    return make_tuple(c.heap(), {intern_atom("more"), packet.total ? make_unsigned(c.heap(), packet.total) : atoms::undefined});
  bool in_headers = options.kind == PacketKind::httph || options.kind == PacketKind::httph_bin;
  auto offset = static_cast<size_t>(packet.payload.data() - bytes.data());
  Term data = is_http(options.kind) ? http_packet(c.heap(), options.kind, packet.payload, in_headers)
                                    : make_slice(c.heap(), a[1], 8 * offset, 8 * packet.payload.size());
  Term rest = make_slice(c.heap(), a[1], 8 * packet.total, 8 * (bytes.size() - packet.total));
  return make_tuple(c.heap(), {atoms::ok, data, rest});
}

// -- signals of the operating system

Term set_signal(Context& c, const Term* a) {
  if (!a[0].is_atom() || !a[1].is_atom()) return c.badarg();
  std::string_view choice = atom_text(a[1]);
  SignalChoice how;
  if (choice == "handle") how = SignalChoice::handle;
  else if (choice == "ignore") how = SignalChoice::ignore;
  else if (choice == "default") how = SignalChoice::standard;
  else return c.badarg();
  return set_os_signal(c.vm(), atom_text(a[0]), how) ? atoms::ok : c.badarg();
}

constexpr NativeEntry entries[] = {
    {"prim_inet", "open", 2, open}, {"prim_inet", "bind", 3, bind}, {"prim_inet", "listen", 2, listen}, {"prim_inet", "connect", 4, connect},
    {"prim_inet", "accept", 2, accept}, {"prim_inet", "recv", 3, receive}, {"prim_inet", "send", 3, send}, {"prim_inet", "send_to", 4, send_to},
    {"prim_inet", "cancel", 2, cancel}, {"prim_inet", "close", 2, close}, {"prim_inet", "shutdown", 2, shutdown},
    {"prim_inet", "sockname", 1, sockname}, {"prim_inet", "peername", 1, peername}, {"prim_inet", "setopts", 2, setopts},
    {"prim_inet", "getopts", 2, getopts}, {"prim_inet", "getstat", 1, getstat}, {"prim_inet", "kind", 1, kind},
    {"prim_inet", "resolve", 2, resolve, native_blocking}, {"prim_inet", "reverse", 1, reverse, native_blocking},
    {"prim_inet", "hostname", 0, hostname}, {"prim_inet", "parse", 2, parse}, {"prim_inet", "text", 1, text},
    {"prim_inet", "interfaces", 0, interfaces}, {"erlang", "decode_packet", 3, decode_packet},
    {"os", "set_signal", 2, set_signal, native_blocking},
};

}  // namespace

extern const NativeTable inet_natives = native::table_of(entries);

}  // namespace phial
