# answer: 2000000 42000000 7000000
# group: tuples, structs and maps
# Maps of a dozen keys: read, updated, matched, merged, with keys known and unknown to the compiler.
defmodule SmallMaps do
  @keys [:a, :b, :c, :d, :e, :f, :g, :h]
  def run(0, map), do: map

  def run(n, %{a: a, b: b} = map) do
    key = elem({:c, :d, :e, :f, :g, :h}, rem(n, 6))
    map = %{map | a: a + 1, b: b + rem(n, 8)}
    map = Map.put(map, key, n)
    map = Map.update!(map, :count, &(&1 + map.step))
    run(n - 1, map)
  end

  def start, do: @keys |> Map.new(&{&1, 0}) |> Map.merge(%{count: 0, step: 21})

  def grow(0, sum), do: sum

  def grow(n, sum) do
    map = %{} |> Map.put(n, 1) |> Map.put({:key, n}, 2) |> Map.put("text", 3)
    map = Map.merge(map, %{x: n})
    grow(n - 1, sum + map_size(Map.delete(map, n)) + Map.get(map, "text", 0) + Map.get(map, :none, 1))
  end
end

map = SmallMaps.run(2_000_000, SmallMaps.start())
IO.puts("#{map.a} #{map.count} #{SmallMaps.grow(1_000_000, 0)}")
