#!/usr/bin/env python3
"""What the program leaves behind when it ends badly: crash_dump_test.py PHIAL [--only TEXT]."""
import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import shell  # noqa: E402
from shell import equal, holds, main  # noqa: E402

CROWD = """
for n <- 1..300, do: spawn(fn -> Process.register(self(), :"idle_#{n}"); Process.sleep(:infinity) end)
spawn(fn -> Process.register(self(), :busy); (fn f -> f.(f) end).(fn f -> f.(f) end) end)
{:ok, _} = Supervisor.start_link([{Agent, fn -> 1 end}], strategy: :one_for_one, name: Top)
:ets.new(:fruit, [:named_table])
send(self(), {:hello, "you"})
IO.puts("up")
"""


def run(home, program, *arguments, **variables):
    os.makedirs(home, exist_ok=True)
    with open(os.path.join(home, "program.exs"), "w", encoding="utf-8") as handle:
        handle.write(program)
    env = {k: v for k, v in os.environ.items() if k != "PHIAL_CRASH_DUMP"}
    env.update(HOME=home, **variables)
    return subprocess.Popen([shell.PHIAL, "--schedulers", "2", *(arguments or ["program.exs"])], cwd=home, env=env, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def output(process):
    return process.communicate(timeout=60)[0].decode()


def entries(path):
    with open(path, encoding="utf-8") as handle:
        return [json.loads(line) for line in handle]


def test_a_slogan_leaves_a_dump(home):
    process = run(home, CROWD + 'defmodule Doomed do\n  def run do\n    System.halt("out of luck")\n    :never\n  end\nend\nDoomed.run()')
    out = output(process)
    equal(process.returncode, 1)
    path = os.path.join(home, "phial_crash.dump")
    equal(out, f"up\nout of luck\nphial: crash dump: {path}\n")
    equal(stat.S_IMODE(os.stat(path).st_mode), 0o600)
    head, *rest = entries(path)
    equal((head["phial_crash_dump"], head["slogan"], rest[-1]), (1, "out of luck", {"end": True}))
    processes = [entry["process"] for entry in rest if "process" in entry]
    equal(len(processes), head["overview"]["process_count"] - 1)  # without the one that writes
    mine = [p for p in processes if p["pid"] == head["running"]]
    equal(mine[0]["messages"], ['{:hello, "you"}'])
    holds(r"program\.exs:\d+: Doomed\.run/0", "\n".join(mine[0]["stack"]))
    names = {p["name"] for p in processes}
    equal({":idle_1", ":idle_300", ":busy", "Top"} <= names, True)
    equal([t["table"]["name"] for t in rest if "table" in t and t["table"]["name"] == ":fruit"], [":fruit"])
    equal("Supervisor" in [m["module"]["name"] for m in rest if "module" in m], True)


def test_where_and_whether(home):
    other = os.path.join(home, "other.dump")
    process = run(home, "System.halt(:abort)", PHIAL_CRASH_DUMP=other)
    holds(re.escape(f"phial: crash dump: {other}"), output(process))
    equal(process.returncode, 134)
    equal(entries(other)[0]["slogan"], "abort")
    for off in ("off", ""):
        equal(output(run(home, 'System.halt("x")', PHIAL_CRASH_DUMP=off)), "x\n")
    equal(output(run(home, "System.halt(0)")), "")
    equal(output(run(home, 'System.halt("x")', PHIAL_CRASH_DUMP="/nowhere/x")), "x\nphial: no crash dump: /nowhere/x: no such file or directory\n")
    if os.path.exists("/dev/full"):
        equal(output(run(home, 'System.halt("x")', PHIAL_CRASH_DUMP="/dev/full")), "x\nphial: no crash dump: /dev/full: no space left on device\n")
    equal(sorted(os.listdir(home)), ["other.dump", "program.exs"])


def test_faults_leave_a_shorter_one(home):
    for number, text in ((signal.SIGSEGV, "SIGSEGV"), (signal.SIGABRT, "SIGABRT"), (signal.SIGBUS, "SIGBUS")):
        process = run(home, CROWD + "Process.sleep(:infinity)")
        equal(process.stdout.readline(), b"up\n")
        time.sleep(0.2)
        process.send_signal(number)
        holds(rf"^phial: {text}: .*; crash dump: phial_crash\.dump\n$", output(process))
        equal(process.returncode, -number)
        head, *rest = entries(os.path.join(home, "phial_crash.dump"))
        holds(text, head["slogan"])
        equal(rest[-1], {"end": True})
        processes = [entry["process"] for entry in rest if "process" in entry]
        equal(len(processes), head["overview"]["process_count"])
        equal(sum(p["stack"][:1] == ["Process.sleep/1"] for p in processes) >= 300, True)
        equal(any(p["status"] in ("running", "runnable") for p in processes), True)
    process = run(home, CROWD + "Process.sleep(:infinity)", PHIAL_CRASH_DUMP="off")
    process.stdout.readline()
    process.send_signal(signal.SIGSEGV)
    equal(output(process), "")


def test_the_page_opens_dumps(home):
    output(run(home, CROWD + 'System.halt("out of luck")'))
    process = run(home, "", "observer", "phial_crash.dump")
    try:
        address = re.match(r"observer: (http://\S+)\n", process.stdout.readline().decode()).group(1)
        ask = lambda path: json.loads(urllib.request.urlopen(address + "api/" + path, timeout=20).read())
        equal(ask("overview")["dump"]["slogan"], "out of luck")
        table = ask("processes?sort=name&order=asc&filter=idle_29")
        equal((table["matching"], table["rows"][0]["name"]), (11, ":idle_29"))
        details = ask("process?pid=" + urllib.parse.quote(table["rows"][0]["pid"]))
        equal((details["name"], details["status"]), (":idle_29", "waiting"))
        top = [node for node in ask("tree") if node["name"] == "Top"]
        equal([child["initial"] for child in ask("children?pid=" + urllib.parse.quote(top[0]["pid"]))["children"]], ["anonymous fn/0 in :elixir_compiler_0.__FILE__/1"])
        equal(len(ask("graph?pid=" + urllib.parse.quote(top[0]["pid"]))["nodes"]) >= 2, True)
        equal(":fruit" in [t["name"] for t in ask("tables")], True)
        equal("Supervisor" in [m["name"] for m in ask("modules?filter=supervisor")], True)
        equal(ask("process?pid=%3C0.9999.0%3E"), {"gone": True, "pid": "<0.9999.0>"})
    finally:
        process.kill()
        process.wait()
    # a dump that was cut off, and what is none
    path = os.path.join(home, "phial_crash.dump")
    with open(path, "rb") as handle:
        text = handle.read()
    with open(path, "wb") as handle:
        handle.write(text[:len(text) // 2])
    done = output(run(home, 'IO.inspect(elem(Phial.CrashDump.read("phial_crash.dump"), 1).complete)'))
    equal(done, "false\n")
    for name, message in (("program.exs", "it is no crash dump of Phial"), ("nothing", "no such file or directory")):
        process = run(home, "1", "observer", name)
        equal(output(process), f"observer: cannot read the crash dump {name}: {message}\n")
        equal(process.returncode, 1)


if __name__ == "__main__":
    sys.exit(main(globals()))
