// Machine: the registers of the abstract machine, one per scheduler thread. What running code, the runtime and native functions
// share. Used only by its own thread. The calling convention is described in frame_abi.hpp.
#pragma once
#include "vm/code/module.hpp"
#include "vm/process/context.hpp"
#include "vm/process/frame_abi.hpp"

namespace phial {

class Scheduler;

struct Machine {
  static constexpr size_t x_count = 1024;
  Term x[x_count];

  // -- the process that runs, while C++ runs on its behalf (sync / reload)
  Context context;
  Term* sp = nullptr;
  Word* hp = nullptr;
  Word* reserved_end = nullptr;  // end of the room that the last allocate or test_heap announced
  const Word* pc = nullptr;  // instruction that raises, calls a native function, or yields
  Process* process = nullptr;
  Vm* vm = nullptr;
  Scheduler* scheduler = nullptr;
  unsigned index = 0;  // of the scheduler thread

  // -- entries of the runtime (CompiledFunction each)
  CompiledFunction interpret_function = nullptr;  // x0: Function*, arguments in x[]
  CompiledFunction call_function = nullptr;       // x0: Function*, arguments in x[]: compiled or interpreted
  CompiledFunction call_export = nullptr;         // x0: Export*, arguments in x[]
  CompiledFunction call_fun = nullptr;            // x0: the fun term, x1: number of arguments, arguments in x[]; m->pc for errors
  CompiledFunction interpret_at = nullptr;        // x0: pc, registers in x[]
  CompiledFunction interpreter_resume = nullptr;
  CompiledFunction native_outcome = nullptr;      // x0: Export* whose native function returned none() without an exception
  CompiledFunction deoptimize = nullptr;          // x0: pc, x1: Function* compiled for less, x2: raw floats (note_exit): like interpret_at
  CompiledFunction yield = nullptr;         // x0: pc, x1: live x
  CompiledFunction wait = nullptr;          // x0: pc: sleep until a signal comes
  CompiledFunction collect = nullptr;       // x0: need, x1: live x, x2: continuation
  CompiledFunction raise = nullptr;         // context.exception_*, m->pc
  CompiledFunction exit = nullptr;          // the process ends with m->exit_reason; sp, hp and reductions are stored
  CompiledFunction process_exit = nullptr;  // x0: value: the process ends normally

  // -- the slice
  std::atomic<int64_t> busy_nanoseconds{0};  // written by its own thread (Scheduling::Figures)
  // Of a sampling profile (SystemWatch): which one, when the clock is looked at next (monotonic), and up to when (thread time) all is told.
  uint32_t sampling = 0;
  int64_t next_sample = 0, sampled_until = 0;
  int64_t slice_left = 0;       // reductions of this slice beyond the register's
  /// Where the slice was entered (long_native.cpp): a process that has to end in the middle of compiled code jumps there. Null: nothing runs.
  void* slice_place = nullptr;
  int64_t work_in_place = 0;    // of walks in this slice that cannot be left (note_work), in reductions
  int64_t work_looked_at = 0;   // ... at which its budget is looked at next
  int64_t sample_left = 0;      // what was left of the sample when the last slice ended: short slices are sampled, too
  size_t stress_words = 0;      // added to each announced need of memory: huge when every chance to collect is taken
  uint16_t entered_live = 0;    // x registers that were loaded when the slice began
  /// A native function asked for a collection of its process as soon as it has returned.
  enum class Collect : uint8_t { none, minor, major };
  Collect collect_when_done = Collect::none;
  // -- why run_process returned
  enum class Result : uint8_t { yielded, waiting, exited };
  Result result = Result::yielded;
  Term exit_reason = atoms::normal;  // with Result::exited
  bool exit_is_crash = false;        // uncaught error or throw: reported by the crash hook
  uint64_t next_reference = 0, last_reference = 0;  // numbers of references set aside for this thread
  /// Seed of this thread's cheap random numbers (stealing).
  uint64_t random = 88172645463325252ull;

  /// C++ begins on behalf of the process: where terms are built from now on. The caller has stored sp, hp, reductions. Within a straight run of
  /// instructions a part of the room may be announced already (test_heap) and must be left for the instructions that follow:
  /// begin_building leaves as much as any code of the VM announces; begin_building_here, for who stores `reserved_end` at every
  /// allocate and test_heap (the interpreter), leaves what is really announced; begin_building_at_call leaves nothing.
  void begin_building();
  void begin_building_here();
  void begin_building_at_call();
  /// ... and ends: m->hp is current again.
  void end_building();
};

/// The machine of the calling thread, or null on a thread that is no scheduler.
extern thread_local Machine* current_machine;

}  // namespace phial
