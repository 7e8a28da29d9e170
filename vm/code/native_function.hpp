// Functions of the language written in C++.
//
// A native function gets its arguments in `arguments` and builds its result in `context.heap()`. It may look at any argument, never
// keep one, and needs no rooting: nothing is collected while it runs. Outcomes other than a value are told through the context
// and none() is returned:
//
//   return context.badarg();                       // an exception
//   return context.again({args...});               // too long for one slice: store progress in the arguments, run again later
//   return context.tail_call(module, name, args);  // continue with a function of the language
//
// Work that is long and hard to take apart (a sort, a search through a hundred megabytes) is marked native_long and calls tick(context, n) in its
// loops: when the slice is used up, the function is left there, stack and all, others have their turn, and it goes on (vm/process/long_native.hpp).
// native_measured is for functions that mostly get little. What they call below the processes (comparison, copies, hashing) tells its work by
// note_work (vm/base/work.hpp), which is a tick where a native function may be left.
//
// Other long work counts itself: context.bump(reductions), and when context.exhausted() it returns through again().
#pragma once
#include <span>

#include "vm/term/term.hpp"

namespace phial {

struct Context;  // vm/process/context.hpp
using NativeFunction = Term (*)(Context& context, const Term* arguments);

enum NativeFlags : uint8_t {
  native_plain = 0,
  native_guard = 1,     // allowed in guards: no effects, no again(), no tail_call()
  native_long = 4,      // may take long: runs on a native stack of its own, which tick() leaves when the slice is used up
  native_measured = 16, // as native_long when its arguments are large (binaries and numbers of thousands of bytes, more than a hundred terms); else called in place
  native_shallow = 64,  // with native_measured: the work is as large as the lists, tuples, maps and binaries themselves, whatever their items are
  native_blocking = 2,  // may block the OS: runs on the pool over a copy of its arguments (context.process() is null there)
  native_in_place = 32, // compiled code does what is usual of it itself, as long as the export has this flag
  native_small = 128,   // takes no memory and has no effect (but may call another function): called without the brackets of building, and again within them if it raises;
                        // what stands in for such a function (guards, simulated schedules) has not got the flag
  native_host = 8,      // has data of its own: context.target is its Export (on the pool: its arguments begin with the data and the caller's pid)
};

struct NativeEntry {
  const char* module;
  const char* name;
  uint8_t arity;
  NativeFunction function;
  uint8_t flags = native_plain;
  const void* data = nullptr;  // with native_host; aligned to 8 bytes
};

/// One table a file of vm/native (and one for the compiler): ends up in the VM's export table when a VM is created.
struct NativeTable {
  const NativeEntry* entries;
  size_t count;
};

}  // namespace phial
