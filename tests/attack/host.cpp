// Runs the hostile scripts of this folder, each in a sandboxed VM of its own, all in this one process, beside a control VM that has to go on answering.
//
// A script says in its first lines how it has to end, and what it is given beyond nothing:
//
//   # expect: budget memory | error SystemLimitError | value 42 | value _ | exit
//   # grants: define read:/usr/share
//   # budget: reductions=5000000 time=200ms
//
// `budget KIND`: ended with {:budget, KIND}. `error NAME`: that exception. `value TEXT`: the value as inspect shows it, _ for any. `exit`: any exit reason.
// One of them has to hold, within the time below; and while all of them run, the control VM answers each request within its bound.
//
// Usage: attack_host DIRECTORY [NAME...]
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "phial.h"

namespace {

using Clock = std::chrono::steady_clock;

/// How much longer things take in this build.
double slow() {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return 8;
#endif
#endif
  return 1;
}

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct Script {
  std::string name, source;
  std::vector<std::string> expected;
  std::vector<std::string> grants;
  phial_budget budget;
};

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) {
    size_t from = part.find_first_not_of(' '), to = part.find_last_not_of(' ');
    if (from != std::string::npos) parts.push_back(part.substr(from, to - from + 1));
  }
  return parts;
}

bool set_limit(phial_budget& budget, const std::string& item) {
  size_t equals = item.find('=');
  std::string kind = item.substr(0, equals), text = item.substr(equals + 1);
  char* end;
  double value = std::strtod(text.c_str(), &end);
  std::string unit = end;
  if (unit == "M") value *= 1 << 20;
  if (unit == "ms") value *= 1e6 * slow();
  if (unit == "s") value *= 1e9 * slow();
  auto amount = static_cast<uint64_t>(value);
  if (kind == "memory") budget.memory = amount;
  else if (kind == "reductions") budget.reductions = amount;
  else if (kind == "processes") budget.processes = amount;
  else if (kind == "atoms") budget.atoms = amount;
  else if (kind == "ets") budget.ets = amount;
  else if (kind == "mailbox") budget.mailbox = amount;
  else if (kind == "time") budget.time = amount;
  else return false;
  return true;
}

bool read_script(const std::filesystem::path& path, Script& script) {
  std::ifstream stream(path);
  std::stringstream content;
  content << stream.rdbuf();
  script.name = path.stem();
  script.source = content.str();
  phial_budget_init(&script.budget);
  script.budget.memory = 48 << 20;
  script.budget.ets = 16 << 20;
  script.budget.reductions = 30'000'000;
  script.budget.processes = 100;
  script.budget.atoms = 5000;
  script.budget.mailbox = 20'000;
  script.budget.time = static_cast<uint64_t>(10e9 * slow());
  for (const std::string& line : split(script.source, '\n')) {
    auto value = [&](const char* key) { return line.starts_with(key) ? line.substr(std::strlen(key)) : ""; };
    if (std::string text = value("# expect: "); !text.empty()) script.expected = split(text, '|');
    if (std::string text = value("# grants: "); !text.empty()) script.grants = split(text, ' ');
    if (std::string text = value("# budget: "); !text.empty())
      for (const std::string& item : split(text, ' '))
        if (!set_limit(script.budget, item)) return false;
  }
  return !script.expected.empty();
}

std::string inspected(phial_term term) {
  char* text = phial_inspect(term);
  std::string result = text;
  std::free(text);
  return result;
}

/// "budget KIND", "error NAME", "value TEXT" or "exit REASON".
std::string outcome(const phial_result* result) {
  phial_term term = phial_result_term(result);
  const char* text;
  size_t size;
  if (phial_result_ok(result)) return "value " + inspected(term);
  if (phial_tuple_size(term) == 2 && phial_get_atom(phial_tuple_element(term, 0), &text, &size) && std::string(text, size) == "budget" &&
      phial_get_atom(phial_tuple_element(term, 1), &text, &size))
    return "budget " + std::string(text, size);
  phial_term name;
  if (phial_map_get(term, phial_atom("__struct__"), &name) && phial_get_atom(name, &text, &size)) {
    std::string module(text, size);
    return "error " + (module.starts_with("Elixir.") ? module.substr(7) : module);
  }
  return "exit " + inspected(term);
}

bool fits(const std::string& outcome, const std::string& expected) {
  if (expected == "exit") return outcome.starts_with("exit ");
  // `_` at the end of what is expected, and within it, stands for anything.
  size_t hole = expected.find('_');
  bool any = hole != std::string::npos && (hole + 1 == expected.size() || expected[hole + 1] == '}');
  return any ? outcome.starts_with(expected.substr(0, hole)) : outcome == expected;
}

struct Control {
  phial_vm* vm = nullptr;
  std::atomic<bool> done{false};
  std::atomic<double> longest{0};
  std::atomic<size_t> answers{0};
  std::atomic<bool> wrong{false};
  std::thread thread;

  void start() {
    phial_config config;
    phial_config_init(&config);
    config.schedulers = 1;
    vm = phial_vm_create(&config);
    thread = std::thread([this] {
      while (!done) {
        Clock::time_point start = Clock::now();
        phial_result* result = phial_eval(vm, "Enum.sum(1..100) + length(Enum.map([1, 2, 3], &(&1 * 2)))", "control");
        int64_t sum = 0;
        if (!phial_result_ok(result) || !phial_get_integer(phial_result_term(result), &sum) || sum != 5053) wrong = true;
        phial_result_free(result);
        double took = seconds_since(start);
        if (took > longest) longest = took;
        answers++;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    });
  }
  void stop() {
    done = true;
    thread.join();
    phial_vm_destroy(vm);
  }
};

/// True if the script ended as it has to.
bool run(const Script& script, double& took) {
  phial_config config;
  phial_config_init(&config);
  phial_config_sandbox(&config);
  config.schedulers = 1;
  std::vector<const char*> grants;
  for (const std::string& grant : script.grants) grants.push_back(grant.c_str());
  grants.push_back(nullptr);
  config.grants = grants.data();
  config.budget = &script.budget;
  std::atomic<size_t> written{0};
  config.user = &written;
  config.output = [](void* user, int, const char*, size_t size) { *static_cast<std::atomic<size_t>*>(user) += size; };
  config.halt = [](void*, int) { std::fprintf(stderr, "a script halted the host\n"); };
  phial_vm* vm = phial_vm_create(&config);
  if (!vm) {
    std::printf("FAILED %s: %s\n", script.name.c_str(), phial_create_error());
    return false;
  }
  Clock::time_point start = Clock::now();
  phial_result* result = phial_eval(vm, script.source.c_str(), script.name.c_str());
  std::string end = outcome(result);
  std::string error = phial_result_error(result);
  phial_result_free(result);
  double evaluated = seconds_since(start);
  phial_vm_destroy(vm);
  took = seconds_since(start);
  bool good = std::any_of(script.expected.begin(), script.expected.end(), [&](const std::string& expected) { return fits(end, expected); });
  if (!good) {
    std::printf("FAILED %s: ended with %s\n", script.name.c_str(), end.substr(0, 600).c_str());
    if (!error.empty()) std::printf("  %s\n", error.substr(0, 1500).c_str());
  }
  if (took - evaluated > 2 * slow()) {
    std::printf("FAILED %s: its VM took %.1f s to end\n", script.name.c_str(), took - evaluated);
    good = false;
  }
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1]))
    if (entry.path().extension() == ".exs") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<Script> scripts;
  for (const auto& path : paths) {
    Script script;
    bool wanted = argc < 3;
    for (int i = 2; i < argc; i++) wanted |= path.stem().string().find(argv[i]) != std::string::npos;
    if (!wanted) continue;
    if (!read_script(path, script)) {
      std::printf("FAILED %s: its first lines say nothing good\n", path.c_str());
      return 1;
    }
    scripts.push_back(std::move(script));
  }
  Control control;
  control.start();
  Clock::time_point start = Clock::now();
  size_t failed = 0;
  bool verbose = std::getenv("ATTACK_VERBOSE") != nullptr;
  for (const Script& script : scripts) {
    double took = 0;
    if (verbose) std::printf("%s\n", script.name.c_str());
    bool good = run(script, took);
    failed += !good;
    if (verbose || took > 3 * slow()) std::printf("%s: %.2f s\n", script.name.c_str(), took);
  }
  double all = seconds_since(start);
  control.stop();
  const double bound = 2 * slow();
  std::printf("%zu scripts in %.1f s, %zu failed; the control VM answered %zu times, the slowest after %.0f ms\n", scripts.size(), all, failed,
              control.answers.load(), control.longest * 1000);
  if (control.wrong) std::printf("FAILED: the control VM gave a wrong answer\n");
  if (control.longest > bound) std::printf("FAILED: the control VM must answer within %.0f s\n", bound);
  return failed || control.wrong || control.longest > bound || control.answers == 0;
}
