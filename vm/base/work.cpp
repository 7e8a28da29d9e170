#include "vm/base/work.hpp"

#include <utility>

namespace phial {
namespace {

// Only ever touched by the functions below, which are not inlined: who calls them may go on on another thread between two calls.
thread_local Holds held;

}  // namespace

void (*work_hook)(int64_t units) = nullptr;
bool (*gentle_work_hook)(int64_t units) = nullptr;

[[gnu::noinline]] bool work_is_held() { return held.whole + held.locks > 0; }
[[gnu::noinline]] bool work_is_fixed() { return held.whole > 0; }
[[gnu::noinline]] Holds exchange_holds(Holds other) { return std::exchange(held, other); }
[[gnu::noinline]] WorkHold::WorkHold() { held.whole++; }
[[gnu::noinline]] WorkHold::~WorkHold() { held.whole--; }
[[gnu::noinline]] LockHold::LockHold() { held.locks++; }
[[gnu::noinline]] LockHold::~LockHold() { held.locks--; }

}  // namespace phial
