#!/usr/bin/env python3
"""Times programs against elixir (and Lua, where a twin stands beside), in one run, and checks every answer.

Each program under tests/bench/programs is NAME.exs with its answer in a first line `# answer: TEXT` (the last line it prints). Every
contestant runs whole, from process start to exit; the median of the runs counts. `./dev bench NAME...` runs some.
"""
import argparse
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "programs")


def measure(command, answer, runs):
    """Median seconds and peak resident kilobytes, or a message."""
    times, memory = [], 0
    for _ in range(runs):
        start = time.monotonic()
        done = subprocess.run(["/usr/bin/env", "python3", os.path.join(HERE, "limited.py")] + command, capture_output=True, timeout=600)
        times.append(time.monotonic() - start)
        output = done.stdout.decode("utf-8", "replace").strip().split("\n")
        figures = re.search(rb"peak (\d+) seconds ([\d.]+)", done.stderr)
        if done.returncode != 0 or not figures:
            return None, f"status {done.returncode}: {done.stderr.decode('utf-8', 'replace')[-300:]}"
        times[-1] = float(figures.group(2))
        memory = max(memory, int(figures.group(1)))
        if answer is not None and output[-1] != answer:
            return None, f"wrong answer {output[-1]!r}, expected {answer!r}"
    return (statistics.median(times), memory), None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--phial", default="build/bin/phial")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    phial = os.path.abspath(options.phial)
    elixir, lua = shutil.which("elixir"), shutil.which("lua5.4")
    if not elixir:
        print("elixir is not installed: no ratios")
    wrong, ratios = 0, []
    print(f"{'program':24} {'phial':>9} {'MB':>6} {'elixir':>9} {'MB':>6} {'ratio':>7} {'lua':>9}")
    names = sorted(name[:-4] for name in os.listdir(PROGRAMS) if name.endswith(".exs"))
    for name in names:
        if options.names and name not in options.names:
            continue
        path = os.path.join(PROGRAMS, name + ".exs")
        with open(path, encoding="utf-8") as file:
            head = file.read(2000)
        found = re.search(r"^# answer: (.*)$", head, re.M)
        flags = re.search(r"^# elixir: (.*)$", head, re.M)
        answer = found.group(1) if found else None
        own, problem = measure([phial, path], answer, options.runs)
        if problem:
            wrong += 1
            print(f"{name:24} {problem}", flush=True)
            continue
        row = f"{name:24} {own[0]:8.3f}s {own[1] / 1024:6.0f}"
        if elixir:
            other, problem = measure([elixir] + (flags.group(1).split("|") if flags else []) + [path], answer, options.runs)
            if problem:
                row += f"  elixir: {problem}"
            else:
                ratios.append(other[0] / own[0])
                row += f" {other[0]:8.3f}s {other[1] / 1024:6.0f} {ratios[-1]:6.2f}x"
        twin = os.path.join(PROGRAMS, name + ".lua")
        if lua and os.path.exists(twin):
            other, problem = measure([lua, twin], answer, options.runs)
            row += f" {problem}" if problem else f" {other[0]:8.3f}s"
        print(row, flush=True)
    if ratios:
        print(f"geometric mean {math.exp(sum(map(math.log, ratios)) / len(ratios)):.2f}x, least {min(ratios):.2f}x "
              "(elixir's time over phial's)")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
