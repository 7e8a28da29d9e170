# n: 50000
# A map grown to n keys, read and emptied.
defmodule MapSize do
  def run(n) do
    map = Enum.reduce(1..n, %{}, fn i, m -> Map.put(m, i, i) end)
    ^n = Enum.reduce(1..n, 0, fn i, count -> if(Map.fetch!(map, i) == i, do: count + 1, else: count) end)
    0 = map_size(Enum.reduce(1..n, map, fn i, m -> Map.delete(m, i) end))
  end
end

[n] = System.argv()
n = String.to_integer(n)
MapSize.run(div(n, 8))
start = System.monotonic_time(:microsecond)
MapSize.run(n)
IO.puts(System.monotonic_time(:microsecond) - start)
