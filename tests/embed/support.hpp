// A VM of the C API for tests, and shorthand for results.
#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "phial.h"

namespace test {

inline std::string inspect(phial_term term) {
  char* text = phial_inspect(term);
  std::string copy(text);
  std::free(text);
  return copy;
}

/// "ok: VALUE", or "CODE: MESSAGE". Frees the result.
inline std::string told(phial_result* result) {
  std::string text = phial_result_ok(result)
                         ? "ok: " + inspect(phial_result_term(result))
                         : std::string(phial_code_name(phial_result_code(result))) + ": " + phial_result_message(result);
  phial_result_free(result);
  return text;
}

class Vm : public ::testing::TestWithParam<unsigned> {
 protected:
  phial_config config;
  phial_vm* vm = nullptr;
  std::mutex mutex;
  std::vector<std::string> misuses;
  std::string output;

  Vm() {
    phial_config_init(&config);
    config.schedulers = 1;
    config.user = this;
    config.misuse = [](void* user, const char* message) {
      auto self = static_cast<Vm*>(user);
      std::lock_guard lock(self->mutex);
      self->misuses.push_back(message);
    };
    config.output = [](void* user, int, const char* bytes, size_t size) {
      auto self = static_cast<Vm*>(user);
      std::lock_guard lock(self->mutex);
      self->output.append(bytes, size);
    };
  }
  void create() {
    vm = phial_vm_create(&config);
    ASSERT_NE(vm, nullptr) << phial_create_error();
  }
  void TearDown() override { phial_vm_destroy(vm); }
  std::string eval(const char* source) { return told(phial_eval(vm, source, "test")); }
};

inline std::string schedulers_name(const ::testing::TestParamInfo<unsigned>& info) {
  return info.param == 0 ? "host_thread" : std::to_string(info.param) + "_schedulers";
}

}  // namespace test
