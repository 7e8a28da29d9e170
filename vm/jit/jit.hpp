// Jit: decides what is compiled when, and owns the compiled code of one VM.
//
// Modes. off: nothing is compiled. auto: functions that turn hot (the scheduler's samples find them on top of the stack often) are queued to
// a background thread, and so are the functions of their module that they call, as they turn hot in turn. eager: every function of a
// module is compiled when the module is loaded, before anything can call it; modules of the standard library's image are left to `auto`
// (there are thousands of functions; what a program uses of them turns hot).
//
// The library's native code was made when Phial was built (native_image.hpp) and is put in place as its modules are loaded, in every mode
// unless JitOptions say not to. A function that has native code is not compiled again.
//
// Between the interpreter and the compiler stand the templates (template_compiler.hpp): a function that turns hot is compiled by them at once, on
// the scheduler's thread, together with the functions of its module that it calls, and runs that code until the optimized one is there. What earlier runs have left in
// the cache is put in place at once; LLVM is asked only after the template code has run for some milliseconds (vm/process/hotness.hpp).
// Mode `templates` compiles every function of a module so when it is loaded, the library's too where it has no native code, and opens no compiler.
//
// In mode auto the code of a script's modules is kept on disk (code_cache.hpp): when the first function of a module turns hot, the cache is
// asked for all that earlier runs compiled of it; what this run adds is written when the thread has nothing else to do.
//
// A function's native code is published by one store to Function::native_entry; continuations (loop labels, handlers) stand in a table by
// bytecode position that Vm::native_continuation reads, those of the library in tables of their modules. Native code goes when the old code of
// its module is purged.
//
// The backend is libphial_jit, opened at the first compilation; where it cannot be opened everything stays interpreted, and the
// reason is kept for `problem()`.
//
// Threads: request() any scheduler thread, where templates are compiled; the background thread compiles the rest; load and purge hooks run under
// CodeServer's lock. Template code never takes the place of other code.
#pragma once
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "vm/jit/backend.hpp"
#include "vm/jit/code_cache.hpp"
#include "vm/jit/native_image.hpp"
#include "vm/process/vm.hpp"

namespace phial {

enum class JitMode { off, automatic, eager, templates };

class TemplateTier;

struct JitOptions {
  JitMode mode = JitMode::automatic;
  bool native_library = true;  // run the library's native code
};

class Jit {
 public:
  /// Attaches to a VM that has not started.
  Jit(Vm& vm, JitOptions options);
  /// Stops the thread; the VM must not run any more.
  ~Jit();

  /// A function turned hot.
  void request(Function& function);
  /// Compiles now, on the calling thread. False: left to the interpreter.
  bool compile(Function& function);
  /// Why the backend is not there; empty if it is (or was not needed yet).
  std::string problem() const;
  size_t compiled_functions() const { return compiled_.load(std::memory_order_relaxed); }

 private:
  enum State : uint32_t { untouched, queued, done, again, refused };  // again: compiled, and queued to be compiled with new feedback
  Backend* backend();  // opened at the first call; under compile_mutex_
  void work();
  void load(Module& module);
  void purge(Module& module);
  void allow(Module& module, bool native);
  bool compile_object(Function& function, bool again, bool cached_only);
  Function* hottest();
  bool install(Module& module, const NativeObject& object, bool again = false);
  void publish(Function& function, void* entry, void* closure_entry);
  void write_cache();
  // -- templates (jit_templates.cpp)
  void open_templates();
  void close_templates();
  bool is_template(const void* entry) const;
  /// Compiles functions of a module, and what they refer to, by templates.
  void compile_by_templates(std::span<Function* const> functions);
  /// Native code that no optimizing compiler made room for: there is none, or it is template code.
  bool wants_code(const Function& function) const {
    void* entry = function.native_entry.load(std::memory_order_relaxed);
    return !entry || is_template(entry);
  }
  struct Code;
  void release(Code& code);
  static CompiledFunction continuation(Vm& vm, const Word* pc);

  Vm& vm_;
  JitMode mode_;
  RuntimeCalls calls_;
  std::unique_ptr<NativeImage> image_;
  std::unique_ptr<NativeRegion> library_;

  TemplateTier* templates_ = nullptr;  // null: not on this processor, or not wanted

  std::mutex compile_mutex_;
  Backend* backend_ = nullptr;
  bool opened_ = false;
  std::string problem_;
  bool log_ = false;
  DumpRequest dump_ = DumpRequest::from_environment();
  // A module that has hot functions, and what is known of it on disk. Under compile_mutex_.
  struct CachedModule { std::string digest; NativeObject object; bool changed = false; };
  std::unique_ptr<CodeCache> cache_;
  std::unordered_map<Module*, CachedModule> cached_;

  mutable std::shared_mutex table_mutex_;
  std::unordered_map<const Word*, CompiledFunction> continuations_;
  struct Code { Module* module; void* handle; NativeMemory memory; std::vector<const Word*> positions; };  // memory: the templates', if they hold it
  std::vector<Code> codes_;
  // Modules whose native code must not run now (CodeServer::allow_native), with what is put back in place. Under both mutexes.
  struct Withheld {
    struct Entries { void* entry; void* closure_entry; };
    std::vector<Entries> functions;
    std::unordered_map<const Word*, CompiledFunction> continuations;
    const NativeContinuations* native = nullptr;
  };
  std::unordered_map<Module*, Withheld> withheld_;

  std::mutex queue_mutex_;
  std::condition_variable wake_;
  std::deque<Function*> queue_;
  bool stop_ = false;
  std::thread thread_;
  std::atomic<size_t> compiled_{0};
};

}  // namespace phial
