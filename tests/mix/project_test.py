#!/usr/bin/env python3
"""Makes a project with the program, compiles, runs and tests it, and checks what is printed and the status.

    project_test.py PHIAL
"""
import os
import subprocess
import sys
import tempfile
import time

PHIAL = os.path.abspath(sys.argv[1])
failures = []


def run(folder, *arguments, stdin=""):
    env = {k: v for k, v in os.environ.items() if not k.startswith("MIX_")}
    done = subprocess.run([PHIAL, *arguments], cwd=folder, env=env, input=stdin, text=True, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def check(what, result, status, *texts, absent=()):
    got, output = result
    missing = [t for t in texts if t not in output]
    unwanted = [t for t in absent if t in output]
    if got != status or missing or unwanted:
        failures.append(what)
        print(f"FAIL {what}: status {got} (expected {status}), missing {missing}, unwanted {unwanted}\n{output}")
    else:
        print(f"ok {what}")


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as handle:
        handle.write(text)
    # A time of its own, so that the change is seen whatever the clock's grain.
    write.time += 2
    os.utime(path, (write.time, write.time))


write.time = time.time() - 1000

with tempfile.TemporaryDirectory() as top:
    check("new", run(top, "new", "pool"), 0, "* creating mix.exs", "* creating lib/pool.ex", "* creating test/pool_test.exs",
          "Your Mix project was created successfully.", "    cd pool", "    phial test")
    check("new refuses a bad name", run(top, "new", "Pool"), 1, "Application name must start with a lowercase ASCII letter")
    pool = os.path.join(top, "pool")
    check("test", run(pool, "test"), 0, "Compiling 1 file (.ex)", "Generated pool app", "1 doctest, 1 test, 0 failures")
    check("nothing to compile", run(pool, "mix", "test"), 0, "1 doctest, 1 test, 0 failures", absent=["Compiling"])
    check("formatted", run(pool, "format", "--check-formatted"), 0)

    # a.ex needs the macro and the struct of z.ex, so their order matters.
    write(pool, "lib/z.ex", "defmodule Pool.Number do\n  defmacro value, do: 1\nend\ndefmodule Pool.Point do\n  defstruct x: 5\nend\n")
    write(pool, "lib/a.ex", "defmodule Pool.User do\n  require Pool.Number\n  def value, do: Pool.Number.value() + %Pool.Point{}.x\nend\n")
    write(pool, "config/config.exs", "import Config\nconfig :pool, env: config_env()\n")
    show = "IO.inspect({Pool.User.value(), Application.get_env(:pool, :env), System.argv()})"
    check("run", run(pool, "run", "-e", show, "x"), 0, '{6, :dev, ["x"]}')
    write(pool, "lib/z.ex", "defmodule Pool.Number do\n  defmacro value, do: 2\nend\ndefmodule Pool.Point do\n  defstruct x: 5\nend\n")
    check("what needs a changed file", run(pool, "run", "-e", show), 0, "Compiling 2 files (.ex)", "{7, :dev, []}")

    write(pool, "test/more_test.exs", """defmodule MoreTest do
  use ExUnit.Case

  @tag :wrong
  test "wrong" do
    assert Pool.hello() == :moon
  end

  test "right" do
    assert Application.get_env(:pool, :env) == :test
  end
end
""")
    check("a failure", run(pool, "test"), 2, "1) test wrong (MoreTest)", "test/more_test.exs:5", "1 doctest, 3 tests, 1 failure")
    check("--exclude", run(pool, "test", "--exclude", "wrong", "--seed", "5"), 0, "seed: 5", "0 failures, 1 excluded")
    check("FILE:LINE", run(pool, "test", "test/more_test.exs:9"), 0, "0 failures, 1 excluded")
    check("--only", run(pool, "test", "--only", "wrong"), 2, "1 failure, 3 excluded")
    check("--only without tests", run(pool, "test", "--only", "none"), 1, "no test was executed")
    check("unknown task", run(pool, "mix", "tset"), 1, '** (Mix) The task "tset" could not be found')

    check("new --sup", run(top, "new", "sup", "--sup"), 0, "* creating lib/sup/application.ex")
    sup = os.path.join(top, "sup")
    with open(os.path.join(sup, "mix.exs"), encoding="utf-8") as handle:
        text = handle.read()
    write(sup, "mix.exs", text.replace('# {:other, path: "../other"}', '{:pool, path: "../pool"}'))
    check("a dependency and the shell", run(sup, "-S", "mix", stdin="{Pool.hello(), is_pid(Process.whereis(Sup.Supervisor))}\n"), 0,
          "Generated pool app", "Generated sup app", "{:world, true}")
    write(sup, "lib/bad.ex", "defmodule Bad do\n  def f(, do: 1\nend\n")
    check("an error", run(sup, "compile"), 1, "== Compilation error in file lib/bad.ex ==")
    check("no project", run(top, "test"), 1, "Could not find a Mix.Project")
    write(top, "test", 'IO.puts("a file called test")\n')
    check("a file comes first", run(top, "test"), 0, "a file called test")

sys.exit(1 if failures else 0)
