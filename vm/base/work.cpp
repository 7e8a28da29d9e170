#include "vm/base/work.hpp"

namespace phial {
namespace {

// Only ever touched by the functions below, which are not inlined: who calls them may go on on another thread between two calls.
thread_local int holds = 0;
thread_local int locks = 0;

}  // namespace

void (*work_hook)(int64_t units) = nullptr;
bool (*gentle_work_hook)(int64_t units) = nullptr;

[[gnu::noinline]] bool work_is_held() { return holds + locks > 0; }
[[gnu::noinline]] bool work_is_fixed() { return holds > 0; }
[[gnu::noinline]] WorkHold::WorkHold() { holds++; }
[[gnu::noinline]] WorkHold::~WorkHold() { holds--; }
[[gnu::noinline]] LockHold::LockHold() { locks++; }
[[gnu::noinline]] LockHold::~LockHold() { locks--; }

}  // namespace phial
