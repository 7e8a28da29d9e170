# answer: 1907
# group: lists
# Edit distance of two texts, row by row on lists.
defmodule Levenshtein do
  def distance(a, b) do
    first = Enum.to_list(0..length(b))
    a |> Enum.reduce({first, 1}, fn c, {row, i} -> {[i | next(c, b, row, i)], i + 1} end) |> elem(0) |> List.last()
  end

  defp next(_c, [], [_], _left), do: []

  defp next(c, [d | rest], [diagonal | [above | _] = row], left) do
    cost = if c == d, do: diagonal, else: 1 + min(diagonal, min(above, left))
    [cost | next(c, rest, row, cost)]
  end
end

text = fn seed, n -> Enum.map_reduce(1..n, seed, fn _, x -> x = rem(x * 1103 + 12345, 65536); {?a + rem(div(x, 16), 8), x} end) |> elem(0) end
IO.puts(Levenshtein.distance(text.(1, 2000), text.(7, 2500)))
