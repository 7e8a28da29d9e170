/* What embedding costs: `phial MEASUREMENT` prints lines of "name value". Its twin in Lua is lua.c. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "phial.h"

static phial_vm* create(unsigned schedulers) {
  phial_config config;
  phial_config_init(&config);
  config.schedulers = schedulers;
  phial_vm* vm = phial_vm_create(&config);
  if (!vm) {
    fprintf(stderr, "%s\n", phial_create_error());
    exit(1);
  }
  return vm;
}

static int64_t evaluate(phial_vm* vm, const char* source) {
  phial_result* result = phial_eval(vm, source, "bench");
  int64_t value = -1;
  if (!phial_result_ok(result)) fprintf(stderr, "%s\n", phial_result_error(result));
  phial_get_integer(phial_result_term(result), &value);
  phial_result_free(result);
  return value;
}

/* Creating VMs and evaluating 1 + 1 in each, all alive at once; the first is not counted. */
static void vms(unsigned schedulers) {
  enum { count = 1000 };
  phial_vm** all = malloc(count * sizeof *all);
  all[0] = create(schedulers);
  evaluate(all[0], "1 + 1");
  long before = resident_kilobytes();
  static double taken[count];
  for (int i = 1; i < count; i++) {
    int64_t start = now();
    all[i] = create(schedulers);
    if (evaluate(all[i], "1 + 1") != 2) exit(1);
    taken[i - 1] = (double)(now() - start);
  }
  int64_t created = now();
  long after = resident_kilobytes();
  for (int i = 0; i < count; i++) phial_vm_destroy(all[i]);
  int64_t destroyed = now();
  const char* kind = schedulers ? "_one_thread" : "";
  printf("create_and_eval_us%s %.1f\n", kind, median(taken, count - 1) / 1e3);
  printf("vm_kilobytes%s %.1f\n", kind, (double)(after - before) / (count - 1));
  printf("destroy_us%s %.1f\n", kind, (double)(destroyed - created) / 1e3 / count);
}

static phial_term add(phial_call* call, const phial_term* arguments, void* user) {
  int64_t a, b;
  (void)user;
  if (!phial_get_integer(arguments[0], &a) || !phial_get_integer(arguments[1], &b)) return phial_raise(call, "integers");
  return phial_integer(phial_call_heap(call), a + b);
}

/* A loop that calls a host function, less the same loop without the call. */
static void host_call(void) {
  phial_vm* vm = create(1);
  phial_register(vm, "Host", "add", 2, add, NULL, PHIAL_PLAIN);
  evaluate(vm,
           "defmodule Loop do\n"
           "  def empty(0, x), do: x\n"
           "  def empty(n, x), do: empty(n - 1, x + 1)\n"
           "  def calls(0, x), do: x\n"
           "  def calls(n, x), do: calls(n - 1, Host.add(x, 1))\n"
           "end\n1");
  for (int i = 0; i < 3; i++) evaluate(vm, "Loop.empty(3_000_000, 0) + Loop.calls(3_000_000, 0)"); /* hot */
  double best_empty = 1e9, best_calls = 1e9;
  for (int i = 0; i < 5; i++) {
    int64_t start = now();
    evaluate(vm, "Loop.empty(3_000_000, 0)");
    int64_t middle = now();
    if (evaluate(vm, "Loop.calls(3_000_000, 0)") != 3000000) exit(1);
    int64_t end = now();
    if ((double)(middle - start) < best_empty) best_empty = (double)(middle - start);
    if ((double)(end - middle) < best_calls) best_calls = (double)(end - middle);
  }
  printf("host_call_ns %.1f\n", (best_calls - best_empty) / 3e6);
  phial_vm_destroy(vm);
}

/* Sends from this thread to a process that takes the messages meanwhile. */
static void send(void) {
  phial_vm* vm = create(1);
  phial_result* result = phial_eval(vm,
                                    "defmodule Sink do\n"
                                    "  def run, do: (receive do {:stop, to} -> Kernel.send(to, :done); {:n, _} -> run() end)\n"
                                    "end\nspawn(&Sink.run/0)",
                                    "bench");
  phial_term pid = phial_result_term(result);
  phial_host* host = phial_host_open(vm, NULL, NULL);
  phial_heap* heap = phial_heap_create();
  phial_term pair[] = {phial_atom("n"), phial_integer(heap, 1)}, message = phial_tuple(heap, pair, 2), done;
  enum { count = 1000000 };
  double best = 1e18;
  for (int round = 0; round < 3; round++) {
    int64_t start = now();
    for (int i = 0; i < count; i++) phial_send(vm, pid, message);
    double taken = (double)(now() - start);
    if (taken < best) best = taken;
  }
  printf("send_ns %.1f\n", best / count);
  phial_term stop[] = {phial_atom("stop"), phial_host_pid(host)};
  phial_send(vm, pid, phial_tuple(heap, stop, 2));
  phial_host_receive(host, heap, -1, &done);
  phial_heap_free(heap);
  phial_host_close(host);
  phial_result_free(result);
  phial_vm_destroy(vm);
}

/* A call of a function of the language from the host, in a process of its own; and one there and back. */
static void call(void) {
  for (unsigned schedulers = 0; schedulers < 2; schedulers++) {
    phial_vm* vm = create(schedulers);
    evaluate(vm, "1 + 1");
    phial_callable* max = phial_prepare(vm, "Kernel", "max", 2);
    phial_heap* heap = phial_heap_create();
    phial_term arguments[] = {phial_integer(heap, 1), phial_integer(heap, 2)};
    enum { count = 50000 };
    double best = 1e18;
    for (int round = 0; round < 3; round++) {
      int64_t start = now();
      for (int i = 0; i < count; i++) phial_result_free(phial_call_function(max, arguments, NULL));
      double taken = (double)(now() - start);
      if (taken < best) best = taken;
    }
    printf("call_us%s %.2f\n", schedulers ? "_one_thread" : "", best / 1e3 / count);
    phial_heap_free(heap);
    phial_vm_destroy(vm);
  }
}

int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "all";
  if (!strcmp(what, "vms") || !strcmp(what, "all")) vms(0);
  if (!strcmp(what, "vms_with_threads") || !strcmp(what, "all")) vms(1);
  if (!strcmp(what, "host_call") || !strcmp(what, "all")) host_call();
  if (!strcmp(what, "send") || !strcmp(what, "all")) send();
  if (!strcmp(what, "call") || !strcmp(what, "all")) call();
  return 0;
}
