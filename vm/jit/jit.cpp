#include "vm/jit/jit.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ranges>

#include "vm/jit/backend_library.hpp"
#include "vm/jit/perf_map.hpp"
#include "vm/jit/runtime_calls.hpp"
#include "vm/process/hotness.hpp"

namespace phial {
namespace {

/// What was compiled is written to disk when nothing has turned hot for so long, or what is not written took so long to compile.
constexpr std::chrono::milliseconds quiet_time{30}, worth_writing{50};

std::string name_of(const Function& function) {
  return std::string(atom_text(function.module->name)) + "." + std::string(atom_text(function.name)) + "/" + std::to_string(function.arity);
}

/// A script's top level: one way through, without loops. Samples find it below whatever it calls, and it would be compiled before those.
bool runs_once(const Function& function) { return function.arity == 1 && atom_text(function.name) == "__FILE__"; }

}  // namespace

Jit::Jit(Vm& vm, JitOptions options) : vm_(vm), mode_(options.mode), calls_(runtime_calls()) {
  log_ = std::getenv("PHIAL_JIT_LOG") != nullptr;
  vm.jit = this;
  const char* library = std::getenv("PHIAL_AOT");
  if (options.native_library && !(library && !std::strcmp(library, "off"))) image_ = NativeImage::over(vm.config.native_library);
  if (image_) library_ = std::make_unique<NativeRegion>(*image_, calls_);
  if (mode_ == JitMode::off && !library_ && dump_.what == Dump::none) return;
  vm.native_continuation.store(&Jit::continuation, std::memory_order_release);
  vm.code.on_load = [this](Module& module) { load(module); };
  vm.code.allow_native = [this](Module& module, bool native) { allow(module, native); };
  if (mode_ == JitMode::off) return;
  if (mode_ == JitMode::eager && !backend()) return;  // problem() tells
  if (mode_ != JitMode::eager) open_templates();
  if (mode_ == JitMode::templates && !templates_) return;
  vm.config.hot_function = [this](Vm&, Function& function) { request(function); };
  vm.code.on_purge = [this](Module& module) { purge(module); };
}

Jit::~Jit() {
  {
    std::lock_guard lock(queue_mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  write_cache();
  vm_.native_continuation.store(nullptr, std::memory_order_release);
  vm_.jit = nullptr;
  for (Code& code : codes_) release(code);
  delete backend_;
  close_templates();
}

std::string Jit::problem() const { return problem_; }

Backend* Jit::backend() {
  if (opened_) return backend_;
  opened_ = true;
  backend_ = open_backend(calls_, problem_);
  if (!backend_ && log_) std::fprintf(stderr, "jit: not available: %s\n", problem_.c_str());
  return backend_;
}

void Jit::request(Function& function) {
  uint32_t expected = untouched;
  bool leaves_often = function.exits.load(std::memory_order_relaxed) >= Function::exits_to_recompile;
  if (!wants_code(function) && !leaves_often) return;
  if (!function.jit_state.compare_exchange_strong(expected, leaves_often ? again : queued)) {
    if (expected != done || !leaves_often || !function.jit_state.compare_exchange_strong(expected, again)) return;
  }
  if (Function* one = &function; templates_ && !function.native_entry.load(std::memory_order_relaxed)) compile_by_templates({&one, 1});
  if (mode_ == JitMode::templates || (runs_once(function) && !dump_.concerns(function))) return;
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
  bool unwritten = false;
  std::chrono::steady_clock::duration spent{};
  auto something = [this] { return stop_ || !queue_.empty(); };
  for (;;) {
    if (unwritten && !wake_.wait_for(lock, quiet_time, something)) {
      lock.unlock();
      write_cache();
      unwritten = false;
      spent = {};
      lock.lock();
    }
    wake_.wait(lock, something);
    if (stop_) return;
    Function* function = hottest();
    lock.unlock();
    auto start = std::chrono::steady_clock::now();
    compile(*function);
    unwritten = true;
    spent += std::chrono::steady_clock::now() - start;
    if (spent >= worth_writing) {  // a program may end any time
      write_cache();
      unwritten = false;
      spent = {};
    }
    lock.lock();
  }
}

/// Takes the function with the most samples out of the queue: samples go on being counted while functions wait.
Function* Jit::hottest() {
  auto best = std::max_element(queue_.begin(), queue_.end(), [](Function* a, Function* b) {
    return a->samples.load(std::memory_order_relaxed) < b->samples.load(std::memory_order_relaxed);
  });
  Function* function = *best;
  queue_.erase(best);
  return function;
}

void Jit::publish(Function& function, void* entry, void* closure_entry) {
  if (closure_entry) function.closure_entry.store(closure_entry, std::memory_order_release);
  function.jit_state.store(done);
  function.native_entry.store(entry, std::memory_order_release);
  vm_.native_epoch.fetch_add(1, std::memory_order_release);  // who waits in older code goes on in this
  compiled_.fetch_add(1, std::memory_order_relaxed);
}

bool Jit::compile(Function& function) {
  std::lock_guard lock(compile_mutex_);  // a purge waits for it, and refuses the module's functions
  // The state first: of purged code nothing else may be looked at.
  if (function.jit_state.load(std::memory_order_relaxed) == refused || !function.code) return false;
  if (withheld_.contains(function.module)) {
    function.jit_state.store(untouched);
    return false;
  }
  bool recompiles = function.jit_state.load(std::memory_order_relaxed) == again;
  if (!wants_code(function) && !recompiles) return true;
  // With template code it waits until it is worth more than what the cache has. The samples go on, and the JIT is asked again.
  uint32_t worth = backend_ ? worth_optimizing_samples : worth_starting_samples;
  bool waits = mode_ == JitMode::automatic && !recompiles && function.samples.load(std::memory_order_relaxed) < worth &&
               is_template(function.native_entry.load(std::memory_order_relaxed));
  if (!waits) function.exits.store(0, std::memory_order_relaxed);
  // Modules with native code of their own have objects already; what those leave out cannot be one.
  bool shown = dump_.concerns(function);
  bool may_be_object = !shown && mode_ == JitMode::automatic && !function.module->native.load(std::memory_order_relaxed);
  if (may_be_object && compile_object(function, recompiles, waits)) return true;
  if (waits && !shown) {
    function.jit_state.store(untouched);
    return false;
  }
  Backend* compiler = backend();
  CompiledCode code;
  if (shown) code.dump = dump_.what;
  std::string reason;
  if (!compiler || !compiler->compile(function, code, reason)) {
    function.jit_state.store(recompiles ? done : refused);
    if (log_)
      std::fprintf(stderr, "jit: %s stays %s: %s\n", name_of(function).c_str(),
                   function.native_entry.load(std::memory_order_relaxed) ? "as it is" : "interpreted", compiler ? reason.c_str() : problem_.c_str());
    return false;
  }
  {
    std::unique_lock table(table_mutex_);
    Code record{function.module, code.handle, {}, {}};
    for (auto& [pc, entry] : code.continuations) {
      continuations_[pc] = entry;
      record.positions.push_back(pc);
    }
    codes_.push_back(std::move(record));
  }
  if (PerfMap::enabled()) {
    PerfMap names(*function.module);
    names.entry(function, reinterpret_cast<void*>(code.entry));
    for (auto& [pc, entry] : code.continuations) names.continuation(pc, reinterpret_cast<void*>(entry));
    names.write(nullptr);
  }
  publish(function, reinterpret_cast<void*>(code.entry), reinterpret_cast<void*>(code.closure_entry));
  if (log_)
    std::fprintf(stderr, "jit: %s (%zu instructions as %zu, %.1f ms%s)\n", name_of(function).c_str(), code.instructions, code.instructions_compiled,
                 static_cast<double>(code.nanoseconds) / 1e6, recompiles ? ", again" : "");
  return true;
}

/// Compiles to an object that goes to the cache, or takes what the cache has. False: there is no cache, or the function makes no object, or it would have to be compiled
/// although only the cache is asked (`cached_only`).
bool Jit::compile_object(Function& function, bool again, bool cached_only) {
  if (!cache_) cache_ = std::make_unique<CodeCache>(vm_.config.restricted ? std::string() : backend_path());
  if (!cache_->enabled()) return false;
  Module& module = *function.module;
  auto [at, fresh] = cached_.try_emplace(&module);
  CachedModule& cached = at->second;
  if (fresh) {
    cached.digest = module_digest(module);
    if (cache_->read(cached.digest, cached.object)) {
      if (native_object_fits(cached.object, module) && install(module, cached.object)) {
        if (log_)
          std::fprintf(stderr, "jit: %s: %zu functions from %s\n", std::string(atom_text(module.name)).c_str(), cached.object.entries.size(),
                       cache_->path_of(cached.digest).c_str());
      } else {
        cached.object = NativeObject();
      }
    }
    if (!again && !wants_code(function)) return true;
  }
  if (cached.digest.empty() || cached_only) return false;
  Backend* compiler = backend();
  NativeObject object;
  std::string reason;
  const Function* one = &function;
  if (!compiler || !compiler->compile_object({&one, 1}, true, object, reason) || !install(module, object, again)) return false;
  cached.object.append(object);
  cached.changed = true;
  if (log_) std::fprintf(stderr, "jit: %s, for the cache%s\n", name_of(function).c_str(), again ? ", again" : "");
  return true;
}

bool Jit::install(Module& module, const NativeObject& object, bool again) {
  NativeMemory memory = place_native_object(object, module, calls_);
  if (!memory.text) return false;
  {
    std::unique_lock table(table_mutex_);
    Code record{&module, nullptr, memory, {}};
    for (NativeContinuation continuation : object.continuations) {
      const Word* pc = module.code + continuation.position;
      continuations_[pc] = reinterpret_cast<CompiledFunction>(memory.text + continuation.at);
      record.positions.push_back(pc);
    }
    codes_.push_back(std::move(record));
  }
  if (PerfMap::enabled()) {
    PerfMap names(module);
    for (NativeStart entry : object.entries) names.entry(module.functions[entry.function & ~NativeStart::of_closure], memory.text + entry.at);
    for (NativeContinuation continuation : object.continuations) names.continuation(module.code + continuation.position, memory.text + continuation.at);
    names.write(memory.text + object.text.size());
  }
  std::vector<void*> closures(module.function_count);
  for (NativeStart entry : object.entries)
    if (entry.function & NativeStart::of_closure) closures[entry.function & ~NativeStart::of_closure] = memory.text + entry.at;
  // A function that was compiled again stands twice in what the cache has: the later code is the better.
  for (NativeStart entry : std::views::reverse(object.entries))
    if (!(entry.function & NativeStart::of_closure) && (again || wants_code(module.functions[entry.function])))
      publish(module.functions[entry.function], memory.text + entry.at, closures[entry.function]);
  return true;
}

void Jit::write_cache() {
  std::lock_guard lock(compile_mutex_);
  for (auto& [module, cached] : cached_) {
    if (!cached.changed) continue;
    cache_->write(cached.digest, cached.object);
    cached.changed = false;
  }
}

void Jit::load(Module& module) {
  if (dump_.what == Dump::bytecode)
    for (size_t i = 0; i < module.function_count; i++)
      if (dump_.concerns(module.functions[i])) print_loaded_code(module.functions[i]);
  if (library_ && module.from_image) library_->install(module);
  if (mode_ == JitMode::eager && !module.from_image)
    for (size_t i = 0; i < module.function_count; i++) compile(module.functions[i]);
  if (mode_ == JitMode::templates && templates_) {
    std::vector<Function*> all;
    for (size_t i = 0; i < module.function_count; i++) all.push_back(&module.functions[i]);
    compile_by_templates(all);
  }
}


void Jit::purge(Module& module) {
  std::lock_guard lock(compile_mutex_);
  vm_.native_epoch.fetch_add(1, std::memory_order_release);
  std::unique_lock table(table_mutex_);
  std::erase_if(codes_, [&](Code& code) {
    if (code.module != &module) return false;
    for (const Word* pc : code.positions) continuations_.erase(pc);
    release(code);
    return true;
  });
  cached_.erase(&module);
  withheld_.erase(&module);
  for (size_t i = 0; i < module.function_count; i++) module.functions[i].jit_state.store(refused);  // some may wait in the queue
}

void Jit::allow(Module& module, bool native) {
  std::lock_guard lock(compile_mutex_);
  vm_.native_epoch.fetch_add(1, std::memory_order_release);
  std::unique_lock table(table_mutex_);
  if (!native) {
    Withheld& kept = withheld_[&module];
    for (size_t i = 0; i < module.function_count; i++) {
      Function& function = module.functions[i];
      kept.functions.push_back({function.native_entry.exchange(nullptr), function.closure_entry.exchange(nullptr)});
    }
    for (const Code& code : codes_) {
      if (code.module != &module) continue;
      for (const Word* pc : code.positions)
        if (auto at = continuations_.extract(pc)) kept.continuations.insert(std::move(at));
    }
    kept.native = module.native.exchange(nullptr);
    return;
  }
  auto found = withheld_.find(&module);
  if (found == withheld_.end()) return;
  Withheld& kept = found->second;
  module.native.store(kept.native, std::memory_order_release);
  continuations_.merge(kept.continuations);
  for (size_t i = 0; i < module.function_count; i++) {
    Function& function = module.functions[i];
    function.samples.store(0, std::memory_order_relaxed);  // what turned hot meanwhile may do so again
    function.closure_entry.store(kept.functions[i].closure_entry, std::memory_order_release);
    function.native_entry.store(kept.functions[i].entry, std::memory_order_release);
  }
  withheld_.erase(found);
}

CompiledFunction Jit::continuation(Vm& vm, const Word* pc) {
  auto jit = static_cast<Jit*>(vm.jit);
  {
    // Code of functions that were compiled again, or that native code leaves out, comes first.
    std::shared_lock lock(jit->table_mutex_);
    auto found = jit->continuations_.find(pc);
    if (found != jit->continuations_.end()) return found->second;
  }
  if (Module* module = module_at(pc))
    if (const NativeContinuations* native = module->native.load(std::memory_order_acquire)) {
      size_t position = module->offset_of(pc), low = 0, high = native->count;
      while (low < high) {
        size_t middle = (low + high) / 2;
        const ContinuationEntry& entry = native->entries[middle];
        if (entry.position == position) return reinterpret_cast<CompiledFunction>(const_cast<uint8_t*>(native->text) + entry.at);
        if (entry.position < position) low = middle + 1;
        else high = middle;
      }
    }
  return nullptr;
}

}  // namespace phial
