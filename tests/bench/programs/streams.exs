# answer: 7500150000 9592 500000
# group: closures, Enum and Stream
# Lazy pipelines: map, filter, take, chunk_every, iterate, unfold, zip, flat_map.
defmodule Streams do
  def sum(n), do: 1..n |> Stream.map(&(&1 * 3)) |> Stream.filter(&(rem(&1, 2) == 0)) |> Stream.take(div(n, 3)) |> Enum.sum()

  def primes(n) do
    Stream.iterate(2, &(&1 + 1)) |> Stream.take_while(&(&1 < n)) |> Stream.filter(&prime?(&1, 2)) |> Enum.count()
  end

  defp prime?(n, d) when d * d > n, do: true
  defp prime?(n, d) when rem(n, d) == 0, do: false
  defp prime?(n, d), do: prime?(n, d + 1)

  def pairs(n) do
    Stream.unfold(0, fn x -> {x, x + 1} end)
    |> Stream.zip(Stream.cycle([1, 2, 3, 4]))
    |> Stream.flat_map(fn {a, b} -> [a, b] end)
    |> Stream.chunk_every(4)
    |> Enum.take(div(n, 4))
    |> Enum.reduce(0, fn list, count -> count + length(list) end)
  end
end

sum = Enum.reduce(1..10, 0, fn _, _ -> Streams.sum(150_000) end)
IO.puts("#{sum} #{Streams.primes(100_000)} #{Streams.pairs(500_000)}")
