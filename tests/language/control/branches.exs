# case: branches: if and unless
IO.inspect(if(1, do: :t, else: :f))
IO.inspect(if(nil, do: 1))
IO.inspect(if(false, do: 1, else: 2))
unless false do
  IO.puts "u"
end
# expect: :t
# expect: nil
# expect: 2
# expect: u

# case: branches: case
f = fn x ->
  case x do
    0 -> :zero
    n when n < 0 -> :neg
    [a] -> {:list, a}
    {:t, y} -> y
    _ -> :other
  end
end
IO.inspect Enum.map([0, -1, [1], {:t, 2}, :x], f)
# expect: [:zero, :neg, {:list, 1}, 2, :other]

# case: branches: case pins
x = 1
IO.inspect(case 1 do
  ^x -> :same
  _ -> :diff
end)
IO.inspect(case {1, 2} do
  {^x, y} -> y
end)
# expect: :same
# expect: 2

# case: branches: cond
f = fn x ->
  cond do
    x < 0 -> :neg
    x == 0 -> :zero
    true -> :pos
  end
end
IO.inspect Enum.map([-1, 0, 1], f)
# expect: [:neg, :zero, :pos]

# case: branches: with
f = fn a, b ->
  with {:ok, x} <- a, y = x + 1, {:ok, z} when z > 0 <- b do
    {x, y, z}
  else
    :error -> :e
    {:ok, z} -> {:guard, z}
  end
end
IO.inspect [f.({:ok, 1}, {:ok, 2}), f.(:error, {:ok, 1}), f.({:ok, 1}, {:ok, -1})]
# expect: [{1, 2, 2}, :e, {:guard, -1}]

# case: branches: with without else gives what did not match
IO.inspect(with {:ok, x} <- {:error, 1}, do: x)
IO.inspect(with 1 <- 1, do: :fine)
# expect: {:error, 1}
# expect: :fine

# case: branches: variables do not leak
x = 1
if true do
  x = 2
  x
end
IO.inspect x
case 1 do
  y -> y
end
IO.inspect binding()[:y]
# expect: 1
# expect: nil

# case: branches: nested case and tuples
f = fn a, b ->
  case {a, b} do
    {1, 1} -> :both
    {1, _} -> :first
    {_, 1} -> :second
    _ -> :none
  end
end
IO.inspect(for a <- 1..2, b <- 1..2, do: f.(a, b))
# expect: [:both, :first, :second, :none]

# case: branches: many integer and atom cases
f = fn x ->
  case x do
    1 -> :a
    2 -> :b
    3 -> :c
    100 -> :d
    :x -> :e
    :y -> :f
    "s" -> :g
    1.5 -> :h
    _ -> :z
  end
end
IO.inspect Enum.map([1, 2, 3, 100, :x, :y, "s", 1.5, 4, :w, 1.0], f)
# expect: [:a, :b, :c, :d, :e, :f, :g, :h, :z, :z, :z]

# case: branches: blocks are values
x = (
  1
  2
)
IO.inspect x
y = if true do
  a = 1
  a + 1
end
IO.inspect y
# expect: 2
# expect: 2

# case: branches: match operator
{a, [b | c]} = {1, [2, 3]}
IO.inspect {a, b, c}
[x, y] = z = [1, 2]
IO.inspect {x, y, z}
{_, _} = {1, 2}
%{k: v} = %{k: :v}
IO.inspect v
# expect: {1, 2, [3]}
# expect: {1, 2, [1, 2]}
# expect: :v

# case: branches: match?
IO.inspect(match?({:ok, _}, {:ok, 1}))
IO.inspect(match?([_ | _], []))
IO.inspect(match?(x when x > 1, 2))
# expect: true
# expect: false
# expect: true

# case: branches: destructure
destructure [a, b, c], [1, 2]
IO.inspect {a, b, c}
# expect: {1, 2, nil}

# case: branches: and/or return their last
IO.inspect(true and 5)
IO.inspect(false or nil)
IO.inspect(nil || false || 3)
IO.inspect(1 && 2)
# expect: 5
# expect: nil
# expect: 3
# expect: 2

