# expect: budget memory
for i <- Stream.iterate(0, & &1 + 1), do: Process.send_after(self(), {i, i, i}, 1_000_000)
