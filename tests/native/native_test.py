#!/usr/bin/env python3
"""Native code that outlives a program: the library's, made with the build, and scripts', kept in the cache of the user.

native_test.py PHIAL: runs small programs in every mode and compares what they print; looks at what they map and at the cache's files.
"""
import os
import shutil
import subprocess
import sys
import tempfile

HOT = """
defmodule Hot do
  def fib(n) when n < 2, do: n
  def fib(n), do: fib(n - 1) + fib(n - 2)
  def kinds(0, sum), do: sum
  def kinds(n, sum), do: kinds(n - 1, sum + worth(kind(rem(n, 5))))
  def kind(0), do: :native_zero
  def kind(1), do: :native_one
  def kind(2), do: {:native_pair, 3}
  def kind(_), do: "text"
  def worth(:native_zero), do: 1
  def worth(:native_one), do: 2
  def worth({:native_pair, n}), do: n
  def worth("text"), do: 4
end
IO.puts(Hot.fib(27))
IO.puts(Hot.kinds(40_000_000, 0))
Process.sleep(WAIT)
IO.puts(String.contains?(File.read!("/proc/self/maps"), "libphial_jit"))
"""

# Errors that the library raises, deep in its own functions and in functions that it was given.
ERRORS = """
show = fn fun ->
  try do
    fun.()
  catch
    kind, reason -> IO.puts(Exception.format(kind, reason, __STACKTRACE__))
  end
end
show.(fn -> Enum.map([1, 2, 3], fn x -> 1 / (x - 2) end) end)
show.(fn -> Enum.reduce(1..3, 0, fn x, _ -> hd(x) end) end)
show.(fn -> Enum.fetch!([1], 5) end)
show.(fn -> Keyword.fetch!([a: 1], :b) end)
show.(fn -> String.to_integer("x") end)
show.(fn -> Map.update!(%{a: 1}, :b, & &1) end)
show.(fn -> Stream.map([1, 2], fn x -> throw({:thrown, x}) end) |> Enum.to_list() end)
show.(fn -> List.first(:no_list) end)
show.(fn -> GenServer.call(:nobody_here, :hello) end)
show.(fn -> Enum.sort_by([3, 1, 2], fn x -> exit({:out, x}) end) end)
pid = spawn(fn -> Enum.each(1..3, fn _ -> receive do: (x -> send(x, self())) end) end)
for _ <- 1..3, do: send(pid, self())
IO.inspect(for _ <- 1..3, do: receive(do: (x -> x == pid)))
IO.inspect(Enum.sum(Enum.map(Task.async_stream(1..50, fn x -> Enum.count(Stream.take(Stream.cycle([x]), x)) end), fn {:ok, n} -> n end)))
"""

# A module of the library is replaced, dropped, and loaded again as it was.
REPLACE = """
IO.puts(Base.encode16("a"))
keep = &Base.encode16/1
held = Enum.map([1], fn _ -> &Base.encode32/2 end)
Code.compiler_options(ignore_module_conflict: true)
defmodule Base do
  def encode16(_), do: "mine"
end
IO.puts(keep.("a"))
IO.puts(apply(Base, :encode16, ["a"]))
:code.purge(Base)
:code.delete(Base)
:code.purge(Base)
IO.puts(apply(Base, :encode16, ["b"]))
IO.puts(length(held))
"""

# A JIT of another build of the same version: its structures are others.
FOREIGN_JIT = """
#include <stdlib.h>
const char phial_jit_version[] = "VERSION";
const char phial_jit_interface[] = "another";
void* phial_jit_create_backend(void) { abort(); }
"""

failures = 0


def check(name, condition, detail=""):
    global failures
    if not condition:
        failures += 1
        print(f"FAIL {name}\n{detail}")


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="phial-native-") as folder:
        cache = os.path.join(folder, "cache")

        def run(name, source, *options, **environment):
            path = os.path.join(folder, f"{name}.exs")
            with open(path, "w", encoding="utf-8") as file:
                file.write(source)
            variables = dict(os.environ, XDG_CACHE_HOME=cache, LC_ALL="C.UTF-8", **environment)
            done = subprocess.run([program, *options, path], capture_output=True, text=True, timeout=120, env=variables, cwd=folder)
            return done.stdout + done.stderr

        # -- the library's code gives the answers, and the traces, of the interpreter
        for name, source in (("errors", ERRORS), ("replace", REPLACE)):
            interpreted = run(name, source, "--jit=off", "--aot=off")
            for options in (["--jit=off"], [], ["--jit=eager"], ["--jit=off", "--schedulers=1"]):
                native = run(name, source, *options, PHIAL_CACHE="off")
                check(f"{name} {options}", native == interpreted, f"interpreted:\n{interpreted}\nnative:\n{native}")
        check("errors are shown", interpreted.split("\n")[0] == "61" and "mine" in interpreted, interpreted)
        stressed = run("errors", ERRORS, "--jit=off", PHIAL_GC_STRESS="1")
        check("errors, collecting at every chance", stressed == run("errors", ERRORS, "--jit=off", "--aot=off"), stressed)

        # -- a script's code is compiled in the first run, and in the next ones it is there
        def hot(wait, **environment):
            return run("hot", HOT.replace("WAIT", str(wait)), PHIAL_JIT_LOG="1", **environment)

        answers = ["196418", "112000000"]
        output = hot(1500)
        check("first run", output.split("\n")[0:0] == [] and all(a in output.split("\n") for a in answers), output)
        if "not available" in output:
            print("no JIT in this build: the cache is not tested")
            return 1 if failures else 0
        files = [os.path.join(cache, "phial", f) for f in sorted(os.listdir(os.path.join(cache, "phial")))]
        check("first run fills the cache", files and "for the cache" in output and "true" in output.split("\n"), output)
        check("nothing half-written stays", all(f.endswith(".native") for f in files), str(files))
        for _ in range(4):  # what was found hot only now is compiled now
            output = hot(300)
        check("later runs compile nothing", "for the cache" not in output and "functions from" in output and "false" in output.split("\n"),
              output)
        check("later runs give the same", all(a in output.split("\n") for a in answers), output)

        # -- another module under the same name is another key
        changed = run("hot", HOT.replace("WAIT", "0").replace("do: 4", "do: 5"), PHIAL_JIT_LOG="1")
        check("changed code", "128000000" in changed.split("\n"), changed)

        # -- damaged files are removed and replaced
        for path in files:
            with open(path, "r+b") as file:
                file.seek(os.path.getsize(path) // 2)
                file.write(b"\xff\x00\xff\x00")
        output = hot(1500)
        check("damaged files", all(a in output.split("\n") for a in answers) and "for the cache" in output, output)
        output = hot(0)
        check("replaced files", "functions from" in output and all(a in output.split("\n") for a in answers), output)

        # -- off, and where nothing can be written
        output = hot(0, PHIAL_CACHE="off")
        check("cache off", "functions from" not in output and all(a in output.split("\n") for a in answers), output)
        path = os.path.join(folder, "hot.exs")
        variables = dict(os.environ, XDG_CACHE_HOME="/proc/none", PHIAL_JIT_LOG="1", LC_ALL="C.UTF-8")
        done = subprocess.run([program, path], capture_output=True, text=True, timeout=120, env=variables, cwd=folder)
        check("unwritable folder", done.stdout.split("\n")[:2] == answers and done.returncode == 0, done.stdout + done.stderr)

        # -- library functions that turn hot run the code they came with: nothing is compiled
        output = run("library", "IO.inspect(map_size(Enum.frequencies(1..400_000)))\nIO.inspect(Enum.count(MapSet.new(1..100_000)))\n",
                     PHIAL_JIT_LOG="1", PHIAL_CACHE="off")
        check("hot library functions", "jit: Elixir.Enum." not in output and "400000" in output, output)
        # -- a JIT of another build is not used
        away = os.path.join(folder, "away")
        os.mkdir(away)
        shutil.copy(program, os.path.join(away, "phial"))
        shutil.copy(os.path.join(os.path.dirname(program), "../lib/libphial.so.0"), away)
        version = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60).stdout.split()[-1]
        with open(os.path.join(away, "foreign.c"), "w", encoding="utf-8") as file:
            file.write(FOREIGN_JIT.replace("VERSION", version))
        foreign = os.path.join(away, "libphial_jit.so")
        subprocess.run([os.environ.get("CC", "clang-19"), "-shared", "-fPIC", "-o", foreign, os.path.join(away, "foreign.c")], check=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(HOT.replace("WAIT", "1500"))  # long enough for the compiler's thread to look for it
        alone = subprocess.run([os.path.join(away, "phial"), path], capture_output=True, text=True, timeout=120,
                               env=dict(os.environ, PHIAL_CACHE="off", LD_LIBRARY_PATH=away))
        check("a foreign JIT", alone.stdout.split("\n")[:2] == answers and alone.returncode == 0, alone.stdout + alone.stderr)
        check("a foreign JIT is told once", alone.stderr == f"phial: {foreign} is of another build of Phial {version}: not used, code stays interpreted\n",
              alone.stderr)
        output = run("library", "IO.puts(1 + 1)", "--jit=eager", PHIAL_JIT_LIBRARY=foreign)
        check("the right one is found behind it", output == "2\n", output)
    print("native code: " + ("all fine" if not failures else f"{failures} failed"))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
