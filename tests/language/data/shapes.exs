# Maps and structs whose keys are known, and those that differ from what came before.

# case: reads and updates of a struct in a loop
defmodule Point do
  defstruct x: 0, y: 0, vx: 1, vy: 2
  def step(%Point{x: x, y: y, vx: vx, vy: vy} = p), do: %{p | x: x + vx, y: y + vy}
  def run(p, 0), do: p
  def run(p, n), do: run(step(p), n - 1)
  def floats(p, 0), do: p
  def floats(p, n), do: floats(%{p | x: p.x * 0.5, y: p.y + 0.25}, n - 1)
end
defmodule Main do
  def main do
    IO.inspect(Point.run(%Point{}, 10_000))   # expect: %Point{x: 10000, y: 20000, vx: 1, vy: 2}
    IO.inspect(Point.floats(%Point{x: 1024.0, y: 0.0}, 10))  # expect: %Point{x: 1.0, y: 2.5, vx: 1, vy: 2}
    IO.inspect(Point.floats(%Point{x: 1.0, y: 0.0}, 300).x)  # expect: 4.909093465297727e-91
  end
end
Main.main()

# case: one place reads maps of many shapes
defmodule Poly do
  def name(%{name: name}), do: name
  def name(_), do: :none
  def all(list), do: Enum.map(list, &name/1)
  def field(m), do: m.name
end
maps = [%{name: 1}, %{name: 2, a: 1}, %{a: 1}, %{b: 1, name: 3, z: 1}, :no_map, Map.new(1..40, &{&1, &1}) |> Map.put(:name, 4)]
for _ <- 1..50, do: Poly.all(maps)
IO.inspect(Poly.all(maps))                    # expect: [1, 2, :none, 3, :none, 4]
for _ <- 1..50, do: Poly.field(%{name: 1})
IO.inspect(Poly.field(%{name: 2, b: 2}))      # expect: 2
try do
  Poly.field(%{other: 1})
rescue
  e in KeyError -> IO.puts(Exception.message(e))
end
# expect: key :name not found in: %{other: 1}
IO.inspect(Poly.field(%{name: 5}))            # expect: 5

# case: an update of keys that are not there fails
defmodule Update do
  def set(m, v), do: %{m | a: v}
  def both(m, v), do: %{m | a: v, b: v}
  def catching(f) do
    f.()
  rescue
    e -> e.__struct__
  end
end
for i <- 1..50, do: Update.set(%{a: 1, b: 2}, i)
IO.inspect(Update.set(%{a: 1, b: 2}, 3))                       # expect: %{a: 3, b: 2}
IO.inspect(Update.catching(fn -> Update.set(%{b: 2}, 3) end))  # expect: KeyError
IO.inspect(Update.catching(fn -> Update.set([], 3) end))       # expect: BadMapError
IO.inspect(Update.both(%{a: 1, b: 2, c: 3}, 9))                # expect: %{a: 9, b: 9, c: 3}
IO.inspect(Update.catching(fn -> Update.both(%{a: 1}, 9) end)) # expect: KeyError
IO.inspect(map_size(Update.set(Map.new([{:a, 0} | Enum.map(1..50, &{&1, &1})]), 1)))  # expect: 51

# case: maps of one shape made in a loop live through collections
defmodule Make do
  def points(0, acc), do: acc
  def points(n, acc), do: points(n - 1, [%{id: n, name: "n#{n}", tags: [n]} | acc])
end
list = Make.points(5000, [])
IO.inspect({hd(list), List.last(list)})
# expect: {%{id: 1, name: "n1", tags: [1]}, %{id: 5000, name: "n5000", tags: [5000]}}
IO.inspect(Enum.reduce(list, 0, fn %{id: id, tags: [t]}, acc -> acc + id - t end))  # expect: 0

# case: maps of the same keys made in several modules
defmodule Made do
  defstruct [:x, :y]
  def one, do: %{x: 1, y: 2}
  def two(x, y), do: %{x: x, y: y}
  def three(x, y), do: Map.new([x: x, y: y])
  def nested(x), do: [%{x: x, y: %{x: 1, y: [%{x: 2, y: 3}]}}]
end
defmodule Read do
  def sum(%{x: x, y: y}), do: x + y
  def move(%{x: x} = p), do: %{p | x: x + 1, y: 0}
  def name(%Made{x: x}), do: {:made, x}
  def name(%{x: x, y: _}), do: {:map, x}
  def many(n), do: Enum.reduce(1..n, 0, fn i, acc -> acc + sum(Made.one()) + sum(Made.two(i, 1)) + sum(Made.three(1, i)) end)
end
IO.inspect(Read.many(2000))                                     # expect: 4012000
IO.inspect(for p <- [Made.one(), Made.two(5, 6), Made.three(7, 8)], do: Read.move(p))  # expect: [%{x: 2, y: 0}, %{x: 6, y: 0}, %{x: 8, y: 0}]
IO.inspect(for p <- [%Made{x: 1}, Made.one(), struct!(Made, x: 9)], do: Read.name(p))  # expect: [made: 1, map: 1, made: 9]
[%{y: %{y: [inner]}} = outer] = Made.nested(4)
IO.inspect({Read.sum(inner), outer == %{y: %{y: [%{y: 3, x: 2}], x: 1}, x: 4}, Read.move(outer)})  # expect: {5, true, %{x: 5, y: 0}}
IO.inspect(Read.sum(Made.one() |> Map.put(:z, 3) |> Map.delete(:z)))  # expect: 3

# case: maps of atoms made in different ways are the same, and found by the same keys
defmodule Made do
  def put(keys), do: Enum.reduce(keys, %{}, fn key, map -> Map.put(map, key, key) end)
  def merged(keys), do: Enum.reduce(keys, %{}, fn key, map -> Map.merge(map, %{key => key}) end)
  def built(keys), do: Map.new(keys, &{&1, &1})
  def less(keys), do: keys |> built() |> Map.put(:other, 1) |> Map.put(:aa, 2) |> Map.delete(:other) |> Map.delete(:aa)
  def read(%{c: c, a: a} = map), do: {a, c, map.b}
  def all(keys), do: [put(keys), merged(keys), built(keys), less(keys)]

  def run(0), do: :ok

  def run(n) do
    orders = [[:a, :b, :c, :d], [:d, :c, :b, :a], [:c, :a, :d, :b]]
    maps = Enum.flat_map(orders, &all/1)
    [first] = Enum.uniq(maps)
    true = Enum.all?(maps, &(read(&1) == {:a, :c, :b} and Map.keys(&1) == [:a, :b, :c, :d]))
    true = first == %{a: :a, b: :b, c: :c, d: :d}
    run(n - 1)
  end
end

Made.run(2000)
IO.inspect(Made.read(Made.put([:a, :c, :b])))
IO.inspect(Map.delete(Map.delete(Made.built([:x, :y]), :y), :x))
# expect: {:a, :c, :b}
# expect: %{}

# case: updates of keys known and unknown, of maps small and large, in hot code
defmodule Hot do
  def step(map, n, key) do
    map = %{map | a: n, b: map.b + 1}
    map = Map.put(map, key, n)
    map = Map.put(map, {key, rem(n, 3)}, n)
    map = Map.update!(map, "text", &(&1 + 1))
    map = Map.merge(map, %{x: n, y: {n}})
    map = if rem(n, 5) == 0, do: Map.delete(map, key), else: map
    Map.merge(map, %{1.0 => n, 1 => -n})
  end

  def run(0, map), do: map
  def run(n, map), do: run(n - 1, step(map, n, elem({:c, :d, 7, "k"}, rem(n, 4))))
  def missing(map, key), do: try(do: Map.update!(map, key, & &1), rescue: (e in KeyError -> e.key))
  def absent(map), do: try(do: %{map | a: 1, zz: 2}, rescue: (e in KeyError -> e.key))
  def none(map), do: try(do: Map.merge(map, %{a: 1}), rescue: (e in BadMapError -> e.term))
end

start = %{"text" => 0, a: 0, b: 0}
map = Hot.run(30_000, start)
IO.inspect({map.a, map.b, map["text"], map_size(map), map[1], map[1.0], :c in Map.keys(map), map[{:d, 2}]})
large = Map.new(1..40, &{&1, &1}) |> Map.merge(start)
map = Hot.run(30_000, large)
IO.inspect({map.a, map.b, map["text"], map_size(map), map[1], map[40], Map.get(map, :none, :no)})
IO.inspect(for _ <- 1..3000, reduce: nil, do: (_ -> {Hot.missing(start, :q), Hot.missing(large, {1}), Hot.absent(start), Hot.none([1])}))
# expect: {1, 30000, 30000, 23, -1, 1, true, 5}
# expect: {1, 30000, 30000, 61, -1, 40, :no}
# expect: {:q, {1}, :zz, [1]}

# case: maps grow past what shapes are for, and shrink again
keys = for n <- 1..40, do: :"grown_#{n}"
grown = Enum.reduce(keys, %{}, &Map.put(&2, &1, &1))
IO.inspect({map_size(grown), Enum.all?(keys, &(grown[&1] == &1))})
small = Enum.reduce(Enum.take(keys, 37), grown, &Map.delete(&2, &1))
IO.inspect({small, Enum.reduce(keys, grown, &Map.delete(&2, &1))})
odd = Enum.reduce([:a, 1, "b", nil, {:t}, :z], %{}, &Map.put(&2, &1, &1))
IO.inspect({odd, odd |> Map.delete(1) |> Map.delete("b") |> Map.delete({:t}) |> Map.put(:m, 0)}, width: 200)
# expect: {40, true}
# expect: {%{grown_38: :grown_38, grown_39: :grown_39, grown_40: :grown_40}, %{}}
# expect: {%{1 => 1, :a => :a, nil => nil, :z => :z, {:t} => {:t}, "b" => "b"}, %{a: :a, m: 0, nil: nil, z: :z}}
