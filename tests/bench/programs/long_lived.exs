# answer: 400000 12000000 80000200000
# group: memory
# A large heap that lives while short-lived data churns beside it.
defmodule LongLived do
  def build(n), do: Enum.reduce(1..n, %{}, fn i, map -> Map.put(map, i, {i, [i], "#{i}"}) end)

  def churn(0, _map, sum), do: sum
  def churn(n, map, sum), do: churn(n - 1, map, sum + length(make(n)))
  defp make(n), do: [n, {n, n + 1}, [n | [n]]]
end

map = LongLived.build(400_000)
sum = Enum.reduce(1..1_000_000, 0, fn i, sum -> sum + length([i, i, Map.get(map, i)]) end)
sum2 = LongLived.churn(3_000_000, map, 0)
total = Enum.reduce(map, 0, fn {_, {i, [_], _}}, sum -> sum + i end)
IO.puts("#{map_size(map)} #{sum + sum2} #{total}")
