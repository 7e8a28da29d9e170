# case: comprehensions: map and filter
IO.inspect(for(x <- [1, 2, 3], do: x * 2))
IO.inspect(for(x <- 1..6, rem(x, 2) == 0, do: x))
IO.inspect(for(x <- 1..3, y <- 1..x, do: {x, y}))
# expect: [2, 4, 6]
# expect: [2, 4, 6]
# expect: [{1, 1}, {2, 1}, {2, 2}, {3, 1}, {3, 2}, {3, 3}]

# case: comprehensions: patterns skip what does not match
IO.inspect(for({:ok, x} <- [{:ok, 1}, :error, {:ok, 2}], do: x))
IO.inspect(for(%{a: a} <- [%{a: 1}, %{b: 2}], do: a))
# expect: [1, 2]
# expect: [1]

# case: comprehensions: into
IO.inspect(for(x <- 1..3, into: %{}, do: {x, x * x}))
IO.inspect(for(c <- ["a", "b"], into: "", do: c))
IO.inspect(for(x <- [1, 1], into: MapSet.new(), do: x))
# expect: %{1 => 1, 2 => 4, 3 => 9}
# expect: "ab"
# expect: MapSet.new([1])

# case: comprehensions: uniq
IO.inspect(for(x <- [1, 2, 1], uniq: true, do: x))
# expect: [1, 2]

# case: comprehensions: reduce
IO.inspect(for(x <- 1..4, reduce: 0, do: (acc -> acc + x)))
IO.inspect(for x <- 1..5, reduce: {0, 1} do
  {a, b} when x > 2 -> {b, a + b}
  {a, b} -> {a, b}
end)
# expect: 10
# expect: {2, 3}

# case: comprehensions: maps and keywords as sources
IO.inspect(for({k, v} <- %{a: 1, b: 2}, do: {v, k}))
IO.inspect(for({k, v} <- [a: 1], do: {k, v}))
# expect: [{1, :a}, {2, :b}]
# expect: [a: 1]

# case: comprehensions: streams as sources
IO.inspect(for(x <- Stream.map(1..3, &(&1 * 2)), do: x))
# expect: [2, 4, 6]

# case: comprehensions: binaries
IO.inspect(for(<<c <- "abc">>, do: c))
IO.inspect(for(<<r::8, g::8 <- <<1, 2, 3, 4>> >>, do: {r, g}))
IO.inspect(for(<<c <- "a b">>, c != 32, into: "", do: <<c>>))
# expect: ~c"abc"
# expect: [{1, 2}, {3, 4}]
# expect: "ab"

# case: comprehensions: filters may bind
IO.inspect(for(x <- 1..4, y = x * x, y > 4, do: y))
# expect: [9, 16]

# case: comprehensions: guards in generators
IO.inspect(for(x when x > 1 <- [1, 2, 3], do: x))
IO.inspect(for({a, b} when a < b <- [{1, 2}, {2, 1}], do: a))
# expect: [2, 3]
# expect: [1]

# case: comprehensions: nested
IO.inspect(for(a <- 1..20, b <- a..20, c <- b..20, a * a + b * b == c * c, do: {a, b, c}))
# expect: [{3, 4, 5}, {5, 12, 13}, {6, 8, 10}, {8, 15, 17}, {9, 12, 15}, {12, 16, 20}]

# case: comprehensions: variables stay inside
x = 0
for x <- 1..3, do: x
IO.inspect x
# expect: 0


# case: comprehensions: what comes first
say = fn text, value -> IO.puts(text); value end
IO.inspect(for x <- say.("list", [1, 2]), reduce: say.("accumulator", 0) do acc -> acc + x end)
# expect: list
# expect: accumulator
# expect: 3
IO.inspect(for <<x <- say.("bytes", "ab")>>, reduce: say.("accumulator", 0) do acc -> acc + x end)
# expect: bytes
# expect: accumulator
# expect: 195
IO.inspect(for x <- say.("outer", [1]), y <- say.("inner", %{a: 1}), reduce: say.("accumulator", []) do acc -> [{x, y} | acc] end)
# expect: outer
# expect: accumulator
# expect: inner
# expect: [{1, {:a, 1}}]
IO.inspect(for x <- say.("list", [1]), into: say.("into", %{}), do: {x, x})
# expect: into
# expect: list
# expect: %{1 => 1}
