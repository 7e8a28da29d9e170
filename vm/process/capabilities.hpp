// Capabilities: what code may do outside of its VM.
//
// A restricted VM (VmConfig::restricted, PHIAL_SANDBOX) or tree of processes (budget.hpp) may do what its grants say and nothing else. A grant is
// a text, the same in phial.h, on the command line and in the language:
//
//   read:PATH  write:PATH      files: PATH itself and, of a directory, all below it. Writing does not include reading
//   connect:ADDRESS  listen:ADDRESS   ADDRESS is HOST:PORT; either may be *. HOST is an address or a name as the program gives it
//   dns                        look names up
//   run                        start programs of the operating system
//   env  env:NAME              read and change all of the environment, or one variable
//   define                     define modules that do not exist
//   code                       load bytecode, replace, delete and purge modules; includes define
//   clock                      real time; without it clocks go in steps of 10 ms
//   module:NAME  module:*      call functions of the host's module
//   observe                    trace, and look into, processes outside of the own tree
//   control                    end, suspend, link with and trap the exits of processes outside of the own tree; take over registered names
//   terminal                   read the standard input, change the terminal
//   persistent                 change :persistent_term
//   halt  signals  node  cwd   end the program, handle its signals, change the node's settings, change the working directory
//
// Trees nest, and every tree around a process has a say: a tree can be narrower than what is around it, never wider. Paths are resolved against symbolic
// links and .. before they are compared; files that are opened are looked at again through their descriptor, so that a link
// that changes in between gains nothing.
//
// Which native function asks for what stands in one place, vm/native/guards.cpp.
//
// Threads: immutable after creation; any thread.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "vm/process/context.hpp"

namespace phial {

enum class Capability : uint8_t {
  read, write, connect, listen, dns, run, env, define, code, clock, module, observe, control, terminal, persistent, halt, signals, node, cwd
};
inline constexpr size_t capability_count = 19;

const char* capability_name(Capability capability);

class Capabilities {
 public:
  /// From grants; those that say nothing known are left out (`bad`, if given, is the first of them).
  static std::shared_ptr<const Capabilities> of(const std::vector<std::string>& grants, std::string* bad = nullptr);
  /// `target`: a resolved path, HOST:PORT, a name of a variable or module; empty for the others, or to ask for all of a kind.
  bool allows(Capability capability, std::string_view target) const;
  /// True if any grant is of this kind.
  bool any(Capability capability) const { return all_[static_cast<size_t>(capability)] || !some_[static_cast<size_t>(capability)].empty(); }

  /// True if a connect grant names this host, or any.
  bool names_host(std::string_view host) const;
  /// A name was found to have this address: grants for the name hold for the address from now on. Any thread.
  void learn(const std::string& host, const std::string& address) const;

 private:
  bool address_allowed(std::string_view given, std::string_view grant) const;
  mutable std::mutex learned_mutex_;
  mutable std::vector<std::pair<std::string, std::string>> learned_;  // host, address
  bool all_[capability_count] = {};
  std::vector<std::string> some_[capability_count];
};

/// The absolute path without links and dots that `path` stands for; its end need not exist. Empty: it cannot be told.
std::string resolved_path(const std::string& path);

/// Whether this caller may. For paths `target` is resolved here.
bool may(ProcessTree* tree, Capability capability, const std::string& target = {});
/// True if nothing that is around this caller restricts it.
bool unrestricted(ProcessTree* tree);
/// Whether a process (or a registered name) is in the caller's tree as far as that is restricted, or this capability is granted.
bool may_reach(Context& context, Capability capability, Term target);
/// Whether a restricted tree may send this: to processes outside of it no system messages (:sys, which run functions there), no requests to devices that run
/// functions (`control`) or read (`terminal`), nothing to the controller of applications (`control`). Raises, and gives false, where not.
bool require_message(Context& context, Term destination, Term message);
/// Whether the module may be defined: it is new, or was defined by this restricted tree, or the capability `code` is granted.
bool may_define(Context& context, Term module);
/// Whether what was opened is still what was allowed: a link may have changed between the check and the opening.
bool may_descriptor(ProcessTree* tree, Capability capability, int descriptor);
/// Nanoseconds of a clock as this caller may see it.
int64_t seen_time(Context& context, int64_t nanoseconds);
/// Of the process that the calling thread runs or works for; null: none, or it is free.
ProcessTree* current_tree();
/// Raises Phial.CapabilityError; gives none().
Term deny(Context& context, Capability capability, std::string_view target = {});

/// For native functions: `if (!require(c, Capability::run)) return Term::none();`
inline bool require(Context& context, Capability capability, const std::string& target = {}) {
  if (!context.tree() || may(context.tree(), capability, target)) [[likely]] return true;
  deny(context, capability, target);
  return false;
}

}  // namespace phial
