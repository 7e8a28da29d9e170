# case: links: monitor a normal exit
{pid, ref} = spawn_monitor(fn -> :ok end)
receive do
  {:DOWN, _, :process, _, reason} -> IO.inspect {reason, is_pid(pid), is_reference(ref)}
end
# expect: {:normal, true, true}

# case: links: monitor an exit reason
{_, ref} = spawn_monitor(fn -> exit(:boom) end)
receive do
  {:DOWN, ^ref, _, _, r} -> IO.inspect r
end
# expect: :boom

# case: links: monitor of the dead
pid = spawn(fn -> :ok end)
Process.sleep(20)
ref = Process.monitor(pid)
receive do
  {:DOWN, ^ref, :process, _, r} -> IO.inspect r
end
# expect: :noproc

# case: links: monitor of an unknown name
ref = Process.monitor(:nobody)
receive do
  {:DOWN, ^ref, :process, {:nobody, _}, r} -> IO.inspect r
end
# expect: :noproc

# case: links: demonitor with flush
{_, ref} = spawn_monitor(fn -> :ok end)
Process.sleep(20)
Process.demonitor(ref, [:flush])
IO.inspect(receive do
  m -> m
after
  0 -> :none
end)
# expect: :none

# case: links: trap_exit turns signals into messages
Process.flag(:trap_exit, true)
pid = spawn_link(fn -> exit(:oops) end)
receive do
  {:EXIT, ^pid, r} -> IO.inspect r
end
# expect: :oops

# case: links: normal exits do not kill links
spawn_link(fn -> :ok end)
Process.sleep(20)
IO.puts "alive"
# expect: alive

# case: links: a link spreads the reason
Process.flag(:trap_exit, true)
a = spawn_link(fn ->
  spawn_link(fn -> exit(:inner) end)
  Process.sleep(:infinity)
end)
receive do
  {:EXIT, ^a, r} -> IO.inspect r
end
# expect: :inner

# case: links: Process.exit kinds
Process.flag(:trap_exit, true)
p1 = spawn_link(fn -> Process.sleep(:infinity) end)
Process.exit(p1, :shutdown)
receive do: ({:EXIT, ^p1, r} -> IO.inspect r)
p2 = spawn_link(fn ->
  Process.flag(:trap_exit, true)
  Process.sleep(:infinity)
end)
Process.sleep(10)
Process.exit(p2, :kill)
receive do: ({:EXIT, ^p2, r} -> IO.inspect r)
# expect: :shutdown
# expect: :killed

# case: links: exit normal from outside is ignored
pid = spawn(fn -> Process.sleep(:infinity) end)
Process.exit(pid, :normal)
Process.sleep(20)
IO.inspect Process.alive?(pid)
# expect: true

# case: links: unlink
pid = spawn_link(fn -> receive do: (:die -> exit(:bad)) end)
Process.unlink(pid)
send(pid, :die)
Process.sleep(20)
IO.puts "still here"
# expect: still here

# case: links: error reasons carry the stack
Process.flag(:trap_exit, true)
Logger.configure(level: :none)
pid = spawn_link(fn -> raise "bad" end)
receive do
  {:EXIT, ^pid, {%RuntimeError{message: m}, stack}} -> IO.inspect {m, is_list(stack)}
end
# expect: {"bad", true}

# case: links: uncaught throw
Process.flag(:trap_exit, true)
Logger.configure(level: :none)
pid = spawn_link(fn -> throw(:ball) end)
receive do
  {:EXIT, ^pid, {{:nocatch, v}, _}} -> IO.inspect v
end
# expect: :ball

# case: links: linking to the dead
Process.flag(:trap_exit, true)
pid = spawn(fn -> :ok end)
Process.sleep(20)
Process.link(pid)
receive do
  {:EXIT, ^pid, r} -> IO.inspect r
end
# expect: :noproc

# case: links: Process.info
pid = spawn(fn -> Process.sleep(:infinity) end)
send(pid, :a)
Process.sleep(10)
IO.inspect Process.info(pid, :message_queue_len)
IO.inspect Process.info(pid, :status)
IO.inspect Process.info(pid, [:messages, :trap_exit])
# expect: {:message_queue_len, 1}
# expect: {:status, :waiting}
# expect: [messages: [:a], trap_exit: false]

# case: links: priorities and flags
IO.inspect Process.flag(:priority, :high)
IO.inspect Process.flag(:priority, :normal)
IO.inspect Process.flag(:trap_exit, true)
# expect: :normal
# expect: :high
# expect: false

# case: links: a supervisor by hand
defmodule Sup do
  def start(f) do
    Process.flag(:trap_exit, true)
    loop(f, spawn_link(f), 0)
  end
  defp loop(_, _, 3), do: IO.puts("gave up")
  defp loop(f, pid, n) do
    receive do
      {:EXIT, ^pid, r} ->
        IO.inspect {n, r}
        loop(f, spawn_link(f), n + 1)
    end
  end
end
Sup.start(fn -> exit(:again) end)
# expect: {0, :again}
# expect: {1, :again}
# expect: {2, :again}
# expect: gave up

