#!/usr/bin/env python3
"""Checks that includes look down only: each folder may include itself and what stands before it in its list."""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VM = ["base", "term", "heap", "code", "process", "scheduler", "interpreter", "jit", "io", "native", "api"]
COMPILER = ["diagnostics", "syntax", "lower", "emit", "expand", "session"]
# What the compiler may see of the VM: terms and bytecode; its session also the context of native functions and the VM it installs itself in.
COMPILER_SEES = {"base", "term", "code"}
SESSION_SEES = {"base", "term", "heap", "code", "process", "interpreter", "native", "api"}


def allowed(folder, target):
    top, name = folder
    other_top, other = target
    if top == "vm":
        return other_top == "vm" and VM.index(other) <= VM.index(name)
    if top == "compiler":
        if other_top == "compiler":
            return COMPILER.index(other) <= COMPILER.index(name)
        return other_top == "vm" and other in (SESSION_SEES if name == "session" else COMPILER_SEES)
    return target == ("vm", "api")  # repl


def main():
    wrong = 0
    for top in ("vm", "compiler", "repl"):
        for folder, _, names in os.walk(os.path.join(ROOT, top)):
            for name in names:
                if not name.endswith((".cpp", ".hpp", ".h")):
                    continue
                path = os.path.relpath(os.path.join(folder, name), ROOT)
                parts = path.split(os.sep)
                own = (parts[0], parts[1] if len(parts) > 2 else "")
                with open(os.path.join(ROOT, path), encoding="utf-8") as file:
                    for number, line in enumerate(file, 1):
                        found = re.match(r'#include "(vm|compiler|repl)/([a-z_]+)/', line)
                        if found and not allowed(own, found.groups()):
                            wrong += 1
                            print(f"{path}:{number}: {own[0]}/{own[1]} must not include {found.group(1)}/{found.group(2)}")
    print(f"layers: {wrong} includes look up" if wrong else "layers: all includes look down")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
