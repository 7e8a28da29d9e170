# answer: [160000, 163840, 30000, 832040, 160000, 163840, 30000, 832040]
# group: parallel speed-up
# Eight independent tasks: lists, trees, maps, calls. Long enough that start-up does not count.
defmodule ParallelMixed do
  def pairs(0, acc), do: acc
  def pairs(n, acc), do: pairs(n - 1, [{n, [n, n]} | acc])
  def lists(k), do: Enum.reduce(1..k, 0, fn _, sum -> sum + length(pairs(2000, [])) end)

  def tree(0), do: nil
  def tree(n), do: {tree(n - 1), tree(n - 1)}
  def leaves(nil), do: 1
  def leaves({a, b}), do: leaves(a) + leaves(b)
  def trees(k), do: Enum.reduce(1..k, 0, fn _, sum -> sum + leaves(tree(14)) end)

  def maps(k), do: Enum.reduce(1..k, 0, fn _, sum -> sum + map_size(Enum.reduce(1..3000, %{}, &Map.put(&2, &1, &1))) end)

  def fib(n) when n < 2, do: n
  def fib(n), do: fib(n - 1) + fib(n - 2)

  def run(0), do: div(lists(8000), 100)
  def run(1), do: div(trees(600), 60)
  def run(2), do: div(maps(300), 30)
  def run(3), do: hd(for _ <- 1..40, do: fib(30))
end

0..7 |> Enum.map(fn i -> Task.async(fn -> ParallelMixed.run(rem(i, 4)) end) end) |> Task.await_many(:infinity) |> IO.inspect()
