# case: tuples: basics
IO.inspect({})
IO.inspect({1, :a, "s"})
IO.inspect(elem({1, 2}, 1))
IO.inspect(tuple_size({1, 2, 3}))
IO.inspect(put_elem({1, 2}, 0, :x))
# expect: {}
# expect: {1, :a, "s"}
# expect: 2
# expect: 3
# expect: {:x, 2}

# case: tuples: Tuple functions
IO.inspect(Tuple.to_list({1, 2}))
IO.inspect(Tuple.insert_at({1, 3}, 1, 2))
IO.inspect(Tuple.delete_at({1, 2}, 0))
IO.inspect(Tuple.duplicate(:a, 3))
# expect: [1, 2]
# expect: {1, 2, 3}
# expect: {2}
# expect: {:a, :a, :a}

# case: tuples: order
IO.inspect({1, 2} < {1, 3})
IO.inspect({9} < {1, 1})
IO.inspect({1, 2} == {1.0, 2})
# expect: true
# expect: true
# expect: true

# case: structs: define, build, update
defmodule U do
  defstruct name: "n", age: 0
end
defmodule T do
  def run do
    u = %U{age: 3}
    IO.inspect(u)
    IO.inspect(%{u | name: "x"}.name)
    IO.inspect(is_struct(u, U))
    %U{age: a} = u
    IO.inspect(a)
    IO.inspect(Map.keys(u))
  end
end
T.run()
# expect: %U{name: "n", age: 3}
# expect: "x"
# expect: true
# expect: 3
# expect: [:__struct__, :age, :name]

# case: structs: enforce_keys
defmodule E do
  @enforce_keys [:a]
  defstruct [:a, b: 1]
end
try do
  struct!(E, b: 2)
rescue
  e in ArgumentError -> IO.puts(Exception.message(e))
end
IO.inspect(struct(E, a: 1, zzz: 2))
# expect: the following keys must also be given when building struct E: [:a]
# expect: %E{a: 1, b: 1}

# case: structs: unknown key at run time
defmodule K do
  defstruct [:a]
end
try do
  struct!(K, zzz: 2)
rescue
  e in KeyError -> IO.puts(e.key)
end
# expect: zzz

# case: structs: pattern with any struct
defmodule P do
  defstruct [:x]
  def name(%mod{}), do: mod
end
IO.inspect(P.name(struct(P)))
IO.inspect(P.name(1..2))
# expect: P
# expect: Range

# case: structs: inspect derive
defmodule Z do
  @derive {Inspect, only: [:a]}
  defstruct [:a, :secret]
end
IO.inspect(struct(Z, a: 1, secret: 2))
# expect: #Z<a: 1, ...>

# case: ranges
IO.inspect(1..3)
IO.inspect(Enum.to_list(1..10//3))
IO.inspect(Enum.to_list(3..1//-1))
IO.inspect(5 in 1..10//2)
IO.inspect(Enum.count(1..0//1))
a..b//c = 1..9//2
IO.inspect({a, b, c})
# expect: 1..3
# expect: [1, 4, 7, 10]
# expect: [3, 2, 1]
# expect: true
# expect: 0
# expect: {1, 9, 2}

