# answer: 499999500000
# group: processes
# operations: 1000000 processes
# elixir: --erl|+P 3000000
# A tree of a million processes, ten children each; the leaves' numbers are summed on the way back.
defmodule Skynet do
  def run do
    me = self()
    spawn(fn -> work(me, 0, 1_000_000) end)

    receive do
      total -> total
    end
  end

  def work(parent, number, 1), do: send(parent, number)

  def work(parent, number, size) do
    me = self()
    part = div(size, 10)
    for i <- 0..9, do: spawn(fn -> Skynet.work(me, number + i * part, part) end)
    send(parent, sum(10, 0))
  end

  defp sum(0, total), do: total

  defp sum(left, total) do
    receive do
      n -> sum(left - 1, total + n)
    end
  end
end

IO.puts(Skynet.run())
