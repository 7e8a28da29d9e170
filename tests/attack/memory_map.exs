# expect: budget memory
Enum.reduce(Stream.iterate(1, & &1 + 1), %{}, fn i, map -> Map.put(map, i, {i, i}) end)
