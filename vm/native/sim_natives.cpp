// :phial_sim, what Phial.Sim and the command line need of a deterministic schedule.
//
// Trials: the program is forked for each seed, so that every seed meets the very same state, a crash of the VM itself is just a failed trial, and a
// trial costs what a fork costs. A deterministic VM has one thread, which is what a fork keeps.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <chrono>
#include <cstdio>

#include "vm/native/native.hpp"
#include "vm/scheduler/deterministic.hpp"

namespace phial {
namespace {

using namespace native;

DeterministicScheduling* simulation(Context& c) { return simulation_of(c.vm()); }

bool read_seed(Term term, uint64_t& seed) {
  if (!term.is_small() || term.small_value() < 0) return false;
  seed = static_cast<uint64_t>(term.small_value());
  return true;
}

/// state(): {seed, steps} of a schedule that has begun, :waits before, or nil in a machine with threads.
Term state(Context& c, const Term*) {
  DeterministicScheduling* sim = simulation(c);
  if (!sim) return atoms::nil;
  if (!sim->begun()) return intern_atom("waits");
  return make_tuple(c.heap(), {make_integer(c.heap(), static_cast<int64_t>(sim->seed())), make_integer(c.heap(), static_cast<int64_t>(sim->steps()))});
}

/// begin(seed)
Term begin(Context& c, const Term* a) {
  uint64_t seed;
  DeterministicScheduling* sim = simulation(c);
  if (!sim || !read_seed(a[0], seed)) return c.badarg();
  sim->begin(seed);
  return atoms::ok;
}

Term spare(Context& c, const Term* a) {
  if (!a[0].is_local_pid()) return c.badarg();
  if (DeterministicScheduling* sim = simulation(c)) sim->spare(a[0]);
  return atoms::ok;
}
Term allow_idling(Context& c, const Term*) {
  if (DeterministicScheduling* sim = simulation(c)) sim->allow_idling();
  return atoms::ok;
}
Term crashes_count(Context& c, const Term*) {
  if (DeterministicScheduling* sim = simulation(c)) sim->crashes_count();
  return atoms::ok;
}
/// crashed(): somebody reports a process that ended with an error.
Term crashed(Context& c, const Term*) {
  c.vm().crash_reports.fetch_add(1, std::memory_order_relaxed);
  return atoms::ok;
}

struct Trial {
  int status = 0;  // of the exit, or 128 and the signal
  bool timed_out = false;
  std::string output;
};

/// What the child writes until it ends.
Trial watch(pid_t child, int pipe, int64_t limit_ms) {
  using Clock = std::chrono::steady_clock;
  Trial trial;
  auto end = Clock::now() + std::chrono::milliseconds(limit_ms);
  char part[16384];
  for (;;) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd wait{pipe, POLLIN, 0};
    int ready = left > 0 ? poll(&wait, 1, static_cast<int>(left)) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0) {
      trial.timed_out = true;
      kill(child, SIGKILL);
      break;
    }
    ssize_t got = read(pipe, part, sizeof part);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    if (trial.output.size() < (1 << 20)) trial.output.append(part, static_cast<size_t>(got));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  trial.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return trial;
}

/// trials(first, last, limit_ms): forks for each seed until one fails. In a child, where the seed's schedule has begun: {:trial, seed}. Here:
/// {:failed, seed, status or :timeout, output}, or {:passed, count}.
Term trials(Context& c, const Term* a) {
  uint64_t first, last, limit;
  DeterministicScheduling* sim = simulation(c);
  if (!sim || !c.vm().config.simulation.trials) return c.error(intern_atom("no_simulation"));
  if (!read_seed(a[0], first) || !read_seed(a[1], last) || !read_seed(a[2], limit)) return c.badarg();
  std::fflush(nullptr);
  auto integer = [&](uint64_t value) { return make_integer(c.heap(), static_cast<int64_t>(value)); };
  for (uint64_t seed = first; seed <= last; seed++) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return c.system_limit();
    pid_t child = fork();
    if (child < 0) {
      close(ends[0]), close(ends[1]);
      return c.system_limit();
    }
    if (child == 0) {
#ifdef __linux__
      prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
      signal(SIGINT, SIG_DFL), signal(SIGTERM, SIG_DFL);
      dup2(ends[1], 1), dup2(ends[1], 2);
      sim->begin(seed);
      return make_tuple(c.heap(), {intern_atom("trial"), integer(seed)});
    }
    close(ends[1]);
    Trial trial = watch(child, ends[0], static_cast<int64_t>(limit));
    close(ends[0]);
    if (trial.timed_out || trial.status != 0) {
      Term status = trial.timed_out ? atoms::timeout : Term::small(trial.status);
      return make_tuple(c.heap(), {intern_atom("failed"), integer(seed), status, make_binary(c.heap(), trial.output)});
    }
  }
  return make_tuple(c.heap(), {intern_atom("passed"), integer(last >= first ? last - first + 1 : 0)});
}

constexpr NativeEntry entries[] = {
    {"phial_sim", "state", 0, state}, {"phial_sim", "begin", 1, begin}, {"phial_sim", "spare", 1, spare},
    {"phial_sim", "allow_idling", 0, allow_idling}, {"phial_sim", "crashes_count", 0, crashes_count}, {"phial_sim", "crashed", 0, crashed},
    {"phial_sim", "trials", 3, trials},
};

}  // namespace

extern const NativeTable sim_natives;
constexpr NativeTable sim_natives = native::table_of(entries);

}  // namespace phial
