// The near side of `phial --remsh`: a terminal for a shell that runs in another VM (stdlib/iex/phial_shell.ex).
#pragma once

#include <string>

/// Attaches the standard streams to the VM that listens at the Unix socket. Returns the status to exit with, once the shell there ends, the
/// VM is gone, or this side is told to stop.
int attach_shell(const std::string& path);
