#include "vm/io/event_loop.hpp"

#include <signal.h>

namespace phial {

bool EventLoop::post(std::function<void()> task) {
  std::lock_guard lock(mutex_);
  if (stopping_) return false;
  if (!started_) {
    if (uv_loop_init(&loop_) != 0) return false;
    wake_.data = this;
    uv_async_init(&loop_, &wake_, [](uv_async_t* handle) { static_cast<EventLoop*>(handle->data)->run_tasks(); });
    started_ = true;
    thread_ = std::thread([this] { work(); });
  }
  bool first = tasks_.empty();
  count(1);
  tasks_.push_back(std::move(task));
  if (first) uv_async_send(&wake_);
  return true;
}

void EventLoop::run_tasks() {
  std::vector<std::function<void()>> tasks;
  {
    std::lock_guard lock(mutex_);
    tasks.swap(tasks_);
    if (stopping_) {
      uv_stop(&loop_);
      return;  // the tasks are dropped
    }
  }
  for (auto& task : tasks) {
    task();
    count(-1);
  }
}

void EventLoop::work() {
  // Signals of the OS go to other threads; a write to a program that is gone is an error, not the end of the VM.
  sigset_t blocked;
  sigfillset(&blocked);
  for (int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) sigdelset(&blocked, number);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);
}

void EventLoop::stop() {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    if (!started_) return;
    uv_async_send(&wake_);
  }
  thread_.join();
  tasks_.clear();
  // From here on the loop is this thread's: handles close and let go of their users.
  std::vector<std::shared_ptr<Watched>> users;
  uv_walk(&loop_, [](uv_handle_t* handle, void* kept) {
    if (uv_is_closing(handle)) return;
    if (handle->type != UV_POLL) return uv_close(handle, nullptr);
    auto poll = static_cast<Watch::Handle*>(handle->data);
    static_cast<std::vector<std::shared_ptr<Watched>>*>(kept)->push_back(std::move(poll->user));
    poll->watch->handle_ = nullptr;
    uv_close(handle, [](uv_handle_t* closed) { delete static_cast<Watch::Handle*>(closed->data); });
  }, &users);
  uv_run(&loop_, UV_RUN_DEFAULT);
  uv_loop_close(&loop_);
}

Watch::Watch(EventLoop& loop, int fd, std::shared_ptr<Watched> user) : loop_(loop), handle_(new Handle) {
  handle_->user = std::move(user);
  handle_->fd = fd;
  handle_->watch = this;
  handle_->poll.data = handle_;
  if (uv_poll_init(loop.uv(), &handle_->poll, fd) == 0) return;
  delete handle_;
  handle_ = nullptr;
}

Watch::~Watch() {
  if (!handle_) return;
  if (wanted_) loop_.count(-1);
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->poll), [](uv_handle_t* closed) { delete static_cast<Handle*>(closed->data); });
}

void Watch::want(int events) {
  if (events == wanted_ || !handle_) return;
  loop_.count((events != 0) - (wanted_ != 0));
  wanted_ = events;
  if (!events) {
    uv_poll_stop(&handle_->poll);
    return;
  }
  uv_poll_start(&handle_->poll, events, [](uv_poll_t* poll, int status, int ready) {
    auto handle = static_cast<Handle*>(poll->data);
    auto user = handle->user;  // may end this watch
    // An error of the descriptor shows at the next read or write. libuv has stopped watching then: what is wanted next starts it again.
    if (status < 0 && handle->watch && handle->watch->wanted_) {
      handle->watch->loop_.count(-1);
      handle->watch->wanted_ = 0;
    }
    user->ready(handle->fd, status < 0 ? UV_READABLE | UV_WRITABLE : ready);
  });
}

}  // namespace phial
