# expect: value :ended
Process.flag(:trap_exit, true)
parent = self()
pids = for _ <- 1..50, do: spawn(fn -> receive do {:link, pids} -> Enum.each(pids, &Process.link/1); send(parent, :linked); Process.sleep(:infinity) end end)
for pid <- pids, do: send(pid, {:link, pids -- [pid]})
for _ <- pids, do: receive(do: (:linked -> :ok))
Process.exit(hd(pids), :down)
refs = for pid <- pids, do: Process.monitor(pid)
for ref <- refs, do: receive(do: ({:DOWN, ^ref, _, _, _} -> :ok))
:ended
