# case: calls: without parentheses
IO.puts "x"
IO.inspect Enum.map [1, 2], fn x -> x + 1 end
# expect: x
# expect: [2, 3]

# case: calls: keyword arguments at the end
defmodule K do
  def f(a, opts), do: {a, opts}
end
IO.inspect K.f(1, x: 1, y: 2)
IO.inspect K.f 1, x: 1
# expect: {1, [x: 1, y: 2]}
# expect: {1, [x: 1]}

# case: calls: do blocks as keywords
IO.inspect(if(true, do: 1, else: 2))
IO.inspect if false, do: 1
# expect: 1
# expect: nil

# case: calls: anonymous functions
f = fn x, y -> x + y end
IO.inspect f.(1, 2)
g = fn
  0 -> :zero
  n when n > 0 -> :pos
  _ -> :neg
end
IO.inspect Enum.map([0, 1, -1], g)
# expect: 3
# expect: [:zero, :pos, :neg]

# case: calls: dynamic module and function
m = Enum
IO.inspect m.sum([1, 2])
IO.inspect apply(Enum, :max, [[1, 3]])
IO.inspect apply(fn a -> a end, [1])
f = :sum
IO.inspect apply(Enum, f, [[4]])
# expect: 3
# expect: 3
# expect: 1
# expect: 4

# case: calls: erlang modules
IO.inspect :lists.reverse([1, 2])
IO.inspect :math.pow(2, 3)
IO.inspect :erlang.abs(-1)
# expect: [2, 1]
# expect: 8.0
# expect: 1

# case: calls: nested calls and access
d = %{list: [%{a: 1}, %{a: 2}], t: {1, 2}}
IO.inspect hd(d.list).a
IO.inspect d[:list] |> List.last() |> Map.get(:a)
# expect: 1
# expect: 2

# case: calls: quoted function names
IO.inspect Kernel."+"(1, 2)
IO.inspect :"with space"
IO.inspect ["quoted key": 1]
# expect: 3
# expect: :"with space"
# expect: ["quoted key": 1]

# case: calls: multi-clause fn with patterns
f = fn
  {:ok, x} -> x
  {:error, _} = e -> e
  [h | _] -> h
  %{a: a} -> a
  "s" <> r -> r
end
IO.inspect Enum.map([{:ok, 1}, {:error, 2}, [3], %{a: 4}, "s5"], f)
# expect: [1, {:error, 2}, 3, 4, "5"]

# case: calls: closures keep their variables
x = 1
f = fn -> x end
x = 2
IO.inspect {f.(), x}
adders = for n <- 1..3, do: &(&1 + n)
IO.inspect Enum.map(adders, & &1.(10))
# expect: {1, 2}
# expect: ~c"\v\f\r"

# case: calls: captures of local and remote functions
defmodule C do
  def two(a, b), do: {a, b}
  def run, do: {(&two/2).(1, 2), (&two(&1, 5)).(1)}
end
IO.inspect C.run()
f = &C.two/2
IO.inspect f.(3, 4)
IO.inspect is_function(f, 2)
IO.inspect f
# expect: {{1, 2}, {1, 5}}
# expect: {3, 4}
# expect: true
# expect: &C.two/2

# case: calls: zero-arity call of a variable
f = fn -> :called end
IO.inspect f.()
# expect: :called

# case: calls: then and tap
IO.inspect(5 |> then(&(&1 * 2)))
5 |> tap(&IO.puts/1) |> IO.inspect()
# expect: 10
# expect: 5
# expect: 5

# case: calls: trailing commas and long lists
IO.inspect([
  1,
  2
])
IO.inspect(%{
  a: 1,
  b: 2
})
# expect: [1, 2]
# expect: %{a: 1, b: 2}

