// What the files of this folder share: the structures behind phial.h's handles.
//
// vm.cpp creates and ends VMs; calls.cpp evaluates and calls; driving.cpp runs VMs without threads; messages.cpp has processes of the host;
// host_functions.cpp functions of the host; objects.cpp objects and memory of the host in terms; build.cpp and read.cpp terms; handles.cpp kept terms;
// files.cpp and memory_files.cpp files of the host; streams.cpp its input and logs.
//
// Evaluations and calls run as processes of the module :phial_host, which sends the outcome to a process of the host that is opened for the
// call; so the API needs nothing of the compiler but what the language has.
#pragma once
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "vm/api/checks.hpp"
#include "vm/api/phial.h"
#include "vm/jit/jit.hpp"
#include "vm/process/vm.hpp"
#include "vm/scheduler/scheduler.hpp"

namespace phial::api {

inline phial_term out(Term term) { return {term.word}; }
inline Term in(phial_term term, [[maybe_unused]] const char* function = __builtin_FUNCTION()) {
  Term given = Term::raw(term.word);
  check_terms({&given, 1}, function);
  return given;
}
inline std::span<const Term> in(const phial_term* terms, size_t count, [[maybe_unused]] const char* function = __builtin_FUNCTION()) {
  std::span<const Term> given(reinterpret_cast<const Term*>(terms), count);
  check_terms(given, function);
  return given;
}

/// A module as source text names it: "Enum" or ":lists".
Term module_atom(const char* name);

/// What fits of a struct of the host, which begins with its size; the rest stays as it is.
template <class Struct>
void read_struct(Struct& to, const Struct* from) {
  if (!from) return;
  size_t size = from->size < sizeof(Struct) ? from->size : sizeof(Struct);
  std::memcpy(static_cast<void*>(&to), from, size);
  to.size = sizeof(Struct);
}

struct HostFunction {
  phial_vm* vm;
  phial_function code;
  void* user;
  unsigned arity;
  std::string module;  // as grants name it
  std::unique_ptr<phial::Export> continued{};  // the function that goes on after phial_again; null: it does not yield
};

/// Terms that the host keeps.
class Handles {
 public:
  explicit Handles(uint64_t vm_number) : vm_number_(vm_number & 0xffff) {}
  phial_handle keep(Term term);
  /// False: it is not one of these, or was freed.
  bool find(phial_handle handle, Term& term);
  bool free(phial_handle handle);
  size_t count();

 private:
  struct Slot {
    std::unique_ptr<Arena> arena;
    Term term = Term::none();
    uint16_t generation = 1;
    bool used = false;
  };
  Slot* slot_of(phial_handle handle);
  const uint64_t vm_number_;
  std::mutex mutex_;
  std::deque<Slot> slots_;
  std::vector<uint32_t> free_;
  size_t count_ = 0;
};

/// The functions of :prim_file over the host's files, of :phial_io over its input, and the Logger's way to it.
extern const NativeTable host_file_natives;
extern const NativeTable host_input_natives;
extern const NativeTable host_log_natives;

}  // namespace phial::api

struct phial_heap : phial::api::Checked {
  phial_heap(phial::api::Face face, phial::TermHeap& place, const phial_vm* vm = nullptr) : Checked(face, vm), heap(&place) {}
  phial::TermHeap* heap;
};
/// One that the host made; others are those of calls.
struct HostHeap : phial_heap {
  HostHeap() : phial_heap(phial::api::Face::heap, own), own(64) {}
  phial::Arena own;
};

struct phial_result : phial::api::Checked {
  phial_result() : Checked(phial::api::Face::result) {}
  phial::Arena heap{64};
  phial_code code = PHIAL_MISUSE;
  phial::Term term = phial::atoms::nil;
  std::string error, message, stacktrace;
};

struct phial_host : phial::api::Checked {
  phial_host(phial_vm* owner, phial::Term process, bool calls_back)
      : Checked(phial::api::Face::host, owner), vm(owner), pid(process), has_callback(calls_back) {}
  phial_vm* const vm;
  const phial::Term pid;
  const bool has_callback;
};

struct phial_callable : phial::api::Checked {
  phial_callable(phial_vm* owner, phial::Export* entry) : Checked(phial::api::Face::callable, owner), vm(owner), function(entry) {}
  phial_vm* const vm;
  phial::Export* const function;
};

struct phial_vm : phial::api::Checked {
  phial_vm();
  const uint64_t number;  // never used twice
  phial_config config{};
  phial_file_system files{};
  std::string current_directory = "/";  // of the host's files
  std::mutex directory_mutex;
  std::unique_ptr<phial::Vm> vm;
  std::unique_ptr<phial::Jit> jit;
  std::mutex functions_mutex;
  std::deque<phial::api::HostFunction> functions;
  std::mutex callables_mutex;
  std::unordered_map<phial::Export*, phial_callable> callables;
  phial::api::Handles handles;
  std::atomic<bool> driven{false};  // a thread is in phial_run_for
  std::atomic<bool> stopped{false};
};

namespace phial::api {

inline phial_vm* vm_of(Context& context) { return static_cast<phial_vm*>(context.vm().config.user); }
/// Whether the calling thread works for this VM now, so that it must not wait for it.
inline bool inside(const phial_vm* vm) { return runs_here(*vm->vm); }

/// Waits for the next message of a host process until `deadline` (monotonic nanoseconds; -1: no limit), and drives a VM without threads
/// meanwhile. none(): nothing came.
Term await_message(phial_vm* vm, Term host, TermHeap& heap, int64_t deadline);
int64_t steady_now();
/// Runs function({host, key}, arguments...), which answers as :phial_host does, and waits. `options` may be null.
phial_result* run(phial_vm* vm, Export* function, std::span<const Term> arguments, const phial_options* options);

}  // namespace phial::api
