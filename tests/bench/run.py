#!/usr/bin/env python3
"""Times programs against elixir, Lua and C, and checks every answer.

    run.py [--phial PATH] [--runs N] [--write] [NAME...]      the suite, or some of it; names may be groups, too
    run.py --scaling [NAME...]                               how cost grows with n, and two schedulers against one

A program is tests/bench/programs/NAME.exs. Lines at its head: `# answer: TEXT` (the last line that it prints), `# group: NAME`,
`# elixir: FLAGS` (flags that elixir needs, split at `|`), `# operations: COUNT NAME` (to show the time of one). NAME.lua and NAME.c beside it
are the same computation in Lua and in C (compiled here with -O2).

Every contestant runs whole, from the start of the operating system's process to its end, in turn with the others, so that a busy machine
troubles all alike; medians count. A ratio is elixir's time over Phial's: above 1 Phial is ahead. Memory is the largest peak.

Phial runs twice: `first` with an empty cache of native code, as a program runs the first time on a machine, and `phial` with what earlier runs
left there, as it runs from then on. Nothing of the user's own cache is used.
"""
import argparse
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

import report

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "programs")
SCALING = os.path.join(HERE, "scaling")
TIMEOUT = 300


@dataclass
class Sample:
    wall: float
    cpu: float
    memory: int  # kilobytes
    output: str


@dataclass
class Result:
    """What one contestant needed for one program: medians, or what went wrong."""
    samples: list = field(default_factory=list)
    problem: str = ""

    @property
    def wall(self):
        return statistics.median(s.wall for s in self.samples)

    @property
    def cpu(self):
        return statistics.median(s.cpu for s in self.samples)

    @property
    def megabytes(self):
        return max(s.memory for s in self.samples) / 1024


class Program:
    def __init__(self, name):
        self.name = name
        self.path = os.path.join(PROGRAMS, name + ".exs")
        with open(self.path, encoding="utf-8") as file:
            head = re.findall(r"^# (\w+): (.*)$", file.read(1500), re.M)
        self.head = dict(head)
        self.answer = self.head["answer"]
        self.group = self.head.get("group", "other")
        flags = self.head.get("elixir")
        self.elixir_flags = flags.split("|") if flags else []
        count, _, what = self.head.get("operations", "0 ").partition(" ")
        self.operations, self.operation = int(count), what

    def twin(self, suffix):
        path = self.path[:-4] + suffix
        return path if os.path.exists(path) else None


class Runner:
    """Starts commands through a small launcher that measures them; it and the C twins are compiled into a folder that goes away."""

    def __init__(self, folder):
        self.folder = folder
        self.compiler = shutil.which("clang-19") or shutil.which("clang") or shutil.which("cc")
        if not self.compiler:
            sys.exit("a C compiler is needed: clang-19 or cc")
        self.launcher = self.compile(os.path.join(HERE, "launch.c"))

    def compile(self, source):
        target = os.path.join(self.folder, os.path.basename(source)[:-2])
        subprocess.run([self.compiler, "-O2", "-o", target, source, "-lm"], check=True)
        return target

    def run(self, command, cache="cache"):
        """A sample, or text that tells what went wrong. `cache`: the folder (inside ours) for native code; None for a new one."""
        figures = os.path.join(self.folder, "figures")
        cache = os.path.join(self.folder, cache) if cache else tempfile.mkdtemp(dir=self.folder)
        try:
            done = subprocess.run([self.launcher, figures] + command, capture_output=True, timeout=TIMEOUT, stdin=subprocess.DEVNULL,
                                  env=os.environ | {"XDG_CACHE_HOME": cache})
        except subprocess.TimeoutExpired:
            return f"did not end in {TIMEOUT} s"
        with open(figures, encoding="ascii") as file:
            status, wall, user, system, memory = file.read().split()
        if status != "0":
            return f"status {status}: {done.stderr.decode('utf-8', 'replace')[-300:]}"
        output = done.stdout.decode("utf-8", "replace").strip().split("\n")[-1]
        return Sample(float(wall), float(user) + float(system), int(memory), output)

    def contest(self, contestants, answer, runs):
        """{name: command} to {name: Result}, run in turn. `first` has an empty cache each time, the others a filled one."""
        results = {name: Result() for name in contestants}
        if "first" in contestants:
            self.run(contestants["phial"])
        for _ in range(runs):
            for name, command in contestants.items():
                result = results[name]
                if result.problem:
                    continue
                sample = self.run(command, None if name == "first" else "cache")
                if isinstance(sample, str):
                    result.problem = sample
                elif answer is not None and sample.output != answer:
                    result.problem = f"wrong answer {sample.output!r}, not {answer!r}"
                else:
                    result.samples.append(sample)
        return results


def contestants_of(program, phial, runner):
    found = {"first": [phial, program.path], "phial": [phial, program.path]}
    if shutil.which("elixir"):
        found["elixir"] = ["elixir"] + program.elixir_flags + [program.path]
    if program.twin(".lua"):
        for name, command in (("lua", "lua5.4"), ("luajit", "luajit")):
            if shutil.which(command):
                found[name] = [command, program.twin(".lua")]
    if program.twin(".c"):
        found["c"] = [runner.compile(program.twin(".c"))]
    return found


def suite(options, phial, runner):
    names = sorted(name[:-4] for name in os.listdir(PROGRAMS) if name.endswith(".exs"))
    programs = [Program(name) for name in names]
    groups = list(dict.fromkeys(p.group for p in programs))
    programs.sort(key=lambda p: (groups.index(p.group), p.name))
    if options.names:
        unknown = [n for n in options.names if n not in names and n not in groups]
        if unknown:
            sys.exit(f"there is no program or group {', '.join(unknown)}")
        programs = [p for p in programs if p.name in options.names or p.group in options.names]
    wrong, rows = 0, []
    print(f"{'':20} {'whole process, seconds':^40} {'processor time':^24} {'peak MB':^13}")
    print(f"{'program':20} {'first':>8} {'phial':>8} {'elixir':>8} {'first':>6} {'ratio':>6} {'phial':>8} {'elixir':>8} {'ratio':>6} {'phial':>6} {'elixir':>6} "
          f"{'lua':>7} {'luajit':>7} {'c':>7}")
    for program in programs:
        results = runner.contest(contestants_of(program, phial, runner), program.answer, options.runs)
        first, own, elixir = results["first"], results["phial"], results.get("elixir")
        for name, result in results.items():
            if not result.problem:
                continue
            # LuaJIT speaks Lua 5.1: a twin with 5.3's operators is no contestant there.
            if name == "luajit":
                continue
            wrong += 1
            print(f"{program.name:20} {name}: {result.problem}")
        if own.problem or first.problem:
            continue
        row = f"{program.name:20} {first.wall:8.3f} {own.wall:8.3f} "
        if elixir and not elixir.problem:
            row += (f"{elixir.wall:8.3f} {elixir.wall / first.wall:6.2f} {elixir.wall / own.wall:6.2f} {own.cpu:8.3f} {elixir.cpu:8.3f} {elixir.cpu / max(own.cpu, 1e-3):6.2f} "
                    f"{own.megabytes:6.0f} {elixir.megabytes:6.0f}")
        else:
            row += f"{'':8} {'':6} {'':6} {own.cpu:8.3f} {'':8} {'':6} {own.megabytes:6.0f} {'':6}"
        for name in ("lua", "luajit", "c"):
            result = results.get(name)
            row += f" {result.wall:7.3f}" if result and not result.problem else f" {'':7}"
        print(row.rstrip(), flush=True)
        rows.append((program, results))
    for name, when in (("first", "first run"), ("phial", "later runs")):
        ratios = report.ratios(rows, name)
        if ratios:
            print(f"{len(ratios)} programs, {when}: geometric mean {report.geometric_mean(ratios):.2f}x, least {ratios[0][0]:.2f}x ({ratios[0][1]})")
    if options.write:
        if wrong or options.names:
            sys.exit("docs/performance.md is written from a whole run without faults only")
        report.write(rows, options.runs, machine(phial))
    return 1 if wrong else 0


def machine(phial):
    """What ran: processor, memory, system, versions."""
    def first(pattern, path):
        with open(path, encoding="utf-8") as file:
            found = re.search(pattern, file.read(), re.M)
        return found.group(1).strip() if found else "unknown"

    def output(command):
        return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout.strip()

    system = first(r'^PRETTY_NAME="(.*)"', "/etc/os-release")
    erlang = output(["erl", "-noshell", "-eval", 'io:format("~s", [erlang:system_info(otp_release)]), halt().']) if shutil.which("erl") else ""
    kilobytes = int(first(r"^MemTotal:\s*(\d+)", "/proc/meminfo"))
    return {
        "processor": first(r"^model name\s*: (.*)$", "/proc/cpuinfo") + f", {os.cpu_count()} cores",
        "memory": f"{kilobytes // 1024 // 1024} GB",
        "system": f"{system}, Linux {'.'.join(platform.release().split('.')[:2])}",
        "phial": output([phial, "--version"]).split("\n")[0],
        "elixir": (re.findall(r"Elixir [\d.]+", output(["elixir", "--version"])) or ["none"])[-1] + (f" on OTP {erlang} (JIT)" if erlang else ""),
        "date": time.strftime("%Y-%m-%d"),
    }


def scaling(options, phial, runner):
    """Programs that take n and print how many microseconds their measured part took, at n, 2n, 4n and 8n."""
    steep = 0
    names = sorted(name[:-4] for name in os.listdir(SCALING) if name.endswith(".exs"))
    chosen = [n for n in names if not options.names or n in options.names]
    print(f"{'cost of':20} {'n':>9} {'n':>9} {'2n':>9} {'4n':>9} {'8n':>9}   growth at each doubling")
    for name in chosen:
        path = os.path.join(SCALING, name + ".exs")
        with open(path, encoding="utf-8") as file:
            base = int(re.search(r"^# n: (\d+)$", file.read(1000), re.M).group(1))
        rounds = [[] for _ in range(4)]
        for _ in range(options.runs):
            for i in range(4):
                sample = runner.run([phial, path, str(base << i)])
                if isinstance(sample, str):
                    print(f"{name:20} {sample}")
                    return 1
                rounds[i].append(int(sample.output) / 1000)
        times = [min(r) for r in rounds]
        growth = [after / before for before, after in zip(times, times[1:])]
        # Linear is 8; n log n and the caches' edges stay below 16; quadratic is 64.
        verdict = "" if times[3] / times[0] < 16 else "  STEEP"
        steep += bool(verdict)
        print(f"{name:20} {base:9} " + " ".join(f"{t:7.1f}ms" for t in times) + "   " + " ".join(f"{g:.2f}" for g in growth) + verdict, flush=True)
    return 1 if steep or not (options.names or schedulers(options, phial, runner)) else 0


def schedulers(options, phial, runner):
    """Two schedulers against one: the gain in time, and what the same work costs in processor time (1.00: the two share nothing that costs). On a busy machine
    no program gains twice; the first row tells what two threads in C gain at the moment. False: a program failed."""
    print(f"\n{'schedulers':20} {'one':>9} {'two':>9} {'gain':>6} {'processor time':>22}")
    contests = [("(threads in C)", [runner.compile(os.path.join(SCALING, "two_threads.c"))], "done", ("1", "2"))]
    for name in ("parallel", "parallel_mixed", "skynet", "fan_in", "ping_pong", "fib"):
        program = Program(name)
        contests.append((name, [phial, program.path], program.answer, ("--schedulers=1", "--schedulers=2")))
    for name, command, answer, counts in contests:
        commands = {n: command + [n] if command[0] != phial else [phial, n] + command[1:] for n in counts}
        results = list(runner.contest(commands, answer, options.runs).values())
        for result in results:
            if result.problem:
                print(f"{name:20} {result.problem}")
                return False
        one, two = results
        print(f"{name:20} {one.wall:8.3f}s {two.wall:8.3f}s {one.wall / two.wall:6.2f} {one.cpu:7.3f}s {two.cpu:7.3f}s {two.cpu / one.cpu:5.2f}", flush=True)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--phial", default="build/bin/phial")
    parser.add_argument("--runs", type=int, default=3, help="runs of each contestant; the median counts")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md and its chart")
    parser.add_argument("--scaling", action="store_true", help="how cost grows, and two schedulers against one")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    phial = os.path.abspath(options.phial)
    with tempfile.TemporaryDirectory(prefix="phial-bench-") as folder:
        runner = Runner(folder)
        return scaling(options, phial, runner) if options.scaling else suite(options, phial, runner)


if __name__ == "__main__":
    sys.exit(main())
