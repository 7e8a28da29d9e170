# answer: 20899 83595
# group: big integers
# fib(100,000) by addition, fib(400,000) by doubling; decimal digits counted.
defmodule FibBig do
  def add(0, a, _b), do: a
  def add(n, a, b), do: add(n - 1, b, a + b)

  def double(0), do: {0, 1}

  def double(n) do
    {a, b} = double(div(n, 2))
    c = a * (2 * b - a)
    d = a * a + b * b
    if rem(n, 2) == 0, do: {c, d}, else: {d, c + d}
  end
end

a = Enum.reduce(1..3, 0, fn _, _ -> FibBig.add(100_000, 0, 1) end)
{b, _} = FibBig.double(400_000)
^a = FibBig.double(100_000) |> elem(0)
digits = a |> Integer.to_string() |> byte_size()
IO.puts("#{digits} #{b |> Integer.to_string() |> byte_size()}")
