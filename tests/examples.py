#!/usr/bin/env python3
"""Runs the programs of docs/examples/programs and compares what they print with NAME.expect beside them.

    tests/examples.py PHIAL             with Phial (what ctest does)
    tests/examples.py --elixir [PATH]   with real Elixir: the same expectations must hold
    tests/examples.py PHIAL --update    writes the expectations, from Elixir where it is at hand, else from PHIAL

A folder with a mix.exs is a project: its NAME.expect is what `mix test` and then `mix run demo.exs` print. Times and seeds of ExUnit are left out
of the comparison.
"""
import argparse
import concurrent.futures
import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "docs", "examples", "programs")


def plain(text):
    """Without what differs from run to run, or between versions: Elixir 1.15 moved the seed from the end to the start."""
    text = re.sub(r"^Finished in .*$", "Finished in TIME", text, flags=re.M)
    text = re.sub(r"^Running ExUnit with seed: \d+.*\n\n?", "", text, flags=re.M)
    # Which module's tests come first is up to the scheduler.
    text = re.sub(r"^[.*]+$", lambda progress: "".join(sorted(progress[0])), text, flags=re.M)
    return re.sub(r"\n\nRandomized with seed \d+\n", "\n", text)


def run(command, folder):
    environment = dict(os.environ, NO_COLOR="1")
    try:
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, env=environment)
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode("utf-8", "replace") + "\nstill running after 120 s\n", ""
    output = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0:
        output += f"status {done.returncode}\n"
    return plain(output), done.stderr.decode("utf-8", "replace")


def output_of(name, program, is_elixir):
    path = os.path.join(HERE, name)
    if not os.path.isdir(path):
        return run([program, os.path.basename(path)], HERE)
    with tempfile.TemporaryDirectory(prefix="phial-example-") as folder:
        project = os.path.join(folder, name)
        shutil.copytree(path, project)
        mix = [os.path.join(os.path.dirname(program), "mix")] if is_elixir else [program, "mix"]
        tests, test_errors = run(mix + ["test", "--seed", "0"], project)
        program_text, errors = run(mix + ["run", "demo.exs"], project)
    # What the compiler reports of its work is not the program's.
    keep = [line for line in (tests + "-- run\n" + program_text).split("\n") if not re.match(r"Compiling|Generated|==>", line)]
    return "\n".join(keep), test_errors + errors


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("phial", nargs="?")
    parser.add_argument("--elixir", nargs="?", const=shutil.which("elixir"))
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    if not options.phial and not options.elixir:
        parser.error("give the phial program, or --elixir")
    is_elixir = bool(options.elixir)
    program = options.elixir if is_elixir else os.path.abspath(options.phial)
    names = sorted(name for name in os.listdir(HERE)
                   if (name.endswith(".exs") or os.path.exists(os.path.join(HERE, name, "mix.exs"))) and options.only in name)
    if options.update and not is_elixir and shutil.which("elixir"):
        program, is_elixir = shutil.which("elixir"), True

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda name: output_of(name, program, is_elixir), names)
        for name, (output, errors) in zip(names, results):
            expect_path = os.path.join(HERE, os.path.splitext(name)[0] + ".expect")
            if options.update:
                with open(expect_path, "w", encoding="utf-8") as file:
                    file.write(output)
                continue
            with open(expect_path, encoding="utf-8") as file:
                expected = file.read()
            if output == expected:
                print(f"ok    {name}")
                continue
            failed += 1
            print(f"FAIL  {name}")
            sys.stdout.writelines(difflib.unified_diff(expected.splitlines(True), output.splitlines(True), "expected", "printed", n=2))
            print(errors[-2000:])
    print(f"{len(names) - failed} of {len(names)} programs print what they should")
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main())
