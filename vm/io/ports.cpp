// Ports: programs of the operating system, each started by a process of the language (its owner) and connected to it by pipes.
//
// A port is a term of its own kind and takes signals as a process does: messages of the port protocol ({owner, {:command, data}},
// {owner, :close}, {owner, {:connect, pid}}), links, monitors, exits. They come through Vm::port_hook (take_signal) on the sender's
// thread. What the program writes is read by one thread per VM, which starts with the first port; it sends the owner
// {port, {:data, data}}, {port, :eof} and {port, {:exit_status, status}}.
//
// Life of a port: open -> (the program ends, or closes its output, or the port is told to close) -> closed: pipes are closed, links
// hear {:EXIT, port, reason}, monitors :DOWN, and the number is free for no other. With :exit_status a port lives until its
// program has ended (what it wrote before is delivered first); without, until its output ends, unless :eof was asked for.
// Closing a port does not end the program: it sees the end of its input. Its process is waited for in any case (`orphans`).
//
// One mutex guards everything; the thread holds it except while it waits in poll(2). Signals to processes are sent while it is
// held: sending never comes back here, for only processes can be linked to or watch a port.
#include "vm/io/ports.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>

#include "vm/term/binary.hpp"

extern char** environ;

namespace phial {
namespace {

constexpr size_t read_bytes = 65536;
constexpr int child_poll_milliseconds = 20;  // where the kernel has no descriptors of processes

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

struct Child {
  pid_t pid = -1;
  int descriptor = -1;
};

struct Port {
  Term term = Term::nil();
  PortSpec spec;
  Term owner = Term::nil();
  std::vector<Term> links;
  std::vector<std::pair<Term, Word>> watchers;  // pid, reference
  Child child;
  bool ended = false;  // the program has ended and was waited for
  int exit_code = 0;
  int from_program = -1, to_program = -1;
  std::string incoming;  // an unfinished line or packet
  std::string outgoing;
  uint64_t input = 0, output = 0;
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
int start_program(const PortSpec& spec, int input, int output, pid_t& pid) {
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

}  // namespace

struct PortTable::State {
  std::mutex mutex;
  Vm* vm = nullptr;
  std::map<Word, std::unique_ptr<Port>> ports;  // by the word of the term
  std::vector<Child> orphans;                   // programs whose port is closed
  uint64_t next_number = 1;
  std::thread thread;
  int wake_read = -1, wake_write = -1;
  bool stopping = false;

  Port* find(Term term) {
    auto found = ports.find(term.word);
    return found == ports.end() ? nullptr : found->second.get();
  }

  void wake() {
    char byte = 0;
    if (::write(wake_write, &byte, 1) < 0) return;  // full: it wakes up anyway
  }

  bool start_thread() {
    if (thread.joinable()) return true;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return false;
    wake_read = ends[0];
    wake_write = ends[1];
    thread = std::thread([this] { work(); });
    return true;
  }

  void send(Term to, Term message) {
    if (!vm->stopping.load(std::memory_order_relaxed)) vm->send(to, message);
  }
  void tell(Port& port, Term what) {
    Arena arena(64);
    send(port.owner, make_tuple(arena, {port.term, what}));
  }
  void deliver(Port& port, std::string_view bytes, const char* line_end) {
    Arena arena(256);
    Term data;
    if (port.spec.binary) {
      data = make_binary(arena, bytes);
    } else {
      std::vector<Term> values;
      for (char byte : bytes) values.push_back(Term::small(static_cast<uint8_t>(byte)));
      data = make_list(arena, values);
    }
    if (line_end) data = make_tuple(arena, {intern_atom(line_end), data});
    send(port.owner, make_tuple(arena, {port.term, make_tuple(arena, {intern_atom("data"), data})}));
  }

  void deliver_lines(Port& port) {
    std::string_view rest = port.incoming;
    size_t longest = port.spec.framing_size;
    for (;;) {
      size_t end = rest.find('\n');
      if (end != rest.npos && end <= longest) {
        deliver(port, rest.substr(0, end), "eol");
        rest.remove_prefix(end + 1);
      } else if (rest.size() > longest) {
        deliver(port, rest.substr(0, longest), "noeol");
        rest.remove_prefix(longest);
      } else {
        break;
      }
    }
    port.incoming.erase(0, port.incoming.size() - rest.size());
  }

  void deliver_packets(Port& port) {
    std::string_view rest = port.incoming;
    size_t header = port.spec.framing_size;
    while (rest.size() >= header) {
      size_t size = 0;
      for (size_t i = 0; i < header; i++) size = size << 8 | static_cast<uint8_t>(rest[i]);
      if (rest.size() < header + size) break;
      deliver(port, rest.substr(header, size), nullptr);
      rest.remove_prefix(header + size);
    }
    port.incoming.erase(0, port.incoming.size() - rest.size());
  }

  /// Reads what the program has written. True when its output has ended.
  bool read_from(Port& port) {
    char buffer[read_bytes];
    for (int rounds = 0; rounds < 16; rounds++) {
      ssize_t got = ::read(port.from_program, buffer, sizeof buffer);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return errno != EAGAIN;
      if (got == 0) return true;
      std::string_view bytes(buffer, static_cast<size_t>(got));
      port.input += bytes.size();
      if (port.spec.framing == PortSpec::Framing::stream) {
        deliver(port, bytes, nullptr);
        continue;
      }
      port.incoming += bytes;
      if (port.spec.framing == PortSpec::Framing::line) deliver_lines(port);
      else deliver_packets(port);
    }
    return false;
  }

  void write_to(Port& port) {
    size_t done = 0;
    while (done < port.outgoing.size()) {
      ssize_t wrote = ::write(port.to_program, port.outgoing.data() + done, port.outgoing.size() - done);
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0 && errno == EAGAIN) break;
      if (wrote < 0) {  // the program does not listen any more
        port.outgoing.clear();
        close_descriptor(port.to_program);
        return;
      }
      done += static_cast<size_t>(wrote);
    }
    port.outgoing.erase(0, done);
  }

  /// The output of the program has ended. True when this ended the port.
  bool output_ended(Port& port) {
    if (port.spec.framing == PortSpec::Framing::line && !port.incoming.empty()) deliver(port, port.incoming, "noeol");
    port.incoming.clear();
    close_descriptor(port.from_program);
    if (port.spec.eof) tell(port, intern_atom("eof"));
    if (port.spec.exit_status || port.spec.eof) return false;
    finish(port, atoms::normal);
    return true;
  }

  void program_ended(Port& port) {
    if (port.from_program >= 0) {
      // What is in the pipe comes first; who else holds its other end (a daemon) is not waited for.
      bool ended = false;
      size_t before;
      do {
        before = port.input;
        ended = read_from(port);
      } while (!ended && port.input != before);
      if (output_ended(port)) return;
    }
    if (port.spec.exit_status) {
      Arena arena(64);
      tell(port, make_tuple(arena, {intern_atom("exit_status"), Term::small(port.exit_code)}));
      finish(port, atoms::normal);
    } else if (!port.spec.reads) {
      finish(port, atoms::normal);
    }
  }

  /// Waits for a program without blocking. True if it has ended.
  static bool reap(Child& child, int& status) {
    pid_t got;
    do got = waitpid(child.pid, &status, WNOHANG);
    while (got < 0 && errno == EINTR);
    if (got == 0) return false;
    if (got < 0) status = 0;
    close_descriptor(child.descriptor);
    return true;
  }

  /// Ends a port; `port` is gone afterwards.
  void finish(Port& port, Term reason) {
    close_descriptor(port.from_program);
    close_descriptor(port.to_program);
    if (!port.ended) orphans.push_back(port.child);
    auto gone = std::move(ports.find(port.term.word)->second);
    ports.erase(gone->term.word);
    if (vm->stopping.load(std::memory_order_relaxed)) return;
    for (Term link : gone->links) vm->send_signal(link, make_signal(SignalKind::link_exit, reason, gone->term));
    for (auto& [watcher, reference] : gone->watchers)
      vm->send_signal(watcher, make_signal(SignalKind::down, reason, gone->term, reference));
  }

  void work() {
    // A write to a program that is gone is an error, not the end of the VM.
    sigset_t blocked;
    sigfillset(&blocked);
    pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
    std::unique_lock lock(mutex);
    std::vector<pollfd> polled;
    while (!stopping) {
      polled.assign(1, {wake_read, POLLIN, 0});
      bool polls_children = false;
      auto add_child = [&](const Child& child) {
        if (child.descriptor >= 0) polled.push_back({child.descriptor, POLLIN, 0});
        else polls_children = true;
      };
      for (auto& [word, port] : ports) {
        if (port->from_program >= 0) polled.push_back({port->from_program, POLLIN, 0});
        if (port->to_program >= 0 && !port->outgoing.empty()) polled.push_back({port->to_program, POLLOUT, 0});
        if (!port->ended) add_child(port->child);
      }
      for (Child& orphan : orphans) add_child(orphan);
      lock.unlock();
      ::poll(polled.data(), polled.size(), polls_children ? child_poll_milliseconds : -1);
      lock.lock();
      char drained[64];
      while (::read(wake_read, drained, sizeof drained) > 0) {}
      serve();
    }
  }

  void serve() {
    int status;
    std::erase_if(orphans, [&](Child& orphan) { return reap(orphan, status); });
    std::vector<Word> words;
    for (auto& [word, port] : ports) words.push_back(word);
    for (Word word : words) {
      Port* port = find(Term::raw(word));
      if (!port) continue;
      if (port->to_program >= 0 && !port->outgoing.empty()) write_to(*port);
      if (!port->ended && reap(port->child, status)) {
        port->ended = true;
        port->exit_code = status_number(status);
        program_ended(*port);
      } else if (port->from_program >= 0 && read_from(*port)) {
        output_ended(*port);
      }
    }
  }

  bool append_command(Port& port, std::string_view bytes) {
    if (!port.spec.writes) return false;
    if (port.spec.framing == PortSpec::Framing::packet) {
      size_t header = port.spec.framing_size;
      if (header < 8 && bytes.size() >> (8 * header)) return false;
      for (size_t i = header; i-- > 0;) port.outgoing += static_cast<char>(bytes.size() >> (8 * i));
    }
    port.output += bytes.size();
    if (port.to_program < 0) return true;  // nobody reads it
    port.outgoing += bytes;
    wake();
    return true;
  }

  /// A message of the port protocol. False: a bad one, which ends its sender's port with :badsig.
  bool take_message(Port& port, Term message);
  bool take_signal(Term term, Signal* signal);
};

namespace {

bool append_bytes(Term iodata, std::string& out) {
  std::vector<Term> pending{iodata};
  std::string scratch;
  while (!pending.empty()) {
    Term at = pending.back();
    pending.pop_back();
    if (at.is_cons()) {
      pending.push_back(at.tail());
      pending.push_back(at.head());
    } else if (at.is_small() && at.small_value() >= 0 && at.small_value() < 256) {
      out += static_cast<char>(at.small_value());
    } else if (is_binary(at)) {
      out += bytes_of(at, scratch);
    } else if (!at.is_nil()) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool PortTable::State::take_message(Port& port, Term message) {
  if (!message.is_tuple(2) || !message.element(0).is_local_pid()) return false;
  Term from = message.element(0), what = message.element(1);
  if (from != port.owner) return false;
  if (what.is_atom() && atom_text(what) == "close") {
    Term term = port.term;
    finish(port, atoms::normal);
    Arena arena(64);
    send(from, make_tuple(arena, {term, intern_atom("closed")}));
    return true;
  }
  if (!what.is_tuple(2) || !what.element(0).is_atom()) return false;
  std::string_view name = atom_text(what.element(0));
  if (name == "command") {
    std::string bytes;
    return append_bytes(what.element(1), bytes) && append_command(port, bytes);
  }
  if (name == "connect" && what.element(1).is_local_pid()) {
    port.owner = what.element(1);
    Arena arena(64);
    send(from, make_tuple(arena, {port.term, intern_atom("connected")}));
    return true;
  }
  return false;
}

bool PortTable::State::take_signal(Term term, Signal* signal) {
  std::lock_guard lock(mutex);
  Port* port = find(term);
  if (!port) return false;
  switch (signal->kind) {
    case SignalKind::message:
      if (!take_message(*port, signal->value)) {
        if (signal->from.is_local_pid())
          vm->send_signal(signal->from, make_signal(SignalKind::exit, intern_atom("badsig"), port->term));
      }
      break;
    case SignalKind::link:
      if (std::find(port->links.begin(), port->links.end(), signal->from) == port->links.end()) port->links.push_back(signal->from);
      break;
    case SignalKind::unlink:
      std::erase(port->links, signal->from);
      vm->send_signal(signal->from, make_signal(SignalKind::unlink_ack, Term::nil(), port->term, signal->number));
      break;
    case SignalKind::link_exit:
      std::erase(port->links, signal->from);
      if (signal->value != atoms::normal || signal->from == port->owner) finish(*port, signal->value);
      break;
    case SignalKind::exit:
      if (signal->value != atoms::normal || signal->from == port->owner) finish(*port, signal->value);
      break;
    case SignalKind::monitor: port->watchers.emplace_back(signal->from, signal->number); break;
    case SignalKind::demonitor:
      std::erase_if(port->watchers, [&](auto& watcher) { return watcher.second == signal->number; });
      break;
    default: return false;
  }
  free_signal(signal);
  wake();
  return true;
}

PortTable::PortTable() : state_(std::make_unique<State>()) {}

PortTable::~PortTable() {
  if (!state_->thread.joinable()) return;
  {
    std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    state_->wake();
  }
  state_->thread.join();
  for (auto& [word, port] : state_->ports) {
    close_descriptor(port->from_program);
    close_descriptor(port->to_program);
    close_descriptor(port->child.descriptor);
  }
  for (Child& orphan : state_->orphans) close_descriptor(orphan.descriptor);
  close_descriptor(state_->wake_read);
  close_descriptor(state_->wake_write);
}

Term PortTable::open(Vm& vm, const PortSpec& spec, Term owner, int& error) {
  auto port = std::make_unique<Port>();
  port->spec = spec;
  port->owner = owner;
  port->links.push_back(owner);
  int input[2] = {-1, -1}, output[2] = {-1, -1};  // of the program
  bool ready = (!spec.writes || pipe2(input, O_CLOEXEC) == 0) && (!spec.reads || pipe2(output, O_CLOEXEC) == 0);
  for (int* end : {&input[0], &output[1]}) ready = ready && (*end < 0 || lift(*end));
  std::lock_guard lock(state_->mutex);
  ready = ready && state_->start_thread();
  error = ready ? start_program(spec, input[0], output[1], port->child.pid) : errno;
  close_descriptor(input[0]);
  close_descriptor(output[1]);
  port->to_program = input[1];
  port->from_program = output[0];
  if (error) {
    close_descriptor(port->to_program);
    close_descriptor(port->from_program);
    return Term::none();
  }
  state_->vm = &vm;
  vm.port_hook.store(
      [](Vm& of, Term term, Signal* signal) { return of.state<PortTable>().state_->take_signal(term, signal); },
      std::memory_order_release);
  port->child.descriptor = process_descriptor(port->child.pid);
  if (port->to_program >= 0) make_nonblocking(port->to_program);
  if (port->from_program >= 0) make_nonblocking(port->from_program);
  Term term = port->term = Term::port(state_->next_number++);
  state_->ports.emplace(term.word, std::move(port));
  state_->wake();
  return term;
}

bool PortTable::command(Term term, std::string_view bytes) {
  std::lock_guard lock(state_->mutex);
  Port* port = state_->find(term);
  return port && state_->append_command(*port, bytes);
}

bool PortTable::close(Term term, Term reason) {
  std::lock_guard lock(state_->mutex);
  Port* port = state_->find(term);
  if (!port) return false;
  state_->finish(*port, reason);
  state_->wake();
  return true;
}

bool PortTable::connect(Term term, Term new_owner) {
  std::lock_guard lock(state_->mutex);
  Port* port = state_->find(term);
  if (!port) return false;
  port->owner = new_owner;
  if (std::find(port->links.begin(), port->links.end(), new_owner) == port->links.end()) port->links.push_back(new_owner);
  return true;
}

bool PortTable::info(Term term, Info& info) {
  std::lock_guard lock(state_->mutex);
  Port* port = state_->find(term);
  if (!port) return false;
  info = {port->spec.name, port->owner, port->links, {}, port->input, port->output, port->outgoing.size(), port->child.pid};
  for (auto& [watcher, reference] : port->watchers) info.watchers.push_back(watcher);
  return true;
}

std::vector<Term> PortTable::all() {
  std::lock_guard lock(state_->mutex);
  std::vector<Term> terms;
  for (auto& [word, port] : state_->ports) terms.push_back(port->term);
  return terms;
}

}  // namespace phial
