#!/usr/bin/env python3
"""What embedding costs, beside Lua 5.4 and LuaJIT.

    embedding.py [--build DIRECTORY] [--runs N] [--check]

Builds the programs of tests/bench/embedding (against BUILD/lib/libphial.so, and the Lua libraries that are installed), runs each a few times in turn and prints
the best of every figure. --check: an error where a figure of Phial misses its target.
"""
import argparse
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SOURCES = os.path.join(HERE, "embedding")
MEASUREMENTS = ["vms", "vms_with_threads", "host_call", "send", "call"]

# name: (what it is, the most that it may be)
FIGURES = {
    "create_and_eval_us": ("creating a VM and evaluating 1 + 1, us (median of 999, all alive)", 1000),
    "vm_kilobytes": ("memory of each, KB", 1024),
    "destroy_us": ("destroying one, us", None),
    "create_and_eval_us_one_thread": ("the same with a scheduler thread each, us", 1000),
    "vm_kilobytes_one_thread": ("memory of each, KB", 1024),
    "destroy_us_one_thread": ("destroying one, us", None),
    "host_call_ns": ("a call of a host function, ns", 50),
    "send_ns": ("phial_send from another thread, ns", 300),
    "call_us": ("a call from the host (Phial: in a process of its own), us", None),
    "call_us_one_thread": ("the same with a scheduler thread, us", None),
}


def pkg_config(package):
    found = subprocess.run(["pkg-config", "--cflags", "--libs", package], capture_output=True, text=True)
    return found.stdout.split() if found.returncode == 0 else None


def compile_all(build, directory):
    """Name of a contestant: its program."""
    compiler = os.environ.get("CC", "clang-19")
    programs = {}

    def compiled(name, source, flags):
        program = os.path.join(directory, name)
        subprocess.run([compiler, "-O2", "-o", program, os.path.join(SOURCES, source), *flags], check=True)
        programs[name] = program

    library = os.path.join(build, "lib")
    compiled("phial", "phial.c", ["-I", os.path.join(ROOT, "vm/api"), "-L", library, "-lphial", "-Wl,-rpath," + library])
    for name, package in (("lua5.4", "lua5.4"), ("luajit", "luajit")):
        flags = pkg_config(package)
        if flags is None:
            print(f"{name}: its development package is not installed", file=sys.stderr)
        else:
            compiled(name, "lua.c", flags)
    return programs


def measure(programs, runs):
    best = {name: {} for name in programs}
    for _ in range(runs):
        for measurement in MEASUREMENTS:
            for name, program in programs.items():
                output = subprocess.run([program, measurement], check=True, capture_output=True, text=True, timeout=300).stdout
                for line in output.splitlines():
                    figure, value = line.split()
                    best[name][figure] = min(float(value), best[name].get(figure, float("inf")))
    return best


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default=os.path.join(ROOT, "build"))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        best = measure(compile_all(os.path.abspath(options.build), directory), options.runs)
    names = list(best)
    print(f"{'':72}" + "".join(f"{name:>10}" for name in names) + f"{'target':>10}")
    missed = []
    for figure, (what, target) in FIGURES.items():
        values = [f"{best[name][figure]:10.2f}" if figure in best[name] else " " * 10 for name in names]
        print(f"{what:72}" + "".join(values) + (f"{target:10}" if target else ""))
        if target and best["phial"][figure] > target:
            missed.append(f"{what}: {best['phial'][figure]:.1f}, may be {target}")
    if options.check and missed:
        sys.exit("missed:\n  " + "\n  ".join(missed))


if __name__ == "__main__":
    main()
