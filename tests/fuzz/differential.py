#!/usr/bin/env python3
"""Random programs: what Phial prints, interpreted and compiled, must be what Elixir prints.

    tests/fuzz/differential.py [--phial build/bin/phial] [--seed N] [--minutes M] [--batch N] [--keep FOLDER]
    tests/fuzz/differential.py --show SEED          prints the program of a seed

Programs are made in batches (programs.py); a batch is run once by elixir and once by each of Phial's modes (support.exs is the loop). Where
outputs differ, the program is made smaller as long as they still do, and written to the folder with both outputs. The exit status says
whether there was a difference.
"""
import argparse
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time

import programs

HERE = os.path.dirname(os.path.abspath(__file__))
SUPPORT = os.path.join(HERE, "support.exs")
# name, options, environment, every how many batches
MODES = [
    ("interpreted", ["--jit=off"], {}, 1),
    ("compiled", ["--jit=eager"], {"REPEAT": "4"}, 1),
    ("hot", ["--jit=auto"], {"REPEAT": "200"}, 4),
    ("by templates", ["--jit=template"], {"REPEAT": "4"}, 1),
    ("collecting", ["--jit=off"], {"PHIAL_GC_STRESS": "1"}, 5),
    ("compiled and collecting", ["--jit=eager"], {"PHIAL_GC_STRESS": "1"}, 5),
    ("by templates and collecting", ["--jit=template"], {"PHIAL_GC_STRESS": "1"}, 5),
    ("one scheduler", ["--jit=eager", "--schedulers=1"], {}, 7),
]


class Contest:
    def __init__(self, phial, elixir, folder):
        self.phial, self.elixir, self.folder = phial, elixir, folder
        self.fresh = itertools.count()

    def run(self, command, paths, environment=None):
        """Outputs by path. What stops the whole batch is the output of the program where it stopped."""
        full = dict(os.environ, **(environment or {}))
        outputs, left = {}, list(paths)
        while left:
            try:
                done = subprocess.run(command + [SUPPORT] + left, capture_output=True, timeout=30 + 12 * len(left), env=full, stdin=subprocess.DEVNULL)
                text, end = done.stdout.decode("utf-8", "replace"), f"status {done.returncode}"
            except subprocess.TimeoutExpired as stopped:
                text, end = (stopped.stdout or b"").decode("utf-8", "replace"), "hangs"
            parts = text.split("=== ")[1:]
            for part in parts:
                path, _, output = part.partition("\n")
                outputs[path] = output
            last = parts[-1].partition("\n")[0] if parts else left[0]
            if not outputs.get(last, "").rstrip().rpartition("\n")[2].startswith("---"):
                outputs[last] = outputs.get(last, "") + f"--- {end}\n"
            left = left[left.index(last) + 1:]
        return outputs

    def write(self, trees):
        """Programs as files, each a module of its own name."""
        paths = []
        for tree in trees:
            number = next(self.fresh)
            path = os.path.join(self.folder, f"p{number}.exs")
            with open(path, "w", encoding="utf-8") as file:
                file.write(tree.render().replace("MODULE", "Random"))
            paths.append(path)
        return paths

    def differing(self, trees, modes):
        """For each tree None, or (mode, expected, got)."""
        paths = self.write(trees)
        expected = self.run([self.elixir], paths)
        found = [None] * len(trees)
        for name, options, environment, _ in modes:
            got = self.run([self.phial] + options, paths, environment)
            for i, path in enumerate(paths):
                oracle, own = expected.get(path, ""), got.get(path, "")
                if found[i] is None and usable(oracle) and oracle != own:
                    found[i] = (name, oracle, own)
        for path in paths:
            os.unlink(path)
        return found

    def shrink(self, tree, mode, minutes):
        """The smallest program found that still differs in the mode; candidates go in batches."""
        end = time.monotonic() + 60 * minutes
        modes = [m for m in MODES if m[0] == mode]
        improved = True
        while improved and time.monotonic() < end:
            improved = False
            candidates = sorted(smaller(tree), key=programs.Node.size)
            for start in range(0, len(candidates), 40):
                batch = candidates[start:start + 40]
                found = next((t for t, d in zip(batch, self.differing(batch, modes)) if d), None)
                if found:
                    tree, improved = found, True
                    break
                if time.monotonic() > end:
                    break
        return tree


def usable(output):
    """Whether the oracle ran the program to an end that says something."""
    last = output.rstrip().rpartition("\n")[2]
    # OTP 25's compiler makes a clause error of a constant float that does not fit in 32 bits; its own run-time check says otherwise.
    faulty = "FunctionClauseError: no function clause matches\n" in output
    return last.startswith("--- d") and last != "--- does not compile" and not faulty


def smaller(tree):
    """Trees with one node replaced by less: its smallest literal, a descendant of its kind; or with a clause or statement left out."""
    seen = {tree.render()}
    for path, node in tree.places():
        options = []
        if node.kind in ("program",):
            pass
        elif node.kind in ("clause", "statement", "function", "filter", "guard"):
            options.append(programs.Node(node.kind, ""))
        elif node.kind == "pattern":
            options.append(programs.Node(node.kind, "_"))
        else:
            least = programs.literal(node.kind) if node.kind != "piece" else "1"
            if least and node.render() != least:
                options.append(programs.Node(node.kind, least))
        for below, inner in node.places():
            if below and inner.kind == node.kind and node.kind not in ("clause", "statement", "function"):
                options.append(inner)
        for option in options:
            other = tree.replaced(path, option)
            text = other.render()
            if text not in seen and len(text) < len(tree.render()):
                seen.add(text)
                yield other


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--phial", default="build/bin/phial")
    parser.add_argument("--elixir", default=shutil.which("elixir"))
    parser.add_argument("--seed", type=int, default=1, help="of the first program")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--batch", type=int, default=40)
    parser.add_argument("--keep", default="build/fuzz", help="where differing programs go")
    parser.add_argument("--show", type=int)
    options = parser.parse_args()
    if options.show is not None:
        print(programs.Generator(options.show).program().render().replace("MODULE", "Random"), end="")
        return 0
    if not options.elixir:
        sys.exit("elixir is not installed")
    os.makedirs(options.keep, exist_ok=True)
    end = time.monotonic() + 60 * options.minutes
    seed, batches, differences = options.seed, 0, 0
    with tempfile.TemporaryDirectory(prefix="phial-fuzz-") as folder:
        contest = Contest(os.path.abspath(options.phial), options.elixir, folder)
        while time.monotonic() < end:
            seeds = range(seed, seed + options.batch)
            trees = [programs.Generator(s).program() for s in seeds]
            modes = [m for m in MODES if batches % m[3] == 0]
            for s, tree, found in zip(seeds, trees, contest.differing(trees, modes)):
                if not found:
                    continue
                # On a busy machine a program may just have run out of its time: it counts if it differs again, alone.
                if not contest.differing([tree], [m for m in MODES if m[0] == found[0]])[0]:
                    print(f"seed {s} differed once ({found[0]}): {found[2].rstrip().rpartition(chr(10))[2]}", flush=True)
                    continue
                differences += 1
                print(f"seed {s} differs ({found[0]})", flush=True)
                small = contest.shrink(tree, found[0], 1.5)
                again = contest.differing([small], [m for m in MODES if m[0] == found[0]])[0] or found
                with open(os.path.join(options.keep, f"{s}.txt"), "w", encoding="utf-8") as file:
                    file.write(f"seed {s}, {again[0]}\n\n{small.render()}\n--- elixir\n{again[1]}\n--- phial\n{again[2]}\n")
            seed, batches = seed + options.batch, batches + 1
            print(f"{seed - options.seed} programs, {differences} differences", flush=True)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
