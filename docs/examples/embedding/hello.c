/* The least a host in C needs: a VM, an evaluation, a call, a function of the host, a message. */
#include <inttypes.h>
#include <stdio.h>

#include "phial.h"

/* Host.greet(name): a function of the language in C. */
static phial_term greet(phial_call* call, const phial_term* arguments, void* user) {
  (void)user;
  const char* name;
  size_t size;
  if (!phial_get_binary(arguments[0], &name, &size)) return phial_raise(call, "greet wants a string");
  char text[256];
  int length = snprintf(text, sizeof text, "Hello, %.*s!", (int)size, name);
  return phial_binary(phial_call_heap(call), text, (size_t)length);
}

int main(void) {
  phial_config config;
  phial_config_init(&config);
  phial_vm* vm = phial_vm_create(&config);
  if (!vm) {
    fprintf(stderr, "%s\n", phial_create_error());
    return 1;
  }
  phial_register(vm, "Host", "greet", 1, greet, NULL, PHIAL_PLAIN);

  /* Evaluate source text. */
  phial_result* result = phial_eval(vm, "Host.greet(\"world\")", "example");
  const char* text;
  size_t size;
  if (phial_result_ok(result) && phial_get_binary(phial_result_term(result), &text, &size)) printf("%.*s\n", (int)size, text);
  phial_result_free(result);

  /* Call a function with terms of the host. */
  phial_heap* heap = phial_heap_create();
  phial_term numbers[] = {phial_integer(heap, 3), phial_integer(heap, 4), phial_integer(heap, 5)};
  phial_term list = phial_list(heap, numbers, 3);
  result = phial_apply(vm, "Enum", "sum", &list, 1);
  int64_t sum = 0;
  phial_get_integer(phial_result_term(result), &sum);
  printf("sum %" PRId64 "\n", sum);
  phial_result_free(result);

  /* Errors are values with a message. */
  result = phial_eval(vm, "Host.greet(1)", "example");
  printf("ok %d\n", phial_result_ok(result));
  printf("%.39s\n", phial_result_error(result));
  phial_result_free(result);

  /* A process of the language that answers to a process of the host. */
  phial_host* host = phial_host_open(vm, NULL, NULL);
  result = phial_eval(vm, "spawn(fn -> receive do {from, n} -> send(from, n * n) end end)", "example");
  phial_term message[] = {phial_host_pid(host), phial_integer(heap, 12)};
  phial_send(vm, phial_result_term(result), phial_tuple(heap, message, 2));
  phial_term answer;
  int64_t square = 0;
  if (phial_host_receive(host, heap, 5000000000, &answer)) phial_get_integer(answer, &square);
  printf("square %" PRId64 "\n", square);
  phial_result_free(result);
  phial_host_close(host);

  phial_heap_free(heap);
  phial_vm_destroy(vm);
  return 0;
}
