#!/usr/bin/env python3
"""What the shell makes of what it should not get: bad_input_test.py PHIAL [--only TEXT]. A clear message, and it goes on."""
import os
import re
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import shell  # noqa: E402
from shell import BACKSPACE, ENTER, TAB, UP, Shell, ctrl, equal, holds, main  # noqa: E402


def through_a_pipe(home, data, **options):
    os.makedirs(home, exist_ok=True)
    env = dict(os.environ, HOME=home)
    return subprocess.run([shell.PHIAL], input=data, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=home, env=env, timeout=60, **options)


def test_the_observers_port_in_use(home):
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(1)
    port = listener.getsockname()[1]
    s = Shell(home)
    text = "\n".join(s.run(f":observer.start(port: {port})"))
    holds(rf"observer: cannot listen on port {port}: it is in use; give another with :observer\.start\(port: NUMBER\)", text.replace("\n", ""))
    holds(r"\{:error, :eaddrinuse\}", text)
    equal(s.run("1 + 1"), ["2"])
    holds(r"observer: http://127\.0\.0\.1:\d+/", "\n".join(s.run(":observer.start")))
    s.quit()


def test_a_browser_that_goes_away(home):
    s = Shell(home, columns=200)
    address = re.search(r"http://127\.0\.0\.1:(\d+)(/\S+)", "\n".join(s.run(":observer.start")))
    s.run("for _ <- 1..20_000, do: spawn(fn -> Process.sleep(:infinity) end); :ok")
    for _ in range(20):
        # it asks for much, and closes before the answer; or sends half a request
        for request in (f"GET {address[2]}api/processes?limit=500 HTTP/1.1\r\nhost: localhost\r\n\r\n", "GET / HT", f"POST {address[2]}api/kill HTTP/1.1\r\nhost: localhost\r\ncontent-length: 999\r\n\r\nabc"):
            c = socket.create_connection(("127.0.0.1", int(address[1])))
            c.sendall(request.encode())
            c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # ends with a reset
            c.close()
    equal(s.run("1 + 1"), ["2"])
    c = socket.create_connection(("127.0.0.1", int(address[1])))
    c.sendall(f"GET {address[2]}api/names HTTP/1.1\r\nhost: localhost\r\n\r\n".encode())
    holds(r"^HTTP/1\.1 200 OK", c.recv(1000).decode())
    # nothing of it is on the screen, and the processes that served are gone
    s.never(r"\[error\]")
    for _ in range(100):
        count = s.run("Enum.count(Process.list(), &match?({_, {Phial.Observer.Http, _, _}}, Process.info(&1, :initial_call)))")
        if int(count[0]) <= 3:
            break
    else:
        raise AssertionError(f"{count} processes still serve")
    s.quit()


def test_a_home_that_cannot_be_written(home):
    s = Shell(home, HOME="/proc/nowhere", XDG_STATE_HOME="")
    equal(s.run("1 + 1")[-1], "2")
    holds(r"history of this session is not kept", s.screen.text())
    equal(s.run("2 + 2"), ["4"])
    s.quit()
    s = Shell(home + "2", HOME="", XDG_STATE_HOME="")
    equal(s.run("1 + 1"), ["2"])
    s.quit()


def test_very_long_lines(home):
    text = "x" * 1_000_000
    done = through_a_pipe(home, f'byte_size("{text}")\n1 + 1\n'.encode())
    holds(r"> 1000000\n", done.stdout.decode())
    holds(r"> 2\n", done.stdout.decode())
    s = Shell(home)
    started = time.monotonic()
    s.send('byte_size("' + "y" * 20_000 + '")' + ENTER)
    s.expect(r"\n20000\n")
    s.send("\x1b[200~byte_size(\"" + "z" * 200_000 + "\")\x1b[201~" + ENTER)
    s.expect(r"\n200000\n", 60)
    if time.monotonic() - started > 40:
        raise AssertionError("long lines take too long")
    s.prompt()
    # deep nesting is refused with a message or works, and does not end the shell
    s.send("\x1b[200~" + "[" * 5000 + "]" * 5000 + "\x1b[201~" + ENTER)
    s.expect(r"iex\(4\)> \Z", 60)
    equal(s.run("1 + 1"), ["2"])
    s.quit()


def test_invalid_utf8(home):
    s = Shell(home)
    s.send(b'"a\xffb\xc3' + b'c\xe2\x82"' + b"\r")
    s.expect(r'\n"abc"\n')  # bytes that are no text are left out
    s.send(b"\x1b[200~\"p\xf0\x9fq\xfe\"\x1b[201~\r")
    s.expect(r'\n"pq"\n')
    # halves of a character that come apart
    for byte in '"é漢👍"'.encode():
        s.send(bytes([byte]))
        time.sleep(0.01)
    s.send(ENTER)
    s.expect('\n"é漢👍"\n')
    # output that is no text
    holds(r"<<255, 0, 1>>", "\n".join(s.run("<<255, 0, 1>>")))
    s.run('IO.binwrite(<<255, 254, 10>>)')
    equal(s.run("1 + 1"), ["2"])
    s.quit()
    done = through_a_pipe(home, b'"a\xffb"\n1 + 1\n')
    holds(r"not valid UTF-8", done.stdout.decode("utf-8", "replace"))
    holds(r"> 2\n", done.stdout.decode("utf-8", "replace"))


def test_sequences_of_other_terminals(home):
    for term in ("screen", "tmux-256color", "linux", "rxvt-unicode-256color"):
        s = Shell(home, TERM=term)
        s.run(":first")
        s.send("\x1bOA" + ENTER)  # application mode
        s.expect(r"iex\(2\)> :first\n:first\n")
        s.send("bc\x1b[1~a\x1b[4~d\x1b[D\x1b[3~" + BACKSPACE + ENTER)  # abcd: home, end, one back, delete, backspace
        s.expect(r"iex\(3\)> ab\n")
        s.prompt()
        s.send("bc\x1b[7~:\x1b[8~d\x1bOH\x1bOF\x1b[1;5D\x1b[1;5C" + ENTER)
        s.expect(r"\n:bcd\n")
        # focus, mouse, answers to questions that nobody asked, a title: nothing of that is text
        s.send("1\x1b[I\x1b[O\x1b[<0;10;10M\x1b[?62;c\x1b[10;20R\x1b]0;title\x07\x1bP+q\x1b\\ + 1" + ENTER)
        s.expect(r"\n2\niex\(\d+\)> \Z")
        s.quit()


def test_resize_while_editing_and_while_running(home):
    s = Shell(home, columns=80, height=24)
    text = "Enum.map([1, 2, 3], fn x -> x * 2 end) |> Enum.sum() |> Kernel.+(100) |> Kernel.-(100)"
    s.send(text)
    for columns, height in ((40, 24), (20, 10), (120, 50), (30, 5), (80, 24)):
        s.resize(columns, height)
        s.read(0.15)
    s.send(ENTER)
    s.expect(r"\n12\niex\(2\)> \Z")
    s.send("Process.sleep(700); :io.columns()" + ENTER)
    s.resize(50, 20)
    s.expect(r"\n\{:ok, 50\}\n")
    s.prompt()
    # with a list of candidates under way, and in a search
    s.send("Enum.re" + TAB + TAB)
    s.resize(33, 12)
    s.send(ctrl("u") + ctrl("r") + "colu")
    s.resize(70, 12)
    s.send(ctrl("g"))
    s.send("1 + 1" + ENTER)
    s.expect(r"\n2\niex\(\d+\)> \Z")
    s.quit()


def test_standard_output_that_is_full(home):
    if not os.path.exists("/dev/full"):
        return
    os.makedirs(home)
    env = dict(os.environ, HOME=home)
    with open("/dev/full", "wb") as full:
        done = subprocess.run([shell.PHIAL], input=b"1 + 1\nSystem.halt(7)\n", stdout=full, stderr=subprocess.PIPE, cwd=home, env=env, timeout=60)
    equal(done.returncode in (1, 7), True)
    done = subprocess.run([shell.PHIAL, "-e", 'IO.puts("lost")'], stdout=open("/dev/full", "wb"), stderr=subprocess.PIPE, cwd=home, env=env, timeout=60)
    holds(r"\*\* \(|terminated|no space", done.stderr.decode())


def test_standard_input_that_is_closed(home):
    os.makedirs(home)
    done = subprocess.run(["/bin/sh", "-c", f"{shell.PHIAL} <&-"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=home, timeout=60, env=dict(os.environ, HOME=home))
    holds("Interactive Elixir", done.stdout.decode())
    equal(done.returncode, 0)


def test_a_history_of_rubbish(home):
    folder = os.path.join(home, "state", "phial")
    os.makedirs(folder)
    with open(os.path.join(folder, "history"), "wb") as handle:
        handle.write(os.urandom(50_000) + b"\n:good\n" + b"\x00\x1b[2J\n:last\n")
    s = Shell(home)
    s.send(UP)
    s.expect(r"iex\(1\)> :last\Z")
    s.send(UP + ctrl("u"))
    equal(s.run("1 + 1"), ["2"])
    s.quit()
    # a folder where the file should be
    os.rename(os.path.join(folder, "history"), os.path.join(folder, "old"))
    os.mkdir(os.path.join(folder, "history"))
    s = Shell(home)
    equal(s.run("1 + 1")[-1], "2")
    holds("history of this session is not kept", s.screen.text())
    s.quit()


if __name__ == "__main__":
    sys.exit(main(globals()))
