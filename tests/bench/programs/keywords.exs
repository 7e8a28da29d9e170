# answer: 5100000 1800000 302
# group: lists
# Options of functions: keyword lists with large values, read, extended and merged.
defmodule Keywords do
  def read(0, _options, sum), do: sum

  def read(n, options, sum) do
    limit = Keyword.get(options, :limit, 0)
    size = length(Keyword.get(options, :small, []))
    sum = if Keyword.has_key?(options, :table), do: sum + limit, else: sum
    read(n - 1, options, sum + size)
  end

  def extend(0, _base, sum), do: sum

  def extend(n, base, sum) do
    more = [n, n + 1] ++ base
    sum = if n in [1, 2, 3], do: sum, else: sum + hd(more) - n
    extend(n - 1, base, sum + length([:a, :b, :c | [] ++ [:d]]) - 1)
  end
end

table = Enum.map(1..300, &%{id: &1, pair: [&1, {&1}]})
options = [table: table, again: table, small: [1, 2], limit: 5, last: :x]
read = Keywords.read(700_000, options, 200_000)
extend = Keywords.extend(600_000, table, 0)
merged = Enum.reduce(1..300, [], fn n, list -> Keyword.put(list, :"key#{rem(n, 300)}", table) ++ [] end)
IO.puts("#{read} #{extend} #{length(merged ++ [table, table])}")
