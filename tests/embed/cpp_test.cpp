// phial.hpp: conversions, functions from lambdas, objects, mailboxes.
#include "phial.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace {

using namespace phial_api;
using namespace std::chrono_literals;

Config small() {
  Config config;
  config.schedulers = 1;
  return config;
}

struct Point {
  double x, y;
  friend bool operator==(const Point&, const Point&) = default;
};

}  // namespace

template <>
struct phial_api::Convert<Point> {
  static std::optional<Point> from(phial_term term) {
    auto pair = Convert<std::pair<double, double>>::from(term);
    return pair ? std::optional(Point{pair->first, pair->second}) : std::nullopt;
  }
  static phial_term to(phial_heap* heap, const Point& point) { return Convert<std::pair<double, double>>::to(heap, {point.x, point.y}); }
};

namespace {

class Cpp : public ::testing::Test {
 protected:
  Vm vm{small()};
  template <class T>
  void there_and_back(const T& value, const char* text) {
    Heap heap;
    Value term = heap.make(value);
    EXPECT_EQ(term.inspect(), text);
    auto back = term.get<T>();
    ASSERT_TRUE(back.has_value()) << text;
    EXPECT_EQ(*back, value) << text;
  }
};

TEST_F(Cpp, conversions_go_there_and_back) {
  there_and_back(true, "true");
  there_and_back(42, "42");
  there_and_back(uint64_t{18446744073709551615u}, "18446744073709551615");
  there_and_back(1.5, "1.5");
  there_and_back(std::string("text"), "\"text\"");
  there_and_back(Atom{"ok"}, ":ok");
  there_and_back(std::vector<int>{1, 2}, "[1, 2]");
  there_and_back(std::array<int, 2>{1, 2}, "[1, 2]");
  there_and_back(std::map<std::string, int>{{"a", 1}}, "%{\"a\" => 1}");
  there_and_back(std::unordered_map<int, bool>{{1, true}}, "%{1 => true}");
  there_and_back(std::optional<int>(), "nil");
  there_and_back(std::optional<int>(3), "3");
  there_and_back(std::tuple<int, std::string>{1, "x"}, "{1, \"x\"}");
  there_and_back(std::pair<bool, double>{false, 2.5}, "{false, 2.5}");
  there_and_back(std::variant<int, std::string>("v"), "\"v\"");
  there_and_back(std::variant<int, std::string>(5), "5");
  there_and_back(std::monostate(), "nil");
  there_and_back(Point{1, 2.5}, "{1.0, 2.5}");
  there_and_back(std::vector<std::map<std::string, std::optional<int>>>{{{"a", 1}, {"b", std::nullopt}}}, "[%{\"a\" => 1, \"b\" => nil}]");
}

TEST_F(Cpp, conversions_refuse_what_does_not_fit) {
  Heap heap;
  EXPECT_FALSE(heap.make(300).get<uint8_t>());
  EXPECT_FALSE(heap.make(-1).get<unsigned>());
  EXPECT_FALSE(heap.make("1").get<int>());
  EXPECT_FALSE(heap.make(1).get<std::string>());
  EXPECT_FALSE((heap.make(std::vector<int>{1, 2}).get<std::array<int, 3>>()));
  EXPECT_FALSE((heap.tuple(1, 2, 3).get<std::pair<int, int>>()));
  EXPECT_FALSE((heap.tuple(1, "x").get<std::pair<int, int>>()));
  EXPECT_FALSE((heap.make(1.5).get<std::variant<int, bool>>()));
  EXPECT_THROW(heap.make(1).as<std::string>(), Error);
}

TEST_F(Cpp, evaluates_to_types) {
  auto sum = vm.eval<int64_t>("Enum.sum(1..10)");
  ASSERT_TRUE(sum);
  EXPECT_EQ(*sum, 55);
  EXPECT_EQ(vm.eval<std::string>("\"a\" <> \"b\"").value(), "ab");
  auto map = vm.eval<std::map<std::string, std::vector<int>>>("%{\"x\" => [1, 2]}");
  EXPECT_EQ(map->at("x"), (std::vector<int>{1, 2}));
  auto failed = vm.eval<int>("1 / 0");
  EXPECT_FALSE(failed);
  EXPECT_EQ(failed.code(), PHIAL_ERROR);
  EXPECT_EQ(failed.value_or(-1), -1);
  EXPECT_THROW(failed.value(), Error);
  auto other = vm.eval<int>("\"text\"");
  EXPECT_EQ(other.code(), PHIAL_BAD_ARGUMENT);
  EXPECT_EQ(other.error(), "the value has another type: \"text\"");
}

TEST_F(Cpp, options) {
  Heap heap;
  EXPECT_EQ(vm.eval<int>("a * b", {.bindings = heap.map({{"a", heap.make(6)}, {"b", heap.make(7)}})}).value(), 42);
  EXPECT_EQ(vm.eval("Process.sleep(:infinity)", {.timeout = 20ms}).code(), PHIAL_TIMEOUT);
  EXPECT_EQ(vm.eval<int>("__ENV__.line", {.name = "x.exs", .line = 12}).value(), 12);
}

TEST_F(Cpp, functions_from_lambdas) {
  std::string seen;
  vm.function("Host", "add", [](int64_t a, int64_t b) { return a + b; });
  vm.function("Host", "note", [&](std::string_view text) { seen = text; });
  vm.function("Host", "area", [](Point p) { return p.x * p.y; });
  vm.function("Host", "sum", [](const std::vector<double>& numbers) {
    double sum = 0;
    for (double n : numbers) sum += n;
    return sum;
  });
  vm.function("Host", "split", [](std::variant<int, std::string> either) -> std::tuple<Atom, bool> {
    return {Atom{std::holds_alternative<int>(either) ? "int" : "text"}, true};
  });
  vm.function("Host", "half", [](int n) -> Expected<int> {
    if (n % 2) return Expected<int>(PHIAL_ERROR, "odd");
    return n / 2;
  });
  vm.function("Host", "throws", []() -> int { throw std::runtime_error("from C++"); });
  vm.function("Host", "me", [](Call& call) { return call.pid(); });
  vm.function("Host", "slow", [] { std::this_thread::sleep_for(5ms); }, PHIAL_BLOCKING);
  EXPECT_EQ(vm.eval<int>("Host.add(40, 2)").value(), 42);
  EXPECT_EQ(vm.eval<Atom>("Host.note(\"x\")").value().text, "ok");
  EXPECT_EQ(seen, "x");
  EXPECT_EQ(vm.eval<double>("Host.area({2.0, 3.5})").value(), 7.0);
  EXPECT_EQ(vm.eval<double>("Host.sum([1, 2.5])").value(), 3.5);
  EXPECT_EQ((vm.eval<std::tuple<Atom, bool>>("Host.split(\"s\")").value()), (std::tuple{Atom{"text"}, true}));
  EXPECT_EQ(vm.eval<int>("Host.half(10)").value(), 5);
  EXPECT_EQ(vm.eval("Host.half(1)").message(), "** (RuntimeError) odd");
  EXPECT_EQ(vm.eval("Host.throws()").message(), "** (RuntimeError) from C++");
  EXPECT_EQ(vm.eval("Host.add(1, \"x\")").message(), "** (ArgumentError) an argument of a host function has the wrong type");
  EXPECT_EQ(vm.eval<bool>("Host.me() == self()").value(), true);
  EXPECT_EQ(vm.eval<Atom>("Host.slow()").value().text, "ok");
}

struct Account {
  explicit Account(int64_t start) : balance(start) { alive++; }
  ~Account() { alive--; }
  int64_t balance;
  static inline std::atomic<int> alive{0};
};

TEST_F(Cpp, objects_are_shared_pointers) {
  auto mine = std::make_shared<Account>(100);
  vm.function("Account", "open", [](int64_t start) { return std::make_shared<Account>(start); });
  vm.function("Account", "mine", [&] { return mine; });
  vm.function("Account", "add", [](std::shared_ptr<Account> account, int64_t n) { return account->balance += n; });
  EXPECT_EQ(vm.eval<int64_t>("Account.add(Account.mine(), 5)").value(), 105);
  EXPECT_EQ(mine->balance, 105);
  EXPECT_EQ(vm.eval<int64_t>("a = Account.open(1); Account.add(a, 1); Account.add(a, 1)").value(), 3);
  EXPECT_EQ(vm.eval("Account.add(make_ref(), 1)").code(), PHIAL_ERROR);
  auto back = vm.eval<std::shared_ptr<Account>>("Account.mine()");
  EXPECT_EQ(back->get(), mine.get());
  for (int i = 0; i < 200 && Account::alive > 1; i++) vm.eval("Process.sleep(1)");
  EXPECT_EQ(Account::alive, 1);
}

TEST_F(Cpp, prepared_calls_mailboxes_and_kept_terms) {
  auto max = vm.prepare<int64_t(int64_t, int64_t)>("Kernel", "max");
  EXPECT_EQ(max(3, 9).value(), 9);
  EXPECT_EQ(vm.call<std::vector<int>>("Enum", "sort", std::vector{3, 1, 2}).value(), (std::vector{1, 2, 3}));
  Mailbox mailbox(vm.get());
  Heap heap;
  Result echo = vm.eval("spawn(fn -> receive do {to, what} -> send(to, {:got, what}) end end)");
  Kept pid = vm.keep(echo.value());
  ASSERT_TRUE(vm.send(pid.value(), std::tuple{mailbox.pid(), std::string("hi")}));
  auto message = mailbox.receive(heap, 5s);
  ASSERT_TRUE(message);
  EXPECT_EQ((*message)[1].as<std::string>(), "hi");
  EXPECT_FALSE(mailbox.receive(heap, 0s));
  int sum = 0;
  Result list = vm.eval("[1, 2, 3]");
  for (Value item : list.value().items()) sum += item.as<int>();
  EXPECT_EQ(sum, 6);
  EXPECT_EQ(vm.eval("%{a: 1}").value().at("a")->as<int>(), 1);
}

TEST(CppConfig, callbacks_are_functions) {
  std::mutex mutex;
  std::string printed, logged;
  MemoryFiles files;
  files.put("/greeting", "from memory");
  Config config = small();
  config.files = files.system();
  config.on_output = [&](int stream, std::string_view bytes) {
    std::lock_guard lock(mutex);
    printed += std::to_string(stream) + ":" + std::string(bytes);
  };
  config.on_log = [&](std::string_view level, std::string_view message, Value) {
    std::lock_guard lock(mutex);
    logged += std::string(level) + ":" + std::string(message);
  };
  Vm vm(std::move(config));
  EXPECT_TRUE(vm.eval("IO.puts(File.read!(\"/greeting\")); require Logger; Logger.warning(\"careful\"); File.write!(\"/out\", \"x\")"));
  EXPECT_EQ(printed, "1:from memory\n");
  EXPECT_EQ(logged, "warning:careful");
  EXPECT_EQ(files.get("/out"), "x");
  EXPECT_EQ(vm.stop(5s), PHIAL_OK);
  EXPECT_EQ(vm.eval("1").code(), PHIAL_STOPPED);
}

TEST(CppConfig, creation_fails_as_a_value) {
  Config config;
  config.deterministic = true;
  config.schedulers = 3;
  std::string error;
  EXPECT_EQ(Vm::create(std::move(config), &error), nullptr);
  EXPECT_EQ(error, "a deterministic schedule has no threads: schedulers must be 0");
  EXPECT_NE(Vm::create(small()), nullptr);
}

TEST(CppConfig, compiled_modules_are_loaded_by_a_loader) {
  Vm compiler(small());
  Result compiled = compiler.compile("defmodule Loaded do def f, do: :from_bytes end");
  auto modules = compiled.value().get<std::vector<std::pair<Atom, std::string>>>();
  ASSERT_TRUE(modules);
  Config config = small();
  config.load_module = [&](const std::string& module) -> std::optional<std::string> {
    if (module == "Loaded") return modules->at(0).second;
    return std::nullopt;
  };
  Vm vm(std::move(config));
  EXPECT_EQ(vm.eval<Atom>("Loaded.f()").value().text, "from_bytes");
}

}  // namespace
