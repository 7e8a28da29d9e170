/* The measurements of phial.c that Lua has, too; built once with Lua 5.4 and once with LuaJIT. */
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

static lua_State* create(void) {
  lua_State* state = luaL_newstate();
  luaL_openlibs(state);
  return state;
}

static lua_Integer evaluate(lua_State* state, const char* source) {
  if (luaL_loadstring(state, source) || lua_pcall(state, 0, 1, 0)) {
    fprintf(stderr, "%s\n", lua_tostring(state, -1));
    exit(1);
  }
  lua_Integer value = lua_tointeger(state, -1);
  lua_pop(state, 1);
  return value;
}

static void vms(void) {
  enum { count = 1000 };
  lua_State** all = malloc(count * sizeof *all);
  all[0] = create();
  evaluate(all[0], "return 1 + 1");
  long before = resident_kilobytes();
  static double taken[count];
  for (int i = 1; i < count; i++) {
    int64_t start = now();
    all[i] = create();
    if (evaluate(all[i], "return 1 + 1") != 2) exit(1);
    taken[i - 1] = (double)(now() - start);
  }
  int64_t created = now();
  long after = resident_kilobytes();
  for (int i = 0; i < count; i++) lua_close(all[i]);
  int64_t destroyed = now();
  printf("create_and_eval_us %.1f\n", median(taken, count - 1) / 1e3);
  printf("vm_kilobytes %.1f\n", (double)(after - before) / (count - 1));
  printf("destroy_us %.1f\n", (double)(destroyed - created) / 1e3 / count);
}

static int add(lua_State* state) {
  lua_pushinteger(state, luaL_checkinteger(state, 1) + luaL_checkinteger(state, 2));
  return 1;
}

static void host_call(void) {
  lua_State* state = create();
  lua_register(state, "add", add);
  const char* empty = "local x = 0 for i = 1, 3000000 do x = x + 1 end return x";
  const char* calls = "local add, x = add, 0 for i = 1, 3000000 do x = add(x, 1) end return x";
  double best_empty = 1e9, best_calls = 1e9;
  for (int i = 0; i < 5; i++) {
    int64_t start = now();
    evaluate(state, empty);
    int64_t middle = now();
    if (evaluate(state, calls) != 3000000) exit(1);
    int64_t end = now();
    if ((double)(middle - start) < best_empty) best_empty = (double)(middle - start);
    if ((double)(end - middle) < best_calls) best_calls = (double)(end - middle);
  }
  printf("host_call_ns %.1f\n", (best_calls - best_empty) / 3e6);
  lua_close(state);
}

static void call(void) {
  lua_State* state = create();
  enum { count = 1000000 };
  lua_getglobal(state, "math");
  lua_getfield(state, -1, "max");
  int64_t start = now();
  for (int i = 0; i < count; i++) {
    lua_pushvalue(state, -1);
    lua_pushinteger(state, 1);
    lua_pushinteger(state, 2);
    lua_call(state, 2, 1);
    lua_pop(state, 1);
  }
  printf("call_us %.3f\n", (double)(now() - start) / 1e3 / count);
  lua_close(state);
}

int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "all";
  if (!strcmp(what, "vms") || !strcmp(what, "all")) vms();
  if (!strcmp(what, "host_call") || !strcmp(what, "all")) host_call();
  if (!strcmp(what, "call") || !strcmp(what, "all")) call();
  return 0;
}
