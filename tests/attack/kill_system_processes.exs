# expect: value :done
for pid <- Process.list(), pid != self(), do: Process.exit(pid, :kill)
for name <- Process.registered(), pid = Process.whereis(name), is_pid(pid), pid != self(), do: Process.exit(pid, :kill)
Process.sleep(20)
:done
