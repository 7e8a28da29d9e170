/* phial.h: Phial inside a program.
 *
 * A VM is a world of its own: modules, processes, names, memory. A program may have any number of them; they share nothing but
 * the text of atoms. Within a VM, processes run on the VM's own scheduler threads, or, with no threads of its own, on the thread that calls
 * phial_run_for.
 *
 *     phial_config config;
 *     phial_config_init(&config);
 *     phial_vm* vm = phial_vm_create(&config);
 *     phial_result* result = phial_eval(vm, "Enum.sum(1..10)", "example");
 *     int64_t sum;
 *     if (phial_result_ok(result) && phial_get_integer(phial_result_term(result), &sum)) printf("%lld\n", (long long)sum);
 *     else fprintf(stderr, "%s\n", phial_result_error(result));
 *     phial_result_free(result);
 *     phial_vm_destroy(vm);
 *
 * Terms. A phial_term is a value of the language. It belongs to a phial_heap (made by the host), to a phial_result, to a phial_handle, to a call
 * of a host function or to the callback that it was given to, and is valid as long as its owner. Reading a term copies nothing. Terms of one
 * owner may be parts of each other; to take a term to another owner, phial_copy it; to keep it for long, phial_keep it. Atoms, small integers,
 * most floats, pids and references have no owner: they are valid for ever (though a pid means nothing to another VM).
 *
 * Threads. "Any thread" functions may be called by any thread at any time, also at once. A phial_heap or phial_result is used by one
 * thread at a time, a phial_call and its heap by the thread that the function was called on. phial_vm_create may be called by several threads at once; phial_vm_destroy must not overlap with other calls on its VM.
 * A function that waits (phial_eval, phial_apply, phial_call_function, phial_compile, phial_load, phial_vm_stop, phial_host_receive with a time)
 * must not be called from a host function or a callback of the same VM, which run on the VM's own threads: that is misuse.
 *
 * Misuse does nothing, gives PHIAL_MISUSE, false, NULL, nil, 0 or -1 (whichever the function can), and is told, with the name of the function and what is wrong, to
 * the `misuse` callback of the VM; see phial_config. Where no VM with a callback is left to tell, a debug build of the library writes it to standard error and aborts.
 *
 *   Always found:  a wait on a thread of the VM (above); phial_run_for, phial_wait, phial_sim_begin or phial_vm_destroy while another thread drives the VM, or within
 *                  itself; a handle that was freed, is of another VM or none; phial_host_receive of a process with a callback; phial_again in a function that does
 *                  not yield; clearing or freeing the heap of a call.
 *   Found by debug builds (CMAKE_BUILD_TYPE=Debug; release builds do not look, and anything may happen):
 *                  any object (VM, heap, result, host process, callable, call) that is NULL, was freed, or is of a VM that was destroyed; a term of a heap, result
 *                  or handle that was freed or cleared, as far as its memory has not been taken anew; a function of another VM in what is called, sent or kept, or
 *                  of a VM that was destroyed in what is printed; phial_vm_destroy while another thread is in a call on the VM, with host processes that are
 *                  not closed or results that are not freed (this is told, and the VM destroyed all the same); a heap, a call or phial_host_receive used by
 *                  two threads at once; calls from phial_object_type.destroy and other such functions that they must not make.
 *
 * Text is UTF-8. Strings that a function gives are zero-terminated and belong to the object they were asked of. Times are nanoseconds.
 *
 * Compatibility. A host that was compiled with an older header of the same SONAME works: functions stay, structs that cross the border begin
 * with their `size` and only grow at their end, and enumerations only get new values.
 */
#ifndef PHIAL_H
#define PHIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PHIAL_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

typedef struct phial_vm phial_vm;
typedef struct phial_heap phial_heap;
typedef struct phial_result phial_result;
typedef struct phial_host phial_host;
typedef struct phial_call phial_call;
typedef struct phial_callable phial_callable;
typedef struct phial_memory_files phial_memory_files;

/* A value of the language; see "Terms" above. The word has no meaning to the host; {0} is the integer 0. */
typedef struct phial_term {
  uint64_t word;
} phial_term;

/* A term that the VM keeps until it is told otherwise; see phial_keep. {0} is none. */
typedef struct phial_handle {
  uint64_t id;
} phial_handle;

/* ---- errors ----------------------------------------------------------------------------------------------------------------- */

/* How something ended. */
typedef enum phial_code {
  PHIAL_OK = 0,
  PHIAL_ERROR,        /* an exception: the term is its struct */
  PHIAL_THROW,        /* a throw that nobody caught: the term is what was thrown */
  PHIAL_EXIT,         /* exit/1, or an exit signal that ended the process: the term is the reason */
  PHIAL_TIMEOUT,      /* the time given was used up; the process that worked has been killed */
  PHIAL_SYSTEM_LIMIT, /* no room for one more process */
  PHIAL_STOPPED,      /* the VM is stopping */
  PHIAL_BAD_ARGUMENT, /* an argument of the C function is not what it must be */
  PHIAL_MISUSE,       /* see "Misuse" above */
  PHIAL_BUDGET        /* a budget was used up: see "budgets" */
} phial_code;
/* "timeout", "misuse", ...: a word for logs. */
PHIAL_API const char* phial_code_name(phial_code code);

/* ---- creating a VM ---------------------------------------------------------------------------------------------------------- */

/* Interpreted; compiled where it turns hot; everything compiled before it runs, for speed; or by templates, which takes microseconds. */
typedef enum phial_jit { PHIAL_JIT_OFF, PHIAL_JIT_AUTO, PHIAL_JIT_EAGER, PHIAL_JIT_TEMPLATE } phial_jit;

/* Bytecode of a module that is referred to and not loaded, in *code (valid until the next call of the loader on the same thread) and
 * true; false: look in the standard library. Any scheduler thread. */
typedef bool (*phial_module_loader)(void* user, const char* module, const char** code, size_t* size);
/* Bytes that the VM writes: stream 1 is standard output, 2 standard error. Any scheduler thread. */
typedef void (*phial_output)(void* user, int stream, const char* bytes, size_t size);
/* Standard input: up to `size` bytes to `bytes`; how many, 0 at the end of the input. May wait. A thread of the VM's pool, one at a time. */
typedef size_t (*phial_input)(void* user, char* bytes, size_t size);
/* A message of the Logger that passed its levels and filters: `level` is "error", "info", ...; `message` has no time and no end of line;
 * `metadata` is a map of atoms, valid during the call. Any scheduler thread. */
typedef void (*phial_log)(void* user, const char* level, const char* message, size_t size, phial_term metadata);
/* The language asked to halt the system (System.halt). Any scheduler thread. A deterministic VM runs nothing more then: what waits for it ends with
 * PHIAL_STOPPED. */
typedef void (*phial_halt)(void* user, int status);
/* The host did what it must not; `message` says what. The calling thread. */
typedef void (*phial_misuse)(void* user, const char* message);

typedef struct phial_file_system phial_file_system;

/* How a deterministic schedule chooses who runs: at random; by random priorities that change at a few random points, which finds rare
 * interleavings; one of these two by the seed; or in turn. */
typedef enum phial_schedule { PHIAL_SCHEDULE_MIXED, PHIAL_SCHEDULE_RANDOM, PHIAL_SCHEDULE_PRIORITY, PHIAL_SCHEDULE_IN_TURN } phial_schedule;

typedef struct phial_config {
  size_t size;                 /* of this struct: phial_config_init sets it */
  unsigned schedulers;         /* threads that run processes; default: one a core. 0: none, the host calls phial_run_for */
  phial_jit jit;               /* default: PHIAL_JIT_AUTO */
  size_t max_processes;        /* default: 1,048,576 */
  size_t memory_limit;         /* the same as memory in `budget`, where that is NULL or has none; 0 (default): none */
  bool legacy;                 /* default false: variables set in branches leak out, as before Elixir 1.3 */
  bool deterministic;          /* with schedulers 0: a schedule that depends on `seed` alone, and a virtual clock */
  uint64_t seed;
  phial_module_loader module_loader;
  phial_output output;         /* default: the streams of the program */
  phial_halt halt;             /* default: ends the program */
  void* user;                  /* handed to the callbacks above and below */
  const char* const* arguments; /* System.argv; zero-terminated list or NULL */
  bool interpret_library;      /* default false: the standard library runs as the native code that Phial was built with */
  phial_input input;           /* default: standard input of the program */
  phial_log log;               /* default: the Logger writes to its own handlers */
  phial_misuse misuse;         /* default: debug builds abort, others go on; see "Misuse" */
  const phial_file_system* files; /* what File and its like see; default: the files of the operating system. Copied; see "files" */
  const struct phial_budget* budget; /* of the whole VM; default NULL: no limits. See "budgets" */
  bool restricted;             /* default false. true: code may do what `grants` says and nothing else. See "capabilities" */
  const char* const* grants;   /* zero-terminated list, or NULL: nothing is granted */
  /* Of a deterministic VM. It runs interpreted, so that a seed means the same schedule in every build. Faults have a probability each, 0 by default. */
  phial_schedule schedule;     /* default: PHIAL_SCHEDULE_MIXED */
  double sim_delay;            /* a message is held back for some milliseconds; the order between two processes is kept */
  double sim_late;             /* a timer fires up to 100 ms late */
  double sim_drop;             /* a timer that would send a message never fires */
  double sim_kill;             /* when a process sends, reads a table, ...: one of the others is killed */
  bool sim_waits;              /* processes run in turn and without faults until phial_sim_begin */
  bool sim_trials;             /* Phial.Sim may fork this program for each seed, and a deadlock is reported and halts with status 97 */
} phial_config;

/* Sets every field to its default. */
PHIAL_API void phial_config_init(phial_config* config);
/* A running VM, or NULL with a message for phial_create_error. The configuration is copied. Any thread, several at once. */
PHIAL_API phial_vm* phial_vm_create(const phial_config* config);
/* Why the last phial_vm_create of this thread failed. */
PHIAL_API const char* phial_create_error(void);
/* The orderly end of what runs: stops the applications, the last started first, with their supervisors and processes, and lets the Logger
 * write what it holds. Waits up to that many nanoseconds (0: no limit). PHIAL_OK, or PHIAL_TIMEOUT with the rest still running. Afterwards
 * evaluations and calls are answered with PHIAL_STOPPED. Any thread but the VM's own (PHIAL_MISUSE there). phial_vm_destroy follows. */
PHIAL_API phial_code phial_vm_stop(phial_vm* vm, int64_t nanoseconds);
/* Ends all processes and threads of the VM at once and frees everything of it. Hosts of the VM must be closed and results freed before;
 * handles, callables and functions of its code end with it. Any thread but the VM's own, and no other thread in a call on it: else (misuse) it stays. */
PHIAL_API void phial_vm_destroy(phial_vm* vm);
/* The `user` of its configuration. */
PHIAL_API void* phial_vm_user(const phial_vm* vm);
/* "0.1.0" */
PHIAL_API const char* phial_version(void);

/* ---- running code ----------------------------------------------------------------------------------------------------------- */

/* For the functions below that take one; NULL there means the defaults. {.size = sizeof(phial_options)} has all defaults. */
typedef struct phial_options {
  size_t size;           /* of this struct */
  int64_t timeout;       /* nanoseconds, then the process is killed and the result is PHIAL_TIMEOUT; 0: none */
  const char* name;      /* the file that messages and stack traces show; NULL: "nofile" */
  unsigned line;         /* of the first line of the source; 0: 1 */
  const phial_term* bindings; /* variables of the evaluated source: a map from atoms to values; NULL: none */
  const struct phial_budget* budget; /* of the process and all that it spawns, which ends with it; the VM's own holds as well. NULL: none */
  bool restricted;       /* they may do what `grants` says and nothing else (and what the VM may) */
  const char* const* grants; /* zero-terminated list, or NULL: nothing */
} phial_options;

/* Evaluates source text in a new process and waits for its end. `name` stands for the file in messages. Any thread but the VM's own;
 * with schedulers 0 it drives the VM meanwhile. Never NULL (on the VM's own threads its code is PHIAL_MISUSE); free with phial_result_free. */
PHIAL_API phial_result* phial_eval(phial_vm* vm, const char* source, const char* name);
/* The same for source of this many bytes, with options. */
PHIAL_API phial_result* phial_eval_with(phial_vm* vm, const char* source, size_t size, const phial_options* options);
/* Calls module.function(arguments) in a new process and waits. Modules of the language are named as in source text: "Enum", or
 * ":lists". */
PHIAL_API phial_result* phial_apply(phial_vm* vm, const char* module, const char* function, const phial_term* arguments, size_t count);
/* Calls a function value of this VM; one of another VM is misuse. */
PHIAL_API phial_result* phial_apply_fun(phial_vm* vm, phial_term function, const phial_term* arguments, size_t count,
                                        const phial_options* options);
/* module.function/arity, looked up once for many calls. It need not be there yet, and is always its newest code. Lives as long as the VM; the same for the same
 * function. Any thread. */
PHIAL_API phial_callable* phial_prepare(phial_vm* vm, const char* module, const char* function, unsigned arity);
/* Calls it with as many arguments as its arity, in a new process, and waits. */
PHIAL_API phial_result* phial_call_function(phial_callable* callable, const phial_term* arguments, const phial_options* options);

PHIAL_API bool phial_result_ok(const phial_result* result);
PHIAL_API phial_code phial_result_code(const phial_result* result);
/* The value; with an error the reason: see phial_code. */
PHIAL_API phial_term phial_result_term(const phial_result* result);
/* What went wrong, as the shell shows it, stack trace included; "" without an error. */
PHIAL_API const char* phial_result_error(const phial_result* result);
/* The first part of that: the exception and its message, without the stack trace. */
PHIAL_API const char* phial_result_message(const phial_result* result);
/* The stack trace alone, a line for each call, the innermost first; "" where there is none. */
PHIAL_API const char* phial_result_stacktrace(const phial_result* result);
PHIAL_API void phial_result_free(phial_result* result);

/* Compiles source text and loads its modules. The result is a list of {module, bytecode} in the order of their definition; the bytecode may be
 * kept and given to phial_load, of this VM or of others, or by a module loader. Code outside of modules runs. */
PHIAL_API phial_result* phial_compile(phial_vm* vm, const char* source, size_t size, const phial_options* options);
/* Loads a module's bytecode, over one of the same name that is there. The result is the module. */
PHIAL_API phial_result* phial_load(phial_vm* vm, const void* bytecode, size_t size, const phial_options* options);

/* Starts module.function(arguments) as a process and gives its pid; false when there is no room for one more. Any thread. */
PHIAL_API bool phial_spawn(phial_vm* vm, const char* module, const char* function, const phial_term* arguments, size_t count,
                           phial_term* pid);
/* Starts a callable. Any thread. */
PHIAL_API bool phial_spawn_function(phial_callable* callable, const phial_term* arguments, phial_term* pid);
/* The same with `budget`, `restricted` and `grants` of the options (the others mean nothing here): they hold for the process and all that it spawns, until the last
 * of them ends. False also where a grant says nothing known. Any thread. */
PHIAL_API bool phial_spawn_with(phial_callable* callable, const phial_term* arguments, const phial_options* options, phial_term* pid);
/* Sends a copy of the message to a pid, an alias, or a registered name (an atom). False if there is no such process. Any thread. */
PHIAL_API bool phial_send(phial_vm* vm, phial_term destination, phial_term message);
/* Sends an exit signal, as Process.exit/2 does. False if there is no such process. Any thread. */
PHIAL_API bool phial_exit(phial_vm* vm, phial_term pid, phial_term reason);
/* Whether the process is there. Any thread. */
PHIAL_API bool phial_alive(phial_vm* vm, phial_term pid);
/* The pid that is registered as this name. Any thread. */
PHIAL_API bool phial_whereis(phial_vm* vm, const char* name, phial_term* pid);

/* ---- driving a VM that has no threads --------------------------------------------------------------------------------------- */

typedef enum phial_activity {
  PHIAL_MORE,    /* there are processes to run at once */
  PHIAL_OUTSIDE, /* nothing to run; blocking work, a socket or a program of the VM may bring some, or a timer if there is one */
  PHIAL_TIMER,   /* nothing to run until the time `next_timer` */
  PHIAL_QUIET    /* nothing to run, and nothing comes but from the host: a message, an evaluation */
} phial_activity;

typedef struct phial_progress {
  phial_activity activity;
  int64_t next_timer;  /* when the next timer of the VM may be due: nanoseconds of CLOCK_MONOTONIC (deterministic: of the virtual clock); -1: no timer */
  uint64_t reductions; /* done by this call */
  uint64_t outside;    /* how many pieces of work are under way outside: see PHIAL_OUTSIDE */
} phial_progress;

/* With schedulers 0: runs processes on this thread until nothing is runnable, or until this many reductions (0: no limit) or nanoseconds
 * (0: no limit) are used up. It does not wait, and may take a slice (some 50 microseconds) longer than it was given. One thread at a time, and not within itself: misuse, and nothing runs.
 * With threads it does nothing and tells how it stands. */
PHIAL_API phial_progress phial_run_for(phial_vm* vm, int64_t reductions, int64_t nanoseconds);
/* Waits until there is something to do for phial_run_for, or until this many nanoseconds have passed (-1: no limit). True: there is. False, and misuse, on a
 * thread of the VM, and of a deterministic VM that somebody runs. */
PHIAL_API bool phial_wait(phial_vm* vm, int64_t nanoseconds);
/* A file descriptor for the host's event loop: readable while there is something to do for phial_run_for (timers included), which makes it unreadable
 * again. The VM's own: do not read from it, do not close it. -1: the system has none left, or the VM has threads or is deterministic. */
PHIAL_API int phial_descriptor(phial_vm* vm);

/* ---- messages to the host --------------------------------------------------------------------------------------------------- */

/* A process of the host: it has a pid to give away, and what is sent there reaches the callback (on any scheduler thread, perhaps on several at once; the
 * term is valid during the call; it must not wait) or, with no callback, stands in a queue for phial_host_receive. It can be monitored and linked to; it never ends for
 * those who do. NULL when there is no room for one more process. Any thread. */
typedef void (*phial_on_message)(void* user, phial_term message);
PHIAL_API phial_host* phial_host_open(phial_vm* vm, phial_on_message callback, void* user);
PHIAL_API phial_term phial_host_pid(const phial_host* host);
/* The next message, copied to `heap`; waits up to that many nanoseconds (0: does not wait, -1: no limit). False if none came. With schedulers 0 it drives the
 * VM while it waits. One thread at a time. False, and misuse, where the process has a callback, and with a time on a thread of the VM. */
PHIAL_API bool phial_host_receive(phial_host* host, phial_heap* heap, int64_t nanoseconds, phial_term* message);
/* Messages that stand in the queue. Any thread. */
PHIAL_API size_t phial_host_pending(const phial_host* host);
/* A file descriptor that is readable while messages stand in the queue. The host's process owns it: do not read from it, do not close it. -1: the system
 * has none left, or there is a callback. */
PHIAL_API int phial_host_descriptor(phial_host* host);
/* Monitors a process: when it ends, {:DOWN, reference, :process, pid, reason} comes to this host's process, at once if it is not there. The reference. Any thread. */
PHIAL_API phial_term phial_host_monitor(phial_host* host, phial_term pid);
/* No callback runs any more when it returns (unless it is called by the callback itself). Not while a thread waits in phial_host_receive. Before its VM is destroyed. */
PHIAL_API void phial_host_close(phial_host* host);

/* ---- functions of the host -------------------------------------------------------------------------------------------------- */

/* A function of the language in C. Arguments are valid during the call; the result is built with phial_call_heap(call), or is an argument or a part of one. Runs on a
 * scheduler thread and should be done in microseconds; longer work belongs in PHIAL_BLOCKING functions, or in pieces: see phial_again. */
typedef phial_term (*phial_function)(phial_call* call, const phial_term* arguments, void* user);
enum {
  PHIAL_PLAIN = 0,
  PHIAL_BLOCKING = 1, /* may block: runs on a pool of threads, over copies of its arguments; the calling process waits */
  PHIAL_YIELDING = 2  /* may give phial_again */
};
/* Defines module.function/arity (arity up to 200). Replaces an earlier one, also of the library or of loaded code. False: the arity is too high, or flags
 * contradict each other. Any thread. */
PHIAL_API bool phial_register(phial_vm* vm, const char* module, const char* function, unsigned arity, phial_function code, void* user,
                              int flags);
typedef struct phial_function_entry {
  const char* name;
  unsigned arity;
  phial_function code;
  int flags;
  void* user;
} phial_function_entry;
/* Defines many functions of one module. False, and none is defined, where one of them could not be. Any thread. */
PHIAL_API bool phial_register_all(phial_vm* vm, const char* module, const phial_function_entry* entries, size_t count);

PHIAL_API phial_heap* phial_call_heap(phial_call* call);
PHIAL_API phial_vm* phial_call_vm(phial_call* call);
/* The pid of the calling process. */
PHIAL_API phial_term phial_call_pid(phial_call* call);
/* Raises: `return phial_raise(call, "message")` is an ArgumentError with that message. */
PHIAL_API phial_term phial_raise(phial_call* call, const char* message);
/* Raises any term as an error reason; an exception struct is one. */
PHIAL_API phial_term phial_raise_term(phial_call* call, phial_term reason);
/* Raises an exception of the language by its name ("RuntimeError", "MyApp.Error") with a message. */
PHIAL_API phial_term phial_raise_as(phial_call* call, const char* exception, const char* message);
/* PHIAL_YIELDING functions: `return phial_again(call, state)` lets other processes have their turn, then calls the function again with the same
 * arguments; phial_call_state is then the term that was given here (often a host object, see below). In a function of another kind
 * it is misuse and raises. */
PHIAL_API phial_term phial_again(phial_call* call, phial_term state);
/* False in the first call; then true, and the state of the last phial_again. */
PHIAL_API bool phial_call_state(phial_call* call, phial_term* state);
/* Counts work of this call against the time slice of its process: a reduction is some 10 nanoseconds. True when the slice is used up. */
PHIAL_API bool phial_count(phial_call* call, uint64_t reductions);

/* ---- objects of the host ---------------------------------------------------------------------------------------------------- */

/* A type of objects; its address is its identity, so it is usually a static variable. It must live as long as any object of it. */
typedef struct phial_object_type {
  const char* name;
  /* The object is not reachable any more, from no process, table, message, heap or handle. Called once, on whatever thread found out: a scheduler thread in the middle
   * of a collection, a thread of the host that frees a heap. So it may not call functions of this API but phial_send, phial_host_pid, phial_vm_user, phial_handle_free and those that build
   * and read terms. May be NULL. */
  void (*destroy)(void* object);
} phial_object_type;
/* A term for an object of the host: a reference of the language that can be sent, stored and compared like any term (two terms for one object are equal
 * only if one came from the other). It cannot be taken apart or made there. */
PHIAL_API phial_term phial_object(phial_heap* heap, const phial_object_type* type, void* object);
/* The object, or NULL where the term is none of this type. It is there as long as the term is. */
PHIAL_API void* phial_get_object(phial_term term, const phial_object_type* type);

/* ---- building terms --------------------------------------------------------------------------------------------------------- */

/* A place to build terms in; everything in it is freed together. It belongs to no VM. */
PHIAL_API phial_heap* phial_heap_create(void);
PHIAL_API void phial_heap_free(phial_heap* heap);
/* Frees the terms, keeps the heap. Only of one that phial_heap_create made: clearing or freeing the heap of a call is misuse. */
PHIAL_API void phial_heap_clear(phial_heap* heap);

PHIAL_API phial_term phial_integer(phial_heap* heap, int64_t value);
PHIAL_API phial_term phial_unsigned(phial_heap* heap, uint64_t value);
/* NaN and infinities are no values of the language: they become the atom :undefined. */
PHIAL_API phial_term phial_float(phial_heap* heap, double value);
PHIAL_API phial_term phial_atom(const char* text); /* without the colon; "Elixir.Enum" is the module Enum. Any thread, any VM */
PHIAL_API phial_term phial_boolean(bool value);
PHIAL_API phial_term phial_nil(void);              /* the atom nil */
PHIAL_API phial_term phial_string(phial_heap* heap, const char* text);
PHIAL_API phial_term phial_binary(phial_heap* heap, const void* bytes, size_t size);
/* A binary of this size and where to write its bytes, at once: before anybody else sees the term. */
PHIAL_API phial_term phial_binary_buffer(phial_heap* heap, size_t size, char** bytes);
/* A binary over memory of the host, without a copy. The bytes must not change; `release` (may be NULL) is called when no term refers to them any more, on whatever
 * thread found out: the rule of phial_object_type.destroy holds. */
PHIAL_API phial_term phial_binary_external(phial_heap* heap, const void* bytes, size_t size, void (*release)(void* user, const void* bytes),
                                           void* user);
PHIAL_API phial_term phial_tuple(phial_heap* heap, const phial_term* elements, size_t count);
PHIAL_API phial_term phial_list(phial_heap* heap, const phial_term* elements, size_t count);
PHIAL_API phial_term phial_cons(phial_heap* heap, phial_term head, phial_term tail);
PHIAL_API phial_term phial_empty_list(void);
/* From count keys and as many values; of equal keys the last counts. */
PHIAL_API phial_term phial_map(phial_heap* heap, const phial_term* keys, const phial_term* values, size_t count);
/* The map with this key set; the map itself stays as it is. */
PHIAL_API phial_term phial_map_put(phial_heap* heap, phial_term map, phial_term key, phial_term value);
PHIAL_API phial_term phial_copy(phial_heap* heap, phial_term term);
/* A term from Erlang's external term format; false where the bytes are none, or name an atom that is not there and `new_atoms` is false. */
PHIAL_API bool phial_decode(phial_heap* heap, const void* bytes, size_t size, bool new_atoms, phial_term* term);

/* ---- reading terms ---------------------------------------------------------------------------------------------------------- */

typedef enum phial_kind {
  PHIAL_INTEGER, PHIAL_FLOAT, PHIAL_ATOM, PHIAL_BINARY, PHIAL_BITSTRING, PHIAL_TUPLE, PHIAL_LIST, PHIAL_MAP, PHIAL_FUNCTION, PHIAL_PID,
  PHIAL_PORT, PHIAL_REFERENCE
} phial_kind;
PHIAL_API phial_kind phial_kind_of(phial_term term);
/* Each gives false, and leaves *value alone, where the term is of another kind (or the integer does not fit). */
PHIAL_API bool phial_get_integer(phial_term term, int64_t* value);
PHIAL_API bool phial_get_unsigned(phial_term term, uint64_t* value);
PHIAL_API bool phial_get_float(phial_term term, double* value); /* integers too */
PHIAL_API bool phial_get_boolean(phial_term term, bool* value);
PHIAL_API bool phial_get_atom(phial_term term, const char** text, size_t* size); /* zero-terminated; the text lives for ever */
/* The bytes where they stand, not zero-terminated. False also for a part of a bitstring that begins within a byte: phial_copy_binary has those. */
PHIAL_API bool phial_get_binary(phial_term term, const char** bytes, size_t* size);
/* The bytes of any binary, copied: up to `size` of them to `bytes`. How many there are, or -1 where the term is no binary. */
PHIAL_API ptrdiff_t phial_copy_binary(phial_term term, char* bytes, size_t size);
PHIAL_API bool phial_is_nil(phial_term term);
/* Whether it is the atom of this text. Interns nothing. */
PHIAL_API bool phial_is_atom(phial_term term, const char* text);
PHIAL_API size_t phial_tuple_size(phial_term term); /* 0 where the term is none */
/* From 0; nil at or above the size, or where the term is no tuple. */
PHIAL_API phial_term phial_tuple_element(phial_term term, size_t index);
/* The elements of a tuple where they stand, for phial_tuple_size of them; NULL where the term is none. */
PHIAL_API const phial_term* phial_tuple_elements(phial_term term);
/* Takes a list apart: false at its end. `while (phial_list_next(&list, &head)) ...` */
PHIAL_API bool phial_list_next(phial_term* list, phial_term* head);
/* -1 where the term is no list, or an improper one. */
PHIAL_API ptrdiff_t phial_list_length(phial_term list);
PHIAL_API size_t phial_map_size(phial_term term);
PHIAL_API bool phial_map_get(phial_term map, phial_term key, phial_term* value);
/* The value of an atom key. */
PHIAL_API bool phial_map_get_atom(phial_term map, const char* key, phial_term* value);
/* Calls visit for every pair until it gives false. */
PHIAL_API void phial_map_each(phial_term map, bool (*visit)(void* user, phial_term key, phial_term value), void* user);
/* Copies up to `limit` keys and values, in the map's order, to the arrays (NULL: not wanted). How many there are. */
PHIAL_API size_t phial_map_pairs(phial_term map, phial_term* keys, phial_term* values, size_t limit);
/* Equality of ===. */
PHIAL_API bool phial_equal(phial_term a, phial_term b);
/* Below 0, 0 or above 0 as a is before, equal (==) to or after b in the order of terms. */
PHIAL_API int phial_compare(phial_term a, phial_term b);
/* The same for terms that are equal (===); differs from run to run. */
PHIAL_API uint64_t phial_hash(phial_term term);
/* The term as source text; free() it. */
PHIAL_API char* phial_inspect(phial_term term);
/* The same in the caller's memory: at most size - 1 bytes and a zero. The bytes of the whole text, so that the caller can tell when it did not fit. */
PHIAL_API size_t phial_print(phial_term term, char* text, size_t size);
/* The term in Erlang's external term format; free() it. NULL where the term holds a function or an object. */
PHIAL_API char* phial_encode(phial_term term, size_t* size);

/* ---- handles ---------------------------------------------------------------------------------------------------------------- */

/* Keeps a copy of a term (whose functions are of this VM) in the VM until phial_handle_free (or the end of the VM), whatever becomes of its owner. Any thread. */
PHIAL_API phial_handle phial_keep(phial_vm* vm, phial_term term);
/* Its term, valid as long as the handle. False, and misuse, where the handle is of another VM or freed. Any thread. */
PHIAL_API bool phial_handle_term(phial_vm* vm, phial_handle handle, phial_term* term);
/* PHIAL_OK, or PHIAL_MISUSE where the handle is of another VM, none, or freed before. Any thread. */
PHIAL_API phial_code phial_handle_free(phial_vm* vm, phial_handle handle);

/* ---- files ------------------------------------------------------------------------------------------------------------------ */

/* A tree of files that the host gives to a VM in place of the operating system's: File, Path.wildcard, Code.require_file and all else that goes through files
 * sees this one. Paths are absolute, without "." and ".."; the root is "/". Callbacks answer 0 or an errno, may be called by several threads of the VM's pool at
 * once and may wait. A NULL one means that such files do not have that: ENOTSUP, or EROFS where it would change something. */
typedef enum phial_file_kind { PHIAL_FILE_REGULAR, PHIAL_FILE_DIRECTORY, PHIAL_FILE_OTHER } phial_file_kind;
typedef struct phial_file_info {
  size_t size;
  phial_file_kind kind;
  bool readable, writable;
  int64_t modified; /* seconds since 1970 */
} phial_file_info;
enum { PHIAL_OPEN_READ = 1, PHIAL_OPEN_WRITE = 2, PHIAL_OPEN_CREATE = 4, PHIAL_OPEN_EXCLUSIVE = 8, PHIAL_OPEN_TRUNCATE = 16 };
struct phial_file_system {
  size_t size; /* of this struct */
  void* user;  /* handed to all callbacks */
  int (*stat)(void* user, const char* path, phial_file_info* info);
  /* Names of what is in a directory: add(list, name) for each. */
  int (*list)(void* user, const char* path, void (*add)(void* list, const char* name), void* list);
  int (*open)(void* user, const char* path, int flags, void** file);
  void (*close)(void* user, void* file);
  /* Up to `size` bytes from this place of the file; how many in *got, 0 at its end. */
  int (*read)(void* user, void* file, uint64_t offset, char* bytes, size_t size, size_t* got);
  int (*write)(void* user, void* file, uint64_t offset, const char* bytes, size_t size);
  int (*truncate)(void* user, void* file, uint64_t size);
  int (*file_size)(void* user, void* file, uint64_t* size);
  int (*remove)(void* user, const char* path);          /* a file */
  int (*make_directory)(void* user, const char* path);
  int (*remove_directory)(void* user, const char* path); /* ENOTEMPTY where something is in it */
  int (*rename)(void* user, const char* from, const char* to);
  int (*set_modified)(void* user, const char* path, int64_t seconds);
};

/* Files in memory: a ready phial_file_system. Any thread, also while VMs use it; free it after the VMs. */
PHIAL_API phial_memory_files* phial_memory_files_create(void);
PHIAL_API void phial_memory_files_free(phial_memory_files* files);
/* What goes into phial_config.files. Lives as long as `files`. */
PHIAL_API const phial_file_system* phial_memory_files_system(phial_memory_files* files);
/* Writes a whole file, over one that is there; makes its directories. False: the path is a directory, or not absolute. */
PHIAL_API bool phial_memory_files_put(phial_memory_files* files, const char* path, const void* bytes, size_t size);
/* A copy of the file's bytes, free() it; NULL: there is no such file. */
PHIAL_API char* phial_memory_files_get(phial_memory_files* files, const char* path, size_t* size);

/* ---- budgets ---------------------------------------------------------------------------------------------------------------- */

/* What a VM, or a process with all that it spawns, may use. Crossing a limit ends the offender with the exit reason {:budget, kind}, which nobody can
 * trap: of a tree all of it; of a VM the process that holds most (memory, binaries), whose mailbox is full, or that stores too much in ETS;
 * with reductions or time all its processes. One more process or atom than allowed raises SystemLimitError in who asks for it, as does
 * a single request that is larger than all that is left of the memory. docs/embedding/budgets.md has the details. */
typedef enum phial_budget_kind {
  PHIAL_BUDGET_MEMORY, PHIAL_BUDGET_BINARIES, PHIAL_BUDGET_ETS, PHIAL_BUDGET_REDUCTIONS, PHIAL_BUDGET_PROCESSES, PHIAL_BUDGET_ATOMS,
  PHIAL_BUDGET_MAILBOX, PHIAL_BUDGET_TIME
} phial_budget_kind;

/* A limit is reached; `used` may already be a little more. True: go on, with the limit written to *limit (0: none), which must be higher. Any
 * scheduler thread; must not call the VM. */
typedef bool (*phial_budget_crossed)(void* user, phial_budget_kind kind, uint64_t used, uint64_t* limit);

/* 0 is no limit everywhere. */
typedef struct phial_budget {
  size_t size;                    /* of this struct: phial_budget_init sets it */
  uint64_t memory;                /* bytes: heaps, messages, binaries and ETS together */
  uint64_t binaries;              /* bytes of large binaries (more than 64 bytes each) */
  uint64_t ets;                   /* bytes of ETS tables */
  uint64_t reductions;            /* in all; one is about a function call */
  uint64_t reductions_per_second; /* over it, processes wait */
  uint64_t processes;             /* at once */
  uint64_t atoms;                 /* made by this VM or tree; they are never given back */
  uint64_t mailbox;               /* messages waiting for one process */
  uint64_t time;                  /* nanoseconds since the VM was created or the tree began */
  phial_budget_crossed crossed;   /* NULL: limits hold */
  void* user;                     /* handed to it */
} phial_budget;

/* No limits. */
PHIAL_API void phial_budget_init(phial_budget* budget);
/* Other limits for the VM from now on. What was used stays used, but the time begins anew, and a VM whose reductions or time were used up may run
 * again. Only of a VM that was created with a budget or restricted; false: of another. `crossed` stays as it was. Any thread. */
PHIAL_API bool phial_set_budget(phial_vm* vm, const phial_budget* budget);
/* What the VM uses now of this kind, in the units of phial_budget. 0 for a VM without a budget that is not restricted, and for the mailbox. Any thread. */
PHIAL_API uint64_t phial_budget_used(phial_vm* vm, phial_budget_kind kind);
/* ---- capabilities ----------------------------------------------------------------------------------------------------------- */

/* In a restricted VM each thing beyond computing takes a grant, a text:
 *
 *   read:PATH write:PATH        a file, or a directory with all below it
 *   connect:HOST:PORT listen:HOST:PORT   either may be *
 *   dns   run   env   env:NAME  looking names up; starting programs; the environment, or one variable of it
 *   define   code               defining new modules; loading, replacing and deleting code
 *   clock                       real time (without: steps of 10 ms)
 *   module:NAME  module:*       calling the modules of phial_register
 *   observe  control            tracing, looking into; ending, suspending processes of others (in a tree)
 *   terminal persistent halt signals node cwd
 *
 * What is not granted raises Phial.CapabilityError. docs/embedding/capabilities.md has the details. */

/* Makes this configuration a sandbox: PHIAL_SANDBOX. Nothing is granted, and a budget holds that suits small scripts: 64 MB of memory, 100 processes,
 * 10,000 atoms, 10,000 messages a mailbox, 100 million reductions. Set `grants` and `budget` afterwards to give more. */
PHIAL_API void phial_config_sandbox(phial_config* config);
#define PHIAL_SANDBOX(config) phial_config_sandbox(config)
/* The first of these grants that says nothing known, or NULL: all are good. phial_vm_create refuses bad ones. */
PHIAL_API const char* phial_bad_grant(const char* const* grants);

/* ---- schedules -------------------------------------------------------------------------------------------------------------- */

/* A VM with `deterministic` runs its processes in an order that depends on its seed alone, on a virtual clock that moves with what they do and straight to the next timer when
 * nobody can run: sleeping costs no time. The same program and seed give the same run, down to pids, references and random numbers. phial_run_for takes nanoseconds of
 * the virtual clock there. A host explores one program under many seeds with a VM for each, or says with `sim_waits` and the function below where it begins. What other
 * threads send, and work outside (sockets, programs), is real and in no seed's hands. docs/embedding/driving.md has an example. */

/* From here on the schedule depends on this seed alone: give it when the VM is ready for what is to be explored. False: the VM is not deterministic, or (misuse) runs on
 * another thread. */
PHIAL_API bool phial_sim_begin(phial_vm* vm, uint64_t seed);

/* ---- memory and figures ----------------------------------------------------------------------------------------------------- */

/* Where all memory of all VMs comes from, but what is mapped from the system at once (code, tables). Default: mimalloc if it is installed, else malloc. Functions may be called
 * by any thread; what one thread allocates another may free. An allocation that fails ends the program: budgets end a VM's processes long before. */
typedef struct phial_allocator {
  size_t size; /* of this struct */
  void* (*allocate)(size_t bytes);             /* aligned to 16 bytes */
  void* (*reallocate)(void* block, size_t bytes);
  void (*free)(void* block);
} phial_allocator;
/* Before the first VM and the first heap of the program; false afterwards. */
PHIAL_API bool phial_set_allocator(const phial_allocator* allocator);

typedef struct phial_statistics {
  size_t size; /* of this struct: set by the caller */
  size_t processes;
  uint64_t spawned;
  uint64_t reductions;
  uint64_t heap_bytes;      /* of all processes; what a process has grown by since its last collection is not in it yet */
  uint64_t code_bytes;      /* loaded code */
  uint64_t literal_bytes;   /* constants of loaded code */
  uint64_t binary_bytes;    /* binaries above 64 bytes, of all VMs of the program */
  uint64_t handles;         /* kept terms */
  uint64_t atoms;           /* of all VMs of the program */
  uint64_t modules;         /* loaded */
  uint64_t collections;     /* of heaps */
  uint64_t reclaimed_bytes; /* by them */
  uint64_t longest_stop;    /* of a process for its collector: nanoseconds */
  uint64_t context_switches;
  uint64_t run_queue;       /* processes that could run and wait for their turn */
  uint64_t outside;         /* work under way outside, as in phial_progress */
} phial_statistics;
/* Fills what fits in statistics->size. Any thread. */
PHIAL_API void phial_get_statistics(phial_vm* vm, phial_statistics* statistics);

/* When the program gets a signal that ends it for a fault (SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT), write a crash dump to the file first: what was running
 * where, and the processes with their stacks; `phial observer FILE` shows it. The handlers are the whole program's, so a host asks for them, or keeps its own. Before the first
 * VM; false: the path is too long. */
PHIAL_API bool phial_dump_crashes(const char* path);

#ifdef __cplusplus
}
#endif

#endif
