#include "vm/io/addresses.hpp"

#include <arpa/inet.h>

#include <cstddef>
#include <cstring>

#include "vm/term/binary.hpp"

namespace phial {
namespace {

bool read_path(Term term, std::string& path) {
  std::string scratch;
  if (is_binary(term)) {
    path = bytes_of(term, scratch);
    return true;
  }
  if (list_length(term) < 0) return false;
  for (Term item : ListRange(term)) {
    if (!item.is_small() || item.small_value() < 0 || item.small_value() > 255) return false;
    path += static_cast<char>(item.small_value());
  }
  return true;
}

bool read_numbers(Term tuple, size_t count, int64_t largest, uint16_t* out) {
  if (!tuple.is_tuple(count)) return false;
  for (size_t i = 0; i < count; i++) {
    Term item = tuple.element(i);
    if (!item.is_small() || item.small_value() < 0 || item.small_value() > largest) return false;
    out[i] = static_cast<uint16_t>(item.small_value());
  }
  return true;
}

}  // namespace

int SocketAddress::port() const {
  if (family() == AF_INET) return ntohs(v4.sin_port);
  if (family() == AF_INET6) return ntohs(v6.sin6_port);
  return 0;
}

bool read_address(Term ip, int port, int family, SocketAddress& out) {
  out = SocketAddress();
  if (family == AF_UNIX) {
    std::string path;
    if (!ip.is_tuple(2) || !ip.element(0).is_atom() || atom_text(ip.element(0)) != "local" || !read_path(ip.element(1), path)) return false;
    if (path.size() >= sizeof out.local.sun_path) return false;
    out.local.sun_family = AF_UNIX;
    std::memcpy(out.local.sun_path, path.data(), path.size());
    bool abstract = !path.empty() && path[0] == '\0';  // a name of Linux that is no file
    out.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + (abstract || path.empty() ? 0 : 1));
    return true;
  }
  uint16_t numbers[8];
  if (family == AF_INET) {
    out.v4.sin_family = AF_INET;
    out.v4.sin_port = htons(static_cast<uint16_t>(port));
    out.size = sizeof out.v4;
    if (ip.is_atom()) {
      std::string_view name = atom_text(ip);
      if (name == "any") return true;
      if (name == "broadcast") out.v4.sin_addr.s_addr = htonl(INADDR_BROADCAST);
      else if (name == "loopback") out.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      else return false;
      return true;
    }
    if (!read_numbers(ip, 4, 255, numbers)) return false;
    auto bytes = reinterpret_cast<uint8_t*>(&out.v4.sin_addr);
    for (int i = 0; i < 4; i++) bytes[i] = static_cast<uint8_t>(numbers[i]);
    return true;
  }
  out.v6.sin6_family = AF_INET6;
  out.v6.sin6_port = htons(static_cast<uint16_t>(port));
  out.size = sizeof out.v6;
  if (ip.is_atom()) {
    std::string_view name = atom_text(ip);
    if (name == "any") return true;
    if (name != "loopback") return false;
    out.v6.sin6_addr = in6addr_loopback;
    return true;
  }
  if (!read_numbers(ip, 8, 65535, numbers)) return false;
  for (int i = 0; i < 8; i++) {
    out.v6.sin6_addr.s6_addr[2 * i] = static_cast<uint8_t>(numbers[i] >> 8);
    out.v6.sin6_addr.s6_addr[2 * i + 1] = static_cast<uint8_t>(numbers[i]);
  }
  return true;
}

Term ip_term(TermHeap& heap, const SocketAddress& address) {
  Term parts[8];
  if (address.family() == AF_INET) {
    auto bytes = reinterpret_cast<const uint8_t*>(&address.v4.sin_addr);
    for (int i = 0; i < 4; i++) parts[i] = Term::small(bytes[i]);
    return make_tuple(heap, std::span<const Term>(parts, 4));
  }
  if (address.family() == AF_INET6) {
    const uint8_t* bytes = address.v6.sin6_addr.s6_addr;
    for (int i = 0; i < 8; i++) parts[i] = Term::small(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    return make_tuple(heap, std::span<const Term>(parts, 8));
  }
  std::string_view path;
  if (address.family() == AF_UNIX && address.size > offsetof(sockaddr_un, sun_path)) {
    path = {address.local.sun_path, address.size - offsetof(sockaddr_un, sun_path)};
    if (path[0] != '\0') path = path.substr(0, path.find('\0'));
  }
  return make_tuple(heap, {intern_atom(address.family() == AF_UNIX ? "local" : "unspec"), make_binary(heap, path)});
}

Term address_term(TermHeap& heap, const SocketAddress& address) {
  Term ip = ip_term(heap, address);
  if (address.family() != AF_INET && address.family() != AF_INET6) return ip;
  return make_tuple(heap, {ip, Term::small(address.port())});
}

}  // namespace phial
