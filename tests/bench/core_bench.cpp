// Figures of the core without the compiler: hand-assembled fib, ping-pong, a tree of processes, idle processes.
// core_bench [schedulers]
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "tests/unit/assembler.hpp"
#include "vm/interpreter/vm_create.hpp"
#include "vm/native/native.hpp"
#include "vm/term/print.hpp"

using namespace phial;
using A = test::Assembler;

static void program(A& a) {
  a.function("fib", 1);
  a.emit(Opcode::is_less_constant, {A::x(0)}, {A::to("more"), A::small(2)});
  a.emit(Opcode::return_);
  a.label("more");
  a.emit(Opcode::allocate, {2, 1, 0});
  a.emit(Opcode::move, {A::y(0), A::x(0)});
  a.emit(Opcode::subtract_constant, {A::x(0), A::x(0)}, {0, A::small(1)});
  a.emit(Opcode::call, {1}, {0});
  a.emit(Opcode::move, {A::y(1), A::x(0)});
  a.emit(Opcode::subtract_constant, {A::x(0), A::y(0)}, {0, A::small(2)});
  a.emit(Opcode::call, {1}, {0});
  a.emit(Opcode::add, {A::x(0), A::y(1), A::x(0)}, {0});
  a.emit(Opcode::return_from_frame, {2});
  unsigned send = a.import("erlang", "send", 2), self = a.import("erlang", "self", 0), spawn = a.import("erlang", "spawn", 3);
  // run(f, host, n): f(n), then :done to the host
  a.function("run_fib", 2);
  a.emit(Opcode::allocate, {1, 2, 0});
  a.emit(Opcode::move, {A::y(0), A::x(1)});
  a.emit(Opcode::call, {1}, {0});
  a.emit(Opcode::move, {A::x(1), A::x(0)});
  a.emit(Opcode::move, {A::x(0), A::y(0)});
  a.emit(Opcode::call_external_last, {2, 1}, {Word{send}});
  // pong
  a.function("pong", 0);
  a.emit(Opcode::allocate, {0, 0, 0});
  a.label("pong");
  a.emit(Opcode::receive_next, {A::x(0)}, {A::to("pong_wait")});
  a.emit(Opcode::receive_remove);
  a.emit(Opcode::get_element, {A::x(1), A::x(0), 1});
  a.emit(Opcode::get_element, {A::x(0), A::x(0), 0});
  a.emit(Opcode::call_external, {2}, {Word{send}});
  a.emit(Opcode::loop, {0}, {A::to("pong")});
  a.label("pong_wait");
  a.emit(Opcode::receive_wait, {}, {A::to("pong")});
  // ping(n, host)
  a.function("ping", 2);
  a.emit(Opcode::allocate, {3, 2, 0});
  a.emit(Opcode::move, {A::y(0), A::x(0)});
  a.emit(Opcode::move, {A::y(2), A::x(1)});
  a.emit(Opcode::move_constant, {A::x(0)}, {A::atom("b")});
  a.emit(Opcode::move_constant, {A::x(1)}, {A::atom("pong")});
  a.emit(Opcode::move_constant, {A::x(2)}, {A::nil()});
  a.emit(Opcode::call_external, {3}, {Word{spawn}});
  a.emit(Opcode::move, {A::y(1), A::x(0)});
  a.label("again");
  a.emit(Opcode::is_greater_constant, {A::y(0)}, {A::to("done"), A::small(0)});
  a.emit(Opcode::call_external, {0}, {Word{self}});
  a.emit(Opcode::test_heap, {1}, {3});
  a.emit(Opcode::put_tuple, {A::x(1), 2}, {A::rx(0), A::ry(0)});
  a.emit(Opcode::move, {A::x(0), A::y(1)});
  a.emit(Opcode::call_external, {2}, {Word{send}});
  a.label("ping_receive");
  a.emit(Opcode::receive_next, {A::x(0)}, {A::to("ping_wait")});
  a.emit(Opcode::receive_remove);
  a.emit(Opcode::subtract_constant, {A::y(0), A::y(0)}, {0, A::small(1)});
  a.emit(Opcode::loop, {0}, {A::to("again")});
  a.label("ping_wait");
  a.emit(Opcode::receive_wait, {}, {A::to("ping_receive")});
  a.label("done");
  a.emit(Opcode::move, {A::x(0), A::y(2)});
  a.emit(Opcode::move_constant, {A::x(1)}, {A::atom("done")});
  a.emit(Opcode::call_external_last, {2, 3}, {Word{send}});
  // skynet(parent, num, size)
  a.function("skynet", 3);
  a.emit(Opcode::is_equal_exact_constant, {A::x(2)}, {A::to("node"), A::small(1)});
  a.emit(Opcode::call_external_only, {2}, {Word{send}});
  a.label("node");
  a.emit(Opcode::allocate, {5, 3, 0});
  a.emit(Opcode::move, {A::y(0), A::x(0)});
  a.emit(Opcode::move, {A::y(1), A::x(1)});
  a.emit(Opcode::quotient, {A::y(2)}, {0, A::rx(2), A::small(10)});
  a.emit(Opcode::move_constant, {A::y(3)}, {A::small(0)});
  a.label("spawning");
  a.emit(Opcode::is_less_constant, {A::y(3)}, {A::to("spawned"), A::small(10)});
  a.emit(Opcode::call_external, {0}, {Word{self}});
  a.emit(Opcode::multiply, {A::x(1), A::y(3), A::y(2)}, {0});
  a.emit(Opcode::add, {A::x(1), A::x(1), A::y(1)}, {0});
  a.emit(Opcode::test_heap, {2}, {6});
  a.emit(Opcode::put_list_any, {A::x(2)}, {A::ry(2), A::nil()});
  a.emit(Opcode::put_list, {A::x(2), A::x(1), A::x(2)});
  a.emit(Opcode::put_list, {A::x(2), A::x(0), A::x(2)});
  a.emit(Opcode::move_constant, {A::x(0)}, {A::atom("b")});
  a.emit(Opcode::move_constant, {A::x(1)}, {A::atom("skynet")});
  a.emit(Opcode::call_external, {3}, {Word{spawn}});
  a.emit(Opcode::add_constant, {A::y(3), A::y(3)}, {0, A::small(1)});
  a.emit(Opcode::loop, {0}, {A::to("spawning")});
  a.label("spawned");
  a.emit(Opcode::move_constant, {A::y(4)}, {A::small(0)});
  a.label("gather");
  a.emit(Opcode::is_greater_constant, {A::y(3)}, {A::to("gathered"), A::small(0)});
  a.label("gather_receive");
  a.emit(Opcode::receive_next, {A::x(0)}, {A::to("gather_wait")});
  a.emit(Opcode::receive_remove);
  a.emit(Opcode::add, {A::y(4), A::y(4), A::x(0)}, {0});
  a.emit(Opcode::subtract_constant, {A::y(3), A::y(3)}, {0, A::small(1)});
  a.emit(Opcode::loop, {0}, {A::to("gather")});
  a.label("gather_wait");
  a.emit(Opcode::receive_wait, {}, {A::to("gather_receive")});
  a.label("gathered");
  a.emit(Opcode::move, {A::x(0), A::y(0)});
  a.emit(Opcode::move, {A::x(1), A::y(4)});
  a.emit(Opcode::call_external_last, {2, 5}, {Word{send}});
  // spawn_idle(n, host)
  a.function("spawn_idle", 2);
  a.emit(Opcode::allocate, {2, 2, 0});
  a.emit(Opcode::move, {A::y(0), A::x(0)});
  a.emit(Opcode::move, {A::y(1), A::x(1)});
  a.label("idle_more");
  a.emit(Opcode::is_greater_constant, {A::y(0)}, {A::to("idle_done"), A::small(0)});
  a.emit(Opcode::move_constant, {A::x(0)}, {A::atom("b")});
  a.emit(Opcode::move_constant, {A::x(1)}, {A::atom("pong")});
  a.emit(Opcode::move_constant, {A::x(2)}, {A::nil()});
  a.emit(Opcode::call_external, {3}, {Word{spawn}});
  a.emit(Opcode::subtract_constant, {A::y(0), A::y(0)}, {0, A::small(1)});
  a.emit(Opcode::loop, {0}, {A::to("idle_more")});
  a.label("idle_done");
  a.emit(Opcode::move, {A::x(0), A::y(1)});
  a.emit(Opcode::move_constant, {A::x(1)}, {A::atom("done")});
  a.emit(Opcode::call_external_last, {2, 2}, {Word{send}});
}

static size_t resident() {
  size_t total = 0, pages = 0;
  if (FILE* f = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(f, "%zu %zu", &total, &pages) != 2) pages = 0;
    std::fclose(f);
  }
  return pages * 4096;
}

int main(int argc, char** argv) {
  unsigned schedulers = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 2;
  VmConfig config;
  config.schedulers = schedulers;
  config.max_processes = 3000000;
  for (const NativeTable& table : native_tables()) config.natives.push_back(table);
  auto vm = create_vm(std::move(config));
  A a("b");
  program(a);
  std::string error;
  if (!verify_code_unit(a.finish(), error) || !vm->code.load(a.unit, error)) {
    std::fprintf(stderr, "%s\n", error.c_str());
    return 1;
  }
  Term host = vm->open_host_process(nullptr);
  vm->start();
  Arena results;
  auto run = [&](const char* label, const char* name, std::initializer_list<Term> arguments) {
    auto before = std::chrono::steady_clock::now();
    vm->spawn_from_host(intern_atom("b"), intern_atom(name), {arguments.begin(), arguments.size()});
    Term answer = vm->poll_host(host, results, 120000000000);
    std::chrono::duration<double> took = std::chrono::steady_clock::now() - before;
    std::printf("%-28s %8.3f s   %s\n", label, took.count(), answer.is_none() ? "(nothing)" : print_term(answer).c_str());
    std::fflush(stdout);
  };
  run("fib(35)", "run_fib", {Term::small(35), host});
  run("2M ping-pong round trips", "ping", {Term::small(2000000), host});
  run("skynet, a million leaves", "skynet", {host, Term::small(0), Term::small(1000000)});
  size_t before = resident();
  run("spawn a million idle", "spawn_idle", {Term::small(1000000), host});
  for (int i = 0; i < 100 && vm->scheduling->run_queue_length(); i++) {
    timespec pause{0, 50000000};
    nanosleep(&pause, nullptr);
  }
  std::printf("bytes per idle process       %8.0f   sizeof(Process) %zu\n", static_cast<double>(resident() - before) / 1e6, sizeof(Process));
  auto stop = std::chrono::steady_clock::now();
  vm->shutdown();
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - stop;
  std::printf("%-28s %8.3f s\n", "shutdown", took.count());
}
