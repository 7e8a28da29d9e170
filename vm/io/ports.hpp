// Ports: programs of the operating system that processes of the language talk to. See ports.cpp.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "vm/process/vm.hpp"

namespace phial {

/// What open_port was asked for.
struct PortSpec {
  enum class Framing : uint8_t { stream, line, packet };
  std::string name;                    // as Port.info shows it
  std::string program;                 // a path, or with `shell` a command line
  bool shell = false;
  std::vector<std::string> arguments;  // without argument 0
  std::string argument_0;              // empty: the program
  std::string directory;               // empty: the VM's own
  std::vector<std::pair<std::string, std::string>> set_variables;
  std::vector<std::string> unset_variables;
  Framing framing = Framing::stream;
  size_t framing_size = 0;  // longest line, or bytes of the packet's length: 1, 2 or 4
  bool reads = true, writes = true;  // the port's side: gets data from, sends data to the program
  bool standard_streams = true;      // 0 and 1 of the program; else 3 and 4
  bool stderr_to_stdout = false;
  bool binary = false, exit_status = false, eof = false;
};

class PortTable {
 public:
  PortTable();
  ~PortTable();
  PortTable(const PortTable&) = delete;

  /// Starts the program, linked to `owner` (whose own side of the link is the caller's business). The port, or none() and an errno.
  /// Any thread.
  Term open(Vm& vm, const PortSpec& spec, Term owner, int& error);
  /// Sends bytes to the program. False: no such port, or it takes none, or the packet is too long. Any thread.
  bool command(Term port, std::string_view bytes);
  /// Ends the port with this reason. False: no such port.
  bool close(Term port, Term reason);
  bool connect(Term port, Term new_owner);

  struct Info {
    std::string name;
    Term owner;
    std::vector<Term> links, watchers;
    uint64_t input, output, queued;
    int64_t os_pid;
  };
  bool info(Term port, Info& info);
  std::vector<Term> all();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace phial
