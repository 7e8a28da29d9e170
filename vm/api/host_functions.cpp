// Functions of the host. Each is a native function with data of its own (native_host), a HostFunction, which all of them enter through host_entry.
//
// One that yields has a second function with one more argument, the state: phial_again goes on there, with the arguments and the state, when others have had
// their turn. Its Export stands in no table, so the language has no name for it and cannot hand it a state of its own making.
#include "vm/api/internal.hpp"
#include "vm/base/work.hpp"
#include "vm/process/capabilities.hpp"
#include "vm/term/map.hpp"

using namespace phial;
using namespace phial::api;

struct phial_call : Checked {
  phial_call(Context& caller, const HostFunction& called)
      : Checked(Face::call, called.vm), context(caller), function(called), heap(Face::call_heap, caller.heap(), called.vm) {}
  Context& context;
  const HostFunction& function;
  phial_heap heap;
  Term pid = Term::nil();
  Term state = Term::none();
  bool raised = false;
  bool again = false;
  Term next_state = Term::none();
};

namespace {

constexpr unsigned max_host_arity = 200;

Term finish(phial_call& call, const Term* arguments, phial_term result) {
  if (call.raised) return Term::none();
  if (!call.again) return in(result);
  Context& c = call.context;
  std::vector<Term> next(arguments, arguments + call.function.arity);
  next.push_back(call.next_state);
  if (c.reductions > 0) c.bump(c.reductions);  // others have their turn first
  c.again(next);
  c.target = call.function.continued.get();
  if (call.state.is_none()) c.outcome = Context::Outcome::tail_call;
  return Term::none();
}

/// Every function of the host. The process gives its Export in context.target; on the pool the arguments begin with the function and the caller.
Term host_entry(Context& context, const Term* arguments) {
  bool pool = context.process() == nullptr;
  const void* data = pool ? reinterpret_cast<const void*>(arguments[0].word) : context.target->data.load(std::memory_order_acquire);
  auto& function = *static_cast<const HostFunction*>(data);
  if (!require(context, Capability::module, function.module)) return Term::none();
  Local<phial_call> active(context, function);
  phial_call& call = *active;
  call.pid = pool ? arguments[1] : context.process()->pid;
  if (pool) arguments += 2;
  WorkHold hold;  // the host's frames cannot be unwound
  phial_term result = function.code(&call, reinterpret_cast<const phial_term*>(arguments), function.user);
  return finish(call, arguments, result);
}

/// ... after phial_again: the last argument is the state.
Term host_continued(Context& context, const Term* arguments) {
  auto& function = *static_cast<const HostFunction*>(context.target->data.load(std::memory_order_acquire));
  // The first time it is called at once: others have their turn now.
  if (context.exhausted()) return context.again(std::span(arguments, function.arity + 1));
  Local<phial_call> active(context, function);
  phial_call& call = *active;
  call.pid = context.process()->pid;
  call.state = arguments[function.arity];
  WorkHold hold;  // the host's frames cannot be unwound
  phial_term result = function.code(&call, reinterpret_cast<const phial_term*>(arguments), function.user);
  return finish(call, arguments, result);
}

bool valid(const phial_function_entry& entry) {
  bool known = (entry.flags & ~(PHIAL_BLOCKING | PHIAL_YIELDING)) == 0;
  return known && entry.flags != (PHIAL_BLOCKING | PHIAL_YIELDING) && entry.arity <= max_host_arity && entry.code && entry.name;
}

void define(phial_vm* vm, const std::string& module, const phial_function_entry& entry) {
  HostFunction& function = vm->functions.emplace_back(HostFunction{vm, entry.code, entry.user, entry.arity, module.starts_with("Elixir.") ? module.substr(7) : module});
  auto arity = static_cast<uint8_t>(entry.arity);
  if (entry.flags & PHIAL_YIELDING) {
    function.continued.reset(new Export{.module = intern_atom(module), .name = intern_atom(entry.name), .arity = static_cast<uint8_t>(arity + 1)});
    function.continued->native_flags = native_host;
    function.continued->data = &function;
    function.continued->native = host_continued;
  }
  auto flags = static_cast<uint8_t>(native_host | (entry.flags & PHIAL_BLOCKING ? native_blocking : native_plain));
  NativeEntry native{module.c_str(), entry.name, arity, host_entry, flags, &function};
  vm->vm->code.add_natives({&native, 1});
}

Term exception(TermHeap& heap, Term module, const char* message) {
  static const Term exception_key = intern_atom("__exception__"), message_key = intern_atom("message");
  Term pairs[] = {exception_key, atoms::true_, atoms::struct_, module, message_key, make_binary(heap, message)};
  return make_map(heap, pairs);
}

}  // namespace

extern "C" {

bool phial_register_all(phial_vm* vm, const char* module, const phial_function_entry* entries, size_t count) {
  Use use(vm);
  if (!use) return false;
  for (size_t i = 0; i < count; i++)
    if (!valid(entries[i])) return false;
  std::string name(atom_text(module_atom(module)));
  std::lock_guard lock(vm->functions_mutex);
  for (size_t i = 0; i < count; i++) define(vm, name, entries[i]);
  return true;
}

bool phial_register(phial_vm* vm, const char* module, const char* function, unsigned arity, phial_function code, void* user, int flags) {
  phial_function_entry entry{function, arity, code, flags, user};
  return phial_register_all(vm, module, &entry, 1);
}

phial_heap* phial_call_heap(phial_call* call) {
  Use use(call);
  return use ? &call->heap : nullptr;
}
phial_vm* phial_call_vm(phial_call* call) {
  Use use(call);
  return use ? call->function.vm : nullptr;
}
phial_term phial_call_pid(phial_call* call) {
  Use use(call);
  return out(use ? call->pid : atoms::nil);
}

phial_term phial_raise_term(phial_call* call, phial_term reason) {
  Use use(call);
  if (!use) return out(atoms::nil);
  call->raised = true;
  call->context.error(in(reason));
  return {0};
}
phial_term phial_raise(phial_call* call, const char* message) {
  Use use(call);
  if (!use) return out(atoms::nil);
  static const Term argument_error = intern_atom("Elixir.ArgumentError");
  return phial_raise_term(call, out(exception(*call->heap.heap, argument_error, message)));
}
phial_term phial_raise_as(phial_call* call, const char* name, const char* message) {
  Use use(call);
  if (!use) return out(atoms::nil);
  return phial_raise_term(call, out(exception(*call->heap.heap, module_atom(name), message)));
}

phial_term phial_again(phial_call* call, phial_term state) {
  Use use(call);
  if (!use) return out(atoms::nil);
  if (!call->function.continued) {
    misuse(call->function.vm, "phial_again in a function that is not PHIAL_YIELDING");
    return phial_raise(call, "the host function gave phial_again, and is not registered as yielding");
  }
  call->again = true;
  call->next_state = in(state);
  return {0};
}
bool phial_call_state(phial_call* call, phial_term* state) {
  Use use(call);
  if (!use || call->state.is_none()) return false;
  *state = out(call->state);
  return true;
}
bool phial_count(phial_call* call, uint64_t reductions) {
  Use use(call);
  if (!use) return false;
  call->context.bump(static_cast<int64_t>(std::min<uint64_t>(reductions, uint64_t{1} << 40)));
  return call->context.exhausted();
}

}  // extern "C"
