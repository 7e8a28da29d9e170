#!/usr/bin/env python3
"""What simulations promise beside finding bugs: options_test.py PHIAL

phial test --sim and the command it prints; a schedule that no mode of execution changes; faults; deadlocks; virtual time; Phial.Sim.
"""
import os, pathlib, re, shutil, subprocess, sys, tempfile, time

PHIAL = pathlib.Path(sys.argv[1]).resolve()
failures = []


def run(folder, *options):
    done = subprocess.run([PHIAL, *map(str, options)], capture_output=True, text=True, timeout=300, cwd=folder)
    return done.returncode, done.stdout, done.stderr


def check(name, got, expected):
    print(f"{'ok' if got == expected else 'FAILED'} {name}", flush=True)
    if got != expected:
        failures.append(name)
        print(f"  expected: {expected!r}\n  got:      {got!r}")


def script(folder, text):
    path = pathlib.Path(folder) / "script.exs"
    path.write_text(text)
    return path


TESTS = """defmodule RaceTest do
  use ExUnit.Case, async: true

  test "a lost update" do
    {:ok, agent} = start_supervised({Agent, fn -> 1 end})
    add = fn -> v = Agent.get(agent, & &1); Agent.update(agent, fn _ -> v + 1 end) end
    Task.await_many([Task.async(add), Task.async(add)])
    assert Agent.get(agent, & &1) == 3
  end

  test "an update that is right, after an hour" do
    {:ok, agent} = Agent.start_link(fn -> 1 end)
    Task.await_many(for _ <- 1..2, do: Task.async(fn -> Agent.update(agent, & &1 + 1) end))
    Process.sleep(if Phial.Sim.simulated?(), do: 50_000, else: 5)
    assert Agent.get(agent, & &1) == 3
  end
end
"""


def tests_of_a_project(folder):
    run(folder, "new", "races")
    project = pathlib.Path(folder) / "races"
    (project / "test" / "race_test.exs").write_text(TESTS)
    check("a test passes without a simulation", run(project, "test", "test/race_test.exs:11")[0], 0)
    start = time.time()
    status, output, errors = run(project, "test", "--sim", 100)
    check("the status of a failed simulation is that of failed tests", status, 2)
    commands = re.findall(r"To repeat it: phial (test test/race_test.exs:4 --sim-seed (\d+))\n", output)
    check("the test with a race fails and says how to repeat it", len(commands), 1)
    check("the other tests pass", re.search(r"(\d+) failures?", output).group(1) + " of " + re.search(r"(\d+) tests?", output).group(1), "1 of 3")
    if commands:
        runs = {run(project, *commands[0][0].split()) for _ in range(5)}
        check("the command gives one and the same run", len(runs), 1)
        details = re.search(r"code: .*?right: 3", output, re.S)
        check("... and the failure of before", details and details.group(0) in runs.pop()[1], True)
    check("100 seeds pass without the race", run(project, "test", "test/race_test.exs:11", "--sim", 100)[0], 0)


SHOW = """
IO.inspect({self(), make_ref(), System.system_time(), :rand.uniform(1_000_000), :crypto.strong_rand_bytes(8), System.unique_integer()})
IO.inspect({:os.system_time(), :erlang.timestamp(), Enum.shuffle(1..10), MapSet.new(for i <- 1..40, do: {i, make_ref()}) |> Enum.take(3)})
me = self()
for i <- 1..20, do: spawn(fn -> Process.sleep(rem(i, 3)); send(me, {i, Enum.sum(1..(i * 1000))}) end)
IO.inspect(for _ <- 1..20, do: (receive do: ({i, _} -> i)))
table = :ets.new(:t, [])
for i <- 1..50, do: :ets.insert(table, {{i, &Enum.map/2, fn -> i end}, i})
IO.inspect(:ets.tab2list(table) |> Enum.map(&elem(&1, 1)))
IO.inspect(Enum.sort([fn -> 1 end, &Enum.map/2, &Enum.at/3, &:lists.map/2, &Enum.at/2, make_ref(), fn x -> x end]))
IO.inspect(Process.info(self(), [:reductions, :memory]))
"""


def modes(folder):
    path = script(folder, SHOW)
    runs = {run(folder, *mode, "--sim", 5, path) for mode in ([], ["--jit", "off"], ["--jit", "eager"], ["--aot", "off"], ["--schedulers", "2"])}
    check("no mode of execution changes a run", len(runs), 1)
    # Another environment, other addresses.
    environment = {**os.environ, "PADDING": "x" * 9000}
    fixed = [shutil.which("setarch"), "-R"] if shutil.which("setarch") else []
    for prefix, variables in (([], environment), (fixed, {}), (fixed, environment)):
        done = subprocess.run([*prefix, PHIAL, "--sim", "5", path], capture_output=True, text=True, timeout=300, cwd=folder, env=variables)
        runs.add((done.returncode, done.stdout, done.stderr))
    check("neither the environment nor addresses change a run", len(runs), 1)
    check("seeds differ", run(folder, "--sim", 6, path)[1] != runs.pop()[1], True)


DEADLOCK = """
spawn(fn -> Process.register(self(), :waiter); receive do: (:never -> :ok) end)
receive do: (:nothing -> :ok)
"""


def ends(folder):
    path = script(folder, DEADLOCK)
    status, output, errors = run(folder, "--sim", 1, path)
    check("a deadlock's status", status, 97)
    check("a deadlock's report names who waits", "every process waits for ever" in errors and ":waiter" in errors, True)
    status, output, errors = run(folder, "--seeds", 10, path)
    check("a deadlock ends a search", (status, "seed 1 of 1..10: deadlock" in errors), (97, True))
    path = script(folder, "spawn(fn -> raise \"oops\" end)\nProcess.sleep(10)")
    check("a crash report ends a search", "seed 1 of 1..3: a process crashed" in run(folder, "--seeds", 3, path)[2], True)
    path = script(folder, "System.halt(3)")
    check("an exit status ends a search", "seed 4 of 4..9: exit status 3" in run(folder, "--sim", "4..9", path)[2], True)
    path = script(folder, "Process.sleep(3_600_000)")
    start = time.time()
    check("a search without a failure", run(folder, "--seeds", 20, path)[0::2], (0, "phial: no failure under 20 seeds\n"))
    check("sleeping costs nothing", time.time() - start < 60, True)
    check("--sim wants a seed", run(folder, "--sim", "x", path)[0], 1)


# Each: what no schedule does without the fault, and some does with it.
FAULTS = {
    "--sim-delay": """
        me = self()
        spawn(fn -> send(me, 1); send(me, 2); spawn(fn -> send(me, 3) end); send(me, 4) end)
        got = for _ <- 1..4, do: (receive do: (n -> n))
        if Enum.reject(got, & &1 == 3) != [1, 2, 4], do: System.halt(9)
        if hd(got) == 3, do: System.halt(7)
    """,
    "--sim-late": """
        start = System.monotonic_time(:millisecond)
        Process.sleep(10)
        if System.monotonic_time(:millisecond) - start > 30, do: System.halt(7)
    """,
    "--sim-drop": """
        Process.send_after(self(), :tick, 10)
        receive do: (:tick -> :ok), after: (1000 -> System.halt(7))
    """,
    "--sim-kill": """
        pid = spawn(fn -> receive do: (:never -> :ok) end)
        spared = Phial.Sim.spare(spawn(fn -> receive do: (:never -> :ok) end))
        for _ <- 1..20, do: Process.whereis(:nobody)
        unless Process.alive?(spared), do: System.halt(9)
        unless Process.alive?(pid), do: System.halt(7)
    """,
}


def faults(folder):
    for option, text in FAULTS.items():
        path = script(folder, text)
        check(f"without {option}", run(folder, "--seeds", 60, path)[0], 0)
        status, output, errors = run(folder, option, "0.2", "--seeds", 200, path)
        check(f"with {option}", status, 7)
        command = re.search(rf"To repeat it: phial (--sim \d+ {option} 0.2 .*)\n", errors)
        check(f"{option} is repeated", command and run(folder, *command.group(1).split())[0], 7)


RUN = """
racy = fn ->
  t = :ets.new(:t, [:public])
  :ets.insert(t, {:n, 0})
  add = fn -> [{:n, n}] = :ets.lookup(t, :n); :ets.insert(t, {:n, n + 1}) end
  Task.await_many([Task.async(add), Task.async(add)])
  2 = :ets.lookup_element(t, :n, 2)
end

search = fn seeds -> Phial.Sim.run(racy, seeds: seeds) end
{:error, %{seed: seed, reason: "exit status 1", output: output}} = search.(300)
IO.inspect(output =~ "MatchError")
{:error, %{seed: ^seed, output: again}} = search.(seed..seed)
IO.inspect(hd(String.split(again, "\\n")) == hd(String.split(output, "\\n")))
IO.inspect(Phial.Sim.run(fn -> Process.sleep(1000) end, seeds: 20))
IO.inspect({Phial.Sim.simulated?(), Phial.Sim.seed(), Phial.Sim.steps() > 0})
"""


def in_the_language(folder):
    path = script(folder, RUN)
    check("Phial.Sim.run", run(folder, "--sim", 3, path)[1], "true\ntrue\n{:ok, 20}\n{true, 3, true}\n")
    path = script(folder, "Phial.Sim.run(fn -> 1 end)")
    check("Phial.Sim.run without a simulation", "works in a simulated program only" in run(folder, path)[2], True)
    for kind in ("random", "priority"):
        path = script(folder, RUN.replace("300", "900"))
        check(f"--sim-schedule {kind} finds it, too", run(folder, "--sim-schedule", kind, "--sim", 3, path)[1].split("\n")[0], "true")


with tempfile.TemporaryDirectory(prefix="phial_sim.") as folder:
    for part in (modes, ends, faults, in_the_language, tests_of_a_project):
        part(folder)
print(f"{len(failures)} failed")
sys.exit(failures != [])
