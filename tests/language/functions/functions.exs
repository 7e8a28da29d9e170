# case: functions: guards choose clauses
defmodule G do
  def t(x) when is_integer(x) and x > 0, do: :pos
  def t(x) when is_integer(x), do: :int
  def t(x) when is_binary(x) or is_atom(x), do: :text
  def t(_), do: :other
end
IO.inspect Enum.map([1, -1, "a", :b, 1.0], &G.t/1)
# expect: [:pos, :int, :text, :text, :other]

# case: functions: guard errors make the clause fail
defmodule G do
  def t(x) when hd(x) == 1, do: :one
  def t(x) when map_size(x) == 0, do: :empty
  def t(_), do: :no
end
IO.inspect Enum.map([[1], [], %{}, 5], &G.t/1)
# expect: [:one, :no, :empty, :no]

# case: functions: when with alternatives
defmodule G do
  def t(x) when x == 1 when x == 2, do: :small
  def t(_), do: :big
end
IO.inspect Enum.map([1, 2, 3], &G.t/1)
# expect: [:small, :small, :big]

# case: functions: default arguments
defmodule D do
  def f(a, b \\ 2, c \\ 3), do: {a, b, c}
end
IO.inspect {D.f(1), D.f(1, 5), D.f(1, 5, 6)}
# expect: {{1, 2, 3}, {1, 5, 3}, {1, 5, 6}}

# case: functions: defaults with several clauses
defmodule D do
  def f(a, b \\ :none)
  def f(1, b), do: {:one, b}
  def f(a, b), do: {a, b}
end
IO.inspect {D.f(1), D.f(2, 3)}
# expect: {{:one, :none}, {2, 3}}

# case: functions: private functions
defmodule P do
  def a, do: b() + 1
  defp b, do: 1
end
IO.inspect P.a()
IO.inspect function_exported?(P, :b, 0)
# expect: 2
# expect: false

# case: functions: mutual recursion
defmodule M do
  def even?(0), do: true
  def even?(n), do: odd?(n - 1)
  def odd?(0), do: false
  def odd?(n), do: even?(n - 1)
end
IO.inspect M.even?(100_001)
# expect: false

# case: functions: tail recursion a million deep
defmodule T do
  def loop(0, acc), do: acc
  def loop(n, acc), do: loop(n - 1, acc + 1)
end
IO.inspect T.loop(1_000_000, 0)
# expect: 1000000

# case: functions: ackermann
defmodule A do
  def a(0, n), do: n + 1
  def a(m, 0), do: a(m - 1, 1)
  def a(m, n), do: a(m - 1, a(m, n - 1))
end
IO.inspect A.a(2, 50)
# expect: 103

# case: functions: many arguments
defmodule A do
  def f(a, b, c, d, e, f, g, h, i, j), do: [a, b, c, d, e, f, g, h, i, j]
  def g(a, b, c, d, e, f, g, h), do: f(h, g, f, e, d, c, b, a, 9, 10)
end
IO.inspect A.g(1, 2, 3, 4, 5, 6, 7, 8)
# expect: [8, 7, 6, 5, 4, 3, 2, 1, 9, 10]

# case: functions: pattern in heads
defmodule P do
  def f([a, b | _]), do: {a, b}
  def f({x, %{y: y}}), do: {x, y}
  def f("k:" <> v), do: v
  def f(%{}), do: :map
  def f(x = [_]), do: x
end
IO.inspect Enum.map([[1, 2, 3], {1, %{y: 2}}, "k:v", %{}, [9]], &P.f/1)
# expect: [{1, 2}, {1, 2}, "v", :map, ~c"\t"]

# case: functions: same variable twice must be equal
defmodule E do
  def eq(x, x), do: true
  def eq(_, _), do: false
end
IO.inspect {E.eq(1, 1), E.eq(1, 1.0), E.eq([1], [1])}
# expect: {true, false, true}

# case: functions: fibonacci
defmodule F do
  def fib(n) when n < 2, do: n
  def fib(n), do: fib(n - 1) + fib(n - 2)
end
IO.inspect F.fib(22)
# expect: 17711

# case: functions: higher order
compose = fn f, g -> fn x -> g.(f.(x)) end end
IO.inspect compose.(&(&1 + 1), &(&1 * 2)).(3)
twice = fn f -> fn x -> f.(f.(x)) end end
IO.inspect twice.(twice).(&(&1 + 1)).(0)
# expect: 8
# expect: 4

# case: functions: recursion through anonymous functions
fact = fn
  0, _ -> 1
  n, me -> n * me.(n - 1, me)
end
IO.inspect fact.(20, fact)
# expect: 2432902008176640000

# case: functions: function info
IO.inspect :erlang.fun_info(&Enum.map/2, :arity)
IO.inspect Function.info(&Enum.map/2)[:name]
IO.inspect is_function(fn -> 1 end, 0)
# expect: {:arity, 2}
# expect: :map
# expect: true

# case: functions: hanoi
defmodule H do
  def moves(0, _, _, _), do: 0
  def moves(n, a, b, c), do: moves(n - 1, a, c, b) + 1 + moves(n - 1, c, b, a)
end
IO.inspect H.moves(12, :a, :b, :c)
# expect: 4095

# case: functions: binary tree
defmodule T do
  def make(0), do: nil
  def make(d), do: {make(d - 1), d, make(d - 1)}
  def sum(nil), do: 0
  def sum({l, v, r}), do: sum(l) + v + sum(r)
end
IO.inspect T.sum(T.make(10))
# expect: 2036

# case: functions: n queens
defmodule Q do
  def solve(n), do: place(n, n, []) |> length()
  defp place(0, _, qs), do: [qs]
  defp place(r, n, qs), do: for(c <- 1..n, safe?(c, 1, qs), s <- place(r - 1, n, [c | qs]), do: s)
  defp safe?(_, _, []), do: true
  defp safe?(c, d, [q | t]), do: c != q and abs(c - q) != d and safe?(c, d + 1, t)
end
IO.inspect Q.solve(6)
# expect: 4

# case: functions: sieve
defmodule S do
  def primes(n), do: sieve(Enum.to_list(2..n))
  defp sieve([p | rest]), do: [p | sieve(for(x <- rest, rem(x, p) != 0, do: x))]
  defp sieve([]), do: []
end
IO.inspect S.primes(50)
# expect: [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47]


# case: functions made outside of modules show the file
show = fn fun -> IO.puts(String.replace(inspect(fun), ~r/[0-9]+\.[0-9]+/, "N") |> String.replace(~r/file:.*>/, "file:F>")) end
show.(fn x -> x end)                                  # expect: #Function<N in file:F>
