# expect: budget reductions
Stream.cycle([1]) |> Stream.map(& &1) |> Stream.filter(&(&1 == 2)) |> Stream.chunk_every(2) |> Enum.take(1)
