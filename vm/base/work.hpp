// Long loops below the processes (comparing, hashing, copying, encoding of terms) tell here what they have done, so that the long native function that
// called them can be left in the middle (vm/process/long_native.hpp). Elsewhere the call does nothing.
//
// Whoever calls it must keep no address of a thread's own across it: the thread may be another one afterwards. Who holds a lock keeps the function
// from being left with a LockHold.
#pragma once
#include <cstdint>

namespace phial {

/// Set once by the layer that can leave native functions.
extern void (*work_hook)(int64_t units);

/// So many units of some 10 ns are done. To be called each hundred units or more.
inline void note_work(int64_t units) {
  if (work_hook) work_hook(units);
}

/// The same for callbacks from code of others, which cannot be unwound: false if the function is to be unwound as soon as that code has returned.
extern bool (*gentle_work_hook)(int64_t units);
inline bool note_work_gently(int64_t units) { return !gentle_work_hook || gentle_work_hook(units); }

/// True while the calling thread has a WorkHold or a LockHold: work_hook counts, but leaves nothing.
bool work_is_held();
/// True while it has a WorkHold: nothing is unwound either.
bool work_is_fixed();
/// What the calling thread holds; it holds `other` from now on. For a thread that drives a VM in the middle of a call of another one: what is below on
/// its stack holds, but the slices of the inner VM are left and unwound as ever.
struct Holds {
  int whole = 0, locks = 0;
};
Holds exchange_holds(Holds other);
/// For who cannot be unwound: callbacks of the host.
class WorkHold {
 public:
  WorkHold();
  ~WorkHold();
  WorkHold(const WorkHold&) = delete;
};
/// For who holds a lock, which its destructor gives back.
class LockHold {
 public:
  LockHold();
  ~LockHold();
  LockHold(const LockHold&) = delete;
};

/// Counts steps and tells of each `every`.
class WorkCounter {
 public:
  void step() {
    if (++steps_ == every) [[unlikely]] told();
  }

 private:
  static constexpr uint32_t every = 1024;
  void told() {
    steps_ = 0;
    note_work(every);
  }
  uint32_t steps_ = 0;
};

}  // namespace phial
