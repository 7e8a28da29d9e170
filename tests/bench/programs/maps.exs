# answer: 200000
# group: tuples, structs and maps
# Large maps: put, get, update.
map = Enum.reduce(1..200_000, %{}, fn i, m -> Map.put(m, {i, "key"}, i) end)
map = Enum.reduce(1..200_000, map, fn i, m -> Map.update!(m, {i, "key"}, &(&1 + 1)) end)
sum = Enum.reduce(1..200_000, 0, fn i, acc -> acc + Map.fetch!(map, {i, "key"}) - i end)
IO.puts(sum)
