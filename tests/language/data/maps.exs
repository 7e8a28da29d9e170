# case: maps: literals
IO.inspect(%{})
IO.inspect(%{a: 1, b: 2})
IO.inspect(%{"x" => 1, 2 => :y})
IO.inspect(%{"b" => 2, a: 1})
# expect: %{}
# expect: %{a: 1, b: 2}
# expect: %{2 => :y, "x" => 1}
# expect: %{:a => 1, "b" => 2}

# case: maps: access
IO.inspect(%{a: 1}.a)
IO.inspect(%{a: 1}[:b])
IO.inspect(Map.get(%{a: 1}, :b, 0))
IO.inspect(Map.fetch(%{a: 1}, :a))
IO.inspect(Map.has_key?(%{a: nil}, :a))
# expect: 1
# expect: nil
# expect: 0
# expect: {:ok, 1}
# expect: true

# case: maps: update
IO.inspect(%{%{a: 1, b: 2} | a: 3})
IO.inspect(Map.put(%{a: 1}, :b, 2))
IO.inspect(Map.update(%{a: 1}, :a, 0, &(&1 + 1)))
IO.inspect(Map.delete(%{a: 1, b: 2}, :a))
# expect: %{a: 3, b: 2}
# expect: %{a: 1, b: 2}
# expect: %{a: 2}
# expect: %{b: 2}

# case: maps: merge
IO.inspect(Map.merge(%{a: 1}, %{a: 2, b: 3}))
IO.inspect(Map.merge(%{a: 1}, %{a: 2}, fn _, x, y -> x + y end))
# expect: %{a: 2, b: 3}
# expect: %{a: 3}

# case: maps: keys 1 and 1.0 differ
IO.inspect(%{1 => :a, 1.0 => :b})
IO.inspect(map_size(%{1 => :a, 1.0 => :b}))
# expect: %{1 => :a, 1.0 => :b}
# expect: 2

# case: maps: equality and order
IO.inspect(%{a: 1, b: 2} == %{b: 2, a: 1})
IO.inspect(%{a: 1} == %{a: 1.0})
IO.inspect(%{a: 1} < %{a: 1, b: 2})
# expect: true
# expect: true
# expect: true

# case: maps: large
IO.inspect(map_size(Map.new(1..1000, &{&1, &1})))
IO.inspect(Map.new(1..1000, &{&1, &1 * 2})[777])
IO.inspect(Enum.sum(Map.values(Map.new(1..100, &{&1, &1}))))
# expect: 1000
# expect: 1554
# expect: 5050

# case: maps: nested
IO.inspect(put_in(%{a: %{b: 1}}, [:a, :b], 2))
IO.inspect(update_in(%{a: %{b: 1}}.a.b, &(&1 + 1)))
IO.inspect(get_in(%{a: %{b: 1}}, [:a, :b]))
IO.inspect(pop_in(%{a: %{b: 1}}, [:a, :b]))
# expect: %{a: %{b: 2}}
# expect: %{a: %{b: 2}}
# expect: 1
# expect: {1, %{a: %{}}}

# case: maps: from enumerables
IO.inspect(Map.new([a: 1]))
IO.inspect(Enum.into([{1, 2}], %{}))
IO.inspect(for {k, v} <- %{a: 1}, into: %{}, do: {v, k})
# expect: %{a: 1}
# expect: %{1 => 2}
# expect: %{1 => :a}

# case: maps: Map functions
IO.inspect(Map.take(%{a: 1, b: 2}, [:a]))
IO.inspect(Map.drop(%{a: 1, b: 2}, [:a]))
IO.inspect(Map.split(%{a: 1, b: 2}, [:a]))
IO.inspect(Map.to_list(%{b: 1, a: 2}))
IO.inspect(Map.keys(%{b: 1, a: 2}))
# expect: %{a: 1}
# expect: %{b: 2}
# expect: {%{a: 1}, %{b: 2}}
# expect: [a: 2, b: 1]
# expect: [:a, :b]

# case: maps: shrink from large to small
m = Map.new(1..50, &{&1, &1})
m = Enum.reduce(1..47, m, &Map.delete(&2, &1))
IO.inspect(m)
# expect: %{48 => 48, 49 => 49, 50 => 50}

# case: maps: pattern matching
%{a: x, b: %{c: y}} = %{a: 1, b: %{c: 2}, d: 3}
IO.inspect({x, y})
IO.inspect(match?(%{z: _}, %{a: 1}))
k = :a
%{^k => v} = %{a: 9}
IO.inspect(v)
# expect: {1, 2}
# expect: false
# expect: 9

# case: maps: count words
text = "a b a c b a"
IO.inspect(text |> String.split() |> Enum.reduce(%{}, fn w, m -> Map.update(m, w, 1, &(&1 + 1)) end))
# expect: %{"a" => 3, "b" => 2, "c" => 1}

# case: maps: update of a missing key raises
try do
  %{%{a: 1} | b: 2}
rescue
  e in KeyError -> IO.puts(Exception.message(e))
end
# expect: key :b not found

# case: maps: update of no map raises
x = [1]
try do
  %{x | b: 2}
rescue
  e in BadMapError -> IO.puts(Exception.message(e))
end
# expect: expected a map, got: [1]

# case: the map of Map.put is evaluated before key and value
noted = fn text, x -> IO.puts(text) && x end
IO.inspect(Map.put(noted.("map", %{}), noted.("key", :k), noted.("value", 1)))
# expect: map
# expect: key
# expect: value
# expect: %{k: 1}

# case: maps: random puts, updates and removals agree with a tree
defmodule T do
  def key(i, kind) do
    case kind do
      0 -> i
      1 -> {i, rem(i, 3)}
      2 -> "k#{i}"
      3 -> [i, {i}]
      4 -> i + 0.5
      5 -> {i * 100_000_000_000_000_000_000, "x"}
    end
  end
  def run(seed, n, range) do
    :rand.seed(:exsss, seed)
    Enum.reduce(1..n, {%{}, :gb_trees.empty()}, fn step, {m, t} ->
      k = key(:rand.uniform(range), :rand.uniform(6) - 1)
      {m, t} =
        case :rand.uniform(4) do
          1 -> {Map.delete(m, k), :gb_trees.delete_any({k}, t)}
          2 when is_map_key(m, k) -> {%{m | k => step}, :gb_trees.update({k}, step, t)}
          2 ->
            try do
              send(self(), %{m | k => step})
              raise "no KeyError"
            rescue
              e in KeyError -> ^k = e.key
            end
            {m, t}
          _ -> {Map.put(m, k, step), :gb_trees.enter({k}, step, t)}
        end
      true = map_size(m) == :gb_trees.size(t)
      if rem(step, 500) == 0, do: true = Enum.sort(Enum.map(m, fn {k, v} -> {{k}, v} end)) == Enum.sort(:gb_trees.to_list(t))
      if rem(step, 500) == 0, do: true = m == Map.new(Enum.shuffle(Map.to_list(m)))
      {m, t}
    end)
    |> elem(0) |> map_size()
  end
end
IO.inspect for {n, r} <- [{1000, 20}, {2000, 100}, {3000, 3000}], do: T.run(n, n, r)
# expect: [81, 351, 1395]
