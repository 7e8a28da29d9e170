# expect: budget reductions
a = Enum.reduce(1..60, {1}, fn _, t -> {t, t} end)
map = Map.new(1..100, &{&1, &1})
Map.put(map, a, 1) |> map_size()
