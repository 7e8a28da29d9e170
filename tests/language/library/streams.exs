# case: streams: lazy map and filter
IO.inspect(1..10 |> Stream.map(&(&1 * 2)) |> Stream.filter(&(rem(&1, 3) == 0)) |> Enum.to_list())
# expect: [6, 12, 18]

# case: streams: iterate and take
IO.inspect(Stream.iterate(1, &(&1 * 2)) |> Enum.take(5))
IO.inspect(Stream.cycle([1, 2]) |> Enum.take(5))
# expect: [1, 2, 4, 8, 16]
# expect: [1, 2, 1, 2, 1]

# case: streams: unfold
IO.inspect(Stream.unfold(5, fn 0 -> nil; n -> {n, n - 1} end) |> Enum.to_list())
IO.inspect(Stream.unfold({0, 1}, fn {a, b} -> {a, {b, a + b}} end) |> Enum.take(8))
# expect: [5, 4, 3, 2, 1]
# expect: [0, 1, 1, 2, 3, 5, 8, 13]

# case: streams: resource
IO.inspect(Stream.resource(fn -> 3 end, fn 0 -> {:halt, 0}; n -> {[n], n - 1} end, fn _ -> :ok end) |> Enum.to_list())
# expect: [3, 2, 1]

# case: streams: zip and with_index
IO.inspect(Stream.zip([1, 2], [:a, :b]) |> Enum.to_list())
IO.inspect(Stream.with_index([:a, :b]) |> Enum.to_list())
# expect: [{1, :a}, {2, :b}]
# expect: [a: 0, b: 1]

# case: streams: chunk and dedup
IO.inspect(Stream.chunk_every(1..5, 2) |> Enum.to_list())
IO.inspect(Stream.dedup([1, 1, 2, 1]) |> Enum.to_list())
IO.inspect(Stream.uniq([1, 2, 1]) |> Enum.to_list())
# expect: [[1, 2], [3, 4], [5]]
# expect: [1, 2, 1]
# expect: [1, 2]

# case: streams: transform and scan
IO.inspect(Stream.transform(1..5, 0, fn x, acc -> if acc < 6, do: {[x], acc + x}, else: {:halt, acc} end) |> Enum.to_list())
IO.inspect(Stream.scan(1..4, &+/2) |> Enum.to_list())
# expect: [1, 2, 3]
# expect: [1, 3, 6, 10]

# case: streams: take_while and drop_while
IO.inspect(Stream.take_while(1..10, &(&1 < 4)) |> Enum.to_list())
IO.inspect(Stream.drop_while(1..5, &(&1 < 4)) |> Enum.to_list())
# expect: [1, 2, 3]
# expect: [4, 5]

# case: streams: flat_map and concat
IO.inspect(Stream.flat_map([1, 2], &[&1, &1]) |> Enum.to_list())
IO.inspect(Stream.concat([1], [2]) |> Enum.to_list())
# expect: [1, 1, 2, 2]
# expect: [1, 2]

# case: streams: repeatedly and intersperse
IO.inspect(Stream.repeatedly(fn -> 1 end) |> Enum.take(2))
IO.inspect(Stream.intersperse([1, 2], 0) |> Enum.to_list())
# expect: [1, 1]
# expect: [1, 0, 2]

# case: streams: are evaluated element by element
[1, 2]
|> Stream.map(fn x -> IO.puts("a#{x}"); x end)
|> Stream.map(fn x -> IO.puts("b#{x}"); x end)
|> Enum.to_list()
# expect: a1
# expect: b1
# expect: a2
# expect: b2

