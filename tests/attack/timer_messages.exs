# expect: budget memory
list = Enum.to_list(1..10_000)
for _ <- Stream.iterate(0, & &1 + 1), do: Process.send_after(self(), list, 1_000_000)
