# answer: 131071 2097136 65535
# group: memory
# Trees built and dropped, and one that lives on.
defmodule Trees do
  def make(0), do: {nil, nil}
  def make(d), do: {make(d - 1), make(d - 1)}

  def check({nil, nil}), do: 1
  def check({left, right}), do: 1 + check(left) + check(right)

  def iterate(0, _d, sum), do: sum
  def iterate(n, d, sum), do: iterate(n - 1, d, sum + check(make(d)))
end

long = Trees.make(15)
stretch = Trees.check(Trees.make(16))
sums = for d <- [4, 8, 12, 16], do: Trees.iterate(Bitwise.bsl(1, 20 - d), d, 0)
IO.puts("#{stretch} #{Enum.max(sums)} #{Trees.check(long)}")
