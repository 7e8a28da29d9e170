"""A model of a terminal's screen, and a program that runs under it."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
import unicodedata


def width(char):
    if unicodedata.combining(char) or char in "\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


class Screen:
    """Rows of cells with scrollback. A row that went on into the next by itself is marked, and folded anew on a resize."""

    def __init__(self, columns, height):
        self.columns, self.height = columns, height
        self.rows, self.soft = [[]], [False]
        self.top = self.y = self.x = 0
        self.rest, self.bells = "", 0

    def feed(self, text):
        text = self.rest + text
        self.rest = ""
        at = 0
        while at < len(text):
            char = text[at]
            if char == "\x1b":
                found = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])|\x1b[^\[]").match(text, at)
                if not found:
                    self.rest = text[at:]
                    return
                if found.group(2):
                    self.control(found.group(1), found.group(2))
                at = found.end()
                continue
            at += 1
            if char == "\r":
                self.x = 0
            elif char == "\n":
                self.down(False)
            elif char == "\b":
                self.x = max(self.x - 1, 0)
            elif char == "\a":
                self.bells += 1
            elif char == "\t":
                self.x = min(self.x - self.x % 8 + 8, self.columns - 1)
            elif char >= " ":
                self.put(char)

    def down(self, soft):
        self.soft[self.y] = soft
        self.y += 1
        if self.y == len(self.rows):
            self.rows.append([])
            self.soft.append(False)
        self.top = max(self.top, self.y - self.height + 1)

    def put(self, char):
        size = width(char)
        row = self.rows[self.y]
        if size == 0:
            if self.x > 0 and self.x <= len(row):
                at = self.x - 1
                while at > 0 and row[at] == "":
                    at -= 1
                row[at] += char
            return
        if self.x + size > self.columns:
            self.down(True)
            self.x = 0
            row = self.rows[self.y]
        while len(row) < self.x + size:
            row.append(" ")
        row[self.x] = char
        if size == 2:
            row[self.x + 1] = ""
        self.x += size

    def control(self, parameters, final):
        count = int(parameters) if parameters.isdigit() else 1
        if final == "A":
            self.y = max(self.y - count, self.top)
        elif final == "B":
            self.y = min(self.y + count, len(self.rows) - 1)
        elif final == "C":
            self.x = min(self.x + count, self.columns - 1)
        elif final == "D":
            self.x = max(self.x - count, 0)
        elif final == "H":
            self.y, self.x = self.top, 0
        elif final == "J":
            if parameters == "2":
                del self.rows[self.top + 1:], self.soft[self.top + 1:]
                self.rows[self.top] = []
                self.y = min(self.y, self.top)
            else:
                del self.rows[self.y + 1:], self.soft[self.y + 1:]
                self.rows[self.y] = self.rows[self.y][:self.x]
                self.soft[self.y] = False
        elif final == "K":
            self.rows[self.y] = self.rows[self.y][:self.x]

    def resize(self, columns, height):
        lines, line, cursor = [], [], None
        for y, row in enumerate(self.rows):
            if y == self.y:
                cursor = (len(lines), len(line) + self.x)
            line = line + row
            if self.soft[y]:
                continue
            lines.append(line)
            line = []
        if line:
            lines.append(line)
        self.columns, self.height = columns, height
        self.rows, self.soft = [], []
        for number, line in enumerate(lines):
            start = len(self.rows)
            parts = [line[i:i + columns] for i in range(0, max(len(line), 1), columns)]
            if number == cursor[0]:
                self.y, self.x = start + min(cursor[1] // columns, len(parts) - 1), cursor[1] % columns
            self.rows += parts
            self.soft += [True] * (len(parts) - 1) + [False]
        self.top = max(0, self.y - height + 1)

    def lines(self):
        return ["".join(row).rstrip() for row in self.rows]

    def text(self):
        """Everything that can be seen by scrolling back, soft rows joined; blanks before the cursor are kept."""
        out = ""
        for y, row in enumerate(self.rows):
            text = "".join(row)
            if y == self.y:
                before = "".join(row[:self.x])
                text = before + "".join(row[self.x:]).rstrip()
            elif not self.soft[y]:
                text = text.rstrip()
            out += text + ("" if self.soft[y] or y == len(self.rows) - 1 else "\n")
        return out


class Program:
    """A program under a pseudo-terminal."""

    def __init__(self, command, cwd=None, env=None, columns=80, height=24, stderr=None):
        """stderr: a file descriptor for standard error, instead of the terminal."""
        self.screen = Screen(columns, height)
        self.raw = b""
        self.undecoded = b""
        self.status = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                if cwd:
                    os.chdir(cwd)
                if stderr is not None:
                    os.dup2(stderr, 2)
                os.execvpe(command[0], command, env or os.environ)
            finally:
                os._exit(127)
        self.set_size(columns, height)

    def set_size(self, columns, height):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, columns, 0, 0))

    def resize(self, columns, height):
        self.read(0.2)
        self.screen.resize(columns, height)
        self.set_size(columns, height)

    def read(self, seconds):
        """Takes what comes until it has been quiet that long; False at the end."""
        while True:
            if self.fd < 0:
                return False
            ready, _, _ = select.select([self.fd], [], [], seconds)
            if not ready:
                return True
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                data = b""
            if not data:
                return False
            self.raw += data
            data = self.undecoded + data
            for cut in range(0, 4):
                try:
                    text = data[:len(data) - cut].decode("utf-8")
                    self.undecoded = data[len(data) - cut:]
                    break
                except UnicodeDecodeError:
                    continue
            else:
                text, self.undecoded = data.decode("utf-8", "replace"), b""
            self.screen.feed(text)

    def send(self, data):
        data = data.encode("utf-8") if isinstance(data, str) else data
        while data:
            _, ready, _ = select.select([], [self.fd], [], 10)
            if not ready:
                raise AssertionError("the program takes no input")
            count = os.write(self.fd, data[:1024])
            data = data[count:]
            self.read(0)

    def wait(self, condition, seconds=20.0):
        """Waits until the condition of the text holds."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            alive = self.read(0.03)
            if condition(self.screen.text()):
                return True
            if not alive:
                return condition(self.screen.text())
        return False

    def ended(self, seconds=20.0):
        """Waits for the end: the exit status, or None."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.status is None:
            self.read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status

    def kill(self):
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass
        if self.fd >= 0:
            os.close(self.fd)
        self.fd = -1
