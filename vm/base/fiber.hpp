// A fiber: a native stack of its own that can be left and entered again, from any thread. One at a time runs on it.
#pragma once
#include <boost/context/detail/fcontext.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace phial {

class Fiber {
 public:
  /// What it is for. Jobs wait for processes; so a part of the stacks is left for natives, which always get done.
  enum class Purpose : uint8_t { job, native };

  /// `body` runs at the first resume(), on the fiber.
  Fiber(Purpose purpose, std::function<void()> body);
  ~Fiber();
  Fiber(const Fiber&) = delete;

  /// False: there is no stack for it; it does nothing.
  explicit operator bool() const { return stack_ != nullptr; }
  /// So many are there that none should be kept unused.
  static bool many();
  /// Runs the fiber until it suspends or ends. Not on the fiber.
  void resume();
  /// On the fiber: back to whoever resumed it.
  void suspend();
  bool finished() const { return finished_; }

 private:
  static void enter(boost::context::detail::transfer_t transfer);
  std::function<void()> body_;
  void* stack_ = nullptr;  // lowest address, the guard page
  boost::context::detail::fcontext_t inside_ = nullptr;
  boost::context::detail::fcontext_t outside_ = nullptr;
  bool finished_ = false;
  const void* outside_stack_ = nullptr;  // for the address sanitizer
  size_t outside_stack_size_ = 0;
  void* fake_stack_ = nullptr;
  // ThreadSanitizer's names of the fiber and of whoever resumed it last.
  void* tsan_inside_ = nullptr;
  void* tsan_outside_ = nullptr;
};

}  // namespace phial
