# expect: budget memory
for i <- Stream.iterate(0, & &1 + 1), do: Process.put(i, {i, i, i})
