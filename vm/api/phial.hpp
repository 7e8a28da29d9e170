// phial.hpp: Phial inside a C++20 program. Header only, over phial.h, which is the manual; this file adds ownership, conversions and
// functions from lambdas.
//
//     phial_api::Vm vm;
//     vm.function("Host", "add", [](int64_t a, int64_t b) { return a + b; });
//     auto sum = vm.eval<int64_t>("Host.add(1, 2)");
//     if (sum) use(*sum); else std::puts(sum.error().c_str());
//
// Errors are values: eval, apply and their like give an Expected<T> (or a Result, which keeps any term) that is true, or says error() and code(). Nothing here throws but
// Expected::value, Result::value, Value::as and Vm's constructor, and where exceptions are off these abort; Vm::create and get<T>() never do.
//
// Conversions (Convert<T>), both ways: bool, integers (that fit), float and double, std::string, std::string_view (a view of the term: valid as long as it), std::vector and
// std::array (lists), std::map and std::unordered_map (maps), std::tuple and std::pair (tuples), std::optional (nil), std::variant (the first that fits),
// std::monostate (nil), Atom, Value, std::shared_ptr<T> (an object of the host, see Objects below); to terms also const char*. Specialize Convert for types of your own.
#pragma once
#include <array>
#include <chrono>
#include <concepts>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "phial.h"

namespace phial_api {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

namespace detail {
[[noreturn]] inline void fail(const std::string& message) {
#if defined(__cpp_exceptions)
  throw Error(message);
#else
  std::fprintf(stderr, "phial: %s\n", message.c_str());
  std::abort();
#endif
}
template <class T>
inline constexpr bool never = false;
}  // namespace detail

// ---- terms

/// How a C++ type stands for terms: from(term) gives it, or nothing where the term is another; to(heap, value) builds the term.
template <class T, class = void>
struct Convert {
  static_assert(detail::never<T>, "phial_api::Convert has no conversion of this type: specialize it");
};

/// A value of the language; valid as long as its owner (see phial.h).
class Value {
 public:
  Value() : term_(phial_nil()) {}
  Value(phial_term term) : term_(term) {}
  phial_term term() const { return term_; }
  phial_kind kind() const { return phial_kind_of(term_); }
  bool is_nil() const { return phial_is_nil(term_); }
  bool is_atom(const char* text) const { return phial_is_atom(term_, text); }

  /// The value as T, or nothing where it is of another kind.
  template <class T>
  std::optional<T> get() const {
    return Convert<T>::from(term_);
  }
  template <class T>
  T as() const {
    auto value = get<T>();
    if (!value) detail::fail("the value has another type: " + inspect());
    return std::move(*value);
  }
  /// Elements of a tuple.
  size_t tuple_size() const { return phial_tuple_size(term_); }
  Value operator[](size_t index) const { return phial_tuple_element(term_, index); }
  /// The value of an atom key of a map.
  std::optional<Value> at(const char* key) const {
    phial_term value;
    if (!phial_map_get_atom(term_, key, &value)) return std::nullopt;
    return Value(value);
  }
  std::string inspect() const {
    char* text = phial_inspect(term_);
    std::string copy(text);
    std::free(text);
    return copy;
  }
  friend bool operator==(Value a, Value b) { return phial_equal(a.term_, b.term_); }
  friend bool operator<(Value a, Value b) { return phial_compare(a.term_, b.term_) < 0; }

  /// The elements of a list: for (Value item : value.items()).
  class Items {
   public:
    explicit Items(phial_term list) : list_(list) {}
    class Iterator {
     public:
      explicit Iterator(phial_term rest) : rest_(rest) { ++*this; }
      Value operator*() const { return head_; }
      Iterator& operator++() {
        more_ = phial_list_next(&rest_, &head_);
        return *this;
      }
      bool operator!=(std::nullptr_t) const { return more_; }

     private:
      phial_term rest_, head_{};
      bool more_ = false;
    };
    Iterator begin() const { return Iterator(list_); }
    std::nullptr_t end() const { return nullptr; }

   private:
    phial_term list_;
  };
  Items items() const { return Items(term_); }

 private:
  phial_term term_;
};

/// An atom by its text.
struct Atom {
  std::string text;
  friend bool operator==(const Atom&, const Atom&) = default;
};

template <>
struct Convert<Value> {
  static std::optional<Value> from(phial_term term) { return Value(term); }
  static phial_term to(phial_heap*, Value value) { return value.term(); }
};
template <>
struct Convert<phial_term> {
  static std::optional<phial_term> from(phial_term term) { return term; }
  static phial_term to(phial_heap*, phial_term term) { return term; }
};
template <>
struct Convert<bool> {
  static std::optional<bool> from(phial_term term) {
    bool value;
    return phial_get_boolean(term, &value) ? std::optional(value) : std::nullopt;
  }
  static phial_term to(phial_heap*, bool value) { return phial_boolean(value); }
};
template <class T>
struct Convert<T, std::enable_if_t<std::is_integral_v<T> && !std::is_same_v<T, bool>>> {
  static std::optional<T> from(phial_term term) {
    if constexpr (std::is_unsigned_v<T>) {
      uint64_t value;
      if (phial_get_unsigned(term, &value) && value <= std::numeric_limits<T>::max()) return static_cast<T>(value);
    } else {
      int64_t value;
      if (phial_get_integer(term, &value) && value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max())
        return static_cast<T>(value);
    }
    return std::nullopt;
  }
  static phial_term to(phial_heap* heap, T value) {
    if constexpr (std::is_unsigned_v<T>)
      return phial_unsigned(heap, value);
    else
      return phial_integer(heap, value);
  }
};
template <class T>
struct Convert<T, std::enable_if_t<std::is_floating_point_v<T>>> {
  static std::optional<T> from(phial_term term) {
    double value;
    return phial_get_float(term, &value) ? std::optional(static_cast<T>(value)) : std::nullopt;
  }
  static phial_term to(phial_heap* heap, T value) { return phial_float(heap, value); }
};
template <>
struct Convert<std::string_view> {
  /// Binaries, and atoms by their text.
  static std::optional<std::string_view> from(phial_term term) {
    const char* bytes;
    size_t size;
    if (phial_get_binary(term, &bytes, &size) || phial_get_atom(term, &bytes, &size)) return std::string_view(bytes, size);
    return std::nullopt;
  }
  static phial_term to(phial_heap* heap, std::string_view text) { return phial_binary(heap, text.data(), text.size()); }
};
template <>
struct Convert<std::string> {
  static std::optional<std::string> from(phial_term term) {
    if (auto view = Convert<std::string_view>::from(term)) return std::string(*view);
    ptrdiff_t size = phial_copy_binary(term, nullptr, 0);
    if (size < 0) return std::nullopt;
    std::string text(static_cast<size_t>(size), '\0');
    phial_copy_binary(term, text.data(), text.size());
    return text;
  }
  static phial_term to(phial_heap* heap, const std::string& text) { return phial_binary(heap, text.data(), text.size()); }
};
template <>
struct Convert<const char*> {
  static phial_term to(phial_heap* heap, const char* text) { return phial_string(heap, text); }
};
template <size_t size>
struct Convert<char[size]> : Convert<const char*> {};
template <>
struct Convert<Atom> {
  static std::optional<Atom> from(phial_term term) {
    const char* text;
    size_t size;
    return phial_get_atom(term, &text, &size) ? std::optional(Atom{std::string(text, size)}) : std::nullopt;
  }
  static phial_term to(phial_heap*, const Atom& atom) { return phial_atom(atom.text.c_str()); }
};
template <>
struct Convert<std::monostate> {
  static std::optional<std::monostate> from(phial_term term) {
    return phial_is_nil(term) ? std::optional(std::monostate()) : std::nullopt;
  }
  static phial_term to(phial_heap*, std::monostate) { return phial_nil(); }
};
template <class T>
struct Convert<std::optional<T>> {
  static std::optional<std::optional<T>> from(phial_term term) {
    if (phial_is_nil(term)) return std::optional<std::optional<T>>(std::in_place);
    auto value = Convert<T>::from(term);
    if (!value) return std::nullopt;
    return std::optional<std::optional<T>>(std::in_place, std::move(value));
  }
  static phial_term to(phial_heap* heap, const std::optional<T>& value) { return value ? Convert<T>::to(heap, *value) : phial_nil(); }
};
template <class T>
struct Convert<std::vector<T>> {
  static std::optional<std::vector<T>> from(phial_term term) {
    if (phial_list_length(term) < 0) return std::nullopt;
    std::vector<T> items;
    for (Value item : Value(term).items()) {
      auto value = Convert<T>::from(item.term());
      if (!value) return std::nullopt;
      items.push_back(std::move(*value));
    }
    return items;
  }
  static phial_term to(phial_heap* heap, const std::vector<T>& items) {
    std::vector<phial_term> terms;
    terms.reserve(items.size());
    for (const auto& item : items) terms.push_back(Convert<T>::to(heap, item));
    return phial_list(heap, terms.data(), terms.size());
  }
};
template <class T, size_t size>
struct Convert<std::array<T, size>> {
  static std::optional<std::array<T, size>> from(phial_term term) {
    if (phial_list_length(term) != static_cast<ptrdiff_t>(size)) return std::nullopt;
    std::array<T, size> items{};
    size_t at = 0;
    for (Value item : Value(term).items()) {
      auto value = Convert<T>::from(item.term());
      if (!value) return std::nullopt;
      items[at++] = std::move(*value);
    }
    return items;
  }
  static phial_term to(phial_heap* heap, const std::array<T, size>& items) {
    std::array<phial_term, size> terms{};
    for (size_t i = 0; i < size; i++) terms[i] = Convert<T>::to(heap, items[i]);
    return phial_list(heap, terms.data(), size);
  }
};
namespace detail {
template <class Map>
struct ConvertMap {
  using Key = typename Map::key_type;
  using Item = typename Map::mapped_type;
  static std::optional<Map> from(phial_term term) {
    if (phial_kind_of(term) != PHIAL_MAP) return std::nullopt;
    struct Reading {
      Map map;
      bool fits = true;
    } reading;
    phial_map_each(
        term,
        [](void* user, phial_term key, phial_term value) {
          auto reading = static_cast<Reading*>(user);
          auto k = Convert<Key>::from(key);
          auto v = Convert<Item>::from(value);
          reading->fits = k && v;
          if (reading->fits) reading->map.emplace(std::move(*k), std::move(*v));
          return reading->fits;
        },
        &reading);
    if (!reading.fits) return std::nullopt;
    return std::move(reading.map);
  }
  static phial_term to(phial_heap* heap, const Map& map) {
    std::vector<phial_term> keys, values;
    for (const auto& [key, value] : map) {
      keys.push_back(Convert<Key>::to(heap, key));
      values.push_back(Convert<Item>::to(heap, value));
    }
    return phial_map(heap, keys.data(), values.data(), keys.size());
  }
};
}  // namespace detail
template <class K, class V, class Order>
struct Convert<std::map<K, V, Order>> : detail::ConvertMap<std::map<K, V, Order>> {};
template <class K, class V, class Hash>
struct Convert<std::unordered_map<K, V, Hash>> : detail::ConvertMap<std::unordered_map<K, V, Hash>> {};
template <class... T>
struct Convert<std::tuple<T...>> {
  static std::optional<std::tuple<T...>> from(phial_term term) {
    if (phial_kind_of(term) != PHIAL_TUPLE || phial_tuple_size(term) != sizeof...(T)) return std::nullopt;
    return read(term, std::index_sequence_for<T...>{});
  }
  static phial_term to(phial_heap* heap, const std::tuple<T...>& values) {
    return std::apply(
        [&](const T&... items) {
          std::array<phial_term, sizeof...(T)> terms{Convert<T>::to(heap, items)...};
          return phial_tuple(heap, terms.data(), terms.size());
        },
        values);
  }

 private:
  template <size_t... i>
  static std::optional<std::tuple<T...>> read(phial_term term, std::index_sequence<i...>) {
    std::tuple<std::optional<T>...> items{Convert<T>::from(phial_tuple_element(term, i))...};
    if (!(std::get<i>(items).has_value() && ...)) return std::nullopt;
    return std::tuple<T...>(std::move(*std::get<i>(items))...);
  }
};
template <class A, class B>
struct Convert<std::pair<A, B>> {
  static std::optional<std::pair<A, B>> from(phial_term term) {
    auto both = Convert<std::tuple<A, B>>::from(term);
    if (!both) return std::nullopt;
    return std::pair<A, B>(std::move(std::get<0>(*both)), std::move(std::get<1>(*both)));
  }
  static phial_term to(phial_heap* heap, const std::pair<A, B>& pair) {
    phial_term items[] = {Convert<A>::to(heap, pair.first), Convert<B>::to(heap, pair.second)};
    return phial_tuple(heap, items, 2);
  }
};
template <class... T>
struct Convert<std::variant<T...>> {
  static std::optional<std::variant<T...>> from(phial_term term) {
    std::optional<std::variant<T...>> found;
    (try_one<T>(term, found), ...);
    return found;
  }
  static phial_term to(phial_heap* heap, const std::variant<T...>& value) {
    return std::visit([&](const auto& held) { return Convert<std::decay_t<decltype(held)>>::to(heap, held); }, value);
  }

 private:
  template <class One>
  static void try_one(phial_term term, std::optional<std::variant<T...>>& found) {
    if (found) return;
    if (auto value = Convert<One>::from(term)) found.emplace(std::in_place_type<One>, std::move(*value));
  }
};

// Objects. A std::shared_ptr<T> goes into the language as an opaque reference and comes back as the same pointer; the language's references count as one
// owner, which lets go when no process can reach it any more (on any thread: see phial_object_type). T is its type there: another T is not taken.
template <class T>
struct ObjectType {
  static inline const phial_object_type type{"shared_ptr", [](void* object) { delete static_cast<std::shared_ptr<T>*>(object); }};
};
template <class T>
struct Convert<std::shared_ptr<T>> {
  static std::optional<std::shared_ptr<T>> from(phial_term term) {
    auto held = static_cast<std::shared_ptr<T>*>(phial_get_object(term, &ObjectType<T>::type));
    return held ? std::optional(*held) : std::nullopt;
  }
  static phial_term to(phial_heap* heap, const std::shared_ptr<T>& object) {
    return object ? phial_object(heap, &ObjectType<T>::type, new std::shared_ptr<T>(object)) : phial_nil();
  }
};

/// Builds terms; owns them, or borrows the heap of a call.
class Heap {
 public:
  Heap() : heap_(phial_heap_create()), own_(true) {}
  explicit Heap(phial_heap* borrowed) : heap_(borrowed), own_(false) {}
  ~Heap() {
    if (own_) phial_heap_free(heap_);
  }
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;
  phial_heap* get() const { return heap_; }

  template <class T>
  Value make(const T& value) {
    return Convert<std::remove_cvref_t<T>>::to(heap_, value);
  }
  template <class... T>
  Value tuple(const T&... values) {
    std::array<phial_term, sizeof...(values)> items{make(values).term()...};
    return phial_tuple(heap_, items.data(), items.size());
  }
  /// A map with atom keys: heap.map({{"name", heap.make("x")}}).
  Value map(std::initializer_list<std::pair<const char*, Value>> pairs) {
    std::vector<phial_term> keys, values;
    for (auto& [key, value] : pairs) {
      keys.push_back(phial_atom(key));
      values.push_back(value.term());
    }
    return phial_map(heap_, keys.data(), values.data(), keys.size());
  }
  static Value atom(const char* text) { return phial_atom(text); }
  Value copy(Value value) { return phial_copy(heap_, value.term()); }

 private:
  phial_heap* heap_;
  bool own_;
};

// ---- results

/// What came of an evaluation or a call, whatever it is; owns its term.
class Result {
 public:
  explicit Result(phial_result* result) : result_(result, phial_result_free) {}
  bool ok() const { return phial_result_ok(result_.get()); }
  explicit operator bool() const { return ok(); }
  phial_code code() const { return phial_result_code(result_.get()); }
  Value value() const {
    if (!ok()) detail::fail(error());
    return phial_result_term(result_.get());
  }
  /// With an error: its reason.
  Value reason() const { return phial_result_term(result_.get()); }
  std::string error() const { return phial_result_error(result_.get()); }
  std::string message() const { return phial_result_message(result_.get()); }
  std::string stacktrace() const { return phial_result_stacktrace(result_.get()); }

 private:
  std::unique_ptr<phial_result, decltype(&phial_result_free)> result_;
};

/// A T, or why there is none.
template <class T>
class Expected {
 public:
  Expected(T value) : value_(std::move(value)), code_(PHIAL_OK) {}
  Expected(phial_code code, std::string error) : code_(code), error_(std::move(error)) {}
  /// PHIAL_BAD_ARGUMENT where the value is of another type.
  explicit Expected(const Result& result) : code_(result.code()) {
    if (!result) {
      error_ = result.error();
    } else if (value_ = result.reason().template get<T>(); !value_) {
      code_ = PHIAL_BAD_ARGUMENT;
      error_ = "the value has another type: " + result.reason().inspect();
    }
  }
  explicit operator bool() const { return value_.has_value(); }
  bool has_value() const { return value_.has_value(); }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  T& value() {
    if (!value_) detail::fail(error_);
    return *value_;
  }
  T value_or(T other) const { return value_ ? *value_ : std::move(other); }
  phial_code code() const { return code_; }
  const std::string& error() const { return error_; }

 private:
  static_assert(!std::is_same_v<T, Value> && !std::is_same_v<T, phial_term> && !std::is_same_v<T, std::string_view>,
                "the term would be gone: use the functions that give a Result");
  std::optional<T> value_;
  phial_code code_;
  std::string error_;
};

// ---- functions of the host

/// The call that a function of the host serves: a first parameter `Call&` gets it.
class Call {
 public:
  explicit Call(phial_call* call) : call_(call) {}
  phial_call* get() const { return call_; }
  phial_heap* heap() const { return phial_call_heap(call_); }
  Value pid() const { return phial_call_pid(call_); }

 private:
  phial_call* call_;
};

namespace detail {

template <class F>
struct Signature : Signature<decltype(&F::operator())> {};
template <class R, class... A>
struct Signature<R (*)(A...)> {
  using Result = R;
  using Arguments = std::tuple<A...>;
};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) const> : Signature<R (*)(A...)> {};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...)> : Signature<R (*)(A...)> {};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) const noexcept> : Signature<R (*)(A...)> {};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) noexcept> : Signature<R (*)(A...)> {};

template <class Arguments>
struct SplitCall {
  static constexpr bool wants_call = false;
  using Terms = Arguments;
};
template <class... A>
struct SplitCall<std::tuple<Call&, A...>> {
  static constexpr bool wants_call = true;
  using Terms = std::tuple<A...>;
};

template <class T>
struct IsExpected : std::false_type {};
template <class T>
struct IsExpected<Expected<T>> : std::true_type {};

template <class R>
phial_term give(phial_call* call, R&& result) {
  using T = std::remove_cvref_t<R>;
  if constexpr (IsExpected<T>::value) {
    if (!result) return phial_raise_as(call, "RuntimeError", result.error().c_str());
    return give(call, *result);
  } else {
    return Convert<T>::to(phial_call_heap(call), result);
  }
}

template <class F, class... A, size_t... i>
phial_term invoke(phial_call* call, const phial_term* arguments, F& callable, std::tuple<A...>*, std::index_sequence<i...>) {
  std::tuple<std::optional<std::remove_cvref_t<A>>...> converted{Convert<std::remove_cvref_t<A>>::from(arguments[i])...};
  if (!(std::get<i>(converted).has_value() && ...)) return phial_raise(call, "an argument of a host function has the wrong type");
  auto run = [&]() -> decltype(auto) {
    if constexpr (SplitCall<typename Signature<F>::Arguments>::wants_call) {
      Call view(call);
      return callable(view, std::move(*std::get<i>(converted))...);
    } else {
      return callable(std::move(*std::get<i>(converted))...);
    }
  };
  if constexpr (std::is_void_v<typename Signature<F>::Result>) {
    run();
    return phial_atom("ok");
  } else {
    return give(call, run());
  }
}

template <class F>
phial_term enter(phial_call* call, const phial_term* arguments, void* user) {
  using Terms = typename SplitCall<typename Signature<F>::Arguments>::Terms;
  F& callable = *static_cast<F*>(user);
  auto go = [&] {
    return invoke(call, arguments, callable, static_cast<Terms*>(nullptr), std::make_index_sequence<std::tuple_size_v<Terms>>{});
  };
#if defined(__cpp_exceptions)
  try {
    return go();
  } catch (const std::exception& fault) {
    return phial_raise_as(call, "RuntimeError", fault.what());
  } catch (...) {
    return phial_raise_as(call, "RuntimeError", "a host function threw something");
  }
#else
  return go();
#endif
}

}  // namespace detail

// ---- configuration

/// What a VM, or a process with all that it spawns, may use: phial_budget with its fields. `phial_api::Budget small; small.memory = 64 << 20;`
struct Budget : phial_budget {
  Budget() { phial_budget_init(this); }
};

/// phial_config with its callbacks as C++ functions, which the Vm keeps. The thread rules are those of phial.h.
struct Config : phial_config {
  Config() { phial_config_init(this); }
  /// Nothing is granted, and small budgets hold, until the fields below and `budget` say otherwise: PHIAL_SANDBOX.
  static Config sandbox() {
    Config config;
    phial_config_sandbox(&config);
    config.allow.emplace();
    return config;
  }
  /// If set, code may do what these grants say and nothing else, in place of `restricted` and `grants`.
  std::optional<std::vector<std::string>> allow;
  std::function<void(int stream, std::string_view bytes)> on_output;
  std::function<size_t(char* bytes, size_t size)> on_input;
  std::function<void(std::string_view level, std::string_view message, Value metadata)> on_log;
  std::function<void(int status)> on_halt;
  std::function<void(const char* message)> on_misuse;
  /// Bytecode of a module by its name, or nothing.
  std::function<std::optional<std::string>(const std::string& module)> load_module;
};

struct Options {
  std::chrono::nanoseconds timeout{0};  // 0: none
  std::string name = "nofile";
  unsigned line = 1;
  std::optional<Value> bindings = std::nullopt;  // a map
  const phial_budget* budget = nullptr;
  std::optional<std::vector<std::string>> allow = std::nullopt;  // grants: it may do these things and nothing else
};

namespace detail {
/// Grants as phial.h has them.
inline std::vector<const char*> raw_grants(const std::vector<std::string>& grants) {
  std::vector<const char*> raw;
  for (const std::string& grant : grants) raw.push_back(grant.c_str());
  raw.push_back(nullptr);
  return raw;
}
/// What raw options point to while they are used.
struct RawParts {
  phial_term bindings;
  std::vector<const char*> grants;
};
inline phial_options raw(const Options& from, RawParts& parts) {
  phial_options options{};
  options.size = sizeof options;
  options.timeout = from.timeout.count();
  options.name = from.name.c_str();
  options.line = from.line;
  options.budget = from.budget;
  if (from.bindings) {
    parts.bindings = from.bindings->term();
    options.bindings = &parts.bindings;
  }
  if (from.allow) {
    parts.grants = raw_grants(*from.allow);
    options.restricted = true;
    options.grants = parts.grants.data();
  }
  return options;
}
}  // namespace detail

/// Files in memory, for Config::files.
class MemoryFiles {
 public:
  MemoryFiles() : files_(phial_memory_files_create()) {}
  ~MemoryFiles() { phial_memory_files_free(files_); }
  MemoryFiles(const MemoryFiles&) = delete;
  MemoryFiles& operator=(const MemoryFiles&) = delete;
  const phial_file_system* system() const { return phial_memory_files_system(files_); }
  bool put(const std::string& path, std::string_view bytes) {
    return phial_memory_files_put(files_, path.c_str(), bytes.data(), bytes.size());
  }
  std::optional<std::string> get(const std::string& path) const {
    size_t size;
    char* bytes = phial_memory_files_get(files_, path.c_str(), &size);
    if (!bytes) return std::nullopt;
    std::string copy(bytes, size);
    std::free(bytes);
    return copy;
  }

 private:
  phial_memory_files* files_;
};

// ---- the VM

/// A term that stays until this ends. Must not outlive its Vm.
class Kept {
 public:
  Kept() = default;
  Kept(phial_vm* vm, Value value) : vm_(vm), handle_(phial_keep(vm, value.term())) {}
  Kept(Kept&& other) noexcept : vm_(std::exchange(other.vm_, nullptr)), handle_(other.handle_) {}
  Kept& operator=(Kept&& other) noexcept {
    std::swap(vm_, other.vm_);
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Kept() {
    if (vm_) phial_handle_free(vm_, handle_);
  }
  explicit operator bool() const { return vm_ != nullptr; }
  Value value() const {
    phial_term term = phial_nil();
    if (vm_) phial_handle_term(vm_, handle_, &term);
    return term;
  }

 private:
  phial_vm* vm_ = nullptr;
  phial_handle handle_{};
};

/// A process of the host. Must not outlive its Vm.
class Mailbox {
 public:
  explicit Mailbox(phial_vm* vm) : host_(phial_host_open(vm, nullptr, nullptr)) { check(); }
  /// Messages go to the callback, on any thread of the VM.
  Mailbox(phial_vm* vm, std::function<void(Value)> on_message) : callback_(std::make_unique<std::function<void(Value)>>(std::move(on_message))) {
    host_ = phial_host_open(
        vm, [](void* user, phial_term message) { (*static_cast<std::function<void(Value)>*>(user))(message); }, callback_.get());
    check();
  }
  ~Mailbox() { phial_host_close(host_); }
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  Value pid() const { return phial_host_pid(host_); }
  phial_host* get() const { return host_; }
  /// The next message, in `heap`; waits so long (below 0: for ever).
  std::optional<Value> receive(Heap& heap, std::chrono::nanoseconds wait = std::chrono::nanoseconds(-1)) {
    phial_term message;
    if (!phial_host_receive(host_, heap.get(), wait.count(), &message)) return std::nullopt;
    return Value(message);
  }
  size_t pending() const { return phial_host_pending(host_); }
  int descriptor() { return phial_host_descriptor(host_); }
  Value monitor(Value pid) { return phial_host_monitor(host_, pid.term()); }

 private:
  void check() const {
    if (!host_) detail::fail("no room for one more process");
  }
  std::unique_ptr<std::function<void(Value)>> callback_;
  phial_host* host_;
};

template <class Signature>
class Callable;
/// A function of the language, looked up once. Must not outlive its Vm.
template <class R, class... A>
class Callable<R(A...)> {
 public:
  explicit Callable(phial_callable* callable) : callable_(callable) {}
  Result call(const A&... arguments) const {
    Heap heap;
    std::array<phial_term, sizeof...(A)> terms{heap.make(arguments).term()...};
    return Result(phial_call_function(callable_, terms.data(), nullptr));
  }
  Expected<R> operator()(const A&... arguments) const { return Expected<R>(call(arguments...)); }

 private:
  phial_callable* callable_;
};

class Vm {
 public:
  Vm() : Vm(Config()) {}
  explicit Vm(Config config) {
    if (std::string error = open(std::move(config)); !error.empty()) detail::fail(error);
  }
  explicit Vm(const phial_config& config) {
    vm_ = phial_vm_create(&config);
    if (!vm_) detail::fail(phial_create_error());
  }
  /// Without exceptions: null, and why.
  static std::unique_ptr<Vm> create(Config config, std::string* error = nullptr) {
    std::unique_ptr<Vm> vm(new Vm(nullptr));
    std::string problem = vm->open(std::move(config));
    if (error) *error = problem;
    return problem.empty() ? std::move(vm) : nullptr;
  }
  ~Vm() { phial_vm_destroy(vm_); }
  Vm(const Vm&) = delete;
  Vm& operator=(const Vm&) = delete;
  phial_vm* get() const { return vm_; }

  Result eval(std::string_view source, const Options& options = {}) {
    detail::RawParts parts;
    phial_options raw = detail::raw(options, parts);
    return Result(phial_eval_with(vm_, source.data(), source.size(), &raw));
  }
  template <class T>
  Expected<T> eval(std::string_view source, const Options& options = {}) {
    return Expected<T>(eval(source, options));
  }
  template <class... T>
  Result apply(const char* module, const char* function, const T&... arguments) {
    Heap heap;
    std::array<phial_term, sizeof...(T)> terms{heap.make(arguments).term()...};
    return Result(phial_apply(vm_, module, function, terms.data(), terms.size()));
  }
  /// vm.call<int64_t>("Enum", "sum", std::vector{1, 2, 3})
  template <class R, class... T>
  Expected<R> call(const char* module, const char* function, const T&... arguments) {
    return Expected<R>(apply(module, function, arguments...));
  }
  /// vm.prepare<int64_t(int64_t, int64_t)>("Kernel", "max")
  template <class Signature>
  Callable<Signature> prepare(const char* module, const char* function) {
    return prepare_as(module, function, static_cast<Signature*>(nullptr));
  }
  Result compile(std::string_view source, const Options& options = {}) {
    detail::RawParts parts;
    phial_options raw = detail::raw(options, parts);
    return Result(phial_compile(vm_, source.data(), source.size(), &raw));
  }
  Result load(std::string_view bytecode, const Options& options = {}) {
    detail::RawParts parts;
    phial_options raw = detail::raw(options, parts);
    return Result(phial_load(vm_, bytecode.data(), bytecode.size(), &raw));
  }

  template <class... T>
  std::optional<Value> spawn(const char* module, const char* function, const T&... arguments) {
    Heap heap;
    std::array<phial_term, sizeof...(T)> terms{heap.make(arguments).term()...};
    phial_term pid;
    if (!phial_spawn(vm_, module, function, terms.data(), terms.size(), &pid)) return std::nullopt;
    return Value(pid);
  }
  /// The same within a budget and grants of its own, which hold for all that it spawns.
  template <class... T>
  std::optional<Value> spawn_with(const Options& options, const char* module, const char* function, const T&... arguments) {
    Heap heap;
    std::array<phial_term, sizeof...(T)> terms{heap.make(arguments).term()...};
    detail::RawParts parts;
    phial_options raw = detail::raw(options, parts);
    phial_term pid;
    if (!phial_spawn_with(phial_prepare(vm_, module, function, sizeof...(T)), terms.data(), &raw, &pid)) return std::nullopt;
    return Value(pid);
  }
  /// A pid or an atom, and anything that converts.
  template <class T>
  bool send(Value destination, const T& message) {
    Heap heap;
    return phial_send(vm_, destination.term(), heap.make(message).term());
  }
  std::optional<Value> whereis(const char* name) {
    phial_term pid;
    if (!phial_whereis(vm_, name, &pid)) return std::nullopt;
    return Value(pid);
  }
  Kept keep(Value value) { return Kept(vm_, value); }

  phial_progress run_for(std::chrono::nanoseconds time, int64_t reductions = 0) { return phial_run_for(vm_, reductions, time.count()); }
  bool wait(std::chrono::nanoseconds time) { return phial_wait(vm_, time.count()); }
  phial_code stop(std::chrono::nanoseconds timeout = std::chrono::nanoseconds(0)) { return phial_vm_stop(vm_, timeout.count()); }
  bool set_budget(const phial_budget& budget) { return phial_set_budget(vm_, &budget); }
  uint64_t used(phial_budget_kind kind) { return phial_budget_used(vm_, kind); }
  phial_statistics statistics() {
    phial_statistics statistics{};
    statistics.size = sizeof statistics;
    phial_get_statistics(vm_, &statistics);
    return statistics;
  }

  /// Defines module.function from a callable; its parameters are converted from the arguments (an ArgumentError where they do not
  /// fit), its result to a term (void: :ok; Expected: a RuntimeError without a value). Exceptions it throws become RuntimeErrors of the calling process.
  template <class F>
  bool function(const char* module, const char* name, F callable, int flags = PHIAL_PLAIN) {
    using Terms = typename detail::SplitCall<typename detail::Signature<F>::Arguments>::Terms;
    auto kept = std::make_shared<F>(std::move(callable));
    {
      std::lock_guard lock(mutex_);
      functions_.push_back(kept);
    }
    return phial_register(vm_, module, name, std::tuple_size_v<Terms>, detail::enter<F>, kept.get(), flags);
  }

 private:
  explicit Vm(std::nullptr_t) {}

  std::string open(Config config) {
    config_ = std::make_unique<Config>(std::move(config));
    Config& kept = *config_;
    auto of = [](void* user) -> Config& { return *static_cast<Config*>(user); };
    static constexpr auto config_of = of;
    kept.user = &kept;
    if (kept.on_output)
      kept.output = [](void* user, int stream, const char* bytes, size_t size) { config_of(user).on_output(stream, {bytes, size}); };
    if (kept.on_input) kept.input = [](void* user, char* bytes, size_t size) { return config_of(user).on_input(bytes, size); };
    if (kept.on_log)
      kept.log = [](void* user, const char* level, const char* message, size_t size, phial_term metadata) {
        config_of(user).on_log(level, {message, size}, metadata);
      };
    if (kept.on_halt) kept.halt = [](void* user, int status) { config_of(user).on_halt(status); };
    if (kept.on_misuse) kept.misuse = [](void* user, const char* message) { config_of(user).on_misuse(message); };
    if (kept.load_module)
      kept.module_loader = [](void* user, const char* module, const char** code, size_t* size) {
        static thread_local std::string bytes;
        auto found = config_of(user).load_module(module);
        if (!found) return false;
        bytes = std::move(*found);
        *code = bytes.data();
        *size = bytes.size();
        return true;
      };
    std::vector<const char*> grants;
    if (kept.allow) {
      grants = detail::raw_grants(*kept.allow);
      kept.restricted = true;
      kept.grants = grants.data();
    }
    vm_ = phial_vm_create(&kept);
    kept.grants = nullptr;
    return vm_ ? "" : phial_create_error();
  }
  template <class R, class... A>
  Callable<R(A...)> prepare_as(const char* module, const char* function, R (*)(A...)) {
    return Callable<R(A...)>(phial_prepare(vm_, module, function, sizeof...(A)));
  }

  std::unique_ptr<Config> config_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<void>> functions_;
  phial_vm* vm_ = nullptr;
};

}  // namespace phial_api
