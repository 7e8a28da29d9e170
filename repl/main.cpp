// The phial program: a host of the VM like any other, using nothing but phial.h.
//
// It reads the command line, makes one VM, and starts :phial_cli.main(options) in it (stdlib/iex/phial_cli.ex), which runs scripts or the shell
// in the language itself. The main thread waits for the system to be halted, and passes Ctrl-C on to the shell as a message.
#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <string>
#include <unistd.h>
#include <vector>

#include "repl/remote_shell.hpp"
#include "repl/confines.hpp"
#include "vm/api/phial.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PHIAL_ORDERLY_EXIT 1
#endif
#endif

namespace {

struct Halt {
  std::mutex mutex;
  std::condition_variable arrived;
  bool halted = false;
  bool stays = false;  // who halts waits here for the end of the program, so that nothing comes after :erlang.halt
  int status = 0;

  void set(int value) {
    std::lock_guard lock(mutex);
    if (halted) return;
    halted = true;
    status = value;
    arrived.notify_all();
  }
  void set_and_stay(int value) {
    set(value);
    while (stays) pause();
  }
};

/// What the command line asks for, in order.
struct Step {
  enum Kind { eval, require } kind;
  std::string text;
};

struct Options {
  std::vector<Step> steps;
  std::string script;  // -S NAME: a program of the library (mix)
  std::string file;
  std::vector<std::string> arguments;
  std::string jit = "auto";
  std::string aot = "on";
  unsigned schedulers = 0;
  bool legacy = false;
  bool no_halt = false;
  bool simulate = false;
  Confines confines;
  std::string listen;        // a Unix socket for shells to attach to
  std::string dbg;           // what dbg does: "pry" stops there
  std::string remote_shell;  // the socket of a VM to attach to: no VM is made
  std::string seeds;  // --sim: SEED or FIRST..LAST; empty where the tests of `phial test` are simulated
  uint64_t first_seed = 1, last_seed = 1;
  std::string strategy = "mixed";
  double delay = 0, late = 0, drop = 0, kill = 0;
};

void add_simulation(CLI::App& app, Options& options) {
  app.add_option("--sim-schedule", options.strategy, "How a simulation explores: mixed, random or priority")
      ->check(CLI::IsMember({"mixed", "random", "priority"}))->type_name("KIND");
  auto fault = [&](const char* name, double& probability, const char* help) {
    app.add_option(name, probability, help)->check(CLI::Range(0.0, 1.0))->type_name("P");
  };
  fault("--sim-delay", options.delay, "... holds a message back with this probability");
  fault("--sim-late", options.late, "... makes a timer late");
  fault("--sim-drop", options.drop, "... loses a timer that sends a message");
  fault("--sim-kill", options.kill, "... kills a process, at each step");
}

bool read_seeds(Options& options) {
  size_t dots = options.seeds.find("..");
  std::string first = options.seeds.substr(0, dots), last = dots == std::string::npos ? first : options.seeds.substr(dots + 2);
  auto number = [](const std::string& text, uint64_t& value) {
    if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != std::string::npos) return false;
    value = std::strtoull(text.c_str(), nullptr, 10);
    return true;
  };
  return number(first, options.first_seed) && number(last, options.last_seed) && options.first_seed <= options.last_seed;
}

/// `phial test --sim N`: the options after the word are the task's, but the schedule has to know of a simulation before the VM is there.
bool read_simulated_tests(Options& options) {
  bool test = options.file == "test" || ((options.file == "mix" || options.script == "mix") && !options.arguments.empty() && options.arguments[0] == "test");
  if (!test) return true;
  bool wanted = false;
  for (const std::string& word : options.arguments) wanted |= word == "--sim" || word == "--sim-seed" || word.starts_with("--sim=") || word.starts_with("--sim-seed=");
  if (!wanted) return true;
  CLI::App app;
  app.allow_extras();
  add_simulation(app, options);
  try {
    app.parse(std::vector<std::string>(options.arguments.rbegin(), options.arguments.rend()));
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "phial: %s\n", error.what());
    return false;
  }
  options.simulate = true;
  return true;
}

/// The options that repeat a simulation's faults.
std::string simulation_flags(const Options& options) {
  std::string flags = options.strategy == "mixed" ? "" : " --sim-schedule " + options.strategy;
  auto add = [&](const char* name, double probability) {
    char text[64];
    if (probability > 0) flags += (std::snprintf(text, sizeof text, " %s %g", name, probability), text);
  };
  add("--sim-delay", options.delay), add("--sim-late", options.late), add("--sim-drop", options.drop), add("--sim-kill", options.kill);
  return flags;
}

/// -1: run; else the status to exit with.
int read_command_line(int argc, char** argv, Options& options) {
  CLI::App app("Phial runs programs of its Elixir-compatible language.\n\n"
               "  phial                   open the shell\n"
               "  phial FILE.exs [ARGS]   run a script\n"
               "  phial -e CODE           evaluate code\n"
               "  phial new NAME          make a project; in its directory:\n"
               "  phial test|run|compile|format [ARGS]\n"
               "  phial mix TASK [ARGS]   run a task of the project (phial mix help lists them)\n"
               "  phial -S mix            open the shell in the project\n"
               "  phial profile FILE.exs [ARGS]    run a script and show where it spends its time\n"
               "  phial trace record|show ...      a log of what processes say to each other\n"
               "  phial observer DUMP     show a crash dump in the browser\n"
               "  phial --listen SOCKET FILE.exs   let shells attach to the running script\n"
               "  phial --remsh SOCKET             attach a shell to a running VM\n");
  app.name("phial");
  app.prefix_command();
  app.set_version_flag("-v,--version", std::string("Phial ") + phial_version());
  bool no_jit = false;
  app.add_option_function<std::vector<std::string>>(
         "-e,--eval", [](const std::vector<std::string>&) {}, "Evaluate CODE; may be repeated")
      ->type_name("CODE")->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->trigger_on_parse();
  app.add_option_function<std::vector<std::string>>(
         "-r", [](const std::vector<std::string>&) {}, "Run FILE first; may be repeated")
      ->type_name("FILE")->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("-S", options.script, "Run the program NAME of the library (mix)")->type_name("NAME");
  app.add_option("--jit", options.jit, "Compile to native code: off, auto, eager or template")
      ->check(CLI::IsMember({"off", "auto", "eager", "template"}))->type_name("MODE");
  app.add_option("--aot", options.aot, "Run the library's native code: on or off")->check(CLI::IsMember({"on", "off"}))->type_name("SWITCH");
  app.add_flag("--no-jit", no_jit, "The same as --jit=off");
  app.add_option("--schedulers", options.schedulers, "Threads that run processes (default: one a core)")->check(CLI::Range(1, 1024));
  app.add_flag("--legacy", options.legacy, "Variables set in branches leak out of them, as before Elixir 1.3");
  app.add_option("--listen", options.listen, "Let shells attach through a Unix socket at PATH")->type_name("PATH");
  app.add_option("--dbg", options.dbg, "What dbg does: print values, or stop there in the shell (pry)")
      ->check(CLI::IsMember({"print", "pry"}))->type_name("MODE");
  app.add_option("--remsh", options.remote_shell, "Attach a shell to the VM that listens at PATH")->type_name("PATH");
  options.confines.add_options(app);
  app.add_flag("--no-halt", options.no_halt, "Keep running after the script");
  uint64_t seed_count = 0;
  app.add_option("--sim", options.seeds, "Run on one thread, with a virtual clock and a schedule that depends on SEED alone; FIRST..LAST: until one fails")
      ->type_name("SEED");
  app.add_option("--seeds", seed_count, "The same as --sim 1..N")->type_name("N")->check(CLI::PositiveNumber);
  add_simulation(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    int status = app.exit(error);
    return status == 0 ? 0 : 1;
  }
  if (seed_count && options.seeds.empty()) options.seeds = "1.." + std::to_string(seed_count);
  options.simulate = !options.seeds.empty();
  if (options.simulate && !read_seeds(options)) {
    std::fprintf(stderr, "phial: --sim wants SEED or FIRST..LAST, not %s\n", options.seeds.c_str());
    return 1;
  }
  if (no_jit) options.jit = "off";
  // -e and -r in the order they were given: the parser keeps that of the options, not of their values.
  auto evals = app.get_option("--eval")->results(), requires_ = app.get_option("-r")->results();
  size_t next_eval = 0, next_require = 0;
  for (CLI::Option* option : app.parse_order()) {
    if (option->check_name("--eval") && next_eval < evals.size()) options.steps.push_back({Step::eval, evals[next_eval++]});
    if (option->check_name("-r") && next_require < requires_.size()) options.steps.push_back({Step::require, requires_[next_require++]});
  }
  std::vector<std::string> rest = app.remaining();
  if (!rest.empty() && rest[0] == "--") rest.erase(rest.begin());
  if (!rest.empty() && options.script.empty() && options.steps.empty()) {
    if (rest[0].size() > 1 && rest[0][0] == '-') {
      std::fprintf(stderr, "phial: unknown option %s (phial --help lists them)\n", rest[0].c_str());
      return 1;
    }
    options.file = rest[0];
    rest.erase(rest.begin());
  }
  options.arguments = rest;
  return read_simulated_tests(options) ? -1 : 1;
}

phial_term pair(phial_heap* heap, const char* tag, phial_term value) {
  phial_term items[] = {phial_atom(tag), value};
  return phial_tuple(heap, items, 2);
}
phial_term string(phial_heap* heap, const std::string& text) { return phial_binary(heap, text.data(), text.size()); }

/// The keyword list that :phial_cli.main gets.
phial_term option_list(phial_heap* heap, const Options& options) {
  std::vector<phial_term> steps, arguments, list;
  for (const Step& step : options.steps)
    steps.push_back(pair(heap, step.kind == Step::eval ? "eval" : "require", string(heap, step.text)));
  for (const std::string& argument : options.arguments) arguments.push_back(string(heap, argument));
  list.push_back(pair(heap, "steps", phial_list(heap, steps.data(), steps.size())));
  list.push_back(pair(heap, "argv", phial_list(heap, arguments.data(), arguments.size())));
  if (!options.file.empty()) list.push_back(pair(heap, "file", string(heap, options.file)));
  if (!options.script.empty()) list.push_back(pair(heap, "script", string(heap, options.script)));
  if (!options.dbg.empty()) list.push_back(pair(heap, "dbg", string(heap, options.dbg)));
  if (!options.listen.empty()) list.push_back(pair(heap, "listen", string(heap, options.listen)));
  list.push_back(pair(heap, "no_halt", phial_boolean(options.no_halt)));
  if (!options.seeds.empty()) {
    phial_term simulation[] = {phial_integer(heap, static_cast<int64_t>(options.first_seed)), phial_integer(heap, static_cast<int64_t>(options.last_seed)),
                               string(heap, simulation_flags(options))};
    list.push_back(pair(heap, "simulation", phial_tuple(heap, simulation, 3)));
  }
  return phial_list(heap, list.data(), list.size());
}

volatile sig_atomic_t interrupts = 0;
int signal_pipe[2];
constexpr char interrupt_byte = 1, terminate_byte = 2;

void on_terminate(int) {
  [[maybe_unused]] auto written = write(signal_pipe[1], &terminate_byte, 1);
}
void on_interrupt(int) {
  interrupts = interrupts + 1;
  char byte = interrupt_byte;
  [[maybe_unused]] auto written = write(signal_pipe[1], &byte, 1);
}

/// Hands each Ctrl-C to the shell; where there is none, ends the program as the signal would. SIGTERM stops the system in order.
void watch_interrupts(phial_vm* vm) {
  if (pipe(signal_pipe) != 0) return;
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigaction(SIGINT, &action, nullptr);
  action.sa_handler = on_terminate;
  sigaction(SIGTERM, &action, nullptr);
  std::thread([vm] {
    char byte;
    while (read(signal_pipe[0], &byte, 1) == 1) {
      if (byte == terminate_byte) {
        phial_term name = phial_atom("sigterm"), pid;
        if (phial_spawn(vm, ":erl_signal_server", "notify", &name, 1, &pid)) continue;
        std::signal(SIGTERM, SIG_DFL);
        std::raise(SIGTERM);
      }
      if (!phial_send(vm, phial_atom("phial_shell"), phial_atom("interrupt"))) {
        std::signal(SIGINT, SIG_DFL);
        std::raise(SIGINT);
      }
    }
  }).detach();
}

/// Streams that whoever started the program has closed: else what is opened first would be taken for them.
void open_standard_streams() {
  for (int fd = 0; fd <= 2; fd++)
    if (fcntl(fd, F_GETFD) < 0) [[maybe_unused]] int opened = open("/dev/null", O_RDWR);
}

}  // namespace

int main(int argc, char** argv) {
  open_standard_streams();
  std::signal(SIGPIPE, SIG_IGN);
  Options options;
  int status = read_command_line(argc, argv, options);
  if (status >= 0) return status;
  if (!options.remote_shell.empty()) return attach_shell(options.remote_shell);

  Halt halt;
  phial_config config;
  phial_config_init(&config);
  config.jit = options.jit == "off"        ? PHIAL_JIT_OFF
               : options.jit == "eager"    ? PHIAL_JIT_EAGER
               : options.jit == "template" ? PHIAL_JIT_TEMPLATE
                                           : PHIAL_JIT_AUTO;
  if (options.schedulers) config.schedulers = options.schedulers;
  config.interpret_library = options.aot == "off";
  config.max_processes = size_t{1} << 22;
  config.legacy = options.legacy;
  if (options.simulate) {
    config.schedulers = 0;
    config.deterministic = true;
    config.seed = options.first_seed;
    config.schedule = options.strategy == "random"     ? PHIAL_SCHEDULE_RANDOM
                      : options.strategy == "priority" ? PHIAL_SCHEDULE_PRIORITY
                                                       : PHIAL_SCHEDULE_MIXED;
    config.sim_delay = options.delay;
    config.sim_late = options.late;
    config.sim_drop = options.drop;
    config.sim_kill = options.kill;
    config.sim_waits = true;
    config.sim_trials = true;
  }
  config.user = &halt;
#ifndef PHIAL_ORDERLY_EXIT
  halt.stays = !options.simulate;  // there it is this thread
#endif
  config.halt = [](void* user, int code) { static_cast<Halt*>(user)->set_and_stay(code); };
#ifndef PHIAL_ORDERLY_EXIT  // a sanitizer tells of faults itself
  const char* dump = std::getenv("PHIAL_CRASH_DUMP");
  if (!dump || (*dump && std::strcmp(dump, "off") != 0)) phial_dump_crashes(dump ? dump : "phial_crash.dump");
#endif
  options.confines.on_end = [&] { halt.set(1); };
  if (!options.confines.apply(config, options.file)) return 1;
  phial_vm* vm = phial_vm_create(&config);
  if (!vm) {
    std::fprintf(stderr, "phial: %s\n", phial_create_error());
    return 1;
  }
  watch_interrupts(vm);

  phial_heap* heap = phial_heap_create();
  phial_term list = option_list(heap, options), pid;
  bool started = phial_spawn(vm, ":phial_cli", "main", &list, 1, &pid);
  phial_heap_free(heap);
  if (!started) {
    std::fprintf(stderr, "phial: the VM has no room for a process\n");
    return 1;
  }
  if (options.simulate) {
    // A deadlock is reported in the VM, which halts then; with --no-halt the program idles.
    while (!halt.halted) {
      if (phial_run_for(vm, 0, 0).activity == PHIAL_MORE) continue;
      std::unique_lock lock(halt.mutex);
      halt.arrived.wait_for(lock, std::chrono::milliseconds(20), [&] { return halt.halted; });
    }
  }
  {
    std::unique_lock lock(halt.mutex);
    halt.arrived.wait(lock, [&] { return halt.halted; });
    status = halt.status;
  }
  std::fflush(nullptr);
#ifdef PHIAL_ORDERLY_EXIT
  phial_vm_destroy(vm);
  return status;
#else
  _exit(status);  // the OS frees everything at once
#endif
}
