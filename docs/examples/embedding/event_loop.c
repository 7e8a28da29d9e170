/* A host with an event loop of its own (libuv): the VM has no threads; its descriptor is watched like a socket, and when it is readable the VM runs for a
 * while. Timers of the language and of the host, and messages both ways, go through the one loop. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "phial.h"

static const char* const script =
    "defmodule Clock do\n"
    "  def start(host) do\n"
    "    spawn(fn ->\n"
    "      Process.register(self(), :clock)\n"
    "      Process.send_after(self(), :tick, 20)\n"
    "      loop(host, 0)\n"
    "    end)\n"
    "  end\n"
    "\n"
    "  defp loop(host, count) do\n"
    "    receive do\n"
    "      :tick ->\n"
    "        send(host, {:tick, count + 1})\n"
    "        Process.send_after(self(), :tick, 20)\n"
    "        loop(host, count + 1)\n"
    "\n"
    "      {:stop, why} ->\n"
    "        send(host, {:stopped, \"after #{count} ticks: #{why}\"})\n"
    "    end\n"
    "  end\n"
    "end\n";

struct host {
  phial_vm* vm;
  phial_heap* heap;
  uv_poll_t machine; /* the VM's descriptor */
  uv_timer_t timer;  /* of the host */
  int64_t ticks;
};

/* In phial_run_for, on the loop's thread. */
static void on_message(void* user, phial_term message) {
  struct host* host = user;
  phial_term value = phial_tuple_element(message, 1);
  const char* text;
  size_t size;
  if (phial_is_atom(phial_tuple_element(message, 0), "tick")) {
    phial_get_integer(value, &host->ticks);
    printf("tick %" PRId64 "\n", host->ticks);
    if (host->ticks == 3) {
      phial_term parts[] = {phial_atom("stop"), phial_string(host->heap, "enough")};
      phial_send(host->vm, phial_atom("clock"), phial_tuple(host->heap, parts, 2));
    }
  } else if (phial_get_binary(value, &text, &size)) {
    printf("%.*s\n", (int)size, text);
    uv_poll_stop(&host->machine);
    uv_timer_stop(&host->timer);
  }
}

/* The VM has something to do: not for longer than a millisecond, or the loop's other users would wait. */
static void on_machine(uv_poll_t* poll, int status, int events) {
  (void)status, (void)events;
  struct host* host = poll->data;
  phial_run_for(host->vm, 0, 1000000);
}

static void on_timer(uv_timer_t* timer) {
  (void)timer;
  static int beats;
  if (++beats == 1) printf("the host's own timer\n");
}

int main(void) {
  struct host host = {0};
  phial_config config;
  phial_config_init(&config);
  config.schedulers = 0;
  host.vm = phial_vm_create(&config);
  if (!host.vm) {
    fprintf(stderr, "%s\n", phial_create_error());
    return 1;
  }
  host.heap = phial_heap_create();
  phial_host* mailbox = phial_host_open(host.vm, on_message, &host);

  uv_loop_t* loop = uv_default_loop();
  uv_poll_init(loop, &host.machine, phial_descriptor(host.vm));
  host.machine.data = &host;
  uv_poll_start(&host.machine, UV_READABLE, on_machine);
  uv_timer_init(loop, &host.timer);
  uv_timer_start(&host.timer, on_timer, 1, 5);

  phial_result* result = phial_eval(host.vm, script, "clock.exs");
  if (!phial_result_ok(result)) fprintf(stderr, "%s\n", phial_result_error(result));
  phial_result_free(result);
  phial_term pid = phial_host_pid(mailbox), started;
  phial_spawn(host.vm, "Clock", "start", &pid, 1, &started);

  uv_run(loop, UV_RUN_DEFAULT);

  uv_close((uv_handle_t*)&host.machine, NULL);
  uv_close((uv_handle_t*)&host.timer, NULL);
  uv_run(loop, UV_RUN_DEFAULT);
  uv_loop_close(loop);
  phial_host_close(mailbox);
  phial_heap_free(host.heap);
  phial_vm_destroy(host.vm);
  return 0;
}
