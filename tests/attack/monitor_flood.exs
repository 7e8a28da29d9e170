# expect: budget mailbox
# The one that is monitored is never there to take note of it; the flood fills its mailbox, and the watcher ends with what that costs it.
pid = spawn(fn -> Process.sleep(:infinity) end)
for _ <- Stream.iterate(0, & &1 + 1), do: Process.monitor(pid)
