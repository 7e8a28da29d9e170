// A relay: keys and sizes go to the VM, what it draws comes back. All editing is done over there, so this side knows nothing of the shell; it keeps the
// mode of its own terminal, and puts it back on every way out. One thread, one poll loop; signals come through a pipe.
//
// Packets have a length of four bytes, most significant first; the first byte says what they are (phial_shell.ex lists them).
#include "repl/remote_shell.hpp"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

namespace {

constexpr size_t longest_packet = 64u << 20;
// What waits for a VM that does not read; no more is taken from the keyboard then.
constexpr size_t longest_queue = 1u << 20;

int signal_pipe[2];
void on_signal(int number) {
  auto byte = static_cast<char>(number);
  [[maybe_unused]] auto written = write(signal_pipe[1], &byte, 1);
}

bool write_all(int fd, const char* data, size_t size) {
  while (size > 0) {
    ssize_t count = write(fd, data, size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {
      pollfd waiting{fd, POLLOUT, 0};
      poll(&waiting, 1, -1);
      continue;
    }
    if (count <= 0) return false;
    data += count;
    size -= static_cast<size_t>(count);
  }
  return true;
}

class Attachment {
public:
  explicit Attachment(const std::string& path) : path_(path) {}
  ~Attachment() {
    cooked();
    if (socket_ >= 0) close(socket_);
  }

  int run() {
    if (!connect_to_owner()) return 1;
    if (pipe(signal_pipe) != 0) return fail("no pipe can be made: ", std::strerror(errno));
    for (int fd : signal_pipe) fcntl(fd, F_SETFL, O_NONBLOCK);
    for (int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH}) {
      struct sigaction action {};
      action.sa_handler = on_signal;
      sigaction(number, &action, nullptr);
    }
    hello();
    while (status_ < 0) {
      pollfd watched[] = {{socket_, static_cast<short>(queue_.empty() ? POLLIN : POLLIN | POLLOUT), 0},
                          {signal_pipe[0], POLLIN, 0},
                          {input_open_ && queue_.size() < longest_queue ? 0 : -1, POLLIN, 0}};
      if (poll(watched, 3, -1) < 0 && errno != EINTR) return fail("poll: ", std::strerror(errno));
      if (watched[1].revents) take_signals();
      if (watched[2].revents) take_input();
      if (watched[0].revents & POLLOUT) flush();
      if (watched[0].revents & (POLLIN | POLLHUP | POLLERR)) take_packets();
    }
    return status_;
  }

private:
  int fail(const char* text, const char* detail = "") {
    bool was_raw = raw_;
    cooked();
    std::fprintf(stderr, "%sphial: %s%s\n", was_raw ? "\r\n" : "", text, detail);
    return status_ = 1;
  }

  // The socket's user is asked for, so that nobody else's program gets what is typed.
  bool connect_to_owner() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path_.size() >= sizeof address.sun_path) return fail("the path is too long for a socket: ", path_.c_str()), false;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    socket_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0 || connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      const char* text = errno == ENOENT         ? "there is no socket at "
                         : errno == ECONNREFUSED ? "no VM listens any more at "
                         : errno == EACCES       ? "the socket belongs to another user: "
                                                 : "cannot attach to ";
      return fail(text, path_.c_str()), false;
    }
    ucred other{};
    socklen_t size = sizeof other;
    if (getsockopt(socket_, SOL_SOCKET, SO_PEERCRED, &other, &size) != 0 || (other.uid != geteuid() && geteuid() != 0))
      return fail("the VM belongs to another user: ", path_.c_str()), false;
    fcntl(socket_, F_SETFL, O_NONBLOCK);
    return true;
  }

  void hello() {
    const char* term = std::getenv("TERM");
    const char* no_color = std::getenv("NO_COLOR");
    terminal_ = isatty(0) && isatty(1) && term && *term && std::strcmp(term, "dumb") != 0;
    std::string text = "hversion=1\n";
    text += std::string("terminal=") + (terminal_ ? "true" : "false");
    text += std::string("\ncolours=") + (!no_color || !*no_color ? "true" : "false");
    text += "\nsize=" + window() + "\n";
    send(text);
  }

  static std::string window() {
    winsize size{};
    if (ioctl(1, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return "";
    return std::to_string(size.ws_col) + " " + std::to_string(size.ws_row);
  }

  void send(const std::string& packet) {
    auto size = static_cast<uint32_t>(packet.size());
    for (int shift : {24, 16, 8, 0}) queue_.push_back(static_cast<char>(size >> shift));
    queue_ += packet;
    flush();
  }

  void flush() {
    ssize_t count = ::send(socket_, queue_.data(), queue_.size(), MSG_NOSIGNAL);
    if (count > 0) queue_.erase(0, static_cast<size_t>(count));
  }

  void take_signals() {
    char number;
    while (read(signal_pipe[0], &number, 1) == 1) {
      if (number == SIGWINCH) send("s" + window());
      else if (number == SIGINT) send("c");
      else status_ = 128 + number;
    }
  }

  void take_input() {
    char bytes[65536];
    ssize_t count = read(0, bytes, sizeof bytes);
    if (count > 0) return send("i" + std::string(bytes, static_cast<size_t>(count)));
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    input_open_ = false;
    send("e");
  }

  void take_packets() {
    char bytes[65536];
    ssize_t count = recv(socket_, bytes, sizeof bytes, 0);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count <= 0) {
      fail(welcome_ ? "the VM has ended that listened at " : "the VM does not answer at ", path_.c_str());
      return;
    }
    received_.append(bytes, static_cast<size_t>(count));
    while (status_ < 0 && received_.size() >= 4) {
      uint32_t size = 0;
      for (size_t i = 0; i < 4; i++) size = size << 8 | static_cast<unsigned char>(received_[i]);
      if (size == 0 || size > longest_packet) {
        fail("what listens is no shell of Phial: ", path_.c_str());
        return;
      }
      if (received_.size() < 4 + size) return;
      std::string packet = received_.substr(4, size);
      received_.erase(0, 4 + size);
      act(packet[0], packet.substr(1));
    }
  }

  void act(char kind, const std::string& text) {
    switch (kind) {
      case 'w': welcome_ = true; break;
      case 'x': fail("the VM refuses: ", text.c_str()); break;
      case 'o':
        if (!write_all(1, text.data(), text.size())) status_ = 1;
        break;
      case 'r': raw(); break;
      case 'k': cooked(); break;
      case 'z': stop(); break;
      case 'q': status_ = 0; break;
      default: break;  // a newer VM may say more
    }
  }

  // Keys one by one. Ctrl-\ still ends this side, whatever the VM does.
  void raw() {
    if (raw_ || !terminal_ || tcgetattr(0, &before_) != 0) return;
    termios mode = before_;
    mode.c_iflag &= ~static_cast<tcflag_t>(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON);
    mode.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON | IEXTEN);
    mode.c_lflag |= ISIG;
    mode.c_cc[VINTR] = mode.c_cc[VSUSP] = _POSIX_VDISABLE;
    mode.c_cc[VMIN] = 1;
    mode.c_cc[VTIME] = 0;
    raw_ = tcsetattr(0, TCSADRAIN, &mode) == 0;
  }

  void cooked() {
    if (!raw_) return;
    tcsetattr(0, TCSADRAIN, &before_);
    raw_ = false;
    // An edit may have been cut off: pastes are plain again.
    write_all(1, "\x1b[?2004l", 8);
  }

  void stop() {
    bool was_raw = raw_;
    cooked();
    std::raise(SIGTSTP);
    if (was_raw) raw();
    send("g");
    send("s" + window());
  }

  std::string path_, queue_, received_;
  int socket_ = -1;
  int status_ = -1;
  bool terminal_ = false, raw_ = false, welcome_ = false, input_open_ = true;
  termios before_{};
};

}  // namespace

int attach_shell(const std::string& path) { return Attachment(path).run(); }
