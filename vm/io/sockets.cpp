// Sockets.
//
// System calls are made by whoever has something to do: a process that sends writes to the socket itself, on its scheduler's thread, and
// only what the operating system does not take at once stands in `outgoing_` for the loop to send. Bytes of a connection are read
// by the loop's thread as they come, also ahead of a passive reader up to a bound (`read_ahead_bytes`), and go from there to the owner's
// mailbox or to the process that waits in recv. So neither sending nor receiving has to wake the loop.
//
// State: open -> connecting -> connected, or open -> listening; shut: the descriptor is closed (the other side ended the connection and the
// program was told so by recv) but the port lives until it is closed. Datagram sockets stay open or connected.
//
// Back-pressure: a socket that nobody reads from (passive, or after :once) is not watched once `read_ahead_bytes` are there, so the
// other side's sends come to a stand. A sender whose bytes bring `outgoing_` above the high watermark waits for a message until
// it has fallen below the low one.
//
// The descriptor is closed on the loop's thread when the loop has ever watched it (a closed number could otherwise be reused while it
// is polled), after what is in `outgoing_` has been sent; else at once.
#include "vm/io/sockets.hpp"

#include <netinet/tcp.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

#include "vm/io/posix.hpp"
#include "vm/term/binary.hpp"

namespace phial {
namespace {

constexpr size_t read_bytes = 65536;
constexpr size_t read_ahead_bytes = 65536;
constexpr size_t largest_datagram = 65536;

struct Names {
  Term tcp = intern_atom("tcp"), tcp_closed = intern_atom("tcp_closed"), tcp_error = intern_atom("tcp_error"),
       tcp_passive = intern_atom("tcp_passive"), udp = intern_atom("udp"), udp_error = intern_atom("udp_error"),
       udp_passive = intern_atom("udp_passive"), http = intern_atom("http"), data = intern_atom("data"), closed = intern_atom("closed"),
       wait = intern_atom("wait");
};
const Names& names() {
  static const Names all;
  return all;
}

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

void SocketCounters::add(size_t size) {
  count++;
  bytes += size;
  largest = std::max<uint64_t>(largest, size);
  double average_now = static_cast<double>(bytes) / static_cast<double>(count);
  deviation += (std::abs(static_cast<double>(size) - average_now) - deviation) / static_cast<double>(count);
}

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

// -- answers

void Socket::answer(const Request& who, Term value) {
  if (vm.stopping.load(std::memory_order_relaxed)) return;
  Term parts[] = {who.reference, value};
  vm.send_signal(who.pid, make_tuple_message(parts));
}

Term Socket::failure(TermHeap& heap, int error) {
  Term reason = error == -1 || ((error == EPIPE || error == ECONNRESET) && !(options_.show_econnreset && error == ECONNRESET))
                    ? names().closed
                    : posix_atom(error);
  return make_tuple(heap, {atoms::error, reason});
}

// -- watching

bool Socket::wants_reading() const {
  if (state_ == State::listening) return !acceptors_.empty();
  if (type_ == SOCK_DGRAM) return has_receiver_ || options_.active != SocketOptions::Active::passive;
  if (state_ != State::connected || ended_) return false;
  return has_receiver_ || options_.active != SocketOptions::Active::passive || incoming_.size() - taken_ < read_ahead_bytes;
}

int Socket::wanted_events() const {
  int events = 0;
  if (!closed && wants_reading()) events |= UV_READABLE;
  if (state_ == State::connecting || queued()) events |= UV_WRITABLE;
  return events;
}

/// Has the loop watch for what is wanted, if it does not yet. (What is not wanted any more it finds out when it happens.)
void Socket::update_soon() {
  if (update_posted_ || fd_ < 0 || !(wanted_events() & ~armed_)) return;
  update_posted_ = true;
  watched_ = true;
  auto self = std::static_pointer_cast<Socket>(shared_from_this());
  event_loop(vm).post([self] {
    std::lock_guard lock(self->mutex);
    self->update_posted_ = false;
    if (!self->closed) self->update_watch();
  });
}

void Socket::update_watch() {
  if (fd_ < 0) return;
  int events = wanted_events();
  if (events == armed_) return;
  watched_ = true;
  if (!watch_) watch_ = std::make_unique<Watch>(event_loop(vm), fd_, shared_from_this());
  armed_ = events;
  watch_->want(events);
}

void Socket::ready(int, int events) {
  std::lock_guard lock(mutex);
  if (fd_ < 0) return;
  if (watch_) armed_ = watch_->wanted();  // an error ends the watch
  if (events & UV_WRITABLE) {
    if (state_ == State::connecting) connected_or_not();
    else flush();
  }
  if (closed) {
    if (!queued()) close_descriptor();
    return;
  }
  if ((events & UV_READABLE) && wants_reading()) {
    if (state_ == State::listening) accept_waiting();
    else if (type_ == SOCK_DGRAM) read_datagrams();
    else if (state_ == State::connected) read_stream();
  }
  if (!closed) update_watch();
}

void Socket::close_descriptor() {
  watch_.reset();
  armed_ = 0;
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  for (Request& closer : closers_) answer(closer, names().closed);
  closers_.clear();
}

// -- life

Term open_socket(Vm& vm, int family, int type, Term owner, int& error) {
  int fd = ::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) {
    error = errno;
    return Term::none();
  }
  if (family == AF_INET6) {
    int off = 0;
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  return vm.state<PortTable>().add(vm, std::make_shared<Socket>(vm, fd, family, type), owner);
}

std::shared_ptr<Socket> find_socket(Vm& vm, Term term) {
  PortPtr port = vm.state<PortTable>().find(term);
  if (!port) return nullptr;
  std::string kind = port->name();
  return kind == "tcp_inet" || kind == "udp_inet" ? std::static_pointer_cast<Socket>(port) : nullptr;
}

void Socket::let_go() {
  Arena arena(64);
  Term closed_error = make_tuple(arena, {atoms::error, names().closed});
  if (has_receiver_) answer(receiver_, closed_error);
  has_receiver_ = false;
  for (Request& acceptor : acceptors_) answer(acceptor, closed_error);
  acceptors_.clear();
  if (state_ == State::connecting) answer(connecter_, closed_error);
  release_senders(closed_error);
  state_ = State::shut;
  if (!watched_) {
    close_descriptor();
    return;
  }
  auto self = std::static_pointer_cast<Socket>(shared_from_this());
  event_loop(vm).post([self] {
    std::lock_guard lock(self->mutex);
    linger how{};
    socklen_t size = sizeof how;
    bool abort = self->fd_ >= 0 && self->type_ == SOCK_STREAM && getsockopt(self->fd_, SOL_SOCKET, SO_LINGER, &how, &size) == 0 &&
                 how.l_onoff && how.l_linger == 0;
    if (self->queued() && !abort) self->flush();
    if (!self->queued() || abort) self->close_descriptor();
    else self->update_watch();
  });
}

Term Socket::close(Request who) {
  std::lock_guard lock(mutex);
  if (closed) return atoms::ok;
  bool later = watched_ && fd_ >= 0;
  if (later) closers_.push_back(who);
  finish(atoms::normal);
  return later ? names().wait : atoms::ok;
}

int Socket::bind(const SocketAddress& address) {
  std::lock_guard lock(mutex);
  return ::bind(fd_, &address.any, address.size) == 0 ? 0 : errno;
}

int Socket::listen(int backlog) {
  std::lock_guard lock(mutex);
  if (::listen(fd_, backlog) != 0) return errno;
  state_ = State::listening;
  return 0;
}

int Socket::shutdown(int how) {
  std::lock_guard lock(mutex);
  if (state_ != State::connected) return ENOTCONN;
  if (how != SHUT_RD) {
    write_is_shut_ = true;
    if (queued()) {
      shut_when_flushed_ = true;
      if (how == SHUT_WR) return 0;
      how = SHUT_RD;
    }
  }
  return ::shutdown(fd_, how) == 0 ? 0 : errno;
}

int Socket::local_address(SocketAddress& address) {
  std::lock_guard lock(mutex);
  address.size = sizeof address.storage;
  if (fd_ < 0) return EINVAL;
  return getsockname(fd_, &address.any, &address.size) == 0 ? 0 : errno;
}
int Socket::peer_address(SocketAddress& address) {
  std::lock_guard lock(mutex);
  address.size = sizeof address.storage;
  if (fd_ < 0) return EINVAL;
  return getpeername(fd_, &address.any, &address.size) == 0 ? 0 : errno;
}

Socket::State Socket::state() {
  std::lock_guard lock(mutex);
  return state_;
}

void Socket::counters(SocketCounters& received, SocketCounters& sent, size_t& pending) {
  std::lock_guard lock(mutex);
  received = received_;
  sent = sent_counters_;
  pending = queued();
}

bool Socket::cancel(Term reference) {
  std::lock_guard lock(mutex);
  if (has_receiver_ && receiver_.reference == reference) {
    has_receiver_ = false;
    return true;
  }
  if (state_ == State::connecting && connecter_.reference == reference) {
    connecter_ = Request();
    return true;
  }
  auto is_it = [&](const Request& request) { return request.reference == reference; };
  return std::erase_if(acceptors_, is_it) || std::erase_if(senders_, is_it);
}

// -- connections

Term Socket::connect(TermHeap& heap, Request who, const SocketAddress& address) {
  std::lock_guard lock(mutex);
  if (closed || fd_ < 0) return failure(heap, -1);
  int result;
  do result = ::connect(fd_, &address.any, address.size);
  while (result < 0 && errno == EINTR);
  if (result == 0) {
    state_ = State::connected;
    update_soon();
    return atoms::ok;
  }
  if (errno != EINPROGRESS) return make_tuple(heap, {atoms::error, posix_atom(errno)});
  state_ = State::connecting;
  connecter_ = who;
  update_soon();
  return names().wait;
}

void Socket::connected_or_not() {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  Arena arena(64);
  state_ = error ? State::open : State::connected;
  if (!connecter_.pid.is_nil()) answer(connecter_, error ? make_tuple(arena, {atoms::error, posix_atom(error)}) : atoms::ok);
  connecter_ = Request();
}

/// Takes a connection that has come; none(): there is none, or an error.
Term Socket::accept_now(TermHeap&, Term owner, int& error) {
  int fd;
  do fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
  if (fd < 0) {
    error = errno;
    return Term::none();
  }
  // What is set on the listening socket holds for its connections; part of it the operating system hands on itself.
  auto socket = std::make_shared<Socket>(vm, fd, family_, type_);
  socket->options_ = options_;
  socket->state_ = State::connected;
  Term term = vm.state<PortTable>().add(vm, socket, owner);
  std::lock_guard lock(socket->mutex);
  socket->update_soon();
  return term;
}

Term Socket::accept(TermHeap& heap, Request who) {
  std::lock_guard lock(mutex);
  if (closed || fd_ < 0) return failure(heap, -1);
  if (state_ != State::listening) return failure(heap, EINVAL);
  int error = EAGAIN;
  Term socket = acceptors_.empty() ? accept_now(heap, who.pid, error) : Term::none();
  if (!socket.is_none()) return make_tuple(heap, {atoms::ok, socket});
  if (!would_block(error)) return failure(heap, error);
  acceptors_.push_back(who);
  update_soon();
  return names().wait;
}

void Socket::accept_waiting() {
  while (!acceptors_.empty()) {
    Request who = acceptors_.front();
    {
      Epochs::Guard guard(vm.epochs);
      if (!vm.processes.find(who.pid)) {
        acceptors_.pop_front();
        continue;
      }
    }
    Arena arena(64);
    int error = 0;
    Term socket = accept_now(arena, who.pid, error);
    if (socket.is_none() && would_block(error)) return;
    acceptors_.pop_front();
    if (socket.is_none()) {
      answer(who, failure(arena, error));
      continue;
    }
    vm.send_signal(who.pid, make_signal(SignalKind::link, Term::nil(), socket));
    answer(who, make_tuple(arena, {atoms::ok, socket}));
  }
}

// -- reading

Term Socket::data_term(TermHeap& heap, std::string_view bytes) {
  size_t as_list = options_.binary ? std::min(options_.header, bytes.size()) : bytes.size();
  Term tail = options_.binary ? make_binary(heap, bytes.substr(as_list)) : Term::nil();
  for (size_t i = as_list; i-- > 0;) tail = make_cons(heap, Term::small(static_cast<uint8_t>(bytes[i])), tail);
  return tail;
}

Term Socket::next_unit(TermHeap& heap, size_t length, int& error) {
  std::string_view bytes = std::string_view(incoming_).substr(taken_);
  if (bytes.empty()) return Term::none();
  Packet packet{};
  PacketOptions how = options_.packet;
  if (how.kind == PacketKind::raw && length) {
    if (bytes.size() < length) return Term::none();
    packet = {Packet::Status::whole, length, bytes.substr(0, length)};
  } else {
    if (in_headers_ && how.kind == PacketKind::http) how.kind = PacketKind::httph;
    if (in_headers_ && how.kind == PacketKind::http_bin) how.kind = PacketKind::httph_bin;
    packet = next_packet(how, bytes);
  }
  if (packet.status == Packet::Status::invalid) error = EMSGSIZE;
  if (packet.status != Packet::Status::whole) return Term::none();
  Term data = is_http(how.kind) ? http_packet(heap, how.kind, packet.payload, in_headers_) : data_term(heap, packet.payload);
  taken_ += packet.total;
  received_.add(packet.total);
  if (taken_ == incoming_.size()) {
    incoming_.clear();
    taken_ = 0;
    if (incoming_.capacity() > 2 * read_ahead_bytes) incoming_.shrink_to_fit();
  } else if (taken_ > read_ahead_bytes && taken_ > incoming_.size() / 2) {
    incoming_.erase(0, taken_);
    taken_ = 0;
  }
  return data;
}

Term Socket::message(TermHeap& heap, Term data, bool http) {
  if (options_.term_messages) return make_tuple(heap, {http ? names().http : names().tcp, term, data});
  return make_tuple(heap, {term, make_tuple(heap, {names().data, data})});
}

/// One message was sent to the owner of an active socket.
void Socket::count_down() {
  if (options_.active == SocketOptions::Active::once) options_.active = SocketOptions::Active::passive;
  if (options_.active != SocketOptions::Active::counted || --options_.active_count > 0) return;
  options_.active = SocketOptions::Active::passive;
  Arena arena(64);
  send(owner, make_tuple(arena, {type_ == SOCK_STREAM ? names().tcp_passive : names().udp_passive, term}));
}

/// Why no more bytes come, as the program is told it.
int Socket::end_error() const {
  if (ended_ == -1 || (ended_ == ECONNRESET && !options_.show_econnreset)) return -1;
  return ended_;
}

/// The connection is over for a reader that is passive, or was told so: the descriptor goes, the port stays.
void Socket::go_silent() {
  end_told_ = true;
  if (!options_.exit_on_close) return;
  state_ = State::shut;
  outgoing_.clear();
  sent_ = 0;
  Arena arena(64);
  release_senders(make_tuple(arena, {atoms::error, names().closed}));
  if (!watched_) {
    close_descriptor();
    return;
  }
  auto self = std::static_pointer_cast<Socket>(shared_from_this());
  event_loop(vm).post([self] {
    std::lock_guard lock(self->mutex);
    self->close_descriptor();
  });
}

void Socket::stream_ended() {
  Arena arena(64);
  int error = end_error();
  if (error != -1) send(owner, make_tuple(arena, {names().tcp_error, term, posix_atom(error)}));
  if (options_.term_messages) send(owner, make_tuple(arena, {names().tcp_closed, term}));
  else send(owner, make_tuple(arena, {term, names().closed}));
  end_told_ = true;
  options_.active = SocketOptions::Active::passive;
  if (!options_.exit_on_close) return;
  // Who was told so by message gets no {:EXIT, socket, :normal} besides.
  if (std::erase(links, owner)) vm.send_signal(owner, make_signal(SignalKind::unlink, Term::nil(), term));
  finish(atoms::normal);
}

void Socket::progress() {
  while (!closed && !(state_ == State::shut)) {
    bool active = options_.active != SocketOptions::Active::passive;
    if (!active && !has_receiver_) return;
    Arena arena(64);
    int error = 0;
    bool http = is_http(options_.packet.kind);
    Term data = next_unit(arena, active ? 0 : receiver_length_, error);
    if (!data.is_none()) {
      if (active) {
        send(owner, message(arena, data, http));
        count_down();
      } else {
        has_receiver_ = false;
        answer(receiver_, make_tuple(arena, {atoms::ok, data}));
      }
      continue;
    }
    if (error) {  // a packet that is too long: nothing after it can be understood
      ended_ = error;
      incoming_.clear();
      taken_ = 0;
    }
    if (!ended_) return;
    if (active) {
      if (!end_told_) stream_ended();
      return;
    }
    has_receiver_ = false;
    answer(receiver_, failure(arena, end_error()));
    go_silent();
  }
}

void Socket::read_stream() {
  char buffer[read_bytes];
  for (int round = 0; round < 4; round++) {
    ssize_t got;
    do got = ::recv(fd_, buffer, sizeof buffer, 0);
    while (got < 0 && errno == EINTR);
    if (got < 0 && would_block(errno)) return;
    if (got <= 0) ended_ = got == 0 ? -1 : errno;
    else incoming_.append(buffer, static_cast<size_t>(got));
    progress();
    if (closed || ended_ || static_cast<size_t>(got) < sizeof buffer || !wants_reading()) return;
  }
}

Term Socket::receive(TermHeap& heap, Request who, size_t length) {
  std::lock_guard lock(mutex);
  if (closed) return failure(heap, -1);
  if (state_ == State::listening || (type_ == SOCK_STREAM && (state_ == State::open || state_ == State::shut))) return failure(heap, ENOTCONN);
  if (options_.active != SocketOptions::Active::passive) return failure(heap, EINVAL);
  if (has_receiver_) return failure(heap, EALREADY);
  if (type_ == SOCK_DGRAM) {
    Term ip, data;
    int port = 0, error = 0;
    if (take_datagram(heap, ip, port, data, error)) return make_tuple(heap, {atoms::ok, make_tuple(heap, {ip, Term::small(port), data})});
    if (error) return failure(heap, error);
  } else {
    if (options_.packet.kind != PacketKind::raw) length = 0;
    int error = 0;
    Term data = next_unit(heap, length, error);
    if (!data.is_none()) {
      update_soon();
      return make_tuple(heap, {atoms::ok, data});
    }
    if (error || ended_) {
      Term result = failure(heap, error ? error : end_error());
      if (error) ended_ = error;
      go_silent();
      return result;
    }
  }
  receiver_ = who;
  receiver_length_ = length;
  has_receiver_ = true;
  update_soon();
  return names().wait;
}

// -- datagrams

/// Reads one. False: there is none, or an error.
bool Socket::take_datagram(TermHeap& heap, Term& ip, int& port, Term& data, int& error) {
  char buffer[largest_datagram];
  SocketAddress from;
  from.size = sizeof from.storage;
  ssize_t got;
  do got = ::recvfrom(fd_, buffer, sizeof buffer, 0, &from.any, &from.size);
  while (got < 0 && errno == EINTR);
  if (got < 0) {
    if (!would_block(errno)) error = errno;
    return false;
  }
  received_.add(static_cast<size_t>(got));
  if (from.size == 0 || (family_ == AF_UNIX && from.size <= sizeof(sa_family_t))) {
    Term parts[] = {intern_atom("unspec"), make_binary(heap, "")};
    ip = make_tuple(heap, parts);
  } else {
    ip = ip_term(heap, from);
  }
  port = from.port();
  data = data_term(heap, {buffer, static_cast<size_t>(got)});
  return true;
}

void Socket::read_datagrams() {
  for (size_t i = 0; i < options_.read_packets; i++) {
    bool active = options_.active != SocketOptions::Active::passive;
    if (!active && !has_receiver_) return;
    Arena arena(64);
    Term ip, data;
    int port = 0, error = 0;
    bool got = take_datagram(arena, ip, port, data, error);
    if (!got && !error) return;
    if (active && got) {
      if (options_.term_messages) send(owner, make_tuple(arena, {names().udp, term, ip, Term::small(port), data}));
      else send(owner, make_tuple(arena, {term, make_tuple(arena, {names().data, data})}));
      count_down();
    } else if (active) {
      send(owner, make_tuple(arena, {names().udp_error, term, posix_atom(error)}));
      count_down();
    } else {
      has_receiver_ = false;
      answer(receiver_, got ? make_tuple(arena, {atoms::ok, make_tuple(arena, {ip, Term::small(port), data})}) : failure(arena, error));
    }
  }
}

Term Socket::send_datagram(TermHeap& heap, std::string_view bytes, const SocketAddress* to) {
  std::lock_guard lock(mutex);
  if (closed || fd_ < 0) return failure(heap, -1);
  if (!to && state_ != State::connected) return make_tuple(heap, {atoms::error, posix_atom(EDESTADDRREQ)});
  ssize_t wrote;
  do wrote = ::sendto(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL, to ? &to->any : nullptr, to ? to->size : 0);
  while (wrote < 0 && errno == EINTR);
  // A full queue of the operating system: datagrams may be lost anyway.
  if (wrote < 0 && !(would_block(errno) && family_ != AF_UNIX)) return make_tuple(heap, {atoms::error, posix_atom(errno)});
  sent_counters_.add(bytes.size());
  output += bytes.size();
  return atoms::ok;
}

// -- writing

Term Socket::send_stream(TermHeap& heap, Request who, std::string_view bytes) {
  std::lock_guard lock(mutex);
  if (closed || state_ == State::shut || write_is_shut_) return failure(heap, -1);
  if (state_ != State::connected) return failure(heap, ENOTCONN);
  std::string header;
  if (!packet_header(options_.packet.kind, bytes.size(), header)) return failure(heap, EMSGSIZE);
  size_t whole = header.size() + bytes.size(), done = 0;
  if (!queued() && whole) {
    iovec parts[2] = {{header.data(), header.size()}, {const_cast<char*>(bytes.data()), bytes.size()}};
    msghdr packet{};
    packet.msg_iov = header.empty() ? parts + 1 : parts;
    packet.msg_iovlen = header.empty() ? 1 : 2;
    ssize_t wrote;
    do wrote = ::sendmsg(fd_, &packet, MSG_NOSIGNAL);
    while (wrote < 0 && errno == EINTR);
    if (wrote < 0 && !would_block(errno)) return failure(heap, errno);
    done = wrote < 0 ? 0 : static_cast<size_t>(wrote);
  }
  sent_counters_.add(whole);
  output += whole;
  if (done == whole) return atoms::ok;
  if (done < header.size()) outgoing_.append(header, done);
  outgoing_ += bytes.substr(done > header.size() ? done - header.size() : 0);
  update_soon();
  if (queued() <= options_.high_watermark) return atoms::ok;
  senders_.push_back(who);
  return names().wait;
}

void Socket::release_senders(Term value) {
  for (Request& sender : senders_) answer(sender, value);
  senders_.clear();
  if (!vm.stopping.load(std::memory_order_relaxed))
    for (auto& [pid, reference] : port_senders_)
      vm.send_signal(pid, make_signal(SignalKind::reply, closed ? atoms::badarg : atoms::true_, Term::nil(), reference));
  port_senders_.clear();
}

void Socket::flush() {
  while (queued()) {
    ssize_t wrote = ::send(fd_, outgoing_.data() + sent_, queued(), MSG_NOSIGNAL);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0 && would_block(errno)) break;
    if (wrote < 0) {  // the other side is gone; reading tells the program
      Arena arena(64);
      Term error = failure(arena, errno);
      outgoing_.clear();
      sent_ = 0;
      write_is_shut_ = true;
      release_senders(error);
      return;
    }
    sent_ += static_cast<size_t>(wrote);
  }
  if (!queued()) {
    outgoing_.clear();
    sent_ = 0;
    if (outgoing_.capacity() > 4 * read_bytes) outgoing_.shrink_to_fit();
    if (shut_when_flushed_) ::shutdown(fd_, SHUT_WR);
    shut_when_flushed_ = false;
  } else if (sent_ > (size_t{1} << 20) && sent_ > outgoing_.size() / 2) {
    outgoing_.erase(0, sent_);
    sent_ = 0;
  }
  if (queued() <= options_.low_watermark) release_senders(atoms::ok);
}

Port::Command Socket::command(std::string_view bytes, WhenBusy when_busy, Term from, Word reference) {
  if (type_ != SOCK_STREAM || state_ != State::connected || write_is_shut_) return Command::refused;
  if (when_busy == WhenBusy::refuse && queued() > options_.high_watermark) return Command::busy;
  std::string header;
  if (!packet_header(options_.packet.kind, bytes.size(), header)) return Command::refused;
  outgoing_ += header;
  outgoing_ += bytes;
  sent_counters_.add(header.size() + bytes.size());
  output += header.size() + bytes.size();
  if (queued() == header.size() + bytes.size()) flush();
  update_soon();
  if (!from.is_none()) {
    Arena arena(64);
    send(from, make_tuple(arena, {intern_atom("inet_reply"), term, atoms::ok}));
  }
  if (when_busy != WhenBusy::wait || queued() <= options_.high_watermark || from.is_none()) return Command::done;
  port_senders_.emplace_back(from, reference);
  return Command::waits;
}

}  // namespace phial
