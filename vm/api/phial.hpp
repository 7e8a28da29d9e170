// phial.hpp: Phial inside a C++20 program. Header only, over phial.h, which is the manual; this file adds ownership, conversions and
// functions from lambdas.
//
//     phial_api::Vm vm;
//     vm.define("Host", "add", [](int64_t a, int64_t b) { return a + b; });
//     int64_t sum = vm.eval("Host.add(1, 2)").value().as<int64_t>();
//
// Errors are values: eval and apply give a Result, which says ok(), value() or error(). as<T>() throws phial_api::Error where exceptions are on
// and the term is of another kind; get<T>() gives std::optional instead.
#pragma once
#include <cstdlib>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "phial.h"

namespace phial_api {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Heap;

/// A value of the language; valid as long as its owner (see phial.h).
class Value {
 public:
  Value() : term_(phial_nil()) {}
  Value(phial_term term) : term_(term) {}
  phial_term term() const { return term_; }
  phial_kind kind() const { return phial_kind_of(term_); }

  /// The value as T, or nothing where it is of another kind. T: int64_t and other integers, double, bool, std::string, std::string_view,
  /// Value, std::vector<T>.
  template <class T>
  std::optional<T> get() const {
    if constexpr (std::is_same_v<T, Value>) {
      return *this;
    } else if constexpr (std::is_same_v<T, bool>) {
      bool value;
      if (phial_get_boolean(term_, &value)) return value;
    } else if constexpr (std::is_integral_v<T>) {
      int64_t value;
      if (phial_get_integer(term_, &value)) return static_cast<T>(value);
    } else if constexpr (std::is_floating_point_v<T>) {
      double value;
      if (phial_get_float(term_, &value)) return static_cast<T>(value);
    } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>) {
      const char* bytes;
      size_t size;
      if (phial_get_binary(term_, &bytes, &size) || phial_get_atom(term_, &bytes, &size)) return T(bytes, size);
    } else {
      std::vector<typename T::value_type> items;
      phial_term list = term_, head;
      if (phial_kind_of(list) != PHIAL_LIST) return std::nullopt;
      while (phial_list_next(&list, &head)) {
        auto item = Value(head).get<typename T::value_type>();
        if (!item) return std::nullopt;
        items.push_back(std::move(*item));
      }
      return items;
    }
    return std::nullopt;
  }
  template <class T>
  T as() const {
    auto value = get<T>();
    if (!value) throw Error("the value has another type: " + inspect());
    return std::move(*value);
  }
  size_t tuple_size() const { return phial_tuple_size(term_); }
  Value operator[](size_t index) const { return phial_tuple_element(term_, index); }
  std::string inspect() const {
    char* text = phial_inspect(term_);
    std::string copy(text);
    std::free(text);
    return copy;
  }
  friend bool operator==(Value a, Value b) { return phial_equal(a.term_, b.term_); }

 private:
  phial_term term_;
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
    if constexpr (std::is_same_v<T, Value>) {
      return value;
    } else if constexpr (std::is_same_v<T, bool>) {
      return phial_boolean(value);
    } else if constexpr (std::is_integral_v<T>) {
      return phial_integer(heap_, static_cast<int64_t>(value));
    } else if constexpr (std::is_floating_point_v<T>) {
      return phial_float(heap_, value);
    } else if constexpr (std::is_convertible_v<T, std::string_view>) {
      std::string_view text = value;
      return phial_binary(heap_, text.data(), text.size());
    } else {
      std::vector<phial_term> items;
      for (const auto& item : value) items.push_back(make(item).term());
      return phial_list(heap_, items.data(), items.size());
    }
  }
  template <class... T>
  Value tuple(const T&... values) {
    phial_term items[] = {make(values).term()...};
    return phial_tuple(heap_, items, sizeof...(values));
  }
  static Value atom(const char* text) { return phial_atom(text); }
  Value copy(Value value) { return phial_copy(heap_, value.term()); }

 private:
  phial_heap* heap_;
  bool own_;
};

class Result {
 public:
  explicit Result(phial_result* result) : result_(result, phial_result_free) {}
  bool ok() const { return phial_result_ok(result_.get()); }
  explicit operator bool() const { return ok(); }
  Value value() const {
    if (!ok()) throw Error(error());
    return phial_result_term(result_.get());
  }
  Value reason() const { return phial_result_term(result_.get()); }
  std::string error() const { return phial_result_error(result_.get()); }

 private:
  std::unique_ptr<phial_result, decltype(&phial_result_free)> result_;
};

class Vm {
 public:
  Vm() : Vm(defaults()) {}
  explicit Vm(const phial_config& config) : vm_(phial_vm_create(&config)) {
    if (!vm_) throw Error(phial_create_error());
  }
  ~Vm() { phial_vm_destroy(vm_); }
  Vm(const Vm&) = delete;
  Vm& operator=(const Vm&) = delete;
  static phial_config defaults() {
    phial_config config;
    phial_config_init(&config);
    return config;
  }
  phial_vm* get() const { return vm_; }

  Result eval(const std::string& source, const char* name = "nofile") { return Result(phial_eval(vm_, source.c_str(), name)); }
  template <class... T>
  Result apply(const char* module, const char* function, const T&... arguments) {
    Heap heap;
    std::vector<phial_term> terms{heap.make(arguments).term()...};
    return Result(phial_apply(vm_, module, function, terms.data(), terms.size()));
  }
  template <class... T>
  std::optional<Value> spawn(const char* module, const char* function, const T&... arguments) {
    Heap heap;
    std::vector<phial_term> terms{heap.make(arguments).term()...};
    phial_term pid;
    if (!phial_spawn(vm_, module, function, terms.data(), terms.size(), &pid)) return std::nullopt;
    return Value(pid);
  }
  bool send(Value destination, Value message) { return phial_send(vm_, destination.term(), message.term()); }
  phial_progress run_for(int64_t reductions, int64_t nanoseconds = 0) { return phial_run_for(vm_, reductions, nanoseconds); }

  /// Defines module.function from a callable; its parameters are converted from the arguments (an ArgumentError where they do not
  /// fit), its result to a term. Exceptions it throws become errors of the calling process.
  template <class F>
  void define(const char* module, const char* function, F callable, int flags = PHIAL_PLAIN) {
    define_as(module, function, std::function(std::move(callable)), flags);
  }

 private:
  template <class R, class... A>
  void define_as(const char* module, const char* function, std::function<R(A...)> callable, int flags) {
    auto kept = std::make_shared<std::function<R(A...)>>(std::move(callable));
    functions_.push_back(kept);
    auto entry = [](phial_call* call, const phial_term* arguments, void* user) -> phial_term {
      return invoke(call, arguments, *static_cast<std::function<R(A...)>*>(user), std::index_sequence_for<A...>{});
    };
    phial_register(vm_, module, function, sizeof...(A), entry, kept.get(), flags);
  }
  template <class R, class... A, size_t... i>
  static phial_term invoke(phial_call* call, const phial_term* arguments, std::function<R(A...)>& callable, std::index_sequence<i...>) {
    std::tuple<std::optional<std::decay_t<A>>...> converted{Value(arguments[i]).get<std::decay_t<A>>()...};
    if (!(std::get<i>(converted).has_value() && ...)) return phial_raise(call, "an argument of a host function has the wrong type");
    try {
      if constexpr (std::is_void_v<R>) {
        callable(std::move(*std::get<i>(converted))...);
        return phial_atom("ok");
      } else {
        return Heap(phial_call_heap(call)).make(callable(std::move(*std::get<i>(converted))...)).term();
      }
    } catch (const std::exception& fault) {
      return phial_raise(call, fault.what());
    }
  }

  phial_vm* vm_;
  std::vector<std::shared_ptr<void>> functions_;
};

}  // namespace phial_api
