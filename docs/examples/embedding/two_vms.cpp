// Two VMs in one program: each runs a thousand processes, has its own Host.name/0, its own output, and ends on its own.
#include <cstdio>
#include <mutex>
#include <string>

#include "phial.hpp"

namespace {

struct Output {
  std::mutex mutex;
  std::string text;
};

phial_api::Config configuration(Output& output) {
  phial_api::Config config;
  config.schedulers = 2;
  config.on_output = [&output](int, std::string_view bytes) {
    std::lock_guard lock(output.mutex);
    output.text += bytes;
  };
  return config;
}

// A thousand processes in a ring: a number goes round and each adds one.
const char* const ring = R"(
defmodule Ring do
  def run(count) do
    me = self()
    first = Enum.reduce(1..count, me, fn _, next -> spawn(fn -> pass(next) end) end)
    send(first, 0)
    receive do
      total -> total
    end
  end

  defp pass(next) do
    receive do
      n -> send(next, n + 1)
    end
  end
end
)";

const char* const run = R"(
IO.puts("#{Host.name()} counted #{Ring.run(1000)}")
Ring.run(1000)
)";

}  // namespace

int main() {
  Output first_output, second_output;
  auto first = std::make_unique<phial_api::Vm>(configuration(first_output));
  auto second = std::make_unique<phial_api::Vm>(configuration(second_output));
  first->function("Host", "name", [] { return std::string("first"); });
  second->function("Host", "name", [] { return std::string("second"); });
  for (auto vm : {first.get(), second.get()})
    if (auto defined = vm->eval(ring, {.name = "ring.exs"}); !defined) {
      std::fprintf(stderr, "%s\n", defined.error().c_str());
      return 1;
    }

  for (int round = 0; round < 3; round++) {
    auto one = first->eval(run), two = second->eval(run);
    if (!one || !two) {
      std::fprintf(stderr, "%s\n%s\n", one.error().c_str(), two.error().c_str());
      return 1;
    }
    std::printf("%lld %lld\n", static_cast<long long>(one.value().as<int64_t>()), static_cast<long long>(two.value().as<int64_t>()));
  }

  // One ends while the other goes on.
  first.reset();
  second->function("Host", "join", [](std::vector<std::string> words) {
    std::string text;
    for (const std::string& word : words) text += text.empty() ? word : "-" + word;
    return text;
  });
  std::printf("%s\n", second->eval("Host.join([\"still\", \"alive\"])").value().as<std::string>().c_str());
  {
    auto failed = second->eval("1 / 0");  // a result must not outlive its VM
    std::printf("%s\n", failed.error().substr(0, failed.error().find('\n')).c_str());
  }
  second.reset();
  std::printf("%s%s", first_output.text.c_str(), second_output.text.c_str());
  return 0;
}
