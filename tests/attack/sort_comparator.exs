# expect: budget reductions
Enum.sort(1..200_000, fn _, _ -> :rand.uniform() > 0.5 end) |> Enum.sort(fn _, _ -> Enum.sum(1..1000) > 0 end)
