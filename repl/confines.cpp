#include "repl/confines.hpp"

#include <cmath>
#include <cstdio>

namespace {

/// A number with an optional unit out of `units` ("K", "M", "G"; "ms", "s", "m", "h"). False: it is none.
struct Unit {
  const char* name;
  double factor;
};
constexpr Unit counts[] = {{"", 1}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}, {nullptr, 0}};
constexpr Unit bytes[] = {{"", 1}, {"K", 1024.0}, {"M", 1048576.0}, {"G", 1073741824.0}, {nullptr, 0}};
constexpr Unit times[] = {{"", 1e9}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}, {nullptr, 0}};

bool read_amount(const char* option, const std::string& text, const Unit* units, uint64_t& amount) {
  if (text.empty()) return true;
  char* end;
  double value = std::strtod(text.c_str(), &end);
  if (end != text.c_str() && value > 0)
    for (const Unit* unit = units; unit->name; unit++)
      if (std::string(end) == unit->name && value * unit->factor < 1e18) {
        amount = std::max<uint64_t>(1, static_cast<uint64_t>(std::llround(value * unit->factor)));
        return true;
      }
  std::fprintf(stderr, "phial: %s takes a number such as %s, got: %s\n", option, units == times ? "500ms or 5s" : "1000 or 64M", text.c_str());
  return false;
}

}  // namespace

void Confines::add_options(CLI::App& app) {
  std::string group = "Sandbox and budgets";
  auto many = [&](const char* name, std::vector<std::string>& to, const char* what, const char* type) {
    app.add_option(name, to, what)->type_name(type)->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false)->group(group);
  };
  app.add_flag("--sandbox", sandbox_, "Allow the program nothing beyond computing and printing, but for what follows")->group(group);
  many("--allow-read", reads_, "Allow reading PATH and what is below it; may be repeated, as the next ones", "PATH");
  many("--allow-write", writes_, "Allow writing PATH and what is below it", "PATH");
  many("--allow-net", nets_, "Allow connecting to HOST:PORT; * stands for any", "HOST:PORT");
  many("--allow-listen", listens_, "Allow listening on HOST:PORT", "HOST:PORT");
  app.add_flag("--allow-run", run_, "Allow starting programs")->group(group);
  many("--allow-env-of", envs_, "Allow the environment variable NAME", "NAME");
  app.add_flag("--allow-env", all_env_, "Allow the environment")->group(group);
  many("--allow", others_, "Allow any capability by its name, such as clock or dns (docs/guide/sandbox.md)", "CAPABILITY");
  auto limit = [&](const char* name, std::string& to, const char* what, const char* type) {
    app.add_option(name, to, what)->type_name(type)->group(group);
  };
  limit("--max-memory", memory_, "End what holds most memory when all of it is more than SIZE (64M)", "SIZE");
  limit("--max-ets", ets_, "The same for ETS tables alone", "SIZE");
  limit("--max-reductions", reductions_, "End the program after COUNT reductions (100M); one is about a function call", "COUNT");
  limit("--max-rate", rate_, "Run at most COUNT reductions a second", "COUNT");
  limit("--max-processes", processes_, "Allow COUNT processes at once", "COUNT");
  limit("--max-atoms", atoms_, "Allow COUNT new atoms", "COUNT");
  limit("--max-mailbox", mailbox_, "End a process when more than COUNT messages wait for it", "COUNT");
  limit("--max-time", time_, "End the program after TIME (5s, 500ms, 2m)", "TIME");
}

bool Confines::apply(phial_config& config, const std::string& script) {
  phial_budget_init(&budget_);
  struct Limit {
    const char* option;
    const std::string& text;
    const Unit* units;
    uint64_t& amount;
  };
  const Limit limits[] = {{"--max-memory", memory_, bytes, budget_.memory}, {"--max-ets", ets_, bytes, budget_.ets},
                          {"--max-reductions", reductions_, counts, budget_.reductions}, {"--max-rate", rate_, counts, budget_.reductions_per_second},
                          {"--max-processes", processes_, counts, budget_.processes}, {"--max-atoms", atoms_, counts, budget_.atoms},
                          {"--max-mailbox", mailbox_, counts, budget_.mailbox}, {"--max-time", time_, times, budget_.time}};
  bool any = false;
  for (const Limit& limit : limits) {
    if (!read_amount(limit.option, limit.text, limit.units, limit.amount)) return false;
    any |= !limit.text.empty();
  }
  if (any) {
    budget_.crossed = crossed;
    budget_.user = this;
    config.budget = &budget_;
  }
  auto grant = [&](const char* kind, const std::vector<std::string>& targets) {
    for (const std::string& target : targets) grants_.push_back(std::string(kind) + ":" + target);
  };
  grant("read", reads_);
  grant("write", writes_);
  grant("connect", nets_);
  grant("listen", listens_);
  grant("env", envs_);
  grants_.insert(grants_.end(), others_.begin(), others_.end());
  if (run_) grants_.push_back("run");
  if (all_env_) grants_.push_back("env");
  if (!sandbox_) {
    if (grants_.empty()) return true;
    std::fprintf(stderr, "phial: --allow... needs --sandbox\n");
    return false;
  }
  // The program itself: its file, its modules, and its end.
  if (!script.empty()) grants_.push_back("read:" + script);
  grants_.insert(grants_.end(), {"define", "halt"});
  for (const std::string& text : grants_) grant_list_.push_back(text.c_str());
  grant_list_.push_back(nullptr);
  if (const char* bad = phial_bad_grant(grant_list_.data())) {
    std::fprintf(stderr, "phial: %s is no capability (docs/guide/sandbox.md lists them)\n", bad);
    return false;
  }
  config.restricted = true;
  config.grants = grant_list_.data();
  return true;
}

bool Confines::crossed(void* user, phial_budget_kind kind, uint64_t, uint64_t*) {
  auto self = static_cast<Confines*>(user);
  // These end all processes, so nobody is left to end the program.
  const char* what = kind == PHIAL_BUDGET_TIME ? "time" : kind == PHIAL_BUDGET_REDUCTIONS ? "reductions" : nullptr;
  if (!what) return false;
  std::fprintf(stderr, "phial: the budget of %s is used up\n", what);
  if (self->on_end) self->on_end();
  return false;
}
