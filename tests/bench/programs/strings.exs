# answer: 1077790
# group: strings
# Binaries: built by appending, split, matched by character.
text = Enum.reduce(1..100_000, "", fn i, acc -> acc <> Integer.to_string(i) <> "," end)

defmodule Count do
  def digits(<<c, rest::binary>>, n) when c in ?0..?9, do: digits(rest, n + 1)
  def digits(<<_, rest::binary>>, n), do: digits(rest, n)
  def digits(<<>>, n), do: n
end

parts = String.split(text, ",", trim: true)
IO.puts(Count.digits(text, 0) + length(parts) + Enum.reduce(parts, 0, fn p, acc -> acc + byte_size(p) end))
