// :erlang's functions on ports: open_port, port_command, port_close, port_connect, port_info, ports. The ports are vm/io/ports.cpp's.
#include "vm/native/native.hpp"
#include "vm/io/posix.hpp"
#include "vm/io/programs.hpp"

namespace phial {
namespace {

bool read_text(Term term, std::string& out) {
  std::string scratch;
  if (is_binary(term)) out = bytes_of(term, scratch);
  else if (!term.is_list() || !native::read_charlist(term, out)) return false;
  return out.find('\0') == std::string::npos;
}

bool read_environment(Term list, PortSpec& spec) {
  for (Term pair : ListRange(list)) {
    std::string name, value;
    if (!pair.is_tuple(2) || !read_text(pair.element(0), name) || name.empty() || name.find('=') != std::string::npos) return false;
    if (pair.element(1) == atoms::false_) {
      spec.unset_variables.push_back(name);
      continue;
    }
    if (!read_text(pair.element(1), value)) return false;
    spec.set_variables.emplace_back(name, value);
  }
  return list_length(list) >= 0;
}

bool read_option(Term option, PortSpec& spec, bool& in, bool& out) {
  if (option.is_atom()) {
    std::string_view name = atom_text(option);
    if (name == "stream") spec.framing = PortSpec::Framing::stream;
    else if (name == "binary") spec.binary = true;
    else if (name == "exit_status") spec.exit_status = true;
    else if (name == "eof") spec.eof = true;
    else if (name == "use_stdio") spec.standard_streams = true;
    else if (name == "nouse_stdio") spec.standard_streams = false;
    else if (name == "stderr_to_stdout") spec.stderr_to_stdout = true;
    else if (name == "in") in = true;
    else if (name == "out") out = true;
    else return name == "hide" || name == "overlapped_io";
    return true;
  }
  if (!option.is_tuple(2) || !option.element(0).is_atom()) return false;
  std::string_view name = atom_text(option.element(0));
  Term value = option.element(1);
  if (name == "cd") return read_text(value, spec.directory);
  if (name == "arg0") return read_text(value, spec.argument_0);
  if (name == "env") return read_environment(value, spec);
  if (name == "line") {
    spec.framing = PortSpec::Framing::line;
    return native::read_index(value, size_t{1} << 30, spec.framing_size) && spec.framing_size > 0;
  }
  if (name == "packet") {
    spec.framing = PortSpec::Framing::packet;
    return native::read_index(value, 4, spec.framing_size) && (spec.framing_size == 1 || spec.framing_size == 2 || spec.framing_size == 4);
  }
  if (name == "args") {
    for (Term item : ListRange(value)) {
      std::string argument;
      if (!read_text(item, argument)) return false;
      spec.arguments.push_back(std::move(argument));
    }
    return list_length(value) >= 0;
  }
  if (name == "busy_limits_port") {
    if (value.is_atom()) {  // :disabled
      spec.high_watermark = spec.low_watermark = SIZE_MAX;
      return atom_text(value) == "disabled";
    }
    return value.is_tuple(2) && native::read_index(value.element(0), size_t{1} << 40, spec.low_watermark) &&
           native::read_index(value.element(1), size_t{1} << 40, spec.high_watermark);
  }
  return name == "parallelism" || name == "busy_limits_msgq";
}

// Starting the program takes the OS about a millisecond.
Term open_port(Context& c, const Term* a) {
  PortSpec spec;
  bool in = false, out = false;
  if (!a[0].is_tuple(2) || !a[0].element(0).is_atom() || list_length(a[1]) < 0) return c.badarg();
  std::string_view kind = atom_text(a[0].element(0));
  if ((kind != "spawn" && kind != "spawn_executable") || !read_text(a[0].element(1), spec.program) || spec.program.empty()) return c.badarg();
  spec.shell = kind == "spawn";
  spec.name = spec.program;
  for (Term option : ListRange(a[1]))
    if (!read_option(option, spec, in, out)) return c.badarg();
  if (spec.shell && (!spec.arguments.empty() || !spec.argument_0.empty())) return c.badarg();
  if (in != out) {
    spec.reads = in;
    spec.writes = out;
  }
  c.bump(2000);
  int error = 0;
  Process& self = *c.process();
  Term port = open_program(c.vm(), spec, self.pid, error);
  if (port.is_none()) return c.error(posix_atom(error));
  self.rare().links.insert(port.word, LinkState{0});
  return port;
}

Term port_of(Context& c, Term term) {
  if (term.is_local_port()) return term;
  return term.is_atom() ? c.vm().registry.find(term) : Term::none();
}

/// Sends a command. While the port's queue is long the process waits, for a reply signal like that to any request.
Term command(Context& c, const Term* a, unsigned count, Port::WhenBusy when_busy) {
  Process& self = *c.process();
  auto wait = [&] { return count == 2 ? c.wait({a[0], a[1]}) : c.wait({a[0], a[1], a[2]}); };
  if (self.rare_parts && self.rare_parts->reply) {
    Signal* reply = self.rare_parts->reply;
    self.rare_parts->reply = nullptr;
    self.rare_parts->expected_reply = 0;
    bool taken = reply->value == atoms::true_;
    free_signal(reply);
    return taken ? atoms::true_ : c.badarg();
  }
  if (self.rare_parts && self.rare_parts->expected_reply) return wait();
  std::string bytes;
  Term term = port_of(c, a[0]);
  if (term.is_none() || !native::append_iodata(a[1], bytes)) return c.badarg();
  PortPtr port = c.vm().state<PortTable>().find(term);
  if (!port) return c.badarg();
  c.bump(static_cast<int64_t>(20 + bytes.size() / 64));
  Term reference = c.vm().make_reference();
  self.rare().expected_reply = reference.word;
  Port::Command result;
  {
    std::lock_guard lock(port->mutex);
    result = port->closed ? Port::Command::refused : port->command(bytes, when_busy, self.pid, reference.word);
  }
  if (result == Port::Command::waits) {
    if (c.vm().watch.watches_ports()) c.vm().watch.tell_monitor(c.vm(), self.pid, "busy_port", term);
    return wait();
  }
  self.rare().expected_reply = 0;
  if (result == Port::Command::busy) return atoms::false_;
  return result == Port::Command::done ? atoms::true_ : c.badarg();
}
Term port_command_2(Context& c, const Term* a) { return command(c, a, 2, Port::WhenBusy::wait); }
Term port_command_3(Context& c, const Term* a) {
  Port::WhenBusy when_busy = Port::WhenBusy::wait;
  for (Term option : ListRange(a[2])) {
    if (!option.is_atom()) return c.badarg();
    if (atom_text(option) == "nosuspend") when_busy = Port::WhenBusy::refuse;
    else if (atom_text(option) == "force") when_busy = Port::WhenBusy::enqueue;
    else return c.badarg();
  }
  return list_length(a[2]) < 0 ? c.badarg() : command(c, a, 3, when_busy);
}
Term port_close(Context& c, const Term* a) {
  Term port = port_of(c, a[0]);
  Process& self = *c.process();
  // Who closes a port does not hear of its end through its own link.
  bool linked = !port.is_none() && self.rare_parts && self.rare_parts->links.find(port.word);
  if (linked && !self.trap_exit) self.rare_parts->links.remove(port.word);
  return !port.is_none() && c.vm().state<PortTable>().close(port, atoms::normal) ? atoms::true_ : c.badarg();
}
Term port_connect(Context& c, const Term* a) {
  Term port = port_of(c, a[0]);
  if (port.is_none() || !a[1].is_local_pid() || !c.vm().processes.find(a[1])) return c.badarg();
  return c.vm().state<PortTable>().connect(port, a[1]) ? atoms::true_ : c.badarg();
}

constexpr const char* items[] = {"name", "links", "id", "connected", "input", "output", "os_pid"};

/// {item, value}, or none() for an item that does not exist.
Term info_item(Context& c, Term port, const PortTable::Info& info, std::string_view name) {
  Term value = Term::none();
  if (name == "name") value = native::make_charlist(c.heap(), info.name);
  else if (name == "links") value = make_list(c.heap(), info.links);
  else if (name == "id") value = make_integer(c.heap(), static_cast<int64_t>(port.immediate_value()));
  else if (name == "connected") value = info.owner;
  else if (name == "input") value = make_unsigned(c.heap(), info.input);
  else if (name == "output") value = make_unsigned(c.heap(), info.output);
  else if (name == "queue_size") value = make_unsigned(c.heap(), info.queued);
  else if (name == "memory") value = make_unsigned(c.heap(), info.queued + sizeof(PortSpec));
  else if (name == "os_pid") value = info.os_pid < 0 ? atoms::undefined : make_integer(c.heap(), info.os_pid);
  else if (name == "parallelism" || name == "locking") value = atoms::false_;
  else if (name == "monitors") value = Term::nil();
  else if (name == "monitored_by") value = make_list(c.heap(), info.watchers);
  if (value.is_none()) return value;
  return make_tuple(c.heap(), {intern_atom(name), value});
}
Term port_info_1(Context& c, const Term* a) {
  PortTable::Info info;
  Term port = port_of(c, a[0]);
  if (port.is_none()) return a[0].is_atom() ? atoms::undefined : c.badarg();
  if (!c.vm().state<PortTable>().info(port, info)) return atoms::undefined;
  std::vector<Term> pairs;
  for (const char* item : items) pairs.push_back(info_item(c, port, info, item));
  return make_list(c.heap(), pairs);
}
Term port_info_2(Context& c, const Term* a) {
  PortTable::Info info;
  Term port = port_of(c, a[0]);
  if (port.is_none() || !a[1].is_atom()) return a[0].is_atom() ? atoms::undefined : c.badarg();
  if (!c.vm().state<PortTable>().info(port, info)) return atoms::undefined;
  Term pair = info_item(c, port, info, atom_text(a[1]));
  return pair.is_none() ? c.badarg() : pair;
}
Term ports(Context& c, const Term*) { return make_list(c.heap(), c.vm().state<PortTable>().all()); }

constexpr NativeEntry entries[] = {
    {"erlang", "open_port", 2, open_port},       {"erlang", "port_command", 2, port_command_2}, {"erlang", "port_command", 3, port_command_3},
    {"erlang", "port_close", 1, port_close},     {"erlang", "port_connect", 2, port_connect}, {"erlang", "port_info", 1, port_info_1},
    {"erlang", "port_info", 2, port_info_2},     {"erlang", "ports", 0, ports},
};

}  // namespace

extern const NativeTable port_natives = native::table_of(entries);

}  // namespace phial
