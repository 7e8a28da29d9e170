# answer: 6000000 500000500000 1000000
# group: closures, Enum and Stream
# Closures made and called: composition, captured variables, functions as data.
defmodule Closures do
  def compose(f, g), do: fn x -> g.(f.(x)) end
  def adder(n), do: fn x -> x + n end

  def repeat(0, _f, x), do: x
  def repeat(n, f, x), do: repeat(n - 1, f, f.(x))

  def sum(0, acc), do: acc
  def sum(n, acc), do: sum(n - 1, adder(n).(acc))

  def church(0), do: fn _f -> fn x -> x end end
  def church(n), do: fn f -> fn x -> f.(church(n - 1).(f).(x)) end end
end

three = Closures.adder(1) |> Closures.compose(Closures.adder(2)) |> Closures.compose(&Function.identity/1)
a = Closures.repeat(2_000_000, three, 0)
b = Closures.sum(1_000_000, 0)
c = Enum.reduce(1..2000, 0, fn _, x -> Closures.church(500).(&(&1 + 1)).(x) end)
IO.puts("#{a} #{b} #{c}")
