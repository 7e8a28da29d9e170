#!/usr/bin/env python3
"""Runs both conformance packs and prints their counts; with --baseline, losing a case that tests/conformance lists is an error."""
import argparse
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SEEDS = os.path.join(HERE, "seeds.txt")
DOCTESTS = os.path.join(HERE, "doctests.txt")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packs", required=True)
    parser.add_argument("--phial", required=True)
    parser.add_argument("--baseline", action="store_true", help="fail when a listed case is lost")
    parser.add_argument("--update", action="store_true", help="write the lists anew from this run")
    options = parser.parse_args()

    def run_seeds(*more):
        done = subprocess.run([sys.executable, os.path.join(options.packs, "seeds", "run.py"), "--phial", options.phial, *more],
                              stdout=subprocess.PIPE, text=True)
        return set(re.findall(r"^ok +(\S+)", done.stdout, re.M)), done.stdout

    passed, output = run_seeds("--jobs", "4")
    print("seeds: " + output.strip().split("\n")[-1], flush=True)
    lost = []
    if options.update:
        with open(SEEDS, "w", encoding="utf-8") as file:
            file.write("".join(f"{name}\n" for name in sorted(passed)))
    elif options.baseline and os.path.exists(SEEDS):
        with open(SEEDS, encoding="utf-8") as file:
            lost = [name for name in file.read().split() if name not in passed]
        # The cases are timed for an idle machine: what was lost gets a second try alone.
        lost = [name for name in lost if name not in run_seeds("--only", name)[0]]
    for name in lost:
        print(f"lost: {name}")

    command = [sys.executable, os.path.join(options.packs, "doctests", "run.py"), "--phial", options.phial,
               "--cases", os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(options.phial))), "doctests.jsonl")]
    if options.update:
        command += ["--write-baseline", DOCTESTS]
    elif options.baseline and os.path.exists(DOCTESTS):
        command += ["--baseline", DOCTESTS]
    for _ in range(2):
        doctests = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if not doctests.returncode:
            break
    print(doctests.stdout.strip())
    return 1 if lost or (options.baseline and doctests.returncode) else 0


if __name__ == "__main__":
    sys.exit(main())
