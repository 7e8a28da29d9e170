// Messages to processes, and processes of the host that receive them.
#include <cstring>

#include "vm/api/internal.hpp"

using namespace phial;
using namespace phial::api;

extern "C" {

bool phial_send(phial_vm* vm, phial_term destination, phial_term message) {
  Use use = Use::in_release(vm);
  Term to = in(destination), sent = in(message);
  if (!use || !functions_belong(vm, {&sent, 1})) return false;
  if (to.is_atom()) {
    to = vm->vm->registry.find(to);
    if (to.is_none()) return false;
  }
  return vm->vm->send(to, sent);
}

bool phial_exit(phial_vm* vm, phial_term pid, phial_term reason) {
  Use use(vm);
  if (!use) return false;
  Term to = in(pid);
  if (!to.is_local_pid() || !phial_alive(vm, pid)) return false;
  return vm->vm->send_signal(to, make_signal(SignalKind::exit, in(reason), to));
}

bool phial_alive(phial_vm* vm, phial_term pid) {
  Use use(vm);
  if (!use) return false;
  Epochs::Guard guard(vm->vm->epochs);
  return vm->vm->processes.find(in(pid)) != nullptr;
}

bool phial_whereis(phial_vm* vm, const char* name, phial_term* pid) {
  Use use(vm);
  if (!use) return false;
  Term atom = existing_atom(name);
  Term found = atom.is_none() ? atom : vm->vm->registry.find(atom);
  if (found.is_none()) return false;
  *pid = out(found);
  return true;
}

phial_host* phial_host_open(phial_vm* vm, phial_on_message callback, void* user) {
  Use use(vm);
  if (!use) return nullptr;
  Term pid = vm->vm->open_host_process(callback ? std::function<void(Term)>([=](Term message) { callback(user, out(message)); }) : nullptr);
  return pid.is_nil() ? nullptr : new phial_host(vm, pid, callback != nullptr);
}

phial_term phial_host_pid(const phial_host* host) {
  Use use = Use::in_release(host);
  return out(use ? host->pid : atoms::nil);
}

bool phial_host_receive(phial_host* host, phial_heap* heap, int64_t nanoseconds, phial_term* message) {
  UseAlone use(host);
  if (!use) return false;
  Use place(heap);
  if (!place) return false;
  if (host->has_callback) {
    misuse(host->vm, "phial_host_receive: messages of this host go to its callback");
    return false;
  }
  if (nanoseconds != 0 && inside(host->vm)) {
    misuse(host->vm, "phial_host_receive would wait on a thread of its VM, in a host function or a callback");
    return false;
  }
  Term got = nanoseconds == 0 ? host->vm->vm->poll_host(host->pid, *heap->heap, 0)
                              : await_message(host->vm, host->pid, *heap->heap, nanoseconds < 0 ? -1 : steady_now() + nanoseconds);
  if (got.is_none()) return false;
  *message = out(got);
  return true;
}

size_t phial_host_pending(const phial_host* host) {
  Use use(host);
  return use ? host->vm->vm->host_pending(host->pid) : 0;
}
int phial_host_descriptor(phial_host* host) {
  Use use(host);
  return use ? host->vm->vm->host_descriptor(host->pid) : -1;
}

phial_term phial_host_monitor(phial_host* host, phial_term pid) {
  Use use(host);
  return out(use ? host->vm->vm->monitor_from_host(host->pid, in(pid)) : atoms::nil);
}

void phial_host_close(phial_host* host) {
  if (!host) return;
  UseAlone use(host);
  if (!use) return;
  host->vm->vm->close_host_process(host->pid);
  dispose(host);
}

}  // extern "C"
