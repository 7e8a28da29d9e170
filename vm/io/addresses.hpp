// Addresses of sockets: between the operating system's form and terms ({127, 0, 0, 1}, eight numbers, {:local, path}).
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <string>
#include <string_view>

#include "vm/term/build.hpp"

namespace phial {

struct SocketAddress {
  union {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
    sockaddr_un local;
    sockaddr_storage storage;
  };
  socklen_t size = 0;
  SocketAddress() : storage{} {}
  int family() const { return any.sa_family; }
  int port() const;  // host order; 0 where there is none
};

/// The address of an IP term, :any, :loopback or {:local, path}, for a socket of this family (AF_INET, AF_INET6, AF_UNIX). False: it is no
/// address of that family.
bool read_address(Term ip, int port, int family, SocketAddress& out);
/// {{127, 0, 0, 1}, port} or {:local, path}.
Term address_term(TermHeap& heap, const SocketAddress& address);
/// The IP alone.
Term ip_term(TermHeap& heap, const SocketAddress& address);

}  // namespace phial
