# expect: budget mailbox
for i <- Stream.iterate(0, & &1 + 1), do: Process.send_after(self(), i, 0)
