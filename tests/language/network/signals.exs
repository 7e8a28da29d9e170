# case: signals: traps run, several of a signal, and are taken back
test = self()
{:ok, :first} = System.trap_signal(:sigusr2, :first, fn -> send(test, :one); :ok end)
{:ok, second} = System.trap_signal(:sigusr2, fn -> send(test, :two); :ok end)
IO.inspect {is_reference(second), System.trap_signal(:sigusr2, :first, fn -> :ok end)}
System.cmd("kill", ["-USR2", System.pid()])
for _ <- 1..2, do: (receive do message -> IO.inspect {message in [:one, :two]} end)
IO.inspect {System.untrap_signal(:sigusr2, second), System.untrap_signal(:sigusr2, second)}
System.cmd("kill", ["-USR2", System.pid()])
receive do message -> IO.inspect message end
receive do message -> IO.inspect message after 50 -> IO.puts("one only") end
:os.set_signal(:sigusr2, :ignore)
System.cmd("kill", ["-USR2", System.pid()])
receive do message -> IO.inspect message after 50 -> IO.puts("ignored") end
IO.inspect :gen_event.which_handlers(:erl_signal_server) |> Enum.member?(:erl_signal_handler)
# expect: {true, {:error, :already_registered}}
# expect: {true}
# expect: {true}
# expect: {:ok, {:error, :not_found}}
# expect: :one
# expect: one only
# expect: ignored
# expect: true

# case: signals: SIGTERM stops the system in order
:logger.set_primary_config(:level, :none)
System.trap_signal(:sigterm, fn -> IO.puts("asked to stop"); :ok end)
System.cmd("kill", ["-TERM", System.pid()])
Process.sleep(5000)
IO.puts("still here")
# expect: asked to stop

# case: signals: commands to a program that does not read wait
port = Port.open({:spawn, "sh -c 'sleep 0.3; cat >/dev/null; exit 3'"}, [:binary, :exit_status])
started = System.monotonic_time(:millisecond)
data = String.duplicate("x", 300_000)
IO.inspect {Port.command(port, data), Port.command(port, data)}
IO.inspect System.monotonic_time(:millisecond) - started >= 150
# expect: {true, true}
# expect: true

# case: signals: commands that may not wait, or must
data = String.duplicate("x", 300_000)
stuck = Port.open({:spawn, "sleep 2"}, [:binary])
IO.inspect {Port.command(stuck, data, [:force]), Port.command(stuck, "x", [:nosuspend])}
test = self()
spawn(fn -> send(test, try do Port.command(stuck, "x") catch kind, reason -> {kind, reason} end) end)
Process.sleep(50)
IO.inspect(receive do answer -> answer after 0 -> :waits end)
Port.close(stuck)
IO.inspect(receive do answer -> answer end)
# expect: {true, false}
# expect: :waits
# expect: {:error, :badarg}
