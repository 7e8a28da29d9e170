#!/usr/bin/env python3
"""What the observer costs a program that works: observer_cost.py PHIAL [--processes N] [--runs N].

The same work is done with the observer closed, open without a page, and with a page that asks for the overview or for the table of processes as often as the
page does. Compared is the user time of the whole program, runs of all kinds by turns.
"""
import argparse
import os
import re
import resource
import statistics
import subprocess
import time
import urllib.request

PROGRAM = """
[crowd, work, open] = Enum.map(System.argv(), &String.to_integer/1)
for _ <- 1..crowd//1, do: spawn(fn -> Process.sleep(:infinity) end)
if open == 1, do: :observer.start()
defmodule Work do
  def step(0, sum), do: sum
  def step(n, sum), do: step(n - 1, rem(sum * 31 + length(Enum.map(1..20, &(&1 * n))), 1_000_003))
end
parent = self()
for i <- 1..2, do: spawn_link(fn -> send(parent, {:done, Work.step(work, i)}) end)
for _ <- 1..2, do: receive do: ({:done, sum} -> sum)
"""


def polls(address, request, process):
    """Asks as the page does: once a second, or less often where an answer takes long (app.js, pause())."""
    count = 0
    while process.poll() is None:
        started = time.monotonic()
        try:
            urllib.request.urlopen(address + "api/" + request, timeout=30).read()
            count += 1
        except OSError:
            break
        took = time.monotonic() - started
        until = time.monotonic() + min(max(1.0, took * 40), 15.0)
        while process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
    return count


def run(phial, crowd, work, request):
    """(cost, requests)"""
    program = os.path.join("/tmp", f"phial-observer-cost-{os.getpid()}.exs")
    with open(program, "w", encoding="utf-8") as handle:
        handle.write(PROGRAM)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    process = subprocess.Popen([phial, "--schedulers", "2", program, str(crowd), str(work), "0" if request is None else "1"], stderr=subprocess.PIPE)
    asked = 0
    try:
        if request is not None:
            address = re.search(r"http://\S+", process.stderr.readline().decode()).group()
            if request:
                asked = polls(address, request, process)
        process.communicate(timeout=300)
    finally:
        if process.poll() is None:
            process.kill()
    os.unlink(program)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, asked


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("phial")
    parser.add_argument("--processes", type=int, default=50_000)
    parser.add_argument("--work", type=int, default=20_000_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    kinds = {"closed": None, "open, no page": "", "overview": "overview", "processes": "processes?sort=memory&limit=50"}
    costs = {kind: [] for kind in kinds}
    asked = dict.fromkeys(kinds, 0)
    for _ in range(options.runs):
        for kind, request in kinds.items():
            cost, requests = run(options.phial, options.processes, options.work, request)
            costs[kind].append(cost)
            asked[kind] += requests
    base = statistics.median(costs["closed"])
    for kind in kinds:
        cost = statistics.median(costs[kind])
        print(f"{kind:15} {cost:8.2f} s {100 * (cost / base - 1):+6.2f} %   {asked[kind] / options.runs:.1f} requests a run")


if __name__ == "__main__":
    main()
