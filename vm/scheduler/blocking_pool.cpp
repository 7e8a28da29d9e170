#include "vm/scheduler/scheduler.hpp"

#include "vm/process/budget.hpp"
#include "vm/process/tick.hpp"

namespace phial {

thread_local const Vm* BlockingPool::current = nullptr;

BlockingPool::Job::~Job() {
  if (tree) tree->drop();
}

void BlockingPool::submit(NativeFunction function, std::span<const Term> arguments, Term pid, Word reference) {
  auto job = std::make_unique<Job>();
  job->function = function;
  job->pid = pid;
  job->reference = reference;
  job->tree = current_machine && current_machine->process ? current_machine->process->tree : nullptr;
  if (job->tree) job->tree->retain();
  for (Term argument : arguments) job->arguments.push_back(copy_term(job->arena, argument));
  std::lock_guard lock(mutex_);
  if (stopping_) return;
  vm_.outside_work.fetch_add(1, std::memory_order_relaxed);
  jobs_.push_back(std::move(job));
  if (idle_ < jobs_.size() && threads_.size() < max_threads) threads_.emplace_back([this] { work(); });
  arrived_.notify_one();
}

void BlockingPool::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    jobs_.clear();
  }
  arrived_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void BlockingPool::work() {
  current = &vm_;
  std::unique_lock lock(mutex_);
  Term storage[256];
  for (;;) {
    idle_++;
    arrived_.wait(lock, [&] { return stopping_ || !jobs_.empty(); });
    idle_--;
    if (stopping_) return;
    std::unique_ptr<Job> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    Context context;
    context.vm_ = &vm_;
    context.pool_tree = job->tree;
    context.pool_pid = job->pid;
    context.can_be_left = true;
    byte_account = job->tree;
    context.heap_ = &job->arena;
    context.reductions = 1 << 20;
    context.arguments = storage;
    std::vector<Term> arguments = job->arguments;
    bool cancelled = false;
    auto call = [&] {
      try {
        return job->function(context, arguments.data());
      } catch (const NativeCancelled&) {
        cancelled = true;
        return Term::none();
      }
    };
    Term value = call();
    while (!cancelled && value.is_none() && context.outcome == Context::Outcome::again) {
      arguments.assign(storage, storage + context.argument_count);
      context.reductions = 1 << 20;
      value = call();
    }
    if (cancelled) context.error(atoms::killed);
    if (std::exchange(walk_given_up, GivenUp::no) != GivenUp::no) {
      context.system_limit();
      value = Term::none();
    }
    Term answer = value.is_none() ? make_tuple(job->arena, {context.exception_class_, context.exception_reason})
                                  : make_tuple(job->arena, {atoms::ok, value});
    vm_.send_signal(job->pid, make_signal(SignalKind::reply, answer, Term::nil(), job->reference));
    byte_account = nullptr;
    job.reset();
    vm_.outside_work.fetch_sub(1, std::memory_order_release);  // its answer stands in a run queue by now
    lock.lock();
  }
}

}  // namespace phial
