#include "vm/jit/jit.hpp"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "vm/jit/backend.hpp"
#include "vm/jit/runtime_calls.hpp"

namespace phial {
namespace {

/// Where libphial_jit may be: named by the environment, beside the code that asks, in the lib folder next to it, on the loader's path.
std::vector<std::string> library_candidates() {
  std::vector<std::string> paths;
  if (const char* named = std::getenv("PHIAL_JIT_LIBRARY")) paths.push_back(named);
  Dl_info here{};
  if (dladdr(reinterpret_cast<void*>(&library_candidates), &here) && here.dli_fname) {
    char* absolute = realpath(here.dli_fname, nullptr);
    std::string folder = absolute ? absolute : here.dli_fname;
    std::free(absolute);
    folder.resize(folder.find_last_of('/') == std::string::npos ? 0 : folder.find_last_of('/') + 1);
    for (const char* place : {"", "../lib/", "../lib/phial/", "../../lib/"}) paths.push_back(folder + place + "libphial_jit.so");
  }
  paths.push_back("libphial_jit.so");
  return paths;
}

}  // namespace

Jit::Jit(Vm& vm, JitMode mode) : vm_(vm) {
  log_ = std::getenv("PHIAL_JIT_LOG") != nullptr;
  vm.jit = this;
  if (mode == JitMode::off) return;
  vm.config.hot_function = [this](Vm&, Function& function) { request(function); };
  vm.native_continuation.store(&Jit::continuation, std::memory_order_release);
  vm.code.on_purge = [this](Module& module) { purge(module); };
  if (mode == JitMode::eager) {
    vm.code.on_load = [this](Module& module) {
      if (module.from_image) return;
      for (size_t i = 0; i < module.function_count; i++) compile(module.functions[i]);
    };
  }
}

Jit::~Jit() {
  {
    std::lock_guard lock(queue_mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  vm_.native_continuation.store(nullptr, std::memory_order_release);
  vm_.jit = nullptr;
  delete backend_;
}

std::string Jit::problem() const { return problem_; }

Backend* Jit::backend() {
  if (opened_) return backend_;
  opened_ = true;
  for (const std::string& path : library_candidates()) {
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
      problem_ = dlerror();
      continue;
    }
    auto create = reinterpret_cast<CreateBackend>(dlsym(library, create_backend_symbol));
    if (!create) {
      problem_ = path + " is no JIT of Phial";
      continue;
    }
    BackendOptions options;
    options.dump_ir = std::getenv("PHIAL_JIT_DUMP_IR") != nullptr;
    options.stress = gc_stress;
    backend_ = create(runtime_calls(), options);
    problem_.clear();
    break;
  }
  if (!backend_ && log_) std::fprintf(stderr, "jit: not available: %s\n", problem_.c_str());
  return backend_;
}

void Jit::request(Function& function) {
  uint32_t expected = untouched;
  if (!function.jit_state.compare_exchange_strong(expected, queued)) return;
  {
    std::lock_guard lock(queue_mutex_);
    if (stop_) return;
    queue_.push_back(&function);
    if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  }
  wake_.notify_one();
}

void Jit::work() {
  std::unique_lock lock(queue_mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stop_ || !queue_.empty(); });
    if (stop_) return;
    Function* function = queue_.front();
    queue_.pop_front();
    lock.unlock();
    compile(*function);
    lock.lock();
  }
}

bool Jit::compile(Function& function) {
  std::lock_guard lock(compile_mutex_);  // a purge waits for it, and refuses the module's functions
  if (!function.code || function.jit_state.load(std::memory_order_relaxed) == refused) return false;
  if (function.native_entry.load(std::memory_order_relaxed)) return true;
  Backend* compiler = backend();
  CompiledCode code;
  std::string reason;
  if (!compiler || !compiler->compile(function, code, reason)) {
    function.jit_state.store(refused);
    if (log_)
      std::fprintf(stderr, "jit: %s.%s/%u stays interpreted: %s\n", atom_text(function.module->name).data(), atom_text(function.name).data(),
                   function.arity, compiler ? reason.c_str() : problem_.c_str());
    return false;
  }
  {
    std::unique_lock table(table_mutex_);
    Code record{function.module, code.handle, {}};
    for (auto& [pc, entry] : code.continuations) {
      continuations_[pc] = entry;
      record.positions.push_back(pc);
    }
    codes_.push_back(std::move(record));
  }
  function.jit_state.store(done);
  function.native_entry.store(reinterpret_cast<void*>(code.entry), std::memory_order_release);
  compiled_.fetch_add(1, std::memory_order_relaxed);
  if (log_)
    std::fprintf(stderr, "jit: %.*s.%.*s/%u\n", static_cast<int>(atom_text(function.module->name).size()),
                 atom_text(function.module->name).data(), static_cast<int>(atom_text(function.name).size()),
                 atom_text(function.name).data(), function.arity);
  return true;
}

void Jit::purge(Module& module) {
  std::lock_guard lock(compile_mutex_);
  std::unique_lock table(table_mutex_);
  std::erase_if(codes_, [&](Code& code) {
    if (code.module != &module) return false;
    for (const Word* pc : code.positions) continuations_.erase(pc);
    backend_->drop(code.handle);
    return true;
  });
  for (size_t i = 0; i < module.function_count; i++) module.functions[i].jit_state.store(refused);  // some may wait in the queue
}

CompiledFunction Jit::continuation(Vm& vm, const Word* pc) {
  auto jit = static_cast<Jit*>(vm.jit);
  std::shared_lock lock(jit->table_mutex_);
  auto found = jit->continuations_.find(pc);
  return found == jit->continuations_.end() ? nullptr : found->second;
}

}  // namespace phial
