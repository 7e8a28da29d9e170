#!/usr/bin/env python3
"""Random clauses and values: what Phial matches must be what Elixir matches.

    tests/fuzz/clauses.py [--phial build/bin/phial] [--elixir elixir] FIRST_SEED LAST_SEED

Each seed makes a module of forty functions, by clauses of `def`, `case` and `fn`, of nested patterns (tuples, lists, maps, binaries, repeated
variables) and guards, and calls each of them with random values, in both programs. Differing seeds are printed with their first difference.
"""
import argparse
import random
import subprocess
import sys
import tempfile
from pathlib import Path


GUARDS = [
    "is_atom({v})", "is_integer({v})", "is_list({v})", "is_tuple({v})", "is_map({v})", "{v} == 1", "{v} === 1.0", "{v} > 1", "hd({v}) == 1",
    "tuple_size({v}) == 2", "map_size({v}) == 1", "byte_size({v}) > 1", "length({v}) == 2", "not is_list({v})", "{v} in [1, :a, nil]",
    "{v} + 1 > 2", "elem({v}, 0) == :ok", "is_map_key({v}, :a)", "not (hd({v}) == 1)", "{v} != nil",
]
BINARIES = ['""', '"a"', '"ab"', '"abc"', "<<1,2,3>>", "<<0,1>>", "<<1::3>>", '"aé"', "<<2,1,0,5>>"]
KEYS = [":a", ":b", ":c", "1", '"k"']


def value(random_, depth=3):
    """Source of a random term."""
    def some(count):
        return ", ".join(value(random_, depth - 1) for _ in range(count))

    kind = random_.randrange(11 if depth > 0 else 5)
    if kind == 0:
        return str(random_.randrange(4))
    if kind == 1:
        return random_.choice([":a", ":b", "nil", "true", "false", ":ok"])
    if kind == 2:
        return random_.choice(["1.0", "2.0", "2.5"])
    if kind == 3:
        return random_.choice(BINARIES)
    if kind == 4:
        return "[]"
    if kind in (5, 6):
        return "{" + some(random_.randrange(4)) + "}"
    if kind in (7, 8):
        tail = " | " + value(random_, 0) if random_.random() < 0.15 else ""
        return "[" + some(random_.randrange(1, 4)) + tail + "]"
    if kind == 9:
        pairs = (f"{random_.choice(KEYS)} => {value(random_, depth - 1)}" for _ in range(random_.randrange(3)))
        return "%{" + ", ".join(pairs) + "}"
    return random_.choice([":a", "{:ok, 1}", "{:ok, :a}", "[1, 2]", "{:error, \"ab\"}"])


class Head:
    """Patterns of one clause, and the variables they bind."""

    def __init__(self, random_, subjects):
        self.random = random_
        self.variables = []
        self.patterns = [self.pattern() for _ in range(subjects)]
        self.guard = " when " + self.make_guard() if self.variables and random_.random() < 0.4 else ""

    def new_variable(self, letter="v"):
        self.variables.append(f"{letter}{len(self.variables)}")
        return self.variables[-1]

    def variable(self):
        if self.variables and self.random.random() < 0.2:
            return self.random.choice(self.variables)
        return self.new_variable()

    def pattern(self, depth=3):
        random_ = self.random

        def some(count):
            return ", ".join(self.pattern(depth - 1) for _ in range(count))

        kind = random_.randrange(14 if depth > 0 else 6)
        if kind == 0:
            return "_"
        if kind in (1, 13):
            return self.variable()
        if kind == 2:
            return str(random_.randrange(4))
        if kind == 3:
            return random_.choice([":a", ":b", "nil", "true", ":ok"])
        if kind == 4:
            return random_.choice(["1.0", "2.5", '"a"', '"ab"', '""'])
        if kind == 5:
            return "[]"
        if kind in (6, 7):
            return "{" + some(random_.randrange(4)) + "}"
        if kind in (8, 9):
            items = some(random_.randrange(1, 3))
            return "[" + items + (" | " + self.pattern(depth - 1) if random_.random() < 0.6 else "") + "]"
        if kind == 10:
            keys = random_.sample([":a", ":b", "1", '"k"'], random_.randrange(3))
            return "%{" + ", ".join(f"{key} => {self.pattern(depth - 1)}" for key in keys) + "}"
        if kind == 11:
            return self.bits()
        inner = self.pattern(depth - 1)
        return inner if inner == "_" else f"{self.new_variable('w')} = {inner}"

    def bits(self):
        random_ = self.random
        segments, sizes = [], []
        for _ in range(random_.randrange(4)):
            kind = random_.randrange(8)
            if kind == 0:
                segments.append(str(random_.randrange(3)))
            elif kind == 1:
                segments.append('"a"')
            elif kind == 2:
                sizes.append(self.new_variable("b"))
                segments.append(sizes[-1])
            elif kind == 3:
                segments.append(f"_::{random_.choice([3, 4, 5, 8, 16])}")
            elif kind == 4:
                segments.append(self.new_variable("b") + "::utf8")
            elif kind == 5 and sizes:
                segments.append(f"{self.new_variable('b')}::binary-size({random_.choice(sizes)})")
            elif kind == 6:
                kinds = ["16-little", "signed", "4", "binary-size(1)", "size(2)-unit(4)"]
                segments.append(f"{self.new_variable('b')}::{random_.choice(kinds)}")
            else:
                segments.append("_")
        rest = random_.randrange(4)
        if rest == 1:
            segments.append("_::binary")
        elif rest:
            segments.append(self.new_variable("b") + ("::binary" if rest == 2 else "::bitstring"))
        return "<<" + ", ".join(segments) + ">>"

    def make_guard(self):
        def test():
            return self.random.choice(GUARDS).format(v=self.random.choice(self.variables))

        alternatives = [test()]
        for _ in range(self.random.randrange(3)):
            joint = self.random.choice(["and", "or", "when"])
            if joint == "when":
                alternatives.append(test())
            else:
                alternatives[-1] = f"({alternatives[-1]} {joint} {test()})"
        return " when ".join(alternatives)


def module(seed):
    """Source of a script: a module of random functions, and calls that print what they give."""
    random_ = random.Random(seed)
    lines, calls = [f"defmodule Clauses{seed} do"], []
    for number in range(40):
        subjects = random_.choice([1, 1, 2, 3])
        parameters = ", ".join(f"x{i}" for i in range(subjects))
        form = random_.choice(["def", "case", "fn"])
        clauses = []
        for clause in range(random_.randrange(2, 9)):
            head = Head(random_, subjects)
            clauses.append((", ".join(head.patterns), head.guard, "{" + ", ".join([str(clause)] + head.variables) + "}"))
        if form == "def":
            lines += [f"  def f{number}({patterns}){guard}, do: {body}" for patterns, guard, body in clauses]
        elif form == "case":
            lines.append(f"  def f{number}({parameters}), do: (case {{{parameters}}} do")
            lines += [f"    {{{patterns}}}{guard} -> {body}" for patterns, guard, body in clauses]
            lines.append("  end)")
        else:
            lines.append(f"  def f{number}({parameters}), do: (fn")
            lines += [f"    {patterns}{guard} -> {body}" for patterns, guard, body in clauses]
            lines.append(f"  end).({parameters})")
        for _ in range(25):
            calls.append(f"fn -> Clauses{seed}.f{number}({', '.join(value(random_) for _ in range(subjects))}) end")
    lines.append("end")
    lines.append("for f <- [" + ",\n".join(calls) + "] do")
    lines.append("  result = try do f.() rescue _ in [FunctionClauseError] -> :none; e in [CaseClauseError] -> e catch k, v -> {k, v} end")
    lines.append("  IO.inspect(result, charlists: :as_lists, limit: :infinity)")
    lines.append("end")
    return "\n".join(lines)


def run(program, path):
    return subprocess.run([program, path], capture_output=True, text=True, timeout=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phial", default=str(Path(__file__).resolve().parents[2] / "build/bin/phial"))
    parser.add_argument("--elixir", default="elixir")
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    options = parser.parse_args()
    differing = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(options.first, options.last):
            path = Path(folder) / f"clauses_{seed}.exs"
            path.write_text(module(seed))
            expected, got = run(options.elixir, path), run(options.phial, path)
            if not expected.stdout:
                print(f"seed {seed}: no code that Elixir accepts: {expected.stderr[-300:]}")
            if expected.stdout == got.stdout:
                continue
            differing += 1
            print(f"seed {seed} differs {got.stderr[-300:] if not got.stdout else ''}")
            for want, have in zip(expected.stdout.splitlines(), got.stdout.splitlines()):
                if want != have:
                    print(f"  elixir: {want}\n  phial:  {have}")
                    break
    print(f"{options.last - options.first} seeds, {differing} differ")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
