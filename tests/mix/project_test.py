#!/usr/bin/env python3
"""Makes a project with the program, compiles, runs and tests it, and checks what is printed and the status.

    project_test.py PHIAL
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time

PHIAL = os.path.abspath(sys.argv[1])
failures = []


def run(folder, *arguments, stdin=""):
    env = {k: v for k, v in os.environ.items() if not k.startswith("MIX_")}
    env["MIX_INSTALL_DIR"] = os.path.join(tempfile.gettempdir(), f"phial_install_{os.getpid()}")
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
    check("new --sup is formatted", run(sup, "format", "--check"), 0)
    with open(os.path.join(sup, "mix.exs"), encoding="utf-8") as handle:
        text = handle.read()
    write(sup, "mix.exs", text.replace('# {:other, path: "../other"}', '{:pool, path: "../pool"}'))
    check("a dependency and the shell", run(sup, "-S", "mix", stdin="{Pool.hello(), is_pid(Process.whereis(Sup.Supervisor))}\n"), 0,
          "Generated pool app", "Generated sup app", "{:world, true}")
    write(sup, "lib/again.ex", "defmodule Again do\n  def v, do: 1\nend\n")
    change = 'File.write!("lib/again.ex", "defmodule Again do\n  def v, do: 22222\nend\n")'.replace("\n", "\\n")
    check("recompile()", run(sup, "-S", "mix", stdin=f"Again.v()\nrecompile()\n{change}\nrecompile()\nAgain.v()\n"), 0, ":noop", "Compiling 1 file (.ex)", ":ok", "22222")
    script = os.path.join(top, "install.exs")
    write(top, "install.exs", 'Mix.install([{:pool, path: "pool"}])\nIO.inspect({Pool.hello(), Mix.installed?()})\n')
    check("Mix.install", run(top, "install.exs"), 0, "{:world, true}")
    write(top, "install.exs", 'Mix.install([:jason])\n')
    check("Mix.install of a package", run(top, "install.exs"), 1, "it is a package of Hex, and Phial downloads nothing")
    write(sup, "lib/bad.ex", "defmodule Bad do\n  def f(, do: 1\nend\n")
    check("an error", run(sup, "compile"), 1, "== Compilation error in file lib/bad.ex ==")
    check("no project", run(top, "test"), 1, "Could not find a Mix.Project")
    write(top, "test", 'IO.puts("a file called test")\n')
    check("a file comes first", run(top, "test"), 0, "a file called test")

    # What exactly is compiled again.
    os.remove(os.path.join(top, "test"))
    check("new exact", run(top, "new", "exact"), 0)
    exact = os.path.join(top, "exact")
    lib = {
        "lib/macros.ex": "defmodule M do\n  defmacro twice(x), do: quote(do: unquote(x) * M.Helper.two())\n  def plain, do: M.Helper.two()\nend\n",
        "lib/helper.ex": "defmodule M.Helper do\n  def two, do: 2\nend\n",
        "lib/struct.ex": "defmodule S do\n  defstruct a: 1\n  def new, do: %S{}\nend\n",
        "lib/uses_macro.ex": "defmodule UsesMacro do\n  require M\n  def run, do: M.twice(4)\nend\n",
        "lib/uses_struct.ex": "defmodule UsesStruct do\n  def run, do: %S{a: 3}\nend\n",
        "lib/calls.ex": "defmodule Calls do\n  def run, do: {UsesMacro.run(), S.new(), Exact.Text.text()}\nend\n",
        "lib/resource.ex": 'defmodule Exact.Text do\n  @external_resource "priv_text.txt"\n  @text File.read!("priv_text.txt")\n  def text, do: @text\nend\n',
        "priv_text.txt": "one",
    }
    for name, text in lib.items():
        write(exact, name, text)
    check("first", run(exact, "compile"), 0, "Compiling 8 files (.ex)", "Generated exact app")
    check("again", run(exact, "compile"), 0, absent=["Compiling"])
    write(exact, "lib/calls.ex", lib["lib/calls.ex"])
    check("touched, but the same", run(exact, "compile"), 0, absent=["Compiling"])
    show = "IO.inspect(Calls.run())"
    check("run", run(exact, "run", "-e", show), 0, '{8, %S{a: 1}, "one"}')
    write(exact, "lib/calls.ex", lib["lib/calls.ex"] + "# more\n")
    check("nobody needs it", run(exact, "compile"), 0, "Compiling 1 file (.ex)")
    write(exact, "lib/struct.ex", "defmodule S do\n  defstruct a: 1\n  def new, do: %S{a: 2}\nend\n")
    check("a body changes", run(exact, "run", "-e", show), 0, "Compiling 1 file (.ex)", '{8, %S{a: 2}, "one"}', absent=["Compiling 2"])
    write(exact, "lib/struct.ex", "defmodule S do\n  defstruct a: 1, b: 2\n  def new, do: %S{}\nend\n")
    check("a struct changes", run(exact, "run", "-e", show + "; IO.inspect(UsesStruct.run())"), 0, "Compiling 1 file (.ex)\nCompiling 1 file (.ex)",
          "%S{a: 3, b: 2}")
    write(exact, "lib/on_load.ex", 'defmodule OnLoad do\n  @on_load :start\n  def start, do: :persistent_term.put(:on_load, "ran")\nend\n')
    for _ in range(2):
        check("@on_load", run(exact, "run", "-e", "IO.puts(:persistent_term.get(:on_load))"), 0, "ran")
    os.remove(os.path.join(exact, "lib/on_load.ex"))
    write(exact, "lib/helper.ex", "defmodule M.Helper do\n  def two, do: 3\nend\n")
    check("what a macro calls changes", run(exact, "run", "-e", show), 0, "Compiling 2 files (.ex)", "{12, ")
    write(exact, "lib/macros.ex", lib["lib/macros.ex"].replace("* M", "+ M"))
    check("--force takes nothing of before", run(exact, "compile", "--force"), 0, "Compiling 8 files (.ex)", absent=["redefining"])
    check("run after --force", run(exact, "run", "-e", show), 0, "{7, ", absent=["Compiling"])
    write(exact, "lib/macros.ex", lib["lib/macros.ex"])
    write(exact, "priv_text.txt", "two")
    check("a resource and a macro change", run(exact, "run", "-e", show), 0, "Compiling 3 files (.ex)", '{12, ', '"two"}')
    check("xref graph", run(exact, "mix", "xref", "graph"), 0, "lib/uses_macro.ex\n├── lib/helper.ex", "lib/macros.ex (compile)", "lib/struct.ex (export)")
    check("xref callers", run(exact, "mix", "xref", "callers", "S"), 0, "lib/calls.ex (runtime)\nlib/uses_struct.ex (export)\n")
    os.remove(os.path.join(exact, "lib/uses_struct.ex"))
    check("a source goes", run(exact, "run", "-e", "IO.inspect(Code.ensure_loaded?(UsesStruct))"), 0, "false", absent=["Compiling"])
    write(exact, "lib/warns.ex", "defmodule Warns do\n  def run(x), do: 1\nend\n")
    check("--warnings-as-errors", run(exact, "compile", "--warnings-as-errors"), 1, 'variable "x" is unused', "Compilation failed due to warnings")
    check("a warning is no error", run(exact, "compile"), 0, 'variable "x" is unused')
    check("clean", run(exact, "mix", "do", "clean", "+", "compile"), 0, "Compiling 8 files (.ex)")
    write(exact, "lib/a_bad.ex", "defmodule A.Bad do\n  def a, do: x\nend\n")
    write(exact, "lib/b_bad.ex", "defmodule B.Bad do\n  def b, do: y\nend\n")
    check("several errors", run(exact, "compile"), 1, 'undefined variable "x"', 'undefined variable "y"', "└─ lib/a_bad.ex:2:14: A.Bad.a/0")
    os.remove(os.path.join(exact, "lib/a_bad.ex"))
    os.remove(os.path.join(exact, "lib/b_bad.ex"))

    # Tasks.
    write(exact, "lib/task.ex", 'defmodule Mix.Tasks.Greet do\n  use Mix.Task\n  @shortdoc "Greets"\n  @impl true\n'
                                '  def run(args), do: Mix.shell().info("Hello " <> Enum.join(args, " "))\nend\n')
    check("a task of the project", run(exact, "mix", "greet", "you", "there"), 0, "Hello you there")
    check("help", run(exact, "mix", "help"), 0, "mix compile", "mix greet", "# Greets", "mix xref")
    check("help TASK", run(exact, "mix", "help", "do"), 0, "Runs several tasks")
    check("eval", run(exact, "mix", "eval", "IO.inspect({Calls.run(), Mix.env(), Mix.target()})"), 0, "{12, ", ":dev, :host}")
    with open(os.path.join(exact, "mix.exs"), encoding="utf-8") as handle:
        project = handle.read()
    write(exact, "mix.exs", project.replace("deps: deps()", 'deps: deps(), elixirc_paths: paths(Mix.env()), aliases: [twice: ["greet a", "greet b"], '
          'greeting: &hello/1]').replace("  # The projects", "  defp paths(:test), do: [\"lib\", \"test/support\"]\n  defp paths(_), do: [\"lib\"]\n"
          '  defp hello(args), do: IO.inspect(args)\n\n  # The projects'))
    write(exact, "test/support/help.ex", "defmodule Support do\n  def help, do: :helped\nend\n")
    write(exact, "test/exact_test.exs", "defmodule ExactTest do\n  use ExUnit.Case, async: true\n  test \"support\" do\n    assert Support.help() == :helped\n  end\nend\n")
    check("elixirc_paths", run(exact, "test"), 0, "1 test, 0 failures")
    check("an alias of a function", run(exact, "mix", "greeting", "x"), 0, '["x"]')
    check("an alias runs a task once", run(exact, "mix", "twice"), 0, "Hello a", absent=["Hello b"])
    write(exact, "config/config.exs", "import Config\nconfig :exact, at: :compile\n")
    write(exact, "config/runtime.exs", 'import Config\nconfig :exact, run: System.get_env("EXACT_RUN", "none")\n')
    check("runtime.exs", run(exact, "run", "-e", "IO.inspect(Application.get_all_env(:exact))"), 0, 'at: :compile', 'run: "none"')
    check("--no-halt", run(exact, "run", "--no-halt", "-e", "spawn(fn -> Process.sleep(100); IO.puts(:late); System.halt(3) end)"), 3, "late")
    write(exact, "mix.exs", project.replace('# {:other, path: "../other"}', '{:far, git: "https://example.org/far.git"}'))
    check("a git dependency", run(exact, "compile"), 1, "git clone https://example.org/far.git deps/far", "Can't continue")
    write(exact, "mix.exs", project)
    write(exact, "lib/task.ex", "defmodule   Ugly do\nend\n")
    check("format --check", run(exact, "format", "--check"), 1, "The following files are not formatted", "lib/task.ex")
    check("format", run(exact, "format"), 0)
    check("format --check again", run(exact, "format", "--check-formatted"), 0)
    write(exact, "lib/task.ex", "defmodule Ugly do\n")
    check("format an error", run(exact, "format"), 1, "mix format failed for file: lib/task.ex")
    os.remove(os.path.join(exact, "lib/task.ex"))

    # Tests that failed.
    write(exact, "test/exact_test.exs", """defmodule ExactTest do
  use ExUnit.Case
  for n <- 1..6 do
    @tag number: n
    test "n #{n}", do: assert unquote(n) not in (System.get_env("BAD", "3,5") |> String.split(",") |> Enum.map(&String.to_integer/1))
  end
end
""")
    check("--trace", run(exact, "test", "--trace"), 2, "* test n 1", "6 tests, 2 failures")
    check("--failed", run(exact, "test", "--failed"), 2, "2 failures, 4 excluded")
    check("--max-failures", run(exact, "test", "--max-failures", "1", "--seed", "0"), 2, "1 failure", absent=["2 failures"])
    check("--only TAG:VALUE", run(exact, "test", "--only", "number:2"), 0, "0 failures, 5 excluded")

    # Dependencies of dependencies, and a change in one.
    check("new lower", run(top, "new", "lower"), 0)
    lower = os.path.join(top, "lower")
    write(lower, "lib/lower.ex", "defmodule Lower do\n  defmacro one, do: 1\n  def two, do: 2\nend\n")
    check("new upper", run(top, "new", "upper"), 0)
    upper = os.path.join(top, "upper")
    with open(os.path.join(upper, "mix.exs"), encoding="utf-8") as handle:
        text = handle.read()
    write(upper, "mix.exs", text.replace('# {:other, path: "../other"}', '{:lower, path: "../lower"}'))
    write(upper, "lib/a.ex", "defmodule Upper.A do\n  require Lower\n  def a, do: Lower.one()\nend\n")
    write(upper, "lib/b.ex", "defmodule Upper.B do\n  def b, do: Lower.two()\nend\n")
    show = "IO.inspect({Upper.A.a(), Upper.B.b()})"
    check("deps", run(upper, "run", "-e", show), 0, "==> lower\nCompiling 1 file (.ex)\nGenerated lower app", "{1, 2}")
    check("deps list", run(upper, "mix", "deps"), 0, "* lower", "ok")
    check("deps.tree", run(upper, "mix", "deps.tree"), 0, "└── lower")
    write(lower, "lib/lower.ex", "defmodule Lower do\n  defmacro one, do: 10\n  def two, do: 20\nend\n")
    check("a change in a dependency", run(upper, "run", "-e", show), 0, "==> lower\nCompiling 1 file (.ex)", "\nCompiling 1 file (.ex)\n{10, 20}")

    # A function that no clause matches, in the very run that compiled it.
    write(lower, "lib/heads.ex", "defmodule Lower.Heads do\n  def pick(x) when x > 3, do: x\nend\n")
    check("heads of clauses", run(lower, "run", "-e", "Lower.Heads.pick(1)"), 1, "Compiling 2 files (.ex)",
          "Attempted function clauses (showing 1 out of 1):", "def pick(x) when -x > 3-")

    # Umbrella.
    check("new --umbrella", run(top, "new", "roof", "--umbrella"), 0, "* creating config/config.exs", "Your umbrella project was created")
    roof = os.path.join(top, "roof")
    apps = os.path.join(roof, "apps")
    check("new in an umbrella", run(apps, "new", "ground"), 0)
    check("new in an umbrella", run(apps, "new", "ante", "--sup"), 0)
    with open(os.path.join(apps, "ante/mix.exs"), encoding="utf-8") as handle:
        text = handle.read()
    write(apps, "ante/mix.exs", text.replace("# {:sibling, in_umbrella: true}", "{:ground, in_umbrella: true}"))
    write(apps, "ante/lib/more.ex", "defmodule Ante.More do\n  require Ground.M\n  def v, do: {Ground.hello(), Ground.M.m(), Application.get_env(:ground, :set)}\nend\n")
    write(apps, "ground/lib/m.ex", "defmodule Ground.M do\n  defmacro m, do: 5\nend\n")
    write(roof, "config/config.exs", "import Config\nconfig :ground, set: config_env()\n")
    check("compile an umbrella", run(roof, "compile"), 0, "==> ground\nCompiling 2 files (.ex)\nGenerated ground app\n==> ante\nCompiling 3 files (.ex)\nGenerated ante app")
    check("nothing to do", run(roof, "compile"), 0, absent=["Compiling"])
    check("run in an umbrella", run(roof, "run", "-e", "IO.inspect({Ante.More.v(), is_pid(Process.whereis(Ante.Supervisor))})"), 0, "{{:world, 5, :dev}, true}")
    check("test an umbrella", run(roof, "test"), 0, "==> ground", "==> ante", "1 doctest, 1 test, 0 failures")
    write(apps, "ground/test/ground_test.exs", "defmodule GroundTest do\n  use ExUnit.Case\n  test \"bad\", do: assert 1 == 2\nend\n")
    check("a failing app", run(roof, "test"), 2, "1 test, 1 failure", "1 doctest, 1 test, 0 failures")
    check("a file of an app", run(roof, "test", "apps/ante/test/ante_test.exs"), 0, "1 doctest, 1 test, 0 failures", absent=["failure\n"])
    check("in an app", run(os.path.join(apps, "ante"), "test"), 0, "1 doctest, 1 test, 0 failures")
    check("cmd", run(roof, "mix", "cmd", "pwd"), 0, "apps/ground", "apps/ante")
    check("do --app", run(roof, "mix", "do", "--app", "ante", "cmd", "pwd"), 0, "apps/ante", absent=["apps/ground"])
    check("format an umbrella", run(roof, "format", "--check-formatted"), 1, "apps/ground/test/ground_test.exs")

shutil.rmtree(os.path.join(tempfile.gettempdir(), f"phial_install_{os.getpid()}"), ignore_errors=True)
sys.exit(1 if failures else 0)
