// A program runs connected to its port by pipes, which the event loop watches. The port sends its owner {port, {:data, data}},
// {port, :eof} and {port, {:exit_status, status}}.
//
// With :exit_status a port lives until its program has ended (what it wrote before is delivered first); without, until its output
// ends, unless :eof was asked for. Closing a port does not end the program: it sees the end of its input. Its process is waited for in
// any case: the loop keeps the object until then.
//
// What the program does not read stands in `outgoing`. Above the high watermark a sender's command is taken, but the sender waits
// until the queue has fallen below the low one. (A command that comes as a message is never held up.)
#include "vm/io/programs.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>

#include "vm/term/binary.hpp"

extern char** environ;

namespace phial {
namespace {

constexpr size_t read_bytes = 65536;
constexpr uint64_t child_poll_milliseconds = 20;  // where the kernel has no descriptors of processes

/// A descriptor that poll(2) finds readable when the process has ended; -1 where there is none.
int process_descriptor(pid_t pid) {
#ifdef SYS_pidfd_open
  return static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
#else
  return -1;
#endif
}

void close_descriptor(int& fd) {
  if (fd >= 0) ::close(fd);
  fd = -1;
}

void make_nonblocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

/// Moves a descriptor above those that a program's own streams take, so that dup2 to one of them never hits another.
bool lift(int& fd) {
  if (fd >= 10) return true;
  int lifted = fcntl(fd, F_DUPFD_CLOEXEC, 10);
  if (lifted < 0) return false;
  ::close(fd);
  fd = lifted;
  return true;
}

int status_number(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

class Program final : public Port {
 public:
  Program(Vm& of, PortSpec given) : Port(of), spec_(std::move(given)) {}
  /// An errno, or 0.
  int start();
  /// Begins to watch the program; it is in the table.
  void begin();

  Command command(std::string_view bytes, WhenBusy when_busy, Term from, Word reference) override;
  std::string name() const override { return spec_.name; }
  int64_t os_pid() const override { return pid_; }
  size_t queued() const override { return outgoing_.size(); }
  void ready(int fd, int events) override;

 private:
  void let_go() override;
  void tell(Term what);
  void deliver(std::string_view bytes, const char* line_end);
  void deliver_lines();
  void deliver_packets();
  bool read_output();
  void write_input();
  void release_waiters(Term answer);
  bool output_ended();
  void program_ended();
  bool reap();
  void update_watches();
  void close_pipe(int& fd, std::unique_ptr<Watch>& watch);

  PortSpec spec_;
  pid_t pid_ = -1;
  int process_ = -1;   // a descriptor that is readable when the process has ended, or -1
  bool ended_ = false;  // the program has ended and was waited for
  int exit_code_ = 0;
  int from_program_ = -1, to_program_ = -1;
  std::unique_ptr<Watch> output_watch_, input_watch_, process_watch_;  // of the loop's thread
  std::string incoming_;  // an unfinished line or packet
  std::string outgoing_;
  std::vector<std::pair<Term, Word>> waiters_;
};

std::vector<std::string> environment_of(const PortSpec& spec) {
  std::map<std::string, std::string> variables;
  for (char** at = environ; *at; at++) {
    std::string_view entry = *at;
    size_t equals = entry.find('=');
    if (equals != entry.npos) variables[std::string(entry.substr(0, equals))] = entry.substr(equals + 1);
  }
  for (auto& name : spec.unset_variables) variables.erase(name);
  for (auto& [name, value] : spec.set_variables) variables[name] = value;
  std::vector<std::string> entries;
  for (auto& [name, value] : variables) entries.push_back(name + "=" + value);
  return entries;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Starts the program with these ends of its pipes (-1: /dev/null where it has standard streams). An errno, or 0.
int spawn_program(const PortSpec& spec, int input, int output, pid_t& pid) {
  std::vector<std::string> arguments;
  if (spec.shell) {
    arguments = {"/bin/sh", "-c", "exec " + spec.program};
  } else {
    arguments.push_back(spec.argument_0.empty() ? spec.program : spec.argument_0);
    arguments.insert(arguments.end(), spec.arguments.begin(), spec.arguments.end());
  }
  std::vector<std::string> environment = environment_of(spec);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  int input_number = spec.standard_streams ? 0 : 3, output_number = spec.standard_streams ? 1 : 4;
  if (input >= 0) posix_spawn_file_actions_adddup2(&actions, input, input_number);
  else if (spec.standard_streams) posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  if (output >= 0) posix_spawn_file_actions_adddup2(&actions, output, output_number);
  if (spec.stderr_to_stdout && output >= 0) posix_spawn_file_actions_adddup2(&actions, output, 2);
  if (!spec.directory.empty()) posix_spawn_file_actions_addchdir_np(&actions, spec.directory.c_str());
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  for (int number : {SIGPIPE, SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGCHLD}) sigaddset(&defaults, number);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const char* path = spec.shell ? "/bin/sh" : spec.program.c_str();
  int error = posix_spawn(&pid, path, &actions, &attributes, pointers_to(arguments).data(), pointers_to(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

/// Asks now and then whether a program has ended, where there are no descriptors of processes.
struct ChildTimer {
  uv_timer_t timer;
  std::shared_ptr<Program> program;
};

}  // namespace

int Program::start() {
  int input[2] = {-1, -1}, output[2] = {-1, -1};  // of the program
  bool ready = (!spec_.writes || pipe2(input, O_CLOEXEC) == 0) && (!spec_.reads || pipe2(output, O_CLOEXEC) == 0);
  for (int* end : {&input[0], &output[1]}) ready = ready && (*end < 0 || lift(*end));
  int error = ready ? spawn_program(spec_, input[0], output[1], pid_) : errno;
  close_descriptor(input[0]);
  close_descriptor(output[1]);
  to_program_ = input[1];
  from_program_ = output[0];
  if (error) {
    close_descriptor(to_program_);
    close_descriptor(from_program_);
    return error;
  }
  process_ = process_descriptor(pid_);
  if (to_program_ >= 0) make_nonblocking(to_program_);
  if (from_program_ >= 0) make_nonblocking(from_program_);
  return 0;
}

void Program::begin() {
  auto self = std::static_pointer_cast<Program>(shared_from_this());
  event_loop(vm).post([self] {
    std::lock_guard lock(self->mutex);
    EventLoop& loop = event_loop(self->vm);
    if (self->process_ >= 0) {
      self->process_watch_ = std::make_unique<Watch>(loop, self->process_, self);
      self->process_watch_->want(UV_READABLE);
    } else {
      auto timer = new ChildTimer{{}, self};
      timer->timer.data = timer;
      uv_timer_init(loop.uv(), &timer->timer);
      uv_timer_start(&timer->timer, [](uv_timer_t* handle) {
        auto of = static_cast<ChildTimer*>(handle->data);
        std::lock_guard inner(of->program->mutex);
        if (!of->program->reap()) return;
        of->program->program_ended();
        uv_close(reinterpret_cast<uv_handle_t*>(handle), [](uv_handle_t* closed) { delete static_cast<ChildTimer*>(closed->data); });
      }, child_poll_milliseconds, child_poll_milliseconds);
    }
    self->update_watches();
  });
}

void Program::update_watches() {
  auto update = [&](int fd, std::unique_ptr<Watch>& watch, int events) {
    if (fd >= 0 && !watch && events) watch = std::make_unique<Watch>(event_loop(vm), fd, shared_from_this());
    if (watch) watch->want(events);
  };
  update(from_program_, output_watch_, from_program_ >= 0 ? UV_READABLE : 0);
  update(to_program_, input_watch_, outgoing_.empty() ? 0 : UV_WRITABLE);
}

void Program::close_pipe(int& fd, std::unique_ptr<Watch>& watch) {
  watch.reset();
  close_descriptor(fd);
}

void Program::tell(Term what) {
  Arena arena(64);
  send(owner, make_tuple(arena, {term, what}));
}

void Program::deliver(std::string_view bytes, const char* line_end) {
  Arena arena(256);
  Term data;
  if (spec_.binary) {
    data = make_binary(arena, bytes);
  } else {
    std::vector<Term> values;
    for (char byte : bytes) values.push_back(Term::small(static_cast<uint8_t>(byte)));
    data = make_list(arena, values);
  }
  if (line_end) data = make_tuple(arena, {intern_atom(line_end), data});
  send(owner, make_tuple(arena, {term, make_tuple(arena, {intern_atom("data"), data})}));
}

void Program::deliver_lines() {
  std::string_view rest = incoming_;
  size_t longest = spec_.framing_size;
  for (;;) {
    size_t end = rest.find('\n');
    if (end != rest.npos && end <= longest) {
      deliver(rest.substr(0, end), "eol");
      rest.remove_prefix(end + 1);
    } else if (rest.size() > longest) {
      deliver(rest.substr(0, longest), "noeol");
      rest.remove_prefix(longest);
    } else {
      break;
    }
  }
  incoming_.erase(0, incoming_.size() - rest.size());
}

void Program::deliver_packets() {
  std::string_view rest = incoming_;
  size_t header = spec_.framing_size;
  while (rest.size() >= header) {
    size_t size = 0;
    for (size_t i = 0; i < header; i++) size = size << 8 | static_cast<uint8_t>(rest[i]);
    if (rest.size() < header + size) break;
    deliver(rest.substr(header, size), nullptr);
    rest.remove_prefix(header + size);
  }
  incoming_.erase(0, incoming_.size() - rest.size());
}

/// Reads what the program has written. True when its output has ended.
bool Program::read_output() {
  char buffer[read_bytes];
  for (int rounds = 0; rounds < 16; rounds++) {
    ssize_t got = ::read(from_program_, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno != EAGAIN;
    if (got == 0) return true;
    std::string_view bytes(buffer, static_cast<size_t>(got));
    input += bytes.size();
    if (spec_.framing == PortSpec::Framing::stream) {
      deliver(bytes, nullptr);
      continue;
    }
    incoming_ += bytes;
    if (spec_.framing == PortSpec::Framing::line) deliver_lines();
    else deliver_packets();
  }
  return false;
}

void Program::write_input() {
  size_t done = 0;
  while (done < outgoing_.size()) {
    ssize_t wrote = ::write(to_program_, outgoing_.data() + done, outgoing_.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0 && errno == EAGAIN) break;
    if (wrote < 0) {  // the program does not listen any more
      outgoing_.clear();
      close_pipe(to_program_, input_watch_);
      release_waiters(atoms::true_);
      return;
    }
    done += static_cast<size_t>(wrote);
  }
  outgoing_.erase(0, done);
  if (outgoing_.size() <= spec_.low_watermark) release_waiters(atoms::true_);
}

void Program::release_waiters(Term answer) {
  if (!vm.stopping.load(std::memory_order_relaxed))
    for (auto& [pid, reference] : waiters_) vm.send_signal(pid, make_signal(SignalKind::reply, answer, Term::nil(), reference));
  waiters_.clear();
}

/// The output of the program has ended. True when this ended the port.
bool Program::output_ended() {
  if (spec_.framing == PortSpec::Framing::line && !incoming_.empty()) deliver(incoming_, "noeol");
  incoming_.clear();
  close_pipe(from_program_, output_watch_);
  if (spec_.eof) tell(intern_atom("eof"));
  if (spec_.exit_status || spec_.eof) return false;
  finish(atoms::normal);
  return true;
}

void Program::program_ended() {
  if (closed) return;
  if (from_program_ >= 0) {
    // What is in the pipe comes first; who else holds its other end (a daemon) is not waited for.
    bool output_is_over = false;
    size_t before;
    do {
      before = input;
      output_is_over = read_output();
    } while (!output_is_over && input != before);
    if (output_ended()) return;
  }
  if (spec_.exit_status) {
    Arena arena(64);
    tell(make_tuple(arena, {intern_atom("exit_status"), Term::small(exit_code_)}));
    finish(atoms::normal);
  } else if (!spec_.reads) {
    finish(atoms::normal);
  }
}

/// Waits for the program without blocking. True if it has ended.
bool Program::reap() {
  int status;
  pid_t got;
  do got = waitpid(pid_, &status, WNOHANG);
  while (got < 0 && errno == EINTR);
  if (got == 0) return false;
  exit_code_ = status_number(got < 0 ? 0 : status);
  ended_ = true;
  return true;
}

void Program::ready(int fd, int events) {
  std::lock_guard lock(mutex);
  if (fd == process_ && !ended_) {
    if (!reap()) return;
    process_watch_.reset();
    close_descriptor(process_);
    program_ended();
    return;
  }
  if (closed) {  // what was sent before it was closed still goes out
    write_input();
    if (outgoing_.empty()) close_pipe(to_program_, input_watch_);
    return;
  }
  if (fd == to_program_) write_input();
  if (fd == from_program_ && read_output() && output_ended()) return;
  update_watches();
}

void Program::let_go() {
  release_waiters(atoms::badarg);
  // The loop may wait for these descriptors this moment: they are closed on its thread.
  auto self = std::static_pointer_cast<Program>(shared_from_this());
  bool posted = event_loop(vm).post([self] {
    std::lock_guard lock(self->mutex);
    self->close_pipe(self->from_program_, self->output_watch_);
    if (self->to_program_ >= 0) self->write_input();
    if (self->outgoing_.empty()) self->close_pipe(self->to_program_, self->input_watch_);
    self->update_watches();
  });
  if (posted) return;
  close_descriptor(from_program_);
  close_descriptor(to_program_);
}

Port::Command Program::command(std::string_view bytes, WhenBusy when_busy, Term from, Word reference) {
  if (!spec_.writes) return Command::refused;
  size_t header = spec_.framing == PortSpec::Framing::packet ? spec_.framing_size : 0;
  if (header && header < 8 && bytes.size() >> (8 * header)) return Command::refused;
  if (when_busy == WhenBusy::refuse && outgoing_.size() > spec_.high_watermark) return Command::busy;
  output += bytes.size();
  if (to_program_ < 0) return Command::done;  // nobody reads it
  bool first = outgoing_.empty();
  for (size_t i = header; i-- > 0;) outgoing_ += static_cast<char>(bytes.size() >> (8 * i));
  outgoing_ += bytes;
  if (first) {
    auto self = std::static_pointer_cast<Program>(shared_from_this());
    event_loop(vm).post([self] {
      std::lock_guard lock(self->mutex);
      if (self->closed) return;
      if (self->to_program_ >= 0) self->write_input();
      self->update_watches();
    });
  }
  if (when_busy != WhenBusy::wait || outgoing_.size() <= spec_.high_watermark || from.is_none()) return Command::done;
  waiters_.emplace_back(from, reference);
  return Command::waits;
}

Term open_program(Vm& vm, const PortSpec& spec, Term owner, int& error) {
  auto program = std::make_shared<Program>(vm, spec);
  error = program->start();
  if (error) return Term::none();
  Term term = vm.state<PortTable>().add(vm, program, owner);
  program->begin();
  return term;
}

}  // namespace phial
