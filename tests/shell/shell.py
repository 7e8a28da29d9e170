"""The shell under a pseudo-terminal, and what its tests share: keys, comparisons, running test functions."""
import argparse
import os
import re
import shutil
import sys
import tempfile
import traceback

from screen import Program

UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
ENTER, TAB, BACKSPACE = "\r", "\t", "\x7f"


BANNER = "Interactive Elixir (1.18.4) on Phial - press Ctrl+C to exit (type h() ENTER for help)"


def ctrl(letter):
    return chr(ord(letter) & 31)


PHIAL = None  # the program that is tested: use_program() sets it


def use_program(path):
    global PHIAL
    PHIAL = os.path.abspath(path)


class Shell(Program):
    """The shell at its first prompt. arguments: of the command line, instead of those that open a shell of its own."""

    def __init__(self, home, columns=80, height=24, files=None, arguments=("--schedulers", "2"), **variables):
        os.makedirs(home, exist_ok=True)
        for name, text in (files or {}).items():
            with open(os.path.join(home, name), "w", encoding="utf-8") as handle:
                handle.write(text)
        env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "EDITOR", "ELIXIR_EDITOR")}
        env.update(TERM="xterm-256color", HOME=home, XDG_STATE_HOME=os.path.join(home, "state"), LC_ALL="C.UTF-8")
        env.update(variables)
        super().__init__([PHIAL, *arguments], cwd=home, env=env, columns=columns, height=height)
        self.prompt()

    def prompt(self, sign=r"iex\(\d+\)> "):
        self.expect(r"(?:^|\n)" + sign + r"\Z")

    def expect(self, pattern, seconds=20.0):
        if not self.wait(lambda text: re.search(pattern, text), seconds):
            raise AssertionError(f"expected {pattern!r}, the screen shows:\n{self.screen.text()}")

    def never(self, pattern):
        self.read(0.3)
        if re.search(pattern, self.screen.text()):
            raise AssertionError(f"did not expect {pattern!r}, the screen shows:\n{self.screen.text()}")

    def run(self, code, sign=r"iex\(\d+\)> "):
        """Types code; gives the lines that it prints before the next prompt."""
        before = len(self.screen.text())
        count = len(re.findall(r"(?:iex|pry)\(\d+\)> ", self.screen.text()))
        self.send(code + ENTER)
        if not self.wait(lambda text: len(re.findall(r"(?:iex|pry)\(\d+\)> ", text)) > count and re.search(sign + r"\Z", text)):
            raise AssertionError(f"no prompt after {code!r}:\n{self.screen.text()}")
        return [row for row in self.screen.text()[before:].split("\n")[code.count("\n") + 1:-1]]

    def lines(self, *lines):
        """Types an input of several lines, each but the last answered by the prompt that asks for more."""
        for line in lines[:-1]:
            self.send(line + ENTER)
            self.expect(r"\n\.\.\.\(\d+\)> \Z")
        self.send(lines[-1] + ENTER)
        self.prompt()

    def quit(self):
        self.send(ctrl("d"))
        status = self.ended()
        if status != 0:
            raise AssertionError(f"exit status {status}")


def equal(got, want):
    if got != want:
        raise AssertionError(f"expected {want!r}, got {got!r}")


def holds(pattern, text):
    if not re.search(pattern, text):
        raise AssertionError(f"{pattern!r} is not in {text!r}")


def under_a_shell(home, script):
    """A shell of the system that runs the script, at the first prompt of the program in it."""
    os.makedirs(home, exist_ok=True)
    program = Program(["/bin/sh", "-c", script], cwd=home, env=dict(os.environ, TERM="xterm", HOME=home))
    program.wait(lambda text: text.endswith("iex(1)> "))
    return program


def shows(program, *patterns):
    """Waits until all of them are on the screen."""
    if not program.wait(lambda text: all(re.search(pattern, text, re.M) for pattern in patterns)):
        raise AssertionError(f"{patterns} are not all on the screen:\n{program.screen.text()}")


def stops_and_goes_on(home, command):
    """Ctrl-Z stops the program, and what was being typed is there when it goes on."""
    p = under_a_shell(home, f"set -m; {command}; echo stopped $?; sleep 0.3; fg")
    p.send("1 + ")
    p.send(ctrl("z"))
    shows(p, r"stopped 148\n", r"iex\(1\)> 1 \+ \Z")
    p.send("4" + ENTER)
    shows(p, r"\n5\niex\(2\)> ")
    p.send(ctrl("d"))
    p.ended()


MODE = "stty -a | tr ' ;' '\\n\\n' | grep -x -e echo -e icanon"


def run_tests(functions, only=""):
    """Runs the functions test_NAME, each with a folder of its own; gives the exit status."""
    failed = passed = 0
    for name, test in sorted(functions.items()):
        if not name.startswith("test_") or only not in name:
            continue
        work = tempfile.mkdtemp(prefix="phial-shell-")
        try:
            test(os.path.join(os.path.realpath(work), "home"))
            passed += 1
        except Exception:  # whatever a test raises is its failure
            failed += 1
            print(f"FAIL {name}\n{traceback.format_exc()}", flush=True)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def parser(description):
    made = argparse.ArgumentParser(description=description)
    made.add_argument("phial")
    made.add_argument("--only", default="")
    return made


def main(module):
    """Runs a file's tests as its command line says; `module` is its globals()."""
    options = parser(module["__doc__"]).parse_args()
    use_program(options.phial)
    return run_tests(module, options.only)
