# With :flush nothing stays behind.
worker = spawn(fn -> receive do: (:stop -> :ok) end)
monitor = Process.monitor(worker)
send(worker, :stop)
# Not interested any more.
Process.demonitor(monitor, [:flush])

receive do
  {:DOWN, _, :process, pid, _} -> raise "an unexpected end of #{inspect(pid == worker)}"
after
  50 -> :ok
end
