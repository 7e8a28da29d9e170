# answer: 35570829
# group: closures, Enum and Stream
# Sales grouped, counted, cut into pieces and zipped.
sales =
  for i <- 1..120_000,
      do: {rem(i * 7, 365), Enum.at([:north, :south, :east, :west], rem(i, 4)), "sku#{rem(i * 13, 97)}", rem(i * 17, 500)}

IO.inspect(
  sales
  |> Enum.group_by(&elem(&1, 1), &elem(&1, 3))
  |> Enum.map(fn {k, v} -> {k, Enum.sum(v), Enum.count(v)} end)
  |> Enum.sort()
)

IO.inspect(sales |> Enum.frequencies_by(&elem(&1, 2)) |> Enum.sort_by(fn {k, v} -> {-v, k} end) |> Enum.take(3))

IO.inspect(
  sales
  |> Enum.chunk_every(7, 3, :discard)
  |> Enum.map(fn c -> c |> Enum.map(&elem(&1, 3)) |> Enum.max() end)
  |> Enum.sum()
)

IO.inspect(sales |> Enum.chunk_by(fn {d, _, _, _} -> div(d, 50) end) |> length)
IO.inspect(sales |> Enum.map(&elem(&1, 3)) |> Enum.scan(&max/2) |> Enum.uniq() |> length)

IO.inspect(
  Enum.zip([Enum.map(sales, &elem(&1, 0)), Enum.map(sales, &elem(&1, 3)), 1..120_000])
  |> Enum.reduce(0, fn {a, b, c}, s -> rem(s + a * b + c, 1_000_003) end)
)

IO.inspect(sales |> Enum.with_index(1) |> Enum.filter(fn {{d, _, _, _}, i} -> rem(i, d + 1) == 0 end) |> length)
{a, b} = sales |> Enum.split_with(fn {_, r, _, _} -> r in [:north, :east] end)
IO.inspect({length(a), length(b)})

IO.inspect(
  sales
  |> Enum.reduce(%{}, fn {d, r, _, v}, acc -> Map.update(acc, {d, r}, [v], &[v | &1]) end)
  |> Enum.map(fn {_, l} -> Enum.sum(l) / length(l) end)
  |> Enum.max()
  |> Float.round(3)
)

IO.inspect(sales |> Enum.flat_map(fn {d, _, s, _} -> [d, s] end) |> Enum.dedup() |> length)
IO.inspect(sales |> Enum.map_reduce(0, fn {_, _, _, v}, acc -> {acc + v, rem(acc + v, 1000)} end) |> elem(0) |> Enum.max())
IO.inspect(sales |> Enum.uniq_by(fn {d, r, s, _} -> {d, r, s} end) |> length)

IO.inspect(
  sales
  |> Enum.slice(1000..2000)
  |> Enum.zip_with(Enum.reverse(Enum.slice(sales, 5000..6000)), fn {a, _, _, _}, {b, _, _, _} -> a * b end)
  |> Enum.sum()
)
