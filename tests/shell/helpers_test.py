#!/usr/bin/env python3
"""Every helper of the shell, typed at a terminal: helpers_test.py PHIAL [--only TEXT]."""
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from shell import ENTER, Shell, ctrl, equal, holds, main  # noqa: E402

MODULE = '''defmodule Mod do
  @moduledoc "What Mod is for."

  @typedoc "A number."
  @type number_of :: integer
  @callback wanted(integer) :: :ok

  @doc """
  Twice.

  ## Examples

      iex> Mod.f(2)
      4
  """
  @spec f(integer) :: integer
  def f(x), do: 2 * x

  @doc false
  def hidden, do: :ok
  defmacro m(x), do: x
end
'''


def out(s, code, sign=r"iex\(\d+\)> "):
    return "\n".join(s.run(code, sign))


def plain(home, **options):
    return Shell(home, columns=100, height=50, NO_COLOR="1", **options)


def test_h(home):
    s = Shell(home, columns=100, height=50, files={"mod.ex": MODULE})
    s.run('c "mod.ex", "."')
    text = out(s, "h Enum.map")
    holds(r"^ +def map\(enumerable, fun\)$", text.split("\n")[1])
    holds(r"@spec map\(t, \(element\(\) -> any\)\) :: list|@spec map\(", text)
    holds(r"    iex> Enum\.map\(1\.\.3, ", text)
    raw = s.raw.decode()
    holds(r"\x1b\[7m", raw)              # the heading's bar
    holds(r" +\x1b\[36miex> Enum\.map", raw)  # code
    text = out(s, "h Mod.f/1")
    holds(r"Twice\.\n\nExamples\n\n    iex> Mod\.f\(2\)\n    4", text)
    holds(r"\x1b\[33m\x1b\[1mExamples", s.raw.decode())   # a heading
    holds(r"What Mod is for\.", out(s, "h Mod"))
    holds(r"No documentation for Mod\.hidden was found", out(s, "h Mod.hidden"))
    holds(r"No documentation for Mod\.none/3 was found", out(s, "h Mod.none/3"))
    holds(r"Could not load module Nowhere", out(s, "h Nowhere"))
    holds(r"defmacro if\(", out(s, "h if"))
    holds(r"flush\(\) shows|flush\(\)", out(s, "h()"))
    s.quit()
    s = plain(home + "2", files={"mod.ex": MODULE})
    s.run('c "mod.ex", "."')
    holds(r"## Examples", out(s, "h Mod.f"))  # without colours as it was written
    s.quit()


def test_i(home):
    s = plain(home)
    s.run('"text"')
    holds(r"Term\n +\"text\"\nData type\n +BitString\nByte size\n +4", out(s, "i"))
    for value, kind in (("1", "Integer"), ("1.5", "Float"), (":a", "Atom"), ("[1]", "List"), ("{1}", "Tuple"), ("%{a: 1}", "Map"), ("self()", "PID"),
                        ("make_ref()", "Reference"), ("&+/2", "Function"), ("1..2", "Range"), ("<<1::3>>", "BitString"), ("~c\"ab\"", "charlist")):
        holds(kind, out(s, f"i {value}"))
    holds(r"Implemented protocols\n +Collectable, Enumerable, Inspect, JSON\.Encoder", out(s, "i %{}"))
    s.quit()


def test_b_t_s_and_exports(home):
    s = plain(home, files={"mod.ex": MODULE})
    s.run('c "mod.ex", "."')
    equal(s.run("b Mod"), ["@callback wanted(integer) :: :ok"])
    equal(s.run("t Mod"), ["@type number_of :: integer"])
    equal(s.run("s Mod.f/1"), ["@spec f(integer) :: integer"])
    equal(s.run("s Mod"), ["@spec f(integer) :: integer"])
    holds(r"No types for Mod\.other were found", out(s, "t Mod.other"))
    holds(r"No callbacks for Enum were found", out(s, "b Enum"))
    text = out(s, "exports Mod")
    holds(r"f/1 +hidden/0 +m/1", text)
    holds(r"reverse/1 +reverse/2", out(s, "exports :lists"))
    s.quit()


def test_c_r_and_l(home):
    s = plain(home, files={"a.ex": "defmodule A do\n  def v, do: 1\nend\n", "bad.ex": "defmodule Bad do\n  def x, do: y_is_not_there\nend\n"})
    equal(s.run('c "a.ex"'), ["[A]"])
    equal(s.run("A.v()"), ["1"])
    path = os.path.join(home, "a.ex")
    with open(path, "w", encoding="utf-8") as handle:
        handle.write("defmodule A do\n  def v, do: 2\nend\ndefmodule B do\nend\n")
    equal(s.run("r A")[-1], "{:reloaded, [A, B]}")
    equal(s.run("A.v()"), ["2"])
    equal(s.run('c ["a.ex"], "ebin"')[-1], "[A, B]")
    equal(os.path.exists(os.path.join(home, "ebin", "Elixir.A.beam")), True)
    with open(path, "w", encoding="utf-8") as handle:
        handle.write("defmodule A do\n  def v, do: 3\nend\n")
    s.run('c "a.ex"')
    equal(s.run("A.v()"), ["3"])
    equal(s.run("l A"), ["{:module, A}"])
    equal(s.run("A.v()"), ["2"])  # as it was written before
    text = out(s, 'c "bad.ex"')
    holds(r"undefined variable \"y_is_not_there\"", text)
    holds(r"2 │ +def x, do: y_is_not_there", text)
    holds(r"could not find the file none\.ex", out(s, 'c "none.ex"'))
    holds(r"could not find the source of Nowhere", out(s, "r Nowhere"))
    equal(s.run("l Nowhere"), ["{:error, :nofile}"])
    s.quit()


def test_v(home):
    s = plain(home)
    s.run(":one")
    s.run(":two")
    equal(s.run("{v(), v(1), v(-2)}"), ["{:two, :one, :one}"])
    holds(r"v\(100\) is out of bounds", out(s, "v(100)"))
    holds(r"v\(0\) is out of bounds", out(s, "v(0)"))
    # an input that begins with an operator goes on with the last value
    s.run("[1, 2, 3]")
    equal(s.run("|> Enum.sum()"), ["6"])
    s.quit()


def test_flush_and_respawn(home):
    s = plain(home)
    equal(s.run("flush"), [":ok"])
    s.run("send(self(), {:a, [1]}); send(self(), \"b\")")
    equal(s.run("flush()"), ["{:a, [1]}", "\"b\"", ":ok"])
    before = out(s, "x = 1; self()")
    s.send("respawn" + ENTER)
    s.expect(r"Interactive.*\niex\(1\)> \Z")
    equal(out(s, "self()") == before, False)
    s.send("x" + ENTER)
    s.expect("undefined variable \"x\"")
    s.prompt()
    s.quit()


def test_files_and_folders(home):
    s = plain(home, files={"one.txt": "", "two.txt": ""})
    os.mkdir(os.path.join(home, "sub"))
    holds(r"one\.txt(\n| +)", out(s, "ls"))
    holds(r"sub", out(s, "ls()"))
    equal(s.run('ls "sub"'), [])
    holds(r"No such file or directory nowhere", out(s, 'ls "nowhere"'))
    equal(s.run("pwd"), [home])
    equal(s.run('cd "sub"'), [home + "/sub"])
    equal(s.run("pwd()"), [home + "/sub"])
    equal(s.run('cd ".."'), [home])
    holds(r"No directory nowhere", out(s, 'cd "nowhere"'))
    s.run("clear")
    s.quit()


def test_open(home):
    s = plain(home, files={"mod.ex": MODULE})
    s.run('c "mod.ex", "."')
    holds(r"set the environment variable ELIXIR_EDITOR or EDITOR", out(s, "open Mod"))
    s.run('System.put_env("EDITOR", "echo opened")')
    equal(s.run("open Mod"), [f"opened {home}/mod.ex:1"])
    s.run('System.put_env("ELIXIR_EDITOR", "echo edit __FILE__ at __LINE__")')
    equal(s.run("open Mod.f/1"), [f"edit {home}/mod.ex at 17"])
    equal(s.run('open {"x y.ex", 3}'), [f"edit {home}/x y.ex at 3"])
    holds(r"edit .*/stdlib/elixir/enum\.ex at \d\d", out(s, "open Enum.map"))  # a copy, for reading
    holds(r"Could not open Nowhere: its source is not there", out(s, "open Nowhere"))
    holds(r"Pry session is not currently enabled", out(s, "open()"))
    s.quit()


def test_identifiers(home):
    s = plain(home)
    equal(s.run('pid("0.1.0") == pid(0, 1, 0)'), ["true"])
    equal(s.run('pid("#PID<0.1.0>") == pid("0.1.0")'), ["true"])
    equal(s.run("Process.register(self(), :me); pid(:me) == self()"), ["true"])
    equal(s.run('ref("0.1.2.3") == ref(0, 1, 2, 3)'), ["true"])
    equal(s.run('ref("#Reference<0.1.2.3>") == ref(0, 1, 2, 3)'), ["true"])
    equal(s.run('port("0.7") == port(0, 7)'), ["true"])
    equal(s.run("pid(inspect(self())) == self()"), ["true"])
    holds(r"status +:running\n|current_function", out(s, "process_info(self())"))
    holds(r"registered_name +:me", out(s, "process_info(:me)"))
    holds(r"No such process", out(s, 'process_info("0.9999.0")'))
    s.quit()


def test_import_use_and_require(home):
    s = plain(home, files={"vars.exs": "import Bitwise\nalias String, as: Text\nfrom_file = 9\n", "broken.exs": "1 +"})
    s.run('import_file "vars.exs"')
    equal(s.run("{from_file, bor(1, 2), Text.upcase(\"a\")}"), ['{9, 3, "A"}'])
    holds(r"no such file or directory", out(s, 'import_file "none.exs"'))
    holds(r"TokenMissingError", out(s, 'import_file "broken.exs"'))
    equal(s.run('import_file_if_available "none.exs"'), ["nil"])
    equal(s.run("import_if_available Nowhere"), ["nil"])
    s.run("import_if_available Integer, only: [is_odd: 1]")
    equal(s.run("is_odd(3)"), ["true"])
    equal(s.run("use_if_available Nowhere"), ["nil"])
    s.run("defmodule Used do\ndefmacro __using__(o), do: quote(do: Process.put(:used, unquote(o)))\nend")
    s.run("use_if_available Used, a: 1")
    equal(s.run("Process.get(:used)"), ["[a: 1]"])
    s.quit()


def test_runtime_info_and_recompile(home):
    s = plain(home)
    text = out(s, "runtime_info")
    for wanted in (r"## System and architecture", r"Elixir version: +1\.18", r"Schedulers: +2 \(2 online\)", r"## Memory", r"Total: +[\d.]+ MB",
                   r"## Limits", r"Processes: +\d+ of \d+ \("):
        holds(wanted, text)
    text = out(s, "runtime_info(:applications)")
    holds(r"## Applications", text)
    equal("## Memory" in text, False)
    holds(r"unknown topic :weather: there are :system", out(s, "runtime_info(:weather)"))
    holds(r"Mix is not running", out(s, "recompile"))
    equal(s.run("nl(Enum)"), ["{:error, :nofile}"])
    s.quit()


def test_configure(home):
    s = plain(home)
    s.run("IEx.configure(inspect: [limit: 3])")
    equal(s.run("Enum.to_list(1..10)"), ["[1, 2, 3, ...]"])
    s.run("IEx.configure(inspect: [base: :hex, limit: 50], history_size: 2)")
    equal(s.run("255"), ["0xFF"])
    holds(r"out of bounds", out(s, "v(1)"))
    holds(r"unknown IEx option: :colour", out(s, "IEx.configure(colour: 1)"))
    s.send('IEx.configure(default_prompt: "%prefix!%counter", continuation_prompt: "more")' + ENTER)
    s.expect(r"\niex!\d+ \Z")
    s.send("[1," + ENTER)
    s.expect(r"\nmore \Z")
    s.send("2]" + ENTER)
    s.expect(r"\n\[0x1, 0x2\]\n")
    s.send('IEx.configure(default_prompt: "iex(%counter)>")' + ENTER)
    s.prompt()
    s.run("IEx.configure(colors: [enabled: true, eval_error: :magenta])")
    s.run('raise "x"')
    holds(r"\x1b\[35m\*\* \(RuntimeError\) x", s.raw.decode())
    s.quit()


def test_auto_reload(home):
    s = plain(home, files={"a.ex": "defmodule A do\n  def v, do: 1\nend\n"})
    s.run('c "a.ex", "."')
    s.run("IEx.configure(auto_reload: true)")
    equal(s.run("A.v()"), ["1"])
    with open(os.path.join(home, "b.ex"), "w", encoding="utf-8") as handle:
        handle.write("defmodule A do\n  def v, do: 2\nend\n")
    time.sleep(1.1)
    import shell
    import subprocess
    subprocess.run([shell.PHIAL, "-e", 'Kernel.ParallelCompiler.compile_to_path(["b.ex"], ".")'], cwd=home, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    equal(s.run("A.v()"), ["2"])
    s.quit()


def test_dot_iex(home):
    s = plain(home, files={".iex.exs": "from_file = 12\nimport Bitwise\nIEx.configure(inspect: [base: :octal])\n"})
    equal(s.run("{from_file, bor(1, 2)}"), ["{0o14, 0o3}"])
    s.quit()
    # one that fails is told, and the shell begins
    s = plain(home + "2", files={".iex.exs": "x = 1\nraise \"in the file\"\n"})
    holds(r"\*\* \(RuntimeError\) in the file", s.screen.text())
    equal(s.run("1"), ["1"])
    s.quit()


def test_dbg(home):
    s = plain(home)
    text = out(s, "[1, 2] |> Enum.map(&(&1 + 1)) |> Enum.sum() |> dbg()")
    holds(r"\[1, 2\] #=> \[1, 2\]\n\|> Enum\.map\(&\(&1 \+ 1\)\) #=> \[2, 3\]\n\|> Enum\.sum\(\) #=> 5\n\n5$", text)
    holds(r"1 \+ 2 #=> 3\n\n3$", out(s, "dbg(1 + 2)"))
    text = out(s, "x = 4; dbg(if x > 3, do: :more, else: :less)")
    holds(r"x > 3 #=> true", text)
    holds(r":more$", text)
    s.quit()


PRIED = """defmodule Pried do
  def run(list) do
    list
    |> Enum.map(fn x -> x * 2 end)
    |> dbg()
    |> Enum.sum()
  end
end
"""


def test_dbg_in_code(home):
    s = plain(home, files={"pried.ex": PRIED})
    s.run('c "pried.ex"')
    text = out(s, "Pried.run([1, 2])")
    holds(r"\[pried\.ex:5: Pried\.run/1\]\nlist #=> \[1, 2\]\n\|> Enum\.map\(fn x -> x \* 2 end\) #=> \[2, 4\]", text)
    holds(r"\n6$", text)
    s.quit()


def test_dbg_that_stops(home):
    s = plain(home, files={"pried.ex": PRIED.replace("|> dbg()\n    |> Enum.sum()", "|> Enum.sum()\n    |> dbg()")}, arguments=("--schedulers", "2", "--dbg", "pry"))
    s.run('c "pried.ex"')
    s.send("Pried.run([1, 2])" + ENTER)
    s.expect(r"list #=> \[1, 2\]\n(.|\n)*Break reached: Pried\.run/1 \(pried\.ex:\d\)")
    s.prompt(r"pry\(1\)> ")
    equal(s.run("list", r"pry\(\d+\)> "), ["[1, 2]"])
    holds(r"\|> Enum\.map\(fn x -> x \* 2 end\) #=> \[2, 4\]", out(s, "n", r"pry\(\d+\)> "))
    holds(r"\|> Enum\.sum\(\) #=> 6", out(s, "next", r"pry\(\d+\)> "))
    equal(s.run("continue")[-1], "6")
    # all at once
    s.send("Pried.run([3])" + ENTER)
    s.prompt(r"pry\(1\)> ")
    holds(r"#=> \[6\]\n\|> Enum\.sum\(\) #=> 6\n6$", out(s, "continue"))
    # in the shell's own scope, of what is no pipeline
    s.run("y = 5")
    s.send("dbg(y + 1)" + ENTER)
    s.prompt(r"pry\(1\)> ")
    equal(s.run("y", r"pry\(\d+\)> "), ["5"])
    holds(r"y \+ 1 #=> 6", out(s, "continue"))
    s.quit()


def test_pry_helpers_outside_of_pry(home):
    s = plain(home)
    for code in ("continue", "n", "next", "whereami"):
        equal(s.run(code), ["Pry session is not currently enabled"])
    equal(s.run("breaks"), ["No breakpoints set"])
    equal(s.run("remove_breaks"), [":ok"])
    equal(s.run("reset_break(4)"), [":not_found"])
    holds(r"the source of :?\w+.* could not be found|could not be found", out(s, "break!(Nowhere.f/1)"))
    s.quit()


if __name__ == "__main__":
    sys.exit(main(globals()))
