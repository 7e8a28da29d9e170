// What native functions that reach out of the VM ask for before they run: the one place where capabilities are checked.
//
// guard_natives replaces the entries of functions named here by entries that call the guard first. A guard gets the call and the function; it denies, changes
// the answer, or calls through. Where the caller has no tree (the usual case) it is one compare with null. Functions that nothing here names are pure: they
// compute, or touch nothing but their own VM. tests/unit/natives.list says which is which, for each, and a test holds it against the tables, so
// a new native function cannot be forgotten.
//
// A guarded entry has to know which function it stands for, and native functions have no data of their own, so each has an entry function of its own
// out of a row of templates. Sending is the exception: it asks itself (require_message), because it is too frequent for one more call.
#include "vm/native/guards.hpp"

#include <arpa/inet.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

#include "vm/io/addresses.hpp"
#include "vm/io/ports.hpp"
#include "vm/io/sockets.hpp"
#include "vm/native/file_terms.hpp"
#include "vm/native/native.hpp"
#include "vm/process/budget.hpp"

namespace phial {
namespace {

using Guard = Term (*)(Context& c, const Term* a, NativeFunction native);

/// One capability, whatever the arguments.
template <Capability capability>
Term needs(Context& c, const Term* a, NativeFunction native) {
  return require(c, capability) ? native(c, a) : Term::none();
}

// -- files

bool may_path(Context& c, Capability capability, Term name) {
  std::string path;
  if (!c.tree() || !native::read_file_name(name, path)) return true;  // a bad name is the function's business
  return require(c, capability, path);
}
template <Capability capability, unsigned position = 0>
Term path(Context& c, const Term* a, NativeFunction native) {
  return may_path(c, capability, a[position]) ? native(c, a) : Term::none();
}
/// What a file is, but not what is in it: for who may start any program, too, which have to be found.
Term described(Context& c, const Term* a, NativeFunction native) {
  return may(c.tree(), Capability::run) || may_path(c, Capability::read, a[0]) ? native(c, a) : Term::none();
}
/// Of two names the first is read and the second written.
Term from_to(Context& c, const Term* a, NativeFunction native) {
  return may_path(c, Capability::read, a[0]) && may_path(c, Capability::write, a[1]) ? native(c, a) : Term::none();
}
/// Moving takes the file away, too.
Term moved(Context& c, const Term* a, NativeFunction native) {
  return may_path(c, Capability::write, a[0]) ? from_to(c, a, native) : Term::none();
}
/// A link can lead out of a directory, so making one takes the right to all files.
Term linked(Context& c, const Term* a, NativeFunction native) {
  if (unrestricted(c.tree())) return native(c, a);
  if (!require(c, Capability::read, "/") || !require(c, Capability::write, "/")) return Term::none();
  return native(c, a);
}
Term opened(Context& c, const Term* a, NativeFunction native) {
  if (unrestricted(c.tree())) return native(c, a);
  bool reads = false, writes = false;
  for (Term mode : ListRange(a[1])) {
    if (!mode.is_atom()) continue;
    std::string_view name = atom_text(mode);
    reads |= name == "read" || name == "directory";
    writes |= name == "write" || name == "append" || name == "exclusive";
  }
  if ((reads || !writes) && !may_path(c, Capability::read, a[0])) return Term::none();
  if (writes && !may_path(c, Capability::write, a[0])) return Term::none();
  return native(c, a);
}
/// Who sees no files sees no directory: the root stands for it.
Term working_directory(Context& c, const Term* a, NativeFunction native) {
  for (ProcessTree* at = c.tree(); at; at = at->outer()) {
    const Capabilities* own = at->capabilities();
    if (own && !own->any(Capability::read) && !own->any(Capability::write))
      return make_tuple(c.heap(), {atoms::ok, native::make_charlist(c.heap(), "/")});
  }
  return native(c, a);
}

// -- the environment

Term variable(Context& c, const Term* a, NativeFunction native) {
  std::string name;
  if (c.tree() && native::read_file_name(a[0], name) && !require(c, Capability::env, name)) return Term::none();
  return native(c, a);
}
/// Where programs are looked for is theirs to know who may start them; the others are told what they are after.
Term variable_read(Context& c, const Term* a, NativeFunction native) {
  std::string name;
  if (!c.tree() || !native::read_file_name(a[0], name) || name != "PATH" || may(c.tree(), Capability::env, name)) return variable(c, a, native);
  return require(c, Capability::run) ? native(c, a) : Term::none();
}

// -- the network

/// HOST:PORT as grants have it; a local socket is unix:PATH.
std::string address_text(const SocketAddress& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.family() == AF_INET) inet_ntop(AF_INET, &address.v4.sin_addr, text, sizeof text);
  if (address.family() == AF_INET6) inet_ntop(AF_INET6, &address.v6.sin6_addr, text, sizeof text);
  if (address.family() == AF_UNIX) return "unix:" + std::string(address.local.sun_path);
  return std::string(text) + ":" + std::to_string(address.port());
}
std::shared_ptr<Socket> socket_of(Context& c, Term term) { return term.is_local_port() ? find_socket(c.vm(), term) : nullptr; }

bool may_address(Context& c, Capability capability, Term socket_term, Term ip, Term port) {
  if (unrestricted(c.tree())) return true;
  auto socket = socket_of(c, socket_term);
  SocketAddress address;
  if (!socket || !port.is_small() || port.small_value() < 0 || port.small_value() > 65535 ||
      !read_address(ip, static_cast<int>(port.small_value()), socket->family(), address))
    return true;  // the function itself refuses it
  return require(c, capability, address_text(address));
}

/// A port of another tree is not for this one.
bool own_port(Context& c, Term term) {
  if (unrestricted(c.tree()) || !term.is_local_port()) return true;
  PortPtr port = c.vm().state<PortTable>().find(term);
  if (!port) return true;
  Term owner;
  {
    std::lock_guard lock(port->mutex);
    owner = port->owner;
  }
  if (may_reach(c, Capability::control, owner)) return true;
  deny(c, Capability::control);
  return false;
}
Term of_port(Context& c, const Term* a, NativeFunction native) { return own_port(c, a[0]) ? native(c, a) : Term::none(); }

Term connected(Context& c, const Term* a, NativeFunction native) {
  return own_port(c, a[0]) && may_address(c, Capability::connect, a[0], a[1], a[2]) ? native(c, a) : Term::none();
}
Term bound(Context& c, const Term* a, NativeFunction native) {
  return own_port(c, a[0]) && may_address(c, Capability::listen, a[0], a[1], a[2]) ? native(c, a) : Term::none();
}
/// A socket that was not bound gets any port.
Term listened(Context& c, const Term* a, NativeFunction native) {
  if (unrestricted(c.tree())) return native(c, a);
  auto socket = socket_of(c, a[0]);
  SocketAddress address;
  if (socket && socket->local_address(address) == 0 && !require(c, Capability::listen, address_text(address))) return Term::none();
  return native(c, a);
}
/// A name may be looked up that a grant names; its addresses are then as good as the name.
Term resolved(Context& c, const Term* a, NativeFunction native) {
  if (unrestricted(c.tree())) return native(c, a);
  std::string name;
  if (!native::append_iodata(a[0], name)) return native(c, a);
  bool named = true;
  for (ProcessTree* at = c.tree(); at; at = at->outer())
    if (const Capabilities* own = at->capabilities()) named &= own->names_host(name);
  if (!named && !require(c, Capability::dns)) return Term::none();
  Term result = native(c, a);
  if (!result.is_tuple(3) || result.element(0) != atoms::ok) return result;
  for (Term ip : ListRange(result.element(2))) {
    SocketAddress address;
    if (!read_address(ip, 0, ip.is_tuple(4) ? AF_INET : AF_INET6, address)) continue;
    std::string text = address_text(address);
    text.resize(text.rfind(':'));
    for (ProcessTree* at = c.tree(); at; at = at->outer())
      if (const Capabilities* own = at->capabilities()) own->learn(name, text);
  }
  return result;
}

// -- other processes

/// Foreign processes and ports, as first argument, are not for this tree.
template <Capability capability>
Term of_process(Context& c, const Term* a, NativeFunction native) {
  if (!own_port(c, a[0])) return Term::none();
  if (unrestricted(c.tree()) || may_reach(c, capability, a[0])) return native(c, a);
  return deny(c, capability);
}
/// register(name, pid), unregister(name): the process that has or gets the name.
Term named_process(Context& c, const Term* a, NativeFunction native) {
  if (!unrestricted(c.tree()) && a[0].is_atom()) {
    Term holder = c.vm().registry.find(a[0]);
    if (!holder.is_none() && !may_reach(c, Capability::control, holder)) return deny(c, Capability::control);
  }
  return native(c, a);
}
Term registers(Context& c, const Term* a, NativeFunction native) {
  if (!unrestricted(c.tree()) && !may_reach(c, Capability::control, a[1])) return deny(c, Capability::control);
  return native(c, a);
}
/// process_flag(pid, flag, value), group_leader(leader, pid): the process is not the first argument.
Term second_process(Context& c, const Term* a, NativeFunction native) {
  if (!unrestricted(c.tree()) && !may_reach(c, Capability::control, a[1])) return deny(c, Capability::control);
  return native(c, a);
}

/// Persistent terms of the library itself (which implementation a protocol has, warnings that were given, the Logger's settings) are made as
/// code runs.
Term persistent_term(Context& c, const Term* a, NativeFunction native) {
  if (a[0].is_tuple() && a[0].arity() >= 2 && a[0].element(0).is_atom()) {
    std::string_view owner = atom_text(a[0].element(0));
    for (std::string_view module : {"Elixir.Protocol", "Elixir.System", "Elixir.URI", "Elixir.Code", "Elixir.IO", "Elixir.Phial.CrashDump", "logger"})
      if (owner == module) return native(c, a);
  }
  static const Term init_status = intern_atom("init_status");
  if (a[0] == init_status) return native(c, a);
  return require(c, Capability::persistent) ? native(c, a) : Term::none();
}

struct Guarded {
  const char* module;
  const char* name;
  uint8_t arity;
  Guard guard;
};

using enum Capability;
constexpr Guarded guards[] = {
    // files
    {"prim_file", "read_file", 1, path<read>}, {"prim_file", "write_file", 2, path<write>}, {"prim_file", "write_file", 3, path<write>},
    {"prim_file", "copy_file", 2, from_to}, {"prim_file", "open", 2, opened}, {"prim_file", "delete", 1, path<write>},
    {"prim_file", "rename", 2, moved}, {"prim_file", "make_dir", 1, path<write>}, {"prim_file", "del_dir", 1, path<write>},
    {"prim_file", "make_link", 2, linked}, {"prim_file", "make_symlink", 2, linked}, {"prim_file", "read_link", 1, path<read>},
    {"prim_file", "list_dir", 1, path<read>}, {"prim_file", "set_cwd", 1, needs<cwd>}, {"prim_file", "get_cwd", 0, working_directory},
    {"prim_file", "read_file_info", 1, described}, {"prim_file", "read_link_info", 1, path<read>},
    {"prim_file", "write_file_info", 2, path<write>}, {"prim_file", "set_permissions", 2, path<write>},
    {"prim_file", "set_owner", 3, path<write>}, {"prim_file", "set_time", 4, path<write>},
    // the environment
    {"os", "getenv", 0, needs<env>}, {"os", "env", 0, needs<env>}, {"os", "getenv", 1, variable_read}, {"os", "getenv", 2, variable_read},
    {"os", "putenv", 2, variable}, {"os", "unsetenv", 1, variable},
    // the network
    {"prim_inet", "connect", 4, connected}, {"prim_inet", "send_to", 4, connected}, {"prim_inet", "bind", 3, bound},
    {"prim_inet", "listen", 2, listened}, {"prim_inet", "resolve", 2, resolved}, {"prim_inet", "reverse", 1, needs<dns>},
    {"prim_inet", "hostname", 0, needs<dns>}, {"prim_inet", "interfaces", 0, needs<dns>}, {"prim_inet", "accept", 2, of_port},
    {"prim_inet", "recv", 3, of_port}, {"prim_inet", "send", 3, of_port}, {"prim_inet", "close", 2, of_port},
    {"prim_inet", "shutdown", 2, of_port}, {"prim_inet", "setopts", 2, of_port}, {"prim_inet", "cancel", 2, of_port},
    // programs
    {"erlang", "open_port", 2, needs<run>}, {"erlang", "port_command", 2, of_port}, {"erlang", "port_command", 3, of_port},
    {"erlang", "port_close", 1, of_port}, {"erlang", "port_connect", 2, of_port},
    // code; the compiler asks before it loads a module (Session::load_module)
    {"erlang", "load_module", 2, needs<code>}, {"erlang", "delete_module", 1, needs<code>},
    {"erlang", "purge_module", 1, needs<code>}, {"code", "load_binary", 3, needs<code>}, {"code", "purge", 1, needs<code>},
    {"code", "soft_purge", 1, needs<code>}, {"code", "delete", 1, needs<code>}, {"phial_code", "purge_step", 7, needs<code>},
    {"phial_code", "make_room", 1, needs<define>}, {"phial_code", "make_room_step", 3, needs<define>},
    {"phial_code", "set_path", 1, needs<code>},
    // the terminal
    {"phial_io", "read", 2, needs<terminal>}, {"phial_io", "raw", 1, needs<terminal>}, {"phial_io", "cooked", 0, needs<terminal>},
    {"phial_io", "suspend", 0, needs<terminal>},
    // other processes
    {"erlang", "trace_pattern", 2, needs<observe>}, {"erlang", "trace_pattern", 3, needs<observe>},
    {"erlang", "system_monitor", 1, needs<observe>}, {"erlang", "system_monitor", 2, needs<observe>},
    {"phial_trace", "start_sampling", 2, needs<observe>}, {"phial_trace", "stop_sampling", 0, needs<observe>},
    {"phial_trace", "measured", 0, needs<observe>}, {"erlang", "trace", 3, needs<observe>}, {"erlang", "trace_info", 2, needs<observe>}, {"phial_observer", "functions", 1, needs<observe>},
    {"phial_observer", "bytecode", 3, needs<observe>}, {"phial_observer", "timers", 0, needs<observe>},
    {"erlang", "process_info", 1, of_process<observe>}, {"erlang", "process_info", 2, of_process<observe>},
    {"erlang", "exit", 2, of_process<control>}, {"erlang", "link", 1, of_process<control>},
    {"erlang", "suspend_process", 1, of_process<control>}, {"erlang", "suspend_process", 2, of_process<control>},
    {"erlang", "resume_process", 1, of_process<control>}, {"erlang", "garbage_collect", 1, of_process<control>},
    {"erlang", "garbage_collect", 2, of_process<control>}, {"erlang", "check_process_code", 2, of_process<control>},
    {"erlang", "check_process_code", 3, of_process<control>}, {"erlang", "process_flag", 3, of_process<control>},
    {"erlang", "group_leader", 2, second_process}, {"erlang", "register", 2, registers}, {"erlang", "unregister", 1, named_process},
    // the system
    {"phial_sim", "trials", 3, needs<run>}, {"phial_sim", "begin", 1, needs<node>},
    {"persistent_term", "put", 2, persistent_term}, {"persistent_term", "erase", 1, persistent_term},
    {"phial_system", "halt", 2, needs<halt>},
    {"os", "set_signal", 2, needs<signals>}, {"erlang", "system_flag", 2, needs<node>}, {"erlang", "disconnect_node", 1, needs<node>},
    {"erlang", "set_cookie", 1, needs<node>}, {"erlang", "set_cookie", 2, needs<node>}, {"erlang", "get_cookie", 0, needs<node>},
    {"erlang", "get_cookie", 1, needs<node>}, {"erlang", "monitor_node", 2, needs<node>},
};
constexpr size_t guard_count = std::size(guards);

/// What stands behind the entry of a slot. Functions of the host may stand in for one of these, so there can be more slots than guards.
struct Slot {
  std::atomic<NativeFunction> native{nullptr};
  std::atomic<Guard> guard{nullptr};
};
constexpr size_t slot_count = 2 * guard_count;
std::array<Slot, slot_count> slots;

template <size_t slot>
Term guarded_entry(Context& c, const Term* a) {
  NativeFunction native = slots[slot].native.load(std::memory_order_relaxed);
  if (!c.tree()) [[likely]] return native(c, a);
  return slots[slot].guard.load(std::memory_order_relaxed)(c, a, native);
}
template <size_t... numbers>
constexpr std::array<NativeFunction, sizeof...(numbers)> make_entries(std::index_sequence<numbers...>) {
  return {guarded_entry<numbers>...};
}
constexpr auto guarded_entries = make_entries(std::make_index_sequence<slot_count>{});

const Guarded* guard_of(const NativeEntry& entry) {
  for (const Guarded& guarded : guards)
    if (entry.arity == guarded.arity && !std::strcmp(entry.name, guarded.name) && !std::strcmp(entry.module, guarded.module)) return &guarded;
  return nullptr;
}

}  // namespace

bool is_guarded(const NativeEntry& entry) { return guard_of(entry) != nullptr; }

void guard_natives(std::vector<NativeTable>& tables) {
  // Tables are static, so their copies are made once, for all VMs.
  static std::mutex mutex;
  static auto& copies = *new std::map<const NativeEntry*, std::vector<NativeEntry>*>;
  static size_t used = 0;
  std::lock_guard lock(mutex);
  for (NativeTable& table : tables) {
    auto& copy = copies[table.entries];
    if (!copy) {
      copy = new std::vector<NativeEntry>(table.entries, table.entries + table.count);
      for (NativeEntry& entry : *copy) {
        const Guarded* guarded = guard_of(entry);
        if (!guarded) continue;
        if (used == slot_count) std::abort();  // a second stand-in for the same functions: make room above
        slots[used].native.store(entry.function, std::memory_order_relaxed);
        slots[used].guard.store(guarded->guard, std::memory_order_relaxed);
        entry.function = guarded_entries[used++];
        entry.flags &= static_cast<uint8_t>(~native_small);  // a guard asks once, and may raise what takes memory
      }
    }
    table.entries = copy->data();
  }
}

}  // namespace phial
