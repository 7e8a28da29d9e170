#include "vm/process/capabilities.hpp"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "vm/process/budget.hpp"
#include "vm/term/map.hpp"

namespace phial {
namespace {

constexpr const char* names[capability_count] = {"read", "write", "connect", "listen", "dns", "run", "env", "define", "code", "clock", "module",
                                                 "observe", "control", "terminal", "persistent", "halt", "signals", "node", "cwd"};

bool takes_target(Capability c) {
  switch (c) {
    case Capability::read: case Capability::write: case Capability::connect: case Capability::listen: case Capability::env: case Capability::module:
      return true;
    default: return false;
  }
}
bool is_path(Capability c) { return c == Capability::read || c == Capability::write; }

bool path_within(std::string_view path, std::string_view directory) {
  if (directory == "/") return true;
  return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

/// Names of hosts are the same in any case.
bool same_name(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

/// HOST:PORT, the port behind the last colon.
bool address_matches(std::string_view given, std::string_view grant) {
  size_t given_colon = given.rfind(':'), grant_colon = grant.rfind(':');
  if (given_colon == std::string_view::npos || grant_colon == std::string_view::npos) return given == grant;
  auto matches = [](std::string_view a, std::string_view b) { return b == "*" || same_name(a, b); };
  return matches(given.substr(0, given_colon), grant.substr(0, grant_colon)) && matches(given.substr(given_colon + 1), grant.substr(grant_colon + 1));
}

const char* what_was_denied(Capability c) {
  switch (c) {
    case Capability::read: return "reading";
    case Capability::write: return "writing";
    case Capability::connect: return "connecting to";
    case Capability::listen: return "listening on";
    case Capability::dns: return "looking names up";
    case Capability::run: return "starting programs";
    case Capability::env: return "the environment";
    case Capability::define: return "defining modules";
    case Capability::code: return "loading code";
    case Capability::clock: return "the clock";
    case Capability::module: return "calling the host's module";
    case Capability::observe: return "looking into other processes";
    case Capability::control: return "controlling other processes";
    case Capability::terminal: return "using the terminal or the standard input";
    case Capability::persistent: return "changing persistent terms";
    case Capability::halt: return "halting the system";
    case Capability::signals: return "handling signals of the operating system";
    case Capability::node: return "changing the node";
    case Capability::cwd: return "changing the working directory";
  }
  return "";
}

const char* command_line_option(Capability c) {
  switch (c) {
    case Capability::read: return "--allow-read";
    case Capability::write: return "--allow-write";
    case Capability::connect: return "--allow-net";
    case Capability::listen: return "--allow-listen";
    case Capability::run: return "--allow-run";
    case Capability::env: return "--allow-env";
    default: return "--allow";
  }
}

}  // namespace

const char* capability_name(Capability capability) { return names[static_cast<size_t>(capability)]; }

std::shared_ptr<const Capabilities> Capabilities::of(const std::vector<std::string>& grants, std::string* bad) {
  auto made = std::make_shared<Capabilities>();
  for (const std::string& grant : grants) {
    size_t colon = grant.find(':');
    std::string_view name = std::string_view(grant).substr(0, colon);
    auto at = std::find(std::begin(names), std::end(names), name);
    auto c = static_cast<Capability>(at - std::begin(names));
    bool targeted = colon != std::string::npos;
    // Files, addresses and modules are granted by name alone.
    bool known = at != std::end(names) && (targeted ? takes_target(c) && colon + 1 < grant.size() : !takes_target(c) || c == Capability::env);
    std::string target = targeted ? grant.substr(colon + 1) : "";
    if (known && is_path(c)) target = resolved_path(target);
    if (c == Capability::module && target.starts_with(':')) target.erase(0, 1);  // as source text names it
    if (!known || (targeted && target.empty())) {
      if (bad && bad->empty()) *bad = grant.empty() ? "(empty)" : grant;
      continue;
    }
    if (!targeted || target == "*")
      made->all_[static_cast<size_t>(c)] = true;
    else
      made->some_[static_cast<size_t>(c)].push_back(std::move(target));
    if (c == Capability::code) made->all_[static_cast<size_t>(Capability::define)] = true;
  }
  return made;
}

bool Capabilities::names_host(std::string_view host) const {
  if (all_[static_cast<size_t>(Capability::connect)]) return true;
  for (const std::string& grant : some_[static_cast<size_t>(Capability::connect)]) {
    std::string_view named = std::string_view(grant).substr(0, grant.rfind(':'));
    if (named == "*" || same_name(named, host)) return true;
  }
  return false;
}

void Capabilities::learn(const std::string& host, const std::string& address) const {
  if (!names_host(host)) return;
  std::lock_guard lock(learned_mutex_);
  std::pair<std::string, std::string> entry{host, address};
  if (std::find(learned_.begin(), learned_.end(), entry) == learned_.end()) learned_.push_back(std::move(entry));
}

bool Capabilities::address_allowed(std::string_view given, std::string_view grant) const {
  if (address_matches(given, grant)) return true;
  size_t colon = given.rfind(':');
  if (colon == std::string_view::npos) return false;
  std::lock_guard lock(learned_mutex_);
  for (auto& [host, address] : learned_)
    if (address == given.substr(0, colon) && address_matches(host + std::string(given.substr(colon)), grant)) return true;
  return false;
}

bool Capabilities::allows(Capability c, std::string_view target) const {
  if (all_[static_cast<size_t>(c)]) return true;
  if (target.empty()) return false;
  for (const std::string& grant : some_[static_cast<size_t>(c)]) {
    if (is_path(c) ? path_within(target, grant) : c == Capability::connect || c == Capability::listen ? address_allowed(target, grant) : target == grant)
      return true;
  }
  return false;
}

std::string resolved_path(const std::string& path) {
  std::string whole = path;
  if (whole.empty() || whole.size() >= PATH_MAX) return "";  // the OS knows no longer ones
  if (whole[0] != '/') {
    char here[PATH_MAX];
    if (!getcwd(here, sizeof here)) return "";
    whole = std::string(here) + "/" + whole;
  }
  // The longest part that exists is resolved by the OS; what follows it does not exist, so it has no links, and must have no dots.
  std::string tail;
  for (;;) {
    char real[PATH_MAX];
    if (realpath(whole.c_str(), real)) {
      std::string result = real;
      if (tail.empty()) return result;
      if (result == "/") result.clear();
      return result + tail;
    }
    if (errno != ENOENT && errno != ENOTDIR) return "";
    // A link that leads nowhere is no plain name: opening it would create what it names.
    char link[PATH_MAX];
    if (readlink(whole.c_str(), link, sizeof link) >= 0) return "";
    while (whole.size() > 1 && whole.back() == '/') whole.pop_back();
    size_t slash = whole.rfind('/');
    if (slash == std::string::npos || whole == "/") return "";
    std::string name = whole.substr(slash + 1);
    if (name == "..") return "";
    if (!name.empty() && name != ".") tail = "/" + name + tail;
    whole = slash ? whole.substr(0, slash) : "/";
  }
}

bool may(ProcessTree* tree, Capability capability, const std::string& target) {
  std::string resolved;
  for (ProcessTree* at = tree; at; at = at->outer()) {
    const Capabilities* own = at->capabilities();
    if (!own) continue;
    if (is_path(capability) && resolved.empty() && !target.empty()) {
      resolved = resolved_path(target);
      if (resolved.empty()) return false;
    }
    if (!own->allows(capability, is_path(capability) ? std::string_view(resolved) : std::string_view(target))) return false;
  }
  return true;
}

bool unrestricted(ProcessTree* tree) {
  for (; tree; tree = tree->outer())
    if (tree->capabilities()) return false;
  return true;
}

ProcessTree* current_tree() { return static_cast<ProcessTree*>(byte_account); }

bool may_reach(Context& context, Capability capability, Term target) {
  if (target.is_atom()) target = context.vm().registry.find(target);
  if (!target.is_local_pid()) return true;
  Epochs::Guard guard(context.vm().epochs);
  Process* process = context.vm().processes.find(target);
  if (!process) return true;
  for (ProcessTree* at = context.tree(); at; at = at->outer()) {
    const Capabilities* own = at->capabilities();
    if (!own || at->is_vm() || own->allows(capability, "")) continue;
    bool inside = false;
    for (ProcessTree* around = process->tree; around && !inside; around = around->outer()) inside = around == at;
    if (!inside) return false;
  }
  return true;
}

namespace {

/// What the receiver of an I/O request would need of the sender; none: it only writes.
std::optional<Capability> wanted_by_request(Term request, int depth = 0) {
  if (!request.is_tuple() || request.arity() < 2 || !request.element(0).is_atom()) return {};
  std::string_view name = atom_text(request.element(0));
  auto runs = [&](size_t position) {
    if (!request.element(position).is_atom()) return true;
    std::string_view module = atom_text(request.element(position));
    return module != "io_lib" && module != "erl_scan";
  };
  if (name == "put_chars" && request.arity() >= 4) {
    if (runs(request.arity() - 3)) return Capability::control;
  } else if (name == "get_until") {
    return request.arity() >= 5 && runs(request.arity() - 3) ? Capability::control : Capability::terminal;
  } else if (name == "requests" && depth < 8) {
    for (Term one : ListRange(request.element(1)))
      if (auto wanted = wanted_by_request(one, depth + 1)) return wanted;
  } else if (name == "requests") {
    return Capability::control;
  } else if (name.starts_with("get_") && name != "get_geometry") {
    return Capability::terminal;
  }
  return {};
}

std::optional<Capability> wanted_by_message(Context& context, Term to, Term message) {
  static const Term system = intern_atom("system"), io_request = intern_atom("io_request"), call = intern_atom("$gen_call"),
                    cast = intern_atom("$gen_cast"), remote = intern_atom("phial_remote"), terminal = intern_atom("phial_terminal"),
                    controller = intern_atom("application_controller");
  if (!message.is_tuple() || message.arity() < 2) return {};
  Term tag = message.element(0);
  if (tag == system || tag == remote || tag == terminal) return Capability::control;
  if (tag == io_request && message.arity() == 4) return wanted_by_request(message.element(3));
  if ((tag == call || tag == cast) && context.vm().registry.find(controller) == to) return Capability::control;
  return {};
}

}  // namespace

bool require_message(Context& context, Term destination, Term message) {
  if (unrestricted(context.tree())) return true;
  Term to = destination.is_tuple(2) ? destination.element(0) : destination;
  if (to.is_atom()) to = context.vm().registry.find(to);
  if (!to.is_local_pid()) return true;
  auto wanted = wanted_by_message(context, to, message);
  if (!wanted || may_reach(context, *wanted, to)) return true;
  deny(context, *wanted);
  return false;
}

namespace {
/// Which restricted tree defined a module.
struct Definers {
  std::mutex mutex;
  std::unordered_map<Word, uint64_t> tree;  // by module
};
}  // namespace

bool may_define(Context& context, Term module) {
  ProcessTree* outermost = nullptr;
  for (ProcessTree* at = context.tree(); at; at = at->outer())
    if (at->capabilities() && !at->capabilities()->allows(Capability::code, "")) outermost = at;
  if (!outermost) return true;
  Definers& definers = context.vm().state<Definers>();
  bool exists = context.vm().code.has_natives(module) || context.vm().ensure_loaded(module);
  std::lock_guard lock(definers.mutex);
  auto [at, is_new] = definers.tree.try_emplace(module.word, outermost->id);
  if (!exists || (!is_new && at->second == outermost->id)) {
    at->second = outermost->id;
    return true;
  }
  if (is_new) definers.tree.erase(at);
  return false;
}

bool may_descriptor(ProcessTree* tree, Capability capability, int descriptor) {
  if (unrestricted(tree)) return true;
  std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  char path[PATH_MAX];
  ssize_t size = readlink(link.c_str(), path, sizeof path);
  if (size <= 0 || static_cast<size_t>(size) >= sizeof path) return true;  // no such file system here: the check of the name has to do
  for (ProcessTree* at = tree; at; at = at->outer())
    if (at->capabilities() && !at->capabilities()->allows(capability, {path, static_cast<size_t>(size)})) return false;
  return true;
}

int64_t seen_time(Context& context, int64_t nanoseconds) {
  if (!context.tree() || may(context.tree(), Capability::clock)) [[likely]] return nanoseconds;
  constexpr int64_t step = 10'000'000;
  return nanoseconds - ((nanoseconds % step) + step) % step;
}

Term deny(Context& context, Capability capability, std::string_view target) {
  std::string grant = capability_name(capability);
  if (!target.empty() && takes_target(capability)) grant += ":" + std::string(target);
  std::string message = std::string(what_was_denied(capability)) + (target.empty() ? "" : " " + std::string(target)) +
                        " is not allowed here. It takes the capability \"" + grant + "\", which the host grants (phial_config.grants, or phial " +
                        command_line_option(capability);
  bool short_option = std::string_view(command_line_option(capability)) != "--allow";
  message += short_option ? (target.empty() ? ")" : " " + std::string(target) + ")") : " " + grant + ")";
  TermHeap& heap = context.heap();
  Term pairs[] = {intern_atom("__exception__"), atoms::true_, atoms::struct_, intern_atom("Elixir.Phial.CapabilityError"),
                  intern_atom("capability"), intern_atom(capability_name(capability)),
                  intern_atom("target"), target.empty() ? atoms::nil : make_binary(heap, target),
                  intern_atom("message"), make_binary(heap, message)};
  return context.error(make_map(heap, pairs));
}

}  // namespace phial
