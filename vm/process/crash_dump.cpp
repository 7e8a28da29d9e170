#include "vm/process/crash_dump.hpp"

#include <atomic>
#include <csetjmp>
#include <csignal>
#include <cstring>
#include <ctime>
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <unistd.h>

#include "vm/base/signal_stack.hpp"
#include "vm/code/module.hpp"
#include "vm/process/process_info.hpp"
#include "vm/process/vm.hpp"

namespace phial {
namespace {

constexpr int fatal_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
constexpr size_t longest_path = 4096;
constexpr unsigned most_seconds = 20;
constexpr size_t most_frames = 32;

char dump_path[longest_path];
std::atomic<Vm*> latest_vm{nullptr};
std::atomic<bool> dumping{false};
// Of the thread that dumps.
thread_local bool guarded = false;
thread_local sigjmp_buf guard;

const char* signal_name(int number) {
  switch (number) {
    case SIGSEGV: return "SIGSEGV: memory that is not there was used";
    case SIGBUS: return "SIGBUS: memory could not be used";
    case SIGILL: return "SIGILL: an instruction that there is not";
    case SIGFPE: return "SIGFPE: impossible arithmetic";
    default: return "SIGABRT: the virtual machine gave up";
  }
}

/// Text of JSON to a file, with nothing but write(2).
class Writer {
 public:
  explicit Writer(int fd) : fd_(fd) {}
  ~Writer() { flush(); }

  Writer& raw(const char* text) {
    while (*text) put(*text++);
    return *this;
  }
  Writer& number(uint64_t value) {
    char digits[20];
    size_t count = 0;
    do digits[count++] = static_cast<char>('0' + value % 10);
    while (value /= 10);
    while (count > 0) put(digits[--count]);
    return *this;
  }
  Writer& hexadecimal(uint64_t value) {
    raw("0x");
    for (int shift = 60; shift >= 0; shift -= 4) put("0123456789abcdef"[value >> shift & 15]);
    return *this;
  }
  /// What stands between the quotes of a string.
  Writer& text(std::string_view text) {
    for (char c : text) {
      if (c == '"' || c == '\\') put('\\');
      put(static_cast<unsigned char>(c) < 0x20 ? ' ' : c);
    }
    return *this;
  }
  Writer& atom(Term term) { return term.is_atom() ? text(atom_text(term)) : text("?"); }
  /// Elixir.Enum as people write it.
  Writer& module(Term term) {
    if (!term.is_atom()) return text("?");
    std::string_view name = atom_text(term);
    return name.starts_with("Elixir.") ? text(name.substr(7)) : raw(":").text(name);
  }
  Writer& function(const Function& f) { return module(f.module->name).raw(".").atom(f.name).raw("/").number(f.arity); }
  Writer& pid(Term pid) {
    if (!pid.is_local_pid()) return raw("?");
    Word id = pid.immediate_value();
    return raw("<0.").number(id & 0xfffffff).raw(".").number(id >> 28).raw(">");
  }
  void flush() {
    size_t done = 0;
    while (done < used_) {
      ssize_t count = ::write(fd_, buffer_ + done, used_ - done);
      if (count <= 0) break;
      done += static_cast<size_t>(count);
    }
    used_ = 0;
  }

 private:
  void put(char c) {
    buffer_[used_++] = c;
    if (used_ == sizeof buffer_) flush();
  }
  int fd_;
  size_t used_ = 0;
  char buffer_[4096];
};

const char* status_of(const Process& process) {
  if (process.suspended) return "suspended";
  switch (process.state.load(std::memory_order_relaxed)) {
    case ProcessState::waiting: return "waiting";
    case ProcessState::queued: return "runnable";
    case ProcessState::running:
    case ProcessState::running_notified: return "running";
    default: return "exiting";
  }
}

Function* function_at(const Word* pc) {
  Module* module = pc ? module_at(pc) : nullptr;
  return module && module->code ? module->function_at(pc) : nullptr;
}

void write_stack(Writer& out, const Process& process, bool running) {
  size_t frames = 0;
  auto visit = [&](const Word* pc) {
    if (Function* f = function_at(pc)) out.raw(frames++ ? ",\"" : "\"").function(*f).raw("\"");
    return frames < most_frames;
  };
  if (running && current_machine && current_machine->process == &process && current_machine->pc) visit(current_machine->pc);
  each_frame(process, process.heap.saved_sp + (running ? 0 : process.live), running ? nullptr : process.pc, visit);
}

void write_process(Writer& out, const Process& process) {
  ProcessState state = process.state.load(std::memory_order_relaxed);
  bool running = state == ProcessState::running || state == ProcessState::running_notified;
  out.raw("{\"process\":{\"pid\":\"").pid(process.pid).raw("\",\"status\":\"").raw(status_of(process)).raw("\",\"initial\":\"");
  out.module(process.initial_module()).raw(".").atom(process.initial_name()).raw("/").number(process.initial_arity);
  out.raw("\",\"parent\":\"").pid(process.parent).raw("\",\"reductions\":").number(process.reductions);
  out.raw(",\"queue\":").number(process.mailbox_length).raw(",\"memory\":").number(process.counted_words * sizeof(Word));
  out.raw(",\"trap_exit\":").raw(process.trap_exit ? "true" : "false").raw(",\"stack\":[");
  // What comes now follows pointers that the fault may have broken: the line is closed whether it works or not.
  guarded = true;
  if (sigsetjmp(guard, 1) == 0) write_stack(out, process, running);
  guarded = false;
  out.raw("]}}\n");
}

/// Of this library: code that the dynamic linker knows by name.
void write_native_stack(Writer& out) {
  void* frames[most_frames];
  int count = backtrace(frames, static_cast<int>(most_frames));
  out.raw(",\"native\":[");
  for (int i = 0; i < count; i++) {
    Dl_info info{};
    out.raw(i ? ",\"" : "\"").hexadecimal(reinterpret_cast<uint64_t>(frames[i]));
    if (dladdr(frames[i], &info) && info.dli_fname) {
      const char* name = std::strrchr(info.dli_fname, '/');
      out.raw(" ").text(name ? name + 1 : info.dli_fname).raw("+");
      out.hexadecimal(reinterpret_cast<uint64_t>(frames[i]) - reinterpret_cast<uint64_t>(info.dli_fbase));
      if (info.dli_sname) out.raw(" ").text(info.dli_sname);
    }
    out.raw("\"");
  }
  out.raw("]");
}

void write_dump(int fd, int number, const siginfo_t& info) {
  Writer out(fd);
  Vm* vm = current_machine ? current_machine->vm : latest_vm.load(std::memory_order_acquire);
  out.raw("{\"phial_crash_dump\":1,\"slogan\":\"").raw(signal_name(number)).raw("\",\"time\":").number(static_cast<uint64_t>(std::time(nullptr)));
  out.raw(",\"os_pid\":").number(static_cast<uint64_t>(getpid()));
  if (number != SIGABRT) out.raw(",\"address\":\"").hexadecimal(reinterpret_cast<uint64_t>(info.si_addr)).raw("\"");
  if (current_machine && current_machine->process) {
    out.raw(",\"scheduler\":").number(current_machine->index + 1).raw(",\"running\":\"").pid(current_machine->process->pid).raw("\"");
  }
  guarded = true;
  if (sigsetjmp(guard, 1) == 0) write_native_stack(out);
  guarded = false;
  if (vm) {
    out.raw(",\"overview\":{\"process_count\":").number(vm->processes.size()).raw(",\"process_limit\":").number(vm->processes.limit());
    out.raw(",\"schedulers\":").number(vm->scheduling ? vm->scheduling->count() : 0).raw("}");
  }
  out.raw("}\n");
  out.flush();
  if (!vm) return;
  // First the one that was running: the rest may be cut off.
  Process* running = current_machine ? current_machine->process : nullptr;
  if (running) write_process(out, *running);
  vm->processes.each([&](Process* process) {
    if (process != running && !process->is_host) write_process(out, *process);
  });
  out.raw("{\"end\":true}\n");
}

void say(const char* text) { [[maybe_unused]] auto written = ::write(2, text, std::strlen(text)); }

[[noreturn]] void die(int number) {
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  sigaction(number, &usual, nullptr);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, number);
  raise(number);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  _exit(128 + number);
}

void on_fault(int number, siginfo_t* info, void*) {
  if (guarded) siglongjmp(guard, 1);
  if (dumping.exchange(true)) {
    // Another thread is at it, and ends the program; or this one, in a place without a guard.
    static thread_local bool again = false;
    if (again) die(number);
    again = true;
    for (;;) pause();
  }
  std::signal(SIGALRM, SIG_DFL);
  sigset_t alarm_only;
  sigemptyset(&alarm_only);
  sigaddset(&alarm_only, SIGALRM);
  pthread_sigmask(SIG_UNBLOCK, &alarm_only, nullptr);
  alarm(most_seconds);
  int fd = open(dump_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  say("phial: ");
  say(signal_name(number));
  if (fd >= 0) {
    write_dump(fd, number, *info);
    close(fd);
    say("; crash dump: ");
    say(dump_path);
  }
  say("\n");
  die(number);
}

}  // namespace

bool dump_crashes(const char* path) {
  size_t size = std::strlen(path);
  if (size >= longest_path) return false;
  std::memcpy(dump_path, path, size + 1);
  // The first call loads the unwinder, which takes memory: not in the handler.
  void* frame;
  backtrace(&frame, 1);
  expect_faults();
  use_signal_stack();
  struct sigaction action {};
  action.sa_sigaction = on_fault;
  // Not deferred: a fault while the dump is written comes to its guard.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  for (int number : fatal_signals) sigaction(number, &action, nullptr);
  return true;
}

void remember_for_crashes(Vm& vm) { latest_vm.store(&vm, std::memory_order_release); }

void forget_for_crashes(Vm& vm) {
  Vm* expected = &vm;
  latest_vm.compare_exchange_strong(expected, nullptr);
}

}  // namespace phial
