#include "vm/base/work.hpp"

namespace phial {
namespace {

// Only ever touched by the functions below, which are not inlined: who calls them may go on on another thread between two calls.
thread_local int holds = 0;

}  // namespace

void (*work_hook)(int64_t units) = nullptr;

[[gnu::noinline]] bool work_is_held() { return holds > 0; }
[[gnu::noinline]] WorkHold::WorkHold() { holds++; }
[[gnu::noinline]] WorkHold::~WorkHold() { holds--; }

}  // namespace phial
