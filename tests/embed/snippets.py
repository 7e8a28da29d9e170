#!/usr/bin/env python3
"""Compiles and runs the code on the pages of docs/embedding.

    snippets.py --compiler CC --cxx CXX --include DIR --library FILE [--flags FLAGS] PAGES...

A block ```c or ```cpp is a piece of a main that has a running `vm` and a `heap` (C) or `phial_api::Vm vm` (C++); ```c whole is a program; ```c no_threads has a VM with
schedulers = 0. The block ```text after it is what it prints.
"""
import argparse
import concurrent.futures
import os
import re
import shlex
import subprocess
import sys
import tempfile

C_HEAD = """#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "phial.h"
static void show(phial_term term) {
  char text[1000];
  phial_print(term, text, sizeof text);
  puts(text);
  fflush(stdout);
}
static void misuse(void* user, const char* message) {
  (void)user;
  fprintf(stderr, "%%s\\n", message);
}
int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  (void)show;
  phial_config config;
  phial_config_init(&config);
  config.misuse = misuse;  /* what some pages show on purpose; a debug build would abort */
  %s
  phial_vm* vm = phial_vm_create(&config);
  phial_heap* heap = phial_heap_create();
#line 1 "%s"
"""
C_TAIL = """
  phial_heap_free(heap);
  phial_vm_destroy(vm);
  return 0;
}
"""
CPP_HEAD = """#include <chrono>
#include <iostream>
#include <map>
#include <string>
#include <vector>
#include "phial.hpp"
int main() {
  phial_api::Vm vm;
#line 1 "%s"
"""
CPP_TAIL = "\n  return 0;\n}\n"


def blocks(page):
    """(language, word after it, code, what it prints, line)"""
    with open(page, encoding="utf-8") as file:
        text = file.read()
    found = []
    pattern = re.compile(r"^```(c|cpp)(?: (\w+))?\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.M | re.S)
    for match in pattern.finditer(text):
        found.append((match[1], match[2], match[3], match[4], text.count("\n", 0, match.start()) + 1))
    return found


def program(language, kind, code, place):
    if kind == "whole":
        return code
    if language == "cpp":
        return CPP_HEAD % place + code + CPP_TAIL
    return C_HEAD % ("config.schedulers = 0;" if kind == "no_threads" else "", place) + code + C_TAIL


def check(options, directory, number, page, block):
    language, kind, code, expected, line = block
    place = f"{os.path.basename(page)}:{line}"
    if expected is None:
        return f"{place}: no ```text block says what it prints"
    source = os.path.join(directory, f"{number}.{language}")
    with open(source, "w", encoding="utf-8") as file:
        file.write(program(language, kind, code, place))
    compiler = [options.cxx, "-std=c++20"] if language == "cpp" else [options.compiler, "-std=c11", "-D_POSIX_C_SOURCE=200809L"]
    built = subprocess.run([*compiler, "-Wall", "-Wextra", "-Werror", "-O1", source, "-o", source + ".out", "-I", options.include, options.library,
                            "-Wl,-rpath," + os.path.dirname(options.library), *shlex.split(options.flags)], capture_output=True, text=True)
    if built.returncode:
        return f"{place}: does not compile\n{built.stderr}"
    ran = subprocess.run([source + ".out"], capture_output=True, text=True, timeout=120)
    if ran.returncode or ran.stdout != expected:
        return f"{place}: status {ran.returncode}\n--- printed\n{ran.stdout}--- expected\n{expected}--- errors\n{ran.stderr}"
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--cxx", required=True)
    parser.add_argument("--include", required=True)
    parser.add_argument("--library", required=True)
    parser.add_argument("--flags", default="")
    parser.add_argument("pages", nargs="+")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [(page, block) for page in options.pages for block in blocks(page)]
        if not jobs:
            sys.exit("there is no code on these pages")
        problems = [p for p in pool.map(lambda job: check(options, directory, job[0], *job[1]), enumerate(jobs)) if p]
    for problem in problems:
        print(problem)
    print(f"{len(jobs)} pieces of code, {len(problems)} fail")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
