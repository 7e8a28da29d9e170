#!/usr/bin/env python3
"""Programs that ask for all the memory there is, without a budget: runaway_test.py PHIAL.

Each runs with PHIAL_MEMORY, or with a limit of its address space; the process that runs away ends, and the others go on.
"""
import os
import re
import resource
import subprocess
import sys

MEMORY = "700M"
ADDRESSES = 5 << 29  # a limit of the address space

GROWING = [  # ends with :system_limit, killed or raised
    "f = fn f, list -> f.(f, [list, 1 | list]) end; f.(f, [])",
    "Enum.reduce(Stream.iterate(0, &(&1 + 1)), [], fn n, list -> [n | list] end)",
    "Enum.to_list(1..1_000_000_000_000)",
    "f = fn f, text -> f.(f, text <> text) end; f.(f, \"abc\")",
    "f = fn f, map, n -> f.(f, Map.put(map, n, n), n + 1) end; f.(f, %{}, 0)",
    "f = fn f, list, n -> f.(f, [:binary.copy(<<n::32>>, 20_000) | list], n + 1) end; f.(f, [], 0)",
]
LARGE_AT_ONCE = [
    "String.duplicate(\"a\", 1_000_000_000_000)",
    ":binary.copy(\"ab\", 10_000_000_000_000)",
    "<<0::size(80_000_000_000_000)>>",
    "List.to_tuple(Enum.to_list(1..10)) |> Tuple.duplicate(1_000_000_000)",
]

failures = 0


def check(name, condition, detail):
    global failures
    if not condition:
        failures += 1
        print(f"FAIL {name}\n{detail}")


def run(phial, source, limit=None, memory=MEMORY):
    def confined():
        if limit:
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    done = subprocess.run([phial, "--schedulers", "2", "-e", source], capture_output=True, text=True, timeout=120, preexec_fn=confined,
                          env=dict(os.environ, PHIAL_MEMORY=memory))
    return done.returncode, done.stdout, done.stderr


def main():
    phial = sys.argv[1]
    for source in GROWING:
        watched = f"{{pid, ref}} = spawn_monitor(fn -> {source} end)\nreceive do {{:DOWN, ^ref, _, ^pid, reason}} -> IO.inspect(with({{reason, _stack}} <- reason, do: reason)) end\n" \
                  "IO.inspect(Enum.sum(Task.await_many(for n <- 1..100, do: Task.async(fn -> n end))))"
        code, out, err = run(phial, watched)
        check(source, code == 0 and {":system_limit", "5050"} <= set(out.split("\n")), f"{code}\n{out}\n{err[:2000]}")
    code, out, err = run(phial, GROWING[0])
    check("the main process", code == 1 and "system_limit" in err, f"{code}\n{out}\n{err[:2000]}")
    for source in LARGE_AT_ONCE:
        caught = f"try do\n {source}\nrescue\n e in [SystemLimitError, ArgumentError] -> IO.inspect(e.__struct__)\nend\nIO.puts(\"up\")"
        code, out, err = run(phial, caught)
        check(source, code == 0 and out.endswith("Error\nup\n"), f"{code}\n{out}\n{err[:2000]}")
    # A crowd, none of which is large: whoever asks when the system refuses ends.
    crowd = """
    parent = self()
    grow = fn grow, n ->
      spawn_monitor(fn -> keep = for i <- 1..100, do: :binary.copy(<<i>>, 4000); send(parent, :grown); Process.sleep(:infinity); length(keep) end)
      receive do
        :grown when n < 3000 -> grow.(grow, n + 1)
        {:DOWN, _, _, _, reason} -> IO.inspect(with({reason, _stack} <- reason, do: reason))
      end
    end
    grow.(grow, 0)
    IO.puts("up")
    """
    code, out, err = run(phial, crowd, ADDRESSES, "100G")
    check("a crowd", code == 0 and {":system_limit", "up"} <= set(out.split("\n")), f"{code}\n{out}\n{err[:2000]}")
    # The same where addresses are short, not memory: those of heaps, and those of native stacks, of which each compilation has one.
    nested = 'eval = fn code, eval -> Code.eval_string(code, eval: eval, code: code) end; eval.("eval.(code, eval)", eval)'
    for source, reason in [(source, ":system_limit") for source in GROWING] + [(nested, "SystemLimitError")]:
        watched = f"{{pid, ref}} = spawn_monitor(fn -> {source} end)\nreceive do {{:DOWN, ^ref, _, ^pid, reason}} -> IO.inspect(reason) end\nIO.puts(\"up\")"
        code, out, err = run(phial, watched, ADDRESSES, "100G")
        check(f"few addresses: {source}", code == 0 and reason in out and out.endswith("up\n"), f"{code}\n{out[:2000]}\n{err[:2000]}")
    code, out, err = run(phial, f"{{pid, ref}} = spawn_monitor(fn -> {nested} end)\nreceive do {{:DOWN, ^ref, _, ^pid, reason}} -> IO.inspect(reason) end", None, "100G")
    check("nested evaluations", code == 0 and re.search("SystemLimitError|:system_limit", out), f"{code}\n{out[:2000]}\n{err[:2000]}")
    print("all fine" if not failures else f"{failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
