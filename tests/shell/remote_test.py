#!/usr/bin/env python3
"""Attaches shells to a running VM: remote_test.py PHIAL [--only TEXT]."""
import os
import signal
import socket
import stat
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import shell  # noqa: E402
from shell import ENTER, LEFT, MODE, TAB, UP, Shell, ctrl, equal, holds, main, shows, stops_and_goes_on, under_a_shell  # noqa: E402

PROGRAM = """
defmodule Counter do
  def start, do: Process.register(spawn(fn -> loop(0) end), :counter)

  defp loop(n) do
    receive do
      {:add, by} -> loop(n + by)
      {:get, from} -> send(from, n) && loop(n)
    end
  end

  def get do
    send(:counter, {:get, self()})
    receive do: (n -> n)
  end
end

Counter.start()
IO.puts("up")
Process.sleep(:infinity)
"""


class Server:
    """A VM that listens."""

    def __init__(self, home, program=PROGRAM, path=None):
        os.makedirs(home, exist_ok=True)
        self.home, self.socket = home, path or os.path.join(home, "vm.sock")
        with open(os.path.join(home, "program.exs"), "w", encoding="utf-8") as handle:
            handle.write(program)
        env = dict(os.environ, HOME=home, XDG_STATE_HOME=os.path.join(home, "state"), LC_ALL="C.UTF-8")
        self.process = subprocess.Popen([shell.PHIAL, "--schedulers", "2", "--listen", self.socket, "program.exs"], cwd=home, env=env,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        line = self.process.stdout.readline().decode()
        if line != "up\n":
            raise AssertionError(line + self.process.stdout.read().decode())

    def attach(self, **options):
        return Shell(self.home, arguments=("--remsh", self.socket), **options)

    def end(self):
        """Kills the VM and gives what it printed."""
        self.process.kill()
        out = self.process.stdout.read().decode()
        self.process.wait()
        return out


def run_client(path, text, **options):
    return subprocess.run([shell.PHIAL, "--remsh", path], input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30,
                          **options)


def test_is_a_full_shell(home):
    server = Server(home)
    s = server.attach()
    holds(rf"Attached to the VM of OS process {server.process.pid} \(Ctrl\+D detaches\)", s.screen.text())
    equal(s.run("send(:counter, {:add, 5}); Counter.get()"), ["5"])
    # editing, completion from the VM's modules, colours, history
    s.send("Count" + TAB + ".ge" + TAB + "()" + ENTER)
    s.expect(r"Counter\.get\(\)\n5\n")
    s.send("13" + LEFT + "2" + ENTER)
    s.expect(r"\n123\n")
    s.send(UP + UP + ENTER)
    s.expect(r"Counter\.get\(\)\n5\niex\(\d\)> \Z")
    s.run(":atom")
    holds(r"\x1b\[36m:atom\x1b\[0m", s.raw.decode())
    s.send("def" + ctrl("u") + "defmodule M do" + ENTER + "def f, do: :m" + ENTER + "end" + ENTER)
    s.prompt()
    equal(s.run("M.f()"), [":m"])
    # input, an interrupt, a death, warnings of the compiler
    s.send('IO.gets("name? ")' + ENTER)
    s.expect(r"\nname\? \Z")
    s.send("Zoë" + ENTER)
    s.expect(r'\n"Zoë\\n"\n')
    s.send("kept = 1; Process.sleep(:infinity)" + ENTER)
    time.sleep(0.3)
    s.send(ctrl("c"))
    s.expect(r"\*\* \(EXIT\) interrupted\n")
    s.prompt()
    s.send("exit(:boom)" + ENTER)
    s.expect(r"\*\* \(exit\) :boom")
    s.prompt()
    s.send("Process.exit(self(), :kill)" + ENTER)
    s.expect(r"shell process exited with reason: killed")
    s.prompt()
    holds("unused", "\n".join(s.run("fn -> unused = 1 end; :ok")))
    holds("to standard error", "\n".join(s.run('IO.puts(:stderr, "to standard error")')))
    s.resize(60, 20)
    time.sleep(0.2)
    equal(s.run(":io.columns()"), ["{:ok, 60}"])
    s.quit()
    # the VM goes on, and so does what was defined; variables were the shell's
    s = server.attach()
    equal(s.run("{Counter.get(), M.f()}"), ["{5, :m}"])
    s.quit()
    if server.process.poll() is not None:
        raise AssertionError("the VM has ended with the shell")
    equal("standard error" in server.end(), False)


def test_several_at_once(home):
    server = Server(home)
    first, second = server.attach(), server.attach()
    first.run("x = 1; me = self(); :global_name; Process.register(self(), :first)")
    second.send("x" + ENTER)
    second.expect(r"undefined variable")
    second.prompt()
    second.run("send(:first, :from_second)")
    equal(first.run("flush"), [":from_second", ":ok"])
    # what one prints is not on the other's screen
    second.run('IO.puts("only here")')
    first.never("only here")
    # a busy shell does not stop another
    first.send("(fn f -> f.(f) end).(fn f -> f.(f) end)" + ENTER)
    equal(second.run("1 + 1"), ["2"])
    first.send(ctrl("c"))
    first.prompt()
    first.quit()
    equal(second.run("Process.whereis(:first)"), ["nil"])
    second.quit()
    server.end()


def test_pry_goes_to_the_shell_that_called(home):
    server = Server(home)
    first, second = server.attach(), server.attach()
    first.run("require IEx")
    first.send("(fn a -> IEx.pry(); a end).(3)" + ENTER)
    first.prompt(r"pry\(1\)> ")
    equal(first.run("a", r"pry\(\d+\)> "), ["3"])
    second.never("pry")
    equal(first.run("continue")[-1], "3")
    # a process of the VM itself asks the newest
    second.send("require IEx; spawn(fn -> Process.group_leader(self(), Process.whereis(:user)); y = 9; IEx.pry(); IO.inspect(y) end)" + ENTER)
    second.expect(r"Allow\? \[Yn\] \Z")
    second.send("y" + ENTER)
    second.prompt(r"pry\(1\)> ")
    equal(second.run("y", r"pry\(\d+\)> "), ["9"])
    second.run("continue")
    second.quit()
    first.quit()
    holds(r"^9$", server.end().strip())


def test_the_near_side_dies(home):
    server = Server(home)
    s = server.attach()
    s.run("pid = spawn(fn -> Process.sleep(1500); IO.puts(\"still here\"); Process.sleep(:infinity) end); Process.register(pid, :left)")
    s.send("Process.register(self(), :evaluator); Process.sleep(:infinity)" + ENTER)
    time.sleep(0.4)
    s.kill()
    s = server.attach()
    for _ in range(50):
        if s.run("Process.whereis(:evaluator)") == ["nil"]:
            break
    else:
        raise AssertionError("the evaluator outlives its shell")
    equal(s.run("is_pid(Process.whereis(:left))"), ["true"])
    time.sleep(1.5)
    equal(s.run("is_pid(Process.whereis(:left))"), ["true"])
    equal(s.run("length(IEx.Broker.shells())"), ["1"])
    s.quit()
    holds("still here", server.end())  # output goes to the VM's own


def test_the_vm_dies(home):
    server = Server(home)
    s = server.attach()
    s.send("1 + ")
    s.read(0.2)
    server.end()
    s.expect(r"phial: the VM has ended that listened at .*vm\.sock")
    equal(s.ended(), 1)
    # in order, from inside
    server = Server(home)  # the dead one's socket was left
    s = server.attach()
    s.send("System.halt(3)" + ENTER)
    s.expect(r"phial: the VM has ended that listened at ")
    equal(s.ended(), 1)
    equal(server.process.wait(10), 3)
    done = run_client(server.socket, "")
    holds(r"phial: (no VM listens any more|there is no socket) at .*vm\.sock\n", done.stdout.decode())
    equal(done.returncode, 1)


def test_the_terminal_comes_back(home):
    server = Server(home)
    p = under_a_shell(home, f"{shell.PHIAL} --remsh {server.socket}; echo status $?; {MODE}")
    server.end()
    shows(p, "status 1", "icanon", "^echo$")
    p.ended()


def test_stops_and_goes_on(home):
    server = Server(home)
    stops_and_goes_on(home, f"{shell.PHIAL} --remsh {server.socket}")
    server.end()


def test_through_a_pipe(home):
    server = Server(home)
    done = run_client(server.socket, "Counter.get() + 41\nraise \"oops\"\n1 +\n2\n")
    holds(r"iex\(1\)> 41\niex\(2\)> \*\* \(RuntimeError\) oops", done.stdout.decode())
    holds(r"> 3\n", done.stdout.decode())
    if b"\x1b" in done.stdout:
        raise AssertionError("escape sequences in a pipe")
    equal(done.returncode, 0)
    server.end()


def test_a_dumb_terminal(home):
    server = Server(home)
    s = server.attach(TERM="dumb")
    s.send("1 + 1\n")
    s.expect(r"iex\(1\)> 1 \+ 1\n2\niex\(2\)> \Z")
    s.send("Process.sleep(:infinity)\n")
    time.sleep(0.3)
    s.send(ctrl("c"))
    s.expect(r"\*\* \(EXIT\) interrupted")
    s.quit()
    server.end()


def test_much_output_and_a_long_paste(home):
    server = Server(home)
    s = server.attach()
    s.run("for i <- 1..20_000, do: IO.puts(i); :done")
    s.expect(r"\n20000\n:done\n")
    s.send("\x1b[200~byte_size(\"" + "x" * 100_000 + "\")\x1b[201~" + ENTER)
    s.expect(r"\n100000\n", 60)
    s.prompt()
    # output without an end is stopped by an interrupt
    s.send("Stream.each(Stream.cycle([1]), &IO.puts/1) |> Stream.run()" + ENTER)
    time.sleep(0.5)
    s.send(ctrl("c"))
    s.expect(r"\*\* \(EXIT\) interrupted\niex\(\d+\)> \Z")
    s.quit()
    server.end()


def test_only_the_owner(home):
    server = Server(home)
    equal(stat.S_IMODE(os.stat(server.socket).st_mode), 0o600)
    if os.geteuid() == 0:
        # Another user, for whom the file's mode is opened: the VM itself has to refuse.
        os.chmod(server.socket, 0o666)
        for folder in (server.home, os.path.dirname(server.home)):
            os.chmod(folder, 0o755)

        listener, answered = os.pipe()
        child = os.fork()
        if child == 0:
            answer = b"no connection"
            try:
                os.setgid(65534)
                os.setuid(65534)
                s = socket.socket(socket.AF_UNIX)
                s.connect(server.socket)
                try:
                    s.sendall(struct.pack(">I", 11) + b"hversion=1\n")
                except BrokenPipeError:
                    pass  # it was refused before
                answer = s.recv(200)
            finally:
                os.write(answered, answer)
                os._exit(0)
        os.waitpid(child, 0)
        holds("xthe socket belongs to another user", os.read(listener, 200).decode())
    # what speaks no protocol is turned away
    for rubbish in (b"GET / HTTP/1.1\r\n\r\n", struct.pack(">I", 11) + b"hversion=9\n", b"\xff" * 100, b""):
        s = socket.socket(socket.AF_UNIX)
        s.connect(server.socket)
        s.settimeout(10)
        try:
            s.sendall(rubbish)
            s.shutdown(socket.SHUT_WR)
            answer = s.recv(1000)
        except (ConnectionResetError, BrokenPipeError):
            answer = b""
        if b"hversion" in rubbish:
            holds("speaks version 1 of the shell's protocol, not 9", answer.decode())
        else:
            equal(answer, b"")
        s.close()
    s = server.attach()
    s.quit()
    server.end()


def test_what_is_in_the_way(home):
    server = Server(home)
    run = lambda path: subprocess.run([shell.PHIAL, "--listen", path, "-e", "IO.puts(1)"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=home, timeout=30)
    done = run(server.socket)
    holds(r"phial: cannot listen at .*vm\.sock: another VM listens there\n", done.stdout.decode())
    equal(done.returncode, 1)
    s = server.attach()
    s.quit()
    server.end()
    plain = os.path.join(home, "plain")
    with open(plain, "w", encoding="utf-8") as handle:
        handle.write("text")
    holds("a file of that name that is no socket", run(plain).stdout.decode())
    holds("no such file or directory", run(os.path.join(home, "nowhere", "x")).stdout.decode())
    holds("the path is too long for a socket", run(os.path.join(home, "x" * 120)).stdout.decode())
    equal(open(plain, encoding="utf-8").read(), "text")
    # a leftover is replaced, and the file goes with the VM
    equal(run(server.socket).stdout.decode(), "1\n")
    equal(os.path.exists(server.socket), False)
    # a listener that is no Phial
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(os.path.join(home, "other"))
    listener.listen(1)
    client = subprocess.Popen([shell.PHIAL, "--remsh", os.path.join(home, "other")], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    connection, _ = listener.accept()
    connection.recv(100)
    connection.sendall(b"SSH-2.0 hello there")
    holds("what listens is no shell of Phial", client.communicate(timeout=20)[0].decode())


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    sys.exit(main(globals()))
