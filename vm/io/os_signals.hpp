// Signals of the operating system for the language: :os.set_signal/2.
#pragma once
#include "vm/process/vm.hpp"

namespace phial {

enum class SignalChoice : uint8_t { standard, ignore, handle };

/// What to do when the signal comes; `handle` calls :erl_signal_server.notify(name) in a process of its own. It holds for the whole OS
/// process. False: there is no such signal. Any thread.
bool set_os_signal(Vm& vm, std::string_view name, SignalChoice choice);

}  // namespace phial
