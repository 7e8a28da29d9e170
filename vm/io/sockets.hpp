// Sockets as ports: TCP, UDP and those of the Unix family. See sockets.cpp.
#pragma once
#include <deque>

#include "vm/io/addresses.hpp"
#include "vm/io/packets.hpp"
#include "vm/io/ports.hpp"

namespace phial {

/// What a socket is told by options, apart from what the operating system keeps.
struct SocketOptions {
  enum class Active : uint8_t { passive, always, once, counted };
  Active active = Active::always;
  int16_t active_count = 0;
  bool binary = false;
  bool exit_on_close = true;
  bool send_timeout_close = false, delay_send = false, show_econnreset = false;
  bool term_messages = true;  // `deliver`: {:tcp, socket, data}; else as a port's {socket, {:data, data}}
  int64_t send_timeout = -1;  // milliseconds; -1: none
  size_t header = 0;          // bytes at the start of binary data that are given as a list
  size_t buffer = 1460, high_watermark = 8192, low_watermark = 4096;
  size_t read_packets = 5;    // datagrams that are read in a row
  PacketOptions packet;
};

struct SocketCounters {
  uint64_t bytes = 0, count = 0, largest = 0;
  double deviation = 0;
  void add(size_t size);
  uint64_t average() const { return count ? bytes / count : 0; }
};

/// A socket. An operation that cannot be done at once answers :wait, and its caller gets a message {reference, answer} later.
class Socket final : public Port {
 public:
  struct Request {
    Term pid = Term::nil();
    Term reference = Term::nil();
  };
  enum class State : uint8_t { open, connecting, connected, listening, shut };

  Socket(Vm& of, int fd, int family, int type) : Port(of), fd_(fd), family_(family), type_(type) { options_.buffer = type == SOCK_STREAM ? 1460 : 8192; }
  ~Socket() override;

  // -- any thread; each takes the mutex. Errors are errnos, 0: none.
  int bind(const SocketAddress& address);
  int listen(int backlog);
  Term connect(TermHeap& heap, Request who, const SocketAddress& address);
  /// {:ok, socket}: its owner is who asks, whose side of the link is the caller's business; unless it came by message.
  Term accept(TermHeap& heap, Request who);
  Term receive(TermHeap& heap, Request who, size_t length);
  Term send_stream(TermHeap& heap, Request who, std::string_view bytes);
  Term send_datagram(TermHeap& heap, std::string_view bytes, const SocketAddress* to);
  /// Takes back a request that waits. False: its answer is on its way.
  bool cancel(Term reference);
  int shutdown(int how);
  /// :ok, or :wait when the loop has to close it first (or to send the rest); {reference, :closed} follows.
  Term close(Request who);
  int local_address(SocketAddress& address);
  int peer_address(SocketAddress& address);
  /// :ok, or {:error, posix}; all before a bad one hold.
  Term set_options(TermHeap& heap, Term list);
  Term get_options(TermHeap& heap, Term list);
  /// {received, sent, bytes that wait}
  void counters(SocketCounters& received, SocketCounters& sent, size_t& pending);
  State state();
  int family() const { return family_; }
  int type() const { return type_; }

  // -- as a port
  Command command(std::string_view bytes, WhenBusy when_busy, Term from, Word reference) override;
  std::string name() const override { return type_ == SOCK_STREAM ? "tcp_inet" : "udp_inet"; }
  size_t queued() const override { return outgoing_.size() - sent_; }
  void ready(int fd, int events) override;

 private:
  void let_go() override;
  void answer(const Request& who, Term value);
  Term failure(TermHeap& heap, int error);

  // reading
  bool wants_reading() const;
  void read_stream();
  void read_datagrams();
  bool take_datagram(TermHeap& heap, Term& ip, int& port, Term& data, int& error);
  void accept_waiting();
  Term accept_now(TermHeap& heap, Term owner, int& error);
  /// Hands out what has been read, as the mode asks for it.
  void progress();
  /// The next unit of data as a term; none(): there is none yet. `error`: it never will be.
  Term next_unit(TermHeap& heap, size_t length, int& error);
  Term data_term(TermHeap& heap, std::string_view bytes);
  Term message(TermHeap& heap, Term data, bool http);
  void count_down();
  int end_error() const;
  void stream_ended();
  void go_silent();

  // writing
  void flush();
  void release_senders(Term value);
  void connected_or_not();

  // watching
  int wanted_events() const;
  void update_soon();
  void update_watch();
  void close_descriptor();

  // options
  int set_option(Term option);
  Term get_option(TermHeap& heap, Term name);
  int set_active(Term value);

  int fd_;
  int family_, type_;
  State state_ = State::open;
  SocketOptions options_;
  SocketCounters received_, sent_counters_;

  std::string incoming_;
  size_t taken_ = 0;        // bytes of incoming_ that are given out
  bool in_headers_ = false;  // of packet http: headers come next
  int ended_ = 0;           // no more bytes come: an errno, or -1 for an orderly end
  bool end_told_ = false;
  std::string outgoing_;
  size_t sent_ = 0;         // bytes of outgoing_ that are sent
  bool shut_when_flushed_ = false, write_is_shut_ = false;

  Request receiver_;
  size_t receiver_length_ = 0;
  bool has_receiver_ = false;
  std::deque<Request> acceptors_;
  Request connecter_;
  std::vector<Request> senders_;
  std::vector<std::pair<Term, Word>> port_senders_;  // of port_command: they hear a reply signal
  std::vector<Request> closers_;

  std::unique_ptr<Watch> watch_;  // the loop's thread alone
  int armed_ = 0;                 // what the watch waits for
  bool watched_ = false;          // the loop knows the descriptor, or will
  bool update_posted_ = false;
};

/// A new socket, linked to `owner` (whose own side of the link is the caller's business), or none() and an errno. Any thread.
Term open_socket(Vm& vm, int family, int type, Term owner, int& error);
std::shared_ptr<Socket> find_socket(Vm& vm, Term term);

}  // namespace phial
