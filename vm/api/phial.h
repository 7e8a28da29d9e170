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
 * Terms. A phial_term is a value of the language. It belongs to a phial_heap (made by the host), to a phial_result, or to a call of a
 * host function, and is valid as long as its owner. Reading a term copies nothing. Terms of one owner may be parts of each other; to take
 * a term to another owner, phial_copy it.
 *
 * Threads. "Any thread" functions may be called by any thread at any time, also at once. A phial_heap or phial_result is used by one
 * thread at a time. phial_vm_create and phial_vm_destroy of one VM must not overlap with other calls on it.
 *
 * Text is UTF-8. Strings that a function gives are zero-terminated and belong to the object they were asked of.
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

/* A value of the language; see "Terms" above. The word has no meaning to the host; {0} is the integer 0. */
typedef struct phial_term {
  uint64_t word;
} phial_term;

/* ---- creating a VM ---------------------------------------------------------------------------------------------------------- */

typedef enum phial_jit { PHIAL_JIT_OFF, PHIAL_JIT_AUTO, PHIAL_JIT_EAGER } phial_jit;

/* Bytecode of a module that is referred to and not loaded, in *code (valid until the next call of the loader on the same thread) and
 * true; false: look in the standard library. Any scheduler thread. */
typedef bool (*phial_module_loader)(void* user, const char* module, const char** code, size_t* size);
/* Bytes that the VM writes: stream 1 is standard output, 2 standard error. Any scheduler thread. */
typedef void (*phial_output)(void* user, int stream, const char* bytes, size_t size);
/* The language asked to halt the system (System.halt). Any scheduler thread. */
typedef void (*phial_halt)(void* user, int status);

typedef struct phial_config {
  size_t size;                 /* of this struct: phial_config_init sets it */
  unsigned schedulers;         /* threads that run processes; default: one a core. 0: none, the host calls phial_run_for */
  phial_jit jit;               /* default: PHIAL_JIT_AUTO */
  size_t max_processes;        /* default: 1,048,576 */
  size_t memory_limit;         /* bytes of all heaps together; 0 (default): none. A process that crosses it ends with :system_limit */
  bool legacy;                 /* default false: variables set in branches leak out, as before Elixir 1.3 */
  bool deterministic;          /* with schedulers 0: a schedule that depends on `seed` alone, and a virtual clock */
  uint64_t seed;
  phial_module_loader module_loader;
  phial_output output;         /* default: the streams of the program */
  phial_halt halt;             /* default: ends the program */
  void* user;                  /* handed to the callbacks above */
  const char* const* arguments; /* System.argv; zero-terminated list or NULL */
  bool interpret_library;      /* default false: the standard library runs as the native code that Phial was built with */
} phial_config;

/* Sets every field to its default. */
PHIAL_API void phial_config_init(phial_config* config);
/* A running VM, or NULL with a message for phial_create_error. The configuration is copied. */
PHIAL_API phial_vm* phial_vm_create(const phial_config* config);
/* Why the last phial_vm_create of this thread failed. */
PHIAL_API const char* phial_create_error(void);
/* Ends all processes and threads of the VM and frees everything of it. Results, heaps and hosts of the VM must be freed before. */
PHIAL_API void phial_vm_destroy(phial_vm* vm);
/* "0.1.0" */
PHIAL_API const char* phial_version(void);

/* ---- running code ----------------------------------------------------------------------------------------------------------- */

/* Evaluates source text in a new process and waits for its end. `name` stands for the file in messages. Any thread but the VM's own;
 * with schedulers 0 it drives the VM meanwhile. Never NULL; free with phial_result_free. */
PHIAL_API phial_result* phial_eval(phial_vm* vm, const char* source, const char* name);
/* Calls module.function(arguments) in a new process and waits. Modules of the language are named as in source text: "Enum", or
 * ":lists". */
PHIAL_API phial_result* phial_apply(phial_vm* vm, const char* module, const char* function, const phial_term* arguments, size_t count);
PHIAL_API bool phial_result_ok(const phial_result* result);
/* The value; with an error the reason. */
PHIAL_API phial_term phial_result_term(const phial_result* result);
/* What went wrong, as the shell shows it, stack trace included; "" without an error. */
PHIAL_API const char* phial_result_error(const phial_result* result);
PHIAL_API void phial_result_free(phial_result* result);

/* Starts module.function(arguments) as a process and gives its pid; false when there is no room for one more. Any thread. */
PHIAL_API bool phial_spawn(phial_vm* vm, const char* module, const char* function, const phial_term* arguments, size_t count,
                           phial_term* pid);
/* Sends a copy of the message to a pid or to a registered name (an atom). False if there is no such process. Any thread. */
PHIAL_API bool phial_send(phial_vm* vm, phial_term destination, phial_term message);

/* With schedulers 0: runs processes on this thread until nothing is runnable, or until this many reductions (0: no limit) or nanoseconds
 * (0: no limit) are used up. True if there is more to do at once. */
PHIAL_API bool phial_run_for(phial_vm* vm, int64_t reductions, int64_t nanoseconds);

/* ---- messages to the host --------------------------------------------------------------------------------------------------- */

/* A process of the host: it has a pid to give away, and what is sent there reaches the callback (on any scheduler thread; the term is valid during
 * the call) or, with no callback, waits for phial_host_receive. */
typedef void (*phial_on_message)(void* user, phial_term message);
PHIAL_API phial_host* phial_host_open(phial_vm* vm, phial_on_message callback, void* user);
PHIAL_API phial_term phial_host_pid(const phial_host* host);
/* The next message, copied to `heap`; waits up to that many nanoseconds. False if none came. One thread at a time. */
PHIAL_API bool phial_host_receive(phial_host* host, phial_heap* heap, int64_t nanoseconds, phial_term* message);
PHIAL_API void phial_host_close(phial_host* host);

/* ---- functions of the host -------------------------------------------------------------------------------------------------- */

/* A function of the language in C. Arguments are valid during the call; the result is built with phial_call_heap(call). Runs on a scheduler
 * thread and should be done in microseconds; longer work belongs in PHIAL_BLOCKING functions. */
typedef phial_term (*phial_function)(phial_call* call, const phial_term* arguments, void* user);
enum { PHIAL_PLAIN = 0, PHIAL_BLOCKING = 1 /* may block: runs on a pool, the calling process waits */ };
/* Defines module.function/arity (arity up to 16). Replaces an earlier one. False: the arity is too high. Any thread. */
PHIAL_API bool phial_register(phial_vm* vm, const char* module, const char* function, unsigned arity, phial_function code, void* user,
                              int flags);
PHIAL_API phial_heap* phial_call_heap(phial_call* call);
PHIAL_API phial_vm* phial_call_vm(phial_call* call);
/* Raises: `return phial_raise(call, "message")` is an ArgumentError with that message. */
PHIAL_API phial_term phial_raise(phial_call* call, const char* message);
/* Raises any term as an error reason. */
PHIAL_API phial_term phial_raise_term(phial_call* call, phial_term reason);

/* ---- building terms --------------------------------------------------------------------------------------------------------- */

/* A place to build terms in; everything in it is freed together. */
PHIAL_API phial_heap* phial_heap_create(void);
PHIAL_API void phial_heap_free(phial_heap* heap);

PHIAL_API phial_term phial_integer(phial_heap* heap, int64_t value);
/* NaN and infinities are no values of the language: they become the atom :undefined. */
PHIAL_API phial_term phial_float(phial_heap* heap, double value);
PHIAL_API phial_term phial_atom(const char* text); /* without the colon; "Elixir.Enum" is the module Enum. Any thread, any VM */
PHIAL_API phial_term phial_boolean(bool value);
PHIAL_API phial_term phial_nil(void);              /* the atom nil */
PHIAL_API phial_term phial_string(phial_heap* heap, const char* text);
PHIAL_API phial_term phial_binary(phial_heap* heap, const void* bytes, size_t size);
PHIAL_API phial_term phial_tuple(phial_heap* heap, const phial_term* elements, size_t count);
PHIAL_API phial_term phial_list(phial_heap* heap, const phial_term* elements, size_t count);
PHIAL_API phial_term phial_cons(phial_heap* heap, phial_term head, phial_term tail);
PHIAL_API phial_term phial_empty_list(void);
/* From count keys and as many values; of equal keys the last counts. */
PHIAL_API phial_term phial_map(phial_heap* heap, const phial_term* keys, const phial_term* values, size_t count);
PHIAL_API phial_term phial_copy(phial_heap* heap, phial_term term);

/* ---- reading terms ---------------------------------------------------------------------------------------------------------- */

typedef enum phial_kind {
  PHIAL_INTEGER, PHIAL_FLOAT, PHIAL_ATOM, PHIAL_BINARY, PHIAL_BITSTRING, PHIAL_TUPLE, PHIAL_LIST, PHIAL_MAP, PHIAL_FUNCTION, PHIAL_PID,
  PHIAL_PORT, PHIAL_REFERENCE
} phial_kind;
PHIAL_API phial_kind phial_kind_of(phial_term term);
/* Each gives false, and leaves *value alone, where the term is of another kind (or the integer does not fit). */
PHIAL_API bool phial_get_integer(phial_term term, int64_t* value);
PHIAL_API bool phial_get_float(phial_term term, double* value); /* integers too */
PHIAL_API bool phial_get_boolean(phial_term term, bool* value);
PHIAL_API bool phial_get_atom(phial_term term, const char** text, size_t* size); /* the text lives for ever */
PHIAL_API bool phial_get_binary(phial_term term, const char** bytes, size_t* size); /* not zero-terminated */
PHIAL_API bool phial_is_nil(phial_term term);
PHIAL_API size_t phial_tuple_size(phial_term term); /* 0 where the term is none */
PHIAL_API phial_term phial_tuple_element(phial_term term, size_t index); /* from 0, below the size */
/* Takes a list apart: false at its end. `while (phial_list_next(&list, &head)) ...` */
PHIAL_API bool phial_list_next(phial_term* list, phial_term* head);
PHIAL_API size_t phial_map_size(phial_term term);
PHIAL_API bool phial_map_get(phial_term map, phial_term key, phial_term* value);
/* Calls visit for every pair until it gives false. */
PHIAL_API void phial_map_each(phial_term map, bool (*visit)(void* user, phial_term key, phial_term value), void* user);
/* Equality of ===. */
PHIAL_API bool phial_equal(phial_term a, phial_term b);
/* The term as source text; free() it. */
PHIAL_API char* phial_inspect(phial_term term);

/* ---- figures ---------------------------------------------------------------------------------------------------------------- */

typedef struct phial_statistics {
  size_t size; /* of this struct: set by the caller */
  size_t processes;
  uint64_t spawned;
  uint64_t reductions;
} phial_statistics;
PHIAL_API void phial_get_statistics(phial_vm* vm, phial_statistics* statistics);

#ifdef __cplusplus
}
#endif

#endif
