#include "vm/io/os_signals.hpp"

#include <signal.h>

#include <map>

#include "vm/io/event_loop.hpp"

namespace phial {
namespace {

struct Known {
  std::string_view name;
  int number;
};
constexpr Known known_signals[] = {
    {"sighup", SIGHUP},   {"sigquit", SIGQUIT}, {"sigabrt", SIGABRT}, {"sigalrm", SIGALRM}, {"sigterm", SIGTERM},   {"sigusr1", SIGUSR1},
    {"sigusr2", SIGUSR2}, {"sigchld", SIGCHLD}, {"sigstop", SIGSTOP}, {"sigtstp", SIGTSTP}, {"sigwinch", SIGWINCH}, {"sigcont", SIGCONT}, {"sigint", SIGINT}};

/// The handles of libuv, the loop's thread alone; they live as long as the VM.
struct Handlers {
  struct Handler {
    uv_signal_t handle;
    Vm* vm;
    Term name;
  };
  std::map<int, std::unique_ptr<Handler>> by_number;
};

void came(uv_signal_t* handle, int) {
  auto of = static_cast<Handlers::Handler*>(handle->data);
  if (of->vm->stopping.load(std::memory_order_relaxed)) return;
  Term arguments[] = {of->name};
  of->vm->spawn_from_host(intern_atom("erl_signal_server"), intern_atom("notify"), arguments);
}

void apply(Vm& vm, const Known& which, SignalChoice choice) {
  auto& handlers = vm.state<Handlers>().by_number;
  auto found = handlers.find(which.number);
  if (choice == SignalChoice::handle) {
    if (found == handlers.end()) {
      auto handler = std::make_unique<Handlers::Handler>();
      handler->vm = &vm;
      handler->name = intern_atom(which.name);
      handler->handle.data = handler.get();
      uv_signal_init(event_loop(vm).uv(), &handler->handle);
      found = handlers.emplace(which.number, std::move(handler)).first;
    }
    uv_signal_start(&found->second->handle, came, which.number);
    return;
  }
  if (found != handlers.end()) uv_signal_stop(&found->second->handle);
  ::signal(which.number, choice == SignalChoice::ignore ? SIG_IGN : SIG_DFL);
}

}  // namespace

bool set_os_signal(Vm& vm, std::string_view name, SignalChoice choice) {
  for (const Known& which : known_signals) {
    if (which.name != name) continue;
    if (which.number == SIGSTOP) return false;
    vm.io_stop_hook.store([](Vm& of) { event_loop(of).stop(); }, std::memory_order_release);
    // The answer comes when it is so: a signal right after it is handled.
    std::mutex mutex;
    std::condition_variable done;
    bool is_done = false;
    if (!event_loop(vm).post([&] {
          apply(vm, which, choice);
          std::lock_guard lock(mutex);
          is_done = true;
          done.notify_one();
        }))
      return false;
    std::unique_lock lock(mutex);
    done.wait(lock, [&] { return is_done; });
    return true;
  }
  return false;
}

}  // namespace phial
