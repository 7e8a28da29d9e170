#!/usr/bin/env python3
"""What one call of a library function costs, against Elixir: finds the function that is slow where whole programs hide it.

    compare.py [--phial PHIAL] [--elixir ELIXIR] [--below RATIO] [--rounds N] [TEXT...]

Calls of calls.txt (those that hold a TEXT) run in both; a row for each whose ratio (Elixir's time over Phial's) is below RATIO, the worst first, and the
geometric mean of all. With more rounds than one the programs run in turn and each call's least time counts: what a busy machine needs. The cost of calling a function that does nothing is taken off; calls that cost Elixir less than a few nanoseconds beyond that (a compiler
that knows the answer) are left out.
"""
import argparse
import math
import os
import subprocess
import sys
import tempfile

LEAST = 3  # nanoseconds
HERE = os.path.dirname(os.path.abspath(__file__))


def measure(program, calls, folder):
    out = os.path.join(folder, "out")
    subprocess.run(program + [os.path.join(HERE, "measure.exs"), calls, out], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(out) as file:
        return [(float(time), call) for time, call in (line.rstrip("\n").split("\t", 1) for line in file)]


def least(rounds):
    return [min(times) for times in zip(*rounds)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phial", default="build/bin/phial")
    parser.add_argument("--elixir", default="elixir")
    parser.add_argument("--below", type=float, default=0.8)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("text", nargs="*")
    options = parser.parse_args()
    with open(os.path.join(HERE, "calls.txt")) as file:
        calls = [line for line in file if not options.text or any(text in line for text in options.text)]
    with tempfile.TemporaryDirectory() as folder:
        chosen = os.path.join(folder, "calls")
        with open(chosen, "w") as file:
            file.writelines(calls)
        rounds = [(measure([options.phial], chosen, folder), measure([options.elixir], chosen, folder)) for _ in range(options.rounds)]
    ours, theirs = least(ours for ours, _ in rounds), least(theirs for _, theirs in rounds)
    rows = [(b / a, a, b, call) for (a, call), (b, _) in zip(ours, theirs) if b >= LEAST]
    for ratio, a, b, call in sorted(rows):
        if ratio < options.below:
            print(f"{ratio:6.2f}  {a:12.1f} ns  {b:12.1f} ns  {call}")
    mean = math.exp(sum(math.log(ratio) for ratio, *_ in rows) / len(rows))
    slower = sum(ratio < 1 for ratio, *_ in rows)
    print(f"{len(rows)} calls, geometric mean {mean:.2f}, {slower} slower than Elixir's, {sum(ratio >= 2 for ratio, *_ in rows)} at least twice as fast")


if __name__ == "__main__":
    sys.exit(main())
