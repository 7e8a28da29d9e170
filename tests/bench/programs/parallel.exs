# answer: 46368 46368 46368 46368 46368 46368 46368 46368
# group: parallel speed-up
# Eight independent tasks of pure computation.
defmodule Parallel do
  def fib(n) when n < 2, do: n
  def fib(n), do: fib(n - 1) + fib(n - 2)
  def heavy(_i), do: Enum.reduce(1..200, 0, fn _, _ -> fib(24) end)
end

1..8 |> Enum.map(&Task.async(fn -> Parallel.heavy(&1) end)) |> Task.await_many(:infinity) |> Enum.join(" ") |> IO.puts()
