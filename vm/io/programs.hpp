// Programs of the operating system as ports. See programs.cpp.
#pragma once
#include "vm/io/ports.hpp"

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
  size_t high_watermark = 8192, low_watermark = 4096;  // bytes that wait for the program: from where senders wait, until when
};

/// Starts the program, linked to `owner` (whose own side of the link is the caller's business). The port, or none() and an errno.
/// Any thread.
Term open_program(Vm& vm, const PortSpec& spec, Term owner, int& error);

}  // namespace phial
