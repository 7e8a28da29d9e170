# expect: value true
# A large exit reason goes to each that is linked: those that have no room for it end, and not the ones that are innocent.
Process.flag(:trap_exit, true)
parent = self()
for _ <- 1..40 do
  spawn_link(fn ->
    Process.flag(:trap_exit, true)
    send(parent, {:ready, self()})
    receive(do: ({:EXIT, _, _} -> Process.sleep(:infinity)))
  end)
end
pids = for _ <- 1..40, do: receive(do: ({:ready, pid} -> pid))
spawn(fn ->
  for pid <- pids, do: Process.link(pid)
  exit(Enum.to_list(1..300_000))
end)
Process.sleep(500)
Process.alive?(self())
