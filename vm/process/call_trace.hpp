// Watching calls of functions: breakpoints, and the frames that see returns (Erlang's reference manual, erlang:trace_pattern/3).
//
// Code that is not watched pays nothing: there is no test anywhere. Where calls of a function are watched
//
//   * the first instruction of its bytecode is replaced by a breakpoint (local calls, and all that counts or measures). The
//     breakpoint runs the hook below and then the instruction that stood there, which Function::first_instruction keeps;
//   * for global calls its Export leads to a stub, an instruction outside all modules, which runs the hook and then the function;
//   * the Export of a native function gets one of a pool of native functions in its place, which goes on at such a stub; the stub calls the
//     native function through a second Export of the same name that nobody else knows.
//
// Native code knows of no breakpoints, so none of the module runs while any function of it has one: CodeServer::allow_native takes the entries away,
// and frames that would return into native code are turned to the interpreter. Each process does that for its own frames at its next slice
// (SystemWatch::begin_slice, run only while needed), the one that asked for the breakpoint at once. What a process does in native code
// until its present slice ends is not seen.
//
// A function may begin with a receive, whose position waiting and skipping go back to; that is no call. The instructions that do so are replaced, too, and note the
// position in RareParts::receive_again, which the breakpoint looks at.
//
// Returns: the hook pushes a frame of a pseudo-module, `return_frame_slots` slots, between the caller's frame and the function. Its continuation runs
// the hook for returns, and its exception handler that for exceptions, and goes on with the raise. A tail call leaves the frame where it is, as in Erlang.
//
// What is to be done at a call is the affair of the hooks (vm/native/call_tracing.cpp). CallTraces live as long as the VM; what they point to is
// published with release stores and retired by epochs. Whoever changes patterns holds CodeServer::mutex.
#pragma once
#include <atomic>
#include <deque>
#include <unordered_map>
#include <vector>

#include "vm/code/internal_code.hpp"
#include "vm/code/module.hpp"
#include "vm/process/frame_abi.hpp"
#include "vm/process/spin_lock.hpp"

namespace phial {

class Vm;
class Process;
struct Machine;
struct TracePattern;  // of vm/native/call_tracing.hpp

/// What watches the calls of one function, native or not.
struct CallTrace {
  Term module, name;
  uint8_t arity = 0, live = 0;   // arguments; with the free values of a closure
  Function* function = nullptr;  // null: a native function
  Export* entry = nullptr;       // that remote calls go through; null: the function is private
  /// Of a native function: the export with the function itself.
  Export target;
  NativeFunction replaced = nullptr;
  /// Stands in Export::function: one instruction, `stub_code`. Of a native function, behind an export of its own.
  Function stub;
  Export stub_entry;
  Word stub_code[2] = {};

  // -- what to do. Null: nothing
  std::atomic<const TracePattern*> local{nullptr}, global{nullptr}, meta{nullptr};
  enum class Measure : uint8_t { off, running, paused };
  std::atomic<Measure> counts{Measure::off}, times{Measure::off};
  std::atomic<int64_t> count{0};
  struct Spent { int64_t count = 0, nanoseconds = 0; };
  SpinLock spent_lock;
  std::unordered_map<Word, Spent> spent;  // by pid, of `times`

  bool wants_breakpoint() const { return local.load() || meta.load() || counts.load() != Measure::off || times.load() != Measure::off; }
  bool wants_stub() const { return global.load() || (!function && wants_breakpoint()); }
};

/// y registers of a frame that sees a return.
enum ReturnFrame : unsigned { return_trace_slot, return_flags_slot, return_timed_slot, return_frame_slots };
enum ReturnFrameFlag : int64_t { sees_value = 1, sees_exception = 2, sees_place = 4, sees_time = 8, sees_meta = 16, meta_exception = 32 };

class CallTracing {
 public:
  struct Hooks {
    /// A watched function is called, its arguments in x[]; sp and hp are stored and new afterwards. False: the process ends with m.exit_reason.
    bool (*called)(Machine& m, CallTrace& trace, bool through_stub) = nullptr;
    /// The frame on top is a return frame: x[0] is the value, or x[0..2] the exception.
    void (*returned)(Machine& m) = nullptr;
    void (*raised)(Machine& m) = nullptr;
  };
  Hooks hooks;  // set once, before the first breakpoint

  /// The record of a function, or of the native function (or function of no code yet) behind an export; made if it was not there. Under CodeServer::mutex.
  CallTrace& of(Vm& vm, Function& function);
  CallTrace* of_native(Export& entry);
  /// The records made so far. Under CodeServer::mutex.
  std::deque<CallTrace>& all() { return all_; }
  /// Puts breakpoints and stubs in place, or takes them away, as the records of these modules' functions want it; afterwards processes have to look at
  /// their frames (SystemWatch::update). Under CodeServer::mutex. A function whose code has gone is left alone.
  void update(CallTrace& trace);
  /// The record of a native function, or null. Under CodeServer::mutex.
  CallTrace* known_native(Export& entry) const {
    auto known = natives_.find(&entry);
    return known == natives_.end() ? nullptr : known->second;
  }
  /// After the last `update` of a module: takes its native code away or gives it back.
  void update_module(Vm& vm, Module& module);

  /// Turns the frames from `sp` on that return into native code of watched modules to the interpreter. `pc`: where the function stands whose frame
  /// is on top; null: a call is being made, or returns.
  void refresh_frames(Process& process, Term* sp, const Word* pc, CompiledFunction interpreter_resume);

  // -- where return frames go on, set by the interpreter
  CompiledFunction return_entry = nullptr;
  const Word* return_code = nullptr;

 private:
  void break_at_start(Function& function);
  void restore_start(Function& function);

  std::deque<CallTrace> all_;
  std::unordered_map<Export*, CallTrace*> natives_;
};

/// One of the native functions that stand for watched ones, bound to this record for good; null: all are in use.
NativeFunction native_in_place_of(CallTrace& trace);

}  // namespace phial
