// A VM for tests: natives of the test, modules put together by the assembler, results through a host process.
#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/unit/assembler.hpp"
#include "vm/interpreter/vm_create.hpp"
#include "vm/term/print.hpp"

namespace phial::test {

class VmFixture : public ::testing::Test {
 protected:
  std::vector<NativeTable> natives;
  std::unique_ptr<Vm> vm;
  Term host = Term::nil();
  std::string printed;
  std::mutex printed_mutex;
  Arena results;

  void create(unsigned schedulers, bool deterministic = false, uint64_t seed = 1, bool stress = false) {
    VmConfig config;
    config.schedulers = schedulers;
    config.deterministic = deterministic;
    config.seed = seed;
    config.gc_stress = stress;
    config.natives = natives;
    config.output = [this](int, std::string_view bytes) {
      std::lock_guard lock(printed_mutex);
      printed += bytes;
    };
    vm = create_vm(std::move(config));
    host = vm->open_host_process(nullptr);
    vm->start();
  }
  void load(Assembler& assembler) {
    std::string error;
    CodeUnit& unit = assembler.finish();
    ASSERT_TRUE(verify_code_unit(unit, error)) << error << "\n" << print_code(unit);
    ASSERT_NE(vm->code.load(unit, error), nullptr) << error;
  }
  Term spawn(const char* module, const char* name, std::initializer_list<Term> arguments) {
    return vm->spawn_from_host(intern_atom(module), intern_atom(name), {arguments.begin(), arguments.size()});
  }
  /// The next message to the host, as text.
  std::string next(int64_t seconds = 20) {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    for (;;) {
      if (vm->config.schedulers == 0) vm->run_for(1000000, vm->config.deterministic ? -1 : 0);
      Term message = vm->poll_host(host, results, vm->config.schedulers ? seconds * 1000000000 : 0);
      if (!message.is_none()) return print_term(message);
      if (std::chrono::steady_clock::now() > end) return "(nothing came)";
    }
  }
  void TearDown() override {
    if (vm) vm->shutdown();
    gc_stress = false;
  }
};

}  // namespace phial::test
