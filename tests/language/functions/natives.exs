# Native functions that compiled code does in place, and calls of functions that are named at run time.

# case: put_elem, Map.put, :maps.get and square roots in a loop
defmodule Loops do
  def elems(0, t), do: t
  def elems(n, t), do: elems(n - 1, put_elem(t, rem(n, tuple_size(t)), {n, elem(t, 0)} |> elem(0)))
  def puts(0, m), do: m
  def puts(n, m), do: puts(n - 1, Map.put(m, elem({:a, :b, :c}, rem(n, 3)), n))
  def gets(0, _, sum), do: sum
  def gets(n, m, sum), do: gets(n - 1, m, sum + :maps.get(rem(n, 4), m, 100) + :maps.get(0, m))
  def roots(0, sum), do: sum
  def roots(n, sum), do: roots(n - 1, sum + :math.sqrt(n * 1.0) + :math.sqrt(n * n))
  def root(x), do: :math.sqrt(x)
  def wrapped(x), do: {:root, :math.sqrt(x), x}
end
IO.inspect(Loops.elems(3000, {0, 0, 0, 0, 0}))       # expect: {5, 1, 2, 3, 4}
IO.inspect(Loops.puts(3000, %{a: 0, b: 0, c: 0}))    # expect: %{a: 3, b: 1, c: 2}
IO.inspect(Loops.puts(3000, %{}))                    # expect: %{a: 3, b: 1, c: 2}
IO.inspect(map_size(Loops.puts(3000, Map.new(1..100, &{&1, &1}))))  # expect: 103
IO.inspect(Loops.gets(3000, %{0 => 1, 1 => 2, 2 => 3}, 0))          # expect: 82500
IO.inspect(Float.round(Loops.roots(3000, 0.0), 6))   # expect: 4611071.690503
IO.inspect(for x <- [4, 2.25, 0, 0.0, 1.0e308, 1.0e-308, 10 ** 40], do: Loops.root(x))
# expect: [2.0, 1.5, 0.0, 0.0, 1.0e154, 1.0e-154, 1.0e20]
IO.inspect(for x <- [9, 2.25], do: Loops.wrapped(x)) # expect: [{:root, 3.0, 9}, {:root, 1.5, 2.25}]

# case: what they refuse
defmodule Refused do
  def elem(t, i, v), do: put_elem(t, i, v)
  def put(m, k, v), do: Map.put(m, k, v)
  def get(m, k), do: :maps.get(k, m)
  def get(m, k, d), do: :maps.get(k, m, d)
  def root(x), do: :math.sqrt(x)
end
for _ <- 1..300, do: {Refused.elem({1, 2}, 1, 3), Refused.put(%{a: 1}, :a, 2), Refused.get(%{a: 1}, :a), Refused.get(%{a: 1}, :a, 2), Refused.root(4.0)}
failure = fn f ->
  try do
    f.()
  rescue
    e -> {e.__struct__, Exception.message(e) |> String.split("\n") |> hd()}
  end
end
IO.inspect(failure.(fn -> Refused.elem({1, 2}, 2, 3) end) |> elem(0))   # expect: ArgumentError
IO.inspect(failure.(fn -> Refused.elem({1, 2}, -1, 3) end) |> elem(0))  # expect: ArgumentError
IO.inspect(failure.(fn -> Refused.elem({}, 0, 3) end) |> elem(0))       # expect: ArgumentError
IO.inspect(failure.(fn -> Refused.elem([1], 0, 3) end) |> elem(0))      # expect: ArgumentError
IO.inspect(failure.(fn -> Refused.elem({1}, 10 ** 30, 3) end) |> elem(0))   # expect: ArgumentError
IO.inspect(failure.(fn -> Refused.put(:no_map, :a, 2) end))             # expect: {BadMapError, "expected a map, got: :no_map"}
IO.inspect(failure.(fn -> Refused.get(%{a: 1}, :b) end) |> elem(0))     # expect: KeyError
IO.inspect(failure.(fn -> Refused.get([], :b, 1) end))                  # expect: {BadMapError, "expected a map, got: []"}
IO.inspect(failure.(fn -> Refused.root(-1.0) end) |> elem(0))           # expect: ArithmeticError
IO.inspect(failure.(fn -> Refused.root(:x) end) |> elem(0))             # expect: ArgumentError
IO.inspect(Refused.put(%{a: 1}, 1.0, 2))                                # expect: %{1.0 => 2, :a => 1}
IO.inspect(Refused.get(%{1 => :int, 1.0 => :float}, 1.0))               # expect: :float

# case: their calls are traced in code that was compiled before
defmodule Traced do
  def root(x), do: :math.sqrt(x) + 0.5
end
Code.ensure_loaded(:math)
for _ <- 1..2000, do: Traced.root(4.0)
parent = self()
tracer = spawn(fn ->
  receive do
    {:trace, _, :call, {:math, :sqrt, args}} -> send(parent, {:seen, args})
  end
end)
:erlang.trace(self(), true, [:call, {:tracer, tracer}])
:erlang.trace_pattern({:math, :sqrt, 1}, true, [:global])
Traced.root(6.25)
:erlang.trace(self(), false, [:call])
:erlang.trace_pattern({:math, :sqrt, 1}, false, [:global])
IO.inspect(receive do {:seen, args} -> args after 2000 -> :nothing end)  # expect: [6.25]
IO.inspect(Traced.root(9.0))                                             # expect: 3.5

# case: functions named at run time
defmodule Named do
  def one(x), do: x + 1
  def many(a, b, c, d, e, f, g), do: {a, b, c, d, e, f, g}
  def call(m, f, x), do: [apply(m, f, [x])]
  def last(m, f, x), do: apply(m, f, [x])
  def direct(m, x), do: m.one(x)
  def seven(m), do: m.many(1, 2, 3, 4, 5, 6, 7)
  def loop(0, _, acc), do: acc
  def loop(n, m, acc), do: loop(n - 1, m, m.one(acc))
end
IO.inspect(Named.loop(3000, Named, 0))                       # expect: 3000
IO.inspect(for _ <- 1..100, uniq: true, do: {Named.call(Named, :one, 1), Named.last(Named, :one, 2), Named.direct(Named, 3), Named.seven(Named)})
# expect: [{[2], 3, 4, {1, 2, 3, 4, 5, 6, 7}}]
IO.inspect({Named.call(:erlang, :abs, -4), Named.last(:erlang, :abs, -5), Named.call(String, :upcase, "a"), Named.last(Enum, :sum, [1, 2])})
# expect: {[4], 5, ["A"], 3}
for m <- [Nowhere, "text", 7], f <- [:one, :two] do
  try do
    Named.last(m, f, 1)
  rescue
    e in [UndefinedFunctionError, ArgumentError] -> e.__struct__
  end
end
|> Enum.uniq() |> IO.inspect()  # expect: [UndefinedFunctionError, ArgumentError]
for n <- 1..3 do
  Code.compiler_options(ignore_module_conflict: true)
  Code.eval_string("defmodule Changing do def one(x), do: x * #{n} end")
  Named.loop(3, Changing, 5)
end
|> IO.inspect()                 # expect: [5, 40, 135]
