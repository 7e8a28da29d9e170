# Functions that call themselves: what stands before the frame is compiled into the places of the calls, so the ways out of there are looked at.

# case: values of recursions with one, two and four calls
defmodule Recursion do
  def fib(n) when n < 2, do: n
  def fib(n), do: fib(n - 1) + fib(n - 2)
  def tak(x, y, z) when y < x, do: tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))
  def tak(_, _, z), do: z
  def ack(0, n), do: n + 1
  def ack(m, 0), do: ack(m - 1, 1)
  def ack(m, n), do: ack(m - 1, ack(m, n - 1))
  def moves(0, _, _, _), do: []
  def moves(n, a, b, c), do: moves(n - 1, a, c, b) ++ [{a, c}] ++ moves(n - 1, b, a, c)
  def size(nil), do: 0
  def size({l, _, r}), do: size(l) + 1 + size(r)
  def tree(0), do: nil
  def tree(n), do: {tree(n - 1), n, tree(n - 1)}
  def sum([]), do: 0
  def sum([h | t]) when is_list(h), do: sum(h) + sum(t)
  def sum([h | t]), do: h + sum(t)
end
IO.inspect(Enum.map(0..15, &Recursion.fib/1))  # expect: [0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610]
IO.inspect(Recursion.fib(24))                  # expect: 46368
IO.inspect(Recursion.fib(20.5))                # expect: 12238.0
IO.inspect(Recursion.tak(14, 8, 3))            # expect: 4
IO.inspect(Recursion.tak(7.5, 4, 1))           # expect: 2
IO.inspect(Recursion.ack(2, 300))              # expect: 603
IO.inspect(Recursion.ack(3, 7))                # expect: 1021
IO.inspect(length(Recursion.moves(10, :a, :b, :c)))                  # expect: 1023
IO.inspect(Recursion.moves(2, :a, :b, :c))     # expect: [a: :b, a: :c, b: :c]
IO.inspect(Recursion.size(Recursion.tree(12))) # expect: 4095
IO.inspect(Recursion.sum(List.duplicate([1, [2, 3], 4], 500)))       # expect: 5000

# case: past small integers at the end and in the middle of a recursion
defmodule Large do
  def power(_, 0), do: 1
  def power(b, n), do: b * power(b, n - 1)
  def down(n, 0), do: n + 1
  def down(n, k), do: down(n, k - 1) + 1
  def both(0, n), do: n * n
  def both(k, n), do: both(k - 1, n) - both(k - 1, n + 1)
end
for _ <- 1..300, do: Large.power(3, 20)
IO.inspect(Large.power(3, 60))                                       # expect: 42391158275216203514294433201
IO.inspect(Large.power(2, 70) - Large.power(-2, 69))                 # expect: 1770887431076116955136
for _ <- 1..300, do: Large.down(1, 9)
IO.inspect(Large.down(1_152_921_504_606_846_973, 5))                 # expect: 1152921504606846979
IO.inspect(Enum.map(1..300, fn _ -> Large.both(2, 7) end) |> Enum.uniq())  # expect: [2]
IO.inspect(Large.both(2, 4_000_000_000_000))                         # expect: 2

# case: errors in the base case have the frames of the recursion in their trace
defmodule Fails do
  def down(0, x), do: 1 + x
  def down(n, x), do: [n | down(n - 1, x)]
  def clause(n) when n > 0, do: [n | clause(n - 1)]
  def clause(0), do: []
  def thrown(0), do: throw(:bottom)
  def thrown(n), do: {n, thrown(n - 1)}
  def kept(0), do: :erlang.error(:zero)
  def kept(n) do
    try do
      [kept(n - 1)]
    catch
      :error, :zero when n == 3 -> :caught
    end
  end
end
names = fn trace -> for {Fails, name, arity, _} <- trace, do: {name, arity} end
for _ <- 1..50, do: Fails.down(20, 1)
try do
  Fails.down(3, :no_number)
rescue
  e in ArithmeticError -> IO.inspect({e.message, names.(__STACKTRACE__)})
end
# expect: {"bad argument in arithmetic expression", [down: 2, down: 2, down: 2, down: 2]}
for _ <- 1..50, do: Fails.clause(20)
try do
  Fails.clause(2.5)
rescue
  e in FunctionClauseError -> IO.inspect({Exception.message(e), length(names.(__STACKTRACE__))})
end
# expect: {"no function clause matching in Fails.clause/1", 4}
IO.inspect(for _ <- 1..100, uniq: true, do: (try do Fails.thrown(5) catch x -> x end))  # expect: [:bottom]
IO.inspect(for n <- 3..6, do: Fails.kept(n))  # expect: [:caught, [:caught], [[:caught]], [[[:caught]]]]

# case: each call is a reduction, however it is compiled
defmodule Counted do
  def fib(n) when n < 2, do: n
  def fib(n), do: fib(n - 1) + fib(n - 2)
  def cost(n) do
    {_, before} = Process.info(self(), :reductions)
    for _ <- 1..50, do: fib(n)
    {_, later} = Process.info(self(), :reductions)
    later - before
  end
end
# 50 times 3193 calls; they are counted when a slice ends, so what compiled this script has to be counted before
Counted.cost(12)
costs = for _ <- 1..5, do: Counted.cost(16)
most = if System.get_env("PHIAL_GC_STRESS"), do: 1_000_000, else: 250_000  # collections cost, too
IO.inspect(Enum.filter(costs, &(&1 not in 155_000..most)))  # expect: []

# case: a recursion gives way to other processes and is collected in its base case
defmodule Deep do
  def build(0), do: Enum.map(1..3, & &1)
  def build(n), do: [build(n - 1), build(n - 1)]
  def count([a, b]), do: count(a) + count(b)
  def count([_, _, _]), do: 1
end
task = Task.async(fn -> Deep.count(Deep.build(14)) end)
IO.inspect(Deep.count(Deep.build(14)))  # expect: 16384
IO.inspect(Task.await(task))            # expect: 16384
