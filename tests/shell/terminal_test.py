#!/usr/bin/env python3
"""Drives the shell under a pseudo-terminal: terminal_test.py PHIAL [--only TEXT] [--seeds DIR].

Each function test_NAME is a test with a shell of its own. With --seeds the transcripts of the conformance pack in DIR (its run.py) are run
through a pseudo-terminal, too; where the folder does not exist they are skipped.
"""
import argparse
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from screen import Program  # noqa: E402
import shell  # noqa: E402
from shell import BACKSPACE, BANNER, DOWN, ENTER, LEFT, MODE, TAB, UP, Shell, ctrl, equal, holds, run_tests, shows, stops_and_goes_on, under_a_shell, use_program  # noqa: E402

# -- editing

def test_evaluates_and_edits(home):
    s = Shell(home)
    equal(s.run("1 + 1"), ["2"])
    # a b c, then back to the middle, and to the ends
    s.send("13" + LEFT + "2" + ctrl("a") + "{" + ctrl("e") + "}" + ENTER)
    s.expect(r"iex\(2\)> \{123\}\n\{123\}\n")
    s.send("one two" + ctrl("w") + ctrl("u") + "3" + BACKSPACE + ":ok" + ENTER)
    s.expect(r"iex\(\d\)> :ok\n:ok\n")
    s.send("abc" + ctrl("a") + ctrl("k") + ":x" + ctrl("_") + ctrl("_") + ctrl("u") + ":yank" + ctrl("u") + ctrl("y") + ENTER)
    s.expect(r"\n:yankabc\n")
    s.quit()


def test_multi_line(home):
    s = Shell(home)
    s.lines("defmodule M do", "def f, do: 1", "end")
    equal(s.run("M.f()"), ["1"])
    # the whole expression comes back, can be edited in any line
    s.send(UP + UP)
    s.expect(r"iex\(3\)> defmodule M do\n\.\.\.\(3\)> def f, do: 1\n\.\.\.\(3\)> end\Z")
    s.send(UP + ctrl("e") + BACKSPACE + "42" + ENTER)
    s.prompt(r"iex\(4\)> ")
    equal(s.run("M.f()"), ["42"])
    s.send("[1," + ENTER)
    s.send(ctrl("c"))
    s.prompt(r"iex\(5\)> ")
    s.send("[1," + ENTER + "#iex:break" + ENTER)
    s.expect(r"TokenMissingError")
    s.quit()


def test_history_over_sessions(home):
    s = Shell(home)
    s.run(":first_input")
    s.send("[:second," + ENTER + ":back\\\\]" + ctrl("u") + ":lines]" + ENTER)
    s.prompt()
    s.quit()
    path = os.path.join(home, "state", "phial", "history")
    equal(os.stat(path).st_mode & 0o777, 0o600)
    s = Shell(home)
    s.send(UP)
    s.expect(r"iex\(1\)> \[:second,\n\.\.\.\(1\)> :lines\]\Z")
    s.send(UP + UP)  # into the first line, then to the older input
    s.expect(r"iex\(1\)> :first_input\Z")
    s.send(DOWN + DOWN + DOWN)
    s.send(ctrl("u") + ctrl("r") + "irst")
    s.expect(r"\(search\)'irst': :first_input")
    s.send(ENTER)
    s.expect(r"iex\(1\)> :first_input\n:first_input\n")
    s.send(ctrl("r") + "nothing of that kind" + ctrl("g"))
    s.prompt(r"iex\(2\)> ")
    s.quit()


def test_history_is_limited(home):
    folder = os.path.join(home, "state", "phial")
    os.makedirs(folder)
    path = os.path.join(folder, "history")
    with open(path, "wb") as handle:
        handle.write(b"".join(b"%d\n" % i for i in range(5000)) + b"\xff\xfe rubbish\n:newest\n")
    s = Shell(home)
    s.send(UP)
    s.expect(r"iex\(1\)> :newest\Z")
    s.send(ctrl("u"))
    s.quit()
    with open(path, "rb") as handle:
        if len(handle.readlines()) > 1000:
            raise AssertionError("the history was not shortened")


def test_history_cannot_be_written(home):
    os.makedirs(os.path.join(home, "state"))
    with open(os.path.join(home, "state", "phial"), "w", encoding="utf-8") as handle:
        handle.write("a file where the folder should be")
    s = Shell(home)
    equal(s.run("1 + 1")[-1], "2")
    equal(s.run("2 + 2"), ["4"])
    equal(s.screen.text().count("is not kept"), 1)
    s.send(UP)
    s.expect(r"iex\(3\)> 2 \+ 2\Z")  # the session's own history works
    s.send(ctrl("u"))
    s.quit()


def test_history_on_full_disk(home):
    if not os.path.exists("/dev/full"):
        return
    os.makedirs(os.path.join(home, "state", "phial"))
    os.symlink("/dev/full", os.path.join(home, "state", "phial", "history"))
    s = Shell(home)
    s.run("1")
    s.run("2")
    equal(s.screen.text().count("is not kept"), 1)
    s.quit()


def test_wide_characters(home):
    s = Shell(home, columns=20)
    s.send('"日本語" <> "e\u0301x"' + LEFT * 3)
    s.read(0.3)
    # 8 (prompt) + 8 + 4 fill the first row; the cursor has gone over two characters and a quote
    equal(s.screen.lines(), [BANNER[at:at + 20].rstrip() for at in range(0, len(BANNER), 20)] + ['iex(1)> "日本語" <>', '"e\u0301x"'])
    equal((s.screen.x, len(s.screen.lines())), (1, 7))
    s.send(BACKSPACE + '"' + ENTER)
    s.expect('"日本語e\u0301x"')
    # a wide character that does not fit in the last column goes to the next row
    s.send('"abcdefghij' + "漢漢" + '"' + LEFT + BACKSPACE + ENTER)
    s.expect('\n"abcdefghij漢"\n')
    s.send('"👍🏽"' + LEFT + BACKSPACE + 'k' + ENTER)
    s.expect('\n"k"\n')
    s.quit()


def test_long_lines_and_resize(home):
    s = Shell(home, columns=40, height=10)
    text = '"' + "0123456789" * 9 + '"'
    s.send(text)
    s.expect(re.escape(text) + r"\Z")
    s.resize(60, 10)
    s.expect(r"\Aiex|iex\(1\)> " + re.escape(text) + r"\Z")
    s.send(ctrl("a") + "x = ")
    s.expect(r"iex\(1\)> x = " + re.escape(text) + r"\Z")
    s.resize(30, 10)
    s.send(ctrl("e"))
    s.read(0.4)
    equal(s.screen.text().count("x = "), 1)
    s.send(ENTER)
    s.prompt(r"iex\(2\)> ")
    equal(s.run(":io.columns()"), ["{:ok, 30}"])
    # an input that is higher than the screen
    for i in range(14):
        s.send(("[" if i == 0 else "") + f"{i}," + ENTER)
    s.send("14]" + UP * 13 + DOWN * 13 + ENTER)
    s.expect(r"14\]")
    s.prompt(r"iex\(4\)> ")
    s.quit()


def test_paste(home):
    s = Shell(home)
    s.send("\x1b[200~x = [\n  1,\n\t2\n]\x1b[201~")
    s.expect(r"iex\(1\)> x = \[\n\.\.\.\(1\)>   1,\n\.\.\.\(1\)>\s+2\n\.\.\.\(1\)> \]\Z")
    s.send(ENTER)
    s.expect(r"\n\[1, 2\]\n")
    # prompts that were copied along are left out; control characters do nothing
    s.send("\x1b[200~iex(1)> y = 1 +\n...(1)> 2\n3\x1b[201~" + ENTER)
    s.expect(r"\n3\n")
    s.send("\x1b[200~:a\x03\x04\x01b\x1b[201~" + ENTER)
    s.expect(r"\n:ab\n")
    # without brackets every line is an input
    s.send("p = 5\rp * 2\r")
    s.expect(r"iex\(\d+\)> p \* 2\n10\n")
    s.quit()


def test_completion(home):
    s = Shell(home, files={"some_file.txt": "hello"})
    s.send("Enum.revers" + TAB)
    s.expect(r"Enum\.reverse\Z")
    s.send(TAB)
    s.expect(r"\nreverse/1 +reverse/2 +reverse_slice/3\niex\(1\)> Enum\.reverse\Z")
    s.send("(" + TAB)
    s.expect(r"\nreverse\(enumerable\)")
    s.send("[1, 2])" + ENTER)
    s.expect(r"\n\[2, 1\]\n")
    s.send("Strin" + TAB + TAB)
    s.expect(r"\nString +StringIO")
    s.send("." + "upc" + TAB + '("a")' + ENTER)
    s.expect(r'String\.upcase\("a"\)\n"A"\n')
    s.run("my_variable = %{first: %{inner: 7}, second: 2}")
    s.send("my_va" + TAB + ".fi" + TAB + ".in" + TAB + ENTER)
    s.expect(r"my_variable\.first\.inner\n7\n")
    s.send(":list" + TAB + ".revers" + TAB)
    s.expect(r":lists\.reverse")
    s.send(ctrl("u") + "%Ran" + TAB + "fir" + TAB + "1}" + ctrl("u"))
    s.expect(r"iex\(\d+\)> \Z")
    s.send("%Version{maj" + TAB)
    s.expect(r"%Version\{major: \Z")
    # what is given is not offered again; keys of updates and of access; the arity of a function
    s.send(ctrl("u") + "%Range{first: 1, last: 2, st" + TAB + "1}" + ENTER)
    s.expect(r"\n1\.\.2\n")
    s.send("%{my_variable | first: 1, se" + TAB + "9}" + ENTER)
    s.expect(r"\n%\{first: 1, second: 9\}\n")
    s.send("my_variable[:se" + TAB + ENTER)
    s.expect(r"my_variable\[:second\]\n2\n")
    s.run("adder = fn a, b -> a + b end")
    s.send("adder.(" + TAB)
    s.expect(r"\nadder/2\niex")
    s.send(ctrl("u") + 'File.read!("some' + TAB + ")" + ENTER)
    s.expect(r'File\.read!\("some_file\.txt\)')
    s.send(ctrl("c"))
    s.send("nothing_of_that_name" + TAB)
    s.expect(r"nothing_of_that_name\Z")
    if s.screen.bells == 0:
        raise AssertionError("no bell where nothing fits")
    s.send(ctrl("c"))
    s.prompt()
    s.quit()


# -- evaluation

def test_interrupt(home):
    s = Shell(home)
    s.run("kept = 1")
    s.send("(fn f -> f.(f) end).(fn f -> f.(f) end)" + ENTER)
    time.sleep(0.5)
    s.send(ctrl("c"))
    s.expect(r"\*\* \(EXIT\) interrupted\n")
    s.prompt(r"iex\(3\)> ")
    equal(s.run("kept"), ["1"])
    s.send("half an inp" + ctrl("c"))
    s.expect(r"half an inp\^C\niex\(4\)> \Z")
    s.send('IO.gets("name? ")' + ENTER)
    s.expect(r"\nname\? \Z")
    s.send(ctrl("c"))
    s.expect(r"interrupted\niex\(5\)> \Z")
    s.send('IO.gets("name? ")' + ENTER)
    s.expect(r"\nname\? \Z")
    s.send("Zoë" + ENTER)
    s.expect(r'\n"Zoë\\n"\n')
    s.send(ctrl("c"))
    s.expect(r"interrupt again to leave the shell\)\niex\(6\)> \Z")
    s.send(ctrl("c"))
    equal(s.ended(), 0)


def test_death_of_the_evaluator(home):
    s = Shell(home)
    s.run("x = 1")
    s.send("spawn_link(fn -> exit(:boom) end); Process.sleep(5000)" + ENTER)
    s.expect(r"\*\* \(EXIT from #PID<0\.\d+\.0>\) shell process exited with reason: :boom\n\nInteractive")
    s.prompt()
    s.send("x" + ENTER)
    s.expect(r"undefined variable")
    # while a line is being typed
    s.send("me = self(); spawn(fn -> Process.sleep(300); Process.exit(me, :kill) end)" + ENTER)
    s.expect(r"EXIT from #PID<0\.\d+\.0>\) shell process exited with reason: killed")
    s.prompt()
    equal(s.run("1 + 2"), ["3"])
    s.quit()


def test_output_goes_above_the_line(home):
    s = Shell(home)
    s.run("spawn(fn -> Process.sleep(400); IO.puts(\"from afar\") end)")
    s.send("1 + ")
    s.expect(r"\nfrom afar\niex\(2\)> 1 \+ \Z")
    s.send("1" + ENTER)
    s.expect(r"\n2\niex\(3\)> \Z")
    s.quit()


def test_errors_help(home):
    s = Shell(home, NO_COLOR="1", files={"strict.ex": "defmodule Strict do\n  def f(x) when x > 10, do: x\n  def f(:a), do: 1\nend\n"})
    s.run('c "strict.ex", "."')  # blame reads the code that was written
    out = "\n".join(s.run("Strict.f(1)"))
    holds(r"Attempted function clauses \(showing 2 out of 2\):\n\n +def f\(x\) when -x > 10-\n +def f\(-:a-\)", out)
    out = "\n".join(s.run("String.upcas(\"a\")"))
    holds(r"UndefinedFunctionError.*String\.upcas/1 is undefined or private\. Did you mean", out.replace("\n", " "))
    holds(r"upcase/1", out)
    out = "\n".join(s.run("String.trim(1)"))
    holds(r"FunctionClauseError", out)
    holds(r"The following arguments were given to String\.trim/1", out)
    holds(r"# 1\n\s+1", out)
    # clauses of the library, of files that were only loaded, of what was typed: attributes in guards are known
    holds(r"Attempted function clauses \(showing 1 out of 1\):\n\n +def trim\(string\) when -is_binary\(string\)-", out)
    holds(r"def upcase\(string, mode\) when -is_binary\(string\)- and mode in \[", "\n".join(s.run("String.upcase(:a)")))
    s.run('c "strict.ex"')
    out = "\n".join(s.run("Strict.f(2)"))
    holds(r"def f\(x\) when -x > 10-\n +def f\(-:a-\)\n", out)
    holds(r"\n    strict\.ex:2: Strict\.f/1\n      │\n    2 │   def f\(x\) when x > 10, do: x\n      │$", out)
    s.run("defmodule Typed do\ndef g(%URI{} = u, [_ | _]), do: u\ndef h(x) do\n  y = x + 1\n  1 / y\nend\nend")
    holds(r"def g\(-%URI\{\} = u-, \[_ \| _\]\)", "\n".join(s.run("Typed.g(1, [2])")))
    holds(r"iex:5: Typed\.h/1\n      │\n    5 │   1 / y\n      │$", "\n".join(s.run("Typed.h(-1)")))
    # of several lines that were typed the one that failed
    holds(r"iex:2: \(file\)\n      │\n    2 │  hd\(x\) \+ 1\)\n      │$", "\n".join(s.run("(x = [:a]\n hd(x) + 1)")))
    # slips
    holds(r"Enumm\.map/2 is undefined \(module Enumm is not available\)\. Did you mean:\n\n +\* Enum\.map/2", "\n".join(s.run("Enumm.map([], 1)")))
    holds(r"Did you mean:\n\n +\* reverse/1\n +\* reverse/2", "\n".join(s.run(":lists.revers([])")))
    holds(r"lenght/1 \(there is no such import\)\. Did you mean length/1\?", "\n".join(s.run("lenght([])")))
    holds(r"undefined variable \"strin\"\. Did you mean \"strng\"\?", "\n".join(s.run("strng = 1; strin")))
    holds(r"undefined variable \"nmae\"\. Did you mean \"name\"\?", "\n".join(s.run("defmodule Slip do\ndef f(name), do: nmae\nend")))
    holds(r"unknown key :hots for struct URI\. Did you mean :host\?", "\n".join(s.run("%URI{hots: 1}")))
    holds(r"key :nam not found in: %\{name: 1\}\. Did you mean:\n\n +\* :name", "\n".join(s.run("%{name: 1}.nam")))
    out = "\n".join(s.run("foo = 1; baar + 1"))
    holds(r"undefined variable \"baar\"", out)
    holds(r"1 │ foo = 1; baar", out)
    s.quit()


def test_rubbish(home):
    s = Shell(home)
    s.send(b"\xff\xfe\x80\x00\x02\xc3\x28\x1b[99;99;99z\x1bOz\x1b]x" + b"\xf0\x9f")
    s.send(ctrl("c"))
    s.read(0.3)
    s.send(ctrl("u"))
    equal(s.run("1 + 1"), ["2"])
    s.quit()


def test_rubbish_through_a_pipe(home):
    os.makedirs(home)
    env = dict(os.environ, HOME=home)
    done = subprocess.run([shell.PHIAL], input=b"\xff\xfe\x80\x00)(\n\x01\x02\n1 + 41\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          cwd=home, env=env, timeout=60)
    holds(r"> 42\n", done.stdout.decode("utf-8", "replace"))
    equal(done.returncode, 0)


def test_dumb_terminal(home):
    s = Shell(home, TERM="dumb")
    s.send("1 + 1\n")
    s.expect(r"iex\(1\)> 1 \+ 1\n2\niex\(2\)> \Z")
    if b"\x1b" in s.raw:
        raise AssertionError("escape sequences on a dumb terminal")
    s.send("Process.sleep(:infinity)\n")
    time.sleep(0.3)
    s.send(ctrl("c"))
    s.expect(r"\*\* \(EXIT\) interrupted")
    s.quit()


def test_colours(home):
    s = Shell(home)
    s.run(":atom")
    holds(r"\x1b\[36m:atom\x1b\[0m", s.raw.decode())
    s.run("IEx.configure(colors: [enabled: false], inspect: [base: :hex])")
    at = len(s.raw)
    equal(s.run("255"), ["0xFF"])
    if b"\x1b[33m" in s.raw[at:]:
        raise AssertionError("colours where they are off")
    s.send("IEx.configure(default_prompt: \"<%counter>\")" + ENTER)
    s.expect(r"\n<5> \Z")
    s.send(ctrl("d"))
    equal(s.ended(), 0)
    s = Shell(home + "2", NO_COLOR="1")
    s.run(":atom")
    if b"\x1b[36m" in s.raw:
        raise AssertionError("colours against NO_COLOR")
    s.quit()


def test_terminal_mode_comes_back(home):
    p = under_a_shell(home, f"{shell.PHIAL}; echo status $?; {MODE}")
    p.send("spawn(fn -> Process.sleep(200); System.halt(3) end)" + ENTER)
    shows(p, "status 3", "icanon", "^echo$")
    p.ended()


def test_stops_and_goes_on(home):
    stops_and_goes_on(home, shell.PHIAL)


def test_warnings_of_what_is_not_complete(home):
    s = Shell(home)
    s.lines("x = ['a',", "'b']")
    s.quit()


# -- helpers

def test_documentation(home):
    s = Shell(home)
    out = s.run("h Enum.map")
    holds(r"def map\(enumerable, fun\)", "\n".join(out))
    holds(r"\x1b\[7m", s.raw.decode())
    holds(r"Returns the list of what fun returns", "\n".join(out))
    code = 'IO.puts IEx.Markdown.render("# Head\\n\\n* one **bold**\\n* two `code`\\n\\n| a | b |\\n|---|---|\\n| 1 | 2 |\\n", 40)'
    out = s.run(code)
    holds(r"Head\n+  • one bold\n  • two code\n+a \| b\n-+\|-+\n1 \| 2", "\n".join(out))
    holds(r"\x1b\[36mcode\x1b\[0m", s.raw.decode())
    holds(r"@callback", "\n".join(s.run("b GenServer")))
    holds(r"@spec trim", "\n".join(s.run("s String.trim/1")))
    holds(r"@type t", "\n".join(s.run("t Range")))
    s.quit()


def test_helpers(home):
    s = Shell(home, files={"mod.ex": "defmodule Mod do\n  @doc \"Twice.\"\n  def f(x), do: 2 * x\nend\n", "vars.exs": "imported = 9\n"})
    equal(s.run('c "mod.ex"'), ["[Mod]"])
    equal(s.run("v()"), ["[Mod]"])
    equal(s.run("r Mod")[-1], "{:reloaded, [Mod]}")
    equal(s.run("Mod.f(v(-1) |> elem(1) |> length())"), ["2"])
    s.run('import_file "vars.exs"')
    equal(s.run("imported"), ["9"])
    holds(r"mod\.ex +vars\.exs|mod\.ex\n(state\n)?vars\.exs", "\n".join(s.run("ls")))
    holds(re.escape(home), "\n".join(s.run("pwd")))
    s.run("send(self(), :hello)")
    equal(s.run("flush"), [":hello", ":ok"])
    holds(r"Data type\n +PID|PID", "\n".join(s.run("i self()")))
    holds(r"f/1", "\n".join(s.run("exports Mod")))
    equal(s.run('pid("0.1.0") |> is_pid()'), ["true"])
    equal(s.run("pid(0, 1, 0) |> is_pid()"), ["true"])
    equal(s.run("ref(0, 1, 2, 3) |> is_reference()"), ["true"])
    equal(s.run("port(0, 1) |> is_port()"), ["true"])
    holds(r"status|current_function", "\n".join(s.run("process_info(self())")))
    holds(r"Schedulers", "\n".join(s.run("runtime_info")))
    holds(r"Mix is not running", "\n".join(s.run("recompile")))
    holds(r"ELIXIR_EDITOR or EDITOR", "\n".join(s.run("open Mod.f/1")))
    s.run('System.put_env("ELIXIR_EDITOR", "echo edit __FILE__ at __LINE__")')
    holds(r"edit .*mod\.ex at 3", "\n".join(s.run("open Mod.f/1")))
    s.run("cd \"/\"")
    equal(s.run("pwd"), ["/"])
    s.run("y = 1")
    s.send("respawn" + ENTER)
    s.expect(r"Interactive.*\niex\(1\)> \Z")
    s.send("y" + ENTER)
    s.expect("undefined variable")
    s.prompt()
    s.send("clear" + ENTER)
    s.expect(r"\Aiex\(\d\)> \Z|iex\(\d\)> \Z")
    s.quit()


def test_dot_iex(home):
    s = Shell(home, files={".iex.exs": "from_file = 12\nimport Bitwise\n"})
    equal(s.run("from_file"), ["12"])
    equal(s.run("bor(1, 2)"), ["3"])
    s.quit()


def test_dbg(home):
    s = Shell(home)
    out = "\n".join(s.run("[1, 2] |> Enum.map(&(&1 + 1)) |> Enum.sum() |> dbg()"))
    holds(r"Enum\.sum\(\) #=> 5\n", out.replace("\x1b", ""))
    s.quit()


PRIED = """defmodule Pried do
  require IEx

  def run(a) do
    b = a * 2
    IEx.pry()
    a + b
  end
end
"""


def test_pry(home):
    s = Shell(home, files={"pried.ex": PRIED})
    s.run('c "pried.ex"')
    s.send("Pried.run(4)" + ENTER)
    s.expect(r"pried\.ex:6\)?\n")
    s.expect(r"  > 6:     IEx\.pry\(\)")
    s.prompt(r"pry\(1\)> ")
    equal(s.run("{a, b}", r"pry\(\d+\)> "), ["{4, 8}"])
    holds(r"Pried\.run/1.*pried\.ex:6", "\n".join(s.run("whereami", r"pry\(\d+\)> ")))
    equal(s.run("continue")[-1], "12")
    # another process asks
    s.run("parent = self()")
    s.send("spawn(fn -> send(parent, {:answer, Pried.run(5)}) end)" + ENTER)
    s.expect(r"Request to pry #PID<0\.\d+\.0> at Pried\.run/1 ")
    s.expect(r"Allow\? \[Yn\] \Z")
    s.send("y" + ENTER)
    s.prompt(r"pry\(1\)> ")
    equal(s.run("a", r"pry\(\d+\)> "), ["5"])
    s.run("continue")
    equal(s.run("flush"), ["{:answer, 15}", ":ok"])
    s.send("spawn(fn -> Pried.run(6) end)" + ENTER)
    s.expect(r"Allow\? \[Yn\] \Z")
    s.send("n" + ENTER)
    s.prompt()
    equal(s.run("parent == self()"), ["true"])
    # an interrupt in the pried process ends it, and the shell goes on
    s.send("spawn(fn -> Pried.run(7) end)" + ENTER)
    s.expect(r"Allow\? \[Yn\] \Z")
    s.send("y" + ENTER)
    s.prompt(r"pry\(1\)> ")
    s.send("Process.sleep(:infinity)" + ENTER)
    time.sleep(0.3)
    s.send(ctrl("c"))
    s.prompt()
    equal(s.run("1"), ["1"])
    s.quit()


STEPS = """defmodule Steps do
  def run(:never), do: :never

  def run(x) do
    y = x + 1
    z = y * 2
    hidden(z)
  end

  defp hidden(z) do
    z
  end
end
"""


def test_breakpoints(home):
    s = Shell(home, files={"steps.ex": STEPS})
    s.run('c "steps.ex"')
    equal(s.run("breaks"), ["No breakpoints set"])
    equal(s.run("break!(Steps.run/1)"), ["1"])
    holds(r"1 +Steps\.run/1 +1", "\n".join(s.run("breaks")))
    s.send("Steps.run(3)" + ENTER)
    s.expect(r"Break reached: Steps\.run/1 ")
    s.expect(r"  > 5: +y = x \+ 1")
    s.prompt(r"pry\(1\)> ")
    equal(s.run("x", r"pry\(\d+\)> "), ["3"])
    s.run("n", r"pry\(1\)> ")
    equal(s.run("y", r"pry\(\d+\)> "), ["4"])
    s.run("next", r"pry\(1\)> ")
    equal(s.run("z", r"pry\(\d+\)> "), ["8"])
    equal(s.run("continue")[-1], "8")
    equal(s.run("Steps.run(3)"), ["8"])  # it stopped once
    equal(s.run("break!(Steps.run(10), 2)"), ["1"])
    equal(s.run("Steps.run(3)"), ["8"])  # the arguments do not match
    s.send("Steps.run(10)" + ENTER)
    s.prompt(r"pry\(1\)> ")
    equal(s.run("continue")[-1], "22")
    equal(s.run("reset_break(1)"), [":ok"])
    equal(s.run("Steps.run(10)"), ["22"])
    equal(s.run("break!(Steps.hidden/1)"), ["2"])
    s.send("Steps.run(1)" + ENTER)
    s.expect(r"Break reached: Steps\.hidden/1")
    s.prompt(r"pry\(1\)> ")
    s.send("respawn" + ENTER)
    s.prompt(r"iex\(\d+\)> ")
    equal(s.run("remove_breaks"), [":ok"])
    equal(s.run("breaks"), ["No breakpoints set"])
    equal(s.run("Steps.run(1)"), ["4"])
    holds(r"could not set breakpoint, unknown function/macro Steps\.nothing/3", "\n".join(s.run("break!(Steps.nothing/3)")))
    s.quit()


# -- the transcripts of the conformance pack

def seeds(directory):
    path = os.path.join(directory, "run.py")
    if not os.path.exists(path):
        print(f"skip the transcripts: there is no {path}")
        return 0
    spec = importlib.util.spec_from_file_location("seeds_run", path)
    pack = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pack)
    prompt_line = re.compile(r"^(?:iex|\.\.\.|pry)\(\d+\)>")

    class Typed:
        """The pack's Session, on a terminal instead of a pipe."""

        def __init__(self, command, cwd, env):
            env = dict(env, TERM="xterm-256color", HOME=cwd, XDG_STATE_HOME=os.path.join(cwd, ".state"), NO_COLOR="1")
            self.errors = tempfile.TemporaryFile()
            self.program = Program(command, cwd=cwd, env=env, columns=2000, height=60, stderr=self.errors.fileno())
            self.misses = 0

        def text(self):
            return self.program.screen.text()

        def error_text(self):
            self.errors.seek(0)
            return self.errors.read().decode("utf-8", "replace")

        def size(self):
            self.program.read(0.02)
            return len(self.text())

        def lines_since(self, mark):
            self.program.read(0.02)
            rows = self.text()[mark:].split("\n")
            # the rest of the row with the prompt is what was typed, and so are the rows that continue it
            rows = rows[1:] if mark else rows
            return [row for row in rows if not prompt_line.match(row)]

        def last_prompt(self):
            rows = re.findall(r"^(?:iex|\.\.\.)\(\d+\)>", self.text(), re.M)
            return rows[-1] if rows else ""

        def wait_prompt(self, mark, limit):
            shown = lambda text: re.search(r"(?:^|\n)(?:iex|\.\.\.)\(\d+\)> \Z", text) and (len(text) > mark or mark == 0)
            return self.program.wait(shown, limit) and self.program.read(0.05)

        def send(self, text):
            self.program.send(text + ENTER)
            self.program.read(0.02)
            return self.program.status is None

        def close(self, limit):
            self.program.send(ctrl("d"))
            return self.program.ended(limit) is not None

        def kill(self):
            self.program.kill()

    pack.Session = Typed
    options = argparse.Namespace(verbose=True, elixir=None, phial=shell.PHIAL)
    runner = pack.Runner(options)
    failed = passed = 0
    try:
        for case in pack.find_cases():
            if case.kind != "transcript" or case.slow:
                continue
            problem = runner.run(case)
            passed, failed = passed + (problem is None), failed + (problem is not None)
            if problem:
                print(f"FAIL {case.name}: {problem}\n{case.detail}", flush=True)
    finally:
        runner.close()
    print(f"transcripts on a terminal: {passed} passed, {failed} failed")
    return failed


def main():
    parser = shell.parser(__doc__)
    parser.add_argument("--seeds", metavar="DIR", help="run the transcripts of this pack instead of the tests")
    options = parser.parse_args()
    use_program(options.phial)
    if options.seeds:
        return 1 if seeds(options.seeds) else 0
    return run_tests(globals(), options.only)


if __name__ == "__main__":
    sys.exit(main())
