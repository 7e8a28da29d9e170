# Large maps are merged node by node; the result is the map that putting one pair after the other makes.

# case: merging large maps
put_all = fn left, right -> Enum.reduce(right, left, fn {key, value}, map -> Map.put(map, key, value) end) end
keys = fn n, step -> for i <- 1..n, key <- [i * step, {:k, i * step}, "key #{i * step}"], do: key end

for {n, step, m, other} <- [{20, 1, 20, 1}, {20, 1, 20, 2}, {500, 1, 10, 7}, {10, 7, 500, 1}, {400, 2, 400, 3}, {2000, 1, 2000, 1}, {3000, 1, 30, 1000}] do
  left = Map.new(keys.(n, step), &{&1, :left})
  right = Map.new(keys.(m, other), &{&1, :right})
  merged = Map.merge(left, right)
  wanted = put_all.(left, right)
  if merged != wanted or map_size(merged) != map_size(wanted) or Enum.sort(Map.to_list(merged)) != Enum.sort(Map.to_list(wanted)), do: IO.inspect({:wrong, n, step, m, other})
  if not Enum.all?(wanted, fn {key, value} -> Map.fetch!(merged, key) == value end), do: IO.puts("lost a key")
  removed = Enum.reduce(Map.keys(right), merged, &Map.delete(&2, &1))
  if removed != Map.drop(left, Map.keys(right)), do: IO.puts("not canonical")
  IO.inspect(map_size(merged))
end
# expect: 60
# expect: 90
# expect: 1500
# expect: 1500
# expect: 2001
# expect: 6000
# expect: 9081

map = Map.new(1..1000, &{&1, &1})
IO.inspect({Map.merge(map, map) == map, map_size(Map.merge(map, %{5 => 5}))})   # expect: {true, 1000}
IO.inspect(Map.merge(map, Map.new(1..100, &{&1, &1})) == map)                          # expect: true
IO.inspect(Map.merge(map, Map.new(1..100, &{&1, -&1})) |> Map.values() |> Enum.sum())  # expect: 490400
IO.inspect(MapSet.size(MapSet.union(MapSet.new(1..5000), MapSet.new(4000..9000))))     # expect: 9000

# case: keys of one hash
# Among so many keys some share all 32 bits of it.
even = Map.new(2..400_000//2, &{&1, :even})
third = Map.new(3..400_000//3, &{&1, :third})
merged = Map.merge(even, third)
IO.inspect(map_size(merged))                                                           # expect: 266667
IO.inspect(Enum.all?(1..400_000, fn i -> Map.get(merged, i) == cond do rem(i, 3) == 0 -> :third; rem(i, 2) == 0 -> :even; true -> nil end end))   # expect: true
IO.inspect(map_size(Map.merge(third, even)) == map_size(merged))                       # expect: true

# case: merging small maps whose keys are known
merge = fn left, right -> Map.merge(left, right) end
for _ <- 1..3, {left, right} <- [{%{a: 1, b: 2}, %{b: 3, c: 4}}, {%{a: 1}, %{b: 2}}, {%{b: 1}, %{a: 2}}, {%{a: 1, b: 2, c: 3}, %{b: 0}}, {%{b: 0}, %{a: 1, b: 2, c: 3}}, {%{"x" => 1, a: 2}, %{a: 3, z: 4}}, {%{}, %{a: 1}}, {%{a: 1, c: 2}, %{b: 3, d: 4}}] do
  IO.inspect(Map.to_list(merge.(left, right)) |> Enum.sort())
end
# expect: [a: 1, b: 3, c: 4]
# expect: [a: 1, b: 2]
# expect: [a: 2, b: 1]
# expect: [a: 1, b: 0, c: 3]
# expect: [a: 1, b: 2, c: 3]
# expect: [{:a, 3}, {:z, 4}, {"x", 1}]
# expect: [a: 1]
# expect: [a: 1, b: 3, c: 2, d: 4]
# expect: [a: 1, b: 3, c: 4]
# expect: [a: 1, b: 2]
# expect: [a: 2, b: 1]
# expect: [a: 1, b: 0, c: 3]
# expect: [a: 1, b: 2, c: 3]
# expect: [{:a, 3}, {:z, 4}, {"x", 1}]
# expect: [a: 1]
# expect: [a: 1, b: 3, c: 2, d: 4]
# expect: [a: 1, b: 3, c: 4]
# expect: [a: 1, b: 2]
# expect: [a: 2, b: 1]
# expect: [a: 1, b: 0, c: 3]
# expect: [a: 1, b: 2, c: 3]
# expect: [{:a, 3}, {:z, 4}, {"x", 1}]
# expect: [a: 1]
# expect: [a: 1, b: 3, c: 2, d: 4]
large = for i <- 1..30, into: %{}, do: {:"key#{i}", i}
IO.inspect(for _ <- 1..2, do: {map_size(Map.merge(large, %{z: 1, y: 2})), map_size(Map.merge(large, %{z: 1, y: 2, x: 3})), Map.merge(%{key1: 0}, large).key1})   # expect: [{32, 33, 1}, {32, 33, 1}]
