#!/usr/bin/env python3
"""The command line's sandbox and budgets: phial --sandbox --allow-... --max-...

Usage: sandbox_test.py PHIAL
"""
import os
import subprocess
import sys
import tempfile

PHIAL = sys.argv[1]
failures = []


def check(name, arguments, status, output="", error="", timeout=60):
    done = subprocess.run([PHIAL, *arguments], capture_output=True, text=True, timeout=timeout)
    if done.returncode != status or output not in done.stdout or error not in done.stderr:
        failures.append(name)
        print(f"FAILED {name}: status {done.returncode} (expected {status})\n--- output\n{done.stdout[:2000]}\n--- error\n{done.stderr[:2000]}")


with tempfile.TemporaryDirectory() as folder:
    folder = os.path.realpath(folder)
    secret = os.path.join(folder, "secret")
    with open(secret, "w") as file:
        file.write("the secret\n")
    script = os.path.join(folder, "script.exs")
    with open(script, "w") as file:
        file.write("defmodule Mine do\n  def run(path), do: IO.puts(File.read!(path))\nend\nMine.run(hd(System.argv()))\n")
    check("a script computes and defines modules", ["--sandbox", "-e", "IO.puts(Enum.sum(1..4))"], 0, "10")
    check("reading is denied", ["--sandbox", script, secret], 1, error=f"phial --allow-read {secret}")
    check("reading is allowed", ["--sandbox", "--allow-read", folder, script, secret], 0, "the secret")
    check("reading does not allow writing", ["--sandbox", "--allow-read", folder, "-e", f'File.write!("{secret}", "x")'], 1, error="--allow-write")
    check("writing is allowed", ["--sandbox", "--allow-write", folder, "-e", f'File.write!("{folder}/new", "x"); IO.puts(:ok)'], 0, "ok")
    check("programs are denied", ["--sandbox", "-e", 'System.cmd("/bin/true", [])'], 1, error="--allow-run")
    check("programs are allowed", ["--sandbox", "--allow-run", "--allow-env", "-e", 'IO.inspect(System.cmd("/bin/echo", ["hi"]))'], 0, '{"hi\\n", 0}')
    check("the environment is denied", ["--sandbox", "-e", 'System.get_env("HOME")'], 1, error="--allow-env")
    check("a variable is allowed", ["--sandbox", "--allow-env-of", "HOME", "-e", 'IO.puts(is_binary(System.get_env("HOME")))'], 0, "true")
    check("the network is denied", ["--sandbox", "-e", ":gen_tcp.connect({127, 0, 0, 1}, 9, [])"], 1, error="--allow-net 127.0.0.1:9")
    check("the network is allowed", ["--sandbox", "--allow-net", "127.0.0.1:9", "-e", "IO.inspect(:gen_tcp.connect({127, 0, 0, 1}, 9, []))"], 0, "{:error, :econnrefused}")
    check("capabilities by name", ["--sandbox", "--allow", "persistent", "-e", "IO.inspect(:persistent_term.put(:k, 1))"], 0, ":ok")
    check("unknown capabilities are told", ["--sandbox", "--allow", "everything", "-e", "1"], 1, error="everything is no capability")
    check("grants need the sandbox", ["--allow-run", "-e", "1"], 1, error="needs --sandbox")
    check("halting", ["--sandbox", "-e", "System.halt(7)"], 7)
    loop = "Stream.run(Stream.cycle([1]))"
    check("time", ["--max-time", "300ms", "-e", loop], 1, error="the budget of time is used up")
    check("reductions", ["--max-reductions", "3M", "-e", loop], 1, error="the budget of reductions is used up")
    check("memory", ["--max-memory", "64M", "-e", "Enum.to_list(1..100_000_000)"], 1, error="budget")
    check("processes", ["--max-processes", "40", "-e", "for _ <- 1..100, do: spawn(fn -> Process.sleep(1000) end)"], 1, error="SystemLimitError")
    check("wrong amounts are told", ["--max-memory", "lots", "-e", "1"], 1, error="--max-memory takes a number")

print(f"{len(failures)} failed")
sys.exit(1 if failures else 0)
