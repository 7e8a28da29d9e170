// A game loop: 60 frames a second, 2 ms of each for scripted entities, on the loop's own thread.
//
// Every entity is a process of the language. The loop sends each a tick, drives the VM for at most 2 ms, and draws what it was told; who is not done by then goes
// on in the next frame. One entity thinks for long, in every frame: the others and the frame rate do not suffer. How long the scripts took is measured
// and told on standard error, as the loop sees it and in time of the processor: on a busy machine the first is larger, when the system runs somebody else meanwhile.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <thread>
#include <vector>

#include "phial.h"

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto frame_time = std::chrono::microseconds(16667);
constexpr int64_t script_time = 2'000'000;  // nanoseconds
constexpr int frames = 45, walkers = 50;

const char* const scripts = R"(
defmodule Walker do
  # Goes right until the wall, then left.
  def start(host, id), do: spawn(fn -> loop(host, id, id, 1) end)

  defp loop(host, id, x, step) do
    receive do
      {:tick, _frame} ->
        step = if x + step in 0..99, do: step, else: -step
        send(host, {:moved, id, x + step})
        loop(host, id, x + step, step)
    end
  end
end

defmodule Thinker do
  # Needs far more than a frame's time for a thought.
  def start(host) do
    spawn(fn ->
      receive do: ({:tick, _} -> :ok)
      send(host, {:thought, Enum.reduce(1..2_000_000, 0, fn n, sum -> rem(sum + n * n, 1_000_003) end)})
    end)
  end
end
)";

void require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "game_loop: %s\n", what);
  std::exit(1);
}

double processor_milliseconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct World {
  std::vector<int64_t> positions = std::vector<int64_t>(walkers);
  int64_t moves = 0, thought = -1, frame = 0, thought_in_frame = -1;
};

/// Called in phial_run_for, on this thread.
void on_message(void* user, phial_term message) {
  auto& world = *static_cast<World*>(user);
  int64_t id, x;
  if (phial_is_atom(phial_tuple_element(message, 0), "moved") && phial_get_integer(phial_tuple_element(message, 1), &id) &&
      phial_get_integer(phial_tuple_element(message, 2), &x)) {
    world.positions[static_cast<size_t>(id)] = x;
    world.moves++;
  } else if (phial_get_integer(phial_tuple_element(message, 1), &world.thought)) {
    world.thought_in_frame = world.frame;
  }
}

}  // namespace

int main() {
  phial_config config;
  phial_config_init(&config);
  config.schedulers = 0;  // no threads: this one drives
  phial_vm* vm = phial_vm_create(&config);
  require(vm != nullptr, phial_create_error());
  World world;
  phial_host* host = phial_host_open(vm, on_message, &world);
  phial_heap* heap = phial_heap_create();

  phial_result* compiled = phial_eval(vm, scripts, "scripts.exs");
  require(phial_result_ok(compiled), phial_result_error(compiled));
  phial_result_free(compiled);
  std::vector<phial_term> entities;
  for (int64_t id = 0; id < walkers; id++) {
    phial_term arguments[] = {phial_host_pid(host), phial_integer(heap, id)};
    phial_result* started = phial_apply(vm, "Walker", "start", arguments, 2);
    require(phial_result_ok(started), phial_result_error(started));
    entities.push_back(phial_result_term(started));  // a pid is a word of its own
    phial_result_free(started);
  }
  phial_term self = phial_host_pid(host);
  phial_result* thinker = phial_apply(vm, "Thinker", "start", &self, 1);
  require(phial_result_ok(thinker), phial_result_error(thinker));
  entities.push_back(phial_result_term(thinker));
  phial_result_free(thinker);

  std::vector<double> taken, worked;
  auto next = Clock::now();
  for (world.frame = 0; world.frame < frames; world.frame++) {
    phial_term parts[] = {phial_atom("tick"), phial_integer(heap, world.frame)};
    phial_term tick = phial_tuple(heap, parts, 2);
    for (phial_term entity : entities) phial_send(vm, entity, tick);
    phial_heap_clear(heap);
    auto before = Clock::now();
    double worked_before = processor_milliseconds();
    phial_run_for(vm, 0, script_time);
    worked.push_back(processor_milliseconds() - worked_before);
    taken.push_back(std::chrono::duration<double, std::milli>(Clock::now() - before).count());
    // ... here the frame is drawn ...
    next += frame_time;
    std::this_thread::sleep_until(next);
  }
  // What is under way may end.
  while (world.moves < int64_t{frames} * walkers || world.thought < 0) phial_run_for(vm, 0, script_time);

  std::printf("%d frames, %lld moves\n", frames, static_cast<long long>(world.moves));
  int64_t sum = 0;
  for (int64_t x : world.positions) sum += x;
  std::printf("walker 0 at %lld, walker 49 at %lld, sum %lld\n", static_cast<long long>(world.positions[0]),
              static_cast<long long>(world.positions[49]), static_cast<long long>(sum));
  std::printf("thought %lld, %s\n", static_cast<long long>(world.thought), world.thought_in_frame > 1 ? "over several frames" : "within a frame");
  std::sort(taken.begin(), taken.end());
  std::fprintf(stderr, "scripts took %.2f ms in the median frame, %.2f ms in the worst, %.2f ms of the processor in the worst\n", taken[taken.size() / 2],
               taken.back(), *std::max_element(worked.begin(), worked.end()));
  phial_host_close(host);
  phial_heap_free(heap);
  phial_vm_destroy(vm);
}
