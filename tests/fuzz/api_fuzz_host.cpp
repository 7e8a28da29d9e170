// What VMs ask of the fuzzer as their host: objects, functions, modules, limits, files.
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "api_fuzz.hpp"

namespace fuzz {

std::atomic<uint64_t> misuses{0}, objects_alive{0}, lent_alive{0}, notices_due{0};
Witness witness;

size_t any_below(size_t limit) {
  static std::atomic<uint64_t> next{1};
  uint64_t mixed = next.fetch_add(1, std::memory_order_relaxed) * 0x9E3779B97F4A7C15ull;
  return (mixed >> 17) % limit;
}

// -- objects

namespace {

struct Notifying {
  phial_handle handle;
};
void end_notifying(void* object) {
  auto held = static_cast<Notifying*>(object);
  phial_heap* heap = phial_heap_create();
  phial_term parts[] = {phial_atom("ended"), phial_string(heap, "an object that tells of its end, in a binary of more than sixty-four bytes")};
  phial_send(witness.vm, phial_host_pid(witness.host), phial_tuple(heap, parts, 2));
  phial_heap_free(heap);
  require(phial_handle_free(witness.vm, held->handle) == PHIAL_OK, "the handle that an object has was freed before");
  delete held;
  objects_alive--;
}

}  // namespace

const phial_object_type object_type{"fuzzed", [](void* object) {
                                      delete static_cast<int*>(object);
                                      objects_alive--;
                                    }};
const phial_object_type notifying_type{"notifying", end_notifying};

phial_term make_object(phial_heap* heap, bool notifying) {
  objects_alive++;
  if (!notifying) return phial_object(heap, &object_type, new int(7));
  notices_due++;
  return phial_object(heap, &notifying_type, new Notifying{phial_keep(witness.vm, phial_atom("kept"))});
}

void give_back_lent(void*, const void* bytes) {
  std::free(const_cast<void*>(bytes));
  lent_alive--;
}

void Witness::open() {
  phial_config config = plain_config();
  config.schedulers = 0;
  vm = phial_vm_create(&config);
  if (!vm) fail(phial_create_error());
  host = phial_host_open(vm, nullptr, nullptr);
}
size_t Witness::drain() {
  phial_heap* heap = phial_heap_create();
  size_t received = 0;
  for (phial_term message; phial_host_receive(host, heap, 0, &message); received++) {
    require(phial_is_atom(phial_tuple_element(message, 0), "ended"), "the witness got something else");
    phial_heap_clear(heap);
  }
  phial_heap_free(heap);
  return received;
}
void Witness::close() {
  phial_host_close(host);
  phial_vm_destroy(vm);
}

void OneShot::on_message(void* user, phial_term message) {
  phial_hash(message);
  if (phial_host* host = static_cast<OneShot*>(user)->host.exchange(nullptr)) phial_host_close(host);
}

// -- functions

namespace {

phial_term add(phial_call* call, const phial_term* arguments, void*) {
  int64_t a, b;
  if (!phial_get_integer(arguments[0], &a) || !phial_get_integer(arguments[1], &b)) return phial_raise(call, "integers");
  return phial_integer(phial_call_heap(call), a + b);
}
phial_term block(phial_call* call, const phial_term* arguments, void*) {
  std::this_thread::sleep_for(std::chrono::microseconds(300));
  phial_term pair[] = {arguments[0], phial_call_pid(call)};
  return phial_tuple(phial_call_heap(call), pair, 2);
}
/// Its state is an object of the host, or a tuple.
phial_term count(phial_call* call, const phial_term* arguments, void*) {
  int64_t limit = 0, at = 0;
  phial_term state;
  phial_get_integer(arguments[0], &limit);
  if (phial_call_state(call, &state)) phial_get_integer(phial_tuple_element(state, 0), &at);
  at += 100;
  phial_count(call, 50);
  phial_term next[] = {phial_integer(phial_call_heap(call), at), make_object(phial_call_heap(call), false)};
  return at < limit ? phial_again(call, phial_tuple(phial_call_heap(call), next, 2)) : next[0];
}
phial_term again_in_vain(phial_call* call, const phial_term*, void*) { return phial_again(call, phial_nil()); }

/// All that must be refused on a thread of the VM.
void do_what_waits(phial_vm* vm) {
  uint64_t before = misuses;
  phial_result* result = phial_eval(vm, "1", "nested");
  require(phial_result_code(result) == PHIAL_MISUSE, "an evaluation inside the VM was not refused");
  phial_result_free(result);
  require(phial_vm_stop(vm, 1000) == PHIAL_MISUSE, "stopping inside the VM was not refused");
  phial_vm_destroy(vm);
  require(!phial_wait(vm, 0) || misuses > before, "waiting inside the VM was not refused");
  phial_heap* heap = phial_heap_create();
  if (phial_host* host = phial_host_open(vm, nullptr, nullptr)) {
    phial_term message;
    require(!phial_host_receive(host, heap, 1000, &message), "a message came from nowhere");
    phial_host_close(host);
  }
  phial_heap_free(heap);
  require(misuses >= before + 3, "misuse inside the VM was not told");
}
phial_term nested(phial_call* call, const phial_term*, void*) {
  do_what_waits(phial_call_vm(call));
  phial_run_for(phial_call_vm(call), 100, 0);
  return phial_atom("refused");
}
/// What any thread may do, here in the middle of a call.
phial_term busy(phial_call* call, const phial_term* arguments, void*) {
  phial_vm* vm = phial_call_vm(call);
  phial_heap* heap = phial_call_heap(call);
  phial_send(vm, phial_call_pid(call), arguments[0]);
  phial_handle handle = phial_keep(vm, arguments[0]);
  phial_term pid, kept, one = phial_integer(heap, 1);
  require(phial_handle_term(vm, handle, &kept), "what was just kept is gone");
  kept = phial_copy(heap, kept);
  phial_handle_free(vm, handle);
  phial_spawn(vm, "Process", "sleep", &one, 1, &pid);
  phial_statistics statistics{};
  statistics.size = sizeof statistics;
  phial_get_statistics(vm, &statistics);
  for (int kind = 0; kind <= PHIAL_BUDGET_TIME; kind++) phial_budget_used(vm, static_cast<phial_budget_kind>(kind));
  return kept;
}
/// Another VM within this one's call.
phial_term another(phial_call* call, const phial_term* arguments, void*) {
  phial_config config = plain_config();
  config.schedulers = any_below(2);
  phial_vm* vm = phial_vm_create(&config);
  if (!vm) fail(phial_create_error());
  phial_options options{};
  options.size = sizeof options;
  phial_term name = phial_atom("x"), bindings = phial_map(phial_call_heap(call), &name, arguments, 1);
  options.bindings = &bindings;
  const char* source = "Enum.map(1..300, &Integer.to_string/1); {x, String.duplicate(\"y\", 100)}";
  phial_result* result = phial_eval_with(vm, source, std::strlen(source), &options);
  phial_term copy = phial_copy(phial_call_heap(call), phial_result_term(result));
  phial_result_free(result);
  phial_vm_destroy(vm);
  return copy;
}
phial_term object(phial_call* call, const phial_term*, void*) { return make_object(phial_call_heap(call), any_below(8) == 0); }
phial_term is_object(phial_call*, const phial_term* arguments, void*) {
  auto held = static_cast<int*>(phial_get_object(arguments[0], &object_type));
  return phial_boolean((held && *held == 7) || phial_get_object(arguments[0], &notifying_type));
}
phial_term fails(phial_call* call, const phial_term* arguments, void*) {
  if (any_below(2)) return phial_raise_as(call, "RuntimeError", "as asked for");
  return phial_raise_term(call, arguments[0]);
}

}  // namespace

const phial_function_entry functions[] = {
    {"add", 2, add, PHIAL_PLAIN, nullptr},
    {"block", 1, block, PHIAL_BLOCKING, nullptr},
    {"count", 1, count, PHIAL_YIELDING, nullptr},
    {"nested", 0, nested, PHIAL_PLAIN, nullptr},
    {"nested_blocking", 0, nested, PHIAL_BLOCKING, nullptr},
    {"object", 0, object, PHIAL_PLAIN, nullptr},
    {"object_blocking", 0, object, PHIAL_BLOCKING, nullptr},
    {"is_object", 1, is_object, PHIAL_PLAIN, nullptr},
    {"again_in_vain", 0, again_in_vain, PHIAL_PLAIN, nullptr},
    {"busy", 1, busy, PHIAL_PLAIN, nullptr},
    {"busy_blocking", 1, busy, PHIAL_BLOCKING, nullptr},
    {"another", 1, another, PHIAL_PLAIN, nullptr},
    {"another_blocking", 1, another, PHIAL_BLOCKING, nullptr},
    {"fails", 1, fails, PHIAL_PLAIN, nullptr},
    {"fails_yielding", 1, fails, PHIAL_YIELDING, nullptr},
};
const size_t function_count = std::size(functions);

// -- modules, limits

namespace {
std::string loaded_code;
}

void compile_for_loader() {
  const char* source = "defmodule Loaded do def f(x), do: {x, :loaded, \"a constant\", %{a: [1, 2]}} end";
  phial_result* result = phial_compile(witness.vm, source, std::strlen(source), nullptr);
  phial_term list = phial_result_term(result), pair;
  const char* bytes;
  size_t size;
  require(phial_result_ok(result) && phial_list_next(&list, &pair) && phial_get_binary(phial_tuple_element(pair, 1), &bytes, &size),
          "the module for the loader was not compiled");
  loaded_code.assign(bytes, size);
  phial_result_free(result);
}

bool load_module(void*, const char* module, const char** code, size_t* size) {
  static thread_local std::string bytes;
  std::string_view name = module;
  if (name == "Loaded" || name == "Elixir.Loaded") {
    bytes = loaded_code;
  } else if (name == "Broken" || name == "Elixir.Broken") {
    bytes = loaded_code;
    bytes[any_below(bytes.size())] ^= static_cast<char>(1 << any_below(8));
  } else {
    return false;
  }
  *code = bytes.data();
  *size = bytes.size();
  return true;
}

bool raise_limit(void*, phial_budget_kind, uint64_t used, uint64_t* limit) {
  if (any_below(2)) return false;
  *limit = any_below(4) ? used * 2 + 1000 : 0;
  return true;
}

// -- files

namespace {

// The user of a faulty system is the system it stands before.
const phial_file_system& behind(void* user) { return *static_cast<const phial_file_system*>(user); }
bool unlucky() { return any_below(8) == 0; }

template <auto Member, class... Arguments>
int pass(void* user, Arguments... arguments) {
  if (unlucky()) return std::array{EIO, ENOSPC, EACCES, EINTR}[any_below(4)];
  const phial_file_system& system = behind(user);
  return (system.*Member)(system.user, arguments...);
}
void close_file(void* user, void* file) { behind(user).close(behind(user).user, file); }
int read_little(void* user, void* file, uint64_t offset, char* bytes, size_t size, size_t* got) {
  if (unlucky()) return EIO;
  return behind(user).read(behind(user).user, file, offset, bytes, 1 + any_below(size), got);
}

}  // namespace

const phial_file_system* faulty_files(phial_memory_files* files, phial_file_system* system) {
  *system = {};
  system->size = sizeof *system;
  system->user = const_cast<phial_file_system*>(phial_memory_files_system(files));
  system->stat = pass<&phial_file_system::stat>;
  system->list = pass<&phial_file_system::list>;
  system->open = pass<&phial_file_system::open>;
  system->close = close_file;
  system->read = read_little;
  if (any_below(2)) system->write = pass<&phial_file_system::write>;
  if (any_below(2)) system->file_size = pass<&phial_file_system::file_size>;
  if (any_below(2)) system->make_directory = pass<&phial_file_system::make_directory>;
  if (any_below(2)) system->rename = pass<&phial_file_system::rename>;
  return system;
}

// -- memory

namespace {
std::atomic<int64_t> blocks{0};
}

bool set_counting_allocator() {
  phial_allocator allocator{};
  allocator.size = sizeof allocator;
  allocator.allocate = [](size_t bytes) {
    blocks++;
    return std::malloc(bytes);
  };
  allocator.reallocate = [](void* block, size_t bytes) {
    if (!block) blocks++;
    return std::realloc(block, bytes);
  };
  allocator.free = [](void* block) {
    if (block) blocks--;
    std::free(block);
  };
  return phial_set_allocator(&allocator);
}

}  // namespace fuzz
