// What can still be said when the program dies of a fault: a crash dump written from a signal's handler.
//
// The dump of an orderly end (:erlang.halt("slogan"), Phial.CrashDump.write) is made by the language (stdlib/observer/crash_dump.ex) and tells all. When the
// program gets SIGSEGV, SIGBUS, SIGILL, SIGFPE or SIGABRT no code of the language can run any more: the handler writes the same format with
// what it can read without a lock and without memory: the signal, where the thread was, the figures of each process and its stack. The format is lines of JSON, so a dump
// that is cut off is still read up to there.
//
// The other threads go on meanwhile and the fault may have destroyed anything, so each process is read under a guard: a second fault in the handler gives
// that process up and goes to the next. An alarm ends a handler that hangs. Then the program dies as it would have without.
#pragma once

namespace phial {

class Vm;

/// Installs the handlers for the whole program, before its first VM; the path is copied. False: it is too long.
bool dump_crashes(const char* path);
/// A dump tells of the VM that the thread with the fault works for; of another thread's, of the VM that was created last and is not destroyed.
void remember_for_crashes(Vm& vm);
void forget_for_crashes(Vm& vm);

}  // namespace phial
