// The registry behind checks.hpp.
#include "vm/api/checks.hpp"

#include <cstdio>
#include <cstdlib>

#include "vm/api/internal.hpp"

#ifndef NDEBUG
#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "vm/term/map.hpp"
#include "vm/term/poison.hpp"
#endif

using namespace phial;
using namespace phial::api;

namespace phial::api {

void misuse(const phial_vm* vm, const char* message) {
  if (vm && vm->config.misuse) return vm->config.misuse(vm->config.user, message);
#ifndef NDEBUG
  std::fprintf(stderr, "phial: misuse: %s\n", message);
  std::abort();
#endif
}

}  // namespace phial::api

#ifndef NDEBUG

namespace {

constexpr size_t kept_shells = 4096;
/// A message with more parts than this is not searched to its end for functions of other VMs.
constexpr size_t searched_terms = 100'000;

struct Entry {
  Face face;
  bool alive = true;
  const phial_vm* vm = nullptr;  // of an object that belongs to one
  uint64_t vm_number = 0;
  size_t users = 0;              // calls under way
  size_t excluders = 0;          // ... that other threads must not overlap with
  std::thread::id thread{};      // of the one that uses a heap, or that a call of a host function runs on
  const char* function = "";     // the one that began last
};
struct Shell {
  void* memory;
  void (*free)(void*);
};
struct ObjectRegistry {
  std::mutex mutex;
  std::unordered_map<const void*, Entry> objects;
  std::unordered_map<uint64_t, const phial_vm*> vms;  // that are alive, by number
  std::unordered_set<const phial_vm*> whole;          // that are neither being created nor being destroyed
  std::mutex shells_mutex;
  std::deque<Shell> shells;
};
ObjectRegistry& registry() {
  static auto all = new ObjectRegistry;
  return *all;
}

/// What runs on this thread that must not call most functions of the API; null: nothing of that kind.
thread_local const char* restricted_by = nullptr;

const char* name_of(Face face) {
  switch (face) {
    case Face::vm: return "the VM";
    case Face::heap: return "the heap";
    case Face::result: return "the result";
    case Face::host: return "the host process";
    case Face::callable: return "the callable";
    case Face::call: return "the call";
    case Face::call_heap: return "the heap of a call";
  }
  return "the object";
}

const char* ended(Face face) {
  switch (face) {
    case Face::vm: return " was destroyed before";
    case Face::host: return " was closed before";
    case Face::call: return " has ended: a phial_call is there until its function returns";
    case Face::call_heap: return " is used after the call has ended";
    default: return " was freed before";
  }
}

/// The VM of an object if that is alive, for its callback.
const phial_vm* vm_alive(ObjectRegistry& all, const Entry& entry) {
  auto found = all.vms.find(entry.vm_number);
  return found == all.vms.end() ? nullptr : found->second;
}

/// Of the thread that the call runs on, for as long as it does.
bool of_call(Face face) { return face == Face::call || face == Face::call_heap; }

struct Problem {
  const phial_vm* vm;  // whom to tell
  std::string text;
};

/// Takes part in the use of an object, or says why it cannot be used so. Under the registry's mutex.
std::optional<Problem> begin(ObjectRegistry& all, const void* object, const char* function, bool one_thread) {
  if (!object) return Problem{nullptr, "an argument that must not be NULL is"};
  auto found = all.objects.find(object);
  if (found == all.objects.end()) return Problem{nullptr, "an argument is no object of this library, or was freed long ago"};
  Entry& entry = found->second;
  const phial_vm* vm = vm_alive(all, entry);
  std::string name = name_of(entry.face);
  if (!entry.alive) return Problem{entry.face == Face::vm ? nullptr : vm, name + ended(entry.face)};
  if (entry.vm_number && !vm) return Problem{nullptr, name + " is of a VM that was destroyed"};
  bool of_one_thread = one_thread || entry.face == Face::heap || of_call(entry.face);
  if (of_one_thread && entry.excluders && entry.thread != std::this_thread::get_id())
    return Problem{vm, name + " is used by another thread, which is in " + entry.function};
  if (vm && !of_one_thread && inside(vm)) return std::nullopt;  // phial_vm_destroy waits for the VM's own threads
  bool first = entry.users++ == 0;
  if (of_one_thread && entry.excluders++ == 0) {
    entry.thread = std::this_thread::get_id();
    first = true;
  }
  if (first) entry.function = function;
  return std::nullopt;
}

void end(ObjectRegistry& all, const void* object, bool one_thread) {
  auto found = all.objects.find(object);
  if (found == all.objects.end() || !found->second.alive || !found->second.users) return;
  Entry& entry = found->second;
  const phial_vm* vm = vm_alive(all, entry);
  bool of_one_thread = one_thread || entry.face == Face::heap || of_call(entry.face);
  if (vm && !of_one_thread && inside(vm)) return;
  entry.users--;
  if (of_one_thread) entry.excluders--;
}

void tell(const Problem& problem, const char* function) { misuse(problem.vm, (std::string(function) + ": " + problem.text).c_str()); }

/// Whether it is one of the functions of this VM's code, alive or old. Does not read *function, which may be gone.
bool owns(const phial_vm* vm, const Function* function) {
  for (const Module* module : vm->vm->code.loaded_modules())
    for (; module; module = module->older)
      if (function >= module->functions.get() && function < module->functions.get() + module->function_count) return true;
  return false;
}
bool owns(const phial_vm* vm, const Export* entry) { return vm->vm->code.find_export(entry->module, entry->name, entry->arity) == entry; }

bool belongs(const phial_vm* vm, Term function) {
  Word address = function.object()[1];
  auto is_of = [&](const phial_vm* one) {
    return Header::kind(function.header()) == Kind::fun ? owns(one, reinterpret_cast<const Function*>(address))
                                                        : owns(one, reinterpret_cast<const Export*>(address));
  };
  if (vm) return is_of(vm);
  std::lock_guard lock(registry().mutex);  // none of them ends meanwhile
  return std::any_of(registry().whole.begin(), registry().whole.end(), is_of);
}

}  // namespace

namespace phial::api {

Checked::Checked(Face face, const phial_vm* vm) {
  ObjectRegistry& all = registry();
  std::lock_guard lock(all.mutex);
  Entry entry{face};
  if (vm) {
    entry.vm = vm;
    entry.vm_number = vm->number;
  }
  if (of_call(face)) {  // of the thread that it runs on, from its beginning to its end
    entry.users = entry.excluders = 1;
    entry.thread = std::this_thread::get_id();
    entry.function = "the function of this call";
  }
  all.objects.insert_or_assign(this, entry);
}

Checked::~Checked() {
  ObjectRegistry& all = registry();
  std::lock_guard lock(all.mutex);
  auto found = all.objects.find(this);
  if (found == all.objects.end()) return;
  if (found->second.face == Face::vm) all.vms.erase(found->second.vm_number);
  if (found->second.face == Face::callable) all.objects.erase(found);  // their memory goes with the VM's
  else found->second.alive = false;
}

void belongs_to(const void* object, const phial_vm* vm) {
  ObjectRegistry& all = registry();
  std::lock_guard lock(all.mutex);
  Entry& entry = all.objects.at(object);
  if (entry.face == Face::vm) all.vms[vm->number] = vm;
  entry.vm = vm;
  entry.vm_number = vm->number;
}

void is_whole(const phial_vm* vm) {
  std::lock_guard lock(registry().mutex);
  registry().whole.insert(vm);
}

Use::Use(const void* object, const char* function) : Use(object, function, plain) {}

Use::Use(const void* object, const char* function, Manner manner) {
  ObjectRegistry& all = registry();
  std::unique_lock lock(all.mutex);
  std::optional<Problem> problem = begin(all, object, function, manner == alone);
  if (!problem && restricted_by && manner != may_be_in_release) {
    const Entry& entry = all.objects.at(object);
    if (entry.face != Face::heap && !of_call(entry.face)) {
      end(all, object, manner == alone);
      problem = Problem{vm_alive(all, entry), std::string("called by ") + restricted_by};
    }
  }
  if (!problem) {
    object_ = object;
    alone_ = manner == alone;
    return;
  }
  lock.unlock();
  tell(*problem, function);
}

Use::~Use() {
  if (!object_) return;
  std::lock_guard lock(registry().mutex);
  end(registry(), object_, alone_);
}

void check_terms(std::span<const Term> terms, const char* function) {
  for (Term term : terms)
    if (is_poisoned(term))
      misuse(nullptr, (std::string(function) + ": a term is of a heap, result or handle that was freed or cleared").c_str());
}

bool functions_belong(const phial_vm* vm, std::span<const Term> terms, const char* function) {
  std::vector<Term> left(terms.begin(), terms.end());
  for (size_t seen = 0; !left.empty() && seen < searched_terms; seen++) {
    Term term = left.back();
    left.pop_back();
    if (term.is_cons()) {
      left.push_back(term.tail());
      left.push_back(term.head());
    } else if (term.is_tuple()) {
      for (size_t i = 0; i < term.arity(); i++) left.push_back(term.element(i));
    } else if (term.is_map()) {
      map_each(term, [&](Term key, Term value) {
        left.push_back(key);
        left.push_back(value);
        return left.size() < searched_terms;
      });
    } else if (term.is_function() && !belongs(vm, term)) {
      const char* whose = vm ? ": a function is of another VM, or of one that was destroyed" : ": a function is of a VM that was destroyed";
      misuse(vm, (std::string(function) + whose).c_str());
      return false;
    } else if (term.is_function() && Header::kind(term.header()) == Kind::fun) {
      for (size_t i = 2; i <= term.size(); i++) left.push_back(Term::raw(term.object()[i]));  // what it closes over
    }
  }
  return true;
}

bool may_destroy(const phial_vm* vm) {
  ObjectRegistry& all = registry();
  std::string in_use;
  size_t hosts = 0, results = 0;
  {
    std::lock_guard lock(all.mutex);
    for (auto& [object, entry] : all.objects) {
      if (entry.vm_number != vm->number || !entry.alive) continue;
      // phial_vm_destroy itself is one user of the VM.
      if (!of_call(entry.face) && entry.users > (entry.face == Face::vm))
        in_use = name_of(entry.face) + std::string(" is in use: a thread is in ") + entry.function;
      hosts += entry.face == Face::host;
      results += entry.face == Face::result;
    }
    if (in_use.empty()) all.whole.erase(vm);
  }
  if (!in_use.empty()) {
    misuse(vm, ("phial_vm_destroy: " + in_use).c_str());
    return false;
  }
  if (hosts || results)
    misuse(vm, ("phial_vm_destroy: " + std::to_string(hosts) + " host processes are not closed, " + std::to_string(results) + " results are not freed").c_str());
  return true;
}

Restricted::Restricted(const char* what) : before_(std::exchange(restricted_by, what)) {}
Restricted::~Restricted() { restricted_by = before_; }

void keep_shell(void* memory, void (*free)(void*)) {
  ObjectRegistry& all = registry();
  Shell oldest{nullptr, nullptr};
  {
    std::lock_guard lock(all.shells_mutex);
    all.shells.push_back({memory, free});
    if (all.shells.size() > kept_shells) {
      oldest = all.shells.front();
      all.shells.pop_front();
    }
  }
  if (oldest.memory) oldest.free(oldest.memory);
}

void forget(const void* object) {
  std::lock_guard lock(registry().mutex);
  registry().objects.erase(object);
}

}  // namespace phial::api

#endif
