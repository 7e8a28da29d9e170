// A plug-in server: scripts of 100 tenants that nobody trusts, each in a VM of its own, a sandbox with a budget. Some tenants are hostile. Four threads
// serve them; what each script may use is bounded, and what happens in one VM is nothing to the others.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "phial.h"

namespace {

constexpr size_t tenants = 100, threads = 4;

struct Plugin { const char* kind; const char* source; };
constexpr Plugin plugins[] = {
    {"honest", "Enum.sum(1..1000)"},
    {"honest", "Enum.map_join(1..3, \"-\", &Integer.to_string(&1 * &1))"},
    {"honest", "1..10 |> Task.async_stream(&(&1 * 2)) |> Enum.map(&elem(&1, 1)) |> Enum.sum()"},
    {"an endless loop", "defmodule Spin do\n  def go(n), do: go(n + 1)\nend\nSpin.go(0)"},
    {"a memory bomb", "Stream.iterate(\"boom\", &(&1 <> &1)) |> Enum.take(60) |> length()"},
    {"a list without end", "defmodule Grow do\n  def go(list), do: go([list | list])\nend\nGrow.go([])"},
    {"a fork bomb", "defmodule Fork do\n  def go, do: (spawn(&go/0); go())\nend\nFork.go()"},
    {"a look at files", "File.read!(\"/etc/passwd\")"},
    {"a way around", "[Path.wildcard(\"/etc/*\"), File.exists?(\"/bin/sh\"), File.write(\"/tmp/plugin\", \"x\")]"},
    {"a program", "System.cmd(\"/bin/sh\", [\"-c\", \"id\"])"},
    {"a program as a port", "Port.open({:spawn, \"cat /etc/passwd\"}, [:binary])"},
    {"a look at the environment", "System.get_env()"},
    {"a call home", ":gen_tcp.connect({127, 0, 0, 1}, 80, [])"},
    {"a deep recursion", "defmodule Deep do\n  def go(n), do: 1 + go(n + 1)\nend\nDeep.go(0)"},
    {"an atom bomb", "for n <- 1..1_000_000, do: String.to_atom(\"bomb#{n}\")"},
};
constexpr size_t kinds = sizeof plugins / sizeof *plugins;

/// `text`: the value, or what stopped it: the budget or the capability.
struct Outcome { bool served = false; std::string text; };

Outcome serve(const Plugin& plugin) {
  Outcome outcome;
  phial_config config;
  phial_config_init(&config);
  phial_config_sandbox(&config);  // nothing is granted: no files, no network, no programs ...
  const char* grants[] = {"define", nullptr};  // ... but modules of their own
  config.grants = grants;
  config.schedulers = 0;          // it runs on the thread that asks
  phial_memory_files* files = phial_memory_files_create();  // and were files granted, it would see these: none
  config.files = phial_memory_files_system(files);
  config.output = [](void*, int, const char*, size_t) {};
  config.log = [](void*, const char*, const char*, size_t, phial_term) {};
  phial_budget budget;
  phial_budget_init(&budget);
  budget.memory = 32 << 20;
  budget.reductions = 5'000'000;
  budget.processes = 200;
  budget.atoms = 5'000;
  config.budget = &budget;
  phial_vm* vm = phial_vm_create(&config);
  if (!vm) {
    outcome.text = phial_create_error();
    phial_memory_files_free(files);
    return outcome;
  }
  phial_options options{};
  options.size = sizeof options;
  options.name = "plugin.exs";
  options.timeout = 30'000'000'000;
  phial_result* result = phial_eval_with(vm, plugin.source, std::strlen(plugin.source), &options);
  outcome.served = phial_result_ok(result);
  if (outcome.served) {
    char* text = phial_inspect(phial_result_term(result));
    outcome.text = text;
    std::free(text);
  } else {
    // An exception of the language is a struct; Phial.CapabilityError says what was missing.
    phial_term capability;
    bool denied = phial_map_get_atom(phial_result_term(result), "capability", &capability);
    char* text = phial_inspect(denied ? capability : phial_result_term(result));
    outcome.text = denied ? "no capability " + std::string(text) : phial_result_code(result) == PHIAL_BUDGET ? text : phial_result_message(result);
    outcome.text = outcome.text.substr(0, outcome.text.find(" due to"));
    std::free(text);
  }
  phial_result_free(result);
  phial_vm_destroy(vm);
  phial_memory_files_free(files);
  return outcome;
}

}  // namespace

int main() {
  std::vector<Outcome> outcomes(tenants);
  std::atomic<size_t> next{0};
  std::vector<std::thread> workers;
  for (size_t i = 0; i < threads; i++)
    workers.emplace_back([&] {
      for (size_t tenant; (tenant = next++) < tenants;) outcomes[tenant] = serve(plugins[tenant % kinds]);
    });
  for (std::thread& worker : workers) worker.join();

  for (size_t kind = 0; kind < kinds; kind++) {
    size_t served = 0, refused = 0;
    for (size_t tenant = kind; tenant < tenants; tenant += kinds) (outcomes[tenant].served ? served : refused)++;
    std::printf("%s: %zu served, %zu stopped: %s\n", plugins[kind].kind, served, refused, outcomes[kind].text.c_str());
  }
  return 0;
}
