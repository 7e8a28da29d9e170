# answer: 386 4950 499500 1000
# group: lists
# Comprehensions: generators, filters, :into, :reduce, binary generators.
defmodule Comprehensions do
  def triples(n), do: for(a <- 1..n, b <- a..n//1, c <- [isqrt(a * a + b * b)], c <= n, a * a + b * b == c * c, do: {a, b, c})
  defp isqrt(n), do: trunc(:math.sqrt(n))

  def table(n), do: for(i <- 0..(n - 1), into: %{}, do: {i, i * i})
  def sum(list), do: for(x <- list, rem(x, 2) == 1 or x > 0, reduce: 0, do: (acc -> acc + x))
  def bytes(binary), do: for(<<c <- binary>>, c != ?x, into: "", do: <<c + 1>>)
end

triples = Enum.reduce(1..4, 0, fn _, _ -> length(Comprehensions.triples(500)) end)
table = Enum.reduce(1..100, 0, fn _, _ -> map_size(Comprehensions.table(4950)) end)
list = Enum.to_list(0..999)
sum = Enum.reduce(1..2000, 0, fn _, _ -> Comprehensions.sum(list) end)
text = String.duplicate("abcx", 500)
size = Enum.reduce(1..500, 0, fn _, _ -> byte_size(Comprehensions.bytes(text)) end)
IO.puts("#{triples} #{table} #{sum} #{size - 500}")
