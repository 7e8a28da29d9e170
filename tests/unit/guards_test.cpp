// Every native function is either pure or guarded by a capability (vm/native/guards.cpp), and natives.list says which. A new native function has to be added there, with a
// thought about what it reaches.
#include "vm/native/guards.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "vm/api/extensions.hpp"
#include "vm/native/native.hpp"

namespace phial {
namespace {

std::string name_of(const NativeEntry& entry) {
  return std::string(entry.module) + "." + entry.name + "/" + std::to_string(entry.arity);
}

std::vector<NativeTable> all_tables() {
  VmConfig config;
  for (const NativeTable& table : native_tables()) config.natives.push_back(table);
  for (VmExtension extension : vm_extensions()) extension(config, {});
  return config.natives;
}

/// Lines "pure MODULE.NAME/ARITY" or "guarded ...".
std::map<std::string, std::string> listed() {
  std::map<std::string, std::string> list;
  std::ifstream stream(PHIAL_SOURCE_DIR "/tests/unit/natives.list");
  for (std::string line; std::getline(stream, line);) {
    if (line.empty() || line[0] == '#') continue;
    size_t space = line.find(' ');
    list[line.substr(space + 1)] = line.substr(0, space);
  }
  return list;
}

TEST(Guards, EveryNativeFunctionIsListedAsPureOrGuarded) {
  auto list = listed();
  std::set<std::string> seen;
  for (const NativeTable& table : all_tables())
    for (size_t i = 0; i < table.count; i++) {
      const NativeEntry& entry = table.entries[i];
      std::string name = name_of(entry);
      seen.insert(name);
      const char* is = is_guarded(entry) ? "guarded" : "pure";
      auto found = list.find(name);
      if (found == list.end())
        ADD_FAILURE() << "not in tests/unit/natives.list: " << is << " " << name;
      else
        EXPECT_EQ(found->second, is) << name;
    }
  for (auto& [name, is] : list) EXPECT_TRUE(seen.contains(name)) << "no such native function any more: " << is << " " << name;
}

TEST(Guards, GuardedFunctionsAreReplacedAndPureOnesStay) {
  auto before = all_tables(), after = before;
  guard_natives(after);
  ASSERT_EQ(before.size(), after.size());
  size_t guarded = 0;
  for (size_t t = 0; t < before.size(); t++)
    for (size_t i = 0; i < before[t].count; i++) {
      bool replaced = before[t].entries[i].function != after[t].entries[i].function;
      EXPECT_EQ(replaced, is_guarded(before[t].entries[i])) << name_of(before[t].entries[i]);
      EXPECT_EQ(before[t].entries[i].flags, after[t].entries[i].flags);
      guarded += replaced;
    }
  EXPECT_GT(guarded, 80u);
}

}  // namespace
}  // namespace phial
