// The terminal under the shell's line editor (stdlib/iex/iex/terminal.ex): key by key input, and what a character takes on the screen.
//
// The mode of a terminal outlives the program, so what it was is kept here, and every way out that passes through the VM puts it back:
// :erlang.halt and stopping on Ctrl-Z. The state is the OS process's, not a VM's: there is one terminal.
#include <csignal>
#include <pthread.h>
#include <termios.h>
#include <unistd.h>
#include <utf8proc.h>

#include <cerrno>
#include <mutex>

#include "vm/native/native.hpp"
#include "vm/io/posix.hpp"

namespace phial {
namespace {

std::mutex terminal_mutex;
bool is_raw = false;
int raw_fd = 0;
termios before, raw_mode;

Term failure(Context& c) { return make_tuple(c.heap(), {atoms::error, posix_atom(errno)}); }

/// raw(fd): from now on keys arrive one by one and are not echoed. Ctrl-\ still ends the program, Ctrl-C and Ctrl-Z are keys.
Term io_raw(Context& c, const Term* a) {
  if (!a[0].is_small()) return c.badarg();
  std::lock_guard lock(terminal_mutex);
  if (is_raw) return atoms::ok;
  raw_fd = static_cast<int>(a[0].small_value());
  if (tcgetattr(raw_fd, &before) != 0) return failure(c);
  raw_mode = before;
  raw_mode.c_iflag &= ~static_cast<tcflag_t>(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON);
  raw_mode.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON | IEXTEN);
  raw_mode.c_lflag |= ISIG;
  raw_mode.c_cc[VINTR] = raw_mode.c_cc[VSUSP] = _POSIX_VDISABLE;
  raw_mode.c_cc[VMIN] = 1;
  raw_mode.c_cc[VTIME] = 0;
  if (tcsetattr(raw_fd, TCSADRAIN, &raw_mode) != 0) return failure(c);
  is_raw = true;
  return atoms::ok;
}
Term io_cooked(Context&, const Term*) {
  native::restore_terminal();
  return atoms::ok;
}
/// suspend(): stops the program as Ctrl-Z does; returns when it goes on, in the mode that it had.
Term io_suspend(Context&, const Term*) {
  std::lock_guard lock(terminal_mutex);
  if (is_raw) tcsetattr(raw_fd, TCSADRAIN, &before);
  // To this thread itself, so that the stop is not later than the next line.
  sigset_t stop, old;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &stop, &old);
  pthread_kill(pthread_self(), SIGTSTP);
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  if (is_raw) tcsetattr(raw_fd, TCSADRAIN, &raw_mode);
  return atoms::ok;
}
/// char_width(code): cells that a character takes: 0 (combining), 1 or 2.
Term io_char_width(Context& c, const Term* a) {
  if (!a[0].is_small() || a[0].small_value() < 0 || a[0].small_value() > 0x10ffff) return c.badarg();
  return Term::small(utf8proc_charwidth(static_cast<utf8proc_int32_t>(a[0].small_value())));
}

constexpr NativeEntry entries[] = {
    {"phial_io", "raw", 1, io_raw},
    {"phial_io", "cooked", 0, io_cooked},
    {"phial_io", "suspend", 0, io_suspend, native_blocking},
    {"phial_io", "char_width", 1, io_char_width},
};

}  // namespace

void native::restore_terminal() {
  std::lock_guard lock(terminal_mutex);
  if (is_raw) tcsetattr(raw_fd, TCSADRAIN, &before);
  is_raw = false;
}

extern const NativeTable terminal_natives = native::table_of(entries);

}  // namespace phial
