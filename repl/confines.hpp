// The command line's sandbox and budgets: --sandbox, --allow-..., --max-....
#pragma once
#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <vector>

#include "vm/api/phial.h"

class Confines {
 public:
  /// Adds the options to the program's.
  void add_options(CLI::App& app);
  /// Puts them into the configuration, which refers to this object from then on. `script` is the file that runs, or "". False: an option is wrong, which has
  /// been told.
  bool apply(phial_config& config, const std::string& script);
  /// Called when all of the program is ended because a budget of it is used up: any thread.
  std::function<void()> on_end;

 private:
  static bool crossed(void* user, phial_budget_kind kind, uint64_t used, uint64_t* limit);
  bool sandbox_ = false;
  std::vector<std::string> reads_, writes_, nets_, listens_, others_, envs_;
  bool run_ = false, all_env_ = false;
  std::string memory_, reductions_, rate_, processes_, atoms_, mailbox_, ets_, time_;
  std::vector<std::string> grants_;
  std::vector<const char*> grant_list_;
  phial_budget budget_{};
};
