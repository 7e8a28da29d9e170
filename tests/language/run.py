#!/usr/bin/env python3
"""Runs the language tests in every mode.

A file NAME.exs under a folder of tests/language holds cases. A case starts at a line `# case: NAME` and ends before the next; what stands
before the first case is put in front of each. Expectations stand beside the lines they belong to, in the order of the output:

    IO.inspect(1 + 1)          # expect: 2
    raise "oops"               # expect error: ** (RuntimeError) oops
    exit({:shutdown, 3})       # expect status: 3

`# expect: TEXT` is one whole line of standard output (a line `# expect: TEXT` of its own continues), `# expect error: TEXT` must
occur in standard error (in order), the status is 0 unless stated (1 where an error is expected). Every case runs as a program of its own.
Cases with a line `# deep` are left out where every chance to collect is taken: each collection walks the whole stack.
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
MODES = [(jit, schedulers) for jit in ("off", "eager") for schedulers in (1, 2, 8)] + [("library", 2), ("template", 2)]
# off: everything is interpreted; library: the program is, the library runs as native code; template: all runs as code of the templates.
MODE_OPTIONS = {"off": ["--jit=off", "--aot=off"], "library": ["--jit=off", "--aot=on"], "template": ["--jit=template", "--aot=off"]}
SANITIZER_MODES = {"asan": [("off", 2), ("eager", 2)], "tsan": [("off", 8)]}


class Case:
    def __init__(self, path, name, text):
        self.path, self.name, self.text = path, name, text
        self.expected, self.errors, self.status = [], [], None
        for line in text.split("\n"):
            found = re.search(r"# expect(| error| status): ?(.*)$", line)
            if not found:
                continue
            kind, value = found.groups()
            if kind == "":
                self.expected.append(value)
            elif kind == " error":
                self.errors.append(value)
            else:
                self.status = int(value)
        if self.status is None:
            self.status = 1 if self.errors else 0

    @property
    def label(self):
        return f"{os.path.relpath(self.path, HERE)}: {self.name}"


def read_cases(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    parts = re.split(r"^# case: (.*)$", text, flags=re.M)
    return [Case(path, parts[i].strip(), parts[0] + parts[i + 1].lstrip("\n")) for i in range(1, len(parts), 2)]


def run_case(program, case, jit, schedulers, timeout, environment):
    with tempfile.TemporaryDirectory(prefix="phial-case-") as folder:
        script = os.path.join(folder, "case.exs")
        with open(script, "w", encoding="utf-8") as file:
            file.write(case.text)
        command = [program]
        if jit:
            command += MODE_OPTIONS.get(jit, [f"--jit={jit}"]) + [f"--schedulers={schedulers}"]
        try:
            done = subprocess.run(command + [script], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout,
                                  env=environment)
        except subprocess.TimeoutExpired:
            return f"still running after {timeout} s"
    output = done.stdout.decode("utf-8", "replace").split("\n")
    if output and output[-1] == "":
        output.pop()
    errors = done.stderr.decode("utf-8", "replace")
    if output != case.expected:
        at = next((i for i, (a, b) in enumerate(zip(output, case.expected)) if a != b), min(len(output), len(case.expected)))
        got = output[at] if at < len(output) else "end of output"
        want = case.expected[at] if at < len(case.expected) else "end of output"
        return f"line {at + 1}: expected {want!r}, got {got!r}\n{errors[-1500:]}"
    position = 0
    for text in case.errors:
        found = errors.find(text, position)
        if found < 0:
            return f"standard error lacks {text!r}:\n{errors[-1500:]}"
        position = found + len(text)
    if done.returncode != case.status:
        return f"status {done.returncode}, expected {case.status}\n{errors[-1500:]}"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--phial", default="build/bin/phial")
    parser.add_argument("--elixir", help="run with this real elixir instead, to check the expectations")
    parser.add_argument("--sanitizer", choices=sorted(SANITIZER_MODES))
    parser.add_argument("--no-stress", action="store_true", help="with --sanitizer asan: no collection at every chance")
    parser.add_argument("--only", help="cases whose label holds this text")
    parser.add_argument("--mode", help="one mode, as jit:schedulers")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()

    paths = sorted(os.path.join(folder, name) for folder, _, names in os.walk(HERE) for name in names if name.endswith(".exs"))
    cases = [case for path in paths for case in read_cases(path)]
    if options.only:
        cases = [case for case in cases if options.only in case.label]
    # Nothing that an earlier run compiled: a case is to mean the same each time.
    environment = dict(os.environ, LC_ALL="C.UTF-8", PHIAL_CACHE="off", PHIAL_CRASH_DUMP="off")
    timeout = 30
    if options.elixir:
        modes, program = [(None, None)], options.elixir
    else:
        modes, program = MODES, os.path.abspath(options.phial)
        if options.sanitizer:
            modes = SANITIZER_MODES[options.sanitizer]
            timeout = 240
            environment["PHIAL_GC_STRESS"] = "1" if options.sanitizer == "asan" and not options.no_stress else "0"
            environment["ASAN_OPTIONS"] = "detect_leaks=1:abort_on_error=0"
        if options.mode:
            jit, schedulers = options.mode.split(":")
            modes = [(jit, int(schedulers))]
    if environment.get("PHIAL_GC_STRESS") == "1":
        cases = [case for case in cases if "# deep\n" not in case.text]
    work = [(case, jit, schedulers) for jit, schedulers in modes for case in cases]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = pool.map(lambda item: run_case(program, *item, timeout, environment), work)
        for (case, jit, schedulers), problem in zip(work, results):
            if problem:
                failed += 1
                print(f"FAIL [jit={jit} schedulers={schedulers}] {case.label}\n    {problem.strip()}", flush=True)
    print(f"{len(cases)} cases in {len(modes)} modes")
    print(f"{len(work) - failed} passed, {failed} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
